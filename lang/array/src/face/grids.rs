//! Arrays made of the positions of their elements, or of diagonals: `indices`, `meshgrid`, `diag`, `tri`, `vander`.

use rdk_runtime::{Args, Context, FromValue, Keywords, Rest, Result, Value, bail, builtins};

use super::create::room_for_positions;
use super::layout::{swapped, with};
use super::operand::{Operand, answer, lazy_value};
use super::parameters::ShapeArg;
use super::seen::Seen;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::{DTypeArg, NdArray};
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, Source};
use crate::scalar::Scalar;
use crate::shape;

/// The position of each element along an axis.
pub fn position(axis: usize, shape: &[usize], dtype: DType, chunks: &ChunksSpec) -> Result<Array> {
    Array::source("indices", Source::Position { axis: axis as u8, dtype }, shape, chunks)
}

/// How `meshgrid` does its work.
struct Meshes<'a> {
    sparse: bool,
    indexing: &'a str,
    copy: bool,
}

/// What `meshgrid` gives: each array along its own axis, stretched unless the grid is to be sparse.
fn meshes(context: &Context, axes: &[Value], how: Meshes<'_>, lazy: bool) -> Result<Vec<Value>> {
    let Meshes { sparse, indexing, copy } = how;
    if indexing != "xy" && indexing != "ij" {
        bail!("Valid values for `indexing` are 'xy' and 'ij'.");
    }
    let operands = axes.iter().map(Seen::try_from_value).collect::<Result<Vec<_>>>()?;
    let lazy = lazy || operands.iter().any(|operand| operand.is_lazy());
    let rows = operands.iter().map(|operand| operand.array()?.reshape(&[-1])).collect::<Result<Vec<_>>>()?;
    let n = rows.len();
    let place = |at: usize| if indexing == "xy" && n >= 2 && at < 2 { 1 - at } else { at };
    let mut shape = vec![0; n];
    rows.iter().enumerate().for_each(|(at, row)| shape[place(at)] = row.shape()[0]);
    let mesh = |(at, row): (usize, &Array)| {
        let mut own = vec![1; n];
        own[place(at)] = -1;
        if let Some(array) = operands[at].in_memory().filter(|_| !copy && !lazy) {
            let own: Vec<usize> = own.iter().map(|&length| if length == 1 { 1 } else { row.shape()[0] }).collect();
            let mesh = array.reshape(&own);
            return Ok(Value::object(if sparse { mesh } else { mesh.broadcast_to(&shape) }));
        }
        let mesh = row.reshape(&own)?;
        super::arrange::answer_array(context, if sparse { mesh } else { mesh.broadcast_to(&shape)? }, lazy)
    };
    rows.iter().enumerate().map(mesh).collect()
}

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
    let k = if lower { k } else { k.saturating_sub(1) };
    let tri = Array::source_on("tri", Source::Tri { k, dtype: DType::Bool }, grid);
    let mut shape = shape::Shape::from_slice(array.shape());
    if array.ndim() == 1 {
        shape = [rows, n].into_iter().collect();
    }
    let array = array.broadcast_to(&shape)?;
    let chosen = if lower { tri.select(&array, &zero)? } else { tri.select(&zero, &array)? };
    Ok(chosen.named(if lower { "tril" } else { "triu" }))
}

fn tri(rows: usize, columns: Option<usize>, k: i64, dtype: DType, chunks: &ChunksSpec) -> Result<Array> {
    Array::source("tri", Source::Tri { k, dtype }, &[rows, columns.unwrap_or(rows)], chunks)
}

