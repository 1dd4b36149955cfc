//! `numpy.polynomial`: sums of powers, or of Chebyshev's, Legendre's, Hermite's and Laguerre's polynomials.
//!
//! All of them follow from one rule: what `x` times a member of the basis is, as a sum of its neighbours ([`Basis::neighbours`]).
//! Values, products, other bases and zeros are worked out with that rule alone.

mod algebra;
mod calculus;
mod functions;
mod points;
mod series;

use std::sync::Arc;

use num_complex::Complex64;
use rdk_runtime::{FromValue, Module, Result, Value, bail};

use super::Coefficients;
use crate::chunk::Chunk;
use crate::dtype::DType;

/// What polynomials are sums of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// 1, x, x², …
    Power,
    /// T₀, T₁, …
    Chebyshev,
    /// P₀, P₁, …
    Legendre,
    /// H₀, H₁, … of physics.
    Hermite,
    /// He₀, He₁, … of probability.
    HermiteE,
    /// L₀, L₁, …
    Laguerre,
}

impl Basis {
    const ALL: [Basis; 6] =
        [Basis::Power, Basis::Chebyshev, Basis::Legendre, Basis::Hermite, Basis::HermiteE, Basis::Laguerre];

    /// The name of the class.
    fn class_name(self) -> &'static str {
        match self {
            Basis::Power => "Polynomial",
            Basis::Chebyshev => "Chebyshev",
            Basis::Legendre => "Legendre",
            Basis::Hermite => "Hermite",
            Basis::HermiteE => "HermiteE",
            Basis::Laguerre => "Laguerre",
        }
    }

    /// What a member of it is called: `T₂(x)`; powers are not.
    fn letter(self) -> &'static str {
        match self {
            Basis::Power => "",
            Basis::Chebyshev => "T",
            Basis::Legendre => "P",
            Basis::Hermite => "H",
            Basis::HermiteE => "He",
            Basis::Laguerre => "L",
        }
    }

    /// Where such polynomials are usually looked at.
    fn domain(self) -> [f64; 2] {
        if self == Basis::Laguerre { [0.0, 1.0] } else { [-1.0, 1.0] }
    }

    /// How much of the next, the same and the one before `x` times the `n`-th is.
    fn neighbours(self, n: usize) -> [f64; 3] {
        let n = n as f64;
        match self {
            Basis::Power => [1.0, 0.0, 0.0],
            Basis::Chebyshev if n == 0.0 => [1.0, 0.0, 0.0],
            Basis::Chebyshev => [0.5, 0.0, 0.5],
            Basis::Legendre => [(n + 1.0) / (2.0 * n + 1.0), 0.0, n / (2.0 * n + 1.0)],
            Basis::Hermite => [0.5, 0.0, n],
            Basis::HermiteE => [1.0, 0.0, n],
            Basis::Laguerre => [-(n + 1.0), 2.0 * n + 1.0, -n],
        }
    }

    /// `offset + scale * x`
    fn line(self, offset: f64, scale: f64) -> Vec<f64> {
        match (scale == 0.0, self) {
            (true, _) => vec![offset],
            (false, Basis::Hermite) => vec![offset, scale / 2.0],
            (false, Basis::Laguerre) => vec![offset + scale, -scale],
            (false, Basis::Power | Basis::Chebyshev | Basis::Legendre | Basis::HermiteE) => vec![offset, scale],
        }
    }
}

/// Coefficients, those of the lowest degree first. They are complex inside, and keep their type outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    numbers: Vec<Complex64>,
    dtype: DType,
}

impl Terms {
    fn real(numbers: Vec<f64>) -> Terms {
        Terms { numbers: numbers.into_iter().map(Complex64::from).collect(), dtype: DType::F64 }
    }

    /// What a user gave: numbers, which become floats. Zeros at the end go.
    fn given(value: &Value) -> Result<Terms> {
        Terms::whole(value).map(|terms| terms.trimmed())
    }

    /// The same with zeros at the end.
    fn whole(value: &Value) -> Result<Terms> {
        if let Some(series) = value.get::<series::Series>() {
            return Ok(series.terms.clone());
        }
        let Coefficients(polynomial) = Coefficients::try_from_value(value)?;
        let chunk = polynomial.chunk();
        if chunk.is_empty() {
            bail!("Coefficient array is empty");
        }
        let float = chunk.dtype().is_float() || chunk.dtype().is_complex();
        Ok(Terms { numbers: chunk.to_vec::<Complex64>(), dtype: if float { chunk.dtype() } else { DType::F64 } })
    }

    fn chunk(&self) -> Chunk {
        Chunk::from_vec(&[self.numbers.len()], self.numbers.clone()).cast(self.dtype)
    }

    fn degree(&self) -> usize {
        self.numbers.len().saturating_sub(1)
    }

    /// Without zeros at the end; at least one stays.
    fn trimmed(mut self) -> Terms {
        while self.numbers.len() > 1 && self.numbers.last().is_some_and(|number| number.norm() == 0.0) {
            self.numbers.pop();
        }
        self
    }

    /// Without numbers at the end that are small.
    fn trimmed_to(&self, tolerance: f64) -> Terms {
        let keep = self.numbers.iter().rposition(|number| number.norm() > tolerance);
        match keep {
            Some(last) => Terms { numbers: self.numbers[..=last].to_vec(), dtype: self.dtype },
            None => Terms { numbers: vec![Complex64::default()], dtype: self.dtype },
        }
    }

    fn scaled(&self, factor: f64) -> Terms {
        Terms { numbers: self.numbers.iter().map(|number| number * factor).collect(), dtype: self.dtype }
    }
}

/// `numpy.polynomial` and the modules inside.
pub fn modules() -> Vec<Arc<Module>> {
    const ABOUT: &str = "Polynomials, the lowest degree first.";
    let mut modules = vec![Module::new("numpy.polynomial", ABOUT, || {
        let mut names = series::classes();
        let inner = modules().into_iter().skip(1);
        names.extend(inner.map(|module| (module.name.rsplit('.').next().unwrap_or_default(), Value::Module(module))));
        names
    })];
    modules.extend([
        Module::new("numpy.polynomial.polynomial", ABOUT, || functions::entries(Basis::Power)),
        Module::new("numpy.polynomial.chebyshev", ABOUT, || functions::entries(Basis::Chebyshev)),
        Module::new("numpy.polynomial.legendre", ABOUT, || functions::entries(Basis::Legendre)),
        Module::new("numpy.polynomial.hermite", ABOUT, || functions::entries(Basis::Hermite)),
        Module::new("numpy.polynomial.hermite_e", ABOUT, || functions::entries(Basis::HermiteE)),
        Module::new("numpy.polynomial.laguerre", ABOUT, || functions::entries(Basis::Laguerre)),
    ]);
    modules
}
