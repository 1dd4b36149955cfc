//! Rows that are assigned to: `df.loc[…] = …`, `df.iloc[…] = …`, `series[…] = …`.
//!
//! An index says which places are meant, and a value what comes to each of them, column by column. Then each column is what it was
//! where no place is meant.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, UInt64Array};
use arrow::compute::{cast, take};
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, lit};
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, FromValue, Kind, Result, Value, bail};

use super::loc::{chosen_columns, is_key};
use super::selection::{found_labels, places, settled};
use super::{align, create, items, operators};
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Named, Shape, View};

/// A column that is assigned to.
struct Target {
    /// Where it stands; `None`: it is new.
    at: Option<usize>,
    label: Option<Label>,
}

/// What comes to the places of a column.
enum New {
    /// The same everywhere.
    Literal(ScalarValue),
    /// A value for each place.
    Column(ArrayRef),
}

/// `df.loc[rows, columns] = value`, `df.iloc[rows, columns] = value`, the same of a series with rows only.
pub fn assign(context: &Context, frame: &Frame, index: &Value, value: &Value, by_position: bool) -> Result<()> {
    let view = frame.view();
    let (rows, columns) = match index {
        Value::Tuple(parts) if view.shape == Shape::Frame && parts.len() == 2 && !is_key(&view, &parts[1]) => {
            (parts[0].clone(), Some(parts[1].clone()))
        }
        other => (other.clone(), None),
    };
    if !view.eager {
        return assign_lazily(context, frame, &rows, columns, value, by_position);
    }
    let this = items::as_value(view.clone());
    let rows = settled(context, &this, &rows)?;
    let rows = match rows {
        Value::Tuple(labels) if columns.is_some() && view.index.len() == 1 => Value::list(labels.iter().cloned()),
        other => other,
    };
    let columns = columns.map(|columns| settled(context, &this, &columns)).transpose()?;
    let targets = targets(&view, columns.as_ref(), by_position)?;
    let is_label = !by_position && cell::literal(&rows).is_some_and(|label| !label.is_null());
    let places = match places(context, &view, &rows, by_position) {
        // A text means all times of a day or month: if there are none it is a label that is not there yet.
        Ok(places) if places.is_empty() && is_label && view.index.len() == 1 => {
            frame.replace(enlarged(context, &view, &rows, &targets, value)?);
            return Ok(());
        }
        Ok(places) => places,
        Err(error) if is_label && view.index.len() == 1 && error.0.kind == Kind::KeyError => {
            frame.replace(enlarged(context, &view, &rows, &targets, value)?);
            return Ok(());
        }
        Err(error) if by_position && error.0.kind == Kind::IndexError => {
            bail!(IndexError: "iloc cannot enlarge its target object"; hint: "there are {} rows", super::object::n_rows(context, &view)?)
        }
        Err(error) => return Err(error),
    };
    let one_row = is_label || by_position && i64::from_value(&rows).is_some();
    let news = news(context, &view, value, &places, &targets, one_row)?;
    frame.replace(crate::frame::settled(context, written(context, view, &places, targets, news)?)?);
    Ok(())
}

/// The same of a lazy frame: rows by a mask, columns by their labels.
fn assign_lazily(
    context: &Context,
    frame: &Frame,
    rows: &Value,
    columns: Option<Value>,
    value: &Value,
    by_position: bool,
) -> Result<()> {
    let view = frame.view();
    let mask = rows.get::<Frame>().filter(|_| !by_position);
    let (Some(mask), Some(columns)) = (mask, columns) else {
        bail!(NotImplementedError: "rows of a lazy frame are assigned to by a mask"; hint: "`df.loc[df.x > 0, \"column\"] = value`");
    };
    let Some(labels) = Labels::from_value(&columns) else {
        bail!(TypeError: "expected a column's label, got {}", what(&columns));
    };
    let (mut view, condition) = items::over_rows_of(context, &view, &mask.view())?;
    // The mask comes along as a column where the value brings other rows with it.
    view.columns.push(Named { label: None, expr: condition });
    let (mut view, new) = items::value_over(context, &view, value)?;
    let Some(Named { expr: condition, .. }) = view.columns.pop() else { bail!("internal error: no mask") };
    for label in &labels.labels {
        let old = view.find(label).map_or(lit(ScalarValue::Null), |named| named.expr.clone());
        let expr = either(condition.clone(), new.clone(), old, &view)?;
        match view.columns.iter().position(|named| named.label.as_ref() == Some(label)) {
            Some(at) => view.columns[at].expr = expr,
            None => view.columns.push(Named { label: Some(label.clone()), expr }),
        }
    }
    frame.replace(view);
    Ok(())
}

