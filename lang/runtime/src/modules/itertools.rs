//! `itertools`: walks made of other walks; nothing is made before it is asked for.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_syntax::tree::BinaryOp;

use crate::builtin::{Args, Rest};
use crate::builtins::room;
use crate::builtins::walk::walks;
use crate::class::{self, Class, ClassRef};
use crate::context::Context;
use crate::error::Result;
use crate::evaluate::{Walk, collect, iterate};
use crate::operators::{binary, equal, truth};
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries = class::entries(builtins());
    entries.extend(class::entries(super::combinations::builtins()));
    entries.push(("chain", Value::Class(CHAIN.clone())));
    entries
}

static CHAIN: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("chain", "itertools", "The items of several sequences, one after the other.");
    let make = super::functools::only(chain::make::builtins());
    Arc::new(class.base(types().object.clone()).methods(chain::builtins()).construct(make))
});

/// `chain` and `chain.from_iterable`.
mod chain {
    use super::*;

    /// What makes one.
    pub mod make {
        use super::*;

        builtins! {
            /// The items of several sequences, one after the other.
            ///
            /// ```rdk
            /// from itertools import chain
            /// list(chain([1, 2], "ab"))
            /// #> [1, 2, 'a', 'b']
            /// ```
            fn chain(
                /// The sequences.
                iterables: Rest,
            ) -> Value { chained(Walk::Tuple { items: iterables.0.into(), next: 0 }) }
        }
    }

    builtins! {
        /// The items of the items, one after the other.
        ///
        /// ```rdk
        /// from itertools import chain
        /// list(chain.from_iterable([[1, 2], [3]]))
        /// #> [1, 2, 3]
        /// ```
        fn from_iterable[context](
            /// A sequence of sequences.
            iterable: Value,
        ) -> Result<Value> { Ok(chained(iterate(context, &iterable)?)) }
    }

    fn chained(mut outer: Walk) -> Value {
        let mut inner: Option<Walk> = None;
        walking("itertools.chain", move |context| {
            loop {
                if let Some(walk) = &mut inner
                    && let Some(item) = walk.next(context)?
                {
                    return Ok(Some(item));
                }
                match outer.next(context)? {
                    Some(next) => inner = Some(iterate(context, &next)?),
                    None => return Ok(None),
                }
            }
        })
    }
}

/// An iterator from a function that gives the next item.
pub fn walking(name: &'static str, mut next: impl FnMut(&Context) -> Result<Option<Value>> + Send + 'static) -> Value {
    Value::iter(name, move |context| next(context).transpose())
}

