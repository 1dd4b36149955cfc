//! `format(value, spec)` and the specs of f-strings: `>10`, `+.3e`, `08,d`.

use num_bigint::BigInt;

use super::{numeric, text};
use crate::bail;
use crate::error::Result;
use crate::value::Value;

/// How to fill the width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: between sign and digits
    Inside,
}

/// Which signs are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sign {
    /// `-` only
    #[default]
    Minus,
    /// `+` too
    Plus,
    /// a space in place of `+`
    Space,
}

/// A format spec, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    /// What to fill with; a space if not given.
    pub fill: Option<char>,
    /// Where the value goes; depends on its type if not given.
    pub align: Option<Align>,
    /// Which signs.
    pub sign: Sign,
    /// A sign was asked for.
    pub signed: bool,
    /// `z`: no negative zero
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    /// The least width.
    pub width: usize,
    /// `,` or `_`
    pub grouping: Option<char>,
    /// After the point.
    pub precision: Option<usize>,
    /// `f`, `d`, …
    pub kind: Option<char>,
}

impl Spec {
    /// Reads a spec; the value's type is for the message only.
    pub fn parse(spec: &str, type_name: &str) -> Result<Spec> {
        let chars: Vec<char> = spec.chars().collect();
        let mut at = 0;
        let mut parsed = Spec::default();
        if let Some(align) = chars.get(1).copied().and_then(align) {
            (parsed.fill, parsed.align) = (Some(chars[0]), Some(align));
            at = 2;
        } else if let Some(align) = chars.first().copied().and_then(align) {
            parsed.align = Some(align);
            at = 1;
        }
        if let Some(sign) = chars.get(at).and_then(|c| match c {
            '-' => Some(Sign::Minus),
            '+' => Some(Sign::Plus),
            ' ' => Some(Sign::Space),
            _ => None,
        }) {
            (parsed.sign, parsed.signed) = (sign, true);
            at += 1;
        }
        let mut flag = |c: char| {
            let found = chars.get(at) == Some(&c);
            at += usize::from(found);
            found
        };
        parsed.no_negative_zero = flag('z');
        parsed.alternate = flag('#');
        if flag('0') {
            if parsed.fill.is_none() {
                parsed.fill = Some('0');
            }
            if parsed.align.is_none() && type_name != "str" {
                parsed.align = Some(Align::Inside);
            }
        }
        if let Some(width) = number(&chars, &mut at)? {
            parsed.width = width;
        }
        if let Some(&c @ (',' | '_')) = chars.get(at) {
            parsed.grouping = Some(c);
            at += 1;
            if matches!(chars.get(at), Some(',' | '_')) {
                bail!("cannot specify both ',' and '_'");
            }
        }
        if chars.get(at) == Some(&'.') {
            at += 1;
            match number(&chars, &mut at)? {
                Some(precision) => parsed.precision = Some(precision),
                None => bail!("format specifier missing precision"; hint: "as in '.2f'"),
            }
        }
        if let Some(&kind) = chars.get(at) {
            parsed.kind = Some(kind);
            at += 1;
        }
        if at < chars.len() {
            bail!("invalid format specifier '{spec}' for object of type '{type_name}'"; hint: "as in '>10', ',.2f' or '08d'");
        }
        Ok(parsed)
    }

    /// The text in its width.
    pub fn pad(&self, body: &str, default: Align) -> String {
        let n = body.chars().count();
        if n >= self.width {
            return body.to_string();
        }
        let missing = self.width - n;
        let fill = self.fill.unwrap_or(' ');
        let left = match self.align.unwrap_or(default) {
            Align::Left => 0,
            Align::Right | Align::Inside => missing,
            Align::Center => missing / 2,
        };
        let mut out = String::with_capacity(body.len() + missing);
        out.extend(std::iter::repeat_n(fill, left));
        out.push_str(body);
        out.extend(std::iter::repeat_n(fill, missing - left));
        out
    }
}

fn align(c: char) -> Option<Align> {
    match c {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::Inside),
        _ => None,
    }
}

/// The digits here, if there are any.
fn number(chars: &[char], at: &mut usize) -> Result<Option<usize>> {
    let start = *at;
    let mut number = 0usize;
    while let Some(digit) = chars.get(*at).and_then(|c| c.to_digit(10)) {
        number = number * 10 + digit as usize;
        if number > i32::MAX as usize {
            bail!("too many digits in format specifier");
        }
        *at += 1;
    }
    Ok((*at > start).then_some(number))
}

/// `format(value, spec)`
pub fn format_value(value: &Value, spec: &str) -> Result<String> {
    if let Value::Object(object) = value {
        if let Some(answer) = object.format(spec) {
            return answer;
        }
        if let (false, Some(number)) = (spec.is_empty(), value.plain_number()) {
            return format_value(&number, spec);
        }
    }
    if let Value::Lazy(lazy) = value
        && let Some(answer) = lazy.format(spec)
    {
        return answer;
    }
    if spec.is_empty() {
        return Ok(text(value));
    }
    match value {
        Value::Str(text) => format_text(text, &Spec::parse(spec, "str")?),
        Value::Bool(flag) => numeric::integer(&BigInt::from(u8::from(*flag)), &Spec::parse(spec, "bool")?, "bool"),
        Value::Int(number) => numeric::integer(&BigInt::from(*number), &Spec::parse(spec, "int")?, "int"),
        Value::BigInt(number) => numeric::integer(number, &Spec::parse(spec, "int")?, "int"),
        Value::Float(number) => numeric::float(*number, &Spec::parse(spec, "float")?),
        Value::Complex(number) => numeric::complex(*number, &Spec::parse(spec, "complex")?),
        other => {
            let class = other.class();
            bail!(TypeError: "unsupported format string passed to {}.__format__", class.name; hint: "`{{x!s:{spec}}}` formats its text")
        }
    }
}

fn format_text(text: &str, spec: &Spec) -> Result<String> {
    if let Some(kind) = spec.kind
        && kind != 's'
    {
        return Err(unknown_code(kind, "str"));
    }
    if spec.signed {
        bail!("sign not allowed in string format specifier");
    }
    if spec.no_negative_zero {
        bail!("negative zero coercion (z) not allowed in string format specifier");
    }
    if spec.alternate {
        bail!("alternate form (#) not allowed in string format specifier");
    }
    if let Some(grouping) = spec.grouping {
        bail!("cannot specify '{grouping}' with 's'");
    }
    if spec.align == Some(Align::Inside) {
        bail!("'=' alignment not allowed in string format specifier");
    }
    Ok(match spec.precision {
        Some(precision) => spec.pad(&text.chars().take(precision).collect::<String>(), Align::Left),
        None => spec.pad(text, Align::Left),
    })
}

/// The error for a letter that means nothing for this type.
pub fn unknown_code(kind: char, type_name: &str) -> crate::Error {
    crate::error!("unknown format code '{kind}' for object of type '{type_name}'")
}
