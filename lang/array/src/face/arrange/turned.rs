//! Arrays with their elements or axes in another place: `roll`, `rot90`, `rollaxis`, `broadcast_arrays`, `atleast_1d`.

use rdk_runtime::{Context, FromValue, Rest, Result, Value, bail, builtins};

use super::{Numbers, answer_array, part};
use crate::array::Array;
use crate::face::layout::{at_least, flipped, swapped, with};
use crate::face::operand::Operand;
use crate::face::parameters::Axes;
use crate::face::seen::Seen;
use crate::shape;

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
        let shift = shifts.iter().fold(0, |sum: i64, &shift| sum.wrapping_add(shift));
        let array = array.sized()?;
        let shape: Vec<i64> = array.shape().iter().map(|&length| length as i64).collect();
        return rolled_along(&array.reshape(&[-1])?, shift, 0)?.reshape(&shape);
    };
    if shifts.len() != axes.len() && shifts.len() != 1 && axes.len() != 1 {
        bail!("'shift' and 'axis' should be scalars or 1D sequences");
    }
    let mut array = array.clone();
    let count = if shifts.is_empty() || axes.is_empty() { 0 } else { shifts.len().max(axes.len()) };
    for at in 0..count {
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

/// With three axes, as `dstack` sees it.
pub fn deep(array: Array) -> Result<Array> {
    match array.ndim() {
        0 => array.reshape(&[1, 1, 1]),
        1 => array.expand_dims(&[0, 2]),
        2 => array.expand_dims(&[2]),
        _ => Ok(array),
    }
}

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
