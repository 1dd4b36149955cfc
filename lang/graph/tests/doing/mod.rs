//! Operations that do what a test says, and payloads of bytes.

#![allow(dead_code, reason = "each test uses some of it")]

use rdk_graph::{
    Call, Cancel, Cost, Data, Engine, Failure, Graph, Key, Operation, Payload, RunError, Task, TaskId, Token,
};
use std::io;
use std::sync::Arc;

pub struct Bytes(pub Vec<u8>);

impl Data for Bytes {
    fn n_bytes(&self) -> usize {
        self.0.len()
    }

    fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        to.write_all(&self.0)
    }

    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload> {
        |from| {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes)?;
            Ok(Payload::new(Bytes(bytes)))
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

pub type Work = dyn Fn(&mut Call<'_>) -> Result<Payload, Failure> + Send + Sync;

/// Real operations are plain data; a test may look in from outside.
pub struct Doing(pub &'static str, pub Box<Work>);

impl std::fmt::Debug for Doing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl Operation for Doing {
    fn name(&self) -> &str {
        self.0
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        (self.1)(call)
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("test.doing", Vec::new())
    }
}

/// Adds a task named so.
pub fn add(
    graph: &mut Graph,
    name: &'static str,
    inputs: &[TaskId],
    work: impl Fn(&mut Call<'_>) -> Result<Payload, Failure> + Send + Sync + 'static,
) -> TaskId {
    add_with(graph, name, inputs, Cost::default(), work)
}

pub fn add_with(
    graph: &mut Graph,
    name: &'static str,
    inputs: &[TaskId],
    cost: Cost,
    work: impl Fn(&mut Call<'_>) -> Result<Payload, Failure> + Send + Sync + 'static,
) -> TaskId {
    let mut token = rdk_graph::Tokenizer::new(name);
    for input in inputs {
        token = token.token(graph.tasks()[input.0 as usize].key.token);
    }
    let key = Key::single(name, token.finish());
    let operation = Arc::new(Doing(name, Box::new(work)));
    graph.add(Task { key, operation, inputs: inputs.iter().copied().collect(), cost })
}

/// Adds one of many tasks of the same name.
pub fn add_one(
    graph: &mut Graph,
    at: usize,
    work: impl Fn(&mut Call<'_>) -> Result<Payload, Failure> + Send + Sync + 'static,
) -> TaskId {
    let key = Key::single("one", Token([1, at as u64]));
    let operation = Arc::new(Doing("one", Box::new(work)));
    graph.add(Task { key, operation, inputs: Default::default(), cost: Cost::default() })
}

pub fn byte(byte: u8) -> Result<Payload, Failure> {
    Ok(Payload::new(Bytes(vec![byte])))
}

pub fn first(payload: &Payload) -> u8 {
    payload.get::<Bytes>().expect("tests make bytes").0[0]
}

pub fn sum(call: &mut Call<'_>) -> Result<Payload, Failure> {
    byte(call.inputs.iter().fold(0, |sum, input| sum.wrapping_add(first(input))))
}

pub fn run(engine: &Engine, graph: &Graph, outputs: &[TaskId]) -> Result<Vec<u8>, RunError> {
    Ok(engine.run(graph, outputs, &Cancel::new())?.iter().map(first).collect())
}

/// Chunks of 100 bytes, their mean, each chunk less the mean: all chunks are needed twice.
pub fn less_the_mean(n: u8) -> (Graph, Vec<TaskId>) {
    less_the_mean_with(n, || ())
}

/// Does something more in one of the tasks.
pub fn less_the_mean_with(n: u8, middle: impl Fn() + Send + Sync + 'static) -> (Graph, Vec<TaskId>) {
    let mut graph = Graph::new();
    let chunk = Cost { output: 100, working: 0 };
    let small = Cost { output: 1, working: 0 };
    let name = |prefix: &str, at: u8| -> &'static str { Box::leak(format!("{prefix}{at}").into_boxed_str()) };
    let x: Vec<TaskId> = (0..n)
        .map(|at| add_with(&mut graph, name("x", at), &[], chunk, move |_| Ok(Payload::new(Bytes(vec![at; 100])))))
        .collect();
    let parts: Vec<TaskId> =
        (0..n).map(|at| add_with(&mut graph, name("part", at), &[x[at as usize]], small, sum)).collect();
    let total = add_with(&mut graph, "total", &parts, small, sum);
    let middle = Arc::new(middle);
    let outputs = (0..n)
        .map(|at| {
            let middle = middle.clone();
            add_with(&mut graph, name("y", at), &[x[at as usize], total], small, move |call| {
                if at == n / 2 {
                    middle();
                }
                byte(first(&call.inputs[0]).wrapping_sub(first(&call.inputs[1])))
            })
        })
        .collect();
    (graph, outputs)
}
