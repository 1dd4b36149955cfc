//! Elements that lie anywhere in an array that is not in memory: `x[[2, 900], :]`, `z.vindex[[0, 5], [1, 7]]`, `x[mask]`.
//!
//! They are looked for chunk by chunk. A chunk that has some is read once, up to the box that holds them; the others are not read.
//!
//! ```text
//! ┌─────┬─────┐
//! │  x  │     │     read: the box of one element on the left, and that of three on the right below
//! ├─────┼─────┤
//! │     │ x.x │
//! │     │ .x. │
//! └─────┴─────┘
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use rdk_array::eager::NdArray;
use rdk_array::eager::select::{self, Selection};
use rdk_array::face::create::{room_for_elements, room_for_positions};
use rdk_array::{Chunk, DType, Scalar, SliceInfoElem, shape, with_dtype};
use rdk_runtime::value::Slice;
use rdk_runtime::{Result, Value, bail};

/// Elements of one chunk.
struct Group {
    /// Where the box begins that holds them.
    start: Vec<usize>,
    /// How long it is along each axis.
    lengths: Vec<usize>,
    /// Their numbers in the box, in C order.
    within: Vec<usize>,
    /// Which of the elements that are asked for they are.
    which: Vec<usize>,
}

/// Elements of these numbers in C order, by the chunks that they lie in.
fn groups(positions: &[usize], shape: &[usize], chunks: &[usize]) -> impl Iterator<Item = Group> {
    let strides = shape::strides(shape);
    let counts: Vec<usize> = shape.iter().zip(chunks).map(|(length, size)| length.div_ceil(*size)).collect();
    let chunk_strides = shape::strides(&counts);
    let n_axes = shape.len();
    let mut by_chunk: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    // Neighbours are mostly in the same chunk.
    let (mut last, mut run) = (0, Vec::new());
    for (which, &position) in positions.iter().enumerate() {
        let along = |axis: usize| position / strides[axis] % shape[axis] / chunks[axis] * chunk_strides[axis];
        let chunk: usize = (0..n_axes).map(along).sum();
        if chunk != last {
            by_chunk.entry(last).or_default().append(&mut run);
            last = chunk;
        }
        run.push(which);
    }
    by_chunk.entry(last).or_default().append(&mut run);
    by_chunk.retain(|_, which| !which.is_empty());
    let shape = shape.to_vec();
    by_chunk.into_values().map(move |which| {
        let along = |which: usize, axis: usize| positions[which] / strides[axis] % shape[axis];
        let (mut start, mut lengths) = (Vec::new(), Vec::new());
        for axis in 0..n_axes {
            let ends = which.iter().map(|&one| along(one, axis));
            let (low, high) = ends.fold((usize::MAX, 0), |(low, high), at| (low.min(at), high.max(at)));
            start.push(low);
            lengths.push(high - low + 1);
        }
        let own = shape::strides(&lengths);
        let place = |&one: &usize| (0..n_axes).map(|axis| (along(one, axis) - start[axis]) * own[axis]).sum();
        let within = which.iter().map(place).collect();
        Group { start, lengths, within, which }
    })
}

/// Reads the elements of these numbers; `read` gives a box.
pub fn read(
    positions: &[usize],
    (shape, chunks): (&[usize], &[usize]),
    dtype: DType,
    to: &[usize],
    read: impl Fn(&[usize], &[usize]) -> Result<Chunk>,
) -> Result<Chunk> {
    let zero = Scalar::Bool(false).cast(dtype);
    with_dtype!(dtype, T => {
        let mut found: Vec<T> = Chunk::full(&[positions.len()], zero).to_vec();
        for group in groups(positions, shape, chunks) {
            room_for_elements(&group.lengths, dtype)?;
            let part = read(&group.start, &group.lengths)?;
            let part: Vec<T> = select::take(&part, &[group.within.len()], &group.within).to_vec();
            group.which.into_iter().zip(part).for_each(|(which, element)| found[which] = element);
        }
        Ok(Chunk::from_vec(to, found))
    })
}

