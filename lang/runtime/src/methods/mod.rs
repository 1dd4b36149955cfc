//! Methods and attributes of plain values, a file a type.

pub mod any;
pub mod bytes;
pub mod class;
pub mod codec;
pub mod complex;
pub mod dict;
pub mod exception;
pub mod float;
pub mod function;
pub mod int;
pub mod letters;
pub mod list;
pub mod module;
pub mod range;
pub mod set;
pub mod slice;
pub mod text;
pub mod tuple;
pub mod view;
pub mod words;
