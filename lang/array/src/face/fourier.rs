//! `np.fft` and `da.fft`. In chunked arrays the transformed axes become one chunk each.

use std::sync::Arc;

use rdk_runtime::{FromValue, Module, Result, Value, bail, builtins, class};

use super::operand::{Operand, answer, make_lazy};
use super::parameters::{Axes, Device, Unsupported};
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, UnaryFunc};
use crate::place;
use crate::plan::fourier::{Norm, Transform};
use crate::{Scalar, shape};

impl FromValue for Norm {
    const DEFAULT: Option<&'static str> = Some("None");

    fn expected() -> &'static str {
        "\"backward\", \"ortho\" or \"forward\""
    }

    fn from_value(value: &Value) -> Option<Norm> {
        Norm::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Norm> {
        match (value, value.as_str()) {
            (Value::None, _) | (_, Some("backward")) => Ok(Norm::Backward),
            (_, Some("ortho")) => Ok(Norm::Ortho),
            (_, Some("forward")) => Ok(Norm::Forward),
            _ => bail!("Invalid norm value {}; should be \"backward\", \"ortho\" or \"forward\".", value.repr()),
        }
    }

    fn missing() -> Option<Norm> {
        Some(Norm::Backward)
    }
}

/// The modules, by the names that they are imported by.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("numpy.fft", "Discrete Fourier transforms.", || {
            let mut all = builtins();
            all.extend(frequencies::builtins());
            class::entries(place::noted(all))
        }),
        Module::new("dask.array.fft", "Discrete Fourier transforms of chunked arrays.", || {
            let mut all: Vec<_> = builtins().into_iter().map(|builtin| builtin.lent(make_lazy)).collect();
            all.extend(chunked::builtins());
            class::entries(place::noted(all))
        }),
    ]
}

/// The lengths and axes of a transform along several axes.
fn along(array: &Array, s: Option<Vec<i64>>, axes: Option<Axes>) -> Result<Vec<(i64, Option<i64>)>> {
    let n = array.ndim() as i64;
    let axes = match (axes, &s) {
        (Some(axes), _) => axes.0,
        (None, Some(s)) => (n - s.len() as i64..n).collect(),
        (None, None) => (0..n).collect(),
    };
    if s.as_ref().is_some_and(|s| s.len() != axes.len()) {
        bail!("Shape and axes have different lengths.");
    }
    for &axis in &axes {
        shape::axis(axis, array.ndim())?;
    }
    let length = |at: usize| s.as_ref().map(|s| s[at]).filter(|&length| length != -1);
    Ok(axes.iter().enumerate().map(|(at, &axis)| (axis, length(at))).collect())
}

/// Complex numbers along several axes, the last first.
fn several(array: Array, name: &str, transform: Transform, axes: &[(i64, Option<i64>)], norm: Norm) -> Result<Array> {
    axes.iter().rev().try_fold(array, |array, &(axis, n)| array.fourier(name, transform, n, axis, norm))
}

/// Real numbers along the last of the axes, complex ones along the others.
fn several_real(array: Array, name: &str, axes: &[(i64, Option<i64>)], norm: Norm) -> Result<Array> {
    let Some((&(axis, n), others)) = axes.split_last() else { bail!("at least 1 axis must be transformed") };
    several(array.fourier(name, Transform::Real, n, axis, norm)?, name, Transform::Forward, others, norm)
}

fn several_real_back(array: Array, name: &str, axes: &[(i64, Option<i64>)], norm: Norm) -> Result<Array> {
    let Some((&(axis, n), others)) = axes.split_last() else { bail!("at least 1 axis must be transformed") };
    several(array, name, Transform::Inverse, others, norm)?.fourier(name, Transform::RealInverse, n, axis, norm)
}

