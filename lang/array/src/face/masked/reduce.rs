//! Reductions and running sums of masked arrays: what is masked takes no part. Where nothing takes part the result is masked.

use rdk_runtime::{Context, Result, Value, bail};

use super::pair::{Given, Pair, answer, either};
use crate::array::Array;
use crate::dtype::{DType, NumberKind};
use crate::eager::DTypeArg;
use crate::face::parameters::Axes;
use crate::face::reducing::How;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;

/// `x.sum()` and the like; `None` if `a` is no masked array.
pub fn reduce(context: &Context, reduction: Reduction, a: &Value, how: &How) -> Option<Result<Value>> {
    let given = Given::of(a)?;
    Some((|| {
        if how.initial.is_some() || how.condition.is_some() {
            let name = if how.initial.is_some() { "initial" } else { "where" };
            bail!(
                TypeError: "{}() of a masked array got an unexpected keyword argument `{name}`", reduction.name();
                hint: "`np.ma.masked_where(condition, x)` leaves elements out"
            );
        }
        if let Reduction::ArgMin | Reduction::ArgMax = reduction {
            let filled = given.pair()?.filled(last(given.data.dtype(), reduction == Reduction::ArgMin, false))?;
            return crate::face::operand::answer(context, how.plain(reduction, &filled)?, given.is_lazy());
        }
        if let Reduction::NanArgMin | Reduction::NanArgMax = reduction {
            // What is masked is left out as NaN is.
            let pair = given.pair()?;
            let pair = Pair { data: pair.data.cast(pair.data.dtype().promote(DType::F64)), ..pair };
            let left_out = pair.filled(Scalar::F64(f64::NAN))?;
            return crate::face::operand::answer(context, how.plain(reduction, &left_out)?, given.is_lazy());
        }
        answer(context, reduced(reduction, &given.pair()?, how)?, given.is_lazy())
    })())
}

/// What a reduction makes of the elements that are not masked.
pub fn reduced(reduction: Reduction, pair: &Pair, how: &How) -> Result<Pair> {
    if let Some(plain) = without_nan(reduction) {
        return of_numbers(plain, pair, how);
    }
    let dtype = pair.data.dtype();
    let Some(mask) = &pair.mask else {
        let fill = if is_mean(reduction) { pair.fill } else { None };
        return Pair::under(how.plain(reduction, &pair.data)?, None, fill);
    };
    let over = How { axis: how.axis.clone(), keepdims: how.keepdims, ..How::default() };
    let nothing_left = over.plain(Reduction::All, mask)?;
    let among =
        |other: Scalar| Pair::under(how.plain(reduction, &pair.filled(other)?)?, Some(nothing_left.clone()), None);
    match reduction {
        Reduction::Sum | Reduction::Any => among(Scalar::zero(dtype)),
        Reduction::Prod | Reduction::All => among(Scalar::one(dtype)),
        Reduction::Min => shown_under(among(last(dtype, true, false))?),
        Reduction::Max => shown_under(among(last(dtype, false, false))?),
        Reduction::Count => Pair::under(how.plain(reduction, &pair.filled(Scalar::zero(dtype))?)?, None, None),
        Reduction::Mean | Reduction::Var { .. } | Reduction::Std { .. } => {
            let there = mask.unary(UnaryFunc::LogicalNot)?;
            let result = how.among(reduction, &pair.data, &there)?;
            let ddof = match reduction {
                Reduction::Var { ddof } | Reduction::Std { ddof } => ddof,
                _ => 0,
            };
            let count = pair.count(Axes::list(&how.axis), how.keepdims.unwrap_or(false))?;
            let too_few = count.compare(CompareFunc::LessEqual, &Array::scalar(Scalar::I64(ddof)))?;
            let mask = either(Some(&nothing_left), Some(&too_few))?;
            let fill = if reduction == Reduction::Mean { None } else { pair.fill };
            let shrinks = matches!(reduction, Reduction::Var { .. });
            let mut pair = Pair { shrinks, ..Pair::under(result, mask, fill)? };
            pair.data = pair.filled(Scalar::zero(pair.data.dtype()))?.named(reduction.name());
            Ok(pair)
        }
        _ => bail!(NotImplementedError: "{}() of a masked array is not supported", reduction.name()),
    }
}

fn is_mean(reduction: Reduction) -> bool {
    matches!(reduction, Reduction::Mean | Reduction::Var { .. } | Reduction::Std { .. })
}

/// What `nansum` and the like are apart from NaN.
fn without_nan(reduction: Reduction) -> Option<Reduction> {
    Some(match reduction {
        Reduction::NanSum => Reduction::Sum,
        Reduction::NanProd => Reduction::Prod,
        Reduction::NanMin => Reduction::Min,
        Reduction::NanMax => Reduction::Max,
        Reduction::NanMean => Reduction::Mean,
        Reduction::NanVar { ddof } => Reduction::Var { ddof },
        Reduction::NanStd { ddof } => Reduction::Std { ddof },
        _ => return None,
    })
}

