//! Characters of a text by their position.
//!
//! Text is stored as UTF-8, where nobody knows at which byte the hundredth character begins. What was learned of the long
//! texts that were asked about last is remembered on each thread, so that a loop over positions, or over `len(text)`, does
//! not count from the beginning at every turn.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::value::Value;

/// Shorter texts are counted anew: that is as fast as looking them up.
const LONG: usize = 96;

/// Of so many characters one has its byte written down.
const STRIDE: usize = 64;

/// What is known of a text. It is kept alive, so that its address stands for it.
struct Known {
    text: Arc<str>,
    n_chars: usize,
    /// Where every `STRIDE`th character begins; empty if each is one byte.
    starts: Vec<usize>,
}

thread_local! {
    static RECENT: RefCell<[Option<Rc<Known>>; 2]> = const { RefCell::new([None, None]) };

    /// Texts of one ASCII character.
    static SINGLE: Vec<Arc<str>> =
        (0..128u8).map(|byte| Arc::from(char::from(byte).encode_utf8(&mut [0; 4]) as &str)).collect();
}

/// How many characters a text has.
pub(crate) fn count(text: &Arc<str>) -> usize {
    if text.len() < LONG { text.chars().count() } else { known(text).n_chars }
}

/// The byte at which the character at this position begins; the length in bytes for the position after the last.
pub(crate) fn offset(text: &Arc<str>, position: usize) -> usize {
    if text.len() < LONG {
        return from(text, 0, position);
    }
    let known = known(text);
    if known.starts.is_empty() {
        return position.min(text.len());
    }
    match known.starts.get(position / STRIDE) {
        Some(&start) => from(text, start, position % STRIDE),
        None => text.len(),
    }
}

/// The byte at which the character begins that is so many characters after the one at `start`.
fn from(text: &str, start: usize, characters: usize) -> usize {
    text[start..].char_indices().nth(characters).map_or(text.len(), |(at, _)| start + at)
}

/// A text of this character alone.
#[inline]
pub(crate) fn single(character: char) -> Value {
    if character.is_ascii() {
        return Value::Str(SINGLE.with(|single| single[character as usize].clone()));
    }
    Value::str(character.encode_utf8(&mut [0; 4]))
}

fn known(text: &Arc<str>) -> Rc<Known> {
    RECENT.with_borrow_mut(|recent| {
        for at in 0..recent.len() {
            if let Some(known) = &recent[at]
                && Arc::ptr_eq(&known.text, text)
            {
                let known = known.clone();
                recent.swap(0, at);
                return known;
            }
        }
        let known = Rc::new(learn(text));
        recent.rotate_right(1);
        recent[0] = Some(known.clone());
        known
    })
}

fn learn(text: &Arc<str>) -> Known {
    let mut known = Known { text: text.clone(), n_chars: text.len(), starts: Vec::new() };
    if !text.is_ascii() {
        known.n_chars = 0;
        for (at, _) in text.char_indices() {
            if known.n_chars.is_multiple_of(STRIDE) {
                known.starts.push(at);
            }
            known.n_chars += 1;
        }
    }
    known
}
