//! Arrays with more elements, or fewer: `append`, `insert`, `delete`, `block`, `column_stack`.

use rdk_runtime::{FromValue, Result, Value, bail, builtins};

use super::{along, answer_array, part};
use crate::array::Array;
use crate::dtype::DType;
use crate::face::layout::{at_least, sequence, with};
use crate::face::operand::{Operand, answer, has_lazy, values_for};
use crate::shape;

/// Where along an axis something is put in or taken out.
fn places(index: &Value, length: usize, past_end: bool) -> Result<(Vec<usize>, bool)> {
    if let Value::Slice(slice) = index {
        let end = |value: &Value| Option::<i64>::try_from_value(value);
        let range = crate::index::range(end(&slice.start)?, end(&slice.stop)?, end(&slice.step)?, length)?;
        return Ok((
            match range {
                crate::index::AxisIndex::Range { start, step, length } => {
                    (0..length as i64).map(|at| (start as i64 + at * step) as usize).collect()
                }
                _ => vec![],
            },
            false,
        ));
    }
    let chunk = crate::eager::nested::chunk(index, None)?;
    if chunk.dtype() == DType::Bool {
        let flags = chunk.to_vec::<bool>();
        if !past_end && flags.len() != length {
            bail!("boolean array argument obj to delete must be one dimensional and match the axis length of {length}");
        }
        return Ok(((0..flags.len()).filter(|&at| flags[at]).collect(), false));
    }
    if !chunk.dtype().is_integer() && !chunk.is_empty() {
        bail!(IndexError: "arrays used as indices must be of integer (or boolean) type");
    }
    let n = length as i64;
    let last = if past_end { n } else { n - 1 };
    let place = |position: i64| {
        if !(-n..=last).contains(&position) {
            bail!(IndexError: "index {position} is out of bounds for axis 0 with size {length}");
        }
        Ok(if position < 0 { position + n } else { position } as usize)
    };
    Ok((chunk.to_vec::<i64>().into_iter().map(place).collect::<Result<_>>()?, chunk.ndim() == 0))
}

fn without(array: Array, index: &Value, axis: Option<i64>) -> Result<Array> {
    let (array, axis) = along(array.sized()?, axis)?;
    let n = array.shape()[axis];
    let (gone, _) = places(index, n, false)?;
    let mut kept = vec![true; n];
    gone.iter().for_each(|&at| kept[at] = false);
    // Runs of what is kept are slices, and stay in their chunks.
    let mut parts = Vec::new();
    let mut at = 0;
    while at < n {
        let end = (at..n).find(|&end| !kept[end]).unwrap_or(n);
        if end > at {
            parts.push(part(&array, axis, Some(at as i64), Some(end as i64), None)?);
        }
        at = end + 1;
        if parts.len() > 64 {
            let positions = (0..n).filter(|&at| kept[at]).collect();
            return array.take(positions, axis);
        }
    }
    match parts.len() {
        0 => part(&array, axis, Some(0), Some(0), None),
        _ => Array::concatenate(&parts, axis as i64),
    }
}

fn with_inserted(array: Array, index: &Value, values: &Array, axis: Option<i64>) -> Result<Array> {
    let (array, axis) = along(array.sized()?, axis)?;
    let n = array.shape()[axis];
    let (at, single) = places(index, n, true)?;
    let mut values = at_least(values.sized()?.cast(array.dtype()), array.ndim())?;
    let mut shape = shape::Shape::from_slice(array.shape());
    if single && at.len() == 1 {
        values = crate::face::indexing::items::moved_to(&values, 0, 1, axis)?;
        shape[axis] = values.shape()[axis];
        let values = values.broadcast_to(&shape)?;
        let at = at[0] as i64;
        return Array::concatenate(
            &[part(&array, axis, None, Some(at), None)?, values, part(&array, axis, Some(at), None, None)?],
            axis as i64,
        );
    }
    shape[axis] = at.len();
    let values = values.broadcast_to(&shape)?;
    let mut order: Vec<usize> = (0..at.len()).collect();
    order.sort_by_key(|&number| at[number]);
    let mut positions = Vec::with_capacity(n + at.len());
    let mut next = order.into_iter().peekable();
    for place in 0..=n {
        while let Some(number) = next.next_if(|&number| at[number] <= place) {
            positions.push(n + number);
        }
        if place < n {
            positions.push(place);
        }
    }
    Array::concatenate(&[array, values], axis as i64)?.take(positions, axis)
}

