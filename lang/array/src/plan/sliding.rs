//! Windows that slide over an array: a chunk of them is made of the chunks in which its first and its last window lie, and of those between.
//!
//! ```text
//! chunks   │ 0 1 2 3 │ 4 5 6 7 │        windows of three: the last two of the first chunk reach into the second
//! windows  │ 012 123 234 345 │ 456 567 │
//! ```

use ndarray::Slice;
use rdk_graph::{Cancel, Index};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::step::{Step, StepCall};
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::element::{Element, with_dtype};
use crate::kernel::Stop;
use crate::lower::view::nth;
use crate::shape::Shape;
use crate::{Chunk, memory};

#[derive(Debug, Serialize, Deserialize)]
struct Sliding {
    /// Along which axis each of the last axes of the result goes, and how long it is.
    windows: Vec<(usize, usize)>,
    /// The grid of the array, and that of the windows along its axes.
    from: Chunks,
    to: Chunks,
}

impl Array {
    /// All windows of these lengths along these axes, of which none is 0: an axis says which window, cut like this, and one more behind all
    /// others what is in it.
    ///
    /// # Errors
    /// Lengths that cannot be counted.
    pub(crate) fn sliding(&self, windows: Vec<(usize, usize)>, to: Chunks) -> Result<Array> {
        let array = self.sized()?;
        let dtype = array.dtype();
        let within = windows.iter().map(|&(_, length)| AxisChunks::single(length));
        let grid: Chunks = to.0.iter().cloned().chain(within).collect();
        let step = Sliding { windows, from: array.chunks().clone(), to };
        Ok(Array::step("sliding_window_view", step, [array], grid, dtype))
    }
}

impl Sliding {
    /// By how much more than there are windows elements are needed along an axis.
    fn beyond(&self, axis: usize) -> usize {
        self.windows.iter().filter(|(along, _)| *along == axis).map(|(_, length)| length - 1).sum()
    }

    /// Where the elements of these windows begin, and how many there are, along each axis.
    fn stretch(&self, index: &[u32]) -> (Shape, Shape) {
        let index = &index[..self.to.0.len()];
        let mut lengths = self.to.chunk_shape(index);
        lengths.iter_mut().enumerate().for_each(|(axis, length)| *length += self.beyond(axis));
        (self.to.chunk_start(index), lengths)
    }

    /// The first chunk along each axis in which they lie, and in how many.
    fn blocks(&self, index: &[u32]) -> (Shape, Shape) {
        let (starts, lengths) = self.stretch(index);
        let ends = |(axis, (&start, &length)): (&AxisChunks, (&usize, &usize))| {
            let first = axis.find(start);
            (first, axis.find(start + length.max(1) - 1) - first + 1)
        };
        self.from.0.iter().zip(starts.iter().zip(&lengths)).map(ends).unzip()
    }

    fn made<T: Element>(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let (starts, lengths) = self.stretch(call.index);
        let (first, counts) = self.blocks(call.index);
        let inputs = std::mem::take(&mut call.inputs);
        let mut all = memory::zeros::<T>(&lengths)?;
        for (number, chunk) in inputs.into_iter().enumerate() {
            let block: Index = nth(&counts, number).iter().zip(&first).map(|(&at, &first)| at + first as u32).collect();
            let origin = self.from.chunk_start(&block);
            let part = T::array(&chunk).expect("windows are of one type");
            // What both have of an axis, counted from the beginning of one of them.
            let both = |axis: usize, begin: usize| {
                let from = starts[axis].max(origin[axis]);
                let to = (starts[axis] + lengths[axis]).min(origin[axis] + part.shape()[axis]).max(from);
                Slice::from(from - begin..to - begin)
            };
            let mut place = all.slice_each_axis_mut(|axis| both(axis.axis.index(), starts[axis.axis.index()]));
            place.assign(&part.slice_each_axis(|axis| both(axis.axis.index(), origin[axis.axis.index()])));
        }
        let within = self.windows.iter().map(|&(_, length)| length);
        let shape: Shape = self.to.chunk_shape(&call.index[..lengths.len()]).into_iter().chain(within).collect();
        let all = all.into_raw_vec_and_offset().0;
        let mut steps: SmallVec<[usize; 4]> = SmallVec::from_elem(1, lengths.len());
        for axis in (1..lengths.len()).rev() {
            steps[axis - 1] = steps[axis] * lengths[axis];
        }
        let along = self.windows.iter().map(|&(axis, _)| steps[axis]);
        let steps: SmallVec<[usize; 4]> = steps.iter().copied().chain(along).collect();
        Ok(Chunk::from_vec(&shape, rows(&all, &shape, &steps, call.cancel)?))
    }
}

/// What stands in memory at these steps, row by row along the last axis. A window along the last axis is a run of memory.
fn rows<T: Element>(
    memory: &[T],
    shape: &[usize],
    steps: &[usize],
    cancel: &Cancel,
) -> std::result::Result<Vec<T>, Stop> {
    let n: usize = shape.iter().product();
    let mut taken = Vec::with_capacity(n);
    crate::memory::in_large_pages(&mut taken);
    let (Some((&length, outer)), Some((&step, steps))) = (shape.split_last(), steps.split_last()) else {
        return Ok(memory.to_vec());
    };
    let mut index: Shape = SmallVec::from_elem(0, outer.len());
    let mut start = 0;
    while taken.len() < n {
        match step {
            1 => taken.extend_from_slice(&memory[start..start + length]),
            _ => taken.extend(memory[start..].iter().step_by(step).take(length)),
        }
        for axis in (0..outer.len()).rev() {
            index[axis] += 1;
            start += steps[axis];
            if index[axis] < outer[axis] {
                break;
            }
            start -= steps[axis] * outer[axis];
            index[axis] = 0;
            if cancel.requested() {
                return Err(Stop::Cancelled);
            }
        }
    }
    Ok(taken)
}

impl Step for Sliding {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.sliding", postcard::to_stdvec(self).expect("plain data can be written to memory"))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let (first, counts) = self.blocks(index);
        let block =
            |number: usize| nth(&counts, number).iter().zip(&first).map(|(&at, &first)| at + first as u32).collect();
        (0..counts.iter().product()).map(|number| (0, block(number))).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        with_dtype!(call.inputs[0].dtype(), T => self.made::<T>(call))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let (_, lengths) = self.stretch(index);
        lengths.iter().product::<usize>() as u64 * inputs[0].dtype().size() as u64
    }
}
