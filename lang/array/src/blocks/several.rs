//! One of several chunks that a call makes together: who takes it does not call again.

use rdk_graph::{Index, Payload};
use serde::{Deserialize, Serialize};

use super::call::Made;
use crate::Chunk;
use crate::array::Array;
use crate::chunk::Parts;
use crate::kernel::Stop;
use crate::plan::{Step, StepCall};

/// Takes one of the chunks that a call gave.
#[derive(Debug, Serialize, Deserialize)]
struct Pick {
    at: usize,
    /// The first axes of the result are those of the calls; along the others there is one chunk.
    n_loops: usize,
}

impl Made {
    /// The array of the chunks at this place of what these calls give.
    pub(super) fn picked(self, at: usize, calls: &Array, name: &str) -> Array {
        let step = Pick { at, n_loops: calls.ndim() };
        let array = Array::step(name, step, [calls.clone()], self.chunks, self.dtype);
        if self.unknown.is_empty() { array } else { array.of_unknown(&self.unknown) }
    }
}

impl Step for Pick {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.pick", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        vec![(0, index[..self.n_loops].into())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> Result<Chunk, Stop> {
        let parts = call.aside[0].as_ref().and_then(Payload::get::<Parts>);
        Ok(parts.expect("a call of several results gives them together").0[self.at].clone())
    }
}
