//! `pad`: more elements around an array, made in one of NumPy's ways.

use rdk_runtime::{Keywords, Result, Value, bail, builtins};

use super::arrange::part;
use super::create::room_for_positions;
use super::layout::with;
use super::operand::Operand;
use crate::array::Array;
use crate::dtype::DType;
use crate::eager::nested;
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, Reduction, UnaryFunc};
use crate::order::Method;
use crate::scalar::Scalar;
use crate::{ChunksSpec, shape};

/// For each axis two numbers: one before, one behind.
fn pairs(value: &Value, n_axes: usize) -> Result<Vec<(Scalar, Scalar)>> {
    if let Value::Dict(dict) = value {
        let mut pairs = vec![(Scalar::I64(0), Scalar::I64(0)); n_axes];
        let items: Vec<(Value, Value)> =
            dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
        for (axis, own) in items {
            let axis = <i64 as rdk_runtime::FromValue>::try_from_value(&axis)?;
            pairs[shape::axis(axis, n_axes)?] = self::pairs(&own, 1)?[0];
        }
        return Ok(pairs);
    }
    let chunk = nested::chunk(value, None)?;
    let numbers: Vec<Scalar> = chunk.scalars().collect();
    let pair = |at: usize| (numbers[2 * at], numbers[2 * at + 1]);
    Ok(match chunk.shape() {
        [] | [1] | [1, 1] => vec![(numbers[0], numbers[0]); n_axes],
        [2] | [1, 2] => vec![pair(0); n_axes],
        [n, 1] if *n == n_axes => numbers.iter().map(|&number| (number, number)).collect(),
        [n, 2] if *n == n_axes => (0..n_axes).map(pair).collect(),
        other => bail!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: {} and requested shape ({n_axes},2)",
            shape::show(other)
        ),
    })
}

/// How many elements come before and behind along each axis.
fn widths(value: &Value, n_axes: usize) -> Result<Vec<(usize, usize)>> {
    let mut widths = Vec::new();
    for (before, behind) in pairs(value, n_axes)? {
        if !before.dtype().is_integer() || !behind.dtype().is_integer() {
            bail!(TypeError: "`pad_width` must be of integral type.");
        }
        let (before, behind) = (before.get::<i64>(), behind.get::<i64>());
        if before < 0 || behind < 0 {
            bail!("index can't contain negative values");
        }
        widths.push((before as usize, behind as usize));
    }
    Ok(widths)
}

/// Options that only some ways have.
#[derive(Default)]
struct Options {
    constant: Option<Value>,
    ends: Option<Value>,
    lengths: Option<Value>,
    odd: bool,
}

impl Options {
    fn read(mode: &str, keywords: Keywords) -> Result<Options> {
        let mut options = Options::default();
        for (name, value) in keywords.0 {
            match (&*name, mode) {
                ("constant_values", "constant") => options.constant = Some(value),
                ("end_values", "linear_ramp") => options.ends = Some(value),
                ("stat_length", "maximum" | "mean" | "median" | "minimum") => {
                    options.lengths = (!value.is_none()).then_some(value);
                }
                ("reflect_type", "reflect" | "symmetric") => {
                    options.odd = <String as rdk_runtime::FromValue>::try_from_value(&value)? == "odd";
                }
                _ => bail!("unsupported keyword arguments for mode '{mode}': {{'{name}'}}"),
            }
        }
        Ok(options)
    }
}

