//! Matrices with many more rows than columns (or the other way round), decomposed chunk by chunk.
//!
//! Each chunk of rows becomes `q · r`; the small triangles are stacked, a few at a time, and decomposed again, until one is left. What is held at
//! once is a chunk and a few triangles, whatever the number of rows:
//!
//! ```text
//! a₀ ─ q₀ r₀ ┐
//! a₁ ─ q₁ r₁ ┴─ q₄ r₄ ┐
//! a₂ ─ q₂ r₂ ┐        ├─ q₆ r        q = (q₀ … q₃) · (q₄ q₅) · q₆, chunk by chunk
//! a₃ ─ q₃ r₃ ┴─ q₅ r₅ ┘
//! ```

use num_complex::Complex64;
use rdk_graph::Index;
use rdk_linear::{Matrix, Number};
use rdk_runtime::{Result, bail};

use super::blocked::wide;
use super::{Work, floating, worked};
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::element::Element;
use crate::index::IndexItem;
use crate::kernel::{self, Stop};
use crate::order::elements;
use crate::plan::step::{Step, StepCall};
use crate::{Chunk, DType};

/// So many triangles become one at a time.
const TOGETHER: usize = 4;

/// `q` and `r` of a matrix in any chunks. One that is tall keeps its chunks of rows, one that is short those of columns.
///
/// # Errors
/// Anything but two dimensions.
pub fn qr(a: &Array) -> Result<(Array, Array)> {
    let [m, n] = a.shape()[..] else {
        bail!("qr: expected an array of 2 dimensions, got {}", a.ndim(); hint: "its shape is {}", crate::shape::show(a.shape()));
    };
    if a.npartitions() == 1 {
        let both = worked("qr", Work::Qr { complete: false }, std::slice::from_ref(a))?;
        return Ok((both.part(0), both.part(1)));
    }
    if m >= n {
        return tall(a);
    }
    // The first columns, as many as there are rows, say what `q` is.
    let part = |start, stop| a.slice(&[IndexItem::ALL, IndexItem::Slice { start, stop, step: None }]);
    let (first, rest) = (part(None, Some(m as i64))?, part(Some(m as i64), None)?);
    let (q, r) = qr(&first)?;
    let adjoint = adjoint(&q)?;
    Ok((q, Array::concatenate(&[r, adjoint.matmul(&rest)?], 1)?))
}

/// Rows and columns of matrices exchanged, every element conjugated.
pub(crate) fn adjoint(a: &Array) -> Result<Array> {
    let n = a.ndim() as i64;
    let order: Vec<i64> = (0..n - 2).chain([n - 1, n - 2]).collect();
    let turned = a.transpose(Some(&order))?;
    if turned.dtype().is_complex() { turned.unary(kernel::UnaryFunc::Conjugate) } else { Ok(turned) }
}

/// The first of `u`, `s`, `vh`, as many as the shorter side has, of a matrix in any chunks.
///
/// # Errors
/// Anything but two dimensions.
pub fn singular_value_decomposition(a: &Array) -> Result<(Array, Array, Array)> {
    let [m, n] = a.shape()[..] else {
        bail!("Array must be 2D.\nInput shape: {}\nInput ndim: {}\n", crate::shape::show(a.shape()), a.ndim());
    };
    if a.npartitions() == 1 {
        let parts = worked("svd", Work::Svd { full: false }, std::slice::from_ref(a))?;
        return Ok((parts.part(0), parts.part(1), parts.part(2)));
    }
    if m < n {
        let (v, s, ut) = singular_value_decomposition(&a.transpose(None)?)?;
        return Ok((ut.transpose(None)?, s, v.transpose(None)?));
    }
    let (q, r) = tall(a)?;
    let parts = worked("svd", Work::Svd { full: false }, &[r])?;
    Ok((q.matmul(&parts.part(0))?, parts.part(1), parts.part(2)))
}

