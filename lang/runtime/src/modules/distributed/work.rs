//! A submitted task: what it waits for, what it has come to, and who wants to know.
//!
//! A task that waits for others is told by each of them that it is over; when none is left it goes to the engine's queue of
//! single tasks. It lives for as long as a future, or a task that needs it, holds it; the queue does not.
//!
//! ```text
//!     Waiting ──► Queued ──► Running ──► Finished | Failed
//!        └───────────┴──────────┴──────────► Cancelled
//! ```

use std::cell::Cell;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use rdk_graph::{Cancel, Errand, Failure, Key, Operation, Payload, Single, Token, Urgency};
use smallvec::SmallVec;

use super::board::Board;
use super::collections::RunHold;
use crate::compute::error_of_task;
use crate::context::Context;
use crate::delayed::operation::value_of;
use crate::error::{Error, Kind, Result};
use crate::value::{Name, Value};

/// How soon a waiting caller notices a request to stop.
const POLL: Duration = Duration::from_millis(10);
/// A task that waits for others does them itself, one inside the other, up to so many.
const MOST_INSIDE: usize = 64;

thread_local! {
    static INSIDE: Cell<usize> = const { Cell::new(0) };
}

/// A submitted task.
pub struct Work {
    /// What its operation is called.
    pub name: Name,
    /// Its key, as the user sees it.
    pub text: Name,
    /// The client that submitted it.
    pub client: u64,
    pub(super) token: Token,
    pub(super) board: Arc<Board>,
    cancel: Cancel,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    stage: Stage,
    /// Kept until it is finished: a failed one can be tried again.
    order: Option<Order>,
    /// Tasks that wait for this one.
    followers: Vec<Weak<Work>>,
    callbacks: Vec<Callback>,
    /// The run of a graph that makes it.
    run: Option<Arc<RunHold>>,
}

/// Called when a task is over.
pub type Callback = Box<dyn FnOnce(&Arc<Work>) + Send>;

/// What is to be done.
pub struct Order {
    /// The call.
    pub operation: Arc<dyn Operation>,
    /// Whose results it needs.
    pub inputs: SmallVec<[Arc<Work>; 2]>,
    /// Larger ones go first.
    pub priority: i64,
    /// How often it is tried again when it fails.
    pub retries: u64,
}

/// What a task has come to.
#[derive(Clone)]
pub enum Stage {
    /// For so many others.
    Waiting(usize),
    /// For a worker.
    Queued,
    /// A worker is at it, or a graph that it is a result of.
    Running,
    /// With this result, of so many bytes.
    Finished(Payload, u64),
    /// With this error.
    Failed(Error),
    /// Nobody is to have it.
    Cancelled,
}

impl Stage {
    /// Nothing more will happen.
    pub fn is_over(&self) -> bool {
        match self {
            Stage::Waiting(_) | Stage::Queued | Stage::Running => false,
            Stage::Finished(..) | Stage::Failed(_) | Stage::Cancelled => true,
        }
    }
}

