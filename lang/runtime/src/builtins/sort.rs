//! `sorted`, `list.sort`: stable, by `<` alone.

use std::cmp::Ordering;

use crate::builtin::Args;
use crate::context::Context;
use crate::error::Result;
use crate::operators::less;
use crate::value::Value;

/// The items in order, by what `key` gives of them.
pub fn sorted(context: &Context, items: Vec<Value>, key: Option<&Value>, reverse: bool) -> Result<Vec<Value>> {
    let mut entries: Vec<(Value, Value)> = Vec::with_capacity(items.len());
    for item in items {
        let by = match key {
            Some(key) => context.call(key, Args::one(item.clone()))?,
            None => item.clone(),
        };
        entries.push((by, item));
    }
    // Equal items keep their order when the order is reversed, too.
    if reverse {
        entries.reverse();
    }
    match plain_order(&entries) {
        Some(compare) => {
            for piece in entries.chunks_mut(PIECE) {
                context.check()?;
                piece.sort_by(|a, b| compare(&a.0, &b.0));
            }
            entries = merge_sort(context, entries, PIECE)?;
        }
        None => entries = merge_sort(context, entries, 1)?,
    }
    if reverse {
        entries.reverse();
    }
    Ok(entries.into_iter().map(|(_, item)| item).collect())
}

/// So many are sorted before somebody is asked whether to stop.
const PIECE: usize = 1 << 18;

type Compare = fn(&Value, &Value) -> Ordering;

/// A way to compare that cannot fail, when all are of one plain type.
fn plain_order(entries: &[(Value, Value)]) -> Option<Compare> {
    let all = |test: fn(&Value) -> bool| entries.iter().all(|(by, _)| test(by));
    if all(|by| matches!(by, Value::Int(_))) {
        return Some(|a, b| match (a, b) {
            (Value::Int(a), Value::Int(b)) => a.cmp(b),
            _ => Ordering::Equal,
        });
    }
    if all(|by| matches!(by, Value::Str(_))) {
        return Some(|a, b| match (a, b) {
            (Value::Str(a), Value::Str(b)) => a.cmp(b),
            _ => Ordering::Equal,
        });
    }
    if all(|by| matches!(by, Value::Float(number) if !number.is_nan())) {
        return Some(|a, b| match (a, b) {
            (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            _ => Ordering::Equal,
        });
    }
    None
}

/// Merges longer and longer runs, beginning with those that are in order already. What compares items may fail, or be in no order at all (NaN): neither does harm.
fn merge_sort(context: &Context, mut entries: Vec<(Value, Value)>, mut run: usize) -> Result<Vec<(Value, Value)>> {
    let n = entries.len();
    while run < n {
        context.check()?;
        let mut merged = Vec::with_capacity(n);
        let mut rest = entries.into_iter().peekable();
        while rest.peek().is_some() {
            let left: Vec<_> = rest.by_ref().take(run).collect();
            let right: Vec<_> = rest.by_ref().take(run).collect();
            merge(context, left, right, &mut merged)?;
        }
        entries = merged;
        run *= 2;
    }
    Ok(entries)
}

fn merge(
    context: &Context,
    left: Vec<(Value, Value)>,
    right: Vec<(Value, Value)>,
    to: &mut Vec<(Value, Value)>,
) -> Result<()> {
    // In order already, as it often is.
    if let (Some(last), Some(first)) = (left.last(), right.first())
        && !less(context, &first.0, &last.0)?
    {
        to.extend(left);
        to.extend(right);
        return Ok(());
    }
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut step = 0usize;
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        step += 1;
        if step.is_multiple_of(4096) {
            context.check()?;
        }
        let next = if less(context, &b.0, &a.0)? { right.next() } else { left.next() };
        to.extend(next);
    }
    to.extend(left);
    to.extend(right);
    Ok(())
}
