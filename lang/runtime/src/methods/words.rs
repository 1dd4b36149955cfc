//! Finding, splitting, joining, stripping and padding text.

use std::sync::Arc;

use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::evaluate::iterate;
use crate::show::unicode::{ends_line, is_space};
use crate::value::{HashKey, Value};
use crate::{bail, error};

/// The part of a text between two character positions.
pub struct Part<'a> {
    /// Its first character.
    pub first: usize,
    /// Itself.
    pub text: &'a str,
}

/// The part from one position to another, as in a slice; `None` if it begins after the end.
pub fn part(text: &str, start: Option<i64>, end: Option<i64>) -> Option<Part<'_>> {
    if start.is_none() && end.is_none() {
        return Some(Part { first: 0, text });
    }
    let n = text.chars().count() as i64;
    let settle = |position: i64| if position < 0 { position.saturating_add(n).max(0) } else { position };
    let (start, end) = (settle(start.unwrap_or(0)), settle(end.unwrap_or(n)).min(n));
    if start > end {
        return None;
    }
    let byte = |position: i64| text.char_indices().nth(position as usize).map_or(text.len(), |(byte, _)| byte);
    Some(Part { first: start as usize, text: &text[byte(start)..byte(end)] })
}

/// `text.find(…)`: the position of the first or last occurrence.
pub fn find(text: &str, wanted: &str, start: Option<i64>, end: Option<i64>, last: bool) -> Option<i64> {
    let part = part(text, start, end)?;
    let byte = if last { part.text.rfind(wanted) } else { part.text.find(wanted) }?;
    Some((part.first + part.text[..byte].chars().count()) as i64)
}

/// `text.index(…)`
pub fn index(text: &str, wanted: &str, start: Option<i64>, end: Option<i64>, last: bool) -> Result<i64> {
    find(text, wanted, start, end, last)
        .ok_or_else(|| error!("substring not found"; hint: "`find` gives -1 instead of an error"))
}

/// `text.count(…)`
pub fn count(text: &str, wanted: &str, start: Option<i64>, end: Option<i64>) -> usize {
    match part(text, start, end) {
        Some(part) if wanted.is_empty() => part.text.chars().count() + 1,
        Some(part) => part.text.matches(wanted).count(),
        None => 0,
    }
}

/// One text, or a tuple of which one will do.
pub struct Affixes(pub Vec<Arc<str>>);

impl FromValue for Affixes {
    fn expected() -> &'static str {
        "a str or a tuple of str"
    }

    fn from_value(value: &Value) -> Option<Affixes> {
        match value {
            Value::Str(text) => Some(Affixes(vec![text.clone()])),
            Value::Tuple(items) => items.iter().map(Arc::from_value).collect::<Option<_>>().map(Affixes),
            _ => None,
        }
    }
}

/// `text.startswith(…)`
pub fn starts_with(text: &str, affixes: &Affixes, start: Option<i64>, end: Option<i64>) -> bool {
    part(text, start, end).is_some_and(|part| affixes.0.iter().any(|affix| part.text.starts_with(&**affix)))
}

/// `text.endswith(…)`
pub fn ends_with(text: &str, affixes: &Affixes, start: Option<i64>, end: Option<i64>) -> bool {
    part(text, start, end).is_some_and(|part| affixes.0.iter().any(|affix| part.text.ends_with(&**affix)))
}

/// `text.split(…)`
pub fn split(text: &str, separator: Option<&str>, max: i64) -> Result<Vec<Value>> {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    match separator {
        Some("") => bail!("empty separator"; hint: "`list(text)` gives the characters"),
        Some(separator) => Ok(text.splitn(max.saturating_add(1), separator).map(Value::str).collect()),
        None => {
            let mut words = Vec::new();
            let mut rest = text.trim_start_matches(is_space);
            while !rest.is_empty() {
                match rest.find(is_space) {
                    Some(end) if words.len() < max => {
                        words.push(Value::str(&rest[..end]));
                        rest = rest[end..].trim_start_matches(is_space);
                    }
                    _ => {
                        words.push(Value::str(rest));
                        break;
                    }
                }
            }
            Ok(words)
        }
    }
}

/// `text.rsplit(…)`
pub fn split_from_right(text: &str, separator: Option<&str>, max: i64) -> Result<Vec<Value>> {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let mut words: Vec<Value> = match separator {
        Some("") => bail!("empty separator"; hint: "`list(text)` gives the characters"),
        Some(separator) => text.rsplitn(max.saturating_add(1), separator).map(Value::str).collect(),
        None => {
            let mut words = Vec::new();
            let mut rest = text.trim_end_matches(is_space);
            while !rest.is_empty() {
                match rest.rfind(is_space) {
                    Some(at) if words.len() < max => {
                        let start = at + rest[at..].chars().next().map_or(1, char::len_utf8);
                        words.push(Value::str(&rest[start..]));
                        rest = rest[..at].trim_end_matches(is_space);
                    }
                    _ => {
                        words.push(Value::str(rest));
                        break;
                    }
                }
            }
            words
        }
    };
    words.reverse();
    Ok(words)
}

/// `text.splitlines(…)`
pub fn lines(text: &str, keep_ends: bool) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(end) = rest.find(ends_line) else {
            lines.push(Value::str(rest));
            break;
        };
        let after = match rest[end..].strip_prefix("\r\n") {
            Some(after) => after,
            None => {
                let mut chars = rest[end..].chars();
                chars.next();
                chars.as_str()
            }
        };
        let line = if keep_ends { &rest[..rest.len() - after.len()] } else { &rest[..end] };
        lines.push(Value::str(line));
        rest = after;
    }
    lines
}

