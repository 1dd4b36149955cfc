//! Functions of float64, without branches and tables, so that the compiler makes vectors of them.

use crate::kernel::loops::{Map1, Map2};
use crate::kernel::simd::{Forms, Level};

macro_rules! standard {
    ($($Name:ident: $x:ident => $body:expr;)*) => {
        $(
            /// From the standard library.
            pub struct $Name;
            impl Map1<f64, f64> for $Name {
                const FORMS: Forms = Forms::One;

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
            impl Map2<f64, f64> for $Name {
                const FORMS: Forms = Forms::One;

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
