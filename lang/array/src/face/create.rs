//! Arrays made from nothing or from what users have: `ones`, `arange`, `array`; eager in `numpy`, lazy in `dask.array`.

use rdk_runtime::convert::describe;
use rdk_runtime::{Context, FromValue, Result, Value, bail};

use super::operand::{Operand, answer};
use super::parameters::ShapeArg;
use super::unsized_object::Unsized;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::{self, DTypeArg, NdArray, nested};
use crate::scalar::Scalar;
use crate::shape;

/// The number that fills an array, in this type or its own.
fn filling(value: &Value, dtype: Option<DType>) -> Result<Scalar> {
    let own = || match value.get::<eager::NumpyScalar>() {
        Some(scalar) => Some(Ok(scalar.0)),
        None => Scalar::from_value(value),
    };
    let scalar = match dtype {
        Some(dtype) => nested::element(value, dtype),
        None => own(),
    };
    scalar.unwrap_or_else(|| bail!(TypeError: "expected a number to fill the array with, got {}", describe(value)))
}

/// One value everywhere, in memory.
fn full_now(context: &Context, shape: &[usize], value: Scalar) -> Result<Value> {
    room_for(context, shape, value.dtype())?;
    Ok(Value::object(NdArray::new(Chunk::full(shape, value))))
}

/// Refuses arrays that are larger than the machine.
pub fn room_for(_: &Context, shape: &[usize], dtype: DType) -> Result<()> {
    let bytes = shape::size(shape).saturating_mul(dtype.size() as u128);
    if bytes > u128::from(rdk_graph::budget::usable()) {
        bail!(
            MemoryError: "Unable to allocate {} for an array with shape {} and data type {dtype}",
            crate::show::format_bytes(bytes), shape::show(shape);
            hint: "a lazy array needs no memory until it is computed: `da.` in place of `np.`"
        );
    }
    Ok(())
}

/// Refuses lists of positions that are larger than the machine.
pub fn room_for_positions(count: u128) -> Result<()> {
    let bytes = count.saturating_mul(size_of::<usize>() as u128);
    if bytes > u128::from(rdk_graph::budget::usable()) {
        bail!(MemoryError: "Unable to allocate {} for {count} positions", crate::show::format_bytes(bytes));
    }
    Ok(())
}

/// `start`, `stop` and `step` of `arange`, as they were given.
pub(super) struct Arange {
    start: Scalar,
    step: Scalar,
    count: usize,
}

/// Where `arange` begins; the number alone is where it ends.
fn beginning(start: Option<Value>, stop: &Option<Value>) -> Result<Value> {
    match (start, stop) {
        (Some(start), _) => Ok(start),
        (None, Some(_)) => Ok(Value::Int(0)),
        (None, None) => bail!(TypeError: "arange() requires stop to be specified."; hint: "such as `np.arange(4)`"),
    }
}

