//! What stands between the brackets: one item for each axis of the array, and those that make new axes.

use num_traits::Signed;
use rdk_runtime::convert::describe;
use rdk_runtime::{Context, Result, Value, bail};

use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::{NdArray, NumpyScalar, nested};
use crate::face::unsized_object::Unsized;
use crate::index::IndexItem;
use crate::kernel::{Stop, compress};
use crate::place::with_crew;
use crate::plan::in_range;
use crate::shape::{self, Shape};

/// One item.
pub enum Item {
    /// A number, a slice, a new axis. There is no ellipsis among parsed items.
    Basic(IndexItem),
    /// Truth values for as many axes as they have themselves.
    Mask(Array),
    /// Positions along one axis.
    Positions(Chunk),
    /// The same, not computed yet.
    Lazy(Array),
}

impl Item {
    /// How many axes of the array it takes up.
    pub fn n_axes(&self) -> usize {
        match self {
            Item::Basic(IndexItem::Int(_) | IndexItem::Slice { .. }) | Item::Positions(_) | Item::Lazy(_) => 1,
            Item::Basic(IndexItem::NewAxis | IndexItem::Ellipsis) => 0,
            Item::Mask(mask) => mask.ndim(),
        }
    }

    /// Is it a mask or a list of positions?
    pub fn is_advanced(&self) -> bool {
        !matches!(self, Item::Basic(_))
    }
}

/// An index in full: every axis of the array has an item. With it, before which of them an ellipsis stood that is for no axis: it keeps
/// apart what stands on both sides of it.
pub struct Index(pub Vec<Item>, Option<usize>);

impl Index {
    /// Of an array with so many axes.
    pub fn parse(index: &Value, n_axes: usize) -> Result<Index> {
        let values = match index {
            Value::Tuple(items) => items.to_vec(),
            other => vec![other.clone()],
        };
        let mut items = values.iter().map(item).collect::<Result<Vec<_>>>()?;
        let named: usize = items.iter().map(Item::n_axes).sum();
        if named > n_axes {
            bail!(IndexError: "too many indices for array: array is {n_axes}-dimensional, but {named} were indexed");
        }
        let is_ellipsis = |item: &Item| matches!(item, Item::Basic(IndexItem::Ellipsis));
        if items.iter().filter(|item| is_ellipsis(item)).count() > 1 {
            bail!(IndexError: "an index can only have a single ellipsis ('...')");
        }
        let rest = || (0..n_axes - named).map(|_| Item::Basic(IndexItem::ALL));
        let ellipsis = items.iter().position(is_ellipsis);
        match ellipsis {
            Some(at) => {
                items.splice(at..=at, rest());
            }
            None => items.extend(rest()),
        }
        Ok(Index(items, ellipsis.filter(|_| named == n_axes)))
    }

    /// Its numbers, slices and new axes, with all that there is where it has masks and positions.
    pub fn basic(&self) -> Vec<IndexItem> {
        let part = |item: &Item| match item {
            Item::Basic(item) => vec![item.clone()],
            Item::Mask(mask) => vec![IndexItem::ALL; mask.ndim()],
            Item::Positions(_) | Item::Lazy(_) => vec![IndexItem::ALL],
        };
        self.0.iter().flat_map(part).collect()
    }

    /// Its masks and positions, each with the axis at which it stands once its numbers, slices and new axes have been applied.
    pub fn advanced(&self) -> Vec<(usize, &Item)> {
        let (mut axis, mut found) = (0, Vec::new());
        for item in &self.0 {
            match item {
                Item::Basic(IndexItem::Int(_)) => {}
                Item::Basic(IndexItem::Slice { .. } | IndexItem::NewAxis | IndexItem::Ellipsis) => axis += 1,
                Item::Mask(_) | Item::Positions(_) | Item::Lazy(_) => {
                    found.push((axis, item));
                    axis += item.n_axes();
                }
            }
        }
        found
    }

    /// Where the axes of masks and positions are in the result, as in NumPy: in their place if they and numbers stand together,
    /// otherwise in front.
    pub fn place(&self) -> usize {
        let with_numbers = |item: &Item| item.is_advanced() || matches!(item, Item::Basic(IndexItem::Int(_)));
        let places: Vec<usize> = (0..self.0.len()).filter(|&at| with_numbers(&self.0[at])).collect();
        let is_gap = |at: usize| self.1 == Some(at);
        let together = places.windows(2).all(|pair| pair[1] == pair[0] + 1 && !is_gap(pair[1]));
        match (together, places.first()) {
            (true, Some(&first)) => first,
            _ => 0,
        }
    }
}

