//! `contextlib`: small things for `with`.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use crate::class::{Class, ClassRef, Module, entries};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::object::Object;
use crate::operators;
use crate::types::types;
use crate::value::Value;
use crate::{Args, Rest, bail, builtins};

/// The module `contextlib`.
pub fn module() -> Arc<Module> {
    Module::new("contextlib", "Small things for `with`.", || entries(builtins()))
}

builtins! {
    /// Errors of these classes end the `with` and are forgotten.
    ///
    /// ```rdk
    /// from contextlib import suppress
    /// with suppress(ZeroDivisionError):
    ///     1 / 0
    /// ```
    fn suppress(
        /// Classes of exceptions.
        exceptions: Rest,
    ) -> Result<Value> {
        let kind = |value: &Value| match value {
            Value::Class(class) if class.exception.is_some() => Ok(class.exception.unwrap_or(Kind::Exception)),
            other => bail!(TypeError: "expected a class of exceptions, got {}", crate::convert::describe(other)),
        };
        Ok(Value::object(Manager::Suppress(exceptions.0.iter().map(kind).collect::<Result<_>>()?)))
    }

    /// Does nothing; gives what it was made with.
    ///
    /// ```rdk
    /// from contextlib import nullcontext
    /// with nullcontext(3) as x:
    ///     print(x)
    /// #> 3
    /// ```
    fn nullcontext(
        /// What `as` gives.
        enter_result: Option<Value>,
    ) -> Value { Value::object(Manager::Null(enter_result.unwrap_or_default())) }

    /// Calls `close()` of a thing when the `with` ends.
    fn closing(
        /// The thing.
        thing: Value,
    ) -> Value { Value::object(Manager::Closing(thing)) }
}

enum Manager {
    Suppress(Vec<Kind>),
    Null(Value),
    Closing(Value),
}

static CLASSES: LazyLock<[ClassRef; 3]> = LazyLock::new(|| {
    ["suppress", "nullcontext", "closing"]
        .map(|name| Arc::new(Class::new(name, "contextlib", "For `with`.").base(types().object.clone())))
});

impl Object for Manager {
    fn class(&self) -> ClassRef {
        let at = match self {
            Manager::Suppress(_) => 0,
            Manager::Null(_) => 1,
            Manager::Closing(_) => 2,
        };
        CLASSES[at].clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<contextlib.{} object>", self.class().name)
    }

    fn enter(&self, _context: &Context) -> Option<Result<Value>> {
        Some(Ok(match self {
            Manager::Suppress(_) => Value::None,
            Manager::Null(value) | Manager::Closing(value) => value.clone(),
        }))
    }

    fn exit(&self, context: &Context, error: Option<&Error>) -> Result<bool> {
        match self {
            Manager::Suppress(kinds) => Ok(error.is_some_and(|error| kinds.iter().any(|kind| error.0.kind.is(*kind)))),
            Manager::Null(_) => Ok(false),
            Manager::Closing(thing) => {
                let close = operators::attribute(context, thing, "close")?;
                context.call(&close, Args::none()).map(|_| false)
            }
        }
    }
}
