//! `numpy.emath`: functions that give complex numbers where real ones have no answer, such as the root of -1.

use std::sync::Arc;

use rdk_runtime::{Context, Module, Result, Value, builtins};

use super::modules::{Entries, placed};
use super::operand::{Operand, answer, together};
use crate::array::{Array, Func};
use crate::dtype::DType;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::scalar::Scalar;

/// `numpy.emath`
pub fn modules() -> Vec<Arc<Module>> {
    fn entries() -> Entries {
        placed(builtins())
    }
    vec![Module::new("numpy.emath", "Functions that give complex numbers where they must.", entries)]
}

fn number(number: f64) -> Array {
    Array::scalar(Scalar::F64(number))
}

/// Complex, if an element is out of bounds; what is lazy has to be computed to know.
fn widened(context: &Context, array: Array, outside: impl FnOnce(&Array) -> Result<Array>) -> Result<Array> {
    if array.dtype().is_complex() {
        return Ok(array);
    }
    let any = outside(&array)?.reduce(Reduction::Any, None, false, None, None)?.compute_now(context)?;
    let float = if array.dtype() == DType::F32 { DType::C64 } else { DType::C128 };
    Ok(if any.to_vec::<bool>().contains(&true) { array.cast(float) } else { array })
}

fn negative(array: &Array) -> Result<Array> {
    array.compare(CompareFunc::Less, &number(0.0))
}

fn beyond_one(array: &Array) -> Result<Array> {
    array.unary(UnaryFunc::Absolute)?.compare(CompareFunc::Greater, &number(1.0))
}

type Outside = fn(&Array) -> Result<Array>;

fn of_one(context: &Context, func: UnaryFunc, x: &Operand, outside: Outside) -> Result<Value> {
    answer(context, widened(context, x.array()?, outside)?.unary(func)?, x.is_lazy())
}

builtins! {
    /// Square roots; complex ones where there are negative numbers.
    ///
    /// ```rdk
    /// np.emath.sqrt([-1, 4])
    /// #> array([0.+1.j, 2.+0.j])
    /// ```
    fn sqrt[context](/** An array, a list or a number. */ x: Operand) -> Result<Value> { of_one(context, UnaryFunc::Sqrt, &x, negative) }

    /// Natural logarithms; complex ones where there are negative numbers.
    ///
    /// ```rdk
    /// np.emath.log(-1)
    /// #> 3.141592653589793j
    /// ```
    fn log[context](/** An array, a list or a number. */ x: Operand) -> Result<Value> { of_one(context, UnaryFunc::Log, &x, negative) }

    /// Logarithms to base 2; complex ones where there are negative numbers.
    fn log2[context](/** An array, a list or a number. */ x: Operand) -> Result<Value> { of_one(context, UnaryFunc::Log2, &x, negative) }

    /// Logarithms to base 10; complex ones where there are negative numbers.
    fn log10[context](/** An array, a list or a number. */ x: Operand) -> Result<Value> { of_one(context, UnaryFunc::Log10, &x, negative) }

    /// Logarithms to any base; complex ones where there are negative numbers.
    fn logn[context](/** The base. */ n: Operand, /** An array, a list or a number. */ x: Operand) -> Result<Value> {
        let log = |operand: &Operand| widened(context, operand.array()?, negative)?.unary(UnaryFunc::Log);
        answer(context, log(&x)?.binary(BinaryFunc::Divide, &log(&n)?)?, x.is_lazy() || n.is_lazy())
    }

    /// Powers; complex ones where there are negative numbers.
    ///
    /// ```rdk
    /// np.emath.power([2, 4], -1)
    /// #> array([0.5 , 0.25])
    /// ```
    fn power[context](/** The bases. */ x: Operand, /** The exponents. */ p: Operand) -> Result<Value> {
        let arrays = together(&[&x, &p])?;
        let base = widened(context, arrays[0].clone(), negative)?;
        // Negative exponents make fractions of whole numbers.
        let exponent = arrays[1].clone();
        let below = negative(&exponent)?.reduce(Reduction::Any, None, false, None, None)?.compute_now(context)?;
        let exponent = if below.to_vec::<bool>().contains(&true) && exponent.dtype().is_integer() { exponent.cast(DType::F64) } else { exponent };
        answer(context, Array::elementwise(Func::Binary(BinaryFunc::Power), &[base, exponent])?, x.is_lazy() || p.is_lazy())
    }

    /// Angles by their cosines; complex ones beyond 1.
    fn arccos[context](/** An array, a list or a number. */ x: Operand) -> Result<Value> { of_one(context, UnaryFunc::Arccos, &x, beyond_one) }

    /// Angles by their sines; complex ones beyond 1.
    fn arcsin[context](/** An array, a list or a number. */ x: Operand) -> Result<Value> { of_one(context, UnaryFunc::Arcsin, &x, beyond_one) }

    /// Inverse hyperbolic tangents; complex ones beyond 1.
    fn arctanh[context](/** An array, a list or a number. */ x: Operand) -> Result<Value> { of_one(context, UnaryFunc::Arctanh, &x, beyond_one) }
}
