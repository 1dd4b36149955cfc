//! How many elements lie in each bin: one pass over each chunk, and a tree of sums.

use num_complex::Complex64;
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::kernel::{BinaryFunc, Reduction, Stop};
use crate::lower::view::nth;
use crate::plan::{Step, StepCall};
use crate::{Chunk, shape};

/// Counts in bins along one axis or several.
///
/// Its inputs are the samples, the weights if there are any, and the edges.
#[derive(Debug, Serialize, Deserialize)]
struct HistogramStep {
    /// For each sample: are its bins all of one width?
    even: Vec<bool>,
    weighted: bool,
}

/// What lies in which bin.
pub struct Binned {
    /// Arrays of one shape: coordinates along each axis of the result.
    pub samples: Vec<Array>,
    /// The edges along each of them, and whether they are evenly spaced.
    pub edges: Vec<(Array, bool)>,
    /// What each sample counts.
    pub weights: Option<Array>,
    /// Shares of the whole for each unit of width, in place of counts?
    pub density: bool,
}

impl Array {
    /// A histogram over one axis or several.
    pub fn histogram(name: &str, binned: &Binned) -> Result<Array> {
        let first = &binned.samples[0];
        let grid = first.chunks().clone();
        let mut inputs = Vec::new();
        for sample in binned.samples.iter().chain(&binned.weights) {
            if sample.shape() != first.shape() {
                bail!(
                    "weights should have the same shape as a."; hint: "the shapes are {} and {}",
                    shape::show(sample.shape()), shape::show(first.shape())
                );
            }
            inputs.push(sample.regridded(grid.clone()));
        }
        let counted = binned.weights.as_ref().map_or(DType::I64, |weights| match weights.dtype().is_complex() {
            true => DType::C128,
            false => DType::F64,
        });
        let mut chunks = Chunks(smallvec![AxisChunks::even(crate::array::capped(grid.count()) as usize, 1)]);
        for (edges, _) in &binned.edges {
            chunks.0.push(AxisChunks::single(edges.shape()[0].saturating_sub(1)));
            inputs.push(edges.row()?.cast(DType::F64));
        }
        let even = binned.edges.iter().map(|(_, even)| *even).collect();
        let step = HistogramStep { even, weighted: binned.weights.is_some() };
        let counts = Array::step("histogram", step, inputs, chunks, counted);
        let mut counts = counts.reduce(Reduction::Sum, Some(&[0]), false, None, None)?.named(name);
        if let Some(weights) = &binned.weights
            && !binned.density
        {
            counts = counts.cast(weights.dtype()).named(name);
        }
        if !binned.density {
            return Ok(counts);
        }
        let total = counts.reduce(Reduction::Sum, None, false, None, None)?;
        for (axis, (edges, _)) in binned.edges.iter().enumerate() {
            let n = edges.shape()[0] as i64;
            let part = |start: i64, stop: i64| {
                edges.slice(&[crate::index::IndexItem::Slice { start: Some(start), stop: Some(stop), step: None }])
            };
            let widths = part(1, n)?.binary(BinaryFunc::Subtract, &part(0, n - 1)?)?;
            let mut lengths = vec![1; binned.edges.len()];
            lengths[axis] = n - 1;
            counts = counts.binary(BinaryFunc::Divide, &widths.cast(DType::F64).reshape(&lengths)?)?;
        }
        Ok(counts.binary(BinaryFunc::Divide, &total)?.named(name))
    }
}

