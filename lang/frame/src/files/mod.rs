//! Files as leaves of plans: the tasks that need their rows read them.

mod csv;
mod parquet;

pub use csv::CsvScan;
pub use parquet::{ParquetPiece, ParquetScan, footer, index_names, written};
