//! Magics, shell commands and questions: `%time x`, `%%time`, `!ls`, `x?`.
//!
//! A cell magic is taken off before the text is parsed: what stands below it may be no Python at all (`%%bash`).

use std::sync::Arc;

use crate::clean::Clean;
use crate::error::Result;
use crate::scan::is_keyword;
use crate::tree::{Cell, Magic, MagicForm, Name, Stmt, StmtKind};
use crate::{Source, Span, SyntaxError};

/// A cell magic, if the text begins with one; and its span.
pub(crate) fn cell_magic(source: &Source, clean: &Clean) -> Result<Option<(Magic, Span)>> {
    let text = clean.text.as_str();
    let start = text.len() - text.trim_start().len();
    if !text[start..].starts_with("%%") {
        return Ok(None);
    }
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    let line = text[start..end].trim_end();
    let span = clean.span(start as u32, (start + line.len()) as u32);
    // `%%time?` asks, it does not run.
    if line.ends_with('?') {
        return Ok(None);
    }
    let (name, argument, offset) = split(&line[2..]);
    if name.is_empty() {
        return Err(SyntaxError::new("expected a name behind `%%`", span).hint("`%lsmagic` lists the magics"));
    }
    let argument_start = start + 2 + offset;
    let body = text.get(end + 1..).unwrap_or("");
    let magic = Magic {
        form: MagicForm::Cell,
        name: Name::from(name),
        argument: argument.to_owned(),
        argument_span: clean.span(argument_start as u32, (argument_start + argument.len()) as u32),
        body: Some((body.to_owned(), body_start(source, clean, (end + 1).min(text.len())))),
    };
    Ok(Some((magic, span)))
}

/// Where the body stands in the source. Indentation that was taken off belongs to it, or only its first line would lack it.
fn body_start(source: &Source, clean: &Clean, byte: usize) -> u32 {
    let place = clean.place(byte as u32) as usize;
    let before = &source.text[..place.min(source.text.len())];
    let line = before.trim_end_matches([' ', '\t']);
    if line.is_empty() || line.ends_with('\n') { line.len() as u32 } else { place as u32 }
}

/// A help request that is the whole text: `x?`, `?x`, `np.*load*?`. The parser takes plain names only.
pub(crate) fn help(clean: &Clean) -> Option<(StmtKind, Span)> {
    let text = clean.text.trim();
    if text.contains('\n') || text.contains('#') {
        return None;
    }
    let start = clean.text.len() - clean.text.trim_start().len();
    let behind = text.trim_end_matches('?');
    let marks = text.len() - behind.len();
    let (object, marks) = if marks > 0 {
        (behind.trim_start_matches('?'), marks)
    } else {
        let object = text.trim_start_matches('?');
        (object, text.len() - object.len())
    };
    let object = object.trim();
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '*' | '%' | '[' | ']' | '"' | '\'');
    if marks == 0 || marks > 2 || object.is_empty() || !object.chars().all(allowed) {
        return None;
    }
    let first = object.trim_start_matches('%').chars().next()?;
    if !(first.is_alphabetic() || first == '_' || first == '*') {
        return None;
    }
    let span = clean.span(start as u32, (start + text.len()) as u32);
    Some((StmtKind::Help { object: Name::from(object), detail: marks == 2 }, span))
}

/// What a line asks that begins with `?`: the mark, and the name.
pub(crate) fn question(rest: &str) -> (&'static str, &str) {
    let object = rest.trim_matches(|c: char| c == '?' || c.is_whitespace());
    let marks = 1 + rest.matches('?').count();
    (if marks == 1 { "?" } else { "??" }, object)
}

/// A statement that begins with an escape: `%`, `%%`, `!`, `!!`, `?`, `??`.
pub(crate) fn statement(source: &Source, mark: &str, value: &str, span: Span) -> Result<StmtKind> {
    match mark {
        "?" | "??" => {
            let object = value.trim();
            if object.is_empty() {
                return Err(SyntaxError::new("expected a name to explain", span).hint("`x?` explains `x`"));
            }
            Ok(StmtKind::Help { object: Name::from(object), detail: mark == "??" })
        }
        "%%" => Err(SyntaxError::new(format!("`%%{}` must be the first line of its cell", split(value).0), span)
            .hint("in a script, a line `# %%` above it begins a new cell")),
        _ => command(source, mark, value, span).map(StmtKind::Magic),
    }
}

