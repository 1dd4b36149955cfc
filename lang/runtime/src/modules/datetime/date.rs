//! `date`: a day.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::{BinaryOp, CompareOp};

use super::delta::Delta;
use super::{DAY, day, in_range, micros, moment, now, read_date};
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::modules::calendar::{self, date_from_days, days_from_date, local_offset};
use crate::modules::named_tuple::NamedTuple;
use crate::object::Object;
use crate::operators::accepts;
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins};

/// Days since the beginning of 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Date(pub i64);

/// `date`
pub static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("date", "datetime", "A day.").base(types().object.clone());
    let construct = construct::builtins().pop().expect("one is declared");
    let class = class.construct(construct).methods(statics::builtins()).methods(methods::builtins());
    Arc::new(class.properties(properties::builtins()))
});

mod construct {
    use super::*;

    builtins! {
        /// A day.
        ///
        /// ```rdk
        /// from datetime import date
        /// date(2024, 3, 1) - date(2024, 2, 1)
        /// #> datetime.timedelta(days=29)
        /// ```
        fn date(
            /// 1 to 9999.
            year: i64,
            /// 1 to 12.
            month: i64,
            /// 1 to 31.
            day: i64,
        ) -> Result<Date> { super::day(year, month, day).map(Date) }
    }
}

/// Functions of the class.
mod statics {
    use super::*;

    builtins! {
        /// Today, by the clock here.
        fn today() -> Date {
            let seconds = (now() / 1_000_000) as i64;
            Date((seconds + local_offset(seconds)).div_euclid(86_400))
        }

        /// The day of a text such as `2024-05-06`.
        fn fromisoformat(
            /// The text.
            date_string: String,
        ) -> Result<Date> {
            match read_date(&date_string) {
                Some(days) => Ok(Date(days)),
                None => bail!("Invalid isoformat string: {}", Value::from(date_string).repr(); hint: "`2024-05-06`"),
            }
        }

        /// The day of a time in seconds since the beginning of 1970.
        fn fromtimestamp(
            /// Seconds.
            timestamp: f64,
        ) -> Result<Date> {
            let seconds = micros(timestamp)?.div_euclid(1_000_000) as i64;
            in_range(i128::from((seconds + local_offset(seconds)).div_euclid(86_400))).map(Date)
        }

        /// The day so many days from the beginning of year 1, which is day 1.
        fn fromordinal(
            /// Days.
            ordinal: i64,
        ) -> Result<Date> { in_range(i128::from(ordinal) - 1 + i128::from(days_from_date(1, 1, 1))).map(Date) }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// The day of the week; Monday is 0.
        fn weekday(this: Date) -> i64 { (this.0 + 3).rem_euclid(7) }

        /// The day of the week; Monday is 1.
        fn isoweekday(this: Date) -> i64 { (this.0 + 3).rem_euclid(7) + 1 }

        /// Year, week and day of the week, by ISO 8601.
        fn isocalendar(this: Date) -> Value {
            let (year, week, weekday) = moment(this.0, 0, None).iso_week();
            let items = vec![Value::Int(year), Value::Int(week), Value::Int(weekday.into())];
            NamedTuple::new("datetime.IsoCalendarDate", &["year", "week", "weekday"], items)
        }

        /// Days from the beginning of year 1, which is day 1.
        fn toordinal(this: Date) -> i64 { this.0 - days_from_date(1, 1, 1) + 1 }

        /// `2024-05-06`
        fn isoformat(this: Date) -> String { this.str() }

        /// As text in a form such as `%d.%m.%Y`.
        ///
        /// ```rdk
        /// from datetime import date
        /// date(2024, 5, 6).strftime("%A, %d %B %Y")
        /// #> 'Monday, 06 May 2024'
        /// ```
        fn strftime(
            this: Date,
            /// The form.
            format: String,
        ) -> String { calendar::format(&moment(this.0, 0, None), &format) }

        /// As text: `Mon May  6 00:00:00 2024`.
        fn ctime(this: Date) -> String { calendar::format(&moment(this.0, 0, None), "%c") }

        /// The same day in another year or month, or another day of it.
        fn replace(
            this: Date,
            /// 1 to 9999.
            year: Option<i64>,
            /// 1 to 12.
            month: Option<i64>,
            /// 1 to 31.
            day: Option<i64>,
        ) -> Result<Date> {
            let (y, m, d) = date_from_days(this.0);
            super::day(year.unwrap_or(y), month.unwrap_or(m.into()), day.unwrap_or(d.into())).map(Date)
        }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The year.
        fn year(this: Date) -> i64 { date_from_days(this.0).0 }

        /// 1 to 12.
        fn month(this: Date) -> i64 { date_from_days(this.0).1.into() }

        /// 1 to 31.
        fn day(this: Date) -> i64 { date_from_days(this.0).2.into() }
    }
}

impl From<Date> for Value {
    fn from(date: Date) -> Value {
        Value::object(date)
    }
}

impl FromValue for Date {
    fn expected() -> &'static str {
        "a date"
    }

    fn from_value(value: &Value) -> Option<Date> {
        value.get::<Date>().copied().or_else(|| value.get::<super::point::Point>().map(|point| Date(point.days)))
    }
}

impl Object for Date {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (year, month, day) = date_from_days(self.0);
        format!("datetime.date({year}, {month}, {day})")
    }

    fn str(&self) -> String {
        let (year, month, day) = date_from_days(self.0);
        format!("{year:04}-{month:02}-{day:02}")
    }

    fn format(&self, spec: &str) -> Option<Result<String>> {
        Some(Ok(if spec.is_empty() { self.str() } else { calendar::format(&moment(self.0, 0, None), spec) }))
    }

    fn binary(&self, _context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        if let (BinaryOp::Sub, Some(other), false) = (op, other.get::<Date>(), reflected) {
            return Some(Ok(Delta(i128::from(self.0 - other.0) * i128::from(DAY)).into()));
        }
        let days = other.get::<Delta>()?.0.div_euclid(i128::from(DAY));
        let days = match op {
            BinaryOp::Add => i128::from(self.0) + days,
            BinaryOp::Sub if !reflected => i128::from(self.0) - days,
            _ => return None,
        };
        Some(in_range(days).map(|days| Date(days).into()))
    }

    fn compare(&self, _context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        Some(Ok(Value::Bool(accepts(op, self.cmp(other.get::<Date>()?)))))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("date"), Value::Int(self.0)]))
    }
}
