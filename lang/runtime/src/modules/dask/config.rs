//! `dask.config`: settings by dotted names. As in Dask they are a dict of the module, so each session has its own.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

use crate::builtins::path::PathArg;
use crate::class::{Class, ClassRef, Module, entries};
use crate::context::{Context, Shared};
use crate::convert::FromValue;
use crate::error::{Error, Result};
use crate::object::Object;
use crate::types::{key_error, types};
use crate::value::{Dict, HashKey, Value};
use crate::{Keywords, bail, builtins};

const NAME: &str = "dask.config";
const SETTINGS: &str = "config";

/// The module `dask.config`.
pub fn module() -> Arc<Module> {
    Module::new(NAME, "Settings by dotted names.", || {
        let mut names = entries(builtins());
        names.push(("set", Value::Class(SET.clone())));
        names.push((SETTINGS, defaults()));
        names
    })
}

/// The settings that people look at, with Dask's values.
fn defaults() -> Value {
    let array = Value::dict([
        ("backend", Value::str("numpy")),
        ("chunk-size", Value::str("128MiB")),
        ("chunk-size-tolerance", Value::Float(1.25)),
        ("rechunk", Value::dict([("method", Value::None), ("threshold", Value::Int(4))])),
        ("svg", Value::dict([("size", Value::Int(120))])),
        ("slicing", Value::dict([("split-large-chunks", Value::None)])),
        ("query-planning", Value::None),
    ]);
    let settings = Value::dict([("temporary-directory", Value::None), ("array", array)]);
    if let Value::Dict(dict) = &settings {
        let set = Set { settings: dict.clone(), before: Mutex::default() };
        for (name, value) in of_environment() {
            // One that does not fit the others is passed over: nobody is there to hear of it.
            let _ = set.assign(&name, value);
        }
    }
    settings
}

/// Settings of environment variables, as Dask reads them: `DASK_ARRAY__CHUNK_SIZE` is `array.chunk_size`.
fn of_environment() -> Vec<(String, Value)> {
    let named = |(name, text): (std::ffi::OsString, std::ffi::OsString)| {
        let name = name.to_str()?.strip_prefix("DASK_")?.to_lowercase().replace("__", ".");
        // These say where Dask finds files of settings.
        let is_setting = !name.is_empty() && !["config", "root_config", "internal_inherit_config"].contains(&&*name);
        is_setting.then_some(())?;
        Some((name, plain(text.to_str()?)))
    };
    std::env::vars_os().filter_map(named).collect()
}

/// A number, a truth value or `None` where the text is one.
fn plain(text: &str) -> Value {
    match text.trim() {
        "True" | "true" => Value::Bool(true),
        "False" | "false" => Value::Bool(false),
        "None" => Value::None,
        number => match (number.parse::<i64>(), number.parse::<f64>()) {
            (Ok(whole), _) => Value::Int(whole),
            (_, Ok(float)) if number.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) => {
                Value::Float(float)
            }
            _ => Value::str(text),
        },
    }
}

builtins! {
    /// A setting.
    ///
    /// ```rdk
    /// import dask
    /// dask.config.get("array.chunk-size"), dask.config.get("nothing", default=0)
    /// #> ('128MiB', 0)
    /// ```
    fn get[context](
        /// Its dotted name.
        key: String,
        /// What stands for one that is not there; an error if not given.
        default: Value = Value::Ellipsis,
        /// Settings to look in instead of those of the session.
        config: Option<Arc<Dict>>,
        /// The answer, if it is not `None`.
        override_with: Option<Value>,
    ) -> Result<Value> {
        if let Some(value) = override_with {
            return Ok(value);
        }
        match look_up(&config.unwrap_or_else(|| settings(&context.shared)), &key) {
            Some(value) => Ok(value),
            None if matches!(default, Value::Ellipsis) => Err(key_error(&Value::from(key))),
            None => Ok(default),
        }
    }
}

/// A setting of the session, by its dotted name.
pub fn setting(shared: &Shared, key: &str) -> Option<Value> {
    look_up(&settings(shared), key)
}

impl Shared {
    /// Changes a setting of the session.
    ///
    /// # Errors
    /// A name inside of a setting that is no dict.
    pub fn set(&self, key: &str, value: Value) -> Result<()> {
        Set { settings: settings(self), before: Mutex::default() }.assign(key, value)
    }

    /// From now on data that finds no room in memory lies where `temporary-directory` has it.
    ///
    /// # Errors
    /// A setting that is no path.
    pub(crate) fn put_aside_as_set(&self) -> Result<()> {
        let folder = match setting(self, "temporary-directory") {
            None | Some(Value::None) => None,
            Some(value) => match PathArg::from_value(&value) {
                // Another current folder later on is no reason to move.
                Some(PathArg(path)) => Some(std::path::absolute(&path).unwrap_or(path)),
                None => bail!(
                    TypeError: "`temporary-directory`: expected {}, got {}", PathArg::expected(), crate::convert::describe(&value);
                    hint: "`dask.config.set(temporary_directory=\"/scratch\")` names the folder for data that finds no room in memory"
                ),
            },
        };
        self.engine.put_aside_in(folder.as_deref());
        Ok(())
    }
}

