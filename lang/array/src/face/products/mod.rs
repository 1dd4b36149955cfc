//! Sums of products: `inner`, `kron`, `cross`, `trace`, `einsum`; for the others see `layout`.

mod einsum;

use rdk_runtime::{Builtin, Context, Keywords, Rest, Result, Value, bail, builtins};

use super::operand::{Operand, answer, make_lazy, together};
use super::out::Out;
use super::seen::Seen;
use crate::array::Array;
use crate::eager::DTypeArg;
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, Reduction, UnaryFunc};
use crate::plan::Operands;
use crate::{DType, shape};

/// The same for `dask.array`: the first argument is made lazy; `einsum` is lazy where an operand is.
pub fn dask() -> Vec<Builtin> {
    let lent = |builtin: Builtin| if builtin.name == "einsum" { builtin } else { builtin.lent(make_lazy) };
    builtins().into_iter().map(lent).collect()
}

/// Two different axes.
fn two_axes(name: &str, array: &Array, axis1: i64, axis2: i64) -> Result<(usize, usize)> {
    let n = array.ndim();
    if n < 2 {
        bail!("{name} requires an array of at least two dimensions"; hint: "its shape is {}", shape::show(array.shape()));
    }
    let axes = (shape::axis(axis1, n)?, shape::axis(axis2, n)?);
    if axes.0 == axes.1 {
        bail!("axis1 and axis2 cannot be the same");
    }
    Ok(axes)
}

/// The sum along a diagonal.
fn traced(array: &Array, offset: i64, axis1: i64, axis2: i64, dtype: Option<DType>) -> Result<Array> {
    let (axis1, axis2) = two_axes("trace", array, axis1, axis2)?;
    array.diagonal(offset, axis1, axis2)?.reduce(Reduction::Sum, Some(&[-1]), false, dtype, None)
}

/// The elements of a diagonal, as the last axis; of an array in memory they are shown, to be read.
fn diagonal_of(context: &Context, a: &Seen, offset: i64, axis1: i64, axis2: i64) -> Result<Value> {
    let array = a.array()?;
    let (axis1, axis2) = two_axes("diagonal", &array, axis1, axis2)?;
    match a.in_memory() {
        Some(memory) => Ok(Value::object(memory.diagonal(offset, axis1, axis2))),
        None => answer(context, array.diagonal(offset, axis1, axis2)?, a.is_lazy()),
    }
}

/// Sums of products over the last axes of both.
fn inner_of(a: &Array, b: &Array) -> Result<Array> {
    if a.ndim() == 0 || b.ndim() == 0 {
        return a.binary(BinaryFunc::Multiply, b);
    }
    let (left, right) = (a.ndim() - 1, b.ndim() - 1);
    if a.shape()[left] != b.shape()[right] {
        bail!(
            "shapes {} and {} not aligned: {} (dim {left}) != {} (dim {right})",
            shape::show(a.shape()),
            shape::show(b.shape()),
            a.shape()[left],
            b.shape()[right]
        );
    }
    a.tensordot(b, &Operands::Axes(vec![-1], vec![-1]))
}

/// Every element of one times all of the other.
fn kronecker(a: &Array, b: &Array) -> Result<Array> {
    let n = a.ndim().max(b.ndim());
    let grown = |array: &Array| array.expand_dims(&(0..(n - array.ndim()) as i64).collect::<Vec<_>>());
    let (a, b) = (grown(a)?, grown(b)?);
    let shape: Vec<i64> = a.shape().iter().zip(b.shape()).map(|(&x, &y)| (x * y) as i64).collect();
    // Axes of both in turn.
    let places = |first: i64| (0..n as i64).map(|axis| 2 * axis + first).collect::<Vec<_>>();
    let product = a.expand_dims(&places(1))?.binary(BinaryFunc::Multiply, &b.expand_dims(&places(0))?)?;
    product.reshape(&shape)
}

/// The axes of `np.cross`.
struct Cross {
    a: i64,
    b: i64,
    c: i64,
}

