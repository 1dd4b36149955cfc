//! Operations on whole chunks: whatever is neither made element by element, nor a reduction, nor a product of matrices.
//!
//! A [`Step`] says which chunks a chunk of its result is made of, and makes it. Sorting, scans, decompositions and files are steps,
//! each in a file of its own; the plan, the tasks, errors and travel are the same for all of them.

use std::fmt;
use std::io;
use std::sync::Arc;

use rdk_graph::{Cancel, Crew, Index, Payload, Shelf};

use super::tally::Tallies;
use crate::array::{Array, Draft, Plan, capped};
use crate::chunk::Parts;
use crate::chunks::Chunks;
use crate::index::AxisIndex;
use crate::kernel::Stop;
use crate::{Chunk, DType};

/// An operation on whole chunks. It is plain data.
pub trait Step: fmt::Debug + Send + Sync + 'static {
    /// Its kind, `array.sort`, and its parameters: equal for equal work, and enough to make it again elsewhere.
    fn encode(&self) -> (&'static str, Vec<u8>);

    /// The chunks that one chunk of the result is made of, as numbers of inputs and indexes into their grids, in the order in which
    /// [`Step::run`] gets them. The chunks at the same place of all inputs, if it says nothing else.
    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        (0..inputs.len()).map(|input| (input, index.into())).collect()
    }

    /// Makes one chunk, of the shape that the grid of the result gives it.
    ///
    /// # Errors
    /// [`Stop::Error`] where the elements do not allow it; [`Stop::Cancelled`] soon after `cancel` was asked for.
    fn run(&self, call: &mut StepCall<'_>) -> Result<Chunk, Stop>;

    /// About how many nanoseconds an element takes, if it may be run again for each loop that reads it: where all its chunks together
    /// would take the memory, that is better than holding them. Steps that read files say so; they have no inputs.
    fn again(&self) -> Option<f32> {
        None
    }

    /// The step that makes only this part of what it makes, on the grid that the part has: each of its chunks lies in one chunk of this
    /// step's. Files of which a part can be read have one; steps with inputs have none.
    fn sliced(&self, index: &[AxisIndex], chunks: &Chunks) -> Option<Arc<dyn Step>> {
        let (_, _) = (index, chunks);
        None
    }

    /// What goes through its first inputs in pieces, which are made where they are wanted.
    fn tallies(&self) -> Option<&dyn Tallies> {
        None
    }

    /// The same step for so little memory that its results, or those that it is made of, do not find room there together: it may put its own
    /// aside on disk ([`Step::put_aside`]).
    fn by_disk(&self, memory: u64) -> Option<Arc<dyn Step>> {
        let _ = memory;
        None
    }

    /// Writes a chunk that it has made to disk, in pieces as they are wanted; `None` if the chunk is held. Who needs it finds it in
    /// [`StepCall::aside`].
    fn put_aside(&self, chunk: &Chunk) -> Option<io::Result<Shelf>> {
        let _ = chunk;
        None
    }

    /// Makes its chunk straight on disk, in pieces; `None` if it is made by [`Step::run`].
    fn straight_to_disk(&self, call: &mut StepCall<'_>) -> Option<Result<Shelf, Stop>> {
        let _ = call;
        None
    }

    /// Makes several chunks together, of which other steps take theirs ([`StepCall::aside`]); `None` if it makes one by [`Step::run`].
    fn several(&self, call: &mut StepCall<'_>) -> Option<Result<Parts, Stop>> {
        let _ = call;
        None
    }

    /// About how many bytes of memory what it makes takes, where that is not what its grid says.
    fn gives(&self) -> Option<u64> {
        None
    }

    /// Is it one of many rounds of the same work? They are shown as one.
    fn is_round(&self) -> bool {
        false
    }

    /// Bytes that it holds while it runs, beside its inputs and its result.
    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let (_, _) = (index, inputs);
        0
    }
}

/// What a step is run with.
pub struct StepCall<'a> {
    /// Which chunk of the result.
    pub index: &'a [u32],
    /// The chunks that it needs; one that nobody else holds may be taken and written to.
    pub inputs: Vec<Chunk>,
    /// For each of them what lies on disk in its place, or what several chunks it is, if it is no chunk.
    pub aside: Vec<Option<Payload>>,
    /// Who helps if it can be cut into pieces.
    pub crew: Crew<'a>,
    /// To be looked at every few milliseconds.
    pub cancel: &'a Cancel,
}

impl Array {
    /// What a step makes of these arrays, on this grid. `name` is what Dask calls the layer.
    pub fn step(
        name: &str,
        step: impl Step,
        inputs: impl IntoIterator<Item = Array>,
        chunks: Chunks,
        dtype: DType,
    ) -> Array {
        let own_tasks = capped(chunks.count());
        let inputs = inputs.into_iter().collect();
        Array::make(Draft { plan: Plan::Step(Arc::new(step)), inputs, name: Arc::from(name), chunks, dtype, own_tasks })
    }
}
