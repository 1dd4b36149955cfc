//! NumPy's functions of elements on frames and series: `np.sqrt(df.x)` is a series.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use datafusion::logical_expr::when;
use rdk_runtime::{Args, Context, Result, Value, operators};
use rdk_syntax::tree::{BinaryOp, CompareOp};

use super::operators::{answer_of, combine};
use crate::batches::arrow_error;
use crate::errors::fusion;
use crate::frame::Frame;
use crate::functions::{ElementFunction, Elementwise};
use crate::plan::View;

/// What a function of this name does to a float; `None`: it is none of these.
fn of_float(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "sqrt" => f64::sqrt,
        "cbrt" => f64::cbrt,
        "exp" => f64::exp,
        "exp2" => f64::exp2,
        "expm1" => f64::exp_m1,
        "log" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        "log1p" => f64::ln_1p,
        "sin" => f64::sin,
        "cos" => f64::cos,
        "tan" => f64::tan,
        "arcsin" => f64::asin,
        "arccos" => f64::acos,
        "arctan" => f64::atan,
        "sinh" => f64::sinh,
        "cosh" => f64::cosh,
        "tanh" => f64::tanh,
        "floor" => f64::floor,
        "ceil" => f64::ceil,
        "trunc" | "fix" => f64::trunc,
        "rint" => f64::round_ties_even,
        "radians" | "deg2rad" => f64::to_radians,
        "degrees" | "rad2deg" => f64::to_degrees,
        "reciprocal" => f64::recip,
        _ => return None,
    })
}

/// `np.name(args)`, one of which is this frame or series.
pub fn call(context: &Context, view: &View, name: &str, args: &[Value]) -> Option<Result<Value>> {
    match args {
        [one] => unary(context, view, name, one),
        [left, right] => binary(context, view, name, left, right),
        _ => None,
    }
}

fn unary(context: &Context, view: &View, name: &str, arg: &Value) -> Option<Result<Value>> {
    if of_float(name).is_some() {
        let apply: ElementFunction = |column, parameters| {
            let column = cast(column, &DataType::Float64).map_err(arrow_error)?;
            let function = parameters.first().and_then(|name| of_float(name)).unwrap_or(|x| x);
            // What is no number is missing.
            let value = |x: Option<f64>| x.map(function).filter(|x| !x.is_nan());
            let made = column.as_primitive::<Float64Type>().iter().map(value);
            Ok(Arc::new(made.collect::<arrow::array::Float64Array>()))
        };
        let function =
            Elementwise { name: "np".into(), gives: DataType::Float64, apply, parameters: vec![name.into()] };
        return Some(answer_of(context, view, |expr| Ok(function.clone().call(expr.clone())), name));
    }
    let method = |name: &str, keywords: Vec<(rdk_runtime::Name, Value)>| -> Result<Value> {
        let method = operators::attribute(context, arg, name)?;
        context.call(&method, Args { keywords, ..Args::none() })
    };
    Some(match name {
        "absolute" | "abs" | "fabs" => method("abs", Vec::new()),
        "negative" => operators::unary(context, rdk_syntax::tree::UnaryOp::Neg, arg),
        "positive" => Ok(arg.clone()),
        "logical_not" | "invert" => operators::unary(context, rdk_syntax::tree::UnaryOp::Invert, arg),
        "square" => operators::binary(context, BinaryOp::Mul, arg, arg),
        "isnan" => method("isna", Vec::new()),
        "round" | "around" => method("round", Vec::new()),
        "cumsum" | "cumprod" => method(name, Vec::new()),
        "isfinite" | "isinf" => of_flags(context, view, name == "isfinite"),
        "sign" => of_sign(context, view),
        // NumPy counts all there are, also where pandas takes a sample.
        "std" | "var" => method(name, vec![("ddof".into(), Value::Int(0))]),
        "sum" | "mean" | "min" | "max" | "median" | "any" | "all" | "prod" => method(name, Vec::new()),
        _ => return None,
    })
}

fn binary(context: &Context, view: &View, name: &str, left: &Value, right: &Value) -> Option<Result<Value>> {
    let arithmetic = |op| operators::binary(context, op, left, right);
    let compared = |op| operators::compare(context, op, left, right);
    Some(match name {
        "add" => arithmetic(BinaryOp::Add),
        "subtract" => arithmetic(BinaryOp::Sub),
        "multiply" => arithmetic(BinaryOp::Mul),
        "divide" | "true_divide" => arithmetic(BinaryOp::Div),
        "floor_divide" => arithmetic(BinaryOp::FloorDiv),
        "mod" | "remainder" => arithmetic(BinaryOp::Mod),
        "power" => arithmetic(BinaryOp::Pow),
        "logical_and" | "bitwise_and" => arithmetic(BinaryOp::BitAnd),
        "logical_or" | "bitwise_or" => arithmetic(BinaryOp::BitOr),
        "logical_xor" | "bitwise_xor" => arithmetic(BinaryOp::BitXor),
        "equal" => compared(CompareOp::Eq),
        "not_equal" => compared(CompareOp::NotEq),
        "less" => compared(CompareOp::Less),
        "less_equal" => compared(CompareOp::LessEq),
        "greater" => compared(CompareOp::Greater),
        "greater_equal" => compared(CompareOp::GreaterEq),
        "maximum" | "minimum" => {
            let other = if left.get::<Frame>().is_some() { right } else { left };
            let made = combine(context, view, other, name, |a, b, _| {
                let first = if name == "maximum" { a.clone().gt_eq(b.clone()) } else { a.clone().lt_eq(b.clone()) };
                let either = a.clone().is_null().or(b.clone().is_null());
                let nothing = datafusion::logical_expr::lit(datafusion::common::ScalarValue::Null);
                when(either, nothing).when(first, a).otherwise(b).map_err(fusion)
            });
            match made {
                Ok(Some(made)) => Frame::answer(context, made),
                Ok(None) => return None,
                Err(error) => Err(error),
            }
        }
        _ => return None,
    })
}

/// `np.isfinite`, `np.isinf`: of each value.
fn of_flags(context: &Context, view: &View, finite: bool) -> Result<Value> {
    let infinite = |expr: &datafusion::logical_expr::Expr| {
        let expr = datafusion::logical_expr::cast(expr.clone(), DataType::Float64);
        let abs = datafusion::functions::math::expr_fn::abs(expr);
        datafusion::functions::core::expr_fn::coalesce(vec![
            abs.eq(datafusion::logical_expr::lit(f64::INFINITY)),
            datafusion::logical_expr::lit(false),
        ])
    };
    let flag = |expr: &datafusion::logical_expr::Expr| match finite {
        true => expr.clone().is_not_null().and(datafusion::logical_expr::not(infinite(expr))),
        false => infinite(expr),
    };
    answer_of(context, view, |expr| Ok(flag(expr)), if finite { "isfinite" } else { "isinf" })
}

/// `np.sign`, in the type of each column.
fn of_sign(context: &Context, view: &View) -> Result<Value> {
    let sign = |expr: &datafusion::logical_expr::Expr| -> Result<datafusion::logical_expr::Expr> {
        let of = view.type_of(expr)?;
        let number = |number: i64| datafusion::logical_expr::cast(datafusion::logical_expr::lit(number), of.clone());
        let zero = datafusion::logical_expr::lit(0i64);
        when(expr.clone().gt(zero.clone()), number(1))
            .when(expr.clone().lt(zero), number(-1))
            .when(expr.clone().is_not_null(), number(0))
            .end()
            .map_err(fusion)
    };
    answer_of(context, view, sign, "sign")
}
