//! What takes the place of a match: `\1`, `\g<name>`, or what a function gives.

use super::pattern::{Pattern, Spans};
use crate::error::Result;
use crate::{bail, error};

/// A text in which parts stand for groups.
pub struct Template(Vec<Part>);

enum Part {
    Text(String),
    Group(usize),
}

impl Template {
    /// Reads the text.
    pub fn read(template: &str, pattern: &Pattern) -> Result<Template> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut chars = template.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c != '\\' {
                text.push(c);
                continue;
            }
            let Some((_, c)) = chars.next() else {
                bail!(PatternError: "bad escape (end of pattern) at position {at}")
            };
            let group = match c {
                'n' | 'r' | 't' | 'a' | 'f' | 'v' | '\\' => {
                    text.push(match c {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'a' => '\x07',
                        'f' => '\x0c',
                        'v' => '\x0b',
                        _ => '\\',
                    });
                    continue;
                }
                '0' => {
                    let mut code = 0;
                    for _ in 0..2 {
                        if let Some(digit) = chars.peek().and_then(|(_, c)| c.to_digit(8)) {
                            code = code * 8 + digit;
                            chars.next();
                        }
                    }
                    text.extend(char::from_u32(code));
                    continue;
                }
                '1'..='9' => {
                    let mut number = c as usize - '0' as usize;
                    if let Some(digit) = chars.peek().and_then(|(_, c)| c.to_digit(10)) {
                        number = number * 10 + digit as usize;
                        chars.next();
                    }
                    number
                }
                'g' => {
                    let rest = &template[at..];
                    let name = rest.strip_prefix("\\g<").and_then(|rest| rest.split_once('>')).map(|(name, _)| name);
                    let Some(name) = name else {
                        bail!(PatternError: "missing < at position {}", at + 2; hint: "`\\g<name>` or `\\g<1>`");
                    };
                    for _ in 0..name.chars().count() + 2 {
                        chars.next();
                    }
                    match (name.parse(), pattern.names.iter().find(|(known, _)| &**known == name)) {
                        (Ok(number), _) => number,
                        (_, Some((_, number))) => *number,
                        _ => return Err(error!(IndexError: "unknown group name '{name}'")),
                    }
                }
                c if c.is_ascii_alphabetic() => bail!(PatternError: "bad escape \\{c} at position {at}"),
                other => {
                    text.push('\\');
                    text.push(other);
                    continue;
                }
            };
            if group > pattern.n_groups() {
                bail!(PatternError: "invalid group reference {group} at position {}", at + 1; hint: "the pattern has {} groups", pattern.n_groups());
            }
            parts.push(Part::Text(std::mem::take(&mut text)));
            parts.push(Part::Group(group));
        }
        parts.push(Part::Text(text));
        Ok(Template(parts))
    }

    /// The text for a match.
    pub fn fill(&self, text: &str, spans: &Spans) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Group(group) => spans[*group].map(|(start, end)| text[start..end].to_string()).unwrap_or_default(),
        };
        self.0.iter().map(part).collect()
    }
}
