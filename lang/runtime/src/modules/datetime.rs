//! `datetime`: dates, times of day, and what lies between them.

use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::{BinaryOp, CompareOp};

use super::calendar::{self, Moment, date_from_days, days_in_month, offset_text};
use super::duration::{self, Duration, MICROS_PER_DAY};
use super::functools::only;
use super::named_tuple::NamedTuple;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins, error};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let [date, datetime] = &*CLASSES;
    vec![
        ("date", Value::Class(date.clone())),
        ("datetime", Value::Class(datetime.clone())),
        ("timedelta", Value::Class(duration::class())),
        ("timezone", Value::object(Zones)),
        ("UTC", Value::object(Zone(0))),
        ("MINYEAR", Value::Int(1)),
        ("MAXYEAR", Value::Int(9999)),
    ]
}

static CLASSES: LazyLock<[ClassRef; 2]> = LazyLock::new(|| {
    let date = Class::new("date", "datetime", "A day of the calendar.").base(types().object.clone());
    let date = date.methods(days::builtins()).properties(day_parts::builtins()).construct(only(make_date::builtins()));
    let date = Arc::new(date);
    let datetime = Class::new("datetime", "datetime", "A day of the calendar and a time of day.").base(date.clone());
    let datetime = datetime.methods(times::builtins()).properties(time_parts::builtins());
    [date, Arc::new(datetime.construct(only(make_datetime::builtins())))]
});

/// A date, with a time of day or without.
#[derive(Clone, Copy, PartialEq)]
struct Stamp {
    at: Moment,
    is_date: bool,
}

/// `timezone.utc`, or another distance from Greenwich.
#[derive(Clone, Copy)]
struct Zone(i64);

/// `timezone`
struct Zones;

impl FromValue for Stamp {
    fn expected() -> &'static str {
        "a date or datetime"
    }

    fn from_value(value: &Value) -> Option<Stamp> {
        value.get::<Stamp>().copied()
    }
}

impl FromValue for Zone {
    fn expected() -> &'static str {
        "a time zone: `timezone.utc`"
    }

    fn from_value(value: &Value) -> Option<Zone> {
        value.get::<Zone>().copied()
    }
}

/// Checks the parts of a moment.
#[allow(clippy::too_many_arguments)]
fn moment(
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    micro: i64,
    zone: Option<Zone>,
) -> Result<Moment> {
    let within = |name: &str, value: i64, low: i64, high: i64| {
        if (low..=high).contains(&value) {
            Ok(value)
        } else {
            Err(error!("{name} must be in {low}..{high}, got {value}"))
        }
    };
    within("year", year, 1, 9999)?;
    let month = within("month", month, 1, 12)? as u8;
    let last = days_in_month(year, month);
    if !(1..=i64::from(last)).contains(&day) {
        bail!("day is out of range for month: {day}"; hint: "month {month} of {year} has {last} days");
    }
    Ok(Moment {
        year,
        month,
        day: day as u8,
        hour: within("hour", hour, 0, 23)? as u8,
        minute: within("minute", minute, 0, 59)? as u8,
        second: within("second", second, 0, 59)? as u8,
        micro: within("microsecond", micro, 0, 999_999)? as u32,
        offset: zone.map(|zone| zone.0),
    })
}

fn value(at: Moment, is_date: bool) -> Result<Value> {
    if !(1..=9999).contains(&at.year) {
        bail!(OverflowError: "date value out of range");
    }
    let at = if is_date { Moment { hour: 0, minute: 0, second: 0, micro: 0, offset: None, ..at } } else { at };
    Ok(Value::object(Stamp { at, is_date }))
}

/// The moment now, where we are or in a zone.
fn now(zone: Option<Zone>) -> Moment {
    let since = super::time::now();
    let seconds = since.as_secs() as i64;
    let offset = zone.map_or_else(|| calendar::local_offset(seconds), |zone| zone.0);
    Moment { micro: since.subsec_micros(), offset: zone.map(|zone| zone.0), ..Moment::of(seconds, offset) }
}

