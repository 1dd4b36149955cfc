//! Elements at positions in any order: `x[[3, 1]]`, `x[rows, columns]`, and positions that are themselves lazy.
//!
//! Each chunk of a result says which chunks of the array it is taken from; no other is read for it. Where those do not fit the memory
//! together each chunk of the array is asked for what is wanted of it ([`super::exchange`]).

use std::sync::Arc;

use rdk_graph::Index;
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::exchange::{Collect, WORTH, Way, can_be_exchanged, exchange_size};
use super::{Step, StepCall};
use crate::array::Array;
use crate::chunk::with_chunk;
use crate::chunks::{AxisChunks, Chunks, ChunksSpec};
use crate::element::{Element, with_dtype};
use crate::kernel::{Stop, gather};
use crate::lower::view::nth;
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
        self.take_out_of(None, positions, axis, to)
    }

    /// The same of an array whose first axis may be several of another one's ([`super::points`]): where few chunks are wanted at once they
    /// are taken out of that one, `unfolded`.
    pub(super) fn take_out_of(
        &self,
        unfolded: Option<&Array>,
        positions: Vec<usize>,
        axis: usize,
        to: AxisChunks,
    ) -> Result<Array> {
        let folds = unfolded.map(|array| array.chunks().0[..=array.ndim() - self.ndim()].iter().cloned().collect());
        let (from, folds) = (self.chunks().0[axis].clone(), folds.map(Chunks));
        let mut take = Take { axis, positions: positions.into(), from, folds, to, held: 0, by_disk: None };
        let taken = |take: Take, inputs: Vec<Array>, mut grid: Chunks| {
            grid.0[axis] = take.to.clone();
            Array::step("getitem", take, inputs, grid, self.dtype())
        };
        let directly = |take| taken(take, vec![unfolded.unwrap_or(self).clone()], self.chunks().clone());
        // All of the array is little, or in one chunk: which chunks are asked need not be counted.
        let whole = self.chunks().0[axis].length() as u128 * self.place_bytes(axis);
        if whole <= WORTH || self.chunks().0[axis].is_single() {
            return Ok(directly(take));
        }
        take.held = take.most_places() as u128 * self.place_bytes(axis);
        if take.held <= WORTH {
            return Ok(directly(take));
        }
        take.folds = None;
        // Much of the array is wanted at once.
        let source = self.cut_for_exchange(axis);
        take.from = source.chunks().0[axis].clone();
        let cut = source.cut_to_exchange(axis, &take.to);
        let wished = std::mem::replace(&mut take.to, cut);
        let numbers = Chunk::from_vec(&[take.positions.len()], take.positions.iter().map(|&at| at as i64).collect());
        let numbers = Array::from_chunk(numbers, &ChunksSpec::WHOLE)?.regridded(Chunks(smallvec![take.to.clone()]));
        let ([questions, answers], collect) = source.exchange(Way::Take { axis }, &numbers.counted(0), 1);
        take.by_disk = Some(collect);
        let (own, mut grid) = (source.chunks().clone(), self.chunks().clone());
        grid.0[axis] = wished;
        Ok(taken(take, vec![source, questions, answers], own).regridded(grid).named("getitem"))
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
    /// The axes of what is taken from that this one stands for, if it is not one of its own.
    folds: Option<Chunks>,
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
        let of = |block: u32| match &self.folds {
            Some(folds) => {
                (0, nth(&folds.counts(), block as usize).into_iter().chain(index[1..].iter().copied()).collect())
            }
            None => {
                let mut index: Index = index.into();
                index[self.axis] = block;
                (0, index)
            }
        };
        blocks(self.own(index).iter().copied(), &self.from).into_iter().map(of).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let own = self.own(call.index);
        let blocks = blocks(own.iter().copied(), &self.from);
        let n_axes = self.folds.as_ref().map_or(1, |folds| folds.0.len());
        Ok(gathered(&call.inputs, own, &blocks, &self.from, self.axis, n_axes))
    }

    fn by_disk(&self, memory: u64) -> Option<Arc<dyn Step>> {
        self.by_disk.as_ref()?.instead(self.held, memory)
    }

    fn working(&self, index: &[u32], _: &[Array]) -> u64 {
        // Where each position lies.
        24 * self.own(index).len() as u64
    }
}