/// A reduction of what is neither masked nor NaN. Where there is nothing but NaN, and not all of it masked, the result is as of plain arrays:
/// NaN, or the sum or product of nothing.
fn of_numbers(plain: Reduction, pair: &Pair, how: &How) -> Result<Pair> {
    let dtype = pair.data.dtype();
    if !dtype.is_float() && !dtype.is_complex() {
        return reduced(plain, pair, how);
    }
    let nan = pair.data.unary(UnaryFunc::IsNan)?;
    let with = |other: Scalar| -> Result<Pair> {
        let data = nan.select(&Array::scalar(other), &pair.data)?;
        reduced(plain, &Pair { data, ..pair.clone() }, how)
    };
    let over = How { axis: how.axis.clone(), keepdims: how.keepdims, ..How::default() };
    let (made, nothing_left) = match plain {
        Reduction::Sum => return with(Scalar::zero(dtype)),
        Reduction::Prod => return with(Scalar::one(dtype)),
        Reduction::Min | Reduction::Max => {
            let left_out = either(Some(&nan), pair.mask.as_ref())?.unwrap_or_else(|| nan.clone());
            (with(last(dtype, plain == Reduction::Min, false))?, over.plain(Reduction::All, &left_out)?)
        }
        _ => {
            let left_out = either(pair.mask.as_ref(), Some(&nan))?;
            let made = reduced(plain, &Pair { mask: left_out, ..pair.clone() }, how)?;
            let hidden = pair.mask.as_ref().map(|mask| over.plain(Reduction::All, mask)).transpose()?;
            let nothing_left = made.mask_array()?;
            (Pair { mask: hidden, ..made }, nothing_left)
        }
    };
    let missing = Array::scalar(Scalar::F64(f64::NAN).cast(made.data.dtype()));
    Ok(Pair { data: nothing_left.select(&missing, &made.data)?.named(plain.name()), ..made })
}

/// Where the result is masked stands its fill value.
fn shown_under(pair: Pair) -> Result<Pair> {
    let data = pair.filled(pair.fill_value())?.named(pair.data.layer());
    Ok(Pair { data, ..pair })
}

/// What no element of this type is greater than (or less than): what is masked never is the least (or greatest).
pub fn last(dtype: DType, greatest: bool, nan_is_last: bool) -> Scalar {
    let infinite = if greatest { f64::INFINITY } else { f64::NEG_INFINITY };
    match (dtype.kind(), dtype.integer_range()) {
        (NumberKind::Float | NumberKind::Complex, _) => {
            Scalar::F64(if nan_is_last { f64::NAN } else { infinite }).cast(dtype)
        }
        (_, Some((least, most))) => {
            let end = if greatest { most } else { least };
            // The ends of every type are of 64 bits.
            if dtype == DType::U64 { Scalar::U64(end as u64) } else { Scalar::I64(end as i64).cast(dtype) }
        }
        (_, None) => Scalar::Bool(greatest),
    }
}

/// Running sums or products: what is masked changes nothing, and stays masked.
pub fn running(
    context: &Context,
    a: &Given,
    axis: Option<i64>,
    dtype: Option<DTypeArg>,
    multiply: bool,
) -> Result<Value> {
    let pair = a.pair()?;
    let own = pair.data.dtype();
    let filled = pair.filled(if multiply { Scalar::one(own) } else { Scalar::zero(own) })?;
    let data = filled.running(axis, dtype.map(|dtype| dtype.0), multiply)?;
    let mask = match (&pair.mask, axis) {
        (Some(mask), None) => Some(mask.reshape(&[-1])?),
        (mask, _) => mask.clone(),
    };
    answer(context, Pair::under(data, mask, None)?, a.is_lazy())
}

/// Largest less smallest; `None` if `a` is no masked array.
pub fn spread(context: &Context, a: &Value, axis: &Option<Axes>, keepdims: Option<bool>) -> Option<Result<Value>> {
    let given = Given::of(a)?;
    Some((|| {
        let how = How { axis: axis.clone(), keepdims, ..How::default() };
        let pair = given.pair()?;
        let (high, low) = (reduced(Reduction::Max, &pair, &how)?, reduced(Reduction::Min, &pair, &how)?);
        let spread = high.data.binary(BinaryFunc::Subtract, &low.data)?;
        answer(context, shown_under(Pair::under(spread, high.mask, None)?)?, given.is_lazy())
    })())
}

