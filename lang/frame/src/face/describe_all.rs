//! `describe` of columns of any type, each by its own numbers: `describe(include="all")`.

use arrow::datatypes::DataType;
use rdk_runtime::{Args, Context, Name, Result, Value, bail, operators};

use super::{create, items, wholes};
use crate::cell;
use crate::frame::Frame;
use crate::label::Label;
use crate::plan::{Shape, View};

/// How a column is described.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Time,
    Other,
}

fn kind(of: &DataType) -> Kind {
    match of {
        of if of.is_numeric() => Kind::Number,
        DataType::Timestamp(..) | DataType::Duration(_) => Kind::Time,
        _ => Kind::Other,
    }
}

/// Are there columns that the plain way leaves out, though pandas describes them?
pub fn has_times(view: &View) -> Result<bool> {
    Ok(view.types()?.iter().any(|of| kind(of) == Kind::Time))
}

/// The numbers of one column by their names.
fn numbers(context: &Context, view: &View, at: usize, percentiles: &[f64]) -> Result<Vec<(String, Value)>> {
    let named = &view.columns[at];
    let series = items::as_value(view.series(named.label.clone(), named.expr.clone(), "describe"));
    let call = |on: &Value, method: &str, args: Vec<Value>| {
        let method = operators::attribute(context, on, method)?;
        context.call(&method, Args::of(args))
    };
    let reduced = |name: &str| Ok((name.to_string(), call(&series, name, vec![])?));
    let kind = kind(&view.type_of(&named.expr)?);
    if kind == Kind::Other {
        let counts = call(&series, "value_counts", vec![])?;
        let counts = call(&counts, "items", vec![])?;
        let pairs = rdk_runtime::iterate(context, &counts)?.rest(context)?;
        let first = pairs.first().and_then(Value::items);
        let (top, freq) = match first.as_deref() {
            Some([top, freq]) => (top.clone(), freq.clone()),
            _ => (Value::None, Value::None),
        };
        let occurs = |pair: &&Value| pair.items().is_some_and(|pair| !matches!(pair.last(), Some(Value::Int(0))));
        let unique = Value::Int(pairs.iter().filter(occurs).count() as i64);
        return Ok(vec![reduced("count")?, ("unique".into(), unique), ("top".into(), top), ("freq".into(), freq)]);
    }
    let mut all = vec![reduced("count")?, reduced("mean")?];
    if kind == Kind::Number {
        all.push(reduced("std")?);
    }
    all.push(reduced("min")?);
    let sorted = (kind == Kind::Time).then(|| call(&series, "dropna", vec![])).transpose()?;
    let sorted = sorted.map(|there| call(&there, "sort_values", vec![])).transpose()?;
    for part in percentiles {
        let value = match &sorted {
            None => call(&series, "quantile", vec![Value::Float(*part)])?,
            Some(sorted) => between(context, &rdk_runtime::iterate(context, sorted)?.rest(context)?, *part)?,
        };
        let percent = part * 100.0;
        let name = if (percent - percent.round()).abs() < 1e-9 {
            format!("{}%", percent.round())
        } else {
            format!("{percent}%")
        };
        all.push((name, value));
    }
    all.push(reduced("max")?);
    Ok(all)
}

/// The time below which a part of times in order lies.
fn between(context: &Context, times: &[Value], part: f64) -> Result<Value> {
    use rdk_syntax::tree::BinaryOp;
    let Some(last) = times.len().checked_sub(1) else { return Ok(Value::None) };
    let place = part * last as f64;
    let (low, high) = (&times[place.floor() as usize], &times[place.ceil() as usize]);
    let distance = operators::binary(context, BinaryOp::Sub, high, low)?;
    let step = operators::binary(context, BinaryOp::Mul, &distance, &Value::Float(place.fract()))?;
    operators::binary(context, BinaryOp::Add, low, &step)
}

/// Which columns are described.
fn chosen(context: &Context, view: &View, include: &Option<Value>, exclude: &Option<Value>) -> Result<View> {
    let all = include.as_ref().is_some_and(|include| include.as_str() == Some("all"));
    if all || view.shape != Shape::Frame {
        return Ok(view.clone());
    }
    for value in include.iter().chain(exclude) {
        for part in value.items().filter(|_| value.as_str().is_none()).unwrap_or_else(|| vec![value.clone()]) {
            if !matches!(part.as_str(), Some("number" | "numbers" | "object" | "datetime" | "timedelta" | "category")) {
                crate::dtype::read(&part)?;
            }
        }
    }
    if include.is_some() || exclude.is_some() {
        let select = operators::attribute(context, &items::as_value(view.clone()), "select_dtypes")?;
        let mut call = Args::none();
        for (name, value) in [("include", include), ("exclude", exclude)] {
            call.keywords.extend(value.clone().map(|value| (Name::from(name), value)));
        }
        let made = context.call(&select, call)?;
        return Ok(made.get::<Frame>().map_or_else(|| view.clone(), Frame::view));
    }
    let mut columns = Vec::new();
    for named in &view.columns {
        if kind(&view.type_of(&named.expr)?) != Kind::Other {
            columns.push(named.clone());
        }
    }
    Ok(if columns.is_empty() { view.clone() } else { View { columns, ..view.clone() } })
}

/// The numbers of all columns that are chosen, under the names of all of them.
pub fn describe(
    context: &Context,
    view: &View,
    percentiles: Option<Vec<f64>>,
    include: Option<Value>,
    exclude: Option<Value>,
) -> Result<Value> {
    if !view.eager {
        let mut options = Vec::new();
        let list = percentiles.map(|parts| Value::list(parts.into_iter().map(Value::Float)));
        for (name, value) in [("percentiles", list), ("include", include), ("exclude", exclude)] {
            options.extend(value.map(|value| (Name::from(name), value)));
        }
        return wholes::in_one(context, view, "describe", vec![], options);
    }
    let percentiles = percentiles.unwrap_or_else(|| vec![0.25, 0.5, 0.75]);
    if percentiles.iter().any(|part| !(0.0..=1.0).contains(part)) {
        bail!("percentiles should all be in the interval [0, 1]");
    }
    let view = chosen(context, view, &include, &exclude)?;
    let described = (0..view.columns.len()).map(|at| numbers(context, &view, at, &percentiles));
    let described = described.collect::<Result<Vec<_>>>()?;
    // Names in the order of pandas: those of the column with the fewest first, as they come.
    let mut names: Vec<String> = Vec::new();
    let mut order: Vec<&Vec<(String, Value)>> = described.iter().collect();
    order.sort_by_key(|numbers| numbers.len());
    for (name, _) in order.into_iter().flatten() {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let column = |numbers: &Vec<(String, Value)>| {
        let value = |name: &String| numbers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
        let cells: Vec<Value> = names.iter().map(|name| value(name).unwrap_or(Value::Float(f64::NAN))).collect();
        cell::column(&cells, "of numbers")
    };
    let columns = view.labels().into_iter().zip(&described).map(|(label, numbers)| Ok((label, column(numbers)?)));
    let columns: Vec<(Label, arrow::array::ArrayRef)> = columns.collect::<Result<_>>()?;
    let labels: Vec<Value> = names.iter().map(Value::str).collect();
    let mut made = create::frame_of(columns, Some((None, cell::column(&labels, "of labels")?)), names.len())?;
    if view.shape == Shape::Series {
        made.shape = Shape::Series;
        made.columns[0].label = view.label().clone();
    }
    Ok(Frame::eager(made))
}
