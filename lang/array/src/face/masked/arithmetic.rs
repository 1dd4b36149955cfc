//! Operators and functions of elements: what is masked in an operand is masked in the result, and keeps the element that was there.

use rdk_runtime::{Context, Result, Value};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::pair::{Given, Pair, answer, either};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::{Casting, DType};
use crate::face::operand::Operand;
use crate::face::operators::{self, ufunc_name};
use crate::kernel::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::scalar::Scalar;

/// `-x`, `~x`
pub fn unary_operator(context: &Context, op: UnaryOp, this: &Given) -> Option<Result<Value>> {
    let func = match op {
        UnaryOp::Neg => UnaryFunc::Negative,
        UnaryOp::Pos => UnaryFunc::Positive,
        UnaryOp::Invert => UnaryFunc::Invert,
        UnaryOp::Not => return None,
    };
    Some(of_one(func, this).and_then(|pair| answer(context, pair, this.is_lazy())))
}

/// `this + other`, or with `reflected` `other + this`.
pub fn operator(
    context: &Context,
    op: BinaryOp,
    this: &Given,
    other: &Value,
    reflected: bool,
) -> Option<Result<Value>> {
    let other = match other_side(other)? {
        Ok(other) => other,
        Err(error) => return Some(Err(error)),
    };
    let (left, right) = if reflected { (&other, this) } else { (this, &other) };
    let lazy = left.is_lazy() || right.is_lazy();
    Some(operated(op, left, right).and_then(|pair| answer(context, pair, lazy)))
}

fn operated(op: BinaryOp, left: &Given, right: &Given) -> Result<Pair> {
    match op {
        BinaryOp::Pow => power(left, right),
        BinaryOp::MatMul => super::reduce::product(left, right),
        // NumPy has these from plain arrays, where plain numbers take the type of the array beside them.
        BinaryOp::Mod
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::LeftShift
        | BinaryOp::RightShift => {
            let result = operators::operate(op, &left.data, &right.data)?;
            computed(ufunc_name(op), result, left, right)
        }
        _ => {
            let result = operators::operate(op, &strong(left)?, &strong(right)?)?;
            combined(ufunc_name(op), result, left, right)
        }
    }
}

/// Beside a masked array plain numbers have the type that they have alone.
fn strong(given: &Given) -> Result<Operand> {
    Ok(match &given.data {
        Operand::Number(value) => Operand::Eager(crate::eager::nested::chunk(value, None)?),
        other => other.clone(),
    })
}

/// What stands beside a masked array; `None` for what no array can be used with.
fn other_side(value: &Value) -> Option<Result<Given>> {
    use rdk_runtime::FromValue;
    if let Some(given) = Given::of(value) {
        return Some(Ok(given));
    }
    match value {
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => Some(Given::try_from_value(value)),
        _ => Operand::plain(value).map(|data| Ok(Given { data, mask: None, fill: None, is_masked: false })),
    }
}

/// The result of a function of `numpy`: under the masks stands what it came to, and 1 where a division has no result.
fn computed(name: &str, result: Array, left: &Given, right: &Given) -> Result<Pair> {
    let masked = either(left.mask.as_ref(), right.mask.as_ref())?;
    let outside = divided_by_nothing(name, left, right)?;
    let fill = if left.is_masked { left.fill } else { right.fill };
    let data = match outside.as_ref() {
        Some(outside) => outside.select(&Array::scalar(Scalar::one(result.dtype())), &result)?.named(name),
        None => result,
    };
    Ok(Pair { shrinks: true, ..Pair::under(data, either(masked.as_ref(), outside.as_ref())?, fill)? })
}

/// Where a division is by nothing, or nearly; `None` for other functions.
fn divided_by_nothing(name: &str, left: &Given, right: &Given) -> Result<Option<Array>> {
    if !matches!(name, "divide" | "true_divide" | "floor_divide" | "remainder" | "mod" | "fmod") {
        return Ok(None);
    }
    let size =
        |given: &Given| Ok::<_, rdk_runtime::Error>(given.data.array()?.unary(UnaryFunc::Absolute)?.cast(DType::F64));
    let least = size(left)?.binary(BinaryFunc::Multiply, &Array::scalar(Scalar::F64(f64::MIN_POSITIVE)))?;
    least.compare(CompareFunc::GreaterEqual, &size(right)?).map(Some)
}

