//! `re`: regular expressions.
//!
//! The work is done by a crate that never goes back in the text, so no pattern takes long; `translate` puts Python's
//! patterns into its words.

mod face;
mod matched;
mod pattern;
mod substitute;
mod translate;

use std::sync::Arc;

pub use pattern::{Anchor, Matches, Pattern, Spans, compiled};
pub use substitute::Template;

use crate::class::{Module, entries};
use crate::error::Kind;
use crate::types::exception;
use crate::value::Value;

/// Letters of either case match.
pub const IGNORECASE: i64 = 2;
/// `^` and `$` match at every line.
pub const MULTILINE: i64 = 8;
/// `.` matches line ends too.
pub const DOTALL: i64 = 16;
/// Spaces and comments in the pattern do not count.
pub const VERBOSE: i64 = 64;
/// `\w`, `\d`, `\s` are those of ASCII.
pub const ASCII: i64 = 256;

/// The module `re`.
pub fn module() -> Arc<Module> {
    Module::new("re", "Regular expressions.", || {
        let mut names = entries(face::builtins());
        let flags = [
            ("IGNORECASE", "I", IGNORECASE),
            ("MULTILINE", "M", MULTILINE),
            ("DOTALL", "S", DOTALL),
            ("VERBOSE", "X", VERBOSE),
            ("ASCII", "A", ASCII),
            ("UNICODE", "U", 32),
            ("NOFLAG", "NOFLAG", 0),
        ];
        for (long, short, flag) in flags {
            names.push((long, Value::Int(flag)));
            names.push((short, Value::Int(flag)));
        }
        let error = exception(Kind::PatternError);
        names.push(("error", Value::Class(error.clone())));
        names.push(("PatternError", Value::Class(error.clone())));
        names.push(("Pattern", Value::Class(face::PATTERN.clone())));
        names.push(("Match", Value::Class(matched::CLASS.clone())));
        names
    })
}
