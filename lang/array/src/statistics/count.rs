//! How often each of the numbers 0, 1, 2, … occurs: `bincount`.

use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::scan::Arithmetic;
use crate::array::{Array, capped};
use crate::chunks::{AxisChunks, Chunks};
use crate::counts::Counts;
use crate::dtype::DType;
use crate::kernel::{BinaryFunc, Reduction, Stop};
use crate::plan::{Step, StepCall, Tallies, Tally, tally};
use crate::scalar::Scalar;
use crate::{Chunk, counts};

#[derive(Debug, Serialize, Deserialize)]
struct CountStep {
    /// How many counts there are; as the last input says if that is not known.
    length: Option<usize>,
    weighted: bool,
}

/// A row of counts is taken to have so many where the type of the numbers has more than these.
const GUESSED: usize = 1 << 16;

/// How often each number occurs, or what its weights come to. How many there are is counted when somebody asks.
pub fn counted_lazily(array: &Array, weights: Option<&Array>) -> Result<Array> {
    let largest = array.cast(DType::I64).extreme(true)?;
    let length = largest.binary(BinaryFunc::Add, &Array::scalar(Scalar::I64(1)))?.reshape(&[1])?;
    let counts = Counts::of(length.clone());
    let of_type = array.dtype().integer_range().and_then(|(_, most)| usize::try_from(most + 1).ok());
    let along = AxisChunks::single(of_type.unwrap_or(GUESSED).min(GUESSED)).uncounted(counts.token());
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
    let all = counts::together([array].into_iter().chain(weights).cloned().collect())?;
    let (array, weights) = (&all[0], all.get(1));
    let mut inputs = vec![array.cast(DType::I64)];
    if let Some(weights) = weights {
        if weights.shape() != array.shape() {
            bail!("The weights and list don't have the same length."; hint: "they have {} and {}", weights.size(), array.size());
        }
        inputs.push(weights.cast(DType::F64).regridded(array.chunks().clone()));
    }
    let n_chunks = capped(array.chunks().count()) as usize;
    let mut along = AxisChunks::single(length.unwrap_or(0));
    if let Some((length, counted)) = counted {
        inputs.push(length);
        along = counted;
    }
    let chunks = Chunks(smallvec![AxisChunks::even(n_chunks, 1), along]);
    let dtype = if weights.is_some() { DType::F64 } else { DType::I64 };
    Ok(Array::step("bincount-chunk", CountStep { length, weighted: weights.is_some() }, inputs, chunks, dtype))
}

impl Step for CountStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.bincount", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        tally::needs(self, index, inputs)
    }

    fn tallies(&self) -> Option<&dyn Tallies> {
        Some(self)
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        tally::at_once(self, call)
    }
}

impl Tallies for CountStep {
    fn n_counted(&self) -> usize {
        1 + usize::from(self.weighted)
    }

    fn begin(&self, others: &[Chunk]) -> std::result::Result<Box<dyn Tally>, Stop> {
        let said = || others.first().and_then(|length| length.to_vec::<i64>().first().copied()).unwrap_or(0);
        let length = self.length.unwrap_or_else(|| said().max(0) as usize);
        if length > isize::MAX as usize / 16 {
            return Err(Stop::Error(rdk_runtime::error!(MemoryError: "unable to allocate counts of {length} numbers")));
        }
        Ok(match self.weighted {
            true => Box::new(Counted { counts: vec![0.0f64; length], each: None }),
            false => Box::new(Counted { counts: vec![0i64; length], each: Some(1) }),
        })
    }
}

/// What has been counted of a chunk: each for so much, or for its weight.
struct Counted<T> {
    counts: Vec<T>,
    each: Option<T>,
}

impl<T: Arithmetic> Tally for Counted<T> {
    fn add(&mut self, pieces: &[Chunk]) -> std::result::Result<(), Stop> {
        let numbers = pieces[0].to_vec::<i64>();
        let mut weights = pieces.get(1).map(Chunk::to_vec::<T>).unwrap_or_default().into_iter();
        for number in numbers {
            let weight = self.each.or_else(|| weights.next()).unwrap_or_default();
            match usize::try_from(number) {
                Ok(at) if at < self.counts.len() => self.counts[at] = self.counts[at].plus(weight),
                Ok(at) => return Err(beyond(at, self.counts.len())),
                Err(_) => return Err(refused(number)),
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Chunk {
        Chunk::from_vec(&[1, self.counts.len()], self.counts)
    }
}

fn refused(number: i64) -> Stop {
    let hint = "`bincount` counts whole numbers from 0 on";
    Stop::Error(rdk_runtime::error!("'list' argument must have no negative elements, got {number}"; hint: "{hint}"))
}

fn beyond(number: usize, length: usize) -> Stop {
    let hint = "leave `minlength` out, or give a larger one";
    Stop::Error(
        rdk_runtime::error!("bincount() found the number {number}, which `minlength={length}` has no place for"; hint: "{hint}"),
    )
}