/// `series[index] = value`
pub fn assign_series(context: &Context, frame: &Frame, index: &Value, value: &Value) -> Result<()> {
    let whole = |bound: &Value| matches!(bound, Value::Int(_) | Value::None);
    let by_position = matches!(index, Value::Slice(slice) if whole(&slice.start) && whole(&slice.stop));
    assign(context, frame, index, value, by_position)
}

/// The columns that an index means.
fn targets(view: &View, columns: Option<&Value>, by_position: bool) -> Result<Vec<Target>> {
    let at = |at: usize| Target { at: Some(at), label: view.columns[at].label.clone() };
    let n = view.columns.len();
    let Some(columns) = columns else { return Ok((0..n).map(at).collect()) };
    if by_position {
        return Ok(super::iloc::column_places(columns, n)?.into_iter().map(at).collect());
    }
    let is_mask = super::loc::is_mask(columns) || super::selection::is_condition(columns);
    let labels = match columns {
        Value::Slice(_) => chosen_columns(view, columns)?.labels(),
        _ if is_mask => chosen_columns(view, columns)?.labels(),
        _ => match Labels::from_value(columns) {
            Some(labels) => labels.labels,
            None => bail!(TypeError: "expected a column's label, got {}", what(columns)),
        },
    };
    let target = |label: Label| Target {
        at: view.columns.iter().position(|named| named.label.as_ref() == Some(&label)),
        label: Some(label),
    };
    Ok(labels.into_iter().map(target).collect())
}

/// What comes to each column.
fn news(
    context: &Context,
    view: &View,
    value: &Value,
    places: &[u64],
    targets: &[Target],
    one_row: bool,
) -> Result<Vec<New>> {
    if let Some(literal) = cell::literal(value) {
        return Ok(targets.iter().map(|_| New::Literal(literal.clone())).collect());
    }
    if let Some(given) = View::from_value(value).filter(|given| given.shape != Shape::Index) {
        let by_column = one_row && targets.len() > 1 && given.shape == Shape::Series;
        if !by_column {
            return beside_labels(context, view, &given, places, targets);
        }
    }
    if let Some(cells) = by_label(context, value)? {
        return targets.iter().map(|target| literal_of(found(&cells, target))).collect();
    }
    let unequal = || {
        rdk_runtime::error!(
            "Must have equal len keys and value when setting with an iterable";
            hint: "{} rows and {} columns are assigned to", places.len(), targets.len()
        )
    };
    let Some(items) = listed(context, value)? else {
        bail!(TypeError: "expected a series, a list, an array or a single value, got {}", what(value));
    };
    let rows: Option<Vec<Vec<Value>>> = items.iter().map(|item| listed(context, item).ok().flatten()).collect();
    if let Some(rows) = rows.filter(|rows| !rows.is_empty()) {
        if rows.len() != places.len() || rows.iter().any(|row| row.len() != targets.len()) {
            return Err(unequal());
        }
        let column = |at: usize| -> Result<New> {
            let cells: Vec<Value> = rows.iter().map(|row| row[at].clone()).collect();
            Ok(New::Column(cell::column(&cells, "of values")?))
        };
        return (0..targets.len()).map(column).collect();
    }
    if targets.len() == 1 && (items.len() == places.len() && !(one_row && items.len() > 1)) {
        return Ok(vec![New::Column(cell::column(&items, "of values")?)]);
    }
    if targets.len() > 1 && items.len() == targets.len() {
        return items.iter().map(|item| literal_of(Some(item))).collect();
    }
    Err(unequal())
}

