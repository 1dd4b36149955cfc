//! `x[i]`, `x[i] = value`, `del x[i]`.

use std::sync::Arc;

use super::index::{position, range};
use super::{characters, door};
use crate::builtin::nearest;
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::evaluate::iterate;
use crate::value::{Dict, HashKey, List, Slice, Value};
use crate::{bail, error};

/// `value[index]`
pub fn item(context: &Context, value: &Value, index: &Value) -> Result<Value> {
    if let (Value::List(_) | Value::Tuple(_) | Value::Str(_) | Value::Bytes(_) | Value::Range(_), Value::Lazy(lazy)) =
        (value, index)
        && let Some(index) = lazy.settle(context)
    {
        return item(context, value, &index?);
    }
    Ok(match (value, index) {
        (Value::List(list), Value::Slice(slice)) => {
            let items = list.0.lock();
            let range = range(slice, items.len())?;
            let taken: Vec<Value> = (0..range.len()).map(|n| items[range.at(n) as usize].clone()).collect();
            drop(items);
            Value::list(taken)
        }
        (Value::List(list), _) => {
            let items = list.0.lock();
            if let Value::Int(at) = index
                && let Some(found) = usize::try_from(*at).ok().and_then(|at| items.get(at))
            {
                return Ok(found.clone());
            }
            let length = items.len();
            drop(items);
            let at = position(index, length, "list")?;
            let found = list.0.lock().get(at).cloned();
            found.unwrap_or(Value::None)
        }
        (Value::Tuple(items), Value::Slice(slice)) => {
            let range = range(slice, items.len())?;
            Value::Tuple((0..range.len()).map(|n| items[range.at(n) as usize].clone()).collect())
        }
        (Value::Tuple(items), _) => items[position(index, items.len(), "tuple")?].clone(),
        (Value::Dict(dict), _) => return entry(dict, index),
        (Value::Str(text), _) => return text_item(text, index),
        (Value::Bytes(bytes), Value::Slice(slice)) => {
            let range = range(slice, bytes.len())?;
            Value::Bytes((0..range.len()).map(|n| bytes[range.at(n) as usize]).collect())
        }
        (Value::Bytes(bytes), _) => Value::Int(i64::from(bytes[position(index, bytes.len(), "bytes")?])),
        (Value::Range(numbers), Value::Slice(slice)) => {
            let taken = range(slice, numbers.len())?;
            let at = |n: i64| i128::from(numbers.start) + i128::from(n) * i128::from(numbers.step);
            let clamp = |n: i128| n.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
            Value::Range(Arc::new(crate::value::Range {
                start: clamp(at(taken.start)),
                stop: clamp(at(taken.stop)),
                step: numbers.step.saturating_mul(taken.step),
            }))
        }
        (Value::Range(numbers), _) => Value::Int(numbers.at(position(index, numbers.len(), "range object")?)),
        _ => match door(value).and_then(|object| object.item(context, index)) {
            Some(answer) => return answer,
            None => return Err(unsubscriptable(value)),
        },
    })
}

fn unsubscriptable(value: &Value) -> Error {
    let error = match value {
        Value::Class(class) => error!(TypeError: "type '{}' is not subscriptable", class.name),
        other => error!(TypeError: "'{}' object is not subscriptable", other.class().name),
    };
    match value {
        Value::Function(_) | Value::Builtin(_) | Value::Method(_) => {
            error.hint("a function is called with round brackets: `f(…)`")
        }
        Value::Set(_) => error.hint("a set has no order: `sorted(…)` or `list(…)` makes a list of it"),
        Value::Iter(_) => error.hint("`list(…)` walks it to the end and keeps the items"),
        Value::None => error.hint("it is `None`: does a function lack its `return`?"),
        _ => error,
    }
}

fn entry(dict: &Dict, index: &Value) -> Result<Value> {
    let key = HashKey::new(index.clone())?;
    let items = dict.0.lock();
    if let Some(value) = items.get(&key) {
        return Ok(value.clone());
    }
    let near = match index {
        Value::Str(name) => {
            let names: Vec<Arc<str>> = items
                .keys()
                .filter_map(|key| match key.value() {
                    Value::Str(name) => Some(name.clone()),
                    _ => None,
                })
                .take(1000)
                .collect();
            nearest(name, names.iter().map(|name| &**name)).map(String::from)
        }
        _ => None,
    };
    drop(items);
    Err(missing(index, near))
}

/// The error of a key that is not there.
fn missing(key: &Value, near: Option<String>) -> Error {
    let error = crate::types::key_error(key);
    match near {
        Some(near) => error.hint(format!("did you mean `{near:?}`?")),
        None => error,
    }
}

