//! From arrays to tasks.
//!
//! Everything that one `compute` asks for is looked at together. Operations that work element by element, and all that only moves
//! elements about, are not tasks of their own: they are fused into the loop of whoever needs them stored or reduced
//! ([`fusion::Fusion`] decides who that is). Each such loop is one [`fused::Fused`] operation, shared by the tasks of all its chunks; a task is
//! an index and the ids of its inputs.

mod advice;
pub mod build;
mod contract;
mod direct;
pub mod explain;
mod folded;
pub mod fused;
mod fusion;
mod gather;
mod joined;
mod large;
mod lazy;
mod loops;
mod natural;
mod now;
mod parts;
mod product;
mod program;
mod recipe;
mod reduce;
mod shapes;
mod shelve;
mod step;
mod stretch;
mod tally;
pub mod view;

pub(crate) use direct::InMemory;
pub(crate) use folded::Folded;
pub use fused::encoded;
pub use gather::{Assemble, counted};
pub(crate) use now::{cast, copied, elements, reduced};
