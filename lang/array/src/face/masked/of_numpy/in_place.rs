//! Order: `sort` and `argsort` bring what is masked to the end; `median` and `quantile` are of elements in order, over which the mask lies as it
//! did before. That is how NumPy has them (`np.ma.median` minds the mask).

use rdk_runtime::{FromValue, Result, Value};

use super::{Asked, ways};
use crate::array::Array;
use crate::eager::nested;
use crate::face::arrange::part;
use crate::face::masked::pair::{Given, Pair, answer, either};
use crate::face::masked::reduce;
use crate::face::operand::Operand;
use crate::face::parameters::Axes;
use crate::face::reducing::How;
use crate::kernel::{BinaryFunc, Reduction, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;

/// `axis=None` is not the same as none given: then it is the last one.
fn axis(asked: &Asked) -> Result<Option<i64>> {
    let at = asked.builtin.params.iter().position(|param| param.name == "axis");
    match at.and_then(|at| asked.bound[at].as_ref()) {
        None => Ok(Some(-1)),
        Some(axis) => Option::<i64>::try_from_value(axis),
    }
}

/// In ascending order, what is masked last.
pub fn sort(asked: &Asked) -> Result<Value> {
    answer(asked.context, reduce::sorted(&asked.first().pair()?, axis(asked)?, true)?, asked.is_lazy())
}

/// The positions that would bring the elements in that order.
pub fn argsort(asked: &Asked) -> Result<Value> {
    asked.value(reduce::order(&asked.first().pair()?, axis(asked)?, true)?)
}

/// The elements in order over these axes, which are the last one now, under the mask as it lay before; and the shape that keeps the axes.
fn in_order(asked: &Asked) -> Result<(Pair, Vec<i64>)> {
    let pair = asked.first().pair()?;
    let n = pair.data.ndim();
    let axes = shape::axes(Axes::list(&asked.read::<Axes>("axis")?), n)?;
    let kept: Vec<usize> = (0..n).filter(|axis| !axes.contains(axis)).collect();
    let order: Vec<i64> = kept.iter().chain(&axes).map(|&axis| axis as i64).collect();
    let lengths: Vec<i64> = kept.iter().map(|&axis| pair.data.shape()[axis] as i64).chain([-1]).collect();
    let last = |array: &Array| array.transpose(Some(&order))?.reshape(&lengths);
    let mask = pair.mask.as_ref().map(last).transpose()?;
    let data = last(&pair.data)?.sort(Some(-1))?;
    let keeping = (0..n).map(|axis| if axes.contains(&axis) { 1 } else { pair.data.shape()[axis] as i64 });
    Ok((Pair { data, mask, ..pair.clone() }, keeping.collect()))
}

/// The mean of those in the middle that are not masked there.
pub fn median(asked: &Asked) -> Result<Value> {
    if asked.first().data.array()?.size() == 0 {
        return asked.of_elements();
    }
    let (pair, keeping) = in_order(asked)?;
    let axis = pair.data.ndim() - 1;
    let n = pair.data.shape()[axis] as i64;
    let middle = |array: &Array| part(array, axis, Some((n - 1) / 2), Some(n / 2 + 1), None);
    let mask = pair.mask.as_ref().map(middle).transpose()?;
    let how = How { axis: Some(Axes(vec![-1])), ..How::default() };
    let mut median = reduce::reduced(Reduction::Mean, &Pair { data: middle(&pair.data)?, mask, ..pair.clone() }, &how)?;
    // NaN is last; it counts if it is not masked there.
    let end = |array: &Array| part(array, axis, Some(n - 1), None, None)?.squeeze(Some(&[-1]));
    let last = end(&pair.data)?;
    let mut missing = last.unary(UnaryFunc::IsNan)?;
    if let Some(mask) = &pair.mask {
        missing = missing.binary(BinaryFunc::LogicalAnd, &end(mask)?.unary(UnaryFunc::LogicalNot)?)?;
    }
    median.data = missing.select(&last.cast(median.data.dtype()), &median.data)?;
    if asked.says("keepdims") {
        let mask = median.mask.map(|mask| mask.reshape(&keeping)).transpose()?;
        median = Pair { data: median.data.reshape(&keeping)?, mask, ..median };
    }
    answer(asked.context, median, false)
}

/// Masked where one of the two elements is that it is between.
pub fn quantile(asked: &Asked) -> Result<Value> {
    let made = Operand::try_from_value(&asked.of_elements()?)?.array()?;
    let (pair, keeping) = in_order(asked)?;
    let method = asked.read::<String>("method")?.unwrap_or_else(|| "linear".into());
    let (Some(mask), Some(q)) = (&pair.mask, asked.argument("q")) else {
        return answer(asked.context, Pair::under(made, None, pair.fill)?, false);
    };
    let axis = mask.ndim() - 1;
    let n = mask.shape()[axis];
    if n == 0 || !["linear", "lower", "higher", "nearest", "midpoint"].contains(&method.as_str()) {
        return ways::whole(asked.of_elements()?);
    }
    let share = if asked.builtin.name == "percentile" { 0.01 } else { 1.0 };
    let q = nested::chunk(&ways::bare(q)?, Some(crate::DType::F64))?;
    let mut masks = Vec::new();
    for q in q.to_vec::<f64>() {
        let at = q * share * (n - 1) as f64;
        // A value between two elements is made of both, also where it is one of them.
        let (low, high) = match method.as_str() {
            "lower" => (at.floor(), at.floor()),
            "higher" => (at.ceil(), at.ceil()),
            "nearest" => (at.round_ties_even(), at.round_ties_even()),
            _ => (at.floor(), at.floor() + 1.0),
        };
        let one = |at: f64| {
            let at = (at.max(0.0) as i64).min(n as i64 - 1);
            part(mask, axis, Some(at), Some(at + 1), None)?.squeeze(Some(&[-1]))
        };
        masks.extend(either(Some(&one(low)?), Some(&one(high)?))?);
    }
    let mut mask = match q.ndim() {
        0 => masks.remove(0),
        _ => Array::stack(&masks, 0)?,
    };
    if asked.says("keepdims") {
        let count = q.shape().iter().map(|&length| length as i64);
        mask = mask.reshape(&count.chain(keeping).collect::<Vec<_>>())?;
    }
    let inexact = made.dtype().is_float() || made.dtype().is_complex();
    let none = if inexact { made.clone() } else { made.cast(crate::DType::F64) };
    let data = mask.broadcast_to(made.shape())?.select(&Array::scalar(Scalar::F64(0.0).cast(none.dtype())), &none)?;
    let given: Given = asked.first();
    answer(asked.context, Pair::under(data, Some(mask), given.fill)?, false)
}