fn settings(shared: &Shared) -> Arc<Dict> {
    match shared.library.module(NAME).and_then(|module| module.get(SETTINGS)) {
        Some(Value::Dict(dict)) => dict,
        _ => Arc::default(),
    }
}

fn look_up(settings: &Arc<Dict>, key: &str) -> Option<Value> {
    let mut value = Value::Dict(settings.clone());
    for part in key.split('.') {
        let Value::Dict(dict) = value else { return None };
        let name = spelled(&dict, part);
        value = dict.0.lock().get(&name).cloned()?;
    }
    Some(value)
}

/// A name as it is spelled in there: `-` and `_` are the same.
fn spelled(dict: &Dict, name: &str) -> HashKey {
    let dict = dict.0.lock();
    let other = if name.contains('_') { name.replace('_', "-") } else { name.replace('-', "_") };
    let key = HashKey::text(name);
    let other = HashKey::text(&other);
    if !dict.contains_key(&key) && dict.contains_key(&other) { other } else { key }
}

/// `dask.config.set(…)`: changes settings at once; at the end of a `with` they are as before.
struct Set {
    settings: Arc<Dict>,
    /// What was there before, in the order of the changes.
    before: Mutex<Vec<Before>>,
}

/// Where something was changed, and what was there.
type Before = (Arc<Dict>, HashKey, Option<Value>);

static SET: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("set", NAME, "Changes settings, for good or within a `with`.");
    let construct = construct::builtins().pop().expect("one is declared");
    Arc::new(class.base(types().object.clone()).construct(construct))
});

mod construct {
    use super::*;

    builtins! {
        /// Changes settings, for good or within a `with`.
        ///
        /// ```rdk
        /// import dask
        /// with dask.config.set(scheduler="threads"):
        ///     print(dask.config.get("scheduler"))
        /// dask.config.get("scheduler", None)
        /// #> threads
        /// ```
        fn set[context](
            /// A dict of dotted names with values.
            arg: Option<Arc<Dict>>,
            /// Settings to change instead of those of the session.
            config: Option<Arc<Dict>>,
            /// Names with values; `__` stands for a dot.
            kwargs: Keywords,
        ) -> Result<Value> { set(context, arg, config, kwargs) }
    }
}

fn set(context: &Context, arg: Option<Arc<Dict>>, config: Option<Arc<Dict>>, kwargs: Keywords) -> Result<Value> {
    let set = Set { settings: config.unwrap_or_else(|| settings(&context.shared)), before: Mutex::default() };
    let mut changes: Vec<(String, Value)> = Vec::new();
    if let Some(arg) = arg {
        for (key, value) in arg.0.lock().iter() {
            match key.value() {
                Value::Str(name) => changes.push((name.to_string(), value.clone())),
                other => bail!(TypeError: "expected the name of a setting, got {}", crate::convert::describe(other)),
            }
        }
    }
    changes.extend(kwargs.0.into_iter().map(|(name, value)| (name.replace("__", "."), value)));
    for (name, value) in changes {
        set.assign(&name, value)?;
    }
    Ok(Value::object(set))
}

impl Set {
    fn assign(&self, name: &str, value: Value) -> Result<()> {
        let mut place = self.settings.clone();
        let mut parts = name.split('.').peekable();
        while let Some(part) = parts.next() {
            let key = spelled(&place, part);
            let new = if parts.peek().is_none() { Some(value.clone()) } else { None };
            let found = place.0.lock().get(&key).cloned();
            place = match (new, found) {
                (Some(new), found) => {
                    place.0.lock().insert(key.clone(), new);
                    self.before.lock().push((place, key, found));
                    return Ok(());
                }
                (None, Some(Value::Dict(inner))) => inner,
                (None, None) => {
                    let inner = Arc::new(Dict::default());
                    place.0.lock().insert(key.clone(), Value::Dict(inner.clone()));
                    self.before.lock().push((place, key, None));
                    inner
                }
                (None, Some(other)) => {
                    bail!(TypeError: "cannot set `{name}`: `{part}` is {}", crate::convert::describe(&other); hint: "only a setting that is a dict has settings inside")
                }
            };
        }
        Ok(())
    }
}

impl Object for Set {
    fn class(&self) -> ClassRef {
        SET.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<dask.config.set object>".into()
    }

    fn enter(&self, _context: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::Dict(self.settings.clone())))
    }

    fn exit(&self, _context: &Context, _error: Option<&Error>) -> Result<bool> {
        let before = std::mem::take(&mut *self.before.lock());
        for (place, key, value) in before.into_iter().rev() {
            let mut place = place.0.lock();
            match value {
                Some(value) => drop(place.insert(key, value)),
                None => drop(place.shift_remove(&key)),
            }
        }
        Ok(false)
    }
}
