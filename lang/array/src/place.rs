//! Where in the user's text an operation on arrays is asked for, so that a chunk which fails later can name the line.
//!
//! Every function and operator of the room notes its place before it does anything, and every node that it makes remembers it.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use rdk_graph::Cancel;
use rdk_runtime::{Builtin, Context, Shared};
use rdk_syntax::Place;

thread_local! {
    static HERE: RefCell<Option<Place>> = const { RefCell::new(None) };
    static ENGINE: RefCell<Option<(Weak<Shared>, Cancel)>> = const { RefCell::new(None) };
}

/// From now on, this thread makes arrays for this place in the text.
pub fn note(context: &Context) {
    HERE.set(context.place());
    ENGINE.with_borrow_mut(|engine| match engine {
        Some((shared, cancel)) if shared.as_ptr() == Arc::as_ptr(&context.shared) => *cancel = context.cancel.clone(),
        _ => *engine = Some((Arc::downgrade(&context.shared), context.cancel.clone())),
    });
}

/// Where this thread's arrays are computed, and what stops that: for sizes that have to be counted before a plan can go on.
pub(crate) fn engine() -> Option<(Arc<Shared>, Cancel)> {
    ENGINE.with_borrow(|engine| {
        let (shared, cancel) = engine.as_ref()?;
        Some((shared.upgrade()?, cancel.clone()))
    })
}

/// The place that arrays are made for on this thread.
pub(crate) fn here() -> Option<Place> {
    HERE.with_borrow(Option::clone)
}

/// Makes arrays for no place in the text: work that nobody asked for.
pub(crate) fn nowhere<T>(work: impl FnOnce() -> T) -> T {
    let before = HERE.take();
    let made = work();
    HERE.set(before);
    made
}

/// The same functions, each noting its place before it does anything.
pub fn noted(builtins: Vec<Builtin>) -> Vec<Builtin> {
    builtins.into_iter().map(|builtin| builtin.after(note)).collect()
}
