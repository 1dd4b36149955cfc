//! `math`: functions of real and whole numbers.

mod exact;
mod logarithm;

use rdk_syntax::tree::BinaryOp;

use crate::builtin::Rest;
use crate::builtins::construct::truncate;
use crate::builtins::number::{real, reals};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::evaluate::iterate;
use crate::operators::binary;
use crate::value::Value;
use crate::{bail, builtins, class};

use exact::{distance, exact_sum, ieee_remainder, length, split};
use logarithm::{log_of, logarithm};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries = class::entries(builtins());
    entries.extend(class::entries(plain::builtins()));
    entries.extend(class::entries(super::math_whole::builtins()));
    let constants = [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    entries.extend(constants.map(|(name, value)| (name, Value::Float(value))));
    entries
}

/// A number as a float, in Python's words if it is none.
struct Real(f64);

impl FromValue for Real {
    const IS_NUMBER: bool = true;

    fn expected() -> &'static str {
        "a number"
    }

    fn from_value(value: &Value) -> Option<Real> {
        real(value).ok().map(Real)
    }

    fn try_from_value(value: &Value) -> Result<Real> {
        real(value).map(Real).map_err(|error| match value {
            Value::Object(_) => error.hint("functions of `np` take arrays"),
            Value::Lazy(_) => error.hint("functions of `da` take lazy arrays"),
            _ => error,
        })
    }
}

/// A function that has no value at some numbers (`nan` from another number) and grows beyond floats (`inf` from a finite one).
fn checked(value: f64, inputs: &[f64]) -> Result<f64> {
    if value.is_nan() && !inputs.iter().any(|input| input.is_nan()) {
        bail!("math domain error");
    }
    if value.is_infinite() && inputs.iter().all(|input| input.is_finite()) {
        bail!(OverflowError: "math range error");
    }
    Ok(value)
}

