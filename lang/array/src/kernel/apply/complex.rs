//! Functions of complex numbers.

use std::marker::PhantomData;

use num_complex::{Complex, Complex32, Complex64};

use crate::element::Element;
use crate::kernel::apply::real::Floating;
use crate::kernel::function::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::kernel::loops::{Arguments, Map1, Map2, map1, map2};
use crate::kernel::simd::{Forms, Level};
use crate::kernel::tile::Tile;
use crate::kernel::{math, plane};

/// What the loops need of complex numbers.
#[allow(missing_docs)]
pub trait Number: Element + Into<Complex<Self::Part>> + From<Complex<Self::Part>> {
    const FORMS: Forms = Forms::Three;
    type Part: Floating + num_traits::Float;
}

impl Number for Complex32 {
    type Part = f32;
}

impl Number for Complex64 {
    type Part = f64;
}

#[inline(always)]
fn parts<T: Number>(x: T) -> (T::Part, T::Part) {
    let x: Complex<T::Part> = x.into();
    (x.re, x.im)
}

#[inline(always)]
fn whole<T: Number>(re: T::Part, im: T::Part) -> T {
    Complex::new(re, im).into()
}

/// Through the scalar function of double precision.
#[inline(always)]
fn through<T: Number>(x: T, function: impl Fn(Complex64) -> Complex64) -> T {
    T::from_c128(function(x.cast::<Complex64>()))
}

/// A function of the two parts, of the imaginary one first if they are turned, in double precision.
struct OfParts<M, const TURNED: bool>(PhantomData<M>);

impl<M, const TURNED: bool> OfParts<M, TURNED> {
    #[inline(always)]
    fn of<T: Number>(x: T) -> (f64, f64) {
        let Complex64 { re, im } = x.cast();
        if TURNED { (im, re) } else { (re, im) }
    }
}

impl<T: Number, M: Map2<f64, f64>, const TURNED: bool> Map1<T, T::Part> for OfParts<M, TURNED> {
    const FORMS: Forms = M::FORMS;
    const RARE: bool = M::RARE;

    #[inline(always)]
    fn apply<L: Level>(x: T) -> T::Part {
        let (one, other) = Self::of(x);
        T::Part::narrow(M::apply::<L>(one, other))
    }

    #[inline(always)]
    fn is_rare(x: T) -> bool {
        let (one, other) = Self::of(x);
        M::is_rare(one, other)
    }

    #[inline(always)]
    fn rare(x: T) -> T::Part {
        let (one, other) = Self::of(x);
        T::Part::narrow(M::rare(one, other))
    }
}

#[inline(always)]
fn is_nan<T: Number>(x: T) -> bool {
    let (re, im) = parts(x);
    Floating::is_nan(re) | Floating::is_nan(im)
}

/// Smith's way, which overflows only where the result does.
#[inline(always)]
fn divide<T: Number>(x: T, y: T) -> T {
    let ((a, b), (c, d)) = (parts(x), parts(y));
    let zero = T::Part::default();
    if Floating::abs(c) >= Floating::abs(d) {
        if c == zero && d == zero {
            return whole(a / Floating::abs(c), b / Floating::abs(c));
        }
        let ratio = d / c;
        let scale = <T::Part as Floating>::ONE / (c + d * ratio);
        whole((a + b * ratio) * scale, (b - a * ratio) * scale)
    } else {
        let ratio = c / d;
        let scale = <T::Part as Floating>::ONE / (c * ratio + d);
        whole((a * ratio + b) * scale, (b * ratio - a) * scale)
    }
}

#[inline(always)]
fn reciprocal<T: Number>(x: T) -> T {
    let (re, im) = parts(x);
    if Floating::abs(re) >= Floating::abs(im) {
        let ratio = im / re;
        let below = re + im * ratio;
        whole(<T::Part as Floating>::ONE / below, -ratio / below)
    } else {
        let ratio = re / im;
        let below = re * ratio + im;
        whole(ratio / below, -<T::Part as Floating>::ONE / below)
    }
}

