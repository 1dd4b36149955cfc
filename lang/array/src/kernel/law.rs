//! Distributions whose numbers take more than one step to make: gamma, beta, Poisson, binomial and their like.
//!
//! Each element has a stream of random bits of its own, that begins at its number: how many of them it takes changes no other element.

use serde::{Deserialize, Serialize};

use crate::dtype::DType;
use crate::kernel::random::Generator;

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

/// The random bits of one element.
pub struct Draws {
    generator: Generator,
    at: u64,
    spare: Option<f64>,
}

impl Draws {
    /// Those of the element with this number.
    pub fn new(generator: Generator, number: u64) -> Draws {
        Draws { generator, at: generator.bits(number), spare: None }
    }

    fn bits(&mut self) -> u64 {
        self.at = self.at.wrapping_add(0xd134_2543_de82_ef95);
        self.generator.bits(self.at)
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// In (0, 1).
    fn open(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
    }

    fn above_zero(&self, u: f64) -> f64 {
        u.max(1.0 / 9_007_199_254_740_992.0)
    }

    /// A waiting time of mean 1.
    pub fn exponential(&mut self) -> f64 {
        -self.open().ln()
    }

    /// The bell curve of width 1.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let (distance, turn) = ((-2.0 * self.open().ln()).sqrt(), std::f64::consts::TAU * self.unit());
        self.spare = Some(distance * turn.sin());
        distance * turn.cos()
    }

    /// By Marsaglia and Tsang.
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape == 0.0 {
            return 0.0;
        }
        if shape == f64::INFINITY {
            return shape;
        }
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.open().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.open().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// The logarithm of a gamma number: small shapes give numbers too small for a float.
    fn log_gamma_variate(&mut self, shape: f64) -> f64 {
        if shape < 1.0 { self.gamma(shape + 1.0).ln() + self.open().ln() / shape } else { self.gamma(shape).ln() }
    }

    fn noncentral(&mut self, df: f64, nonc: f64) -> f64 {
        if df > 1.0 {
            let near = self.normal() + nonc.sqrt();
            return 2.0 * self.gamma((df - 1.0) / 2.0) + near * near;
        }
        let more = self.poisson(nonc / 2.0);
        2.0 * self.gamma(df / 2.0 + more)
    }

