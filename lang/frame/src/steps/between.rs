//! Rows between two labels, for partitions that are cut by label.

use arrow::array::{Array, ArrayRef, RecordBatch, UInt64Array};
use arrow::compute::{cast, take_record_batch};
use arrow::row::{RowConverter, SortField};
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::Result;

use crate::batches::{Batches, arrow_error};

/// For each partition of the result the rows whose first column lies between two neighbours of these labels; the last one has its
/// upper end as well.
#[derive(Debug)]
pub struct Between {
    /// The labels, in order: one more than there are partitions.
    pub divisions: ArrayRef,
}

impl Between {
    fn rows(&self, batch: &RecordBatch, at: usize) -> Result<RecordBatch> {
        let column = batch.column(0);
        let converter = RowConverter::new(vec![SortField::new(column.data_type().clone())]).map_err(arrow_error)?;
        let rows = converter.convert_columns(&[crate::batches::as_key(column)]).map_err(arrow_error)?;
        let ends = self.divisions.slice(at, 2);
        let ends = cast(&ends, column.data_type()).map_err(arrow_error)?;
        let ends = converter.convert_columns(&[crate::batches::as_key(&ends)]).map_err(arrow_error)?;
        let is_last = at + 2 == self.divisions.len();
        let inside = |row: &u64| {
            let row = rows.row(*row as usize);
            ends.row(0) <= row && (row < ends.row(1) || is_last && row == ends.row(1))
        };
        let places: UInt64Array = (0..batch.num_rows() as u64).filter(inside).collect();
        take_record_batch(batch, &places).map_err(arrow_error)
    }

    /// The same out of bytes.
    pub fn read(bytes: &[u8]) -> Result<Between> {
        Ok(Between { divisions: crate::batches::column_read(bytes)? })
    }

    /// The labels as bytes.
    fn written(&self) -> Result<Vec<u8>> {
        crate::batches::column_written(&self.divisions)
    }
}

impl Operation for Between {
    fn name(&self) -> &str {
        "repartition"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let at = call.index.first().copied().unwrap_or(0) as usize;
        let inputs = call.inputs.iter().map(Batches::of).collect::<Result<Vec<_>>>();
        let made = inputs.and_then(Batches::together).and_then(|batch| self.rows(&batch, at));
        Ok(Payload::new(Batches::one(made.map_err(|error| Failure::Error(Box::new(error)))?)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.between", self.written().unwrap_or_default())
    }
}
