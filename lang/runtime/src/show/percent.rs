//! `"%5.2f of %s" % (x, name)`

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use super::format::{Align, Sign, Spec};
use super::{numeric, repr, text};
use crate::convert::FromValue;
use crate::error::{Error, Result};
use crate::value::{HashKey, Value};
use crate::{bail, error};

/// The template with the values put in.
pub fn percent(template: &str, values: &Value) -> Result<String> {
    let mut source = Values { values, next: 0, named: false };
    let chars: Vec<char> = template.chars().collect();
    let mut out = String::with_capacity(template.len() + 16);
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        at += 1;
        if c == '%' {
            conversion(&chars, &mut at, &mut source, &mut out)?;
        } else {
            out.push(c);
        }
    }
    source.finish()?;
    Ok(out)
}

/// What is put in, one after the other or by name.
struct Values<'a> {
    values: &'a Value,
    next: usize,
    named: bool,
}

impl Values<'_> {
    fn next(&mut self) -> Result<Value> {
        let found = match self.values {
            Value::Tuple(items) => items.get(self.next).cloned(),
            _ if self.named => None,
            single => (self.next == 0).then(|| single.clone()),
        };
        self.next += 1;
        found.ok_or_else(|| error!(TypeError: "not enough arguments for format string"))
    }

    fn named(&mut self, name: &str) -> Result<Value> {
        self.named = true;
        let Some(dict) = crate::types::dict_of(self.values) else {
            bail!(TypeError: "format requires a mapping"; hint: "`%({name})s` takes its value from a dict")
        };
        let found = dict.0.lock().get(&HashKey::text(name)).cloned();
        found.ok_or_else(|| crate::types::key_error(&Value::str(name)))
    }

    fn finish(&self) -> Result<()> {
        let left = match self.values {
            Value::Tuple(items) => self.next < items.len(),
            Value::List(_) | Value::Dict(_) | Value::Object(_) | Value::Lazy(_) => false,
            _ => self.next == 0 && !self.named,
        };
        if left {
            bail!(TypeError: "not all arguments converted during string formatting");
        }
        Ok(())
    }
}

