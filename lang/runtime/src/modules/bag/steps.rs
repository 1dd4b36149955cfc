//! What is done with a partition: from lists to lists, each by a task.

use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;

use super::make::lines_of;
use crate::builtin::Args;
use crate::context::Context;
use crate::convert::Maybe;
use crate::error::Result;
use crate::evaluate::{collect, iterate};
use crate::operators;
use crate::value::{Dict, HashKey, Value};
use crate::{Builtin, Keywords, bail, builtins};

/// The step of this name, as a function.
pub fn step(name: &str) -> Value {
    static STEPS: LazyLock<FxHashMap<&'static str, Arc<Builtin>>> = LazyLock::new(|| {
        let all = builtins().into_iter().chain(super::reduce_steps::builtins());
        all.map(|builtin| (builtin.name, Arc::new(builtin))).collect()
    });
    STEPS.get(name).map_or(Value::None, |builtin| Value::Builtin(builtin.clone()))
}

/// The items of a partition.
fn items(context: &Context, part: &Value) -> Result<Vec<Value>> {
    collect(context, part)
}

/// Calls a function of one item.
fn call(context: &Context, function: &Value, item: Value) -> Result<Value> {
    context.call(function, Args::one(item))
}

builtins! {
    /// Calls a function on each item.
    fn map[context](
        /// The items, or several lists of them side by side.
        parts: Value,
        /// The function.
        func: Value,
        /// Arguments that are the same for all.
        rest: Value,
        /// The same by name.
        named: Value,
    ) -> Result<Value> { map(context, &parts, &func, &rest, &named) }

    /// Calls a function with the parts of each item.
    fn starmap[context](
        /// The items.
        part: Value,
        /// The function.
        func: Value,
        /// Arguments by name.
        named: Value,
    ) -> Result<Value> {
        let named = Keywords::of(&named);
        let mut results = Vec::new();
        for item in items(context, &part)? {
            let args = Args { positional: collect(context, &item)?.into(), keywords: named.0.clone() };
            results.push(context.call(&func, args)?);
        }
        Ok(Value::list(results))
    }

    /// Keeps the items of which a function says yes, or no.
    fn filter[context](
        /// The items.
        part: Value,
        /// The function.
        func: Value,
        /// What it is to say.
        wanted: bool,
    ) -> Result<Value> {
        let mut kept = Vec::new();
        for item in items(context, &part)? {
            context.check()?;
            if operators::truth(context, &call(context, &func, item.clone())?)? == wanted {
                kept.push(item);
            }
        }
        Ok(Value::list(kept))
    }

    /// Takes something out of each item.
    fn pluck[context](
        /// The items.
        part: Value,
        /// A key, or a list of keys.
        key: Value,
        /// What stands for one that is not there.
        default: Maybe,
    ) -> Result<Value> {
        let mut results = Vec::new();
        for item in items(context, &part)? {
            results.push(match &key {
                Value::List(keys) => Value::tuple(
                    keys.snapshot().iter().map(|key| plucked(context, &item, key, &default.0)).collect::<Result<Vec<_>>>()?,
                ),
                key => plucked(context, &item, key, &default.0)?,
            });
        }
        Ok(Value::list(results))
    }

    /// The items of the items.
    fn flatten[context](
        /// The items.
        part: Value,
    ) -> Result<Value> {
        let mut all = Vec::new();
        for item in items(context, &part)? {
            all.extend(collect(context, &item)?);
        }
        Ok(Value::list(all))
    }

    /// Calls a function on the whole list.
    fn map_partitions[context](
        /// The items.
        part: Value,
        /// The function.
        func: Value,
        /// Further arguments.
        rest: Value,
        /// Further arguments by name.
        named: Value,
    ) -> Result<Value> {
        let mut args = Args::one(part);
        args.positional.extend(collect(context, &rest)?);
        args.keywords = Keywords::of(&named).0;
        listed(context, context.call(&func, args)?)
    }

    /// Calls a method on each text.
    fn method[context](
        /// The items.
        part: Value,
        /// The name of the method.
        name: String,
        /// Its arguments.
        rest: Value,
        /// Its arguments by name.
        named: Value,
    ) -> Result<Value> {
        let rest = collect(context, &rest)?;
        let named = Keywords::of(&named).0;
        let mut results = Vec::new();
        for item in items(context, &part)? {
            let method = operators::attribute(context, &item, &name)?;
            let args = Args { positional: rest.iter().cloned().collect(), keywords: named.clone() };
            results.push(context.call(&method, args)?);
        }
        Ok(Value::list(results))
    }

    /// Items side by side.
    fn zip[context](
        /// Lists.
        parts: Value,
    ) -> Result<Value> {
        let mut walks = items(context, &parts)?.iter().map(|part| iterate(context, part)).collect::<Result<Vec<_>>>()?;
        let mut rows = Vec::new();
        loop {
            let mut row = Vec::with_capacity(walks.len());
            for walk in &mut walks {
                match walk.next(context)? {
                    Some(item) => row.push(item),
                    None => return Ok(Value::list(rows)),
                }
            }
            rows.push(Value::tuple(row));
        }
    }

    /// Lists one behind the other.
    fn concat[context](
        /// Lists.
        parts: Value,
    ) -> Result<Value> {
        let mut all = Vec::new();
        for part in items(context, &parts)? {
            all.extend(items(context, &part)?);
        }
        Ok(Value::list(all))
    }

    /// A piece of a list: part `at` of `n`.
    fn piece[context](
        /// The items.
        part: Value,
        /// Which piece.
        at: usize,
        /// Of how many.
        n: usize,
    ) -> Result<Value> {
        let all = items(context, &part)?;
        let edge = |at: usize| all.len() * at / n.max(1);
        Ok(Value::list(all[edge(at)..edge(at + 1)].to_vec()))
    }

    /// The first items of several lists.
    fn take[context](
        /// Lists.
        parts: Value,
        /// How many.
        k: usize,
    ) -> Result<Value> {
        let mut taken = Vec::new();
        for part in items(context, &parts)? {
            let left = k - taken.len();
            taken.extend(items(context, &part)?.into_iter().take(left));
        }
        Ok(Value::tuple(taken))
    }

    /// All pairs of two lists.
    fn product[context](
        /// The items.
        part: Value,
        /// The others.
        other: Value,
    ) -> Result<Value> {
        let others = items(context, &other)?;
        let mut pairs = Vec::new();
        for item in items(context, &part)? {
            pairs.extend(others.iter().map(|other| Value::tuple([item.clone(), other.clone()])));
        }
        Ok(Value::list(pairs))
    }

    /// Pairs of equal keys.
    fn join[context](
        /// The items.
        part: Value,
        /// The others.
        other: Value,
        /// The key of an item.
        on_self: Value,
        /// The key of another.
        on_other: Value,
    ) -> Result<Value> {
        let mut others: FxHashMap<u64, Vec<(HashKey, Value)>> = FxHashMap::default();
        let mut table = Dict::default();
        for item in items(context, &other)? {
            let key = HashKey::new(keyed(context, &on_other, &item)?)?;
            let at = match table.0.get_mut().get(&key) {
                Some(Value::Int(at)) => *at as u64,
                _ => {
                    let at = others.len() as u64;
                    table.0.get_mut().insert(key.clone(), Value::Int(at as i64));
                    at
                }
            };
            others.entry(at).or_default().push((key, item));
        }
        let mut pairs = Vec::new();
        for item in items(context, &part)? {
            let key = HashKey::new(keyed(context, &on_self, &item)?)?;
            if let Some(Value::Int(at)) = table.0.get_mut().get(&key) {
                let found = others.get(&(*at as u64)).into_iter().flatten();
                pairs.extend(found.map(|(_, other)| Value::tuple([other.clone(), item.clone()])));
            }
        }
        Ok(Value::list(pairs))
    }

    /// The lines of a file, or of a part of it.
    fn read_lines(
        /// The path.
        path: String,
        /// Where it begins, in bytes.
        start: u64,
        /// Where it ends; `None`: at the end.
        end: Option<u64>,
        /// What ends a line.
        delimiter: Option<String>,
        /// How it is packed.
        compression: Option<String>,
        /// Whether each line comes with the path.
        include_path: bool,
    ) -> Result<Value> {
        let lines = lines_of(&path, start, end, delimiter.as_deref(), compression.as_deref())?;
        Ok(Value::list(lines.into_iter().map(|line| match include_path {
            true => Value::tuple([Value::from(line), Value::str(&path)]),
            false => Value::from(line),
        })))
    }

    /// Writes items as lines; gives the path.
    fn write_lines[context](
        /// The items.
        part: Value,
        /// The path.
        path: String,
    ) -> Result<String> {
        let mut text = String::new();
        for (at, item) in items(context, &part)?.iter().enumerate() {
            let Some(line) = item.as_str() else {
                bail!(TypeError: "lines of a text file are texts, got {}", crate::convert::describe(item); hint: "`.map(json.dumps)` or `.map(str)` makes them")
            };
            if at > 0 && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(line);
        }
        super::make::write(&path, text.as_bytes())?;
        Ok(path)
    }
}

