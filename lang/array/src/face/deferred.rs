//! NumPy's functions on delayed values: the call itself is delayed.

use rdk_runtime::{Args, Context, Result, Value, operators};
use rdk_syntax::tree::BinaryOp;

use super::unsized_object::Unsized;
use crate::array::Array;

/// The call of this function of `numpy` as one of its arguments has it, or put off if one of them is a delayed value; `None`: neither.
pub fn call(context: &Context, function: &str, args: &[Value]) -> Option<Result<Value>> {
    // Things of the rooms to the right have their own ways: `np.sqrt(series)` is a series.
    let own = args.iter().find_map(|arg| match arg {
        Value::Object(object) => object.array_function(context, function, args),
        Value::Lazy(lazy) => lazy.array_function(context, function, args),
        _ => None,
    });
    own.or_else(|| args.iter().any(is_delayed).then(|| put_off(context, function, args)))
}

/// Adds up (or multiplies) a list of delayed values one by one, as NumPy does with an array of objects.
pub fn fold(context: &Context, op: BinaryOp, list: &Value) -> Option<Result<Value>> {
    if !is_delayed(list) {
        return None;
    }
    let mut items = list.items()?.into_iter();
    let first = items.next()?;
    Some(items.try_fold(first, |sum, item| operators::binary(context, op, &sum, &item)))
}

/// Is it a delayed value, or a list with one in it? Lazy arrays are not meant: they have their own ways.
pub fn is_delayed(value: &Value) -> bool {
    match value {
        Value::Lazy(_) => value.get::<Array>().is_none() && value.get::<Unsized>().is_none(),
        Value::List(_) | Value::Tuple(_) => value.items().is_some_and(|items| items.iter().any(is_delayed)),
        _ => false,
    }
}

fn put_off(context: &Context, function: &str, args: &[Value]) -> Result<Value> {
    let library = &context.shared.library;
    let delayed = library.import("dask")?.get("delayed");
    let function = library.import("numpy")?.get(function);
    let (Some(delayed), Some(function)) = (delayed, function) else {
        rdk_runtime::bail!(RuntimeError: "delayed calls are not at hand here");
    };
    let delayed = context.call(&delayed, Args::one(function))?;
    context.call(&delayed, Args::of(args.iter().cloned()))
}
