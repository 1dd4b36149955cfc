//! The table of `describe()`, out of reductions and quartiles.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringViewArray};
use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error};
use crate::cell;

/// What the rows say.
pub const ROWS: [&str; 8] = ["count", "mean", "std", "min", "25%", "50%", "75%", "max"];

/// Rows from `count` to `max`, of a row with all counts, then all means, spreads, smallest and largest values, and of quartiles.
#[derive(Debug, Serialize, Deserialize)]
pub struct Described {
    /// How many columns are described.
    pub n: usize,
}

impl Work for Described {
    const KIND: &'static str = "frame.described";

    fn name(&self) -> &str {
        "describe"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let [row, quartiles] = inputs else { bail!(RuntimeError: "internal error: two tables are described") };
        let (row, quartiles) = (row.whole()?, quartiles.whole()?);
        let mut columns: Vec<ArrayRef> = vec![Arc::new(StringViewArray::from_iter_values(ROWS))];
        let mut fields = vec![Field::new("d", DataType::Utf8View, true)];
        for at in 0..self.n {
            let of = |which: usize| cell::value(row.column(which * self.n + at), 0).as_f64();
            let quartile =
                |which: usize| cell::value(quartiles.column(quartiles.num_columns() - self.n + at), which).as_f64();
            let column = [of(0), of(1), of(2), of(3), quartile(0), quartile(1), quartile(2), of(4)];
            let column = column.into_iter().map(|number| number.filter(|number| !number.is_nan()));
            columns.push(Arc::new(column.collect::<Float64Array>()));
            fields.push(Field::new(format!("d{at}"), DataType::Float64, true));
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)
    }
}
