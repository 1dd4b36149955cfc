//! `|`, `&`, `-`, `^` of sets, and `|` of dicts.

use std::sync::Arc;

use indexmap::IndexSet;
use parking_lot::Mutex;
use rdk_syntax::tree::BinaryOp;
use rustc_hash::FxBuildHasher;

use crate::bail;
use crate::context::Context;
use crate::error::Result;
use crate::evaluate::iterate;
use crate::value::{Dict, HashKey, Set, Value};

type Members = IndexSet<HashKey, FxBuildHasher>;

/// `left op right` of two sets or two dicts; `None` if they are not.
pub(super) fn binary(op: BinaryOp, left: &Value, right: &Value) -> Option<Result<Value>> {
    match (left, right) {
        (Value::Set(a), Value::Set(b)) => {
            let members = combine(op, a.items.lock().clone(), &b.items.lock().clone())?;
            Some(Ok(Value::Set(Arc::new(Set { items: Mutex::new(members), frozen: a.frozen }))))
        }
        (Value::Dict(a), Value::Dict(b)) if op == BinaryOp::BitOr => {
            let mut items = a.0.lock().clone();
            let more = b.0.lock().clone();
            items.extend(more);
            Some(Ok(Value::Dict(Arc::new(Dict(Mutex::new(items))))))
        }
        _ => None,
    }
}

fn combine(op: BinaryOp, mut a: Members, b: &Members) -> Option<Members> {
    match op {
        BinaryOp::BitOr => a.extend(b.iter().cloned()),
        BinaryOp::BitAnd => a.retain(|member| b.contains(member)),
        BinaryOp::Sub => a.retain(|member| !b.contains(member)),
        BinaryOp::BitXor => {
            let only_b: Vec<HashKey> = b.iter().filter(|member| !a.contains(*member)).cloned().collect();
            a.retain(|member| !b.contains(member));
            a.extend(only_b);
        }
        _ => return None,
    }
    Some(a)
}

/// `set op= right` in place; was it one of these?
pub(super) fn augment(op: BinaryOp, set: &Arc<Set>, right: &Value) -> bool {
    let Value::Set(other) = right else { return false };
    let members = set.items.lock().clone();
    let others = other.items.lock().clone();
    let Some(members) = combine(op, members, &others) else { return false };
    let old = std::mem::replace(&mut *set.items.lock(), members);
    drop(old);
    true
}

/// `dict |= right`: from a dict or from pairs; was it one of these?
pub(super) fn update(context: &Context, dict: &Arc<Dict>, right: &Value) -> Result<bool> {
    match right {
        Value::Dict(other) => {
            let more = other.0.lock().clone();
            dict.0.lock().extend(more);
        }
        Value::List(_) | Value::Tuple(_) | Value::Iter(_) => {
            let mut walk = iterate(context, right)?;
            while let Some(pair) = walk.next(context)? {
                let Some([key, value]) = pair.items().and_then(|items| <[Value; 2]>::try_from(items).ok()) else {
                    bail!("expected pairs of a key and a value, got {}", crate::convert::describe(&pair))
                };
                let old = dict.0.lock().insert(HashKey::new(key)?, value);
                drop(old);
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The same members as a set that can be a key.
pub(super) fn frozen(set: &Set) -> Value {
    Value::Set(Arc::new(Set { items: Mutex::new(set.items.lock().clone()), frozen: true }))
}
