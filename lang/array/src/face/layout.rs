//! Functions that move elements about, choose among them or put arrays together.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::memory::own_or_shown;
use super::operand::{Loose, Operand, answer, applied_to_choose, together, together_to_choose};
use super::out::Out;
use super::parameters::{Axes, Lengths, ShapeArg};
use super::seen::Seen;
use crate::array::{Array, Func};
use crate::chunks::ChunksSpec;
use crate::eager::{DTypeArg, Order};
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::plan::Operands;
use crate::scalar::Scalar;
use crate::shape;

/// An answer about one array, lazy if it is.
pub fn with(context: &Context, a: &Operand, make: impl FnOnce(Array) -> Result<Array>) -> Result<Value> {
    answer(context, make(a.array()?)?, a.is_lazy())
}

/// Several arrays as one sequence: a list of them, or an array along its first axis.
pub fn sequence(value: &Value) -> Result<(Vec<Array>, bool)> {
    let operands: Vec<Operand> = match value.items() {
        Some(items) => items.iter().map(Operand::try_from_value).collect::<Result<_>>()?,
        None => {
            let array = Operand::try_from_value(value)?;
            let (lazy, whole) = (array.is_lazy(), array.array()?);
            let Some(&length) = whole.shape().first() else {
                bail!(TypeError: "expected a list of arrays, got a number")
            };
            let rows = (0..length).map(|at| whole.slice(&[IndexItem::Int(at as i64)])).collect::<Result<Vec<_>>>()?;
            return Ok((rows, lazy));
        }
    };
    let lazy = operands.iter().any(Operand::is_lazy);
    let arrays = operands.iter().map(Operand::array).collect::<Result<Vec<_>>>()?;
    Ok((arrays, lazy))
}

/// In another shape, walked in C order or in Fortran's. A lazy array lies in no other way.
fn reshaped(array: &Array, lengths: &[i64], order: Order) -> Result<Array> {
    match order {
        Order::C | Order::A => array.reshape(lengths),
        Order::F => {
            let array = array.sized()?;
            let shape = shape::reshaped(array.shape(), lengths)?;
            let turned: Vec<i64> = shape.iter().rev().map(|&length| length as i64).collect();
            array.transpose(None)?.reshape(&turned)?.transpose(None)
        }
        Order::K => bail!("order 'K' is not permitted for reshaping"),
    }
}

/// At least so many axes: new ones in front.
pub fn at_least(array: Array, n_axes: usize) -> Result<Array> {
    let missing = n_axes.saturating_sub(array.ndim()) as i64;
    if missing == 0 { Ok(array) } else { array.expand_dims(&(0..missing).collect::<Vec<_>>()) }
}

/// Axes moved from here to there; the others keep their order.
fn moved(array: &Array, from: &[i64], to: &[i64]) -> Result<Array> {
    let n = array.ndim();
    if from.len() != to.len() {
        bail!("`source` and `destination` arguments must have the same number of elements");
    }
    let places = |axes: &[i64]| axes.iter().map(|&axis| shape::axis(axis, n)).collect::<Result<Vec<usize>>>();
    let (from, to) = (places(from)?, places(to)?);
    let mut rest = (0..n).filter(|axis| !from.contains(axis));
    let order = (0..n).filter_map(|place| match to.iter().position(|&other| other == place) {
        Some(at) => Some(from[at] as i64),
        None => rest.next().map(|axis| axis as i64),
    });
    array.transpose(Some(&order.collect::<Vec<_>>()))
}

/// Two axes exchanged.
pub fn swapped(array: &Array, axis1: i64, axis2: i64) -> Result<Array> {
    let n = array.ndim();
    let mut order: Vec<i64> = (0..n as i64).collect();
    order.swap(shape::axis(axis1, n)?, shape::axis(axis2, n)?);
    array.transpose(Some(&order))
}

/// Back to front along all axes, or some.
pub fn flipped(array: &Array, axes: Option<&[i64]>) -> Result<Array> {
    let axes = shape::axes(axes, array.ndim())?;
    let back = IndexItem::Slice { start: None, stop: None, step: Some(-1) };
    let items: Vec<IndexItem> =
        (0..array.ndim()).map(|axis| if axes.contains(&axis) { back.clone() } else { IndexItem::ALL }).collect();
    array.slice(&items)
}

