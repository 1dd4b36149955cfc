//! `submit`, `map`, `gather`, `scatter`: calls that run while you go on, and their results.

use std::sync::Arc;

use parking_lot::Mutex;
use rdk_graph::{Token, Tokenizer};
use smallvec::SmallVec;

use super::client::{Connection, Open};
use super::future::{Future, Patience, Promised, future_of, result_of};
use super::work::{Order, Work};
use crate::builtin::Args;
use crate::builtins::inspect::callable;
use crate::context::Context;
use crate::delayed::capture::Captured;
use crate::delayed::operation::{CallFunction, Callee};
use crate::delayed::template::{Part, take_by};
use crate::delayed::{Input, Inputs, function_name, given, token_of, token_of_call};
use crate::error::Result;
use crate::evaluate::{collect, iterate};
use crate::value::{Dict, HashKey, Name, Set, Value};
use crate::{Keywords, Rest, bail, builtins, error};

builtins! {
    /// Runs a call on another core, and gives its future at once.
    ///
    /// Futures among the arguments stand for their results, also inside lists and dicts.
    ///
    /// ```rdk
    /// from dask.distributed import Client
    /// client = Client()
    /// a = client.submit(pow, 2, 3)
    /// b = client.submit(sum, [a, 1])
    /// b.result()
    /// #> 9
    /// ```
    fn submit[context](
        this: Open,
        /// The function to call.
        func: Value,
        /// Its arguments.
        args: Rest,
        /// The name of the task; by default equal for equal calls.
        key: Option<Value>,
        /// Where it may run: accepted, there is one place.
        workers: Option<Value>,
        /// What it needs (`{"GPU": 1}`): accepted, not used.
        resources: Option<Value>,
        /// How often it is tried again when it fails.
        retries: Option<u64>,
        /// Tasks with a larger one go first.
        priority: f64 = 0.0,
        /// Accepted, not used.
        fifo_timeout: Option<Value>,
        /// Accepted, not used.
        allow_other_workers: Option<bool>,
        /// Objects that stay on a worker: not there yet.
        actor: bool = false,
        /// The same.
        actors: bool = false,
        /// Whether equal calls are done once.
        pure: Option<bool>,
        /// Arguments by name.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = (workers, resources, fifo_timeout, allow_other_workers);
        no_actors(actor || actors)?;
        let calls = Calls::new(context, &this.0, &func, kwargs, Wishes { pure, priority, retries })?;
        calls.submit(args.0, key.map(|key| Name::from(key.text()))).map(Future::value)
    }

    /// Runs a call for each item, or for items side by side; gives a list of futures at once.
    ///
    /// ```rdk
    /// from dask.distributed import Client
    /// client = Client()
    /// client.gather(client.map(pow, [1, 2, 3], [2, 2, 2]))
    /// #> [1, 4, 9]
    /// ```
    fn map[context](
        this: Open,
        /// The function to call.
        func: Value,
        /// Things to walk over, side by side; it ends with the shortest.
        iterables: Rest,
        /// The beginning of the names of the tasks, or a list of names.
        key: Option<Value>,
        /// Where they may run: accepted, there is one place.
        workers: Option<Value>,
        /// How often each is tried again when it fails.
        retries: Option<u64>,
        /// What they need: accepted, not used.
        resources: Option<Value>,
        /// Tasks with a larger one go first.
        priority: f64 = 0.0,
        /// Accepted, not used.
        allow_other_workers: Option<bool>,
        /// Accepted, not used.
        fifo_timeout: Option<Value>,
        /// Objects that stay on a worker: not there yet.
        actor: bool = false,
        /// The same.
        actors: bool = false,
        /// Whether equal calls are done once.
        pure: Option<bool>,
        /// How many are sent at once; accepted, not used.
        batch_size: Option<Value>,
        /// Arguments by name, the same for all.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = (workers, resources, fifo_timeout, allow_other_workers, batch_size);
        no_actors(actor || actors)?;
        let calls = Calls::new(context, &this.0, &func, kwargs, Wishes { pure, priority, retries })?;
        calls.map(context, &iterables.0, key)
    }

    /// Waits for futures and gives their results, in the same lists and dicts.
    ///
    /// ```rdk
    /// from dask.distributed import Client
    /// client = Client()
    /// client.gather({"a": client.submit(abs, -1), "b": [client.submit(abs, -2)]})
    /// #> {'a': 1, 'b': [2]}
    /// ```
    fn gather[context](
        this: Open,
        /// A future, or lists, tuples, sets and dicts of them.
        futures: Value,
        /// With `skip`, futures that failed are left out.
        errors: String = "raise",
        /// Accepted, not used.
        direct: Option<Value>,
        /// Not there: there is no `await`.
        asynchronous: Option<bool>,
    ) -> Result<Value> {
        let _ = (this, direct, asynchronous);
        // What is walked over only once is not looked at beforehand.
        let works = if matches!(futures, Value::Iter(_)) { Vec::new() } else { all_works(context, &futures)? };
        let _watching = super::progress::watch(context, &works);
        match errors.as_str() {
            "raise" => gather(context, &futures, false),
            "skip" => gather(context, &futures, true),
            _ => bail!("errors must be 'raise' or 'skip', got '{errors}'"),
        }
    }

    /// Hands data over once, for many tasks to use.
    ///
    /// A list gives a list of futures, a dict a dict of them, anything else one future.
    ///
    /// ```rdk
    /// from dask.distributed import Client
    /// client = Client()
    /// data = client.scatter([[1, 2], [3, 4]])
    /// client.gather(client.map(sum, data))
    /// #> [3, 7]
    /// ```
    fn scatter[context](
        this: Open,
        /// The data.
        data: Value,
        /// Where it goes: accepted, there is one place.
        workers: Option<Value>,
        /// Whether all workers get it: accepted, they share it.
        broadcast: Option<Value>,
        /// Accepted, not used.
        direct: Option<Value>,
        /// Whether equal data is kept once.
        hash: bool = true,
        /// Accepted, not used.
        timeout: Option<Value>,
        /// Not there: there is no `await`.
        asynchronous: Option<bool>,
    ) -> Result<Value> {
        let _ = (workers, broadcast, direct, timeout, asynchronous);
        scatter(context, &this.0, &data, hash)
    }

    /// Cancels futures: nobody is to have their results.
    fn cancel[context](
        this: Open,
        /// A future, or lists and dicts of them.
        futures: Value,
        /// Accepted, not used.
        asynchronous: Option<bool>,
        /// Also those of other clients: accepted, not used.
        force: Option<bool>,
        /// Why; accepted, not used.
        reason: Option<String>,
        /// What to say; accepted, not used.
        msg: Option<String>,
    ) -> Result<()> {
        let _ = (this, asynchronous, force, reason, msg);
        all_works(context, &futures)?.iter().for_each(|work| work.cancel());
        Ok(())
    }

    /// Tries futures that failed once more.
    fn retry[context](
        this: Open,
        /// A future, or lists and dicts of them.
        futures: Value,
        /// Not there: there is no `await`.
        asynchronous: Option<bool>,
    ) -> Result<()> {
        let _ = (this, asynchronous);
        all_works(context, &futures)?.iter().for_each(|work| work.retry());
        Ok(())
    }
}

