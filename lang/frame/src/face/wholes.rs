//! Methods of pandas on partitions of a lazy frame: on each, or on all rows in one.

use rdk_runtime::{Context, FromValue, Name, Result, Value, bail, error};

use super::classes;
use super::{map_partitions, repartition};
use crate::plan::View;

/// All rows in one partition; what is made of them has other labels, perhaps.
pub fn one_partition(context: &Context, view: &View) -> Result<View> {
    if view.rows.n_partitions == 1 {
        return Ok(View { rows: view.rows.clone().divided(None), ..view.clone() });
    }
    let one = repartition::repartition(context, view, None, Some(1), None, false)?;
    View::from_value(&one).ok_or_else(|| error!(RuntimeError: "internal error: no frame"))
}

/// The method of pandas on all rows, which come together in one partition; later, when it is computed.
pub fn in_one(
    context: &Context,
    view: &View,
    method: &str,
    args: Vec<Value>,
    options: Vec<(Name, Value)>,
) -> Result<Value> {
    in_each(context, &one_partition(context, view)?, method, args, options)
}

/// The method of pandas on each partition; later, when it is computed.
pub fn in_each(
    context: &Context,
    view: &View,
    method: &str,
    args: Vec<Value>,
    options: Vec<(Name, Value)>,
) -> Result<Value> {
    let class = classes::class(view.shape, true);
    let Some(builtin) = class.method(method) else { bail!(RuntimeError: "internal error: no method `{method}`") };
    map_partitions::map_partitions(context, view, &Value::Builtin(builtin.clone()), args, options)
}
