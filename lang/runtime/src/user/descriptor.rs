//! What decorators make of methods: `property`, `staticmethod`, `classmethod`, `cached_property`; and `NotImplemented`.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use super::{Bound, Instance, dataclass, parent};
use crate::builtin::Args;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::error::Result;
use crate::object::Object;
use crate::operators;
use crate::value::Value;
use crate::{bail, error};

/// A member of a class that is more than a value.
#[derive(Clone)]
enum Descriptor {
    /// Read by calling one function, assigned to by calling another.
    Property { get: Value, set: Value, delete: Value },
    /// Called without the instance.
    Static(Value),
    /// Called with the class.
    Class(Value),
    /// Computed once for each instance.
    Cached(Value),
}

/// `@x.setter`: still to be given its function.
struct Setter(Descriptor, &'static str);

/// `NotImplemented`
struct NotImplemented;

crate::builtins! {
    /// An attribute that is computed when it is read.
    ///
    /// ```rdk
    /// class Square:
    ///     def __init__(self, side):
    ///         self.side = side
    ///     @property
    ///     def area(self):
    ///         return self.side ** 2
    /// Square(3).area
    /// #> 9
    /// ```
    fn property(
        /// The function that reads it.
        fget: Option<Value>,
        /// The function that is called with a new value.
        fset: Option<Value>,
        /// The function that takes it away.
        fdel: Option<Value>,
        /// Its documentation.
        doc: Option<Value>,
    ) -> Value { let _ = doc; Value::object(Descriptor::Property { get: fget.into(), set: fset.into(), delete: fdel.into() }) }

    /// A function in a class that is called without the instance.
    fn staticmethod(
        /// The function.
        function: Value,
    ) -> Value { Value::object(Descriptor::Static(function)) }

    /// A function in a class that is called with the class instead of the instance.
    fn classmethod(
        /// The function.
        function: Value,
    ) -> Value { Value::object(Descriptor::Class(function)) }

    /// The methods of the classes that come after this one; inside a method without arguments.
    ///
    /// ```rdk
    /// class Shout(Exception):
    ///     def __init__(self, text):
    ///         super().__init__(text.upper())
    /// str(Shout("no"))
    /// #> 'NO'
    /// ```
    fn super(
        /// The class after which to look.
        r#type: Option<Value>,
        /// The instance, or a class.
        object_or_type: Option<Value>,
    ) -> Result<Value> { parent::parent(r#type, object_or_type) }
}

/// `functools.cached_property`
pub(crate) fn cached(function: Value) -> Value {
    Value::object(Descriptor::Cached(function))
}

/// `NotImplemented`: what an operator's method gives if the other side is to be asked.
pub(crate) fn not_implemented() -> Value {
    static VALUE: LazyLock<Value> = LazyLock::new(|| Value::object(NotImplemented));
    VALUE.clone()
}

pub(super) fn is_not_implemented(value: &Value) -> bool {
    value.get::<NotImplemented>().is_some()
}

/// Does reading it go before a field of the instance?
pub(super) fn is_property(member: &Value) -> bool {
    matches!(member.get::<Descriptor>(), Some(Descriptor::Property { .. }))
}

/// Has a derived class to define it?
pub(super) fn is_abstract(member: &Value) -> bool {
    match member {
        Value::Function(function) => matches!(function.attribute("__isabstractmethod__"), Some(Value::Bool(true))),
        other => match other.get::<Descriptor>() {
            Some(Descriptor::Property { get: inner, .. } | Descriptor::Static(inner) | Descriptor::Class(inner)) => {
                is_abstract(inner)
            }
            Some(Descriptor::Cached(_)) | None => false,
        },
    }
}

/// `Class.member`
pub(super) fn seen_from_class(member: Value, class: &ClassRef) -> Value {
    match member.get::<Descriptor>() {
        Some(Descriptor::Static(inner)) => inner.clone(),
        Some(Descriptor::Class(inner)) => {
            Value::object(Bound { receiver: Value::Class(class.clone()), function: inner.clone() })
        }
        Some(Descriptor::Property { .. } | Descriptor::Cached(_)) | None => member,
    }
}

/// `instance.member`
pub(super) fn seen_from_instance(
    context: &Context,
    member: Value,
    receiver: &Value,
    class: &ClassRef,
) -> Result<Value> {
    match member.get::<Descriptor>() {
        Some(Descriptor::Property { get: Value::None, .. }) => {
            bail!(AttributeError: "property of '{}' object has no getter", class.name)
        }
        Some(Descriptor::Property { get, .. }) => context.call(get, Args::one(receiver.clone())),
        Some(Descriptor::Cached(function)) => {
            let value = context.call(function, Args::one(receiver.clone()))?;
            if let (Some(instance), Some(Value::Str(name))) =
                (receiver.get::<Instance>(), operators::find(context, function, "__name__")?)
            {
                instance.set(&name, value.clone());
            }
            Ok(value)
        }
        Some(Descriptor::Static(_) | Descriptor::Class(_)) => Ok(seen_from_class(member, class)),
        None => Ok(member),
    }
}

/// `instance.member = value`, if the member has to do with it.
pub(super) fn set(context: &Context, member: &Value, receiver: &Value, name: &str, value: Value) -> Option<Result<()>> {
    match member.get::<Descriptor>()? {
        Descriptor::Property { set: Value::None, .. } => {
            let class = receiver.class().name;
            Some(Err(
                error!(AttributeError: "property '{name}' of '{class}' object has no setter"; hint: "`@{name}.setter` above a second `def {name}(self, value):` makes one"),
            ))
        }
        Descriptor::Property { set, .. } => Some(context.call(set, Args::of([receiver.clone(), value])).map(|_| ())),
        Descriptor::Static(_) | Descriptor::Class(_) | Descriptor::Cached(_) => None,
    }
}

impl Descriptor {
    fn inner(&self) -> &Value {
        match self {
            Descriptor::Property { get: inner, .. }
            | Descriptor::Static(inner)
            | Descriptor::Class(inner)
            | Descriptor::Cached(inner) => inner,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Descriptor::Property { .. } => "property",
            Descriptor::Static(_) => "staticmethod",
            Descriptor::Class(_) => "classmethod",
            Descriptor::Cached(_) => "cached_property",
        }
    }

    /// Its parts, for the journey to another process.
    fn parts(&self) -> (&'static str, Vec<Value>) {
        let values = match self {
            Descriptor::Property { get, set, delete } => vec![get.clone(), set.clone(), delete.clone()],
            other => vec![other.inner().clone()],
        };
        (self.word(), values)
    }
}

/// What a descriptor consists of, if the value is one.
pub(crate) fn parts(value: &Value) -> Option<(&'static str, Vec<Value>)> {
    if let Some(parts) = dataclass::parts(value) {
        return Some(parts);
    }
    value.get::<Descriptor>().map(Descriptor::parts)
}

/// The descriptor of these parts.
pub(crate) fn of_parts(word: &str, values: Vec<Value>) -> Option<Value> {
    if word == dataclass::FIELD {
        return dataclass::of_parts(&values);
    }
    let mut values = values.into_iter();
    let mut next = || values.next();
    Some(Value::object(match word {
        "property" => Descriptor::Property { get: next()?, set: next()?, delete: next()? },
        "staticmethod" => Descriptor::Static(next()?),
        "classmethod" => Descriptor::Class(next()?),
        "cached_property" => Descriptor::Cached(next()?),
        _ => return None,
    }))
}

impl Object for Descriptor {
    fn class(&self) -> ClassRef {
        static CLASSES: LazyLock<[ClassRef; 4]> = LazyLock::new(|| {
            ["property", "staticmethod", "classmethod", "cached_property"]
                .map(|name| Arc::new(Class::new(name, "", "What a decorator made of a method.")))
        });
        let at = match self {
            Descriptor::Property { .. } => 0,
            Descriptor::Static(_) => 1,
            Descriptor::Class(_) => 2,
            Descriptor::Cached(_) => 3,
        };
        CLASSES[at].clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<{} object at {:#x}>", self.word(), std::ptr::from_ref(self) as usize)
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        match (self, name) {
            (Descriptor::Property { .. }, "setter" | "getter" | "deleter") => {
                let which = match name {
                    "setter" => "setter",
                    "getter" => "getter",
                    _ => "deleter",
                };
                Some(Ok(Value::object(Setter(self.clone(), which))))
            }
            (_, "__func__" | "fget" | "func" | "__wrapped__") => Some(Ok(self.inner().clone())),
            (_, "__name__" | "__doc__") => operators::find(context, self.inner(), name).transpose(),
            _ => None,
        }
    }

    fn is_callable(&self) -> bool {
        matches!(self, Descriptor::Static(_))
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        match self {
            Descriptor::Static(function) => Some(context.call(function, args)),
            Descriptor::Property { .. } | Descriptor::Class(_) | Descriptor::Cached(_) => None,
        }
    }
}

impl Object for Setter {
    fn class(&self) -> ClassRef {
        crate::types::types().builtin.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<function property.{}>", self.1)
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _: &Context, args: Args) -> Option<Result<Value>> {
        let function = args.positional.into_iter().next().unwrap_or_default();
        let Descriptor::Property { get, set, delete } = self.0.clone() else { return None };
        Some(Ok(Value::object(match self.1 {
            "setter" => Descriptor::Property { get, set: function, delete },
            "getter" => Descriptor::Property { get: function, set, delete },
            _ => Descriptor::Property { get, set, delete: function },
        })))
    }
}

impl Object for NotImplemented {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> =
            LazyLock::new(|| Arc::new(Class::new("NotImplementedType", "", "The type of `NotImplemented`.")));
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "NotImplemented".into()
    }
}
