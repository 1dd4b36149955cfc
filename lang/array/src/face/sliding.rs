//! `np.lib.stride_tricks`: windows that slide over an array.

use std::sync::Arc;

use rdk_runtime::{Module, Result, Value, bail, builtins};

use super::modules::{Entries, placed};
use super::operand::{answer, make_lazy};
use super::overlap::no_smaller;
use super::parameters::{Axes, Lengths, ShapeArg};
use super::regroup::narrowed;
use super::seen::{Seen, sketch};
use crate::array::Array;
use crate::chunks::settings::tolerance;
use crate::chunks::{AxisChunks, ChunksSpec};
use crate::eager::{NdArray, nested};
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

/// Those of Dask.
pub(super) fn dask() -> Entries {
    let windows = builtins().into_iter().filter(|builtin| builtin.name == "sliding_window_view");
    placed(windows.map(|builtin| builtin.lent(make_lazy)).collect())
}

/// All windows of these lengths: an axis says which window, and a new one behind all others what is in it. Along other axes chunks may
/// be cut so that those of windows are no larger.
fn windows(array: &Array, lengths: &[i64], axes: Option<&[i64]>, cut: bool) -> Result<Array> {
    let mut array = array.sized()?;
    let (axes, lengths) = fitting(&array, lengths, axes)?;
    let mut beyond = vec![0; array.ndim()];
    if lengths.contains(&0) {
        // There is one more of them than there are elements.
        let mut to = array.shape().to_vec();
        axes.iter().zip(&lengths).for_each(|(&axis, &length)| to[axis] = to[axis] + 1 - length);
        to.extend(&lengths);
        let empty = Array::full("zeros", &to, crate::Scalar::zero(array.dtype()), &ChunksSpec::AUTO)?;
        return Ok(empty.named("sliding_window_view"));
    }
    axes.iter().zip(&lengths).for_each(|(&axis, &length)| beyond[axis] += length - 1);
    let slides: Vec<usize> = (0..array.ndim()).filter(|&axis| beyond[axis] > 0).collect();
    // The last chunk has to have a window.
    let along = |axis: &usize| no_smaller(beyond[*axis] + 1, &array.chunks().0[*axis].sizes().collect::<Vec<_>>());
    let mut along = slides.iter().map(along).collect::<Result<Vec<_>>>()?;
    if cut {
        let longest = along.iter().map(|sizes| sizes.iter().copied().max().unwrap_or(1));
        let each = longest.chain(lengths.iter().copied()).fold(1, usize::saturating_mul);
        array = narrowed(&array, &slides, each, tolerance()?);
    }
    let mut grid = array.chunks().clone();
    for (&axis, sizes) in slides.iter().zip(&mut along) {
        if let Some(last) = sizes.last_mut() {
            *last -= beyond[axis];
        }
        grid.0[axis] = AxisChunks::listed(sizes.iter().copied());
    }
    array.sliding(&axes.into_iter().zip(lengths).collect::<Vec<_>>(), grid)
}

/// The axes along which windows slide, and how long they are; they fit.
fn fitting(array: &Array, lengths: &[i64], axes: Option<&[i64]>) -> Result<(Vec<usize>, Vec<usize>)> {
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
    let n = array.ndim() + lengths.len();
    if n > shape::MAX_DIMENSIONS {
        bail!("maximum supported dimension for an ndarray is currently {}, found {n}", shape::MAX_DIMENSIONS);
    }
    if lengths.iter().any(|&length| length < 0) {
        bail!("`window_shape` cannot contain negative values");
    }
    let mut left = array.shape().to_vec();
    for (&axis, &length) in axes.iter().zip(lengths) {
        let n = left[axis] as i64 - length + 1;
        if n < 1 {
            bail!(
                "window shape cannot be larger than input array shape";
                hint: "axis {axis} is {} long, the window {length}", left[axis]
            );
        }
        left[axis] = n as usize;
    }
    Ok((axes, lengths.iter().map(|&length| length as usize).collect()))
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
        x: Seen,
        /// How long a window is along each axis, or along those that are named.
        window_shape: Lengths,
        /// Along which axes; all if left out.
        axis: Option<Axes>,
        /// Has no effect.
        subok: bool = false,
        /// May the windows of an array in memory be written to?
        writeable: bool = false,
        /// Cut chunks along other axes, so that those of windows are no larger?
        automatic_rechunk: bool = true,
    ) -> Result<Value> {
        let _ = subok;
        let Some(array) = x.in_memory() else {
            return answer(context, windows(&x.array()?, &window_shape.0, Axes::list(&axis), automatic_rechunk)?, x.is_lazy());
        };
        let (axes, lengths) = fitting(&sketch(array.shape(), array.dtype()), &window_shape.0, Axes::list(&axis))?;
        let seen = array.windows(&axes, &lengths);
        Ok(Value::object(if writeable { seen } else { seen.only_read() }))
    }

    /// An array in memory seen with other steps.
    ///
    /// `sliding_window_view` and slices say the same more clearly.
    ///
    /// ```rdk
    /// np.lib.stride_tricks.as_strided(np.arange(4), (3, 2), (8, 8))
    /// #> array([[0, 1],
    /// #>        [1, 2],
    /// #>        [2, 3]])
    /// ```
    fn as_strided[context](
        /// The array.
        x: Value,
        /// The shape; its own if left out.
        shape: Option<ShapeArg>,
        /// Bytes from one element to the next along each axis; its own if left out.
        strides: Option<Lengths>,
        /// Has no effect.
        subok: bool = false,
        /// May it be written to?
        writeable: bool = true,
    ) -> Result<Value> {
        let _ = (context, subok);
        if let Value::Lazy(_) = x {
            bail!(TypeError: "as_strided() takes an array in memory, got a lazy one"; hint: "`sliding_window_view` gives windows of lazy arrays");
        }
        let array = match x.get::<NdArray>() {
            Some(array) => array.clone(),
            None => NdArray::new(nested::chunk(&x, None)?),
        };
        let shape = shape.map_or_else(|| array.shape().to_vec(), |shape| shape.0.to_vec());
        let seen = array.strided(&shape, &strides.map_or_else(|| array.strides(), |strides| strides.0))?;
        Ok(Value::object(if writeable { seen } else { seen.only_read() }))
    }
}
