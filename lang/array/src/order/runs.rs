//! Runs: stretches of one long row, each in order. A run is a chunk, or lies on disk in blocks, of which those are read that are wanted.

use std::io;
use std::ops::Range;

use ndarray::{Slice, SliceInfoElem};
use rdk_graph::{Data, Payload, Shelf};
use rdk_runtime::compute::not_put_aside;

use crate::Chunk;
use crate::kernel::Stop;

/// So many elements of a run on disk are read at once.
pub(super) const BLOCK: usize = if cfg!(test) { 5 } else { 1 << 10 };

/// A run, where it lies. Its elements are those of the last axis.
pub(super) enum Run {
    Held(Chunk),
    OnDisk(Payload),
}

impl Run {
    /// An input that is a run.
    pub fn of(input: Option<(Chunk, Option<Payload>)>) -> Run {
        match input.expect("as many as it needs") {
            (_, Some(payload)) => Run::OnDisk(payload),
            (chunk, None) => Run::Held(chunk),
        }
    }

    /// These of its elements, as far as there are so many, in chunks one behind the other.
    pub fn part(&self, range: Range<usize>) -> Result<Vec<Chunk>, Stop> {
        let payload = match self {
            Run::Held(chunk) => return Ok(vec![part(chunk, range)]),
            Run::OnDisk(payload) => payload,
        };
        let shelf = payload.get::<Shelf>().expect("a run is a chunk or lies on a shelf");
        let blocks = range.start / BLOCK..range.end.div_ceil(BLOCK).min(shelf.n_pieces());
        let read = || {
            let bytes = shelf.read_several(blocks.start..blocks.end.max(blocks.start))?;
            let mut rest = &bytes[..];
            let block = |block: usize| {
                let (chunk, start) = (Chunk::read_from(&mut rest)?, block * BLOCK);
                Ok(part(&chunk, range.start.saturating_sub(start)..range.end.saturating_sub(start)))
            };
            blocks.clone().map(block).collect::<io::Result<Vec<_>>>()
        };
        read().map_err(|problem| {
            not_put_aside(format_args!("data put aside on disk cannot be read back: {problem}")).into()
        })
    }
}

/// Puts a run on disk.
pub(super) fn put_aside(run: &Chunk) -> io::Result<Shelf> {
    let n = *run.shape().last().expect("a run has an axis");
    Shelf::write(n.div_ceil(BLOCK), |block, file| Data::write(&part(run, block * BLOCK..(block + 1) * BLOCK), file))
}

/// These elements of a run, as far as there are so many.
fn part(chunk: &Chunk, range: Range<usize>) -> Chunk {
    let n = *chunk.shape().last().expect("a run has an axis");
    let (start, end) = (range.start.min(n), range.end.min(n));
    let whole = SliceInfoElem::Slice { start: 0, end: None, step: 1 };
    let items = (1..chunk.ndim()).map(|_| whole).chain([Slice::from(start..end.max(start)).into()]);
    chunk.slice(&items.collect::<Vec<_>>())
}