fn differences(array: Array, n: usize, axis: i64) -> Result<Array> {
    let axis = shape::axis(axis, array.ndim())?;
    let part = |array: &Array, start, stop| {
        let mut items = vec![IndexItem::ALL; axis];
        items.push(IndexItem::Slice { start, stop, step: None });
        array.slice(&items)
    };
    let mut array = array;
    for _ in 0..n.min(array.shape()[axis]) {
        let func = if array.dtype() == crate::DType::Bool { BinaryFunc::LogicalXor } else { BinaryFunc::Subtract };
        array = part(&array, Some(1), None)?.binary(func, &part(&array, None, Some(-1))?)?;
    }
    Ok(array)
}

/// Is a bound a plain whole number that no element of this type is below (or above)?
fn is_beyond(bound: &Operand, dtype: crate::DType, low: bool) -> bool {
    if dtype == crate::DType::Bool {
        return false;
    }
    let (Operand::Number(number), Some((least, most))) = (bound, dtype.integer_range()) else { return false };
    match number {
        Value::Int(number) if low => i128::from(*number) <= least,
        Value::Int(number) => i128::from(*number) >= most,
        // What needs more than 64 bits is beyond every type.
        Value::BigInt(_) => {
            number.as_f64().is_some_and(|number| if low { number < 0.0 } else { number >= most as f64 })
        }
        _ => false,
    }
}

/// Elements kept between two bounds.
pub fn clipped(a: &Operand, low: Option<&Operand>, high: Option<&Operand>) -> Result<Array> {
    let low = low.filter(|low| !is_beyond(low, a.dtype(), true));
    let high = high.filter(|high| !is_beyond(high, a.dtype(), false));
    let mut array = a.clone();
    if let Some(low) = low {
        array = Operand::Lazy(Array::elementwise(Func::Binary(BinaryFunc::Maximum), &together(&[&array, low])?)?);
    }
    if let Some(high) = high {
        array = Operand::Lazy(Array::elementwise(Func::Binary(BinaryFunc::Minimum), &together(&[&array, high])?)?);
    }
    Ok(array.array()?.named("clip"))
}

/// Rounded to so many decimals.
pub fn rounded(array: Array, decimals: i64) -> Result<Array> {
    let dtype = array.dtype();
    if dtype == crate::DType::Bool && decimals != 0 {
        bail!(
            TypeError: "Cannot cast ufunc 'multiply' output from dtype('float64') to dtype('bool') with casting rule 'same_kind'";
            hint: "truth values have no decimals: `x.astype(float)`"
        );
    }
    if dtype.is_integer() && decimals >= 0 {
        return Ok(array);
    }
    if decimals == 0 {
        return array.unary(UnaryFunc::Rint);
    }
    let power = Scalar::F64(10f64.powi(decimals.unsigned_abs().min(400) as i32));
    let power = Array::scalar(if dtype.is_integer() { power } else { power.cast(dtype) });
    let (up, down) = match decimals > 0 {
        true => (BinaryFunc::Multiply, BinaryFunc::Divide),
        false => (BinaryFunc::Divide, BinaryFunc::Multiply),
    };
    let rounded = array.binary(up, &power)?.unary(UnaryFunc::Rint)?.binary(down, &power)?;
    Ok(rounded.cast(dtype).named("round"))
}

/// Are elements at the same place equal, or nearly? They are where `|a - b| <= atol + rtol * |b|`, and so are equal infinities.
pub fn close(a: &Operand, b: &Operand, rtol: f64, atol: f64, equal_nan: bool) -> Result<Array> {
    let arrays = together(&[a, b])?;
    let (a, b) = (&arrays[0], &arrays[1]);
    let number = |number: f64| Array::scalar(Scalar::F64(number));
    let exact = a.compare(CompareFunc::Equal, b)?;
    // Whole numbers are compared as floats: their difference may not fit.
    let float = |array: &Array| if array.dtype().is_complex() { array.clone() } else { array.cast(crate::DType::F64) };
    let (a, b) = (&float(a), &float(b));
    let distance = a.binary(BinaryFunc::Subtract, b)?.unary(UnaryFunc::Absolute)?;
    let size = b.unary(UnaryFunc::Absolute)?.binary(BinaryFunc::Multiply, &number(rtol))?;
    let near = distance.compare(CompareFunc::LessEqual, &size.binary(BinaryFunc::Add, &number(atol))?)?;
    let finite = near.binary(BinaryFunc::LogicalAnd, &b.unary(UnaryFunc::IsFinite)?)?;
    let mut close = exact.binary(BinaryFunc::LogicalOr, &finite)?;
    if equal_nan {
        let both = a.unary(UnaryFunc::IsNan)?.binary(BinaryFunc::LogicalAnd, &b.unary(UnaryFunc::IsNan)?)?;
        close = close.binary(BinaryFunc::LogicalOr, &both)?;
    }
    Ok(close.named("isclose"))
}

