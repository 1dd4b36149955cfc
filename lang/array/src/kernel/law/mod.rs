//! Distributions whose numbers take more than one step to make: gamma, beta, Poisson, binomial and their like.
//!
//! Each element has a stream of random bits of its own, that begins at its number: how many of them it takes changes no other element.

use serde::{Deserialize, Serialize};

use crate::dtype::DType;

mod bell;
mod draws;
mod table;
#[cfg(test)]
mod tests;

pub use draws::Draws;
pub use table::Table;

/// How numbers are spread, by NumPy's names. Parameters are in NumPy's order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Law {
    Beta,
    Binomial,
    ChiSquare,
    Exponential,
    F,
    Gamma,
    Geometric,
    Gumbel,
    Hypergeometric,
    Laplace,
    /// The logarithms of gamma numbers: those of small shapes are too small for a float.
    LogGamma,
    Logistic,
    Lognormal,
    Logseries,
    NegativeBinomial,
    NoncentralChiSquare,
    NoncentralF,
    Normal,
    Pareto,
    Poisson,
    Power,
    Rayleigh,
    StandardCauchy,
    StandardT,
    Triangular,
    Uniform,
    Vonmises,
    Wald,
    Weibull,
    Zipf,
}

/// What a parameter must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bound {
    Any,
    NotNegative,
    Positive,
    /// From 0 to 1.
    Unit,
    /// Above 0, up to 1.
    PositiveUnit,
    /// From 0 up to, not including, 1.
    BelowOne,
    AboveOne,
    /// Not negative, and such that results fit in an integer.
    Rate,
}

/// Poisson numbers of a larger rate would not fit in an integer.
const LARGEST_RATE: f64 = 9.223_372_006_484_771e18;

impl Law {
    /// The type of its numbers.
    pub fn dtype(self) -> DType {
        match self {
            Law::Binomial
            | Law::Geometric
            | Law::Hypergeometric
            | Law::Logseries
            | Law::NegativeBinomial
            | Law::Poisson
            | Law::Zipf => DType::I64,
            Law::Beta
            | Law::ChiSquare
            | Law::Exponential
            | Law::F
            | Law::Gamma
            | Law::Gumbel
            | Law::Laplace
            | Law::LogGamma
            | Law::Logistic
            | Law::Lognormal
            | Law::NoncentralChiSquare
            | Law::NoncentralF
            | Law::Normal
            | Law::Pareto
            | Law::Power
            | Law::Rayleigh
            | Law::StandardCauchy
            | Law::StandardT
            | Law::Triangular
            | Law::Uniform
            | Law::Vonmises
            | Law::Wald
            | Law::Weibull => DType::F64,
        }
    }

