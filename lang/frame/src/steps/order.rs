//! Rows in the order of some columns. Rows that are equal stay in the order in which they were.

use arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use arrow::compute::{SortOptions, take_record_batch};
use arrow::row::{RowConverter, SortField};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error, as_key};

/// A column to order by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Key {
    /// Which, by position.
    pub column: usize,
    /// Largest first?
    pub descending: bool,
    /// Does what is missing come first?
    pub missing_first: bool,
}

/// All rows that go in, in order; perhaps only the first of them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// What events call it.
    pub name: String,
    /// Most important first.
    pub keys: Vec<Key>,
    /// How many rows of the result.
    pub limit: Option<usize>,
    /// Are rows left out in which the first key is missing?
    pub drop_missing: bool,
}

impl Work for Order {
    const KIND: &'static str = "frame.order";

    fn name(&self) -> &str {
        &self.name
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let options = |key: &Key| SortOptions { descending: key.descending, nulls_first: key.missing_first };
        let columns: Vec<ArrayRef> = self.keys.iter().map(|key| as_key(batch.column(key.column))).collect();
        let fields = columns.iter().zip(&self.keys);
        let fields = fields.map(|(column, key)| SortField::new_with_options(column.data_type().clone(), options(key)));
        let converter = RowConverter::new(fields.collect()).map_err(arrow_error)?;
        let rows = converter.convert_columns(&columns).map_err(arrow_error)?;
        let mut places: Vec<u64> = (0..batch.num_rows() as u64).collect();
        if self.drop_missing {
            places.retain(|&place| !columns[0].is_null(place as usize));
        }
        places.sort_by(|&a, &b| rows.row(a as usize).cmp(&rows.row(b as usize)));
        places.truncate(self.limit.unwrap_or(usize::MAX));
        take_record_batch(&batch, &UInt64Array::from(places)).map_err(arrow_error)
    }
}
