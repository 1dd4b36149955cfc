//! Partitions of a made-up time series: names, ids and two random numbers for each moment.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use rdk_graph::{Call, Failure, Operation, Payload};
use serde::{Deserialize, Serialize};

use crate::batches::{Batches, arrow_error};

/// What a column is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Filled {
    /// First names.
    Names,
    /// Numbers around 1000.
    Numbers,
    /// Floats from -1 to 1.
    Floats,
}

impl Filled {
    /// The type of such a column.
    pub fn data_type(self) -> DataType {
        match self {
            Filled::Names => DataType::Utf8View,
            Filled::Numbers => DataType::Int64,
            Filled::Floats => DataType::Float64,
        }
    }
}

/// Each partition is a span of time.
#[derive(Debug, Serialize, Deserialize)]
pub struct TimeSeries {
    /// When the partitions begin, and when the last one ends, in microseconds.
    pub bounds: Vec<i64>,
    /// How far apart the rows are.
    pub step: i64,
    /// The columns.
    pub columns: Vec<(String, Filled)>,
    /// Where random numbers begin.
    pub seed: u64,
}

impl TimeSeries {
    /// How many bytes the longest partition has.
    fn n_bytes(&self) -> u64 {
        let longest = self.bounds.windows(2).map(|span| span[1].saturating_sub(span[0])).max().unwrap_or(0);
        let width = |(_, filled): &(String, Filled)| if matches!(filled, Filled::Names) { 16 } else { 8 };
        let row = 8 + self.columns.iter().map(width).sum::<u64>();
        row * (longest / self.step.max(1)) as u64
    }

    /// The columns of the partitions: times, then the others.
    pub fn schema(&self) -> SchemaRef {
        let mut fields = vec![Field::new(crate::plan::COUNTED, DataType::Timestamp(TimeUnit::Microsecond, None), true)];
        fields.extend(self.columns.iter().map(|(name, filled)| Field::new(name, filled.data_type(), true)));
        Arc::new(Schema::new(fields))
    }
}

const NAMES: [&str; 26] = [
    "Alice", "Bob", "Charlie", "Dan", "Edith", "Frank", "George", "Hannah", "Ingrid", "Jerry", "Kevin", "Laura",
    "Michael", "Norbert", "Oliver", "Patricia", "Quinn", "Ray", "Sarah", "Tim", "Ursula", "Victor", "Wendy", "Xavier",
    "Yvonne", "Zelda",
];

/// The next random number of the generator SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn unit(state: &mut u64) -> f64 {
    (next(state) >> 11) as f64 / (1u64 << 53) as f64
}

impl Operation for TimeSeries {
    fn name(&self) -> &str {
        "timeseries"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let at = call.index.first().copied().unwrap_or(0) as usize;
        let (start, end) = (self.bounds[at], self.bounds[at + 1]);
        let times: Vec<i64> = (start..end).step_by(self.step.max(1) as usize).collect();
        let n = times.len();
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(TimestampMicrosecondArray::from(times))];
        for (column, (_, filled)) in self.columns.iter().enumerate() {
            let mut state = self.seed ^ ((at as u64) << 20) ^ ((column as u64 + 1) << 50);
            next(&mut state);
            arrays.push(match filled {
                Filled::Names => {
                    Arc::new((0..n).map(|_| Some(NAMES[(next(&mut state) % 26) as usize])).collect::<StringViewArray>())
                }
                Filled::Floats => {
                    Arc::new(Float64Array::from_iter_values((0..n).map(|_| 2.0 * unit(&mut state) - 1.0)))
                }
                // Close to Poisson's distribution of mean 1000: a sum of twelve uniform numbers is nearly normal.
                Filled::Numbers => Arc::new(Int64Array::from_iter_values((0..n).map(|_| {
                    let normal = (0..12).map(|_| unit(&mut state)).sum::<f64>() - 6.0;
                    (1000.0 + normal * 1000f64.sqrt()).round() as i64
                }))),
            });
        }
        let batch = RecordBatch::try_new(self.schema(), arrays);
        let batch = batch.map_err(|error| Failure::Error(Box::new(arrow_error(error))))?;
        Ok(Payload::new(Batches::one(batch)))
    }

    fn gives(&self) -> Option<u64> {
        Some(self.n_bytes())
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.timeseries", postcard::to_stdvec(self).unwrap_or_default())
    }
}
