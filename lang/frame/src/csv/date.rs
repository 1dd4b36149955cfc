//! Points in time from text: ISO 8601, and formats in the notation of `strftime`; which of them a text has is guessed as pandas does.

use rdk_runtime::{Result, bail};

/// A format, taken apart.
pub struct DateFormat {
    items: Vec<Item>,
    iso: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Item {
    Letter(u8),
    Blank,
    Year,
    ShortYear,
    Month,
    MonthName,
    LongMonthName,
    Day,
    DayOfYear,
    WeekdayName,
    LongWeekdayName,
    Hour,
    HalfHour,
    Minute,
    Second,
    Fraction,
    Half,
    Zone,
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Nanoseconds within the second.
    pub nanosecond: u32,
    /// Seconds since 1970, in UTC if a zone was given.
    pub seconds: i64,
    /// Minutes that the zone is ahead of UTC.
    pub zone: Option<i32>,
    /// Are there digits below the microsecond?
    pub fine: bool,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Days since 1970 of a day in the Gregorian calendar.
fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = year - (month <= 2) as i64;
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month as i64 + 9) % 12) + 2) / 5 + day as i64 - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn days_in(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of a day counted from 1970.
pub fn calendar(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * month + 2) / 5 + 1) as u32;
    let month = if month < 10 { month + 3 } else { month - 9 } as u32;
    (year + era * 400 + (month <= 2) as i64, month, day)
}

/// What has been read of a text.
#[derive(Default)]
struct Parts {
    year: i64,
    month: u32,
    day: u32,
    day_of_year: Option<u32>,
    hour: u32,
    half: Option<bool>,
    minute: u32,
    second: u32,
    nanosecond: u32,
    fine: bool,
    zone: Option<i32>,
}

impl Parts {
    fn moment(mut self) -> Option<Moment> {
        if let Some(afternoon) = self.half {
            if !(1..=12).contains(&self.hour) {
                return None;
            }
            self.hour = self.hour % 12 + 12 * afternoon as u32;
        }
        let day = match self.day_of_year {
            Some(day) if (1..=366).contains(&day) => days(self.year, 1, 1) + day as i64 - 1,
            Some(_) => return None,
            None => {
                let fits =
                    (1..=12).contains(&self.month) && self.day >= 1 && self.day <= days_in(self.year, self.month);
                if !fits {
                    return None;
                }
                days(self.year, self.month, self.day)
            }
        };
        if self.hour > 23 || self.minute > 59 || self.second > 59 {
            return None;
        }
        let seconds = day * 86_400 + (self.hour * 3600 + self.minute * 60 + self.second) as i64;
        let seconds = seconds - self.zone.unwrap_or(0) as i64 * 60;
        Some(Moment { nanosecond: self.nanosecond, seconds, zone: self.zone, fine: self.fine })
    }
}

/// A text from which digits and words are taken off the front.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let n_digits = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if n_digits < least {
            return None;
        }
        let number = self.0[..n_digits].iter().fold(0, |number, digit| number * 10 + (digit - b'0') as u32);
        self.0 = &self.0[n_digits..];
        Some(number)
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    fn word(&mut self, words: &[&str]) -> Option<usize> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = self.0[..length].to_ascii_lowercase();
        let found = words.iter().position(|name| word == name.as_bytes() || word == name.as_bytes()[..3])?;
        self.0 = &self.0[length..];
        Some(found)
    }

    /// Nanoseconds, and whether there are digits below the microsecond.
    fn fraction(&mut self) -> Option<(u32, bool)> {
        let n_digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&n_digits) {
            return None;
        }
        let number = self.number(1, 9)?;
        Some((number * 10_u32.pow(9 - n_digits as u32), n_digits > 6))
    }

    /// `Z`, `UTC`, `+02:00`, `-0530`, `+02`: minutes ahead of UTC.
    fn zone(&mut self) -> Option<i32> {
        for name in [&b"Z"[..], b"UTC"] {
            if let Some(rest) = self.0.strip_prefix(name) {
                self.0 = rest;
                return Some(0);
            }
        }
        let sign = match self.0.first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.0 = &self.0[1..];
        let hours = self.number(2, 2)? as i32;
        let colon = self.byte(b':').is_some();
        let minutes = if colon || !self.0.is_empty() { self.number(2, 2)? as i32 } else { 0 };
        (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }
}

