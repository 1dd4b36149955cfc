//! `series.map` of categories: each category is mapped once.

use arrow::array::{Array, ArrayRef};
use arrow::compute::take;
use rdk_runtime::{Args, Context, HashKey, Result, Value};

use super::super::align;
use crate::batches::arrow_error;
use crate::category;
use crate::cell;
use crate::frame::Frame;
use crate::lower;
use crate::plan::View;

/// What a function, a dict or a series has for a value.
fn one(context: &Context, arg: &Value, value: Value) -> Result<Value> {
    match arg {
        Value::Dict(dict) => Ok(dict.0.lock().get(&HashKey::new(value)?).cloned().unwrap_or(Value::Float(f64::NAN))),
        other if other.get::<Frame>().is_some() => {
            Ok(rdk_runtime::operators::item(context, other, &value).unwrap_or(Value::Float(f64::NAN)))
        }
        function => context.call(function, Args::one(value)),
    }
}

/// The series mapped; categories again, if each has another one for it.
pub fn map(context: &Context, view: &View, arg: &Value, skip_missing: bool) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let column = batch.column(view.index.len());
    let (Some(known), Some(codes)) = (category::categories(column.data_type()), category::codes(column)) else {
        rdk_runtime::bail!(RuntimeError: "internal error: categories in memory are known");
    };
    let mut results = Vec::with_capacity(known.values.len());
    for row in 0..known.values.len() {
        context.check()?;
        results.push(one(context, arg, cell::value(&known.values, row))?);
    }
    let is_function = !matches!(arg, Value::Dict(_)) && arg.get::<Frame>().is_none();
    let mut for_missing = Value::None;
    if codes.null_count() > 0 && !skip_missing {
        for_missing = one(context, arg, Value::Float(f64::NAN))?;
    }
    let is_missing = |value: &Value| matches!(value, Value::None) || value.as_f64().is_some_and(f64::is_nan);
    let mapped = cell::column(&results, "of results")?;
    let one_for_each = mapped.null_count() == 0 && category::sorted_values(&mapped)?.len() == mapped.len();
    let asked = codes.null_count() > 0 && !skip_missing && is_function;
    let made: ArrayRef = if one_for_each && !asked && is_missing(&for_missing) {
        category::from_codes(codes, &category::known(&mapped, known.ordered)?)?
    } else if is_missing(&for_missing) {
        take(&mapped, &codes, None).map_err(arrow_error)?
    } else {
        results.push(for_missing);
        let mapped = cell::column(&results, "of results")?;
        let last = known.values.len() as i32;
        let codes: arrow::array::Int32Array = codes.iter().map(|code| code.or(Some(last))).collect();
        take(&mapped, &codes, None).map_err(arrow_error)?
    };
    // Whole numbers of which some are missing are floats.
    let made = lower::floats_where_missing(&made)?;
    let (over, expr) = align::beside(context, view, made)?;
    let label = view.label().clone();
    Ok(Frame::eager(over.series(label, expr, "map")))
}
