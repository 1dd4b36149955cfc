//! Products of arrays that do not fit into memory together.
//!
//! The result is made in large blocks, each by one task, which goes along the sum and makes the pieces of both arrays when it comes to them:
//!
//! ```text
//!            b │ piece  │        a block of r rows and c columns reads r + c numbers for each r · c products: the larger it is,
//!    a         │ piece  │        the less is made, or read, more than once
//! ─ ─ ─ ─ ─ ─ ─┼────────┤
//! piece │ piece│ block  │        what is held is one block and one piece of each array, whatever their size
//! ```
//!
//! Pieces that are drawn, or parts of files, are made again for each block ([`Recipe`]). Others are made once and lie on disk meanwhile.

use std::sync::Arc;

use rdk_graph::{Call, Cost, Failure, Graph, Index, Key, Operation, Payload, Task, TaskId, Tokenizer};
use rdk_runtime::{Result, bail};
use smallvec::SmallVec;

use super::advice::advice;
use super::build::{Built, Note, bytes};
use super::contract::{based, blocks};
use super::fused::{LoopEnd, failure};
use super::fusion::operand;
use super::gather::stopped;
use super::loops::Looped;
use super::product::{Product, Window};
use super::recipe::{Needed, Recipe};
use super::view::{nth, number};
use crate::array::{Array, Contraction, Plan};
use crate::chunks::{AxisChunks, Chunks, MAX_CHUNKS};
use crate::element::with_dtype;
use crate::shape::Shape;
use crate::{Chunk, DType};

/// Pieces are at least so long along the sum where chunks allow it: a product of shorter ones is slower.
const DEEP: usize = 512;
/// So many times the bytes of a piece are held while it is made.
const MAKING: f64 = 3.0;
/// Bytes that a product packs its factors into.
const PACKED: u64 = 4 << 20;

/// How a product is cut.
pub(super) struct Cut {
    /// The result.
    pub blocks: Chunks,
    /// What the product sees of both arrays.
    pub factors: [Chunks; 2],
    /// The arrays below, in the grids in which they are made.
    pub bases: [(Array, Chunks); 2],
}

/// How this product is cut, if it is one of arrays that do not fit into so many bytes together; `None` where chunks can be held as long
/// as they are needed.
pub(super) fn cut(array: &Array, contraction: &Contraction, memory: u64) -> Option<Cut> {
    let node = array.node();
    let [a, b] = [&node.inputs[0], &node.inputs[1]];
    // Chunks of unknown sizes are refused, and tasks for the looks of it have no limit.
    (a.chunks().is_known() && b.chunks().is_known()).then_some(())?;
    let held = |array: &Array| {
        let base = operand(array).0;
        // What is in memory anyway takes no more of it.
        if matches!(base.node().plan, Plan::Given(_) | Plan::Persisted(_)) { 0 } else { base.nbytes() }
    };
    let (of_a, of_b) = (held(a), held(b));
    let (half, quarter) = (u128::from(memory / 2), u128::from(memory / 4));
    let once = |others: &[usize], array: &Array| others.iter().all(|&axis| array.chunks().0[axis].is_single());
    // Where there is one row of chunks, chunks of the second array are let go of one after the other.
    let b_passes = of_a <= quarter && once(&contraction.left, a);
    let a_passes = of_b <= quarter && once(&contraction.right, b);
    (of_a.saturating_add(of_b) > half && !a_passes && !b_passes).then_some(())?;

    let size = node.dtype.size() as u64;
    let mut factors = [a.chunks().clone(), b.chunks().clone()];
    let summed = [0, 1]
        .map(|side| contraction.summed.iter().map(|pair| if side == 0 { pair.0 } else { pair.1 }).collect::<Vec<_>>());
    for side in [0, 1] {
        merge(&mut factors[side], &summed[side], DEEP);
    }
    let largest = |grid: &Chunks, axes: &[usize]| axes.iter().map(|&axis| grid.0[axis].largest()).product::<usize>();
    let batch: usize = node.chunks.0[..contraction.batch.len()].iter().map(AxisChunks::largest).product();
    // While a piece is made, what it is made of is held, too.
    let depth = MAKING * largest(&factors[0], &summed[0]).max(1) as f64;
    let room = (memory.saturating_sub(2 * PACKED) / 10 * 7 / size / batch.max(1) as u64) as f64;
    let side = (depth * depth + room).sqrt() - depth;
    let free = [contraction.left.to_vec(), contraction.right.to_vec()];
    let lengths = [0, 1].map(|at| {
        let shape = [a, b][at].shape();
        free[at].iter().map(|&axis| shape[axis]).product::<usize>().max(1) as f64
    });
    // A side that is shorter leaves more for the other.
    let beside = |length: f64| (room - length * depth) / (length + depth);
    let sides = match (lengths[0] <= side, lengths[1] <= side) {
        (true, _) => [lengths[0], beside(lengths[0])],
        (_, true) => [beside(lengths[1]), lengths[1]],
        _ => [side, side],
    };
    for at in [0, 1] {
        merge(&mut factors[at], &free[at], sides[at].max(1.0) as usize);
    }
    let chunks = node.chunks.0[..contraction.batch.len()].iter().cloned();
    let chunks = chunks.chain(free[0].iter().map(|&axis| factors[0].0[axis].clone()));
    let blocks = chunks.chain(free[1].iter().map(|&axis| factors[1].0[axis].clone())).collect();
    let bases = [0, 1].map(|at| {
        let (base, axes) = operand([a, b][at]);
        let mut grid = Chunks::single(base.shape());
        for (axis, own) in axes.iter().zip(&factors[at].0) {
            if let Some(axis) = axis {
                grid.0[*axis] = own.clone();
            }
        }
        (base, grid)
    });
    Some(Cut { blocks, factors, bases })
}

