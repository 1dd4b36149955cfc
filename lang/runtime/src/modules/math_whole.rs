//! `math` of whole numbers: `comb`, `factorial`, `gcd`, `isqrt`, `lcm`, `perm`.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::builtin::Rest;
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::value::Value;
use crate::{bail, builtins};

builtins! {
    /// How many ways there are to choose some of several things.
    ///
    /// ```rdk
    /// import math
    /// math.comb(5, 2)
    /// #> 10
    /// ```
    fn comb[context](
        /// How many things.
        n: u64,
        /// How many to choose.
        k: u64,
    ) -> Result<Value> { Ok(Value::big(combinations(context, n, k)?)) }

    /// The product of the numbers from 1.
    ///
    /// ```rdk
    /// import math
    /// math.factorial(20)
    /// #> 2432902008176640000
    /// ```
    fn factorial[context](
        /// A whole number of 0 or more.
        n: i64,
    ) -> Result<Value> {
        if n < 0 { bail!("factorial() not defined for negative values") }
        Ok(Value::big(between(context, 1, n as u64)?))
    }

    /// The greatest common divisor.
    ///
    /// ```rdk
    /// import math
    /// math.gcd(12, 18)
    /// #> 6
    /// ```
    fn gcd(
        /// Whole numbers.
        integers: Rest,
    ) -> Result<Value> { fold(integers.0, 0, |a, b| a.gcd(&b)) }

    /// The whole part of the square root.
    ///
    /// ```rdk
    /// import math
    /// math.isqrt(17)
    /// #> 4
    /// ```
    fn isqrt(
        /// A whole number of 0 or more.
        n: BigInt,
    ) -> Result<Value> { if n.is_negative() { bail!("isqrt() argument must be nonnegative") } Ok(Value::big(n.sqrt())) }

    /// The least common multiple.
    ///
    /// ```rdk
    /// import math
    /// math.lcm(4, 6)
    /// #> 12
    /// ```
    fn lcm(
        /// Whole numbers.
        integers: Rest,
    ) -> Result<Value> { fold(integers.0, 1, |a, b| if a.is_zero() || b.is_zero() { BigInt::zero() } else { a.lcm(&b) }) }

    /// How many ways there are to put some of several things in a row.
    ///
    /// ```rdk
    /// import math
    /// math.perm(5, 2)
    /// #> 20
    /// ```
    fn perm[context](
        /// How many things.
        n: u64,
        /// How many to take; all if not given.
        k: Option<u64>,
    ) -> Result<Value> { let k = k.unwrap_or(n); if k > n { return Ok(Value::Int(0)) } Ok(Value::big(between(context, n - k + 1, n)?)) }
}

fn fold(integers: Vec<Value>, start: i64, join: fn(BigInt, BigInt) -> BigInt) -> Result<Value> {
    let mut all = BigInt::from(start);
    for value in integers {
        match BigInt::from_value(&value) {
            Some(number) => all = join(all, number),
            None => bail!(TypeError: "'{}' object cannot be interpreted as an integer", value.class().name),
        }
    }
    Ok(Value::big(all.abs()))
}

/// The product of the numbers from one to another, in halves: large numbers are multiplied with large ones.
fn between(context: &Context, from: u64, to: u64) -> Result<BigInt> {
    context.check()?;
    if from > to {
        return Ok(BigInt::one());
    }
    if to - from < 16 {
        return Ok((from..=to).fold(BigInt::one(), |product, number| product * number));
    }
    let middle = from + (to - from) / 2;
    Ok(between(context, from, middle)? * between(context, middle + 1, to)?)
}

fn combinations(context: &Context, n: u64, k: u64) -> Result<BigInt> {
    if k > n {
        return Ok(BigInt::zero());
    }
    let k = k.min(n - k);
    let mut ways = BigInt::one();
    for step in 0..k {
        context.check()?;
        ways = ways * (n - step) / (step + 1);
    }
    Ok(ways)
}
