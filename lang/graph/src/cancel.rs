//! A request to stop, seen by everything that works for the same person.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by Ctrl-C or the kernel's interrupt; looked at between tiles, loop turns and tasks.
#[derive(Clone, Default, Debug)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Nobody has asked yet.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Ask for a stop. Safe to call from a signal handler.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Was a stop asked for?
    #[inline]
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The stop has been obeyed: the next piece of work starts fresh.
    pub fn clear(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
