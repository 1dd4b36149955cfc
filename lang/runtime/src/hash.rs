//! Values as keys of dicts and members of sets.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use num_traits::ToPrimitive;

use crate::bail;
use crate::error::Result;
use crate::value::{HashKey, Value};

impl HashKey {
    /// The value as a key; an error if it can change.
    pub fn new(value: Value) -> Result<HashKey> {
        check(&value)?;
        Ok(HashKey(value))
    }

    /// Text as a key.
    pub fn text(text: &str) -> HashKey {
        HashKey(Value::str(text))
    }

    /// The value.
    pub fn value(&self) -> &Value {
        &self.0
    }
}

/// One level further in, with stack to spare: tuples may be nested without end.
fn deeper<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, work)
}

fn check(value: &Value) -> Result<()> {
    match value {
        Value::List(_) | Value::Dict(_) | Value::Slice(_) => {
            bail!(TypeError: "unhashable type: '{}'", value.class().name; hint: "a key cannot change: use a tuple")
        }
        Value::Set(set) if !set.frozen => bail!(TypeError: "unhashable type: 'set'"; hint: "use `frozenset(…)`"),
        Value::Tuple(items) => deeper(|| items.iter().try_for_each(check)),
        Value::Object(object) if object.hash_key().is_none() => {
            bail!(TypeError: "unhashable type: '{}'", object.class().name)
        }
        _ => Ok(()),
    }
}

impl Hash for HashKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

/// Numbers that are equal hash alike, whatever their type.
fn hash<H: Hasher>(value: &Value, state: &mut H) {
    match value {
        Value::Bool(flag) => state.write_i64(i64::from(*flag)),
        Value::Int(number) => state.write_i64(*number),
        Value::Float(number) => match whole(*number) {
            Some(whole) => state.write_i64(whole),
            None => state.write_u64(number.to_bits()),
        },
        Value::Complex(number) if number.im == 0.0 => hash(&Value::Float(number.re), state),
        Value::Complex(number) => (number.re.to_bits(), number.im.to_bits()).hash(state),
        Value::BigInt(number) => state.write_u64(number.to_f64().unwrap_or(0.0).to_bits()),
        Value::Str(text) => text.hash(state),
        Value::Bytes(bytes) => bytes.hash(state),
        Value::Tuple(items) => deeper(|| items.iter().for_each(|item| hash(item, state))),
        Value::Set(set) => state.write_usize(set.items.lock().len()),
        Value::Range(range) => (range.start, range.stop, range.step).hash(state),
        Value::Object(object) => {
            if let Some(key) = object.hash_key() {
                hash(&key, state);
            }
        }
        Value::None => state.write_u8(1),
        Value::Ellipsis => state.write_u8(2),
        Value::Slice(_) | Value::List(_) | Value::Dict(_) => {}
        other => state.write_usize(address(other)),
    }
}

fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9.0e18).then_some(number as i64)
}

impl PartialEq for HashKey {
    fn eq(&self, other: &HashKey) -> bool {
        same_key(&self.0, &other.0)
    }
}

impl Eq for HashKey {}

fn same_key(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        // NaN is unequal to itself; as a key the same one is found again.
        (Value::Float(a), Value::Float(b)) => a == b || a.to_bits() == b.to_bits(),
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::BigInt(a), Value::BigInt(b)) => a == b,
        (Value::Tuple(a), Value::Tuple(b)) => {
            a.len() == b.len() && deeper(|| a.iter().zip(b.iter()).all(|(a, b)| same_key(a, b)))
        }
        (Value::Range(a), Value::Range(b)) => a == b,
        (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) => true,
        (Value::Set(a), Value::Set(b)) => {
            if Arc::ptr_eq(a, b) {
                return true;
            }
            let members = a.items.lock().clone();
            let others = b.items.lock();
            members.len() == others.len() && members.iter().all(|member| others.contains(member))
        }
        (Value::Object(a), Value::Object(b)) => match (a.hash_key(), b.hash_key()) {
            (Some(a), Some(b)) => same_key(&a, &b),
            _ => false,
        },
        (Value::Object(object), plain) | (plain, Value::Object(object)) => {
            object.hash_key().is_some_and(|key| same_key(&key, plain))
        }
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a == b,
            (None, None) => address(a) != 0 && address(a) == address(b),
            _ => false,
        },
    }
}

/// A number in a form in which equal ones are equal.
fn number(value: &Value) -> Option<(f64, f64, i64)> {
    match value {
        Value::Bool(flag) => Some((f64::from(u8::from(*flag)), 0.0, i64::from(*flag))),
        Value::Int(n) => Some((*n as f64, 0.0, *n)),
        Value::Float(n) => Some((*n, 0.0, whole(*n).unwrap_or(0))),
        Value::Complex(n) => Some((n.re, n.im, if n.im == 0.0 { whole(n.re).unwrap_or(0) } else { 0 })),
        Value::BigInt(n) => Some((n.to_f64()?, 0.0, 0)),
        _ => None,
    }
}

/// Where a shared value lives; 0 for those that are not shared. What `is` compares and `id` gives.
pub fn address(value: &Value) -> usize {
    match value {
        Value::BigInt(shared) => Arc::as_ptr(shared) as usize,
        Value::Str(shared) => Arc::as_ptr(shared).cast::<u8>() as usize,
        Value::Bytes(shared) => Arc::as_ptr(shared).cast::<u8>() as usize,
        Value::List(shared) => Arc::as_ptr(shared) as usize,
        Value::Tuple(shared) => Arc::as_ptr(shared).cast::<u8>() as usize,
        Value::Dict(shared) => Arc::as_ptr(shared) as usize,
        Value::Set(shared) => Arc::as_ptr(shared) as usize,
        Value::Range(shared) => Arc::as_ptr(shared) as usize,
        Value::Slice(shared) => Arc::as_ptr(shared) as usize,
        Value::Function(shared) => Arc::as_ptr(shared) as usize,
        Value::Builtin(shared) => Arc::as_ptr(shared) as usize,
        Value::Method(shared) => Arc::as_ptr(shared) as usize,
        Value::Module(shared) => Arc::as_ptr(shared) as usize,
        Value::Class(shared) => Arc::as_ptr(shared) as usize,
        Value::Exception(shared) => Arc::as_ptr(shared) as usize,
        Value::Iter(shared) => Arc::as_ptr(shared) as usize,
        Value::Object(shared) => Arc::as_ptr(shared).cast::<u8>() as usize,
        Value::Lazy(shared) => Arc::as_ptr(shared).cast::<u8>() as usize,
        Value::None | Value::Ellipsis | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Complex(_) => 0,
    }
}
