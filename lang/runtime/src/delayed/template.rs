//! Arguments with holes where lazy values stood: lists, tuples, dicts, sets and slices are looked into.

use std::sync::Arc;

use parking_lot::Mutex;

use super::node::{Input, Inputs};
use crate::bail;
use crate::context::Context;
use crate::delayed::capture::Captured;
use crate::error::Result;
use crate::modules::distributed::{Promised, future_of};
use crate::value::{Dict, HashKey, List, Set, Slice, Value};

/// An argument.
#[derive(Clone)]
pub enum Part {
    /// As it is.
    Value(Value),
    /// A function with what it took along.
    Function(Arc<Captured>),
    /// The result of an input, by position.
    Input(usize),
    /// A list with lazy values somewhere inside.
    List(Vec<Part>),
    /// A tuple of that kind.
    Tuple(Vec<Part>),
    /// A set of that kind.
    Set(Vec<Part>),
    /// A dict of that kind: in the values or in the keys.
    Dict(Vec<(Part, Part)>),
    /// A slice of that kind.
    Slice(Box<[Part; 3]>),
}

/// What is taken out of arguments: gives the input that a value is.
pub type Pick = fn(&Value) -> Option<Input>;

/// The argument with its lazy values taken out into `inputs`.
pub fn take(context: &Context, value: &Value, inputs: &mut Inputs) -> Result<Part> {
    take_by(context, value, inputs, lazy)
}

/// Lazy values, and futures.
fn lazy(value: &Value) -> Option<Input> {
    match value {
        Value::Lazy(lazy) => Some(Input::of(lazy)),
        other => future_of(other).map(|work| Input::Other(Arc::new(Promised(work)))),
    }
}

/// The argument with what is picked taken out into `inputs`.
pub fn take_by(context: &Context, value: &Value, inputs: &mut Inputs, pick: Pick) -> Result<Part> {
    if let Some(input) = pick(value) {
        return Ok(Part::Input(inputs.add(input)));
    }
    Ok(match value {
        Value::Function(function) => Part::Function(Captured::of(function)),
        Value::List(list) => {
            let items = list.snapshot();
            if items.iter().all(is_flat) {
                return Ok(Part::Value(value.clone()));
            }
            match take_all(context, &items, inputs, pick)? {
                Some(parts) => Part::List(parts),
                None => Part::Value(value.clone()),
            }
        }
        Value::Tuple(items) => match take_all(context, items, inputs, pick)? {
            Some(parts) => Part::Tuple(parts),
            None => Part::Value(value.clone()),
        },
        Value::Set(set) if !set.frozen => {
            let members: Vec<Value> = set.items.lock().iter().map(|key| key.value().clone()).collect();
            match take_all(context, &members, inputs, pick)? {
                Some(parts) => Part::Set(parts),
                None => Part::Value(value.clone()),
            }
        }
        Value::Dict(dict) => {
            let entries: Vec<Value> =
                dict.0.lock().iter().flat_map(|(key, value)| [key.value().clone(), value.clone()]).collect();
            match take_all(context, &entries, inputs, pick)? {
                Some(parts) => {
                    let mut parts = parts.into_iter();
                    let mut entries = Vec::new();
                    while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                        entries.push((key, value));
                    }
                    Part::Dict(entries)
                }
                None => Part::Value(value.clone()),
            }
        }
        Value::Slice(slice) => {
            let ends = [slice.start.clone(), slice.stop.clone(), slice.step.clone()];
            match take_all(context, &ends, inputs, pick)?.map(<[Part; 3]>::try_from) {
                Some(Ok(parts)) => Part::Slice(Box::new(parts)),
                Some(Err(_)) | None => Part::Value(value.clone()),
            }
        }
        other => Part::Value(other.clone()),
    })
}

/// Nothing can be inside.
fn is_flat(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::None | Value::Bool(_))
}

/// The parts, or `None` if none of the values has anything lazy inside.
fn take_all(context: &Context, values: &[Value], inputs: &mut Inputs, pick: Pick) -> Result<Option<Vec<Part>>> {
    if values.iter().all(is_flat) {
        return Ok(None);
    }
    // A list may be an item of itself; the limit of nesting ends that.
    context.nested(|| {
        let mut parts = Vec::with_capacity(values.len());
        let mut plain = true;
        for value in values {
            let part = take_by(context, value, inputs, pick)?;
            plain &= matches!(part, Part::Value(_));
            parts.push(part);
        }
        Ok(if plain { None } else { Some(parts) })
    })
}

impl Part {
    /// The argument with the results of the inputs put in.
    pub fn fill(&self, results: &[Value]) -> Result<Value> {
        let all = |parts: &[Part]| parts.iter().map(|part| part.fill(results)).collect::<Result<Vec<Value>>>();
        Ok(match self {
            Part::Value(value) => value.clone(),
            Part::Function(captured) => Value::Function(captured.function().clone()),
            Part::Input(at) => match results.get(*at) {
                Some(result) => result.clone(),
                None => bail!(RuntimeError: "internal error: a task lacks its input {at}"),
            },
            Part::List(parts) => Value::List(Arc::new(List(Mutex::new(all(parts)?)))),
            Part::Tuple(parts) => Value::Tuple(all(parts)?.into()),
            Part::Set(parts) => {
                let members = all(parts)?.into_iter().map(HashKey::new).collect::<Result<_>>()?;
                Value::Set(Arc::new(Set { items: Mutex::new(members), frozen: false }))
            }
            Part::Dict(entries) => {
                let filled =
                    entries.iter().map(|(key, value)| Ok((HashKey::new(key.fill(results)?)?, value.fill(results)?)));
                Value::Dict(Arc::new(Dict(Mutex::new(filled.collect::<Result<_>>()?))))
            }
            Part::Slice(parts) => {
                let [start, stop, step] = &**parts;
                let (start, stop, step) = (start.fill(results)?, stop.fill(results)?, step.fill(results)?);
                Value::Slice(Arc::new(Slice { start, stop, step }))
            }
        })
    }
}
