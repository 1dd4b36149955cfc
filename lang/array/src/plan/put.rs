//! An array with a part of it written over: what `x[index] = value` makes of a lazy array.
//!
//! The part is a range of positions along every axis, or a list of them along one. The value is cut as the part lies in the chunks of
//! the array, so that each chunk is written over by at most one chunk of the value.

use std::sync::Arc;

use ndarray::{Axis, Slice};
use rdk_graph::Index;
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};

use super::{Step, StepCall};
use crate::Chunk;
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::element::{Element, with_dtype};
use crate::index::{AxisIndex, FullIndex, IndexItem, expand};
use crate::kernel::Stop;
use crate::shape::{self, Shape};

impl Array {
    /// With this written over the part that an index of numbers and slices takes.
    pub fn with_part(&self, items: &[IndexItem], value: &Array) -> Result<Array> {
        if !(self.is_sized() && value.is_sized()) {
            return self.sized()?.with_part(items, &value.sized()?);
        }
        let index = expand(items, self.shape())?;
        let value = value.stretched_into(&crate::index::shape_of(&index))?;
        // Every axis of the array is an axis of the value: those that the index drops have length 1, new ones go, and steps go forward.
        let mut by_axis = FullIndex::new();
        let mut parts = Vec::new();
        let mut own = value.shape().iter();
        for item in &index {
            match *item {
                AxisIndex::At(start) => {
                    by_axis.push(AxisIndex::New);
                    parts.push(Along::Range { start, step: 1, length: 1 });
                }
                AxisIndex::New => {
                    own.next();
                    by_axis.push(AxisIndex::At(0));
                }
                AxisIndex::Range { start, step, length } => {
                    own.next();
                    let (start, backwards) = match step < 0 {
                        true => ((start as i64 + step * (length as i64 - 1)) as usize, true),
                        false => (start, false),
                    };
                    by_axis.push(match backwards {
                        true => AxisIndex::Range { start: length - 1, step: -1, length },
                        false => crate::index::whole(length),
                    });
                    parts.push(Along::Range { start, step: step.unsigned_abs() as usize, length });
                }
            }
        }
        Ok(self.written(parts, &value.sliced("getitem", by_axis)))
    }

    /// With this written over what stands at positions along an axis; they are in range, and of equal ones the last counts.
    pub fn with_taken(&self, positions: &[usize], axis: usize, value: &Array) -> Result<Array> {
        if !(self.is_sized() && value.is_sized()) {
            return self.sized()?.with_taken(positions, axis, &value.sized()?);
        }
        let mut part = Shape::from_slice(self.shape());
        part[axis] = positions.len();
        let value = value.stretched_into(&part)?;
        let mut order: Vec<usize> = (0..positions.len()).collect();
        order.sort_by_key(|&at| positions[at]);
        let last = |&(n, at): &(usize, usize)| order.get(n + 1).is_none_or(|&next| positions[next] != positions[at]);
        let order: Vec<usize> = order.iter().copied().enumerate().filter(last).map(|(_, at)| at).collect();
        let sorted: Vec<usize> = order.iter().map(|&at| positions[at]).collect();
        let value = if order.iter().enumerate().all(|(n, &at)| n == at) { value } else { value.take(order, axis)? };
        let along = |(other, &length): (usize, &usize)| match other == axis {
            true => Along::List(sorted.clone().into()),
            false => Along::Range { start: 0, step: 1, length },
        };
        let parts = self.shape().iter().enumerate().map(along).collect();
        Ok(self.written(parts, &value))
    }

    /// Stretched to a part that is written over; leading axes of length 1 may be too many.
    pub fn stretched_into(&self, part: &[usize]) -> Result<Array> {
        let surplus = self.ndim().saturating_sub(part.len());
        let (leading, rest) = self.shape().split_at(surplus);
        if leading.iter().any(|&length| length != 1) || !shape::stretches_to(rest, part) {
            bail!(
                "could not broadcast input array from shape {} into shape {}",
                shape::show(self.shape()),
                shape::show(part)
            );
        }
        let axes: Vec<i64> = (0..surplus as i64).collect();
        self.squeeze(Some(&axes))?.broadcast_to(part)
    }

