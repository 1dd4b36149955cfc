//! Arrays in order: `sort`, `argsort`, the largest few, and where something would stand.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::operand::{Operand, answer};
use super::parameters::Axes;
use crate::array::Array;
use crate::order::{self, Side};
use crate::shape;

/// `kind=`: every sort here is stable where it can be told.
pub(super) fn check_kind(kind: Option<&str>) -> Result<()> {
    match kind {
        None | Some("quicksort" | "mergesort" | "heapsort" | "stable") => Ok(()),
        Some(other) => {
            bail!("sort kind must be one of 'quick', 'heap', or 'stable' (got '{other}')"; hint: "leave `kind` out")
        }
    }
}

/// In ascending order along an axis.
pub(super) fn sorted(array: &Array, axis: Option<i64>, kind: Option<&str>) -> Result<Array> {
    check_kind(kind)?;
    array.sort(axis)
}

/// Elements at these places along an axis, one for each place.
fn flat_if_none(array: Array, axis: Option<i64>) -> Result<(Array, i64)> {
    match axis {
        Some(axis) => Ok((array, axis)),
        None => Ok((array.reshape(&[-1])?, 0)),
    }
}

fn parted(context: &Context, a: &Operand, kth: &Axes, axis: Option<i64>, positions: bool) -> Result<Value> {
    let (array, axis) = flat_if_none(a.array()?, axis)?;
    answer(context, array.partition(&kth.0, axis, positions)?, a.is_lazy())
}

/// By the last key, then the last but one…: sorted by each in turn, in a way that leaves equal ones as they were.
fn lexsort(context: &Context, keys: &Value, axis: i64) -> Result<Value> {
    let (keys, lazy) = match keys {
        Value::List(_) | Value::Tuple(_) => super::layout::sequence(keys)?,
        other => {
            let operand = Operand::try_from_value(other)?;
            let array = operand.array()?;
            let row = |at: usize| array.slice(&[crate::index::IndexItem::Int(at as i64)]);
            ((0..array.shape().first().copied().unwrap_or(0)).map(row).collect::<Result<Vec<_>>>()?, operand.is_lazy())
        }
    };
    let Some(first) = keys.first() else { bail!(TypeError: "need sequence of keys with len > 0 in lexsort") };
    if keys.iter().any(|key| key.shape() != first.shape()) {
        bail!("all keys need to be the same shape");
    }
    let axis = shape::axis(axis, first.ndim().max(1))?;
    if first.ndim() == 0 {
        return answer(context, Array::scalar(crate::Scalar::I64(0)), lazy);
    }
    answer(context, order::lexsort(&keys, axis)?, lazy)
}

fn side(name: &str) -> Result<Side> {
    match name {
        "left" | "l" => Ok(Side::Left),
        "right" | "r" => Ok(Side::Right),
        _ => bail!("search side must be 'left' or 'right' (got '{name}')"),
    }
}

builtins! {
    /// The positions that would bring the elements in ascending order.
    ///
    /// ```rdk
    /// np.argsort([30, 10, 20])
    /// #> array([1, 2, 0])
    /// ```
    fn argsort[context](
        /// The array.
        a: Operand,
        /// Along which axis; `None`: all elements in one row.
        axis: Option<i64> = -1,
        /// Has no effect: equal elements always stay as they were.
        kind: Option<String>,
        /// Has no effect.
        order: Option<Value>,
        /// Has no effect.
        stable: Option<bool>,
    ) -> Result<Value> {
        let _ = (order, stable);
        check_kind(kind.as_deref())?;
        let array = a.rows(axis)?;
        // A single number is a row of one.
        let array = if array.ndim() == 0 { array.reshape(&[1])? } else { array };
        answer(context, array.argsort(axis)?, a.is_lazy())
    }

    /// Parted: the element at `kth` is the one in order, smaller ones before it.
    ///
    /// ```rdk
    /// np.argpartition([3, 1, 2], 0)[0]
    /// #> 1
    /// ```
    fn argpartition[context](
        /// The array.
        a: Operand,
        /// Which place, or several.
        kth: Axes,
        /// Along which axis; `None`: all elements in one row.
        axis: Option<i64> = -1,
        /// Has no effect.
        kind: Option<String>,
        /// Has no effect.
        order: Option<Value>,
    ) -> Result<Value> { let _ = (kind, order); parted(context, &a, &kth, axis, true) }

    /// Where elements would have to stand in this sorted array.
    ///
    /// ```rdk
    /// np.searchsorted([10, 20, 30], [5, 20, 99])
    /// #> array([0, 1, 3])
    /// ```
    fn searchsorted[context](
        /// A row in ascending order.
        a: Operand,
        /// What to look up.
        v: Operand,
        /// Before or behind equal elements: "left" or "right".
        side: String = "left",
        /// The positions that bring `a` in order, if it is not.
        sorter: Option<Operand>,
    ) -> Result<Value> {
        let mut sorted = a.array()?;
        let lazy = [Some(&a), Some(&v), sorter.as_ref()].into_iter().flatten().any(Operand::is_lazy);
        if let Some(sorter) = &sorter
            && lazy
        {
            sorted = sorted.take_lazily(&sorter.array()?.reshape(&[-1])?, 0)?;
        } else if let Some(sorter) = &sorter {
            let (chunk, places) = (sorted.compute_now(context)?, sorter.array()?.compute_now(context)?.to_vec::<i64>());
            let n = chunk.len() as i64;
            if places.iter().any(|place| !(0..n).contains(place)) {
                bail!("sorter index out of bounds");
            }
            let places: Vec<usize> = places.into_iter().map(|place| place as usize).collect();
            sorted = super::operand::eager_array(&crate::eager::select::take(&chunk, &[places.len()], &places))?;
        }
        answer(context, v.array()?.searched_in(&sorted, self::side(&side)?)?, lazy)
    }
}

