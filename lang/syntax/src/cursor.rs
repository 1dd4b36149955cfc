//! What stands at the cursor: for completion, for the hint on a call, for "what is this?".
//!
//! Only the text in front of the cursor counts, except for the name that the cursor is in. Nothing is evaluated here: the
//! answer is text, and whoever completes decides what of it may be looked up.

// The doc of a variant shows its fields as they stand in the text.
#![allow(missing_docs)]

use crate::scan::{Kind, Scan, Token, is_keyword, scan, scan_expression};

/// What can be completed at a cursor. `start` is the byte where `prefix` begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completing {
    /// A variable, builtin or keyword; also a keyword argument when it can begin here.
    Name { prefix: String, start: usize, call: Option<Call> },
    /// `object.prefix`
    Attribute { object: String, prefix: String, start: usize },
    /// A string: perhaps a path.
    Path { prefix: String, start: usize },
    /// `%prefix` or `%%prefix`; `start` is behind the marks.
    Magic { prefix: String, start: usize, cell: bool },
    /// `import module.prefix` or `from module.prefix`; `module` may be empty.
    Import { module: String, prefix: String, start: usize },
    /// `from module import given, prefix`
    FromImport { module: String, prefix: String, start: usize, given: Vec<String> },
    /// `object["prefix`, or `object[` with no quote yet: then names are possible too.
    DictKey { object: String, prefix: String, start: usize, quote: Option<char> },
    /// A comment, a number, a new name.
    Nothing,
}

/// A call that the cursor is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What is called: `da.ones`.
    pub function: String,
    /// Where that begins.
    pub start: usize,
    /// How many arguments stand in front of the one at the cursor.
    pub index: usize,
    /// The keyword of the argument at the cursor, if it has one already.
    pub keyword: Option<String>,
    /// Keywords that are given in front of the cursor.
    pub given: Vec<String>,
}

/// A name with the objects that lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectAt {
    /// `da.ones`
    pub text: String,
    /// Its first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// Magics that take a path.
const PATH_MAGICS: [&str; 19] = [
    "run",
    "ls",
    "ll",
    "cd",
    "load",
    "cat",
    "pycat",
    "less",
    "more",
    "head",
    "mkdir",
    "rmdir",
    "rm",
    "cp",
    "mv",
    "save",
    "writefile",
    "file",
    "notebook",
];

/// What can be completed at a cursor, a byte offset.
pub fn complete_at(text: &str, cursor: usize) -> Completing {
    complete(&scan(before(text, cursor)))
}

fn complete(scan: &Scan) -> Completing {
    let text = scan.text;
    let Some(&last) = scan.tokens.last() else {
        return Completing::Name { prefix: String::new(), start: text.len(), call: None };
    };
    let touches = last.end as usize == text.len();
    match last.kind {
        Kind::Comment if touches => return Completing::Nothing,
        Kind::Escape if touches => return in_escape(scan, last),
        Kind::Number if touches => return Completing::Nothing,
        Kind::String if last.open_ended && touches => return in_string(scan, scan.tokens.len() - 1),
        Kind::FormatStart | Kind::FormatText if touches => return in_format(scan),
        _ => {}
    }
    let (prefix, at) = match last.kind {
        Kind::Word if touches => (scan.slice(&last), scan.tokens.len() - 1),
        _ => ("", scan.tokens.len()),
    };
    let start = text.len() - prefix.len();
    let prefix = prefix.to_owned();
    if let Some(import) = in_import(scan, at, &prefix, start) {
        return import;
    }
    let Some(index) = at.checked_sub(1) else { return Completing::Name { prefix, start, call: None } };
    let previous = scan.slice(&scan.tokens[index]);
    match previous {
        "." => match index.checked_sub(1).and_then(|end| chain_start(scan, end)) {
            Some(first) => {
                let object = text[scan.tokens[first].start as usize..scan.tokens[index].start as usize].to_owned();
                Completing::Attribute { object, prefix, start }
            }
            None => Completing::Nothing,
        },
        "[" if prefix.is_empty() && scan.tokens[index].kind == Kind::Open => {
            match index.checked_sub(1).and_then(|end| chain_start(scan, end)) {
                Some(first) => {
                    let object = text[scan.tokens[first].start as usize..scan.tokens[index].start as usize].to_owned();
                    Completing::DictKey { object, prefix, start, quote: None }
                }
                None => Completing::Name { prefix, start, call: None },
            }
        }
        "def" | "as" | "lambda" | "class" => Completing::Nothing,
        "(" | "," => {
            let call = innermost(scan, at).and_then(|open| call_of(scan, open, at));
            Completing::Name { prefix, start, call }
        }
        _ => Completing::Name { prefix, start, call: None },
    }
}

