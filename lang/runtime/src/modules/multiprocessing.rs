//! `multiprocessing`: how many cores there are. Work runs on all of them without processes.

use std::sync::Arc;

use crate::builtins;
use crate::class::{Module, entries};

/// The module `multiprocessing`.
pub fn module() -> Arc<Module> {
    Module::new("multiprocessing", "How many cores there are.", || entries(builtins()))
}

builtins! {
    /// How many cores this machine has.
    ///
    /// ```rdk
    /// import multiprocessing
    /// multiprocessing.cpu_count() > 0
    /// #> True
    /// ```
    fn cpu_count() -> usize { n_cores() }
}

/// How many cores may be used.
pub fn n_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
