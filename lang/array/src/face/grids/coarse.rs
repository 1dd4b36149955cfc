//! `coarsen`: neighbouring elements made one.

use rdk_runtime::{Args, Context, FromValue, Keywords, Result, Value, bail};

use crate::chunks::AxisChunks;
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
        let cut = aligned(array.chunks().0[axis].sizes().collect(), factor);
        if n % factor != 0 {
            if !trim {
                bail!(
                    "Coarsening factors {factors:?} do not align with array shape {}.", shape::show(array.shape());
                    hint: "`trim_excess=True` leaves out what is left over"
                );
            }
            array = crate::face::arrange::part(&array, axis, None, Some((n - n % factor) as i64), None)?;
        }
        if factor > 1 && n >= factor {
            let mut grid = array.chunks().clone();
            grid.0[axis] = AxisChunks::listed(cut);
            array = array.regridded(grid);
        }
        lengths.extend([(n / factor) as i64, factor as i64]);
        over.push(Value::Int(2 * axis as i64 + 1));
    }
    let blocks = lazy_value(array.reshape(&lengths)?);
    let mut keywords = keywords.0;
    keywords.push(("axis".into(), Value::tuple(over)));
    context.call(reduction, Args { positional: [blocks].into_iter().collect(), keywords })
}

/// Chunks of whole groups of neighbours, as Dask cuts them: what is over in some is given to the smallest of them, group by group, and what
/// makes no group is left out.
fn aligned(mut sizes: Vec<usize>, factor: usize) -> Vec<usize> {
    let over: Vec<usize> = sizes.iter().map(|size| size % factor).collect();
    sizes.iter_mut().zip(&over).for_each(|(size, over)| *size -= over);
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&at| (over[at] == 0, sizes[at]));
    let n_groups = over.iter().sum::<usize>() / factor;
    order.into_iter().take(n_groups).for_each(|at| sizes[at] += factor);
    sizes.retain(|&size| size > 0);
    sizes
}

#[cfg(test)]
mod tests {
    #[test]
    fn chunks_are_aligned_as_dask_aligns_them() {
        // `dask.array.routines.aligned_coarsen_chunks`, without the chunk of what is over.
        for (sizes, factor, expected) in [
            (vec![3, 3, 3, 1], 2, vec![4, 2, 2, 2]),
            (vec![5, 5, 2], 3, vec![6, 3, 3]),
            (vec![20, 10, 15, 23, 24], 10, vec![20, 10, 20, 20, 20]),
            (vec![1, 1, 1], 2, vec![2]),
            (vec![4, 4], 2, vec![4, 4]),
            (vec![7], 3, vec![6]),
        ] {
            assert_eq!(super::aligned(sizes, factor), expected);
        }
    }
}
