//! `np.lib.stride_tricks`: windows that slide over an array.

use std::sync::Arc;

use rdk_runtime::{Context, Module, Result, Value, bail, builtins};

use super::modules::{Entries, placed};
use super::operand::{Operand, answer, make_lazy};
use super::parameters::{Axes, Lengths};
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::index::IndexItem;
use crate::shape;

/// `numpy.lib` and `dask.array.lib`, and what is in them.
pub fn modules() -> Vec<Arc<Module>> {
    const ABOUT: &str = "Windows that slide over an array.";
    vec![
        Module::new("numpy.lib", "More functions of arrays.", || {
            vec![("stride_tricks", Value::Module(modules()[1].clone()))]
        }),
        Module::new("numpy.lib.stride_tricks", ABOUT, || placed(builtins())),
        Module::new("dask.array.lib", "More functions of lazy arrays.", || {
            vec![("stride_tricks", Value::Module(modules()[3].clone()))]
        }),
        Module::new("dask.array.lib.stride_tricks", ABOUT, dask),
    ]
}

fn dask() -> Entries {
    let windows = builtins().into_iter().filter(|builtin| builtin.name == "sliding_window_view");
    placed(windows.map(|builtin| builtin.lent(make_lazy)).collect())
}

/// All windows of these lengths: an axis says which window, and a new one behind all others what is in it.
fn windows(array: &Array, lengths: &[i64], axes: Option<&[i64]>) -> Result<Array> {
    let axes: Vec<usize> = match axes {
        None if lengths.len() == array.ndim() => (0..array.ndim()).collect(),
        None => bail!(
            "Since axis is None, must provide window_shape for all dimensions of `x`; got {} window_shape elements and `x.ndim` is {}.",
            lengths.len(),
            array.ndim()
        ),
        Some(axes) => axes.iter().map(|&axis| shape::axis(axis, array.ndim())).collect::<Result<_>>()?,
    };
    if axes.len() != lengths.len() {
        bail!(
            "Must provide matching length window_shape and axis; got {} window_shape elements and {} axes elements.",
            lengths.len(),
            axes.len()
        );
    }
    if lengths.iter().any(|&length| length < 0) {
        bail!("`window_shape` cannot contain negative values");
    }
    let mut array = array.sized()?;
    for (&axis, &length) in axes.iter().zip(lengths) {
        let n = array.shape()[axis] as i64 - length + 1;
        if n < 1 {
            bail!(
                "window shape cannot be larger than input array shape";
                hint: "axis {axis} is {} long, the window {length}", array.shape()[axis]
            );
        }
        array = slid(&array, axis, length, n)?;
    }
    Ok(array.named("sliding_window_view"))
}

/// The windows along one axis: as many parts as a window is long, each one further on.
fn slid(array: &Array, axis: usize, length: i64, n: i64) -> Result<Array> {
    let part = |start: i64| {
        let mut items = vec![IndexItem::ALL; axis];
        items.push(IndexItem::Slice { start: Some(start), stop: Some(start + n), step: None });
        array.slice(&items)
    };
    if length == 0 {
        // There is one more of them than there are elements.
        let mut to: Vec<usize> = array.shape().to_vec();
        to[axis] = n as usize;
        to.push(0);
        let empty = Array::full("zeros", &to, crate::Scalar::zero(array.dtype()), &ChunksSpec::AUTO)?;
        return Ok(empty);
    }
    // All parts in one grid, that of the first.
    let first = part(0)?;
    let grid = ChunksSpec::from(first.chunks());
    let parts = (0..length).map(|start| part(start)?.rechunk(&grid)).collect::<Result<Vec<_>>>()?;
    let windows = Array::stack(&parts, -1)?;
    let mut grid = windows.chunks().clone();
    if let Some(last) = grid.0.last_mut() {
        *last = crate::chunks::AxisChunks::single(length as usize);
    }
    Ok(windows.regridded(grid))
}

builtins! {
    /// All windows of a shape that slides over an array.
    ///
    /// ```rdk
    /// np.lib.stride_tricks.sliding_window_view(np.arange(4), 3)
    /// #> array([[0, 1, 2],
    /// #>        [1, 2, 3]])
    /// ```
    fn sliding_window_view[context](
        /// The array.
        x: Operand,
        /// How long a window is along each axis, or along those that are named.
        window_shape: Lengths,
        /// Along which axes; all if left out.
        axis: Option<Axes>,
        /// Has no effect: windows are copies.
        subok: bool = false,
        /// Has no effect: windows are copies.
        writeable: bool = false,
        /// Has no effect.
        automatic_rechunk: bool = true,
    ) -> Result<Value> {
        let _ = (subok, writeable, automatic_rechunk);
        answer(context, windows(&x.array()?, &window_shape.0, Axes::list(&axis))?, x.is_lazy())
    }

    /// Not supported: `sliding_window_view` gives windows, and slices give every other element.
    fn as_strided[context](
        /// The array.
        x: Operand,
        /// The shape.
        shape: Option<Value>,
        /// Bytes from one element to the next.
        strides: Option<Value>,
    ) -> Result<Value> {
        let _: (&Context, _) = (context, (x, shape, strides));
        bail!(
            NotImplementedError: "as_strided() is not supported: arrays have no strides that can be set";
            hint: "`np.lib.stride_tricks.sliding_window_view(x, window_shape)` gives windows, `x[::2]` every other element"
        )
    }
}
