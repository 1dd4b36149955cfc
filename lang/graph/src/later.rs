//! Results that are still being made, where results are expected: what `persist` gives at once.
//!
//! A graph takes such a piece of data as data at hand if it has come by then, and otherwise as a task that waits for it.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::worker::waiting;
use crate::{Call, Data, Failure, Operation, Payload};

/// How soon somebody who waits notices a request to stop.
const POLL: Duration = Duration::from_millis(10);

/// A result that is still being made.
#[derive(Clone, Default)]
pub struct Later(Arc<Slot>);

#[derive(Default)]
struct Slot {
    outcome: Mutex<Option<Outcome>>,
    changed: Condvar,
    /// Goes with the last one who wants the result: what makes it may stop then.
    keep: Mutex<Option<Arc<dyn std::any::Any + Send + Sync>>>,
}

/// What came; a failure can be had again and again.
pub type Outcome = Result<Payload, Arc<dyn Fn() -> Failure + Send + Sync>>;

impl Later {
    /// Nothing has come yet. Who makes the result may be told to stop by the end of what is kept.
    pub fn new(keep: Arc<dyn std::any::Any + Send + Sync>) -> Later {
        let later = Later::default();
        *later.0.keep.lock() = Some(keep);
        later
    }

    /// Here it is, or why it is not.
    pub fn set(&self, outcome: Outcome) {
        *self.0.outcome.lock() = Some(outcome);
        self.0.changed.notify_all();
        let keep = self.0.keep.lock().take();
        drop(keep);
    }

    /// The same without holding on to it.
    pub fn setter(&self) -> impl Fn(Outcome) + Send + use<> {
        let slot = Arc::downgrade(&self.0);
        move |outcome| {
            if let Some(slot) = slot.upgrade() {
                Later(slot).set(outcome);
            }
        }
    }

    /// Has it come, or failed?
    pub fn is_over(&self) -> bool {
        self.0.outcome.lock().is_some()
    }

    /// Waits until then at most; has it come, or failed?
    pub fn wait_until(&self, until: Instant) -> bool {
        let mut outcome = self.0.outcome.lock();
        if outcome.is_none() {
            self.0.changed.wait_until(&mut outcome, until);
        }
        outcome.is_some()
    }

    /// The result, if it has come.
    pub fn result(&self) -> Option<Payload> {
        self.0.outcome.lock().as_ref()?.as_ref().ok().cloned()
    }
}

impl Data for Later {
    fn n_bytes(&self) -> usize {
        self.result().map_or(0, |payload| payload.0.n_bytes())
    }

    fn write(&self, _: &mut dyn io::Write) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "it is still being made"))
    }

    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload> {
        |_| Err(io::Error::new(io::ErrorKind::Unsupported, "it was still being made"))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// Waits for a result that somebody else makes. Only in the process where that is: elsewhere its key is asked for.
pub(crate) struct Await(pub Later);

impl fmt::Debug for Await {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Await")
    }
}

impl Operation for Await {
    fn name(&self) -> &str {
        "wait"
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        waiting(|| {
            while !self.0.wait_until(Instant::now() + POLL) {
                if call.cancel.requested() {
                    return Err(Failure::Cancelled);
                }
            }
            match &*self.0.0.outcome.lock() {
                Some(Ok(payload)) => Ok(payload.clone()),
                Some(Err(failure)) => Err(failure()),
                None => Err(Failure::Cancelled),
            }
        })
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("graph.wait", Vec::new())
    }
}
