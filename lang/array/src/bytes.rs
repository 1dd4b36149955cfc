//! Elements as the bytes they lie in, little end first.

use std::borrow::Cow;
use std::io;

use crate::chunk::with_chunk;
use crate::element::{Element, with_dtype};
use crate::{Chunk, DType};

const _: () = assert!(cfg!(target_endian = "little"), "what lies in files lies little end first");

/// The bytes of elements, where they lie.
pub fn of<T: Element>(elements: &[T]) -> &[u8] {
    bytemuck::cast_slice(T::bits(elements))
}

/// As many elements as somebody fills in the bytes of. They begin as zeros.
///
/// # Errors
/// What the filler says; that there is no room.
pub fn filled<T: Element, E: From<io::Error>>(
    n: usize,
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Vec<T>, E> {
    let mut bits: Vec<T::Bits> = Vec::new();
    // As much as is needed at once: growing would take twice that, and leave some of it unused.
    bits.try_reserve_exact(n).map_err(io::Error::from)?;
    bits.resize(n, T::Bits::default());
    fill(bytemuck::cast_slice_mut(&mut bits))?;
    Ok(T::from_bits(bits))
}

/// An array of these bytes, which are as many as its elements have.
pub fn chunk(dtype: DType, shape: &[usize], bytes: &[u8]) -> Chunk {
    with_dtype!(dtype, T => {
        let copied = filled::<T, io::Error>(shape.iter().product(), |to| {
            to.copy_from_slice(bytes);
            Ok(())
        });
        Chunk::from_vec(shape, copied.expect("there is room for a second copy"))
    })
}

/// The bytes of an array that lies in C order, where they lie; `None`: it lies in another way.
pub fn lying(chunk: &Chunk) -> Option<&[u8]> {
    with_chunk!(chunk, array => array.as_slice().map(of))
}

/// The bytes of the elements of an array in C order; copied if it lies in another way.
pub fn of_chunk(chunk: &Chunk) -> Cow<'_, [u8]> {
    match lying(chunk) {
        Some(bytes) => Cow::Borrowed(bytes),
        None => with_chunk!(chunk, array => Cow::Owned(of(&array.iter().copied().collect::<Vec<_>>()).to_vec())),
    }
}
