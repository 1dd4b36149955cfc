//! Arithmetic of plain numbers, as Python does it: integers without bound, floor division, exact division of large ones.

use num_bigint::{BigInt, Sign};
use num_complex::Complex64;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use rdk_syntax::tree::{BinaryOp, UnaryOp};

use crate::bail;
use crate::error::Result;
use crate::value::Value;

/// Integers beyond this many bits are refused: making them would take the machine's memory or the person's patience.
const MOST_BITS: u64 = 1 << 26;

/// A number, whatever type it has.
enum Number {
    Int(i64),
    Big(BigInt),
    Float(f64),
    Complex(Complex64),
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Int(n) => Some(Number::Int(*n)),
        Value::Float(n) => Some(Number::Float(*n)),
        Value::Bool(flag) => Some(Number::Int(i64::from(*flag))),
        Value::BigInt(n) => Some(Number::Big((**n).clone())),
        Value::Complex(n) => Some(Number::Complex(*n)),
        _ => None,
    }
}

/// `left op right`; `None` if they are not both numbers, or numbers do not have this operator.
pub(super) fn binary(op: BinaryOp, left: &Value, right: &Value) -> Option<Result<Value>> {
    if let (Value::Bool(a), Value::Bool(b)) = (left, right) {
        match op {
            BinaryOp::BitAnd => return Some(Ok(Value::Bool(a & b))),
            BinaryOp::BitOr => return Some(Ok(Value::Bool(a | b))),
            BinaryOp::BitXor => return Some(Ok(Value::Bool(a ^ b))),
            _ => {}
        }
    }
    let (left, right) = (number(left)?, number(right)?);
    match (left, right) {
        (Number::Int(a), Number::Int(b)) => ints(op, a, b),
        (Number::Complex(a), b) => complexes(op, Ok(a), b.complex()),
        (a, Number::Complex(b)) => complexes(op, a.complex(), Ok(b)),
        (Number::Float(a), b) => floats(op, Ok(a), b.float()),
        (a, Number::Float(b)) => floats(op, a.float(), Ok(b)),
        (a, b) => bigs(op, a.big(), b.big()),
    }
}

impl Number {
    fn float(self) -> Result<f64> {
        match self {
            Number::Int(n) => Ok(n as f64),
            Number::Float(n) => Ok(n),
            Number::Big(n) => float_of(&n),
            Number::Complex(n) => Ok(n.re),
        }
    }

    fn complex(self) -> Result<Complex64> {
        match self {
            Number::Complex(n) => Ok(n),
            other => Ok(Complex64::new(other.float()?, 0.0)),
        }
    }

    fn big(self) -> BigInt {
        match self {
            Number::Int(n) => n.into(),
            Number::Big(n) => n,
            // Only integers are asked.
            Number::Float(_) | Number::Complex(_) => BigInt::zero(),
        }
    }
}

/// A large integer as a float; an error if there is none that large.
pub fn float_of(n: &BigInt) -> Result<f64> {
    match n.to_f64() {
        Some(float) if float.is_finite() => Ok(float),
        _ => bail!(OverflowError: "int too large to convert to float"),
    }
}

/// Integers that fit; falls back to large ones when the result does not.
pub(super) fn ints(op: BinaryOp, a: i64, b: i64) -> Option<Result<Value>> {
    let small = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::BitAnd => Some(a & b),
        BinaryOp::BitOr => Some(a | b),
        BinaryOp::BitXor => Some(a ^ b),
        BinaryOp::FloorDiv | BinaryOp::Mod if b == 0 => return Some(zero_division(op, "integer")),
        BinaryOp::FloorDiv => floor_div(a, b),
        BinaryOp::Mod => Some(floor_mod(a, b)),
        BinaryOp::Div => return Some(divide_ints(a, b)),
        BinaryOp::Pow if (0..64).contains(&b) => a.checked_pow(b as u32),
        BinaryOp::LeftShift if (0..63).contains(&b) => a.checked_mul(1i64 << b),
        BinaryOp::RightShift if b >= 0 => Some(a >> b.min(63)),
        BinaryOp::MatMul => return None,
        BinaryOp::Pow | BinaryOp::LeftShift | BinaryOp::RightShift => None,
    };
    match small {
        Some(n) => Some(Ok(Value::Int(n))),
        None => bigs(op, a.into(), b.into()),
    }
}

