//! How arrays show themselves: NumPy's text for eager ones, a card of facts for lazy ones.
//!
//! Everything here works on numbers and shapes alone, and nothing computes: [`text`] lays words out in brackets, [`words`]
//! makes words of numbers, [`bytes`] and [`card`] tell sizes.

pub mod bytes;
pub mod card;
pub mod options;
pub mod scalar;
pub mod text;
pub mod words;

pub use bytes::format_bytes;
pub use options::{FloatMode, PrintOptions};
pub use text::{repr, str};
pub use words::Number;
