//! `+`, `<`, `&` and the like on frames, series and single values.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, cast, lit};
use rdk_runtime::{Context, Result, Value, bail, error};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::align;
use crate::cell::{self, is_text};
use crate::dtype;
use crate::frame::Frame;
use crate::functions::Arithmetic;
use crate::label::Label;
use crate::plan::{Named, Shape, View};

/// What an operator is used with.
pub enum Operand {
    /// The same value everywhere.
    Literal(ScalarValue),
    /// An expression over the same rows as the other side.
    Expr(Expr, Option<Label>),
    /// Columns of the same rows.
    Frame(View),
}

/// Brings both sides over the same rows; `None`: not something that columns are combined with.
pub fn together(context: &Context, view: &View, other: &Value) -> Result<Option<(View, Operand)>> {
    if let Some(literal) = cell::literal(other) {
        return Ok(Some((view.clone(), Operand::Literal(literal))));
    }
    if let Some(frame) = other.get::<Frame>() {
        let other = frame.view();
        // Two indexes are combined label by label, as they stand.
        if (view.shape, other.shape) == (Shape::Index, Shape::Index)
            && view.eager
            && other.eager
            && !view.rows.same_rows(&other.rows)
        {
            let batch = crate::lower::in_memory(&crate::lower::compute_now(context, &other)?)?;
            let (view, expr) = align::beside(context, view, batch.column(0).clone())?;
            return Ok(Some((view, Operand::Expr(expr, other.label().clone()))));
        }
        let (view, other) = align::together(context, view, &other)?;
        let operand = match other.shape {
            Shape::Frame => Operand::Frame(other),
            Shape::Series | Shape::Index | Shape::Scalar => Operand::Expr(other.expr().clone(), other.label().clone()),
        };
        return Ok(Some((view, operand)));
    }
    if let Some(column) = cell::column_of(other, "of the other side")? {
        let (view, expr) = align::beside(context, view, column)?;
        return Ok(Some((view, Operand::Expr(expr, None))));
    }
    Ok(None)
}

/// `-x`, `~x`, `+x`.
pub fn unary(context: &Context, op: UnaryOp, view: &View) -> Result<Value> {
    let one = |expr: &Expr| -> Result<Expr> {
        let of = view.type_of(expr)?;
        Ok(match op {
            UnaryOp::Pos => expr.clone(),
            UnaryOp::Neg if of.is_unsigned_integer() => crate::functions::unsigned(expr.clone(), &of, false),
            UnaryOp::Invert if of.is_unsigned_integer() => crate::functions::unsigned(expr.clone(), &of, true),
            UnaryOp::Neg if of == DataType::Boolean => Expr::Not(Box::new(expr.clone())),
            UnaryOp::Neg if matches!(of, DataType::Duration(_)) => {
                cast(Expr::Negative(Box::new(cast(expr.clone(), DataType::Int64))), of)
            }
            UnaryOp::Neg if of.is_numeric() => Expr::Negative(Box::new(expr.clone())),
            UnaryOp::Invert | UnaryOp::Not if of == DataType::Boolean => Expr::Not(Box::new(expr.clone())),
            UnaryOp::Invert if of.is_integer() => Expr::Negative(Box::new(expr.clone())) - lit(1i64),
            UnaryOp::Neg | UnaryOp::Invert | UnaryOp::Not => {
                bail!(TypeError: "bad operand type for unary {}: '{}'", op.symbol(), dtype::name(&of, view.eager))
            }
        })
    };
    answer_of(context, view, one, "neg")
}

/// Does something to each column.
pub fn answer_of(context: &Context, view: &View, one: impl Fn(&Expr) -> Result<Expr>, name: &str) -> Result<Value> {
    Frame::answer(context, each(view, one, name)?)
}

/// The same view with something done to each column.
pub fn each(view: &View, one: impl Fn(&Expr) -> Result<Expr>, name: &str) -> Result<View> {
    let column = |named: &Named| Ok(Named { label: named.label.clone(), expr: one(&named.expr)? });
    let columns = view.columns.iter().map(column).collect::<Result<Vec<_>>>()?;
    Ok(view.with_columns(columns, if view.shape == Shape::Index { Shape::Index } else { view.shape }, name))
}

