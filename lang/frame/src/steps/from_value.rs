//! A frame that a delayed call gave becomes rows of a lazy frame.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::SchemaRef;
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::payload::Plain;
use rdk_runtime::{Result, Value, bail};

use crate::batches::{Batches, arrow_error};
use crate::frame::{Frame, what};

/// The rows of the frame that goes in, with these columns.
#[derive(Debug)]
pub struct FromValue {
    /// The columns of the result: those of the index first.
    pub schema: SchemaRef,
}

impl Operation for FromValue {
    fn name(&self) -> &str {
        "from-delayed"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let failure = |error| Failure::Error(Box::new(error));
        let payload = call.inputs.first().ok_or_else(|| Failure::Panic("no input".into()))?;
        let value = match payload.get::<Plain>() {
            Some(plain) => plain.0.clone(),
            None => Value::None,
        };
        Ok(Payload::new(Batches::one(rows(&value, &self.schema).map_err(failure)?)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.from_value", format!("{:?}", self.schema).into_bytes())
    }
}

/// The rows of a frame in memory, as columns of these types.
pub fn rows(value: &Value, schema: &SchemaRef) -> Result<RecordBatch> {
    let Some(frame) = value.get::<Frame>() else {
        bail!(TypeError: "expected a DataFrame in each partition, got {}", what(value));
    };
    let batch = crate::lower::in_memory(&frame.view())?;
    if batch.num_columns() != schema.fields().len() {
        bail!(
            "a partition has {} columns, the others have {}", batch.num_columns(), schema.fields().len();
            hint: "all partitions have the same columns; `meta=` says which they are"
        );
    }
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type()).map_err(arrow_error));
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns.collect::<Result<_>>()?, &options)
        .map_err(arrow_error)
}
