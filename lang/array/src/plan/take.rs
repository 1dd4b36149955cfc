//! Elements at positions in any order: `x[[3, 1]]`, `x[rows, columns]`, and positions that are themselves lazy.
//!
//! Each chunk of a result says which chunks of the array it is taken from; no other is read for it. Where those do not fit the memory
//! together each chunk of the array is asked for what is wanted of it ([`super::exchange`]).

use std::sync::Arc;

use rdk_graph::Index;
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

use super::exchange::{Collect, WORTH, Way, can_be_exchanged, exchange_size};
use super::{Step, StepCall};
use crate::array::Array;
use crate::chunk::with_chunk;
use crate::chunks::{AxisChunks, Chunks, ChunksSpec};
use crate::element::{Element, with_dtype};
use crate::kernel::Stop;
use crate::{Chunk, DType, shape};

/// Each chunk of lazy positions may take of any chunk of the array. More small ones than this are put together first, once for all.
const MANY: usize = 64;

impl Array {
    /// The elements at these positions along an axis; they are in range.
    pub fn take(&self, positions: Vec<usize>, axis: usize) -> Result<Array> {
        if !self.is_sized() {
            return self.sized()?.take(positions, axis);
        }
        let from = self.chunks().0[axis].clone();
        // As long as the chunks were on average, as in Dask.
        let size = (from.length() / from.count()).max(1);
        let to = AxisChunks::even(positions.len(), size);
        self.take_into(positions, axis, to)
    }

    /// The same in chunks that are given.
    pub fn take_into(&self, positions: Vec<usize>, axis: usize, to: AxisChunks) -> Result<Array> {
        let mut take =
            Take { axis, positions: positions.into(), from: self.chunks().0[axis].clone(), to, held: 0, by_disk: None };
        let taken = |take: Take, inputs: Vec<Array>| {
            let mut grid = inputs[0].chunks().clone();
            grid.0[axis] = take.to.clone();
            Array::step("getitem", take, inputs, grid, self.dtype())
        };
        // All of the array is little, or in one chunk: which chunks are asked need not be counted.
        let whole = self.chunks().0[axis].length() as u128 * self.place_bytes(axis);
        if whole <= WORTH || self.chunks().0[axis].is_single() {
            return Ok(taken(take, vec![self.clone()]));
        }
        take.held = take.most_places() as u128 * self.place_bytes(axis);
        if take.held <= WORTH {
            return Ok(taken(take, vec![self.clone()]));
        }
        // Much of the array is wanted at once.
        let source = self.cut_for_exchange(axis);
        take.from = source.chunks().0[axis].clone();
        let cut = source.cut_to_exchange(axis, &take.to);
        let wished = std::mem::replace(&mut take.to, cut);
        let numbers = Chunk::from_vec(&[take.positions.len()], take.positions.iter().map(|&at| at as i64).collect());
        let numbers = Array::from_chunk(numbers, &ChunksSpec::WHOLE)?.regridded(Chunks(smallvec![take.to.clone()]));
        let ([questions, answers], collect) = source.exchange(Way::Take { axis }, &numbers.counted(0), 1);
        take.by_disk = Some(collect);
        let mut grid = self.chunks().clone();
        grid.0[axis] = wished;
        Ok(taken(take, vec![source, questions, answers]).regridded(grid).named("getitem"))
    }

    /// The elements at positions along an axis that are a lazy row of whole numbers.
    pub fn take_lazily(&self, positions: &Array, axis: usize) -> Result<Array> {
        if !(self.is_sized() && positions.is_sized()) {
            return self.sized()?.take_lazily(&positions.sized()?, axis);
        }
        let from = self.chunks().0[axis].clone();
        let mut grid = self.chunks().clone();
        let held = from.length() as u128 * self.place_bytes(axis);
        let few = held <= WORTH;
        if from.count() > MANY && few {
            grid.0[axis] = AxisChunks::single(from.length());
            return self.regridded(grid).take_lazily(positions, axis);
        }
        grid.0[axis] = positions.chunks().0[0].clone();
        let positions = positions.cast(DType::I64);
        if few || from.is_single() {
            let step = TakeLazily { axis, from, held, by_disk: None };
            return Ok(Array::step("getitem", step, [self.clone(), positions], grid, self.dtype()));
        }
        let source = self.cut_for_exchange(axis);
        let along = source.cut_to_exchange(axis, &positions.chunks().0[0]);
        let positions = positions.regridded(Chunks(smallvec![along.clone()]));
        let ([questions, answers], collect) = source.exchange(Way::Take { axis }, &positions, 2);
        let step = TakeLazily { axis, from: source.chunks().0[axis].clone(), held, by_disk: Some(collect) };
        let mut own = source.chunks().clone();
        own.0[axis] = along;
        let taken = Array::step("getitem", step, [source, positions, questions, answers], own, self.dtype());
        Ok(taken.regridded(grid).named("getitem"))
    }

