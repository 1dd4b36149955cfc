//! NumPy's functions of one element: `sqrt`, `cos`, `isnan`. They take arrays, lists and numbers.

use rdk_runtime::{Context, Keywords, Result, Value, builtins};

use super::operand::{Operand, answer, applied};
use super::options::Options;
use super::out::{self, Out};
use crate::array::Func;
use crate::eager::{NdArray, Part};
use crate::kernel::UnaryFunc;

/// A function of each element of `x`.
pub fn unary(context: &Context, func: UnaryFunc, x: &Value, out: Out, options: Keywords) -> Result<Value> {
    let options = Options::read(func.name(), out, options)?;
    if let Some(delayed) = super::deferred::call(context, func.name(), std::slice::from_ref(x)) {
        return options.out.take(func.name(), delayed?);
    }
    let x = Operand::loosely(x)?;
    let cast = options.cast(func.name(), Func::Unary(func), vec![x.clone()])?;
    let made = applied(Func::Unary(func), &[&cast[0]])?;
    out::finish(context, func.name(), made, &[&x], options.condition.as_ref(), &options.out)
}

/// One half of each element; of an array in memory in the same memory.
fn part(context: &Context, part: Part, x: &Value, out: Out, options: Keywords) -> Result<Value> {
    let func = if part == Part::Real { UnaryFunc::Real } else { UnaryFunc::Imag };
    match x.get::<NdArray>() {
        Some(_) if out.is_none() && options.0.is_empty() => super::properties::part(context, x, part),
        _ => unary(context, func, x, out, options),
    }
}

builtins! {
    /// Minus each element.
    fn negative[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Negative, &x, out, options) }

    /// Each element as it is.
    fn positive[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Positive, &x, out, options) }

    /// The size of each element, without its sign.
    fn absolute[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Absolute, &x, out, options) }

    /// The size of each element, without its sign.
    fn abs[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Absolute, &x, out, options) }

    /// The size of each element, as a float.
    fn fabs[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Fabs, &x, out, options) }

    /// -1, 0 or 1, as the sign of each element.
    fn sign[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Sign, &x, out, options) }

    /// Each element rounded to the nearest whole number.
    fn rint[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Rint, &x, out, options) }

    /// The largest whole number not above each element.
    fn floor[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Floor, &x, out, options) }

    /// The smallest whole number not below each element.
    fn ceil[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Ceil, &x, out, options) }

    /// Each element without its fraction.
    fn trunc[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Trunc, &x, out, options) }

    /// Each element without its fraction.
    fn fix[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Trunc, &x, out, options) }

    /// The square root of each element.
    fn sqrt[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Sqrt, &x, out, options) }

    /// The cube root of each element.
    fn cbrt[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Cbrt, &x, out, options) }

    /// Each element times itself.
    fn square[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Square, &x, out, options) }

    /// 1 divided by each element.
    fn reciprocal[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Reciprocal, &x, out, options) }

    /// e to the power of each element.
    fn exp[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Exp, &x, out, options) }

    /// 2 to the power of each element.
    fn exp2[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Exp2, &x, out, options) }

    /// e to the power of each element, less 1; exact near 0.
    fn expm1[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Expm1, &x, out, options) }

    /// The natural logarithm of each element.
    fn log[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Log, &x, out, options) }

    /// The logarithm of each element to base 2.
    fn log2[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Log2, &x, out, options) }

    /// The logarithm of each element to base 10.
    fn log10[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Log10, &x, out, options) }

    /// The natural logarithm of 1 plus each element; exact near 0.
    fn log1p[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Log1p, &x, out, options) }

    /// The sine of each element, in radians.
    fn sin[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Sin, &x, out, options) }

    /// The cosine of each element, in radians.
    fn cos[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Cos, &x, out, options) }

    /// The tangent of each element, in radians.
    fn tan[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Tan, &x, out, options) }

    /// The angle in radians whose sine each element is.
    fn arcsin[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arcsin, &x, out, options) }

    /// The angle in radians whose sine each element is.
    fn asin[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arcsin, &x, out, options) }

    /// The angle in radians whose cosine each element is.
    fn arccos[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arccos, &x, out, options) }

    /// The angle in radians whose cosine each element is.
    fn acos[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arccos, &x, out, options) }

    /// The angle in radians whose tangent each element is.
    fn arctan[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arctan, &x, out, options) }

    /// The angle in radians whose tangent each element is.
    fn atan[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arctan, &x, out, options) }

    /// The hyperbolic sine of each element.
    fn sinh[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Sinh, &x, out, options) }

    /// The hyperbolic cosine of each element.
    fn cosh[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Cosh, &x, out, options) }

    /// The hyperbolic tangent of each element.
    fn tanh[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Tanh, &x, out, options) }

    /// The inverse of `sinh` for each element.
    fn arcsinh[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arcsinh, &x, out, options) }

    /// The inverse of `sinh` for each element.
    fn asinh[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arcsinh, &x, out, options) }

    /// The inverse of `cosh` for each element.
    fn arccosh[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arccosh, &x, out, options) }

    /// The inverse of `cosh` for each element.
    fn acosh[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arccosh, &x, out, options) }

    /// The inverse of `tanh` for each element.
    fn arctanh[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arctanh, &x, out, options) }

    /// The inverse of `tanh` for each element.
    fn atanh[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arctanh, &x, out, options) }

    /// Degrees as radians.
    fn deg2rad[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Deg2rad, &x, out, options) }

    /// Degrees as radians.
    fn radians[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Deg2rad, &x, out, options) }

    /// Radians as degrees.
    fn rad2deg[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Rad2deg, &x, out, options) }

    /// Radians as degrees.
    fn degrees[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Rad2deg, &x, out, options) }

    /// Is each element NaN?
    fn isnan[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::IsNan, &x, out, options) }

    /// Is each element infinite?
    fn isinf[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::IsInf, &x, out, options) }

    /// Is each element neither infinite nor NaN?
    fn isfinite[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::IsFinite, &x, out, options) }

    /// Does each element have a minus sign, also if it is 0?
    fn signbit[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Signbit, &x, out, options) }

    /// Each element with its imaginary part negated.
    fn conjugate[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Conjugate, &x, out, options) }

    /// Each element with its imaginary part negated.
    fn conj[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Conjugate, &x, out, options) }

    /// The real part of each element.
    fn real[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { part(context, Part::Real, &x, out, options) }

    /// The imaginary part of each element.
    fn imag[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { part(context, Part::Imaginary, &x, out, options) }

    /// Is each element zero or False?
    fn logical_not[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::LogicalNot, &x, out, options) }

    /// Each element with all bits turned over.
    fn invert[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Invert, &x, out, options) }

    /// Each element with all bits turned over.
    fn bitwise_not[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Invert, &x, out, options) }

    /// Each element with all bits turned over.
    fn bitwise_invert[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Invert, &x, out, options) }

    /// How many bits are set in each element.
    fn bitwise_count[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::BitCount, &x, out, options) }

    /// The distance from each element to the next number.
    fn spacing[context](/** An array, a list or a number. */ x: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Spacing, &x, out, options) }

    /// The angle of complex numbers.
    fn angle[context](
        /// An array, a list or a number.
        z: Value,
        /// In degrees rather than radians.
        deg: bool = false,
    ) -> Result<Value> {
        let z = <Operand as rdk_runtime::FromValue>::try_from_value(&z)?;
        let angle = z.array()?.unary(UnaryFunc::Angle)?;
        answer(context, if deg { angle.unary(UnaryFunc::Rad2deg)? } else { angle }, z.is_lazy())
    }
}
