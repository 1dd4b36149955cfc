//! Rows and columns by position: `df.iloc[…]`.

use super::items;
use super::loc::is_mask;
use crate::cell;
use crate::frame::what;
use crate::lower;
use crate::plan::{Shape, View};
use crate::steps::Take;
use rdk_runtime::{Context, FromValue, Kind, Result, Value, bail, error, operators};

/// One row as a series with the labels of the columns.
pub fn row_at(context: &Context, view: &View, row: usize) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n = view.index.len();
    if view.shape == Shape::Series {
        return Ok(cell::value(batch.column(n), row));
    }
    Ok(super::arrays::row_of(view, &batch, row)?.1)
}

/// `df.iloc[rows]` or `df.iloc[rows, columns]`
pub fn by_position(context: &Context, view: &View, index: &Value) -> Result<Value> {
    let (rows, columns) = match index {
        Value::Tuple(parts) if parts.len() == 2 => (parts[0].clone(), Some(parts[1].clone())),
        other => (other.clone(), None),
    };
    let mut view = view.clone();
    if let Some(columns) = columns {
        view.check_frame("`iloc` with two positions")?;
        let n = view.columns.len();
        match &columns {
            Value::Slice(slice) => {
                let (start, stop, step) = operators::indices(slice, n)?;
                let mut chosen = Vec::new();
                let mut at = start;
                while (step > 0 && at < stop) || (step < 0 && at > stop) {
                    chosen.push(view.columns[at as usize].clone());
                    at += step;
                }
                view.columns = chosen;
            }
            Value::List(_) => {
                let places = column_places(&columns, n)?;
                view.columns = places.into_iter().map(|place| view.columns[place].clone()).collect();
            }
            mask if is_mask(mask) => {
                let places = column_places(&columns, n)?;
                view.columns = places.into_iter().map(|place| view.columns[place].clone()).collect();
            }
            one => {
                let named = view.columns[place(one, n, "column")?].clone();
                view = view.series(named.label, named.expr, "iloc");
            }
        }
    }
    if let Value::Slice(slice) = &rows {
        if slice.start.is_none() && slice.stop.is_none() && slice.step.is_none() {
            return Ok(items::as_value(view));
        }
        return items::row_slice(context, &view, slice);
    }
    if !view.eager {
        bail!(NotImplementedError: "'DataFrame.iloc' only supports selecting columns. It must be used like 'df.iloc[:, column_indexer]'.");
    }
    if is_mask(&rows) {
        return items::item(context, &view, &rows);
    }
    let n = super::object::n_rows(context, &view)?;
    if let Value::List(list) = &rows {
        let places = list.snapshot().iter().map(|row| Ok(place(row, n, "row")? as u64)).collect::<Result<_>>();
        let places = places.map_err(|error: rdk_runtime::Error| match error.0.kind {
            Kind::IndexError => {
                error!(IndexError: "positional indexers are out-of-bounds").hint(format!("there are {n} rows"))
            }
            _ => error,
        });
        return items::rows_at(context, &view, Take::Rows(places?));
    }
    row_at(context, &view, place(&rows, n, "row")?)
}

/// A position, also one that is counted from the end, as a place.
fn place(index: &Value, n: usize, of: &str) -> Result<usize> {
    let Some(at) = i64::from_value(index) else {
        bail!(TypeError: "Cannot index by location index with a non-integer key"; hint: "expected a position, got {}", what(index));
    };
    if !(-(n as i64)..n as i64).contains(&at) {
        bail!(IndexError: "single positional indexer is out-of-bounds"; hint: "there are {n} {of}s");
    }
    Ok(if at < 0 { (at + n as i64) as usize } else { at as usize })
}

/// A position of a column, a list of them, a mask or a slice, as places.
pub fn column_places(index: &Value, n: usize) -> Result<Vec<usize>> {
    if is_mask(index) {
        let flags = index
            .items()
            .or_else(|| index.get::<rdk_array::eager::NdArray>().and_then(|array| array.to_list().items()));
        let flags = flags.unwrap_or_default();
        if flags.len() != n {
            bail!(IndexError: "Boolean index has wrong length: {} instead of {n}", flags.len());
        }
        return Ok((0..n).filter(|&at| matches!(flags[at], Value::Bool(true))).collect());
    }
    match index {
        Value::Slice(slice) => {
            let (start, stop, step) = operators::indices(slice, n)?;
            let (mut places, mut at) = (Vec::new(), start);
            while (step > 0 && at < stop) || (step < 0 && at > stop) {
                places.push(at as usize);
                at += step;
            }
            Ok(places)
        }
        Value::List(list) => list.snapshot().iter().map(|index| place(index, n, "column")).collect(),
        one => Ok(vec![place(one, n, "column")?]),
    }
}
