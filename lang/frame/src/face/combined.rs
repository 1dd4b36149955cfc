//! Two frames or series as one: `combine`, `combine_first`, `update`; and `transform` of frames.

use arrow::datatypes::DataType;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::Expr;
use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, bail};

use super::calls::{self, More};
use super::{align, create, items};
use crate::cell;
use crate::frame::{Frame, settled, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Named, Shape, View};

/// `series.combine(other, f)`
pub fn combine(context: &Context, view: &View, other: &Value, func: &Value, fill: Option<Value>) -> Result<Value> {
    if !view.eager {
        bail!(NotImplementedError: "`combine` calls a function with values"; hint: "`map_partitions` does it in each partition of both");
    }
    let fill = fill.unwrap_or(Value::Float(f64::NAN));
    let call = |a: Value, b: Value| context.call(func, Args::of([a, b]));
    let Some(other) = View::from_value(other) else {
        let values = items::values(context, view)?;
        let made = values.into_iter().map(|value| call(value, other.clone())).collect::<Result<Vec<_>>>()?;
        let (over, expr) = align::beside(context, view, cell::column(&made, "of results")?)?;
        return Ok(Frame::eager(over.series(view.label().clone(), expr, "combine")));
    };
    let label = if view.label() == other.label() { view.label().clone() } else { None };
    let index = |view: &View| View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let (a, b) = (items::values(context, view)?, items::values(context, &other)?);
    let (a_labels, b_labels) = (items::values(context, &index(view))?, items::values(context, &index(&other))?);
    let mut labels = a_labels.clone();
    let in_a = super::selection::found_labels(context, view, &b_labels)?;
    labels.extend(b_labels.iter().zip(&in_a).filter(|(_, found)| found.is_empty()).map(|(label, _)| label.clone()));
    let (from_a, from_b) = (
        super::selection::found_labels(context, view, &labels)?,
        super::selection::found_labels(context, &other, &labels)?,
    );
    let value =
        |values: &[Value], found: &[u64]| found.first().map_or(fill.clone(), |&row| values[row as usize].clone());
    let pairs = from_a.iter().zip(&from_b);
    let made = pairs.map(|(x, y)| call(value(&a, x), value(&b, y))).collect::<Result<Vec<_>>>()?;
    let index = (view.index[0].label.clone(), cell::column(&labels, "of labels")?);
    Ok(Frame::eager(create::series_of(label, cell::column(&made, "of results")?, Some(index))?))
}

/// `df.combine_first(other)`
pub fn first_of(context: &Context, view: &View, other: &View) -> Result<Value> {
    let (left, right) = align::together(context, view, other)?;
    let mut columns = Vec::new();
    for named in &left.columns {
        let found = named.label.as_ref().and_then(|label| right.find(label));
        let expr = match found {
            Some(found) => {
                let types = |view: &View| named.label.as_ref().map(|label| view.type_of(&view.column(label)?.expr));
                let types = [types(view), types(other)].into_iter().flatten().collect::<Result<Vec<_>>>()?;
                merged(&named.expr, &found.expr, &types, &left)?
            }
            None => named.expr.clone(),
        };
        columns.push(Named { label: named.label.clone(), expr });
    }
    let is_new = |named: &&Named| named.label.as_ref().is_some_and(|label| left.find(label).is_none());
    columns.extend(right.columns.iter().filter(is_new).cloned());
    Frame::answer(context, left.with_columns(columns, Shape::Frame, "combine-first"))
}

/// `series.combine_first(other)`
pub fn first_of_series(context: &Context, view: &View, other: &View) -> Result<Value> {
    let types = [view.type_of(view.expr())?, other.type_of(other.expr())?];
    let (left, right) = align::together(context, view, other)?;
    let expr = merged(left.expr(), right.expr(), &types, &left)?;
    Frame::answer(context, left.series(view.label().clone(), expr, "combine-first"))
}

/// The first of the two that is there, in the type that both have in common: these were the types before rows were
/// put beside each other, where whole numbers become floats.
fn merged(first: &Expr, second: &Expr, types: &[DataType], view: &View) -> Result<Expr> {
    let of = if view.eager { crate::steps::common(types) } else { crate::category::common(types)? };
    Ok(coalesce(vec![super::concat::fitted(view, first, &of), super::concat::fitted(view, second, &of)]))
}

