//! `x.name`, `x.name = value`, `del x.name`.

use std::sync::Arc;

use super::door;
use crate::bail;
use crate::builtin::{Args, BoundMethod, nearest};
use crate::class::Class;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::modules::named_tuple::{self, TypeValue};
use crate::object::Object;
use crate::user::{self, Instance};
use crate::value::{Name, Value};

/// `value.name`
pub fn attribute(context: &Context, value: &Value, name: &str) -> Result<Value> {
    match find(context, value, name)? {
        Some(found) => Ok(found),
        None => Err(missing(context, value, name)),
    }
}

/// `value.name`, or `None` if there is no such attribute: what `hasattr` and `getattr` with a default ask.
pub fn find(context: &Context, value: &Value, name: &str) -> Result<Option<Value>> {
    match value {
        Value::Module(module) => {
            if let Some(found) = module.get(name) {
                return Ok(Some(found));
            }
            // `import dask` is enough to write `dask.array`.
            if let Some(inner) = context.shared.library.module(&format!("{}.{name}", module.name)) {
                return Ok(Some(Value::Module(inner.clone())));
            }
            return Ok(match name {
                "__name__" => Some(Value::str(module.name)),
                "__doc__" => Some(Value::str(module.doc)),
                _ => None,
            });
        }
        Value::Class(class) => {
            if let Some(found) = user::class_attribute(class, name) {
                return Ok(Some(found));
            }
            if let Some(method) = class.method(name) {
                return Ok(Some(Value::Builtin(method.clone())));
            }
            if let Some((_, constant)) = class.constants.iter().find(|(constant, _)| *constant == name) {
                return Ok(Some(constant.clone()));
            }
            return Ok(match name {
                "__name__" | "__qualname__" => Some(Value::str(class.name)),
                "__module__" => Some(Value::str(if class.module.is_empty() { "builtins" } else { class.module })),
                "__doc__" => Some(Value::str(class.doc.trim())),
                _ => match crate::types::types().r#type.property(name) {
                    Some(property) => return property.call(context, Args::one(value.clone())).map(Some),
                    None => class.property(name).map(|property| Value::Builtin(property.clone())),
                },
            });
        }
        Value::Object(_) => {
            if let Some(instance) = value.get::<Instance>()
                && let Some(found) = instance.lookup(context, name)?
            {
                return Ok(Some(found));
            }
            if let Some(found) = value.get::<TypeValue>().and_then(|kind| kind.attribute(context, name)) {
                return found.map(Some);
            }
        }
        Value::Exception(error) => {
            if let Some(instance) = &error.0.own
                && let Some(found) = instance.lookup(context, name)?
            {
                return Ok(Some(found));
            }
        }
        _ => {}
    }
    if let Value::Function(function) = value
        && let Some(found) = function.attribute(name)
    {
        return Ok(Some(found));
    }
    let class = value.class();
    if let Some(method) = class.method(name) {
        let bound = BoundMethod { receiver: value.clone(), builtin: method.clone() };
        return Ok(Some(Value::Method(Arc::new(bound))));
    }
    if let Some(property) = class.property(name) {
        return property.call(context, Args::one(value.clone())).map(Some);
    }
    if let Some(answer) = door(value).and_then(|object| object.attribute(context, name)) {
        return answer.map(Some);
    }
    Ok(common(value, &class, name))
}

/// Attributes that all values have, or all functions.
fn common(value: &Value, class: &Arc<Class>, name: &str) -> Option<Value> {
    if name == "__class__" {
        return Some(named_tuple::type_of(value).unwrap_or_else(|| Value::Class(class.clone())));
    }
    match (value, name) {
        (Value::Function(function), "__name__" | "__qualname__") => Some(Value::Str(function.name())),
        (Value::Function(function), "__doc__") => Some(function.doc().map_or(Value::None, Value::Str)),
        (Value::Function(_), "__module__") => Some(Value::str("__main__")),
        (Value::Builtin(builtin), "__name__" | "__qualname__") => Some(Value::str(builtin.name)),
        (Value::Builtin(builtin), "__doc__") => Some(Value::str(builtin.doc.trim())),
        (Value::Builtin(builtin), name) if builtin.attributes.is_some() => {
            builtin.attributes.and_then(|attributes| attributes(builtin, name))
        }
        (Value::Method(method), "__name__" | "__qualname__") => Some(Value::str(method.builtin.name)),
        (Value::Method(method), "__doc__") => Some(Value::str(method.builtin.doc.trim())),
        (Value::Method(method), "__self__") => Some(method.receiver.clone()),
        (_, "__doc__") => Some(Value::str(class.doc.trim())),
        _ => None,
    }
}