/// The elements at positions along an axis out of the chunks in which they lie. The axis may be several of the chunks', walked in C order.
/// Chunks are read where they lie: what a user has in memory is cut into views, of which a few elements are no reason to copy them.
pub(super) fn gathered(
    chunks: &[Chunk],
    positions: &[usize],
    blocks: &[u32],
    from: &AxisChunks,
    axis: usize,
    n_axes: usize,
) -> Chunk {
    let (outer, inner) = (&chunks[0].shape()[..axis], &chunks[0].shape()[axis + n_axes..]);
    let whole: Vec<usize> = outer.iter().chain([&positions.len()]).chain(inner).copied().collect();
    let inner: usize = inner.iter().product();
    let in_a_row = |chunk: &Chunk| if runs_on(chunk, axis + n_axes) { chunk.clone() } else { chunk.contiguous() };
    let chunks: Vec<Chunk> = chunks.iter().map(in_a_row).collect();
    // Which chunk a position is in, and how far from its first element.
    let place = |&position: &usize| {
        let block = from.find(position);
        let at = blocks.binary_search(&(block as u32)).expect("its chunk is an input");
        let (shape, strides) = (chunks[at].shape(), chunks[at].strides());
        let mut within = position - from.start(block);
        let mut offset = 0;
        for along in (axis..axis + n_axes).rev() {
            offset += (within % shape[along]) as i64 * strides[along] as i64;
            within /= shape[along];
        }
        (at, offset)
    };
    let places: Vec<(usize, i64)> = positions.iter().map(place).collect();
    let n_rows: usize = whole[..axis].iter().product();
    with_dtype!(chunks[0].dtype(), T => {
        let seen: Vec<(&[T], i64)> =
            chunks.iter().map(|chunk| gather::memory(T::array(chunk).expect("they are of one type"))).collect();
        let mut taken: Vec<T> = Vec::with_capacity(n_rows * places.len() * inner);
        let mut firsts = vec![0; chunks.len()];
        for row in 0..n_rows {
            for ((first, chunk), (_, begin)) in firsts.iter_mut().zip(&chunks).zip(&seen) {
                let mut rest = row;
                *first = *begin;
                for along in (0..axis).rev() {
                    *first += (rest % whole[along]) as i64 * chunk.strides()[along] as i64;
                    rest /= whole[along];
                }
            }
            match inner {
                1 => taken.extend(places.iter().map(|&(at, offset)| seen[at].0[(firsts[at] + offset) as usize])),
                _ => {
                    for &(at, offset) in &places {
                        let start = (firsts[at] + offset) as usize;
                        taken.extend_from_slice(&seen[at].0[start..start + inner]);
                    }
                }
            }
        }
        Chunk::from_vec(&whole, taken)
    })
}

/// Do the axes from this one on lie one element after the other?
fn runs_on(chunk: &Chunk, axis: usize) -> bool {
    let mut expected = 1;
    chunk.shape()[axis..].iter().zip(&chunk.strides()[axis..]).rev().all(|(&length, &stride)| {
        let fits = length <= 1 || stride == expected;
        expected *= length as isize;
        fits
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
        Ok(gathered(&call.inputs, &positions, &blocks, &self.from, self.axis, 1))
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
        let whole = shape[self.axis] * inner;
        Ok(with_chunk!(&chunk, array => {
            let elements = array.as_slice().expect("contiguous");
            let mut taken = Vec::with_capacity(places.len());
            for (places, elements) in places.chunks(whole.max(1)).zip(elements.chunks((self.length * inner).max(1))) {
                for places in places.chunks(inner) {
                    taken.extend(places.iter().enumerate().map(|(column, &place)| elements[place * inner + column]));
                }
            }
            Chunk::from_vec(&shape, taken)
        }))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        // The positions as they come, and as they are counted from the start.
        let n: usize = inputs[1].chunks().chunk_shape(index).iter().product();
        16 * n as u64
    }
}
