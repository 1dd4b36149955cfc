//! The modules of Python's standard library that rdk brings, and `builtins`.

use std::path::PathBuf;
use std::sync::Arc;

use crate::class::Module;
use crate::value::Value;

/// All modules of this room.
pub fn modules() -> Vec<Arc<Module>> {
    let mut all = vec![Module::new("builtins", "What is there without an import.", crate::builtins::entries)];
    all.extend(crate::delayed::modules());
    all
}

/// The items of something that is a tuple with names.
pub fn named_tuple_items(value: &Value) -> Option<Vec<Value>> {
    let _ = value;
    None
}

/// The path that a `pathlib.Path` is.
pub fn path_of(value: &Value) -> Option<PathBuf> {
    let _ = value;
    None
}

/// For classes made by `namedtuple`: is the value one of theirs?
pub fn is_named_tuple(value: &Value, classes: &Value) -> Option<bool> {
    let _ = (value, classes);
    None
}
