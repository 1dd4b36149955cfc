//! What rooms to the right add to this one: names of `numpy` and `dask.array`, methods of arrays, and things that chunks can be read from.
//!
//! A room says so once, when its modules are made; the tables here are read when a module or a class is first looked at.

use parking_lot::RwLock;
use rdk_runtime::{Builtin, Result, Value};

use crate::array::Array;
use crate::chunks::ChunksSpec;

type Fill = fn() -> Vec<(&'static str, Value)>;
type Methods = fn() -> Vec<Builtin>;

/// Makes a lazy array of something that is not in memory; `None`: it is something else.
pub type Open = fn(&Value, &ChunksSpec) -> Option<Result<Array>>;

static NAMES: RwLock<Vec<(&'static str, Fill)>> = RwLock::new(Vec::new());
static METHODS: RwLock<Vec<(&'static str, Methods)>> = RwLock::new(Vec::new());
static SOURCES: RwLock<Vec<Open>> = RwLock::new(Vec::new());

/// Adds names to `numpy` or `dask.array`.
pub fn add_names(module: &'static str, fill: Fill) {
    NAMES.write().push((module, fill));
}

/// Adds methods to eager arrays (`numpy`) or lazy ones (`dask.array`).
pub fn add_methods(module: &'static str, methods: Methods) {
    METHODS.write().push((module, methods));
}

/// Adds a kind of thing that `da.from_array` reads chunks from.
pub fn add_source(open: Open) {
    SOURCES.write().push(open);
}

/// The names that were added to a module.
pub(super) fn names(module: &str) -> Vec<(&'static str, Value)> {
    let fills: Vec<Fill> = NAMES.read().iter().filter(|(name, _)| *name == module).map(|(_, fill)| *fill).collect();
    fills.into_iter().flat_map(|fill| fill()).collect()
}

/// The methods that were added to a kind of array.
pub(super) fn methods(module: &str) -> Vec<Builtin> {
    let added: Vec<Methods> =
        METHODS.read().iter().filter(|(name, _)| *name == module).map(|(_, methods)| *methods).collect();
    added.into_iter().flat_map(|methods| methods()).collect()
}

/// The lazy array of a thing that chunks are read from.
pub fn source(value: &Value, chunks: &ChunksSpec) -> Option<Result<Array>> {
    let sources = SOURCES.read().clone();
    sources.into_iter().find_map(|open| open(value, chunks))
}