/// `x + other`, or with `reflected` `other + x`.
pub fn binary(context: &Context, op: BinaryOp, view: &View, other: &Value, reflected: bool) -> Option<Result<Value>> {
    binary_along(context, op, view, other, reflected, Along::Columns)
}

/// The same, with a series beside the rows or columns of a frame.
pub fn binary_along(
    context: &Context,
    op: BinaryOp,
    view: &View,
    other: &Value,
    reflected: bool,
    along: Along,
) -> Option<Result<Value>> {
    if let Some(frame) = other.get::<Frame>().map(Frame::view)
        && (view.shape, frame.shape) == (Shape::Series, Shape::Frame)
    {
        let series = super::items::as_value(view.clone());
        return binary_along(context, op, &frame, &series, !reflected, along);
    }
    let done = combine_along(context, view, other, along, symbol_name(op), |left, right, view| {
        let (left, right) = if reflected { (right, left) } else { (left, right) };
        let (left, right) = divisible(context, op, left, right, view)?;
        arithmetic(op, left, right, view)
    });
    match done {
        // New labels are what an index is known by, too.
        Ok(Some(view)) if view.shape == Shape::Index => {
            Some(Frame::answer(context, View { rows: view.rows.uncounted(), index: view.columns.clone(), ..view }))
        }
        Ok(Some(view)) => Some(Frame::answer(context, view)),
        Ok(None) => None,
        Err(error) => Some(Err(error)),
    }
}

/// `x < other`
pub fn compare(context: &Context, op: CompareOp, view: &View, other: &Value) -> Option<Result<Value>> {
    compare_along(context, op, view, other, Along::Columns)
}

/// The same, with a series beside the rows or columns of a frame.
pub fn compare_along(
    context: &Context,
    op: CompareOp,
    view: &View,
    other: &Value,
    along: Along,
) -> Option<Result<Value>> {
    let one = |left: Expr, right: Expr, view: &View| comparison(op, left, right, view);
    let done = combine_along(context, view, other, along, op.symbol(), one);
    match done {
        // Labels compared are an array of True and False; a lazy one is a mask of the same rows.
        Ok(Some(view)) if view.shape == Shape::Index => {
            let mask = View { shape: Shape::Series, ..view };
            Some(if mask.eager { super::arrays::values(context, &mask) } else { Ok(Frame::lazy(mask)) })
        }
        Ok(Some(view)) => Some(Frame::answer(context, view)),
        Ok(None) => None,
        Err(error) => Some(Err(error)),
    }
}

/// Combines each column with the other side.
pub fn combine(
    context: &Context,
    view: &View,
    other: &Value,
    name: &str,
    one: impl Fn(Expr, Expr, &View) -> Result<Expr>,
) -> Result<Option<View>> {
    combine_along(context, view, other, Along::Columns, name, one)
}

/// What the labels of a series are, beside a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Along {
    /// Those of columns, as for operators.
    Columns,
    /// Those of rows: `df.sub(series, axis=0)`.
    Rows,
}