/// The names that `value.name` knows, for hints and completion.
pub fn attribute_names(context: &Context, value: &Value) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut gather = |class: &Class| {
        let mut open = vec![class];
        while let Some(class) = open.pop() {
            names.extend(class.methods.keys().chain(class.properties.keys()).map(|name| Name::from(*name)));
            open.extend(class.bases().map(|base| &**base));
        }
    };
    match value {
        Value::Module(module) => {
            names.extend(module.names());
            let prefix = format!("{}.", module.name);
            let inner = context.shared.library.modules().filter_map(|other| other.name.strip_prefix(&prefix));
            names.extend(inner.filter(|name| !name.contains('.')).map(Name::from));
        }
        Value::Class(class) => {
            gather(class);
            names.extend(class.constants.iter().map(|(name, _)| Name::from(*name)));
            for class in user::whole_line(class) {
                if let Some(own) = &class.own {
                    names.extend(own.members.lock().keys().cloned());
                }
            }
        }
        other => {
            gather(&other.class());
            if let Some(object) = door(other) {
                names.extend(object.attribute_names().into_iter().map(Name::from));
            }
            if let Value::Exception(error) = other
                && let Some(instance) = &error.0.own
            {
                names.extend(instance.attribute_names().into_iter().map(Name::from));
            }
            if let Value::Function(function) = other {
                names.extend(function.attributes.lock().iter().map(|(name, _)| name.clone()));
            }
        }
    }
    names.sort();
    names.dedup();
    names
}

#[cold]
fn missing(context: &Context, value: &Value, name: &str) -> Error {
    let error = match value {
        Value::Module(module) => crate::error!(AttributeError: "module '{}' has no attribute '{name}'", module.name),
        Value::Class(class) => crate::error!(AttributeError: "type object '{}' has no attribute '{name}'", class.name),
        other => crate::error!(AttributeError: "'{}' object has no attribute '{name}'", other.class().name),
    };
    let names = attribute_names(context, value);
    let shown = names.iter().filter(|other| name.starts_with('_') || !other.starts_with('_'));
    match (nearest(name, shown.map(|name| &**name)), value) {
        (Some(near), _) => error.hint(format!("did you mean `{near}`?")),
        (None, Value::None) => error.hint("it is `None`: does a function lack its `return`?"),
        (None, Value::Function(_) | Value::Builtin(_) | Value::Method(_)) => {
            error.hint("it is a function: call it with `()` to get at its result")
        }
        _ => error,
    }
}

/// `value.name = new`
pub fn set_attribute(context: &Context, value: &Value, name: &str, new: Value) -> Result<()> {
    if let Value::Module(module) = value {
        module.set(name, new);
        return Ok(());
    }
    if let Value::Class(class) = value
        && user::set_class_attribute(class, name, Some(new.clone()))?
    {
        return Ok(());
    }
    if let Value::Exception(error) = value
        && let Some(instance) = &error.0.own
    {
        instance.set(name, new);
        return Ok(());
    }
    if let Value::Function(function) = value {
        if matches!(name, "__name__" | "__qualname__") && !matches!(new, Value::Str(_)) {
            bail!(TypeError: "{name} must be set to a string object");
        }
        function.attach(name, Some(new));
        return Ok(());
    }
    if let Some(answer) = door(value).and_then(|object| object.set_attribute(context, name, new)) {
        return answer;
    }
    let class = value.class();
    if class.method(name).is_some() || class.property(name).is_some() {
        bail!(AttributeError: "attribute '{name}' of '{}' object cannot be changed", class.name);
    }
    bail!(AttributeError: "'{}' object has no attribute '{name}'", class.name; hint: "values of this type cannot be given attributes; a dict can hold names and values")
}

/// `del value.name`
pub fn delete_attribute(value: &Value, name: &str) -> Result<()> {
    if let Some(instance) = value.get::<Instance>() {
        return instance.delete(name);
    }
    if let Value::Class(class) = value
        && user::set_class_attribute(class, name, None)?
    {
        return Ok(());
    }
    if let Value::Function(function) = value
        && function.attach(name, None)
    {
        return Ok(());
    }
    bail!(AttributeError: "attribute '{name}' of '{}' object cannot be deleted", value.class().name)
}
