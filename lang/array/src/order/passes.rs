//! Quantiles of more elements than should stand in one piece: found by counting, in a few passes over the array.
//!
//! Elements are numbered in their order ([`Ordered::code`]). The first pass counts how many of them begin with each of the numbers of 16 bits; so
//! it is known with which of them the wanted one begins, and the next pass counts how those go on:
//!
//! ```text
//! x ─► counts of the first 16 bits ─► places ─┬─► places ─┬─► … ─► values
//! x ─► counts of the next, below those ───────┘           │
//! x ─► …                  ────────────────────────────────┘
//! ```
//!
//! Nothing is held but the counts; the elements are made, or read, again for each pass where that is cheaper than to hold them.

use rdk_runtime::Result;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::key::Ordered;
use super::quantile::{Method, between};
use crate::array::{Array, capped};
use crate::chunks::{AxisChunks, Chunks};
use crate::dtype::NumberKind;
use crate::element::{Element, with_dtype};
use crate::kernel::{Reduction, Stop};
use crate::plan::{Step, StepCall, Tallies, Tally, tally};
use crate::{Chunk, DType};

/// Rows of more bytes are counted rather than put together.
pub(super) const LARGE: u128 = 128 << 20;
/// So many quantiles at a time: each takes two tables of counts.
pub(super) const MOST: usize = 8;
/// What is looked at in one pass.
const BITS: u32 = 16;
const BINS: usize = 1 << BITS;

/// What is looked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Passes {
    parts: Vec<f64>,
    method: Method,
    skip_nan: bool,
    /// Of the elements.
    dtype: DType,
}

impl Array {
    /// Quantiles of all elements, in one row.
    pub(super) fn quantiles_in_passes(
        &self,
        name: &str,
        parts: &[f64],
        method: Method,
        skip_nan: bool,
        made: DType,
    ) -> Result<Array> {
        let dtype = self.dtype();
        let passes = Passes { parts: parts.to_vec(), method, skip_nan, dtype };
        let n_chunks = capped(self.npartitions()) as usize;
        let mut places: Option<Array> = None;
        for pass in 0..n_bits(dtype).div_ceil(BITS) {
            let rows = if pass == 0 { 1 } else { passes.targets() };
            let grid = [AxisChunks::even(n_chunks, 1), AxisChunks::single(rows), AxisChunks::single(BINS + 1)];
            let inputs = [self.clone()].into_iter().chain(places.clone());
            let counts = Array::step(
                "quantile-count",
                CountStep { pass, dtype },
                inputs,
                grid.into_iter().collect(),
                DType::I64,
            );
            let counts = counts.reduce(Reduction::Sum, Some(&[0]), false, None, None)?;
            let inputs = [counts].into_iter().chain(places);
            let grid = Chunks::single(&[passes.targets() + 1, 2]);
            let step = PlaceStep { pass, passes: passes.clone() };
            places = Some(Array::step("quantile-place", step, inputs, grid, DType::I64));
        }
        Ok(Array::step(name, ValueStep(passes), places, Chunks::single(&[parts.len()]), made))
    }
}

impl Passes {
    /// Each quantile lies between two elements.
    fn targets(&self) -> usize {
        2 * self.parts.len()
    }
}

/// How many bits the numbers of elements have.
fn n_bits(dtype: DType) -> u32 {
    8 * dtype.size() as u32
}

/// What makes codes numbers from 0 on.
fn offset(dtype: DType) -> u64 {
    match (dtype.size(), dtype.kind()) {
        (8, _) => 1 << 63,
        (_, NumberKind::Bool | NumberKind::Unsigned) => 0,
        (_, NumberKind::Signed | NumberKind::Float | NumberKind::Complex) => 1 << (n_bits(dtype) - 1),
    }
}

/// Below which bit this pass looks.
fn shift(dtype: DType, pass: u32) -> u32 {
    n_bits(dtype).saturating_sub(BITS * (pass + 1))
}

