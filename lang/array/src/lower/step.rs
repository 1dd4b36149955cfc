//! The tasks of a [`Step`]: one for each chunk of its result.

use std::sync::Arc;

use rdk_graph::{Call, Cost, Failure, Graph, Key, Operation, Payload, Task, TaskId, Token};
use rdk_runtime::Result;
use rdk_syntax::Place;

use super::build::{Built, Note, bytes};
use super::fused::failure;
use super::gather::nothing;
use super::view::{nth, number};
use crate::array::Array;
use crate::chunks::Chunks;
use crate::plan::{Step, StepCall};
use crate::{Chunk, Scalar};

/// A step, shared by the tasks of all its chunks.
#[derive(Debug)]
pub struct StepTask {
    name: Arc<str>,
    /// What is done.
    pub step: Arc<dyn Step>,
    /// The grid of what it makes; stays at home, too.
    pub chunks: Chunks,
    /// Where in the user's text it was asked for; stays at home.
    place: Option<Place>,
}

impl Operation for StepTask {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let input = |input: &mut Payload| {
            // Whoever holds it last may write to it.
            let payload = std::mem::replace(input, nothing());
            match payload.get::<Chunk>() {
                Some(chunk) => (chunk.clone(), None),
                None => (Chunk::from_scalar(Scalar::Bool(false)), Some(payload)),
            }
        };
        let (inputs, aside) = call.inputs.iter_mut().map(input).unzip();
        let mut call = StepCall { index: call.index, inputs, aside, crew: call.crew, cancel: call.cancel };
        if let Some(shelf) = self.step.straight_to_disk(&mut call) {
            return shelf.map(Payload::new).map_err(|stop| failure(stop, self.place.as_ref()));
        }
        if let Some(parts) = self.step.several(&mut call) {
            return parts.map(Payload::new).map_err(|stop| failure(stop, self.place.as_ref()));
        }
        let chunk = self.step.run(&mut call).map_err(|stop| failure(stop, self.place.as_ref()))?;
        match self.step.put_aside(&chunk) {
            None => Ok(Payload::new(chunk)),
            Some(Ok(shelf)) => Ok(Payload::new(shelf)),
            Some(Err(problem)) => Err(Failure::Storage(format!("data cannot be put aside on disk: {problem}"))),
        }
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        self.step.encode()
    }

    fn advice(&self, index: &[u32], needed: u64, allowed: u64) -> Option<String> {
        super::advice::advice(&self.chunks, index, needed, allowed)
    }
}

impl Note {
    /// The tasks of a step under this token.
    pub(super) fn stepped(
        &mut self,
        array: &Array,
        step: &Arc<dyn Step>,
        token: Token,
        graph: &mut Graph,
    ) -> Result<Built> {
        let node = array.node();
        let step = &step.by_disk(self.memory).unwrap_or_else(|| step.clone());
        let pieces = node.inputs.iter().map(|input| self.pieces(input, graph)).collect::<Result<Vec<_>>>()?;
        let below: Vec<_> = node.inputs.iter().map(Array::numblocks).collect();
        let operation: Arc<dyn Operation> = Arc::new(StepTask {
            name: node.name.clone(),
            step: step.clone(),
            chunks: node.chunks.clone(),
            place: node.place.clone(),
        });
        let counts = node.chunks.counts();
        let task = |n: usize| {
            let index = nth(&counts, n);
            let needs = step.needs(&index, &node.inputs);
            let inputs = needs.iter().map(|(input, at)| pieces[*input][number(&below[*input], at)]).collect();
            let output = step.gives().unwrap_or_else(|| bytes(&node.chunks.chunk_shape(&index), node.dtype));
            let cost = Cost { output, working: step.working(&index, &node.inputs) };
            let key = Key { name: node.name.clone(), token, index };
            graph.add(Task { key, operation: operation.clone(), inputs, cost })
        };
        let tasks: Vec<TaskId> = (0..counts.iter().product()).map(task).collect();
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }
}