/// Those that are functions only.
pub mod functions {
    use super::*;

    builtins! {
        /// In ascending order, along the last axis or another.
        ///
        /// ```rdk
        /// np.sort([[3, 1], [2, 4]], axis=0)
        /// #> array([[2, 1],
        /// #>        [3, 4]])
        /// ```
        fn sort[context](
            /// The array.
            a: Operand,
            /// Along which axis; `None`: all elements in one row.
            axis: Option<i64> = -1,
            /// Has no effect: equal elements always stay as they were.
            kind: Option<String>,
            /// Has no effect.
            order: Option<Value>,
            /// Has no effect.
            stable: Option<bool>,
        ) -> Result<Value> {
            let _ = (order, stable);
            answer(context, sorted(&a.rows(axis)?, axis, kind.as_deref())?, a.is_lazy())
        }

        /// Parted: the element at `kth` is the one in order, smaller ones before it.
        fn partition[context](
            /// The array.
            a: Operand,
            /// Which place, or several.
            kth: Axes,
            /// Along which axis; `None`: all elements in one row.
            axis: Option<i64> = -1,
            /// Has no effect.
            kind: Option<String>,
            /// Has no effect.
            order: Option<Value>,
        ) -> Result<Value> { let _ = (kind, order); parted(context, &a, &kth, axis, false) }

        /// The positions that bring rows in order by several keys, the last one first.
        ///
        /// ```rdk
        /// np.lexsort(([1, 0, 2], [5, 5, 4]))
        /// #> array([2, 1, 0])
        /// ```
        fn lexsort[context](
            /// The keys; the last one counts most.
            keys: Value,
            /// Along which axis.
            axis: i64 = -1,
        ) -> Result<Value> { lexsort(context, &keys, axis) }

        /// In which bin each element lies.
        ///
        /// ```rdk
        /// np.digitize([0.2, 6.4, 3.0], [0.0, 1.0, 2.5, 4.0, 10.0])
        /// #> array([1, 4, 3])
        /// ```
        fn digitize[context](
            /// The array.
            x: Operand,
            /// The edges of the bins, rising or falling.
            bins: Operand,
            /// Do bins have their right edge in them, not the left one?
            right: bool = false,
        ) -> Result<Value> {
            let edges = bins.array()?.compute_now(context)?;
            if x.dtype().is_complex() {
                bail!(TypeError: "x may not be complex");
            }
            let descending = order::direction(&edges)?;
            let edges = super::super::operand::eager_array(&edges)?;
            answer(context, x.array()?.digitized(&edges, right, descending)?, x.is_lazy() || bins.is_lazy())
        }
    }
}

/// Those that Dask has, as functions and as methods.
pub mod dask {
    use super::*;

    builtins! {
        /// The `k` largest elements along an axis, largest first.
        ///
        /// ```rdk
        /// da.topk(da.from_array([5, 1, 3, 6], chunks=2), 2).compute()
        /// #> array([6, 5])
        /// ```
        fn topk[context](
            /// The array.
            a: Operand,
            /// How many; negative for the smallest, smallest first.
            k: i64,
            /// Along which axis.
            axis: i64 = -1,
            /// How many chunks come together at a time.
            split_every: Option<usize>,
        ) -> Result<Value> { answer(context, a.array()?.topk(k, axis, split_every)?, a.is_lazy()) }

        /// Where the `k` largest elements stand along an axis, largest first.
        ///
        /// ```rdk
        /// da.argtopk(da.from_array([5, 1, 3, 6], chunks=2), 2).compute()
        /// #> array([3, 0])
        /// ```
        fn argtopk[context](
            /// The array.
            a: Operand,
            /// How many; negative for the smallest, smallest first.
            k: i64,
            /// Along which axis.
            axis: i64 = -1,
            /// Has no effect.
            split_every: Option<usize>,
        ) -> Result<Value> { let _ = split_every; answer(context, a.array()?.argtopk(k, axis)?, a.is_lazy()) }
    }
}

/// Those of NumPy alone.
pub mod numpy {
    use super::*;

    builtins! {
        /// Complex numbers in ascending order, by their real parts first.
        ///
        /// ```rdk
        /// np.sort_complex([2, 1])
        /// #> array([1.+0.j, 2.+0.j])
        /// ```
        fn sort_complex[context](/** An array, or what can become one. */ a: Operand) -> Result<Value> {
            use crate::DType;
            let array = a.rows(Some(-1))?.sort(Some(-1))?;
            let complex = match array.dtype() {
                DType::I8 | DType::U8 | DType::I16 | DType::U16 | DType::C64 => DType::C64,
                _ => DType::C128,
            };
            answer(context, array.cast(complex), a.is_lazy())
        }
    }
}
