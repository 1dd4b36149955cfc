//! Columns with a value for each group: the first one that is there, the label of the largest, the product, a list.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array};
use arrow::compute::concat;
use arrow::datatypes::DataType;
use rdk_runtime::{Result, Value};

use super::aggregate::Needs;
use super::groups::Groups;
use crate::batches::arrow_error;
use crate::cell;

/// What of `skipna=` and `min_count=` has come with the arguments of a method.
pub fn needs_of(args: &[Value]) -> Needs {
    let least = match args.first() {
        Some(Value::Int(least)) => *least,
        _ => 0,
    };
    Needs::of(!matches!(args.get(1), Some(Value::Bool(false))), least)
}

/// Nothing for groups with too few values.
pub fn needed(groups: &Groups, at: usize, needs: Needs, made: ArrayRef) -> Result<ArrayRef> {
    let column = groups.column(at);
    let lacks = |rows: &Vec<u64>| {
        let there = rows.iter().filter(|&&row| !column.is_null(row as usize)).count();
        match needs {
            Needs::Nothing => false,
            Needs::All => there < rows.len(),
            Needs::AtLeast(least) => (there as i64) < least,
        }
    };
    let lacking: BooleanArray = groups.rows.iter().map(|rows| Some(lacks(rows))).collect();
    arrow::compute::nullif(&made, &lacking).map_err(arrow_error)
}

/// The first or last value of each group that is there; with `skipna=False` whatever stands there.
pub fn extreme_of(groups: &Groups, at: usize, last: bool, needs: Needs) -> Result<ArrayRef> {
    match needs {
        Needs::All => groups.picked(groups.column(at), |rows| if last { rows.last() } else { rows.first() }.copied()),
        Needs::Nothing | Needs::AtLeast(_) => extreme(groups, at, last),
    }
}

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
    let column = groups.column(at);
    if column.data_type().is_floating() {
        return groups.numbers(at, |values| Some(values.iter().product()));
    }
    let whole = super::statistics::ints(column)?;
    let product = |rows: &Vec<u64>| {
        let there = rows.iter().filter(|&&row| !whole.is_null(row as usize));
        there.fold(1i64, |product, &row| product.wrapping_mul(whole.value(row as usize)))
    };
    Ok(Arc::new(Int64Array::from_iter_values(groups.rows.iter().map(product))))
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
