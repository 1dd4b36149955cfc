//! How plain values look: `repr`, `str`, `format`, and the form in which a cell shows its value.
//!
//! All of it is done without a context: showing a value never runs anything of the language. The one exception is
//! `str.format`, whose fields may name attributes and items.

pub mod display;
pub mod format;
pub mod help;
pub mod number;
pub mod numeric;
pub mod percent;
pub mod printer;
pub mod quote;
pub mod repr;
pub mod template;
pub mod unicode;

pub use display::display;
pub use format::format_value;
pub use help::help;
pub use repr::{repr, text};

#[cfg(test)]
mod tests;
