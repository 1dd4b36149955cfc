//! `series.str.…`: functions of texts.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, BooleanArray, StringViewArray};
use arrow::datatypes::DataType;
use rdk_runtime::{Class, ClassRef, Context, Result, Value, bail, builtins};

use super::accessor::Accessor;
use crate::cell::{is_text, list as cell_list, text};
use crate::frame::what;
use crate::functions::{ElementFunction, Elementwise};
use crate::plan::View;

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(
        Class::new("StringMethods", "pandas", "Functions of the texts of a series.")
            .methods(crate::place::noted(methods())),
    )
});

fn methods() -> Vec<rdk_runtime::Builtin> {
    let mut all = builtins();
    all.extend(super::texts::builtins().into_iter().chain(super::texts_more::builtins()));
    all.extend(super::patterns::builtins());
    all
}

/// `series.str`
pub fn accessor(view: View) -> Result<Value> {
    let of = view.type_of(view.expr())?;
    if crate::category::is(&of) {
        let values = crate::category::values_of(view.expr().clone(), &of);
        return accessor(View {
            columns: vec![crate::plan::Named { label: view.label().clone(), expr: values }],
            ..view
        });
    }
    if !is_text(&of) && !matches!(of, DataType::List(_)) {
        bail!(AttributeError: "Can only use .str accessor with string values, not {}", crate::dtype::name(&view.type_of(view.expr())?, view.eager));
    }
    Ok(Value::object(Accessor { view, class: CLASS.clone() }))
}

/// A text for each text.
pub fn texts(column: &ArrayRef, one: impl Fn(&str) -> Option<String>) -> ArrayRef {
    Arc::new((0..column.len()).map(|row| text(column, row).and_then(&one)).collect::<StringViewArray>())
}

/// `True` or `False` for each text; false for what is missing.
pub fn flags(column: &ArrayRef, one: impl Fn(&str) -> bool) -> ArrayRef {
    Arc::new((0..column.len()).map(|row| Some(text(column, row).is_some_and(&one))).collect::<BooleanArray>())
}

/// The letter in capitals, if one letter is that: `ß` becomes `ẞ`.
pub fn capital(letter: char) -> char {
    let mut letters = letter.to_uppercase();
    match (letter, letters.next(), letters.next()) {
        ('ß', ..) => 'ẞ',
        (_, Some(one), None) => one,
        _ => letter,
    }
}

/// A function from texts to texts.
pub fn to_text(name: &str, parameters: Vec<String>, apply: ElementFunction) -> Elementwise {
    Elementwise { name: name.into(), gives: DataType::Utf8View, apply, parameters }
}

/// A function from texts to `True` or `False`.
pub fn to_flag(name: &str, parameters: Vec<String>, apply: ElementFunction) -> Elementwise {
    Elementwise { name: name.into(), gives: DataType::Boolean, apply, parameters }
}

/// `series.str[0]`, `series.str[1:3]`
pub fn item(context: &Context, this: &Accessor, index: &Value) -> Result<Value> {
    let bound = |value: &Value| if value.is_none() { String::new() } else { value.text() };
    let parameters = match index {
        Value::Slice(slice) => vec![bound(&slice.start), bound(&slice.stop), bound(&slice.step)],
        Value::Int(at) => vec![at.to_string()],
        other => bail!(TypeError: "expected a position or a slice, got {}", what(other)),
    };
    if parameters.get(2).is_some_and(|step| step == "0") {
        bail!("slice step cannot be zero");
    }
    if let (1, DataType::List(_)) = (parameters.len(), this.view.type_of(this.view.expr())?) {
        return super::texts::element(context, this, &parameters[0]);
    }
    this.each(
        context,
        to_text("slice", parameters, |column, parameters| {
            let number = |at: usize| parameters.get(at).and_then(|text| text.parse::<i64>().ok());
            let one = |text: &str| {
                let letters: Vec<char> = text.chars().collect();
                let n = letters.len() as i64;
                if parameters.len() == 1 {
                    let at = number(0)?;
                    let at = if at < 0 { at + n } else { at };
                    return letters.get(usize::try_from(at).ok()?).map(char::to_string);
                }
                let step = number(2).unwrap_or(1);
                let (least, most) = if step < 0 { (-1, n - 1) } else { (0, n) };
                let bound = |at: usize, default: i64| match number(at) {
                    Some(place) if place < 0 => (place + n).max(least),
                    Some(place) => place.min(most),
                    None => default,
                };
                let (first, last) = if step < 0 { (n - 1, -1) } else { (0, n) };
                let (start, stop) = (bound(0, first), bound(1, last));
                let stride = usize::try_from(step.unsigned_abs()).unwrap_or(1).max(1);
                let pick = |at: i64| letters[at as usize];
                Some(match step < 0 {
                    true => (stop + 1..=start).rev().step_by(stride).map(pick).collect(),
                    false => (start..stop).step_by(stride).map(pick).collect(),
                })
            };
            Ok(texts(column, one))
        }),
    )
}

