//! The short ways: numbers and truth values on their way through expressions, in registers.
//!
//! A small number travels as a [`Quick`], which needs no memory and no cleaning up. Anything else, errors too, is *parked*
//! in the frame, and `Quick::Other` says so; whoever gets that takes it at once. Each short way gives exactly what
//! `operators` would give, and falls back to it when the values are not small numbers. Measured on a loop of integer
//! steps, this takes half the time of handing a `Result<Value>` up through memory.

use std::sync::Arc;

use rdk_syntax::Span;
use rdk_syntax::tree::{BinaryOp, CompareOp, Expr, ExprKind, Scope, UnaryOp};

use super::frame::Frame;
use crate::error::{Error, Result};
use crate::operators;
use crate::operators::number::{floor_div, floor_mod};
use crate::release::release;
use crate::value::{List, Value};

/// A small value in registers. All payloads are one integer, so that the compiler passes it in two registers.
#[derive(Clone, Copy)]
pub(super) enum Quick {
    /// An integer.
    Int(i64),
    /// The bits of a float.
    Float(i64),
    /// 0 or 1.
    Bool(i64),
    /// Something else, or an error: it is parked in the frame.
    Other,
}

/// What a condition turned out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    /// It does not hold.
    False,
    /// It holds.
    True,
    /// The error is parked in the frame.
    Failed,
}

impl Quick {
    #[inline(always)]
    fn float(number: f64) -> Quick {
        Quick::Float(number.to_bits() as i64)
    }

    #[inline(always)]
    fn bool(flag: bool) -> Quick {
        Quick::Bool(i64::from(flag))
    }
}

#[inline(always)]
fn float_of(bits: i64) -> f64 {
    f64::from_bits(bits as u64)
}

/// Drops a value; those that hold nothing cost nothing.
#[inline(always)]
pub(super) fn discard(value: Option<Value>) {
    match value {
        None | Some(Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::None) => std::mem::forget(value),
        Some(value) => release(value),
    }
}

impl<'a> Frame<'a> {
    /// Leaves a result for the caller to take.
    #[inline(always)]
    pub fn park(&mut self, result: Result<Value>) {
        // What is there is always what `take` left.
        std::mem::forget(std::mem::replace(&mut self.parked, result));
    }

    /// Takes what was parked.
    #[inline(always)]
    pub fn take(&mut self) -> Result<Value> {
        std::mem::replace(&mut self.parked, Ok(Value::None))
    }

    /// A result as a quick one; parked if it is not small.
    #[inline(always)]
    pub fn quick_of(&mut self, result: Result<Value>) -> Quick {
        match result {
            Ok(Value::Int(n)) => Quick::Int(n),
            Ok(Value::Float(n)) => Quick::float(n),
            Ok(Value::Bool(flag)) => Quick::bool(flag),
            other => {
                self.park(other);
                Quick::Other
            }
        }
    }

    /// A quick result as a value.
    #[inline(always)]
    pub fn value_of(&mut self, quick: Quick) -> Result<Value> {
        match quick {
            Quick::Int(n) => Ok(Value::Int(n)),
            Quick::Float(bits) => Ok(Value::Float(float_of(bits))),
            Quick::Bool(flag) => Ok(Value::Bool(flag != 0)),
            Quick::Other => self.take(),
        }
    }

    /// As `eval`, without the detour through memory for numbers.
    #[inline(always)]
    pub fn operand(&mut self, expr: &Expr) -> Result<Value> {
        let quick = self.quick(expr);
        self.value_of(quick)
    }

    /// The value of an expression, quickly if it is a number.
    pub fn quick(&mut self, expr: &Expr) -> Quick {
        match &expr.kind {
            ExprKind::Int(n) => Quick::Int(*n),
            ExprKind::Float(n) => Quick::float(*n),
            ExprKind::Name(variable) => {
                if let Scope::Local(slot) = variable.scope {
                    match self.slots.get(slot) {
                        Some(Some(Value::Int(n))) => return Quick::Int(*n),
                        Some(Some(Value::Float(n))) => return Quick::float(*n),
                        _ => {}
                    }
                }
                self.quick_name(expr)
            }
            ExprKind::Binary { op, left, right } => {
                if self.context.is_low() {
                    return self.context.on_more_stack(|| self.quick(expr));
                }
                self.quick_binary::<false>(*op, left, right, expr.span)
            }
            ExprKind::Compare { first, rest } => {
                if let [(op, second)] = rest.as_slice() {
                    let left = self.leaf_or_quick(first);
                    return self.quick_compare(*op, left, second, expr.span);
                }
                let result = self.eval_rest(expr);
                self.quick_of(result)
            }
            ExprKind::If { test, body, orelse } => match self.test(test) {
                Truth::True => self.quick(body),
                Truth::False => self.quick(orelse),
                Truth::Failed => Quick::Other,
            },
            ExprKind::Bool(flag) => Quick::bool(*flag),
            ExprKind::Call { function, args } => self.quick_call(function, args, expr.span),
            ExprKind::Item { object, index } => self.quick_item(object, index, expr),
            ExprKind::Unary { op: UnaryOp::Not, value } => match self.test(value) {
                Truth::True => Quick::Bool(0),
                Truth::False => Quick::Bool(1),
                Truth::Failed => Quick::Other,
            },
            _ => {
                let result = self.eval_rest(expr);
                self.quick_of(result)
            }
        }
    }

