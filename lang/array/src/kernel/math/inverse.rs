//! Arcs: of a tangent within π/8, of a sine within π/6, and what symmetry makes of them.

use super::{function, function2, polynomial};

const HALF_PI: [f64; 2] = [std::f64::consts::FRAC_PI_2, 6.123233995736766e-17];

/// `(arctan t - t) / t³` for t up to the tangent of π/8, by t².
const ARC_TANGENT: [f64; 11] = [
    -0.333333333333332,
    0.19999999999954,
    -0.1428571428023966,
    0.11111110785674964,
    -0.09090897822617787,
    0.0769206138268675,
    -0.06663117404280221,
    0.05847986647234763,
    -0.050397427011987246,
    0.038075650070719044,
    -0.017919293740257584,
];

/// `(arcsin s - s) / s³` for s up to a half, by s².
const ARC_SINE: [f64; 13] = [
    0.16666666666666763,
    0.07499999999970093,
    0.04464285717529026,
    0.030381942675103243,
    0.022372215910302654,
    0.017351595429895596,
    0.01398101928455657,
    0.0113972875786051,
    0.01078934864211737,
    0.0036720914611339927,
    0.02179085361735992,
    -0.021116985361250677,
    0.032702314102051724,
];

/// The arc whose tangent is `a / b`, both at least 0, within the given half turn: `[0, 0]`, or π if the arc is to be taken from it.
#[inline(always)]
fn arc(a: f64, b: f64, back: bool) -> f64 {
    // The tangents of π/8 and 3π/8 part three cases.
    let large = a > 2.414213562373095 * b;
    let middle = a > 0.41421356237309503 * b;
    let (above, below) = if large {
        (-b, a)
    } else if middle {
        (a - b, a + b)
    } else {
        (a, b)
    };
    let t = above / below;
    let z = t * t;
    let eighths = if large {
        HALF_PI
    } else if middle {
        [std::f64::consts::FRAC_PI_4, 3.061616997868383e-17]
    } else {
        [0.0, 0.0]
    };
    let from_behind = if large {
        HALF_PI
    } else if middle {
        [2.356194490192345, 9.184850993605148e-17]
    } else {
        [std::f64::consts::PI, 1.2246467991473532e-16]
    };
    let start = if back { from_behind } else { eighths };
    let t = if back { -t } else { t };
    start[0] + (t + (t * z).mul_add(polynomial(z, ARC_TANGENT), start[1]))
}

#[inline(always)]
fn arctan(x: f64) -> f64 {
    arc(x.abs(), 1.0, false).copysign(x)
}

#[inline(always)]
fn arctan2(y: f64, x: f64) -> f64 {
    arc(y.abs(), x.abs(), x < 0.0).copysign(y)
}

/// Zeros, infinities, NaN, and what comes near them.
#[inline(always)]
fn no_direction(y: f64, x: f64) -> bool {
    let size = y.abs() + x.abs();
    !(size > 1e-290 && size < 1e300)
}

#[inline(always)]
fn arcsin(x: f64) -> f64 {
    let a = x.abs();
    let large = a > 0.5;
    let z = if large { (1.0 - a) * 0.5 } else { a * a };
    let s = if large { z.sqrt() } else { a };
    let more = s * z * polynomial(z, ARC_SINE);
    let result = if large { HALF_PI[0] - (2.0 * s - (HALF_PI[1] - 2.0 * more)) } else { s + more };
    result.copysign(x)
}

#[inline(always)]
fn arccos(x: f64) -> f64 {
    let a = x.abs();
    let large = a > 0.5;
    let z = if large { (1.0 - a) * 0.5 } else { a * a };
    let s = if large { z.sqrt() } else { x };
    // What the root lost: half the rest over the root.
    let lost = if large && s > 0.0 { (-s).mul_add(s, z) / (2.0 * s) } else { 0.0 };
    let more = (s * z).mul_add(polynomial(z, ARC_SINE), lost);
    if !large {
        HALF_PI[0] - (x - (HALF_PI[1] - more))
    } else if x < 0.0 {
        2.0 * (HALF_PI[0] - (s + (more - HALF_PI[1])))
    } else {
        2.0 * (s + more)
    }
}

function! {
    /// The arc of a tangent.
    Arctan: arctan, f64::atan
}

function2! {
    /// The direction of the point `(x, y)`, y first.
    Arctan2: arctan2, f64::atan2, rare no_direction
}

function! {
    /// The arc of a sine.
    Arcsin: arcsin, f64::asin
}

function! {
    /// The arc of a cosine.
    Arccos: arccos, f64::acos
}
