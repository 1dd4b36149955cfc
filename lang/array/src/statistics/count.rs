//! How often each of the numbers 0, 1, 2, … occurs: `bincount`.

use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use crate::Chunk;
use crate::array::{Array, capped};
use crate::chunks::{AxisChunks, Chunks};
use crate::counts::Counts;
use crate::dtype::DType;
use crate::kernel::{BinaryFunc, Reduction, Stop};
use crate::plan::{Step, StepCall};
use crate::scalar::Scalar;

#[derive(Debug, Serialize, Deserialize)]
struct CountStep {
    /// How many counts there are; as the last input says if that is not known.
    length: Option<usize>,
    is_weighted: bool,
}

/// A row of counts is taken to have so many where that is not known.
const GUESSED: usize = 1 << 16;

/// How often each number occurs, or what its weights come to. How many there are is counted when somebody asks.
pub fn counted_lazily(array: &Array, weights: Option<&Array>) -> Result<Array> {
    let largest = array.cast(DType::I64).reduce(Reduction::Max, None, false, None, None)?;
    let length = largest.binary(BinaryFunc::Add, &Array::scalar(Scalar::I64(1)))?.reshape(&[1])?;
    let counts = Counts::of(length.clone());
    let along = AxisChunks::single(GUESSED).at_most(counts.token());
    let rows = rows_of_counts(array, None, Some((length, along)), weights)?.counted_by(counts);
    Ok(rows.reduce(Reduction::Sum, Some(&[0]), false, None, None)?.named("bincount"))
}

/// How often each number below `length` occurs, or what its weights come to.
pub fn counted_to(array: &Array, length: usize, weights: Option<&Array>) -> Result<Array> {
    let rows = rows_of_counts(array, Some(length), None, weights)?;
    Ok(rows.reduce(Reduction::Sum, Some(&[0]), false, None, None)?.named("bincount"))
}

/// A row of counts for each chunk, as long as is said, or as an array of one number says.
fn rows_of_counts(
    array: &Array,
    length: Option<usize>,
    counted: Option<(Array, AxisChunks)>,
    weights: Option<&Array>,
) -> Result<Array> {
    let mut inputs = vec![array.cast(DType::I64)];
    if let Some(weights) = weights {
        if weights.shape() != array.shape() {
            bail!("The weights and list don't have the same length."; hint: "they have {} and {}", weights.size(), array.size());
        }
        inputs.push(weights.cast(DType::F64).regridded(array.chunks().clone()));
    }
    let n_chunks = capped(array.chunks().count()) as usize;
    let is_weighted = weights.is_some();
    let mut along = AxisChunks::single(length.unwrap_or(0));
    if let Some((length, counted)) = counted {
        inputs.push(length);
        along = counted;
    }
    let chunks = Chunks(smallvec![AxisChunks::even(n_chunks, 1), along]);
    let dtype = if weights.is_some() { DType::F64 } else { DType::I64 };
    Ok(Array::step("bincount-chunk", CountStep { length, is_weighted }, inputs, chunks, dtype))
}

impl Step for CountStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.bincount", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        let of_length = |input: usize| self.length.is_none() && input + 1 == inputs.len();
        (0..inputs.len()).map(|input| (input, smallvec![if of_length(input) { 0 } else { index[0] }])).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        if call.cancel.requested() {
            return Err(Stop::Cancelled);
        }
        let numbers = call.inputs[0].to_vec::<i64>();
        let refuse = |number: i64| -> Stop {
            let hint = "`bincount` counts whole numbers from 0 on";
            Stop::Error(
                rdk_runtime::error!("'list' argument must have no negative elements, got {number}"; hint: "{hint}"),
            )
        };
        let length = match self.length {
            Some(length) => length,
            None => call.inputs.last().map_or(0, |length| length.to_vec::<i64>()[0].max(0) as usize),
        };
        if length > isize::MAX as usize / 16 {
            return Err(Stop::Error(rdk_runtime::error!(MemoryError: "unable to allocate counts of {length} numbers")));
        }
        let shape = [1, length];
        let beyond = |number: usize| -> Stop {
            let hint = "leave `minlength` out, or give a larger one";
            Stop::Error(
                rdk_runtime::error!("bincount() found the number {number}, which `minlength={length}` has no place for"; hint: "{hint}"),
            )
        };
        let Some(weights) = call.inputs.get(1).filter(|_| self.is_weighted) else {
            let mut counts = vec![0i64; length];
            for number in numbers {
                match usize::try_from(number) {
                    Ok(at) if at < length => counts[at] += 1,
                    Ok(at) => return Err(beyond(at)),
                    Err(_) => return Err(refuse(number)),
                }
            }
            return Ok(Chunk::from_vec(&shape, counts));
        };
        let mut sums = vec![0f64; length];
        for (number, weight) in numbers.into_iter().zip(weights.to_vec::<f64>()) {
            match usize::try_from(number) {
                Ok(at) if at < length => sums[at] += weight,
                Ok(at) => return Err(beyond(at)),
                Err(_) => return Err(refuse(number)),
            }
        }
        Ok(Chunk::from_vec(&shape, sums))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        // The numbers and the weights in eight bytes each.
        let size =
            |input: &Array| input.chunks().0[0].size((index[0] as usize).min(input.chunks().0[0].count() - 1)) as u64;
        inputs.iter().map(|input| 8 * size(input)).sum()
    }
}
