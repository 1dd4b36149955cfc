//! HDF5: `h5py`. Only this folder names the crate.
//!
//! ```text
//! h5py.File(path) ── face ──► open ──┬─ reading: read (boxes of datasets), decode (filters)
//!                                    └─ writing: content (a tree in memory), written in one go at the end
//! ```

pub mod attribute;
pub mod content;
pub mod create;
pub mod dataset;
pub mod decode;
pub mod face;
pub mod kind;
pub mod open;
pub mod read;
pub mod store;
mod view;

pub use hdf5_pure::AttrValue;
pub use read::read;
