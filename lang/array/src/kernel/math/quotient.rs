//! Division with a whole quotient. While that is below 2^52, one fused multiply-add gives the rest exactly.

use super::function2;

/// The whole quotient of `|x| / |y|` and the rest, both at least 0.
#[inline(always)]
fn divide(x: f64, y: f64) -> (f64, f64) {
    let (a, b) = (x.abs(), y.abs());
    let quotient = (a / b).trunc();
    let rest = (-quotient).mul_add(b, a);
    // The division may have rounded up to a whole number.
    if rest < 0.0 { (quotient - 1.0, rest + b) } else { (quotient, rest) }
}

#[inline(always)]
fn fmod(x: f64, y: f64) -> f64 {
    divide(x, y).1.copysign(x)
}

#[inline(always)]
fn remainder(x: f64, y: f64) -> f64 {
    let (_, rest) = divide(x, y);
    let across = (x < 0.0) != (y < 0.0) && rest != 0.0;
    (if across { y.abs() - rest } else { rest }).copysign(y)
}

#[inline(always)]
fn floor_divide(x: f64, y: f64) -> f64 {
    let (quotient, rest) = divide(x, y);
    let across = (x < 0.0) != (y < 0.0);
    if !across {
        quotient
    } else if rest != 0.0 {
        -quotient - 1.0
    } else {
        -quotient
    }
}

/// Quotient rounded down, and the rest, which has the sign of the divisor.
fn divide_floor(x: f64, y: f64) -> (f64, f64) {
    let mut rest = x % y;
    if y == 0.0 {
        return (x / y, rest);
    }
    let mut quotient = (x - rest) / y;
    if rest == 0.0 {
        rest = 0.0f64.copysign(y);
    } else if (y < 0.0) != (rest < 0.0) {
        rest += y;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0f64.copysign(x / y), rest);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

#[inline(always)]
fn not_small(x: f64, y: f64) -> bool {
    let quotient = (x / y).abs();
    !(quotient < 4_503_599_627_370_496.0 && x != 0.0 && y.abs() < f64::INFINITY && y.abs() > 1e-290)
}

function2! {
    /// The rest with the sign of x.
    Fmod: fmod, |x: f64, y: f64| x % y, rare not_small
}

function2! {
    /// The rest with the sign of y.
    Remainder: remainder, |x: f64, y: f64| divide_floor(x, y).1, rare not_small
}

function2! {
    /// The quotient rounded down.
    FloorDivide: floor_divide, |x: f64, y: f64| divide_floor(x, y).0, rare not_small
}
