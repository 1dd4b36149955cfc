//! How deeply a text may nest.
//!
//! A tree is walked by recursion everywhere, so its depth is bounded here, before it exists, from the tokens alone. The
//! bound is generous: it may count a level too many, never one too few.

use crate::SyntaxError;
use crate::clean::Clean;
use crate::error::{Result, SyntaxKind};
use crate::scan::{Kind, Problem, Scan, Token, is_keyword};

/// Brackets within brackets, as in Python.
const MAX_BRACKETS: usize = 200;
/// Blocks within blocks, as in Python.
const MAX_BLOCKS: usize = 100;
/// Signs, `not`, `lambda`, `**` and `if … else` within each other.
const MAX_PREFIXES: usize = 500;
/// Links of a chain such as `a + b + c` or `x.y.z`.
const MAX_CHAIN: usize = 20_000;

/// Longer texts with unmatched quotes or brackets are not given to the parser at all.
const MAX_BROKEN: usize = 64 * 1024;

/// How much stack the parser may need for a text, in bytes; or an error where it nests too deeply.
pub(crate) fn check(scan: &Scan, clean: &Clean) -> Result<usize> {
    let mut counter = Counter { levels: vec![Level::default()], prefixes: 0, chain: 0, words: 0, most: 0 };
    let mut indents: Vec<u32> = vec![0];
    let mut before: Option<&Token> = None;
    let mut line_start = true;
    for token in &scan.tokens {
        if matches!(token.kind, Kind::Comment | Kind::Blank | Kind::FormatText) {
            continue;
        }
        if line_start && token.kind != Kind::Newline {
            check_indent(scan, clean, token, &mut indents)?;
        }
        line_start = token.kind == Kind::Newline;
        if let Some(what) = counter.token(scan, token, before) {
            let span = clean.span(token.start, token.end);
            return Err(SyntaxError::new(what, span).hint("give the inner parts names of their own"));
        }
        before = Some(token);
    }
    if scan.broken {
        // The parser will answer with an error, but on its way there it may see other tokens than we did.
        if scan.text.len() > MAX_BROKEN {
            return Err(broken(scan, clean));
        }
        counter.most = counter.most.max(scan.text.len());
    }
    Ok(256 * 1024 + counter.most * 1024)
}

fn broken(scan: &Scan, clean: &Clean) -> SyntaxError {
    let (message, start, end) = match scan.problem {
        Some(Problem::Unmatched { close }) => ("a bracket closes nothing", close, close + 1),
        Some(Problem::Mismatch { close, .. }) => ("a bracket does not close the one that is open", close, close + 1),
        Some(Problem::Unterminated { start, end, .. }) => ("unterminated string", start, end),
        None => ("unterminated string", 0, 0),
    };
    SyntaxError::new(message, clean.span(start, end))
}

fn check_indent(scan: &Scan, clean: &Clean, token: &Token, indents: &mut Vec<u32>) -> Result<()> {
    let before = &scan.text[..token.start as usize];
    let width = (before.len() - before.trim_end_matches([' ', '\t']).len()) as u32;
    while indents.last().is_some_and(|&last| last > width) {
        indents.pop();
    }
    if indents.last().is_none_or(|&last| last < width) {
        indents.push(width);
    }
    if indents.len() > MAX_BLOCKS {
        let message = format!("too many blocks within blocks; rdk allows {MAX_BLOCKS}");
        return Err(SyntaxError::new(message, clean.span(token.start, token.end)).of(SyntaxKind::Indentation));
    }
    Ok(())
}

#[derive(Default)]
struct Level {
    prefixes: usize,
    chain: usize,
    /// `lambda`s whose `:` is still to come: a `,` is among their parameters.
    lambdas: usize,
}

struct Counter {
    levels: Vec<Level>,
    /// Sums over the levels.
    prefixes: usize,
    chain: usize,
    /// Words such as `if` and `for` on one line: it takes a mistake to nest them there, but a text may have a thousand.
    words: usize,
    most: usize,
}

impl Counter {
    /// Counts a token; answers what is too much.
    fn token(&mut self, scan: &Scan, token: &Token, before: Option<&Token>) -> Option<String> {
        let text = scan.slice(token);
        let operand = before.is_some_and(|before| is_operand(scan, before));
        match token.kind {
            Kind::Open => {
                if operand {
                    self.link();
                }
                self.levels.push(Level::default());
            }
            Kind::Close => {
                if self.levels.len() > 1
                    && let Some(level) = self.levels.pop()
                {
                    self.prefixes -= level.prefixes;
                    self.chain -= level.chain;
                }
            }
            Kind::Newline => {
                self.reset();
                self.words = 0;
            }
            Kind::Word => self.word(text, operand, before.map_or("", |before| scan.slice(before))),
            Kind::Operator => match text {
                "," => {
                    if self.level().lambdas == 0 {
                        self.reset();
                    }
                }
                ";" => self.reset(),
                ":" => {
                    let level = self.level();
                    level.lambdas = level.lambdas.saturating_sub(1);
                }
                "." => self.link(),
                "**" | ":=" => self.prefix(),
                _ if !operand => self.prefix(),
                _ => self.link(),
            },
            Kind::Unknown => self.prefix(),
            Kind::Number
            | Kind::String
            | Kind::FormatStart
            | Kind::FormatText
            | Kind::FormatEnd
            | Kind::Comment
            | Kind::Blank
            | Kind::Escape => {}
        }
        self.most = self.most.max(self.levels.len() + self.prefixes + self.chain + self.words);
        if self.levels.len() > MAX_BRACKETS {
            Some(format!("too many brackets within brackets; rdk allows {MAX_BRACKETS}"))
        } else if self.prefixes > MAX_PREFIXES || self.words > MAX_PREFIXES {
            Some(format!("too many expressions within each other; rdk allows {MAX_PREFIXES}"))
        } else if self.chain > MAX_CHAIN {
            Some(format!("too many operators in one expression; rdk allows {MAX_CHAIN}"))
        } else {
            None
        }
    }

    fn word(&mut self, text: &str, operand: bool, before: &str) {
        match text {
            "lambda" => {
                self.level().lambdas += 1;
                self.prefix();
            }
            "not" if operand || before == "is" => {}
            "not" | "else" | "await" | "yield" | "from" => self.prefix(),
            "if" | "elif" | "for" | "while" | "with" | "try" | "def" | "class" | "async" | "match" | "case"
            | "except" | "finally"
                if self.levels.len() == 1 && before == ":" =>
            {
                self.words += 1;
            }
            "if" => self.prefix(),
            _ => {}
        }
    }

    fn level(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn prefix(&mut self) {
        self.level().prefixes += 1;
        self.prefixes += 1;
    }

    fn link(&mut self) {
        self.level().chain += 1;
        self.chain += 1;
    }

    fn reset(&mut self) {
        let level = std::mem::take(self.level());
        self.prefixes -= level.prefixes;
        self.chain -= level.chain;
    }
}

/// Whether an operator behind this token has a left side.
fn is_operand(scan: &Scan, token: &Token) -> bool {
    match token.kind {
        Kind::Number | Kind::String | Kind::FormatEnd | Kind::Close => true,
        Kind::Word => {
            let word = scan.slice(token);
            !is_keyword(word) || matches!(word, "None" | "True" | "False")
        }
        Kind::Operator => scan.slice(token) == "...",
        Kind::FormatStart
        | Kind::FormatText
        | Kind::Comment
        | Kind::Newline
        | Kind::Blank
        | Kind::Open
        | Kind::Escape
        | Kind::Unknown => false,
    }
}
