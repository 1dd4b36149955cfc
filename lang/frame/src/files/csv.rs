//! Blocks of CSV files.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use rdk_graph::with_crew;
use rdk_runtime::Result;
use serde::Serialize;

use crate::batches::arrow_error;
use crate::csv::{Block, Layout, Table, read_parts};
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
        let block = &self.blocks[partition];
        let tables = with_crew(|crew| read_parts(block, &self.layout, Some(&columns), limit, crew))?;
        let schema = Arc::new(self.schema.project(projection).map_err(arrow_error)?);
        let mut slices: Vec<RecordBatch> = Vec::new();
        let mut first = 0;
        for Table { batch: table, .. } in tables {
            let n = table.num_rows();
            let mut read = table.columns().iter();
            let mut arrays: Vec<ArrayRef> = Vec::with_capacity(projection.len());
            for &at in projection {
                match at {
                    0 => arrays.push(Arc::new(Int64Array::from_iter_values(first..first + n as i64))),
                    _ => arrays.extend(read.next().cloned()),
                }
            }
            first += n as i64;
            let options = RecordBatchOptions::new().with_row_count(Some(n));
            let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &options).map_err(arrow_error)?;
            slices.extend((0..n).step_by(ROWS).map(|at| batch.slice(at, ROWS.min(n - at))));
        }
        Ok(Box::new(slices.into_iter().map(Ok)))
    }

    fn n_bytes(&self, partition: usize) -> u64 {
        self.blocks[partition].n_bytes()
    }
}