impl Cross {
    fn of(&self, a: &Array, b: &Array) -> Result<Array> {
        let last = |array: &Array, axis: i64| -> Result<Array> {
            let n = array.ndim();
            let axis = shape::axis(axis, n)?;
            let order: Vec<i64> = (0..n).filter(|&other| other != axis).chain([axis]).map(|axis| axis as i64).collect();
            array.transpose(Some(&order))
        };
        let (a, b) = (last(a, self.a)?, last(b, self.b)?);
        let (m, n) = (a.shape()[a.ndim() - 1], b.shape()[b.ndim() - 1]);
        if ![2, 3].contains(&m) || ![2, 3].contains(&n) {
            bail!(
                "Both input arrays must be (arrays of) 3-dimensional vectors, but they are {m} and {n} dimensional instead."
            );
        }
        let part = |array: &Array, at: i64| array.slice(&[IndexItem::Ellipsis, IndexItem::Int(at)]);
        let product = |i: i64, j: i64| part(&a, i)?.binary(BinaryFunc::Multiply, &part(&b, j)?);
        let difference = |i, j| product(i, j)?.binary(BinaryFunc::Subtract, &product(j, i)?);
        let result = match (m, n) {
            (2, 2) => return difference(0, 1),
            (3, 3) => vec![difference(1, 2)?, difference(2, 0)?, difference(0, 1)?],
            // The third one of the shorter is 0.
            (2, _) => {
                let negative = product(0, 2)?.unary(UnaryFunc::Negative)?;
                vec![product(1, 2)?, negative, difference(0, 1)?]
            }
            _ => {
                let of_b = |i: i64, j: i64| part(&a, i)?.binary(BinaryFunc::Multiply, &part(&b, j)?);
                vec![of_b(2, 1)?.unary(UnaryFunc::Negative)?, of_b(2, 0)?, difference(0, 1)?]
            }
        };
        let axis = shape::axis(self.c, result[0].ndim() + 1)? as i64;
        Array::stack(&result, axis)
    }
}

builtins! {
    /// Sums of products over the last axes of both.
    fn inner[context](/** One array. */ a: Operand, /** Another. */ b: Operand) -> Result<Value> {
        let arrays = together(&[&a, &b])?;
        answer(context, inner_of(&arrays[0], &arrays[1])?, a.is_lazy() || b.is_lazy())
    }

    /// Sums of products over an axis of both; the first is conjugated.
    fn vecdot[context](
        /// One array.
        x1: Operand,
        /// Another.
        x2: Operand,
        /// Along which axis.
        axis: i64 = -1,
    ) -> Result<Value> {
        let arrays = together(&[&x1, &x2])?;
        let x = if arrays[0].dtype().is_complex() { arrays[0].unary(UnaryFunc::Conjugate)? } else { arrays[0].clone() };
        let product = x.binary(BinaryFunc::Multiply, &arrays[1])?;
        let dtype = product.dtype();
        let whole = (dtype != DType::Bool).then_some(dtype);
        let reduction = if dtype == DType::Bool { Reduction::Any } else { Reduction::Sum };
        answer(context, product.reduce(reduction, Some(&[axis]), false, whole, None)?, x1.is_lazy() || x2.is_lazy())
    }

    /// Each element of one array times all of the other, as blocks.
    ///
    /// ```rdk
    /// np.kron([1, 10], [1, 2])
    /// #> array([ 1,  2, 10, 20])
    /// ```
    fn kron[context](/** One array. */ a: Operand, /** Another. */ b: Operand) -> Result<Value> {
        let arrays = together(&[&a, &b])?;
        answer(context, kronecker(&arrays[0], &arrays[1])?, a.is_lazy() || b.is_lazy())
    }

    /// The vectors that are perpendicular to two others.
    fn cross[context](
        /// Vectors of 3 components.
        a: Operand,
        /// Others.
        b: Operand,
        /// Along which axis of `a` they are.
        axisa: i64 = -1,
        /// Along which axis of `b`.
        axisb: i64 = -1,
        /// Along which axis of the result.
        axisc: i64 = -1,
        /// The same for all three.
        axis: Option<i64>,
    ) -> Result<Value> {
        let axes = Cross { a: axis.unwrap_or(axisa), b: axis.unwrap_or(axisb), c: axis.unwrap_or(axisc) };
        let arrays = together(&[&a, &b])?;
        answer(context, axes.of(&arrays[0], &arrays[1])?, a.is_lazy() || b.is_lazy())
    }

    /// The sum of a diagonal.
    fn trace[context](
        /// An array of two axes, or a stack of them.
        a: Operand,
        /// Which diagonal: so many columns to the right.
        offset: i64 = 0,
        /// The rows.
        axis1: i64 = 0,
        /// The columns.
        axis2: i64 = 1,
        /// In which type to add.
        dtype: Option<DTypeArg>,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take("trace", answer(context, traced(&a.array()?, offset, axis1, axis2, dtype.map(|dtype| dtype.0))?, a.is_lazy())?) }

    /// The elements of a diagonal.
    fn diagonal[context](
        /// An array of two axes, or a stack of them.
        a: Seen,
        /// Which diagonal: so many columns to the right.
        offset: i64 = 0,
        /// The rows.
        axis1: i64 = 0,
        /// The columns.
        axis2: i64 = 1,
    ) -> Result<Value> { diagonal_of(context, &a, offset, axis1, axis2) }

    /// Sums of products by Einstein's convention: letters that stand twice are summed over.
    ///
    /// ```rdk
    /// np.einsum("ij,jk->ik", [[1, 2], [3, 4]], [[1, 0], [0, 1]])
    /// #> array([[1, 2],
    /// #>        [3, 4]])
    /// np.einsum("ii", [[1, 2], [3, 4]])
    /// #> 5
    /// ```
    fn einsum[context](
        /// The letters of the axes, then the arrays; or each array followed by a list of numbers for its axes.
        operands: Rest,
        /// `dtype`: compute in this type; `optimize` and others have no effect.
        options: Keywords,
    ) -> Result<Value> { einsum::einsum(context, operands.0, options) }
}

