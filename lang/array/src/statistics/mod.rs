//! Statistics that are neither plain reductions nor a matter of order: running sums, and how many elements lie in which bin.

mod bins;
mod count;
mod histogram;
mod scan;
mod tails;

pub use bins::{Bins, Rule, ends, spaced};
pub use count::{counted_lazily, counted_to};
pub use histogram::Binned;
pub(crate) use scan::identity;
pub use tails::Tail;
