//! Between cells of arrow columns and values of the language.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Float64Builder, Int64Builder, ListBuilder, StringViewBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::{
    DataType, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use datafusion::common::ScalarValue;
use rdk_array::eager::{NdArray, NumpyScalar};
use rdk_runtime::convert::describe;
use rdk_runtime::{Result, Value, bail};

use crate::timestamp::Timestamp;

/// A cell as a value; what is missing is `nan`, as pandas has it.
pub fn value(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return match column.data_type() {
            DataType::Timestamp(..) | DataType::Date32 | DataType::Duration(_) => Value::object(Timestamp::NOT),
            DataType::Boolean => Value::None,
            _ => Value::Float(f64::NAN),
        };
    }
    match column.data_type() {
        DataType::Boolean => Value::Bool(column.as_boolean().value(row)),
        DataType::Int8 => Value::Int(column.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Value::Int(column.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Value::Int(column.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Value::Int(column.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Value::Int(column.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Value::Int(column.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Value::Int(column.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => Value::big(column.as_primitive::<UInt64Type>().value(row).into()),
        DataType::Float32 => Value::Float(column.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Value::Float(column.as_primitive::<Float64Type>().value(row)),
        DataType::Timestamp(..) => Value::object(Timestamp(micros(column, row))),
        DataType::Date32 => Value::object(rdk_runtime::modules::datetime::Date(
            column.as_primitive::<arrow::datatypes::Date32Type>().value(row).into(),
        )),
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            Value::list((0..items.len()).map(|at| value(&items, at)))
        }
        DataType::Duration(unit) => crate::timestamp::span(match unit {
            TimeUnit::Second => column.as_primitive::<DurationSecondType>().value(row) * 1_000_000,
            TimeUnit::Millisecond => column.as_primitive::<DurationMillisecondType>().value(row) * 1000,
            TimeUnit::Microsecond => column.as_primitive::<DurationMicrosecondType>().value(row),
            TimeUnit::Nanosecond => column.as_primitive::<DurationNanosecondType>().value(row).div_euclid(1000),
        }),
        DataType::Time64(TimeUnit::Microsecond) => Value::str({
            let micros = column.as_primitive::<arrow::datatypes::Time64MicrosecondType>().value(row);
            let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
            let fraction = if rest > 0 { format!(".{rest:06}") } else { String::new() };
            format!("{:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60)
        }),
        DataType::Struct(_) => of_struct(column, row),
        DataType::LargeBinary => value(&crate::objects::one(column, row), 0),
        DataType::Binary => Value::Bytes(column.as_binary::<i32>().value(row).into()),
        DataType::BinaryView => Value::Bytes(column.as_binary_view().value(row).into()),
        _ => text(column, row).map_or(Value::None, Value::str),
    }
}

/// A cell with one of several categories, or with an interval.
fn of_struct(column: &ArrayRef, row: usize) -> Value {
    use crate::category::{self, Kind};
    match category::kind(column.data_type()) {
        Some(Kind::Known(categories)) => match column.as_struct().column(0).as_primitive_opt::<Int32Type>() {
            Some(codes) if !codes.is_null(row) => value(&categories.values, codes.value(row) as usize),
            _ => Value::Float(f64::NAN),
        },
        Some(Kind::Unknown(_)) => value(column.as_struct().column(0), row),
        None => category::interval::at(column, row).map_or(Value::None, Value::object),
    }
}

/// The values of a cell that holds a list.
pub fn list(column: &ArrayRef, row: usize) -> Option<ArrayRef> {
    match column.data_type() {
        DataType::List(_) if !column.is_null(row) => Some(column.as_list::<i32>().value(row)),
        _ => None,
    }
}

/// A column of lists of texts.
pub fn lists(items: impl IntoIterator<Item = Option<Vec<String>>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringViewBuilder::new());
    for item in items {
        match item {
            Some(texts) => {
                texts.into_iter().for_each(|text| builder.values().append_value(text));
                builder.append(true);
            }
            None => builder.append(false),
        }
    }
    Arc::new(builder.finish())
}

/// The type of a column of lists of texts.
pub fn lists_type() -> DataType {
    DataType::List(Arc::new(arrow::datatypes::Field::new_list_field(DataType::Utf8View, true)))
}

/// The name of the items of an array of texts.
pub const ARRAY_OF_TEXTS: &str = "str";

/// The type of a column of arrays of texts: of lists in which what is missing is shown as `nan`.
pub fn arrays_type() -> DataType {
    DataType::List(Arc::new(arrow::datatypes::Field::new(ARRAY_OF_TEXTS, DataType::Utf8View, true)))
}

/// Microseconds since 1970 of a cell with a time.
fn micros(column: &ArrayRef, row: usize) -> i64 {
    match column.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => column.as_primitive::<TimestampSecondType>().value(row) * 1_000_000,
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            column.as_primitive::<TimestampMillisecondType>().value(row) * 1000
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => column.as_primitive::<TimestampMicrosecondType>().value(row),
        _ => column.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1000),
    }
}

/// The text of a cell, if it has one.
pub fn text(column: &ArrayRef, row: usize) -> Option<&str> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(column.as_string_view().value(row)),
        _ => None,
    }
}

/// Is it a column of text?
pub fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// What a value is in a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    Missing,
    Bool,
    Int,
    Float,
    Text,
    Time,
    Span,
    Bytes,
}

fn sort(value: &Value) -> Option<Sort> {
    Some(match value {
        Value::None => Sort::Missing,
        Value::Bool(_) => Sort::Bool,
        Value::Int(_) => Sort::Int,
        Value::Float(_) => Sort::Float,
        Value::Str(_) => Sort::Text,
        Value::Bytes(_) => Sort::Bytes,
        other => match other.get::<Timestamp>() {
            Some(time) if time.is_not() => Sort::Missing,
            Some(_) => Sort::Time,
            None if crate::timestamp::micros_of(other).is_some() => Sort::Time,
            None if crate::timedelta::micros_of(other).is_some() => Sort::Span,
            None => return sort(&other.plain_number()?),
        },
    })
}

/// Values as a column: of the type that all of them have.
pub fn column(values: &[Value], name: &str) -> Result<ArrayRef> {
    if values.iter().any(|value| matches!(value, Value::List(_) | Value::Tuple(_))) {
        return column_of_lists(values, name);
    }
    if let Some(intervals) = crate::category::interval::column(values) {
        return intervals;
    }
    let mut found = Sort::Missing;
    let mut missing = false;
    for value in values {
        let Some(sort) = sort(value) else {
            bail!(NotImplementedError: "column {name} has {} in it", describe(value); hint: "columns hold numbers, texts, times, True and False");
        };
        missing |= sort == Sort::Missing;
        found = match (found, sort) {
            (old, Sort::Missing) => old,
            (Sort::Missing, new) => new,
            (old, new) if old == new => old,
            (Sort::Int, Sort::Float) if is_nan(value) => {
                missing = true;
                Sort::Int
            }
            (Sort::Int, Sort::Float) | (Sort::Float, Sort::Int) => Sort::Float,
            // NaN stands for what is missing.
            (Sort::Text | Sort::Time | Sort::Span | Sort::Bool, Sort::Float) if is_nan(value) => found,
            (Sort::Float, new) if values.iter().all(|value| !matches!(value, Value::Float(x) if !x.is_nan())) => new,
            _ => return crate::objects::of_values(values),
        };
    }
    let plain = |value: &Value| value.plain_number().unwrap_or_else(|| value.clone());
    Ok(match found {
        Sort::Missing if values.is_empty() => Arc::new(StringViewBuilder::new().finish()),
        Sort::Int if missing => floats(values),
        Sort::Missing | Sort::Float => floats(values),
        Sort::Bool => {
            let mut builder = BooleanBuilder::new();
            for value in values {
                builder.append_option(match plain(value) {
                    Value::Bool(flag) => Some(flag),
                    _ => None,
                });
            }
            Arc::new(builder.finish())
        }
        Sort::Int => {
            let mut builder = Int64Builder::new();
            for value in values {
                builder.append_option(match plain(value) {
                    Value::Int(number) => Some(number),
                    _ => None,
                });
            }
            Arc::new(builder.finish())
        }
        Sort::Text => {
            let mut builder = StringViewBuilder::new();
            for value in values {
                builder.append_option(value.as_str());
            }
            Arc::new(builder.finish())
        }
        Sort::Time => {
            let mut builder = TimestampMicrosecondBuilder::new();
            for value in values {
                builder.append_option(crate::timestamp::micros_of(value));
            }
            Arc::new(builder.finish())
        }
        Sort::Span => {
            let spans = values.iter().map(crate::timedelta::micros_of);
            Arc::new(spans.collect::<arrow::array::DurationMicrosecondArray>())
        }
        Sort::Bytes => return crate::objects::of_values(values),
    })
}

/// Lists as a column; what is no list stands in a list of its own in what pandas calls a column of objects, and here is missing.
fn column_of_lists(values: &[Value], name: &str) -> Result<ArrayRef> {
    let mut all = Vec::new();
    let mut lengths = Vec::with_capacity(values.len());
    for value in values {
        match value {
            Value::List(_) | Value::Tuple(_) => {
                let items = value.items().unwrap_or_default();
                lengths.push(Some(items.len()));
                all.extend(items);
            }
            other if sort(other) == Some(Sort::Missing) || is_nan(other) => lengths.push(None),
            _ => bail!(
                NotImplementedError: "column {name} has lists and other values in it";
                hint: "a list for each row, or `None`"
            ),
        }
    }
    let inside = column(&all, name)?;
    let field = Arc::new(arrow::datatypes::Field::new_list_field(inside.data_type().clone(), true));
    let present: Vec<bool> = lengths.iter().map(Option::is_some).collect();
    let offsets = arrow::buffer::OffsetBuffer::from_lengths(lengths.into_iter().map(Option::unwrap_or_default));
    let nulls = arrow::buffer::NullBuffer::from(present);
    let made = arrow::array::ListArray::try_new(field, offsets, inside, Some(nulls));
    Ok(Arc::new(made.map_err(crate::batches::arrow_error)?))
}

fn is_nan(value: &Value) -> bool {
    matches!(value, Value::Float(number) if number.is_nan())
}

fn floats(values: &[Value]) -> ArrayRef {
    let mut builder = Float64Builder::new();
    for value in values {
        builder.append_option(value.as_f64().filter(|number| !number.is_nan()));
    }
    Arc::new(builder.finish())
}

/// Something with values in a row as a column, if it is one: a list, a tuple, a range, an array.
pub fn column_of(value: &Value, name: &str) -> Result<Option<ArrayRef>> {
    if let Some(categorical) = value.get::<crate::face::Categorical>() {
        return Ok(Some(categorical.column()?));
    }
    if let Some(array) = value.get::<NdArray>() {
        return match array.shape().len() {
            1 => {
                column(&array.to_list().items().unwrap_or_default(), name).map(|column| typed(column, array)).map(Some)
            }
            n => bail!("Per-column arrays must each be 1-dimensional, got {n} dimensions"),
        };
    }
    if let Value::Range(range) = value {
        let numbers = (0..range.len()).map(|at| range.at(at));
        return Ok(Some(Arc::new(arrow::array::Int64Array::from_iter_values(numbers))));
    }
    match value.items() {
        Some(items) => column(&items, name).map(Some),
        None => Ok(None),
    }
}

/// The column in the type of the array that it comes from.
fn typed(column: ArrayRef, array: &NdArray) -> ArrayRef {
    let wanted = match array.dtype().name() {
        "bool" => DataType::Boolean,
        "int8" => DataType::Int8,
        "int16" => DataType::Int16,
        "int32" => DataType::Int32,
        "int64" => DataType::Int64,
        "uint8" => DataType::UInt8,
        "uint16" => DataType::UInt16,
        "uint32" => DataType::UInt32,
        "uint64" => DataType::UInt64,
        "float32" => DataType::Float32,
        "float64" => DataType::Float64,
        _ => return column,
    };
    arrow::compute::cast(&column, &wanted).unwrap_or(column)
}

/// A single value as a literal of a plan; `None` if it cannot be one.
pub fn literal(value: &Value) -> Option<ScalarValue> {
    Some(match value {
        Value::None => ScalarValue::Null,
        Value::Bool(flag) => ScalarValue::Boolean(Some(*flag)),
        Value::Int(number) => ScalarValue::Int64(Some(*number)),
        Value::Float(number) if number.is_nan() => ScalarValue::Float64(None),
        Value::Float(number) => ScalarValue::Float64(Some(*number)),
        Value::Str(text) => ScalarValue::Utf8View(Some(text.to_string())),
        other => match crate::timestamp::micros_of(other) {
            Some(micros) => ScalarValue::TimestampMicrosecond(Some(micros), None),
            None if crate::timedelta::micros_of(other).is_some() => {
                ScalarValue::DurationMicrosecond(crate::timedelta::micros_of(other))
            }
            None if other.get::<Timestamp>().is_some() => ScalarValue::TimestampMicrosecond(None, None),
            None if other.get::<crate::category::Interval>().is_some() => {
                let column = column(std::slice::from_ref(other), "of an interval").ok()?;
                ScalarValue::try_from_array(&column, 0).ok()?
            }
            None => {
                other.get::<NumpyScalar>()?;
                return literal(&other.plain_number()?);
            }
        },
    })
}
