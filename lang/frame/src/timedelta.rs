//! `pd.Timedelta`: a span of time, as a cell of a column of spans.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::modules::datetime::Delta;
use rdk_runtime::{Class, ClassRef, Context, Object, Result, Value, bail, builtins, error};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use crate::frame::what;
use crate::timestamp::Timestamp;

/// Microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timedelta(pub i64);

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Timedelta", "pandas", "A span of time.");
    let construct = construct::builtins().pop().expect("declared below");
    ClassRef::new(class.construct(construct).methods(methods::builtins()).properties(properties::builtins()))
});

/// The class `pd.Timedelta`.
pub fn class() -> ClassRef {
    CLASS.clone()
}

/// The microseconds of a value that is a span of time: pandas' own, or one of the module `datetime`.
pub fn micros_of(value: &Value) -> Option<i64> {
    if let Some(span) = value.get::<Timedelta>() {
        return Some(span.0);
    }
    value.get::<Delta>().and_then(|delta| i64::try_from(delta.0).ok())
}

/// How many microseconds a unit has, by any of its names.
pub fn unit_size(unit: &str) -> Option<f64> {
    let unit = match unit {
        // A month is no span of time, and no minute.
        "M" => return None,
        "D" | "W" | "ms" | "us" | "ns" | "h" | "m" | "s" | "min" => unit.to_string(),
        other => other.to_lowercase().trim_end_matches('s').to_string(),
    };
    Some(match unit.as_str() {
        "W" | "w" | "week" => 7.0 * DAY as f64,
        "D" | "d" | "day" => DAY as f64,
        "h" | "hr" | "hour" => 3600e6,
        "m" | "min" | "minute" | "t" => 60e6,
        "s" | "sec" | "second" => 1e6,
        "ms" | "milli" | "millisecond" | "l" => 1e3,
        "us" | "µ" | "micro" | "microsecond" | "u" => 1.0,
        "ns" | "n" | "nano" | "nanosecond" => 1e-3,
        _ => return None,
    })
}

/// The microseconds of a text such as `1 days 02:00:00`, `3h 5min` or `-0.5 s`.
pub fn read(text: &str) -> Option<i64> {
    let text = text.trim();
    let mut sign = 1.0;
    let mut sum = 0.0;
    let mut rest = text;
    let mut found = false;
    while !rest.is_empty() {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ',');
        // A minus stands before the whole, and holds until a plus.
        if let Some(after) = rest.strip_prefix(['-', '+']) {
            if found && rest.starts_with('-') {
                return None;
            }
            sign = if rest.starts_with('-') { -1.0 } else { 1.0 };
            rest = after.trim_start();
        }
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
        if rest[end..].starts_with(':') {
            let clock_end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            // Of `-1 days 02:00:00` the hours count on from the day.
            sum += if found { 1.0 } else { sign } * clock(&rest[..clock_end])?;
            rest = &rest[clock_end..];
            found = true;
            continue;
        }
        let number: f64 = rest[..end].parse().ok()?;
        let after = rest[end..].trim_start();
        let unit_end = after.find(|letter: char| !letter.is_alphabetic()).unwrap_or(after.len());
        if unit_end == 0 {
            return None;
        }
        sum += sign * number * unit_size(&after[..unit_end])?;
        rest = &after[unit_end..];
        found = true;
    }
    (found && sum.abs() < i64::MAX as f64).then_some(sum.round() as i64)
}

/// `02:30:00.5`
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [hours, minutes] => Some(hours * 3600e6 + minutes * 60e6),
        [hours, minutes, seconds] => Some(hours * 3600e6 + minutes * 60e6 + seconds * 1e6),
        _ => None,
    }
}

/// A span that a user gives: another one, a text, or a number of a unit.
pub fn of(value: &Value, unit: Option<&str>) -> Result<i64> {
    if let Some(micros) = micros_of(value) {
        return Ok(micros);
    }
    if let Value::Str(text) = value {
        return read(text).ok_or_else(|| {
            error!("could not read {text:?} as a span of time").hint("write it as `1 days 12:00:00`, `36h` or `90min`")
        });
    }
    let Some(number) = value.as_f64() else { bail!(TypeError: "expected a span of time, got {}", what(value)) };
    let Some(size) = unit_size(unit.unwrap_or("ns")) else {
        bail!("invalid unit abbreviation: {}", unit.unwrap_or_default(); hint: "`W`, `D`, `h`, `min`, `s`, `ms`, `us` and `ns` are known");
    };
    if !number.is_finite() || (number * size).abs() > i64::MAX as f64 {
        bail!("a span of time has an end, got {}", value.text());
    }
    Ok((number * size).round() as i64)
}

