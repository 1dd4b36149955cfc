//! Files as leaves of plans: the tasks that need their rows read them.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use rdk_runtime::{Result, bail};

use crate::lower::{Scan, read};

mod categories;
mod csv;
mod first;
mod parquet;

pub use categories::of_files as categories_of_files;
pub use csv::CsvScan;
pub use first::{First, first_rows};
pub use parquet::{ParquetPiece, ParquetScan, Place, footer, index_names, written};

/// The way to read files that was written as these bytes, for a leaf of these columns.
pub fn decode(kind: &str, bytes: &[u8], schema: &SchemaRef) -> Result<Arc<dyn Scan>> {
    Ok(match kind {
        "frame.csv" => {
            let (layout, blocks) = read(bytes)?;
            Arc::new(CsvScan { layout, blocks, schema: schema.clone() })
        }
        "frame.parquet" => {
            let (pieces, places) = read(bytes)?;
            Arc::new(ParquetScan { pieces, places, schema: schema.clone() })
        }
        "frame.first" => {
            let (kind, bytes, n): (String, Vec<u8>, usize) = read(bytes)?;
            Arc::new(First { of: decode(&kind, &bytes, schema)?, n })
        }
        other => bail!("files of kind `{other}` are not known here"),
    })
}
