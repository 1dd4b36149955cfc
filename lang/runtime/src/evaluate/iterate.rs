//! Walking over values: `for`, unpacking, `*args` and every builtin that takes an iterable.

use std::sync::Arc;

use crate::bail;
use crate::context::Context;
use crate::error::Result;
use crate::operators::{characters, door, set_order};
use crate::user;
use crate::value::{Dict, Iter, List, Set, Value};

/// A walk over a value. Nothing is locked between two steps.
pub enum Walk {
    /// Numbers; how many are left.
    #[allow(missing_docs)]
    Range { next: i64, step: i64, left: usize },
    /// A list as it is at each step.
    #[allow(missing_docs)]
    List { list: Arc<List>, next: usize },
    /// A tuple.
    #[allow(missing_docs)]
    Tuple { items: Arc<[Value]>, next: usize },
    /// The characters of a text.
    #[allow(missing_docs)]
    Str { text: Arc<str>, next: usize },
    /// The numbers of bytes.
    #[allow(missing_docs)]
    Bytes { bytes: Arc<[u8]>, next: usize },
    /// The keys of a dict, which must not grow or shrink meanwhile.
    #[allow(missing_docs)]
    Dict { dict: Arc<Dict>, next: usize, length: usize },
    /// The members of a set, which must not grow or shrink meanwhile.
    #[allow(missing_docs)]
    Set { set: Arc<Set>, next: usize, length: usize, order: Option<Vec<u32>> },
    /// An iterator.
    Iter(Arc<Iter>),
}

/// Begins to walk over a value.
pub fn iterate(context: &Context, value: &Value) -> Result<Walk> {
    Ok(match value {
        Value::Range(range) => Walk::Range { next: range.start, step: range.step, left: range.len() },
        Value::List(list) => Walk::List { list: list.clone(), next: 0 },
        Value::Tuple(items) => Walk::Tuple { items: items.clone(), next: 0 },
        Value::Str(text) => Walk::Str { text: text.clone(), next: 0 },
        Value::Bytes(bytes) => Walk::Bytes { bytes: bytes.clone(), next: 0 },
        Value::Dict(dict) => Walk::Dict { dict: dict.clone(), next: 0, length: dict.0.lock().len() },
        Value::Set(set) => {
            let items = set.items.lock();
            Walk::Set { set: set.clone(), next: 0, length: items.len(), order: set_order::order(&items) }
        }
        Value::Iter(iter) => Walk::Iter(iter.clone()),
        other => match door(other).and_then(|object| object.iter(context)) {
            Some(answer) => match answer? {
                Value::Iter(iter) => Walk::Iter(iter),
                // An object may hand out a plain container of its items.
                plain @ (Value::List(_) | Value::Tuple(_) | Value::Range(_) | Value::Str(_)) => {
                    return iterate(context, &plain);
                }
                strange => bail!(TypeError: "iter() returned non-iterator of type '{}'", strange.class().name),
            },
            None if user::is_iterator(other) => return iterate(context, &user::walked(other.clone())?),
            None => return Err(not_iterable(other)),
        },
    })
}

#[cold]
fn not_iterable(value: &Value) -> crate::Error {
    let error = crate::error!(TypeError: "'{}' object is not iterable", value.class().name);
    match value {
        Value::Int(_) => error.hint("`range(n)` counts from 0 up to, not including, `n`"),
        Value::None => error.hint("it is `None`: does a function lack its `return`?"),
        Value::Function(_) | Value::Builtin(_) | Value::Method(_) => {
            error.hint("it is a function: call it with `()` to get at its result")
        }
        _ => error,
    }
}

