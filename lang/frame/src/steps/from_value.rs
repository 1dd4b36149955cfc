//! A frame that a delayed call gave becomes rows of a lazy frame.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::payload::Plain;
use rdk_runtime::{Result, Value, bail};
use rdk_syntax::Place;

use crate::batches::{Batches, arrow_error};
use crate::category;
use crate::frame::{Frame, what};

/// The rows of the frame that goes in, with these columns.
#[derive(Debug)]
pub struct FromValue {
    /// The columns of the result: those of the index first.
    pub schema: SchemaRef,
    /// Where in the user's text it is asked for.
    pub place: Option<Place>,
}

impl Operation for FromValue {
    fn name(&self) -> &str {
        "from-delayed"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let payload = call.inputs.first().ok_or_else(|| Failure::Panic("no input".into()))?;
        let value = match payload.get::<Plain>() {
            Some(plain) => plain.0.clone(),
            None => Value::None,
        };
        let at = call.index.first().copied().unwrap_or(0);
        let made = match value.get::<Frame>() {
            Some(_) => rows(&value, &self.schema),
            None => row(&value, at, &self.schema),
        };
        let failure = |error| crate::place::failure(error, &self.place, self.name(), call.index);
        Ok(Payload::new(Batches::one(made.map_err(failure)?)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.from_value", self.written().unwrap_or_default())
    }
}

impl FromValue {
    /// The same out of bytes.
    pub fn read(bytes: &[u8]) -> Result<FromValue> {
        let reader = StreamReader::try_new(bytes, None).map_err(arrow_error)?;
        Ok(FromValue { schema: reader.schema(), place: None })
    }

    fn written(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        StreamWriter::try_new(&mut bytes, &self.schema).and_then(|mut writer| writer.finish()).map_err(arrow_error)?;
        Ok(bytes)
    }
}

/// One row of a series for a partition of which a function made a plain value: its label is the number of the partition.
fn row(value: &Value, at: u32, schema: &SchemaRef) -> Result<RecordBatch> {
    let [label, column] = &schema.fields()[..] else {
        bail!(TypeError: "expected a DataFrame in each partition, got {}", what(value));
    };
    let labels = cast(&Int64Array::from(vec![i64::from(at)]), label.data_type()).map_err(arrow_error)?;
    let values = crate::cell::column(std::slice::from_ref(value), "of results")?;
    let values = cast(&values, column.data_type()).map_err(arrow_error)?;
    RecordBatch::try_new(Arc::clone(schema), vec![labels, values]).map_err(arrow_error)
}

/// A column in the type that all partitions have.
fn fitted(column: &ArrayRef, wanted: &DataType) -> Result<ArrayRef> {
    if !category::is(column.data_type()) && !category::is(wanted) {
        return cast(column, wanted).map_err(arrow_error);
    }
    let made = category::convert(column, wanted)?;
    let lost = (0..column.len()).find(|&row| made.is_null(row) && !column.is_null(row));
    if let Some(row) = lost {
        bail!(
            "a partition has the category {}, which is none of those that were expected", crate::cell::value(column, row).repr();
            hint: "`meta=` says which categories there are, or that they are not known: `(name, \"category\")`"
        );
    }
    Ok(made)
}

/// The rows of a frame in memory, as columns of these types.
pub fn rows(value: &Value, schema: &SchemaRef) -> Result<RecordBatch> {
    let Some(frame) = value.get::<Frame>() else {
        bail!(TypeError: "expected a DataFrame in each partition, got {}", what(value));
    };
    let batch = crate::lower::in_memory(&frame.view())?;
    if batch.num_rows() == 0 {
        return Ok(RecordBatch::new_empty(Arc::clone(schema)));
    }
    if batch.num_columns() != schema.fields().len() {
        bail!(
            "a partition has {} columns, the others have {}", batch.num_columns(), schema.fields().len();
            hint: "all partitions have the same columns; `meta=` says which they are"
        );
    }
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| fitted(column, field.data_type()));
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns.collect::<Result<_>>()?, &options)
        .map_err(arrow_error)
}
