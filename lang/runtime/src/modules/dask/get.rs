//! `get(graph, keys)`: runs a graph written by hand, a dict of tuples. The tuples become delayed calls.

use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::builtins::inspect::callable;
use crate::context::Context;
use crate::error::Result;
use crate::evaluate::collect;
use crate::value::{Dict, HashKey, Value};
use crate::{Args, Keywords, bail, builtins, error, operators};

builtins! {
    /// Runs a graph written by hand; gives what belongs to a key, or a tuple for a list of keys.
    ///
    /// ```rdk
    /// from dask.threaded import get
    /// from operator import add, mul
    /// get({"a": 1, "b": (add, "a", 10), "c": (mul, "b", "b")}, ["b", "c"])
    /// #> (11, 121)
    /// ```
    fn get[context](
        /// The graph: values, keys of others, or tuples of a function and its arguments.
        dsk: Arc<Dict>,
        /// A key, or a list of keys.
        keys: Value,
        /// 1: one task after the other; else it runs on all cores.
        num_workers: Option<i64>,
        /// `cache`, `pool` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        get(context, dsk, &keys, num_workers)
    }
}

fn get(context: &Context, graph: Arc<Dict>, keys: &Value, num_workers: Option<i64>) -> Result<Value> {
    let graph = graph.0.lock().clone();
    let mut builder = Builder { context, graph, made: IndexMap::default() };
    let wanted = builder.keys(keys)?;
    let compute = builder.dask("compute")?;
    let mut call = Args::one(wanted);
    call.keywords.extend(num_workers.map(|n| ("num_workers".into(), Value::Int(n))));
    match context.call(&compute, call)? {
        Value::Tuple(answer) if answer.len() == 1 => Ok(answer[0].clone()),
        other => bail!(TypeError: "expected one result, got {}", crate::convert::describe(&other)),
    }
}

struct Builder<'a> {
    context: &'a Context,
    graph: IndexMap<HashKey, Value, FxBuildHasher>,
    /// What keys have become; `None` while it is being made.
    made: IndexMap<HashKey, Option<Value>, FxBuildHasher>,
}

impl Builder<'_> {
    fn dask(&self, name: &str) -> Result<Value> {
        let module = self.context.shared.library.import("dask")?;
        module.get(name).ok_or_else(|| error!(AttributeError: "module 'dask' has no attribute '{name}'"))
    }

    /// Keys, perhaps in lists: lists become tuples, as in Dask.
    fn keys(&mut self, keys: &Value) -> Result<Value> {
        match keys {
            Value::List(list) => {
                list.snapshot().iter().map(|key| self.keys(key)).collect::<Result<Vec<_>>>().map(Value::tuple)
            }
            key => match HashKey::new(key.clone()) {
                Ok(name) if self.graph.contains_key(&name) => self.key(name),
                _ => {
                    let names: Vec<String> = self.graph.keys().take(10).map(|key| key.value().repr()).collect();
                    Err(crate::types::key_error(key).hint(format!("the graph has {}", names.join(", "))))
                }
            },
        }
    }

    fn key(&mut self, key: HashKey) -> Result<Value> {
        match self.made.get(&key) {
            Some(Some(made)) => return Ok(made.clone()),
            Some(None) => {
                bail!(RuntimeError: "Cycle detected in Dask: {} needs itself", key.value().repr())
            }
            None => {}
        }
        self.made.insert(key.clone(), None);
        let value = self.graph.get(&key).cloned().unwrap_or_default();
        let context = self.context;
        let made = context.nested(|| self.argument(&value))?;
        self.made.insert(key, Some(made.clone()));
        Ok(made)
    }

    /// A task, a key, a list of those, or something plain.
    fn argument(&mut self, value: &Value) -> Result<Value> {
        let context = self.context;
        match value {
            Value::Tuple(items) if items.first().is_some_and(callable) => {
                let delayed = self.dask("delayed")?;
                let function = context.call(&delayed, Args::one(items[0].clone()))?;
                let args = items[1..].iter().map(|item| context.nested(|| self.argument(item)));
                let args = args.collect::<Result<Vec<_>>>()?;
                context.call(&function, Args::of(args))
            }
            Value::List(_) => {
                let items = collect(context, value)?;
                items
                    .iter()
                    .map(|item| context.nested(|| self.argument(item)))
                    .collect::<Result<Vec<_>>>()
                    .map(Value::list)
            }
            other => match HashKey::new(other.clone()) {
                Ok(key) if self.graph.contains_key(&key) && !self.is_itself(&key, other) => self.key(key),
                _ => Ok(other.clone()),
            },
        }
    }

    /// `{"x": "x"}` stands for the text.
    fn is_itself(&self, key: &HashKey, value: &Value) -> bool {
        self.made.get(key).is_some_and(Option::is_none)
            && self.graph.get(key).is_some_and(|found| operators::same(found, value))
    }
}