/// Rows and columns of the elements on one side of a diagonal.
fn triangle_positions(rows: usize, columns: usize, k: i64, lower: bool) -> Result<(Vec<i64>, Vec<i64>)> {
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

fn rows_of(positions: (Vec<i64>, Vec<i64>), lazy: bool) -> Result<Value> {
    let row = |numbers: Vec<i64>| -> Result<Value> {
        let chunk = Chunk::from_vec(&[numbers.len()], numbers);
        Ok(if lazy {
            lazy_value(Array::from_chunk(chunk, &ChunksSpec::AUTO)?)
        } else {
            Value::object(NdArray::new(chunk))
        })
    };
    Ok(Value::tuple([row(positions.0)?, row(positions.1)?]))
}

/// Powers of the elements of a row.
fn powers(row: Array, count: Option<usize>, increasing: bool) -> Result<Array> {
    if row.ndim() != 1 {
        bail!("x must be a one-dimensional array or sequence.");
    }
    let n = count.unwrap_or(row.sized()?.shape()[0]);
    room_for_positions(n as u128)?;
    let dtype = row.dtype().promote(DType::I64);
    let exponents = Chunk::from_vec(
        &[n],
        if increasing { (0..n as i64).collect() } else { (0..n as i64).rev().collect::<Vec<i64>>() },
    );
    let exponents = Array::from_chunk(exponents, &ChunksSpec::AUTO)?;
    row.cast(dtype).expand_dims(&[1])?.binary(BinaryFunc::Power, &exponents)
}

/// What a function makes of the coordinates of all elements.
fn from_function(context: &Context, function: &Value, axes: Vec<Value>, keywords: Keywords) -> Result<Value> {
    context.call(function, Args { positional: axes.into_iter().collect(), keywords: keywords.0 })
}

/// Is the first axis walked first, as in Fortran?
fn is_backwards(order: &str) -> Result<bool> {
    match order {
        "C" => Ok(false),
        "F" => Ok(true),
        other => bail!("only 'C' or 'F' order is permitted (got '{other}')"),
    }
}

#[allow(non_snake_case)] // `vander` takes `N`.
mod shared {
    use super::*;

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

        /// Powers of the elements of a row, one column for each.
        fn vander[context](
            /// The row.
            x: Operand,
            /// How many columns; as many as elements if left out.
            N: Option<usize>,
            /// Do powers increase from left to right?
            increasing: bool = false,
        ) -> Result<Value> { with(context, &x, |array| powers(array, N, increasing)) }

        /// Rows and columns of the elements on and below a diagonal of an array.
        fn tril_indices_from(
            /// The array.
            arr: Operand,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
        ) -> Result<Value> { of_array(&arr, k, true) }

        /// Rows and columns of the elements on and above a diagonal of an array.
        fn triu_indices_from(
            /// The array.
            arr: Operand,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
        ) -> Result<Value> { of_array(&arr, k, false) }

        /// Rows and columns of elements that are counted in C order.
        ///
        /// ```rdk
        /// np.unravel_index(7, (3, 4))
        /// #> (1, 3)
        /// ```
        fn unravel_index[context](
            /// The numbers of the elements.
            indices: Operand,
            /// The shape of the array.
            shape: ShapeArg,
            /// "C": the last axis is walked first; "F": the first.
            order: String = "C",
        ) -> Result<Value> {
            let backwards = is_backwards(&order)?;
            let mut shape = shape;
            if backwards {
                shape.0.reverse();
            }
            let numbers = indices.array()?;
            let size = shape::size(&shape.0);
            if let (Operand::Eager(_) | Operand::Number(_), true) = (&indices, numbers.dtype().is_integer()) {
                let chunk = numbers.compute_now(context)?;
                if let Some(wrong) = chunk.to_vec::<i64>().into_iter().find(|&at| at < 0 || at as u128 >= size) {
                    bail!("index {wrong} is out of bounds for array with size {size}");
                }
            } else if !numbers.dtype().is_integer() {
                bail!(TypeError: "only int indices permitted");
            }
            let axes = crate::face::choose::unraveled(&numbers.cast(DType::I64), &shape.0)?;
            let mut axes = axes.into_iter().map(|axis| answer(context, axis, indices.is_lazy())).collect::<Result<Vec<_>>>()?;
            if backwards {
                axes.reverse();
            }
            Ok(Value::tuple(axes))
        }

        /// The numbers in C order of elements whose coordinates are given.
        ///
        /// ```rdk
        /// np.ravel_multi_index((1, 3), (3, 4))
        /// #> 7
        /// ```
        fn ravel_multi_index[context](
            /// For each axis the coordinates.
            multi_index: Value,
            /// The shape of the array.
            dims: ShapeArg,
            /// What to do about coordinates out of range: "raise", "wrap" or "clip".
            mode: String = "raise",
            /// "C": the last axis is walked first; "F": the first.
            order: String = "C",
        ) -> Result<Value> {
            let (mut axes, lazy) = crate::face::layout::sequence(&multi_index)?;
            if axes.len() != dims.0.len() {
                bail!("parameter multi_index must be a sequence of length {}", dims.0.len());
            }
            let mut dims = dims;
            if is_backwards(&order)? {
                axes.reverse();
                dims.0.reverse();
            }
            if shape::size(&dims.0) > shape::MAX_LENGTH as u128 {
                bail!("invalid dims: array size defined by dims is larger than the maximum possible size.");
            }
            let strides = shape::strides(&dims.0);
            let mut numbers = Array::scalar(Scalar::I64(0));
            for ((axis, &length), &stride) in axes.iter().zip(&dims.0).zip(&strides) {
                if !axis.dtype().is_integer() && axis.dtype() != DType::Bool {
                    bail!(TypeError: "only int indices permitted");
                }
                let number = |number: usize| Array::scalar(Scalar::I64(number as i64));
                let axis = axis.cast(DType::I64);
                let axis = match &mode[..] {
                    "wrap" => axis.binary(BinaryFunc::Remainder, &number(length))?,
                    "clip" => axis.binary(BinaryFunc::Maximum, &number(0))?.binary(BinaryFunc::Minimum, &number(length.saturating_sub(1)))?,
                    _ => {
                        let outside = axis.compare(CompareFunc::GreaterEqual, &number(length))?;
                        let outside = outside.binary(BinaryFunc::LogicalOr, &axis.compare(CompareFunc::Less, &number(0))?)?;
                        let any = outside.reduce(Reduction::Any, None, false, None, None)?;
                        if !lazy && any.compute_now(context)?.scalars().any(|flag| flag.get::<bool>()) {
                            bail!("invalid entry in coordinates array");
                        }
                        axis
                    }
                };
                numbers = numbers.binary(BinaryFunc::Add, &axis.binary(BinaryFunc::Multiply, &number(stride))?)?;
            }
            answer(context, numbers, lazy)
        }
    }
}

