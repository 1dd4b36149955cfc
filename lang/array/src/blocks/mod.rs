//! Functions of the user's called with whole chunks, and chunks that overlap their neighbours.

mod call;
mod several;
mod signature;
mod windows;

pub use call::{Along, Block, Callee, Calling, Given, Info, Loops, Made};
pub use signature::Signature;
pub use windows::Edge;
