//! The steps of reductions: what is done with the items of a partition, and with a list of results.

use super::steps::dict_value;
use crate::builtin::Args;
use crate::context::Context;
use crate::convert::Maybe;
use crate::error::Result;
use crate::evaluate::collect;
use crate::operators;
use crate::value::{Dict, HashKey, Value};
use crate::{bail, builtins};
use indexmap::map::Entry;
use rdk_syntax::tree::{BinaryOp, CompareOp};
use std::sync::Arc;

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
            let group = HashKey::new(super::steps::keyed(context, &key, &item)?)?;
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
            let group = HashKey::new(super::steps::keyed(context, &grouper, &item)?)?;
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
