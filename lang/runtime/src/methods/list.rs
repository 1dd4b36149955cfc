//! Methods of `list`.

use std::sync::Arc;

use crate::builtins::sort;
use crate::context::Context;
use crate::error::Result;
use crate::evaluate::collect;
use crate::operators::equal;
use crate::value::{List, Value};
use crate::{bail, builtins};

builtins! {
    /// Adds a value at the end.
    ///
    /// ```rdk
    /// xs = [1, 2]
    /// xs.append(3)
    /// xs
    /// #> [1, 2, 3]
    /// ```
    fn append(
        this: Arc<List>,
        /// The value.
        object: Value,
    ) { this.0.lock().push(object); }

    /// Takes everything out.
    fn clear(this: Arc<List>) { drop(std::mem::take(&mut *this.0.lock())); }

    /// A new list with the same values.
    fn copy(this: Arc<List>) -> Vec<Value> { this.snapshot() }

    /// How many values are equal to this one.
    ///
    /// ```rdk
    /// [1, 2, 1].count(1)
    /// #> 2
    /// ```
    fn count[context](
        this: Arc<List>,
        /// What to count.
        value: Value,
    ) -> Result<usize> { count(context, &this.snapshot(), &value) }

    /// Adds values at the end.
    ///
    /// ```rdk
    /// xs = [1]
    /// xs.extend(range(2, 4))
    /// xs
    /// #> [1, 2, 3]
    /// ```
    fn extend[context](
        this: Arc<List>,
        /// The values.
        iterable: Value,
    ) -> Result<()> { extend(context, &this, &iterable) }

    /// Where a value stands first; an error if nowhere.
    ///
    /// ```rdk
    /// ["a", "b", "c"].index("b")
    /// #> 1
    /// ```
    fn index[context](
        this: Arc<List>,
        /// What to look for.
        value: Value,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        stop: Option<i64>,
    ) -> Result<usize> { index(context, &this.snapshot(), &value, start, stop, "list") }

    /// Puts a value before a position.
    ///
    /// ```rdk
    /// xs = [1, 3]
    /// xs.insert(1, 2)
    /// xs
    /// #> [1, 2, 3]
    /// ```
    fn insert(
        this: Arc<List>,
        /// The position.
        index: i64,
        /// The value.
        object: Value,
    ) { insert(&this, index, object) }

    /// Takes the last value out, or the one at a position, and gives it.
    ///
    /// ```rdk
    /// xs = [1, 2, 3]
    /// xs.pop(), xs.pop(0), xs
    /// #> (3, 1, [2])
    /// ```
    fn pop(
        this: Arc<List>,
        /// Which one.
        index: i64 = -1,
    ) -> Result<Value> { pop(&this, index) }

    /// Takes out the first value that is equal to this one.
    ///
    /// ```rdk
    /// xs = [1, 2, 1]
    /// xs.remove(1)
    /// xs
    /// #> [2, 1]
    /// ```
    fn remove[context](
        this: Arc<List>,
        /// What to take out.
        value: Value,
    ) -> Result<()> { remove(context, &this, &value) }

    /// Turns the order round.
    fn reverse(this: Arc<List>) { this.0.lock().reverse(); }

    /// Puts the values in order; equal ones stay in theirs.
    ///
    /// ```rdk
    /// words = ["pear", "fig", "apple"]
    /// words.sort(key=len)
    /// words
    /// #> ['fig', 'pear', 'apple']
    /// ```
    fn sort[context](
        this: Arc<List>,
        /// A function that gives what to sort by.
        key: Option<Value>,
        /// Largest first.
        reverse: bool = false,
    ) -> Result<()> { sort_in_place(context, &this, key, reverse) }
}

/// How many items are equal to the value.
pub fn count(context: &Context, items: &[Value], value: &Value) -> Result<usize> {
    let mut n = 0;
    for item in items {
        n += usize::from(equal(context, item, value)?);
    }
    Ok(n)
}

/// Where the value stands between two positions.
pub fn index(
    context: &Context,
    items: &[Value],
    value: &Value,
    start: Option<i64>,
    stop: Option<i64>,
    what: &str,
) -> Result<usize> {
    let n = items.len() as i64;
    let settle = |at: i64| if at < 0 { at.saturating_add(n).max(0) } else { at.min(n) } as usize;
    let (start, stop) = (settle(start.unwrap_or(0)), settle(stop.unwrap_or(n)));
    for (at, item) in items.iter().enumerate().take(stop).skip(start) {
        if equal(context, item, value)? {
            return Ok(at);
        }
    }
    bail!("{} is not in {what}", value.repr())
}

fn extend(context: &Context, list: &List, iterable: &Value) -> Result<()> {
    let mut items = collect(context, iterable)?;
    list.0.lock().append(&mut items);
    Ok(())
}

fn insert(list: &List, index: i64, object: Value) {
    let mut items = list.0.lock();
    let n = items.len() as i64;
    let at = if index < 0 { index.saturating_add(n).max(0) } else { index.min(n) };
    items.insert(at as usize, object);
}

fn pop(list: &List, index: i64) -> Result<Value> {
    let mut items = list.0.lock();
    let n = items.len() as i64;
    if n == 0 {
        bail!(IndexError: "pop from empty list");
    }
    let at = if index < 0 { index.saturating_add(n) } else { index };
    if !(0..n).contains(&at) {
        bail!(IndexError: "pop index out of range"; hint: "the list has {n} value{}", if n == 1 { "" } else { "s" });
    }
    Ok(items.remove(at as usize))
}

fn remove(context: &Context, list: &List, value: &Value) -> Result<()> {
    for (at, item) in list.snapshot().iter().enumerate() {
        if equal(context, item, value)? {
            let mut items = list.0.lock();
            if at < items.len() {
                items.remove(at);
            }
            return Ok(());
        }
    }
    bail!("list.remove(x): x not in list"; hint: "x is {}", value.repr())
}

fn sort_in_place(context: &Context, list: &List, key: Option<Value>, reverse: bool) -> Result<()> {
    let sorted = sort::sorted(context, list.snapshot(), key.as_ref(), reverse)?;
    *list.0.lock() = sorted;
    Ok(())
}
