//! What to do next. The schedule is told what happened and answers what to do; it has no threads and no clock.
//!
//! A task starts when the bytes that it declares are granted: its result, its working space, and those of its inputs that
//! have to be read back from disk. What it really made replaces the estimate when it is done. Tasks start in the order
//! of their turns (see [`order`](crate::order)). If the next one does not fit, later sources wait with it; only a task
//! that gives back at least what it takes may go before it. When nothing is under way and nothing fits, the data that is
//! needed last goes to disk.
//!
//! So the bytes granted never pass the room, except that a task makes more than it declared, or that a run with nothing
//! under way goes on with one task although others have taken the room: without that, runs inside tasks could wait for
//! each other for ever.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::cull::Needed;

/// Something happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The run begins.
    Begin,
    /// A worker is free.
    Ask(Room),
    /// A task has made this many bytes.
    Done {
        /// Which.
        turn: u32,
        /// Bytes of its result.
        bytes: u64,
    },
    /// A task has made nothing. What needs it is given up.
    Failed(u32),
    /// Data is on disk now.
    Spilled(u32),
    /// Data cannot go to disk.
    Kept(u32),
    /// Data is back from disk.
    Loaded(u32),
    /// Nothing more is to be started.
    Cancel,
}

/// What a run may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    /// Bytes that it may hold at most.
    pub bytes: u64,
    /// How many workers there are to fill it.
    pub workers: usize,
    /// Waiting for more room is in vain: nobody else is about to give any back.
    pub alone: bool,
}

/// Something is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Run the task of this turn; its inputs are in memory.
    Run(u32),
    /// Nobody needs this data any more.
    Release(u32),
    /// Write this data to disk and drop it from memory.
    Spill(u32),
    /// Read this data back from disk.
    Load(u32),
    /// All that can be done is done, the results asked for are in memory.
    Finish,
}

/// The answer to an event.
pub type Steps = SmallVec<[Step; 4]>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Lacks inputs.
    Waiting,
    Ready,
    /// Started; some inputs are still on their way from disk.
    Fetching,
    Running,
    /// The result is in memory.
    Held,
    Spilling,
    Spilled,
    Loading,
    /// The result was there and is gone.
    Released,
    /// Failed, or given up.
    Lost,
}

/// One run of one graph.
#[derive(Debug)]
pub struct Schedule {
    needed: Needed,
    state: Vec<State>,
    /// Inputs that are not made yet; of a fetching task, inputs that are not read back yet.
    missing: Vec<u32>,
    /// Users that are not done yet.
    users_left: Vec<u32>,
    /// Bytes granted to the result; while the task runs, to the result and the work.
    bytes: Vec<u64>,
    /// This data has been found unfit for disk.
    kept: Vec<bool>,
    /// Ready tasks that have inputs.
    ready: BinaryHeap<Reverse<u32>>,
    /// Tasks without inputs, by turn; those before the cursor have been taken.
    sources: Vec<u32>,
    next_source: usize,
    /// Tasks that are neither made nor lost.
    left: usize,
    granted: u64,
    spilled: u64,
    running: usize,
    fetching: usize,
    /// Results on their way to or from disk.
    moving: usize,
    cancelled: bool,
    finished: bool,
}

impl Schedule {
    /// For tasks counted in the order in which they should run.
    pub fn new(needed: Needed) -> Schedule {
        let n = needed.len();
        let turns = 0..n as u32;
        let at_hand = |turn: &u32| needed.at_hand[*turn as usize];
        let state = turns.clone().map(|turn| if at_hand(&turn) { State::Held } else { State::Waiting }).collect();
        let sources: Vec<u32> =
            turns.clone().filter(|turn| needed.inputs(*turn).is_empty() && !at_hand(turn)).collect();
        Schedule {
            state,
            missing: turns.clone().map(|turn| needed.inputs(turn).len() as u32).collect(),
            users_left: turns.clone().map(|turn| needed.users(turn).len() as u32).collect(),
            bytes: vec![0; n],
            kept: needed.at_hand.clone(),
            ready: BinaryHeap::new(),
            next_source: 0,
            left: n - turns.filter(at_hand).count(),
            sources,
            granted: 0,
            spilled: 0,
            running: 0,
            fetching: 0,
            moving: 0,
            cancelled: false,
            finished: false,
            needed,
        }
    }

    /// The results asked for never go to disk.
    pub fn keep_outputs(&mut self) {
        for &turn in &self.needed.outputs {
            self.kept[turn as usize] = true;
        }
    }

