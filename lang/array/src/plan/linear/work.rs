//! What can be made of one matrix, or of two, and what the results are.

use rdk_graph::Cancel;
use rdk_linear::{Failure, Matrix, Number};
use rdk_runtime::{Error, error};
use serde::Serialize;
use smallvec::{SmallVec, smallvec};

use crate::Chunk;
use crate::element::Element;
use crate::kernel::Stop;

/// What is made of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Work {
    /// `q`, `r`
    Qr {
        /// Is `q` square?
        complete: bool,
    },
    /// `u`, `s`, `vh`
    Svd {
        /// Are `u` and `vh` square?
        full: bool,
    },
    /// The largest first.
    SingularValues,
    /// Eigenvalues and eigenvectors.
    Eigen,
    /// Eigenvalues.
    Eigenvalues,
    /// The same of a matrix that is its own adjoint.
    HermitianEigen {
        /// Which triangle is read?
        upper: bool,
    },
    /// Its eigenvalues.
    HermitianEigenvalues {
        /// Which triangle is read?
        upper: bool,
    },
    /// The inverse.
    Inverse,
    /// Of two: `x` with `a · x = b`.
    Solve,
    /// The same of a triangle.
    Triangular {
        /// Which triangle?
        lower: bool,
        /// Are there ones on the diagonal?
        unit: bool,
    },
    /// The factor of Cholesky.
    Cholesky {
        /// Its upper form?
        upper: bool,
    },
    /// `p`, `l`, `u`
    Lu,
    /// The determinant.
    Determinant,
    /// Its sign, and the logarithm of its size.
    SignAndLog,
    /// Of two: `x`, squared distances, rank, singular values.
    LeastSquares {
        /// Smaller singular values, beside the largest, are zero.
        cutoff: f64,
    },
    /// The pseudoinverse.
    PseudoInverse {
        /// Smaller singular values, beside the largest, are zero.
        cutoff: f64,
        /// Is the matrix its own adjoint?
        hermitian: bool,
    },
    /// How many columns are independent.
    Rank {
        /// Smaller singular values are zero.
        absolute: Option<f64>,
        /// Smaller ones beside the largest are.
        relative: f64,
        /// Is the matrix its own adjoint?
        hermitian: bool,
    },
}

/// Which type a result has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// That of the matrices.
    Same,
    /// The real one beside it.
    Real,
    /// The complex one beside it.
    Complex,
    /// int64.
    Whole,
}

type Length = SmallVec<[usize; 2]>;

impl Work {
    /// Are results complex where matrices are not?
    pub(super) fn is_complex(self) -> bool {
        matches!(self, Work::Eigen | Work::Eigenvalues)
    }

    /// The shapes and types of the results, for matrices of these sizes.
    pub(super) fn results(self, sizes: &[(usize, usize)]) -> Vec<(Length, Kind)> {
        use Kind::{Complex, Real, Same, Whole};
        let (m, n) = sizes[0];
        let k = m.min(n);
        match self {
            Work::Qr { complete } => {
                let k = if complete { m } else { k };
                vec![(smallvec![m, k], Same), (smallvec![k, n], Same)]
            }
            Work::Svd { full } => {
                let (u, v) = if full { (m, n) } else { (k, k) };
                vec![(smallvec![m, u], Same), (smallvec![k], Real), (smallvec![v, n], Same)]
            }
            Work::SingularValues => vec![(smallvec![k], Real)],
            Work::Eigen => vec![(smallvec![n], Complex), (smallvec![n, n], Complex)],
            Work::Eigenvalues => vec![(smallvec![n], Complex)],
            Work::HermitianEigen { .. } => vec![(smallvec![n], Real), (smallvec![n, n], Same)],
            Work::HermitianEigenvalues { .. } => vec![(smallvec![n], Real)],
            Work::Inverse | Work::Cholesky { .. } => vec![(smallvec![n, n], Same)],
            Work::Solve | Work::Triangular { .. } => vec![(smallvec![n, sizes[1].1], Same)],
            Work::Lu => vec![(smallvec![m, m], Real), (smallvec![m, k], Same), (smallvec![k, n], Same)],
            Work::Determinant => vec![(smallvec![], Same)],
            Work::SignAndLog => vec![(smallvec![], Same), (smallvec![], Real)],
            Work::LeastSquares { .. } => {
                let columns = sizes[1].1;
                vec![
                    (smallvec![n, columns], Same),
                    (smallvec![columns], Real),
                    (smallvec![], Whole),
                    (smallvec![k], Real),
                ]
            }
            Work::PseudoInverse { .. } => vec![(smallvec![n, m], Same)],
            Work::Rank { .. } => vec![(smallvec![], Whole)],
        }
    }

    /// All matrices of these chunks, one after the other.
    pub(super) fn run<T: Number + Element, O: Number + Element>(
        self,
        inputs: &[Chunk],
        cancel: &Cancel,
    ) -> Result<Chunk, Stop> {
        let sizes: Vec<(usize, usize)> = inputs
            .iter()
            .map(|chunk| {
                let shape = chunk.shape();
                (shape[shape.len() - 2], shape[shape.len() - 1])
            })
            .collect();
        let stack = &inputs[0].shape()[..inputs[0].ndim() - 2];
        let count: usize = stack.iter().product();
        let length: usize = self.results(&sizes).iter().map(|(shape, _)| shape.iter().product::<usize>()).sum();
        let elements: Vec<Vec<T>> = inputs.iter().map(Chunk::to_vec::<T>).collect();
        let mut out: Vec<O> = Vec::with_capacity(count * length);
        for number in 0..count {
            if cancel.requested() {
                return Err(Stop::Cancelled);
            }
            let matrices: Vec<Matrix<T>> = elements
                .iter()
                .zip(&sizes)
                .map(|(elements, &(m, n))| Matrix::new(m, n, elements[number * m * n..(number + 1) * m * n].to_vec()))
                .collect();
            self.one(&matrices, &mut out).map_err(|failure| Stop::Error(self.error(failure)))?;
        }
        let shape: Vec<usize> = stack.iter().copied().chain([length]).collect();
        Ok(Chunk::from_vec(&shape, out))
    }

