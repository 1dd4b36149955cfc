//! `random`: the same numbers as Python's for the same seed.

use std::sync::{Arc, LazyLock};

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{Signed, Zero};
use parking_lot::Mutex;

use super::twister::{Twister, seed_of_bytes};
use crate::builtin::BoundMethod;
use crate::builtins::number::real;
use crate::builtins::room;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::evaluate::collect;
use crate::object::Object;
use crate::operators;
use crate::types::types;
use crate::value::{List, Value};
use crate::{bail, builtins};

/// The entries of the module: the methods of one generator that all share.
pub fn entries() -> Vec<(&'static str, Value)> {
    let shared = Value::object(Random(Arc::new(Mutex::new(Twister::unpredictable()))));
    let methods = CLASS.methods.values().map(|builtin| {
        let method = BoundMethod { receiver: shared.clone(), builtin: builtin.clone() };
        (builtin.name, Value::Method(Arc::new(method)))
    });
    methods.chain([("Random", Value::Class(CLASS.clone()))]).collect()
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Random", "random", "A generator of random numbers of one's own.");
    let make = super::functools::only(made::builtins());
    Arc::new(class.base(types().object.clone()).methods(builtins()).construct(make))
});

/// A generator of random numbers.
#[derive(Clone)]
struct Random(Arc<Mutex<Twister>>);

impl Object for Random {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        format!("<random.Random object at {:#x}>", Arc::as_ptr(&self.0) as usize)
    }
}

impl FromValue for Random {
    fn expected() -> &'static str {
        "a generator of random numbers"
    }

    fn from_value(value: &Value) -> Option<Random> {
        value.get::<Random>().cloned()
    }
}

/// What makes a generator.
mod made {
    use super::*;

    builtins! {
        /// A generator of random numbers of one's own.
        ///
        /// ```rdk
        /// import random
        /// random.Random(42).randint(1, 100)
        /// #> 82
        /// ```
        fn Random(
            /// What to begin with; something unpredictable if not given.
            x: Option<Value>,
        ) -> Result<Value> { Ok(Value::object(super::Random(Arc::new(Mutex::new(twister(x)?))))) }
    }
}

