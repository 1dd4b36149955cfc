//! Functions of truth values.

use crate::element::Element;
use crate::kernel::function::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::kernel::loops::{Arguments, map1, map2};
use crate::kernel::simd::Forms;
use crate::kernel::tile::Tile;

/// `bool`, as a family of its own.
trait Truth: Element + PartialOrd + Into<bool> {
    const FORMS: Forms = Forms::Two;
}

impl Truth for bool {}

/// Names the type for the macros, which are made for families of several.
type T = bool;

pub fn unary(function: UnaryFunc, a: &impl Arguments) -> Option<Tile> {
    use UnaryFunc::*;
    match function {
        Absolute | Floor | Ceil | Trunc | Real => map1!(a, T: Truth, |x| -> bool { x.into() }),
        Imag | IsNan | IsInf => map1!(a, T: Truth, |_x| -> bool { false }),
        IsFinite => map1!(a, T: Truth, |_x| -> bool { true }),
        LogicalNot | Invert => map1!(a, T: Truth, |x| -> bool { !x.into() }),
        Negative | Positive | Fabs | Sign | Rint | Sqrt | Cbrt | Square | Reciprocal | Exp | Exp2 | Expm1 | Log
        | Log2 | Log10 | Log1p | Sin | Cos | Tan | Arcsin | Arccos | Arctan | Sinh | Cosh | Tanh | Arcsinh
        | Arccosh | Arctanh | Deg2rad | Rad2deg | Signbit | Conjugate | Angle | BitCount | Spacing => None,
    }
}

pub fn binary(function: BinaryFunc, a: &impl Arguments) -> Option<Tile> {
    use BinaryFunc::*;
    match function {
        Add | Maximum | Fmax | BitwiseOr | LogicalOr => map2!(a, T: Truth, |x, y| -> bool { x.into() | y.into() }),
        Multiply | Minimum | Fmin | BitwiseAnd | LogicalAnd => {
            map2!(a, T: Truth, |x, y| -> bool { x.into() & y.into() })
        }
        BitwiseXor | LogicalXor => map2!(a, T: Truth, |x, y| -> bool { x.into() ^ y.into() }),
        Subtract | Divide | FloorDivide | Remainder | Fmod | Power | FloatPower | LeftShift | RightShift
        | Logaddexp | Logaddexp2 | Hypot | Arctan2 | Gcd | Lcm | Copysign | Nextafter | Heaviside => None,
    }
}

pub fn compare(function: CompareFunc, a: &impl Arguments) -> Option<Tile> {
    match function {
        CompareFunc::Equal => map2!(a, T: Truth, |x, y| -> bool { x == y }),
        CompareFunc::NotEqual => map2!(a, T: Truth, |x, y| -> bool { x != y }),
        CompareFunc::Less => map2!(a, T: Truth, |x, y| -> bool { x < y }),
        CompareFunc::LessEqual => map2!(a, T: Truth, |x, y| -> bool { x <= y }),
        CompareFunc::Greater => map2!(a, T: Truth, |x, y| -> bool { x > y }),
        CompareFunc::GreaterEqual => map2!(a, T: Truth, |x, y| -> bool { x >= y }),
    }
}
