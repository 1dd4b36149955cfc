//! How often each of the numbers 0, 1, 2, … occurs: `bincount`.

use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use crate::Chunk;
use crate::array::{Array, capped};
use crate::chunks::{AxisChunks, Chunks};
use crate::dtype::DType;
use crate::kernel::{Reduction, Stop};
use crate::plan::{Step, StepCall};

#[derive(Debug, Serialize, Deserialize)]
struct CountStep {
    length: usize,
}

/// How often each number below `length` occurs, or what its weights come to.
pub fn counted_to(array: &Array, length: usize, weights: Option<&Array>) -> Result<Array> {
    let mut inputs = vec![array.cast(DType::I64)];
    if let Some(weights) = weights {
        if weights.shape() != array.shape() {
            bail!("The weights and list don't have the same length."; hint: "they have {} and {}", weights.size(), array.size());
        }
        inputs.push(weights.cast(DType::F64).regridded(array.chunks().clone()));
    }
    let n_chunks = capped(array.chunks().count()) as usize;
    let chunks = Chunks(smallvec![AxisChunks::even(n_chunks, 1), AxisChunks::single(length)]);
    let dtype = if weights.is_some() { DType::F64 } else { DType::I64 };
    let counts = Array::step("bincount-chunk", CountStep { length }, inputs, chunks, dtype);
    Ok(counts.reduce(Reduction::Sum, Some(&[0]), false, None, None)?.named("bincount"))
}

impl Step for CountStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.bincount", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        (0..inputs.len()).map(|input| (input, smallvec![index[0]])).collect()
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
        let shape = [1, self.length];
        let Some(weights) = call.inputs.get(1) else {
            let mut counts = vec![0i64; self.length];
            for number in numbers {
                match usize::try_from(number) {
                    Ok(at) if at < self.length => counts[at] += 1,
                    Ok(_) => {}
                    Err(_) => return Err(refuse(number)),
                }
            }
            return Ok(Chunk::from_vec(&shape, counts));
        };
        let mut sums = vec![0f64; self.length];
        for (number, weight) in numbers.into_iter().zip(weights.to_vec::<f64>()) {
            match usize::try_from(number) {
                Ok(at) if at < self.length => sums[at] += weight,
                Ok(_) => {}
                Err(_) => return Err(refuse(number)),
            }
        }
        Ok(Chunk::from_vec(&shape, sums))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        // The numbers and the weights in eight bytes each.
        inputs.iter().map(|input| 8 * input.chunks().0[0].size(index[0] as usize) as u64).sum()
    }
}
