//! What runs graphs.

use crate::{Call, Cancel, Failure, Graph, Payload, TaskId};

/// Runs graphs on this machine.
pub struct Engine {
    threads: usize,
}

/// Why a run gave nothing.
#[derive(Debug)]
pub struct RunError {
    /// The task that failed; `None` when the run was stopped or refused as a whole.
    pub task: Option<TaskId>,
    /// The name of its operation.
    pub operation: String,
    /// Its key as text, and which chunk.
    pub key: String,
    /// Which chunk.
    pub index: crate::Index,
    /// What went wrong.
    pub failure: Failure,
}

impl Engine {
    /// With this many threads.
    pub fn new(threads: usize) -> Engine {
        Engine { threads }
    }

    /// How many tasks run at once.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Runs what the outputs need; gives their results in order.
    pub fn run(&self, graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> Result<Vec<Payload>, RunError> {
        let mut results: Vec<Option<Payload>> = Vec::with_capacity(graph.tasks().len());
        for (at, task) in graph.tasks().iter().enumerate() {
            let id = TaskId(at as u32);
            if let Some(payload) = graph.ready(id) {
                results.push(Some(payload.clone()));
                continue;
            }
            let mut inputs: Vec<Payload> =
                task.inputs.iter().map(|input| results[input.0 as usize].clone().expect("inputs come first")).collect();
            let mut call = Call { index: &task.key.index, inputs: &mut inputs, threads: 1, cancel };
            let result = task.operation.run(&mut call).map_err(|failure| RunError {
                task: Some(id),
                operation: task.operation.name().to_string(),
                key: task.key.to_string(),
                index: task.key.index.clone(),
                failure,
            })?;
            results.push(Some(result));
        }
        Ok(outputs.iter().map(|output| results[output.0 as usize].clone().expect("every task has run")).collect())
    }
}

/// Runs something that waits (a sleep, another process, a download) and lets another task use this worker meanwhile.
pub fn blocking<R>(work: impl FnOnce() -> R) -> R {
    work()
}
