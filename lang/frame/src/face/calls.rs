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
    if crate::category::is(&view.type_of(view.expr())?) {
        return super::category::map::map(context, view, arg, skip_missing);
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
        let columns = |value: &Value| {
            value.get::<Frame>().is_some()
                || value.get::<rdk_array::eager::NdArray>().is_some_and(|array| !array.shape().is_empty())
        };
        if !results.is_empty() && results.iter().all(columns) {
            let pairs = labels.into_iter().zip(results);
            let dict = rdk_runtime::Dict::default();
            for (label, column) in pairs {
                dict.0.lock().insert(rdk_runtime::HashKey::new(label)?, column);
            }
            let class = classes::class(crate::plan::Shape::Frame, true);
            return context.call(&Value::Class(class), Args::one(Value::Dict(std::sync::Arc::new(dict))));
        }
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
    if results.first().is_some_and(|first| first.get::<Frame>().is_some()) {
        return rows_below(context, view, results);
    }
    let column = cell::column(results, "of results")?;
    let (view, expr) = super::align::beside(context, view, column)?;
    let label = view.label().clone();
    Ok(Frame::eager(view.series(label, expr, "map")))
}

/// A series for each row as the rows of a frame, with the labels of the first as columns.
fn rows_below(context: &Context, view: &View, results: &[Value]) -> Result<Value> {
    let mut over = view.clone();
    let mut rows = Vec::new();
    let mut labels = Vec::new();
    for result in results {
        let Some(series) = result.get::<Frame>() else {
            bail!(TypeError: "the function gives a series for some rows only, and {} for another", crate::frame::what(result));
        };
        let series = series.view();
        if labels.is_empty() {
            let index =
                View { columns: vec![series.index[0].clone()], shape: crate::plan::Shape::Index, ..series.clone() };
            labels = items::values(context, &index)?;
        }
        rows.push(items::values(context, &series)?);
    }
    let mut columns = Vec::new();
    for (at, label) in labels.iter().enumerate() {
        let cells: Vec<Value> = rows.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect();
        let (beside, expr) = super::align::beside(context, &over, cell::column(&cells, "of results")?)?;
        over = beside;
        let label = crate::label::Label::of(label).unwrap_or_else(|| crate::label::Label::text(label.text()));
        columns.push(crate::plan::Named { label: Some(label), expr });
    }
    Ok(Frame::eager(over.with_columns(columns, crate::plan::Shape::Frame, "apply")))
}

/// The method of pandas on each partition.
fn in_partitions(context: &Context, view: &View, method: &str, args: Vec<Value>, meta: Option<Value>) -> Result<Value> {
    let class = classes::class(view.shape, true);
    let Some(builtin) = class.method(method) else { bail!(RuntimeError: "internal error: no method `{method}`") };
    let options = meta.map(|meta| vec![(rdk_runtime::Name::from("meta"), meta)]).unwrap_or_default();
    super::partitions::map_partitions(context, view, &Value::Builtin(builtin.clone()), args, options)
}
