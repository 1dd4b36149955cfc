//! `+` and `*` of text, bytes, lists and tuples; `%` of text.

use std::sync::Arc;

use rdk_syntax::tree::BinaryOp;

use super::index::index;
use crate::context::Context;
use crate::error::Result;
use crate::evaluate::iterate;
use crate::show;
use crate::value::{List, Value};
use crate::{bail, error};

/// Longer repetitions are refused: they would take the machine's memory.
const MOST_BYTES: usize = 1 << 32;

/// `left op right`; `None` if no sequence has to do with it.
pub(super) fn binary(op: BinaryOp, left: &Value, right: &Value) -> Option<Result<Value>> {
    match op {
        BinaryOp::Add => add(left, right),
        BinaryOp::Mul => match (is_sequence(left), is_sequence(right)) {
            (true, _) => Some(repeat(left, right)),
            (false, true) => Some(repeat(right, left)),
            (false, false) => None,
        },
        BinaryOp::Mod => match left {
            Value::Str(text) => Some(show::percent::percent(text, right).map(Value::from)),
            _ => None,
        },
        _ => None,
    }
}

fn is_sequence(value: &Value) -> bool {
    matches!(value, Value::Str(_) | Value::Bytes(_) | Value::List(_) | Value::Tuple(_))
}

fn add(left: &Value, right: &Value) -> Option<Result<Value>> {
    Some(Ok(match (left, right) {
        (Value::Str(a), Value::Str(b)) => {
            let mut text = String::with_capacity(a.len() + b.len());
            text.push_str(a);
            text.push_str(b);
            Value::Str(text.into())
        }
        (Value::Bytes(a), Value::Bytes(b)) => Value::Bytes([&**a, &**b].concat().into()),
        (Value::List(a), Value::List(b)) => {
            let mut items = a.snapshot();
            items.extend(b.snapshot());
            Value::list(items)
        }
        (Value::Tuple(a), Value::Tuple(b)) => Value::Tuple(a.iter().chain(b.iter()).cloned().collect()),
        (Value::Str(_), other) => {
            let class = other.class().name;
            return Some(Err(
                error!(TypeError: "can only concatenate str (not \"{class}\") to str"; hint: "`str(…)` makes text of a value; `f\"…{{x}}\"` puts it into text"),
            ));
        }
        (Value::Bytes(_), other) => {
            return Some(Err(error!(TypeError: "can't concat {} to bytes", other.class().name)));
        }
        (Value::List(_) | Value::Tuple(_), other) => {
            let (class, got) = (left.class().name, other.class().name);
            return Some(Err(
                error!(TypeError: "can only concatenate {class} (not \"{got}\") to {class}"; hint: "`{class}(…)` makes one of anything that can be walked"),
            ));
        }
        _ => return None,
    }))
}

fn repeat(sequence: &Value, times: &Value) -> Result<Value> {
    let Some(times) = index(times) else {
        bail!(TypeError: "can't multiply sequence by non-int of type '{}'", times.class().name)
    };
    let times = usize::try_from(times).unwrap_or(0);
    Ok(match sequence {
        Value::Str(text) => {
            bounded(text.len(), times, 1)?;
            Value::Str(text.repeat(times).into())
        }
        Value::Bytes(bytes) => {
            bounded(bytes.len(), times, 1)?;
            Value::Bytes(bytes.repeat(times).into())
        }
        Value::List(list) => Value::list(repeated(&list.snapshot(), times)?),
        Value::Tuple(items) => Value::Tuple(repeated(items, times)?.into()),
        other => other.clone(),
    })
}

fn repeated(items: &[Value], times: usize) -> Result<Vec<Value>> {
    bounded(items.len(), times, size_of::<Value>())?;
    Ok(match items {
        [one] => vec![one.clone(); times],
        _ => std::iter::repeat_n(items, times).flatten().cloned().collect(),
    })
}

fn bounded(length: usize, times: usize, size: usize) -> Result<()> {
    match length.checked_mul(times).and_then(|items| items.checked_mul(size)) {
        Some(bytes) if bytes <= MOST_BYTES => Ok(()),
        _ => bail!(MemoryError: "{length} times {times} items do not fit into memory"),
    }
}

/// `list += items`, `list *= n`; was it one of these?
pub(super) fn augment(context: &Context, op: BinaryOp, list: &Arc<List>, right: &Value) -> Result<bool> {
    match op {
        BinaryOp::Add => {
            let mut walk = match iterate(context, right) {
                Ok(walk) => walk,
                // An object that is not walked may still know how to be added.
                Err(_) if matches!(right, Value::Object(_)) => return Ok(false),
                Err(error) => return Err(error),
            };
            let mut items = Vec::new();
            while let Some(item) = walk.next(context)? {
                items.push(item);
            }
            list.0.lock().extend(items);
            Ok(true)
        }
        BinaryOp::Mul => {
            let Some(times) = index(right) else { return Ok(false) };
            let items = repeated(&list.snapshot(), usize::try_from(times).unwrap_or(0))?;
            let old = std::mem::replace(&mut *list.0.lock(), items);
            drop(old);
            Ok(true)
        }
        _ => Ok(false),
    }
}
