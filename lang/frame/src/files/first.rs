//! The first rows of a file, for `head()`: no more of the first block is parsed than it takes.

use std::sync::Arc;

use arrow::array::RecordBatch;
use rdk_graph::Tokenizer;
use rdk_runtime::Result;

use crate::lower::Scan;
use crate::plan::{Leaf, Rows, Source, View};

/// The first rows of the first partition of another scan.
#[derive(Debug)]
pub struct First {
    /// The other one.
    pub of: Arc<dyn Scan>,
    /// How many rows.
    pub n: usize,
}

impl Scan for First {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        let (kind, bytes) = self.of.encode();
        ("frame.first", postcard::to_stdvec(&(kind, bytes, self.n)).unwrap_or_default())
    }

    fn read(
        &self,
        partition: usize,
        projection: &[usize],
        limit: Option<usize>,
    ) -> Result<Box<dyn Iterator<Item = Result<RecordBatch>> + Send>> {
        self.of.read(partition, projection, Some(limit.unwrap_or(self.n).min(self.n)))
    }

    fn n_bytes(&self, partition: usize) -> u64 {
        // A row is seldom longer.
        self.of.n_bytes(partition).min((self.n as u64) << 10)
    }
}

/// The same view over the first rows of the first partition of its file, if it is columns of a file and nothing else.
pub fn first_rows(view: &View, n: usize) -> Result<Option<View>> {
    let Some(leaf) = &view.rows.leaf else { return Ok(None) };
    let Source::Scan(scan) = &leaf.source else { return Ok(None) };
    let first = Leaf {
        name: leaf.name.clone(),
        token: Tokenizer::new("first").token(leaf.token).number(n as u64).finish(),
        schema: leaf.schema.clone(),
        n_partitions: 1,
        source: Source::Scan(Arc::new(First { of: scan.clone(), n })),
    };
    Ok(Some(view.over(&Rows::of_leaf(first, None, view.rows.counted)?)))
}
