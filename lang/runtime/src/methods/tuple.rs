//! Methods of `tuple`.

use super::list;
use crate::builtins;
use crate::convert::FromValue;
use crate::error::Result;
use crate::value::Value;

/// The items of a tuple, or of something that is one with names.
pub struct Items(pub Vec<Value>);

impl FromValue for Items {
    fn expected() -> &'static str {
        "a tuple"
    }

    fn from_value(value: &Value) -> Option<Items> {
        match value {
            Value::Tuple(items) => Some(Items(items.to_vec())),
            other => crate::modules::named_tuple_items(other).map(Items),
        }
    }
}

builtins! {
    /// How many values are equal to this one.
    ///
    /// ```rdk
    /// (1, 2, 1).count(1)
    /// #> 2
    /// ```
    fn count[context](
        this: Items,
        /// What to count.
        value: Value,
    ) -> Result<usize> { list::count(context, &this.0, &value) }

    /// Where a value stands first; an error if nowhere.
    ///
    /// ```rdk
    /// ("a", "b").index("b")
    /// #> 1
    /// ```
    fn index[context](
        this: Items,
        /// What to look for.
        value: Value,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        stop: Option<i64>,
    ) -> Result<usize> { list::index(context, &this.0, &value, start, stop, "tuple") }
}
