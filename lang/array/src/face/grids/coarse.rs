//! `coarsen`: neighbouring elements made one.

use rdk_runtime::{Args, Context, FromValue, Keywords, Result, Value, bail};

use crate::face::operand::{Operand, lazy_value};
use crate::shape;

pub fn coarsened(
    context: &Context,
    reduction: &Value,
    x: &Operand,
    axes: &Value,
    trim: bool,
    keywords: Keywords,
) -> Result<Value> {
    let mut array = x.array()?.sized()?;
    let Value::Dict(dict) = axes else {
        bail!(TypeError: "`axes` is a dict from axis to how many neighbours become one")
    };
    let pairs: Vec<(Value, Value)> =
        dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
    let mut factors = vec![1usize; array.ndim()];
    for (axis, factor) in pairs {
        let axis = shape::axis(i64::try_from_value(&axis)?, array.ndim())?;
        factors[axis] = usize::try_from_value(&factor)?.max(1);
    }
    let mut lengths = Vec::new();
    let mut over = Vec::new();
    for (axis, &factor) in factors.iter().enumerate() {
        let n = array.shape()[axis];
        if n % factor != 0 {
            if !trim {
                bail!(
                    "Coarsening factors {factors:?} do not align with array shape {}.", shape::show(array.shape());
                    hint: "`trim_excess=True` leaves out what is left over"
                );
            }
            array = crate::face::arrange::part(&array, axis, None, Some((n - n % factor) as i64), None)?;
        }
        lengths.extend([(n / factor) as i64, factor as i64]);
        over.push(Value::Int(2 * axis as i64 + 1));
    }
    let blocks = lazy_value(array.reshape(&lengths)?);
    let mut keywords = keywords.0;
    keywords.push(("axis".into(), Value::tuple(over)));
    context.call(reduction, Args { positional: [blocks].into_iter().collect(), keywords })
}
