//! `datetime.datetime`: a day and a time of day, perhaps with a time zone.

use std::any::Any;
use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::{BinaryOp, CompareOp};

use super::clock::Clock;
use super::date::{self, Date};
use super::delta::Delta;
use super::zone::Zone;
use super::{DAY, clock_parts, clock_text, day, in_range, micros, moment, now, read_clock, read_date, time_of_day};
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::modules::calendar::{self, date_from_days, local_offset, offset_text};
use crate::object::Object;
use crate::operators::accepts;
use crate::value::Value;
use crate::{bail, builtins};

/// A day and a time of day.
#[derive(Clone)]
pub struct Point {
    /// Days since the beginning of 1970.
    pub days: i64,
    /// Microseconds since midnight.
    pub micros: i64,
    /// Where clocks show it.
    pub zone: Option<Zone>,
}

/// `datetime`
pub static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("datetime", "datetime", "A day and a time of day.").base(date::CLASS.clone());
    let construct = construct::builtins().pop().expect("one is declared");
    let class = class.construct(construct).methods(statics::builtins()).methods(methods::builtins());
    Arc::new(class.properties(properties::builtins()))
});

mod construct {
    use super::*;

    builtins! {
        /// A day and a time of day.
        ///
        /// ```rdk
        /// from datetime import datetime, timedelta
        /// datetime(2024, 2, 28, 23) + timedelta(hours=26)
        /// #> datetime.datetime(2024, 3, 1, 1, 0)
        /// ```
        fn datetime(
            /// 1 to 9999.
            year: i64,
            /// 1 to 12.
            month: i64,
            /// 1 to 31.
            day: i64,
            /// 0 to 23.
            hour: i64 = 0,
            /// 0 to 59.
            minute: i64 = 0,
            /// 0 to 59.
            second: i64 = 0,
            /// 0 to 999999.
            microsecond: i64 = 0,
            /// Where clocks show it.
            tzinfo: Option<Zone>,
        ) -> Result<Point> {
            Ok(Point { days: super::day(year, month, day)?, micros: time_of_day(hour, minute, second, microsecond)?, zone: tzinfo })
        }
    }
}

/// Functions of the class.
mod statics {
    use super::*;

