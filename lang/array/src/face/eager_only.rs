//! Functions that need the whole array in memory: sorting, running sums, what is unique.

use std::cmp::Ordering;

use num_complex::Complex64;
use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::operand::Operand;
use super::parameters::Axes;
use crate::chunk::Chunk;
use crate::dtype::{DType, NumberKind};
use crate::eager::{self, NdArray};
use crate::element::{Element, with_dtype};
use crate::kernel::Reduction;
use crate::scalar::Scalar;
use crate::shape;

/// An array that is in memory.
pub struct Eager(pub Chunk);

impl FromValue for Eager {
    fn expected() -> &'static str {
        "an array in memory, a number or a list of numbers"
    }

    fn from_value(value: &Value) -> Option<Eager> {
        Eager::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Eager> {
        match Operand::try_from_value(value)? {
            Operand::Eager(chunk) => Ok(Eager(chunk)),
            Operand::Number(value) => Ok(Eager(eager::nested::chunk(&value, None)?)),
            Operand::Lazy(_) => bail!(
                NotImplementedError: "this needs the whole array in memory";
                hint: "compute it first: `x.compute()`"
            ),
        }
    }
}

/// The elements as numbers that have an order: one of four types holds each dtype without loss.
macro_rules! by_key {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype.kind() {
            NumberKind::Bool | NumberKind::Signed => {
                type $T = i64;
                $body
            }
            NumberKind::Unsigned => {
                type $T = u64;
                $body
            }
            NumberKind::Float => {
                type $T = f64;
                $body
            }
            NumberKind::Complex => {
                type $T = Complex64;
                $body
            }
        }
    };
}

/// Numbers in NumPy's order: NaN comes last.
trait Ordered: Element {
    fn order(&self, other: &Self) -> Ordering;
}

impl Ordered for i64 {
    fn order(&self, other: &i64) -> Ordering {
        self.cmp(other)
    }
}

impl Ordered for u64 {
    fn order(&self, other: &u64) -> Ordering {
        self.cmp(other)
    }
}

impl Ordered for f64 {
    fn order(&self, other: &f64) -> Ordering {
        self.partial_cmp(other).unwrap_or_else(|| self.is_nan().cmp(&other.is_nan()))
    }
}

impl Ordered for Complex64 {
    fn order(&self, other: &Complex64) -> Ordering {
        self.re.order(&other.re).then(self.im.order(&other.im))
    }
}

/// Does something to each run along an axis; the result has elements of another type.
fn along<T: Element, R: Element>(chunk: &Chunk, axis: usize, mut each: impl FnMut(&[T], &mut [R])) -> Chunk {
    let n = chunk.ndim();
    let order: Vec<usize> = (0..n).filter(|&other| other != axis).chain([axis]).collect();
    let mut back = vec![0; n];
    order.iter().enumerate().for_each(|(at, &axis)| back[axis] = at);
    let turned = chunk.transpose(&order);
    let from = turned.to_vec::<T>();
    let mut to = vec![R::default(); from.len()];
    let length = chunk.shape()[axis].max(1);
    for (from, to) in from.chunks(length).zip(to.chunks_mut(length)) {
        each(from, to);
    }
    Chunk::from_vec(turned.shape(), to).transpose(&back)
}

/// In ascending order along an axis.
pub fn sorted(chunk: &Chunk, axis: usize) -> Chunk {
    let sorted = by_key!(chunk.dtype(), K => along(chunk, axis, |from: &[K], to: &mut [K]| {
        to.copy_from_slice(from);
        to.sort_by(Ordered::order);
    }));
    sorted.cast(chunk.dtype())
}

/// The positions that would bring it in ascending order along an axis.
fn sorting(chunk: &Chunk, axis: usize) -> Chunk {
    by_key!(chunk.dtype(), K => along(chunk, axis, |from: &[K], to: &mut [i64]| {
        (0..).zip(to.iter_mut()).for_each(|(at, place)| *place = at);
        to.sort_by(|a, b| from[*a as usize].order(&from[*b as usize]));
    }))
}

