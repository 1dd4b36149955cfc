//! Equations of triangles that are larger than a chunk, block by block.
//!
//! One block of rows is solved for after the other; what is known of `x` is taken from all rows that are left:
//!
//! ```text
//! a₀₀         x₀ = b₀ / a₀₀
//! a₁₀ a₁₁     b₁' = b₁ - a₁₀ x₀     x₁ = b₁' / a₁₁
//! ```
//!
//! An upper triangle is gone through from its end.

use num_complex::Complex64;
use rdk_graph::Index;
use rdk_linear::Failure;
use rdk_runtime::Result;
use serde::Serialize;
use smallvec::smallvec;

use super::blocked::{Entry, chunk, matrix, stop, wide, width};
use super::{Work, floating};
use crate::Chunk;
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::kernel::{Stop, less};
use crate::plan::step::{Step, StepCall};

/// `x` with `a · x = b`, on the grid of `b`.
///
/// # Errors
/// None for a square matrix and as many rows of `b`.
pub(super) fn solve(a: &Array, b: &Array, lower: bool, unit: bool) -> Result<Array> {
    let x = solve_in(a, b, lower, unit, width(a))?;
    Ok(x.regridded(b.chunks().clone()).cast(floating(a.dtype().promote(b.dtype()))).named("solve-triangular"))
}

fn solve_in(a: &Array, b: &Array, lower: bool, unit: bool, width: usize) -> Result<Array> {
    let dtype = wide(a.dtype().promote(b.dtype()));
    let along = AxisChunks::even(a.shape()[0], width);
    let a = a.cast(dtype).regridded([along.clone(), along.clone()].into_iter().collect());
    let columns = &b.chunks().0[1];
    let columns = if columns.largest() > width { AxisChunks::even(columns.length(), width) } else { columns.clone() };
    let grid = |rows: AxisChunks| -> Chunks { [rows, columns.clone()].into_iter().collect() };
    let mut open = b.cast(dtype).regridded(grid(along.clone()));
    let count = along.count();
    let mut solved = Vec::with_capacity(count);
    for done in 0..count {
        let number = if lower { done } else { count - 1 - done };
        let (size, at) = (AxisChunks::single(along.size(number)), along.start(number));
        let step = TriangleStep { lower, unit, number: number as u32, at, solve: true };
        let x = Array::step("solve-triangular-block", step, [open.clone(), a.clone()], grid(size), dtype);
        if done + 1 < count {
            let left = if lower { number + 1..count } else { 0..number };
            let rest = grid(AxisChunks::listed(left.map(|at| along.size(at))));
            let step = TriangleStep { lower, unit, number: number as u32, at, solve: false };
            open = Array::step("solve-triangular-update", step, [open, a.clone(), x.clone()], rest, dtype);
        }
        solved.push(x);
    }
    if !lower {
        solved.reverse();
    }
    Array::concatenate(&solved, 0)
}

/// Solves for a block of rows, or takes what is known from those that are left.
#[derive(Debug, Serialize)]
struct TriangleStep {
    lower: bool,
    unit: bool,
    /// The block on the diagonal, and its first row.
    number: u32,
    at: usize,
    solve: bool,
}

impl Step for TriangleStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.triangle", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let (row, column) = (index[0], index[1]);
        let number = self.number;
        if self.solve {
            // What is left begins with this block, or ends with it.
            let own = if self.lower { 0 } else { inputs[0].numblocks()[0] as u32 - 1 };
            return vec![(0, smallvec![own, column]), (1, smallvec![number, number])];
        }
        let (own, row) = if self.lower { (row + 1, number + 1 + row) } else { (row, row) };
        vec![(0, smallvec![own, column]), (1, smallvec![row, number]), (2, smallvec![0, column])]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        if call.cancel.requested() {
            return Err(Stop::Cancelled);
        }
        match call.inputs[0].dtype().is_complex() {
            true => self.work::<Complex64>(call),
            false => self.work::<f64>(call),
        }
    }

    fn is_round(&self) -> bool {
        true
    }

    fn working(&self, _: &[u32], inputs: &[Array]) -> u64 {
        let copies = if self.solve { 2 } else { 1 };
        copies * (super::chunk_bytes(&inputs[0]) + super::chunk_bytes(&inputs[1]))
    }
}

impl TriangleStep {
    fn work<T: Entry>(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let mut inputs = std::mem::take(&mut call.inputs);
        let open = inputs.remove(0);
        if !self.solve {
            return Ok(less::<T>(open, &inputs[0], &inputs[1], call.crew)?);
        }
        let solved = rdk_linear::solve_triangular(&matrix::<T>(&inputs[0]), &matrix::<T>(&open), self.lower, self.unit);
        solved.map(chunk).map_err(|failure| {
            let failure = match failure {
                Failure::ZeroOnDiagonal(at) => Failure::ZeroOnDiagonal(self.at + at),
                other => other,
            };
            stop(Work::Triangular { lower: self.lower, unit: self.unit }, failure)
        })
    }
}
