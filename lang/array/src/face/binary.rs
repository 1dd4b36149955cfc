//! NumPy's functions of two elements: `add`, `maximum`, `less`. They take arrays, lists and numbers, stretched to one shape.

use rdk_runtime::{Context, Keywords, Result, Value, builtins};

use super::applied::Applied;
use super::operand::Operand;
use super::operators;
use super::options::Options;
use super::out::{self, Out};
use crate::array::Func;
use crate::kernel::{BinaryFunc, CompareFunc};

/// A function of elements at the same place.
pub fn binary(
    context: &Context,
    func: BinaryFunc,
    x1: &Value,
    x2: &Value,
    out: Out,
    options: Keywords,
) -> Result<Value> {
    operate(context, Func::Binary(func), [x1, x2], out, options, |x1, x2| operators::binary(func, x1, x2))
}

/// A comparison of elements at the same place.
pub fn compare(
    context: &Context,
    func: CompareFunc,
    x1: &Value,
    x2: &Value,
    out: Out,
    options: Keywords,
) -> Result<Value> {
    operate(context, Func::Compare(func), [x1, x2], out, options, |x1, x2| operators::compare(func, x1, x2))
}

fn operate(
    context: &Context,
    func: Func,
    [x1, x2]: [&Value; 2],
    out: Out,
    options: Keywords,
    make: impl for<'a> FnOnce(&'a Operand, &'a Operand) -> Result<Applied<'a>>,
) -> Result<Value> {
    let name = func.name();
    let options = Options::read(name, out, options)?;
    if let Some(delayed) = super::deferred::call(context, name, &[x1.clone(), x2.clone()]) {
        return options.out.take(name, delayed?);
    }
    let (x1, x2) = (Operand::loosely(x1)?, Operand::loosely(x2)?);
    let cast = options.cast(name, func, vec![x1.clone(), x2.clone()])?;
    let result = make(&cast[0], &cast[1])?.named(name);
    out::finish(context, name, result, &[&x1, &x2], options.condition.as_ref(), &options.out)
}

builtins! {
    /// Sums of elements at the same place.
    fn add[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Add, &x1, &x2, out, options) }

    /// Differences of elements at the same place.
    fn subtract[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Subtract, &x1, &x2, out, options) }

    /// Products of elements at the same place.
    fn multiply[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Multiply, &x1, &x2, out, options) }

    /// Quotients of elements at the same place.
    ///
    /// ```rdk
    /// a, b = np.array([1.0, 2.0]), np.array([0.0, 4.0])
    /// np.divide(a, b, out=np.zeros_like(a), where=b != 0)
    /// #> array([0. , 0.5])
    /// ```
    fn divide[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Divide, &x1, &x2, out, options) }

    /// Quotients of elements at the same place.
    fn true_divide[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Divide, &x1, &x2, out, options) }

    /// Quotients rounded down.
    fn floor_divide[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::FloorDivide, &x1, &x2, out, options) }

    /// What division leaves over, with the sign of the divisor.
    fn remainder[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Remainder, &x1, &x2, out, options) }

    /// What division leaves over, with the sign of the divisor.
    fn mod[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Remainder, &x1, &x2, out, options) }

    /// What division leaves over, with the sign of the dividend.
    fn fmod[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Fmod, &x1, &x2, out, options) }

    /// Elements of the first to the power of those of the second.
    fn power[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Power, &x1, &x2, out, options) }

    /// Elements of the first to the power of those of the second.
    fn pow[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Power, &x1, &x2, out, options) }

    /// Powers, computed as floats.
    fn float_power[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::FloatPower, &x1, &x2, out, options) }

    /// The larger of the elements at the same place; NaN wins.
    fn maximum[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Maximum, &x1, &x2, out, options) }

    /// The smaller of the elements at the same place; NaN wins.
    fn minimum[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Minimum, &x1, &x2, out, options) }

    /// The larger of the elements at the same place; NaN loses.
    fn fmax[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Fmax, &x1, &x2, out, options) }

    /// The smaller of the elements at the same place; NaN loses.
    fn fmin[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Fmin, &x1, &x2, out, options) }

    /// Bits that are set in both.
    fn bitwise_and[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::BitwiseAnd, &x1, &x2, out, options) }

    /// Bits that are set in one or both.
    fn bitwise_or[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::BitwiseOr, &x1, &x2, out, options) }

    /// Bits that are set in one of the two.
    fn bitwise_xor[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::BitwiseXor, &x1, &x2, out, options) }

    /// Bits moved to the left.
    fn left_shift[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::LeftShift, &x1, &x2, out, options) }

    /// Bits moved to the right.
    fn right_shift[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::RightShift, &x1, &x2, out, options) }

    /// Bits moved to the left.
    fn bitwise_left_shift[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::LeftShift, &x1, &x2, out, options) }

    /// Bits moved to the right.
    fn bitwise_right_shift[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::RightShift, &x1, &x2, out, options) }

    /// Are both true?
    fn logical_and[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::LogicalAnd, &x1, &x2, out, options) }

    /// Is one or both true?
    fn logical_or[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::LogicalOr, &x1, &x2, out, options) }

    /// Is one of the two true?
    fn logical_xor[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::LogicalXor, &x1, &x2, out, options) }

    /// The logarithm of the sum of exponentials.
    fn logaddexp[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Logaddexp, &x1, &x2, out, options) }

    /// The same to base 2.
    fn logaddexp2[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Logaddexp2, &x1, &x2, out, options) }

    /// The hypotenuse over two legs.
    fn hypot[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Hypot, &x1, &x2, out, options) }

    /// The angle in radians of the point (x2, x1).
    fn arctan2[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Arctan2, &x1, &x2, out, options) }

    /// The angle in radians of the point (x2, x1).
    fn atan2[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Arctan2, &x1, &x2, out, options) }

    /// The greatest common divisor.
    fn gcd[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Gcd, &x1, &x2, out, options) }

    /// The least common multiple.
    fn lcm[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Lcm, &x1, &x2, out, options) }

    /// The first with the sign of the second.
    fn copysign[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Copysign, &x1, &x2, out, options) }

    /// The number after the first, towards the second.
    fn nextafter[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Nextafter, &x1, &x2, out, options) }

    /// 0 for negative elements, 1 for positive ones, the second for 0.
    fn heaviside[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { binary(context, BinaryFunc::Heaviside, &x1, &x2, out, options) }

    /// Are elements at the same place equal?
    fn equal[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { compare(context, CompareFunc::Equal, &x1, &x2, out, options) }

    /// Do elements at the same place differ?
    fn not_equal[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { compare(context, CompareFunc::NotEqual, &x1, &x2, out, options) }

    /// Is the first less than the second?
    fn less[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { compare(context, CompareFunc::Less, &x1, &x2, out, options) }

    /// Is the first at most the second?
    fn less_equal[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { compare(context, CompareFunc::LessEqual, &x1, &x2, out, options) }

    /// Is the first greater than the second?
    fn greater[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { compare(context, CompareFunc::Greater, &x1, &x2, out, options) }

    /// Is the first at least the second?
    fn greater_equal[context](/** An array, a list or a number. */ x1: Value, /** Another. */ x2: Value, /** Where the result goes. */ out: Out, /** `where`, `dtype`, `casting`. */ options: Keywords) -> Result<Value> { compare(context, CompareFunc::GreaterEqual, &x1, &x2, out, options) }
}
