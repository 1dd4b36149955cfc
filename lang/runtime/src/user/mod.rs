//! Classes written in rdk, and their instances.
//!
//! Such a class is a [`Class`] like any other, with an [`Own`] part: what its body has bound, its bases, and the line in
//! which an attribute is looked for. Methods of the language's operators (`__add__`, `__len__`, …) are called through the
//! door that all objects have.

mod bound;
pub mod dataclass;
mod descriptor;
mod exception;
mod instance;
mod parent;

use std::sync::{Arc, OnceLock, Weak};

pub(crate) use bound::{Bound, bind};
pub use descriptor::builtins;
pub(crate) use descriptor::{cached, not_implemented, of_parts, parts};
pub(crate) use exception::{error_of, own_text};
use indexmap::IndexMap;
pub use instance::Instance;
pub(crate) use instance::{default_repr, has_own_repr, is_iterator, next, walked};
use parking_lot::Mutex;
use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::builtin::Args;
use crate::class::{Class, ClassRef};
use crate::context::{self, Context, Shared};
use crate::error::Result;
use crate::function::Function;
use crate::types::types;
use crate::value::{Name, Value};
use crate::{bail, error};

/// Names with what they stand for, first come first.
pub type Members = IndexMap<Name, Value, FxBuildHasher>;

/// What a class written in rdk has beside its name.
pub struct Own {
    /// What its body has bound, and what was attached later.
    pub members: Mutex<Members>,
    /// The classes that it was derived from.
    pub bases: Vec<ClassRef>,
    /// Where an attribute is looked for after the class itself, in order.
    pub ancestors: Vec<ClassRef>,
    /// Names that its body has annotated: `x: int`.
    pub annotations: Vec<Name>,
    /// The fields, once it is a dataclass.
    pub(crate) fields: OnceLock<dataclass::Fields>,
    /// Where it was made.
    home: Weak<Shared>,
}

/// Makes a class.
pub fn make(
    shared: Option<&Arc<Shared>>,
    name: &str,
    doc: Option<&str>,
    bases: Vec<ClassRef>,
    members: Members,
    annotations: Vec<Name>,
) -> Result<ClassRef> {
    let object = types().object.clone();
    let bases = if bases.is_empty() { vec![object.clone()] } else { bases };
    for base in &bases {
        let is_plain = Arc::ptr_eq(base, &object) || base.exception.is_some() || base.own.is_some();
        if !is_plain {
            bail!(TypeError: "a class cannot be derived from '{}'", base.name; hint: "keep one in an attribute: `self.items = …`");
        }
    }
    let ancestors = line(name, &bases)?;
    let mut class = Class::new(kept(name), "__main__", doc.map_or("", kept));
    class.exception = ancestors.iter().find_map(|class| class.exception);
    // Attributes of what comes with rdk are found through the first ancestor that does.
    let built_in = ancestors.iter().find(|class| class.own.is_none()).cloned();
    class.base = Some(built_in.unwrap_or(object));
    class.own = Some(Own {
        members: Mutex::new(members),
        bases,
        ancestors,
        annotations,
        fields: OnceLock::new(),
        home: shared.map(Arc::downgrade).unwrap_or_default(),
    });
    Ok(Arc::new(class))
}

/// Text that lives for as long as the process: names of classes are few, and each is kept once.
fn kept(text: &str) -> &'static str {
    static KEPT: Mutex<Option<FxHashSet<&'static str>>> = Mutex::new(None);
    let mut kept = KEPT.lock();
    let kept = kept.get_or_insert_with(FxHashSet::default);
    match kept.get(text) {
        Some(known) => known,
        None => {
            let text: &'static str = Box::leak(text.into());
            kept.insert(text);
            text
        }
    }
}

/// The classes after this one in which an attribute is looked for: every class before its bases, and bases in their order.
fn line(name: &str, bases: &[ClassRef]) -> Result<Vec<ClassRef>> {
    let mut lines: Vec<Vec<ClassRef>> = bases.iter().map(whole_line).collect();
    lines.push(bases.to_vec());
    let mut merged: Vec<ClassRef> = Vec::new();
    loop {
        lines.retain(|line| !line.is_empty());
        if lines.is_empty() {
            return Ok(merged);
        }
        let waits =
            |class: &ClassRef| lines.iter().any(|line| line.iter().skip(1).any(|other| Arc::ptr_eq(class, other)));
        let Some(next) = lines.iter().map(|line| line[0].clone()).find(|class| !waits(class)) else {
            bail!(TypeError: "the bases of `{name}` cannot be put in one order"; hint: "a base stands before those that it is derived from");
        };
        for line in &mut lines {
            if Arc::ptr_eq(&line[0], &next) {
                line.remove(0);
            }
        }
        merged.push(next);
    }
}

/// A class and all that it is derived from, in order.
pub(crate) fn whole_line(class: &ClassRef) -> Vec<ClassRef> {
    match &class.own {
        Some(own) => std::iter::once(class.clone()).chain(own.ancestors.iter().cloned()).collect(),
        None => crate::methods::class::line(class.clone()),
    }
}

