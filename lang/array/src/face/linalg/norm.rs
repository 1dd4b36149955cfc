//! Norms of vectors and of matrices.

use rdk_runtime::{Result, Value, bail, builtins};

use super::decompose::singular_values;
use crate::array::Array;
use crate::face::operand::{Operand, answer};
use crate::face::parameters::Axes;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::plan::linear::floating;
use crate::{Scalar, shape};

/// Which norm.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Order {
    /// The root of the sum of squares.
    Usual,
    /// "fro"
    Frobenius,
    /// "nuc"
    Nuclear,
    /// By number, infinity being one.
    Number(f64),
}

impl Order {
    /// `None`, "fro", "nuc" or a number.
    ///
    /// # Errors
    /// Anything else.
    pub fn read(value: &Value) -> Result<Order> {
        match (value, value.as_f64()) {
            (Value::None, _) => Ok(Order::Usual),
            (Value::Str(name), _) if matches!(&**name, "fro" | "f") => Ok(Order::Frobenius),
            (Value::Str(name), _) if &**name == "nuc" => Ok(Order::Nuclear),
            (Value::Str(name), _) => {
                bail!("Invalid norm order '{name}' for vectors"; hint: "a number, \"fro\" or \"nuc\"")
            }
            (_, Some(number)) => Ok(Order::Number(number)),
            (other, None) => {
                bail!(TypeError: "expected a number, \"fro\", \"nuc\" or None for `ord`, got {}", rdk_runtime::convert::describe(other))
            }
        }
    }
}

/// Sizes of elements, in a floating type.
fn sizes(array: &Array) -> Result<Array> {
    array.cast(floating(array.dtype())).unary(UnaryFunc::Absolute)
}

fn constant(value: f64, beside: &Array) -> Array {
    Array::scalar(Scalar::F64(value).cast(beside.dtype()))
}

/// The root of the sum of squares.
fn euclidean(array: &Array, axes: &[i64], keepdims: bool) -> Result<Array> {
    let squares = sizes(array)?.unary(UnaryFunc::Square)?;
    squares.reduce(Reduction::Sum, Some(axes), keepdims, None, None)?.unary(UnaryFunc::Sqrt)
}

/// Of vectors along an axis.
fn of_vectors(array: &Array, order: Order, axis: i64, keepdims: bool) -> Result<Array> {
    let along = |array: &Array, reduction| array.reduce(reduction, Some(&[axis]), keepdims, None, None);
    match order {
        Order::Usual | Order::Number(2.0) => euclidean(array, &[axis], keepdims),
        Order::Frobenius => bail!("Invalid norm order 'fro' for vectors"),
        Order::Nuclear => bail!("Invalid norm order 'nuc' for vectors"),
        Order::Number(f64::INFINITY) => along(&sizes(array)?, Reduction::Max),
        Order::Number(f64::NEG_INFINITY) => along(&sizes(array)?, Reduction::Min),
        Order::Number(0.0) => {
            let dtype = floating(array.dtype()).real();
            let some = array.compare(CompareFunc::NotEqual, &Array::scalar(Scalar::zero(array.dtype())))?;
            along(&some.cast(dtype), Reduction::Sum)
        }
        Order::Number(1.0) => along(&sizes(array)?, Reduction::Sum),
        Order::Number(order) => {
            let sizes = sizes(array)?;
            let powers = sizes.binary(BinaryFunc::Power, &constant(order, &sizes))?;
            let sum = along(&powers, Reduction::Sum)?;
            sum.binary(BinaryFunc::Power, &constant(1.0 / order, &sizes))
        }
    }
}

