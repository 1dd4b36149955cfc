//! `x[…]` and `x[…] = …` for eager arrays: positions, slices, masks, lists of positions, mixed as NumPy allows.
//!
//! An index of positions and slices only is *basic*: it shows the same memory. One with a mask beside slices is carried out flag by flag
//! ([`super::mask`]). Any other with masks or lists is *advanced*: it becomes a list of element numbers, which are copied out or written to.

use std::mem::MaybeUninit;
use std::ops::Range;

use ndarray::SliceInfoElem;
use rdk_graph::Stopped;
use rdk_runtime::convert::describe;
use rdk_runtime::{Result, Value, bail};
use smallvec::SmallVec;

use super::{NdArray, NumpyScalar, mask, nested};
use crate::chunk::{Chunk, with_chunk};
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::face::indexing::parse;
use crate::index::{AxisIndex, IndexItem, expand};
use crate::memory;
use crate::place::with_crew;
use crate::shape::{self, Shape};

/// Fewer elements than this are brought by one.
const MANY: usize = 1 << 16;
/// So many pieces for each of the crew.
const PIECES_EACH: usize = 4;

/// What an index takes.
pub enum Selection {
    /// A view.
    Basic(Vec<SliceInfoElem>),
    /// These elements, by their numbers in C order, in this shape.
    Advanced {
        /// The shape of what is taken.
        shape: Shape,
        /// Element numbers.
        positions: Vec<usize>,
    },
}

/// Of what slices take, if there are any, that for which a mask is true: it stands for as many axes as it has, from one on.
pub struct Masked {
    /// A view.
    pub part: Option<Vec<SliceInfoElem>>,
    /// The first of the mask's axes in it.
    pub axis: usize,
    /// As long as those axes.
    pub mask: Chunk,
}

/// How an index is carried out.
pub enum Way {
    /// Flag by flag.
    Masked(Masked),
    /// In any other way.
    Selected(Selection),
}

/// One item between the brackets.
enum Item {
    Basic(IndexItem),
    Mask(Chunk),
    Positions { shape: Shape, positions: Vec<i64> },
}

/// How this index of an array of this shape is best carried out.
pub fn way(index: &Value, of: &[usize]) -> Result<Way> {
    // The most frequent mask without a detour.
    if let Some(mask) = index.get::<NdArray>()
        && mask.dtype() == DType::Bool
        && !mask.shape().is_empty()
        && of.starts_with(mask.shape())
    {
        return Ok(Way::Masked(Masked { part: None, axis: 0, mask: mask.chunk() }));
    }
    let items = items(index)?;
    match masked(&items, of)? {
        Some(masked) => Ok(Way::Masked(masked)),
        None => selected(items, of).map(Way::Selected),
    }
}

/// What this index takes of an array of this shape.
pub fn select(index: &Value, of: &[usize]) -> Result<Selection> {
    selected(items(index)?, of)
}

fn selected(items: Vec<Item>, of: &[usize]) -> Result<Selection> {
    if items.iter().all(|item| matches!(item, Item::Basic(_))) {
        let basic: Vec<IndexItem> = items.into_iter().filter_map(|item| item.basic()).collect();
        let full = expand(&basic, of)?;
        return Ok(Selection::Basic(full.iter().map(slice_item).collect()));
    }
    advanced(items, of)
}

fn items(index: &Value) -> Result<Vec<Item>> {
    match index {
        Value::Tuple(items) => items.iter().map(item).collect(),
        other => Ok(vec![item(other)?]),
    }
}

/// One mask beside slices; `None` for anything else, and where it does not fit: there it is said why.
fn masked(items: &[Item], of: &[usize]) -> Result<Option<Masked>> {
    let mut masks = items.iter().enumerate().filter(|(_, item)| matches!(item, Item::Mask(_)));
    let (Some((at, Item::Mask(mask))), None) = (masks.next(), masks.next()) else { return Ok(None) };
    let is_slice = |item: &Item| {
        matches!(item, Item::Basic(IndexItem::Slice { .. } | IndexItem::NewAxis | IndexItem::Ellipsis) | Item::Mask(_))
    };
    let n_ellipses = items.iter().filter(|item| matches!(item, Item::Basic(IndexItem::Ellipsis))).count();
    let Some(rest) = of.len().checked_sub(items.iter().map(Item::n_axes).sum()) else { return Ok(None) };
    if mask.ndim() == 0 || n_ellipses > 1 || !items.iter().all(is_slice) {
        return Ok(None);
    }
    // Axes before the mask, of the array and of what slices take.
    let (mut from, mut to) = (0, 0);
    for item in &items[..at] {
        match item {
            Item::Basic(IndexItem::Ellipsis) => (from, to) = (from + rest, to + rest),
            Item::Basic(IndexItem::NewAxis) => to += 1,
            Item::Basic(_) | Item::Mask(_) | Item::Positions { .. } => (from, to) = (from + 1, to + 1),
        }
    }
    if !of[from..].starts_with(mask.shape()) {
        return Ok(None);
    }
    let whole = |item: &Item| match item {
        Item::Basic(item) => vec![item.clone()],
        Item::Mask(_) | Item::Positions { .. } => vec![IndexItem::ALL; mask.ndim()],
    };
    let full = expand(&items.iter().flat_map(whole).collect::<Vec<_>>(), of)?;
    let part = Some(full.iter().map(slice_item).collect());
    Ok(Some(Masked { part, axis: to, mask: mask.clone() }))
}

