//! Exact quantiles of columns in many partitions, without one task that sees all values.
//!
//! Each partition tallies its values: what there is, and how often ([`Tally`]). Tallies go into piles by value, and those of each
//! pile become one. How many values lie in each pile says in which of them a quantile lies ([`Pick`]); the values found there make
//! the answer ([`Blend`]).

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, SchemaRef};
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error};

/// The different values of a column with how often each is there, from the smallest to the largest.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tally {
    /// Which column.
    pub column: usize,
    /// Are the rows tallies already?
    pub tallied: bool,
}

/// The columns of tallies.
pub fn tally_schema() -> SchemaRef {
    let value = Field::new("value", DataType::Float64, true);
    Arc::new(Schema::new(vec![value, Field::new("count", DataType::Int64, true)]))
}

impl Work for Tally {
    const KIND: &'static str = "frame.tally";

    fn name(&self) -> &str {
        "tally"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let values = cast(batch.column(self.column), &DataType::Float64).map_err(arrow_error)?;
        let values = values.as_primitive::<Float64Type>();
        let mut pairs: Vec<(f64, i64)> = match self.tallied {
            true => {
                let counts = batch.column(self.column + 1).as_primitive::<Int64Type>();
                values.iter().zip(counts).filter_map(|(value, count)| Some((value?, count?))).collect()
            }
            false => values.iter().flatten().filter(|value| !value.is_nan()).map(|value| (value, 1)).collect(),
        };
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        pairs.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 += later.1;
            }
            same
        });
        let values = Float64Array::from_iter_values(pairs.iter().map(|pair| pair.0));
        let counts = Int64Array::from_iter_values(pairs.iter().map(|pair| pair.1));
        RecordBatch::try_new(tally_schema(), vec![Arc::new(values), Arc::new(counts)]).map_err(arrow_error)
    }
}

/// How many values a tally has.
#[derive(Debug, Serialize, Deserialize)]
pub struct Total;

impl Work for Total {
    const KIND: &'static str = "frame.total";

    fn name(&self) -> &str {
        "total"
    }

    fn gives(&self) -> Option<u64> {
        Some(1 << 10)
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let total: i64 = batch.column(1).as_primitive::<Int64Type>().iter().flatten().sum();
        RecordBatch::try_new(total_schema(), vec![Arc::new(Int64Array::from(vec![total]))]).map_err(arrow_error)
    }
}

/// The column of totals.
pub fn total_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("total", DataType::Int64, true)]))
}

/// Those of the values between which quantiles lie that are in a pile. The pile comes first, then the totals of all piles.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pick {
    /// The parts, from 0 to 1.
    pub parts: Vec<f64>,
}

/// The columns of what [`Pick`] gives: of which part, the upper neighbour or the lower one, its value.
pub fn pick_schema() -> SchemaRef {
    let fields = vec![
        Field::new("part", DataType::Int64, true),
        Field::new("upper", DataType::Int64, true),
        Field::new("value", DataType::Float64, true),
        Field::new("share", DataType::Float64, true),
    ];
    Arc::new(Schema::new(fields))
}

impl Pick {
    fn picked(&self, at: usize, inputs: &[&Batches]) -> Result<RecordBatch> {
        let pile = inputs[0].whole()?;
        let mut totals = Vec::new();
        for total in &inputs[1..] {
            let batch = total.whole()?;
            totals.extend(batch.column(0).as_primitive::<Int64Type>().iter().flatten());
        }
        let before: i64 = totals.iter().take(at).sum();
        let count: i64 = totals.iter().sum();
        let (values, counts) =
            (pile.column(0).as_primitive::<Float64Type>(), pile.column(1).as_primitive::<Int64Type>());
        let found = |place: i64| -> Option<f64> {
            let mut passed = before;
            if place < passed {
                return None;
            }
            for (value, count) in values.iter().zip(counts) {
                passed += count.unwrap_or(0);
                if place < passed {
                    return value;
                }
            }
            None
        };
        let (mut parts, mut uppers, mut chosen, mut shares) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (part, q) in self.parts.iter().enumerate().filter(|_| count > 0) {
            let place = q.clamp(0.0, 1.0) * (count - 1) as f64;
            let below = place.floor() as i64;
            for (upper, at) in [(0, below), (1, (below + 1).min(count - 1))] {
                if let Some(value) = found(at) {
                    parts.push(part as i64);
                    uppers.push(upper);
                    chosen.push(value);
                    shares.push(place - below as f64);
                }
            }
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(parts)),
            Arc::new(Int64Array::from(uppers)),
            Arc::new(Float64Array::from(chosen)),
            Arc::new(Float64Array::from(shares)),
        ];
        RecordBatch::try_new(pick_schema(), columns).map_err(arrow_error)
    }
}

impl Operation for Pick {
    fn name(&self) -> &str {
        "quantile"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let at = call.index.first().copied().unwrap_or(0) as usize;
        let inputs = call.inputs.iter().map(Batches::of).collect::<Result<Vec<_>>>();
        let made = inputs.and_then(|inputs| self.picked(at, &inputs));
        Ok(Payload::new(Batches::one(made.map_err(|error| Failure::Error(Box::new(error)))?)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.pick", postcard::to_stdvec(self).unwrap_or_default())
    }
}

/// The quantiles of several columns: for each column the values that were picked in all of its piles.
#[derive(Debug, Serialize, Deserialize)]
pub struct Blend {
    /// How many parts.
    pub n_parts: usize,
    /// How many inputs belong to each column.
    pub pieces: Vec<usize>,
}

impl Work for Blend {
    const KIND: &'static str = "frame.blend";

    fn name(&self) -> &str {
        "quantile"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let mut rest = inputs.iter().copied();
        let (mut columns, mut fields): (Vec<ArrayRef>, Vec<Field>) = (Vec::new(), Vec::new());
        for (at, &pieces) in self.pieces.iter().enumerate() {
            let picked = Batches::together(rest.by_ref().take(pieces))?;
            let mut ends = vec![[None; 2]; self.n_parts];
            let mut shares = vec![0.0; self.n_parts];
            let (parts, uppers) =
                (picked.column(0).as_primitive::<Int64Type>(), picked.column(1).as_primitive::<Int64Type>());
            let (values, share) =
                (picked.column(2).as_primitive::<Float64Type>(), picked.column(3).as_primitive::<Float64Type>());
            for row in 0..picked.num_rows() {
                let part = parts.value(row) as usize;
                ends[part][uppers.value(row) as usize] = Some(values.value(row));
                shares[part] = share.value(row);
            }
            let blended = ends.iter().zip(&shares);
            let blended = blended.map(|(ends, share)| Some(ends[0]? + (ends[1]? - ends[0]?) * share));
            columns.push(Arc::new(blended.collect::<Float64Array>()));
            fields.push(Field::new(format!("q{at}"), DataType::Float64, true));
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)
    }
}