/// A table of places as there is a target: with what its element begins, and how many such elements are before it. In front how many
/// elements there are, and how many are not numbers.
fn pairs(places: &Chunk) -> Vec<[i64; 2]> {
    places.to_vec::<i64>().chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect()
}

/// For each target the first one whose element begins in the same way: it is counted there.
fn shared(places: &[[i64; 2]]) -> Vec<usize> {
    let first = |[begin, _]: &[i64; 2]| places.iter().position(|[other, _]| other == begin).unwrap_or(0);
    places.iter().map(first).collect()
}

/// How often elements that begin as is known go on with each number. The last count is that of what is not a number.
#[derive(Debug, Serialize, Deserialize)]
struct CountStep {
    pass: u32,
    dtype: DType,
}

impl Step for CountStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.quantile.count", postcard::to_stdvec(self).unwrap_or_default())
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
        1
    }

    fn begin(&self, others: &[Chunk]) -> std::result::Result<Box<dyn Tally>, Stop> {
        let places = others.first().map(pairs).unwrap_or_else(|| vec![[0, 0]; 2]);
        let targets = &places[1..];
        let mut begins: Vec<(u64, usize)> =
            shared(targets).into_iter().map(|first| (targets[first][0] as u64, first)).collect();
        begins.sort_unstable();
        begins.dedup();
        let counts = vec![0; targets.len() * (BINS + 1)];
        Ok(Box::new(Counted { begins, counts, offset: offset(self.dtype), shift: shift(self.dtype, self.pass) }))
    }
}

struct Counted {
    /// With what elements begin that are counted, and in which row.
    begins: Vec<(u64, usize)>,
    counts: Vec<i64>,
    offset: u64,
    shift: u32,
}

impl Tally for Counted {
    fn add(&mut self, pieces: &[Chunk]) -> std::result::Result<(), Stop> {
        let chunk = &pieces[0];
        with_dtype!(chunk.dtype(), T => match T::array(chunk).and_then(|array| array.as_slice()) {
            Some(elements) => self.count(elements),
            None => self.count(&chunk.to_vec::<T>()),
        });
        Ok(())
    }

    fn finish(self: Box<Self>) -> Chunk {
        let rows = self.counts.len() / (BINS + 1);
        Chunk::from_vec(&[1, rows, BINS + 1], self.counts)
    }
}

impl Counted {
    fn count<T: Ordered>(&mut self, elements: &[T]) {
        for &element in elements {
            if element.is_nothing() {
                self.counts[BINS] += 1;
                continue;
            }
            let number = (element.code() as u64).wrapping_add(self.offset) >> self.shift;
            let begin = number >> BITS;
            if let Some((_, row)) = self.begins.iter().find(|(known, _)| *known == begin) {
                self.counts[row * (BINS + 1) + (number as usize & (BINS - 1))] += 1;
            }
        }
    }
}

/// With what the elements begin that are looked for.
#[derive(Debug, Serialize, Deserialize)]
struct PlaceStep {
    pass: u32,
    passes: Passes,
}

impl Step for PlaceStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.quantile.place", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, _: &[u32], inputs: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        (0..inputs.len()).map(|input| (input, smallvec![0, 0])).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let counts = call.inputs[0].to_vec::<i64>();
        let Passes { parts, method, .. } = &self.passes;
        let mut places = match call.inputs.get(1) {
            Some(places) => pairs(places),
            None => {
                let n: i64 = counts[..BINS].iter().sum();
                let mut places = vec![[n, counts[BINS]]];
                for &part in parts {
                    let (low, high, _) = if n > 0 { method.place(n as usize, part) } else { (0, 0, 0.0) };
                    places.extend([[0, low as i64], [0, high as i64]]);
                }
                places
            }
        };
        let rows = shared(&places[1..]);
        for ([begin, before], row) in places[1..].iter_mut().zip(rows) {
            // In the first pass all elements begin alike.
            let counts = &counts[row * (BINS + 1)..][..BINS];
            let mut next = 0;
            while next + 1 < BINS && *before >= counts[next] {
                *before -= counts[next];
                next += 1;
            }
            *begin = *begin << BITS | next as i64;
        }
        Ok(Chunk::from_vec(&[places.len(), 2], places.concat()))
    }
}

