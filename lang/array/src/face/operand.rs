//! What users give where an array is expected, and what they get back.
//!
//! Every function is written once, on [`Array`]. Its answer stays lazy if something lazy went in; otherwise it is computed
//! at once, and is an eager array or a number.

use rdk_runtime::convert::describe;
use rdk_runtime::{Context, FromValue, Result, Value, bail, error};
use smallvec::SmallVec;

use super::applied::{Applied, Term};
use super::unsized_object::Unsized;
use crate::array::{Array, Func};
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::{DType, Weak};
use crate::eager::{self, NdArray, NumpyScalar, nested};
use crate::kernel::{BinaryFunc, CompareFunc};
use crate::scalar::Scalar;

/// An array of more bytes than this is worked at in pieces though it lies in memory.
const MOST_WHOLE: usize = 1 << 30;
/// An array of fewer bytes than this is not cut.
const SMALL: usize = 1 << 16;

/// An array, or what can become one.
#[derive(Clone)]
pub enum Operand {
    /// A lazy array.
    Lazy(Array),
    /// An eager array, nested lists, or one of NumPy's numbers.
    Eager(Chunk),
    /// One of Python's numbers: it takes the type of what it is used with.
    Number(Value),
}

impl FromValue for Operand {
    fn expected() -> &'static str {
        "an array, a number or a list of numbers"
    }

    fn from_value(value: &Value) -> Option<Operand> {
        Operand::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Operand> {
        if let Some(array) = value.get::<Unsized>() {
            return Ok(Operand::Lazy(array.0.sized()?));
        }
        if let Some(operand) = Operand::plain(value) {
            return Ok(operand);
        }
        match value {
            Value::List(_) | Value::Tuple(_) | Value::Range(_) => Operand::nested(value),
            Value::Lazy(_) if super::masked::pair::Given::of(value).is_some() => bail!(
                NotImplementedError: "this does not take lazy masked arrays";
                hint: "`da.ma.filled(x, …)` is a plain lazy array, `x.compute()` a masked array in memory"
            ),
            Value::Lazy(_) => bail!(
                TypeError: "expected {}, got {}", Operand::expected(), describe(value);
                hint: "a delayed value becomes an array by `da.from_delayed(value, shape, dtype)`"
            ),
            _ => bail!(TypeError: "expected {}, got {}", Operand::expected(), describe(value)),
        }
    }
}

impl Operand {
    /// The same, also where lengths of a lazy array have to be counted first: for what needs no lengths.
    pub fn loosely(value: &Value) -> Result<Operand> {
        match value.get::<Unsized>() {
            Some(array) => Ok(Operand::Lazy(array.0.clone())),
            None => Operand::try_from_value(value),
        }
    }

    /// An array or a number; `None` for anything that has to be turned into one.
    pub fn plain(value: &Value) -> Option<Operand> {
        if Scalar::weak(value).is_some() {
            return Some(Operand::Number(value.clone()));
        }
        if let Some(array) = value.get::<Array>() {
            return Some(Operand::Lazy(array.clone()));
        }
        if let Some(array) = value.get::<Unsized>() {
            return Some(Operand::Lazy(array.0.clone()));
        }
        if let Some(array) = value.get::<NdArray>() {
            return Some(Operand::Eager(array.chunk()));
        }
        if let Some(scalar) = value.get::<NumpyScalar>() {
            return Some(Operand::Eager(Chunk::from_scalar(scalar.0)));
        }
        let held = nested::held(value)?.ok()?;
        held.get::<NdArray>().map(|array| Operand::Eager(array.chunk()))
    }

    /// Nested lists; with lazy arrays in them the whole is lazy.
    fn nested(value: &Value) -> Result<Operand> {
        let lazy = |value: &Value| value.items().is_some_and(|items| items.iter().any(has_lazy));
        if !lazy(value) {
            return Ok(Operand::Eager(nested::chunk(value, None)?));
        }
        let items = value.items().unwrap_or_default();
        let arrays = items.iter().map(|item| Operand::try_from_value(item)?.array()).collect::<Result<Vec<_>>>()?;
        Ok(Operand::Lazy(Array::stack(&arrays, 0)?))
    }

    /// Does it stand for work not done?
    pub fn is_lazy(&self) -> bool {
        matches!(self, Operand::Lazy(_))
    }

    /// The type of its elements; that of an array of it for a plain number.
    pub fn dtype(&self) -> DType {
        match self {
            Operand::Lazy(array) => array.dtype(),
            Operand::Eager(chunk) => chunk.dtype(),
            Operand::Number(value) => natural(value).map_or(DType::I64, Scalar::dtype),
        }
    }

    /// How many axes.
    pub fn ndim(&self) -> usize {
        match self {
            Operand::Lazy(array) => array.ndim(),
            Operand::Eager(chunk) => chunk.ndim(),
            Operand::Number(_) => 0,
        }
    }

    /// As an array; a number has the type that it would have alone.
    pub fn array(&self) -> Result<Array> {
        match self {
            Operand::Lazy(array) => Ok(array.clone()),
            Operand::Eager(chunk) => eager_array(chunk),
            Operand::Number(value) => Ok(Array::scalar(natural(value)?)),
        }
    }

