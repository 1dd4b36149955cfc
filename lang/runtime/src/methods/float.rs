//! Methods of `float`.

use num_bigint::BigInt;
use num_traits::Signed;

use crate::error::Result;
use crate::value::Value;
use crate::{bail, builtins, error};

builtins! {
    /// The number as a fraction of two whole numbers, exactly.
    ///
    /// ```rdk
    /// (0.75).as_integer_ratio()
    /// #> (3, 4)
    /// ```
    fn as_integer_ratio(this: f64) -> Result<Value> { let (above, below) = ratio(this)?; Ok(Value::tuple([above, below].map(Value::big))) }

    /// The number itself.
    fn conjugate(this: f64) -> f64 { this }

    /// The number that `hex` wrote.
    ///
    /// ```rdk
    /// float.fromhex("0x1.8p+1")
    /// #> 3.0
    /// ```
    fn fromhex(
        /// Text such as `0x1.8p+1`.
        string: String,
    ) -> Result<f64> { from_hex(&string) }

    /// The number exactly, in base 16.
    ///
    /// ```rdk
    /// (3.0).hex()
    /// #> '0x1.8000000000000p+1'
    /// ```
    fn hex(this: f64) -> String { hex(this) }

    /// Has it no fraction?
    ///
    /// ```rdk
    /// (2.0).is_integer(), (2.5).is_integer()
    /// #> (True, False)
    /// ```
    fn is_integer(this: f64) -> bool { this.is_finite() && this.fract() == 0.0 }

    /// The number with so many decimals, as the numbers of arrays and frames have it.
    ///
    /// ```rdk
    /// (2.71828).round(2)
    /// #> 2.72
    /// ```
    fn round(this: f64, /** How many decimals. */ decimals: i64 = 0) -> Result<f64> { crate::builtins::number::round_float(this, decimals) }
}

/// Attributes.
pub mod properties {
    use super::*;

    builtins! {
        /// The imaginary part: 0.
        fn imag(this: f64) -> f64 { let _ = this; 0.0 }

        /// The real part: the number.
        fn real(this: f64) -> f64 { this }
    }
}

/// Sign, whole mantissa and power of two of a finite number.
fn parts(number: f64) -> (bool, u64, i32) {
    let bits = number.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let mantissa = if exponent == 0 { fraction } else { fraction | 1 << 52 };
    (number.is_sign_negative(), mantissa, exponent.max(1) - 1075)
}

/// The fraction that a float is, in lowest terms.
pub fn ratio(number: f64) -> Result<(BigInt, BigInt)> {
    if number.is_nan() {
        bail!("cannot convert NaN to integer ratio");
    }
    if number.is_infinite() {
        bail!(OverflowError: "cannot convert Infinity to integer ratio");
    }
    let (negative, mut mantissa, mut exponent) = parts(number);
    if mantissa == 0 {
        return Ok((BigInt::from(0), BigInt::from(1)));
    }
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    exponent += zeros as i32;
    let (mut above, mut below) = (BigInt::from(mantissa), BigInt::from(1));
    if exponent > 0 {
        above <<= exponent
    } else {
        below <<= -exponent
    }
    Ok((if negative { -above } else { above }, below))
}

fn hex(number: f64) -> String {
    if !number.is_finite() {
        return crate::show::number::special(number).into();
    }
    let (negative, mantissa, exponent) = parts(number);
    let sign = if negative { "-" } else { "" };
    if mantissa == 0 {
        return format!("{sign}0x0.0p+0");
    }
    let (first, fraction) = (mantissa >> 52, mantissa & ((1 << 52) - 1));
    format!("{sign}0x{first}.{fraction:013x}p{:+}", exponent + 52)
}

fn from_hex(text: &str) -> Result<f64> {
    let wrong = || error!("invalid hexadecimal floating-point string");
    let trimmed = text.trim().to_ascii_lowercase();
    let (negative, body) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(&trimmed)),
    };
    let size = match body {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => {
            let body = body.strip_prefix("0x").unwrap_or(body);
            let (digits, exponent) = body.split_once('p').unwrap_or((body, "0"));
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
            let exponent: i64 = exponent.parse().map_err(|_| wrong())?;
            let all = format!("{whole}{fraction}");
            if all.is_empty() {
                return Err(wrong());
            }
            let mantissa = BigInt::parse_bytes(all.as_bytes(), 16).filter(|n| !n.is_negative()).ok_or_else(wrong)?;
            let shift = exponent.saturating_sub(4 * fraction.len() as i64);
            if mantissa.bits() > 0 && shift.saturating_add(mantissa.bits() as i64) > 1024 {
                bail!(OverflowError: "hexadecimal value too large to represent as a float");
            }
            scaled(&mantissa, shift)
        }
    };
    Ok(if negative { -size } else { size })
}

/// `mantissa * 2**shift`, rounded once.
fn scaled(mantissa: &BigInt, shift: i64) -> f64 {
    let bits = mantissa.bits() as i64;
    if bits == 0 || shift + bits < -1080 {
        return 0.0;
    }
    // The last bit that the result can hold, then round half to even there.
    let last = (shift + bits - 53).max(-1074);
    let drop = last - shift;
    let whole = if drop <= 0 {
        mantissa << (-drop)
    } else {
        let kept: BigInt = mantissa >> drop;
        let rest = mantissa - (&kept << drop);
        let half = BigInt::from(1) << (drop - 1);
        if rest > half || (rest == half && kept.bit(0)) { kept + 1 } else { kept }
    };
    let whole = num_traits::ToPrimitive::to_f64(&whole).unwrap_or(f64::INFINITY);
    // In two steps, so that neither power of two leaves the range of floats.
    let first = last / 2;
    whole * 2f64.powi(first as i32) * 2f64.powi((last - first) as i32)
}