/// In ascending order along an axis, what is masked last (or first).
pub fn sorted(pair: &Pair, axis: Option<i64>, endwith: bool) -> Result<Pair> {
    let flat = |array: &Array| if axis.is_none() { array.reshape(&[-1]) } else { Ok(array.clone()) };
    let mask = pair.mask.as_ref().map(flat).transpose()?;
    let pair = Pair { data: flat(&pair.data)?, mask, ..pair.clone() };
    let order = order(&pair, Some(axis.unwrap_or(-1)), endwith)?;
    let axis = shape::axis(axis.unwrap_or(-1), pair.data.ndim())?;
    let mask = pair.mask.as_ref().map(|mask| mask.take_along(&order, axis)).transpose()?;
    Ok(Pair { data: pair.data.take_along(&order, axis)?, mask, ..pair })
}

/// The order in which elements ascend, what is masked last (or first).
pub fn order(pair: &Pair, axis: Option<i64>, endwith: bool) -> Result<Array> {
    pair.filled(last(pair.data.dtype(), endwith, endwith))?.argsort(axis)
}

/// `np.ma.average`: each element counts as much as its weight, and what is masked has none.
pub fn average(pair: &Pair, axis: &Option<Axes>, weights: Option<&Pair>, keepdims: bool) -> Result<(Pair, Pair)> {
    let how = How { axis: axis.clone(), keepdims: Some(keepdims), ..How::default() };
    let Some(weights) = weights else {
        let mean = reduced(Reduction::Mean, pair, &how)?;
        let count = pair.count(Axes::list(axis), keepdims)?.cast(mean.data.dtype().real());
        return Ok((mean, Pair::under(count, None, None)?));
    };
    let weights = Pair { data: spread_over(pair, axis, &weights.data)?, mask: pair.mask.clone(), ..weights.clone() };
    of_weights(pair, &weights, &how)
}

/// `np.average`: the same, where all weights are in their sum.
pub fn weighed(pair: &Pair, axis: &Option<Axes>, weights: &Pair, keepdims: bool) -> Result<(Pair, Pair)> {
    let how = How { axis: axis.clone(), keepdims: Some(keepdims), ..How::default() };
    let mask = weights.mask.as_ref().map(|mask| spread_over(pair, axis, mask)).transpose()?;
    of_weights(pair, &Pair { data: spread_over(pair, axis, &weights.data)?, mask, ..weights.clone() }, &how)
}

/// Weights along one axis, for all elements.
fn spread_over(pair: &Pair, axis: &Option<Axes>, weights: &Array) -> Result<Array> {
    if weights.shape() == pair.data.shape() {
        return Ok(weights.clone());
    }
    let Some([axis]) = Axes::list(axis) else {
        bail!(TypeError: "Axis must be specified when shapes of a and weights differ.");
    };
    let axis = shape::axis(*axis, pair.data.ndim())?;
    if weights.ndim() != 1 || weights.shape()[0] != pair.data.shape()[axis] {
        bail!("Shape of weights must be consistent with shape of a along specified axis.");
    }
    let mut lengths = vec![1i64; pair.data.ndim()];
    lengths[axis] = -1;
    weights.reshape(&lengths)?.broadcast_to(pair.data.shape())
}

/// The average, and the sum of the weights that are not masked.
fn of_weights(pair: &Pair, weights: &Pair, how: &How) -> Result<(Pair, Pair)> {
    let wide = Reduction::Mean.result(pair.data.dtype()).promote(Reduction::Mean.result(weights.data.dtype()));
    let own = Pair { data: weights.data.cast(wide), mask: weights.mask.clone(), fill: None, shrinks: false };
    let scale = reduced(Reduction::Sum, &own, how)?;
    let times = pair.data.cast(wide).binary(BinaryFunc::Multiply, &own.data)?;
    let mask = either(pair.mask.as_ref(), own.mask.as_ref())?;
    let sum = reduced(Reduction::Sum, &Pair { data: times, mask, ..own }, how)?;
    let zero = scale.data.compare(CompareFunc::Equal, &Array::scalar(Scalar::zero(wide)))?;
    let mask = either(either(sum.mask.as_ref(), scale.mask.as_ref())?.as_ref(), Some(&zero))?;
    let mut quotient = Pair::under(sum.data.binary(BinaryFunc::Divide, &scale.data)?, mask, None)?;
    quotient.data = quotient.filled(Scalar::zero(wide))?;
    quotient.shrinks = true;
    Ok((quotient, scale))
}

/// Matrix products: what is masked counts as 0, and what nothing went into is masked.
pub fn product(left: &Given, right: &Given) -> Result<Pair> {
    let there = |given: &Given| -> Result<Array> { given.pair()?.mask_array()?.unary(UnaryFunc::LogicalNot) };
    let whole = |given: &Given| -> Result<Array> { given.pair()?.filled(Scalar::zero(given.data.dtype())) };
    let data = whole(left)?.matmul(&whole(right)?)?;
    let counts = there(left)?.cast(DType::I64).matmul(&there(right)?.cast(DType::I64))?;
    let mask = counts.compare(CompareFunc::Equal, &Array::scalar(Scalar::I64(0)))?;
    Pair::under(data, Some(mask), None)
}