macro_rules! of_one {
    ($($(#[doc = $doc:literal])* $name:ident: $function:expr;)*) => {
        /// Functions of one real number.
        mod plain {
            use super::*;

            builtins! {$(
                $(#[doc = $doc])*
                fn $name(
                    /// A number.
                    x: Real,
                ) -> Result<f64> { let function: fn(f64) -> f64 = $function; checked(function(x.0), &[x.0]) }
            )*}
        }
    };
}

of_one! {
    /// The angle whose cosine this is.
    acos: f64::acos;
    /// The inverse of `cosh`.
    acosh: f64::acosh;
    /// The angle whose sine this is.
    asin: f64::asin;
    /// The inverse of `sinh`.
    asinh: f64::asinh;
    /// The angle whose tangent this is.
    atan: f64::atan;
    /// The cube root.
    cbrt: f64::cbrt;
    /// The cosine of an angle in radians.
    ///
    /// ```rdk
    /// import math
    /// math.cos(math.pi)
    /// #> -1.0
    /// ```
    cos: f64::cos;
    /// The hyperbolic cosine.
    cosh: f64::cosh;
    /// An angle in degrees.
    ///
    /// ```rdk
    /// import math
    /// math.degrees(math.pi)
    /// #> 180.0
    /// ```
    degrees: |x| x * (180.0 / std::f64::consts::PI);
    /// The error function.
    erf: |x| libm(erf, x);
    /// What the error function lacks to 1.
    erfc: |x| libm(erfc, x);
    /// e to this power.
    ///
    /// ```rdk
    /// import math
    /// math.exp(0)
    /// #> 1.0
    /// ```
    exp: f64::exp;
    /// 2 to this power.
    exp2: f64::exp2;
    /// `exp(x) - 1`, exact for small numbers too.
    expm1: f64::exp_m1;
    /// The number without its sign, as a float.
    fabs: f64::abs;
    /// An angle in radians.
    radians: |x| x * (std::f64::consts::PI / 180.0);
    /// The sine of an angle in radians.
    ///
    /// ```rdk
    /// import math
    /// math.sin(math.pi / 2)
    /// #> 1.0
    /// ```
    sin: f64::sin;
    /// The hyperbolic sine.
    sinh: f64::sinh;
    /// The square root.
    ///
    /// ```rdk
    /// import math
    /// math.sqrt(2)
    /// #> 1.4142135623730951
    /// ```
    sqrt: f64::sqrt;
    /// The tangent of an angle in radians.
    tan: f64::tan;
    /// The hyperbolic tangent.
    tanh: f64::tanh;
}

unsafe extern "C" {
    fn erf(x: f64) -> f64;
    fn erfc(x: f64) -> f64;
    fn tgamma(x: f64) -> f64;
    fn lgamma(x: f64) -> f64;
}

fn libm(function: unsafe extern "C" fn(f64) -> f64, x: f64) -> f64 {
    // SAFETY: these are functions of C's mathematical library, which every number may be given to; std links it.
    unsafe { function(x) }
}

builtins! {
    /// The angle of a point, seen from the origin.
    ///
    /// ```rdk
    /// import math
    /// math.atan2(1, 1) == math.pi / 4
    /// #> True
    /// ```
    fn atan2(
        /// How far up.
        y: Real,
        /// How far to the right.
        x: Real,
    ) -> f64 { y.0.atan2(x.0) }

    /// The inverse of `tanh`.
    fn atanh(
        /// A number between -1 and 1.
        x: Real,
    ) -> Result<f64> { if x.0.abs() >= 1.0 { bail!("math domain error") } Ok(x.0.atanh()) }

    /// The smallest whole number that is not below this one.
    ///
    /// ```rdk
    /// import math
    /// math.ceil(1.2), math.ceil(-1.2)
    /// #> (2, -1)
    /// ```
    fn ceil(
        /// A number.
        x: Value,
    ) -> Result<Value> { rounded(x, f64::ceil) }

    /// The size of one number with the sign of another.
    fn copysign(
        /// The size.
        x: Real,
        /// The sign.
        y: Real,
    ) -> f64 { x.0.copysign(y.0) }

    /// The distance of two points.
    ///
    /// ```rdk
    /// import math
    /// math.dist((0, 0), (3, 4))
    /// #> 5.0
    /// ```
    fn dist[context](
        /// A point.
        p: Value,
        /// Another one.
        q: Value,
    ) -> Result<f64> { distance(&reals(context, &p)?, &reals(context, &q)?) }

    /// The largest whole number that is not above this one.
    ///
    /// ```rdk
    /// import math
    /// math.floor(1.8), math.floor(-1.2)
    /// #> (1, -2)
    /// ```
    fn floor(
        /// A number.
        x: Value,
    ) -> Result<Value> { rounded(x, f64::floor) }

    /// The remainder of a division, with the sign of the first number.
    fn fmod(
        /// What to divide.
        x: Real,
        /// By what.
        y: Real,
    ) -> Result<f64> { checked(x.0 % y.0, &[x.0, y.0]) }

    /// A fraction from 0.5 to 1 and a power of two that give the number.
    ///
    /// ```rdk
    /// import math
    /// math.frexp(8)
    /// #> (0.5, 4)
    /// ```
    fn frexp(
        /// A number.
        x: Real,
    ) -> Value { let (fraction, exponent) = split(x.0); Value::tuple([fraction.into(), exponent.into()]) }

    /// The sum of numbers, rounded only once.
    ///
    /// ```rdk
    /// import math
    /// math.fsum([0.1] * 10), sum([0.1] * 10)
    /// #> (1.0, 0.9999999999999999)
    /// ```
    fn fsum[context](
        /// The numbers.
        seq: Value,
    ) -> Result<f64> { exact_sum(&reals(context, &seq)?) }

    /// The gamma function: `factorial(x - 1)` for whole numbers.
    fn gamma(
        /// A number.
        x: Real,
    ) -> Result<f64> { if x.0 <= 0.0 && x.0.fract() == 0.0 { bail!("math domain error") } checked(libm(tgamma, x.0), &[x.0]) }

    /// The length of a vector.
    ///
    /// ```rdk
    /// import math
    /// math.hypot(3, 4)
    /// #> 5.0
    /// ```
    fn hypot(
        /// Its coordinates.
        coordinates: Rest,
    ) -> Result<f64> { let numbers: Vec<f64> = coordinates.0.iter().map(real).collect::<Result<_>>()?; Ok(length(&numbers)) }

    /// Are two numbers almost equal?
    ///
    /// ```rdk
    /// import math
    /// math.isclose(0.1 + 0.2, 0.3)
    /// #> True
    /// ```
    fn isclose(
        /// A number.
        a: Real,
        /// Another one.
        b: Real,
        /// How far apart they may be, in parts of the larger one.
        rel_tol: f64 = 1e-9,
        /// How far apart they may be in any case.
        abs_tol: f64 = 0.0,
    ) -> bool { close(a.0, b.0, rel_tol, abs_tol) }

    /// Neither infinite nor `nan`?
    fn isfinite(
        /// A number.
        x: Real,
    ) -> bool { x.0.is_finite() }

    /// Infinite?
    fn isinf(
        /// A number.
        x: Real,
    ) -> bool { x.0.is_infinite() }

    /// Not a number?
    ///
    /// ```rdk
    /// import math
    /// math.isnan(math.nan)
    /// #> True
    /// ```
    fn isnan(
        /// A number.
        x: Real,
    ) -> bool { x.0.is_nan() }

    /// `x * 2**i`
    fn ldexp(
        /// A number.
        x: Real,
        /// A power of two.
        i: i64,
    ) -> Result<f64> { let i = i.clamp(-2200, 2200) as i32; let half = i / 3; checked(x.0 * 2f64.powi(half) * 2f64.powi(half) * 2f64.powi(i - 2 * half), &[x.0]) }

    /// The logarithm of the size of the gamma function.
    fn lgamma(
        /// A number.
        x: Real,
    ) -> Result<f64> { if x.0 <= 0.0 && x.0.fract() == 0.0 { bail!("math domain error") } checked(libm(lgamma, x.0), &[x.0]) }

    /// The natural logarithm, or the one of a base.
    ///
    /// ```rdk
    /// import math
    /// math.log(math.e), math.log(8, 2)
    /// #> (1.0, 3.0)
    /// ```
    fn log(
        /// A number above 0.
        x: Value,
        /// The base.
        base: Option<Value>,
    ) -> Result<f64> { logarithm(&x, base.as_ref()) }

    /// The logarithm of base 10.
    ///
    /// ```rdk
    /// import math
    /// math.log10(1000)
    /// #> 3.0
    /// ```
    fn log10(
        /// A number above 0.
        x: Value,
    ) -> Result<f64> { log_of(&x, f64::log10) }

    /// `log(1 + x)`, exact for small numbers too.
    fn log1p(
        /// A number above -1.
        x: Real,
    ) -> Result<f64> { if x.0 <= -1.0 { bail!("math domain error") } Ok(x.0.ln_1p()) }

    /// The logarithm of base 2.
    ///
    /// ```rdk
    /// import math
    /// math.log2(8)
    /// #> 3.0
    /// ```
    fn log2(
        /// A number above 0.
        x: Value,
    ) -> Result<f64> { log_of(&x, f64::log2) }

    /// Fraction and whole part, both with the sign of the number.
    ///
    /// ```rdk
    /// import math
    /// math.modf(2.5)
    /// #> (0.5, 2.0)
    /// ```
    fn modf(
        /// A number.
        x: Real,
    ) -> (f64, f64) { let rest = if x.0.is_infinite() { 0.0 } else { x.0.fract() }; (rest.copysign(x.0), x.0.trunc()) }

    /// A power, as a float.
    ///
    /// ```rdk
    /// import math
    /// math.pow(2, 10)
    /// #> 1024.0
    /// ```
    fn pow(
        /// The base.
        x: Real,
        /// The exponent.
        y: Real,
    ) -> Result<f64> { if x.0 == 0.0 && y.0 < 0.0 && y.0.is_finite() { bail!("math domain error") } checked(x.0.powf(y.0), &[x.0, y.0]) }

    /// The product of the items.
    ///
    /// ```rdk
    /// import math
    /// math.prod([2, 3, 4])
    /// #> 24
    /// ```
    fn prod[context](
        /// What to multiply.
        iterable: Value,
        /// What to begin with.
        start: Value = 1,
    ) -> Result<Value> { product(context, &iterable, start) }

    /// The difference to the nearest multiple.
    fn remainder(
        /// What to divide.
        x: Real,
        /// By what.
        y: Real,
    ) -> Result<f64> { checked(ieee_remainder(x.0, y.0), &[x.0, y.0]) }

    /// The whole part of a number.
    ///
    /// ```rdk
    /// import math
    /// math.trunc(-2.7)
    /// #> -2
    /// ```
    fn trunc(
        /// A number.
        x: Value,
    ) -> Result<Value> { rounded(x, f64::trunc) }
}

fn rounded(x: Value, how: fn(f64) -> f64) -> Result<Value> {
    match x {
        Value::Int(_) | Value::BigInt(_) => Ok(x),
        Value::Bool(flag) => Ok(Value::Int(flag.into())),
        other => truncate(how(real(&other)?)),
    }
}

fn close(a: f64, b: f64, relative: f64, absolute: f64) -> bool {
    if a == b {
        return true;
    }
    let difference = (a - b).abs();
    difference.is_finite() && (difference <= relative * a.abs().max(b.abs()) || difference <= absolute)
}

fn product(context: &Context, iterable: &Value, start: Value) -> Result<Value> {
    let mut walk = iterate(context, iterable)?;
    let mut all = start;
    while let Some(item) = walk.next(context)? {
        all = binary(context, BinaryOp::Mul, &all, &item)?;
    }
    Ok(all)
}
