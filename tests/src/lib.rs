//! Cases in the language's own notation, and how they are run.

pub mod case;
pub mod markdown;
pub mod run;
pub mod terminal;
