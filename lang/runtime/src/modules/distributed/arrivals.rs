//! Tasks in the order in which they end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::work::Work;
use crate::context::Context;
use crate::error::Result;

/// How soon a waiting caller notices a request to stop.
const POLL: Duration = Duration::from_millis(10);

/// Tasks in the order in which they end.
#[derive(Default)]
pub struct Arrivals {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    arrived: VecDeque<Arc<Work>>,
    /// Those under way.
    expected: Vec<Arc<Work>>,
    /// Goes up when all are forgotten: what was expected before does not count.
    round: u64,
}

/// What comes next.
pub enum Next {
    /// This one has ended.
    Arrived(Arc<Work>),
    /// None is expected.
    Nothing,
    /// It took too long.
    Late,
}

impl Arrivals {
    /// Expects one more.
    pub fn expect(self: &Arc<Self>, work: &Arc<Work>) {
        let round = {
            let mut state = self.state.lock();
            state.expected.push(work.clone());
            state.round
        };
        // Who does not walk on any more need not be told.
        let arrivals = Arc::downgrade(self);
        work.when_over(Box::new(move |work| {
            if let Some(arrivals) = arrivals.upgrade() {
                arrivals.arrive(work, round);
            }
        }));
    }

    fn arrive(&self, work: &Arc<Work>, round: u64) {
        let mut state = self.state.lock();
        if state.round != round {
            return;
        }
        let at = state.expected.iter().position(|known| Arc::ptr_eq(known, work));
        let own = at.map(|at| state.expected.swap_remove(at));
        state.arrived.push_back(work.clone());
        drop(state);
        drop(own);
        self.changed.notify_all();
    }

    /// The next one; waits until then, or not at all.
    pub fn next(&self, context: &Context, until: Option<Instant>) -> Result<Next> {
        if let Some(next) = self.at_hand() {
            return Ok(next);
        }
        let expected = self.state.lock().expected.first().cloned();
        if let Some(expected) = expected.filter(|work| work.board.engine.is_worker()) {
            expected.help();
        }
        rdk_graph::waiting(|| {
            loop {
                context.check()?;
                if let Some(next) = self.at_hand() {
                    return Ok(next);
                }
                let now = Instant::now();
                if until.is_some_and(|until| until <= now) {
                    return Ok(Next::Late);
                }
                let next = until.map_or(now + POLL, |until| until.min(now + POLL));
                let mut state = self.state.lock();
                if state.arrived.is_empty() {
                    self.changed.wait_until(&mut state, next);
                }
            }
        })
    }

    /// The next one if it is there, or if none will be.
    fn at_hand(&self) -> Option<Next> {
        let mut state = self.state.lock();
        match state.arrived.pop_front() {
            Some(work) => Some(Next::Arrived(work)),
            None if state.expected.is_empty() => Some(Next::Nothing),
            None => None,
        }
    }

    /// All that have arrived and were not taken.
    pub fn batch(&self) -> Vec<Arc<Work>> {
        self.state.lock().arrived.drain(..).collect()
    }

    /// One is there.
    pub fn is_ready(&self) -> bool {
        !self.state.lock().arrived.is_empty()
    }

    /// How many are under way, and how many have ended and were not taken.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.expected.len(), state.arrived.len())
    }

    /// How many are still to be taken.
    pub fn count(&self) -> usize {
        let (waiting, done) = self.counts();
        waiting + done
    }

    /// Expects none any more.
    pub fn clear(&self) {
        let old = {
            let mut state = self.state.lock();
            state.round += 1;
            (std::mem::take(&mut state.arrived), std::mem::take(&mut state.expected))
        };
        drop(old);
    }
}
