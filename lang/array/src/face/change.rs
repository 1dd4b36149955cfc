//! NumPy's functions that change an array in memory: `copyto`, `put`, `putmask`, `place`, `fill_diagonal`; and walks over elements.

use rdk_runtime::{Context, FromValue, Rest, Result, Value, bail, builtins};

use super::operand::{Operand, values_for};
use super::parameters::ShapeArg;
use crate::chunk::Chunk;
use crate::dtype::Casting;
use crate::eager::{self, NdArray};
use crate::lower::view::nth;
use crate::plan::in_range;
use crate::scalar::Scalar;
use crate::shape;

/// An array in memory that is changed.
struct Target(Value);

impl FromValue for Target {
    fn expected() -> &'static str {
        "an array in memory"
    }

    fn from_value(value: &Value) -> Option<Target> {
        Target::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Target> {
        match value.get::<NdArray>() {
            Some(array) => array.check_writeable().map(|()| Target(value.clone())),
            None => bail!(TypeError: "expected {}, got {}", Target::expected(), rdk_runtime::convert::describe(value)),
        }
    }
}

impl std::ops::Deref for Target {
    type Target = NdArray;

    fn deref(&self) -> &NdArray {
        self.0.get::<NdArray>().expect("it was one when the function was called")
    }
}

fn in_memory(context: &Context, operand: &Operand) -> Result<Chunk> {
    operand.array()?.compute_now(context)
}

/// Where a mask is true, and how many elements stand before each such place.
fn true_places(array: &NdArray, mask: &Chunk) -> Result<Vec<usize>> {
    if mask.len() != array.size() {
        bail!("place: mask and data must be the same size");
    }
    let flags = mask.to_vec::<bool>();
    Ok((0..flags.len()).filter(|&at| flags[at]).collect())
}

