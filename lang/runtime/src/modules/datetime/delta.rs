//! `timedelta`: what lies between two points in time.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::DAY;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::{FromValue, describe};
use crate::error::Result;
use crate::object::Object;
use crate::operators::accepts;
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins, error};

/// Microseconds; at most 999999999 days either way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Delta(pub i128);

/// `timedelta`
pub static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class =
        Class::new("timedelta", "datetime", "What lies between two points in time.").base(types().object.clone());
    let construct = construct::builtins().pop().expect("one is declared");
    Arc::new(class.construct(construct).methods(methods::builtins()).properties(properties::builtins()))
});

mod construct {
    use super::*;

    builtins! {
        /// A length of time.
        ///
        /// ```rdk
        /// from datetime import timedelta
        /// timedelta(hours=36, milliseconds=1500)
        /// #> datetime.timedelta(days=1, seconds=43201, microseconds=500000)
        /// ```
        fn timedelta(
            /// Days.
            days: Value = 0i64,
            /// Seconds.
            seconds: Value = 0i64,
            /// Millionths of a second.
            microseconds: Value = 0i64,
            /// Thousandths of a second.
            milliseconds: Value = 0i64,
            /// Minutes.
            minutes: Value = 0i64,
            /// Hours.
            hours: Value = 0i64,
            /// Weeks.
            weeks: Value = 0i64,
        ) -> Result<Delta> {
            let parts = [
                ("days", days, DAY),
                ("seconds", seconds, 1_000_000),
                ("microseconds", microseconds, 1),
                ("milliseconds", milliseconds, 1000),
                ("minutes", minutes, 60_000_000),
                ("hours", hours, 3_600_000_000),
                ("weeks", weeks, 7 * DAY),
            ];
            let mut sum = 0i128;
            let mut fraction = 0.0;
            for (name, value, unit) in parts {
                let unit = i128::from(unit);
                match (i64::from_value(&value), value.as_f64()) {
                    (Some(n), _) => sum += i128::from(n) * unit,
                    (None, Some(n)) if n.is_finite() && n.abs() < 1e18 => {
                        sum += n.trunc() as i128 * unit;
                        fraction += n.fract() * unit as f64;
                    }
                    (None, Some(n)) => bail!("cannot convert {} {n} to a timedelta", name),
                    _ => bail!(TypeError: "`{name}` of timedelta(): expected a number, got {}", describe(&value)),
                }
            }
            Delta::new(sum + fraction.round_ties_even() as i128)
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// All of it in seconds.
        ///
        /// ```rdk
        /// from datetime import timedelta
        /// timedelta(minutes=1.5).total_seconds()
        /// #> 90.0
        /// ```
        fn total_seconds(this: Delta) -> f64 { this.seconds() }

        /// `abs(x)`
        fn __abs__(this: Delta) -> Result<Delta> { Delta::new(this.0.abs()) }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// Whole days; negative if it is.
        fn days(this: Delta) -> i64 { this.parts().0 }

        /// Seconds of the last day.
        fn seconds(this: Delta) -> i64 { this.parts().1 }

        /// Millionths of the last second.
        fn microseconds(this: Delta) -> i64 { this.parts().2 }
    }
}

/// The seconds of a value that is a timedelta.
pub fn seconds_of(value: &Value) -> Option<f64> {
    value.get::<Delta>().map(|delta| delta.seconds())
}

impl Delta {
    /// One that is not too long.
    pub fn new(micros: i128) -> Result<Delta> {
        if micros.div_euclid(i128::from(DAY)).abs() > 999_999_999 {
            bail!(OverflowError: "a timedelta has at most 999999999 days");
        }
        Ok(Delta(micros))
    }

    /// Of so many seconds.
    pub fn of_seconds(seconds: i64) -> Delta {
        Delta(i128::from(seconds) * 1_000_000)
    }

    /// As seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Days, seconds and microseconds; only the days may be negative.
    fn parts(self) -> (i64, i64, i64) {
        let day = i128::from(DAY);
        let rest = self.0.rem_euclid(day) as i64;
        (self.0.div_euclid(day) as i64, rest / 1_000_000, rest % 1_000_000)
    }