impl Keywords {
    /// The names and values of a dict.
    fn of(value: &Value) -> Keywords {
        <Keywords as crate::FromValue>::from_value(value).unwrap_or(Keywords(Vec::new()))
    }
}

fn map(context: &Context, parts: &Value, function: &Value, rest: &Value, named: &Value) -> Result<Value> {
    let named = Keywords::of(named).0;
    let rest = collect(context, rest)?;
    let lists = items(context, parts)?;
    let simple = named.is_empty() && rest.is_empty();
    if let ([part], true) = (lists.as_slice(), simple) {
        let mut results = Vec::new();
        for item in items(context, part)? {
            context.check()?;
            results.push(call(context, function, item)?);
        }
        return Ok(Value::list(results));
    }
    let mut walks = lists.iter().map(|part| iterate(context, part)).collect::<Result<Vec<_>>>()?;
    let mut results = Vec::new();
    loop {
        context.check()?;
        let mut args = Args { positional: Default::default(), keywords: named.clone() };
        for walk in &mut walks {
            match walk.next(context)? {
                Some(item) => args.positional.push(item),
                None => return Ok(Value::list(results)),
            }
        }
        args.positional.extend(rest.iter().cloned());
        results.push(context.call(function, args)?);
    }
}

fn plucked(context: &Context, item: &Value, key: &Value, default: &Option<Value>) -> Result<Value> {
    match (operators::item(context, item, key), default) {
        (Err(error), Some(default)) if error.0.kind.is(crate::Kind::LookupError) => Ok(default.clone()),
        (answer, _) => answer,
    }
}

/// The key of an item: what a function gives, or what stands in it under that name or position.
pub fn keyed(context: &Context, key: &Value, item: &Value) -> Result<Value> {
    match key {
        Value::None => Ok(item.clone()),
        key if crate::builtins::inspect::callable(key) => call(context, key, item.clone()),
        Value::List(keys) => {
            let keys = keys.snapshot();
            Ok(Value::tuple(keys.iter().map(|key| operators::item(context, item, key)).collect::<Result<Vec<_>>>()?))
        }
        key => operators::item(context, item, key),
    }
}

/// What walks is walked to its end; a partition is a list.
fn listed(context: &Context, value: Value) -> Result<Value> {
    match value {
        Value::Iter(_) | Value::Range(_) | Value::Set(_) | Value::Dict(_) => collect(context, &value).map(Value::list),
        other => Ok(other),
    }
}

/// A dict as a value.
pub fn dict_value(dict: Dict) -> Value {
    Value::Dict(Arc::new(dict))
}