/// The elements of these numbers.
pub fn take(chunk: &Chunk, shape: &[usize], positions: &[usize]) -> Chunk {
    let chunk = chunk.contiguous();
    with_chunk!(&chunk, array => gathered(array.as_slice().expect("contiguous"), shape, positions))
}

fn gathered<T: Element>(elements: &[T], shape: &[usize], positions: &[usize]) -> Chunk {
    let one_by_one = || Chunk::from_vec(shape, positions.iter().map(|&at| elements[at]).collect());
    if positions.len() < MANY {
        return one_by_one();
    }
    let Ok(mut whole) = memory::unwritten::<T>(shape) else { return one_by_one() };
    let to = whole.as_slice_mut().expect("it was made so");
    let done = with_crew(|crew| {
        let each = positions.len().div_ceil(crew.size() * PIECES_EACH);
        let pieces = to.chunks_mut(each).zip(positions.chunks(each)).collect();
        crew.share(pieces, |(to, positions): (&mut [MaybeUninit<T>], &[usize])| {
            to.iter_mut().zip(positions).for_each(|(to, &at)| {
                to.write(elements[at]);
            });
        })
    });
    match done {
        // SAFETY: every piece has been written. Alone, or with zeros written first, a million random elements take twice the time.
        Ok(()) => T::chunk(unsafe { whole.assume_init() }.into_shared()),
        // Whoever runs this hears of it soon enough.
        Err(Stopped) => one_by_one(),
    }
}

/// `x[index] = value`
pub fn assign(array: &NdArray, index: &Value, value: &Value) -> Result<()> {
    array.check_writeable()?;
    let scalar = nested::element(value, array.dtype()).transpose()?;
    let selection = match way(index, array.shape())? {
        Way::Masked(masked) if mask::assign(array, &masked, value)? => return Ok(()),
        Way::Masked(_) => select(index, array.shape())?,
        Way::Selected(selection) => selection,
    };
    match selection {
        Selection::Basic(items) => {
            let target = array.slice(items);
            let chunk = match scalar {
                Some(scalar) => Chunk::from_scalar(scalar),
                None => fit(nested::written(value, array.dtype())?, target.shape())?,
            };
            target.assign(&chunk);
        }
        Selection::Advanced { shape, positions } => {
            let values = match scalar {
                Some(scalar) => Chunk::from_scalar(scalar),
                None => fit(nested::written(value, array.dtype())?, &shape)?,
            };
            let values = values.cast(array.dtype());
            // Of its own: the value may be the same array.
            let values =
                if values.len() == 1 { values } else { values.broadcast(&shape).expect("it fits").contiguous() };
            if array.change_run(|memory, range| write(memory, range, &positions, &values)).is_none() {
                let scalars: Vec<_> = values.scalars().collect();
                array.write(positions.into_iter(), scalars.into_iter().cycle());
            }
        }
    }
    Ok(())
}

/// Writes values to places in a run of memory, one value for each or one for all.
fn write(memory: &mut Chunk, range: Range<usize>, places: &[usize], values: &Chunk) {
    with_dtype!(memory.dtype(), T => {
        let elements = T::array_mut(memory).and_then(|array| array.as_slice_mut()).expect("memory is one run");
        let values = T::array(values).and_then(|array| array.as_slice()).expect("contiguous, and of one type");
        let elements = &mut elements[range];
        match values {
            &[value] => places.iter().for_each(|&at| elements[at] = value),
            _ => places.iter().zip(values).for_each(|(&at, &value)| elements[at] = value),
        }
    });
}

/// Without leading axes of length 1 that the target does not have, if it stretches to that shape.
pub(super) fn fit(chunk: Chunk, target: &[usize]) -> Result<Chunk> {
    let surplus = chunk.ndim().saturating_sub(target.len());
    if target.is_empty() && chunk.len() != 1 {
        bail!("setting an array element with a sequence."; hint: "the value has {} elements", chunk.len());
    }
    let (leading, rest) = chunk.shape().split_at(surplus);
    if leading.iter().any(|&length| length != 1) || !shape::stretches_to(rest, target) {
        bail!(
            "could not broadcast input array from shape {} into shape {}",
            shape::show(chunk.shape()),
            shape::show(target)
        );
    }
    let rest = rest.to_vec();
    Ok(chunk.reshape(&rest))
}

