//! What the workers and the callers share, behind one lock that is held for single steps only.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::crew::Help;
use crate::engine::{Hands, Wanted};
use crate::errand::Errands;
use crate::executor::{RunId, Store};
use crate::progress::{Listeners, Progress, Sources};
use crate::remembered::Remembered;
use crate::run::{Info, Job, Leavings, Outcome, Run};
use crate::schedule::Room;
use crate::spill::Spill;
use crate::worker::{self, StandIns};

/// Of the budget, for finished results of runs that failed.
const REMEMBERED_SHARE: u64 = 4;
/// A worker takes several tiny tasks at once, up to this much work.
const BATCH_SECONDS: f64 = 50e-6;
const BATCH_TASKS: usize = 32;

/// What the workers and the callers share.
pub(crate) struct Shared {
    pub threads: usize,
    pub budget: AtomicU64,
    pub next_run: AtomicU64,
    pub state: Mutex<State>,
    pub spill: Spill,
    /// Bytes of results that others hold: they count as used.
    pub held: AtomicU64,
    pub listeners: Arc<Listeners>,
    /// What front ends are to show besides runs.
    pub sources: Arc<Sources>,
    pub pool: OnceLock<Option<rayon::ThreadPool>>,
    pub stand_ins: StandIns,
    /// Runs that are known by number only.
    pub submitted: Mutex<FxHashMap<RunId, Arc<Info>>>,
}

/// What is behind the lock.
#[derive(Default)]
pub(crate) struct State {
    /// Oldest first; workers look at the newest first, since an older one may wait for it.
    pub runs: Vec<Run>,
    /// Single tasks that wait for a worker.
    pub errands: Errands,
    /// Tasks under way that can be helped.
    pub helps: Vec<Arc<Help>>,
    /// Places to work that nobody has taken. Below zero when a worker has come back from waiting to find its place
    /// taken; then the next one to finish a task leaves.
    pub free: isize,
    /// All places.
    pub places: isize,
    /// Threads of the pool that are in use or on their way.
    pub pooled: usize,
    granted: u64,
    /// The most that was granted so far.
    pub peak: u64,
    pub remembered: Remembered,
    /// What was asked to stay.
    pub store: Store,
}

impl Shared {
    /// Gives a place back; whoever is needed for what is left comes instead.
    pub fn leave(self: &Arc<Self>) {
        self.state.lock().free += 1;
        self.start_worker_if_needed();
    }

    /// Starts one more worker if there is a free place and something to do.
    pub fn start_worker_if_needed(self: &Arc<Self>) {
        let mut state = self.state.lock();
        let claimed = state.claim(self);
        drop(state);
        self.start(claimed);
    }

    /// Starts the worker for whom a place was claimed.
    pub fn start(self: &Arc<Self>, claimed: Option<worker::Thread>) {
        if let Some(thread) = claimed {
            worker::start(self, thread);
        }
    }

    /// How far a run has come; `None` when it is over.
    pub fn progress_of(&self, run: u64) -> Option<Progress> {
        let state = self.state.lock();
        let run = state.runs.iter().find(|known| known.info.id == run)?;
        Some(run.progress(self.budget.load(Ordering::Relaxed)))
    }

    /// Asks for a stop of one run.
    pub fn cancel_run(self: &Arc<Self>, run: u64) {
        let mut leavings = Leavings::default();
        let mut state = self.state.lock();
        if let Some(run) = state.runs.iter().find(|known| known.info.id == run) {
            run.info.cancel.request();
        }
        state.stop(run, self, &mut leavings);
        drop(state);
        self.clear(&mut leavings);
    }

    /// Drops what was left; not to be called with the lock held.
    pub fn clear(&self, leavings: &mut Leavings) {
        // Dropping calls the code of others; if that panics, the worker must not go with it.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            leavings.data.clear();
            leavings.runs.drain(..).for_each(|run| run.info.pass_on());
        }));
        leavings.files.drain(..).for_each(|entry| self.spill.remove(entry));
    }
}

impl State {
    /// Nothing runs; all places are free.
    pub fn with_places(places: usize) -> State {
        State { free: places as isize, places: places as isize, ..State::default() }
    }

    /// Takes a place for one more worker if there is something to do for it.
    pub fn claim(&mut self, shared: &Shared) -> Option<worker::Thread> {
        let has_work = self.errands.has_work()
            || self.runs.iter().any(Run::has_work_for_all)
            || self.helps.iter().any(|help| help.is_open());
        if self.free <= 0 || !has_work {
            return None;
        }
        let thread = if self.pooled < shared.threads { worker::Thread::Pooled } else { worker::Thread::StandIn };
        self.free -= 1;
        if thread == worker::Thread::Pooled {
            self.pooled += 1;
        }
        Some(thread)
    }

