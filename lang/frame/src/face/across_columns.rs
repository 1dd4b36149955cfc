//! A frame with a series whose labels are those of its columns: `df - df.mean()`.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, lit};
use rdk_runtime::{Context, Result};

use super::aggregate::Reduction;
use super::reductions::reduced;
use super::{align, items};
use crate::cell;
use crate::label::Label;
use crate::plan::{Named, Shape, View};

/// Each column with the value of the series under its label. What only one of both has is missing.
pub fn combine(
    context: &Context,
    view: &View,
    series: &View,
    name: &str,
    one: impl Fn(Expr, Expr, &View) -> Result<Expr>,
) -> Result<View> {
    if !series.eager {
        return lazily(context, view, series, name, one);
    }
    let index = View { columns: series.index.clone(), shape: Shape::Index, ..series.clone() };
    let labels: Vec<Option<Label>> = items::values(context, &index)?.iter().map(Label::of).collect();
    let values = items::values(context, series)?;
    // With gaps among them, the values are no longer whole numbers.
    let has_gaps = view.columns.iter().any(|named| !labels.contains(&named.label));
    let with_gaps = |value| match value {
        ScalarValue::Int64(Some(number)) if has_gaps => ScalarValue::Float64(Some(number as f64)),
        other => other,
    };
    let mut columns = Vec::new();
    for named in &view.columns {
        let at = labels.iter().position(|label| *label == named.label);
        let value = at.and_then(|at| cell::literal(&values[at]));
        let expr = match value {
            Some(value) => {
                one(named.expr.clone(), super::operators::fitted(with_gaps(value), &named.expr, view)?, view)?
            }
            None => lit(ScalarValue::Float64(None)),
        };
        columns.push(Named { label: named.label.clone(), expr });
    }
    let alone = labels.iter().flatten().filter(|label| view.find(label).is_none());
    let alone: Vec<Named> =
        alone.map(|label| Named { label: Some(label.clone()), expr: lit(ScalarValue::Float64(None)) }).collect();
    if !alone.is_empty() {
        columns.extend(alone);
        columns.sort_by(|a, b| a.label.cmp(&b.label));
    }
    Ok(view.with_columns(columns, Shape::Frame, name))
}

/// The series is not computed: the value under each label is a single value beside all rows, missing if there is no such label.
fn lazily(
    context: &Context,
    view: &View,
    series: &View,
    name: &str,
    one: impl Fn(Expr, Expr, &View) -> Result<Expr>,
) -> Result<View> {
    let mut view = View { eager: false, ..view.clone() };
    let mut columns = Vec::new();
    for at in 0..view.columns.len() {
        let label = view.labels()[at].to_value();
        let Some(label) = cell::literal(&label) else { continue };
        let of_label = series.index[0].expr.clone().eq(lit(label));
        let rows = series.rows.filtered(of_label)?;
        let only = series.over(&rows);
        let value = reduced(&only, vec![(None, only.expr().clone(), Reduction::Max)], "max")?;
        let (over, value) = align::together(context, &view, &value)?;
        view = over;
        let named = &view.columns[at];
        columns.push(Named { label: named.label.clone(), expr: one(named.expr.clone(), value.expr().clone(), &view)? });
    }
    Ok(view.with_columns(columns, Shape::Frame, name))
}