/// The same, with a series beside the rows or columns of a frame.
pub fn combine_along(
    context: &Context,
    view: &View,
    other: &Value,
    along: Along,
    name: &str,
    one: impl Fn(Expr, Expr, &View) -> Result<Expr>,
) -> Result<Option<View>> {
    if let Some(series) = other.get::<Frame>().map(Frame::view)
        && (view.shape, series.shape, along) == (Shape::Frame, Shape::Series, Along::Columns)
    {
        return super::across_columns::combine(context, view, &series, name, one).map(Some);
    }
    let Some((view, operand)) = together(context, view, other)? else { return Ok(None) };
    let same_label = |label: &Option<Label>, other: &Option<Label>| match (label, other) {
        (Some(label), Some(other)) if label == other => Some(label.clone()),
        _ => None,
    };
    match operand {
        Operand::Literal(literal) => {
            each(&view, |expr| one(expr.clone(), fitted(literal.clone(), expr, &view)?, &view), name).map(Some)
        }
        Operand::Expr(right, label) => match view.shape {
            Shape::Series | Shape::Index | Shape::Scalar => {
                let expr = one(view.expr().clone(), right, &view)?;
                let label = if other.get::<Frame>().is_some_and(|other| other.view().shape != Shape::Scalar) {
                    same_label(view.label(), &label)
                } else {
                    view.label().clone()
                };
                let shape = if view.shape == Shape::Scalar { scalar_with(other) } else { view.shape };
                Ok(Some(view.with_columns(vec![Named { label, expr }], shape, name)))
            }
            Shape::Frame
                if along == Along::Rows
                    || other.get::<Frame>().is_none_or(|other| other.view().shape == Shape::Scalar) =>
            {
                each(&view, |expr| one(expr.clone(), right.clone(), &view), name).map(Some)
            }
            Shape::Frame => bail!(
                NotImplementedError: "a DataFrame is not combined with an Index by an operator";
                hint: "`df.x + series` does it for a column"
            ),
        },
        Operand::Frame(right) if view.shape == Shape::Frame => {
            let mut columns = Vec::new();
            for named in &view.columns {
                let label = named.label.clone();
                let partner = label.as_ref().and_then(|label| right.find(label));
                let expr = match partner {
                    Some(partner) => one(named.expr.clone(), partner.expr.clone(), &view)?,
                    None => lit(ScalarValue::Float64(None)),
                };
                columns.push(Named { label, expr });
            }
            for named in &right.columns {
                if named.label.as_ref().is_none_or(|label| view.find(label).is_none()) {
                    columns.push(Named { label: named.label.clone(), expr: lit(ScalarValue::Float64(None)) });
                }
            }
            Ok(Some(view.with_columns(columns, Shape::Frame, name)))
        }
        Operand::Frame(right) => {
            let left = view.expr().clone();
            if view.shape != Shape::Scalar {
                bail!(NotImplementedError: "a Series is not combined with a DataFrame by an operator"; hint: "`series + df.x` does it for a column");
            }
            each(&right, |expr| one(left.clone(), expr.clone(), &right), name).map(Some)
        }
    }
}

/// What a single value with something else gives.
fn scalar_with(other: &Value) -> Shape {
    other.get::<Frame>().map_or(Shape::Scalar, |other| other.view().shape)
}

/// The literal in the type of the column that it is used with: a plain number does not widen a column.
pub fn fitted(literal: ScalarValue, beside: &Expr, view: &View) -> Result<Expr> {
    let of = view.type_of(beside)?;
    Ok(match (&literal, &of) {
        (ScalarValue::Int64(Some(_)), DataType::Float32) => lit(literal.cast_to(&of).unwrap_or(literal)),
        (ScalarValue::Float64(Some(_)), DataType::Float32) => lit(literal.cast_to(&of).unwrap_or(literal)),
        (ScalarValue::Int64(Some(_)), of) if of.is_integer() => lit(literal.cast_to(of).unwrap_or(literal)),
        (ScalarValue::Utf8View(Some(text)), DataType::Timestamp(..)) => match crate::timestamp::Timestamp::read(text) {
            Some(time) => lit(ScalarValue::TimestampMicrosecond(Some(time.0), None)),
            None => bail!("could not read {text:?} as a time"; hint: "write it as `2020-01-31`"),
        },
        (ScalarValue::Utf8View(Some(text)), DataType::Duration(_)) => match crate::timedelta::read(text) {
            Some(micros) => lit(ScalarValue::DurationMicrosecond(Some(micros))),
            None => bail!("could not read {text:?} as a span of time"; hint: "write it as `1 days 12:00:00`"),
        },
        (ScalarValue::Null, of) => lit(ScalarValue::try_from(of).map_err(crate::errors::fusion)?),
        _ => lit(literal),
    })
}

fn symbol_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "sub",
        BinaryOp::Mul => "mul",
        BinaryOp::MatMul => "matmul",
        BinaryOp::Div => "truediv",
        BinaryOp::FloorDiv => "floordiv",
        BinaryOp::Mod => "mod",
        BinaryOp::Pow => "pow",
        BinaryOp::LeftShift => "lshift",
        BinaryOp::RightShift => "rshift",
        BinaryOp::BitOr => "or",
        BinaryOp::BitXor => "xor",
        BinaryOp::BitAnd => "and",
    }
}

