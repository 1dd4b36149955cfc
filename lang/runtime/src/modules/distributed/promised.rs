//! Futures in graphs: a result that is there is data at hand, one that is not is waited for by a task.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdk_graph::{Call, Cost, Failure, Operation, Payload, Task, TaskId};
use smallvec::SmallVec;

use super::work::{Stage, Work};
use crate::error::Result;
use crate::object::Lowering;
use crate::payload::Plain;
use crate::value::Value;

/// How soon a waiting task notices a request to stop.
const POLL: Duration = Duration::from_millis(10);

/// Adds the task that gives the result of a future.
pub fn lower(work: &Arc<Work>, lowering: &mut Lowering) -> Result<TaskId> {
    match work.stage() {
        Stage::Finished(payload, _) => Ok(lowering.graph.add_ready(work.key(), payload)),
        Stage::Failed(error) => Err(error),
        Stage::Cancelled => Err(work.cancelled_error()),
        Stage::Waiting(_) | Stage::Queued | Stage::Running => {
            let operation = Arc::new(Await(work.clone()));
            let cost = Cost { output: 64, working: 0 };
            Ok(lowering.graph.add(Task { key: work.key(), operation, inputs: SmallVec::new(), cost }))
        }
    }
}

/// Waits for a submitted task. Only where the task was submitted: elsewhere its key is asked for.
struct Await(Arc<Work>);

impl fmt::Debug for Await {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Await({})", self.0.text)
    }
}

impl Operation for Await {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        self.0.help();
        rdk_graph::waiting(|| {
            while !self.0.wait_until(Instant::now() + POLL) {
                if call.cancel.requested() {
                    return Err(Failure::Cancelled);
                }
            }
            match self.0.stage() {
                Stage::Finished(payload, _) => Ok(payload),
                Stage::Failed(error) => Err(Failure::Error(Box::new(error))),
                _ => Err(Failure::Error(Box::new(self.0.cancelled_error()))),
            }
        })
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("distributed.result", self.0.text.as_bytes().to_vec())
    }
}

/// Gives its only input back.
#[derive(Debug)]
pub struct PassOn;

impl Operation for PassOn {
    fn name(&self) -> &str {
        "future"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        Ok(call.inputs.first().cloned().unwrap_or_else(|| Payload::new(Plain(Value::None))))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("distributed.pass", Vec::new())
    }
}
