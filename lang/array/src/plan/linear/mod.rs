//! Matrices: decompositions, solutions, and what is known of a matrix as a whole. The last two axes of an array are the matrices, the others
//! a stack of them.
//!
//! Whatever `lang/linear` makes of one matrix comes as one run of numbers ([`Worked`]), from which each result is cut ([`Worked::part`]):
//! a decomposition is made once, however many of its parts are used. Tall matrices are decomposed chunk by chunk ([`tall`]); those of
//! equations, where they are in several chunks, in blocks ([`blocked`]).

mod blocked;
mod cholesky;
mod lu;
mod tall;
mod triangular;
mod work;

use rdk_graph::Index;
use rdk_runtime::{Context, Result, bail};
use serde::Serialize;
use smallvec::SmallVec;

use super::step::{Step, StepCall};
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks, unify};
use crate::kernel::Stop;
use crate::{Chunk, DType, shape};

pub(crate) use tall::adjoint;
pub use tall::{qr, singular_value_decomposition};
pub use work::Work;

/// What was made of stacked matrices: one run of numbers for each.
#[derive(Clone)]
pub struct Worked {
    packed: Array,
    parts: Vec<Part>,
    /// The floating type of the inputs.
    dtype: DType,
}

/// Where one result stands in the run.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Part {
    at: usize,
    shape: SmallVec<[usize; 2]>,
    dtype: DType,
}

/// Bytes of the largest chunk.
pub(crate) fn chunk_bytes(array: &Array) -> u64 {
    let bytes = shape::size(&array.chunksize()).saturating_mul(array.dtype().size() as u128);
    bytes.min(u64::MAX.into()) as u64
}

/// The floating type that matrices of this type are worked on in, and that results have.
pub fn floating(dtype: DType) -> DType {
    match dtype {
        DType::F32 | DType::F64 | DType::C64 | DType::C128 => dtype,
        DType::Bool
        | DType::I8
        | DType::I16
        | DType::I32
        | DType::I64
        | DType::U8
        | DType::U16
        | DType::U32
        | DType::U64 => DType::F64,
    }
}

/// The last two lengths: rows and columns.
pub fn rows_and_columns(array: &Array) -> (usize, usize) {
    let n = array.ndim();
    (array.shape()[n - 2], array.shape()[n - 1])
}

/// Refuses what has no matrices.
///
/// # Errors
/// `LinAlgError`
pub fn check_matrices(array: &Array) -> Result<()> {
    if array.ndim() < 2 {
        bail!(
            LinAlgError: "{}-dimensional array given. Array must be at least two-dimensional", array.ndim();
            hint: "the last two axes are rows and columns"
        );
    }
    Ok(())
}

/// Refuses what is not square.
///
/// # Errors
/// `LinAlgError`
pub fn check_square(array: &Array) -> Result<()> {
    check_matrices(array)?;
    let (m, n) = rows_and_columns(array);
    if m != n {
        bail!(LinAlgError: "Last 2 dimensions of the array must be square"; hint: "they are {m} and {n}");
    }
    Ok(())
}

/// Something made of matrices; stacks of several inputs are gone through together, and stretched where they have length 1. Every matrix
/// becomes one chunk.
///
/// # Errors
/// Stacks that do not fit each other.
pub fn worked(name: &str, work: Work, inputs: &[Array]) -> Result<Worked> {
    let stacks: Vec<&[usize]> = inputs.iter().map(|array| &array.shape()[..array.ndim() - 2]).collect();
    let stack = shape::broadcast(&stacks)?;
    let dtype = floating(inputs.iter().map(Array::dtype).reduce(DType::promote).unwrap_or(DType::F64));
    let sizes: Vec<(usize, usize)> = inputs.iter().map(rows_and_columns).collect();
    let stretched = inputs.iter().zip(&sizes).map(|(array, &(m, n))| {
        let shape: Vec<usize> = stack.iter().copied().chain([m, n]).collect();
        array
            .cast(if array.dtype().is_complex() == dtype.is_complex() { array.dtype() } else { dtype })
            .broadcast_to(&shape)
    });
    let stretched = stretched.collect::<Result<Vec<_>>>()?;
    let grids: Vec<Chunks> =
        stretched.iter().map(|array| array.chunks().0[..stack.len()].iter().cloned().collect()).collect();
    let grid = unify(&grids.iter().collect::<Vec<_>>());
    let inputs: Vec<Array> = stretched
        .iter()
        .zip(&sizes)
        .map(|(array, &(m, n))| {
            let matrix = [AxisChunks::single(m), AxisChunks::single(n)];
            array.regridded(grid.0.iter().cloned().chain(matrix).collect())
        })
        .collect();
    let mut parts = Vec::new();
    let mut at = 0;
    for (shape, kind) in work.results(&sizes) {
        let dtype = match kind {
            work::Kind::Same => dtype,
            work::Kind::Real => dtype.real(),
            work::Kind::Complex => {
                if dtype.real() == DType::F32 {
                    DType::C64
                } else {
                    DType::C128
                }
            }
            work::Kind::Whole => DType::I64,
        };
        let length: usize = shape.iter().product();
        parts.push(Part { at, shape, dtype });
        at += length;
    }
    let complex = dtype.is_complex() || work.is_complex();
    let packed_dtype = if complex { DType::C128 } else { DType::F64 };
    let step = MatrixStep { work, complex: dtype.is_complex() };
    let chunks = grid.0.iter().cloned().chain([AxisChunks::single(at)]).collect();
    Ok(Worked { packed: Array::step(name, step, inputs, chunks, packed_dtype), parts, dtype })
}

