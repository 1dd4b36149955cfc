//! `x[…]` and `x[…] = …` for arrays that are not in memory: the smallest box that holds what is asked for is read, or read and written back.

use rdk_array::eager::select::{self, Selection};
use rdk_array::eager::{self, NdArray};
use rdk_array::face::create::room_for;
use rdk_array::{Chunk, DType, SliceInfoElem};
use rdk_runtime::convert::describe;
use rdk_runtime::{Context, FromValue, Result, Value, bail};

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
    /// What lists of positions mean beside slices.
    pub lists: Lists,
}

/// What lists of positions and masks mean where slices stand beside them; alone they name elements, as NumPy has it.
#[derive(Clone, Copy, PartialEq)]
pub enum Lists {
    /// The same as for NumPy, which puts what they name in front.
    NumPy,
    /// One goes along its own axis, and h5py refuses another one.
    H5py,
    /// One goes along its own axis, and zarr refuses another one.
    Zarr,
    /// Each goes along its own axis.
    Each,
}

impl Outside<'_> {
    /// What an index takes.
    fn select(&self, index: &Value) -> Result<Selection> {
        let Value::Tuple(items) = index else { return select::select(index, self.shape) };
        let is_slice = |item: &&Value| matches!(item, Value::Slice(_) | Value::Ellipsis);
        let is_list = |item: &&Value| !is_slice(item) && !item.is_none() && i64::from_value(item).is_none();
        let (slices, lists) = (items.iter().filter(is_slice).count(), items.iter().filter(is_list).count());
        let beside = slices > 0 && lists > 0 && items.len() - slices > 1;
        if self.lists == Lists::NumPy || !beside {
            return select::select(index, self.shape);
        }
        let hint = "one list of positions may stand beside slices";
        match self.lists {
            Lists::H5py if lists > 1 => {
                bail!(TypeError: "Only one indexing vector or array is currently allowed for fancy indexing"; hint: "{hint}")
            }
            Lists::Zarr if lists > 1 => bail!(
                IndexError: "unsupported selection item for basic indexing; expected integer or slice, got {}",
                items.iter().find(is_list).map(describe).unwrap_or_default();
                hint: "{hint}, or `z.oindex[…]` takes them"
            ),
            Lists::NumPy | Lists::H5py | Lists::Zarr | Lists::Each => {}
        }
        match scattered::crossed(items, self.shape)? {
            Some((shape, positions)) => Ok(Selection::Advanced { shape: shape.into(), positions }),
            None => select::select(index, self.shape),
        }
    }

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
    if let Selection::Advanced { shape, positions } = outside.select(index)? {
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
    if let Selection::Advanced { shape, positions } = outside.select(index)? {
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

/// The same for an array in memory that stands for one that is not.
pub fn assign(array: &NdArray, index: &Value, value: &Value, lists: Lists) -> Result<()> {
    let shape = array.shape().to_vec();
    let outside = Outside { shape: &shape, dtype: array.dtype(), chunks: None, lists };
    if lists != Lists::NumPy
        && matches!(index, Value::Tuple(_))
        && let Selection::Advanced { shape, positions } = outside.select(index)?
    {
        array.check_writeable()?;
        let values = scattered::fitted(value, &shape, array.dtype())?;
        array.write(positions.into_iter(), values.scalars());
        return Ok(());
    }
    select::assign(array, index, value)
}
