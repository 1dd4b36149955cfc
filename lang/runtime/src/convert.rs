//! Between values of the language and types of Rust, at the border of a builtin.

use std::borrow::Cow;
use std::sync::Arc;

use num_bigint::BigInt;
use num_complex::Complex64;

use crate::builtin::{Keywords, ParamKind, Rest};
use crate::context::Context;
use crate::error::Result;
use crate::value::{Dict, List, Set, Value};
use crate::{bail, error};

/// A type that a parameter of a builtin can have.
pub trait FromValue: Sized {
    /// How the parameter takes its argument.
    const KIND: ParamKind = ParamKind::Normal;
    /// The default that the type itself brings.
    const DEFAULT: Option<&'static str> = None;

    /// Is it a number, which a lazy value of a single element is computed for?
    const IS_NUMBER: bool = false;

    /// What it takes, for messages: `an integer`.
    fn expected() -> &'static str;

    /// The value as this type; `None` when it is something else.
    fn from_value(value: &Value) -> Option<Self>;

    /// As `from_value`, with an own error where the type can say more than "expected …, got …".
    fn try_from_value(value: &Value) -> Result<Self> {
        match Self::from_value(value) {
            Some(value) => Ok(value),
            None => bail!(TypeError: "expected {}, got {}", Self::expected(), describe(value)),
        }
    }

    /// When nothing is given and there is no default.
    fn missing() -> Option<Self> {
        None
    }
}

/// A value for a message: `the str 'abc'`, `None`, `a list`.
pub fn describe(value: &Value) -> Cow<'static, str> {
    match value {
        Value::None => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(number) => format!("the int {number}").into(),
        Value::BigInt(number) => format!("an int of {} bits, which is too large here", number.bits()).into(),
        Value::Float(number) => format!("the float {number:?}").into(),
        Value::Str(text) if text.chars().count() <= 40 => format!("the str {text:?}").into(),
        other => {
            let name = other.class().name;
            let article = if name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" };
            format!("{article} {name}").into()
        }
    }
}

/// The argument of a parameter; what `builtins!` calls.
#[doc(hidden)]
pub fn argument<T: FromValue>(value: Option<Value>, name: &str, function: &str) -> Result<T> {
    match value {
        Some(value) => T::try_from_value(&value).map_err(|mut error| {
            if error.0.message.starts_with("expected ") {
                error.0.message = format!("`{name}` of {function}(): {}", error.0.message);
            }
            error.about(crate::builtin::plain_name(name))
        }),
        None => T::missing().ok_or_else(|| error!(TypeError: "{function}() needs the argument `{name}`")),
    }
}

/// The value itself, or for a lazy one that a number is wanted of, the number; what `builtins!` calls.
#[doc(hidden)]
#[inline(always)]
pub fn settled<T: FromValue>(context: &Context, value: Option<Value>) -> Result<Option<Value>> {
    match value {
        Some(value @ Value::Lazy(_)) if T::IS_NUMBER => value.settled(context).map(Some),
        other => Ok(other),
    }
}

/// What a builtin can answer with.
pub trait Answer {
    /// As a value.
    fn answer(self) -> Result<Value>;
}

impl<T: Into<Value>> Answer for T {
    fn answer(self) -> Result<Value> {
        Ok(self.into())
    }
}

impl<T: Into<Value>> Answer for Result<T> {
    fn answer(self) -> Result<Value> {
        self.map(Into::into)
    }
}

macro_rules! from_value {
    (@ $number:literal) => { $number };
    (@) => { false };
    ($($type:ty, $expected:literal $(, is number $number:literal)?: $value:ident => $body:expr;)*) => {$(
        impl FromValue for $type {
            const IS_NUMBER: bool = from_value!(@ $($number)?);

            fn expected() -> &'static str {
                $expected
            }

            fn from_value($value: &Value) -> Option<Self> {
                $body
            }
        }
    )*};
}

from_value! {
    Value, "anything": value => Some(value.clone());
    bool, "True or False": value => match value { Value::Bool(flag) => Some(*flag), Value::Int(n @ (0 | 1)) => Some(*n == 1), _ => value.plain_number().and_then(|n| match n { Value::Bool(flag) => Some(flag), _ => None }) };
    i64, "an integer", is number true: value => match value { Value::Int(n) => Some(*n), Value::Bool(flag) => Some(*flag as i64), _ => value.plain_number().and_then(|n| match n { Value::Int(n) => Some(n), Value::Bool(flag) => Some(flag as i64), _ => None }) };
    usize, "an integer of 0 or more", is number true: value => i64::from_value(value).and_then(|n| usize::try_from(n).ok());
    u64, "an integer of 0 or more", is number true: value => i64::from_value(value).and_then(|n| u64::try_from(n).ok());
    BigInt, "an integer", is number true: value => match value { Value::BigInt(n) => Some((**n).clone()), _ => i64::from_value(value).map(BigInt::from) };
    f64, "a number", is number true: value => value.as_f64();
    Complex64, "a number", is number true: value => match value {
        Value::Complex(c) => Some(*c),
        Value::Object(_) if value.as_f64().is_none() => Complex64::from_value(&value.plain_number()?),
        _ => value.as_f64().map(|re| Complex64::new(re, 0.0)),
    };
    Arc<str>, "a str": value => match value { Value::Str(text) => Some(text.clone()), _ => None };
    String, "a str": value => match value { Value::Str(text) => Some(text.to_string()), _ => None };
    Arc<[u8]>, "bytes": value => match value { Value::Bytes(bytes) => Some(bytes.clone()), _ => None };
    Arc<List>, "a list": value => match value { Value::List(list) => Some(list.clone()), _ => None };
    Arc<Dict>, "a dict": value => crate::types::dict_of(value);
    Arc<Set>, "a set": value => match value { Value::Set(set) => Some(set.clone()), _ => None };
}

