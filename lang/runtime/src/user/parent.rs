//! `super()`: the methods of the classes that come after one, down to those that every object has.

use std::sync::{Arc, LazyLock};

use super::{Instance, bind, default_repr, descriptor, whole_line};
use crate::builtin::Args;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::describe;
use crate::error::Result;
use crate::object::Object;
use crate::value::Value;
use crate::{bail, error, operators};

/// `super(Class, x)`
struct Parent {
    after: ClassRef,
    receiver: Value,
    /// The class of the receiver, or the receiver itself if it is one.
    class: ClassRef,
}

/// A method that every object has.
struct Default {
    receiver: Value,
    name: &'static str,
}

/// The methods that every object has.
const DEFAULTS: &[&str] = &[
    "__init__",
    "__new__",
    "__setattr__",
    "__delattr__",
    "__getattribute__",
    "__repr__",
    "__str__",
    "__format__",
    "__eq__",
    "__ne__",
    "__hash__",
    "__init_subclass__",
];

/// `super(type, object_or_type)`
pub(super) fn parent(class: Option<Value>, receiver: Option<Value>) -> Result<Value> {
    let (Some(class), Some(receiver)) = (class, receiver) else {
        bail!(RuntimeError: "super(): no arguments"; hint: "it works without them inside a method of a class")
    };
    let Value::Class(after) = class else {
        bail!(TypeError: "super() argument 1 must be a type, not {}", describe(&class))
    };
    let class = match &receiver {
        Value::Class(class) => class.clone(),
        other => other.class(),
    };
    if !class.is(&after) {
        bail!(TypeError: "super(type, obj): obj must be an instance or subtype of type");
    }
    Ok(Value::object(Parent { after, receiver, class }))
}

/// The method of this name that every object has, for this one.
pub(super) fn default(receiver: &Value, name: &str) -> Value {
    match DEFAULTS.iter().find(|known| **known == name) {
        Some(name) => Value::object(Default { receiver: receiver.clone(), name }),
        None => Value::None,
    }
}

impl Object for Parent {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> =
            LazyLock::new(|| Arc::new(Class::new("super", "", "The methods of the classes after one.")));
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        format!("<super: {}, {}>", self.after.name, self.class.name)
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        let line = whole_line(&self.class);
        let rest = line.iter().skip_while(|class| !Arc::ptr_eq(class, &self.after)).skip(1);
        for class in rest {
            if let Some(member) = class.own_member(name) {
                return Some(match &self.receiver {
                    Value::Class(class) => Ok(descriptor::seen_from_class(member, class)),
                    receiver => bind(context, member, receiver, &self.class),
                });
            }
        }
        if DEFAULTS.contains(&name) {
            return Some(Ok(default(&self.receiver, name)));
        }
        Some(Err(
            error!(AttributeError: "'super' object has no attribute '{name}'"; hint: "no class after `{}` has it", self.after.name),
        ))
    }
}

impl Object for Default {
    fn class(&self) -> ClassRef {
        crate::types::types().builtin.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        format!("<method-wrapper '{}' of {} object>", self.name, self.receiver.class().name)
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some(self.answer(context, args))
    }
}

impl Default {
    fn answer(&self, context: &Context, args: Args) -> Result<Value> {
        let Args { positional, keywords } = args;
        if self.name == "__new__" {
            return match positional.first() {
                Some(Value::Class(class)) if class.own.is_some() => Ok(Value::Object(Instance::new(class))),
                _ => bail!(TypeError: "object.__new__() needs the class"; hint: "`super().__new__(cls)`"),
            };
        }
        if self.name == "__init_subclass__" {
            return Ok(Value::None);
        }
        let Some(instance) = self.receiver.get::<Instance>() else {
            bail!(TypeError: "{} needs an instance, got {}", self.name, describe(&self.receiver))
        };
        let given = |at: usize| match positional.get(at) {
            Some(value) => Ok(value.clone()),
            None => Err(error!(TypeError: "{}() needs {} arguments, got {}", self.name, at + 1, positional.len())),
        };
        let name = |value: Value| match value {
            Value::Str(name) => Ok(name),
            other => Err(error!(TypeError: "attribute name must be string, not '{}'", other.class().name)),
        };
        Ok(match self.name {
            "__init__" if instance.class.exception.is_some() => {
                instance.set("args", Value::tuple(positional));
                Value::None
            }
            "__init__" if positional.is_empty() && keywords.is_empty() => Value::None,
            "__init__" => {
                bail!(TypeError: "object.__init__() takes exactly one argument (the instance to initialize)"; hint: "no class after this one takes arguments: `super().__init__()`")
            }
            "__setattr__" => {
                instance.set(&name(given(0)?)?, given(1)?);
                Value::None
            }
            "__delattr__" => {
                instance.delete(&name(given(0)?)?)?;
                Value::None
            }
            "__getattribute__" => {
                let name = name(given(0)?)?;
                match instance.lookup(context, &name)? {
                    Some(found) => found,
                    None => bail!(AttributeError: "'{}' object has no attribute '{name}'", instance.class.name),
                }
            }
            "__repr__" | "__str__" | "__format__" => match instance.class.exception {
                Some(_) if self.name == "__str__" => {
                    let args = instance.field("args").and_then(|args| args.items()).unwrap_or_default();
                    Value::from(match args.as_slice() {
                        [] => String::new(),
                        [only] => only.text(),
                        _ => Value::tuple(args).repr(),
                    })
                }
                _ => Value::from(default_repr(instance)),
            },
            "__eq__" => Value::Bool(operators::same(&self.receiver, &given(0)?)),
            "__ne__" => Value::Bool(!operators::same(&self.receiver, &given(0)?)),
            _ => Value::Int(std::ptr::from_ref(instance) as usize as i64),
        })
    }
}
