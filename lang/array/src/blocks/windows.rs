//! Chunks that are windows onto an array: they may overlap, or leave something out.

use ndarray::{ArrayD, Slice, SliceInfoElem};
use rdk_graph::Index;
use rdk_runtime::{Error, Result, error};
use serde::{Deserialize, Serialize};

use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks, ChunksSpec};
use crate::element::{Element, with_dtype};
use crate::index::IndexItem;
use crate::kernel::Stop;
use crate::lower::view::nth;
use crate::plan::{Step, StepCall};
use crate::scalar::Scalar;
use crate::{Chunk, memory};

/// What stands beyond the edge of an array.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Edge {
    /// Nothing: chunks at the edge are smaller.
    Nothing,
    /// The array again, from its other end.
    Periodic,
    /// The array mirrored.
    Reflect,
    /// The element at the edge.
    Nearest,
    /// This.
    Constant(Scalar),
}

/// For each axis, from where to where each chunk goes.
#[derive(Debug, Serialize, Deserialize)]
struct WindowStep {
    axes: Vec<Vec<(usize, usize)>>,
    grid: Chunks,
}

impl Array {
    /// An array whose chunks are these parts of this one, by axis.
    fn windows(&self, name: &str, axes: Vec<Vec<(usize, usize)>>) -> Array {
        let lengths = |axis: &Vec<(usize, usize)>| AxisChunks::listed(axis.iter().map(|&(start, stop)| stop - start));
        let chunks: Chunks = axes.iter().map(lengths).collect();
        let step = WindowStep { axes, grid: self.chunks().clone() };
        Array::step(name, step, [self.clone()], chunks, self.dtype())
    }

    /// With what stands beyond its edges, so many elements before and behind.
    pub fn bordered(&self, depth: &[(usize, usize)], edges: &[Edge]) -> Result<Array> {
        let mut padded = self.clone();
        for (axis, (&(before, behind), edge)) in depth.iter().zip(edges).enumerate() {
            let length = self.shape()[axis];
            // An edge is repeated as often as is asked for, and there are as many numbers.
            if before.max(behind) > length && matches!(edge, Edge::Periodic | Edge::Reflect) {
                return Err(too_deep(before.max(behind), length));
            }
            let mut parts = Vec::new();
            parts.extend(beyond(&padded, axis, before, *edge, true)?);
            parts.push(padded.clone());
            parts.extend(beyond(&padded, axis, behind, *edge, false)?);
            if parts.len() > 1 {
                padded = Array::concatenate(&parts, axis as i64)?;
            }
        }
        Ok(padded)
    }

    /// Every chunk with so many elements of its neighbours before and behind it.
    pub fn overlapping(&self, depth: &[(usize, usize)], edges: &[Edge]) -> Result<Array> {
        for (&(before, behind), &length) in depth.iter().zip(self.shape()) {
            if before.max(behind) > length {
                return Err(too_deep(before.max(behind), length));
            }
        }
        let padded = self.bordered(depth, edges)?;
        let windows = |axis: usize| -> Vec<(usize, usize)> {
            let (before, behind) = depth[axis];
            let own = &self.chunks().0[axis];
            let shift = if matches!(edges[axis], Edge::Nothing) { 0 } else { before };
            let end = padded.shape()[axis];
            let window = |chunk: usize| {
                let (start, stop) = (own.start(chunk) + shift, own.start(chunk + 1) + shift);
                (start.saturating_sub(before), (stop + behind).min(end))
            };
            (0..own.count()).map(window).collect()
        };
        let axes: Vec<_> = (0..self.ndim()).map(windows).collect();
        Ok(padded.windows("overlap", axes))
    }

    /// Without so many elements before and behind in every chunk; at the edges of the array only where something was put there.
    /// `grid` is how the array was cut before it overlapped, if that is known.
    pub fn trimmed(&self, depth: &[(usize, usize)], edges: &[Edge], grid: Option<&Chunks>) -> Array {
        let windows = |axis: usize| -> Vec<(usize, usize)> {
            let own = &self.chunks().0[axis];
            let n = own.count();
            let (before, behind) = depth.get(axis).copied().unwrap_or((0, 0));
            let open = matches!(edges.get(axis), None | Some(Edge::Nothing));
            let window = |chunk: usize| {
                // A chunk near the edge has only as much of its neighbours as there is.
                let (mut left, mut right) = (before, behind);
                if open {
                    match grid.map(|grid| &grid.0[axis]) {
                        Some(grid) => {
                            left = left.min(grid.start(chunk));
                            right = right.min(grid.length() - grid.start(chunk + 1));
                        }
                        None => {
                            left = if chunk == 0 { 0 } else { left };
                            right = if chunk + 1 == n { 0 } else { right };
                        }
                    }
                }
                let (start, stop) = (own.start(chunk), own.start(chunk + 1));
                let start = (start + left).min(stop);
                (start, stop.saturating_sub(right).max(start))
            };
            (0..n).map(window).collect()
        };
        self.windows("trim", (0..self.ndim()).map(windows).collect())
    }
}