impl Item {
    fn basic(self) -> Option<IndexItem> {
        match self {
            Item::Basic(item) => Some(item),
            Item::Mask(_) | Item::Positions { .. } => None,
        }
    }

    /// How many axes it takes up; an ellipsis takes what is left.
    fn n_axes(&self) -> usize {
        match self {
            Item::Basic(IndexItem::Int(_) | IndexItem::Slice { .. }) | Item::Positions { .. } => 1,
            Item::Basic(IndexItem::NewAxis | IndexItem::Ellipsis) => 0,
            Item::Mask(mask) => mask.ndim(),
        }
    }
}

fn item(value: &Value) -> Result<Item> {
    parse::too_large(value)?;
    Ok(match value {
        Value::None => Item::Basic(IndexItem::NewAxis),
        Value::Ellipsis => Item::Basic(IndexItem::Ellipsis),
        Value::Bool(flag) => Item::Mask(Chunk::from_vec(&[], vec![*flag])),
        Value::Slice(slice) => Item::Basic(IndexItem::Slice {
            start: parse::end(&slice.start)?,
            stop: parse::end(&slice.stop)?,
            step: parse::end(&slice.step)?,
        }),
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => positions(nested::chunk(value, None)?)?,
        _ => match (integer(value), value.get::<NdArray>()) {
            (Some(number), _) => Item::Basic(IndexItem::Int(number)),
            (None, Some(array)) => positions(array.chunk())?,
            (None, None) => return not_an_index(&describe(value)),
        },
    })
}

/// An index that is an integer.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        _ => {
            let scalar = value.get::<NumpyScalar>()?.0;
            scalar.dtype().is_integer().then(|| scalar.get::<i64>())
        }
    }
}

fn positions(chunk: Chunk) -> Result<Item> {
    if chunk.dtype() == DType::Bool {
        return Ok(Item::Mask(chunk));
    }
    // An empty list has no type of its own.
    if !chunk.dtype().is_integer() && !chunk.is_empty() {
        return not_an_index(&format!("an array of {}", chunk.dtype()));
    }
    Ok(Item::Positions { shape: Shape::from_slice(chunk.shape()), positions: chunk.to_vec::<i64>() })
}

fn not_an_index(what: &str) -> Result<Item> {
    bail!(
        IndexError: "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid \
                     indices, got {what}"
    )
}

/// The same for the array library.
pub fn slice_item(item: &AxisIndex) -> SliceInfoElem {
    match *item {
        AxisIndex::New => SliceInfoElem::NewAxis,
        AxisIndex::At(position) => SliceInfoElem::Index(position as isize),
        AxisIndex::Range { length: 0, .. } => SliceInfoElem::Slice { start: 0, end: Some(0), step: 1 },
        AxisIndex::Range { start, step, length } => {
            let last = start as i64 + step * (length as i64 - 1);
            let (low, high) = if step > 0 { (start as i64, last) } else { (last, start as i64) };
            SliceInfoElem::Slice { start: low as isize, end: Some(high as isize + 1), step: step as isize }
        }
    }
}

/// Along one or more axes of the result: how long they are, and how far each step goes in the array.
struct Part {
    shape: Shape,
    offsets: Vec<usize>,
}

fn advanced(items: Vec<Item>, of: &[usize]) -> Result<Selection> {
    let named: usize = items.iter().map(Item::n_axes).sum();
    if named > of.len() {
        let n = of.len();
        bail!(IndexError: "too many indices for array: array is {n}-dimensional, but {named} were indexed");
    }
    let ellipses = items.iter().filter(|item| matches!(item, Item::Basic(IndexItem::Ellipsis))).count();
    if ellipses > 1 {
        bail!(IndexError: "an index can only have a single ellipsis ('...')");
    }
    let strides = shape::strides(of);
    let mut axis = 0;
    let mut parts: Vec<Part> = Vec::new();
    // The positions of all masks and lists, each with the axis that it is for.
    let mut lists: Vec<(Shape, Vec<usize>)> = Vec::new();
    let mut list_places: SmallVec<[usize; 4]> = SmallVec::new();
    let mut parts_before = None;
    for (place, item) in items.into_iter().enumerate() {
        let is_list = matches!(item, Item::Mask(_) | Item::Positions { .. } | Item::Basic(IndexItem::Int(_)));
        if is_list {
            list_places.push(place);
            parts_before.get_or_insert(parts.len());
        }
        let n_axes = item.n_axes();
        match item {
            Item::Basic(IndexItem::NewAxis) => parts.push(Part { shape: Shape::from_slice(&[1]), offsets: vec![0] }),
            Item::Basic(IndexItem::Ellipsis) => {
                for _ in 0..of.len() - named {
                    parts.push(along(crate::index::whole(of[axis]), strides[axis]));
                    axis += 1;
                }
            }
            Item::Basic(IndexItem::Slice { start, stop, step }) => {
                parts.push(along(crate::index::range(start, stop, step, of[axis])?, strides[axis]));
            }
            Item::Basic(IndexItem::Int(position)) => {
                lists.push((Shape::new(), offsets(&[position], axis, of[axis], strides[axis])?));
            }
            Item::Positions { shape, positions } => {
                lists.push((shape, offsets(&positions, axis, of[axis], strides[axis])?));
            }
            Item::Mask(mask) => lists.push(mask_offsets(&mask, axis, of, &strides)?),
        }
        axis += n_axes;
    }
    for axis in axis..of.len() {
        parts.push(along(crate::index::whole(of[axis]), strides[axis]));
    }
    let together = list_places.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let at = if together { parts_before.unwrap_or(0) } else { 0 };
    parts.insert(at, combine(lists)?);
    let shape = parts.iter().flat_map(|part| part.shape.iter().copied()).collect();
    let positions = parts
        .into_iter()
        .map(|part| part.offsets)
        .reduce(|sums, offsets| sums.iter().flat_map(|sum| offsets.iter().map(move |offset| sum + offset)).collect());
    Ok(Selection::Advanced { shape, positions: positions.unwrap_or_default() })
}

