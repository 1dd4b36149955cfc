//! The tasks of products: one product of two chunks, added to what there is, and sums of such sums.

use std::sync::Arc;

use rdk_graph::{Call, Failure, Operation, Payload};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::fused::{encoded, failure};
use super::gather::stopped;
use crate::array::Contraction;
use crate::kernel::matmul;
use crate::{Chunk, DType, Scalar, Shape};

/// One product of two chunks, added to what there is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Product {
    /// What events call it.
    pub name: Arc<str>,
    /// Which axes go together.
    pub contraction: Contraction,
    /// For each axis of the first array as the product sees it, the axis of the chunk that it is.
    pub a_axes: SmallVec<[Option<usize>; 4]>,
    /// The same for the second.
    pub b_axes: SmallVec<[Option<usize>; 4]>,
    /// Which parts of the two inputs are multiplied; empty for all of it.
    pub windows: [Window; 2],
    /// The type of the elements.
    pub dtype: DType,
    /// About how many products are added for an element.
    pub summed: u64,
}

/// A part of a chunk: for each axis where it begins and how long it is; empty for all of it.
pub type Window = SmallVec<[(usize, usize); 4]>;

impl Product {
    fn product(&self, call: &mut Call<'_>) -> Result<Chunk, Failure> {
        let chunk = |input: &Payload| input.get::<Chunk>().expect("products are of chunks").clone();
        let factor = |at: usize, axes: &[Option<usize>]| seen(part(chunk(&call.inputs[at]), &self.windows[at]), axes);
        let (a, b) = (factor(0, &self.a_axes), factor(1, &self.b_axes));
        // Taken out of its place, so that a kernel that finds itself the only owner may add to it.
        let sum = call.inputs.get_mut(2).map(|input| {
            let sum = chunk(input);
            *input = Payload::new(Chunk::from_scalar(Scalar::Bool(false)));
            sum
        });
        let contraction = &self.contraction;
        let longer = |&(l, r): &(usize, usize)| if a.shape()[l] == 1 { b.shape()[r] } else { a.shape()[l] };
        let batch: Shape = contraction.batch.iter().map(longer).collect();
        let left: Shape = contraction.left.iter().map(|&axis| a.shape()[axis]).collect();
        let right: Shape = contraction.right.iter().map(|&axis| b.shape()[axis]).collect();
        let summed: usize = contraction.summed.iter().map(|&(axis, _)| a.shape()[axis]).product();
        let (m, n) = (left.iter().product::<usize>(), right.iter().product::<usize>());
        let shape: Shape = batch.iter().chain(&left).chain(&right).copied().collect();

        let a_order = contraction.batch.iter().map(|pair| pair.0).chain(contraction.left.iter().copied());
        let a = a.transpose(&a_order.chain(contraction.summed.iter().map(|pair| pair.0)).collect::<Vec<_>>());
        let b_order = contraction.batch.iter().map(|pair| pair.1);
        let b_order = b_order.chain(contraction.summed.iter().map(|pair| pair.1));
        let b = b.transpose(&b_order.chain(contraction.right.iter().copied()).collect::<Vec<_>>());

        let halted = |stop| failure(stop, None);
        if batch.is_empty() {
            let sum = sum.map(|sum| sum.into_shape(&[m, n]));
            let product = matmul(&flat(a, [m, summed]), &flat(b, [summed, n]), sum, call.crew).map_err(halted)?;
            return Ok(product.into_shape(&shape));
        }
        let n_batch: usize = batch.iter().product();
        let mut products: Vec<Chunk> = Vec::with_capacity(n_batch);
        let sum = sum.map(|sum| sum.into_shape(&[n_batch, m, n]));
        for at in 0..n_batch {
            stopped(call.cancel)?;
            let index = super::view::nth(&batch, at);
            let (a, b) = (picked(&a, &index), picked(&b, &index));
            let sum = sum.as_ref().map(|sum| sum.index_axis(0, at));
            products.push(matmul(&flat(a, [m, summed]), &flat(b, [summed, n]), sum, call.crew).map_err(halted)?);
        }
        Ok(stacked(&products, [n_batch, m, n], self.dtype).into_shape(&shape))
    }
}

