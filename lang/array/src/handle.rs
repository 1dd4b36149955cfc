//! How a value holds its node. `x[0] = 1` gives `x` another node, and everybody who holds the same value sees it; plans made of it
//! before keep what they saw.

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::array::Node;

/// A node, and those that came after it.
pub struct Handle {
    node: Arc<Node>,
    later: OnceLock<Box<Later>>,
}

/// Rows of nodes, each twice as long as the one before. Appended to, and never moved: references to a node live as long as the handle,
/// and the last one is found at once, however many there are.
struct Later {
    rows: [OnceLock<Row>; usize::BITS as usize],
    /// So many are there.
    count: AtomicUsize,
}

type Row = Box<[OnceLock<Arc<Node>>]>;

impl Handle {
    /// Of a new node.
    pub(crate) fn new(node: Node) -> Handle {
        Handle::of(Arc::new(node))
    }

    fn of(node: Arc<Node>) -> Handle {
        Handle { node, later: OnceLock::new() }
    }

    fn last(&self) -> &Arc<Node> {
        self.later.get().and_then(|later| later.last()).unwrap_or(&self.node)
    }

    /// From now on it holds the other's node.
    pub(crate) fn follow(&self, other: &Handle) {
        let node = other.last().clone();
        self.later.get_or_init(Box::default).push(node);
    }

    /// The node, if nothing else holds it.
    pub(crate) fn alone(&mut self) -> Option<&mut Node> {
        match self.later.get() {
            Some(_) => None,
            None => Arc::get_mut(&mut self.node),
        }
    }
}

impl Default for Later {
    fn default() -> Later {
        Later { rows: std::array::from_fn(|_| OnceLock::new()), count: AtomicUsize::new(0) }
    }
}

impl Later {
    fn place(&self, at: usize) -> &OnceLock<Arc<Node>> {
        let row = (at + 1).ilog2() as usize;
        let length = 1usize << row;
        &self.rows[row].get_or_init(|| (0..length).map(|_| OnceLock::new()).collect())[at + 1 - length]
    }

    fn last(&self) -> Option<&Arc<Node>> {
        self.place(self.count.load(Ordering::Acquire).checked_sub(1)?).get()
    }

    fn push(&self, mut node: Arc<Node>) {
        loop {
            let at = self.count.load(Ordering::Acquire);
            let placed = self.place(at).set(node);
            self.count.fetch_max(at + 1, Ordering::AcqRel);
            // Another thread may have been quicker; then this comes after that.
            match placed {
                Ok(()) => return,
                Err(refused) => node = refused,
            }
        }
    }
}

/// Of the node as it is now.
impl Clone for Handle {
    fn clone(&self) -> Handle {
        Handle::of(self.last().clone())
    }
}

impl Deref for Handle {
    type Target = Node;

    fn deref(&self) -> &Node {
        self.last()
    }
}
