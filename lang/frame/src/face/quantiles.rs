//! Quantiles of frames, and several at once.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array};
use rdk_runtime::{Context, FromValue, Name, Result, Value, bail, builtins};

use super::reductions::transposed;
use super::statistics::Between;
use super::{describe, wholes};
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::Frame;
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Shape, View};

/// `q=`: a part, or a list of parts.
fn parts_of(q: &Value) -> Result<(Vec<f64>, bool)> {
    let (parts, several) = match (q.as_f64(), Vec::<f64>::from_value(q)) {
        (Some(part), _) => (vec![part], false),
        (None, Some(parts)) => (parts, true),
        (None, None) => match crate::cell::column_of(q, "of parts")? {
            Some(column) => (super::statistics::floats(&column)?.iter().flatten().collect(), true),
            None => bail!(TypeError: "`q` is a part from 0 to 1 or a list of them, got {}", crate::frame::what(q)),
        },
    };
    if parts.iter().any(|part| !(0.0..=1.0).contains(part)) {
        bail!("percentiles should all be in the interval [0, 1]"; hint: "0.5 is the median");
    }
    Ok((parts, several))
}

/// `series.quantile(q)`, `df.quantile(q)`
pub fn quantile(context: &Context, view: &View, q: &Value, numeric_only: bool, between: Between) -> Result<Value> {
    let (parts, several) = parts_of(q)?;
    let mut columns = Vec::new();
    for named in &view.columns {
        let of = view.type_of(&named.expr)?;
        match crate::dtype::is_number(&of) {
            true => columns.push(named.clone()),
            false if numeric_only && view.shape == Shape::Frame => {}
            false => bail!(
                TypeError: "dtype '{}' does not support operation 'quantile'", crate::dtype::name(&of, true);
                hint: "`numeric_only=True` leaves such columns out"
            ),
        }
    }
    let view = View { columns, ..view.clone() };
    if between != Between::Linear {
        if !view.eager {
            bail!(NotImplementedError: "`interpolation` for lazy frames"; hint: "`.compute()` first; Dask's quantiles have no `interpolation` either");
        }
        return by_values(context, &view, &parts, several, between);
    }
    if !several {
        if view.shape != Shape::Frame {
            return describe::quantile(context, &view, parts[0]);
        }
        let row = describe::quantiles(context, &view, parts.clone())?;
        let row = View { shape: Shape::Scalar, index: Vec::new(), ..row };
        let mut series = transposed(context, &row, view.labels(), "quantile")?;
        series.columns[0].label = Some(Label::text(Value::Float(parts[0]).text()));
        return Frame::answer(context, series);
    }
    if !view.eager {
        return wholes::in_one(context, &view, "quantile", vec![q.clone()], vec![]);
    }
    let made = describe::quantiles(context, &View { shape: Shape::Frame, ..view.clone() }, parts.clone())?;
    let batch = lower::in_memory(&lower::compute_now(context, &made)?)?;
    let skip = batch.num_columns() - view.columns.len();
    let n = parts.len();
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(Float64Array::from(parts))];
    arrays.extend(batch.columns()[skip..].iter().cloned());
    let columns = view.columns.iter().map(|named| named.label.clone()).collect();
    let gather = Gather { index: vec![None], columns, shape: view.shape, counted: false, across: Vec::new() };
    Ok(Frame::eager(gather.of_batch(&super::groups::beside(arrays, n)?)?))
}

