//! Where in the user's text a step of a frame is asked for, so that a partition which fails later can name the line.
//!
//! Every function, method and operator of the room notes its place before it does anything. Rows remember it, and so do the
//! functions of elements that may fail on some value: `astype`, `to_datetime`, `str.…`.

use std::cell::RefCell;

use rdk_graph::Failure;
use rdk_runtime::error::TaskNote;
use rdk_runtime::{Builtin, Context, Error};
use rdk_syntax::Place;

thread_local! {
    static HERE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// From now on, this thread makes frames for this place in the text.
pub fn note(context: &Context) {
    HERE.set(context.place());
}

/// The place that frames are made for on this thread.
pub(crate) fn here() -> Option<Place> {
    HERE.with_borrow(Option::clone)
}

/// The same functions, each noting its place before it does anything.
pub fn noted(builtins: Vec<Builtin>) -> Vec<Builtin> {
    builtins.into_iter().map(|builtin| builtin.after(note)).collect()
}

/// The error with this place, unless one further in is known.
pub fn placed(error: Error, place: &Option<Place>) -> Error {
    match place {
        Some(place) => error.at_place(place.clone()),
        None => error,
    }
}

/// The failure of a partition in an operation that was asked for at this place.
pub fn failure(error: Error, place: &Option<Place>, operation: &str, index: &[u32]) -> Failure {
    let mut error = placed(error, place);
    error.0.task.get_or_insert_with(|| TaskNote {
        operation: operation.into(),
        key: format!("{operation}, {index:?}"),
        chunk: index.to_vec(),
        part: "partition",
    });
    Failure::Error(Box::new(error))
}