    /// Bytes of the largest chunk for each place along an axis.
    fn place_bytes(&self, axis: usize) -> u128 {
        let others = (0..self.ndim()).filter(|&other| other != axis).map(|other| self.chunks().0[other].largest());
        others.map(|n| n as u128).product::<u128>() * self.dtype().size() as u128
    }

    /// What is taken along an axis, in chunks that are neither too large nor too many to be exchanged.
    fn cut_to_exchange(&self, axis: usize, to: &AxisChunks) -> AxisChunks {
        let each = self.place_bytes(axis);
        if can_be_exchanged(to, each) {
            to.clone()
        } else {
            AxisChunks::even(to.length(), exchange_size(to.length(), each))
        }
    }
}

/// A position that counts from the end if it is negative.
pub fn in_range(position: i64, axis: usize, length: usize) -> Result<usize> {
    let n = length as i64;
    if !(-n..n).contains(&position) {
        bail!(IndexError: "index {position} is out of bounds for axis {axis} with size {length}");
    }
    Ok(if position < 0 { (position + n) as usize } else { position as usize })
}

pub(super) fn parameters(step: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(step).expect("plain data can be written to memory")
}

/// Positions along an axis.
#[derive(Debug, Serialize, Deserialize)]
struct Take {
    axis: usize,
    positions: Arc<[usize]>,
    from: AxisChunks,
    to: AxisChunks,
    /// Bytes of the array that a task gets at most.
    held: u128,
    /// What stands in for it where that has no room.
    by_disk: Option<Collect>,
}

impl Take {
    /// How many places along the axis the chunks have together of which one chunk of the result is made, at most.
    fn most_places(&self) -> usize {
        let of = |at: usize| {
            let own = &self.positions[self.to.start(at)..self.to.start(at + 1)];
            blocks(own.iter().copied(), &self.from).into_iter().map(|block| self.from.size(block as usize)).sum()
        };
        (0..self.to.count()).map(of).max().unwrap_or(0)
    }

    fn own(&self, index: &[u32]) -> &[usize] {
        let at = index[self.axis] as usize;
        &self.positions[self.to.start(at)..self.to.start(at + 1)]
    }
}

/// The chunks in which these positions lie, each once, in order.
fn blocks(positions: impl Iterator<Item = usize>, chunks: &AxisChunks) -> Vec<u32> {
    let mut blocks: Vec<u32> = positions.map(|position| chunks.find(position) as u32).collect();
    // Nothing is taken of some chunk: its type and its other lengths are those of the result.
    if blocks.is_empty() {
        blocks.push(0);
    }
    blocks.sort_unstable();
    blocks.dedup();
    blocks
}

impl Step for Take {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.take", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let of = |block: u32| {
            let mut index: Index = index.into();
            index[self.axis] = block;
            (0, index)
        };
        blocks(self.own(index).iter().copied(), &self.from).into_iter().map(of).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let own = self.own(call.index);
        let blocks = blocks(own.iter().copied(), &self.from);
        Ok(gathered(&call.inputs, own, &blocks, &self.from, self.axis))
    }

    fn by_disk(&self, memory: u64) -> Option<Arc<dyn Step>> {
        self.by_disk.as_ref()?.instead(self.held, memory)
    }

    fn working(&self, index: &[u32], _: &[Array]) -> u64 {
        // Where each position lies.
        24 * self.own(index).len() as u64
    }
}

/// The elements at positions along an axis out of the chunks in which they lie.
pub(super) fn gathered(chunks: &[Chunk], positions: &[usize], blocks: &[u32], from: &AxisChunks, axis: usize) -> Chunk {
    let mut whole: SmallVec<[usize; 4]> = chunks[0].shape().into();
    whole[axis] = positions.len();
    let (outer, inner): (usize, usize) = (whole[..axis].iter().product(), whole[axis + 1..].iter().product());
    let places: Vec<(usize, usize)> = positions
        .iter()
        .map(|&position| {
            let block = from.find(position);
            let at = blocks.binary_search(&(block as u32)).expect("its chunk is an input");
            (at, position - from.start(block))
        })
        .collect();
    let chunks: Vec<Chunk> = chunks.iter().map(Chunk::contiguous).collect();
    with_dtype!(chunks[0].dtype(), T => {
        let slices: Vec<&[T]> =
            chunks.iter().map(|chunk| T::array(chunk).and_then(|array| array.as_slice()).expect("contiguous")).collect();
        let lengths: Vec<usize> = chunks.iter().map(|chunk| chunk.shape()[axis]).collect();
        let mut taken: Vec<T> = Vec::with_capacity(outer * places.len() * inner);
        for row in 0..outer {
            for &(at, place) in &places {
                let start = (row * lengths[at] + place) * inner;
                match inner {
                    1 => taken.push(slices[at][start]),
                    _ => taken.extend_from_slice(&slices[at][start..start + inner]),
                }
            }
        }
        Chunk::from_vec(&whole, taken)
    })
}

