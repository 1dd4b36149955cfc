//! The threads that run tasks.
//!
//! A worker is a job in a rayon pool that lasts as long as there is something to do. It takes tasks by turn from the
//! runs (never from rayon's queues, which know no priorities), and goes back to rayon when there are none; then the
//! thread sleeps there. Before that it looks for a task under way that can be helped ([`crate::Crew`]).
//!
//! Rayon's pool cannot grow. While a worker waits ([`blocking`]) its place is taken by a stand-in: a plain thread, kept
//! for a while for the next time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::engine::Hands;
use crate::errand::{Errand, Single};
use crate::progress::{Event, What};
use crate::run::{Info, Job, Leavings, Outcome};
use crate::state::Shared;
use crate::{Call, Cancel, Crew, Failure, TaskId};

/// User functions call themselves; memory is only taken when it is touched.
const STACK: usize = 64 << 20;
const MOST_STAND_INS: usize = 512;
/// How long a stand-in stays when there is nothing to do.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a new worker runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Thread {
    Pooled,
    StandIn,
}

/// What the thread is doing for an engine.
struct Here {
    shared: Arc<Shared>,
    info: Option<Arc<Info>>,
    /// Taken, but not begun.
    batch: VecDeque<Job>,
    /// How those of the batch went that are done, until the run is told.
    outcomes: Vec<Outcome>,
    /// The task waits; somebody else has the place.
    away: bool,
    /// What it runs was taken from the queue of single tasks, and counts as one under way.
    counted: bool,
}

thread_local! {
    static HERE: RefCell<Option<Here>> = const { RefCell::new(None) };
}

/// Runs something that waits (a sleep, another process, a download) and lets another task use this worker meanwhile.
/// Outside a worker this just calls.
pub fn blocking<R>(work: impl FnOnce() -> R) -> R {
    let Some(_back) = step_aside() else { return work() };
    work()
}

/// Waits for another single task: as [`blocking`], and meanwhile this one does not count as under way.
pub fn waiting<R>(work: impl FnOnce() -> R) -> R {
    let counted = HERE.with_borrow_mut(|here| {
        let here = here.as_mut().filter(|here| here.counted)?;
        here.counted = false;
        here.shared.state.lock().errands.leave();
        Some(here.shared.clone())
    });
    let _counted = counted.map(Counted);
    blocking(work)
}

/// Counts as under way again, also when the work panics.
struct Counted(Arc<Shared>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.state.lock().errands.enter();
        with_here(|here| here.counted = true);
    }
}

/// Gives the place on; `None` if this thread has none.
fn step_aside() -> Option<Back> {
    let (shared, claimed, id, mut leavings) = HERE.with_borrow_mut(|here| {
        let here = here.as_mut().filter(|here| !here.away)?;
        here.away = true;
        let shared = here.shared.clone();
        let id = here.info.as_ref().map(|info| info.id);
        let mut state = shared.state.lock();
        state.free += 1;
        let mut leavings = Leavings::default();
        if let Some(id) = id {
            state.put_back(id, &mut here.batch);
            // Tasks that are done but not known to be would count as under way for as long as this one waits; others, which start only
            // when nothing is, would wait for them.
            state.report(id, &mut here.outcomes, &shared, &mut leavings);
            state.wait(id);
        }
        let claimed = state.claim(&shared);
        drop(state);
        Some((shared, claimed, id, leavings))
    })?;
    shared.start(claimed);
    shared.clear(&mut leavings);
    Some(Back { shared, id })
}

/// Takes the place again, also when the work panics.
struct Back {
    shared: Arc<Shared>,
    id: Option<u64>,
}

impl Drop for Back {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock();
        state.free -= 1;
        if let Some(id) = self.id {
            state.go_on(id);
        }
        drop(state);
        with_here(|here| here.away = false);
    }
}

/// This thread works for this engine.
pub(crate) fn is_here(shared: &Arc<Shared>) -> bool {
    HERE.with_borrow(|here| here.as_ref().is_some_and(|here| Arc::ptr_eq(&here.shared, shared)))
}

/// The request to stop that the run of this thread's task obeys; `None` outside of runs, and so for single tasks.
pub(crate) fn cancel_here() -> Option<Cancel> {
    HERE.with_borrow(|here| here.as_ref()?.info.as_ref().map(|info| info.cancel.clone()))
}

/// This thread has a place of this engine, and does not wait.
pub(crate) fn has_place(shared: &Arc<Shared>) -> bool {
    HERE.with_borrow(|here| here.as_ref().is_some_and(|here| !here.away && Arc::ptr_eq(&here.shared, shared)))
}

/// Who does the tasks of the run that this thread works for.
pub(crate) fn hands_here() -> Hands {
    info_here().map_or(Hands::All, |info| info.hands)
}

/// The run whose task this thread does.
pub(crate) fn info_here() -> Option<Arc<Info>> {
    HERE.with_borrow(|here| here.as_ref()?.info.clone())
}