pub(super) fn arange(
    start: &Value,
    stop: Option<&Value>,
    step: Option<&Value>,
    dtype: Option<DType>,
) -> Result<Arange> {
    let zero = Value::Int(0);
    let one = Value::Int(1);
    let (start, stop) = match stop {
        Some(stop) => (start, stop),
        None => (&zero, start),
    };
    let step = step.unwrap_or(&one);
    let number = |value: &Value| filling(value, None);
    let (first, end, apart) = (number(start)?, number(stop)?, number(step)?);
    let own = first.dtype().promote(end.dtype()).promote(apart.dtype());
    let own = if own == DType::Bool { DType::I64 } else { own };
    if own.is_complex() {
        bail!(TypeError: "arange() takes real numbers");
    }
    let count = if own.is_integer() {
        let (first, end, apart) = (wide(first), wide(end), wide(apart));
        if apart == 0 {
            bail!(ZeroDivisionError: "division by zero"; hint: "`step` is not 0");
        }
        let distance = if apart > 0 { end - first } else { first - end };
        if distance <= 0 { 0 } else { (distance + apart.abs() - 1) / apart.abs() }
    } else {
        let (first, end, apart) = (first.get::<f64>(), end.get::<f64>(), apart.get::<f64>());
        if apart == 0.0 {
            bail!(ZeroDivisionError: "division by zero"; hint: "`step` is not 0");
        }
        let count = ((end - first) / apart).ceil();
        if !count.is_finite() {
            bail!("arange: cannot compute length");
        }
        count.max(0.0) as i128
    };
    let Ok(count) = i64::try_from(count) else { bail!("Maximum allowed size exceeded") };
    let dtype = dtype.unwrap_or(own);
    if dtype == DType::Bool && count > 2 {
        bail!(TypeError: "arange() is only supported for booleans when the result has at most length 2.");
    }
    // A step between numbers of another type is the distance of the first two, as NumPy has it.
    let (first, apart) = if dtype.is_integer() && !own.is_integer() {
        let second = Scalar::F64(first.get::<f64>() + apart.get::<f64>()).cast(dtype);
        let first = first.cast(dtype);
        (first, Scalar::I64((wide(second) - wide(first)) as i64).cast(dtype))
    } else {
        (first.cast(dtype), apart.cast(dtype))
    };
    Ok(Arange { start: first, step: apart, count: count as usize })
}

/// `arange` as an array that operations take.
pub fn row(start: &Value, stop: Option<&Value>, step: Option<&Value>) -> Result<Array> {
    let arange = arange(start, stop, step, None)?;
    Array::arange(arange.start, arange.step, arange.count, &ChunksSpec::AUTO)
}

fn wide(scalar: Scalar) -> i128 {
    match scalar {
        Scalar::U64(value) => value.into(),
        other => other.get::<i64>().into(),
    }
}

/// What `linspace` was asked for.
pub(super) struct Linspace {
    start: f64,
    stop: f64,
    count: usize,
    endpoint: bool,
    dtype: DType,
}

impl Linspace {
    fn new(start: f64, stop: f64, num: i64, endpoint: bool, dtype: Option<DTypeArg>) -> Result<Linspace> {
        let Ok(count) = usize::try_from(num) else { bail!("Number of samples, {num}, must be non-negative.") };
        Ok(Linspace { start, stop, count, endpoint, dtype: dtype.map_or(DType::F64, |dtype| dtype.0) })
    }

    fn step(&self) -> f64 {
        let gaps = if self.endpoint { self.count as f64 - 1.0 } else { self.count as f64 };
        if gaps > 0.0 { (self.stop - self.start) / gaps } else { f64::NAN }
    }

    fn array(&self, chunks: &ChunksSpec) -> Result<Array> {
        Array::linspace(self.start, self.stop, self.count, self.endpoint, self.dtype, chunks)
    }
}

/// What an array is made like: its shape and type, and its grid if it has one.
struct Like {
    shape: shape::Shape,
    dtype: DType,
    chunks: ChunksSpec,
}

impl Like {
    fn new(a: &Operand, dtype: Option<DTypeArg>, shape: Option<ShapeArg>, chunks: Option<ChunksSpec>) -> Result<Like> {
        let array = a.array()?;
        let dtype = dtype.map_or(array.dtype(), |dtype| dtype.0);
        let (shape, own) = match shape {
            Some(shape) => (shape.0, ChunksSpec::AUTO),
            None => (shape::Shape::from_slice(array.shape()), ChunksSpec::from(array.chunks())),
        };
        Ok(Like { shape, dtype, chunks: chunks.unwrap_or(own) })
    }

    /// A number everywhere, or an array that stretches to the shape.
    fn filled_with(&self, context: &Context, value: &Value, lazy: bool) -> Result<Value> {
        let given = Operand::try_from_value(value)?;
        if given.ndim() == 0 && !given.is_lazy() {
            return self.filled(context, "full_like", filling(value, Some(self.dtype))?, lazy);
        }
        let array = given.array()?.cast(self.dtype).broadcast_to(&self.shape)?;
        answer(context, array.rechunk(&self.chunks)?.named("full_like"), lazy || given.is_lazy())
    }

