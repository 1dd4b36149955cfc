//! Where seeds come from by NumPy's names: `PCG64(42)`, `SeedSequence(42).spawn(3)`.
//!
//! There is one way to make random numbers here, whatever its name in NumPy; the names are for what is written with them.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_runtime::{Builtin, Class, ClassRef, FromValue, Object, Result, Value, bail, builtins};

use super::seed::{Seed, Stream};
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::{DTypeArg, NdArray};

/// What a generator is made of: a stream of seeds, by the name of one of NumPy's bit generators.
#[derive(Clone)]
pub(super) struct Bits {
    name: &'static str,
    pub stream: Arc<Mutex<Stream>>,
}

/// A seed of which other seeds are made.
#[derive(Clone)]
pub(super) struct Sequence {
    entropy: Value,
    /// Which child of which child it is.
    path: Vec<u64>,
    n_children: Arc<Mutex<u64>>,
}

static BASE: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(Class::new("BitGenerator", "numpy.random", "What a generator of random numbers is made of."))
});

static SEQUENCE: LazyLock<ClassRef> = LazyLock::new(|| {
    let construct = sequences::builtins().pop().expect("one is declared");
    let class = Class::new("SeedSequence", "numpy.random", construct.headline()).construct(construct);
    ClassRef::new(class.methods(of_sequence::builtins()).properties(of_sequence::properties::builtins()))
});

static BITS: LazyLock<Vec<ClassRef>> = LazyLock::new(|| {
    let class = |construct: Builtin| {
        let class = Class::new(construct.name, "numpy.random", construct.headline()).base(BASE.clone());
        ClassRef::new(class.construct(construct).methods(of_bits::builtins()))
    };
    bits::builtins().into_iter().map(class).collect()
});

/// The classes, for `numpy.random`.
pub(super) fn classes() -> Vec<(&'static str, Value)> {
    let bits = BITS.iter().map(|class| (class.name, Value::Class(class.clone())));
    let others = [("BitGenerator", BASE.clone()), ("SeedSequence", SEQUENCE.clone())];
    bits.chain(others.map(|(name, class)| (name, Value::Class(class)))).collect()
}

impl Sequence {
    /// The seed that it stands for: that of its entropy where it is nobody's child.
    pub fn seed(&self) -> Option<u64> {
        let own = Seed::from_value(&self.entropy)?.0;
        Some(self.path.iter().fold(own, |seed, child| Stream { seed, count: child.wrapping_add(1 << 32) }.next()))
    }
}

impl Object for Bits {
    fn class(&self) -> ClassRef {
        BITS.iter().find(|class| class.name == self.name).cloned().unwrap_or_else(|| BASE.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<numpy.random.{}>", self.name)
    }
}

impl Object for Sequence {
    fn class(&self) -> ClassRef {
        SEQUENCE.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let path = self.path.iter().map(|child| format!("    spawn_key=({child},),\n")).next_back().unwrap_or_default();
        format!("SeedSequence(\n    entropy={},\n{path})", self.entropy.repr())
    }
}

impl FromValue for Bits {
    fn expected() -> &'static str {
        "a bit generator"
    }

    fn from_value(value: &Value) -> Option<Bits> {
        value.get::<Bits>().cloned()
    }
}

impl FromValue for Sequence {
    fn expected() -> &'static str {
        "a SeedSequence"
    }

    fn from_value(value: &Value) -> Option<Sequence> {
        value.get::<Sequence>().cloned()
    }
}

/// A fresh seed, or that of what is given.
fn made(name: &'static str, seed: Option<Seed>) -> Value {
    Value::object(Bits { name, stream: Arc::new(Mutex::new(Stream::new(seed.map(|seed| seed.0)))) })
}

#[allow(non_snake_case)]
mod bits {
    use super::*;

    builtins! {
        /// What NumPy's generators are made of by default; here all of them are the same.
        ///
        /// ```rdk
        /// rng = np.random.Generator(np.random.PCG64(42))
        /// bool(rng.random() == np.random.default_rng(42).random())
        /// #> True
        /// ```
        fn PCG64(/** Any integer or a SeedSequence; a fresh seed if left out. */ seed: Option<Seed>) -> Value { made("PCG64", seed) }

        /// The same under another name.
        fn PCG64DXSM(/** Any integer or a SeedSequence; a fresh seed if left out. */ seed: Option<Seed>) -> Value { made("PCG64DXSM", seed) }

        /// The same under another name; NumPy's older generators are made of it.
        fn MT19937(/** Any integer or a SeedSequence; a fresh seed if left out. */ seed: Option<Seed>) -> Value { made("MT19937", seed) }

        /// The same under another name.
        fn Philox(/** Any integer or a SeedSequence; a fresh seed if left out. */ seed: Option<Seed>) -> Value { made("Philox", seed) }

        /// The same under another name.
        fn SFC64(/** Any integer or a SeedSequence; a fresh seed if left out. */ seed: Option<Seed>) -> Value { made("SFC64", seed) }
    }
}

