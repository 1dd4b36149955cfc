//! What an index means before it is looked up: functions are called with the frame, things with values in a row become lists.

use rdk_array::eager::NdArray;
use rdk_runtime::{Args, Context, FromValue, HashKey, Result, Value, bail};
use rustc_hash::FxHashMap;

use super::{align, iloc, items, loc};
use crate::cell;
use crate::frame::Frame;
use crate::lower;
use crate::plan::{Shape, View};

/// Can it be called with a frame to give an index?
pub fn is_function(value: &Value) -> bool {
    matches!(value, Value::Function(_) | Value::Builtin(_) | Value::Method(_))
}

/// What a function gives for a frame; anything else as it is.
pub fn called(context: &Context, frame: &Value, index: &Value) -> Result<Value> {
    match is_function(index) {
        true => context.call(index, Args::one(frame.clone())),
        false => Ok(index.clone()),
    }
}

/// Is it a series of True and False?
pub fn is_condition(value: &Value) -> bool {
    value.get::<Frame>().map(Frame::view).is_some_and(|view| {
        view.shape == Shape::Series
            && view.type_of(view.expr()).is_ok_and(|of| of == arrow::datatypes::DataType::Boolean)
    })
}

/// An index as a mask, a slice, a label or a list of these.
pub fn settled(context: &Context, frame: &Value, index: &Value) -> Result<Value> {
    let index = called(context, frame, index)?;
    if is_condition(&index) {
        return Ok(index);
    }
    if let Some(view) = View::from_value(&index).filter(|view| view.eager && view.shape != Shape::Frame) {
        return Ok(Value::list(items::values(context, &view)?));
    }
    match index.get::<NdArray>() {
        Some(array) if array.dtype() != rdk_array::DType::Bool && array.shape().len() == 1 => Ok(array.to_list()),
        _ => Ok(index),
    }
}

/// The places of rows in memory that an index means, in the order in which it names them.
pub fn places(context: &Context, view: &View, index: &Value, by_position: bool) -> Result<Vec<u64>> {
    let n = super::object::n_rows(context, view)?;
    let whole = lower::compute_now(context, &View { columns: Vec::new(), shape: Shape::Frame, ..view.clone() })?;
    let numbers = arrow::array::Int64Array::from_iter_values(0..n as i64);
    let (over, expr) = align::beside(context, &whole, std::sync::Arc::new(numbers))?;
    let numbers = over.series(None, expr, "places");
    let index = match View::from_value(index) {
        // A mask of the same rows is one of these, too.
        Some(mask) if mask.eager && mask.rows.same_rows(&view.rows) => {
            Value::list(items::values(context, &mask)?.into_iter().map(|flag| match flag {
                Value::Bool(flag) => Value::Bool(flag),
                _ => Value::Bool(false),
            }))
        }
        _ => index.clone(),
    };
    let found = match by_position {
        true => iloc::by_position(context, &numbers, &index)?,
        false if matches!(&index, Value::List(list) if list.0.lock().is_empty()) => return Ok(Vec::new()),
        false => loc::rows_by_label(context, &numbers, &index)?,
    };
    let of = |value: &Value| value.as_f64().map_or(0, |place| place as u64);
    match View::from_value(&found) {
        Some(found) => Ok(items::values(context, &found)?.iter().map(of).collect()),
        None => Ok(vec![of(&found)]),
    }
}

/// The places of the rows of each label; an error as pandas has it if some are not there.
pub fn rows_of_labels(context: &Context, view: &View, labels: &[Value]) -> Result<Vec<u64>> {
    let found = found_labels(context, view, labels)?;
    let missing: Vec<&Value> =
        labels.iter().zip(&found).filter(|(_, rows)| rows.is_empty()).map(|(label, _)| label).collect();
    if missing.is_empty() {
        return Ok(found.into_iter().flatten().collect());
    }
    let shown: Vec<String> = missing.iter().map(|label| label.repr()).collect();
    if missing.len() < labels.len() {
        bail!(KeyError: "[{}] not in index", shown.join(", "); hint: "`df.reindex([…])` takes labels that are not there, too");
    }
    let of = cell::column(labels, "of labels")?;
    bail!(
        KeyError: "None of [Index([{}], dtype='{}')] are in the [index]", shown.join(", "), crate::dtype::name(of.data_type(), true);
        hint: "`df.reindex([…])` takes labels that are not there, too"
    )
}

/// The places of the rows of each label, none for those that are not there.
pub fn found_labels(context: &Context, view: &View, labels: &[Value]) -> Result<Vec<Vec<u64>>> {
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let batch = lower::in_memory(&lower::compute_now(context, &index)?)?;
    let n = view.index.len();
    let mut known: FxHashMap<HashKey, Vec<u64>> = FxHashMap::default();
    for row in 0..batch.num_rows() {
        let whole = items::index_value(&batch, n, row);
        if n > 1 {
            known.entry(HashKey::new(cell::value(batch.column(0), row))?).or_default().push(row as u64);
        }
        known.entry(HashKey::new(whole)?).or_default().push(row as u64);
    }
    let find = |label: &Value| -> Result<Vec<u64>> {
        let key = HashKey::new(loc::as_time(view, label))?;
        Ok(known.get(&key).cloned().unwrap_or_default())
    };
    labels.iter().map(find).collect()
}