/// The only result of a work on matrices, block by block where that can be done and they are in several chunks.
///
/// # Errors
/// Stacks that do not fit each other.
pub fn only(name: &str, work: Work, inputs: &[Array]) -> Result<Array> {
    match (work, inputs) {
        (_, inputs) if !blocked::in_pieces(inputs) => {}
        (Work::Inverse, [a]) => return lu::inverse(a),
        (Work::Determinant, [a]) => return lu::determinant(a),
        (Work::Solve, [a, b]) => return Ok(lu::solve(a, b)),
        (Work::Triangular { lower, unit }, [a, b]) => return triangular::solve(a, b, lower, unit),
        (Work::Cholesky { upper }, [a]) => return cholesky::cholesky(a, upper),
        // Whatever else is made of a matrix is made of it in one piece.
        _ => {}
    }
    Ok(worked(name, work, inputs)?.part(0))
}

/// `p`, `l` and `u` of a matrix.
///
/// # Errors
/// What has no matrices.
pub fn lu(a: &Array) -> Result<[Array; 3]> {
    check_matrices(a)?;
    if blocked::in_pieces(std::slice::from_ref(a)) {
        return Ok(lu::lu(a));
    }
    let parts = worked("lu", Work::Lu, std::slice::from_ref(a))?;
    Ok([parts.part(0), parts.part(1), parts.part(2)])
}

/// The sign of the determinant of a matrix, and the logarithm of its size.
///
/// # Errors
/// What has no matrices.
pub fn sign_and_log(a: &Array) -> Result<[Array; 2]> {
    check_square(a)?;
    if blocked::in_pieces(std::slice::from_ref(a)) {
        return lu::sign_and_log(a);
    }
    let parts = worked("slogdet", Work::SignAndLog, std::slice::from_ref(a))?;
    Ok([parts.part(0), parts.part(1)])
}

/// `x` with `a · x = b` for a matrix that is positive definite.
///
/// # Errors
/// Stacks that do not fit each other.
pub fn solve_positive(a: &Array, b: &Array) -> Result<Array> {
    let triangle = only("cholesky", Work::Cholesky { upper: false }, std::slice::from_ref(a))?;
    let solve = |a: Array, b: Array, lower| only("solve-triangular", Work::Triangular { lower, unit: false }, &[a, b]);
    let above = adjoint(&triangle)?;
    Ok(solve(above, solve(triangle, b.clone(), true)?, false)?.named("solve"))
}

impl Worked {
    /// The floating type of the inputs.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Its parts made now, unless it is to be lazy.
    ///
    /// # Errors
    /// What goes wrong in the work.
    pub fn now(mut self, context: &Context, lazy: bool) -> Result<Worked> {
        if !lazy {
            let chunk = self.packed.compute_now(context)?;
            self.packed = Array::held(chunk);
        }
        Ok(self)
    }

    /// One of the results.
    pub fn part(&self, number: usize) -> Array {
        let part = &self.parts[number];
        let grid = self.packed.chunks();
        let stack = &grid.0[..grid.0.len() - 1];
        let chunks: Chunks =
            stack.iter().cloned().chain(part.shape.iter().map(|&length| AxisChunks::single(length))).collect();
        let name = self.packed.layer().clone();
        Array::step(&name, PartStep { part: part.clone() }, [self.packed.clone()], chunks, part.dtype)
    }
}

impl Array {
    /// An array in memory, as one chunk.
    pub fn held(chunk: Chunk) -> Array {
        let chunks = Chunks::single(chunk.shape());
        let array = Array::from_chunk(chunk, &crate::chunks::ChunksSpec::AUTO);
        // The shape of an array in memory always has a grid.
        array.expect("an array in memory has a grid").regridded(chunks)
    }
}

/// Matrices, one by one, become runs of numbers.
#[derive(Debug)]
struct MatrixStep {
    work: Work,
    complex: bool,
}

impl Step for MatrixStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.matrix", postcard::to_stdvec(&(self.work, self.complex)).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let at: Index = index[..index.len() - 1].iter().copied().chain([0, 0]).collect();
        (0..inputs.len()).map(|input| (input, at.clone())).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let chunk = match (self.complex, self.work.is_complex()) {
            (false, false) => self.work.run::<f64, f64>(&call.inputs, call.cancel)?,
            (false, true) => self.work.run::<f64, num_complex::Complex64>(&call.inputs, call.cancel)?,
            (true, _) => self.work.run::<num_complex::Complex64, num_complex::Complex64>(&call.inputs, call.cancel)?,
        };
        Ok(chunk)
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let _ = index;
        inputs.iter().map(|array| 3 * chunk_bytes(array)).sum()
    }
}

/// One result, cut from the runs of numbers.
#[derive(Debug)]
struct PartStep {
    part: Part,
}

impl Step for PartStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.matrix.part", postcard::to_stdvec(&self.part).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let stack = inputs[0].ndim() - 1;
        vec![(0, index[..stack].iter().copied().chain([0]).collect())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let packed = call.inputs.remove(0);
        let length: usize = self.part.shape.iter().product();
        let stack = packed.ndim() - 1;
        let (from, to) = (self.part.at as isize, (self.part.at + length) as isize);
        let mut items = vec![ndarray::SliceInfoElem::from(..); stack];
        items.push(ndarray::SliceInfoElem::from(from..to));
        let shape: Vec<usize> = packed.shape()[..stack].iter().chain(&self.part.shape).copied().collect();
        Ok(packed.slice(&items).cast(self.part.dtype).into_shape(&shape))
    }
}
