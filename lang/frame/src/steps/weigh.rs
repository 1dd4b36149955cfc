//! How large partitions are.

use std::sync::Arc;

use arrow::array::{Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error};

/// One row with the bytes in memory of all that goes in.
#[derive(Debug, Serialize, Deserialize)]
pub struct Weigh;

impl Work for Weigh {
    const KIND: &'static str = "frame.weigh";

    fn name(&self) -> &str {
        "weigh"
    }

    fn gives(&self) -> Option<u64> {
        Some(64)
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let bytes: usize = {
            let columns = inputs.iter().flat_map(|input| &input.batches).flat_map(RecordBatch::columns);
            // Of rows that were cut out of others only their own part counts.
            columns
                .map(|column| column.to_data().get_slice_memory_size().unwrap_or(column.get_array_memory_size()))
                .sum()
        };
        let schema = Arc::new(Schema::new(vec![Field::new("bytes", DataType::Int64, true)]));
        RecordBatch::try_new(schema, vec![Arc::new(Int64Array::from(vec![bytes as i64]))]).map_err(arrow_error)
    }
}