builtins! {
    /// Begins anew: the same seed gives the same numbers.
    ///
    /// ```rdk
    /// import random
    /// random.seed(0)
    /// random.random(), random.randint(1, 6)
    /// #> (0.8444218515250481, 4)
    /// ```
    fn seed(
        this: Random,
        /// A number or text; something unpredictable if not given.
        a: Option<Value>,
    ) -> Result<()> { let fresh = twister(a)?; *this.0.lock() = fresh; Ok(()) }

    /// A number from 0 up to, not including, 1.
    fn random(this: Random) -> f64 { this.0.lock().unit() }

    /// A number between two others.
    ///
    /// ```rdk
    /// import random
    /// random.seed(1)
    /// random.uniform(10, 20)
    /// #> 11.343642441124013
    /// ```
    fn uniform(
        this: Random,
        /// One end.
        a: f64,
        /// The other end.
        b: f64,
    ) -> f64 { a + (b - a) * this.0.lock().unit() }

    /// A whole number, both ends included.
    ///
    /// ```rdk
    /// import random
    /// random.seed(0)
    /// [random.randint(1, 6) for _ in range(5)]
    /// #> [4, 4, 1, 3, 5]
    /// ```
    fn randint(
        this: Random,
        /// The smallest.
        a: BigInt,
        /// The largest.
        b: BigInt,
    ) -> Result<Value> {
        if b < a { bail!("empty range for randint({a}, {b})") }
        Ok(Value::big(&a + below(&this, &(b - &a + 1))))
    }

    /// A number of a range.
    ///
    /// ```rdk
    /// import random
    /// random.seed(0)
    /// random.randrange(0, 100, 5)
    /// #> 60
    /// ```
    fn randrange(
        this: Random,
        /// Where to begin; where to end if it is the only one.
        start: BigInt,
        /// Where to end; this number is not among them.
        stop: Option<BigInt>,
        /// From one number to the next.
        step: BigInt = 1,
    ) -> Result<Value> { pick(&this, start, stop, step) }

    /// So many random bits, as a whole number.
    fn getrandbits(
        this: Random,
        /// How many.
        k: u64,
    ) -> Result<Value> {
        if k > 1 << 32 { bail!(OverflowError: "too many bits") }
        Ok(Value::big(this.0.lock().bits(k).into()))
    }

    /// One of several items.
    ///
    /// ```rdk
    /// import random
    /// random.seed(0)
    /// random.choice(["red", "green", "blue"])
    /// #> 'green'
    /// ```
    fn choice[context](
        this: Random,
        /// A list, tuple, text or range.
        seq: Value,
    ) -> Result<Value> { choice(context, &this, &seq) }

    /// Several items; one may come more than once.
    ///
    /// ```rdk
    /// import random
    /// random.seed(0)
    /// random.choices("ab", weights=[9, 1], k=5)
    /// #> ['a', 'a', 'a', 'a', 'a']
    /// ```
    fn choices[context](
        this: Random,
        /// What to choose from.
        population: Value,
        /// How likely each one is.
        weights: Option<Value>,
        /// The sums of weights up to each one.
        cum_weights: Option<Value>,
        /// How many.
        k: usize = 1,
    ) -> Result<Vec<Value>> { choices(context, &this, &population, weights, cum_weights, k) }

    /// Several items, each at most once.
    ///
    /// ```rdk
    /// import random
    /// random.seed(0)
    /// random.sample(range(100), 5)
    /// #> [49, 97, 53, 5, 33]
    /// ```
    fn sample[context](
        this: Random,
        /// What to choose from.
        population: Value,
        /// How many.
        k: usize,
    ) -> Result<Vec<Value>> { sample(context, &this, &population, k) }

    /// Puts a list in random order.
    ///
    /// ```rdk
    /// import random
    /// random.seed(0)
    /// cards = [1, 2, 3, 4, 5]
    /// random.shuffle(cards)
    /// cards
    /// #> [3, 2, 1, 5, 4]
    /// ```
    fn shuffle(
        this: Random,
        /// The list.
        x: Arc<List>,
    ) {
        let mut twister = this.0.lock();
        let mut items = x.0.lock();
        for at in (1..items.len()).rev() {
            let other = twister.index(at + 1);
            items.swap(at, other);
        }
    }

    /// A number around a mean, as often as the bell curve says.
    ///
    /// ```rdk
    /// import random
    /// random.seed(0)
    /// random.gauss(0, 1)
    /// #> 0.9417154046806644
    /// ```
    fn gauss(
        this: Random,
        /// The mean.
        mu: f64 = 0.0,
        /// The standard deviation.
        sigma: f64 = 1.0,
    ) -> f64 { mu + gauss(&mut this.0.lock()) * sigma }

    /// A number around a mean, made in another way than `gauss`.
    fn normalvariate(
        this: Random,
        /// The mean.
        mu: f64 = 0.0,
        /// The standard deviation.
        sigma: f64 = 1.0,
    ) -> f64 { mu + normal(&mut this.0.lock()) * sigma }

    /// A number whose logarithm is distributed normally.
    fn lognormvariate(
        this: Random,
        /// The mean of the logarithm.
        mu: f64,
        /// The standard deviation of the logarithm.
        sigma: f64,
    ) -> f64 { (mu + normal(&mut this.0.lock()) * sigma).exp() }

    /// A waiting time between events that happen so often on average.
    ///
    /// ```rdk
    /// import random
    /// random.seed(0)
    /// random.expovariate(2)
    /// #> 0.9303035555326117
    /// ```
    fn expovariate(
        this: Random,
        /// How often.
        lambd: f64 = 1.0,
    ) -> Result<f64> { if lambd == 0.0 { bail!(ZeroDivisionError: "float division by zero") } Ok(-(1.0 - this.0.lock().unit()).ln() / lambd) }

    /// A number of the Pareto distribution.
    fn paretovariate(
        this: Random,
        /// The shape.
        alpha: f64,
    ) -> f64 { (1.0 - this.0.lock().unit()).powf(-1.0 / alpha) }

    /// A number of the Weibull distribution.
    fn weibullvariate(
        this: Random,
        /// The scale.
        alpha: f64,
        /// The shape.
        beta: f64,
    ) -> f64 { alpha * (-(1.0 - this.0.lock().unit()).ln()).powf(1.0 / beta) }

    /// A number between two others that is more often near a third.
    fn triangular(
        this: Random,
        /// The smallest.
        low: f64 = 0.0,
        /// The largest.
        high: f64 = 1.0,
        /// The most frequent; the middle if not given.
        mode: Option<f64>,
    ) -> f64 { triangular(this.0.lock().unit(), low, high, mode) }
}

fn twister(seed: Option<Value>) -> Result<Twister> {
    Ok(match seed {
        None => Twister::unpredictable(),
        Some(Value::Str(text)) => Twister::seeded(&seed_of_bytes(text.as_bytes())),
        Some(Value::Bytes(bytes)) => Twister::seeded(&seed_of_bytes(&bytes)),
        Some(value) => match BigInt::from_value(&value) {
            Some(number) => Twister::seeded(&number.abs().to_biguint().unwrap_or_default()),
            None => match &value {
                Value::Float(number) => {
                    Twister::seeded(&BigUint::from(crate::builtins::inspect::hash_float(*number) as u64))
                }
                other => bail!(TypeError: "a seed is a number or text, not '{}'", other.class().name),
            },
        },
    })
}

fn below(random: &Random, n: &BigInt) -> BigInt {
    n.to_biguint().filter(|n| !n.is_zero()).map_or_else(BigInt::zero, |n| random.0.lock().below(&n).into())
}

