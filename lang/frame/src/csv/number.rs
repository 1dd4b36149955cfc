//! Numbers from text: exact, and quick where that is possible.

/// So many bytes after a field can be read, whatever they hold.
pub const PADDING: usize = 64;

const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Eight digits, the first in the lowest byte.
#[inline(always)]
fn eight(text: u64) -> u64 {
    let digits = text & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = digits.wrapping_mul(2561) >> 8;
    let fours = (pairs & 0x00ff_00ff_00ff_00ff).wrapping_mul(6_553_601) >> 16;
    (fours & 0x0000_ffff_0000_ffff).wrapping_mul(42_949_672_960_001) >> 32
}

#[inline(always)]
fn all_digits(text: u64) -> bool {
    ((text & 0xf0f0_f0f0_f0f0_f0f0) | ((text.wrapping_add(0x0606_0606_0606_0606) & 0xf0f0_f0f0_f0f0_f0f0) >> 4))
        == 0x3333_3333_3333_3333
}

#[inline(always)]
fn load(buffer: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(buffer[at..at + 8].try_into().expect("eight bytes are eight bytes"))
}

/// One to eight digits at `at`, filled up with zeros in front.
#[inline(always)]
fn up_to_eight(buffer: &[u8], at: usize, length: usize) -> Option<u64> {
    let text = load(buffer, at) << (64 - 8 * length) | (ZEROS >> (8 * length - 8)) >> 8;
    all_digits(text).then(|| eight(text))
}

/// The whole number in `buffer[start..end]`, if there is nothing else and it has at most 16 digits.
/// At least eight bytes stand after `end`.
#[inline(always)]
pub fn short_integer(buffer: &[u8], start: usize, end: usize) -> Option<i64> {
    let negative = start < end && buffer[start] == b'-';
    let start = start + negative as usize;
    let length = end.wrapping_sub(start);
    let digits = match length {
        1..=8 => up_to_eight(buffer, start, length)?,
        9..=16 => {
            let high = up_to_eight(buffer, start, length - 8)?;
            let low = load(buffer, end - 8);
            if !all_digits(low) {
                return None;
            }
            high * 100_000_000 + eight(low)
        }
        _ => return None,
    };
    Some(if negative { -(digits as i64) } else { digits as i64 })
}

/// Why a text is no whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is something else.
    Other,
    /// It is one, but too large.
    Large,
}

/// Any whole number; blanks at both ends do not count.
pub fn integer(text: &[u8], thousands: Option<u8>) -> Result<i128, Unfit> {
    let text = text.trim_ascii();
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits[0].is_ascii_digit() {
        return Err(Unfit::Other);
    }
    let mut number: i128 = 0;
    let mut large = false;
    for &byte in digits {
        if Some(byte) == thousands {
            continue;
        }
        if !byte.is_ascii_digit() {
            return Err(Unfit::Other);
        }
        if number > i128::MAX / 100 {
            large = true;
            continue;
        }
        number = number * 10 + (byte - b'0') as i128;
    }
    if large { Err(Unfit::Large) } else { Ok(if negative { -number } else { number }) }
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// A plain decimal number: the nearest float, or nothing if this way would not give it for sure.
///
/// A whole number below 2^53 and a power of ten up to 22 are exact, so their quotient is rounded once, as it should be.
#[inline(always)]
pub fn short_float(text: &[u8], decimal: u8) -> Option<f64> {
    let negative = text.first() == Some(&b'-');
    let text = &text[negative as usize..];
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    let mut number: u64 = 0;
    let mut at = 0;
    while at < text.len() {
        let digit = text[at].wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number * 10 + digit as u64;
        at += 1;
    }
    let mut power = 0;
    if at < text.len() {
        if text[at] != decimal || text.len() == 1 {
            return None;
        }
        at += 1;
        power = text.len() - at;
        while at < text.len() {
            let digit = text[at].wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            number = number * 10 + digit as u64;
            at += 1;
        }
    }
    if number > 1 << 53 {
        return None;
    }
    let value = number as f64 / POWERS[power];
    Some(if negative { -value } else { value })
}

/// Any number as pandas takes it: blanks at both ends, infinities by name, no hexadecimals and no names for "missing".
pub fn float(text: &[u8], decimal: u8, thousands: Option<u8>) -> Option<f64> {
    let text = text.trim_ascii();
    if let Some(value) = short_float(text, decimal) {
        return Some(value);
    }
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    match unsigned.first()? {
        b'0'..=b'9' => (),
        first if *first == decimal => (),
        b'i' | b'I' => {
            let known = unsigned.eq_ignore_ascii_case(b"inf") || unsigned.eq_ignore_ascii_case(b"infinity");
            let sign = if text[0] == b'-' { -1.0 } else { 1.0 };
            return known.then_some(sign * f64::INFINITY);
        }
        _ => return None,
    }
    if decimal == b'.' && thousands.is_none() {
        return std::str::from_utf8(text).ok()?.parse().ok();
    }
    let mut plain = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            _ if byte == decimal => plain.push(b'.'),
            _ if Some(byte) == thousands => (),
            b'.' => return None,
            _ => plain.push(byte),
        }
    }
    std::str::from_utf8(&plain).ok()?.parse().ok()
}
