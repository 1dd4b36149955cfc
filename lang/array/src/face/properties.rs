//! Attributes of arrays.

use rdk_runtime::{Context, FromValue, Result, Value, builtins};

use super::operand::{Operand, answer};
use crate::array::Array;
use crate::eager::{DTypeObject, NdArray};
use crate::kernel::UnaryFunc;
use crate::shape;

/// A tuple of lengths.
pub fn lengths(shape: &[usize]) -> Value {
    Value::tuple(shape.iter().map(|&length| Value::from(length)))
}

/// A count that may be larger than 64 bits.
fn count(count: u128) -> Value {
    Value::big(count.into())
}

fn part(context: &Context, this: &Operand, func: UnaryFunc) -> Result<Value> {
    answer(context, this.array()?.unary(func)?, this.is_lazy())
}

fn shape_of(this: &Operand) -> Result<shape::Shape> {
    Ok(match this {
        Operand::Lazy(array) => shape::Shape::from_slice(array.shape()),
        Operand::Eager(chunk) => shape::Shape::from_slice(chunk.shape()),
        Operand::Number(_) => shape::Shape::new(),
    })
}

pub mod shared {
    use super::*;

    builtins! {
        /// Length along each axis.
        fn shape(/** The array. */ this: Operand) -> Result<Value> { Ok(lengths(&shape_of(&this)?)) }

        /// The type of the elements.
        fn dtype(/** The array. */ this: Operand) -> Value { Value::object(DTypeObject(this.dtype())) }

        /// How many axes.
        fn ndim(/** The array. */ this: Operand) -> usize { this.ndim() }

        /// How many elements.
        fn size(/** The array. */ this: Operand) -> Result<Value> { Ok(count(shape::size(&shape_of(&this)?))) }

        /// Bytes of all elements.
        fn nbytes(/** The array. */ this: Operand) -> Result<Value> {
            Ok(count(shape::size(&shape_of(&this)?).saturating_mul(this.dtype().size() as u128)))
        }

        /// Bytes of one element.
        fn itemsize(/** The array. */ this: Operand) -> usize { this.dtype().size() }

        /// The real parts.
        fn real[context](/** The array. */ this: Operand) -> Result<Value> { part(context, &this, UnaryFunc::Real) }

        /// The imaginary parts.
        fn imag[context](/** The array. */ this: Operand) -> Result<Value> { part(context, &this, UnaryFunc::Imag) }
    }
}

/// A lazy array as the receiver.
pub struct Lazy(pub Array);

impl FromValue for Lazy {
    fn expected() -> &'static str {
        "a lazy array"
    }

    fn from_value(value: &Value) -> Option<Lazy> {
        value.get::<Array>().cloned().map(Lazy)
    }
}

pub mod of_lazy {
    use super::*;

    builtins! {
        /// With its axes in reverse.
        fn T(/** The array. */ this: Lazy) -> Result<Value> { Ok(Value::lazy(this.0.transpose(None)?)) }

        /// For each axis the lengths of the chunks.
        fn chunks(/** The array. */ this: Lazy) -> Value {
            Value::tuple(this.0.chunks().0.iter().map(|axis| Value::tuple(axis.sizes().map(Value::from))))
        }

        /// The lengths of the largest chunk.
        fn chunksize(/** The array. */ this: Lazy) -> Value { lengths(&this.0.chunksize()) }

        /// How many chunks there are along each axis.
        fn numblocks(/** The array. */ this: Lazy) -> Value { lengths(&this.0.numblocks()) }

        /// How many chunks there are.
        fn npartitions(/** The array. */ this: Lazy) -> Value { count(this.0.npartitions()) }

        /// What the work is called; equal for equal work.
        fn name(/** The array. */ this: Lazy) -> Value { Value::str(this.0.name()) }
    }
}

pub mod of_eager {
    use super::*;

    builtins! {
        /// With its axes in reverse, showing the same memory.
        fn T(/** The array. */ this: Value) -> Value {
            match this.get::<NdArray>() {
                Some(array) => Value::object(array.transpose(&(0..array.shape().len()).rev().collect::<Vec<_>>())),
                None => this,
            }
        }

        /// All elements in one row, to be walked.
        fn flat(/** The array. */ this: Value) -> Value {
            match this.get::<NdArray>() {
                Some(array) => Value::object(array.reshape(&[array.size()])),
                None => this,
            }
        }
    }
}

pub mod of_scalar {
    use super::*;

    builtins! {
        /// The number itself: it has no axes.
        fn T(/** The number. */ this: Value) -> Value { this }
    }
}
