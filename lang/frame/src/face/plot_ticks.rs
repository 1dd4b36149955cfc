//! What stands along x where it is no row of numbers: days, and where their names are written.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use rdk_runtime::Value;
use rdk_runtime::modules::calendar::{date_from_days, days_from_date};

use super::frequency::DAY;
use crate::timestamp::Timestamp;

/// So many ticks at most.
const MOST: i64 = 8;

/// A value as it is written below an axis.
pub fn name(value: &Value) -> String {
    match value.get::<Timestamp>() {
        Some(time) => {
            value.text().strip_suffix(" 00:00:00").filter(|_| !time.is_not()).map_or(value.text(), Into::into)
        }
        None => value.text(),
    }
}

/// A number along x; what is missing is NaN.
pub fn number(value: &Value) -> Value {
    if value.is_none() { Value::Float(f64::NAN) } else { value.clone() }
}

/// Times as days since 1970.
pub fn days(column: &ArrayRef) -> Vec<f64> {
    let micros = cast(column, &DataType::Timestamp(TimeUnit::Microsecond, None))
        .and_then(|times| cast(&times, &DataType::Int64));
    let Ok(micros) = micros else { return vec![f64::NAN; column.len()] };
    let day = |micros: Option<i64>| micros.map_or(f64::NAN, |micros| micros as f64 / DAY as f64);
    micros.as_primitive::<Int64Type>().iter().map(day).collect()
}

/// Where along these days ticks are, with what stands there: full hours, days, months or years.
pub fn of_days(days: &[f64]) -> Option<Value> {
    let finite = || days.iter().copied().filter(|day| day.is_finite());
    let (low, high) = (finite().reduce(f64::min)?, finite().reduce(f64::max)?);
    let ticks = ticks(low, high);
    let places = Value::list(ticks.iter().map(|(place, _)| Value::Float(*place)));
    Some(Value::tuple([places, Value::list(ticks.into_iter().map(|(_, name)| Value::from(name)))]))
}

fn ticks(low: f64, high: f64) -> Vec<(f64, String)> {
    let span = high - low;
    let (first, last) = (low.floor() as i64, high.ceil() as i64);
    if span <= 2.0 {
        let hours = ((span * 24.0).ceil() as i64).max(1);
        let step = [1, 2, 3, 4, 6, 12].into_iter().find(|step| hours / step <= MOST).unwrap_or(12);
        let within = |hour: &i64| (low..=high).contains(&(*hour as f64 / 24.0));
        let all = (first * 24..=last * 24).filter(|hour| hour % step == 0).filter(within);
        return all.map(|hour| (hour as f64 / 24.0, clock(hour))).collect();
    }
    let whole = |day: &i64| (low..=high).contains(&(*day as f64));
    if span <= 60.0 {
        let step = [1, 2, 4, 7, 14].into_iter().find(|step| (span as i64) / step <= MOST).unwrap_or(14);
        let all = (first..=last).filter(|day| (day - first) % step == 0).filter(whole);
        return all.map(|day| (day as f64, date(day))).collect();
    }
    let months = (span / 30.4) as i64;
    if months <= 36 {
        let step = [1, 2, 3, 6].into_iter().find(|step| months / step <= MOST).unwrap_or(6);
        let starts = (first..=last).filter(|&day| {
            let (_, month, of_month) = date_from_days(day);
            of_month == 1 && (i64::from(month) - 1) % step == 0
        });
        return starts.filter(whole).map(|day| (day as f64, date(day)[..7].to_string())).collect();
    }
    let (from, to) = (date_from_days(first).0, date_from_days(last).0);
    let step = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(|step| (to - from) / step <= MOST).unwrap_or(1000);
    let years = (from..=to).filter(|year| year % step == 0).map(|year| (days_from_date(year, 1, 1), year));
    years.filter(|(day, _)| whole(day)).map(|(day, year)| (day as f64, year.to_string())).collect()
}

fn date(day: i64) -> String {
    let (year, month, of_month) = date_from_days(day);
    format!("{year:04}-{month:02}-{of_month:02}")
}

fn clock(hour: i64) -> String {
    let of_day = hour.rem_euclid(24);
    match of_day {
        0 => date(hour.div_euclid(24)),
        _ => format!("{of_day:02}:00"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: (i64, u8, u8), to: (i64, u8, u8), expected: &[&str]) {
        let day = |(year, month, day)| days_from_date(year, month, day) as f64;
        let names: Vec<String> = ticks(day(from), day(to)).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn ticks_stand_at_full_days_months_and_years() {
        check((2020, 1, 1), (2020, 1, 5), &["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04", "2020-01-05"]);
        check((2020, 1, 15), (2020, 6, 15), &["2020-02", "2020-03", "2020-04", "2020-05", "2020-06"]);
        check((1969, 1, 1), (1988, 12, 31), &["1970", "1975", "1980", "1985"]);
        check((2020, 1, 1), (2020, 1, 1), &["2020-01-01"]);
    }
}
