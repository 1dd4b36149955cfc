//! Rows that go to the partition where they belong in an order, without one task that sees all of them.
//!
//! ```text
//! partition ─┬─ sample ─┐
//!            │          ├─ bounds ─┐              a few thousand values say where the piles begin
//! partition ─┼─ sample ─┘          │
//!            │                     ▼
//!            └──────────────────► split ──► piles ──► sort, a task for each pile
//! ```

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt64Array};
use arrow::compute::{SortOptions, take};
use arrow::datatypes::{Field, Schema};
use arrow::row::{RowConverter, SortField};
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::{Key, Work, pile};
use crate::batches::{Batches, Piles, arrow_error};

/// So many values of a partition are looked at.
const MOST: usize = 4096;

/// Some of the values of a column, from the smallest to the largest; what is missing is left out.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sample {
    /// Which column.
    pub column: usize,
}

impl Work for Sample {
    const KIND: &'static str = "frame.sample";

    fn name(&self) -> &str {
        "sample"
    }

    fn gives(&self) -> Option<u64> {
        Some(8 * MOST as u64)
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let column = present(batch.column(self.column))?;
        let step = column.len().div_ceil(MOST).max(1);
        let mut places: Vec<u64> = (0..column.len() as u64).step_by(step).collect();
        if step > 1 {
            // The ends of the whole column have to be known exactly.
            let order = order_of(&column, SortOptions::default())?;
            let ends = (0..column.len()).fold((0, 0), |(low, high), at| {
                let lower = if order.row(at) < order.row(low) { at } else { low };
                (lower, if order.row(at) > order.row(high) { at } else { high })
            });
            places.extend([ends.0 as u64, ends.1 as u64]);
        }
        one(take(&column, &UInt64Array::from(places), None).map_err(arrow_error)?)
    }
}

/// Where piles begin, so that about as many of the sampled values go into each.
#[derive(Debug, Serialize, Deserialize)]
pub struct Bounds {
    /// How many piles.
    pub n: usize,
    /// Do the smallest and the largest value stand before and behind them, and none twice?
    pub ends: bool,
    /// Largest first?
    pub descending: bool,
}

impl Work for Bounds {
    const KIND: &'static str = "frame.bounds";

    fn name(&self) -> &str {
        "bounds"
    }

    fn gives(&self) -> Option<u64> {
        Some(1 << 16)
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let sampled = Batches::together(inputs.iter().copied())?;
        let column = present(sampled.column(0))?;
        let order = order_of(&column, SortOptions { descending: self.descending, nulls_first: false })?;
        let mut places: Vec<u64> = (0..column.len() as u64).collect();
        places.sort_by(|&a, &b| order.row(a as usize).cmp(&order.row(b as usize)));
        let count = places.len();
        let mut chosen = Vec::new();
        if count > 0 {
            chosen.extend((1..self.n).map(|at| places[at * count / self.n]));
            if self.ends {
                chosen.insert(0, places[0]);
                chosen.dedup_by(|a, b| order.row(*a as usize) == order.row(*b as usize));
                chosen.push(places[count - 1]);
            }
        }
        one(take(&column, &UInt64Array::from(chosen), None).map_err(arrow_error)?)
    }
}

/// The values that are there.
fn present(column: &ArrayRef) -> Result<ArrayRef> {
    match column.null_count() {
        0 => Ok(column.clone()),
        _ => {
            let there = arrow::compute::is_not_null(column).map_err(arrow_error)?;
            arrow::compute::filter(column, &there).map_err(arrow_error)
        }
    }
}

fn order_of(column: &ArrayRef, options: SortOptions) -> Result<arrow::row::Rows> {
    let field = SortField::new_with_options(column.data_type().clone(), options);
    let converter = RowConverter::new(vec![field]).map_err(arrow_error)?;
    converter.convert_columns(&[crate::batches::as_key(column)]).map_err(arrow_error)
}

fn one(column: ArrayRef) -> Result<RecordBatch> {
    let field = Field::new("value", column.data_type().clone(), true);
    RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![column]).map_err(arrow_error)
}

/// Splits the rows of a partition by where a column lies between bounds, which another task has found.
#[derive(Debug, Serialize, Deserialize)]
pub struct SplitByBounds {
    /// The column and its order.
    pub key: Key,
    /// How many piles.
    pub n: usize,
}

impl SplitByBounds {
    fn piles(&self, batch: &RecordBatch, bounds: &ArrayRef) -> Result<Vec<Batches>> {
        let column = batch.column(self.key.column);
        let options = SortOptions { descending: self.key.descending, nulls_first: self.key.missing_first };
        let field = SortField::new_with_options(column.data_type().clone(), options);
        let converter = RowConverter::new(vec![field]).map_err(arrow_error)?;
        let rows = converter.convert_columns(&[crate::batches::as_key(column)]).map_err(arrow_error)?;
        let bounds = arrow::compute::cast(bounds, column.data_type()).map_err(arrow_error)?;
        let bounds = converter.convert_columns(&[crate::batches::as_key(&bounds)]).map_err(arrow_error)?;
        let places: Vec<usize> = (0..bounds.num_rows()).collect();
        let mut piles: Vec<Vec<u64>> = vec![Vec::new(); self.n.max(bounds.num_rows() + 1)];
        for at in 0..batch.num_rows() {
            let found = places.partition_point(|&bound| bounds.row(bound) <= rows.row(at));
            piles[found].push(at as u64);
        }
        piles.into_iter().map(|places| pile(batch, places)).collect()
    }
}

impl Operation for SplitByBounds {
    fn name(&self) -> &str {
        "split"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let made = || -> Result<Piles> {
            let Some((bounds, parts)) = call.inputs.split_last() else {
                rdk_runtime::bail!(RuntimeError: "internal error: a split lacks its bounds")
            };
            let bounds = Batches::of(bounds)?.whole()?;
            let batch = Batches::together(parts.iter().map(Batches::of).collect::<Result<Vec<_>>>()?)?;
            Ok(Piles(self.piles(&batch, bounds.column(0))?))
        };
        Ok(Payload::new(made().map_err(|error| Failure::Error(Box::new(error)))?))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.split_by_bounds", postcard::to_stdvec(self).unwrap_or_default())
    }
}
