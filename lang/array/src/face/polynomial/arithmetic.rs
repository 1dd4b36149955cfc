//! What is done with coefficients, the highest power first.

use num_complex::Complex64;
use rdk_linear::Matrix;
use rdk_runtime::{Result, error};

use crate::chunk::Chunk;
use crate::dtype::{DType, NumberKind};
use crate::scalar::Scalar;

/// A polynomial. Coefficients are complex inside, and keep their type outside; whole numbers are exact up to 2^53.
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    numbers: Vec<Complex64>,
    dtype: DType,
}

impl Polynomial {
    /// From coefficients in one row.
    pub fn new(chunk: &Chunk) -> Polynomial {
        Polynomial { numbers: chunk.to_vec::<Complex64>(), dtype: chunk.dtype() }
    }

    /// Its coefficients.
    pub fn chunk(&self) -> Chunk {
        Chunk::from_vec(&[self.numbers.len()], self.numbers.clone()).cast(self.dtype)
    }

    /// Without zeros in front; at least one coefficient.
    pub fn trimmed(&self) -> Polynomial {
        let zero = |number: &Complex64| number.re == 0.0 && number.im == 0.0;
        let first = self.numbers.iter().position(|number| !zero(number));
        let numbers = match first {
            Some(first) => self.numbers[first..].to_vec(),
            None => vec![Complex64::default()],
        };
        Polynomial { numbers, dtype: self.dtype }
    }

    /// The highest power.
    pub fn order(&self) -> usize {
        self.numbers.len().saturating_sub(1)
    }

    /// The coefficient of a power; 0 beyond the highest.
    pub fn coefficient(&self, power: i64) -> Scalar {
        let at = usize::try_from(power).ok().and_then(|power| self.order().checked_sub(power));
        let number = at.and_then(|at| self.numbers.get(at)).copied().unwrap_or_default();
        Scalar::C128(number).cast(self.dtype)
    }

    /// Each coefficient times a number.
    pub fn scaled(&self, factor: f64) -> Polynomial {
        Polynomial { numbers: self.numbers.iter().map(|number| number * factor).collect(), dtype: self.dtype }
    }

    fn float(&self) -> DType {
        match self.dtype.kind() {
            NumberKind::Float | NumberKind::Complex => self.dtype,
            NumberKind::Bool | NumberKind::Signed | NumberKind::Unsigned => DType::F64,
        }
    }
}

/// The sum, or the difference.
pub fn add(a: &Polynomial, b: &Polynomial, subtract: bool) -> Polynomial {
    let length = a.numbers.len().max(b.numbers.len());
    let at = |p: &Polynomial, place: usize| {
        place.checked_sub(length - p.numbers.len()).map_or(Complex64::default(), |at| p.numbers[at])
    };
    let sum = |place: usize| if subtract { at(a, place) - at(b, place) } else { at(a, place) + at(b, place) };
    Polynomial { numbers: (0..length).map(sum).collect(), dtype: a.dtype.promote(b.dtype) }
}

/// The product.
pub fn multiply(a: &Polynomial, b: &Polynomial) -> Polynomial {
    let mut numbers = vec![Complex64::default(); (a.numbers.len() + b.numbers.len()).saturating_sub(1)];
    for (i, x) in a.numbers.iter().enumerate() {
        for (j, y) in b.numbers.iter().enumerate() {
            numbers[i + j] += x * y;
        }
    }
    Polynomial { numbers, dtype: a.dtype.promote(b.dtype) }
}

/// Quotient and rest.
///
/// # Errors
/// Nothing to divide by.
pub fn divide(u: &Polynomial, v: &Polynomial) -> Result<(Polynomial, Polynomial)> {
    let dtype = u.float().promote(v.float());
    let Some(&head) = v.numbers.first().filter(|head| head.norm() > 0.0) else {
        return Err(error!(ZeroDivisionError: "division by a polynomial whose first coefficient is zero"));
    };
    let mut rest = u.numbers.clone();
    let n_steps = (u.numbers.len() + 1).saturating_sub(v.numbers.len());
    let mut quotient = vec![Complex64::default(); n_steps.max(1)];
    for step in 0..n_steps {
        let factor = rest[step] / head;
        quotient[step] = factor;
        for (at, number) in v.numbers.iter().enumerate() {
            rest[step + at] -= factor * number;
        }
    }
    // What is nearly nothing is nothing.
    let near = |number: &Complex64| number.norm() <= 1e-14;
    let first = rest.iter().take(rest.len().saturating_sub(1)).take_while(|number| near(number)).count();
    let rest = Polynomial { numbers: rest[first.min(rest.len())..].to_vec(), dtype };
    Ok((Polynomial { numbers: quotient, dtype }, rest))
}

