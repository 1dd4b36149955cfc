//! Functions that walk over values: `len`, `sorted`, `zip`, `map`, `enumerate`, …

use std::sync::Arc;

use parking_lot::Mutex;

use super::sort;
use crate::builtin::{Args, Rest};
use crate::context::Context;
use crate::convert::Maybe;
use crate::error::{Kind, Result};
use crate::evaluate::{Walk, collect, iterate, step};
use crate::operators::{self, truth};
use crate::value::{Iter, Value};
use crate::{bail, builtins, error, user};

builtins! {
    /// How many items a value has.
    ///
    /// ```rdk
    /// len([1, 2, 3]), len("añb"), len({"a": 1})
    /// #> (3, 3, 1)
    /// ```
    fn len[context](
        /// A list, a text, a dict, an array, …
        obj: Value,
    ) -> Result<usize> { operators::length(context, &obj) }

    /// A new list of the items in order; equal ones stay in theirs.
    ///
    /// ```rdk
    /// sorted([3, 1, 2]), sorted(["bb", "a"], key=len, reverse=True)
    /// #> ([1, 2, 3], ['bb', 'a'])
    /// ```
    fn sorted[context](
        /// What to sort.
        iterable: Value,
        /// A function that gives what to sort by.
        key: Option<Value>,
        /// Largest first.
        reverse: bool = false,
    ) -> Result<Vec<Value>> { sort::sorted(context, collect(context, &iterable)?, key.as_ref(), reverse) }

    /// The items from last to first.
    ///
    /// ```rdk
    /// list(reversed("abc"))
    /// #> ['c', 'b', 'a']
    /// ```
    fn reversed[context](
        /// A list, tuple, text, dict or range.
        sequence: Value,
    ) -> Result<Value> { reversed(context, &sequence) }

    /// Pairs of a number, counting up, and an item.
    ///
    /// ```rdk
    /// list(enumerate("ab", start=1))
    /// #> [(1, 'a'), (2, 'b')]
    /// ```
    fn enumerate[context](
        /// What to walk over.
        iterable: Value,
        /// The first number.
        start: i64 = 0,
    ) -> Result<Value> { enumerate(context, &iterable, start) }

    /// Tuples of the first items of each, then of the second ones, up to the shortest.
    ///
    /// ```rdk
    /// list(zip([1, 2, 3], "ab"))
    /// #> [(1, 'a'), (2, 'b')]
    /// ```
    fn zip[context](
        /// What to walk over.
        iterables: Rest,
        /// They must be of one length.
        strict: bool = false,
    ) -> Result<Value> { zip(context, &iterables.0, strict) }

    /// What a function gives for each item; called as one walks.
    ///
    /// ```rdk
    /// list(map(lambda x: x * x, [1, 2, 3])), list(map(pow, [2, 3], [3, 2]))
    /// #> ([1, 4, 9], [8, 9])
    /// ```
    fn map[context](
        /// The function.
        func: Value,
        /// One sequence for each of its arguments.
        iterables: Rest,
    ) -> Result<Value> { map(context, func, &iterables.0) }

    /// The items for which a function gives a true value.
    ///
    /// ```rdk
    /// list(filter(lambda x: x % 2, range(6))), list(filter(None, [0, 1, ""]))
    /// #> ([1, 3, 5], [1])
    /// ```
    fn filter[context](
        /// The function; `None` keeps true items.
        function: Value,
        /// What to walk over.
        iterable: Value,
    ) -> Result<Value> { filter(context, function, &iterable) }

    /// Is any item true?
    ///
    /// ```rdk
    /// any(x > 2 for x in [1, 2, 3]), any([])
    /// #> (True, False)
    /// ```
    fn any[context](
        /// What to walk over.
        iterable: Value,
    ) -> Result<bool> { search(context, &iterable, true) }

    /// Are all items true?
    ///
    /// ```rdk
    /// all(x > 0 for x in [1, 2, 3]), all([])
    /// #> (True, True)
    /// ```
    fn all[context](
        /// What to walk over.
        iterable: Value,
    ) -> Result<bool> { Ok(!search(context, &iterable, false)?) }

    /// A walk over a value, or over what a function gives until it gives a certain one.
    ///
    /// ```rdk
    /// walk = iter([10, 20])
    /// next(walk), next(walk), next(walk, "end")
    /// #> (10, 20, 'end')
    /// ```
    fn iter[context](
        /// What to walk over, or a function without arguments.
        object: Value,
        /// The value that ends the walk over a function.
        sentinel: Maybe,
    ) -> Result<Value> { iter(context, object, sentinel.0) }

    /// The next item of a walk.
    ///
    /// ```rdk
    /// next(iter("ab")), next(iter(""), None)
    /// #> ('a', None)
    /// ```
    fn next[context](
        /// What `iter` gave.
        iterator: Value,
        /// What to give at the end; `StopIteration` if not given.
        default: Maybe,
    ) -> Result<Value> { next(context, &iterator, default.0) }
}