/// `2020-01-31`, `2020-01-31T10:00`, `2020-01-31 10:00:00.5+02:00`.
fn iso(text: &[u8]) -> Option<Moment> {
    let mut text = Cursor(text);
    let mut parts = Parts { day: 1, ..Parts::default() };
    parts.year = text.number(4, 4)? as i64;
    text.byte(b'-')?;
    parts.month = text.number(1, 2)?;
    if !text.0.is_empty() {
        text.byte(b'-')?;
        parts.day = text.number(1, 2)?;
    }
    if !text.0.is_empty() {
        text.byte(b'T').or_else(|| text.byte(b' '))?;
        parts.hour = text.number(1, 2)?;
        text.byte(b':')?;
        parts.minute = text.number(2, 2)?;
        if text.byte(b':').is_some() {
            parts.second = text.number(2, 2)?;
            if text.byte(b'.').is_some() {
                (parts.nanosecond, parts.fine) = text.fraction()?;
            }
        }
        if !text.0.is_empty() {
            let _ = text.byte(b' ');
            parts.zone = Some(text.zone()?);
        }
    }
    text.0.is_empty().then(|| parts.moment())?
}

impl DateFormat {
    /// From `ISO8601` or the notation of `strftime`.
    pub fn new(format: &str) -> Result<DateFormat> {
        if matches!(format, "ISO8601" | "iso8601") {
            return Ok(DateFormat { items: Vec::new(), iso: true });
        }
        let mut items = Vec::new();
        let mut bytes = format.bytes();
        while let Some(byte) = bytes.next() {
            if byte != b'%' {
                items.push(if byte == b' ' { Item::Blank } else { Item::Letter(byte) });
                continue;
            }
            let letter = bytes.next().unwrap_or(b'%');
            let group = match letter {
                b'F' => Some(([Item::Year, Item::Month, Item::Day], b'-')),
                b'D' => Some(([Item::Month, Item::Day, Item::ShortYear], b'/')),
                b'T' => Some(([Item::Hour, Item::Minute, Item::Second], b':')),
                _ => None,
            };
            if let Some(([first, second, third], between)) = group {
                items.extend([first, Item::Letter(between), second, Item::Letter(between), third]);
                continue;
            }
            items.push(match letter {
                b'Y' => Item::Year,
                b'y' => Item::ShortYear,
                b'm' => Item::Month,
                b'b' | b'h' => Item::MonthName,
                b'B' => Item::LongMonthName,
                b'd' | b'e' => Item::Day,
                b'j' => Item::DayOfYear,
                b'a' => Item::WeekdayName,
                b'A' => Item::LongWeekdayName,
                b'H' | b'k' => Item::Hour,
                b'I' | b'l' => Item::HalfHour,
                b'M' => Item::Minute,
                b'S' => Item::Second,
                b'f' => Item::Fraction,
                b'p' | b'P' => Item::Half,
                b'z' | b'Z' => Item::Zone,
                b'%' => Item::Letter(b'%'),
                _ => bail!("'%{}' is not known in date format '{format}'", letter as char;
                    hint: "known are %Y %y %m %b %B %d %j %a %A %H %I %M %S %f %p %z %F %T %D"),
            });
        }
        Ok(DateFormat { items, iso: false })
    }

    /// The point in time that the text says; blanks at both ends do not count.
    pub fn parse(&self, text: &[u8]) -> Option<Moment> {
        if self.iso {
            return iso(text.trim_ascii());
        }
        let mut text = Cursor(text.trim_ascii());
        let mut parts = Parts { year: 1900, month: 1, day: 1, ..Parts::default() };
        for item in &self.items {
            match item {
                Item::Letter(byte) => text.byte(*byte)?,
                Item::Blank => {
                    text.byte(b' ')?;
                    text.0 = text.0.trim_ascii_start();
                }
                Item::Year => parts.year = text.number(4, 4)? as i64,
                Item::ShortYear => {
                    let year = text.number(2, 2)? as i64;
                    parts.year = year + if year < 69 { 2000 } else { 1900 };
                }
                Item::Month => parts.month = text.number(1, 2)?,
                Item::MonthName | Item::LongMonthName => parts.month = text.word(&MONTHS)? as u32 + 1,
                Item::Day => parts.day = text.number(1, 2)?,
                Item::DayOfYear => parts.day_of_year = Some(text.number(1, 3)?),
                Item::WeekdayName | Item::LongWeekdayName => drop(text.word(&WEEKDAYS)?),
                Item::Hour | Item::HalfHour => parts.hour = text.number(1, 2)?,
                Item::Minute => parts.minute = text.number(1, 2)?,
                Item::Second => parts.second = text.number(1, 2)?,
                Item::Fraction => (parts.nanosecond, parts.fine) = text.fraction()?,
                Item::Half => {
                    let half = text.0.get(..2)?.to_ascii_lowercase();
                    parts.half = Some(match half.as_slice() {
                        b"am" => false,
                        b"pm" => true,
                        _ => return None,
                    });
                    text.0 = &text.0[2..];
                }
                Item::Zone => parts.zone = Some(text.zone()?),
            }
        }
        text.0.is_empty().then(|| parts.moment())?
    }
}