/// Writes a value to the elements of these numbers: each box that holds some is read, changed and written.
pub fn write(
    positions: &[usize],
    (shape, chunks): (&[usize], &[usize]),
    values: &Chunk,
    read: impl Fn(&[usize], &[usize]) -> Result<Chunk>,
    write: impl Fn(&[usize], &Chunk) -> Result<()>,
) -> Result<()> {
    for group in groups(positions, shape, chunks) {
        room_for_elements(&group.lengths, values.dtype())?;
        let part = NdArray::new(read(&group.start, &group.lengths)?.copy());
        let own = select::take(values, &[group.which.len()], &group.which);
        part.write(group.within.into_iter(), own.scalars());
        write(&group.start, &part.chunk())?;
    }
    Ok(())
}

/// Pieces in which an array without chunks is looked through: some rows each, or parts of one.
pub fn pieces(shape: &[usize], item: usize) -> Vec<usize> {
    const BYTES: usize = 1 << 20;
    let mut room = BYTES / item.max(1);
    let mut pieces = shape.to_vec();
    for length in pieces.iter_mut().rev() {
        *length = (*length).min(room).max(1);
        room /= *length;
    }
    pieces
}

/// A value in the shape and of the type of what is written.
pub fn fitted(value: &Value, to: &[usize], dtype: DType) -> Result<Chunk> {
    let fitted = NdArray::new(Chunk::full(to, Scalar::Bool(false).cast(dtype)));
    select::assign(&fitted, &Value::Ellipsis, value)?;
    Ok(fitted.chunk().clone())
}

/// Elements along each axis by an index of its own, as `z.oindex` has it: their shape and their numbers in C order. `None` where
/// positions and slices alone are given.
pub fn crossed(items: &[Value], shape: &[usize]) -> Result<Option<(Vec<usize>, Vec<usize>)>> {
    let is_ellipsis = |item: &&Value| matches!(item, Value::Ellipsis);
    let ellipses = items.iter().filter(is_ellipsis).count();
    let n = items.len() - ellipses;
    if n > shape.len() || ellipses > 1 {
        bail!(IndexError: "too many indices for array; expected {}, got {}", shape.len(), items.len());
    }
    let whole = || Value::Slice(Arc::new(Slice { start: Value::None, stop: Value::None, step: Value::None }));
    let at = items.iter().position(|item| is_ellipsis(&item)).unwrap_or(n);
    let mut each: Vec<Value> = items.iter().filter(|item| !is_ellipsis(item)).cloned().collect();
    each.splice(at..at, (n..shape.len()).map(|_| whole()));
    let (mut to, mut along, mut listed) = (Vec::new(), Vec::new(), false);
    for (item, &length) in each.iter().zip(shape) {
        along.push(match select::select(item, &[length])? {
            Selection::Basic(items) => match items.as_slice() {
                [SliceInfoElem::Index(at)] => vec![*at as usize],
                [SliceInfoElem::Slice { start, end, step }] => {
                    let places = *start..end.unwrap_or(length as isize);
                    let by = step.unsigned_abs();
                    let places: Vec<usize> = match *step < 0 {
                        true => places.rev().step_by(by).map(|at| at as usize).collect(),
                        false => places.step_by(by).map(|at| at as usize).collect(),
                    };
                    to.push(places.len());
                    places
                }
                _ => {
                    bail!(IndexError: "unsupported selection item for orthogonal indexing; expected integer, slice, integer array or Boolean array, got {}", item.repr())
                }
            },
            Selection::Advanced { shape, positions } => {
                if shape.len() != 1 {
                    bail!(IndexError: "integer arrays in an orthogonal selection must be 1-dimensional only, got {}", shape.len());
                }
                listed = true;
                to.push(positions.len());
                positions
            }
        });
    }
    if !listed {
        return Ok(None);
    }
    room_for_positions(along.iter().fold(1u128, |count, places| count.saturating_mul(places.len() as u128)))?;
    let mut numbers = vec![0];
    for (places, &stride) in along.iter().zip(&shape::strides(shape)) {
        numbers = numbers.iter().flat_map(|number| places.iter().map(move |at| number + at * stride)).collect();
    }
    Ok(Some((to, numbers)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_small_however_long_a_row_is() {
        assert_eq!(pieces(&[3, 10_000_000_000], 8), [1, 131072]);
        assert_eq!(pieces(&[1000, 1000], 8), [131, 1000]);
        assert_eq!(pieces(&[10, 1 << 20, 4], 8), [1, 32768, 4]);
        assert_eq!(pieces(&[2, 0, 3], 8), [2, 1, 3]);
    }
}
