//! Help for a task that can be cut into pieces: workers that have nothing else to do take some of them.
//!
//! ```text
//! task    ──┬─ piece ─ piece ─ piece ─┬──►      the caller works, too, and waits for those inside
//! worker    └──── piece ─ piece ──────┘         comes when it is idle, leaves when no piece is left
//! ```
//!
//! Tasks of the graph come first: where all workers are busy, nobody helps, and no thread is ever added.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Condvar, Mutex};
use smallvec::SmallVec;

use crate::engine::Hands;
use crate::run::Info;
use crate::state::Shared;
use crate::worker;
use crate::{Cancel, Failure};

/// Who does the pieces of a task: whoever runs it, and workers that are idle.
#[derive(Clone, Copy)]
pub struct Crew<'a> {
    shared: Option<&'a Arc<Shared>>,
    cancel: &'a Cancel,
}

/// A stop was asked for, and not everything has been done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stopped;

impl From<Stopped> for Failure {
    fn from(_: Stopped) -> Failure {
        Failure::Cancelled
    }
}

impl<'a> Crew<'a> {
    /// Nobody helps.
    pub fn alone(cancel: &'a Cancel) -> Crew<'a> {
        Crew { shared: None, cancel }
    }

    pub(crate) fn of(shared: &'a Arc<Shared>, hands: Hands, cancel: &'a Cancel) -> Crew<'a> {
        Crew { shared: (hands == Hands::All).then_some(shared), cancel }
    }

    /// How many would work at once if pieces were shared out now. Another moment it may be another number.
    pub fn size(&self) -> usize {
        let Some(shared) = self.shared else { return 1 };
        let free = shared.state.lock().free.max(0) as usize;
        // Who is no worker takes one of the places.
        if worker::is_here(shared) { 1 + free } else { free.max(1) }
    }

    /// Was a stop asked for?
    pub fn stopped(&self) -> bool {
        self.cancel.requested()
    }

    /// Has each item done once, in no order, and comes back when all are done. A panic in one is a panic here.
    ///
    /// # Errors
    /// [`Stopped`] when a stop was asked for and items were left.
    pub fn share<I: Send>(&self, items: Vec<I>, work: impl Fn(I) + Sync) -> Result<(), Stopped> {
        let n_items = items.len();
        let queue = Mutex::new(items.into_iter());
        let take = || queue.lock().next();
        let work = || {
            while !self.stopped() {
                let Some(item) = take() else { break };
                work(item);
            }
        };
        match self.shared {
            Some(shared) if n_items > 1 && shared.threads > 1 => helped(shared, n_items - 1, &work),
            _ => work(),
        }
        if queue.into_inner().len() > 0 { Err(Stopped) } else { Ok(()) }
    }

    /// What becomes of each item, in their order.
    ///
    /// # Errors
    /// As [`Crew::share`].
    pub fn map<I: Send, R: Send>(&self, items: Vec<I>, work: impl Fn(I) -> R + Sync) -> Result<Vec<R>, Stopped> {
        let mut results: Vec<Option<R>> = Vec::with_capacity(items.len());
        results.resize_with(items.len(), || None);
        let pairs = items.into_iter().zip(&mut results).collect();
        self.share(pairs, |(item, result): (I, &mut Option<R>)| *result = Some(work(item)))?;
        Ok(results.into_iter().map(|result| result.expect("every item has been done")).collect())
    }
}

