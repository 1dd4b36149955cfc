//! The same elements seen otherwise: slices, transpositions, stretching, other grids. None of these copies anything by itself.

use std::sync::Arc;

use rdk_runtime::{Result, bail, error};
use smallvec::SmallVec;

use crate::array::{Array, Draft, Plan, capped};
use crate::chunks::{AxisChunks, Chunks, ChunksSpec, Normalize, balanced};
use crate::index::{self, AxisIndex, FullIndex, IndexItem};
use crate::shape;

impl Array {
    /// `x[…]` with numbers, slices, `None` and `...`.
    pub fn slice(&self, items: &[IndexItem]) -> Result<Array> {
        if !self.is_sized() && !self.leaves_uncounted_axes(items) {
            return self.sized()?.slice(items);
        }
        let index = index::expand(items, self.shape())?;
        let n = index.iter().filter(|item| !matches!(item, AxisIndex::At(_))).count();
        if n > shape::MAX_DIMENSIONS {
            bail!(IndexError: "an array has at most {} dimensions, the index makes {n}", shape::MAX_DIMENSIONS);
        }
        Ok(self.sliced("getitem", index))
    }

    /// Does the index take all there is along axes whose lengths are not known?
    fn leaves_uncounted_axes(&self, items: &[IndexItem]) -> bool {
        let Ok(index) = index::expand(items, self.shape()) else { return false };
        let mut axes = self.chunks().0.iter();
        index.iter().filter(|item| **item != AxisIndex::New).all(|item| match axes.next() {
            Some(axis) => axis.is_known() || *item == index::whole(axis.length()),
            None => true,
        })
    }

    /// A part of it, under this name.
    pub(crate) fn sliced(&self, name: &str, index: FullIndex) -> Array {
        let same = index.len() == self.ndim()
            && index.iter().zip(self.shape()).all(|(item, &length)| *item == index::whole(length));
        if same {
            return self.clone();
        }
        let mut axis = 0;
        let mut chunks = Chunks::default();
        for item in &index {
            match *item {
                AxisIndex::At(_) => axis += 1,
                AxisIndex::New => chunks.0.push(AxisChunks::single(1)),
                AxisIndex::Range { start, step, length } => {
                    chunks.0.push(self.chunks().0[axis].sliced(start, step, length));
                    axis += 1;
                }
            }
        }
        if let Plan::Step(step) = &self.node().plan
            && self.node().inputs.is_empty()
            && let Some(step) = step.sliced(&index, &chunks)
        {
            // What Dask would show is what is counted.
            let own_tasks = capped(chunks.count()).saturating_add(self.node().own_tasks);
            let (plan, inputs, dtype) = (Plan::Step(step), SmallVec::new(), self.dtype());
            return Array::make(Draft { plan, inputs, name: Arc::from(name), chunks, dtype, own_tasks });
        }
        self.seen_as(name, Plan::Slice(index), chunks)
    }

    /// One node on this array alone that keeps its type.
    pub(super) fn seen_as(&self, name: &str, plan: Plan, chunks: Chunks) -> Array {
        let own_tasks = capped(chunks.count());
        let inputs = [self.clone()].into_iter().collect();
        Array::make(Draft { plan, inputs, name: Arc::from(name), chunks, dtype: self.dtype(), own_tasks })
    }

    /// With its axes in this order; `None` turns them round.
    pub fn transpose(&self, axes: Option<&[i64]>) -> Result<Array> {
        let n = self.ndim();
        let order: SmallVec<[u8; 4]> = match axes {
            None => (0..n as u8).rev().collect(),
            Some(axes) => {
                if axes.len() != n {
                    bail!("axes don't match array: got {} of them for {n} dimensions", axes.len());
                }
                let mut order = SmallVec::new();
                for &axis in axes {
                    let axis = shape::axis(axis, n)? as u8;
                    if order.contains(&axis) {
                        bail!("repeated axis in transpose"; hint: "axis {axis} is given twice");
                    }
                    order.push(axis);
                }
                order
            }
        };
        if order.iter().enumerate().all(|(at, &axis)| at == usize::from(axis)) {
            return Ok(self.clone());
        }
        let chunks = order.iter().map(|&axis| self.chunks().0[usize::from(axis)].clone()).collect();
        Ok(self.seen_as("transpose", Plan::Transpose(order), chunks))
    }

