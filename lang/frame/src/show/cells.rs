//! The cells of a column as texts. A blank at the start keeps the place of a sign, as pandas writes them.

use arrow::array::{Array, ArrayRef, AsArray, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};

use super::objects::{self, Quotes};
use super::values::{Data, Values};
use super::{floats, moments};

/// The values as cells, a text each.
pub(super) fn cells(values: &Values) -> Vec<String> {
    match &values.data {
        Data::Objects(values) => values.iter().map(|value| object(value.as_ref(), 0, "NaN")).collect(),
        Data::Array(array) => array_cells(&values.dtype, array),
    }
}

fn array_cells(dtype: &str, array: &ArrayRef) -> Vec<String> {
    if matches!(array.data_type(), DataType::Null) {
        let text = match dtype {
            "object" => " None",
            _ if dtype.starts_with("datetime64") || dtype.starts_with("timedelta64") => "NaT",
            _ if dtype.starts_with("float") => "NaN",
            _ if is_masked(dtype) => " <NA>",
            _ => " NaN",
        };
        return vec![text.to_string(); array.len()];
    }
    if let DataType::Dictionary(_, inside) = array.data_type() {
        let plain = cast(array, inside).unwrap_or_else(|_| new_null_array(inside, array.len()));
        return if dtype == "category" { category(&plain) } else { array_cells(dtype, &plain) };
    }
    if dtype.starts_with("float") {
        return floats::column(&as_floats(array), "NaN");
    }
    if let Some(times) = times(array) {
        return match array.data_type() {
            DataType::Duration(_) => moments::spans(&times),
            data_type => moments::moments(&times, zone(data_type)),
        };
    }
    if (dtype.starts_with("int") || dtype.starts_with("uint"))
        && array.data_type().is_integer()
        && array.null_count() == 0
    {
        return (0..array.len()).map(|at| integer(array.as_ref(), at)).collect();
    }
    let missing = match dtype {
        "object" => "None",
        _ if is_masked(dtype) => "<NA>",
        _ => "NaN",
    };
    (0..array.len()).map(|at| object(array.as_ref(), at, missing)).collect()
}

/// Values of categories look as those of their type would.
fn category(plain: &ArrayRef) -> Vec<String> {
    let plain = &crate::category::interval::as_shown(plain);
    let data_type = plain.data_type();
    if data_type.is_floating() {
        return floats::column(&as_floats(plain), "NaN");
    }
    if let (Some(times), DataType::Timestamp(_, zone)) = (times(plain), data_type) {
        return moments::moments(&times, zone.as_deref());
    }
    if data_type.is_integer() && plain.null_count() == 0 {
        return (0..plain.len()).map(|at| integer(plain.as_ref(), at)).collect();
    }
    (0..plain.len()).map(|at| object(plain.as_ref(), at, "NaN")).collect()
}

fn is_masked(dtype: &str) -> bool {
    let is_named = ["Int", "UInt", "Float"].iter().any(|name| dtype.starts_with(name));
    is_named || matches!(dtype, "boolean" | "string")
}

/// One value among any others.
fn object(array: &dyn Array, at: usize, missing: &str) -> String {
    if array.is_null(at) || matches!(array.data_type(), DataType::Null) {
        return match array.data_type() {
            DataType::Timestamp(..) | DataType::Duration(_) | DataType::Date32 | DataType::Time64(_) => {
                " NaT".to_string()
            }
            DataType::Null => " None".to_string(),
            _ => format!(" {missing}"),
        };
    }
    if array.data_type().is_floating() {
        return objects::float_at(array, at).map_or_else(|| " NaN".to_string(), floats::single);
    }
    format!(" {}", objects::text(array, at, 0, Quotes::Bare))
}

/// A whole number: its own sign stands in the place that is kept for one.
fn integer(array: &dyn Array, at: usize) -> String {
    let text = objects::integer_text(array, at);
    if text.starts_with('-') { text } else { format!(" {text}") }
}

pub(super) fn as_floats(array: &ArrayRef) -> Vec<Option<f64>> {
    match cast(array, &DataType::Float64) {
        Ok(floats) => floats.as_primitive::<Float64Type>().iter().collect(),
        Err(_) => vec![None; array.len()],
    }
}

/// Moments or spans in nanoseconds, if the array holds such.
pub(super) fn times(array: &ArrayRef) -> Option<Vec<Option<i128>>> {
    let unit: TimeUnit = match array.data_type() {
        DataType::Timestamp(unit, _) | DataType::Duration(unit) => *unit,
        _ => return None,
    };
    let counts = cast(array, &DataType::Int64).ok()?;
    let counts = counts.as_primitive::<Int64Type>();
    Some(counts.iter().map(|count| count.map(|count| moments::nanoseconds(count, &unit))).collect())
}

pub(super) fn zone(data_type: &DataType) -> Option<&str> {
    match data_type {
        DataType::Timestamp(_, zone) => zone.as_deref(),
        _ => None,
    }
}

/// Texts of the same width, flush right; those that are too long are cut.
pub(super) fn flush_right(mut texts: Vec<String>) -> Vec<String> {
    let width = texts.iter().map(|text| width_of(text)).max().unwrap_or(0).min(CELL_WIDTH);
    for text in &mut texts {
        if width_of(text) > width {
            let kept: String = cut(text, width.saturating_sub(3));
            *text = kept + "...";
        }
        text.insert_str(0, &" ".repeat(width.saturating_sub(width_of(text))));
    }
    texts
}

/// A longer cell is cut.
const CELL_WIDTH: usize = 50;

fn cut(text: &str, width: usize) -> String {
    let mut left = width;
    text.chars()
        .take_while(|letter| {
            let needed = width_of(letter.encode_utf8(&mut [0; 4]));
            let fits = needed <= left;
            left = left.saturating_sub(needed);
            fits
        })
        .collect()
}

/// How many columns of a terminal a text takes.
pub(super) fn width_of(text: &str) -> usize {
    rdk_summary::text::width_of(text)
}
