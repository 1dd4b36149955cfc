//! What truth values choose of arrays in memory: found at once, without a plan.

use rdk_runtime::{Result, Value, bail};

use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager;
use crate::kernel::{Stop, compress};
use crate::place::with_crew;
use crate::shape::Shape;

/// For each axis the positions of what is not zero, in C order.
pub fn nonzero(chunk: &Chunk) -> Result<Vec<Chunk>> {
    let flags = chunk.cast(DType::Bool);
    with_crew(|crew| compress::true_positions(&flags, crew)).map_err(Stop::error)
}

/// The numbers in C order of what is not zero.
pub fn flat_nonzero(chunk: &Chunk) -> Result<Chunk> {
    let row = chunk.cast(DType::Bool).reshape(&[chunk.len()]);
    Ok(nonzero(&row)?.remove(0))
}

/// The positions of what is not zero, one row for each; there are axes.
pub fn table(chunk: &Chunk) -> Result<Chunk> {
    let axes = nonzero(chunk)?;
    let n = axes.first().map_or(0, Chunk::len);
    let mut rows = vec![0i64; n * axes.len()];
    for (at, axis) in axes.iter().enumerate() {
        let places = axis.array::<i64>().into_iter().flat_map(|array| array.iter());
        rows.chunks_exact_mut(axes.len()).zip(places).for_each(|(row, place)| row[at] = *place);
    }
    Ok(Chunk::from_vec(&[n, axes.len()], rows))
}

/// What stands along an axis where a condition holds. It may be shorter than the axis, and longer where it does not hold.
pub fn compressed(condition: &Chunk, chunk: &Chunk, axis: usize) -> Result<Value> {
    let flags = condition.cast(DType::Bool).to_vec::<bool>();
    let length = chunk.shape()[axis];
    if let Some(at) = (length..flags.len()).find(|&at| flags[at]) {
        bail!(IndexError: "index {at} is out of bounds for axis {axis} with size {length}");
    }
    let n = flags.len().min(length);
    let mask = Chunk::from_vec(&[n], flags[..n].to_vec());
    let mut part: Shape = chunk.shape().into();
    part[axis] = n;
    let items: Vec<ndarray::SliceInfoElem> = part.iter().map(|&length| (0..length as isize).into()).collect();
    let taken = with_crew(|crew| compress::compress(&chunk.slice(&items), &mask, axis, crew)).map_err(Stop::error)?;
    Ok(eager::value(taken))
}