mod of_bits {
    use super::*;

    builtins! {
        /// A bit generator of other numbers, made of this one and as if drawn from many times.
        fn jumped(/** The bit generator. */ this: Bits, /** How many times. */ jumps: u64 = 1) -> Value {
            let Stream { seed, count } = *this.stream.lock();
            let seed = Stream { seed, count: count.wrapping_add(jumps.wrapping_mul(1 << 40)) }.next();
            Value::object(Bits { name: this.name, stream: Arc::new(Mutex::new(Stream { seed, count: 0 })) })
        }

        /// Whole numbers as they come.
        fn random_raw(/** The bit generator. */ this: Bits, /** How many; a single one if left out. */ size: Option<usize>) -> Result<Value> {
            let mut stream = this.stream.lock();
            let Some(n) = size else { return Ok(Value::big(stream.next().into())) };
            crate::face::create::room_for_positions(n as u128)?;
            Ok(Value::object(NdArray::new(Chunk::from_vec(&[n], (0..n).map(|_| stream.next()).collect::<Vec<u64>>()))))
        }
    }
}

#[allow(non_snake_case)]
mod sequences {
    use super::*;

    builtins! {
        /// A seed of which any number of others can be made that have nothing in common.
        ///
        /// ```rdk
        /// children = np.random.SeedSequence(7).spawn(2)
        /// a, b = [np.random.default_rng(child).random() for child in children]
        /// a == b
        /// #> False
        /// ```
        fn SeedSequence(/** Any integer, or a list of them; a fresh one if left out. */ entropy: Option<Value>) -> Result<Value> {
            let entropy = entropy.unwrap_or_else(|| Value::big(Stream::new(None).seed.into()));
            if Seed::from_value(&entropy).is_none() {
                bail!(TypeError: "expected {}, got {}", Seed::expected(), rdk_runtime::convert::describe(&entropy));
            }
            Ok(Value::object(Sequence { entropy, path: Vec::new(), n_children: Arc::default() }))
        }
    }
}

mod of_sequence {
    use super::*;

    builtins! {
        /// So many seeds that have nothing in common, with each other or with those that were made before.
        fn spawn(/** The seed. */ this: Sequence, /** How many. */ n_children: usize) -> Result<Value> {
            let mut made = this.n_children.lock();
            let first = *made;
            crate::face::create::room_for_positions(n_children as u128)?;
            *made += n_children as u64;
            let child = |number: u64| {
                let path = this.path.iter().copied().chain([number]).collect();
                Value::object(Sequence { entropy: this.entropy.clone(), path, n_children: Arc::default() })
            };
            Ok(Value::list((first..*made).map(child)))
        }

        /// Whole numbers made of the seed: the same each time.
        fn generate_state(
            /// The seed.
            this: Sequence,
            /// How many.
            n_words: usize,
            /// `uint32` or `uint64`.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            crate::face::create::room_for_positions(n_words as u128)?;
            let dtype = dtype.map_or(DType::U32, |dtype| dtype.0);
            if !matches!(dtype, DType::U32 | DType::U64) {
                bail!("only support uint32 or uint64, got `{dtype}`");
            }
            let mut stream = Stream::new(this.seed());
            let words: Vec<u64> = (0..n_words).map(|_| stream.next()).collect();
            Ok(Value::object(NdArray::new(Chunk::from_vec(&[n_words], words).cast(dtype))))
        }
    }

    pub mod properties {
        use super::*;

        builtins! {
            /// What it was made of.
            fn entropy(/** The seed. */ this: Sequence) -> Value { this.entropy }

            /// Which child of which child it is.
            fn spawn_key(/** The seed. */ this: Sequence) -> Value { Value::tuple(this.path.iter().map(|&child| Value::Int(child as i64))) }

            /// How many seeds it has made.
            fn n_children_spawned(/** The seed. */ this: Sequence) -> u64 { *this.n_children.lock() }
        }
    }
}
