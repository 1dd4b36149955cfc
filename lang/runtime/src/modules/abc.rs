//! `abc`: classes of which only derived ones can be made.

use std::sync::Arc;

use crate::builtins;
use crate::class::{Module, entries};
use crate::types::types;
use crate::value::Value;

/// The module.
pub fn module() -> Arc<Module> {
    Module::new("abc", "Classes of which only derived ones can be made.", || {
        let mut all = entries(builtins());
        // Nothing has to be done for a class to be abstract: its abstract methods say so.
        all.push(("ABC", Value::Class(types().object.clone())));
        all.push(("ABCMeta", Value::Class(types().r#type.clone())));
        all
    })
}

builtins! {
    /// A method that every derived class has to define.
    ///
    /// ```rdk
    /// from abc import ABC, abstractmethod
    /// class Shape(ABC):
    ///     @abstractmethod
    ///     def area(self): ...
    /// class Square(Shape):
    ///     def area(self):
    ///         return 4
    /// Square().area()
    /// #> 4
    /// ```
    fn abstractmethod(
        /// The method.
        funcobj: Value,
    ) -> Value {
        if let Value::Function(function) = &funcobj {
            function.attach("__isabstractmethod__", Some(Value::Bool(true)));
        }
        funcobj
    }
}
