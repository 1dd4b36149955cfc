//! `textwrap`: text broken into lines, and margins.

use std::sync::Arc;

use crate::class::{Module, entries};
use crate::context::Context;
use crate::error::Result;
use crate::operators;
use crate::value::Value;
use crate::{Args, bail, builtins};

/// The module `textwrap`.
pub fn module() -> Arc<Module> {
    Module::new("textwrap", "Text broken into lines, and margins.", || entries(builtins()))
}

builtins! {
    /// Takes away the margin that all lines have in common.
    ///
    /// ```rdk
    /// from textwrap import dedent
    /// dedent("  a\n    b\n  c")
    /// #> 'a\n  b\nc'
    /// ```
    fn dedent(
        /// The text.
        text: Arc<str>,
    ) -> String { dedent(&text) }

    /// Puts something before each line.
    ///
    /// ```rdk
    /// from textwrap import indent
    /// indent("a\n\nb\n", "> ")
    /// #> '> a\n\n> b\n'
    /// ```
    fn indent[context](
        /// The text.
        text: Arc<str>,
        /// What to put before each line.
        prefix: Arc<str>,
        /// Called with a line: is it to get the prefix? Those that are not blank if not given.
        predicate: Option<Value>,
    ) -> Result<String> { indent(context, &text, &prefix, predicate.as_ref()) }

    /// A paragraph as a list of lines that are not too wide.
    ///
    /// ```rdk
    /// from textwrap import wrap
    /// wrap("the quick brown fox", width=10)
    /// #> ['the quick', 'brown fox']
    /// ```
    fn wrap(
        /// The text; its own line ends count as spaces.
        text: Arc<str>,
        /// How many characters fit on a line.
        width: i64 = 70,
        /// What stands before the first line.
        initial_indent: Arc<str> = "",
        /// What stands before the others.
        subsequent_indent: Arc<str> = "",
        /// Whether a word that is too long is cut.
        break_long_words: bool = true,
        /// Whether words are broken after their hyphens.
        break_on_hyphens: bool = true,
    ) -> Result<Vec<String>> {
        let layout = Layout { width, first: &initial_indent, others: &subsequent_indent, cut: break_long_words, hyphens: break_on_hyphens };
        layout.wrap(&text)
    }

    /// A paragraph with line ends where a line would be too wide.
    ///
    /// ```rdk
    /// from textwrap import fill
    /// print(fill("the quick brown fox", width=10))
    /// #> the quick
    /// #> brown fox
    /// ```
    fn fill(
        /// The text; its own line ends count as spaces.
        text: Arc<str>,
        /// How many characters fit on a line.
        width: i64 = 70,
        /// What stands before the first line.
        initial_indent: Arc<str> = "",
        /// What stands before the others.
        subsequent_indent: Arc<str> = "",
        /// Whether a word that is too long is cut.
        break_long_words: bool = true,
        /// Whether words are broken after their hyphens.
        break_on_hyphens: bool = true,
    ) -> Result<String> {
        let layout = Layout { width, first: &initial_indent, others: &subsequent_indent, cut: break_long_words, hyphens: break_on_hyphens };
        Ok(layout.wrap(&text)?.join("\n"))
    }

    /// A text cut at a word, so that it fits.
    ///
    /// ```rdk
    /// from textwrap import shorten
    /// shorten("the quick  brown fox", width=16)
    /// #> 'the quick [...]'
    /// ```
    fn shorten(
        /// The text; runs of spaces become one.
        text: Arc<str>,
        /// How many characters it may have.
        width: usize,
        /// What stands for the rest.
        placeholder: Arc<str> = " [...]",
    ) -> Result<String> { shorten(&text, width, &placeholder) }
}

/// The text without the margin that all its lines have in common.
pub fn dedent(text: &str) -> String {
    let blank = |line: &str| line.chars().all(|c| matches!(c, ' ' | '\t' | '\r'));
    let mut margin: Option<&str> = None;
    for line in text.split('\n').filter(|line| !blank(line)) {
        let own = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        margin = Some(match margin {
            None => own,
            Some(margin) => {
                let common = margin.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count();
                &margin[..common]
            }
        });
    }
    let margin = margin.unwrap_or("").len();
    let lines = text.split('\n').map(|line| if blank(line) { "" } else { &line[margin..] });
    lines.collect::<Vec<_>>().join("\n")
}

