//! Arrays and whole numbers as text: `np.array2string`, `np.binary_repr`.

use rdk_runtime::{Context, FromValue, Keywords, Name, Result, Value, bail, builtins};

use super::operand::Operand;
use super::settings::changed;
use crate::chunk::Chunk;
use crate::show::{self, PrintOptions};

/// How `array2string` and the like are asked for it.
struct Form {
    options: PrintOptions,
    separator: String,
    around: (usize, usize),
}

impl Form {
    fn new(width: Option<i64>, precision: Option<i64>, suppress: Option<bool>, more: Keywords) -> Result<Form> {
        let (mut separator, mut around, mut settings) = (" ".to_string(), (0, 0), Vec::new());
        let mut set = |name: &str, value: Option<Value>| settings.extend(value.map(|value| (Name::from(name), value)));
        set("linewidth", width.map(Value::Int));
        set("precision", precision.map(Value::Int));
        set("suppress", suppress.map(Value::Bool));
        for (name, value) in more.0 {
            match &*name {
                "separator" => separator = String::try_from_value(&value)?,
                "prefix" => around.0 = String::try_from_value(&value)?.chars().count(),
                "suffix" => around.1 = String::try_from_value(&value)?.chars().count(),
                _ => settings.push((name, value)),
            }
        }
        Ok(Form { options: changed(Keywords(settings))?, separator, around })
    }
}

/// Calls it with the elements of an array in C order.
fn shown(
    context: &Context,
    a: &Operand,
    how: impl Fn(&Chunk, &dyn Fn(usize) -> show::Number) -> String,
) -> Result<String> {
    let chunk = a.array()?.compute_now(context)?;
    let strides = crate::shape::strides(chunk.shape());
    let element = |at: usize| {
        let index: Vec<usize> =
            chunk.shape().iter().zip(&strides).map(|(&length, &stride)| at / stride % length).collect();
        chunk.get(&index).map_or(show::Number::Int(0), Into::into)
    };
    Ok(how(&chunk, &element))
}

const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn digits(mut number: u64, base: u64) -> String {
    let mut digits = Vec::new();
    while number > 0 {
        digits.push(DIGITS[(number % base) as usize] as char);
        number /= base;
    }
    digits.iter().rev().collect()
}