builtins! {
    /// The sums so far, or what another function makes of them.
    ///
    /// ```rdk
    /// from itertools import accumulate
    /// list(accumulate([1, 2, 3, 4])), list(accumulate([3, 1, 2], max))
    /// #> ([1, 3, 6, 10], [3, 3, 3])
    /// ```
    fn accumulate[context](
        /// What to walk over.
        iterable: Value,
        /// A function of what there is so far and the next item.
        func: Option<Value>,
        /// What to begin with.
        initial: Option<Value>,
    ) -> Result<Value> { accumulate(iterate(context, &iterable)?, func, initial) }

    /// Tuples of so many items.
    ///
    /// ```rdk
    /// from itertools import batched
    /// list(batched("abcde", 2))
    /// #> [('a', 'b'), ('c', 'd'), ('e',)]
    /// ```
    fn batched[context](
        /// What to walk over.
        iterable: Value,
        /// How many items in each.
        n: usize,
    ) -> Result<Value> { batched(iterate(context, &iterable)?, n) }

    /// The items whose selector is true.
    ///
    /// ```rdk
    /// from itertools import compress
    /// list(compress("abc", [1, 0, 1]))
    /// #> ['a', 'c']
    /// ```
    fn compress[context](
        /// The items.
        data: Value,
        /// A truth value for each.
        selectors: Value,
    ) -> Result<Value> {
        let (mut data, mut selectors) = (iterate(context, &data)?, iterate(context, &selectors)?);
        Ok(walking("itertools.compress", move |context| {
            while let (Some(item), Some(selector)) = (data.next(context)?, selectors.next(context)?) {
                if truth(context, &selector)? {
                    return Ok(Some(item));
                }
            }
            Ok(None)
        }))
    }

    /// Numbers without end.
    ///
    /// ```rdk
    /// from itertools import count, islice
    /// list(islice(count(10, 5), 3))
    /// #> [10, 15, 20]
    /// ```
    fn count(
        /// The first number.
        start: Value = 0,
        /// From one number to the next.
        step: Value = 1,
    ) -> Value {
        let mut next = start;
        walking("itertools.count", move |context| {
            let after = binary(context, BinaryOp::Add, &next, &step)?;
            Ok(Some(std::mem::replace(&mut next, after)))
        })
    }

    /// The items again and again.
    ///
    /// ```rdk
    /// from itertools import cycle, islice
    /// list(islice(cycle("ab"), 5))
    /// #> ['a', 'b', 'a', 'b', 'a']
    /// ```
    fn cycle[context](
        /// What to walk over.
        iterable: Value,
    ) -> Result<Value> { Ok(cycle(iterate(context, &iterable)?)) }

    /// The items from the first one on for which a function is not true.
    ///
    /// ```rdk
    /// from itertools import dropwhile
    /// list(dropwhile(lambda x: x < 3, [1, 3, 2]))
    /// #> [3, 2]
    /// ```
    fn dropwhile[context](
        /// The function.
        predicate: Value,
        /// What to walk over.
        iterable: Value,
    ) -> Result<Value> {
        let (mut walk, mut dropping) = (iterate(context, &iterable)?, true);
        Ok(walking("itertools.dropwhile", move |context| {
            while let Some(item) = walk.next(context)? {
                if !dropping || !truth(context, &context.call(&predicate, Args::one(item.clone()))?)? {
                    dropping = false;
                    return Ok(Some(item));
                }
            }
            Ok(None)
        }))
    }

    /// The items for which a function is not true.
    fn filterfalse[context](
        /// The function; `None` keeps false items.
        predicate: Value,
        /// What to walk over.
        iterable: Value,
    ) -> Result<Value> {
        let mut walk = iterate(context, &iterable)?;
        Ok(walking("itertools.filterfalse", move |context| {
            while let Some(item) = walk.next(context)? {
                let answer = if predicate.is_none() { item.clone() } else { context.call(&predicate, Args::one(item.clone()))? };
                if !truth(context, &answer)? {
                    return Ok(Some(item));
                }
            }
            Ok(None)
        }))
    }

    /// Neighbours with the same key, with that key.
    ///
    /// ```rdk
    /// from itertools import groupby
    /// [(key, list(group)) for key, group in groupby("aabccc")]
    /// #> [('a', ['a', 'a']), ('b', ['b']), ('c', ['c', 'c', 'c'])]
    /// ```
    fn groupby[context](
        /// What to walk over.
        iterable: Value,
        /// A function that gives the key; the item itself if not given.
        key: Option<Value>,
    ) -> Result<Value> { Ok(group_by(iterate(context, &iterable)?, key)) }

    /// Some of the items, as a slice takes them.
    ///
    /// ```rdk
    /// from itertools import islice
    /// list(islice("abcdef", 2)), list(islice("abcdef", 1, None, 2))
    /// #> (['a', 'b'], ['b', 'd', 'f'])
    /// ```
    fn islice[context](
        /// What to walk over.
        iterable: Value,
        /// Where to end; or where to begin, where to end, and the step.
        args: Rest,
    ) -> Result<Value> { slice(iterate(context, &iterable)?, &args.0) }

    /// Each item with the one after it.
    ///
    /// ```rdk
    /// from itertools import pairwise
    /// list(pairwise([1, 2, 3]))
    /// #> [(1, 2), (2, 3)]
    /// ```
    fn pairwise[context](
        /// What to walk over.
        iterable: Value,
    ) -> Result<Value> {
        let (mut walk, mut before) = (iterate(context, &iterable)?, None);
        Ok(walking("itertools.pairwise", move |context| {
            if before.is_none() {
                before = walk.next(context)?;
            }
            let Some(first) = before.take() else { return Ok(None) };
            let Some(second) = walk.next(context)? else { return Ok(None) };
            before = Some(second.clone());
            Ok(Some(Value::tuple([first, second])))
        }))
    }

    /// The same value, again and again.
    ///
    /// ```rdk
    /// from itertools import repeat
    /// list(repeat(7, 3))
    /// #> [7, 7, 7]
    /// ```
    fn repeat(
        /// The value.
        object: Value,
        /// How often; without end if not given.
        times: Option<i64>,
    ) -> Value {
        let mut left = times;
        walking("itertools.repeat", move |_| {
            if let Some(left) = &mut left {
                if *left <= 0 {
                    return Ok(None);
                }
                *left -= 1;
            }
            Ok(Some(object.clone()))
        })
    }

    /// What a function gives for tuples of arguments.
    ///
    /// ```rdk
    /// from itertools import starmap
    /// list(starmap(pow, [(2, 3), (3, 2)]))
    /// #> [8, 9]
    /// ```
    fn starmap[context](
        /// The function.
        function: Value,
        /// The tuples.
        iterable: Value,
    ) -> Result<Value> {
        let mut walk = iterate(context, &iterable)?;
        Ok(walking("itertools.starmap", move |context| match walk.next(context)? {
            Some(args) => context.call(&function, Args::of(collect(context, &args)?)).map(Some),
            None => Ok(None),
        }))
    }

    /// The items before the first one for which a function is not true.
    ///
    /// ```rdk
    /// from itertools import takewhile
    /// list(takewhile(lambda x: x < 3, [1, 2, 3, 1]))
    /// #> [1, 2]
    /// ```
    fn takewhile[context](
        /// The function.
        predicate: Value,
        /// What to walk over.
        iterable: Value,
    ) -> Result<Value> {
        let mut walk = Some(iterate(context, &iterable)?);
        Ok(walking("itertools.takewhile", move |context| {
            let Some(inner) = &mut walk else { return Ok(None) };
            if let Some(item) = inner.next(context)?
                && truth(context, &context.call(&predicate, Args::one(item.clone()))?)?
            {
                return Ok(Some(item));
            }
            walk = None;
            Ok(None)
        }))
    }

    /// Several walks over the same items.
    ///
    /// ```rdk
    /// from itertools import tee
    /// a, b = tee(iter([1, 2]))
    /// list(a), list(b)
    /// #> ([1, 2], [1, 2])
    /// ```
    fn tee[context](
        /// What to walk over.
        iterable: Value,
        /// How many walks.
        n: usize = 2,
    ) -> Result<Value> { Ok(tee(iterate(context, &iterable)?, room(n)?)) }

    /// Tuples of the first items of each, of the second ones, …, up to the longest.
    ///
    /// ```rdk
    /// from itertools import zip_longest
    /// list(zip_longest([1, 2], "a", fillvalue="-"))
    /// #> [(1, 'a'), (2, '-')]
    /// ```
    fn zip_longest[context](
        /// What to walk over.
        iterables: Rest,
        /// What stands where one has ended.
        fillvalue: Option<Value>,
    ) -> Result<Value> {
        let fill = fillvalue.unwrap_or_default();
        let mut walks: Vec<Option<Walk>> = walks(context, &iterables.0)?.into_iter().map(Some).collect();
        Ok(walking("itertools.zip_longest", move |context| {
            let mut items = Vec::with_capacity(walks.len());
            for walk in &mut walks {
                let item = match walk {
                    Some(inner) => inner.next(context)?,
                    None => None,
                };
                if item.is_none() {
                    *walk = None;
                }
                items.push(item.unwrap_or_else(|| fill.clone()));
            }
            Ok(walks.iter().any(Option::is_some).then(|| Value::tuple(items)))
        }))
    }
}

