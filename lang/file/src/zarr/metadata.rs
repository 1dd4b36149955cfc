//! What describes a Zarr array: `zarr.json` (version 3) or `.zarray` and `.zattrs` (version 2).

use std::path::{Path, PathBuf};

use rdk_array::DType;
use rdk_runtime::convert::describe;
use rdk_runtime::{Result, Value, bail, error};
use serde_json::{Value as Json, json};

use super::codecs::Codec;
use crate::fault;
use crate::number::Number;
use crate::region::{count, possible};

/// What is known of an array.
#[derive(Clone, Debug)]
pub struct Facts {
    /// 2 or 3.
    pub version: u64,
    /// How long it is along each axis.
    pub shape: Vec<usize>,
    /// The lengths of its chunks.
    pub chunks: Vec<usize>,
    /// The type of its elements.
    pub dtype: DType,
    /// Attributes of the user's.
    pub attributes: Json,
    /// What elements are that nobody has written.
    pub fill: Json,
}

fn folder(path: &Path, array: &str) -> PathBuf {
    path.join(array.trim_matches('/'))
}

fn text(path: &Path) -> Result<Option<Json>> {
    match std::fs::read(path) {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(json) => Ok(Some(json)),
            Err(error) => {
                Err(fault::damaged(path, format!("the description of a Zarr array cannot be read ({error})")))
            }
        },
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(fault::system(&error, path)),
    }
}

/// The size and time of the description.
pub fn stamp(path: &Path, array: &str) -> Result<(u64, u128)> {
    let folder = folder(path, array);
    let file = folder.join("zarr.json");
    crate::stored::stamp(&if file.exists() { file } else { folder.join(".zarray") })
}

/// Is there a group here?
pub fn is_group(path: &Path, array: &str) -> Result<bool> {
    let folder = folder(path, array);
    Ok(match text(&folder.join("zarr.json"))? {
        Some(json) => json["node_type"] == "group",
        None => folder.join(".zgroup").exists(),
    })
}

/// The attributes of a group.
pub fn group_attributes(path: &Path, array: &str) -> Result<Json> {
    let folder = folder(path, array);
    Ok(match text(&folder.join("zarr.json"))? {
        Some(json) => json["attributes"].clone(),
        None => text(&folder.join(".zattrs"))?.unwrap_or(json!({})),
    })
}

/// The attributes of an array or a group.
pub fn attributes(path: &Path, name: &str) -> Result<Json> {
    if is_group(path, name)? { group_attributes(path, name) } else { Ok(facts(path, name)?.attributes) }
}

/// Puts others in their place.
pub fn set_attributes(path: &Path, name: &str, attributes: Json) -> Result<()> {
    let folder = folder(path, name);
    match text(&folder.join("zarr.json"))? {
        Some(mut json) => {
            json["attributes"] = attributes;
            write(&folder.join("zarr.json"), &json)
        }
        None => write(&folder.join(".zattrs"), &attributes),
    }
}

/// Puts another shape into the description of an array.
pub fn set_shape(path: &Path, array: &str, shape: &[usize]) -> Result<()> {
    let folder = folder(path, array);
    for name in ["zarr.json", ".zarray"] {
        if let Some(mut json) = text(&folder.join(name))? {
            json["shape"] = json!(shape);
            return write(&folder.join(name), &json);
        }
    }
    bail!(FileNotFoundError: "Unable to find group or array: '{}'", fault::named(&folder))
}

fn write(file: &Path, json: &Json) -> Result<()> {
    let text = serde_json::to_string_pretty(json).unwrap_or_default();
    super::forget();
    crate::whole::replace(file, |part| std::fs::write(part, &text).map_err(|error| fault::system(&error, file)))
}

/// What describes an array.
pub fn facts(path: &Path, array: &str) -> Result<Facts> {
    let folder = folder(path, array);
    let (json, version) = match text(&folder.join("zarr.json"))? {
        Some(json) => (json, 3),
        None => match text(&folder.join(".zarray"))? {
            Some(json) => (json, 2),
            None => {
                return Err(error!(FileNotFoundError: "Unable to find group or array: '{}'", fault::named(&folder))
                    .hint("a Zarr array is a folder with a file `zarr.json` or `.zarray`"));
            }
        },
    };
    let wrong =
        |what: &str| fault::damaged(&folder, format!("the description of a Zarr array is not understood: {what}"));
    let lengths = |json: &Json| -> Option<Vec<usize>> {
        json.as_array()?.iter().map(|length| Some(length.as_u64()? as usize)).collect()
    };
    if version == 3 && json["node_type"] != "array" {
        bail!(TypeError: "'{}' is a Zarr group, not an array", fault::named(&folder); hint: "name the array in it: `component=\"…\"`");
    }
    let shape = lengths(&json["shape"]).filter(|shape| possible(shape)).ok_or_else(|| wrong("shape"))?;
    let chunks = if version == 3 { &json["chunk_grid"]["configuration"]["chunk_shape"] } else { &json["chunks"] };
    let chunks = lengths(chunks)
        .filter(|chunks| chunks.len() == shape.len() && !chunks.contains(&0) && possible(chunks))
        .filter(|chunks| count(chunks).is_some_and(|n| possible(&[n.saturating_mul(16)])))
        .ok_or_else(|| wrong("chunks"))?;
    let name = if version == 3 { &json["data_type"] } else { &json["dtype"] };
    let name = name.as_str().map_or_else(|| name.to_string(), str::to_string);
    let number = Number::from_code(&name).or_else(|| match name.as_str() {
        "float16" => Number::from_code("<f2"),
        other => DType::ALL.into_iter().find(|dtype| dtype.name() == other).map(Number::plain),
    });
    let Some(number) = number else {
        bail!(TypeError: "'{}' has elements of type {name}, and an array holds numbers", fault::named(&folder));
    };
    let attributes =
        if version == 3 { json["attributes"].clone() } else { text(&folder.join(".zattrs"))?.unwrap_or(json!({})) };
    Ok(Facts { version, shape, chunks, dtype: number.dtype, attributes, fill: json["fill_value"].clone() })
}

