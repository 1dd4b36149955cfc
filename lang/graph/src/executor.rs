//! What runs graphs, here or elsewhere. A cluster's client takes the engine's place behind this trait.
//!
//! Results stay where they were made, under the keys of their tasks; who asks holds keys, not data. A later graph
//! that has a task with such a key does not run it again. Nothing here is a closure over the session or a pointer into
//! it, so that all of it can travel; only listeners stay at home.

use rustc_hash::FxHashMap;

use crate::engine::Wanted;
use crate::progress::{Event, Listening, Progress};
use crate::{Cancel, Engine, Failure, Graph, Key, Payload, RunError, Submitted, TaskId};

/// A run, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// What there is to work with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resources {
    /// Machines or processes.
    pub workers: usize,
    /// Tasks that run at once on all of them together.
    pub threads: usize,
    /// Bytes that results and running tasks may hold together.
    pub memory: u64,
}

/// Called with what has just happened.
pub type Listener = Box<dyn Fn(&[Event]) + Send + Sync>;

/// What runs graphs, here or elsewhere.
pub trait Executor: Send + Sync {
    /// What there is to work with.
    fn resources(&self) -> Resources;

    /// Begins to run what the outputs need. Their results stay until they are released; asking for a key again while it
    /// is held makes nothing anew, and it has to be released once more.
    fn submit(&self, graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> RunId;

    /// Waits until the run is over. To be asked once for each run.
    fn wait(&self, run: RunId) -> Result<(), RunError>;

    /// Asks for a stop of this run alone.
    fn cancel(&self, run: RunId);

    /// How far a run has come; `None` when it is over.
    fn progress(&self, run: RunId) -> Option<Progress>;

    /// Calls this for every event until what is given back is dropped.
    fn events(&self, listener: Listener) -> Listening;

    /// Fetches data that is held under these keys.
    fn gather(&self, keys: &[Key]) -> Result<Vec<Payload>, RunError>;

    /// Hands over data that exists; it stays until it is released.
    fn scatter(&self, data: Vec<(Key, Payload)>) -> Result<(), RunError>;

    /// Lets go of what is held under these keys, once each.
    fn release(&self, keys: &[Key]);

    /// Runs what the outputs need and fetches it.
    fn compute(&self, graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> Result<Vec<Payload>, RunError> {
        let keys: Vec<Key> = outputs.iter().map(|output| graph.tasks()[output.0 as usize].key.clone()).collect();
        let run = self.submit(graph, outputs, cancel);
        self.wait(run)?;
        let results = self.gather(&keys);
        self.release(&keys);
        results
    }
}

/// Data held under keys, each as often as it was asked for.
#[derive(Default, Debug)]
pub(crate) struct Store {
    held: FxHashMap<Key, Held>,
    bytes: u64,
}

#[derive(Debug)]
struct Held {
    payload: Payload,
    bytes: u64,
    times: usize,
}

impl Store {
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub fn get(&self, key: &Key) -> Option<&Payload> {
        self.held.get(key).map(|held| &held.payload)
    }

    pub fn hold(&mut self, key: Key, payload: Payload) {
        let bytes = payload.0.n_bytes() as u64;
        let total = &mut self.bytes;
        let held = self.held.entry(key).or_insert_with(|| {
            *total += bytes;
            Held { payload, bytes, times: 0 }
        });
        held.times += 1;
    }

    pub fn release(&mut self, key: &Key) -> Option<Payload> {
        let held = self.held.get_mut(key)?;
        held.times -= 1;
        if held.times > 0 {
            return None;
        }
        let held = self.held.remove(key)?;
        self.bytes -= held.bytes;
        Some(held.payload)
    }
}

impl Executor for Engine {
    fn resources(&self) -> Resources {
        Resources { workers: 1, threads: self.threads(), memory: self.memory() }
    }

    fn submit(&self, graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> RunId {
        let submitted = self.submit_wanting(graph, outputs, cancel, Wanted::Kept);
        let run = RunId(submitted.id());
        self.shared().submitted.lock().insert(run, submitted.info);
        run
    }

    fn wait(&self, run: RunId) -> Result<(), RunError> {
        let submitted = self.shared().submitted.lock().remove(&run);
        match submitted {
            Some(info) => Submitted { shared: self.shared().clone(), info }.wait().map(drop),
            None => {
                Err(RunError::whole(Failure::Storage(format!("run {} is not known, or was waited for before", run.0))))
            }
        }
    }

    fn cancel(&self, run: RunId) {
        self.shared().cancel_run(run.0);
    }

    fn progress(&self, run: RunId) -> Option<Progress> {
        self.shared().progress_of(run.0)
    }

    fn events(&self, listener: Listener) -> Listening {
        self.listen(listener)
    }

    fn gather(&self, keys: &[Key]) -> Result<Vec<Payload>, RunError> {
        let state = self.shared().state.lock();
        keys.iter()
            .map(|key| {
                state.store.get(key).cloned().ok_or_else(|| RunError {
                    operation: key.name.to_string(),
                    key: key.to_string(),
                    index: key.index.clone(),
                    ..RunError::whole(Failure::Storage("the result is not held any more".into()))
                })
            })
            .collect()
    }

    fn scatter(&self, data: Vec<(Key, Payload)>) -> Result<(), RunError> {
        let mut state = self.shared().state.lock();
        data.into_iter().for_each(|(key, payload)| state.store.hold(key, payload));
        Ok(())
    }

    fn release(&self, keys: &[Key]) {
        let dropped: Vec<Payload> = {
            let mut state = self.shared().state.lock();
            let dropped = keys.iter().filter_map(|key| state.store.release(key)).collect();
            state.wet();
            dropped
        };
        drop(dropped);
        self.shared().start_worker_if_needed();
    }
}
