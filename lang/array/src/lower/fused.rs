//! The task of a fused loop: run a program over one chunk, and store or reduce what comes out.

use std::sync::Arc;

use ndarray::{Slice, SliceInfoElem};
use parking_lot::Mutex;
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_syntax::Place;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::reduce::End;
use super::stretch::origin;
use super::view::View;
use crate::chunks::Chunks;
use crate::kernel::{
    Fault, Flags, Program, Reduction, Register, Stop, Walk, Watch, Whole, run_into, run_reduce, run_store,
};
use crate::space::Room;
use crate::{Chunk, Shape};

/// One loop, shared by the tasks of all its chunks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fused {
    /// What events call it.
    pub name: Arc<str>,
    /// What is done with each element.
    pub program: Program,
    /// The chunks of the loop.
    pub loops: Chunks,
    /// For each leaf of the program how the loop walks over it.
    pub leaves: Vec<Seen>,
    /// What becomes of the elements.
    pub end: LoopEnd,
    /// Where in the user's text it was asked for; stays at home.
    #[serde(skip)]
    pub place: Option<Place>,
    /// The same for each step of the program.
    #[serde(skip)]
    pub places: Vec<Option<Place>>,
    /// Where what is noticed is kept until the run is over; stays at home, too.
    #[serde(skip)]
    pub noticed: Noticed,
}

/// What was noticed in the loops of a run, each kind once for each place in the text.
#[derive(Clone, Debug, Default)]
pub struct Noticed(Arc<Mutex<Vec<Remark>>>);

/// One thing to be said.
#[derive(Clone, Debug)]
pub struct Remark {
    /// What has happened.
    pub fault: Fault,
    /// To which function.
    pub function: &'static str,
    /// Where in the user's text that was asked for.
    pub place: Place,
}

impl Noticed {
    /// What there is; nothing is left.
    pub fn take(&self) -> Vec<Remark> {
        std::mem::take(&mut self.0.lock())
    }
}

/// How a loop sees a leaf.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Seen {
    /// A constant is the same everywhere.
    Constant,
    /// Elements made from their place in the whole.
    Made(View),
    /// A chunk of an array that is cut like this, or a stretch of it.
    Read(View, Chunks),
}

impl Seen {
    /// Is what a loop sees a part of a chunk, each of whose elements it sees once?
    pub fn is_part(&self) -> bool {
        matches!(self, Seen::Read(view, _) if !view.slides())
    }
}

/// What becomes of the elements.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum LoopEnd {
    /// They are kept.
    Store,
    /// They become partial results.
    Reduce {
        /// What comes out.
        reduction: Reduction,
        /// Over which axes.
        axes: SmallVec<[usize; 4]>,
        /// When there is one chunk along those axes its partial results are the last.
        end: Option<End>,
    },
}

impl Fused {
    fn carry_out(&self, call: &mut Call<'_>) -> Result<Payload, Stop> {
        let mut shape = self.loops.chunk_shape(call.index);
        let start = self.loops.chunk_start(call.index);
        let walks: Vec<Walk> = self.leaves.iter().map(|leaf| self.walk(leaf, call.index, &start)).collect();
        let chunks: Vec<&Chunk> =
            call.inputs.iter().map(|input| input.get::<Chunk>().expect("a loop reads chunks")).collect();
        self.count(&mut shape, &chunks);
        match &self.end {
            LoopEnd::Store => {
                if let Some(chunk) = self.borrowed(&shape, &chunks, &walks) {
                    return Ok(Payload::new(chunk));
                }
                let into = call.into.as_ref().and_then(|place| {
                    // SAFETY: a `Collect` gives each place to one task, which holds it until it is done.
                    Some((place, unsafe { Room::of(place.get::<Chunk>()?) }))
                });
                if let Some((place, room)) = into
                    && room.takes(self.program.result_dtype(), &shape)
                {
                    let (flags, _) =
                        run_into(&self.program, &shape, &chunks, &walks, &room, Watch::Little, call.cancel)?;
                    self.keep(&flags);
                    return Ok(place.clone());
                }
                let (chunk, flags) = run_store(&self.program, &shape, &chunks, &walks, call.cancel)?;
                self.keep(&flags);
                Ok(Payload::new(chunk))
            }
            LoopEnd::Reduce { reduction, axes, end } => {
                let origin: SmallVec<[u64; 4]> = start.iter().map(|&at| at as u64).collect();
                let whole: SmallVec<[u64; 4]> = self.loops.shape().iter().map(|&length| length as u64).collect();
                let whole = Whole { origin: &origin, shape: &whole };
                let (parts, flags) =
                    run_reduce(&self.program, &shape, &chunks, &walks, *reduction, axes, whole, call.cancel)?;
                self.keep(&flags);
                match end {
                    Some(end) => Ok(Payload::new(end.finish(*reduction, parts)?)),
                    None => Ok(Payload::new(parts)),
                }
            }
        }
    }

