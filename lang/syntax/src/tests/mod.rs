//! Texts and the trees that they give, one line a case.

mod completeness;
mod pasted;
mod print;
mod prompt;
mod robust;
mod trees;
mod wrong;

use crate::{Source, SyntaxError};

/// The tree of a text on one line.
fn tree(text: &str) -> Result<String, SyntaxError> {
    crate::parse(Source::new("test", text)).map(|cell| print::cell(&cell))
}

#[track_caller]
fn check(text: &str, expected: &str) {
    match tree(text) {
        Ok(printed) => assert_eq!(printed, expected, "tree of {text:?}"),
        Err(error) => panic!("{text:?}: {error} at {:?}", error.span),
    }
}
