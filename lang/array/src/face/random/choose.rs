//! Choices, and orders.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::seed::Stream;
use super::{Generator, This};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::{self, NdArray, nested, select};
use crate::face::operand::Operand;
use crate::face::parameters::{ShapeArg, Unsupported};
use crate::kernel::Distribution;
use crate::shape;

impl Generator {
    /// Random positions below `n`, in memory.
    fn positions(&self, context: &Context, n: usize, count: usize) -> Result<Vec<usize>> {
        if n == 0 {
            bail!("a cannot be empty unless no samples are taken");
        }
        let distribution = Distribution::Integers { low: 0, last: n as i64 - 1, dtype: DType::I64 };
        let array = Array::random("choice", distribution, Some(self.next()), &[count], &ChunksSpec::AUTO)?;
        Ok(array.compute_now(context)?.to_vec::<i64>().into_iter().map(|at| at as usize).collect())
    }

    /// The numbers below `n` in random order.
    pub(super) fn shuffled(&self, n: usize) -> Vec<usize> {
        order(&mut Stream::new(Some(self.next())), n)
    }

    /// Positions chosen with these probabilities.
    fn weighted(&self, context: &Context, weights: &[f64], count: usize) -> Result<Vec<usize>> {
        let mut sum = 0.0;
        let ends: Vec<f64> = weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        let uniform = Distribution::Uniform { low: 0.0, high: 1.0 };
        let array = Array::random("choice", uniform, Some(self.next()), &[count], &ChunksSpec::AUTO)?;
        let places = array.compute_now(context)?.to_vec::<f64>();
        let last = weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(0);
        Ok(places.iter().map(|place| ends.partition_point(|end| end <= place).min(last)).collect())
    }

    /// The same, each position at most once: the first to come of waiting times whose rates are the probabilities.
    pub(super) fn weighted_once(&self, context: &Context, weights: &[f64], count: usize) -> Result<Vec<usize>> {
        if weights.iter().filter(|&&weight| weight > 0.0).count() < count {
            bail!("Fewer non-zero entries in p than size");
        }
        let waiting = Distribution::Exponential { scale: 1.0 };
        let array = Array::random("choice", waiting, Some(self.next()), &[weights.len()], &ChunksSpec::AUTO)?;
        let times = array.compute_now(context)?.to_vec::<f64>();
        let mut order: Vec<usize> = (0..weights.len()).filter(|&at| weights[at] > 0.0).collect();
        order.sort_by(|&a, &b| (times[a] / weights[a]).total_cmp(&(times[b] / weights[b])));
        order.truncate(count);
        Ok(order)
    }
}

/// The numbers below `n` in random order.
fn order(stream: &mut Stream, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for at in (1..n).rev() {
        // The high half of a product: even to one part in 2^64 / n.
        let other = ((u128::from(stream.next()) * (at as u128 + 1)) >> 64) as usize;
        order.swap(at, other);
    }
    order
}

/// Refuses what are not probabilities of so many.
pub(super) fn check_weights(weights: &[f64], n: usize) -> Result<()> {
    if weights.len() != n {
        bail!("'a' and 'p' must have same size"; hint: "they have {n} and {} elements", weights.len());
    }
    if weights.iter().any(|weight| weight.is_nan()) {
        bail!("probabilities contain NaN");
    }
    if weights.iter().any(|&weight| weight < 0.0) {
        bail!("probabilities are not non-negative");
    }
    let total: f64 = weights.iter().sum();
    if (total - 1.0).abs() > 1e-8 {
        bail!("probabilities do not sum to 1"; hint: "their sum is {total}");
    }
    Ok(())
}

/// Texts to choose from, of which arrays cannot be made.
fn texts(a: &Value) -> Option<Vec<Value>> {
    let items = a.items().filter(|items| items.iter().all(|item| matches!(item, Value::Str(_))))?;
    (!items.is_empty()).then_some(items)
}

/// The texts of these numbers, in lists as they are.
fn in_place_of(texts: &[Value], numbers: &Value) -> Result<Value> {
    match (numbers.items(), usize::from_value(numbers)) {
        (Some(items), _) => {
            Ok(Value::list(items.iter().map(|item| in_place_of(texts, item)).collect::<Result<Vec<_>>>()?))
        }
        (None, Some(number)) => Ok(texts[number].clone()),
        (None, None) => bail!(TypeError: "expected a number of a text"),
    }
}

/// What to choose from: the numbers below an integer, or the elements of an array.
pub(super) fn pool(a: &Value) -> Result<Chunk> {
    match i64::from_value(a) {
        Some(n @ 0..) => Ok(Chunk::from_vec(&[n as usize], (0..n).collect())),
        Some(n) => bail!("a must be greater than 0, got {n}"),
        None => {
            let chunk = nested::chunk(a, None)?;
            if chunk.ndim() == 0 {
                bail!("a must be 1-dimensional or an integer");
            }
            Ok(chunk)
        }
    }
}

/// Rows of an array, by their numbers.
fn rows(chunk: &Chunk, places: &[usize], shape: &[usize]) -> Chunk {
    let width: usize = chunk.shape()[1..].iter().product();
    let positions: Vec<usize> = places.iter().flat_map(|&row| row * width..(row + 1) * width).collect();
    let shape: Vec<usize> = shape.iter().chain(&chunk.shape()[1..]).copied().collect();
    select::take(chunk, &shape, &positions)
}

/// The axis brought to the front.
fn fronted(chunk: &Chunk, axis: usize) -> Chunk {
    let order: Vec<usize> = [axis].into_iter().chain((0..chunk.ndim()).filter(|&other| other != axis)).collect();
    chunk.transpose(&order).contiguous()
}

