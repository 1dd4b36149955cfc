//! How values are written, as the operators and f-strings need it.

use crate::bail;
use crate::context::Context;
use crate::error::Result;
use crate::value::Value;

/// `repr(value)`
pub(crate) fn repr(value: &Value) -> String {
    match value {
        Value::Int(n) => n.to_string(),
        Value::Float(n) => format!("{n:?}"),
        Value::Str(text) => format!("'{text}'"),
        Value::None => "None".into(),
        Value::Bool(flag) => if *flag { "True" } else { "False" }.into(),
        Value::List(list) => format!("[{}]", list.snapshot().iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Tuple(items) => format!("({})", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => object.repr(),
        Value::Lazy(lazy) => lazy.repr(),
        other => other.class().name.to_string(),
    }
}

/// `str(value)`
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        other => repr(other),
    }
}

/// `ascii(value)`
pub(crate) fn ascii(value: &Value) -> String {
    repr(value)
}

/// `format(value, spec)`
pub(crate) fn format(_context: &Context, value: &Value, spec: &str) -> Result<String> {
    if spec.is_empty() {
        return Ok(text(value));
    }
    bail!("unknown format {spec}")
}

/// `template % values`
pub(crate) fn percent(_context: &Context, _template: &str, _values: &Value) -> Result<Value> {
    bail!("not yet")
}
