//! Powers and roots. `power` needs the logarithm to some 65 bits: it is kept in two numbers all along.

use super::exponential::exp_of_two;
use super::logarithm::exponent_and_rest;
use super::{LN2_HIGH, LN2_LOW, function, function2, polynomial};

/// `(log(m) / s - 2 - 2/3 z) / z²` where `s = (m - 1) / (m + 1)` and `z = s²`.
const SERIES: [f64; 7] = [
    0.40000000000002256,
    0.2857142857009842,
    0.22222222520131826,
    0.1818178434855642,
    0.1538675820018377,
    0.132567971863317,
    0.131965225829996,
];

/// Two thirds in two parts.
const TWO_THIRDS: [f64; 2] = [0.6666666666666666, 3.700743415417188e-17];

/// The product and what rounding took from it.
#[inline(always)]
fn product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

/// The sum and what rounding took from it; the first is the larger one or 0.
#[inline(always)]
fn sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, (a - sum) + b)
}

/// The logarithm of a normal positive number in two parts.
#[inline(always)]
fn log_in_two(x: f64) -> (f64, f64) {
    let (k, m) = exponent_and_rest(x);
    let f = m - 1.0;
    let (below, below_low) = sum(2.0, f);
    let inverse = 1.0 / below;
    let s = f * inverse;
    let s_low = ((-s).mul_add(below, f) - s * below_low) * inverse;
    let (z, z_low) = product(s, s);
    let z_low = (2.0 * s).mul_add(s_low, z_low);
    let (c, c_low) = sum(TWO_THIRDS[0], z * polynomial(z, SERIES));
    let c_low = c_low + TWO_THIRDS[1];
    let (cube, cube_low) = product(s, z);
    let cube_low = s.mul_add(z_low, s_low.mul_add(z, cube_low));
    let (t, t_low) = product(cube, c);
    let t_low = cube.mul_add(c_low, cube_low.mul_add(c, t_low));
    let (rest, rest_low) = sum(2.0 * s, t);
    let rest_low = rest_low + 2.0f64.mul_add(s_low, t_low);
    let (high, low) = sum(k * LN2_HIGH, rest);
    sum(high, low + k.mul_add(LN2_LOW, rest_low))
}

#[inline(always)]
fn power(x: f64, y: f64) -> f64 {
    let (high, low) = log_in_two(x.abs());
    let (exponent, exponent_low) = product(y, high);
    let size = exp_of_two(exponent, y.mul_add(low, exponent_low));
    // Below zero only whole exponents have a power, odd ones a negative one.
    let whole = y == y.round_ties_even();
    let half = y * 0.5;
    let odd = whole && half != half.round_ties_even();
    if x > 0.0 {
        size
    } else if !whole {
        f64::NAN
    } else if odd {
        -size
    } else {
        size
    }
}

/// Zeros, infinities, NaN, denormals, and results that are not normal numbers.
#[inline(always)]
fn not_plain(x: f64, y: f64) -> bool {
    let a = x.abs();
    // An upper bound of |log2 a|: the exponent and one more.
    let exponent = ((a.to_bits() >> 52) as i64 - 1023).abs() as f64 + 1.0;
    !((f64::MIN_POSITIVE..=f64::MAX).contains(&a) && y.abs() * exponent < 1000.0)
}

function2! {
    /// `x^y`
    Power: power, f64::powf, rare not_plain
}

#[inline(always)]
fn hypot(x: f64, y: f64) -> f64 {
    let (square, low) = product(x, x);
    let (other, other_low) = product(y, y);
    let whole = square + other;
    let back = whole - square;
    let lost = (square - (whole - back)) + (other - back) + low + other_low;
    let root = whole.sqrt();
    root + ((-root).mul_add(root, whole) + lost) / (2.0 * root)
}

#[inline(always)]
fn not_square(x: f64, y: f64) -> bool {
    let square = x * x + y * y;
    !(square > 1e-200 && square < 1e300)
}

function2! {
    /// The length of `(x, y)`.
    Hypot: hypot, f64::hypot, rare not_square
}

#[inline(always)]
fn cbrt(x: f64) -> f64 {
    let a = x.abs();
    // A third of the exponent, and roughly of the rest.
    let third = ((a.to_bits() >> 32) * 0xaaaa_aaab) >> 33;
    let mut t = f64::from_bits((third + 715_094_163) << 32);
    for _ in 0..2 {
        let cube = t * t * t;
        t *= 2.0f64.mul_add(a, cube) / 2.0f64.mul_add(cube, a);
    }
    let (square, square_low) = product(t, t);
    let (cube, cube_low) = product(square, t);
    let rest = (a - cube) - square_low.mul_add(t, cube_low);
    (t + t * (rest / 2.0f64.mul_add(cube, a))).copysign(x)
}

#[inline(always)]
fn not_normal(x: f64) -> bool {
    !(f64::MIN_POSITIVE..1e300).contains(&x.abs())
}

function! {
    /// The cube root.
    Cbrt: cbrt, f64::cbrt, rare not_normal
}
