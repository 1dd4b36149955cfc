//! What runs graphs on this machine.
//!
//! All runs share the workers, the memory budget and one lock, which is held for single steps only. The caller of
//! [`Engine::run`] works, too, while it waits: a graph of a few tasks never wakes another thread.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::cull::cull;
use crate::order::order;
use crate::progress::{Event, Listeners, Listening, Progress, What};
use crate::remembered::Remembered;
use crate::run::{Info, Job, Leavings, Outcome, Run};
use crate::schedule::Room;
use crate::spill::Spill;
use crate::worker::{self, StandIns};
use crate::{Cancel, Failure, Graph, Key, Payload, TaskId};

/// Runs graphs on this machine.
pub struct Engine {
    shared: Arc<Shared>,
}

/// What an engine may use.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How many tasks run at once; 0: as many as there are processors.
    pub threads: usize,
    /// Bytes that results and running tasks may hold; `None`: `RDK_MEMORY`, or else 60 % of what there is.
    pub memory: Option<u64>,
    /// Where data goes that finds no room; `None`: the system's temporary folder.
    pub spill_folder: Option<PathBuf>,
    /// Bytes that may lie there; `None`: nine tenths of what is free.
    pub spill_limit: Option<u64>,
}

/// Why a run gave nothing.
#[derive(Debug)]
pub struct RunError {
    /// The task that failed; `None` when the run was stopped or refused as a whole.
    pub task: Option<TaskId>,
    /// The name of its operation.
    pub operation: String,
    /// Its key as text.
    pub key: String,
    /// Which chunk.
    pub index: crate::Index,
    /// What went wrong.
    pub failure: Failure,
}

/// A run that is under way, or over.
#[must_use = "the results come from `wait`"]
pub struct Submitted {
    shared: Arc<Shared>,
    info: Arc<Info>,
}

/// Results that are kept by key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kept {
    /// How many.
    pub count: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Of the budget, for finished results of runs that failed.
const REMEMBERED_SHARE: u64 = 4;
/// A worker takes several tiny tasks at once, up to this much work.
const BATCH_SECONDS: f64 = 50e-6;
const BATCH_TASKS: usize = 64;
/// How soon a waiting caller notices a request to stop.
const POLL: Duration = Duration::from_millis(10);

impl Engine {
    /// With this many threads, and otherwise as [`Options`] has it.
    pub fn new(threads: usize) -> Engine {
        Engine::with(Options { threads, ..Options::default() })
    }

    /// With these options. Starts no thread yet. An `RDK_MEMORY` that cannot be read counts as not there; ask
    /// [`budget::from_environment`](crate::budget::from_environment) to be able to complain.
    pub fn with(options: Options) -> Engine {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if options.threads == 0 { processors() } else { options.threads };
        let default = || crate::budget::from_environment().unwrap_or_else(|_| crate::budget::default());
        let shared = Shared {
            threads,
            budget: AtomicU64::new(options.memory.unwrap_or_else(default)),
            next_run: AtomicU64::new(1),
            state: Mutex::new(State { free: threads as isize, ..State::default() }),
            spill: Spill::new(options.spill_folder, options.spill_limit),
            listeners: Arc::default(),
            pool: OnceLock::new(),
            stand_ins: StandIns::default(),
        };
        Engine { shared: Arc::new(shared) }
    }

    /// How many tasks run at once.
    pub fn threads(&self) -> usize {
        self.shared.threads
    }

    /// Bytes that results and running tasks may hold.
    pub fn memory(&self) -> u64 {
        self.shared.budget.load(Ordering::Relaxed)
    }

    /// Changes the budget, also for what is under way.
    pub fn set_memory(&self, bytes: u64) {
        self.shared.budget.store(bytes, Ordering::Relaxed);
        self.shared.state.lock().wet();
        self.shared.start_worker_if_needed();
    }