/// Of a matrix with at least as many rows as columns.
fn tall(a: &Array) -> Result<(Array, Array)> {
    let n = a.shape()[1];
    let rows = a.chunks().0[0].clone();
    let a = a.regridded([rows.clone(), AxisChunks::single(n)].into_iter().collect());
    if rows.is_single() || n == 0 {
        let both = worked("qr", Work::Qr { complete: false }, &[a])?;
        return Ok((both.part(0), both.part(1)));
    }
    let dtype = floating(a.dtype());
    let packed_sizes = rows.sizes().map(|m| m.min(n) * (m + n));
    let packed_grid: Chunks = [AxisChunks::listed(packed_sizes)].into_iter().collect();
    let packed = Array::step("tsqr-qr", RowsStep { dtype }, [a], packed_grid, dtype);
    let heights = AxisChunks::listed(rows.sizes().map(|m| m.min(n)));
    let stacked_grid: Chunks = [heights.clone(), AxisChunks::single(n)].into_iter().collect();
    let stacked = Array::step("tsqr-stack", TriangleStep { columns: n }, [packed.clone()], stacked_grid, dtype);
    let grouped = [groups(&heights, n), AxisChunks::single(n)].into_iter().collect();
    let (inner, r) = tall(&stacked.regridded(grouped))?;
    let k = r.shape()[0];
    let inner = inner.regridded([heights, AxisChunks::single(k)].into_iter().collect());
    let grid = [rows, AxisChunks::single(k)].into_iter().collect();
    let q = Array::step("tsqr-q", OuterStep { columns: n }, [packed, inner], grid, dtype);
    Ok((q, r))
}

/// Triangles that become one together: a few, and enough of them that something is gained.
fn groups(heights: &AxisChunks, columns: usize) -> AxisChunks {
    let mut groups: Vec<usize> = Vec::new();
    let mut count = usize::MAX;
    for height in heights.sizes() {
        match groups.last_mut() {
            Some(group) if count < TOGETHER || *group < 2 * columns => {
                *group += height;
                count += 1;
            }
            _ => {
                groups.push(height);
                count = 1;
            }
        }
    }
    AxisChunks::listed(groups)
}

/// A chunk of rows becomes its `q` and its `r`, one behind the other.
#[derive(Debug)]
struct RowsStep {
    dtype: DType,
}

impl Step for RowsStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.tall.rows", postcard::to_stdvec(&self.dtype).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let _ = inputs;
        vec![(0, [index[0], 0].into_iter().collect())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let chunk = call.inputs.remove(0);
        let packed = if self.dtype.is_complex() { packed::<Complex64>(chunk) } else { packed::<f64>(chunk) };
        Ok(packed.cast(self.dtype))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let _ = index;
        // The matrix in wide numbers, and in columns.
        let narrower = wide(self.dtype).size() / self.dtype.size();
        2 * super::chunk_bytes(&inputs[0]) * narrower as u64
    }
}

fn packed<T: Number + Element>(chunk: Chunk) -> Chunk {
    let (rows, columns) = (chunk.shape()[0], chunk.shape()[1]);
    let elements = rdk_linear::qr_in_one(Matrix::new(rows, columns, elements::<T>(chunk)));
    Chunk::from_vec(&[elements.len()], elements)
}

/// The rows of a `q` beside an `r` of so many columns, in so many numbers; and how many columns `q` has.
fn sizes(length: usize, columns: usize) -> (usize, usize) {
    // min(m, n) · (m + n) numbers: with m < n, m² + m n.
    let square = 2 * columns * columns;
    if length >= square {
        return (length / columns - columns, columns);
    }
    let m = (0..columns).find(|&m| m * (m + columns) == length).unwrap_or(0);
    (m, m)
}

fn piece(packed: &Chunk, start: usize, rows: usize, columns: usize) -> Chunk {
    let range = ndarray::SliceInfoElem::from(start as isize..(start + rows * columns) as isize);
    packed.slice(&[range]).into_shape(&[rows, columns])
}

/// The triangle of a chunk of rows.
#[derive(Debug)]
struct TriangleStep {
    columns: usize,
}

impl Step for TriangleStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.tall.triangle", postcard::to_stdvec(&self.columns).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let _ = inputs;
        vec![(0, [index[0]].into_iter().collect())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let packed = call.inputs.remove(0);
        let (m, k) = sizes(packed.len(), self.columns);
        // A copy of its own: the large `q` beside it is not to be held for it.
        Ok(piece(&packed, m * k, k, self.columns).copy())
    }
}

/// The `q` of a chunk of rows times its part of the `q` above.
#[derive(Debug)]
struct OuterStep {
    columns: usize,
}

impl Step for OuterStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.tall.outer", postcard::to_stdvec(&self.columns).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let _ = inputs;
        vec![(0, [index[0]].into_iter().collect()), (1, [index[0], 0].into_iter().collect())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let (m, k) = sizes(call.inputs[0].len(), self.columns);
        let q = piece(&call.inputs[0], 0, m, k);
        kernel::matmul(&q, &call.inputs[1], None, call.crew)
    }
}
