//! What was typed in this session, and what came of it.

use serde_json::{Value, json};

use crate::wire::Request;

/// The number of this session; there are no others.
const SESSION: i64 = 1;

/// What was typed, oldest first.
#[derive(Default)]
pub struct History(Vec<Entry>);

struct Entry {
    line: usize,
    input: String,
    output: Option<String>,
}

impl History {
    /// Keeps a cell.
    pub fn keep(&mut self, line: usize, input: &str, output: Option<String>) {
        self.0.push(Entry { line, input: input.to_string(), output });
    }

    /// The content of `history_reply`.
    pub fn answer(&self, request: &Request) -> Value {
        let n = request.number("n").and_then(|n| usize::try_from(n).ok());
        let found: Vec<&Entry> = match request.text("hist_access_type") {
            "range" => {
                let session = request.number("session").unwrap_or(0);
                // 0 is this session; what is negative counts back from it.
                let here = session == 0 || session == SESSION;
                let start = request.number("start").unwrap_or(1);
                let stop = request.number("stop").unwrap_or(i64::MAX);
                let within = |entry: &&Entry| (start..stop).contains(&(entry.line as i64));
                self.0.iter().filter(|_| here).filter(within).collect()
            }
            "search" => {
                let pattern = match request.text("pattern") {
                    "" => "*",
                    pattern => pattern,
                };
                let mut found: Vec<&Entry> = self.0.iter().filter(|entry| fits(pattern, &entry.input)).collect();
                if request.flag("unique", false) {
                    // The latest of those that read the same.
                    let mut seen = std::collections::HashSet::new();
                    found.reverse();
                    found.retain(|entry| seen.insert(entry.input.as_str()));
                    found.reverse();
                }
                last(found, n)
            }
            _ => last(self.0.iter().collect(), n),
        };
        let output = request.flag("output", false);
        let row = |entry: &&Entry| match output {
            true => json!([SESSION, entry.line, [entry.input, entry.output]]),
            false => json!([SESSION, entry.line, entry.input]),
        };
        json!({"status": "ok", "history": found.iter().map(row).collect::<Vec<Value>>()})
    }
}

fn last(mut found: Vec<&Entry>, n: Option<usize>) -> Vec<&Entry> {
    let too_many = found.len().saturating_sub(n.unwrap_or(usize::MAX));
    found.drain(..too_many);
    found
}

/// Does a text fit a pattern of the shell? `*` stands for anything, `?` for a character, `[abc]`, `[a-z]` and `[!abc]` for one of some.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go on if the latest `*` has to take one character more.
    let mut again: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(p) {
            Some('*') => {
                again = Some((p + 1, t));
                p += 1;
                continue;
            }
            None if t == text.len() => return true,
            Some(_) if t < text.len() => one(&pattern[p..], text[t]),
            _ => None,
        };
        match (step, again) {
            (Some(length), _) => (p, t) = (p + length, t + 1),
            (None, Some((after, from))) if from < text.len() => {
                again = Some((after, from + 1));
                (p, t) = (after, from + 1);
            }
            (None, _) => return false,
        }
    }
}

/// How many characters of the pattern stand for this one, if they do.
fn one(pattern: &[char], letter: char) -> Option<usize> {
    match pattern[0] {
        '?' => Some(1),
        '[' => {
            let negated = pattern.get(1) == Some(&'!');
            let first = if negated { 2 } else { 1 };
            // A bracket right at the start stands for itself.
            let Some(end) = (first + 1..pattern.len()).find(|&at| pattern[at] == ']') else {
                return (letter == '[').then_some(1);
            };
            let set = &pattern[first..end];
            let range = |at: usize| set.get(at + 1) == Some(&'-') && at + 2 < set.len();
            let mut found = false;
            let mut at = 0;
            while at < set.len() {
                if range(at) {
                    found |= (set[at]..=set[at + 2]).contains(&letter);
                    at += 3;
                } else {
                    found |= set[at] == letter;
                    at += 1;
                }
            }
            (found != negated).then_some(end + 1)
        }
        other => (other == letter).then_some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_the_shell() {
        let check = |pattern: &str, text: &str, expected: bool| assert_eq!(fits(pattern, text), expected, "{pattern}");
        check("*", "", true);
        check("a*c", "abbc", true);
        check("a*c", "abbcd", false);
        check("*+*", "1+1", true);
        check("*a*b*", "xxaybz", true);
        check("?", "", false);
        check("??", "ab", true);
        check("[a-c]x", "bx", true);
        check("[!a-c]x", "bx", false);
        check("[]]", "]", true);
        check("[a", "[a", true);
        check("a", "ab", false);
    }
}
