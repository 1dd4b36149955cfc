//! `df["x"]`, `df[mask]`, `df["x"] = …`, and rows by position or label.

use arrow::array::Array;
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, lit};
use rdk_runtime::{Context, FromValue, Result, Value, bail, error};

use super::{align, operators};
use crate::cell;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Join, Take, Whole};

/// The column of this label, as a series.
pub fn column(view: &View, label: &Label) -> Result<Value> {
    if view.find(label).is_none()
        && let Some(below) = super::levels::below(view, label)
    {
        return Ok(as_value(below));
    }
    let named = view.column(label)?;
    let series = view.series(named.label.clone(), named.expr.clone(), "getitem");
    Ok(if view.eager { Frame::eager(series) } else { Frame::lazy(series) })
}

/// `x[index]`
pub fn item(context: &Context, view: &View, index: &Value) -> Result<Value> {
    if let Some(mask) = index.get::<Frame>() {
        let mask = mask.view();
        if mask.shape != Shape::Index && mask.type_of(mask.expr())? == DataType::Boolean {
            return masked(context, view, &mask);
        }
    }
    if let Some(mask) = mask_of(index)? {
        let n = if view.eager { super::object::n_rows(context, view)? } else { mask.len() };
        if mask.len() != n {
            bail!(IndexError: "Boolean index has wrong length: {} instead of {n}", mask.len());
        }
        let (view, expr) = align::beside(context, view, mask)?;
        let rows = view.rows.filtered(Expr::IsTrue(Box::new(expr)))?;
        return Frame::answer(context, view.over(&rows));
    }
    if let Value::Slice(slice) = index {
        if [&slice.start, &slice.stop].into_iter().any(|bound| matches!(bound, Value::Str(_))) {
            return super::loc::rows_by_label(context, view, index);
        }
        if view.shape != Shape::Frame && !view.eager {
            bail!(NotImplementedError: "rows of a lazy series are taken by label: `series.loc[a:b]`");
        }
        return row_slice(context, view, slice);
    }
    match view.shape {
        Shape::Frame => {
            let Some(labels) = Labels::from_value(index) else {
                bail!(TypeError: "expected a label, a list of labels or a mask, got {}", what(index));
            };
            if !labels.several {
                return column(view, &labels.labels[0]);
            }
            Ok(as_value(columns(view, &labels.labels)?))
        }
        Shape::Series => super::loc::of_series(context, view, index),
        Shape::Index => {
            let n = super::object::n_rows(context, view)?;
            let at = rdk_runtime::operators::position(index, n, "index")?;
            let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
            Ok(index_value(&batch, view.index.len(), at))
        }
        Shape::Scalar => bail!(TypeError: "'Scalar' object is not subscriptable"),
    }
}

/// The label of a row: a value, or a tuple of the levels.
pub fn index_value(batch: &arrow::array::RecordBatch, n_levels: usize, row: usize) -> Value {
    match n_levels {
        1 => cell::value(batch.column(0), row),
        n => Value::tuple((0..n).map(|level| cell::value(batch.column(level), row))),
    }
}

/// These columns.
pub fn columns(view: &View, labels: &[Label]) -> Result<View> {
    let is_missing = |label: &&Label| view.find(label).is_none() && super::levels::beginning(view, label).is_empty();
    let missing: Vec<String> = labels.iter().filter(is_missing).map(Label::quoted).collect();
    if let [label] = &labels.iter().filter(is_missing).collect::<Vec<_>>()[..] {
        let error = view.no_column(label);
        return Err(error!(KeyError: "[{}] not in index", missing.join(", ")).hint(error.0.hints.join("; ")));
    }
    if !missing.is_empty() {
        bail!(KeyError: "[{}] not in index", missing.join(", "));
    }
    let chosen = |label| match view.find(label) {
        Some(named) => vec![named.clone()],
        None => super::levels::beginning(view, label),
    };
    Ok(view.with_columns(labels.iter().flat_map(chosen).collect(), Shape::Frame, "getitem"))
}

