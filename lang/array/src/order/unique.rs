//! What is unique: each chunk gives the different elements that it has, and a tree brings them together.
//!
//! How many there are is known only at the end: the chunks of these steps are as long as they come out.
//!
//! Of very many elements there may be too many for that, so they come together in piles, each of the elements between two bounds, and a pile
//! is a chunk of the result. Runs of many different elements lie on disk where they would take the memory:
//!
//! ```text
//! chunks ─ the different ones of each ─► runs ─┬─ every so many ─► samples ─► bounds ─┐
//!                                              └──────────── what lies between two ───┴─► piles
//! ```

use std::io;
use std::ops::Range;
use std::sync::Arc;

use rdk_graph::{Cancel, Shelf};
use rdk_runtime::{Context, Result};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::digits;
use super::key::Ordered;
use super::rows::{elements, stopped};
use super::runs::{self, BLOCK, Run};
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
/// Bytes of the different elements of a pile before they are counted.
const GUESSED: u64 = 64 << 10;
/// Longer chunks are taken in parts: what comes of one is counted as if all its elements were different.
const LONGEST: usize = 1 << 16;
/// Where there are more elements than this they come together in piles …
const MANY: usize = if cfg!(test) { 1 << 8 } else { 1 << 22 };
/// … of about so many different ones, and of runs of so many elements at least.
const PILE: usize = if cfg!(test) { 1 << 5 } else { 1 << 19 };
/// There are about this many at most.
const MOST_PILES: usize = 512;
/// Of so many elements of a run one is a sample.
const EVERY: usize = if cfg!(test) { 3 } else { 1 << 9 };
/// A run of no more different elements than this is held.
const SHORT: usize = if cfg!(test) { 9 } else { 1 << 9 };
/// With more different elements than these, sorting is faster than looking each up.
const FEW: usize = if cfg!(test) { 1 << 3 } else { 1 << 12 };

/// One element, where it stands first, and how often it occurs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    codes: [i64; 2],
    first: i64,
    count: i64,
}

#[derive(Debug, Serialize, Deserialize)]
enum UniqueStep {
    /// Of a chunk; so large are they all.
    Chunk { size: usize },
    /// The same of one of so many elements, as a run. Do runs lie on disk?
    Run { size: usize, n: usize, aside: bool },
    /// Of several results.
    Together { n_below: usize },
    /// Every so many of a run's.
    Samples { size: usize },
    /// Between which samples each pile lies in each run: see [`bounds`].
    Bounds { n_piles: usize },
    /// What several runs have between two bounds.
    Pile { n_runs: usize, size: usize },
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
    /// What is known of the different elements: in one chunk, or if there may be very many of them in piles one behind the other.
    fn found(&self, piles: bool) -> Result<Array> {
        let flat = self.reshape(&[-1])?;
        let n = flat.shape()[0];
        let grid = |size: usize, count: usize| -> Chunks {
            Chunks(smallvec![AxisChunks::single(4), AxisChunks::listed(vec![size; count])])
        };
        let even = |size: usize| flat.regridded(Chunks(smallvec![AxisChunks::even(n, size)]));
        if piles {
            let size = PILE.max(n.div_ceil(MOST_PILES));
            let (flat, words) = (even(size), if self.dtype().is_complex() { 6 } else { 4 });
            let n_runs = flat.numblocks()[0];
            let run = UniqueStep::Run { size, n, aside: false };
            let each = Chunks(smallvec![AxisChunks::single(words), AxisChunks::listed(vec![size; n_runs])]);
            let runs = Array::step("unique-chunk", run, [flat], each, DType::U32);
            let n_piles = n.div_ceil(size);
            let samples = grid(size.div_ceil(EVERY), n_runs);
            let samples =
                Array::step("unique-samples", UniqueStep::Samples { size }, [runs.clone()], samples, DType::I64);
            let table = Chunks::single(&[n_piles + 1, n_runs + 2]);
            let bounds = Array::step("unique-bounds", UniqueStep::Bounds { n_piles }, [samples], table, DType::I64);
            let pile = UniqueStep::Pile { n_runs, size };
            return Ok(Array::step("unique", pile, [runs, bounds], grid(size, n_piles), DType::I64));
        }
        let size = flat.chunks().0[0].largest().clamp(1, LONGEST);
        let flat = even(size);
        let mut n_below = flat.numblocks()[0];
        let chunk = UniqueStep::Chunk { size };
        let mut found = Array::step("unique-chunk", chunk, [flat], grid(size, n_below), DType::I64);
        while n_below > 1 {
            let count = n_below.div_ceil(TOGETHER);
            found = Array::step("unique", UniqueStep::Together { n_below }, [found], grid(size, count), DType::I64);
            n_below = count;
        }
        Ok(found)
    }

