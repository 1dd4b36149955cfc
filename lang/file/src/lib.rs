//! Files of arrays: `.npy`, HDF5, Zarr, images, NetCDF.
