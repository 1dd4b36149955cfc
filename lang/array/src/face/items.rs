//! `x[…]` of lazy arrays.

use rdk_runtime::convert::describe;
use rdk_runtime::{Context, Result, Value, bail};

use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::{AxisSpec, ChunksSpec};
use crate::dtype::DType;
use crate::eager::{NdArray, NumpyScalar, nested, select};
use crate::index::IndexItem;

/// One item between the brackets.
enum Item {
    Basic(IndexItem),
    /// Positions along one axis, in any order; and for a mask how long it was.
    Positions(Vec<i64>, Option<usize>),
}

/// `x[index]`, lazy.
pub fn lazy_item(context: &Context, array: &Array, index: &Value) -> Result<Value> {
    let items = match index {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    if let [mask] = &items[..]
        && let Some(mask) = mask_of(context, mask)?
        && mask.ndim() > 1
    {
        return picked(context, array, mask);
    }
    let items = items.iter().map(|value| item(context, value, array)).collect::<Result<Vec<_>>>()?;
    let lists = items.iter().filter(|item| matches!(item, Item::Positions(..))).count();
    if lists > 1 {
        bail!(NotImplementedError: "only one list of positions at a time"; hint: "`x[rows][:, columns]` takes one after the other");
    }
    // First all that is basic, the axis of the list being kept whole; then the list.
    let named =
        items.iter().filter(|item| !matches!(item, Item::Basic(IndexItem::NewAxis | IndexItem::Ellipsis))).count();
    let mut basic = Vec::with_capacity(items.len());
    let mut list = None;
    let mut axis = 0;
    for item in items {
        match item {
            Item::Positions(positions, mask) => {
                list = Some((axis, positions, mask));
                axis += 1;
                basic.push(IndexItem::ALL);
            }
            Item::Basic(item) => {
                axis += match item {
                    IndexItem::Int(_) => 0,
                    IndexItem::Slice { .. } | IndexItem::NewAxis => 1,
                    IndexItem::Ellipsis => array.ndim().saturating_sub(named),
                };
                basic.push(item);
            }
        }
    }
    let part = array.slice(&basic)?;
    Ok(Value::lazy(match list {
        Some((axis, positions, mask)) => take(context, &part, axis, &positions, mask)?,
        None => part,
    }))
}

/// Truth values that are to pick elements, computed if they are lazy; `None` for another index.
fn mask_of(context: &Context, index: &Value) -> Result<Option<Chunk>> {
    Ok(match (index.get::<NdArray>(), index.get::<Array>()) {
        (Some(mask), _) if mask.dtype() == DType::Bool => Some(mask.chunk()),
        (_, Some(mask)) if mask.dtype() == DType::Bool && mask.ndim() > 1 => Some(mask.compute_now(context)?),
        _ => None,
    })
}

/// The elements where a mask of several dimensions is true, in C order: the array is computed, within the engine's budget.
fn picked(context: &Context, array: &Array, mask: Chunk) -> Result<Value> {
    let sizes = array.chunksize().iter().product::<usize>().max(1);
    let elements = NdArray::new(array.compute_now(context)?);
    let taken = elements.get_item(&Value::object(NdArray::new(mask)))?;
    let Some(taken) = taken.get::<NdArray>() else { return Ok(taken) };
    let mut chunks = vec![AxisSpec::Size(sizes)];
    chunks.extend(taken.shape()[1..].iter().map(|_| AxisSpec::Size(sizes)));
    Ok(Value::lazy(Array::from_chunk(taken.chunk(), &ChunksSpec::Axes(chunks))?.named("getitem")))
}

fn item(context: &Context, value: &Value, array: &Array) -> Result<Item> {
    let end = |value: &Value| match value {
        Value::None => Ok(None),
        other => match integer(other) {
            Some(number) => Ok(Some(number)),
            None => bail!(TypeError: "slice indices must be integers or None, got {}", describe(other)),
        },
    };
    Ok(match value {
        Value::None => Item::Basic(IndexItem::NewAxis),
        Value::Ellipsis => Item::Basic(IndexItem::Ellipsis),
        Value::Slice(slice) => Item::Basic(IndexItem::Slice {
            start: end(&slice.start)?,
            stop: end(&slice.stop)?,
            step: end(&slice.step)?,
        }),
        Value::List(_) | Value::Range(_) => positions(nested::chunk(value, None)?)?,
        _ => match (integer(value), value.get::<NdArray>(), value.get::<Array>()) {
            (Some(number), _, _) => Item::Basic(IndexItem::Int(number)),
            (_, Some(list), _) => positions(list.chunk())?,
            (_, _, Some(mask)) if mask.dtype() == DType::Bool && mask.ndim() == 1 && array.ndim() > 0 => {
                positions(mask.compute_now(context)?)?
            }
            (_, _, Some(list)) if list.dtype().is_integer() && list.ndim() <= 1 => {
                positions(list.compute_now(context)?)?
            }
            (_, _, Some(mask)) if mask.dtype() == DType::Bool => bail!(
                NotImplementedError: "a mask of {} dimensions cannot stand beside other indices", mask.ndim();
                hint: "`x[mask]` takes the elements in one row"
            ),
            _ => bail!(
                IndexError: "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and lists of positions are valid \
                             indices, got {}", describe(value)
            ),
        },
    })
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        _ => {
            let scalar = value.get::<NumpyScalar>()?.0;
            scalar.dtype().is_integer().then(|| scalar.get::<i64>())
        }
    }
}