/// `text.partition(…)`
pub fn partition(text: &str, separator: &str, last: bool) -> Result<Value> {
    if separator.is_empty() {
        bail!("empty separator");
    }
    let found = if last { text.rsplit_once(separator) } else { text.split_once(separator) };
    Ok(Value::tuple(match (found, last) {
        (Some((before, after)), _) => [before, separator, after].map(Value::str),
        (None, false) => [text, "", ""].map(Value::str),
        (None, true) => ["", "", text].map(Value::str),
    }))
}

/// `separator.join(texts)`
pub fn join(context: &Context, separator: &str, texts: &Value) -> Result<String> {
    let mut out = String::new();
    let mut walk = iterate(context, texts)?;
    let mut at = 0;
    while let Some(item) = walk.next(context)? {
        let Value::Str(text) = &item else {
            bail!(TypeError: "sequence item {at}: expected str instance, {} found", item.class().name; hint: "`map(str, …)` makes text of all of them")
        };
        if at > 0 {
            out.push_str(separator);
        }
        out.push_str(text);
        at += 1;
    }
    Ok(out)
}

/// `text.strip(…)` at either end or both.
pub fn strip<'a>(text: &'a str, chars: Option<&str>, left: bool, right: bool) -> &'a str {
    let unwanted = |c: char| match chars {
        Some(chars) => chars.contains(c),
        None => is_space(c),
    };
    let text = if left { text.trim_start_matches(unwanted) } else { text };
    if right { text.trim_end_matches(unwanted) } else { text }
}

/// `text.replace(…)`
pub fn replace(text: &str, old: &str, new: &str, count: i64) -> String {
    match usize::try_from(count) {
        Ok(count) => text.replacen(old, new, count),
        Err(_) => text.replace(old, new),
    }
}

/// `text.ljust(…)`, `rjust`, `center`: how the missing columns are shared out.
pub fn pad(text: &str, width: i64, fill: &str, share: impl Fn(usize, usize) -> usize) -> Result<String> {
    let mut fills = fill.chars();
    let (Some(fill), None) = (fills.next(), fills.next()) else {
        bail!(TypeError: "the fill character must be exactly one character long");
    };
    let n = text.chars().count();
    let width = usize::try_from(width).unwrap_or(0);
    if width > i32::MAX as usize {
        bail!(OverflowError: "width is too large");
    }
    let missing = width.saturating_sub(n);
    let left = share(missing, width);
    let mut out = String::with_capacity(text.len() + missing);
    out.extend(std::iter::repeat_n(fill, left));
    out.push_str(text);
    out.extend(std::iter::repeat_n(fill, missing - left));
    Ok(out)
}

/// `text.zfill(…)`: zeros between sign and digits.
pub fn zero_fill(text: &str, width: i64) -> Result<String> {
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (&text[..1], rest),
        None => ("", text),
    };
    Ok(format!("{sign}{}", pad(digits, width.saturating_sub(sign.len() as i64), "0", |missing, _| missing)?))
}

/// `text.expandtabs(…)`
pub fn expand_tabs(text: &str, size: i64) -> String {
    let size = usize::try_from(size).unwrap_or(0).min(1 << 16);
    let (mut out, mut column) = (String::with_capacity(text.len()), 0);
    for c in text.chars() {
        match c {
            '\t' if size > 0 => {
                let n = size - column % size;
                out.extend(std::iter::repeat_n(' ', n));
                column += n;
            }
            '\t' => {}
            '\n' | '\r' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    out
}

/// `str.maketrans(…)`: a table for `translate`.
pub fn make_table(x: &Value, y: Option<Arc<str>>, z: Option<Arc<str>>) -> Result<Value> {
    let table = crate::value::Dict::default();
    let code = |c: char| HashKey::new(Value::Int(i64::from(u32::from(c))));
    {
        let mut entries = table.0.lock();
        match (x, &y) {
            (Value::Dict(dict), None) => {
                for (key, value) in dict.0.lock().iter() {
                    let key = match key.value() {
                        Value::Str(text) => {
                            let mut chars = text.chars();
                            match (chars.next(), chars.next()) {
                                (Some(c), None) => code(c)?,
                                _ => bail!("string keys in translate table must be of length 1"),
                            }
                        }
                        _ => key.clone(),
                    };
                    entries.insert(key, value.clone());
                }
            }
            (Value::Str(from), Some(to)) => {
                if from.chars().count() != to.chars().count() {
                    bail!("the first two maketrans arguments must have equal length");
                }
                for (from, to) in from.chars().zip(to.chars()) {
                    entries.insert(code(from)?, Value::Int(i64::from(u32::from(to))));
                }
                for c in z.iter().flat_map(|z| z.chars()) {
                    entries.insert(code(c)?, Value::None);
                }
            }
            _ => bail!(TypeError: "maketrans takes a dict, or two texts of equal length"),
        }
    }
    Ok(Value::Dict(Arc::new(table)))
}

/// `text.translate(table)`
pub fn translate(text: &str, table: &crate::value::Dict) -> Result<String> {
    let entries = table.0.lock();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match entries.get(&HashKey::new(Value::Int(i64::from(u32::from(c))))?) {
            None => out.push(c),
            Some(Value::None) => {}
            Some(Value::Str(text)) => out.push_str(text),
            Some(Value::Int(code)) => match u32::try_from(*code).ok().and_then(char::from_u32) {
                Some(c) => out.push(c),
                None => bail!("character mapping must be in range(0x110000)"),
            },
            Some(_) => bail!(TypeError: "character mapping must return integer, None or str"),
        }
    }
    Ok(out)
}
