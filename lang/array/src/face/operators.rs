//! Operators between arrays, numbers and lists.

use rdk_runtime::{Context, Result, Value, bail};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::applied::Applied;
use super::faults;
use super::operand::{Operand, answer, applied, applied_to_compare, applied_to_two, dtypes_together};
use crate::array::{Array, Func};
use crate::dtype::DType;
use crate::eager::NdArray;
use crate::kernel::{BinaryFunc, CompareFunc, Source, UnaryFunc};
use crate::scalar::Scalar;

/// `-x`, `+x`, `~x`
pub fn unary_operator(context: &Context, op: UnaryOp, this: Operand) -> Option<Result<Value>> {
    let (func, layer) = match op {
        UnaryOp::Neg => (UnaryFunc::Negative, "neg"),
        UnaryOp::Pos => (UnaryFunc::Positive, "pos"),
        UnaryOp::Invert => (UnaryFunc::Invert, "invert"),
        UnaryOp::Not => return None,
    };
    Some(applied(Func::Unary(func), &[&this]).and_then(|made| made.named(layer).answer(context, this.is_lazy())))
}

/// `this + other`, or with `reflected` `other + this`; `None` if the other side is nothing that an array can be used with.
pub fn operator_of(
    context: &Context,
    op: BinaryOp,
    this: Operand,
    other: &Value,
    reflected: bool,
) -> Option<Result<Value>> {
    let other = match operand(other)? {
        Ok(other) => other,
        Err(error) => return Some(Err(error)),
    };
    let lazy = this.is_lazy() || other.is_lazy();
    let (left, right) = if reflected { (&other, &this) } else { (&this, &other) };
    let result = operated(context, op, left, right, lazy);
    Some(result.and_then(|result| {
        if !lazy {
            // A square is found by another function, and goes by its name.
            let is_square =
                op == BinaryOp::Pow && matches!(right, Operand::Number(number) if number.as_f64() == Some(2.0));
            let name = if is_square { "square" } else { ufunc_name(op) };
            faults::of_arrays(context, name, &[left, right], None, &result)?;
        }
        Ok(result)
    }))
}

/// The same for arrays in memory one of which shows elements in several places, which are read where they lie. `None` where none does, or
/// where there may be something to warn of, so that each element has to be looked at.
pub fn operator_over(
    context: &Context,
    op: BinaryOp,
    this: &NdArray,
    other: &Value,
    reflected: bool,
) -> Option<Result<Value>> {
    let (this, other) = over(this, other)?;
    let (left, right) = if reflected { (&other, &this) } else { (&this, &other) };
    let result = operated(context, op, left, right, false);
    let says_nothing = |result: &Value| faults::says_nothing(ufunc_name(op), result);
    result.as_ref().is_ok_and(says_nothing).then_some(result)
}

/// A comparison of such arrays.
pub fn comparison_over(context: &Context, op: CompareOp, this: &NdArray, other: &Value) -> Option<Result<Value>> {
    let (func, layer) = comparison(op)?;
    let (this, other) = over(this, other)?;
    Some(compare(func, &this, &other).and_then(|made| made.named(layer).answer(context, false)))
}

/// Both, if neither is lazy, and one of them is such an array.
fn over(this: &NdArray, other: &Value) -> Option<(Operand, Operand)> {
    let own = this.overlapping();
    let others = other.get::<NdArray>().and_then(NdArray::overlapping);
    if own.is_none() && others.is_none() {
        return None;
    }
    let other = match others {
        Some((array, _)) => Operand::Lazy(array),
        None => operand(other)?.ok().filter(|other| !other.is_lazy())?,
    };
    Some((own.map_or_else(|| Operand::Eager(this.chunk()), |(array, _)| Operand::Lazy(array)), other))
}

/// The same for two numbers, of which the caller knows what to warn of.
pub fn of_numbers(
    context: &Context,
    op: BinaryOp,
    this: Operand,
    other: &Value,
    reflected: bool,
) -> Option<Result<Value>> {
    let other = Operand::plain(other)?;
    let (left, right) = if reflected { (&other, &this) } else { (&this, &other) };
    Some(operated(context, op, left, right, false))
}