fn pick(random: &Random, start: BigInt, stop: Option<BigInt>, step: BigInt) -> Result<Value> {
    let (start, stop) = match stop {
        Some(stop) => (start, stop),
        None => (BigInt::zero(), start),
    };
    let width = &stop - &start;
    let n = match step.sign() {
        num_bigint::Sign::NoSign => bail!("zero step for randrange()"),
        num_bigint::Sign::Plus => (width + &step - 1u32).div_floor(&step),
        num_bigint::Sign::Minus => (width + &step + 1u32).div_floor(&step),
    };
    if !n.is_positive() {
        bail!("empty range for randrange()");
    }
    Ok(Value::big(start + below(random, &n) * step))
}

fn choice(context: &Context, random: &Random, seq: &Value) -> Result<Value> {
    let n = operators::length(context, seq)?;
    if n == 0 {
        bail!(IndexError: "cannot choose from an empty sequence");
    }
    let at = random.0.lock().index(n);
    operators::item(context, seq, &Value::from(at))
}

fn choices(
    context: &Context,
    random: &Random,
    population: &Value,
    weights: Option<Value>,
    cum_weights: Option<Value>,
    k: usize,
) -> Result<Vec<Value>> {
    let items = collect(context, population)?;
    let (n, k) = (items.len(), room(k)?);
    if n == 0 && k > 0 {
        bail!(IndexError: "cannot choose from an empty population");
    }
    let sums = match (weights, cum_weights) {
        (None, None) => {
            let mut twister = random.0.lock();
            return Ok((0..k).map(|_| items[(twister.unit() * n as f64) as usize].clone()).collect());
        }
        (Some(_), Some(_)) => bail!(TypeError: "cannot specify both weights and cumulative weights"),
        (None, Some(sums)) => collect(context, &sums)?.iter().map(real).collect::<Result<Vec<f64>>>()?,
        (Some(weights), None) => {
            let mut sum = 0.0;
            let weights = collect(context, &weights)?;
            weights
                .iter()
                .map(|weight| {
                    real(weight).map(|weight| {
                        sum += weight;
                        sum
                    })
                })
                .collect::<Result<Vec<f64>>>()?
        }
    };
    if sums.len() != n {
        bail!("the number of weights does not match the population");
    }
    let total = sums.last().copied().unwrap_or(0.0);
    if total <= 0.0 || !total.is_finite() {
        bail!("total of weights must be greater than zero and finite");
    }
    let mut twister = random.0.lock();
    let mut drawn = Vec::with_capacity(k.min(1 << 20));
    for _ in 0..k {
        let at = twister.unit() * total;
        let found = sums[..n - 1].partition_point(|sum| *sum <= at);
        drawn.push(items[found].clone());
    }
    Ok(drawn)
}

fn sample(context: &Context, random: &Random, population: &Value, k: usize) -> Result<Vec<Value>> {
    if matches!(population, Value::Set(_) | Value::Dict(_)) {
        bail!(TypeError: "population must be a sequence"; hint: "`random.sample(sorted(x), k)`");
    }
    let n = operators::length(context, population)?;
    if k > n {
        bail!("sample larger than population or is negative");
    }
    let k = room(k)?;
    let mut size = 21.0;
    if k > 5 {
        size += 4f64.powf(((k as f64 * 3.0).ln() / 4f64.ln()).ceil());
    }
    let mut positions = Vec::with_capacity(k);
    {
        let mut twister = random.0.lock();
        if n as f64 <= size {
            let mut pool: Vec<usize> = (0..n).collect();
            for at in 0..k {
                let drawn = twister.index(n - at);
                positions.push(pool[drawn]);
                pool[drawn] = pool[n - at - 1];
            }
        } else {
            let mut chosen = rustc_hash::FxHashSet::default();
            while positions.len() < k {
                let drawn = twister.index(n);
                if chosen.insert(drawn) {
                    positions.push(drawn);
                }
            }
        }
    }
    positions.into_iter().map(|at| operators::item(context, population, &Value::from(at))).collect()
}

fn gauss(twister: &mut Twister) -> f64 {
    if let Some(normal) = twister.normal.take() {
        return normal;
    }
    let angle = twister.unit() * std::f64::consts::TAU;
    let radius = (-2.0 * (1.0 - twister.unit()).ln()).sqrt();
    twister.normal = Some(angle.sin() * radius);
    angle.cos() * radius
}

fn normal(twister: &mut Twister) -> f64 {
    let magic = 4.0 * (-0.5f64).exp() / 2f64.sqrt();
    loop {
        let first = twister.unit();
        let second = 1.0 - twister.unit();
        let z = magic * (first - 0.5) / second;
        if z * z / 4.0 <= -second.ln() {
            return z;
        }
    }
}

fn triangular(unit: f64, low: f64, high: f64, mode: Option<f64>) -> f64 {
    if high == low {
        return low;
    }
    let c = mode.map_or(0.5, |mode| (mode - low) / (high - low));
    let (u, c, low, high) = if unit > c { (1.0 - unit, 1.0 - c, high, low) } else { (unit, c, low, high) };
    low + (high - low) * (u * c).sqrt()
}
