//! How large partitions are, and how long.

use std::sync::Arc;

use arrow::array::{Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error};

/// One row with a measure of all that goes in.
#[derive(Debug, Serialize, Deserialize)]
pub enum Weigh {
    /// Bytes in memory.
    Bytes,
    /// Rows.
    Rows,
}

impl Work for Weigh {
    const KIND: &'static str = "frame.weigh";

    fn name(&self) -> &str {
        "weigh"
    }

    fn gives(&self) -> Option<u64> {
        Some(64)
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let measure: usize = match self {
            Weigh::Rows => inputs.iter().map(|input| input.n_rows()).sum(),
            Weigh::Bytes => {
                let columns = inputs.iter().flat_map(|input| &input.batches).flat_map(RecordBatch::columns);
                // Of rows that were cut out of others only their own part counts.
                columns
                    .map(|column| column.to_data().get_slice_memory_size().unwrap_or(column.get_array_memory_size()))
                    .sum()
            }
        };
        let schema = Arc::new(Schema::new(vec![Field::new("measure", DataType::Int64, true)]));
        RecordBatch::try_new(schema, vec![Arc::new(Int64Array::from(vec![measure as i64]))]).map_err(arrow_error)
    }
}
