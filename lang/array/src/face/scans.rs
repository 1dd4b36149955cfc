//! Running sums and differences along an axis: `cumsum`, `diff`, `gradient`, `trapezoid`, `interp`.

use rdk_runtime::{Context, FromValue, Rest, Result, Value, bail, builtins};

use super::arrange::part;
use super::masked::pair::Given;
use super::operand::{Operand, answer};
use super::out::Out;
use super::parameters::{Axes, Scan};
use crate::array::Array;
use crate::dtype::DType;
use crate::eager::DTypeArg;
use crate::kernel::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;
use crate::statistics::identity;

/// Running sums or products.
pub(super) fn running(
    context: &Context,
    a: &Given,
    axis: Option<i64>,
    dtype: Option<DTypeArg>,
    multiply: bool,
    skip_nan: bool,
) -> Result<Value> {
    if a.is_masked {
        return super::masked::running(context, a, axis, dtype, multiply);
    }
    let a = &a.data;
    let mut array = a.array()?;
    if skip_nan && (array.dtype().is_float() || array.dtype().is_complex()) {
        let nothing = Array::scalar(identity(array.dtype(), multiply));
        array = array.unary(UnaryFunc::IsNan)?.select(&nothing, &array)?;
    }
    let result = answer(context, array.running(axis, dtype.map(|dtype| dtype.0), multiply)?, a.is_lazy())?;
    super::faults::of_sums(context, a, "accumulate", &result)?;
    Ok(result)
}

/// Each element less the one before it.
fn differences(array: &Array, n: usize, axis: usize) -> Result<Array> {
    let mut array = array.clone();
    // What has become empty stays so.
    for _ in 0..n.min(array.shape()[axis].max(1)) {
        let (later, earlier) = (part(&array, axis, Some(1), None, None)?, part(&array, axis, None, Some(-1), None)?);
        array = match array.dtype() {
            DType::Bool => later.compare(CompareFunc::NotEqual, &earlier)?,
            _ => later.binary(BinaryFunc::Subtract, &earlier)?,
        };
    }
    Ok(array)
}

/// What is put before or behind an array along an axis: a number fills a place of length 1.
fn beside(extra: &Operand, array: &Array, axis: usize) -> Result<Array> {
    let extra = extra.array()?;
    if extra.ndim() > 0 {
        return Ok(extra);
    }
    let mut shape = array.shape().to_vec();
    shape[axis] = 1;
    extra.broadcast_to(&shape)
}

fn diff(
    context: &Context,
    a: &Operand,
    n: i64,
    axis: i64,
    prepend: Option<Operand>,
    append: Option<Operand>,
) -> Result<Value> {
    if n < 0 {
        bail!("order must be non-negative but got {n}");
    }
    let array = a.array()?;
    if n == 0 {
        return answer(context, array, a.is_lazy());
    }
    if array.ndim() == 0 {
        bail!("diff requires input that is at least one dimensional");
    }
    let axis = shape::axis(axis, array.ndim())?;
    let mut lazy = a.is_lazy();
    let mut parts = Vec::new();
    if let Some(extra) = &prepend {
        lazy |= extra.is_lazy();
        parts.push(beside(extra, &array, axis)?);
    }
    parts.push(array.clone());
    if let Some(extra) = &append {
        lazy |= extra.is_lazy();
        parts.push(beside(extra, &array, axis)?);
    }
    let whole = if parts.len() == 1 { array } else { Array::concatenate(&parts, axis as i64)? };
    answer(context, differences(&whole, n as usize, axis)?, lazy)
}

/// A plain number beside elements of this type.
fn beside_type(value: f64, dtype: DType) -> Array {
    Array::scalar(Scalar::F64(value)).cast(if dtype == DType::F32 || dtype == DType::C64 {
        DType::F32
    } else {
        DType::F64
    })
}

/// How far apart points along an axis are.
enum Spacing {
    Even(Array),
    At(Array),
}