fn padded(array: Array, widths: &[(usize, usize)], mode: &Value, keywords: Keywords) -> Result<Array> {
    let Some(mode) = <String as rdk_runtime::FromValue>::from_value(mode) else {
        bail!(NotImplementedError: "pad() takes the name of a mode"; hint: "such as \"constant\", \"edge\", \"reflect\", \"wrap\"");
    };
    let options = Options::read(&mode, keywords)?;
    let n_axes = array.ndim();
    let numbers = |value: &Option<Value>| match value {
        Some(value) => pairs(value, n_axes),
        None => Ok(vec![(Scalar::I64(0), Scalar::I64(0)); n_axes]),
    };
    let (constants, ends, lengths) = (numbers(&options.constant)?, numbers(&options.ends)?, numbers(&options.lengths)?);
    let mut array = array.sized()?;
    for (axis, &(before, behind)) in widths.iter().enumerate() {
        if before == 0 && behind == 0 {
            continue;
        }
        let n = array.shape()[axis];
        if n == 0 && !matches!(&mode[..], "constant" | "empty") {
            bail!("can't extend empty axis {axis} using modes other than 'constant' or 'empty'");
        }
        let around = |first: Array, last: Array| Array::concatenate(&[first, array.clone(), last], axis as i64);
        let filled = |width: usize, value: Scalar| {
            let mut shape = array.shape().to_vec();
            shape[axis] = width;
            Array::full("full", &shape, value.cast(array.dtype()), &ChunksSpec::AUTO)
        };
        let stretched = |row: &Array, width: usize| {
            let mut shape = array.shape().to_vec();
            shape[axis] = width;
            row.broadcast_to(&shape)
        };
        let (first, last) =
            (part(&array, axis, None, Some(1), None), part(&array, axis, Some(n.max(1) as i64 - 1), None, None));
        array = match &mode[..] {
            "constant" => around(filled(before, constants[axis].0)?, filled(behind, constants[axis].1)?)?,
            "empty" => around(filled(before, Scalar::I64(0))?, filled(behind, Scalar::I64(0))?)?,
            "edge" => around(stretched(&first?, before)?, stretched(&last?, behind)?)?,
            "linear_ramp" => around(
                ramp(&first?, ends[axis].0, before, axis, false)?,
                ramp(&last?, ends[axis].1, behind, axis, true)?,
            )?,
            "maximum" | "minimum" | "mean" | "median" => {
                let statistic = |length: Scalar, front: bool| {
                    let length = match (&options.lengths, length.get::<i64>()) {
                        (None, _) => n as i64,
                        (Some(_), length) if length < 0 => bail!("index can't contain negative values"),
                        (Some(_), 0) if mode == "maximum" || mode == "minimum" => {
                            bail!("stat_length of 0 yields no value for padding")
                        }
                        (Some(_), length) => length.min(n as i64),
                    };
                    let taken = match front {
                        true => part(&array, axis, None, Some(length), None)?,
                        false => part(&array, axis, Some(n as i64 - length), None, None)?,
                    };
                    statistic(&taken, &mode, axis)
                };
                around(
                    stretched(&statistic(lengths[axis].0, true)?, before)?,
                    stretched(&statistic(lengths[axis].1, false)?, behind)?,
                )?
            }
            "reflect" | "symmetric" | "wrap" => {
                room_for_positions(before as u128 + behind as u128)?;
                if options.odd {
                    odd(&array, axis, before, behind, mode == "symmetric")?
                } else {
                    let position = |at: i64| place(at, n as i64, &mode);
                    let take = |from: i64, to: i64| {
                        let positions: Vec<usize> = (from..to).map(position).collect();
                        super::indexing::items::taken(&array, positions, axis)
                    };
                    around(take(-(before as i64), 0)?, take(n as i64, (n + behind) as i64)?)?
                }
            }
            _ => bail!("mode '{mode}' is not supported"),
        };
    }
    Ok(array.named("pad"))
}

/// Which element stands at a place outside.
fn place(at: i64, n: i64, mode: &str) -> usize {
    let mirrored = |period: i64, at: i64, last: i64| if at > last { period - at } else { at };
    (match mode {
        "wrap" => at.rem_euclid(n),
        "reflect" if n == 1 => 0,
        "reflect" => mirrored(2 * (n - 1), at.rem_euclid(2 * (n - 1)), n - 1),
        _ => mirrored(2 * n - 1, at.rem_euclid(2 * n), n - 1),
    }) as usize
}

