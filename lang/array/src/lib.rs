//! Lazy chunked arrays, eager NumPy arrays, and the kernels that work on their chunks.

pub mod array;
pub mod blocks;
pub mod bytes;
pub mod chunk;
pub mod chunks;
pub mod counts;
pub mod dtype;
pub mod eager;
pub mod element;
pub mod face;
mod handle;
pub mod index;
pub mod kernel;
pub mod lower;
mod memory;
pub mod order;
pub mod place;
pub mod plan;
pub mod scalar;
pub mod shape;
pub mod show;
pub mod space;
pub mod statistics;

pub use array::{Array, Func};
pub use chunk::{Chunk, Parts};
pub use chunks::{Chunks, ChunksSpec};
pub use dtype::{Casting, DType, NumberKind, Weak};
pub use element::Element;
pub use face::modules;
pub use scalar::Scalar;
pub use shape::Shape;

// What a part of a chunk is named by, so that users of this room need not name the crate.
pub use ndarray::SliceInfoElem;
