//! Functions that put whole arrays otherwise: rolled, turned, repeated, cut up, put together.

mod cut;
mod grown;
#[allow(non_snake_case)] // `tile` takes `A`.
mod repeated;
mod turned;

use rdk_runtime::{Builtin, Context, FromValue, Result, Value};

use super::operand::{Operand, lazy_value};
use super::parameters::Axes;
use crate::array::Array;
use crate::eager::NdArray;
use crate::index::IndexItem;
use crate::shape;

pub use turned::deep;

/// The functions that these files declare.
pub fn builtins() -> Vec<Builtin> {
    [turned::builtins(), repeated::builtins(), grown::builtins(), cut::builtins()].into_iter().flatten().collect()
}

/// Part of an array along one axis.
pub fn part(array: &Array, axis: usize, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Result<Array> {
    let mut items = vec![IndexItem::ALL; axis];
    items.push(IndexItem::Slice { start, stop, step });
    array.slice(&items)
}

/// An axis, or for `None` the array in one row.
fn along(array: Array, axis: Option<i64>) -> Result<(Array, usize)> {
    match axis {
        None => Ok((array.reshape(&[-1])?, 0)),
        Some(axis) => {
            let axis = shape::axis(axis, array.ndim())?;
            Ok((array, axis))
        }
    }
}

/// As [`answer`], but an array stays one also where it has no axes.
pub fn answer_array(context: &Context, array: Array, lazy: bool) -> Result<Value> {
    if lazy {
        return Ok(lazy_value(array));
    }
    Ok(Value::object(NdArray::new(array.compute_now(context)?)))
}

/// Several whole numbers, or one.
struct Numbers(Vec<i64>);

impl FromValue for Numbers {
    fn expected() -> &'static str {
        "a whole number, or several"
    }

    fn from_value(value: &Value) -> Option<Numbers> {
        Axes::from_value(value).map(|axes| Numbers(axes.0)).or_else(|| {
            let chunk = Operand::from_value(value).and_then(|operand| match operand {
                Operand::Eager(chunk) if chunk.dtype().is_integer() && chunk.ndim() <= 1 => Some(chunk),
                _ => None,
            })?;
            Some(Numbers(chunk.to_vec()))
        })
    }
}
