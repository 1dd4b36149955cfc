//! Elements and their mask as two plans, and what users give where a masked array is expected.

use rdk_runtime::{Context, FromValue, Result, Value, bail};

use super::lazy::LazyMasked;
use super::object::{self, Masked};
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::dtype::{DType, NumberKind};
use crate::face::operand::{Operand, eager_array};
use crate::kernel::{BinaryFunc, Reduction, UnaryFunc};
use crate::scalar::Scalar;

/// Elements, and which of them are masked.
#[derive(Clone)]
pub struct Pair {
    /// The elements, also those under the mask.
    pub data: Array,
    /// True where an element is masked; of the shape of the elements. `None`: there is no mask.
    pub mask: Option<Array>,
    /// What is written where it is masked, if that was said.
    pub fill: Option<Scalar>,
    /// Is a mask without anything masked no mask at all?
    pub shrinks: bool,
}

/// What a user gave: a masked array, or what can become one.
#[derive(Clone)]
pub struct Given {
    /// The elements.
    pub data: Operand,
    /// The mask, if it has one.
    pub mask: Option<Array>,
    /// What is written where it is masked, if that was said.
    pub fill: Option<Scalar>,
    /// Was it a masked array?
    pub is_masked: bool,
}

impl FromValue for Given {
    fn expected() -> &'static str {
        "an array, masked or not"
    }

    fn from_value(value: &Value) -> Option<Given> {
        Given::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Given> {
        if let Some(given) = Given::of(value) {
            return Ok(given);
        }
        Ok(Given { data: Operand::try_from_value(value)?, mask: None, fill: None, is_masked: false })
    }
}

impl Given {
    /// A masked array; `None` for everything else.
    pub fn of(value: &Value) -> Option<Given> {
        if let Some(masked) = value.get::<Masked>() {
            return Some(masked.given());
        }
        value.get::<LazyMasked>().map(|lazy| Given::lazy(&lazy.pair()))
    }

    /// Plans of a masked array.
    pub fn lazy(pair: &Pair) -> Given {
        let Pair { data, mask, fill, .. } = pair.clone();
        Given { data: Operand::Lazy(data), mask, fill, is_masked: true }
    }

    /// Does it stand for work not done?
    pub fn is_lazy(&self) -> bool {
        self.data.is_lazy()
    }

    /// The two plans.
    pub fn pair(&self) -> Result<Pair> {
        Ok(Pair { data: self.data.array()?, mask: self.mask.clone(), fill: self.fill, shrinks: false })
    }
}

impl Pair {
    /// The same elements and fill value under another mask, stretched to their shape.
    pub fn under(data: Array, mask: Option<Array>, fill: Option<Scalar>) -> Result<Pair> {
        let mask = mask.map(|mask| mask.cast(DType::Bool).broadcast_to(data.shape())).transpose()?;
        Ok(Pair { data, mask, fill, shrinks: false })
    }

    /// What is written where it is masked.
    pub fn fill_value(&self) -> Scalar {
        self.fill.unwrap_or_else(|| default_fill(self.data.dtype()))
    }

    /// Its elements with this in place of masked ones.
    pub fn filled(&self, with: Scalar) -> Result<Array> {
        self.filled_by(&Array::scalar(with))
    }

    /// The same with an array that stretches to its shape.
    pub fn filled_by(&self, with: &Array) -> Result<Array> {
        match &self.mask {
            None => Ok(self.data.clone()),
            Some(mask) => mask.select(&with.cast(self.data.dtype()).broadcast_to(self.data.shape())?, &self.data),
        }
    }

    /// The same elements and mask in these chunks.
    pub fn rechunk(&self, chunks: &ChunksSpec) -> Result<Pair> {
        let data = self.data.rechunk(chunks)?.named("array");
        let mask = self.mask.as_ref().map(|mask| mask.rechunk(&ChunksSpec::from(data.chunks()))).transpose()?;
        Ok(Pair { data, mask, ..self.clone() })
    }