fn accumulate(mut walk: Walk, function: Option<Value>, initial: Option<Value>) -> Result<Value> {
    let mut total: Option<Value> = None;
    let mut initial = initial;
    Ok(walking("itertools.accumulate", move |context| {
        if let Some(initial) = initial.take() {
            total = Some(initial);
            return Ok(total.clone());
        }
        let Some(item) = walk.next(context)? else { return Ok(None) };
        total = Some(match (total.take(), &function) {
            (None, _) => item,
            (Some(total), None) => binary(context, BinaryOp::Add, &total, &item)?,
            (Some(total), Some(function)) => context.call(function, Args::of([total, item]))?,
        });
        Ok(total.clone())
    }))
}

fn batched(mut walk: Walk, n: usize) -> Result<Value> {
    if n == 0 {
        bail!("n must be at least one");
    }
    Ok(walking("itertools.batched", move |context| {
        let mut items = Vec::new();
        while items.len() < n {
            match walk.next(context)? {
                Some(item) => items.push(item),
                None => break,
            }
        }
        Ok((!items.is_empty()).then(|| Value::tuple(items)))
    }))
}

fn cycle(walk: Walk) -> Value {
    let (mut walk, mut seen, mut at) = (Some(walk), Vec::new(), 0usize);
    walking("itertools.cycle", move |context| {
        if let Some(inner) = &mut walk {
            if let Some(item) = inner.next(context)? {
                seen.push(item.clone());
                return Ok(Some(item));
            }
            walk = None;
        }
        if seen.is_empty() {
            return Ok(None);
        }
        at += 1;
        Ok(Some(seen[(at - 1) % seen.len()].clone()))
    })
}

