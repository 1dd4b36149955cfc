//! `functools`: functions made of other functions.

use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use parking_lot::Mutex;
use rustc_hash::FxBuildHasher;

use super::named_tuple::NamedTuple;
use crate::builtin::{Args, Builtin, Keywords, Rest};
use crate::class::{self, Class, ClassRef};
use crate::context::Context;
use crate::convert::Maybe;
use crate::error::Result;
use crate::evaluate::iterate;
use crate::object::Object;
use crate::operators;
use crate::types::types;
use crate::value::{HashKey, Name, Value};
use crate::{bail, builtins};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    class::entries(builtins())
}

builtins! {
    /// A function that remembers its results.
    ///
    /// ```rdk
    /// from functools import cache
    /// @cache
    /// def fib(n):
    ///     return n if n < 2 else fib(n - 1) + fib(n - 2)
    /// fib(80)
    /// #> 23416728348467685
    /// ```
    fn cache(
        /// The function.
        user_function: Value,
    ) -> Value { cached(user_function, None) }

    /// A function that remembers its latest results.
    ///
    /// ```rdk
    /// from functools import lru_cache
    /// @lru_cache(maxsize=2)
    /// def square(x):
    ///     print("working")
    ///     return x * x
    /// square(3) + square(3)
    /// #> working
    /// #> 18
    /// ```
    fn lru_cache(
        /// How many results; or the function itself. `None` remembers all.
        maxsize: Value = 128,
        /// Are `3` and `3.0` different arguments?
        typed: bool = false,
    ) -> Result<Value> { let _ = typed; lru_cache(maxsize) }

    /// A function with some arguments given already.
    ///
    /// ```rdk
    /// from functools import partial
    /// double = partial(pow, exp=2)
    /// double(5)
    /// #> 25
    /// ```
    fn partial(
        /// The function.
        func: Value,
        /// Its first arguments.
        args: Rest,
        /// More of them, by name.
        keywords: Keywords,
    ) -> Value { Value::object(Partial { function: func, args: args.0, keywords: keywords.0 }) }

    /// One value of many: a function joins the first two, then that with the third, …
    ///
    /// ```rdk
    /// from functools import reduce
    /// reduce(lambda a, b: a * b, [1, 2, 3, 4])
    /// #> 24
    /// ```
    fn reduce[context](
        /// The function of two arguments.
        function: Value,
        /// The items.
        iterable: Value,
        /// What to begin with.
        initial: Maybe,
    ) -> Result<Value> { reduce(context, &function, &iterable, initial.0) }

    /// Gives the inner function of a decorator the name and documentation of the one around which it is.
    ///
    /// ```rdk
    /// from functools import wraps
    /// def loud(f):
    ///     @wraps(f)
    ///     def inner(x):
    ///         return f(x).upper()
    ///     return inner
    /// @loud
    /// def greet(name):
    ///     return "hello " + name
    /// greet("ada"), greet.__name__
    /// #> ('HELLO ADA', 'greet')
    /// ```
    fn wraps(
        /// The function that is decorated.
        wrapped: Value,
    ) -> Value { Value::object(Wraps(wrapped)) }

    /// The same at once: what `wraps(wrapped)(wrapper)` does.
    fn update_wrapper[context](
        /// The function around it.
        wrapper: Value,
        /// The function that is decorated.
        wrapped: Value,
    ) -> Result<Value> { dress(context, wrapper, &wrapped) }

    /// An attribute that is computed once, when it is first read.
    fn cached_property(
        /// The function that computes it.
        func: Value,
    ) -> Value { crate::user::cached(func) }

    /// A sort key from a function that compares two values.
    ///
    /// ```rdk
    /// from functools import cmp_to_key
    /// sorted([1, 3, 2], key=cmp_to_key(lambda a, b: b - a))
    /// #> [3, 2, 1]
    /// ```
    fn cmp_to_key(
        /// Gives a number below, equal to or above 0.
        mycmp: Value,
    ) -> Value { Value::object(CompareKey(mycmp)) }
}

