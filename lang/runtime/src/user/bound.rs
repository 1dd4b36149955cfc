//! A method with what stands before its dot.

use std::sync::{Arc, LazyLock};

use super::descriptor;
use crate::builtin::Args;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::error::Result;
use crate::object::Object;
use crate::operators;
use crate::value::Value;

/// `point.move`, not called yet.
pub struct Bound {
    /// Before the dot: an instance, or the class of a class method.
    pub receiver: Value,
    /// What is called.
    pub function: Value,
}

/// A member of a class as it is seen through an instance.
pub(crate) fn bind(context: &Context, member: Value, receiver: &Value, class: &ClassRef) -> Result<Value> {
    match &member {
        Value::Function(_) => Ok(Value::object(Bound { receiver: receiver.clone(), function: member })),
        Value::Lazy(lazy) if lazy.as_any().is::<crate::delayed::Delayed>() => {
            Ok(Value::object(Bound { receiver: receiver.clone(), function: member }))
        }
        Value::Object(object) if object.class().name == "_lru_cache_wrapper" => {
            Ok(Value::object(Bound { receiver: receiver.clone(), function: member }))
        }
        Value::Object(_) => descriptor::seen_from_instance(context, member, receiver, class),
        _ => Ok(member),
    }
}

impl Object for Bound {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> =
            LazyLock::new(|| Arc::new(Class::new("method", "", "A method with its instance.")));
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let name = match &self.function {
            Value::Function(function) => function.name().to_string(),
            other => other.class().name.to_string(),
        };
        let class = match &self.receiver {
            Value::Class(class) => class.name,
            other => other.class().name,
        };
        format!("<bound method {class}.{name} of {}>", self.receiver.repr())
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        match name {
            "__self__" => Some(Ok(self.receiver.clone())),
            "__func__" => Some(Ok(self.function.clone())),
            _ => operators::find(context, &self.function, name).transpose(),
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, mut args: Args) -> Option<Result<Value>> {
        args.positional.insert(0, self.receiver.clone());
        Some(context.call(&self.function, args))
    }

    fn compare(&self, _: &Context, op: rdk_syntax::tree::CompareOp, other: &Value) -> Option<Result<Value>> {
        let same = other.get::<Bound>().is_some_and(|other| {
            operators::same(&self.receiver, &other.receiver) && operators::same(&self.function, &other.function)
        });
        match op {
            rdk_syntax::tree::CompareOp::Eq => Some(Ok(Value::Bool(same))),
            rdk_syntax::tree::CompareOp::NotEq => Some(Ok(Value::Bool(!same))),
            _ => None,
        }
    }
}
