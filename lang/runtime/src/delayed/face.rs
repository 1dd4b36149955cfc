//! What users call: the module `dask`, and the methods of delayed values.

use std::sync::{Arc, LazyLock};

use super::build::{Options, delay};
use super::picture::{self, GraphView};
use super::scheduled::scheduled;
use super::template::take;
use super::{Delayed, Inputs};
use crate::bail;
use crate::builtin::{Args, Builtin, Keywords, Rest};
use crate::class::{Class, ClassRef, Module, entries};
use crate::compute;
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::object::{Lazy, Object};
use crate::value::{Name, Value};

/// The class of delayed values.
pub fn delayed_class() -> &'static ClassRef {
    static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
        let (methods, properties) = members();
        let doc = "Work that has not been done: a call, or a value made lazy.";
        Arc::new(Class::new("Delayed", "dask.delayed", doc).methods(methods).properties(properties))
    });
    &CLASS
}

/// What all lazy values have: the methods `compute`, `persist` and `visualize`, the attributes `key` and `dask`.
pub fn members() -> (Vec<Builtin>, Vec<Builtin>) {
    members::builtins().into_iter().partition(|member| !matches!(member.name, "key" | "dask"))
}

/// The version of Dask whose names and answers these are.
const DASK: &str = "2026.8.0";

/// `compute`, `persist` and the like, for modules that have them besides: `dd.compute`.
pub fn functions() -> Vec<Builtin> {
    let mut all = functions::builtins();
    all.retain(|function| matches!(function.name, "compute" | "persist" | "visualize" | "optimize"));
    all
}

/// `dask` and `dask.delayed`.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("dask", "Lazy calls and lazy collections, computed together on all cores.", || {
            let mut all = entries(functions::builtins());
            all.push(("__version__", Value::str(DASK)));
            all
        }),
        Module::new("dask.delayed", "Lazy calls of functions.", || {
            let mut all = entries(functions::builtins());
            all.retain(|(name, _)| *name == "delayed");
            all.push(("Delayed", Value::Class(delayed_class().clone())));
            all
        }),
        Module::new("dask.base", "Functions for all lazy collections.", || {
            let mut all = entries(functions::builtins());
            all.retain(|(name, _)| *name != "delayed");
            all
        }),
    ]
}

/// An argument that may be left out, and may be `None`.
struct Given(Option<Value>);

impl FromValue for Given {
    const DEFAULT: Option<&'static str> = Some("…");

    fn expected() -> &'static str {
        "anything"
    }

    fn from_value(value: &Value) -> Option<Given> {
        Some(Given(Some(value.clone())))
    }

    fn missing() -> Option<Given> {
        Some(Given(None))
    }
}

/// How many results a function has.
struct Count(usize);

impl FromValue for Count {
    fn expected() -> &'static str {
        "a non-negative integer"
    }

    fn from_value(value: &Value) -> Option<Count> {
        usize::from_value(value).map(Count)
    }

    fn try_from_value(value: &Value) -> Result<Count> {
        match Count::from_value(value) {
            Some(count) if count.0 <= 1_000_000 => Ok(count),
            _ => bail!("nout must be None or a non-negative integer, got {}", crate::show::text(value)),
        }
    }
}

mod functions {
    use super::*;

