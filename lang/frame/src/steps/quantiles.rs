//! Values below which given parts of all values lie.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error};

/// For each column a row of the result with these quantiles, interpolated as NumPy does.
#[derive(Debug, Serialize, Deserialize)]
pub struct Quantiles {
    /// The parts, from 0 to 1.
    pub parts: Vec<f64>,
    /// How many columns of the index stand first.
    pub skip: usize,
}

impl Work for Quantiles {
    const KIND: &'static str = "frame.quantiles";

    fn name(&self) -> &str {
        "quantile"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let mut columns: Vec<ArrayRef> = Vec::new();
        let mut fields = Vec::new();
        for (at, column) in batch.columns()[self.skip..].iter().enumerate() {
            let column = cast(column, &DataType::Float64).map_err(arrow_error)?;
            let mut numbers: Vec<f64> = column.as_primitive::<Float64Type>().iter().flatten().collect();
            numbers.sort_by(f64::total_cmp);
            let quantile = |part: &f64| quantile(&numbers, *part);
            columns.push(Arc::new(self.parts.iter().map(quantile).collect::<Float64Array>()));
            fields.push(Field::new(format!("q{at}"), DataType::Float64, true));
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)
    }
}

/// The quantile of ordered numbers.
pub fn quantile(numbers: &[f64], part: f64) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    let place = part.clamp(0.0, 1.0) * (numbers.len() - 1) as f64;
    let below = place.floor() as usize;
    let (low, high) = (numbers[below], numbers[(below + 1).min(numbers.len() - 1)]);
    Some(low + (high - low) * (place - below as f64))
}