    #[inline(never)]
    fn quick_name(&mut self, expr: &Expr) -> Quick {
        let result = self.eval(expr);
        self.quick_of(result)
    }

    /// `xs[i]`, where `xs` is a list that a local variable stands for, or one in such a list.
    #[inline(never)]
    fn quick_item(&mut self, object: &Expr, index: &Expr, expr: &Expr) -> Quick {
        if self.local_list(object).is_some() {
            let index = self.leaf_or_quick(index);
            // Small items of the usual index are there without a copy of the list's handle.
            if let (Some(list), Quick::Int(at)) = (self.local_list(object), index)
                && let Some(small) = usize::try_from(at).ok().and_then(|at| small_item(list, at))
            {
                return small;
            }
            let list = self.eval(object).map(|list| (list, index));
            return match list {
                Ok((Value::List(list), index)) => self.item_of_list(&list, index, expr.span),
                Ok((other, index)) => self.item_of(&other, index, expr.span),
                Err(error) => self.fail(error),
            };
        }
        if let ExprKind::Item { object: outer, index: at } = &object.kind
            && let (Some(list), Quick::Int(at)) = (self.local_list(outer), self.leaf(at))
        {
            // The outer one is let go before the inner one is locked: they may hold each other.
            let inner = usize::try_from(at).ok().and_then(|at| match list.0.lock().get(at) {
                Some(Value::List(inner)) => Some(inner.clone()),
                _ => None,
            });
            if let Some(inner) = inner {
                let index = self.leaf_or_quick(index);
                return self.item_of_list(&inner, index, expr.span);
            }
        }
        let result = self.eval_rest(expr);
        self.quick_of(result)
    }

    #[inline]
    fn item_of_list(&mut self, list: &Arc<List>, index: Quick, span: Span) -> Quick {
        if let Quick::Int(at) = index
            && let Ok(at) = usize::try_from(at)
        {
            let items = list.0.lock();
            match items.get(at) {
                Some(Value::Int(n)) => return Quick::Int(*n),
                Some(Value::Float(n)) => return Quick::float(*n),
                Some(Value::Bool(flag)) => return Quick::bool(*flag),
                Some(other) => {
                    let other = other.clone();
                    drop(items);
                    self.park(Ok(other));
                    return Quick::Other;
                }
                None => {}
            }
        }
        self.item_of(&Value::List(list.clone()), index, span)
    }

    #[inline(never)]
    fn item_of(&mut self, object: &Value, index: Quick, span: Span) -> Quick {
        let result = match self.value_of(index) {
            Ok(index) => {
                self.context.mark(self.source, span);
                operators::item(self.context, object, &index).map_err(|error| self.failed(error, span))
            }
            Err(error) => Err(error),
        };
        self.quick_of(result)
    }

    /// A number that is there without running anything.
    #[inline(always)]
    pub fn leaf(&self, expr: &Expr) -> Quick {
        match &expr.kind {
            ExprKind::Int(n) => Quick::Int(*n),
            ExprKind::Name(variable) => match variable.scope {
                Scope::Local(slot) => match self.slots.get(slot) {
                    Some(Some(Value::Int(n))) => Quick::Int(*n),
                    Some(Some(Value::Float(n))) => Quick::float(*n),
                    _ => Quick::Other,
                },
                Scope::Cell(_) | Scope::Free(_) | Scope::Global => Quick::Other,
            },
            _ => Quick::Other,
        }
    }

    /// As `quick`, without a call for literals and local numbers.
    #[inline(always)]
    fn leaf_or_quick(&mut self, expr: &Expr) -> Quick {
        match self.leaf(expr) {
            Quick::Other => self.quick(expr),
            number => number,
        }
    }

