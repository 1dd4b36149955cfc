//! `df[…] = value` where several columns are meant: by their labels, or the rows in which a condition holds.

use arrow::datatypes::DataType;
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, FromValue, Result, Value, bail};

use super::{assigned, conditional, items, loc};
use crate::frame::{Frame, settled};
use crate::label::Label;
use crate::plan::{Shape, View};

/// `df[mask] = value`, `df[2:5] = value`: the changed view, `Some(None)` if the frame has been changed already; `None`: the index is no mask.
pub fn where_true(
    context: &Context,
    frame: &Frame,
    view: &View,
    index: &Value,
    value: &Value,
) -> Result<Option<Option<View>>> {
    let mask = View::from_value(index);
    let is_true = |mask: &View| -> Result<bool> { Ok(mask.types()?.iter().all(|of| *of == DataType::Boolean)) };
    let whole_rows = Value::tuple([
        index.clone(),
        Value::Slice(std::sync::Arc::new(rdk_runtime::Slice {
            start: Value::None,
            stop: Value::None,
            step: Value::None,
        })),
    ]);
    match mask {
        Some(mask) if mask.shape == Shape::Frame && !mask.columns.is_empty() && is_true(&mask)? => {
            let changed = conditional::assign(context, view, &mask, value)?;
            Ok(Some(Some(settled(context, changed)?)))
        }
        Some(mask) if mask.shape == Shape::Series && is_true(&mask)? => {
            if view.eager {
                assigned::assign(context, frame, &whole_rows, value, false)?;
                return Ok(Some(None));
            }
            Ok(Some(Some(conditional::assign(context, view, &mask, value)?)))
        }
        Some(_) => Ok(None),
        None if loc::is_mask(index) => {
            assigned::assign(context, frame, &whole_rows, value, false)?;
            Ok(Some(None))
        }
        None => match index {
            Value::Slice(slice) => {
                let text = [&slice.start, &slice.stop].into_iter().any(|bound| matches!(bound, Value::Str(_)));
                assigned::assign(context, frame, &whole_rows, value, !text)?;
                Ok(Some(None))
            }
            _ => Ok(None),
        },
    }
}

/// `df[["x", "y"]] = value`: a column of a frame or array for each label, a value for each, or one value for all.
pub fn several(context: &Context, view: View, labels: &[Label], value: &Value) -> Result<View> {
    let unequal =
        || rdk_runtime::error!("Columns must be same length as key"; hint: "{} columns are assigned to", labels.len());
    let mut view = view;
    let parts: Vec<Value> = match (View::from_value(value), value.get::<NdArray>()) {
        (Some(given), _) if given.shape == Shape::Frame => {
            if given.columns.len() != labels.len() {
                return Err(unequal());
            }
            let series = |named: &crate::plan::Named| given.series(named.label.clone(), named.expr.clone(), "getitem");
            given.columns.iter().map(|named| items::as_value(series(named))).collect()
        }
        (None, Some(array)) if array.shape().len() == 2 => {
            by_columns(&array.to_list(), labels.len()).ok_or_else(unequal)?
        }
        (None, None) => match value.items() {
            Some(cells) if cells.first().is_some_and(|cell| cell.items().is_some()) => {
                by_columns(value, labels.len()).ok_or_else(unequal)?
            }
            Some(cells) if labels.len() > 1 && cells.len() == labels.len() => cells,
            Some(_) if labels.len() > 1 => return Err(unequal()),
            _ => vec![value.clone(); labels.len()],
        },
        _ => vec![value.clone(); labels.len()],
    };
    if parts.len() != labels.len() {
        bail!(RuntimeError: "internal error: a value for each column");
    }
    for (label, part) in labels.iter().zip(&parts) {
        view = items::with_column(context, &view, label, part)?;
    }
    Ok(view)
}

/// Rows of cells as a list for each column.
fn by_columns(rows: &Value, n: usize) -> Option<Vec<Value>> {
    let rows: Option<Vec<Vec<Value>>> = rows.items()?.iter().map(Value::items).collect();
    let rows = rows.filter(|rows| rows.iter().all(|row| row.len() == n))?;
    Some((0..n).map(|at| Value::list(rows.iter().map(|row| row[at].clone()))).collect())
}
