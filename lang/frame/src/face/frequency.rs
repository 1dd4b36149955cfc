//! Spans of the calendar by pandas' names: `"D"`, `"15min"`, `"ME"`, `"W"`.

use rdk_runtime::modules::calendar::{date_from_days, days_from_date, days_in_month};
use rdk_runtime::{Result, bail};

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// So many microseconds.
    Fixed(i64),
    /// Weeks that end with this day; Monday is 0.
    Week(i64),
    /// So many months, named by their first day.
    MonthStart(i64),
    /// So many months, named by their last day.
    MonthEnd(i64),
    /// Days from Monday to Friday.
    Business,
}

/// So many of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frequency {
    /// How many.
    pub n: i64,
    /// Of what.
    pub unit: Unit,
}

/// Which end of spans belongs to them, and which names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// Does the end belong to a span, and not the beginning?
    pub closed_right: bool,
    /// Does the end name it, and not the beginning?
    pub label_right: bool,
}

impl Frequency {
    /// Reads `"15min"`.
    pub fn read(text: &str) -> Result<Frequency> {
        let text = text.trim();
        let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let n: i64 = if digits == 0 { 1 } else { text[..digits].parse().unwrap_or(0) };
        let name = text[digits..].trim();
        let (base, anchor) = name.split_once('-').unwrap_or((name, ""));
        let days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
        let unit = match base {
            "D" | "d" | "day" | "days" => Unit::Fixed(DAY),
            "h" | "H" | "hour" | "hours" => Unit::Fixed(DAY / 24),
            "min" | "T" | "minute" | "minutes" => Unit::Fixed(60_000_000),
            "s" | "S" | "second" | "seconds" => Unit::Fixed(1_000_000),
            "ms" | "L" => Unit::Fixed(1000),
            "us" | "U" => Unit::Fixed(1),
            "W" | "w" => Unit::Week(days.iter().position(|day| *day == anchor).unwrap_or(6) as i64),
            "MS" => Unit::MonthStart(1),
            "ME" | "M" => Unit::MonthEnd(1),
            "QS" => Unit::MonthStart(3),
            "QE" | "Q" => Unit::MonthEnd(3),
            "YS" | "AS" => Unit::MonthStart(12),
            "YE" | "Y" | "A" => Unit::MonthEnd(12),
            "B" => Unit::Business,
            _ => bail!(
                "Invalid frequency: {text}";
                hint: "a number and a unit: `D`, `h`, `min`, `s`, `ms`, `W`, `MS`, `ME`, `QS`, `QE`, `YS`, `YE`, `B`"
            ),
        };
        if n <= 0 {
            bail!("Invalid frequency: {text}"; hint: "a number of 1 or more before the unit");
        }
        Ok(Frequency { n, unit })
    }

    /// Its length in microseconds, if it is always the same.
    pub fn fixed(self) -> Option<i64> {
        match self.unit {
            Unit::Fixed(micros) => Some(self.n * micros),
            Unit::Week(_) | Unit::MonthStart(_) | Unit::MonthEnd(_) | Unit::Business => None,
        }
    }

    /// The name of the span that this time lies in. Spans of a fixed length are counted from `origin`.
    pub fn bin(self, micros: i64, origin: i64) -> i64 {
        let day = micros.div_euclid(DAY);
        match self.unit {
            Unit::Fixed(unit) => {
                let size = self.n * unit;
                origin + (micros - origin).div_euclid(size) * size
            }
            Unit::Week(last) => {
                let weekday = (day + 3).rem_euclid(7);
                (day + (last - weekday).rem_euclid(7)) * DAY
            }
            Unit::MonthStart(months) => {
                let (year, month, _) = date_from_days(day);
                month_start(first_month(year, month, months)) * DAY
            }
            Unit::MonthEnd(months) => {
                let (year, month, _) = date_from_days(day);
                (month_start(first_month(year, month, months) + months) - 1) * DAY
            }
            Unit::Business => {
                let weekday = (day + 3).rem_euclid(7);
                (day - (weekday - 4).max(0)) * DAY
            }
        }
    }

    /// The name of the next span.
    pub fn next(self, label: i64) -> i64 {
        self.plus(label, self.n)
    }

