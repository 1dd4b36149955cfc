//! Rows for groups that no row is in: of categories that do not occur.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int32Array, Int64Array, RecordBatch, UInt64Array, new_null_array};
use arrow::compute::{cast, concat, take};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::row::{RowConverter, SortField};
use rdk_runtime::{Result, bail};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error, as_key};
use crate::category;

/// More groups are not made.
const MOST: usize = 100_000_000;

/// What a reduction of no rows is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fill {
    /// Missing.
    Nothing,
    /// 0, or False.
    Zero,
    /// 1, or True.
    One,
}

/// The rows that go in, one for each group with its keys first, and one for each group that could be and is not.
#[derive(Debug, Serialize, Deserialize)]
pub struct Observed {
    /// How many keys.
    pub n_keys: usize,
    /// What stands in the columns of the new rows.
    pub fills: Vec<Fill>,
}

impl Work for Observed {
    const KIND: &'static str = "frame.observed";

    fn name(&self) -> &str {
        "groupby-unobserved"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let keys = &batch.columns()[..self.n_keys];
        let new = unobserved(keys)?;
        let n = new.first().map_or(0, |key| key.len());
        let mut columns = Vec::new();
        for (at, column) in batch.columns().iter().enumerate() {
            let more = match at.checked_sub(self.n_keys) {
                None => new[at].clone(),
                Some(value) => filled(self.fills.get(value).copied().unwrap_or(Fill::Nothing), n, column.data_type())?,
            };
            columns.push(concat(&[column, &more]).map_err(arrow_error)?);
        }
        let fields = batch.schema_ref().fields().iter().zip(&columns);
        let fields = fields.map(|(field, column)| Field::new(field.name(), column.data_type().clone(), true));
        RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns).map_err(arrow_error)
    }
}

fn filled(fill: Fill, n: usize, of: &DataType) -> Result<ArrayRef> {
    let number = match fill {
        Fill::Nothing => return Ok(new_null_array(of, n)),
        Fill::Zero => 0,
        Fill::One => 1,
    };
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![number; n]));
    if *of == DataType::Boolean || of.is_numeric() {
        return cast(&numbers, of).map_err(arrow_error);
    }
    Ok(new_null_array(of, n))
}

/// The keys of all groups that are not there: every category with every other, and with each value that occurs of a plain key.
fn unobserved(keys: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
    let mut candidates = Vec::new();
    for key in keys {
        candidates.push(match category::categories(key.data_type()) {
            Some(known) => {
                let codes: Int32Array = (0..known.values.len() as i32).map(Some).collect();
                category::from_codes(codes, key.data_type())?
            }
            None => category::sorted_values(key)?,
        });
    }
    let total = candidates.iter().try_fold(1usize, |total, values| total.checked_mul(values.len()));
    let total = match total.filter(|&total| total <= MOST) {
        Some(total) => total,
        None => {
            bail!(MemoryError: "there would be more than {MOST} groups"; hint: "`observed=True` makes only those that occur")
        }
    };
    let mut all = Vec::new();
    let mut each = total;
    for values in &candidates {
        let n = values.len().max(1);
        each /= n;
        let places: UInt64Array = (0..total as u64).map(|at| at / each.max(1) as u64 % n as u64).collect();
        all.push(take(values, &places, None).map_err(arrow_error)?);
    }
    let fields = keys.iter().map(|key| SortField::new(key.data_type().clone())).collect();
    let converter = RowConverter::new(fields).map_err(arrow_error)?;
    let there = converter.convert_columns(&keys.iter().map(as_key).collect::<Vec<_>>()).map_err(arrow_error)?;
    let there: FxHashSet<&[u8]> = (0..there.num_rows()).map(|row| there.row(row).data()).collect();
    let possible = converter.convert_columns(&all.iter().map(as_key).collect::<Vec<_>>()).map_err(arrow_error)?;
    let new: UInt64Array =
        (0..total as u64).filter(|&row| !there.contains(possible.row(row as usize).data())).collect();
    all.iter().map(|key| take(key, &new, None).map_err(arrow_error)).collect()
}
