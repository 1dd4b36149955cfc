//! Adds the tasks that make arrays to a graph.

use std::sync::Arc;

use rdk_graph::{Cost, Graph, Index, Key, Operation, Payload, Task, TaskId, Token, Tokenizer};
use rdk_runtime::object::Lowering;
use rdk_runtime::{Lazy, Result, bail};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::contract::{Added, Product};
use super::fused::{Fused, LoopEnd, Seen};
use super::fusion::{Fusion, operand};
use super::gather::Regrid;
use super::program::compile;
use super::reduce::{Combine, End};
use super::shapes::{FromValue, Reshaped};
use super::view::{Along, View, nth, number};
use crate::array::{Array, Contraction, Fold, Plan};
use crate::chunks::Chunks;
use crate::kernel::{Leaf, Program};
use crate::shape::{self, Shape};
use crate::{Chunk, DType, show};

/// More chunks than this are not worth a graph.
const MAX_CHUNKS: u128 = 10_000_000;
/// A chunk of more bytes than this is on no machine.
const MAX_BYTES: u128 = 1 << 46;
/// A tile of elements, as kernels cut them.
const TILE: u64 = 32 << 10;
/// So many results at once keep every worker busy; fewer get several chains each.
const BUSY: usize = 4;

/// What arrays remember while a graph is made.
#[derive(Default)]
pub struct Note {
    /// What has been announced.
    roots: Vec<Array>,
    /// What has been decided about it.
    fusion: Option<Fusion>,
    /// What has tasks already.
    built: FxHashMap<Token, Built>,
    /// Is the graph there to be looked at?
    for_looks: bool,
}

/// An array whose chunks are results of tasks.
#[derive(Clone)]
struct Built {
    /// One for each chunk, in C order.
    tasks: Arc<[TaskId]>,
    /// How loops that read it find it cut.
    grid: Chunks,
}

/// Says that this array will be asked for.
pub fn announce(array: &Array, lowering: &mut Lowering) -> Result<()> {
    let note = lowering.note::<Note>();
    if note.roots.iter().any(|root| root.token() == array.token()) {
        return Ok(());
    }
    note.roots.push(array.clone());
    note.fusion = None;
    for lazy in delayed(array) {
        lazy.announce(lowering)?;
    }
    Ok(())
}

/// The delayed calls that an array is made of.
fn delayed(array: &Array) -> Vec<Arc<dyn Lazy>> {
    let lazy = |array: &Array| match &array.node().plan {
        Plan::Delayed(lazy) => Some(lazy.clone()),
        _ => None,
    };
    array.walk().iter().filter_map(lazy).collect()
}

/// Adds the tasks that make an array, one for each chunk in C order.
pub fn lower(array: &Array, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
    announce(array, lowering)?;
    let for_looks = lowering.is_for_looks();
    let note = lowering.note::<Note>();
    note.for_looks = for_looks;
    if note.fusion.is_none() {
        let is_built = |token| note.built.contains_key(&token);
        let fusion = Fusion::decide(&note.roots, is_built, for_looks);
        let waiting: Vec<Array> =
            fusion.order.iter().filter(|array| fusion.stored.contains(&array.token())).cloned().collect();
        note.fusion = Some(fusion);
        // Delayed calls first: what they are made of may be arrays again, which add to the same note.
        for array in &waiting {
            if let Plan::Delayed(lazy) = &array.node().plan {
                let built = from_delayed(array, &**lazy, lowering)?;
                lowering.note::<Note>().built.insert(array.token(), built);
            }
        }
        let mut note = std::mem::take(lowering.note::<Note>());
        let done = note.build(&waiting, &mut lowering.graph);
        *lowering.note::<Note>() = note;
        done?;
    }
    let note = lowering.note::<Note>();
    let built = note.built.get(&array.token()).cloned();
    let Some(built) = built else { bail!(RuntimeError: "`{}` was not lowered", array.layer()) };
    if built.grid == *array.chunks() {
        return Ok(built.tasks.to_vec());
    }
    // An array in memory is read as a whole by loops; as a result it is cut.
    let mut note = std::mem::take(lowering.note::<Note>());
    let tasks = note.pieces(array, &mut lowering.graph);
    *lowering.note::<Note>() = note;
    tasks
}

