//! Attributes of modules.

use std::sync::Arc;

use crate::builtins;
use crate::class::Module;
use crate::convert::FromValue;
use crate::value::Value;

impl FromValue for Arc<Module> {
    fn expected() -> &'static str {
        "a module"
    }

    fn from_value(value: &Value) -> Option<Arc<Module>> {
        match value {
            Value::Module(module) => Some(module.clone()),
            _ => None,
        }
    }
}

builtins! {
    /// The full name of the module.
    ///
    /// ```rdk
    /// import os.path
    /// os.path.__name__
    /// #> 'os.path'
    /// ```
    fn __name__(this: Arc<Module>) -> &'static str { this.name }
}