    builtins! {
        /// Now, by the clock here or in a time zone.
        fn now(
            /// The time zone.
            tz: Option<Zone>,
        ) -> Result<Point> { Point::at(super::now(), tz) }

        /// Now, by the clock here.
        fn today() -> Result<Point> { Point::at(super::now(), None) }

        /// Now, by the clock in Greenwich.
        fn utcnow() -> Result<Point> { Ok(Point { zone: None, ..Point::at(super::now(), Some(Zone::utc()))? }) }

        /// The time so many seconds after the beginning of 1970.
        fn fromtimestamp(
            /// Seconds.
            timestamp: f64,
            /// The time zone; that of the clock here if not given.
            tz: Option<Zone>,
        ) -> Result<Point> { Point::at(micros(timestamp)?, tz) }

        /// The same by the clock in Greenwich.
        fn utcfromtimestamp(
            /// Seconds.
            timestamp: f64,
        ) -> Result<Point> { Ok(Point { zone: None, ..Point::at(micros(timestamp)?, Some(Zone::utc()))? }) }

        /// The time of a text such as `2024-05-06 07:08:09`.
        ///
        /// ```rdk
        /// from datetime import datetime
        /// datetime.fromisoformat("2024-05-06T07:08:09.5")
        /// #> datetime.datetime(2024, 5, 6, 7, 8, 9, 500000)
        /// ```
        fn fromisoformat(
            /// The text.
            date_string: String,
        ) -> Result<Point> {
            match Point::read(&date_string) {
                Some(point) => Ok(point),
                None => bail!("Invalid isoformat string: {}", Value::from(date_string).repr(); hint: "`2024-05-06 07:08:09`; `strptime` reads other forms"),
            }
        }

        /// The time of a text in a form such as `%d.%m.%Y`.
        ///
        /// ```rdk
        /// from datetime import datetime
        /// datetime.strptime("6/5/24 7:08 PM", "%d/%m/%y %I:%M %p")
        /// #> datetime.datetime(2024, 5, 6, 19, 8)
        /// ```
        fn strptime(
            /// The text.
            date_string: String,
            /// Its form.
            format: String,
        ) -> Result<Point> {
            let moment = calendar::parse(&date_string, &format)?;
            let micros = time_of_day(moment.hour.into(), moment.minute.into(), moment.second.into(), moment.micro.into())?;
            let zone = moment.offset.map(|offset| Zone { offset, name: None });
            Ok(Point { days: super::day(moment.year, moment.month.into(), moment.day.into())?, micros, zone })
        }

        /// A day and a time of day put together.
        fn combine(
            /// The day.
            date: Date,
            /// The time of day.
            time: Clock,
        ) -> Point { Point { days: date.0, micros: time.micros, zone: time.zone } }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// The day.
        fn date(this: Point) -> Date { Date(this.days) }

        /// The time of day.
        fn time(this: Point) -> Clock { Clock { micros: this.micros, zone: None } }

        /// Seconds since the beginning of 1970.
        ///
        /// ```rdk
        /// from datetime import datetime, timezone
        /// datetime(1970, 1, 2, tzinfo=timezone.utc).timestamp()
        /// #> 86400.0
        /// ```
        fn timestamp(this: Point) -> f64 { this.absolute() as f64 / 1e6 }

        /// `2024-05-06T07:08:09`
        fn isoformat(
            this: Point,
            /// What stands between day and time.
            sep: String = "T",
            /// How exactly: `auto`, `hours`, `minutes`, `seconds`, `milliseconds`, `microseconds`.
            timespec: String = "auto",
        ) -> Result<String> { this.text(&sep, &timespec) }

        /// As text in a form such as `%d.%m.%Y %H:%M`.
        fn strftime(
            this: Point,
            /// The form.
            format: String,
        ) -> String { this.in_form(&format) }

        /// As text: `Mon May  6 07:08:09 2024`.
        fn ctime(this: Point) -> String { this.in_form("%c") }

        /// The same with another year, hour and so on.
        fn replace(
            this: Point,
            /// 1 to 9999.
            year: Option<i64>,
            /// 1 to 12.
            month: Option<i64>,
            /// 1 to 31.
            day: Option<i64>,
            /// 0 to 23.
            hour: Option<i64>,
            /// 0 to 59.
            minute: Option<i64>,
            /// 0 to 59.
            second: Option<i64>,
            /// 0 to 999999.
            microsecond: Option<i64>,
            /// Where clocks show it; `None` takes it away.
            tzinfo: Value = Value::Ellipsis,
        ) -> Result<Point> {
            let (y, m, d) = date_from_days(this.days);
            let s = this.micros / 1_000_000;
            let zone = if matches!(tzinfo, Value::Ellipsis) { this.zone } else { Option::<Zone>::try_from_value(&tzinfo)? };
            let days = super::day(year.unwrap_or(y), month.unwrap_or(m.into()), day.unwrap_or(d.into()))?;
            let micros = time_of_day(hour.unwrap_or(s / 3600), minute.unwrap_or(s / 60 % 60), second.unwrap_or(s % 60), microsecond.unwrap_or(this.micros % 1_000_000))?;
            Ok(Point { days, micros, zone })
        }

        /// The same time as clocks in another time zone show it.
        fn astimezone(
            this: Point,
            /// The time zone; that of the clock here if not given.
            tz: Option<Zone>,
        ) -> Result<Point> {
            let absolute = this.absolute();
            let here = || Zone { offset: local_offset(absolute.div_euclid(1_000_000) as i64), name: None };
            Point::at(absolute, Some(tz.unwrap_or_else(here)))
        }

        /// How far from Greenwich its time zone is.
        fn utcoffset(this: Point) -> Option<Value> { this.zone.map(|zone| Delta::of_seconds(zone.offset).into()) }

        /// What its time zone is called.
        fn tzname(this: Point) -> Option<String> { this.zone.map(|zone| zone.label()) }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// 0 to 23.
        fn hour(this: Point) -> i64 { this.micros / 3_600_000_000 }

        /// 0 to 59.
        fn minute(this: Point) -> i64 { this.micros / 60_000_000 % 60 }

        /// 0 to 59.
        fn second(this: Point) -> i64 { this.micros / 1_000_000 % 60 }

        /// 0 to 999999.
        fn microsecond(this: Point) -> i64 { this.micros % 1_000_000 }

        /// Its time zone.
        fn tzinfo(this: Point) -> Option<Value> { this.zone.map(Value::object) }
    }
}

impl Point {
    /// So many microseconds after the beginning of 1970, as clocks show it here or in a time zone.
    fn at(absolute: i128, zone: Option<Zone>) -> Result<Point> {
        let offset = match &zone {
            Some(zone) => zone.offset,
            None => local_offset(i64::try_from(absolute.div_euclid(1_000_000)).unwrap_or(0)),
        };
        Point::shown(absolute + i128::from(offset) * 1_000_000, zone)
    }

    /// Of what clocks show, in microseconds since the beginning of 1970.
    fn shown(micros: i128, zone: Option<Zone>) -> Result<Point> {
        let day = i128::from(DAY);
        Ok(Point { days: in_range(micros.div_euclid(day))?, micros: micros.rem_euclid(day) as i64, zone })
    }