    /// Small rates by multiplication, others by Hörmann's transformed rejection.
    fn poisson(&mut self, rate: f64) -> f64 {
        if rate < 10.0 {
            let limit = (-rate).exp();
            let (mut count, mut product) = (0.0, self.unit());
            while product > limit {
                count += 1.0;
                product *= self.unit();
            }
            return count;
        }
        let (root, log) = (rate.sqrt(), rate.ln());
        let b = 0.931 + 2.53 * root;
        let a = -0.059 + 0.02483 * b;
        let inverse = 1.1239 + 1.1328 / (b - 3.4);
        let v_r = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let (u, v) = (self.unit() - 0.5, self.open());
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + rate + 0.43).floor();
            if us >= 0.07 && v <= v_r {
                return k;
            }
            if k < 0.0 || us < 0.013 && v > us {
                continue;
            }
            if (v * inverse / (a / (us * us) + b)).ln() <= k * log - rate - log_gamma(k + 1.0) {
                return k;
            }
        }
    }

    /// Few by inversion, others by Hörmann's transformed rejection.
    pub fn binomial(&mut self, n: f64, p: f64) -> f64 {
        if p > 0.5 {
            return n - self.binomial(n, 1.0 - p);
        }
        if n == 0.0 || p == 0.0 {
            return 0.0;
        }
        let q = 1.0 - p;
        if n * p < 10.0 {
            let first = (n * (-p).ln_1p()).exp();
            // What lies beyond is rarer than rounding: without an end the walk would go on to `n`.
            let end = n.min(n * p + 20.0 * (n * p * q + 1.0).sqrt());
            loop {
                let (mut k, mut chance, mut u) = (0.0, first, self.unit());
                while u > chance {
                    u -= chance;
                    k += 1.0;
                    if k > end {
                        break;
                    }
                    chance *= (n - k + 1.0) * p / (k * q);
                }
                if k <= end {
                    return k;
                }
            }
        }
        let spread = (n * p * q).sqrt();
        let b = 1.15 + 2.53 * spread;
        let a = -0.0873 + 0.0248 * b + 0.01 * p;
        let c = n * p + 0.5;
        let v_r = 0.92 - 4.2 / b;
        let alpha = (2.83 + 5.1 / b) * spread;
        let (odds, mode) = ((p / q).ln(), ((n + 1.0) * p).floor());
        let h = log_gamma(mode + 1.0) + log_gamma(n - mode + 1.0);
        loop {
            let (u, v) = (self.unit() - 0.5, self.open());
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + c).floor();
            if k < 0.0 || k > n {
                continue;
            }
            if us >= 0.07 && v <= v_r {
                return k;
            }
            let v = (v * alpha / (a / (us * us) + b)).ln();
            if v <= h - log_gamma(k + 1.0) - log_gamma(n - k + 1.0) + (k - mode) * odds {
                return k;
            }
        }
    }

    fn geometric(&mut self, p: f64) -> f64 {
        if p == 1.0 {
            return 1.0;
        }
        // The largest that an integer holds.
        (self.open().ln() / (-p).ln_1p()).ceil().clamp(1.0, 9.223_372_036_854_775e18)
    }

    /// From the most probable number outwards.
    fn hypergeometric(&mut self, good: f64, bad: f64, sample: f64) -> f64 {
        let total = good + bad;
        let (low, high) = ((sample - bad).max(0.0), sample.min(good));
        if low >= high {
            return low;
        }
        let choose = |n: f64, k: f64| log_gamma(n + 1.0) - log_gamma(k + 1.0) - log_gamma(n - k + 1.0);
        let mode = ((sample + 1.0) * (good + 1.0) / (total + 2.0)).floor().clamp(low, high);
        let peak = (choose(good, mode) + choose(bad, sample - mode) - choose(total, sample)).exp();
        loop {
            let mut u = self.unit() - peak;
            if u < 0.0 {
                return mode;
            }
            let (mut up, mut down, mut p_up, mut p_down) = (mode, mode, peak, peak);
            while up < high || down > low {
                if up < high {
                    p_up *= (good - up) * (sample - up) / ((up + 1.0) * (bad - sample + up + 1.0));
                    up += 1.0;
                    u -= p_up;
                    if u < 0.0 {
                        return up;
                    }
                }
                if down > low {
                    p_down *= down * (bad - sample + down) / ((good - down + 1.0) * (sample - down + 1.0));
                    down -= 1.0;
                    u -= p_down;
                    if u < 0.0 {
                        return down;
                    }
                }
                if p_up + p_down < 1e-300 {
                    break;
                }
            }
        }
    }

    /// By Kemp.
    fn logseries(&mut self, p: f64) -> f64 {
        let r = (-p).ln_1p();
        loop {
            let v = self.open();
            if v >= p {
                return 1.0;
            }
            let q = -(r * self.open()).exp_m1();
            if v <= q * q {
                let number = (1.0 + v.ln() / q.ln()).floor();
                if (1.0..9.2e18).contains(&number) {
                    return number;
                }
                continue;
            }
            return if v >= q { 1.0 } else { 2.0 };
        }
    }

    /// By Best and Fisher.
    fn vonmises(&mut self, mu: f64, kappa: f64) -> f64 {
        use std::f64::consts::PI;
        if kappa < 1e-8 {
            return PI * (2.0 * self.unit() - 1.0);
        }
        let s = if kappa < 1e-5 {
            1.0 / kappa + kappa
        } else if kappa > 1e6 {
            // The bell curve, wrapped.
            let angle = mu + self.normal() / kappa.sqrt();
            return wrapped(angle);
        } else {
            let r = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
            let rho = (r - (2.0 * r).sqrt()) / (2.0 * kappa);
            (1.0 + rho * rho) / (2.0 * rho)
        };
        let w = loop {
            let z = (PI * self.unit()).cos();
            let w = (1.0 + s * z) / (s + z);
            let y = kappa * (s - w);
            let v = self.open();
            if y * (2.0 - y) - v >= 0.0 || (y / v).ln() + 1.0 - y >= 0.0 {
                break w;
            }
        };
        let angle = w.clamp(-1.0, 1.0).acos();
        let angle = if self.unit() < 0.5 { mu - angle } else { mu + angle };
        wrapped(angle)
    }

    /// By Devroye.
    fn zipf(&mut self, a: f64) -> f64 {
        if a >= 1025.0 {
            return 1.0;
        }
        let less = a - 1.0;
        let b = 2f64.powf(less);
        // Below this numbers would not fit in an integer.
        let least = 9.2e18f64.powf(-less);
        loop {
            let (u, v) = (self.open(), self.unit());
            let x = (least + u * (1.0 - least)).powf(-1.0 / less).floor();
            if !(1.0..9.2e18).contains(&x) {
                continue;
            }
            let t = less * (1.0 / x).ln_1p();
            if v * x * t.exp_m1() / (less * std::f64::consts::LN_2).exp_m1() <= t.exp() / b {
                return x;
            }
        }
    }
}

