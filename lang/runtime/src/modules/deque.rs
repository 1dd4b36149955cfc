//! `collections.deque`: values in a row, quickly changed at both ends.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_syntax::tree::{BinaryOp, CompareOp};

use super::functools::only;
use crate::builtin::Args;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::evaluate::collect;
use crate::methods::list;
use crate::object::Object;
use crate::operators::{self, position};
use crate::show::repr::{guarded, joined};
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins, error};

/// The class.
pub fn class() -> ClassRef {
    CLASS.clone()
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("deque", "collections", "Values in a row, quickly changed at both ends.");
    let class = class.base(types().object.clone()).methods(builtins()).properties(properties::builtins());
    Arc::new(class.construct(only(made::builtins())))
});

struct Row {
    items: Mutex<VecDeque<Value>>,
    limit: Option<usize>,
}

/// A shared deque.
#[derive(Clone)]
struct Deque(Arc<Row>);

impl FromValue for Deque {
    fn expected() -> &'static str {
        "a deque"
    }

    fn from_value(value: &Value) -> Option<Deque> {
        value.get::<Deque>().cloned()
    }
}

/// What makes one.
mod made {
    use super::*;

    builtins! {
        /// Values in a row, quickly changed at both ends.
        ///
        /// ```rdk
        /// from collections import deque
        /// deque([1, 2, 3, 4], maxlen=2)
        /// #> deque([3, 4], maxlen=2)
        /// ```
        fn deque[context](
            /// What to begin with.
            iterable: Option<Value>,
            /// How many values at most; those at the other end fall out.
            maxlen: Option<usize>,
        ) -> Result<Value> {
            let deque = Deque(Arc::new(Row { items: Mutex::default(), limit: maxlen }));
            if let Some(iterable) = iterable {
                deque.extend(collect(context, &iterable)?);
            }
            Ok(Value::object(deque))
        }
    }
}

/// Attributes.
mod properties {
    use super::*;

    builtins! {
        /// How many values at most.
        fn maxlen(this: Deque) -> Option<usize> { this.0.limit }
    }
}

builtins! {
    /// Adds a value at the right.
    fn append(
        this: Deque,
        /// The value.
        x: Value,
    ) { this.extend([x]) }

    /// Adds a value at the left.
    ///
    /// ```rdk
    /// from collections import deque
    /// d = deque([2, 3])
    /// d.appendleft(1)
    /// d
    /// #> deque([1, 2, 3])
    /// ```
    fn appendleft(
        this: Deque,
        /// The value.
        x: Value,
    ) { this.extend_left([x]) }

    /// Takes everything out.
    fn clear(this: Deque) { drop(std::mem::take(&mut *this.0.items.lock())) }

    /// A new deque with the same values.
    fn copy(this: Deque) -> Value { Value::object(this.like(this.snapshot())) }

    /// How many values are equal to this one.
    fn count[context](
        this: Deque,
        /// What to count.
        x: Value,
    ) -> Result<usize> { list::count(context, &this.snapshot(), &x) }

    /// Adds values at the right.
    fn extend[context](
        this: Deque,
        /// The values.
        iterable: Value,
    ) -> Result<()> { this.extend(collect(context, &iterable)?); Ok(()) }

    /// Adds values at the left, one after the other.
    fn extendleft[context](
        this: Deque,
        /// The values.
        iterable: Value,
    ) -> Result<()> { this.extend_left(collect(context, &iterable)?); Ok(()) }

    /// Where a value stands first; an error if nowhere.
    fn index[context](
        this: Deque,
        /// What to look for.
        x: Value,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        stop: Option<i64>,
    ) -> Result<usize> { list::index(context, &this.snapshot(), &x, start, stop, "deque") }

    /// Puts a value before a position.
    fn insert(
        this: Deque,
        /// The position.
        i: i64,
        /// The value.
        x: Value,
    ) -> Result<()> {
        let mut items = this.0.items.lock();
        if this.0.limit.is_some_and(|limit| items.len() >= limit) {
            bail!(IndexError: "deque already at its maximum size");
        }
        let n = items.len() as i64;
        let at = if i < 0 { i.saturating_add(n).max(0) } else { i.min(n) };
        items.insert(at as usize, x);
        Ok(())
    }

    /// Takes the value at the right out and gives it.
    fn pop(this: Deque) -> Result<Value> { this.0.items.lock().pop_back().ok_or_else(|| error!(IndexError: "pop from an empty deque")) }

    /// Takes the value at the left out and gives it.
    ///
    /// ```rdk
    /// from collections import deque
    /// d = deque("ab")
    /// d.popleft(), d
    /// #> ('a', deque(['b']))
    /// ```
    fn popleft(this: Deque) -> Result<Value> { this.0.items.lock().pop_front().ok_or_else(|| error!(IndexError: "pop from an empty deque")) }

    /// Takes out the first value that is equal to this one.
    fn remove[context](
        this: Deque,
        /// What to take out.
        value: Value,
    ) -> Result<()> {
        let at = list::index(context, &this.snapshot(), &value, None, None, "deque")?;
        this.0.items.lock().remove(at);
        Ok(())
    }

    /// Turns the order round.
    fn reverse(this: Deque) { this.0.items.lock().make_contiguous().reverse() }

    /// Moves values from the right end to the left.
    ///
    /// ```rdk
    /// from collections import deque
    /// d = deque([1, 2, 3])
    /// d.rotate(1)
    /// d
    /// #> deque([3, 1, 2])
    /// ```
    fn rotate(
        this: Deque,
        /// How many; below 0 in the other direction.
        n: i64 = 1,
    ) {
        let mut items = this.0.items.lock();
        if !items.is_empty() {
            let by = n.rem_euclid(items.len() as i64) as usize;
            items.rotate_right(by);
        }
    }
}

