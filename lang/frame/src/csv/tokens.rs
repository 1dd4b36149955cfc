//! Fields found one byte at a time: exact in all dialects, as the tokenizer of pandas has it.
//!
//! It serves what the quick scan cannot: blanks as separators, comments, escapes, stray quotes; and short texts such as headers.

use super::options::{Options, Separator};
use super::scan::LINE;

/// Where the lines of a text begin and its fields end.
#[derive(Default, Debug)]
pub struct Tokens {
    /// Where each line begins.
    pub starts: Vec<u32>,
    /// Where each field ends; the last one of a line is marked with [`LINE`].
    pub ends: Vec<u32>,
    /// Where the line begins that did not end.
    pub rest: usize,
    /// Does the text stop within quotes?
    pub within: bool,
}

/// Where the machine stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte of a line.
    Line,
    /// Before the first byte of a field.
    Field,
    /// In a field without quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote that closes, unless another one follows.
    Closing,
    /// In a comment that follows fields.
    Comment,
    /// In a comment that is all of its line.
    OnlyComment,
    /// After blanks that end a field, where blanks separate.
    Blanks,
}

/// The fields of `text`, which begins a line (or stands within quotes).
pub fn tokens(text: &[u8], options: &Options, within: bool) -> Tokens {
    let mut tokens = Tokens::default();
    let mut state = if within { State::Quoted } else { State::Line };
    let (blanks, separator) = match options.separator {
        Separator::Byte(byte) => (false, byte),
        Separator::Whitespace => (true, b' '),
    };
    let is_separator = |byte: u8| if blanks { byte == b' ' || byte == b'\t' } else { byte == separator };
    let mut start = 0;
    if within {
        tokens.starts.push(0);
    }
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        let quoted = matches!(state, State::Quoted | State::Closing);
        if Some(byte) == options.escape && !matches!(state, State::Comment | State::OnlyComment) {
            if state == State::Line {
                begin(&mut tokens, at);
            }
            state = if quoted && state == State::Quoted { State::Quoted } else { State::Plain };
            at += 2;
            continue;
        }
        if state == State::Quoted {
            if Some(byte) == options.quote {
                state = if options.doublequote { State::Closing } else { State::Plain };
            }
            at += 1;
            continue;
        }
        if state == State::Closing && Some(byte) == options.quote {
            state = State::Quoted;
            at += 1;
            continue;
        }
        if byte == b'\n' || byte == b'\r' {
            let after = at + 1 + (byte == b'\r' && text.get(at + 1) == Some(&b'\n')) as usize;
            match state {
                State::OnlyComment => (),
                State::Line => {
                    begin(&mut tokens, start);
                    tokens.ends.push(at as u32 | LINE);
                }
                State::Comment => (),
                State::Field | State::Plain | State::Closing | State::Blanks => tokens.ends.push(at as u32 | LINE),
                State::Quoted => unreachable!("handled above"),
            }
            if state == State::Comment {
                // The end of the field before the comment was noted when it began.
                if let Some(last) = tokens.ends.last_mut() {
                    *last |= LINE;
                }
            }
            state = State::Line;
            start = after;
            tokens.rest = after;
            at = after;
            continue;
        }
        match state {
            State::Comment | State::OnlyComment => at += 1,
            _ if Some(byte) == options.comment => {
                if state == State::Line {
                    state = State::OnlyComment;
                } else {
                    tokens.ends.push(at as u32);
                    state = State::Comment;
                }
                at += 1;
            }
            State::Line if blanks && is_separator(byte) => at += 1,
            State::Line => {
                begin(&mut tokens, if blanks { at } else { start });
                state = State::Field;
            }
            State::Blanks if is_separator(byte) => at += 1,
            State::Blanks => {
                tokens.ends.push(at as u32 - 1);
                state = State::Field;
            }
            State::Field if Some(byte) == options.quote => {
                state = State::Quoted;
                at += 1;
            }
            State::Field if byte == b' ' && options.skipinitialspace && !is_separator(byte) => at += 1,
            State::Field | State::Plain | State::Closing => {
                if !is_separator(byte) {
                    state = State::Plain;
                } else if blanks {
                    state = State::Blanks;
                } else {
                    tokens.ends.push(at as u32);
                    state = State::Field;
                }
                at += 1;
            }
            State::Quoted => unreachable!("handled above"),
        }
    }
    tokens.within = state == State::Quoted;
    // A line that did not end leaves nothing.
    while tokens.ends.last().is_some_and(|end| end & LINE == 0) {
        tokens.ends.pop();
    }
    let lines = tokens.ends.iter().filter(|end| *end & LINE != 0).count();
    tokens.starts.truncate(lines);
    tokens
}

fn begin(tokens: &mut Tokens, at: usize) {
    tokens.starts.push(at as u32);
}

/// The value of a field: without its quotes and escapes. `scratch` holds it if it is not a part of the field as it stands.
pub fn value<'a>(field: &'a [u8], options: &Options, scratch: &'a mut Vec<u8>) -> &'a [u8] {
    let field = match options.separator {
        Separator::Whitespace => field.trim_ascii(),
        Separator::Byte(_) if options.skipinitialspace => {
            let blanks = field.iter().take_while(|byte| **byte == b' ').count();
            &field[blanks..]
        }
        Separator::Byte(_) => field,
    };
    let opens = options.quote.is_some() && field.first().copied() == options.quote;
    if !opens && options.escape.is_none() {
        return field;
    }
    if let (true, Some(quote), None) = (opens && field.len() >= 2, options.quote, options.escape) {
        let inner = &field[1..field.len() - 1];
        if field[field.len() - 1] == quote && !inner.contains(&quote) {
            return inner;
        }
    }
    scratch.clear();
    let mut state = State::Field;
    let mut at = 0;
    while at < field.len() {
        let byte = field[at];
        at += 1;
        if Some(byte) == options.escape {
            scratch.extend(field.get(at));
            at += 1;
            state = if state == State::Quoted { State::Quoted } else { State::Plain };
            continue;
        }
        let quote = Some(byte) == options.quote;
        state = match state {
            State::Field if quote => State::Quoted,
            State::Quoted if quote && options.doublequote => State::Closing,
            State::Quoted if quote => State::Plain,
            State::Closing if quote => {
                scratch.push(byte);
                State::Quoted
            }
            _ => {
                scratch.push(byte);
                if state == State::Quoted { State::Quoted } else { State::Plain }
            }
        };
    }
    scratch
}