builtins! {
    /// Copies elements into an array in memory.
    fn copyto[context](
        /// The array that is changed.
        dst: Target,
        /// What is copied; stretched if need be.
        src: Operand,
        /// Which casts are allowed: "no", "equiv", "safe", "same_kind" or "unsafe".
        casting: String = "same_kind",
        /// Where to copy; everywhere if left out.
        r#where: Option<Operand>,
    ) -> Result<()> {
        let (from, to, rule) = (src.dtype(), dst.dtype(), Casting::from_name(&casting)?);
        let rule_for = if matches!(src, Operand::Number(_)) && rule != Casting::Unsafe { Casting::SameKind } else { rule };
        if !from.can_cast(to, rule_for) {
            let what = if src.ndim() == 0 { "scalar" } else { "array data" };
            bail!(
                TypeError: "Cannot cast {what} from dtype('{from}') to dtype('{to}') according to the rule '{casting}'";
                hint: "`casting=\"unsafe\"` casts nevertheless"
            );
        }
        let source = src.array()?.broadcast_to(dst.shape())?;
        let source = match r#where {
            None => source,
            Some(condition) => condition.array()?.is_true()?.select(&source.cast(dst.dtype()), &super::operand::eager_array(&dst.chunk())?)?,
        };
        dst.assign(&source.compute_now(context)?);
        Ok(())
    }

    /// Writes to elements that are counted in C order.
    fn put[context](
        /// The array that is changed.
        a: Target,
        /// The numbers of the elements.
        ind: Operand,
        /// What is written; over and over again if it is shorter.
        v: Value,
        /// What to do about numbers that do not exist: "raise", "wrap" or "clip".
        mode: String = "raise",
    ) -> Result<()> {
        let (numbers, values) = (in_memory(context, &ind)?.to_vec::<i64>(), values_for(context, &v, a.dtype())?);
        let n = a.size();
        let place = |at: i64| match &mode[..] {
            "wrap" => Ok(at.rem_euclid(n.max(1) as i64) as usize),
            "clip" => Ok(at.clamp(0, n.max(1) as i64 - 1) as usize),
            _ => in_range(at, 0, n),
        };
        let places = numbers.into_iter().map(place).collect::<Result<Vec<_>>>()?;
        let values: Vec<Scalar> = values.scalars().collect();
        if !values.is_empty() {
            a.write(places.into_iter(), values.iter().copied().cycle());
        }
        Ok(())
    }

    /// Writes to elements where a mask is true, each what stands at its own place among the values.
    fn putmask[context](
        /// The array that is changed.
        a: Target,
        /// The mask.
        mask: Operand,
        /// What is written; over and over again if it is shorter.
        values: Value,
    ) -> Result<()> {
        let places = true_places(&a, &in_memory(context, &mask)?)?;
        let values: Vec<Scalar> = values_for(context, &values, a.dtype())?.scalars().collect();
        if !values.is_empty() {
            let own: Vec<Scalar> = places.iter().map(|&at| values[at % values.len()]).collect();
            a.write(places.into_iter(), own.into_iter());
        }
        Ok(())
    }

    /// Writes to elements where a mask is true, one value after the other.
    fn place[context](
        /// The array that is changed.
        arr: Target,
        /// The mask.
        mask: Operand,
        /// What is written; over and over again if it is shorter.
        vals: Value,
    ) -> Result<()> {
        let places = true_places(&arr, &in_memory(context, &mask)?)?;
        let values: Vec<Scalar> = values_for(context, &vals, arr.dtype())?.scalars().collect();
        if values.is_empty() && !places.is_empty() {
            bail!("Cannot insert from an empty array!");
        }
        arr.write(places.into_iter(), values.iter().copied().cycle());
        Ok(())
    }

    /// Writes to the main diagonal.
    fn fill_diagonal[context](
        /// The array that is changed.
        a: Target,
        /// What is written; over and over again if it is shorter.
        val: Value,
        /// Begin anew below a square?
        wrap: bool = false,
    ) -> Result<()> {
        let lengths = a.shape().to_vec();
        if lengths.len() < 2 {
            bail!("array must be at least 2-d");
        }
        if lengths.len() > 2 && lengths.iter().any(|&length| length != lengths[0]) {
            bail!("All dimensions of input must be of equal length");
        }
        let step: usize = shape::strides(&lengths).iter().sum();
        let end = if lengths.len() == 2 && !wrap { lengths[1] * lengths[1].min(lengths[0]) } else { a.size() };
        let values: Vec<Scalar> = values_for(context, &val, a.dtype())?.scalars().collect();
        if !values.is_empty() {
            a.write((0..end.min(a.size())).step_by(step.max(1)), values.iter().copied().cycle());
        }
        Ok(())
    }

    /// Writes to positions along an axis that differ along the others.
    fn put_along_axis[context](
        /// The array that is changed.
        arr: Target,
        /// The positions; an array with as many axes.
        indices: Operand,
        /// What is written; stretched if need be.
        values: Operand,
        /// Along which axis.
        axis: i64 = -1,
    ) -> Result<()> {
        let own = arr.shape().to_vec();
        let axis = shape::axis(axis, own.len())?;
        let positions = in_memory(context, &indices)?;
        if positions.ndim() != own.len() {
            bail!("`indices` and `arr` must have the same number of dimensions");
        }
        let mut whole = own.clone();
        whole[axis] = positions.shape()[axis];
        let Some(positions) = positions.broadcast(&whole) else { bail!(IndexError: "`indices` does not go together with the array") };
        let values = values.array()?.broadcast_to(&whole)?.compute_now(context)?;
        let strides = shape::strides(&own);
        let mut places = Vec::with_capacity(positions.len());
        for (number, position) in positions.to_vec::<i64>().into_iter().enumerate() {
            let mut index = nth(&whole, number);
            index[axis] = in_range(position, axis, own[axis])? as u32;
            places.push(index.iter().zip(&strides).map(|(&at, &stride)| at as usize * stride).sum::<usize>());
        }
        let values: Vec<Scalar> = values.cast(arr.dtype()).scalars().collect();
        arr.write(places.into_iter(), values.into_iter());
        Ok(())
    }

    /// Walks over all elements with their places: `((0, 1), value)`.
    ///
    /// ```rdk
    /// list(np.ndenumerate([[5, 6]]))
    /// #> [((0, 0), 5), ((0, 1), 6)]
    /// ```
    fn ndenumerate[context](/** The array. */ arr: Operand) -> Result<Value> {
        let chunk = in_memory(context, &arr)?;
        let lengths = chunk.shape().to_vec();
        let elements: Vec<Scalar> = chunk.scalars().collect();
        let mut at = 0;
        Ok(Value::iter("ndenumerate", move |_| {
            let element = elements.get(at)?;
            let place = Value::tuple(nth(&lengths, at).iter().map(|&at| Value::Int(at.into())));
            at += 1;
            Some(Ok(Value::tuple([place, eager::number(*element)])))
        }))
    }

    /// Walks over the places of all elements of an array of a shape.
    ///
    /// ```rdk
    /// list(np.ndindex(2, 1))
    /// #> [(0, 0), (1, 0)]
    /// ```
    fn ndindex(/** The lengths, one by one or as a tuple. */ shape: Rest) -> Result<Value> {
        let lengths = match &shape.0[..] {
            [one] => ShapeArg::try_from_value(one)?.0,
            many => ShapeArg::try_from_value(&Value::tuple(many.to_vec()))?.0,
        };
        let n: usize = lengths.iter().product();
        let mut at = 0;
        Ok(Value::iter("ndindex", move |_| {
            (at < n).then(|| {
                at += 1;
                Ok(Value::tuple(nth(&lengths, at - 1).iter().map(|&at| Value::Int(at.into()))))
            })
        }))
    }
}
