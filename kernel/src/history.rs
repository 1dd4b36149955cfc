//! What was typed, in this session and in earlier ones, and what came of it.
//!
//! A file holds a line for each cell, as JSON: `[session, number of the cell, input, output]`. IPython keeps a data base for the
//! same; a line is written at once by a single call, so several kernels may share the file.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use rdk::place::history_file;
use serde_json::{Value, json};

use crate::wire::Request;

/// Only so many bytes at the end of the file are read at the start.
const READ: u64 = 4 << 20;

/// What was typed, oldest first.
pub struct History {
    entries: Vec<Entry>,
    session: i64,
    file: Option<File>,
}

struct Entry {
    session: i64,
    line: usize,
    input: String,
    output: Option<String>,
}

/// The cells in a file; lines that are damaged are passed over.
fn read(path: &Path) -> std::io::Result<Vec<Entry>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(READ)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).lines().filter_map(entry).collect())
}

fn entry(line: &str) -> Option<Entry> {
    let (session, line, input, output) = serde_json::from_str(line).ok()?;
    Some(Entry { session, line, input, output })
}

impl History {
    /// With what earlier sessions have left. Where no file can be read or written it stays in memory.
    pub fn open() -> History {
        let Some(path) = history_file("-notebooks") else {
            return History { entries: Vec::new(), session: 1, file: None };
        };
        History::at(&path)
    }

    fn at(path: &Path) -> History {
        let entries = read(path).unwrap_or_default();
        let session = entries.iter().map(|entry| entry.session).max().unwrap_or(0) + 1;
        let file = OpenOptions::new().append(true).create(true).open(path).ok();
        History { entries, session, file }
    }

    /// Keeps a cell.
    pub fn keep(&mut self, line: usize, input: &str, output: Option<String>) {
        if let Some(file) = &mut self.file {
            let text = format!("{}\n", json!([self.session, line, input, output]));
            // A full disk must not end the session.
            let _ = file.write_all(text.as_bytes());
        }
        self.entries.push(Entry { session: self.session, line, input: input.to_string(), output });
    }

    /// The content of `history_reply`.
    pub fn answer(&self, request: &Request) -> Value {
        let n = request.number("n").and_then(|n| usize::try_from(n).ok());
        let found: Vec<&Entry> = match request.text("hist_access_type") {
            "range" => {
                let session = request.number("session").unwrap_or(0);
                // 0 is this session; what is negative counts back from it.
                let session = if session > 0 { session } else { self.session + session };
                let start = request.number("start").unwrap_or(1);
                let stop = request.number("stop").unwrap_or(i64::MAX);
                let within = |entry: &&Entry| entry.session == session && (start..stop).contains(&(entry.line as i64));
                self.entries.iter().filter(within).collect()
            }
            "search" => {
                let pattern = match request.text("pattern") {
                    "" => "*",
                    pattern => pattern,
                };
                let mut found: Vec<&Entry> = self.entries.iter().filter(|entry| fits(pattern, &entry.input)).collect();
                if request.flag("unique", false) {
                    // The latest of those that read the same.
                    let mut seen = std::collections::HashSet::new();
                    found.reverse();
                    found.retain(|entry| seen.insert(entry.input.as_str()));
                    found.reverse();
                }
                last(found, n)
            }
            _ => last(self.entries.iter().collect(), n),
        };
        let output = request.flag("output", false);
        let row = |entry: &&Entry| match output {
            true => json!([entry.session, entry.line, [entry.input, entry.output]]),
            false => json!([entry.session, entry.line, entry.input]),
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
    fn a_session_finds_what_earlier_ones_have_left() {
        let path = std::env::temp_dir().join(format!("rdk-history-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let mut first = History::at(&path);
        first.keep(1, "x = 1", None);
        first.keep(2, "x +\n1", Some("2".into()));
        std::fs::write(&path, std::fs::read_to_string(&path).expect("it is there") + "damaged\n")
            .expect("it is written");
        let mut second = History::at(&path);
        second.keep(1, "y", None);
        let known: Vec<_> =
            second.entries.iter().map(|entry| (entry.session, entry.line, entry.input.as_str())).collect();
        assert_eq!(known, [(1, 1, "x = 1"), (1, 2, "x +\n1"), (2, 1, "y")]);
        assert_eq!(second.entries[1].output.as_deref(), Some("2"));
        std::fs::remove_file(&path).expect("it can be removed");
    }

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