/// Floor division of integers; `b` is not 0. `None` when the result does not fit.
#[inline]
pub(crate) fn floor_div(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

/// The remainder with the sign of `b`, which is not 0.
#[inline]
pub(crate) fn floor_mod(a: i64, b: i64) -> i64 {
    let rest = a.wrapping_rem(b);
    if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
}

fn divide_ints(a: i64, b: i64) -> Result<Value> {
    const EXACT: u64 = 1 << 53;
    if b == 0 {
        return zero_division(BinaryOp::Div, "integer");
    }
    if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
        return Ok(Value::Float(a as f64 / b as f64));
    }
    divide_bigs(&a.into(), &b.into())
}

/// The float nearest to the exact quotient.
fn divide_bigs(a: &BigInt, b: &BigInt) -> Result<Value> {
    if b.is_zero() {
        return zero_division(BinaryOp::Div, "integer");
    }
    if a.is_zero() {
        return Ok(Value::Float(0.0));
    }
    // A quotient of 55 or 56 bits (fewer below the normal range), whose lowest bit also stands for the remainder, is then
    // rounded once, half to even.
    const DIGITS: i64 = f64::MANTISSA_DIGITS as i64;
    const LOWEST: i64 = f64::MIN_EXP as i64;
    let size = a.bits() as i64 - b.bits() as i64;
    if size > f64::MAX_EXP as i64 {
        bail!(OverflowError: "integer division result too large for a float");
    }
    let shift = size.max(LOWEST) - DIGITS - 2;
    let (mut top, mut bottom) = (a.magnitude().clone(), b.magnitude().clone());
    if shift < 0 {
        top <<= shift.unsigned_abs();
    } else {
        bottom <<= shift.unsigned_abs();
    }
    let (quotient, rest) = top.div_rem(&bottom);
    let mut digits = quotient.to_u64().unwrap_or(u64::MAX) | u64::from(!rest.is_zero());
    let extra = (quotient.bits() as i64).max(LOWEST - shift) - DIGITS;
    let half = 1u64 << (extra - 1);
    if digits & half != 0 && digits & (3 * half - 1) != 0 {
        digits += half;
    }
    digits &= !(2 * half - 1);
    let size = scale(digits as f64, shift);
    if size.is_infinite() {
        bail!(OverflowError: "integer division result too large for a float");
    }
    let negative = (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
    Ok(Value::Float(if negative { -size } else { size }))
}

/// `x * 2**exponent`, in steps that do not leave the range on the way.
fn scale(mut x: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 && x.is_finite() {
        x *= 2f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 && x != 0.0 {
        x *= 2f64.powi(-1000);
        exponent += 1000;
    }
    x * 2f64.powi(exponent.clamp(-1074, 1023) as i32)
}

fn bigs(op: BinaryOp, a: BigInt, b: BigInt) -> Option<Result<Value>> {
    Some(match op {
        BinaryOp::Add => Ok(Value::big(a + b)),
        BinaryOp::Sub => Ok(Value::big(a - b)),
        BinaryOp::Mul => fits(a.bits() + b.bits()).map(|()| Value::big(a * b)),
        BinaryOp::FloorDiv | BinaryOp::Mod if b.is_zero() => zero_division(op, "integer"),
        BinaryOp::FloorDiv => Ok(Value::big(a.div_floor(&b))),
        BinaryOp::Mod => Ok(Value::big(a.mod_floor(&b))),
        BinaryOp::Div => divide_bigs(&a, &b),
        BinaryOp::Pow => power(a, b),
        BinaryOp::LeftShift | BinaryOp::RightShift => shift(op, a, b),
        BinaryOp::BitAnd => Ok(Value::big(a & b)),
        BinaryOp::BitOr => Ok(Value::big(a | b)),
        BinaryOp::BitXor => Ok(Value::big(a ^ b)),
        BinaryOp::MatMul => return None,
    })
}

fn fits(bits: u64) -> Result<()> {
    if bits > MOST_BITS {
        bail!(MemoryError: "the result would be an integer of {bits} bits"; hint: "{MOST_BITS} bits are allowed; a float may do: `1e300`");
    }
    Ok(())
}

fn power(a: BigInt, b: BigInt) -> Result<Value> {
    if b.is_negative() {
        return float_power(float_of(&a)?, float_of(&b)?);
    }
    // 0, 1 and -1 stay small whatever the exponent is.
    if a.magnitude().bits() <= 1 {
        let odd = b.is_odd();
        return Ok(match (b.is_zero(), a.sign()) {
            (true, _) | (_, Sign::Plus) => Value::Int(1),
            (_, Sign::NoSign) => Value::Int(0),
            (_, Sign::Minus) => Value::Int(if odd { -1 } else { 1 }),
        });
    }
    let exponent = b.to_u32().unwrap_or(u32::MAX);
    fits((a.bits() - 1).saturating_mul(b.to_u64().unwrap_or(u64::MAX)))?;
    Ok(Value::big(a.pow(exponent)))
}

fn shift(op: BinaryOp, a: BigInt, b: BigInt) -> Result<Value> {
    if b.is_negative() {
        bail!("negative shift count");
    }
    let count = b.to_u64().unwrap_or(u64::MAX);
    if op == BinaryOp::RightShift {
        if count > a.bits() {
            return Ok(Value::Int(if a.is_negative() { -1 } else { 0 }));
        }
        return Ok(Value::big(a >> count));
    }
    if a.is_zero() {
        return Ok(Value::Int(0));
    }
    fits(a.bits().saturating_add(count))?;
    Ok(Value::big(a << count))
}

fn floats(op: BinaryOp, a: Result<f64>, b: Result<f64>) -> Option<Result<Value>> {
    if matches!(
        op,
        BinaryOp::MatMul
            | BinaryOp::LeftShift
            | BinaryOp::RightShift
            | BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::BitXor
    ) {
        return None;
    }
    let (a, b) = match (a, b) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(error), _) | (_, Err(error)) => return Some(Err(error)),
    };
    Some(Ok(Value::Float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod if b == 0.0 => return Some(zero_division(op, "float")),
        BinaryOp::Div => a / b,
        BinaryOp::FloorDiv => float_divmod(a, b).0,
        BinaryOp::Mod => float_divmod(a, b).1,
        BinaryOp::Pow => return Some(float_power(a, b)),
        _ => return None,
    })))
}

