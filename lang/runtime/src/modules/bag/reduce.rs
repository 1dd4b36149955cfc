//! Reductions: each partition by itself, then groups of results, until one is left.

use std::sync::Arc;

use indexmap::map::Entry;

use super::lazy::Bag;
use super::part::{Partition, call, lazy};
use super::steps::dict_value;
use crate::builtin::Args;
use crate::context::Context;
use crate::convert::Maybe;
use crate::error::Result;
use crate::evaluate::collect;
use crate::operators;
use crate::value::{Dict, HashKey, Value};
use crate::{Keywords, bail, builtins};
use rdk_syntax::tree::{BinaryOp, CompareOp};

/// How many results are put together at once, as in Dask.
const SPLIT_EVERY: usize = 8;

builtins! {
    /// How many items there are.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence([5, 6, 7]).count().compute()
    /// #> 3
    /// ```
    fn count[context](this: Bag, /// How many results are put together at once.
        split_every: Option<Value>) -> Result<Value> { reduced(context, &this, "count", Parts::named("count"), Parts::named("total"), split_every) }

    /// The sum of the items.
    fn sum[context](this: Bag, /// How many results are put together at once.
        split_every: Option<Value>) -> Result<Value> { reduced(context, &this, "sum", Parts::named("total"), Parts::named("total"), split_every) }

    /// The largest item.
    fn max[context](this: Bag, /// How many results are put together at once.
        split_every: Option<Value>) -> Result<Value> { extreme_item(context, &this, "max", true, split_every) }

    /// The smallest item.
    fn min[context](this: Bag, /// How many results are put together at once.
        split_every: Option<Value>) -> Result<Value> { extreme_item(context, &this, "min", false, split_every) }

    /// Is any item true?
    fn any[context](this: Bag, /// How many results are put together at once.
        split_every: Option<Value>) -> Result<Value> { reduced(context, &this, "any", Parts::with("truths", [Value::Bool(true)]), Parts::with("truths", [Value::Bool(true)]), split_every) }

    /// Are all items true?
    fn all[context](this: Bag, /// How many results are put together at once.
        split_every: Option<Value>) -> Result<Value> { reduced(context, &this, "all", Parts::with("truths", [Value::Bool(false)]), Parts::with("truths", [Value::Bool(false)]), split_every) }

    /// The mean of the items.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence([1, 2, 6]).mean().compute()
    /// #> 3.0
    /// ```
    fn mean[context](this: Bag) -> Result<Value> { moments(context, &this, "mean", 0) }

    /// The variance of the items.
    fn var[context](
        this: Bag,
        /// What is taken off the number of items to divide by.
        ddof: i64 = 0,
    ) -> Result<Value> { moments(context, &this, "var", ddof) }

    /// The standard deviation of the items.
    fn std[context](
        this: Bag,
        /// What is taken off the number of items to divide by.
        ddof: i64 = 0,
    ) -> Result<Value> { moments(context, &this, "std", ddof) }

    /// How often each item is there, as pairs.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// dict(db.from_sequence(["a", "b", "a"]).frequencies())
    /// #> {'a': 2, 'b': 1}
    /// ```
    fn frequencies[context](
        this: Bag,
        /// How many results are put together at once.
        split_every: Option<Value>,
        /// Whether the most frequent come first.
        sort: bool = false,
    ) -> Result<Value> {
        let part = tree(context, &this, "frequencies", &Parts::named("frequencies"), &Parts::named("frequencies_of"), split_every)?;
        let part = call(context, "frequencies", "pairs", &[lazy(&part), Value::Bool(sort)])?;
        Ok(Value::lazy(Bag::new("dictitems", vec![part])))
    }

    /// The largest items, by a key if one is given.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence([10, 3, 5, 7, 11, 4]).topk(2).compute()
    /// #> [11, 10]
    /// ```
    fn topk[context](
        this: Bag,
        /// How many.
        k: usize,
        /// What to compare: a function of an item, or a name or position.
        key: Option<Value>,
        /// How many results are put together at once.
        split_every: Option<Value>,
    ) -> Result<Value> {
        let args = [Value::from(k), key.into()];
        let part = tree(context, &this, "topk", &Parts::with("topk", args.clone()), &Parts::with("topk_of", args), split_every)?;
        Ok(Value::lazy(Bag::new("topk-aggregate", vec![part])))
    }

    /// Each item once.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence(["a", "b", "a"]).distinct().compute()
    /// #> ['a', 'b']
    /// ```
    fn distinct[context](
        this: Bag,
        /// What makes items equal: a function of an item, or a name or position.
        key: Option<Value>,
    ) -> Result<Value> {
        let args: [Value; 1] = [key.into()];
        let part = tree(context, &this, "distinct", &Parts::with("distinct", args.clone()), &Parts::with("distinct_of", args), None)?;
        Ok(Value::lazy(Bag::new("distinct-aggregate", vec![part])))
    }

    /// Puts all items together with a function of two.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// from operator import add
    /// db.from_sequence(range(5)).fold(add).compute()
    /// #> 10
    /// ```
    fn fold[context](
        this: Bag,
        /// A function of the total so far and an item.
        binop: Value,
        /// A function of two totals; the same if not given.
        combine: Option<Value>,
        /// The total of each partition before any item.
        initial: Maybe,
        /// How many results are put together at once.
        split_every: Option<Value>,
        /// Accepted, not used.
        out_type: Option<Value>,
    ) -> Result<Value> {
        let _ = out_type;
        let combine = combine.unwrap_or_else(|| binop.clone());
        let mut args = vec![binop];
        args.extend(initial.0);
        reduced(context, &this, "fold", Parts { step: "fold", args }, Parts::with("fold", [combine]), split_every)
    }

    /// Puts the items of each group together with a function of two; gives pairs of key and total.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// b = db.from_sequence([1, 2, 3, 4, 5])
    /// sorted(b.foldby(lambda x: x % 2, lambda total, x: total + x, 0, lambda a, b: a + b, 0).compute())
    /// #> [(0, 6), (1, 9)]
    /// ```
    fn foldby[context](
        this: Bag,
        /// The group of an item: a function, or a name or position.
        key: Value,
        /// A function of the total so far and an item.
        binop: Value,
        /// The total of a group before any item.
        initial: Maybe,
        /// A function of two totals; the same if not given.
        combine: Option<Value>,
        /// The total of totals before any.
        combine_initial: Maybe,
        /// How many results are put together at once.
        split_every: Option<Value>,
    ) -> Result<Value> {
        let combine = combine.unwrap_or_else(|| binop.clone());
        let mut args = vec![key, binop];
        args.extend(initial.0);
        let mut combined = vec![combine];
        combined.extend(combine_initial.0);
        let part = tree(context, &this, "foldby", &Parts { step: "foldby", args }, &Parts { step: "foldby_of", args: combined }, split_every)?;
        let part = call(context, "foldby", "pairs", &[lazy(&part), Value::Bool(false)])?;
        Ok(Value::lazy(Bag::new("foldby-b", vec![part])))
    }

    /// Puts the items of each group into a list; gives pairs of key and list.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence(range(5)).groupby(lambda x: x % 2).compute()
    /// #> [(0, [0, 2, 4]), (1, [1, 3])]
    /// ```
    fn groupby[context](
        this: Bag,
        /// The group of an item: a function, or a name or position.
        grouper: Value,
        /// `method`, `npartitions`, `blocksize`, `max_branch`, `shuffle`: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        let part = tree(context, &this, "groupby", &Parts::with("groupby", [grouper]), &Parts::named("groupby_of"), None)?;
        let part = call(context, "groupby", "pairs", &[lazy(&part), Value::Bool(false)])?;
        Ok(Value::lazy(Bag::new("groupby-collect", vec![part])))
    }

    /// Calls a function on each partition, and another on the list of what it gave.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence(range(10), npartitions=3).reduction(sum, sum).compute()
    /// #> 45
    /// ```
    fn reduction[context](
        this: Bag,
        /// A function of a list of items.
        perpartition: Value,
        /// A function of a list of what that gave.
        aggregate: Value,
        /// How many results are put together at once.
        split_every: Option<Value>,
        /// Accepted, not used.
        out_type: Option<Value>,
        /// What the tasks are called.
        name: Option<String>,
    ) -> Result<Value> {
        let _ = out_type;
        let name = name.unwrap_or_else(|| "reduction".into());
        reduced(context, &this, &name, Parts::with("apply", [perpartition]), Parts::with("apply", [aggregate]), split_every)
    }
}

