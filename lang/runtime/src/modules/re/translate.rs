//! Python's regular expressions in the words of the crate that runs them.
//!
//! The two agree on nearly everything. What differs is said differently here: `\Z`, `$` before a last line end, brackets
//! inside of brackets, `(?P=name)`… What the crate cannot do at all is refused with its reason: it never goes back, and so
//! takes time in proportion to the text, whatever the pattern.

use std::fmt::Write;

use super::{ASCII, DOTALL, IGNORECASE, MULTILINE, VERBOSE};
use crate::error::Result;
use crate::{Error, bail, error};

/// A pattern in the crate's words.
pub struct Translated {
    /// The words, with the flags in front.
    pub text: String,
    /// All flags, those written in the pattern too.
    pub flags: i64,
}

/// Begins the names of the groups that stand for the line end that `$` may pass over.
pub const LINE_END: &str = "__line_end";

/// Translates a pattern.
pub fn translate(pattern: &str, flags: i64) -> Result<Translated> {
    let (pattern, flags) = leading_flags(pattern, flags)?;
    let mut writer = Writer { chars: pattern.chars().collect(), at: 0, out: String::new(), flags, n_line_ends: 0 };
    while writer.at < writer.chars.len() {
        writer.step()?;
    }
    let mut front = String::new();
    for (flag, letter) in [(IGNORECASE, 'i'), (MULTILINE, 'm'), (DOTALL, 's'), (VERBOSE, 'x')] {
        if flags & flag != 0 {
            front.push(letter);
        }
    }
    let front = if front.is_empty() { front } else { format!("(?{front})") };
    Ok(Translated { text: front + &writer.out, flags })
}

/// `(?im)` at the beginning holds for all of the pattern.
fn leading_flags(pattern: &str, mut flags: i64) -> Result<(&str, i64)> {
    let letters = pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')'));
    let Some((letters, rest)) = letters
        .filter(|(letters, _)| !letters.is_empty() && letters.chars().all(|c| c.is_ascii_lowercase() || c == 'L'))
    else {
        return Ok((pattern, flags));
    };
    for letter in letters.chars() {
        flags |= match letter {
            'i' => IGNORECASE,
            'm' => MULTILINE,
            's' => DOTALL,
            'x' => VERBOSE,
            'a' => ASCII,
            'u' => 0,
            other => bail!(PatternError: "unknown extension ?{other}"),
        };
    }
    Ok((rest, flags))
}

struct Writer {
    chars: Vec<char>,
    at: usize,
    out: String,
    flags: i64,
    n_line_ends: usize,
}

