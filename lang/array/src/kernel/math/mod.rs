//! Functions of float64, without branches and tables, so that the compiler makes vectors of them.
//!
//! Each takes its argument into a short interval, adds a polynomial fitted there (minimax, relative error below 2^-57), and puts
//! the result together; at most about 1 ulp off, 2 where the header of a file says so. Arguments outside of what the short form
//! can do are told by `is_rare` and left to the standard library, as everything is where there is no fused multiply-add.

mod exponential;
mod hyperbolic;
mod inverse;
mod logarithm;
mod power;
mod quotient;
mod trigonometric;

pub use exponential::{Exp, Exp2, Expm1};
pub use hyperbolic::{Arccosh, Arcsinh, Arctanh, Cosh, Sinh, Tanh};
pub use inverse::{Arccos, Arcsin, Arctan, Arctan2};
pub use logarithm::{Log, Log1p, Log2, Log10, Logaddexp, Logaddexp2, log};
pub use power::{Cbrt, Hypot, Power};
pub use quotient::{FloorDivide, Fmod, Remainder};
pub use trigonometric::{Cos, Sin, Tan, turn};

/// Added to a number below 2^51 and taken away again it leaves the nearest whole number, and meanwhile holds that number in its
/// lowest bits.
const SHIFT: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts; the first is short enough to be multiplied by any exponent exactly.
const LN2_HIGH: f64 = 0.693147180559663;
const LN2_LOW: f64 = 2.8235290563031577e-13;

/// The polynomial with these coefficients, lowest first.
#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: [f64; N]) -> f64 {
    let mut sum = coefficients[N - 1];
    let mut at = N - 1;
    while at > 0 {
        at -= 1;
        sum = sum.mul_add(x, coefficients[at]);
    }
    sum
}

/// 2 to the power of a whole number from -1022 to 1023.
#[inline(always)]
fn power_of_two(n: f64) -> f64 {
    f64::from_bits(((n + SHIFT).to_bits() << 52).wrapping_add(0x3ff0_0000_0000_0000))
}

/// A function with a quick form for most arguments and the standard library's for the rest.
macro_rules! function {
    ($(#[$doc:meta])* $Name:ident: $quick:path, $standard:expr, rare $rare:expr) => {
        $(#[$doc])*
        pub struct $Name;

        impl $crate::kernel::loops::Map1<f64, f64> for $Name {
            const FORMS: $crate::kernel::simd::Forms = $crate::kernel::simd::Forms::Three;
            const RARE: bool = true;

            #[inline(always)]
            fn apply<L: $crate::kernel::simd::Level>(x: f64) -> f64 {
                if L::FMA { $quick(x) } else { ($standard)(x) }
            }

            #[inline(always)]
            fn is_rare(x: f64) -> bool {
                ($rare)(x)
            }

            #[inline(always)]
            fn rare(x: f64) -> f64 {
                ($standard)(x)
            }
        }
    };
    ($(#[$doc:meta])* $Name:ident: $quick:path, $standard:expr) => {
        $(#[$doc])*
        pub struct $Name;

        impl $crate::kernel::loops::Map1<f64, f64> for $Name {
            const FORMS: $crate::kernel::simd::Forms = $crate::kernel::simd::Forms::Three;

            #[inline(always)]
            fn apply<L: $crate::kernel::simd::Level>(x: f64) -> f64 {
                if L::FMA { $quick(x) } else { ($standard)(x) }
            }
        }
    };
}
use function;

/// The same for two arguments.
macro_rules! function2 {
    ($(#[$doc:meta])* $Name:ident: $quick:path, $standard:expr, rare $rare:expr) => {
        $(#[$doc])*
        pub struct $Name;

        impl $crate::kernel::loops::Map2<f64, f64> for $Name {
            const FORMS: $crate::kernel::simd::Forms = $crate::kernel::simd::Forms::Three;
            const RARE: bool = true;

            #[inline(always)]
            fn apply<L: $crate::kernel::simd::Level>(x: f64, y: f64) -> f64 {
                if L::FMA { $quick(x, y) } else { ($standard)(x, y) }
            }

            #[inline(always)]
            fn is_rare(x: f64, y: f64) -> bool {
                ($rare)(x, y)
            }

            #[inline(always)]
            fn rare(x: f64, y: f64) -> f64 {
                ($standard)(x, y)
            }
        }
    };
}
use function2;
