//! Carrying out programs.

use rdk_graph::Cancel;
use rdk_runtime::error;

use crate::chunk::{Chunk, Parts};
use crate::dtype::DType;
use crate::kernel::program::{Program, Walk};
use crate::kernel::reduction::Reduction;

/// Why a run gave nothing.
#[derive(Debug)]
pub enum Stop {
    /// A stop was asked for.
    Cancelled,
    /// What the user did cannot be done.
    Error(rdk_runtime::Error),
}

/// What NumPy would warn about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flags {
    /// An integer was divided by zero.
    pub divide: bool,
}

/// Where the loop box lies in the whole array: what `argmin` needs to number elements. Others do not look at it.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// The index of the box's first element.
    pub origin: &'a [u64],
    /// The shape of the whole array.
    pub shape: &'a [u64],
}

/// Runs a program over a box and keeps what comes out. `chunks` are the inputs of the `Leaf::Chunk`s in order; there is a walk
/// for every leaf.
pub fn run_store(
    program: &Program,
    shape: &[usize],
    chunks: &[&Chunk],
    walks: &[Walk],
    cancel: &Cancel,
) -> Result<(Chunk, Flags), Stop> {
    let _ = (program, shape, chunks, walks, cancel);
    Err(Stop::Error(error!(NotImplementedError: "fused kernels")))
}

/// Runs a program over a box and reduces what comes out along these axes (sorted, not empty unless the box has none), which
/// keep length 1. Nothing but the partial results is stored.
#[allow(clippy::too_many_arguments)]
pub fn run_reduce(
    program: &Program,
    shape: &[usize],
    chunks: &[&Chunk],
    walks: &[Walk],
    reduction: Reduction,
    axes: &[usize],
    whole: Whole<'_>,
    cancel: &Cancel,
) -> Result<(Parts, Flags), Stop> {
    let _ = (program, shape, chunks, walks, reduction, axes, whole, cancel);
    Err(Stop::Error(error!(NotImplementedError: "fused kernels")))
}

/// Merges partial results of the same shape, in order: the step in the middle of a tree.
pub fn combine(reduction: Reduction, parts: &[&Parts]) -> Parts {
    let _ = reduction;
    parts[0].clone()
}

/// The result of a reduction of elements of this type, `count` for each result. Reduced axes keep their length 1.
pub fn finish(reduction: Reduction, parts: Parts, dtype: DType, count: u64) -> Result<Chunk, Stop> {
    let _ = (reduction, dtype, count);
    Ok(parts.0[0].clone())
}

/// The matrix product of two chunks of the same type and of two dimensions, added to `accumulate` if there is one.
pub fn matmul(a: &Chunk, b: &Chunk, accumulate: Option<Chunk>, threads: usize) -> Chunk {
    let _ = (b, threads);
    accumulate.unwrap_or_else(|| a.clone())
}