    /// As a lazy array whose rows along this axis are to be looked at as wholes. Those of an array in memory lie there as they are needed,
    /// if it is the last axis: cutting it and putting it together again would take longer than the work. Where the result would take
    /// much of the memory, the work is done in pieces.
    pub fn rows(&self, axis: Option<i64>) -> Result<Array> {
        match self {
            Operand::Eager(chunk) if (1..=MOST_WHOLE).contains(&chunk.n_bytes()) && chunk.ndim() > 0 => {
                let last = axis.is_some_and(|axis| axis == -1 || axis == chunk.ndim() as i64 - 1);
                match last || chunk.ndim() == 1 {
                    true => Array::from_chunk(chunk.clone(), &ChunksSpec::WHOLE),
                    false => self.array(),
                }
            }
            _ => self.array(),
        }
    }

    /// The family, if it is a plain number.
    fn weak(&self) -> Option<Weak> {
        match self {
            Operand::Number(value) => Scalar::weak(value),
            Operand::Lazy(_) | Operand::Eager(_) => None,
        }
    }

    /// As an array of this type, if it is a plain number; else as it is.
    pub fn array_beside(&self, dtype: Option<DType>) -> Result<Array> {
        self.term(dtype)?.array()
    }

    /// The same for a function of elements.
    fn term(&self, beside: Option<DType>) -> Result<Term<'_>> {
        Ok(match (self, beside) {
            (Operand::Lazy(array), _) => Term::Lazy(array),
            (Operand::Eager(chunk), _) => Term::Eager(chunk),
            (Operand::Number(value), Some(dtype)) => {
                Term::Number(Scalar::from_value_as(value, dtype).unwrap_or_else(|| natural(value))?)
            }
            (Operand::Number(value), None) => Term::Number(natural(value)?),
        })
    }
}

/// Several operands as arrays: plain numbers take the type of the arrays beside them (NEP 50).
pub fn together(operands: &[&Operand]) -> Result<Vec<Array>> {
    let dtype = common(operands);
    operands.iter().map(|operand| operand.array_beside(dtype)).collect()
}

/// The same for a function of elements.
pub fn applied<'a>(func: Func, operands: &[&'a Operand]) -> Result<Applied<'a>> {
    let dtype = common(operands);
    let terms = operands.iter().map(|operand| operand.term(dtype)).collect::<Result<SmallVec<[Term<'a>; 3]>>>()?;
    Ok(Applied::new(func, terms))
}

/// The same for a function of two elements: NEP 50's rule is about the type in which the function works, so that an integer may be too
/// large for the array's type where a float is made of both.
pub fn applied_to_two<'a>(func: BinaryFunc, left: &'a Operand, right: &'a Operand) -> Result<Applied<'a>> {
    use BinaryFunc::*;
    let operands = [left, right];
    let works_in = common(&operands).map(|dtype| match func {
        // Whatever is not zero is true.
        LogicalAnd | LogicalOr | LogicalXor => DType::Bool,
        Divide | FloatPower | Arctan2 | Hypot | Copysign | Logaddexp | Logaddexp2 | Nextafter | Heaviside => {
            func.result(dtype, dtype).map_or(dtype, |(dtype, _)| dtype)
        }
        _ => dtype,
    });
    Ok(Applied::new(Func::Binary(func), [left.term(works_in)?, right.term(works_in)?]))
}

/// The same where elements are chosen, not computed with: an integer that does not fit wraps round.
pub fn together_to_choose(operands: &[&Operand]) -> Result<Vec<Array>> {
    terms_to_choose(operands)?.iter().map(Term::array).collect()
}

fn terms_to_choose<'a>(operands: &[&'a Operand]) -> Result<SmallVec<[Term<'a>; 3]>> {
    let dtype = common(operands);
    let term = |operand: &&'a Operand| match (*operand, dtype) {
        (Operand::Number(value), Some(dtype)) => Ok(Term::Number(natural(value)?.cast(dtype))),
        (operand, _) => operand.term(None),
    };
    operands.iter().map(term).collect()
}

/// `where(condition, x, y)` with truth values.
pub fn applied_to_choose<'a>(condition: &'a Operand, x: &'a Operand, y: &'a Operand) -> Result<Applied<'a>> {
    let mut terms = terms_to_choose(&[x, y])?;
    terms.insert(0, condition.term(None)?);
    Ok(Applied::new(Func::Select, terms))
}

/// A comparison: an integer that no element can equal is above or below all of them.
pub fn applied_to_compare<'a>(func: CompareFunc, left: &'a Operand, right: &'a Operand) -> Result<Applied<'a>> {
    let dtype = common(&[left, right]);
    let term = |operand: &'a Operand| match (operand, operand.term(dtype)) {
        (Operand::Number(value @ (Value::Int(_) | Value::BigInt(_))), Err(_))
            if dtype.is_none_or(|dtype| dtype.integer_range().is_some()) =>
        {
            let below = value.repr().starts_with('-');
            Ok(Term::Number(Scalar::F64(if below { f64::NEG_INFINITY } else { f64::INFINITY })))
        }
        (_, term) => term,
    };
    Ok(Applied::new(Func::Compare(func), [term(left)?, term(right)?]))
}