    /// The list that a local variable stands for.
    #[inline(always)]
    pub fn local_list(&self, expr: &Expr) -> Option<&Arc<List>> {
        let ExprKind::Name(variable) = &expr.kind else { return None };
        let Scope::Local(slot) = variable.scope else { return None };
        match self.slots.get(slot) {
            Some(Some(Value::List(list))) => Some(list),
            _ => None,
        }
    }

    /// `left op right`; `WITHIN` if nobody sees the result but another operator.
    #[inline(always)]
    fn quick_binary<const WITHIN: bool>(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Quick {
        let left = self.part(left);
        match left {
            Quick::Int(a) => {
                let right = self.part(right);
                match right {
                    Quick::Int(b) => {
                        if let Some(n) = small(op, a, b) {
                            return Quick::Int(n);
                        }
                        if op == BinaryOp::Div && b != 0 && a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
                            return Quick::float(a as f64 / b as f64);
                        }
                    }
                    Quick::Float(b) => {
                        if let Some(n) = float(op, a as f64, float_of(b)) {
                            return Quick::float(n);
                        }
                    }
                    Quick::Bool(_) | Quick::Other => {}
                }
                self.binary_parked::<WITHIN>(op, Value::Int(a), right, span)
            }
            Quick::Float(a) => {
                let right = self.part(right);
                let number = match right {
                    Quick::Float(b) => float(op, float_of(a), float_of(b)),
                    Quick::Int(b) => float(op, float_of(a), b as f64),
                    Quick::Bool(_) | Quick::Other => None,
                };
                match number {
                    Some(n) => Quick::float(n),
                    None => self.binary_parked::<WITHIN>(op, Value::Float(float_of(a)), right, span),
                }
            }
            Quick::Bool(_) | Quick::Other => self.binary_of::<WITHIN>(op, left, right, span),
        }
    }

    /// With something else than a number on the left.
    #[inline(never)]
    fn binary_of<const WITHIN: bool>(&mut self, op: BinaryOp, left: Quick, right: &Expr, span: Span) -> Quick {
        match self.value_of(left) {
            Ok(left) => {
                let right = self.part(right);
                self.binary_parked::<WITHIN>(op, left, right, span)
            }
            Err(error) => self.fail(error),
        }
    }

    /// The long way, with the right side just evaluated.
    #[inline(never)]
    fn binary_parked<const WITHIN: bool>(&mut self, op: BinaryOp, left: Value, right: Quick, span: Span) -> Quick {
        let result = match self.value_of(right) {
            Ok(right) => {
                self.context.mark(self.source, span);
                operators::binary_in_chain(self.context, op, left, right, WITHIN)
                    .map_err(|error| self.failed(error, span))
            }
            Err(error) => Err(error),
        };
        self.quick_of(result)
    }

    /// An operand of an operator.
    #[inline(always)]
    fn part(&mut self, expr: &Expr) -> Quick {
        match &expr.kind {
            ExprKind::Binary { .. } => self.quick_within(expr),
            _ => self.leaf_or_quick(expr),
        }
    }

    /// What another operator makes of it, which nobody else sees.
    #[inline(never)]
    fn quick_within(&mut self, expr: &Expr) -> Quick {
        match &expr.kind {
            ExprKind::Binary { op, left, right } if !self.context.is_low() => {
                self.quick_binary::<true>(*op, left, right, expr.span)
            }
            _ => self.quick(expr),
        }
    }

    #[inline(always)]
    fn quick_compare(&mut self, op: CompareOp, left: Quick, second: &Expr, span: Span) -> Quick {
        match left {
            Quick::Int(a) => {
                let right = self.leaf_or_quick(second);
                if let Quick::Int(b) = right
                    && let Some(answer) = ordered(op, &a, &b)
                {
                    return Quick::bool(answer);
                }
                self.compare_parked(op, Value::Int(a), right, span)
            }
            Quick::Float(a) => {
                let right = self.leaf_or_quick(second);
                let answer = match right {
                    Quick::Float(b) => ordered(op, &float_of(a), &float_of(b)),
                    _ => None,
                };
                match answer {
                    Some(answer) => Quick::bool(answer),
                    None => self.compare_parked(op, Value::Float(float_of(a)), right, span),
                }
            }
            Quick::Bool(_) | Quick::Other => self.compare_of(op, left, second, span),
        }
    }

    #[inline(never)]
    fn compare_of(&mut self, op: CompareOp, left: Quick, second: &Expr, span: Span) -> Quick {
        match self.value_of(left) {
            Ok(left) => {
                let right = self.quick(second);
                self.compare_parked(op, left, right, span)
            }
            Err(error) => self.fail(error),
        }
    }