fn conversion(chars: &[char], at: &mut usize, values: &mut Values, out: &mut String) -> Result<()> {
    let mut name = None;
    if chars.get(*at) == Some(&'(') {
        let start = *at + 1;
        let mut depth = 0;
        let end = chars[*at..].iter().position(|&c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let Some(end) = end else { bail!("incomplete format key"; hint: "`%(name)s`") };
        name = Some(chars[start..*at + end].iter().collect::<String>());
        *at += end + 1;
    }
    let named = match &name {
        Some(name) => Some(values.named(name)?),
        None => None,
    };
    let mut spec = Spec::default();
    let (mut left, mut zero) = (false, false);
    while let Some(&c) = chars.get(*at) {
        match c {
            '-' => left = true,
            '0' => zero = true,
            '+' => spec.sign = Sign::Plus,
            ' ' if spec.sign == Sign::Minus => spec.sign = Sign::Space,
            ' ' => {}
            '#' => spec.alternate = true,
            _ => break,
        }
        *at += 1;
    }
    if let Some(width) = count(chars, at, values)? {
        left |= width < 0;
        spec.width = width.unsigned_abs() as usize;
    }
    if chars.get(*at) == Some(&'.') {
        *at += 1;
        spec.precision = Some(count(chars, at, values)?.unwrap_or(0).max(0) as usize);
    }
    while matches!(chars.get(*at), Some('h' | 'l' | 'L')) {
        *at += 1;
    }
    let Some(&kind) = chars.get(*at) else { bail!("incomplete format"; hint: "`%%` is a percent sign") };
    *at += 1;
    if kind == '%' {
        out.push('%');
        return Ok(());
    }
    if !"diouxXeEfFgGcrsa".contains(kind) {
        let code = u32::from(kind);
        bail!("unsupported format character '{kind}' ({code:#x}) at index {}", *at - 1; hint: "`%%` is a percent sign");
    }
    let value = match named {
        Some(value) => value,
        None => values.next()?,
    };
    spec.align = Some(match (left, zero) {
        (true, _) => Align::Left,
        (false, true) if !"crsa".contains(kind) => Align::Inside,
        _ => Align::Right,
    });
    spec.fill = Some(if spec.align == Some(Align::Inside) { '0' } else { ' ' });
    out.push_str(&convert(kind, &value, spec)?);
    Ok(())
}

/// A width or precision: digits, or `*` for the next value.
fn count(chars: &[char], at: &mut usize, values: &mut Values) -> Result<Option<i64>> {
    if chars.get(*at) == Some(&'*') {
        *at += 1;
        let width = values.next()?;
        return match i64::from_value(&width) {
            Some(width) if width.abs() <= i64::from(i32::MAX) => Ok(Some(width)),
            Some(_) => bail!("width too big"),
            None => bail!(TypeError: "* wants int"),
        };
    }
    let mut number = None;
    while let Some(digit) = chars.get(*at).and_then(|c| c.to_digit(10)) {
        let grown = number.unwrap_or(0) * 10 + i64::from(digit);
        if grown > i64::from(i32::MAX) {
            bail!("width too big");
        }
        number = Some(grown);
        *at += 1;
    }
    Ok(number)
}

fn convert(kind: char, value: &Value, mut spec: Spec) -> Result<String> {
    match kind {
        's' | 'r' | 'a' => {
            let shown = match kind {
                's' => text(value),
                'r' => repr(value),
                _ => super::quote::ascii(&repr(value)),
            };
            let shown = match spec.precision {
                Some(precision) => shown.chars().take(precision).collect(),
                None => shown,
            };
            Ok(spec.pad(&shown, Align::Right))
        }
        'c' => {
            let c = match value {
                Value::Str(text) if text.chars().count() == 1 => text.to_string(),
                other => match i64::from_value(other) {
                    Some(code) => match u32::try_from(code).ok().and_then(char::from_u32) {
                        Some(c) => c.to_string(),
                        None => bail!(OverflowError: "%c arg not in range(0x110000)"),
                    },
                    None => bail!(TypeError: "%c requires int or char"),
                },
            };
            Ok(spec.pad(&c, Align::Right))
        }
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            let letter = if matches!(kind, 'i' | 'u') { 'd' } else { kind };
            let number = whole(value, kind)?;
            let digits = spec.precision.take();
            spec.kind = Some(letter);
            let Some(n_digits) = digits else { return numeric::integer(&number, &spec, "int") };
            // A precision is the least number of digits; they stand inside the width.
            let narrow = Spec { width: 0, ..spec.clone() };
            let body = numeric::integer(&number, &narrow, "int")?;
            let start = body.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(0);
            let start = if spec.alternate && letter != 'd' { start + 2 } else { start };
            let zeros = n_digits.saturating_sub(body.len() - start);
            let body = format!("{}{}{}", &body[..start], "0".repeat(zeros), &body[start..]);
            let missing = spec.width.saturating_sub(body.len());
            if spec.align == Some(Align::Inside) {
                return Ok(format!("{}{}{}", &body[..start], "0".repeat(missing), &body[start..]));
            }
            Ok(spec.pad(&body, Align::Right))
        }
        _ => {
            let Some(number) = value.as_f64() else {
                return Err(not_yet(value, error!(TypeError: "must be real number, not {}", value.class().name)));
            };
            spec.kind = Some(kind);
            numeric::float(number, &spec)
        }
    }
}

fn whole(value: &Value, kind: char) -> Result<BigInt> {
    if let Some(number) = BigInt::from_value(value) {
        return Ok(number);
    }
    let letter_of_reals = matches!(kind, 'd' | 'i' | 'u');
    match value.as_f64() {
        Some(number) if letter_of_reals => match BigInt::from_f64(number.trunc()) {
            Some(whole) => Ok(whole),
            None if number.is_nan() => bail!("cannot convert float NaN to integer"),
            None => bail!(OverflowError: "cannot convert float infinity to integer"),
        },
        _ => {
            let wanted = if letter_of_reals { "a real number" } else { "an integer" };
            let error = error!(TypeError: "%{kind} format: {wanted} is required, not {}", value.class().name);
            Err(not_yet(value, error))
        }
    }
}

/// With what to do about a lazy value.
fn not_yet(value: &Value, error: Error) -> Error {
    match value {
        Value::Lazy(_) => error.hint("`.compute()` gives the value; or put the text into a delayed function"),
        _ => error,
    }
}