/// A line magic or a shell command.
pub(crate) fn command(source: &Source, mark: &str, value: &str, span: Span) -> Result<Magic> {
    let written = source.slice(span);
    let (form, name, argument) = match mark {
        "%" => {
            let (name, argument, _) = split(value);
            (MagicForm::Line, name, argument)
        }
        // On the right of `=` the second mark is still in the value.
        "!" if value.starts_with('!') => (MagicForm::ShellCapture, "", value[1..].trim()),
        "!!" => (MagicForm::ShellCapture, "", value.trim()),
        "!" => (MagicForm::Shell, "", value.trim()),
        _ => {
            return Err(SyntaxError::new(format!("invalid syntax at `{mark}`"), span)
                .hint("a line begins with a statement, `%magic`, `!command` or `?name`"));
        }
    };
    if form == MagicForm::Line && name.is_empty() {
        return Err(SyntaxError::new("expected a name behind `%`", span).hint("`%lsmagic` lists the magics"));
    }
    if form != MagicForm::Line && argument.is_empty() {
        return Err(SyntaxError::new("expected a command behind `!`", span).hint("for instance `!ls`"));
    }
    // A continued line is joined in the value; its place is still where its first word stands.
    let first = argument.split_whitespace().next().unwrap_or("");
    let skipped = written.find(name).map_or(0, |at| at + name.len()).max(mark.len());
    let start = written[skipped..].find(first).map_or(span.end, |at| span.start + (skipped + at) as u32);
    let end = span.end.max(start);
    Ok(Magic {
        form,
        name: Name::from(name),
        argument: argument.to_owned(),
        argument_span: Span::new(start, end),
        body: None,
    })
}

/// What `ls data` and `cd ..` mean when no variable goes by the first word: the magic of that name.
///
/// Answers for a single line that begins with a word and does not assign to it. Whether there is such a magic, and no such
/// variable, is for the session to decide.
pub fn automagic(source: &Arc<Source>) -> Option<Cell> {
    let line = source.text.trim();
    if line.contains('\n') {
        return None;
    }
    let length = line.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(line.len());
    let (name, rest) = line.split_at(length);
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_') && !is_keyword(name);
    let argument = rest.trim();
    let assigns = |text: &str| text.starts_with(['=', ',', ':', '(', ';']) || text.get(1..2) == Some("=");
    if !is_name || !(rest.is_empty() || rest.starts_with([' ', '\t'])) || assigns(argument) {
        return None;
    }
    let word_operator = ["in", "is", "and", "or", "not", "if"].contains(&argument.split(' ').next().unwrap_or(""));
    if word_operator {
        return None;
    }
    let start = (source.text.len() - source.text.trim_start().len()) as u32;
    let argument_end = start + line.len() as u32;
    let magic = Magic {
        form: MagicForm::Line,
        name: Name::from(name),
        argument: argument.to_owned(),
        argument_span: Span::new(argument_end - argument.len() as u32, argument_end),
        body: None,
    };
    let stmt = Stmt { span: Span::new(start, argument_end), kind: StmtKind::Magic(magic) };
    Some(Cell {
        source: source.clone(),
        body: vec![stmt],
        slot_names: Vec::new(),
        cell_slots: Vec::new(),
        hushed: false,
    })
}

/// Name, argument, and the offset of the argument.
fn split(text: &str) -> (&str, &str, usize) {
    let start = text.len() - text.trim_start().len();
    let length = text[start..].find(|c: char| c.is_whitespace()).unwrap_or(text.len() - start);
    let (name, rest) = text[start..].split_at(length);
    let argument = rest.trim();
    let offset = start + length + (rest.len() - rest.trim_start().len());
    (name, argument, offset)
}
