//! Lazy frames, as Dask has them, and frames in memory, as pandas has them: one implementation for both.
//!
//! A frame is a [`plan::View`]: labelled expressions over rows. Rows are a plan of DataFusion's over leaves of ours; `lower`
//! says how they become tasks. What pandas has is the same with its rows in memory, computed at once.

pub mod batches;
pub mod category;
pub mod cell;
pub mod csv;
pub mod dtype;
pub mod errors;
pub mod face;
pub mod files;
pub mod frame;
pub mod functions;
pub mod label;
pub mod lower;
pub mod objects;
pub mod place;
pub mod plan;
pub mod show;
pub mod steps;
pub mod timedelta;
pub mod timestamp;

pub use face::modules;
pub use frame::Frame;
