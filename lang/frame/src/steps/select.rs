//! Rows by position: the first, the last, some.

use arrow::array::{RecordBatch, UInt64Array};
use arrow::compute::take_record_batch;
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error};

/// Which rows of all that go in.
#[derive(Debug, Serialize, Deserialize)]
pub enum Take {
    /// The first ones; with a negative number all but the last ones.
    Head(i64),
    /// The last ones; with a negative number all but the first ones.
    Tail(i64),
    /// From, to, step.
    Slice(i64, i64, i64),
    /// These, by number.
    Rows(Vec<u64>),
}

impl Work for Take {
    const KIND: &'static str = "frame.take";

    fn name(&self) -> &str {
        match self {
            Take::Head(_) => "head",
            Take::Tail(_) => "tail",
            Take::Slice(..) | Take::Rows(_) => "getitem",
        }
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let n = batch.num_rows() as i64;
        let rows: Vec<u64> = match self {
            Take::Head(count) => {
                let count = if *count < 0 { (n + count).max(0) } else { (*count).min(n) };
                return Ok(batch.slice(0, count as usize));
            }
            Take::Tail(count) => {
                let count = if *count < 0 { (n + count).max(0) } else { (*count).min(n) };
                return Ok(batch.slice((n - count) as usize, count as usize));
            }
            Take::Slice(start, stop, step) => {
                let mut rows = Vec::new();
                let mut at = *start;
                while (*step > 0 && at < *stop) || (*step < 0 && at > *stop) {
                    rows.push(at as u64);
                    at += step;
                }
                rows
            }
            Take::Rows(rows) => rows.clone(),
        };
        take_record_batch(&batch, &UInt64Array::from(rows)).map_err(arrow_error)
    }
}
