//! Equations: solutions, inverses, least squares, determinants.

use faer::Par;
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_unit_lower_triangular_in_place, solve_unit_upper_triangular_in_place,
    solve_upper_triangular_in_place,
};

use crate::Failure;
use crate::decompose::{lu, singular_values, svd};
use crate::eigen::{hermitian_eigen, hermitian_eigenvalues};
use crate::matrix::{Matrix, Number};

/// `x` with `a · x = b`.
///
/// # Errors
/// [`Failure::Singular`].
pub fn solve<T: Number>(a: &Matrix<T>, b: &Matrix<T>) -> Result<Matrix<T>, Failure> {
    let factors = lu(a);
    if factors.is_singular() {
        return Err(Failure::Singular);
    }
    if a.rows == 0 || b.columns == 0 {
        return Ok(b.clone());
    }
    let exchanged = Matrix::from_fn(b.rows, b.columns, |row, column| b.get(factors.rows[row], column));
    let mut x = exchanged.owned();
    solve_unit_lower_triangular_in_place(factors.lower.owned().as_ref(), x.as_mut(), Par::Seq);
    solve_upper_triangular_in_place(factors.upper.owned().as_ref(), x.as_mut(), Par::Seq);
    Ok(Matrix::from_view(x.as_ref()))
}

/// The inverse.
///
/// # Errors
/// [`Failure::Singular`].
pub fn inverse<T: Number>(a: &Matrix<T>) -> Result<Matrix<T>, Failure> {
    solve(a, &Matrix::identity(a.rows))
}

/// `x` with `a · x = b`, of a matrix of which only one triangle is read; with `unit` its diagonal is taken for ones.
///
/// # Errors
/// [`Failure::ZeroOnDiagonal`].
pub fn solve_triangular<T: Number>(
    a: &Matrix<T>,
    b: &Matrix<T>,
    lower: bool,
    unit: bool,
) -> Result<Matrix<T>, Failure> {
    if !unit && let Some(at) = (0..a.rows).find(|&at| a.get(at, at).size() == 0.0) {
        return Err(Failure::ZeroOnDiagonal(at));
    }
    if a.rows == 0 || b.columns == 0 {
        return Ok(b.clone());
    }
    let (a, mut x) = (a.owned(), b.owned());
    match (lower, unit) {
        (true, false) => solve_lower_triangular_in_place(a.as_ref(), x.as_mut(), Par::Seq),
        (true, true) => solve_unit_lower_triangular_in_place(a.as_ref(), x.as_mut(), Par::Seq),
        (false, false) => solve_upper_triangular_in_place(a.as_ref(), x.as_mut(), Par::Seq),
        (false, true) => solve_unit_upper_triangular_in_place(a.as_ref(), x.as_mut(), Par::Seq),
    }
    Ok(Matrix::from_view(x.as_ref()))
}

/// The determinant as its sign (of size 1, or 0) and the logarithm of its size; and the determinant itself.
pub fn determinant<T: Number>(a: &Matrix<T>) -> (T, f64, T) {
    let factors = lu(a);
    let one = if factors.odd { T::real_number(-1.0) } else { T::one() };
    if factors.is_singular() {
        return (T::zero(), f64::NEG_INFINITY, T::zero());
    }
    let (mut sign, mut log, mut product) = (one, 0.0, one);
    for at in 0..a.rows {
        let pivot = factors.upper.get(at, at);
        let size = pivot.size();
        sign = sign.times(pivot.over(T::real_number(size)));
        log += size.ln();
        product = product.times(pivot);
    }
    (sign, log, product)
}

/// What is nearest to a solution.
pub struct LeastSquares<T> {
    /// The solution; the shortest one if there are several.
    pub x: Matrix<T>,
    /// How many of the columns are independent.
    pub rank: usize,
    /// The singular values of the matrix.
    pub s: Vec<f64>,
}

/// `x` for which `b - a · x` is shortest. Singular values below `cutoff` times the largest count as zero.
///
/// # Errors
/// [`Failure::NotFinite`], [`Failure::NotConverged`].
pub fn least_squares<T: Number>(a: &Matrix<T>, b: &Matrix<T>, cutoff: f64) -> Result<LeastSquares<T>, Failure> {
    let parts = svd(a, false)?;
    let limit = cutoff * parts.s.first().copied().unwrap_or(0.0);
    let rank = parts.s.iter().filter(|&&value| value > limit).count();
    let mut turned = parts.u.adjoint().product(b);
    for (row, &value) in parts.s.iter().enumerate() {
        let factor = T::real_number(if value > limit { 1.0 / value } else { 0.0 });
        for element in &mut turned.elements[row * b.columns..(row + 1) * b.columns] {
            *element = element.times(factor);
        }
    }
    Ok(LeastSquares { x: parts.vh.adjoint().product(&turned), rank, s: parts.s })
}

/// The matrix that gives the least squares solutions. Singular values below `cutoff` times the largest count as zero.
///
/// # Errors
/// [`Failure::NotFinite`], [`Failure::NotConverged`].
pub fn pseudoinverse<T: Number>(a: &Matrix<T>, cutoff: f64, hermitian: bool) -> Result<Matrix<T>, Failure> {
    let (left, s, right) = if hermitian {
        let (values, vectors) = hermitian_eigen(a, false)?;
        (vectors.clone(), values, vectors.adjoint())
    } else {
        let parts = svd(a, false)?;
        (parts.u, parts.s, parts.vh)
    };
    let limit = cutoff * s.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let mut turned = left.adjoint();
    for (row, &value) in s.iter().enumerate() {
        let factor = T::real_number(if value.abs() > limit { 1.0 / value } else { 0.0 });
        for element in &mut turned.elements[row * left.rows..(row + 1) * left.rows] {
            *element = element.times(factor);
        }
    }
    Ok(right.adjoint().product(&turned))
}

/// How many rows or columns are independent: singular values above `absolute`, or above `relative` times the largest.
///
/// # Errors
/// [`Failure::NotFinite`], [`Failure::NotConverged`].
pub fn rank<T: Number>(a: &Matrix<T>, absolute: Option<f64>, relative: f64, hermitian: bool) -> Result<usize, Failure> {
    let s: Vec<f64> = if hermitian {
        hermitian_eigenvalues(a, false)?.into_iter().map(f64::abs).collect()
    } else {
        singular_values(a)?
    };
    let largest = s.iter().copied().fold(0.0, f64::max);
    let limit = absolute.unwrap_or(largest * relative);
    Ok(s.iter().filter(|&&value| value > limit).count())
}
