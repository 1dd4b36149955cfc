//! Where in the user's text an operation on arrays is asked for, so that a chunk which fails later can name the line.
//!
//! Every function and operator of the room notes its place before it does anything, and every node that it makes remembers it.

use std::cell::RefCell;

use rdk_runtime::{Builtin, Context};
use rdk_syntax::Place;

thread_local! {
    static HERE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// From now on, this thread makes arrays for this place in the text.
pub fn note(context: &Context) {
    HERE.set(context.place());
}

/// The place that arrays are made for on this thread.
pub(crate) fn here() -> Option<Place> {
    HERE.with_borrow(Option::clone)
}

/// The same functions, each noting its place before it does anything.
pub fn noted(builtins: Vec<Builtin>) -> Vec<Builtin> {
    builtins.into_iter().map(|builtin| builtin.after(note)).collect()
}
