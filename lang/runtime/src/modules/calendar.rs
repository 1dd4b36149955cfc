//! Days, months and years: counting days, times as text and back.

use crate::bail;
use crate::error::Result;

/// A point in time as a calendar has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Moment {
    pub year: i64,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub micro: u32,
    /// Seconds east of Greenwich; `None` where it does not matter.
    pub offset: Option<i64>,
}

/// Days from the beginning of 1970 to a date, in the calendar of today for all times.
pub fn days_from_date(year: i64, month: u8, day: u8) -> i64 {
    // Years begin in March here, so that the leap day is the last day of one.
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_of_year = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_of_year + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date so many days after the beginning of 1970.
pub fn date_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_of_year = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_of_year + 2) / 5 + 1) as u8;
    let month = if month_of_year < 10 { month_of_year + 3 } else { month_of_year - 9 } as u8;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// How many days a month has.
pub fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Seconds east of Greenwich that clocks here show at this time.
pub fn local_offset(seconds: i64) -> i64 {
    // SAFETY: both pointers are to values of ours; zeros are a valid `tm`.
    unsafe {
        let mut parts: libc::tm = std::mem::zeroed();
        if libc::localtime_r(&seconds, &mut parts).is_null() { 0 } else { parts.tm_gmtoff }
    }
}

impl Moment {
    /// So many seconds after the beginning of 1970, as clocks show it at this offset.
    pub fn of(seconds: i64, offset: i64) -> Moment {
        let local = seconds.saturating_add(offset).clamp(-60_000_000_000_000, 60_000_000_000_000);
        let (year, month, day) = date_from_days(local.div_euclid(86_400));
        let second = local.rem_euclid(86_400);
        Moment {
            year,
            month,
            day,
            hour: (second / 3600) as u8,
            minute: (second / 60 % 60) as u8,
            second: (second % 60) as u8,
            micro: 0,
            offset: Some(offset),
        }
    }

    /// Days since the beginning of 1970.
    pub fn days(&self) -> i64 {
        days_from_date(self.year, self.month, self.day)
    }

    /// Seconds since the beginning of 1970, as its own clock shows it.
    pub fn seconds(&self) -> i64 {
        self.days() * 86_400 + i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }

    /// Monday is 0.
    pub fn weekday(&self) -> u8 {
        (self.days() + 3).rem_euclid(7) as u8
    }

    /// The first of January is 1.
    pub fn day_of_year(&self) -> u16 {
        (self.days() - days_from_date(self.year, 1, 1) + 1) as u16
    }

    /// The ISO year, week and weekday (Monday is 1).
    pub fn iso_week(&self) -> (i64, i64, u8) {
        // A week belongs to the year of its Thursday.
        let thursday = self.days() - i64::from(self.weekday()) + 3;
        let (year, _, _) = date_from_days(thursday);
        (year, (thursday - days_from_date(year, 1, 1)) / 7 + 1, self.weekday() + 1)
    }
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `strftime`
pub fn format(moment: &Moment, form: &str) -> String {
    let mut out = String::new();
    let mut chars = form.chars();
    let (day_name, month_name) = (DAYS[usize::from(moment.weekday())], MONTHS[usize::from(moment.month) - 1]);
    let twelve = (moment.hour + 11) % 12 + 1;
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut code = chars.next();
        // `%-d`: without the leading zero.
        let bare = code == Some('-');
        if bare {
            code = chars.next();
        }
        let text = match code {
            Some('Y') => moment.year.to_string(),
            Some('y') => format!("{:02}", moment.year.rem_euclid(100)),
            Some('m') => format!("{:02}", moment.month),
            Some('d') => format!("{:02}", moment.day),
            Some('e') => format!("{:2}", moment.day),
            Some('H') => format!("{:02}", moment.hour),
            Some('I') => format!("{twelve:02}"),
            Some('M') => format!("{:02}", moment.minute),
            Some('S') => format!("{:02}", moment.second),
            Some('f') => format!("{:06}", moment.micro),
            Some('p') => if moment.hour < 12 { "AM" } else { "PM" }.into(),
            Some('j') => format!("{:03}", moment.day_of_year()),
            Some('a') => day_name[..3].into(),
            Some('A') => day_name.into(),
            Some('b' | 'h') => month_name[..3].into(),
            Some('B') => month_name.into(),
            Some('w') => ((moment.weekday() + 1) % 7).to_string(),
            Some('u') => (moment.weekday() + 1).to_string(),
            Some('U') => format!("{:02}", (moment.day_of_year() + 6 - u16::from((moment.weekday() + 1) % 7)) / 7),
            Some('W') => format!("{:02}", (moment.day_of_year() + 6 - u16::from(moment.weekday())) / 7),
            Some('V') => format!("{:02}", moment.iso_week().1),
            Some('G') => moment.iso_week().0.to_string(),
            Some('F') => format(moment, "%Y-%m-%d"),
            Some('T' | 'X') => format(moment, "%H:%M:%S"),
            Some('R') => format(moment, "%H:%M"),
            Some('D' | 'x') => format(moment, "%m/%d/%y"),
            Some('c') => format(moment, "%a %b %e %H:%M:%S %Y"),
            Some('s') => (moment.seconds() - moment.offset.unwrap_or(0)).to_string(),
            Some('z') => moment.offset.map(offset_text).unwrap_or_default().replace(':', ""),
            Some('Z') => if moment.offset == Some(0) { "UTC" } else { "" }.into(),
            Some('n') => "\n".into(),
            Some('t') => "\t".into(),
            Some('%') => "%".into(),
            Some(other) => format!("%{other}"),
            None => "%".into(),
        };
        out.push_str(if bare && text.len() > 1 { text.trim_start_matches(['0', ' ']) } else { &text });
        if bare && !text.is_empty() && text.bytes().all(|byte| byte == b'0') {
            out.push('0');
        }
    }
    out
}