impl Own {
    /// What its methods run in when nobody says.
    pub(crate) fn home(&self) -> Option<Arc<Shared>> {
        context::home().or_else(|| self.home.upgrade())
    }
}

impl Class {
    /// What this class itself has bound to a name.
    pub(crate) fn own_member(&self, name: &str) -> Option<Value> {
        self.own.as_ref()?.members.lock().get(name).cloned()
    }

    /// What a name stands for in this class or in one that it is derived from, as it was bound.
    pub(crate) fn member(&self, name: &str) -> Option<Value> {
        let own = self.own.as_ref()?;
        if let Some(found) = own.members.lock().get(name) {
            return Some(found.clone());
        }
        own.ancestors.iter().find_map(|class| class.own_member(name))
    }
}

/// The method of this name that is a plain function of the instance's class, if no field hides it: it is called without being
/// bound first.
pub(crate) fn plain_method(receiver: &Value, name: &str) -> Option<Arc<Function>> {
    let instance = receiver.get::<Instance>()?;
    match instance.class.member(name) {
        Some(Value::Function(function)) if !instance.fields.lock().contains_key(name) => Some(function),
        _ => None,
    }
}

/// `Class.name`
pub(crate) fn class_attribute(class: &ClassRef, name: &str) -> Option<Value> {
    let own = class.own.as_ref()?;
    if let Some(member) = class.member(name) {
        return Some(descriptor::seen_from_class(member, class));
    }
    match name {
        "__bases__" => Some(Value::tuple(own.bases.iter().cloned().map(Value::Class))),
        "__mro__" => Some(Value::tuple(whole_line(class).into_iter().map(Value::Class))),
        "__dict__" => Some(Value::dict(own.members.lock().iter().map(|(name, value)| (name.clone(), value.clone())))),
        "__annotations__" => Some(Value::dict(own.annotations.iter().map(|name| (name.clone(), Value::None)))),
        _ => None,
    }
}

/// `Class.name = value`; `None` takes it away. Is it a class that can be changed?
pub(crate) fn set_class_attribute(class: &ClassRef, name: &str, value: Option<Value>) -> Result<bool> {
    let Some(own) = &class.own else { return Ok(false) };
    let old = match value {
        Some(value) => own.members.lock().insert(Name::from(name), value),
        None => match own.members.lock().shift_remove(name) {
            Some(old) => Some(old),
            None => bail!(AttributeError: "type object '{}' has no attribute '{name}'", class.name),
        },
    };
    drop(old);
    Ok(true)
}

/// `Class(…)`
pub(crate) fn construct(context: &Context, class: &ClassRef, args: Args) -> Result<Value> {
    let abstracts = abstract_methods(class);
    if !abstracts.is_empty() {
        let s = if abstracts.len() == 1 { "" } else { "s" };
        let names = abstracts.join(", ");
        bail!(TypeError: "Can't instantiate abstract class {} with abstract method{s} {names}", class.name; hint: "a class derived from it has to define `{}`", abstracts[0]);
    }
    let made = match class.member("__new__") {
        Some(new) => {
            let mut given = args.clone();
            given.positional.insert(0, Value::Class(class.clone()));
            context.call(&descriptor::seen_from_class(new, class), given)?
        }
        None => Value::Object(Instance::new(class)),
    };
    let Some(instance) = made.get::<Instance>().filter(|instance| instance.class.is(class)) else { return Ok(made) };
    if class.exception.is_some() {
        instance.set("args", Value::tuple(args.positional.iter().cloned()));
    }
    match class.member("__init__") {
        Some(init) => {
            let init = bind(context, init, &made, class)?;
            let answer = context.call(&init, args)?;
            if !answer.is_none() {
                bail!(TypeError: "__init__() should return None, not '{}'", answer.class().name);
            }
        }
        None => match dataclass::fields(class) {
            Some(fields) => dataclass::fill(context, instance, fields, args)?,
            None if class.exception.is_some() || class.member("__new__").is_some() => {}
            None if args.positional.is_empty() && args.keywords.is_empty() => {}
            None => {
                return Err(
                    error!(TypeError: "{}() takes no arguments", class.name; hint: "a method `__init__(self, …)` would take them"),
                );
            }
        },
    }
    match class.exception {
        Some(_) => Ok(Value::Exception(Arc::new(error_of(instance)))),
        None => Ok(made),
    }
}

/// Methods that a derived class has still to define.
fn abstract_methods(class: &ClassRef) -> Vec<String> {
    let mut names = Vec::new();
    for ancestor in whole_line(class) {
        let Some(own) = &ancestor.own else { continue };
        let members: Vec<(Name, Value)> = own.members.lock().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        for (name, value) in members {
            let is_abstract = descriptor::is_abstract(&value);
            if is_abstract && class.member(&name).is_some_and(|value| descriptor::is_abstract(&value)) {
                let name = name.to_string();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    names
}
