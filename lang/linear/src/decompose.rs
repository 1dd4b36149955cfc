//! Matrices as products of simpler ones: QR, LU, Cholesky, singular values.

use faer::Side;

use crate::Failure;
use crate::matrix::{Matrix, Number};

/// `a = q · r`, with columns that are perpendicular to each other, and a triangle. As many columns of `q` as the matrix has rows if it is to be
/// complete, else the smaller of its lengths.
pub fn qr<T: Number>(a: &Matrix<T>, complete: bool) -> (Matrix<T>, Matrix<T>) {
    let size = a.rows.min(a.columns);
    if size == 0 {
        let n = if complete { a.rows } else { size };
        let q = Matrix::from_fn(a.rows, n, |row, column| T::real_number(f64::from(u8::from(row == column))));
        return (q, Matrix::new(n, a.columns, vec![T::zero(); n * a.columns]));
    }
    let qr = a.view().qr();
    let q = if complete { qr.compute_Q() } else { qr.compute_thin_Q() };
    let r = qr.R();
    let n = if complete { a.rows } else { size };
    let r = Matrix::from_fn(n, a.columns, |row, column| if row > column { T::zero() } else { r[(row, column)] });
    (Matrix::from_view(q.as_ref()), r)
}

/// The elements of `q`, no larger than the matrix, and those of `r` behind them. No more than two matrices of its size are held.
pub fn qr_in_one<T: Number>(a: Matrix<T>) -> Vec<T> {
    let (rows, columns) = (a.rows, a.columns);
    let size = rows.min(columns);
    if size == 0 {
        return Vec::new();
    }
    let qr = a.view().qr();
    drop(a);
    let (q, r) = (qr.compute_thin_Q(), qr.R().to_owned());
    drop(qr);
    let mut elements = Vec::with_capacity(size * (rows + columns));
    (0..rows).for_each(|row| elements.extend((0..size).map(|column| q[(row, column)])));
    let above = |row: usize, column: usize| if row > column { T::zero() } else { r[(row, column)] };
    (0..size).for_each(|row| elements.extend((0..columns).map(|column| above(row, column))));
    elements
}

/// `a = p · l · u`.
pub struct Lu<T> {
    /// Which row of the matrix each row of the factors was.
    pub rows: Vec<usize>,
    /// Below the diagonal, with ones on it.
    pub lower: Matrix<T>,
    /// The diagonal and what is above.
    pub upper: Matrix<T>,
    /// Were rows exchanged an odd number of times?
    pub odd: bool,
}

impl<T: Number> Lu<T> {
    /// Is there a zero on the diagonal?
    pub fn is_singular(&self) -> bool {
        let size = self.upper.rows.min(self.upper.columns);
        (0..size).any(|at| self.upper.get(at, at).size() == 0.0)
    }
}

/// Elimination with exchanges of rows.
pub fn lu<T: Number>(a: &Matrix<T>) -> Lu<T> {
    let size = a.rows.min(a.columns);
    // Elimination in blocks does not care for pivots of zero; small ones gain nothing by it.
    if size <= 64 {
        return eliminated(a);
    }
    let lu = a.view().partial_piv_lu();
    let (lower, upper) = (Matrix::from_view(lu.L()), Matrix::from_view(lu.U()));
    let rows: Vec<usize> = lu.P().arrays().0.to_vec();
    let result = Lu { odd: is_odd(&rows), rows, lower, upper };
    let broken = |matrix: &Matrix<T>| !matrix.is_finite();
    if result.is_singular() || a.is_finite() && (broken(&result.lower) || broken(&result.upper)) {
        return eliminated(a);
    }
    result
}

