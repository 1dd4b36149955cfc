//! A number that is not one of Python's own: `np.float32(1.5)`, `np.uint8(255)`.

use std::any::Any;

use rdk_runtime::{ClassRef, Context, Object, Result, Value};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::{travel, types};
use crate::chunk::Chunk;
use crate::face::operand::Operand;
use crate::face::operators;
use crate::scalar::Scalar;
use crate::show;
use crate::show::Number;

/// A number with its NumPy type. Shows plainly, and computes by NumPy's rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumpyScalar(pub Scalar);

impl From<Scalar> for Number {
    fn from(scalar: Scalar) -> Number {
        match scalar {
            Scalar::Bool(value) => Number::Bool(value),
            Scalar::I8(value) => Number::Int(value.into()),
            Scalar::I16(value) => Number::Int(value.into()),
            Scalar::I32(value) => Number::Int(value.into()),
            Scalar::I64(value) => Number::Int(value.into()),
            Scalar::U8(value) => Number::Int(value.into()),
            Scalar::U16(value) => Number::Int(value.into()),
            Scalar::U32(value) => Number::Int(value.into()),
            Scalar::U64(value) => Number::Int(value.into()),
            Scalar::F32(value) => Number::F32(value),
            Scalar::F64(value) => Number::F64(value),
            Scalar::C64(value) => Number::C64(value.re, value.im),
            Scalar::C128(value) => Number::C128(value.re, value.im),
        }
    }
}

impl NumpyScalar {
    fn operand(&self) -> Operand {
        Operand::Eager(Chunk::from_scalar(self.0))
    }
}

impl Object for NumpyScalar {
    fn class(&self) -> ClassRef {
        types::class(self.0.dtype())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        show::scalar::str(self.0.into())
    }

    fn truth(&self, _: &Context) -> Option<Result<bool>> {
        Some(Ok(self.0.get::<bool>()))
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        operators::unary_operator(context, op, self.operand())
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        operators::operator_of(context, op, self.operand(), other, reflected)
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        operators::comparison_of(context, op, self.operand(), other)
    }

    fn number(&self) -> Option<Result<Value>> {
        Some(Ok(self.0.to_value()))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(self.0.to_value())
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        Ok((travel::NUMBER, travel::write(&Chunk::from_scalar(self.0))?))
    }
}
