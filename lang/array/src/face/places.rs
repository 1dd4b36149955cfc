//! Places of elements by a rule: `mask_indices`, `diag_indices_from`.

use rdk_runtime::{Args, FromValue, Result, Value, bail, builtins};

use super::choose::nonzero;
use super::operand::{Operand, eager_array};
use crate::chunk::Chunk;
use crate::eager::NdArray;
use crate::scalar::Scalar;

builtins! {
    /// Rows and columns of the elements that a function such as `np.triu` leaves in a square.
    ///
    /// ```rdk
    /// np.mask_indices(2, np.triu)
    /// #> (array([0, 0, 1]), array([0, 1, 1]))
    /// ```
    fn mask_indices[context](
        /// How long the square is.
        n: usize,
        /// Takes an array and `k`, gives one with zeros where nothing is wanted.
        mask_func: Value,
        /// What the function takes beside the array.
        k: Value = 0,
    ) -> Result<Value> {
        super::create::room_for_positions(n as u128 * n as u128)?;
        let ones = Value::object(NdArray::new(Chunk::full(&[n, n], Scalar::I64(1))));
        let left = context.call(&mask_func, Args::of([ones, k]))?;
        crate::place::note(context);
        nonzero(context, &Operand::try_from_value(&left)?)
    }

    /// For each axis the positions on the main diagonal of an array.
    ///
    /// ```rdk
    /// np.diag_indices_from(np.eye(2))
    /// #> (array([0, 1]), array([0, 1]))
    /// ```
    fn diag_indices_from(/** The array. */ arr: Operand) -> Result<Value> {
        let shape = arr.array()?.shape().to_vec();
        if shape.len() < 2 {
            bail!("input array must be at least 2-d");
        }
        if shape.iter().any(|&length| length != shape[0]) {
            bail!("All dimensions of input must be of equal length");
        }
        let row = Chunk::from_vec(&[shape[0]], (0..shape[0] as i64).collect::<Vec<i64>>());
        let row = || if arr.is_lazy() { eager_array(&row).map(Value::lazy) } else { Ok(Value::object(NdArray::new(row.clone()))) };
        Ok(Value::tuple(shape.iter().map(|_| row()).collect::<Result<Vec<_>>>()?))
    }
}
