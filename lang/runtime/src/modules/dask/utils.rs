//! `dask.utils`: sizes and times as text, and back.

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use crate::convert::describe;
use crate::error::Result;
use crate::value::Value;
use crate::{bail, builtins, error};

builtins! {
    /// A size as text.
    ///
    /// ```rdk
    /// from dask.utils import format_bytes
    /// format_bytes(1234567890)
    /// #> '1.15 GiB'
    /// ```
    fn format_bytes(
        /// How many bytes.
        n: Value,
    ) -> Result<String> { format_bytes(&n) }

    /// How many bytes a text stands for.
    ///
    /// ```rdk
    /// from dask.utils import parse_bytes
    /// parse_bytes("64 MiB"), parse_bytes("1e3 kB")
    /// #> (67108864, 1000000)
    /// ```
    fn parse_bytes(
        /// A text such as `64 MiB`, or a number.
        s: Value,
    ) -> Result<Value> { parse_bytes(&s) }

    /// A time as text.
    ///
    /// ```rdk
    /// from dask.utils import format_time
    /// format_time(0.1234), format_time(4000)
    /// #> ('123.40 ms', '66m 40s')
    /// ```
    fn format_time(
        /// How many seconds.
        n: f64,
    ) -> String { format_time(n) }

    /// How many seconds a text stands for.
    ///
    /// ```rdk
    /// from dask.utils import parse_timedelta
    /// parse_timedelta("300ms"), parse_timedelta("2 minutes")
    /// #> (0.3, 120)
    /// ```
    fn parse_timedelta(
        /// A text such as `300ms`, or a number.
        s: Value,
        /// The unit where the text has none.
        default: String = "seconds",
    ) -> Result<Value> { parse_timedelta(&s, &default) }

    /// A text in parts, so that those with numbers sort by the numbers.
    ///
    /// ```rdk
    /// from dask.utils import natural_sort_key
    /// sorted(["f10", "f2"], key=natural_sort_key)
    /// #> ['f2', 'f10']
    /// ```
    fn natural_sort_key(
        /// The text.
        s: String,
    ) -> Vec<Value> { natural_sort_key(&s) }
}

pub(crate) fn format_bytes(n: &Value) -> Result<String> {
    let Some(size) = n.as_f64() else { bail!(TypeError: "expected a number of bytes, got {}", describe(n)) };
    for (unit, exponent) in [("PiB", 50), ("TiB", 40), ("GiB", 30), ("MiB", 20), ("kiB", 10)] {
        let scale = f64::powi(2.0, exponent);
        if size >= scale * 0.9 {
            return Ok(format!("{:.2} {unit}", size / scale));
        }
    }
    Ok(format!("{} B", n.text()))
}

/// A text split before the letters at its end, without spaces.
fn number_and_unit(text: &str) -> (String, String) {
    let text: String = text.chars().filter(|c| *c != ' ').collect();
    let number = text.trim_end_matches(char::is_alphabetic).len();
    (text[..number].to_string(), text[number..].to_string())
}

pub(crate) fn parse_bytes(s: &Value) -> Result<Value> {
    let too_large = || error!(OverflowError: "expected a finite number of bytes");
    let Some(text) = s.as_str() else {
        return match s {
            Value::Int(_) | Value::BigInt(_) => Ok(s.clone()),
            other => match other.as_f64() {
                Some(number) => BigInt::from_f64(number.trunc()).map(Value::big).ok_or_else(too_large),
                None => bail!(TypeError: "expected a size such as `64 MiB`, got {}", describe(other)),
            },
        };
    };
    let text = if text.contains(|c: char| c.is_ascii_digit()) { text.to_string() } else { format!("1{text}") };
    let (number, unit) = number_and_unit(&text);
    let Ok(number) = number.parse::<f64>() else { bail!("Could not interpret '{number}' as a number") };
    let lower = unit.to_lowercase();
    let bare = lower.trim_end_matches('b');
    let (letter, base) = match bare.strip_suffix('i') {
        Some(letter) => (letter, 1024.0),
        None => (bare, 1000.0),
    };
    let power = ["", "k", "m", "g", "t", "p"].iter().position(|prefix| *prefix == letter);
    let known = power.filter(|power| (*power > 0 || base == 1000.0) && lower.len() - bare.len() <= 1);
    let Some(power) = known else {
        bail!("Could not interpret '{unit}' as a byte unit"; hint: "B, kB, MB, GB, TB, PB, or kiB, MiB, GiB, TiB, PiB");
    };
    BigInt::from_f64((number * f64::powi(base, power as i32)).trunc()).map(Value::big).ok_or_else(too_large)
}