fn no_actors(asked: bool) -> Result<()> {
    match asked {
        false => Ok(()),
        true => Err(
            error!(NotImplementedError: "rdk has no actors"; hint: "`Variable`, `Queue` and `Lock` are shared by tasks"),
        ),
    }
}

struct Wishes {
    pure: Option<bool>,
    priority: f64,
    retries: Option<u64>,
}

/// Calls of one function.
struct Calls<'a> {
    context: &'a Context,
    client: &'a Arc<Connection>,
    callee: Callee,
    name: Name,
    keywords: Keywords,
    wishes: Wishes,
}

impl<'a> Calls<'a> {
    fn new(
        context: &'a Context,
        client: &'a Arc<Connection>,
        function: &Value,
        keywords: Keywords,
        wishes: Wishes,
    ) -> Result<Calls<'a>> {
        if !callable(function) {
            bail!(TypeError: "First input to submit must be a callable function, got {}", crate::convert::describe(function); hint: "the function without `()`, then its arguments: `client.submit(f, x)`");
        }
        let callee = match function {
            Value::Function(function) => Callee::Function(Captured::of(function)),
            other => Callee::Value(other.clone()),
        };
        Ok(Calls { context, client, callee, name: function_name(function), keywords, wishes })
    }

    fn submit(&self, args: Vec<Value>, key: Option<Name>) -> Result<Arc<Work>> {
        let context = self.context;
        let mut inputs = Inputs::default();
        let mut parts: SmallVec<[Part; 2]> = SmallVec::with_capacity(args.len());
        for value in &args {
            parts.push(detached(take_by(context, value, &mut inputs, pick)?));
        }
        let mut keywords = Vec::with_capacity(self.keywords.0.len());
        for (name, value) in &self.keywords.0 {
            keywords.push((name.clone(), detached(take_by(context, value, &mut inputs, pick)?)));
        }
        let (token, text) = match key {
            Some(key) => (given(&key), key),
            None => {
                let pure = self.wishes.pure.unwrap_or(true);
                let token = if pure { token_of_call(&self.callee, &parts, &keywords, &inputs.0) } else { None };
                let pure = token.is_some();
                let token = token.unwrap_or_else(Token::fresh);
                (token, key_text(&self.name, token, pure))
            }
        };
        let call = CallFunction {
            name: self.name.clone(),
            callee: self.callee.clone(),
            args: parts,
            keywords,
            place: context.place(),
            home: Arc::downgrade(&context.shared),
        };
        let order = Order {
            operation: Arc::new(call),
            inputs: inputs.0.iter().filter_map(work_of).collect(),
            priority: (self.wishes.priority * 1e6) as i64,
            retries: self.wishes.retries.unwrap_or(0),
        };
        Ok(self.client.board.submit(self.client.number, self.name.clone(), token, text, order))
    }

    fn map(&self, context: &Context, iterables: &[Value], key: Option<Value>) -> Result<Value> {
        if iterables.is_empty() {
            bail!(TypeError: "map() needs something to walk over"; hint: "`client.map(f, items)`");
        }
        let mut walks = iterables.iter().map(|value| iterate(context, value)).collect::<Result<Vec<_>>>()?;
        let mut keys = Keys::of(context, key)?;
        let mut futures = Vec::new();
        'items: loop {
            context.check()?;
            let mut args = Vec::with_capacity(walks.len());
            for walk in &mut walks {
                match walk.next(context)? {
                    Some(item) => args.push(item),
                    None => break 'items,
                }
            }
            let key = keys.next(&args)?;
            futures.push(Future::value(self.submit(args, key)?));
        }
        keys.end()?;
        Ok(Value::list(futures))
    }
}

