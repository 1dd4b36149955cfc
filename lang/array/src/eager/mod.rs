//! Eager arrays: `numpy.ndarray`, NumPy's scalars and dtypes as values of the language.

pub mod nested;
pub mod number;
pub mod object;
pub mod select;
pub mod travel;
pub mod types;
pub mod view;

pub use number::NumpyScalar;
pub use types::{DTypeArg, DTypeObject};
pub use view::NdArray;

use rdk_runtime::Value;

use crate::chunk::Chunk;
use crate::scalar::Scalar;

/// What a computed chunk is in the language: an array, or without dimensions a number.
pub fn value(chunk: Chunk) -> Value {
    match chunk.get(&[]) {
        Some(scalar) if chunk.ndim() == 0 => number(scalar),
        _ => Value::object(NdArray::new(chunk)),
    }
}

/// A number of an array on its own. Those that Python has are plain; the others remember what they are.
pub fn number(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Bool(_) | Scalar::I64(_) | Scalar::F64(_) | Scalar::C128(_) => scalar.to_value(),
        Scalar::I8(_)
        | Scalar::I16(_)
        | Scalar::I32(_)
        | Scalar::U8(_)
        | Scalar::U16(_)
        | Scalar::U32(_)
        | Scalar::U64(_)
        | Scalar::F32(_)
        | Scalar::C64(_) => Value::object(NumpyScalar(scalar)),
    }
}
