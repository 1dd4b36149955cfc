//! Several arrays as one: `concatenate` and `stack`.

use std::sync::Arc;

use rdk_runtime::{Result, bail};

use super::elementwise::common_dtype;
use crate::array::{Array, Draft, Plan, capped};
use crate::chunks::{AxisChunks, Chunks, MAX_CHUNKS, common};
use crate::shape;

impl Array {
    /// One behind the other along an axis.
    pub fn concatenate(arrays: &[Array], axis: i64) -> Result<Array> {
        let Some(first) = arrays.first() else { bail!("need at least one array to concatenate") };
        if first.ndim() == 0 {
            bail!("zero-dimensional arrays cannot be concatenated"; hint: "`stack` makes an axis for them");
        }
        let axis = shape::axis(axis, first.ndim())?;
        if !arrays.iter().all(Array::is_sized) {
            let sized = arrays.iter().map(Array::sized).collect::<Result<Vec<_>>>()?;
            return Array::concatenate(&sized, axis as i64);
        }
        for (at, array) in arrays.iter().enumerate() {
            if array.ndim() != first.ndim() {
                bail!(
                    "all the input array dimensions must match exactly, but array 0 has {} and array {at} has {}",
                    dimensions(first), dimensions(array);
                    hint: "shapes are {} and {}", shape::show(first.shape()), shape::show(array.shape())
                );
            }
            let differs = |other: &usize| *other != axis && array.shape()[*other] != first.shape()[*other];
            if let Some(other) = (0..first.ndim()).find(differs) {
                bail!(
                    "all the input array dimensions except for the concatenation axis must match exactly, but along dimension {other}, \
                     the array at index 0 has size {} and the array at index {at} has size {}",
                    first.shape()[other], array.shape()[other];
                    hint: "shapes are {} and {}", shape::show(first.shape()), shape::show(array.shape())
                );
            }
        }
        join("concatenate", arrays, axis)
    }

    /// One behind the other along a new axis.
    pub fn stack(arrays: &[Array], axis: i64) -> Result<Array> {
        if !arrays.iter().all(Array::is_sized) {
            let sized = arrays.iter().map(Array::sized).collect::<Result<Vec<_>>>()?;
            return Array::stack(&sized, axis);
        }
        let Some(first) = arrays.first() else { bail!("need at least one array to stack") };
        if let Some(other) = arrays.iter().find(|array| array.shape() != first.shape()) {
            bail!(
                "all input arrays must have the same shape";
                hint: "shapes are {} and {}", shape::show(first.shape()), shape::show(other.shape())
            );
        }
        let axis = shape::axis(axis, first.ndim() + 1)?;
        let layers: Result<Vec<Array>> =
            arrays.iter().map(|array| Ok(array.expand_dims(&[axis as i64])?.counted(0))).collect();
        join("stack", &layers?, axis)
    }
}

fn dimensions(array: &Array) -> String {
    match array.ndim() {
        1 => "1 dimension".into(),
        n => format!("{n} dimensions"),
    }
}

/// The arrays agree in all axes but this one.
fn join(name: &str, arrays: &[Array], axis: usize) -> Result<Array> {
    let dtype = common_dtype(name, arrays)?;
    // NumPy knows nothing of chunks, and neither should who gets the result: empty pieces leave no trace in the grid.
    let mut pieces: Vec<&Array> = arrays.iter().filter(|array| array.shape()[axis] > 0).collect();
    if pieces.is_empty() {
        pieces.push(&arrays[0]);
    }
    if pieces.iter().map(|array| array.chunks().0[axis].count()).sum::<usize>() > MAX_CHUNKS {
        bail!("the arrays have too many chunks to be joined along axis {axis}"; hint: "rechunk them first, to larger chunks");
    }
    let along = |other: usize| pieces.iter().map(move |array| &array.chunks().0[other]);
    let grid: Chunks = (0..arrays[0].ndim())
        .map(|other| match other == axis {
            true => AxisChunks::listed(along(axis).flat_map(AxisChunks::sizes)),
            false => common(along(other)).expect("there is at least one piece"),
        })
        .collect();
    if grid.0[axis].length() > shape::MAX_LENGTH {
        bail!("the arrays are too long to be joined along axis {axis}");
    }
    let regrid = |array: &&Array| {
        let mut own = grid.clone();
        own.0[axis] = array.chunks().0[axis].clone();
        array.cast(dtype).regridded(own)
    };
    let inputs = pieces.iter().map(regrid).collect();
    let own_tasks = capped(grid.count());
    Ok(Array::make(Draft {
        plan: Plan::Concatenate(axis),
        inputs,
        name: Arc::from(name),
        chunks: grid,
        dtype,
        own_tasks,
    }))
}
