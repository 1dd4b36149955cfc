//! What the decompositions of matrices in several blocks have in common: how large blocks are, and what is done with one of them.

use num_complex::Complex64;
use rdk_linear::{Failure, Matrix, Number};

use super::Work;
use crate::array::Array;
use crate::element::Element;
use crate::kernel::{Product, Stop};
use crate::{Chunk, DType};

/// A side has no more blocks than this: there are as many tasks as their cube.
const MOST: usize = 64;
/// And from some size on at least so many, or there would be nothing to do at once.
const FEWEST: usize = 8;
/// Smaller blocks are not worth a task, unless they are the user's.
const SMALL: usize = 128;
/// Larger blocks gain nothing.
const LARGE: usize = 1024;

/// Numbers that decompositions and products are made of.
pub(super) trait Entry: Number + Element + Product {}
impl Entry for f64 {}
impl Entry for Complex64 {}

/// Are these matrices, no stacks of them, of which one is in several chunks or too large for one processor?
pub(super) fn in_pieces(inputs: &[Array]) -> bool {
    let large = |array: &Array| array.npartitions() > 1 || array.shape().iter().all(|&length| length > LARGE);
    inputs.iter().all(|array| array.ndim() == 2 && array.size() > 0) && inputs.iter().any(large)
}

/// How wide square blocks are: as the chunks are if they are square, not too many and not too large.
pub(super) fn width(a: &Array) -> usize {
    let n = a.shape()[0].min(a.shape()[1]);
    let least = n.div_ceil(MOST).max(1);
    let most = n.div_ceil(FEWEST).clamp(SMALL, LARGE).max(least);
    let chunk = a.chunksize();
    chunk[0].saturating_mul(chunk[1]).isqrt().clamp(least, most)
}

/// The type that is worked in.
pub(super) fn wide(dtype: DType) -> DType {
    if dtype.is_complex() { DType::C128 } else { DType::F64 }
}

/// A chunk as a matrix.
pub(super) fn matrix<T: Entry>(chunk: &Chunk) -> Matrix<T> {
    Matrix::new(chunk.shape()[0], chunk.shape()[1], chunk.to_vec::<T>())
}

/// A matrix as a chunk.
pub(super) fn chunk<T: Entry>(matrix: Matrix<T>) -> Chunk {
    Chunk::from_vec(&[matrix.rows, matrix.columns], matrix.elements)
}

/// Rows of a chunk, sharing its memory.
pub(super) fn rows(chunk: &Chunk, from: usize, to: usize) -> Chunk {
    chunk.slice(&[ndarray::Slice::from(from..to).into(), ndarray::Slice::from(..).into()])
}

/// Rows and columns of a chunk exchanged, every element conjugated.
pub(super) fn adjoint<T: Entry>(chunk: &Chunk) -> Chunk {
    let turned = chunk.transpose(&[1, 0]);
    if !T::DTYPE.is_complex() {
        return turned;
    }
    let shape = [turned.shape()[0], turned.shape()[1]];
    Chunk::from_vec(&shape, turned.to_vec::<T>().into_iter().map(T::conjugate).collect())
}

/// What went wrong in a work on a block, as in the same work on the whole.
pub(super) fn stop(work: Work, failure: Failure) -> Stop {
    Stop::Error(work.error(failure))
}
