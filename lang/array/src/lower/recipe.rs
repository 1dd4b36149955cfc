//! Chunks that a task makes for itself when it needs them, instead of having them made by other tasks and held.
//!
//! A [`Recipe`] is what tasks of a graph would do one after the other, as data. What is worth it is what costs little to make: loops over
//! what is drawn or worked out, parts of files, pieces that lie on disk.

use std::sync::Arc;

use rdk_graph::{
    Call, Cancel, Cost, Crew, Data, Failure, Graph, Index, Key, Operation, Payload, Shelf, Task, TaskId, Tokenizer,
};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::explain::of_loop;
use super::fused::{Fused, LoopEnd, encoded};
use super::gather::Regrid;
use super::shelve::Unshelve;
use super::step::StepTask;
use crate::{Chunk, Scalar, shape};

/// Results of other tasks of more bytes than this are not held for a recipe.
const LIGHT: u64 = 1 << 20;

/// How a chunk is made.
#[derive(Clone, Debug)]
pub struct Recipe {
    operation: Arc<dyn Operation>,
    index: Index,
    inputs: Vec<Ingredient>,
    /// Bytes that are held while it is made, and those of the chunk.
    cost: Cost,
}

/// What a recipe needs.
#[derive(Clone, Debug)]
enum Ingredient {
    /// Another chunk that is made for it.
    Made(Recipe),
    /// An input of the task, by its place.
    Given(usize),
}

/// What recipes of one task need of others: each once, at the place by which they know it.
#[derive(Default, Debug)]
pub struct Needed {
    /// The inputs of the task.
    pub tasks: SmallVec<[TaskId; 4]>,
    places: FxHashMap<TaskId, usize>,
}

impl Recipe {
    /// What this task does, as far down as it is cheap; `None` if it is not. What it needs of other tasks is added to `needed`.
    pub fn of(task: TaskId, graph: &Graph, needed: &mut Needed) -> Option<Recipe> {
        let before = needed.tasks.len();
        let recipe = Recipe::below(task, graph, needed, true);
        if recipe.is_none() {
            needed.truncate(before);
        }
        recipe
    }

    fn below(id: TaskId, graph: &Graph, needed: &mut Needed, is_last: bool) -> Option<Recipe> {
        let task = &graph.tasks()[id.0 as usize];
        // What other loops store was too dear to be made again.
        let any: &dyn std::any::Any = &*task.operation;
        let cheap = any.is::<Regrid>()
            || any.is::<Unshelve>()
            || any.downcast_ref::<StepTask>().is_some_and(|task| task.step.again().is_some())
            || any.downcast_ref::<Fused>().is_some_and(|fused| is_last && is_cheap(fused, &task.key.index));
        cheap.then_some(())?;
        let mut cost = task.cost;
        let mut ingredients = Vec::with_capacity(task.inputs.len());
        for &input in &task.inputs {
            let before = needed.tasks.len();
            let made = if graph.ready(input).is_none() { Recipe::below(input, graph, needed, false) } else { None };
            if made.is_none() {
                needed.truncate(before);
            }
            ingredients.push(match made {
                Some(recipe) => {
                    cost.working = cost.working.saturating_add(recipe.cost.output).saturating_add(recipe.cost.working);
                    Ingredient::Made(recipe)
                }
                None => {
                    let is_light = graph.tasks()[input.0 as usize].cost.output <= LIGHT;
                    (is_light || graph.ready(input).is_some()).then_some(())?;
                    Ingredient::Given(needed.place(input))
                }
            });
        }
        Some(Recipe { operation: task.operation.clone(), index: task.key.index.clone(), inputs: ingredients, cost })
    }

    /// Reads back what another task has made, and put aside on disk.
    pub fn aside(made: TaskId, graph: &mut Graph, needed: &mut Needed) -> Recipe {
        let Task { key, cost, .. } = graph.tasks()[made.0 as usize].clone();
        let token = Tokenizer::new("aside").token(key.token).finish();
        let shelf = graph.add(Task {
            key: Key { name: Arc::from("put-aside"), token, index: key.index.clone() },
            operation: Arc::new(PutAside),
            inputs: [made].into_iter().collect(),
            cost: Cost { output: Shelf::BYTES as u64, working: 192 << 10 },
        });
        let inputs = vec![Ingredient::Given(needed.place(shelf))];
        let cost = Cost { output: cost.output, working: 192 << 10 };
        Recipe { operation: Arc::new(ReadBack), index: key.index, inputs, cost }
    }

