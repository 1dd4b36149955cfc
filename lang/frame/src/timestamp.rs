//! `pd.Timestamp`: a point in time, as a cell of a column of times.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::modules::calendar::{Moment, format, parse};
use rdk_runtime::{Class, ClassRef, Context, Object, Result, Value, bail, builtins};
use rdk_syntax::tree::{BinaryOp, CompareOp};

/// Microseconds since 1970, without a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Timestamp", "pandas", "A point in time.");
    let construct = construct::builtins().pop().expect("declared below");
    ClassRef::new(class.construct(construct).methods(methods::builtins()).properties(properties::builtins()))
});

/// The class `pd.Timestamp`.
pub fn class() -> ClassRef {
    CLASS.clone()
}

impl Timestamp {
    /// `NaT`: no time.
    pub const NOT: Timestamp = Timestamp(i64::MIN);

    /// Is it `NaT`?
    pub fn is_not(self) -> bool {
        self == Timestamp::NOT
    }

    fn moment(self) -> Moment {
        let mut moment = Moment::of(self.0.div_euclid(1_000_000), 0);
        moment.micro = self.0.rem_euclid(1_000_000) as u32;
        moment
    }

    /// From text such as `2020-01-31` or `2020-01-31 12:00:05.5`.
    pub fn read(text: &str) -> Option<Timestamp> {
        let text = text.trim();
        let (main, fraction) = match text.split_once('.') {
            Some((main, fraction)) if fraction.bytes().all(|digit| digit.is_ascii_digit()) => (main, fraction),
            Some(_) => return None,
            None => (text, ""),
        };
        let forms = [
            "%Y-%m-%d",
            "%Y",
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%d %H:%M",
            "%Y-%m",
            "%Y/%m/%d",
            "%m/%d/%Y",
        ];
        let moment = forms.iter().find_map(|form| parse(main, form).ok())?;
        let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
        Some(Timestamp(moment.seconds() * 1_000_000 + digits.parse::<i64>().ok()?))
    }

    fn text(self) -> String {
        if self.is_not() {
            return "NaT".into();
        }
        let moment = self.moment();
        let base = format(&moment, "%Y-%m-%d %H:%M:%S");
        if moment.micro > 0 { format!("{base}.{:06}", moment.micro) } else { base }
    }
}

/// The microseconds since 1970 of a value that is a time: a timestamp, a date of the module `datetime`.
pub fn micros_of(value: &Value) -> Option<i64> {
    if let Some(time) = value.get::<Timestamp>() {
        return (!time.is_not()).then_some(time.0);
    }
    let class = value.class();
    if class.module == "datetime" && matches!(class.name, "date" | "datetime") {
        return Timestamp::read(&value.text()).map(|time| time.0);
    }
    None
}

impl Object for Timestamp {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        if self.is_not() { "NaT".into() } else { format!("Timestamp('{}')", self.text()) }
    }

    fn str(&self) -> String {
        self.text()
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = match other {
            Value::Str(text) => Timestamp::read(text)?.0,
            other => micros_of(other)?,
        };
        if self.is_not() {
            return Some(Ok(Value::Bool(op == CompareOp::NotEq)));
        }
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

    fn binary(&self, _: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        crate::timedelta::of_times(op, *self, other, reflected)
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("Timestamp"), Value::Int(self.0)]))
    }
}

/// A timestamp as the receiver of a method.
impl rdk_runtime::FromValue for Timestamp {
    fn expected() -> &'static str {
        "a point in time"
    }

    fn from_value(value: &Value) -> Option<Timestamp> {
        value.get::<Timestamp>().copied()
    }
}

mod construct {
    use super::*;

