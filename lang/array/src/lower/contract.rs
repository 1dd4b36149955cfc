//! Products of arrays. For each chunk of the result a chain of tasks adds one product after the other to the same memory, so that
//! however long the sum is, one chunk of the result is held.

use std::sync::Arc;

use rdk_graph::{Cost, Graph, Index, Key, Operation, Task, TaskId, Tokenizer};
use rdk_runtime::{Result, bail};
use smallvec::SmallVec;

use super::build::{Built, Note, bytes, first};
use super::fusion::operand;
use super::product::{Added, Product};
use super::view::{nth, number};
use crate::array::{Array, Contraction};
use crate::chunks::MAX_CHUNKS;
use crate::shape::{self, Shape};

/// So many results at once keep every worker busy; fewer get several chains each.
const BUSY: usize = 4;

impl Note {
    /// The tasks of a product.
    pub(super) fn contracted(&mut self, array: &Array, contraction: &Contraction, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let (a, b) = (&node.inputs[0], &node.inputs[1]);
        let ((a_base, a_axes), (b_base, b_axes)) = (operand(a), operand(b));
        let (a_tasks, b_tasks) = (self.pieces(&a_base, graph)?, self.pieces(&b_base, graph)?);
        let (a_counts, b_counts) = (a_base.numblocks(), b_base.numblocks());
        let product: Arc<dyn Operation> = Arc::new(Product {
            name: node.name.clone(),
            contraction: contraction.clone(),
            a_axes: a_axes.clone(),
            b_axes: b_axes.clone(),
            dtype: node.dtype,
        });
        let added: Arc<dyn Operation> = Arc::new(Added);
        let summed: Shape = contraction.summed.iter().map(|&(l, _)| a.chunks().0[l].count()).collect();
        let counts = node.chunks.counts();
        let n_products = shape::size(&summed).saturating_mul(shape::size(&counts));
        if n_products > MAX_CHUNKS as u128 {
            bail!(MemoryError: "`{}` would take {n_products} products of chunks", node.name; hint: "larger chunks make fewer of them");
        }
        let (n_results, n_steps): (usize, usize) = (counts.iter().product(), summed.iter().product());
        let n_chains = (BUSY / n_results.max(1)).clamp(1, n_steps.max(1));
        let step_token = |n: usize| Tokenizer::new("step").number(n as u64).token(node.token).finish();
        let mut tasks = Vec::with_capacity(n_results);
        for n in 0..n_results {
            let index = nth(&counts, n);
            let output = bytes(&node.chunks.chunk_shape(&index), node.dtype);
            let cost = Cost { output, working: 4 << 20 };
            let mut chains: SmallVec<[TaskId; 4]> = SmallVec::new();
            for chain in 0..n_chains {
                let steps = n_steps * chain / n_chains..n_steps * (chain + 1) / n_chains;
                let mut sum: Option<TaskId> = None;
                for step in steps.clone() {
                    let at = nth(&summed, step);
                    let (a_index, b_index) = blocks(contraction, a, b, &index, &at);
                    let a_task = a_tasks[number(&a_counts, &based(&a_base, &a_axes, &a_index))];
                    let b_task = b_tasks[number(&b_counts, &based(&b_base, &b_axes, &b_index))];
                    let inputs = [a_task, b_task].into_iter().chain(sum).collect();
                    let is_last = n_chains == 1 && step + 1 == steps.end;
                    let token = if is_last { node.token } else { step_token(step) };
                    let key = Key { name: node.name.clone(), token, index: index.clone() };
                    sum = Some(graph.add(Task { key, operation: product.clone(), inputs, cost }));
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
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }
}

/// Which chunks of both inputs make a product: those of the result's chunk, at this step of the sum.
fn blocks(contraction: &Contraction, a: &Array, b: &Array, index: &[u32], step: &[u32]) -> (Index, Index) {
    let (mut a_index, mut b_index) = (first(a.ndim()), first(b.ndim()));
    let (batch, rest) = index.split_at(contraction.batch.len());
    let (left, right) = rest.split_at(contraction.left.len());
    let on = |array: &Array, axis: usize, at: u32| if array.chunks().0[axis].is_single() { 0 } else { at };
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
fn based(base: &Array, axes: &[Option<usize>], index: &[u32]) -> Index {
    let mut result = first(base.ndim());
    for (axis, &at) in axes.iter().zip(index) {
        if let Some(axis) = axis {
            result[*axis] = at;
        }
    }
    result
}
