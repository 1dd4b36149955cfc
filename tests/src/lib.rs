//! Cases in the language's own notation, and how they are run.

pub mod case;
pub mod jupyter;
pub mod markdown;
pub mod run;
pub mod terminal;