    fn filled(&self, context: &Context, name: &str, value: Scalar, lazy: bool) -> Result<Value> {
        if lazy {
            Ok(Value::lazy(Array::full(name, &self.shape, value, &self.chunks)?))
        } else {
            full_now(context, &self.shape, value)
        }
    }
}

/// An array in memory from anything, with at least so many axes.
fn array_now(context: &Context, object: &Value, dtype: Option<DTypeArg>, ndmin: usize) -> Result<Chunk> {
    let dtype = dtype.map(|dtype| dtype.0);
    let mut chunk = match object {
        Value::Lazy(_) => Operand::try_from_value(object)?.array()?.compute_now(context)?,
        _ if super::operand::has_lazy(object) => Operand::try_from_value(object)?.array()?.compute_now(context)?,
        Value::Iter(_) | Value::Set(_) | Value::Dict(_) | Value::Str(_) | Value::None => {
            bail!(TypeError: "an array holds numbers, got {}", describe(object); hint: "`list(…)` makes a list of what can be walked")
        }
        _ => nested::chunk(object, dtype)?,
    };
    if let Some(dtype) = dtype {
        chunk = chunk.cast(dtype);
    }
    while chunk.ndim() < ndmin.min(shape::MAX_DIMENSIONS) {
        chunk = chunk.insert_axis(0);
    }
    Ok(chunk)
}

/// An array in memory of this type, with at least so many axes, in the memory that it has; `None` if it has to be made.
fn uncopied(object: &Value, dtype: Option<DTypeArg>, ndmin: usize) -> Option<Value> {
    let array = object.get::<NdArray>().filter(|array| dtype.is_none_or(|dtype| dtype.0 == array.dtype()))?;
    match ndmin.min(shape::MAX_DIMENSIONS).saturating_sub(array.shape().len()) {
        0 => Some(object.clone()),
        missing => Some(Value::object(array.reshape(&[&vec![1; missing], array.shape()].concat()))),
    }
}

fn as_array(context: &Context, a: Value, dtype: Option<DTypeArg>) -> Result<Value> {
    match a.get::<NdArray>() {
        Some(array) if dtype.is_none_or(|dtype| dtype.0 == array.dtype()) => Ok(a),
        _ => Ok(Value::object(NdArray::new(array_now(context, &a, dtype, 0)?))),
    }
}

/// Those of `numpy`: in memory.
#[allow(non_snake_case)] // `eye` takes `N` and `M`.
pub mod numpy {
    use rdk_runtime::builtins;

    use super::*;