fn from_timestamp(timestamp: f64, zone: Option<Zone>) -> Result<Moment> {
    let micros = (timestamp * 1e6).round_ties_even();
    if micros.abs() > 3e17 || micros.is_nan() {
        bail!("year is out of range");
    }
    let micros = micros as i64;
    let seconds = micros.div_euclid(1_000_000);
    let offset = zone.map_or_else(|| calendar::local_offset(seconds), |zone| zone.0);
    Ok(Moment {
        micro: micros.rem_euclid(1_000_000) as u32,
        offset: zone.map(|zone| zone.0),
        ..Moment::of(seconds, offset)
    })
}

fn from_iso(text: &str) -> Result<Moment> {
    let wrong = || error!("invalid isoformat string: {}", Value::str(text).repr());
    let date = text.get(..10).ok_or_else(wrong)?;
    let mut at = calendar::parse(date, "%Y-%m-%d").map_err(|_| wrong())?;
    let Some(time) = text.get(11..) else {
        return if text.len() == 10 { Ok(at) } else { Err(wrong()) };
    };
    let zone = time.find(['+', '-', 'Z']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone);
    let form = match clock.len() {
        2 => "%H",
        5 => "%H:%M",
        8 => "%H:%M:%S",
        _ => "%H:%M:%S.%f",
    };
    let form = if zone.is_empty() { form.to_string() } else { format!("{form}%z") };
    let parsed = calendar::parse(time, &form).map_err(|_| wrong())?;
    (at.hour, at.minute, at.second, at.micro, at.offset) =
        (parsed.hour, parsed.minute, parsed.second, parsed.micro, parsed.offset);
    Ok(at)
}

/// What makes a date.
mod make_date {
    use super::*;

    builtins! {
        /// A day of the calendar.
        ///
        /// ```rdk
        /// from datetime import date
        /// date(2024, 2, 29).isoformat()
        /// #> '2024-02-29'
        /// ```
        fn date(
            /// From 1 to 9999.
            year: i64,
            /// From 1 to 12.
            month: i64,
            /// From 1 to the last of the month.
            day: i64,
        ) -> Result<Value> { value(moment(year, month, day, 0, 0, 0, 0, None)?, true) }
    }
}

/// What makes a date with a time of day.
mod make_datetime {
    use super::*;

    builtins! {
        /// A day of the calendar and a time of day.
        ///
        /// ```rdk
        /// from datetime import datetime
        /// datetime(2024, 1, 31, 12, 30)
        /// #> datetime.datetime(2024, 1, 31, 12, 30)
        /// ```
        fn datetime(
            /// From 1 to 9999.
            year: i64,
            /// From 1 to 12.
            month: i64,
            /// From 1 to the last of the month.
            day: i64,
            /// From 0 to 23.
            hour: i64 = 0,
            /// From 0 to 59.
            minute: i64 = 0,
            /// From 0 to 59.
            second: i64 = 0,
            /// From 0 to 999999.
            microsecond: i64 = 0,
            /// `timezone.utc`, or none.
            tzinfo: Option<Zone>,
        ) -> Result<Value> { value(moment(year, month, day, hour, minute, second, microsecond, tzinfo)?, false) }
    }
}

/// Methods that dates have, with a time of day or without.
mod days {
    use super::*;

