//! Exception classes written in rdk: an error carries its instance along.

use super::Instance;
use crate::builtin::Args;
use crate::context::{Context, Globals};
use crate::error::{Error, Kind};
use crate::types::raised;
use crate::value::Value;

/// The error that an instance of an exception class is.
pub(crate) fn error_of(instance: &Instance) -> Error {
    let kind = instance.class.exception.unwrap_or(Kind::Exception);
    let args = instance.field("args").and_then(|args| args.items()).unwrap_or_default();
    let mut error = raised(kind, args);
    error.0.own = instance.shared();
    if let Some(text) = own_text(&error) {
        error.0.message = text;
    }
    error
}

/// What the `__str__` of the error's class gives, if it has one.
pub(crate) fn own_text(error: &Error) -> Option<String> {
    let instance = error.0.own.as_ref()?;
    let method = instance.class.member("__str__")?;
    let shared = instance.class.own.as_ref()?.home()?;
    let context = Context::worker(shared, Globals::new());
    match context.call(&method, Args::one(Value::Object(instance.clone()))) {
        Ok(Value::Str(text)) => Some(text.to_string()),
        Ok(_) | Err(_) => None,
    }
}
