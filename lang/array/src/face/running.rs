//! Angles without jumps (`unwrap`), and running sums that may begin with their beginning (`cumulative_sum`).

use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::arrange::part;
use super::operand::{Operand, answer};
use super::out::Out;
use crate::array::Array;
use crate::dtype::DType;
use crate::eager::DTypeArg;
use crate::kernel::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;

/// Running sums or products; with `include_initial` there is one more, for nothing at all.
fn cumulative(
    context: &Context,
    x: &Operand,
    axis: Option<i64>,
    dtype: Option<DTypeArg>,
    include_initial: bool,
    multiply: bool,
) -> Result<Value> {
    let array = x.array()?;
    if axis.is_none() && array.ndim() != 1 {
        bail!("For arrays which have more than one dimension ``axis`` argument is required.");
    }
    let axis = axis.unwrap_or(0);
    let running = array.running(Some(axis), dtype.map(|dtype| dtype.0), multiply)?;
    if !include_initial {
        return answer(context, running, x.is_lazy());
    }
    let place = shape::axis(axis, running.ndim())?;
    let mut lengths = running.shape().to_vec();
    lengths[place] = 1;
    let first = crate::statistics::identity(running.dtype(), multiply);
    let first = Array::scalar(first).broadcast_to(&lengths)?;
    answer(context, Array::concatenate(&[first, running], axis)?, x.is_lazy())
}

/// Without jumps of more than `discont`: multiples of the period are added where there are some.
fn unwrapped(p: &Array, discont: Option<f64>, axis: i64, period: f64, whole: bool) -> Result<Array> {
    let axis = shape::axis(axis, p.ndim())?;
    if p.shape()[axis] < 2 {
        return Ok(p.clone());
    }
    let number = |value: f64| match whole {
        true => Array::scalar(Scalar::I64(value as i64)).cast(p.dtype()),
        false => Array::scalar(Scalar::F64(value)).cast(p.dtype().real()),
    };
    let discont = discont.unwrap_or(period / 2.0);
    let high = if whole { (period / 2.0).floor() } else { period / 2.0 };
    let low = -high;
    let halves = !whole || period % 2.0 == 0.0;
    let steps =
        part(p, axis, Some(1), None, None)?.binary(BinaryFunc::Subtract, &part(p, axis, None, Some(-1), None)?)?;
    let wrapped = steps.binary(BinaryFunc::Subtract, &number(low))?.binary(BinaryFunc::Remainder, &number(period))?;
    let mut wrapped = wrapped.binary(BinaryFunc::Add, &number(low))?;
    if halves {
        // A step of half a period upwards stays one.
        let rises = steps.compare(CompareFunc::Greater, &number(0.0))?;
        let at_low = wrapped.compare(CompareFunc::Equal, &number(low))?.binary(BinaryFunc::LogicalAnd, &rises)?;
        wrapped = at_low.select(&number(high), &wrapped)?;
    }
    let correction = wrapped.binary(BinaryFunc::Subtract, &steps)?;
    let small = steps.unary(UnaryFunc::Absolute)?.compare(CompareFunc::Less, &Array::scalar(Scalar::F64(discont)))?;
    let correction = small.select(&number(0.0), &correction)?.running(Some(axis as i64), None, false)?;
    let first = part(p, axis, None, Some(1), None)?;
    let rest = part(p, axis, Some(1), None, None)?.binary(BinaryFunc::Add, &correction)?;
    Array::concatenate(&[first, rest.cast(p.dtype())], axis as i64)
}

builtins! {
    /// Angles without jumps: multiples of a period are added where one is passed.
    ///
    /// ```rdk
    /// np.unwrap([0, 1, 2, -1, 0], period=4)
    /// #> array([0, 1, 2, 3, 4])
    /// ```
    fn unwrap[context](
        /// The angles.
        p: Operand,
        /// The largest jump that stays one; half a period if left out, or less.
        discont: Option<f64>,
        /// Along which axis.
        axis: i64 = -1,
        /// The period; a full turn if left out.
        period: Option<Value>,
    ) -> Result<Value> {
        let array = p.array()?;
        if array.dtype().is_complex() {
            bail!(TypeError: "expected angles, got complex numbers"; hint: "`np.angle(x)` gives them");
        }
        let period = period.unwrap_or(Value::Float(std::f64::consts::TAU));
        let Some(turn) = period.as_f64().filter(|turn| *turn > 0.0) else {
            bail!("expected a period larger than 0, got {}", period.repr());
        };
        let whole = array.dtype().is_integer() && !matches!(period, Value::Float(_));
        let array = match (whole, array.dtype().is_float()) {
            (false, false) => array.cast(DType::F64),
            _ => array,
        };
        answer(context, unwrapped(&array, discont, axis, turn, whole)?.named("unwrap"), p.is_lazy())
    }

    /// Running sums along an axis; with `include_initial` they begin with 0.
    ///
    /// ```rdk
    /// np.cumulative_sum([1, 2, 3], include_initial=True)
    /// #> array([0, 1, 3, 6])
    /// ```
    fn cumulative_sum[context](
        /// The array.
        x: Operand,
        /// Along which axis; needed if there are several.
        axis: Option<i64>,
        /// In which type to add.
        dtype: Option<DTypeArg>,
        /// Where the result goes.
        out: Out,
        /// Does it begin with 0?
        include_initial: bool = false,
    ) -> Result<Value> { out.take("cumulative_sum", cumulative(context, &x, axis, out.dtype_or(dtype), include_initial, false)?) }

    /// Running products along an axis; with `include_initial` they begin with 1.
    ///
    /// ```rdk
    /// np.cumulative_prod([1, 2, 3])
    /// #> array([1, 2, 6])
    /// ```
    fn cumulative_prod[context](
        /// The array.
        x: Operand,
        /// Along which axis; needed if there are several.
        axis: Option<i64>,
        /// In which type to multiply.
        dtype: Option<DTypeArg>,
        /// Where the result goes.
        out: Out,
        /// Does it begin with 1?
        include_initial: bool = false,
    ) -> Result<Value> { out.take("cumulative_prod", cumulative(context, &x, axis, out.dtype_or(dtype), include_initial, true)?) }
}