    /// The different elements as lazy rows, whose length has to be counted.
    pub fn distinct_lazily(&self) -> Result<DistinctLazily> {
        let of_type = self.dtype().integer_range().and_then(|(least, most)| usize::try_from(most - least + 1).ok());
        let few = self.dtype() == DType::Bool || of_type.is_some_and(|of_type| of_type <= LONGEST);
        let array = self.sized()?;
        let found = array.found(!few && array.size() > MANY as u128)?;
        let one = |axis: AxisChunks| -> Chunks { [axis].into_iter().collect() };
        let n_piles = found.numblocks()[1];
        let lengths = one(AxisChunks::even(n_piles, 1));
        let length = Array::step("unique-count", UniqueStep::Length, [found.clone()], lengths, DType::I64);
        let counts = Counts::of(length);
        // No more than there are elements, or than the type has; where that may be many, so many are taken to be different.
        let most = self.size().min(LONGEST as u128) as usize;
        let most = of_type.map_or(most, |of_type| most.min(of_type));
        let along = match n_piles {
            1 => AxisChunks::single(most),
            _ => AxisChunks::listed(vec![found.chunks().0[1].largest(); n_piles]),
        };
        let along = along.uncounted(counts.token());
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
        let found = unpack(self.found(false)?.compute_now(context)?);
        let values = values(&found, self.dtype());
        let first = found.iter().map(|found| found.first).collect();
        Ok(Distinct { values, first, counts: found.iter().map(|found| found.count).collect() })
    }
}

impl Step for UniqueStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.unique", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        match self {
            UniqueStep::Chunk { .. } | UniqueStep::Run { .. } => vec![(0, smallvec![index[1]])],
            UniqueStep::Samples { .. } => vec![(0, index.into())],
            UniqueStep::Values { .. } | UniqueStep::First | UniqueStep::Counts | UniqueStep::Length => {
                vec![(0, smallvec![0, index[0]])]
            }
            UniqueStep::Bounds { .. } => (0..inputs[0].numblocks()[1]).map(|at| (0, smallvec![0, at as u32])).collect(),
            UniqueStep::Pile { n_runs, .. } => {
                let runs = (0..*n_runs).map(|at| (0, smallvec![0, at as u32]));
                [(1, smallvec![0, 0])].into_iter().chain(runs).collect()
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
            UniqueStep::Run { .. } => {
                let is_complex = inputs.iter().any(|chunk| chunk.dtype().is_complex());
                return Ok(pack_run(inputs.into_iter().flat_map(|chunk| of_chunk(chunk, 0)).collect(), is_complex));
            }
            UniqueStep::Samples { size } => {
                let start = call.index[1] as usize * size;
                let aside = std::mem::take(&mut call.aside);
                let found = part(&Run::of(inputs.into_iter().zip(aside).next()), 0..usize::MAX, start)?;
                return Ok(pack(found.into_iter().step_by(EVERY).collect()));
            }
            UniqueStep::Bounds { n_piles } => return Ok(bounds(*n_piles, inputs)),
            UniqueStep::Pile { size, .. } => {
                let mut inputs = inputs.into_iter().zip(std::mem::take(&mut call.aside));
                let bounds = elements::<i64>(inputs.next().map(|(chunk, _)| chunk).expect("as many as it needs"));
                let runs: Vec<Run> = inputs.map(|input| Run::of(Some(input))).collect();
                pile(call.index[1] as usize, &bounds, &runs, *size, call.cancel)?
            }
            _ => inputs.into_iter().flat_map(unpack).collect(),
        };
        let numbers = |of: fn(&Found) -> i64| Chunk::from_vec(&[found.len()], found.iter().map(of).collect());
        match self {
            UniqueStep::Chunk { .. }
            | UniqueStep::Together { .. }
            | UniqueStep::Run { .. }
            | UniqueStep::Samples { .. }
            | UniqueStep::Bounds { .. }
            | UniqueStep::Pile { .. } => {}
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
            UniqueStep::Chunk { .. } | UniqueStep::Run { .. } | UniqueStep::Samples { .. } => size,
            UniqueStep::Values { .. } | UniqueStep::First | UniqueStep::Counts | UniqueStep::Length => size,
            UniqueStep::Bounds { .. } => 2 * size * inputs[0].numblocks()[1],
            // All of them, and what sorting takes.
            UniqueStep::Together { n_below } => 2 * size * TOGETHER.min(*n_below),
            UniqueStep::Pile { .. } => 2 * size,
        };
        (found * size_of::<Found>()) as u64
    }

    fn by_disk(&self, memory: u64) -> Option<Arc<dyn Step>> {
        let UniqueStep::Run { size, n, .. } = *self else { return None };
        let much = (n * RUN_BYTES) as u64 > memory / 3;
        much.then(|| Arc::new(UniqueStep::Run { size, n, aside: true }) as _)
    }

    fn put_aside(&self, chunk: &Chunk) -> Option<io::Result<Shelf>> {
        let aside = matches!(self, UniqueStep::Run { aside: true, .. });
        (aside && chunk.shape()[1] > SHORT).then(|| runs::put_aside(chunk))
    }

    fn gives(&self) -> Option<u64> {
        match self {
            UniqueStep::Run { aside: true, size, .. } => Some((SHORT * RUN_BYTES + size / BLOCK * 8) as u64 + 1024),
            // Nobody knows how many there are. As many as there may be would be refused before anybody has looked.
            UniqueStep::Values { .. } | UniqueStep::First | UniqueStep::Counts => Some(GUESSED),
            _ => None,
        }
    }
}