    fn parameters(self) -> &'static [(&'static str, Bound)] {
        use Bound::{AboveOne, Any, BelowOne, NotNegative, Positive, PositiveUnit, Rate, Unit};
        match self {
            Law::Beta => &[("a", Positive), ("b", Positive)],
            Law::Binomial => &[("n", NotNegative), ("p", Unit)],
            Law::ChiSquare | Law::StandardT => &[("df", Positive)],
            Law::Exponential | Law::Rayleigh => &[("scale", NotNegative)],
            Law::F => &[("dfnum", Positive), ("dfden", Positive)],
            Law::Gamma => &[("shape", NotNegative), ("scale", NotNegative)],
            Law::Geometric => &[("p", PositiveUnit)],
            Law::Gumbel | Law::Laplace | Law::Logistic | Law::Normal => &[("loc", Any), ("scale", NotNegative)],
            Law::Hypergeometric => &[("ngood", NotNegative), ("nbad", NotNegative), ("nsample", NotNegative)],
            Law::LogGamma => &[("alpha", Positive)],
            Law::Lognormal => &[("mean", Any), ("sigma", NotNegative)],
            Law::Logseries => &[("p", BelowOne)],
            Law::NegativeBinomial => &[("n", Positive), ("p", PositiveUnit)],
            Law::NoncentralChiSquare => &[("df", Positive), ("nonc", NotNegative)],
            Law::NoncentralF => &[("dfnum", Positive), ("dfden", Positive), ("nonc", NotNegative)],
            Law::Pareto | Law::Power => &[("a", Positive)],
            Law::Poisson => &[("lam", Rate)],
            Law::StandardCauchy => &[],
            Law::Triangular => &[("left", Any), ("mode", Any), ("right", Any)],
            Law::Uniform => &[("low", Any), ("high", Any)],
            Law::Vonmises => &[("mu", Any), ("kappa", NotNegative)],
            Law::Wald => &[("mean", Positive), ("scale", Positive)],
            Law::Weibull => &[("a", NotNegative)],
            Law::Zipf => &[("a", AboveOne)],
        }
    }

    /// Which of these parameters is wrong, by name and number, and in NumPy's words.
    pub fn fault(self, p: [f64; 3]) -> Option<(&'static str, f64, String)> {
        for (&(name, bound), value) in self.parameters().iter().zip(p) {
            let (good, words) = match bound {
                Bound::Any => (true, String::new()),
                Bound::NotNegative => (value >= 0.0, format!("{name} < 0")),
                Bound::Positive if value.is_nan() => (false, format!("{name} must not be NaN")),
                Bound::Positive => (value > 0.0, format!("{name} <= 0")),
                Bound::Unit => ((0.0..=1.0).contains(&value), format!("{name} < 0, {name} > 1 or {name} is NaN")),
                Bound::PositiveUnit => {
                    (value > 0.0 && value <= 1.0, format!("{name} <= 0, {name} > 1 or {name} contains NaNs"))
                }
                Bound::BelowOne => ((0.0..1.0).contains(&value), format!("{name} < 0, {name} >= 1 or {name} is NaN")),
                Bound::AboveOne => (value > 1.0, format!("{name} <= 1 or {name} is NaN")),
                Bound::Rate if value > LARGEST_RATE => (false, format!("{name} value too large")),
                Bound::Rate => (value >= 0.0, format!("{name} < 0 or {name} is NaN")),
            };
            if !good {
                return Some((name, value, words));
            }
        }
        let words = match self {
            Law::Triangular if p[0] > p[1] => "left > mode",
            Law::Triangular if p[1] > p[2] => "mode > right",
            Law::Triangular if p[0] == p[2] => "left == right",
            Law::Hypergeometric if p[0] + p[1] < p[2] => "ngood + nbad < nsample",
            Law::Hypergeometric if p[0].max(p[1]) >= 1e9 => "both ngood and nbad must be less than 1000000000",
            Law::NegativeBinomial if p[0] * (1.0 - p[1]) / p[1] > LARGEST_RATE => "n too large or p too small",
            _ => return None,
        };
        let (name, _) = self.parameters().last().copied().unwrap_or(("", Bound::Any));
        Some((name, p[self.parameters().len().saturating_sub(1)], words.to_owned()))
    }

    /// One number; whole ones as floats.
    pub fn draw(self, draws: &mut Draws, p: [f64; 3]) -> f64 {
        let [a, b, c] = p;
        match self {
            Law::Beta => {
                let (x, y) = (draws.log_gamma_variate(a), draws.log_gamma_variate(b));
                // By logarithms: both may be too small for a float.
                1.0 / (1.0 + (y - x).exp())
            }
            Law::Binomial => draws.binomial(a.trunc(), b),
            Law::ChiSquare => 2.0 * draws.gamma(a / 2.0),
            Law::Exponential => a * draws.exponential(),
            Law::F => draws.gamma(a / 2.0) * b / (draws.gamma(b / 2.0) * a),
            Law::Gamma => b * draws.gamma(a),
            Law::Geometric => draws.geometric(a),
            Law::Gumbel => a - b * draws.exponential().ln(),
            Law::Hypergeometric => draws.hypergeometric(a.trunc(), b.trunc(), c.trunc()),
            Law::Laplace => {
                let u = draws.unit();
                if u < 0.5 { a + b * (2.0 * draws.above_zero(u)).ln() } else { a - b * (2.0 * (1.0 - u)).ln() }
            }
            Law::LogGamma => draws.log_gamma_variate(a),
            Law::Logistic => {
                let u = draws.open();
                a + b * (u / (1.0 - u)).ln()
            }
            Law::Lognormal => (a + b * draws.normal()).exp(),
            Law::Logseries => draws.logseries(a),
            Law::NegativeBinomial => {
                let rate = draws.gamma(a) * (1.0 - b) / b;
                draws.poisson(rate)
            }
            Law::NoncentralChiSquare => draws.noncentral(a, b),
            Law::NoncentralF => draws.noncentral(a, c) * b / (2.0 * draws.gamma(b / 2.0) * a),
            Law::Normal => a + b * draws.normal(),
            Law::Pareto => (draws.exponential() / a).exp_m1(),
            Law::Poisson => draws.poisson(a),
            Law::Power => draws.open().powf(1.0 / a),
            Law::Rayleigh => a * (2.0 * draws.exponential()).sqrt(),
            Law::StandardCauchy => draws.normal() / draws.normal(),
            Law::StandardT => draws.normal() * (a / 2.0).sqrt() / draws.gamma(a / 2.0).sqrt(),
            Law::Triangular => {
                let (base, left, u) = (c - a, b - a, draws.unit());
                if u <= left / base { a + (u * base * left).sqrt() } else { c - ((1.0 - u) * base * (c - b)).sqrt() }
            }
            Law::Uniform => a + (b - a) * draws.unit(),
            Law::Vonmises => draws.vonmises(a, b),
            Law::Wald => {
                let y = a * draws.normal().powi(2);
                // Of the two solutions the larger one loses no digits; their product is a².
                let large = a + a / (2.0 * b) * (y + (4.0 * b * y + y * y).sqrt());
                let small = a * (a / large);
                if draws.unit() <= a / (a + small) { small } else { large }
            }
            Law::Weibull => {
                if a == 0.0 {
                    0.0
                } else {
                    draws.exponential().powf(1.0 / a)
                }
            }
            Law::Zipf => draws.zipf(a),
        }
    }
}