/// Puts chunks together along these axes, the last one first, as long as no more than `most` elements stand behind each other.
fn merge(grid: &mut Chunks, axes: &[usize], most: usize) {
    for (at, &axis) in axes.iter().enumerate().rev() {
        let others: usize = axes
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, &axis)| grid.0[axis].largest())
            .product();
        let limit = most / others.max(1);
        let mut merged: Vec<usize> = Vec::new();
        for size in grid.0[axis].sizes() {
            match merged.last_mut() {
                Some(last) if *last + size <= limit => *last += size,
                _ => merged.push(size),
            }
        }
        grid.0[axis] = AxisChunks::listed(merged);
        if !grid.0[axis].is_single() {
            return;
        }
    }
}

/// The pieces of one of the two arrays, in C order of the grid of its base.
struct Pieces {
    tasks: Vec<TaskId>,
    /// Bytes of the largest.
    plain: u64,
    /// The most bytes that are held while one is made, if they are made again for each block.
    making: Option<u64>,
    counts: Shape,
    axes: SmallVec<[Option<usize>; 4]>,
    base: Array,
}

impl Note {
    /// The tasks of a product that is cut so.
    pub(super) fn large(
        &mut self,
        array: &Array,
        contraction: &Contraction,
        cut: &Cut,
        graph: &mut Graph,
    ) -> Result<Built> {
        let node = array.node();
        let summed: Shape = contraction.summed.iter().map(|&(l, _)| cut.factors[0].0[l].count()).collect();
        let (counts, n_steps) = (cut.blocks.counts(), summed.iter().product::<usize>());
        let n_blocks: usize = counts.iter().product();
        let n_products = (n_blocks as u128).saturating_mul(n_steps as u128);
        if n_products > MAX_CHUNKS as u128 {
            bail!(MemoryError: "`{}` would take {n_products} products of chunks", node.name; hint: "larger chunks make fewer of them");
        }
        let mut sides = Vec::with_capacity(2);
        for (input, (base, grid)) in node.inputs.iter().zip(&cut.bases) {
            let token = Tokenizer::new("pieces of a product").token(base.token()).data(grid).finish();
            let (loops, name) = (grid.clone(), base.node().name.clone());
            let looped = Looped { array: base, loops, stored: false, end: LoopEnd::Store, name, token };
            let tasks = self.looped(&looped, base.dtype(), graph)?;
            let plain = bytes(&grid.largest(), base.dtype());
            let making = making(&tasks, graph, self.memory / 8);
            let (counts, axes) = (grid.counts(), operand(input).1);
            sides.push(Pieces { tasks, plain, making, counts, axes, base: base.clone() });
        }
        // Where there is no room for all that pieces are made of, they are made one by one before.
        let block = bytes(&cut.blocks.largest(), node.dtype).saturating_add(2 * PACKED);
        let needed = |sides: &[Pieces]| sides.iter().fold(block, |sum, side| sum.saturating_add(side.needed()));
        while needed(&sides) > self.memory
            && let Some(largest) = sides.iter_mut().filter(|side| side.making.is_some()).max_by_key(|side| side.making)
        {
            largest.making = None;
        }
        let product = Arc::new(Product {
            name: node.name.clone(),
            contraction: contraction.clone(),
            a_axes: sides[0].axes.clone(),
            b_axes: sides[1].axes.clone(),
            windows: [Window::new(), Window::new()],
            dtype: node.dtype,
            summed: contraction.summed.iter().map(|&(l, _)| node.inputs[0].shape()[l] as u64).product(),
        });
        let factors = [&cut.factors[0], &cut.factors[1]];
        let token = Tokenizer::new("blocks of a product").token(node.token).data(&cut.blocks).finish();
        let mut made = Vec::with_capacity(n_blocks);
        for n in 0..n_blocks {
            let index = nth(&counts, n);
            let mut needed = Needed::default();
            let (mut steps, mut most) = (Vec::with_capacity(n_steps), 0u64);
            for step in 0..n_steps {
                let (a, b) = blocks(contraction, factors, &index, &nth(&summed, step));
                let [a, b] = [(0, a), (1, b)].map(|(side, index)| sides[side].recipe(&index, graph, &mut needed));
                let of = |recipe: &Recipe| recipe.cost().output.saturating_add(recipe.cost().working);
                most = most.max(of(&a).saturating_add(of(&b)));
                steps.push([a, b]);
            }
            let cost = Cost {
                output: bytes(&cut.blocks.chunk_shape(&index), node.dtype),
                working: most.saturating_add(PACKED),
            };
            let operation = Arc::new(Block { product: product.clone(), steps, grid: cut.blocks.clone() });
            let key = Key { name: node.name.clone(), token, index };
            made.push(graph.add(Task { key, operation, inputs: needed.tasks, cost }));
        }
        if cut.blocks == node.chunks {
            return Ok(Built { tasks: made.into(), grid: node.chunks.clone() });
        }
        let operation: Arc<dyn Operation> =
            Arc::new(Part { chunks: node.chunks.clone(), blocks: cut.blocks.clone(), dtype: node.dtype });
        let own = node.chunks.counts();
        let part = |n: usize| {
            let index = nth(&own, n);
            let start = node.chunks.chunk_start(&index);
            let block: Index = cut.blocks.0.iter().zip(&start).map(|(axis, &start)| axis.find(start) as u32).collect();
            let inputs = [made[number(&counts, &block)]].into_iter().collect();
            let cost = Cost { output: bytes(&node.chunks.chunk_shape(&index), node.dtype), working: 0 };
            let key = Key { name: node.name.clone(), token: node.token, index };
            graph.add(Task { key, operation: operation.clone(), inputs, cost })
        };
        let tasks: Vec<TaskId> = (0..own.iter().product()).map(part).collect();
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }
}

