//! Random integers between bounds, which are numbers or arrays of them.

use rdk_runtime::{Context, FromValue, Result, Value, bail};

use super::Generator;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::{DTypeArg, NdArray};
use crate::face::arrange::answer_array;
use crate::face::operand::{Operand, eager_array};
use crate::face::parameters::ShapeArg;
use crate::kernel::{BinaryFunc, Distribution};
use crate::shape;

/// A bound: an integer, also as a float such as `1e6`, or an array of integers.
pub enum Bound {
    /// For all.
    One(i128),
    /// For each its own.
    Many(Operand),
}

impl FromValue for Bound {
    fn expected() -> &'static str {
        "an integer of at most 64 bits, or an array of them"
    }

    fn from_value(value: &Value) -> Option<Bound> {
        let has_axes = value.get::<NdArray>().is_some_and(|array| !array.shape().is_empty());
        let number = if has_axes { None } else { value.plain_number() };
        match number.as_ref().unwrap_or(value) {
            _ if has_axes => {}
            Value::Float(number) if number.abs() < 1e20 => return Some(Bound::One(number.trunc() as i128)),
            Value::BigInt(number) => return number.to_string().parse().ok().map(Bound::One),
            number => {
                if let Some(number) = i64::from_value(number) {
                    return Some(Bound::One(number.into()));
                }
            }
        }
        let operand = Operand::from_value(value)?;
        let whole = operand.dtype().is_integer() || operand.dtype() == DType::Bool;
        (whole && operand.ndim() > 0).then_some(Bound::Many(operand))
    }
}

/// What `randint` and `integers` are told.
pub struct Bounds {
    /// The smallest, or without `high` what is above the largest of those from 0.
    pub low: Bound,
    /// Above the largest.
    pub high: Option<Bound>,
    /// Is `high` among them?
    pub endpoint: bool,
    /// The type of the elements; int64 if left out.
    pub dtype: Option<DTypeArg>,
}

/// Integers from `low` up to, not including, `high`; up to `low` if that is the only one.
pub fn integers(low: i128, high: Option<i128>, endpoint: bool, dtype: Option<DTypeArg>) -> Result<Distribution> {
    let (low, high) = match high {
        Some(high) => (low, high),
        None => (0, low),
    };
    let dtype = dtype.map_or(DType::I64, |dtype| dtype.0);
    let last = checked(low, high, endpoint, dtype)?;
    // As wide as they are: those of uint64 are read as such.
    Ok(Distribution::Integers { low: low as i64, last: last as i64, dtype })
}

/// The largest one; both are numbers of the type, in this order.
fn checked(low: i128, high: i128, endpoint: bool, dtype: DType) -> Result<i128> {
    let last = if endpoint { high } else { high - 1 };
    if last < low {
        bail!("low >= high"; hint: "{low} is not below {high}");
    }
    let Some((smallest, largest)) = dtype.integer_range() else {
        bail!(TypeError: "Unsupported dtype {dtype} for randint");
    };
    if low < smallest || last > largest {
        bail!("{} is out of bounds for {dtype}", if low < smallest { low } else { high });
    }
    Ok(last)
}

impl Bound {
    fn chunk(&self, context: &Context) -> Result<Vec<i128>> {
        Ok(match self {
            Bound::One(number) => vec![*number],
            Bound::Many(operand) => {
                let chunk = operand.array()?.compute_now(context)?;
                match chunk.dtype() {
                    DType::U64 => chunk.to_vec::<u64>().into_iter().map(i128::from).collect(),
                    _ => chunk.to_vec::<i64>().into_iter().map(i128::from).collect(),
                }
            }
        })
    }

    fn shape(&self) -> Result<shape::Shape> {
        match self {
            Bound::One(_) => Ok(shape::Shape::new()),
            Bound::Many(operand) => Ok(operand.array()?.shape().into()),
        }
    }
}

/// Numbers of a shape, stretched to another.
fn stretched(numbers: &[i128], shape: &[usize], to: &[usize]) -> Vec<i128> {
    let places = Chunk::from_vec(shape, (0..numbers.len() as u64).collect());
    let places = places.broadcast(to).expect("the shape was made of it");
    places.to_vec::<u64>().into_iter().map(|place| numbers[place as usize]).collect()
}

impl Generator {
    /// Random integers between bounds.
    pub(super) fn within(
        &self,
        context: &Context,
        name: &str,
        bounds: Bounds,
        size: Option<ShapeArg>,
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> {
        let Bounds { low, high, endpoint, dtype } = bounds;
        let (low, high) = match (low, high) {
            (Bound::One(low), None) => {
                return self.draw(context, name, integers(low, None, endpoint, dtype)?, size, chunks);
            }
            (Bound::One(low), Some(Bound::One(high))) => {
                return self.draw(context, name, integers(low, Some(high), endpoint, dtype)?, size, chunks);
            }
            (high, None) => (Bound::One(0), high),
            (low, Some(high)) => (low, high),
        };
        if chunks.is_some() && !self.is_lazy() {
            bail!(TypeError: "{name}() of numpy has no `chunks`"; hint: "`da.random.{name}(…)` makes a chunked array");
        }
        let dtype = dtype.map_or(DType::I64, |dtype| dtype.0);
        let (own_low, own_high) = (low.shape()?, high.shape()?);
        let together = shape::broadcast(&[&own_low, &own_high])?;
        let lows = stretched(&low.chunk(context)?, &own_low, &together);
        let highs = stretched(&high.chunk(context)?, &own_high, &together);
        let mut spans = Vec::with_capacity(lows.len());
        for (&low, &high) in lows.iter().zip(&highs) {
            let last = checked(low, high, endpoint, dtype)?;
            // All 2^64 numbers are one too many to be counted: the last of them then never comes.
            spans.push(u64::try_from(last - low + 1).unwrap_or(u64::MAX));
        }
        let shape = size.map_or_else(|| together.clone(), |size| size.0);
        if !self.is_lazy() {
            crate::face::create::room_for(context, &shape, dtype)?;
        }
        let number = |numbers: Vec<u64>| eager_array(&Chunk::from_vec(&together, numbers))?.broadcast_to(&shape);
        let lows = number(lows.into_iter().map(|low| low as u64).collect())?;
        // 64 random bits each: what is left over makes some numbers likelier by one part in 2^64 / span.
        let bits = Distribution::Integers { low: 0, last: -1, dtype: DType::U64 };
        let bits = Array::random(name, bits, Some(self.next()), &shape, &chunks.unwrap_or(ChunksSpec::AUTO))?;
        let drawn = bits.binary(BinaryFunc::Remainder, &number(spans)?)?.binary(BinaryFunc::Add, &lows)?;
        answer_array(context, drawn.cast(dtype).named(name), self.is_lazy())
    }
}