/// A view over the rows that it has, as a value.
pub fn as_value(view: View) -> Value {
    if view.eager { Frame::eager(view) } else { Frame::lazy(view) }
}

/// The rows for which a mask is true.
pub fn masked(context: &Context, view: &View, mask: &View) -> Result<Value> {
    if mask.shape == Shape::Frame {
        bail!(NotImplementedError: "a frame of True and False does not choose rows"; hint: "`df[df.x > 0]` takes a series");
    }
    let (view, condition) = over_rows_of(context, view, mask)?;
    let rows = view.rows.filtered(operators::condition(&view.series(None, condition, "mask"))?)?;
    let name = view.name.clone();
    Frame::answer(
        context,
        View { name: if view.shape == Shape::Frame { "getitem".into() } else { name }, ..view.over(&rows) },
    )
}

/// The expression of a series over the rows of a view; rows that are not those of the view are aligned with it.
pub fn over_rows_of(context: &Context, view: &View, series: &View) -> Result<(View, Expr)> {
    if view.rows.comes_from(&series.rows) {
        return Ok((view.clone(), series.expr().clone()));
    }
    if series.rows.same_rows(&view.rows) {
        return Ok((view.over(&series.rows), series.expr().clone()));
    }
    let (view, series) = match series.shape {
        Shape::Scalar => align::together(context, view, series)?,
        Shape::Frame | Shape::Series | Shape::Index => align::aligned(context, view, series, Join::Left)?,
    };
    let expr = series.expr().clone();
    Ok((view, expr))
}

/// A list or array of `True` and `False`, as a column.
fn mask_of(index: &Value) -> Result<Option<arrow::array::ArrayRef>> {
    let is_mask = match index {
        Value::List(list) => {
            let items = list.0.lock();
            !items.is_empty() && items.iter().all(|item| matches!(item, Value::Bool(_)))
        }
        other => other
            .get::<rdk_array::eager::NdArray>()
            .is_some_and(|array| array.dtype() == rdk_array::DType::Bool && array.shape().len() == 1),
    };
    if is_mask { cell::column_of(index, "of the mask") } else { Ok(None) }
}

/// Rows by position: `df[2:5]`, `df.iloc[2:5]`.
pub fn row_slice(context: &Context, view: &View, slice: &rdk_runtime::Slice) -> Result<Value> {
    if !view.eager {
        bail!(
            NotImplementedError: "rows of a lazy frame are not counted";
            hint: "`head(n)` gives the first rows, `loc[a:b]` rows by label"
        );
    }
    let n = super::object::n_rows(context, view)?;
    let (start, stop, step) = rdk_runtime::operators::indices(slice, n)?;
    rows_at(context, view, Take::Slice(start, stop, step))
}

/// Some rows by position.
pub fn rows_at(context: &Context, view: &View, take: Take) -> Result<Value> {
    Frame::answer(context, taken(context, view, take, Wiring::All)?)
}

/// The same view over some of its rows.
pub fn taken(context: &Context, view: &View, take: Take, wiring: Wiring) -> Result<View> {
    use super::over::{over_step, step_schema};
    let schema = step_schema(view)?;
    let rows = Rows::step("take", Whole::at(take, context.place()), vec![view.clone()], wiring, 1, schema)?;
    Ok(over_step(view, &rows))
}

/// `df[index] = value`
pub fn assign(context: &Context, frame: &Frame, index: &Value, value: &Value) -> Result<()> {
    let view = frame.view();
    if view.shape != Shape::Frame {
        if view.shape == Shape::Series && view.eager {
            return super::assigned::assign_series(context, frame, index, value);
        }
        bail!(TypeError: "a lazy series does not support item assignment"; hint: "`series.where(condition, other)` makes a new one");
    }
    if let Some(changed) = super::columns_assigned::where_true(context, frame, &view, index, value)? {
        if let Some(changed) = changed {
            frame.replace(changed);
        }
        return Ok(());
    }
    let Some(labels) = Labels::from_value(index) else {
        bail!(TypeError: "expected a label, got {}", what(index));
    };
    frame.replace(match labels.several {
        true => super::columns_assigned::several(context, view, &labels.labels, value)?,
        false => with_column(context, &view, &labels.labels[0], value)?,
    });
    Ok(())
}