fn reversed(context: &Context, sequence: &Value) -> Result<Value> {
    match sequence {
        Value::Range(range) => Ok(iterate(context, &Value::Range(Arc::new(range.reversed())))?.into_value()),
        Value::Set(_) | Value::Iter(_) => {
            bail!(TypeError: "'{}' object is not reversible", sequence.class().name; hint: "`reversed(list(x))`")
        }
        Value::Object(_) | Value::Lazy(_) if crate::types::dict_of(sequence).is_none() => {
            // By position, from the last to the first, as it is walked.
            let mut left = operators::length(context, sequence)?;
            let sequence = sequence.clone();
            Ok(Value::iter("reversed", move |context| {
                left = left.checked_sub(1)?;
                Some(operators::item(context, &sequence, &Value::from(left)))
            }))
        }
        other => {
            let mut items = collect(context, other)?;
            Ok(Value::iter("list_reverseiterator", move |_| items.pop().map(Ok)))
        }
    }
}

fn enumerate(context: &Context, iterable: &Value, start: i64) -> Result<Value> {
    let (mut walk, mut number) = (iterate(context, iterable)?, i128::from(start));
    Ok(Value::iter("enumerate", move |context| {
        let item = walk.next(context).transpose()?;
        let at = Value::big(number.into());
        number += 1;
        Some(item.map(|item| Value::tuple([at, item])))
    }))
}

/// Begins to walk over each of them.
pub fn walks(context: &Context, iterables: &[Value]) -> Result<Vec<Walk>> {
    iterables.iter().map(|iterable| iterate(context, iterable)).collect()
}

fn zip(context: &Context, iterables: &[Value], strict: bool) -> Result<Value> {
    let mut walks = walks(context, iterables)?;
    Ok(Value::iter("zip", move |context| {
        if walks.is_empty() {
            return None;
        }
        let mut items = Vec::with_capacity(walks.len());
        for at in 0..walks.len() {
            match walks[at].next(context) {
                Ok(Some(item)) => items.push(item),
                Ok(None) if !strict => return None,
                Ok(None) => return uneven(context, &mut walks, at).transpose(),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(Value::tuple(items)))
    }))
}

/// The walk at this place came to its end: so must all others.
fn uneven(context: &Context, walks: &mut [Walk], ended: usize) -> Result<Option<Value>> {
    let before = |n: usize| if n == 1 { " 1".to_string() } else { format!("s 1-{n}") };
    if ended > 0 {
        bail!("zip() argument {} is shorter than argument{}", ended + 1, before(ended));
    }
    for (at, walk) in walks.iter_mut().enumerate().skip(1) {
        if walk.next(context)?.is_some() {
            bail!("zip() argument {} is longer than argument{}", at + 1, before(at));
        }
    }
    Ok(None)
}

fn map(context: &Context, func: Value, iterables: &[Value]) -> Result<Value> {
    if iterables.is_empty() {
        bail!(TypeError: "map() must have at least two arguments"; hint: "`map(function, values)`");
    }
    let mut walks = walks(context, iterables)?;
    Ok(Value::iter("map", move |context| {
        let mut args = Args::none();
        for walk in &mut walks {
            match walk.next(context) {
                Ok(Some(item)) => args.positional.push(item),
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        Some(context.call(&func, args))
    }))
}

fn filter(context: &Context, function: Value, iterable: &Value) -> Result<Value> {
    let mut walk = iterate(context, iterable)?;
    let plain_truth = function.is_none();
    Ok(Value::iter("filter", move |context| {
        let mut next = || {
            while let Some(item) = walk.next(context)? {
                let answer =
                    if plain_truth { item.clone() } else { context.call(&function, Args::one(item.clone()))? };
                if truth(context, &answer)? {
                    return Ok(Some(item));
                }
            }
            Ok(None)
        };
        next().transpose()
    }))
}

/// Is there an item with this truth?
fn search(context: &Context, iterable: &Value, wanted: bool) -> Result<bool> {
    let mut walk = iterate(context, iterable)?;
    while let Some(item) = walk.next(context)? {
        if truth(context, &item)? == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

fn iter(context: &Context, object: Value, sentinel: Option<Value>) -> Result<Value> {
    let Some(sentinel) = sentinel else { return Ok(iterate(context, &object)?.into_value()) };
    let mut ended = false;
    Ok(Value::iter("callable_iterator", move |context| {
        if ended {
            return None;
        }
        let next = context.call(&object, Args::none()).and_then(|item| {
            ended = operators::equal(context, &item, &sentinel)?;
            Ok((!ended).then_some(item))
        });
        next.transpose()
    }))
}

fn next(context: &Context, iterator: &Value, default: Option<Value>) -> Result<Value> {
    let Value::Iter(iter) = iterator else {
        match user::next(context, iterator) {
            Some(Err(error)) if error.0.kind == Kind::StopIteration => return default.ok_or(error),
            Some(answer) => return answer,
            None => {}
        }
        if let Some(method) = iterator.class().method("__next__") {
            return match (method.call(context, Args::one(iterator.clone())), default) {
                (Err(error), Some(default)) if error.0.kind == crate::Kind::StopIteration => Ok(default),
                (answer, _) => answer,
            };
        }
        bail!(TypeError: "'{}' object is not an iterator", iterator.class().name; hint: "`next(iter(x))` gives its first item")
    };
    match step(context, iter)? {
        Some(item) => Ok(item),
        None => default.ok_or_else(|| error!(StopIteration: "")),
    }
}

/// An iterator over items that are known.
pub fn of_items(name: &'static str, items: Vec<Value>) -> Value {
    let mut items = items.into_iter();
    Value::Iter(Arc::new(Iter { name, next: Mutex::new(Box::new(move |_| items.next().map(Ok))) }))
}
