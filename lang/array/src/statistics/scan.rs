//! Running sums and products.
//!
//! Of every chunk first the total along the axis is made, then the totals of groups of chunks; a chunk begins with what the groups and
//! the chunks of its own group before it come to. So chunks are done with in the order in which they come, however many there are: where
//! there are many groups, their totals are made running ones in the same way.

use num_complex::{Complex32, Complex64};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::kernel::{Reduction, Stop};
use crate::order::elements;
use crate::plan::{Step, StepCall};
use crate::{Chunk, Scalar, shape};

/// An element that is added and multiplied.
pub(crate) trait Arithmetic: Element {
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
}

macro_rules! arithmetic {
    ($($T:ty: $a:ident, $b:ident => $plus:expr, $times:expr;)*) => {$(
        impl Arithmetic for $T {
            #[inline(always)]
            fn plus(self, $b: $T) -> $T {
                let $a = self;
                $plus
            }

            #[inline(always)]
            fn times(self, $b: $T) -> $T {
                let $a = self;
                $times
            }
        }
    )*};
}

arithmetic! {
    bool: a, b => a | b, a & b;
    i8: a, b => a.wrapping_add(b), a.wrapping_mul(b);
    i16: a, b => a.wrapping_add(b), a.wrapping_mul(b);
    i32: a, b => a.wrapping_add(b), a.wrapping_mul(b);
    i64: a, b => a.wrapping_add(b), a.wrapping_mul(b);
    u8: a, b => a.wrapping_add(b), a.wrapping_mul(b);
    u16: a, b => a.wrapping_add(b), a.wrapping_mul(b);
    u32: a, b => a.wrapping_add(b), a.wrapping_mul(b);
    u64: a, b => a.wrapping_add(b), a.wrapping_mul(b);
    f32: a, b => a + b, a * b;
    f64: a, b => a + b, a * b;
    Complex32: a, b => a + b, a * b;
    Complex64: a, b => a + b, a * b;
}

/// A group has no more chunks than this.
const WIDEST: usize = 32;

/// Which of the three steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Part {
    /// The total of a chunk.
    Total,
    /// The total of so many chunks.
    Group,
    /// The running totals of a chunk.
    Run,
}

#[derive(Debug, Serialize, Deserialize)]
struct ScanStep {
    part: Part,
    axis: usize,
    multiply: bool,
    /// How many chunks a group has.
    width: usize,
    /// Does the total of a group hold those of the groups before it?
    in_all: bool,
}

impl Array {
    /// Running sums along an axis, or products; `None`: all elements in one row.
    pub fn running(&self, axis: Option<i64>, dtype: Option<DType>, multiply: bool) -> Result<Array> {
        let Some(axis) = axis else { return self.reshape(&[-1])?.running(Some(0), dtype, multiply) };
        let axis = shape::axis(axis, self.ndim())?;
        let input = self.cast(dtype.unwrap_or_else(|| Reduction::Sum.result(self.dtype())));
        let name = if multiply { "cumprod" } else { "cumsum" };
        let n_chunks = input.chunks().0[axis].count();
        let width = ((n_chunks as f64).sqrt().ceil() as usize).min(WIDEST);
        let n_groups = n_chunks.div_ceil(width);
        let in_all = n_groups > WIDEST;
        let step = |part| ScanStep { part, axis, multiply, width, in_all };
        let cut = |count: usize| {
            let mut chunks = input.chunks().clone();
            chunks.0[axis] = AxisChunks::even(count, 1);
            chunks
        };
        let dtype = input.dtype();
        let mut inputs = vec![input.clone()];
        if n_chunks > 1 {
            let totals =
                Array::step(&format!("{name}-chunk"), step(Part::Total), [input.clone()], cut(n_chunks), dtype);
            let groups = [totals.clone()];
            let mut groups = Array::step(&format!("{name}-group"), step(Part::Group), groups, cut(n_groups), dtype);
            if in_all {
                groups = groups.running(Some(axis as i64), Some(dtype), multiply)?;
            }
            inputs.extend([totals, groups]);
        }
        Ok(Array::step(name, step(Part::Run), inputs, input.chunks().clone(), dtype))
    }
}