/// The derivative, so many times.
pub fn derivative(p: &Polynomial, times: usize) -> Polynomial {
    let mut result = p.clone();
    for _ in 0..times.min(p.numbers.len()) {
        let order = result.order();
        let length = order.min(result.numbers.len());
        result.numbers =
            result.numbers[..length].iter().enumerate().map(|(at, number)| number * (order - at) as f64).collect();
    }
    result
}

/// The integral, once for each of these constants.
pub fn integral(p: &Polynomial, constants: &[f64]) -> Polynomial {
    let mut result = p.clone();
    for &constant in constants {
        let n = result.numbers.len();
        result.numbers = result.numbers.iter().enumerate().map(|(at, number)| number / (n - at) as f64).collect();
        result.numbers.push(Complex64::new(constant, 0.0));
        result.dtype = result.float();
    }
    result
}

/// Real numbers where nothing is imaginary.
fn plain(numbers: Vec<Complex64>) -> Chunk {
    let real = numbers.iter().all(|number| number.im == 0.0);
    let chunk = Chunk::from_vec(&[numbers.len()], numbers);
    if real { chunk.cast(DType::F64) } else { chunk }
}

fn of_matrix(matrix: &Matrix<Complex64>, real: bool) -> Result<Vec<Complex64>> {
    let failed = |_| error!(LinAlgError: "Array must not contain infs or NaNs");
    if real {
        let elements = matrix.elements.iter().map(|number| number.re).collect();
        return rdk_linear::eigenvalues(&Matrix::new(matrix.rows, matrix.columns, elements)).map_err(failed);
    }
    rdk_linear::eigenvalues(matrix).map_err(failed)
}

/// The eigenvalues of a square matrix.
///
/// # Errors
/// Infinity or NaN in it.
pub fn eigenvalues(chunk: &Chunk) -> Result<Chunk> {
    let n = chunk.shape()[0];
    let matrix = Matrix::new(n, n, chunk.to_vec::<Complex64>());
    Ok(plain(of_matrix(&matrix, !chunk.dtype().is_complex())?))
}

/// Where it is zero: the eigenvalues of its companion matrix.
///
/// # Errors
/// Infinity or NaN among the coefficients.
pub fn roots_of(p: &Polynomial) -> Result<Chunk> {
    let zero = |number: &Complex64| number.norm() == 0.0;
    let Some(first) = p.numbers.iter().position(|number| !zero(number)) else {
        return Ok(Chunk::from_vec(&[0], Vec::<f64>::new()));
    };
    let last = p.numbers.iter().rposition(|number| !zero(number)).unwrap_or(first);
    let trailing = p.numbers.len() - 1 - last;
    let numbers = &p.numbers[first..=last];
    let n = numbers.len() - 1;
    let companion = Matrix::from_fn(n, n, |row, column| {
        if row == 0 {
            -numbers[column + 1] / numbers[0]
        } else {
            Complex64::new(f64::from(u8::from(row == column + 1)), 0.0)
        }
    });
    let mut roots = if n == 0 { Vec::new() } else { of_matrix(&companion, !p.dtype.is_complex())? };
    roots.extend(std::iter::repeat_n(Complex64::default(), trailing));
    Ok(plain(roots))
}

/// The polynomial that is zero there.
pub fn from_roots(zeros: &Chunk) -> Chunk {
    let zeros = zeros.to_vec::<Complex64>();
    let mut numbers = vec![Complex64::new(1.0, 0.0)];
    for zero in &zeros {
        numbers.push(Complex64::default());
        for at in (1..numbers.len()).rev() {
            let before = numbers[at - 1];
            numbers[at] -= zero * before;
        }
    }
    // Zeros in conjugate pairs make real coefficients.
    let sorted = |numbers: &mut dyn Iterator<Item = Complex64>| {
        // Zeros have no sign here.
        let mut numbers: Vec<Complex64> = numbers.map(|z| Complex64::new(z.re + 0.0, z.im + 0.0)).collect();
        numbers.sort_by(|a, b| a.re.total_cmp(&b.re).then(a.im.total_cmp(&b.im)));
        numbers
    };
    if sorted(&mut zeros.iter().copied()) == sorted(&mut zeros.iter().map(Complex64::conj)) {
        return Chunk::from_vec(&[numbers.len()], numbers).cast(DType::F64);
    }
    Chunk::from_vec(&[numbers.len()], numbers)
}
