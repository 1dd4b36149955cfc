//! `+`, `-`, `*`, `/` where a side is a column of spans of time.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, cast};
use rdk_runtime::Result;
use rdk_syntax::tree::BinaryOp;

use crate::functions::Arithmetic;

const SPAN: DataType = DataType::Duration(TimeUnit::Microsecond);

/// The result, if there is such arithmetic.
pub fn arithmetic(op: BinaryOp, left: Expr, a: &DataType, right: Expr, b: &DataType) -> Result<Option<Expr>> {
    let plain = |left: Expr, operator, right: Expr| {
        Some(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right))))
    };
    let is_span = |of: &DataType| matches!(of, DataType::Duration(_));
    let is_time = |of: &DataType| matches!(of, DataType::Timestamp(..));
    // In one unit, so that arrow adds them.
    let micros = |expr: Expr, of: &DataType| match of {
        DataType::Timestamp(_, zone) => cast(expr, DataType::Timestamp(TimeUnit::Microsecond, zone.clone())),
        DataType::Duration(_) => cast(expr, SPAN),
        _ => expr,
    };
    let number = |expr: Expr, of: &DataType| match is_span(of) {
        true => cast(cast(expr, SPAN), DataType::Int64),
        false => expr,
    };
    let span = |expr: Expr| cast(cast(expr, DataType::Int64), SPAN);
    Ok(match op {
        BinaryOp::Add if (is_span(a) || is_time(a)) && (is_span(b) || is_time(b)) => {
            plain(micros(left, a), Operator::Plus, micros(right, b))
        }
        BinaryOp::Sub if (is_span(a) || is_time(a)) && is_span(b) => {
            plain(micros(left, a), Operator::Minus, micros(right, b))
        }
        BinaryOp::Mul if a.is_numeric() || b.is_numeric() => {
            plain(number(left, a), Operator::Multiply, number(right, b)).map(span)
        }
        BinaryOp::Div if is_span(a) && b.is_numeric() => {
            Some(span(Arithmetic::Divide.call(number(left, a), number(right, b))))
        }
        BinaryOp::Div if is_span(a) && is_span(b) => Some(Arithmetic::Divide.call(number(left, a), number(right, b))),
        BinaryOp::FloorDiv if is_span(a) && (is_span(b) || b.is_numeric()) => {
            let quotient = Arithmetic::FloorDivide.call(number(left, a), number(right, b));
            Some(if is_span(b) { quotient } else { span(quotient) })
        }
        BinaryOp::Mod if is_span(a) && is_span(b) => {
            Some(span(Arithmetic::Modulo.call(number(left, a), number(right, b))))
        }
        _ => None,
    })
}
