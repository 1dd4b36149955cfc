//! How reductions are carried out: over which axes, of which elements, from where on.

use rdk_runtime::{Context, FromValue, Result, Value, bail, error};
use rdk_syntax::tree::BinaryOp;

use super::operand::{Operand, answer};
use super::parameters::Axes;
use super::{deferred, faults};
use crate::array::{Array, Func};
use crate::dtype::DType;
use crate::eager::{self, DTypeArg, NdArray};
use crate::kernel::{BinaryFunc, Reduction, UnaryFunc};
use crate::lower::{Folded, InMemory, elements, reduced};
use crate::plan::SplitEvery;
use crate::scalar::Scalar;

/// How to reduce, apart from what.
#[derive(Default)]
pub(in crate::face) struct How {
    /// Over which axes.
    pub axis: Option<Axes>,
    /// In which type.
    pub dtype: Option<DTypeArg>,
    /// Do the axes stay?
    pub keepdims: Option<bool>,
    /// How many partial results become one.
    pub split_every: Option<SplitEvery>,
    /// What it begins with.
    pub initial: Option<Operand>,
    /// Which elements take part.
    pub condition: Option<Operand>,
}

/// A reduction of what a user gave.
pub(super) fn reduce(context: &Context, reduction: Reduction, a: &Value, how: How) -> Result<Value> {
    if let Some((array, memory)) = a.get::<NdArray>().and_then(NdArray::overlapping) {
        let lazy = [&how.initial, &how.condition].into_iter().flatten().any(Operand::is_lazy);
        let result = answer(context, how.of(reduction, &array)?, lazy)?;
        if !lazy && how.condition.is_none() {
            let axes = crate::shape::axes(Axes::list(&how.axis), array.ndim())?;
            // What its elements are, those of the memory are as well.
            warn(context, reduction, &Operand::Eager(memory), array.shape(), &axes, &result)?;
        }
        return Ok(result);
    }
    // An array in memory is what it is; of everything else there is more to be asked.
    let a = match a.get::<NdArray>() {
        Some(array) => Operand::Eager(array.chunk()),
        None => match elsewhere(context, reduction, a, &how) {
            Some(answer) => return answer,
            // With a condition or a number to begin with lengths matter.
            None if how.initial.is_some() || how.condition.is_some() => Operand::try_from_value(a)?,
            None => Operand::loosely(a)?,
        },
    };
    if let Operand::Eager(chunk) = &a
        && how.is_plain()
    {
        let axes = crate::shape::axes(Axes::list(&how.axis), chunk.ndim())?;
        let dtype = how.dtype.map(|dtype| dtype.0);
        let folded = Folded { chunk, reduction, axes: &axes, keepdims: how.keepdims.unwrap_or(false), dtype };
        if let Some(made) = reduced(context, &folded) {
            let result = eager::value(made?);
            warn(context, reduction, &a, chunk.shape(), &axes, &result)?;
            return Ok(result);
        }
    }
    let lazy = [&how.initial, &how.condition].into_iter().flatten().any(Operand::is_lazy) || a.is_lazy();
    let array = a.array()?;
    let result = answer(context, how.of(reduction, &array)?, lazy)?;
    if !lazy && how.condition.is_none() && array.ndim() > 0 {
        let axes = crate::shape::axes(Axes::list(&how.axis), array.ndim())?;
        warn(context, reduction, &a, array.shape(), &axes, &result)?;
    }
    Ok(result)
}

/// What is not reduced here: masked arrays, delayed values, and things of the rooms to the right.
fn elsewhere(context: &Context, reduction: Reduction, a: &Value, how: &How) -> Option<Result<Value>> {
    let chain = match reduction {
        Reduction::Sum => deferred::fold(context, BinaryOp::Add, a),
        Reduction::Prod => deferred::fold(context, BinaryOp::Mul, a),
        Reduction::Mean => deferred::fold(context, BinaryOp::Add, a).map(|sum| {
            let count = a.items().map_or(0, |items| items.len());
            rdk_runtime::operators::binary(context, BinaryOp::Div, &sum?, &Value::Int(count as i64))
        }),
        _ => None,
    };
    super::masked::reduce(context, reduction, a, how)
        .or(chain)
        .or_else(|| deferred::call(context, reduction.name(), std::slice::from_ref(a)))
}

/// What NumPy warns of after the reduction of an array of this shape.
fn warn(
    context: &Context,
    reduction: Reduction,
    a: &Operand,
    shape: &[usize],
    axes: &[usize],
    result: &Value,
) -> Result<()> {
    let n = axes.iter().map(|&axis| shape[axis] as u128).product();
    match reduction {
        Reduction::Sum | Reduction::Prod | Reduction::Mean if n > 0 => {
            faults::of_sums(context, a, "reduce", result)?;
        }
        Reduction::Var { ddof } | Reduction::Std { ddof } if i128::try_from(n).is_ok_and(|n| n > ddof.into()) => {
            faults::of_sums(context, a, "subtract", result)?;
        }
        _ => {}
    }
    faults::of_reduction(context, reduction, n, result)
}