/// The cells of a dict or of a series, by the label of their column.
fn by_label(context: &Context, value: &Value) -> Result<Option<Vec<(Value, Value)>>> {
    let dict = match value {
        Value::Dict(dict) => dict.clone(),
        other => match other.get::<super::row::Row>() {
            Some(row) => {
                return Ok(Some(
                    row.labels
                        .iter()
                        .zip(&row.cells)
                        .map(|(label, cell)| (label.to_value(), cell::value(cell, 0)))
                        .collect(),
                ));
            }
            None => match View::from_value(other).filter(|view| view.shape == Shape::Series) {
                Some(view) => match super::arrays::series_dict(context, &view)? {
                    Value::Dict(dict) => dict,
                    _ => return Ok(None),
                },
                None => return Ok(None),
            },
        },
    };
    let pairs = dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
    Ok(Some(pairs))
}

fn found<'a>(cells: &'a [(Value, Value)], target: &Target) -> Option<&'a Value> {
    cells.iter().find(|(label, _)| Label::of(label) == target.label).map(|(_, cell)| cell)
}

fn literal_of(value: Option<&Value>) -> Result<New> {
    match value {
        None => Ok(New::Literal(ScalarValue::Null)),
        Some(value) => match cell::literal(value) {
            Some(literal) => Ok(New::Literal(literal)),
            None => bail!(TypeError: "expected a single value for each cell, got {}", what(value)),
        },
    }
}

/// The values of something that has them in a row.
fn listed(context: &Context, value: &Value) -> Result<Option<Vec<Value>>> {
    Ok(match value {
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => match value {
            Value::Range(range) => Some((0..range.len()).map(|at| Value::Int(range.at(at))).collect()),
            other => other.items(),
        },
        other => match (other.get::<NdArray>(), View::from_value(other)) {
            (Some(array), _) => array.to_list().items(),
            (None, Some(view)) if view.shape != Shape::Frame && view.shape != Shape::Scalar => {
                Some(items::values(context, &view)?)
            }
            _ => None,
        },
    })
}

/// The values of a series or frame at the labels of the places.
fn beside_labels(context: &Context, view: &View, given: &View, places: &[u64], targets: &[Target]) -> Result<Vec<New>> {
    let batch = lower::in_memory(&lower::compute_now(context, given)?)?;
    let n_index = if given.shape == Shape::Scalar { 0 } else { given.index.len() };
    let columns = &batch.columns()[n_index..];
    let rows: UInt64Array = match given.rows.same_rows(&view.rows) {
        true => places.iter().map(|&place| Some(place)).collect(),
        false => {
            let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
            let labels = items::values(context, &index)?;
            let wanted: Vec<Value> = places.iter().map(|&place| labels[place as usize].clone()).collect();
            found_labels(context, given, &wanted)?.iter().map(|rows| rows.first().copied()).collect()
        }
    };
    let column = |target: &Target| -> Result<New> {
        let at = match given.shape {
            Shape::Frame => given.columns.iter().position(|named| named.label == target.label),
            Shape::Series | Shape::Index | Shape::Scalar => Some(0),
        };
        match at {
            Some(at) => Ok(New::Column(take(&columns[at], &rows, None).map_err(arrow_error)?)),
            None => Ok(New::Literal(ScalarValue::Null)),
        }
    };
    targets.iter().map(column).collect()
}

