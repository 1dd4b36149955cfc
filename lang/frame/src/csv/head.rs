//! The beginning of a file: what is skipped, the names of its columns, where its rows begin.

use rdk_runtime::{Result, bail};

use super::input::{Block, Input};
use super::options::{Encoding, Header, Options, Separator, SkipRows};
use super::scan::LINE;
use super::tokens::{Tokens, tokens, value};

/// What the beginning of a file says.
pub struct Head {
    /// The names of its columns.
    pub names: Vec<String>,
    /// How many fields a line has.
    pub n_fields: usize,
    /// The rows, up to the end of the file.
    pub rows: Block,
}

/// So much is read at first.
const WINDOW: usize = 64 << 10;
/// And so much at most.
const WIDEST: usize = 256 << 20;

/// Reads it; nothing if the file has no line at all.
pub fn head(whole: &Block, options: &Options) -> Result<Option<Head>> {
    let mut size = WINDOW;
    loop {
        let (answer, ended) = attempt(whole, options, size)?;
        if answer.is_some() || ended {
            return Ok(answer);
        }
        if size >= WIDEST {
            bail!(ParserError: "no line ends in the first {WIDEST} bytes of '{}'", whole.path;
                hint: "is it a CSV file? A quote that is never closed looks like this too");
        }
        size *= 4;
    }
}

fn attempt(whole: &Block, options: &Options, size: usize) -> Result<(Option<Head>, bool)> {
    let mut block = whole.clone();
    let (mut text, ended) = read(&block, size)?;
    if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        bail!(UnicodeDecodeError: "'{}' is written in UTF-16", whole.path; hint: "turn it into UTF-8 first: `iconv -f utf-16 -t utf-8`");
    }
    if text.starts_with(b"\xef\xbb\xbf") {
        block.start += 3;
        text.drain(..3);
    }
    if !skip(&mut block, &text, options) && !ended {
        return Ok((None, false));
    }
    let (text, ended) = read(&block, size)?;
    let found = tokens(&closed(text.clone(), ended), options, false);
    let lines = Parts::new(&found, &text, options);
    let wanted = match options.header {
        Header::Infer if options.names.is_none() => Some(0),
        Header::Infer | Header::None => None,
        Header::Row(row) => Some(row),
    };
    let mut lines =
        lines.filter(|(_, fields, _)| !(fields.len() == 1 && options.skip_blank_lines && blank(fields[0], options)));
    let Some((start, fields, next)) = lines.nth(wanted.unwrap_or(0)) else {
        return Ok((None, ended));
    };
    let n_first = lines.next().map(|(_, fields, _)| fields.len());
    if n_first.is_none() && !ended {
        return Ok((None, false));
    }
    let mut names: Vec<String> = match wanted {
        Some(_) => unique(fields.iter().map(|field| decode(field, options)).collect()),
        None => (0..fields.len()).map(|position| position.to_string()).collect(),
    };
    // With names for some of the columns only, pandas makes an index of the others.
    let n_data = if wanted.is_some() { n_first.unwrap_or(0) } else { fields.len() };
    if let Some(given) = &options.names {
        if given.len() < names.len().max(n_data) && options.usecols.is_none() {
            bail!(ValueError: "`names` has {} names for the {} columns of '{}'", given.len(), names.len().max(n_data), whole.path;
                hint: "give a name for each column; `usecols` keeps some of them");
        }
        if let Some(twice) = given.iter().enumerate().find(|(at, name)| given[..*at].contains(name)) {
            bail!(ValueError: "Duplicate names are not allowed: '{}'", twice.1);
        }
        names = given.clone();
    } else if n_data > names.len() && options.usecols.is_none() {
        bail!(ParserError: "Expected {} fields after the header of '{}', saw {n_data}", names.len(), whole.path;
            hint: "name all columns: `names=[…], header=0`; rdk makes no index of unnamed first columns");
    }
    let n_fields = names.len().max(if wanted.is_some() { 0 } else { n_data });
    let begin = if wanted.is_some() { next } else { start };
    let start = block.place(begin as u64).min(block.end);
    block.skip.retain(|(_, to)| *to > start);
    Ok((Some(Head { names, n_fields, rows: Block { start, ..block } }), ended))
}