/// `np.linalg.trace`, `np.linalg.diagonal`: of stacks of matrices.
pub mod stacks {
    use super::*;

    builtins! {
        /// The sum of a diagonal of each matrix in a stack.
        ///
        /// ```rdk
        /// np.linalg.trace(np.arange(8).reshape(2, 2, 2))
        /// #> array([ 3, 11])
        /// ```
        fn trace[context](
            /// A matrix, or a stack of them; the last two axes are rows and columns.
            x: Operand,
            /// Which diagonal: so many columns to the right.
            offset: i64 = 0,
            /// In which type to add.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> { answer(context, traced(&x.array()?, offset, -2, -1, dtype.map(|dtype| dtype.0))?, x.is_lazy()) }

        /// The elements of a diagonal of each matrix in a stack.
        fn diagonal[context](
            /// A matrix, or a stack of them; the last two axes are rows and columns.
            x: Seen,
            /// Which diagonal: so many columns to the right.
            offset: i64 = 0,
        ) -> Result<Value> { diagonal_of(context, &x, offset, -2, -1) }
    }
}

/// Those of NumPy alone.
pub mod numpy {
    use super::*;

    /// Along the last axis of both, with new axes so that matrices and vectors fit; complex left sides are conjugated.
    fn product(context: &rdk_runtime::Context, name: &str, x1: &Operand, x2: &Operand, left: bool) -> Result<Value> {
        let (a, b) = (x1.array()?, x2.array()?);
        let (vector, matrix) = if left { (&a, &b) } else { (&b, &a) };
        if vector.ndim() < 1 || matrix.ndim() < 2 {
            let wanted = if left { "a vector and a matrix" } else { "a matrix and a vector" };
            bail!("{name}: expected {wanted}, got arrays of {} and {} dimensions", a.ndim(), b.ndim());
        }
        let last = vector.ndim() as i64;
        let product = match left {
            true => {
                let row = if a.dtype().is_complex() { a.unary(UnaryFunc::Conjugate)? } else { a.clone() };
                row.expand_dims(&[last - 1])?.matmul(&b)?.squeeze(Some(&[-2]))?
            }
            false => a.matmul(&b.expand_dims(&[last])?)?.squeeze(Some(&[-1]))?,
        };
        answer(context, product.named(name), x1.is_lazy() || x2.is_lazy())
    }

    builtins! {
        /// Matrices times vectors; leading axes are gone through together.
        ///
        /// ```rdk
        /// np.matvec([[1, 2], [3, 4]], [[1, 0], [0, 1]])
        /// #> array([[1, 3],
        /// #>        [2, 4]])
        /// ```
        fn matvec[context](/** The matrices. */ x1: Operand, /** The vectors. */ x2: Operand) -> Result<Value> {
            product(context, "matvec", &x1, &x2, false)
        }

        /// Vectors times matrices; complex vectors are conjugated.
        fn vecmat[context](/** The vectors. */ x1: Operand, /** The matrices. */ x2: Operand) -> Result<Value> {
            product(context, "vecmat", &x1, &x2, true)
        }
    }
}
