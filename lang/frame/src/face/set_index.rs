//! Columns or other values as the index; the rows of a lazy frame go to the partition where they belong.

use super::over::{over_step, step_schema};
use super::repartition::divisions_of;
use super::{align, items};
use crate::batches::Batches;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Bounds, Key, Order, Sample, Whole};
use arrow::array::Array;
use arrow::datatypes::{Field, Schema};
use datafusion::common::ScalarValue;
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, FromValue, Result, Value, bail};
use std::sync::Arc;

/// With a column as the index.
pub fn set_index(
    context: &Context,
    view: &View,
    keys: &Value,
    drop: bool,
    sorted: bool,
    npartitions: Option<Value>,
    divisions: Option<Value>,
) -> Result<Value> {
    let n = match &npartitions {
        None => view.rows.n_partitions,
        Some(Value::Str(text)) if &**text == "auto" => view.rows.n_partitions,
        Some(Value::Int(n)) if *n > 0 => *n as usize,
        Some(other) => {
            bail!(TypeError: "`npartitions` is a number of partitions, 1 or more, or \"auto\", got {}", what(other))
        }
    };
    let (view, index, dropped) = levels(context, view, keys)?;
    if index.is_empty() {
        if !view.eager {
            bail!(NotImplementedError: "Dask dataframe does not yet support multi-indexes, and an index needs a column"; hint: "`set_index(\"x\")` names one");
        }
        bail!("Must pass non-zero number of levels/codes"; hint: "`set_index(\"x\")` names a column");
    }
    let columns =
        view.columns.iter().filter(|named| !drop || !named.label.as_ref().is_some_and(|label| dropped.contains(label)));
    let view = View {
        rows: view.rows.uncounted(),
        index,
        columns: columns.cloned().collect(),
        name: "set-index".into(),
        ..view.clone()
    };
    if view.eager || sorted {
        return Ok(items::as_value(view));
    }
    if view.index.len() > 1 {
        bail!(NotImplementedError: "a lazy frame has an index of one level"; hint: "`set_index` takes one label");
    }
    if let Some(divisions) = divisions {
        let known = divisions_of(&view, &divisions)?;
        return Ok(Frame::lazy(shuffled(context, &view, known)?));
    }
    Ok(Frame::lazy(sorted_by_index(context, &view, n)?))
}

/// The levels of the new index, over rows that hold them, and the labels of the columns that they are.
fn levels(context: &Context, view: &View, keys: &Value) -> Result<(View, Vec<Named>, Vec<Label>)> {
    let has_values = |key: &Value| key.get::<Frame>().is_some() || key.get::<NdArray>().is_some();
    let parts = match keys {
        Value::List(list) => list.snapshot(),
        one => vec![one.clone()],
    };
    if !parts.iter().any(|part| has_values(part) || matches!(part, Value::List(_))) {
        let Some(labels) = Labels::from_value(keys) else {
            bail!(TypeError: "`keys` of set_index(): expected a label or a list of labels, got {}", what(keys));
        };
        let index = labels.labels.iter().map(|label| view.column(label).cloned()).collect::<Result<_>>()?;
        return Ok((view.clone(), index, labels.labels));
    }
    let (mut view, mut index, mut dropped) = (view.clone(), Vec::new(), Vec::new());
    for part in &parts {
        let given = View::from_value(part);
        let label = given.as_ref().and_then(|given| given.label().clone());
        let expr = match given {
            _ if !has_values(part) && !matches!(part, Value::List(_)) => {
                let Some(label) = Label::of(part) else {
                    bail!(TypeError: "expected a label, a series, an index or an array, got {}", what(part));
                };
                index.push(view.column(&label)?.clone());
                dropped.push(label);
                continue;
            }
            Some(given) if given.shape == Shape::Frame => bail!(
                TypeError: "The parameter \"keys\" may be a column key, one-dimensional array, or a list containing only valid column keys and one-dimensional arrays.";
                hint: "one of the columns of the frame is an array: `df.set_index(other.x)`"
            ),
            // Values in memory are taken one after the other, not by their labels.
            Some(given) if given.eager && view.eager => {
                let batch = lower::in_memory(&lower::compute_now(context, &given)?)?;
                let levels: Vec<_> = match given.shape {
                    Shape::Index => given.index.iter().map(|named| named.label.clone()).zip(batch.columns()).collect(),
                    _ => std::iter::once(label).zip(batch.columns().last()).collect(),
                };
                for (label, column) in levels {
                    let (over, expr) = align::beside(context, &view, column.clone())?;
                    view = over;
                    index.push(Named { label, expr });
                }
                continue;
            }
            _ => {
                // Levels that are there already move along as columns.
                let n = view.columns.len();
                view.columns.append(&mut index);
                let (mut over, expr) = items::value_over(context, &view, part)?;
                index = over.columns.split_off(n);
                view = over;
                expr
            }
        };
        index.push(Named { label, expr });
    }
    Ok((view, index, dropped))
}

