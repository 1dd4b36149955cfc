//! `repeat`: every element so often one behind the other. A chunk of the result is made of the few elements that it repeats; what is
//! cut off later is not made.

use rdk_graph::Index;
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::take::{gathered, parameters};
use super::{Step, StepCall};
use crate::Chunk;
use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::kernel::Stop;
use crate::shape;

/// A chunk that would become larger than this is cut: nobody may need all of it.
const MOST_BYTES: usize = 1 << 24;

impl Array {
    /// Every element along an axis `count` times.
    pub fn repeated(&self, count: usize, axis: usize) -> Result<Array> {
        let mut shape = shape::Shape::from_slice(self.shape());
        let Some(length) = shape[axis].checked_mul(count).filter(|&length| length <= shape::MAX_LENGTH) else {
            rdk_runtime::bail!("{} elements {count} times are more than can be numbered", shape[axis]);
        };
        shape[axis] = length;
        Array::check_size(&shape, self.dtype())?;
        let from = self.chunks().0[axis].clone();
        let mut grid = self.chunks().clone();
        let others: usize =
            (0..self.ndim()).filter(|&other| other != axis).map(|other| grid.0[other].largest()).product();
        let most = (MOST_BYTES / (others * self.dtype().size()).max(1)).max(1);
        grid.0[axis] = match from.largest().saturating_mul(count) > most {
            false => AxisChunks::listed(from.sizes().map(|size| size * count)),
            true => AxisChunks::even(length, most.max(from.largest()).max(1)),
        };
        let step = Repeat { axis, count, from, to: grid.0[axis].clone() };
        Ok(Array::step("repeat", step, [self.clone()], grid, self.dtype()))
    }
}

/// So often each.
#[derive(Debug, Serialize, Deserialize)]
struct Repeat {
    axis: usize,
    count: usize,
    from: AxisChunks,
    to: AxisChunks,
}

impl Repeat {
    /// The chunks that a chunk of the result is taken from.
    fn blocks(&self, index: &[u32]) -> Vec<u32> {
        let at = index[self.axis] as usize;
        let (start, end) = (self.to.start(at), self.to.start(at + 1));
        if start == end {
            return vec![0];
        }
        let block = |place: usize| self.from.find(place / self.count) as u32;
        (block(start)..=block(end - 1)).collect()
    }
}

impl Step for Repeat {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.repeat", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let of = |block: u32| {
            let mut index: Index = index.into();
            index[self.axis] = block;
            (0, index)
        };
        self.blocks(index).into_iter().map(of).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let at = call.index[self.axis] as usize;
        let positions: Vec<usize> =
            (self.to.start(at)..self.to.start(at + 1)).map(|place| place / self.count).collect();
        Ok(gathered(&call.inputs, &positions, &self.blocks(call.index), &self.from, self.axis, 1))
    }

    fn working(&self, index: &[u32], _: &[Array]) -> u64 {
        // Where each position lies.
        24 * self.to.size(index[self.axis] as usize) as u64
    }
}