    builtins! {
        /// The date that ISO's form of it stands for.
        ///
        /// ```rdk
        /// from datetime import date
        /// date.fromisoformat("2024-02-29")
        /// #> datetime.date(2024, 2, 29)
        /// ```
        fn fromisoformat(
            /// As `isoformat` gives it.
            date_string: String,
        ) -> Result<Value> { value(from_iso(&date_string)?, true) }

        /// The date of a number of days, counted from the first day of year 1.
        fn fromordinal(
            /// The number.
            n: i64,
        ) -> Result<Value> {
            let (year, month, day) = date_from_days(n.clamp(-1 << 40, 1 << 40) - 719_163);
            value(Moment { year, month, day, ..Moment::of(0, 0) }, true)
        }

        /// The date of a moment in seconds since 1970.
        fn fromtimestamp(
            /// The seconds.
            timestamp: f64,
        ) -> Result<Value> { value(from_timestamp(timestamp, None)?, true) }

        /// Year, week and weekday as ISO counts them.
        ///
        /// ```rdk
        /// from datetime import date
        /// date(2024, 12, 30).isocalendar()[1]
        /// #> 1
        /// ```
        fn isocalendar(this: Stamp) -> Value {
            let (year, week, day) = this.at.iso_week();
            NamedTuple::new("datetime.IsoCalendarDate", &["year", "week", "weekday"], vec![year.into(), week.into(), i64::from(day).into()])
        }

        /// The date as ISO writes it.
        fn isoformat(
            this: Stamp,
            /// What stands between date and time.
            sep: String = "T",
            /// How exact the time is: `auto`, `hours`, `minutes`, `seconds`, `milliseconds`, `microseconds`.
            timespec: String = "auto",
        ) -> Result<String> { this.iso(&sep, &timespec) }

        /// The day of the week; Monday is 1.
        fn isoweekday(this: Stamp) -> i64 { i64::from(this.at.weekday()) + 1 }

        /// The same with some parts changed.
        ///
        /// ```rdk
        /// from datetime import date
        /// date(2024, 2, 29).replace(day=1)
        /// #> datetime.date(2024, 2, 1)
        /// ```
        fn replace(
            this: Stamp,
            /// From 1 to 9999.
            year: Option<i64>,
            /// From 1 to 12.
            month: Option<i64>,
            /// From 1 to the last of the month.
            day: Option<i64>,
            /// From 0 to 23.
            hour: Option<i64>,
            /// From 0 to 59.
            minute: Option<i64>,
            /// From 0 to 59.
            second: Option<i64>,
            /// From 0 to 999999.
            microsecond: Option<i64>,
            /// `timezone.utc`.
            tzinfo: Option<Zone>,
        ) -> Result<Value> {
            let at = this.at;
            value(moment(
                year.unwrap_or(at.year), month.unwrap_or(at.month.into()), day.unwrap_or(at.day.into()),
                hour.unwrap_or(at.hour.into()), minute.unwrap_or(at.minute.into()), second.unwrap_or(at.second.into()),
                microsecond.unwrap_or(at.micro.into()), tzinfo.or(at.offset.map(Zone)),
            )?, this.is_date)
        }

        /// The date as text in a certain form.
        ///
        /// ```rdk
        /// from datetime import date
        /// date(2024, 2, 9).strftime("%d %B %Y")
        /// #> '09 February 2024'
        /// ```
        fn strftime(
            this: Stamp,
            /// `%Y` year, `%m` month, `%d` day, `%H` hour, `%M` minute, `%S` second, …
            format: String,
        ) -> String { calendar::format(&this.at, &format) }

        /// Today.
        fn today() -> Result<Value> { value(now(None), true) }

        /// The number of days since the first day of year 1.
        fn toordinal(this: Stamp) -> i64 { this.at.days() + 719_163 }

        /// The day of the week; Monday is 0.
        ///
        /// ```rdk
        /// from datetime import date
        /// date(2024, 2, 29).weekday()
        /// #> 3
        /// ```
        fn weekday(this: Stamp) -> i64 { this.at.weekday().into() }
    }
}

/// Methods that only dates with a time of day have, or that do something else there.
mod times {
    use super::*;

