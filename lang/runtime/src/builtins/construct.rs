//! What calling a type does: `int("ff", 16)`, `list(xs)`, `type(x)`.

use std::sync::atomic::{AtomicU32, Ordering};

use num_bigint::BigInt;
use num_complex::Complex64;
use num_traits::{FromPrimitive, Num};

use crate::builtin::Builtin;
use crate::class::ClassRef;
use crate::context::Context;
use crate::convert::{FromValue, Maybe, describe};
use crate::error::Result;
use crate::object::Object;
use crate::show::unicode;
use crate::types::types;
use crate::value::Value;
use crate::{bail, error};

/// The builtin that makes values of this type.
pub fn of(name: &str) -> Option<Builtin> {
    builtins().into_iter().chain(super::containers::builtins()).find(|builtin| builtin.name == name)
}

crate::builtins! {
    /// A whole number from a number or from text.
    ///
    /// ```rdk
    /// int("ff", 16), int(-3.9), int(" 42 ")
    /// #> (255, -3, 42)
    /// ```
    fn int[context](
        /// A number, or text with digits.
        x: Maybe,
        /// The base of the digits, 2 to 36; 0 looks at the prefix.
        base: Option<i64>,
    ) -> Result<Value> { int(settled(context, x)?, base) }

    /// A number with a fraction from a number or from text.
    ///
    /// ```rdk
    /// float("1e3"), float("-inf"), float(2)
    /// #> (1000.0, -inf, 2.0)
    /// ```
    fn float[context](
        /// A number, or text.
        x: Maybe,
    ) -> Result<Value> { float(settled(context, x)?) }

    /// A complex number from its parts or from text.
    ///
    /// ```rdk
    /// complex(1, 2), complex("3-1j")
    /// #> ((1+2j), (3-1j))
    /// ```
    fn complex[context](
        /// The real part, or text.
        real: Maybe,
        /// The imaginary part.
        imag: Maybe,
    ) -> Result<Value> { complex(settled(context, real)?, settled(context, imag)?) }

    /// The class of a value.
    ///
    /// ```rdk
    /// type(3), type("a"), type([])
    /// #> (int, str, list)
    /// ```
    fn r#type(
        /// Any value.
        x: Value,
    ) -> Value { crate::modules::named_tuple::type_of(&x).unwrap_or_else(|| Value::Class(x.class())) }

    /// A new value that is equal to nothing else.
    fn object() -> Value { Value::object(Bare(rdk_graph::Token::fresh().0[0] as i64)) }
}

/// `object()`, with a number that no other one has.
struct Bare(i64);

impl Object for Bare {
    fn class(&self) -> ClassRef {
        types().object.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        format!("<object object at {:#x}>", std::ptr::from_ref(self) as usize)
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("object"), Value::Int(self.0)]))
    }
}

/// What was given, computed if it is a single lazy number.
fn settled(context: &Context, value: Maybe) -> Result<Option<Value>> {
    value.0.map(|value| value.settled(context)).transpose()
}

/// The plain number that an object or a lazy value stands for.
fn number_of(value: &Value) -> Option<Result<Value>> {
    match value {
        Value::Object(object) => object.number(),
        Value::Lazy(lazy) => lazy.number(),
        _ => None,
    }
}

fn int(x: Option<Value>, base: Option<i64>) -> Result<Value> {
    let Some(x) = x else { return Ok(Value::Int(0)) };
    if let Some(base) = base {
        return match &x {
            Value::Str(text) => parse_int(text, base, &x),
            Value::Bytes(bytes) => parse_int(&String::from_utf8_lossy(bytes), base, &x),
            _ => bail!(TypeError: "int() can't convert non-string with explicit base"),
        };
    }
    match &x {
        Value::Int(_) | Value::BigInt(_) => Ok(x),
        Value::Bool(flag) => Ok(Value::Int(i64::from(*flag))),
        Value::Float(number) => truncate(*number),
        Value::Str(text) => parse_int(text, 10, &x),
        Value::Bytes(bytes) => parse_int(&String::from_utf8_lossy(bytes), 10, &x),
        Value::Complex(_) => {
            bail!(TypeError: "int() argument must be a real number or text, not 'complex'"; hint: "`.real` is its real part")
        }
        other => match number_of(other) {
            Some(number) => int(Some(number?), None),
            None => bail!(TypeError: "int() argument must be a number or text, not '{}'", other.class().name),
        },
    }
}

