//! Elements at points: each has a coordinate along each of several axes, which become one ([`Merged`]), so that points are positions along it.

use rdk_graph::Index;
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::take::{in_range, parameters};
use super::{Step, StepCall};
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::kernel::Stop;
use crate::lower::view::nth;
use crate::{Chunk, DType};

impl Array {
    /// The elements at points: for each of the first axes a coordinate of every point. They are in range. The points are the first axis
    /// of the result.
    pub fn pick(&self, coordinates: Vec<Vec<usize>>) -> Result<Array> {
        if !self.is_sized() {
            return self.sized()?.pick(coordinates);
        }
        let n = coordinates.len();
        let n_points = coordinates.first().map_or(0, Vec::len);
        let merged = Merged(Chunks(self.chunks().0[..n].iter().cloned().collect()));
        let positions = merged.positions(&coordinates);
        let rows = self.merged(merged);
        let size = rows.chunks().0[0].largest().max(1);
        Ok(rows.take_out_of(Some(self), positions, 0, AxisChunks::even(n_points, size))?.named("vindex"))
    }

    /// The same at points whose coordinates are lazy themselves: rows of the same length.
    pub fn pick_lazily(&self, coordinates: &[Array], axes: &[usize]) -> Result<Array> {
        let array = self.sized()?;
        let rows = coordinates.iter().map(Array::sized).collect::<Result<Vec<_>>>()?;
        // Some may be lists in memory, which are not cut.
        let grid = rows.iter().max_by_key(|row| row.npartitions()).map(|row| row.chunks().clone()).unwrap_or_default();
        let merged = Merged(Chunks(array.chunks().0[..coordinates.len()].iter().cloned().collect()));
        let rows = rows.iter().map(|row| row.cast(DType::I64).regridded(grid.clone()));
        let step = Places { merged: Merged(merged.0.clone()), axes: axes.to_vec() };
        let places = Array::step("vindex-places", step, rows.collect::<Vec<_>>(), grid.clone(), DType::I64);
        Ok(array.merged(merged).take_lazily(&places, 0)?.named("getitem"))
    }

    /// With the first axes as one.
    fn merged(&self, merged: Merged) -> Array {
        let n = merged.0.0.len();
        let along = AxisChunks::listed(merged.sizes());
        let grid: Chunks = std::iter::once(along).chain(self.chunks().0[n..].iter().cloned()).collect();
        Array::step("vindex", merged, [self.clone()], grid, self.dtype()).counted(0)
    }
}

/// Chunk by chunk with the first axes as one: what stands along it is in the order of the chunks, and in C order within each.
#[derive(Debug, Serialize, Deserialize)]
struct Merged(Chunks);

impl Merged {
    /// How many places each chunk has along the new axis.
    fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        let counts = self.0.counts();
        (0..counts.iter().product()).map(move |at| self.0.chunk_shape(&nth(&counts, at)).iter().product())
    }

    /// Where points are along the new axis.
    fn positions(&self, coordinates: &[Vec<usize>]) -> Vec<usize> {
        let counts = self.0.counts();
        let mut starts = vec![0];
        self.sizes().for_each(|size| starts.push(starts[starts.len() - 1] + size));
        let position = |point: usize| {
            let (mut number, mut within) = (0, 0);
            for ((along, chunks), &count) in coordinates.iter().zip(&self.0.0).zip(&counts) {
                let block = chunks.find(along[point]);
                number = number * count + block;
                within = within * chunks.size(block) + along[point] - chunks.start(block);
            }
            starts[number] + within
        };
        (0..coordinates.first().map_or(0, Vec::len)).map(position).collect()
    }
}

impl Step for Merged {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.merged", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let mut of = nth(&self.0.counts(), index[0] as usize);
        of.extend_from_slice(&index[1..]);
        vec![(0, of)]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let chunk = call.inputs.remove(0);
        let n = self.0.0.len();
        let first = chunk.shape()[..n].iter().product();
        let shape: Vec<usize> = std::iter::once(first).chain(chunk.shape()[n..].iter().copied()).collect();
        Ok(chunk.into_shape(&shape))
    }
}

/// Where points are along the axis that others have become. What a position is out of is said of the axes as the user sees them.
#[derive(Debug, Serialize, Deserialize)]
struct Places {
    merged: Merged,
    axes: Vec<usize>,
}

impl Step for Places {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.merged_places", parameters(self))
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let along = |(row, (chunks, &axis)): (&Chunk, (&AxisChunks, &usize))| {
            let positions = row.to_vec::<i64>().into_iter();
            positions.map(|position| in_range(position, axis, chunks.length())).collect::<Result<Vec<_>>>()
        };
        let rows = call.inputs.iter().zip(self.merged.0.0.iter().zip(&self.axes));
        let coordinates = rows.map(along).collect::<Result<Vec<_>>>()?;
        let places: Vec<i64> = self.merged.positions(&coordinates).into_iter().map(|place| place as i64).collect();
        Ok(Chunk::from_vec(&[places.len()], places))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        // Every coordinate as it comes and as it is counted from the start, and the places.
        let n = inputs[0].chunks().chunk_shape(index)[0] * (16 * inputs.len() + 8);
        // For each chunk of the array where it begins.
        (n + 8 * self.merged.sizes().count()) as u64
    }
}