    builtins! {
        /// An array from nested lists, numbers or another array.
        ///
        /// ```rdk
        /// np.array([[1, 2], [3, 4]])
        /// #> array([[1, 2],
        /// #>        [3, 4]])
        /// ```
        fn array[context](
            /// Lists of numbers, or an array.
            object: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Is it a copy? With `None` or False an array that has the type already is itself; with False another is refused.
            copy: Option<bool> = true,
            /// Only C order is supported.
            order: Option<String>,
            /// Not supported.
            subok: Option<bool>,
            /// At least so many axes.
            ndmin: usize = 0,
        ) -> Result<Value> {
            let _ = (order, subok);
            match (uncopied(&object, dtype, ndmin), copy) {
                (Some(array), None | Some(false)) => Ok(array),
                (None, Some(false)) => bail!(
                    "Unable to avoid copy while creating an array as requested.";
                    hint: "`np.asarray(…)` makes a copy only where it has to"
                ),
                _ => Ok(Value::object(NdArray::new(array_now(context, &object, dtype, ndmin)?))),
            }
        }

        /// An array from anything; an array that has the type already is itself.
        fn asarray[context](
            /// Lists of numbers, or an array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            as_array(context, a, dtype)
        }

        /// An array from anything; an array is itself.
        fn asanyarray[context](
            /// Lists of numbers, or an array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> { as_array(context, a, dtype) }

        /// An array in C order from anything.
        fn ascontiguousarray[context](
            /// Lists of numbers, or an array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            match uncopied(&a, dtype, 1) {
                Some(array) if array.get::<NdArray>().is_some_and(|array| array.is_run().0) => Ok(array),
                _ => Ok(Value::object(NdArray::new(array_now(context, &a, dtype, 1)?))),
            }
        }

        /// An array from anything. rdk keeps it in C order, which nothing depends on but speed.
        fn asfortranarray[context](
            /// Lists of numbers, or an array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> { as_array(context, a, dtype) }

        /// The elements as another type.
        fn astype[context](
            /// The array.
            x: Operand,
            /// The type.
            dtype: DTypeArg,
        ) -> Result<Value> { super::super::operand::answer(context, x.array()?.cast(dtype.0), x.is_lazy()) }

        /// An array full of ones.
        fn ones[context](
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// Has no effect: elements are in C order.
            order: Option<String>,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> { let _ = (order, like); full_now(context, &shape.0, Scalar::one(dtype.map_or(DType::F64, |dtype| dtype.0))) }

        /// An array full of zeros.
        fn zeros[context](
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// Has no effect: elements are in C order.
            order: Option<String>,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> { let _ = (order, like); full_now(context, &shape.0, Scalar::zero(dtype.map_or(DType::F64, |dtype| dtype.0))) }

        /// An array to be filled later; of zeros until then.
        fn empty[context](
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// Has no effect: elements are in C order.
            order: Option<String>,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> { let _ = (order, like); full_now(context, &shape.0, Scalar::zero(dtype.map_or(DType::F64, |dtype| dtype.0))) }

        /// An array full of one number.
        fn full[context](
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The number.
            fill_value: Value,
            /// The type of the elements; that of the number if left out.
            dtype: Option<DTypeArg>,
            /// Has no effect: elements are in C order.
            order: Option<String>,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> { let _ = (order, like); if let Some(rows) = Operand::from_value(&fill_value).filter(|operand| operand.ndim() > 0) {
                let array = rows.array()?.broadcast_to(&shape.0)?;
                let array = dtype.map_or(array.clone(), |dtype| array.cast(dtype.0));
                return Ok(Value::object(NdArray::new(array.compute_now(context)?)));
            }
            full_now(context, &shape.0, filling(&fill_value, dtype.map(|dtype| dtype.0))?) }

        /// Ones in the shape of another array.
        fn ones_like[context](
            /// The other array.
            a: Operand,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// Has no effect: elements are in C order.
            order: Option<String>,
            /// Has no effect.
            subok: Option<bool>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let _ = (order, subok);
            let like = Like::new(&a, dtype, shape, None)?;
            like.filled(context, "ones_like", Scalar::one(like.dtype), a.is_lazy())
        }

        /// Zeros in the shape of another array.
        fn zeros_like[context](
            /// The other array.
            a: Operand,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// Has no effect: elements are in C order.
            order: Option<String>,
            /// Has no effect.
            subok: Option<bool>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let _ = (order, subok);
            let like = Like::new(&a, dtype, shape, None)?;
            like.filled(context, "zeros_like", Scalar::zero(like.dtype), a.is_lazy())
        }

        /// An array to be filled later, in the shape of another.
        fn empty_like[context](
            /// The other array.
            a: Operand,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// Has no effect: elements are in C order.
            order: Option<String>,
            /// Has no effect.
            subok: Option<bool>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let _ = (order, subok);
            let like = Like::new(&a, dtype, shape, None)?;
            like.filled(context, "empty_like", Scalar::zero(like.dtype), a.is_lazy())
        }

        /// One number everywhere, in the shape of another array.
        fn full_like[context](
            /// The other array.
            a: Operand,
            /// The number.
            fill_value: Value,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// Has no effect: elements are in C order.
            order: Option<String>,
            /// Has no effect.
            subok: Option<bool>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let _ = (order, subok);
            let like = Like::new(&a, dtype, shape, None)?;
            like.filled_with(context, &fill_value, a.is_lazy())
        }

        /// Evenly spaced numbers from `start` up to, not including, `stop`.
        ///
        /// ```rdk
        /// np.arange(0, 1, 0.25)
        /// #> array([0.  , 0.25, 0.5 , 0.75])
        /// ```
        fn arange[context](
            /// Where to begin; where to end, if it is the only one.
            start: Option<Value>,
            /// Where to end.
            stop: Option<Value>,
            /// From one to the next.
            step: Option<Value>,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let arange = super::arange(&super::beginning(start, &stop)?, stop.as_ref(), step.as_ref(), dtype.map(|dtype| dtype.0))?;
            room_for(context, &[arange.count], arange.start.dtype())?;
            let array = Array::arange(arange.start, arange.step, arange.count, &ChunksSpec::AUTO)?;
            Ok(Value::object(NdArray::new(array.compute_now(context)?)))
        }

        /// `num` evenly spaced numbers from `start` to `stop`.
        fn linspace[context](
            /// The first; an array for several rows at once.
            start: Operand,
            /// The last.
            stop: Operand,
            /// How many.
            num: i64 = 50,
            /// Is `stop` the last one? If not, it is the one after that.
            endpoint: bool = true,
            /// Also give the distance of neighbours?
            retstep: bool = false,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Where the new axis is, if the ends are arrays.
            axis: i64 = 0,
        ) -> Result<Value> {
            if let (Operand::Number(first), Operand::Number(last)) = (&start, &stop)
                && let (Some(first), Some(last)) = (f64::from_value(first), f64::from_value(last))
            {
                let linspace = Linspace::new(first, last, num, endpoint, dtype)?;
                room_for(context, &[linspace.count], linspace.dtype)?;
                let array = Value::object(NdArray::new(linspace.array(&ChunksSpec::AUTO)?.compute_now(context)?));
                return Ok(if retstep { Value::tuple([array, Value::Float(linspace.step())]) } else { array });
            }
            let spaced = crate::face::spaced::Spaced { start: &start, stop: &stop, num, endpoint, axis };
            let (array, step) = spaced.linear()?;
            let array = crate::face::spaced::as_type(array, dtype)?;
            let lazy = start.is_lazy() || stop.is_lazy();
            let array = crate::face::arrange::answer_array(context, array, lazy)?;
            Ok(if retstep { Value::tuple([array, super::super::operand::answer(context, step, lazy)?]) } else { array })
        }

        /// Ones on a diagonal, zeros elsewhere.
        fn eye[context](
            /// How many rows.
            N: usize,
            /// How many columns; as many as rows if left out.
            M: Option<usize>,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
            room_for(context, &[N, M.unwrap_or(N)], dtype)?;
            let array = Array::eye(N, M.unwrap_or(N), k, dtype, &ChunksSpec::AUTO)?;
            Ok(Value::object(NdArray::new(array.compute_now(context)?)))
        }

        /// Ones on the main diagonal, zeros elsewhere.
        fn identity[context](
            /// How many rows and columns.
            n: usize,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
            room_for(context, &[n, n], dtype)?;
            let array = Array::eye(n, n, 0, dtype, &ChunksSpec::AUTO)?;
            Ok(Value::object(NdArray::new(array.compute_now(context)?)))
        }
    }
}

/// Those of `dask.array`: in chunks.
#[allow(non_snake_case)]
pub mod dask {
    use rdk_runtime::builtins;

    use super::*;

    /// Dask's `name=` has no meaning here: equal work has equal names.
    fn lazy(array: Result<Array>) -> Result<Value> {
        Ok(Value::lazy(array?))
    }

    builtins! {
        /// A chunked array full of ones.
        ///
        /// ```rdk
        /// da.ones((1000, 4000), chunks=(1000, 1000)).sum().compute()
        /// #> 4000000.0
        /// ```
        fn ones(
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// Has no effect.
            name: Option<Value>,
        ) -> Result<Value> {
            let _ = name;
            lazy(Array::full("ones_like", &shape.0, Scalar::one(dtype.map_or(DType::F64, |dtype| dtype.0)), &chunks))
        }

        /// A chunked array full of zeros.
        fn zeros(
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// Has no effect.
            name: Option<Value>,
        ) -> Result<Value> {
            let _ = name;
            lazy(Array::full("zeros_like", &shape.0, Scalar::zero(dtype.map_or(DType::F64, |dtype| dtype.0)), &chunks))
        }

        /// A chunked array whose elements do not matter; they are zeros.
        fn empty(
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// Has no effect.
            name: Option<Value>,
        ) -> Result<Value> {
            let _ = name;
            lazy(Array::full("empty_like", &shape.0, Scalar::zero(dtype.map_or(DType::F64, |dtype| dtype.0)), &chunks))
        }

        /// A chunked array full of one number.
        fn full(
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The number.
            fill_value: Value,
            /// The type of the elements; that of the number if left out.
            dtype: Option<DTypeArg>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// Has no effect.
            name: Option<Value>,
        ) -> Result<Value> {
            let _ = name;
            lazy(Array::full("full_like", &shape.0, filling(&fill_value, dtype.map(|dtype| dtype.0))?, &chunks))
        }

        /// Ones in the shape and chunks of another array.
        fn ones_like[context](
            /// The other array.
            a: Operand,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// How long chunks are, if not as in the other.
            chunks: Option<ChunksSpec>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let like = Like::new(&a, dtype, shape, chunks)?;
            like.filled(context, "ones_like", Scalar::one(like.dtype), true)
        }

        /// Zeros in the shape and chunks of another array.
        fn zeros_like[context](
            /// The other array.
            a: Operand,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// How long chunks are, if not as in the other.
            chunks: Option<ChunksSpec>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let like = Like::new(&a, dtype, shape, chunks)?;
            like.filled(context, "zeros_like", Scalar::zero(like.dtype), true)
        }

        /// An array whose elements do not matter, in the shape and chunks of another.
        fn empty_like[context](
            /// The other array.
            a: Operand,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// How long chunks are, if not as in the other.
            chunks: Option<ChunksSpec>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let like = Like::new(&a, dtype, shape, chunks)?;
            like.filled(context, "empty_like", Scalar::zero(like.dtype), true)
        }

        /// One number everywhere, in the shape and chunks of another array.
        fn full_like[context](
            /// The other array.
            a: Operand,
            /// The number.
            fill_value: Value,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// How long chunks are, if not as in the other.
            chunks: Option<ChunksSpec>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let like = Like::new(&a, dtype, shape, chunks)?;
            like.filled_with(context, &fill_value, true)
        }

        /// Evenly spaced numbers from `start` up to, not including, `stop`, in chunks.
        ///
        /// ```rdk
        /// da.arange(4).compute()
        /// #> array([0, 1, 2, 3])
        /// ```
        fn arange(
            /// Where to begin; where to end, if it is the only one.
            start: Option<Value>,
            /// Where to end.
            stop: Option<Value>,
            /// From one to the next.
            step: Option<Value>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let arange = super::arange(&super::beginning(start, &stop)?, stop.as_ref(), step.as_ref(), dtype.map(|dtype| dtype.0))?;
            lazy(Array::arange(arange.start, arange.step, arange.count, &chunks))
        }

        /// `num` evenly spaced numbers from `start` to `stop`, in chunks.
        fn linspace(
            /// The first.
            start: f64,
            /// The last.
            stop: f64,
            /// How many.
            num: i64 = 50,
            /// Is `stop` the last one? If not, it is the one after that.
            endpoint: bool = true,
            /// Also give the distance of neighbours?
            retstep: bool = false,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let linspace = Linspace::new(start, stop, num, endpoint, dtype)?;
            let array = lazy(linspace.array(&chunks))?;
            Ok(if retstep { Value::tuple([array, Value::Float(linspace.step())]) } else { array })
        }

        /// Ones on a diagonal, zeros elsewhere, in chunks.
        fn eye(
            /// How many rows.
            N: usize,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// How many columns; as many as rows if left out.
            M: Option<usize>,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> { lazy(Array::eye(N, M.unwrap_or(N), k, dtype.map_or(DType::F64, |dtype| dtype.0), &chunks)) }

        /// A chunked array over an array in memory, or over nested lists.
        ///
        /// ```rdk
        /// da.from_array(np.arange(6), chunks=2).sum().compute()
        /// #> 15
        /// ```
        fn from_array[context](
            /// An array or nested lists.
            x: Value,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// Has no effect.
            name: Option<Value>,
            /// Has no effect.
            lock: Option<Value>,
        ) -> Result<Value> {
            let _ = (name, lock);
            if let Some(given) = crate::face::masked::pair::Given::of(&x).filter(|given| !given.is_lazy()) {
                return Ok(crate::face::masked::pair::lazy_value(given.pair()?.rechunk(&chunks)?));
            }
            if let Some(array) = super::super::more::source(&x, &chunks) {
                return lazy(array);
            }
            if let (Value::Object(_), None) = (&x, Operand::plain(&x)) {
                return lazy(crate::face::store::from_sliced(context, &x, &chunks));
            }
            match Operand::try_from_value(&x)? {
                Operand::Lazy(_) => bail!("the array is chunked already"; hint: "`x.rechunk(…)` changes its chunks"),
                Operand::Eager(chunk) => lazy(Array::from_chunk(chunk, &chunks)),
                number @ Operand::Number(_) => lazy(number.array()),
            }
        }

        /// A chunked array from nested lists, numbers or another array.
        fn array(
            /// Lists of numbers, or an array.
            x: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// At least so many axes.
            ndmin: usize = 0,
        ) -> Result<Value> {
            let mut array = Operand::try_from_value(&x)?.array()?;
            if let Some(dtype) = dtype {
                array = array.cast(dtype.0);
            }
            while array.ndim() < ndmin.min(shape::MAX_DIMENSIONS) {
                array = array.expand_dims(&[0])?;
            }
            lazy(Ok(array))
        }

        /// A chunked array from anything; a chunked array is itself.
        fn asarray(
            /// Lists of numbers, or an array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let array = Operand::try_from_value(&a)?.array()?;
            lazy(Ok(dtype.map_or(array.clone(), |dtype| array.cast(dtype.0))))
        }

        /// An array of one chunk that a delayed call will give.
        fn from_delayed(
            /// The delayed call; it gives an array or numbers.
            value: Value,
            /// The shape of what it gives.
            shape: ShapeArg,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// An array whose type it has, in place of `dtype`.
            meta: Option<Operand>,
            /// Has no effect.
            name: Option<Value>,
        ) -> Result<Value> {
            let _ = name;
            let dtype = dtype.map(|dtype| dtype.0).or_else(|| meta.map(|meta| meta.dtype())).unwrap_or(DType::F64);
            match &value {
                Value::Lazy(delayed) if value.get::<Array>().is_none() && value.get::<Unsized>().is_none() => {
                    lazy(Ok(Array::from_delayed(delayed.clone(), &shape.0, dtype)))
                }
                _ => bail!(TypeError: "expected a delayed call, got {}", describe(&value); hint: "`delayed(f)(x)` makes one"),
            }
        }
    }
}
