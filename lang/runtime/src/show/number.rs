//! Floats and complex numbers as text that reads back as the same number, in Python's form.

use num_bigint::BigInt;
use num_complex::Complex64;

/// Integers of more bits are not written out: to find their decimal digits would take minutes, and nobody could stop it.
pub const MOST_BITS: u64 = 1 << 21;

/// `repr(x)` of a large integer; beyond the limit a note of how long it is.
pub fn big(number: &BigInt) -> String {
    if number.bits() <= MOST_BITS {
        return number.to_string();
    }
    format!("<an integer of about {} digits>", (number.bits() as f64 * std::f64::consts::LOG10_2).ceil())
}

/// The shortest decimal digits that read back as this finite number, and the power of ten of the first digit.
pub fn shortest(number: f64) -> (String, i32) {
    split_scientific(&text(number.abs()))
}

/// The shortest digits that read back as this finite number: `1.25e-7`. Of two texts that are equally near, the one that ends in an even
/// digit, as in Python; Rust's own takes the larger.
pub fn text(number: f64) -> String {
    let text = format!("{number:e}");
    if lies_between(number) { even(text, number, |text| text.parse() == Ok(number)) } else { text }
}

/// The same for single precision.
pub fn text_of_single(number: f32) -> String {
    let (text, wide) = (format!("{number:e}"), f64::from(number));
    if lies_between(wide) { even(text, wide, |text| text.parse() == Ok(number)) } else { text }
}

/// May a number lie in the middle between two short texts? Its exact decimal digits are few then, and some stand behind the point.
fn lies_between(number: f64) -> bool {
    const MOST_DIGITS: i32 = 26;
    let bits = number.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    let zeros = fraction.trailing_zeros().min(52) as i32;
    (-MOST_DIGITS..0).contains(&(exponent - 1075 + zeros))
}

/// As many digits, but rounded half to even, if that reads back, too.
fn even(shortest: String, number: f64, reads_back: impl Fn(&str) -> bool) -> String {
    let mantissa = shortest.split_once('e').map_or(&shortest[..], |(mantissa, _)| mantissa);
    let n = mantissa.split_once('.').map_or(0, |(_, digits)| digits.len());
    let nearest = format!("{number:.n$e}");
    if reads_back(&nearest) { nearest } else { shortest }
}

/// A finite number's text without an exponent: `0.000125`.
pub fn unscaled(text: &str) -> String {
    let (digits, exponent) = split_scientific(text);
    format!("{}{}", if text.starts_with('-') { "-" } else { "" }, fixed(&digits, exponent))
}

/// Exactly `n_digits` significant digits, correctly rounded, and the power of ten of the first.
pub fn rounded(number: f64, n_digits: usize) -> (String, i32) {
    split_scientific(&format!("{:.*e}", n_digits.max(1) - 1, number.abs()))
}

/// `1.25e-7` as (`125`, -7).
fn split_scientific(text: &str) -> (String, i32) {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits = digits.chars().filter(char::is_ascii_digit).collect();
    (digits, exponent.parse().unwrap_or(0))
}

/// `repr(x)` of a float: `1.0`, `1e-07`, `inf`.
pub fn float(number: f64) -> String {
    match plain(number) {
        text if number.is_finite() && !text.contains(['.', 'e']) => text + ".0",
        text => text,
    }
}

/// The same without the `.0` of whole numbers: the parts of a complex number.
pub fn plain(number: f64) -> String {
    if !number.is_finite() {
        return special(number).to_string();
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let (digits, exponent) = shortest(number);
    if (-4..16).contains(&exponent) {
        format!("{sign}{}", fixed(&digits, exponent))
    } else {
        format!("{sign}{}", scientific(&digits, exponent, 'e'))
    }
}

/// `nan`, `inf`, `-inf`
pub fn special(number: f64) -> &'static str {
    match number {
        n if n.is_nan() => "nan",
        n if n > 0.0 => "inf",
        _ => "-inf",
    }
}

/// Digits with a point where it belongs, if it falls among them or behind leading zeros.
pub fn fixed(digits: &str, exponent: i32) -> String {
    let n = digits.len() as i32;
    if exponent < 0 {
        format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize))
    } else if exponent + 1 >= n {
        format!("{digits}{}", "0".repeat((exponent + 1 - n) as usize))
    } else {
        let (whole, part) = digits.split_at(exponent as usize + 1);
        format!("{whole}.{part}")
    }
}

/// `1.25e-07`: at least two digits of exponent, always a sign.
pub fn scientific(digits: &str, exponent: i32, letter: char) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}{letter}{sign}{:02}", exponent.abs())
}

/// `repr(z)` of a complex number: `(1+2j)`, `2j`, `(-0+2j)`.
pub fn complex(number: Complex64) -> String {
    let imaginary = plain(number.im);
    if number.re == 0.0 && number.re.is_sign_positive() {
        return format!("{imaginary}j");
    }
    let sign = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imaginary}j)", plain(number.re))
}
