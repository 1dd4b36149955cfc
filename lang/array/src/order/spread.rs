//! Sorting one long row that does not fit a chunk.
//!
//! ```text
//! chunks ─ sort each ─► runs ─┬─ every so many ─► samples ─► bounds ─► windows ─► cuts
//!                             └──────────────── pieces, cut there ──► merge ─► chunks
//! ```
//!
//! Chunk `j` of the result holds the elements of ranks `j · size` and on, wherever they come from. Where a rank cuts each run is found
//! exactly without looking at all runs at once: samples bound it to a window in each run, and only the windows are looked into. A task
//! holds one run, or one chunk of the result with its pieces. Equal elements are told apart by their run, so that it does not matter
//! how many of them there are.
//!
//! Where the row takes the memory, runs lie on disk ([`Run`]), and each merge finds its cuts and reads its pieces there by itself:
//!
//! ```text
//! chunks ─ sort each ─► runs on disk ─┬─ every so many ─► samples ─► bounds ─┬─► merge ─► chunks
//!                                     └─────────── windows, then pieces ─────┘
//! ```

use std::io;
use std::ops::Range;
use std::sync::Arc;

use rdk_graph::{Crew, Shelf};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::digits;
use super::key::Ordered;
use super::rows::{elements, stopped};
use super::runs::{self, BLOCK, Run};
use super::sort::{places_in_order, sorted_rows};
use super::word::Placed;
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::element::with_dtype;
use crate::kernel::Stop;
use crate::plan::{Step, StepCall};
use crate::{Chunk, DType};

/// Runs are at least so long; short ones where they are tested.
const SMALLEST_RUN: usize = if cfg!(test) { 1 << 5 } else { 1 << 20 };
/// And there are about this many at most: pieces are as many as their square.
const MOST_RUNS: usize = 512;

/// One of the steps in the drawing.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Stage {
    Run,
    Samples { every: usize },
    Bounds { every: usize },
    Windows,
    Cuts,
    Piece,
    Merge,
}

/// A stage, for elements or for pairs of an element's code and its place: those are two rows of a chunk.
#[derive(Debug, Serialize, Deserialize)]
struct SpreadStep {
    stage: Stage,
    pairs: bool,
    /// Of what is sorted.
    dtype: DType,
    n: usize,
    size: usize,
    /// Do runs lie on disk?
    aside: bool,
}

impl Array {
    /// A row in ascending order, or with `places` the places of its elements in that order.
    pub(super) fn spread_sort(&self, name: &str, places: bool) -> Result<Array> {
        let n = self.shape()[0];
        let size = self.chunks().0[0].largest().max(SMALLEST_RUN).max(n.div_ceil(MOST_RUNS));
        let k = n.div_ceil(size);
        let even = AxisChunks::even(n, size);
        let every = (n as f64 / (2 * k * k) as f64).sqrt().ceil().max(1.0) as usize;
        let dtype = if places { DType::I64 } else { self.dtype() };
        // What comes in pairs has two rows.
        let grid = |axis: AxisChunks| -> Chunks {
            if places { Chunks(smallvec![AxisChunks::single(2), axis]) } else { Chunks(smallvec![axis]) }
        };
        let each = |length: usize| AxisChunks::listed(vec![length; k]);
        let step = |stage| SpreadStep { stage, pairs: places, dtype: self.dtype(), n, size, aside: false };
        let input = self.regridded(Chunks(smallvec![even.clone()]));
        let runs = Array::step("sort-run", step(Stage::Run), [input], grid(even.clone()), dtype);
        let samples = Array::step(
            "sort-samples",
            step(Stage::Samples { every }),
            [runs.clone()],
            grid(each(size.div_ceil(every))),
            dtype,
        );
        let table = Chunks::single(&[k, k, 2]);
        let bounds = Array::step("sort-bounds", step(Stage::Bounds { every }), [samples], table, DType::I64);
        let windows = grid(each(2 * k * every));
        let windows = Array::step("sort-windows", step(Stage::Windows), [runs.clone(), bounds.clone()], windows, dtype);
        let table = Chunks::single(&[k + 1, k]);
        let cuts = Array::step("sort-cuts", step(Stage::Cuts), [bounds.clone(), windows], table, DType::I64);
        let mut pieces = Chunks(smallvec![AxisChunks::even(k, 1)]);
        pieces.0.extend(grid(each(size.div_ceil(k))).0);
        let pieces = Array::step("sort-pieces", step(Stage::Piece), [runs.clone(), cuts], pieces, dtype);
        let merged = Array::step(name, step(Stage::Merge), [pieces, bounds, runs], Chunks(smallvec![even]), dtype);
        Ok(merged.regridded(self.chunks().clone()))
    }
}