/// `x > y` by real part, then imaginary part.
#[inline(always)]
fn greater<T: Number>(x: T, y: T) -> bool {
    let ((a, b), (c, d)) = (parts(x), parts(y));
    (a > c && !Floating::is_nan(b) && !Floating::is_nan(d)) || (a == c && b > d)
}

/// `x >= y` by real part, then imaginary part.
#[inline(always)]
pub(crate) fn greater_equal<T: Number>(x: T, y: T) -> bool {
    let ((a, b), (c, d)) = (parts(x), parts(y));
    (a > c && !Floating::is_nan(b) && !Floating::is_nan(d)) || (a == c && b >= d)
}

fn log1p(x: Complex64) -> Complex64 {
    Complex64::new((x.re + 1.0).hypot(x.im).ln(), x.im.atan2(x.re + 1.0))
}

fn expm1(x: Complex64) -> Complex64 {
    let half = (x.im / 2.0).sin();
    Complex64::new(x.re.exp_m1() * x.im.cos() - 2.0 * half * half, x.re.exp() * x.im.sin())
}

pub fn unary<T: Number>(function: UnaryFunc, a: &impl Arguments) -> Option<Tile> {
    use UnaryFunc::*;
    match function {
        Negative => map1!(a, T: Number, |x| -> T { whole(-parts(x).0, -parts(x).1) }),
        Positive => map1!(a, T: Number, |x| -> T { x }),
        Conjugate => map1!(a, T: Number, |x| -> T { whole(parts(x).0, -parts(x).1) }),
        Absolute => Some(a.map1::<T, T::Part, OfParts<math::Hypot, false>>()),
        Real => map1!(a, T: Number, |x| -> T::Part { parts(x).0 }),
        Imag => map1!(a, T: Number, |x| -> T::Part { parts(x).1 }),
        Angle => Some(a.map1::<T, T::Part, OfParts<math::Arctan2, true>>()),
        Square => map1!(a, T: Number, |x| -> T {
            let (re, im) = parts(x);
            whole(re * re - im * im, re * im + im * re)
        }),
        Reciprocal => map1!(a, T: Number, |x| -> T { reciprocal(x) }),
        Sign => map1!(a, T: Number, once |x| -> T { through(x, plane::sign) }),
        Rint => map1!(a, T: Number, |x| -> T { whole(Floating::rint(parts(x).0), Floating::rint(parts(x).1)) }),
        Sqrt => map1!(a, T: Number, once |x| -> T { through(x, plane::sqrt) }),
        Exp => map1!(a, T: Number, once |x| -> T { through(x, plane::exp) }),
        Exp2 => map1!(a, T: Number, once |x| -> T { through(x, |x| plane::exp(x * std::f64::consts::LN_2)) }),
        Expm1 => map1!(a, T: Number, once |x| -> T { through(x, expm1) }),
        Log => map1!(a, T: Number, once |x| -> T { through(x, plane::log) }),
        Log2 => map1!(a, T: Number, once |x| -> T { through(x, |x| plane::log(x) * std::f64::consts::LOG2_E) }),
        Log10 => map1!(a, T: Number, once |x| -> T { through(x, |x| plane::log(x) * std::f64::consts::LOG10_E) }),
        Log1p => map1!(a, T: Number, once |x| -> T { through(x, log1p) }),
        Sin => map1!(a, T: Number, once |x| -> T { through(x, plane::sin) }),
        Cos => map1!(a, T: Number, once |x| -> T { through(x, plane::cos) }),
        Tan => map1!(a, T: Number, once |x| -> T { through(x, plane::tan) }),
        Arcsin => map1!(a, T: Number, once |x| -> T { through(x, plane::arcsin) }),
        Arccos => map1!(a, T: Number, once |x| -> T { through(x, plane::arccos) }),
        Arctan => map1!(a, T: Number, once |x| -> T { through(x, plane::arctan) }),
        Sinh => map1!(a, T: Number, once |x| -> T { through(x, plane::sinh) }),
        Cosh => map1!(a, T: Number, once |x| -> T { through(x, plane::cosh) }),
        Tanh => map1!(a, T: Number, once |x| -> T { through(x, plane::tanh) }),
        Arcsinh => map1!(a, T: Number, once |x| -> T { through(x, plane::arcsinh) }),
        Arccosh => map1!(a, T: Number, once |x| -> T { through(x, plane::arccosh) }),
        Arctanh => map1!(a, T: Number, once |x| -> T { through(x, plane::arctanh) }),
        IsNan => map1!(a, T: Number, |x| -> bool { is_nan(x) }),
        IsInf => map1!(a, T: Number, |x| -> bool {
            let (re, im) = parts(x);
            Floating::is_infinite(re) | Floating::is_infinite(im)
        }),
        IsFinite => map1!(a, T: Number, |x| -> bool {
            let (re, im) = parts(x);
            Floating::is_finite(re) & Floating::is_finite(im)
        }),
        LogicalNot => map1!(a, T: Number, |x| -> bool { !x.cast::<bool>() }),
        Fabs | Floor | Ceil | Trunc | Cbrt | Deg2rad | Rad2deg | Signbit | Invert | BitCount | Spacing => None,
    }
}

