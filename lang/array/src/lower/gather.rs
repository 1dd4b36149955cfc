//! Copying pieces of chunks together: into chunks of another grid, and into one array at the end.

use std::sync::Arc;

use ndarray::{ArrayD, ArrayViewMutD, Axis, Slice, SliceInfoElem};
use rdk_graph::{Call, Cancel, Crew, Data, Failure, Operation, Payload};
use rdk_runtime::payload::Plain;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::fused::{encoded, failure, seen};
use super::view::{Along, View, nth};
use crate::chunks::{AxisChunks, Chunks};
use crate::element::{Element, with_dtype};
use crate::{Chunk, DType, Shape, eager, memory};

/// Results of fewer bytes than this are put together by whoever asks.
const LARGE: usize = 32 << 20;
/// More hands than this copy no faster.
const MOST_HANDS: usize = 8;

/// Makes chunks for a loop out of chunks that were cut otherwise.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Regrid {
    /// What events call it.
    pub name: Arc<str>,
    /// The grid that is made.
    pub loops: Chunks,
    /// How a loop over it sees the array that there is. Every dimension of the loop moves along some axis, and no two along the same.
    pub view: View,
    /// How that array is cut.
    pub grid: Chunks,
    /// The type of the elements.
    pub dtype: DType,
}

/// A stretch of a loop's chunk along one of its dimensions that lies in one chunk of the other grid.
#[derive(Clone, Copy)]
struct Run {
    block: usize,
    at: usize,
    length: usize,
}

/// One piece: which chunk it is cut from, where it goes, and how large it is, by dimension of the loop.
pub struct Piece {
    /// The chunk that it is cut from.
    pub block: SmallVec<[u32; 4]>,
    /// Where it goes.
    pub at: Shape,
    /// How large it is.
    pub shape: Shape,
}

impl Regrid {
    /// The pieces that make up one chunk.
    pub fn pieces(&self, index: &[u32]) -> Vec<Piece> {
        let n = self.loops.0.len();
        let whole = self.loops.chunk_shape(index);
        if whole.contains(&0) {
            return Vec::new();
        }
        let piece = Piece { block: SmallVec::new(), at: SmallVec::from_elem(0, n), shape: SmallVec::from_elem(1, n) };
        let mut pieces = vec![piece];
        for (along, axis) in self.view.0.iter().zip(&self.grid.0) {
            let runs = self.runs(along, axis, index);
            let extended = |piece: Piece| {
                runs.iter().map(move |run| {
                    let mut block = piece.block.clone();
                    let (mut at, mut shape) = (piece.at.clone(), piece.shape.clone());
                    block.push(run.block as u32);
                    if let Some((dimension, _)) = along.step() {
                        at[usize::from(dimension)] = run.at;
                        shape[usize::from(dimension)] = run.length;
                    }
                    Piece { block, at, shape }
                })
            };
            pieces = pieces.into_iter().flat_map(extended).collect();
        }
        pieces
    }

    /// Does this chunk lie inside the array that there is? Loops that look through to a part see chunks outside of it, too.
    pub fn reaches(&self, index: &[u32]) -> bool {
        self.view.0.iter().zip(&self.grid.0).all(|(along, axis)| {
            let inside = |position: i64| (0..axis.length() as i64).contains(&position);
            let Some((dimension, by)) = along.step() else { return inside(along.start) };
            let (loops, chunk) = (&self.loops.0[usize::from(dimension)], index[usize::from(dimension)] as usize);
            let place = |at: usize| along.start + by * at as i64;
            loops.size(chunk) > 0 && inside(place(loops.start(chunk))) && inside(place(loops.start(chunk + 1) - 1))
        })
    }

    /// The piece of this chunk that is cut from that one.
    pub fn piece(&self, index: &[u32], block: &[u32]) -> Option<Piece> {
        let n = self.loops.0.len();
        let (mut at, mut shape): (Shape, Shape) = (SmallVec::from_elem(0, n), SmallVec::from_elem(1, n));
        for ((along, axis), &block) in self.view.0.iter().zip(&self.grid.0).zip(block) {
            let runs = self.runs(along, axis, index);
            let run = runs.iter().find(|run| run.block == block as usize)?;
            if let Some((dimension, _)) = along.step() {
                at[usize::from(dimension)] = run.at;
                shape[usize::from(dimension)] = run.length;
            }
        }
        Some(Piece { block: block.into(), at, shape })
    }

