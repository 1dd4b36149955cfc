//! Graphs drawn as text, for tests: `load -> a -> sum; load -> b -> max`.
//!
//! What stands before an arrow goes into everything behind it. `x:8` makes 8 bytes, `x:8+2` needs 2 more while it runs.

use std::sync::Arc;

use crate::cull::{Needed, cull};
use crate::{Cost, Graph, Key, Operation, Payload, Task, TaskId, Token};

/// An operation that is only looked at.
#[derive(Debug)]
pub struct Named(pub String);

impl Operation for Named {
    fn name(&self) -> &str {
        &self.0
    }

    fn run(&self, _: &mut crate::Call<'_>) -> Result<Payload, crate::Failure> {
        Err(crate::Failure::Panic("drawings are not run".into()))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("test.named", self.0.clone().into_bytes())
    }
}

/// The graph, and the name of each task.
pub fn graph(drawing: &str) -> (Graph, Vec<String>) {
    let mut names: Vec<String> = Vec::new();
    let mut inputs: Vec<Vec<usize>> = Vec::new();
    let mut costs: Vec<Cost> = Vec::new();
    for chain in drawing.split(';') {
        let mut before: Vec<usize> = Vec::new();
        for link in chain.split("->") {
            let mut here = Vec::new();
            for word in link.split_whitespace() {
                let (name, cost) = word.split_once(':').unwrap_or((word, ""));
                let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
                    names.push(name.to_string());
                    inputs.push(Vec::new());
                    costs.push(Cost::default());
                    names.len() - 1
                });
                if !cost.is_empty() {
                    let (output, working) = cost.split_once('+').unwrap_or((cost, "0"));
                    costs[at] = Cost { output: output.parse().unwrap(), working: working.parse().unwrap() };
                }
                here.push(at);
            }
            for &at in &here {
                inputs[at].extend(&before);
            }
            before = here;
        }
    }
    let mut graph = Graph::new();
    let mut ids: Vec<Option<TaskId>> = vec![None; names.len()];
    let mut sorted = Vec::new();
    while sorted.len() < names.len() {
        let at = (0..names.len())
            .find(|&at| ids[at].is_none() && inputs[at].iter().all(|&input| ids[input].is_some()))
            .expect("no task needs itself");
        let operation = Arc::new(Named(names[at].clone()));
        let key = Key::single(names[at].as_str(), Token::of(names[at].as_bytes()));
        let inputs = inputs[at].iter().map(|&input| ids[input].unwrap()).collect();
        ids[at] = Some(graph.add(Task { key, operation, inputs, cost: costs[at] }));
        sorted.push(names[at].clone());
    }
    (graph, sorted)
}

/// What the outputs of a drawing need (no outputs given: all that nobody uses), and the name of each task of the graph.
pub fn drawn(drawing: &str, outputs: &[&str]) -> (Needed, Vec<String>) {
    let (graph, names) = graph(drawing);
    let outputs: Vec<TaskId> = if outputs.is_empty() {
        let used = |id: &TaskId| graph.tasks().iter().any(|task| task.inputs.contains(id));
        (0..names.len() as u32).map(TaskId).filter(|id| !used(id)).collect()
    } else {
        outputs.iter().map(|name| TaskId(names.iter().position(|known| known == name).unwrap() as u32)).collect()
    };
    (cull(graph.tasks(), &outputs, |_, _| None).0, names)
}

/// The names of these positions.
pub fn letters(needed: &Needed, names: &[String], positions: &[u32]) -> String {
    let name = |&at: &u32| names[needed.tasks[at as usize].0 as usize].as_str();
    positions.iter().map(name).collect::<Vec<_>>().join(" ")
}

/// Tasks as their inputs and the bytes that they make.
pub type Plain = Vec<(Vec<usize>, u64)>;

/// What these outputs need.
pub fn plain(tasks: &Plain, outputs: &[usize]) -> Needed {
    let operation: Arc<dyn Operation> = Arc::new(Named("plain".into()));
    let mut graph = Graph::new();
    for (at, (inputs, output)) in tasks.iter().enumerate() {
        let key = Key::single("plain", Token([0, at as u64]));
        let inputs = inputs.iter().map(|&input| TaskId(input as u32)).collect();
        graph.add(Task { key, operation: operation.clone(), inputs, cost: Cost { output: *output, working: 0 } });
    }
    let outputs: Vec<TaskId> = outputs.iter().map(|&output| TaskId(output as u32)).collect();
    cull(graph.tasks(), &outputs, |_, _| None).0
}