/// The bytes that making one of these takes, if all can be made again and again with no more than `most` bytes of other tasks' results
/// held for it.
fn making(tasks: &[TaskId], graph: &Graph, most: u64) -> Option<u64> {
    let (mut needed, mut making) = (Needed::default(), 0);
    for &task in tasks {
        let cost = Recipe::of(task, graph, &mut needed)?.cost();
        making = cost.output.saturating_add(cost.working).max(making);
    }
    let held = |id: &TaskId| if graph.ready(*id).is_some() { 0 } else { graph.tasks()[id.0 as usize].cost.output };
    (needed.tasks.iter().map(held).fold(0, u64::saturating_add) <= most).then_some(making)
}

impl Pieces {
    /// Bytes that are held for one of them.
    fn needed(&self) -> u64 {
        self.making.unwrap_or(self.plain)
    }

    /// How the piece at this place of what the product sees is made.
    fn recipe(&self, index: &[u32], graph: &mut Graph, needed: &mut Needed) -> Recipe {
        let task = self.tasks[number(&self.counts, &based(&self.base, &self.axes, index))];
        let recipe = if self.making.is_some() { Recipe::of(task, graph, needed) } else { None };
        match recipe {
            Some(recipe) => recipe,
            None => Recipe::aside(task, graph, needed),
        }
    }
}

