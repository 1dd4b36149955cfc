//! What computing a frame is going to take, as far as that can be said before it runs.

use rdk_graph::{cull, order};
use rdk_runtime::Result;
use rdk_runtime::object::Lowering;

use super::build::{self, Note};
use crate::plan::View;

/// Tasks of the same name.
#[derive(Debug, PartialEq, Eq)]
pub struct Operations {
    /// `read-csv`, `groupby-mean-part`
    pub name: String,
    /// How many tasks.
    pub n_tasks: usize,
    /// How many bytes one of them holds at most: what it makes and what it needs besides.
    pub n_bytes: u64,
}

/// What computing a frame is going to take.
#[derive(Debug)]
pub struct Estimate {
    /// In the order in which the first task of each comes.
    pub operations: Vec<Operations>,
    /// Bytes that are read from files.
    pub n_bytes_read: u64,
    /// Bytes that are held when most are held.
    pub peak: u64,
    /// The plans of stages, with what their tasks are called.
    pub plans: Vec<(String, String)>,
}

/// Makes the graph, and counts.
pub fn estimate(view: &View, threads: usize) -> Result<Estimate> {
    let mut lowering = Lowering::for_looks();
    build::announce(view, &mut lowering)?;
    let outputs = build::lower(view, &mut lowering)?;
    let mut operations: Vec<Operations> = Vec::new();
    let graph = &lowering.graph;
    let (needed, _) = cull::cull(graph.tasks(), &outputs, |id, _| graph.ready(id).cloned());
    for at in 0..needed.len() as u32 {
        let task = &lowering.graph.tasks()[needed.tasks[at as usize].0 as usize];
        if needed.at_hand[at as usize] {
            continue;
        }
        let n_bytes = task.cost.output + task.cost.working;
        match operations.iter_mut().find(|known| *known.name == *task.key.name) {
            Some(known) => {
                known.n_tasks += 1;
                known.n_bytes = known.n_bytes.max(n_bytes);
            }
            None => operations.push(Operations { name: task.key.name.to_string(), n_tasks: 1, n_bytes }),
        }
    }
    let peak = peak(&needed, threads);
    let note = lowering.note::<Note>();
    let plans = note.texts.iter().map(|(name, text)| (name.to_string(), text.clone())).collect();
    Ok(Estimate { operations, n_bytes_read: note.n_bytes_read, peak, plans })
}

/// The bytes that are held when most are held: results whose users have not all run, and what so many running tasks take.
fn peak(needed: &cull::Needed, threads: usize) -> u64 {
    let mut users: Vec<usize> = (0..needed.len() as u32).map(|at| needed.users(at).len()).collect();
    let (mut held, mut peak, mut largest) = (0, 0, 0);
    for at in order::order(needed) {
        let cost = needed.costs[at as usize];
        if needed.at_hand[at as usize] {
            continue;
        }
        largest = largest.max(cost.output + cost.working);
        peak = peak.max(held + cost.output + cost.working);
        held += cost.output;
        for &input in needed.inputs(at) {
            users[input as usize] -= 1;
            if users[input as usize] == 0 && !needed.is_output[input as usize] && !needed.at_hand[input as usize] {
                held = held.saturating_sub(needed.costs[input as usize].output);
            }
        }
    }
    peak + largest * (threads.saturating_sub(1) as u64).min(needed.len().saturating_sub(1) as u64)
}