impl How {
    /// Is nothing asked for but axes and a type?
    fn is_plain(&self) -> bool {
        self.initial.is_none() && self.condition.is_none() && self.split_every.is_none()
    }

    /// The reduction of this array.
    fn of(&self, reduction: Reduction, array: &Array) -> Result<Array> {
        let Some(condition) = &self.condition else {
            let reduced = match (&self.initial, reduction) {
                // What it begins with stands for what there is none of.
                (Some(initial), Reduction::Min | Reduction::Max) if self.is_over_nothing(array)? => {
                    let empty = self.plain(Reduction::Sum, &array.cast(DType::F64))?;
                    return initial.array()?.cast(array.dtype()).broadcast_to(empty.shape());
                }
                _ => self.plain(reduction, array)?,
            };
            return self.begun(reduction, reduced);
        };
        let condition = condition.array()?.cast(DType::Bool);
        let shape = crate::shape::broadcast(&[array.shape(), condition.shape()])?;
        let (array, condition) = (array.broadcast_to(&shape)?, condition.broadcast_to(&shape)?);
        let among = |other: Scalar| condition.select(&array, &Array::scalar(other.cast(array.dtype())));
        let reduced = match reduction {
            Reduction::Sum | Reduction::NanSum | Reduction::Any | Reduction::Count => {
                self.plain(reduction, &among(Scalar::zero(array.dtype()))?)?
            }
            Reduction::Prod | Reduction::NanProd | Reduction::All => {
                self.plain(reduction, &among(Scalar::one(array.dtype()))?)?
            }
            Reduction::Min | Reduction::Max | Reduction::NanMin | Reduction::NanMax => {
                let Some(initial) = &self.initial else {
                    let name =
                        if matches!(reduction, Reduction::Min | Reduction::NanMin) { "minimum" } else { "maximum" };
                    return Err(error!(
                        "reduction operation '{name}' does not have an identity, so to use a where mask one has to specify 'initial'"
                    ));
                };
                self.plain(reduction, &condition.select(&array, &initial.array()?.cast(array.dtype()))?)?
            }
            Reduction::Mean | Reduction::Var { .. } | Reduction::Std { .. } => {
                self.among(reduction, &array, &condition)?
            }
            Reduction::NanMean | Reduction::NanVar { .. } | Reduction::NanStd { .. } => {
                let plain = match reduction {
                    Reduction::NanVar { ddof } => Reduction::Var { ddof },
                    Reduction::NanStd { ddof } => Reduction::Std { ddof },
                    _ => Reduction::Mean,
                };
                let there = array.unary(UnaryFunc::IsNan)?.unary(UnaryFunc::LogicalNot)?;
                self.among(plain, &array, &condition.binary(BinaryFunc::LogicalAnd, &there)?)?
            }
            Reduction::ArgMin | Reduction::ArgMax | Reduction::NanArgMin | Reduction::NanArgMax => {
                bail!(TypeError: "{}() got an unexpected keyword argument `where`", reduction.name())
            }
        };
        self.begun(reduction, reduced)
    }

    /// The mean, variance or deviation of those elements where the condition, of the same shape, holds.
    pub(in crate::face) fn among(&self, reduction: Reduction, array: &Array, condition: &Array) -> Result<Array> {
        let ddof = match reduction {
            Reduction::Var { ddof } | Reduction::Std { ddof } => ddof,
            _ => return self.mean_among(array, condition, self.keepdims),
        };
        let mean = self.mean_among(array, condition, Some(true))?;
        let away = array.binary(BinaryFunc::Subtract, &mean)?.unary(UnaryFunc::Absolute)?;
        let squares = away.binary(BinaryFunc::Multiply, &away)?;
        let squares = condition.select(&squares, &Array::scalar(Scalar::zero(squares.dtype())))?;
        let sum = self.plain(Reduction::Sum, &squares)?;
        let count = self.plain(Reduction::Sum, &condition.cast(DType::I64))?;
        let count = count.binary(BinaryFunc::Subtract, &Array::scalar(Scalar::I64(ddof)))?.cast(sum.dtype());
        let variance = sum.binary(BinaryFunc::Divide, &count)?;
        if matches!(reduction, Reduction::Std { .. }) { variance.unary(UnaryFunc::Sqrt) } else { Ok(variance) }
    }

    /// Of all elements.
    pub(in crate::face) fn plain(&self, reduction: Reduction, array: &Array) -> Result<Array> {
        let dtype = self.dtype.map(|dtype| dtype.0);
        let keepdims = self.keepdims.unwrap_or(false);
        array.reduce(reduction, Axes::list(&self.axis), keepdims, dtype, self.split_every.as_ref())
    }

    /// Are there no elements for a result?
    fn is_over_nothing(&self, array: &Array) -> Result<bool> {
        let axes = crate::shape::axes(Axes::list(&self.axis), array.ndim())?;
        Ok(axes.iter().any(|&axis| array.shape()[axis] == 0))
    }

