//! `statistics`: means, medians and spreads of a few numbers, exact until the last step, as in Python.

use std::sync::Arc;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::builtins::sort::sorted;
use crate::class::{Module, entries};
use crate::context::Context;
use crate::convert::describe;
use crate::error::{Kind, Result};
use crate::evaluate::collect;
use crate::types::exception;
use crate::value::{Dict, HashKey, Value};
use crate::{bail, builtins, operators};

/// The module `statistics`.
pub fn module() -> Arc<Module> {
    Module::new("statistics", "Means, medians and spreads of a few numbers.", || {
        let mut names = entries(builtins());
        names.push(("StatisticsError", Value::Class(exception(Kind::StatisticsError).clone())));
        names
    })
}

builtins! {
    /// The arithmetic mean.
    ///
    /// ```rdk
    /// from statistics import mean
    /// mean([1, 2, 3]), mean([1, 2, 3, 4])
    /// #> (2, 2.5)
    /// ```
    fn mean[context](
        /// The numbers.
        data: Value,
    ) -> Result<Value> {
        let sample = Sample::of(context, &data, 1, "mean requires at least one data point")?;
        sample.number(&sample.mean())
    }

    /// The arithmetic mean as a float.
    ///
    /// ```rdk
    /// from statistics import fmean
    /// fmean([1, 2, 3])
    /// #> 2.0
    /// ```
    fn fmean[context](
        /// The numbers.
        data: Value,
    ) -> Result<f64> { Sample::of(context, &data, 1, "fmean requires at least one data point").map(|sample| float(&sample.mean())) }

    /// The middle one in order, or the mean of the two middle ones.
    ///
    /// ```rdk
    /// from statistics import median
    /// median([3, 1, 2]), median([4, 1, 2, 3])
    /// #> (2, 2.5)
    /// ```
    fn median[context](
        /// The numbers.
        data: Value,
    ) -> Result<Value> {
        let (low, high) = middle(context, &data)?;
        if operators::same(&low, &high) {
            return Ok(low);
        }
        let sum = operators::binary(context, rdk_syntax::tree::BinaryOp::Add, &low, &high)?;
        operators::binary(context, rdk_syntax::tree::BinaryOp::Div, &sum, &Value::Int(2))
    }

    /// The middle one in order; the smaller one of two.
    ///
    /// ```rdk
    /// from statistics import median_low
    /// median_low([4, 1, 2, 3])
    /// #> 2
    /// ```
    fn median_low[context](
        /// The numbers.
        data: Value,
    ) -> Result<Value> { middle(context, &data).map(|(low, _)| low) }

    /// The middle one in order; the greater one of two.
    ///
    /// ```rdk
    /// from statistics import median_high
    /// median_high([4, 1, 2, 3])
    /// #> 3
    /// ```
    fn median_high[context](
        /// The numbers.
        data: Value,
    ) -> Result<Value> { middle(context, &data).map(|(_, high)| high) }

    /// The standard deviation of a sample.
    ///
    /// ```rdk
    /// from statistics import stdev
    /// stdev([1.5, 2.5, 2.5, 2.75, 3.25, 4.75])
    /// #> 1.0810874155219827
    /// ```
    fn stdev[context](
        /// The numbers.
        data: Value,
        /// Their mean, if it is known.
        xbar: Option<Value>,
    ) -> Result<f64> { root(&Sample::of(context, &data, 2, "stdev requires at least two data points")?.spread(xbar, 1)?) }

    /// The variance of a sample.
    ///
    /// ```rdk
    /// from statistics import variance
    /// variance([1, 2, 3, 4, 5])
    /// #> 2.5
    /// ```
    fn variance[context](
        /// The numbers.
        data: Value,
        /// Their mean, if it is known.
        xbar: Option<Value>,
    ) -> Result<Value> {
        let sample = Sample::of(context, &data, 2, "variance requires at least two data points")?;
        sample.number(&sample.spread(xbar, 1)?)
    }

    /// The standard deviation of a whole population.
    ///
    /// ```rdk
    /// from statistics import pstdev
    /// pstdev([1, 5])
    /// #> 2.0
    /// ```
    fn pstdev[context](
        /// The numbers.
        data: Value,
        /// Their mean, if it is known.
        mu: Option<Value>,
    ) -> Result<f64> { root(&Sample::of(context, &data, 1, "pstdev requires at least one data point")?.spread(mu, 0)?) }

    /// The variance of a whole population.
    ///
    /// ```rdk
    /// from statistics import pvariance
    /// pvariance([1, 5])
    /// #> 4
    /// ```
    fn pvariance[context](
        /// The numbers.
        data: Value,
        /// Their mean, if it is known.
        mu: Option<Value>,
    ) -> Result<Value> {
        let sample = Sample::of(context, &data, 1, "pvariance requires at least one data point")?;
        sample.number(&sample.spread(mu, 0)?)
    }

    /// What occurs most often; the first of several.
    ///
    /// ```rdk
    /// from statistics import mode
    /// mode(["red", "blue", "red"])
    /// #> 'red'
    /// ```
    fn mode[context](
        /// Anything that can be a key.
        data: Value,
    ) -> Result<Value> {
        match most_common(context, &data)?.into_iter().next() {
            Some(first) => Ok(first),
            None => bail!(StatisticsError: "no mode for empty data"),
        }
    }

    /// All that occur most often.
    ///
    /// ```rdk
    /// from statistics import multimode
    /// multimode("aabbc")
    /// #> ['a', 'b']
    /// ```
    fn multimode[context](
        /// Anything that can be a key.
        data: Value,
    ) -> Result<Vec<Value>> { most_common(context, &data) }
}