    /// What clocks show, in microseconds since the beginning of 1970.
    fn wall(&self) -> i128 {
        i128::from(self.days) * i128::from(DAY) + i128::from(self.micros)
    }

    /// Microseconds since the beginning of 1970 in Greenwich.
    fn absolute(&self) -> i128 {
        let wall = self.wall();
        let offset = match &self.zone {
            Some(zone) => zone.offset,
            None => {
                let seconds = wall.div_euclid(1_000_000) as i64;
                // The clock here may have been changed in between; the second look settles it.
                local_offset(seconds - local_offset(seconds))
            }
        };
        wall - i128::from(offset) * 1_000_000
    }

    fn read(text: &str) -> Option<Point> {
        let date = if text.as_bytes().get(4) == Some(&b'-') { 10 } else { 8 };
        let days = read_date(text.get(..date)?)?;
        let rest = &text[date..];
        let mut chars = rest.chars();
        let (micros, offset) = match chars.next() {
            None => (0, None),
            Some(_) => read_clock(chars.as_str())?,
        };
        Some(Point { days, micros, zone: offset.map(|offset| Zone { offset, name: None }) })
    }

    fn text(&self, separator: &str, timespec: &str) -> Result<String> {
        let offset = self.zone.as_ref().map(|zone| offset_text(zone.offset)).unwrap_or_default();
        Ok(format!("{}{separator}{}{offset}", Date(self.days).str(), clock_text(self.micros, timespec)?))
    }

    fn in_form(&self, form: &str) -> String {
        let form = match &self.zone {
            Some(zone) => form.replace("%Z", &zone.label().replace('%', "%%")),
            None => form.to_string(),
        };
        calendar::format(&moment(self.days, self.micros, self.zone.as_ref().map(|zone| zone.offset)), &form)
    }

    /// The order in time; `None` if only one has a time zone.
    fn order(&self, other: &Point) -> Option<Ordering> {
        match (&self.zone, &other.zone) {
            (None, None) => Some(self.wall().cmp(&other.wall())),
            (Some(_), Some(_)) => Some(self.absolute().cmp(&other.absolute())),
            _ => None,
        }
    }
}

impl From<Point> for Value {
    fn from(point: Point) -> Value {
        Value::object(point)
    }
}

impl FromValue for Point {
    fn expected() -> &'static str {
        "a datetime"
    }

    fn from_value(value: &Value) -> Option<Point> {
        value.get::<Point>().cloned()
    }
}

impl Object for Point {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (year, month, day) = date_from_days(self.days);
        let zone = self.zone.as_ref().map(|zone| format!(", tzinfo={}", zone.repr())).unwrap_or_default();
        format!("datetime.datetime({year}, {month}, {day}, {}{zone})", clock_parts(self.micros))
    }

    fn str(&self) -> String {
        self.text(" ", "auto").unwrap_or_default()
    }

    fn format(&self, spec: &str) -> Option<Result<String>> {
        Some(Ok(if spec.is_empty() { self.str() } else { self.in_form(spec) }))
    }

    fn binary(&self, _context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        if let (BinaryOp::Sub, Some(other), false) = (op, other.get::<Point>(), reflected) {
            return Some(match (&self.zone, &other.zone) {
                (None, None) => Ok(Delta(self.wall() - other.wall()).into()),
                (Some(_), Some(_)) => Ok(Delta(self.absolute() - other.absolute()).into()),
                _ => Err(mixed("subtract")),
            });
        }
        let delta = other.get::<Delta>()?.0;
        let sum = match op {
            BinaryOp::Add => self.wall() + delta,
            BinaryOp::Sub if !reflected => self.wall() - delta,
            _ => return None,
        };
        Some(Point::shown(sum, self.zone.clone()).map(Into::into))
    }

    fn compare(&self, _context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = other.get::<Point>()?;
        Some(match (self.order(other), op) {
            (Some(order), _) => Ok(Value::Bool(accepts(op, order))),
            (None, CompareOp::Eq) => Ok(Value::Bool(false)),
            (None, CompareOp::NotEq) => Ok(Value::Bool(true)),
            (None, _) => Err(mixed("compare")),
        })
    }

    fn hash_key(&self) -> Option<Value> {
        let time = if self.zone.is_some() { self.absolute() } else { self.wall() };
        let zone = Value::Bool(self.zone.is_some());
        Some(Value::tuple([Value::str("datetime"), Value::big(num_bigint::BigInt::from(time)), zone]))
    }
}

fn mixed(what: &str) -> crate::Error {
    crate::error!(TypeError: "can't {what} offset-naive and offset-aware datetimes"; hint: "`x.replace(tzinfo=timezone.utc)` gives a time zone")
}
