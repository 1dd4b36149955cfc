//! `bag.str`: methods of texts, on each item.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use super::lazy::Bag;
use super::methods::each;
use crate::builtin::Args;
use crate::builtins;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;

builtins! {
    /// Methods of texts, on each item.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.from_sequence(["Alice Smith", "Bob Jones"]).str.lower().str.split(" ").compute()
    /// #> [['alice', 'smith'], ['bob', 'jones']]
    /// ```
    fn str(this: Bag) -> Value { Value::object(Texts(this)) }
}

struct Texts(Bag);

impl Object for Texts {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
            Arc::new(Class::new("StringAccessor", "dask.bag.core", "Methods of texts.").base(types().object.clone()))
        });
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<str of {}>", self.0.repr())
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        let method = types().str.methods.contains_key(name);
        method.then(|| Ok(Value::object(Method { bag: self.0.clone(), name: name.to_string() })))
    }

    fn attribute_names(&self) -> Vec<String> {
        types().str.methods.keys().map(|name| name.to_string()).collect()
    }
}

/// A method of texts that is still to be called.
struct Method {
    bag: Bag,
    name: String,
}

impl Object for Method {
    fn class(&self) -> ClassRef {
        types().method.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<{} of each text of {}>", self.name, self.bag.repr())
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        let rest = Value::list(args.positional);
        Some(each(
            context,
            &self.bag,
            &self.name,
            "method",
            &[Value::str(&self.name), rest, Value::dict(args.keywords)],
        ))
    }
}
