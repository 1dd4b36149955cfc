//! Letting go of values that are nested deeply: level by level, not by recursion.
//!
//! `x = [x]` a hundred thousand times is a short program; dropping its result must not need a deep stack.

use std::sync::Arc;

use crate::value::{Dict, HashKey, List, Value};

/// Drops a value.
pub(crate) fn release(value: Value) {
    if is_nested(&value) {
        drain(vec![value]);
    }
}

fn is_nested(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Tuple(_) | Value::Dict(_))
}

fn drain(mut left: Vec<Value>) {
    let keep_nested = |values: &mut dyn Iterator<Item = Value>, left: &mut Vec<Value>| {
        left.extend(values.filter(is_nested));
    };
    while let Some(value) = left.pop() {
        match value {
            Value::List(list) => {
                if let Some(list) = Arc::into_inner(list) {
                    let items = std::mem::take(&mut *list.0.lock());
                    keep_nested(&mut items.into_iter(), &mut left);
                }
            }
            Value::Tuple(mut items) => {
                if let Some(items) = Arc::get_mut(&mut items) {
                    keep_nested(&mut items.iter_mut().map(std::mem::take), &mut left);
                }
            }
            Value::Dict(dict) => {
                if let Some(dict) = Arc::into_inner(dict) {
                    let items = std::mem::take(&mut *dict.0.lock());
                    keep_nested(&mut items.into_iter().flat_map(|(HashKey(key), value)| [key, value]), &mut left);
                }
            }
            other => drop(other),
        }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        let items = self.0.get_mut();
        if items.iter().any(is_nested) {
            drain(std::mem::take(items));
        }
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        let items = self.0.get_mut();
        if items.iter().any(|(key, value)| is_nested(value) || is_nested(key.value())) {
            let items = std::mem::take(items);
            drain(items.into_iter().flat_map(|(HashKey(key), value)| [key, value]).collect());
        }
    }
}
