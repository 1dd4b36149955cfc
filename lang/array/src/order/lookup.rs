//! Each element looked up in a sorted row: `searchsorted`, `digitize`, `isin`, `interp`.

use std::sync::Arc;

use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::key::Ordered;
use super::rows::stopped;
use crate::array::Array;
use crate::chunks::Chunks;
use crate::element::{Element, with_dtype};
use crate::kernel::{BinaryFunc, CompareFunc, Stop, UnaryFunc};
use crate::plan::exchange::{Collect, WORTH, Way};
use crate::plan::{Step, StepCall};
use crate::{Chunk, DType, Scalar, shape};

/// Before or behind elements of the row that are equal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Side {
    Left,
    Right,
}

/// What is wanted to know.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Question {
    /// Where would it have to stand? In a row that goes down where `descending`.
    Place { side: Side, descending: bool },
    /// Is it in the row?
    Member { invert: bool },
    /// What is the value of a piecewise linear function there?
    Value { left: Option<f64>, right: Option<f64> },
}

#[derive(Debug, Serialize, Deserialize)]
struct LookupStep {
    question: Question,
    /// Bytes that a task holds of the row, in its own and other forms.
    held: u128,
    /// What stands in for it where that has no room.
    by_disk: Option<Collect>,
}

impl Array {
    /// As one row in one chunk.
    pub(crate) fn row(&self) -> Result<Array> {
        if self.ndim() == 1 && self.npartitions() == 1 {
            return Ok(self.clone());
        }
        let flat = self.reshape(&[-1])?;
        Ok(flat.regridded(Chunks::single(flat.shape())))
    }

    /// Where each element would have to stand in this sorted row.
    pub fn searched_in(&self, sorted: &Array, side: Side) -> Result<Array> {
        if sorted.ndim() != 1 {
            bail!("object too deep for desired array"; hint: "the sorted array has one axis, got {}", sorted.ndim());
        }
        self.places_in("searchsorted", sorted, side, false)
    }

    /// In which bin each element lies; the edges rise, or fall where `descending`.
    pub fn digitized(&self, edges: &Array, right: bool, descending: bool) -> Result<Array> {
        self.places_in("digitize", edges, if right { Side::Left } else { Side::Right }, descending)
    }

    fn places_in(&self, name: &str, sorted: &Array, side: Side, descending: bool) -> Result<Array> {
        let dtype = self.dtype().promote(sorted.dtype());
        self.cast(dtype).looked_up(name, Question::Place { side, descending }, &sorted.cast(dtype))
    }

    /// In a row of the same type, which may be in many chunks.
    fn looked_up(&self, name: &str, question: Question, sorted: &Array) -> Result<Array> {
        let (way, dtype) = match question {
            Question::Place { side, descending } => ((!descending).then_some(Way::Place { side }), DType::I64),
            Question::Member { invert } => (Some(Way::Member { invert }), DType::Bool),
            Question::Value { .. } => (None, DType::F64),
        };
        let held = sorted.nbytes().saturating_mul(3);
        let step = |by_disk| LookupStep { question: question.clone(), held, by_disk };
        let much = sorted.npartitions() > 1 && sorted.nbytes() > WORTH;
        let Some(way) = way.filter(|_| much) else {
            let inputs = [self.clone(), sorted.row()?];
            return Ok(Array::step(name, step(None), inputs, self.chunks().clone(), dtype));
        };
        let elements = self.sized()?;
        let parts = if sorted.is_sized() { sorted.cut_for_exchange(0) } else { sorted.clone() };
        let row = if sorted.is_sized() { sorted.row()? } else { sorted.joined_row() };
        let ([questions, answers], collect) = parts.exchange(way, &elements, 2);
        let grid = elements.chunks().clone();
        Ok(Array::step(name, step(Some(collect)), [elements, row, questions, answers], grid, dtype))
    }

    /// Is each element among these?
    pub fn is_in(&self, others: &Array, invert: bool) -> Result<Array> {
        if self.dtype().is_integer() && others.dtype().is_integer() && self.dtype().promote(others.dtype()).is_float() {
            return self.is_in_beyond(others, invert);
        }
        let dtype = self.dtype().promote(others.dtype());
        self.cast(dtype).looked_up("isin", Question::Member { invert }, &others.cast(dtype).sort(None)?)
    }

    /// The same of whole numbers of which some are above those of 64 bits with a sign, and some below 0: the bits are compared, and
    /// what lies in one range only is in no other.
    fn is_in_beyond(&self, others: &Array, invert: bool) -> Result<Array> {
        let zero = |dtype| Array::scalar(Scalar::zero(dtype));
        let (elements, comparable) = match self.dtype() {
            DType::U64 => {
                let bits = self.cast(DType::I64);
                (bits.clone(), bits.compare(CompareFunc::GreaterEqual, &zero(DType::I64))?)
            }
            dtype => (self.cast(DType::U64), self.compare(CompareFunc::GreaterEqual, &zero(dtype))?),
        };
        let others = others.cast(if self.dtype() == DType::U64 { DType::I64 } else { DType::U64 });
        let found = elements.is_in(&others, false)?.binary(BinaryFunc::LogicalAnd, &comparable)?;
        if invert { found.unary(UnaryFunc::LogicalNot) } else { Ok(found) }
    }

