//! One element, of any type.

use num_complex::{Complex32, Complex64};
use num_traits::ToPrimitive;
use rdk_runtime::{Result, Value, bail, error};
use serde::{Deserialize, Serialize};

use crate::dtype::{DType, Weak};
use crate::element::{Element, with_dtype};

/// One element.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Scalar {
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    F32(f32),
    F64(f64),
    C64(Complex32),
    C128(Complex64),
}

/// Runs the body with `$value` bound to the number in a scalar.
macro_rules! with_scalar {
    ($scalar:expr, $value:ident => $body:expr) => {
        match $scalar {
            Scalar::Bool($value) => $body,
            Scalar::I8($value) => $body,
            Scalar::I16($value) => $body,
            Scalar::I32($value) => $body,
            Scalar::I64($value) => $body,
            Scalar::U8($value) => $body,
            Scalar::U16($value) => $body,
            Scalar::U32($value) => $body,
            Scalar::U64($value) => $body,
            Scalar::F32($value) => $body,
            Scalar::F64($value) => $body,
            Scalar::C64($value) => $body,
            Scalar::C128($value) => $body,
        }
    };
}

impl Scalar {
    /// 0 of this type.
    pub fn zero(dtype: DType) -> Scalar {
        with_dtype!(dtype, T => T::default().scalar())
    }

    /// 1 of this type.
    pub fn one(dtype: DType) -> Scalar {
        with_dtype!(dtype, T => T::from_bool(true).scalar())
    }

    /// Its type.
    pub fn dtype(self) -> DType {
        match self {
            Scalar::Bool(_) => DType::Bool,
            Scalar::I8(_) => DType::I8,
            Scalar::I16(_) => DType::I16,
            Scalar::I32(_) => DType::I32,
            Scalar::I64(_) => DType::I64,
            Scalar::U8(_) => DType::U8,
            Scalar::U16(_) => DType::U16,
            Scalar::U32(_) => DType::U32,
            Scalar::U64(_) => DType::U64,
            Scalar::F32(_) => DType::F32,
            Scalar::F64(_) => DType::F64,
            Scalar::C64(_) => DType::C64,
            Scalar::C128(_) => DType::C128,
        }
    }

    /// As a Rust type, cast NumPy's way.
    pub fn get<T: Element>(self) -> T {
        with_scalar!(self, value => value.cast::<T>())
    }

    /// As another type, NumPy's way.
    pub fn cast(self, dtype: DType) -> Scalar {
        with_dtype!(dtype, T => self.get::<T>().scalar())
    }

    /// As a plain value of the language.
    pub fn to_value(self) -> Value {
        match self {
            Scalar::Bool(value) => Value::Bool(value),
            Scalar::I8(value) => Value::Int(value.into()),
            Scalar::I16(value) => Value::Int(value.into()),
            Scalar::I32(value) => Value::Int(value.into()),
            Scalar::I64(value) => Value::Int(value),
            Scalar::U8(value) => Value::Int(value.into()),
            Scalar::U16(value) => Value::Int(value.into()),
            Scalar::U32(value) => Value::Int(value.into()),
            Scalar::U64(value) => match i64::try_from(value) {
                Ok(small) => Value::Int(small),
                Err(_) => Value::big(value.into()),
            },
            Scalar::F32(value) => Value::Float(value.into()),
            Scalar::F64(value) => Value::Float(value),
            Scalar::C64(value) => Value::Complex(value.cast()),
            Scalar::C128(value) => Value::Complex(value),
        }
    }

    /// A plain number of the language in the type that an array made of it has; `None` if it is not a number.
    /// Integers beyond 64 bits have no such type.
    pub fn from_value(value: &Value) -> Option<Result<Scalar>> {
        Some(Ok(match value {
            Value::Bool(value) => Scalar::Bool(*value),
            Value::Int(value) => Scalar::I64(*value),
            Value::Float(value) => Scalar::F64(*value),
            Value::Complex(value) => Scalar::C128(*value),
            Value::BigInt(value) => match value.to_u64() {
                Some(value) => Scalar::U64(value),
                None => return Some(Err(error!(OverflowError: "the integer {value} does not fit in 64 bits"))),
            },
            Value::Object(_) => return Scalar::from_value(&value.plain_number()?),
            _ => return None,
        }))
    }

    /// The family of a plain number of the language; `None` if it is not one.
    pub fn weak(value: &Value) -> Option<Weak> {
        match value {
            Value::Bool(_) => Some(Weak::Bool),
            Value::Int(_) | Value::BigInt(_) => Some(Weak::Int),
            Value::Float(_) => Some(Weak::Float),
            Value::Complex(_) => Some(Weak::Complex),
            _ => None,
        }
    }

    /// A plain number of the language as an element of an array of this type. An integer that does not fit is an
    /// `OverflowError`, as in NumPy; a fraction loses its fraction.
    pub fn from_value_as(value: &Value, dtype: DType) -> Option<Result<Scalar>> {
        let fits = |number: &dyn std::fmt::Display, wide: Option<i128>| match dtype.integer_range() {
            Some((low, high)) if dtype != DType::Bool => match wide {
                Some(wide) if (low..=high).contains(&wide) => Ok(()),
                _ => Err(error!(OverflowError: "Python integer {number} out of bounds for {dtype}")),
            },
            _ => Ok(()),
        };
        match value {
            Value::Int(number) => {
                Some(fits(number, Some(i128::from(*number))).map(|()| Scalar::I64(*number).cast(dtype)))
            }
            Value::BigInt(number) => Some(fits(number, number.to_i128()).and_then(|()| {
                if dtype == DType::Bool {
                    return Ok(Scalar::Bool(true));
                }
                if let Some(value) = number.to_u64() {
                    return Ok(Scalar::U64(value).cast(dtype));
                }
                match number.to_f64() {
                    Some(value) if value.is_finite() => Ok(Scalar::F64(value).cast(dtype)),
                    _ => bail!(OverflowError: "int too large to convert to float"),
                }
            })),
            _ => Some(Scalar::from_value(value)?.map(|scalar| scalar.cast(dtype))),
        }
    }
}
