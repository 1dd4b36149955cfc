//! `x[…]` and `x[…] = …` for arrays that are not in memory: the smallest box that holds what is asked for is read, or read and written back.

use rdk_array::eager::select::{self, Selection};
use rdk_array::eager::{self, NdArray};
use rdk_array::face::create::room_for;
use rdk_array::{Chunk, DType, SliceInfoElem};
use rdk_runtime::{Context, Result, Value, bail};

/// A box of an array, and what is taken of it.
pub struct Part {
    /// Where it begins.
    pub start: Vec<usize>,
    /// How long it is along each axis.
    pub lengths: Vec<usize>,
    /// What is taken; `None`: by the whole index, from the whole array.
    pub within: Option<Vec<SliceInfoElem>>,
}

/// The box that an index needs.
pub fn part(index: &Value, shape: &[usize]) -> Result<Part> {
    let items = match select::select(index, shape)? {
        Selection::Basic(items) => items,
        Selection::Advanced { .. } => {
            return Ok(Part { start: vec![0; shape.len()], lengths: shape.to_vec(), within: None });
        }
    };
    let (mut start, mut lengths, mut within) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        match item {
            SliceInfoElem::Slice { start: from, end, step } => {
                let length = shape[start.len()] as isize;
                let from = from.clamp(0, length);
                let end = end.unwrap_or(length).clamp(from, length);
                start.push(from as usize);
                lengths.push((end - from) as usize);
                within.push(SliceInfoElem::Slice { start: 0, end: None, step });
            }
            SliceInfoElem::Index(at) => {
                start.push(at as usize);
                lengths.push(1);
                within.push(SliceInfoElem::Index(0));
            }
            SliceInfoElem::NewAxis => within.push(SliceInfoElem::NewAxis),
        }
    }
    Ok(Part { start, lengths, within: Some(within) })
}

/// `x[index]`
pub fn get(
    context: &Context,
    index: &Value,
    shape: &[usize],
    dtype: DType,
    read: impl Fn(&[usize], &[usize]) -> Result<Chunk>,
) -> Result<Value> {
    let part = part(index, shape)?;
    room_for(context, &part.lengths, dtype)?;
    let chunk = read(&part.start, &part.lengths)?;
    match part.within {
        Some(within) => Ok(eager::value(chunk.slice(&within).copy())),
        None => NdArray::new(chunk).get_item(index),
    }
}

/// `x[index] = value`
pub fn set(
    context: &Context,
    index: &Value,
    value: &Value,
    (shape, dtype): (&[usize], DType),
    read: impl Fn(&[usize], &[usize]) -> Result<Chunk>,
    write: impl Fn(&[usize], &Chunk) -> Result<()>,
) -> Result<()> {
    let value = match value {
        Value::Lazy(_) => eager::value(crate::hdf5::create::chunk(context, value)?),
        other => other.clone(),
    };
    let part = part(index, shape)?;
    room_for(context, &part.lengths, dtype)?;
    if part.lengths.contains(&0) {
        return Ok(());
    }
    let array = NdArray::new(read(&part.start, &part.lengths)?.copy());
    match part.within {
        Some(within) => {
            if within.iter().any(|item| matches!(item, SliceInfoElem::NewAxis)) {
                bail!("an assignment to a file cannot make new axes");
            }
            select::assign(&array.slice(within), &Value::Ellipsis, &value)?;
        }
        None => select::assign(&array, index, &value)?,
    }
    write(&part.start, &array.chunk())
}
