//! Functions of whole numbers. They wrap round; nothing panics.

use super::divisor::{Divisor, QuotientBy, RestBy};
use crate::element::Element;
use crate::kernel::function::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::kernel::loops::{Arguments, Map2, map1, map2};
use crate::kernel::simd::{Forms, Level};
use crate::kernel::tile::Tile;

/// What the loops need of whole numbers.
#[allow(missing_docs)]
pub trait Integer: Element + PartialOrd + Ord {
    const FORMS: Forms = Forms::Two;
    const ZERO: Self;
    const SMALLEST: Self;
    const LARGEST: Self;
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    fn over(self, other: Self) -> Self;
    fn rest(self, other: Self) -> Self;
    fn floor_over(self, other: Self) -> Self;
    fn modulo(self, other: Self) -> Self;
    fn power(self, other: Self) -> Self;
    fn negated(self) -> Self;
    fn magnitude(self) -> Self;
    fn sign(self) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn inverted(self) -> Self;
    fn left(self, by: Self) -> Self;
    fn right(self, by: Self) -> Self;
    fn ones(self) -> u8;
    fn gcd(self, other: Self) -> Self;
}

macro_rules! integer {
    ($T:ident, $unsigned:ident, $signed:literal) => {
        impl Integer for $T {
            const ZERO: Self = 0;
            const SMALLEST: Self = $T::MIN;
            const LARGEST: Self = $T::MAX;

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }

            #[inline(always)]
            fn over(self, other: Self) -> Self {
                if other == 0 { 0 } else { self.wrapping_div(other) }
            }

            #[inline(always)]
            fn rest(self, other: Self) -> Self {
                if other == 0 { 0 } else { self.wrapping_rem(other) }
            }

            #[inline(always)]
            #[allow(unused_comparisons)]
            fn floor_over(self, other: Self) -> Self {
                let down = self.rest(other) != 0 && (self < 0) != (other < 0);
                self.over(other).wrapping_sub(down as $T)
            }

            #[inline(always)]
            #[allow(unused_comparisons)]
            fn modulo(self, other: Self) -> Self {
                let rest = self.rest(other);
                if rest != 0 && (rest < 0) != (other < 0) { rest.wrapping_add(other) } else { rest }
            }

            #[inline(always)]
            fn power(self, other: Self) -> Self {
                let (mut base, mut exponent, mut product) = (self, other as $unsigned, 1 as $T);
                while exponent != 0 {
                    if exponent & 1 == 1 {
                        product = product.wrapping_mul(base);
                    }
                    base = base.wrapping_mul(base);
                    exponent >>= 1;
                }
                product
            }

            #[inline(always)]
            fn negated(self) -> Self {
                self.wrapping_neg()
            }

            #[inline(always)]
            #[allow(unused_comparisons)]
            fn magnitude(self) -> Self {
                if self < 0 { self.wrapping_neg() } else { self }
            }

            #[inline(always)]
            #[allow(unused_comparisons)]
            fn sign(self) -> Self {
                ((self > 0) as $T).wrapping_sub((self < 0) as $T)
            }

            #[inline(always)]
            fn and(self, other: Self) -> Self {
                self & other
            }

            #[inline(always)]
            fn or(self, other: Self) -> Self {
                self | other
            }

            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                self ^ other
            }

            #[inline(always)]
            fn inverted(self) -> Self {
                !self
            }

            #[inline(always)]
            fn left(self, by: Self) -> Self {
                let by = by as $unsigned;
                if by < $T::BITS as $unsigned { self.wrapping_shl(by as u32) } else { 0 }
            }

            #[inline(always)]
            fn right(self, by: Self) -> Self {
                // Shifting by one less than the width leaves 0, or -1 below 0: what shifting further leaves.
                let by = by as $unsigned;
                let last = ($T::BITS - 1) as $unsigned;
                if by <= last {
                    self.wrapping_shr(by as u32)
                } else if $signed {
                    self >> last
                } else {
                    0
                }
            }

            #[inline(always)]
            fn ones(self) -> u8 {
                self.magnitude().count_ones() as u8
            }

            #[inline(always)]
            fn gcd(self, other: Self) -> Self {
                let (mut a, mut b) = (self.magnitude() as $unsigned, other.magnitude() as $unsigned);
                while b != 0 {
                    (a, b) = (b, a % b);
                }
                a as $T
            }
        }
    };
}

integer!(i8, u8, true);
integer!(i16, u16, true);
integer!(i32, u32, true);
integer!(i64, u64, true);
integer!(u8, u8, false);
integer!(u16, u16, false);
integer!(u32, u32, false);
integer!(u64, u64, false);

pub fn unary<T: Integer>(function: UnaryFunc, a: &impl Arguments) -> Option<Tile> {
    use UnaryFunc::*;
    match function {
        Negative => map1!(a, T: Integer, |x| -> T { x.negated() }),
        Positive | Floor | Ceil | Trunc | Conjugate | Real => map1!(a, T: Integer, |x| -> T { x }),
        Absolute => map1!(a, T: Integer, |x| -> T { x.magnitude() }),
        Sign => map1!(a, T: Integer, |x| -> T { x.sign() }),
        Square => map1!(a, T: Integer, |x| -> T { x.times(x) }),
        Reciprocal => map1!(a, T: Integer, once |x| -> T { T::from_f64(1.0 / x.cast::<f64>()) }),
        Imag => map1!(a, T: Integer, |_x| -> T { T::ZERO }),
        IsNan | IsInf => map1!(a, T: Integer, |_x| -> bool { false }),
        IsFinite => map1!(a, T: Integer, |_x| -> bool { true }),
        LogicalNot => map1!(a, T: Integer, |x| -> bool { x == T::ZERO }),
        Invert => map1!(a, T: Integer, |x| -> T { x.inverted() }),
        BitCount => map1!(a, T: Integer, once |x| -> u8 { x.ones() }),
        Fabs | Rint | Sqrt | Cbrt | Exp | Exp2 | Expm1 | Log | Log2 | Log10 | Log1p | Sin | Cos | Tan | Arcsin
        | Arccos | Arctan | Sinh | Cosh | Tanh | Arcsinh | Arccosh | Arctanh | Deg2rad | Rad2deg | Signbit | Angle
        | Spacing => None,
    }
}

