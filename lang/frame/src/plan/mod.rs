//! What a frame is before it is computed: rows, and expressions over them.
//!
//! - [`Rows`] are a set of rows in order, in partitions: a logical plan of DataFusion's whose leaves are [`Leaf`]s of ours.
//! - A [`View`] of rows is what a user holds: labelled expressions over the columns of the rows, and those of its index.
//!
//! Steps that keep the rows as they are (`df.x + df.y`, `df[["x"]]`, `df.assign(…)`) only make other expressions, so two
//! series of the same rows fit together without any alignment. A filter makes new rows that know which they come from:
//! what was said over the old ones holds for the new ones too.

mod leaf;
mod rows;
mod view;

pub use leaf::{Leaf, Source, Step, Wiring, table_leaf};
pub use rows::{COUNTED, Rows, hidden_name};
pub use view::{Named, Shape, View};
