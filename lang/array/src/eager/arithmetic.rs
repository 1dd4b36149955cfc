//! Arithmetic of single numbers: what would take longer to plan as an operation on arrays than to do.
//!
//! Only float64, int64 and bool, and only where nothing remarkable happens: `None` sends everything else (overflow, division by
//! zero, other types) the way of arrays, whose answers these are too.

use rdk_runtime::Value;
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::NumpyScalar;
use crate::scalar::Scalar;

/// The number beside one of NumPy's.
#[derive(Clone, Copy, Debug)]
pub enum Other {
    /// One of NumPy's as well.
    Strong(Scalar),
    /// One of Python's: `True`.
    Bool(bool),
    /// `2`
    Int(i64),
    /// `2.0`
    Float(f64),
}

/// Two numbers of one type.
enum Pair {
    Ints(i64, i64),
    Floats(f64, f64),
}

impl Other {
    /// The number that a value is; `None` for complex numbers, very large ones, and what is none.
    pub fn of(value: &Value) -> Option<Other> {
        match value {
            Value::Bool(flag) => Some(Other::Bool(*flag)),
            Value::Int(number) => Some(Other::Int(*number)),
            Value::Float(number) => Some(Other::Float(*number)),
            Value::Object(_) => value.get::<NumpyScalar>().map(|scalar| Other::Strong(scalar.0)),
            _ => None,
        }
    }

    /// As a real float; NaN for a complex number.
    pub fn as_f64(self) -> f64 {
        match self {
            Other::Strong(scalar) => scalar.to_value().as_f64().unwrap_or(f64::NAN),
            Other::Bool(flag) => f64::from(u8::from(flag)),
            Other::Int(number) => number as f64,
            Other::Float(number) => number,
        }
    }

    fn as_i128(self) -> Option<i128> {
        match self {
            Other::Strong(scalar) => whole(scalar),
            Other::Bool(flag) => Some(flag.into()),
            Other::Int(number) => Some(number.into()),
            Other::Float(_) => None,
        }
    }
}

fn whole(scalar: Scalar) -> Option<i128> {
    match scalar {
        Scalar::U64(number) => Some(number.into()),
        _ if scalar.dtype().is_integer() => Some(scalar.get::<i64>().into()),
        _ => None,
    }
}

/// Both in the type in which NumPy would compute, if that is int64 or float64. Two truth values are left to arrays.
fn pair(number: Scalar, other: Other) -> Option<Pair> {
    Some(match (number, other) {
        (Scalar::F64(a), Other::Float(b) | Other::Strong(Scalar::F64(b))) => Pair::Floats(a, b),
        (Scalar::I64(a), Other::Int(b) | Other::Strong(Scalar::I64(b))) => Pair::Ints(a, b),
        (Scalar::F64(a), Other::Int(b) | Other::Strong(Scalar::I64(b))) => Pair::Floats(a, b as f64),
        (Scalar::F64(a), Other::Bool(b) | Other::Strong(Scalar::Bool(b))) => Pair::Floats(a, f64::from(u8::from(b))),
        (Scalar::I64(a), Other::Float(b) | Other::Strong(Scalar::F64(b))) => Pair::Floats(a as f64, b),
        (Scalar::I64(a), Other::Bool(b) | Other::Strong(Scalar::Bool(b))) => Pair::Ints(a, b.into()),
        (Scalar::Bool(a), Other::Int(b) | Other::Strong(Scalar::I64(b))) => Pair::Ints(a.into(), b),
        (Scalar::Bool(a), Other::Float(b) | Other::Strong(Scalar::F64(b))) => Pair::Floats(f64::from(u8::from(a)), b),
        _ => return None,
    })
}