    /// The values of a piecewise linear function through `(xp, fp)`.
    pub fn interpolated(&self, xp: &Array, fp: &Array, left: Option<f64>, right: Option<f64>) -> Result<Array> {
        if xp.ndim() != 1 || fp.ndim() != 1 {
            bail!("Data points must be 1-D sequences");
        }
        if xp.shape() != fp.shape() {
            bail!("fp and xp are not of the same length."; hint: "they have {} and {} points", fp.shape()[0], xp.shape()[0]);
        }
        if xp.size() == 0 {
            bail!("array of sample points is empty");
        }
        if self.dtype().is_complex() || xp.dtype().is_complex() || fp.dtype().is_complex() {
            bail!(NotImplementedError: "interp() works on real numbers"; hint: "interpolate `.real` and `.imag`");
        }
        let question = LookupStep { question: Question::Value { left, right }, held: 0, by_disk: None };
        let wide = |array: &Array| array.cast(DType::F64);
        let inputs = [wide(self), wide(&xp.row()?), wide(&fp.row()?)];
        Ok(Array::step("interp", question, inputs, self.chunks().clone(), DType::F64))
    }
}

impl Step for LookupStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.lookup", postcard::to_stdvec(self).unwrap_or_default())
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        // Behind the row there may be what stands in for it.
        let end = if self.by_disk.is_some() { 2 } else { inputs.len() };
        let tables = (1..end).map(|input| (input, SmallVec::from_elem(0, 1)));
        [(0, index.into())].into_iter().chain(tables).collect()
    }

    fn by_disk(&self, memory: u64) -> Option<Arc<dyn Step>> {
        self.by_disk.as_ref()?.instead(self.held, memory)
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        stopped(call.cancel)?;
        let chunk = call.inputs[0].contiguous();
        let shape = chunk.shape().to_vec();
        if let Question::Value { left, right } = self.question {
            let (xp, fp) = (call.inputs[1].to_vec::<f64>(), call.inputs[2].to_vec::<f64>());
            let values = chunk.to_vec::<f64>().into_iter().map(|x| interpolate(x, &xp, &fp, left, right)).collect();
            return Ok(Chunk::from_vec(&shape, values));
        }
        with_dtype!(chunk.dtype(), T => {
            let elements = T::array(&chunk).and_then(|array| array.as_slice()).unwrap_or(&[]);
            let keys: Vec<_> = call.inputs[1].to_vec::<T>().into_iter().map(T::level).collect();
            Ok(match self.question {
                Question::Place { side, descending } => {
                    let n = keys.len();
                    let keys: Vec<_> = if descending { keys.into_iter().rev().collect() } else { keys };
                    let place = |element: &T| {
                        let key = element.level();
                        let before = match side {
                            Side::Left => keys.partition_point(|other| other.lt(&key)),
                            Side::Right => keys.partition_point(|other| *other <= key),
                        };
                        // In a falling row the places are counted from the other end.
                        (if descending { n - before } else { before }) as i64
                    };
                    Chunk::from_vec(&shape, elements.iter().map(place).collect())
                }
                Question::Member { invert } => {
                    let found = |element: &T| !element.is_nothing() && keys.binary_search(&element.level()).is_ok();
                    Chunk::from_vec(&shape, elements.iter().map(|element| found(element) != invert).collect())
                }
                Question::Value { .. } => unreachable!("answered above"),
            })
        })
    }
}

fn interpolate(x: f64, xp: &[f64], fp: &[f64], left: Option<f64>, right: Option<f64>) -> f64 {
    let last = xp.len() - 1;
    if x.is_nan() {
        return x;
    }
    if x < xp[0] {
        return left.unwrap_or(fp[0]);
    }
    if x > xp[last] {
        return right.unwrap_or(fp[last]);
    }
    let at = xp.partition_point(|&point| point <= x).saturating_sub(1);
    if at == last || xp[at] == x {
        return fp[at];
    }
    let slope = (fp[at + 1] - fp[at]) / (xp[at + 1] - xp[at]);
    let value = slope * (x - xp[at]) + fp[at];
    if !value.is_nan() {
        return value;
    }
    let other = slope * (x - xp[at + 1]) + fp[at + 1];
    if other.is_nan() && fp[at] == fp[at + 1] { fp[at] } else { other }
}

/// The shape and whether edges go down; an error if they go neither way.
pub fn direction(edges: &Chunk) -> Result<bool> {
    if edges.ndim() != 1 {
        bail!("bins must be a one-dimensional array, got one of shape {}", shape::show(edges.shape()));
    }
    let edges = edges.to_vec::<f64>();
    let rising = edges.windows(2).all(|pair| pair[0] <= pair[1]);
    if !rising && !edges.windows(2).all(|pair| pair[0] >= pair[1]) {
        bail!("bins must be monotonically increasing or decreasing");
    }
    Ok(!rising)
}
