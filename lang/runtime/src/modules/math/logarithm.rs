//! Logarithms of numbers of any size.

use crate::bail;
use crate::builtins::number::real;
use crate::error::Result;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

/// A logarithm of any number, also of one that is too large for a float.
pub fn log_of(x: &Value, log: fn(f64) -> f64) -> Result<f64> {
    if let Value::BigInt(number) = x
        && number.is_positive()
        && number.to_f64().is_none_or(f64::is_infinite)
    {
        // A fraction from a half to 1, and a power of two.
        let bits = number.bits();
        let top: BigInt = &**number >> bits.saturating_sub(64);
        let fraction = top.to_f64().unwrap_or(f64::MAX) / 2f64.powi(bits.min(64) as i32);
        return Ok(log(fraction) + bits as f64 * log(2.0));
    }
    let number = real(x)?;
    if number <= 0.0 {
        bail!("math domain error"; hint: "logarithms are of numbers above 0");
    }
    Ok(log(number))
}

pub fn logarithm(x: &Value, base: Option<&Value>) -> Result<f64> {
    let log = log_of(x, f64::ln)?;
    let Some(base) = base else { return Ok(log) };
    let below = log_of(base, f64::ln)?;
    if below == 0.0 {
        bail!(ZeroDivisionError: "division by zero");
    }
    Ok(log / below)
}
