//! One run of one graph: the schedule with the data, the files and the jobs that belong to its steps.
//!
//! All of this is looked at under the engine's lock only. The slow parts (running, writing, reading, dropping) are jobs
//! and leavings that the workers do without it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use parking_lot::{Condvar, Mutex};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::collect::Collecting;
use crate::cull::Needed;
use crate::engine::{Hands, RunError, Wanted};
use crate::progress::{OperationProgress, Progress};
use crate::schedule::{Event, Room, Schedule, Step};
use crate::spill::Entry;
use crate::{Cancel, Failure, Key, Payload, Task, TaskId};

/// What a worker must know of a run without asking for the lock.
pub(crate) struct Info {
    pub id: u64,
    pub tasks: Arc<Vec<Task>>,
    /// The task of each turn.
    pub turns: Vec<TaskId>,
    pub cancel: Cancel,
    /// The run belongs to a task of another run.
    pub nested: bool,
    /// Who does its tasks.
    pub hands: Hands,
    /// What becomes of the results.
    pub wanted: Wanted,
    /// Who takes them as they come.
    pub collecting: Option<Collecting>,
    /// Told when the result is there.
    pub finished: Condvar,
    pub is_done: AtomicBool,
    pub result: Mutex<Option<Result<Vec<Payload>, RunError>>>,
    /// Called with the result, if nobody waits for it.
    pub then: Mutex<Option<Then>>,
}

/// Called with the result of a run.
pub(crate) type Then = Box<dyn FnOnce(Result<Vec<Payload>, RunError>) + Send>;

impl Info {
    pub fn task(&self, turn: u32) -> &Task {
        &self.tasks[self.turns[turn as usize].0 as usize]
    }

    pub fn error(&self, turn: u32, failure: Failure) -> RunError {
        let task = self.task(turn);
        RunError {
            task: Some(self.turns[turn as usize]),
            operation: task.operation.name().to_string(),
            key: task.key.to_string(),
            index: task.key.index.clone(),
            failure,
        }
    }
}

/// Something for a worker to do.
pub(crate) enum Job {
    Run { turn: u32, inputs: SmallVec<[Payload; 4]> },
    Spill { turn: u32, payload: Payload },
    Load { turn: u32, entry: Entry },
}

/// How a job went.
pub(crate) enum Outcome {
    Done { turn: u32, payload: Payload, bytes: u64, seconds: f64 },
    Failed { turn: u32, failure: Failure },
    Spilled { turn: u32, entry: Entry },
    NotSpilled { turn: u32, problem: std::io::Error },
    Loaded { turn: u32, payload: Payload },
    NotLoaded { turn: u32, problem: std::io::Error },
}

/// What is to be dropped once the lock is free again: dropping may take long.
#[derive(Default)]
pub(crate) struct Leavings {
    pub data: Vec<Payload>,
    pub files: Vec<Entry>,
    pub runs: Vec<Run>,
}

/// Results by the names of their tasks.
pub(crate) type Made = Vec<(Key, Payload)>;

/// One run of one graph.
pub(crate) struct Run {
    pub info: Arc<Info>,
    pub schedule: Schedule,
    pub todo: VecDeque<Job>,
    /// The schedule was asked and had nothing to start; nothing has happened since.
    pub dry: bool,
    /// Tasks that are under way but wait for something.
    pub waiting: usize,
    /// It was busy when it was looked at last.
    pub was_busy: bool,
    pub ended: bool,
    /// What the engine has in its sums for this run.
    pub counted: u64,
    stopped: bool,
    failure: Option<RunError>,
    slots: Vec<Option<Payload>>,
    pub files: FxHashMap<u32, Entry>,
    /// The turn of each result, as often as it was asked for.
    outputs: Vec<u32>,
    operations: Vec<OperationProgress>,
    operation_of: Vec<u32>,
    started: Instant,
}

impl Run {
    pub fn new(info: Arc<Info>, needed: Needed, at_hand: Vec<(u32, Payload)>, outputs: Vec<u32>) -> Run {
        let mut slots = vec![None; needed.len()];
        for (turn, payload) in at_hand {
            slots[turn as usize] = Some(payload);
        }
        let (operations, operation_of) = count_operations(&info, &needed);
        Run {
            info,
            schedule: Schedule::new(needed),
            todo: VecDeque::new(),
            dry: false,
            waiting: 0,
            was_busy: false,
            ended: false,
            counted: 0,
            stopped: false,
            failure: None,
            slots,
            files: FxHashMap::default(),
            outputs,
            operations,
            operation_of,
            started: Instant::now(),
        }
    }

