//! Sums, products, quotients, values, and the same polynomial in another basis.

use num_complex::Complex64;
use rdk_linear::Matrix;
use rdk_runtime::{Result, bail, error};

use super::{Basis, Terms};
use crate::array::Array;
use crate::dtype::DType;
use crate::kernel::BinaryFunc;
use crate::scalar::Scalar;

/// The sum, or the difference.
pub fn add(a: &Terms, b: &Terms, subtract: bool) -> Terms {
    let at = |terms: &Terms, n: usize| terms.numbers.get(n).copied().unwrap_or_default();
    let length = a.numbers.len().max(b.numbers.len());
    let sum = |n: usize| if subtract { at(a, n) - at(b, n) } else { at(a, n) + at(b, n) };
    Terms { numbers: (0..length).map(sum).collect(), dtype: a.dtype.promote(b.dtype) }
}

impl Basis {
    /// `x` times a polynomial.
    pub fn times_x(self, terms: &Terms) -> Terms {
        let mut numbers = vec![Complex64::default(); terms.numbers.len() + 1];
        for (n, number) in terms.numbers.iter().enumerate() {
            let [next, same, before] = self.neighbours(n);
            numbers[n + 1] += number * next;
            numbers[n] += number * same;
            if n > 0 {
                numbers[n - 1] += number * before;
            }
        }
        Terms { numbers, dtype: terms.dtype }
    }

    /// A sum of members of this basis, where `x` is anything that can be multiplied by: by Clenshaw's scheme from the last one down.
    fn summed(self, numbers: &[Complex64], one: &Terms, times_x: impl Fn(&Terms) -> Terms) -> Terms {
        let nothing = Terms { numbers: vec![Complex64::default()], dtype: one.dtype };
        let (mut current, mut after) = (nothing.clone(), nothing);
        for (n, &number) in numbers.iter().enumerate().rev() {
            let [next, same, _] = self.neighbours(n);
            let [next_after, _, before_after] = self.neighbours(n + 1);
            let own = Terms { numbers: one.numbers.iter().map(|element| element * number).collect(), dtype: one.dtype };
            let risen = add(&times_x(&current), &current.scaled(same), true).scaled(1.0 / next);
            let sum = add(&add(&own, &risen, false), &after.scaled(before_after / next_after), true);
            (current, after) = (sum, current);
        }
        current.trimmed()
    }

    /// The product of two polynomials.
    pub fn product(self, a: &Terms, b: &Terms) -> Terms {
        let (short, long) = if a.numbers.len() <= b.numbers.len() { (a, b) } else { (b, a) };
        let one = Terms { dtype: a.dtype.promote(b.dtype), ..long.clone() };
        self.summed(&short.numbers, &one, |terms| self.times_x(terms))
    }

    /// The same polynomial in another basis, where `offset + scale * x` stands for `x`.
    pub fn converted(self, terms: &Terms, to: Basis, offset: f64, scale: f64) -> Terms {
        let one = Terms { numbers: vec![Complex64::from(1.0)], dtype: terms.dtype };
        let times = |other: &Terms| add(&to.times_x(other).scaled(scale), &other.scaled(offset), false);
        self.summed(&terms.numbers, &one, times)
    }

    /// Its value at places.
    pub fn value(self, terms: &Terms, x: &Array) -> Result<Array> {
        let dtype = x.dtype().promote(terms.dtype);
        let number = |number: Complex64| match terms.dtype.is_complex() {
            true => Array::scalar(Scalar::C128(number)).cast(terms.dtype),
            false => Array::scalar(Scalar::F64(number.re)).cast(terms.dtype),
        };
        let real = |value: f64| Array::scalar(Scalar::F64(value)).cast(dtype.real());
        let (times, plus, less) = (BinaryFunc::Multiply, BinaryFunc::Add, BinaryFunc::Subtract);
        let last = terms.degree();
        let mut current = number(terms.numbers[last]).cast(dtype).broadcast_to(x.shape())?;
        let mut after: Option<Array> = None;
        for n in (0..last).rev() {
            let [next, same, _] = self.neighbours(n);
            let [next_after, _, before_after] = self.neighbours(n + 1);
            let shifted = if same == 0.0 { x.clone() } else { x.binary(less, &real(same))? };
            let mut risen = shifted.binary(times, &current)?;
            if next != 1.0 {
                risen = risen.binary(BinaryFunc::Divide, &real(next))?;
            }
            let mut sum = risen.binary(plus, &number(terms.numbers[n]))?;
            if let (Some(after), true) = (&after, before_after != 0.0) {
                sum = sum.binary(less, &after.binary(times, &real(before_after / next_after))?)?;
            }
            (current, after) = (sum, Some(current));
        }
        Ok(current)
    }

