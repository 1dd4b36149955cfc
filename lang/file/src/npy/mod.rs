//! NumPy's own files: `.npy`, `.npz`, raw numbers, numbers as text.

mod archive;
#[allow(non_snake_case)] // `savetxt` takes `X`.
mod face;
mod header;
mod memmap;
mod stack;
mod text;

pub use face::{methods, names, register, stack_names};
pub use header::{read_header, write};
pub use memmap::{MemMap, class, write_box};
pub use stack::{Stack, StackWriter};
