//! A request to stop, seen by everything that works for the same person.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use smallvec::SmallVec;

/// Set by Ctrl-C or the kernel's interrupt; looked at between tiles, loop turns and tasks.
#[derive(Clone, Default, Debug)]
pub struct Cancel(Arc<Node>);

#[derive(Default, Debug)]
struct Node {
    requested: AtomicBool,
    /// More than one where a task runs a graph for somebody else.
    above: SmallVec<[Cancel; 1]>,
}

impl Cancel {
    /// Nobody has asked yet.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// One that also stops when this one does, and can be stopped alone.
    pub fn child(&self) -> Cancel {
        Cancel::below([self.clone()])
    }

    /// One that also stops when any of these does.
    pub fn below(above: impl IntoIterator<Item = Cancel>) -> Cancel {
        Cancel(Arc::new(Node { requested: AtomicBool::new(false), above: above.into_iter().collect() }))
    }

    /// Is it the very same?
    pub fn is(&self, other: &Cancel) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Ask for a stop. Safe to call from a signal handler.
    pub fn request(&self) {
        self.0.requested.store(true, Ordering::Relaxed);
    }

    /// Was a stop asked for?
    #[inline]
    pub fn requested(&self) -> bool {
        self.0.requested.load(Ordering::Relaxed) || self.0.above.iter().any(Cancel::requested)
    }

    /// The stop has been obeyed: the next piece of work starts fresh. Says nothing about the one above.
    pub fn clear(&self) {
        self.0.requested.store(false, Ordering::Relaxed);
    }
}
