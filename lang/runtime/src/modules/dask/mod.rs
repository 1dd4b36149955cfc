//! The small modules of dask: settings, sizes and times as text, progress, graphs written by hand.

pub mod config;
mod diagnostics;
mod get;
pub(crate) mod utils;

use std::sync::Arc;

use crate::class::{Module, entries};

/// The small modules of dask.
pub fn modules() -> Vec<Arc<Module>> {
    let gets = || entries(get::builtins());
    vec![
        config::module(),
        diagnostics::module(),
        Module::new("dask.utils", "Sizes and times as text, and back.", || entries(utils::builtins())),
        Module::new("dask.threaded", "Graphs written by hand, run on all cores.", gets),
        Module::new("dask.local", "Graphs written by hand, run here.", gets),
        Module::new("dask.multiprocessing", "Graphs written by hand, run on all cores.", gets),
    ]
}