/// `this < other` and the like.
pub fn comparison_of(context: &Context, op: CompareOp, this: Operand, other: &Value) -> Option<Result<Value>> {
    let (func, layer) = comparison(op)?;
    let other = match operand(other) {
        Some(Ok(other)) => other,
        Some(Err(error)) => return Some(Err(error)),
        None => return unlike(context, op, &this, other, layer),
    };
    let lazy = this.is_lazy() || other.is_lazy();
    Some(compare(func, &this, &other).and_then(|made| made.named(layer).answer(context, lazy)))
}

/// What an operator compares with, and Dask's name for it.
fn comparison(op: CompareOp) -> Option<(CompareFunc, &'static str)> {
    Some(match op {
        CompareOp::Eq => (CompareFunc::Equal, "eq"),
        CompareOp::NotEq => (CompareFunc::NotEqual, "ne"),
        CompareOp::Less => (CompareFunc::Less, "lt"),
        CompareOp::LessEq => (CompareFunc::LessEqual, "le"),
        CompareOp::Greater => (CompareFunc::Greater, "gt"),
        CompareOp::GreaterEq => (CompareFunc::GreaterEqual, "ge"),
        CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => return None,
    })
}

/// Compared with something that is no number, such as `None` or text: every element is unlike it, and none is less.
fn unlike(
    context: &Context,
    op: CompareOp,
    this: &Operand,
    other: &Value,
    layer: &'static str,
) -> Option<Result<Value>> {
    if matches!(other, Value::Object(_) | Value::Lazy(_)) {
        return None;
    }
    let differs = match op {
        CompareOp::Eq => false,
        CompareOp::NotEq => true,
        _ => {
            let (symbol, dtype, class) = (op.symbol(), this.dtype(), other.class().name);
            return Some((|| {
                bail!(
                    TypeError: "'{symbol}' not supported between instances of '{dtype}' and '{class}'";
                    hint: "the elements of the array are numbers"
                )
            })());
        }
    };
    Some(this.array().and_then(|array| {
        let source = Source::Full(Scalar::Bool(differs));
        answer(context, Array::source_on(layer, source, array.chunks().clone()), this.is_lazy())
    }))
}

/// A comparison of elements.
pub fn compare<'a>(func: CompareFunc, left: &'a Operand, right: &'a Operand) -> Result<Applied<'a>> {
    applied_to_compare(func, left, right)
}

/// A function of two elements.
pub fn binary<'a>(func: BinaryFunc, left: &'a Operand, right: &'a Operand) -> Result<Applied<'a>> {
    match func {
        BinaryFunc::Power => power(left, right),
        _ => applied_to_two(func, left, right),
    }
}

/// NumPy's name for what an operator does.
pub fn ufunc_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "subtract",
        BinaryOp::Mul => "multiply",
        BinaryOp::MatMul => "matmul",
        BinaryOp::Div => "divide",
        BinaryOp::FloorDiv => "floor_divide",
        BinaryOp::Mod => "remainder",
        BinaryOp::Pow => "power",
        BinaryOp::LeftShift => "left_shift",
        BinaryOp::RightShift => "right_shift",
        BinaryOp::BitOr => "bitwise_or",
        BinaryOp::BitXor => "bitwise_xor",
        BinaryOp::BitAnd => "bitwise_and",
    }
}

/// What an operator makes.
pub fn operate(op: BinaryOp, left: &Operand, right: &Operand) -> Result<Array> {
    match operator(op, left, right)? {
        Some(made) => made.array(),
        None => left.array()?.matmul(&right.array()?),
    }
}

/// The same as a value.
fn operated(context: &Context, op: BinaryOp, left: &Operand, right: &Operand, lazy: bool) -> Result<Value> {
    match operator(op, left, right)? {
        Some(made) => made.answer(context, lazy),
        None => answer(context, left.array()?.matmul(&right.array()?)?, lazy),
    }
}

