//! Moments and spans of time as texts: as exact as they need to be, alike for all that stand below each other.

use arrow::datatypes::TimeUnit;

const DAY_SECONDS: i128 = 86_400;
const BILLION: i128 = 1_000_000_000;

/// A moment or a span in nanoseconds.
pub(super) fn nanoseconds(count: i64, unit: &TimeUnit) -> i128 {
    let factor = match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1000,
        TimeUnit::Nanosecond => 1,
    };
    i128::from(count) * factor
}

/// Minutes east of Greenwich; `None` if the zone is a name that we have no table for.
pub(super) fn offset_minutes(zone: &str) -> Option<i32> {
    if matches!(zone, "UTC" | "Z" | "GMT" | "Etc/UTC") {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|letter| *letter != ':').collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..).filter(|minutes| !minutes.is_empty()).unwrap_or("0").parse().ok()?;
    Some(sign * (hours * 60 + minutes))
}

/// Moments below each other: dates alone if all are midnights, else with as many decimals as one of them needs.
pub(super) fn moments(values: &[Option<i128>], zone: Option<&str>) -> Vec<String> {
    if let Some(zone) = zone {
        return values.iter().map(|value| value.map_or("NaT".to_string(), |value| moment(value, Some(zone)))).collect();
    }
    let present = || values.iter().flatten();
    let are_dates = are_dates(values);
    let n_decimals = [(1_000_000_000, 0), (1_000_000, 3), (1000, 6)]
        .iter()
        .find(|(step, _)| present().all(|value| value.rem_euclid(*step) == 0))
        .map_or(9, |(_, n_decimals)| *n_decimals);
    let text = |value: &i128| if are_dates { date(*value) } else { clocked(*value, n_decimals) };
    values.iter().map(|value| value.as_ref().map_or("NaT".to_string(), text)).collect()
}

/// Whether all moments are midnights.
pub(super) fn are_dates(values: &[Option<i128>]) -> bool {
    values.iter().flatten().all(|value| value.rem_euclid(DAY_SECONDS * BILLION) == 0)
}

/// One moment by itself: `2020-01-31 12:00:00`, with decimals only if it has any.
pub(super) fn moment(value: i128, zone: Option<&str>) -> String {
    let minutes = zone.and_then(offset_minutes).unwrap_or(0);
    let local = value + i128::from(minutes) * 60 * BILLION;
    let n_decimals = match local.rem_euclid(BILLION) {
        0 => 0,
        rest if rest % 1000 == 0 => 6,
        _ => 9,
    };
    let behind = zone.map_or(String::new(), |_| {
        format!("{}{:02}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60)
    });
    clocked(local, n_decimals) + &behind
}

/// `2020-01-31`
pub(super) fn date(value: i128) -> String {
    let days = value.div_euclid(DAY_SECONDS * BILLION);
    // Days from civil dates, in years that begin in March.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i128::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

fn clocked(value: i128, n_decimals: usize) -> String {
    format!("{} {}", date(value), clock(value, n_decimals))
}

/// The time of the day: `12:00:00.500`.
pub(super) fn clock(value: i128, n_decimals: usize) -> String {
    let seconds = value.div_euclid(BILLION).rem_euclid(DAY_SECONDS);
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match n_decimals {
        0 => text,
        _ => format!("{text}.{}", &format!("{:09}", value.rem_euclid(BILLION))[..n_decimals]),
    }
}

/// Spans below each other: days alone if all are whole days, else all with as many decimals as one of them needs.
pub(super) fn spans(values: &[Option<i128>]) -> Vec<String> {
    let present = || values.iter().flatten();
    if are_dates(values) {
        let days = |value: i128| format!("{} days", value.div_euclid(DAY_SECONDS * BILLION));
        return values.iter().map(|value| value.map_or("NaT".to_string(), days)).collect();
    }
    let n_decimals = [(BILLION, 0), (1000, 6)]
        .iter()
        .find(|(step, _)| present().all(|value| value.rem_euclid(*step) == 0))
        .map_or(9, |(_, n_decimals)| *n_decimals);
    values.iter().map(|value| value.map_or("NaT".to_string(), |value| spelled(value, n_decimals))).collect()
}

/// One span by itself: `1 days 00:00:00`.
pub(super) fn span(value: i128) -> String {
    let n_decimals = match value.rem_euclid(BILLION) {
        0 => 0,
        rest if rest % 1000 == 0 => 6,
        _ => 9,
    };
    spelled(value, n_decimals)
}

fn spelled(value: i128, n_decimals: usize) -> String {
    let days = value.div_euclid(DAY_SECONDS * BILLION);
    let sign = if days < 0 { " +" } else { " " };
    format!("{days} days{sign}{}", clock(value, n_decimals))
}
