//! Reductions along the rows of a frame: a value for each row.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array};
use arrow::datatypes::DataType;
use datafusion::functions::core::expr_fn::{coalesce, greatest, least};
use datafusion::logical_expr::{Expr, cast, lit, when};
use rdk_runtime::{Context, Name, Result, Value, bail};

use super::aggregate::{Needs, Reduction};
use super::{align, statistics, wholes};
use crate::frame::Frame;
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};
use crate::steps::Moving;

/// The columns of numbers; an error if there are others and `numeric_only` does not leave them out.
fn numbers(view: &View, name: &str, numeric_only: Option<bool>) -> Result<View> {
    let mut columns = Vec::new();
    for named in &view.columns {
        if crate::dtype::is_number(&view.type_of(&named.expr)?) {
            columns.push(named.clone());
        } else if numeric_only != Some(true) {
            bail!(TypeError: "a row of texts and numbers has no {name}"; hint: "`numeric_only=True` leaves texts out");
        }
    }
    if columns.is_empty() {
        bail!("there are no columns of numbers");
    }
    Ok(view.with_columns(columns, Shape::Frame, name))
}

/// A value for each row.
pub fn reduce(
    context: &Context,
    view: &View,
    reduction: Reduction,
    numeric_only: Option<bool>,
    needs: Needs,
) -> Result<Value> {
    let name = reduction.name();
    if reduction == Reduction::Count {
        let there = view.columns.iter().map(|named| cast(named.expr.clone().is_not_null(), DataType::Int64));
        let count = there.reduce(|a, b| a + b).unwrap_or_else(|| lit(0i64));
        return Frame::answer(context, view.series(None, count, name));
    }
    if reduction == Reduction::Unique {
        return by_rows(context, view, "nunique", None, Needs::Nothing);
    }
    let view = numbers(view, name, numeric_only)?;
    let whole = view.types()?.iter().all(|of| !of.is_floating());
    let of = if whole { DataType::Int64 } else { DataType::Float64 };
    let zero = cast(lit(0i64), of.clone());
    let numbers: Vec<Expr> = view.columns.iter().map(|named| cast(named.expr.clone(), of.clone())).collect();
    let there = view.columns.iter().map(|named| cast(named.expr.clone().is_not_null(), DataType::Int64));
    let sum = numbers.iter().cloned().map(|expr| coalesce(vec![expr, zero.clone()])).reduce(|a, b| a + b);
    let (Some(sum), Some(there)) = (sum, there.reduce(|a, b| a + b)) else { bail!("there are no columns of numbers") };
    let expr = match reduction {
        Reduction::Sum => sum,
        Reduction::Mean => crate::functions::Arithmetic::Divide.call(sum, there.clone()),
        Reduction::Min => least(numbers),
        Reduction::Max => greatest(numbers),
        Reduction::Count | Reduction::Size => there.clone(),
        Reduction::Std(free) | Reduction::Var(free) => {
            return by_rows(context, &view, name, Some(("ddof", Value::Int(free.into()))), needs);
        }
        Reduction::Sem
        | Reduction::Unique
        | Reduction::Any
        | Reduction::All
        | Reduction::Product
        | Reduction::Median => return by_rows(context, &view, name, None, needs),
    };
    let present = match needs {
        Needs::Nothing => None,
        Needs::All => Some(there.clone().eq(lit(view.columns.len() as i64))),
        Needs::AtLeast(least) => Some(there.clone().gt_eq(lit(least))),
    };
    let expr = match present {
        Some(present) => when(present, expr).end().map_err(crate::errors::fusion)?,
        None => expr,
    };
    Frame::answer(context, view.series(None, expr, name))
}