/// Of matrices along two axes.
pub(super) fn of_matrices(array: &Array, order: Order, row: i64, column: i64, keepdims: bool) -> Result<Array> {
    let n = array.ndim();
    let (row, column) = (shape::axis(row, n)?, shape::axis(column, n)?);
    if row == column {
        bail!("Duplicate axes given.");
    }
    // The first axis reduced may move the second.
    let sums = |first: usize, second: usize, reduction| -> Result<Array> {
        let sums = sizes(array)?.reduce(Reduction::Sum, Some(&[first as i64]), true, None, None)?;
        let ends = sums.reduce(reduction, Some(&[second as i64]), true, None, None)?;
        if keepdims { Ok(ends) } else { ends.squeeze(Some(&[first as i64, second as i64])) }
    };
    let values = |reduction| -> Result<Array> {
        let rest = (0..n).filter(|&axis| axis != row && axis != column);
        let order: Vec<i64> = rest.chain([row, column]).map(|axis| axis as i64).collect();
        let values = singular_values(&array.transpose(Some(&order))?)?;
        let result = values.reduce(reduction, Some(&[-1]), false, None, None)?;
        if keepdims { result.expand_dims(&[row as i64, column as i64]) } else { Ok(result) }
    };
    match order {
        Order::Usual | Order::Frobenius => euclidean(array, &[row as i64, column as i64], keepdims),
        Order::Nuclear => values(Reduction::Sum),
        Order::Number(2.0) => values(Reduction::Max),
        Order::Number(-2.0) => values(Reduction::Min),
        Order::Number(1.0) => sums(row, column, Reduction::Max),
        Order::Number(-1.0) => sums(row, column, Reduction::Min),
        Order::Number(f64::INFINITY) => sums(column, row, Reduction::Max),
        Order::Number(f64::NEG_INFINITY) => sums(column, row, Reduction::Min),
        Order::Number(_) => bail!("Invalid norm order for matrices."),
    }
}

builtins! {
    /// The length of a vector or the size of a matrix.
    ///
    /// ```rdk
    /// np.linalg.norm([3.0, 4.0])
    /// #> 5.0
    /// da.linalg.norm(da.ones((4, 9), chunks=2), axis=1).compute()
    /// #> array([3., 3., 3., 3.])
    /// ```
    fn norm[context](
        /// An array.
        x: Operand,
        /// Which norm: a number, `np.inf`, "fro" or "nuc".
        ord: Value = Value::None,
        /// Along which axis vectors are, or which two are matrices.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
    ) -> Result<Value> {
        let (array, order) = (x.array()?, Order::read(&ord)?);
        let n = array.ndim();
        let axes = match axis {
            Some(axes) => axes.0,
            None => (0..n as i64).collect(),
        };
        let result = match (&axes[..], order) {
            _ if axes.len() != 1 && axes.len() != 2 && (order != Order::Usual || axes.len() != n) => {
                bail!("Improper number of dimensions to norm.")
            }
            (&[axis], order) => of_vectors(&array, order, axis, keepdims)?,
            (&[row, column], order) => of_matrices(&array, order, row, column, keepdims)?,
            _ => euclidean(&array, &axes, keepdims)?,
        };
        answer(context, result, x.is_lazy())
    }

    /// The lengths of vectors along an axis.
    fn vector_norm[context](
        /// An array.
        x: Operand,
        /// Along which axis; over all elements if left out.
        axis: Option<i64>,
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
        /// Which norm: a number or `np.inf`.
        ord: f64 = 2.0,
    ) -> Result<Value> {
        let array = x.array()?;
        let result = match axis {
            Some(axis) => of_vectors(&array, Order::Number(ord), axis, keepdims)?,
            None => {
                let flat = of_vectors(&array.reshape(&[-1])?, Order::Number(ord), 0, false)?;
                if keepdims { flat.expand_dims(&(0..array.ndim() as i64).collect::<Vec<_>>())? } else { flat }
            }
        };
        answer(context, result, x.is_lazy())
    }

    /// The sizes of matrices along the last two axes.
    fn matrix_norm[context](
        /// A matrix, or a stack of them.
        x: Operand,
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
        /// Which norm: a number, `np.inf`, "fro" or "nuc".
        ord: Value = "fro",
    ) -> Result<Value> {
        let array = x.array()?;
        crate::plan::linear::check_matrices(&array)?;
        answer(context, of_matrices(&array, Order::read(&ord)?, -2, -1, keepdims)?, x.is_lazy())
    }
}