fn read(block: &Block, size: usize) -> Result<(Vec<u8>, bool)> {
    let mut text = vec![0; size];
    let n_bytes = Input::open(block)?.read(&mut text)?;
    text.truncate(n_bytes);
    Ok((text, n_bytes < size))
}

/// The text with an end to its last line, if there is no more text.
fn closed(mut text: Vec<u8>, ended: bool) -> Vec<u8> {
    if ended && !matches!(text.last(), None | Some(b'\n' | b'\r')) {
        text.push(b'\n');
    }
    text
}

/// Takes the lines that `skiprows` names out of the block; false if the text does not reach far enough.
fn skip(block: &mut Block, text: &[u8], options: &Options) -> bool {
    let plain = Options { comment: None, ..options.clone() };
    let starts = |text: &[u8]| {
        let found = tokens(text, &plain, false);
        let ends = found.ends.iter().filter(|end| *end & LINE != 0).map(|end| (end & !LINE) as usize);
        let after = ends.map(|end| end + 1 + (text[end] == b'\r' && text.get(end + 1) == Some(&b'\n')) as usize);
        std::iter::once(0).chain(after).collect::<Vec<usize>>()
    };
    match &options.skiprows {
        SkipRows::Count(0) => true,
        SkipRows::Count(count) => {
            let starts = starts(text);
            block.start += starts.get(*count).copied().unwrap_or(text.len()) as u64;
            starts.len() > *count
        }
        SkipRows::Lines(lines) => {
            let starts = starts(text);
            let mut lines = lines.clone();
            lines.sort_unstable();
            lines.dedup();
            for &line in &lines {
                let Some(&from) = starts.get(line) else { continue };
                let to = starts.get(line + 1).copied().unwrap_or(text.len());
                block.skip.push((block.start + from as u64, block.start + to as u64));
            }
            lines.last().is_none_or(|last| last + 1 < starts.len())
        }
    }
}

/// Lines as where they begin, their fields, and where the next one begins.
struct Parts<'a> {
    found: &'a Tokens,
    text: &'a [u8],
    line: usize,
    end: usize,
    options: &'a Options,
}

impl<'a> Parts<'a> {
    fn new(found: &'a Tokens, text: &'a [u8], options: &'a Options) -> Parts<'a> {
        Parts { found, text, line: 0, end: 0, options }
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = (usize, Vec<&'a [u8]>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let start = *self.found.starts.get(self.line)? as usize;
        self.line += 1;
        let mut begin = start;
        let mut fields = Vec::new();
        loop {
            let end = self.found.ends[self.end];
            self.end += 1;
            let place = (end & !LINE) as usize;
            fields.push(&self.text[begin.min(place)..place]);
            begin = place + 1;
            if end & LINE != 0 {
                break;
            }
        }
        // A comment may follow the last field, and the next line may begin with blanks that count for nothing.
        let mut next = self.found.starts.get(self.line).map_or(self.found.rest, |next| *next as usize);
        if self.options.separator == Separator::Whitespace && next > begin {
            next = begin;
        }
        Some((start, fields, next.min(self.text.len())))
    }
}

fn blank(field: &[u8], options: &Options) -> bool {
    field.iter().all(|byte| matches!(byte, b' ' | b'\t') && Some(*byte) != options.separator_byte())
}

fn decode(field: &[u8], options: &Options) -> String {
    let mut scratch = Vec::new();
    let field = value(field, options, &mut scratch);
    match options.encoding {
        Encoding::Utf8 => String::from_utf8_lossy(field).into_owned(),
        Encoding::Latin1 => field.iter().map(|byte| *byte as char).collect(),
    }
}

/// Names as pandas makes them unique: `a`, `a.1`; `Unnamed: 2` for none.
fn unique(names: Vec<String>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for (position, name) in names.iter().enumerate() {
        let base = if name.is_empty() { format!("Unnamed: {position}") } else { name.clone() };
        let mut candidate = base.clone();
        let mut number = 1;
        while taken.contains(&candidate) || (number > 1 && names.contains(&candidate)) {
            candidate = format!("{base}.{number}");
            number += 1;
        }
        taken.push(candidate);
    }
    taken
}
