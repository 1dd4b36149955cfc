//! What helps while typing: colours, completion, indentation, signatures. All of it asks `rdk`, none of it knows the language.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use rdk::Session;
use rdk::syntax::{Class, Completeness, clause_indent, highlight, is_complete};
use rustyline::completion::{Candidate, Completer};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Cmd, CompletionType, ConditionalEventHandler, Context, Event, EventContext, Helper, RepeatCount};

/// Helps while typing.
pub struct Assistant {
    session: Rc<RefCell<Session>>,
    color: bool,
    pending: Pending,
}

impl Assistant {
    /// With the names of this session.
    pub fn new(session: Rc<RefCell<Session>>, color: bool) -> Assistant {
        Assistant { session, color, pending: Pending::default() }
    }

    /// The key that moves clauses, for the editor that this one helps.
    pub fn colon(&self) -> Colon {
        Colon(self.pending.clone())
    }
}

impl Helper for Assistant {}

/// A terminal without keys of its own (`TERM=dumb`) asks this at each line end; elsewhere [`Enter`] has decided already.
impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(match is_complete(context.input()) {
            Completeness::Incomplete { .. } => ValidationResult::Incomplete,
            Completeness::Complete | Completeness::Invalid => ValidationResult::Valid(None),
        })
    }
}

/// A completion, shown with the first line of its documentation.
pub struct Suggestion {
    shown: String,
    text: String,
}

impl Candidate for Suggestion {
    fn display(&self) -> &str {
        &self.shown
    }

    fn replacement(&self) -> &str {
        &self.text
    }
}

/// Longer lists show names only, side by side.
const DESCRIBED: usize = 24;

impl Completer for Assistant {
    type Candidate = Suggestion;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Suggestion>)> {
        // In a search of the history nobody takes what is pending: then it is about another line.
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(clause) = pending.filter(|clause| clause.before == line[..position]) {
            return Ok((clause.start, vec![Suggestion { shown: clause.text.clone(), text: clause.text }]));
        }
        let session = self.session.borrow();
        let found = rdk::complete::complete(session.context(), line, position);
        let longest = found.items.iter().map(|item| item.text.chars().count()).max().unwrap_or(0);
        let described = found.items.len() <= DESCRIBED;
        let suggestions = found.items.into_iter().map(|item| {
            let shown = match described && !item.doc.is_empty() {
                true => format!("{:<longest$}  {}", item.text, item.doc),
                false => item.text.clone(),
            };
            Suggestion { shown, text: item.text }
        });
        Ok((found.start, suggestions.collect()))
    }
}

/// A signature, shown but never inserted.
pub struct Signature(String);

impl Hint for Signature {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Assistant {
    type Hint = Signature;

    fn hint(&self, line: &str, position: usize, _: &Context<'_>) -> Option<Signature> {
        // In the middle of a text the hint would push the rest aside.
        if position < line.len() {
            return None;
        }
        let session = self.session.try_borrow().ok()?;
        let signature = rdk::complete::signature_at(session.context(), line, position)?;
        let short: String = signature.chars().take(60).collect();
        Some(Signature(format!("  {short}")))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if !self.color {
            return Cow::Borrowed(line);
        }
        let mut text = String::with_capacity(line.len() * 2);
        let mut at = 0;
        let session = self.session.try_borrow().ok();
        let is_builtin = |name: &str| session.as_ref().is_some_and(|session| session.is_builtin(name));
        for token in highlight(line, &is_builtin) {
            let (start, end) = (token.span.start as usize, token.span.end as usize);
            text.push_str(&line[at..start]);
            match color(token.class) {
                Some(code) => text.push_str(&format!("\x1b[{code}m{}\x1b[0m", &line[start..end])),
                None => text.push_str(&line[start..end]),
            }
            at = end;
        }
        text.push_str(&line[at..]);
        Cow::Owned(text)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        match self.color {
            true => Cow::Owned(format!("\x1b[90m{hint}\x1b[0m")),
            false => Cow::Borrowed(hint),
        }
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        match candidate.split_once("  ") {
            Some((name, doc)) if self.color => Cow::Owned(format!("{name}  \x1b[90m{doc}\x1b[0m")),
            _ => Cow::Borrowed(candidate),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.color && kind != CmdKind::MoveCursor
    }
}

/// The colour of a kind of token, as an escape code; none for plain names.
fn color(class: Class) -> Option<&'static str> {
    match class {
        Class::Keyword => Some("1;32"),
        Class::Number => Some("36"),
        Class::String => Some("33"),
        Class::Comment => Some("3;90"),
        Class::Operator => Some("90"),
        Class::Builtin => Some("32"),
        Class::Magic | Class::Decorator => Some("35"),
        Class::Function => Some("34"),
        Class::Error => Some("31"),
        Class::Name => None,
    }
}

/// Enter runs what is complete and otherwise opens a new line with the right indentation.
pub struct Enter;

impl ConditionalEventHandler for Enter {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let (line, position) = (context.line(), context.pos());
        // In the middle of several lines Enter opens a line; the end of the text decides.
        if line.contains('\n') && !line[position..].trim().is_empty() {
            return Some(Cmd::Insert(1, format!("\n{}", indentation(&line[..position]))));
        }
        match is_complete(line) {
            Completeness::Complete | Completeness::Invalid => Some(Cmd::AcceptLine),
            Completeness::Incomplete { indent } => Some(Cmd::Insert(1, format!("\n{}", " ".repeat(indent)))),
        }
    }
}

fn indentation(text: &str) -> String {
    match is_complete(text) {
        Completeness::Incomplete { indent } => " ".repeat(indent),
        Completeness::Complete | Completeness::Invalid => {
            let line = text.rsplit('\n').next().unwrap_or("");
            line.chars().take_while(|c| c.is_whitespace()).collect()
        }
    }
}

/// A line that is to be moved. [`Colon`] leaves it for [`Assistant`].
type Pending = Arc<Mutex<Option<Clause>>>;

/// What a line is to become up to the cursor.
struct Clause {
    /// All that stands before the cursor.
    before: String,
    /// Where the line begins.
    start: usize,
    /// Its new text.
    text: String,
}

/// `:` behind `else`, `except` and their kin puts them below what they go on with.
pub struct Colon(Pending);

impl ConditionalEventHandler for Colon {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let before = &context.line()[..context.pos()];
        let indent = clause_indent(before)?;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let text = format!("{}{}:", " ".repeat(indent), before[start..].trim_start());
        let clause = Clause { before: before.to_string(), start, text };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(clause);
        // Of all commands only a completion replaces a text and leaves the cursor behind it.
        Some(Cmd::Complete)
    }
}

/// Tab at the start of a line indents; after something it completes.
pub struct Tab;

impl ConditionalEventHandler for Tab {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let line = context.line()[..context.pos()].rsplit('\n').next().unwrap_or("");
        line.trim().is_empty().then(|| Cmd::Insert(1, "    ".to_string()))
    }
}