/// What a delayed call gives, as the one chunk of an array.
fn from_delayed(array: &Array, lazy: &dyn Lazy, lowering: &mut Lowering) -> Result<Built> {
    let node = array.node();
    let inputs = lazy.lower(lowering)?.into();
    let cost = Cost { output: bytes(&node.shape, node.dtype), working: 0 };
    let token = Tokenizer::new("gather").token(node.token).finish();
    let value = lowering.graph.add(Task { key: Key::single("gather", token), operation: lazy.gather(), inputs, cost });
    let operation: Arc<dyn Operation> =
        Arc::new(FromValue { shape: node.shape.clone(), dtype: node.dtype, place: node.place.clone() });
    let key = Key { name: node.name.clone(), token: node.token, index: first(node.shape.len()) };
    let inputs = [value].into_iter().collect();
    let task = lowering.graph.add(Task { key, operation, inputs, cost });
    Ok(Built { tasks: [task].into(), grid: node.chunks.clone() })
}

impl Note {
    /// Adds the tasks of all these; inputs stand before who needs them.
    fn build(&mut self, arrays: &[Array], graph: &mut Graph) -> Result<()> {
        for array in arrays {
            if self.built.contains_key(&array.token()) {
                continue;
            }
            let node = array.node();
            check_grid(&node.chunks, node.dtype)?;
            let built = match &node.plan {
                Plan::Given(chunk) => given(array, chunk, graph),
                Plan::Persisted(payloads) => persisted(array, payloads, graph),
                Plan::Reduce(fold) => self.reduced(array, fold, graph)?,
                Plan::Reshape => self.reshaped(array, graph)?,
                Plan::Concatenate(axis) => self.concatenated(array, *axis, graph)?,
                Plan::Contract(contraction) => self.contracted(array, contraction, graph)?,
                // Built before all others.
                Plan::Delayed(_) => continue,
                Plan::Source(_)
                | Plan::Elementwise(_)
                | Plan::Cast
                | Plan::Slice(_)
                | Plan::Transpose(_)
                | Plan::BroadcastTo
                | Plan::Rechunk => self.stored(array, graph)?,
            };
            self.built.insert(array.token(), built);
        }
        Ok(())
    }

    /// The tasks of an array by its own chunks.
    fn pieces(&mut self, array: &Array, graph: &mut Graph) -> Result<Vec<TaskId>> {
        let built = self.built[&array.token()].clone();
        if built.grid == *array.chunks() {
            return Ok(built.tasks.to_vec());
        }
        let (view, loops) = (View::identity(array.shape()), array.chunks().clone());
        let program = Program {
            leaves: vec![Leaf::Chunk(array.dtype())],
            steps: Vec::new(),
            result: crate::kernel::Register::Leaf(0),
        };
        let leaves = vec![Seen::Read(view.clone(), built.grid.clone())];
        let fused = Fused {
            name: array.layer().clone(),
            program,
            loops,
            leaves,
            end: LoopEnd::Store,
            place: array.node().place.clone(),
        };
        Ok(tasks(fused, Tokenizer::new("pieces").token(array.token()).finish(), &[(view, built)], array.dtype(), graph))
    }

