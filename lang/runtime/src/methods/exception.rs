//! Attributes of exceptions.

use std::sync::Arc;

use crate::builtins;
use crate::convert::FromValue;
use crate::error::{Error, Kind};
use crate::show::repr::error_args;
use crate::value::Value;

impl FromValue for Arc<Error> {
    fn expected() -> &'static str {
        "an exception"
    }

    fn from_value(value: &Value) -> Option<Arc<Error>> {
        match value {
            Value::Exception(error) => Some(error.clone()),
            _ => None,
        }
    }
}

builtins! {
    /// What the exception was made with.
    ///
    /// ```rdk
    /// ValueError("no", 3).args
    /// #> ('no', 3)
    /// ```
    fn args(this: Arc<Error>) -> Value { Value::tuple(error_args(&this)) }

    /// What to try, where rdk knows something.
    fn hints(this: Arc<Error>) -> Vec<String> { this.0.hints.clone() }

    /// The error that led to this one.
    fn __cause__(this: Arc<Error>) -> Option<Value> { this.0.cause.clone().map(|cause| Value::Exception(Arc::new(cause))) }

    /// The number of the operating system's error.
    fn errno(this: Arc<Error>) -> Option<Value> { system(&this, 0) }

    /// What the operating system says.
    fn strerror(this: Arc<Error>) -> Option<Value> { system(&this, 1) }

    /// The file that an error of the operating system is about.
    fn filename(this: Arc<Error>) -> Option<Value> { system(&this, 2) }
}

fn system(error: &Error, position: usize) -> Option<Value> {
    if error.0.kind.is(Kind::OSError) { error_args(error).get(position).cloned() } else { None }
}