/// A step with the arguments that follow the list.
struct Parts {
    step: &'static str,
    args: Vec<Value>,
}

impl Parts {
    fn named(step: &'static str) -> Parts {
        Parts { step, args: Vec::new() }
    }

    fn with(step: &'static str, args: impl IntoIterator<Item = Value>) -> Parts {
        Parts { step, args: args.into_iter().collect() }
    }

    fn call(&self, context: &Context, name: &str, first: Value) -> Result<Partition> {
        let mut all = vec![first];
        all.extend(self.args.iter().cloned());
        call(context, name, self.step, &all)
    }
}

/// The lazy value that a tree of reductions ends in.
fn reduced(context: &Context, bag: &Bag, name: &str, first: Parts, then: Parts, every: Option<Value>) -> Result<Value> {
    Ok(lazy(&tree(context, bag, name, &first, &then, every)?))
}

fn tree(
    context: &Context,
    bag: &Bag,
    name: &str,
    first: &Parts,
    then: &Parts,
    every: Option<Value>,
) -> Result<Partition> {
    let every = match every {
        Some(Value::Bool(false)) => usize::MAX,
        Some(Value::Int(n)) if n >= 2 => n as usize,
        None => SPLIT_EVERY,
        Some(other) => bail!("split_every is a number of at least 2, or False, got {}", other.text()),
    };
    let mut level = bag.parts.iter().map(|part| first.call(context, name, lazy(part))).collect::<Result<Vec<_>>>()?;
    loop {
        level = level
            .chunks(every)
            .map(|group| then.call(context, name, Value::list(group.iter().map(lazy))))
            .collect::<Result<Vec<_>>>()?;
        if let [last] = level.as_slice() {
            return Ok(last.clone());
        }
    }
}