/// Both sides as floats where whole numbers are divided by 0, which gives infinities; an error for negative powers.
///
/// Whether there is a 0 in a column is known only of rows in memory: of lazy ones it shows when they are computed.
fn divisible(context: &Context, op: BinaryOp, left: Expr, right: Expr, view: &View) -> Result<(Expr, Expr)> {
    if !matches!(op, BinaryOp::FloorDiv | BinaryOp::Mod | BinaryOp::Pow) {
        return Ok((left, right));
    }
    let whole = |expr: Expr| -> Result<(Expr, bool)> {
        let of = view.type_of(&expr)?;
        Ok(match of == DataType::Boolean {
            true => (cast(expr, DataType::Int64), true),
            false => (expr, of.is_integer()),
        })
    };
    let ((left, a), (right, b)) = (whole(left)?, whole(right)?);
    if !(a && b) {
        return Ok((left, right));
    }
    let any = |condition: Expr| -> Result<bool> {
        if let Expr::Literal(..) = &right {
            // One value says it for all rows.
            let plan = datafusion::logical_expr::LogicalPlanBuilder::empty(true);
            let rows = crate::plan::Rows::single(plan.build().map_err(crate::errors::fusion)?, "literal", 1);
            let one = View { rows, index: Vec::new(), shape: Shape::Scalar, ..view.series(None, condition, "literal") };
            let batch = crate::lower::here(&one)?;
            return Ok(batch.num_rows() > 0 && matches!(cell::value(batch.column(0), 0), Value::Bool(true)));
        }
        if !view.eager {
            return Ok(false);
        }
        let column = view.series(None, condition, "condition");
        let batch = crate::lower::in_memory(&crate::lower::compute_now(context, &column)?)?;
        let flags = &batch.columns()[batch.num_columns() - 1];
        Ok((0..flags.len()).any(|row| matches!(cell::value(flags, row), Value::Bool(true))))
    };
    if op == BinaryOp::Pow {
        if any(right.clone().lt(lit(0i64)))? {
            return Err(crate::functions::negative_power());
        }
        return Ok((left, right));
    }
    let float = |expr: Expr| cast(expr, DataType::Float64);
    Ok(if any(right.clone().eq(lit(0i64)))? { (float(left), float(right)) } else { (left, right) })
}

/// The arithmetic and logic of pandas as an expression.
pub fn arithmetic(op: BinaryOp, left: Expr, right: Expr, view: &View) -> Result<Expr> {
    let (a, b) = (view.type_of(&left)?, view.type_of(&right)?);
    let refuse = || {
        error!(
            TypeError: "unsupported operand type(s) for {}: '{}' and '{}'",
            op.symbol(), dtype::name(&a, view.eager), dtype::name(&b, view.eager)
        )
    };
    let plain = |operator| Expr::BinaryExpr(BinaryExpr::new(Box::new(left.clone()), operator, Box::new(right.clone())));
    let is_bool = |of: &DataType| *of == DataType::Boolean;
    if a == DataType::Null || b == DataType::Null {
        return Ok(lit(ScalarValue::Float64(None)));
    }
    if crate::category::is(&a) || crate::category::is(&b) {
        let class = |of: &DataType| match of {
            of if crate::category::is(of) => "Categorical",
            of if of.is_integer() => "int",
            of if of.is_floating() => "float",
            of => dtype::name(of, true),
        };
        bail!(
            TypeError: "unsupported operand type(s) for {}: '{}' and '{}'", op.symbol(), class(&a), class(&b);
            hint: "`.astype(…)` gives the values themselves: `.astype(str)`, `.astype(int)`"
        );
    }
    match op {
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => {
            if is_bool(&a) && is_bool(&b) {
                return Ok(match op {
                    BinaryOp::BitAnd => plain(Operator::And),
                    BinaryOp::BitOr => plain(Operator::Or),
                    _ => plain(Operator::IsDistinctFrom),
                });
            }
            if a.is_integer() && b.is_integer() {
                return Ok(plain(match op {
                    BinaryOp::BitAnd => Operator::BitwiseAnd,
                    BinaryOp::BitOr => Operator::BitwiseOr,
                    _ => Operator::BitwiseXor,
                }));
            }
            Err(refuse().hint("conditions stand in parentheses: `(df.x > 1) & (df.y < 2)`"))
        }
        BinaryOp::Add if is_text(&a) && is_text(&b) => Ok(plain(Operator::StringConcat)),
        BinaryOp::Sub if matches!((&a, &b), (DataType::Timestamp(..), DataType::Timestamp(..))) => {
            Ok(plain(Operator::Minus))
        }
        _ if matches!(a, DataType::Duration(_)) || matches!(b, DataType::Duration(_)) => {
            super::spans::arithmetic(op, left.clone(), &a, right.clone(), &b)?.ok_or_else(refuse)
        }
        _ if !dtype::is_number(&a) || !dtype::is_number(&b) => Err(refuse()),
        BinaryOp::Add if is_bool(&a) && is_bool(&b) => Ok(plain(Operator::Or)),
        BinaryOp::Mul if is_bool(&a) && is_bool(&b) => Ok(plain(Operator::And)),
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => {
            let number = |expr: &Expr, of: &DataType| match is_bool(of) {
                true => cast(expr.clone(), DataType::Int64),
                false => expr.clone(),
            };
            let (left, right) = (number(&left, &a), number(&right, &b));
            let operator = match op {
                BinaryOp::Add => Operator::Plus,
                BinaryOp::Sub => Operator::Minus,
                _ => Operator::Multiply,
            };
            Ok(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right))))
        }
        BinaryOp::Div => Ok(Arithmetic::Divide.call(left, right)),
        BinaryOp::FloorDiv => Ok(Arithmetic::FloorDivide.call(left, right)),
        BinaryOp::Mod => Ok(Arithmetic::Modulo.call(left, right)),
        BinaryOp::Pow => Ok(Arithmetic::Power.call(left, right)),
        BinaryOp::LeftShift | BinaryOp::RightShift | BinaryOp::MatMul => Err(refuse()),
    }
}