/// The columns with what is new at these places.
fn written(context: &Context, view: View, places: &[u64], targets: Vec<Target>, news: Vec<New>) -> Result<View> {
    let n = super::object::n_rows(context, &view)?;
    let mut meant: Vec<Option<u64>> = vec![None; n];
    for (number, &place) in places.iter().enumerate() {
        meant[place as usize] = Some(number as u64);
    }
    let mask: ArrayRef = Arc::new(meant.iter().map(|number| Some(number.is_some())).collect::<BooleanArray>());
    let (mut view, condition) = align::beside(context, &view, mask)?;
    for (target, new) in targets.into_iter().zip(news) {
        let old = target.at.map(|at| view.columns[at].expr.clone());
        let of = old.as_ref().map(|old| view.type_of(old)).transpose()?;
        let new = match of {
            Some(of) => accepted(new, &of)?,
            None => new,
        };
        let new = match new {
            New::Literal(literal) => match &old {
                Some(old) => operators::fitted(literal, old, &view)?,
                None => lit(literal),
            },
            New::Column(column) if column.is_empty() => continue,
            New::Column(column) => {
                // Rows that are not meant hold any value: it is not looked at.
                let spread: UInt64Array = meant.iter().map(|number| Some(number.unwrap_or(0))).collect();
                let column = take(&column, &spread, None).map_err(arrow_error)?;
                let (over, expr) = align::beside(context, &view, column)?;
                view = over;
                expr
            }
        };
        let expr = either(condition.clone(), new, old.unwrap_or_else(|| lit(ScalarValue::Null)), &view)?;
        match target.at {
            Some(at) => view.columns[at].expr = expr,
            None => view.columns.push(Named { label: target.label, expr }),
        }
    }
    Ok(view)
}

/// A value in a form that a column of this type takes, or pandas' error.
fn accepted(new: New, of: &DataType) -> Result<New> {
    let column = match &new {
        New::Literal(literal) => literal.to_array().map_err(crate::errors::fusion)?,
        New::Column(column) => column.clone(),
    };
    let given = column.data_type().clone();
    let refused = |row: usize| {
        let value = cell::value(&column, row);
        let more = match cell::is_text(of) {
            true => format!(". Value should be a string or missing value, got '{}' instead.", value.class().name),
            false => String::new(),
        };
        rdk_runtime::error!(
            TypeError: "Invalid value '{}' for dtype '{}'{more}", value.text(), crate::dtype::name(of, true);
            hint: "`astype` gives the column another type first"
        )
    };
    let there = (0..column.len()).find(|&row| !column.is_null(row));
    let number = |of: &DataType| of.is_integer() || of.is_floating();
    if *of == DataType::Boolean && column.null_count() > 0 {
        bail!(TypeError: "Invalid value 'nan' for dtype 'bool'"; hint: "`astype(object)` gives the column another type first");
    }
    let Some(row) = there else { return Ok(new) };
    let plain = |of: &DataType| number(of) || *of == DataType::Boolean || cell::is_text(of);
    if !plain(of) || !plain(&given) {
        return Ok(new);
    }
    if of.is_integer() && given.is_floating() {
        let whole = |row: usize| cell::value(&column, row).as_f64().is_none_or(|x| x.fract() == 0.0 || x.is_nan());
        if let Some(row) = (0..column.len()).find(|&row| !whole(row)) {
            return Err(refused(row));
        }
        let column = cast(&column, of).map_err(arrow_error)?;
        return Ok(match new {
            New::Literal(_) => New::Literal(ScalarValue::try_from_array(&column, 0).map_err(crate::errors::fusion)?),
            New::Column(_) => New::Column(column),
        });
    }
    let fits = number(of) && number(&given)
        || *of == DataType::Boolean && given == DataType::Boolean
        || cell::is_text(of) && cell::is_text(&given);
    if fits { Ok(new) } else { Err(refused(row)) }
}

