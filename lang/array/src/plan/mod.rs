//! What can be asked of an array, one file for each family of operations. Each checks its arguments, works out type and grid of
//! the result, and makes a node.

mod contract;
mod diagonal;
mod elementwise;
pub(crate) mod exchange;
pub mod fourier;
mod join;
mod layout;
pub mod linear;
mod points;
mod put;
pub mod random;
mod reduce;
mod repeat;
mod reshape;
mod sliding;
mod source;
mod step;
mod take;
pub mod tally;

pub use contract::Operands;
pub use reduce::SplitEvery;
pub use step::{Step, StepCall};
pub use take::in_range;
pub use tally::{Tallies, Tally};