pub use shared::builtins;

fn of_array(arr: &Operand, k: i64, lower: bool) -> Result<Value> {
    let array = arr.array()?.sized()?;
    let &[rows, columns] = array.shape() else { bail!("input array must be 2-d") };
    rows_of(triangle_positions(rows, columns, k, lower)?, arr.is_lazy())
}

/// Those of `numpy`: in memory.
#[allow(non_snake_case)] // `tri` takes `N` and `M`.
pub mod numpy {
    use super::*;

    builtins! {
        /// Ones on and below a diagonal, zeros above.
        fn tri[context](
            /// How many rows.
            N: usize,
            /// How many columns; as many as rows if left out.
            M: Option<usize>,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> { answer(context, tri(N, M, k, dtype.map_or(DType::F64, |dtype| dtype.0), &ChunksSpec::AUTO)?, false) }

        /// For each axis the position of every element of an array.
        ///
        /// ```rdk
        /// np.indices((2, 2))[0]
        /// #> array([[0, 0],
        /// #>        [1, 1]])
        /// ```
        fn indices[context](
            /// The shape of the array.
            dimensions: ShapeArg,
            /// The type of the positions.
            dtype: Option<DTypeArg>,
            /// A tuple of arrays that are long along one axis only?
            sparse: bool = false,
        ) -> Result<Value> {
            let dtype = dtype.map_or(DType::I64, |dtype| dtype.0);
            let n = dimensions.0.len();
            if sparse {
                let axis = |at: usize| {
                    let mut shape = vec![1; n];
                    shape[at] = dimensions.0[at];
                    super::super::arrange::answer_array(context, position(at, &shape, dtype, &ChunksSpec::AUTO)?, false)
                };
                return Ok(Value::tuple((0..n).map(axis).collect::<Result<Vec<_>>>()?));
            }
            answer(context, all_positions(&dimensions.0, dtype, &ChunksSpec::AUTO)?, false)
        }

        /// What a function makes of the coordinates of all elements.
        ///
        /// ```rdk
        /// np.fromfunction(lambda i, j: i + 10 * j, (2, 2))
        /// #> array([[ 0., 10.],
        /// #>        [ 1., 11.]])
        /// ```
        fn fromfunction[context](
            /// Takes an array of coordinates for each axis.
            function: Value,
            /// The shape.
            shape: ShapeArg,
            /// The type of the coordinates.
            dtype: Option<DTypeArg>,
            /// What else the function takes by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
            let axis = |at| super::super::arrange::answer_array(context, position(at, &shape.0, dtype, &ChunksSpec::AUTO)?, false);
            let axes = (0..shape.0.len()).map(axis).collect::<Result<Vec<_>>>()?;
            from_function(context, &function, axes, kwargs)
        }

        /// Coordinates of all points of a grid, from those along each axis.
        fn meshgrid[context](
            /// The coordinates along the first axis, the second, …
            xi: Rest,
            /// Are the arrays new? If not, they show those that are given.
            copy: bool = true,
            /// Arrays that are long along one axis only?
            sparse: bool = false,
            /// "xy": columns go along the first; "ij": rows do.
            indexing: String = "xy",
        ) -> Result<Value> {
            Ok(Value::tuple(meshes(context, &xi.0, Meshes { sparse, indexing: &indexing, copy }, false)?))
        }

        /// Rows and columns of the elements on and below a diagonal.
        fn tril_indices(
            /// How many rows.
            n: usize,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// How many columns; as many as rows if left out.
            m: Option<usize>,
        ) -> Result<Value> { rows_of(triangle_positions(n, m.unwrap_or(n), k, true)?, false) }

        /// Rows and columns of the elements on and above a diagonal.
        fn triu_indices(
            /// How many rows.
            n: usize,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// How many columns; as many as rows if left out.
            m: Option<usize>,
        ) -> Result<Value> { rows_of(triangle_positions(n, m.unwrap_or(n), k, false)?, false) }

        /// For each axis the positions on the main diagonal.
        fn diag_indices(
            /// How long it is.
            n: usize,
            /// How many axes.
            ndim: usize = 2,
        ) -> Value {
            let row = || Value::object(NdArray::new(Chunk::from_vec(&[n], (0..n as i64).collect::<Vec<i64>>())));
            Value::tuple((0..ndim).map(|_| row()))
        }

        /// Positions along several axes so that they make a grid.
        ///
        /// ```rdk
        /// np.arange(9).reshape(3, 3)[np.ix_([0, 2], [1, 2])]
        /// #> array([[1, 2],
        /// #>        [7, 8]])
        /// ```
        fn ix_[context](/** For each axis the positions, or truth values. */ args: Rest) -> Result<Value> {
            let n = args.0.len();
            let axis = |(at, value): (usize, &Value)| {
                let chunk = Operand::try_from_value(value)?.array()?.compute_now(context)?;
                if chunk.ndim() != 1 {
                    bail!("Cross index must be 1 dimensional");
                }
                let chunk = match chunk.dtype() {
                    DType::Bool => {
                        let flags = chunk.to_vec::<bool>();
                        let places: Vec<i64> = (0..flags.len()).filter(|&at| flags[at]).map(|at| at as i64).collect();
                        Chunk::from_vec(&[places.len()], places)
                    }
                    _ if chunk.is_empty() => chunk.cast(DType::I64),
                    _ => chunk,
                };
                let mut shape = vec![1; n];
                shape[at] = chunk.len();
                Ok(Value::object(NdArray::new(chunk.reshape(&shape))))
            };
            Ok(Value::tuple(args.0.iter().enumerate().map(axis).collect::<Result<Vec<_>>>()?))
        }

        /// The shape that several shapes stretch to.
        fn broadcast_shapes(/** The shapes. */ args: Rest) -> Result<Value> {
            let shapes = args.0.iter().map(|shape| Ok(ShapeArg::try_from_value(shape)?.0)).collect::<Result<Vec<_>>>()?;
            let shapes: Vec<&[usize]> = shapes.iter().map(|shape| &shape[..]).collect();
            match shape::broadcast(&shapes) {
                Ok(shape) => Ok(super::super::properties::lengths(&shape)),
                Err(_) => bail!("shape mismatch: objects cannot be broadcast to a single shape"),
            }
        }
    }
}

fn all_positions(shape: &[usize], dtype: DType, chunks: &ChunksSpec) -> Result<Array> {
    let axes = (0..shape.len()).map(|axis| position(axis, shape, dtype, chunks)).collect::<Result<Vec<_>>>()?;
    match axes.is_empty() {
        true => Array::full("indices", &[0], Scalar::zero(dtype), &ChunksSpec::AUTO),
        false => Array::stack(&axes, 0),
    }
}

/// Those of `dask.array`: in chunks.
#[allow(non_snake_case)] // `tri` takes `N` and `M`.
pub mod dask {
    use super::*;

