//! Functions of floating point numbers.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::element::Element;
use crate::kernel::function::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::kernel::loops::{Arguments, Map1, Map2, map1, map2};
use crate::kernel::math;
use crate::kernel::simd::Forms;
use crate::kernel::tile::Tile;

/// What the loops need of floating point numbers.
#[allow(missing_docs)]
pub trait Floating:
    Element
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    const FORMS: Forms = Forms::Three;
    const ZERO: Self;
    const ONE: Self;
    const NAN: Self;
    const INFINITY: Self;
    fn abs(self) -> Self;
    fn rint(self) -> Self;
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn trunc(self) -> Self;
    fn sqrt(self) -> Self;
    fn copysign(self, sign: Self) -> Self;
    fn is_nan(self) -> bool;
    fn is_infinite(self) -> bool;
    fn is_finite(self) -> bool;
    fn is_negative(self) -> bool;
    fn next_after(self, to: Self) -> Self;
    fn narrow(wide: f64) -> Self;
}

macro_rules! real {
    ($T:ident, $bits:ident) => {
        impl Floating for $T {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NAN: Self = $T::NAN;
            const INFINITY: Self = $T::INFINITY;

            #[inline(always)]
            fn abs(self) -> Self {
                $T::abs(self)
            }

            #[inline(always)]
            fn rint(self) -> Self {
                self.round_ties_even()
            }

            #[inline(always)]
            fn floor(self) -> Self {
                $T::floor(self)
            }

            #[inline(always)]
            fn ceil(self) -> Self {
                $T::ceil(self)
            }

            #[inline(always)]
            fn trunc(self) -> Self {
                $T::trunc(self)
            }

            #[inline(always)]
            fn sqrt(self) -> Self {
                $T::sqrt(self)
            }

            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                $T::copysign(self, sign)
            }

            #[inline(always)]
            fn is_nan(self) -> bool {
                self != self
            }

            #[inline(always)]
            fn is_infinite(self) -> bool {
                $T::abs(self) == $T::INFINITY
            }

            #[inline(always)]
            fn is_finite(self) -> bool {
                $T::abs(self) < $T::INFINITY
            }

            #[inline(always)]
            fn is_negative(self) -> bool {
                self.is_sign_negative()
            }

            #[inline(always)]
            fn next_after(self, to: Self) -> Self {
                if self.is_nan() || to.is_nan() {
                    return $T::NAN;
                }
                if self == to {
                    return to;
                }
                if self == 0.0 {
                    return $T::from_bits(1).copysign(to);
                }
                let away = (to > self) == (self > 0.0);
                $T::from_bits(if away { self.to_bits() + 1 } else { self.to_bits() - 1 })
            }

            #[inline(always)]
            fn narrow(wide: f64) -> Self {
                wide as $T
            }
        }
    };
}

real!(f32, u32);
real!(f64, u64);

fn wide1<T: Floating, M: Map1<f64, f64>>(a: &impl Arguments) -> Option<Tile> {
    Some(a.through1::<T, M>())
}

fn wide2<T: Floating, M: Map2<f64, f64>>(a: &impl Arguments) -> Option<Tile> {
    Some(a.through2::<T, M>())
}

pub fn unary<T: Floating>(function: UnaryFunc, a: &impl Arguments) -> Option<Tile> {
    use UnaryFunc::*;
    match function {
        Negative => map1!(a, T: Floating, |x| -> T { -x }),
        Positive | Conjugate | Real => map1!(a, T: Floating, |x| -> T { x }),
        Absolute | Fabs => map1!(a, T: Floating, |x| -> T { x.abs() }),
        Sign => map1!(a, T: Floating, |x| -> T {
            if x > T::ZERO {
                T::ONE
            } else if x < T::ZERO {
                -T::ONE
            } else if x == T::ZERO {
                T::ZERO
            } else {
                x
            }
        }),
        Rint => map1!(a, T: Floating, |x| -> T { x.rint() }),
        Floor => map1!(a, T: Floating, |x| -> T { x.floor() }),
        Ceil => map1!(a, T: Floating, |x| -> T { x.ceil() }),
        Trunc => map1!(a, T: Floating, |x| -> T { x.trunc() }),
        Sqrt => map1!(a, T: Floating, |x| -> T { x.sqrt() }),
        Square => map1!(a, T: Floating, |x| -> T { x * x }),
        Reciprocal => map1!(a, T: Floating, |x| -> T { T::ONE / x }),
        Deg2rad => map1!(a, T: Floating, |x| -> T { x * (T::narrow(std::f64::consts::PI) / T::narrow(180.0)) }),
        Rad2deg => map1!(a, T: Floating, |x| -> T { x * (T::narrow(180.0) / T::narrow(std::f64::consts::PI)) }),
        IsNan => map1!(a, T: Floating, |x| -> bool { x.is_nan() }),
        IsInf => map1!(a, T: Floating, |x| -> bool { x.is_infinite() }),
        IsFinite => map1!(a, T: Floating, |x| -> bool { x.is_finite() }),
        Signbit => map1!(a, T: Floating, |x| -> bool { x.is_negative() }),
        Imag => map1!(a, T: Floating, |_x| -> T { T::ZERO }),
        Angle => map1!(a, T: Floating, |x| -> T {
            if x.is_nan() {
                x
            } else if x.is_negative() {
                T::narrow(std::f64::consts::PI)
            } else {
                T::ZERO
            }
        }),
        LogicalNot => map1!(a, T: Floating, |x| -> bool { x == T::ZERO }),
        Spacing => map1!(a, T: Floating, |x| -> T {
            if x == T::ZERO {
                T::ZERO.next_after(T::ONE)
            } else if x.is_finite() {
                x.next_after(T::INFINITY.copysign(x)) - x
            } else {
                T::NAN
            }
        }),
        Cbrt => wide1::<T, math::Cbrt>(a),
        Exp => wide1::<T, math::Exp>(a),
        Exp2 => wide1::<T, math::Exp2>(a),
        Expm1 => wide1::<T, math::Expm1>(a),
        Log => wide1::<T, math::Log>(a),
        Log2 => wide1::<T, math::Log2>(a),
        Log10 => wide1::<T, math::Log10>(a),
        Log1p => wide1::<T, math::Log1p>(a),
        Sin => wide1::<T, math::Sin>(a),
        Cos => wide1::<T, math::Cos>(a),
        Tan => wide1::<T, math::Tan>(a),
        Arcsin => wide1::<T, math::Arcsin>(a),
        Arccos => wide1::<T, math::Arccos>(a),
        Arctan => wide1::<T, math::Arctan>(a),
        Sinh => wide1::<T, math::Sinh>(a),
        Cosh => wide1::<T, math::Cosh>(a),
        Tanh => wide1::<T, math::Tanh>(a),
        Arcsinh => wide1::<T, math::Arcsinh>(a),
        Arccosh => wide1::<T, math::Arccosh>(a),
        Arctanh => wide1::<T, math::Arctanh>(a),
        Invert | BitCount => None,
    }
}