    /// The name of the span so many units later.
    fn plus(self, label: i64, count: i64) -> i64 {
        let day = label.div_euclid(DAY);
        match self.unit {
            Unit::Fixed(unit) => label + count * unit,
            Unit::Week(_) => label + 7 * count * DAY,
            Unit::MonthStart(months) => {
                let (year, month, _) = date_from_days(day);
                month_start(year * 12 + i64::from(month) - 1 + months * count) * DAY
            }
            Unit::MonthEnd(months) => {
                let (year, month, _) = date_from_days(day);
                (month_start(year * 12 + i64::from(month) + months * count) - 1) * DAY
            }
            Unit::Business => {
                let mut day = day;
                for _ in 0..count {
                    day += match (day + 3).rem_euclid(7) {
                        4 => 3,
                        5 => 2,
                        _ => 1,
                    };
                }
                day * DAY
            }
        }
    }

    /// How many units lie between two names of spans.
    fn units(self, from: i64, to: i64) -> i64 {
        let months = |label: i64| {
            let (year, month, _) = date_from_days(label.div_euclid(DAY));
            year * 12 + i64::from(month)
        };
        match self.unit {
            Unit::Fixed(unit) => (to - from).div_euclid(unit),
            Unit::Week(_) => (to - from).div_euclid(7 * DAY),
            Unit::MonthStart(size) | Unit::MonthEnd(size) => (months(to) - months(from)).div_euclid(size),
            Unit::Business => (to - from).div_euclid(DAY),
        }
    }

    /// Are spans named by their last day, as weeks and `ME` are?
    pub fn by_end(self) -> bool {
        match self.unit {
            Unit::Week(_) | Unit::MonthEnd(_) => true,
            Unit::Fixed(_) | Unit::MonthStart(_) | Unit::Business => false,
        }
    }

    /// The last name of a span of one unit at or before this time.
    fn floor(self, micros: i64, origin: i64) -> i64 {
        let one = Frequency { n: if self.fixed().is_some() { self.n } else { 1 }, unit: self.unit };
        let label = one.bin(micros, origin);
        if label > micros { one.plus(label, -1) } else { label }
    }

    /// The name of the span in which a time lies: by its beginning or its end, either of which may belong to it.
    ///
    /// `origin` is where spans are counted from: a time on an edge for spans of a fixed length, and the first time of all for
    /// several units of the calendar.
    pub fn span(self, micros: i64, origin: i64, sides: Sides) -> i64 {
        // The last day of a span that is named by it belongs to the span.
        let shift = match (sides.closed_right, self.by_end()) {
            (false, _) => 0,
            (true, true) => DAY,
            (true, false) => 1,
        };
        let left = self.floor(micros - shift, origin);
        if self.fixed().is_some() || self.n == 1 {
            return if sides.label_right { self.next(left) } else { left };
        }
        let first = self.floor(origin - shift, 0);
        let units = self.units(first, left);
        // So many units together: counted from the first span, at whose end the first of them ends or begins.
        let left = match sides.closed_right {
            false => self.plus(first, units.div_euclid(self.n) * self.n),
            true => self.plus(first, 1 + (units + self.n - 1).div_euclid(self.n) * self.n - self.n),
        };
        if sides.label_right { self.next(left) } else { left }
    }

    /// The first time at or after this one at which a span is named.
    pub fn first(self, micros: i64) -> i64 {
        match self.unit {
            Unit::Fixed(_) => micros,
            Unit::Week(_) | Unit::MonthStart(_) | Unit::MonthEnd(_) | Unit::Business => {
                let one = Frequency { n: 1, unit: self.unit };
                let time = micros.rem_euclid(DAY);
                let mut label = one.bin(micros, 0);
                while label < micros - time {
                    label = one.next(label);
                }
                label + time
            }
        }
    }
}

/// Months since the year 0 of the first month of its span.
fn first_month(year: i64, month: u8, months: i64) -> i64 {
    let count = year * 12 + i64::from(month) - 1;
    count - count.rem_euclid(months)
}

/// The day on which a month begins.
fn month_start(months: i64) -> i64 {
    days_from_date(months.div_euclid(12), months.rem_euclid(12) as u8 + 1, 1)
}

/// Is this the last day of its month?
pub fn is_month_end(year: i64, month: u8, day: u8) -> bool {
    day == days_in_month(year, month)
}
