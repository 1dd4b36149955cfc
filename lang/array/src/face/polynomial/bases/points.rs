//! Places and weights: Gauss' rules of integration, Chebyshev's points, and the polynomial nearest to points.

use std::f64::consts::PI;

use num_complex::Complex64;
use rdk_linear::Matrix;
use rdk_runtime::{Result, bail, error};

use super::{Basis, Terms};
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::face::polynomial::fit;

/// More places than this are refused: the matrix of the rule would take long.
const MOST_PLACES: usize = 4096;

impl Basis {
    /// Places and weights with which sums are integrals of all polynomials of up to twice the degree.
    pub fn gauss(self, degree: i64) -> Result<(Vec<f64>, Vec<f64>)> {
        let n = match usize::try_from(degree) {
            Ok(n @ 1..=MOST_PLACES) => n,
            Ok(0) | Err(_) => bail!("deg must be a positive integer, got {degree}"),
            Ok(n) => bail!("{n} places are too many"; hint: "at most {MOST_PLACES}"),
        };
        let whole = match self {
            Basis::Chebyshev => {
                let place = |at: usize| (PI * (2 * at + 1) as f64 / (2 * n) as f64).cos();
                return Ok(((0..n).map(place).collect(), vec![PI / n as f64; n]));
            }
            Basis::Power | Basis::Legendre => 2.0,
            Basis::Hermite => PI.sqrt(),
            Basis::HermiteE => (2.0 * PI).sqrt(),
            Basis::Laguerre => 1.0,
        };
        // The rule is what the symmetric matrix of the neighbours is made of.
        let beside = |at: usize| (self.neighbours(at)[0] * self.neighbours(at + 1)[2]).sqrt();
        let matrix = Matrix::from_fn(n, n, |row, column| match row.abs_diff(column) {
            0 => self.neighbours(row)[1],
            1 => beside(row.min(column)),
            _ => 0.0,
        });
        let failed = |_| error!(LinAlgError: "Eigenvalues did not converge");
        let (mut places, vectors) = rdk_linear::hermitian_eigen(&matrix, false).map_err(failed)?;
        let mut weights: Vec<f64> = (0..n).map(|column| whole * vectors.get(0, column).powi(2)).collect();
        if self != Basis::Laguerre {
            // They are the same on both sides of 0.
            for at in 0..n / 2 {
                let (place, weight) =
                    (0.5 * (places[n - 1 - at] - places[at]), 0.5 * (weights[at] + weights[n - 1 - at]));
                (places[at], places[n - 1 - at]) = (-place, place);
                (weights[at], weights[n - 1 - at]) = (weight, weight);
            }
            if n % 2 == 1 {
                places[n / 2] = 0.0;
            }
        }
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight *= whole / sum);
        Ok((places, weights))
    }

    /// The members of the basis up to a degree at each place, one row for each place.
    pub fn members(self, places: &[Complex64], degree: usize) -> Matrix<Complex64> {
        let columns = degree + 1;
        let mut elements = Vec::with_capacity(places.len() * columns);
        for &x in places {
            let (mut before, mut current) = (Complex64::default(), Complex64::from(1.0));
            for n in 0..columns {
                elements.push(current);
                let [next, same, behind] = self.neighbours(n);
                (before, current) = (current, ((x - same) * current - before * behind) / next);
            }
        }
        Matrix::new(places.len(), columns, elements)
    }

    /// The polynomial that comes nearest to points, by their weights.
    pub fn fitted(
        self,
        x: &Chunk,
        y: &Chunk,
        degrees: &[usize],
        rcond: Option<f64>,
        w: Option<&Chunk>,
    ) -> Result<(Vec<Terms>, Fit)> {
        let m = fit::count(x, y)?;
        let weights = match w {
            Some(w) if w.ndim() != 1 => bail!(TypeError: "expected 1D vector for w"),
            Some(w) if w.len() != m => bail!(TypeError: "expected x and w to have same length"),
            Some(w) => w.to_vec::<f64>(),
            None => vec![1.0; m],
        };
        let degree = degrees.iter().copied().max().unwrap_or(0);
        let all = self.members(&x.to_vec::<Complex64>(), degree);
        let n = degrees.len();
        let mut left = Matrix::from_fn(m, n, |row, column| all.get(row, degrees[column]) * weights[row]);
        // Each column is made as long as the others.
        let length = |column: usize| (0..m).map(|row| left.get(row, column).norm_sqr()).sum::<f64>().sqrt();
        let scales: Vec<f64> = (0..n).map(length).map(|scale| if scale == 0.0 { 1.0 } else { scale }).collect();
        left.elements.iter_mut().enumerate().for_each(|(at, element)| *element /= scales[at % n]);
        let width = if y.ndim() == 1 { 1 } else { y.shape()[1] };
        let values = y.to_vec::<Complex64>();
        let right = Matrix::from_fn(m, width, |row, column| values[row * width + column] * weights[row]);
        let rcond = rcond.unwrap_or(m as f64 * f64::EPSILON);
        let failed = |_| error!(LinAlgError: "SVD did not converge in Linear Least Squares");
        let found = rdk_linear::least_squares(&left, &right, rcond).map_err(failed)?;
        let complex = x.dtype().is_complex() || y.dtype().is_complex();
        let dtype = if complex { DType::C128 } else { DType::F64 };
        let terms = (0..width).map(|column| {
            let mut numbers = vec![Complex64::default(); degree + 1];
            for (row, &degree) in degrees.iter().enumerate() {
                numbers[degree] = found.x.get(row, column) / scales[row];
            }
            Terms { numbers, dtype }
        });
        let near = left.product(&found.x);
        let distance =
            |column: usize| (0..m).map(|row| (right.get(row, column) - near.get(row, column)).norm_sqr()).sum();
        let residuals = if found.rank < n || m <= n { Vec::new() } else { (0..width).map(distance).collect() };
        Ok((terms.collect(), Fit { residuals, rank: found.rank, singular: found.s, rcond }))
    }
}

/// What else there is to know of a fit.
pub struct Fit {
    /// What is left over, for each row of values.
    pub residuals: Vec<f64>,
    /// How many terms can be told apart.
    pub rank: usize,
    /// The singular values.
    pub singular: Vec<f64>,
    /// Those that are smaller, beside the largest, count as zero.
    pub rcond: f64,
}