/// A time as text, as Dask writes it.
pub fn format_time(n: f64) -> String {
    let (hour, day) = (3600.0, 86_400.0);
    if n > day * 2.0 {
        let days = (n / day).trunc();
        return format!("{days}d {}hr", ((n - days * day) / hour).trunc());
    }
    if n > hour * 2.0 {
        let hours = (n / hour).trunc();
        return format!("{hours}hr {}m", ((n - hours * hour) / 60.0).trunc());
    }
    if n > 600.0 {
        let minutes = (n / 60.0).trunc();
        return format!("{minutes}m {}s", (n - minutes * 60.0).trunc());
    }
    if n >= 1.0 {
        format!("{n:.2} s")
    } else if n >= 1e-3 {
        format!("{:.2} ms", n * 1e3)
    } else {
        format!("{:.2} us", n * 1e6)
    }
}

pub(crate) fn parse_timedelta(s: &Value, default: &str) -> Result<Value> {
    let whole = |seconds: f64| {
        let fits = seconds.fract() == 0.0 && seconds.abs() < 9e15;
        if fits { Value::Int(seconds as i64) } else { Value::Float(seconds) }
    };
    let text = match s {
        Value::None => return Ok(Value::None),
        Value::Str(text) => text.to_string(),
        other => match (crate::modules::datetime::seconds_of(other), other.as_f64()) {
            (Some(seconds), _) => return Ok(whole(seconds)),
            (_, Some(_)) => other.text(),
            _ => bail!(TypeError: "expected a time such as `300ms`, got {}", describe(other)),
        },
    };
    let text = if text.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
        text
    } else {
        format!("1{}", text.trim_start())
    };
    let (number, unit) = number_and_unit(&text);
    let Ok(number) = number.parse::<f64>() else { bail!("could not convert string to float: '{number}'") };
    let unit = if unit.is_empty() { default.to_string() } else { unit };
    let lower = unit.to_lowercase();
    let long = lower.strip_suffix('s').filter(|rest| rest.len() > 2).unwrap_or(&lower);
    let scale = match long {
        "s" | "second" => 1.0,
        "ms" | "millisecond" => 1e-3,
        "us" | "microsecond" => 1e-6,
        "ns" | "nanosecond" => 1e-9,
        "m" | "minute" => 60.0,
        "h" | "hour" => 3600.0,
        "d" | "day" => 86_400.0,
        "w" | "week" => 604_800.0,
        _ => bail!(KeyError: "Invalid time unit: {unit}"; hint: "s, ms, us, ns, m, h, d, w, or `seconds` and the like"),
    };
    Ok(whole(number * scale))
}

fn natural_sort_key(text: &str) -> Vec<Value> {
    let mut parts = vec![String::new()];
    let mut digits = false;
    for c in text.chars() {
        if c.is_ascii_digit() != digits {
            digits = !digits;
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    if digits {
        parts.push(String::new());
    }
    let part = |part: String| match part.parse::<BigInt>() {
        Ok(number) if part.starts_with(|c: char| c.is_ascii_digit()) => Value::big(number),
        _ => Value::from(part),
    };
    parts.into_iter().map(part).collect()
}