/// Work that is open to helpers.
pub(crate) struct Help {
    /// Does items until none is left. Alive until its owner has closed the help.
    work: *const (dyn Fn() + Sync + 'static),
    /// Whose task it is.
    pub info: Option<Arc<Info>>,
    /// Somebody has found no more items.
    exhausted: AtomicBool,
    /// How many helpers are inside.
    inside: Mutex<usize>,
    left: Condvar,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

// SAFETY: `work` points to something `Sync` that is only called between `enter` and the end of `help`, and its owner waits for all who are
// inside before it goes away. Everything else is `Send` and `Sync` by itself.
unsafe impl Send for Help {}
// SAFETY: as above.
unsafe impl Sync for Help {}

impl Help {
    /// Is it worth coming?
    pub fn is_open(&self) -> bool {
        !self.exhausted.load(Ordering::Relaxed)
    }

    /// Goes inside. With the engine's lock held, under which it stands in the list: then its owner has not left.
    pub fn enter(&self) {
        *self.inside.lock() += 1;
    }

    /// Helps, and leaves.
    pub fn help(&self) {
        // SAFETY: whoever is inside keeps the owner from leaving. The alternatives, threads for each piece of work or rayon's scopes, cost
        // 50 µs a thread, or wait for workers that do not come back to rayon while there are tasks.
        let work = unsafe { &*self.work };
        if let Err(panic) = std::panic::catch_unwind(AssertUnwindSafe(work)) {
            self.panic.lock().get_or_insert(panic);
        }
        self.exhausted.store(true, Ordering::Relaxed);
        *self.inside.lock() -= 1;
        self.left.notify_all();
    }
}

/// Works, with at most so many helpers.
fn helped(shared: &Arc<Shared>, most: usize, work: &(dyn Fn() + Sync)) {
    let pointer: *const (dyn Fn() + Sync + '_) = work;
    let help = Arc::new(Help {
        // SAFETY: only the lifetime changes; `Closing` waits below for everybody who uses it, also when `work` panics here.
        work: unsafe {
            std::mem::transmute::<*const (dyn Fn() + Sync + '_), *const (dyn Fn() + Sync + 'static)>(pointer)
        },
        info: worker::info_here(),
        exhausted: AtomicBool::new(false),
        inside: Mutex::new(0),
        left: Condvar::new(),
        panic: Mutex::new(None),
    });
    let mut state = shared.state.lock();
    // Who is no worker takes a place for as long as it works.
    let has_place = !worker::is_here(shared) && state.free > 0;
    if has_place {
        state.free -= 1;
    }
    state.helps.push(help.clone());
    let claimed: SmallVec<[worker::Thread; 8]> = std::iter::from_fn(|| state.claim(shared)).take(most).collect();
    drop(state);
    let closing = Closing { shared, help: &help, has_place };
    claimed.into_iter().for_each(|thread| shared.start(Some(thread)));
    work();
    drop(closing);
    let panic = help.panic.lock().take();
    if let Some(panic) = panic {
        std::panic::resume_unwind(panic);
    }
}

/// Takes the work back, also when it panics.
struct Closing<'a> {
    shared: &'a Arc<Shared>,
    help: &'a Arc<Help>,
    has_place: bool,
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.shared.state.lock().helps.retain(|help| !Arc::ptr_eq(help, self.help));
        let mut inside = self.help.inside.lock();
        while *inside > 0 {
            self.help.left.wait(&mut inside);
        }
        drop(inside);
        if self.has_place {
            self.shared.leave();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::Engine;

    #[test]
    fn items_are_done_once_and_by_others_too() {
        let engine = Engine::new(3);
        let cancel = Cancel::new();
        let crew = engine.crew(&cancel);
        assert_eq!(crew.size(), 3);
        for n in [0, 1, 2, 1000] {
            assert_eq!(
                crew.map((0..n).collect(), |at: usize| at * 2).unwrap(),
                (0..n).map(|at| at * 2).collect::<Vec<_>>()
            );
        }
        // Each waits for the others: nobody could do it alone.
        let (met, started) = (AtomicUsize::new(0), Instant::now());
        crew.share(vec![(); 3], |()| {
            met.fetch_add(1, Ordering::Relaxed);
            while met.load(Ordering::Relaxed) < 3 && started.elapsed() < Duration::from_secs(20) {
                std::thread::yield_now();
            }
        })
        .unwrap();
        assert_eq!(met.into_inner(), 3);
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_panic_comes_out_and_a_stop_is_heard() {
        let engine = Engine::new(2);
        let cancel = Cancel::new();
        let crew = engine.crew(&cancel);
        for bad in [0, 50, 99] {
            let caught = std::panic::catch_unwind(AssertUnwindSafe(|| {
                let _ = crew.share((0..100).collect(), |at| assert!(at != bad, "no {bad}"));
            }));
            assert!(caught.is_err(), "{bad}");
        }
        let done = AtomicUsize::new(0);
        let stopped = crew.share((0..100).collect(), |at| {
            done.fetch_add(1, Ordering::Relaxed);
            if at == 10 {
                cancel.request();
            }
        });
        assert!(matches!(stopped, Err(Stopped)));
        assert!(done.into_inner() < 100);
    }
}