pub fn binary<T: Floating>(function: BinaryFunc, a: &impl Arguments) -> Option<Tile> {
    use BinaryFunc::*;
    match function {
        Add => map2!(a, T: Floating, |x, y| -> T { x + y }),
        Subtract => map2!(a, T: Floating, |x, y| -> T { x - y }),
        Multiply => map2!(a, T: Floating, |x, y| -> T { x * y }),
        Divide => map2!(a, T: Floating, |x, y| -> T { x / y }),
        FloorDivide => wide2::<T, math::FloorDivide>(a),
        Remainder => wide2::<T, math::Remainder>(a),
        Fmod => wide2::<T, math::Fmod>(a),
        Power | FloatPower => wide2::<T, math::Power>(a),
        Maximum => map2!(a, T: Floating, |x, y| -> T { if x >= y || x.is_nan() { x } else { y } }),
        Minimum => map2!(a, T: Floating, |x, y| -> T { if x <= y || x.is_nan() { x } else { y } }),
        Fmax => map2!(a, T: Floating, |x, y| -> T { if x >= y || y.is_nan() { x } else { y } }),
        Fmin => map2!(a, T: Floating, |x, y| -> T { if x <= y || y.is_nan() { x } else { y } }),
        LogicalAnd => map2!(a, T: Floating, |x, y| -> bool { (x != T::ZERO) & (y != T::ZERO) }),
        LogicalOr => map2!(a, T: Floating, |x, y| -> bool { (x != T::ZERO) | (y != T::ZERO) }),
        LogicalXor => map2!(a, T: Floating, |x, y| -> bool { (x != T::ZERO) ^ (y != T::ZERO) }),
        Logaddexp => wide2::<T, math::Logaddexp>(a),
        Logaddexp2 => wide2::<T, math::Logaddexp2>(a),
        Hypot => wide2::<T, math::Hypot>(a),
        Arctan2 => wide2::<T, math::Arctan2>(a),
        Copysign => map2!(a, T: Floating, |x, y| -> T { x.copysign(y) }),
        Nextafter => map2!(a, T: Floating, |x, y| -> T { x.next_after(y) }),
        Heaviside => map2!(a, T: Floating, |x, y| -> T {
            if x > T::ZERO {
                T::ONE
            } else if x < T::ZERO {
                T::ZERO
            } else if x == T::ZERO {
                y
            } else {
                x
            }
        }),
        BitwiseAnd | BitwiseOr | BitwiseXor | LeftShift | RightShift | Gcd | Lcm => None,
    }
}

pub fn compare<T: Floating>(function: CompareFunc, a: &impl Arguments) -> Option<Tile> {
    match function {
        CompareFunc::Equal => map2!(a, T: Floating, |x, y| -> bool { x == y }),
        CompareFunc::NotEqual => map2!(a, T: Floating, |x, y| -> bool { x != y }),
        CompareFunc::Less => map2!(a, T: Floating, |x, y| -> bool { x < y }),
        CompareFunc::LessEqual => map2!(a, T: Floating, |x, y| -> bool { x <= y }),
        CompareFunc::Greater => map2!(a, T: Floating, |x, y| -> bool { x > y }),
        CompareFunc::GreaterEqual => map2!(a, T: Floating, |x, y| -> bool { x >= y }),
    }
}
