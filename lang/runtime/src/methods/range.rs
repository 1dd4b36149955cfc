//! Methods of `range`.

use std::sync::Arc;

use crate::convert::FromValue;
use crate::error::Result;
use crate::value::{Range, Value};
use crate::{bail, builtins};

impl FromValue for Arc<Range> {
    fn expected() -> &'static str {
        "a range"
    }

    fn from_value(value: &Value) -> Option<Arc<Range>> {
        match value {
            Value::Range(range) => Some(range.clone()),
            _ => None,
        }
    }
}

builtins! {
    /// How often a number occurs: once or not at all.
    fn count(
        this: Arc<Range>,
        /// The number.
        value: Value,
    ) -> usize { usize::from(position(&this, &value).is_some()) }

    /// Where a number stands; an error if nowhere.
    ///
    /// ```rdk
    /// range(0, 10, 2).index(6)
    /// #> 3
    /// ```
    fn index(
        this: Arc<Range>,
        /// The number.
        value: Value,
    ) -> Result<usize> { index(&this, &value) }
}

/// Attributes.
pub mod properties {
    use super::*;

    builtins! {
        /// The first number.
        fn start(this: Arc<Range>) -> i64 { this.start }

        /// One past the last number.
        fn stop(this: Arc<Range>) -> i64 { this.stop }

        /// From one number to the next.
        fn step(this: Arc<Range>) -> i64 { this.step }
    }
}

fn position(range: &Range, value: &Value) -> Option<usize> {
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    range.position(i64::from_value(value).unwrap_or(number as i64))
}

fn index(range: &Range, value: &Value) -> Result<usize> {
    match position(range, value) {
        Some(at) => Ok(at),
        None => bail!("{} is not in range", value.repr()),
    }
}
