//! The tree in which partial results of a reduction come together.

use std::sync::Arc;

use rdk_graph::{Call, Cost, Failure, Graph, Index, Key, Operation, Payload, Task, Tokenizer};
use rdk_runtime::Result;
use rdk_syntax::Place;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::build::{Built, Note, bytes, check_count};
use super::fused::{LoopEnd, encoded, failure};
use super::loops::Looped;
use super::view::nth;
use crate::array::{Array, Fold};
use crate::kernel::{Reduction, Stop, combine, finish};
use crate::{Chunk, DType, Parts, Shape, shape};

/// One step of the tree, shared by all its tasks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Combine {
    /// What events call it.
    pub name: Arc<str>,
    /// What is reduced to.
    pub reduction: Reduction,
    /// At the root of the tree.
    pub end: Option<End>,
    /// Where in the user's text it was asked for; stays at home.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// How partial results become results.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct End {
    /// The type of the elements that were reduced.
    pub dtype: DType,
    /// How many go into each result.
    pub count: u64,
    /// Axes that have length 1 now and go.
    pub squeezed: SmallVec<[usize; 4]>,
}

impl End {
    /// Of this reduction of an array of this shape and type.
    pub fn of(fold: &Fold, shape: &[usize], dtype: DType) -> End {
        let squeezed = if fold.keepdims { SmallVec::new() } else { fold.axes.clone() };
        End { dtype, count: fold.count(shape), squeezed }
    }

    /// The results.
    pub fn finish(&self, reduction: Reduction, parts: Parts) -> std::result::Result<Chunk, Stop> {
        let chunk = finish(reduction, parts, self.dtype, self.count)?;
        if self.squeezed.is_empty() {
            return Ok(chunk);
        }
        let kept = chunk.shape().iter().enumerate().filter(|(axis, _)| !self.squeezed.contains(axis));
        let shape: Shape = kept.map(|(_, &length)| length).collect();
        Ok(chunk.into_shape(&shape))
    }
}

impl Operation for Combine {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let parts: Vec<&Parts> =
            call.inputs.iter().map(|input| input.get::<Parts>().expect("a tree is made of partial results")).collect();
        let parts = combine(self.reduction, &parts);
        match &self.end {
            None => Ok(Payload::new(parts)),
            Some(end) => match end.finish(self.reduction, parts) {
                Ok(chunk) => Ok(Payload::new(chunk)),
                Err(stop) => Err(failure(stop, self.place.as_ref())),
            },
        }
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.combine", encoded(self))
    }
}

impl Note {
    /// The tasks of a reduction: loops that make partial results, and the tree above them.
    pub(super) fn reduced(&mut self, array: &Array, fold: &Fold, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let (input, fold) = super::natural::reduced(array, fold, self.for_looks);
        let (input, fold) = (&input, &fold);
        let fusion = self.fusion.as_ref().expect("decided before anything is built");
        let loops = fusion.grids.get(&array.token()).unwrap_or(input.chunks()).clone();
        check_count(&loops)?;
        let end = End::of(fold, input.shape(), input.dtype());
        let levels = fold.levels(&loops);
        let names = fold.counts(&loops);
        let counts = &levels[0];
        let last = fold.axes.iter().all(|&axis| counts[axis] == 1) && !self.for_looks;
        let grid = fold.result_chunks(&loops);
        let (reduction, axes) = (fold.reduction, fold.axes.clone());
        let parts = |shape: Shape| -> u64 {
            let sizes: u64 = reduction.parts(input.dtype()).iter().map(|dtype| dtype.size() as u64).sum();
            shape::size(&shape).saturating_mul(sizes.into()).min(u64::MAX.into()) as u64
        };
        let loop_end = LoopEnd::Reduce { reduction, axes, end: last.then(|| end.clone()) };
        let name = Arc::from(if last { &node.name } else { names[0].0 });
        // The same work in another grid is other work.
        let own_token = if grid == node.chunks {
            node.token
        } else {
            Tokenizer::new("natural").token(node.token).data(&loops).finish()
        };
        let level_token = |level: usize| Tokenizer::new("level").number(level as u64).token(own_token).finish();
        let token = if last { own_token } else { level_token(0) };
        let looped = Looped { array: input, loops: loops.clone(), stored: false, end: loop_end, name, token };
        let mut below = self.looped(&looped, node.dtype, graph)?;
        if last {
            return Ok(Built { tasks: below.into(), grid });
        }
        for level in 1..levels.len() {
            let is_last = level + 1 == levels.len();
            let name: Arc<str> = if is_last { node.name.clone() } else { Arc::from(names[level].0) };
            let token = if is_last { own_token } else { level_token(level) };
            let combine =
                Combine { name: name.clone(), reduction, end: is_last.then(|| end.clone()), place: node.place.clone() };
            let operation: Arc<dyn Operation> = Arc::new(combine);
            let (from, to) = (&levels[level - 1], &levels[level]);
            let n_tasks: usize = to.iter().product();
            let mut tasks = Vec::with_capacity(n_tasks);
            for n in 0..n_tasks {
                let index = nth(to, n);
                let inputs = under(fold, from, &index).into_iter().map(|at| below[at]).collect();
                let kept: Shape = (0..index.len())
                    .map(|axis| match fold.axes.contains(&axis) {
                        true => 1,
                        false => loops.0[axis].size(index[axis] as usize),
                    })
                    .collect();
                let output = if is_last { bytes(&kept, node.dtype) } else { parts(kept.clone()) };
                let cost = Cost { output, working: parts(kept) };
                let index = if is_last { result_index(fold, &index) } else { index };
                let key = Key { name: name.clone(), token, index };
                tasks.push(graph.add(Task { key, operation: operation.clone(), inputs, cost }));
            }
            below = tasks;
        }
        Ok(Built { tasks: below.into(), grid })
    }
}

/// The partial results that become this one; numbers in C order.
fn under(fold: &Fold, counts: &[usize], index: &[u32]) -> Vec<usize> {
    let strides = shape::strides(counts);
    let mut numbers = vec![0usize];
    for (axis, &at) in index.iter().enumerate() {
        let range = match fold.axes.iter().position(|&other| other == axis) {
            Some(place) => {
                let split = fold.split_every[place];
                at as usize * split..((at as usize + 1) * split).min(counts[axis])
            }
            None => at as usize..at as usize + 1,
        };
        let step = |number: usize| range.clone().map(move |at| (number, at));
        numbers = numbers.into_iter().flat_map(step).map(|(number, at)| number + at * strides[axis]).collect();
    }
    numbers
}

/// The index of a result's chunk, from that of the last partial result.
fn result_index(fold: &Fold, index: &[u32]) -> Index {
    if fold.keepdims {
        return index.into();
    }
    index.iter().enumerate().filter(|(axis, _)| !fold.axes.contains(axis)).map(|(_, &at)| at).collect()
}
