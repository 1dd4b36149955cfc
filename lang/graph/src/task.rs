//! A graph of tasks: flat, dense, cheap to build.

use std::collections::hash_map::Entry;
use std::hash::BuildHasher;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

use crate::later::{Await, Later};
use crate::{Key, Operation, Payload};

/// A task of one [`Graph`], by position.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct TaskId(pub u32);

/// What a task is expected to need.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cost {
    /// Bytes of its result.
    pub output: u64,
    /// Bytes that it needs besides inputs and result while it runs.
    pub working: u64,
}

/// An operation, what it needs, what it is called.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name; equal for equal work.
    pub key: Key,
    /// What it does, shared with the other tasks of its layer.
    pub operation: Arc<dyn Operation>,
    /// Whose results it needs, in order.
    pub inputs: SmallVec<[TaskId; 4]>,
    /// What it is expected to need.
    pub cost: Cost,
}

/// Tasks and data that is already there.
#[derive(Default)]
pub struct Graph {
    /// Shared with the runs of this graph, so that starting one copies nothing.
    tasks: Arc<Vec<Task>>,
    /// By the hash of the key: a million keys need not be kept twice.
    ids: FxHashMap<u64, TaskId>,
    /// Tasks whose hash is another one's.
    others: FxHashMap<Key, TaskId>,
    /// Results that exist before the graph runs (persisted chunks, literal arrays).
    ready: FxHashMap<TaskId, Payload>,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Graph {
        Graph::default()
    }

    /// Adds a task, or finds the one that does the same work.
    pub fn add(&mut self, task: Task) -> TaskId {
        debug_assert!(task.inputs.iter().all(|input| (input.0 as usize) < self.tasks.len()), "inputs come first");
        let id = TaskId(self.tasks.len() as u32);
        match self.ids.entry(FxBuildHasher.hash_one(&task.key)) {
            Entry::Vacant(place) => drop(place.insert(id)),
            Entry::Occupied(place) if self.tasks[place.get().0 as usize].key == task.key => return *place.get(),
            Entry::Occupied(_) => match self.others.entry(task.key.clone()) {
                Entry::Vacant(place) => drop(place.insert(id)),
                Entry::Occupied(place) => return *place.get(),
            },
        }
        Arc::make_mut(&mut self.tasks).push(task);
        id
    }

    /// Adds a result that is already there, or at least under way ([`Later`](crate::Later)).
    pub fn add_ready(&mut self, key: Key, payload: Payload) -> TaskId {
        let payload = match payload.get::<Later>() {
            Some(later) => match later.result() {
                Some(result) => result,
                None => {
                    let operation = Arc::new(Await(later.clone()));
                    return self.add(Task { key, operation, inputs: SmallVec::new(), cost: Cost::default() });
                }
            },
            None => payload,
        };
        let output = payload.0.n_bytes() as u64;
        let cost = Cost { output, working: 0 };
        let id = self.add(Task { key, operation: Arc::new(AtHand), inputs: SmallVec::new(), cost });
        self.ready.insert(id, payload);
        id
    }

    /// The task that goes by this key.
    pub fn find(&self, key: &Key) -> Option<TaskId> {
        let id = *self.ids.get(&FxBuildHasher.hash_one(key))?;
        if self.tasks[id.0 as usize].key == *key { Some(id) } else { self.others.get(key).copied() }
    }

    /// Results under way that its tasks wait for.
    pub fn awaited(&self) -> Vec<Later> {
        let awaits = self.tasks.iter().filter_map(|task| {
            let operation: &dyn std::any::Any = &*task.operation;
            operation.downcast_ref::<Await>()
        });
        awaits.map(|operation| operation.0.clone()).collect()
    }

    /// All tasks; inputs stand before those who need them.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The tasks, to be kept while the graph may go.
    pub(crate) fn share(&self) -> Arc<Vec<Task>> {
        self.tasks.clone()
    }

    /// A result that was there before the graph runs.
    pub fn ready(&self, id: TaskId) -> Option<&Payload> {
        self.ready.get(&id)
    }
}

/// Stands for a result that is already there; never run.
#[derive(Debug)]
struct AtHand;

impl Operation for AtHand {
    fn name(&self) -> &str {
        "data"
    }

    fn run(&self, _: &mut crate::Call<'_>) -> Result<Payload, crate::Failure> {
        Err(crate::Failure::Panic("data at hand was asked to run".into()))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("graph.data", Vec::new())
    }
}