fn item(value: &Value) -> Result<Item> {
    too_large(value)?;
    Ok(match value {
        Value::None => Item::Basic(IndexItem::NewAxis),
        Value::Ellipsis => Item::Basic(IndexItem::Ellipsis),
        Value::Slice(slice) => Item::Basic(IndexItem::Slice {
            start: end(&slice.start)?,
            stop: end(&slice.stop)?,
            step: end(&slice.step)?,
        }),
        Value::Bool(flag) => Item::Mask(Array::scalar(crate::Scalar::Bool(*flag))),
        Value::List(_) | Value::Tuple(_) | Value::Range(_) if crate::face::operand::has_lazy(value) => {
            use rdk_runtime::FromValue;
            lazy(crate::face::operand::Operand::try_from_value(value)?.array()?)?
        }
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => positions(nested::chunk(value, None)?)?,
        _ => match (integer(value), value.get::<NdArray>(), value.get::<Array>(), value.get::<Unsized>()) {
            (Some(number), ..) => Item::Basic(IndexItem::Int(number)),
            (_, Some(list), ..) => positions(list.chunk())?,
            (_, _, Some(array), _) | (_, _, _, Some(Unsized(array))) => lazy(array.clone())?,
            _ => match nested::held(value) {
                Some(held) => item(&held?)?,
                None => return not_an_index(&describe(value)),
            },
        },
    })
}

/// An integer that no position can be.
pub fn too_large(value: &Value) -> Result<()> {
    if let Value::BigInt(number) = value {
        bail!(IndexError: "cannot fit 'int' into an index-sized integer"; hint: "it has {} bits", number.bits());
    }
    Ok(())
}

fn not_an_index(what: &str) -> Result<Item> {
    bail!(
        IndexError: "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid \
                     indices, got {what}"
    )
}

