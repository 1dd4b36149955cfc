//! `x[…]` and `x[…] = …` of lazy arrays, and what is indexed otherwise: `x.blocks[…]`, `x.vindex[…]`.

pub mod assign;
pub mod blocks;
pub mod items;
pub mod parse;

pub use parse::true_positions;
