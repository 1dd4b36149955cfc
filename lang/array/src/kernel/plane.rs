//! Functions of complex numbers, right on the whole plane: near 0, far out, on the cuts, and at infinities as C's Annex G and NumPy
//! have them.
//!
//! The textbook formulas lose digits where two large numbers nearly cancel, and give NaN where one factor overflows though the result
//! does not. What is done instead: exponentials are multiplied in two halves, tangents are Kahan's, and the inverse functions are those of
//! Hull, Fairgrieve and Tang ("Implementing the complex arcsine and arccosine functions using exception handling", 1997), with the
//! cases for very small and very large arguments that FreeBSD's library has.

use std::f64::consts::{E, FRAC_PI_2, LN_2};

use num_complex::Complex64;

const EPSILON: f64 = f64::EPSILON;
const HUGE: f64 = 1e300;
/// Beyond this a number and 1 are that number.
const FAR: f64 = 1.0 / EPSILON;
/// Below this the square vanishes.
const SQRT_MIN: f64 = f64::from_bits(0x2000_0000_0000_0000);
const FOUR_SQRT_MIN: f64 = SQRT_MIN * 4.0;
/// Above this four squares are infinite.
const QUARTER_SQRT_MAX: f64 = 1.0 / FOUR_SQRT_MIN;
/// Low digits of pi / 2.
const FRAC_PI_2_LOW: f64 = 6.123_233_995_736_766e-17;
const NAN: Complex64 = Complex64::new(f64::NAN, f64::NAN);

const fn at(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}

/// Real and imaginary part change places: f(iz) of one function is often i times another.
const fn turned(z: Complex64) -> Complex64 {
    Complex64::new(z.im, z.re)
}

/// `exp(re) * factor * (cos(im), sin(im))`, where `exp(re)` alone may be too large.
fn stretched(re: f64, im: f64, factor: f64) -> Complex64 {
    if re < 709.0 {
        let size = re.exp() * factor;
        return at(size * im.cos(), size * im.sin());
    }
    let half = (re / 2.0).exp();
    at(half * im.cos() * (half * factor), half * im.sin() * (half * factor))
}

pub fn exp(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return at(x.exp(), y);
    }
    if x == 0.0 {
        return at(y.cos(), y.sin());
    }
    if !y.is_finite() {
        return match x {
            _ if x == f64::NEG_INFINITY => at(0.0, 0f64.copysign(y)),
            _ if x == f64::INFINITY => at(x, f64::NAN),
            _ => NAN,
        };
    }
    if x > 709.0 && x < 1455.0 {
        return stretched(x, y, 1.0);
    }
    let size = x.exp();
    at(size * y.cos(), size * y.sin())
}

pub fn sinh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    match (x.is_finite(), y.is_finite()) {
        (true, true) if y == 0.0 => at(x.sinh(), y),
        (true, true) if x.abs() < 22.0 => at(x.sinh() * y.cos(), x.cosh() * y.sin()),
        (true, true) if x.abs() < 1455.0 => {
            let far = stretched(x.abs(), y, 0.5);
            at(far.re * 1f64.copysign(x), far.im)
        }
        (true, true) => {
            let h = HUGE * x;
            at(h * HUGE * y.cos(), h.abs() * HUGE * y.sin())
        }
        (true, false) if x == 0.0 => at(x, f64::NAN),
        (true, false) => NAN,
        (false, _) if x.is_nan() => {
            if y == 0.0 {
                at(x, y)
            } else {
                NAN
            }
        }
        (false, true) if y == 0.0 => at(x, y),
        (false, true) => at(x * y.cos(), f64::INFINITY * y.sin()),
        (false, false) => at(x, f64::NAN),
    }
}

pub fn cosh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    match (x.is_finite(), y.is_finite()) {
        (true, true) if y == 0.0 => at(x.cosh(), x * y),
        (true, true) if x.abs() < 22.0 => at(x.cosh() * y.cos(), x.sinh() * y.sin()),
        (true, true) if x.abs() < 1455.0 => {
            let far = stretched(x.abs(), y, 0.5);
            at(far.re, far.im * 1f64.copysign(x))
        }
        (true, true) => {
            let h = HUGE * x;
            at(h.abs() * HUGE * y.cos(), h * HUGE * y.sin())
        }
        (true, false) if x == 0.0 => at(f64::NAN, 0.0),
        (true, false) => NAN,
        (false, _) if x.is_nan() => {
            if y == 0.0 {
                at(x, y)
            } else {
                NAN
            }
        }
        (false, true) if y == 0.0 => at(f64::INFINITY, y * 1f64.copysign(x)),
        (false, true) => at(f64::INFINITY * y.cos(), x * y.sin()),
        (false, false) => at(f64::INFINITY, f64::NAN),
    }
}

