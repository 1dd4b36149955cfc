//! Numbers in the form that a format spec asks for.

use num_bigint::{BigInt, Sign as BigSign};
use num_complex::Complex64;
use num_traits::ToPrimitive;

use super::format::{Align, Sign, Spec, unknown_code};
use super::number;
use crate::error::Result;
use crate::{bail, error};

/// An integer: `d b o x X c n`, or the letters of floats.
pub fn integer(value: &BigInt, spec: &Spec, type_name: &str) -> Result<String> {
    let kind = spec.kind.unwrap_or('d');
    if matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') {
        let as_float = value.to_f64().filter(|number| number.is_finite());
        let as_float = as_float.ok_or_else(|| error!(OverflowError: "int too large to convert to float"))?;
        return float(as_float, spec);
    }
    if spec.precision.is_some() {
        bail!("precision not allowed in integer format specifier"; hint: "as in '.2f'");
    }
    if spec.no_negative_zero {
        bail!("negative zero coercion (z) not allowed in format specifier with integer format code '{kind}'");
    }
    if kind == 'c' {
        return character(value, spec);
    }
    let (radix, prefix) = match kind {
        'd' | 'n' => (10, ""),
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        other => return Err(unknown_code(other, type_name)),
    };
    if radix == 10 && value.bits() > super::number::MOST_BITS {
        bail!("the integer has too many digits to be written out"; hint: "`x.bit_length()` says how large it is, `hex(x)` writes it in base 16");
    }
    if let Some(c) = spec.grouping
        && ((c == ',' && radix != 10) || kind == 'n')
    {
        bail!("cannot specify '{c}' with '{kind}'");
    }
    let mut digits = value.magnitude().to_str_radix(radix);
    if kind == 'X' {
        digits = digits.to_uppercase();
    }
    let number = Parts {
        negative: value.sign() == BigSign::Minus,
        prefix: if spec.alternate { prefix } else { "" },
        whole: digits,
        rest: String::new(),
        group: if radix == 10 { 3 } else { 4 },
    };
    Ok(number.lay_out(spec))
}

fn character(value: &BigInt, spec: &Spec) -> Result<String> {
    if let Some(grouping) = spec.grouping {
        bail!("cannot specify '{grouping}' with 'c'");
    }
    if spec.signed {
        bail!("sign not allowed with integer format specifier 'c'");
    }
    if spec.alternate {
        bail!("alternate form (#) not allowed with integer format specifier 'c'");
    }
    match value.to_u32().and_then(char::from_u32) {
        Some(c) => Ok(spec.pad(&c.to_string(), Align::Right)),
        None => bail!(OverflowError: "%c arg not in range(0x110000)"),
    }
}

/// A float: `e E f F g G n %`, or as `repr` has it.
pub fn float(value: f64, spec: &Spec) -> Result<String> {
    if let Some(kind) = spec.kind
        && !matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')
    {
        let error = unknown_code(kind, "float");
        return Err(if matches!(kind, 'd' | 'x' | 'b' | 'o') {
            error.hint("`int(x)` makes it an integer")
        } else {
            error
        });
    }
    if let (Some(c), Some('n')) = (spec.grouping, spec.kind) {
        bail!("cannot specify '{c}' with 'n'");
    }
    let mut body = float_body(value, spec, true);
    if spec.kind.is_some_and(|kind| matches!(kind, 'E' | 'F' | 'G')) {
        body = body.to_uppercase();
    }
    let split = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
    let number = Parts {
        negative: is_negative(value, &body, spec),
        prefix: "",
        rest: body.split_off(split),
        whole: body,
        group: 3,
    };
    if value.is_finite() {
        return Ok(number.lay_out(spec));
    }
    Ok(number.lay_out(&Spec { grouping: None, ..spec.clone() }))
}

/// Does the number get a minus sign? With `z` not if only zeros are left of it.
fn is_negative(value: f64, body: &str, spec: &Spec) -> bool {
    let mantissa = body.split(['e', 'E']).next().unwrap_or("");
    let zero = value.is_finite() && mantissa.chars().all(|c| !c.is_ascii_digit() || c == '0');
    value.is_sign_negative() && !value.is_nan() && !(spec.no_negative_zero && zero)
}

/// The number without sign and padding.
fn float_body(value: f64, spec: &Spec, point: bool) -> String {
    let percent = spec.kind == Some('%');
    let value = if percent { value.abs() * 100.0 } else { value.abs() };
    if !value.is_finite() {
        return format!("{}{}", number::special(value), if percent { "%" } else { "" });
    }
    let precision = spec.precision.unwrap_or(6);
    match spec.kind {
        Some('f' | 'F' | '%') => {
            let dot = if spec.alternate && precision == 0 { "." } else { "" };
            format!("{}{dot}{}", exact(value, precision), if percent { "%" } else { "" })
        }
        Some('e' | 'E') => {
            let (mut digits, exponent) = rounded(value, precision + 1);
            if spec.alternate && precision == 0 {
                digits.push('.');
                let text = number::scientific(&digits, exponent, 'e');
                return text.replacen("..", ".", 1);
            }
            number::scientific(&digits, exponent, 'e')
        }
        Some(_) => general(value, precision.max(1), spec.alternate, 0, false),
        None if spec.precision.is_some() => {
            let precision = precision.max(1);
            general(value, precision, spec.alternate, i32::from(point), point)
        }
        None if spec.alternate => with_point(if point { number::float(value) } else { number::plain(value) }),
        None if point => number::float(value),
        None => number::plain(value),
    }
}

