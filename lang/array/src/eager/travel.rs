//! How eager arrays, numbers and dtypes become bytes and come back.

use rdk_graph::Data;
use rdk_runtime::{Result, Value, bail, error, travel};

use super::{DTypeObject, NdArray};
use crate::chunk::Chunk;
use crate::dtype::DType;

/// The kind of an array.
pub const ARRAY: &str = "array.ndarray";
/// The kind of a number with its NumPy type.
pub const NUMBER: &str = "array.number";
/// The kind of a dtype.
pub const DTYPE: &str = "array.dtype";

/// Makes known how they are read.
pub fn register() {
    travel::register(ARRAY, |bytes| Ok(Value::object(NdArray::new(read(bytes)?))));
    travel::register(NUMBER, |bytes| Ok(super::value(read(bytes)?)));
    travel::register(DTYPE, |bytes| match std::str::from_utf8(bytes) {
        Ok(name) => Ok(Value::object(DTypeObject(DType::from_name(name)?))),
        Err(_) => bail!(TypeError: "the name of a dtype is damaged"),
    });
}

/// A chunk as bytes.
pub fn write(chunk: &Chunk) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    chunk.write(&mut bytes).map_err(|error| error!(OSError: "an array could not be written: {error}"))?;
    Ok(bytes)
}

/// A chunk from its bytes.
pub fn read(mut bytes: &[u8]) -> Result<Chunk> {
    let reader = Chunk::from_scalar(crate::Scalar::Bool(false)).reader();
    let payload = reader(&mut bytes).map_err(|error| error!(OSError: "an array could not be read: {error}"))?;
    match payload.get::<Chunk>() {
        Some(chunk) => Ok(chunk.clone()),
        None => bail!(OSError: "an array could not be read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scalar;

    #[test]
    fn what_travels_comes_back() {
        register();
        let array = Value::object(NdArray::new(Chunk::from_vec(&[2, 2], vec![1i16, 2, 3, 4])));
        for value in [array, super::super::number(Scalar::F32(1.5)), Value::object(DTypeObject(DType::U8))] {
            let bytes = travel::pack(&value).expect("it can travel");
            let back = travel::unpack(&bytes).expect("it can be read");
            assert_eq!(rdk_runtime::show::repr(&back), rdk_runtime::show::repr(&value));
        }
    }
}
