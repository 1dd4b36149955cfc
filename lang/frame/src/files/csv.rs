//! Blocks of CSV files.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use rdk_runtime::Result;
use serde::Serialize;

use crate::batches::arrow_error;
use crate::csv::{Block, Layout, read_block};
use crate::lower::Scan;

/// So many rows go through the operators above at once: few enough to stay in the caches.
const ROWS: usize = 1 << 15;

/// A partition for each block. The first column is the number of the row, counted anew in each.
#[derive(Debug)]
pub struct CsvScan {
    /// How to read them.
    pub layout: Layout,
    /// Which.
    pub blocks: Vec<Block>,
    /// The columns, with the counted one first.
    pub schema: SchemaRef,
}

#[derive(Serialize)]
struct Facts<'a>(&'a Layout, &'a [Block]);

impl Scan for CsvScan {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.csv", postcard::to_stdvec(&Facts(&self.layout, &self.blocks)).unwrap_or_default())
    }

    fn read(
        &self,
        partition: usize,
        projection: &[usize],
        limit: Option<usize>,
    ) -> Result<Box<dyn Iterator<Item = Result<RecordBatch>> + Send>> {
        let columns: Vec<usize> = projection.iter().filter_map(|at| at.checked_sub(1)).collect();
        let table = read_block(&self.blocks[partition], &self.layout, Some(&columns), limit)?;
        let n = table.batch.num_rows();
        let mut read = table.batch.columns().iter();
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(projection.len());
        for &at in projection {
            match at {
                0 => arrays.push(Arc::new(Int64Array::from_iter_values(0..n as i64))),
                _ => arrays.extend(read.next().cloned()),
            }
        }
        let schema = Arc::new(self.schema.project(projection).map_err(arrow_error)?);
        let options = RecordBatchOptions::new().with_row_count(Some(n));
        let batch = RecordBatch::try_new_with_options(schema, arrays, &options).map_err(arrow_error)?;
        let slice = move |at: usize| Ok(batch.slice(at, ROWS.min(n - at)));
        Ok(Box::new((0..n).step_by(ROWS).map(slice)))
    }

    fn n_bytes(&self, partition: usize) -> u64 {
        self.blocks[partition].n_bytes()
    }
}