impl Deque {
    fn snapshot(&self) -> Vec<Value> {
        self.0.items.lock().iter().cloned().collect()
    }

    fn like(&self, items: Vec<Value>) -> Deque {
        Deque(Arc::new(Row { items: Mutex::new(items.into()), limit: self.0.limit }))
    }

    fn extend(&self, values: impl IntoIterator<Item = Value>) {
        let mut items = self.0.items.lock();
        for value in values {
            items.push_back(value);
            if self.0.limit.is_some_and(|limit| items.len() > limit) {
                items.pop_front();
            }
        }
    }

    fn extend_left(&self, values: impl IntoIterator<Item = Value>) {
        let mut items = self.0.items.lock();
        for value in values {
            items.push_front(value);
            if self.0.limit.is_some_and(|limit| items.len() > limit) {
                items.pop_back();
            }
        }
    }

    fn list(&self) -> Value {
        Value::list(self.snapshot())
    }
}

impl Object for Deque {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let limit = self.0.limit.map(|limit| format!(", maxlen={limit}")).unwrap_or_default();
        guarded(Arc::as_ptr(&self.0) as usize, "[...]", || format!("deque([{}]{limit})", joined(&self.snapshot())))
    }

    fn as_call(&self) -> Option<(String, Args)> {
        let mut args = Args::one(self.list());
        if let Some(limit) = self.0.limit {
            args.keywords.push(("maxlen".into(), Value::from(limit)));
        }
        Some(("deque".into(), args))
    }

    fn len(&self, _context: &Context) -> Option<Result<usize>> {
        Some(Ok(self.0.items.lock().len()))
    }

    fn truth(&self, _context: &Context) -> Option<Result<bool>> {
        Some(Ok(!self.0.items.lock().is_empty()))
    }

    fn iter(&self, _context: &Context) -> Option<Result<Value>> {
        let (row, mut at) = (self.0.clone(), 0);
        let length = row.items.lock().len();
        Some(Ok(Value::iter("_deque_iterator", move |_| {
            let items = row.items.lock();
            if items.len() != length {
                return Some(Err(error!(RuntimeError: "deque mutated during iteration")));
            }
            at += 1;
            items.get(at - 1).cloned().map(Ok)
        })))
    }

    fn item(&self, _context: &Context, index: &Value) -> Option<Result<Value>> {
        let n = self.0.items.lock().len();
        Some(position(index, n, "deque").and_then(|at| {
            self.0.items.lock().get(at).cloned().ok_or_else(|| error!(IndexError: "deque index out of range"))
        }))
    }

    fn set_item(&self, _context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        let n = self.0.items.lock().len();
        Some(position(index, n, "deque").map(|at| {
            if let Some(place) = self.0.items.lock().get_mut(at) {
                *place = value;
            }
        }))
    }

    fn delete_item(&self, _context: &Context, index: &Value) -> Option<Result<()>> {
        let n = self.0.items.lock().len();
        Some(position(index, n, "deque").map(|at| drop(self.0.items.lock().remove(at))))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        Some(operators::contains(context, &self.list(), item))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = other.get::<Deque>()?;
        Some(operators::compare(context, op, &self.list(), &other.list()))
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, _reflected: bool) -> Option<Result<Value>> {
        let other = match (op, other.get::<Deque>()) {
            (BinaryOp::Add, Some(other)) => other.list(),
            (BinaryOp::Mul, _) => other.clone(),
            _ => return None,
        };
        let joined = operators::binary(context, op, &self.list(), &other);
        Some(joined.map(|items| Value::object(self.like(items.items().unwrap_or_default()))))
    }
}
