//! Rows counted anew, in each partition from 0.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use arrow::datatypes::{Field, Schema};
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error};

/// The first column becomes the number of the row.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recount {
    /// How many levels the index had.
    pub n_index: usize,
}

impl Work for Recount {
    const KIND: &'static str = "frame.recount";

    fn name(&self) -> &str {
        "reset-index"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        if batch.num_columns() == 0 {
            bail!(RuntimeError: "internal error: rows without an index are counted");
        }
        let mut columns = batch.columns().to_vec();
        columns[0] = Arc::new(Int64Array::from_iter_values(0..batch.num_rows() as i64)) as ArrayRef;
        let schema = batch.schema();
        let fields = schema.fields().iter().zip(&columns);
        let fields: Vec<Field> =
            fields.map(|(field, column)| Field::new(field.name(), column.data_type().clone(), true)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)
    }
}
