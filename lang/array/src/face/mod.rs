//! What users call: the modules `numpy` and `dask.array`, and the methods of arrays.
//!
//! Every function is written once. `dask.array` lends most of them from `numpy`, with a first argument that is made lazy
//! ([`operand::make_lazy`]); elementwise functions stay as they are, and lazy where their arguments are, as in Dask.

mod applied;
pub mod arrange;
pub mod binary;
pub mod bits;
pub mod blocks;
pub mod change;
pub mod choose;
pub mod create;
mod deferred;
mod domain;
pub mod elements;
pub mod explain;
pub mod faults;
mod floats;
pub mod fourier;
pub mod grids;
mod gufunc;
pub mod histograms;
pub mod indexing;
mod inside;
mod join;
mod kinds;
pub mod layout;
pub mod lazy_object;
pub mod limits;
pub mod linalg;
pub mod makers;
pub mod masked;
mod memory;
pub mod methods;
mod modules;
mod moment;
pub mod more;
pub mod nan_reductions;
mod normality;
pub mod operand;
pub mod operators;
mod options;
pub mod ordering;
pub mod out;
mod overlap;
pub mod pad;
pub mod parameters;
mod picked;
mod places;
pub mod polynomial;
pub mod products;
mod properties;
pub mod random;
mod reducing;
pub mod reductions;
pub mod regroup;
mod running;
mod scans;
pub mod seen;
pub mod sets;
mod settings;
pub mod sliding;
pub mod spaced;
pub mod statistics;
mod stats;
pub mod store;
mod testing;
pub mod ufunc;
pub mod unary;
pub mod unsized_object;
mod vectorized;
mod walk;
mod weighed;
#[allow(non_snake_case)] // NumPy's windows take `M`.
mod windows;
mod words;

pub use modules::modules;
