//! Functions that put whole arrays otherwise: rolled, turned, repeated, cut up, put together.

use rdk_runtime::{Context, FromValue, Rest, Result, Value, bail, builtins};

use super::create::room_for_positions;
use super::layout::{at_least, flipped, sequence, swapped, with};
use super::operand::{Operand, answer, has_lazy, lazy_value, values_for};
use super::parameters::{Axes, ShapeArg};
use super::seen::Seen;
use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::dtype::DType;
use crate::eager::NdArray;
use crate::index::IndexItem;
use crate::shape;

/// Part of an array along one axis.
pub fn part(array: &Array, axis: usize, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Result<Array> {
    let mut items = vec![IndexItem::ALL; axis];
    items.push(IndexItem::Slice { start, stop, step });
    array.slice(&items)
}

/// An axis, or for `None` the array in one row.
fn along(array: Array, axis: Option<i64>) -> Result<(Array, usize)> {
    match axis {
        None => Ok((array.reshape(&[-1])?, 0)),
        Some(axis) => {
            let axis = shape::axis(axis, array.ndim())?;
            Ok((array, axis))
        }
    }
}

fn rolled_along(array: &Array, shift: i64, axis: usize) -> Result<Array> {
    let n = array.sized()?.shape()[axis] as i64;
    if n == 0 || shift.rem_euclid(n) == 0 {
        return Ok(array.clone());
    }
    let cut = n - shift.rem_euclid(n);
    Array::concatenate(
        &[part(array, axis, Some(cut), None, None)?, part(array, axis, None, Some(cut), None)?],
        axis as i64,
    )
}

fn rolled(array: &Array, shifts: &[i64], axes: Option<&[i64]>) -> Result<Array> {
    let Some(axes) = axes else {
        let [shift] = shifts else { bail!("several shifts need as many axes"; hint: "`axis` is a tuple then") };
        let array = array.sized()?;
        let shape: Vec<i64> = array.shape().iter().map(|&length| length as i64).collect();
        return rolled_along(&array.reshape(&[-1])?, *shift, 0)?.reshape(&shape);
    };
    if shifts.len() != axes.len() && shifts.len() != 1 && axes.len() != 1 {
        bail!("'shift' and 'axis' should be scalars or 1D sequences");
    }
    let mut array = array.clone();
    for at in 0..shifts.len().max(axes.len()) {
        let (shift, axis) = (shifts[at % shifts.len()], axes[at % axes.len()]);
        let axis = shape::axis(axis, array.ndim())?;
        array = rolled_along(&array, shift, axis)?;
    }
    Ok(array)
}

fn turned(array: &Array, k: i64, axes: &[i64]) -> Result<Array> {
    let &[first, second] = axes else { bail!("len(axes) must be 2.") };
    let n = array.ndim();
    if n < 2 {
        bail!("Axes={axes:?} out of range for array of ndim={n}.");
    }
    let (a, b) = (shape::axis(first, n)?, shape::axis(second, n)?);
    if a == b {
        bail!("Axes must be different.");
    }
    match k.rem_euclid(4) {
        0 => Ok(array.clone()),
        1 => swapped(&flipped(array, Some(&[second]))?, first, second),
        2 => flipped(&flipped(array, Some(&[first]))?, Some(&[second])),
        _ => flipped(&swapped(array, first, second)?, Some(&[second])),
    }
}

/// With an axis taken out and put in before another.
fn axis_rolled(array: &Array, axis: i64, start: i64) -> Result<Array> {
    let n = array.ndim() as i64;
    let axis = shape::axis(axis, array.ndim())? as i64;
    let mut start = if start < 0 { start + n } else { start };
    if !(0..=n).contains(&start) {
        bail!(AxisError: "`start` is {start}, but must be from {} to {n}", -n);
    }
    if axis < start {
        start -= 1;
    }
    let mut order: Vec<i64> = (0..n).filter(|&other| other != axis).collect();
    order.insert(start as usize, axis);
    array.transpose(Some(&order))
}

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
        values = super::indexing::items::moved_to(&values, 0, 1, axis)?;
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

/// Cut along an axis into so many parts, or at these places.
fn cut(context: &Context, a: &Seen, sections: &Value, axis: i64, equal: bool) -> Result<Value> {
    let array = a.array()?;
    let axis = shape::axis(axis, array.ndim())?;
    let n = array.sized()?.shape()[axis] as i64;
    let borders: Vec<i64> = match i64::from_value(sections) {
        Some(count) => {
            if count <= 0 {
                bail!("number sections must be larger than 0.");
            }
            if equal && n % count != 0 {
                bail!("array split does not result in an equal division"; hint: "{n} positions cannot be cut into {count} equal parts; `array_split` can");
            }
            let (size, longer) = (n / count, n % count);
            (1..count)
                .scan(0, |at, number| {
                    *at += size + i64::from(number <= longer);
                    Some(*at)
                })
                .collect()
        }
        None => Numbers::try_from_value(sections)?.0,
    };
    let starts = std::iter::once(0).chain(borders.iter().copied());
    let ends = borders.iter().copied().map(Some).chain([None]);
    let piece = |(start, end): (i64, Option<i64>)| a.show(context, |array| part(&array, axis, Some(start), end, None));
    let parts = starts.zip(ends).map(piece).collect::<Result<Vec<_>>>()?;
    Ok(Value::list(parts))
}

/// Each of several arrays, or of one alone, with at least so many axes; one that has them is itself.
fn deepened(context: &Context, arrays: &Rest, n_axes: usize, deepen: impl Fn(Array) -> Result<Array>) -> Result<Value> {
    let each = |value: &Value| {
        let seen = Seen::try_from_value(value)?;
        match seen.in_memory() {
            Some(array) if array.shape().len() >= n_axes => Ok(value.clone()),
            Some(_) => seen.show(context, &deepen),
            None => answer_array(context, deepen(seen.array()?)?, seen.is_lazy()),
        }
    };
    match &arrays.0[..] {
        [one] => each(one),
        many => Ok(Value::tuple(many.iter().map(each).collect::<Result<Vec<_>>>()?)),
    }
}

/// As [`answer`], but an array stays one also where it has no axes.
pub fn answer_array(context: &Context, array: Array, lazy: bool) -> Result<Value> {
    if lazy {
        return Ok(lazy_value(array));
    }
    Ok(Value::object(NdArray::new(array.compute_now(context)?)))
}

/// With three axes, as `dstack` sees it.
pub fn deep(array: Array) -> Result<Array> {
    match array.ndim() {
        0 => array.reshape(&[1, 1, 1]),
        1 => array.expand_dims(&[0, 2]),
        2 => array.expand_dims(&[2]),
        _ => Ok(array),
    }
}

/// Several whole numbers, or one.
struct Numbers(Vec<i64>);

impl FromValue for Numbers {
    fn expected() -> &'static str {
        "a whole number, or several"
    }

    fn from_value(value: &Value) -> Option<Numbers> {
        Axes::from_value(value).map(|axes| Numbers(axes.0)).or_else(|| {
            let chunk = Operand::from_value(value).and_then(|operand| match operand {
                Operand::Eager(chunk) if chunk.dtype().is_integer() && chunk.ndim() <= 1 => Some(chunk),
                _ => None,
            })?;
            Some(Numbers(chunk.to_vec()))
        })
    }
}

