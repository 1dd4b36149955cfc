//! What users call: the modules `numpy` and `dask.array`, and the methods of arrays.

use rdk_runtime::Builtin;

/// Methods of single numbers.
pub fn scalar_methods() -> Vec<Builtin> {
    Vec::new()
}

/// Attributes of single numbers.
pub fn scalar_properties() -> Vec<Builtin> {
    Vec::new()
}
