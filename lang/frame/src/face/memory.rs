//! How many bytes values take.

use super::aggregate::Reduction;
use super::reductions::reduced;
use super::{create, wholes};
use crate::cell;
use crate::frame::Frame;
use crate::label::Label;
use crate::lower::{self};
use crate::plan::{Shape, View};
use arrow::array::{Array, ArrayRef, Int64Array, StringViewArray};
use arrow::datatypes::DataType;
use rdk_runtime::{Context, FromValue, Name, Result, Value};
use std::sync::Arc;

/// How many bytes a column takes.
pub fn bytes(column: &ArrayRef) -> i64 {
    if let Some(known) = crate::category::categories(column.data_type()) {
        let width = match known.values.len() {
            n if n < 1 << 7 => 1,
            n if n < 1 << 15 => 2,
            _ => 4,
        };
        return (width * column.len()) as i64 + bytes(&known.values);
    }
    match column.data_type() {
        of if cell::is_text(of) => {
            let texts: usize = (0..column.len()).filter_map(|row| cell::text(column, row)).map(str::len).sum();
            (texts + 8 * (column.len() + 1)) as i64
        }
        DataType::Boolean => column.len() as i64,
        of => (of.primitive_width().unwrap_or(8) * column.len()) as i64,
    }
}

pub fn memory_usage(context: &Context, view: &View, index: bool) -> Result<Value> {
    if !view.eager {
        let options = vec![(Name::from("index"), Value::Bool(index))];
        let parts = wholes::in_each(context, view, "memory_usage", vec![], options)?;
        let Some(parts) = View::from_value(&parts) else { return Ok(parts) };
        return match view.shape {
            Shape::Frame => {
                let keys = parts.index.clone();
                let grouped = super::groupby::GroupBy {
                    keys,
                    series: true,
                    chosen: true,
                    sort: false,
                    dropna: false,
                    as_index: true,
                    group_keys: true,
                    keys_in_list: false,
                    observed: true,
                    view: parts,
                };
                grouped.reduce(context, Reduction::Sum, None, super::aggregate::Needs::Nothing)
            }
            _ => Frame::answer(
                context,
                reduced(&parts, vec![(None, parts.expr().clone(), Reduction::Sum)], "memory-usage")?,
            ),
        };
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n_index = view.index.len();
    let of_index = match view.rows.counted {
        true => 132,
        false => batch.columns()[..n_index].iter().map(bytes).sum(),
    };
    let columns: Vec<i64> = batch.columns()[n_index..].iter().map(bytes).collect();
    if view.shape != Shape::Frame {
        return Ok(Value::Int(columns.iter().sum::<i64>() + if index { of_index } else { 0 }));
    }
    let mut labels: Vec<String> = if index { vec!["Index".into()] } else { Vec::new() };
    labels.extend(view.labels().iter().map(Label::to_string));
    let mut numbers: Vec<i64> = if index { vec![of_index] } else { Vec::new() };
    numbers.extend(columns);
    let labels: ArrayRef = Arc::new(StringViewArray::from_iter_values(labels));
    Ok(Frame::eager(create::series_of(None, Arc::new(Int64Array::from(numbers)), Some((None, labels)))?))
}
