//! `==`, `<` and their kin, `is`, `in`.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::BigInt;
use rdk_syntax::tree::CompareOp;

use super::{door, length, truth};
use crate::context::Context;
use crate::error::Result;
use crate::evaluate::iterate;
use crate::hash::address;
use crate::value::{HashKey, Value};
use crate::{bail, error};

/// `left op right`
pub fn compare(context: &Context, op: CompareOp, left: &Value, right: &Value) -> Result<Value> {
    match op {
        CompareOp::Is => return Ok(Value::Bool(same(left, right))),
        CompareOp::IsNot => return Ok(Value::Bool(!same(left, right))),
        CompareOp::In => return Ok(Value::Bool(contains(context, right, left)?)),
        CompareOp::NotIn => return Ok(Value::Bool(!contains(context, right, left)?)),
        CompareOp::Eq
        | CompareOp::NotEq
        | CompareOp::Less
        | CompareOp::LessEq
        | CompareOp::Greater
        | CompareOp::GreaterEq => {}
    }
    if let Some(answer) = numbers(op, left, right) {
        return Ok(Value::Bool(answer));
    }
    if let Some(answer) = doors(context, op, left, right) {
        return answer;
    }
    match op {
        CompareOp::Eq => Ok(Value::Bool(plain_equal(context, left, right)?)),
        CompareOp::NotEq => Ok(Value::Bool(!plain_equal(context, left, right)?)),
        _ => order(context, op, left, right).map(Value::Bool),
    }
}

/// What objects and lazy values say; `None` if neither side has to do with it.
fn doors(context: &Context, op: CompareOp, left: &Value, right: &Value) -> Option<Result<Value>> {
    let lazy_right = matches!(right, Value::Lazy(_)) && !matches!(left, Value::Lazy(_));
    if lazy_right && let Some(answer) = door(right).and_then(|object| object.compare(context, op.mirrored(), left)) {
        return Some(answer);
    }
    if let Some(answer) = door(left).and_then(|object| object.compare(context, op, right)) {
        return Some(answer);
    }
    if let Some(answer) = door(right).and_then(|object| object.compare(context, op.mirrored(), left)) {
        return Some(answer);
    }
    let (left, right) = super::plain_numbers(left, right)?;
    numbers(op, &left, &right).map(|answer| Ok(Value::Bool(answer)))
}

/// Does this order make the comparison true?
pub(crate) fn accepts(op: CompareOp, order: Ordering) -> bool {
    match op {
        CompareOp::Eq => order == Ordering::Equal,
        CompareOp::NotEq => order != Ordering::Equal,
        CompareOp::Less => order == Ordering::Less,
        CompareOp::LessEq => order != Ordering::Greater,
        CompareOp::Greater => order == Ordering::Greater,
        CompareOp::GreaterEq => order != Ordering::Less,
        CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => false,
    }
}

/// Two numbers, exactly; `None` if they are not both numbers, or complex ones that have no order.
fn numbers(op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
    let order = match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Bool(a), _) => return numbers(op, &Value::Int(i64::from(*a)), right),
        (_, Value::Bool(b)) => return numbers(op, left, &Value::Int(i64::from(*b))),
        (Value::Int(a), Value::Float(b)) => int_float(*a, *b),
        (Value::Float(a), Value::Int(b)) => int_float(*b, *a).map(Ordering::reverse),
        (Value::BigInt(a), Value::BigInt(b)) => Some(a.cmp(b)),
        (Value::BigInt(a), Value::Int(b)) => Some((**a).cmp(&BigInt::from(*b))),
        (Value::Int(a), Value::BigInt(b)) => Some(BigInt::from(*a).cmp(b)),
        (Value::BigInt(a), Value::Float(b)) => big_float(a, *b),
        (Value::Float(a), Value::BigInt(b)) => big_float(b, *a).map(Ordering::reverse),
        (Value::Complex(a), Value::Complex(b)) => return complex(op, a == b),
        (Value::Complex(a), other) | (other, Value::Complex(a)) => {
            let real = Value::Float(a.re);
            let equal = numbers(CompareOp::Eq, &real, other)?;
            return complex(op, a.im == 0.0 && equal);
        }
        _ => return None,
    };
    Some(match order {
        Some(order) => accepts(op, order),
        // Not a number: unequal to everything.
        None => op == CompareOp::NotEq,
    })
}

fn complex(op: CompareOp, equal: bool) -> Option<bool> {
    match op {
        CompareOp::Eq => Some(equal),
        CompareOp::NotEq => Some(!equal),
        _ => None,
    }
}