/// Some numbers, exactly.
struct Sample {
    numbers: Vec<BigRational>,
    /// Were they all whole?
    whole: bool,
    /// The sum of those that are not finite, if there are any.
    strange: Option<f64>,
}

impl Sample {
    fn of(context: &Context, data: &Value, least: usize, complaint: &str) -> Result<Sample> {
        let items = collect(context, data)?;
        if items.len() < least {
            bail!(StatisticsError: "{complaint}");
        }
        let mut sample = Sample { numbers: Vec::with_capacity(items.len()), whole: true, strange: None };
        for item in &items {
            sample.push(item)?;
        }
        Ok(sample)
    }

    fn push(&mut self, item: &Value) -> Result<()> {
        let number = item.plain_number().unwrap_or_else(|| item.clone());
        self.numbers.push(match &number {
            Value::Int(n) => BigRational::from_integer(BigInt::from(*n)),
            Value::BigInt(n) => BigRational::from_integer((**n).clone()),
            Value::Bool(flag) => BigRational::from_integer(BigInt::from(i64::from(*flag))),
            Value::Float(n) => {
                self.whole = false;
                match BigRational::from_float(*n) {
                    Some(exact) => exact,
                    None => {
                        self.strange = Some(self.strange.unwrap_or(0.0) + n);
                        BigRational::zero()
                    }
                }
            }
            other => bail!(TypeError: "expected a number, got {}", describe(other)),
        });
        Ok(())
    }

    fn n(&self) -> BigRational {
        BigRational::from_integer(BigInt::from(self.numbers.len()))
    }

    fn mean(&self) -> Mean {
        match self.strange {
            Some(strange) => Err(strange),
            None => Ok(self.numbers.iter().sum::<BigRational>() / self.n()),
        }
    }

    /// The sum of the squared distances from the mean over `n - less`.
    fn spread(&self, about: Option<Value>, less: i64) -> Result<Mean> {
        if self.strange.is_some() {
            return Ok(Err(f64::NAN));
        }
        let Ok(mut mean) = self.mean() else { return Ok(Err(f64::NAN)) };
        if let Some(about) = about {
            let mut one = Sample { numbers: Vec::new(), whole: true, strange: None };
            one.push(&about)?;
            mean = one.numbers.pop().unwrap_or_else(BigRational::zero);
        }
        let squares: BigRational = self.numbers.iter().map(|x| (x - &mean) * (x - &mean)).sum();
        Ok(Ok(squares / (self.n() - BigRational::from_integer(BigInt::from(less)))))
    }

    /// As a number of the kind that went in: whole if all were and it is.
    fn number(&self, number: &Mean) -> Result<Value> {
        Ok(match number {
            Ok(exact) if self.whole && exact.is_integer() => Value::big(exact.to_integer()),
            other => Value::Float(float(other)),
        })
    }
}

/// An exact number, or one that is not finite.
type Mean = std::result::Result<BigRational, f64>;

fn float(number: &Mean) -> f64 {
    match number {
        Ok(exact) => exact.to_f64().unwrap_or(f64::NAN),
        Err(strange) => *strange,
    }
}

/// The square root, rounded once: taken of whole numbers with more digits than a float has, the last of which says
/// whether there was a rest.
fn root(number: &Mean) -> Result<f64> {
    let exact = match number {
        Ok(exact) if exact.is_positive() => exact,
        Ok(_) => return Ok(0.0),
        Err(strange) => return Ok(*strange),
    };
    let (n, d) = (exact.numer(), exact.denom());
    let shift = (n.bits() as i64 - d.bits() as i64 - 109).div_euclid(2);
    let sticky = |n: &BigInt, d: &BigInt| {
        let root = (n / d).sqrt();
        if &root * &root * d == *n { root } else { root | BigInt::one() }
    };
    let answer = if shift >= 0 {
        BigRational::from_integer(sticky(n, &(d << (2 * shift as u64))) << shift as u64)
    } else {
        let shift = -shift as u64;
        BigRational::new(sticky(&(n << (2 * shift)), d), BigInt::one() << shift)
    };
    Ok(float(&Ok(answer)))
}

/// The two in the middle; the same one twice if the count is odd.
fn middle(context: &Context, data: &Value) -> Result<(Value, Value)> {
    let items = sorted(context, collect(context, data)?, None, false)?;
    match items.len() {
        0 => bail!(StatisticsError: "no median for empty data"),
        n => Ok((items[(n - 1) / 2].clone(), items[n / 2].clone())),
    }
}

fn most_common(context: &Context, data: &Value) -> Result<Vec<Value>> {
    let counts = Dict::default();
    for item in collect(context, data)? {
        let key = HashKey::new(item)?;
        let mut counts = counts.0.lock();
        let count = counts.entry(key).or_insert(Value::Int(0));
        if let Value::Int(n) = count {
            *n += 1;
        }
    }
    let counts = counts.0.lock();
    let count = |value: &Value| if let Value::Int(n) = value { *n } else { 0 };
    let most = counts.values().map(count).max().unwrap_or(0);
    Ok(counts.iter().filter(|(_, n)| count(n) == most).map(|(key, _)| key.value().clone()).collect())
}
