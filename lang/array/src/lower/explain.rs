//! What a compute would do, before it does it: the loops after fusion, their tasks, what is read, how long it may take, what is held.

use std::any::Any;
use std::sync::Arc;

use rdk_graph::{Index, Operation, Projection, TaskId, Token, project};
use rdk_runtime::object::Lowering;
use rdk_runtime::{Lazy, Result};
use rustc_hash::FxHashMap;

use super::fused::{Fused, LoopEnd};
use super::fusion::{of_func, of_source};
use super::gather::Regrid;
use super::large::Block;
use super::product::Product;
use super::reduce::Combine;
use super::shelve::{Shelve, Unshelve};
use super::step::StepTask;
use super::stretch::Stretch;
use super::tally::TallyTask;
use crate::array::{Array, Func};
use crate::kernel::{Leaf, Source, StepOp};
use crate::shape;
use crate::show::bytes::format_bytes;

/// Nanoseconds to start a task and to take note of its end.
const TASK: f64 = 2000.0;
/// An element read from a chunk in memory.
const READ: f64 = 0.3;
/// An element written to a fresh chunk.
const WRITE: f64 = 1.0;
/// An element that is copied to a chunk of another grid, or to disk and back.
const COPY: f64 = 2.0;
const SHELVED: f64 = 4.0;
/// A multiplication in a product of matrices.
const PRODUCT: f64 = 0.05;
/// An element that is put into its bin.
const COUNT: f64 = 2.0;
/// An element of a step that does not say what it takes.
const STEP: f64 = 5.0;

/// What a compute would do.
pub struct Explanation {
    lines: Vec<Line>,
    projection: Projection,
    /// Bytes that are cut up and put aside on disk on their way to another grid.
    shelved: u128,
    /// If it would be refused: what is too large, and chunks that would fit.
    refused: Option<(String, Option<String>)>,
    threads: usize,
    memory: u64,
}

/// All tasks of one operation.
struct Line {
    what: String,
    tasks: usize,
    chunk: String,
    read: u128,
    made: u128,
    nanoseconds: f64,
}

impl Array {
    /// What computing it would do on so many threads, with so many bytes of memory. Nothing runs.
    pub fn explain(&self, threads: usize, memory: u64) -> Result<Explanation> {
        let mut lowering = Lowering::within(memory);
        self.announce(&mut lowering)?;
        let outputs = self.lower(&mut lowering)?;
        let graph = &lowering.graph;
        let mut needed = vec![false; graph.tasks().len()];
        let mut open: Vec<TaskId> = outputs.clone();
        while let Some(id) = open.pop() {
            if !std::mem::replace(&mut needed[id.0 as usize], true) && graph.ready(id).is_none() {
                open.extend(graph.tasks()[id.0 as usize].inputs.iter().copied());
            }
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut shelved = 0u128;
        let mut known: FxHashMap<(Arc<str>, Token), usize> = FxHashMap::default();
        for (at, task) in graph.tasks().iter().enumerate() {
            if !needed[at] || graph.ready(TaskId(at as u32)).is_some() {
                continue;
            }
            // The steps of a tree are one operation, and so are rounds.
            let is_tree = downcast::<Combine>(&*task.operation).is_some();
            let is_round = downcast::<StepTask>(&*task.operation).is_some_and(|task| task.step.is_round());
            let token = if is_tree || is_round { Token([0, 0]) } else { task.key.token };
            let line = *known.entry((task.key.name.clone(), token)).or_insert_with(|| {
                let (what, chunk) =
                    (described(&task.key.name, &*task.operation), chunk_of(&*task.operation, &task.key.index));
                lines.push(Line { what, tasks: 0, chunk, read: 0, made: 0, nanoseconds: 0.0 });
                lines.len() - 1
            });
            let line = &mut lines[line];
            line.tasks += 1;
            line.made += u128::from(task.cost.output);
            line.nanoseconds += nanoseconds(&*task.operation, &task.key.index, task.cost.output);
            // Data in memory is read where it lies; a step without inputs reads it from elsewhere.
            let held = task.inputs.iter().map(|input| graph.ready(*input).map_or(0, |data| data.0.n_bytes() as u128));
            let in_memory: u128 = match looping(&*task.operation, &task.key.index) {
                // An array in memory is one piece, of which a loop reads what lies below its chunk.
                Some((loops, index)) => {
                    let most = loops.iter().flat_map(|fused| leaf_bytes(fused, &index));
                    held.zip(most).map(|(held, most)| held.min(most)).sum()
                }
                None if downcast::<Regrid>(&*task.operation).is_some()
                    || downcast::<Stretch>(&*task.operation).is_some() =>
                {
                    held.sum::<u128>().min(u128::from(task.cost.output))
                }
                None => held.sum(),
            };
            if downcast::<Shelve>(&*task.operation).is_some() {
                shelved += task
                    .inputs
                    .iter()
                    .map(|input| u128::from(graph.tasks()[input.0 as usize].cost.output))
                    .sum::<u128>();
            }
            let elsewhere = task.inputs.is_empty() && downcast::<StepTask>(&*task.operation).is_some();
            let in_pieces = downcast::<Block>(&*task.operation).map_or(0, |block| block.reads().into());
            line.read += in_memory + in_pieces + if elsewhere { u128::from(task.cost.output) } else { 0 };
        }
        let projection = project(graph, &outputs, threads, memory);
        let refused = projection.refused.map(|(task, bytes)| match task {
            Some(id) => {
                let task = &graph.tasks()[id.0 as usize];
                let text = format!("`{}` needs {} at once", task.operation.name(), format_bytes(bytes.into()));
                (text, task.operation.advice(&task.key.index, bytes, memory))
            }
            None => {
                let text = format!("the result has {}", format_bytes(bytes.into()));
                (text, Some("reduce it, take a part of it, or store it in a file".into()))
            }
        });
        Ok(Explanation { lines, projection, shelved, refused, threads, memory })
    }
}

fn downcast<T: Operation>(operation: &dyn Operation) -> Option<&T> {
    let any: &dyn Any = operation;
    any.downcast_ref()
}

/// The loops that a task carries out, and over which chunk.
fn looping<'a>(operation: &'a dyn Operation, index: &[u32]) -> Option<(&'a [Fused], Index)> {
    match downcast::<TallyTask>(operation) {
        Some(tally) => Some((&tally.loops, tally.index(index))),
        None => downcast::<Fused>(operation).map(|fused| (std::slice::from_ref(fused), index.into())),
    }
}

