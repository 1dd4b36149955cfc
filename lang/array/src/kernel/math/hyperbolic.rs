//! Hyperbolic functions, from `expm1` and `log1p`; up to 2 ulp, the inverse ones up to 3.

use super::exponential::{exp, expm1};
use super::function;
use super::logarithm::log1p;

#[inline(always)]
fn sinh(x: f64) -> f64 {
    let t = expm1(x.abs());
    (0.5 * (t + t / (t + 1.0))).copysign(x)
}

#[inline(always)]
fn cosh(x: f64) -> f64 {
    let e = exp(x.abs());
    0.5 * e + 0.5 / e
}

#[inline(always)]
fn tanh(x: f64) -> f64 {
    let a = x.abs();
    let a = if a > 22.0 { 22.0 } else { a };
    let t = expm1(2.0 * a);
    // One division, put right by what is left over.
    let below = t + 2.0;
    let lost = t - (below - 2.0);
    let inverse = 1.0 / below;
    let quotient = t * inverse;
    let rest = (-quotient).mul_add(below, t) - quotient * lost;
    rest.mul_add(inverse, quotient).copysign(x)
}

#[inline(always)]
fn too_large(x: f64) -> bool {
    x.abs() > 708.0
}

#[inline(always)]
fn arcsinh(x: f64) -> f64 {
    let a = x.abs();
    let square = a * a;
    log1p(a + square / (1.0 + (1.0 + square).sqrt())).copysign(x)
}

/// Where the square would overflow, it is twice the number whose logarithm counts.
fn arcsinh_standard(x: f64) -> f64 {
    let a = x.abs();
    if a < 1e150 { x.asinh() } else { (a.ln() + std::f64::consts::LN_2).copysign(x) }
}

fn arccosh_standard(x: f64) -> f64 {
    if x < 1e150 { x.acosh() } else { x.ln() + std::f64::consts::LN_2 }
}

#[inline(always)]
fn huge(x: f64) -> bool {
    x.is_nan() || x.abs() >= 1e150
}

#[inline(always)]
fn arccosh(x: f64) -> f64 {
    let t = x - 1.0;
    log1p(t + t.mul_add(t, 2.0 * t).sqrt())
}

#[inline(always)]
fn not_from_one(x: f64) -> bool {
    !(1.0..1e150).contains(&x)
}

#[inline(always)]
fn arctanh(x: f64) -> f64 {
    let a = x.abs();
    (0.5 * log1p(2.0 * a / (1.0 - a))).copysign(x)
}

#[inline(always)]
fn not_below_one(x: f64) -> bool {
    x.is_nan() || x.abs() >= 1.0
}

function! {
    /// The hyperbolic sine.
    Sinh: sinh, f64::sinh, rare too_large
}

function! {
    /// The hyperbolic cosine.
    Cosh: cosh, f64::cosh, rare too_large
}

function! {
    /// The hyperbolic tangent.
    Tanh: tanh, f64::tanh
}

function! {
    /// The area of a hyperbolic sine.
    Arcsinh: arcsinh, arcsinh_standard, rare huge
}

function! {
    /// The area of a hyperbolic cosine.
    Arccosh: arccosh, arccosh_standard, rare not_from_one
}

function! {
    /// The area of a hyperbolic tangent.
    Arctanh: arctanh, f64::atanh, rare not_below_one
}
