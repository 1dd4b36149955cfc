//! Numbers of one array as words of one width.
//!
//! NumPy looks at all numbers that will be seen, then decides for all of them: with exponents or without, how many digits,
//! how much padding, so that the points stand in one column.

use rdk_runtime::show::number;

use super::options::{FloatMode, PrintOptions};

/// An element of an array, for showing.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Number {
    Bool(bool),
    Int(i128),
    F32(f32),
    F64(f64),
    C64(f32, f32),
    C128(f64, f64),
}

/// A float with the precision that it has: both print by their own shortest digits.
#[derive(Clone, Copy)]
enum Float {
    Single(f32),
    Double(f64),
}

/// One word for each number. `alone` is the one element of an array without dimensions.
pub fn words(numbers: &[Number], alone: bool, options: &PrintOptions) -> Vec<String> {
    match numbers.first() {
        None => Vec::new(),
        Some(Number::Bool(_)) => numbers.iter().map(|number| bool_word(*number, alone)).collect(),
        Some(Number::Int(_)) => {
            let texts: Vec<String> = numbers.iter().map(|number| super::scalar::str(*number)).collect();
            let width = texts.iter().map(String::len).max().unwrap_or(0);
            texts.into_iter().map(|text| format!("{text:>width$}")).collect()
        }
        Some(Number::F32(_) | Number::F64(_)) => {
            let floats: Vec<Float> = numbers.iter().map(|number| real(*number)).collect();
            float_words(&floats, false, options)
        }
        Some(Number::C64(..) | Number::C128(..)) => {
            let res: Vec<Float> = numbers.iter().map(|number| real(*number)).collect();
            let ims: Vec<Float> = numbers.iter().map(|number| imaginary(*number)).collect();
            let ims = float_words(&ims, true, options).into_iter().map(|im| {
                let end = im.trim_end().len();
                format!("{}j{}", &im[..end], &im[end..])
            });
            float_words(&res, false, options).into_iter().zip(ims).map(|(re, im)| re + &im).collect()
        }
    }
}

fn bool_word(number: Number, alone: bool) -> String {
    match number {
        Number::Bool(true) if alone => "True".into(),
        Number::Bool(true) => " True".into(),
        _ => "False".into(),
    }
}

fn real(number: Number) -> Float {
    match number {
        Number::Bool(value) => Float::Double(f64::from(u8::from(value))),
        Number::Int(value) => Float::Double(value as f64),
        Number::F32(value) | Number::C64(value, _) => Float::Single(value),
        Number::F64(value) | Number::C128(value, _) => Float::Double(value),
    }
}

fn imaginary(number: Number) -> Float {
    match number {
        Number::C64(_, value) => Float::Single(value),
        Number::C128(_, value) => Float::Double(value),
        Number::Bool(_) | Number::Int(_) | Number::F32(_) | Number::F64(_) => Float::Double(0.0),
    }
}

impl Float {
    fn double(self) -> f64 {
        match self {
            Float::Single(value) => value.into(),
            Float::Double(value) => value,
        }
    }

    /// From where on it is written with an exponent.
    fn exponent_limit(self) -> f64 {
        match self {
            Float::Single(_) => 1e6,
            Float::Double(_) => 1e8,
        }
    }

    /// Up to where it is written with an exponent.
    fn is_tiny(self) -> bool {
        match self {
            Float::Single(value) => value.abs() < 0.0001,
            Float::Double(value) => value.abs() < 0.0001,
        }
    }

    /// `a / b`, at its own precision.
    fn ratio(self, other: Float) -> f64 {
        match (self, other) {
            (Float::Single(a), Float::Single(b)) => (a / b).into(),
            (a, b) => a.double() / b.double(),
        }
    }

    fn fixed(self, precision: Option<usize>) -> String {
        match self {
            Float::Single(value) => {
                digits_fixed(value.into(), number::unscaled(&number::text_of_single(value)), precision)
            }
            Float::Double(value) => digits_fixed(value, number::unscaled(&number::text(value)), precision),
        }
    }

    fn scientific(self, precision: Option<usize>) -> String {
        match self {
            Float::Single(value) => digits_scientific(value.into(), number::text_of_single(value), precision, 2),
            Float::Double(value) => digits_scientific(value, number::text(value), precision, 2),
        }
    }
}

fn float_words(floats: &[Float], plus: bool, options: &PrintOptions) -> Vec<String> {
    let finite: Vec<Float> = floats.iter().copied().filter(|float| float.double().is_finite()).collect();
    let precision = (options.float_mode != FloatMode::Unique).then_some(options.precision);
    let (mut texts, right) = if wants_exponent(&finite, options) {
        scientific_words(&finite, plus, precision, options.float_mode)
    } else {
        fixed_words(&finite, plus, precision, options.float_mode)
    };
    // Where the point stands.
    let mut left = texts.iter().map(|text| text.find('.').unwrap_or(text.len())).max().unwrap_or(0);
    if finite.len() < floats.len() {
        let sign = plus || floats.iter().any(|float| float.double() == f64::NEG_INFINITY);
        left = left
            .max(options.nan.chars().count().saturating_sub(right + 1))
            .max((options.inf.chars().count() + usize::from(sign)).saturating_sub(right + 1));
    }
    let width = left + right + 1;
    for text in &mut texts {
        let point = text.find('.').unwrap_or(text.len());
        *text = format!("{:pad$}{text}", "", pad = left - point.min(left));
    }
    let mut texts = texts.into_iter();
    floats
        .iter()
        .map(|float| {
            let value = float.double();
            let special = match value {
                _ if value.is_nan() => format!("{}{}", if plus { "+" } else { "" }, options.nan),
                f64::INFINITY => format!("{}{}", if plus { "+" } else { "" }, options.inf),
                f64::NEG_INFINITY => format!("-{}", options.inf),
                _ => return texts.next().expect("there is a text for each finite number"),
            };
            format!("{special:>width$}")
        })
        .collect()
}