/// The same as values of the columns, or in the middle of two.
fn by_values(context: &Context, view: &View, parts: &[f64], several: bool, between: Between) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let mut columns = Vec::new();
    for column in &batch.columns()[view.index.len()..] {
        let options = arrow::compute::SortOptions { descending: false, nulls_first: false };
        let sorted = arrow::compute::sort(column, Some(options)).map_err(arrow_error)?;
        let n = column.len() - column.null_count();
        let value = |part: &f64| {
            if n == 0 {
                return Value::Float(f64::NAN);
            }
            let (low, high, _) = between.places(part * (n - 1) as f64);
            match (between.is_a_value(), cell::value(&sorted, low).as_f64(), cell::value(&sorted, high).as_f64()) {
                (false, Some(low), Some(high)) => Value::Float((low + high) / 2.0),
                _ => cell::value(&sorted, low),
            }
        };
        columns.push(parts.iter().map(value).collect::<Vec<Value>>());
    }
    if !several {
        let cells: Vec<Value> = columns.into_iter().map(|mut cells| cells.swap_remove(0)).collect();
        if view.shape != Shape::Frame {
            return Ok(cells[0].clone());
        }
        let labels: Vec<Value> = view.labels().iter().map(Label::to_value).collect();
        let name = Some(Label::text(Value::Float(parts[0]).text()));
        let index = Some((None, cell::column(&labels, "of labels")?));
        return Ok(Frame::eager(super::create::series_of(name, cell::column(&cells, "of numbers")?, index)?));
    }
    let n = parts.len();
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(Float64Array::from(parts.to_vec()))];
    for cells in &columns {
        arrays.push(cell::column(cells, "of numbers")?);
    }
    let columns = view.columns.iter().map(|named| named.label.clone()).collect();
    let gather = Gather { index: vec![None], columns, shape: view.shape, across: view.across.clone(), counted: false };
    Ok(Frame::eager(gather.of_batch(&super::groups::beside(arrays, n)?)?))
}

/// Quantiles of each row.
fn of_rows(context: &Context, view: &View, q: &Value, numeric_only: bool, between: Between) -> Result<Value> {
    let (parts, several) = parts_of(q)?;
    if !view.eager {
        let options =
            vec![(Name::from("axis"), Value::Int(1)), (Name::from("numeric_only"), Value::Bool(numeric_only))];
        return wholes::in_each(context, view, "quantile", vec![q.clone()], options);
    }
    if several {
        let turned = rdk_runtime::operators::attribute(context, &super::items::as_value(view.clone()), "T")?;
        let Some(turned) = View::from_value(&turned) else { return Ok(turned) };
        return quantile(context, &turned, q, numeric_only, between);
    }
    let mut chosen = view.clone();
    chosen.columns.clear();
    for named in &view.columns {
        let of = view.type_of(&named.expr)?;
        match crate::dtype::is_number(&of) {
            true => chosen.columns.push(named.clone()),
            false if numeric_only => {}
            false => bail!(
                TypeError: "a row of texts and numbers has no quantiles";
                hint: "`numeric_only=True` leaves texts out"
            ),
        }
    }
    let batch = lower::in_memory(&lower::compute_now(context, &chosen)?)?;
    let columns =
        batch.columns()[view.index.len()..].iter().map(super::statistics::floats).collect::<Result<Vec<_>>>()?;
    let row = |row: usize| {
        let there = columns.iter().filter(|column| !column.is_null(row));
        let mut values: Vec<f64> = there.map(|column| column.value(row)).collect();
        super::statistics::quantile_by(&mut values, parts[0], between)
    };
    let made: Float64Array = (0..batch.num_rows()).map(row).collect();
    let (over, expr) = super::align::beside(context, view, Arc::new(made))?;
    Ok(Frame::eager(over.series(Some(Label::text(Value::Float(parts[0]).text())), expr, "quantile")))
}

builtins! {
    /// The values below which this part of all values lies; of several parts a row for each.
    ///
    /// ```rdk
    /// pd.DataFrame({"x": [1, 2, 4]}).quantile(0.5).tolist()
    /// #> [2.0]
    /// ```
    fn quantile[context](/** The frame or series. */ this: View, /** The part: 0.5 is the median; or a list. */ q: Value = 0.5, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Only columns of numbers? */ numeric_only: bool = false, /** Between two values: "linear", "lower", "higher", "nearest" or "midpoint". */ interpolation: Option<String>, /** Of a lazy frame "default", "dask" or "tdigest": all are exact here; of one in memory "single" or "table". */ method: Option<String>) -> Result<Value> {
        match (method.as_deref(), this.eager) {
            (None, _) | (Some("default" | "dask" | "tdigest"), false) | (Some("single"), true) => {}
            (Some("table"), true) => bail!(NotImplementedError: "quantiles of whole rows"),
            (Some(_), false) => bail!("method can only be 'default', 'dask' or 'tdigest'"),
            (Some(other), true) => bail!("Invalid method: {other}. Method must be in {{'single', 'table'}}."),
        }
        let between = Between::of(interpolation.as_deref())?;
        if this.shape == Shape::Frame && super::axis_labels::of_columns(&axis)? {
            return of_rows(context, &this, &q, numeric_only, between);
        }
        quantile(context, &this, &q, numeric_only, between)
    }
}
