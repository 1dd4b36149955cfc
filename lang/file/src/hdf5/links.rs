//! What names in a file can be besides groups and datasets: links that a user makes and gets, and values without elements.

use std::any::Any;
use std::sync::LazyLock;

use rdk_array::DType;
use rdk_array::eager::DTypeArg;
use rdk_runtime::types::types;
use rdk_runtime::{Builtin, Class, ClassRef, Context, Object, Result, Value, builtins};

use super::attribute::number_type;
use super::extra::Target;

/// A link that a user holds.
struct LinkObject(Target);

/// Something that has a type and no value.
pub struct Empty(pub DType);

fn class(name: &'static str, about: &'static str, construct: &str) -> ClassRef {
    let found = constructors::builtins().into_iter().find(|builtin: &Builtin| builtin.name == construct);
    let class = Class::new(name, "h5py", about).base(types().object.clone());
    ClassRef::new(class.construct(found.expect("it is declared")))
}

static SOFT: LazyLock<ClassRef> = LazyLock::new(|| class("SoftLink", "A name for another path of a file.", "SoftLink"));
static EXTERNAL: LazyLock<ClassRef> =
    LazyLock::new(|| class("ExternalLink", "A name for a path in another file.", "ExternalLink"));
static HARD: LazyLock<ClassRef> = LazyLock::new(|| class("HardLink", "A name of an object itself.", "HardLink"));
static EMPTY: LazyLock<ClassRef> = LazyLock::new(|| class("Empty", "Something with a type and no value.", "Empty"));

/// The classes of this file, by name.
pub fn classes() -> Vec<(&'static str, Value)> {
    let class = |name: &'static str, class: &LazyLock<ClassRef>| (name, Value::Class((**class).clone()));
    vec![class("SoftLink", &SOFT), class("ExternalLink", &EXTERNAL), class("HardLink", &HARD), class("Empty", &EMPTY)]
}

/// The class of a link.
pub fn class_of(target: &Target) -> Value {
    Value::Class(match target {
        Target::Hard(_) => HARD.clone(),
        Target::Soft(_) => SOFT.clone(),
        Target::External(..) => EXTERNAL.clone(),
    })
}

/// A link as a value.
pub fn value(target: Target) -> Value {
    Value::object(LinkObject(target))
}

/// Where a value leads, if it is a link to be made.
pub fn target(value: &Value) -> Option<Target> {
    value.get::<LinkObject>().map(|link| link.0.clone()).filter(|target| !matches!(target, Target::Hard(_)))
}

#[allow(non_snake_case)]
mod constructors {
    use super::*;

    builtins! {
        /// A name for another path of a file: `f["name"] = h5py.SoftLink("/group/values")`.
        fn SoftLink(/** The path. */ path: String) -> Value { value(Target::Soft(path)) }

        /// A name for a path in another file.
        fn ExternalLink(
            /// The file; beside this one if it is not an absolute path.
            filename: String,
            /// The path in it.
            path: String,
        ) -> Value { value(Target::External(filename, path)) }

        /// The kind of names that objects have themselves.
        fn HardLink() -> Value { value(Target::Hard(String::new())) }

        /// Something with a type and no value.
        fn Empty(/** The type. */ dtype: DTypeArg) -> Value { Value::object(super::Empty(dtype.0)) }
    }
}

impl Object for LinkObject {
    fn class(&self) -> ClassRef {
        match &self.0 {
            Target::Hard(_) => HARD.clone(),
            Target::Soft(_) => SOFT.clone(),
            Target::External(..) => EXTERNAL.clone(),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        match &self.0 {
            Target::Hard(_) => "<h5py.HardLink>".to_string(),
            Target::Soft(path) => format!("<SoftLink to \"{path}\">"),
            Target::External(file, path) => format!("<ExternalLink to \"{path}\" in file \"{file}\">"),
        }
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        match (&self.0, name) {
            (Target::Soft(path) | Target::External(_, path), "path") => Some(Ok(Value::str(path))),
            (Target::External(file, _), "filename") => Some(Ok(Value::str(file))),
            _ => None,
        }
    }

    fn attribute_names(&self) -> Vec<String> {
        let names: &[&str] = match &self.0 {
            Target::Hard(_) => &[],
            Target::Soft(_) => &["path"],
            Target::External(..) => &["filename", "path"],
        };
        names.iter().map(|name| (*name).to_string()).collect()
    }
}

impl Empty {
    /// Of the bytes that describe its type; of one that is not a number it is said to be one of bytes.
    pub fn of(datatype: &[u8]) -> Empty {
        Empty(DType::ALL.into_iter().find(|dtype| number_type(*dtype) == datatype).unwrap_or(DType::U8))
    }
}

impl Object for Empty {
    fn class(&self) -> ClassRef {
        EMPTY.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("Empty(dtype=dtype('{}'))", self.0.code())
    }
}