fn chunk_of(operation: &dyn Operation, index: &[u32]) -> String {
    if let Some((loops, index)) = looping(operation, index) {
        return shape::show(&loops[0].loops.chunk_shape(&index));
    }
    if let Some(stretch) = downcast::<Stretch>(operation) {
        return shape::show(&stretch.ground(index).shape);
    }
    let grid = if let Some(regrid) = downcast::<Regrid>(operation) {
        &regrid.loops
    } else if let Some(shelve) = downcast::<Shelve>(operation) {
        &shelve.regrid.grid
    } else if let Some(unshelve) = downcast::<Unshelve>(operation) {
        &unshelve.regrid.loops
    } else if let Some(step) = downcast::<StepTask>(operation) {
        &step.chunks
    } else if let Some(block) = downcast::<Block>(operation) {
        &block.grid
    } else {
        return String::new();
    };
    if index.len() == grid.0.len() { shape::show(&grid.chunk_shape(index)) } else { String::new() }
}

/// Bytes that a loop may read of each of the chunks that it is given.
fn leaf_bytes(fused: &Fused, index: &[u32]) -> impl Iterator<Item = u128> {
    let elements = shape::size(&fused.loops.chunk_shape(index));
    fused.program.leaves.iter().filter_map(move |leaf| match leaf {
        Leaf::Chunk(dtype) => Some(elements * dtype.size() as u128),
        Leaf::Constant(_) | Leaf::Source { .. } => None,
    })
}

/// What a task does: the functions of a loop one after the other.
fn described(name: &str, operation: &dyn Operation) -> String {
    const MOST: usize = 6;
    let (loops, stores) = match (downcast::<TallyTask>(operation), downcast::<Fused>(operation)) {
        (Some(tally), _) => (&tally.loops[..], false),
        (None, Some(fused)) => (std::slice::from_ref(fused), matches!(fused.end, LoopEnd::Store)),
        (None, None) => return name.to_string(),
    };
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: String| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    for leaf in loops.iter().flat_map(|fused| &fused.program.leaves) {
        if let Leaf::Source { source, .. } = leaf {
            add(match source {
                Source::Random { distribution, .. } => kind(distribution),
                other => kind(other),
            });
        }
    }
    for step in loops.iter().flat_map(|fused| &fused.program.steps) {
        add(match step.op {
            StepOp::Unary(func, _) => func.name().to_string(),
            StepOp::Binary(func, _, _) => func.name().to_string(),
            StepOp::Compare(func, _, _) => func.name().to_string(),
            StepOp::Cast(_) => format!("astype {}", step.dtype),
            StepOp::Select(..) => "where".to_string(),
        });
    }
    if names.len() > MOST {
        let more = names.len() - MOST;
        names.truncate(MOST);
        names.push(format!("{more} more"));
    }
    // A loop that stores something is called by its last function.
    if !(stores && names.last().is_some_and(|last| last == name)) {
        names.push(name.to_string());
    }
    names.join(" → ")
}

/// `Random { … }` as `random`.
fn kind(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase()
}

