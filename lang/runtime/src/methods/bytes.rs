//! Methods of `bytes`.

use std::sync::Arc;

use super::codec::{Codec, OnError};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::evaluate::iterate;
use crate::value::Value;
use crate::{bail, builtins};

type Bytes = Arc<[u8]>;

builtins! {
    /// How often some bytes occur, without overlaps.
    fn count(
        this: Bytes,
        /// What to count.
        sub: Bytes,
    ) -> usize { count(&this, &sub) }

    /// The bytes as text.
    ///
    /// ```rdk
    /// b"caf\xc3\xa9".decode()
    /// #> 'café'
    /// ```
    fn decode(
        this: Bytes,
        /// `utf-8`, `latin-1`, `ascii`, `utf-16`.
        encoding: Arc<str> = "utf-8",
        /// What to do with what cannot be decoded: `strict`, `ignore`, `replace`.
        errors: Arc<str> = "strict",
    ) -> Result<String> { Codec::named(&encoding)?.decode(&this, OnError::named(&errors)?) }

    /// Do they end in these bytes?
    fn endswith(
        this: Bytes,
        /// The end.
        suffix: Bytes,
    ) -> bool { this.ends_with(&suffix) }

    /// Where some bytes occur first; -1 if nowhere.
    ///
    /// ```rdk
    /// b"banana".find(b"na")
    /// #> 2
    /// ```
    fn find(
        this: Bytes,
        /// What to look for.
        sub: Bytes,
    ) -> i64 { find(&this, &sub).map_or(-1, |at| at as i64) }

    /// Bytes from digits in base 16.
    ///
    /// ```rdk
    /// bytes.fromhex("00 ff")
    /// #> b'\x00\xff'
    /// ```
    fn fromhex(
        /// Two digits a byte.
        string: String,
    ) -> Result<Value> { from_hex(&string) }

    /// The bytes in base 16.
    ///
    /// ```rdk
    /// b"\x00\xff".hex()
    /// #> '00ff'
    /// ```
    fn hex(this: Bytes) -> String { this.iter().map(|byte| format!("{byte:02x}")).collect() }

    /// Bytes in a row, with these between them.
    ///
    /// ```rdk
    /// b", ".join([b"a", b"b"])
    /// #> b'a, b'
    /// ```
    fn join[context](
        this: Bytes,
        /// The bytes.
        iterable: Value,
    ) -> Result<Value> { join(context, &this, &iterable) }

    /// In small ASCII letters.
    fn lower(this: Bytes) -> Value { owned(this.to_ascii_lowercase()) }

    /// Without spaces, or without these bytes, at the left.
    fn lstrip(
        this: Bytes,
        /// The bytes to take off.
        bytes: Option<Bytes>,
    ) -> Value { strip(&this, bytes, true, false) }

    /// What stands before and after the first separator, with the separator.
    fn partition(
        this: Bytes,
        /// Where to part.
        sep: Bytes,
    ) -> Result<Value> {
        if sep.is_empty() { bail!("empty separator") }
        Ok(Value::tuple(match find(&this, &sep) {
            Some(at) => [&this[..at], &sep[..], &this[at + sep.len()..]].map(owned),
            None => [&this[..], &[], &[]].map(owned),
        }))
    }

    /// With some bytes in the place of others.
    fn replace(
        this: Bytes,
        /// What to replace.
        old: Bytes,
        /// What to put in its place.
        new: Bytes,
    ) -> Value { replace(&this, &old, &new) }

    /// Without spaces, or without these bytes, at the right.
    fn rstrip(
        this: Bytes,
        /// The bytes to take off.
        bytes: Option<Bytes>,
    ) -> Value { strip(&this, bytes, false, true) }

    /// The words, or the parts between separators.
    ///
    /// ```rdk
    /// b"a b".split()
    /// #> [b'a', b'b']
    /// ```
    fn split(
        this: Bytes,
        /// What separates them; spaces if not given.
        sep: Option<Bytes>,
    ) -> Result<Vec<Value>> { split(&this, sep) }

    /// The lines.
    fn splitlines(this: Bytes) -> Vec<Value> { lines(&this) }

    /// Do they begin with these bytes?
    fn startswith(
        this: Bytes,
        /// The beginning.
        prefix: Bytes,
    ) -> bool { this.starts_with(&prefix) }

    /// Without spaces, or without these bytes, at both ends.
    fn strip(
        this: Bytes,
        /// The bytes to take off.
        bytes: Option<Bytes>,
    ) -> Value { strip(&this, bytes, true, true) }

    /// In ASCII capitals.
    fn upper(this: Bytes) -> Value { owned(this.to_ascii_uppercase()) }
}