/// The whole part of a float.
pub fn truncate(number: f64) -> Result<Value> {
    if number.abs() < 9.0e18 {
        return Ok(Value::Int(number as i64));
    }
    match BigInt::from_f64(number.trunc()) {
        Some(whole) => Ok(Value::big(whole)),
        None if number.is_nan() => bail!("cannot convert float NaN to integer"),
        None => bail!(OverflowError: "cannot convert float infinity to integer"),
    }
}

/// Digits in a base, as `int` reads them.
fn parse_int(text: &str, base: i64, shown: &Value) -> Result<Value> {
    if base != 0 && !(2..=36).contains(&base) {
        bail!("int() base must be >= 2 and <= 36, or 0");
    }
    let wrong = || {
        let error = error!("invalid literal for int() with base {base}: {}", shown.repr());
        if parse_float(text).is_some() { error.hint("`int(float(text))` cuts off the fraction") } else { error }
    };
    let trimmed = text.trim_matches(unicode::is_space);
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let mut radix = base as u32;
    let mut digits = digits.to_ascii_lowercase();
    for (prefix, prefix_radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let (Some(rest), true) = (digits.strip_prefix(prefix), base == 0 || radix == prefix_radix) {
            digits = rest.strip_prefix('_').unwrap_or(rest).to_string();
            radix = prefix_radix;
            break;
        }
    }
    if radix == 0 {
        radix = 10;
        // A leading zero would be an old octal literal.
        if digits.starts_with('0') && digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
            return Err(wrong());
        }
    }
    let fine = !digits.is_empty()
        && !digits.starts_with('_')
        && !digits.ends_with('_')
        && !digits.contains("__")
        && !digits.starts_with(['+', '-']);
    if !fine {
        return Err(wrong());
    }
    let ascii: String = digits.chars().filter(|&c| c != '_').map(|c| ascii_digit(c).unwrap_or(c)).collect();
    if ascii.len() > 1 << 20 && !radix.is_power_of_two() {
        bail!("{} digits are too many for int()", ascii.len());
    }
    let number = match i64::from_str_radix(&ascii, radix) {
        Ok(small) => BigInt::from(small),
        Err(_) => BigInt::from_str_radix(&ascii, radix).map_err(|_| wrong())?,
    };
    Ok(Value::big(if negative { -number } else { number }))
}

/// A decimal digit of another script as one of ours. Digits of a script stand ten in a row.
fn ascii_digit(c: char) -> Option<char> {
    if c.is_ascii() || !unicode::is_decimal(c) {
        return None;
    }
    // The mathematical digits are five tens without a gap.
    if ('\u{1d7ce}'..='\u{1d7ff}').contains(&c) {
        return char::from_digit((u32::from(c) - 0x1d7ce) % 10, 10);
    }
    // All others stand alone: count back to where the block begins.
    let mut zero = u32::from(c);
    while zero > 0 && char::from_u32(zero - 1).is_some_and(unicode::is_decimal) && u32::from(c) - zero < 9 {
        zero -= 1;
    }
    char::from_digit(u32::from(c) - zero, 10)
}