/// Running sums or products along an axis.
fn running(a: Eager, axis: Option<i64>, dtype: Option<DType>, multiply: bool) -> Result<Chunk> {
    let chunk = a.0;
    let (chunk, axis) = match axis {
        None => (chunk.reshape(&[chunk.len()]), 0),
        Some(axis) => (chunk.clone(), shape::axis(axis, chunk.ndim())?),
    };
    let dtype = dtype.unwrap_or_else(|| Reduction::Sum.result(chunk.dtype()));
    macro_rules! scan {
        ($T:ty, $one:expr, $add:expr, $mul:expr) => {{
            let step: fn($T, $T) -> $T = if multiply { $mul } else { $add };
            let first: $T = if multiply { $one } else { <$T>::default() };
            along(&chunk, axis, |from: &[$T], to: &mut [$T]| {
                let mut sum = first;
                for (from, to) in from.iter().zip(to) {
                    sum = step(sum, *from);
                    *to = sum;
                }
            })
        }};
    }
    Ok(match dtype {
        DType::F32 => scan!(f32, 1.0, |a, b| a + b, |a, b| a * b),
        DType::F64 => scan!(f64, 1.0, |a, b| a + b, |a, b| a * b),
        DType::C64 | DType::C128 => scan!(Complex64, Complex64::new(1.0, 0.0), |a, b| a + b, |a, b| a * b).cast(dtype),
        DType::Bool => scan!(bool, true, |a, b| a | b, |a, b| a & b),
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => {
            scan!(u64, 1, u64::wrapping_add, u64::wrapping_mul).cast(dtype)
        }
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => {
            scan!(i64, 1, i64::wrapping_add, i64::wrapping_mul).cast(dtype)
        }
    })
}

/// `np.nonzero(x)`: for each axis the positions of what is not zero.
pub fn nonzero(_: &Context, a: &Operand) -> Result<Value> {
    let Operand::Eager(chunk) = a else {
        bail!(NotImplementedError: "this needs the whole array in memory"; hint: "compute it first: `x.compute()`")
    };
    let flags = chunk.to_vec::<bool>();
    let places: Vec<usize> = (0..flags.len()).filter(|&at| flags[at]).collect();
    let strides = shape::strides(chunk.shape());
    let axis = |(&length, &stride): (&usize, &usize)| {
        let positions: Vec<i64> = places.iter().map(|at| (at / stride % length.max(1)) as i64).collect();
        Value::object(NdArray::new(Chunk::from_vec(&[positions.len()], positions)))
    };
    Ok(Value::tuple(chunk.shape().iter().zip(&strides).map(axis)))
}

/// The value below which a part `q` of the elements lies, along some axes.
fn quantile(a: Eager, q: f64, axis: &Option<Axes>, keepdims: bool) -> Result<Chunk> {
    if !(0.0..=1.0).contains(&q) {
        bail!("quantiles are between 0 and 1, percentiles between 0 and 100");
    }
    if a.0.dtype().is_complex() {
        bail!(TypeError: "complex numbers have no order");
    }
    let axes = shape::axes(Axes::list(axis), a.0.ndim())?;
    let n = a.0.ndim();
    let kept: Vec<usize> = (0..n).filter(|axis| !axes.contains(axis)).collect();
    let order: Vec<usize> = kept.iter().copied().chain(axes.iter().copied()).collect();
    let length: usize = axes.iter().map(|&axis| a.0.shape()[axis]).product();
    let elements = a.0.transpose(&order).to_vec::<f64>();
    let outer: usize = kept.iter().map(|&axis| a.0.shape()[axis]).product();
    let mut results = Vec::with_capacity(outer);
    for at in 0..outer {
        let mut run = elements[at * length..(at + 1) * length].to_vec();
        run.sort_by(Ordered::order);
        results.push(match run.last() {
            None => f64::NAN,
            Some(last) if last.is_nan() => f64::NAN,
            Some(_) => {
                let place = q * (length - 1) as f64;
                let (low, part) = (run[place.floor() as usize], place.fract());
                let high = run[place.ceil() as usize];
                if low == high { low } else { low + (high - low) * part }
            }
        });
    }
    let shape: Vec<usize> = if keepdims {
        (0..n).map(|axis| if axes.contains(&axis) { 1 } else { a.0.shape()[axis] }).collect()
    } else {
        kept.iter().map(|&axis| a.0.shape()[axis]).collect()
    };
    let dtype = if a.0.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    Ok(Chunk::from_vec(&shape, results).cast(dtype))
}

