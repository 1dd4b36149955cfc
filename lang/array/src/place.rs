//! Where in the user's text an operation on arrays is asked for, so that a chunk which fails later can name the line.
//!
//! Every function and operator of the room notes its place before it does anything, and every node that it makes remembers it.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use rdk_graph::{Cancel, Crew, Engine, Hands};
use rdk_runtime::{Builtin, Context, Shared, Value};
use rdk_syntax::Place;

/// What a thread has noted of its office, without keeping the session alive.
type Noted = (Weak<Shared>, Option<Hands>, Cancel);

thread_local! {
    static HERE: RefCell<Option<Place>> = const { RefCell::new(None) };
    static OFFICE: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

/// What arrays are computed by, and what stops that.
pub(crate) struct Office {
    shared: Arc<Shared>,
    hands: Option<Hands>,
    /// Set when it is to stop.
    pub cancel: Cancel,
}

impl Office {
    /// That of a running piece of the language.
    pub fn of(context: &Context) -> Office {
        Office { shared: context.shared.clone(), hands: context.hands_asked(), cancel: context.cancel.clone() }
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    /// Who does the tasks.
    pub fn hands(&self) -> Hands {
        self.hands.unwrap_or_else(|| self.shared.hands())
    }
}

/// From now on, this thread makes arrays for this place in the text.
pub fn note(context: &Context) {
    // What is the same as the last time, as most of it is, is not counted up and down.
    HERE.with_borrow_mut(|here| context.place_into(here));
    OFFICE.with_borrow_mut(|office| match office {
        Some((shared, hands, cancel)) if shared.as_ptr() == Arc::as_ptr(&context.shared) => {
            *hands = context.hands_asked();
            if !cancel.is(&context.cancel) {
                *cancel = context.cancel.clone();
            }
        }
        _ => *office = Some((Arc::downgrade(&context.shared), context.hands_asked(), context.cancel.clone())),
    });
}

/// Where this thread's arrays are computed: for sizes that have to be counted before a plan can go on.
pub(crate) fn office() -> Option<Office> {
    OFFICE.with_borrow(|office| {
        let (shared, hands, cancel) = office.as_ref()?;
        Some(Office { shared: shared.upgrade()?, hands: *hands, cancel: cancel.clone() })
    })
}

/// Work with whoever helps where this thread's arrays are computed; alone where nobody has noted that.
pub(crate) fn with_crew<T>(work: impl FnOnce(Crew<'_>) -> T) -> T {
    match office() {
        Some(office) => work(office.engine().crew_of(office.hands(), &office.cancel)),
        None => work(Crew::alone(&Cancel::new())),
    }
}

/// What `dask.config` says of this, where this thread's arrays are made.
pub(crate) fn setting(key: &str) -> Option<Value> {
    let shared = OFFICE.with_borrow(|office| office.as_ref()?.0.upgrade())?;
    rdk_runtime::modules::dask::config::setting(&shared, key)
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