/// The same frame with a column more, or another one in its place.
pub fn with_column(context: &Context, view: &View, label: &Label, value: &Value) -> Result<View> {
    let (mut view, expr) = value_over(context, view, value)?;
    let expr = match expr {
        // A literal has to be a column of some type.
        Expr::Literal(ScalarValue::Null, _) => lit(ScalarValue::Float64(None)),
        other => other,
    };
    match view.columns.iter().position(|named| named.label.as_ref() == Some(label)) {
        Some(at) => view.columns[at].expr = expr,
        None => view.columns.push(Named { label: Some(label.clone()), expr }),
    }
    view.name = "assign".into();
    Ok(view)
}

/// A value as an expression over the rows of a frame.
pub fn value_over(context: &Context, view: &View, value: &Value) -> Result<(View, Expr)> {
    if let Some(literal) = cell::literal(value) {
        return Ok((view.clone(), lit(literal)));
    }
    if let Some(series) = value.get::<Frame>() {
        let series = series.view();
        if series.shape == Shape::Frame && series.columns.len() != 1 {
            bail!("Cannot set a DataFrame with multiple columns to the single column"; hint: "take one of its columns");
        }
        if view.columns.is_empty() && view.eager {
            // A frame without columns takes the rows of its first one.
            let empty = View { columns: Vec::new(), shape: Shape::Frame, ..series.clone() };
            return Ok((empty, series.expr().clone()));
        }
        return over_rows_of(context, view, &series);
    }
    match cell::column_of(value, "of values")? {
        Some(column) if view.columns.is_empty() && view.eager && super::object::n_rows(context, view)? == 0 => {
            let view = super::create::frame_of(vec![], None, column.len())?;
            align::beside(context, &view, column)
        }
        Some(column) => align::beside(context, view, column),
        None => bail!(TypeError: "expected a series, a list, an array or a single value, got {}", what(value)),
    }
}

/// `del df["x"]`
pub fn delete(frame: &Frame, index: &Value) -> Result<()> {
    let mut view = frame.view();
    view.check_frame("`del`")?;
    let Some(label) = Label::of(index) else { bail!(TypeError: "expected a label, got {}", what(index)) };
    view.column(&label)?;
    view.columns.retain(|named| named.label.as_ref() != Some(&label));
    frame.replace(view);
    Ok(())
}

/// `df.columns = […]`
pub fn set_columns(context: &Context, frame: &Frame, value: &Value) -> Result<()> {
    let mut view = frame.view();
    let listed = match value {
        Value::Iter(_) => Value::list(rdk_runtime::iterate(context, value)?.rest(context)?),
        Value::Tuple(labels) => Value::list(labels.iter().cloned()),
        other => match other.get::<rdk_array::eager::NdArray>() {
            Some(array) => array.to_list(),
            None => other.clone(),
        },
    };
    let Some(labels) = Labels::from_value(&listed).filter(|labels| labels.several) else {
        bail!(TypeError: "expected a list of labels, got {}", what(value));
    };
    if labels.labels.len() != view.columns.len() {
        bail!(
            "Length mismatch: Expected axis has {} elements, new values have {} elements",
            view.columns.len(),
            labels.labels.len()
        );
    }
    for (named, label) in view.columns.iter_mut().zip(labels.labels) {
        named.label = Some(label);
    }
    view.across.clear();
    frame.replace(view);
    Ok(())
}