    /// Fills the batch from the newest run that has something to do.
    pub fn take(
        &mut self,
        only: Option<u64>,
        shared: &Shared,
        batch: &mut VecDeque<Job>,
        leavings: &mut Leavings,
    ) -> Option<Arc<Info>> {
        let mut at = self.runs.len();
        while at > 0 {
            at -= 1;
            let info = &self.runs[at].info;
            if only.map_or(info.hands == Hands::One, |id| info.id != id) {
                continue;
            }
            if self.runs[at].info.cancel.requested() {
                self.runs[at].stop(leavings);
            }
            let room = self.room(at, shared);
            let run = &mut self.runs[at];
            let share = ((run.todo.len() + run.schedule.ready()) / room.workers).clamp(1, BATCH_TASKS);
            let mut seconds = 0.0;
            while batch.len() < share && seconds < BATCH_SECONDS {
                let Some(job) = run.next_job(room, leavings) else { break };
                let tiny = run.is_tiny(&job);
                batch.push_back(job);
                seconds += tiny.unwrap_or(f64::INFINITY);
            }
            let info = run.info.clone();
            self.settle(at, shared, leavings);
            if !batch.is_empty() {
                return Some(info);
            }
        }
        None
    }

    /// Goes to help a task, the newest first.
    pub fn enter_help(&mut self) -> Option<Arc<Help>> {
        let help = self.helps.iter().rev().find(|help| help.is_open())?;
        help.enter();
        Some(help.clone())
    }

    /// Passes on how a worker's jobs went.
    pub fn report(&mut self, id: u64, outcomes: &mut Vec<Outcome>, shared: &Shared, leavings: &mut Leavings) {
        let Some(at) = self.runs.iter().position(|run| run.info.id == id) else { return };
        for outcome in outcomes.drain(..) {
            self.runs[at].report(outcome, leavings);
        }
        self.settle(at, shared, leavings);
    }

    /// Gives jobs back that another worker should do.
    pub fn put_back(&mut self, id: u64, batch: &mut VecDeque<Job>) {
        if let Some(run) = self.runs.iter_mut().find(|run| run.info.id == id) {
            while let Some(job) = batch.pop_back() {
                run.todo.push_front(job);
            }
        }
    }

    /// A task of this run waits for something.
    pub fn wait(&mut self, id: u64) {
        if let Some(run) = self.runs.iter_mut().find(|run| run.info.id == id) {
            run.waiting += 1;
            run.was_busy = run.is_busy();
            self.wet();
        }
    }

    /// The task goes on.
    pub fn go_on(&mut self, id: u64) {
        if let Some(run) = self.runs.iter_mut().find(|run| run.info.id == id) {
            run.waiting -= 1;
            run.was_busy = run.is_busy();
        }
    }

    pub fn stop(&mut self, id: u64, shared: &Shared, leavings: &mut Leavings) {
        if let Some(at) = self.runs.iter().position(|run| run.info.id == id) {
            self.runs[at].stop(leavings);
            self.settle(at, shared, leavings);
        }
    }

    /// Something has changed for all runs: those that found nothing to start look again.
    pub fn wet(&mut self) {
        self.runs.iter_mut().for_each(|run| run.dry = false);
    }

    /// What this run may hold: the budget without what the others hold.
    fn room(&self, at: usize, shared: &Shared) -> Room {
        let others = self.granted - self.runs[at].counted + self.store.bytes() + shared.held.load(Ordering::Relaxed);
        // Tasks that wait may wait for this very run.
        let under_way = |(other, run): (usize, &Run)| other != at && run.is_busy();
        Room {
            bytes: shared.budget.load(Ordering::Relaxed).saturating_sub(others),
            workers: if self.runs[at].info.hands == Hands::One { 1 } else { shared.threads },
            alone: !self.runs.iter().enumerate().any(under_way),
        }
    }

    /// Brings the sums up to date after a change of this run, and ends it if it is over.
    pub fn settle(&mut self, at: usize, shared: &Shared, leavings: &mut Leavings) {
        let budget = shared.budget.load(Ordering::Relaxed);
        let run = &mut self.runs[at];
        let ended = run.ended;
        let before = run.counted;
        run.counted = if ended { 0 } else { run.schedule.granted() };
        self.granted = self.granted - before + run.counted;
        self.peak = self.peak.max(self.granted);
        // Only a change is news: runs that wait for room, and tell each other again and again that they do, would keep all workers
        // looking at them.
        let has_calmed = run.was_busy && !run.is_busy();
        run.was_busy = run.is_busy();
        let others_may_go_on = run.counted < before || has_calmed;
        if ended {
            let mut run = self.runs.remove(at);
            let (mut result, made) = run.conclude();
            if run.info.wanted == Wanted::Kept
                && let Ok(results) = &mut result
            {
                run.output_keys().zip(results.drain(..)).for_each(|(key, payload)| self.store.hold(key, payload));
            }
            for (key, payload) in made {
                self.remembered.insert(key, payload, budget / REMEMBERED_SHARE);
            }
            // Results asked for may lie there when a run was stopped.
            leavings.files.extend(run.files.drain().map(|(_, entry)| entry));
            run.info.finish(result);
            leavings.runs.push(run);
        }
        if ended || (others_may_go_on && self.runs.len() > 1) {
            let own = self.runs.get(at).filter(|_| !ended).map(|run| run.dry);
            self.wet();
            if let Some(dry) = own {
                self.runs[at].dry = dry;
            }
        }
        if !self.remembered.is_empty() {
            self.remembered.shrink(budget.saturating_sub(self.granted + self.store.bytes()));
        }
    }
}
