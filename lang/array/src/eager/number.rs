//! A number with its NumPy type: `np.float32(1.5)`, `x[0]`, `x.sum()`.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_runtime::{ClassRef, Context, FromValue, Object, Result, Value, error};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::{NdArray, arithmetic, travel, types};
use crate::chunk::Chunk;
use crate::dtype::NumberKind;
use crate::face::faults;
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

/// The two truth values, of which there are only these, as in NumPy.
static TRUTHS: LazyLock<[Arc<dyn Object>; 2]> =
    LazyLock::new(|| [false, true].map(|flag| Arc::new(NumpyScalar(Scalar::Bool(flag))) as Arc<dyn Object>));

/// A number of an array on its own.
pub fn number(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Bool(flag) => Value::Object(TRUTHS[usize::from(flag)].clone()),
        other => Value::object(NumpyScalar(other)),
    }
}

/// A sequence that a whole number repeats, and an array would swallow: `[0] * n`.
fn is_repeated(op: BinaryOp, number: Scalar, other: &Value) -> bool {
    let whole = matches!(number.dtype().kind(), NumberKind::Signed | NumberKind::Unsigned);
    op == BinaryOp::Mul && whole && matches!(other, Value::List(_) | Value::Tuple(_) | Value::Str(_) | Value::Bytes(_))
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
        match arithmetic::unary(op, self.0) {
            Some(result) => Some(Ok(number(result))),
            None => {
                if op == UnaryOp::Neg
                    && let Err(error) = faults::of_negative(context, self.0)
                {
                    return Some(Err(error));
                }
                operators::unary_operator(context, op, self.operand())
            }
        }
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let Some(operand) = arithmetic::Other::of(other) else {
            return match is_repeated(op, self.0, other) {
                true => None,
                false => operators::operator_of(context, op, self.operand(), other, reflected),
            };
        };
        if let Some(result) = arithmetic::binary(op, self.0, operand, reflected) {
            return Some(Ok(number(result)));
        }
        let result = operators::of_numbers(context, op, self.operand(), other, reflected)?;
        Some(result.and_then(|result| {
            let (left, right) =
                if reflected { (operand.as_f64(), self.float()) } else { (self.float(), operand.as_f64()) };
            let exact = arithmetic::exact(op, self.0, operand, reflected);
            faults::of_numbers(context, op, left, right, exact, &result)?;
            Ok(result)
        }))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        if let Some(answer) = arithmetic::Other::of(other).and_then(|other| arithmetic::compare(op, self.0, other)) {
            return Some(Ok(number(Scalar::Bool(answer))));
        }
        operators::comparison_of(context, op, self.operand(), other)
    }

    /// As an array without axes: `x[()]` is the number itself, `x[None]` an array.
    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        let adds_axes = |item: &Value| matches!(item, Value::None | Value::Ellipsis);
        let fits = match index {
            Value::Tuple(items) => items.iter().all(adds_axes),
            other => adds_axes(other),
        };
        if !fits {
            return Some(Err(
                error!(IndexError: "invalid index to scalar variable."; hint: "it is a single number of type {}", self.0.dtype()),
            ));
        }
        Some(NdArray::new(Chunk::from_scalar(self.0)).get_item(index))
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

impl NumpyScalar {
    /// As a real float; NaN for a complex number.
    fn float(&self) -> f64 {
        f64::from_value(&self.0.to_value()).unwrap_or(f64::NAN)
    }
}