/// A comparison: with something missing it is false, but `!=` is true.
pub fn comparison(op: CompareOp, left: Expr, right: Expr, view: &View) -> Result<Expr> {
    let (a, b) = (view.type_of(&left)?, view.type_of(&right)?);
    let equality = matches!(op, CompareOp::Eq | CompareOp::NotEq);
    if a == DataType::Null || b == DataType::Null {
        return Ok(lit(op == CompareOp::NotEq));
    }
    if crate::category::is(&a) || crate::category::is(&b) {
        return super::category::compare::comparison(op, left, right, view);
    }
    let kind = |of: &DataType| {
        if is_text(of) {
            0
        } else if dtype::is_number(of) {
            1
        } else {
            2
        }
    };
    if crate::objects::is(&a) != crate::objects::is(&b) && equality {
        let (left, right) = (
            crate::functions::as_type(left, &crate::objects::TYPE),
            crate::functions::as_type(right, &crate::objects::TYPE),
        );
        return comparison(op, left, right, view);
    }
    if kind(&a) != kind(&b) {
        if equality {
            return Ok(lit(op == CompareOp::NotEq));
        }
        bail!(
            TypeError: "'{}' not supported between '{}' and '{}'",
            op.symbol(), dtype::name(&a, view.eager), dtype::name(&b, view.eager)
        );
    }
    let operator = match op {
        CompareOp::Eq => Operator::Eq,
        CompareOp::NotEq => Operator::NotEq,
        CompareOp::Less => Operator::Lt,
        CompareOp::LessEq => Operator::LtEq,
        CompareOp::Greater => Operator::Gt,
        CompareOp::GreaterEq => Operator::GtEq,
        CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => {
            bail!(TypeError: "`{}` does not compare columns", op.symbol())
        }
    };
    let number = |expr: Expr, of: &DataType, other: &DataType| match (of, other) {
        (DataType::Boolean, other) if *other != DataType::Boolean => cast(expr, DataType::Int64),
        _ => expr,
    };
    let (left, right) = (number(left, &a, &b), number(right, &b, &a));
    let compared = Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right)));
    Ok(match op {
        CompareOp::NotEq => Expr::IsNotFalse(Box::new(compared)),
        _ => Expr::IsTrue(Box::new(compared)),
    })
}

/// A condition over rows from a series of `True` and `False`.
pub fn condition(mask: &View) -> Result<Expr> {
    let of = mask.type_of(mask.expr())?;
    if of != DataType::Boolean {
        bail!(TypeError: "a mask is a series of True and False, got {}", dtype::name(&of, mask.eager));
    }
    Ok(Expr::IsTrue(Box::new(mask.expr().clone())))
}