/// `number op other`, or with `reflected` `other op number`.
pub fn binary(op: BinaryOp, number: Scalar, other: Other, reflected: bool) -> Option<Scalar> {
    match pair(number, other)? {
        Pair::Ints(a, b) => {
            let (a, b) = if reflected { (b, a) } else { (a, b) };
            ints(op, a, b)
        }
        Pair::Floats(a, b) => {
            let (a, b) = if reflected { (b, a) } else { (a, b) };
            let result = floats(op, a, b)?;
            let is_plain = result.is_finite()
                || result.is_nan() && (a.is_nan() || b.is_nan())
                || result.is_infinite() && (a.is_infinite() || b.is_infinite());
            is_plain.then_some(Scalar::F64(result))
        }
    }
}

fn ints(op: BinaryOp, a: i64, b: i64) -> Option<Scalar> {
    Some(Scalar::I64(match op {
        BinaryOp::Add => a.checked_add(b)?,
        BinaryOp::Sub => a.checked_sub(b)?,
        BinaryOp::Mul => a.checked_mul(b)?,
        BinaryOp::Div if b != 0 => return Some(Scalar::F64(a as f64 / b as f64)),
        BinaryOp::FloorDiv if b != 0 => {
            let quotient = a.checked_div(b)?;
            if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
        }
        BinaryOp::Mod if b != 0 => {
            let rest = a.wrapping_rem(b);
            if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
        }
        BinaryOp::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        BinaryOp::BitXor => a ^ b,
        BinaryOp::Div
        | BinaryOp::FloorDiv
        | BinaryOp::Mod
        | BinaryOp::LeftShift
        | BinaryOp::RightShift
        | BinaryOp::MatMul => return None,
    }))
}

fn floats(op: BinaryOp, a: f64, b: f64) -> Option<f64> {
    match op {
        BinaryOp::Add => Some(a + b),
        BinaryOp::Sub => Some(a - b),
        BinaryOp::Mul => Some(a * b),
        BinaryOp::Div => Some(a / b),
        BinaryOp::Pow if b == 2.0 => Some(a * a),
        BinaryOp::Pow
        | BinaryOp::FloorDiv
        | BinaryOp::Mod
        | BinaryOp::LeftShift
        | BinaryOp::RightShift
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::MatMul => None,
    }
}

/// What sum, difference, product or power of whole numbers would be if there were room for it.
pub fn exact(op: BinaryOp, number: Scalar, other: Other, reflected: bool) -> Option<i128> {
    let (a, b) = (whole(number)?, other.as_i128()?);
    let (a, b) = if reflected { (b, a) } else { (a, b) };
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => Some(a.checked_mul(b).unwrap_or(i128::MAX)),
        _ => None,
    }
}

/// `-x`, `+x`, `~x`
pub fn unary(op: UnaryOp, number: Scalar) -> Option<Scalar> {
    match (op, number) {
        (UnaryOp::Neg, Scalar::F64(number)) => Some(Scalar::F64(-number)),
        (UnaryOp::Neg, Scalar::I64(number)) => number.checked_neg().map(Scalar::I64),
        (UnaryOp::Pos, Scalar::F64(_) | Scalar::I64(_)) => Some(number),
        (UnaryOp::Invert, Scalar::I64(number)) => Some(Scalar::I64(!number)),
        (UnaryOp::Invert, Scalar::Bool(flag)) => Some(Scalar::Bool(!flag)),
        _ => None,
    }
}

/// `number < other` and the like.
pub fn compare(op: CompareOp, number: Scalar, other: Other) -> Option<bool> {
    fn of<T: PartialOrd>(op: CompareOp, a: T, b: T) -> Option<bool> {
        Some(match op {
            CompareOp::Eq => a == b,
            CompareOp::NotEq => a != b,
            CompareOp::Less => a < b,
            CompareOp::LessEq => a <= b,
            CompareOp::Greater => a > b,
            CompareOp::GreaterEq => a >= b,
            CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => return None,
        })
    }
    match pair(number, other)? {
        Pair::Ints(a, b) => of(op, a, b),
        Pair::Floats(a, b) => of(op, a, b),
    }
}