    pub fn begin(&mut self, leavings: &mut Leavings) {
        self.tell(Event::Begin, leavings);
    }

    /// The next job, if one may start now.
    pub fn next_job(&mut self, room: Room, leavings: &mut Leavings) -> Option<Job> {
        if self.todo.is_empty() && !self.dry {
            self.tell(Event::Ask(room), leavings);
            self.dry = self.todo.is_empty();
        }
        self.todo.pop_front()
    }

    /// Something is under way that does not itself wait, and will give room back.
    pub fn is_busy(&self) -> bool {
        self.schedule.under_way() > self.waiting
    }

    /// Something might start now.
    pub fn has_work(&self) -> bool {
        !self.todo.is_empty() || (!self.dry && self.schedule.ready() > 0)
    }

    /// Something might start now for a worker that has come for any run.
    pub fn has_work_for_all(&self) -> bool {
        self.info.hands == Hands::All && self.has_work()
    }

    /// Tasks of this name are so short that a worker should take several at once.
    pub fn is_tiny(&self, job: &Job) -> Option<f64> {
        let Job::Run { turn, .. } = job else { return None };
        let operation = &self.operations[self.operation_of[*turn as usize] as usize];
        operation.is_tiny().then(|| operation.seconds / operation.done as f64)
    }

    pub fn report(&mut self, outcome: Outcome, leavings: &mut Leavings) {
        self.dry = false;
        match outcome {
            Outcome::Done { turn, payload, bytes, seconds } => {
                self.slots[turn as usize] = Some(payload);
                self.operations[self.operation_of[turn as usize] as usize].record(seconds);
                self.tell(Event::Done { turn, bytes }, leavings);
            }
            Outcome::Failed { turn, failure } => {
                // What is only stopped is no failure of its own.
                if !(matches!(failure, Failure::Cancelled) && self.info.cancel.requested()) {
                    self.failure.get_or_insert_with(|| self.info.error(turn, failure));
                }
                self.tell(Event::Failed(turn), leavings);
            }
            Outcome::Spilled { turn, entry } => {
                leavings.data.extend(self.slots[turn as usize].take());
                self.files.insert(turn, entry);
                self.tell(Event::Spilled(turn), leavings);
            }
            Outcome::NotSpilled { turn, problem } => {
                // Some data cannot be written; it stays where it is, and something else must go.
                if problem.kind() != std::io::ErrorKind::Unsupported {
                    self.fail_storage(turn, &format!("data cannot be put aside on disk: {problem}"));
                    self.stop(leavings);
                }
                self.tell(Event::Kept(turn), leavings);
            }
            Outcome::Loaded { turn, payload } => {
                self.slots[turn as usize] = Some(payload);
                self.tell(Event::Loaded(turn), leavings);
            }
            Outcome::NotLoaded { turn, problem } => {
                self.fail_storage(turn, &format!("data put aside on disk cannot be read back: {problem}"));
                self.stop(leavings);
                self.tell(Event::Loaded(turn), leavings);
            }
        }
    }

    /// Starts nothing more.
    pub fn stop(&mut self, leavings: &mut Leavings) {
        if std::mem::replace(&mut self.stopped, true) {
            return;
        }
        self.tell(Event::Cancel, leavings);
        for job in std::mem::take(&mut self.todo) {
            match job {
                Job::Run { turn, inputs, .. } => {
                    leavings.data.extend(inputs);
                    self.tell(Event::Failed(turn), leavings);
                }
                Job::Spill { turn, .. } => self.tell(Event::Kept(turn), leavings),
                Job::Load { turn, entry } => {
                    leavings.files.push(entry);
                    self.tell(Event::Loaded(turn), leavings);
                }
            }
        }
    }

    pub fn progress(&self, budget: u64) -> Progress {
        Progress {
            run: self.info.id,
            operations: self.operations.clone(),
            running: self.schedule.under_way(),
            bytes_held: self.schedule.granted(),
            bytes_spilled: self.schedule.spilled(),
            budget,
            started: self.started,
        }
    }