pub fn tanh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if x.is_nan() {
        return if y == 0.0 { at(x, y) } else { NAN };
    }
    if x.is_infinite() {
        return at(1f64.copysign(x), 0f64.copysign(if y.is_finite() { y.sin() * y.cos() } else { y }));
    }
    if !y.is_finite() {
        return at(if x == 0.0 { x } else { f64::NAN }, f64::NAN);
    }
    if x.abs() >= 22.0 {
        let small = (-x.abs()).exp();
        return at(1f64.copysign(x), 4.0 * y.sin() * y.cos() * small * small);
    }
    let (t, s) = (y.tan(), x.sinh());
    let beta = 1.0 + t * t;
    let rho = (1.0 + s * s).sqrt();
    let below = 1.0 + beta * s * s;
    at(beta * rho * s / below, t / below)
}

pub fn sin(z: Complex64) -> Complex64 {
    turned(sinh(turned(z)))
}

pub fn cos(z: Complex64) -> Complex64 {
    cosh(at(-z.im, z.re))
}

pub fn tan(z: Complex64) -> Complex64 {
    turned(tanh(turned(z)))
}

/// The logarithm of the distance from 0: near 1 as that of 1 plus what it is away.
fn log_size(z: Complex64) -> f64 {
    let (large, small) = (z.re.abs().max(z.im.abs()), z.re.abs().min(z.im.abs()));
    if z.re.is_infinite() || z.im.is_infinite() {
        return f64::INFINITY;
    }
    if z.re.is_nan() || z.im.is_nan() {
        return f64::NAN;
    }
    if large > f64::MAX / 4.0 {
        return (large / 4.0).hypot(small / 4.0).ln() + 2.0 * LN_2;
    }
    if large < f64::MIN_POSITIVE * FAR && large > 0.0 {
        return (large * FAR).hypot(small * FAR).ln() - 52.0 * LN_2;
    }
    let size = large.hypot(small);
    if (0.5..2.0).contains(&size) {
        // large² + small² - 1 without rounding the squares.
        let square = large * large;
        let rest = large.mul_add(large, -square) + small * small;
        return ((square - 1.0) + rest).ln_1p() / 2.0;
    }
    size.ln()
}

pub fn log(z: Complex64) -> Complex64 {
    at(log_size(z), z.im.atan2(z.re))
}

pub fn sqrt(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if x == 0.0 && y == 0.0 {
        return at(0.0, y);
    }
    if y.is_infinite() {
        return at(f64::INFINITY, y);
    }
    if x.is_nan() || y.is_nan() && x.is_finite() {
        return NAN;
    }
    if x.is_infinite() {
        return match x > 0.0 {
            true => at(x, if y.is_nan() { y } else { 0f64.copysign(y) }),
            false => at(if y.is_nan() { y } else { 0.0 }, x.abs().copysign(y)),
        };
    }
    let large = x.abs().max(y.abs());
    let (scale, back) = match large {
        _ if large > f64::MAX / 4.0 => (0.25, 2.0),
        _ if large < f64::MIN_POSITIVE * FAR => (FAR, 1.0 / 67_108_864.0),
        _ => (1.0, 1.0),
    };
    let (x, y) = (x * scale, y * scale);
    let root = ((x.abs() + x.hypot(y)) / 2.0).sqrt();
    let other = y.abs() / (2.0 * root);
    match x >= 0.0 {
        true => at(root * back, other.copysign(y) * back),
        false => at(other * back, root.copysign(y) * back),
    }
}

/// The part of `hypot(a, b) - b` that is left when `b` is large: half of it.
fn excess(a: f64, b: f64, hypot: f64) -> f64 {
    match b {
        _ if b < 0.0 => (hypot - b) / 2.0,
        0.0 => a / 2.0,
        _ => a * a / (hypot + b) / 2.0,
    }
}

/// What arcsinh and arccos of `x + iy` with x, y >= 0 are made of: the large part as it is; the angle as a sine, or as two legs where
/// a sine near 1 would lose digits.
struct Parts {
    large: f64,
    sine: Option<f64>,
    /// The leg beside the angle, and the one across from it.
    legs: (f64, f64),
}