    builtins! {
        /// The same moment, as clocks show it somewhere else.
        fn astimezone(
            this: Stamp,
            /// Where; here if not given.
            tz: Option<Zone>,
        ) -> Result<Value> {
            let seconds = this.since_1970();
            let offset = tz.map_or_else(|| calendar::local_offset(seconds), |zone| zone.0);
            value(Moment { micro: this.at.micro, offset: Some(offset), ..Moment::of(seconds, offset) }, false)
        }

        /// The day alone.
        fn date(this: Stamp) -> Result<Value> { value(this.at, true) }

        /// The moment that ISO's form of it stands for.
        ///
        /// ```rdk
        /// from datetime import datetime
        /// datetime.fromisoformat("2024-02-29T12:30:05")
        /// #> datetime.datetime(2024, 2, 29, 12, 30, 5)
        /// ```
        fn fromisoformat(
            /// As `isoformat` gives it.
            date_string: String,
        ) -> Result<Value> { value(from_iso(&date_string)?, false) }

        /// The moment of seconds since 1970.
        fn fromtimestamp(
            /// The seconds.
            timestamp: f64,
            /// Where; here if not given.
            tz: Option<Zone>,
        ) -> Result<Value> { value(from_timestamp(timestamp, tz)?, false) }

        /// Now.
        fn now(
            /// Where; here if not given.
            tz: Option<Zone>,
        ) -> Result<Value> { value(now(tz), false) }

        /// The moment that a text in a certain form stands for.
        ///
        /// ```rdk
        /// from datetime import datetime
        /// datetime.strptime("29/02/2024 08:15", "%d/%m/%Y %H:%M")
        /// #> datetime.datetime(2024, 2, 29, 8, 15)
        /// ```
        fn strptime(
            /// The text.
            date_string: String,
            /// Its form.
            format: String,
        ) -> Result<Value> { value(calendar::parse(&date_string, &format)?, false) }

        /// Seconds since 1970.
        fn timestamp(this: Stamp) -> f64 { this.since_1970() as f64 + f64::from(this.at.micro) * 1e-6 }

        /// Now.
        fn today() -> Result<Value> { value(now(None), false) }

        /// Now in Greenwich.
        fn utcnow() -> Result<Value> { value(Moment { offset: None, ..now(Some(Zone(0))) }, false) }
    }
}

/// Attributes of dates.
mod day_parts {
    use super::*;

    builtins! {
        /// The year.
        fn year(this: Stamp) -> i64 { this.at.year }

        /// The month; January is 1.
        fn month(this: Stamp) -> i64 { this.at.month.into() }

        /// The day of the month.
        fn day(this: Stamp) -> i64 { this.at.day.into() }
    }
}

/// Attributes of times of day.
mod time_parts {
    use super::*;

    builtins! {
        /// The hour.
        fn hour(this: Stamp) -> i64 { this.at.hour.into() }

        /// The minute.
        fn minute(this: Stamp) -> i64 { this.at.minute.into() }

        /// The second.
        fn second(this: Stamp) -> i64 { this.at.second.into() }

        /// Millionths of a second.
        fn microsecond(this: Stamp) -> i64 { this.at.micro.into() }

        /// The time zone, if there is one.
        fn tzinfo(this: Stamp) -> Option<Value> { this.at.offset.map(|offset| Value::object(Zone(offset))) }
    }
}

impl Stamp {
    fn since_1970(&self) -> i64 {
        let local = self.at.seconds();
        local - self.at.offset.unwrap_or_else(|| calendar::local_offset(local - calendar::local_offset(local)))
    }

    /// Millionths of a second since 1970, in Greenwich if the zone is known.
    fn micros(&self) -> i128 {
        (i128::from(self.at.seconds()) - i128::from(self.at.offset.unwrap_or(0))) * 1_000_000
            + i128::from(self.at.micro)
    }

    fn iso(&self, sep: &str, timespec: &str) -> Result<String> {
        let at = &self.at;
        let date = format!("{:04}-{:02}-{:02}", at.year, at.month, at.day);
        if self.is_date {
            return Ok(date);
        }
        let (hour, minute, second) = (at.hour, at.minute, at.second);
        let clock = match timespec {
            "auto" if at.micro == 0 => format!("{hour:02}:{minute:02}:{second:02}"),
            "auto" | "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:06}", at.micro),
            "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", at.micro / 1000),
            "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
            "minutes" => format!("{hour:02}:{minute:02}"),
            "hours" => format!("{hour:02}"),
            _ => bail!("unknown timespec value: {timespec}"),
        };
        Ok(format!("{date}{sep}{clock}{}", at.offset.map(offset_text).unwrap_or_default()))
    }

    fn moved(&self, by: Duration) -> Result<Value> {
        let at = &self.at;
        let local = i128::from(at.seconds()) * 1_000_000 + i128::from(at.micro);
        // A day has no hours to be moved by.
        let by = if self.is_date { by.micros.div_euclid(MICROS_PER_DAY) * MICROS_PER_DAY } else { by.micros };
        let moved = local + by;
        let Ok(seconds) = i64::try_from(moved.div_euclid(1_000_000)) else {
            bail!(OverflowError: "date value out of range")
        };
        value(
            Moment { micro: moved.rem_euclid(1_000_000) as u32, offset: at.offset, ..Moment::of(seconds, 0) },
            self.is_date,
        )
    }
}