/// Where a mask is true, or the positions of a list.
fn positions(chunk: Chunk) -> Result<Item> {
    if chunk.ndim() == 0
        && let Some(scalar) = chunk.get(&[])
        && chunk.dtype().is_integer()
    {
        return Ok(Item::Basic(IndexItem::Int(scalar.get::<i64>())));
    }
    if chunk.ndim() != 1 {
        bail!(NotImplementedError: "a lazy array is indexed with lists and masks of one dimension, got {}", chunk.ndim());
    }
    if chunk.dtype() == DType::Bool {
        let flags = chunk.to_vec::<bool>();
        return Ok(Item::Positions(
            (0..flags.len() as i64).filter(|&at| flags[at as usize]).collect(),
            Some(flags.len()),
        ));
    }
    if !chunk.dtype().is_integer() && !chunk.is_empty() {
        bail!(IndexError: "positions are integers, got an array of {}", chunk.dtype());
    }
    Ok(Item::Positions(chunk.to_vec::<i64>(), None))
}

/// With more runs than these, taking them one by one costs more than holding the array.
const MANY_RUNS: usize = 64;

/// Positions without order: the array is computed, within the engine's budget, and the elements stay in chunks as large as before.
fn scattered(context: &Context, array: &Array, axis: usize, places: &[i64]) -> Result<Array> {
    let chunk = array.compute_now(context)?;
    let shape = array.shape();
    let outer: usize = shape[..axis].iter().product();
    let inner: usize = shape[axis + 1..].iter().product();
    let mut elements = Vec::with_capacity(outer * places.len() * inner);
    for row in 0..outer {
        for &place in places {
            let start = (row * shape[axis] + place as usize) * inner;
            elements.extend(start..start + inner);
        }
    }
    let mut taken = shape.to_vec();
    taken[axis] = places.len();
    let sizes = array.chunksize().iter().map(|&size| AxisSpec::Size(size.max(1))).collect();
    let chunk = select::take(&chunk, &taken, &elements);
    Ok(Array::from_chunk(chunk, &ChunksSpec::Axes(sizes))?.named("getitem"))
}

/// These positions along an axis: slices of evenly spaced runs, one behind the other.
fn take(context: &Context, array: &Array, axis: usize, positions: &[i64], mask: Option<usize>) -> Result<Array> {
    let length = array.shape()[axis];
    if let Some(mask) = mask.filter(|&mask| mask != length) {
        bail!(
            IndexError: "boolean index did not match indexed array along axis {axis}; size of axis is {length} but size of \
                         corresponding boolean axis is {mask}"
        );
    }
    let n = length as i64;
    let mut places = Vec::with_capacity(positions.len());
    for &position in positions {
        if !(-n..n).contains(&position) {
            bail!(IndexError: "index {position} is out of bounds for axis {axis} with size {length}");
        }
        places.push(if position < 0 { position + n } else { position });
    }
    let run = |start: i64, step: i64, count: i64| {
        let last = start + step * (count - 1);
        let stop = last + step.signum();
        let mut items = vec![IndexItem::ALL; axis];
        items.push(IndexItem::Slice { start: Some(start), stop: (stop >= 0).then_some(stop), step: Some(step) });
        array.slice(&items)
    };
    let mut parts = Vec::new();
    let mut at = 0;
    while at < places.len() {
        let step = match places.get(at + 1) {
            Some(next) if *next != places[at] => next - places[at],
            _ => 1,
        };
        let mut count = 1;
        while places.get(at + count).is_some_and(|place| *place == places[at] + step * count as i64) {
            count += 1;
        }
        if parts.len() == MANY_RUNS {
            return scattered(context, array, axis, &places);
        }
        parts.push(run(places[at], step, count as i64)?);
        at += count;
    }
    match parts.len() {
        0 => {
            let mut items = vec![IndexItem::ALL; axis];
            items.push(IndexItem::Slice { start: Some(0), stop: Some(0), step: None });
            array.slice(&items)
        }
        1 => Ok(parts.remove(0)),
        _ => Ok(Array::concatenate(&parts, axis as i64)?.named("getitem")),
    }
}