fn nanoseconds(operation: &dyn Operation, index: &[u32], output: u64) -> f64 {
    let made = output as f64 / 8.0;
    TASK + if let Some((loops, index)) = looping(operation, index) {
        let counting = if downcast::<TallyTask>(operation).is_some() { COUNT } else { 0.0 };
        counting * shape::size(&loops[0].loops.chunk_shape(&index)) as f64
            + loops.iter().map(|fused| of_loop(fused, &index, counting == 0.0)).sum::<f64>()
    } else if let Some(regrid) = downcast::<Regrid>(operation) {
        shape::size(&regrid.loops.chunk_shape(index)) as f64 * COPY
    } else if downcast::<Stretch>(operation).is_some() {
        made * COPY
    } else if let Some(shelve) = downcast::<Shelve>(operation) {
        shape::size(&shelve.regrid.grid.chunk_shape(index)) as f64 * SHELVED
    } else if let Some(unshelve) = downcast::<Unshelve>(operation) {
        shape::size(&unshelve.regrid.loops.chunk_shape(index)) as f64 * SHELVED
    } else if let Some(product) = downcast::<Product>(operation) {
        made * product.summed.max(1) as f64 * PRODUCT
    } else if let Some(block) = downcast::<Block>(operation) {
        made * block.product.summed.max(1) as f64 * PRODUCT
    } else if let Some(step) = downcast::<StepTask>(operation) {
        made * f64::from(step.step.again().unwrap_or(STEP as f32))
    } else if downcast::<Combine>(operation).is_some() {
        made * WRITE
    } else {
        // Calls of functions: nobody knows.
        0.0
    }
}

/// A loop over one chunk; what it makes may be counted where it is made.
pub(super) fn of_loop(fused: &Fused, index: &[u32], stores: bool) -> f64 {
    let leaves = fused.program.leaves.iter().map(|leaf| match leaf {
        Leaf::Chunk(dtype) => READ * dtype.size() as f64 / 8.0,
        Leaf::Constant(_) => 0.0,
        Leaf::Source { source, .. } => f64::from(of_source(source)),
    });
    let steps = fused.program.steps.iter().map(|step| match step.op {
        StepOp::Unary(func, _) => f64::from(of_func(Func::Unary(func))),
        StepOp::Binary(func, _, _) => f64::from(of_func(Func::Binary(func))),
        StepOp::Compare(func, _, _) => f64::from(of_func(Func::Compare(func))),
        StepOp::Cast(_) | StepOp::Select(..) => 0.2,
    });
    let end = match fused.end {
        LoopEnd::Store if stores => WRITE,
        LoopEnd::Store | LoopEnd::Reduce { .. } => 0.1,
    };
    let elements = shape::size(&fused.loops.chunk_shape(index)) as f64;
    elements * (leaves.sum::<f64>() + steps.sum::<f64>() + end)
}

impl Explanation {
    /// As text: a line for each operation, then the sums.
    pub fn text(&self) -> String {
        let heads = ["operation", "tasks", "chunk", "reads", "makes", "time"];
        let mut rows: Vec<[String; 6]> = vec![heads.map(String::from)];
        for line in &self.lines {
            let bytes = |count: u128| if count == 0 { String::new() } else { format_bytes(count) };
            let time = time(line.nanoseconds / self.threads as f64);
            rows.push([
                line.what.clone(),
                line.tasks.to_string(),
                line.chunk.clone(),
                bytes(line.read),
                bytes(line.made),
                time,
            ]);
        }
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..6).map(width).collect();
        let mut text = String::new();
        for row in &rows {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
                0 | 2 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        let read: u128 = self.lines.iter().map(|line| line.read).sum();
        let nanoseconds: f64 = self.lines.iter().map(|line| line.nanoseconds).sum::<f64>() / self.threads as f64;
        let tasks = self.projection.tasks.max(self.lines.iter().map(|line| line.tasks).sum());
        let s = |count: usize| if count == 1 { "" } else { "s" };
        text.push_str(&format!(
            "{tasks} task{}, {} read, about {} on {} thread{}",
            s(tasks),
            format_bytes(read),
            time(nanoseconds),
            self.threads,
            s(self.threads)
        ));
        let memory = format_bytes(self.memory.into());
        match &self.refused {
            None => {
                text.push_str(&format!(
                    ", at most {} of {memory} in memory",
                    format_bytes(self.projection.peak.into())
                ));
                let on_disk = u128::from(self.projection.spilled) + self.shelved;
                if on_disk > 0 {
                    text.push_str(&format!(", {} on disk", format_bytes(on_disk)));
                }
                text.push('\n');
            }
            Some((what, advice)) => {
                text.push_str(&format!("\ndoes not fit: {what}, the budget is {memory}\n"));
                if let Some(advice) = advice {
                    text.push_str(&format!("{advice}\n"));
                }
            }
        }
        text
    }
}

/// Two digits are more than an estimate knows.
fn time(nanoseconds: f64) -> String {
    let seconds = nanoseconds / 1e9;
    match seconds {
        _ if seconds >= 99.5 => format!("{:.0} min", (seconds / 60.0).max(2.0)),
        _ if seconds >= 9.95 => format!("{seconds:.0} s"),
        _ if seconds >= 0.0995 => format!("{seconds:.1} s"),
        _ => format!("{:.0} ms", (seconds * 1e3).max(1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DType;

    #[test]
    fn times_are_rough() {
        for (seconds, expected) in [(0.0, "1 ms"), (0.021, "21 ms"), (0.26, "0.3 s"), (42.0, "42 s"), (600.0, "10 min")]
        {
            assert_eq!(time(seconds * 1e9), expected);
        }
    }

    #[test]
    fn kinds_are_words() {
        assert_eq!(kind(&Source::Eye { k: 0, dtype: DType::F64 }), "eye");
    }
}
