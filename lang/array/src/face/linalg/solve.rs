//! Equations, inverses, determinants, and powers and chains of matrices.

// `UPLO` and `A` are NumPy's names.
#![allow(non_snake_case)]

use rdk_runtime::{Result, Value, bail, builtins};

use super::decompose::singular_values;
use super::{of_one, only, several};
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::face::layout::sequence;
use crate::face::operand::{Operand, answer};
use crate::face::parameters::{Axes, Unsupported};
use crate::kernel::{BinaryFunc, Reduction, UnaryFunc};
use crate::plan::linear::{self, Work, check_matrices, check_square, floating, rows_and_columns};
use crate::{DType, Scalar, shape};

/// The smallest number that makes a difference to 1.
pub(super) fn epsilon(dtype: DType) -> f64 {
    if dtype.real() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON }
}

/// `b` as columns: a vector becomes one, and the answer loses it again.
pub(super) fn columns(a: &Array, b: &Array) -> Result<(Array, bool)> {
    if b.ndim() == 0 {
        bail!("solve: expected an array of at least 1 dimension on the right, got a number");
    }
    let vector = b.ndim() == 1;
    let b = if vector { b.expand_dims(&[1])? } else { b.clone() };
    let ((m, _), (rows, _)) = (rows_and_columns(a), rows_and_columns(&b));
    if m != rows {
        bail!(
            "solve: the matrix of shape {} has {m} rows, the right-hand side of shape {} has {rows}",
            shape::show(a.shape()),
            shape::show(b.shape())
        );
    }
    Ok((b, vector))
}

/// A solution, without the column that a vector was made.
pub(super) fn solution(name: &str, work: Work, a: &Array, b: &Array) -> Result<Array> {
    let (b, vector) = columns(a, b)?;
    let x = linear::only(name, work, &[a.clone(), b])?;
    if vector { x.squeeze(Some(&[-1])) } else { Ok(x) }
}

/// Powers by squaring.
fn power(a: Array, n: i64) -> Result<Array> {
    let size = a.shape()[a.ndim() - 1];
    let mut base = if n < 0 { linear::only("inv", Work::Inverse, &[a])? } else { a };
    if n == 0 {
        let eye = Array::eye(size, size, 0, base.dtype(), &ChunksSpec::AUTO)?;
        return eye.broadcast_to(base.shape());
    }
    let mut n = n.unsigned_abs();
    let mut result: Option<Array> = None;
    loop {
        if n % 2 == 1 {
            result = Some(match result {
                Some(result) => result.matmul(&base)?,
                None => base.clone(),
            });
        }
        n /= 2;
        match result {
            Some(result) if n == 0 => return Ok(result),
            _ => base = base.matmul(&base)?,
        }
    }
}

/// A chain of products in the order that takes the fewest multiplications.
fn chain(arrays: &[Array]) -> Result<Array> {
    let n = arrays.len();
    let size = |at: usize| if at < n { arrays[at].shape()[0] } else { arrays[n - 1].shape()[1] } as u128;
    let mut cost = vec![vec![0u128; n]; n];
    let mut cut = vec![vec![0usize; n]; n];
    for length in 1..n {
        for i in 0..n - length {
            let j = i + length;
            (cost[i][j], cut[i][j]) = (i..j)
                .map(|k| (cost[i][k] + cost[k + 1][j] + size(i) * size(k + 1) * size(j + 1), k))
                .min()
                .unwrap_or((0, i));
        }
    }
    fn product(arrays: &[Array], cut: &[Vec<usize>], i: usize, j: usize) -> Result<Array> {
        if i == j {
            return Ok(arrays[i].clone());
        }
        let k = cut[i][j];
        product(arrays, cut, i, k)?.dot(&product(arrays, cut, k + 1, j)?)
    }
    product(arrays, &cut, 0, n - 1)
}