fn float(x: Option<Value>) -> Result<Value> {
    let Some(x) = x else { return Ok(Value::Float(0.0)) };
    match &x {
        Value::Float(_) => Ok(x),
        Value::BigInt(number) => match num_traits::ToPrimitive::to_f64(&**number) {
            Some(number) if number.is_finite() => Ok(Value::Float(number)),
            _ => bail!(OverflowError: "int too large to convert to float"),
        },
        Value::Str(text) => match parse_float(text) {
            Some(number) => Ok(Value::Float(own_nan(number))),
            None => bail!("could not convert string to float: {}", x.repr()),
        },
        Value::Bytes(bytes) => match std::str::from_utf8(bytes).ok().and_then(parse_float) {
            Some(number) => Ok(Value::Float(number)),
            None => bail!("could not convert string to float: {}", x.repr()),
        },
        Value::Lazy(_) => match number_of(&x) {
            Some(number) => float(Some(number?)),
            None => {
                bail!(TypeError: "float() argument must be a number or text, not '{}'", x.class().name; hint: "`.compute()` first")
            }
        },
        other => match other.as_f64() {
            Some(number) => Ok(Value::Float(number)),
            None => bail!(TypeError: "float() argument must be a number or text, not '{}'", other.class().name),
        },
    }
}

/// Each `float("nan")` is an object of its own: its lowest bits, which nobody reads, tell `x in [x]` from `x in [y]`.
fn own_nan(number: f64) -> f64 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    match number.is_nan() {
        true => f64::from_bits(number.to_bits() | u64::from(NEXT.fetch_add(1, Ordering::Relaxed))),
        false => number,
    }
}

/// A float as `float(text)` reads it.
pub fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(unicode::is_space);
    let bytes = text.as_bytes();
    let between_digits =
        |at: usize| at > 0 && bytes[at - 1].is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    if bytes.iter().enumerate().any(|(at, &byte)| byte == b'_' && !between_digits(at)) {
        return None;
    }
    let plain: String = text.chars().filter(|&c| c != '_').map(|c| ascii_digit(c).unwrap_or(c)).collect();
    plain.parse().ok()
}

fn complex(real: Option<Value>, imaginary: Option<Value>) -> Result<Value> {
    if let Some(Value::Str(text)) = &real {
        if imaginary.is_some() {
            bail!(TypeError: "complex() can't take second arg if first is a string");
        }
        return match parse_complex(text) {
            Some(number) => Ok(Value::Complex(number)),
            None => bail!("complex() arg is a malformed string"),
        };
    }
    let part = |value: Option<Value>| match value {
        None => Ok(Complex64::new(0.0, 0.0)),
        Some(value) => Complex64::from_value(&value)
            .ok_or_else(|| error!(TypeError: "complex() expects numbers, got {}", describe(&value))),
    };
    // Parts of 0 are not added: they would take the sign of a zero.
    let Some(imaginary) = imaginary else { return Ok(Value::Complex(part(real)?)) };
    let (re, im) = (part(real)?, part(Some(imaginary))?);
    Ok(Value::Complex(Complex64::new(
        if im.im == 0.0 { re.re } else { re.re - im.im },
        if re.im == 0.0 { im.re } else { re.im + im.re },
    )))
}

fn parse_complex(text: &str) -> Option<Complex64> {
    let text = text.trim_matches(unicode::is_space);
    let text = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(text);
    let text = text.trim_matches(unicode::is_space);
    if let Some(number) = parse_float(text) {
        return (!text.is_empty()).then_some(Complex64::new(number, 0.0));
    }
    let body = text.strip_suffix(['j', 'J'])?;
    // The imaginary part begins at the last sign that is not an exponent's.
    let bytes = body.as_bytes();
    let split = (1..bytes.len())
        .rev()
        .find(|&at| matches!(bytes[at], b'+' | b'-') && !matches!(bytes[at - 1], b'e' | b'E'))
        .unwrap_or(0);
    let (real, imaginary) = body.split_at(split);
    let re = if real.is_empty() { 0.0 } else { parse_float(real)? };
    let im = match imaginary {
        "" | "+" => 1.0,
        "-" => -1.0,
        digits => parse_float(digits)?,
    };
    Some(Complex64::new(re, im))
}