    /// Times a number.
    fn scaled(self, by: &Value) -> Option<Result<Value>> {
        if let Some(n) = i64::from_value(by) {
            let product = self
                .0
                .checked_mul(i128::from(n))
                .ok_or_else(|| error!(OverflowError: "a timedelta has at most 999999999 days"));
            return Some(product.and_then(Delta::new).map(Into::into));
        }
        let n = by.as_f64()?;
        Some(rounded(self.0 as f64 * n))
    }
}

fn rounded(micros: f64) -> Result<Value> {
    if !micros.is_finite() {
        bail!("cannot make a timedelta of {micros}");
    }
    Delta::new(micros.round_ties_even() as i128).map(Into::into)
}

/// A quotient, rounded to the nearest even whole number.
fn divided(a: i128, b: i128) -> i128 {
    let (quotient, rest) = (a.div_euclid(b), a.rem_euclid(b));
    match (2 * rest).cmp(&b.abs()) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Equal if quotient % 2 == 0 => quotient,
        _ => quotient + b.signum(),
    }
}

impl From<Delta> for Value {
    fn from(delta: Delta) -> Value {
        Value::object(delta)
    }
}

impl FromValue for Delta {
    fn expected() -> &'static str {
        "a timedelta"
    }

    fn from_value(value: &Value) -> Option<Delta> {
        value.get::<Delta>().copied()
    }
}

impl Object for Delta {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (days, seconds, micros) = self.parts();
        let parts = [("days", days), ("seconds", seconds), ("microseconds", micros)];
        let parts: Vec<String> = parts.iter().filter(|(_, n)| *n != 0).map(|(name, n)| format!("{name}={n}")).collect();
        format!("datetime.timedelta({})", if parts.is_empty() { "0".into() } else { parts.join(", ") })
    }

    fn str(&self) -> String {
        let (days, seconds, micros) = self.parts();
        let mut text = match days {
            0 => String::new(),
            1 | -1 => format!("{days} day, "),
            n => format!("{n} days, "),
        };
        text.push_str(&format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
        if micros != 0 {
            text.push_str(&format!(".{micros:06}"));
        }
        text
    }

    fn unary(&self, _context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        match op {
            UnaryOp::Neg => Some(Delta::new(-self.0).map(Into::into)),
            UnaryOp::Pos => Some(Ok((*self).into())),
            UnaryOp::Not | UnaryOp::Invert => None,
        }
    }

    fn binary(&self, _context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let zero = || Some(Err(error!(ZeroDivisionError: "integer division or modulo by zero")));
        if let Some(other) = other.get::<Delta>() {
            let (a, b) = if reflected { (other.0, self.0) } else { (self.0, other.0) };
            return match op {
                BinaryOp::Add => Some(Delta::new(a + b).map(Into::into)),
                BinaryOp::Sub => Some(Delta::new(a - b).map(Into::into)),
                BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod if b == 0 => zero(),
                BinaryOp::Div => Some(Ok(Value::Float(a as f64 / b as f64))),
                BinaryOp::FloorDiv => {
                    Some(Ok(Value::big(num_bigint::BigInt::from(num_integer::Integer::div_floor(&a, &b)))))
                }
                BinaryOp::Mod => Some(Delta::new(num_integer::Integer::mod_floor(&a, &b)).map(Into::into)),
                _ => None,
            };
        }
        match (op, i64::from_value(other)) {
            (BinaryOp::Mul, _) => self.scaled(other),
            (BinaryOp::Div | BinaryOp::FloorDiv, Some(0)) if !reflected => zero(),
            (BinaryOp::Div, Some(n)) if !reflected => Some(Delta::new(divided(self.0, i128::from(n))).map(Into::into)),
            (BinaryOp::FloorDiv, Some(n)) if !reflected => {
                Some(Delta::new(num_integer::Integer::div_floor(&self.0, &i128::from(n))).map(Into::into))
            }
            (BinaryOp::Div, None) if !reflected => match other.as_f64()? {
                0.0 => Some(Err(error!(ZeroDivisionError: "float division by zero"))),
                n => Some(rounded(self.0 as f64 / n)),
            },
            _ => None,
        }
    }

    fn compare(&self, _context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        Some(Ok(Value::Bool(accepts(op, self.cmp(other.get::<Delta>()?)))))
    }

    fn truth(&self, _context: &Context) -> Option<Result<bool>> {
        Some(Ok(self.0 != 0))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("timedelta"), Value::big(num_bigint::BigInt::from(self.0))]))
    }
}
