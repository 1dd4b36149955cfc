//! Elements more than once: `repeat`, `tile`, `resize`.

use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::{Numbers, along, part};
use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::face::create::room_for_positions;
use crate::face::layout::{at_least, with};
use crate::face::operand::Operand;
use crate::face::parameters::ShapeArg;
use crate::shape;

/// Every element so often one behind the other.
fn repeated(context: &Context, array: Array, repeats: &Operand, axis: Option<i64>) -> Result<Array> {
    let (array, axis) = along(array, axis)?;
    let array = array.sized()?;
    let n = array.shape()[axis];
    let counts = repeats.array()?.compute_now(context)?;
    let counts: Vec<i64> = counts.to_vec();
    if counts.iter().any(|&count| count < 0) {
        bail!("repeats may not contain negative values.");
    }
    let chunks = array.chunks().0[axis].clone();
    let counts: Vec<usize> = match &counts[..] {
        [one] => return array.repeated(*one as usize, axis),
        many if many.len() == n => many.iter().map(|&count| count as usize).collect(),
        many => bail!("operands could not be broadcast together with shape ({n},) ({},)", many.len()),
    };
    room_for_positions(counts.iter().map(|&count| count as u128).sum())?;
    let positions: Vec<usize> =
        counts.iter().enumerate().flat_map(|(at, &count)| std::iter::repeat_n(at, count)).collect();
    let sizes = (0..chunks.count()).map(|chunk| counts[chunks.start(chunk)..chunks.start(chunk + 1)].iter().sum());
    array.take_into(positions, axis, AxisChunks::listed(sizes.collect::<Vec<usize>>()))
}

/// The whole so often one behind the other along each axis.
fn tiled(array: Array, reps: &[i64]) -> Result<Array> {
    if reps.iter().any(|&count| count < 0) {
        bail!("negative dimensions are not allowed");
    }
    let mut array = at_least(array.sized()?, reps.len())?;
    let skipped = array.ndim() - reps.len();
    for (at, &count) in reps.iter().enumerate() {
        let axis = skipped + at;
        array = match count {
            1 => array,
            0 => part(&array, axis, Some(0), Some(0), None)?,
            2..=64 => Array::concatenate(&vec![array; count as usize], axis as i64)?,
            _ => {
                let n = array.shape()[axis];
                room_for_positions(n as u128 * count as u128)?;
                array.take((0..n * count as usize).map(|at| at % n.max(1)).collect(), axis)?
            }
        };
    }
    Ok(array)
}

/// In another shape, its elements over and over again, or only so many of them.
fn resized(array: &Array, shape: &[usize]) -> Result<Array> {
    let row = array.reshape(&[-1])?;
    room_for_positions(shape::size(shape))?;
    let (n, size) = (row.shape()[0], shape::size(shape) as usize);
    let lengths: Vec<i64> = shape.iter().map(|&length| length as i64).collect();
    if n == 0 || size == 0 {
        return Array::full("zeros", shape, crate::Scalar::zero(array.dtype()), &crate::ChunksSpec::AUTO);
    }
    row.take((0..size).map(|at| at % n).collect(), 0)?.reshape(&lengths)
}

builtins! {
    /// Every element several times.
    ///
    /// ```rdk
    /// np.repeat([1, 2], 2)
    /// #> array([1, 1, 2, 2])
    /// ```
    fn repeat[context](
        /// The array.
        a: Operand,
        /// How often: one number, or one for each position.
        repeats: Operand,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
    ) -> Result<Value> { with(context, &a, |array| Ok(repeated(context, array, &repeats, axis)?.named("repeat"))) }

    /// The whole array several times.
    ///
    /// ```rdk
    /// np.tile([1, 2], 2)
    /// #> array([1, 2, 1, 2])
    /// ```
    fn tile[context](
        /// The array.
        A: Operand,
        /// How often along each axis.
        reps: Numbers,
    ) -> Result<Value> { with(context, &A, |array| Ok(tiled(array, &reps.0)?.named("tile"))) }

    /// In another shape, with its elements over and over again if it is larger.
    fn resize[context](
        /// The array.
        a: Operand,
        /// The new shape.
        new_shape: ShapeArg,
    ) -> Result<Value> { with(context, &a, |array| resized(&array, &new_shape.0)) }
}
