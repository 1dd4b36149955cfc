//! Which class a value is of.

use std::sync::{Arc, LazyLock};

use crate::class::{Class, ClassRef};
use crate::value::Value;

impl Value {
    /// Its class.
    pub fn class(&self) -> ClassRef {
        match self {
            Value::Object(object) => object.class(),
            Value::Lazy(lazy) => lazy.class(),
            _ => PLACEHOLDER.clone(),
        }
    }
}

static PLACEHOLDER: LazyLock<ClassRef> = LazyLock::new(|| Arc::new(Class::new("object", "", "Any value.")));
