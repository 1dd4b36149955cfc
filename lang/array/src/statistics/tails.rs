//! How likely it is that a statistic comes out this large or larger: Student's t, chi-squared, Fisher's F and the normal distribution.

use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use crate::array::Array;
use crate::dtype::DType;
use crate::kernel::Stop;
use crate::plan::{Step, StepCall};
use crate::{Chunk, shape};

/// Of which distribution, and which part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Tail {
    /// Both ends of Student's t.
    Student,
    /// The upper end of chi-squared.
    ChiSquared,
    /// Both ends of the normal distribution.
    Normal,
    /// The upper end of F, with so many degrees of freedom above the line.
    Fisher(u64),
}

#[derive(Debug, Serialize, Deserialize)]
struct TailStep(Tail);

impl Tail {
    /// How likely these statistics are, with so many degrees of freedom.
    pub fn beyond(self, statistic: &Array, freedom: &Array) -> Result<Array> {
        let shape = shape::broadcast(&[statistic.shape(), freedom.shape()])?;
        let statistic = statistic.cast(DType::F64).broadcast_to(&shape)?;
        let grid = statistic.chunks().clone();
        let freedom = freedom.cast(DType::F64).broadcast_to(&shape)?.regridded(grid.clone());
        Ok(Array::step("pvalue", TailStep(self), [statistic, freedom], grid, DType::F64))
    }

    fn of(self, x: f64, freedom: f64) -> f64 {
        if x.is_nan() || freedom.is_nan() {
            return f64::NAN;
        }
        match self {
            Tail::Student => beta_part(freedom / 2.0, 0.5, freedom / (freedom + x * x)),
            Tail::ChiSquared if x <= 0.0 => 1.0,
            Tail::ChiSquared => gamma_rest(freedom / 2.0, x / 2.0),
            Tail::Normal => gamma_rest(0.5, x * x / 2.0),
            Tail::Fisher(_) if x <= 0.0 => 1.0,
            Tail::Fisher(above) => beta_part(freedom / 2.0, above as f64 / 2.0, freedom / (freedom + above as f64 * x)),
        }
    }
}

impl Step for TailStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.tail", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let (x, freedom) = (call.inputs[0].to_vec::<f64>(), call.inputs[1].to_vec::<f64>());
        let values = x.into_iter().zip(freedom).map(|(x, freedom)| self.0.of(x, freedom)).collect();
        Ok(Chunk::from_vec(call.inputs[0].shape(), values))
    }
}

/// The logarithm of the gamma function, after Lanczos.
fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        let sine = (std::f64::consts::PI * x).sin();
        return (std::f64::consts::PI / sine).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let sum = (1..9).fold(COEFFICIENTS[0], |sum, at| sum + COEFFICIENTS[at] / (x + at as f64));
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Continued fractions end here at the latest.
const MOST: usize = 10_000;
const TINY: f64 = 1e-300;

/// Keeps a denominator away from zero.
fn apart(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

/// The regularised incomplete beta function.
fn beta_part(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    match x < (a + 1.0) / (a + b + 2.0) {
        true => front * beta_fraction(a, b, x) / a,
        false => 1.0 - front * beta_fraction(b, a, 1.0 - x) / b,
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / apart(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for m in 1..MOST {
        let m = m as f64;
        for numerator in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / apart(1.0 + numerator * d);
            c = apart(1.0 + numerator / c);
            value *= d * c;
        }
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    value
}

/// The regularised upper incomplete gamma function.
fn gamma_rest(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    if x.is_infinite() {
        return 0.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        for _ in 0..MOST {
            n += 1.0;
            term *= x / n;
            sum += term;
            if term.abs() < sum.abs() * 1e-17 {
                break;
            }
        }
        return 1.0 - front * sum;
    }
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / apart(b);
    let mut value = d;
    for m in 1..MOST {
        let m = m as f64;
        let numerator = -m * (m - a);
        b += 2.0;
        d = 1.0 / apart(numerator * d + b);
        c = apart(b + numerator / c);
        value *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-12 * b.abs(), "{a} {b}");
        close(Tail::Student.of(2.0, 10.0), 0.073_388_034_770_740_36);
        close(Tail::ChiSquared.of(3.84, 1.0), 0.050_043_521_248_705_06);
        close(Tail::Normal.of(1.96, 0.0), 0.049_995_790_296_440_96);
        close(Tail::ChiSquared.of(0.5, 4.0), 0.973_500_978_839_256_4);
    }
}
