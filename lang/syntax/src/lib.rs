//! Text to tree: Python's grammar with IPython's magics, lowered to a small tree of our own.
//!
//! The foreign parser is named in `parse.rs` and `lower` only. Everything after this room sees [`tree`], in which names are
//! resolved to slots and every node knows where it stands in its [`Source`].

mod cells;
mod clause;
mod clean;
mod complete;
pub mod cursor;
mod error;
mod highlight;
mod limits;
mod lower;
mod magic;
mod parse;
mod scan;
pub mod source;
pub mod tree;

pub use cells::{ScriptCell, cells};
pub use clause::clause_indent;
pub use complete::{Completeness, indent_after, is_complete};
pub use cursor::{Call, Completing, ObjectAt, call_at, complete_at, object_at};
pub use error::{SyntaxError, SyntaxKind};
pub use highlight::{Class, Highlight, highlight};
pub use magic::automagic;
pub use parse::{parse, parse_expression, parse_part};
pub use source::{Place, Source, Span};

#[cfg(test)]
mod tests;
