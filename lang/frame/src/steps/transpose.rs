//! One row becomes one column: `df.mean()` is a series with a row for each column.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error};
use crate::label::Label;

/// The cells of the first row below each other, beside their labels.
#[derive(Debug, Serialize, Deserialize)]
pub struct Transpose {
    /// What events call it.
    pub name: String,
    /// The labels.
    pub labels: Vec<Label>,
}

impl Transpose {
    /// The columns of the result for cells of these types: labels, then values.
    pub fn schema(labels: &[Label], types: &[DataType]) -> Schema {
        let index = match labels.first() {
            Some(Label::Number(_)) => DataType::Int64,
            Some(Label::Flag(_)) => DataType::Boolean,
            Some(Label::Text(_) | Label::Levels(_)) | None => DataType::Utf8View,
        };
        Schema::new(vec![Field::new(crate::plan::COUNTED, index, true), Field::new("0", common(types), true)])
    }
}

/// The type that holds values of all these types.
pub fn common(types: &[DataType]) -> DataType {
    match types {
        [] => DataType::Float64,
        [first, rest @ ..] if rest.iter().all(|other| other == first) => first.clone(),
        // Categories that are not the same are values like others.
        _ if types.iter().any(crate::category::is) => {
            common(&types.iter().map(crate::category::value_type).collect::<Vec<_>>())
        }
        _ if types.iter().all(crate::cell::is_text) => DataType::Utf8View,
        _ if types.iter().all(DataType::is_integer) => DataType::Int64,
        _ if types.iter().all(DataType::is_numeric) => DataType::Float64,
        _ => crate::objects::TYPE,
    }
}

impl Work for Transpose {
    const KIND: &'static str = "frame.transpose";

    fn name(&self) -> &str {
        &self.name
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let types: Vec<DataType> = batch.columns().iter().map(|column| column.data_type().clone()).collect();
        let schema = Transpose::schema(&self.labels, &types);
        let wanted = schema.field(1).data_type();
        let cells: Vec<ArrayRef> = batch
            .columns()
            .iter()
            .map(|column| crate::objects::convert(&column.slice(0, column.len().min(1)), wanted))
            .collect::<Result<_>>()?;
        let values = match cells.is_empty() {
            true => arrow::array::new_empty_array(wanted),
            false => {
                let cells: Vec<&dyn arrow::array::Array> = cells.iter().map(|cell| &**cell).collect();
                concat(&cells).map_err(arrow_error)?
            }
        };
        let labels: Vec<_> = self.labels.iter().map(Label::to_value).collect();
        let labels =
            cast(&crate::cell::column(&labels, "of labels")?, schema.field(0).data_type()).map_err(arrow_error)?;
        RecordBatch::try_new(Arc::new(schema), vec![labels, values]).map_err(arrow_error)
    }
}