    builtins! {
        /// A point in time, from text such as "2020-01-31 12:00".
        ///
        /// ```rdk
        /// pd.Timestamp("2020-01-31").year
        /// #> 2020
        /// ```
        fn Timestamp(
            /// The time as text, or another time.
            ts_input: Value,
        ) -> Result<Value> {
            let time = match &ts_input {
                Value::Str(text) => super::Timestamp::read(text),
                other => micros_of(other).map(super::Timestamp),
            };
            match time {
                Some(time) => Ok(Value::object(time)),
                None => bail!("could not read {} as a time", rdk_runtime::convert::describe(&ts_input); hint: "write it as `2020-01-31 12:00:00`"),
            }
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// The time as text in a form: `%Y-%m-%d`.
        fn strftime(/** The time. */ this: Timestamp, /** The form. */ format: String) -> String { super::format(&this.moment(), &format) }

        /// The time as text in the form of ISO 8601.
        fn isoformat(/** The time. */ this: Timestamp) -> String { this.text().replace(' ', "T") }

        /// The date without the time of day.
        fn date(/** The time. */ this: Timestamp) -> Value { Value::object(rdk_runtime::modules::datetime::Date(this.moment().days())) }

        /// The name of the day.
        fn day_name(/** The time. */ this: Timestamp) -> String { super::format(&this.moment(), "%A") }

        /// The name of the month.
        fn month_name(/** The time. */ this: Timestamp) -> String { super::format(&this.moment(), "%B") }

        /// The beginning of the day.
        fn normalize(/** The time. */ this: Timestamp) -> Value { Value::object(super::Timestamp(this.0 - this.0.rem_euclid(86_400_000_000))) }

        /// Seconds since 1970.
        fn timestamp(/** The time. */ this: Timestamp) -> f64 { this.0 as f64 / 1e6 }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The year.
        fn year(/** The time. */ this: Timestamp) -> i64 { this.moment().year }
        /// The month, 1 to 12.
        fn month(/** The time. */ this: Timestamp) -> i64 { this.moment().month.into() }
        /// The day of the month.
        fn day(/** The time. */ this: Timestamp) -> i64 { this.moment().day.into() }
        /// The hour.
        fn hour(/** The time. */ this: Timestamp) -> i64 { this.moment().hour.into() }
        /// The minute.
        fn minute(/** The time. */ this: Timestamp) -> i64 { this.moment().minute.into() }
        /// The second.
        fn second(/** The time. */ this: Timestamp) -> i64 { this.moment().second.into() }
        /// The microsecond.
        fn microsecond(/** The time. */ this: Timestamp) -> i64 { this.moment().micro.into() }
        /// The day of the week: Monday is 0.
        fn dayofweek(/** The time. */ this: Timestamp) -> i64 { this.moment().weekday().into() }
        /// The day of the year.
        fn dayofyear(/** The time. */ this: Timestamp) -> i64 { this.moment().day_of_year().into() }
        /// The quarter, 1 to 4.
        fn quarter(/** The time. */ this: Timestamp) -> i64 { i64::from((this.moment().month - 1) / 3 + 1) }
        /// The week of the calendar of ISO 8601.
        fn week(/** The time. */ this: Timestamp) -> i64 { this.moment().iso_week().1 }
    }
}

/// Where the span ends that a text means: `2000-01` is a month, `2000-01-05` a day. `None`: the text is a point in time.
pub fn end_of(text: &str) -> Option<i64> {
    use rdk_runtime::modules::calendar::days_from_date;
    const DAY: i64 = 86_400_000_000;
    let parts: Vec<i64> = text.trim().split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [year] if text.len() == 4 => Some(days_from_date(year + 1, 1, 1) * DAY),
        [year, 12] => Some(days_from_date(year + 1, 1, 1) * DAY),
        [year, month] => Some(days_from_date(year, u8::try_from(month + 1).ok()?, 1) * DAY),
        [year, month, day] => {
            Some((days_from_date(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?) + 1) * DAY)
        }
        _ => None,
    }
}

/// A span of time as a value.
pub fn span(micros: i64) -> Value {
    Value::object(crate::timedelta::Timedelta(micros))
}