/// An angle between -π and π.
fn wrapped(angle: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    if (-PI..=PI).contains(&angle) { angle } else { (angle + PI).rem_euclid(TAU) - PI }
}

/// The logarithm of the gamma function of a number of at least 1, by Stirling's series.
fn log_gamma(x: f64) -> f64 {
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    // The series is for large numbers: small ones are multiplied up.
    let (mut shift, mut y) = (0.0, x);
    if y < 12.0 {
        let mut product = 1.0;
        while y < 12.0 {
            product *= y;
            y += 1.0;
        }
        shift = f64::ln(product);
    }
    let z = 1.0 / (y * y);
    let series = 1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0 - z * (1.0 / 1680.0 - z / 1188.0)));
    (y - 0.5) * y.ln() - y + 0.918_938_533_204_672_8 + series / y - shift
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Means and variances of many numbers against the theory, at five standard errors.
    #[test]
    fn moments_are_those_of_the_theory() {
        const N: u64 = 40_000;
        let euler = 0.577_215_664_901_532_9;
        let pi2 = std::f64::consts::PI.powi(2);
        let weibull = |k: f64| ((log_gamma(1.0 + 1.0 / k)).exp(), (log_gamma(1.0 + 2.0 / k)).exp());
        let (w1, w2) = weibull(1.5);
        for (law, p, mean, variance) in [
            (Law::Beta, [2.0, 3.0, 0.0], 0.4, 0.04),
            (Law::Beta, [0.1, 0.2, 0.0], 1.0 / 3.0, (0.1 * 0.2) / (0.09 * 1.3)),
            (Law::Binomial, [10.0, 0.3, 0.0], 3.0, 2.1),
            (Law::Binomial, [1000.0, 0.7, 0.0], 700.0, 210.0),
            (Law::Binomial, [80.0, 0.5, 0.0], 40.0, 20.0),
            (Law::ChiSquare, [3.0, 0.0, 0.0], 3.0, 6.0),
            (Law::Exponential, [2.0, 0.0, 0.0], 2.0, 4.0),
            (Law::F, [5.0, 20.0, 0.0], 20.0 / 18.0, 2.0 * 400.0 * 23.0 / (5.0 * 324.0 * 16.0)),
            (Law::Gamma, [0.3, 2.0, 0.0], 0.6, 1.2),
            (Law::Gamma, [7.5, 0.5, 0.0], 3.75, 1.875),
            (Law::Geometric, [0.25, 0.0, 0.0], 4.0, 12.0),
            (Law::Gumbel, [1.0, 2.0, 0.0], 1.0 + 2.0 * euler, pi2 / 6.0 * 4.0),
            (Law::Hypergeometric, [20.0, 30.0, 10.0], 4.0, 10.0 * 0.4 * 0.6 * 40.0 / 49.0),
            (Law::Hypergeometric, [5000.0, 3000.0, 900.0], 562.5, 900.0 * 0.625 * 0.375 * 7100.0 / 7999.0),
            (Law::Laplace, [1.0, 2.0, 0.0], 1.0, 8.0),
            (Law::Logistic, [1.0, 2.0, 0.0], 1.0, pi2 / 3.0 * 4.0),
            (Law::Lognormal, [0.1, 0.5, 0.0], (0.1f64 + 0.125).exp(), (0.25f64.exp() - 1.0) * (0.2f64 + 0.25).exp()),
            (Law::Logseries, [0.6, 0.0, 0.0], 1.637_035_001_905_937, 1.412_703_907_303_5),
            (Law::NegativeBinomial, [4.0, 0.4, 0.0], 6.0, 15.0),
            (Law::NoncentralChiSquare, [3.0, 2.0, 0.0], 5.0, 14.0),
            (Law::NoncentralChiSquare, [0.5, 2.0, 0.0], 2.5, 9.0),
            (
                Law::NoncentralF,
                [4.0, 30.0, 2.0],
                30.0 * 6.0 / (4.0 * 28.0),
                2.0 * (900.0 / 16.0) * (36.0 + 8.0 * 28.0) / (784.0 * 26.0),
            ),
            (Law::Normal, [3.0, 0.5, 0.0], 3.0, 0.25),
            (Law::Pareto, [5.0, 0.0, 0.0], 0.25, 5.0 / (16.0 * 3.0)),
            (Law::Poisson, [3.5, 0.0, 0.0], 3.5, 3.5),
            (Law::Poisson, [250.0, 0.0, 0.0], 250.0, 250.0),
            (Law::Power, [3.0, 0.0, 0.0], 0.75, 3.0 / (16.0 * 5.0)),
            (
                Law::Rayleigh,
                [2.0, 0.0, 0.0],
                2.0 * (std::f64::consts::PI / 2.0).sqrt(),
                (2.0 - std::f64::consts::FRAC_PI_2) * 4.0,
            ),
            (Law::StandardT, [9.0, 0.0, 0.0], 0.0, 9.0 / 7.0),
            (Law::Triangular, [1.0, 2.0, 6.0], 3.0, (1.0 + 4.0 + 36.0 - 2.0 - 12.0 - 6.0) / 18.0),
            (Law::Uniform, [2.0, 5.0, 0.0], 3.5, 0.75),
            (Law::Wald, [2.0, 3.0, 0.0], 2.0, 8.0 / 3.0),
            (Law::Weibull, [1.5, 0.0, 0.0], w1, w2 - w1 * w1),
            (Law::Zipf, [6.0, 0.0, 0.0], 1.036_927_755_143_37 / 1.017_343_061_984_449, 0.025_2),
        ] {
            let generator = Generator::new(42);
            let numbers: Vec<f64> = (0..N).map(|number| law.draw(&mut Draws::new(generator, number), p)).collect();
            let n = N as f64;
            let found = numbers.iter().sum::<f64>() / n;
            let spread = numbers.iter().map(|x| (x - found).powi(2)).sum::<f64>() / n;
            let error = 5.0 * (variance / n).sqrt();
            assert!((found - mean).abs() < error, "{law:?}{p:?}: mean {found}, not {mean}");
            // Heavy tails leave a variance uncertain.
            assert!((spread / variance - 1.0).abs() < 0.25, "{law:?}{p:?}: variance {spread}, not {variance}");
        }
    }

    #[test]
    fn distributions_are_those_of_the_theory() {
        // The largest distance between the share of numbers below a limit and the theory, for laws with a simple one.
        const N: u64 = 20_000;
        let check = |law: Law, p: [f64; 3], below: &dyn Fn(f64) -> f64| {
            let generator = Generator::new(7);
            let mut numbers: Vec<f64> = (0..N).map(|number| law.draw(&mut Draws::new(generator, number), p)).collect();
            numbers.sort_by(f64::total_cmp);
            let far = numbers.iter().enumerate().map(|(at, &x)| (below(x) - (at as f64 + 0.5) / N as f64).abs());
            let far = far.fold(0.0, f64::max);
            assert!(far < 1.8 / (N as f64).sqrt(), "{law:?}{p:?}: {far}");
        };
        check(Law::StandardCauchy, [0.0; 3], &|x| 0.5 + x.atan() / std::f64::consts::PI);
        check(Law::Laplace, [0.0, 1.0, 0.0], &|x| if x < 0.0 { 0.5 * x.exp() } else { 1.0 - 0.5 * (-x).exp() });
        check(Law::Logistic, [0.0, 1.0, 0.0], &|x| 1.0 / (1.0 + (-x).exp()));
        check(Law::Gumbel, [0.0, 1.0, 0.0], &|x| (-(-x).exp()).exp());
        check(Law::Weibull, [2.0, 0.0, 0.0], &|x| 1.0 - (-x * x).exp());
        check(Law::Pareto, [3.0, 0.0, 0.0], &|x| 1.0 - (1.0 + x).powi(-3));
        check(Law::Power, [2.0, 0.0, 0.0], &|x| x * x);
        check(Law::Gamma, [2.0, 1.0, 0.0], &|x| 1.0 - (1.0 + x) * (-x).exp());
        check(Law::Beta, [2.0, 1.0, 0.0], &|x| x * x);
        check(Law::StandardT, [1.0, 0.0, 0.0], &|x| 0.5 + x.atan() / std::f64::consts::PI);
        check(Law::Triangular, [0.0, 1.0, 2.0], &|x| if x < 1.0 { x * x / 2.0 } else { 1.0 - (2.0 - x).powi(2) / 2.0 });
        check(Law::Vonmises, [0.0, 1e-9, 0.0], &|x| 0.5 + x / std::f64::consts::TAU);
    }
}
