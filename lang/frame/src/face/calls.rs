//! Functions of the user on values and rows: `map`, `apply`.

use rdk_runtime::{Args, Context, Result, Value, bail};

use super::{arrays, classes, create, items};
use crate::cell;
use crate::frame::Frame;
use crate::lower;
use crate::plan::View;

/// `series.map(f)`
pub fn map(context: &Context, view: &View, arg: &Value, skip_missing: bool, meta: Option<Value>) -> Result<Value> {
    if !view.eager {
        return in_partitions(context, view, "map", vec![arg.clone()], meta);
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let column = batch.column(view.index.len());
    let mut results = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        context.check()?;
        let value = cell::value(column, row);
        if skip_missing && arrow::array::Array::is_null(column, row) {
            results.push(Value::None);
            continue;
        }
        results.push(match arg {
            Value::Dict(dict) => {
                let key = rdk_runtime::HashKey::new(value)?;
                let found = dict.0.lock().get(&key).cloned();
                found.unwrap_or_default()
            }
            other if other.get::<Frame>().is_some() => {
                rdk_runtime::operators::item(context, other, &value).unwrap_or_default()
            }
            function => context.call(function, Args::one(value))?,
        });
    }
    beside(context, view, &results)
}

/// `series.apply(f, args=(…))`
pub fn apply_series(
    context: &Context,
    view: &View,
    func: &Value,
    args: Option<Value>,
    meta: Option<Value>,
) -> Result<Value> {
    if !view.eager {
        let mut all = vec![func.clone()];
        all.extend(args);
        return in_partitions(context, view, "apply", all, meta);
    }
    let more = args.and_then(|args| args.items()).unwrap_or_default();
    let mut results = Vec::new();
    for value in items::values(context, view)? {
        context.check()?;
        let mut call = vec![value];
        call.extend(more.iter().cloned());
        results.push(context.call(func, Args::of(call))?);
    }
    beside(context, view, &results)
}

/// `df.apply(f, axis=1)`
pub fn apply_frame(
    context: &Context,
    view: &View,
    func: &Value,
    axis: Option<Value>,
    args: Option<Value>,
    meta: Option<Value>,
) -> Result<Value> {
    let by_row = match &axis {
        None | Some(Value::Int(0)) => false,
        Some(Value::Int(1)) => true,
        Some(Value::Str(text)) => &**text == "columns",
        Some(other) => bail!("No axis named {}", other.text()),
    };
    if !view.eager {
        if !by_row {
            bail!(NotImplementedError: "dd.DataFrame.apply only supports axis=1"; hint: "Try: df.apply(func, axis=1)");
        }
        let mut all = vec![func.clone(), Value::Int(1)];
        all.extend(args);
        return in_partitions(context, view, "apply", all, meta);
    }
    let more = args.and_then(|args| args.items()).unwrap_or_default();
    let call = |first: Value| {
        let mut call = vec![first];
        call.extend(more.iter().cloned());
        context.call(func, Args::of(call))
    };
    let mut results = Vec::new();
    if !by_row {
        for label in view.labels() {
            results.push(call(items::column(view, &label)?)?);
        }
        let labels: Vec<Value> = view.labels().iter().map(crate::label::Label::to_value).collect();
        let labels = cell::column(&labels, "of labels")?;
        return Ok(Frame::eager(create::series_of(None, cell::column(&results, "of results")?, Some((None, labels)))?));
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    for row in 0..batch.num_rows() {
        context.check()?;
        let (_, series) = arrays::row_of(view, &batch, row)?;
        results.push(call(series)?);
    }
    beside(context, &view.series(None, datafusion::logical_expr::lit(0i64), "apply"), &results)
}

/// Results beside the rows of a series, under its name.
fn beside(context: &Context, view: &View, results: &[Value]) -> Result<Value> {
    if let Some(frame) = results.first().and_then(|first| first.get::<Frame>()) {
        let name = classes::class_of(&frame.view()).name;
        bail!(NotImplementedError: "the function gives a {name} for each row"; hint: "a function that gives one value makes a series");
    }
    let column = cell::column(results, "of results")?;
    let (view, expr) = super::align::beside(context, view, column)?;
    let label = view.label().clone();
    Ok(Frame::eager(view.series(label, expr, "map")))
}

/// The method of pandas on each partition.
fn in_partitions(context: &Context, view: &View, method: &str, args: Vec<Value>, meta: Option<Value>) -> Result<Value> {
    let class = classes::class(view.shape, true);
    let Some(builtin) = class.method(method) else { bail!(RuntimeError: "internal error: no method `{method}`") };
    let options = meta.map(|meta| vec![(rdk_runtime::Name::from("meta"), meta)]).unwrap_or_default();
    super::partitions::map_partitions(context, view, &Value::Builtin(builtin.clone()), args, options)
}
