//! `datetime.timedelta`: what lies between two moments.

use std::sync::{Arc, LazyLock};

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::functools::only;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins, error};

/// Millionths of a second in a day.
pub const MICROS_PER_DAY: i128 = 86_400_000_000;

/// The class.
pub fn class() -> ClassRef {
    CLASS.clone()
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("timedelta", "datetime", "What lies between two moments.").base(types().object.clone());
    let class = class.methods(methods::builtins()).properties(properties::builtins());
    Arc::new(class.construct(only(builtins())))
});

/// What lies between two moments.
#[derive(Clone, Copy)]
pub struct Duration {
    /// In millionths of a second.
    pub micros: i128,
}

impl FromValue for Duration {
    fn expected() -> &'static str {
        "a timedelta"
    }

    fn from_value(value: &Value) -> Option<Duration> {
        value.get::<Duration>().copied()
    }
}

builtins! {
    /// What lies between two moments.
    ///
    /// ```rdk
    /// from datetime import timedelta
    /// timedelta(days=1, hours=2), str(timedelta(minutes=90))
    /// #> (datetime.timedelta(days=1, seconds=7200), '1:30:00')
    /// ```
    fn timedelta(
        /// Days.
        days: Value = 0,
        /// Seconds.
        seconds: Value = 0,
        /// Millionths of a second.
        microseconds: Value = 0,
        /// Thousandths of a second.
        milliseconds: Value = 0,
        /// Minutes.
        minutes: Value = 0,
        /// Hours.
        hours: Value = 0,
        /// Weeks.
        weeks: Value = 0,
    ) -> Result<Value> {
        made(&[
            (days, MICROS_PER_DAY), (seconds, 1_000_000), (microseconds, 1), (milliseconds, 1000),
            (minutes, 60_000_000), (hours, 3_600_000_000), (weeks, 7 * MICROS_PER_DAY),
        ])
    }
}

fn made(parts: &[(Value, i128)]) -> Result<Value> {
    let (mut whole, mut rest) = (BigInt::from(0), 0.0f64);
    for (value, unit) in parts {
        match BigInt::from_value(value) {
            Some(number) => whole += number * *unit,
            None => match value.as_f64() {
                Some(number) if number.is_finite() => {
                    // The whole part exactly, only the rest as a float.
                    whole += BigInt::from(number.trunc() as i128) * *unit;
                    rest += number.fract() * *unit as f64;
                }
                Some(_) => bail!("cannot convert float {} to an integer", value.repr()),
                None => bail!(TypeError: "unsupported type for a part of timedelta: {}", value.class().name),
            },
        }
    }
    let micros = whole + BigInt::from(rest.round_ties_even() as i128);
    value(micros.to_i128().unwrap_or(i128::MAX))
}

fn value(micros: i128) -> Result<Value> {
    if micros.div_euclid(MICROS_PER_DAY).abs() > 999_999_999 {
        bail!(OverflowError: "days must have magnitude <= 999999999");
    }
    Ok(Value::object(Duration { micros }))
}

/// Methods.
mod methods {
    use super::*;

    builtins! {
        /// All of it in seconds.
        ///
        /// ```rdk
        /// from datetime import timedelta
        /// timedelta(hours=1, milliseconds=500).total_seconds()
        /// #> 3600.5
        /// ```
        fn total_seconds(this: Duration) -> f64 { this.micros as f64 / 1e6 }

        /// Without its sign, for `abs`.
        fn __abs__(this: Duration) -> Result<Value> { value(this.micros.abs()) }
    }
}

/// Attributes.
mod properties {
    use super::*;

    builtins! {
        /// Whole days.
        fn days(this: Duration) -> i64 { this.parts().0 as i64 }

        /// Seconds beside the whole days.
        fn seconds(this: Duration) -> i64 { this.parts().1 as i64 }

        /// Millionths beside the whole seconds.
        fn microseconds(this: Duration) -> i64 { this.parts().2 as i64 }
    }
}

impl Duration {
    /// Days, seconds, millionths.
    fn parts(&self) -> (i128, i128, i128) {
        let rest = self.micros.rem_euclid(MICROS_PER_DAY);
        (self.micros.div_euclid(MICROS_PER_DAY), rest / 1_000_000, rest % 1_000_000)
    }
}

