//! Single values that a method of pandas gives for all rows of a lazy frame.

use super::map_partitions;
use super::{create, wholes};
use crate::cell;
use crate::frame::Frame;
use crate::plan::{Shape, View};
use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, builtins, error};
use std::sync::Arc;

/// A method of pandas on all rows of a lazy frame that gives a single value.
pub fn single(context: &Context, view: &View, method: &str, args: Vec<Value>) -> Result<Value> {
    single_with(context, view, method, args, vec![])
}

/// The same with arguments by name.
pub fn single_with(
    context: &Context,
    view: &View,
    method: &str,
    args: Vec<Value>,
    options: Vec<(&str, Value)>,
) -> Result<Value> {
    let options = options.into_iter().map(|(name, value)| Value::tuple([Value::str(name), value]));
    let options = Value::tuple(options.collect::<Vec<_>>());
    let builtin = hidden::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
    single_of(context, view, builtin, method, vec![Value::str(method), Value::tuple(args), options])
}

/// What a function gives for all rows of a lazy frame: a series of a single value, which is taken out of it.
pub fn single_of(
    context: &Context,
    view: &View,
    builtin: rdk_runtime::Builtin,
    method: &str,
    all: Vec<Value>,
) -> Result<Value> {
    let one = wholes::one_partition(context, view)?;
    let made = map_partitions::map_partitions(context, &one, &Value::Builtin(Arc::new(builtin)), all, vec![])?;
    match View::from_value(&made) {
        Some(view) => Ok(Frame::lazy(View { shape: Shape::Scalar, index: Vec::new(), name: method.into(), ..view })),
        None => Ok(made),
    }
}

mod hidden {
    use super::*;

    builtins! {
        /// What a method gives, as a series of one value.
        fn single[context](/** The frame or series. */ this: Value, /** The method. */ method: String, /** What it is called with. */ args: Value, /** By name: pairs. */ options: Value) -> Result<Value> {
            let method = rdk_runtime::operators::attribute(context, &this, &method)?;
            let mut call = Args::of(args.items().unwrap_or_default());
            for pair in options.items().unwrap_or_default() {
                if let Some([name, value]) = pair.items().as_deref() {
                    call.keywords.push((Name::from(name.text().as_str()), value.clone()));
                }
            }
            let value = context.call(&method, call)?;
            Ok(Frame::eager(create::series_of(None, cell::column(&[value], "of results")?, None)?))
        }
    }
}