    #[inline(never)]
    fn compare_parked(&mut self, op: CompareOp, left: Value, right: Quick, span: Span) -> Quick {
        let result = match self.value_of(right) {
            Ok(right) => {
                self.context.mark(self.source, span);
                operators::compare(self.context, op, &left, &right).map_err(|error| self.failed(error, span))
            }
            Err(error) => Err(error),
        };
        self.quick_of(result)
    }

    /// Parks an error.
    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, error: Error) -> Quick {
        self.park(Err(error));
        Quick::Other
    }

    /// Is a condition true?
    #[inline]
    pub fn test(&mut self, expr: &Expr) -> Truth {
        let quick = match &expr.kind {
            ExprKind::Compare { first, rest } if rest.len() == 1 => {
                let left = self.leaf_or_quick(first);
                self.quick_compare(rest[0].0, left, &rest[0].1, expr.span)
            }
            ExprKind::And(parts) => return self.test_parts(parts, Truth::False),
            ExprKind::Or(parts) => return self.test_parts(parts, Truth::True),
            _ => self.quick(expr),
        };
        let flag = match quick {
            Quick::Bool(flag) => flag != 0,
            Quick::Int(n) => n != 0,
            Quick::Float(bits) => float_of(bits) != 0.0,
            Quick::Other => return self.test_parked(expr.span),
        };
        if flag { Truth::True } else { Truth::False }
    }

    /// `and` stops at the first part that does not hold, `or` at the first that does.
    #[inline(never)]
    fn test_parts(&mut self, parts: &[Expr], stop: Truth) -> Truth {
        let mut truth = stop;
        for part in parts {
            truth = self.test(part);
            if truth == stop || truth == Truth::Failed {
                break;
            }
        }
        truth
    }

    #[inline(never)]
    fn test_parked(&mut self, span: Span) -> Truth {
        let truth = match self.take() {
            Ok(value) => self.truth(&value, span),
            Err(error) => Err(error),
        };
        match truth {
            Ok(true) => Truth::True,
            Ok(false) => Truth::False,
            Err(error) => {
                self.park(Err(error));
                Truth::Failed
            }
        }
    }

    /// Is a condition true? For callers to whom an error is one of their own.
    pub fn holds(&mut self, expr: &Expr) -> Result<bool> {
        match self.test(expr) {
            Truth::True => Ok(true),
            Truth::False => Ok(false),
            Truth::Failed => match self.take() {
                Err(error) => Err(error),
                Ok(_) => Ok(false),
            },
        }
    }

    /// `bool(value)`
    #[inline]
    pub fn truth(&self, value: &Value, span: Span) -> Result<bool> {
        match operators::truth(self.context, value) {
            Ok(flag) => Ok(flag),
            Err(error) => {
                self.context.mark(self.source, span);
                Err(self.failed(error, span))
            }
        }
    }
}

/// The number at this place of a list, if there is one.
#[inline(always)]
fn small_item(list: &List, at: usize) -> Option<Quick> {
    match list.0.lock().get(at)? {
        Value::Int(n) => Some(Quick::Int(*n)),
        Value::Float(n) => Some(Quick::float(*n)),
        Value::Bool(flag) => Some(Quick::bool(*flag)),
        _ => None,
    }
}

/// Up to here every integer is a float too.
const EXACT: u64 = 1 << 53;

/// Integers whose result is small too; `None`: take the long way.
#[inline(always)]
pub(super) fn small(op: BinaryOp, a: i64, b: i64) -> Option<i64> {
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        // A power of two, as in `n % 2`, needs no division.
        BinaryOp::Mod if b > 0 => Some(if b & (b - 1) == 0 { a & (b - 1) } else { floor_mod(a, b) }),
        BinaryOp::FloorDiv if b == 2 => Some(a >> 1),
        BinaryOp::FloorDiv if b > 0 => floor_div(a, b),
        BinaryOp::BitAnd => Some(a & b),
        BinaryOp::BitOr => Some(a | b),
        BinaryOp::BitXor => Some(a ^ b),
        BinaryOp::RightShift if (0..64).contains(&b) => Some(a >> b),
        _ => None,
    }
}

/// Floats; `None`: take the long way.
#[inline(always)]
pub(super) fn float(op: BinaryOp, a: f64, b: f64) -> Option<f64> {
    match op {
        BinaryOp::Add => Some(a + b),
        BinaryOp::Sub => Some(a - b),
        BinaryOp::Mul => Some(a * b),
        BinaryOp::Div if b != 0.0 => Some(a / b),
        _ => None,
    }
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
