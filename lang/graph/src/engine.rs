//! What runs graphs on this machine.
//!
//! All runs share the workers, the memory budget and one lock, which is held for single steps only. The caller of
//! [`Engine::run`] works, too, while it waits: a graph of a few tasks never wakes another thread.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::collect::{Collect, Collecting};
use crate::cull::cull;
use crate::errand::{Errand, Urgency};
use crate::order::order;
use crate::progress::{Event, Listening, Progress, Watching, What};
use crate::run::{Info, Leavings, Run, Then};
use crate::spill::Spill;
use crate::state::{Shared, State};
use crate::worker::{self, StandIns};
use crate::{Cancel, Crew, Failure, Graph, Key, Payload, TaskId};

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
    pub(crate) shared: Arc<Shared>,
    pub(crate) info: Arc<Info>,
}

/// Who does the tasks of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hands {
    /// All workers.
    All,
    /// The thread that waits for it, one task after the other. Nobody helps, and runs that its tasks begin are done so, too.
    One,
}

/// What becomes of the results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// They go to who waits for them.
    Given,
    /// They stay here under their keys.
    Kept,
}

/// How a run goes.
struct Going {
    /// Who does its tasks.
    hands: Hands,
    /// What becomes of the results.
    wanted: Wanted,
    /// Who takes them as they come.
    collect: Option<Arc<dyn Collect>>,
    /// Called with them at the end.
    then: Option<Then>,
}

impl Going {
    /// Somebody waits for the results.
    fn by(hands: Hands) -> Going {
        Going { hands, wanted: Wanted::Given, collect: None, then: None }
    }
}

