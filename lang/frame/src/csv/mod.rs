//! CSV files: found, cut into blocks, read and written.
//!
//! ```text
//! paths ── discover ──► Source { layout, blocks } ── read_block, one task each ──► record batches
//! ```
//!
//! Plain functions on plain data. Idle workers help with a block that is large, each with a part of its lines. A block is read in pieces that fit into the cache:
//!
//! ```text
//! bytes ─ scan ─► ends of fields ─ arrange ─► lines of n fields ─ Builder, a column at a time ─► arrow
//! ```
//!
//! Only fields of columns that are wanted are ever looked at. What a field means is as in pandas, and so are the types; they are inferred
//! from the head of every block, so a misfit later is rare, and an error that says where.

mod build;
mod column;
mod cut;
mod date;
mod discover;
mod head;
mod infer;
mod input;
mod lines;
mod missing;
mod number;
mod options;
mod read;
mod scan;
#[cfg(test)]
mod tests;
mod tokens;
mod write;

pub use column::{Column, Content, schema};
pub use cut::automatic_blocksize;
pub use discover::{Layout, Source, discover, paths};
pub use input::Block;
pub use options::{BadLines, Compression, Dtypes, Encoding, Header, NaValues, Options, Pick, Separator, SkipRows};
pub use read::{Table, read_block, read_parts};
pub use write::{Quoting, WriteOptions, write_csv};
