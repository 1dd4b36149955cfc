//! Arithmetic of large arrays that is put off for a moment: `a * b` in `a * b + c`, which nobody sees but the `+`.
//!
//! The whole expression is then one loop, which reads each array once and writes one, where NumPy writes and reads one for every operator.
//! What NumPy would have warned of is noticed on the way, operator by operator. The arrays are those of now: whoever writes to one
//! before the expression is done gets a copy of his own.

use std::any::Any;

use rdk_runtime::{ClassRef, Context, Object, Result, Value};
use rdk_syntax::tree::BinaryOp;

use super::object::class;
use super::{NdArray, NumpyScalar};
use crate::array::{Array, Plan};
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::face::operand::Operand;
use crate::face::{faults, operators};
use crate::place;

/// Arrays of fewer elements than this are worked on at once: planning takes longer than it saves.
pub const LEAST: usize = 1 << 15;
/// No more arrays and operators than this go together: more would be cut into several loops anyway.
const MOST: usize = 13;

/// Arithmetic that has been put off.
pub struct PutOff(Array);

impl PutOff {
    /// `left op right` of these, or with `reflected` the other way round; `None` where it is not put off.
    pub fn of(context: &Context, op: BinaryOp, this: Array, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let other = operand(op, other)?;
        if this.walk().len() > MOST {
            return None;
        }
        let this = Operand::Lazy(this);
        let (left, right) = if reflected { (&other, &this) } else { (&this, &other) };
        let array = match operators::operate(op, left, right) {
            Ok(array) => array,
            Err(error) => return Some(Err(error)),
        };
        // What is stretched is worked out once before, not for every place it is stretched to.
        let goes_along = |operand: &Operand| match operand {
            Operand::Lazy(part) => part.shape() == array.shape() || matches!(part.node().plan, Plan::Given(_)),
            Operand::Eager(_) | Operand::Number(_) => true,
        };
        let has_room = array.nbytes() <= u128::from(context.shared.engine.memory());
        (has_room && goes_along(left) && goes_along(right)).then(|| Ok(Value::object(PutOff(array))))
    }

    fn now(&self, context: &Context) -> Result<Value> {
        let (made, remarks) = self.0.compute_watched(context)?;
        faults::say_in_turn(context, remarks)?;
        Ok(super::value(made))
    }
}

/// An array in memory as one that operations take; `None` for one without axes.
pub fn whole(array: &NdArray) -> Option<Array> {
    let chunk = array.chunk();
    (chunk.ndim() > 0).then(|| Array::from_chunk(chunk, &ChunksSpec::WHOLE).ok()).flatten()
}

/// What stands on the other side, if it is of a kind with which operators can be put off.
fn operand(op: BinaryOp, other: &Value) -> Option<Operand> {
    let is_put_off = match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod => true,
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => true,
        // Powers have ways of their own by what the exponent is, and names by those.
        BinaryOp::Pow | BinaryOp::MatMul | BinaryOp::LeftShift | BinaryOp::RightShift => false,
    };
    if !is_put_off {
        return None;
    }
    match other {
        Value::Int(_) | Value::Float(_) => Some(Operand::Number(other.clone())),
        Value::Object(_) => {
            if let Some(PutOff(array)) = other.get::<PutOff>() {
                return Some(Operand::Lazy(array.clone()));
            }
            if let Some(NumpyScalar(scalar)) = other.get::<NumpyScalar>() {
                return Some(Operand::Eager(Chunk::from_scalar(*scalar)));
            }
            whole(other.get::<NdArray>()?).map(Operand::Lazy)
        }
        _ => None,
    }
}

impl Object for PutOff {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.0.to_string()
    }

    fn put_off(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        place::note(context);
        PutOff::of(context, op, self.0.clone(), other, reflected)
    }

    fn is_put_off(&self) -> bool {
        true
    }

    fn caught_up(&self, context: &Context) -> Result<Value> {
        self.now(context)
    }
}