impl DateFormat {
    /// The point in time as text; its seconds are those of its zone.
    pub fn write(&self, moment: &Moment) -> String {
        let (day_count, clock) = (moment.seconds.div_euclid(86_400), moment.seconds.rem_euclid(86_400));
        let (year, month, day) = calendar(day_count);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        let title = |name: &str| name[..1].to_ascii_uppercase() + &name[1..];
        let mut out = String::new();
        for item in &self.items {
            out += &match item {
                Item::Letter(byte) => (*byte as char).to_string(),
                Item::Blank => " ".to_string(),
                Item::Year => format!("{year:04}"),
                Item::ShortYear => format!("{:02}", year.rem_euclid(100)),
                Item::Month => format!("{month:02}"),
                Item::MonthName => title(&MONTHS[month as usize - 1][..3]),
                Item::LongMonthName => title(MONTHS[month as usize - 1]),
                Item::Day => format!("{day:02}"),
                Item::DayOfYear => format!("{:03}", day_count - days(year, 1, 1) + 1),
                Item::WeekdayName => title(&WEEKDAYS[(day_count + 3).rem_euclid(7) as usize][..3]),
                Item::LongWeekdayName => title(WEEKDAYS[(day_count + 3).rem_euclid(7) as usize]),
                Item::Hour => format!("{hour:02}"),
                Item::HalfHour => format!("{:02}", (hour + 11) % 12 + 1),
                Item::Minute => format!("{minute:02}"),
                Item::Second => format!("{second:02}"),
                Item::Fraction => format!("{:06}", moment.nanosecond / 1000),
                Item::Half => if hour < 12 { "AM" } else { "PM" }.to_string(),
                Item::Zone => moment.zone.map_or(String::new(), |minutes| {
                    format!("{}{:02}{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60)
                }),
            };
        }
        out
    }
}

/// The format of a text that says a point in time, month before day unless told or seen otherwise.
pub fn guess(text: &[u8], dayfirst: bool) -> Option<String> {
    if iso(text.trim_ascii()).is_some() {
        return Some("ISO8601".to_string());
    }
    let numbers = if dayfirst { ["%d/%m/%Y", "%m/%d/%Y"] } else { ["%m/%d/%Y", "%d/%m/%Y"] };
    let mut dates: Vec<String> = vec!["%Y/%m/%d".into(), "%Y.%m.%d".into(), "%Y%m%d".into()];
    for date in numbers {
        dates.extend([date.to_string(), date.replace('/', "-"), date.replace('/', "."), date.replace("%Y", "%y")]);
    }
    dates.extend(
        [
            "%d %b %Y",
            "%d-%b-%Y",
            "%d/%b/%Y",
            "%b %d, %Y",
            "%b %d %Y",
            "%d-%b-%y",
            "%Y-%b-%d",
            "%a, %d %b %Y",
            "%a %d %b %Y",
        ]
        .map(String::from),
    );
    let times = [
        "",
        " %H:%M:%S",
        " %H:%M",
        " %I:%M:%S %p",
        " %I:%M %p",
        " %I:%M:%S%p",
        " %I:%M%p",
        " %H:%M:%S.%f",
        "T%H:%M:%S",
        ":%H:%M:%S %z",
    ];
    dates.iter().flat_map(|date| times.iter().map(move |time| format!("{date}{time}"))).find(|format| {
        // A single year or a lone number is no date.
        DateFormat::new(format).is_ok_and(|format| format.parse(text).is_some())
    })
}

/// Minutes that a zone is ahead of UTC: `+02:00`.
pub fn zone_minutes(zone: &str) -> Option<i32> {
    let mut text = Cursor(zone.as_bytes());
    let minutes = text.zone()?;
    text.0.is_empty().then_some(minutes)
}

/// The zone's name in arrow and pandas: `UTC`, `+02:00`.
pub fn zone_name(minutes: i32) -> String {
    if minutes == 0 {
        return "UTC".to_string();
    }
    format!("{}{:02}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60)
}

impl Moment {
    /// Counted in microseconds or nanoseconds since 1970; nothing if that is too far away.
    pub fn count(&self, nanoseconds: bool) -> Option<i64> {
        let (scale, below) =
            if nanoseconds { (1_000_000_000, self.nanosecond) } else { (1_000_000, self.nanosecond / 1000) };
        self.seconds.checked_mul(scale)?.checked_add(below as i64)
    }
}