impl Step for SpreadStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.spread_sort", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        let k = self.n.div_ceil(self.size) as u32;
        let run = |at: u32| if self.pairs { smallvec![0, at] } else { smallvec![at] };
        let last = *index.last().expect("every stage has an axis");
        let table = |input: usize| (input, smallvec![0; inputs[input].ndim()]);
        match self.stage {
            // The input has one row.
            Stage::Run => vec![(0, smallvec![last])],
            Stage::Samples { .. } => vec![(0, run(last))],
            Stage::Bounds { .. } => (0..k).map(|at| (0, run(at))).collect(),
            Stage::Windows => vec![(0, run(last)), table(1)],
            Stage::Cuts => [table(0)].into_iter().chain((0..k).map(|at| (1, run(at)))).collect(),
            // Of run `index[0]`, what goes to chunk `last`.
            Stage::Piece => vec![(0, run(index[0])), table(1)],
            Stage::Merge if self.aside => [table(1)].into_iter().chain((0..k).map(|at| (2, run(at)))).collect(),
            Stage::Merge => {
                let piece = |at: u32| if self.pairs { smallvec![at, 0, last] } else { smallvec![at, last] };
                (0..k).map(|at| (0, piece(at))).collect()
            }
        }
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        match self.pairs {
            true => self.work::<Pairs>(call),
            false => with_dtype!(self.dtype, T => self.work::<Plain<T>>(call)),
        }
    }

    fn working(&self, _: &[u32], _: &[Array]) -> u64 {
        // Sorting pairs takes them, what they are sorted by, and the chunk that they go to.
        let run = self.size as u64 * if self.pairs { 6 * 8 } else { 2 * self.dtype.size() as u64 };
        match self.stage {
            Stage::Run => run,
            // The windows of two ranks, with their runs.
            Stage::Merge if self.aside => run + (4 * self.n.div_ceil(self.size) * self.every()) as u64 * 24,
            Stage::Merge => run,
            Stage::Bounds { every } if self.aside => (self.n / every.max(1)) as u64 * 48,
            Stage::Samples { .. } | Stage::Bounds { .. } | Stage::Windows | Stage::Cuts | Stage::Piece => 0,
        }
    }

    fn by_disk(&self, memory: u64) -> Option<Arc<dyn Step>> {
        let bytes = self.n as u64 * self.each();
        if bytes <= memory / 3 || self.dtype.is_complex() {
            return None;
        }
        // Windows are read by whom they concern; they may be long, and samples few.
        let stage = match self.stage {
            Stage::Samples { .. } => Stage::Samples { every: self.every() },
            Stage::Bounds { .. } => Stage::Bounds { every: self.every() },
            other => other,
        };
        Some(Arc::new(SpreadStep { stage, aside: true, ..*self }))
    }

    fn put_aside(&self, chunk: &Chunk) -> Option<io::Result<Shelf>> {
        if !self.aside || !matches!(self.stage, Stage::Run) {
            return None;
        }
        Some(runs::put_aside(chunk))
    }

    fn gives(&self) -> Option<u64> {
        match self.stage {
            Stage::Run if self.aside => Some((self.size / BLOCK) as u64 * 8 + 1024),
            Stage::Samples { every } if self.aside => Some((self.size / every) as u64 * self.each() + 1024),
            _ => None,
        }
    }
}

/// These elements of a run.
fn part<K: Kind>(run: &Run, range: Range<usize>) -> std::result::Result<Vec<K::Item>, Stop> {
    Ok(run.part(range)?.into_iter().flat_map(K::unpack).collect())
}