fn extreme_item(context: &Context, bag: &Bag, name: &str, largest: bool, every: Option<Value>) -> Result<Value> {
    let which = Value::Bool(largest);
    let (first, then) = (Parts::with("extreme", [which.clone()]), Parts::with("extreme_of", [which]));
    let part = tree(context, bag, name, &first, &then, every)?;
    Ok(lazy(&call(context, name, "single", &[lazy(&part), Value::str(name)])?))
}

fn moments(context: &Context, bag: &Bag, name: &str, ddof: i64) -> Result<Value> {
    let part = tree(context, bag, name, &Parts::named("moments"), &Parts::named("moments_of"), None)?;
    let part = call(context, name, "moment", &[lazy(&part), Value::str(name), Value::Int(ddof)])?;
    Ok(lazy(&part))
}

/// The steps of reductions.
pub mod steps {
    use super::*;

    builtins! {
        /// How many.
        fn count[context](/// The items.
            part: Value) -> Result<usize> { Ok(collect(context, &part)?.len()) }

        /// The sum.
        fn total[context](/// The items.
            part: Value) -> Result<Value> {
            let mut total = Value::Int(0);
            for item in collect(context, &part)? {
                total = operators::binary(context, BinaryOp::Add, &total, &item)?;
            }
            Ok(total)
        }

        /// The largest or smallest as a list of one; of nothing an empty list.
        fn extreme[context](/// The items.
            part: Value, /// Which.
            largest: bool) -> Result<Value> { Ok(Value::list(extreme(context, collect(context, &part)?, largest)?)) }

        /// The largest or smallest of lists of one.
        fn extreme_of[context](/// The lists.
            parts: Value, /// Which.
            largest: bool) -> Result<Value> {
            let all = joined(context, &parts)?;
            match extreme(context, all, largest)? {
                Some(item) => Ok(Value::list([item])),
                None => Ok(Value::list([])),
            }
        }

        /// Is any true, or are all?
        fn truths[context](/// The items.
            part: Value, /// Any.
            any: bool) -> Result<bool> {
            for item in collect(context, &part)? {
                if operators::truth(context, &item)? == any {
                    return Ok(any);
                }
            }
            Ok(!any)
        }

        /// How many, their sum, the sum of their squares.
        fn moments[context](/// The items.
            part: Value) -> Result<Value> {
            let items = collect(context, &part)?;
            let n = items.len() as f64;
            let mean = items.iter().map(number).sum::<Result<f64>>()? / n.max(1.0);
            let around = items.iter().map(|item| number(item).map(|x| (x - mean).powi(2))).sum::<Result<f64>>()?;
            Ok(Value::tuple([n, mean, around].map(Value::Float)))
        }

        /// Several of those as one.
        fn moments_of[context](/// The parts.
            parts: Value) -> Result<Value> {
            let (mut n, mut mean, mut around) = (0.0, 0.0, 0.0);
            for part in collect(context, &parts)? {
                let [m, other_mean, other_around] = three(&part);
                if m > 0.0 {
                    let (all, apart) = (n + m, other_mean - mean);
                    mean += apart * m / all;
                    around += other_around + apart * apart * n * m / all;
                    n = all;
                }
            }
            Ok(Value::tuple([n, mean, around].map(Value::Float)))
        }

        /// What they come to.
        fn moment(/// The parts.
            part: Value, /// Which.
            name: String, /// What is taken off the number.
            ddof: i64) -> Result<f64> {
            let [n, mean, around] = three(&part);
            if n == 0.0 {
                bail!(ZeroDivisionError: "division by zero"; hint: "the bag is empty");
            }
            let variance = around / (n - ddof as f64);
            Ok(match name.as_str() {
                "mean" => mean,
                "var" => variance,
                _ => variance.sqrt(),
            })
        }

        /// How often each is there.
        fn frequencies[context](/// The items.
            part: Value) -> Result<Value> {
            let mut counts = Dict::default();
            for item in collect(context, &part)? {
                add(context, &mut counts, HashKey::new(item)?, Value::Int(1))?;
            }
            Ok(dict_value(counts))
        }

        /// Several of those as one.
        fn frequencies_of[context](/// The dicts.
            parts: Value) -> Result<Value> {
            let mut counts = Dict::default();
            for part in collect(context, &parts)? {
                for (key, count) in entries(&part) {
                    add(context, &mut counts, key, count)?;
                }
            }
            Ok(dict_value(counts))
        }

        /// The entries of a dict as pairs.
        fn pairs[context](/// The dict.
            part: Value, /// Whether the largest values come first.
            sort: bool) -> Result<Value> {
            let mut pairs = entries(&part);
            if sort {
                let counts = |pair: &(HashKey, Value)| crate::FromValue::from_value(&pair.1).unwrap_or(0i64);
                pairs.sort_by_key(|pair| std::cmp::Reverse(counts(pair)));
            }
            let _ = context;
            Ok(Value::list(pairs.into_iter().map(|(key, value)| Value::tuple([key.value().clone(), value]))))
        }

        /// The largest.
        fn topk[context](/// The items.
            part: Value, /// How many.
            k: usize, /// By what.
            key: Value) -> Result<Value> { topk(context, collect(context, &part)?, k, &key) }

        /// The largest of several lists.
        fn topk_of[context](/// The lists.
            parts: Value, /// How many.
            k: usize, /// By what.
            key: Value) -> Result<Value> { topk(context, joined(context, &parts)?, k, &key) }

        /// Each once.
        fn distinct[context](/// The items.
            part: Value, /// By what.
            key: Value) -> Result<Value> { distinct(context, collect(context, &part)?, &key) }

        /// Each once, of several lists.
        fn distinct_of[context](/// The lists.
            parts: Value, /// By what.
            key: Value) -> Result<Value> { distinct(context, joined(context, &parts)?, &key) }

        /// All together.
        fn fold[context](/// The items.
            part: Value, /// The function of two.
            binop: Value, /// The first total.
            initial: Maybe) -> Result<Value> {
            let mut items = collect(context, &part)?.into_iter();
            let Some(mut total) = initial.0.or_else(|| items.next()) else {
                bail!(TypeError: "reduce() of empty iterable with no initial value"; hint: "`initial=` is the total of nothing");
            };
            for item in items {
                total = context.call(&binop, Args::of([total, item]))?;
            }
            Ok(total)
        }

        /// The items of each group together.
        fn foldby[context](/// The items.
            part: Value, /// The group.
            key: Value, /// The function of two.
            binop: Value, /// The first total.
            initial: Maybe) -> Result<Value> {
            let mut totals = Dict::default();
            for item in collect(context, &part)? {
                let group = HashKey::new(super::super::steps::keyed(context, &key, &item)?)?;
                fold_in(context, &mut totals, group, item, &binop, &initial.0)?;
            }
            Ok(dict_value(totals))
        }

        /// Totals of the same group together.
        fn foldby_of[context](/// The dicts.
            parts: Value, /// The function of two.
            combine: Value, /// The first total.
            initial: Maybe) -> Result<Value> {
            let mut totals = Dict::default();
            for part in collect(context, &parts)? {
                for (group, total) in entries(&part) {
                    fold_in(context, &mut totals, group, total, &combine, &initial.0)?;
                }
            }
            Ok(dict_value(totals))
        }

        /// The items of each group as a list.
        fn groupby[context](/// The items.
            part: Value, /// The group.
            grouper: Value) -> Result<Value> {
            let mut groups = Dict::default();
            for item in collect(context, &part)? {
                let group = HashKey::new(super::super::steps::keyed(context, &grouper, &item)?)?;
                append(&mut groups, group, [item]);
            }
            Ok(dict_value(groups))
        }

        /// Lists of the same group as one.
        fn groupby_of[context](/// The dicts.
            parts: Value) -> Result<Value> {
            let mut groups = Dict::default();
            for part in collect(context, &parts)? {
                for (group, items) in entries(&part) {
                    append(&mut groups, group, collect(context, &items)?);
                }
            }
            Ok(dict_value(groups))
        }

        /// Calls a function on the list.
        fn apply[context](/// The items.
            part: Value, /// The function.
            func: Value) -> Result<Value> { context.call(&func, Args::one(part)) }

        /// The only item of a list.
        fn single[context](/// The list.
            part: Value, /// What was looked for.
            name: String) -> Result<Value> {
            match collect(context, &part)?.into_iter().next() {
                Some(item) => Ok(item),
                None => bail!("{name}() of an empty bag"; hint: "`.count().compute()` says how many items there are"),
            }
        }
    }
}

