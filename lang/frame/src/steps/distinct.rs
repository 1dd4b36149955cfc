//! Rows that are not there already.

use arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use arrow::compute::take_record_batch;
use arrow::row::{RowConverter, SortField};
use rdk_runtime::Result;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error, as_key};

/// The first (or the last) of the rows that are equal in some columns.
#[derive(Debug, Serialize, Deserialize)]
pub struct Distinct {
    /// Which columns, by position.
    pub columns: Vec<usize>,
    /// Does the last one stay?
    pub last: bool,
}

impl Work for Distinct {
    const KIND: &'static str = "frame.distinct";

    fn name(&self) -> &str {
        "drop-duplicates"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let columns: Vec<ArrayRef> = self.columns.iter().map(|&at| as_key(batch.column(at))).collect();
        let fields = columns.iter().map(|column| SortField::new(column.data_type().clone())).collect();
        let converter = RowConverter::new(fields).map_err(arrow_error)?;
        let rows = converter.convert_columns(&columns).map_err(arrow_error)?;
        let mut seen: FxHashSet<&[u8]> = FxHashSet::default();
        let n = batch.num_rows();
        let mut places: Vec<u64> = Vec::new();
        if self.last {
            for at in (0..n).rev() {
                if seen.insert(rows.row(at).data()) {
                    places.push(at as u64);
                }
            }
            places.reverse();
        } else {
            for at in 0..n {
                if seen.insert(rows.row(at).data()) {
                    places.push(at as u64);
                }
            }
        }
        take_record_batch(&batch, &UInt64Array::from(places)).map_err(arrow_error)
    }
}
