//! Rows in order by several keys.

use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use super::key::Ordered;
use super::rows::{elements, stopped};
use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::element::with_dtype;
use crate::kernel::Stop;
use crate::plan::{Step, StepCall};
use crate::{Chunk, DType};

/// The inputs are the keys, in rows; the last one counts most.
#[derive(Debug, Serialize, Deserialize)]
struct LexsortStep;

/// The places of the elements in order along an axis, by the last of these arrays of one shape, then the last but one, and so on.
pub fn lexsort(keys: &[Array], axis: usize) -> Result<Array> {
    let rows = keys.iter().map(|key| key.rows(axis)).collect::<Result<Vec<_>>>()?;
    let mut grid = rows[0].chunks().clone();
    if let Some(last) = grid.0.last_mut() {
        *last = AxisChunks::single(last.length());
    }
    let rows: Vec<Array> = rows.iter().map(|key| key.regridded(grid.clone())).collect();
    Array::step("lexsort", LexsortStep, rows, grid, DType::I64).last_to(axis)
}

impl Step for LexsortStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.lexsort", Vec::new())
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let shape = call.inputs[0].shape().to_vec();
        let n = shape.last().copied().unwrap_or(1);
        let keys: Vec<Vec<[i64; 2]>> = std::mem::take(&mut call.inputs)
            .into_iter()
            .rev()
            .map(|chunk| {
                with_dtype!(chunk.dtype(), T => elements::<T>(chunk).into_iter().map(T::codes).collect::<Vec<_>>())
            })
            .collect();
        let mut places = Vec::with_capacity(shape.iter().product());
        let n_rows = shape.iter().product::<usize>().checked_div(n).unwrap_or(0);
        for row in 0..n_rows {
            stopped(call.cancel)?;
            let mut order: Vec<usize> = (0..n).collect();
            let start = row * n;
            order.sort_by(|&a, &b| {
                let by_each = keys.iter().map(|key| key[start + a].cmp(&key[start + b]));
                by_each.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            });
            places.extend(order.into_iter().map(|at| at as i64));
        }
        Ok(Chunk::from_vec(&shape, places))
    }
}