/// The innermost call that the cursor is in, through lists and other brackets.
pub fn call_at(text: &str, cursor: usize) -> Option<Call> {
    let scan = scan(before(text, cursor));
    let mut at = scan.tokens.len();
    while let Some(open) = innermost(&scan, at) {
        if let Some(call) = call_of(&scan, open, scan.tokens.len()) {
            return Some(call);
        }
        at = open;
    }
    None
}

/// The name under the cursor, or right in front of it; else the function whose call it is in.
pub fn object_at(text: &str, cursor: usize) -> Option<ObjectAt> {
    let cursor = before(text, cursor).len();
    let scan = scan(text);
    let escape = scan.tokens.iter().find(|token| token.kind == Kind::Escape && holds(token, cursor));
    let found = match escape {
        Some(escape) => return object_in_escape(&scan, escape, cursor),
        None => object_in(&scan, cursor),
    };
    found.or_else(|| {
        let call = call_at(text, cursor)?;
        let end = call.start + call.function.len();
        Some(ObjectAt { text: call.function, start: call.start, end })
    })
}

fn holds(token: &Token, cursor: usize) -> bool {
    (token.start as usize) <= cursor && cursor <= token.end as usize
}

fn object_in(scan: &Scan, cursor: usize) -> Option<ObjectAt> {
    let index = scan.tokens.iter().rposition(|token| token.kind == Kind::Word && holds(token, cursor))?;
    if is_keyword(scan.slice(&scan.tokens[index])) {
        return None;
    }
    let first = chain_start(scan, index)?;
    let (start, end) = (scan.tokens[first].start as usize, scan.tokens[index].end as usize);
    Some(ObjectAt { text: scan.text[start..end].to_owned(), start, end })
}

/// In a magic's line: the magic itself, or a name in its argument.
fn object_in_escape(scan: &Scan, escape: &Token, cursor: usize) -> Option<ObjectAt> {
    let slice = scan.slice(escape);
    let start = escape.start as usize;
    let head = slice.len() - slice.trim_start_matches(['%', '!', '?']).len();
    let name_end = slice[head..].find(char::is_whitespace).map_or(slice.len(), |at| head + at);
    let is_magic = slice.starts_with('%');
    if is_magic && cursor <= start + name_end {
        return Some(ObjectAt { text: slice[..name_end].to_owned(), start, end: start + name_end });
    }
    let offset = if is_magic { name_end } else { head };
    let inner = object_in(&scan_expression(&slice[offset..]), cursor.checked_sub(start + offset)?)?;
    Some(ObjectAt { start: inner.start + start + offset, end: inner.end + start + offset, ..inner })
}

