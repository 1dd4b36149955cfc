//! Methods that work partition by partition: `map`, `filter`, `pluck`, `flatten`, `take`.

use super::lazy::Bag;
use super::make::same_partitions;
use super::part::{Partition, call, lazy};
use crate::compute::compute_one;
use crate::context::Context;
use crate::convert::Maybe;
use crate::delayed::function_name;
use crate::error::{Kind, Result};
use crate::modules::warnings::warn;
use crate::value::Value;
use crate::{Keywords, Rest, bail, builtins};

builtins! {
    /// Calls a function on each item; further bags go side by side with this one.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence([1, 2, 3]).map(lambda x: x + 1).compute()
    /// #> [2, 3, 4]
    /// ```
    fn map[context](
        this: Bag,
        /// The function.
        func: Value,
        /// Further bags, and values that are the same for all.
        args: Rest,
        /// Arguments by name, the same for all.
        kwargs: Keywords,
    ) -> Result<Value> {
        let mut all = vec![Value::lazy(this)];
        all.extend(args.0);
        super::methods::map(context, &func, &all, kwargs)
    }

    /// Calls a function with the parts of each item as its arguments.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence([(2, 3), (3, 2)]).starmap(pow).compute()
    /// #> [8, 9]
    /// ```
    fn starmap[context](
        this: Bag,
        /// The function.
        func: Value,
        /// Arguments by name, the same for all.
        kwargs: Keywords,
    ) -> Result<Value> {
        let name = function_name(&func);
        each(context, &this, &name, "starmap", &[func, Value::dict(kwargs.0)])
    }

    /// Keeps the items of which a function says yes.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence(range(6)).filter(lambda x: x > 3).compute()
    /// #> [4, 5]
    /// ```
    fn filter[context](
        this: Bag,
        /// The function.
        predicate: Value,
    ) -> Result<Value> { each(context, &this, &named("filter", &predicate), "filter", &[predicate, Value::Bool(true)]) }

    /// Leaves out the items of which a function says yes.
    fn remove[context](
        this: Bag,
        /// The function.
        predicate: Value,
    ) -> Result<Value> { each(context, &this, &named("remove", &predicate), "filter", &[predicate, Value::Bool(false)]) }

    /// Takes something out of each item.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// b = db.from_sequence([{"name": "Alice", "n": 1}, {"name": "Bob"}])
    /// b.pluck("name").compute(), b.pluck("n", default=0).compute()
    /// #> (['Alice', 'Bob'], [1, 0])
    /// ```
    fn pluck[context](
        this: Bag,
        /// A key or position, or a list of them.
        key: Value,
        /// What stands for one that is not there; an error if not given.
        default: Maybe,
    ) -> Result<Value> {
        let mut args = vec![key];
        args.extend(default.0);
        each(context, &this, "pluck", "pluck", &args)
    }

    /// The items of the items.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence([[1], [2, 3]]).flatten().compute()
    /// #> [1, 2, 3]
    /// ```
    fn flatten[context](this: Bag) -> Result<Value> { each(context, &this, "flatten", "flatten", &[]) }

    /// Calls a function on the list of each partition.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence([1, 2, 3, 4], npartitions=2).map_partitions(lambda part: [sum(part)]).compute()
    /// #> [3, 7]
    /// ```
    fn map_partitions[context](
        this: Bag,
        /// A function from a list to a list.
        func: Value,
        /// Further arguments.
        args: Rest,
        /// Further arguments by name.
        kwargs: Keywords,
    ) -> Result<Value> {
        let name = function_name(&func);
        each(context, &this, &name, "map_partitions", &[func, Value::list(args.0), Value::dict(kwargs.0)])
    }

    /// The first items, as a tuple.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence(range(1000)).take(3)
    /// #> (0, 1, 2)
    /// ```
    fn take[context](
        this: Bag,
        /// How many.
        k: usize,
        /// How many partitions are looked at; -1: all.
        npartitions: i64 = 1,
        /// Whether to give the items at once; otherwise a bag.
        compute: bool = true,
        /// Whether to say so when there are too few.
        warn: bool = true,
    ) -> Result<Value> { take(context, &this, k, npartitions, compute, warn) }

    /// All pairs of the items of two bags.
    fn product[context](
        this: Bag,
        /// The other bag.
        other: Bag,
    ) -> Result<Value> {
        let mut parts = Vec::new();
        for part in this.parts.iter() {
            for other in other.parts.iter() {
                parts.push(call(context, "product", "product", &[lazy(part), lazy(other)])?);
            }
        }
        Ok(Value::lazy(Bag::new("product", parts)))
    }

    /// Pairs of items that have equal keys.
    fn join[context](
        this: Bag,
        /// A list, a lazy call of one, or a bag of one partition.
        other: Value,
        /// The key of an item: a function, or a name or position.
        on_self: Value,
        /// The key of another; the same if not given.
        on_other: Option<Value>,
    ) -> Result<Value> {
        let other = match other.get::<Bag>() {
            Some(bag) if bag.parts.len() == 1 => lazy(&bag.parts[0]),
            Some(_) => bail!(NotImplementedError: "a bag can be joined with a bag of one partition"; hint: "`.repartition(npartitions=1)`"),
            None => other,
        };
        let on_other = on_other.unwrap_or_else(|| on_self.clone());
        each(context, &this, "join", "join", &[other, on_self, on_other])
    }
}

