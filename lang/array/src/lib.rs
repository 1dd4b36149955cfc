//! Lazy chunked arrays, eager NumPy arrays, and the kernels that work on their chunks.

pub mod show;