/// Idle workers help the task that this thread runs; outside of tasks nobody does.
///
/// The crew stops when the run of the task is to stop. A single task ([`Errand`]) belongs to no run: what it shares goes on to its end.
pub fn with_crew<R>(work: impl FnOnce(Crew<'_>) -> R) -> R {
    let here = HERE.with_borrow(|here| here.as_ref().map(|here| here.shared.clone()));
    let cancel = cancel_here().unwrap_or_default();
    match here {
        Some(shared) => work(Crew::of(&shared, hands_here(), &cancel)),
        None => work(Crew::alone(&cancel)),
    }
}

/// Starts a worker that has a place.
pub(crate) fn start(shared: &Arc<Shared>, thread: Thread) {
    let job = {
        let shared = shared.clone();
        move || {
            work(&shared, None);
            if thread == Thread::Pooled {
                shared.state.lock().pooled -= 1;
            }
            shared.leave();
        }
    };
    match thread {
        Thread::Pooled => match pool(shared) {
            Some(pool) => pool.spawn(job),
            // No threads to be had: then whoever waits does the work.
            None => {
                let mut state = shared.state.lock();
                state.pooled -= 1;
                state.free += 1;
            }
        },
        Thread::StandIn => {
            if !shared.stand_ins.call(Box::new(job)) {
                shared.state.lock().free += 1;
            }
        }
    }
}

fn pool(shared: &Shared) -> Option<&rayon::ThreadPool> {
    let build = || {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(shared.threads).stack_size(STACK);
        builder.thread_name(|number| format!("rdk-worker-{number}")).build().ok()
    };
    shared.pool.get_or_init(build).as_ref()
}

/// Runs tasks, of one run only if that is said, until there are none to start. The caller has a place and keeps it.
pub(crate) fn work(shared: &Arc<Shared>, only: Option<u64>) {
    let outer = HERE.replace(Some(Here {
        shared: shared.clone(),
        info: None,
        batch: VecDeque::new(),
        outcomes: Vec::new(),
        away: false,
        counted: false,
    }));
    let mut leavings = Leavings::default();
    let mut batch = VecDeque::new();
    let mut state = shared.state.lock();
    // Below zero: somebody who was waiting is back in this place.
    while state.free >= 0 {
        let Some(info) = state.take(only, shared, &mut batch, &mut leavings) else {
            if only.is_some() {
                break;
            }
            let Some(errand) = state.errands.take() else {
                let Some(help) = state.enter_help() else { break };
                drop(state);
                with_here(|here| here.info = help.info.clone());
                help.help();
                with_here(|here| here.info = None);
                shared.clear(&mut leavings);
                state = shared.state.lock();
                continue;
            };
            let claimed = state.claim(shared);
            drop(state);
            shared.start(claimed);
            shared.clear(&mut leavings);
            with_here(|here| {
                here.info = None;
                here.counted = true;
            });
            if let Some(errand) = errand.upgrade() {
                run_errand(shared, errand);
            }
            with_here(|here| here.counted = false);
            state = shared.state.lock();
            state.errands.leave();
            continue;
        };
        let claimed = state.claim(shared);
        drop(state);
        shared.start(claimed);
        shared.clear(&mut leavings);
        with_here(|here| {
            here.info = Some(info.clone());
            std::mem::swap(&mut here.batch, &mut batch);
        });
        while let Some(job) = with_here(|here| here.batch.pop_front()) {
            let outcome = execute(shared, &info, job);
            with_here(|here| here.outcomes.push(outcome));
        }
        let mut outcomes = with_here(|here| std::mem::take(&mut here.outcomes));
        state = shared.state.lock();
        state.report(info.id, &mut outcomes, shared, &mut leavings);
    }
    drop(state);
    shared.clear(&mut leavings);
    HERE.set(outer);
}

fn with_here<R>(work: impl FnOnce(&mut Here) -> R) -> R {
    HERE.with_borrow_mut(|here| work(here.as_mut().expect("a worker is at its place between tasks")))
}

fn execute(shared: &Arc<Shared>, info: &Info, job: Job) -> Outcome {
    match job {
        Job::Run { turn, mut inputs } => {
            if info.cancel.requested() {
                return Outcome::Failed { turn, failure: Failure::Cancelled };
            }
            let task = info.task(turn);
            let started = Instant::now();
            let listening = shared.listeners.any();
            if listening {
                shared.listeners.tell(&[info.event(turn, What::Started, started)]);
            }
            let result = std::panic::catch_unwind(AssertUnwindSafe(|| {
                let crew = Crew::of(shared, info.hands, &info.cancel);
                let into = info.collecting.as_ref().and_then(|collecting| collecting.place(turn));
                let mut call = Call { index: &task.key.index, inputs: &mut inputs, crew, cancel: &info.cancel, into };
                let mut payload = task.operation.run(&mut call)?;
                drop(inputs);
                if let Some(collecting) = &info.collecting {
                    payload = collecting.take(turn, payload)?;
                }
                let bytes = payload.0.n_bytes() as u64;
                Ok((payload, bytes))
            }));
            let seconds = started.elapsed().as_secs_f64();
            let outcome = match result {
                Ok(Ok((payload, bytes))) => Outcome::Done { turn, payload, bytes, seconds },
                Ok(Err(failure)) => Outcome::Failed { turn, failure },
                Err(panic) => Outcome::Failed { turn, failure: Failure::Panic(panic_text(&*panic)) },
            };
            if listening {
                let what = match &outcome {
                    Outcome::Done { bytes, .. } => What::Finished { seconds, bytes: *bytes },
                    _ => What::Failed,
                };
                shared.listeners.tell(&[info.event(turn, what, Instant::now())]);
            }
            outcome
        }
        Job::Spill { turn, payload } => match unbroken(|| shared.spill.put(&payload)) {
            Ok(entry) => Outcome::Spilled { turn, entry },
            Err(problem) => Outcome::NotSpilled { turn, problem },
        },
        Job::Load { turn, entry } => match unbroken(|| shared.spill.get(&entry)) {
            Ok(payload) => {
                shared.spill.remove(entry);
                Outcome::Loaded { turn, payload }
            }
            Err(problem) => {
                shared.spill.remove(entry);
                Outcome::NotLoaded { turn, problem }
            }
        },
    }
}

/// The number under which events name what came without a graph.
const NO_RUN: u64 = 0;

/// Does a single task, with the events of any other.
pub(crate) fn run_errand(shared: &Arc<Shared>, errand: Arc<dyn Errand>) {
    let Some(single) = errand.begin() else { return };
    let Single { key, operation, mut inputs, cancel } = single;
    if cancel.requested() {
        return errand.end(Err(Failure::Cancelled));
    }
    let started = Instant::now();
    let listening = shared.listeners.any();
    let tell = |what, at| {
        shared.listeners.tell(&[Event { run: NO_RUN, task: TaskId(0), key: key.clone(), what, at }]);
    };
    if listening {
        tell(What::Started, started);
    }
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| {
        operation.run(&mut Call {
            index: &key.index,
            inputs: &mut inputs,
            crew: Crew::of(shared, Hands::All, &cancel),
            cancel: &cancel,
            into: None,
        })
    }));
    drop(inputs);
    let result = result.unwrap_or_else(|panic| Err(Failure::Panic(panic_text(&*panic))));
    if listening {
        let what = match &result {
            Ok(payload) => {
                What::Finished { seconds: started.elapsed().as_secs_f64(), bytes: payload.0.n_bytes() as u64 }
            }
            Err(_) => What::Failed,
        };
        tell(what, Instant::now());
    }
    // What is called at the end is the code of others; if that panics, the worker must not go with it.
    let _ = std::panic::catch_unwind(AssertUnwindSafe(|| errand.end(result)));
}