/// The result of a function of two, under the masks of both; there stands what the left side has.
fn combined(name: &str, result: Array, left: &Given, right: &Given) -> Result<Pair> {
    let mut mask = either(left.mask.as_ref(), right.mask.as_ref())?;
    let a = left.data.array()?;
    let outside = divided_by_nothing(name, left, right)?;
    if outside.is_some() {
        mask = either(mask.as_ref(), either(not_finite(&result)?.as_ref(), outside.as_ref())?.as_ref())?;
    }
    let keeps = outside.is_none() || a.dtype().can_cast(result.dtype(), Casting::Safe);
    let kept = if keeps { a } else { Array::scalar(Scalar::zero(result.dtype())) };
    let fill = if left.is_masked { left.fill } else { right.fill };
    kept_under(result, &kept, mask, fill)
}

/// A result in which masked places keep other elements.
fn kept_under(result: Array, kept: &Array, mask: Option<Array>, fill: Option<Scalar>) -> Result<Pair> {
    let mut pair = Pair::under(result, mask, fill)?;
    if let Some(mask) = &pair.mask {
        let name = pair.data.layer().clone();
        pair.data =
            mask.select(&kept.cast(pair.data.dtype()).broadcast_to(pair.data.shape())?, &pair.data)?.named(&name);
    }
    Ok(pair)
}

/// Where elements are no finite numbers; `None` for types that have no others.
fn not_finite(array: &Array) -> Result<Option<Array>> {
    match array.dtype().is_float() || array.dtype().is_complex() {
        true => Ok(Some(array.unary(UnaryFunc::IsFinite)?.unary(UnaryFunc::LogicalNot)?)),
        false => Ok(None),
    }
}

/// Powers; what is no finite number is masked.
fn power(left: &Given, right: &Given) -> Result<Pair> {
    let result = operators::binary(BinaryFunc::Power, &strong(left)?, &strong(right)?)?.array()?.named("pow");
    let mask = either(left.mask.as_ref(), right.mask.as_ref())?;
    let fill = if left.is_masked { left.fill } else { None };
    let Pair { mut data, mask, .. } = kept_under(result, &left.data.array()?, mask, fill)?;
    let invalid = not_finite(&data)?;
    if let Some(invalid) = &invalid {
        let fill = fill.unwrap_or_else(|| super::pair::default_fill(data.dtype()));
        data = invalid.select(&Array::scalar(fill.cast(data.dtype())), &data)?.named("pow");
    }
    let shrinks = mask.is_none();
    Ok(Pair { mask: either(mask.as_ref(), invalid.as_ref())?, data, fill, shrinks })
}

/// A function of each element. Where it is not defined the result is masked.
fn of_one(func: UnaryFunc, x: &Given) -> Result<Pair> {
    let array = x.data.array()?;
    let mut result = array.unary(func)?;
    // There always is a mask, as of NumPy's own functions.
    let mut mask = x.pair()?.mask_array()?;
    if let Some(outside) = outside(func, &array)? {
        // What was masked before stands outside as well.
        let outside = either(Some(&outside), x.mask.as_ref())?.unwrap_or(outside);
        let with = if matches!(func, UnaryFunc::Log | UnaryFunc::Log2 | UnaryFunc::Log10 | UnaryFunc::Arccosh) {
            1.0
        } else {
            0.0
        };
        result = outside.select(&Array::scalar(Scalar::F64(with).cast(result.dtype())), &result)?.named(func.name());
        mask = mask.binary(BinaryFunc::LogicalOr, &outside)?;
    }
    Pair::under(result, Some(mask), x.fill)
}

/// Where a function is not defined; `None` if it is everywhere.
fn outside(func: UnaryFunc, x: &Array) -> Result<Option<Array>> {
    let than = |compare, bound: f64| x.compare(compare, &Array::scalar(Scalar::F64(bound)));
    let beyond = |low: f64, high: f64| {
        than(CompareFunc::Greater, high)?.binary(BinaryFunc::LogicalOr, &than(CompareFunc::Less, low)?)
    };
    if x.dtype().is_complex() {
        return Ok(None);
    }
    Ok(Some(match func {
        UnaryFunc::Sqrt => than(CompareFunc::Less, 0.0)?,
        UnaryFunc::Log | UnaryFunc::Log2 | UnaryFunc::Log10 => than(CompareFunc::LessEqual, 0.0)?,
        UnaryFunc::Arcsin | UnaryFunc::Arccos => beyond(-1.0, 1.0)?,
        UnaryFunc::Arccosh => than(CompareFunc::Less, 1.0)?,
        UnaryFunc::Arctanh => beyond(-1.0 + 1e-15, 1.0 - 1e-15)?,
        UnaryFunc::Tan => {
            let cosine = x.unary(UnaryFunc::Cos)?.unary(UnaryFunc::Absolute)?;
            cosine.compare(CompareFunc::Less, &Array::scalar(Scalar::F64(1e-35)))?
        }
        _ => return Ok(None),
    }))
}

