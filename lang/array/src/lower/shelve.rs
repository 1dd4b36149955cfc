//! Rechunking of arrays that are larger than memory, where every new chunk is made of a little of every old one.
//!
//! The old chunks cannot be in memory together, so each is cut up when it is there and goes to a [`Shelf`] on disk; a new chunk reads
//! its own pieces of all shelves:
//!
//! ```text
//! chunk 0 ─ shelve ─┬─ unshelve 0      each element is written once and read once,
//! chunk 1 ─ shelve ─┴─ unshelve 1      and one chunk of either kind is in memory
//! ```
//!
//! Where new chunks are made of a few old ones that lie together nothing is put aside.

use std::sync::Arc;

use ndarray::ArrayD;
use rdk_graph::{Call, Data, Failure, Operation, Payload, Shelf};
use serde::{Deserialize, Serialize};

use super::advice::advice;
use super::fused::{encoded, seen};
use super::gather::{Regrid, put, stopped, zeros};
use super::view::{nth, number};
use crate::element::{Element, with_dtype};
use crate::shape::Shape;
use crate::{Chunk, shape};

/// More pieces than this are not counted.
const MOST_PIECES: usize = 20_000_000;

/// Which old chunks make a new one, for all of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Table {
    /// For each new chunk the old ones, in the order of its pieces.
    pub made_of: Vec<Vec<u32>>,
    /// For each old chunk the new ones that take a piece of it, in order.
    pub goes_to: Vec<Vec<u32>>,
}

impl Table {
    /// Of this rechunk; `None` if it would be too long.
    pub fn of(regrid: &Regrid) -> Option<Table> {
        let (to, from) = (regrid.loops.counts(), regrid.grid.counts());
        let (n_to, n_from): (usize, usize) = (to.iter().product(), from.iter().product());
        let mut table = Table { made_of: Vec::with_capacity(n_to), goes_to: vec![Vec::new(); n_from] };
        let mut total = 0;
        for target in 0..n_to {
            let index = nth(&to, target);
            let pieces = if regrid.reaches(&index) { regrid.pieces(&index) } else { Vec::new() };
            let blocks: Vec<u32> = pieces.iter().map(|piece| number(&from, &piece.block) as u32).collect();
            total += blocks.len();
            if total > MOST_PIECES {
                return None;
            }
            blocks.iter().for_each(|&block| table.goes_to[block as usize].push(target as u32));
            table.made_of.push(blocks);
        }
        Some(table)
    }

    /// The most bytes that are held if new chunks are made in order, and old ones are dropped when nobody needs them any more.
    pub fn peak(&self, regrid: &Regrid) -> u64 {
        let from = regrid.grid.counts();
        let size = regrid.dtype.size() as u128;
        let bytes = |block: u32| {
            (shape::size(&regrid.grid.chunk_shape(&nth(&from, block as usize))) * size).min(u64::MAX.into()) as u64
        };
        let (mut held, mut peak) = (0u64, 0u64);
        for (target, blocks) in self.made_of.iter().enumerate() {
            for &block in blocks {
                if self.goes_to[block as usize].first() == Some(&(target as u32)) {
                    held = held.saturating_add(bytes(block));
                }
            }
            peak = peak.max(held);
            for &block in blocks {
                if self.goes_to[block as usize].last() == Some(&(target as u32)) {
                    held -= bytes(block);
                }
            }
        }
        peak
    }
}

/// Cuts an old chunk up and puts it on a shelf.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shelve {
    /// The whole rechunk.
    pub regrid: Arc<Regrid>,
    /// Who takes what.
    pub table: Arc<Table>,
}

impl Shelve {
    fn shelved(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        let regrid = &self.regrid;
        let chunk = call.inputs[0].get::<Chunk>().expect("an old chunk is put on the shelf");
        let (from, to) = (regrid.grid.counts(), regrid.loops.counts());
        let targets = &self.table.goes_to[number(&from, call.index)];
        let origin = regrid.grid.chunk_start(call.index);
        let mut cancelled = false;
        let shelf = Shelf::write(targets.len(), |at, file| {
            if call.cancel.requested() {
                cancelled = true;
                return Err(std::io::ErrorKind::Interrupted.into());
            }
            let target = nth(&to, targets[at] as usize);
            let piece = regrid.piece(&target, call.index).expect("the table says that there is one");
            let start = regrid.loops.chunk_start(&target);
            let begin: Shape = start.iter().zip(&piece.at).map(|(&start, &at)| start + at).collect();
            let walk = regrid.view.walk(&begin, &origin);
            Data::write(&seen(chunk, &piece.shape, &walk), file)
        });
        match shelf {
            Ok(shelf) => Ok(Payload::new(shelf)),
            Err(_) if cancelled => Err(Failure::Cancelled),
            Err(problem) => Err(Failure::Storage(format!("data cannot be put aside on disk: {problem}"))),
        }
    }
}

impl Operation for Shelve {
    fn name(&self) -> &str {
        "rechunk-split"
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        self.shelved(call)
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.shelve", encoded(self))
    }
}

/// Makes a new chunk of what lies on the shelves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unshelve {
    /// The whole rechunk.
    pub regrid: Arc<Regrid>,
    /// Who takes what.
    pub table: Arc<Table>,
}

impl Unshelve {
    fn made<T: Element>(&self, call: &mut Call<'_>) -> Result<Chunk, Failure> {
        let regrid = &self.regrid;
        let to = regrid.loops.counts();
        let target = number(&to, call.index) as u32;
        let mut whole: ArrayD<T> = zeros(&regrid.loops.chunk_shape(call.index))?;
        let storage = |problem: std::io::Error| {
            Failure::Storage(format!("data put aside on disk cannot be read back: {problem}"))
        };
        let pieces = regrid.pieces(call.index);
        for ((piece, block), input) in pieces.iter().zip(&self.table.made_of[target as usize]).zip(call.inputs.iter()) {
            stopped(call.cancel)?;
            let shelf = input.get::<Shelf>().expect("new chunks are made of shelves");
            let place = self.table.goes_to[*block as usize].binary_search(&target).expect("the table has it both ways");
            let mut file = shelf.open(place).map_err(storage)?;
            let read = Chunk::from_scalar(crate::Scalar::Bool(false)).reader()(&mut file).map_err(storage)?;
            put(&mut whole.view_mut(), &piece.at, read.get::<Chunk>().expect("a chunk was written"));
        }
        Ok(T::chunk(whole.into_shared()))
    }
}

impl Operation for Unshelve {
    fn name(&self) -> &str {
        &self.regrid.name
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        with_dtype!(self.regrid.dtype, T => self.made::<T>(call)).map(Payload::new)
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.unshelve", encoded(self))
    }

    fn advice(&self, index: &[u32], needed: u64, allowed: u64) -> Option<String> {
        advice(&self.regrid.loops, index, needed, allowed)
    }
}