/// The same by looking at the rows one by one: of lazy frames in each partition, by the method of pandas.
fn by_rows(context: &Context, view: &View, name: &str, option: Option<(&str, Value)>, needs: Needs) -> Result<Value> {
    if !view.eager {
        let mut options = vec![(Name::from("axis"), Value::Int(1))];
        options.extend(option.map(|(name, value)| (Name::from(name), value)));
        match needs {
            Needs::Nothing => {}
            Needs::All => options.push((Name::from("skipna"), Value::Bool(false))),
            Needs::AtLeast(least) => options.push((Name::from("min_count"), Value::Int(least))),
        }
        return wholes::in_each(context, view, name, vec![], options);
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let columns = &batch.columns()[view.index.len()..];
    let made: ArrayRef = if name == "nunique" {
        let count = |row: usize| {
            let mut seen: Vec<Value> = Vec::new();
            for column in columns.iter().filter(|column| !column.is_null(row)) {
                let value = crate::cell::value(column, row);
                let mut known = false;
                for other in &seen {
                    known |= rdk_runtime::operators::equal(context, other, &value)?;
                }
                if !known {
                    seen.push(value);
                }
            }
            Ok(seen.len() as i64)
        };
        Arc::new(Int64Array::from((0..batch.num_rows()).map(count).collect::<Result<Vec<_>>>()?))
    } else {
        let floats = columns.iter().map(statistics::floats).collect::<Result<Vec<_>>>()?;
        let row = |row: usize| -> Vec<f64> {
            floats.iter().filter(|column| !column.is_null(row)).map(|column| column.value(row)).collect()
        };
        let population = matches!(&option, Some((_, Value::Int(0))));
        let variance = |values: &mut Vec<f64>| {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let sum = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
            let free = if population { n } else { n - 1.0 };
            (free > 0.0).then(|| sum / free)
        };
        let number = |values: &mut Vec<f64>| match name {
            "std" => variance(values).map(f64::sqrt),
            "var" => variance(values),
            "median" => Moving::Median.of(values),
            "sem" => Moving::Std.of(values).map(|deviation| deviation / (values.len() as f64).sqrt()),
            _ => Some(values.iter().product()),
        };
        match name {
            "any" | "all" => {
                let flag = |at: usize| {
                    let values = row(at);
                    let truth = |value: &f64| *value != 0.0;
                    Some(if name == "any" { values.iter().any(truth) } else { values.iter().all(truth) })
                };
                Arc::new((0..batch.num_rows()).map(flag).collect::<BooleanArray>())
            }
            "prod" if columns.iter().all(|column| !column.data_type().is_floating()) => {
                let whole = columns.iter().map(statistics::ints).collect::<Result<Vec<_>>>()?;
                let product = |row: usize| {
                    let there = whole.iter().filter(|column| !column.is_null(row));
                    there.fold(1i64, |product, column| product.wrapping_mul(column.value(row)))
                };
                Arc::new(Int64Array::from_iter_values((0..batch.num_rows()).map(product)))
            }
            _ => Arc::new((0..batch.num_rows()).map(|at| number(&mut row(at))).collect::<Float64Array>()),
        }
    };
    let made = if matches!(name, "any" | "all") { made } else { needed(made, columns, needs)? };
    let (over, expr) = align::beside(context, view, made)?;
    Ok(Frame::eager(over.series(None, expr, name)))
}

/// Nothing for those rows that have too few values.
fn needed(made: ArrayRef, columns: &[ArrayRef], needs: Needs) -> Result<ArrayRef> {
    let there = |row: usize| columns.iter().filter(|column| !column.is_null(row)).count();
    let lacks = |row: usize| match needs {
        Needs::Nothing => false,
        Needs::All => there(row) < columns.len(),
        Needs::AtLeast(least) => (there(row) as i64) < least,
    };
    let lacking: BooleanArray = (0..made.len()).map(|row| Some(lacks(row))).collect();
    arrow::compute::nullif(&made, &lacking).map_err(crate::batches::arrow_error)
}

/// The label of the column with the largest or smallest value of each row.
pub fn idx(context: &Context, view: &View, largest: bool) -> Result<Value> {
    let name = if largest { "idxmax" } else { "idxmin" };
    let view = numbers(view, name, None)?;
    if !view.eager {
        return wholes::in_each(context, &view, name, vec![Value::Int(1)], vec![]);
    }
    let batch = lower::in_memory(&lower::compute_now(context, &view)?)?;
    let columns = batch.columns()[view.index.len()..].iter().map(statistics::floats).collect::<Result<Vec<_>>>()?;
    let labels = view.labels();
    let label = |row: usize| {
        let mut best: Option<(f64, usize)> = None;
        for (at, column) in columns.iter().enumerate().filter(|(_, column)| !column.is_null(row)) {
            let value = column.value(row);
            if best.is_none_or(|(old, _)| if largest { value > old } else { value < old }) {
                best = Some((value, at));
            }
        }
        best.map_or(Value::None, |(_, at)| Label::to_value(&labels[at]))
    };
    let found: Vec<Value> = (0..batch.num_rows()).map(label).collect();
    let (over, expr) = align::beside(context, &view, crate::cell::column(&found, "of labels")?)?;
    Ok(Frame::eager(over.series(None, expr, name)))
}
