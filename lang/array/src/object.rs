//! Arrays as objects of the language. Operators, indexing and methods are in [`crate::face`].

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_runtime::{Class, ClassRef, Object};

use crate::array::Array;

/// The class of lazy arrays.
pub fn class() -> ClassRef {
    static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
        Arc::new(Class::new("Array", "dask.array", "A chunked array that is computed when asked for."))
    });
    CLASS.clone()
}

impl Object for Array {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.to_string()
    }
}