/// What an operator does with elements, under Dask's name for it; `None` for a product of matrices.
fn operator<'a>(op: BinaryOp, left: &'a Operand, right: &'a Operand) -> Result<Option<Applied<'a>>> {
    let (func, layer) = match op {
        BinaryOp::Add => (BinaryFunc::Add, "add"),
        BinaryOp::Sub => (BinaryFunc::Subtract, "sub"),
        BinaryOp::Mul => (BinaryFunc::Multiply, "mul"),
        BinaryOp::MatMul => return Ok(None),
        BinaryOp::Div => (BinaryFunc::Divide, "truediv"),
        BinaryOp::FloorDiv => (BinaryFunc::FloorDivide, "floordiv"),
        BinaryOp::Mod => (BinaryFunc::Remainder, "mod"),
        BinaryOp::Pow => (BinaryFunc::Power, "pow"),
        BinaryOp::LeftShift => (BinaryFunc::LeftShift, "lshift"),
        BinaryOp::RightShift => (BinaryFunc::RightShift, "rshift"),
        BinaryOp::BitOr => (BinaryFunc::BitwiseOr, "or_"),
        BinaryOp::BitXor => (BinaryFunc::BitwiseXor, "xor"),
        BinaryOp::BitAnd => (BinaryFunc::BitwiseAnd, "and_"),
    };
    // NumPy's operator squares truth values in int8, where `np.power` takes them as whole numbers.
    if let (BinaryOp::Pow, Operand::Number(Value::Int(2)), DType::Bool) = (op, right, left.dtype())
        && !matches!(left, Operand::Number(_))
    {
        return Ok(Some(applied(Func::Unary(UnaryFunc::Square), &[left])?.named(layer)));
    }
    Ok(Some(binary(func, left, right)?.named(layer)))
}

/// Powers: a few exponents have a shorter way, and integers have no negative ones.
fn power<'a>(base: &'a Operand, exponent: &'a Operand) -> Result<Applied<'a>> {
    let (dtype, number) = match exponent {
        Operand::Number(value) => (base.dtype(), value.as_f64()),
        Operand::Lazy(_) | Operand::Eager(_) => (DType::Bool, None),
    };
    let inexact = dtype.is_float() || dtype.is_complex();
    if let Operand::Number(_) = base {
    } else {
        match number {
            Some(2.0) if inexact || dtype.is_integer() && matches!(exponent, Operand::Number(Value::Int(_))) => {
                return applied(Func::Unary(UnaryFunc::Square), &[base]);
            }
            Some(0.5) if dtype.is_float() => return applied(Func::Unary(UnaryFunc::Sqrt), &[base]),
            Some(-1.0) if dtype.is_float() => return applied(Func::Unary(UnaryFunc::Reciprocal), &[base]),
            _ => {}
        }
    }
    let dtypes = dtypes_together(&[base, exponent]);
    let whole = dtypes.iter().all(|dtype| dtype.is_integer() || *dtype == DType::Bool);
    let negative = match exponent {
        Operand::Number(value) => value.as_f64().is_some_and(|number| number < 0.0),
        Operand::Eager(chunk) if whole => {
            chunk.scalars().any(|scalar| scalar.get::<i64>() < 0 && chunk.dtype() != DType::U64)
        }
        Operand::Lazy(_) | Operand::Eager(_) => false,
    };
    if whole && negative {
        bail!("Integers to negative integer powers are not allowed."; hint: "make them floats: `x.astype(float) ** …`");
    }
    applied(Func::Binary(BinaryFunc::Power), &[base, exponent])
}

/// An operand of an operator: no text, dicts and the like.
fn operand(value: &Value) -> Option<Result<Operand>> {
    use rdk_runtime::FromValue;
    // Masked arrays have their own ways: the other side is asked.
    if super::masked::pair::Given::of(value).is_some() {
        return None;
    }
    match value {
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => Some(Operand::try_from_value(value)),
        // So have things that come before arrays.
        Value::Object(object) if object.comes_first() => None,
        _ => Operand::plain(value).map(Ok),
    }
}
