//! What a variable can hold.
//!
//! Plain values are a closed enum. Everything else comes in by one of two small doors: [`Object`] for concrete things (a NumPy
//! array, an open file), [`Lazy`] for those that stand for work not done yet.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use num_bigint::BigInt;
use num_complex::Complex64;
use parking_lot::Mutex;
use rustc_hash::FxBuildHasher;

use crate::builtin::{BoundMethod, Builtin};
use crate::class::{ClassRef, Module};
use crate::error::{Error, Result};
use crate::object::{Lazy, Object};

/// A name; compared by its text, cheap to copy.
pub type Name = Arc<str>;

/// A value. Cloning is cheap and gives the same object, as assignment does in Python.
#[derive(Clone, Default)]
pub enum Value {
    /// `None`
    #[default]
    None,
    /// `...`
    Ellipsis,
    /// `True`, `False`
    Bool(bool),
    /// An integer that fits; always this form when it does.
    Int(i64),
    /// One that does not.
    BigInt(Arc<BigInt>),
    /// `1.5`
    Float(f64),
    /// `1+2j`
    Complex(Complex64),
    /// Text.
    Str(Arc<str>),
    /// `b"…"`
    Bytes(Arc<[u8]>),
    /// `[…]`
    List(Arc<List>),
    /// `(…)`
    Tuple(Arc<[Value]>),
    /// `{k: v}`, in order of insertion.
    Dict(Arc<Dict>),
    /// `{a, b}`
    Set(Arc<Set>),
    /// `range(…)`
    Range(Arc<Range>),
    /// `a:b:c`
    Slice(Arc<Slice>),
    /// A function written in rdk.
    Function(Arc<crate::function::Function>),
    /// A function that comes with rdk.
    Builtin(Arc<Builtin>),
    /// `xs.append`, not called yet.
    Method(Arc<BoundMethod>),
    /// An imported module.
    Module(Arc<Module>),
    /// A type: `int`, `ValueError`, `np.ndarray`.
    Class(ClassRef),
    /// An exception as a value: `except ValueError as error`.
    Exception(Arc<Error>),
    /// Something being walked: `iter(xs)`, `zip(a, b)`, a generator expression.
    Iter(Arc<Iter>),
    /// A concrete thing of a room above.
    Object(Arc<dyn Object>),
    /// Work that has not been done.
    Lazy(Arc<dyn Lazy>),
}

/// A list. Lock, take what is needed, unlock: never call back into the language while it is locked.
#[derive(Default)]
pub struct List(pub Mutex<Vec<Value>>);

/// A dict; keys are hashable values, in order of insertion.
#[derive(Default)]
pub struct Dict(pub Mutex<IndexMap<HashKey, Value, FxBuildHasher>>);

/// A set, or with `frozen` one that cannot change and can be a key.
#[derive(Default)]
pub struct Set {
    /// Its members.
    pub items: Mutex<IndexSet<HashKey, FxBuildHasher>>,
    /// `frozenset`
    pub frozen: bool,
}

/// A value that can be a key: its hash does not change. `1`, `1.0` and `True` are the same key.
#[derive(Clone)]
pub struct HashKey(pub(crate) Value);

/// `range(start, stop, step)`; `step` is not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Range {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
}

/// `start:stop:step`, each perhaps `None`.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Slice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

/// Something being walked. Only one thread takes a step at a time.
pub struct Iter {
    /// What `repr` and `type` call it: `list_iterator`, `zip`, `generator`.
    pub name: &'static str,
    /// The next item each time.
    pub next: Mutex<Next>,
}

/// Gives the next item; `None` at the end.
pub type Next = Box<dyn FnMut(&crate::Context) -> Option<Result<Value>> + Send>;

impl Value {
    /// Text as a value.
    pub fn str(text: impl AsRef<str>) -> Value {
        Value::Str(Arc::from(text.as_ref()))
    }

    /// A new list.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Value {
        Value::List(Arc::new(List(Mutex::new(items.into_iter().collect()))))
    }

    /// A new tuple.
    pub fn tuple(items: impl IntoIterator<Item = Value>) -> Value {
        Value::Tuple(items.into_iter().collect())
    }

    /// A new dict with text keys.
    pub fn dict<K: AsRef<str>>(items: impl IntoIterator<Item = (K, Value)>) -> Value {
        let items = items.into_iter().map(|(key, value)| (HashKey(Value::str(key)), value)).collect();
        Value::Dict(Arc::new(Dict(Mutex::new(items))))
    }

    /// An integer of any size; small ones take the small form.
    pub fn big(value: BigInt) -> Value {
        match i64::try_from(&value) {
            Ok(small) => Value::Int(small),
            Err(_) => Value::BigInt(Arc::new(value)),
        }
    }

    /// A concrete object.
    pub fn object(object: impl Object) -> Value {
        Value::Object(Arc::new(object))
    }

    /// A lazy value.
    pub fn lazy(lazy: impl Lazy) -> Value {
        Value::Lazy(Arc::new(lazy))
    }

    /// The work that has not been done, if it is that.
    pub fn as_lazy(&self) -> Option<&dyn Lazy> {
        match self {
            Value::Lazy(lazy) => Some(&**lazy),
            _ => None,
        }
    }

    /// Something to walk, from its items.
    pub fn iter(
        name: &'static str,
        next: impl FnMut(&crate::Context) -> Option<Result<Value>> + Send + 'static,
    ) -> Value {
        Value::Iter(Arc::new(Iter { name, next: Mutex::new(Box::new(next)) }))
    }

    /// The object as what it is, if it is a `T`; looks through both doors.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        match self {
            Value::Object(object) => object.as_any().downcast_ref(),
            Value::Lazy(lazy) => lazy.as_any().downcast_ref(),
            _ => None,
        }
    }

    /// `None`?
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }
}

impl List {
    /// A copy of what is in it now.
    pub fn snapshot(&self) -> Vec<Value> {
        self.0.lock().clone()
    }
}
