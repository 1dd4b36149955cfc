//! Eager arrays: `numpy.ndarray`, NumPy's scalars and dtypes as values of the language.

pub mod arithmetic;
pub mod look;
pub mod looks;
pub mod mask;
pub mod nested;
pub mod number;
pub mod object;
pub mod order;
mod overlap;
pub mod put_off;
pub mod select;
pub mod travel;
pub mod types;
pub mod view;

pub use number::{NumpyScalar, number};
pub use order::Order;
pub use types::{DTypeArg, DTypeObject};
pub use view::{NdArray, Part};

use rdk_runtime::Value;

use crate::chunk::Chunk;

/// What a computed chunk is in the language: an array, or without dimensions a number.
pub fn value(chunk: Chunk) -> Value {
    if chunk.ndim() == 0
        && let Some(scalar) = chunk.get(&[])
    {
        return number(scalar);
    }
    Value::object(NdArray::as_it_lies(chunk))
}