    fn runs(&self, along: &Along, axis: &AxisChunks, index: &[u32]) -> SmallVec<[Run; 4]> {
        let Some((dimension, by)) = along.step() else {
            return [Run { block: axis.find(along.start.max(0) as usize), at: 0, length: 1 }].into_iter().collect();
        };
        let loops = &self.loops.0[usize::from(dimension)];
        let chunk = index[usize::from(dimension)] as usize;
        let (start, size) = (loops.start(chunk), loops.size(chunk));
        let mut runs = SmallVec::new();
        let mut at = 0;
        while at < size {
            let position = (along.start + by * (start + at) as i64) as usize;
            let block = axis.find(position);
            let room = if by > 0 { axis.start(block + 1) - 1 - position } else { position - axis.start(block) };
            let length = (room / by.unsigned_abs() as usize + 1).min(size - at);
            runs.push(Run { block, at, length });
            at += length;
        }
        runs
    }

    fn copied<T: Element>(&self, call: &mut Call<'_>) -> Result<Chunk, Failure> {
        let shape = self.loops.chunk_shape(call.index);
        let start = self.loops.chunk_start(call.index);
        let mut whole: ArrayD<T> = zeros(&shape)?;
        for (piece, input) in self.pieces(call.index).iter().zip(call.inputs.iter_mut()) {
            stopped(call.cancel)?;
            let chunk = input.get::<Chunk>().expect("pieces are cut from chunks");
            let begin: Shape = start.iter().zip(&piece.at).map(|(&start, &at)| start + at).collect();
            let walk = self.view.walk(&begin, &self.grid.chunk_start(&piece.block));
            put(&mut whole.view_mut(), &piece.at, &seen(chunk, &piece.shape, &walk));
            *input = nothing();
        }
        Ok(T::chunk(whole.into_shared()))
    }
}

/// An array of zeros, in a task.
pub(super) fn zeros<T: Element>(shape: &[usize]) -> Result<ArrayD<T>, Failure> {
    memory::zeros(shape).map_err(|error| failure(error.into(), None))
}

impl Operation for Regrid {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        with_dtype!(self.dtype, T => self.copied::<T>(call)).map(Payload::new)
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.regrid", encoded(self))
    }

    fn advice(&self, index: &[u32], needed: u64, allowed: u64) -> Option<String> {
        super::advice::advice(&self.loops, index, needed, allowed)
    }
}

/// Makes one array of all chunks, as a value of the language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Assemble {
    /// The chunks, in C order.
    pub grid: Chunks,
    /// The type of the elements.
    pub dtype: DType,
}

impl Assemble {
    /// One chunk of all these, which are the chunks, or panels of rows of one chunk after the other. They are let go of as they are
    /// copied, by those of the crew who are idle.
    pub fn assemble(&self, inputs: &mut [Payload], crew: Crew<'_>) -> Result<Chunk, Failure> {
        if let [input] = inputs {
            return Ok(input.get::<Chunk>().expect("an array is made of chunks").clone());
        }
        if !self.grid.is_known() {
            let known = Assemble { grid: counted(&self.grid, inputs), dtype: self.dtype };
            return known.assemble(inputs, crew);
        }
        with_dtype!(self.dtype, T => self.copied::<T>(inputs, crew))
    }

    fn copied<T: Element>(&self, inputs: &mut [Payload], crew: Crew<'_>) -> Result<Chunk, Failure> {
        let counts = self.grid.counts();
        let shape = self.grid.shape();
        let mut whole: ArrayD<T> = zeros(&shape)?;
        let mut panels = Panels::default();
        let mut placed: Vec<(Shape, Chunk)> = Vec::with_capacity(inputs.len());
        for input in inputs.iter_mut() {
            let chunk = input.get::<Chunk>().expect("an array is made of chunks").clone();
            let (n, row) = panels.next(&chunk, |n| self.grid.chunk_shape(&nth(&counts, n)));
            let mut start = self.grid.chunk_start(&nth(&counts, n));
            if let Some(first) = start.first_mut() {
                *first += row;
            }
            *input = nothing();
            placed.push((start, chunk));
        }
        let rows = shape.first().copied().unwrap_or(1);
        // A second hand is worth its start where there is a lot of fresh memory to be written.
        let hands = if whole.len() * size_of::<T>() < LARGE { 1 } else { crew.size().min(MOST_HANDS) };
        if hands == 1 || rows < 2 {
            for (start, chunk) in placed {
                if crew.stopped() {
                    return Err(Failure::Cancelled);
                }
                put(&mut whole.view_mut(), &start, &chunk);
            }
            return Ok(T::chunk(whole.into_shared()));
        }
        let each = rows.div_ceil(hands);
        let mut shares: Vec<Vec<(Shape, Chunk)>> = (0..rows.div_ceil(each)).map(|_| Vec::new()).collect();
        for (start, chunk) in placed {
            let (first, end) = (start[0], start[0] + chunk.shape()[0]);
            let touched = first / each..end.div_ceil(each);
            for (share, parts) in shares.iter_mut().enumerate().take(touched.end).skip(touched.start) {
                // Only the rows of this share.
                let (low, high) = (first.max(share * each), end.min((share + 1) * each));
                let mut items: Vec<SliceInfoElem> = vec![Slice::from(..).into(); start.len()];
                items[0] = Slice::from(low - first..high - first).into();
                let mut start = start.clone();
                start[0] = low - share * each;
                parts.push((start, chunk.slice(&items)));
            }
        }
        let parts = whole.axis_chunks_iter_mut(Axis(0), each).zip(shares).collect();
        crew.share(parts, |(mut part, share): (ArrayViewMutD<'_, T>, Vec<(Shape, Chunk)>)| {
            let share = share.into_iter().take_while(|_| !crew.stopped());
            share.for_each(|(start, chunk)| put(&mut part, &start, &chunk));
        })?;
        if crew.stopped() {
            return Err(Failure::Cancelled);
        }
        Ok(T::chunk(whole.into_shared()))
    }