/// Quotient rounded down and remainder with the sign of `b`, which is not 0.
pub fn float_divmod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest += b;
            quotient -= 1.0;
        }
    } else {
        rest = 0f64.copysign(b);
    }
    if quotient == 0.0 {
        return (0f64.copysign(a / b), rest);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

fn float_power(a: f64, b: f64) -> Result<Value> {
    if a == 0.0 && b < 0.0 {
        bail!(ZeroDivisionError: "0.0 cannot be raised to a negative power");
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return complex_power(Complex64::new(a, 0.0), Complex64::new(b, 0.0));
    }
    let result = a.powf(b);
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        bail!(OverflowError: "the result of {a:?} ** {b:?} is too large for a float");
    }
    Ok(Value::Float(result))
}

fn complexes(op: BinaryOp, a: Result<Complex64>, b: Result<Complex64>) -> Option<Result<Value>> {
    let (a, b) = match (a, b) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(error), _) | (_, Err(error)) => return Some(Err(error)),
    };
    Some(Ok(Value::Complex(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => return Some(divide_complexes(a, b)),
        BinaryOp::Pow => return Some(complex_power(a, b)),
        _ => return None,
    })))
}

/// Divides by the larger part first, so that nothing overflows on the way.
fn divide_complexes(a: Complex64, b: Complex64) -> Result<Value> {
    if b.re == 0.0 && b.im == 0.0 {
        bail!(ZeroDivisionError: "complex division by zero");
    }
    Ok(Value::Complex(if b.re.abs() >= b.im.abs() {
        let ratio = b.im / b.re;
        let below = b.re + b.im * ratio;
        Complex64::new((a.re + a.im * ratio) / below, (a.im - a.re * ratio) / below)
    } else {
        let ratio = b.re / b.im;
        let below = b.re * ratio + b.im;
        Complex64::new((a.re * ratio + a.im) / below, (a.im * ratio - a.re) / below)
    }))
}