/// `#`: with a point in any case.
fn with_point(text: String) -> String {
    match (text.contains('.'), text.contains('e')) {
        (true, _) => text,
        (false, true) => text.replacen('e', ".e", 1),
        (false, false) => text + ".",
    }
}

/// `%g`: the shorter of fixed and scientific, without trailing zeros. `earlier` moves the border between the two.
fn general(value: f64, precision: usize, keep_zeros: bool, earlier: i32, point: bool) -> String {
    let (mut digits, exponent) = rounded(value, precision);
    if !keep_zeros {
        let kept = digits.trim_end_matches('0').len().max(1);
        digits.truncate(kept);
    }
    let precision = i32::try_from(precision).unwrap_or(i32::MAX);
    if exponent < -4 || exponent >= precision - earlier {
        let text = number::scientific(&digits, exponent, 'e');
        return if keep_zeros && digits.len() == 1 { text.replacen('e', ".e", 1) } else { text };
    }
    let text = number::fixed(&digits, exponent);
    match (text.contains('.'), keep_zeros, point) {
        (false, true, _) => text + ".",
        (false, false, true) => text + ".0",
        _ => text,
    }
}

/// A float has no more than this many decimals; all after them are zeros.
const DECIMALS: usize = 1100;

fn exact(value: f64, precision: usize) -> String {
    let text = format!("{value:.*}", precision.min(DECIMALS));
    text + &"0".repeat(precision.saturating_sub(DECIMALS))
}

fn rounded(value: f64, n_digits: usize) -> (String, i32) {
    let (mut digits, exponent) = number::rounded(value, n_digits.min(DECIMALS));
    digits.push_str(&"0".repeat(n_digits.saturating_sub(DECIMALS)));
    (digits, exponent)
}

/// A complex number: both parts in the form of a float.
pub fn complex(value: Complex64, spec: &Spec) -> Result<String> {
    if let Some(kind) = spec.kind
        && !matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')
    {
        return Err(unknown_code(kind, "complex"));
    }
    if spec.fill == Some('0') {
        bail!("zero padding is not allowed in complex format specifier");
    }
    if spec.align == Some(Align::Inside) {
        bail!("'=' alignment flag is not allowed in complex format specifier");
    }
    let part = |value: f64, sign: Sign| {
        let mut body = float_body(value, spec, false);
        if spec.kind.is_some_and(|kind| matches!(kind, 'E' | 'F' | 'G')) {
            body = body.to_uppercase();
        }
        let split = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
        let negative = is_negative(value, &body, spec);
        let parts = Parts { negative, prefix: "", rest: body.split_off(split), whole: body, group: 3 };
        let grouping = spec.grouping.filter(|_| value.is_finite());
        parts.lay_out(&Spec { sign, grouping, ..Spec::default() })
    };
    let (plain, no_real) = (spec.kind.is_none(), value.re == 0.0 && value.re.is_sign_positive());
    let body = match (plain, no_real) {
        (true, true) => format!("{}j", part(value.im, spec.sign)),
        (true, false) => format!("({}{}j)", part(value.re, spec.sign), part(value.im, Sign::Plus)),
        (false, _) => format!("{}{}j", part(value.re, spec.sign), part(value.im, Sign::Plus)),
    };
    Ok(spec.pad(&body, Align::Right))
}

/// A number, ready to be put into its width.
struct Parts {
    negative: bool,
    /// `0x`
    prefix: &'static str,
    /// Digits before the point; these are grouped.
    whole: String,
    /// All after them.
    rest: String,
    group: usize,
}

impl Parts {
    fn lay_out(mut self, spec: &Spec) -> String {
        let sign = match (self.negative, spec.sign) {
            (true, _) => "-",
            (false, Sign::Plus) => "+",
            (false, Sign::Space) => " ",
            (false, Sign::Minus) => "",
        };
        let outside = sign.len() + self.prefix.len() + self.rest.chars().count();
        let inside = spec.align == Some(Align::Inside);
        // Zeros put in front are digits like others: they are grouped too.
        if let (true, Some('0')) = (inside, spec.fill) {
            let wanted = spec.width.saturating_sub(outside);
            let mut n_digits = wanted;
            if spec.grouping.is_some() {
                n_digits = wanted * self.group / (self.group + 1);
                while n_digits + n_digits.saturating_sub(1) / self.group < wanted {
                    n_digits += 1;
                }
            }
            self.whole.insert_str(0, &"0".repeat(n_digits.saturating_sub(self.whole.len())));
        }
        if let Some(separator) = spec.grouping {
            self.whole = grouped(&self.whole, separator, self.group);
        }
        let Parts { prefix, whole, rest, .. } = self;
        if inside {
            let missing = spec.width.saturating_sub(outside + whole.len());
            let filling: String = std::iter::repeat_n(spec.fill.unwrap_or(' '), missing).collect();
            return format!("{sign}{prefix}{filling}{whole}{rest}");
        }
        spec.pad(&format!("{sign}{prefix}{whole}{rest}"), Align::Right)
    }
}

fn grouped(digits: &str, separator: char, group: usize) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(group) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}