    /// A task that can never have what it declares, or the results asked for if they cannot be in memory together:
    /// whose turn it is (`None`: the results), and the bytes needed.
    pub fn refused(&self, allowed: u64) -> Option<(Option<u32>, u64)> {
        let output =
            |turn: u32| if self.needed.at_hand[turn as usize] { 0 } else { self.needed.costs[turn as usize].output };
        let sum = |turns: &[u32]| turns.iter().fold(0u64, |sum, &turn| sum.saturating_add(output(turn)));
        for turn in 0..self.needed.len() as u32 {
            if !self.needed.at_hand[turn as usize] {
                let cost = self.needed.costs[turn as usize];
                let needs = sum(self.needed.inputs(turn)).saturating_add(cost.output).saturating_add(cost.working);
                if needs > allowed {
                    return Some((Some(turn), needs));
                }
            }
        }
        let results = sum(&self.needed.outputs);
        (results > allowed).then_some((None, results))
    }

    /// What happened; what to do about it.
    pub fn on(&mut self, event: Event) -> Steps {
        let mut steps = Steps::new();
        match event {
            Event::Begin => self.begin(&mut steps),
            Event::Ask(room) => self.start_one(room, &mut steps),
            Event::Done { turn, bytes } => self.done(turn, bytes, &mut steps),
            Event::Failed(turn) => self.failed(turn, &mut steps),
            Event::Spilled(turn) => {
                self.moving -= 1;
                self.granted -= self.bytes[turn as usize];
                self.spilled += self.bytes[turn as usize];
                self.state[turn as usize] = State::Spilled;
                self.release_if_unused(turn, &mut steps);
            }
            Event::Kept(turn) => {
                self.moving -= 1;
                self.kept[turn as usize] = true;
                self.state[turn as usize] = State::Held;
                self.release_if_unused(turn, &mut steps);
            }
            Event::Loaded(turn) => self.loaded(turn, &mut steps),
            Event::Cancel => self.cancel(&mut steps),
        }
        if self.left == 0 && !self.finished && self.running + self.fetching + self.moving == 0 {
            self.finish(&mut steps);
        }
        steps
    }

    /// The tasks, by turn.
    pub fn needed(&self) -> &Needed {
        &self.needed
    }

    /// Bytes that are granted now.
    pub fn granted(&self) -> u64 {
        self.granted
    }

    /// Bytes that lie on disk now.
    pub fn spilled(&self) -> u64 {
        self.spilled
    }

    /// Tasks and moves to or from disk that are under way.
    pub fn under_way(&self) -> usize {
        self.running + self.fetching + self.moving
    }

    /// About how many tasks could start now if there were room.
    pub fn ready(&self) -> usize {
        self.ready.len() + self.sources.len() - self.next_source
    }

    /// The running task is the last one to need this input, and the result was not asked for.
    pub fn is_last_use(&self, input: u32) -> bool {
        self.users_left[input as usize] == 1 && !self.needed.is_output[input as usize]
    }

    /// The result of this turn is in memory.
    pub fn is_held(&self, turn: u32) -> bool {
        self.state[turn as usize] == State::Held
    }

    fn begin(&mut self, steps: &mut Steps) {
        for turn in 0..self.needed.len() as u32 {
            if self.needed.at_hand[turn as usize] {
                self.now_usable(turn);
                self.release_if_unused(turn, steps);
            }
        }
    }

    /// One input less is missing for the users of this one.
    fn now_usable(&mut self, turn: u32) {
        for &user in self.needed.users(turn) {
            let missing = &mut self.missing[user as usize];
            *missing -= 1;
            if *missing == 0 && self.state[user as usize] == State::Waiting {
                self.state[user as usize] = State::Ready;
                self.ready.push(Reverse(user));
            }
        }
    }

    fn start_one(&mut self, room: Room, steps: &mut Steps) {
        let Some(first) = self.first_ready() else { return };
        if self.fits(first, room) {
            return self.start(first, steps);
        }
        // Out of turn goes only what leaves at least as much room as it found.
        let out_of_turn = self.ready.iter().map(|&Reverse(turn)| turn).take(64).find(|&turn| {
            self.state[turn as usize] == State::Ready
                && self.lets_go(turn) >= self.declared(turn).0
                && self.fits(turn, room)
        });
        if let Some(turn) = out_of_turn {
            return self.start(turn, steps);
        }
        if self.under_way() == 0 && room.alone {
            self.make_room(first, room, steps);
            if steps.is_empty() {
                self.start(first, steps);
            }
        }
    }