    /// With what it begins with.
    fn begun(&self, reduction: Reduction, reduced: Array) -> Result<Array> {
        let Some(initial) = &self.initial else { return Ok(reduced) };
        let initial = match initial {
            Operand::Number(_) => initial.array()?.cast(reduced.dtype()),
            Operand::Lazy(_) | Operand::Eager(_) => initial.array()?,
        };
        let func = match reduction {
            Reduction::Sum | Reduction::NanSum => BinaryFunc::Add,
            Reduction::Prod | Reduction::NanProd => BinaryFunc::Multiply,
            Reduction::Min | Reduction::NanMin => BinaryFunc::Minimum,
            Reduction::Max | Reduction::NanMax => BinaryFunc::Maximum,
            _ => bail!(TypeError: "{}() got an unexpected keyword argument `initial`", reduction.name()),
        };
        reduced.binary(func, &initial)
    }

    fn mean_among(&self, array: &Array, condition: &Array, keepdims: Option<bool>) -> Result<Array> {
        let how = How { axis: self.axis.clone(), keepdims, ..How::default() };
        let dtype = Reduction::Mean.result(self.dtype.map_or(array.dtype(), |dtype| dtype.0));
        let array = array.cast(dtype);
        let sum = how.plain(Reduction::Sum, &condition.select(&array, &Array::scalar(Scalar::zero(dtype)))?)?;
        let count = how.plain(Reduction::Sum, &condition.cast(DType::I64))?;
        sum.binary(BinaryFunc::Divide, &count.cast(dtype.real()))
    }
}

/// `argmin` and `argmax` are over one axis or over all.
pub(super) fn argument(context: &Context, reduction: Reduction, a: &Value, how: How) -> Result<Value> {
    if how.axis.as_ref().is_some_and(|axes| axes.0.len() != 1) {
        bail!(TypeError: "`axis` of {}() is a single axis or None", reduction.name());
    }
    reduce(context, reduction, a, how)
}

/// Largest less smallest.
pub(super) fn spread(context: &Context, a: &Value, axis: Option<Axes>, keepdims: Option<bool>) -> Result<Value> {
    if let Some(answer) = super::masked::spread(context, a, &axis, keepdims) {
        return answer;
    }
    let a = Operand::loosely(a)?;
    if let Operand::Eager(chunk) = &a {
        let axes = crate::shape::axes(Axes::list(&axis), chunk.ndim())?;
        let folded =
            |reduction| Folded { chunk, reduction, axes: &axes, keepdims: keepdims == Some(true), dtype: None };
        if let (Some(highest), Some(lowest)) =
            (reduced(context, &folded(Reduction::Max)), reduced(context, &folded(Reduction::Min)))
        {
            let (highest, lowest) = (highest?, lowest?);
            let ends = [InMemory::Chunk(&highest), InMemory::Chunk(&lowest)];
            if let Some(made) = elements(context, Func::Binary(BinaryFunc::Subtract), &ends) {
                return made.map(eager::value);
            }
        }
    }
    let array = a.array()?;
    let end = |reduction| array.reduce(reduction, Axes::list(&axis), keepdims.unwrap_or(false), None, None);
    let spread = end(Reduction::Max)?.binary(BinaryFunc::Subtract, &end(Reduction::Min)?)?;
    answer(context, spread, a.is_lazy())
}

/// `ddof` and `correction` are two names for the same.
pub(super) fn freedom(ddof: i64, correction: Option<i64>) -> Result<i64> {
    match correction {
        Some(_) if ddof != 0 => bail!("ddof and correction can't be provided simultaneously."),
        Some(correction) => Ok(correction),
        None => Ok(ddof),
    }
}

/// The variance, or with `root` the deviation, around a mean that is known already.
pub(super) fn around(context: &Context, a: &Value, mean: &Operand, ddof: i64, how: &How, root: bool) -> Result<Value> {
    let operand = Operand::try_from_value(a)?;
    let array = operand.array()?;
    let dtype = Reduction::Mean.result(how.dtype.map_or(array.dtype(), |dtype| dtype.0));
    let away = array.cast(dtype).binary(BinaryFunc::Subtract, &mean.array()?.cast(dtype))?;
    let away = away.unary(UnaryFunc::Absolute)?;
    let mut squares = away.binary(BinaryFunc::Multiply, &away)?;
    let mut ones = Array::scalar(Scalar::I64(1)).broadcast_to(squares.shape())?;
    let mut lazy = operand.is_lazy() || mean.is_lazy();
    if let Some(condition) = &how.condition {
        lazy |= condition.is_lazy();
        let flags = condition.array()?.cast(DType::Bool).broadcast_to(squares.shape())?;
        squares = flags.select(&squares, &Array::scalar(Scalar::zero(squares.dtype())))?;
        ones = flags.cast(DType::I64);
    }
    let plain = How { axis: how.axis.clone(), keepdims: how.keepdims, ..How::default() };
    let sum = plain.plain(Reduction::Sum, &squares)?;
    let count = plain.plain(Reduction::Sum, &ones)?;
    let count = count.binary(BinaryFunc::Subtract, &Array::scalar(Scalar::I64(ddof)))?.cast(sum.dtype());
    let variance = sum.binary(BinaryFunc::Divide, &count)?;
    answer(context, if root { variance.unary(UnaryFunc::Sqrt)? } else { variance }, lazy)
}