    /// The chunks, made of panels where they come in panels.
    pub fn whole_chunks(&self, results: Vec<Payload>) -> Vec<Payload> {
        let counts = self.grid.counts();
        if results.len() == counts.iter().product::<usize>() {
            return results;
        }
        let mut panels = Panels::default();
        let mut chunks: Vec<Vec<Payload>> = Vec::new();
        for result in results {
            let chunk = result.get::<Chunk>().expect("an array is made of chunks");
            let (n, _) = panels.next(chunk, |n| self.grid.chunk_shape(&nth(&counts, n)));
            chunks.resize_with(chunks.len().max(n + 1), Vec::new);
            chunks[n].push(result);
        }
        let joined = |(n, mut parts): (usize, Vec<Payload>)| match parts.len() {
            1 => parts.remove(0),
            _ => {
                let grid = Chunks::single(&self.grid.chunk_shape(&nth(&counts, n)));
                let chunk = Assemble { grid, dtype: self.dtype }.assemble(&mut parts, Crew::alone(&Cancel::new()));
                Payload::new(chunk.expect("nothing stops it"))
            }
        };
        chunks.into_iter().enumerate().map(joined).collect()
    }
}

/// Counts panels: which chunk the next one belongs to, and at which of its rows it begins.
#[derive(Default)]
struct Panels {
    chunk: usize,
    row: usize,
}

impl Panels {
    fn next(&mut self, panel: &Chunk, shape_of: impl Fn(usize) -> Shape) -> (usize, usize) {
        let at = (self.chunk, self.row);
        self.row += panel.shape().first().copied().unwrap_or(0);
        if self.row >= shape_of(self.chunk).first().copied().unwrap_or(0) {
            (self.chunk, self.row) = (self.chunk + 1, 0);
        }
        at
    }
}

impl Operation for Assemble {
    fn name(&self) -> &str {
        "array"
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        let chunk = self.assemble(call.inputs, call.crew)?;
        Ok(Payload::new(Plain(eager::value(chunk))))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.assemble", encoded(self))
    }
}

/// The grid with its true sizes, from the chunks that there are.
pub fn counted(grid: &Chunks, chunks: &[Payload]) -> Chunks {
    let strides = crate::shape::strides(&grid.counts());
    let axis = |(axis, chunks_along): (usize, &AxisChunks)| {
        if chunks_along.is_known() {
            return chunks_along.clone();
        }
        let size = |at: usize| {
            let chunk = chunks[at * strides[axis]].get::<Chunk>().expect("an array is made of chunks");
            chunk.shape()[axis]
        };
        AxisChunks::listed((0..chunks_along.count()).map(size))
    };
    grid.0.iter().enumerate().map(axis).collect()
}

/// Copies a chunk of the same type to this place of an array.
pub fn put<T: Element>(whole: &mut ArrayViewMutD<'_, T>, at: &[usize], chunk: &Chunk) {
    let part = T::array(chunk).expect("pieces of an array have its type");
    let mut place = whole.slice_each_axis_mut(|axis| {
        let start = at[axis.axis.index()];
        Slice::from(start..start + part.shape()[axis.axis.index()])
    });
    place.assign(part);
}

/// What stands in the place of an input that is not needed any more.
pub fn nothing() -> Payload {
    struct Nothing;
    impl Data for Nothing {
        fn n_bytes(&self) -> usize {
            0
        }

        fn write(&self, _: &mut dyn std::io::Write) -> std::io::Result<()> {
            Ok(())
        }

        fn reader(&self) -> fn(&mut dyn std::io::Read) -> std::io::Result<Payload> {
            |_| Ok(nothing())
        }

        fn as_any(&self) -> &dyn std::any::Any {
            self
        }
    }
    Payload::new(Nothing)
}

/// Obeys a request to stop.
pub fn stopped(cancel: &Cancel) -> Result<(), Failure> {
    if cancel.requested() { Err(Failure::Cancelled) } else { Ok(()) }
}