fn reduce(context: &Context, function: &Value, iterable: &Value, initial: Option<Value>) -> Result<Value> {
    let mut walk = iterate(context, iterable)?;
    let mut total = match initial {
        Some(initial) => initial,
        None => match walk.next(context)? {
            Some(first) => first,
            None => bail!(TypeError: "reduce() of empty iterable with no initial value"),
        },
    };
    while let Some(item) = walk.next(context)? {
        total = context.call(function, Args::of([total, item]))?;
    }
    Ok(total)
}

/// What `partial` gives.
struct Partial {
    function: Value,
    args: Vec<Value>,
    keywords: Vec<(Name, Value)>,
}

impl Object for Partial {
    fn class(&self) -> ClassRef {
        types().builtin.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let args = self.args.iter().map(Value::repr);
        let keywords = self.keywords.iter().map(|(name, value)| format!("{name}={}", value.repr()));
        let all: Vec<String> = std::iter::once(self.function.repr()).chain(args).chain(keywords).collect();
        format!("functools.partial({})", all.join(", "))
    }

    fn attribute(&self, _context: &Context, name: &str) -> Option<Result<Value>> {
        match name {
            "func" => Some(Ok(self.function.clone())),
            "args" => Some(Ok(Value::tuple(self.args.iter().cloned()))),
            "keywords" => Some(Ok(Value::dict(self.keywords.iter().cloned()))),
            _ => None,
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        let mut all = Args::of(self.args.iter().cloned().chain(args.positional));
        all.keywords = self.keywords.clone();
        for (name, value) in args.keywords {
            match all.keywords.iter_mut().find(|(other, _)| *other == name) {
                Some((_, old)) => *old = value,
                None => all.keywords.push((name, value)),
            }
        }
        Some(context.call(&self.function, all))
    }
}

/// `wraps(f)`: gives what it is called with, dressed as `f`.
struct Wraps(Value);

impl Object for Wraps {
    fn class(&self) -> ClassRef {
        types().builtin.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        "<function wraps>".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some(dress(context, args.positional.into_iter().next().unwrap_or_default(), &self.0))
    }
}

/// The wrapper with the name, the documentation and all that is attached to what it wraps.
fn dress(context: &Context, wrapper: Value, wrapped: &Value) -> Result<Value> {
    // What cannot be given attributes is called by its own name.
    let Value::Function(function) = &wrapper else { return Ok(wrapper) };
    if let Value::Function(inner) = wrapped {
        let attributes = inner.attributes.lock().clone();
        for (name, value) in attributes {
            function.attach(&name, Some(value));
        }
    }
    for name in ["__name__", "__qualname__", "__doc__"] {
        if let Some(value) = operators::find(context, wrapped, name)? {
            function.attach(name, Some(value));
        }
    }
    function.attach("__wrapped__", Some(wrapped.clone()));
    Ok(wrapper)
}

/// What `cmp_to_key` gives, and with a value the key of it.
struct CompareKey(Value);

struct Key {
    compare: Value,
    value: Value,
}

impl Object for CompareKey {
    fn class(&self) -> ClassRef {
        types().builtin.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        "<function cmp_to_key>".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _context: &Context, args: Args) -> Option<Result<Value>> {
        let value = args.positional.into_iter().next().unwrap_or_default();
        Some(Ok(Value::object(Key { compare: self.0.clone(), value })))
    }
}

impl Object for Key {
    fn class(&self) -> ClassRef {
        types().object.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        self.value.repr()
    }

