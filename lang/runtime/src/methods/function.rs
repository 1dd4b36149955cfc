//! Attributes of functions, written in rdk or not.

use crate::builtins;
use crate::show::display;
use crate::value::Value;

builtins! {
    /// The name of the function.
    ///
    /// ```rdk
    /// len.__name__
    /// #> 'len'
    /// ```
    fn __name__(this: Value) -> Option<Value> { name(&this) }

    /// The name of the function.
    fn __qualname__(this: Value) -> Option<Value> { name(&this) }

    /// The module that the function belongs to.
    fn __module__(this: Value) -> &'static str { if matches!(this, Value::Function(_)) { "__main__" } else { "builtins" } }

    /// The defaults of the parameters that have one.
    ///
    /// ```rdk
    /// (lambda x, y=2: x).__defaults__
    /// #> (2,)
    /// ```
    fn __defaults__(this: Value) -> Option<Value> { defaults(&this) }

    /// The parameters, as help shows them.
    fn __text_signature__(this: Value) -> Option<String> { signature(&this) }
}

fn name(value: &Value) -> Option<Value> {
    match value {
        Value::Function(function) => Some(Value::Str(function.name())),
        Value::Builtin(builtin) => Some(builtin.name.into()),
        Value::Method(method) => Some(method.builtin.name.into()),
        _ => None,
    }
}

fn defaults(value: &Value) -> Option<Value> {
    let Value::Function(function) = value else { return None };
    let defaults: Vec<Value> = function.defaults.iter().flatten().cloned().collect();
    (!defaults.is_empty()).then(|| Value::tuple(defaults))
}

fn signature(value: &Value) -> Option<String> {
    let text = match value {
        Value::Function(function) => return Some(display::signature(function)),
        Value::Builtin(builtin) => builtin.signature(),
        Value::Method(method) => display::bound_signature(&method.builtin),
        _ => return None,
    };
    text.find('(').map(|at| text[at..].to_string())
}
