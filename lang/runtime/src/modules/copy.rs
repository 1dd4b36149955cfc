//! `copy`: a value again, alone or with everything inside it.

use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::class::{Module, entries};
use crate::context::Context;
use crate::error::Result;
use crate::hash::address;
use crate::user::Instance;
use crate::value::{Dict, HashKey, List, Set, Value};
use crate::{Args, builtins};

/// The module `copy`.
pub fn module() -> Arc<Module> {
    Module::new("copy", "Values again, alone or with everything inside.", || entries(builtins()))
}

builtins! {
    /// The same value again; what is inside is shared.
    ///
    /// ```rdk
    /// from copy import copy
    /// a = [[1], 2]
    /// b = copy(a)
    /// b.append(3); b[0].append(9)
    /// a, b
    /// #> ([[1, 9], 2], [[1, 9], 2, 3])
    /// ```
    fn copy[context](
        /// The value.
        x: Value,
    ) -> Result<Value> { shallow(context, &x) }

    /// The same value again, and everything inside it too.
    ///
    /// ```rdk
    /// from copy import deepcopy
    /// a = [[1], 2]
    /// b = deepcopy(a)
    /// b[0].append(9)
    /// a, b
    /// #> ([[1], 2], [[1, 9], 2])
    /// ```
    fn deepcopy[context](
        /// The value.
        x: Value,
        /// What has been copied already; accepted, not used.
        memo: Option<Value>,
    ) -> Result<Value> {
        let _ = memo;
        Deep { context, made: FxHashMap::default(), held: Vec::new() }.copy(&x)
    }
}

fn shallow(context: &Context, value: &Value) -> Result<Value> {
    Ok(match value {
        Value::List(list) => Value::list(list.snapshot()),
        Value::Dict(dict) => Value::Dict(Arc::new(Dict(Mutex::new(dict.0.lock().clone())))),
        Value::Set(set) if !set.frozen => {
            Value::Set(Arc::new(Set { items: Mutex::new(set.items.lock().clone()), frozen: false }))
        }
        Value::Object(_) => by_method(context, value)?,
        // What cannot change is its own copy.
        other => other.clone(),
    })
}

/// An object's own idea of a copy; without one it is its own.
fn by_method(context: &Context, value: &Value) -> Result<Value> {
    if let Some(instance) = value.get::<Instance>() {
        let copy = Instance::new(&instance.class);
        let fields = instance.fields.lock().clone();
        *copy.fields.lock() = fields;
        return Ok(Value::Object(copy));
    }
    match value.class().method("copy") {
        Some(method) => method.call(context, Args::one(value.clone())),
        None => Ok(value.clone()),
    }
}

/// A deep copy in the making.
struct Deep<'a> {
    context: &'a Context,
    /// Copies by the address of what they copy: what is inside twice stays one thing.
    made: FxHashMap<usize, Value>,
    /// What has been copied; kept, so that no address is used again meanwhile.
    held: Vec<Value>,
}

impl Deep<'_> {
    fn copy(&mut self, value: &Value) -> Result<Value> {
        let context = self.context;
        if !matches!(value, Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Tuple(_) | Value::Object(_)) {
            return Ok(value.clone());
        }
        if let Some(made) = self.made.get(&address(value)) {
            return Ok(made.clone());
        }
        context.check()?;
        context.nested(|| match value {
            Value::List(list) => {
                let copy = Arc::new(List::default());
                self.remember(value, Value::List(copy.clone()));
                for item in list.snapshot() {
                    let item = self.copy(&item)?;
                    copy.0.lock().push(item);
                }
                Ok(Value::List(copy))
            }
            Value::Dict(dict) => {
                let copy = Arc::new(Dict::default());
                self.remember(value, Value::Dict(copy.clone()));
                self.fill(dict, &copy)?;
                Ok(Value::Dict(copy))
            }
            Value::Tuple(items) => {
                let copies = items.iter().map(|item| self.copy(item)).collect::<Result<Vec<_>>>()?;
                let same = copies.iter().zip(items.iter()).all(|(a, b)| crate::operators::same(a, b));
                // A tuple of things that cannot change is its own copy.
                let copy = if same { value.clone() } else { Value::tuple(copies) };
                self.remember(value, copy.clone());
                Ok(copy)
            }
            Value::Set(set) => Ok(if set.frozen { value.clone() } else { shallow(context, value)? }),
            Value::Object(object) => {
                let copy = by_method(context, value)?;
                self.remember(value, copy.clone());
                if let Some(instance) = copy.get::<Instance>() {
                    let fields = instance.fields.lock().clone();
                    for (name, field) in fields {
                        let field = self.copy(&field)?;
                        instance.set(&name, field);
                    }
                }
                let inner = if let Value::Object(copy) = &copy { copy.dict() } else { None };
                if let (Some(from), Some(to)) = (object.dict(), inner)
                    && !Arc::ptr_eq(&from, &to)
                {
                    self.fill(&from, &to)?;
                }
                Ok(copy)
            }
            other => Ok(other.clone()),
        })
    }

    fn remember(&mut self, value: &Value, copy: Value) {
        self.made.insert(address(value), copy);
        self.held.push(value.clone());
    }

    fn fill(&mut self, from: &Dict, to: &Dict) -> Result<()> {
        let pairs: Vec<(HashKey, Value)> =
            from.0.lock().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        for (key, value) in pairs {
            let value = self.copy(&value)?;
            to.0.lock().insert(key, value);
        }
        Ok(())
    }
}
