//! The functions of elements, by NumPy's names, and which types they take and give.
//!
//! NumPy computes `sqrt` and its like of 8-bit integers in float16; there is none here, so they are computed in float32.

use serde::{Deserialize, Serialize};

use crate::dtype::{DType, NumberKind};

macro_rules! functions {
    ($(#[$doc:meta])* $Enum:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        #[allow(missing_docs)]
        pub enum $Enum { $($variant),* }

        impl $Enum {
            /// All of them.
            pub const ALL: &'static [$Enum] = &[$($Enum::$variant),*];

            /// NumPy's name.
            pub fn name(self) -> &'static str {
                match self { $($Enum::$variant => $name),* }
            }

            /// The function of this name.
            pub fn from_name(name: &str) -> Option<$Enum> {
                $Enum::ALL.iter().copied().find(|function| function.name() == name)
            }
        }
    };
}

functions! {
    /// Functions of one element.
    UnaryFunc {
        Negative = "negative", Positive = "positive", Absolute = "absolute", Fabs = "fabs", Sign = "sign",
        Rint = "rint", Floor = "floor", Ceil = "ceil", Trunc = "trunc",
        Sqrt = "sqrt", Cbrt = "cbrt", Square = "square", Reciprocal = "reciprocal",
        Exp = "exp", Exp2 = "exp2", Expm1 = "expm1", Log = "log", Log2 = "log2", Log10 = "log10", Log1p = "log1p",
        Sin = "sin", Cos = "cos", Tan = "tan", Arcsin = "arcsin", Arccos = "arccos", Arctan = "arctan",
        Sinh = "sinh", Cosh = "cosh", Tanh = "tanh", Arcsinh = "arcsinh", Arccosh = "arccosh", Arctanh = "arctanh",
        Deg2rad = "deg2rad", Rad2deg = "rad2deg",
        IsNan = "isnan", IsInf = "isinf", IsFinite = "isfinite", Signbit = "signbit",
        Conjugate = "conjugate", Real = "real", Imag = "imag", Angle = "angle",
        LogicalNot = "logical_not", Invert = "invert", BitCount = "bitwise_count", Spacing = "spacing",
    }
}

functions! {
    /// Functions of two elements.
    BinaryFunc {
        Add = "add", Subtract = "subtract", Multiply = "multiply", Divide = "divide",
        FloorDivide = "floor_divide", Remainder = "remainder", Fmod = "fmod",
        Power = "power", FloatPower = "float_power",
        Maximum = "maximum", Minimum = "minimum", Fmax = "fmax", Fmin = "fmin",
        BitwiseAnd = "bitwise_and", BitwiseOr = "bitwise_or", BitwiseXor = "bitwise_xor",
        LeftShift = "left_shift", RightShift = "right_shift",
        LogicalAnd = "logical_and", LogicalOr = "logical_or", LogicalXor = "logical_xor",
        Logaddexp = "logaddexp", Logaddexp2 = "logaddexp2", Hypot = "hypot", Arctan2 = "arctan2",
        Gcd = "gcd", Lcm = "lcm", Copysign = "copysign", Nextafter = "nextafter", Heaviside = "heaviside",
    }
}

functions! {
    /// Comparisons of two elements of the same type.
    CompareFunc {
        Equal = "equal", NotEqual = "not_equal",
        Less = "less", LessEqual = "less_equal", Greater = "greater", GreaterEqual = "greater_equal",
    }
}

/// The type in which functions that only exist for floats work on this type.
fn floating(dtype: DType) -> DType {
    match dtype {
        DType::Bool | DType::I8 | DType::I16 | DType::U8 | DType::U16 | DType::F32 => DType::F32,
        DType::I32 | DType::I64 | DType::U32 | DType::U64 | DType::F64 => DType::F64,
        DType::C64 | DType::C128 => dtype,
    }
}

/// A function without a loop for `bool` works on it as on `int8`.
fn not_bool(dtype: DType) -> DType {
    if dtype == DType::Bool { DType::I8 } else { dtype }
}

impl UnaryFunc {
    /// The type in which it works on elements of this type, and the type of the result; `None` if NumPy refuses.
    pub fn result(self, dtype: DType) -> Option<(DType, DType)> {
        use UnaryFunc::*;
        let kind = dtype.kind();
        let complex = kind == NumberKind::Complex;
        let exact = matches!(kind, NumberKind::Bool | NumberKind::Signed | NumberKind::Unsigned);
        let same = |dtype| Some((dtype, dtype));
        match self {
            Negative | Positive | Sign => (kind != NumberKind::Bool).then_some((dtype, dtype)),
            Absolute => Some((dtype, dtype.real())),
            Floor | Ceil | Trunc => {
                if complex {
                    None
                } else {
                    same(dtype)
                }
            }
            Rint | Sqrt | Exp | Exp2 | Expm1 | Log | Log2 | Log10 | Log1p | Sin | Cos | Tan | Arcsin | Arccos
            | Arctan | Sinh | Cosh | Tanh | Arcsinh | Arccosh | Arctanh => same(floating(dtype)),
            Fabs | Cbrt | Deg2rad | Rad2deg | Spacing => {
                if complex {
                    None
                } else {
                    same(floating(dtype))
                }
            }
            Square | Reciprocal | Conjugate => same(not_bool(dtype)),
            IsNan | IsInf | IsFinite => Some((dtype, DType::Bool)),
            Signbit => {
                if complex {
                    None
                } else {
                    Some((floating(dtype), DType::Bool))
                }
            }
            Real | Imag => Some((dtype, dtype.real())),
            Angle => Some(if complex { (dtype, dtype.real()) } else { (floating(dtype), floating(dtype)) }),
            LogicalNot => Some((dtype, DType::Bool)),
            Invert => exact.then_some((dtype, dtype)),
            BitCount => exact.then_some((not_bool(dtype), DType::U8)),
        }
    }
}

impl BinaryFunc {
    /// The type in which it works on elements of these types, and the type of the result; `None` if NumPy refuses.
    pub fn result(self, left: DType, right: DType) -> Option<(DType, DType)> {
        use BinaryFunc::*;
        let dtype = left.promote(right);
        let same = |dtype| Some((dtype, dtype));
        let complex = dtype.kind() == NumberKind::Complex;
        let inexact = complex || dtype.kind() == NumberKind::Float;
        match self {
            Add | Multiply | Maximum | Minimum | Fmax | Fmin => same(dtype),
            Subtract => (dtype != DType::Bool).then_some((dtype, dtype)),
            Divide => same(if inexact { dtype } else { DType::F64 }),
            FloorDivide | Remainder | Fmod => {
                if complex {
                    None
                } else {
                    same(not_bool(dtype))
                }
            }
            Power => same(not_bool(dtype)),
            FloatPower => same(if complex { DType::C128 } else { DType::F64 }),
            BitwiseAnd | BitwiseOr | BitwiseXor => {
                if inexact {
                    None
                } else {
                    same(dtype)
                }
            }
            LeftShift | RightShift => {
                if inexact {
                    None
                } else {
                    same(not_bool(dtype))
                }
            }
            Gcd | Lcm => dtype.is_integer().then_some((dtype, dtype)),
            LogicalAnd | LogicalOr | LogicalXor => Some((dtype, DType::Bool)),
            // Each goes to a float by itself: `int8` with `uint16` is float32 here, though together they make an int32.
            Logaddexp | Logaddexp2 | Hypot | Arctan2 | Copysign | Nextafter | Heaviside => {
                if complex {
                    None
                } else {
                    same(floating(left).promote(floating(right)))
                }
            }
        }
    }
}