/// These of a run that begins here.
fn part(run: &Run, range: Range<usize>, start: usize) -> std::result::Result<Vec<Found>, Stop> {
    Ok(run.part(range)?.into_iter().flat_map(|chunk| unpack_run(chunk, start as i64)).collect())
}

/// What one takes in a run, but of complex numbers.
const RUN_BYTES: usize = 16;

/// In words of 32 bits: codes, where it stands first in the run, and how often.
fn pack_run(found: Vec<Found>, is_complex: bool) -> Chunk {
    let n_codes = 1 + usize::from(is_complex);
    let mut words = Vec::with_capacity(found.len() * (2 * n_codes + 2));
    for code in 0..n_codes {
        words.extend(found.iter().map(|found| (found.codes[code] >> 32) as u32));
        words.extend(found.iter().map(|found| found.codes[code] as u32));
    }
    words.extend(found.iter().map(|found| found.first as u32));
    words.extend(found.iter().map(|found| found.count as u32));
    Chunk::from_vec(&[2 * n_codes + 2, found.len()], words)
}

/// The same again, of a run that begins here.
fn unpack_run(chunk: Chunk, start: i64) -> Vec<Found> {
    let (n_rows, n) = (chunk.shape()[0], chunk.shape()[1]);
    let words = elements::<u32>(chunk);
    let code = |row: usize, at: usize| (i64::from(words[row * n + at]) << 32) | i64::from(words[(row + 1) * n + at]);
    let found = |at: usize| Found {
        codes: [code(0, at), if n_rows > 4 { code(2, at) } else { 0 }],
        first: start + i64::from(words[(n_rows - 2) * n + at]),
        count: i64::from(words[(n_rows - 1) * n + at]),
    };
    (0..n).map(found).collect()
}