/// Very large, very small, or too far apart for digits that stand in one column.
fn wants_exponent(finite: &[Float], options: &PrintOptions) -> bool {
    let sizes = finite.iter().filter(|float| float.double() != 0.0);
    let by_size = |a: &&Float, b: &&Float| a.double().abs().total_cmp(&b.double().abs());
    let (Some(largest), Some(smallest)) = (sizes.clone().max_by(by_size), sizes.min_by(by_size)) else {
        return false;
    };
    largest.double().abs() >= largest.exponent_limit()
        || !options.suppress && (smallest.is_tiny() || largest.ratio(*smallest).abs() > 1000.0)
}

/// Words without exponent, padded on the right; and how many characters stand after the point.
fn fixed_words(finite: &[Float], plus: bool, precision: Option<usize>, mode: FloatMode) -> (Vec<String>, usize) {
    let exact = (mode == FloatMode::Fixed).then(|| precision.unwrap_or(0));
    let mut texts: Vec<String> = finite
        .iter()
        .map(|float| match exact {
            Some(precision) => signed(point(format!("{:.precision$}", float.double())), plus),
            None => signed(float.fixed(precision), plus),
        })
        .collect();
    let after = |text: &String| text.len() - text.find('.').map_or(text.len(), |point| point + 1);
    let right = texts.iter().map(after).max().unwrap_or(0);
    let fill = if mode == FloatMode::MaxPrecisionEqual { '0' } else { ' ' };
    for text in &mut texts {
        let missing = right - after(text);
        text.extend(std::iter::repeat_n(fill, missing));
    }
    (texts, right)
}

/// Words with exponents, all with as many digits as the longest; and how many characters stand after the point.
fn scientific_words(finite: &[Float], plus: bool, precision: Option<usize>, mode: FloatMode) -> (Vec<String>, usize) {
    let shortest: Vec<String> = finite.iter().map(|float| float.scientific(precision)).collect();
    let parts = |text: &String| {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, ""));
        let digits = mantissa.split_once('.').map_or(0, |(_, digits)| digits.len());
        (digits, exponent.len().saturating_sub(1))
    };
    let exponent_width = shortest.iter().map(|text| parts(text).1).max().unwrap_or(2);
    let digits = match mode {
        FloatMode::Fixed => precision.unwrap_or(0),
        FloatMode::MaxPrecision | FloatMode::MaxPrecisionEqual | FloatMode::Unique => {
            shortest.iter().map(|text| parts(text).0).max().unwrap_or(0)
        }
    };
    let texts = finite
        .iter()
        .map(|float| signed(exponent(&format!("{:.digits$e}", float.double()), exponent_width), plus))
        .collect();
    (texts, exponent_width + 2 + digits)
}

/// The shortest digits that tell the number, or the number rounded to `precision` digits after the point, without zeros at
/// the end: `0.1`, `3.`.
pub(super) fn digits_fixed(value: f64, shortest: String, precision: Option<usize>) -> String {
    let after = shortest.split_once('.').map_or(0, |(_, digits)| digits.len());
    match precision {
        Some(precision) if after > precision => trim(point(format!("{value:.precision$}"))),
        _ => trim(point(shortest)),
    }
}

/// The same with an exponent: `1.5e-10`, `1.e+16`.
pub(super) fn digits_scientific(
    value: f64,
    shortest: String,
    precision: Option<usize>,
    exponent_width: usize,
) -> String {
    let (mantissa, _) = shortest.split_once('e').unwrap_or((&shortest, ""));
    let after = mantissa.split_once('.').map_or(0, |(_, digits)| digits.len());
    let text = match precision {
        Some(precision) if after > precision => format!("{value:.precision$e}"),
        _ => shortest,
    };
    let (mantissa, tail) = text.split_once('e').unwrap_or((&text, "0"));
    exponent(&format!("{}e{tail}", trim(point(mantissa.to_string()))), exponent_width)
}

/// `1.5e-10` from `1.5e-10`, `1.5e+03` from `1.5e3`.
fn exponent(text: &str, width: usize) -> String {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{}e{sign}{digits:0>width$}", point(mantissa.to_string()))
}

fn point(mut text: String) -> String {
    if !text.contains('.') {
        text.push('.');
    }
    text
}

fn trim(text: String) -> String {
    text.trim_end_matches('0').to_string()
}

fn signed(text: String, plus: bool) -> String {
    if plus && !text.starts_with('-') { format!("+{text}") } else { text }
}
