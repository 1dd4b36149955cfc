//! Methods of `dict`.

use std::sync::Arc;

use super::view::{Part, View};
use crate::builtin::{Args, Keywords};
use crate::context::Context;
use crate::convert::Maybe;
use crate::error::Result;
use crate::evaluate::{collect, iterate};
use crate::operators;
use crate::types::{dict_of, key_error};
use crate::value::{Dict, HashKey, Value};
use crate::{bail, builtins};

builtins! {
    /// Takes everything out.
    fn clear(this: Arc<Dict>) { drop(std::mem::take(&mut *this.0.lock())); }

    /// A new dict with the same keys and values.
    fn copy(this: Arc<Dict>) -> Value { copy(&this) }

    /// A new dict with these keys, all with one value.
    ///
    /// ```rdk
    /// dict.fromkeys("ab", 0)
    /// #> {'a': 0, 'b': 0}
    /// ```
    fn fromkeys[context](
        /// The keys.
        iterable: Value,
        /// The value of all of them.
        value: Option<Value>,
    ) -> Result<Value> { from_keys(context, &iterable, value.unwrap_or_default()) }

    /// The value of a key, or a default if there is no such key.
    ///
    /// ```rdk
    /// prices = {"tea": 2}
    /// prices.get("tea"), prices.get("rum", 0)
    /// #> (2, 0)
    /// ```
    fn get(
        this: Arc<Dict>,
        /// The key.
        key: Value,
        /// What to give if it is not there.
        default: Option<Value>,
    ) -> Result<Value> { Ok(get(&this, key)?.or(default).unwrap_or_default()) }

    /// Keys with their values.
    ///
    /// ```rdk
    /// for name, price in {"tea": 2, "rum": 9}.items():
    ///     print(name, price)
    /// #> tea 2
    /// #> rum 9
    /// ```
    fn items(this: Arc<Dict>) -> Value { Value::object(View { dict: this, part: Part::Items }) }

    /// The keys.
    ///
    /// ```rdk
    /// {"tea": 2, "rum": 9}.keys()
    /// #> dict_keys(['tea', 'rum'])
    /// ```
    fn keys(this: Arc<Dict>) -> Value { Value::object(View { dict: this, part: Part::Keys }) }

    /// Takes a key out and gives its value.
    ///
    /// ```rdk
    /// prices = {"tea": 2, "rum": 9}
    /// prices.pop("rum"), prices.pop("gin", None), prices
    /// #> (9, None, {'tea': 2})
    /// ```
    fn pop(
        this: Arc<Dict>,
        /// The key.
        key: Value,
        /// What to give if it is not there; an error if not given.
        default: Maybe,
    ) -> Result<Value> { pop(&this, key, default) }

    /// Takes the last key out and gives it with its value.
    ///
    /// ```rdk
    /// {"tea": 2, "rum": 9}.popitem()
    /// #> ('rum', 9)
    /// ```
    fn popitem(this: Arc<Dict>) -> Result<Value> { pop_item(&this) }

    /// The value of a key, which is put in if it is not there.
    ///
    /// ```rdk
    /// groups = {}
    /// groups.setdefault("a", []).append(1)
    /// groups
    /// #> {'a': [1]}
    /// ```
    fn setdefault(
        this: Arc<Dict>,
        /// The key.
        key: Value,
        /// Its value if it is not there.
        default: Option<Value>,
    ) -> Result<Value> { set_default(&this, key, default.unwrap_or_default()) }

    /// Puts in the keys and values of another dict, or of pairs.
    ///
    /// ```rdk
    /// prices = {"tea": 2}
    /// prices.update({"rum": 9}, tea=3)
    /// prices
    /// #> {'tea': 3, 'rum': 9}
    /// ```
    fn update[context](
        this: Arc<Dict>,
        /// A dict, or pairs of key and value.
        other: Option<Value>,
        /// More of them, by name.
        kwargs: Keywords,
    ) -> Result<()> { update(context, &this, other.as_ref(), kwargs) }

    /// The values.
    ///
    /// ```rdk
    /// sum({"tea": 2, "rum": 9}.values())
    /// #> 11
    /// ```
    fn values(this: Arc<Dict>) -> Value { Value::object(View { dict: this, part: Part::Values }) }
}