/// The types of operands, those of plain numbers as they are beside the others.
pub fn dtypes_together(operands: &[&Operand]) -> Vec<DType> {
    let beside = common(operands);
    let dtype = |operand: &&Operand| operand.weak().and(beside).unwrap_or_else(|| operand.dtype());
    operands.iter().map(dtype).collect()
}

/// The type of plain numbers beside arrays; `None` if there are no arrays.
fn common(operands: &[&Operand]) -> Option<DType> {
    let strong = operands.iter().filter(|operand| operand.weak().is_none()).map(|operand| operand.dtype());
    let weak = operands.iter().filter_map(|operand| operand.weak());
    let strong = strong.reduce(DType::promote)?;
    DType::result_type([strong], weak)
}

/// A number in the type that it has alone.
fn natural(value: &Value) -> Result<Scalar> {
    Scalar::from_value(value).unwrap_or_else(|| Err(error!(TypeError: "expected a number, got {}", describe(value))))
}

/// What is written into an array in memory of this type: plain numbers, also those in lists, have to fit it, arrays are cast.
pub fn values_for(context: &Context, value: &Value, dtype: DType) -> Result<Chunk> {
    match Operand::plain(value) {
        Some(operand @ (Operand::Lazy(_) | Operand::Eager(_))) => {
            Ok(operand.array()?.compute_now(context)?.cast(dtype))
        }
        _ if has_lazy(value) => Ok(Operand::try_from_value(value)?.array()?.compute_now(context)?.cast(dtype)),
        _ => Ok(nested::written(value, dtype)?.cast(dtype)),
    }
}

/// Is there a lazy value in it, however deep in lists?
pub fn has_lazy(value: &Value) -> bool {
    match value {
        Value::Lazy(_) => true,
        Value::List(_) | Value::Tuple(_) => value.items().is_some_and(|items| items.iter().any(has_lazy)),
        _ => false,
    }
}

/// An array in memory as one that operations take.
pub fn eager_array(chunk: &Chunk) -> Result<Array> {
    if chunk.ndim() == 0
        && let Some(scalar) = chunk.get(&[])
    {
        return Ok(Array::scalar(scalar));
    }
    // What is small is one chunk, whatever the settings say of chunks: to ask them takes longer than to work on it.
    let spec = match chunk.n_bytes() {
        0..SMALL => ChunksSpec::WHOLE,
        _ => ChunksSpec::AUTO,
    };
    Array::from_chunk(chunk.clone(), &spec)
}

/// A lazy array as a value.
pub fn lazy_value(array: Array) -> Value {
    if array.is_sized() { Value::lazy(array) } else { Value::lazy(Unsized(array)) }
}

/// An array as a parameter of functions that need no lengths.
pub struct Loose(pub Operand);

impl FromValue for Loose {
    fn expected() -> &'static str {
        Operand::expected()
    }

    fn from_value(value: &Value) -> Option<Loose> {
        Operand::loosely(value).ok().map(Loose)
    }

    fn try_from_value(value: &Value) -> Result<Loose> {
        Operand::loosely(value).map(Loose)
    }
}

impl std::ops::Deref for Loose {
    type Target = Operand;

    fn deref(&self) -> &Operand {
        &self.0
    }
}

/// What the array of a method passes through that needs its lengths: they are counted now, if they have to be.
pub fn counted(value: Value) -> Result<Value> {
    match value.get::<Unsized>() {
        Some(array) => Ok(Value::lazy(array.0.sized()?)),
        None => Ok(value),
    }
}

/// What a function answers with: the array itself if that is to be lazy, else what it computes to.
pub fn answer(context: &Context, array: Array, lazy: bool) -> Result<Value> {
    if lazy { Ok(lazy_value(array)) } else { Ok(eager::value(array.compute_now(context)?)) }
}

/// What the argument of a function that `da` lends from `np` passes through: arrays in memory become lazy.
pub fn make_lazy(value: Value) -> Result<Value> {
    match &value {
        Value::List(_) | Value::Tuple(_) => {
            let items = value.items().unwrap_or_default();
            // A list of arrays stays a list: `stack` and its like want several.
            let is_array =
                |item: &Value| item.get::<NdArray>().is_some() || super::masked::pair::Given::of(item).is_some();
            if items.iter().any(|item| has_lazy(item) || is_array(item)) {
                let items = items.into_iter().map(make_lazy).collect::<Result<Vec<_>>>()?;
                return Ok(if matches!(value, Value::Tuple(_)) { Value::tuple(items) } else { Value::list(items) });
            }
            match Operand::from_value(&value) {
                Some(operand) => Ok(Value::lazy(operand.array()?)),
                None => Ok(value),
            }
        }
        _ if value.get::<Unsized>().is_some() => Ok(value),
        _ if super::masked::pair::Given::of(&value).is_some() => super::masked::make_lazy(value),
        _ => match Operand::plain(&value) {
            Some(operand) => Ok(Value::lazy(operand.array()?)),
            None => Ok(value),
        },
    }
}
