//! Casts between all types, over the widest of each family: two steps for narrow types, but a third of the loops.

use std::marker::PhantomData;

use num_complex::Complex64;

use crate::dtype::{DType, NumberKind};
use crate::element::{Element, with_dtype};
use crate::kernel::loops::Map1;
use crate::kernel::simd::{Forms, Level};

/// A cast as a function of one element.
pub struct Cast<T, R>(PhantomData<(T, R)>);

impl<T: Element, R: Element> Map1<T, R> for Cast<T, R> {
    // Only AVX-512 converts 64-bit integers from and to floats.
    const FORMS: Forms = if size_of::<T>() == 8 && size_of::<R>() == 8 { Forms::Three } else { Forms::Two };

    #[inline(always)]
    fn apply<L: Level>(x: T) -> R {
        x.cast()
    }
}

/// The widest type of the same family: a cast to it loses nothing.
pub fn widest(dtype: DType) -> DType {
    match dtype.kind() {
        NumberKind::Bool | NumberKind::Signed => DType::I64,
        NumberKind::Unsigned => DType::U64,
        NumberKind::Float => DType::F64,
        NumberKind::Complex => DType::C128,
    }
}

/// Something that can be cast, one step at a time.
pub trait Castable: Sized {
    /// Of another type.
    fn step<T: Element, R: Element>(self) -> Self;
}

/// Another type, cast NumPy's way.
pub fn cast<C: Castable>(from: DType, to: DType, what: C) -> C {
    let wide = widest(from);
    if from == to {
        return what;
    }
    if from == wide {
        return from_wide(wide, to, what);
    }
    let what = match from {
        DType::Bool => what.step::<bool, i64>(),
        DType::I8 => what.step::<i8, i64>(),
        DType::I16 => what.step::<i16, i64>(),
        DType::I32 => what.step::<i32, i64>(),
        DType::U8 => what.step::<u8, u64>(),
        DType::U16 => what.step::<u16, u64>(),
        DType::U32 => what.step::<u32, u64>(),
        DType::F32 => what.step::<f32, f64>(),
        DType::C64 => what.step::<num_complex::Complex32, Complex64>(),
        DType::I64 | DType::U64 | DType::F64 | DType::C128 => what,
    };
    if wide == to { what } else { from_wide(wide, to, what) }
}

fn from_wide<C: Castable>(wide: DType, to: DType, what: C) -> C {
    match wide {
        DType::I64 => with_dtype!(to, R => what.step::<i64, R>()),
        DType::U64 => with_dtype!(to, R => what.step::<u64, R>()),
        DType::F64 => with_dtype!(to, R => what.step::<f64, R>()),
        _ => with_dtype!(to, R => what.step::<Complex64, R>()),
    }
}
