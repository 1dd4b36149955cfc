//! Text to tree: Python's grammar with IPython's magics, lowered to a small tree of our own.
//!
//! The foreign parser is named in `parse.rs` only. Everything after this room sees [`tree`], in which names are resolved
//! to slots and every node knows where it stands in its [`Source`].

pub mod source;
pub mod tree;

pub use source::{Place, Source, Span};
