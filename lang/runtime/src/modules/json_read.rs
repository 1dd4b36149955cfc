//! Reads JSON, with errors that say where, as Python's do.

use std::sync::Arc;

use num_bigint::BigInt;

use crate::error::{Error, Kind, Result};
use crate::value::{Dict, HashKey, Value};

/// The value that the whole text stands for.
pub fn read(text: &str) -> Result<Value> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0 };
    if text.starts_with('\u{feff}') {
        return Err(reader.wrong("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
    }
    reader.space();
    let value = reader.value()?;
    reader.space();
    if reader.at < reader.bytes.len() {
        return Err(reader.wrong("Extra data", reader.at));
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn wrong(&self, what: &str, at: usize) -> Error {
        let before = &self.text[..at.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let error = Error::new(
            Kind::JSONDecodeError,
            format!("{what}: line {line} column {column} (char {})", before.chars().count()),
        );
        match (what, self.bytes.get(at)) {
            ("Expecting value" | "Expecting property name enclosed in double quotes", Some(b'\'')) => {
                error.hint("text in JSON stands in double quotes")
            }
            ("Expecting value", Some(b'T' | b'F')) => error.hint("JSON has `true` and `false`"),
            ("Expecting value", Some(b'N')) => error.hint("JSON has `null`"),
            ("Expecting value", Some(b']')) | ("Expecting property name enclosed in double quotes", Some(b'}')) => {
                error.hint("no comma stands after the last item")
            }
            _ => error,
        }
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<Value> {
        let rest = &self.text[self.at..];
        let words = [
            ("null", Value::None),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
        ];
        match self.bytes.get(self.at) {
            Some(b'"') => self.string().map(Value::from),
            Some(b'{') => stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.object()),
            Some(b'[') => stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.array()),
            _ => {
                for (word, value) in words {
                    if rest.starts_with(word) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                self.number()
            }
        }
    }

    fn number(&mut self) -> Result<Value> {
        let start = self.at;
        let digits = |bytes: &[u8], at: usize| {
            bytes[at.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let mut end = start + usize::from(self.bytes.get(start) == Some(&b'-'));
        let n = if self.bytes.get(end) == Some(&b'0') { 1 } else { digits(self.bytes, end) };
        if n == 0 {
            return Err(self.wrong("Expecting value", start));
        }
        end += n;
        let mut whole = true;
        if self.bytes.get(end) == Some(&b'.') {
            let n = digits(self.bytes, end + 1);
            if n > 0 {
                (end, whole) = (end + 1 + n, false);
            }
        }
        if matches!(self.bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(end + 1), Some(b'+' | b'-')));
            let n = digits(self.bytes, end + 1 + sign);
            if n > 0 {
                (end, whole) = (end + 1 + sign + n, false);
            }
        }
        self.at = end;
        let text = &self.text[start..end];
        if !whole {
            return Ok(Value::Float(text.parse().unwrap_or(f64::NAN)));
        }
        match text.parse::<i64>() {
            Ok(small) => Ok(Value::Int(small)),
            Err(_) => Ok(Value::big(text.parse::<BigInt>().unwrap_or_default())),
        }
    }

    /// A text; we are at its opening quote.
    fn string(&mut self) -> Result<String> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain =
                self.bytes[self.at..].iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count();
            out.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.bytes.get(self.at) {
                None => return Err(self.wrong("Unterminated string starting at", start)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => self.escape(&mut out, start)?,
                Some(_) => return Err(self.wrong("Invalid control character at", self.at)),
            }
        }
    }

    fn escape(&mut self, out: &mut String, start: usize) -> Result<()> {
        let at = self.at;
        let Some(code) = self.bytes.get(at + 1) else {
            return Err(self.wrong("Unterminated string starting at", start));
        };
        self.at += 2;
        out.push(match code {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit(at)?;
                let mut units = vec![first];
                // A character beyond the first plane is written as two.
                if (0xd800..0xdc00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
                    let here = self.at;
                    self.at += 2;
                    let second = self.unit(here)?;
                    if (0xdc00..0xe000).contains(&second) {
                        units.push(second);
                    } else {
                        self.at = here;
                    }
                }
                out.push_str(&String::from_utf16_lossy(&units));
                return Ok(());
            }
            _ => return Err(self.wrong("Invalid \\escape", at)),
        });
        Ok(())
    }

    /// Four digits in base 16.
    fn unit(&mut self, escape: usize) -> Result<u16> {
        let digits =
            self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.wrong("Invalid \\uXXXX escape", escape + 1))?;
        self.at += 4;
        Ok(unit)
    }

    fn array(&mut self) -> Result<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value()?);
            self.space();
            match self.bytes.get(self.at) {
                Some(b',') => {
                    self.at += 1;
                    self.space();
                }
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::list(items));
                }
                _ => return Err(self.wrong("Expecting ',' delimiter", self.at)),
            }
        }
    }

    fn object(&mut self) -> Result<Value> {
        self.at += 1;
        let dict = Dict::default();
        self.space();
        if self.bytes.get(self.at) == Some(&b'}') {
            self.at += 1;
            return Ok(Value::Dict(Arc::new(dict)));
        }
        loop {
            if self.bytes.get(self.at) != Some(&b'"') {
                return Err(self.wrong("Expecting property name enclosed in double quotes", self.at));
            }
            let key = self.string()?;
            self.space();
            if self.bytes.get(self.at) != Some(&b':') {
                return Err(self.wrong("Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.space();
            let value = self.value()?;
            dict.0.lock().insert(HashKey::text(&key), value);
            self.space();
            match self.bytes.get(self.at) {
                Some(b',') => {
                    self.at += 1;
                    self.space();
                }
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Dict(Arc::new(dict)));
                }
                _ => return Err(self.wrong("Expecting ',' delimiter", self.at)),
            }
        }
    }
}