    /// The ready task with the earliest turn.
    fn first_ready(&mut self) -> Option<u32> {
        while let Some(&Reverse(turn)) = self.ready.peek()
            && self.state[turn as usize] != State::Ready
        {
            self.ready.pop();
        }
        while let Some(&turn) = self.sources.get(self.next_source)
            && self.state[turn as usize] != State::Waiting
        {
            self.next_source += 1;
        }
        let other = self.ready.peek().map(|&Reverse(turn)| turn);
        let source = self.sources.get(self.next_source).copied();
        match (other, source) {
            (Some(other), Some(source)) => Some(other.min(source)),
            (other, source) => other.or(source),
        }
    }

    /// Bytes of the result, and bytes besides.
    fn declared(&self, turn: u32) -> (u64, u64) {
        let cost = self.needed.costs[turn as usize];
        (cost.output, cost.working)
    }

    /// Bytes to be granted if it starts now; `None` while an input is on its way to or from disk.
    fn needs(&self, turn: u32) -> Option<u64> {
        let (output, working) = self.declared(turn);
        let mut needs = output.saturating_add(working);
        if self.spilled > 0 || self.moving > 0 {
            for &input in self.needed.inputs(turn) {
                match self.state[input as usize] {
                    State::Spilled => needs = needs.saturating_add(self.bytes[input as usize]),
                    State::Spilling | State::Loading => return None,
                    _ => {}
                }
            }
        }
        Some(needs)
    }

    fn fits(&self, turn: u32, room: Room) -> bool {
        self.needs(turn).is_some_and(|needs| self.granted.saturating_add(needs) <= room.bytes)
    }

    /// Bytes in memory that are not needed any more once this task is done.
    fn lets_go(&self, turn: u32) -> u64 {
        let inputs = self.needed.inputs(turn).iter();
        inputs
            .filter(|&&input| self.is_last_use(input) && self.state[input as usize] == State::Held)
            .map(|&input| self.bytes[input as usize])
            .sum()
    }

    fn start(&mut self, turn: u32, steps: &mut Steps) {
        let (output, working) = self.declared(turn);
        self.grant(turn, output.saturating_add(working));
        let mut missing = 0;
        if self.spilled > 0 {
            for at in 0..self.needed.inputs(turn).len() {
                let input = self.needed.inputs(turn)[at];
                if self.state[input as usize] == State::Spilled {
                    self.load(input, steps);
                    missing += 1;
                }
            }
        }
        if missing > 0 {
            self.missing[turn as usize] = missing;
            self.state[turn as usize] = State::Fetching;
            self.fetching += 1;
        } else {
            self.state[turn as usize] = State::Running;
            self.running += 1;
            steps.push(Step::Run(turn));
        }
        // What has started is not counted as ready.
        self.first_ready();
    }

    fn grant(&mut self, turn: u32, bytes: u64) {
        self.bytes[turn as usize] = bytes;
        self.granted = self.granted.saturating_add(bytes);
    }

    fn load(&mut self, turn: u32, steps: &mut Steps) {
        let bytes = self.bytes[turn as usize];
        self.spilled -= bytes;
        self.granted += bytes;
        self.moving += 1;
        self.state[turn as usize] = State::Loading;
        steps.push(Step::Load(turn));
    }

    fn loaded(&mut self, turn: u32, steps: &mut Steps) {
        self.moving -= 1;
        self.state[turn as usize] = State::Held;
        for at in 0..self.needed.users(turn).len() {
            let user = self.needed.users(turn)[at];
            if self.state[user as usize] == State::Fetching {
                self.missing[user as usize] -= 1;
                if self.missing[user as usize] == 0 {
                    self.fetching -= 1;
                    self.running += 1;
                    self.state[user as usize] = State::Running;
                    steps.push(Step::Run(user));
                }
            }
        }
        self.release_if_unused(turn, steps);
    }