impl Writer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn rest_starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    /// Takes the next character, or the few that belong together.
    fn step(&mut self) -> Result<()> {
        let c = self.chars[self.at];
        match c {
            '\\' => self.escape(false),
            '[' => self.class(),
            '(' => self.open(),
            '#' if self.flags & VERBOSE != 0 => {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
                Ok(())
            }
            '$' if self.flags & MULTILINE == 0 => {
                self.at += 1;
                let _ = write!(self.out, "(?:(?P<{LINE_END}{}>\\n)??\\z)", self.n_line_ends);
                self.n_line_ends += 1;
                Ok(())
            }
            '{' if !self.is_repeat() => self.push_escaped(c),
            '}' => {
                let repeat = self
                    .out
                    .rfind('{')
                    .is_some_and(|at| !self.out[at..].contains('}') && !self.out[..at].ends_with('\\'));
                if repeat { self.push(c) } else { self.push_escaped(c) }
            }
            '*' | '+' | '?' if self.peek(1) == Some('+') => {
                Err(cannot("possessive repeats", self.at).hint("without the second `+` it matches the same or more"))
            }
            _ => self.push(c),
        }
    }

    fn push(&mut self, c: char) -> Result<()> {
        self.out.push(c);
        self.at += 1;
        Ok(())
    }

    fn push_escaped(&mut self, c: char) -> Result<()> {
        self.out.push('\\');
        self.push(c)
    }

    /// `{3}`, `{3,}`, `{,3}`, `{3,5}`; other braces are themselves.
    fn is_repeat(&mut self) -> bool {
        let inside: String = self.chars[self.at + 1..].iter().take_while(|c| **c != '}').collect();
        if self.chars.get(self.at + 1 + inside.chars().count()) != Some(&'}') {
            return false;
        }
        let (least, most) = inside.split_once(',').unwrap_or((&inside, "0"));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        let repeat = digits(least) && digits(most) && inside.chars().any(|c| c.is_ascii_digit() || c == ',');
        if repeat && least.is_empty() && inside.starts_with(',') {
            // The crate wants the zero.
            self.chars.insert(self.at + 1, '0');
        }
        repeat && !inside.is_empty()
    }

    /// After `(`: groups of all kinds.
    fn open(&mut self) -> Result<()> {
        let at = self.at;
        if self.rest_starts_with("(?#") {
            while self.peek(0).is_some_and(|c| c != ')') {
                self.at += 1;
            }
            self.at += 1;
            return Ok(());
        }
        for (start, what) in [
            ("(?=", "lookahead"),
            ("(?!", "negative lookahead"),
            ("(?<=", "lookbehind"),
            ("(?<!", "negative lookbehind"),
            ("(?P=", "references back to a group"),
            ("(?(", "conditions"),
            ("(?>", "atomic groups"),
        ] {
            if self.rest_starts_with(start) {
                let hint = match start {
                    "(?P=" => "match the parts with groups of their own and compare them",
                    "(?(" => "write the two cases with `|`",
                    "(?>" => "without `?>` it matches the same or more",
                    _ => "match what is around it too and take the part with a group",
                };
                return Err(cannot(what, at).hint(hint));
            }
        }
        self.push('(')
    }

    /// After a backslash.
    fn escape(&mut self, in_class: bool) -> Result<()> {
        let ascii = self.flags & ASCII != 0;
        let Some(c) = self.peek(1) else { bail!(PatternError: "bad escape (end of pattern) at position {}", self.at) };
        self.at += 2;
        match c {
            'Z' if !in_class => self.out.push_str("\\z"),
            'b' if in_class => self.out.push_str("\\x08"),
            'b' if ascii => self.out.push_str("(?-u:\\b)"),
            'B' if ascii => return Err(cannot("`\\B` with the flag ASCII", self.at - 2)),
            'd' if ascii => self.out.push_str("[0-9]"),
            'D' if ascii => self.out.push_str("[^0-9]"),
            'w' if ascii => self.out.push_str("[0-9A-Za-z_]"),
            'W' if ascii => self.out.push_str("[^0-9A-Za-z_]"),
            's' if ascii => self.out.push_str("[ \\t\\n\\r\\x0b\\x0c]"),
            'S' if ascii => self.out.push_str("[^ \\t\\n\\r\\x0b\\x0c]"),
            '0' => self.octal(),
            '1'..='9' if !in_class => {
                return Err(cannot("references back to a group", self.at - 2)
                    .hint("match the parts with groups of their own and compare them"));
            }
            '1'..='7' => {
                self.at -= 1;
                self.octal();
            }
            'x' | 'u' | 'U' => {
                self.out.push('\\');
                self.out.push(c);
            }
            'A' | 'B' | 'b' | 'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'a' | 'f' | 'n' | 'r' | 't' | 'v' => {
                self.out.push('\\');
                self.out.push(c);
            }
            c if c.is_ascii_alphanumeric() => bail!(PatternError: "bad escape \\{c} at position {}", self.at - 2),
            // In the crate `\<` is the beginning of a word.
            '<' | '>' => self.out.push(c),
            c if c.is_ascii_punctuation() || (c == ' ' && self.flags & VERBOSE != 0) => {
                self.out.push('\\');
                self.out.push(c);
            }
            c => self.out.push(c),
        }
        Ok(())
    }

    fn octal(&mut self) {
        let mut code = 0;
        let mut n = 0;
        while let Some(digit) = self.peek(0).and_then(|c| c.to_digit(8)).filter(|_| n < 3) {
            (code, n) = (code * 8 + digit, n + 1);
            self.at += 1;
        }
        let _ = write!(self.out, "\\x{{{code:x}}}");
    }

    /// `[…]`, where the crate sees more than Python: brackets, `&&`, `--`, `~~`, and spaces with the flag VERBOSE.
    fn class(&mut self) -> Result<()> {
        let start = self.at;
        self.push('[')?;
        if self.peek(0) == Some('^') {
            self.push('^')?;
        }
        let first = self.at;
        loop {
            let Some(c) = self.peek(0) else {
                bail!(PatternError: "unterminated character set at position {start}"; hint: "a bracket itself is written `\\[`");
            };
            match c {
                ']' if self.at > first => return self.push(']'),
                '\\' => self.escape(true)?,
                '[' | ']' | '&' | '~' => self.push_escaped(c)?,
                '-' if self.at == first || matches!(self.peek(1), Some(']' | '-')) => self.push_escaped(c)?,
                c if c.is_whitespace() || c == '#' => {
                    if self.flags & VERBOSE != 0 {
                        let _ = write!(self.out, "\\x{{{:x}}}", c as u32);
                        self.at += 1;
                    } else {
                        self.push(c)?;
                    }
                }
                c => self.push(c)?,
            }
        }
    }
}

fn cannot(what: &str, position: usize) -> Error {
    error!(PatternError: "rdk's regular expressions have no {what}, found at position {position}")
}
