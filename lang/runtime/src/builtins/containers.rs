//! What calling the types of text and containers does: `str(x)`, `list(xs)`, `dict(a=1)`, `range(10)`.

use std::sync::Arc;

use crate::builtin::{Keywords, Rest};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::evaluate::collect;
use crate::methods::codec::{Codec, OnError};
use crate::methods::dict::update;
use crate::methods::set::keys_of;
use crate::operators::truth;
use crate::value::{Dict, Range, Set, Slice, Value};
use crate::{bail, builtins, error};

builtins! {
    /// The value as text.
    ///
    /// ```rdk
    /// str(1.50), str([1, "a"]), str(b"caf\xc3\xa9", "utf-8")
    /// #> ('1.5', "[1, 'a']", 'café')
    /// ```
    fn str(
        /// Any value; bytes if an encoding is given.
        object: Value = "",
        /// How bytes are decoded.
        encoding: Option<Arc<str>>,
        /// What to do with what cannot be decoded: `strict`, `ignore`, `replace`.
        errors: Option<Arc<str>>,
    ) -> Result<Value> { text(object, encoding, errors) }

    /// Bytes from numbers, from text, or so many zeros.
    ///
    /// ```rdk
    /// bytes([104, 105]), bytes("é", "utf-8"), bytes(2)
    /// #> (b'hi', b'\xc3\xa9', b'\x00\x00')
    /// ```
    fn bytes[context](
        /// Numbers from 0 to 255, text, or how many zeros.
        source: Option<Value>,
        /// How text is encoded.
        encoding: Option<Arc<str>>,
        /// What to do with what cannot be encoded: `strict`, `ignore`, `replace`.
        errors: Option<Arc<str>>,
    ) -> Result<Value> { bytes(context, source, encoding, errors) }

    /// Is the value true? Empty things, zero and `None` are not.
    ///
    /// ```rdk
    /// bool([]), bool("a"), bool(0.0)
    /// #> (False, True, False)
    /// ```
    fn bool[context](
        /// Any value.
        x: Value = false,
    ) -> Result<bool> { truth(context, &x) }

    /// A new list of the items.
    ///
    /// ```rdk
    /// list("abc"), list(range(3)), list()
    /// #> (['a', 'b', 'c'], [0, 1, 2], [])
    /// ```
    fn list[context](
        /// What to walk over.
        iterable: Option<Value>,
    ) -> Result<Vec<Value>> { items(context, iterable) }

    /// A tuple of the items.
    ///
    /// ```rdk
    /// tuple([1, 2])
    /// #> (1, 2)
    /// ```
    fn tuple[context](
        /// What to walk over.
        iterable: Option<Value>,
    ) -> Result<Value> {
        match iterable {
            Some(tuple @ Value::Tuple(_)) => Ok(tuple),
            other => Ok(Value::tuple(items(context, other)?)),
        }
    }

    /// A new dict from another one, from pairs, from names.
    ///
    /// ```rdk
    /// dict(a=1, b=2), dict([("x", 1)]), dict({"a": 1}, b=2)
    /// #> ({'a': 1, 'b': 2}, {'x': 1}, {'a': 1, 'b': 2})
    /// ```
    fn dict[context](
        /// A dict, or pairs of key and value; at most one.
        args: Rest,
        /// More of them, by name.
        kwargs: Keywords,
    ) -> Result<Value> {
        if args.0.len() > 1 {
            bail!(TypeError: "dict expected at most 1 argument, got {}", args.0.len());
        }
        let dict = Dict::default();
        update(context, &dict, args.0.first(), kwargs)?;
        Ok(Value::Dict(Arc::new(dict)))
    }

    /// A new set of the items.
    ///
    /// ```rdk
    /// set([1, 2, 1]), set()
    /// #> ({1, 2}, set())
    /// ```
    fn set[context](
        /// What to walk over.
        iterable: Option<Value>,
    ) -> Result<Value> { set(context, iterable, false) }

    /// A set of the items that cannot be changed.
    ///
    /// ```rdk
    /// frozenset("a")
    /// #> frozenset({'a'})
    /// ```
    fn frozenset[context](
        /// What to walk over.
        iterable: Option<Value>,
    ) -> Result<Value> { set(context, iterable, true) }

    /// Whole numbers: up to `stop`, or from `start` up to `stop` in steps.
    ///
    /// ```rdk
    /// list(range(4)), list(range(2, 9, 3))
    /// #> ([0, 1, 2, 3], [2, 5, 8])
    /// ```
    fn range[context](
        /// Where to begin; where to end if it is the only one.
        start: Value,
        /// Where to end; this number is not among them.
        stop: Option<Value>,
        /// From one number to the next.
        step: Option<Value>,
    ) -> Result<Value> {
        let settled = |value: Option<Value>| value.map(|value| value.settled(context)).transpose();
        range(start.settled(context)?, settled(stop)?, settled(step)?)
    }

    /// What stands in an index: `x[a:b:c]` is `x[slice(a, b, c)]`.
    ///
    /// ```rdk
    /// [1, 2, 3, 4][slice(1, 3)]
    /// #> [2, 3]
    /// ```
    fn slice(
        /// Where to begin; where to end if it is the only one.
        args: Rest,
    ) -> Result<Value> { slice(args.0) }
}

