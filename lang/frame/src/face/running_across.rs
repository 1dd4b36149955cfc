//! From column to column of each row: `cumsum(axis=1)`, `diff(axis=1)`.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::{coalesce, greatest, least};
use datafusion::logical_expr::{Expr, cast, lit, when};
use rdk_runtime::{Context, Result, Value, bail};

use crate::errors::fusion;
use crate::frame::Frame;
use crate::label::Label;
use crate::plan::{Named, Shape, View};
use crate::steps::SoFar;

/// The columns as numbers of one type: whole if all of them are.
fn numbers(view: &View, name: &str) -> Result<(Vec<Expr>, DataType)> {
    let types = view.types()?;
    if let Some(at) = types.iter().position(|of| !crate::dtype::is_number(of)) {
        let label = view.columns[at].label.as_ref().map_or(String::new(), Label::quoted);
        bail!(
            TypeError: "column {label} holds no numbers, and `{name}` goes from column to column";
            hint: "choose the columns of numbers first: `df[[\"x\", \"y\"]]`"
        );
    }
    let of = if types.iter().any(DataType::is_floating) { DataType::Float64 } else { DataType::Int64 };
    Ok((view.columns.iter().map(|named| cast(named.expr.clone(), of.clone())).collect(), of))
}

/// Sums, products and extremes so far.
pub fn totals(context: &Context, view: &View, total: SoFar, skipna: bool) -> Result<Value> {
    let name = total.lenient().name();
    let (numbers, of) = numbers(view, name)?;
    let mut columns = Vec::new();
    for (at, named) in view.columns.iter().enumerate() {
        let before = &numbers[..=at];
        let filled = |with: i64| before.iter().map(move |expr| coalesce(vec![expr.clone(), lit(with)]));
        let so_far = match total {
            SoFar::Sum => filled(0).reduce(|a, b| a + b),
            SoFar::Product => filled(1).reduce(|a, b| a * b),
            SoFar::Max => Some(greatest(before.to_vec())),
            SoFar::Min => Some(least(before.to_vec())),
        };
        let needed = if skipna { &before[at..] } else { before };
        let there = needed.iter().map(|expr| expr.clone().is_not_null()).reduce(Expr::and);
        let (Some(so_far), Some(there)) = (so_far, there) else { continue };
        let expr = when(there, cast(so_far, of.clone())).end().map_err(fusion)?;
        columns.push(Named { label: named.label.clone(), expr });
    }
    Frame::answer(context, view.with_columns(columns, Shape::Frame, name))
}

/// Differences to the column so many places before.
pub fn differences(context: &Context, view: &View, periods: i64) -> Result<Value> {
    let (numbers, of) = numbers(view, "diff")?;
    let column = |(at, named): (usize, &Named)| {
        let other = usize::try_from(at as i64 - periods).ok().and_then(|other| numbers.get(other));
        let expr = match other {
            Some(other) => cast(numbers[at].clone() - other.clone(), of.clone()),
            None => lit(ScalarValue::Float64(None)),
        };
        Named { label: named.label.clone(), expr }
    };
    let columns = view.columns.iter().enumerate().map(column).collect();
    Frame::answer(context, view.with_columns(columns, Shape::Frame, "diff"))
}
