//! Reductions: each partition by itself, then groups of results, until one is left.

use super::lazy::Bag;
use super::part::{Partition, call, lazy};
use crate::context::Context;
use crate::convert::Maybe;
use crate::error::Result;
use crate::value::Value;
use crate::{Keywords, bail, builtins};

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