    fn keep(&self, flags: &Flags) {
        for &(step, fault, function) in &flags.0 {
            // What was made for no place in the text is nothing to speak of.
            let Some(place) = self.places.get(step).and_then(Option::as_ref) else { continue };
            let mut kept = self.noticed.0.lock();
            let is_known = |other: &Remark| {
                let same_place = Arc::ptr_eq(&other.place.source, &place.source) && other.place.span == place.span;
                other.fault == fault && other.function == function && same_place
            };
            if !kept.iter().any(is_known) {
                kept.push(Remark { fault, function, place: place.clone() });
            }
        }
    }

    /// Where the grid does not say how large chunks are, those that are read tell.
    pub(super) fn count(&self, shape: &mut Shape, chunks: &[&Chunk]) {
        if self.loops.is_known() {
            return;
        }
        let read = self.leaves.iter().filter_map(|leaf| match leaf {
            Seen::Read(view, grid) => Some((view, grid)),
            Seen::Constant | Seen::Made(_) => None,
        });
        for ((view, grid), chunk) in read.zip(chunks) {
            for (axis, along) in view.0.iter().enumerate() {
                if let (Some((dimension, _)), false) = (along.step(), grid.0[axis].is_known()) {
                    shape[usize::from(dimension)] = chunk.shape()[axis];
                }
            }
        }
    }

    pub(super) fn walk(&self, leaf: &Seen, index: &[u32], start: &[usize]) -> Walk {
        match leaf {
            Seen::Constant => Walk::default(),
            Seen::Made(view) => view.walk(start, &[]),
            Seen::Read(view, grid) => view.walk(start, &origin(view, &self.loops, index, grid)),
        }
    }

    /// A loop that only moves the elements of one chunk about shares its memory, unless that would hold on to much more than is
    /// needed.
    fn borrowed(&self, shape: &[usize], chunks: &[&Chunk], walks: &[Walk]) -> Option<Chunk> {
        let (Register::Leaf(leaf), [chunk]) = (self.program.result, chunks) else { return None };
        if !self.leaves[usize::from(leaf)].is_part() || self.program.leaves.len() != 1 {
            return None;
        }
        let n_elements: usize = shape.iter().product();
        (n_elements > 0 && 2 * n_elements > chunk.len()).then(|| seen(chunk, shape, &walks[usize::from(leaf)]))
    }
}

/// The part of a chunk that a walk of this shape goes over, sharing its memory. There is at least one element.
pub fn seen(chunk: &Chunk, shape: &[usize], walk: &Walk) -> Chunk {
    // First what is taken along each axis of the chunk, then the axes in the order of the loop.
    let mut items: Vec<SliceInfoElem> = walk.start.iter().map(|&at| SliceInfoElem::Index(at as isize)).collect();
    let mut moving: Vec<(u8, usize)> = Vec::new();
    for (dimension, along) in walk.axes.iter().enumerate() {
        let Some((axis, by)) = *along else { continue };
        let (first, n) = (walk.start[usize::from(axis)], shape[dimension] as i64);
        let last = first + by * (n - 1);
        let (low, high) = (first.min(last) as isize, first.max(last) as isize + 1);
        items[usize::from(axis)] = SliceInfoElem::from(Slice::new(low, Some(high), by as isize));
        moving.push((axis, dimension));
    }
    let taken = chunk.slice(&items);
    let mut kept: Vec<u8> = moving.iter().map(|&(axis, _)| axis).collect();
    kept.sort_unstable();
    let order: Vec<usize> =
        moving.iter().map(|(axis, _)| kept.iter().position(|other| other == axis).expect("it was put there")).collect();
    let mut result = taken.transpose(&order);
    for (dimension, along) in walk.axes.iter().enumerate() {
        if along.is_none() {
            result = result.insert_axis(dimension);
        }
    }
    match result.shape() == shape {
        true => result,
        false => result.broadcast(shape).expect("only axes of length 1 differ"),
    }
}

impl Operation for Fused {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        self.carry_out(call).map_err(|stop| {
            // A loop does the work of several operations: the one that failed is what to point at.
            let own = match &stop {
                Stop::At(step, _) => self.places.get(*step).and_then(Option::as_ref),
                Stop::Cancelled | Stop::Error(_) => None,
            };
            failure(stop, own.or(self.place.as_ref()))
        })
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.fused", encoded(self))
    }

    fn advice(&self, index: &[u32], needed: u64, allowed: u64) -> Option<String> {
        super::advice::advice(&self.loops, index, needed, allowed)
    }
}

/// Parameters as bytes.
pub fn encoded(operation: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(operation).expect("plain data can be written to memory")
}

/// What stopped a kernel, as the graph hears of it.
pub fn failure(stop: Stop, place: Option<&Place>) -> Failure {
    match stop {
        Stop::Cancelled => Failure::Cancelled,
        Stop::Error(error) | Stop::At(_, error) => Failure::Error(Box::new(match place {
            Some(place) => error.at_place(place.clone()),
            None => error,
        })),
    }
}
