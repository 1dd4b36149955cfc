//! How columns vary together: `corr`, `cov`.

use super::single::single_of;
use super::{create, items, statistics, wholes};
use crate::cell;
use crate::frame::Frame;
use crate::label::Label;
use crate::lower::{self};
use crate::plan::{Named, Shape, View};
use arrow::array::{ArrayRef, Float64Array};
use rdk_runtime::{Context, Name, Result, Value, bail, builtins, error};
use std::sync::Arc;

/// `df.corr()`, `df.cov()`
pub fn matrix(context: &Context, view: &View, correlation: bool, numeric_only: bool, least: usize) -> Result<Value> {
    let name = if correlation { "corr" } else { "cov" };
    let mut columns = Vec::new();
    for named in &view.columns {
        let of = view.type_of(&named.expr)?;
        if !numeric_only || crate::dtype::is_number(&of) {
            if !crate::dtype::is_number(&of) {
                let label = named.label.as_ref().map_or(String::new(), Label::quoted);
                bail!("could not convert column {label} of texts to float"; hint: "`numeric_only=True` leaves such columns out");
            }
            columns.push(named.clone());
        }
    }
    let view = view.with_columns(columns, Shape::Frame, name);
    if !view.eager {
        let options = vec![(Name::from("min_periods"), Value::Int(least as i64))];
        return wholes::in_one(context, &view, name, vec![], options);
    }
    let batch = lower::in_memory(&lower::compute_now(context, &view)?)?;
    let floats = batch.columns()[view.index.len()..].iter().map(statistics::floats).collect::<Result<Vec<_>>>()?;
    let column = |b: &Float64Array| -> ArrayRef {
        let enough = |a: &Float64Array| a.iter().zip(b).filter(|(a, b)| a.is_some() && b.is_some()).count() >= least;
        let pair = |a: &Float64Array| if enough(a) { statistics::together(a, b, correlation) } else { None };
        Arc::new(floats.iter().map(pair).collect::<Float64Array>())
    };
    let labels = view.labels();
    let index = cell::column(&labels.iter().map(Label::to_value).collect::<Vec<_>>(), "of labels")?;
    let columns = labels.into_iter().zip(floats.iter().map(column)).collect();
    Ok(Frame::eager(create::frame_of(columns, Some((None, index)), floats.len())?))
}

pub fn with_other(context: &Context, view: &View, other: &View, correlation: bool) -> Result<Value> {
    let (over, right) = items::over_rows_of(context, view, other)?;
    let columns = vec![
        Named { label: Some(Label::Number(0)), expr: over.expr().clone() },
        Named { label: Some(Label::Number(1)), expr: right },
    ];
    let both = over.with_columns(columns, Shape::Frame, "corr");
    if !both.eager {
        let builtin = hidden::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
        let name = if correlation { "corr" } else { "cov" };
        return single_of(context, &both, builtin, name, vec![Value::Bool(correlation)]);
    }
    columns_together(context, &both, correlation)
}

pub fn columns_together(context: &Context, view: &View, correlation: bool) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n = view.index.len();
    let (a, b) = (statistics::floats(batch.column(n))?, statistics::floats(batch.column(n + 1))?);
    let made = if correlation { statistics::correlation(&a, &b) } else { statistics::together(&a, &b, false) };
    Ok(Value::Float(made.unwrap_or(f64::NAN)))
}

mod hidden {
    use super::*;

    builtins! {
        /// How two columns vary together, as a series of one value.
        fn pair[context](/** Both. */ this: View, /** Is it the correlation? */ correlation: bool) -> Result<Value> { Ok(Frame::eager(create::series_of(None, cell::column(&[columns_together(context, &this, correlation)?], "of results")?, None)?)) }
    }
}