fn too_deep(depth: usize, length: usize) -> Error {
    error!(
        "The overlapping depth {depth} is larger than your array {length}.";
        hint: "a depth is at most as large as the axis is long"
    )
}

/// What is put before an axis, or behind it.
fn beyond(array: &Array, axis: usize, depth: usize, edge: Edge, before: bool) -> Result<Option<Array>> {
    if depth == 0 {
        return Ok(None);
    }
    let depth = depth as i64;
    let part = |start: Option<i64>, stop: Option<i64>, step: i64| {
        let mut items = vec![IndexItem::ALL; axis];
        items.push(IndexItem::Slice { start, stop, step: Some(step) });
        array.slice(&items)
    };
    let mut shape = array.shape().to_vec();
    shape[axis] = depth as usize;
    Ok(Some(match (edge, before) {
        (Edge::Nothing, _) => return Ok(None),
        (Edge::Periodic, true) => part(Some(-depth), None, 1)?,
        (Edge::Periodic, false) => part(None, Some(depth), 1)?,
        (Edge::Reflect, true) => part(Some(depth - 1), None, -1)?,
        (Edge::Reflect, false) => part(Some(-1), Some(-depth - 1), -1)?,
        (Edge::Nearest, true) => part(None, Some(1), 1)?.broadcast_to(&shape)?,
        (Edge::Nearest, false) => part(Some(-1), None, 1)?.broadcast_to(&shape)?,
        (Edge::Constant(value), _) => {
            let mut chunks = array.chunks().clone();
            chunks.0[axis] = AxisChunks::single(depth as usize);
            Array::full("full", &shape, value.cast(array.dtype()), &ChunksSpec::from(&chunks))?
        }
    }))
}

impl WindowStep {
    /// For each axis which chunks of the input a window meets.
    fn ranges(&self, index: &[u32]) -> Vec<(usize, usize)> {
        let range = |(axis, &at): (usize, &u32)| {
            let (start, stop) = self.axes[axis][at as usize];
            let along = &self.grid.0[axis];
            let first = along.find(start);
            (first, if stop > start { along.find(stop - 1) + 1 - first } else { 1 })
        };
        index.iter().enumerate().map(range).collect()
    }

    /// From where to where a window goes, by axis.
    fn window(&self, index: &[u32]) -> Vec<(usize, usize)> {
        index.iter().enumerate().map(|(axis, &at)| self.axes[axis][at as usize]).collect()
    }

    /// A window that is most of one chunk shares its memory.
    fn shared(&self, call: &StepCall<'_>) -> Option<Chunk> {
        let [chunk] = &call.inputs[..] else { return None };
        let (window, [(_, block)]) = (self.window(call.index), &self.needs(call.index, &[])[..]) else { return None };
        let n_elements: usize = window.iter().map(|(start, stop)| stop - start).product();
        let origin = self.grid.chunk_start(block);
        let item = |(&(start, stop), &origin): (&(usize, usize), &usize)| {
            SliceInfoElem::from(Slice::from(start - origin..stop - origin))
        };
        (n_elements > 0 && 2 * n_elements > chunk.len())
            .then(|| chunk.slice(&window.iter().zip(&origin).map(item).collect::<Vec<_>>()))
    }

    fn copied<T: Element>(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let windows = self.window(call.index);
        let shape: Vec<usize> = windows.iter().map(|&(start, stop)| stop - start).collect();
        let mut whole: ArrayD<T> = memory::zeros(&shape)?;
        let needs = self.needs(call.index, &[]);
        for ((_, at), chunk) in needs.iter().zip(std::mem::take(&mut call.inputs)) {
            let Some(part) = T::array(&chunk) else { continue };
            let origin = self.grid.chunk_start(at);
            let meet = |axis: usize| {
                let start = windows[axis].0.max(origin[axis]);
                (start, windows[axis].1.min(origin[axis] + part.shape()[axis]).max(start))
            };
            let from = part.slice_each_axis(|axis| {
                let axis = axis.axis.index();
                let (start, stop) = meet(axis);
                Slice::from(start - origin[axis]..stop - origin[axis])
            });
            let mut to = whole.slice_each_axis_mut(|axis| {
                let axis = axis.axis.index();
                let (start, stop) = meet(axis);
                Slice::from(start - windows[axis].0..stop - windows[axis].0)
            });
            to.assign(&from);
        }
        Ok(T::chunk(whole.into_shared()))
    }
}

impl Step for WindowStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.windows", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let ranges = self.ranges(index);
        let counts: Vec<usize> = ranges.iter().map(|&(_, count)| count).collect();
        let at = |n: usize| nth(&counts, n).iter().zip(&ranges).map(|(&at, &(first, _))| at + first as u32).collect();
        (0..counts.iter().product()).map(|n| (0, at(n))).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        if call.cancel.requested() {
            return Err(Stop::Cancelled);
        }
        if let Some(part) = self.shared(call) {
            return Ok(part);
        }
        with_dtype!(call.inputs[0].dtype(), T => self.copied::<T>(call))
    }
}
