//! What kernels need to know of an element type: its [`DType`], and how it becomes any other, as NumPy does on x86.

use bytemuck::Pod;
use ndarray::{ArcArray, IxDyn};
use num_complex::{Complex32, Complex64};

use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::scalar::Scalar;

/// A Rust type that elements of an array can have.
#[allow(missing_docs)]
pub trait Element: Copy + Default + PartialEq + Send + Sync + std::fmt::Debug + 'static {
    /// Its name among the types.
    const DTYPE: DType;

    /// As another type, NumPy's way: integers wrap, floats lose their fraction, complex numbers their imaginary part.
    fn cast<To: Element>(self) -> To;

    /// As a scalar.
    fn scalar(self) -> Scalar;

    /// An array of it as a chunk.
    fn chunk(array: ArcArray<Self, IxDyn>) -> Chunk;

    /// The array in a chunk of this type.
    fn array(chunk: &Chunk) -> Option<&ArcArray<Self, IxDyn>>;

    /// The array in a chunk of this type, to be written to.
    fn array_mut(chunk: &mut Chunk) -> Option<&mut ArcArray<Self, IxDyn>>;

    /// What any bytes are one of: itself, but for flags.
    type Bits: Pod + Default;

    /// Elements as that, where they lie.
    fn bits(elements: &[Self]) -> &[Self::Bits];

    /// And back; any bits but zeros are true.
    fn from_bits(bits: Vec<Self::Bits>) -> Vec<Self>;

    fn from_bool(value: bool) -> Self;
    fn from_i8(value: i8) -> Self;
    fn from_i16(value: i16) -> Self;
    fn from_i32(value: i32) -> Self;
    fn from_i64(value: i64) -> Self;
    fn from_u8(value: u8) -> Self;
    fn from_u16(value: u16) -> Self;
    fn from_u32(value: u32) -> Self;
    fn from_u64(value: u64) -> Self;
    fn from_f32(value: f32) -> Self;
    fn from_f64(value: f64) -> Self;
    fn from_c64(value: Complex32) -> Self;
    fn from_c128(value: Complex64) -> Self;
}

/// Runs the body with `$T` standing for the Rust type of a dtype.
#[macro_export]
macro_rules! with_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::dtype::DType::Bool => {
                type $T = bool;
                $body
            }
            $crate::dtype::DType::I8 => {
                type $T = i8;
                $body
            }
            $crate::dtype::DType::I16 => {
                type $T = i16;
                $body
            }
            $crate::dtype::DType::I32 => {
                type $T = i32;
                $body
            }
            $crate::dtype::DType::I64 => {
                type $T = i64;
                $body
            }
            $crate::dtype::DType::U8 => {
                type $T = u8;
                $body
            }
            $crate::dtype::DType::U16 => {
                type $T = u16;
                $body
            }
            $crate::dtype::DType::U32 => {
                type $T = u32;
                $body
            }
            $crate::dtype::DType::U64 => {
                type $T = u64;
                $body
            }
            $crate::dtype::DType::F32 => {
                type $T = f32;
                $body
            }
            $crate::dtype::DType::F64 => {
                type $T = f64;
                $body
            }
            $crate::dtype::DType::C64 => {
                type $T = num_complex::Complex32;
                $body
            }
            $crate::dtype::DType::C128 => {
                type $T = num_complex::Complex64;
                $body
            }
        }
    };
}
pub use with_dtype;

/// As `cvttsd2si` does it: what does not fit becomes the smallest integer.
#[inline(always)]
pub(crate) fn f64_to_i64(value: f64) -> i64 {
    if (-9223372036854775808.0..9223372036854775808.0).contains(&value) { value as i64 } else { i64::MIN }
}

/// The same with 32 bits.
#[inline(always)]
pub(crate) fn f64_to_i32(value: f64) -> i32 {
    if value > -2147483649.0 && value < 2147483648.0 { value as i32 } else { i32::MIN }
}

/// From 2^63 on in two halves, as C compilers do.
#[inline(always)]
fn f64_to_u64(value: f64) -> u64 {
    if value >= 9223372036854775808.0 {
        (f64_to_i64(value - 9223372036854775808.0) as u64) ^ (1 << 63)
    } else {
        f64_to_i64(value) as u64
    }
}

macro_rules! element {
    ($T:ty, $variant:ident, $dtype:ident, $own:ident, { $($cast:tt)* }) => {
        impl Element for $T {
            const DTYPE: DType = DType::$dtype;

            #[inline(always)]
            fn cast<To: Element>(self) -> To {
                To::$own(self)
            }

            #[inline(always)]
            fn scalar(self) -> Scalar {
                Scalar::$variant(self)
            }

            fn chunk(array: ArcArray<Self, IxDyn>) -> Chunk {
                Chunk::$variant(array)
            }

            fn array(chunk: &Chunk) -> Option<&ArcArray<Self, IxDyn>> {
                match chunk {
                    Chunk::$variant(array) => Some(array),
                    _ => None,
                }
            }

            fn array_mut(chunk: &mut Chunk) -> Option<&mut ArcArray<Self, IxDyn>> {
                match chunk {
                    Chunk::$variant(array) => Some(array),
                    _ => None,
                }
            }

            $($cast)*
        }
    };
}

