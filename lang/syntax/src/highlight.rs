//! Colours for a text as it is typed: ranges and classes; whoever draws chooses the colours.
//!
//! Works on broken text. What it costs is one scan, a microsecond for a line.

use crate::Span;
use crate::scan::{Kind, Problem, Scan, Token, is_keyword, scan, scan_expression};

/// What a range of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `for`, `None`
    Keyword,
    /// `1.5`
    Number,
    /// `"text"`, and the text of an f-string outside of its fields
    String,
    /// `# text`
    Comment,
    /// `+`, brackets and commas
    Operator,
    /// A variable, attribute or keyword argument
    Name,
    /// A name that the caller knows as built in
    Builtin,
    /// `%time`, `!`, and the `?` of a question
    Magic,
    /// The name in a `def`
    Function,
    /// `@delayed`
    Decorator,
    /// A bracket that closes nothing, or a character that nothing begins with
    Error,
}

/// A range and its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// Where.
    pub span: Span,
    /// What.
    pub class: Class,
}

/// Cell magics whose body is no program of ours.
const FOREIGN: [&str; 12] =
    ["bash", "sh", "script", "system", "writefile", "file", "html", "markdown", "latex", "svg", "javascript", "js"];

/// The classes of a text in order; blanks are in none.
pub fn highlight(text: &str, is_builtin: &dyn Fn(&str) -> bool) -> Vec<Highlight> {
    let scan = scan(text);
    let mut out = Vec::with_capacity(scan.tokens.len());
    paint(&scan, 0, is_builtin, &mut out);
    out
}

/// Adds the classes of a text that begins at `offset`.
fn paint(scan: &Scan, offset: u32, is_builtin: &dyn Fn(&str) -> bool, out: &mut Vec<Highlight>) {
    let wrong = match scan.problem {
        Some(Problem::Unmatched { close } | Problem::Mismatch { close, .. }) => Some(close),
        Some(Problem::Unterminated { .. }) | None => None,
    };
    let mut before: Option<Token> = None;
    let mut decorator = false;
    for (index, &token) in scan.tokens.iter().enumerate() {
        let slice = scan.slice(&token);
        let previous = before.map_or("", |token| scan.slice(&token));
        let line_start = before.is_none_or(|token| token.kind == Kind::Newline);
        if token.kind == Kind::Escape {
            escape(&token, slice, is_builtin, out);
            let name = slice.trim_start_matches('%').split(char::is_whitespace).next().unwrap_or("");
            if slice.starts_with("%%") && FOREIGN.contains(&name) {
                // The rest of the cell is another language.
                return;
            }
        } else {
            let class = match token.kind {
                Kind::Word if decorator => Class::Decorator,
                Kind::Word if previous == "def" => Class::Function,
                Kind::Word if previous == "." => Class::Name,
                Kind::Word if is_keyword(slice) => Class::Keyword,
                Kind::Word if is_builtin(slice) && !is_keyword_argument(scan, index) => Class::Builtin,
                Kind::Word => Class::Name,
                Kind::Number => Class::Number,
                Kind::String | Kind::FormatStart | Kind::FormatText | Kind::FormatEnd => Class::String,
                Kind::Comment => Class::Comment,
                Kind::Close if wrong == Some(token.start) => Class::Error,
                Kind::Operator if slice == "@" && line_start => Class::Decorator,
                Kind::Operator if slice == "?" => Class::Magic,
                Kind::Operator | Kind::Open | Kind::Close => Class::Operator,
                Kind::Unknown => Class::Error,
                Kind::Newline | Kind::Blank | Kind::Escape => {
                    decorator = false;
                    if token.kind == Kind::Newline {
                        before = Some(token);
                    }
                    continue;
                }
            };
            decorator = match slice {
                "@" => line_start,
                "." => decorator,
                _ => {
                    decorator
                        && token.kind == Kind::Word
                        && scan.tokens.get(index + 1).is_some_and(|t| scan.slice(t) == ".")
                }
            };
            out.push(Highlight { span: Span::new(token.start + offset, token.end + offset), class });
        }
        if token.kind != Kind::Comment {
            before = Some(token);
        }
    }
}

/// `name=` inside brackets names a parameter, whatever else goes by that name.
fn is_keyword_argument(scan: &Scan, index: usize) -> bool {
    scan.tokens.get(index + 1).is_some_and(|next| scan.slice(next) == "=")
}

/// The mark and name of a magic, and its argument.
fn escape(token: &Token, slice: &str, is_builtin: &dyn Fn(&str) -> bool, out: &mut Vec<Highlight>) {
    let marks = slice.len() - slice.trim_start_matches(['%', '!', '?']).len();
    let named = slice.starts_with('%');
    let is_end = |c: char| !(c.is_alphanumeric() || c == '_');
    let head = if named { slice[marks..].find(is_end).map_or(slice.len(), |at| marks + at) } else { marks };
    out.push(Highlight { span: Span::new(token.start, token.start + head as u32), class: Class::Magic });
    let rest = &slice[head..];
    let start = token.start + head as u32;
    if named && rest.starts_with(char::is_whitespace) {
        paint(&scan_expression(rest), start, is_builtin, out);
    } else if !rest.trim().is_empty() {
        let blanks = (rest.len() - rest.trim_start().len()) as u32;
        let class = if slice.starts_with('?') { Class::Name } else { Class::String };
        out.push(Highlight { span: Span::new(start + blanks, token.end), class });
    }
}