/// The text in front of a cursor that may be anywhere.
fn before(text: &str, cursor: usize) -> &str {
    let mut end = cursor.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The first token of `a.b(c)[d]` that ends with the token at `end`.
fn chain_start(scan: &Scan, end: usize) -> Option<usize> {
    let mut at = end;
    loop {
        let token = scan.tokens.get(at)?;
        let first = match token.kind {
            Kind::Close => {
                let open = opening(scan, at)?;
                let called = open
                    .checked_sub(1)
                    .filter(|&index| ends_operand(scan, index) && scan.tokens[index].end == scan.tokens[open].start);
                match called {
                    Some(index) => {
                        at = index;
                        continue;
                    }
                    None => open,
                }
            }
            Kind::FormatEnd => scan.tokens[..at].iter().rposition(|token| token.kind == Kind::FormatStart)?,
            Kind::Word if !is_keyword(scan.slice(token)) => at,
            Kind::String | Kind::Number => at,
            _ => return None,
        };
        match first.checked_sub(1) {
            Some(dot) if first != 0 && scan.slice(&scan.tokens[dot]) == "." && dot > 0 => at = dot - 1,
            Some(_) | None => return Some(first),
        }
    }
}

/// The bracket that the one at `close` closes.
fn opening(scan: &Scan, close: usize) -> Option<usize> {
    let mut depth = 0usize;
    for index in (0..=close).rev() {
        match scan.tokens[index].kind {
            Kind::Close => depth += 1,
            Kind::Open => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

/// The bracket that is open in front of a token.
fn innermost(scan: &Scan, at: usize) -> Option<usize> {
    let mut depth = 0usize;
    for index in (0..at).rev() {
        match scan.tokens[index].kind {
            Kind::Close => depth += 1,
            Kind::Open if depth == 0 => return Some(index),
            Kind::Open => depth -= 1,
            _ => {}
        }
    }
    None
}

fn ends_operand(scan: &Scan, index: usize) -> bool {
    let token = &scan.tokens[index];
    match token.kind {
        Kind::Close | Kind::String | Kind::FormatEnd => true,
        Kind::Word => !is_keyword(scan.slice(token)),
        _ => false,
    }
}

/// The call that a bracket opens, seen from a token inside of it.
fn call_of(scan: &Scan, open: usize, at: usize) -> Option<Call> {
    if scan.slice(&scan.tokens[open]) != "(" {
        return None;
    }
    let end = open.checked_sub(1).filter(|&index| ends_operand(scan, index))?;
    let first = chain_start(scan, end)?;
    if first > 0 && scan.slice(&scan.tokens[first - 1]) == "def" {
        return None;
    }
    let mut call = Call {
        function: scan.text[scan.tokens[first].start as usize..scan.tokens[end].end as usize].to_owned(),
        start: scan.tokens[first].start as usize,
        index: 0,
        keyword: None,
        given: Vec::new(),
    };
    let mut depth = 0usize;
    for index in open + 1..at {
        let token = &scan.tokens[index];
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ => match scan.slice(token) {
                "," => {
                    call.index += 1;
                    call.given.extend(call.keyword.take());
                }
                "=" if scan.tokens[index - 1].kind == Kind::Word => {
                    call.keyword = Some(scan.slice(&scan.tokens[index - 1]).to_owned());
                }
                _ => {}
            },
        }
    }
    Some(call)
}

/// Inside a string that is not closed yet.
fn in_string(scan: &Scan, index: usize) -> Completing {
    let token = &scan.tokens[index];
    let slice = scan.slice(token);
    let head = slice.find(['"', '\'']).unwrap_or(0);
    let quote = slice[head..].chars().next().unwrap_or('"');
    let content = &slice[head + 1..];
    if content.starts_with([quote]) {
        return Completing::Nothing;
    }
    let start = token.start as usize + head + 1;
    let prefix = content.to_owned();
    let subscript = index.checked_sub(1).filter(|&open| scan.slice(&scan.tokens[open]) == "[");
    let object = subscript.and_then(|open| open.checked_sub(1)).and_then(|end| {
        let first = chain_start(scan, end)?;
        Some(scan.text[scan.tokens[first].start as usize..scan.tokens[end].end as usize].to_owned())
    });
    match object {
        Some(object) => Completing::DictKey { object, prefix, start, quote: Some(quote) },
        None => Completing::Path { prefix, start },
    }
}

/// Inside the text of an f-string: a path as long as it has no fields.
fn in_format(scan: &Scan) -> Completing {
    let Some(opener) = scan.tokens.iter().rposition(|token| token.kind == Kind::FormatStart) else {
        return Completing::Nothing;
    };
    if scan.tokens.len() - opener > 2 || scan.slice(&scan.tokens[opener]).len() > 3 {
        return Completing::Nothing;
    }
    let start = scan.tokens[opener].end as usize;
    Completing::Path { prefix: scan.text[start..].to_owned(), start }
}

/// In the line of a magic.
fn in_escape(scan: &Scan, token: Token) -> Completing {
    let slice = scan.slice(&token);
    let offset = token.start as usize;
    let marks = slice.len() - slice.trim_start_matches(['%', '!', '?']).len();
    let last_word = || {
        let blank = slice.char_indices().rev().find(|(_, c)| c.is_whitespace());
        let from = blank.map_or(marks, |(at, c)| at + c.len_utf8());
        Completing::Path { prefix: slice[from..].to_owned(), start: offset + from }
    };
    match slice.as_bytes()[0] {
        b'!' => last_word(),
        b'?' => shifted(complete(&scan_expression(&slice[marks..])), offset + marks),
        _ => match slice[marks..].find(char::is_whitespace) {
            None => Completing::Magic {
                prefix: slice[marks..].to_owned(),
                start: offset + marks,
                cell: slice.starts_with("%%"),
            },
            Some(length) if PATH_MAGICS.contains(&&slice[marks..marks + length]) => last_word(),
            Some(length) => {
                let argument = marks + length;
                shifted(complete(&scan_expression(&slice[argument..])), offset + argument)
            }
        },
    }
}

/// The same found in a part that begins at `offset`.
fn shifted(completing: Completing, offset: usize) -> Completing {
    let mut completing = completing;
    match &mut completing {
        Completing::Name { start, call, .. } => {
            *start += offset;
            if let Some(call) = call {
                call.start += offset;
            }
        }
        Completing::Attribute { start, .. }
        | Completing::Path { start, .. }
        | Completing::Magic { start, .. }
        | Completing::Import { start, .. }
        | Completing::FromImport { start, .. }
        | Completing::DictKey { start, .. } => *start += offset,
        Completing::Nothing => {}
    }
    completing
}

/// In an `import` or `from` statement; `at` is the token that is being typed, or one past the last.
fn in_import(scan: &Scan, at: usize, prefix: &str, start: usize) -> Option<Completing> {
    let line = scan.tokens[..at]
        .iter()
        .rposition(|token| token.kind == Kind::Newline || scan.slice(token) == ";")
        .map_or(0, |index| index + 1);
    let tokens: Vec<&str> =
        scan.tokens[line..at].iter().filter(|token| token.kind != Kind::Blank).map(|token| scan.slice(token)).collect();
    let prefix = prefix.to_owned();
    let (&first, rest) = tokens.split_first()?;
    match first {
        "import" => {
            let item: Vec<&str> = rest.rsplit(|&token| token == ",").next().unwrap_or(&[]).to_vec();
            if item.contains(&"as") {
                return Some(Completing::Nothing);
            }
            module_path(&item, prefix, start)
        }
        "from" => match rest.iter().position(|&token| token == "import") {
            None => module_path(rest, prefix, start),
            Some(import) => {
                if rest.last() == Some(&"as") {
                    return Some(Completing::Nothing);
                }
                let names = rest[import + 1..].split(|&token| token == ",");
                let given =
                    names.filter_map(|item| item.iter().find(|&&token| token != "(")).map(|&name| name.to_owned());
                Some(Completing::FromImport { module: rest[..import].concat(), prefix, start, given: given.collect() })
            }
        },
        _ => None,
    }
}

/// `a.b.` in front of the cursor; nothing when the path is complete and a blank follows.
fn module_path(tokens: &[&str], prefix: String, start: usize) -> Option<Completing> {
    match tokens.split_last() {
        None => Some(Completing::Import { module: String::new(), prefix, start }),
        Some((&".", module)) => Some(Completing::Import { module: module.concat(), prefix, start }),
        Some(_) => Some(Completing::Name { prefix, start, call: None }),
    }
}
