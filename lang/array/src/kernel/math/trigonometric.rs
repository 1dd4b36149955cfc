//! Sine, cosine and tangent: multiples of π are taken away in three parts, exactly as far as a billion.

use super::{SHIFT, function, polynomial};

const PI: [f64; 3] = [std::f64::consts::PI, 1.2246467991473532e-16, -2.9947698097183397e-33];
const HALF_PI: [f64; 3] = [std::f64::consts::FRAC_PI_2, 6.123233995736766e-17, -1.4973849048591698e-33];

/// Beyond this the standard library takes over.
const FAR: f64 = 1e9;

/// `(sin r - r) / r³` for r within half of π, by r²: the first coefficient and the rest.
const SINE_WIDE_HEAD: f64 = -0.16666666666666666;
const SINE_WIDE_TAIL: [f64; 7] = [
    0.008333333333333193,
    -0.00019841269841208478,
    2.7557319211006603e-06,
    -2.5052106860536312e-08,
    1.6058939074923681e-10,
    -7.642974712000946e-13,
    2.7209947195876877e-15,
];

/// The same within a quarter of π.
const SINE: [f64; 6] = [
    -0.16666666666666632,
    0.008333333333322316,
    -0.00019841269829725191,
    2.75573136620531e-06,
    -2.505075326388738e-08,
    1.5896504911532343e-10,
];

/// `(cos r - 1 + r²/2) / r⁴` within a quarter of π, by r².
const COSINE: [f64; 6] = [
    0.041666666666666595,
    -0.0013888888888872895,
    2.4801587288748173e-05,
    -2.755731414861976e-07,
    2.087569657209529e-09,
    -1.1358310465728625e-11,
];

/// x less n times a number in three parts, itself in two.
#[inline(always)]
fn reduce(x: f64, n: f64, unit: [f64; 3]) -> (f64, f64) {
    let first = (-n).mul_add(unit[0], x);
    let r = (-n).mul_add(unit[1], first);
    let low = (-n).mul_add(unit[2], (-n).mul_add(unit[1], first - r));
    (r, low)
}

#[inline(always)]
fn sine_wide(r: f64, low: f64) -> f64 {
    let z = r * r;
    let cube = r * z;
    // What rounding took from the cube counts where r is near half of π.
    let cube_low = r.mul_add(r.mul_add(r, -z), r.mul_add(z, -cube));
    let tail = z * polynomial(z, SINE_WIDE_TAIL);
    let series = SINE_WIDE_HEAD + tail;
    let series_low = (SINE_WIDE_HEAD - series) + tail;
    // The low part counts by the cosine, near enough 1 - z/2 where it matters.
    let rest = cube_low.mul_add(series, low.mul_add(z * -0.5, low));
    r + cube.mul_add(series, cube.mul_add(series_low, rest))
}

/// With its sign turned if the lowest bit is set.
#[inline(always)]
fn turned(x: f64, bits: u64) -> f64 {
    f64::from_bits(x.to_bits() ^ (bits << 63))
}

#[inline(always)]
fn sin(x: f64) -> f64 {
    let shifted = x.mul_add(std::f64::consts::FRAC_1_PI, SHIFT);
    let (r, low) = reduce(x, shifted - SHIFT, PI);
    let result = turned(sine_wide(r, low), shifted.to_bits());
    // The sign of zero.
    if x == 0.0 { x } else { result }
}

#[inline(always)]
fn cos(x: f64) -> f64 {
    let shifted = x.mul_add(std::f64::consts::FRAC_1_PI, -0.5) + SHIFT;
    let (r, low) = reduce(x, (shifted - SHIFT) + 0.5, PI);
    turned(sine_wide(r, low), !shifted.to_bits())
}

/// Sine and cosine of r within a quarter of π.
#[inline(always)]
fn both(r: f64, low: f64) -> (f64, f64) {
    let z = r * r;
    let sine = (r * z).mul_add(polynomial(z, SINE), low.mul_add(z * -0.5, low)) + r;
    let half = z * 0.5;
    let first = 1.0 - half;
    let cosine = first + (z * z).mul_add(polynomial(z, COSINE), ((1.0 - first) - half) - r * low);
    (sine, cosine)
}

#[inline(always)]
fn tan(x: f64) -> f64 {
    let shifted = x.mul_add(std::f64::consts::FRAC_2_PI, SHIFT);
    let (r, low) = reduce(x, shifted - SHIFT, HALF_PI);
    let (sine, cosine) = both(r, low);
    let odd = shifted.to_bits() & 1 == 1;
    let result = if odd { -cosine / sine } else { sine / cosine };
    if x == 0.0 { x } else { result }
}

/// Cosine and sine of a whole turn times x, which is from 0 to 1.
#[inline(always)]
pub fn turn(x: f64) -> (f64, f64) {
    let shifted = x.mul_add(4.0, SHIFT);
    let r = (x - (shifted - SHIFT) * 0.25) * std::f64::consts::TAU;
    let (sine, cosine) = both(r, 0.0);
    let quarter = shifted.to_bits();
    let odd = quarter & 1 == 1;
    let (x, y) = if odd { (sine, cosine) } else { (cosine, sine) };
    (turned(x, (quarter ^ (quarter >> 1)) & 1), turned(y, (quarter >> 1) & 1))
}

#[inline(always)]
fn far(x: f64) -> bool {
    x.abs() > FAR
}

function! {
    /// The sine.
    Sin: sin, f64::sin, rare far
}

function! {
    /// The cosine.
    Cos: cos, f64::cos, rare far
}

function! {
    /// The tangent; up to 2 ulp.
    Tan: tan, f64::tan, rare far
}
