//! `x[…]` of lazy arrays: lazy whatever stands between the brackets.

use rdk_runtime::{Context, Result, Value};

use super::parse::{Index, Item, LazyPoints, Points, check_mask, in_memory, places, true_positions};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::face::operand::lazy_value;
use crate::index::IndexItem;

/// `x[index]`, lazy.
pub fn lazy_item(context: &Context, array: &Array, index: &Value) -> Result<Value> {
    let index = Index::parse(index, array.ndim())?;
    let part = array.slice(&index.basic())?;
    let advanced = index.advanced();
    let taken = match &advanced[..] {
        [] => part,
        [(axis, item)] => {
            let (taken, n_new) = one(context, &part, *axis, item)?;
            moved_to(&taken, *axis, n_new, index.place())?
        }
        many => {
            let part = part.sized()?;
            let (taken, n_new) = match LazyPoints::of(many)? {
                Some(points) => (pointwise_lazily(&part, &points)?, points.shape.len()),
                None => {
                    let points = Points::of(context, many, part.shape())?;
                    let n_new = points.shape.len();
                    (pointwise(&part, points)?, n_new)
                }
            };
            moved_to(&taken, 0, n_new, index.place())?
        }
    };
    Ok(lazy_value(taken))
}

/// One mask or one list of positions, in its place; and how many axes it has made.
fn one(context: &Context, part: &Array, axis: usize, item: &Item) -> Result<(Array, usize)> {
    match item {
        Item::Basic(_) => Ok((part.clone(), 0)),
        Item::Mask(mask) => Ok((masked(context, part, axis, mask)?, 1)),
        Item::Positions(chunk) => {
            let part = part.sized()?;
            let positions = places(chunk.to_vec::<i64>(), axis, part.shape()[axis])?;
            Ok((unfolded(&taken(&part, positions, axis)?, axis, chunk.shape())?, chunk.ndim()))
        }
        Item::Lazy(positions) => {
            let positions = positions.sized()?;
            let row = positions.reshape(&[-1])?;
            Ok((unfolded(&part.take_lazily(&row, axis)?, axis, positions.shape())?, positions.ndim()))
        }
    }
}

/// Positions along an axis: a slice if they are evenly spaced.
pub fn taken(array: &Array, positions: Vec<usize>, axis: usize) -> Result<Array> {
    let step = match positions[..] {
        [] => return array.take(positions, axis),
        [_] => 1,
        [first, second, ..] => second as i64 - first as i64,
    };
    let first = positions[0] as i64;
    let even = step != 0 && positions.iter().enumerate().all(|(at, &place)| place as i64 == first + step * at as i64);
    if !even {
        return array.take(positions, axis);
    }
    let stop = positions[positions.len() - 1] as i64 + step.signum();
    let mut items = vec![IndexItem::ALL; axis];
    items.push(IndexItem::Slice { start: Some(first), stop: (stop >= 0).then_some(stop), step: Some(step) });
    array.slice(&items)
}

/// Where a mask of one or several axes is true, from this axis on; its axes become one.
fn masked(context: &Context, array: &Array, axis: usize, mask: &Array) -> Result<Array> {
    if mask.ndim() == 0 {
        let flag = mask.compute_now(context)?.scalars().next().is_some_and(|scalar| scalar.get::<bool>());
        return array.expand_dims(&[axis as i64])?.take(if flag { vec![0] } else { vec![] }, axis);
    }
    // With a mask in memory there is nothing to count.
    if let Some(chunk) = in_memory(mask) {
        let array = array.sized()?;
        check_mask(chunk.shape(), axis, array.shape())?;
        return picked(&array, axis, chunk);
    }
    if mask.ndim() == 1 {
        return array.compress(mask, axis);
    }
    let (array, mask) = (array.sized()?, mask.sized()?);
    check_mask(mask.shape(), axis, array.shape())?;
    folded(&array, axis, mask.ndim())?.compress(&mask.reshape(&[-1])?, axis)
}

fn picked(array: &Array, axis: usize, mask: &Chunk) -> Result<Array> {
    let coordinates: Vec<Vec<usize>> =
        true_positions(mask)?.into_iter().map(|along| along.into_iter().map(|at| at as usize).collect()).collect();
    if let [positions] = &coordinates[..] {
        return taken(array, positions.clone(), axis);
    }
    let n = coordinates.first().map_or(0, Vec::len);
    let axes = (axis..axis + coordinates.len()).collect();
    let points = Points { axes, shape: [n].into_iter().collect(), coordinates };
    moved_to(&pointwise(array, points)?, 0, 1, axis)
}

/// The elements at points; the axes of the points are in front.
pub fn pointwise(array: &Array, points: Points) -> Result<Array> {
    let picked = in_front(array, &points.axes)?.pick(points.coordinates)?;
    unfolded(&picked, 0, &points.shape)
}

/// The same at points of which some coordinates are lazy.
fn pointwise_lazily(array: &Array, points: &LazyPoints) -> Result<Array> {
    let picked = in_front(array, &points.axes)?.pick_lazily(&points.coordinates, &points.axes)?;
    unfolded(&picked, 0, &points.shape)
}

/// With these axes before the others.
fn in_front(array: &Array, axes: &[usize]) -> Result<Array> {
    let rest = (0..array.ndim()).filter(|axis| !axes.contains(axis));
    let order: Vec<i64> = axes.iter().copied().chain(rest).map(|axis| axis as i64).collect();
    array.transpose(Some(&order))
}

/// With so many axes from this one on as one.
pub fn folded(array: &Array, axis: usize, n_axes: usize) -> Result<Array> {
    let shape = array.shape();
    let length: usize = shape[axis..axis + n_axes].iter().product();
    let lengths = shape[..axis].iter().copied().chain([length]).chain(shape[axis + n_axes..].iter().copied());
    array.reshape(&lengths.map(|length| length as i64).collect::<Vec<_>>())
}

/// With an axis as several.
pub fn unfolded(array: &Array, axis: usize, into: &[usize]) -> Result<Array> {
    if into.len() == 1 {
        return Ok(array.clone());
    }
    let shape = array.shape();
    let lengths = shape[..axis].iter().chain(into).chain(&shape[axis + 1..]);
    array.reshape(&lengths.map(|&length| length as i64).collect::<Vec<_>>())
}

/// With `n` axes, which stand together, moved elsewhere.
pub fn moved_to(array: &Array, from: usize, n: usize, to: usize) -> Result<Array> {
    if from == to || n == 0 {
        return Ok(array.clone());
    }
    let mut order: Vec<i64> = (0..array.ndim() as i64).collect();
    let moved: Vec<i64> = order.drain(from..from + n).collect();
    order.splice(to..to, moved);
    array.transpose(Some(&order))
}