impl Walk {
    /// The next item; `None` at the end. An error too if the person wants it to stop: whoever walks need not ask.
    #[inline]
    pub fn next(&mut self, context: &Context) -> Result<Option<Value>> {
        context.check()?;
        Ok(match self {
            Walk::Range { next, step, left } => {
                if *left == 0 {
                    return Ok(None);
                }
                *left -= 1;
                let number = *next;
                // Past the last number it may leave the range of integers; it is not used then.
                *next = number.wrapping_add(*step);
                Some(Value::Int(number))
            }
            Walk::List { list, next } => {
                let item = list.0.lock().get(*next).cloned();
                *next += 1;
                item
            }
            Walk::Tuple { items, next } => {
                let item = items.get(*next).cloned();
                *next += 1;
                item
            }
            Walk::Str { text, next } => text[*next..].chars().next().map(|char| {
                *next += char.len_utf8();
                characters::single(char)
            }),
            Walk::Bytes { bytes, next } => {
                let byte = bytes.get(*next).map(|byte| Value::Int(i64::from(*byte)));
                *next += 1;
                byte
            }
            Walk::Dict { dict, next, length } => {
                let items = dict.0.lock();
                if items.len() != *length {
                    bail!(RuntimeError: "dictionary changed size during iteration"; hint: "walk over a copy: `for key in list(d)`");
                }
                let key = items.get_index(*next).map(|(key, _)| key.value().clone());
                *next += 1;
                key
            }
            Walk::Set { set, next, length, order } => {
                let items = set.items.lock();
                if items.len() != *length {
                    bail!(RuntimeError: "Set changed size during iteration"; hint: "walk over a copy: `for item in list(s)`");
                }
                let at = match order {
                    Some(order) => order.get(*next).map_or(usize::MAX, |&at| at as usize),
                    None => *next,
                };
                let member = items.get_index(at).map(|member| member.value().clone());
                *next += 1;
                member
            }
            Walk::Iter(iter) => return step(context, iter),
        })
    }

    /// All that is left.
    pub fn rest(&mut self, context: &Context) -> Result<Vec<Value>> {
        let mut items = Vec::with_capacity(self.likely().min(1 << 20));
        while let Some(item) = self.next(context)? {
            items.push(item);
        }
        Ok(items)
    }

    /// How many items are likely left; a guess, for room to reserve.
    pub fn likely(&self) -> usize {
        match self {
            Walk::Range { left, .. } => *left,
            Walk::List { list, next } => list.0.lock().len().saturating_sub(*next),
            Walk::Tuple { items, next } => items.len().saturating_sub(*next),
            Walk::Str { text, next } => text.len().saturating_sub(*next),
            Walk::Bytes { bytes, next } => bytes.len().saturating_sub(*next),
            Walk::Dict { length, next, .. } | Walk::Set { length, next, .. } => length.saturating_sub(*next),
            Walk::Iter(_) => 0,
        }
    }

    /// As a value: what `iter(x)` gives.
    pub fn into_value(self) -> Value {
        let name = match &self {
            Walk::Iter(iter) => return Value::Iter(iter.clone()),
            Walk::Range { .. } => "range_iterator",
            Walk::List { .. } => "list_iterator",
            Walk::Tuple { .. } => "tuple_iterator",
            Walk::Str { .. } => "str_iterator",
            Walk::Bytes { .. } => "bytes_iterator",
            Walk::Dict { .. } => "dict_keyiterator",
            Walk::Set { .. } => "set_iterator",
        };
        let mut walk = Some(self);
        Value::iter(name, move |context| {
            let answer = walk.as_mut()?.next(context).transpose();
            if !matches!(answer, Some(Ok(_))) {
                // Once at its end it stays there, even if the list grows.
                walk = None;
            }
            answer
        })
    }
}

/// The next item of an iterator; `None` at the end.
pub fn step(context: &Context, iter: &Iter) -> Result<Option<Value>> {
    let Some(mut next) = iter.next.try_lock() else { bail!("{} already executing", iter.name) };
    (*next)(context).transpose()
}

/// All items of a value.
pub fn collect(context: &Context, value: &Value) -> Result<Vec<Value>> {
    match value {
        Value::List(list) => Ok(list.snapshot()),
        Value::Tuple(items) => Ok(items.to_vec()),
        other => iterate(context, other)?.rest(context),
    }
}
