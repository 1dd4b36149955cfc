//! Cases in the language's own notation, and how they are run.
