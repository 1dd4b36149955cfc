//! Methods of `int`.

use std::sync::Arc;

use num_bigint::{BigInt, Sign};
use num_traits::{Signed, Zero};

use crate::convert::FromValue;
use crate::error::Result;
use crate::value::Value;
use crate::{bail, builtins, error};

builtins! {
    /// The number as a fraction: itself over 1.
    fn as_integer_ratio(this: BigInt) -> Value { Value::tuple([Value::big(this), Value::Int(1)]) }

    /// How many bits are 1, without the sign.
    ///
    /// ```rdk
    /// (13).bit_count()
    /// #> 3
    /// ```
    fn bit_count(this: BigInt) -> u64 { this.magnitude().count_ones() }

    /// How many bits it takes, without the sign.
    ///
    /// ```rdk
    /// (255).bit_length(), (-256).bit_length()
    /// #> (8, 9)
    /// ```
    fn bit_length(this: BigInt) -> u64 { this.bits() }

    /// The number itself.
    fn conjugate(this: BigInt) -> BigInt { this }

    /// The number that these bytes stand for.
    ///
    /// ```rdk
    /// int.from_bytes(b"\x01\x00", "big")
    /// #> 256
    /// ```
    fn from_bytes(
        /// The bytes.
        bytes: Value,
        /// Which byte comes first: the `big` or the `little` end.
        byteorder: Arc<str> = "big",
        /// May it be negative?
        signed: bool = false,
    ) -> Result<Value> { from_bytes(&bytes, &byteorder, signed) }

    /// Whole: always true.
    fn is_integer(this: BigInt) -> bool { let _ = this; true }

    /// The number as bytes.
    ///
    /// ```rdk
    /// (256).to_bytes(2, "big")
    /// #> b'\x01\x00'
    /// ```
    fn to_bytes(
        this: BigInt,
        /// How many bytes.
        length: usize = 1,
        /// Which byte comes first: the `big` or the `little` end.
        byteorder: Arc<str> = "big",
        /// May it be negative?
        signed: bool = false,
    ) -> Result<Value> { to_bytes(&this, length, &byteorder, signed) }
}

/// Attributes.
pub mod properties {
    use super::*;

    builtins! {
        /// Below the fraction line: 1.
        fn denominator(this: BigInt) -> i64 { let _ = this; 1 }

        /// The imaginary part: 0.
        fn imag(this: BigInt) -> i64 { let _ = this; 0 }

        /// Above the fraction line: the number.
        fn numerator(this: BigInt) -> BigInt { this }

        /// The real part: the number.
        fn real(this: BigInt) -> BigInt { this }
    }
}

fn big_end_first(byteorder: &str) -> Result<bool> {
    match byteorder {
        "big" => Ok(true),
        "little" => Ok(false),
        _ => bail!("byteorder must be either 'little' or 'big'"),
    }
}

fn from_bytes(bytes: &Value, byteorder: &str, signed: bool) -> Result<Value> {
    let bytes: Vec<u8> = match bytes {
        Value::Bytes(bytes) => bytes.to_vec(),
        other => match Vec::<usize>::from_value(other) {
            Some(numbers) => numbers
                .into_iter()
                .map(|number| u8::try_from(number).map_err(|_| error!("bytes must be in range(0, 256)")))
                .collect::<Result<_>>()?,
            None => bail!(TypeError: "cannot convert '{}' object to bytes", other.class().name),
        },
    };
    Ok(Value::big(match (big_end_first(byteorder)?, signed) {
        (true, true) => BigInt::from_signed_bytes_be(&bytes),
        (false, true) => BigInt::from_signed_bytes_le(&bytes),
        (true, false) => BigInt::from_bytes_be(Sign::Plus, &bytes),
        (false, false) => BigInt::from_bytes_le(Sign::Plus, &bytes),
    }))
}

fn to_bytes(number: &BigInt, length: usize, byteorder: &str, signed: bool) -> Result<Value> {
    if number.is_negative() && !signed {
        bail!(OverflowError: "can't convert negative int to unsigned"; hint: "`signed=True` allows it");
    }
    let mut bytes = match (number.is_zero(), signed) {
        (true, _) => Vec::new(),
        (false, true) => number.to_signed_bytes_le(),
        (false, false) => number.magnitude().to_bytes_le(),
    };
    if bytes.len() > length {
        bail!(OverflowError: "int too big to convert"; hint: "it takes {} bytes", bytes.len());
    }
    if length > i32::MAX as usize {
        bail!(OverflowError: "too many bytes");
    }
    bytes.resize(length, if number.is_negative() { 0xff } else { 0 });
    if big_end_first(byteorder)? {
        bytes.reverse();
    }
    Ok(Value::Bytes(bytes.into()))
}
