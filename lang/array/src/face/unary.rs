//! NumPy's functions of one element: `sqrt`, `cos`, `isnan`. They take arrays, lists and numbers.

use rdk_runtime::{Context, Keywords, Result, Value, builtins};

use super::operand::{Operand, answer};
use super::options::Options;
use super::out;
use crate::eager::{NdArray, Part};
use crate::kernel::UnaryFunc;

/// A function of each element of `x`.
pub fn unary(context: &Context, func: UnaryFunc, x: &Value, options: Keywords) -> Result<Value> {
    let options = Options::read(func.name(), options)?;
    if let Some(delayed) = super::deferred::call(context, func.name(), std::slice::from_ref(x)) {
        return delayed;
    }
    let x = Operand::loosely(x)?;
    let array = options.cast(x.array()?);
    out::finish(context, func.name(), array.unary(func)?, &[&x], options.condition.as_ref(), &options.out)
}

/// One half of each element; of an array in memory in the same memory.
fn part(context: &Context, part: Part, x: &Value, options: Keywords) -> Result<Value> {
    let func = if part == Part::Real { UnaryFunc::Real } else { UnaryFunc::Imag };
    match x.get::<NdArray>() {
        Some(_) if options.0.is_empty() => super::properties::part(context, x, part),
        _ => unary(context, func, x, options),
    }
}

builtins! {
    /// Minus each element.
    fn negative[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Negative, &x, options) }

    /// Each element as it is.
    fn positive[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Positive, &x, options) }

    /// The size of each element, without its sign.
    fn absolute[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Absolute, &x, options) }

    /// The size of each element, without its sign.
    fn abs[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Absolute, &x, options) }

    /// The size of each element, as a float.
    fn fabs[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Fabs, &x, options) }

    /// -1, 0 or 1, as the sign of each element.
    fn sign[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Sign, &x, options) }

    /// Each element rounded to the nearest whole number.
    fn rint[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Rint, &x, options) }

    /// The largest whole number not above each element.
    fn floor[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Floor, &x, options) }

    /// The smallest whole number not below each element.
    fn ceil[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Ceil, &x, options) }

    /// Each element without its fraction.
    fn trunc[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Trunc, &x, options) }

    /// Each element without its fraction.
    fn fix[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Trunc, &x, options) }

    /// The square root of each element.
    fn sqrt[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Sqrt, &x, options) }

    /// The cube root of each element.
    fn cbrt[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Cbrt, &x, options) }

    /// Each element times itself.
    fn square[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Square, &x, options) }

    /// 1 divided by each element.
    fn reciprocal[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Reciprocal, &x, options) }

    /// e to the power of each element.
    fn exp[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Exp, &x, options) }

    /// 2 to the power of each element.
    fn exp2[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Exp2, &x, options) }

    /// e to the power of each element, less 1; exact near 0.
    fn expm1[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Expm1, &x, options) }

    /// The natural logarithm of each element.
    fn log[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Log, &x, options) }

    /// The logarithm of each element to base 2.
    fn log2[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Log2, &x, options) }

    /// The logarithm of each element to base 10.
    fn log10[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Log10, &x, options) }

    /// The natural logarithm of 1 plus each element; exact near 0.
    fn log1p[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Log1p, &x, options) }

    /// The sine of each element, in radians.
    fn sin[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Sin, &x, options) }

    /// The cosine of each element, in radians.
    fn cos[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Cos, &x, options) }

    /// The tangent of each element, in radians.
    fn tan[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Tan, &x, options) }

    /// The angle in radians whose sine each element is.
    fn arcsin[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arcsin, &x, options) }

    /// The angle in radians whose sine each element is.
    fn asin[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arcsin, &x, options) }

    /// The angle in radians whose cosine each element is.
    fn arccos[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arccos, &x, options) }

    /// The angle in radians whose cosine each element is.
    fn acos[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arccos, &x, options) }

    /// The angle in radians whose tangent each element is.
    fn arctan[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arctan, &x, options) }

    /// The angle in radians whose tangent each element is.
    fn atan[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arctan, &x, options) }

    /// The hyperbolic sine of each element.
    fn sinh[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Sinh, &x, options) }

    /// The hyperbolic cosine of each element.
    fn cosh[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Cosh, &x, options) }

    /// The hyperbolic tangent of each element.
    fn tanh[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Tanh, &x, options) }

    /// The inverse of `sinh` for each element.
    fn arcsinh[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arcsinh, &x, options) }

    /// The inverse of `sinh` for each element.
    fn asinh[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arcsinh, &x, options) }

    /// The inverse of `cosh` for each element.
    fn arccosh[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arccosh, &x, options) }

    /// The inverse of `cosh` for each element.
    fn acosh[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arccosh, &x, options) }

    /// The inverse of `tanh` for each element.
    fn arctanh[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arctanh, &x, options) }

    /// The inverse of `tanh` for each element.
    fn atanh[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Arctanh, &x, options) }

    /// Degrees as radians.
    fn deg2rad[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Deg2rad, &x, options) }

    /// Degrees as radians.
    fn radians[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Deg2rad, &x, options) }

    /// Radians as degrees.
    fn rad2deg[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Rad2deg, &x, options) }

    /// Radians as degrees.
    fn degrees[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Rad2deg, &x, options) }

    /// Is each element NaN?
    fn isnan[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::IsNan, &x, options) }

    /// Is each element infinite?
    fn isinf[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::IsInf, &x, options) }

    /// Is each element neither infinite nor NaN?
    fn isfinite[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::IsFinite, &x, options) }

    /// Does each element have a minus sign, also if it is 0?
    fn signbit[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Signbit, &x, options) }

    /// Each element with its imaginary part negated.
    fn conjugate[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Conjugate, &x, options) }

    /// Each element with its imaginary part negated.
    fn conj[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Conjugate, &x, options) }

    /// The real part of each element.
    fn real[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { part(context, Part::Real, &x, options) }

    /// The imaginary part of each element.
    fn imag[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { part(context, Part::Imaginary, &x, options) }

    /// Is each element zero or False?
    fn logical_not[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::LogicalNot, &x, options) }

    /// Each element with all bits turned over.
    fn invert[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Invert, &x, options) }

    /// Each element with all bits turned over.
    fn bitwise_not[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Invert, &x, options) }

    /// Each element with all bits turned over.
    fn bitwise_invert[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Invert, &x, options) }

    /// How many bits are set in each element.
    fn bitwise_count[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::BitCount, &x, options) }

    /// The distance from each element to the next number.
    fn spacing[context](/** An array, a list or a number. */ x: Value, /** `out`, `where`, `dtype`. */ options: Keywords) -> Result<Value> { unary(context, UnaryFunc::Spacing, &x, options) }

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
