//! Several reductions at once: `df.agg(…)`, `series.agg(…)`.

use super::aggregate::Reduction;
use super::reductions::{reduced, transposed};
use super::{align, create, items, wholes};
use crate::cell;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{Shape, View};
use arrow::array::{ArrayRef, StringViewArray};
use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, bail};
use std::sync::Arc;

/// A reduction of a series, by name or function.
pub fn one_of(context: &Context, series: &Value, how: &Value) -> Result<Value> {
    match how {
        Value::Str(name) => {
            let method = rdk_runtime::operators::attribute(context, series, name)?;
            context.call(&method, Args::none())
        }
        Value::Builtin(builtin) if Reduction::named(builtin.name).is_some() => {
            let method = rdk_runtime::operators::attribute(context, series, builtin.name)?;
            context.call(&method, Args::none())
        }
        func => context.call(func, Args::one(series.clone())),
    }
}

pub fn name_of(how: &Value) -> String {
    match how {
        Value::Builtin(builtin) => builtin.name.to_string(),
        Value::Function(function) => function.def.name.to_string(),
        other => other.text(),
    }
}

/// `df.agg(…, axis=1)`: of each row; else of each column.
pub fn agg_along(context: &Context, this: &Value, func: &Value, axis: &Option<Value>) -> Result<Value> {
    let of_rows =
        View::from_value(this).is_some_and(|view| view.shape == Shape::Frame) && super::axis_labels::of_columns(axis)?;
    if !of_rows {
        return agg(context, this, func);
    }
    let one = |how: &Value| {
        let (method, args) = match how {
            Value::Str(name) => (name.to_string(), Args::none()),
            Value::Builtin(builtin) if Reduction::named(builtin.name).is_some() => {
                (builtin.name.to_string(), Args::none())
            }
            Value::Dict(_) => {
                bail!(NotImplementedError: "`agg` of rows by their labels"; hint: "`df.T.agg(…)` has rows as columns")
            }
            function => ("apply".to_string(), Args::one(function.clone())),
        };
        let mut call = args;
        call.keywords.push((Name::from("axis"), Value::Int(1)));
        context.call(&rdk_runtime::operators::attribute(context, this, &method)?, call)
    };
    let Some(hows) = func.items().filter(|_| matches!(func, Value::List(_) | Value::Tuple(_))) else {
        return one(func);
    };
    let mut whole: Option<View> = None;
    for how in &hows {
        let Some(made) = View::from_value(&one(how)?) else {
            bail!(TypeError: "{} gives no value for each row", what(how))
        };
        let made = made.series(Some(Label::text(name_of(how))), made.expr().clone(), "agg");
        whole = Some(match whole {
            None => View { shape: Shape::Frame, ..made },
            Some(whole) => {
                let (mut whole, made) = align::together(context, &whole, &made)?;
                whole.columns.extend(made.columns);
                whole
            }
        });
    }
    match whole {
        Some(whole) => Frame::answer(context, View { name: "agg".into(), ..whole }),
        None => bail!("no results"),
    }
}

/// `df.agg(…)`, `series.agg(…)`
pub fn agg(context: &Context, this: &Value, func: &Value) -> Result<Value> {
    let Some(view) = View::from_value(this) else {
        bail!(TypeError: "expected a frame or a series, got {}", what(this))
    };
    let pairs: Option<Vec<(Value, Value)>> = match func {
        Value::Dict(dict) => {
            Some(dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect())
        }
        _ => None,
    };
    if pairs.is_none() && func.items().is_none() {
        if view.shape == Shape::Frame && !matches!(func, Value::Str(_) | Value::Builtin(_)) {
            let method = rdk_runtime::operators::attribute(context, this, "apply")?;
            return context.call(&method, Args::one(func.clone()));
        }
        return one_of(context, this, func);
    }
    if let Some(pairs) = &pairs
        && view.shape == Shape::Frame
        && pairs.iter().all(|(_, how)| how.items().is_none() && Reduction::of(how).is_ok())
    {
        let mut wanted = Vec::new();
        let mut labels = Vec::new();
        for (key, how) in pairs {
            let Some(label) = Label::of(key) else { bail!(TypeError: "expected a label, got {}", what(key)) };
            wanted.push((Some(label.clone()), view.column(&label)?.expr.clone(), Reduction::of(how)?.0));
            labels.push(label);
        }
        let row = reduced(&view, wanted, "agg")?;
        return Frame::answer(context, transposed(context, &row, labels, "agg")?);
    }
    if !view.eager {
        return wholes::in_one(context, &view, "agg", vec![func.clone()], vec![]);
    }
    if view.shape != Shape::Frame {
        let hows: Vec<(String, Value)> = match pairs {
            Some(pairs) => pairs.into_iter().map(|(key, how)| (key.text(), how)).collect(),
            None => func.items().unwrap_or_default().into_iter().map(|how| (name_of(&how), how)).collect(),
        };
        let values = hows.iter().map(|(_, how)| one_of(context, this, how)).collect::<Result<Vec<_>>>()?;
        let names: ArrayRef = Arc::new(StringViewArray::from_iter_values(hows.iter().map(|(name, _)| name)));
        let series =
            create::series_of(view.label().clone(), cell::column(&values, "of results")?, Some((None, names)))?;
        return Ok(Frame::eager(series));
    }
    let pairs: Vec<(Label, Vec<Value>)> = match pairs {
        Some(pairs) => pairs
            .iter()
            .map(|(key, how)| match Label::of(key) {
                Some(label) => Ok((label, how.items().unwrap_or_else(|| vec![how.clone()]))),
                None => bail!(TypeError: "expected a label, got {}", what(key)),
            })
            .collect::<Result<_>>()?,
        None => view.labels().into_iter().map(|label| (label, func.items().unwrap_or_default())).collect(),
    };
    let mut names: Vec<String> = Vec::new();
    for how in pairs.iter().flat_map(|(_, hows)| hows) {
        let name = name_of(how);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut columns = Vec::new();
    for (label, hows) in pairs {
        let series = items::column(&view, &label)?;
        let mut cells = vec![Value::None; names.len()];
        for how in &hows {
            let at = names.iter().position(|name| *name == name_of(how)).unwrap_or(0);
            cells[at] = one_of(context, &series, how)?;
        }
        columns.push((label, cell::column(&cells, "of results")?));
    }
    let n = names.len();
    let index: ArrayRef = Arc::new(StringViewArray::from_iter_values(names));
    Ok(Frame::eager(create::frame_of(columns, Some((None, index)), n)?))
}