/// Makes a block of the result, step by step along the sum.
#[derive(Debug)]
pub struct Block {
    /// What is done in each step.
    pub product: Arc<Product>,
    /// How the pieces of both arrays are made.
    steps: Vec<[Recipe; 2]>,
    /// All blocks.
    pub grid: Chunks,
}

impl Block {
    /// Bytes that are read from files while it is made.
    pub fn reads(&self) -> u64 {
        self.steps.iter().flatten().map(Recipe::reads).sum()
    }
}

impl Operation for Block {
    fn name(&self) -> &str {
        self.product.name()
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let mut sum: Option<Payload> = None;
        for [a, b] in &self.steps {
            stopped(call.cancel)?;
            let given = &*call.inputs;
            let both = call.crew.map(vec![a, b], |recipe| recipe.make(given, call.cancel))?;
            let both = both.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
            // The sum is given away, so that the product finds itself its only owner and adds to it.
            let mut inputs: SmallVec<[Payload; 4]> = both.into_iter().chain(sum.take()).collect();
            let mut step =
                Call { index: call.index, inputs: &mut inputs, crew: call.crew, cancel: call.cancel, into: None };
            sum = Some(self.product.run(&mut step)?);
        }
        match sum {
            Some(sum) => Ok(sum),
            None => match zeros(&self.grid.chunk_shape(call.index), self.product.dtype) {
                Ok(chunk) => Ok(Payload::new(chunk)),
                Err(error) => Err(failure(error.into(), None)),
            },
        }
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        let steps: Vec<[Vec<u8>; 2]> = self.steps.iter().map(|[a, b]| [a.encode(), b.encode()]).collect();
        ("array.block", postcard::to_stdvec(&(&*self.product, steps, &self.grid)).expect("plain data can be written"))
    }

    fn advice(&self, index: &[u32], needed: u64, allowed: u64) -> Option<String> {
        advice(&self.grid, index, needed, allowed)
    }
}

fn zeros(shape: &[usize], dtype: DType) -> Result<Chunk> {
    use crate::element::Element;
    with_dtype!(dtype, T => Ok(T::chunk(crate::memory::zeros::<T>(shape)?.into_shared())))
}

/// A chunk, cut from the block that it lies in.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Part {
    chunks: Chunks,
    blocks: Chunks,
    dtype: DType,
}

impl Operation for Part {
    fn name(&self) -> &str {
        "getitem"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let block = call.inputs[0].get::<Chunk>().expect("a product is made of chunks");
        let (start, shape) = (self.chunks.chunk_start(call.index), self.chunks.chunk_shape(call.index));
        let window = start.iter().zip(&shape).zip(&self.blocks.0).map(|((&start, &length), axis)| {
            let from = start - axis.start(axis.find(start));
            ndarray::Slice::from(from..from + length).into()
        });
        let part = block.slice(&window.collect::<Vec<_>>());
        // A copy of its own: the block is not to be held for it.
        Ok(Payload::new(part.copy()))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.part", super::fused::encoded(self))
    }
}