builtins! {
    /// What solves `a · x = b`.
    ///
    /// ```rdk
    /// np.linalg.solve([[3.0, 1.0], [1.0, 2.0]], [9.0, 8.0])
    /// #> array([2., 3.])
    /// ```
    fn solve[context](
        /// A square matrix, or a stack of them.
        a: Operand,
        /// A vector, or a matrix whose columns are solved for one by one.
        b: Operand,
        /// The older way to say that the matrix is positive definite.
        sym_pos: Option<bool>,
        /// What the matrix is known to be: "gen" for anything, "pos" for positive definite.
        assume_a: String = "gen",
    ) -> Result<Value> {
        let array = a.array()?;
        check_square(&array)?;
        let positive = match &*assume_a {
            "pos" => true,
            "gen" => sym_pos.unwrap_or(false),
            _ => bail!("assume_a = '{assume_a}' is not a recognized matrix structure, valid structures in Dask are 'pos' and 'gen'."),
        };
        let x = match positive {
            true => {
                let (b, vector) = columns(&array, &b.array()?)?;
                let x = linear::solve_positive(&array, &b)?;
                if vector { x.squeeze(Some(&[-1]))? } else { x }
            }
            false => solution("solve", Work::Solve, &array, &b.array()?)?,
        };
        answer(context, x, a.is_lazy() || b.is_lazy())
    }

    /// The inverse of a matrix.
    fn inv[context](/** A square matrix, or a stack of them. */ a: Operand) -> Result<Value> {
        check_square(&a.array()?)?;
        only(context, "inv", Work::Inverse, &a)
    }

    /// The determinant of a matrix.
    fn det[context](/** A square matrix, or a stack of them. */ a: Operand) -> Result<Value> {
        check_square(&a.array()?)?;
        only(context, "det", Work::Determinant, &a)
    }

    /// The sign of the determinant of a matrix, and the logarithm of its size.
    fn slogdet[context](/** A square matrix, or a stack of them. */ a: Operand) -> Result<Value> {
        let array = a.array()?;
        check_square(&array)?;
        let parts = match a.is_lazy() {
            true => linear::sign_and_log(&array)?,
            false => {
                let parts = of_one(context, "slogdet", Work::SignAndLog, &a)?;
                [parts.part(0), parts.part(1)]
            }
        };
        several(context, "SlogdetResult", &["sign", "logabsdet"], &parts, a.is_lazy())
    }

    /// The pseudoinverse of a matrix: it gives the solutions of least squares.
    fn pinv[context](
        /// A matrix, or a stack of them.
        a: Operand,
        /// Singular values that are smaller, beside the largest, count as zero.
        rcond: Option<f64>,
        /// Is the matrix its own adjoint?
        hermitian: bool = false,
        /// The same as `rcond`, by its newer name.
        rtol: Option<f64>,
    ) -> Result<Value> {
        let array = a.array()?;
        check_matrices(&array)?;
        let (m, n) = rows_and_columns(&array);
        let cutoff = rtol.or(rcond).unwrap_or(m.max(n) as f64 * epsilon(floating(array.dtype())));
        only(context, "pinv", Work::PseudoInverse { cutoff, hermitian }, &a)
    }

    /// How many rows of a matrix do not depend on each other.
    fn matrix_rank[context](
        /// A matrix, or a stack of them.
        A: Operand,
        /// Singular values up to this count as zero.
        tol: Option<f64>,
        /// Is the matrix its own adjoint?
        hermitian: bool = false,
        /// The same, beside the largest singular value.
        rtol: Option<f64>,
    ) -> Result<Value> {
        let array = A.array()?;
        if array.ndim() < 2 {
            let any = array.compare(crate::kernel::CompareFunc::NotEqual, &Array::scalar(crate::Scalar::zero(array.dtype())))?;
            let any = any.reduce(Reduction::Any, None, false, None, None)?.cast(DType::I64);
            return answer(context, any, A.is_lazy());
        }
        let (m, n) = rows_and_columns(&array);
        let relative = rtol.unwrap_or(m.max(n) as f64 * epsilon(floating(array.dtype())));
        only(context, "matrix_rank", Work::Rank { absolute: tol, relative, hermitian }, &A)
    }

    /// A matrix multiplied by itself so many times; negative powers are those of the inverse.
    fn matrix_power[context](
        /// A square matrix, or a stack of them.
        a: Operand,
        /// How many times.
        n: i64,
    ) -> Result<Value> {
        let array = a.array()?;
        check_square(&array)?;
        answer(context, power(array, n)?, a.is_lazy())
    }

    /// How much solutions depend on small changes of a matrix: its norm times that of its inverse.
    fn cond[context](
        /// A matrix, or a stack of them.
        x: Operand,
        /// Which norm; `None` is the quotient of the largest and the smallest singular value.
        p: Option<Value>,
    ) -> Result<Value> {
        let array = x.array()?;
        check_matrices(&array)?;
        let number = p.as_ref().and_then(Value::as_f64);
        let by_values = p.is_none() || number.is_some_and(|p| p.abs() == 2.0);
        let result = if by_values {
            let s = singular_values(&array)?;
            let end = |reduction| s.reduce(reduction, Some(&[-1]), false, None, None);
            let (largest, smallest) = (end(Reduction::Max)?, end(Reduction::Min)?);
            let quotient = match number {
                Some(-2.0) => smallest.binary(BinaryFunc::Divide, &largest)?,
                _ => largest.binary(BinaryFunc::Divide, &smallest)?,
            };
            // What is not a number though the matrix is one is beyond all numbers: 0 / 0.
            let given = array.unary(UnaryFunc::IsNan)?.reduce(Reduction::Any, Some(&[-2, -1]), false, None, None)?;
            let lost = quotient.unary(UnaryFunc::IsNan)?.binary(BinaryFunc::LogicalAnd, &given.unary(UnaryFunc::LogicalNot)?)?;
            lost.select(&crate::Array::scalar(Scalar::F64(f64::INFINITY).cast(quotient.dtype())), &quotient)?
        } else {
            check_square(&array)?;
            let inverse = linear::only("inv", Work::Inverse, std::slice::from_ref(&array))?;
            let order = super::norm::Order::read(&p.unwrap_or(Value::None))?;
            let norm = |array: &Array| super::norm::of_matrices(array, order, -2, -1, false);
            norm(&array)?.binary(BinaryFunc::Multiply, &norm(&inverse)?)?
        };
        answer(context, result, x.is_lazy())
    }

    /// The product of several matrices, in the order that takes the least work.
    fn multi_dot[context](
        /// The matrices; the first and the last may be vectors.
        arrays: Value,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let (mut arrays, lazy) = sequence(&arrays)?;
        let n = arrays.len();
        if n < 2 {
            bail!("Expecting at least two arrays.");
        }
        let (first, last) = (arrays[0].ndim() == 1, arrays[n - 1].ndim() == 1);
        if first {
            arrays[0] = arrays[0].expand_dims(&[0])?;
        }
        if last {
            arrays[n - 1] = arrays[n - 1].expand_dims(&[1])?;
        }
        if let Some(other) = arrays.iter().find(|array| array.ndim() != 2) {
            bail!(LinAlgError: "{}-dimensional array given. Array must be two-dimensional", other.ndim());
        }
        let mut result = chain(&arrays)?;
        if last {
            result = result.squeeze(Some(&[1]))?;
        }
        if first {
            result = result.squeeze(Some(&[0]))?;
        }
        answer(context, result, lazy)
    }

    /// The inverse of `tensordot`: `x` with `tensordot(x, ainv) = identity`.
    fn tensorinv[context](
        /// An array whose first axes together are as long as the others.
        a: Operand,
        /// How many axes are the first.
        ind: usize = 2,
    ) -> Result<Value> {
        let array = a.array()?;
        if ind == 0 || ind > array.ndim() {
            bail!("Invalid ind argument.");
        }
        let (front, back) = array.shape().split_at(ind);
        let (m, n): (usize, usize) = (front.iter().product(), back.iter().product());
        let square = array.reshape(&[m as i64, n as i64])?;
        check_square(&square)?;
        let shape: Vec<i64> = back.iter().chain(front).map(|&length| length as i64).collect();
        let inverse = linear::only("inv", Work::Inverse, &[square])?.reshape(&shape)?;
        answer(context, inverse, a.is_lazy())
    }

    /// `x` with `tensordot(a, x) = b`.
    fn tensorsolve[context](
        /// An array whose first axes are those of `b`.
        a: Operand,
        /// The right-hand side.
        b: Operand,
        /// Axes of `a` to be moved to the end first.
        axes: Option<Axes>,
    ) -> Result<Value> {
        let (mut array, right) = (a.array()?, b.array()?);
        if let Some(axes) = axes {
            let n = array.ndim();
            let mut order: Vec<i64> = (0..n as i64).collect();
            for axis in axes.0 {
                let axis = shape::axis(axis, n)? as i64;
                order.retain(|&other| other != axis);
                order.push(axis);
            }
            array = array.transpose(Some(&order))?;
        }
        if right.ndim() > array.ndim() {
            bail!("tensorsolve: the right-hand side has more dimensions than the array");
        }
        let shape: Vec<i64> = array.shape()[right.ndim()..].iter().map(|&length| length as i64).collect();
        let n = right.size() as i64;
        let square = array.reshape(&[n, -1])?;
        check_square(&square)?;
        let x = solution("solve", Work::Solve, &square, &right.reshape(&[-1])?)?;
        answer(context, x.reshape(&shape)?, a.is_lazy() || b.is_lazy())
    }
}