builtins! {
    /// The elements of an array as text.
    ///
    /// ```rdk
    /// np.array2string(np.array([1.25, 2.0]), precision=1, separator=", ")
    /// #> '[1.2, 2. ]'
    /// ```
    fn array2string[context](
        /// The array.
        a: Operand,
        /// How long lines may get.
        max_line_width: Option<i64>,
        /// How many digits stand after the point.
        precision: Option<i64>,
        /// Are numbers that are next to nothing shown as 0?
        suppress_small: Option<bool>,
        /// `separator`, `prefix`, `suffix`, `threshold`, `edgeitems`, `floatmode`.
        options: Keywords,
    ) -> Result<String> {
        let form = Form::new(max_line_width, precision, suppress_small, options)?;
        shown(context, &a, |chunk, element| show::text::between(chunk.shape(), element, &form.options, &form.separator, form.around))
    }

    /// An array as it is displayed.
    ///
    /// ```rdk
    /// np.array_repr(np.array([1, 2]))
    /// #> 'array([1, 2])'
    /// ```
    fn array_repr[context](
        /// The array.
        arr: Operand,
        /// How long lines may get.
        max_line_width: Option<i64>,
        /// How many digits stand after the point.
        precision: Option<i64>,
        /// Are numbers that are next to nothing shown as 0?
        suppress_small: Option<bool>,
    ) -> Result<String> {
        let form = Form::new(max_line_width, precision, suppress_small, Keywords(Vec::new()))?;
        shown(context, &arr, |chunk, element| show::text::repr(chunk.shape(), chunk.dtype().name(), element, &form.options))
    }

    /// An array as it is printed.
    fn array_str[context](
        /// The array.
        a: Operand,
        /// How long lines may get.
        max_line_width: Option<i64>,
        /// How many digits stand after the point.
        precision: Option<i64>,
        /// Are numbers that are next to nothing shown as 0?
        suppress_small: Option<bool>,
    ) -> Result<String> {
        let form = Form::new(max_line_width, precision, suppress_small, Keywords(Vec::new()))?;
        shown(context, &a, |chunk, element| show::text::str(chunk.shape(), element, &form.options))
    }

    /// A whole number by the digits of any base up to 36.
    ///
    /// ```rdk
    /// np.base_repr(-255, 16)
    /// #> '-FF'
    /// ```
    fn base_repr(
        /// The number.
        number: i64,
        /// The base.
        base: i64 = 2,
        /// How many zeros stand before.
        padding: usize = 0,
    ) -> Result<String> {
        if !(2..=36).contains(&base) {
            bail!("Bases {} in base_repr.", if base < 2 { "less than 2 not handled" } else { "greater than 36 not handled" });
        }
        let digits = digits(number.unsigned_abs(), base as u64);
        let digits = if digits.is_empty() && padding == 0 { "0".to_string() } else { digits };
        Ok(format!("{}{}{digits}", if number < 0 { "-" } else { "" }, "0".repeat(padding.min(1 << 20))))
    }

    /// A whole number in binary; a negative one as two's complement if a width is given.
    ///
    /// ```rdk
    /// np.binary_repr(5, width=8), np.binary_repr(-3, width=4)
    /// #> ('00000101', '1101')
    /// ```
    fn binary_repr(
        /// The number.
        num: i64,
        /// How many digits.
        width: Option<usize>,
    ) -> Result<String> {
        let plain = digits(num.unsigned_abs(), 2);
        let Some(width) = width else {
            let digits = if plain.is_empty() { "0" } else { &plain };
            return Ok(format!("{}{digits}", if num < 0 { "-" } else { "" }));
        };
        let needed = if num < 0 { 65 - (num.wrapping_neg() as u64).wrapping_sub(1).leading_zeros() as usize } else { plain.len().max(1) };
        if width < needed {
            bail!("Insufficient bit width={width} provided for binwidth={needed}");
        }
        let width = width.min(1 << 20);
        let text = if num < 0 { digits(num as u64, 2) } else { plain };
        Ok(match num {
            ..0 if width <= 64 => text[64 - width..].to_string(),
            ..0 => format!("{}{text}", "1".repeat(width - 64)),
            _ => format!("{text:0>width$}"),
        })
    }

    /// A number with a point and no exponent, with the fewest digits that tell it from its neighbours.
    ///
    /// ```rdk
    /// np.format_float_positional(1e-7), np.format_float_positional(np.pi, precision=3)
    /// #> ('0.0000001', '3.142')
    /// ```
    fn format_float_positional(
        /// The number.
        x: f64,
        /// How many digits at most.
        precision: Option<usize>,
        /// As few digits as tell it from its neighbours? Else exactly `precision`.
        unique: bool = true,
        /// Are digits counted after the point? Else all of them are.
        fractional: bool = true,
        /// What goes at the end: "k" nothing, "." zeros, "0" all zeros but one, "-" zeros and the point.
        trim: String = "k",
        /// Does "+" stand before numbers above 0?
        sign: bool = false,
        /// How many places stand before the point at least.
        pad_left: Option<usize>,
        /// How many places stand after the point at least.
        pad_right: Option<usize>,
        /// How many digits at least.
        min_digits: Option<usize>,
    ) -> Result<String> {
        super::floats::Form { precision, unique, fractional, trim: trim.parse()?, sign, pad_left, pad_right, min_digits, exponent: None }.positional(x)
    }

    /// A number with an exponent, with the fewest digits that tell it from its neighbours.
    ///
    /// ```rdk
    /// np.format_float_scientific(1234.5), np.format_float_scientific(1e-7, precision=2, unique=False)
    /// #> ('1.2345e+03', '1.00e-07')
    /// ```
    fn format_float_scientific(
        /// The number.
        x: f64,
        /// How many digits after the point at most.
        precision: Option<usize>,
        /// As few digits as tell it from its neighbours? Else exactly `precision`.
        unique: bool = true,
        /// What goes at the end: "k" nothing, "." zeros, "0" all zeros but one, "-" zeros and the point.
        trim: String = "k",
        /// Does "+" stand before numbers above 0?
        sign: bool = false,
        /// How many places stand before the point at least.
        pad_left: Option<usize>,
        /// How many digits the exponent has at least.
        exp_digits: Option<usize>,
        /// How many digits at least.
        min_digits: Option<usize>,
    ) -> Result<String> {
        super::floats::Form { precision, unique, fractional: true, trim: trim.parse()?, sign, pad_left, pad_right: None, min_digits, exponent: exp_digits }.scientific(x)
    }
}