/// An end of a slice, or its step. Those beyond 64 bits are beyond every array.
pub fn end(value: &Value) -> Result<Option<i64>> {
    match value {
        Value::None => Ok(None),
        Value::BigInt(number) => Ok(Some(if number.is_negative() { i64::MIN } else { i64::MAX })),
        other => match integer(other) {
            Some(number) => Ok(Some(number)),
            None => bail!(TypeError: "slice indices must be integers or None, got {}", describe(other)),
        },
    }
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

fn lazy(array: Array) -> Result<Item> {
    match array.dtype() {
        DType::Bool => Ok(Item::Mask(array)),
        dtype if dtype.is_integer() => Ok(Item::Lazy(array)),
        dtype => not_an_index(&format!("an array of {dtype}")),
    }
}

fn positions(chunk: Chunk) -> Result<Item> {
    if chunk.dtype() == DType::Bool {
        return Ok(Item::Mask(Array::from_chunk(chunk.clone(), &ChunksSpec::WHOLE)?));
    }
    // An empty list has no type of its own.
    if !chunk.dtype().is_integer() && !chunk.is_empty() {
        return not_an_index(&format!("an array of {}", chunk.dtype()));
    }
    match (chunk.ndim(), chunk.get(&[])) {
        (0, Some(scalar)) => Ok(Item::Basic(IndexItem::Int(scalar.get::<i64>()))),
        _ => Ok(Item::Positions(chunk)),
    }
}

/// The elements of a mask, if they are in memory.
pub fn in_memory(mask: &Array) -> Option<&Chunk> {
    match &mask.node().plan {
        crate::array::Plan::Given(chunk) => Some(chunk),
        _ => None,
    }
}

/// Points that several masks and lists of positions stand for together: the shape they stretch to, and for each of their axes the
/// coordinates. What is lazy is computed.
pub struct Points {
    /// The axes.
    pub axes: Vec<usize>,
    /// The common shape.
    pub shape: Shape,
    /// For each axis a coordinate of every point.
    pub coordinates: Vec<Vec<usize>>,
}

impl Points {
    /// Of an array of this shape.
    pub fn of(context: &Context, items: &[(usize, &Item)], lengths: &[usize]) -> Result<Points> {
        let mut lists: Vec<(usize, Chunk)> = Vec::new();
        for &(axis, item) in items {
            match item {
                Item::Basic(_) => {}
                Item::Positions(chunk) => lists.push((axis, chunk.clone())),
                Item::Lazy(array) => lists.push((axis, array.compute_now(context)?)),
                Item::Mask(mask) => {
                    let chunk = mask.compute_now(context)?;
                    check_mask(chunk.shape(), axis, lengths)?;
                    for (at, positions) in true_positions(&chunk)?.into_iter().enumerate() {
                        lists.push((axis + at, Chunk::from_vec(&[positions.len()], positions)));
                    }
                }
            }
        }
        let shape = stretched(&lists.iter().map(|(_, chunk)| chunk.shape()).collect::<Vec<_>>())?;
        let coordinates = lists.iter().map(|(axis, chunk)| {
            let stretched = chunk.broadcast(&shape).expect("the shapes go together");
            places(stretched.to_vec::<i64>(), *axis, lengths[*axis])
        });
        let coordinates = coordinates.collect::<Result<Vec<_>>>()?;
        Ok(Points { axes: lists.iter().map(|(axis, _)| *axis).collect(), shape, coordinates })
    }
}

/// The shape to which all these positions stretch.
fn stretched(shapes: &[&[usize]]) -> Result<Shape> {
    match shape::broadcast(shapes) {
        Ok(shape) => Ok(shape),
        Err(_) => {
            let shapes: Vec<String> = shapes.iter().map(|shape| shape::show(shape)).collect();
            bail!(IndexError: "shape mismatch: indexing arrays could not be broadcast together with shapes {}", shapes.join(" "));
        }
    }
}

/// The same of lists of positions of which some are lazy, and stay so.
pub struct LazyPoints {
    /// The axes.
    pub axes: Vec<usize>,
    /// The common shape.
    pub shape: Shape,
    /// For each axis a coordinate of every point, in one row.
    pub coordinates: Vec<Array>,
}

impl LazyPoints {
    /// `None` where nothing is lazy, or masks say how many points there are.
    pub fn of(items: &[(usize, &Item)]) -> Result<Option<LazyPoints>> {
        let mut lists: Vec<(usize, Array)> = Vec::new();
        for &(axis, item) in items {
            match item {
                Item::Basic(_) => {}
                Item::Mask(_) => return Ok(None),
                Item::Positions(chunk) => {
                    lists.push((axis, Array::from_chunk(chunk.cast(DType::I64), &ChunksSpec::WHOLE)?));
                }
                Item::Lazy(array) => lists.push((axis, array.sized()?)),
            }
        }
        if !items.iter().any(|(_, item)| matches!(item, Item::Lazy(_))) {
            return Ok(None);
        }
        let shape = stretched(&lists.iter().map(|(_, array)| array.shape()).collect::<Vec<_>>())?;
        let row = |(_, array): &(usize, Array)| array.broadcast_to(&shape)?.reshape(&[-1]);
        let coordinates = lists.iter().map(row).collect::<Result<_>>()?;
        Ok(Some(LazyPoints { axes: lists.into_iter().map(|(axis, _)| axis).collect(), shape, coordinates }))
    }
}

/// Positions from the start of an axis.
pub fn places(positions: Vec<i64>, axis: usize, length: usize) -> Result<Vec<usize>> {
    positions.into_iter().map(|position| in_range(position, axis, length)).collect()
}

/// A mask is as long as the axes for which it stands.
pub fn check_mask(mask: &[usize], axis: usize, lengths: &[usize]) -> Result<()> {
    for (at, &length) in mask.iter().enumerate() {
        let own = lengths[axis + at];
        if own != length {
            bail!(
                IndexError: "boolean index did not match indexed array along axis {}; size of axis is {own} but size of corresponding \
                             boolean axis is {length}", axis + at
            );
        }
    }
    Ok(())
}

/// For each axis of a mask the positions of what is true, in C order.
pub fn true_positions(mask: &Chunk) -> Result<Vec<Vec<i64>>> {
    let axes = with_crew(|crew| compress::true_positions(mask, crew)).map_err(Stop::error)?;
    Ok(axes.iter().map(Chunk::to_vec::<i64>).collect())
}