#[allow(non_snake_case)] // `tile` takes `A`.
mod named {
    use super::*;

    builtins! {
        /// The elements moved along, those that leave at one end coming back at the other.
        ///
        /// ```rdk
        /// np.roll([1, 2, 3, 4], 1)
        /// #> array([4, 1, 2, 3])
        /// ```
        fn roll[context](
            /// The array.
            a: Operand,
            /// How far, towards the end.
            shift: Numbers,
            /// Along which axis, or which; all elements in one row if left out.
            axis: Option<Axes>,
        ) -> Result<Value> { with(context, &a, |array| Ok(rolled(&array, &shift.0, Axes::list(&axis))?.named("roll"))) }

        /// Turned by 90 degrees.
        fn rot90[context](
            /// The array.
            m: Seen,
            /// How many times.
            k: i64 = 1,
            /// In the plane of these two axes, from the first to the second.
            axes: Option<Axes>,
        ) -> Result<Value> {
            let axes = axes.map_or(vec![0, 1], |axes| axes.0);
            m.show(context, |array| turned(&array, k, &axes))
        }

        /// With an axis taken out and put in before another.
        fn rollaxis[context](
            /// The array.
            a: Seen,
            /// Which axis.
            axis: i64,
            /// Before which other.
            start: i64 = 0,
        ) -> Result<Value> { a.show(context, |array| axis_rolled(&array, axis, start)) }

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
                _ => super::super::operand::eager_array(&values_for(context, &values, arr.dtype())?)?,
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

        /// Arrays one behind the other along an axis.
        fn concat[context](
            /// The arrays.
            arrays: Value,
            /// Along which axis.
            axis: i64 = 0,
        ) -> Result<Value> {
            let (arrays, lazy) = sequence(&arrays)?;
            answer(context, Array::concatenate(&arrays, axis)?, lazy)
        }

        /// Cut along an axis into parts that are as long as each other, or nearly.
        ///
        /// ```rdk
        /// np.array_split(np.arange(5), 2)
        /// #> [array([0, 1, 2]), array([3, 4])]
        /// ```
        fn array_split[context](
            /// The array.
            ary: Seen,
            /// How many parts, or where to cut.
            indices_or_sections: Value,
            /// Along which axis.
            axis: i64 = 0,
        ) -> Result<Value> { cut(context, &ary, &indices_or_sections, axis, false) }

        /// Cut along an axis into parts of equal length, or at some positions.
        fn split[context](
            /// The array.
            ary: Seen,
            /// How many parts, or where to cut.
            indices_or_sections: Value,
            /// Along which axis.
            axis: i64 = 0,
        ) -> Result<Value> { cut(context, &ary, &indices_or_sections, axis, true) }

        /// Cut into parts that lie beside each other.
        fn hsplit[context](
            /// The array.
            ary: Seen,
            /// How many parts, or where to cut.
            indices_or_sections: Value,
        ) -> Result<Value> {
            if ary.ndim() == 0 {
                bail!("hsplit only works on arrays of 1 or more dimensions");
            }
            cut(context, &ary, &indices_or_sections, i64::from(ary.ndim() > 1), true)
        }

        /// Cut into parts that lie below each other.
        fn vsplit[context](
            /// The array.
            ary: Seen,
            /// How many parts, or where to cut.
            indices_or_sections: Value,
        ) -> Result<Value> {
            if ary.ndim() < 2 {
                bail!("vsplit only works on arrays of 2 or more dimensions");
            }
            cut(context, &ary, &indices_or_sections, 0, true)
        }

        /// Cut into parts that lie behind each other along the third axis.
        fn dsplit[context](
            /// The array.
            ary: Seen,
            /// How many parts, or where to cut.
            indices_or_sections: Value,
        ) -> Result<Value> {
            if ary.ndim() < 3 {
                bail!("dsplit only works on arrays of 3 or more dimensions");
            }
            cut(context, &ary, &indices_or_sections, 2, true)
        }

        /// The parts of an array along an axis, which goes.
        fn unstack[context](
            /// The array.
            x: Seen,
            /// Along which axis.
            axis: i64 = 0,
        ) -> Result<Value> {
            let array = x.array()?.sized()?;
            let axis = shape::axis(axis, array.ndim())?;
            let item = |at: usize| {
                let mut items = vec![IndexItem::ALL; axis];
                items.push(IndexItem::Int(at as i64));
                let item = x.show(context, |array| array.slice(&items))?;
                // Of a row the parts are numbers.
                Ok(item.get::<NdArray>().map_or(item.clone(), |view| view.clone().or_number()))
            };
            Ok(Value::tuple((0..array.shape()[axis]).map(item).collect::<Result<Vec<_>>>()?))
        }

        /// With its axes in another order.
        fn permute_dims[context](
            /// The array.
            a: Seen,
            /// The axes in their new order; reversed if left out.
            axes: Option<Axes>,
        ) -> Result<Value> { a.show(context, |array| array.transpose(Axes::list(&axes))) }

        /// With its last two axes exchanged.
        fn matrix_transpose[context](/** The array. */ x: Seen) -> Result<Value> {
            if x.ndim() < 2 {
                bail!("Input array must be at least 2-dimensional, but it is {}", x.ndim());
            }
            x.show(context, |array| swapped(&array, -1, -2))
        }

        /// Without zeros at its ends.
        fn trim_zeros[context](
            /// The array.
            filt: Seen,
            /// At which ends: "f" the front, "b" the back, "fb" both.
            trim: String = "fb",
            /// Along which axes; all if left out.
            axis: Option<Axes>,
        ) -> Result<Value> {
            let array = filt.array()?.sized()?;
            let flags = array.is_true()?.compute_now(context)?;
            let axes = crate::face::indexing::true_positions(&flags);
            let trim = trim.to_lowercase();
            if let Some(other) = trim.chars().find(|end| !"fb".contains(*end)) {
                bail!("unexpected character(s) in `trim`: '{other}'"; hint: "\"f\" is the front, \"b\" the back");
            }
            let trimmed = shape::axes(Axes::list(&axis), array.ndim())?;
            let item = |(axis, places): (usize, &Vec<i64>)| {
                if !trimmed.contains(&axis) {
                    return IndexItem::ALL;
                }
                let n = array.shape()[axis] as i64;
                let (first, last) = (places.iter().min().copied().unwrap_or(n), places.iter().max().copied().unwrap_or(-1));
                let start = if trim.contains('f') { first } else { 0 };
                let stop = if trim.contains('b') { last + 1 } else { n };
                IndexItem::Slice { start: Some(start), stop: Some(stop), step: None }
            };
            let items: Vec<IndexItem> = axes.iter().enumerate().map(item).collect();
            filt.show(context, |array| array.slice(&items))
        }

        /// All of them stretched to the shape that they have together.
        fn broadcast_arrays[context](/** Arrays. */ args: Rest, /** Has no effect. */ subok: bool = false) -> Result<Value> {
            let _ = subok;
            let operands = args.0.iter().map(Seen::try_from_value).collect::<Result<Vec<_>>>()?;
            let arrays = operands.iter().map(|operand| operand.array()).collect::<Result<Vec<_>>>()?;
            let shapes: Vec<&[usize]> = arrays.iter().map(Array::shape).collect();
            let shape = shape::broadcast(&shapes)?;
            let stretched = arrays.iter().zip(&operands).map(|(array, operand)| match operand.in_memory() {
                Some(memory) => Ok(Value::object(memory.broadcast_to(&shape))),
                None => answer_array(context, array.broadcast_to(&shape)?, operand.is_lazy()),
            });
            Ok(Value::tuple(stretched.collect::<Result<Vec<_>>>()?))
        }

        /// At least one axis.
        fn atleast_1d[context](/** Arrays. */ arys: Rest) -> Result<Value> { deepened(context, &arys, 1, |array| at_least(array, 1)) }

        /// At least two axes.
        fn atleast_2d[context](/** Arrays. */ arys: Rest) -> Result<Value> { deepened(context, &arys, 2, |array| at_least(array, 2)) }

        /// At least three axes.
        fn atleast_3d[context](/** Arrays. */ arys: Rest) -> Result<Value> { deepened(context, &arys, 3, deep) }
    }
}

pub use named::builtins;