fn owned(bytes: impl Into<Bytes>) -> Value {
    Value::Bytes(bytes.into())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn count(bytes: &[u8], wanted: &[u8]) -> usize {
    if wanted.is_empty() {
        return bytes.len() + 1;
    }
    pieces(bytes, wanted).len() - 1
}

/// The parts between separators, which are not empty.
fn pieces<'a>(mut bytes: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = find(bytes, separator) {
        pieces.push(&bytes[..at]);
        bytes = &bytes[at + separator.len()..];
    }
    pieces.push(bytes);
    pieces
}

fn is_space(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || *byte == 0x0b
}

fn split(bytes: &[u8], separator: Option<Bytes>) -> Result<Vec<Value>> {
    Ok(match separator {
        Some(separator) if separator.is_empty() => bail!("empty separator"),
        Some(separator) => pieces(bytes, &separator).into_iter().map(owned).collect(),
        None => bytes.split(is_space).filter(|word| !word.is_empty()).map(owned).collect(),
    })
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        lines.push(owned(&rest[..end]));
        let skip = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = rest.get(end + skip..).unwrap_or(&[]);
    }
    lines
}

fn strip(bytes: &[u8], unwanted: Option<Bytes>, left: bool, right: bool) -> Value {
    let is_unwanted = |byte: &u8| match &unwanted {
        Some(unwanted) => unwanted.contains(byte),
        None => is_space(byte),
    };
    let mut kept = bytes;
    while let (true, Some((first, rest))) = (left, kept.split_first()) {
        if !is_unwanted(first) {
            break;
        }
        kept = rest;
    }
    while let (true, Some((last, rest))) = (right, kept.split_last()) {
        if !is_unwanted(last) {
            break;
        }
        kept = rest;
    }
    owned(kept)
}

fn replace(bytes: &[u8], old: &[u8], new: &[u8]) -> Value {
    if old.is_empty() {
        let mut out = new.to_vec();
        for &byte in bytes {
            out.push(byte);
            out.extend_from_slice(new);
        }
        return owned(out);
    }
    owned(pieces(bytes, old).join(new))
}

fn join(context: &Context, separator: &[u8], parts: &Value) -> Result<Value> {
    let mut all = Vec::new();
    let mut walk = iterate(context, parts)?;
    while let Some(part) = walk.next(context)? {
        match Bytes::from_value(&part) {
            Some(bytes) => all.push(bytes),
            None => bail!(TypeError: "sequence item {}: expected bytes, {} found", all.len(), part.class().name),
        }
    }
    Ok(owned(all.join(separator)))
}

fn from_hex(text: &str) -> Result<Value> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let wrong = || crate::error!("non-hexadecimal number found in fromhex() arg");
    if digits.len() % 2 == 1 {
        return Err(wrong());
    }
    let byte = |pair: &[char]| Some((pair[0].to_digit(16)? * 16 + pair[1].to_digit(16)?) as u8);
    let bytes: Option<Vec<u8>> = digits.chunks_exact(2).map(byte).collect();
    Ok(owned(bytes.ok_or_else(wrong)?))
}