/// The names of the tasks of a `map`.
enum Keys {
    None,
    Prefix(Name, usize),
    List(std::vec::IntoIter<Value>),
}

impl Keys {
    fn of(context: &Context, key: Option<Value>) -> Result<Keys> {
        Ok(match key {
            None => Keys::None,
            Some(Value::Str(prefix)) => Keys::Prefix(prefix, 0),
            Some(other) => Keys::List(collect(context, &other)?.into_iter()),
        })
    }

    fn next(&mut self, args: &[Value]) -> Result<Option<Name>> {
        Ok(match self {
            Keys::None => None,
            Keys::Prefix(prefix, count) => {
                *count += 1;
                let token = match token_of(&Value::tuple(args.iter().cloned())) {
                    Some(token) => Tokenizer::new(prefix).token(token).number(*count as u64).finish(),
                    None => Token::fresh(),
                };
                Some(Name::from(format!("{prefix}-{token}")))
            }
            Keys::List(keys) => match keys.next() {
                Some(key) => Some(Name::from(key.text())),
                None => {
                    bail!("there are fewer keys than items"; hint: "a list of keys has one for each item; a text begins all of them")
                }
            },
        })
    }

    fn end(self) -> Result<()> {
        match self {
            Keys::List(keys) if keys.len() > 0 => {
                bail!("there are more keys than items"; hint: "a list of keys has one for each item; a text begins all of them")
            }
            _ => Ok(()),
        }
    }
}

