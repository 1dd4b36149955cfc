//! Files of arrays: `.npy`, HDF5, Zarr, images, NetCDF; and filters for images.
//!
//! ```text
//! h5py.File(p)["x"], np.load(p, "r"), zarr.open(p), imread(p) ── da.from_array ──► Stored: plain data; any box can be read anywhere
//!                                                                                    │ one step reads each chunk
//! chunks ── store: each goes to its place, under another name until all are there ◄──┘
//! ```

mod attributes;
mod boxes;
mod fault;
pub mod filter;
pub mod hdf5;
pub mod image;
pub mod netcdf;
pub mod npy;
pub mod number;
mod region;
mod scattered;
pub mod store;
pub mod stored;
mod whole;
pub mod zarr;

use std::sync::{Arc, Once};

use rdk_array::face::more;
use rdk_runtime::{Module, Value};

/// The modules of this room.
pub fn modules() -> Vec<Arc<Module>> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        more::add_names("numpy", npy::names);
        more::add_methods("numpy", npy::methods::builtins);
        more::add_names("dask.array", npy::stack_names);
        more::add_names("dask.array", store::names);
        more::add_names("dask.array", zarr::names);
        more::add_methods("dask.array", zarr::methods::builtins);
        more::add_names("dask.array", || vec![("image", Value::Module(image::face::dask_module()))]);
        more::add_source(source);
        npy::register();
    });
    let mut all = hdf5::face::modules();
    all.extend(image::face::modules());
    all.extend(zarr::modules());
    all.extend(filter::modules());
    all.extend(netcdf::modules());
    all.extend(npy::modules());
    all
}

/// What chunks can be read from without the whole being read.
fn source(value: &Value, chunks: &rdk_array::ChunksSpec) -> Option<rdk_runtime::Result<rdk_array::Array>> {
    if let Some(dataset) = value.get::<hdf5::dataset::Dataset>() {
        return Some(dataset.lazy(chunks));
    }
    if let Some(map) = value.get::<npy::MemMap>() {
        return Some(map.stored.clone().lazy("array", chunks, None));
    }
    if let Some(variable) = value.get::<netcdf::Variable>() {
        return Some(variable.lazy(chunks));
    }
    let zarr = value.get::<zarr::ZarrArray>()?;
    Some(zarr.lazy(chunks))
}
