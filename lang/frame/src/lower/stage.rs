//! A stage of a plan as an operation of the graph: one partition of it is a task.

use std::fmt;
use std::sync::Arc;

use datafusion::physical_plan::{ExecutionPlan, displayable};
use futures::StreamExt;
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_syntax::Place;

use super::leaf::Inputs;
use super::session;
use crate::batches::Batches;
use crate::errors::fusion;

/// How many results of a task's inputs belong to a slot of its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(pub usize);

/// A piece of a physical plan between two exchanges.
pub struct Stage {
    /// What events call it.
    pub name: Arc<str>,
    /// What is done to a partition.
    pub plan: Arc<dyn ExecutionPlan>,
    /// How the inputs of a task are shared out to the ends of the plan.
    pub slots: Vec<Slot>,
    /// Where in the user's text it comes from.
    pub place: Option<Place>,
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stage({}: {})", self.name, displayable(&*self.plan).one_line())
    }
}

impl Operation for Stage {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        let partition = call.index.first().copied().unwrap_or(0) as usize;
        let mut payloads = call.inputs.iter().cloned();
        let inputs = self.slots.iter().map(|slot| payloads.by_ref().take(slot.0).collect()).collect();
        let config = session::task_config().with_extension(Arc::new(Inputs(inputs)));
        let context = session::task_context(config);
        let failure = |error| crate::place::failure(fusion(error), &self.place, &self.name, call.index);
        let mut stream = self.plan.execute(partition, context).map_err(failure)?;
        let schema = stream.schema();
        // Some operators start helpers of their own; with a runtime of one thread they stay on this one.
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.map_err(|error| Failure::Storage(error.to_string()))?;
        let batches = runtime.block_on(async {
            let mut batches = Vec::new();
            while let Some(batch) = stream.next().await {
                if call.cancel.requested() {
                    return Err(Failure::Cancelled);
                }
                let batch = batch.map_err(failure)?;
                if batch.num_rows() > 0 {
                    batches.push(batch);
                }
            }
            Ok(batches)
        })?;
        Ok(Payload::new(Batches { schema, batches }))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.stage", super::codec::encoded(self))
    }
}