/// A key as it is written: `inc-3f…`, or in the form of a UUID for a call like no other.
pub fn key_text(name: &str, token: Token, pure: bool) -> Name {
    let token = token.to_string();
    if pure {
        return Name::from(format!("{name}-{token}"));
    }
    let (a, b, c, d, e) = (&token[..8], &token[8..12], &token[12..16], &token[16..20], &token[20..]);
    Name::from(format!("{name}-{a}-{b}-{c}-{d}-{e}"))
}

/// Only futures are taken out of arguments: a lazy value goes to the function as it is.
fn pick(value: &Value) -> Option<Input> {
    match value {
        Value::Object(_) => future_of(value).map(|work| Input::Other(Arc::new(Promised(work)))),
        _ => None,
    }
}

fn work_of(input: &Input) -> Option<Arc<Work>> {
    match input {
        Input::Other(lazy) => lazy.as_any().downcast_ref::<Promised>().map(|promised| promised.0.clone()),
        Input::Node(_) => None,
    }
}

/// An argument as it is now: a list that is changed afterwards is not changed for the task.
fn detached(part: Part) -> Part {
    match part {
        Part::Value(value @ (Value::List(_) | Value::Dict(_) | Value::Set(_))) => Part::Value(copied(&value, 0)),
        other => other,
    }
}

