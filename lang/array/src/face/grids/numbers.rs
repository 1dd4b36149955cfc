//! The numbers of elements, and their rows and columns: `unravel_index`, `ravel_multi_index`.

use rdk_runtime::{Result, Value, bail, builtins};

use crate::array::Array;
use crate::dtype::DType;
use crate::face::operand::{Operand, answer};
use crate::face::parameters::ShapeArg;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction};
use crate::scalar::Scalar;
use crate::shape;

/// Is the first axis walked first, as in Fortran?
fn is_backwards(order: &str) -> Result<bool> {
    match order {
        "C" => Ok(false),
        "F" => Ok(true),
        other => bail!("only 'C' or 'F' order is permitted (got '{other}')"),
    }
}

builtins! {
    /// Rows and columns of elements that are counted in C order.
    ///
    /// ```rdk
    /// np.unravel_index(7, (3, 4))
    /// #> (1, 3)
    /// ```
    fn unravel_index[context](
        /// The numbers of the elements.
        indices: Operand,
        /// The shape of the array.
        shape: ShapeArg,
        /// "C": the last axis is walked first; "F": the first.
        order: String = "C",
    ) -> Result<Value> {
        let backwards = is_backwards(&order)?;
        let mut shape = shape;
        if backwards {
            shape.0.reverse();
        }
        let numbers = indices.array()?;
        let size = shape::size(&shape.0);
        if let (Operand::Eager(_) | Operand::Number(_), true) = (&indices, numbers.dtype().is_integer()) {
            let chunk = numbers.compute_now(context)?;
            if let Some(wrong) = chunk.to_vec::<i64>().into_iter().find(|&at| at < 0 || at as u128 >= size) {
                bail!("index {wrong} is out of bounds for array with size {size}");
            }
        } else if !numbers.dtype().is_integer() {
            bail!(TypeError: "only int indices permitted");
        }
        let axes = crate::face::choose::unraveled(&numbers.cast(DType::I64), &shape.0)?;
        let mut axes = axes.into_iter().map(|axis| answer(context, axis, indices.is_lazy())).collect::<Result<Vec<_>>>()?;
        if backwards {
            axes.reverse();
        }
        Ok(Value::tuple(axes))
    }

    /// The numbers in C order of elements whose coordinates are given.
    ///
    /// ```rdk
    /// np.ravel_multi_index((1, 3), (3, 4))
    /// #> 7
    /// ```
    fn ravel_multi_index[context](
        /// For each axis the coordinates.
        multi_index: Value,
        /// The shape of the array.
        dims: ShapeArg,
        /// What to do about coordinates out of range: "raise", "wrap" or "clip".
        mode: String = "raise",
        /// "C": the last axis is walked first; "F": the first.
        order: String = "C",
    ) -> Result<Value> {
        let (mut axes, lazy) = crate::face::layout::sequence(&multi_index)?;
        if axes.len() != dims.0.len() {
            bail!("parameter multi_index must be a sequence of length {}", dims.0.len());
        }
        let mut dims = dims;
        if is_backwards(&order)? {
            axes.reverse();
            dims.0.reverse();
        }
        if shape::size(&dims.0) > shape::MAX_LENGTH as u128 {
            bail!("invalid dims: array size defined by dims is larger than the maximum possible size.");
        }
        let strides = shape::strides(&dims.0);
        let mut numbers = Array::scalar(Scalar::I64(0));
        for ((axis, &length), &stride) in axes.iter().zip(&dims.0).zip(&strides) {
            if !axis.dtype().is_integer() && axis.dtype() != DType::Bool {
                bail!(TypeError: "only int indices permitted");
            }
            let number = |number: usize| Array::scalar(Scalar::I64(number as i64));
            let axis = axis.cast(DType::I64);
            let axis = match &mode[..] {
                "wrap" => axis.binary(BinaryFunc::Remainder, &number(length))?,
                "clip" => axis.binary(BinaryFunc::Maximum, &number(0))?.binary(BinaryFunc::Minimum, &number(length.saturating_sub(1)))?,
                "raise" => {
                    let outside = axis.compare(CompareFunc::GreaterEqual, &number(length))?;
                    let outside = outside.binary(BinaryFunc::LogicalOr, &axis.compare(CompareFunc::Less, &number(0))?)?;
                    let any = outside.reduce(Reduction::Any, None, false, None, None)?;
                    if !lazy && any.compute_now(context)?.scalars().any(|flag| flag.get::<bool>()) {
                        bail!("invalid entry in coordinates array");
                    }
                    axis
                }
                other => bail!("clipmode must be one of 'clip', 'raise', or 'wrap' (got '{other}')"),
            };
            numbers = numbers.binary(BinaryFunc::Add, &axis.binary(BinaryFunc::Multiply, &number(stride))?)?;
        }
        answer(context, numbers, lazy)
    }
}
