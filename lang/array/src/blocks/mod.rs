//! Functions of the user's called with whole chunks, and chunks that overlap their neighbours.

mod call;
mod signature;
mod windows;

pub use call::{Along, Block, Callee, Calling, Given, Info, Loops};
pub use signature::Signature;
pub use windows::Edge;
