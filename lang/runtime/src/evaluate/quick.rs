//! The short ways: arithmetic and comparison of small numbers, truth of comparisons.
//!
//! Each gives exactly what `operators` would give, and falls back to it when the values are not small numbers.

use rdk_syntax::Span;
use rdk_syntax::tree::{BinaryOp, CompareOp, Expr, ExprKind, Scope, UnaryOp};

use super::frame::Frame;
use crate::error::Result;
use crate::operators;
use crate::operators::number::{floor_div, floor_mod};
use crate::value::Value;

impl<'a> Frame<'a> {
    /// As `eval`, without the detour for literals and local numbers.
    #[inline(always)]
    pub fn operand(&mut self, expr: &Expr) -> Result<Value> {
        match &expr.kind {
            ExprKind::Int(n) => Ok(Value::Int(*n)),
            ExprKind::Name(variable) => match variable.scope {
                Scope::Local(slot) => match self.slots.get(slot) {
                    Some(Some(Value::Int(n))) => Ok(Value::Int(*n)),
                    Some(Some(Value::Float(n))) => Ok(Value::Float(*n)),
                    _ => self.eval(expr),
                },
                Scope::Cell(_) | Scope::Free(_) | Scope::Global => self.eval(expr),
            },
            _ => self.eval(expr),
        }
    }

    /// `left op right`
    #[inline]
    pub fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Result<Value> {
        let left = self.operand(left)?;
        let right = self.operand(right)?;
        match (left, right) {
            (Value::Int(a), Value::Int(b)) => {
                if let Some(value) = small(op, a, b) {
                    return Ok(value);
                }
                self.binary_slowly(op, &Value::Int(a), &Value::Int(b), span)
            }
            (Value::Float(a), Value::Float(b)) => {
                if let Some(value) = float(op, a, b) {
                    return Ok(value);
                }
                self.binary_slowly(op, &Value::Float(a), &Value::Float(b), span)
            }
            (Value::Float(a), Value::Int(b)) => {
                if let Some(value) = float(op, a, b as f64) {
                    return Ok(value);
                }
                self.binary_slowly(op, &Value::Float(a), &Value::Int(b), span)
            }
            (Value::Int(a), Value::Float(b)) => {
                if let Some(value) = float(op, a as f64, b) {
                    return Ok(value);
                }
                self.binary_slowly(op, &Value::Int(a), &Value::Float(b), span)
            }
            (left, right) => self.binary_slowly(op, &left, &right, span),
        }
    }

    #[inline(never)]
    pub fn binary_slowly(&mut self, op: BinaryOp, left: &Value, right: &Value, span: Span) -> Result<Value> {
        self.context.mark(self.source, span);
        match operators::binary(self.context, op, left, right) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.failed(error, span)),
        }
    }

    /// Is a condition true?
    #[inline]
    pub fn test(&mut self, expr: &Expr) -> Result<bool> {
        match &expr.kind {
            ExprKind::Compare { first, rest } if rest.len() == 1 => {
                let (op, second) = &rest[0];
                let left = self.operand(first)?;
                let right = self.operand(second)?;
                match (left, right) {
                    (Value::Int(a), Value::Int(b)) => {
                        if let Some(answer) = ordered(*op, &a, &b) {
                            return Ok(answer);
                        }
                        self.compared(*op, &Value::Int(a), &Value::Int(b), expr)
                    }
                    (Value::Float(a), Value::Float(b)) => {
                        if let Some(answer) = ordered(*op, &a, &b) {
                            return Ok(answer);
                        }
                        self.compared(*op, &Value::Float(a), &Value::Float(b), expr)
                    }
                    (left, right) => self.compared(*op, &left, &right, expr),
                }
            }
            ExprKind::Unary { op: UnaryOp::Not, value } => Ok(!self.test(value)?),
            ExprKind::And(parts) => {
                for part in parts {
                    if !self.test(part)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            ExprKind::Or(parts) => {
                for part in parts {
                    if self.test(part)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => {
                let value = self.operand(expr)?;
                match value {
                    Value::Bool(flag) => Ok(flag),
                    Value::Int(n) => Ok(n != 0),
                    value => self.truth(&value, expr.span),
                }
            }
        }
    }

    #[inline(never)]
    fn compared(&mut self, op: CompareOp, left: &Value, right: &Value, expr: &Expr) -> Result<bool> {
        self.context.mark(self.source, expr.span);
        match operators::compare(self.context, op, left, right) {
            Ok(Value::Bool(flag)) => Ok(flag),
            Ok(value) => self.truth(&value, expr.span),
            Err(error) => Err(self.failed(error, expr.span)),
        }
    }

    /// `bool(value)`
    #[inline]
    pub fn truth(&self, value: &Value, span: Span) -> Result<bool> {
        match operators::truth(self.context, value) {
            Ok(flag) => Ok(flag),
            Err(error) => Err(self.failed(error, span)),
        }
    }
}

/// Integers whose result is small too; `None`: take the long way.
#[inline(always)]
pub(super) fn small(op: BinaryOp, a: i64, b: i64) -> Option<Value> {
    Some(Value::Int(match op {
        BinaryOp::Add => a.checked_add(b)?,
        BinaryOp::Sub => a.checked_sub(b)?,
        BinaryOp::Mul => a.checked_mul(b)?,
        BinaryOp::Mod if b > 0 => {
            // A power of two, as in `n % 2`, needs no division.
            if b & (b - 1) == 0 { a & (b - 1) } else { floor_mod(a, b) }
        }
        BinaryOp::FloorDiv if b > 0 => {
            if b == 2 {
                a >> 1
            } else {
                floor_div(a, b)?
            }
        }
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        BinaryOp::BitXor => a ^ b,
        BinaryOp::RightShift if (0..64).contains(&b) => a >> b,
        _ => return None,
    }))
}

/// Floats; `None`: take the long way.
#[inline(always)]
pub(super) fn float(op: BinaryOp, a: f64, b: f64) -> Option<Value> {
    Some(Value::Float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b != 0.0 => a / b,
        _ => return None,
    }))
}

#[inline(always)]
pub(super) fn ordered<T: PartialOrd>(op: CompareOp, a: &T, b: &T) -> Option<bool> {
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
