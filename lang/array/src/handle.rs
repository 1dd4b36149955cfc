//! How a value holds its node. `x[0] = 1` gives `x` another node, and everybody who holds the same value sees it; plans made of it
//! before keep what they saw.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::array::Node;

/// A node, and the one that came after it.
pub struct Handle {
    node: Arc<Node>,
    // Appended to, and never changed: references to a node live as long as the handle.
    next: OnceLock<Box<Handle>>,
}

impl Handle {
    /// Of a new node.
    pub(crate) fn new(node: Node) -> Handle {
        Handle::of(Arc::new(node))
    }

    fn of(node: Arc<Node>) -> Handle {
        Handle { node, next: OnceLock::new() }
    }

    fn last(&self) -> &Handle {
        let mut handle = self;
        while let Some(next) = handle.next.get() {
            handle = next;
        }
        handle
    }

    /// From now on it holds the other's node.
    pub(crate) fn follow(&self, other: &Handle) {
        let mut next = Box::new(other.clone());
        // Another thread may have been quicker; then this comes after that.
        while let Err(refused) = self.last().next.set(next) {
            next = refused;
        }
    }

    /// The node, if nothing else holds it.
    pub(crate) fn alone(&mut self) -> Option<&mut Node> {
        match self.next.get() {
            Some(_) => None,
            None => Arc::get_mut(&mut self.node),
        }
    }
}

/// Of the node as it is now.
impl Clone for Handle {
    fn clone(&self) -> Handle {
        Handle::of(self.last().node.clone())
    }
}

impl Deref for Handle {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.last().node
    }
}

/// A long row of handles is taken apart one by one: the compiler's own way would go as deep as the row is long.
impl Drop for Handle {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut handle) = next {
            next = handle.next.take();
        }
    }
}
