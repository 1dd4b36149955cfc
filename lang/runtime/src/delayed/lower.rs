//! From nodes to tasks. Walks with a list of what is left to do, so that a chain may be as long as it likes.

use std::sync::Arc;

use rdk_graph::{Call, Cost, Failure, Key, Operation, Payload, Task, TaskId, Tokenizer};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::node::{Input, Node, Work};
use crate::bail;
use crate::error::Result;
use crate::object::{Lazy, Lowering};
use crate::payload::Plain;
use crate::value::Value;

/// Which nodes have become which tasks. Nodes are alive for as long as the lowering goes on.
#[derive(Default)]
struct Lowered {
    nodes: FxHashMap<usize, TaskId>,
    announced: FxHashSet<usize>,
}

/// How keys of tasks are written, where the user knows them in another form.
#[derive(Default)]
pub struct KeyOf {
    /// The key that the user knows.
    pub texts: FxHashMap<TaskId, String>,
}

fn address(node: &Arc<Node>) -> usize {
    Arc::as_ptr(node) as usize
}

/// Lets lazy values of other rooms say what they will need.
pub(super) fn announce(node: &Arc<Node>, lowering: &mut Lowering) -> Result<()> {
    let mut left = vec![node.clone()];
    while let Some(node) = left.pop() {
        if node.inputs.is_empty() || !lowering.note::<Lowered>().announced.insert(address(&node)) {
            continue;
        }
        for input in &node.inputs {
            match input {
                Input::Node(inner) => left.push(inner.clone()),
                Input::Other(lazy) => lazy.announce(lowering)?,
            }
        }
    }
    Ok(())
}

/// Adds the tasks of a node and of all that it needs.
pub(super) fn lower(node: &Arc<Node>, lowering: &mut Lowering) -> Result<TaskId> {
    let mut left: Vec<(&Arc<Node>, usize)> = vec![(node, 0)];
    while let Some((node, begun)) = left.pop() {
        lowering.check()?;
        if lowering.note::<Lowered>().nodes.contains_key(&address(node)) {
            continue;
        }
        // The inputs first: one at a time, then this node again.
        let next = node.inputs[begun..].iter().position(|input| match input {
            Input::Node(inner) => !lowering.note::<Lowered>().nodes.contains_key(&address(inner)),
            Input::Other(_) => false,
        });
        if let Some(next) = next {
            let at = begun + next;
            left.push((node, at + 1));
            if let Input::Node(inner) = &node.inputs[at] {
                left.push((inner, 0));
            }
            continue;
        }
        let id = add(node, lowering)?;
        lowering.note::<Lowered>().nodes.insert(address(node), id);
        lowering.note::<KeyOf>().texts.insert(id, node.key_text());
    }
    match lowering.note::<Lowered>().nodes.get(&address(node)) {
        Some(&id) => Ok(id),
        None => bail!(RuntimeError: "internal error: a delayed call was not lowered"),
    }
}

/// Adds the task of a node whose inputs have theirs.
fn add(node: &Arc<Node>, lowering: &mut Lowering) -> Result<TaskId> {
    let key = node.key();
    if let Some(id) = lowering.graph.find(&key) {
        return Ok(id);
    }
    match &node.work {
        Work::Leaf { value, .. } => Ok(lowering.graph.add_ready(key, Payload::new(Plain(value.clone())))),
        Work::Ready(payload) => Ok(lowering.graph.add_ready(key, payload.clone())),
        Work::Call(call) => {
            let mut inputs: SmallVec<[TaskId; 4]> = SmallVec::with_capacity(node.inputs.len());
            for input in &node.inputs {
                inputs.push(match input {
                    Input::Node(inner) => match lowering.note::<Lowered>().nodes.get(&address(inner)) {
                        Some(&id) => id,
                        None => bail!(RuntimeError: "internal error: an input was not lowered"),
                    },
                    Input::Other(lazy) => add_gathered(&**lazy, lowering)?,
                });
            }
            // What a function of the user makes is not known; a plain value is small.
            let cost = Cost { output: 64, working: 0 };
            Ok(lowering.graph.add(Task { key, operation: call.clone(), inputs, cost }))
        }
    }
}

/// Adds the tasks of any lazy value and one that gathers its concrete value.
pub fn add_gathered(lazy: &dyn Lazy, lowering: &mut Lowering) -> Result<TaskId> {
    if let Some(delayed) = lazy.as_any().downcast_ref::<super::Delayed>() {
        return lower(&delayed.0, lowering);
    }
    let parts = lazy.lower(lowering)?;
    let operation = lazy.gather();
    let token = Tokenizer::new("gather").bytes(lazy.key().as_bytes()).finish();
    let key = Key::single(operation.name(), token);
    let output = parts.iter().map(|part| lowering.graph.tasks()[part.0 as usize].cost.output).sum();
    let cost = Cost { output, working: 0 };
    Ok(lowering.graph.add(Task { key, operation, inputs: parts.into(), cost }))
}

/// Gives its only input back: what a delayed call consists of is its value already.
#[derive(Debug)]
pub(super) struct PassOn;

impl Operation for PassOn {
    fn name(&self) -> &str {
        "delayed"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        match call.inputs.first() {
            Some(payload) => Ok(payload.clone()),
            None => Ok(Payload::new(Plain(Value::None))),
        }
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("delayed.pass", Vec::new())
    }
}
