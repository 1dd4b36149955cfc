//! Derivatives and integrals.

use num_complex::Complex64;

use super::{Basis, Terms};

impl Basis {
    /// The derivative.
    pub fn derivative(self, terms: &Terms) -> Terms {
        let n = terms.degree();
        if n == 0 {
            return Terms { numbers: vec![Complex64::default()], dtype: terms.dtype };
        }
        let mut c = terms.numbers.clone();
        let mut d = vec![Complex64::default(); n];
        for j in (1..=n).rev() {
            let degree = j as f64;
            match self {
                Basis::Power | Basis::HermiteE => d[j - 1] = c[j] * degree,
                Basis::Hermite => d[j - 1] = c[j] * 2.0 * degree,
                Basis::Chebyshev if j > 2 => {
                    d[j - 1] = c[j] * 2.0 * degree;
                    let carried = c[j] * degree / (degree - 2.0);
                    c[j - 2] += carried;
                }
                Basis::Chebyshev => d[j - 1] = c[j] * degree * degree,
                Basis::Legendre => {
                    d[j - 1] = c[j] * (2.0 * degree - 1.0);
                    if j > 2 {
                        let carried = c[j];
                        c[j - 2] += carried;
                    }
                }
                Basis::Laguerre => {
                    d[j - 1] = -c[j];
                    let carried = c[j];
                    c[j - 1] += carried;
                }
            }
        }
        Terms { numbers: d, dtype: terms.dtype }
    }

    /// An integral: the one that has this value there.
    pub fn integral(self, terms: &Terms, value: Complex64, at: f64) -> Terms {
        let c = &terms.numbers;
        if c.len() == 1 && c[0].norm() == 0.0 {
            return Terms { numbers: vec![value], dtype: terms.dtype };
        }
        let mut t = vec![Complex64::default(); c.len() + 1];
        for (j, &number) in c.iter().enumerate() {
            let degree = j as f64;
            match self {
                Basis::Power | Basis::HermiteE => t[j + 1] += number / (degree + 1.0),
                Basis::Hermite => t[j + 1] += number / (2.0 * (degree + 1.0)),
                Basis::Chebyshev if j == 0 => t[1] += number,
                Basis::Chebyshev if j == 1 => t[2] += number / 4.0,
                Basis::Chebyshev => {
                    t[j + 1] += number / (2.0 * (degree + 1.0));
                    t[j - 1] -= number / (2.0 * (degree - 1.0));
                }
                Basis::Legendre if j == 0 => t[1] += number,
                Basis::Legendre => {
                    let part = number / (2.0 * degree + 1.0);
                    t[j + 1] += part;
                    if j > 1 {
                        t[j - 1] -= part;
                    }
                }
                Basis::Laguerre => {
                    t[j] += number;
                    t[j + 1] -= number;
                }
            }
        }
        let mut integral = Terms { numbers: t, dtype: terms.dtype };
        let there = self.number(&integral, at);
        integral.numbers[0] += value - there;
        integral
    }

    /// Its value at one place.
    pub fn number(self, terms: &Terms, x: f64) -> Complex64 {
        let (mut current, mut after) = (Complex64::default(), Complex64::default());
        for (n, number) in terms.numbers.iter().enumerate().rev() {
            let [next, same, _] = self.neighbours(n);
            let [next_after, _, before_after] = self.neighbours(n + 1);
            let sum = number + current * ((x - same) / next) - after * (before_after / next_after);
            (current, after) = (sum, current);
        }
        current
    }
}