/// Moved round by half of each axis; `up` says where the middle of an odd length goes.
fn shifted(array: Array, axes: Option<Axes>, up: bool) -> Result<Array> {
    let axes = shape::axes(axes.as_ref().map(|axes| &axes.0[..]), array.ndim())?;
    let grid = array.chunks().clone();
    let single = axes.iter().copied().filter(|&axis| grid.0[axis].is_single()).collect::<Vec<_>>();
    let shifted = axes.into_iter().try_fold(array, |array, axis| {
        let length = array.shape()[axis] as i64;
        let cut = if up { length / 2 } else { length - length / 2 };
        if cut == 0 || cut == length {
            return Ok(array);
        }
        let part = |start, stop| {
            let mut items = vec![IndexItem::ALL; axis];
            items.push(IndexItem::Slice { start, stop, step: None });
            array.slice(&items)
        };
        Array::concatenate(&[part(Some(cut), None)?, part(None, Some(cut))?], axis as i64)
    });
    let shifted = shifted?;
    // What was in one piece stays so: a transform wants it.
    let mut cut = shifted.chunks().clone();
    single.into_iter().for_each(|axis| cut.0[axis] = grid.0[axis].clone());
    Ok(shifted.regridded(cut))
}

/// `0, 1, …, -2, -1`, or without the negative ones, in units of 1 / (n · d).
fn frequencies_of(n: i64, d: f64, real: bool, chunks: &ChunksSpec) -> Result<Array> {
    if n < 1 {
        bail!("n should be a positive integer, got {n}");
    }
    let numbers = |start: i64, count: i64| {
        Array::arange(Scalar::I64(start), Scalar::I64(1), count.max(0) as usize, &ChunksSpec::AUTO)
    };
    let whole = if real {
        numbers(0, n / 2 + 1)?
    } else {
        let up = (n - 1) / 2 + 1;
        Array::concatenate(&[numbers(0, up)?, numbers(-(n / 2), n / 2)?], 0)?
    };
    let unit = Array::scalar(Scalar::F64(1.0 / (n as f64 * d)));
    whole.rechunk(chunks)?.binary(BinaryFunc::Multiply, &unit)
}

fn conjugated(array: Array) -> Result<Array> {
    if array.dtype().is_complex() { array.unary(UnaryFunc::Conjugate) } else { Ok(array) }
}

