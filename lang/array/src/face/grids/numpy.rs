//! Grids of `numpy`: in memory.

use rdk_runtime::{FromValue, Keywords, Rest, Result, Value, bail, builtins};

use super::triangles::{rows_of, triangle_positions};
use super::{Meshes, all_positions, from_function, meshes, position};
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::{DTypeArg, NdArray};
use crate::face::arrange::answer_array;
use crate::face::operand::{Operand, answer};
use crate::face::parameters::ShapeArg;
use crate::shape;

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
        /// Has no effect.
        like: Option<Value>,
    ) -> Result<Value> { let _ = like; answer(context, super::tri(N, M, k, dtype.map_or(DType::F64, |dtype| dtype.0), &ChunksSpec::AUTO)?, false) }

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
                answer_array(context, position(at, &shape, dtype, &ChunksSpec::AUTO)?, false)
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
        let axis = |at| answer_array(context, position(at, &shape.0, dtype, &ChunksSpec::AUTO)?, false);
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
    ) -> Result<Value> { Ok(rows_of(triangle_positions(n, m.unwrap_or(n), k, true)?)) }

    /// Rows and columns of the elements on and above a diagonal.
    fn triu_indices(
        /// How many rows.
        n: usize,
        /// Which diagonal: 0 the main one, 1 the one above.
        k: i64 = 0,
        /// How many columns; as many as rows if left out.
        m: Option<usize>,
    ) -> Result<Value> { Ok(rows_of(triangle_positions(n, m.unwrap_or(n), k, false)?)) }

    /// For each axis the positions on the main diagonal.
    fn diag_indices(
        /// How long it is.
        n: usize,
        /// How many axes.
        ndim: usize = 2,
    ) -> Result<Value> {
        crate::face::create::room_for_positions((n as u128).saturating_mul(ndim as u128))?;
        let row = || Value::object(NdArray::new(Chunk::from_vec(&[n], (0..n as i64).collect::<Vec<i64>>())));
        Ok(Value::tuple((0..ndim).map(|_| row())))
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
            Ok(shape) => Ok(crate::face::properties::lengths(&shape)),
            Err(_) => bail!("shape mismatch: objects cannot be broadcast to a single shape"),
        }
    }
}