fn parts(x: f64, y: f64) -> Parts {
    let (r, s) = (x.hypot(y + 1.0), x.hypot(y - 1.0));
    let a = ((r + s) / 2.0).max(1.0);
    let large = if a < 10.0 {
        if y == 1.0 && x < EPSILON * EPSILON / 128.0 {
            x.sqrt()
        } else if x >= EPSILON * (y - 1.0).abs() {
            let more = excess(x, 1.0 + y, r) + excess(x, 1.0 - y, s);
            (more + (more * (a + 1.0)).sqrt()).ln_1p()
        } else if y < 1.0 {
            x / ((1.0 - y) * (1.0 + y)).sqrt()
        } else {
            ((y - 1.0) + ((y - 1.0) * (y + 1.0)).sqrt()).ln_1p()
        }
    } else {
        (a + (a * a - 1.0).sqrt()).ln()
    };
    if y < FOUR_SQRT_MIN {
        return Parts { large, sine: None, legs: (a * (2.0 / EPSILON), y * (2.0 / EPSILON)) };
    }
    let sine = y / a;
    if sine <= 0.6417 {
        return Parts { large, sine: Some(sine), legs: (0.0, 0.0) };
    }
    let legs = if y == 1.0 && x < EPSILON / 128.0 {
        (x.sqrt() * ((a + y) / 2.0).sqrt(), y)
    } else if x >= EPSILON * (y - 1.0).abs() {
        let more = excess(x, y + 1.0, r) + excess(x, y - 1.0, s);
        ((more * (a + y)).sqrt(), y)
    } else if y > 1.0 {
        let scale = 4.0 / EPSILON / EPSILON;
        (x * scale * y / ((y + 1.0) * (y - 1.0)).sqrt(), y * scale)
    } else {
        (((1.0 - y) * (1.0 + y)).sqrt(), y)
    };
    Parts { large, sine: None, legs }
}

/// The logarithm of a number beside which 1 does not count.
fn log_of_far(z: Complex64) -> Complex64 {
    let (large, small) = (z.re.abs().max(z.im.abs()), z.re.abs().min(z.im.abs()));
    let angle = z.im.atan2(z.re);
    let size = match large {
        _ if large > f64::MAX / 2.0 => (z.re / E).hypot(z.im / E).ln() + 1.0,
        _ if large > QUARTER_SQRT_MAX || small < SQRT_MIN => z.re.hypot(z.im).ln(),
        _ => (large * large + small * small).ln() / 2.0,
    };
    at(size, angle)
}

/// So small that the function is its argument: a sixth of the square is less than the last digit.
fn is_tiny(z: Complex64) -> bool {
    z.re.abs() < 9e-9 && z.im.abs() < 9e-9
}

fn is_far(z: Complex64) -> bool {
    z.re.abs() > FAR || z.im.abs() > FAR
}

pub fn arcsinh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if x.is_nan() || y.is_nan() {
        return match (x.is_infinite(), y.is_infinite()) {
            (true, _) => at(x, f64::NAN),
            (_, true) => at(y, f64::NAN),
            _ if y == 0.0 => at(f64::NAN, y),
            _ => NAN,
        };
    }
    if is_far(z) {
        let log = log_of_far(if x.is_sign_negative() { -z } else { z });
        return at((log.re + LN_2).copysign(x), log.im.copysign(y));
    }
    if is_tiny(z) {
        return z;
    }
    let found = parts(x.abs(), y.abs());
    let angle = match found.sine {
        Some(sine) => sine.asin(),
        None => found.legs.1.atan2(found.legs.0),
    };
    at(found.large.copysign(x), angle.copysign(y))
}

pub fn arcsin(z: Complex64) -> Complex64 {
    turned(arcsinh(turned(z)))
}

pub fn arccos(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    let with_sign = |size: f64| if y.is_sign_negative() { size } else { -size };
    if x.is_nan() || y.is_nan() {
        return match (x.is_infinite(), y.is_infinite()) {
            (true, _) => at(f64::NAN, f64::NEG_INFINITY),
            (_, true) => at(f64::NAN, -y),
            _ if x == 0.0 => at(FRAC_PI_2, f64::NAN),
            _ => NAN,
        };
    }
    if is_far(z) {
        let log = log_of_far(z);
        return at(log.im.abs(), with_sign(log.re + LN_2));
    }
    if x == 1.0 && y == 0.0 {
        return at(0.0, -y);
    }
    if is_tiny(z) {
        return at(FRAC_PI_2 - (x - FRAC_PI_2_LOW), -y);
    }
    let found = parts(y.abs(), x.abs());
    let angle = match found.sine {
        Some(sine) => sine.copysign(x).acos(),
        None => found.legs.0.atan2(found.legs.1.copysign(x)),
    };
    at(angle, with_sign(found.large))
}