/// The slope along one axis: central differences, and one-sided ones of some order at the ends.
fn slope(f: &Array, axis: usize, spacing: &Spacing, edge_order: i64) -> Result<Array> {
    let n = f.shape()[axis];
    let number = |value: f64| beside_type(value, f.dtype());
    if (n as i64) < edge_order + 1 {
        bail!(
            "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required."
        );
    }
    let at = |start: i64, stop: i64| part(f, axis, Some(start), Some(stop), None);
    let (times, over) = (
        |a: &Array, b: &Array| a.binary(BinaryFunc::Multiply, b),
        |a: &Array, b: &Array| a.binary(BinaryFunc::Divide, b),
    );
    let (plus, less) =
        (|a: &Array, b: &Array| a.binary(BinaryFunc::Add, b), |a: &Array, b: &Array| a.binary(BinaryFunc::Subtract, b));
    let n = n as i64;
    let mut parts = Vec::with_capacity(3);
    let steps = match spacing {
        Spacing::Even(_) => None,
        Spacing::At(x) => {
            let mut lengths = vec![1i64; f.ndim()];
            lengths[axis] = n - 1;
            Some(differences(x, 1, 0)?.reshape(&lengths)?)
        }
    };
    let step = |start: i64, stop: i64| match (&steps, spacing) {
        (Some(steps), _) => part(steps, axis, Some(start), Some(stop), None),
        (None, Spacing::Even(step) | Spacing::At(step)) => Ok(step.clone()),
    };
    let first = |order: i64| -> Result<Array> {
        if order == 1 {
            return over(&less(&at(1, 2)?, &at(0, 1)?)?, &step(0, 1)?);
        }
        let (a, b, c) = match &steps {
            None => {
                let step = step(0, 1)?;
                (over(&number(-1.5), &step)?, over(&number(2.0), &step)?, over(&number(-0.5), &step)?)
            }
            Some(_) => {
                let (d1, d2) = (step(0, 1)?, step(1, 2)?);
                let both = plus(&d1, &d2)?;
                let a = over(&plus(&times(&number(2.0), &d1)?, &d2)?.unary(UnaryFunc::Negative)?, &times(&d1, &both)?)?;
                (a, over(&both, &times(&d1, &d2)?)?, over(&d1.unary(UnaryFunc::Negative)?, &times(&d2, &both)?)?)
            }
        };
        plus(&plus(&times(&a, &at(0, 1)?)?, &times(&b, &at(1, 2)?)?)?, &times(&c, &at(2, 3)?)?)
    };
    let last = |order: i64| -> Result<Array> {
        if order == 1 {
            return over(&less(&at(n - 1, n)?, &at(n - 2, n - 1)?)?, &step(n - 2, n - 1)?);
        }
        let (a, b, c) = match &steps {
            None => {
                let step = step(0, 1)?;
                (over(&number(0.5), &step)?, over(&number(-2.0), &step)?, over(&number(1.5), &step)?)
            }
            Some(_) => {
                let (d1, d2) = (step(n - 3, n - 2)?, step(n - 2, n - 1)?);
                let both = plus(&d1, &d2)?;
                let b = over(&both.unary(UnaryFunc::Negative)?, &times(&d1, &d2)?)?;
                let c = over(&plus(&times(&number(2.0), &d2)?, &d1)?, &times(&d2, &both)?)?;
                (over(&d2, &times(&d1, &both)?)?, b, c)
            }
        };
        plus(&plus(&times(&a, &at(n - 3, n - 2)?)?, &times(&b, &at(n - 2, n - 1)?)?)?, &times(&c, &at(n - 1, n)?)?)
    };
    parts.push(first(edge_order)?);
    if n > 2 {
        parts.push(match &steps {
            None => over(&less(&at(2, n)?, &at(0, n - 2)?)?, &times(&number(2.0), &step(0, 1)?)?)?,
            Some(_) => {
                let (d1, d2) = (step(0, n - 2)?, step(1, n - 1)?);
                let both = plus(&d1, &d2)?;
                let a = over(&d2.unary(UnaryFunc::Negative)?, &times(&d1, &both)?)?;
                let b = over(&less(&d2, &d1)?, &times(&d1, &d2)?)?;
                let c = over(&d1, &times(&d2, &both)?)?;
                plus(&plus(&times(&a, &at(0, n - 2)?)?, &times(&b, &at(1, n - 1)?)?)?, &times(&c, &at(2, n)?)?)?
            }
        });
    }
    parts.push(last(edge_order)?);
    let slope = Array::concatenate(&parts, axis as i64)?;
    Ok(slope.regridded(f.chunks().clone()).named("gradient"))
}

