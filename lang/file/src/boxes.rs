//! `x[…]` and `x[…] = …` for arrays that are not in memory: the smallest box that holds what is asked for is read, or read and written back.

use rdk_array::eager::select::{self, Selection};
use rdk_array::eager::{self, NdArray};
use rdk_array::face::create::room_for;
use rdk_array::{Chunk, DType, SliceInfoElem};
use rdk_runtime::{Context, Result, Value, bail};

use crate::scattered;

/// A box of an array, and what is taken of it.
pub struct Part {
    /// Where it begins.
    pub start: Vec<usize>,
    /// How long it is along each axis.
    pub lengths: Vec<usize>,
    /// What is taken; `None`: elements that lie anywhere in the whole array.
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

/// An array that is not in memory.
pub struct Outside<'a> {
    /// Its shape.
    pub shape: &'a [usize],
    /// The type of its elements.
    pub dtype: DType,
    /// The lengths of its chunks, if it has some.
    pub chunks: Option<&'a [usize]>,
}

impl Outside<'_> {
    /// Elements that lie anywhere, by their numbers in C order, in this shape.
    pub fn scattered(
        &self,
        context: &Context,
        (to, positions): (&[usize], &[usize]),
        read: impl Fn(&[usize], &[usize]) -> Result<Chunk>,
    ) -> Result<Value> {
        room_for(context, to, self.dtype)?;
        Ok(eager::value(scattered::read(positions, (self.shape, &self.pieces()), self.dtype, to, read)?))
    }

    /// Writes to elements that lie anywhere.
    pub fn scatter(
        &self,
        context: &Context,
        (to, positions): (&[usize], &[usize]),
        value: &Value,
        read: impl Fn(&[usize], &[usize]) -> Result<Chunk>,
        write: impl Fn(&[usize], &Chunk) -> Result<()>,
    ) -> Result<()> {
        room_for(context, to, self.dtype)?;
        let values = scattered::fitted(&in_memory(context, value)?, to, self.dtype)?;
        scattered::write(positions, (self.shape, &self.pieces()), &values, read, write)
    }

    fn pieces(&self) -> Vec<usize> {
        match self.chunks {
            Some(chunks) => chunks.to_vec(),
            None => scattered::pieces(self.shape, self.dtype.size()),
        }
    }
}

/// A value that is not lazy.
fn in_memory(context: &Context, value: &Value) -> Result<Value> {
    Ok(match value {
        Value::Lazy(_) => eager::value(crate::hdf5::create::chunk(context, value)?),
        other => other.clone(),
    })
}

/// `x[index]`
pub fn get(
    context: &Context,
    index: &Value,
    outside: &Outside<'_>,
    read: impl Fn(&[usize], &[usize]) -> Result<Chunk>,
) -> Result<Value> {
    if let Selection::Advanced { shape, positions } = select::select(index, outside.shape)? {
        return outside.scattered(context, (&shape, &positions), read);
    }
    let (shape, dtype) = (outside.shape, outside.dtype);
    let part = part(index, shape)?;
    room_for(context, &part.lengths, dtype)?;
    let chunk = read(&part.start, &part.lengths)?;
    Ok(eager::value(chunk.slice(&part.within.unwrap_or_default()).copy()))
}

/// `x[index] = value`
pub fn set(
    context: &Context,
    index: &Value,
    value: &Value,
    outside: &Outside<'_>,
    read: impl Fn(&[usize], &[usize]) -> Result<Chunk>,
    write: impl Fn(&[usize], &Chunk) -> Result<()>,
) -> Result<()> {
    if let Selection::Advanced { shape, positions } = select::select(index, outside.shape)? {
        return outside.scatter(context, (&shape, &positions), value, read, write);
    }
    let (value, shape, dtype) = (in_memory(context, value)?, outside.shape, outside.dtype);
    let part = part(index, shape)?;
    room_for(context, &part.lengths, dtype)?;
    if part.lengths.contains(&0) {
        return Ok(());
    }
    let array = NdArray::new(read(&part.start, &part.lengths)?.copy());
    let within = part.within.unwrap_or_default();
    if within.iter().any(|item| matches!(item, SliceInfoElem::NewAxis)) {
        bail!("an assignment to a file cannot make new axes");
    }
    select::assign(&array.slice(within), &Value::Ellipsis, &value)?;
    write(&part.start, &array.chunk())
}
