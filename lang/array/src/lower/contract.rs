//! Products of arrays. For each chunk of the result a chain of tasks adds one product after the other to the same memory, so that
//! however long the sum is, one chunk of the result is held. Arrays of which both are too large to be held are read in pieces ([`super::large`]).
//!
//! Chunks of large matrices are made in panels of rows: where one of few chunks is most of the array, a single worker would be
//! left with most of the work. An array in memory is read where it lies.

use std::sync::Arc;

use rdk_graph::{Cost, Graph, Index, Key, Operation, Task, TaskId, Tokenizer};
use rdk_runtime::{Result, bail};
use smallvec::SmallVec;

use super::build::{Built, Note, bytes, first};
use super::fusion::operand;
use super::product::{Added, Product, Window};
use super::view::{nth, number};
use crate::array::{Array, Contraction};
use crate::chunks::{AxisChunks, Chunks, MAX_CHUNKS};
use crate::shape::{self, Shape};

/// So many results at once keep every worker busy; fewer get several chains each.
const BUSY: usize = 4;
/// The rows of a panel. Each panel reads all of the other matrix, which fewer rows would not be worth.
const PANEL: usize = 1024;
/// Products of fewer multiplications than this are made as they are.
const LARGE: u128 = 1 << 32;

/// What products read of one of the two arrays.
struct Factor {
    /// The array below, which the product sees with other axes.
    base: Array,
    /// For each axis that the product sees, which of the base it is.
    axes: SmallVec<[Option<usize>; 4]>,
    /// Its tasks: one for each chunk, or a single one for the whole.
    tasks: Vec<TaskId>,
    is_whole: bool,
}

impl Factor {
    fn new(note: &mut Note, array: &Array, graph: &mut Graph) -> Result<Factor> {
        let (base, axes) = operand(array);
        let built = note.built[&base.token()].clone();
        let is_whole = built.tasks.len() == 1 && built.grid != *base.chunks();
        let tasks = if is_whole { built.tasks.to_vec() } else { note.pieces(&base, graph)? };
        Ok(Factor { base, axes, tasks, is_whole })
    }

    /// The task that holds a chunk of the product's input, and which part of what it holds that is. `rows` are those of a panel,
    /// along an axis that the product sees.
    fn part(&self, index: &[u32], rows: Option<(usize, (usize, usize))>) -> (TaskId, Window) {
        let index = based(&self.base, &self.axes, index);
        let grid = self.base.chunks();
        let task = if self.is_whole { self.tasks[0] } else { self.tasks[number(&grid.counts(), &index)] };
        if !self.is_whole && rows.is_none() {
            return (task, Window::new());
        }
        let mut window: Window = index
            .iter()
            .zip(&grid.0)
            .map(|(&at, axis)| (if self.is_whole { axis.start(at as usize) } else { 0 }, axis.size(at as usize)))
            .collect();
        if let Some((axis, (start, length))) = rows
            && let Some(axis) = self.axes[axis]
        {
            window[axis] = (window[axis].0 + start, length);
        }
        (task, window)
    }
}

impl Note {
    /// The tasks of a product.
    pub(super) fn contracted(&mut self, array: &Array, contraction: &Contraction, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        if !self.for_looks
            && let Some(cut) = super::large::cut(array, contraction, self.memory)
        {
            return self.large(array, contraction, &cut, graph);
        }
        let (a, b) = (&node.inputs[0], &node.inputs[1]);
        let (left, right) = (Factor::new(self, a, graph)?, Factor::new(self, b, graph)?);
        let summed: Shape = contraction.summed.iter().map(|&(l, _)| a.chunks().0[l].count()).collect();
        let panels = if self.for_looks { None } else { panels(array, contraction) };
        let grid = panels.clone().unwrap_or_else(|| node.chunks.clone());
        let counts = grid.counts();
        let n_products = shape::size(&summed).saturating_mul(shape::size(&counts));
        if n_products > MAX_CHUNKS as u128 {
            bail!(MemoryError: "`{}` would take {n_products} products of chunks", node.name; hint: "larger chunks make fewer of them");
        }
        let product = |windows: [Window; 2]| -> Arc<dyn Operation> {
            Arc::new(Product {
                name: node.name.clone(),
                contraction: contraction.clone(),
                a_axes: left.axes.clone(),
                b_axes: right.axes.clone(),
                windows,
                dtype: node.dtype,
                summed: contraction.summed.iter().map(|&(l, _)| a.chunks().0[l].largest() as u64).product(),
            })
        };
        let plain = product([Window::new(), Window::new()]);
        let added: Arc<dyn Operation> = Arc::new(Added);
        let (n_results, n_steps): (usize, usize) = (counts.iter().product(), summed.iter().product());
        let n_chains = (BUSY / n_results.max(1)).clamp(1, n_steps.max(1));
        let step_token = |n: usize| Tokenizer::new("step").number(n as u64).token(node.token).finish();
        let mut tasks = Vec::with_capacity(n_results);
        for n in 0..n_results {
            let index = nth(&counts, n);
            // The chunk of the result, and the rows of it that this panel is.
            let (mut chunk, mut rows) = (index.clone(), None);
            if panels.is_some() {
                let (fine, coarse) = (&grid.0[0], &node.chunks.0[0]);
                let (start, length) = (fine.start(index[0] as usize), fine.size(index[0] as usize));
                let at = coarse.find(start);
                chunk[0] = at as u32;
                rows = Some((contraction.left[0], (start - coarse.start(at), length)));
            }
            let output = bytes(&grid.chunk_shape(&index), node.dtype);
            let cost = Cost { output, working: 4 << 20 };
            let mut chains: SmallVec<[TaskId; 4]> = SmallVec::new();
            for chain in 0..n_chains {
                let steps = n_steps * chain / n_chains..n_steps * (chain + 1) / n_chains;
                let mut sum: Option<TaskId> = None;
                for step in steps.clone() {
                    let at = nth(&summed, step);
                    let (a_index, b_index) = blocks(contraction, [a.chunks(), b.chunks()], &chunk, &at);
                    let (a_task, a_window) = left.part(&a_index, rows);
                    let (b_task, b_window) = right.part(&b_index, None);
                    let is_plain = a_window.is_empty() && b_window.is_empty();
                    let operation = if is_plain { plain.clone() } else { product([a_window, b_window]) };
                    let inputs = [a_task, b_task].into_iter().chain(sum).collect();
                    let is_last = n_chains == 1 && step + 1 == steps.end;
                    let token = if is_last { node.token } else { step_token(step) };
                    let key = Key { name: node.name.clone(), token, index: index.clone() };
                    sum = Some(graph.add(Task { key, operation, inputs, cost }));
                }
                chains.extend(sum);
            }
            tasks.push(match chains[..] {
                [one] => one,
                _ => {
                    let key = Key { name: "sum-aggregate".into(), token: node.token, index };
                    graph.add(Task { key, operation: added.clone(), inputs: chains, cost })
                }
            });
        }
        Ok(Built { tasks: tasks.into(), grid })
    }
}

