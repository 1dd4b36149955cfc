//! What `display(x, display_id=…)` gives back: the way to what is shown.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use crate::builtins;
use crate::class::{Class, ClassRef};
use crate::convert::FromValue;
use crate::error::Result;
use crate::modules::uuid::random_bytes;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;

/// The name under which something is shown.
#[derive(Clone)]
pub struct Handle {
    /// The name.
    pub id: String,
}

impl Handle {
    /// Under a name that nobody else has.
    pub fn new() -> Result<Handle> {
        Ok(Handle { id: format!("{:032x}", u128::from_le_bytes(random_bytes()?)) })
    }

    /// Under this name.
    pub fn named(id: &str) -> Handle {
        Handle { id: id.to_string() }
    }
}

/// The class of handles.
pub fn class() -> ClassRef {
    static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
        let class = Class::new("DisplayHandle", "IPython.display", "The way to something that is shown.");
        let class = class.base(types().object.clone());
        Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
    });
    CLASS.clone()
}

mod methods {
    use super::*;

    builtins! {
        /// Shows a value in place of what is shown.
        ///
        /// ```rdk
        /// handle = display(1, display_id=True)
        /// handle.update(2)
        /// #> 1
        /// #> 2
        /// ```
        fn update[context](
            this: Handle,
            /// The value.
            obj: Value,
        ) -> () { super::super::show(context, &obj, Some(&this), true) }

        /// Shows a value once more under the same name.
        fn display[context](
            this: Handle,
            /// The value.
            obj: Value,
        ) -> () { super::super::show(context, &obj, Some(&this), false) }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The name.
        fn display_id(this: Handle) -> String { this.id.clone() }
    }
}

impl FromValue for Handle {
    fn expected() -> &'static str {
        "a display handle"
    }

    fn from_value(value: &Value) -> Option<Handle> {
        value.get::<Handle>().cloned()
    }
}

impl Object for Handle {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<DisplayHandle display_id={}>", self.id)
    }
}
