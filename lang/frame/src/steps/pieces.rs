//! Partitions cut into pieces.

use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::Result;

use crate::batches::Batches;

/// Each partition of the result is one of several pieces of the partition that goes in.
#[derive(Debug)]
pub struct Pieces {
    /// For each: which piece, of how many.
    pub pieces: Vec<(u32, u32)>,
}

impl Operation for Pieces {
    fn name(&self) -> &str {
        "repartition"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let at = call.index.first().copied().unwrap_or(0) as usize;
        let (piece, of) = self.pieces.get(at).copied().unwrap_or((0, 1));
        let inputs = call.inputs.iter().map(Batches::of).collect::<Result<Vec<_>>>();
        let batch = inputs.and_then(Batches::together).map_err(|error| Failure::Error(Box::new(error)))?;
        let n = batch.num_rows();
        let bound = |piece: u32| n * piece as usize / of.max(1) as usize;
        let (start, end) = (bound(piece), bound(piece + 1));
        Ok(Payload::new(Batches::one(batch.slice(start, end - start))))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.pieces", postcard::to_stdvec(&self.pieces).unwrap_or_default())
    }
}
