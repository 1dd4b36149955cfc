//! Averages and counts, and whatever a function makes of rows.

use rdk_runtime::{Args, Result, Value, bail, error, operators};

use super::{Asked, ways};
use crate::DType;
use crate::array::Array;
use crate::eager::nested;
use crate::face::masked::members::of_numpy;
use crate::face::masked::pair::{Given, Pair, answer, answer_whole};
use crate::face::masked::reduce;
use crate::face::operand::{self, Operand};
use crate::face::parameters::Axes;
use crate::face::reducing::How;
use crate::kernel::{Reduction, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;

/// `np.average`: what is masked takes no part, but its weight counts in the sum of the weights (`np.ma.average` leaves that out, too).
pub fn average(asked: &Asked) -> Result<Value> {
    let Some(a) = asked.read::<Given>("a")? else { return asked.of_elements() };
    let (axis, keepdims, lazy) = (asked.read::<Axes>("axis")?, asked.says("keepdims"), asked.is_lazy());
    let pair = a.pair()?;
    let (mean, scale) = match asked.read::<Given>("weights")? {
        Some(weights) => {
            let (mean, scale) = reduce::weighed(&pair, &axis, &weights.pair()?, keepdims)?;
            if !lazy && scale.data.compute_now(asked.context)?.scalars().any(|sum| sum == Scalar::zero(sum.dtype())) {
                return Err(error!(ZeroDivisionError: "Weights sum to zero, can't be normalized"));
            }
            (Pair { shrinks: false, ..mean }, scale)
        }
        None => {
            let how = How { axis: axis.clone(), keepdims: Some(keepdims), ..How::default() };
            let mean = reduce::reduced(Reduction::Mean, &pair, &how)?;
            let ones =
                Array::source_on("ones", crate::kernel::Source::Full(Scalar::I64(1)), pair.data.chunks().clone());
            let count = how.plain(Reduction::Sum, &ones)?.cast(mean.data.dtype().real());
            (mean, Pair::under(count, None, None)?)
        }
    };
    let mean = answer(asked.context, mean, lazy)?;
    if !asked.says("returned") {
        return Ok(mean);
    }
    let scale = match scale.mask {
        None => operand::answer(asked.context, scale.data, lazy)?,
        Some(_) => answer(asked.context, scale, lazy)?,
    };
    Ok(Value::tuple([mean, scale]))
}

/// Of all elements those are counted that are not zero, masked or not; along axes only those that are not masked.
pub fn count_nonzero(asked: &Asked) -> Result<Value> {
    let Some(axis) = asked.read::<Axes>("axis")? else { return asked.of_elements() };
    let pair = asked.first().pair()?;
    let flags = pair.data.cast(DType::Bool).cast(DType::I64);
    let how = How { axis: Some(axis), keepdims: asked.read::<bool>("keepdims")?, ..How::default() };
    answer(asked.context, reduce::reduced(Reduction::Sum, &Pair { data: flags, fill: None, ..pair }, &how)?, false)
}

/// Are all elements equal, or nearly, that are not masked?
pub fn all_close(asked: &Asked) -> Result<Value> {
    let arguments = asked.builtin.params.iter().zip(asked.bound);
    let keywords = arguments.filter_map(|(param, value)| Some((param.name.into(), value.clone()?))).collect();
    let Some(close) = asked.context.shared.library.import("numpy")?.get("isclose") else { return asked.of_elements() };
    let close = asked.context.call(&close, Args { keywords, ..Args::none() })?;
    let all = reduce::reduce(asked.context, Reduction::All, &close, &How::default());
    all.unwrap_or_else(|| asked.of_elements())
}

/// Running sums and products without NaN.
pub fn running(asked: &Asked) -> Result<Value> {
    let mut given = asked.first();
    let array = given.data.array()?;
    let multiply = asked.builtin.name == "nancumprod";
    if array.dtype().is_float() || array.dtype().is_complex() {
        let nothing = if multiply { Scalar::one(array.dtype()) } else { Scalar::zero(array.dtype()) };
        let whole = array.unary(UnaryFunc::IsNan)?.select(&Array::scalar(nothing), &array)?;
        given.data =
            if given.is_lazy() { Operand::Lazy(whole) } else { Operand::Eager(whole.compute_now(asked.context)?) };
    }
    reduce::running(asked.context, &given, asked.read("axis")?, asked.read("dtype")?, multiply)
}

/// A function of each row along an axis, which gets it with its mask.
pub fn along_axis(asked: &Asked) -> Result<Value> {
    let (Some(function), Some(axis), Some(arr)) =
        (asked.argument("func1d"), asked.read::<i64>("axis")?, asked.argument("arr"))
    else {
        return asked.of_elements();
    };
    let Some(given) = Given::of(arr) else { return asked.of_elements() };
    let n = given.data.ndim();
    let axis = shape::axis(axis, n)?;
    let more = asked.argument("args").and_then(Value::items).unwrap_or_default();
    let keywords = asked.argument("kwargs").and_then(Value::items).unwrap_or_default();
    if !keywords.is_empty() {
        return asked.of_elements();
    }
    let order: Vec<i64> = (0..n).filter(|&other| other != axis).chain([axis]).map(|axis| axis as i64).collect();
    let pair = given.pair()?;
    let last = |array: &Array| array.transpose(Some(&order));
    let mask = pair.mask.as_ref().map(last).transpose()?;
    let rows = Pair { data: last(&pair.data)?, mask, ..pair.clone() };
    let lengths = rows.data.shape()[..n - 1].to_vec();
    let length = rows.data.shape()[n - 1] as i64;
    let flat = |array: &Array| array.reshape(&[-1, length]);
    let mask = rows.mask.as_ref().map(flat).transpose()?;
    let rows = answer(asked.context, Pair { data: flat(&rows.data)?, mask, ..rows.clone() }, false)?;
    let mut made = Vec::new();
    for at in 0..lengths.iter().product::<usize>() {
        asked.context.check()?;
        let row = operators::item(asked.context, &rows, &Value::Int(at as i64))?;
        made.push(asked.context.call(function, Args::of([row].into_iter().chain(more.iter().cloned())))?);
    }
    let Some(first) = made.first() else { bail!("Cannot apply_along_axis when any iteration dimensions are 0") };
    // They keep masks if the first of them has one.
    let masks = match ways::holds_mask(first) {
        true => Some(made.iter().map(|made| ways::mask_of(asked.context, made)).collect::<Result<Vec<_>>>()?),
        false => None,
    };
    let made = made.iter().map(ways::bare).collect::<Result<Vec<_>>>()?;
    let stack = |rows: Vec<Value>| nested::chunk(&of_numpy(asked.context, "stack", [Value::list(rows)])?, None);
    let stacked = stack(made)?;
    let mask = masks.map(stack).transpose()?;
    let own = stacked.shape()[1..].to_vec();
    let whole: Vec<i64> = lengths.iter().chain(&own).map(|&length| length as i64).collect();
    // What a row became stands where the row was.
    let n_loops = lengths.len();
    let order = (0..axis).chain(n_loops..n_loops + own.len()).chain(axis..n_loops).map(|axis| axis as i64);
    let order: Vec<i64> = order.collect();
    let placed = |rows: &crate::Chunk| operand::eager_array(rows)?.reshape(&whole)?.transpose(Some(&order));
    let mask = mask.as_ref().map(placed).transpose()?;
    answer_whole(asked.context, Pair::under(placed(&stacked)?, mask, pair.fill)?, false)
}