/// Results that are kept by key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kept {
    /// How many.
    pub count: usize,
    /// Their bytes.
    pub bytes: u64,
}

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
            state: Mutex::new(State::with_places(threads)),
            spill: Spill::new(options.spill_folder, options.spill_limit),
            held: AtomicU64::new(0),
            listeners: Arc::default(),
            sources: Arc::default(),
            pool: OnceLock::new(),
            stand_ins: StandIns::default(),
            submitted: Mutex::default(),
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
        self.run_by(Hands::All, graph, outputs, cancel)
    }

    /// The same, done by these.
    pub fn run_by(
        &self,
        hands: Hands,
        graph: &Graph,
        outputs: &[TaskId],
        cancel: &Cancel,
    ) -> Result<Vec<Payload>, RunError> {
        self.begin(Going::by(hands), graph, outputs, cancel).wait()
    }

    /// The same; each result is taken as it comes. Results that are there already are not.
    pub fn run_into(
        &self,
        hands: Hands,
        graph: &Graph,
        outputs: &[TaskId],
        cancel: &Cancel,
        by: Arc<dyn Collect>,
    ) -> Result<Vec<Payload>, RunError> {
        self.begin(Going { collect: Some(by), ..Going::by(hands) }, graph, outputs, cancel).wait()
    }

    /// Begins to run what the outputs need, and comes back at once.
    pub fn submit(&self, graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> Submitted {
        self.submit_wanting(graph, outputs, cancel, Wanted::Given)
    }

    /// The same; when it is over, one of the threads calls this with the results. Gives the number of the run.
    pub fn submit_then(
        &self,
        graph: &Graph,
        outputs: &[TaskId],
        cancel: &Cancel,
        then: impl FnOnce(Result<Vec<Payload>, RunError>) + Send + 'static,
    ) -> u64 {
        let going = Going { then: Some(Box::new(then)), ..Going::by(Hands::All) };
        let submitted = self.begin(going, graph, outputs, cancel);
        if submitted.is_done() {
            submitted.info.pass_on();
        }
        self.shared.start_worker_if_needed();
        submitted.id()
    }

    /// Asks for a stop of one run.
    pub fn stop(&self, run: u64) {
        self.shared.cancel_run(run);
    }

    /// Has it done by a worker, soon. The caller keeps it; when it is dropped before that, it is not done.
    pub fn send(&self, errand: Weak<dyn Errand>, urgency: Urgency) {
        let mut state = self.shared.state.lock();
        state.errands.add(errand, urgency);
        let claimed = state.claim(&self.shared);
        drop(state);
        self.shared.start(claimed);
    }

    /// Does it on this thread, now.
    pub fn run_errand(&self, errand: Arc<dyn Errand>) {
        worker::run_errand(&self.shared, errand);
    }

    /// Idle workers help whoever asks here, until a stop is asked for.
    pub fn crew<'a>(&'a self, cancel: &'a Cancel) -> Crew<'a> {
        self.crew_of(Hands::All, cancel)
    }

    /// The same for work that is done by these.
    pub fn crew_of<'a>(&'a self, hands: Hands, cancel: &'a Cancel) -> Crew<'a> {
        Crew::of(&self.shared, hands, cancel)
    }

    /// Does this thread run a task of this engine?
    pub fn is_worker(&self) -> bool {
        worker::is_here(&self.shared)
    }

    /// So many bytes are held by somebody outside: they count as used.
    pub fn hold(&self, bytes: u64) {
        self.shared.held.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many bytes are not held any more.
    pub fn let_go(&self, bytes: u64) {
        self.shared.held.fetch_sub(bytes, Ordering::Relaxed);
        if bytes > 0 {
            self.shared.state.lock().wet();
            self.shared.start_worker_if_needed();
        }
    }

    /// Bytes that are held outside.
    pub fn held(&self) -> u64 {
        self.shared.held.load(Ordering::Relaxed)
    }

    /// From now on so many single tasks are under way at once, those that sleep among them; `None`: as many as there are
    /// places.
    pub fn limit_errands(&self, limit: Option<usize>) {
        self.shared.state.lock().errands.limit = limit.unwrap_or(usize::MAX).max(1);
        self.shared.start_worker_if_needed();
    }

    /// From now on so many tasks run at once, at most as many as there are threads; `None`: as many.
    pub fn limit_places(&self, limit: Option<usize>) {
        let places = limit.unwrap_or(self.threads()).clamp(1, self.threads()) as isize;
        let mut state = self.shared.state.lock();
        state.free += places - state.places;
        state.places = places;
        drop(state);
        self.shared.start_worker_if_needed();
    }

    pub(crate) fn submit_wanting(
        &self,
        graph: &Graph,
        outputs: &[TaskId],
        cancel: &Cancel,
        wanted: Wanted,
    ) -> Submitted {
        let submitted = self.begin(Going { wanted, ..Going::by(Hands::All) }, graph, outputs, cancel);
        self.shared.start_worker_if_needed();
        submitted
    }

    /// How far the newest run has come that nobody's task waits for; `None` when nothing runs.
    pub fn progress(&self) -> Option<Progress> {
        if let Some(progress) = self.shared.sources.newest() {
            return Some(progress);
        }
        let state = self.shared.state.lock();
        let run = state.runs.iter().rev().find(|run| !run.info.nested)?;
        Some(run.progress(self.memory()))
    }

    /// Has front ends show this instead, until what is given back is dropped.
    pub fn watch(&self, source: impl Fn() -> Option<Progress> + Send + Sync + 'static) -> Watching {
        self.shared.sources.add(source)
    }

    /// Calls this for every event until what is given back is dropped.
    pub fn listen(&self, listener: impl Fn(&[Event]) + Send + Sync + 'static) -> Listening {
        self.shared.listeners.add(listener)
    }

    /// Does anybody listen?
    pub fn is_followed(&self) -> bool {
        self.shared.listeners.any()
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

    /// The most bytes that results and running tasks have held so far.
    pub fn peak(&self) -> u64 {
        self.shared.state.lock().peak
    }

    /// From now on data that finds no room in memory lies in this folder, or in that of the system for temporary files. Shelves are
    /// those of the process, and move for all of its engines.
    pub fn put_aside_in(&self, folder: Option<&Path>) {
        self.shared.spill.move_to(folder);
        crate::shelf::move_to(folder);
    }

    /// Bytes that lie on disk for want of memory.
    pub fn spilled(&self) -> u64 {
        self.shared.spill.used()
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    fn begin(&self, going: Going, graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> Submitted {
        let Going { hands, wanted, collect, then } = going;
        let shared = &self.shared;
        let nested = worker::is_here(shared);
        let hands = if nested && worker::hands_here() == Hands::One { Hands::One } else { hands };
        let mut recalled = Vec::new();
        let (nothing_kept, stored) = {
            let state = shared.state.lock();
            (state.remembered.is_empty() && state.store.is_empty(), state.store.bytes() + self.held())
        };
        let (needed, mut at_hand) = cull(graph.tasks(), outputs, |id, task| {
            graph.ready(id).cloned().or_else(|| {
                if nothing_kept {
                    return None;
                }
                let state = shared.state.lock();
                if let Some(payload) = state.store.get(&task.key) {
                    return Some(payload.clone());
                }
                let payload = state.remembered.get(&task.key).cloned()?;
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
        let output_turns: Vec<u32> = outputs.iter().map(|output| turn_of[output]).collect();
        let collecting = collect.map(|by| Collecting::new(by, &output_turns));
        let collects = collecting.is_some();
        let info = Arc::new(Info {
            id: shared.next_run.fetch_add(1, Ordering::Relaxed),
            tasks: graph.share(),
            turns: needed.tasks.clone(),
            cancel: Cancel::below(std::iter::once(cancel.clone()).chain(worker::cancel_here())),
            nested,
            hands,
            wanted,
            collecting,
            finished: Default::default(),
            is_done: Default::default(),
            result: Mutex::new(None),
            then: Mutex::new(then),
        });
        let submitted = Submitted { shared: shared.clone(), info: info.clone() };
        let mut run = Run::new(info.clone(), needed, at_hand, output_turns);
        if collects {
            run.schedule.keep_outputs();
        }
        let allowed = self.memory().saturating_sub(stored);
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
        // Nobody else will do it: then a worker begins at the place that it has.
        if self.info.hands == Hands::One && worker::has_place(&self.shared) {
            worker::work(&self.shared, Some(self.info.id));
        }
        if !self.is_done() {
            worker::blocking(|| self.work_and_wait());
        }
        let result = self.info.result.lock().take();
        result.unwrap_or_else(|| Err(RunError::whole(Failure::Cancelled)))
    }

    /// Asks for a stop of this run alone.
    pub fn cancel(&self) {
        self.info.cancel.request();
        self.shared.cancel_run(self.info.id);
    }

    /// The results are there, or never will be.
    pub fn is_done(&self) -> bool {
        self.info.is_done.load(Ordering::Acquire)
    }

    /// How far it has come; `None` when it is over.
    pub fn progress(&self) -> Option<Progress> {
        self.shared.progress_of(self.info.id)
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

    /// Gives the result to who is to be called with it. Not with the lock held.
    pub(crate) fn pass_on(&self) {
        let Some(then) = self.then.lock().take() else { return };
        let Some(result) = self.result.lock().take() else { return };
        then(result);
    }

    pub(crate) fn event(&self, turn: u32, what: What, at: Instant) -> Event {
        let key: Key = self.task(turn).key.clone();
        Event { run: self.id, task: self.turns[turn as usize], key, what, at }
    }
}
