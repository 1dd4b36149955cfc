//! Where the windows of a loop's chunk reach over the border of a chunk that they are of, the loop reads a stretch: what they are made of,
//! once, whatever number of windows it is in. Where they lie in one chunk they are read there.
//!
//! ```text
//! chunks     │ 0 1 2 3 │ 4 5 6 7 │      windows of three: the last two of the first chunk reach into the second
//! windows    │ 012 123 234 345 │ 456 567 │
//! are read in  [0 1 2 3 4 5]      chunk 1
//! ```

use std::sync::Arc;

use ndarray::Slice;
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::error;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::fused::{encoded, failure};
use super::gather::{nothing, stopped};
use super::view::{View, nth};
use crate::chunks::Chunks;
use crate::element::{Element, with_dtype};
use crate::{Chunk, DType, Shape, memory};

/// Where a chunk of a loop reads an array, along each of its axes.
pub struct Ground {
    /// The first place.
    pub start: Shape,
    /// How many places.
    pub shape: Shape,
    /// The first chunk of the array.
    pub first: SmallVec<[u32; 4]>,
    /// How many chunks.
    pub counts: Shape,
}

impl Ground {
    /// Of this chunk of a loop that sees an array cut like this.
    pub fn of(view: &View, loops: &Chunks, index: &[u32], grid: &Chunks) -> Ground {
        let mut ground =
            Ground { start: Shape::new(), shape: Shape::new(), first: SmallVec::new(), counts: Shape::new() };
        for (along, axis) in view.0.iter().zip(&grid.0) {
            let (low, end) = along.reach(loops, index).map_or((0, 0), |(low, high)| (low, high + 1));
            let first = axis.find(low);
            ground.start.push(low);
            ground.shape.push(end - low);
            ground.first.push(first as u32);
            ground.counts.push(axis.find(end.max(low + 1) - 1) - first + 1);
        }
        ground
    }

    /// Is it in one chunk?
    pub fn is_one_chunk(&self) -> bool {
        self.counts.iter().all(|&count| count == 1)
    }

    /// The chunks, in C order.
    pub fn blocks(&self) -> impl Iterator<Item = SmallVec<[u32; 4]>> {
        (0..self.counts.iter().product())
            .map(|n| nth(&self.counts, n).iter().zip(&self.first).map(|(&at, &first)| at + first).collect())
    }
}

/// Where that begins in the array which a chunk of the loop is given for its leaf.
pub fn origin(view: &View, loops: &Chunks, index: &[u32], grid: &Chunks) -> Shape {
    if !view.slides() {
        return grid.chunk_start(&view.block(loops, index, grid));
    }
    let ground = Ground::of(view, loops, index, grid);
    if ground.is_one_chunk() { grid.chunk_start(&ground.first) } else { ground.start }
}

/// Puts stretches together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stretch {
    /// What events call it.
    pub name: Arc<str>,
    /// The chunks of the loop, without dimensions that do not matter here.
    pub loops: Chunks,
    /// How the loop sees the array.
    pub view: View,
    /// How the array is cut.
    pub grid: Chunks,
    /// The type of the elements.
    pub dtype: DType,
}

impl Stretch {
    /// What the loop's chunk reads.
    pub fn ground(&self, index: &[u32]) -> Ground {
        Ground::of(&self.view, &self.loops, index, &self.grid)
    }

    fn made<T: Element>(&self, call: &mut Call<'_>) -> Result<Chunk, Failure> {
        let ground = self.ground(call.index);
        let mut whole = memory::unwritten::<T>(&ground.shape).map_err(|error| failure(error.into(), None))?;
        let mut copied = 0;
        for (block, input) in ground.blocks().zip(call.inputs.iter_mut()) {
            stopped(call.cancel)?;
            let origin = self.grid.chunk_start(&block);
            let part = input.get::<Chunk>().and_then(T::array).expect("a stretch is made of chunks of its type");
            // What both have of an axis, counted from where one of them begins.
            let both = |axis: usize, begin: usize| {
                let (start, end) = (ground.start[axis], ground.start[axis] + ground.shape[axis]);
                let from = start.max(origin[axis]);
                Slice::from(from - begin..end.min(origin[axis] + part.shape()[axis]).max(from) - begin)
            };
            let place = whole.slice_each_axis_mut(|axis| both(axis.axis.index(), ground.start[axis.axis.index()]));
            copied += place.len();
            part.slice_each_axis(|axis| both(axis.axis.index(), origin[axis.axis.index()])).assign_to(place);
            *input = nothing();
        }
        if copied != whole.len() {
            return Err(failure(error!(SystemError: "chunks leave gaps in what windows are made of").into(), None));
        }
        // SAFETY: chunks do not overlap, so that as many elements as there are have each been written. Zeros in their place, written first,
        // take as long as half of the copy.
        Ok(T::chunk(unsafe { whole.assume_init() }.into_shared()))
    }
}

impl Operation for Stretch {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        with_dtype!(self.dtype, T => self.made::<T>(call)).map(Payload::new)
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.stretch", encoded(self))
    }
}
