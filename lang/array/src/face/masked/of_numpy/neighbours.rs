//! Functions in which elements meet their neighbours: what a masked one goes into is masked.

use rdk_runtime::{FromValue, Result, Value};

use super::ways::each;
use super::{Asked, is_masked, ways};
use crate::array::Array;
use crate::face::masked::pair::{Given, Pair, answer, lazy_value};
use crate::face::masked::reduce;
use crate::face::operand::{self, Operand};
use crate::face::parameters::Axes;
use crate::face::reducing::How;
use crate::face::scans;
use crate::kernel::{Reduction, UnaryFunc};
use crate::scalar::Scalar;

/// NaN where it is masked, else 0: whatever one of them goes into is NaN as well.
fn marks(given: &Given) -> Result<Array> {
    let number = |number: f64| Array::scalar(Scalar::F64(number));
    let pair = given.pair()?;
    pair.mask_array()?.select(&number(f64::NAN), &number(0.0))
}

/// What the function makes of the elements, masked where a masked one went in.
pub fn touched(asked: &Asked) -> Result<Value> {
    let lazy = asked.is_lazy();
    // New rows at the ends make a new array of it.
    let longer = asked.argument("prepend").is_some() || asked.argument("append").is_some();
    if longer && !lazy {
        return ways::unmasked(asked);
    }
    let made = asked.of_elements()?;
    let first = asked.first();
    // The slope always has a mask.
    let always = asked.builtin.name == "gradient";
    if !always && asked.masked().iter().all(|given| given.mask.is_none()) {
        return each(made, &|made| match Operand::loosely(&made)? {
            Operand::Lazy(array) => Ok(lazy_value(Pair::under(array, None, first.fill)?)),
            other => answer(asked.context, Pair::under(other.array()?, None, first.fill)?, false),
        });
    }
    let arrays = asked.builtin.params.iter().zip(asked.bound).filter_map(|(param, value)| {
        let is_array = matches!(param.name, "a" | "b" | "ary" | "f" | "to_end" | "to_begin" | "prepend" | "append");
        Some((param.name, value.as_ref().filter(|value| is_array && !value.is_none())?))
    });
    let marked = arrays.map(|(name, value)| {
        let given = Given::try_from_value(value)?;
        Ok((name, operand::answer(asked.context, marks(&given)?, given.is_lazy())?))
    });
    let mut marked = marked.collect::<Result<Vec<_>>>()?;
    // Places that are evenly apart are as good as none: the one in the middle takes no part.
    if let Some(places) = asked.argument("varargs").and_then(Value::items) {
        let places = places.into_iter().map(|places| if evenly_apart(&places) { Value::Float(1.0) } else { places });
        marked.push(("varargs", Value::tuple(places.collect::<Vec<_>>())));
    }
    let marked = asked.with(&marked)?;
    let arrays = |value: &Value| -> Vec<Value> { value.items().unwrap_or_else(|| vec![value.clone()]) };
    let masked = arrays(&made).into_iter().zip(arrays(&marked)).map(|(made, marked)| {
        let data = Operand::loosely(&made)?.array()?;
        let mask = Operand::loosely(&marked)?.array()?.unary(UnaryFunc::IsNan)?;
        answer(asked.context, Pair::under(data, Some(mask), first.fill)?, lazy)
    });
    let mut masked = masked.collect::<Result<Vec<_>>>()?;
    Ok(match made {
        Value::List(_) => Value::list(masked),
        Value::Tuple(_) => Value::tuple(masked),
        _ => masked.remove(0),
    })
}

fn evenly_apart(places: &Value) -> bool {
    let Ok(Operand::Eager(chunk)) = Operand::try_from_value(places) else { return false };
    let places = chunk.to_vec::<f64>();
    let mut steps = places.windows(2).map(|pair| pair[1] - pair[0]);
    let first = steps.next();
    chunk.ndim() == 1 && steps.all(|step| Some(step) == first)
}

/// The area under a curve: a strip beside a masked element is none.
pub fn trapezoid(asked: &Asked) -> Result<Value> {
    let (Some(y), x) = (asked.read::<Given>("y")?, asked.argument("x")) else { return asked.of_elements() };
    let x = x.map(|x| if is_masked(x) { super::elements(x) } else { Ok(x.clone()) }).transpose()?;
    let x = x.map(|x| Operand::try_from_value(&x)?.array()).transpose()?;
    let dx = asked.read::<f64>("dx")?.unwrap_or(1.0);
    let axis = asked.read::<i64>("axis")?.unwrap_or(-1);
    let strips = |heights: &Array| scans::strips(heights, x.as_ref(), dx, axis);
    let pair = y.pair()?;
    let mask = match &pair.mask {
        Some(_) => Some(strips(&marks(&y)?)?.unary(UnaryFunc::IsNan)?),
        None => None,
    };
    let strips = Pair::under(strips(&pair.data)?, mask, None)?;
    let how = How { axis: Some(Axes(vec![axis])), ..How::default() };
    answer(asked.context, reduce::reduced(Reduction::Sum, &strips, &how)?, asked.is_lazy())
}