    /// The mask, all false if there is none.
    pub fn mask_array(&self) -> Result<Array> {
        match &self.mask {
            Some(mask) => Ok(mask.clone()),
            None => self
                .data
                .compare(crate::kernel::CompareFunc::NotEqual, &self.data)?
                .binary(BinaryFunc::LogicalAnd, &Array::scalar(Scalar::Bool(false))),
        }
    }

    /// How many elements over these axes are not masked.
    pub fn count(&self, axes: Option<&[i64]>, keepdims: bool) -> Result<Array> {
        let there = self.mask_array()?.unary(UnaryFunc::LogicalNot)?;
        there.cast(DType::I64).reduce(Reduction::Sum, axes, keepdims, None, None)
    }
}

/// What NumPy writes where nothing else was said.
pub fn default_fill(dtype: DType) -> Scalar {
    match dtype.kind() {
        NumberKind::Bool => Scalar::Bool(true),
        NumberKind::Signed => Scalar::I64(999_999),
        NumberKind::Unsigned => Scalar::U64(999_999),
        NumberKind::Float => Scalar::F64(1e20),
        NumberKind::Complex => Scalar::C128(num_complex::Complex64::new(1e20, 0.0)),
    }
}

/// A fill value that a user gave, in the type of the elements.
pub fn fill_of(value: &Value, dtype: DType) -> Result<Scalar> {
    if let Value::Str(_) = value {
        bail!(TypeError: "Cannot set fill value of string with array of dtype {dtype}");
    }
    let given = match Given::try_from_value(value)?.data {
        Operand::Number(number) => crate::eager::nested::element(&number, dtype).transpose(),
        Operand::Eager(chunk) if chunk.len() == 1 => Ok(chunk.scalars().next().map(|scalar| scalar.cast(dtype))),
        _ => bail!("non-scalar fill_value not supported"),
    };
    match given {
        Ok(Some(scalar)) => Ok(scalar),
        _ => bail!(TypeError: "Cannot convert fill_value {} to dtype {dtype}", rdk_runtime::show::repr(value)),
    }
}

/// Masked where one or the other is.
pub fn either(a: Option<&Array>, b: Option<&Array>) -> Result<Option<Array>> {
    match (a, b) {
        (Some(a), Some(b)) => Ok(Some(a.binary(BinaryFunc::LogicalOr, b)?)),
        (Some(one), None) | (None, Some(one)) => Ok(Some(one.clone())),
        (None, None) => Ok(None),
    }
}

/// What a function answers with: lazy if something lazy went in; without dimensions a number, or `masked`.
pub fn answer(context: &Context, pair: Pair, lazy: bool) -> Result<Value> {
    if lazy {
        return Ok(lazy_value(pair));
    }
    let (data, mask) = computed(context, &pair)?;
    Ok(object::value(data, mask, pair.fill))
}

/// The same, where what has no dimensions is an array of its own.
pub fn answer_whole(context: &Context, pair: Pair, lazy: bool) -> Result<Value> {
    if lazy {
        return Ok(lazy_value(pair));
    }
    let (data, mask) = computed(context, &pair)?;
    Ok(object::whole(data, mask, pair.fill))
}

fn computed(context: &Context, pair: &Pair) -> Result<(crate::Chunk, Option<crate::Chunk>)> {
    let data = pair.data.compute_now(context)?;
    let mask = pair.mask.as_ref().map(|mask| mask.compute_now(context)).transpose()?;
    let mask = mask.filter(|mask| !pair.shrinks || any(mask));
    Ok((data, mask))
}

/// Is anything masked?
pub fn any(mask: &crate::Chunk) -> bool {
    mask.array::<bool>().is_some_and(|flags| flags.iter().any(|&flag| flag))
}

/// A lazy masked array as a value.
pub fn lazy_value(pair: Pair) -> Value {
    Value::lazy(LazyMasked::new(pair))
}

/// An eager mask as a plan.
pub fn plan(chunk: &crate::Chunk) -> Result<Array> {
    eager_array(chunk)
}