fn along(index: AxisIndex, stride: usize) -> Part {
    match index {
        AxisIndex::Range { start, step, length } => Part {
            shape: Shape::from_slice(&[length]),
            offsets: (0..length as i64).map(|at| (start as i64 + at * step) as usize * stride).collect(),
        },
        AxisIndex::At(position) => Part { shape: Shape::new(), offsets: vec![position * stride] },
        AxisIndex::New => Part { shape: Shape::from_slice(&[1]), offsets: vec![0] },
    }
}

/// Positions along an axis, negative ones from its end, as distances in the array.
fn offsets(positions: &[i64], axis: usize, length: usize, stride: usize) -> Result<Vec<usize>> {
    let n = length as i64;
    // Asked of many at a time, which processors are quicker at.
    let are_inside = |block: &[i64]| block.iter().fold(true, |all, position| all & (-n..n).contains(position));
    if !positions.chunks(1024).all(are_inside)
        && let Some(position) = positions.iter().find(|position| !(-n..n).contains(*position))
    {
        bail!(IndexError: "index {position} is out of bounds for axis {axis} with size {length}");
    }
    Ok(positions.iter().map(|&at| (if at < 0 { at + n } else { at }) as usize * stride).collect())
}

/// The places where a mask is true, as distances in the array.
fn mask_offsets(mask: &Chunk, axis: usize, of: &[usize], strides: &[usize]) -> Result<(Shape, Vec<usize>)> {
    for (at, &length) in mask.shape().iter().enumerate() {
        if of[axis + at] != length {
            bail!(
                IndexError: "boolean index did not match indexed array along axis {}; size of axis is {} but size of corresponding \
                             boolean axis is {length}",
                axis + at, of[axis + at]
            );
        }
    }
    // The axes of the mask stand together in the array: one number counts through all of them.
    let stride = if mask.ndim() == 0 { 0 } else { strides[axis + mask.ndim() - 1] };
    let flags = mask.to_vec::<bool>();
    let offsets: Vec<usize> = flags.iter().enumerate().filter(|(_, flag)| **flag).map(|(at, _)| at * stride).collect();
    Ok((Shape::from_slice(&[offsets.len()]), offsets))
}

/// Several lists of positions, stretched to one shape and added up.
fn combine(mut lists: Vec<(Shape, Vec<usize>)>) -> Result<Part> {
    if lists.len() == 1
        && let Some((shape, offsets)) = lists.pop()
    {
        return Ok(Part { shape, offsets });
    }
    let shapes: Vec<&[usize]> = lists.iter().map(|(shape, _)| &shape[..]).collect();
    let Ok(together) = shape::broadcast(&shapes) else {
        let shapes: Vec<String> = shapes.iter().map(|shape| shape::show(shape)).collect();
        bail!(
            IndexError: "shape mismatch: indexing arrays could not be broadcast together with shapes {}", shapes.join(" ")
        );
    };
    let size: usize = together.iter().product();
    let mut sums = vec![0usize; size];
    for (shape, offsets) in &lists {
        let list = Chunk::from_vec(shape, offsets.iter().map(|&offset| offset as u64).collect());
        let list = list.broadcast(&together).expect("it was broadcast before");
        for (sum, offset) in sums.iter_mut().zip(list.to_vec::<u64>()) {
            *sum += offset as usize;
        }
    }
    Ok(Part { shape: together, offsets: sums })
}