/// `axes=` of `tensordot`: how many, or which.
struct TensorAxes(Operands);

impl FromValue for TensorAxes {
    fn expected() -> &'static str {
        "an integer, or two lists of axes"
    }

    fn from_value(value: &Value) -> Option<TensorAxes> {
        if let Some(n) = usize::from_value(value) {
            return Some(TensorAxes(Operands::Last(n)));
        }
        match &value.items()?[..] {
            [left, right] => Some(TensorAxes(Operands::Axes(Axes::from_value(left)?.0, Axes::from_value(right)?.0))),
            _ => None,
        }
    }
}

builtins! {
    /// With its axes in reverse, or in the order given.
    fn transpose[context](
        /// The array.
        a: Seen,
        /// The axes in their new order.
        axes: Option<Axes>,
    ) -> Result<Value> { a.show(context, |array| array.transpose(Axes::list(&axes))) }

    /// The same elements in another shape; one length may be -1: what is left.
    fn reshape[context](
        /// The array.
        a: Seen,
        /// The new shape.
        shape: Lengths,
        /// "C": the last axis is walked first; "F": the first; "A": as an array in memory lies.
        order: Order = "C",
        /// Is it a copy in any case? With False it never is. What is lazy is never written to.
        copy: Option<bool>,
        /// Has no effect.
        merge_chunks: bool = true,
        /// Has no effect.
        limit: Option<Value>,
    ) -> Result<Value> {
        let _ = (merge_chunks, limit);
        match a.in_memory() {
            Some(own) => own_or_shown(own.reshape_in(&shape::reshaped(own.shape(), &shape.0)?, order)?, own, copy),
            None => a.show(context, |array| reshaped(&array, &shape.0, order)),
        }
    }

    /// All elements in one row.
    fn ravel[context](
        /// The array.
        a: Seen,
        /// "C": the last axis is walked first; "F": the first; "A" and "K": as an array in memory lies.
        order: Order = "C",
    ) -> Result<Value> {
        match a.in_memory() {
            Some(array) => Ok(Value::object(array.row(order))),
            None => a.show(context, |array| reshaped(&array, &[-1], if order == Order::K { Order::C } else { order })),
        }
    }

    /// Without axes of length 1.
    fn squeeze[context](
        /// The array.
        a: Seen,
        /// Which axes to drop; all of length 1 if left out.
        axis: Option<Axes>,
    ) -> Result<Value> { a.show(context, |array| array.squeeze(Axes::list(&axis))) }

    /// With new axes of length 1.
    fn expand_dims[context](
        /// The array.
        a: Seen,
        /// Where the new axes are in the result.
        axis: Axes,
    ) -> Result<Value> { a.show(context, |array| array.expand_dims(&axis.0)) }

    /// Repeated along axes of length 1, to this shape.
    fn broadcast_to[context](
        /// The array.
        array: Seen,
        /// The shape.
        shape: ShapeArg,
        /// How long chunks of a lazy array come out.
        chunks: Option<ChunksSpec>,
        /// Has no effect.
        meta: Option<Value>,
        /// Has no effect.
        subok: bool = false,
    ) -> Result<Value> {
        let _ = (meta, subok);
        array.show_only(context, |array| {
            let wide = array.broadcast_to(&shape.0)?;
            chunks.as_ref().map_or(Ok(wide.clone()), |chunks| wide.rechunk(chunks))
        })
    }

    /// With some axes moved elsewhere; the others keep their order.
    fn moveaxis[context](
        /// The array.
        a: Seen,
        /// Which axes.
        source: Axes,
        /// Where they go.
        destination: Axes,
    ) -> Result<Value> { a.show(context, |array| moved(&array, &source.0, &destination.0)) }

    /// With two axes exchanged.
    fn swapaxes[context](
        /// The array.
        a: Seen,
        /// One.
        axis1: i64,
        /// The other.
        axis2: i64,
    ) -> Result<Value> { a.show(context, |array| swapped(&array, axis1, axis2)) }

    /// Back to front along all axes, or some.
    fn flip[context](
        /// The array.
        m: Seen,
        /// Along which axes; all if left out.
        axis: Option<Axes>,
    ) -> Result<Value> { m.show(context, |array| flipped(&array, Axes::list(&axis))) }

    /// With its rows back to front.
    fn flipud[context](/** The array. */ m: Seen) -> Result<Value> {
        if m.ndim() < 1 {
            bail!("Input must be >= 1-d.");
        }
        m.show(context, |array| flipped(&array, Some(&[0])))
    }

    /// With its columns back to front.
    fn fliplr[context](/** The array. */ m: Seen) -> Result<Value> {
        if m.ndim() < 2 {
            bail!("Input must be >= 2-d.");
        }
        m.show(context, |array| flipped(&array, Some(&[1])))
    }

    /// Differences of neighbours along an axis.
    fn diff[context](
        /// The array.
        a: Operand,
        /// How many times.
        n: usize = 1,
        /// Along which axis.
        axis: i64 = -1,
    ) -> Result<Value> { with(context, &a, |array| differences(array, n, axis)) }

    /// Elements kept between two bounds.
    fn clip[context](
        /// The array.
        a: Loose,
        /// The lower bound; `None` for none.
        a_min: Option<Loose>,
        /// The upper bound; `None` for none.
        a_max: Option<Loose>,
        /// The lower bound, by NumPy's newer name.
        min: Option<Loose>,
        /// The upper bound, by NumPy's newer name.
        max: Option<Loose>,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> {
        if (a_min.is_some() || a_max.is_some()) && (min.is_some() || max.is_some()) {
            bail!("Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden.");
        }
        let (low, high) = (a_min.or(min), a_max.or(max));
        let lazy = [Some(&a), low.as_ref(), high.as_ref()].into_iter().flatten().any(|operand| operand.is_lazy());
        out.take("clip", answer(context, clipped(&a, low.as_deref(), high.as_deref())?, lazy)?)
    }

    /// Rounded to so many decimals; halves go to the even neighbour.
    fn round[context](
        /// The array.
        a: Loose,
        /// How many digits after the point stay.
        decimals: i64 = 0,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take("round", with(context, &a, |array| rounded(array, decimals))?) }

    /// Rounded to so many decimals; halves go to the even neighbour.
    fn around[context](
        /// The array.
        a: Loose,
        /// How many digits after the point stay.
        decimals: i64 = 0,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take("round", with(context, &a, |array| rounded(array, decimals))?) }

    /// Products of matrices, or of vectors and matrices.
    fn dot[context](
        /// The left one.
        a: Operand,
        /// The right one.
        b: Operand,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take("dot", answer(context, a.array()?.dot(&b.array()?)?, a.is_lazy() || b.is_lazy())?) }

    /// Products of matrices; leading axes are gone through together.
    fn matmul[context](
        /// The left one.
        x1: Operand,
        /// The right one.
        x2: Operand,
        /// Where the result goes.
        out: Out,
        /// In which type.
        dtype: Option<DTypeArg>,
    ) -> Result<Value> {
        let of = |operand: &Operand| -> Result<Array> {
            let array = operand.array()?;
            Ok(dtype.map_or(array.clone(), |dtype| array.cast(dtype.0)))
        };
        out.take("matmul", answer(context, of(&x1)?.matmul(&of(&x2)?)?, x1.is_lazy() || x2.is_lazy())?)
    }

    /// Sums of products over the axes that belong together.
    fn tensordot[context](
        /// The left one.
        a: Operand,
        /// The right one.
        b: Operand,
        /// How many axes, the last ones of `a` and the first ones of `b`; or a list of each.
        axes: TensorAxes = 2,
    ) -> Result<Value> { super::arrange::answer_array(context, a.array()?.tensordot(&b.array()?, &axes.0)?, a.is_lazy() || b.is_lazy()) }

    /// The sum of products of all elements; the first is conjugated.
    fn vdot[context](
        /// One array.
        a: Operand,
        /// Another.
        b: Operand,
    ) -> Result<Value> {
        let (x, y) = (a.array()?.reshape(&[-1])?, b.array()?.reshape(&[-1])?);
        let x = if x.dtype().is_complex() { x.unary(UnaryFunc::Conjugate)? } else { x };
        answer(context, x.dot(&y)?, a.is_lazy() || b.is_lazy())
    }

    /// All products of an element of one with an element of the other.
    fn outer[context](
        /// One array; it is taken as one row.
        a: Operand,
        /// Another.
        b: Operand,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> {
        let (x, y) = (a.array()?.reshape(&[-1, 1])?, b.array()?.reshape(&[1, -1])?);
        out.take("outer", answer(context, x.binary(BinaryFunc::Multiply, &y)?, a.is_lazy() || b.is_lazy())?)
    }

    /// Elements of one array where a condition holds, of another where it does not.
    fn r#where[context](
        /// The condition.
        condition: Loose,
        /// What to take where it holds.
        x: Option<Loose>,
        /// What to take where it does not.
        y: Option<Loose>,
    ) -> Result<Value> {
        let (Some(x), Some(y)) = (&x, &y) else {
            if x.is_some() || y.is_some() {
                bail!("either both or neither of x and y should be given");
            }
            return super::choose::nonzero(context, &condition);
        };
        let lazy = condition.is_lazy() || x.is_lazy() || y.is_lazy();
        // Of a single condition one element is chosen, which NumPy gives as an array.
        if condition.dtype() == crate::DType::Bool && condition.ndim() > 0 {
            return applied_to_choose(&condition, x, y)?.answer(context, lazy);
        }
        let branches = together_to_choose(&[x, y])?;
        let condition_array = condition.array()?;
        let condition_array = match condition_array.dtype() {
            crate::DType::Bool => condition_array,
            dtype => condition_array.compare(CompareFunc::NotEqual, &Array::scalar(Scalar::zero(dtype)))?,
        };
        let array = condition_array.select(&branches[0], &branches[1])?;
        super::arrange::answer_array(context, array, lazy)
    }

    /// Are elements at the same place equal, or nearly?
    fn isclose[context](
        /// An array, a list or a number.
        a: Loose,
        /// Another.
        b: Loose,
        /// How much of `b` they may differ.
        rtol: f64 = 1e-05,
        /// How much they may differ in any case.
        atol: f64 = 1e-08,
        /// Is NaN close to NaN?
        equal_nan: bool = false,
    ) -> Result<Value> { answer(context, close(&a, &b, rtol, atol, equal_nan)?, a.is_lazy() || b.is_lazy()) }

    /// Are all elements at the same place equal, or nearly?
    fn allclose[context](
        /// An array, a list or a number.
        a: Loose,
        /// Another.
        b: Loose,
        /// How much of `b` they may differ.
        rtol: f64 = 1e-05,
        /// How much they may differ in any case.
        atol: f64 = 1e-08,
        /// Is NaN close to NaN?
        equal_nan: bool = false,
    ) -> Result<Value> {
        let all = close(&a, &b, rtol, atol, equal_nan)?.reduce(Reduction::All, None, false, None, None)?;
        answer(context, all, a.is_lazy() || b.is_lazy())
    }

    /// Have two arrays the same shape and elements?
    fn array_equal[context](
        /// An array, a list or a number.
        a1: Operand,
        /// Another.
        a2: Operand,
        /// Is NaN equal to NaN?
        equal_nan: bool = false,
    ) -> Result<Value> {
        let arrays = together(&[&a1, &a2])?;
        if arrays[0].shape() != arrays[1].shape() {
            return Ok(Value::Bool(false));
        }
        let mut equal = arrays[0].compare(CompareFunc::Equal, &arrays[1])?;
        if equal_nan {
            let both = arrays[0].unary(UnaryFunc::IsNan)?.binary(BinaryFunc::LogicalAnd, &arrays[1].unary(UnaryFunc::IsNan)?)?;
            equal = equal.binary(BinaryFunc::LogicalOr, &both)?;
        }
        answer(context, equal.reduce(Reduction::All, None, false, None, None)?, a1.is_lazy() || a2.is_lazy())
    }
}