    /// What the run has come to, and the results worth keeping though it failed.
    pub fn conclude(&mut self) -> (Result<Vec<Payload>, RunError>, Made) {
        let all_there = self.outputs.iter().all(|&turn| self.slots[turn as usize].is_some());
        let failure = match self.failure.take() {
            None if all_there => {
                let result = self.outputs.iter().filter_map(|&turn| self.slots[turn as usize].clone()).collect();
                // Who gets them is the only one to hold them.
                self.outputs.iter().for_each(|&turn| self.slots[turn as usize] = None);
                return (Ok(result), Vec::new());
            }
            None => RunError::whole(Failure::Cancelled),
            Some(failure) => failure,
        };
        let made = |&turn: &u32| {
            let payload = self.slots[turn as usize].clone()?;
            (!self.schedule.needed().at_hand[turn as usize]).then(|| (self.info.task(turn).key.clone(), payload))
        };
        (Err(failure), self.schedule.needed().outputs.iter().filter_map(made).collect())
    }

    /// The names of the results, as often as they were asked for.
    pub fn output_keys(&self) -> impl Iterator<Item = Key> {
        self.outputs.iter().map(|&turn| self.info.task(turn).key.clone())
    }

    fn fail_storage(&mut self, turn: u32, message: &str) {
        self.failure.get_or_insert_with(|| self.info.error(turn, Failure::Storage(message.to_string())));
    }

    fn tell(&mut self, event: Event, leavings: &mut Leavings) {
        let mut events: SmallVec<[Event; 4]> = SmallVec::from_slice(&[event]);
        while let Some(event) = events.pop() {
            for step in self.schedule.on(event) {
                match step {
                    Step::Run(turn) if self.stopped => events.push(Event::Failed(turn)),
                    Step::Run(turn) => {
                        let job = self.job(turn);
                        self.todo.push_back(job);
                    }
                    Step::Release(turn) => {
                        leavings.data.extend(self.slots[turn as usize].take());
                        if !self.files.is_empty() {
                            leavings.files.extend(self.files.remove(&turn));
                        }
                    }
                    Step::Spill(turn) => match &self.slots[turn as usize] {
                        Some(payload) if !self.stopped => {
                            let payload = payload.clone();
                            self.todo.push_back(Job::Spill { turn, payload });
                        }
                        _ => events.push(Event::Kept(turn)),
                    },
                    Step::Load(turn) => match self.files.remove(&turn) {
                        Some(entry) => self.todo.push_back(Job::Load { turn, entry }),
                        None => events.push(Event::Loaded(turn)),
                    },
                    Step::Finish => self.ended = true,
                }
            }
        }
    }

    /// The task with its inputs; those that nobody else needs are given away.
    fn job(&mut self, turn: u32) -> Job {
        let Run { info, schedule, slots, .. } = self;
        let inputs = schedule.needed().inputs(turn);
        let task = info.task(turn);
        let mut take = |input: u32| {
            let slot = &mut slots[input as usize];
            let payload = if schedule.is_last_use(input) { slot.take() } else { slot.clone() };
            payload.expect("a task starts when its inputs are in memory")
        };
        let inputs = if inputs.len() == task.inputs.len() {
            inputs.iter().map(|&input| take(input)).collect()
        } else {
            // Some stand there more than once; `inputs` has them in the order of their first mention.
            let mut distinct: FxHashMap<TaskId, Payload> = FxHashMap::default();
            for &input in inputs {
                distinct.insert(info.turns[input as usize], take(input));
            }
            task.inputs.iter().map(|input| distinct[input].clone()).collect()
        };
        Job::Run { turn, inputs }
    }
}

/// How many tasks there are of each name, and which name each task has.
fn count_operations(info: &Info, needed: &Needed) -> (Vec<OperationProgress>, Vec<u32>) {
    let mut operations: Vec<OperationProgress> = Vec::new();
    let mut known: FxHashMap<Arc<str>, u32> = FxHashMap::default();
    let mut last: Option<(Arc<str>, u32)> = None;
    let mut operation_of = Vec::with_capacity(needed.len());
    for turn in 0..needed.len() as u32 {
        if needed.at_hand[turn as usize] {
            operation_of.push(u32::MAX);
            continue;
        }
        let name = &info.task(turn).key.name;
        let at = match &last {
            Some((same, at)) if Arc::ptr_eq(same, name) => *at,
            _ => *known.entry(name.clone()).or_insert_with(|| {
                operations.push(OperationProgress {
                    name: name.clone(),
                    done: 0,
                    total: 0,
                    seconds: 0.0,
                    longest: 0.0,
                });
                operations.len() as u32 - 1
            }),
        };
        operations[at as usize].total += 1;
        last = Some((name.clone(), at));
        operation_of.push(at);
    }
    (operations, operation_of)
}
