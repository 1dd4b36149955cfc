//! What is unique: each chunk gives the different elements that it has, and a tree brings them together.
//!
//! How many there are is known only at the end: the chunks of these steps are as long as they come out.

use rdk_runtime::{Context, Result};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::digits;
use super::key::Ordered;
use super::rows::{elements, stopped};
use super::word::Placed;
use crate::Chunk;
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::counts::Counts;
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::kernel::Stop;
use crate::plan::{Step, StepCall};

/// So many chunks come together at a time.
const TOGETHER: usize = 8;
/// Longer chunks are taken in parts: what comes of one is counted as if all its elements were different.
const LONGEST: usize = 1 << 16;
/// With more different elements than these, sorting is faster than looking each up.
const FEW: usize = 1 << 12;

/// One element, where it stands first, and how often it occurs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    codes: [i64; 2],
    first: i64,
    count: i64,
}

#[derive(Debug, Serialize, Deserialize)]
enum UniqueStep {
    /// Of a chunk whose first elements stand here; so large are they all.
    Chunk { size: usize },
    /// Of several results.
    Together { n_below: usize },
    /// The elements themselves, of a result.
    Values { dtype: DType },
    /// Where each stands first.
    First,
    /// How often each occurs.
    Counts,
    /// How many there are.
    Length,
}

/// The different elements of an array, in ascending order.
pub struct Distinct {
    /// The elements.
    pub values: Chunk,
    /// Where each stands first, counted in rows.
    pub first: Vec<i64>,
    /// How often each occurs.
    pub counts: Vec<i64>,
}

/// The different elements of a lazy array, in ascending order.
pub struct DistinctLazily {
    /// The elements.
    pub values: Array,
    /// Where each stands first, counted in rows.
    pub first: Array,
    /// How often each occurs.
    pub counts: Array,
}

impl Array {
    /// What is known of the different elements, in one chunk.
    fn found(&self) -> Result<Array> {
        let flat = self.reshape(&[-1])?;
        let size = flat.chunks().0[0].largest().clamp(1, LONGEST);
        let n = flat.shape()[0];
        let even = AxisChunks::even(n, size);
        let mut n_below = even.count();
        let grid = |count: usize| Chunks(smallvec![AxisChunks::single(4), AxisChunks::listed(vec![size; count])]);
        let flat = flat.regridded(Chunks(smallvec![even]));
        let mut found = Array::step("unique-chunk", UniqueStep::Chunk { size }, [flat], grid(n_below), DType::I64);
        while n_below > 1 {
            let count = n_below.div_ceil(TOGETHER);
            found = Array::step("unique", UniqueStep::Together { n_below }, [found], grid(count), DType::I64);
            n_below = count;
        }
        Ok(found)
    }

    /// The different elements as lazy rows, whose length has to be counted.
    pub fn distinct_lazily(&self) -> Result<DistinctLazily> {
        let found = self.found()?;
        let one = |axis: AxisChunks| -> Chunks { [axis].into_iter().collect() };
        let length =
            Array::step("unique-count", UniqueStep::Length, [found.clone()], one(AxisChunks::single(1)), DType::I64);
        let counts = Counts::of(length);
        // No more than there are elements, or than the type has; where that may be many, so many are taken to be different.
        let most = self.size().min(LONGEST as u128) as usize;
        let of_type = self.dtype().integer_range().and_then(|(least, most)| usize::try_from(most - least + 1).ok());
        let most = of_type.map_or(most, |of_type| most.min(of_type));
        let along = AxisChunks::single(most).uncounted(counts.token());
        let row = |name: &str, step: UniqueStep, dtype: DType| {
            Array::step(name, step, [found.clone()], one(along.clone()), dtype).counted_by(counts.clone())
        };
        Ok(DistinctLazily {
            values: row("unique", UniqueStep::Values { dtype: self.dtype() }, self.dtype()),
            first: row("unique-index", UniqueStep::First, DType::I64),
            counts: row("unique-counts", UniqueStep::Counts, DType::I64),
        })
    }

    /// The different elements, now.
    pub fn distinct(&self, context: &Context) -> Result<Distinct> {
        let found = unpack(self.found()?.compute_now(context)?);
        let values = values(&found, self.dtype());
        let first = found.iter().map(|found| found.first).collect();
        Ok(Distinct { values, first, counts: found.iter().map(|found| found.count).collect() })
    }
}

