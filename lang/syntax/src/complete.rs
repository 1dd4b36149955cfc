//! Whether Enter runs what was typed or asks for another line, and how far the next line is indented.
//!
//! As at IPython's prompt: one line that is a statement runs at once; a block runs after an empty line; an open bracket, a
//! triple-quoted string, a decorator and a `%%magic` go on.

use crate::scan::{Kind, Scan, Token, scan};
use crate::{Source, SyntaxError, parse};

/// What Enter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Runs it.
    Complete,
    /// Opens another line, indented by so many blanks.
    Incomplete {
        /// Columns.
        indent: usize,
    },
    /// Runs it too, which shows what is wrong: more lines cannot mend it.
    Invalid,
}

/// How much a block is indented.
const STEP: usize = 4;

/// Decides about a text as it stands, without the line end that Enter would add.
pub fn is_complete(text: &str) -> Completeness {
    let scan = scan(text);
    let more = Completeness::Incomplete { indent: indent_after(text) };
    if text.trim().is_empty() {
        return Completeness::Complete;
    }
    let last_line = text.rsplit('\n').next().unwrap_or("");
    let last_is_empty = text.contains('\n') && last_line.trim().is_empty();
    if text.trim_start().starts_with("%%") {
        // The body may be anything, also empty lines of a file; the end is an empty line.
        let asks = text.trim_end().ends_with('?') && !text.trim_end().contains('\n');
        return if last_is_empty || asks { Completeness::Complete } else { Completeness::Incomplete { indent: 0 } };
    }
    if scan.problem.is_some_and(|problem| !problem.may_go_on(text.len())) {
        return Completeness::Invalid;
    }
    if scan.problem.is_some() || scan.continued {
        return more;
    }
    if !scan.open.is_empty() {
        // What cannot be right, `f(1 2`, is told now, not when the bracket is closed; but only the parser knows.
        return more;
    }
    let lines = logical_lines(&scan);
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Completeness::Complete };
    if opens_block(&scan, last) && ends_in_colon(&scan, last) {
        let body = format!("{text}\n{}pass", " ".repeat(last.indent + STEP));
        return if is_wrong(&body) { Completeness::Invalid } else { more };
    }
    if scan.slice(&last.first) == "@" {
        return if is_wrong(&format!("{text}\ndef f(): pass")) { Completeness::Invalid } else { more };
    }
    // A block is over after an empty line. One on a single line too: an `else` may follow.
    let in_block = last.indent > first.indent || opens_block(&scan, last);
    match parse(Source::new("prompt", text)) {
        Ok(_) if in_block && !last_is_empty => more,
        Ok(_) => Completeness::Complete,
        Err(error) if needs_clause(&error) && !last_is_empty => more,
        Err(_) => Completeness::Invalid,
    }
}

/// A `try` that its `except` has still to follow.
fn needs_clause(error: &SyntaxError) -> bool {
    error.message.starts_with("expected `except` or `finally`")
}

fn is_wrong(text: &str) -> bool {
    parse(Source::new("prompt", text)).is_err_and(|error| !needs_clause(&error))
}

/// How far a line behind this text is indented: one step more behind `:`, one step less behind `return` and the like, else
/// like the line above; inside brackets one step more than the line that opened them.
pub fn indent_after(text: &str) -> usize {
    let scan = scan(text);
    let lines = logical_lines(&scan);
    let Some(last) = lines.last() else { return 0 };
    let in_string = scan.problem.is_some();
    if in_string {
        return 0;
    }
    let indent = last.indent;
    if let Some(&(open, _)) = scan.open.last() {
        let line_start = text[..open as usize].rfind('\n').map_or(0, |at| at + 1);
        let line = &text[line_start..];
        return width(&line[..line.len() - line.trim_start_matches([' ', '\t']).len()]) + STEP;
    }
    if scan.continued {
        return indent + STEP;
    }
    // An empty line inside a block: the cursor stays where it is.
    if ends_in_colon(&scan, last) {
        return indent + STEP;
    }
    match scan.slice(&last.first) {
        "return" | "pass" | "break" | "continue" | "raise" => indent.saturating_sub(STEP),
        _ => indent,
    }
}

impl crate::scan::Problem {
    /// A string in three quotes may end on a later line; all else is wrong for good.
    fn may_go_on(self, length: usize) -> bool {
        match self {
            crate::scan::Problem::Unterminated { triple, end, .. } => triple && end as usize == length,
            crate::scan::Problem::Unmatched { .. } | crate::scan::Problem::Mismatch { .. } => false,
        }
    }
}

/// A logical line: its first and last token, and its indentation.
pub(crate) struct Line {
    pub first: Token,
    pub last: Token,
    pub indent: usize,
}

pub(crate) fn logical_lines(scan: &Scan) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut current: Option<(Token, Token)> = None;
    let line = |(first, last): (Token, Token)| {
        let before = &scan.text[..first.start as usize];
        let blanks = &before[before.trim_end_matches([' ', '\t']).len()..];
        Line { first, last, indent: width(blanks) }
    };
    for token in &scan.tokens {
        match token.kind {
            Kind::Comment | Kind::Blank => {}
            Kind::Newline => lines.extend(current.take().map(line)),
            _ => current = Some((current.map_or(*token, |(first, _)| first), *token)),
        }
    }
    lines.extend(current.take().map(line));
    lines
}

fn width(blanks: &str) -> usize {
    blanks.chars().map(|c| if c == '\t' { STEP } else { 1 }).sum()
}

/// The line begins with a word that a block belongs to.
fn opens_block(scan: &Scan, line: &Line) -> bool {
    matches!(
        scan.slice(&line.first),
        "if" | "elif"
            | "else"
            | "for"
            | "while"
            | "with"
            | "try"
            | "except"
            | "finally"
            | "def"
            | "class"
            | "async"
            | "@"
    )
}

fn ends_in_colon(scan: &Scan, line: &Line) -> bool {
    scan.slice(&line.last) == ":" && line.first.kind != Kind::Escape
}