fn joined(context: &Context, parts: &Value) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    for part in collect(context, parts)? {
        all.extend(collect(context, &part)?);
    }
    Ok(all)
}

fn entries(part: &Value) -> Vec<(HashKey, Value)> {
    match part {
        Value::Dict(dict) => dict.0.lock().iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        _ => Vec::new(),
    }
}

fn extreme(context: &Context, items: Vec<Value>, largest: bool) -> Result<Option<Value>> {
    let op = if largest { CompareOp::Greater } else { CompareOp::Less };
    let mut best: Option<Value> = None;
    for item in items {
        let better = match &best {
            Some(best) => operators::truth(context, &operators::compare(context, op, &item, best)?)?,
            None => true,
        };
        if better {
            best = Some(item);
        }
    }
    Ok(best)
}

fn topk(context: &Context, items: Vec<Value>, k: usize, key: &Value) -> Result<Value> {
    // A position in the list behind the key keeps equal ones in their order, and items from being compared.
    let mut rows: Vec<(Value, Value)> = Vec::with_capacity(items.len());
    for item in items {
        rows.push((super::steps::keyed(context, key, &item)?, item));
    }
    let mut problem = None;
    rows.sort_by(|a, b| {
        let more = |a: &Value, b: &Value| -> Result<bool> {
            operators::truth(context, &operators::compare(context, CompareOp::Greater, a, b)?)
        };
        let order = more(&a.0, &b.0).and_then(|first| {
            Ok(match first {
                true => std::cmp::Ordering::Less,
                false if more(&b.0, &a.0)? => std::cmp::Ordering::Greater,
                false => std::cmp::Ordering::Equal,
            })
        });
        order.unwrap_or_else(|error| {
            problem.get_or_insert(error);
            std::cmp::Ordering::Equal
        })
    });
    match problem {
        Some(error) => Err(error),
        None => Ok(Value::list(rows.into_iter().take(k).map(|(_, item)| item))),
    }
}

