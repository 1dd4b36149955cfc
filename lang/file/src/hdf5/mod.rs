//! HDF5: `h5py`. Only this folder names the crate.
//!
//! ```text
//! h5py.File(path) ── face ──► open ──┬─ reading: read (boxes of datasets), decode (filters)
//!                                    └─ writing: content (a tree in memory), written in one go at the end
//! ```

pub mod attribute;
mod carry;
pub mod content;
pub mod create;
pub mod dataset;
pub mod decode;
mod extra;
pub mod face;
mod heap;
mod inside;
pub mod kind;
mod links;
pub mod open;
pub mod read;
mod rooms;
pub mod store;
mod texts;
pub mod tree;
mod view;
mod walk;
mod write;

pub use read::read;
