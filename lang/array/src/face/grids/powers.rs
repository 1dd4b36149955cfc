//! `vander`: powers of the elements of a row, one column for each.

use rdk_runtime::{Result, Value, bail, builtins};

use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::face::create::room_for_positions;
use crate::face::layout::with;
use crate::face::operand::Operand;
use crate::kernel::BinaryFunc;

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

builtins! {
    /// Powers of the elements of a row, one column for each.
    fn vander[context](
        /// The row.
        x: Operand,
        /// How many columns; as many as elements if left out.
        N: Option<usize>,
        /// Do powers increase from left to right?
        increasing: bool = false,
    ) -> Result<Value> { with(context, &x, |array| powers(array, N, increasing)) }
}
