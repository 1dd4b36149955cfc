//! Choices from lazy arrays, or from more numbers than are worth holding, and their orders: positions that are lazy themselves, and what
//! stands there.

use rdk_runtime::{Context, FromValue, Result, Value, bail};

use super::Generator;
use super::choose::{check_weights, pool};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::face::indexing::items::unfolded;
use crate::face::operand::{Operand, eager_array};
use crate::face::parameters::ShapeArg;
use crate::kernel::{BinaryFunc, Distribution};
use crate::order::Side;
use crate::scalar::Scalar;
use crate::shape::{self, Shape};

/// Orders of more numbers than this are not held.
const HELD: usize = 1 << 20;

/// What is chosen from.
pub(super) enum Pool {
    /// The numbers below this one.
    Below(usize),
    /// The elements of this array.
    Of(Array),
}

impl Generator {
    /// What this stands for if it is lazy, or if this generator is, or if it is too much to be held in several copies.
    pub(super) fn of_much(&self, a: &Value) -> Result<Option<Pool>> {
        if let Some(n) = i64::from_value(a) {
            let much = self.is_lazy() || n > HELD as i64;
            return match usize::try_from(n) {
                Ok(n) => Ok(much.then_some(Pool::Below(n))),
                Err(_) => bail!("a must be greater than 0, got {n}"),
            };
        }
        Ok(match Operand::plain(a) {
            Some(operand @ Operand::Lazy(_)) => Some(Pool::Of(operand.array()?.sized()?)),
            _ if self.is_lazy() => Some(Pool::Of(eager_array(&pool(a)?)?)),
            _ => None,
        })
    }

    /// Choices from it, in this shape.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn chosen_lazily(
        &self,
        context: &Context,
        from: &Pool,
        size: Option<&ShapeArg>,
        replace: bool,
        p: Option<&Operand>,
        axis: i64,
        chunks: &ChunksSpec,
    ) -> Result<Array> {
        let (n, axis) = match from {
            Pool::Below(n) => (*n, shape::axis(axis, 1)?),
            Pool::Of(array) if array.ndim() == 0 => bail!("a must be 1-dimensional or an integer"),
            Pool::Of(array) => {
                let axis = shape::axis(axis, array.ndim())?;
                (array.shape()[axis], axis)
            }
        };
        let into: Shape = size.map(|size| size.0.iter().copied().collect()).unwrap_or_default();
        let count = shape::size(&into);
        if !replace && count > n as u128 {
            bail!("Cannot take a larger sample than population when replace is False"; hint: "{count} of {n}");
        }
        if n == 0 && count > 0 {
            bail!("a cannot be empty unless no samples are taken");
        }
        let positions = self.positions_lazily(context, n, &into, replace, p, chunks)?;
        let Pool::Of(array) = from else { return Ok(positions.named("choice")) };
        let chosen = unfolded(&array.take_lazily(&positions.reshape(&[-1])?, axis)?, axis, &into)?;
        Ok(chosen.rechunk(chunks)?.named("choice"))
    }

    /// Positions below `n`, in this shape.
    fn positions_lazily(
        &self,
        context: &Context,
        n: usize,
        into: &[usize],
        replace: bool,
        p: Option<&Operand>,
        chunks: &ChunksSpec,
    ) -> Result<Array> {
        let count = shape::size(into) as usize;
        let Some(p) = p else {
            return match replace {
                true if count == 0 => Array::full("choice", into, Scalar::I64(0), chunks),
                true => {
                    let integers = Distribution::Integers { low: 0, last: n as i64 - 1, dtype: DType::I64 };
                    Array::random("choice", integers, Some(self.next()), into, chunks)
                }
                false => self.order_lazily(n, count, into, chunks),
            };
        };
        let weights = p.array()?.compute_now(context)?.to_vec::<f64>();
        check_weights(&weights, n)?;
        if !replace {
            let places = self.weighted_once(context, &weights, count)?.into_iter().map(|at| at as i64);
            return Array::from_chunk(Chunk::from_vec(into, places.collect()), chunks);
        }
        let mut sum = 0.0;
        let ends: Vec<f64> = weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        let last = weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(0);
        let uniform = Distribution::Uniform { low: 0.0, high: 1.0 };
        let drawn = Array::random("choice", uniform, Some(self.next()), into, chunks)?;
        let places = drawn.searched_in(&eager_array(&Chunk::from_vec(&[n], ends))?, Side::Right)?;
        places.binary(BinaryFunc::Minimum, &Array::scalar(Scalar::I64(last as i64)))
    }

    /// So many of the numbers below `n` in random order.
    fn order_lazily(&self, n: usize, count: usize, into: &[usize], chunks: &ChunksSpec) -> Result<Array> {
        if n > HELD {
            return Array::random("permutation", Distribution::Order { n: n as i64 }, Some(self.next()), into, chunks);
        }
        let order = self.shuffled(n).into_iter().take(count).map(|at| at as i64);
        Array::from_chunk(Chunk::from_vec(into, order.collect()), chunks)
    }

    /// It in random order along an axis.
    pub(super) fn permuted_lazily(&self, from: &Pool, axis: i64) -> Result<Array> {
        let array = match from {
            Pool::Below(n) => return Ok(self.order_lazily(*n, *n, &[*n], &ChunksSpec::AUTO)?.named("permutation")),
            Pool::Of(array) if array.ndim() == 0 => bail!("x must be an integer or at least 1-dimensional"),
            Pool::Of(array) => array,
        };
        let axis = shape::axis(axis, array.ndim())?;
        let n = array.shape()[axis];
        let along = [array.chunks().0[axis].clone()].into_iter().collect();
        let order = self.order_lazily(n, n, &[n], &ChunksSpec::AUTO)?.regridded(along);
        Ok(array.take_lazily(&order, axis)?.named("permutation"))
    }
}
