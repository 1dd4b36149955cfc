//! Work on whole rows: what is done along an axis becomes work on the last one, kept in one piece.

use rdk_graph::Cancel;
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};

use super::key::Ordered;
use super::outermost::outermost;
use super::quantile::{self, Method};
use super::sort;
use crate::array::Array;
use crate::chunks::{AxisChunks, AxisSpec, Chunks, ChunksSpec};
use crate::element::{Element, with_dtype};
use crate::kernel::Stop;
use crate::plan::{Step, StepCall};
use crate::{Chunk, DType};

/// What is made of each row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum RowWork {
    /// In ascending order.
    Sort,
    /// The places of the elements in ascending order.
    ArgSort,
    /// What would stand at these places stands there; smaller elements before.
    Partition(Vec<usize>),
    /// The same, as places.
    ArgPartition(Vec<usize>),
    /// So many of the largest, or of the smallest, from the outermost on.
    Top { count: usize, largest: bool },
    /// Their places.
    ArgTop { count: usize, largest: bool },
    /// The values below which these parts of the elements lie.
    Quantiles { parts: Vec<f64>, method: Method, skip_nan: bool },
}

#[derive(Debug, Serialize, Deserialize)]
struct RowStep(RowWork);

/// Rows that are gathered from several chunks come in chunks of so many bytes: several times as much is held while they are worked on.
const GATHERED: u64 = 16 << 20;

impl Array {
    /// With this axis as the last one, and in one chunk.
    pub(crate) fn rows(&self, axis: usize) -> Result<Array> {
        let whole = match self.chunks().0[axis].is_single() {
            true => self.clone(),
            false => {
                let spec = |other: usize| if other == axis { AxisSpec::Whole } else { AxisSpec::Bytes(GATHERED) };
                let spec = ChunksSpec::Axes((0..self.ndim()).map(spec).collect());
                let mut grid = self.rechunk(&spec)?.chunks().clone();
                grid.0[axis] = AxisChunks::single(self.shape()[axis]);
                self.regridded(grid)
            }
        };
        let order = (0..self.ndim()).filter(|&other| other != axis).chain([axis]).map(|axis| axis as i64);
        whole.transpose(Some(&order.collect::<Vec<_>>()))
    }

    /// With the last axis moved to this place.
    pub(crate) fn last_to(&self, axis: usize) -> Result<Array> {
        let last = self.ndim() - 1;
        let order = (0..axis).chain([last]).chain(axis..last).map(|axis| axis as i64);
        self.transpose(Some(&order.collect::<Vec<_>>()))
    }

    /// Work on the rows of each chunk; they come out so long.
    pub(super) fn each_row(&self, name: &str, work: RowWork, lengths: AxisChunks, dtype: DType) -> Array {
        let mut chunks = self.chunks().clone();
        *chunks.0.last_mut().expect("rows have an axis") = lengths;
        Array::step(name, RowStep(work), [self.clone()], chunks, dtype)
    }

    /// The `k` largest elements along an axis, largest first; for a negative `k` the smallest, smallest first.
    pub fn topk(&self, k: i64, axis: i64, split_every: Option<usize>) -> Result<Array> {
        let axis = crate::shape::axis(axis, self.ndim())?;
        let (count, largest) = wanted(k)?;
        let order: Vec<i64> = (0..self.ndim()).filter(|&other| other != axis).chain([axis]).map(|a| a as i64).collect();
        let mut array = self.transpose(Some(&order))?;
        let split = split_every.unwrap_or(8).max(2);
        // The largest of all are among the largest of each chunk.
        loop {
            let along = array.chunks().0.last().expect("it has an axis").clone();
            let work = RowWork::Top { count, largest };
            let lengths = AxisChunks::listed(along.sizes().map(|size| size.min(count)));
            array = array.each_row("topk", work, lengths.clone(), array.dtype());
            if along.is_single() {
                return array.last_to(axis);
            }
            let sizes: Vec<usize> = lengths.sizes().collect();
            let mut chunks: Chunks = array.chunks().clone();
            *chunks.0.last_mut().expect("it has an axis") =
                AxisChunks::listed(sizes.chunks(split).map(|sizes| sizes.iter().sum()));
            array = array.regridded(chunks);
        }
    }

    /// Where the `k` largest elements stand along an axis, as [`Array::topk`] gives them.
    pub fn argtopk(&self, k: i64, axis: i64) -> Result<Array> {
        let axis = crate::shape::axis(axis, self.ndim())?;
        let (count, largest) = wanted(k)?;
        if self.ndim() == 1 && self.npartitions() > 1 && !self.dtype().is_complex() {
            return self.sized()?.leading_places(count, largest);
        }
        let lengths = AxisChunks::single(self.shape()[axis].min(count));
        self.rows(axis)?.each_row("argtopk", RowWork::ArgTop { count, largest }, lengths, DType::I64).last_to(axis)
    }

    /// Parted along an axis: what would stand at these places in order stands there, smaller elements before and larger ones behind.
    pub fn partition(&self, places: &[i64], axis: i64, positions: bool) -> Result<Array> {
        let axis = crate::shape::axis(axis, self.ndim())?;
        let n = self.shape()[axis] as i64;
        let mut kept = Vec::with_capacity(places.len());
        for &place in places {
            if !(-n..n).contains(&place) {
                bail!("kth(={place}) out of bounds ({n})"; hint: "places are 0 to {}, or negative from the end", n - 1);
            }
            kept.push(if place < 0 { place + n } else { place } as usize);
        }
        kept.sort_unstable();
        let lengths = AxisChunks::single(n as usize);
        let rows = self.rows(axis)?;
        let parted = match positions {
            true => rows.each_row("argpartition", RowWork::ArgPartition(kept), lengths, DType::I64),
            false => rows.each_row("partition", RowWork::Partition(kept), lengths, self.dtype()),
        };
        parted.last_to(axis)
    }
}

