//! The functions that are there without an import.

pub mod construct;
