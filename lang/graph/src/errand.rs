//! Tasks that come one by one, when their inputs are there: they need no graph and no schedule.
//!
//! They wait in one queue and run when no graph wants the place. Tasks with inputs go before those without: what they
//! finish lets data go. Those of the same kind run in the order in which they came.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use smallvec::SmallVec;

use crate::{Cancel, Failure, Key, Operation, Payload};

/// A task whose inputs are there.
pub struct Single {
    /// Its name.
    pub key: Key,
    /// What it does.
    pub operation: Arc<dyn Operation>,
    /// With what.
    pub inputs: SmallVec<[Payload; 4]>,
    /// To stop this task alone.
    pub cancel: Cancel,
}

/// Somebody who has a task to be done.
pub trait Errand: Send + Sync {
    /// A worker has come to it: the task, unless there is nothing to do any more.
    fn begin(&self) -> Option<Single>;

    /// How it went.
    fn end(self: Arc<Self>, result: Result<Payload, Failure>);
}

/// How urgent an errand is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Urgency {
    /// Larger ones go first.
    pub priority: i64,
    /// It has inputs, which may be let go when it is done.
    pub has_inputs: bool,
}

/// Errands that wait for a worker. They are known by weak references: who drops one does not want it any more.
pub(crate) struct Errands {
    queue: BTreeMap<Turn, Weak<dyn Errand>>,
    came: u64,
    /// Under way, but for those that wait for other errands.
    running: isize,
    /// So many may be under way.
    pub limit: usize,
}

/// Smaller ones go first.
type Turn = (Reverse<i64>, bool, u64);

impl Default for Errands {
    fn default() -> Errands {
        Errands { queue: BTreeMap::new(), came: 0, running: 0, limit: usize::MAX }
    }
}

impl Errands {
    pub fn add(&mut self, errand: Weak<dyn Errand>, urgency: Urgency) {
        self.came += 1;
        self.queue.insert((Reverse(urgency.priority), !urgency.has_inputs, self.came), errand);
    }

    /// One may be taken now.
    pub fn has_work(&self) -> bool {
        !self.queue.is_empty() && self.running < isize::try_from(self.limit).unwrap_or(isize::MAX)
    }

    /// The next one; whoever takes it says [`Errands::leave`] afterwards.
    pub fn take(&mut self) -> Option<Weak<dyn Errand>> {
        if !self.has_work() {
            return None;
        }
        let (_, errand) = self.queue.pop_first()?;
        self.enter();
        Some(errand)
    }

    /// One more is under way, or goes on.
    pub fn enter(&mut self) {
        self.running += 1;
    }

    /// One is over, or waits for others.
    pub fn leave(&mut self) {
        self.running -= 1;
    }
}