    /// One matrix, or one pair of them.
    fn one<T: Number, O: Number>(self, matrices: &[Matrix<T>], out: &mut Vec<O>) -> Result<(), Failure> {
        let a = &matrices[0];
        let put = |out: &mut Vec<O>, elements: &[T]| out.extend(elements.iter().map(|x| O::from_complex(x.complex())));
        let put_real = |out: &mut Vec<O>, elements: &[f64]| out.extend(elements.iter().map(|&x| O::real_number(x)));
        let put_complex = |out: &mut Vec<O>, elements: &[rdk_linear::Complex64]| {
            out.extend(elements.iter().map(|&x| O::from_complex(x)));
        };
        match self {
            Work::Qr { complete } => {
                let (q, r) = rdk_linear::qr(a, complete);
                put(out, &q.elements);
                put(out, &r.elements);
            }
            Work::Svd { full } => {
                let parts = rdk_linear::svd(a, full)?;
                put(out, &parts.u.elements);
                put_real(out, &parts.s);
                put(out, &parts.vh.elements);
            }
            Work::SingularValues => put_real(out, &rdk_linear::singular_values(a)?),
            Work::Eigen => {
                let (values, vectors) = rdk_linear::eigen(a)?;
                put_complex(out, &values);
                put_complex(out, &vectors.elements);
            }
            Work::Eigenvalues => put_complex(out, &rdk_linear::eigenvalues(a)?),
            Work::HermitianEigen { upper } => {
                let (values, vectors) = rdk_linear::hermitian_eigen(a, upper)?;
                put_real(out, &values);
                put(out, &vectors.elements);
            }
            Work::HermitianEigenvalues { upper } => put_real(out, &rdk_linear::hermitian_eigenvalues(a, upper)?),
            Work::Inverse => put(out, &rdk_linear::inverse(a)?.elements),
            Work::Solve => put(out, &rdk_linear::solve(a, &matrices[1])?.elements),
            Work::Triangular { lower, unit } => {
                put(out, &rdk_linear::solve_triangular(a, &matrices[1], lower, unit)?.elements);
            }
            Work::Cholesky { upper } => {
                let a = if upper { &a.adjoint() } else { a };
                let lower = rdk_linear::cholesky(a)?;
                let turned = |row: usize, column: usize| match row.cmp(&column) {
                    std::cmp::Ordering::Less => lower.get(column, row).conjugate(),
                    std::cmp::Ordering::Equal => lower.get(row, row),
                    std::cmp::Ordering::Greater => T::zero(),
                };
                put(out, &if upper { Matrix::from_fn(a.rows, a.rows, turned) } else { lower }.elements);
            }
            Work::Lu => {
                let lu = rdk_linear::lu(a);
                let p = |at: usize| f64::from(u8::from(lu.rows[at % a.rows] == at / a.rows));
                put_real(out, &(0..a.rows * a.rows).map(p).collect::<Vec<f64>>());
                put(out, &lu.lower.elements);
                put(out, &lu.upper.elements);
            }
            Work::Determinant => put(out, &[rdk_linear::determinant(a).2]),
            Work::SignAndLog => {
                let (sign, log, _) = rdk_linear::determinant(a);
                put(out, &[sign]);
                put_real(out, &[log]);
            }
            Work::LeastSquares { cutoff } => {
                let b = &matrices[1];
                let found = rdk_linear::least_squares(a, b, cutoff)?;
                put(out, &found.x.elements);
                let near = a.product(&found.x);
                let distance = |column: usize| {
                    (0..b.rows).map(|row| b.get(row, column).plus(near.get(row, column).negated()).size().powi(2)).sum()
                };
                put_real(out, &(0..b.columns).map(distance).collect::<Vec<f64>>());
                put_real(out, &[found.rank as f64]);
                put_real(out, &found.s);
            }
            Work::PseudoInverse { cutoff, hermitian } => {
                put(out, &rdk_linear::pseudoinverse(a, cutoff, hermitian)?.elements);
            }
            Work::Rank { absolute, relative, hermitian } => {
                put_real(out, &[rdk_linear::rank(a, absolute, relative, hermitian)? as f64]);
            }
        }
        Ok(())
    }

    /// In NumPy's words.
    pub(super) fn error(self, failure: Failure) -> Error {
        let eigen = matches!(
            self,
            Work::Eigen | Work::Eigenvalues | Work::HermitianEigen { .. } | Work::HermitianEigenvalues { .. }
        );
        match failure {
            Failure::Singular => {
                error!(LinAlgError: "Singular matrix"; hint: "its rows depend on each other: it has no inverse")
            }
            Failure::ZeroOnDiagonal(at) => error!(LinAlgError: "singular matrix: resolution failed at diagonal {at}"),
            Failure::NotPositiveDefinite => error!(LinAlgError: "Matrix is not positive definite"),
            Failure::NotConverged if eigen => error!(LinAlgError: "Eigenvalues did not converge"),
            Failure::NotFinite if eigen => error!(LinAlgError: "Array must not contain infs or NaNs"),
            Failure::NotConverged | Failure::NotFinite if matches!(self, Work::LeastSquares { .. }) => {
                error!(LinAlgError: "SVD did not converge in Linear Least Squares")
            }
            Failure::NotConverged | Failure::NotFinite => error!(LinAlgError: "SVD did not converge"),
        }
    }
}
