//! The look of an array that may be exchanged for another one: `x.shape = …`, `x.resize(…)`.
//!
//! Whoever has the array sees the change. Looks that were there before stay where they are until the array goes: somebody may still hold
//! its shape.

use std::ops::Deref;
use std::sync::OnceLock;

use super::look::Look;

/// Looks one behind the other; the last one counts.
pub struct Looks {
    own: Look,
    next: OnceLock<Box<Looks>>,
}

impl Looks {
    /// From now on this one.
    pub fn exchange(&self, look: Look) {
        let mut new = Box::new(Looks::from(look));
        let mut last = self;
        loop {
            match last.next.get() {
                Some(next) => last = next,
                None => match last.next.set(new) {
                    Ok(()) => return,
                    // Another thread was faster.
                    Err(back) => new = back,
                },
            }
        }
    }
}

impl From<Look> for Looks {
    fn from(own: Look) -> Looks {
        Looks { own, next: OnceLock::new() }
    }
}

impl Deref for Looks {
    type Target = Look;

    fn deref(&self) -> &Look {
        let mut last = self;
        while let Some(next) = last.next.get() {
            last = next;
        }
        &last.own
    }
}

impl Drop for Looks {
    /// One after the other: a long row of them would be as deep.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut looks) = next {
            next = looks.next.take();
        }
    }
}