/// What the groups of `groupby` share.
struct Groups {
    walk: Walk,
    key: Option<Value>,
    /// The next item with its key, taken but not given out.
    next: Option<(Value, Value)>,
    /// Counts groups, so that an old one knows that it is over.
    group: usize,
}

impl Groups {
    fn advance(&mut self, context: &Context) -> Result<()> {
        self.next = match self.walk.next(context)? {
            Some(item) => {
                let key = match &self.key {
                    Some(key) => context.call(key, Args::one(item.clone()))?,
                    None => item.clone(),
                };
                Some((key, item))
            }
            None => None,
        };
        Ok(())
    }
}

fn group_by(walk: Walk, key: Option<Value>) -> Value {
    let groups = Arc::new(Mutex::new(Groups { walk, key, next: None, group: 0 }));
    let mut current: Option<Value> = None;
    walking("itertools.groupby", move |context| {
        let mut state = groups.lock();
        if state.next.is_none() {
            state.advance(context)?;
        }
        // What the last group has left over is passed by.
        while let (Some(current), Some((key, _))) = (&current, &state.next) {
            if !equal(context, current, key)? {
                break;
            }
            state.advance(context)?;
        }
        let Some((key, _)) = state.next.clone() else { return Ok(None) };
        state.group += 1;
        current = Some(key.clone());
        let (group, shared, of) = (state.group, groups.clone(), key.clone());
        let members = walking("itertools._grouper", move |context| {
            let mut state = shared.lock();
            if state.group != group {
                return Ok(None);
            }
            if state.next.is_none() {
                state.advance(context)?;
            }
            match &state.next {
                Some((key, _)) if equal(context, &of, key)? => Ok(state.next.take().map(|(_, item)| item)),
                _ => Ok(None),
            }
        });
        Ok(Some(Value::tuple([key, members])))
    })
}

fn slice(mut walk: Walk, args: &[Value]) -> Result<Value> {
    use crate::convert::FromValue;
    let number = |value: &Value| match Option::<i64>::from_value(value) {
        Some(None) => Ok(None),
        Some(Some(number)) if number >= 0 => Ok(Some(number as usize)),
        _ => bail!("islice() takes None or integers of 0 or more"),
    };
    let (start, stop, step) = match args {
        [stop] => (0, number(stop)?, 1),
        [start, stop] => (number(start)?.unwrap_or(0), number(stop)?, 1),
        [start, stop, step] => (number(start)?.unwrap_or(0), number(stop)?, number(step)?.unwrap_or(1)),
        _ => bail!(TypeError: "islice expected 2 to 4 arguments, got {}", args.len() + 1),
    };
    if step == 0 {
        bail!("step for islice() must be a positive integer or None");
    }
    let (mut at, mut next) = (0usize, start);
    Ok(walking("itertools.islice", move |context| {
        if stop.is_some_and(|stop| next >= stop) {
            return Ok(None);
        }
        loop {
            let Some(item) = walk.next(context)? else { return Ok(None) };
            at += 1;
            if at > next {
                next = next.saturating_add(step);
                return Ok(Some(item));
            }
        }
    }))
}

fn tee(walk: Walk, n: usize) -> Value {
    /// The walk, and for each of its readers what it has not seen yet.
    type Shared = (Walk, Vec<VecDeque<Value>>);
    let shared: Arc<Mutex<Shared>> = Arc::new(Mutex::new((walk, vec![VecDeque::new(); n])));
    Value::tuple((0..n).map(|reader| {
        let shared = shared.clone();
        walking("itertools._tee", move |context| {
            let mut state = shared.lock();
            let (walk, waiting) = &mut *state;
            if let Some(item) = waiting[reader].pop_front() {
                return Ok(Some(item));
            }
            let Some(item) = walk.next(context)? else { return Ok(None) };
            for (other, queue) in waiting.iter_mut().enumerate() {
                if other != reader {
                    queue.push_back(item.clone());
                }
            }
            Ok(Some(item))
        })
    }))
}