fn indent(context: &Context, text: &str, prefix: &str, predicate: Option<&Value>) -> Result<String> {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let wanted = match predicate {
            Some(predicate) => operators::truth(context, &context.call(predicate, Args::one(Value::str(line)))?)?,
            None => !line.trim().is_empty(),
        };
        if wanted {
            out.push_str(prefix);
        }
        out.push_str(line);
    }
    Ok(out)
}

fn shorten(text: &str, width: usize, placeholder: &str) -> Result<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let whole = words.join(" ");
    let length = |text: &str| text.chars().count();
    if length(&whole) <= width {
        return Ok(whole);
    }
    if length(placeholder.trim_start()) > width {
        bail!("placeholder too large for max width");
    }
    let mut out = String::new();
    for word in words {
        let longer = if out.is_empty() { word.to_string() } else { format!("{out} {word}") };
        if length(&longer) + length(placeholder) > width {
            break;
        }
        out = longer;
    }
    Ok(if out.is_empty() { placeholder.trim_start().to_string() } else { out + placeholder })
}

/// How a paragraph is broken into lines.
struct Layout<'a> {
    width: i64,
    first: &'a str,
    others: &'a str,
    cut: bool,
    hyphens: bool,
}

impl Layout<'_> {
    fn wrap(&self, text: &str) -> Result<Vec<String>> {
        if self.width <= 0 {
            bail!("invalid width {} (must be > 0)", self.width);
        }
        let width = self.width as usize;
        let mut pieces = self.pieces(text);
        pieces.reverse();
        let mut lines: Vec<String> = Vec::new();
        while !pieces.is_empty() {
            let indent = if lines.is_empty() { self.first } else { self.others };
            let room = width.saturating_sub(indent.chars().count());
            // A line does not begin with spaces, unless it is the first.
            if !lines.is_empty() && pieces.last().is_some_and(|piece| piece.trim().is_empty()) {
                pieces.pop();
            }
            let mut line: Vec<String> = Vec::new();
            let mut length = 0;
            while let Some(piece) = pieces.last() {
                let n = piece.chars().count();
                if length + n > room {
                    break;
                }
                length += n;
                line.extend(pieces.pop());
            }
            if let Some(piece) = pieces.last().filter(|piece| piece.chars().count() > room) {
                let left = room.saturating_sub(length).max(usize::from(line.is_empty()));
                if self.cut && (left > 0 && room > length || line.is_empty()) {
                    let at = piece.char_indices().nth(left).map_or(piece.len(), |(at, _)| at);
                    let (head, tail) = (piece[..at].to_string(), piece[at..].to_string());
                    pieces.pop();
                    if !tail.is_empty() {
                        pieces.push(tail);
                    }
                    line.push(head);
                } else if line.is_empty() {
                    line.extend(pieces.pop());
                }
            }
            if line.last().is_some_and(|piece| piece.trim().is_empty()) {
                line.pop();
            }
            if !line.is_empty() {
                lines.push(format!("{indent}{}", line.concat()));
            }
        }
        Ok(lines)
    }

    /// Words, parts of words that end with a hyphen, and the spaces between them.
    fn pieces(&self, text: &str) -> Vec<String> {
        let mut pieces: Vec<String> = Vec::new();
        let mut word = String::new();
        let mut spaces = String::new();
        let text: Vec<char> = text.replace('\t', "        ").chars().collect();
        for (at, &c) in text.iter().enumerate() {
            if c.is_ascii_whitespace() {
                if !word.is_empty() {
                    pieces.push(std::mem::take(&mut word));
                }
                spaces.push(' ');
                continue;
            }
            if !spaces.is_empty() {
                pieces.push(std::mem::take(&mut spaces));
            }
            word.push(c);
            let letters_before = word.chars().rev().skip(1).take(2).filter(|c| c.is_alphabetic()).count() == 2;
            let letter_after = text.get(at + 1).is_some_and(|c| c.is_alphabetic());
            if self.hyphens && c == '-' && letters_before && letter_after {
                pieces.push(std::mem::take(&mut word));
            }
        }
        pieces.extend([word, spaces].into_iter().filter(|piece| !piece.is_empty()));
        pieces
    }
}
