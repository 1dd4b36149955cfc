//! What `+`, `<`, `x[i]`, `x.name`, `not`, `in` and their kin do with values.
//!
//! Plain values are answered here, as Python answers them; objects and lazy values by themselves, the left one first.

mod attribute;
pub(crate) mod characters;
mod compare;
mod index;
mod item;
pub mod number;
mod sequence;
pub(crate) mod set_order;
mod sets;

pub use attribute::{attribute, attribute_names, delete_attribute, find, set_attribute};
pub(crate) use compare::accepts;
pub use compare::{compare, contains, equal, less, same};
pub use index::{indices, position};
pub use item::{delete_item, item, set_item};
use rdk_syntax::tree::{BinaryOp, UnaryOp};

use crate::context::Context;
use crate::error::Result;
use crate::object::Object;
use crate::value::Value;
use crate::{bail, error};

/// `left op right`
pub fn binary(context: &Context, op: BinaryOp, left: &Value, right: &Value) -> Result<Value> {
    if let Some(answer) = number::binary(op, left, right) {
        return answer;
    }
    // Text with places to be filled in is filled at once, as in Python: a lazy value is not a number yet.
    if let (BinaryOp::Mod, Value::Str(_), Value::Lazy(_)) = (op, left, right)
        && let Some(answer) = sequence::binary(op, left, right)
    {
        return answer;
    }
    // A lazy operand makes the whole lazy, whichever side it is on.
    if let (Some(object), true) = (door(right), matches!(right, Value::Lazy(_)) && !matches!(left, Value::Lazy(_)))
        && let Some(answer) = object.binary(context, op, left, true)
    {
        return answer;
    }
    if let Some(answer) = door(left).and_then(|object| object.binary(context, op, right, false)) {
        return answer;
    }
    if let Some(answer) = door(right).and_then(|object| object.binary(context, op, left, true)) {
        return answer;
    }
    if let Some(answer) = plain_numbers(left, right).and_then(|(left, right)| number::binary(op, &left, &right)) {
        return answer;
    }
    if let Some(answer) = sequence::binary(op, left, right) {
        return answer;
    }
    if let Some(answer) = sets::binary(op, left, right) {
        return answer;
    }
    let error = error!(TypeError: "unsupported operand type(s) for {}: '{}' and '{}'", op.symbol(), left.class().name, right.class().name);
    Err(match (op, left, right) {
        (_, Value::None, _) | (_, _, Value::None) => {
            error.hint("one side is `None`: does a function lack its `return`?")
        }
        (BinaryOp::Add, Value::Int(_) | Value::Float(_), Value::Str(_)) => {
            error.hint("`str(…)` makes text of a number, `int(…)` or `float(…)` a number of text")
        }
        (BinaryOp::BitXor, Value::Float(_), _) | (BinaryOp::BitXor, _, Value::Float(_)) => {
            error.hint("a power is written `**`")
        }
        _ => error,
    })
}

/// The same where either side may have been put off. With `within` the result is seen by another operator only, and may be put off, too.
pub(crate) fn binary_in_chain(
    context: &Context,
    op: BinaryOp,
    left: Value,
    right: Value,
    within: bool,
) -> Result<Value> {
    let is_object = |value: &Value| matches!(value, Value::Object(_));
    if !is_object(&left) && !is_object(&right) {
        return binary(context, op, &left, &right);
    }
    let waits = |value: &Value| matches!(value, Value::Object(object) if object.is_put_off());
    if within || waits(&left) || waits(&right) {
        let of_left = door(&left).and_then(|object| object.put_off(context, op, &right, false));
        let made = of_left.or_else(|| door(&right).and_then(|object| object.put_off(context, op, &left, true)));
        if let Some(made) = made {
            return if within { made } else { caught_up(context, made?) };
        }
    }
    binary(context, op, &caught_up(context, left)?, &caught_up(context, right)?)
}

/// What was put off, done now; anything else as it is.
fn caught_up(context: &Context, value: Value) -> Result<Value> {
    match &value {
        Value::Object(object) if object.is_put_off() => object.caught_up(context),
        _ => Ok(value),
    }
}