    /// Quotient and rest.
    pub fn quotient(self, a: &Terms, b: &Terms) -> Result<(Terms, Terms)> {
        let b = b.clone().trimmed();
        let dtype = a.dtype.promote(b.dtype);
        if b.numbers.last().is_none_or(|last| last.norm() == 0.0) {
            bail!(ZeroDivisionError: "division by a polynomial that is 0");
        }
        let zero = Terms { numbers: vec![Complex64::default()], dtype };
        let mut rest = Terms { dtype, ..a.clone() };
        if rest.numbers.len() < b.numbers.len() {
            return Ok((zero, rest));
        }
        let n = rest.numbers.len() - b.numbers.len();
        let mut quotient = vec![Complex64::default(); n + 1];
        for at in (0..=n).rev() {
            let mut member = vec![Complex64::default(); at + 1];
            member[at] = Complex64::from(1.0);
            let product = self.product(&Terms { numbers: member, dtype }, &b);
            let last = rest.numbers.len() - 1;
            let factor = rest.numbers[last] / product.numbers[last];
            quotient[at] = factor;
            for (number, other) in rest.numbers.iter_mut().zip(&product.numbers) {
                *number -= factor * other;
            }
            rest.numbers.pop();
        }
        if rest.numbers.is_empty() {
            rest = zero;
        }
        Ok((Terms { numbers: quotient, dtype }, rest.trimmed()))
    }

    /// The polynomial that is zero there, with 1 for the highest power of x.
    pub fn with_roots(self, roots: &[Complex64], dtype: DType) -> Terms {
        let one = Terms { numbers: vec![Complex64::from(1.0)], dtype };
        let product = roots.iter().fold(one, |terms, &root| {
            let moved = Terms { numbers: terms.numbers.iter().map(|number| number * root).collect(), dtype };
            add(&self.times_x(&terms), &moved, true)
        });
        product.trimmed()
    }

    /// What multiplication by `x` does to members of the basis, where the polynomial is 0.
    pub fn companion(self, terms: &Terms) -> Matrix<Complex64> {
        let n = terms.degree();
        let mut matrix = Matrix::from_fn(n, n, |_, _| Complex64::default());
        for column in 0..n {
            let [next, same, before] = self.neighbours(column);
            let mut put = |row: usize, number: Complex64| matrix.elements[row * n + column] += number;
            put(column, Complex64::from(same));
            if column > 0 {
                put(column - 1, Complex64::from(before));
            }
            if column + 1 < n {
                put(column + 1, Complex64::from(next));
            } else {
                for row in 0..n {
                    put(row, -terms.numbers[row] / terms.numbers[n] * next);
                }
            }
        }
        matrix
    }

    /// Where it is zero, in order.
    pub fn roots(self, terms: &Terms) -> Result<Vec<Complex64>> {
        let terms = terms.clone().trimmed();
        if terms.degree() == 0 {
            return Ok(Vec::new());
        }
        let failed = |_| error!(LinAlgError: "Array must not contain infs or NaNs");
        let matrix = self.companion(&terms);
        let mut roots = match terms.dtype.is_complex() {
            true => rdk_linear::eigenvalues(&matrix).map_err(failed)?,
            false => {
                let real = matrix.elements.iter().map(|number| number.re).collect();
                rdk_linear::eigenvalues(&Matrix::new(matrix.rows, matrix.columns, real)).map_err(failed)?
            }
        };
        roots.sort_by(|a, b| a.re.total_cmp(&b.re).then(a.im.total_cmp(&b.im)));
        Ok(roots)
    }
}
