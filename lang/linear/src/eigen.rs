//! Eigenvalues and eigenvectors.

use faer::Side;
use num_complex::Complex64;

use crate::Failure;
use crate::matrix::{Matrix, Number};

/// The eigenvalues of a square matrix, and the eigenvectors in columns, each of length 1.
///
/// # Errors
/// [`Failure::NotFinite`], [`Failure::NotConverged`].
pub fn eigen<T: Number>(a: &Matrix<T>) -> Result<(Vec<Complex64>, Matrix<Complex64>), Failure> {
    let (values, vectors) = both(a, true)?;
    let mut vectors = vectors.ok_or(Failure::NotConverged)?;
    let n = a.rows;
    for (column, value) in values.iter().enumerate() {
        let part = |row: usize| vectors.elements[row * n + column];
        let length = (0..n).map(|row| part(row).norm_sqr()).sum::<f64>().sqrt();
        // The largest element of a complex one is real, as LAPACK has it.
        let largest = (0..n)
            .map(part)
            .fold(Complex64::new(0.0, 0.0), |a, b| if b.norm() > a.norm() * (1.0 + 1e-12) { b } else { a });
        let turn = if value.im == 0.0 && largest.im == 0.0 || largest.norm() == 0.0 {
            Complex64::new(1.0, 0.0)
        } else {
            largest.conj() / largest.norm()
        };
        if length > 0.0 {
            for row in 0..n {
                let place = row * n + column;
                vectors.elements[place] = vectors.elements[place] * turn / length;
            }
        }
    }
    Ok((values, vectors))
}

/// The eigenvalues alone.
///
/// # Errors
/// [`Failure::NotFinite`], [`Failure::NotConverged`].
pub fn eigenvalues<T: Number>(a: &Matrix<T>) -> Result<Vec<Complex64>, Failure> {
    Ok(both(a, false)?.0)
}

fn both<T: Number>(a: &Matrix<T>, vectors: bool) -> Result<(Vec<Complex64>, Option<Matrix<Complex64>>), Failure> {
    if !a.is_finite() {
        return Err(Failure::NotFinite);
    }
    if a.rows == 0 {
        return Ok((Vec::new(), Some(Matrix::new(0, 0, Vec::new()))));
    }
    T::eigen(a, vectors).ok_or(Failure::NotConverged)
}

/// The eigenvalues of a matrix that is its own adjoint, the smallest first, and its eigenvectors in columns. Only one triangle is read.
///
/// # Errors
/// [`Failure::NotConverged`].
pub fn hermitian_eigen<T: Number>(a: &Matrix<T>, upper: bool) -> Result<(Vec<f64>, Matrix<T>), Failure> {
    if a.rows == 0 {
        return Ok((Vec::new(), a.clone()));
    }
    if !a.is_finite() {
        return Err(Failure::NotConverged);
    }
    let eigen = lower(a, upper).owned().self_adjoint_eigen(Side::Lower).map_err(|_| Failure::NotConverged)?;
    let values = eigen.S().column_vector().iter().map(|value| value.complex().re).collect();
    Ok((values, Matrix::from_view(eigen.U())))
}

/// The eigenvalues alone.
///
/// # Errors
/// [`Failure::NotConverged`].
pub fn hermitian_eigenvalues<T: Number>(a: &Matrix<T>, upper: bool) -> Result<Vec<f64>, Failure> {
    if a.rows == 0 {
        return Ok(Vec::new());
    }
    if !a.is_finite() {
        return Err(Failure::NotConverged);
    }
    lower(a, upper).owned().self_adjoint_eigenvalues(Side::Lower).map_err(|_| Failure::NotConverged)
}

/// The matrix whose lower triangle says what the given triangle says.
fn lower<T: Number>(a: &Matrix<T>, upper: bool) -> Matrix<T> {
    if upper { a.adjoint() } else { a.clone() }
}