fn copied(value: &Value, depth: usize) -> Value {
    // Deeper ones are shared, as those that contain themselves.
    if depth > 8 {
        return value.clone();
    }
    match value {
        Value::List(list) => Value::list(list.snapshot().iter().map(|item| copied(item, depth + 1))),
        Value::Dict(dict) => {
            let items: Vec<(HashKey, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            let items = items.into_iter().map(|(key, value)| (key, copied(&value, depth + 1))).collect();
            Value::Dict(Arc::new(Dict(Mutex::new(items))))
        }
        Value::Set(set) if !set.frozen => {
            Value::Set(Arc::new(Set { items: Mutex::new(set.items.lock().clone()), frozen: false }))
        }
        other => other.clone(),
    }
}

/// The results where the futures stand.
pub fn gather(context: &Context, value: &Value, skip: bool) -> Result<Value> {
    context.nested(|| {
        Ok(match value {
            Value::List(list) => Value::list(gather_all(context, list.snapshot(), skip)?),
            Value::Tuple(items) => Value::tuple(gather_all(context, items.to_vec(), skip)?),
            Value::Set(set) => {
                let members = set.items.lock().iter().map(|key| key.value().clone()).collect();
                let members =
                    gather_all(context, members, skip)?.into_iter().map(HashKey::new).collect::<Result<_>>()?;
                Value::Set(Arc::new(Set { items: Mutex::new(members), frozen: set.frozen }))
            }
            Value::Dict(dict) => {
                let items: Vec<(HashKey, Value)> =
                    dict.0.lock().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                let mut results = Dict::default();
                for (key, value) in items {
                    if let Some(result) = gather_one(context, &value, skip)? {
                        results.0.get_mut().insert(key, result);
                    }
                }
                Value::Dict(Arc::new(results))
            }
            other if is_view(other) || matches!(other, Value::Iter(_)) => {
                Value::list(gather_all(context, collect(context, value)?, skip)?)
            }
            other => gather_one(context, other, skip)?.unwrap_or_default(),
        })
    })
}

fn gather_all(context: &Context, values: Vec<Value>, skip: bool) -> Result<Vec<Value>> {
    values.iter().filter_map(|value| gather_one(context, value, skip).transpose()).collect()
}

fn gather_one(context: &Context, value: &Value, skip: bool) -> Result<Option<Value>> {
    match value {
        Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::Dict(_) => gather(context, value, skip).map(Some),
        Value::Object(_) if value.get::<Future>().is_some() => {
            let work = <super::future::Held as crate::FromValue>::try_from_value(value)?.0;
            match result_of(context, &work, &Patience(None)) {
                Err(error) if skip && error.0.kind != crate::Kind::KeyboardInterrupt => Ok(None),
                other => other.map(Some),
            }
        }
        other => Ok(Some(other.clone())),
    }
}

/// The keys or values of a dict?
fn is_view(value: &Value) -> bool {
    matches!(value, Value::Object(object) if object.class().name.starts_with("dict_"))
}

/// All tasks of futures in there.
pub fn all_works(context: &Context, value: &Value) -> Result<Vec<Arc<Work>>> {
    let mut works = Vec::new();
    find_works(context, value, &mut works)?;
    Ok(works)
}

fn find_works(context: &Context, value: &Value, works: &mut Vec<Arc<Work>>) -> Result<()> {
    context.nested(|| {
        match value {
            Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::Iter(_) => {
                for item in collect(context, value)? {
                    find_works(context, &item, works)?;
                }
            }
            Value::Dict(dict) => {
                let values: Vec<Value> = dict.0.lock().values().cloned().collect();
                for item in values {
                    find_works(context, &item, works)?;
                }
            }
            other if is_view(other) => {
                for item in collect(context, other)? {
                    find_works(context, &item, works)?;
                }
            }
            other => works.extend(future_of(other)),
        }
        Ok(())
    })
}

fn scatter(context: &Context, client: &Arc<Connection>, data: &Value, hash: bool) -> Result<Value> {
    let place = |value: &Value| {
        let name = Name::from(value.class().name);
        let token = if hash { token_of(value).map(|token| Tokenizer::new("data").token(token).finish()) } else { None };
        let pure = token.is_some();
        let token = token.unwrap_or_else(Token::fresh);
        let text = key_text(&name, token, pure);
        Future::value(client.board.place(client.number, name, token, text, value.clone()))
    };
    Ok(match data {
        Value::Dict(dict) => {
            let items: Vec<(HashKey, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            let items = items
                .into_iter()
                .map(|(key, value)| {
                    let (name, text) = (Name::from(value.class().name), Name::from(key.value().text()));
                    let work = client.board.place(client.number, name, Token::fresh(), text, value);
                    (key, Future::value(work))
                })
                .collect();
            Value::Dict(Arc::new(Dict(Mutex::new(items))))
        }
        Value::Tuple(items) => Value::tuple(items.iter().map(place)),
        Value::Set(set) => {
            let members: Vec<Value> = set.items.lock().iter().map(|key| key.value().clone()).collect();
            let members = members.iter().map(|value| HashKey::new(place(value))).collect::<Result<_>>()?;
            Value::Set(Arc::new(Set { items: Mutex::new(members), frozen: set.frozen }))
        }
        Value::List(_) | Value::Range(_) | Value::Iter(_) => {
            let items = collect(context, data)?;
            Value::list(items.iter().map(place))
        }
        other => place(other),
    })
}

/// A function that is called for its effect: `client.run`.
pub fn call(context: &Context, function: &Value, args: Vec<Value>, kwargs: Keywords) -> Result<Value> {
    context.call(function, Args { positional: args.into(), keywords: kwargs.0 })
}