/// Positions along an axis that are lazy themselves: any chunk may be needed.
#[derive(Debug, Serialize, Deserialize)]
struct TakeLazily {
    axis: usize,
    from: AxisChunks,
    /// Bytes of the array that a task gets.
    held: u128,
    /// What stands in for it where that has no room.
    by_disk: Option<Collect>,
}

impl Step for TakeLazily {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.take_lazily", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let of = |block: usize| {
            let mut index: Index = index.into();
            index[self.axis] = block as u32;
            (0, index)
        };
        let positions = (1, [index[self.axis]].into_iter().collect());
        std::iter::once(positions).chain((0..self.from.count()).map(of)).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let positions = call.inputs.remove(0).to_vec::<i64>();
        let length = self.from.length();
        let positions: Vec<usize> =
            positions.into_iter().map(|position| in_range(position, self.axis, length)).collect::<Result<_>>()?;
        let blocks: Vec<u32> = (0..self.from.count() as u32).collect();
        Ok(gathered(&call.inputs, &positions, &blocks, &self.from, self.axis))
    }

    fn by_disk(&self, memory: u64) -> Option<Arc<dyn Step>> {
        self.by_disk.as_ref()?.instead(self.held, memory)
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        // The positions as they come, and where each lies.
        32 * inputs[1].chunks().0[0].size(index[self.axis] as usize) as u64
    }
}

impl Array {
    /// `take_along_axis`: positions along one axis that differ along the others; both have as many axes, and lengths that go together.
    pub fn take_along(&self, positions: &Array, axis: usize) -> Result<Array> {
        if !(self.is_sized() && positions.is_sized()) {
            return self.sized()?.take_along(&positions.sized()?, axis);
        }
        let (mut own, mut of_positions) = (self.shape().to_vec(), positions.shape().to_vec());
        (own[axis], of_positions[axis]) = (1, 1);
        let mut shape = shape::broadcast(&[&own, &of_positions])?;
        shape[axis] = self.shape()[axis];
        let array = self.broadcast_to(&shape)?;
        shape[axis] = positions.shape()[axis];
        let positions = positions.cast(DType::I64).broadcast_to(&shape)?;
        // One chunk along the axis, and elsewhere the same for both.
        let mut grid = array.chunks().clone();
        grid.0[axis] = AxisChunks::single(array.shape()[axis]);
        let mut result = grid.clone();
        result.0[axis] = positions.chunks().0[axis].clone();
        let (array, positions) = (array.regridded(grid), positions.regridded(result.clone()));
        let step = TakeAlong { axis, length: array.shape()[axis] };
        Ok(Array::step("take_along_axis", step, [array.clone(), positions], result, array.dtype()))
    }
}

/// Positions along an axis, for every place of the other axes its own.
#[derive(Debug, Serialize, Deserialize)]
struct TakeAlong {
    axis: usize,
    length: usize,
}

impl Step for TakeAlong {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.take_along", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let mut of: Index = index.into();
        of[self.axis] = 0;
        vec![(0, of), (1, index.into())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let (chunk, positions) = (call.inputs[0].contiguous(), &call.inputs[1]);
        let shape = positions.shape().to_vec();
        let places: Vec<usize> = positions
            .to_vec::<i64>()
            .into_iter()
            .map(|position| in_range(position, self.axis, self.length))
            .collect::<Result<_>>()?;
        let inner: usize = shape[self.axis + 1..].iter().product();
        let along = shape[self.axis];
        Ok(with_chunk!(&chunk, array => {
            let elements = array.as_slice().expect("contiguous");
            let taken = places.iter().enumerate().map(|(at, &place)| {
                let (row, column) = (at / (along * inner).max(1), at % inner.max(1));
                elements[(row * self.length + place) * inner + column]
            });
            let taken = taken.collect();
            Chunk::from_vec(&shape, taken)
        }))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        // The positions as they come, and as they are counted from the start.
        let n: usize = inputs[1].chunks().chunk_shape(index).iter().product();
        16 * n as u64
    }
}
