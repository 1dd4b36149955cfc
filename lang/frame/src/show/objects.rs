//! Values of any type as texts: what columns of `object` hold, lists, records.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, UInt64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use rdk_runtime::show::number::float as python_float;

use super::moments;
use super::values::is_text;
use crate::cell::ARRAY_OF_TEXTS;

/// How deep lists in lists are opened.
const MOST_LEVELS: usize = 3;
/// How many items of a list are shown.
const MOST_ITEMS: usize = 100;

/// How texts stand in what holds them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// As they are.
    Bare,
    /// Between `'`.
    Single,
}

/// The float at a place, if that is one and not missing.
pub(super) fn float_at(array: &dyn Array, at: usize) -> Option<f64> {
    if !array.data_type().is_floating() || array.is_null(at) {
        return None;
    }
    let one = cast(&array.slice(at, 1), &DataType::Float64).ok()?;
    Some(one.as_primitive::<Float64Type>().value(0)).filter(|number| !number.is_nan())
}

/// The value at a place, as it stands in a cell; `level` counts the lists around it.
pub(super) fn text(array: &dyn Array, at: usize, level: usize, quotes: Quotes) -> String {
    if array.is_null(at) || matches!(array.data_type(), DataType::Null) {
        return match array.data_type() {
            DataType::Timestamp(..) | DataType::Duration(_) | DataType::Date32 | DataType::Time64(_) => {
                "NaT".to_string()
            }
            _ => "None".to_string(),
        };
    }
    match array.data_type() {
        data_type if is_text(data_type) => quoted(&string_at(array, at), quotes),
        DataType::Boolean => if booleans(array).value(at) { "True" } else { "False" }.to_string(),
        data_type if data_type.is_floating() => number_text(array, at),
        data_type if data_type.is_integer() => integer_text(array, at),
        DataType::Timestamp(unit, zone) => {
            moments::moment(moments::nanoseconds(integer(array, at), unit), zone.as_deref())
        }
        DataType::Duration(unit) => moments::span(moments::nanoseconds(integer(array, at), unit)),
        DataType::Date32 | DataType::Date64 => date_text(array, at),
        DataType::Time32(_) | DataType::Time64(_) => time_text(array, at),
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) | DataType::ListView(_) => {
            let missing = matches!(array.data_type(), DataType::List(field) if field.name() == ARRAY_OF_TEXTS || field.data_type().is_floating());
            list(&items(array, at), level, quotes, if missing { "nan" } else { "None" })
        }
        DataType::Struct(_) if crate::category::is_interval(array.data_type()).is_some() => {
            crate::category::interval::text(array, at).unwrap_or_default()
        }
        DataType::Struct(fields) => {
            let record = array.as_struct();
            let item = |(column, field): (usize, &arrow::datatypes::FieldRef)| {
                let value = text(record.column(column).as_ref(), at, level + 1, Quotes::Single);
                format!("'{}': {value}", field.name())
            };
            format!("{{{}}}", fields.iter().enumerate().map(item).collect::<Vec<_>>().join(", "))
        }
        DataType::Dictionary(_, values) => match cast(&array.slice(at, 1), values) {
            Ok(plain) => text(plain.as_ref(), 0, level, quotes),
            Err(_) => other(array, at),
        },
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            bytes(array, at)
        }
        _ => other(array, at),
    }
}

fn list(items: &ArrayRef, level: usize, quotes: Quotes, missing: &str) -> String {
    // Below that a list is written as Python itself writes it.
    let quotes = if level >= MOST_LEVELS { Quotes::Single } else { quotes };
    let one = |at: usize| match float_at(items.as_ref(), at) {
        Some(number) if level < MOST_LEVELS => super::floats::single(number).trim_start().to_string(),
        _ if items.is_null(at) && is_text(items.data_type()) => missing.to_string(),
        _ => text(items.as_ref(), at, level + 1, quotes),
    };
    let n_shown = items.len().min(MOST_ITEMS);
    let mut texts: Vec<String> = (0..n_shown).map(one).collect();
    if n_shown < items.len() {
        texts.push("...".to_string());
    }
    format!("[{}]", texts.join(", "))
}

fn items(array: &dyn Array, at: usize) -> ArrayRef {
    match array.data_type() {
        DataType::List(_) => array.as_list::<i32>().value(at),
        DataType::LargeList(_) => array.as_list::<i64>().value(at),
        DataType::FixedSizeList(..) => array.as_fixed_size_list().value(at),
        _ => array.as_list_view::<i32>().value(at),
    }
}

/// Text with what would break a line written out.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\t', "\\t").replace('\r', "\\r").replace('\n', "\\n")
}

fn quoted(text: &str, quotes: Quotes) -> String {
    match quotes {
        Quotes::Bare => escaped(text),
        Quotes::Single => format!("'{}'", escaped(text)),
    }
}

/// The text at a place of an array of texts.
pub(super) fn string_at(array: &dyn Array, at: usize) -> String {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(at).to_string(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(at).to_string(),
        DataType::Utf8View => array.as_string_view().value(at).to_string(),
        _ => other(array, at),
    }
}

fn booleans(array: &dyn Array) -> &BooleanArray {
    array.as_boolean()
}

fn number_text(array: &dyn Array, at: usize) -> String {
    float_at(array, at).map_or_else(|| "nan".to_string(), python_float)
}

/// The whole number at a place, also of moments and spans; 0 if it is none.
pub(super) fn integer(array: &dyn Array, at: usize) -> i64 {
    match cast(&array.slice(at, 1), &DataType::Int64) {
        Ok(one) if !one.is_null(0) => one.as_primitive::<Int64Type>().value(0),
        _ => 0,
    }
}

/// A whole number of any width.
pub(super) fn integer_text(array: &dyn Array, at: usize) -> String {
    if matches!(array.data_type(), DataType::UInt64) {
        return array.as_primitive::<UInt64Type>().value(at).to_string();
    }
    integer(array, at).to_string()
}

fn date_text(array: &dyn Array, at: usize) -> String {
    let seconds = cast(&array.slice(at, 1), &DataType::Timestamp(TimeUnit::Second, None));
    seconds.map_or_else(
        |_| other(array, at),
        |one| moments::date(moments::nanoseconds(integer(&one, 0), &TimeUnit::Second)),
    )
}

fn time_text(array: &dyn Array, at: usize) -> String {
    let unit = match array.data_type() {
        DataType::Time32(unit) | DataType::Time64(unit) => *unit,
        _ => TimeUnit::Nanosecond,
    };
    let value = moments::nanoseconds(integer(array, at), &unit);
    moments::clock(value, if value % 1_000_000_000 == 0 { 0 } else { 6 })
}

fn bytes(array: &dyn Array, at: usize) -> String {
    let Ok(one) = cast(&array.slice(at, 1), &DataType::LargeBinary) else { return other(array, at) };
    let value = one.as_binary::<i64>().value(0);
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') { '"' } else { '\'' };
    let mut text = format!("b{quote}");
    for &byte in value {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\'' if quote == '\'' => text.push_str("\\'"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text.push(quote);
    text
}

/// What arrow itself would write.
fn other(array: &dyn Array, at: usize) -> String {
    let options = FormatOptions::default().with_null("None");
    let formatter = ArrayFormatter::try_new(array, &options);
    formatter.ok().and_then(|formatter| formatter.value(at).try_to_string().ok()).unwrap_or_else(|| "?".to_string())
}
