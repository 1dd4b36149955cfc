//! Values as JSON, digit by digit as pandas writes them.

use arrow::array::{Array, ArrayRef};
use rdk_runtime::{Result, Value};

use crate::cell;
use crate::timestamp::Timestamp;

/// How values are written.
#[derive(Clone, Copy)]
pub struct Cells {
    /// Times as text, not as milliseconds since 1970?
    pub iso: bool,
    /// How many digits floats have after the point, at most.
    pub digits: usize,
    /// Is every letter beyond ASCII written by its number?
    pub ascii: bool,
}

impl Cells {
    /// A cell of a column.
    pub fn cell(&self, column: &ArrayRef, row: usize) -> Result<String> {
        if column.is_null(row) {
            return Ok("null".into());
        }
        let column = &crate::category::plain(column)?;
        Ok(self.value(&cell::value(column, row)))
    }

    /// A value.
    pub fn value(&self, value: &Value) -> String {
        match value {
            Value::None => "null".into(),
            Value::Bool(flag) => flag.to_string(),
            Value::Int(_) | Value::BigInt(_) => value.text(),
            Value::Float(number) => float(*number, self.digits),
            Value::List(_) | Value::Tuple(_) => {
                let items: Vec<String> =
                    value.items().unwrap_or_default().iter().map(|item| self.value(item)).collect();
                format!("[{}]", items.join(","))
            }
            other => match self.moment(other) {
                Some(text) if text == "null" || !self.iso => text,
                Some(text) => self.quoted(&text),
                None => self.quoted(&other.text()),
            },
        }
    }

    /// A label as the name of a member.
    pub fn key(&self, label: &Value) -> String {
        self.quoted(&self.moment(label).unwrap_or_else(|| label.text()))
    }

    /// A time, a span of time, or what is neither of both; `None`: it is another value.
    fn moment(&self, value: &Value) -> Option<String> {
        if let Some(time) = value.get::<Timestamp>() {
            return Some(match self.iso {
                _ if time.is_not() => "null".into(),
                true => iso(time.0),
                false => time.0.div_euclid(1000).to_string(),
            });
        }
        let micros = crate::timedelta::micros_of(value)?;
        Some(if self.iso { iso_span(micros) } else { micros.div_euclid(1000).to_string() })
    }

    /// A text between quotes.
    pub fn quoted(&self, text: &str) -> String {
        let mut made = String::from("\"");
        for letter in text.chars() {
            match letter {
                '"' => made.push_str("\\\""),
                '\\' => made.push_str("\\\\"),
                '/' => made.push_str("\\/"),
                '\n' => made.push_str("\\n"),
                '\r' => made.push_str("\\r"),
                '\t' => made.push_str("\\t"),
                '\u{8}' => made.push_str("\\b"),
                '\u{c}' => made.push_str("\\f"),
                ' '..='\u{7f}' => made.push(letter),
                _ if !self.ascii && letter > '\u{7f}' => made.push(letter),
                _ => {
                    let mut units = [0u16; 2];
                    for unit in letter.encode_utf16(&mut units) {
                        made.push_str(&format!("\\u{unit:04x}"));
                    }
                }
            }
        }
        made.push('"');
        made
    }
}

fn iso(micros: i64) -> String {
    let moment = super::super::dates::moment(micros);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.micro / 1000
    )
}

/// `P1DT2H3M4.500S`: days may be less than none, what is beyond them is not.
fn iso_span(micros: i64) -> String {
    const SECOND: i64 = 1_000_000;
    let (days, rest) = (micros.div_euclid(86_400 * SECOND), micros.rem_euclid(86_400 * SECOND));
    let (seconds, part) = (rest / SECOND, rest % SECOND);
    let part = match part {
        0 => String::new(),
        part if part % 1000 == 0 => format!(".{:03}", part / 1000),
        part => format!(".{part:06}"),
    };
    format!("P{days}DT{}H{}M{}{part}S", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A float with so many digits after the point, at most: the steps are those of the writer in pandas, which takes the
/// whole part away first and rounds what is left.
fn float(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "null".into();
    }
    let (sign, value) = (if value < 0.0 { "-" } else { "" }, value.abs());
    if value > 1e16 - 1.0 || (value != 0.0 && value < 1e-15) {
        return format!("{sign}{}", general(value, digits.max(1)));
    }
    let power = 10f64.powi(digits as i32);
    let mut whole = value as u64;
    let left = (value - whole as f64) * power;
    let mut part = left as u64;
    let rest = left - part as f64;
    if rest > 0.5 || (rest == 0.5 && (part == 0 || part % 2 == 1)) {
        part += 1;
    }
    if part as f64 >= power {
        part = 0;
        whole += 1;
    }
    if digits == 0 {
        return format!("{sign}{whole}");
    }
    let part = format!("{part:0digits$}");
    let part = part.trim_end_matches('0');
    format!("{sign}{whole}.{}", if part.is_empty() { "0" } else { part })
}

/// `%.…g` of C, for numbers that are written with an exponent.
fn general(value: f64, digits: usize) -> String {
    let text = format!("{value:.*e}", digits - 1);
    let (front, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let front = if front.contains('.') { front.trim_end_matches('0').trim_end_matches('.') } else { front };
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{front}e{sign}{exponent:0>2}")
}
