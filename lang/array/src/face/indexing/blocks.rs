//! `x.blocks[…]`, `x.partitions[…]`: chunks by their place in the grid; `x.vindex[…]`: points.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::FromValue;
use rdk_runtime::{Class, ClassRef, Context, Object, Result, Value, bail, builtins};

use super::items::{moved_to, pointwise};
use super::parse::{Index, Item, Points};
use crate::array::Array;
use crate::face::operand::lazy_value;
use crate::face::properties;
use crate::index::{AxisIndex, IndexItem, expand};
use crate::place;

/// The chunks of an array, to be indexed.
pub struct Blocks(pub Array);

/// An array whose positions go along together.
pub struct PointsOf(pub Array);

static BLOCKS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("BlockView", "dask.array", "The chunks of a lazy array, by their place in the grid.");
    ClassRef::new(class.methods(block_methods::builtins()).properties(block_properties::builtins()))
});

static VINDEX: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(Class::new("IndexCallable", "dask.utils", "A lazy array, to be indexed at points."))
});

impl Blocks {
    fn item_of(&self, index: &Value) -> Result<Array> {
        let array = self.0.sized()?;
        let counts = array.numblocks();
        let index = Index::parse(index, array.ndim())?;
        if index.advanced().len() > 1 {
            bail!("Can only slice with a single list");
        }
        let mut result = array.clone();
        for (axis, item) in index.0.iter().enumerate() {
            let blocks: Vec<usize> = match item {
                Item::Basic(IndexItem::NewAxis) => {
                    bail!("Slicing with np.newaxis or None is not supported")
                }
                Item::Basic(item) => match expand(std::slice::from_ref(item), &counts[axis..=axis])?[0] {
                    AxisIndex::At(block) => vec![block],
                    AxisIndex::Range { start, step, length } => {
                        (0..length as i64).map(|at| (start as i64 + at * step) as usize).collect()
                    }
                    AxisIndex::New => vec![],
                },
                Item::Positions(chunk) => super::parse::places(chunk.to_vec::<i64>(), axis, counts[axis])?,
                Item::Mask(_) | Item::Lazy(_) => bail!("blocks are indexed with numbers, slices and lists of numbers"),
            };
            result = along(&result, axis, &blocks)?;
        }
        Ok(result.named("blocks"))
    }
}

/// Some blocks along an axis, one behind the other.
fn along(array: &Array, axis: usize, blocks: &[usize]) -> Result<Array> {
    let chunks = array.chunks().0[axis].clone();
    let part = |first: usize, last: usize| {
        let mut items = vec![IndexItem::ALL; axis];
        let (start, stop) = (chunks.start(first) as i64, chunks.start(last + 1) as i64);
        items.push(IndexItem::Slice { start: Some(start), stop: Some(stop), step: None });
        array.slice(&items)
    };
    match blocks {
        [] => {
            let mut items = vec![IndexItem::ALL; axis];
            items.push(IndexItem::Slice { start: Some(0), stop: Some(0), step: None });
            array.slice(&items)
        }
        [first, .., last] if blocks.windows(2).all(|pair| pair[1] == pair[0] + 1) => part(*first, *last),
        [one] => part(*one, *one),
        many => {
            let parts = many.iter().map(|&block| part(block, block)).collect::<Result<Vec<_>>>()?;
            Array::concatenate(&parts, axis as i64)
        }
    }
}

impl Object for Blocks {
    fn class(&self) -> ClassRef {
        BLOCKS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<dask.array.core.BlockView of {}>", self.0)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        place::note(context);
        Some(self.item_of(index).map(lazy_value))
    }

    /// The blocks at each place along the first axis.
    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        place::note(context);
        Some((|| {
            let blocks = Blocks(self.0.sized()?);
            let Some(&n) = blocks.0.numblocks().first() else {
                bail!(TypeError: "the chunk of an array without axes cannot be walked")
            };
            let mut at = 0;
            Ok(Value::iter("iterator", move |_| {
                let block = (at < n).then(|| blocks.item_of(&Value::Int(at as i64)).map(lazy_value));
                at += 1;
                block
            }))
        })())
    }
}

/// The receiver.
struct This(Array);

impl FromValue for This {
    fn expected() -> &'static str {
        "the chunks of a lazy array"
    }

    fn from_value(value: &Value) -> Option<This> {
        value.get::<Blocks>().map(|blocks| This(blocks.0.clone()))
    }
}

mod block_methods {
    use super::*;

    builtins! {
        /// All chunks one by one, as lazy arrays.
        fn ravel(/** The chunks. */ this: This) -> Result<Value> {
            let counts = this.0.numblocks();
            let n: usize = counts.iter().product();
            if n > 100_000 {
                bail!("{n} chunks are too many to be listed"; hint: "`x.rechunk(\"auto\")` makes fewer");
            }
            let block = |n: usize| {
                let index = crate::lower::view::nth(&counts, n);
                Blocks(this.0.clone()).item_of(&Value::tuple(index.iter().map(|&at| Value::Int(at.into())))).map(Value::lazy)
            };
            Ok(Value::list((0..n).map(block).collect::<Result<Vec<_>>>()?))
        }
    }
}

mod block_properties {
    use super::*;

    builtins! {
        /// How many chunks there are along each axis.
        fn shape(/** The chunks. */ this: This) -> Value { properties::lengths(&this.0.numblocks()) }

        /// How many axes.
        fn ndim(/** The chunks. */ this: This) -> usize { this.0.ndim() }

        /// How many chunks there are.
        fn size(/** The chunks. */ this: This) -> Value { Value::big(this.0.npartitions().into()) }
    }
}

impl Object for PointsOf {
    fn class(&self) -> ClassRef {
        VINDEX.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<dask.array vindex of {}>", self.0)
    }

    /// `x.vindex[rows, columns]`: positions go along together, and their axes are in front.
    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        place::note(context);
        let taken = || {
            let array = self.0.sized()?;
            let index = Index::parse(index, array.ndim())?;
            let part = array.slice(&index.basic())?;
            let advanced = index.advanced();
            // Numbers alone are one point, and slices take their part.
            if advanced.is_empty() {
                return Ok(lazy_value(part));
            }
            let points = Points::of(context, &advanced, part.shape())?;
            let n = points.shape.len();
            Ok(lazy_value(moved_to(&pointwise(&part, points)?, 0, n, 0)?))
        };
        Some(taken())
    }
}
