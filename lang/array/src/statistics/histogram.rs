//! How many elements lie in each bin: one pass over each chunk, whose elements are made and counted piece by piece, and a tree of sums.

use num_complex::Complex64;
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use crate::array::{Array, Plan};
use crate::chunks::{AxisChunks, Chunks};
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::kernel::{BinaryFunc, Reduction, Stop};
use crate::plan::{Step, StepCall, Tallies, Tally, tally};
use crate::{Chunk, counts, shape};

/// Counts in bins along one axis or several.
///
/// Its inputs are the samples, the weights if there are any, which samples count if not all do, and the edges.
#[derive(Debug, Serialize, Deserialize)]
struct HistogramStep {
    /// For each sample: are its bins all of one width?
    even: Vec<bool>,
    weighted: bool,
    masked: bool,
    /// Of the counts.
    dtype: DType,
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
        let all = counts::together(binned.samples.iter().chain(&binned.weights).cloned().collect())?;
        for sample in &all {
            if sample.shape() != all[0].shape() {
                bail!(
                    "weights should have the same shape as a."; hint: "the shapes are {} and {}",
                    shape::show(sample.shape()), shape::show(all[0].shape())
                );
            }
        }
        let (all, mask) = unmasked(all);
        let masked = mask.is_some();
        let mut inputs = in_any_order(all.into_iter().chain(mask).collect());
        let grid = inputs[0].chunks().clone();
        inputs = inputs.iter().map(|input| input.regridded(grid.clone())).collect();
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
        let step = HistogramStep { even, weighted: binned.weights.is_some(), masked, dtype: counted };
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
        tally::needs(self, index, inputs)
    }

    fn tallies(&self) -> Option<&dyn Tallies> {
        Some(self)
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        tally::at_once(self, call)
    }
}

impl Tallies for HistogramStep {
    fn n_counted(&self) -> usize {
        self.even.len() + usize::from(self.weighted) + usize::from(self.masked)
    }

    fn begin(&self, others: &[Chunk]) -> std::result::Result<Box<dyn Tally>, Stop> {
        let bins: Vec<Bin> =
            others.iter().zip(&self.even).map(|(edges, even)| Bin::new(edges.to_vec(), *even)).collect();
        let shape: Vec<usize> = [1].into_iter().chain(bins.iter().map(|bin| bin.edges.len() - 1)).collect();
        let n = shape.iter().product();
        let counts = match self.dtype {
            DType::C128 => Counts::Complex(vec![Complex64::default(); n]),
            DType::F64 => Counts::Real(vec![0.0; n]),
            _ => Counts::Whole(vec![0; n]),
        };
        Ok(Box::new(Histogram { bins, shape, weighted: self.weighted, masked: self.masked, counts }))
    }
}

/// What has been counted of a chunk.
struct Histogram {
    bins: Vec<Bin>,
    shape: Vec<usize>,
    weighted: bool,
    masked: bool,
    counts: Counts,
}

enum Counts {
    Whole(Vec<i64>),
    Real(Vec<f64>),
    Complex(Vec<Complex64>),
}

impl Tally for Histogram {
    fn add(&mut self, pieces: &[Chunk]) -> std::result::Result<(), Stop> {
        let n_axes = self.bins.len();
        if let (1, Counts::Whole(counts), [chunk]) = (n_axes, &mut self.counts, pieces) {
            with_dtype!(chunk.dtype(), T => match T::array(chunk).and_then(|array| array.as_slice()) {
                Some(elements) => self.bins[0].count(elements, counts),
                None => self.bins[0].count(&chunk.to_vec::<T>(), counts),
            });
            return Ok(());
        }
        // Where each sample lies; beyond all bins where it lies in none, or does not count.
        let mut places = places(&pieces[..n_axes], &self.bins);
        if self.masked {
            let mask = pieces[n_axes + usize::from(self.weighted)].to_vec::<bool>();
            places.iter_mut().zip(mask).filter(|(_, counts)| !counts).for_each(|(place, _)| *place = usize::MAX);
        }
        match &mut self.counts {
            Counts::Whole(counts) => {
                places.iter().for_each(|&at| {
                    if let Some(count) = counts.get_mut(at) {
                        *count += 1
                    }
                });
            }
            Counts::Real(sums) => weigh(sums, &places, &pieces[n_axes], |sum, weight| sum + weight),
            Counts::Complex(sums) => weigh(sums, &places, &pieces[n_axes], |sum, weight| sum + weight),
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Chunk {
        match self.counts {
            Counts::Whole(counts) => Chunk::from_vec(&self.shape, counts),
            Counts::Real(sums) => Chunk::from_vec(&self.shape, sums),
            Counts::Complex(sums) => Chunk::from_vec(&self.shape, sums),
        }
    }
}

fn weigh<T: Element>(sums: &mut [T], places: &[usize], weights: &Chunk, add: impl Fn(T, T) -> T) {
    for (&at, weight) in places.iter().zip(weights.to_vec::<T>()) {
        if let Some(sum) = sums.get_mut(at) {
            *sum = add(*sum, weight);
        }
    }
}

/// What stands where one mask is true, as all there is and the mask. Whatever else was said to lie along it has to be counted first.
fn unmasked(arrays: Vec<Array>) -> (Vec<Array>, Option<Array>) {
    let parts: Option<Vec<(Array, Array)>> = arrays.iter().map(Array::uncompressed).collect();
    let Some(parts) = parts else { return (arrays, None) };
    let mask = parts[0].1.clone();
    match parts.iter().all(|(_, other)| other.token() == mask.token()) {
        true => (parts.into_iter().map(|(array, _)| array).collect(), Some(mask)),
        false => (arrays, None),
    }
}

/// Arrays whose elements go together, before they were put into another order, all in the same way: nobody asks for it here.
fn in_any_order(mut arrays: Vec<Array>) -> Vec<Array> {
    loop {
        let whole = |array: &Array| match array.node().plan {
            Plan::Rechunk if array.is_sized() => array.node().inputs[0].clone(),
            _ => array.clone(),
        };
        let cut: Vec<Array> = arrays.iter().map(whole).collect();
        let below = |array: &Array| matches!(array.node().plan, Plan::Reshape).then(|| array.node().inputs[0].clone());
        let flat: Option<Vec<Array>> = cut.iter().map(below).collect();
        match flat {
            Some(flat) if flat.iter().all(|array| array.is_sized() && array.shape() == flat[0].shape()) => {
                arrays = flat
            }
            _ => return arrays,
        }
    }
}

/// The bins along one axis.
struct Bin {
    edges: Vec<f64>,
    /// Bins for each unit, if they are even.
    scale: Option<f64>,
}

impl Bin {
    fn new(edges: Vec<f64>, even: bool) -> Bin {
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

fn places(samples: &[Chunk], bins: &[Bin]) -> Vec<usize> {
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