fn text(object: Value, encoding: Option<Arc<str>>, errors: Option<Arc<str>>) -> Result<Value> {
    if encoding.is_none() && errors.is_none() {
        return Ok(match object {
            Value::Str(_) => object,
            other => other.text().into(),
        });
    }
    let Value::Bytes(bytes) = &object else {
        bail!(TypeError: "decoding to str: need a bytes-like object, {} found", object.class().name)
    };
    let codec = Codec::named(encoding.as_deref().unwrap_or("utf-8"))?;
    Ok(codec.decode(bytes, OnError::named(errors.as_deref().unwrap_or("strict"))?)?.into())
}

fn bytes(
    context: &Context,
    source: Option<Value>,
    encoding: Option<Arc<str>>,
    errors: Option<Arc<str>>,
) -> Result<Value> {
    let bytes: Vec<u8> = match (source, encoding) {
        (None, _) => Vec::new(),
        (Some(Value::Str(text)), Some(encoding)) => {
            Codec::named(&encoding)?.encode(&text, OnError::named(errors.as_deref().unwrap_or("strict"))?)?
        }
        (Some(Value::Str(_)), None) => bail!(TypeError: "string argument without an encoding"; hint: "`text.encode()`"),
        (Some(_), Some(_)) => bail!(TypeError: "encoding without a string argument"),
        (Some(bytes @ Value::Bytes(_)), None) => return Ok(bytes),
        (Some(source), None) => match i64::from_value(&source) {
            Some(n) if n < 0 => bail!("negative count"),
            Some(n) if n > i64::from(i32::MAX) => bail!(MemoryError: "{n} bytes are too many"),
            Some(n) => vec![0; n as usize],
            None => {
                let byte = |item: Value| match i64::from_value(&item) {
                    Some(number) => u8::try_from(number).map_err(|_| error!("bytes must be in range(0, 256)")),
                    None => bail!(TypeError: "'{}' object cannot be interpreted as an integer", item.class().name),
                };
                collect(context, &source)?.into_iter().map(byte).collect::<Result<_>>()?
            }
        },
    };
    Ok(Value::Bytes(bytes.into()))
}

fn items(context: &Context, iterable: Option<Value>) -> Result<Vec<Value>> {
    iterable.map_or(Ok(Vec::new()), |iterable| collect(context, &iterable))
}

fn set(context: &Context, iterable: Option<Value>, frozen: bool) -> Result<Value> {
    let items = match iterable {
        Some(Value::Set(set)) if frozen && set.frozen => return Ok(Value::Set(set)),
        Some(iterable) => keys_of(context, &iterable)?,
        None => Default::default(),
    };
    Ok(Value::Set(Arc::new(Set { items: items.into(), frozen })))
}

fn range(start: Value, stop: Option<Value>, step: Option<Value>) -> Result<Value> {
    let whole = |value: &Value| match value {
        Value::BigInt(_) => bail!(OverflowError: "range() takes numbers of at most 64 bits"),
        other => match i64::from_value(other) {
            Some(number) => Ok(number),
            None => {
                let error = error!(TypeError: "'{}' object cannot be interpreted as an integer", other.class().name);
                Err(match other {
                    Value::Float(_) => error.hint("`np.arange` takes floats, `int(x)` makes an integer"),
                    Value::Lazy(_) => error.hint("`.compute()` first"),
                    _ => error,
                })
            }
        },
    };
    let step = step.as_ref().map_or(Ok(1), whole)?;
    if step == 0 {
        bail!("range() arg 3 must not be zero");
    }
    let (start, stop) = match &stop {
        Some(stop) => (whole(&start)?, whole(stop)?),
        None => (0, whole(&start)?),
    };
    Ok(Value::Range(Arc::new(Range { start, stop, step })))
}

fn slice(args: Vec<Value>) -> Result<Value> {
    let mut args = args.into_iter();
    let (start, stop, step) = match (args.next(), args.next(), args.next(), args.next()) {
        (None, ..) => bail!(TypeError: "slice expected at least 1 argument, got 0"),
        (_, _, _, Some(_)) => bail!(TypeError: "slice expected at most 3 arguments"),
        (Some(stop), None, _, _) => (Value::None, stop, Value::None),
        (Some(start), Some(stop), step, None) => (start, stop, step.unwrap_or_default()),
    };
    Ok(Value::Slice(Arc::new(Slice { start, stop, step })))
}