/// Mirrored at the ends, upside down: as far above the edge as the other side is below it.
fn odd(array: &Array, axis: usize, before: usize, behind: usize, with_edge: bool) -> Result<Array> {
    let (mut whole, mut before, mut behind) = (array.clone(), before, behind);
    let two = Array::scalar(Scalar::I64(2).cast(array.dtype()));
    while before > 0 || behind > 0 {
        let n = whole.shape()[axis];
        let most = if with_edge { n } else { (n - 1).max(1) };
        let (left, right) = (before.min(most), behind.min(most));
        let skip = usize::from(!with_edge && n > 1);
        let upside_down = |edge: usize, positions: Vec<usize>| -> Result<Array> {
            let edge = part(&whole, axis, Some(edge as i64), Some(edge as i64 + 1), None)?;
            let mirrored = whole.take(positions, axis)?;
            edge.binary(BinaryFunc::Multiply, &two)?.binary(BinaryFunc::Subtract, &mirrored)
        };
        let front = upside_down(0, (0..left).rev().map(|at| at + skip).collect())?;
        let back = upside_down(n - 1, (0..right).map(|at| n - 1 - at - skip).collect())?;
        whole = Array::concatenate(&[front, whole.clone(), back], axis as i64)?;
        (before, behind) = (before - left, behind - right);
    }
    Ok(whole)
}

/// Evenly from a number to the edge of the array, or from the edge to the number.
fn ramp(edge: &Array, end: Scalar, width: usize, axis: usize, behind: bool) -> Result<Array> {
    let dtype = edge.dtype();
    let wide = if dtype.is_complex() { DType::C128 } else { DType::F64 };
    let mut shape = vec![1; edge.ndim()];
    shape[axis] = width;
    let lengths: Vec<i64> = shape.iter().map(|&length| length as i64).collect();
    let numbers = Array::arange(Scalar::F64(0.0), Scalar::F64(1.0), width, &ChunksSpec::AUTO)?.reshape(&lengths)?;
    let (edge, end) = (edge.cast(wide), Array::scalar(end.cast(wide)));
    let step = edge
        .binary(BinaryFunc::Subtract, &end)?
        .binary(BinaryFunc::Divide, &Array::scalar(Scalar::F64(width.max(1) as f64)))?;
    let ramp = end.binary(BinaryFunc::Add, &numbers.binary(BinaryFunc::Multiply, &step)?)?;
    let ramp = if dtype.is_integer() { ramp.unary(UnaryFunc::Floor)? } else { ramp };
    let ramp = ramp.cast(dtype);
    if behind { part(&ramp, axis, None, None, Some(-1)) } else { Ok(ramp) }
}

fn statistic(array: &Array, mode: &str, axis: usize) -> Result<Array> {
    let over = |array: &Array, reduction| array.reduce(reduction, Some(&[axis as i64]), true, None, None);
    let dtype = array.dtype();
    let rounded = |array: Array| {
        if dtype.is_integer() { Ok(array.unary(UnaryFunc::Rint)?.cast(dtype)) } else { Ok(array.cast(dtype)) }
    };
    match mode {
        "maximum" => over(array, Reduction::Max),
        "minimum" => over(array, Reduction::Min),
        "mean" => rounded(over(array, Reduction::Mean)?),
        _ => {
            let median = array.quantiles(&[0.5], Some(&[axis as i64]), Method::Linear, false, true, false)?;
            rounded(median.slice(&[IndexItem::Int(0)])?)
        }
    }
}

builtins! {
    /// With more elements around it.
    ///
    /// ```rdk
    /// np.pad([1, 2, 3], (1, 2), mode="edge")
    /// #> array([1, 1, 2, 3, 3, 3])
    /// np.pad([1, 2, 3], 2, mode="reflect")
    /// #> array([3, 2, 1, 2, 3, 2, 1])
    /// ```
    fn pad[context](
        /// The array.
        array: Operand,
        /// How many before and behind: a number, a pair, a pair for each axis, or a dict by axis.
        pad_width: Value,
        /// "constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap" or "empty".
        mode: Value = "constant",
        /// `constant_values`, `end_values`, `stat_length` or `reflect_type`, as the mode takes them.
        kwargs: Keywords,
    ) -> Result<Value> {
        let widths = widths(&pad_width, array.ndim())?;
        with(context, &array, |array| padded(array, &widths, &mode, kwargs))
    }
}
