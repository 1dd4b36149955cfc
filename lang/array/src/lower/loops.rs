//! Adds the tasks of fused loops: what they read is found or, where it is cut otherwise, put together first.

use std::sync::Arc;

use rdk_graph::{Cost, Graph, Index, Key, Operation, Task, TaskId, Token, Tokenizer};
use rdk_runtime::{Result, bail};
use smallvec::SmallVec;

use super::build::{Built, Note, bytes, check_grid};
use super::fused::{Fused, LoopEnd, Seen};
use super::gather::Regrid;
use super::program::compile;
use super::view::{Along, View, nth, number};
use crate::DType;
use crate::array::Array;
use crate::chunks::Chunks;
use crate::kernel::Leaf;
use crate::shape::Shape;

/// A tile of elements, as kernels cut them.
const TILE: u64 = 32 << 10;

impl Note {
    /// The tasks that store an array.
    pub(super) fn stored(&mut self, array: &Array, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let (fused, read) = self.loop_over(array, true, LoopEnd::Store, node.name.clone(), graph)?;
        // A loop that would only hand on the chunks that it reads is no work at all.
        if let ([(view, built)], [_], []) = (&read[..], &fused.leaves[..], &fused.program.steps[..])
            && view.is_identity(&built.grid.shape())
            && built.grid == node.chunks
        {
            return Ok(built.clone());
        }
        let tasks = tasks(fused, node.token, &read, node.dtype, graph);
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }

    /// The loop over an array, and what it reads for each leaf that is a chunk.
    pub(super) fn loop_over(
        &mut self,
        array: &Array,
        stored: bool,
        end: LoopEnd,
        name: Arc<str>,
        graph: &mut Graph,
    ) -> Result<(Fused, Vec<(View, Built)>)> {
        let fusion = self.fusion.as_ref().expect("decided before anything is built");
        let compiled = compile(array, stored, fusion);
        let loops = array.chunks().clone();
        let (mut leaves, mut read) = (Vec::new(), Vec::new());
        for (leaf, seen) in compiled.program.leaves.iter().zip(compiled.leaves) {
            let Some((of, view)) = seen else {
                leaves.push(Seen::Constant);
                continue;
            };
            if !matches!(leaf, Leaf::Chunk(_)) {
                leaves.push(Seen::Made(view));
                continue;
            }
            let Some(built) = self.built.get(&of.token()).cloned() else {
                bail!(RuntimeError: "`{}` was not lowered before it is read", of.layer());
            };
            let (view, built) = match view.fits(&loops, &built.grid) {
                true => (view, built),
                false => regridded(&of, &view, &loops, &built, graph)?,
            };
            leaves.push(Seen::Read(view.clone(), built.grid.clone()));
            read.push((view, built));
        }
        let place = array.node().place.clone();
        let places = compiled.places;
        Ok((Fused { name, program: compiled.program, loops, leaves, end, place, places }, read))
    }
}

/// One task of a loop for each of its chunks.
pub(super) fn tasks(
    fused: Fused,
    token: Token,
    read: &[(View, Built)],
    dtype: DType,
    graph: &mut Graph,
) -> Vec<TaskId> {
    let counts = fused.loops.counts();
    let n_tasks: usize = counts.iter().product();
    let registers = (fused.program.leaves.len() + fused.program.steps.len() + 1) as u64;
    let size = |shape: &[usize]| match &fused.end {
        LoopEnd::Store => bytes(shape, dtype),
        LoopEnd::Reduce { reduction, axes, .. } => {
            let kept: Shape = (0..shape.len()).map(|axis| if axes.contains(&axis) { 1 } else { shape[axis] }).collect();
            let each: usize = reduction.parts(dtype).iter().map(|dtype| dtype.size()).sum();
            (each as u64).saturating_mul(bytes(&kept, DType::Bool))
        }
    };
    let working = registers.min(512) * TILE;
    let read_counts: Vec<Shape> = read.iter().map(|(_, built)| built.grid.counts()).collect();
    let mut costs = Vec::with_capacity(n_tasks);
    for n in 0..n_tasks {
        let index = nth(&counts, n);
        let inputs: SmallVec<[TaskId; 4]> = read
            .iter()
            .zip(&read_counts)
            .map(|((view, built), counts)| built.tasks[number(counts, &view.block(&fused.loops, &index, &built.grid))])
            .collect();
        costs.push((inputs, Cost { output: size(&fused.loops.chunk_shape(&index)), working }, index));
    }
    let name = fused.name.clone();
    let operation: Arc<dyn Operation> = Arc::new(fused);
    let add = |(inputs, cost, index): (SmallVec<[TaskId; 4]>, Cost, Index)| {
        // The operation finds its chunk by the index of the loop, also where it reduces axes away.
        let key = Key { name: name.clone(), token, index };
        graph.add(Task { key, operation: operation.clone(), inputs, cost })
    };
    costs.into_iter().map(add).collect()
}

/// Chunks of an array as a loop needs them, where those that there are do not fit: each is put together of pieces.
fn regridded(of: &Array, view: &View, loops: &Chunks, built: &Built, graph: &mut Graph) -> Result<(View, Built)> {
    let (view, dimensions) = view.compact();
    let grid: Chunks = dimensions.iter().map(|&dimension| loops.0[usize::from(dimension)].clone()).collect();
    check_grid(&grid, of.dtype())?;
    let regrid = Regrid {
        name: Arc::from("rechunk-merge"),
        loops: grid.clone(),
        view,
        grid: built.grid.clone(),
        dtype: of.dtype(),
    };
    let token = Tokenizer::new("regrid").token(of.token()).data(&regrid.view).data(&grid).finish();
    let (counts, from) = (grid.counts(), built.grid.counts());
    let n_tasks: usize = counts.iter().product();
    let mut prepared = Vec::with_capacity(n_tasks);
    for n in 0..n_tasks {
        let index = nth(&counts, n);
        let inputs = regrid.pieces(&index).iter().map(|piece| built.tasks[number(&from, &piece.block)]).collect();
        let cost = Cost { output: bytes(&grid.chunk_shape(&index), of.dtype()), working: 0 };
        prepared.push((index, inputs, cost));
    }
    let name = regrid.name.clone();
    let operation: Arc<dyn Operation> = Arc::new(regrid);
    let add = |(index, inputs, cost): (Index, SmallVec<[TaskId; 4]>, Cost)| {
        let key = Key { name: name.clone(), token, index };
        graph.add(Task { key, operation: operation.clone(), inputs, cost })
    };
    let tasks: Vec<TaskId> = prepared.into_iter().map(add).collect();
    // The loop's own numbering of its dimensions again; they all move straight on.
    let straight = dimensions.iter().map(|&dimension| Along { start: 0, step: Some((dimension, 1)) }).collect();
    Ok((View(straight), Built { tasks: tasks.into(), grid }))
}