impl Timedelta {
    /// `1 days 02:00:00`
    fn text(self) -> String {
        let (days, rest) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (seconds, micros) = (rest / SECOND, rest % SECOND);
        let sign = if days < 0 { "+" } else { "" };
        let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        let fraction = if micros > 0 { format!(".{micros:06}") } else { String::new() };
        format!("{days} days {sign}{clock}{fraction}")
    }

    /// Down to whole spans of a size, up to them, or to the nearest.
    fn fitted(self, freq: &str, how: impl Fn(f64) -> f64) -> Result<Value> {
        let number: String = freq.chars().take_while(|letter| letter.is_ascii_digit()).collect();
        let size = unit_size(&freq[number.len()..]);
        let Some(size) = size else { bail!("Invalid frequency: {freq}"; hint: "such as `h`, `15min` or `D`") };
        let size = size * number.parse::<f64>().unwrap_or(1.0);
        if size <= 0.0 {
            bail!("Division by zero in rounding");
        }
        Ok(Value::object(Timedelta((how(self.0 as f64 / size) * size) as i64)))
    }
}

fn made(micros: Option<i64>) -> Result<Value> {
    match micros {
        Some(micros) => Ok(Value::object(Timedelta(micros))),
        None => bail!(OverflowError: "the span of time is too long"),
    }
}

impl Object for Timedelta {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("Timedelta('{}')", self.text())
    }

    fn str(&self) -> String {
        self.text()
    }

    fn unary(&self, _: &Context, op: UnaryOp) -> Option<Result<Value>> {
        match op {
            UnaryOp::Neg => Some(made(self.0.checked_neg())),
            UnaryOp::Pos => Some(Ok(Value::object(*self))),
            UnaryOp::Not | UnaryOp::Invert => None,
        }
    }

    fn binary(&self, _: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        if let Some(other) = micros_of(other) {
            let (a, b) = if reflected { (other, self.0) } else { (self.0, other) };
            if b == 0 && matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod) {
                return Some(Err(error!(ZeroDivisionError: "division by zero")));
            }
            let down = || a.checked_div_euclid(b).map(|down| down - i64::from(b < 0 && a.rem_euclid(b) != 0));
            return Some(match op {
                BinaryOp::Add => made(a.checked_add(b)),
                BinaryOp::Sub => made(a.checked_sub(b)),
                BinaryOp::Div => Ok(Value::Float(a as f64 / b as f64)),
                BinaryOp::FloorDiv => Ok(Value::Int(down().unwrap_or(i64::MAX))),
                BinaryOp::Mod => {
                    made(down().and_then(|down| b.checked_mul(down)).and_then(|whole| a.checked_sub(whole)))
                }
                _ => return None,
            });
        }
        let number = other.as_f64()?;
        let rounded = |micros: f64| made((micros.abs() < i64::MAX as f64).then_some(micros.round() as i64));
        match op {
            BinaryOp::Mul => Some(match other {
                Value::Int(times) => made(self.0.checked_mul(*times)),
                _ => rounded(self.0 as f64 * number),
            }),
            BinaryOp::Div | BinaryOp::FloorDiv if reflected => None,
            BinaryOp::Div | BinaryOp::FloorDiv if number == 0.0 => {
                Some(Err(error!(ZeroDivisionError: "division by zero")))
            }
            BinaryOp::Div => Some(rounded(self.0 as f64 / number)),
            BinaryOp::FloorDiv => Some(rounded((self.0 as f64 / number).floor())),
            _ => None,
        }
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = match other {
            Value::Str(text) => read(text)?,
            other => micros_of(other)?,
        };
        Some(Ok(Value::Bool(match op {
            CompareOp::Eq => self.0 == other,
            CompareOp::NotEq => self.0 != other,
            CompareOp::Less => self.0 < other,
            CompareOp::LessEq => self.0 <= other,
            CompareOp::Greater => self.0 > other,
            CompareOp::GreaterEq => self.0 >= other,
            CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => return None,
        })))
    }

    fn truth(&self, _: &Context) -> Option<Result<bool>> {
        Some(Ok(self.0 != 0))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("timedelta"), Value::Int(self.0)]))
    }
}

impl rdk_runtime::FromValue for Timedelta {
    fn expected() -> &'static str {
        "a span of time"
    }

    fn from_value(value: &Value) -> Option<Timedelta> {
        micros_of(value).map(Timedelta)
    }
}