builtins! {
    /// In capitals.
    fn upper[context](/** The texts. */ this: Accessor) -> Result<Value> { this.each(context, to_text("upper", vec![], |column, _| Ok(texts(column, |text| Some(text.chars().map(capital).collect()))))) }

    /// In small letters.
    fn lower[context](/** The texts. */ this: Accessor) -> Result<Value> { this.each(context, to_text("lower", vec![], |column, _| Ok(texts(column, |text| Some(text.to_lowercase()))))) }

    /// With a capital first, and small letters after it.
    fn capitalize[context](/** The texts. */ this: Accessor) -> Result<Value> {
        this.each(context, to_text("capitalize", vec![], |column, _| Ok(texts(column, |text| {
            let mut letters = text.chars();
            Some(letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + &letters.as_str().to_lowercase()))
        }))))
    }

    /// Without blanks at both ends.
    fn strip[context](/** The texts. */ this: Accessor, /** Letters to take away instead of blanks. */ to_strip: Option<String>) -> Result<Value> { this.each(context, to_text("strip", to_strip.into_iter().collect(), |column, letters| Ok(texts(column, |text| Some(stripped(text, letters, true, true).to_string()))))) }

    /// Without blanks at the beginning.
    fn lstrip[context](/** The texts. */ this: Accessor, /** Letters to take away instead of blanks. */ to_strip: Option<String>) -> Result<Value> { this.each(context, to_text("lstrip", to_strip.into_iter().collect(), |column, letters| Ok(texts(column, |text| Some(stripped(text, letters, true, false).to_string()))))) }

    /// Without blanks at the end.
    fn rstrip[context](/** The texts. */ this: Accessor, /** Letters to take away instead of blanks. */ to_strip: Option<String>) -> Result<Value> { this.each(context, to_text("rstrip", to_strip.into_iter().collect(), |column, letters| Ok(texts(column, |text| Some(stripped(text, letters, false, true).to_string()))))) }

    /// How many letters.
    fn len[context](/** The texts. */ this: Accessor) -> Result<Value> {
        this.each(context, Elementwise { name: "len".into(), gives: DataType::Int64, parameters: vec![], apply: |column, _| {
            let count = |row| match cell_list(column, row) {
                Some(items) => Some(items.len() as i64),
                None => text(column, row).map(|text| text.chars().count() as i64),
            };
            Ok(Arc::new((0..column.len()).map(count).collect::<arrow::array::Int64Array>()))
        } })
    }

    /// Does it begin with this?
    fn startswith[context](/** The texts. */ this: Accessor, /** What it begins with. */ pat: String) -> Result<Value> { this.each(context, to_flag("startswith", vec![pat], |column, pattern| Ok(flags(column, |text| text.starts_with(pattern[0].as_str()))))) }

    /// Does it end with this?
    fn endswith[context](/** The texts. */ this: Accessor, /** What it ends with. */ pat: String) -> Result<Value> { this.each(context, to_flag("endswith", vec![pat], |column, pattern| Ok(flags(column, |text| text.ends_with(pattern[0].as_str()))))) }
}

fn stripped<'a>(text: &'a str, letters: &[String], front: bool, back: bool) -> &'a str {
    let is_off = |letter: char| match letters.first() {
        Some(letters) => letters.contains(letter),
        None => letter.is_whitespace(),
    };
    let text = if front { text.trim_start_matches(is_off) } else { text };
    if back { text.trim_end_matches(is_off) } else { text }
}
