//! Casts between all types.

use std::marker::PhantomData;

use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::kernel::loops::{Arguments, Map1};
use crate::kernel::simd::Level;
use crate::kernel::tile::Tile;

struct Cast<T, R>(PhantomData<(T, R)>);

impl<T: Element, R: Element> Map1<T, R> for Cast<T, R> {
    // Only AVX-512 converts 64-bit integers from and to floats.
    const WIDEST: bool = size_of::<T>() == 8 && size_of::<R>() == 8;

    #[inline(always)]
    fn apply<L: Level>(x: T) -> R {
        x.cast()
    }
}

/// Another type, cast NumPy's way.
pub fn cast(from: DType, to: DType, arguments: &impl Arguments) -> Tile {
    with_dtype!(from, T => with_dtype!(to, R => arguments.map1::<T, R, Cast<T, R>>()))
}