fn gradient(context: &Context, f: &Operand, spacings: &[Value], axis: &Option<Axes>, edge_order: i64) -> Result<Value> {
    let array = f.array()?;
    let array = match array.dtype() {
        DType::F32 | DType::C64 | DType::C128 => array,
        _ => array.cast(DType::F64),
    };
    if !(1..=2).contains(&edge_order) {
        bail!("'edge_order' greater than 2 not supported");
    }
    let axes: Vec<usize> = match Axes::list(axis) {
        None => (0..array.ndim()).collect(),
        Some(axes) => axes.iter().map(|&axis| shape::axis(axis, array.ndim())).collect::<Result<_>>()?,
    };
    if spacings.len() > 1 && spacings.len() != axes.len() {
        bail!(TypeError: "invalid number of arguments"; hint: "give one spacing for all axes, or one for each of {}", axes.len());
    }
    let real = array.dtype().real();
    let mut slopes = Vec::with_capacity(axes.len());
    for (at, &axis) in axes.iter().enumerate() {
        let spacing = match spacings.get(if spacings.len() == 1 { 0 } else { at }) {
            None => Spacing::Even(Array::scalar(Scalar::one(real))),
            Some(value) => match Operand::try_from_value(value)? {
                operand if operand.ndim() == 0 => Spacing::Even(match operand {
                    Operand::Number(_) => operand.array()?.cast(real),
                    Operand::Lazy(_) | Operand::Eager(_) => operand.array()?,
                }),
                operand if operand.ndim() == 1 => {
                    let x = operand.array()?;
                    if x.shape()[0] != array.shape()[axis] {
                        bail!("when 1d, distances must match the length of the corresponding dimension");
                    }
                    Spacing::At(if x.dtype().is_integer() { x.cast(DType::F64) } else { x })
                }
                _ => bail!("distances must be either scalars or 1d"),
            },
        };
        slopes.push(answer(context, slope(&array, axis, &spacing, edge_order)?, f.is_lazy())?);
    }
    // A single axis that was asked for is not a list; Dask lists the only one, too.
    Ok(match axis {
        Some(axis) if axis.0.len() == 1 => slopes.remove(0),
        _ if f.is_lazy() => Value::list(slopes),
        _ if slopes.len() == 1 => slopes.remove(0),
        _ => Value::tuple(slopes),
    })
}

/// The area under a curve along an axis.
fn area(context: &Context, y: &Operand, x: Option<&Operand>, dx: f64, axis: i64) -> Result<Value> {
    let lazy = y.is_lazy() || x.is_some_and(Operand::is_lazy);
    let x = x.map(Operand::array).transpose()?;
    let strips = strips(&y.array()?, x.as_ref(), dx, axis)?;
    answer(context, strips.reduce(crate::kernel::Reduction::Sum, Some(&[axis]), false, None, None)?, lazy)
}

/// The areas of the strips between neighbours.
pub(super) fn strips(array: &Array, x: Option<&Array>, dx: f64, axis: i64) -> Result<Array> {
    let axis = shape::axis(axis, array.ndim())?;
    let widths = match x {
        None => beside_type(dx, array.dtype()),
        Some(x) if x.ndim() == 1 => {
            let mut lengths = vec![1i64; array.ndim()];
            lengths[axis] = -1;
            differences(x, 1, 0)?.reshape(&lengths)?
        }
        Some(x) => differences(x, 1, shape::axis(axis as i64, x.ndim())?)?,
    };
    let (later, earlier) = (part(array, axis, Some(1), None, None)?, part(array, axis, None, Some(-1), None)?);
    let both = later.binary(BinaryFunc::Add, &earlier)?.binary(BinaryFunc::Multiply, &widths)?;
    both.binary(BinaryFunc::Divide, &beside_type(2.0, both.dtype()))
}

