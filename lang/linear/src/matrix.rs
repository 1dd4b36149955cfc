//! Matrices in rows, and the two kinds of number that they are made of.

use faer::{Mat, MatRef};
use num_complex::Complex64;

/// `f64` or `Complex64`.
pub trait Number: faer::traits::ComplexField<Real = f64> + Copy + Send + Sync + 'static {
    /// A real number.
    fn real_number(value: f64) -> Self;
    /// From both parts; a real number leaves the second out.
    fn from_complex(value: Complex64) -> Self;
    /// With an imaginary part, 0 for real numbers.
    fn complex(self) -> Complex64;
    /// All eigenvalues of a matrix, and its eigenvectors in columns if they are wanted.
    fn eigen(matrix: &Matrix<Self>, vectors: bool) -> Option<(Vec<Complex64>, Option<Matrix<Complex64>>)>;

    /// Its size.
    fn size(self) -> f64 {
        self.complex().norm()
    }
    /// With its imaginary part negated.
    fn conjugate(self) -> Self {
        Self::from_complex(self.complex().conj())
    }
    /// Neither infinite nor NaN?
    fn is_a_number(self) -> bool {
        self.complex().is_finite()
    }
    /// The product with another.
    fn times(self, other: Self) -> Self;
    /// The sum with another.
    fn plus(self, other: Self) -> Self;
    /// The quotient by another.
    fn over(self, other: Self) -> Self;
    /// 0.
    fn zero() -> Self {
        Self::real_number(0.0)
    }
    /// 1.
    fn one() -> Self {
        Self::real_number(1.0)
    }
    /// Its negative.
    fn negated(self) -> Self {
        Self::real_number(-1.0).times(self)
    }
}

macro_rules! arithmetic {
    () => {
        fn times(self, other: Self) -> Self {
            self * other
        }

        fn plus(self, other: Self) -> Self {
            self + other
        }

        fn over(self, other: Self) -> Self {
            self / other
        }
    };
}

impl Number for f64 {
    fn real_number(value: f64) -> f64 {
        value
    }

    fn from_complex(value: Complex64) -> f64 {
        value.re
    }

    fn complex(self) -> Complex64 {
        Complex64::new(self, 0.0)
    }

    fn size(self) -> f64 {
        self.abs()
    }

    fn eigen(matrix: &Matrix<f64>, vectors: bool) -> Option<(Vec<Complex64>, Option<Matrix<Complex64>>)> {
        if !vectors {
            return Some((matrix.view().eigenvalues().ok()?, None));
        }
        let eigen = matrix.view().eigen().ok()?;
        Some((eigen.S().column_vector().iter().copied().collect(), Some(Matrix::from_view(eigen.U()))))
    }

    arithmetic!();
}

impl Number for Complex64 {
    fn real_number(value: f64) -> Complex64 {
        Complex64::new(value, 0.0)
    }

    fn from_complex(value: Complex64) -> Complex64 {
        value
    }

    fn complex(self) -> Complex64 {
        self
    }

    fn eigen(matrix: &Matrix<Complex64>, vectors: bool) -> Option<(Vec<Complex64>, Option<Matrix<Complex64>>)> {
        if !vectors {
            return Some((matrix.view().eigenvalues().ok()?, None));
        }
        let eigen = matrix.view().eigen().ok()?;
        Some((eigen.S().column_vector().iter().copied().collect(), Some(Matrix::from_view(eigen.U()))))
    }

    arithmetic!();
}

/// A matrix, row after row.
#[derive(Clone, PartialEq, Debug)]
pub struct Matrix<T> {
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
    /// The elements, row after row.
    pub elements: Vec<T>,
}

impl<T: Number> Matrix<T> {
    /// From its elements; there are as many as rows times columns.
    pub fn new(rows: usize, columns: usize, elements: Vec<T>) -> Matrix<T> {
        assert_eq!(elements.len(), rows * columns, "as many elements as the shape says");
        Matrix { rows, columns, elements }
    }

    /// Each element from its row and column.
    pub fn from_fn(rows: usize, columns: usize, element: impl Fn(usize, usize) -> T) -> Matrix<T> {
        // As much memory as it takes: one that grows is copied, and takes twice that.
        let mut elements = Vec::with_capacity(rows * columns);
        (0..rows).for_each(|row| elements.extend((0..columns).map(|column| element(row, column))));
        Matrix { rows, columns, elements }
    }

    /// The identity.
    pub fn identity(n: usize) -> Matrix<T> {
        Matrix::from_fn(n, n, |row, column| T::real_number(f64::from(u8::from(row == column))))
    }

    /// One element.
    pub fn get(&self, row: usize, column: usize) -> T {
        self.elements[row * self.columns + column]
    }

    /// Rows and columns exchanged, every element conjugated.
    pub fn adjoint(&self) -> Matrix<T> {
        Matrix::from_fn(self.columns, self.rows, |row, column| self.get(column, row).conjugate())
    }

    /// Has it neither infinities nor NaN?
    pub fn is_finite(&self) -> bool {
        self.elements.iter().all(|element| element.is_a_number())
    }

    /// The product with another one.
    pub fn product(&self, other: &Matrix<T>) -> Matrix<T> {
        Matrix::from_view((self.view() * other.view()).as_ref())
    }

    pub(crate) fn view(&self) -> MatRef<'_, T> {
        MatRef::from_row_major_slice(&self.elements, self.rows, self.columns)
    }

    /// In columns, as faer likes it.
    pub(crate) fn owned(&self) -> Mat<T> {
        self.view().to_owned()
    }

    pub(crate) fn from_view(view: MatRef<'_, T>) -> Matrix<T> {
        Matrix::from_fn(view.nrows(), view.ncols(), |row, column| view[(row, column)])
    }
}
