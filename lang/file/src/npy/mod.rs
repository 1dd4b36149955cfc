//! NumPy's own files: `.npy`, `.npz`, raw numbers, numbers as text.

mod archive;
mod face;
mod header;
mod memmap;
mod pickle;
mod stack;
#[allow(non_snake_case)] // `savetxt` takes `X`.
mod tables;
mod text;

pub use face::{methods, modules, names, register, stack_names};
pub use header::{read_header, write};
pub use memmap::{MemMap, class, write_box};
pub use stack::{Stack, StackWriter};
