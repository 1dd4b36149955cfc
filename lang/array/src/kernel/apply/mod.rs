//! The functions applied to tiles, by family of types. `None`: the family has no such function.

mod boolean;
mod complex;
mod convert;
mod divisor;
mod integer;
mod real;

use num_complex::{Complex32, Complex64};

use crate::dtype::DType;
use crate::kernel::function::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::kernel::loops::Arguments;
use crate::kernel::tile::Tile;

pub use convert::{Cast, Castable, cast};
pub(crate) use integer::Integer;

/// Runs a generic function with the Rust type of a dtype, by family.
macro_rules! by_family {
    ($dtype:expr, $function:ident($($argument:expr),*)) => {
        match $dtype {
            DType::Bool => boolean::$function($($argument),*),
            DType::I8 => integer::$function::<i8>($($argument),*),
            DType::I16 => integer::$function::<i16>($($argument),*),
            DType::I32 => integer::$function::<i32>($($argument),*),
            DType::I64 => integer::$function::<i64>($($argument),*),
            DType::U8 => integer::$function::<u8>($($argument),*),
            DType::U16 => integer::$function::<u16>($($argument),*),
            DType::U32 => integer::$function::<u32>($($argument),*),
            DType::U64 => integer::$function::<u64>($($argument),*),
            DType::F32 => real::$function::<f32>($($argument),*),
            DType::F64 => real::$function::<f64>($($argument),*),
            DType::C64 => complex::$function::<Complex32>($($argument),*),
            DType::C128 => complex::$function::<Complex64>($($argument),*),
        }
    };
}

/// A function of one operand of this type.
pub fn unary(function: UnaryFunc, dtype: DType, arguments: &impl Arguments) -> Option<Tile> {
    by_family!(dtype, unary(function, arguments))
}

/// A function of two operands of this type.
pub fn binary(function: BinaryFunc, dtype: DType, arguments: &impl Arguments) -> Option<Tile> {
    by_family!(dtype, binary(function, arguments))
}

/// A comparison of two operands of this type.
pub fn compare(function: CompareFunc, dtype: DType, arguments: &impl Arguments) -> Option<Tile> {
    by_family!(dtype, compare(function, arguments))
}
