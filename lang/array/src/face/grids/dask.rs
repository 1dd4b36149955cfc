//! Grids of `dask.array`: in chunks.

use rdk_runtime::{Keywords, Rest, Result, Value, bail, builtins};

use super::coarse::coarsened;
use super::triangles::{border, rows_of_lazy};
use super::{Meshes, all_positions, from_function, meshes, position};
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::DTypeArg;
use crate::face::operand::{Operand, lazy_value};
use crate::face::parameters::ShapeArg;

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
        /// Has no effect.
        like: Option<Value>,
    ) -> Result<Value> { let _ = like; Ok(lazy_value(super::tri(N, M, k, dtype.map_or(DType::F64, |dtype| dtype.0), &chunks)?)) }

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
    fn tril_indices[context](
        /// How many rows.
        n: usize,
        /// Which diagonal: 0 the main one, 1 the one above.
        k: i64 = 0,
        /// How many columns; as many as rows if left out.
        m: Option<usize>,
        /// How the table is cut: a length, a tuple, -1, "auto", "64 MiB".
        chunks: ChunksSpec = "auto",
    ) -> Result<Value> { rows_of_lazy(context, super::tri(n, m, border(k, true), DType::Bool, &chunks)?, true) }

    /// Rows and columns of the elements on and above a diagonal, in chunks.
    fn triu_indices[context](
        /// How many rows.
        n: usize,
        /// Which diagonal: 0 the main one, 1 the one above.
        k: i64 = 0,
        /// How many columns; as many as rows if left out.
        m: Option<usize>,
        /// How the table is cut: a length, a tuple, -1, "auto", "64 MiB".
        chunks: ChunksSpec = "auto",
    ) -> Result<Value> { rows_of_lazy(context, super::tri(n, m, border(k, false), DType::Bool, &chunks)?, false) }

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
