//! `get_dummies` of categories: a column for each of them, in their order, also for those that no row has.

use datafusion::logical_expr::{Expr, cast, lit};
use rdk_runtime::{Context, Result, Value, bail};

use arrow::array::Array;
use arrow::datatypes::DataType;

use super::known;
use crate::category;
use crate::cell;
use crate::frame::{Frame, Labels};
use crate::label::Label;
use crate::plan::{Named, Shape, View};

/// How columns are made.
pub struct Asked {
    /// Which columns; those of texts and categories if nothing is said.
    pub columns: Option<Labels>,
    /// What stands before the values in the labels.
    pub prefix: Option<String>,
    /// What stands between both.
    pub separator: String,
    /// Is the first value left out?
    pub drop_first: bool,
    /// Is there a column for what is missing?
    pub dummy_na: bool,
    /// The type of the columns.
    pub of: DataType,
}

/// Has it columns of categories, or is it lazy, so that only these will do?
pub fn takes(view: &View) -> Result<bool> {
    Ok(!view.eager || view.types()?.iter().any(category::is))
}

/// A column for each category.
pub fn dummies(context: &Context, view: &View, asked: &Asked) -> Result<Value> {
    if let Some(columns) = &asked.columns {
        for label in &columns.labels {
            view.column(label)?;
        }
    }
    let mut encoded = Vec::new();
    let mut columns = Vec::new();
    for named in &view.columns {
        let of = view.type_of(&named.expr)?;
        let chosen = match &asked.columns {
            Some(columns) => named.label.as_ref().is_some_and(|label| columns.labels.contains(label)),
            None => view.shape != Shape::Frame || category::is(&of) || cell::is_text(&of) || crate::objects::is(&of),
        };
        match chosen {
            true => encoded.push((named.clone(), of)),
            false => columns.push(named.clone()),
        }
    }
    for (named, of) in encoded {
        let (expr, of) = known_of(context, view, named.expr, &of)?;
        let Some(categories) = category::categories(&of) else { continue };
        let code = category::codes_of(expr);
        let flag = |condition: Expr| cast(Expr::IsTrue(Box::new(condition)), asked.of.clone());
        let before = match (&asked.prefix, view.shape) {
            (Some(prefix), _) => Some(prefix.clone()),
            (None, Shape::Frame) => named.label.as_ref().map(Label::to_string),
            (None, _) => None,
        };
        let label = |value: &Value| match &before {
            Some(before) => Label::text(format!("{before}{}{}", asked.separator, value.text())),
            None => Label::of(value).unwrap_or_else(|| Label::text(value.text())),
        };
        for at in usize::from(asked.drop_first)..categories.values.len() {
            let expr = flag(code.clone().eq(lit(at as i32)));
            columns.push(Named { label: Some(label(&cell::value(&categories.values, at))), expr });
        }
        if asked.dummy_na {
            let missing = if before.is_some() { "nan" } else { "NaN" };
            columns.push(Named { label: Some(label(&Value::str(missing))), expr: flag(code.clone().is_null()) });
        }
    }
    let made = view.with_columns(columns, Shape::Frame, "get-dummies");
    Frame::answer(context, made)
}

/// A column with known categories, or Dask's error.
fn known_of(context: &Context, view: &View, expr: Expr, of: &DataType) -> Result<(Expr, DataType)> {
    if category::is_unknown(of) {
        bail!(NotImplementedError: "`get_dummies` with unknown categories is not supported. Please use `column.cat.as_known()` or `df.categorize()` beforehand to ensure known categories");
    }
    if category::is(of) {
        return Ok((expr, of.clone()));
    }
    if !view.eager {
        bail!(NotImplementedError: "`get_dummies` with non-categorical dtypes is not supported. Please use `df.categorize()` beforehand to convert to categorical dtype.");
    }
    let series = view.series(None, expr.clone(), "categories");
    let values = category::sorted_values(&known::different(context, &series)?)?;
    let known = category::known(&values, false)?;
    Ok((category::to(expr, &known), known))
}