    crate::builtins! {
        /// Makes a function lazy: calls of it run nothing until `compute`.
        ///
        /// Also a decorator, with or without arguments; and for values.
        ///
        /// ```rdk
        /// from dask import delayed
        /// def inc(x):
        ///     return x + 1
        /// total = delayed(sum)([delayed(inc)(1), delayed(inc)(2)])
        /// total.compute()
        /// #> 5
        /// ```
        fn delayed[context](
            /// A function, or a value that lazy calls are to share.
            obj: Given,
            /// The key of the lazy value.
            name: Option<Name>,
            /// Calls with equal arguments are the same work, done once.
            pure: Option<bool>,
            /// How many results a call has: it can be unpacked into so many.
            nout: Option<Count>,
            /// Whether to look for lazy values inside lists, dicts and the like.
            traverse: bool = true,
        ) -> Result<Value> { delayed(context, obj, Options { name, pure, n_out: nout.map(|count| count.0), flat: !traverse }) }

        /// Computes several lazy values at once; what they share is done once.
        ///
        /// Lazy values inside lists, tuples and dicts are computed where they stand.
        ///
        /// ```rdk
        /// import dask
        /// a = dask.delayed(abs)(-3)
        /// dask.compute(a, [a + 1, 7])
        /// #> (3, [4, 7])
        /// ```
        fn compute[context](
            /// Lazy values, and anything that holds some.
            args: Rest,
            /// Whether to look for lazy values inside lists, dicts and the like.
            traverse: bool = true,
            /// `scheduler="synchronous"` or `num_workers=1` does one task after the other; the rest has no effect.
            kwargs: Keywords,
        ) -> Result<Value> { compute_all(context, args.0, traverse, &kwargs) }

        /// Computes several lazy values, and keeps them lazy with their work done.
        ///
        /// ```rdk
        /// import dask
        /// a, = dask.persist(dask.delayed(abs)(-3))
        /// (a + 1).compute()
        /// #> 4
        /// ```
        fn persist[context](
            /// Lazy values, and anything that holds some.
            args: Rest,
            /// Whether to look for lazy values inside lists, dicts and the like.
            traverse: bool = true,
            /// The same as `compute` takes.
            kwargs: Keywords,
        ) -> Result<Value> { persist_all(context, args.0, traverse, &kwargs) }

        /// Draws the task graph of lazy values; runs nothing.
        ///
        /// ```rdk
        /// import dask
        /// dask.visualize(dask.delayed(abs)(-3), filename=None);
        /// ```
        fn visualize[context](
            /// Lazy values, and anything that holds some.
            args: Rest,
            /// Where to write it: a name that ends in `.svg`.
            filename: Option<String>,
            /// `svg`
            format: Option<String>,
            /// Which way data flows: `BT`, `TB`, `LR` or `RL`.
            rankdir: Option<String>,
            /// Draw the tasks that would run, rather than those that were asked for?
            optimize_graph: bool = false,
            /// `"chunks"`, or `"operations"` with a node for each; if left out, whichever is not too large.
            level: Option<String>,
            /// Only what this chunk of the result is made of.
            chunk: Option<Vec<i64>>,
            /// Other ways to draw: accepted, and without effect here.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = kwargs;
            let draw = picture::Draw { filename, format, rankdir, optimize_graph, level, chunk };
            picture::visualize(context, &args.0, draw)
        }

        /// Is it a lazy value?
        ///
        /// ```rdk
        /// import dask
        /// dask.is_dask_collection(dask.delayed(1)), dask.is_dask_collection(1)
        /// #> (True, False)
        /// ```
        fn is_dask_collection(
            /// Any value.
            x: Value,
        ) -> bool { matches!(x, Value::Lazy(_)) }
    }
}

mod members {
    use super::*;

