//! Columns with a value for each group: the first one that is there, the label of the largest, the product, a list.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array};
use arrow::compute::{cast, concat};
use arrow::datatypes::DataType;
use rdk_runtime::{Result, Value};

use super::groups::Groups;
use crate::batches::arrow_error;
use crate::cell;

/// The first or last value of each group that is there.
pub fn extreme(groups: &Groups, at: usize, last: bool) -> Result<ArrayRef> {
    let column = groups.column(at);
    groups.picked(column, |rows| {
        let there = |row: &&u64| !column.is_null(**row as usize);
        if last { rows.iter().rev().find(there).copied() } else { rows.iter().find(there).copied() }
    })
}

/// The label of the largest or smallest value of each group.
pub fn idx(groups: &Groups, at: usize, largest: bool) -> Result<ArrayRef> {
    let column = groups.column(at);
    groups.picked(groups.batch.column(0), |rows| super::statistics::place(column, rows.iter().copied(), largest))
}

/// The product of each group.
pub fn product(groups: &Groups, at: usize) -> Result<ArrayRef> {
    let whole = !groups.column(at).data_type().is_floating();
    let made = groups.numbers(at, |values| Some(values.iter().product()))?;
    if whole { cast(&made, &DataType::Int64).map_err(arrow_error) } else { Ok(made) }
}

/// The standard error of the mean of each group.
pub fn sem(groups: &Groups, at: usize) -> Result<ArrayRef> {
    groups.numbers(at, |values| {
        let n = values.len() as f64;
        crate::steps::Moving::Std.of(values).map(|deviation| deviation / n.sqrt())
    })
}

/// The values of each group as a list.
pub fn lists(groups: &Groups, at: usize) -> Result<ArrayRef> {
    let column = groups.column(at);
    let list = |rows: &Vec<u64>| Value::list(rows.iter().map(|&row| cell::value(column, row as usize)));
    cell::column(&groups.rows.iter().map(list).collect::<Vec<_>>(), "of lists")
}

/// Pieces in one type.
pub fn unified(pieces: Vec<ArrayRef>) -> Result<Vec<ArrayRef>> {
    let types: Vec<DataType> = pieces.iter().map(|piece| piece.data_type().clone()).collect();
    let wanted = crate::steps::common(&types);
    pieces.iter().map(|piece| crate::objects::convert(piece, &wanted)).collect()
}

/// Pieces below each other.
pub fn joined(pieces: Vec<ArrayRef>) -> Result<ArrayRef> {
    let pieces = unified(pieces)?;
    let pieces: Vec<&dyn Array> = pieces.iter().map(|piece| &**piece).collect();
    match pieces.is_empty() {
        true => Ok(Arc::new(Float64Array::from(Vec::<f64>::new()))),
        false => concat(&pieces).map_err(arrow_error),
    }
}