fn wanted(k: i64) -> Result<(usize, bool)> {
    if k == 0 {
        bail!("`k` is how many of the largest are wanted, or negative for the smallest, got 0");
    }
    Ok((k.unsigned_abs() as usize, k > 0))
}

impl Step for RowStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.rows", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let chunk = call.inputs.remove(0);
        with_dtype!(chunk.dtype(), T => self.rows::<T>(chunk, call))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let elements: usize = inputs[0].chunks().chunk_shape(index).iter().product();
        let each = match self.0 {
            RowWork::Sort => inputs[0].dtype().size(),
            _ => 16,
        };
        (elements * each) as u64
    }
}

/// The elements in C order; in their own memory if nobody else holds it.
pub(crate) fn elements<T: Element>(mut chunk: Chunk) -> Vec<T> {
    let Some(array) = T::array_mut(&mut chunk) else { return chunk.to_vec() };
    if !array.is_standard_layout() {
        return array.iter().copied().collect();
    }
    let n = array.len();
    let (elements, offset) = std::mem::take(array).into_owned().into_raw_vec_and_offset();
    match offset {
        None | Some(0) if elements.len() == n => elements,
        offset => elements[offset.unwrap_or(0)..][..n].to_vec(),
    }
}

/// The elements of a contiguous chunk, where they lie.
pub(super) fn lying<T: Element>(chunk: &Chunk) -> &[T] {
    T::array(chunk).and_then(|array| array.as_slice()).expect("contiguous, and of this type")
}

impl RowStep {
    fn rows<T: Ordered>(&self, chunk: Chunk, call: &StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let mut shape = chunk.shape().to_vec();
        let n = shape.last().copied().unwrap_or(1);
        let last = shape.len() - 1;
        let n_rows: usize = shape[..last].iter().product();
        match &self.0 {
            RowWork::Sort => sort::sorted_rows::<T>(&chunk, n, call.crew),
            RowWork::ArgSort => sort::places_in_order::<T>(&chunk, n, call.crew),
            RowWork::Partition(kept) => {
                let mut keys: Vec<T::Key> = elements::<T>(chunk).into_iter().map(T::key).collect();
                part_rows(&mut keys, n, kept, call.cancel)?;
                Ok(Chunk::from_vec(&shape, keys.into_iter().map(T::of_key).collect()))
            }
            RowWork::ArgPartition(kept) => {
                let places = each_row_placed::<T>(chunk, n, |row| part_rows(row, n, kept, call.cancel))?;
                Ok(Chunk::from_vec(&shape, places))
            }
            RowWork::Top { count, largest } => {
                let chunk = chunk.contiguous();
                let mut top = Vec::with_capacity(n_rows * n.min(*count));
                for row in lying::<T>(&chunk).chunks(n.max(1)) {
                    stopped(call.cancel)?;
                    let found = outermost(row, *count, *largest, T::key);
                    top.extend(found.into_iter().map(|(key, _)| T::of_key(key)));
                }
                shape[last] = n.min(*count);
                Ok(Chunk::from_vec(&shape, top))
            }
            RowWork::ArgTop { count, largest } => {
                let chunk = chunk.contiguous();
                let mut places = Vec::with_capacity(n_rows * n.min(*count));
                for row in lying::<T>(&chunk).chunks(n.max(1)) {
                    stopped(call.cancel)?;
                    let found = outermost(row, *count, *largest, T::level).into_iter();
                    places.extend(found.map(|(_, place)| i64::from(if *largest { !place } else { place })));
                }
                shape[last] = n.min(*count);
                Ok(Chunk::from_vec(&shape, places))
            }
            RowWork::Quantiles { parts, method, skip_nan } => {
                shape[last] = parts.len();
                quantile::of_rows::<T>(&chunk, &shape, n, parts, *method, *skip_nan, call.cancel)
            }
        }
    }
}

/// Does something to the elements of each row with their places in it, and gives the places that are left.
fn each_row_placed<T: Ordered>(
    chunk: Chunk,
    n: usize,
    mut work: impl FnMut(&mut Vec<(T::Key, u32)>) -> std::result::Result<(), Stop>,
) -> std::result::Result<Vec<i64>, Stop> {
    let elements = elements::<T>(chunk);
    let mut places = Vec::new();
    let mut pairs: Vec<(T::Key, u32)> = Vec::with_capacity(n);
    for row in elements.chunks(n.max(1)) {
        pairs.clear();
        pairs.extend(row.iter().zip(0u32..).map(|(element, place)| (element.level(), place)));
        work(&mut pairs)?;
        if places.is_empty() {
            places.reserve_exact(pairs.len() * elements.len() / n.max(1));
        }
        places.extend(pairs.iter().map(|&(_, place)| i64::from(place)));
    }
    Ok(places)
}

fn part_rows<K: Ord>(keys: &mut [K], n: usize, kept: &[usize], cancel: &Cancel) -> std::result::Result<(), Stop> {
    if n == 0 {
        return Ok(());
    }
    for row in keys.chunks_mut(n) {
        stopped(cancel)?;
        let mut start = 0;
        for &place in kept {
            if place >= start {
                row[start..].select_nth_unstable(place - start);
                start = place + 1;
            }
        }
    }
    Ok(())
}

/// Obeys a request to stop.
pub(super) fn stopped(cancel: &Cancel) -> std::result::Result<(), Stop> {
    if cancel.requested() { Err(Stop::Cancelled) } else { Ok(()) }
}