/// `this < other` and the like.
pub fn comparison(context: &Context, op: CompareOp, this: &Given, other: &Value) -> Option<Result<Value>> {
    let (func, layer) = match op {
        CompareOp::Eq => (CompareFunc::Equal, "eq"),
        CompareOp::NotEq => (CompareFunc::NotEqual, "ne"),
        CompareOp::Less => (CompareFunc::Less, "lt"),
        CompareOp::LessEq => (CompareFunc::LessEqual, "le"),
        CompareOp::Greater => (CompareFunc::Greater, "gt"),
        CompareOp::GreaterEq => (CompareFunc::GreaterEqual, "ge"),
        CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => return None,
    };
    let other = match other_side(other)? {
        Ok(other) => other,
        Err(error) => return Some(Err(error)),
    };
    let lazy = this.is_lazy() || other.is_lazy();
    Some(compared(func, layer, this, &other).and_then(|pair| answer(context, pair, lazy)))
}

fn compared(func: CompareFunc, layer: &str, this: &Given, other: &Given) -> Result<Pair> {
    let mut data = operators::compare(func, &this.data, &other.data)?.array()?.named(layer);
    let mask = either(this.mask.as_ref(), other.mask.as_ref())?;
    if let (Some(mask), CompareFunc::Equal | CompareFunc::NotEqual) = (&mask, func) {
        // Under the mask the masks are compared.
        let no = Array::scalar(Scalar::Bool(false));
        let flags = |given: &Given| given.mask.clone().unwrap_or_else(|| no.clone());
        let masks = flags(this).compare(func, &flags(other))?;
        let (mask, masks) = (mask.broadcast_to(data.shape())?, masks.broadcast_to(data.shape())?);
        data = mask.select(&masks, &data)?.named(layer);
    }
    let fill = this.fill.map(|fill| fill.cast(DType::Bool));
    Ok(Pair { shrinks: true, ..Pair::under(data, mask, fill)? })
}

/// A function of `numpy` of each element, where something masked is among its arguments: `np.sqrt(x)`.
pub fn function(context: &Context, name: &str, args: &[Value]) -> Option<Result<Value>> {
    use rdk_runtime::FromValue;
    let is_mine = |value: &Value| Given::of(value).is_some();
    if !args.iter().any(is_mine) {
        return None;
    }
    Some(match args {
        [x] => {
            let func = UnaryFunc::from_name(name)?;
            Given::try_from_value(x).and_then(|x| answer(context, of_one(func, &x)?, x.is_lazy()))
        }
        [x1, x2] => (|| {
            let (x1, x2) = (Given::try_from_value(x1)?, Given::try_from_value(x2)?);
            let result = match (BinaryFunc::from_name(name), CompareFunc::from_name(name)) {
                (Some(BinaryFunc::Power), _) => return answer(context, power(&x1, &x2)?, x1.is_lazy() || x2.is_lazy()),
                (Some(func), _) => operators::binary(func, &x1.data, &x2.data)?.array()?,
                (None, Some(func)) => operators::compare(func, &x1.data, &x2.data)?.array()?,
                (None, None) => rdk_runtime::bail!(
                    NotImplementedError: "{name}() does not take masked arrays"; hint: "`x.filled(…)` is a plain array"
                ),
            };
            answer(context, computed(name, result.named(name), &x1, &x2)?, x1.is_lazy() || x2.is_lazy())
        })(),
        _ => return None,
    })
}

/// The opposite of truth values in memory.
pub fn not_chunk(flags: &Chunk) -> Chunk {
    Chunk::from_vec(flags.shape(), flags.to_vec::<bool>().into_iter().map(|flag| !flag).collect())
}
