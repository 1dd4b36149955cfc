//! Text to bytes and back: `encode`, `decode`, and the encodings of files.

use crate::error::Result;
use crate::{bail, error};

/// An encoding that rdk knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// The usual one.
    Utf8,
    /// With a mark at the beginning.
    Utf8Mark,
    /// Bytes below 128.
    Ascii,
    /// The first 256 characters.
    Latin1,
    /// Two bytes a unit: with a mark, little end first, big end first.
    #[allow(missing_docs)]
    Utf16 { big: bool, mark: bool },
}

/// What to do with what cannot be encoded or decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnError {
    /// An exception.
    Strict,
    /// Leave it out.
    Ignore,
    /// A question mark in its place.
    Replace,
    /// `\xff`
    Escape,
}

impl Codec {
    /// The encoding of this name, however it is spelled.
    pub fn named(name: &str) -> Result<Codec> {
        let plain: String = name.to_lowercase().chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect();
        Ok(match plain.as_str() {
            "utf8" | "u8" | "cp65001" => Codec::Utf8,
            "utf8sig" => Codec::Utf8Mark,
            "ascii" | "usascii" | "646" => Codec::Ascii,
            "latin1" | "latin" | "l1" | "iso88591" | "8859" | "cp819" => Codec::Latin1,
            "utf16" | "u16" => Codec::Utf16 { big: false, mark: true },
            "utf16le" => Codec::Utf16 { big: false, mark: false },
            "utf16be" => Codec::Utf16 { big: true, mark: false },
            _ => {
                bail!(LookupError: "unknown encoding: {name}"; hint: "rdk knows utf-8, utf-8-sig, ascii, latin-1 and utf-16")
            }
        })
    }

    fn name(self) -> &'static str {
        match self {
            Codec::Utf8 | Codec::Utf8Mark => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
            Codec::Utf16 { .. } => "utf-16",
        }
    }

    /// Text as bytes.
    pub fn encode(self, text: &str, on_error: OnError) -> Result<Vec<u8>> {
        let limit = match self {
            Codec::Utf8 => return Ok(text.as_bytes().to_vec()),
            Codec::Utf8Mark => return Ok([b"\xef\xbb\xbf", text.as_bytes()].concat()),
            Codec::Utf16 { big, mark } => {
                let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
                return Ok(units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect());
            }
            Codec::Ascii => 0x80,
            Codec::Latin1 => 0x100,
        };
        let mut out = Vec::with_capacity(text.len());
        for (at, c) in text.chars().enumerate() {
            let code = u32::from(c);
            if code < limit {
                out.push(code as u8);
                continue;
            }
            match on_error {
                OnError::Strict => {
                    let shown = super::super::show::quote::ascii(&c.to_string());
                    bail!(UnicodeEncodeError: "'{}' codec can't encode character '{shown}' in position {at}: ordinal not in range({limit})", self.name(); hint: "`encoding=\"utf-8\"` takes every character")
                }
                OnError::Ignore => {}
                OnError::Replace => out.push(b'?'),
                OnError::Escape => out.extend(super::super::show::quote::ascii(&c.to_string()).into_bytes()),
            }
        }
        Ok(out)
    }

    /// Bytes as text.
    pub fn decode(self, bytes: &[u8], on_error: OnError) -> Result<String> {
        match self {
            Codec::Utf8 => decode_utf8(bytes, on_error),
            Codec::Utf8Mark => decode_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes), on_error),
            Codec::Latin1 => Ok(bytes.iter().map(|&byte| char::from(byte)).collect()),
            Codec::Ascii => {
                let mut out = String::with_capacity(bytes.len());
                for (at, &byte) in bytes.iter().enumerate() {
                    if byte < 0x80 {
                        out.push(char::from(byte));
                    } else {
                        undecodable(&mut out, "ascii", &[byte], at, "ordinal not in range(128)", on_error)?;
                    }
                }
                Ok(out)
            }
            Codec::Utf16 { big, mark } => decode_utf16(bytes, big, mark, on_error),
        }
    }
}

fn decode_utf8(bytes: &[u8], on_error: OnError) -> Result<String> {
    let mut out = String::with_capacity(bytes.len());
    let mut start = 0;
    loop {
        let error = match std::str::from_utf8(&bytes[start..]) {
            Ok(rest) => {
                out.push_str(rest);
                return Ok(out);
            }
            Err(error) => error,
        };
        let valid = start + error.valid_up_to();
        out.push_str(std::str::from_utf8(&bytes[start..valid]).expect("up to here it is valid"));
        let (n_bad, reason) = match error.error_len() {
            None => (bytes.len() - valid, "unexpected end of data"),
            Some(n) if matches!(bytes[valid], 0xc2..=0xf4) => (n, "invalid continuation byte"),
            Some(n) => (n, "invalid start byte"),
        };
        undecodable(&mut out, "utf-8", &bytes[valid..valid + n_bad], valid, reason, on_error)?;
        start = valid + n_bad;
    }
}

fn decode_utf16(bytes: &[u8], big: bool, mark: bool, on_error: OnError) -> Result<String> {
    let (big, body) = match (mark, bytes) {
        (true, [0xfe, 0xff, rest @ ..]) => (true, rest),
        (true, [0xff, 0xfe, rest @ ..]) => (false, rest),
        _ => (big, bytes),
    };
    let units = body.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    let mut out = String::with_capacity(body.len() / 2);
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(c) => out.push(c),
            Err(_) => undecodable(&mut out, "utf-16", &[], 0, "illegal UTF-16 surrogate", on_error)?,
        }
    }
    if body.len() % 2 == 1 {
        undecodable(&mut out, "utf-16", &body[body.len() - 1..], body.len() - 1, "truncated data", on_error)?;
    }
    Ok(out)
}

fn undecodable(out: &mut String, codec: &str, bad: &[u8], at: usize, reason: &str, on_error: OnError) -> Result<()> {
    match on_error {
        OnError::Strict => {
            let what = match bad {
                [byte] => format!("byte 0x{byte:02x} in position {at}"),
                [first, ..] if reason == "invalid continuation byte" => format!("byte 0x{first:02x} in position {at}"),
                _ => format!("bytes in position {at}-{}", at + bad.len().max(1) - 1),
            };
            return Err(
                error!(UnicodeDecodeError: "'{codec}' codec can't decode {what}: {reason}"; hint: "is it another encoding? `encoding=\"latin-1\"` takes every byte"),
            );
        }
        OnError::Ignore => {}
        OnError::Replace => out.push('\u{fffd}'),
        OnError::Escape => bad.iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}"))),
    }
    Ok(())
}

impl OnError {
    /// By Python's name for it.
    pub fn named(name: &str) -> Result<OnError> {
        Ok(match name {
            "strict" => OnError::Strict,
            "ignore" => OnError::Ignore,
            "replace" => OnError::Replace,
            "backslashreplace" => OnError::Escape,
            _ => {
                bail!(LookupError: "unknown error handler name '{name}'"; hint: "'strict', 'ignore', 'replace' or 'backslashreplace'")
            }
        })
    }
}