/// For each pile, and the end of the last: the codes with which it begins, and for each run how many samples stand before them.
fn bounds(n_piles: usize, samples: Vec<Chunk>) -> Chunk {
    let n_runs = samples.len();
    let of_run = |(run, chunk): (usize, Chunk)| unpack(chunk).into_iter().map(move |found| (found.codes, run));
    let mut samples: Vec<([i64; 2], usize)> = samples.into_iter().enumerate().flat_map(of_run).collect();
    samples.sort_unstable();
    let mut table = Vec::with_capacity((n_piles + 1) * (n_runs + 2));
    let (mut counts, mut taken) = (vec![0i64; n_runs], 0);
    for pile in 0..n_piles {
        let codes = match samples.get(samples.len() * pile / n_piles) {
            Some((codes, _)) if pile > 0 => *codes,
            _ => [i64::MIN; 2],
        };
        while taken < samples.len() && samples[taken].0 < codes {
            counts[samples[taken].1] += 1;
            taken += 1;
        }
        table.extend(codes);
        table.extend(&counts);
    }
    table.resize((n_piles + 1) * (n_runs + 2), i64::MAX);
    Chunk::from_vec(&[n_piles + 1, n_runs + 2], table)
}

/// What these runs have between two bounds, in any order; equal elements of several runs may still be apart.
fn pile(
    pile: usize,
    bounds: &[i64],
    runs: &[Run],
    size: usize,
    cancel: &Cancel,
) -> std::result::Result<Vec<Found>, Stop> {
    let width = runs.len() + 2;
    let (from, to) = (&bounds[pile * width..][..width], &bounds[(pile + 1) * width..][..width]);
    let last = (pile + 2) * width == bounds.len();
    // Where there are few different ones, most of what comes is known already.
    let (mut all, mut few) = (Vec::new(), Some(FxHashMap::<[i64; 2], (i64, i64)>::default()));
    let found = |(codes, (first, count)): ([i64; 2], (i64, i64))| Found { codes, first, count };
    for (at, run) in runs.iter().enumerate() {
        stopped(cancel)?;
        // The sample before the bound is below it, and so may be all up to the next one.
        let start = (from[2 + at] as usize).saturating_sub(1) * EVERY;
        let end = (to[2 + at] as usize).saturating_mul(EVERY);
        let within = |found: &Found| found.codes[..] >= from[..2] && (last || found.codes[..] < to[..2]);
        let own = part(run, start..end, at * size)?.into_iter().filter(within);
        let Some(known) = &mut few else {
            all.extend(own);
            continue;
        };
        for Found { codes, first, count } in own {
            let known = known.entry(codes).or_insert((first, 0));
            *known = (known.0.min(first), known.1 + count);
        }
        if known.len() > FEW {
            all.extend(few.take().into_iter().flatten().map(found));
        }
    }
    all.extend(few.into_iter().flatten().map(found));
    Ok(all)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rdk_graph::{Cancel, Engine};
    use rdk_runtime::Lazy;
    use rdk_runtime::object::Lowering;

    use super::*;
    use crate::chunks::ChunksSpec;

    fn made(array: &Array, mut lowering: Lowering) -> Vec<i64> {
        let outputs = array.lower(&mut lowering).unwrap();
        let results = Engine::new(2).run(&lowering.graph, &outputs, &Cancel::new()).unwrap();
        results.iter().flat_map(|result| result.get::<Chunk>().unwrap().to_vec::<i64>()).collect()
    }

    #[test]
    fn piles_have_each_element_once() {
        // Of fewer elements than `MANY`; of few different ones, of many, and of none that are equal.
        for (n, size, different) in [(200, 30, 17), (3000, 170, 5), (3000, 170, 700), (2999, 2000, 1 << 20)] {
            let numbers: Vec<i64> = (0..n).map(|at| (at * 7919 + 13) % different - 3).collect();
            let mut expected: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
            for (&number, at) in numbers.iter().zip(0..) {
                expected.entry(number).or_insert((at, 0)).1 += 1;
            }
            let chunk = Chunk::from_vec(&[numbers.len()], numbers);
            let array = Array::from_chunk(chunk, &ChunksSpec::from(size)).unwrap();
            let DistinctLazily { values, first, counts } = array.distinct_lazily().unwrap();
            // With little memory runs lie on disk.
            for within in [|| Lowering::default(), || Lowering::within(1000)] {
                assert_eq!(made(&values, within()), expected.keys().copied().collect::<Vec<_>>(), "{n} {different}");
                assert_eq!(made(&first, within()), expected.values().map(|found| found.0).collect::<Vec<_>>());
                assert_eq!(made(&counts, within()), expected.values().map(|found| found.1).collect::<Vec<_>>());
            }
        }
    }
}
