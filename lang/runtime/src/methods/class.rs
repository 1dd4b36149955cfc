//! Attributes of classes.

use std::sync::Arc;

use crate::builtins;
use crate::class::ClassRef;
use crate::convert::FromValue;
use crate::types::types;
use crate::value::Value;

impl FromValue for ClassRef {
    fn expected() -> &'static str {
        "a class"
    }

    fn from_value(value: &Value) -> Option<ClassRef> {
        match value {
            Value::Class(class) => Some(class.clone()),
            _ => None,
        }
    }
}

builtins! {
    /// The name of the class.
    ///
    /// ```rdk
    /// type(3).__name__
    /// #> 'int'
    /// ```
    fn __name__(this: ClassRef) -> &'static str { this.name }

    /// The name of the class.
    fn __qualname__(this: ClassRef) -> &'static str { this.name }

    /// The module that the class belongs to.
    fn __module__(this: ClassRef) -> &'static str { if this.module.is_empty() { "builtins" } else { this.module } }

    /// The class that this one is a special case of.
    ///
    /// ```rdk
    /// KeyError.__base__
    /// #> LookupError
    /// ```
    fn __base__(this: ClassRef) -> Option<Value> { this.base.clone().map(Value::Class) }

    /// The class itself and all that it is a special case of.
    ///
    /// ```rdk
    /// bool.__mro__
    /// #> (bool, int, object)
    /// ```
    fn __mro__(this: ClassRef) -> Value { Value::tuple(line(this).into_iter().map(Value::Class)) }
}

/// The class and its bases.
pub fn line(class: ClassRef) -> Vec<ClassRef> {
    if class.own.is_some() {
        return crate::user::whole_line(&class);
    }
    let also = class.also.clone();
    let mut line: Vec<ClassRef> = std::iter::successors(Some(class), |class| class.base.clone()).collect();
    if let Some(also) = also {
        // What both lines end in stands behind both.
        line.pop_if(|last| Arc::ptr_eq(last, &types().object));
        line.extend(self::line(also));
    }
    line
}
