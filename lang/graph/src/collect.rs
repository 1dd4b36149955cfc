//! Results that are taken as they come.
//!
//! Who asks for a run gets its results when all are there. Who can use each by itself says so with a [`Collect`]: the chunks of a large
//! array go to their places in one piece of memory, so that the array is never held twice.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::{Failure, Payload};

/// Takes results as they come.
pub trait Collect: Send + Sync {
    /// Where the result of this output goes: an operation that can write it there gives just this back. It is written to while others hold
    /// it: a place belongs to one output, and nobody else looks at it before the result is taken.
    fn place(&self, output: usize) -> Option<Payload> {
        let _ = output;
        None
    }

    /// The result of the output at this place among those asked for; called once for each that the run makes, by the worker that made it.
    /// What it gives back stands for the result from now on, also for other tasks. It stays in memory until the run is over.
    ///
    /// # Errors
    /// They are those of the task.
    fn take(&self, output: usize, result: Payload) -> Result<Payload, Failure>;
}

/// Who takes the results of a run, and which of its turns they are.
pub(crate) struct Collecting {
    by: Arc<dyn Collect>,
    outputs: FxHashMap<u32, SmallVec<[usize; 1]>>,
}

impl Collecting {
    /// `turns` has the turn of every output.
    pub fn new(by: Arc<dyn Collect>, turns: &[u32]) -> Collecting {
        let mut outputs: FxHashMap<u32, SmallVec<[usize; 1]>> = FxHashMap::default();
        for (output, &turn) in turns.iter().enumerate() {
            outputs.entry(turn).or_default().push(output);
        }
        Collecting { by, outputs }
    }

    /// Where the result of this turn goes.
    pub fn place(&self, turn: u32) -> Option<Payload> {
        self.by.place(*self.outputs.get(&turn)?.first()?)
    }

    /// What this turn has made; what stands for it from now on.
    pub fn take(&self, turn: u32, mut result: Payload) -> Result<Payload, Failure> {
        for &output in self.outputs.get(&turn).into_iter().flatten() {
            result = self.by.take(output, result)?;
        }
        Ok(result)
    }
}

impl fmt::Debug for Collecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Collecting({} outputs)", self.outputs.len())
    }
}
