//! Operators as methods: `df.x.add(1)`, `df.x.lt(other, fill_value=0)`.

use rdk_runtime::{Context, Result, Value, bail, builtins};
use rdk_syntax::tree::{BinaryOp, CompareOp};

use super::operators::{self, Along};
use crate::frame::{Frame, what};
use crate::plan::View;

/// One side of an operator; what is missing in it is filled first, if it is said with what.
fn filled(context: &Context, side: Value, fill: &Option<Value>) -> Result<Value> {
    match (fill, side.get::<Frame>()) {
        (Some(fill), Some(_)) => {
            let method = rdk_runtime::operators::attribute(context, &side, "fillna")?;
            context.call(&method, rdk_runtime::Args::one(fill.clone()))
        }
        _ => Ok(side),
    }
}

fn arithmetic(
    context: &Context,
    this: Value,
    op: BinaryOp,
    other: Value,
    axis: Option<Value>,
    fill: Option<Value>,
    reflected: bool,
) -> Result<Value> {
    let (this, other) = (filled(context, this, &fill)?, filled(context, other, &fill)?);
    let Some(view) = view_of(&this) else {
        bail!(TypeError: "expected a frame or a series, got {}", what(&this));
    };
    match operators::binary_along(context, op, &view, &other, reflected, axis_of(&axis)?) {
        Some(answer) => answer,
        None => bail!(TypeError: "unsupported operand type for {}: {}", op.symbol(), what(&other)),
    }
}

fn comparison(
    context: &Context,
    this: Value,
    op: CompareOp,
    other: Value,
    axis: Option<Value>,
    fill: Option<Value>,
) -> Result<Value> {
    let (this, other) = (filled(context, this, &fill)?, filled(context, other, &fill)?);
    let Some(view) = view_of(&this) else {
        bail!(TypeError: "expected a frame or a series, got {}", what(&this));
    };
    match operators::compare_along(context, op, &view, &other, axis_of(&axis)?) {
        Some(answer) => answer,
        None => bail!(TypeError: "'{}' does not compare with {}", op.symbol(), what(&other)),
    }
}

/// `axis=`: columns, unless rows are named.
fn axis_of(axis: &Option<Value>) -> Result<Along> {
    Ok(if axis.is_none() || super::axis_labels::of_columns(axis)? { Along::Columns } else { Along::Rows })
}

fn view_of(value: &Value) -> Option<View> {
    value.get::<Frame>().map(Frame::view)
}

builtins! {
    /// The sum with something else.
    fn add[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Add, other, axis, fill_value, false) }

    /// The difference to something else.
    fn sub[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Sub, other, axis, fill_value, false) }

    /// The difference to something else; another name of `sub`.
    fn subtract[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Sub, other, axis, fill_value, false) }

    /// The product with something else.
    fn mul[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Mul, other, axis, fill_value, false) }

    /// The product with something else; another name of `mul`.
    fn multiply[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Mul, other, axis, fill_value, false) }

    /// The quotient by something else.
    fn div[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Div, other, axis, fill_value, false) }

    /// The quotient by something else; another name of `div`.
    fn divide[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Div, other, axis, fill_value, false) }

    /// The quotient by something else; another name of `div`.
    fn truediv[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Div, other, axis, fill_value, false) }

    /// The whole quotient by something else.
    fn floordiv[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::FloorDiv, other, axis, fill_value, false) }

    /// The rest of a division by something else.
    fn mod[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Mod, other, axis, fill_value, false) }

    /// To the power of something else.
    fn pow[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Pow, other, axis, fill_value, false) }

    /// Something else, and this added to it.
    fn radd[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Add, other, axis, fill_value, true) }

    /// Something else less this.
    fn rsub[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Sub, other, axis, fill_value, true) }

    /// Something else times this.
    fn rmul[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Mul, other, axis, fill_value, true) }

    /// Something else divided by this.
    fn rdiv[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Div, other, axis, fill_value, true) }

    /// Something else divided by this; another name of `rdiv`.
    fn rtruediv[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Div, other, axis, fill_value, true) }

    /// The whole quotient of something else by this.
    fn rfloordiv[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::FloorDiv, other, axis, fill_value, true) }

    /// The rest of a division of something else by this.
    fn rmod[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Mod, other, axis, fill_value, true) }

    /// Something else to the power of this.
    fn rpow[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; arithmetic(context, this, BinaryOp::Pow, other, axis, fill_value, true) }

    /// `True` where it equals something else.
    fn eq[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; comparison(context, this, CompareOp::Eq, other, axis, fill_value) }

    /// `True` where it differs from something else.
    fn ne[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; comparison(context, this, CompareOp::NotEq, other, axis, fill_value) }

    /// `True` where it is less than something else.
    fn lt[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; comparison(context, this, CompareOp::Less, other, axis, fill_value) }

    /// `True` where it is something else or less.
    fn le[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; comparison(context, this, CompareOp::LessEq, other, axis, fill_value) }

    /// `True` where it is more than something else.
    fn gt[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; comparison(context, this, CompareOp::Greater, other, axis, fill_value) }

    /// `True` where it is something else or more.
    fn ge[context](/** The frame or series. */ this: Value, /** A value, a list, a series or a frame. */ other: Value, /** 0: a series stands beside the rows; 1, as for operators: its labels are those of columns. */ axis: Option<Value>, /** Has no effect. */ level: Option<Value>, /** What stands for what is missing. */ fill_value: Option<Value>) -> Result<Value> { let _ = level; comparison(context, this, CompareOp::GreaterEq, other, axis, fill_value) }
}
