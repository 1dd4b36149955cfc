//! Attributes that every value has.

use crate::builtins;
use crate::value::Value;

builtins! {
    /// The class of the value.
    ///
    /// ```rdk
    /// (1.5).__class__
    /// #> float
    /// ```
    fn __class__(this: Value) -> Value { Value::Class(this.class()) }

    /// The documentation of the value.
    fn __doc__(this: Value) -> Value { documentation(&this) }
}

/// What `__doc__` gives.
fn documentation(value: &Value) -> Value {
    match value {
        Value::Function(function) => function.doc().into(),
        Value::Builtin(builtin) => builtin.doc.trim().into(),
        Value::Method(method) => method.builtin.doc.trim().into(),
        Value::Module(module) => module.doc.into(),
        Value::Class(class) => class.doc.into(),
        other => other.class().doc.into(),
    }
}