impl Operation for Product {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        self.product(call).map(Payload::new)
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.product", encoded(self))
    }
}

/// What a window shows of a chunk.
fn part(chunk: Chunk, window: &[(usize, usize)]) -> Chunk {
    if window.is_empty() {
        return chunk;
    }
    let items = window.iter().map(|&(start, length)| ndarray::Slice::from(start..start + length).into());
    chunk.slice(&items.collect::<Vec<_>>())
}

/// The chunk with the axes that the product sees.
fn seen(chunk: Chunk, axes: &[Option<usize>]) -> Chunk {
    // Axes that are not seen have length 1.
    let mut chunk = chunk;
    let mut kept: Vec<usize> = (0..chunk.ndim()).collect();
    for axis in (0..chunk.ndim()).rev() {
        if !axes.contains(&Some(axis)) {
            chunk = chunk.index_axis(axis, 0);
            kept.remove(axis);
        }
    }
    let order: Vec<usize> =
        axes.iter().flatten().filter_map(|axis| kept.iter().position(|other| other == axis)).collect();
    chunk = chunk.transpose(&order);
    for (at, axis) in axes.iter().enumerate() {
        if axis.is_none() {
            chunk = chunk.insert_axis(at);
        }
    }
    chunk
}

/// As a matrix; two axes are one already, and are read through their steps.
fn flat(chunk: Chunk, shape: [usize; 2]) -> Chunk {
    if chunk.shape() == shape { chunk } else { chunk.into_shape(&shape) }
}

/// One matrix of a stack; axes of length 1 are the same for all.
fn picked(chunk: &Chunk, index: &[u32]) -> Chunk {
    index.iter().fold(chunk.clone(), |chunk, &at| {
        let at = if chunk.shape()[0] == 1 { 0 } else { at as usize };
        chunk.index_axis(0, at)
    })
}

fn stacked(products: &[Chunk], shape: [usize; 3], dtype: DType) -> Chunk {
    use crate::element::with_dtype;
    with_dtype!(dtype, T => {
        let mut elements: Vec<T> = Vec::with_capacity(shape.iter().product());
        products.iter().for_each(|product| elements.extend(product.to_vec::<T>()));
        Chunk::from_vec(&shape, elements)
    })
}

/// Adds chunks of the same shape: where a long sum was done in several chains.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Added;

impl Operation for Added {
    fn name(&self) -> &str {
        "sum"
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        use crate::kernel::{BinaryFunc, Leaf, Program, Register, Step, StepOp, Walk, run_store};
        let chunks: Vec<&Chunk> =
            call.inputs.iter().map(|input| input.get::<Chunk>().expect("sums are of chunks")).collect();
        let (dtype, shape) = (chunks[0].dtype(), chunks[0].shape().to_vec());
        // Booleans add up to "any", which is what their sum is in NumPy, too.
        let mut program =
            Program { leaves: vec![Leaf::Chunk(dtype); chunks.len()], steps: Vec::new(), result: Register::Leaf(0) };
        for leaf in 1..chunks.len() {
            let op = StepOp::Binary(BinaryFunc::Add, program.result, Register::Leaf(leaf as u16));
            program.steps.push(Step { op, dtype });
            program.result = Register::Step(leaf as u16 - 1);
        }
        let walks = vec![Walk::straight(shape.len()); chunks.len()];
        match run_store(&program, &shape, &chunks, &walks, call.cancel) {
            Ok((chunk, _)) => Ok(Payload::new(chunk)),
            Err(stop) => Err(failure(stop, None)),
        }
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.added", encoded(self))
    }
}
