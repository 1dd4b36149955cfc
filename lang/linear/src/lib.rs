//! Matrices and lines of numbers in memory: decompositions, solutions, Fourier transforms.
//!
//! Everything is a plain function of [`Matrix`] values of `f64` or `Complex64`; narrower numbers are widened by the caller. This room is the
//! only one that compiles faer, rustfft and realfft, so that whoever uses it stays quick to build.

mod decompose;
mod eigen;
mod fourier;
mod matrix;
mod solve;

pub use decompose::{Lu, Svd, cholesky, lu, qr, qr_in_one, singular_values, svd};
pub use eigen::{eigen, eigenvalues, hermitian_eigen, hermitian_eigenvalues};
pub use fourier::{fourier, real_fourier, real_inverse};
pub use matrix::{Matrix, Number};
pub use num_complex::Complex64;
pub use solve::{LeastSquares, determinant, inverse, least_squares, pseudoinverse, rank, solve, solve_triangular};

/// Why there is no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The matrix has no inverse.
    Singular,
    /// A triangular matrix has a zero here on its diagonal.
    ZeroOnDiagonal(usize),
    /// A matrix that should be positive definite is not.
    NotPositiveDefinite,
    /// An iteration did not come to an end.
    NotConverged,
    /// Infinity or NaN where only numbers will do.
    NotFinite,
}