impl Work {
    pub(super) fn new(board: &Arc<Board>, client: u64, name: Name, token: Token, text: Name, stage: Stage) -> Work {
        if let Stage::Finished(_, bytes) = &stage {
            board.engine.hold(*bytes);
        }
        let state = State { stage, order: None, followers: Vec::new(), callbacks: Vec::new(), run: None };
        Work {
            name,
            text,
            client,
            token,
            board: board.clone(),
            cancel: Cancel::new(),
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Waits for its inputs, then for a worker.
    pub(super) fn start(self: &Arc<Self>, order: Order) {
        let inputs = order.inputs.clone();
        {
            let mut state = self.state.lock();
            state.order = Some(order);
            // One more than there are, so that it does not begin before the last of them is asked.
            state.stage = Stage::Waiting(1);
        }
        for input in &inputs {
            if let Stage::Waiting(left) = &mut self.state.lock().stage {
                *left += 1;
            }
            match input.follow(self) {
                None => {}
                Some(Stage::Failed(error)) => return self.settle(Stage::Failed(error)),
                Some(Stage::Cancelled) => return self.settle(Stage::Cancelled),
                Some(_) => self.one_less(),
            }
        }
        self.one_less();
    }

    /// Something else makes it: the run of a graph.
    pub(super) fn runs_in(&self, run: Arc<RunHold>) {
        self.state.lock().run = Some(run);
    }

    /// What it has come to.
    pub fn stage(&self) -> Stage {
        self.state.lock().stage.clone()
    }

    /// Nothing more will happen.
    pub fn is_over(&self) -> bool {
        self.state.lock().stage.is_over()
    }

    pub(super) fn is_cancelled(&self) -> bool {
        matches!(self.state.lock().stage, Stage::Cancelled)
    }

    /// `pending`, `finished`, `error`, `cancelled`
    pub fn status(&self) -> &'static str {
        match &self.state.lock().stage {
            Stage::Waiting(_) | Stage::Queued | Stage::Running => "pending",
            Stage::Finished(..) => "finished",
            Stage::Failed(_) => "error",
            Stage::Cancelled => "cancelled",
        }
    }

    /// The key of its task.
    pub fn key(&self) -> Key {
        Key::single(self.name.clone(), self.token)
    }

    /// The result, if it is there; its error, if it failed.
    pub fn outcome(&self) -> Option<Result<Value>> {
        match self.stage() {
            Stage::Waiting(_) | Stage::Queued | Stage::Running => None,
            Stage::Finished(payload, _) => Some(value_of(&payload)),
            Stage::Failed(error) => Some(Err(error)),
            Stage::Cancelled => Some(Err(self.cancelled_error())),
        }
    }

    /// What is raised where the result of a cancelled task is asked for.
    pub fn cancelled_error(&self) -> Error {
        Error::new(Kind::FutureCancelledError, format!("{} cancelled for reason: unknown.", self.text))
            .hint("its client was closed or restarted, or the future was cancelled: submit it again")
    }

    /// Waits until it is over, or until then; is it over?
    pub fn wait(self: &Arc<Self>, context: &Context, until: Option<Instant>) -> Result<bool> {
        if self.is_over() {
            return Ok(true);
        }
        if self.board.engine.is_worker() && until.is_none() {
            self.help();
        }
        rdk_graph::waiting(|| {
            loop {
                context.check()?;
                let mut state = self.state.lock();
                if state.stage.is_over() {
                    return Ok(true);
                }
                let now = Instant::now();
                if until.is_some_and(|until| until <= now) {
                    return Ok(false);
                }
                let next = until.map_or(now + POLL, |until| until.min(now + POLL));
                self.changed.wait_until(&mut state, next);
            }
        })
    }

    /// Waits until then at most; is it over?
    pub(super) fn wait_until(&self, until: Instant) -> bool {
        let mut state = self.state.lock();
        if !state.stage.is_over() {
            self.changed.wait_until(&mut state, until);
        }
        state.stage.is_over()
    }

    /// Calls this when it is over; at once if it is.
    pub fn when_over(self: &Arc<Self>, callback: Callback) {
        {
            let mut state = self.state.lock();
            if !state.stage.is_over() {
                state.callbacks.push(callback);
                return;
            }
        }
        callback(self);
    }

    /// Nobody is to have it. What needs it is cancelled with it.
    pub fn cancel(self: &Arc<Self>) {
        self.cancel.request();
        self.settle(Stage::Cancelled);
    }

    /// A failed one from the beginning; others are left as they are.
    pub fn retry(self: &Arc<Self>) {
        let order = {
            let mut state = self.state.lock();
            if !matches!(state.stage, Stage::Failed(_)) {
                return;
            }
            let Some(order) = state.order.take() else { return };
            order
        };
        for input in &order.inputs {
            input.retry();
        }
        self.start(order);
    }

    /// It is over.
    pub(super) fn settle(self: &Arc<Self>, end: Stage) {
        let mut left: SmallVec<[(Arc<Work>, Stage); 1]> = SmallVec::from_iter([(self.clone(), end)]);
        while let Some((work, end)) = left.pop() {
            let mut state = work.state.lock();
            match (&state.stage, &end) {
                // A finished one can still be cancelled: then its result goes.
                (Stage::Finished(_, bytes), Stage::Cancelled) => work.board.engine.let_go(*bytes),
                (Stage::Failed(_), Stage::Cancelled) => {}
                (over, _) if over.is_over() => continue,
                _ => {}
            }
            if let Stage::Finished(_, bytes) = &end {
                work.board.engine.hold(*bytes);
            }
            let old = std::mem::replace(&mut state.stage, end.clone());
            let order = state.order.take_if(|_| !matches!(end, Stage::Failed(_)));
            let followers = std::mem::take(&mut state.followers);
            let callbacks = std::mem::take(&mut state.callbacks);
            let run = state.run.take();
            drop(state);
            work.changed.notify_all();
            work.board.forget(&work);
            for follower in followers.iter().filter_map(Weak::upgrade) {
                match &end {
                    Stage::Finished(..) => follower.one_less(),
                    Stage::Failed(_) | Stage::Cancelled => left.push((follower, end.clone())),
                    Stage::Waiting(_) | Stage::Queued | Stage::Running => {}
                }
            }
            callbacks.into_iter().for_each(|callback| callback(&work));
            drop((old, order, run));
        }
    }

    /// Wants to be told when this one is over; what it has come to if it is.
    fn follow(&self, follower: &Arc<Work>) -> Option<Stage> {
        let mut state = self.state.lock();
        if state.stage.is_over() {
            return Some(state.stage.clone());
        }
        state.followers.push(Arc::downgrade(follower));
        None
    }

    /// One of those that it waits for is there.
    fn one_less(self: &Arc<Self>) {
        let urgency = {
            let mut state = self.state.lock();
            let Stage::Waiting(left) = &mut state.stage else { return };
            *left -= 1;
            if *left > 0 {
                return;
            }
            state.stage = Stage::Queued;
            state.urgency()
        };
        self.send(urgency);
    }

    fn send(self: &Arc<Self>, urgency: Urgency) {
        let own: Weak<Work> = Arc::downgrade(self);
        self.board.engine.send(own, urgency);
    }

    /// A task that waits for this one does it itself, if nobody has begun with it: then no thread is missing, however deep
    /// tasks wait for tasks.
    pub(super) fn help(self: &Arc<Self>) {
        if INSIDE.get() >= MOST_INSIDE {
            return;
        }
        INSIDE.set(INSIDE.get() + 1);
        while let Some(next) = self.next_step() {
            self.board.engine.run_errand(next);
        }
        INSIDE.set(INSIDE.get() - 1);
    }

    /// What could be done now for this one to be done: itself, or something that it needs.
    fn next_step(self: &Arc<Self>) -> Option<Arc<Work>> {
        let mut left = vec![self.clone()];
        while let Some(work) = left.pop() {
            let state = work.state.lock();
            match &state.stage {
                Stage::Queued => {
                    drop(state);
                    return Some(work);
                }
                Stage::Waiting(_) => left.extend(state.order.iter().flat_map(|order| order.inputs.iter().cloned())),
                Stage::Running | Stage::Finished(..) | Stage::Failed(_) | Stage::Cancelled => {}
            }
            drop(state);
        }
        None
    }
}

impl State {
    fn urgency(&self) -> Urgency {
        let order = self.order.as_ref();
        Urgency {
            priority: order.map_or(0, |order| order.priority),
            has_inputs: order.is_some_and(|order| !order.inputs.is_empty()),
        }
    }
}

impl Errand for Work {
    fn begin(&self) -> Option<Single> {
        let (operation, inputs) = {
            let mut state = self.state.lock();
            if !matches!(state.stage, Stage::Queued) {
                return None;
            }
            state.stage = Stage::Running;
            let order = state.order.as_ref()?;
            (order.operation.clone(), order.inputs.clone())
        };
        let payload = |input: &Arc<Work>| match input.stage() {
            Stage::Finished(payload, _) => Some(payload),
            // It was cancelled just now, and this one is going to be.
            Stage::Waiting(_) | Stage::Queued | Stage::Running | Stage::Failed(_) | Stage::Cancelled => None,
        };
        let inputs = inputs.iter().map(payload).collect::<Option<_>>()?;
        Some(Single { key: self.key(), operation, inputs, cancel: self.cancel.clone() })
    }

