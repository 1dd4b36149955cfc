//! Elements at positions in any order: `x[[3, 1]]`, `x[rows, columns]`, and positions that are themselves lazy.
//!
//! Each chunk of a result says which chunks of the array it is taken from; no other is read for it.

use std::sync::Arc;

use rdk_graph::Index;
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{Step, StepCall};
use crate::array::Array;
use crate::chunk::with_chunk;
use crate::chunks::{AxisChunks, Chunks};
use crate::element::{Element, with_dtype};
use crate::kernel::Stop;
use crate::{Chunk, DType, Scalar, shape};

/// Each chunk of lazy positions may take of any chunk of the array. More of those than this are put together first, once for all.
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
        let from = self.chunks().0[axis].clone();
        let mut grid = self.chunks().clone();
        grid.0[axis] = to.clone();
        let step = Take { axis, positions: positions.into(), from, to };
        Ok(Array::step("getitem", step, [self.clone()], grid, self.dtype()))
    }

    /// The elements at positions along an axis that are a lazy row of whole numbers.
    pub fn take_lazily(&self, positions: &Array, axis: usize) -> Result<Array> {
        if !(self.is_sized() && positions.is_sized()) {
            return self.sized()?.take_lazily(&positions.sized()?, axis);
        }
        let from = self.chunks().0[axis].clone();
        let mut grid = self.chunks().clone();
        if from.count() > MANY {
            grid.0[axis] = AxisChunks::single(from.length());
            return self.regridded(grid).take_lazily(positions, axis);
        }
        grid.0[axis] = positions.chunks().0[0].clone();
        let positions = positions.cast(DType::I64);
        let step = TakeLazily { axis, from };
        Ok(Array::step("getitem", step, [self.clone(), positions], grid, self.dtype()))
    }

    /// The elements at points: for each of the first axes a coordinate of every point. They are in range. The points are the first axis
    /// of the result.
    pub fn pick(&self, coordinates: Vec<Vec<usize>>) -> Result<Array> {
        if !self.is_sized() {
            return self.sized()?.pick(coordinates);
        }
        let n = coordinates.len();
        let n_points = coordinates.first().map_or(0, Vec::len);
        let from: Vec<AxisChunks> = self.chunks().0[..n].to_vec();
        let size = from.iter().map(AxisChunks::largest).product::<usize>().max(1);
        let to = AxisChunks::even(n_points, size);
        let grid: Chunks = std::iter::once(to.clone()).chain(self.chunks().0[n..].iter().cloned()).collect();
        let coordinates = coordinates.into_iter().map(Arc::from).collect();
        Ok(Array::step("vindex", Pick { coordinates, from, to }, [self.clone()], grid, self.dtype()))
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
}

impl Take {
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
}

/// Points, by their coordinates along the first axes.
#[derive(Debug, Serialize, Deserialize)]
struct Pick {
    coordinates: Vec<Arc<[usize]>>,
    from: Vec<AxisChunks>,
    to: AxisChunks,
}

impl Pick {
    /// For each point of a chunk the block in which it lies.
    fn blocks(&self, index: &[u32]) -> Vec<Index> {
        let at = index[0] as usize;
        let block = |point: usize| -> Index {
            self.coordinates.iter().zip(&self.from).map(|(along, chunks)| chunks.find(along[point]) as u32).collect()
        };
        (self.to.start(at)..self.to.start(at + 1)).map(block).collect()
    }

    fn distinct(&self, mut blocks: Vec<Index>) -> Vec<Index> {
        if blocks.is_empty() {
            blocks.push(Index::from_elem(0, self.from.len()));
        }
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    }
}

impl Step for Pick {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.pick", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let whole = |mut block: Index| {
            block.extend_from_slice(&index[1..]);
            (0, block)
        };
        self.distinct(self.blocks(index)).into_iter().map(whole).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let blocks = self.blocks(call.index);
        let distinct = self.distinct(blocks.clone());
        let first = self.to.start(call.index[0] as usize);
        let sample = &call.inputs[0];
        let n = self.coordinates.len();
        let mut whole: SmallVec<[usize; 4]> = [blocks.len()].into_iter().collect();
        whole.extend_from_slice(&sample.shape()[n..]);
        let inner: usize = whole[1..].iter().product();
        if whole.contains(&0) {
            return Ok(Chunk::full(&whole, Scalar::zero(sample.dtype())));
        }
        let mut starts = Vec::with_capacity(blocks.len());
        let chunks: Vec<Chunk> = call.inputs.iter().map(Chunk::contiguous).collect();
        for (at, block) in blocks.iter().enumerate() {
            let chunk = distinct.binary_search(block).expect("its chunk is an input");
            let strides = shape::strides(chunks[chunk].shape());
            let start: usize = (0..n)
                .map(|axis| {
                    let position = self.coordinates[axis][first + at];
                    (position - self.from[axis].start(block[axis] as usize)) * strides[axis]
                })
                .sum();
            starts.push((chunk, start));
        }
        Ok(with_chunk!(&chunks[0], array => {
            let sample = array.as_slice().expect("contiguous");
            picked(sample, &chunks, &starts, inner, &whole)
        }))
    }

    fn working(&self, index: &[u32], _: &[Array]) -> u64 {
        // The block of each point, twice, and where it lies in it.
        let each = 2 * size_of::<Index>() + size_of::<(usize, usize)>();
        (self.to.size(index[0] as usize) * each) as u64
    }
}

fn picked<T: Element>(_: &[T], chunks: &[Chunk], starts: &[(usize, usize)], inner: usize, whole: &[usize]) -> Chunk {
    let slices: Vec<&[T]> = chunks
        .iter()
        .map(|chunk| T::array(chunk).and_then(|array| array.as_slice()).expect("contiguous, and all of one type"))
        .collect();
    let mut taken = Vec::with_capacity(starts.len() * inner);
    for &(chunk, start) in starts {
        taken.extend_from_slice(&slices[chunk][start..start + inner]);
    }
    Chunk::from_vec(whole, taken)
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
