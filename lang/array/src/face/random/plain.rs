//! Even and bell-shaped numbers, integers and bytes.

use rdk_runtime::{FromValue, Result, Value, bail, builtins};

use super::This;
use super::bounds::{Bound, Bounds};
use super::seed::{StateSeed, Stream};
use crate::DType;
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::eager::DTypeArg;
use crate::face::operand::Operand;
use crate::face::out::Out;
use crate::face::parameters::ShapeArg;
use crate::kernel::{Distribution, Law};

const UNIT: Distribution = Distribution::Uniform { low: 0.0, high: 1.0 };
const STANDARD_NORMAL: Distribution = Distribution::Normal { mean: 0.0, deviation: 1.0 };
const WAITING: Distribution = Distribution::Exponential { scale: 1.0 };

/// In float64 or float32.
fn drawn(
    context: &rdk_runtime::Context,
    this: &This,
    name: &str,
    distribution: Distribution,
    how: (Option<ShapeArg>, Option<ChunksSpec>, Option<DTypeArg>),
) -> Result<Value> {
    let (size, chunks, dtype) = how;
    match dtype.map(|dtype| dtype.0) {
        None | Some(DType::F64) => this.draw(context, name, distribution, size, chunks),
        Some(DType::F32) => {
            let narrow = |array: Array| Ok(array.cast(DType::F32));
            this.draw_through(context, name, distribution, size, chunks, narrow)
        }
        Some(other) => bail!(TypeError: "Unsupported dtype dtype('{other}') for {name}"; hint: "float64 or float32"),
    }
}

/// What states begin with.
const STATE: &str = "stream";