    crate::builtins! {
        /// Does the work, and gives the value.
        ///
        /// ```rdk
        /// import dask
        /// dask.delayed(abs)(-3).compute()
        /// #> 3
        /// ```
        fn compute[context](
            this: Value,
            /// `scheduler="synchronous"` or `num_workers=1` does one task after the other; the rest has no effect.
            kwargs: Keywords,
        ) -> Result<Value> { scheduled(context, "compute", &kwargs, || compute::compute_one(context, &this)) }

        /// Does the work, and gives a lazy value whose work is done.
        ///
        /// ```rdk
        /// import dask
        /// (dask.delayed(abs)(-3).persist() + 1).compute()
        /// #> 4
        /// ```
        fn persist[context](
            this: Value,
            /// The same as `compute` takes.
            kwargs: Keywords,
        ) -> Result<Value> { scheduled(context, "persist", &kwargs, || compute::persist_one(context, &this)) }

        /// Draws the task graph; runs nothing.
        ///
        /// ```rdk
        /// import dask
        /// dask.delayed(abs)(-3).visualize(rankdir="LR");
        /// ```
        fn visualize[context](
            this: Value,
            /// Where to write it: a name that ends in `.svg`.
            filename: Option<String>,
            /// `svg`
            format: Option<String>,
            /// Which way data flows: `BT`, `TB`, `LR` or `RL`.
            rankdir: Option<String>,
            /// Draw the tasks that would run, rather than those that were asked for?
            optimize_graph: bool = false,
            /// `"chunks"`, or `"operations"` with a node for each; if left out, whichever is not too large.
            level: Option<String>,
            /// Only what this chunk of the result is made of.
            chunk: Option<Vec<i64>>,
            /// Other ways to draw: accepted, and without effect here.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = kwargs;
            let draw = picture::Draw { filename, format, rankdir, optimize_graph, level, chunk };
            picture::visualize(context, &[this], draw)
        }

        /// The name of the work: equal for equal work.
        fn key(this: Value) -> Option<String> { this.get::<Delayed>().map(Lazy::key) }

        /// The tasks that it consists of: a mapping of keys to what they do.
        fn dask(this: Value) -> Result<Value> { GraphView::of(&[this]).map(Value::object) }
    }
}

fn delayed(context: &Context, obj: Given, options: Options) -> Result<Value> {
    match obj.0 {
        Some(value) => delay(context, &value, &options),
        None => Ok(Value::object(Decorator(options))),
    }
}

/// `@delayed(pure=True)`: still to be given what it makes lazy.
struct Decorator(Options);

impl Object for Decorator {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> =
            LazyLock::new(|| Arc::new(Class::new("curry", "dask.delayed", "`delayed` with its options given.")));
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        "<delayed with options, to be called with a function>".into()
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some(match args.positional.as_slice() {
            [value] if args.keywords.is_empty() => delay(context, value, &self.0),
            _ => Err(
                crate::error!(TypeError: "expected one function to make lazy, got {} arguments", args.positional.len() + args.keywords.len()),
            ),
        })
    }
}

/// What is lazy in these values, and the values with holes in its place.
fn lazies(context: &Context, args: &[Value], traverse: bool) -> Result<(Vec<super::template::Part>, Vec<Value>)> {
    let mut inputs = Inputs::default();
    let mut parts = Vec::with_capacity(args.len());
    for value in args {
        parts.push(match value {
            // Values stay the same objects, functions too.
            Value::Function(_) => super::template::Part::Value(value.clone()),
            Value::Lazy(_) => take(context, value, &mut inputs)?,
            _ if traverse => take(context, value, &mut inputs)?,
            _ => super::template::Part::Value(value.clone()),
        });
    }
    let values = inputs.0.into_iter().map(|input| match input {
        super::Input::Node(node) => Value::Lazy(Arc::new(Delayed(node))),
        super::Input::Other(lazy) => Value::Lazy(lazy),
    });
    Ok((parts, values.collect()))
}

fn compute_all(context: &Context, args: Vec<Value>, traverse: bool, kwargs: &Keywords) -> Result<Value> {
    let (parts, values) = lazies(context, &args, traverse)?;
    let results = scheduled(context, "compute", kwargs, || compute::compute(context, &values))?;
    let filled = parts.iter().map(|part| part.fill(&results)).collect::<Result<Vec<Value>>>()?;
    Ok(Value::tuple(filled))
}

fn persist_all(context: &Context, args: Vec<Value>, traverse: bool, kwargs: &Keywords) -> Result<Value> {
    let (parts, values) = lazies(context, &args, traverse)?;
    let results = scheduled(context, "persist", kwargs, || compute::persist(context, &values))?;
    let filled = parts.iter().map(|part| part.fill(&results)).collect::<Result<Vec<Value>>>()?;
    Ok(Value::tuple(filled))
}
