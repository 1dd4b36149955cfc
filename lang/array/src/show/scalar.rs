//! A single number as NumPy's `str` writes it.

use rdk_runtime::show::number;

use super::words::{Number, digits_fixed, digits_scientific};

/// `str(x)` of a number that stands alone.
pub fn str(number: Number) -> String {
    match number {
        Number::Bool(true) => "True".into(),
        Number::Bool(false) => "False".into(),
        Number::Int(value) => value.to_string(),
        Number::F32(value) => single(value, ".0"),
        Number::F64(value) => double(value, ".0"),
        Number::C64(re, im) => complex(re == 0.0 && re.is_sign_positive(), single(re, ""), single(im, "")),
        Number::C128(re, im) => complex(re == 0.0 && re.is_sign_positive(), double(re, ""), double(im, "")),
    }
}

/// `2j`, `(1-2j)`
fn complex(no_real_part: bool, re: String, im: String) -> String {
    if no_real_part {
        return format!("{im}j");
    }
    let sign = if im.starts_with('-') { "" } else { "+" };
    format!("({re}{sign}{im}j)")
}

/// `1.5`, `1e+16`; `whole` is added to a whole number.
fn double(value: f64, whole: &str) -> String {
    if !value.is_finite() {
        return special(value);
    }
    let size = value.abs();
    if size == 0.0 || (1e-4..1e16).contains(&size) {
        return finish(digits_fixed(value, number::unscaled(&number::text(value)), None), whole);
    }
    finish(digits_scientific(value, number::text(value), None, 2), "")
}

/// The same for single precision, which turns to exponents where its digits end.
fn single(value: f32, whole: &str) -> String {
    if !value.is_finite() {
        return special(value.into());
    }
    let size = f64::from(value.abs());
    if size == 0.0 || (1e-4..1e6).contains(&size) {
        return finish(digits_fixed(value.into(), number::unscaled(&number::text_of_single(value)), None), whole);
    }
    finish(digits_scientific(value.into(), number::text_of_single(value), None, 2), "")
}

fn special(value: f64) -> String {
    match (value.is_nan(), value < 0.0) {
        (true, _) => "nan".into(),
        (false, true) => "-inf".into(),
        (false, false) => "inf".into(),
    }
}

/// `1.` stands alone as `1.0`, and `1.e+16` as `1e+16`.
fn finish(text: String, whole: &str) -> String {
    match text.split_once('.') {
        Some((head, "")) => format!("{head}{whole}"),
        Some((head, tail)) if tail.starts_with('e') => format!("{head}{tail}"),
        _ => text,
    }
}