impl Object for Stamp {
    fn class(&self) -> ClassRef {
        CLASSES[usize::from(!self.is_date)].clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let at = &self.at;
        if self.is_date {
            return format!("datetime.date({}, {}, {})", at.year, at.month, at.day);
        }
        let mut parts = vec![at.year, at.month.into(), at.day.into(), at.hour.into(), at.minute.into()];
        if at.second > 0 || at.micro > 0 {
            parts.push(at.second.into());
        }
        if at.micro > 0 {
            parts.push(at.micro.into());
        }
        let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
        let zone = at.offset.map(|offset| format!(", tzinfo={}", Zone(offset).repr())).unwrap_or_default();
        format!("datetime.datetime({}{zone})", parts.join(", "))
    }

    fn str(&self) -> String {
        self.iso(" ", "auto").unwrap_or_default()
    }

    fn format(&self, spec: &str) -> Option<Result<String>> {
        Some(Ok(if spec.is_empty() { self.str() } else { calendar::format(&self.at, spec) }))
    }

    fn compare(&self, _context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = Stamp::from_value(other)?;
        if self.is_date != other.is_date || self.at.offset.is_some() != other.at.offset.is_some() {
            return match op {
                CompareOp::Eq => Some(Ok(false.into())),
                CompareOp::NotEq => Some(Ok(true.into())),
                _ if self.is_date != other.is_date => None,
                _ => Some(Err(error!(TypeError: "can't compare offset-naive and offset-aware datetimes"))),
            };
        }
        duration::ordered(op, self.micros(), other.micros())
    }

    fn binary(&self, _context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        if let (Some(other), BinaryOp::Sub, false) = (Stamp::from_value(other), op, reflected) {
            if self.is_date != other.is_date {
                return None;
            }
            if self.at.offset.is_some() != other.at.offset.is_some() {
                return Some(Err(error!(TypeError: "can't subtract offset-naive and offset-aware datetimes")));
            }
            return Some(Ok(Value::object(Duration { micros: self.micros() - other.micros() })));
        }
        let by = Duration::from_value(other)?;
        match op {
            BinaryOp::Add => Some(self.moved(by)),
            BinaryOp::Sub if !reflected => Some(self.moved(Duration { micros: -by.micros })),
            _ => None,
        }
    }

    fn hash_key(&self) -> Option<Value> {
        let micros = num_bigint::BigInt::from(self.micros());
        Some(Value::tuple([Value::str(self.class().name), Value::big(micros), Value::from(self.at.offset.is_some())]))
    }
}

impl Object for Zone {
    fn class(&self) -> ClassRef {
        types().object.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        match self.0 {
            0 => "datetime.timezone.utc".into(),
            offset => format!("datetime.timezone({})", Duration { micros: i128::from(offset) * 1_000_000 }.repr()),
        }
    }

    fn str(&self) -> String {
        if self.0 == 0 { "UTC".into() } else { format!("UTC{}", offset_text(self.0)) }
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("timezone"), Value::Int(self.0)]))
    }
}

impl Object for Zones {
    fn class(&self) -> ClassRef {
        types().r#type.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        "<class 'datetime.timezone'>".into()
    }

    fn attribute(&self, _context: &Context, name: &str) -> Option<Result<Value>> {
        (name == "utc").then(|| Ok(Value::object(Zone(0))))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _context: &Context, args: crate::Args) -> Option<Result<Value>> {
        let offset = args.positional.first().and_then(Duration::from_value);
        Some(match offset {
            Some(offset) if offset.micros.abs() < MICROS_PER_DAY => {
                Ok(Value::object(Zone((offset.micros / 1_000_000) as i64)))
            }
            _ => Err(error!("a time zone is less than a day from Greenwich"; hint: "`timezone(timedelta(hours=2))`")),
        })
    }
}