/// The values in those places.
#[derive(Debug, Serialize, Deserialize)]
struct ValueStep(Passes);

impl Step for ValueStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.quantile.value", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, _: &[u32], _: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        vec![(0, smallvec![0, 0])]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let places = pairs(&call.inputs[0]);
        Ok(with_dtype!(self.0.dtype, T => self.0.values::<T>(&places)))
    }
}

impl Passes {
    fn values<T: Ordered>(&self, places: &[[i64; 2]]) -> Chunk {
        let [n, nothing] = places[0];
        let offset = offset(self.dtype);
        let element = |[begin, _]: [i64; 2]| match n == 0 || nothing > 0 && !self.skip_nan {
            true => T::from_f64(f64::NAN),
            false => T::of_code((begin as u64).wrapping_sub(offset) as i64),
        };
        let ends = places[1..].chunks_exact(2).map(|pair| (element(pair[0]), element(pair[1])));
        let shape = [self.parts.len()];
        if self.method.keeps_element() {
            return Chunk::from_vec(&shape, ends.map(|(low, _)| low).collect());
        }
        let value = |((low, high), &part): ((T, T), &f64)| {
            let (_, _, apart) = self.method.place((n as usize).max(1), part);
            between(low.cast(), high.cast(), apart)
        };
        Chunk::from_vec(&shape, ends.zip(&self.parts).map(value).collect::<Vec<f64>>())
    }
}

#[cfg(test)]
mod tests {
    use rdk_graph::{Cancel, Engine};
    use rdk_runtime::Lazy;
    use rdk_runtime::object::Lowering;

    use super::*;
    use crate::chunks::ChunksSpec;

    fn values(array: &Array) -> Vec<f64> {
        let mut lowering = Lowering::default();
        array.announce(&mut lowering).unwrap();
        let outputs = array.lower(&mut lowering).unwrap();
        let results = Engine::new(2).run(&lowering.graph, &outputs, &Cancel::new()).unwrap();
        results.iter().flat_map(|result| result.get::<Chunk>().unwrap().to_vec::<f64>()).collect()
    }

    #[test]
    fn counting_finds_what_sorting_finds() {
        let parts = [0.0, 0.5, 0.77];
        for dtype in [DType::F64, DType::F32, DType::I64, DType::I16, DType::U64, DType::U8] {
            for (n, nothing) in [(1, 0), (999, 0), (1000, 3), (500, 500)] {
                let numbers = (0..n).map(|at: usize| match at < nothing && dtype.is_float() {
                    true => f64::NAN,
                    false => {
                        ((at * 7919 % 1009) as f64 - if dtype.kind() == NumberKind::Unsigned { 0.0 } else { 500.0 })
                            / 7.0
                    }
                });
                let chunk = Chunk::from_vec(&[n], numbers.collect()).cast(dtype);
                let array = Array::from_chunk(chunk, &ChunksSpec::from(400)).unwrap();
                for (method, skip_nan) in
                    [(Method::Linear, false), (Method::Linear, true), (Method::Lower, false), (Method::Hazen, true)]
                {
                    let made = if method.keeps_element() { dtype } else { DType::F64 };
                    let counted = array.quantiles_in_passes("quantile", &parts, method, skip_nan, made).unwrap();
                    let sorted = array.quantiles(&parts, None, method, skip_nan, false, true).unwrap();
                    let (counted, sorted) = (values(&counted), values(&sorted));
                    let same = counted.iter().zip(&sorted).all(|(a, b)| a == b || a.is_nan() && b.is_nan());
                    assert!(
                        same && counted.len() == sorted.len(),
                        "{dtype} {n} {nothing} {method:?} {skip_nan}: {counted:?} {sorted:?}"
                    );
                }
            }
        }
    }
}
