//! What is wrong with a text, as data: whoever shows it draws the source around it.

use std::fmt;

use crate::Span;

/// Python's names for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
}

impl SyntaxKind {
    /// The name of the exception.
    pub fn name(self) -> &'static str {
        match self {
            SyntaxKind::Syntax => "SyntaxError",
            SyntaxKind::Indentation => "IndentationError",
            SyntaxKind::Tab => "TabError",
        }
    }
}

/// A text that is no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Which exception it is in Python.
    pub kind: SyntaxKind,
    /// What is wrong.
    pub message: String,
    /// Where, in the source as it was typed.
    pub span: Span,
    /// What to try.
    pub hints: Vec<String>,
}

impl SyntaxError {
    /// A plain `SyntaxError`.
    pub fn new(message: impl Into<String>, span: Span) -> SyntaxError {
        SyntaxError { kind: SyntaxKind::Syntax, message: message.into(), span, hints: Vec::new() }
    }

    /// The same of another kind.
    pub fn of(self, kind: SyntaxKind) -> SyntaxError {
        SyntaxError { kind, ..self }
    }

    /// The same with something to try.
    pub fn hint(mut self, hint: impl Into<String>) -> SyntaxError {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)
    }
}

impl std::error::Error for SyntaxError {}

/// What this room answers with.
pub type Result<T> = std::result::Result<T, SyntaxError>;