    fn end(self: Arc<Self>, result: std::result::Result<Payload, Failure>) {
        match result {
            Ok(payload) => {
                let bytes = payload.0.n_bytes() as u64;
                self.settle(Stage::Finished(payload, bytes));
            }
            Err(Failure::Cancelled) => self.settle(Stage::Cancelled),
            Err(failure) => {
                let again = {
                    let mut state = self.state.lock();
                    let tries = state.order.as_mut().filter(|order| order.retries > 0);
                    match (tries, self.cancel.requested()) {
                        (Some(order), false) => {
                            order.retries -= 1;
                            state.stage = Stage::Queued;
                            Some(state.urgency())
                        }
                        _ => None,
                    }
                };
                match again {
                    Some(urgency) => self.send(urgency),
                    None => self.settle(Stage::Failed(error_of_task(failure, &self.name, &self.text))),
                }
            }
        }
    }
}

impl Drop for Work {
    /// A chain of a hundred thousand goes link by link, not by recursion.
    fn drop(&mut self) {
        let state = self.state.get_mut();
        if let Stage::Finished(_, bytes) = &state.stage {
            self.board.engine.let_go(*bytes);
        }
        self.board.remove(self.token);
        let mut left: Vec<Arc<Work>> = state.order.take().into_iter().flat_map(|order| order.inputs).collect();
        while let Some(work) = left.pop() {
            if let Some(mut work) = Arc::into_inner(work) {
                left.extend(work.state.get_mut().order.take().into_iter().flat_map(|order| order.inputs));
            }
        }
    }
}