/// One quantile, or several along a new first axis.
fn quantiles(a: Eager, q: &Eager, scale: f64, axis: &Option<Axes>, keepdims: bool) -> Result<Value> {
    let parts = q.0.to_vec::<f64>();
    let chunk = |q: &f64| quantile(Eager(a.0.clone()), q / scale, axis, keepdims);
    if q.0.ndim() == 0 {
        return Ok(eager::value(chunk(parts.first().unwrap_or(&0.5))?));
    }
    let chunks = parts.iter().map(chunk).collect::<Result<Vec<_>>>()?;
    let mut shape = q.0.shape().to_vec();
    shape.extend(chunks.first().map_or(&[][..], Chunk::shape));
    let elements = chunks.iter().flat_map(|chunk| chunk.to_vec::<f64>()).collect();
    Ok(eager::value(Chunk::from_vec(&shape, elements)))
}

/// Elements on one side of a diagonal; zeros on the other.
fn triangle(m: Eager, k: i64, lower: bool) -> Result<Value> {
    let chunk = m.0;
    let [.., rows, columns] = *chunk.shape() else { bail!("expected an array of at least two dimensions") };
    Ok(eager::value(with_dtype!(chunk.dtype(), T => {
        let mut elements = chunk.to_vec::<T>();
        for (at, element) in elements.iter_mut().enumerate() {
            let (row, column) = ((at / columns % rows) as i64, (at % columns) as i64);
            let below = column - row <= k.clamp(-(1 << 60), 1 << 60);
            let above = column - row >= k.clamp(-(1 << 60), 1 << 60);
            if !(if lower { below } else { above }) {
                *element = T::default();
            }
        }
        Chunk::from_vec(chunk.shape(), elements)
    })))
}

builtins! {
    /// In ascending order, along the last axis or another.
    fn sort(
        /// The array.
        a: Eager,
        /// Along which axis; `None`: all elements in one row.
        axis: Option<i64> = -1,
    ) -> Result<Value> {
        Ok(eager::value(match axis {
            Some(axis) => sorted(&a.0, shape::axis(axis, a.0.ndim())?),
            None => sorted(&a.0.reshape(&[a.0.len()]), 0),
        }))
    }

    /// The positions that would bring the elements in ascending order.
    fn argsort(
        /// The array.
        a: Eager,
        /// Along which axis; `None`: all elements in one row.
        axis: Option<i64> = -1,
    ) -> Result<Value> {
        Ok(eager::value(match axis {
            Some(axis) => sorting(&a.0, shape::axis(axis, a.0.ndim())?),
            None => sorting(&a.0.reshape(&[a.0.len()]), 0),
        }))
    }

    /// Running sums along an axis.
    fn cumsum(
        /// The array.
        a: Eager,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
        /// In which type to add.
        dtype: Option<eager::DTypeArg>,
    ) -> Result<Value> { Ok(eager::value(running(a, axis, dtype.map(|dtype| dtype.0), false)?)) }

    /// Running products along an axis.
    fn cumprod(
        /// The array.
        a: Eager,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
        /// In which type to multiply.
        dtype: Option<eager::DTypeArg>,
    ) -> Result<Value> { Ok(eager::value(running(a, axis, dtype.map(|dtype| dtype.0), true)?)) }

    /// For each axis the positions of the elements that are not zero.
    fn nonzero[context](/** The array. */ a: Operand) -> Result<Value> { super::eager_only::nonzero(context, &a) }
}

/// Those that are functions only.
pub mod functions {
    use super::*;

