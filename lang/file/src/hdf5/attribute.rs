//! Attributes: small values with names at groups and datasets.

use hdf5_pure::AttrValue;
use rdk_array::eager::{self, NdArray, NumpyScalar, nested};
use rdk_array::{Chunk, DType, Element, Scalar};
use rdk_runtime::convert::describe;
use rdk_runtime::{Result, Value, bail};

/// As a value of the language: numbers and arrays of NumPy's, str, lists of str.
pub fn to_value(attribute: &AttrValue) -> Value {
    fn one<T: Element>(number: T) -> Value {
        eager::number(number.scalar())
    }
    fn many<T: Element>(numbers: &[T]) -> Value {
        Value::object(NdArray::new(Chunk::from_vec(&[numbers.len()], numbers.to_vec())))
    }
    match attribute {
        AttrValue::F32(number) => one(*number),
        AttrValue::F64(number) => one(*number),
        AttrValue::I8(number) => one(*number),
        AttrValue::I16(number) => one(*number),
        AttrValue::I32(number) => one(*number),
        AttrValue::I64(number) => one(*number),
        AttrValue::U8(number) => one(*number),
        AttrValue::U16(number) => one(*number),
        AttrValue::U32(number) => one(*number),
        AttrValue::U64(number) => one(*number),
        AttrValue::F32Array(numbers) => many(numbers),
        AttrValue::F64Array(numbers) => many(numbers),
        AttrValue::I8Array(numbers) => many(numbers),
        AttrValue::I16Array(numbers) => many(numbers),
        AttrValue::I32Array(numbers) => many(numbers),
        AttrValue::I64Array(numbers) => many(numbers),
        AttrValue::U8Array(numbers) => many(numbers),
        AttrValue::U16Array(numbers) => many(numbers),
        AttrValue::U32Array(numbers) => many(numbers),
        AttrValue::U64Array(numbers) => many(numbers),
        other => match (other.as_str(), other.as_strings()) {
            (Some(text), _) => Value::str(text),
            (None, Some(texts)) => Value::list(texts.iter().map(Value::str)),
            (None, None) => Value::None,
        },
    }
}

/// From a value of the language.
pub fn from_value(name: &str, value: &Value) -> Result<AttrValue> {
    match value {
        Value::Str(text) => return Ok(AttrValue::VarLenString(text.to_string())),
        Value::Bytes(bytes) => return Ok(AttrValue::AsciiString(String::from_utf8_lossy(bytes).into_owned())),
        Value::Int(number) => return Ok(AttrValue::I64(*number)),
        Value::Float(number) => return Ok(AttrValue::F64(*number)),
        Value::Bool(flag) => return Ok(AttrValue::U8((*flag).into())),
        _ => {}
    }
    if let Some(scalar) = value.get::<NumpyScalar>() {
        return one(name, scalar.0);
    }
    if let Some(items) = value.items()
        && !items.is_empty()
        && items.iter().all(|item| item.as_str().is_some())
    {
        let texts = items.iter().filter_map(Value::as_str).map(str::to_string).collect();
        return Ok(AttrValue::VarLenStringArray(texts));
    }
    let Ok(chunk) = nested::chunk(value, None) else {
        bail!(TypeError: "an attribute is a number, text, or an array of those; `{name}` is {}", describe(value));
    };
    match chunk.get(&[]) {
        Some(scalar) => one(name, scalar),
        None if chunk.ndim() > 1 => {
            bail!(NotImplementedError: "an attribute is one number or a row of them; `{name}` has {} axes", chunk.ndim(); hint: "a dataset holds more axes")
        }
        None => many(name, &chunk),
    }
}

fn one(name: &str, scalar: Scalar) -> Result<AttrValue> {
    Ok(match scalar {
        Scalar::Bool(flag) => AttrValue::U8(flag.into()),
        Scalar::I8(number) => AttrValue::I8(number),
        Scalar::I16(number) => AttrValue::I16(number),
        Scalar::I32(number) => AttrValue::I32(number),
        Scalar::I64(number) => AttrValue::I64(number),
        Scalar::U8(number) => AttrValue::U8(number),
        Scalar::U16(number) => AttrValue::U16(number),
        Scalar::U32(number) => AttrValue::U32(number),
        Scalar::U64(number) => AttrValue::U64(number),
        Scalar::F32(number) => AttrValue::F32(number),
        Scalar::F64(number) => AttrValue::F64(number),
        Scalar::C64(_) | Scalar::C128(_) => return complex(name),
    })
}

fn many(name: &str, chunk: &Chunk) -> Result<AttrValue> {
    Ok(match chunk.dtype() {
        DType::Bool | DType::U8 => AttrValue::U8Array(chunk.to_vec()),
        DType::I8 => AttrValue::I8Array(chunk.to_vec()),
        DType::I16 => AttrValue::I16Array(chunk.to_vec()),
        DType::I32 => AttrValue::I32Array(chunk.to_vec()),
        DType::I64 => AttrValue::I64Array(chunk.to_vec()),
        DType::U16 => AttrValue::U16Array(chunk.to_vec()),
        DType::U32 => AttrValue::U32Array(chunk.to_vec()),
        DType::U64 => AttrValue::U64Array(chunk.to_vec()),
        DType::F32 => AttrValue::F32Array(chunk.to_vec()),
        DType::F64 => AttrValue::F64Array(chunk.to_vec()),
        DType::C64 | DType::C128 => return complex(name),
    })
}

fn complex(name: &str) -> Result<AttrValue> {
    bail!(NotImplementedError: "a complex number cannot be an attribute, which `{name}` would be"; hint: "store its real and its imaginary part")
}