/// Text is indexed by characters.
fn text_item(text: &Arc<str>, index: &Value) -> Result<Value> {
    let length = characters::count(text);
    let ascii = length == text.len();
    if let Value::Slice(slice) = index {
        let range = range(slice, length)?;
        let taken = range.len();
        if taken == length && range.step == 1 {
            return Ok(Value::Str(text.clone()));
        }
        if range.step == 1 {
            let start = characters::offset(text, range.start as usize);
            let stop = characters::offset(text, range.start as usize + taken);
            return Ok(Value::str(&text[start..stop]));
        }
        if ascii {
            let bytes = text.as_bytes();
            let chars: String = (0..taken).map(|n| bytes[range.at(n) as usize] as char).collect();
            return Ok(Value::Str(chars.into()));
        }
        let chars: Vec<char> = text.chars().collect();
        let taken: String = (0..taken).map(|n| chars[range.at(n) as usize]).collect();
        return Ok(Value::Str(taken.into()));
    }
    let at = position(index, length, "string")?;
    let start = characters::offset(text, at);
    Ok(characters::single(text[start..].chars().next().unwrap_or_default()))
}

/// `value[index] = new`
pub fn set_item(context: &Context, value: &Value, index: &Value, new: Value) -> Result<()> {
    match value {
        Value::List(list) => match index {
            Value::Slice(slice) => set_slice(context, list, slice, &new),
            _ => {
                let length = list.0.lock().len();
                let at = position(index, length, "list").map_err(|error| assignment(error, "list"))?;
                let old = list.0.lock().get_mut(at).map(|place| std::mem::replace(place, new));
                drop(old);
                Ok(())
            }
        },
        Value::Dict(dict) => {
            let key = HashKey::new(index.clone())?;
            let old = dict.0.lock().insert(key, new);
            drop(old);
            Ok(())
        }
        other => match door(other).and_then(|object| object.set_item(context, index, new)) {
            Some(answer) => answer,
            None => {
                let error = error!(TypeError: "'{}' object does not support item assignment", other.class().name);
                Err(match other {
                    Value::Str(_) => {
                        error.hint("text does not change: build a new one, for example with `.replace(…)`")
                    }
                    Value::Tuple(_) => error.hint("a tuple does not change: use a list"),
                    _ => error,
                })
            }
        },
    }
}

/// `list index out of range` of an assignment, as Python words it.
fn assignment(mut error: Error, what: &str) -> Error {
    if error.0.kind == Kind::IndexError {
        error.0.message = format!("{what} assignment index out of range");
    }
    error
}

fn set_slice(context: &Context, list: &Arc<List>, slice: &Slice, new: &Value) -> Result<()> {
    let mut items = Vec::new();
    let Ok(mut walk) = iterate(context, new) else { bail!(TypeError: "can only assign an iterable") };
    while let Some(item) = walk.next(context)? {
        items.push(item);
    }
    let mut target = list.0.lock();
    let range = range(slice, target.len())?;
    if range.step == 1 {
        let start = range.start as usize;
        let stop = (range.stop as usize).max(start);
        let old: Vec<Value> = target.splice(start..stop, items).collect();
        drop(target);
        drop(old);
        return Ok(());
    }
    if items.len() != range.len() {
        bail!("attempt to assign sequence of size {} to extended slice of size {}", items.len(), range.len());
    }
    let mut old = Vec::with_capacity(items.len());
    for (n, item) in items.into_iter().enumerate() {
        old.push(std::mem::replace(&mut target[range.at(n) as usize], item));
    }
    drop(target);
    drop(old);
    Ok(())
}

/// `del value[index]`
pub fn delete_item(context: &Context, value: &Value, index: &Value) -> Result<()> {
    match value {
        Value::List(list) => match index {
            Value::Slice(slice) => {
                let mut items = list.0.lock();
                let range = range(slice, items.len())?;
                let mut gone: Vec<usize> = (0..range.len()).map(|n| range.at(n) as usize).collect();
                gone.sort_unstable();
                let mut next = gone.into_iter().peekable();
                let (mut kept, mut old) = (Vec::with_capacity(items.len()), Vec::new());
                for (at, item) in items.drain(..).enumerate() {
                    if next.next_if_eq(&at).is_some() { old.push(item) } else { kept.push(item) }
                }
                *items = kept;
                drop(items);
                drop(old);
                Ok(())
            }
            _ => {
                let mut items = list.0.lock();
                let length = items.len();
                let at = match position(index, length, "list") {
                    Ok(at) => at,
                    Err(error) => return Err(assignment(error, "list")),
                };
                let old = items.remove(at);
                drop(items);
                drop(old);
                Ok(())
            }
        },
        Value::Dict(dict) => {
            let key = HashKey::new(index.clone())?;
            let old = dict.0.lock().shift_remove(&key);
            match old {
                Some(_) => Ok(()),
                None => Err(missing(index, None)),
            }
        }
        other => match door(other).and_then(|object| object.delete_item(context, index)) {
            Some(answer) => answer,
            None => bail!(TypeError: "'{}' object doesn't support item deletion", other.class().name),
        },
    }
}