/// `df.update(other)`, `series.update(other)`: changes the frame itself.
pub fn update(context: &Context, this: &Value, other: &Value) -> Result<Value> {
    let Some(frame) = this.get::<Frame>().filter(|frame| frame.view().eager) else {
        bail!(NotImplementedError: "a lazy frame is not updated"; hint: "`combine_first` makes a new one: `other.combine_first(df)`");
    };
    let view = frame.view();
    let other = match View::from_value(other) {
        Some(other) => other,
        None => {
            let class = super::classes::class(view.shape, true);
            let made = context.call(&Value::Class(class), Args::one(other.clone()))?;
            match View::from_value(&made) {
                Some(made) => made,
                None => bail!(TypeError: "expected a frame or a series, got {}", what(other)),
            }
        }
    };
    let (left, right) = align::aligned(context, &view, &other, crate::steps::Join::Left)?;
    let mut made = left.clone();
    for named in &mut made.columns {
        let found = match view.shape {
            Shape::Frame => named.label.as_ref().and_then(|label| right.find(label)),
            _ => right.columns.first(),
        };
        let Some(found) = found else { continue };
        let (of, new) = (left.type_of(&named.expr)?, left.type_of(&found.expr)?);
        let expr = match of == new {
            true => found.expr.clone(),
            false if of.is_integer() && new.is_floating() => found.expr.clone(),
            false => crate::functions::as_type(found.expr.clone(), &of),
        };
        named.expr = super::assigned::either(expr.clone().is_not_null(), expr, named.expr.clone(), &left)?;
    }
    let computed = lower::compute_now(context, &settled(context, made)?)?;
    // Whole numbers that were whole before stay so.
    let mut back = computed.clone();
    for (named, old) in back.columns.iter_mut().zip(&view.columns) {
        let (of, old) = (computed.type_of(&named.expr)?, view.type_of(&old.expr)?);
        if old.is_integer() && of.is_floating() {
            named.expr = datafusion::logical_expr::cast(named.expr.clone(), old);
        }
    }
    frame.replace(lower::compute_now(context, &View { shape: view.shape, ..back })?);
    Ok(Value::None)
}

/// `df.transform(f)`: of each column; with a list of functions each column becomes several.
pub fn transform(context: &Context, view: &View, func: &Value, named: Vec<(Name, Value)>) -> Result<Value> {
    let mut columns: Vec<(Label, Value)> = Vec::new();
    let chosen: Vec<(Label, Value)> = match func {
        Value::Dict(dict) => {
            let pairs: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            let pair = |(key, func): (Value, Value)| match Label::of(&key) {
                Some(label) => Ok((label, func)),
                None => bail!(TypeError: "expected a label, got {}", what(&key)),
            };
            pairs.into_iter().map(pair).collect::<Result<_>>()?
        }
        one => view.labels().into_iter().map(|label| (label, one.clone())).collect(),
    };
    for (label, func) in chosen {
        let of = view.column(&label)?;
        let series = view.series(of.label.clone(), of.expr.clone(), "getitem");
        let made = calls::transform(context, &series, &func, More::of(None, named.clone()))?;
        match View::from_value(&made) {
            Some(made) if made.shape == Shape::Frame => {
                for column in &made.columns {
                    let below = column.label.clone().unwrap_or(Label::Number(0));
                    let series = made.series(column.label.clone(), column.expr.clone(), "getitem");
                    columns.push((Label::Levels(vec![label.clone(), below]), items::as_value(series)));
                }
            }
            _ => columns.push((label, made)),
        }
    }
    let mut made = view.with_columns(Vec::new(), Shape::Frame, "transform");
    for (label, column) in columns {
        made = match View::from_value(&column) {
            Some(series) if made.columns.is_empty() && !made.rows.comes_from(&series.rows) => {
                let expr = series.expr().clone();
                series.with_columns(vec![Named { label: Some(label), expr }], Shape::Frame, "transform")
            }
            _ => items::with_column(context, &made, &label, &column)?,
        };
    }
    Ok(items::as_value(made))
}