impl Step for HistogramStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.histogram", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        let n_samples = self.even.len() + usize::from(self.weighted);
        let at = nth(&inputs[0].numblocks(), index[0] as usize);
        let edges = (n_samples..inputs.len()).map(|input| (input, smallvec![0]));
        (0..n_samples).map(|input| (input, at.clone())).chain(edges).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        if call.cancel.requested() {
            return Err(Stop::Cancelled);
        }
        let n_axes = self.even.len();
        let edges: Vec<Vec<f64>> =
            call.inputs[n_axes + usize::from(self.weighted)..].iter().map(Chunk::to_vec).collect();
        let shape: Vec<usize> = [1].into_iter().chain(edges.iter().map(|edges| edges.len() - 1)).collect();
        let bins: Vec<Bin<'_>> = edges.iter().zip(&self.even).map(|(edges, even)| Bin::new(edges, *even)).collect();
        // Where each sample lies; beyond all bins where it lies in none.
        let places: Option<Vec<usize>> = (n_axes > 1 || self.weighted).then(|| places(&call.inputs[..n_axes], &bins));
        let n: usize = shape.iter().product();
        let Some(places) = places else {
            let mut counts = vec![0i64; n];
            let chunk = &call.inputs[0];
            with_dtype!(chunk.dtype(), T => match T::array(chunk).and_then(|array| array.as_slice()) {
                Some(elements) => bins[0].count(elements, &mut counts),
                None => bins[0].count(&chunk.to_vec::<T>(), &mut counts),
            });
            return Ok(Chunk::from_vec(&shape, counts));
        };
        if !self.weighted {
            let mut counts = vec![0i64; n];
            places.iter().filter_map(|&at| counts.get_mut(at).map(|count| *count += 1)).for_each(drop);
            return Ok(Chunk::from_vec(&shape, counts));
        }
        let weights = &call.inputs[n_axes];
        Ok(match weights.dtype().is_complex() {
            true => Chunk::from_vec(&shape, weighed::<Complex64>(&places, weights, n, |sum, weight| sum + weight)),
            false => Chunk::from_vec(&shape, weighed::<f64>(&places, weights, n, |sum, weight| sum + weight)),
        })
    }
}

fn weighed<T: Element>(places: &[usize], weights: &Chunk, n: usize, add: impl Fn(T, T) -> T) -> Vec<T> {
    let mut sums = vec![T::default(); n];
    for (&at, weight) in places.iter().zip(weights.to_vec::<T>()) {
        if let Some(sum) = sums.get_mut(at) {
            *sum = add(*sum, weight);
        }
    }
    sums
}

/// The bins along one axis.
struct Bin<'a> {
    edges: &'a [f64],
    /// Bins for each unit, if they are even.
    scale: Option<f64>,
}

impl Bin<'_> {
    fn new(edges: &[f64], even: bool) -> Bin<'_> {
        let n = edges.len() - 1;
        let scale = even.then(|| n as f64 / (edges[n] - edges[0])).filter(|scale| scale.is_finite());
        Bin { edges, scale }
    }

    /// The bin of a number; `None` if it lies in none. The last one has its right edge in it.
    #[inline(always)]
    fn of(&self, x: f64) -> Option<usize> {
        let n = self.edges.len() - 1;
        if !(self.edges[0] <= x && x <= self.edges[n]) {
            return None;
        }
        Some(match self.scale {
            Some(scale) => {
                // What rounding puts on the wrong side of an edge is put right by the edge.
                let at = (((x - self.edges[0]) * scale) as usize).min(n - 1);
                let at = at - usize::from(x < self.edges[at]);
                at + usize::from(at + 1 < n && x >= self.edges[at + 1])
            }
            None => self.edges[1..n].partition_point(|&edge| edge <= x),
        })
    }

    fn count<T: Element>(&self, elements: &[T], counts: &mut [i64]) {
        for &element in elements {
            if let Some(at) = self.of(element.cast()) {
                counts[at] += 1;
            }
        }
    }
}

fn places(samples: &[Chunk], bins: &[Bin<'_>]) -> Vec<usize> {
    let mut places = vec![0usize; samples[0].len()];
    for (sample, bin) in samples.iter().zip(bins) {
        let n = bin.edges.len() - 1;
        for (place, x) in places.iter_mut().zip(sample.to_vec::<f64>()) {
            *place = match bin.of(x) {
                Some(at) if *place != usize::MAX => *place * n + at,
                _ => usize::MAX,
            };
        }
    }
    places
}