/// The value of a key.
pub fn get(dict: &Dict, key: Value) -> Result<Option<Value>> {
    let key = HashKey::new(key)?;
    Ok(dict.0.lock().get(&key).cloned())
}

fn copy(dict: &Dict) -> Value {
    let entries = dict.0.lock().clone();
    Value::Dict(Arc::new(Dict(entries.into())))
}

fn from_keys(context: &Context, iterable: &Value, value: Value) -> Result<Value> {
    let dict = Dict::default();
    let mut walk = iterate(context, iterable)?;
    while let Some(key) = walk.next(context)? {
        let key = HashKey::new(key)?;
        dict.0.lock().insert(key, value.clone());
    }
    Ok(Value::Dict(Arc::new(dict)))
}

fn pop(dict: &Dict, key: Value, default: Maybe) -> Result<Value> {
    let hashed = HashKey::new(key.clone())?;
    let found = dict.0.lock().shift_remove(&hashed);
    found.or(default.0).ok_or_else(|| key_error(&key))
}

fn pop_item(dict: &Dict) -> Result<Value> {
    let last = dict.0.lock().pop();
    match last {
        Some((key, value)) => Ok(Value::tuple([key.value().clone(), value])),
        None => bail!(KeyError: "popitem(): dictionary is empty"),
    }
}

fn set_default(dict: &Dict, key: Value, default: Value) -> Result<Value> {
    let key = HashKey::new(key)?;
    Ok(dict.0.lock().entry(key).or_insert(default).clone())
}

/// Puts keys and values of another mapping, or of pairs, and of names into a dict.
pub fn update(context: &Context, dict: &Dict, other: Option<&Value>, kwargs: Keywords) -> Result<()> {
    if let Some(other) = other {
        for (key, value) in pairs(context, other)? {
            dict.0.lock().insert(key, value);
        }
    }
    for (name, value) in kwargs.0 {
        dict.0.lock().insert(HashKey::text(&name), value);
    }
    Ok(())
}

/// The entries of a mapping, or of pairs.
pub fn pairs(context: &Context, source: &Value) -> Result<Vec<(HashKey, Value)>> {
    if let Some(dict) = dict_of(source) {
        return Ok(dict.0.lock().iter().map(|(key, value)| (key.clone(), value.clone())).collect());
    }
    let mut entries = Vec::new();
    // Other mappings have `keys`; those of ours have `items` too, which looks nothing up.
    if let Value::Object(object) = source
        && let Some(keys) = operators::find(context, source, "keys")?
    {
        if object.class().method("items").is_some() {
            let items = operators::attribute(context, source, "items")?;
            return pairs(context, &context.call(&items, Args::none())?);
        }
        let keys = context.call(&keys, Args::none())?;
        for key in collect(context, &keys)? {
            let value = operators::item(context, source, &key)?;
            entries.push((HashKey::new(key)?, value));
        }
        return Ok(entries);
    }
    let mut walk = iterate(context, source)?;
    while let Some(pair) = walk.next(context)? {
        let at = entries.len();
        let items = match collect(context, &pair) {
            Ok(items) => items,
            Err(_) => {
                bail!(TypeError: "cannot convert dictionary update sequence element #{at} to a sequence"; hint: "expected pairs of key and value")
            }
        };
        let [key, value] = <[Value; 2]>::try_from(items).map_err(|items| {
            crate::error!("dictionary update sequence element #{at} has length {}; 2 is required", items.len())
        })?;
        entries.push((HashKey::new(key)?, value));
    }
    Ok(entries)
}