/// Numbers below 2^52 are divided as floats: the quotient, rounded to a float and then down, is exact. There is no vector
/// instruction for whole numbers.
#[inline(always)]
fn floor_of_quotient<T: Integer>(x: T, y: T) -> T {
    T::from_i64((x.cast::<f64>() / y.cast::<f64>()).floor() as i64)
}

#[inline(always)]
fn too_large<T: Integer>(x: T, y: T) -> bool {
    let limit = 4_503_599_627_370_496.0;
    let (x, y) = (x.cast::<f64>().abs(), y.cast::<f64>().abs());
    (x >= limit) | (y >= limit) | (y == 0.0)
}

struct FloorQuotient;

impl<T: Integer> Map2<T, T> for FloorQuotient {
    const FORMS: Forms = if size_of::<T>() == 8 { Forms::Three } else { Forms::Two };
    const RARE: bool = true;

    #[inline(always)]
    fn apply<L: Level>(x: T, y: T) -> T {
        floor_of_quotient(x, y)
    }

    #[inline(always)]
    fn is_rare(x: T, y: T) -> bool {
        too_large(x, y)
    }

    #[inline(always)]
    fn rare(x: T, y: T) -> T {
        x.floor_over(y)
    }
}

struct FloorRest;

impl<T: Integer> Map2<T, T> for FloorRest {
    const FORMS: Forms = if size_of::<T>() == 8 { Forms::Three } else { Forms::Two };
    const RARE: bool = true;

    #[inline(always)]
    fn apply<L: Level>(x: T, y: T) -> T {
        x.minus(floor_of_quotient(x, y).times(y))
    }

    #[inline(always)]
    fn is_rare(x: T, y: T) -> bool {
        too_large(x, y)
    }

    #[inline(always)]
    fn rare(x: T, y: T) -> T {
        x.modulo(y)
    }
}

pub fn binary<T: Integer>(function: BinaryFunc, a: &impl Arguments) -> Option<Tile> {
    use BinaryFunc::*;
    match function {
        Add => map2!(a, T: Integer, |x, y| -> T { x.plus(y) }),
        Subtract => map2!(a, T: Integer, |x, y| -> T { x.minus(y) }),
        Multiply => map2!(a, T: Integer, |x, y| -> T { x.times(y) }),
        FloorDivide => Some(match a.second::<T>().and_then(Divisor::of) {
            Some(divisor) => a.by(QuotientBy(divisor)),
            None => a.map2::<T, T, FloorQuotient>(),
        }),
        Remainder => Some(match a.second::<T>().and_then(Divisor::of) {
            Some(divisor) => a.by(RestBy(divisor)),
            None => a.map2::<T, T, FloorRest>(),
        }),
        Fmod => map2!(a, T: Integer, once |x, y| -> T { x.rest(y) }),
        Power => map2!(a, T: Integer, once |x, y| -> T { x.power(y) }),
        Maximum | Fmax => map2!(a, T: Integer, |x, y| -> T { if x > y { x } else { y } }),
        Minimum | Fmin => map2!(a, T: Integer, |x, y| -> T { if x < y { x } else { y } }),
        BitwiseAnd => map2!(a, T: Integer, |x, y| -> T { x.and(y) }),
        BitwiseOr => map2!(a, T: Integer, |x, y| -> T { x.or(y) }),
        BitwiseXor => map2!(a, T: Integer, |x, y| -> T { x.xor(y) }),
        LeftShift => map2!(a, T: Integer, |x, y| -> T { x.left(y) }),
        RightShift => map2!(a, T: Integer, |x, y| -> T { x.right(y) }),
        LogicalAnd => map2!(a, T: Integer, |x, y| -> bool { (x != T::ZERO) & (y != T::ZERO) }),
        LogicalOr => map2!(a, T: Integer, |x, y| -> bool { (x != T::ZERO) | (y != T::ZERO) }),
        LogicalXor => map2!(a, T: Integer, |x, y| -> bool { (x != T::ZERO) ^ (y != T::ZERO) }),
        Gcd => map2!(a, T: Integer, once |x, y| -> T { x.gcd(y) }),
        Lcm => map2!(a, T: Integer, once |x, y| -> T { x.magnitude().over(x.gcd(y)).times(y.magnitude()) }),
        Divide | FloatPower | Logaddexp | Logaddexp2 | Hypot | Arctan2 | Copysign | Nextafter | Heaviside => None,
    }
}

pub fn compare<T: Integer>(function: CompareFunc, a: &impl Arguments) -> Option<Tile> {
    match function {
        CompareFunc::Equal => map2!(a, T: Integer, |x, y| -> bool { x == y }),
        CompareFunc::NotEqual => map2!(a, T: Integer, |x, y| -> bool { x != y }),
        CompareFunc::Less => map2!(a, T: Integer, |x, y| -> bool { x < y }),
        CompareFunc::LessEqual => map2!(a, T: Integer, |x, y| -> bool { x <= y }),
        CompareFunc::Greater => map2!(a, T: Integer, |x, y| -> bool { x > y }),
        CompareFunc::GreaterEqual => map2!(a, T: Integer, |x, y| -> bool { x >= y }),
    }
}