impl<T: FromValue> FromValue for Option<T> {
    const DEFAULT: Option<&'static str> = Some("None");
    const IS_NUMBER: bool = T::IS_NUMBER;

    fn expected() -> &'static str {
        T::expected()
    }

    fn from_value(value: &Value) -> Option<Self> {
        if value.is_none() { Some(None) } else { T::from_value(value).map(Some) }
    }

    fn try_from_value(value: &Value) -> Result<Self> {
        if value.is_none() { Ok(None) } else { T::try_from_value(value).map(Some) }
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

/// An argument that may be left out, where `None` is a value like any other: the default of `dict.pop`.
pub struct Maybe(pub Option<Value>);

impl FromValue for Maybe {
    const DEFAULT: Option<&'static str> = Some("…");

    fn expected() -> &'static str {
        "anything"
    }

    fn from_value(value: &Value) -> Option<Maybe> {
        Some(Maybe(Some(value.clone())))
    }

    fn missing() -> Option<Maybe> {
        Some(Maybe(None))
    }
}

/// A list or tuple of things of one type.
impl<T: FromValue> FromValue for Vec<T> {
    fn expected() -> &'static str {
        "a list or tuple"
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::List(list) => list.snapshot().iter().map(T::from_value).collect(),
            Value::Tuple(items) => items.iter().map(T::from_value).collect(),
            _ => None,
        }
    }
}

impl FromValue for Rest {
    const KIND: ParamKind = ParamKind::Rest;
    const DEFAULT: Option<&'static str> = Some("()");

    fn expected() -> &'static str {
        "anything"
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Tuple(items) => Some(Rest(items.to_vec())),
            _ => None,
        }
    }

    fn missing() -> Option<Self> {
        Some(Rest(Vec::new()))
    }
}

impl FromValue for Keywords {
    const KIND: ParamKind = ParamKind::Keywords;
    const DEFAULT: Option<&'static str> = Some("{}");

    fn expected() -> &'static str {
        "keyword arguments"
    }

    fn from_value(value: &Value) -> Option<Self> {
        let Value::Dict(dict) = value else { return None };
        let mut named = Vec::new();
        for (key, value) in dict.0.lock().iter() {
            if let Value::Str(name) = &key.0 {
                named.push((name.clone(), value.clone()));
            }
        }
        Some(Keywords(named))
    }

    fn missing() -> Option<Self> {
        Some(Keywords(Vec::new()))
    }
}

impl From<()> for Value {
    fn from((): ()) -> Value {
        Value::None
    }
}

macro_rules! into_value {
    ($($type:ty: $value:ident => $body:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Value {
                $body
            }
        }
    )*};
}

into_value! {
    bool: value => Value::Bool(value);
    i32: value => Value::Int(value.into());
    i64: value => Value::Int(value);
    u32: value => Value::Int(value.into());
    u64: value => Value::big(value.into());
    usize: value => Value::big(value.into());
    f64: value => Value::Float(value);
    Complex64: value => Value::Complex(value);
    BigInt: value => Value::big(value);
    &str: value => Value::str(value);
    String: value => Value::Str(value.into());
    Arc<str>: value => Value::Str(value);
    Arc<List>: value => Value::List(value);
    Arc<Dict>: value => Value::Dict(value);
    Arc<Set>: value => Value::Set(value);
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Value {
        Value::list(items.into_iter().map(Into::into))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::None, Into::into)
    }
}

impl<A: Into<Value>, B: Into<Value>> From<(A, B)> for Value {
    fn from((a, b): (A, B)) -> Value {
        Value::tuple([a.into(), b.into()])
    }
}

impl Value {
    /// The plain number that an object stands for, such as a NumPy scalar.
    pub fn plain_number(&self) -> Option<Value> {
        match self {
            Value::Object(object) => object.number()?.ok(),
            _ => None,
        }
    }

    /// The plain number that a lazy value of a single element computes to; any other value as it is.
    pub fn settled(&self, context: &Context) -> Result<Value> {
        match self {
            Value::Lazy(lazy) => lazy.settle(context).unwrap_or_else(|| Ok(self.clone())),
            other => Ok(other.clone()),
        }
    }

    /// As a float, if it is a real number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Float(number) => Some(*number),
            Value::Int(number) => Some(*number as f64),
            Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
            Value::BigInt(number) => num_traits::ToPrimitive::to_f64(&**number),
            Value::Object(object) => object.number()?.ok()?.as_f64(),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list or tuple.
    pub fn items(&self) -> Option<Vec<Value>> {
        match self {
            Value::List(list) => Some(list.snapshot()),
            Value::Tuple(items) => Some(items.to_vec()),
            _ => None,
        }
    }
}
