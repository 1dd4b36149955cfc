//! Loops look through a `concatenate`: where every chunk of a loop falls into one of the parts, that part's elements are made in the
//! loop, and nothing is put together.
//!
//! Each part that a loop meets has a program of its own. Which one a chunk of the loop runs follows from where it lies: a program
//! is a path of choices, one for each `concatenate` on the way down.

use rustc_hash::{FxHashMap, FxHashSet};

use super::view::{Along, View};
use crate::array::{Array, Plan};
use crate::chunks::{AxisChunks, Chunks};

/// Where the parts of a `concatenate` meet.
#[derive(Clone, Debug)]
pub struct Cuts {
    /// Along which axis.
    axis: usize,
    /// One chunk for each part.
    lengths: AxisChunks,
}

impl Cuts {
    /// Of this array, if it is one behind the other and has any elements.
    pub fn of(array: &Array) -> Option<Cuts> {
        let node = array.node();
        match node.plan {
            Plan::Concatenate(axis) if array.size() > 0 => {
                let lengths = AxisChunks::listed(node.inputs.iter().map(|input| input.shape()[axis]));
                Some(Cuts { axis, lengths })
            }
            _ => None,
        }
    }

    /// Does every chunk of the loop fall into one part?
    pub fn fit(&self, view: &View, loops: &Chunks) -> bool {
        view.0[self.axis].fits(loops, &self.lengths)
    }

    /// The parts that a loop meets.
    pub fn met(&self, view: &View, loops: &Chunks) -> Vec<u32> {
        let choice = self.choice(view);
        let mut seen = FxHashSet::default();
        let parts = choice.along.each_chunk(loops).map(|index| choice.part(loops, &index));
        parts.filter(|part| seen.insert(*part)).collect()
    }

    /// What decides which part a chunk of the loop takes.
    pub fn choice(&self, view: &View) -> Choice {
        Choice { along: view.0[self.axis].clone(), lengths: self.lengths.clone() }
    }

    /// How the loop sees this part.
    pub fn seen(&self, view: &View, part: u32) -> View {
        let mut view = view.clone();
        let along = &mut view.0[self.axis];
        match self.lengths.size(part as usize) {
            // There is but one place.
            1 => *along = Along::fixed(0),
            _ => along.start -= self.lengths.start(part as usize) as i64,
        }
        view
    }

    /// Which stretch of the axis the loop sees so, whatever array it is of: parts of several arrays that are met together are one loop.
    pub fn stretch(&self, view: &View, part: u32) -> (Along, usize, usize) {
        (view.0[self.axis].clone(), self.lengths.start(part as usize), self.lengths.size(part as usize))
    }
}

/// Which part a chunk of a loop takes.
#[derive(Clone, Debug)]
pub struct Choice {
    along: Along,
    lengths: AxisChunks,
}

impl Choice {
    /// The part for this chunk.
    pub fn part(&self, loops: &Chunks, index: &[u32]) -> u32 {
        self.lengths.find(self.along.begin(loops, index)) as u32
    }
}

/// Paths of choices that are known, each with what stands at its end.
pub struct Paths<T> {
    known: FxHashMap<Vec<u32>, Step>,
    ends: Vec<T>,
}

enum Step {
    Ask(Choice),
    End(usize),
}

impl<T> Default for Paths<T> {
    fn default() -> Paths<T> {
        Paths { known: FxHashMap::default(), ends: Vec::new() }
    }
}

impl<T> Paths<T> {
    /// The number of the end for this chunk. Where it is not known `make` makes it, with the choices that it met on its way, in order.
    pub fn find<E>(
        &mut self,
        loops: &Chunks,
        index: &[u32],
        make: impl FnOnce() -> Result<(T, Vec<Choice>), E>,
    ) -> Result<usize, E> {
        let mut path = Vec::new();
        loop {
            match self.known.get(&path) {
                Some(Step::Ask(choice)) => path.push(choice.part(loops, index)),
                Some(Step::End(end)) => return Ok(*end),
                None => break,
            }
        }
        let (end, choices) = make()?;
        let mut path = Vec::new();
        for choice in choices {
            let part = choice.part(loops, index);
            self.known.entry(path.clone()).or_insert(Step::Ask(choice));
            path.push(part);
        }
        self.known.insert(path, Step::End(self.ends.len()));
        self.ends.push(end);
        Ok(self.ends.len() - 1)
    }

    /// What stands at the ends.
    pub fn into_ends(self) -> Vec<T> {
        self.ends
    }

    /// The same to be looked at.
    pub fn ends_mut(&mut self) -> &mut [T] {
        &mut self.ends
    }
}