/// `+02:00`
pub fn offset_text(offset: i64) -> String {
    let (sign, size) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    format!("{sign}{:02}:{:02}", size / 3600, size / 60 % 60)
}

/// `strptime`
pub fn parse(text: &str, form: &str) -> Result<Moment> {
    let mut moment = Moment { year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0, micro: 0, offset: None };
    let (mut rest, mut afternoon) = (text, None);
    let mut day_of_year = None;
    let fail = || crate::error!("time data '{text}' does not match format '{form}'");
    let expanded = form.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S").replace("%D", "%m/%d/%y");
    let mut chars = expanded.chars();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            rest = rest.trim_start();
            continue;
        }
        if c != '%' {
            rest = rest.strip_prefix(c).ok_or_else(fail)?;
            continue;
        }
        let mut number = |most: usize| {
            let n = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
            let (digits, after) = rest.split_at(n);
            rest = after;
            digits.parse::<i64>().map(|number| (number, n)).map_err(|_| fail())
        };
        match chars.next() {
            Some('Y') => moment.year = number(4)?.0,
            Some('y') => {
                let short = number(2)?.0;
                moment.year = if short < 69 { 2000 + short } else { 1900 + short };
            }
            Some('m') => moment.month = number(2)?.0 as u8,
            Some('d' | 'e') => moment.day = number(2)?.0 as u8,
            Some('H') => moment.hour = number(2)?.0 as u8,
            Some('I') => {
                moment.hour = number(2)?.0 as u8;
                afternoon.get_or_insert(false);
            }
            Some('M') => moment.minute = number(2)?.0 as u8,
            Some('S') => moment.second = number(2)?.0 as u8,
            Some('j') => day_of_year = Some(number(3)?.0),
            Some('f') => {
                let (micro, n) = number(6)?;
                moment.micro = micro as u32 * 10u32.pow(6 - n as u32);
            }
            Some('p') => {
                let half = rest.get(..2).ok_or_else(fail)?.to_ascii_uppercase();
                afternoon = Some(match half.as_str() {
                    "AM" => false,
                    "PM" => true,
                    _ => return Err(fail()),
                });
                rest = &rest[2..];
            }
            Some(code @ ('a' | 'A' | 'b' | 'B' | 'h')) => {
                let names: &[&str] = if matches!(code, 'a' | 'A') { &DAYS } else { &MONTHS };
                let lower = rest.to_lowercase();
                let found = names.iter().enumerate().find_map(|(at, name)| {
                    let name = name.to_lowercase();
                    let name = if matches!(code, 'A' | 'B') { &name[..] } else { &name[..3] };
                    lower.starts_with(name).then_some((at, name.len()))
                });
                let (at, n) = found.ok_or_else(fail)?;
                if !matches!(code, 'a' | 'A') {
                    moment.month = at as u8 + 1;
                }
                rest = &rest[n..];
            }
            Some('z') => {
                if let Some(after) = rest.strip_prefix('Z') {
                    (moment.offset, rest) = (Some(0), after);
                } else {
                    let sign = if rest.starts_with('-') { -1 } else { 1 };
                    rest = rest.strip_prefix(['+', '-']).ok_or_else(fail)?;
                    let digits: String = rest.chars().filter(char::is_ascii_digit).take(4).collect();
                    let n = if rest.get(2..3) == Some(":") { 5 } else { 4 };
                    let number: i64 = digits.parse().map_err(|_| fail())?;
                    moment.offset = Some(sign * (number / 100 * 3600 + number % 100 * 60));
                    rest = rest.get(n..).ok_or_else(fail)?;
                }
            }
            Some('%') => rest = rest.strip_prefix('%').ok_or_else(fail)?,
            Some(other) => bail!("'{other}' is a bad directive in format '{form}'"),
            None => bail!("stray %% in format '{form}'"),
        }
    }
    if !rest.is_empty() {
        bail!("unconverted data remains: {rest}");
    }
    if let Some(afternoon) = afternoon {
        moment.hour = moment.hour % 12 + if afternoon { 12 } else { 0 };
    }
    if let Some(day) = day_of_year {
        let (_, month, day) = date_from_days(days_from_date(moment.year, 1, 1) + day - 1);
        (moment.month, moment.day) = (month, day);
    }
    let fine = (1..=12).contains(&moment.month) && moment.hour < 24 && moment.minute < 60 && moment.second < 60;
    if !fine || moment.day == 0 || moment.day > days_in_month(moment.year, moment.month) {
        return Err(fail());
    }
    Ok(moment)
}