/// So many axes of the front brought back to this place.
fn put_back(chunk: &Chunk, n_front: usize, axis: usize) -> Chunk {
    let order: Vec<usize> = (n_front..n_front + axis).chain(0..n_front).chain(n_front + axis..chunk.ndim()).collect();
    chunk.transpose(&order).contiguous()
}

builtins! {
    /// Random choices from the numbers below an integer, or from the elements of an array.
    fn choice[context](
        /// The generator.
        this: This,
        /// An integer or an array.
        a: Value,
        /// A length or a tuple of lengths; a single one if left out.
        size: Option<ShapeArg>,
        /// May the same one be chosen twice?
        replace: bool = true,
        /// How probable each is.
        p: Option<Operand>,
        /// Along which axis of the array elements lie.
        axis: i64 = 0,
        /// Has no effect: choices without replacement come in random order.
        shuffle: bool = true,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> {
        let _ = shuffle;
        let texts = texts(&a);
        if texts.is_none() && let Some(from) = this.of_much(&a)? {
            let chunks = chunks.unwrap_or(ChunksSpec::AUTO);
            let chosen = this.chosen_lazily(context, &from, size.as_ref(), replace, p.as_ref(), axis, &chunks)?;
            return super::super::operand::answer(context, chosen, this.is_lazy());
        }
        let pool = match &texts {
            Some(texts) => Chunk::from_vec(&[texts.len()], (0..texts.len() as u64).collect()),
            None => pool(&a)?,
        };
        let axis = shape::axis(axis, pool.ndim())?;
        let pool = fronted(&pool, axis);
        let (n, shape) = (pool.shape()[0], size.as_ref().map(|size| size.0.clone()).unwrap_or_default());
        let count: usize = shape.iter().product();
        super::super::create::room_for(context, &shape, pool.dtype())?;
        if !replace && count > n {
            bail!("Cannot take a larger sample than population when replace is False"; hint: "{count} of {n}");
        }
        let places = match p {
            Some(p) => {
                let weights = p.array()?.compute_now(context)?.to_vec::<f64>();
                check_weights(&weights, n)?;
                if replace { this.weighted(context, &weights, count)? } else { this.weighted_once(context, &weights, count)? }
            }
            None if replace => this.positions(context, n, count)?,
            None => this.shuffled(n).into_iter().take(count).collect(),
        };
        let chunk = put_back(&rows(&pool, &places, &shape), shape.len(), axis);
        if let Some(texts) = texts {
            return in_place_of(&texts, &NdArray::new(chunk).to_list());
        }
        Ok(if size.is_none() { eager::value(chunk) } else { Value::object(NdArray::new(chunk)) })
    }

    /// The numbers below an integer, or the rows of an array, in random order.
    fn permutation[context](
        /// The generator.
        this: This,
        /// An integer or an array.
        x: Value,
        /// Along which axis rows lie.
        axis: i64 = 0,
    ) -> Result<Value> {
        if let Some(texts) = texts(&x) {
            return Ok(Value::list(this.shuffled(texts.len()).into_iter().map(|at| texts[at].clone()).collect::<Vec<_>>()));
        }
        if let Some(from) = this.of_much(&x)? {
            return super::super::operand::answer(context, this.permuted_lazily(&from, axis)?, this.is_lazy());
        }
        let pool = pool(&x)?;
        let axis = shape::axis(axis, pool.ndim())?;
        let pool = fronted(&pool, axis);
        let order = this.shuffled(pool.shape()[0]);
        let chunk = put_back(&rows(&pool, &order, &[order.len()]), 1, axis);
        Ok(eager::value(chunk))
    }

    /// Brings a list, or the rows of an array in memory, in random order.
    fn shuffle(
        /// The generator.
        this: This,
        /// What is shuffled, in place.
        x: Value,
        /// Along which axis rows lie.
        axis: i64 = 0,
    ) -> Result<()> {
        if let Value::List(list) = &x {
            let items = list.snapshot();
            let order = this.shuffled(items.len());
            *list.0.lock() = order.iter().map(|&at| items[at].clone()).collect();
            return Ok(());
        }
        match x.get::<NdArray>() {
            Some(array) if !array.shape().is_empty() => {
                array.check_writeable()?;
                let axis = shape::axis(axis, array.shape().len())?;
                let pool = fronted(&array.chunk(), axis);
                let order = this.shuffled(pool.shape()[0]);
                array.assign(&put_back(&rows(&pool, &order, &[order.len()]), 1, axis));
                Ok(())
            }
            _ => bail!(TypeError: "expected a list or an array to shuffle"),
        }
    }
}

/// What only `default_rng(…)` has.
pub(super) mod generators {
    use super::*;

    builtins! {
        /// A copy in random order: all elements, or each line along an axis by itself.
        fn permuted[context](
            /// The generator.
            this: This,
            /// An array in memory.
            x: Operand,
            /// Along which axis; all elements if left out.
            axis: Option<i64>,
            /// Not supported.
            out: Unsupported,
        ) -> Result<Value> {
            let _ = out;
            let chunk = x.array()?.compute_now(context)?;
            let mut stream = Stream::new(Some(this.next()));
            let Some(axis) = axis else {
                let order = order(&mut stream, chunk.len());
                return Ok(eager::value(select::take(&chunk, chunk.shape(), &order)));
            };
            let axis = shape::axis(axis, chunk.ndim())?;
            let lines = fronted(&chunk, axis);
            let (n, width) = (lines.shape()[0], lines.shape()[1..].iter().product::<usize>());
            let mut positions = vec![0; n * width];
            for column in 0..width {
                for (row, from) in order(&mut stream, n).into_iter().enumerate() {
                    positions[row * width + column] = from * width + column;
                }
            }
            Ok(eager::value(put_back(&select::take(&lines, lines.shape(), &positions), 1, axis)))
        }
    }
}