fn int_float(a: i64, b: f64) -> Option<Ordering> {
    if a.unsigned_abs() <= 1 << 53 {
        return (a as f64).partial_cmp(&b);
    }
    if b.is_nan() {
        return None;
    }
    // Outside i64 the sign decides; inside, whole parts are compared, then what is behind the point.
    if b >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if b < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    Some(a.cmp(&(whole as i64)).then(0.0f64.partial_cmp(&(b - whole)).unwrap_or(Ordering::Equal)))
}

fn big_float(a: &BigInt, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b.is_infinite() {
        return Some(if b > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = num_traits::FromPrimitive::from_f64(b.trunc()).unwrap_or_else(BigInt::default);
    Some(a.cmp(&whole).then(0.0f64.partial_cmp(&b.fract()).unwrap_or(Ordering::Equal)))
}

/// `left == right` as one answer, as containers ask it of their items: the same object is equal to itself.
pub fn equal(context: &Context, left: &Value, right: &Value) -> Result<bool> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => return Ok(a == b),
        (Value::Str(a), Value::Str(b)) => return Ok(a == b),
        _ => {}
    }
    if same(left, right) {
        return Ok(true);
    }
    let answer = compare(context, CompareOp::Eq, left, right)?;
    truth(context, &answer)
}

/// `left < right` as one answer: what sorting asks.
pub fn less(context: &Context, left: &Value, right: &Value) -> Result<bool> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Ok(a < b),
        (Value::Str(a), Value::Str(b)) => Ok(a < b),
        _ => truth(context, &compare(context, CompareOp::Less, left, right)?),
    }
}

/// `left is right`. Floats have no address: those of the same bits are the same, and each `float("nan")` has its own.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Complex(a), Value::Complex(b)) => a.re.to_bits() == b.re.to_bits() && a.im.to_bits() == b.im.to_bits(),
        // Classes that a room makes anew at each look are the same by name.
        (Value::Class(a), Value::Class(b)) => {
            let made_anew = a.own.is_none() && b.own.is_none() && a.name == b.name && a.module == b.module;
            Arc::ptr_eq(a, b) || made_anew
        }
        (Value::Tuple(a), Value::Tuple(b)) if a.is_empty() && b.is_empty() => true,
        _ => {
            std::mem::discriminant(left) == std::mem::discriminant(right)
                && address(left) != 0
                && address(left) == address(right)
        }
    }
}

/// Equality of plain values of which at least one is not a number.
fn plain_equal(context: &Context, left: &Value, right: &Value) -> Result<bool> {
    match (left, right) {
        (Value::Str(a), Value::Str(b)) => Ok(a == b),
        (Value::Bytes(a), Value::Bytes(b)) => Ok(a == b),
        (Value::List(a), Value::List(b)) => {
            if Arc::ptr_eq(a, b) {
                return Ok(true);
            }
            let (a, b) = (a.snapshot(), b.snapshot());
            context.nested(|| all_equal(context, &a, &b))
        }
        (Value::Tuple(a), Value::Tuple(b)) => context.nested(|| all_equal(context, a, b)),
        (Value::Dict(a), Value::Dict(b)) => {
            if Arc::ptr_eq(a, b) {
                return Ok(true);
            }
            let mine: Vec<(HashKey, Value)> = a.0.lock().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            let theirs = b.0.lock().clone();
            if mine.len() != theirs.len() {
                return Ok(false);
            }
            context.nested(|| {
                for (key, value) in &mine {
                    match theirs.get(key) {
                        Some(other) if equal(context, value, other)? => {}
                        _ => return Ok(false),
                    }
                }
                Ok(true)
            })
        }
        (Value::Set(a), Value::Set(b)) => {
            let (a, b) = (a.items.lock().clone(), b.items.lock().clone());
            Ok(a.len() == b.len() && a.iter().all(|member| b.contains(member)))
        }
        (Value::Range(a), Value::Range(b)) => {
            let n = a.len();
            Ok(n == b.len() && (n == 0 || (a.start == b.start && (n == 1 || a.step == b.step))))
        }
        (Value::Slice(a), Value::Slice(b)) => Ok(equal(context, &a.start, &b.start)?
            && equal(context, &a.stop, &b.stop)?
            && equal(context, &a.step, &b.step)?),
        (Value::Method(a), Value::Method(b)) => {
            Ok(std::ptr::eq(&*a.builtin, &*b.builtin) && same(&a.receiver, &b.receiver))
        }
        _ => Ok(same(left, right)),
    }
}

