//! Compiled patterns, and how they walk over a text.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use regex::{Captures, Regex};
use rustc_hash::FxHashMap;

use super::translate::{LINE_END, translate};
use crate::error;
use crate::error::Result;
use crate::value::Name;

/// A compiled pattern.
pub struct Pattern {
    /// As it was written.
    pub text: Name,
    /// All flags.
    pub flags: i64,
    /// Translated.
    words: String,
    free: Regex,
    anchored: OnceLock<Regex>,
    full: OnceLock<Regex>,
    /// Python's groups among those of the crate, the whole match first.
    groups: Vec<usize>,
    /// Groups that stand for a line end that `$` has passed over.
    line_ends: Vec<usize>,
    /// Names of groups with their numbers.
    pub names: Vec<(Name, usize)>,
}

/// Where a match and its groups begin and end, in bytes.
pub type Spans = Vec<Option<(usize, usize)>>;

/// From where a pattern has to match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// Anywhere.
    Free,
    /// At the beginning.
    Start,
    /// All of it.
    Whole,
}

/// How many patterns are remembered.
const REMEMBERED: usize = 512;

/// The compiled pattern; those used before are remembered.
pub fn compiled(text: &str, flags: i64) -> Result<Arc<Pattern>> {
    type Made = FxHashMap<(Name, i64), Arc<Pattern>>;
    static MADE: Mutex<Option<Made>> = Mutex::new(None);
    let key = (Name::from(text), flags);
    if let Some(found) = MADE.lock().get_or_insert_default().get(&key) {
        return Ok(found.clone());
    }
    let pattern = Arc::new(Pattern::new(text, flags)?);
    let mut made = MADE.lock();
    let made = made.get_or_insert_default();
    if made.len() >= REMEMBERED {
        made.clear();
    }
    made.insert(key, pattern.clone());
    Ok(pattern)
}

fn build(words: &str, written: &str) -> Result<Regex> {
    Regex::new(words).map_err(|problem| {
        let problem = problem.to_string();
        let last = problem.lines().last().unwrap_or("").trim_start_matches("error: ");
        error!(PatternError: "{last} in the pattern {}", crate::show::quote::text(written))
    })
}

impl Pattern {
    fn new(text: &str, flags: i64) -> Result<Pattern> {
        let translated = translate(text, flags)?;
        let free = build(&translated.text, text)?;
        let (mut groups, mut line_ends, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for (at, name) in free.capture_names().enumerate() {
            match name {
                Some(name) if name.starts_with(LINE_END) => line_ends.push(at),
                other => {
                    if let Some(name) = other {
                        names.push((Name::from(name), groups.len()));
                    }
                    groups.push(at);
                }
            }
        }
        let (anchored, full) = (OnceLock::new(), OnceLock::new());
        Ok(Pattern {
            text: text.into(),
            flags: translated.flags,
            words: translated.text,
            free,
            anchored,
            full,
            groups,
            line_ends,
            names,
        })
    }

    /// How many groups there are, the whole match not counted.
    pub fn n_groups(&self) -> usize {
        self.groups.len() - 1
    }

    fn regex(&self, anchor: Anchor) -> Result<&Regex> {
        // A line end closes a comment at the end of a verbose pattern.
        let close = if self.flags & super::VERBOSE != 0 { "\n)" } else { ")" };
        let (place, words) = match anchor {
            Anchor::Free => return Ok(&self.free),
            Anchor::Start => (&self.anchored, format!("\\A(?:{}{close}", self.words)),
            Anchor::Whole => (&self.full, format!("\\A(?:{}{close}\\z", self.words)),
        };
        if let Some(made) = place.get() {
            return Ok(made);
        }
        let made = build(&words, &self.text)?;
        Ok(place.get_or_init(|| made))
    }

    /// The first match at or after a byte.
    pub fn find(&self, anchor: Anchor, text: &str, from: usize) -> Result<Option<Spans>> {
        let regex = self.regex(anchor)?;
        Ok(match anchor {
            Anchor::Free => regex.captures_at(text, from).map(|found| self.spans(&found, 0)),
            Anchor::Start | Anchor::Whole => regex.captures(&text[from..]).map(|found| self.spans(&found, from)),
        })
    }

    /// Does the text begin like this?
    pub fn begins(&self, text: &str) -> Result<bool> {
        Ok(self.regex(Anchor::Start)?.is_match(text))
    }

    fn spans(&self, found: &Captures<'_>, shift: usize) -> Spans {
        let passed = self.line_ends.iter().filter_map(|at| found.get(*at)).map(|end| end.start() + shift).min();
        // A line end that `$` has passed over is not part of anything.
        let cut = |at: usize| passed.map_or(at, |end| at.min(end));
        let span = |at: &usize| found.get(*at).map(|part| (cut(part.start() + shift), cut(part.end() + shift)));
        self.groups.iter().map(span).collect()
    }

    /// The match after one that ended here; `empty` if that one was empty.
    pub fn next(&self, text: &str, from: usize, empty: bool) -> Result<Option<Spans>> {
        let found = self.find(Anchor::Free, text, from)?;
        let again = empty && found.as_ref().is_some_and(|spans| spans[0] == Some((from, from)));
        if !again {
            return Ok(found);
        }
        // The same empty match does not count twice.
        match text[from..].chars().next() {
            Some(c) => self.find(Anchor::Free, text, from + c.len_utf8()),
            None => Ok(None),
        }
    }
}

/// All matches, from left to right.
pub struct Matches {
    /// What matches.
    pub pattern: Arc<Pattern>,
    /// The text.
    pub text: Name,
    from: usize,
    empty: bool,
}

impl Matches {
    /// Begins at a byte.
    pub fn new(pattern: Arc<Pattern>, text: Name, from: usize) -> Matches {
        Matches { pattern, text, from, empty: false }
    }

    /// The next one.
    pub fn step(&mut self) -> Result<Option<Spans>> {
        let found = self.pattern.next(&self.text, self.from, self.empty)?;
        if let Some((start, end)) = found.as_ref().and_then(|spans| spans[0]) {
            (self.from, self.empty) = (end, start == end);
        }
        Ok(found)
    }
}