/// `np.interp`
fn interp(
    context: &Context,
    x: &Operand,
    xp: &Operand,
    fp: &Operand,
    ends: (Option<f64>, Option<f64>),
    period: Option<f64>,
) -> Result<Value> {
    let (mut at, mut points, mut values) = (x.array()?, xp.array()?, fp.array()?);
    let (mut left, mut right) = ends;
    if let Some(period) = period {
        if period == 0.0 {
            bail!("period must be a non-zero value");
        }
        // One period more on either side, so that every place lies between two points.
        let length = period.abs();
        let period = beside_type(length, DType::F64);
        (left, right) = (None, None);
        at = at.cast(DType::F64).binary(BinaryFunc::Remainder, &period)?;
        let order =
            points.cast(DType::F64).binary(BinaryFunc::Remainder, &period)?.compute_now(context)?.to_vec::<f64>();
        let heights = values.cast(DType::F64).compute_now(context)?.to_vec::<f64>();
        if order.len() != heights.len() {
            bail!("fp and xp are not of the same length.");
        }
        let mut pairs: Vec<(f64, f64)> = order.into_iter().zip(heights).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (Some(&first), Some(&last)) = (pairs.first(), pairs.last()) else {
            bail!("array of sample points is empty")
        };
        pairs.insert(0, (last.0 - length, last.1));
        pairs.push((first.0 + length, first.1));
        let row = |values: Vec<f64>| super::operand::eager_array(&crate::Chunk::from_vec(&[values.len()], values));
        points = row(pairs.iter().map(|pair| pair.0).collect())?;
        values = row(pairs.iter().map(|pair| pair.1).collect())?;
    }
    let lazy = x.is_lazy() || xp.is_lazy() || fp.is_lazy();
    answer(context, at.interpolated(&points, &values, left, right)?, lazy)
}

builtins! {
    /// Running sums along an axis.
    ///
    /// ```rdk
    /// da.arange(5, chunks=2).cumsum(axis=0).compute()
    /// #> array([ 0,  1,  3,  6, 10])
    /// ```
    fn cumsum[context](
        /// The array.
        a: Given,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
        /// In which type to add.
        dtype: Option<DTypeArg>,
        /// Where the result goes.
        out: Out,
        /// "sequential" or "blelloch", which give the same.
        method: Scan,
    ) -> Result<Value> { let Scan = method; out.take_whole("add", running(context, &a, axis, out.dtype_or(dtype), false, false)?) }

    /// Running products along an axis.
    fn cumprod[context](
        /// The array.
        a: Given,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
        /// In which type to multiply.
        dtype: Option<DTypeArg>,
        /// Where the result goes.
        out: Out,
        /// "sequential" or "blelloch", which give the same.
        method: Scan,
    ) -> Result<Value> { let Scan = method; out.take_whole("multiply", running(context, &a, axis, out.dtype_or(dtype), true, false)?) }
}

/// Those that are functions only.
pub mod functions {
    use super::*;

