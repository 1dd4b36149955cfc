//! Steps that go through an array once and keep little of it: they are given its elements a piece at a time.
//!
//! What a [`Step`] reads is made first, and stands in memory. A histogram needs no chunk as a whole: its task makes the elements itself, as a
//! loop does, and counts them while they are in the nearest caches.

use rdk_graph::Index;
use smallvec::SmallVec;

use super::step::StepCall;
use crate::Chunk;
use crate::array::Array;
use crate::kernel::Stop;
use crate::lower::view::nth;

/// A step that goes through its first inputs in pieces.
///
/// Those inputs are on one grid. The first index of the result numbers its chunks, in C order.
pub trait Tallies {
    /// How many inputs it goes through.
    fn n_counted(&self) -> usize;

    /// Begins with a chunk; gets the other inputs.
    ///
    /// # Errors
    /// What they do not allow.
    fn begin(&self, others: &[Chunk]) -> Result<Box<dyn Tally>, Stop>;
}

/// What has been kept of a chunk so far.
pub trait Tally {
    /// One piece more, of each of the inputs: the same places of all of them, in C order.
    ///
    /// # Errors
    /// What its elements do not allow.
    fn add(&mut self, pieces: &[Chunk]) -> Result<(), Stop>;

    /// The chunk of the result.
    fn finish(self: Box<Self>) -> Chunk;
}

/// The chunks that one chunk of the result is made of: those of this number, and the only ones of the other inputs.
pub fn needs(step: &dyn Tallies, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
    let at = nth(&inputs[0].numblocks(), index[0] as usize);
    let place = |(number, input): (usize, &Array)| match number < step.n_counted() {
        true => (number, at.clone()),
        false => (number, SmallVec::from_elem(0, input.ndim())),
    };
    inputs.iter().enumerate().map(place).collect()
}

/// The same from whole chunks.
///
/// # Errors
/// Those of the steps.
pub fn at_once(step: &dyn Tallies, call: &StepCall<'_>) -> Result<Chunk, Stop> {
    if call.cancel.requested() {
        return Err(Stop::Cancelled);
    }
    let (counted, others) = call.inputs.split_at(step.n_counted());
    let mut tally = step.begin(others)?;
    tally.add(counted)?;
    Ok(tally.finish())
}
