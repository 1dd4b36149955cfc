//! What happens while a graph runs: single events for those who listen, and a summary for those who look now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::RwLock;

use crate::{Key, TaskId};

/// Something happened to a task.
#[derive(Clone, Debug)]
pub struct Event {
    /// Which run it belongs to; 0 for a single task, which came without a graph.
    pub run: u64,
    /// Its position in the graph of that run.
    pub task: TaskId,
    /// Its name; the name of the key is what the operation is called.
    pub key: Key,
    /// What happened.
    pub what: What,
    /// When.
    pub at: Instant,
}

/// What happened to a task.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum What {
    /// It is part of a run that begins.
    Queued,
    /// A worker has begun with it.
    Started,
    /// It is done.
    Finished {
        /// How long it took.
        seconds: f64,
        /// Bytes of its result.
        bytes: u64,
    },
    /// It made nothing.
    Failed,
}

/// How far a run has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Which run.
    pub run: u64,
    /// By name of the operation, in the order of first use.
    pub operations: Vec<OperationProgress>,
    /// Tasks that run now.
    pub running: usize,
    /// Bytes granted to results and to running tasks.
    pub bytes_held: u64,
    /// Bytes of this run on disk.
    pub bytes_spilled: u64,
    /// Bytes that all runs together may hold.
    pub budget: u64,
    /// When it began.
    pub started: Instant,
}

/// How far the tasks of one name have come.
#[derive(Clone, Debug)]
pub struct OperationProgress {
    /// What they are called.
    pub name: Arc<str>,
    /// How many are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
    /// How long those that are done took, added up.
    pub seconds: f64,
    /// The longest of late; older ones fade.
    pub(crate) longest: f64,
}

impl Progress {
    /// Tasks that are done.
    pub fn done(&self) -> usize {
        self.operations.iter().map(|operation| operation.done).sum()
    }

    /// All tasks.
    pub fn total(&self) -> usize {
        self.operations.iter().map(|operation| operation.total).sum()
    }

    /// How long the run has been going.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// How long it will still take if all goes on as it went: each operation at the mean of its own tasks so far, those
    /// not met yet at the mean of all. `None` before anything is done.
    pub fn remaining(&self) -> Option<Duration> {
        let worked: f64 = self.operations.iter().map(|operation| operation.seconds).sum();
        let done = self.done();
        if done == 0 {
            return None;
        }
        let mean = worked / done as f64;
        let left: f64 = self
            .operations
            .iter()
            .map(|operation| {
                let each = if operation.done > 0 { operation.seconds / operation.done as f64 } else { mean };
                each * (operation.total - operation.done) as f64
            })
            .sum();
        if left == 0.0 {
            return Some(Duration::ZERO);
        }
        // Work done per second of waiting, with all pauses and all workers in it.
        let seconds = self.elapsed().as_secs_f64() * left / worked.max(1e-9);
        Duration::try_from_secs_f64(seconds).ok()
    }
}

impl OperationProgress {
    /// So many of so many are done, which took so long.
    pub fn new(name: Arc<str>, done: usize, total: usize, seconds: f64) -> OperationProgress {
        OperationProgress { name, done, total, seconds, longest: 0.0 }
    }

    pub(crate) fn record(&mut self, seconds: f64) {
        self.done += 1;
        self.seconds += seconds;
        self.longest = seconds.max(self.longest * 0.9);
    }

    /// So short that handing over costs more than doing.
    pub(crate) fn is_tiny(&self) -> bool {
        self.done >= 16 && self.longest < 20e-6
    }
}

/// Tells how far something has come that is no run.
type Source = Arc<dyn Fn() -> Option<Progress> + Send + Sync>;

/// What front ends are to show besides runs.
#[derive(Default)]
pub(crate) struct Sources {
    next: AtomicU64,
    list: RwLock<Vec<(u64, Source)>>,
}

/// As long as it lives, front ends show how far it has come.
pub struct Watching {
    sources: Arc<Sources>,
    number: u64,
}

impl Sources {
    pub fn add(self: &Arc<Self>, source: impl Fn() -> Option<Progress> + Send + Sync + 'static) -> Watching {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.list.write().push((number, Arc::new(source)));
        Watching { sources: self.clone(), number }
    }

    /// How far the newest has come.
    pub fn newest(&self) -> Option<Progress> {
        let source = self.list.read().last().map(|(_, source)| source.clone())?;
        source()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut list = self.sources.list.write();
        list.retain(|(number, _)| *number != self.number);
    }
}

type Listener = Arc<dyn Fn(&[Event]) + Send + Sync>;

/// Those who want to hear of every event.
#[derive(Default)]
pub(crate) struct Listeners {
    any: AtomicBool,
    next: AtomicU64,
    list: RwLock<Vec<(u64, Listener)>>,
}

/// As long as it lives, the listener hears of events.
pub struct Listening {
    listeners: Arc<Listeners>,
    number: u64,
}

impl Listeners {
    pub fn add(self: &Arc<Self>, listener: impl Fn(&[Event]) + Send + Sync + 'static) -> Listening {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.list.write().push((number, Arc::new(listener)));
        self.any.store(true, Ordering::Relaxed);
        Listening { listeners: self.clone(), number }
    }

    /// Somebody listens.
    #[inline]
    pub fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    pub fn tell(&self, events: &[Event]) {
        // Called without the lock: a listener may stop listening, or start another.
        let list: Vec<Listener> = self.list.read().iter().map(|(_, listener)| listener.clone()).collect();
        for listener in list {
            // One that panics must not take the task with it.
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| listener(events)));
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut list = self.listeners.list.write();
        list.retain(|(number, _)| *number != self.number);
        self.listeners.any.store(!list.is_empty(), Ordering::Relaxed);
    }
}
