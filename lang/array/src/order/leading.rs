//! Where the largest few of one long row stand: the leading ones of each chunk with their places, brought together by a tree.
//!
//! Where many are wanted the whole row is brought in order instead ([`super::spread`]), of which they are an end.

use rdk_runtime::Result;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;

use super::key::Ordered;
use super::outermost::{keep_top, outermost};
use super::rows::{elements, lying, stopped};
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::element::with_dtype;
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, Stop};
use crate::plan::{Step, StepCall};
use crate::{Chunk, DType, Scalar};

/// So many results come together at a time.
const TOGETHER: usize = 8;
/// More than so many are an end of the whole row in order.
const MANY: usize = 1 << 17;

/// Codes and places of the leading ones: the two rows of a chunk.
#[derive(Debug, Serialize, Deserialize)]
enum Leading {
    /// Of a chunk of elements; chunks are so long.
    Chunk { size: usize, count: usize, largest: bool },
    /// Of several such results.
    Together { n_below: usize, count: usize, largest: bool },
    /// The places alone.
    Places,
}

impl Array {
    /// Where so many of the largest, or of the smallest, stand in this row of several chunks, from the outermost on.
    pub(super) fn leading_places(&self, count: usize, largest: bool) -> Result<Array> {
        let n = self.shape()[0];
        let count = count.min(n);
        if count > MANY {
            return self.end_in_order(count, largest);
        }
        let size = self.chunks().0[0].largest().max(1);
        let even = AxisChunks::even(n, size);
        let mut n_below = even.count();
        let row = self.regridded(Chunks(smallvec![even]));
        let each = |n: usize, size: usize| Chunks(smallvec![AxisChunks::single(2), AxisChunks::listed(vec![size; n])]);
        let step = Leading::Chunk { size, count, largest };
        let mut leading = Array::step("argtopk", step, [row], each(n_below, size.min(count)), DType::I64);
        while n_below > 1 {
            let step = Leading::Together { n_below, count, largest };
            n_below = n_below.div_ceil(TOGETHER);
            leading = Array::step("argtopk", step, [leading], each(n_below, count), DType::I64);
        }
        Ok(Array::step("argtopk-aggregate", Leading::Places, [leading], Chunks::single(&[count]), DType::I64))
    }

    /// The same by way of the whole row in order.
    fn end_in_order(&self, count: usize, largest: bool) -> Result<Array> {
        let slice = |start, stop, step| [IndexItem::Slice { start, stop, step }];
        if !largest {
            return self.argsort(Some(0))?.slice(&slice(None, Some(count as i64), None));
        }
        // Of equal elements the first counts as the largest: in the reversed row it comes last.
        let order = self.slice(&slice(None, None, Some(-1)))?.argsort(Some(0))?;
        let end = order.slice(&slice(Some((self.shape()[0] - count) as i64), None, None))?;
        let last = Array::scalar(Scalar::I64(self.shape()[0] as i64 - 1));
        last.binary(BinaryFunc::Subtract, &end.slice(&slice(None, None, Some(-1)))?)
    }
}

impl Step for Leading {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.leading", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        match *self {
            Leading::Chunk { .. } => vec![(0, smallvec![index[1]])],
            Leading::Together { n_below, .. } => {
                let start = index[1] as usize * TOGETHER;
                (start..(start + TOGETHER).min(n_below)).map(|at| (0, smallvec![0, at as u32])).collect()
            }
            Leading::Places => vec![(0, smallvec![0, 0])],
        }
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        stopped(call.cancel)?;
        let inputs = std::mem::take(&mut call.inputs);
        let (mut found, count, largest): (Vec<(i64, i64)>, usize, bool) = match *self {
            Leading::Places => {
                let [chunk] = &inputs[..] else { return Ok(Chunk::from_vec(&[0], Vec::<i64>::new())) };
                return Ok(chunk.index_axis(0, 1).contiguous());
            }
            Leading::Chunk { size, count, largest } => {
                let start = (call.index[1] as usize * size) as i64;
                let chunk = inputs.into_iter().next().expect("a chunk is made of one").contiguous();
                let found = with_dtype!(chunk.dtype(), T => {
                    outermost(lying::<T>(&chunk), count, largest, T::code)
                });
                let place = |kept_as: u32| start + i64::from(if largest { !kept_as } else { kept_as });
                (found.into_iter().map(|(code, kept_as)| (code, place(kept_as))).collect(), count, largest)
            }
            Leading::Together { count, largest, .. } => {
                let pairs = |chunk: Chunk| {
                    let numbers = elements::<i64>(chunk);
                    let (codes, places) = numbers.split_at(numbers.len() / 2);
                    codes.iter().copied().zip(places.iter().copied()).collect::<Vec<_>>()
                };
                (inputs.into_iter().flat_map(pairs).collect(), count, largest)
            }
        };
        // Of equal elements the first counts as the largest, too.
        let turned = |place: i64| if largest { !place } else { place };
        found.iter_mut().for_each(|found| found.1 = turned(found.1));
        keep_top(&mut found, count, largest);
        let numbers = found.iter().map(|found| found.0).chain(found.iter().map(|found| turned(found.1)));
        Ok(Chunk::from_vec(&[2, found.len()], numbers.collect()))
    }

    fn working(&self, _: &[u32], inputs: &[Array]) -> u64 {
        let size = inputs[0].chunks().largest().last().copied().unwrap_or(0);
        let n = match self {
            Leading::Chunk { .. } => 2 * size,
            Leading::Together { n_below, .. } => size * TOGETHER.min(*n_below),
            Leading::Places => 0,
        };
        n as u64 * 16
    }
}
