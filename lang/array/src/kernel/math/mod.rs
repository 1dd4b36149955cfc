//! Functions of float64, without branches and tables, so that the compiler makes vectors of them.

use crate::kernel::simd::Level;

/// A function of one number.
pub trait Math1 {
    /// Are there arguments that `apply` gets wrong?
    const RARE: bool = false;

    /// The function.
    fn apply<L: Level>(x: f64) -> f64;

    /// Does `apply` get this argument wrong?
    #[inline(always)]
    fn is_rare(_: f64) -> bool {
        false
    }

    /// The function for those.
    #[inline(always)]
    fn rare(x: f64) -> f64 {
        x
    }
}

/// A function of two numbers.
pub trait Math2 {
    /// The function.
    fn apply<L: Level>(x: f64, y: f64) -> f64;
}

macro_rules! standard {
    ($($Name:ident: $x:ident => $body:expr;)*) => {
        $(
            /// From the standard library.
            pub struct $Name;
            impl Math1 for $Name {
                #[inline(always)]
                fn apply<L: Level>($x: f64) -> f64 {
                    $body
                }
            }
        )*
    };
}

standard! {
    Cbrt: x => x.cbrt();
    Exp: x => x.exp();
    Exp2: x => x.exp2();
    Expm1: x => x.exp_m1();
    Log: x => x.ln();
    Log2: x => x.log2();
    Log10: x => x.log10();
    Log1p: x => x.ln_1p();
    Sin: x => x.sin();
    Cos: x => x.cos();
    Tan: x => x.tan();
    Arcsin: x => x.asin();
    Arccos: x => x.acos();
    Arctan: x => x.atan();
    Sinh: x => x.sinh();
    Cosh: x => x.cosh();
    Tanh: x => x.tanh();
    Arcsinh: x => x.asinh();
    Arccosh: x => x.acosh();
    Arctanh: x => x.atanh();
}

macro_rules! standard2 {
    ($($Name:ident: $x:ident, $y:ident => $body:expr;)*) => {
        $(
            /// From the standard library.
            pub struct $Name;
            impl Math2 for $Name {
                #[inline(always)]
                fn apply<L: Level>($x: f64, $y: f64) -> f64 {
                    $body
                }
            }
        )*
    };
}

standard2! {
    Power: x, y => x.powf(y);
    Arctan2: x, y => x.atan2(y);
    Logaddexp: x, y => {
        if x == y {
            x + std::f64::consts::LN_2
        } else {
            let difference = (x - y).abs();
            if difference.is_nan() { difference } else { x.max(y) + (-difference).exp().ln_1p() }
        }
    };
    Logaddexp2: x, y => {
        if x == y {
            x + 1.0
        } else {
            let difference = (x - y).abs();
            if difference.is_nan() {
                difference
            } else {
                x.max(y) + (-difference).exp2().ln_1p() * std::f64::consts::LOG2_E
            }
        }
    };
}
