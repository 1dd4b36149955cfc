//! Columns of categories out of plain ones, and back.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, Int32Array, StructArray, UInt64Array};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Int32Type};
use arrow::row::{RowConverter, SortField};
use rdk_runtime::{Result, bail};
use rustc_hash::FxHashMap;

use super::{Categories, Kind, codes, from_codes, is, is_ordered, kind, known, wrapped};
use crate::batches::{arrow_error, as_key};
use crate::cell;

/// The values of a column of categories as a plain column; any other column as it is.
pub fn plain(column: &ArrayRef) -> Result<ArrayRef> {
    match kind(column.data_type()) {
        None => Ok(column.clone()),
        Some(Kind::Known(categories)) => match codes(column) {
            Some(codes) => take(&categories.values, &codes, None).map_err(arrow_error),
            None => Ok(column.clone()),
        },
        Some(Kind::Unknown(_)) => {
            let structs: &StructArray = column.as_struct();
            let inside = structs.column(0);
            match structs.nulls() {
                // What is missing in the column is missing in what it holds.
                Some(_) => {
                    let there = arrow::compute::is_not_null(structs).map_err(arrow_error)?;
                    let gone = arrow::array::new_null_array(inside.data_type(), inside.len());
                    arrow::compute::kernels::zip::zip(&there, inside, &gone).map_err(arrow_error)
                }
                None => Ok(inside.clone()),
            }
        }
    }
}

/// The different values of a column, in order; what is missing is none of them.
pub fn sorted_values(column: &ArrayRef) -> Result<ArrayRef> {
    let converter = RowConverter::new(vec![SortField::new(column.data_type().clone())]).map_err(arrow_error)?;
    let rows = converter.convert_columns(&[as_key(column)]).map_err(arrow_error)?;
    let mut places: Vec<u64> = (0..column.len() as u64).filter(|&row| !column.is_null(row as usize)).collect();
    places.sort_by(|&a, &b| rows.row(a as usize).cmp(&rows.row(b as usize)));
    places.dedup_by(|a, b| rows.row(*a as usize) == rows.row(*b as usize));
    take(column, &UInt64Array::from(places), None).map_err(arrow_error)
}

/// The same column with the categories that it has, in order, as known ones.
pub fn with_known(column: &ArrayRef) -> Result<ArrayRef> {
    if let Some(Kind::Known(_)) = kind(column.data_type()) {
        return Ok(column.clone());
    }
    let values = plain(column)?;
    encode(&values, &known(&sorted_values(&values)?, is_ordered(column.data_type()))?)
}

/// For each value its place among the categories; nothing for one that is no category.
pub fn lookup(values: &ArrayRef, categories: &ArrayRef) -> Result<Int32Array> {
    let Some((values, categories)) = comparable(values, categories)? else {
        return Ok(Int32Array::new_null(values.len()));
    };
    let converter = RowConverter::new(vec![SortField::new(categories.data_type().clone())]).map_err(arrow_error)?;
    let known = converter.convert_columns(&[as_key(&categories)]).map_err(arrow_error)?;
    let rows = converter.convert_columns(&[as_key(&values)]).map_err(arrow_error)?;
    let places: FxHashMap<&[u8], i32> =
        (0..known.num_rows()).rev().map(|at| (known.row(at).data(), at as i32)).collect();
    let place = |row: usize| (!values.is_null(row)).then(|| places.get(rows.row(row).data()).copied()).flatten();
    Ok((0..values.len()).map(place).collect())
}

/// Both in one type, if their values can be equal at all.
fn comparable(values: &ArrayRef, categories: &ArrayRef) -> Result<Option<(ArrayRef, ArrayRef)>> {
    let (a, b) = (values.data_type(), categories.data_type());
    let wanted = match (a, b) {
        (a, b) if a == b => b.clone(),
        (a, b) if cell::is_text(a) && cell::is_text(b) => DataType::Utf8View,
        (a, b) if a.is_integer() && b.is_integer() => DataType::Int64,
        (a, b) if a.is_numeric() && b.is_numeric() => DataType::Float64,
        (DataType::Timestamp(..), DataType::Timestamp(..)) => b.clone(),
        (a, b) if crate::objects::is(a) || crate::objects::is(b) => crate::objects::TYPE,
        _ => return Ok(None),
    };
    Ok(Some((crate::objects::convert(values, &wanted)?, crate::objects::convert(categories, &wanted)?)))
}

/// Plain values as a column of known categories; those that are none of them are missing.
pub fn encode(values: &ArrayRef, wanted: &DataType) -> Result<ArrayRef> {
    let Some(Kind::Known(categories)) = kind(wanted) else {
        bail!(RuntimeError: "internal error: {wanted} has no known categories")
    };
    from_codes(lookup(values, &categories.values)?, wanted)
}

/// A column as another type, where either may have categories.
pub fn convert(column: &ArrayRef, wanted: &DataType) -> Result<ArrayRef> {
    if column.data_type() == wanted {
        return Ok(column.clone());
    }
    match kind(wanted) {
        None if is(column.data_type()) => convert(&plain(column)?, wanted),
        None => crate::objects::convert(column, wanted),
        Some(Kind::Unknown(of)) => wrapped(convert(&plain(column)?, &of)?, wanted),
        Some(Kind::Known(wanted_ones)) => match (codes(column), kind(column.data_type())) {
            // The same categories, of which only the order may mean something else.
            (Some(codes), Some(Kind::Known(own))) if same(&own, &wanted_ones) => from_codes(codes, wanted),
            (Some(codes), Some(Kind::Known(own))) => {
                let places = lookup(&own.values, &wanted_ones.values)?;
                let moved = take(&places, &codes, None).map_err(arrow_error)?;
                from_codes(moved.as_primitive::<Int32Type>().clone(), wanted)
            }
            _ => encode(&plain(column)?, wanted),
        },
    }
}

fn same(a: &Categories, b: &Categories) -> bool {
    a.values.data_type() == b.values.data_type() && a.values.to_data() == b.values.to_data()
}

/// A column of known categories as arrow's dictionary, for files and for those who print it; any other column as it is.
pub fn dictionary(column: &ArrayRef) -> Result<ArrayRef> {
    let known = with_known_or_same(column)?;
    let (Some(Kind::Known(categories)), Some(codes)) = (kind(known.data_type()), codes(&known)) else {
        return Ok(column.clone());
    };
    let values = match cell::is_text(categories.values.data_type()) {
        true => cast(&categories.values, &DataType::Utf8).map_err(arrow_error)?,
        false => categories.values.clone(),
    };
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(codes, values).map_err(arrow_error)?))
}

fn with_known_or_same(column: &ArrayRef) -> Result<ArrayRef> {
    if is(column.data_type()) { with_known(column) } else { Ok(column.clone()) }
}