    builtins! {
        /// Running sums along an axis; NaN counts as 0.
        fn nancumsum[context](
            /// The array.
            a: Given,
            /// Along which axis; all elements in one row if left out.
            axis: Option<i64>,
            /// In which type to add.
            dtype: Option<DTypeArg>,
            /// Where the result goes.
            out: Out,
            /// "sequential" or "blelloch", which give the same.
            method: Scan,
        ) -> Result<Value> { let Scan = method; out.take_whole("add", running(context, &a, axis, out.dtype_or(dtype), false, true)?) }

        /// Running products along an axis; NaN counts as 1.
        fn nancumprod[context](
            /// The array.
            a: Given,
            /// Along which axis; all elements in one row if left out.
            axis: Option<i64>,
            /// In which type to multiply.
            dtype: Option<DTypeArg>,
            /// Where the result goes.
            out: Out,
            /// "sequential" or "blelloch", which give the same.
            method: Scan,
        ) -> Result<Value> { let Scan = method; out.take_whole("multiply", running(context, &a, axis, out.dtype_or(dtype), true, true)?) }

        /// Each element less the one before it, along an axis.
        ///
        /// ```rdk
        /// np.diff([1, 4, 9, 16])
        /// #> array([3, 5, 7])
        /// ```
        fn diff[context](
            /// The array.
            a: Operand,
            /// How often to take differences.
            n: i64 = 1,
            /// Along which axis.
            axis: i64 = -1,
            /// What to put before the array.
            prepend: Option<Operand>,
            /// What to put behind it.
            append: Option<Operand>,
        ) -> Result<Value> { diff(context, &a, n, axis, prepend, append) }

        /// Differences of neighbours of all elements in one row.
        fn ediff1d[context](
            /// The array.
            ary: Operand,
            /// Numbers to put at the end.
            to_end: Option<Operand>,
            /// Numbers to put at the beginning.
            to_begin: Option<Operand>,
        ) -> Result<Value> {
            let mut lazy = ary.is_lazy();
            let flat = ary.array()?.reshape(&[-1])?;
            let mut parts = Vec::new();
            if let Some(extra) = &to_begin {
                lazy |= extra.is_lazy();
                parts.push(extra.array()?.reshape(&[-1])?);
            }
            parts.push(differences(&flat, 1, 0)?);
            if let Some(extra) = &to_end {
                lazy |= extra.is_lazy();
                parts.push(extra.array()?.reshape(&[-1])?);
            }
            let dtype = flat.dtype();
            let parts: Vec<Array> = parts.iter().map(|part| part.cast(dtype)).collect();
            answer(context, Array::concatenate(&parts, 0)?, lazy)
        }

        /// The slope along each axis, by central differences.
        ///
        /// ```rdk
        /// np.gradient([1.0, 4.0, 9.0, 16.0])
        /// #> array([3., 4., 6., 7.])
        /// ```
        fn gradient[context](
            /// The array.
            f: Operand,
            /// How far apart points are: one number or list for all axes, or one for each; 1 if left out.
            varargs: Rest,
            /// Along which axis or axes; all if left out.
            axis: Option<Axes>,
            /// 1 or 2: how exact the ends are.
            edge_order: i64 = 1,
        ) -> Result<Value> { gradient(context, &f, &varargs.0, &axis, edge_order) }

        /// The area under a curve, along an axis.
        ///
        /// ```rdk
        /// np.trapezoid([1, 2, 3])
        /// #> 4.0
        /// ```
        fn trapezoid[context](
            /// The heights.
            y: Operand,
            /// Where they are; evenly spaced if left out.
            x: Option<Operand>,
            /// How far apart they are, if `x` is left out.
            dx: f64 = 1.0,
            /// Along which axis.
            axis: i64 = -1,
        ) -> Result<Value> { area(context, &y, x.as_ref(), dx, axis) }

        /// Values of a function that is straight between given points.
        ///
        /// ```rdk
        /// np.interp([0.5, 1.5], [0, 1, 2], [0, 10, 40])
        /// #> array([ 5., 25.])
        /// ```
        fn interp[context](
            /// Where its values are wanted.
            x: Operand,
            /// Where the points are, in ascending order.
            xp: Operand,
            /// Its values there.
            fp: Operand,
            /// Its value before the first point; that at the first point if left out.
            left: Option<f64>,
            /// Its value behind the last point; that at the last point if left out.
            right: Option<f64>,
            /// It repeats itself after so much.
            period: Option<f64>,
        ) -> Result<Value> { interp(context, &x, &xp, &fp, (left, right), period) }
    }
}
