//! Assertions about what a call raises: `assert_raises`, as a function or in a `with`.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::convert::describe;
use rdk_runtime::error::Kind;
use rdk_runtime::{Args, Class, ClassRef, Context, Error, Keywords, Object, Rest, Result, Value, bail, builtins, show};

/// Which exceptions are awaited, and what they have to say.
struct Awaited {
    kinds: Vec<Kind>,
    /// A piece of the message.
    message: Option<String>,
}

static CLASS: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("_AssertRaisesContext", "numpy.testing", "For `with`.")));

impl Awaited {
    fn new(exceptions: &Value, message: Option<String>) -> Result<Awaited> {
        let classes = match exceptions {
            Value::Tuple(_) | Value::List(_) => exceptions.items().unwrap_or_default(),
            one => vec![one.clone()],
        };
        let kind = |value: &Value| match value {
            Value::Class(class) if class.exception.is_some() => Ok(class.exception.unwrap_or(Kind::Exception)),
            other => {
                bail!(TypeError: "expected a class of exceptions, got {}", describe(other); hint: "such as `ValueError`, or a tuple of them")
            }
        };
        Ok(Awaited { kinds: classes.iter().map(kind).collect::<Result<_>>()?, message })
    }

    fn names(&self) -> String {
        self.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ")
    }

    /// Is it one of those? An error if it is, but says something else.
    fn is(&self, context: &Context, error: &Error) -> Result<bool> {
        if !self.kinds.iter().any(|kind| error.0.kind.is(*kind)) {
            return Ok(false);
        }
        let Some(pattern) = &self.message else { return Ok(true) };
        let search = context.shared.library.import("re")?.get("search");
        let said = Value::str(&error.0.message);
        let found = match search {
            Some(search) => !context.call(&search, Args::of([Value::str(pattern), said]))?.is_none(),
            None => error.0.message.contains(pattern.as_str()),
        };
        match found {
            true => Ok(true),
            false => bail!(AssertionError: "{:?} does not match {:?}", pattern, error.0.message),
        }
    }

    fn called(&self, context: &Context, function: &Value, args: Args) -> Result<()> {
        match context.call(function, args) {
            Err(error) if self.is(context, &error)? => Ok(()),
            Err(other) => Err(other),
            Ok(_) => {
                let name = match function {
                    Value::Function(function) => function.name().to_string(),
                    Value::Builtin(builtin) => builtin.name.to_owned(),
                    Value::Class(class) => class.name.to_owned(),
                    other => show::text(other),
                };
                bail!(AssertionError: "{} not raised by {name}", self.names())
            }
        }
    }
}

impl Object for Awaited {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<a `with` that awaits {}>", self.names())
    }

    fn enter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::None))
    }

    fn exit(&self, context: &Context, error: Option<&Error>) -> Result<bool> {
        match error {
            Some(error) => self.is(context, error),
            None => bail!(AssertionError: "{} not raised", self.names()),
        }
    }
}

fn awaited(context: &Context, awaited: Awaited, call: Rest, keywords: Keywords) -> Result<Value> {
    let mut values = call.0.into_iter();
    let Some(function) = values.next() else { return Ok(Value::object(awaited)) };
    let args = Args { positional: values.collect(), keywords: keywords.0 };
    awaited.called(context, &function, args)?;
    Ok(Value::None)
}

builtins! {
    /// Fails unless a call, or what stands in the `with`, raises an exception.
    ///
    /// ```rdk
    /// np.testing.assert_raises(ValueError, int, "x")
    /// with np.testing.assert_raises(ZeroDivisionError):
    ///     1 / 0
    /// ```
    fn assert_raises[context](
        /// The class of the exception, or a tuple of classes.
        exception_class: Value,
        /// The function and its arguments; nothing for `with`.
        args: Rest,
        /// What the function takes by name.
        kwargs: Keywords,
    ) -> Result<Value> { awaited(context, Awaited::new(&exception_class, None)?, args, kwargs) }

    /// The same, where the message has to match a pattern, too.
    fn assert_raises_regex[context](
        /// The class of the exception, or a tuple of classes.
        exception_class: Value,
        /// A regular expression that the message matches.
        expected_regexp: String,
        /// The function and its arguments; nothing for `with`.
        args: Rest,
        /// What the function takes by name.
        kwargs: Keywords,
    ) -> Result<Value> { awaited(context, Awaited::new(&exception_class, Some(expected_regexp))?, args, kwargs) }
}
