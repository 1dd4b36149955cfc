//! Another shape for the same elements in C order.
//!
//! Axes of the two shapes are matched in groups of equal size, as far apart as can be: `(6, 4, 5) → (2, 3, 20)` is `6 → 2·3` and `4·5 → 20`.
//! A group of one axis on either side keeps its chunks; in the others the array is cut so that every chunk is one run of elements,
//! and then each chunk is reshaped by itself.

use rdk_runtime::{Result, error};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::array::{Array, Draft, Plan, capped};
use crate::chunks::{AxisChunks, Chunks, MAX_CHUNKS};
use crate::index::{AxisIndex, whole};
use crate::kernel::Source;
use crate::shape::{self, Shape};

impl Array {
    /// In this shape; one length may be -1: what is left.
    pub fn reshape(&self, lengths: &[i64]) -> Result<Array> {
        let array = self.sized()?;
        array.reshaped(&shape::reshaped(array.shape(), lengths)?)
    }

    /// The shape has as many elements.
    fn reshaped(&self, shape: &[usize]) -> Result<Array> {
        if shape == self.shape() {
            return Ok(self.clone());
        }
        if let Some(array) = self.without_ones(shape) {
            return Ok(array);
        }
        if self.size() == 0 {
            // There are no elements whose order matters.
            let zero = Source::Full(crate::Scalar::zero(self.dtype()));
            return Ok(Array::source_on("reshape", zero, Chunks::single(shape)));
        }
        let groups = groups(self.shape(), shape);
        let (mut from, mut to) = (Chunks::default(), Chunks::default());
        for group in &groups {
            let (old, new) = group.grids(&self.chunks().0[group.axes.clone()])?;
            from.0.extend(old);
            to.0.extend(new);
        }
        if let Some(pushed) = pushed(self, &to) {
            // Dask cuts first; what it would show is what is counted.
            let cut = if *self.chunks() == from { 0 } else { self.regridded(from).node().own_tasks };
            let own_tasks = capped(to.count()).saturating_add(cut);
            return Ok(pushed.seen_as("reshape", Plan::Rechunk, to).counted(own_tasks));
        }
        // Where several axes become several others, the runs of both differ: they meet on one long axis.
        if groups.iter().any(|group| group.from.len() > 1 && group.to.len() > 1) {
            let flat: Option<Shape> = groups
                .iter()
                .map(|group| group.from.iter().try_fold(1usize, |n, &length| n.checked_mul(length)))
                .collect();
            let Some(flat) = flat else { return Err(too_large(shape)) };
            return self.reshaped(&flat)?.reshaped(shape);
        }
        let inputs = [self.regridded(from)].into_iter().collect();
        let own_tasks = capped(to.count());
        let name = std::sync::Arc::from("reshape");
        Ok(Array::make(Draft { plan: Plan::Reshape, inputs, name, chunks: to, dtype: self.dtype(), own_tasks }))
    }

    /// If only axes of length 1 come and go, the reshape is a slice.
    fn without_ones(&self, shape: &[usize]) -> Option<Array> {
        let long = |shape: &[usize]| shape.iter().copied().filter(|&length| length != 1).collect::<Shape>();
        if long(self.shape()) != long(shape) {
            return None;
        }
        let old = self.shape().iter().map(|&length| if length == 1 { AxisIndex::At(0) } else { whole(length) });
        let long = self.sliced("reshape", old.collect());
        let new = shape.iter().map(|&length| if length == 1 { AxisIndex::New } else { whole(length) });
        Some(long.counted(0).sliced("reshape", new.collect()))
    }
}

/// Axes of one shape that hold the same elements as axes of the other.
struct Group {
    from: SmallVec<[usize; 4]>,
    to: SmallVec<[usize; 4]>,
    /// Which axes of the old shape.
    axes: std::ops::Range<usize>,
}

impl Group {
    /// Grids of the old and the new axes whose chunks hold the same runs, as long as the largest chunk now.
    fn grids(&self, chunks: &[AxisChunks]) -> Result<(Axes, Axes)> {
        if self.from == self.to {
            return Ok((chunks.into(), chunks.into()));
        }
        let run = chunks.iter().map(AxisChunks::largest).fold(1usize, usize::saturating_mul).max(1);
        let (from, to) = (run_grid(&self.from, run), run_grid(&self.to, run));
        let count = |grid: &Axes| grid.iter().map(|axis| axis.count() as u128).fold(1u128, u128::saturating_mul);
        if count(&from).max(count(&to)) > MAX_CHUNKS as u128 {
            return Err(too_large(&self.to));
        }
        Ok(match (self.from.len(), self.to.len()) {
            (_, 1) => (from.clone(), [flattened(&from)].into_iter().collect()),
            (1, _) => ([flattened(&to)].into_iter().collect(), to),
            _ => (from, to),
        })
    }
}

