//! Diagonals of tables, and what stands on one side of them: `diag`, `tril`, `triu`.

use rdk_runtime::{Context, Result, Value, bail, builtins};

use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::NdArray;
use crate::face::choose::nonzero;
use crate::face::create::room_for_positions;
use crate::face::layout::with;
use crate::face::operand::Operand;
use crate::face::seen::Seen;
use crate::kernel::{Source, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;

/// A table with a row on its `k`-th diagonal, zeros elsewhere.
fn on_diagonal(row: &Array, k: i64) -> Result<Array> {
    let row = row.sized()?;
    let length = row.shape()[0];
    let n = length + k.unsigned_abs() as usize;
    let zeros = |count: usize| Array::full("zeros", &[count], Scalar::zero(row.dtype()), &ChunksSpec::AUTO);
    // What stands in a column is what the row has there.
    let columns = match k {
        0 => row.clone(),
        1.. => Array::concatenate(&[zeros(k as usize)?, row.clone()], 0)?,
        _ => Array::concatenate(&[row.clone(), zeros(k.unsigned_abs() as usize)?], 0)?,
    };
    let along = columns.chunks().0[0].clone();
    let grid = [along.clone(), along].into_iter().collect();
    let on = Array::source_on("eye", Source::Eye { k, dtype: DType::Bool }, grid);
    let zero = Array::scalar(Scalar::zero(row.dtype()));
    let table = on.select(&columns.broadcast_to(&[n, n])?, &zero)?;
    Ok(table.named("diag"))
}

fn diag(v: Array, k: i64) -> Result<Array> {
    match v.ndim() {
        1 => on_diagonal(&v, k),
        2 => v.diagonal(k, 0, 1),
        _ => bail!("Input must be 1- or 2-d."),
    }
}

/// The elements on one side of a diagonal, zeros on the other.
fn triangle(array: Array, k: i64, lower: bool) -> Result<Array> {
    let array = array.sized()?;
    let zero = Array::scalar(Scalar::zero(array.dtype()));
    if array.ndim() < 1 {
        bail!("Input must be at least 1-dimensional");
    }
    let n = array.shape()[array.ndim() - 1];
    let (rows, grid) = match array.ndim() {
        1 => (n, [array.chunks().0[0].clone(), array.chunks().0[0].clone()].into_iter().collect()),
        n_axes => (array.shape()[n_axes - 2], array.chunks().0[n_axes - 2..].iter().cloned().collect()),
    };
    let k = border(k, lower);
    let tri = Array::source_on("tri", Source::Tri { k, dtype: DType::Bool }, grid);
    let mut shape = shape::Shape::from_slice(array.shape());
    if array.ndim() == 1 {
        shape = [rows, n].into_iter().collect();
    }
    let array = array.broadcast_to(&shape)?;
    let chosen = if lower { tri.select(&array, &zero)? } else { tri.select(&zero, &array)? };
    Ok(chosen.named(if lower { "tril" } else { "triu" }))
}

/// Rows and columns of the elements on one side of a diagonal.
pub fn triangle_positions(rows: usize, columns: usize, k: i64, lower: bool) -> Result<(Vec<i64>, Vec<i64>)> {
    // About half of the elements of a square, each with two coordinates.
    room_for_positions(rows as u128 * columns as u128)?;
    let (mut row_numbers, mut column_numbers) = (Vec::new(), Vec::new());
    for row in 0..rows as i64 {
        let border = row.saturating_add(k);
        let inside = if lower {
            0..border.saturating_add(1).clamp(0, columns as i64)
        } else {
            border.clamp(0, columns as i64)..columns as i64
        };
        for column in inside {
            row_numbers.push(row);
            column_numbers.push(column);
        }
    }
    Ok((row_numbers, column_numbers))
}

/// Rows and columns in memory.
pub fn rows_of(positions: (Vec<i64>, Vec<i64>)) -> Value {
    let row = |numbers: Vec<i64>| Value::object(NdArray::new(Chunk::from_vec(&[numbers.len()], numbers)));
    Value::tuple([row(positions.0), row(positions.1)])
}

/// Which of the diagonals begin the side: those on it and below it, or on it and above it.
pub fn border(k: i64, lower: bool) -> i64 {
    if lower { k } else { k.saturating_sub(1) }
}

/// Rows and columns of a table in chunks, of which [`border`] says where it is 1: nobody holds all of them, and how many there are in a
/// chunk is counted when it is made.
pub fn rows_of_lazy(context: &Context, tri: Array, lower: bool) -> Result<Value> {
    let inside = if lower { tri } else { tri.unary(UnaryFunc::LogicalNot)? };
    nonzero(context, &Operand::Lazy(inside))
}

fn of_array(context: &Context, arr: &Operand, k: i64, lower: bool) -> Result<Value> {
    let array = arr.array()?.sized()?;
    let &[rows, columns] = array.shape() else { bail!("input array must be 2-d") };
    if arr.is_lazy() {
        let tri = Source::Tri { k: border(k, lower), dtype: DType::Bool };
        return rows_of_lazy(context, Array::source_on("tri", tri, array.chunks().clone()), lower);
    }
    Ok(rows_of(triangle_positions(rows, columns, k, lower)?))
}

builtins! {
    /// A table with a row on its diagonal; or the diagonal of a table.
    ///
    /// ```rdk
    /// np.diag([1, 2])
    /// #> array([[1, 0],
    /// #>        [0, 2]])
    /// ```
    fn diag[context](
        /// A row or a table.
        v: Seen,
        /// Which diagonal: 0 the main one, 1 the one above.
        k: i64 = 0,
    ) -> Result<Value> {
        match v.in_memory() {
            Some(table) if table.shape().len() == 2 => Ok(Value::object(table.diagonal(k, 0, 1))),
            _ => with(context, &v, |array| diag(array, k)),
        }
    }

    /// A table with all elements on its diagonal.
    fn diagflat[context](
        /// The elements.
        v: Operand,
        /// Which diagonal: 0 the main one, 1 the one above.
        k: i64 = 0,
    ) -> Result<Value> { with(context, &v, |array| on_diagonal(&array.reshape(&[-1])?, k)) }

    /// The elements on and below a diagonal; zeros above.
    fn tril[context](
        /// The array; its last two axes are rows and columns.
        m: Operand,
        /// Which diagonal: 0 the main one, 1 the one above.
        k: i64 = 0,
    ) -> Result<Value> { with(context, &m, |array| triangle(array, k, true)) }

    /// The elements on and above a diagonal; zeros below.
    fn triu[context](
        /// The array; its last two axes are rows and columns.
        m: Operand,
        /// Which diagonal: 0 the main one, 1 the one above.
        k: i64 = 0,
    ) -> Result<Value> { with(context, &m, |array| triangle(array, k, false)) }

    /// Rows and columns of the elements on and below a diagonal of an array.
    fn tril_indices_from[context](
        /// The array.
        arr: Operand,
        /// Which diagonal: 0 the main one, 1 the one above.
        k: i64 = 0,
    ) -> Result<Value> { of_array(context, &arr, k, true) }

    /// Rows and columns of the elements on and above a diagonal of an array.
    fn triu_indices_from[context](
        /// The array.
        arr: Operand,
        /// Which diagonal: 0 the main one, 1 the one above.
        k: i64 = 0,
    ) -> Result<Value> { of_array(context, &arr, k, false) }
}