fn all_equal(context: &Context, a: &[Value], b: &[Value]) -> Result<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (at, (a, b)) in a.iter().zip(b).enumerate() {
        if at.is_multiple_of(1024) {
            context.check()?;
        }
        if !equal(context, a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `<`, `<=`, `>`, `>=` of plain values.
fn order(context: &Context, op: CompareOp, left: &Value, right: &Value) -> Result<bool> {
    match (left, right) {
        (Value::Str(a), Value::Str(b)) => Ok(accepts(op, a.cmp(b))),
        (Value::Bytes(a), Value::Bytes(b)) => Ok(accepts(op, a.cmp(b))),
        (Value::List(a), Value::List(b)) => {
            let (a, b) = (a.snapshot(), b.snapshot());
            context.nested(|| lexicographic(context, op, &a, &b))
        }
        (Value::Tuple(a), Value::Tuple(b)) => context.nested(|| lexicographic(context, op, a, b)),
        (Value::Set(a), Value::Set(b)) => {
            let (a, b) = (a.items.lock().clone(), b.items.lock().clone());
            let (small, large) = if matches!(op, CompareOp::Less | CompareOp::LessEq) { (a, b) } else { (b, a) };
            let strict = matches!(op, CompareOp::Less | CompareOp::Greater);
            Ok(small.iter().all(|member| large.contains(member)) && !(strict && small.len() == large.len()))
        }
        _ => {
            let (a, b) = (left.class().name, right.class().name);
            bail!(TypeError: "'{}' not supported between instances of '{a}' and '{b}'", op.symbol())
        }
    }
}

/// The first items that differ decide.
fn lexicographic(context: &Context, op: CompareOp, a: &[Value], b: &[Value]) -> Result<bool> {
    for (a, b) in a.iter().zip(b) {
        if !equal(context, a, b)? {
            let answer = compare(context, op, a, b)?;
            return truth(context, &answer);
        }
    }
    Ok(accepts(op, a.len().cmp(&b.len())))
}

/// `item in container`
pub fn contains(context: &Context, container: &Value, item: &Value) -> Result<bool> {
    match container {
        Value::Str(text) => match item {
            Value::Str(part) => Ok(text.contains(&**part)),
            other => {
                bail!(TypeError: "'in <string>' requires string as left operand, not {}", other.class().name)
            }
        },
        Value::Bytes(bytes) => match item {
            Value::Bytes(part) => Ok(part.is_empty() || bytes.windows(part.len()).any(|window| window == &**part)),
            Value::Int(n) => match u8::try_from(*n) {
                Ok(byte) => Ok(bytes.contains(&byte)),
                Err(_) => bail!("byte must be in range(0, 256)"),
            },
            other => bail!(TypeError: "a bytes-like object is required, not '{}'", other.class().name),
        },
        Value::Dict(dict) => {
            let key = HashKey::new(item.clone())?;
            Ok(dict.0.lock().contains_key(&key))
        }
        Value::Set(set) => {
            let key = match item {
                // A set may be looked for in a set of frozen ones.
                Value::Set(inner) if !inner.frozen => HashKey::new(super::sets::frozen(inner))?,
                other => HashKey::new(other.clone())?,
            };
            Ok(set.items.lock().contains(&key))
        }
        Value::Range(range) => match item {
            Value::Int(n) => Ok(range.position(*n).is_some()),
            Value::Bool(flag) => Ok(range.position(i64::from(*flag)).is_some()),
            Value::Float(n) if n.fract() == 0.0 && n.abs() < 9.0e18 => Ok(range.position(*n as i64).is_some()),
            _ => Ok(false),
        },
        Value::Tuple(items) => any_equal(context, items, item),
        Value::List(list) => {
            let length = length(context, container)?;
            for at in 0..length {
                if at.is_multiple_of(1024) {
                    context.check()?;
                }
                let found = list.0.lock().get(at).cloned();
                match found {
                    Some(found) if equal(context, &found, item)? => return Ok(true),
                    Some(_) => {}
                    None => break,
                }
            }
            Ok(false)
        }
        Value::Iter(_) => walk_for(context, container, item),
        other => {
            if let Some(object) = door(other) {
                if let Some(answer) = object.contains(context, item) {
                    return answer;
                }
                if object.iter(context).is_some() {
                    return walk_for(context, container, item);
                }
            }
            Err(error!(TypeError: "argument of type '{}' is not iterable", other.class().name))
        }
    }
}

fn any_equal(context: &Context, items: &[Value], item: &Value) -> Result<bool> {
    for found in items {
        if equal(context, found, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn walk_for(context: &Context, container: &Value, item: &Value) -> Result<bool> {
    let mut walk = iterate(context, container)?;
    while let Some(found) = walk.next(context)? {
        if equal(context, &found, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}
