//! `datetime`: days, times of day, points in time and what lies between them.

mod clock;
mod date;
mod delta;
mod point;
mod zone;

use std::sync::Arc;

pub use date::Date;
pub use delta::{Delta, seconds_of};

use crate::bail;
use crate::class::Module;
use crate::error::Result;
use crate::modules::calendar::{self, days_from_date, days_in_month};
use crate::value::Value;

/// The module `datetime`.
pub fn module() -> Arc<Module> {
    Module::new("datetime", "Days, times of day, and what lies between them.", || {
        vec![
            ("date", Value::Class(date::CLASS.clone())),
            ("time", Value::Class(clock::CLASS.clone())),
            ("datetime", Value::Class(point::CLASS.clone())),
            ("timedelta", Value::Class(delta::CLASS.clone())),
            ("timezone", Value::object(zone::ZoneType)),
            ("UTC", Value::object(zone::Zone::utc())),
            ("MINYEAR", Value::Int(1)),
            ("MAXYEAR", Value::Int(9999)),
        ]
    })
}

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// Days since the beginning of 1970 of a date that there is.
fn day(year: i64, month: i64, day: i64) -> Result<i64> {
    if !(1..=9999).contains(&year) {
        bail!("year {year} is out of range"; hint: "years are 1 to 9999");
    }
    if !(1..=12).contains(&month) {
        bail!("month must be in 1..12"; hint: "got {month}");
    }
    let last = days_in_month(year, month as u8);
    if !(1..=i64::from(last)).contains(&day) {
        bail!("day is out of range for month"; hint: "days are 1 to {last}, got {day}");
    }
    Ok(days_from_date(year, month as u8, day as u8))
}

/// Microseconds since midnight of a time of day that there is.
fn time_of_day(hour: i64, minute: i64, second: i64, micro: i64) -> Result<i64> {
    for (name, value, most) in
        [("hour", hour, 23), ("minute", minute, 59), ("second", second, 59), ("microsecond", micro, 999_999)]
    {
        if !(0..=most).contains(&value) {
            bail!("{name} must be in 0..{most}"; hint: "got {value}");
        }
    }
    Ok(((hour * 60 + minute) * 60 + second) * 1_000_000 + micro)
}

/// A count of days within the years 1 to 9999.
fn in_range(days: i128) -> Result<i64> {
    match i64::try_from(days) {
        Ok(days) if (days_from_date(1, 1, 1)..=days_from_date(9999, 12, 31)).contains(&days) => Ok(days),
        _ => bail!(OverflowError: "date value out of range"; hint: "years are 1 to 9999"),
    }
}

/// Seconds since the beginning of 1970 as microseconds, rounded to the nearest even one.
fn micros(seconds: f64) -> Result<i128> {
    if !seconds.is_finite() || seconds.abs() > 1e12 {
        bail!("timestamp {seconds} is out of range");
    }
    let whole = seconds.floor();
    Ok(whole as i128 * 1_000_000 + ((seconds - whole) * 1e6).round_ties_even() as i128)
}

/// `03:04:05.000006`, with as much as `timespec` says.
fn clock_text(micros: i64, timespec: &str) -> Result<String> {
    let (second, micro) = (micros / 1_000_000, micros % 1_000_000);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let spec = match timespec {
        "auto" if micro == 0 => "seconds",
        "auto" => "microseconds",
        other => other,
    };
    Ok(match spec {
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micro / 1000),
        "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{micro:06}"),
        _ => {
            bail!("Unknown timespec value"; hint: "`auto`, `hours`, `minutes`, `seconds`, `milliseconds` or `microseconds`")
        }
    })
}

/// Hour, minute, second, microsecond as `repr` writes them: without those at the end that are 0.
fn clock_parts(micros: i64) -> String {
    let (second, micro) = (micros / 1_000_000, micros % 1_000_000);
    let mut text = format!("{}, {}", second / 3600, second / 60 % 60);
    if second % 60 != 0 || micro != 0 {
        text.push_str(&format!(", {}", second % 60));
    }
    if micro != 0 {
        text.push_str(&format!(", {micro}"));
    }
    text
}

/// `12:30`, `12:30:15.25+02:00`: microseconds since midnight, and seconds east of Greenwich.
fn read_clock(text: &str) -> Option<(i64, Option<i64>)> {
    let at = text.find(['+', '-', 'Z']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(at);
    let offset = match zone.strip_prefix(['+', '-']) {
        None if zone.is_empty() => None,
        None => (zone == "Z").then_some(Some(0))?,
        Some(size) => {
            let (seconds, micro) = read_time(size)?;
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            Some(sign * (micro == 0).then_some(seconds)?)
        }
    };
    let (seconds, micro) = read_time(clock)?;
    Some((seconds * 1_000_000 + micro, offset))
}

/// Seconds and microseconds.
fn read_time(text: &str) -> Option<(i64, i64)> {
    let (clock, fraction) = match text.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let compact = clock.replace(':', "");
    let n_colons = clock.len() - compact.len();
    let well = compact.len() % 2 == 0
        && (2..=6).contains(&compact.len())
        && (n_colons == 0 || n_colons + 1 == compact.len() / 2)
        && compact.bytes().all(|byte| byte.is_ascii_digit());
    if !well || (n_colons > 0 && clock.split(':').any(|part| part.len() != 2)) {
        return None;
    }
    let part = |at: usize| compact.get(at..at + 2).map_or(Some(0), |part| part.parse::<i64>().ok());
    let (hour, minute, second) = (part(0)?, part(2)?, part(4)?);
    let micro = match fraction {
        None => 0,
        Some(digits)
            if compact.len() == 6 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{:0<6}", &digits[..digits.len().min(6)]).parse().ok()?
        }
        Some(_) => return None,
    };
    (hour < 24 && minute < 60 && second < 60).then_some(((hour * 60 + minute) * 60 + second, micro))
}

/// `2024-05-06` or `20240506`: days since the beginning of 1970.
fn read_date(text: &str) -> Option<i64> {
    let digits = match text.len() {
        10 if text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-' => text.replace('-', ""),
        8 => text.to_string(),
        _ => return None,
    };
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    day(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()
}

/// A date and a time of day as the calendar has it.
fn moment(days: i64, micros: i64, offset: Option<i64>) -> calendar::Moment {
    let mut moment = calendar::Moment::of(days * 86_400 + micros / 1_000_000, 0);
    moment.micro = (micros % 1_000_000) as u32;
    moment.offset = offset;
    moment
}

/// Now, in microseconds since the beginning of 1970.
fn now() -> i128 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    since.as_micros() as i128
}
