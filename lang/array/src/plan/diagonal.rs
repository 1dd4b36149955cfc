//! Diagonals of two axes: each chunk of one lies in one chunk of the array, so that no others are looked at and no two of them at once.

use rdk_graph::Index;
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use crate::Chunk;
use crate::array::Array;
use crate::chunk::with_chunk;
use crate::chunks::AxisChunks;
use crate::kernel::Stop;
use crate::plan::step::{Step, StepCall};

/// A diagonal of the last two axes.
#[derive(Debug, Serialize, Deserialize)]
struct Diagonal {
    /// Where it begins.
    row: usize,
    column: usize,
    rows: AxisChunks,
    columns: AxisChunks,
    /// How it is cut: where the array is cut in one of both axes.
    along: AxisChunks,
}

impl Array {
    /// A diagonal of two axes, as the last axis of the result; so many columns above the main one, or rows below.
    ///
    /// # Errors
    /// Lengths that cannot be counted.
    pub fn diagonal(&self, offset: i64, first: usize, second: usize) -> Result<Array> {
        let array = self.sized()?;
        let n = array.ndim() as i64;
        let (first, second) = (first as i64, second as i64);
        let order: Vec<i64> = (0..n).filter(|&axis| axis != first && axis != second).chain([first, second]).collect();
        let array = array.transpose(Some(&order))?;
        let (rest, last) = array.chunks().0.split_at(array.ndim() - 2);
        let (rows, columns) = (last[0].clone(), last[1].clone());
        let far = offset.unsigned_abs().try_into().unwrap_or(usize::MAX);
        let (row, column) = if offset < 0 { (far, 0) } else { (0, far) };
        let length = rows.length().saturating_sub(row).min(columns.length().saturating_sub(column));
        let starts = |axis: &AxisChunks, from: usize| -> Vec<usize> {
            (1..axis.count()).filter_map(|chunk| axis.start(chunk).checked_sub(from)).collect()
        };
        let mut cuts = starts(&rows, row);
        cuts.extend(starts(&columns, column));
        cuts.retain(|&cut| cut > 0 && cut < length);
        cuts.extend([0, length]);
        cuts.sort_unstable();
        cuts.dedup();
        let along = AxisChunks::listed(cuts.windows(2).map(|pair| pair[1] - pair[0]));
        let grid = rest.iter().cloned().chain([along.clone()]).collect();
        let dtype = array.dtype();
        Ok(Array::step("diagonal", Diagonal { row, column, rows, columns, along }, [array], grid, dtype))
    }
}

impl Diagonal {
    /// The chunk of the array, and where in it this part of the diagonal begins.
    fn place(&self, at: usize) -> [(u32, usize); 2] {
        let start = self.along.start(at);
        [(&self.rows, self.row + start), (&self.columns, self.column + start)].map(|(axis, position)| {
            // Of a diagonal without elements nothing is taken, of whatever chunk.
            let chunk = axis.find(position.min(axis.length().saturating_sub(1)));
            (chunk as u32, position.saturating_sub(axis.start(chunk)))
        })
    }
}

impl Step for Diagonal {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.diagonal", postcard::to_stdvec(self).expect("plain data can be written to memory"))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let last = index.len() - 1;
        let [(row, _), (column, _)] = self.place(index[last] as usize);
        vec![(0, index[..last].iter().copied().chain([row, column]).collect())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let at = call.index[call.index.len() - 1] as usize;
        let [(_, row), (_, column)] = self.place(at);
        let length = self.along.size(at);
        let chunk = call.inputs.remove(0).contiguous();
        let n = chunk.ndim();
        let (outer, block) = chunk.shape().split_at(n - 2);
        let (height, width) = (block[0], block[1]);
        let shape: Vec<usize> = outer.iter().copied().chain([length]).collect();
        let count: usize = outer.iter().product();
        Ok(with_chunk!(&chunk, array => {
            let elements = array.as_slice().expect("contiguous");
            let place = |table: usize, at: usize| elements[(table * height + row + at) * width + column + at];
            let taken = (0..count).flat_map(|table| (0..length).map(move |at| (table, at)));
            Chunk::from_vec(&shape, taken.map(|(table, at)| place(table, at)).collect())
        }))
    }

    fn working(&self, _: &[u32], inputs: &[Array]) -> u64 {
        // It may have to be put in order first.
        crate::plan::linear::chunk_bytes(&inputs[0])
    }
}
