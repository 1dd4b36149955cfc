//! The columns of a file and what is made of them.

use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};

/// A column that is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its position in the file, from 0.
    pub position: usize,
    /// What its fields become.
    pub content: Content,
    /// pandas' name of its type: `int64`, `str`, `datetime64[us]`.
    pub dtype: String,
    /// May fields be missing?
    pub nullable: bool,
}

/// What fields become.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// Whole numbers of so many bits.
    Integer {
        /// 8, 16, 32 or 64.
        bits: u8,
        /// May they be negative?
        signed: bool,
    },
    /// Numbers of 32 or 64 bits.
    Float {
        /// 32 or 64.
        bits: u8,
    },
    /// `True` and `False`.
    Bool,
    /// Text.
    Text,
    /// Text of few different values, kept as numbers of words.
    Category,
    /// Points in time.
    Date {
        /// How they are written: `ISO8601`, or in the notation of `strftime`.
        format: String,
        /// Are they counted in nanoseconds? Otherwise in microseconds.
        nanoseconds: bool,
        /// The zone: `UTC`, `+02:00`.
        zone: Option<String>,
    },
}

impl Content {
    /// The content and whether fields may be missing, for one of pandas' names.
    pub fn named(dtype: &str) -> Result<(Content, bool)> {
        let integer = |bits, signed| Content::Integer { bits, signed };
        Ok(match dtype {
            "int" | "int64" | "i8" | "<i8" => (integer(64, true), false),
            "int32" | "i4" => (integer(32, true), false),
            "int16" | "i2" => (integer(16, true), false),
            "int8" | "i1" => (integer(8, true), false),
            "uint64" | "u8" => (integer(64, false), false),
            "uint32" | "u4" => (integer(32, false), false),
            "uint16" | "u2" => (integer(16, false), false),
            "uint8" | "u1" => (integer(8, false), false),
            "Int64" | "int64[pyarrow]" => (integer(64, true), true),
            "Int32" | "int32[pyarrow]" => (integer(32, true), true),
            "Int16" | "int16[pyarrow]" => (integer(16, true), true),
            "Int8" | "int8[pyarrow]" => (integer(8, true), true),
            "UInt64" | "uint64[pyarrow]" => (integer(64, false), true),
            "UInt32" | "uint32[pyarrow]" => (integer(32, false), true),
            "UInt16" | "uint16[pyarrow]" => (integer(16, false), true),
            "UInt8" | "uint8[pyarrow]" => (integer(8, false), true),
            "float" | "float64" | "f8" | "<f8" | "Float64" | "double[pyarrow]" | "float64[pyarrow]" => {
                (Content::Float { bits: 64 }, true)
            }
            "float32" | "f4" | "<f4" | "Float32" | "float[pyarrow]" | "float32[pyarrow]" => {
                (Content::Float { bits: 32 }, true)
            }
            "bool" | "?" => (Content::Bool, false),
            "boolean" | "bool[pyarrow]" => (Content::Bool, true),
            "object" | "O" | "str" | "string" | "string[python]" | "string[pyarrow]" | "U" => (Content::Text, true),
            "category" => (Content::Category, true),
            _ if dtype.starts_with("datetime64") || dtype == "datetime" || dtype == "M8[ns]" => {
                bail!(TypeError: "the dtype {dtype} is not supported for parsing, pass this column using parse_dates instead";
                    hint: "`parse_dates=[\"…\"]` names the columns that hold dates")
            }
            _ => bail!(TypeError: "data type '{dtype}' not understood";
                hint: "read_csv knows int8 to int64, uint8 to uint64, float32, float64, bool, str, object, category, and the nullable Int64, Float64, boolean and string"),
        })
    }

    /// pandas' usual name for such a column.
    pub fn dtype(&self, nullable: bool) -> String {
        match self {
            Content::Integer { bits, signed } => match (signed, nullable) {
                (true, false) => format!("int{bits}"),
                (true, true) => format!("Int{bits}"),
                (false, false) => format!("uint{bits}"),
                (false, true) => format!("UInt{bits}"),
            },
            Content::Float { bits } => format!("float{bits}"),
            Content::Bool if nullable => "object".to_string(),
            Content::Bool => "bool".to_string(),
            Content::Text => "str".to_string(),
            Content::Category => "category".to_string(),
            Content::Date { nanoseconds, zone, .. } => {
                let unit = if *nanoseconds { "ns" } else { "us" };
                match zone.as_deref() {
                    None => format!("datetime64[{unit}]"),
                    Some("UTC") => format!("datetime64[{unit}, UTC]"),
                    Some(zone) => format!("datetime64[{unit}, UTC{zone}]"),
                }
            }
        }
    }

    /// The arrow type: text is `Utf8View`, so that short words are never copied to a heap.
    pub fn arrow(&self) -> DataType {
        match self {
            Content::Integer { bits, signed } => match (signed, bits) {
                (true, 8) => DataType::Int8,
                (true, 16) => DataType::Int16,
                (true, 32) => DataType::Int32,
                (true, _) => DataType::Int64,
                (false, 8) => DataType::UInt8,
                (false, 16) => DataType::UInt16,
                (false, 32) => DataType::UInt32,
                (false, _) => DataType::UInt64,
            },
            Content::Float { bits: 32 } => DataType::Float32,
            Content::Float { .. } => DataType::Float64,
            Content::Bool => DataType::Boolean,
            Content::Text => DataType::Utf8View,
            Content::Category => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Content::Date { nanoseconds, zone, .. } => {
                let unit = if *nanoseconds { TimeUnit::Nanosecond } else { TimeUnit::Microsecond };
                DataType::Timestamp(unit, zone.as_deref().map(Into::into))
            }
        }
    }
}

impl Column {
    /// As arrow describes it.
    pub fn field(&self) -> Field {
        Field::new(&self.name, self.content.arrow(), true)
    }
}

/// These columns as an arrow schema.
pub fn schema(columns: &[Column]) -> Schema {
    Schema::new(columns.iter().map(Column::field).collect::<Vec<_>>())
}