    builtins! {
        /// The elements that there are, each once, in ascending order.
        fn unique(
            /// The array.
            ar: Eager,
            /// Also where each stands first?
            return_index: bool = false,
            /// Also which of them each element is?
            return_inverse: bool = false,
            /// Also how often each occurs?
            return_counts: bool = false,
        ) -> Result<Value> {
            let flat = ar.0.reshape(&[ar.0.len()]);
            let order = sorting(&flat, 0).to_vec::<i64>();
            let sorted = eager::select::take(&flat, &[order.len()], &order.iter().map(|&at| at as usize).collect::<Vec<_>>());
            let same = by_key!(flat.dtype(), K => {
                let keys = sorted.to_vec::<K>();
                (0..keys.len()).map(|at| at > 0 && keys[at].order(&keys[at - 1]) == Ordering::Equal).collect::<Vec<bool>>()
            });
            let first: Vec<usize> = (0..same.len()).filter(|&at| !same[at]).collect();
            let array = |chunk: Chunk| Value::object(NdArray::new(chunk));
            let mut answers = vec![array(eager::select::take(&sorted, &[first.len()], &first))];
            if return_index {
                answers.push(array(Chunk::from_vec(&[first.len()], first.iter().map(|&at| order[at]).collect())));
            }
            if return_inverse {
                let mut inverse = vec![0i64; order.len()];
                let mut group = -1;
                for (at, &place) in order.iter().enumerate() {
                    group += i64::from(!same[at]);
                    inverse[place as usize] = group;
                }
                answers.push(array(Chunk::from_vec(ar.0.shape(), inverse)));
            }
            if return_counts {
                let ends = first.iter().skip(1).copied().chain([same.len()]);
                let counts: Vec<i64> = first.iter().zip(ends).map(|(&start, end)| (end - start) as i64).collect();
                answers.push(array(Chunk::from_vec(&[counts.len()], counts)));
            }
            Ok(if answers.len() == 1 { answers.remove(0) } else { Value::tuple(answers) })
        }

        /// The middle of the elements in order, over all axes or some.
        fn median(
            /// The array.
            a: Eager,
            /// Over which axis, or a tuple of them; all if left out.
            axis: Option<Axes>,
            /// Do the axes stay, with length 1?
            keepdims: bool = false,
        ) -> Result<Value> { Ok(eager::value(quantile(a, 0.5, &axis, keepdims)?)) }

        /// The values below which so many of a hundred elements lie.
        fn percentile(
            /// The array.
            a: Eager,
            /// How many of a hundred: a number or several.
            q: Eager,
            /// Over which axis, or a tuple of them; all if left out.
            axis: Option<Axes>,
            /// Do the axes stay, with length 1?
            keepdims: bool = false,
        ) -> Result<Value> { quantiles(a, &q, 100.0, &axis, keepdims) }

        /// The values below which a part of the elements lies.
        fn quantile(
            /// The array.
            a: Eager,
            /// Which part, from 0 to 1: a number or several.
            q: Eager,
            /// Over which axis, or a tuple of them; all if left out.
            axis: Option<Axes>,
            /// Do the axes stay, with length 1?
            keepdims: bool = false,
        ) -> Result<Value> { quantiles(a, &q, 1.0, &axis, keepdims) }

        /// The elements on and above a diagonal; zeros below.
        fn triu(
            /// The array.
            m: Eager,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
        ) -> Result<Value> { triangle(m, k, false) }

        /// The elements on and below a diagonal; zeros above.
        fn tril(
            /// The array.
            m: Eager,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
        ) -> Result<Value> { triangle(m, k, true) }

        /// The sum of the main diagonal.
        fn trace(/** An array of two dimensions. */ a: Eager) -> Result<Value> {
            let &[rows, columns] = a.0.shape() else { bail!("expected an array of two dimensions, got {}", a.0.ndim()) };
            let places: Vec<usize> = (0..rows.min(columns)).map(|at| at * (columns + 1)).collect();
            let sums = running(Eager(eager::select::take(&a.0, &[places.len()], &places)), None, None, false)?;
            Ok(eager::number(sums.scalars().last().unwrap_or(Scalar::zero(sums.dtype()))))
        }

        /// Coordinates of all points of a grid, from those along each axis.
        fn meshgrid(
            /// The coordinates along the first axis, the second, …
            xi: rdk_runtime::Rest,
            /// "xy": columns go along the first; "ij": rows do.
            indexing: String = "xy",
        ) -> Result<Value> {
            let mut axes = xi.0.iter().map(Eager::try_from_value).collect::<Result<Vec<_>>>()?;
            axes.iter_mut().for_each(|axis| axis.0 = axis.0.reshape(&[axis.0.len()]));
            let crossed = indexing == "xy" && axes.len() >= 2;
            if indexing != "xy" && indexing != "ij" {
                bail!("Valid values for `indexing` are 'xy' and 'ij'.");
            }
            let place = |at: usize| if crossed && at < 2 { 1 - at } else { at };
            let mut shape: Vec<usize> = vec![0; axes.len()];
            axes.iter().enumerate().for_each(|(at, axis)| shape[place(at)] = axis.0.len());
            let grid = |(at, axis): (usize, &Eager)| {
                let mut own = vec![1; shape.len()];
                own[place(at)] = axis.0.len();
                let chunk = axis.0.reshape(&own).broadcast(&shape).unwrap_or_else(|| axis.0.clone());
                Value::object(NdArray::new(chunk.copy()))
            };
            Ok(Value::tuple(axes.iter().enumerate().map(grid)))
        }
    }
}