impl Step for ScanStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.scan", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        let at = index[self.axis] as usize;
        let along = |input: usize, place: usize| {
            let mut index: rdk_graph::Index = index.into();
            index[self.axis] = place as u32;
            (input, index)
        };
        match self.part {
            Part::Total => vec![(0, index.into())],
            Part::Group => {
                let end = ((at + 1) * self.width).min(inputs[0].chunks().0[self.axis].count());
                (at * self.width..end).map(|place| along(0, place)).collect()
            }
            Part::Run => {
                let group = at / self.width;
                let first = if self.in_all { group.saturating_sub(1) } else { 0 };
                let groups = (first..group).map(|place| along(2, place));
                let chunks = (group * self.width..at).map(|place| along(1, place));
                [(0, index.into())].into_iter().chain(groups).chain(chunks).collect()
            }
        }
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        if call.cancel.requested() {
            return Err(Stop::Cancelled);
        }
        let inputs = std::mem::take(&mut call.inputs);
        with_dtype!(inputs[0].dtype(), T => Ok(match self.multiply {
            false => self.scanned::<T>(inputs, T::plus, identity(T::DTYPE, false).get()),
            true => self.scanned::<T>(inputs, T::times, identity(T::DTYPE, true).get()),
        }))
    }
}

/// What changes nothing when it is added, or multiplied with.
pub(crate) fn identity(dtype: DType, multiply: bool) -> Scalar {
    if multiply { Scalar::one(dtype) } else { Scalar::zero(dtype) }
}

/// The total of a row, in lanes that do not wait for each other.
fn total<T: Element>(row: &[T], apply: impl Fn(T, T) -> T + Copy, first: T) -> T {
    const LANES: usize = 16;
    let mut lanes = [first; LANES];
    let mut parts = row.chunks_exact(LANES);
    for part in &mut parts {
        lanes.iter_mut().zip(part).for_each(|(lane, &element)| *lane = apply(*lane, element));
    }
    let rest = parts.remainder().iter().fold(first, |sum, &element| apply(sum, element));
    lanes.into_iter().fold(rest, apply)
}

impl ScanStep {
    fn scanned<T: Element>(&self, inputs: Vec<Chunk>, apply: impl Fn(T, T) -> T + Copy, first: T) -> Chunk {
        let mut shape = inputs[0].shape().to_vec();
        let outer: usize = shape[..self.axis].iter().product();
        let inner: usize = shape[self.axis + 1..].iter().product();
        let n = shape[self.axis];
        let mut inputs = inputs.into_iter();
        let into = |carry: &mut [T], totals: Vec<T>| {
            carry.iter_mut().zip(totals).for_each(|(carry, total)| *carry = apply(*carry, total));
        };
        let mut carry = vec![first; outer * inner];
        match self.part {
            Part::Total => {
                // Who makes the running totals reads it, too: it is not ours to take.
                let chunk = inputs.next().map(|chunk| chunk.contiguous());
                let array = chunk.as_ref().and_then(|chunk| chunk.array::<T>());
                let all = array.and_then(|array| array.as_slice()).unwrap_or(&[]);
                for (rows, carry) in all.chunks((n * inner).max(1)).zip(carry.chunks_mut(inner.max(1))) {
                    match inner {
                        1 => carry[0] = total(rows, apply, first),
                        _ => rows.chunks(inner).for_each(|row| {
                            carry.iter_mut().zip(row).for_each(|(sum, &element)| *sum = apply(*sum, element));
                        }),
                    }
                }
                shape[self.axis] = 1;
                Chunk::from_vec(&shape, carry)
            }
            Part::Group => {
                inputs.for_each(|chunk| into(&mut carry, elements(chunk)));
                shape[self.axis] = 1;
                Chunk::from_vec(&shape, carry)
            }
            Part::Run => {
                let mut all = inputs.next().map(elements::<T>).unwrap_or_default();
                inputs.for_each(|chunk| into(&mut carry, elements(chunk)));
                for (rows, carry) in all.chunks_mut((n * inner).max(1)).zip(carry.chunks_mut(inner.max(1))) {
                    match inner {
                        1 => {
                            let mut sum = carry[0];
                            for element in rows {
                                sum = apply(sum, *element);
                                *element = sum;
                            }
                        }
                        _ => rows.chunks_mut(inner).for_each(|row| {
                            for (sum, element) in carry.iter_mut().zip(row) {
                                *sum = apply(*sum, *element);
                                *element = *sum;
                            }
                        }),
                    }
                }
                Chunk::from_vec(&shape, all)
            }
        }
    }
}