    fn written(&self, parts: Vec<Along>, value: &Array) -> Array {
        if value.size() == 0 {
            return self.clone();
        }
        let grid: Chunks = parts.iter().zip(&self.chunks().0).map(|(part, chunks)| part.chunks(chunks)).collect();
        let value = value.cast(self.dtype()).regridded(grid.clone());
        let step = Write { parts, from: self.chunks().clone(), grid };
        Array::step("setitem", step, [self.clone(), value], self.chunks().clone(), self.dtype())
    }
}

/// What is written over along one axis.
#[derive(Debug, Serialize, Deserialize)]
enum Along {
    /// `length` positions from `start`, `step` apart.
    Range { start: usize, step: usize, length: usize },
    /// These, in ascending order, each once.
    List(Arc<[usize]>),
}

impl Along {
    /// The numbers of the positions between two places.
    fn between(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        match self {
            Along::Range { start: first, step, length } => {
                let number = |place: usize| place.saturating_sub(*first).div_ceil(*step).min(*length);
                number(start)..number(end)
            }
            Along::List(list) => {
                let number = |place: usize| list.partition_point(|&position| position < place);
                number(start)..number(end)
            }
        }
    }

    fn position(&self, number: usize) -> usize {
        match self {
            Along::Range { start, step, .. } => start + step * number,
            Along::List(list) => list[number],
        }
    }

    /// As the chunks of the array cut it.
    fn chunks(&self, of: &AxisChunks) -> AxisChunks {
        let sizes = (0..of.count()).map(|chunk| self.between(of.start(chunk), of.start(chunk + 1)).len());
        AxisChunks::listed(sizes.filter(|&size| size > 0))
    }
}

/// A part written over.
#[derive(Debug, Serialize, Deserialize)]
struct Write {
    parts: Vec<Along>,
    from: Chunks,
    grid: Chunks,
}

impl Write {
    /// For each axis the numbers of the positions that lie in a chunk; `None` if there are none along some axis.
    fn inside(&self, index: &[u32]) -> Option<Vec<std::ops::Range<usize>>> {
        let along = |(axis, part): (usize, &Along)| {
            let (chunks, at) = (&self.from.0[axis], index[axis] as usize);
            let range = part.between(chunks.start(at), chunks.start(at + 1));
            (!range.is_empty()).then_some(range)
        };
        self.parts.iter().enumerate().map(along).collect()
    }

    fn write<T: Element>(&self, target: &mut Chunk, value: &Chunk, index: &[u32]) {
        let Some(inside) = self.inside(index) else { return };
        let (Some(array), Some(value)) = (T::array_mut(target), T::array(value)) else { return };
        let origin = self.from.chunk_start(index);
        let mut listed = None;
        let mut view = array.slice_each_axis_mut(|axis| {
            let axis = axis.axis.index();
            let range = &inside[axis];
            match &self.parts[axis] {
                Along::Range { step, .. } => {
                    let first = self.parts[axis].position(range.start) - origin[axis];
                    let last = self.parts[axis].position(range.end - 1) - origin[axis];
                    Slice::new(first as isize, Some(last as isize + 1), *step as isize)
                }
                Along::List(_) => Slice::from(..),
            }
        });
        for (axis, part) in self.parts.iter().enumerate() {
            if let Along::List(list) = part {
                listed =
                    Some((axis, list[inside[axis].clone()].iter().map(|&at| at - origin[axis]).collect::<Vec<_>>()));
            }
        }
        match listed {
            None => view.assign(value),
            Some((axis, places)) => {
                for (number, place) in places.into_iter().enumerate() {
                    view.index_axis_mut(Axis(axis), place).assign(&value.index_axis(Axis(axis), number));
                }
            }
        }
    }
}

impl Step for Write {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.write", postcard::to_stdvec(self).expect("plain data can be written to memory"))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let mut needs = vec![(0, index.into())];
        if let Some(inside) = self.inside(index) {
            let block = |(range, chunks): (&std::ops::Range<usize>, &AxisChunks)| chunks.find(range.start) as u32;
            needs.push((1, inside.iter().zip(&self.grid.0).map(block).collect()));
        }
        needs
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let mut target = call.inputs.remove(0);
        if let Some(value) = call.inputs.pop() {
            let dtype = target.dtype();
            with_dtype!(dtype, T => self.write::<T>(&mut target, &value, call.index));
        }
        Ok(target)
    }
}