fn distinct(context: &Context, items: Vec<Value>, key: &Value) -> Result<Value> {
    let mut seen = Dict::default();
    for item in items {
        let key = HashKey::new(super::steps::keyed(context, key, &item)?)?;
        seen.0.get_mut().entry(key).or_insert(item);
    }
    Ok(Value::list(std::mem::take(seen.0.get_mut()).into_values()))
}

fn add(context: &Context, counts: &mut Dict, key: HashKey, count: Value) -> Result<()> {
    match counts.0.get_mut().entry(key) {
        Entry::Occupied(mut known) => {
            let sum = operators::binary(context, BinaryOp::Add, known.get(), &count)?;
            known.insert(sum);
        }
        Entry::Vacant(new) => {
            new.insert(count);
        }
    }
    Ok(())
}

fn append(groups: &mut Dict, group: HashKey, items: impl IntoIterator<Item = Value>) {
    let list = groups.0.get_mut().entry(group).or_insert_with(|| Value::list([]));
    if let Value::List(list) = list {
        list.0.lock().extend(items);
    }
}

fn fold_in(
    context: &Context,
    totals: &mut Dict,
    group: HashKey,
    item: Value,
    binop: &Value,
    initial: &Option<Value>,
) -> Result<()> {
    let known = totals.0.get_mut().get(&group).cloned().or_else(|| initial.clone());
    let total = match known {
        Some(total) => context.call(binop, Args::of([total, item]))?,
        None => item,
    };
    totals.0.get_mut().insert(group, total);
    Ok(())
}

fn number(value: &Value) -> Result<f64> {
    match value.as_f64() {
        Some(number) => Ok(number),
        None => bail!(TypeError: "expected numbers, got {}", crate::convert::describe(value)),
    }
}

fn three(part: &Value) -> [f64; 3] {
    let items: Arc<[Value]> = part.items().unwrap_or_default().into();
    std::array::from_fn(|at| items.get(at).and_then(Value::as_f64).unwrap_or(0.0))
}
