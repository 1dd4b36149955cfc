//! The triangle of Cholesky of a matrix that is larger than a chunk, block by block.
//!
//! The block on the diagonal is decomposed, those below it are solved for with it, and their products are taken from what is left; so on with
//! that. Only the lower triangle is read, and only blocks of it are made:
//!
//! ```text
//! a₀₀              l₀₀ = cholesky(a₀₀)
//! a₁₀ a₁₁          l₁₀ = a₁₀ / l₀₀*      a₁₁' = a₁₁ - l₁₀ l₁₀*
//! a₂₀ a₂₁ a₂₂      l₂₀ = a₂₀ / l₀₀*      a₂₁' = a₂₁ - l₂₀ l₁₀*      a₂₂' = a₂₂ - l₂₀ l₂₀*
//! ```

use num_complex::Complex64;
use rdk_graph::Index;
use rdk_runtime::Result;
use serde::Serialize;
use smallvec::smallvec;

use super::blocked::{Entry, chunk, matrix, stop, wide, width};
use super::{Work, floating};
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::kernel::{Stop, less};
use crate::plan::step::{Step, StepCall};
use crate::{Chunk, DType, Scalar};

/// The lower triangle of Cholesky, or its adjoint, on the grid of the matrix.
///
/// # Errors
/// None for a square matrix.
pub(super) fn cholesky(a: &Array, upper: bool) -> Result<Array> {
    let dtype = floating(a.dtype());
    let lower = if upper { lower(&super::adjoint(a)?, width(a)) } else { lower(a, width(a)) };
    let found = if upper { super::adjoint(&lower)? } else { lower };
    Ok(found.regridded(a.chunks().clone()).cast(dtype).named("cholesky"))
}

fn lower(a: &Array, width: usize) -> Array {
    let dtype = wide(a.dtype());
    let along = AxisChunks::even(a.shape()[0], width);
    let square = |along: &AxisChunks| -> Chunks { [along.clone(), along.clone()].into_iter().collect() };
    let count = along.count();
    let (mut diagonals, mut below) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut open = a.cast(dtype).regridded(square(&along));
    for number in 0..count {
        let size = AxisChunks::single(along.size(number));
        let diagonal = Array::step("cholesky-diagonal", CholeskyStep::Diagonal, [open.clone()], square(&size), dtype);
        diagonals.push(diagonal.clone());
        if number + 1 == count {
            break;
        }
        let rest = AxisChunks::listed((number + 1..count).map(|at| along.size(at)));
        let grid = [rest.clone(), size].into_iter().collect();
        let panel = Array::step("cholesky-panel", CholeskyStep::Panel, [open.clone(), diagonal], grid, dtype);
        open = Array::step("cholesky-update", CholeskyStep::Update, [open, panel.clone()], square(&rest), dtype);
        below.push(panel);
    }
    let whole = CholeskyStep::Whole { along: along.clone(), dtype };
    Array::step("cholesky", whole, diagonals.into_iter().chain(below), square(&along), dtype)
}

/// One of the steps.
#[derive(Debug, Serialize)]
enum CholeskyStep {
    /// Of the first block of what is left.
    Diagonal,
    /// The blocks below it.
    Panel,
    /// What is left after them.
    Update,
    /// All blocks: those on the diagonal, then those below.
    Whole { along: AxisChunks, dtype: DType },
}

impl Step for CholeskyStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.cholesky", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let (row, column) = (index[0], index[1]);
        match self {
            CholeskyStep::Diagonal => vec![(0, smallvec![0, 0])],
            CholeskyStep::Panel => vec![(0, smallvec![row + 1, 0]), (1, smallvec![0, 0])],
            CholeskyStep::Update | CholeskyStep::Whole { .. } if row < column => Vec::new(),
            CholeskyStep::Update => {
                vec![(0, smallvec![row + 1, column + 1]), (1, smallvec![row, 0]), (1, smallvec![column, 0])]
            }
            CholeskyStep::Whole { .. } if row == column => vec![(row as usize, smallvec![0, 0])],
            CholeskyStep::Whole { .. } => {
                let count = inputs.len().div_ceil(2);
                vec![(count + column as usize, smallvec![row - column - 1, 0])]
            }
        }
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        if call.cancel.requested() {
            return Err(Stop::Cancelled);
        }
        let zeros = |along: &AxisChunks, dtype: DType| {
            let [row, column] = [call.index[0] as usize, call.index[1] as usize];
            Chunk::full(&[along.size(row), along.size(column)], Scalar::zero(dtype))
        };
        match (self, call.inputs.first().map(Chunk::dtype)) {
            (CholeskyStep::Whole { along, dtype }, None) => Ok(zeros(along, *dtype)),
            (CholeskyStep::Whole { .. }, Some(_)) => Ok(call.inputs.remove(0)),
            (_, Some(dtype)) if dtype.is_complex() => self.work::<Complex64>(call),
            _ => self.work::<f64>(call),
        }
    }

    fn is_round(&self) -> bool {
        true
    }

    fn working(&self, _: &[u32], inputs: &[Array]) -> u64 {
        match self {
            CholeskyStep::Diagonal | CholeskyStep::Panel => 3 * super::chunk_bytes(&inputs[0]),
            CholeskyStep::Update => super::chunk_bytes(&inputs[0]),
            CholeskyStep::Whole { .. } => 0,
        }
    }
}

impl CholeskyStep {
    fn work<T: Entry>(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let work = Work::Cholesky { upper: false };
        let mut inputs = std::mem::take(&mut call.inputs).into_iter();
        let mut next = || inputs.next().expect("as many as it needs");
        Ok(match self {
            CholeskyStep::Diagonal => {
                chunk(rdk_linear::cholesky(&matrix::<T>(&next())).map_err(|failure| stop(work, failure))?)
            }
            CholeskyStep::Panel => {
                let right = matrix::<T>(&next()).adjoint();
                let solved = rdk_linear::solve_triangular(&matrix::<T>(&next()), &right, true, false);
                chunk(solved.map_err(|failure| stop(work, failure))?.adjoint())
            }
            CholeskyStep::Update => {
                let (rest, left, right) = (next(), next(), next());
                less::<T>(rest, &left, &super::blocked::adjoint::<T>(&right), call.crew)?
            }
            CholeskyStep::Whole { .. } => unreachable!("nothing is worked out"),
        })
    }
}