/// What runs are made of, and how it stands in a chunk.
trait Kind {
    type Item: Ord + Copy;

    /// A run in order that begins at this place.
    fn run(chunk: &Chunk, dtype: DType, place: usize, crew: Crew<'_>) -> std::result::Result<Chunk, Stop>;
    fn unpack(chunk: Chunk) -> Vec<Self::Item>;
    fn pack(items: Vec<Self::Item>) -> Chunk;
    /// The result of these, which are pieces in order one behind the other.
    fn merged(items: Vec<Self::Item>, crew: Crew<'_>) -> std::result::Result<Chunk, Stop>;
}

/// Elements.
struct Plain<T>(std::marker::PhantomData<T>);

/// Codes and places.
struct Pairs;

impl<T: Ordered> Kind for Plain<T> {
    type Item = T::Key;

    fn run(chunk: &Chunk, _: DType, _: usize, crew: Crew<'_>) -> std::result::Result<Chunk, Stop> {
        sorted_rows::<T>(chunk, chunk.len(), crew)
    }

    fn unpack(chunk: Chunk) -> Vec<T::Key> {
        elements::<T>(chunk).into_iter().map(T::key).collect()
    }

    fn pack(items: Vec<T::Key>) -> Chunk {
        let n = items.len();
        Chunk::from_vec(&[n], items.into_iter().map(T::of_key).collect())
    }

    fn merged(mut items: Vec<T::Key>, crew: Crew<'_>) -> std::result::Result<Chunk, Stop> {
        if T::WORDS {
            let n = items.len();
            return sorted_rows::<T>(&Self::pack(items), n, crew);
        }
        // This sort finds the pieces and merges them.
        items.sort();
        Ok(Self::pack(items))
    }
}

impl Kind for Pairs {
    type Item = (i64, i64);

    fn run(chunk: &Chunk, dtype: DType, start: usize, crew: Crew<'_>) -> std::result::Result<Chunk, Stop> {
        let places: Vec<i64> = elements(with_dtype!(dtype, T => places_in_order::<T>(chunk, chunk.len(), crew)?));
        let codes: Vec<i64> = with_dtype!(dtype, T => {
            let elements = elements::<T>(chunk.clone());
            places.iter().map(|&place| elements[place as usize].code()).collect()
        });
        Ok(Pairs::pack(codes.into_iter().zip(places.into_iter().map(|place| place + start as i64)).collect()))
    }

    fn unpack(chunk: Chunk) -> Vec<(i64, i64)> {
        let numbers = elements::<i64>(chunk);
        let (codes, places) = numbers.split_at(numbers.len() / 2);
        codes.iter().copied().zip(places.iter().copied()).collect()
    }

    fn pack(items: Vec<(i64, i64)>) -> Chunk {
        let codes = items.iter().map(|item| item.0);
        let numbers = codes.chain(items.iter().map(|item| item.1)).collect();
        Chunk::from_vec(&[2, items.len()], numbers)
    }

    fn merged(items: Vec<(i64, i64)>, crew: Crew<'_>) -> std::result::Result<Chunk, Stop> {
        // Equal ones stay as they were: runs are in the order of their places.
        let placed = |_: usize, (code, place): (i64, i64)| Placed { word: code.word(), place };
        let mut sorted = vec![Placed::default(); items.len()];
        digits::sort_into(&items, &placed, &|_: &mut [_]| (), &mut sorted, crew)?;
        drop(items);
        Ok(Chunk::from_vec(&[sorted.len()], sorted.into_iter().map(|placed| placed.place).collect()))
    }
}

impl SpreadStep {
    fn work<K: Kind>(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let k = self.n.div_ceil(self.size);
        let at = *call.index.last().expect("every stage has an axis") as usize;
        let inputs = std::mem::take(&mut call.inputs).into_iter();
        let mut inputs = inputs.zip(std::mem::take(&mut call.aside));
        let mut next = || inputs.next().map(|(chunk, _)| chunk).expect("as many as it needs");
        stopped(call.cancel)?;
        Ok(match self.stage {
            Stage::Run => K::run(&next(), self.dtype, at * self.size, call.crew)?,
            Stage::Samples { every } => {
                let run = part::<K>(&Run::of(inputs.next()), 0..self.length(at))?;
                K::pack(run.chunks_exact(every).map(|part| part[every - 1]).collect())
            }
            Stage::Bounds { every } => {
                let samples = (0..k).flat_map(|run| K::unpack(next()).into_iter().map(move |item| (item, run)));
                self.bounds(samples.collect(), every)
            }
            Stage::Windows => {
                let run = Run::of(inputs.next());
                let bounds = elements::<i64>(inputs.next().map(|(chunk, _)| chunk).expect("as many as it needs"));
                let mut windows = Vec::new();
                for rank in 0..k {
                    windows.extend(part::<K>(&run, range(&bounds, rank * k + at))?);
                }
                K::pack(windows)
            }
            Stage::Cuts => {
                let bounds = elements::<i64>(next());
                let windows: Vec<Vec<K::Item>> = (0..k).map(|_| K::unpack(next())).collect();
                self.cuts(&bounds, &windows)?
            }
            Stage::Piece => {
                let run = Run::of(inputs.next());
                let cuts = elements::<i64>(inputs.next().map(|(chunk, _)| chunk).expect("as many as it needs"));
                let from = call.index[0] as usize;
                K::pack(part::<K>(&run, cuts[at * k + from] as usize..cuts[(at + 1) * k + from] as usize)?)
            }
            Stage::Merge if self.aside => {
                let bounds = elements::<i64>(next());
                let runs: Vec<Run> = (0..k).map(|_| Run::of(inputs.next())).collect();
                let cut = |rank: usize| match rank == k {
                    true => Ok((0..k).map(|run| self.length(run)).collect()),
                    false => self.cut(rank, &bounds, |run, range| part::<K>(&runs[run], range)),
                };
                let (from, to) = (cut(at)?, cut(at + 1)?);
                let mut items = Vec::with_capacity(self.length(at));
                for (run, (&from, &to)) in runs.iter().zip(from.iter().zip(&to)) {
                    stopped(call.cancel)?;
                    items.extend(part::<K>(run, from..to)?);
                }
                K::merged(items, call.crew)?
            }
            Stage::Merge => {
                let items: Vec<K::Item> = (0..k).flat_map(|_| K::unpack(next())).collect();
                K::merged(items, call.crew)?
            }
        })
    }

    /// Between which places of each run the first element of each chunk's ranks lies: by rank, by run, from and to.
    fn bounds<I: Ord + Copy>(&self, mut samples: Vec<(I, usize)>, every: usize) -> Chunk {
        let k = self.n.div_ceil(self.size);
        samples.sort();
        let mut bounds = vec![0i64; k * k * 2];
        let (mut counts, mut taken) = (vec![0usize; k], 0);
        let up_to = |count: usize, counts: &mut Vec<usize>, taken: &mut usize| {
            while *taken < count.min(samples.len()) {
                counts[samples[*taken].1] += 1;
                *taken += 1;
            }
        };
        for rank in 0..k {
            // So many samples have at most `rank · size` elements up to the last of them.
            let count = (rank * self.size).saturating_sub(k * (every - 1)) / every;
            up_to(count, &mut counts, &mut taken);
            (0..k).for_each(|run| bounds[(rank * k + run) * 2] = (counts[run] * every) as i64);
        }
        (counts, taken) = (vec![0; k], 0);
        for rank in 0..k {
            // And so many have at least as many.
            let count = (rank * self.size).div_ceil(every);
            up_to(count, &mut counts, &mut taken);
            for run in 0..k {
                let length = self.length(run);
                let end = if count > samples.len() { length } else { ((counts[run] + 1) * every).min(length) };
                bounds[(rank * k + run) * 2 + 1] = end as i64;
            }
        }
        Chunk::from_vec(&[k, k, 2], bounds)
    }

    /// How many elements a run has.
    fn length(&self, run: usize) -> usize {
        self.size.min(self.n - run * self.size)
    }

    /// Where each run is cut for each chunk of the result.
    fn cuts<I: Ord + Copy>(&self, bounds: &[i64], windows: &[Vec<I>]) -> std::result::Result<Chunk, Stop> {
        let k = self.n.div_ceil(self.size);
        let mut cuts = Vec::with_capacity((k + 1) * k);
        let mut starts = vec![0usize; k];
        for rank in 0..k {
            let window = |run: usize, range: Range<usize>| {
                let start = starts[run];
                starts[run] += range.len();
                Ok(windows[run][start..][..range.len()].to_vec())
            };
            cuts.extend(self.cut(rank, bounds, window)?.into_iter().map(|cut| cut as i64));
        }
        cuts.extend((0..k).map(|run| self.length(run) as i64));
        Ok(Chunk::from_vec(&[k + 1, k], cuts))
    }

    /// Where each run is cut for this chunk of the result. Windows are asked for once each.
    fn cut<I: Ord + Copy>(
        &self,
        rank: usize,
        bounds: &[i64],
        mut window: impl FnMut(usize, Range<usize>) -> std::result::Result<Vec<I>, Stop>,
    ) -> std::result::Result<Vec<usize>, Stop> {
        let k = self.n.div_ceil(self.size);
        let mut near: Vec<(I, usize)> = Vec::new();
        let mut cuts = Vec::with_capacity(k);
        for run in 0..k {
            let range = range(bounds, rank * k + run);
            cuts.push(range.start);
            near.extend(window(run, range)?.into_iter().map(|item| (item, run)));
        }
        let rest = (rank * self.size).saturating_sub(cuts.iter().sum()).min(near.len());
        if rest > 0 && rest < near.len() {
            near.select_nth_unstable(rest);
        }
        near[..rest].iter().for_each(|&(_, run)| cuts[run] += 1);
        Ok(cuts)
    }

    /// Bytes of an element, or of a pair.
    fn each(&self) -> u64 {
        if self.pairs { 16 } else { self.dtype.size() as u64 }
    }

    /// Of how many elements of a run on disk one is a sample: there are as many samples as elements in the windows of a rank.
    fn every(&self) -> usize {
        let k = self.n.div_ceil(self.size);
        ((self.n / (2 * k)) as f64).sqrt().ceil().max(1.0) as usize
    }
}

/// One entry of the bounds.
fn range(bounds: &[i64], at: usize) -> std::ops::Range<usize> {
    bounds[at * 2] as usize..bounds[at * 2 + 1] as usize
}

#[cfg(test)]
mod tests {
    use rdk_graph::{Cancel, Engine};
    use rdk_runtime::Lazy;
    use rdk_runtime::object::Lowering;

    use super::*;
    use crate::chunks::ChunksSpec;
    use crate::element::Element;

    fn values<T: Element>(array: &Array, mut lowering: Lowering) -> Vec<T> {
        let outputs = array.lower(&mut lowering).unwrap();
        let results = Engine::new(2).run(&lowering.graph, &outputs, &Cancel::new()).unwrap();
        results.iter().flat_map(|result| result.get::<Chunk>().unwrap().to_vec::<T>()).collect()
    }

    #[test]
    fn runs_come_together_in_order() {
        for (n, size, different) in [(1000, 90, 1 << 20), (1000, 90, 7), (999, 33, 1), (500, 499, 50), (640, 32, 640)] {
            let numbers: Vec<f64> = (0..n).map(|at| ((at * 7919 + 13) % different) as f64 - 3.0).collect();
            let array = Array::from_chunk(Chunk::from_vec(&[n], numbers.clone()), &ChunksSpec::from(size)).unwrap();
            let mut order: Vec<i64> = (0..n as i64).collect();
            order.sort_by(|&a, &b| numbers[a as usize].total_cmp(&numbers[b as usize]));
            let sorted: Vec<f64> = order.iter().map(|&at| numbers[at as usize]).collect();
            // With little memory runs lie on disk.
            for within in [|| Lowering::default(), || Lowering::within(1000)] {
                let [by_value, by_place] = [false, true].map(|places| array.spread_sort("sort", places).unwrap());
                assert_eq!(values::<f64>(&by_value, within()), sorted, "{n} {size} {different}");
                assert_eq!(values::<i64>(&by_place, within()), order, "{n} {size} {different}");
            }
        }
    }
}