/// The frame with one more row, of a label that is not there yet.
fn enlarged(context: &Context, view: &View, label: &Value, targets: &[Target], value: &Value) -> Result<View> {
    let cells: Vec<Option<Value>> = match (cell::literal(value).is_some(), by_label(context, value)?) {
        (true, _) => targets.iter().map(|_| Some(value.clone())).collect(),
        (false, Some(cells)) => targets.iter().map(|target| found(&cells, target).cloned()).collect(),
        (false, None) => match listed(context, value)? {
            Some(items) if items.len() == targets.len() => items.into_iter().map(Some).collect(),
            Some(_) => {
                bail!("cannot set a row with mismatched columns"; hint: "a value for each of {} columns", targets.len())
            }
            None => bail!(TypeError: "expected a value for each column, got {}", what(value)),
        },
    };
    let mut plain = super::loc::with_plain_labels(view)?;
    // A row more makes categories values like others.
    for named in &mut plain.columns {
        let of = view.type_of(&named.expr)?;
        named.expr = crate::category::values_of(named.expr.clone(), &of);
    }
    let batch = lower::in_memory(&lower::compute_now(context, &plain)?)?;
    let n_rows = batch.num_rows();
    let more = |column: &ArrayRef, cell: Option<&Value>| -> Result<ArrayRef> {
        let new = match cell.filter(|cell| !cell.is_none()) {
            Some(cell) => cell::column(std::slice::from_ref(cell), "of values")?,
            None if column.data_type().is_integer() => arrow::array::new_null_array(&DataType::Float64, 1),
            None => arrow::array::new_null_array(column.data_type(), 1),
        };
        super::group_values::joined(vec![column.clone(), new])
    };
    let labels = more(batch.column(0), Some(&super::loc::as_time(view, label)))?;
    let mut columns: Vec<(Option<Label>, ArrayRef)> = Vec::new();
    for (at, named) in view.columns.iter().enumerate() {
        let target = targets.iter().position(|target| target.at == Some(at));
        let cell = target.and_then(|target| cells[target].as_ref());
        columns.push((named.label.clone(), more(batch.column(1 + at), cell)?));
    }
    for (target, cell) in targets.iter().zip(&cells).filter(|(target, _)| target.at.is_none()) {
        let of = cell.as_ref().map_or(Ok(DataType::Float64), |cell| {
            cell::column(std::slice::from_ref(cell), "of values").map(|column| column.data_type().clone())
        })?;
        columns.push((target.label.clone(), more(&arrow::array::new_null_array(&of, n_rows), cell.as_ref())?));
    }
    let index = Some((view.index[0].label.clone(), labels));
    if view.shape == Shape::Series {
        let Some((label, values)) = columns.pop() else { bail!(RuntimeError: "internal error: a series has a column") };
        return create::series_of(label, values, index);
    }
    let columns = columns.into_iter().map(|(label, column)| (label.unwrap_or(Label::Number(0)), column)).collect();
    let made = create::frame_of(columns, index, n_rows + 1)?;
    Ok(View { across: view.across.clone(), ..made })
}

/// The new value where a condition holds, the old one elsewhere, in the type that both have in common;
/// among categories the new one is one of them.
pub fn either(condition: Expr, new: Expr, old: Expr, view: &View) -> Result<Expr> {
    let (a, b) = (view.type_of(&new)?, view.type_of(&old)?);
    if crate::category::is(&b) {
        return super::category::compare::chosen(view, old, condition, new, false);
    }
    let number = |of: &DataType| of.is_integer() || of.is_floating();
    let kind = |of: &DataType| match of {
        of if number(of) => 1,
        DataType::Boolean => 2,
        of if cell::is_text(of) => 3,
        _ => 0,
    };
    let as_type = datafusion::logical_expr::cast;
    let (new, old) = match (&a, &b) {
        (a, b) if a == b => (new, old),
        (DataType::Null, _) => (as_type(new, b.clone()), old),
        (_, DataType::Null) => (new, as_type(old, a.clone())),
        // A number that fits keeps the type of the column.
        (DataType::Int64, DataType::Float32) => (as_type(new, b.clone()), old),
        (DataType::Int64, b) if b.is_integer() && matches!(new, Expr::Literal(..)) => (as_type(new, b.clone()), old),
        (a, b) if number(a) && number(b) => {
            let wanted = if a.is_floating() || b.is_floating() { DataType::Float64 } else { DataType::Int64 };
            (as_type(new, wanted.clone()), as_type(old, wanted))
        }
        // Cells of their own types.
        (a, b) if kind(a) != kind(b) && kind(a) * kind(b) > 0 => {
            let object = |expr| crate::functions::as_type(expr, &crate::objects::TYPE);
            (object(new), object(old))
        }
        (a, b) if crate::objects::is(b) && kind(a) > 0 => (crate::functions::as_type(new, &crate::objects::TYPE), old),
        _ => (new, old),
    };
    datafusion::logical_expr::when(condition, new).otherwise(old).map_err(crate::errors::fusion)
}
