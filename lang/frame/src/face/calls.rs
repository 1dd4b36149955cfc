//! Functions of the user on values and rows: `map`, `apply`.

use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, bail};

use super::{arrays, classes, create, items};
use crate::cell;
use crate::frame::Frame;
use crate::lower;
use crate::plan::View;

/// `na_action=`: does what is missing stay so?
pub fn skips(na_action: Option<String>) -> Result<bool> {
    match na_action.as_deref() {
        None => Ok(false),
        Some("ignore") => Ok(true),
        Some(other) => bail!("na_action must either be 'ignore' or None, {other} was passed"),
    }
}

/// `series.map(f)`
pub fn map(context: &Context, view: &View, arg: &Value, skip_missing: bool, meta: Option<Value>) -> Result<Value> {
    if !view.eager {
        let options = if skip_missing { vec![(Name::from("na_action"), Value::str("ignore"))] } else { Vec::new() };
        return in_partitions_with(context, view, "map", vec![arg.clone()], options, meta);
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

/// Arguments for each call of a user's function besides the first: `args=(…)`, and keywords.
pub struct More {
    args: Vec<Value>,
    named: Vec<(Name, Value)>,
}

impl More {
    /// As the user gives them.
    pub fn of(args: Option<Value>, named: Vec<(Name, Value)>) -> More {
        More { args: args.and_then(|args| args.items()).unwrap_or_default(), named }
    }

    fn call(&self, context: &Context, func: &Value, first: Value) -> Result<Value> {
        let mut call = Args::of(std::iter::once(first).chain(self.args.iter().cloned()));
        call.keywords = self.named.clone();
        context.call(func, call)
    }

    /// The method of a series or frame that has this name.
    fn method(&self, context: &Context, this: &Value, name: &str) -> Result<Value> {
        let mut call = Args::of(self.args.iter().cloned());
        call.keywords = self.named.clone();
        context.call(&rdk_runtime::operators::attribute(context, this, name)?, call)
    }

    /// For the same method of each partition.
    fn travelling(self) -> Vec<(Name, Value)> {
        let mut options = self.named;
        if !self.args.is_empty() {
            options.push((Name::from("args"), Value::tuple(self.args)));
        }
        options
    }
}

/// `series.apply(f, args=(…))`
pub fn apply_series(context: &Context, view: &View, func: &Value, more: More, meta: Option<Value>) -> Result<Value> {
    let this = items::as_value(view.clone());
    match func {
        Value::Str(name) => return more.method(context, &this, name),
        Value::List(_) | Value::Dict(_) => return more_of(context, &this, "agg", func),
        _ => {}
    }
    if !view.eager {
        return in_partitions_with(context, view, "apply", vec![func.clone()], more.travelling(), meta);
    }
    let mut results = Vec::new();
    for value in items::values(context, view)? {
        context.check()?;
        results.push(more.call(context, func, value)?);
    }
    beside(context, view, &results)
}

/// A method of a series or frame with one argument.
fn more_of(context: &Context, this: &Value, method: &str, arg: &Value) -> Result<Value> {
    context.call(&rdk_runtime::operators::attribute(context, this, method)?, Args::one(arg.clone()))
}

/// How `df.apply` is told to go about it.
#[derive(Default)]
pub struct Apply {
    /// With each row, or with each column?
    pub axis: Option<Value>,
    /// Is the function given arrays, and not series?
    pub raw: bool,
    /// What is made of what it gives: "expand", "reduce" or "broadcast".
    pub result_type: Option<String>,
    /// What it gives, of a lazy frame.
    pub meta: Option<Value>,
}

/// `df.apply(f, axis=1)`
pub fn apply_frame(context: &Context, view: &View, func: &Value, how: Apply, more: More) -> Result<Value> {
    let by_row = super::axis_labels::of_columns(&how.axis)?;
    if let Some(other) = how.result_type.as_deref().filter(|kind| !matches!(*kind, "expand" | "reduce" | "broadcast")) {
        bail!("invalid value for result_type, must be one of {{None, 'reduce', 'broadcast', 'expand'}}, got {other:?}");
    }
    let this = items::as_value(view.clone());
    match func {
        Value::Str(name) => {
            let mut more = more;
            if by_row {
                more.named.push((Name::from("axis"), Value::Int(1)));
            }
            return more.method(context, &this, name);
        }
        Value::List(_) | Value::Dict(_) if !by_row => return more_of(context, &this, "agg", func),
        _ => {}
    }
    if !view.eager {
        if !by_row {
            bail!(NotImplementedError: "dd.DataFrame.apply only supports axis=1"; hint: "Try: df.apply(func, axis=1)");
        }
        let mut options = more.travelling();
        options.extend(how.result_type.map(|kind| (Name::from("result_type"), Value::str(kind))));
        if how.raw {
            options.push((Name::from("raw"), Value::Bool(true)));
        }
        return in_partitions_with(context, view, "apply", vec![func.clone(), Value::Int(1)], options, how.meta);
    }
    let broadcast = how.result_type.as_deref() == Some("broadcast");
    let given = |series: Value| match (how.raw, series.get::<Frame>()) {
        (true, Some(frame)) => arrays::values(context, &frame.view()),
        _ => Ok(series),
    };
    let mut results = Vec::new();
    if !by_row {
        for label in view.labels() {
            results.push(more.call(context, func, given(items::column(view, &label)?)?)?);
        }
        return columns_of(context, view, results, broadcast);
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    for row in 0..batch.num_rows() {
        context.check()?;
        let (_, series) = arrays::row_of(view, &batch, row)?;
        results.push(more.call(context, func, given(series)?)?);
    }
    let rows = view.series(None, datafusion::logical_expr::lit(0i64), "apply");
    if broadcast || how.result_type.as_deref() == Some("expand") {
        return spread(context, &rows, results, broadcast.then(|| view.labels()));
    }
    beside(context, &rows, &results)
}

/// What a function gives for each column: a frame of columns, or a series with a value for each.
fn columns_of(context: &Context, view: &View, results: Vec<Value>, broadcast: bool) -> Result<Value> {
    let labels: Vec<Value> = view.labels().iter().map(crate::label::Label::to_value).collect();
    let is_column = |value: &Value| {
        value.get::<Frame>().is_some()
            || value.get::<rdk_array::eager::NdArray>().is_some_and(|array| !array.shape().is_empty())
    };
    if broadcast {
        let mut made = view.clone();
        for (label, result) in view.labels().iter().zip(&results) {
            made = items::with_column(context, &made, label, result)?;
        }
        return Ok(items::as_value(made));
    }
    if !results.is_empty() && results.iter().all(is_column) {
        let dict = rdk_runtime::Dict::default();
        for (label, column) in labels.into_iter().zip(results) {
            dict.0.lock().insert(rdk_runtime::HashKey::new(label)?, column);
        }
        let class = classes::class(crate::plan::Shape::Frame, true);
        return context.call(&Value::Class(class), Args::one(Value::Dict(std::sync::Arc::new(dict))));
    }
    let labels = cell::column(&labels, "of labels")?;
    Ok(Frame::eager(create::series_of(None, cell::column(&results, "of results")?, Some((None, labels)))?))
}

/// Lists that a function gives for each row as columns, under these labels or numbers.
fn spread(
    context: &Context,
    rows: &View,
    results: Vec<Value>,
    labels: Option<Vec<crate::label::Label>>,
) -> Result<Value> {
    let cells = |value: &Value| -> Result<Option<Vec<Value>>> {
        Ok(match value.get::<Frame>() {
            Some(frame) => Some(items::values(context, &frame.view())?),
            None => match value.get::<rdk_array::eager::NdArray>() {
                Some(array) => array.to_list().items(),
                None => value.items(),
            },
        })
    };
    if labels.is_none() && results.first().is_some_and(|first| first.get::<Frame>().is_some()) {
        return rows_below(context, rows, &results);
    }
    let all = results.iter().map(cells).collect::<Result<Vec<_>>>()?;
    let width = match (&labels, all.first()) {
        (Some(labels), _) => labels.len(),
        (None, Some(Some(first))) => first.len(),
        (None, _) => return beside(context, rows, &results),
    };
    let mut over = rows.clone();
    let mut columns = Vec::new();
    for at in 0..width {
        let cell_of = |(row, result): (&Option<Vec<Value>>, &Value)| match row {
            Some(row) if row.len() == width || labels.is_none() => Ok(row.get(at).cloned().unwrap_or_default()),
            Some(row) => bail!("cannot broadcast result: {} values for {width} columns", row.len()),
            None => Ok(result.clone()),
        };
        let cells = all.iter().zip(&results).map(cell_of).collect::<Result<Vec<_>>>()?;
        let (beside, expr) = super::align::beside(context, &over, cell::column(&cells, "of results")?)?;
        over = beside;
        let label = labels.as_ref().map_or(crate::label::Label::Number(at as i64), |labels| labels[at].clone());
        columns.push(crate::plan::Named { label: Some(label), expr });
    }
    Ok(Frame::eager(over.with_columns(columns, crate::plan::Shape::Frame, "apply")))
}

/// `series.transform(f)`: a function of the whole that gives as many values, or else of each value; a method's name; several of these.
pub fn transform(context: &Context, view: &View, func: &Value, more: More) -> Result<Value> {
    let this = items::as_value(view.clone());
    let pairs: Vec<(crate::label::Label, Value)> = match func {
        Value::List(list) => {
            let name = |func: &Value| crate::label::Label::text(super::agg::name_of(func));
            list.snapshot().into_iter().map(|func| (name(&func), func)).collect()
        }
        Value::Dict(dict) => {
            let pair = |(key, func): (&rdk_runtime::HashKey, &Value)| {
                (crate::label::Label::text(key.value().text()), func.clone())
            };
            dict.0.lock().iter().map(pair).collect()
        }
        one => return transformed(context, view, &this, one, &more),
    };
    let mut whole: Option<View> = None;
    for (label, func) in pairs {
        let made = transformed(context, view, &this, &func, &more)?;
        let Some(made) = View::from_value(&made) else { bail!("Function did not transform") };
        let made = made.series(Some(label), made.expr().clone(), "transform");
        whole = Some(match whole {
            None => View { shape: crate::plan::Shape::Frame, ..made },
            Some(whole) => {
                let (mut whole, made) = super::align::together(context, &whole, &made)?;
                whole.columns.extend(made.columns);
                whole
            }
        });
    }
    match whole {
        Some(whole) => Frame::answer(context, whole),
        None => bail!("no results"),
    }
}

fn transformed(context: &Context, view: &View, this: &Value, func: &Value, more: &More) -> Result<Value> {
    if let Value::Str(name) = func {
        return match rdk_runtime::operators::find(context, this, name)? {
            Some(_) => more.method(context, this, name),
            None => match context.shared.library.import("numpy")?.get(name) {
                Some(function) => context.call(&function, Args::one(this.clone())),
                None => bail!(AttributeError: "'{name}' is not a valid function for 'Series' object"),
            },
        };
    }
    let made = more.call(context, func, this.clone());
    let as_long = |made: &View| -> Result<bool> {
        Ok(!view.eager || super::object::n_rows(context, made)? == super::object::n_rows(context, view)?)
    };
    match made.as_ref().ok().and_then(View::from_value) {
        Some(found) if found.shape == crate::plan::Shape::Series && as_long(&found)? => made,
        Some(_) => bail!("Function did not transform"; hint: "`apply` and `agg` take functions that reduce"),
        None if view.eager => {
            let mut results = Vec::new();
            for value in items::values(context, view)? {
                results.push(more.call(context, func, value)?);
            }
            beside(context, view, &results)
        }
        None => made,
    }
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

/// The method of pandas on each partition, with arguments by name.
fn in_partitions_with(
    context: &Context,
    view: &View,
    method: &str,
    args: Vec<Value>,
    mut options: Vec<(Name, Value)>,
    meta: Option<Value>,
) -> Result<Value> {
    let class = classes::class(view.shape, true);
    let Some(builtin) = class.method(method) else { bail!(RuntimeError: "internal error: no method `{method}`") };
    options.extend(meta.map(|meta| (Name::from("meta"), meta)));
    super::map_partitions::map_partitions(context, view, &Value::Builtin(builtin.clone()), args, options)
}