/// The number that elements are which nobody has written.
fn fill(dtype: DType, value: Option<&Value>) -> Result<Json> {
    let number = value.and_then(Value::as_f64);
    Ok(match (dtype, number) {
        (DType::Bool, number) => json!(number.unwrap_or(0.0) != 0.0),
        (DType::C64 | DType::C128, number) => json!([number.unwrap_or(0.0), 0.0]),
        (DType::F32 | DType::F64, Some(number)) if number.is_nan() => json!("NaN"),
        (DType::F32 | DType::F64, Some(number)) if number.is_infinite() => {
            json!(if number > 0.0 { "Infinity" } else { "-Infinity" })
        }
        (DType::F32 | DType::F64, number) => json!(number.unwrap_or(0.0)),
        (_, Some(number)) if number.fract() == 0.0 => json!(number as i64),
        (_, None) => json!(0),
        (dtype, Some(number)) => bail!("the fill value {number} does not fit {dtype}"),
    })
}

/// What packs the chunks of an array, and its version.
pub fn codecs(path: &Path, array: &str) -> Result<(Vec<Codec>, u64)> {
    let folder = folder(path, array);
    let (said, version) = match text(&folder.join("zarr.json"))? {
        Some(mut json) => (json["codecs"].take(), 3),
        None => (json!([text(&folder.join(".zarray"))?.unwrap_or_default()["compressor"]]), 2),
    };
    // Those that lay elements out are not what packs them.
    let known = said.as_array().into_iter().flatten().filter_map(|json| Codec::from_json(json)?.ok());
    Ok((known.collect(), version))
}

/// Describes a new array in a folder, which is made; its chunks are packed by these codecs.
pub fn create(path: &Path, array: &str, facts: &Facts, value: Option<&Value>, packing: &[Codec]) -> Result<()> {
    let size = facts.dtype.size();
    let packed = match (facts.version, packing) {
        (2, []) => Json::Null,
        (2, [one]) => one.two(size),
        (2, _) => bail!("version 2 of Zarr packs chunks once, got {} codecs", packing.len(); hint: "`zarr_format=3`"),
        _ => Json::Array(packing.iter().map(|codec| codec.three(size)).collect::<Result<_>>()?),
    };
    let folder = folder(path, array);
    std::fs::create_dir_all(&folder).map_err(|error| fault::system(&error, &folder))?;
    let fill = fill(facts.dtype, value)?;
    if facts.version == 2 {
        let json = json!({
            "zarr_format": 2, "shape": facts.shape, "chunks": facts.chunks, "dtype": facts.dtype.code(),
            "compressor": packed, "fill_value": fill, "order": "C", "filters": null, "dimension_separator": ".",
        });
        write(&folder.join(".zarray"), &json)?;
        return write(&folder.join(".zattrs"), &facts.attributes);
    }
    let bytes = if facts.dtype.size() == 1 {
        json!({"name": "bytes"})
    } else {
        json!({"name": "bytes", "configuration": {"endian": "little"}})
    };
    let mut codecs = vec![bytes];
    if let Json::Array(packed) = packed {
        codecs.extend(packed);
    }
    write(
        &folder.join("zarr.json"),
        &json!({
            "zarr_format": 3, "node_type": "array", "shape": facts.shape, "data_type": facts.dtype.name(),
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": facts.chunks}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": fill,
            "codecs": codecs,
            "attributes": facts.attributes,
        }),
    )
}

/// Describes a group, unless there is one.
pub fn create_group(path: &Path, group: &str, version: u64) -> Result<()> {
    let folder = folder(path, group);
    if is_group(path, group)? {
        return Ok(());
    }
    std::fs::create_dir_all(&folder).map_err(|error| fault::system(&error, &folder))?;
    let (file, text) = match version {
        2 => (folder.join(".zgroup"), "{\"zarr_format\": 2}"),
        _ => (folder.join("zarr.json"), "{\"zarr_format\": 3, \"node_type\": \"group\", \"attributes\": {}}"),
    };
    std::fs::write(&file, text).map_err(|error| fault::system(&error, &file))
}

/// A value of the language as JSON, if it is plain.
pub fn from_value(name: &str, value: &Value) -> Result<Json> {
    Ok(match value {
        Value::None => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Str(text) => json!(&**text),
        Value::Dict(dict) => {
            let items: Vec<_> = dict.0.lock().iter().map(|(key, value)| (key.value().text(), value.clone())).collect();
            let fields: Result<serde_json::Map<_, _>> =
                items.into_iter().map(|(key, value)| from_value(name, &value).map(|json| (key, json))).collect();
            Json::Object(fields?)
        }
        other => match (other.plain_number(), other.items()) {
            (Some(number), _) if !matches!(number, Value::Object(_)) => from_value(name, &number)?,
            (_, Some(items)) => Json::Array(items.iter().map(|item| from_value(name, item)).collect::<Result<_>>()?),
            _ => {
                bail!(TypeError: "an attribute is a number, text, or a list or dict of those; `{name}` is {}", describe(other))
            }
        },
    })
}

/// JSON as a value of the language.
pub fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
        }
        Json::String(text) => Value::str(text),
        Json::Array(items) => Value::list(items.iter().map(to_value)),
        Json::Object(fields) => Value::dict(fields.iter().map(|(name, value)| (name, to_value(value)))),
    }
}