/// Nested lists of arrays as one array: the innermost lists along the last axis.
fn blocked(value: &Value) -> Result<(Array, bool)> {
    fn depth(value: &Value) -> usize {
        match value {
            Value::List(_) => 1 + value.items().unwrap_or_default().first().map_or(0, depth),
            _ => 0,
        }
    }
    fn most_axes(value: &Value) -> Result<usize> {
        match value {
            Value::List(_) => {
                let items = value.items().unwrap_or_default();
                items.iter().map(most_axes).try_fold(0, |most, n| Ok(most.max(n?)))
            }
            _ => Ok(Operand::loosely(value)?.ndim()),
        }
    }
    fn build(value: &Value, level: usize, depth: usize, n_axes: usize, lazy: &mut bool) -> Result<Array> {
        match value {
            Value::List(_) if level < depth => {
                let items = value.items().unwrap_or_default();
                if items.is_empty() {
                    bail!("List at arrays cannot be empty");
                }
                let parts =
                    items.iter().map(|item| build(item, level + 1, depth, n_axes, lazy)).collect::<Result<Vec<_>>>()?;
                Array::concatenate(&parts, (n_axes - (depth - level)) as i64)
            }
            Value::List(_) => bail!("List depths are mismatched."),
            _ if level < depth => bail!(
                "List depths are mismatched. First element was at depth {depth}, but there is an element at depth {level}"
            ),
            _ => {
                let operand = Operand::try_from_value(value)?;
                *lazy |= operand.is_lazy();
                at_least(operand.array()?, n_axes)
            }
        }
    }
    let depth = depth(value);
    let n_axes = most_axes(value)?.max(depth);
    let mut lazy = false;
    let array = build(value, 0, depth, n_axes, &mut lazy)?;
    Ok((array, lazy))
}

builtins! {
    /// With more elements behind the last.
    fn append[context](
        /// The array.
        arr: Operand,
        /// What comes behind it.
        values: Operand,
        /// Along which axis; both in one row if left out.
        axis: Option<i64>,
    ) -> Result<Value> {
        let (first, second) = (along(arr.array()?, axis)?, along(values.array()?, axis)?);
        answer(context, Array::concatenate(&[first.0, second.0], first.1 as i64)?.named("append"), arr.is_lazy() || values.is_lazy())
    }

    /// With more elements before some positions.
    ///
    /// ```rdk
    /// np.insert([1, 2, 3], 1, 9)
    /// #> array([1, 9, 2, 3])
    /// ```
    fn insert[context](
        /// The array.
        arr: Operand,
        /// Before which position, or positions.
        obj: Value,
        /// What comes there.
        values: Value,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
    ) -> Result<Value> {
        let lazy = arr.is_lazy() || has_lazy(&values);
        let values = match Operand::plain(&values) {
            Some(operand @ (Operand::Lazy(_) | Operand::Eager(_))) => operand.array()?,
            _ if lazy => Operand::try_from_value(&values)?.array()?,
            _ => crate::face::operand::eager_array(&values_for(context, &values, arr.dtype())?)?,
        };
        answer(context, with_inserted(arr.array()?, &obj, &values, axis)?, lazy)
    }

    /// Without what stands at some positions.
    ///
    /// ```rdk
    /// np.delete([1, 2, 3], 1)
    /// #> array([1, 3])
    /// ```
    fn delete[context](
        /// The array.
        arr: Operand,
        /// Which position, or positions.
        obj: Value,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
    ) -> Result<Value> { with(context, &arr, |array| without(array, &obj, axis)) }

    /// One array of nested lists of arrays, as they stand beside and below each other.
    ///
    /// ```rdk
    /// np.block([[np.ones((1, 1)), np.zeros((1, 2))], [np.full((1, 3), 5.0)]])
    /// #> array([[1., 0., 0.],
    /// #>        [5., 5., 5.]])
    /// ```
    fn block[context](/** Nested lists of arrays. */ arrays: Value) -> Result<Value> {
        let (array, lazy) = blocked(&arrays)?;
        answer_array(context, array.named("block"), lazy)
    }

    /// Rows as the columns of a table, beside tables.
    fn column_stack[context](/** The arrays. */ tup: Value) -> Result<Value> {
        let (arrays, lazy) = sequence(&tup)?;
        let column = |array: Array| match array.ndim() {
            0 => array.reshape(&[1, 1]),
            1 => array.expand_dims(&[1]),
            _ => Ok(array),
        };
        let arrays = arrays.into_iter().map(column).collect::<Result<Vec<_>>>()?;
        answer(context, Array::concatenate(&arrays, 1)?, lazy)
    }
}