pub fn arccosh(z: Complex64) -> Complex64 {
    let found = arccos(z);
    match (found.re.is_nan(), found.im.is_nan()) {
        (true, true) => NAN,
        (true, false) => at(found.im.abs(), found.re),
        (false, true) => at(f64::NAN, f64::NAN),
        (false, false) => at(found.im.abs(), found.re.copysign(z.im)),
    }
}

pub fn arctanh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    let (ax, ay) = (x.abs(), y.abs());
    if y == 0.0 && ax <= 1.0 {
        return at(x.atanh(), y);
    }
    if x == 0.0 {
        return at(x, y.atan());
    }
    if x.is_nan() || y.is_nan() {
        return match (x.is_infinite(), y.is_infinite()) {
            (true, _) => at(0f64.copysign(x), f64::NAN),
            (_, true) => at(0f64.copysign(x), FRAC_PI_2.copysign(y)),
            _ => NAN,
        };
    }
    if is_far(z) {
        // The real part of 1 / z.
        let re = match ax.is_infinite() || ay.is_infinite() {
            true => 0f64.copysign(x),
            false if ax >= ay => 0.5 / (x / 2.0 + (y / x) * (y / 2.0)),
            false => (x / y) / ((x / y) * x + y),
        };
        return at(re, FRAC_PI_2.copysign(y));
    }
    if is_tiny(z) {
        return z;
    }
    let square = |a: f64, b: f64| if b < SQRT_MIN { a * a } else { a * a + b * b };
    let re = match ax == 1.0 && ay < EPSILON {
        true => (LN_2 - ay.ln()) / 2.0,
        false => (4.0 * ax / square(ax - 1.0, ay)).ln_1p() / 4.0,
    };
    let im = match ax == 1.0 {
        true => 2f64.atan2(-ay) / 2.0,
        false => {
            let less = if ay < EPSILON { 0.0 } else { ay * ay };
            (2.0 * ay).atan2((1.0 - ax) * (1.0 + ax) - less) / 2.0
        }
    };
    at(re.copysign(x), im.copysign(y))
}

pub fn arctan(z: Complex64) -> Complex64 {
    turned(arctanh(turned(z)))
}

fn times(x: Complex64, y: Complex64) -> Complex64 {
    at(x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re)
}

/// Powers as NumPy takes them: small whole exponents by multiplication, others through the logarithm.
pub fn power(x: Complex64, y: Complex64, divide: impl Fn(Complex64, Complex64) -> Complex64) -> Complex64 {
    let (zero, one) = (at(0.0, 0.0), at(1.0, 0.0));
    if y == zero {
        return one;
    }
    if x == zero {
        return if y.re > 0.0 { zero } else { NAN };
    }
    if y.im == 0.0 && y.re.fract() == 0.0 && y.re.abs() < 100.0 {
        let n = y.re.abs() as u32;
        let size = match n {
            1 => x,
            2 => times(x, x),
            3 => times(x, times(x, x)),
            _ => {
                let (mut product, mut square, mut bit) = (one, x, 1);
                loop {
                    if n & bit != 0 {
                        product = times(product, square);
                    }
                    bit <<= 1;
                    if n < bit {
                        break product;
                    }
                    square = times(square, square);
                }
            }
        };
        return if y.re < 0.0 { divide(one, size) } else { size };
    }
    exp(times(y, log(x)))
}

/// The unit of its direction; 0 stays 0, and what is infinite along one axis has that one's.
pub fn sign(z: Complex64) -> Complex64 {
    let size = z.re.hypot(z.im);
    match (z.re.is_infinite(), z.im.is_infinite()) {
        (true, true) => NAN,
        (true, false) => at(1f64.copysign(z.re), 0.0),
        (false, true) => at(0.0, 1f64.copysign(z.im)),
        _ if size == 0.0 => at(0.0, 0.0),
        _ => at(z.re / size, z.im / size),
    }
}