fn too_large(shape: &[usize]) -> rdk_runtime::Error {
    error!("the array has too many chunks to be reshaped into {}", shape::show(shape); hint: "rechunk it first, to larger chunks")
}

type Axes = SmallVec<[AxisChunks; 4]>;

/// Matches axes, first to last. Neither shape has a length of 0.
fn groups(from: &[usize], to: &[usize]) -> Vec<Group> {
    let (mut i, mut j) = (0, 0);
    let mut groups = Vec::new();
    while i < from.len() || j < to.len() {
        let (i0, j0) = (i, j);
        let (mut a, mut b) = (1u128, 1u128);
        loop {
            if a <= b && i < from.len() && (a < b || i == i0) {
                a *= from[i] as u128;
                i += 1;
            } else if j < to.len() && (b < a || j == j0) {
                b *= to[j] as u128;
                j += 1;
            } else {
                break;
            }
        }
        // What is left over has length 1 and joins the last group.
        if i == from.len() || j == to.len() {
            if from[i..].iter().all(|&length| length == 1) {
                i = from.len();
            }
            if to[j..].iter().all(|&length| length == 1) {
                j = to.len();
            }
        }
        groups.push(Group { from: from[i0..i].into(), to: to[j0..j].into(), axes: i0..i });
    }
    groups
}

/// The grid whose chunks are runs of at most this many elements: whole rows, or parts of one row.
fn run_grid(lengths: &[usize], run: usize) -> Axes {
    let mut grid = Axes::new();
    let mut left = run;
    for &length in lengths.iter().rev() {
        grid.push(AxisChunks::even(length, left));
        left = if left >= length { left / length } else { 1 };
    }
    grid.reverse();
    grid
}

/// The chunks of a grid of runs, one behind the other.
fn flattened(grid: &[AxisChunks]) -> AxisChunks {
    let Some(cut) = grid.iter().rposition(|axis| !axis.is_single()) else {
        return AxisChunks::single(grid.iter().map(AxisChunks::length).product());
    };
    let row: usize = grid[cut + 1..].iter().map(AxisChunks::length).product();
    let before: usize = grid[..cut].iter().map(AxisChunks::length).product();
    if before == 1 {
        return AxisChunks::even(grid[cut].length() * row, grid[cut].size(0) * row);
    }
    AxisChunks::listed((0..before).flat_map(|_| grid[cut].sizes()).map(|size| size * row))
}

/// The reshape done further down, where elements are made from their number: nothing is left to do then.
/// Only through functions of inputs that are not stretched, and not endlessly far.
fn pushed(array: &Array, grid: &Chunks) -> Option<Array> {
    let nodes = reachable(array, 64)?;
    let mut done: FxHashMap<rdk_graph::Token, Array> = FxHashMap::default();
    for old in &nodes {
        let node = old.node();
        let new = if old.shape() != array.shape() {
            // A single number is stretched to any shape.
            if old.ndim() > 0 {
                return None;
            }
            old.clone()
        } else {
            match &node.plan {
                Plan::Source(Source::Eye { .. } | Source::Tri { .. } | Source::Position { .. }) => return None,
                Plan::Source(source) => Array::source_on(&node.name, source.clone(), grid.clone()),
                Plan::Elementwise(_) | Plan::Cast | Plan::Rechunk => {
                    let inputs = node.inputs.iter().map(|input| done.get(&input.token()).cloned());
                    Array::make(Draft {
                        plan: node.plan.clone(),
                        inputs: inputs.collect::<Option<_>>()?,
                        name: node.name.clone(),
                        chunks: grid.clone(),
                        dtype: node.dtype,
                        own_tasks: node.own_tasks,
                    })
                }
                _ => return None,
            }
        };
        done.insert(old.token(), new.counted(node.own_tasks));
    }
    done.remove(&array.token())
}

/// The nodes of an array, if they are few.
fn reachable(array: &Array, limit: usize) -> Option<Vec<Array>> {
    let mut depth = 0;
    let mut next = array;
    // A long chain is told apart from a small tree without walking all of it.
    while let Some(input) = next.node().inputs.first() {
        next = input;
        depth += 1;
        if depth > limit {
            return None;
        }
    }
    Some(array.walk()).filter(|nodes| nodes.len() <= limit)
}