builtins! {
    /// The discrete Fourier transform along an axis.
    ///
    /// ```rdk
    /// np.fft.fft([1.0, 0.0, 0.0, 0.0])
    /// #> array([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j])
    /// ```
    fn fft[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to this length.
        n: Option<i64>,
        /// Along which axis.
        axis: i64 = -1,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let _ = out; answer(context, a.array()?.fourier("fft", Transform::Forward, n, axis, norm)?, a.is_lazy()) }

    /// The inverse of `fft`.
    fn ifft[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to this length.
        n: Option<i64>,
        /// Along which axis.
        axis: i64 = -1,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let _ = out; answer(context, a.array()?.fourier("ifft", Transform::Inverse, n, axis, norm)?, a.is_lazy()) }

    /// The discrete Fourier transform of real numbers: the half of it that is not a mirror image.
    fn rfft[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to this length.
        n: Option<i64>,
        /// Along which axis.
        axis: i64 = -1,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let _ = out; answer(context, a.array()?.fourier("rfft", Transform::Real, n, axis, norm)?, a.is_lazy()) }

    /// The inverse of `rfft`.
    fn irfft[context](
        /// The array.
        a: Operand,
        /// How long the result is; even, if left out.
        n: Option<i64>,
        /// Along which axis.
        axis: i64 = -1,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let _ = out; answer(context, a.array()?.fourier("irfft", Transform::RealInverse, n, axis, norm)?, a.is_lazy()) }

    /// The transform of numbers whose second half is the mirror image of the first: it is real.
    fn hfft[context](
        /// The array: the first half.
        a: Operand,
        /// How long the result is; even, if left out.
        n: Option<i64>,
        /// Along which axis.
        axis: i64 = -1,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = conjugated(a.array()?)?.fourier("hfft", Transform::RealInverse, n, axis, norm.swapped())?;
        answer(context, array, a.is_lazy())
    }

    /// The inverse of `hfft`.
    fn ihfft[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to this length.
        n: Option<i64>,
        /// Along which axis.
        axis: i64 = -1,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = conjugated(a.array()?.fourier("ihfft", Transform::Real, n, axis, norm.swapped())?)?;
        answer(context, array, a.is_lazy())
    }

    /// The discrete Fourier transform along two axes.
    fn fft2[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to these lengths.
        s: Option<Vec<i64>>,
        /// Along which axes; the last two if left out.
        axes: Option<Axes>,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = a.array()?;
        let axes = along(&array, s, Some(axes.unwrap_or(Axes(vec![-2, -1]))))?;
        answer(context, several(array, "fft2", Transform::Forward, &axes, norm)?, a.is_lazy())
    }

    /// The inverse of `fft2`.
    fn ifft2[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to these lengths.
        s: Option<Vec<i64>>,
        /// Along which axes; the last two if left out.
        axes: Option<Axes>,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = a.array()?;
        let axes = along(&array, s, Some(axes.unwrap_or(Axes(vec![-2, -1]))))?;
        answer(context, several(array, "ifft2", Transform::Inverse, &axes, norm)?, a.is_lazy())
    }

    /// The discrete Fourier transform along all axes, or some.
    fn fftn[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to these lengths.
        s: Option<Vec<i64>>,
        /// Along which axes; all if left out.
        axes: Option<Axes>,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = a.array()?;
        let axes = along(&array, s, axes)?;
        answer(context, several(array, "fftn", Transform::Forward, &axes, norm)?, a.is_lazy())
    }

    /// The inverse of `fftn`.
    fn ifftn[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to these lengths.
        s: Option<Vec<i64>>,
        /// Along which axes; all if left out.
        axes: Option<Axes>,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = a.array()?;
        let axes = along(&array, s, axes)?;
        answer(context, several(array, "ifftn", Transform::Inverse, &axes, norm)?, a.is_lazy())
    }

    /// The discrete Fourier transform of real numbers along two axes.
    fn rfft2[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to these lengths.
        s: Option<Vec<i64>>,
        /// Along which axes; the last two if left out.
        axes: Option<Axes>,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = a.array()?;
        let axes = along(&array, s, Some(axes.unwrap_or(Axes(vec![-2, -1]))))?;
        answer(context, several_real(array, "rfft2", &axes, norm)?, a.is_lazy())
    }

    /// The inverse of `rfft2`.
    fn irfft2[context](
        /// The array.
        a: Operand,
        /// The lengths of the result.
        s: Option<Vec<i64>>,
        /// Along which axes; the last two if left out.
        axes: Option<Axes>,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = a.array()?;
        let axes = along(&array, s, Some(axes.unwrap_or(Axes(vec![-2, -1]))))?;
        answer(context, several_real_back(array, "irfft2", &axes, norm)?, a.is_lazy())
    }

    /// The discrete Fourier transform of real numbers along all axes, or some.
    fn rfftn[context](
        /// The array.
        a: Operand,
        /// Cut or filled up with zeros to these lengths.
        s: Option<Vec<i64>>,
        /// Along which axes; all if left out.
        axes: Option<Axes>,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = a.array()?;
        let axes = along(&array, s, axes)?;
        answer(context, several_real(array, "rfftn", &axes, norm)?, a.is_lazy())
    }

    /// The inverse of `rfftn`.
    fn irfftn[context](
        /// The array.
        a: Operand,
        /// The lengths of the result.
        s: Option<Vec<i64>>,
        /// Along which axes; all if left out.
        axes: Option<Axes>,
        /// Which way is scaled: "backward", "ortho" or "forward".
        norm: Norm,
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> {
        let _ = out;
        let array = a.array()?;
        let axes = along(&array, s, axes)?;
        answer(context, several_real_back(array, "irfftn", &axes, norm)?, a.is_lazy())
    }

    /// With the frequency 0 moved to the middle.
    fn fftshift[context](
        /// The array.
        x: Operand,
        /// Along which axes; all if left out.
        axes: Option<Axes>,
    ) -> Result<Value> { answer(context, shifted(x.array()?, axes, false)?, x.is_lazy()) }

    /// The inverse of `fftshift`.
    fn ifftshift[context](
        /// The array.
        x: Operand,
        /// Along which axes; all if left out.
        axes: Option<Axes>,
    ) -> Result<Value> { answer(context, shifted(x.array()?, axes, true)?, x.is_lazy()) }
}

/// Those of NumPy that make arrays.
mod frequencies {
    use super::*;

    builtins! {
        /// The frequencies that `fft` gives the amplitudes of.
        fn fftfreq[context](
            /// How many numbers are transformed.
            n: i64,
            /// How far apart they are.
            d: f64 = 1.0,
            /// Where it is kept: only "cpu".
            device: Device,
        ) -> Result<Value> { let _ = device; answer(context, frequencies_of(n, d, false, &ChunksSpec::AUTO)?, false) }

        /// The frequencies that `rfft` gives the amplitudes of.
        fn rfftfreq[context](
            /// How many numbers are transformed.
            n: i64,
            /// How far apart they are.
            d: f64 = 1.0,
            /// Where it is kept: only "cpu".
            device: Device,
        ) -> Result<Value> { let _ = device; answer(context, frequencies_of(n, d, true, &ChunksSpec::AUTO)?, false) }
    }
}

/// The same in chunks.
mod chunked {
    use super::*;

    builtins! {
        /// The transform of chunked arrays that belongs to one of NumPy's.
        ///
        /// ```rdk
        /// da.fft.fft_wrap(np.fft.rfft)(da.ones(4)).compute()
        /// #> array([4.+0.j, 0.+0.j, 0.+0.j])
        /// ```
        fn fft_wrap[context](
            /// One of NumPy's, such as `np.fft.fft`.
            fft_func: Value,
            /// What it is called, if not by its own name.
            kind: Option<String>,
            /// Has no effect: the type follows from that of the array.
            dtype: Option<crate::eager::DTypeArg>,
        ) -> Result<Value> {
            let _ = dtype;
            let name = match (kind, &fft_func) {
                (Some(kind), _) => kind,
                (None, Value::Builtin(builtin)) => builtin.name.to_owned(),
                (None, other) => bail!("Given unknown `kind` {}.", rdk_runtime::convert::describe(other)),
            };
            let is_transform = name.contains("fft") && !name.contains("freq") && !name.contains("shift") && name != "fft_wrap";
            let module = context.shared.library.import("dask.array.fft")?;
            match module.get(&name).filter(|_| is_transform) {
                Some(function) => Ok(function),
                None => bail!("Given unknown `kind` {name}."; hint: "it is one of NumPy's transforms: fft, ifft, rfft2, …"),
            }
        }

        /// The frequencies that `fft` gives the amplitudes of.
        fn fftfreq(
            /// How many numbers are transformed.
            n: i64,
            /// How far apart they are.
            d: f64 = 1.0,
            /// How long each chunk is.
            chunks: ChunksSpec = "auto",
        ) -> Result<Value> { Ok(Value::lazy(frequencies_of(n, d, false, &chunks)?)) }

        /// The frequencies that `rfft` gives the amplitudes of.
        fn rfftfreq(
            /// How many numbers are transformed.
            n: i64,
            /// How far apart they are.
            d: f64 = 1.0,
            /// How long each chunk is.
            chunks: ChunksSpec = "auto",
        ) -> Result<Value> { Ok(Value::lazy(frequencies_of(n, d, true, &chunks)?)) }
    }
}