    /// Stretched to this shape along axes of length 1, and along new ones in front.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Array> {
        if !self.is_sized() {
            return self.sized()?.broadcast_to(shape);
        }
        if self.shape() == shape {
            return Ok(self.clone());
        }
        if shape.len() > shape::MAX_DIMENSIONS {
            bail!("an array has at most {} dimensions, got {}", shape::MAX_DIMENSIONS, shape.len());
        }
        if !shape::stretches_to(self.shape(), shape) {
            bail!("cannot broadcast shape {} to shape {}", shape::show(self.shape()), shape::show(shape));
        }
        let new = shape.len() - self.ndim();
        let old = |axis: usize| axis.checked_sub(new).map(|axis| &self.chunks().0[axis]);
        let chunks = shape.iter().enumerate().map(|(axis, &length)| match old(axis) {
            Some(chunks) if chunks.length() == length && length != 1 => chunks.clone(),
            _ => AxisChunks::single(length),
        });
        Ok(self.seen_as("broadcast_to", Plan::BroadcastTo, chunks.collect()))
    }

    /// With new axes of length 1, at these places of the result.
    pub fn expand_dims(&self, axes: &[i64]) -> Result<Array> {
        let n = self.ndim() + axes.len();
        if n > shape::MAX_DIMENSIONS {
            bail!("an array has at most {} dimensions, got {n}", shape::MAX_DIMENSIONS);
        }
        let new = shape::axes(Some(axes), n)?;
        let mut old = self.shape().iter();
        let item = |axis: usize| match new.contains(&axis) {
            true => AxisIndex::New,
            false => old.next().map_or(AxisIndex::New, |&length| index::whole(length)),
        };
        Ok(self.sliced("reshape", (0..n).map(item).collect()))
    }

    /// Without these axes, which have length 1; `None` is all such axes.
    pub fn squeeze(&self, axes: Option<&[i64]>) -> Result<Array> {
        if !self.is_sized() {
            return self.sized()?.squeeze(axes);
        }
        let gone: SmallVec<[usize; 4]> = match axes {
            None => (0..self.ndim()).filter(|&axis| self.shape()[axis] == 1).collect(),
            Some(axes) => shape::axes(Some(axes), self.ndim())?,
        };
        if let Some(&axis) = gone.iter().find(|&&axis| self.shape()[axis] != 1) {
            let length = self.shape()[axis];
            return Err(
                error!("cannot select an axis to squeeze out which has size not equal to one"; hint: "axis {axis} has length {length}"),
            );
        }
        let item = |(axis, &length): (usize, &usize)| match gone.contains(&axis) {
            true => AxisIndex::At(0),
            false => index::whole(length),
        };
        Ok(self.sliced("getitem", self.shape().iter().enumerate().map(item).collect()))
    }

    /// The same elements in another grid.
    pub fn rechunk(&self, chunks: &ChunksSpec) -> Result<Array> {
        self.rechunk_within(chunks, None, false)
    }

    /// The same with a limit of bytes for chunks whose size is left open, and evened out if that is asked for.
    pub fn rechunk_within(&self, chunks: &ChunksSpec, limit: Option<u64>, balance: bool) -> Result<Array> {
        if !self.is_sized() {
            return self.sized()?.rechunk_within(chunks, limit, balance);
        }
        if self.ndim() > 0 && self.shape().iter().all(|&length| length == 0) {
            return Ok(self.clone());
        }
        let previous = Some(self.chunks());
        let request = Normalize { shape: self.shape(), item_size: self.dtype().size(), previous, limit };
        let mut grid = chunks.normalize(&request)?;
        if balance {
            grid = grid.0.iter().map(balanced).collect();
        }
        Ok(self.regridded(grid))
    }

    /// The same elements in this grid.
    pub(crate) fn regridded(&self, chunks: Chunks) -> Array {
        if *self.chunks() == chunks {
            return self.clone();
        }
        // What was cut twice is as if it had been cut once.
        let input = match &self.node().plan {
            Plan::Rechunk => &self.node().inputs[0],
            _ => self,
        };
        let own_tasks = pieces(input.chunks(), &chunks);
        input.seen_as("rechunk-merge", Plan::Rechunk, chunks).counted(own_tasks)
    }
}

/// How many tasks Dask shows for a rechunk: one for each piece that is cut off, one for each new chunk.
fn pieces(from: &Chunks, to: &Chunks) -> u64 {
    let cuts = from.0.iter().zip(&to.0).map(|(from, to)| {
        let meets = |chunk: usize| {
            let (start, end) = (to.start(chunk), to.start(chunk + 1));
            if end > start { from.find(end - 1) - from.find(start) + 1 } else { 1 }
        };
        match to.count() {
            // The count is only shown; a grid this fine is not walked for it.
            many if many > 100_000 => many as u128,
            count => (0..count).map(|chunk| meets(chunk) as u128).sum(),
        }
    });
    let cuts = cuts.fold(1u128, |product: u128, cuts| product.saturating_mul(cuts));
    capped(cuts.saturating_add(to.count()))
}
