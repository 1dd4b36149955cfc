//! What a task costs besides its work: 100 000 independent trivial tasks and a tree over them, built and run.
//!
//! `cargo run --release -p rdk-graph --example overhead`

use std::io;
use std::sync::Arc;
use std::time::Instant;

use rdk_graph::{Call, Cancel, Cost, Data, Engine, Failure, Graph, Key, Operation, Payload, Task, TaskId, Token};

#[derive(Debug)]
struct Number(u64);

impl Data for Number {
    fn n_bytes(&self) -> usize {
        8
    }

    fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        to.write_all(&self.0.to_le_bytes())
    }

    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload> {
        |from| {
            let mut bytes = [0; 8];
            from.read_exact(&mut bytes)?;
            Ok(Payload::new(Number(u64::from_le_bytes(bytes))))
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// The sum of the inputs, or the index.
#[derive(Debug)]
struct Sum;

impl Operation for Sum {
    fn name(&self) -> &str {
        "sum"
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        let sum = |call: &Call<'_>| call.inputs.iter().filter_map(|input| input.get::<Number>()).map(|n| n.0).sum();
        Ok(Payload::new(Number(if call.inputs.is_empty() { call.index[0].into() } else { sum(call) })))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("example.sum", Vec::new())
    }
}

fn main() {
    let engine = Engine::new(2);
    let n = 100_000u32;
    for round in 0..5 {
        let begun = Instant::now();
        let (graph, root) = tree(n, round);
        let built = begun.elapsed();
        let result = engine.run(&graph, &[root], &Cancel::new()).expect("sums do not fail");
        let took = begun.elapsed();
        assert_eq!(result[0].get::<Number>().map(|n| n.0), Some((0..u64::from(n)).sum()));
        let tasks = graph.tasks().len();
        let each = |time: std::time::Duration| time.as_secs_f64() * 1e6 / tasks as f64;
        println!("{tasks} tasks: {:.2} µs a task, of which building {:.2}", each(took), each(built));
    }
    let single: Vec<(Graph, TaskId)> = (0..1000).map(|round| tree(1, 100 + round)).collect();
    let begun = Instant::now();
    for (graph, root) in &single {
        engine.run(graph, &[*root], &Cancel::new()).expect("sums do not fail");
    }
    println!("a graph of one task: {:.2} µs", begun.elapsed().as_secs_f64() * 1e3);
    let few: Vec<(Graph, TaskId)> = (0..1000).map(|round| tree(8, 2000 + round)).collect();
    let begun = Instant::now();
    for (graph, root) in &few {
        engine.run(graph, &[*root], &Cancel::new()).expect("sums do not fail");
    }
    println!("a graph of nine tasks: {:.2} µs", begun.elapsed().as_secs_f64() * 1e3);
    time_of_order();
}

fn time_of_order() {
    let (graph, root) = tree(875_000, 0);
    let begun = Instant::now();
    let (needed, _) = rdk_graph::cull::cull(graph.tasks(), &[root], |_, _| None);
    let culled = begun.elapsed();
    let order = rdk_graph::order::order(&needed);
    println!("{} tasks: culled in {:.0?}, ordered in {:.0?}", order.len(), culled, begun.elapsed() - culled);
}

fn tree(n: u32, round: u32) -> (Graph, TaskId) {
    let mut graph = Graph::new();
    let operation: Arc<dyn Operation> = Arc::new(Sum);
    let name: Arc<str> = "sum".into();
    let mut level = 0u32;
    let mut add = |level: u32, index: u32, inputs: &[TaskId]| {
        let token = Token([round.into(), level.into()]);
        let key = Key { name: name.clone(), token, index: [index].into_iter().collect() };
        let cost = Cost { output: 8, working: 0 };
        graph.add(Task { key, operation: operation.clone(), inputs: inputs.iter().copied().collect(), cost })
    };
    let mut ids: Vec<TaskId> = (0..n).map(|index| add(0, index, &[])).collect();
    while ids.len() > 1 {
        level += 1;
        ids = ids.chunks(8).enumerate().map(|(index, inputs)| add(level, index as u32, inputs)).collect();
    }
    (graph, ids[0])
}
