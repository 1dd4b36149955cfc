//! Operations of this room out of the bytes that they were written as: how another process gets them.

use std::sync::Arc;

use rdk_graph::{Graph, Operation, Task, TaskId};
use rdk_runtime::{Result, error};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::groups::{Condense, Cutting, InOrder, LastOfPile};
use super::{Gather, Stage, codec};
use crate::steps::{
    Align, Before, Between, Blend, Bounds, Described, Distinct, FromPiles, FromValue, Merge, Observed, Order, Pick,
    Pieces, Quantiles, Recount, Running, Sample, Shelved, SplitByBounds, SplitByHash, SplitByRange, Stack, Take, Tally,
    TimeSeries, Total, Transpose, Weigh, Whole, Work,
};

/// The operation of this kind with these parameters; nothing if the kind is of another room.
pub fn decode(kind: &str, bytes: &[u8]) -> Result<Option<Arc<dyn Operation>>> {
    Ok(Some(match kind {
        "frame.stage" => Arc::new(stage(bytes)?),
        "frame.gather" => Arc::new(read::<Gather>(bytes)?),
        "frame.from_value" => Arc::new(FromValue::read(bytes)?),
        "frame.pieces" => Arc::new(Pieces { pieces: read(bytes)? }),
        "frame.between" => Arc::new(Between::read(bytes)?),
        "frame.pick" => Arc::new(read::<Pick>(bytes)?),
        "frame.split_by_hash" => Arc::new(read::<SplitByHash>(bytes)?),
        "frame.split_by_bounds" => Arc::new(read::<SplitByBounds>(bytes)?),
        "frame.split_by_range" => Arc::new(SplitByRange::read(bytes)?),
        "frame.timeseries" => Arc::new(read::<TimeSeries>(bytes)?),
        "frame.from_piles" => Arc::new(FromPiles { then: inner(bytes)? }),
        "frame.condense" => Arc::new(condense(bytes)?),
        "frame.last_of_pile" => Arc::new(last_of_pile(bytes)?),
        "frame.in_order" => Arc::new(read::<InOrder>(bytes)?),
        "frame.shelved" => Arc::new(Shelved { split: inner(bytes)? }),
        Align::KIND => whole::<Align>(bytes)?,
        Before::KIND => whole::<Before>(bytes)?,
        Blend::KIND => whole::<Blend>(bytes)?,
        Bounds::KIND => whole::<Bounds>(bytes)?,
        Described::KIND => whole::<Described>(bytes)?,
        Distinct::KIND => whole::<Distinct>(bytes)?,
        Merge::KIND => whole::<Merge>(bytes)?,
        Observed::KIND => whole::<Observed>(bytes)?,
        Order::KIND => whole::<Order>(bytes)?,
        Quantiles::KIND => whole::<Quantiles>(bytes)?,
        Recount::KIND => whole::<Recount>(bytes)?,
        Running::KIND => whole::<Running>(bytes)?,
        Sample::KIND => whole::<Sample>(bytes)?,
        Stack::KIND => whole::<Stack>(bytes)?,
        Take::KIND => whole::<Take>(bytes)?,
        Tally::KIND => whole::<Tally>(bytes)?,
        Total::KIND => whole::<Total>(bytes)?,
        Transpose::KIND => whole::<Transpose>(bytes)?,
        Weigh::KIND => whole::<Weigh>(bytes)?,
        other => return crate::face::decode(other, bytes),
    }))
}

/// An operation within another one.
fn inner(bytes: &[u8]) -> Result<Arc<dyn Operation>> {
    let (kind, bytes): (String, Vec<u8>) = read(bytes)?;
    known(&kind, &bytes)
}

fn known(kind: &str, bytes: &[u8]) -> Result<Arc<dyn Operation>> {
    decode(kind, bytes)?.ok_or_else(|| error!("an operation of kind `{kind}` is not known here"))
}

fn condense(bytes: &[u8]) -> Result<Condense> {
    let (kind, bytes, cutting, most): (String, Vec<u8>, Cutting, u64) = read(bytes)?;
    Ok(Condense { merge: known(&kind, &bytes)?, cutting, most })
}

fn last_of_pile(bytes: &[u8]) -> Result<LastOfPile> {
    let (kind, bytes, cutting): (String, Vec<u8>, Cutting) = read(bytes)?;
    Ok(LastOfPile { last: known(&kind, &bytes)?, cutting })
}

/// Plain data that was written with `postcard`.
pub fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T> {
    postcard::from_bytes(bytes).map_err(|error| error!("an operation is damaged: {error}"))
}

/// Work on whole partitions.
pub fn whole<W: Work + DeserializeOwned>(bytes: &[u8]) -> Result<Arc<dyn Operation>> {
    Ok(Whole::of(read::<W>(bytes)?))
}

fn stage(bytes: &[u8]) -> Result<Stage> {
    let (plan, slots, name) = codec::decoded(bytes)?;
    Ok(Stage { name, plan, slots, place: None })
}

/// The same graph as another process would get it: every operation of this room is written out and read again.
pub fn travelled(graph: &Graph) -> Result<Graph> {
    let mut other = Graph::default();
    for (at, task) in graph.tasks().iter().enumerate() {
        if let Some(payload) = graph.ready(TaskId(at as u32)) {
            other.add_ready(task.key.clone(), payload.clone());
            continue;
        }
        let (kind, bytes) = task.operation.encode();
        let operation = decode(kind, &bytes)?.unwrap_or_else(|| task.operation.clone());
        other.add(Task { operation, ..task.clone() });
    }
    Ok(other)
}
