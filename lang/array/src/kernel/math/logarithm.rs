//! Logarithms: the exponent, and twice the area tangent of `(m - 1) / (m + 1)` for the rest m.

use super::exponential::exp;
use super::{LN2_HIGH, LN2_LOW, function, function2, polynomial};

/// `(log(1 + f) - f + f²/2 - s f²/2) / (s z)` where `s = f / (2 + f)` and `z = s²`.
const SERIES: [f64; 7] = [
    0.6666666666666734,
    0.39999999999413965,
    0.2857142874256229,
    0.22222198553773906,
    0.1818356540772421,
    0.15314021109030482,
    0.14796261244860617,
];

/// Bits of the square root of a half: the rest is between it and the root of two.
const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const ONE: u64 = 0x3ff0_0000_0000_0000;
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;

/// `x = 2^k · m` of a normal positive x: k with 1023 added, and m.
#[inline(always)]
fn split(x: f64) -> (u64, f64) {
    let bits = x.to_bits().wrapping_add(ONE - ROOT_HALF);
    (bits >> 52, f64::from_bits((bits & MANTISSA).wrapping_add(ROOT_HALF)))
}

/// An exponent with 1023 added, as a number without.
#[inline(always)]
fn exponent(biased: u64) -> f64 {
    f64::from_bits(biased | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0)
}

/// Exponent and rest of a normal positive number.
#[inline(always)]
pub fn exponent_and_rest(x: f64) -> (f64, f64) {
    let (k, m) = split(x);
    (exponent(k), m)
}

/// `log(1 + f)` is `f - half + more` of these.
#[inline(always)]
fn parts(f: f64) -> (f64, f64) {
    let half = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    (half, s * z.mul_add(polynomial(z, SERIES), half))
}

#[inline(always)]
fn log_of(k: f64, f: f64) -> f64 {
    let (half, more) = parts(f);
    k.mul_add(LN2_HIGH, f - (half - k.mul_add(LN2_LOW, more)))
}

/// `ln x` of a normal positive number.
#[inline(always)]
pub fn log(x: f64) -> f64 {
    let (k, m) = exponent_and_rest(x);
    log_of(k, m - 1.0)
}

/// The logarithm to another base: the exponent's share in two parts, and the inverse of the base's logarithm in two.
#[inline(always)]
fn log_base(x: f64, share: [f64; 2], inverse: [f64; 2]) -> f64 {
    let (k, m) = exponent_and_rest(x);
    let f = m - 1.0;
    let (half, more) = parts(f);
    // log(m) as a sum of two numbers, the first with everything that the multiplication must not lose.
    let high = f - half;
    let low = (f - high) - half + more;
    let whole = high + low;
    let low = (high - whole) + low;
    let product = whole * inverse[0];
    let rest = whole.mul_add(inverse[0], -product) + whole.mul_add(inverse[1], low * inverse[0]);
    let start = k * share[0];
    let sum = start + product;
    sum + ((start - sum) + product + k.mul_add(share[1], rest))
}

#[inline(always)]
fn log2(x: f64) -> f64 {
    log_base(x, [1.0, 0.0], [std::f64::consts::LOG2_E, 2.0355273740931033e-17])
}

#[inline(always)]
fn log10(x: f64) -> f64 {
    log_base(x, [0.30102999566383914, 1.42050232272661e-13], [std::f64::consts::LOG10_E, 1.098319650216765e-17])
}

/// `ln (1 + x)` for x above -1 and not huge.
#[inline(always)]
pub fn log1p(x: f64) -> f64 {
    let u = 1.0 + x;
    // What rounding took from 1 + x.
    let back = u - 1.0;
    let lost = (1.0 - (u - back)) + (x - back);
    let (k, m) = split(u);
    let f = lost.mul_add(f64::from_bits(2046u64.wrapping_sub(k) << 52), m - 1.0);
    let result = log_of(exponent(k), f);
    if x == 0.0 { x } else { result }
}

#[inline(always)]
fn not_normal(x: f64) -> bool {
    !(f64::MIN_POSITIVE..=f64::MAX).contains(&x)
}

#[inline(always)]
fn far_from_one(x: f64) -> bool {
    !(x > -1.0 && x < 1e300)
}

function! {
    /// `ln x`
    Log: log, f64::ln, rare not_normal
}

function! {
    /// The logarithm to base 2.
    Log2: log2, f64::log2, rare not_normal
}

function! {
    /// The logarithm to base 10.
    Log10: log10, f64::log10, rare not_normal
}

function! {
    /// `ln (1 + x)`
    Log1p: log1p, f64::ln_1p, rare far_from_one
}

#[inline(always)]
fn logaddexp(x: f64, y: f64) -> f64 {
    (if x > y { x } else { y }) + log1p(exp(-(x - y).abs()))
}

fn logaddexp_standard(x: f64, y: f64) -> f64 {
    if x == y {
        return x + std::f64::consts::LN_2;
    }
    let distance = (x - y).abs();
    if distance.is_nan() { distance } else { x.max(y) + (-distance).exp().ln_1p() }
}

#[inline(always)]
fn logaddexp2(x: f64, y: f64) -> f64 {
    let distance = (x - y).abs();
    let one_more = log1p(exp(-distance * std::f64::consts::LN_2));
    (if x > y { x } else { y }) + one_more * std::f64::consts::LOG2_E
}

fn logaddexp2_standard(x: f64, y: f64) -> f64 {
    if x == y {
        return x + 1.0;
    }
    let distance = (x - y).abs();
    if distance.is_nan() { distance } else { x.max(y) + (-distance).exp2().ln_1p() * std::f64::consts::LOG2_E }
}

#[inline(always)]
fn not_apart(x: f64, y: f64) -> bool {
    let distance = (x - y).abs();
    distance.is_nan() || distance == 0.0
}

function2! {
    /// `ln (e^x + e^y)`
    Logaddexp: logaddexp, logaddexp_standard, rare not_apart
}

function2! {
    /// The logarithm to base 2 of `2^x + 2^y`.
    Logaddexp2: logaddexp2, logaddexp2_standard, rare not_apart
}