/// A panic while data is written or read is an error like others.
fn unbroken<R>(work: impl FnOnce() -> std::io::Result<R>) -> std::io::Result<R> {
    std::panic::catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(std::io::Error::other(panic_text(&*panic))))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_string())
}

/// Threads that take the places of those who wait.
#[derive(Default)]
pub(crate) struct StandIns(Arc<Waiting>);

#[derive(Default)]
struct Waiting {
    queue: Mutex<Queue>,
    called: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Box<dyn FnOnce() + Send>>,
    idle: usize,
    total: usize,
}

impl StandIns {
    /// Has it done by a stand-in; `false` when there are too many.
    fn call(&self, job: Box<dyn FnOnce() + Send>) -> bool {
        let mut queue = self.0.queue.lock();
        if queue.idle > queue.jobs.len() {
            queue.jobs.push_back(job);
            self.0.called.notify_one();
            return true;
        }
        if queue.total >= MOST_STAND_INS {
            return false;
        }
        queue.total += 1;
        queue.jobs.push_back(job);
        drop(queue);
        let waiting = self.0.clone();
        let builder = std::thread::Builder::new().name("rdk-stand-in".into()).stack_size(STACK);
        if builder.spawn(move || waiting.serve()).is_ok() {
            return true;
        }
        let mut queue = self.0.queue.lock();
        queue.total -= 1;
        // Another one may have taken it meanwhile; then it is done.
        queue.jobs.pop_back().is_none()
    }
}

impl Waiting {
    fn serve(&self) {
        let mut queue = self.queue.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                drop(queue);
                job();
                queue = self.queue.lock();
                continue;
            }
            queue.idle += 1;
            let late = self.called.wait_for(&mut queue, PATIENCE).timed_out();
            queue.idle -= 1;
            if late && queue.jobs.is_empty() {
                queue.total -= 1;
                return;
            }
        }
    }
}