    /// Bytes of the chunk, and those that are held beside it while it is made.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Bytes that are read from files for it.
    pub fn reads(&self) -> u64 {
        let is_reader = self.inputs.is_empty() && (&*self.operation as &dyn std::any::Any).is::<StepTask>();
        let below = self.inputs.iter().map(|ingredient| match ingredient {
            Ingredient::Made(recipe) => recipe.reads(),
            Ingredient::Given(_) => 0,
        });
        below.sum::<u64>() + if is_reader { self.cost.output } else { 0 }
    }

    /// Makes the chunk.
    ///
    /// # Errors
    /// Those of the operations.
    pub fn make(&self, given: &[Payload], cancel: &Cancel) -> Result<Payload, Failure> {
        let made = |ingredient: &Ingredient| match ingredient {
            Ingredient::Made(recipe) => recipe.make(given, cancel),
            Ingredient::Given(at) => Ok(given[*at].clone()),
        };
        let mut inputs = self.inputs.iter().map(made).collect::<Result<SmallVec<[Payload; 2]>, _>>()?;
        let crew = Crew::alone(cancel);
        self.operation.run(&mut Call { index: &self.index, inputs: &mut inputs, crew, cancel, into: None })
    }

    /// As data for another process.
    pub fn encode(&self) -> Vec<u8> {
        let inputs: Vec<(usize, Vec<u8>)> = (self.inputs.iter())
            .map(|ingredient| match ingredient {
                Ingredient::Made(recipe) => (usize::MAX, recipe.encode()),
                Ingredient::Given(at) => (*at, Vec::new()),
            })
            .collect();
        let (kind, parameters) = self.operation.encode();
        postcard::to_stdvec(&(kind, parameters, self.index.to_vec(), inputs)).expect("plain data can be written")
    }
}

impl Needed {
    /// The place of a task.
    fn place(&mut self, task: TaskId) -> usize {
        let next = self.tasks.len();
        let place = *self.places.entry(task).or_insert(next);
        if place == next {
            self.tasks.push(task);
        }
        place
    }

    /// Without those that came after the first `n`.
    fn truncate(&mut self, n: usize) {
        for task in self.tasks.drain(n..) {
            self.places.remove(&task);
        }
    }
}

/// A loop that takes longer for an element is not gone through again: reading from disk what it made is faster.
const DEAR: f64 = 20.0;

fn is_cheap(fused: &Fused, index: &[u32]) -> bool {
    let elements = shape::size(&fused.loops.chunk_shape(index)) as f64;
    matches!(fused.end, LoopEnd::Store) && of_loop(fused, index, true) <= DEAR * elements
}

/// Puts a chunk aside on disk.
#[derive(Debug)]
struct PutAside;

impl Operation for PutAside {
    fn name(&self) -> &str {
        "put-aside"
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        let chunk = call.inputs[0].get::<Chunk>().expect("chunks are put aside");
        match Shelf::write(1, |_, file| Data::write(chunk, file)) {
            Ok(shelf) => Ok(Payload::new(shelf)),
            Err(problem) => Err(Failure::Storage(format!("data cannot be put aside on disk: {problem}"))),
        }
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.put-aside", encoded(&()))
    }
}

/// Reads it back.
#[derive(Debug)]
struct ReadBack;

impl Operation for ReadBack {
    fn name(&self) -> &str {
        "read-back"
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        let shelf = call.inputs[0].get::<Shelf>().expect("it was put aside");
        let read = shelf.open(0).and_then(|mut file| Chunk::from_scalar(Scalar::Bool(false)).reader()(&mut file));
        read.map_err(|problem| Failure::Storage(format!("data put aside on disk cannot be read back: {problem}")))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.read-back", encoded(&()))
    }
}