/// Attributes.
pub mod properties {
    use super::*;

    builtins! {
        /// How many partitions there are.
        fn npartitions(this: Bag) -> usize { this.parts.len() }

        /// The name of the work: equal for equal work.
        fn name(this: Bag) -> String { crate::object::Lazy::key(&this) }
    }
}

/// Is it a bag?
pub fn is_bag(value: &Value) -> bool {
    value.get::<Bag>().is_some()
}

/// `filter-lambda`, as Dask calls it.
fn named(what: &str, function: &Value) -> String {
    let name = function_name(function);
    match name.chars().all(char::is_alphabetic) {
        true => format!("{what}-{name}"),
        false => what.to_string(),
    }
}

/// A step for each partition.
pub fn each(context: &Context, bag: &Bag, name: &str, step: &str, args: &[Value]) -> Result<Value> {
    let mut parts: Vec<Partition> = Vec::with_capacity(bag.parts.len());
    for part in bag.parts.iter() {
        let mut all = vec![lazy(part)];
        all.extend(args.iter().cloned());
        parts.push(call(context, name, step, &all)?);
    }
    Ok(Value::lazy(Bag::new(name, parts)))
}

/// A call for each item; bags among the arguments go side by side, other values are the same for all.
pub fn map(context: &Context, function: &Value, args: &[Value], kwargs: Keywords) -> Result<Value> {
    if !crate::builtins::inspect::callable(function) {
        bail!(TypeError: "expected a function, got {}", crate::convert::describe(function); hint: "the function without `()`: `b.map(f)`");
    }
    let bags: Vec<Bag> = args.iter().filter_map(|value| value.get::<Bag>().cloned()).collect();
    same_partitions(&bags)?;
    // Bags by position stand before the values: the order of a call is kept only then.
    let first_value = args.iter().position(|value| !is_bag(value)).unwrap_or(args.len());
    if args[first_value..].iter().any(is_bag) {
        bail!(NotImplementedError: "a bag after a plain value among the arguments of `map`"; hint: "give the plain value by name, or put bags together with `db.zip`");
    }
    let rest = Value::list(args[first_value..].iter().cloned());
    if kwargs.0.iter().any(|(_, value)| is_bag(value)) {
        bail!(NotImplementedError: "a bag as an argument by name of `map`"; hint: "give it by position");
    }
    let named = Value::dict(kwargs.0);
    let name = function_name(function);
    let mut parts = Vec::new();
    for at in 0..bags.first().map_or(0, |bag| bag.parts.len()) {
        let row = Value::list(bags.iter().map(|bag| lazy(&bag.parts[at])));
        parts.push(call(context, &name, "map", &[row, function.clone(), rest.clone(), named.clone()])?);
    }
    Ok(Value::lazy(Bag::new(&name, parts)))
}

fn take(context: &Context, bag: &Bag, k: usize, npartitions: i64, compute: bool, warns: bool) -> Result<Value> {
    let count = if npartitions < 0 { bag.parts.len() } else { npartitions as usize };
    if count > bag.parts.len() {
        bail!("only {} partitions, take received {count}", bag.parts.len(); hint: "-1 stands for all");
    }
    let lists = Value::list(bag.parts[..count].iter().map(lazy));
    let part = call(context, "take", "take", &[lists, Value::from(k)])?;
    if !compute {
        return Ok(Value::lazy(Bag::new("take", vec![part])));
    }
    let taken = compute_one(context, &lazy(&part))?;
    let n = taken.items().map_or(0, |items| items.len());
    if n < k && warns {
        let text = format!(
            "Insufficient elements for `take`. {k} elements requested, only {n} elements available. Try passing larger `npartitions` to `take`."
        );
        warn(context, Kind::UserWarning, &text)?;
    }
    Ok(taken)
}