    /// Runs what the outputs need; gives their results in order.
    pub fn run(&self, graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> Result<Vec<Payload>, RunError> {
        self.begin(graph, outputs, cancel).wait()
    }

    /// Begins to run what the outputs need, and comes back at once.
    pub fn submit(&self, graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> Submitted {
        let submitted = self.begin(graph, outputs, cancel);
        self.shared.start_worker_if_needed();
        submitted
    }

    /// How far the newest run has come that nobody's task waits for; `None` when nothing runs.
    pub fn progress(&self) -> Option<Progress> {
        let state = self.shared.state.lock();
        let run = state.runs.iter().rev().find(|run| !run.info.nested)?;
        Some(run.progress(self.memory()))
    }

    /// Calls this for every event until what is given back is dropped.
    pub fn listen(&self, listener: impl Fn(&[Event]) + Send + Sync + 'static) -> Listening {
        self.shared.listeners.add(listener)
    }

    /// Finished results of runs that failed or were stopped. They are used when they are asked for again, and are the
    /// first to go when memory is short.
    pub fn remembered(&self) -> Kept {
        let state = self.shared.state.lock();
        Kept { count: state.remembered.len(), bytes: state.remembered.bytes() }
    }

    /// Drops what [`Engine::remembered`] counts.
    pub fn forget(&self) {
        let old = std::mem::take(&mut self.shared.state.lock().remembered);
        drop(old);
    }

    /// Bytes that lie on disk for want of memory.
    pub fn spilled(&self) -> u64 {
        self.shared.spill.used()
    }

    fn begin(&self, graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> Submitted {
        let shared = &self.shared;
        let mut recalled = Vec::new();
        let nothing_kept = shared.state.lock().remembered.is_empty();
        let (needed, mut at_hand) = cull(graph.tasks(), outputs, |id, task| {
            graph.ready(id).cloned().or_else(|| {
                if nothing_kept {
                    return None;
                }
                let payload = shared.state.lock().remembered.get(&task.key).cloned()?;
                recalled.push(task.key.clone());
                Some(payload)
            })
        });
        let order = order(&needed);
        let needed = needed.arranged(&order);
        if !at_hand.is_empty() {
            let mut turn_of = vec![0; order.len()];
            for (turn, &at) in order.iter().enumerate() {
                turn_of[at as usize] = turn as u32;
            }
            at_hand.iter_mut().for_each(|(at, _)| *at = turn_of[*at as usize]);
        }
        let turn_of: FxHashMap<TaskId, u32> =
            needed.outputs.iter().map(|&turn| (needed.tasks[turn as usize], turn)).collect();
        let output_turns = outputs.iter().map(|output| turn_of[output]).collect();
        let info = Arc::new(Info {
            id: shared.next_run.fetch_add(1, Ordering::Relaxed),
            tasks: graph.share(),
            turns: needed.tasks.clone(),
            cancel: cancel.child(),
            nested: worker::is_here(shared),
            finished: Default::default(),
            is_done: Default::default(),
            result: Mutex::new(None),
        });
        let submitted = Submitted { shared: shared.clone(), info: info.clone() };
        let mut run = Run::new(info.clone(), needed, at_hand, output_turns);
        let allowed = self.memory();
        if let Some((turn, needed)) = run.schedule.refused(allowed) {
            let failure = Failure::Memory { needed, allowed };
            let error = match turn {
                Some(turn) => info.error(turn, failure),
                None => RunError { operation: "results".into(), ..RunError::whole(failure) },
            };
            info.finish(Err(error));
            return submitted;
        }
        if shared.listeners.any() {
            let at = Instant::now();
            let turns = (0..info.turns.len() as u32).filter(|&turn| !run.schedule.needed().at_hand[turn as usize]);
            let events: Vec<Event> = turns.map(|turn| info.event(turn, What::Queued, at)).collect();
            shared.listeners.tell(&events);
        }
        let mut leavings = Leavings::default();
        run.begin(&mut leavings);
        let mut state = shared.state.lock();
        // What is used again belongs to this run now; if it fails, it is remembered anew.
        leavings.data.extend(recalled.iter().filter_map(|key| state.remembered.remove(key)));
        state.runs.push(run);
        let last = state.runs.len() - 1;
        state.settle(last, shared, &mut leavings);
        drop(state);
        shared.clear(&mut leavings);
        submitted
    }
}

impl Submitted {
    /// The results, in order. The caller works on this run, too, while it waits.
    pub fn wait(self) -> Result<Vec<Payload>, RunError> {
        if !self.is_done() {
            if worker::is_here(&self.shared) {
                worker::blocking(|| self.work_and_wait());
            } else {
                self.work_and_wait();
            }
        }
        let result = self.info.result.lock().take();
        result.unwrap_or_else(|| Err(RunError::whole(Failure::Cancelled)))
    }

    /// Asks for a stop of this run alone.
    pub fn cancel(&self) {
        self.info.cancel.request();
        let mut leavings = Leavings::default();
        self.shared.state.lock().stop(self.info.id, &self.shared, &mut leavings);
        self.shared.clear(&mut leavings);
    }

    /// The results are there, or never will be.
    pub fn is_done(&self) -> bool {
        self.info.is_done.load(Ordering::Acquire)
    }

    /// How far it has come; `None` when it is over.
    pub fn progress(&self) -> Option<Progress> {
        let state = self.shared.state.lock();
        let run = state.runs.iter().find(|run| run.info.id == self.info.id)?;
        Some(run.progress(self.shared.budget.load(Ordering::Relaxed)))
    }

    /// The number by which events name this run.
    pub fn id(&self) -> u64 {
        self.info.id
    }

    fn work_and_wait(&self) {
        let (shared, id) = (&self.shared, self.info.id);
        loop {
            let mut state = shared.state.lock();
            while !self.is_done() {
                if self.info.cancel.requested() {
                    let mut leavings = Leavings::default();
                    state.stop(id, shared, &mut leavings);
                    parking_lot::MutexGuard::unlocked(&mut state, || shared.clear(&mut leavings));
                    if self.is_done() {
                        break;
                    }
                }
                if state.free > 0 && state.runs.iter().any(|run| run.info.id == id && run.has_work()) {
                    state.free -= 1;
                    break;
                }
                self.info.finished.wait_for(&mut state, POLL);
            }
            if self.is_done() {
                return;
            }
            drop(state);
            worker::work(shared, Some(id));
            shared.leave();
        }
    }
}

impl RunError {
    /// Of a run as a whole.
    pub(crate) fn whole(failure: Failure) -> RunError {
        RunError { task: None, operation: String::new(), key: String::new(), index: crate::Index::new(), failure }
    }
}

impl Info {
    pub(crate) fn finish(&self, result: Result<Vec<Payload>, RunError>) {
        *self.result.lock() = Some(result);
        self.is_done.store(true, Ordering::Release);
        self.finished.notify_all();
    }

    pub(crate) fn event(&self, turn: u32, what: What, at: Instant) -> Event {
        let key: Key = self.task(turn).key.clone();
        Event { run: self.id, task: self.turns[turn as usize], key, what, at }
    }
}

/// What the workers and the callers share.
pub(crate) struct Shared {
    pub threads: usize,
    pub budget: AtomicU64,
    next_run: AtomicU64,
    pub state: Mutex<State>,
    pub spill: Spill,
    pub listeners: Arc<Listeners>,
    pub pool: OnceLock<Option<rayon::ThreadPool>>,
    pub stand_ins: StandIns,
}

/// What is behind the lock.
#[derive(Default)]
pub(crate) struct State {
    /// Oldest first; workers look at the newest first, since an older one may wait for it.
    pub runs: Vec<Run>,
    /// Places to work that nobody has taken. Below zero when a worker has come back from waiting to find its place
    /// taken; then the next one to finish a task leaves.
    pub free: isize,
    /// Threads of the pool that are in use or on their way.
    pub pooled: usize,
    granted: u64,
    remembered: Remembered,
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

    pub fn clear(&self, leavings: &mut Leavings) {
        leavings.data.clear();
        leavings.runs.clear();
        leavings.files.drain(..).for_each(|entry| self.spill.remove(entry));
    }
}

impl State {
    /// Takes a place for one more worker if there is something to do for it.
    pub fn claim(&mut self, shared: &Shared) -> Option<worker::Thread> {
        if self.free <= 0 || !self.runs.iter().any(Run::has_work) {
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
        batch: &mut std::collections::VecDeque<Job>,
        leavings: &mut Leavings,
    ) -> Option<Arc<Info>> {
        let mut at = self.runs.len();
        while at > 0 {
            at -= 1;
            if only.is_some_and(|id| self.runs[at].info.id != id) {
                continue;
            }
            if self.runs[at].info.cancel.requested() {
                self.runs[at].stop(leavings);
            }
            let room = self.room(at, shared);
            let free = self.free.max(0) as usize;
            let run = &mut self.runs[at];
            let share = ((run.todo.len() + run.schedule.ready()) / shared.threads).clamp(1, BATCH_TASKS);
            let mut seconds = 0.0;
            while batch.len() < share && seconds < BATCH_SECONDS {
                let Some(job) = run.next_job(room, leavings) else { break };
                let tiny = run.is_tiny(&job);
                batch.push_back(job);
                seconds += tiny.unwrap_or(f64::INFINITY);
            }
            if let [Job::Run { threads, .. }] = batch.make_contiguous()
                && !run.has_work()
            {
                // Nobody else would use them.
                *threads = 1 + free;
            }
            let info = run.info.clone();
            self.settle(at, shared, leavings);
            if !batch.is_empty() {
                return Some(info);
            }
        }
        None
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
    pub fn put_back(&mut self, id: u64, batch: &mut std::collections::VecDeque<Job>) {
        if let Some(run) = self.runs.iter_mut().find(|run| run.info.id == id) {
            while let Some(job) = batch.pop_back() {
                run.todo.push_front(job);
            }
        }
    }

    fn stop(&mut self, id: u64, shared: &Shared, leavings: &mut Leavings) {
        if let Some(at) = self.runs.iter().position(|run| run.info.id == id) {
            self.runs[at].stop(leavings);
            self.settle(at, shared, leavings);
        }
    }

    /// Something has changed for all runs: those that found nothing to start look again.
    fn wet(&mut self) {
        self.runs.iter_mut().for_each(|run| run.dry = false);
    }

    /// What this run may hold: the budget without what the others hold.
    fn room(&self, at: usize, shared: &Shared) -> Room {
        let others = self.granted - self.runs[at].counted;
        let under_way = |(other, run): (usize, &Run)| other != at && run.schedule.under_way() > 0;
        Room {
            bytes: shared.budget.load(Ordering::Relaxed).saturating_sub(others),
            alone: self.runs[at].info.nested || !self.runs.iter().enumerate().any(under_way),
        }
    }

    /// Brings the sums up to date after a change of this run, and ends it if it is over.
    fn settle(&mut self, at: usize, shared: &Shared, leavings: &mut Leavings) {
        let budget = shared.budget.load(Ordering::Relaxed);
        let run = &mut self.runs[at];
        let ended = run.ended;
        let before = run.counted;
        run.counted = if ended { 0 } else { run.schedule.granted() };
        self.granted = self.granted - before + run.counted;
        let others_may_go_on = run.counted < before || run.schedule.under_way() == 0;
        if ended {
            let mut run = self.runs.remove(at);
            let (result, made) = run.conclude();
            for (key, payload) in made {
                self.remembered.insert(key, payload, budget / REMEMBERED_SHARE);
            }
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
            self.remembered.shrink(budget.saturating_sub(self.granted));
        }
    }
}