    fn stored(&mut self, array: &Array, graph: &mut Graph) -> Result<Built> {
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
    fn loop_over(
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
        Ok((Fused { name, program: compiled.program, loops, leaves, end, place }, read))
    }

    fn reduced(&mut self, array: &Array, fold: &Fold, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let input = &node.inputs[0];
        check_grid(input.chunks(), DType::Bool)?;
        let end = End::of(fold, input.shape(), input.dtype());
        let levels = fold.levels(input.chunks());
        let names = fold.counts(input.chunks());
        let counts = &levels[0];
        let last = fold.axes.iter().all(|&axis| counts[axis] == 1) && !self.for_looks;
        let grid = node.chunks.clone();
        let (reduction, axes) = (fold.reduction, fold.axes.clone());
        let parts = |shape: Shape| -> u64 {
            let sizes: u64 = reduction.parts(input.dtype()).iter().map(|dtype| dtype.size() as u64).sum();
            shape::size(&shape).saturating_mul(sizes.into()).min(u64::MAX.into()) as u64
        };
        let loop_end = LoopEnd::Reduce { reduction, axes, end: last.then(|| end.clone()) };
        let name = Arc::from(if last { &node.name } else { names[0].0 });
        let (fused, read) = self.loop_over(input, false, loop_end, name, graph)?;
        if last {
            let tasks = tasks(fused, node.token, &read, node.dtype, graph);
            return Ok(Built { tasks: tasks.into(), grid });
        }
        let level_token = |level: usize| Tokenizer::new("level").number(level as u64).token(node.token).finish();
        let mut below = tasks(fused, level_token(0), &read, node.dtype, graph);
        for level in 1..levels.len() {
            let is_last = level + 1 == levels.len();
            let name: Arc<str> = if is_last { node.name.clone() } else { Arc::from(names[level].0) };
            let token = if is_last { node.token } else { level_token(level) };
            let combine =
                Combine { name: name.clone(), reduction, end: is_last.then(|| end.clone()), place: node.place.clone() };
            let operation: Arc<dyn Operation> = Arc::new(combine);
            let (from, to) = (&levels[level - 1], &levels[level]);
            let n_tasks: usize = to.iter().product();
            let mut tasks = Vec::with_capacity(n_tasks);
            for n in 0..n_tasks {
                let index = nth(to, n);
                let inputs = under(fold, from, &index).into_iter().map(|at| below[at]).collect();
                let kept: Shape = (0..index.len())
                    .map(|axis| match fold.axes.contains(&axis) {
                        true => 1,
                        false => input.chunks().0[axis].size(index[axis] as usize),
                    })
                    .collect();
                let output = if is_last { bytes(&kept, node.dtype) } else { parts(kept.clone()) };
                let cost = Cost { output, working: parts(kept) };
                let index = if is_last { result_index(fold, &index) } else { index };
                let key = Key { name: name.clone(), token, index };
                tasks.push(graph.add(Task { key, operation: operation.clone(), inputs, cost }));
            }
            below = tasks;
        }
        Ok(Built { tasks: below.into(), grid })
    }

    fn reshaped(&mut self, array: &Array, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let below = self.pieces(&node.inputs[0], graph)?;
        let operation: Arc<dyn Operation> = Arc::new(Reshaped { chunks: node.chunks.clone() });
        let counts = node.chunks.counts();
        let task = |(n, input): (usize, TaskId)| {
            let index = nth(&counts, n);
            // The memory is shared with the input wherever it can be.
            let cost = Cost { output: bytes(&node.chunks.chunk_shape(&index), node.dtype), working: 0 };
            let key = Key { name: node.name.clone(), token: node.token, index };
            graph.add(Task { key, operation: operation.clone(), inputs: [input].into_iter().collect(), cost })
        };
        let tasks: Vec<TaskId> = below.into_iter().enumerate().map(task).collect();
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }

    /// Chunks of the parts are chunks of the whole.
    fn concatenated(&mut self, array: &Array, axis: usize, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let counts = node.chunks.counts();
        let mut tasks = vec![None; counts.iter().product()];
        let mut offset = 0;
        for input in &node.inputs {
            let own = input.numblocks();
            for (n, task) in self.pieces(input, graph)?.into_iter().enumerate() {
                let mut index = nth(&own, n);
                index[axis] += offset;
                tasks[number(&counts, &index)] = Some(task);
            }
            offset += own[axis] as u32;
        }
        let tasks: Option<Vec<TaskId>> = tasks.into_iter().collect();
        let Some(tasks) = tasks else { bail!(RuntimeError: "the parts of `{}` do not fill it", node.name) };
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }

    fn contracted(&mut self, array: &Array, contraction: &Contraction, graph: &mut Graph) -> Result<Built> {
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
        let (counts, n_steps) = (node.chunks.counts(), summed.iter().product::<usize>());
        let n_results: usize = counts.iter().product();
        if (n_results as u128).saturating_mul(n_steps as u128) > MAX_CHUNKS {
            bail!(MemoryError: "`{}` would take {} products of chunks", node.name, n_results as u128 * n_steps as u128; hint: "larger chunks make fewer of them");
        }
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

/// The partial results that become this one; numbers in C order.
fn under(fold: &Fold, counts: &[usize], index: &[u32]) -> Vec<usize> {
    let strides = shape::strides(counts);
    let mut numbers = vec![0usize];
    for (axis, &at) in index.iter().enumerate() {
        let range = match fold.axes.iter().position(|&other| other == axis) {
            Some(place) => {
                let split = fold.split_every[place];
                at as usize * split..((at as usize + 1) * split).min(counts[axis])
            }
            None => at as usize..at as usize + 1,
        };
        let step = |number: usize| range.clone().map(move |at| (number, at));
        numbers = numbers.into_iter().flat_map(step).map(|(number, at)| number + at * strides[axis]).collect();
    }
    numbers
}

/// The index of a result's chunk, from that of the last partial result.
fn result_index(fold: &Fold, index: &[u32]) -> Index {
    if fold.keepdims {
        return index.into();
    }
    index.iter().enumerate().filter(|(axis, _)| !fold.axes.contains(axis)).map(|(_, &at)| at).collect()
}

/// One task of a loop for each of its chunks.
fn tasks(fused: Fused, token: Token, read: &[(View, Built)], dtype: DType, graph: &mut Graph) -> Vec<TaskId> {
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

/// An array in memory is one chunk for whoever reads it, however it is said to be cut.
fn given(array: &Array, chunk: &Chunk, graph: &mut Graph) -> Built {
    let node = array.node();
    let key = Key { name: node.name.clone(), token: node.token, index: first(node.shape.len()) };
    let task = graph.add_ready(key, Payload::new(chunk.clone()));
    Built { tasks: [task].into(), grid: Chunks::single(&node.shape) }
}

fn persisted(array: &Array, payloads: &[Payload], graph: &mut Graph) -> Built {
    let node = array.node();
    let counts = node.chunks.counts();
    let ready = |(n, payload): (usize, &Payload)| {
        let key = Key { name: node.name.clone(), token: node.token, index: nth(&counts, n) };
        graph.add_ready(key, payload.clone())
    };
    let tasks: Vec<TaskId> = payloads.iter().enumerate().map(ready).collect();
    Built { tasks: tasks.into(), grid: node.chunks.clone() }
}

/// The index of the first chunk.
fn first(n_axes: usize) -> Index {
    SmallVec::from_elem(0, n_axes)
}

/// Bytes of so many elements; capped rather than wrapped.
pub fn bytes(shape: &[usize], dtype: DType) -> u64 {
    shape::size(shape).saturating_mul(dtype.size() as u128).min(u64::MAX.into()) as u64
}

/// Refuses grids that no machine can work through, with a word on what to do.
fn check_grid(chunks: &Chunks, dtype: DType) -> Result<()> {
    let n_chunks = chunks.count();
    if n_chunks > MAX_CHUNKS {
        bail!(
            MemoryError: "an array of {n_chunks} chunks is too many to compute";
            hint: "larger chunks make fewer of them: the largest here is {}; `chunks=\"auto\"` finds a good size", shape::show(&chunks.largest())
        );
    }
    let largest = chunks.largest();
    let n_bytes = shape::size(&largest).saturating_mul(dtype.size() as u128);
    if n_bytes > MAX_BYTES {
        bail!(
            MemoryError: "unable to allocate {} for a chunk of shape {} and data type {dtype}",
            show::bytes::format_bytes(n_bytes), shape::show(&largest);
            hint: "smaller chunks take less: `chunks=\"auto\"` finds a good size"
        );
    }
    Ok(())
}