/// The answer of a comparison.
pub fn ordered(op: CompareOp, left: i128, right: i128) -> Option<Result<Value>> {
    let answer = match op {
        CompareOp::Eq => left == right,
        CompareOp::NotEq => left != right,
        CompareOp::Less => left < right,
        CompareOp::LessEq => left <= right,
        CompareOp::Greater => left > right,
        CompareOp::GreaterEq => left >= right,
        CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => return None,
    };
    Some(Ok(Value::Bool(answer)))
}

/// The quotient, a half rounded to the even neighbour.
fn divided(a: i128, b: i128) -> i128 {
    let (quotient, rest) = (a.div_euclid(b), a.rem_euclid(b));
    let size = b.abs();
    let up = rest * 2 > size || (rest * 2 == size && quotient % 2 != 0);
    if up { quotient + b.signum() } else { quotient }
}

fn floor_divided(a: i128, b: i128) -> i128 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

impl Object for Duration {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let (days, seconds, micros) = self.parts();
        let parts = [("days", days), ("seconds", seconds), ("microseconds", micros)];
        let shown: Vec<String> =
            parts.iter().filter(|(_, number)| *number != 0).map(|(name, number)| format!("{name}={number}")).collect();
        format!("datetime.timedelta({})", if shown.is_empty() { "0".into() } else { shown.join(", ") })
    }

    fn str(&self) -> String {
        let (days, seconds, micros) = self.parts();
        let s = if days.abs() == 1 { "" } else { "s" };
        let days = if days == 0 { String::new() } else { format!("{days} day{s}, ") };
        let micros = if micros == 0 { String::new() } else { format!(".{micros:06}") };
        format!("{days}{}:{:02}:{:02}{micros}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    fn truth(&self, _context: &Context) -> Option<Result<bool>> {
        Some(Ok(self.micros != 0))
    }

    fn compare(&self, _context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        ordered(op, self.micros, Duration::from_value(other)?.micros)
    }

    fn unary(&self, _context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        match op {
            UnaryOp::Neg => Some(value(-self.micros)),
            UnaryOp::Pos => Some(value(self.micros)),
            UnaryOp::Invert | UnaryOp::Not => None,
        }
    }

    fn binary(&self, _context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let zero = || Some(Err(error!(ZeroDivisionError: "division by zero")));
        if let Some(other) = Duration::from_value(other) {
            let (a, b) = if reflected { (other.micros, self.micros) } else { (self.micros, other.micros) };
            return match op {
                BinaryOp::Add => Some(value(a + b)),
                BinaryOp::Sub => Some(value(a - b)),
                BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod if b == 0 => zero(),
                BinaryOp::Div => Some(Ok(Value::Float(a as f64 / b as f64))),
                BinaryOp::FloorDiv => Some(Ok(Value::big(floor_divided(a, b).into()))),
                BinaryOp::Mod => Some(value(a - b * floor_divided(a, b))),
                _ => None,
            };
        }
        if let Some(number) = i64::from_value(other) {
            let number = i128::from(number);
            return match op {
                BinaryOp::Mul => Some(
                    self.micros
                        .checked_mul(number)
                        .map_or_else(|| Err(error!(OverflowError: "days must have magnitude <= 999999999")), value),
                ),
                BinaryOp::Div | BinaryOp::FloorDiv if reflected => None,
                BinaryOp::Div | BinaryOp::FloorDiv if number == 0 => zero(),
                BinaryOp::Div => Some(value(divided(self.micros, number))),
                BinaryOp::FloorDiv => Some(value(floor_divided(self.micros, number))),
                _ => None,
            };
        }
        let Value::Float(number) = other else { return None };
        match op {
            BinaryOp::Mul => Some(value((self.micros as f64 * number).round_ties_even() as i128)),
            BinaryOp::Div if reflected => None,
            BinaryOp::Div if *number == 0.0 => zero(),
            BinaryOp::Div => Some(value((self.micros as f64 / number).round_ties_even() as i128)),
            _ => None,
        }
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("timedelta"), Value::big(BigInt::from(self.micros))]))
    }
}
