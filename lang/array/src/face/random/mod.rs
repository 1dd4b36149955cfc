//! Random numbers: `np.random`, `da.random` and their generators.
//!
//! A generator is a stream of seeds. Each call takes one, and an element is a function of that seed and of its place in the
//! array: chunks, threads and slices do not change it. The functions of the modules are methods of one generator each. The numbers are not
//! those that NumPy makes of the same seed.

mod bounds;
mod choose;
mod laws;
mod lazily;
mod origin;
mod plain;
mod seed;
mod vectors;

use std::any::Any;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_runtime::builtin::BoundMethod;
use rdk_runtime::{Builtin, Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, error};

use super::operand::Operand;
use super::parameters::ShapeArg;
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::eager::{self, NdArray};
use crate::kernel::{Distribution, Law};
use crate::scalar::Scalar;
use crate::shape;

pub use seed::Seed;
use seed::{StateSeed, Stream};

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

    /// Random numbers of a law. Parameters may be arrays, which are stretched together, and to the shape.
    fn law(
        &self,
        context: &Context,
        name: &str,
        law: Law,
        parameters: &[Operand],
        size: Option<ShapeArg>,
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> {
        let mut numbers = [0.0; 3];
        let mut all_numbers = true;
        for (parameter, number) in parameters.iter().zip(&mut numbers) {
            match parameter {
                Operand::Number(value) => *number = value.as_f64().unwrap_or(f64::NAN),
                Operand::Eager(chunk) if chunk.ndim() == 0 => *number = chunk.to_vec::<f64>()[0],
                Operand::Eager(_) | Operand::Lazy(_) => all_numbers = false,
            }
            if parameter.dtype().is_complex() {
                bail!(TypeError: "{name}: parameters are real numbers, got {}", parameter.dtype());
            }
        }
        if all_numbers {
            if let Some((name, value, fault)) = law.fault(numbers) {
                return Err(error!("{fault}"; hint: "`{name}` is {value}").about(name));
            }
            let [a, b, _] = numbers;
            // The common ones have loops of their own.
            let distribution = if law == Law::Normal {
                Distribution::Normal { mean: a, deviation: b }
            } else if law == Law::Exponential {
                Distribution::Exponential { scale: a }
            } else {
                Distribution::Lawful { law, parameters: numbers }
            };
            return self.draw(context, name, distribution, size, chunks);
        }
        if chunks.is_some() && !self.is_lazy() {
            bail!(TypeError: "{name}() of numpy has no `chunks`"; hint: "`da.random.{name}(…)` makes a chunked array");
        }
        let arrays = parameters.iter().map(Operand::array).collect::<Result<Vec<_>>>()?;
        let shapes: Vec<&[usize]> = arrays.iter().map(Array::shape).collect();
        let together = shape::broadcast(&shapes)?;
        let shape = size.map_or(together, |size| size.0);
        let lazy = self.is_lazy() || parameters.iter().any(Operand::is_lazy);
        if !lazy {
            super::create::room_for(context, &shape, law.dtype())?;
        }
        let chunks = chunks.unwrap_or(ChunksSpec::AUTO);
        let array = Array::random_of(name, law, self.next(), &arrays, &shape, &chunks)?;
        super::operand::answer(context, array, lazy)
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
static NUMPY_GENERATOR: LazyLock<ClassRef> =
    LazyLock::new(|| generator_class("numpy.random", numpy_generator::builtins()));
static DASK_GENERATOR: LazyLock<ClassRef> =
    LazyLock::new(|| generator_class("dask.array.random", dask_generator::builtins()));

fn state_class(module: &'static str, mut construct: Vec<rdk_runtime::Builtin>) -> ClassRef {
    let class = Class::new("RandomState", module, "A source of random numbers, in NumPy's older manner.");
    let class = class.methods(shared()).methods(plain::states::builtins());
    ClassRef::new(match construct.pop() {
        Some(construct) => class.construct(construct),
        None => class,
    })
}

fn generator_class(module: &'static str, mut construct: Vec<rdk_runtime::Builtin>) -> ClassRef {
    let class = Class::new("Generator", module, "A source of random numbers.");
    let class = class.methods(shared()).methods(plain::generators::builtins()).methods(choose::generators::builtins());
    ClassRef::new(match construct.pop() {
        Some(construct) => class.construct(construct),
        None => class,
    })
}

/// What all generators have.
fn shared() -> Vec<Builtin> {
    let mut all = plain::builtins();
    all.extend(laws::builtins());
    all.extend(choose::builtins());
    all.extend(vectors::builtins());
    all
}

/// The entries of `np.random` or `da.random`: methods of a generator that all share.
fn module(kind: Kind) -> Vec<(&'static str, Value)> {
    let global = Value::object(Generator::new(kind, None));
    let method = |builtin: rdk_runtime::Builtin| {
        let name = builtin.name;
        (name, Value::Method(Arc::new(BoundMethod { receiver: global.clone(), builtin: Arc::new(builtin) })))
    };
    shared().into_iter().chain(plain::states::builtins()).map(method).collect()
}

/// The entries of `numpy.random`.
pub fn numpy_module() -> Vec<(&'static str, Value)> {
    let mut entries = module(Kind::NumpyState);
    entries.extend(rdk_runtime::class::entries(numpy_rng::builtins()));
    entries.push(("RandomState", Value::Class(NUMPY_STATE.clone())));
    entries.push(("Generator", Value::Class(NUMPY_GENERATOR.clone())));
    entries.extend(origin::classes());
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

/// Where the numbers of `default_rng` come from: a seed, or a generator that is there already.
enum Origin {
    Seed(Seed),
    Generator(Value),
    Bits(origin::Bits),
}

impl FromValue for Origin {
    fn expected() -> &'static str {
        Seed::expected()
    }

    fn from_value(value: &Value) -> Option<Origin> {
        if value.get::<Generator>().is_some() {
            return Some(Origin::Generator(value.clone()));
        }
        if let Some(bits) = origin::Bits::from_value(value) {
            return Some(Origin::Bits(bits));
        }
        Seed::from_value(value).map(Origin::Seed)
    }

    fn try_from_value(value: &Value) -> Result<Origin> {
        match Origin::from_value(value) {
            Some(origin) => Ok(origin),
            None => Seed::try_from_value(value).map(Origin::Seed),
        }
    }
}

/// A generator of this kind; one that is of this kind already stays the same.
fn generator(kind: Kind, origin: Option<Origin>) -> Value {
    let seed = match origin {
        None => None,
        Some(Origin::Seed(seed)) => Some(seed.0),
        Some(Origin::Bits(bits)) => return made_of(kind, &bits),
        Some(Origin::Generator(value)) => match value.get::<Generator>() {
            Some(other) if other.kind != kind => Some(other.next()),
            _ => return value.clone(),
        },
    };
    Value::object(Generator::new(kind, seed))
}

mod numpy_rng {
    use super::*;

    builtins! {
        /// A source of random numbers; the same seed gives the same numbers.
        fn default_rng(/** An integer of 0 or more, or a generator, which is given back; a fresh one if left out. */ seed: Option<Origin>) -> Value {
            generator(Kind::NumpyGenerator, seed)
        }
    }
}

mod dask_rng {
    use super::*;

    builtins! {
        /// A source of random chunked arrays; the same seed gives the same numbers, whatever the chunks.
        fn default_rng(/** An integer of 0 or more, or a generator, which is given back; a fresh one if left out. */ seed: Option<Origin>) -> Value {
            generator(Kind::DaskGenerator, seed)
        }
    }
}

#[allow(non_snake_case)]
mod numpy_state {
    use super::*;

    builtins! {
        /// A source of random numbers; the same seed gives the same numbers.
        fn RandomState(/** An integer of 0 or more, below 2**32; a fresh one if left out. */ seed: Option<StateSeed>) -> Value {
            Value::object(Generator::new(Kind::NumpyState, seed.map(|seed| seed.0)))
        }
    }
}

#[allow(non_snake_case)]
mod dask_state {
    use super::*;

    builtins! {
        /// A source of random chunked arrays; the same seed gives the same numbers, whatever the chunks.
        fn RandomState(/** An integer of 0 or more, below 2**32; a fresh one if left out. */ seed: Option<StateSeed>) -> Value {
            Value::object(Generator::new(Kind::DaskState, seed.map(|seed| seed.0)))
        }
    }
}

#[allow(non_snake_case)]
mod numpy_generator {
    use super::*;

    builtins! {
        /// A source of random numbers, made of a bit generator such as `np.random.PCG64(42)`.
        fn Generator(/** Any bit generator. */ bit_generator: origin::Bits) -> Value { made_of(Kind::NumpyGenerator, &bit_generator) }
    }
}

#[allow(non_snake_case)]
mod dask_generator {
    use super::*;

    builtins! {
        /// A source of random chunked arrays, made of a bit generator such as `np.random.PCG64(42)`.
        fn Generator(/** Any bit generator. */ bit_generator: origin::Bits) -> Value { made_of(Kind::DaskGenerator, &bit_generator) }
    }
}

/// A generator that goes on from where a bit generator stands.
fn made_of(kind: Kind, bits: &origin::Bits) -> Value {
    Value::object(Generator { kind, stream: Mutex::new(*bits.stream.lock()) })
}
