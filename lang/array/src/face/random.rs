//! Random numbers: `np.random`, `da.random` and their generators.
//!
//! A generator is a stream of seeds. Each call takes one, and an element is a function of that seed and of its place in the
//! array: chunks, threads and slices do not change it. The functions of the modules are methods of one generator each.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_runtime::builtin::BoundMethod;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins};

use super::operand::Operand;
use super::parameters::ShapeArg;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::{self, DTypeArg, NdArray, nested, select};
use crate::kernel::{BinaryFunc, Distribution, UnaryFunc};
use crate::scalar::Scalar;

/// A stream of seeds.
#[derive(Clone, Copy)]
struct Stream {
    seed: u64,
    count: u64,
}

impl Stream {
    fn new(seed: Option<u64>) -> Stream {
        let seed = seed.unwrap_or_else(|| {
            let rdk_graph::Token([a, b]) = rdk_graph::Token::fresh();
            a ^ b.rotate_left(32)
        });
        Stream { seed: mix(seed), count: 0 }
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        mix(self.seed.wrapping_add(self.count.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

/// Spreads the bits of a number: neighbours give what has nothing in common.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Which of the four kinds of generator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    NumpyState,
    NumpyGenerator,
    DaskState,
    DaskGenerator,
}

/// `np.random.default_rng(…)`, `da.random.RandomState(…)` and the like.
pub struct Generator {
    kind: Kind,
    stream: Mutex<Stream>,
}

impl Generator {
    fn new(kind: Kind, seed: Option<u64>) -> Generator {
        Generator { kind, stream: Mutex::new(Stream::new(seed)) }
    }

    fn is_lazy(&self) -> bool {
        matches!(self.kind, Kind::DaskState | Kind::DaskGenerator)
    }

    fn next(&self) -> u64 {
        self.stream.lock().next()
    }

    /// Random numbers of this shape; without one, a single number.
    fn draw(
        &self,
        context: &Context,
        name: &str,
        distribution: Distribution,
        size: Option<ShapeArg>,
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> {
        let array = |array: Array| Ok(array);
        self.draw_through(context, name, distribution, size, chunks, array)
    }

    /// The same, with something done to them.
    fn draw_through(
        &self,
        context: &Context,
        name: &str,
        distribution: Distribution,
        size: Option<ShapeArg>,
        chunks: Option<ChunksSpec>,
        then: impl FnOnce(Array) -> Result<Array>,
    ) -> Result<Value> {
        let single = size.is_none();
        let shape = size.map(|size| size.0).unwrap_or_default();
        if chunks.is_some() && !self.is_lazy() {
            bail!(TypeError: "{name}() of numpy has no `chunks`"; hint: "`da.random.{name}(…)` makes a chunked array");
        }
        let chunks = chunks.unwrap_or(ChunksSpec::AUTO);
        if !self.is_lazy() {
            super::create::room_for(context, &shape, distribution.dtype())?;
        }
        let array = then(Array::random(name, distribution, Some(self.next()), &shape, &chunks)?)?;
        if self.is_lazy() {
            return Ok(Value::lazy(array));
        }
        let chunk = array.compute_now(context)?;
        Ok(match chunk.get(&[]) {
            // As in NumPy, single draws are plain numbers, but for the integers of a `Generator`.
            Some(number) if single && name != "integers" && matches!(number, Scalar::F64(_) | Scalar::I64(_)) => {
                number.to_value()
            }
            _ if single => eager::value(chunk),
            _ => Value::object(NdArray::new(chunk)),
        })
    }

    /// Random positions below `n`, in memory.
    fn positions(&self, context: &Context, n: usize, count: usize) -> Result<Vec<usize>> {
        if n == 0 {
            bail!("there is nothing to choose from");
        }
        let distribution = Distribution::Integers { low: 0, last: n as i64 - 1, dtype: DType::I64 };
        let array = Array::random("choice", distribution, Some(self.next()), &[count], &ChunksSpec::AUTO)?;
        Ok(array.compute_now(context)?.to_vec::<i64>().into_iter().map(|at| at as usize).collect())
    }

    /// The numbers below `n` in random order.
    fn shuffled(&self, n: usize) -> Vec<usize> {
        let mut stream = Stream::new(Some(self.next()));
        let mut order: Vec<usize> = (0..n).collect();
        for at in (1..n).rev() {
            // The high half of a product: even to one part in 2^64 / n.
            let other = ((u128::from(stream.next()) * (at as u128 + 1)) >> 64) as usize;
            order.swap(at, other);
        }
        order
    }

    /// Positions chosen with these probabilities.
    fn weighted(&self, context: &Context, weights: &[f64], count: usize) -> Result<Vec<usize>> {
        let total: f64 = weights.iter().sum();
        if weights.iter().any(|weight| weight.is_nan() || *weight < 0.0) || (total - 1.0).abs() > 1e-8 {
            bail!("probabilities do not sum to 1"; hint: "they are 0 or more; their sum is {total}");
        }
        let mut sum = 0.0;
        let ends: Vec<f64> = weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        let uniform = Distribution::Uniform { low: 0.0, high: 1.0 };
        let array = Array::random("choice", uniform, Some(self.next()), &[count], &ChunksSpec::AUTO)?;
        let places = array.compute_now(context)?.to_vec::<f64>();
        Ok(places.iter().map(|place| ends.partition_point(|end| end <= place).min(weights.len() - 1)).collect())
    }
}

impl Object for Generator {
    fn class(&self) -> ClassRef {
        match self.kind {
            Kind::NumpyState => NUMPY_STATE.clone(),
            Kind::NumpyGenerator => NUMPY_GENERATOR.clone(),
            Kind::DaskState => DASK_STATE.clone(),
            Kind::DaskGenerator => DASK_GENERATOR.clone(),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        match self.kind {
            Kind::NumpyState | Kind::DaskState => "RandomState()".into(),
            Kind::NumpyGenerator | Kind::DaskGenerator => "Generator()".into(),
        }
    }

    /// Where it arrives it goes on from where it was here.
    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        let stream = *self.stream.lock();
        let kind = match self.kind {
            Kind::NumpyState => 0u64,
            Kind::NumpyGenerator => 1,
            Kind::DaskState => 2,
            Kind::DaskGenerator => 3,
        };
        Ok((TRAVEL, [kind, stream.seed, stream.count].into_iter().flat_map(u64::to_le_bytes).collect()))
    }
}

/// The kind under which generators travel.
const TRAVEL: &str = "array.generator";

/// Makes known how generators are read.
pub fn register() {
    rdk_runtime::travel::register(TRAVEL, |bytes| {
        let numbers: Vec<u64> = bytes.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect();
        let &[kind, seed, count] = &numbers[..] else { bail!(TypeError: "a random generator was damaged on the way") };
        let kind = match kind {
            0 => Kind::NumpyState,
            1 => Kind::NumpyGenerator,
            2 => Kind::DaskState,
            _ => Kind::DaskGenerator,
        };
        Ok(Value::object(Generator { kind, stream: Mutex::new(Stream { seed, count }) }))
    });
}

static NUMPY_STATE: LazyLock<ClassRef> = LazyLock::new(|| state_class("numpy.random", numpy_state::builtins()));
static DASK_STATE: LazyLock<ClassRef> = LazyLock::new(|| state_class("dask.array.random", dask_state::builtins()));
static NUMPY_GENERATOR: LazyLock<ClassRef> = LazyLock::new(|| generator_class("numpy.random"));
static DASK_GENERATOR: LazyLock<ClassRef> = LazyLock::new(|| generator_class("dask.array.random"));

fn state_class(module: &'static str, mut construct: Vec<rdk_runtime::Builtin>) -> ClassRef {
    let class = Class::new("RandomState", module, "A source of random numbers, in NumPy's older manner.");
    let class = class.methods(shared::builtins()).methods(states::builtins());
    ClassRef::new(match construct.pop() {
        Some(construct) => class.construct(construct),
        None => class,
    })
}

fn generator_class(module: &'static str) -> ClassRef {
    let class = Class::new("Generator", module, "A source of random numbers.");
    ClassRef::new(class.methods(shared::builtins()).methods(generators::builtins()))
}

/// The entries of `np.random` or `da.random`: methods of a generator that all share.
fn module(kind: Kind) -> Vec<(&'static str, Value)> {
    let global = Value::object(Generator::new(kind, None));
    let method = |builtin: rdk_runtime::Builtin| {
        let name = builtin.name;
        (name, Value::Method(Arc::new(BoundMethod { receiver: global.clone(), builtin: Arc::new(builtin) })))
    };
    shared::builtins().into_iter().chain(states::builtins()).map(method).collect()
}

/// The entries of `numpy.random`.
pub fn numpy_module() -> Vec<(&'static str, Value)> {
    let mut entries = module(Kind::NumpyState);
    entries.extend(rdk_runtime::class::entries(numpy_rng::builtins()));
    entries.push(("RandomState", Value::Class(NUMPY_STATE.clone())));
    entries.push(("Generator", Value::Class(NUMPY_GENERATOR.clone())));
    entries
}

/// The entries of `dask.array.random`.
pub fn dask_module() -> Vec<(&'static str, Value)> {
    let mut entries = module(Kind::DaskState);
    entries.extend(rdk_runtime::class::entries(dask_rng::builtins()));
    entries.push(("RandomState", Value::Class(DASK_STATE.clone())));
    entries.push(("Generator", Value::Class(DASK_GENERATOR.clone())));
    entries
}

/// A generator as the receiver of a method.
struct This(Value);

impl FromValue for This {
    fn expected() -> &'static str {
        "a random generator"
    }

    fn from_value(value: &Value) -> Option<This> {
        value.get::<Generator>().map(|_| This(value.clone()))
    }
}

impl std::ops::Deref for This {
    type Target = Generator;

    fn deref(&self) -> &Generator {
        self.0.get::<Generator>().expect("it was one when the method was called")
    }
}

/// A seed: any integer, or a list of them.
struct Seed(u64);

impl FromValue for Seed {
    fn expected() -> &'static str {
        "an integer"
    }

    fn from_value(value: &Value) -> Option<Seed> {
        match value {
            Value::Int(seed) => Some(Seed(*seed as u64)),
            Value::BigInt(seed) => Some(Seed(rdk_graph::Token::of(seed.to_string().as_bytes()).0[0])),
            Value::List(_) | Value::Tuple(_) => {
                let seeds = value.items()?.iter().map(Seed::from_value).collect::<Option<Vec<_>>>()?;
                Some(Seed(seeds.iter().fold(0, |sum, seed| mix(sum ^ seed.0))))
            }
            _ => value.plain_number().and_then(|number| Seed::from_value(&number)),
        }
    }
}

/// Integers from `low` up to, not including, `high`; up to `low` if that is the only one.
fn integers(low: i64, high: Option<i64>, endpoint: bool, dtype: Option<DTypeArg>) -> Result<Distribution> {
    let (low, high) = match high {
        Some(high) => (low, high),
        None => (0, low),
    };
    let last = if endpoint { high } else { high.saturating_sub(1) };
    let dtype = dtype.map_or(DType::I64, |dtype| dtype.0);
    if last < low || !endpoint && high == i64::MIN {
        bail!("low >= high"; hint: "{low} is not below {high}");
    }
    let Some((smallest, largest)) = dtype.integer_range() else {
        bail!(TypeError: "Unsupported dtype {dtype} for randint");
    };
    if i128::from(low) < smallest || i128::from(last) > largest {
        bail!("{} is out of bounds for {dtype}", if i128::from(low) < smallest { low } else { high });
    }
    Ok(Distribution::Integers { low, last, dtype })
}

/// What a shape parameter of a distribution must be.
fn not_negative(name: &str, value: f64) -> Result<f64> {
    if value < 0.0 || value.is_nan() {
        bail!("{name} < 0"; hint: "`{name}` is {value}");
    }
    Ok(value)
}

fn number(value: f64) -> Array {
    Array::scalar(Scalar::F64(value))
}

/// What to choose from: the numbers below an integer, or the elements of an array.
fn pool(a: &Value) -> Result<Chunk> {
    match i64::from_value(a) {
        Some(n @ 0..) => Ok(Chunk::from_vec(&[n as usize], (0..n).collect())),
        Some(n) => bail!("a must be greater than 0, got {n}"),
        None => {
            let chunk = nested::chunk(a, None)?;
            if chunk.ndim() == 0 {
                bail!("a must be 1-dimensional or an integer");
            }
            Ok(chunk)
        }
    }
}

/// Rows of an array, by their numbers.
fn rows(chunk: &Chunk, places: &[usize], shape: &[usize]) -> Chunk {
    let width: usize = chunk.shape()[1..].iter().product();
    let positions: Vec<usize> = places.iter().flat_map(|&row| row * width..(row + 1) * width).collect();
    let shape: Vec<usize> = shape.iter().chain(&chunk.shape()[1..]).copied().collect();
    select::take(chunk, &shape, &positions)
}

/// What all generators have.
mod shared {
    use super::*;

    builtins! {
        /// Random numbers from 0 up to, not including, 1.
        fn random[context](
            /// The generator.
            this: This,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> { this.draw(context, "random_sample", Distribution::Uniform { low: 0.0, high: 1.0 }, size, chunks) }

        /// Random numbers, evenly spread between two bounds.
        fn uniform[context](
            /// The generator.
            this: This,
            /// The smallest.
            low: f64 = 0.0,
            /// Above the largest.
            high: f64 = 1.0,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> {
            if !(high - low).is_finite() {
                bail!(OverflowError: "Range exceeds valid bounds");
            }
            this.draw(context, "uniform", Distribution::Uniform { low, high }, size, chunks)
        }

        /// Random numbers, spread as a bell around `loc`.
        fn normal[context](
            /// The generator.
            this: This,
            /// The middle of the bell.
            loc: f64 = 0.0,
            /// Its width: the standard deviation.
            scale: f64 = 1.0,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> {
            let deviation = not_negative("scale", scale)?;
            this.draw(context, "normal", Distribution::Normal { mean: loc, deviation }, size, chunks)
        }

        /// Random numbers, spread as a bell of width 1 around 0.
        fn standard_normal[context](
            /// The generator.
            this: This,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> { this.draw(context, "standard_normal", Distribution::Normal { mean: 0.0, deviation: 1.0 }, size, chunks) }

        /// Random numbers whose logarithms are spread as a bell.
        fn lognormal[context](
            /// The generator.
            this: This,
            /// The middle of the bell.
            mean: f64 = 0.0,
            /// Its width: the standard deviation.
            sigma: f64 = 1.0,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> {
            let deviation = not_negative("sigma", sigma)?;
            this.draw_through(context, "lognormal", Distribution::Normal { mean, deviation }, size, chunks, |x| x.unary(UnaryFunc::Exp))
        }

        /// Random waiting times.
        fn exponential[context](
            /// The generator.
            this: This,
            /// Their mean.
            scale: f64 = 1.0,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> {
            let scale = not_negative("scale", scale)?;
            this.draw(context, "exponential", Distribution::Exponential { scale }, size, chunks)
        }

        /// Random waiting times of mean 1.
        fn standard_exponential[context](
            /// The generator.
            this: This,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> { this.draw(context, "standard_exponential", Distribution::Exponential { scale: 1.0 }, size, chunks) }

        /// Random lengths of vectors in the plane.
        fn rayleigh[context](
            /// The generator.
            this: This,
            /// The most frequent one.
            scale: f64 = 1.0,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> {
            let scale = not_negative("scale", scale)?;
            this.draw_through(context, "rayleigh", Distribution::Exponential { scale: 2.0 * scale * scale }, size, chunks, |x| x.unary(UnaryFunc::Sqrt))
        }

        /// Random life times whose risk changes with a power of age.
        fn weibull[context](
            /// The generator.
            this: This,
            /// The shape: the power, more 1.
            a: f64,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> {
            let a = not_negative("a", a)?;
            this.draw_through(context, "weibull", Distribution::Exponential { scale: 1.0 }, size, chunks, |x| x.binary(BinaryFunc::Power, &number(1.0 / a)))
        }

        /// Random choices from the numbers below an integer, or from the elements of an array.
        fn choice[context](
            /// The generator.
            this: This,
            /// An integer or an array.
            a: Value,
            /// A length or a tuple of lengths; a single one if left out.
            size: Option<ShapeArg>,
            /// May the same one be chosen twice?
            replace: bool = true,
            /// How probable each is.
            p: Option<Operand>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> {
            if this.is_lazy() && replace && p.is_none() && let Some(n) = i64::from_value(&a) {
                return this.draw(context, "choice", integers(n, None, false, None)?, size, chunks);
            }
            let pool = match Operand::plain(&a) {
                Some(operand @ Operand::Lazy(_)) => operand.array()?.compute_now(context)?,
                _ => pool(&a)?,
            };
            let (n, shape) = (pool.shape()[0], size.as_ref().map(|size| size.0.clone()).unwrap_or_default());
            let count: usize = shape.iter().product();
            super::super::create::room_for(context, &shape, pool.dtype())?;
            let places = match p {
                Some(p) => {
                    let weights = p.array()?.compute_now(context)?.to_vec::<f64>();
                    if weights.len() != n {
                        bail!("'a' and 'p' must have same size"; hint: "they have {n} and {} elements", weights.len());
                    }
                    if !replace {
                        bail!(NotImplementedError: "choices without replacement have no probabilities yet");
                    }
                    this.weighted(context, &weights, count)?
                }
                None if replace => this.positions(context, n, count)?,
                None if count > n => bail!("Cannot take a larger sample than population when replace is False"),
                None => this.shuffled(n).into_iter().take(count).collect(),
            };
            let chunk = rows(&pool, &places, &shape);
            if this.is_lazy() {
                return Ok(Value::lazy(Array::from_chunk(chunk, &chunks.unwrap_or(ChunksSpec::AUTO))?));
            }
            Ok(if size.is_none() { eager::value(chunk) } else { Value::object(NdArray::new(chunk)) })
        }

        /// The numbers below an integer, or the rows of an array, in random order.
        fn permutation(
            /// The generator.
            this: This,
            /// An integer or an array in memory.
            x: Value,
        ) -> Result<Value> {
            let pool = pool(&x)?;
            let order = this.shuffled(pool.shape()[0]);
            let chunk = rows(&pool, &order, &[order.len()]);
            Ok(if this.is_lazy() { Value::lazy(Array::from_chunk(chunk, &ChunksSpec::AUTO)?) } else { eager::value(chunk) })
        }

        /// Brings a list, or the rows of an array in memory, in random order.
        fn shuffle(
            /// The generator.
            this: This,
            /// What is shuffled, in place.
            x: Value,
        ) -> Result<()> {
            if let Value::List(list) = &x {
                let items = list.snapshot();
                let order = this.shuffled(items.len());
                *list.0.lock() = order.iter().map(|&at| items[at].clone()).collect();
                return Ok(());
            }
            match x.get::<NdArray>() {
                Some(array) if !array.shape().is_empty() => {
                    let order = this.shuffled(array.shape()[0]);
                    array.assign(&rows(&array.chunk(), &order, &[order.len()]));
                    Ok(())
                }
                _ => bail!(TypeError: "expected a list or an array to shuffle"),
            }
        }
    }
}

/// What only `RandomState` and the modules have.
mod states {
    use super::*;

    builtins! {
        /// Starts the stream of random numbers anew: the same seed gives the same numbers.
        fn seed(
            /// The generator.
            this: This,
            /// Any integer; a fresh one if left out.
            seed: Option<Seed>,
        ) -> () { *this.stream.lock() = Stream::new(seed.map(|seed| seed.0)); }

        /// Random numbers from 0 up to, not including, 1.
        fn random_sample[context](
            /// The generator.
            this: This,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> { this.draw(context, "random_sample", Distribution::Uniform { low: 0.0, high: 1.0 }, size, chunks) }

        /// Random numbers from 0 up to, not including, 1, in an array of these lengths.
        fn rand[context](
            /// The generator.
            this: This,
            /// Length along each axis.
            lengths: rdk_runtime::Rest,
        ) -> Result<Value> {
            let size = rest_shape(lengths)?;
            this.draw(context, "random_sample", Distribution::Uniform { low: 0.0, high: 1.0 }, size, None)
        }

        /// Random numbers, spread as a bell of width 1 around 0, in an array of these lengths.
        fn randn[context](
            /// The generator.
            this: This,
            /// Length along each axis.
            lengths: rdk_runtime::Rest,
        ) -> Result<Value> {
            let size = rest_shape(lengths)?;
            this.draw(context, "standard_normal", Distribution::Normal { mean: 0.0, deviation: 1.0 }, size, None)
        }

        /// Random integers from `low` up to, not including, `high`; from 0 up to `low` if that is the only one.
        fn randint[context](
            /// The generator.
            this: This,
            /// The smallest.
            low: i64,
            /// Above the largest.
            high: Option<i64>,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays. NumPy has `dtype` here.
            chunks: Option<ChunksSpec>,
            /// The type of the elements; int64 if left out.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> { this.draw(context, "randint", integers(low, high, false, dtype)?, size, chunks) }
    }

    fn rest_shape(lengths: rdk_runtime::Rest) -> Result<Option<ShapeArg>> {
        if lengths.0.is_empty() { Ok(None) } else { ShapeArg::try_from_value(&Value::tuple(lengths.0)).map(Some) }
    }
}

/// What only `default_rng(…)` has.
mod generators {
    use super::*;

    builtins! {
        /// Random integers from `low` up to, not including, `high`; from 0 up to `low` if that is the only one.
        fn integers[context](
            /// The generator.
            this: This,
            /// The smallest.
            low: i64,
            /// Above the largest.
            high: Option<i64>,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// The type of the elements; int64 if left out.
            dtype: Option<DTypeArg>,
            /// Is `high` among them?
            endpoint: bool = false,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> { this.draw(context, "integers", super::integers(low, high, endpoint, dtype)?, size, chunks) }
    }
}

mod numpy_rng {
    use super::*;

    builtins! {
        /// A source of random numbers; the same seed gives the same numbers.
        fn default_rng(/** Any integer; a fresh one if left out. */ seed: Option<Seed>) -> Value {
            Value::object(Generator::new(Kind::NumpyGenerator, seed.map(|seed| seed.0)))
        }
    }
}

mod dask_rng {
    use super::*;

    builtins! {
        /// A source of random chunked arrays; the same seed gives the same numbers, whatever the chunks.
        fn default_rng(/** Any integer; a fresh one if left out. */ seed: Option<Seed>) -> Value {
            Value::object(Generator::new(Kind::DaskGenerator, seed.map(|seed| seed.0)))
        }
    }
}

#[allow(non_snake_case)]
mod numpy_state {
    use super::*;

    builtins! {
        /// A source of random numbers; the same seed gives the same numbers.
        fn RandomState(/** Any integer; a fresh one if left out. */ seed: Option<Seed>) -> Value {
            Value::object(Generator::new(Kind::NumpyState, seed.map(|seed| seed.0)))
        }
    }
}

#[allow(non_snake_case)]
mod dask_state {
    use super::*;

    builtins! {
        /// A source of random chunked arrays; the same seed gives the same numbers, whatever the chunks.
        fn RandomState(/** Any integer; a fresh one if left out. */ seed: Option<Seed>) -> Value {
            Value::object(Generator::new(Kind::DaskState, seed.map(|seed| seed.0)))
        }
    }
}
