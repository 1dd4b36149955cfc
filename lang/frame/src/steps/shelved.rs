//! Piles that are put aside on disk, where all of them together would take the memory.
//!
//! A partition of a shuffle is made of a pile of every other partition. Those cannot be in memory together, so each split writes its
//! piles to a [`Shelf`], and a partition reads its own of all of them:
//!
//! ```text
//! partitions 0 1 2 ─ split ─ shelf ─┬─ partition 0      each row is written once and read once
//! partitions 3 4 5 ─ split ─ shelf ─┴─ partition 1
//! ```

use std::sync::Arc;

use rdk_graph::{Call, Data, Failure, Operation, Payload, Shelf};

use crate::batches::{Batches, Piles, read};

/// Splits rows and puts the piles on a shelf.
#[derive(Debug)]
pub struct Shelved {
    /// Splits them.
    pub split: Arc<dyn Operation>,
}

impl Operation for Shelved {
    fn name(&self) -> &str {
        self.split.name()
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        let made = self.split.run(call)?;
        let Some(Piles(piles)) = made.get::<Piles>() else { return Ok(made) };
        let mut cancelled = false;
        let shelf = Shelf::write(piles.len(), |at, file| {
            if call.cancel.requested() {
                cancelled = true;
                return Err(std::io::ErrorKind::Interrupted.into());
            }
            Data::write(&piles[at], file)
        });
        match shelf {
            Ok(shelf) => Ok(Payload::new(shelf)),
            Err(_) if cancelled => Err(Failure::Cancelled),
            Err(problem) => Err(Failure::Storage(format!("rows cannot be put aside on disk: {problem}"))),
        }
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        let (kind, bytes) = self.split.encode();
        ("frame.shelved", postcard::to_stdvec(&(kind, bytes)).unwrap_or_default())
    }
}

/// The pile of this number, of piles in memory or on a shelf.
pub fn pile_of(payload: &Payload, at: usize) -> Result<Payload, Failure> {
    if let Some(shelf) = payload.get::<Shelf>() {
        let storage = |problem| Failure::Storage(format!("rows put aside on disk cannot be read back: {problem}"));
        let bytes = shelf.read(at).map_err(storage)?;
        return read(&mut &bytes[..]).map_err(storage);
    }
    let pile = payload.get::<Piles>().and_then(|piles| piles.0.get(at)).cloned();
    pile.map(|pile: Batches| Payload::new(pile)).ok_or_else(|| Failure::Panic("a pile is missing".into()))
}
