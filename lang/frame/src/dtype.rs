//! What pandas and Dask call the types of columns.

use arrow::datatypes::{DataType, TimeUnit};
use rdk_runtime::{Result, Value, bail};

/// The name of a type: in pandas text is `str`, in Dask `string`.
pub fn name(data_type: &DataType, eager: bool) -> &'static str {
    match data_type {
        DataType::Boolean => "bool",
        DataType::Int8 => "int8",
        DataType::Int16 => "int16",
        DataType::Int32 => "int32",
        DataType::Int64 => "int64",
        DataType::UInt8 => "uint8",
        DataType::UInt16 => "uint16",
        DataType::UInt32 => "uint32",
        DataType::UInt64 => "uint64",
        DataType::Float32 => "float32",
        DataType::Float64 => "float64",
        DataType::Timestamp(TimeUnit::Second, _) => "datetime64[s]",
        DataType::Timestamp(TimeUnit::Millisecond, _) => "datetime64[ms]",
        DataType::Timestamp(TimeUnit::Microsecond, _) => "datetime64[us]",
        DataType::Timestamp(TimeUnit::Nanosecond, _) => "datetime64[ns]",
        DataType::Duration(_) => "timedelta64[us]",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            if eager {
                "str"
            } else {
                "string"
            }
        }
        of if crate::category::is(of) => "category",
        of => crate::category::is_interval(of).map_or("object", interval),
    }
}

/// What pandas calls a column of intervals.
fn interval((of, closed_right): (&DataType, bool)) -> &'static str {
    match (of, closed_right) {
        (DataType::Float64, true) => "interval[float64, right]",
        (DataType::Float64, false) => "interval[float64, left]",
        (DataType::Timestamp(..), true) => "interval[datetime64[us], right]",
        (DataType::Timestamp(..), false) => "interval[datetime64[us], left]",
        (DataType::Duration(_), true) => "interval[timedelta64[us], right]",
        (DataType::Duration(_), false) => "interval[timedelta64[us], left]",
        (_, true) => "interval[int64, right]",
        (_, false) => "interval[int64, left]",
    }
}

/// The type that a user means by `dtype=`: a name, a class such as `float` or `np.float32`.
pub fn read(value: &Value) -> Result<DataType> {
    if let Some(dtype) = value.get::<crate::face::CategoricalDtype>() {
        return Ok(dtype.of.clone());
    }
    let text = match value {
        Value::Str(text) => text.to_string(),
        Value::Class(class) => class.name.to_string(),
        other => other.text(),
    };
    check_plain(&text)?;
    Ok(match text.as_str() {
        "bool" => DataType::Boolean,
        "int8" => DataType::Int8,
        "int16" => DataType::Int16,
        "int32" | "int32[pyarrow]" => DataType::Int32,
        "int" | "int64" | "int64[pyarrow]" | "i8" => DataType::Int64,
        "uint8" => DataType::UInt8,
        "uint16" => DataType::UInt16,
        "uint32" => DataType::UInt32,
        "uint64" => DataType::UInt64,
        "float32" => DataType::Float32,
        "float" | "float64" | "f8" | "double" => DataType::Float64,
        "str" | "string" | "object" | "O" | "string[pyarrow]" | "string[python]" => DataType::Utf8View,
        "category" => crate::category::unknown(&DataType::Utf8View, false),
        "datetime64[ns]" | "datetime64[us]" | "datetime64" | "M8[ns]" | "datetime" => {
            DataType::Timestamp(TimeUnit::Microsecond, None)
        }
        other => {
            bail!(TypeError: "data type '{other}' not understood"; hint: "`int64`, `float64`, `bool`, `str` and `datetime64[us]` are known")
        }
    })
}

/// An error for types whose columns have `<NA>` where something is missing.
pub fn check_plain(name: &str) -> Result<()> {
    let nullable = ["Int", "UInt", "Float"].iter().filter_map(|kind| name.strip_prefix(kind));
    let nullable = nullable.into_iter().any(|bits| matches!(bits, "8" | "16" | "32" | "64"));
    if nullable || name == "boolean" {
        let plain = if name == "boolean" { "bool".to_string() } else { name.to_lowercase() };
        bail!(
            TypeError: "the dtype {name}, whose columns have <NA> where something is missing, is not supported";
            hint: "`{plain}` is; numbers of which some are missing are `float64`"
        );
    }
    Ok(())
}

/// The type that a user means for a column of this type: texts are texts as `object`, too; all else keeps its values.
pub fn read_for(value: &Value, of: &DataType) -> Result<DataType> {
    let is_object = match value {
        Value::Str(text) => matches!(&**text, "object" | "O"),
        Value::Class(class) => *class.name == *"object",
        _ => false,
    };
    if is_object && !crate::cell::is_text(of) { Ok(crate::objects::TYPE) } else { read(value) }
}

/// Does it hold numbers, `True` and `False` among them?
pub fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric() || *data_type == DataType::Boolean
}
