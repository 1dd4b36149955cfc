//! Operations of ours on whole partitions, for what no operator of DataFusion's does as pandas does.
//!
//! Each is plain data with a function from the rows of its inputs to rows: a file each. [`Whole`] makes an operation of the
//! graph of it. To the plan above, the result is a leaf.

mod align;
mod between;
mod described;
mod distinct;
mod from_value;
mod merge;
mod observed;
mod order;
mod pieces;
mod quantiles;
mod ranges;
mod recount;
mod running;
mod select;
mod shelved;
mod shuffle;
mod tally;
mod timeseries;
mod transpose;
mod weigh;

use std::sync::Arc;

use arrow::array::RecordBatch;
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::Result;
use rdk_syntax::Place;
use serde::Serialize;

pub use align::{Align, Join};
pub use between::Between;
pub use described::Described;
pub use distinct::Distinct;
pub use from_value::FromValue;
pub use merge::{From, Merge, MergedIndex, SplitByHash, Stack, comparable, scattered};
pub use observed::{Fill, Observed};
pub use order::{Key, Order};
pub use pieces::Pieces;
pub use quantiles::Quantiles;
pub use ranges::{Bounds, Sample, SplitByBounds};
pub use recount::Recount;
pub use running::{Along, Before, Moving, Running, SoFar};
pub use select::Take;
pub use shelved::Shelved;
pub use shuffle::{FromPiles, SplitByRange, pile};
pub use tally::{Blend, Pick, Tally, Total, pick_schema, tally_schema, total_schema};
pub use timeseries::{Filled, TimeSeries};
pub use transpose::{Transpose, common};
pub use weigh::Weigh;

use crate::batches::Batches;

/// What is done to the rows of whole partitions.
pub trait Work: Serialize + std::fmt::Debug + Send + Sync + 'static {
    /// The kind by which another process finds the code.
    const KIND: &'static str;

    /// What events call it.
    fn name(&self) -> &str;

    /// About how many bytes come out; as many as go in if it does not say.
    fn gives(&self) -> Option<u64> {
        None
    }

    /// Does it to the partitions that go in, in order.
    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch>;
}

/// A [`Work`] as an operation of the graph.
#[derive(Debug)]
pub struct Whole<W> {
    work: W,
    place: Option<Place>,
}

impl<W: Work> Whole<W> {
    /// Of this work, without a place in the user's text.
    pub fn of(work: W) -> Arc<dyn Operation> {
        Arc::new(Whole { work, place: None })
    }

    /// Of this work, which this place in the user's text asks for.
    pub fn at(work: W, place: Option<Place>) -> Arc<dyn Operation> {
        Arc::new(Whole { work, place })
    }
}

impl<W: Work> Operation for Whole<W> {
    fn name(&self) -> &str {
        self.work.name()
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        if call.cancel.requested() {
            return Err(Failure::Cancelled);
        }
        let made =
            call.inputs.iter().map(Batches::of).collect::<Result<Vec<_>>>().and_then(|inputs| self.work.work(&inputs));
        let batch = made.map_err(|error| crate::place::failure(error, &self.place, self.work.name(), call.index))?;
        Ok(Payload::new(Batches::one(batch)))
    }

    fn gives(&self) -> Option<u64> {
        self.work.gives()
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        (W::KIND, postcard::to_stdvec(&self.work).unwrap_or_default())
    }
}