builtins! {
    /// Random numbers from 0 up to, not including, 1.
    fn random[context](
        /// The generator.
        this: This,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
        /// float64 or float32.
        dtype: Option<DTypeArg>,
        /// An array in memory that is filled; its shape is the size.
        out: Out,
    ) -> Result<Value> {
        let size = size.or(out.shape().map(ShapeArg));
        out.take("random", drawn(context, &this, "random_sample", UNIT, (size, chunks, dtype))?)
    }

    /// Random numbers, evenly spread between two bounds.
    fn uniform[context](
        /// The generator.
        this: This,
        /// The smallest; may be an array.
        low: Operand = 0.0,
        /// Above the largest; may be an array.
        high: Operand = 1.0,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> {
        let (Operand::Number(from), Operand::Number(to)) = (&low, &high) else {
            return this.law(context, "uniform", Law::Uniform, &[low, high], size, chunks);
        };
        let (Some(low), Some(high)) = (from.as_f64(), to.as_f64()) else { bail!(TypeError: "uniform: bounds are real numbers") };
        if !(high - low).is_finite() {
            bail!(OverflowError: "Range exceeds valid bounds");
        }
        this.draw(context, "uniform", Distribution::Uniform { low, high }, size, chunks)
    }

    /// Random numbers, spread as a bell of width 1 around 0.
    fn standard_normal[context](
        /// The generator.
        this: This,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
        /// float64 or float32.
        dtype: Option<DTypeArg>,
        /// An array in memory that is filled; its shape is the size.
        out: Out,
    ) -> Result<Value> {
        let size = size.or(out.shape().map(ShapeArg));
        out.take("standard_normal", drawn(context, &this, "standard_normal", STANDARD_NORMAL, (size, chunks, dtype))?)
    }

    /// Random waiting times of mean 1.
    fn standard_exponential[context](
        /// The generator.
        this: This,
        /// A length or a tuple of lengths; a single number if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
        /// float64 or float32.
        dtype: Option<DTypeArg>,
        /// An array in memory that is filled; its shape is the size.
        out: Out,
        /// Has no effect.
        method: Option<String>,
    ) -> Result<Value> {
        let _ = method;
        let size = size.or(out.shape().map(ShapeArg));
        out.take("standard_exponential", drawn(context, &this, "standard_exponential", WAITING, (size, chunks, dtype))?)
    }

    /// Random bytes.
    fn bytes[context](
        /// The generator.
        this: This,
        /// How many.
        length: usize,
    ) -> Result<Value> {
        crate::face::create::room_for(context, &[length], DType::U8)?;
        let bytes = Distribution::Integers { low: 0, last: 255, dtype: DType::U8 };
        let array = Array::random("bytes", bytes, Some(this.next()), &[length], &ChunksSpec::AUTO)?;
        Ok(Value::Bytes(array.compute_now(context)?.to_vec::<u8>().into()))
    }
}

/// What only `RandomState` and the modules have.
pub(super) mod states {
    use super::*;

    builtins! {
        /// Starts the stream of random numbers anew: the same seed gives the same numbers.
        fn seed(
            /// The generator.
            this: This,
            /// An integer of 0 or more, below 2**32; a fresh one if left out.
            seed: Option<StateSeed>,
        ) -> () { *this.stream.lock() = Stream::new(seed.map(|seed| seed.0)); }

        /// Where the stream of random numbers stands: for `set_state`.
        ///
        /// ```rdk
        /// state = np.random.get_state()
        /// a = np.random.rand(2)
        /// np.random.set_state(state)
        /// bool((np.random.rand(2) == a).all())
        /// #> True
        /// ```
        fn get_state(/** The generator. */ this: This, /** Has no effect. */ legacy: bool = true) -> Value {
            let _ = legacy;
            let Stream { seed, count } = *this.stream.lock();
            // As signed numbers: those of 64 bits are plain ones.
            Value::tuple([Value::str(STATE), Value::Int(seed as i64), Value::Int(count as i64)])
        }

        /// Goes on from where the stream of random numbers stood.
        fn set_state(/** The generator. */ this: This, /** What `get_state` gave. */ state: Value) -> Result<()> {
            let items = state.items().unwrap_or_default();
            let (Some(STATE), Some(seed), Some(count)) = (
                items.first().and_then(Value::as_str),
                items.get(1).and_then(i64::from_value),
                items.get(2).and_then(i64::from_value),
            ) else {
                bail!("set_state() takes what get_state() gave, got {}", rdk_runtime::convert::describe(&state); hint: "states of NumPy's own generators mean nothing here");
            };
            *this.stream.lock() = Stream { seed: seed as u64, count: count as u64 };
            Ok(())
        }

        /// Random whole numbers of 63 bits.
        fn tomaxint[context](
            /// The generator.
            this: This,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> { this.draw(context, "tomaxint", Distribution::Integers { low: 0, last: i64::MAX, dtype: DType::I64 }, size, chunks) }

        /// Random numbers from 0 up to, not including, 1.
        fn random_sample[context](
            /// The generator.
            this: This,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> { this.draw(context, "random_sample", UNIT, size, chunks) }

        /// Random numbers from 0 up to, not including, 1.
        fn ranf[context](
            /// The generator.
            this: This,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
        ) -> Result<Value> { this.draw(context, "random_sample", UNIT, size, None) }

        /// Random numbers from 0 up to, not including, 1.
        fn sample[context](
            /// The generator.
            this: This,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
        ) -> Result<Value> { this.draw(context, "random_sample", UNIT, size, None) }

        /// Random integers from `low` up to and with `high`; from 1 up to `low` if that is the only one.
        fn random_integers[context](
            /// The generator.
            this: This,
            /// The smallest.
            low: i64,
            /// The largest.
            high: Option<i64>,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> {
            let (low, high) = high.map_or((1, low), |high| (low, high));
            this.draw(context, "random_integers", super::super::bounds::integers(low.into(), Some(high.into()), true, None)?, size, chunks)
        }

        /// Random numbers from 0 up to, not including, 1, in an array of these lengths.
        fn rand[context](
            /// The generator.
            this: This,
            /// Length along each axis.
            lengths: rdk_runtime::Rest,
        ) -> Result<Value> {
            let size = rest_shape(lengths)?;
            this.draw(context, "random_sample", UNIT, size, None)
        }

        /// Random numbers, spread as a bell of width 1 around 0, in an array of these lengths.
        fn randn[context](
            /// The generator.
            this: This,
            /// Length along each axis.
            lengths: rdk_runtime::Rest,
        ) -> Result<Value> {
            let size = rest_shape(lengths)?;
            this.draw(context, "standard_normal", STANDARD_NORMAL, size, None)
        }

        /// Random integers from `low` up to, not including, `high`; from 0 up to `low` if that is the only one.
        fn randint[context](
            /// The generator.
            this: This,
            /// The smallest; may be an array.
            low: Bound,
            /// Above the largest; may be an array.
            high: Option<Bound>,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// How long chunks are; for lazy arrays. NumPy has `dtype` here.
            chunks: Option<ChunksSpec>,
            /// The type of the elements; int64 if left out.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> { this.within(context, "randint", Bounds { low, high, endpoint: false, dtype }, size, chunks) }
    }

    fn rest_shape(lengths: rdk_runtime::Rest) -> Result<Option<ShapeArg>> {
        if lengths.0.is_empty() { Ok(None) } else { ShapeArg::try_from_value(&Value::tuple(lengths.0)).map(Some) }
    }
}

/// What only `default_rng(…)` has.
pub(super) mod generators {
    use super::super::Generator;
    use super::*;

    builtins! {
        /// Random integers from `low` up to, not including, `high`; from 0 up to `low` if that is the only one.
        fn integers[context](
            /// The generator.
            this: This,
            /// The smallest; may be an array.
            low: Bound,
            /// Above the largest; may be an array.
            high: Option<Bound>,
            /// A length or a tuple of lengths; a single number if left out.
            size: Option<ShapeArg>,
            /// The type of the elements; int64 if left out.
            dtype: Option<DTypeArg>,
            /// Is `high` among them?
            endpoint: bool = false,
            /// How long chunks are; for lazy arrays.
            chunks: Option<ChunksSpec>,
        ) -> Result<Value> { this.within(context, "integers", Bounds { low, high, endpoint, dtype }, size, chunks) }

        /// So many generators, each with a stream of its own.
        fn spawn(
            /// The generator.
            this: This,
            /// How many.
            n_children: usize,
        ) -> Value { Value::list((0..n_children).map(|_| Value::object(Generator::new(this.kind, Some(this.next())))).collect::<Vec<_>>()) }
    }
}
