//! Methods of `slice`.

use std::sync::Arc;

use crate::convert::FromValue;
use crate::error::Result;
use crate::value::{Slice, Value};
use crate::{builtins, operators};

impl FromValue for Arc<Slice> {
    fn expected() -> &'static str {
        "a slice"
    }

    fn from_value(value: &Value) -> Option<Arc<Slice>> {
        match value {
            Value::Slice(slice) => Some(slice.clone()),
            _ => None,
        }
    }
}

builtins! {
    /// Start, stop and step for something of this length.
    ///
    /// ```rdk
    /// slice(None, None, -1).indices(5)
    /// #> (4, -1, -1)
    /// ```
    fn indices(
        this: Arc<Slice>,
        /// How long it is.
        len: usize,
    ) -> Result<Value> { let (start, stop, step) = operators::indices(&this, len)?; Ok(Value::tuple([start, stop, step].map(Value::Int))) }
}

/// Attributes.
pub mod properties {
    use super::*;

    builtins! {
        /// Where it begins.
        fn start(this: Arc<Slice>) -> Value { this.start.clone() }

        /// Where it ends.
        fn stop(this: Arc<Slice>) -> Value { this.stop.clone() }

        /// From one item to the next.
        fn step(this: Arc<Slice>) -> Value { this.step.clone() }
    }
}