    fn compare(&self, context: &Context, op: rdk_syntax::tree::CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = other.get::<Key>()?;
        let answer = context.call(&self.compare, Args::of([self.value.clone(), other.value.clone()]));
        Some(answer.and_then(|order| operators::compare(context, op, &order, &Value::Int(0))))
    }
}

type Results = IndexMap<HashKey, Value, FxBuildHasher>;

/// A function with its results.
struct Cached {
    function: Value,
    limit: Option<usize>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The one that was used last is at the end.
    results: Results,
    hits: i64,
    misses: i64,
}

fn cached(function: Value, limit: Option<usize>) -> Value {
    Value::object(Cached { function, limit, state: Arc::default() })
}

fn lru_cache(size: Value) -> Result<Value> {
    match size {
        Value::None => Ok(Value::object(Maker(None))),
        Value::Int(size) => Ok(Value::object(Maker(Some(usize::try_from(size).unwrap_or(0))))),
        other if crate::builtins::inspect::callable(&other) => Ok(cached(other, Some(128))),
        other => bail!(TypeError: "expected a size or a function, got {}", crate::convert::describe(&other)),
    }
}

/// `lru_cache(maxsize=…)`, to be called with the function.
struct Maker(Option<usize>);

impl Object for Maker {
    fn class(&self) -> ClassRef {
        types().builtin.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        "<function lru_cache>".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _context: &Context, args: Args) -> Option<Result<Value>> {
        args.positional.into_iter().next().map(|function| Ok(cached(function, self.0)))
    }
}

impl Object for Cached {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
            Arc::new(Class::new("_lru_cache_wrapper", "functools", "A function that remembers its results."))
        });
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        format!("<functools._lru_cache_wrapper of {}>", self.function.repr())
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        match name {
            "cache_info" | "cache_clear" => {
                let (state, limit, clear) = (self.state.clone(), self.limit, name == "cache_clear");
                Some(Ok(Value::object(About { state, limit, clear })))
            }
            "__wrapped__" => Some(Ok(self.function.clone())),
            "__name__" | "__doc__" => Some(operators::attribute(context, &self.function, name)),
            _ => None,
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some(self.result(context, args))
    }
}

impl Cached {
    fn result(&self, context: &Context, args: Args) -> Result<Value> {
        let named = args.keywords.iter().flat_map(|(name, value)| [Value::Str(name.clone()), value.clone()]);
        let separator = (!args.keywords.is_empty()).then_some(Value::Ellipsis);
        let key = HashKey::new(Value::tuple(args.positional.iter().cloned().chain(separator).chain(named)))?;
        {
            let mut state = self.state.lock();
            if let Some(at) = state.results.get_index_of(&key) {
                state.hits += 1;
                let last = state.results.len() - 1;
                if self.limit.is_some() {
                    state.results.move_index(at, last);
                    return Ok(state.results[last].clone());
                }
                return Ok(state.results[at].clone());
            }
            state.misses += 1;
        }
        let value = context.call(&self.function, args)?;
        let mut state = self.state.lock();
        match self.limit {
            Some(0) => return Ok(value),
            Some(limit) if state.results.len() >= limit => {
                state.results.shift_remove_index(0);
            }
            _ => {}
        }
        state.results.insert(key, value.clone());
        Ok(value)
    }
}

/// `f.cache_info`, `f.cache_clear`
struct About {
    state: Arc<Mutex<State>>,
    limit: Option<usize>,
    clear: bool,
}

impl Object for About {
    fn class(&self) -> ClassRef {
        types().method.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        "<bound method of a cached function>".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _context: &Context, _args: Args) -> Option<Result<Value>> {
        let mut state = self.state.lock();
        if self.clear {
            *state = State::default();
            return Some(Ok(Value::None));
        }
        let numbers = vec![state.hits.into(), state.misses.into(), Value::from(self.limit), state.results.len().into()];
        Some(Ok(NamedTuple::new("CacheInfo", &["hits", "misses", "maxsize", "currsize"], numbers)))
    }
}

/// The builtin that a class is made by, when there is exactly one.
pub fn only(mut builtins: Vec<Builtin>) -> Builtin {
    builtins.pop().expect("one builtin is declared")
}