    /// Sends to disk what is needed last, until `first` fits; and, so that the other workers need not wait for the next
    /// time, as much again for each of them, if it is not needed soon.
    fn make_room(&mut self, first: u32, room: Room, steps: &mut Steps) {
        let Some(needs) = self.needs(first) else { return };
        let excess = self.granted.saturating_add(needs).saturating_sub(room.bytes);
        let inputs: FxHashSet<u32> = self.needed.inputs(first).iter().copied().collect();
        let mut victims: Vec<(u32, u32)> = (0..self.state.len() as u32)
            .filter(|&turn| {
                let at = turn as usize;
                self.state[at] == State::Held && !self.kept[at] && self.bytes[at] > 0
            })
            .filter(|turn| !inputs.contains(turn))
            .map(|turn| (self.next_use(turn), turn))
            .collect();
        victims.sort_unstable_by_key(|&victim| Reverse(victim));
        // Many little files cost more than they bring: first without them.
        let mut freed = 0u64;
        let more_workers = room.workers.saturating_sub(1);
        let ahead = excess.saturating_add(needs.saturating_mul(more_workers as u64));
        let soon = first.saturating_add(room.workers.saturating_mul(16) as u32);
        for (wanted, least, from) in [(excess, excess / 16, 0), (excess, 0, 0), (ahead, excess / 16, soon)] {
            for &(next_use, turn) in &victims {
                let bytes = self.bytes[turn as usize];
                if freed < wanted && bytes >= least && next_use >= from && self.state[turn as usize] == State::Held {
                    self.state[turn as usize] = State::Spilling;
                    self.moving += 1;
                    freed += bytes;
                    steps.push(Step::Spill(turn));
                }
            }
        }
    }

    /// The turn at which this data is needed next; results asked for are needed last of all.
    fn next_use(&self, turn: u32) -> u32 {
        let waiting = |user: &&u32| matches!(self.state[**user as usize], State::Waiting | State::Ready);
        self.needed.users(turn).iter().find(waiting).copied().unwrap_or(u32::MAX)
    }

    fn done(&mut self, turn: u32, bytes: u64, steps: &mut Steps) {
        let at = turn as usize;
        self.running -= 1;
        self.granted -= self.bytes[at];
        self.grant(turn, bytes);
        self.left -= 1;
        self.state[at] = State::Held;
        self.used(turn, steps);
        self.now_usable(turn);
        self.release_if_unused(turn, steps);
    }

    /// This task needs its inputs no more.
    fn used(&mut self, turn: u32, steps: &mut Steps) {
        for at in 0..self.needed.inputs(turn).len() {
            let input = self.needed.inputs(turn)[at];
            self.users_left[input as usize] -= 1;
            self.release_if_unused(input, steps);
        }
    }

    fn release_if_unused(&mut self, turn: u32, steps: &mut Steps) {
        let at = turn as usize;
        if self.users_left[at] > 0 || self.needed.is_output[at] {
            return;
        }
        match self.state[at] {
            State::Held => self.granted -= self.bytes[at],
            State::Spilled => self.spilled -= self.bytes[at],
            _ => return,
        }
        self.state[at] = State::Released;
        steps.push(Step::Release(turn));
    }

    fn failed(&mut self, turn: u32, steps: &mut Steps) {
        self.running -= 1;
        self.granted -= std::mem::take(&mut self.bytes[turn as usize]);
        let mut lost = vec![turn];
        while let Some(turn) = lost.pop() {
            match self.state[turn as usize] {
                State::Waiting | State::Ready | State::Running => {}
                _ => continue,
            }
            self.state[turn as usize] = State::Lost;
            self.left -= 1;
            // What needs it cannot be made; what only it needed need not be made.
            lost.extend(self.needed.users(turn));
            for at in 0..self.needed.inputs(turn).len() {
                let input = self.needed.inputs(turn)[at];
                let from = input as usize;
                self.users_left[from] -= 1;
                self.release_if_unused(input, steps);
                if self.users_left[from] == 0
                    && !self.needed.is_output[from]
                    && matches!(self.state[from], State::Waiting | State::Ready)
                {
                    lost.push(input);
                }
            }
        }
    }

    fn cancel(&mut self, steps: &mut Steps) {
        self.cancelled = true;
        for turn in (0..self.state.len() as u32).rev() {
            if matches!(self.state[turn as usize], State::Waiting | State::Ready) {
                self.state[turn as usize] = State::Lost;
                self.left -= 1;
                self.used(turn, steps);
            }
        }
    }

    fn finish(&mut self, steps: &mut Steps) {
        for at in 0..self.needed.outputs.len() {
            let output = self.needed.outputs[at];
            if self.state[output as usize] == State::Spilled && !self.cancelled {
                self.load(output, steps);
            }
        }
        if self.moving == 0 {
            self.finished = true;
            steps.push(Step::Finish);
        }
    }
}

#[cfg(test)]
mod tests;