/// Labels of the index that cut its rows into parts of about the same length, computed from samples of each partition.
pub fn sampled_divisions(context: &Context, view: &View, n: usize) -> Result<Vec<ScalarValue>> {
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let of = view.type_of(&view.index[0].expr)?;
    let schema = Arc::new(Schema::new(vec![Field::new("value", of, true)]));
    let sample = Whole::at(Sample { column: 0 }, context.place());
    let parts = view.rows.n_partitions;
    let rows = Rows::step("sample", sample, vec![index], Wiring::Each, parts, schema.clone())?;
    let values = |rows: &Arc<Rows>| View {
        rows: rows.clone(),
        index: Vec::new(),
        columns: vec![Named { label: None, expr: Rows::column("value") }],
        shape: Shape::Scalar,
        ..view.clone()
    };
    let bounds = Whole::at(Bounds { n, ends: true, descending: false }, context.place());
    let rows = Rows::step("divisions", bounds, vec![values(&rows)], Wiring::All, 1, schema)?;
    let parts = lower::run(context, &values(&rows))?;
    let found = Batches::together(parts.iter().map(Batches::of).collect::<Result<Vec<_>>>()?)?;
    let column = found.column(0);
    let scalar = |at| ScalarValue::try_from_array(column, at).map_err(crate::errors::fusion);
    (0..column.len()).map(scalar).collect()
}

/// The rows of a lazy frame in the order of its index, with known divisions: computed, since the cuts depend on the labels.
pub fn sorted_by_index(context: &Context, view: &View, n: usize) -> Result<View> {
    let divisions = sampled_divisions(context, view, n)?;
    if divisions.is_empty() {
        return Ok(view.clone());
    }
    shuffled(context, view, divisions)
}

/// The rows of a lazy frame in the order of its index, cut at these labels.
pub fn shuffled(context: &Context, view: &View, divisions: Vec<ScalarValue>) -> Result<View> {
    let n = divisions.len() - 1;
    let bounds = divisions[1..n].iter().map(|bound| bound.to_array().map_err(crate::errors::fusion));
    let bounds = bounds.collect::<Result<Vec<_>>>()?;
    let split = Arc::new(crate::steps::SplitByRange { bounds });
    let sort = Whole::at(
        Order {
            name: "set-index".into(),
            keys: vec![Key { column: 0, descending: false, missing_first: false }],
            limit: None,
            drop_missing: false,
        },
        context.place(),
    );
    let merge = Arc::new(crate::steps::FromPiles { then: sort });
    let wiring = Wiring::Shuffle(vec![split]);
    let rows =
        Rows::step("set-index", merge, vec![view.clone()], wiring, n, step_schema(view)?)?.divided(Some(divisions));
    Ok(View { name: "set-index".into(), ..over_step(view, &rows) })
}