pub fn binary<T: Number>(function: BinaryFunc, a: &impl Arguments) -> Option<Tile> {
    use BinaryFunc::*;
    match function {
        Add => map2!(a, T: Number, |x, y| -> T { whole(parts(x).0 + parts(y).0, parts(x).1 + parts(y).1) }),
        Subtract => map2!(a, T: Number, |x, y| -> T { whole(parts(x).0 - parts(y).0, parts(x).1 - parts(y).1) }),
        Multiply => map2!(a, T: Number, |x, y| -> T {
            let ((a, b), (c, d)) = (parts(x), parts(y));
            whole(a * c - b * d, a * d + b * c)
        }),
        Divide => map2!(a, T: Number, |x, y| -> T { divide(x, y) }),
        Power | FloatPower => map2!(a, T: Number, once |x, y| -> T {
            T::from_c128(plane::power(x.cast::<Complex64>(), y.cast::<Complex64>(), divide))
        }),
        Maximum => map2!(a, T: Number, once |x, y| -> T { if is_nan(x) || greater_equal(x, y) { x } else { y } }),
        Minimum => map2!(a, T: Number, once |x, y| -> T { if is_nan(x) || greater_equal(y, x) { x } else { y } }),
        Fmax => map2!(a, T: Number, once |x, y| -> T { if is_nan(y) || greater_equal(x, y) { x } else { y } }),
        Fmin => map2!(a, T: Number, once |x, y| -> T { if is_nan(y) || greater_equal(y, x) { x } else { y } }),
        LogicalAnd => map2!(a, T: Number, |x, y| -> bool { x.cast::<bool>() & y.cast::<bool>() }),
        LogicalOr => map2!(a, T: Number, |x, y| -> bool { x.cast::<bool>() | y.cast::<bool>() }),
        LogicalXor => map2!(a, T: Number, |x, y| -> bool { x.cast::<bool>() ^ y.cast::<bool>() }),
        FloorDivide | Remainder | Fmod | BitwiseAnd | BitwiseOr | BitwiseXor | LeftShift | RightShift | Logaddexp
        | Logaddexp2 | Hypot | Arctan2 | Gcd | Lcm | Copysign | Nextafter | Heaviside => None,
    }
}

pub fn compare<T: Number>(function: CompareFunc, a: &impl Arguments) -> Option<Tile> {
    match function {
        CompareFunc::Equal => map2!(a, T: Number, |x, y| -> bool { x == y }),
        CompareFunc::NotEqual => map2!(a, T: Number, |x, y| -> bool { x != y }),
        CompareFunc::Less => map2!(a, T: Number, |x, y| -> bool { greater(y, x) }),
        CompareFunc::LessEqual => map2!(a, T: Number, |x, y| -> bool { greater_equal(y, x) }),
        CompareFunc::Greater => map2!(a, T: Number, |x, y| -> bool { greater(x, y) }),
        CompareFunc::GreaterEqual => map2!(a, T: Number, |x, y| -> bool { greater_equal(x, y) }),
    }
}