/// The time that lies a span after another, or the span between two times; `None`: neither.
pub fn of_times(op: BinaryOp, time: Timestamp, other: &Value, reflected: bool) -> Option<Result<Value>> {
    let far = || error!(OverflowError: "the time is out of bounds");
    let not = |time: Timestamp| time.is_not().then(|| Ok(Value::object(Timestamp::NOT)));
    if let Some(span) = micros_of(other) {
        return not(time).or_else(|| match (op, reflected) {
            (BinaryOp::Add, _) => {
                Some(time.0.checked_add(span).map(|time| Value::object(Timestamp(time))).ok_or_else(far))
            }
            (BinaryOp::Sub, false) => {
                Some(time.0.checked_sub(span).map(|time| Value::object(Timestamp(time))).ok_or_else(far))
            }
            _ => None,
        });
    }
    let other = match other.get::<Timestamp>() {
        Some(other) => *other,
        None => Timestamp(crate::timestamp::micros_of(other)?),
    };
    let (a, b) = if reflected { (other, time) } else { (time, other) };
    (op == BinaryOp::Sub).then(|| not(a).or_else(|| not(b)).unwrap_or_else(|| made(a.0.checked_sub(b.0))))
}

mod construct {
    use rdk_runtime::Keywords;

    use super::*;

    builtins! {
        /// A span of time, from text such as "1 days 12:00:00", a number of a unit, or parts.
        ///
        /// ```rdk
        /// pd.Timedelta("36h") + pd.Timedelta(days=1)
        /// #> Timedelta('2 days 12:00:00')
        /// ```
        fn Timedelta(
            /// The span as text, another span, or a number.
            value: Option<Value>,
            /// What a number counts: "D", "h", "min", "s", "ms", "us", "ns".
            unit: Option<String>,
            /// Parts by name: `days=1, hours=12`.
            parts: Keywords,
        ) -> Result<Value> {
            let mut micros = match &value {
                Some(value) => of(value, unit.as_deref())?,
                None if parts.0.is_empty() => bail!("cannot construct a Timedelta without a value/unit or descriptive keywords (days,seconds....)"),
                None => 0,
            };
            for (name, number) in &parts.0 {
                if !matches!(&**name, "weeks" | "days" | "hours" | "minutes" | "seconds" | "milliseconds" | "microseconds" | "nanoseconds") {
                    bail!("Timedelta() got an unexpected keyword argument '{name}'"; hint: "`days`, `hours`, `minutes`, `seconds` and the like");
                }
                micros = micros.saturating_add(of(number, Some(&**name))?);
            }
            Ok(Value::object(super::Timedelta(micros)))
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// All of it in seconds.
        fn total_seconds(/** The span. */ this: Timedelta) -> f64 { this.0 as f64 / 1e6 }

        /// As one of the module `datetime`.
        fn to_pytimedelta(/** The span. */ this: Timedelta) -> Value { Value::object(Delta(this.0.into())) }

        /// Down to whole spans: `"h"`, `"15min"`.
        fn floor(/** The span. */ this: Timedelta, /** Their size. */ freq: String) -> Result<Value> { this.fitted(&freq, f64::floor) }

        /// Up to whole spans.
        fn ceil(/** The span. */ this: Timedelta, /** Their size. */ freq: String) -> Result<Value> { this.fitted(&freq, f64::ceil) }

        /// To the nearest whole spans.
        fn round(/** The span. */ this: Timedelta, /** Their size. */ freq: String) -> Result<Value> { this.fitted(&freq, f64::round_ties_even) }

        /// `abs(x)`
        fn __abs__(/** The span. */ this: Timedelta) -> Result<Value> { made(this.0.checked_abs()) }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// Whole days; negative if it is.
        fn days(/** The span. */ this: Timedelta) -> i64 { this.0.div_euclid(DAY) }

        /// Seconds of the last day.
        fn seconds(/** The span. */ this: Timedelta) -> i64 { this.0.rem_euclid(DAY) / SECOND }

        /// Millionths of the last second.
        fn microseconds(/** The span. */ this: Timedelta) -> i64 { this.0.rem_euclid(SECOND) }

        /// Billionths beyond that: always 0.
        fn nanoseconds(/** The span. */ this: Timedelta) -> i64 { let _ = this; 0 }

        /// All of it in nanoseconds.
        fn value(/** The span. */ this: Timedelta) -> Value { Value::Int(this.0.saturating_mul(1000)) }
    }
}