impl Step for UniqueStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.unique", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        match self {
            UniqueStep::Chunk { .. } => vec![(0, smallvec![index[1]])],
            UniqueStep::Values { .. } | UniqueStep::First | UniqueStep::Counts | UniqueStep::Length => {
                vec![(0, smallvec![0, 0])]
            }
            UniqueStep::Together { n_below } => {
                let start = index[1] as usize * TOGETHER;
                (start..(start + TOGETHER).min(*n_below)).map(|at| (0, smallvec![0, at as u32])).collect()
            }
        }
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        stopped(call.cancel)?;
        let inputs = std::mem::take(&mut call.inputs);
        let mut found: Vec<Found> = match self {
            UniqueStep::Chunk { size } => {
                let start = (call.index[1] as usize * size) as i64;
                return Ok(pack(inputs.into_iter().flat_map(|chunk| of_chunk(chunk, start)).collect()));
            }
            _ => inputs.into_iter().flat_map(unpack).collect(),
        };
        let numbers = |of: fn(&Found) -> i64| Chunk::from_vec(&[found.len()], found.iter().map(of).collect());
        match self {
            UniqueStep::Chunk { .. } | UniqueStep::Together { .. } => {}
            UniqueStep::Values { dtype } => return Ok(values(&found, *dtype)),
            UniqueStep::First => return Ok(numbers(|found| found.first)),
            UniqueStep::Counts => return Ok(numbers(|found| found.count)),
            UniqueStep::Length => return Ok(Chunk::from_vec(&[1], vec![found.len() as i64])),
        }
        found.sort();
        Ok(pack(merged(found)))
    }

    fn working(&self, _: &[u32], inputs: &[Array]) -> u64 {
        let size = inputs[0].chunks().largest().last().copied().unwrap_or(0);
        let found = match self {
            UniqueStep::Chunk { .. } => size,
            UniqueStep::Values { .. } | UniqueStep::First | UniqueStep::Counts | UniqueStep::Length => size,
            // All of them, and what sorting takes.
            UniqueStep::Together { n_below } => 2 * size * TOGETHER.min(*n_below),
        };
        (found * size_of::<Found>()) as u64
    }
}

/// The different elements of a chunk, in order.
fn of_chunk(chunk: Chunk, start: i64) -> Vec<Found> {
    with_dtype!(chunk.dtype(), T => {
        let elements = elements::<T>(chunk);
        let mut few: FxHashMap<[i64; 2], (i64, i64)> = FxHashMap::default();
        for (element, at) in elements.iter().zip(start..) {
            few.entry(element.codes()).or_insert((at, 0)).1 += 1;
            if few.len() > FEW {
                break;
            }
        }
        if few.len() <= FEW {
            let found = few.into_iter().map(|(codes, (first, count))| Found { codes, first, count });
            let mut found: Vec<Found> = found.collect();
            found.sort_unstable();
            return found;
        }
        if T::DTYPE.is_complex() || elements.len() > u32::MAX as usize {
            let each = elements.iter().zip(start..);
            let mut all: Vec<Found> = each.map(|(element, first)| Found { codes: element.codes(), first, count: 1 }).collect();
            all.sort_unstable();
            return merged(all);
        }
        // Half as much to move about.
        let placed = |(element, place): (&T, u32)| Placed { word: element.level_word(), place };
        let mut placed: Vec<_> = elements.iter().zip(0..).map(placed).collect();
        digits::sort(&mut placed, &mut Vec::new());
        let mut found: Vec<Found> = Vec::new();
        for Placed { word, place } in placed {
            let code = T::of_word(word).code();
            match found.last_mut() {
                Some(last) if last.codes[0] == code => last.count += 1,
                _ => found.push(Found { codes: [code, 0], first: start + i64::from(place), count: 1 }),
            }
        }
        found
    })
}

/// The elements that were found.
fn values(found: &[Found], dtype: DType) -> Chunk {
    with_dtype!(dtype, T => {
        Chunk::from_vec(&[found.len()], found.iter().map(|found| T::of_codes(found.codes)).collect())
    })
}

/// Equal neighbours become one.
fn merged(mut found: Vec<Found>) -> Vec<Found> {
    found.dedup_by(|next, kept| {
        let same = next.codes == kept.codes;
        if same {
            kept.first = kept.first.min(next.first);
            kept.count += next.count;
        }
        same
    });
    found
}

fn pack(found: Vec<Found>) -> Chunk {
    let mut numbers = Vec::with_capacity(found.len() * 4);
    numbers.extend(found.iter().map(|found| found.codes[0]));
    numbers.extend(found.iter().map(|found| found.codes[1]));
    numbers.extend(found.iter().map(|found| found.first));
    numbers.extend(found.iter().map(|found| found.count));
    Chunk::from_vec(&[4, found.len()], numbers)
}

fn unpack(chunk: Chunk) -> Vec<Found> {
    let n = chunk.shape()[1];
    let numbers = elements::<i64>(chunk);
    let found = |at: usize| Found {
        codes: [numbers[at], numbers[n + at]],
        first: numbers[2 * n + at],
        count: numbers[3 * n + at],
    };
    (0..n).map(found).collect()
}