/// `left op= right`: lists and sets change in place, everything else gives a new value.
pub fn augment(context: &Context, op: BinaryOp, left: &Value, right: &Value) -> Result<Value> {
    match left {
        Value::List(list) if matches!(op, BinaryOp::Add | BinaryOp::Mul) && !matches!(right, Value::Lazy(_)) => {
            if sequence::augment(context, op, list, right)? {
                return Ok(left.clone());
            }
        }
        Value::Set(set) if !set.frozen => {
            if sets::augment(op, set, right) {
                return Ok(left.clone());
            }
        }
        Value::Dict(dict) if op == BinaryOp::BitOr => {
            if sets::update(context, dict, right)? {
                return Ok(left.clone());
            }
        }
        _ => {
            if let Some(answer) = door(left).and_then(|object| object.augment(context, op, right)) {
                return answer.map(|()| left.clone());
            }
        }
    }
    binary(context, op, left, right)
}

/// `-x`, `~x`, `not x`
pub fn unary(context: &Context, op: UnaryOp, value: &Value) -> Result<Value> {
    if op == UnaryOp::Not {
        return Ok(Value::Bool(!truth(context, value)?));
    }
    if let Some(answer) = number::unary(op, value) {
        return Ok(answer);
    }
    if let Some(answer) = door(value).and_then(|object| object.unary(context, op)) {
        return answer;
    }
    if let Some(answer) = value.plain_number().and_then(|value| number::unary(op, &value)) {
        return Ok(answer);
    }
    bail!(TypeError: "bad operand type for unary {}: '{}'", op.symbol(), value.class().name)
}

/// `bool(x)`
#[inline]
pub fn truth(context: &Context, value: &Value) -> Result<bool> {
    Ok(match value {
        Value::Bool(flag) => *flag,
        Value::Int(n) => *n != 0,
        Value::None => false,
        other => return slow_truth(context, other),
    })
}

fn slow_truth(context: &Context, value: &Value) -> Result<bool> {
    Ok(match value {
        Value::Bool(flag) => *flag,
        Value::Int(n) => *n != 0,
        Value::None => false,
        Value::Float(n) => *n != 0.0,
        Value::Complex(n) => n.re != 0.0 || n.im != 0.0,
        Value::Str(text) => !text.is_empty(),
        Value::Bytes(bytes) => !bytes.is_empty(),
        Value::List(list) => !list.0.lock().is_empty(),
        Value::Tuple(items) => !items.is_empty(),
        Value::Dict(dict) => !dict.0.lock().is_empty(),
        Value::Set(set) => !set.items.lock().is_empty(),
        Value::Range(range) => range.len() > 0,
        Value::Object(object) => match object.truth(context) {
            Some(answer) => return answer,
            None => match object.len(context) {
                Some(length) => length? > 0,
                None => true,
            },
        },
        Value::Lazy(lazy) => return lazy.truth(context).unwrap_or(Ok(true)),
        Value::BigInt(_)
        | Value::Ellipsis
        | Value::Slice(_)
        | Value::Function(_)
        | Value::Builtin(_)
        | Value::Method(_)
        | Value::Module(_)
        | Value::Class(_)
        | Value::Exception(_)
        | Value::Iter(_) => true,
    })
}

/// `len(x)`
pub fn length(context: &Context, value: &Value) -> Result<usize> {
    Ok(match value {
        Value::Str(text) => characters::count(text),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.0.lock().len(),
        Value::Tuple(items) => items.len(),
        Value::Dict(dict) => dict.0.lock().len(),
        Value::Set(set) => set.items.lock().len(),
        Value::Range(range) => range.len(),
        other => match door(other).and_then(|object| object.len(context)) {
            Some(length) => return length,
            None => {
                let error = error!(TypeError: "object of type '{}' has no len()", other.class().name);
                return Err(match other {
                    Value::Iter(_) => error.hint("`list(…)` walks it to the end and keeps the items"),
                    _ => error,
                });
            }
        },
    })
}

/// The object behind a door, if the value stands behind one.
pub(crate) fn door(value: &Value) -> Option<&dyn Object> {
    match value {
        Value::Object(object) => Some(&**object),
        Value::Lazy(lazy) => Some(&**lazy as &dyn Object),
        _ => None,
    }
}

/// Both as plain numbers, if one stands behind a door and both stand for numbers.
fn plain_numbers(left: &Value, right: &Value) -> Option<(Value, Value)> {
    if !matches!(left, Value::Object(_)) && !matches!(right, Value::Object(_)) {
        return None;
    }
    let plain = |value: &Value| match value {
        Value::Object(_) => value.plain_number(),
        other => Some(other.clone()),
    };
    Some((plain(left)?, plain(right)?))
}