macro_rules! casts {
    ($($name:ident: $From:ty, $value:ident => $body:expr;)*) => {
        $(
            #[inline(always)]
            fn $name($value: $From) -> Self {
                $body
            }
        )*
    };
}

macro_rules! plain_bits {
    () => {
        type Bits = Self;

        fn bits(elements: &[Self]) -> &[Self] {
            elements
        }

        fn from_bits(bits: Vec<Self>) -> Vec<Self> {
            bits
        }
    };
}

macro_rules! integer_element {
    ($T:ty, $variant:ident, $own:ident, $value:ident => $from_float:expr) => {
        element!($T, $variant, $variant, $own, {
            plain_bits!();

            casts! {
                from_bool: bool, value => value as $T;
                from_i8: i8, value => value as $T;
                from_i16: i16, value => value as $T;
                from_i32: i32, value => value as $T;
                from_i64: i64, value => value as $T;
                from_u8: u8, value => value as $T;
                from_u16: u16, value => value as $T;
                from_u32: u32, value => value as $T;
                from_u64: u64, value => value as $T;
                from_f32: f32, value => Self::from_f64(f64::from(value));
                from_f64: f64, $value => $from_float;
                from_c64: Complex32, value => Self::from_f32(value.re);
                from_c128: Complex64, value => Self::from_f64(value.re);
            }
        });
    };
}

macro_rules! float_element {
    ($T:ty, $variant:ident, $own:ident) => {
        element!($T, $variant, $variant, $own, {
            plain_bits!();

            casts! {
                from_bool: bool, value => value as u8 as $T;
                from_i8: i8, value => value as $T;
                from_i16: i16, value => value as $T;
                from_i32: i32, value => value as $T;
                from_i64: i64, value => value as $T;
                from_u8: u8, value => value as $T;
                from_u16: u16, value => value as $T;
                from_u32: u32, value => value as $T;
                from_u64: u64, value => value as $T;
                from_f32: f32, value => value as $T;
                from_f64: f64, value => value as $T;
                from_c64: Complex32, value => value.re as $T;
                from_c128: Complex64, value => value.re as $T;
            }
        });
    };
}

macro_rules! complex_element {
    ($T:ty, $part:ty, $variant:ident, $own:ident) => {
        element!($T, $variant, $variant, $own, {
            plain_bits!();

            casts! {
                from_bool: bool, value => Self::new(<$part>::from_bool(value), 0.0);
                from_i8: i8, value => Self::new(value as $part, 0.0);
                from_i16: i16, value => Self::new(value as $part, 0.0);
                from_i32: i32, value => Self::new(value as $part, 0.0);
                from_i64: i64, value => Self::new(value as $part, 0.0);
                from_u8: u8, value => Self::new(value as $part, 0.0);
                from_u16: u16, value => Self::new(value as $part, 0.0);
                from_u32: u32, value => Self::new(value as $part, 0.0);
                from_u64: u64, value => Self::new(value as $part, 0.0);
                from_f32: f32, value => Self::new(value as $part, 0.0);
                from_f64: f64, value => Self::new(value as $part, 0.0);
                from_c64: Complex32, value => Self::new(value.re as $part, value.im as $part);
                from_c128: Complex64, value => Self::new(value.re as $part, value.im as $part);
            }
        });
    };
}

element!(bool, Bool, Bool, from_bool, {
    type Bits = u8;

    fn bits(elements: &[bool]) -> &[u8] {
        bytemuck::cast_slice(elements)
    }

    fn from_bits(bits: Vec<u8>) -> Vec<bool> {
        bits.into_iter().map(|bits| bits != 0).collect()
    }

    casts! {
        from_bool: bool, value => value;
        from_i8: i8, value => value != 0;
        from_i16: i16, value => value != 0;
        from_i32: i32, value => value != 0;
        from_i64: i64, value => value != 0;
        from_u8: u8, value => value != 0;
        from_u16: u16, value => value != 0;
        from_u32: u32, value => value != 0;
        from_u64: u64, value => value != 0;
        from_f32: f32, value => value != 0.0;
        from_f64: f64, value => value != 0.0;
        from_c64: Complex32, value => value.re != 0.0 || value.im != 0.0;
        from_c128: Complex64, value => value.re != 0.0 || value.im != 0.0;
    }
});
integer_element!(i8, I8, from_i8, value => f64_to_i32(value) as i8);
integer_element!(i16, I16, from_i16, value => f64_to_i32(value) as i16);
integer_element!(i32, I32, from_i32, value => f64_to_i32(value));
integer_element!(i64, I64, from_i64, value => f64_to_i64(value));
integer_element!(u8, U8, from_u8, value => f64_to_i32(value) as u8);
integer_element!(u16, U16, from_u16, value => f64_to_i32(value) as u16);
integer_element!(u32, U32, from_u32, value => f64_to_i64(value) as u32);
integer_element!(u64, U64, from_u64, value => f64_to_u64(value));
float_element!(f32, F32, from_f32);
float_element!(f64, F64, from_f64);
complex_element!(Complex32, f32, C64, from_c64);
complex_element!(Complex64, f64, C128, from_c128);
