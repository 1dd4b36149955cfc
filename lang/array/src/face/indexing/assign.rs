//! `x[…] = value` of lazy arrays: the array becomes another one, in which a part is written over when it is computed.

use rdk_runtime::{Context, Result, Value, bail};

use super::items::{folded, moved_to, unfolded};
use super::parse::{Index, Item, Points, check_mask, places};
use crate::array::Array;
use crate::dtype::DType;
use crate::eager::nested;
use crate::face::masked::holds_mask;
use crate::face::operand::Operand;
use crate::index::IndexItem;
use crate::shape::Shape;

/// What the array is after `x[index] = value`.
pub fn assigned(context: &Context, array: &Array, index: &Value, value: &Value) -> Result<Array> {
    let value = written(value, array.dtype())?;
    let index = Index::parse(index, array.ndim())?;
    let advanced = index.advanced();
    if advanced.is_empty() {
        return array.with_part(&index.basic(), &value);
    }
    // First the part that numbers and slices take, then in it what masks and positions take, then the part goes back.
    let basic = index.basic();
    let part = array.slice(&basic)?;
    let changed = match &advanced[..] {
        [(axis, Item::Mask(mask))] => masked(&part, *axis, mask, &value, index.place())?,
        [(axis, Item::Positions(chunk))] => {
            let positions = places(chunk.to_vec::<i64>(), *axis, part.sized()?.shape()[*axis])?;
            let shape = Shape::from_slice(chunk.shape());
            listed(&part.sized()?, &[*axis], &shape, positions, &value, index.place())?
        }
        many => {
            let part = part.sized()?;
            let points = Points::of(context, many, part.shape())?;
            let lengths: Vec<usize> = points.axes.iter().map(|&axis| part.shape()[axis]).collect();
            let n = points.coordinates.first().map_or(0, Vec::len);
            let number = |at: usize| {
                let steps = points.coordinates.iter().zip(&lengths);
                steps.fold(0, |number, (along, length)| number * length + along[at])
            };
            let positions = (0..n).map(number).collect();
            listed(&part, &points.axes, &points.shape, positions, &value, index.place())?
        }
    };
    let whole = basic.iter().all(|item| *item == IndexItem::ALL);
    if whole { Ok(changed) } else { array.with_part(&basic, &changed) }
}

/// What is written, in the type of the array.
fn written(value: &Value, dtype: DType) -> Result<Array> {
    if holds_mask(value) {
        bail!(
            NotImplementedError: "a lazy array that is not masked takes no masked elements";
            hint: "`x = da.ma.masked_array(x)` makes it one that does; `da.ma.masked_where(condition, x)` masks by a condition"
        );
    }
    match nested::element(value, dtype) {
        Some(scalar) => Ok(Array::scalar(scalar?)),
        None => Ok(Operand::loosely(value)?.array()?.cast(dtype)),
    }
}

fn masked(part: &Array, axis: usize, mask: &Array, value: &Array, place: usize) -> Result<Array> {
    if mask.is_sized() && part.is_sized() {
        check_mask(mask.shape(), axis, part.shape())?;
    }
    let behind = part.ndim() - axis - mask.ndim();
    // A value that does not change along the mask is chosen element by element.
    if value.ndim() <= behind && place == axis {
        let new: Vec<i64> = (mask.ndim()..mask.ndim() + behind).map(|axis| axis as i64).collect();
        return mask.expand_dims(&new)?.select(value, part);
    }
    let (part, mask) = (part.sized()?, mask.sized()?);
    if mask.ndim() == 0 {
        // One truth value is for everything, or for nothing.
        return mask.select(&value.sized()?.stretched_into(part.shape())?, &part);
    }
    check_mask(mask.shape(), axis, part.shape())?;
    // In rows along which the mask is one axis, as the mask then is cut.
    let row = mask.raveled_mask()?;
    let rows = folded(&part, axis, mask.ndim())?;
    let mut grid = rows.chunks().clone();
    grid.0[axis] = row.chunks().0[0].clone();
    let rows = rows.regridded(grid);
    let (counts, n) = row.counts_of_true()?;
    let rest = (0..rows.ndim()).filter(|&other| other != axis);
    let mut taken: Shape = rest.map(|other| rows.shape()[other]).collect();
    taken.insert(place, n);
    let value = moved_to(&value.sized()?.stretched_into(&taken)?, place, 1, axis)?;
    let changed = rows.with_true(&row, &counts, &value, axis)?;
    Ok(unfolded(&changed, axis, mask.shape())?.regridded(part.chunks().clone()))
}

/// Written over at positions counted through these axes. `shape` is that of the positions as they were given, and in the value it
/// stands at `place`.
fn listed(
    part: &Array,
    axes: &[usize],
    shape: &[usize],
    positions: Vec<usize>,
    value: &Array,
    place: usize,
) -> Result<Array> {
    let rest: Vec<usize> = (0..part.ndim()).filter(|axis| !axes.contains(axis)).collect();
    let mut taken: Shape = rest.iter().map(|&axis| part.shape()[axis]).collect();
    taken.insert_many(place, shape.iter().copied());
    let value = moved_to(&value.sized()?.stretched_into(&taken)?, place, shape.len(), 0)?;
    let value = match shape.len() {
        0 => value.expand_dims(&[0])?,
        n => folded(&value, 0, n)?,
    };
    if let [axis] = axes {
        return part.with_taken(&positions, *axis, &moved_to(&value, 0, 1, *axis)?);
    }
    let order: Vec<i64> = axes.iter().chain(&rest).map(|&axis| axis as i64).collect();
    let turned = part.transpose(Some(&order))?;
    let lengths = Shape::from_slice(&turned.shape()[..axes.len()]);
    let changed = folded(&turned, 0, axes.len())?.with_taken(&positions, 0, &value)?;
    let mut back = vec![0i64; order.len()];
    order.iter().enumerate().for_each(|(at, &axis)| back[axis as usize] = at as i64);
    Ok(unfolded(&changed, 0, &lengths)?.transpose(Some(&back))?.regridded(part.chunks().clone()))
}
