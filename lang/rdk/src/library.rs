//! All modules that can be imported, from all rooms.

use rdk_runtime::class::Library;

/// Names that stand for a module at the first prompt, without an import.
pub const AT_HAND: &[(&str, &str)] = &[
    ("np", "numpy"),
    ("da", "dask.array"),
    ("dask", "dask"),
    ("dd", "dask.dataframe"),
    ("db", "dask.bag"),
    ("pd", "pandas"),
    ("plt", "matplotlib.pyplot"),
];

/// Functions of the module `dask` that are there at the first prompt.
pub const DASK_AT_HAND: &[&str] = &["delayed", "compute"];

/// The library of everything that rdk brings.
pub fn library() -> Library {
    let mut library = Library::default();
    library.add(rdk_runtime::modules());
    library.add(rdk_array::modules());
    library.add(rdk_file::modules());
    library.add(rdk_picture::modules());
    library.add(rdk_frame::modules());
    library
}