fn complex_power(a: Complex64, b: Complex64) -> Result<Value> {
    let zero = Complex64::new(0.0, 0.0);
    if b == zero {
        return Ok(Value::Complex(Complex64::new(1.0, 0.0)));
    }
    if a == zero {
        if b.im != 0.0 || b.re < 0.0 {
            bail!(ZeroDivisionError: "0.0 to a negative or complex power");
        }
        return Ok(Value::Complex(zero));
    }
    // Small whole exponents by multiplication: exact where the parts are whole.
    if b.im == 0.0 && b.re.fract() == 0.0 && b.re.abs() <= 100.0 {
        let result = a.powu(b.re.abs() as u32);
        return if b.re < 0.0 {
            divide_complexes(Complex64::new(1.0, 0.0), result)
        } else {
            Ok(Value::Complex(result))
        };
    }
    let size = a.norm();
    let angle = a.im.atan2(a.re);
    let mut length = size.powf(b.re);
    let mut turn = angle * b.re;
    if b.im != 0.0 {
        length *= (-angle * b.im).exp();
        turn += b.im * size.ln();
    }
    Ok(Value::Complex(Complex64::new(length * turn.cos(), length * turn.sin())))
}

#[cold]
fn zero_division(op: BinaryOp, kind: &str) -> Result<Value> {
    match (op, kind) {
        (BinaryOp::Div, "float") => bail!(ZeroDivisionError: "float division by zero"),
        (BinaryOp::Div, _) => bail!(ZeroDivisionError: "division by zero"),
        (BinaryOp::FloorDiv, "float") => bail!(ZeroDivisionError: "float floor division by zero"),
        (BinaryOp::FloorDiv, _) => bail!(ZeroDivisionError: "integer division or modulo by zero"),
        (_, "float") => bail!(ZeroDivisionError: "float modulo"),
        _ => bail!(ZeroDivisionError: "integer modulo by zero"),
    }
}

/// `-x`, `+x`, `~x` of a number.
pub(super) fn unary(op: UnaryOp, value: &Value) -> Option<Value> {
    Some(match (op, value) {
        (UnaryOp::Neg, Value::Int(n)) => match n.checked_neg() {
            Some(n) => Value::Int(n),
            None => Value::big(-BigInt::from(*n)),
        },
        (UnaryOp::Neg, Value::Float(n)) => Value::Float(-n),
        (UnaryOp::Neg, Value::Bool(flag)) => Value::Int(-i64::from(*flag)),
        (UnaryOp::Neg, Value::BigInt(n)) => Value::big(-&**n),
        (UnaryOp::Neg, Value::Complex(n)) => Value::Complex(-n),
        (UnaryOp::Pos, Value::Bool(flag)) => Value::Int(i64::from(*flag)),
        (UnaryOp::Pos, Value::Int(_) | Value::Float(_) | Value::BigInt(_) | Value::Complex(_)) => value.clone(),
        (UnaryOp::Invert, Value::Int(n)) => Value::Int(!n),
        (UnaryOp::Invert, Value::Bool(flag)) => Value::Int(!i64::from(*flag)),
        (UnaryOp::Invert, Value::BigInt(n)) => Value::big(!&**n),
        _ => return None,
    })
}