/// One column after the other.
fn eliminated<T: Number>(a: &Matrix<T>) -> Lu<T> {
    let (m, n) = (a.rows, a.columns);
    let size = m.min(n);
    let mut work = a.elements.clone();
    let mut rows: Vec<usize> = (0..m).collect();
    for k in 0..size {
        let mut pivot = k;
        for row in k + 1..m {
            if work[row * n + k].size() > work[pivot * n + k].size() {
                pivot = row;
            }
        }
        if pivot != k {
            rows.swap(pivot, k);
            for column in 0..n {
                work.swap(pivot * n + column, k * n + column);
            }
        }
        let head = work[k * n + k];
        if head.size() == 0.0 {
            continue;
        }
        let (above, below) = work.split_at_mut((k + 1) * n);
        let above = &above[k * n..];
        for row in below.chunks_mut(n) {
            let factor = row[k].over(head);
            row[k] = factor;
            if factor.size() == 0.0 {
                continue;
            }
            for column in k + 1..n {
                row[column] = row[column].plus(factor.times(above[column]).negated());
            }
        }
    }
    let lower = Matrix::from_fn(m, size, |row, column| match row.cmp(&column) {
        std::cmp::Ordering::Less => T::zero(),
        std::cmp::Ordering::Equal => T::one(),
        std::cmp::Ordering::Greater => work[row * n + column],
    });
    let upper = Matrix::from_fn(size, n, |row, column| if row > column { T::zero() } else { work[row * n + column] });
    Lu { odd: is_odd(&rows), rows, lower, upper }
}

/// Does this order come about by an odd number of exchanges?
fn is_odd(order: &[usize]) -> bool {
    let mut seen = vec![false; order.len()];
    let mut odd = false;
    for start in 0..order.len() {
        let mut at = start;
        let mut length = 0;
        while !seen[at] {
            seen[at] = true;
            at = order[at];
            length += 1;
        }
        odd ^= length > 0 && length % 2 == 0;
    }
    odd
}

/// `a = l · l*` of a matrix that is positive definite; only its lower triangle is read.
///
/// # Errors
/// [`Failure::NotPositiveDefinite`].
pub fn cholesky<T: Number>(a: &Matrix<T>) -> Result<Matrix<T>, Failure> {
    if a.rows == 0 {
        return Ok(a.clone());
    }
    let factor = a.owned().llt(Side::Lower).map_err(|_| Failure::NotPositiveDefinite)?;
    let lower = factor.L();
    let lower = Matrix::from_fn(a.rows, a.rows, |row, column| match row.cmp(&column) {
        std::cmp::Ordering::Less => T::zero(),
        std::cmp::Ordering::Equal => T::real_number(lower[(row, column)].complex().re),
        std::cmp::Ordering::Greater => lower[(row, column)],
    });
    if lower.is_finite() { Ok(lower) } else { Err(Failure::NotPositiveDefinite) }
}

/// `a = u · s · vh`.
pub struct Svd<T> {
    /// Its columns are perpendicular to each other.
    pub u: Matrix<T>,
    /// The singular values, the largest first.
    pub s: Vec<f64>,
    /// Its rows are perpendicular to each other.
    pub vh: Matrix<T>,
}

/// Singular values with their vectors, as many as the shorter side has; or so many that both matrices are square.
///
/// # Errors
/// [`Failure::NotFinite`], [`Failure::NotConverged`].
pub fn svd<T: Number>(a: &Matrix<T>, full: bool) -> Result<Svd<T>, Failure> {
    if !a.is_finite() {
        return Err(Failure::NotFinite);
    }
    if a.rows.min(a.columns) == 0 {
        let (u, vh) = if full { (a.rows, a.columns) } else { (0, 0) };
        let eye = |rows, columns| {
            Matrix::from_fn(rows, columns, |row, column| T::real_number(f64::from(u8::from(row == column))))
        };
        return Ok(Svd { u: eye(a.rows, u), s: Vec::new(), vh: eye(vh, a.columns) });
    }
    let a = a.owned();
    let svd = if full { a.svd() } else { a.thin_svd() }.map_err(|_| Failure::NotConverged)?;
    Ok(Svd {
        u: Matrix::from_view(svd.U()),
        s: svd.S().column_vector().iter().map(|value| value.complex().re).collect(),
        vh: Matrix::from_view(svd.V()).adjoint(),
    })
}

/// The singular values alone, the largest first.
///
/// # Errors
/// [`Failure::NotFinite`], [`Failure::NotConverged`].
pub fn singular_values<T: Number>(a: &Matrix<T>) -> Result<Vec<f64>, Failure> {
    if !a.is_finite() {
        return Err(Failure::NotFinite);
    }
    if a.rows.min(a.columns) == 0 {
        return Ok(Vec::new());
    }
    a.owned().singular_values().map_err(|_| Failure::NotConverged)
}