/// What has another form in `dask.array.linalg`.
pub(super) mod functions {
    use super::*;

    builtins! {
        /// What comes nearest to solving `a · x = b`: with the smallest sum of squares.
        fn lstsq[context](
            /// A matrix.
            a: Operand,
            /// A vector, or a matrix whose columns are solved for one by one.
            b: Operand,
            /// Singular values that are smaller, beside the largest, count as zero.
            rcond: Option<f64>,
        ) -> Result<Value> {
            let (array, right) = (a.array()?, b.array()?);
            let (a_dims, b_dims) = (array.ndim(), right.ndim());
            if a_dims != 2 {
                bail!(LinAlgError: "{a_dims}-dimensional array given. Array must be two-dimensional");
            }
            if b_dims != 1 && b_dims != 2 {
                bail!(LinAlgError: "{b_dims}-dimensional array given. Array must be two-dimensional");
            }
            let (m, n) = rows_and_columns(&array);
            if right.shape()[0] != m {
                bail!(LinAlgError: "Incompatible dimensions"; hint: "shapes are {} and {}", shape::show(array.shape()), shape::show(right.shape()));
            }
            let (right, vector) = columns(&array, &right)?;
            let lazy = a.is_lazy() || b.is_lazy();
            let cutoff = match rcond {
                Some(rcond) if rcond >= 0.0 => rcond,
                Some(_) => epsilon(floating(array.dtype())),
                None => epsilon(floating(array.dtype())) * m.max(n) as f64,
            };
            let parts = linear::worked("lstsq", Work::LeastSquares { cutoff }, &[array, right])?.now(context, lazy)?;
            let x = if vector { parts.part(0).squeeze(Some(&[1]))? } else { parts.part(0) };
            let mut values = Vec::new();
            for part in [x, parts.part(1), parts.part(2), parts.part(3)] {
                values.push(answer(context, part, lazy)?);
            }
            // Without more rows than needed there is nothing left over.
            if !lazy {
                let rank = values[2].as_f64().unwrap_or(0.0);
                values[2] = crate::eager::number(crate::Scalar::I32(rank as i32));
                if rank < n as f64 || m <= n {
                    let none = crate::Chunk::full(&[0], crate::Scalar::zero(parts.dtype().real()));
                    values[1] = crate::eager::value(none);
                }
            }
            Ok(Value::tuple(values))
        }

        /// Rows and columns exchanged.
        fn matrix_transpose[context](/** A matrix, or a stack of them. */ x: Operand) -> Result<Value> {
            let array = x.array()?;
            check_matrices(&array)?;
            let n = array.ndim() as i64;
            answer(context, crate::face::layout::swapped(&array, n - 2, n - 1)?, x.is_lazy())
        }
    }
}
