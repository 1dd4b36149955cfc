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

use rdk_graph::Crew;
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::key::Ordered;
use super::rows::{elements, stopped};
use super::sort::{places_in_order, sorted_rows};
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
        let step = |stage| SpreadStep { stage, pairs: places, dtype: self.dtype(), n, size };
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
        let cuts = Array::step("sort-cuts", step(Stage::Cuts), [bounds, windows], table, DType::I64);
        let mut pieces = Chunks(smallvec![AxisChunks::even(k, 1)]);
        pieces.0.extend(grid(each(size.div_ceil(k))).0);
        let pieces = Array::step("sort-pieces", step(Stage::Piece), [runs, cuts], pieces, dtype);
        let merged = Array::step(name, step(Stage::Merge), [pieces], Chunks(smallvec![even]), dtype);
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

    fn working(&self, _: &[u32], inputs: &[Array]) -> u64 {
        let each = inputs[0].dtype().size() as u64;
        match self.stage {
            Stage::Run | Stage::Merge => self.size as u64 * each * 2,
            Stage::Samples { .. } | Stage::Bounds { .. } | Stage::Windows | Stage::Cuts | Stage::Piece => 0,
        }
    }
}

/// What runs are made of, and how it stands in a chunk.
trait Kind {
    type Item: Ord + Copy;

    /// A run in order that begins at this place.
    fn run(chunk: &Chunk, dtype: DType, place: usize, crew: Crew<'_>) -> std::result::Result<Chunk, Stop>;
    fn unpack(chunk: Chunk) -> Vec<Self::Item>;
    fn pack(items: Vec<Self::Item>) -> Chunk;
    fn result(items: Vec<Self::Item>) -> Chunk;
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

    fn result(items: Vec<T::Key>) -> Chunk {
        Self::pack(items)
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

    fn result(items: Vec<(i64, i64)>) -> Chunk {
        Chunk::from_vec(&[items.len()], items.into_iter().map(|item| item.1).collect())
    }
}

impl SpreadStep {
    fn work<K: Kind>(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let k = self.n.div_ceil(self.size);
        let at = *call.index.last().expect("every stage has an axis") as usize;
        let mut inputs = std::mem::take(&mut call.inputs).into_iter();
        let mut next = || inputs.next().expect("as many as it needs");
        stopped(call.cancel)?;
        Ok(match self.stage {
            Stage::Run => K::run(&next(), self.dtype, at * self.size, call.crew)?,
            Stage::Samples { every } => {
                let run = K::unpack(next());
                K::pack(run.chunks_exact(every).map(|part| part[every - 1]).collect())
            }
            Stage::Bounds { every } => {
                let samples = (0..k).flat_map(|run| K::unpack(next()).into_iter().map(move |item| (item, run)));
                self.bounds(samples.collect(), every)
            }
            Stage::Windows => {
                let run = K::unpack(next());
                let bounds = elements::<i64>(next());
                let window = |rank: usize| &run[range(&bounds, rank * k + at)];
                K::pack((0..k).flat_map(window).copied().collect())
            }
            Stage::Cuts => {
                let bounds = elements::<i64>(next());
                let windows: Vec<Vec<K::Item>> = (0..k).map(|_| K::unpack(next())).collect();
                self.cuts(&bounds, &windows)
            }
            Stage::Piece => {
                let run = K::unpack(next());
                let cuts = elements::<i64>(next());
                let from = call.index[0] as usize;
                K::pack(run[cuts[at * k + from] as usize..cuts[(at + 1) * k + from] as usize].to_vec())
            }
            Stage::Merge => {
                let mut items: Vec<K::Item> = (0..k).flat_map(|_| K::unpack(next())).collect();
                // This sort finds the pieces, which are in order, and merges them.
                items.sort();
                K::result(items)
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
    fn cuts<I: Ord + Copy>(&self, bounds: &[i64], windows: &[Vec<I>]) -> Chunk {
        let k = self.n.div_ceil(self.size);
        let mut cuts = vec![0i64; (k + 1) * k];
        let mut starts = vec![0usize; k];
        for rank in 0..k {
            let mut near: Vec<(I, usize)> = Vec::new();
            let mut before = 0;
            for run in 0..k {
                let range = range(bounds, rank * k + run);
                let window = &windows[run][starts[run]..][..range.len()];
                near.extend(window.iter().map(|&item| (item, run)));
                starts[run] += range.len();
                before += range.start;
                cuts[rank * k + run] = range.start as i64;
            }
            let rest = (rank * self.size).saturating_sub(before).min(near.len());
            if rest > 0 && rest < near.len() {
                near.select_nth_unstable(rest);
            }
            near[..rest].iter().for_each(|&(_, run)| cuts[rank * k + run] += 1);
        }
        (0..k).for_each(|run| cuts[k * k + run] = self.length(run) as i64);
        Chunk::from_vec(&[k + 1, k], cuts)
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

    fn values<T: Element>(array: &Array) -> Vec<T> {
        let mut lowering = Lowering::default();
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
            assert_eq!(values::<f64>(&array.spread_sort("sort", false).unwrap()), sorted, "{n} {size} {different}");
            assert_eq!(values::<i64>(&array.spread_sort("argsort", true).unwrap()), order, "{n} {size} {different}");
        }
    }
}