/// `df.index = …`
pub fn set_index(context: &Context, frame: &Frame, value: &Value) -> Result<()> {
    let view = frame.view();
    let name = value.get::<Frame>().and_then(|other| other.view().label().clone());
    frame.replace(labelled(context, &view, value, name)?);
    Ok(())
}

/// The same rows under other labels. Labels that stand in memory are taken one after the other, not by their own labels.
pub fn labelled(context: &Context, view: &View, labels: &Value, name: Option<Label>) -> Result<View> {
    let given = labels.get::<Frame>().map(Frame::view);
    let Some(given) = given.filter(|given| given.eager && view.eager && !view.rows.comes_from(&given.rows)) else {
        let (view, expr) = value_over(context, view, labels)?;
        return Ok(View { rows: view.rows.uncounted(), index: vec![Named { label: name, expr }], ..view });
    };
    let batch = lower::in_memory(&lower::compute_now(context, &given)?)?;
    let n = super::object::n_rows(context, view)?;
    if batch.num_rows() != n {
        bail!("Length mismatch: Expected axis has {n} elements, new values have {} elements", batch.num_rows());
    }
    let levels: Vec<_> = match given.shape {
        Shape::Index => given.index.iter().map(|named| named.label.clone()).zip(batch.columns()).collect(),
        Shape::Frame | Shape::Series | Shape::Scalar => std::iter::once(name).zip(batch.columns().last()).collect(),
    };
    let (mut view, mut index) = (view.clone(), Vec::new());
    for (label, column) in levels {
        let (over, expr) = align::beside(context, &view, column.clone())?;
        view = over;
        index.push(Named { label, expr });
    }
    Ok(View { rows: view.rows.uncounted(), index, ..view })
}

/// `series.name = …`
pub fn set_name(frame: &Frame, value: &Value) -> Result<()> {
    let mut view = frame.view();
    view.columns[0].label = match value {
        Value::None => None,
        other => match Label::of(other) {
            Some(label) => Some(label),
            None => bail!(TypeError: "expected a name, got {}", what(other)),
        },
    };
    frame.replace(view);
    Ok(())
}

/// The row of a series that has this label, as an attribute.
pub fn row_named(context: &Context, view: &View, name: &str) -> Option<Result<Value>> {
    let found = super::loc::of_series(context, view, &Value::str(name));
    found.ok().map(Ok)
}

/// Is there a row of this label?
pub fn has_row(context: &Context, view: &View, item: &Value) -> Result<bool> {
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let batch = lower::in_memory(&lower::compute_now(context, &index)?)?;
    for row in 0..batch.num_rows() {
        if rdk_runtime::operators::equal(context, &cell::value(batch.column(0), row), item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Walks the labels of a frame's columns, or the values of a series.
pub fn iter(context: &Context, view: &View) -> Result<Value> {
    let values: Vec<Value> = match view.shape {
        Shape::Frame => view.labels().iter().map(Label::to_value).collect(),
        Shape::Series | Shape::Index => values(context, view)?,
        Shape::Scalar => bail!(TypeError: "'Scalar' object is not iterable"),
    };
    let mut values = values.into_iter();
    Ok(Value::iter("iterator", move |_| values.next().map(Ok)))
}

/// The values of a series or the labels of an index.
pub fn values(context: &Context, view: &View) -> Result<Vec<Value>> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n = view.index.len();
    Ok(match view.shape {
        Shape::Index => (0..batch.num_rows()).map(|row| index_value(&batch, n, row)).collect(),
        _ => match batch.columns().last() {
            // Whole numbers with something missing among them are floats, as pandas has them.
            Some(column) if column.data_type().is_integer() && column.null_count() > 0 => {
                let floats = arrow::compute::cast(column, &DataType::Float64).map_err(crate::batches::arrow_error)?;
                (0..batch.num_rows()).map(|row| cell::value(&floats, row)).collect()
            }
            Some(column) => (0..batch.num_rows()).map(|row| cell::value(column, row)).collect(),
            None => Vec::new(),
        },
    })
}
