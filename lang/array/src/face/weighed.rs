//! Quantiles of elements that count differently: the first element, in order, up to which a part of all weights lies.

use rdk_runtime::{Result, bail};

use super::parameters::Axes;
use crate::array::Array;
use crate::dtype::DType;
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;

fn number(number: f64) -> Array {
    Array::scalar(Scalar::F64(number))
}

/// The weights in the shape of the array: those of one axis are the same along the others.
fn spread(array: &Array, weights: &Array, axes: &[usize], all: bool) -> Result<Array> {
    if weights.shape() == array.shape() {
        return Ok(weights.clone());
    }
    if all {
        bail!(TypeError: "Axis must be specified when shapes of a and weights differ."; hint: "they are {} and {}", shape::show(array.shape()), shape::show(weights.shape()));
    }
    let own: Vec<usize> = axes.iter().map(|&axis| array.shape()[axis]).collect();
    if weights.shape() != &own[..] {
        bail!("Shape of weights must be consistent with shape of a along specified axis."; hint: "they are {} and {}", shape::show(weights.shape()), shape::show(&own));
    }
    let lengths: Vec<i64> =
        (0..array.ndim()).map(|axis| if axes.contains(&axis) { array.shape()[axis] as i64 } else { 1 }).collect();
    weights.reshape(&lengths)?.broadcast_to(array.shape())
}

/// For each part a quantile, along a new first axis.
pub fn quantiles(
    array: &Array,
    weights: &Array,
    parts: &[f64],
    axis: &Option<Axes>,
    keepdims: bool,
    skip_nan: bool,
) -> Result<Array> {
    let (array, weights) = (array.sized()?, weights.sized()?);
    let axes = shape::axes(Axes::list(axis), array.ndim())?;
    let weights = spread(&array, &weights, &axes, axis.is_none())?.cast(DType::F64);
    // The axes that go become one, the last.
    let kept: Vec<usize> = (0..array.ndim()).filter(|axis| !axes.contains(axis)).collect();
    let order: Vec<i64> = kept.iter().chain(&axes).map(|&axis| axis as i64).collect();
    let mut lengths: Vec<i64> = kept.iter().map(|&axis| array.shape()[axis] as i64).collect();
    lengths.push(axes.iter().map(|&axis| array.shape()[axis] as i64).product());
    let rows = |array: &Array| array.transpose(Some(&order))?.reshape(&lengths);
    let (values, mut weights) = (rows(&array)?, rows(&weights)?);
    let last = values.ndim() - 1;
    if values.shape()[last] == 0 {
        bail!(IndexError: "cannot do a non-empty take from an empty axes.");
    }
    let floats = values.dtype().is_float();
    if skip_nan && floats {
        weights = values.unary(UnaryFunc::IsNan)?.select(&number(0.0), &weights)?;
    }
    let order = values.argsort(Some(-1))?;
    let (sorted, weights) = (values.take_along(&order, last)?, weights.take_along(&order, last)?);
    let sums = weights.running(Some(last as i64), None, false)?;
    let mut end = vec![IndexItem::ALL; last];
    end.push(IndexItem::Slice { start: Some(-1), stop: None, step: None });
    let shares = sums.binary(BinaryFunc::Divide, &sums.slice(&end)?)?;
    let most = Array::scalar(Scalar::I64(values.shape()[last] as i64 - 1));
    let found = parts.iter().map(|&part| {
        // What has no weight is not the smallest, either.
        let func = if part == 0.0 { CompareFunc::LessEqual } else { CompareFunc::Less };
        let before = shares.compare(func, &number(part))?.cast(DType::I64);
        let place = before.reduce(Reduction::Sum, Some(&[-1]), true, None, None)?.binary(BinaryFunc::Minimum, &most)?;
        let mut found = sorted.take_along(&place, last)?;
        if floats && !skip_nan {
            let any = values.unary(UnaryFunc::IsNan)?.reduce(Reduction::Any, Some(&[-1]), true, None, None)?;
            found = any.select(&number(f64::NAN).cast(values.dtype()), &found)?;
        }
        let shape: Vec<i64> = match keepdims {
            true => (0..array.ndim())
                .map(|axis| if axes.contains(&axis) { 1 } else { array.shape()[axis] as i64 })
                .collect(),
            false => kept.iter().map(|&axis| array.shape()[axis] as i64).collect(),
        };
        found.reshape(&shape)
    });
    Array::stack(&found.collect::<Result<Vec<_>>>()?, 0)
}
