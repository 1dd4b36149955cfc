//! A request to stop, seen by everything that works for the same person.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by Ctrl-C or the kernel's interrupt; looked at between tiles, loop turns and tasks.
#[derive(Clone, Default, Debug)]
pub struct Cancel(Arc<Node>);

#[derive(Default, Debug)]
struct Node {
    requested: AtomicBool,
    above: Option<Cancel>,
}

impl Cancel {
    /// Nobody has asked yet.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// One that also stops when this one does, and can be stopped alone.
    pub fn child(&self) -> Cancel {
        Cancel(Arc::new(Node { requested: AtomicBool::new(false), above: Some(self.clone()) }))
    }

    /// Ask for a stop. Safe to call from a signal handler.
    pub fn request(&self) {
        self.0.requested.store(true, Ordering::Relaxed);
    }

    /// Was a stop asked for?
    #[inline]
    pub fn requested(&self) -> bool {
        let mut node = &self.0;
        loop {
            if node.requested.load(Ordering::Relaxed) {
                return true;
            }
            match &node.above {
                Some(above) => node = &above.0,
                None => return false,
            }
        }
    }

    /// The stop has been obeyed: the next piece of work starts fresh. Says nothing about the one above.
    pub fn clear(&self) {
        self.0.requested.store(false, Ordering::Relaxed);
    }
}