/// The grid of a large product of matrices, its rows cut into panels; `None` for others, and where the chunks are no larger.
fn panels(array: &Array, contraction: &Contraction) -> Option<Chunks> {
    let node = array.node();
    let plain = contraction.batch.is_empty() && contraction.left.len() == 1 && contraction.right.len() == 1;
    let summed = contraction.summed.iter().map(|&(l, _)| node.inputs[0].shape()[l] as u128);
    let work = shape::size(&node.shape).saturating_mul(summed.product());
    let rows = node.chunks.0.first().filter(|rows| plain && work >= LARGE && rows.largest() > PANEL)?;
    // Five panels for two workers would leave one of them idle for a fifth of the time.
    let of_workers = if node.chunks.count() == 1 { workers() } else { 1 };
    let parts = rows.sizes().flat_map(|size| {
        let n = size.div_ceil(PANEL).max(1).next_multiple_of(of_workers).min(size);
        (0..n).map(move |part| size * (part + 1) / n - size * part / n)
    });
    let mut grid = node.chunks.clone();
    grid.0[0] = AxisChunks::listed(parts);
    Some(grid)
}

/// How many panels may be made at once.
fn workers() -> usize {
    static WORKERS: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *WORKERS.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// The panels of a product's chunks, chunk after chunk; `None` if the grid is not finer in its rows alone.
pub(super) fn by_chunk(built: &Built, chunks: &Chunks) -> Option<Vec<TaskId>> {
    let (fine, coarse) = (built.grid.0.split_first()?, chunks.0.split_first()?);
    if fine.1 != coarse.1 {
        return None;
    }
    let row: usize = coarse.1.iter().map(AxisChunks::count).product();
    let mut tasks = Vec::with_capacity(built.tasks.len());
    let mut panel = 0;
    for chunk in 0..coarse.0.count() {
        let end = coarse.0.start(chunk + 1);
        let begin = panel;
        while panel < fine.0.count() && fine.0.start(panel + 1) <= end {
            panel += 1;
        }
        for column in 0..row {
            tasks.extend((begin..panel).map(|panel| built.tasks[panel * row + column]));
        }
    }
    (tasks.len() == built.tasks.len()).then_some(tasks)
}

/// Which chunks of both inputs, cut like this, make a product: those of the result's chunk, at this step of the sum.
pub(super) fn blocks(contraction: &Contraction, grids: [&Chunks; 2], index: &[u32], step: &[u32]) -> (Index, Index) {
    let [a, b] = grids;
    let (mut a_index, mut b_index) = (first(a.0.len()), first(b.0.len()));
    let (batch, rest) = index.split_at(contraction.batch.len());
    let (left, right) = rest.split_at(contraction.left.len());
    let on = |grid: &Chunks, axis: usize, at: u32| if grid.0[axis].is_single() { 0 } else { at };
    for (&(l, r), &at) in contraction.batch.iter().zip(batch) {
        (a_index[l], b_index[r]) = (on(a, l, at), on(b, r, at));
    }
    for (&(l, r), &at) in contraction.summed.iter().zip(step) {
        (a_index[l], b_index[r]) = (at, at);
    }
    contraction.left.iter().zip(left).for_each(|(&axis, &at)| a_index[axis] = at);
    contraction.right.iter().zip(right).for_each(|(&axis, &at)| b_index[axis] = at);
    (a_index, b_index)
}

/// The chunk of the array below that is this chunk of an array which only sees it with other axes.
pub(super) fn based(base: &Array, axes: &[Option<usize>], index: &[u32]) -> Index {
    let mut result = first(base.ndim());
    for (axis, &at) in axes.iter().zip(index) {
        if let Some(axis) = axis {
            result[*axis] = at;
        }
    }
    result
}
