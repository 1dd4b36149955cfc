//! `exp` and its relatives: a power of two times the exponential of at most half of ln 2.

use super::{LN2_HIGH, LN2_LOW, SHIFT, function, polynomial, power_of_two};

/// `(e^r - 1 - r) / r²` for r within half of ln 2.
const TAIL: [f64; 10] = [
    0.5000000000000011,
    0.1666666666666641,
    0.04166666666652919,
    0.008333333333495627,
    0.0013888888943922725,
    0.00019841269504756678,
    2.480149276270203e-05,
    2.7557587350341687e-06,
    2.763037865475154e-07,
    2.4999962666368986e-08,
];

/// `e^r - 1` for r within half of ln 2, where r is in two parts.
#[inline(always)]
fn small(r: f64, low: f64) -> f64 {
    (r * r).mul_add(polynomial(r, TAIL), low) + r
}

/// Kept within these bounds; NaN passes.
#[inline(always)]
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// The nearest whole number of ln 2 in x, and the rest in two parts.
#[inline(always)]
fn reduce(x: f64) -> (f64, f64, f64) {
    let n = x.mul_add(std::f64::consts::LOG2_E, SHIFT) - SHIFT;
    let high = (-n).mul_add(LN2_HIGH, x);
    let r = (-n).mul_add(LN2_LOW, high);
    (n, r, (-n).mul_add(LN2_LOW, high - r))
}

/// `y · 2^n` for n from -2000 to 2000: in two steps, of which only the last can round.
#[inline(always)]
fn scale(y: f64, n: f64) -> f64 {
    let half = n.mul_add(0.5, SHIFT) - SHIFT;
    y * power_of_two(half) * power_of_two(n - half)
}

/// `e^x`, of any x.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let (n, r, low) = reduce(clamp(x, -746.0, 710.0));
    scale(1.0 + small(r, low), n)
}

/// `e^(x + low)` where x is between -700 and 700, and `low` is below its rounding.
#[inline(always)]
pub fn exp_of_two(x: f64, low: f64) -> f64 {
    let (n, r, rest) = reduce(x);
    let less_one = small(r, rest);
    (1.0 + low.mul_add(1.0 + less_one, less_one)) * power_of_two(n)
}

#[inline(always)]
fn exp2(x: f64) -> f64 {
    let x = clamp(x, -1080.0, 1025.0);
    let n = (x + SHIFT) - SHIFT;
    let f = x - n;
    let r = f * std::f64::consts::LN_2;
    let low = f.mul_add(std::f64::consts::LN_2, -r);
    scale(1.0 + small(r, low), n)
}

/// `e^x - 1` for x up to 709.
#[inline(always)]
pub fn expm1(x: f64) -> f64 {
    let (n, r, low) = reduce(clamp(x, -40.0, 709.0));
    let power = power_of_two(n);
    let result = power.mul_add(small(r, low), power - 1.0);
    // The sign of zero.
    if x == 0.0 { x } else { result }
}

function! {
    /// `e^x`
    Exp: exp, f64::exp
}

function! {
    /// `2^x`
    Exp2: exp2, f64::exp2
}

function! {
    /// `e^x - 1`
    Expm1: expm1, f64::exp_m1, rare |x: f64| x > 709.0
}
