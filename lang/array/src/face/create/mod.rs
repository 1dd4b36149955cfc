//! Arrays made from nothing or from what users have: `ones`, `arange`, `array`; eager in `numpy`, lazy in `dask.array`.

#[allow(non_snake_case)] // `eye` takes `N` and `M`.
pub mod dask;
mod filled;
#[allow(non_snake_case)]
pub mod numpy;

use rdk_runtime::convert::describe;
use rdk_runtime::{Context, FromValue, Result, Value, bail};

use super::operand::Operand;
use super::parameters::{Device, ShapeArg};
use super::seen::Seen;
use super::unsized_object::Unsized;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::{self, DTypeArg, NdArray, Order, nested};
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
fn full_now(context: &Context, shape: &[usize], value: Scalar, order: Option<Order>) -> Result<Value> {
    let order = Order::of_new(order)?;
    room_for(context, shape, value.dtype())?;
    Ok(lying_new(Chunk::full(shape, value), order))
}

/// An array in memory that was not there before, whose axes lie in this order.
fn lying_new(chunk: Chunk, order: Order) -> Value {
    let axes = order.axes(None, chunk.ndim());
    Value::object(NdArray::laid(chunk, &axes))
}

/// Refuses arrays that are larger than the machine.
pub fn room_for(_: &Context, shape: &[usize], dtype: DType) -> Result<()> {
    room_for_elements(shape, dtype)
}

/// The same where nobody runs anything.
pub fn room_for_elements(shape: &[usize], dtype: DType) -> Result<()> {
    shape::check_empty(shape, dtype.size())?;
    let bytes = shape::size(shape).saturating_mul(dtype.size() as u128);
    if !rdk_graph::budget::is_usable(bytes) {
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
    if !rdk_graph::budget::is_usable(bytes) {
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
    /// In memory, its axes from that which is walked last to that which is walked first.
    axes: Vec<usize>,
}

impl Like {
    fn new(a: &Operand, dtype: Option<DTypeArg>, shape: Option<ShapeArg>, chunks: Option<ChunksSpec>) -> Result<Like> {
        let array = a.array()?;
        let dtype = dtype.map_or(array.dtype(), |dtype| dtype.0);
        let (shape, own) = match shape {
            Some(shape) => (shape.0, ChunksSpec::AUTO),
            None => (shape::Shape::from_slice(array.shape()), ChunksSpec::from(array.chunks())),
        };
        let axes = (0..shape.len()).collect();
        Ok(Like { shape, dtype, chunks: chunks.unwrap_or(own), axes })
    }

    /// With its axes in memory in this order, which may be that of the other.
    fn lying(self, a: &Seen, order: Order) -> Like {
        Like { axes: order.axes(a.in_memory(), self.shape.len()), ..self }
    }

    /// A number everywhere, or an array that stretches to the shape.
    fn filled_with(&self, context: &Context, value: &Value, lazy: bool) -> Result<Value> {
        let given = Operand::try_from_value(value)?;
        if given.ndim() == 0 && !given.is_lazy() {
            return self.filled(context, "full_like", filling(value, Some(self.dtype))?, lazy);
        }
        let array = given.array()?.cast(self.dtype).broadcast_to(&self.shape)?;
        match lazy || given.is_lazy() {
            true => Ok(Value::lazy(array.rechunk(&self.chunks)?.named("full_like"))),
            false => Ok(Value::object(NdArray::laid(array.compute_now(context)?, &self.axes))),
        }
    }

    fn filled(&self, context: &Context, name: &str, value: Scalar, lazy: bool) -> Result<Value> {
        if lazy {
            return Ok(Value::lazy(Array::full(name, &self.shape, value, &self.chunks)?));
        }
        room_for(context, &self.shape, value.dtype())?;
        Ok(Value::object(NdArray::laid(Chunk::full(&self.shape, value), &self.axes)))
    }
}

/// What is asked of an array in memory that is made of something.
struct Wanted {
    dtype: Option<DTypeArg>,
    /// At least so many axes.
    ndmin: usize,
    order: Order,
}

/// An array in memory from anything, with at least so many axes.
fn array_now(context: &Context, object: &Value, wanted: &Wanted) -> Result<NdArray> {
    let dtype = wanted.dtype.map(|dtype| dtype.0);
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
    let axes = wanted.order.axes(object.get::<NdArray>(), chunk.ndim());
    let array = NdArray::laid(chunk, &axes);
    Ok(deepened(&array, wanted.ndmin).map_or(array, NdArray::owner))
}

/// With at least so many axes; `None` if it has them.
fn deepened(array: &NdArray, ndmin: usize) -> Option<NdArray> {
    let n = array.shape().len();
    let missing = ndmin.min(shape::MAX_DIMENSIONS).saturating_sub(n);
    let items = std::iter::repeat_n(ndarray::SliceInfoElem::NewAxis, missing);
    (missing > 0).then(|| array.slice(items.chain(std::iter::repeat_n(ndarray::SliceInfoElem::from(..), n)).collect()))
}

/// An array in memory as it is wanted, in the memory that it has; `None` if it has to be made.
fn uncopied(object: &Value, wanted: &Wanted) -> Option<Value> {
    let array = object.get::<NdArray>().filter(|array| wanted.dtype.is_none_or(|dtype| dtype.0 == array.dtype()))?;
    wanted.order.is_of(array).then(|| deepened(array, wanted.ndmin).map_or(object.clone(), Value::object))
}

/// An array in memory: a copy in any case, never one, or (`None`) where it has to be.
fn as_array(context: &Context, a: &Value, wanted: Wanted, copy: Option<bool>) -> Result<Value> {
    match (uncopied(a, &wanted), copy) {
        (Some(array), None | Some(false)) => Ok(array),
        (None, Some(false)) => bail!(
            "Unable to avoid copy while creating an array as requested.";
            hint: "`np.asarray(…)` makes a copy only where it has to"
        ),
        _ => Ok(Value::object(array_now(context, a, &wanted)?)),
    }
}