    builtins! {
        /// Ones on and below a diagonal, zeros above, in chunks.
        fn tri(
            /// How many rows.
            N: usize,
            /// How many columns; as many as rows if left out.
            M: Option<usize>,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
        ) -> Result<Value> { Ok(lazy_value(tri(N, M, k, dtype.map_or(DType::F64, |dtype| dtype.0), &chunks)?)) }

        /// For each axis the position of every element of an array, in chunks.
        fn indices(
            /// The shape of the array.
            dimensions: ShapeArg,
            /// The type of the positions.
            dtype: Option<DTypeArg>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
        ) -> Result<Value> { Ok(lazy_value(all_positions(&dimensions.0, dtype.map_or(DType::I64, |dtype| dtype.0), &chunks)?)) }

        /// What a function makes of the coordinates of all elements, in chunks.
        fn fromfunction[context](
            /// Takes a lazy array of coordinates for each axis.
            func: Value,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// The shape.
            shape: Option<ShapeArg>,
            /// The type of the coordinates.
            dtype: Option<DTypeArg>,
            /// What else the function takes by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            let Some(shape) = shape else { bail!(TypeError: "fromfunction() needs the argument `shape`") };
            let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
            let axis = |at| Ok(lazy_value(position(at, &shape.0, dtype, &chunks)?));
            let axes = (0..shape.0.len()).map(axis).collect::<Result<Vec<_>>>()?;
            from_function(context, &func, axes, kwargs)
        }

        /// Coordinates of all points of a grid, from those along each axis, in chunks.
        fn meshgrid[context](
            /// The coordinates along the first axis, the second, …
            xi: Rest,
            /// Arrays that are long along one axis only?
            sparse: bool = false,
            /// "xy": columns go along the first; "ij": rows do.
            indexing: String = "xy",
        ) -> Result<Value> { Ok(Value::tuple(meshes(context, &xi.0, Meshes { sparse, indexing: &indexing, copy: true }, true)?)) }

        /// Rows and columns of the elements on and below a diagonal, in chunks.
        fn tril_indices(
            /// How many rows.
            n: usize,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// How many columns; as many as rows if left out.
            m: Option<usize>,
            /// Has no effect.
            chunks: Option<Value>,
        ) -> Result<Value> {
            let _ = chunks;
            rows_of(triangle_positions(n, m.unwrap_or(n), k, true)?, true)
        }

        /// Rows and columns of the elements on and above a diagonal, in chunks.
        fn triu_indices(
            /// How many rows.
            n: usize,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// How many columns; as many as rows if left out.
            m: Option<usize>,
            /// Has no effect.
            chunks: Option<Value>,
        ) -> Result<Value> {
            let _ = chunks;
            rows_of(triangle_positions(n, m.unwrap_or(n), k, false)?, true)
        }

        /// Elements of neighbouring places made one by a reduction.
        ///
        /// ```rdk
        /// da.coarsen(np.sum, da.arange(6, chunks=3), {0: 2}).compute()
        /// #> array([1, 5, 9])
        /// ```
        fn coarsen[context](
            /// The reduction: a function that takes `axis`.
            reduction: Value,
            /// The array.
            x: Operand,
            /// For each axis how many neighbours become one.
            axes: Value,
            /// Leave out what is left over at the end?
            trim_excess: bool = false,
            /// What else the reduction takes by name.
            kwargs: Keywords,
        ) -> Result<Value> { coarsened(context, &reduction, &x, &axes, trim_excess, kwargs) }
    }
}

fn coarsened(
    context: &Context,
    reduction: &Value,
    x: &Operand,
    axes: &Value,
    trim: bool,
    keywords: Keywords,
) -> Result<Value> {
    let mut array = x.array()?.sized()?;
    let Value::Dict(dict) = axes else {
        bail!(TypeError: "`axes` is a dict from axis to how many neighbours become one")
    };
    let pairs: Vec<(Value, Value)> =
        dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
    let mut factors = vec![1usize; array.ndim()];
    for (axis, factor) in pairs {
        let axis = shape::axis(i64::try_from_value(&axis)?, array.ndim())?;
        factors[axis] = usize::try_from_value(&factor)?.max(1);
    }
    let mut lengths = Vec::new();
    let mut over = Vec::new();
    for (axis, &factor) in factors.iter().enumerate() {
        let n = array.shape()[axis];
        if n % factor != 0 {
            if !trim {
                bail!(
                    "Coarsening factors {factors:?} do not align with array shape {}.", shape::show(array.shape());
                    hint: "`trim_excess=True` leaves out what is left over"
                );
            }
            array = super::arrange::part(&array, axis, None, Some((n - n % factor) as i64), None)?;
        }
        lengths.extend([(n / factor) as i64, factor as i64]);
        over.push(Value::Int(2 * axis as i64 + 1));
    }
    let blocks = lazy_value(array.reshape(&lengths)?);
    let mut keywords = keywords.0;
    keywords.push(("axis".into(), Value::tuple(over)));
    context.call(reduction, Args { positional: [blocks].into_iter().collect(), keywords })
}

/// With the last two axes exchanged: what `x.mT` is.
pub fn matrix_transposed(array: &Array) -> Result<Array> {
    if array.ndim() < 2 {
        bail!("matrix transpose with ndim < 2 is undefined");
    }
    swapped(array, -1, -2)
}
