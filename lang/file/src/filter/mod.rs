//! Filters for images: each element becomes something of its neighbours. The same for arrays in memory (`scipy.ndimage`,
//! `skimage.filters`) and in chunks (`dask_image.ndfilters`).
//!
//! A filter is a step that asks for the chunks beside its own as well. What can be done axis by axis is ([`line`]), as SciPy does it,
//! down to the order of additions; the rest looks through a window of several axes ([`window`]).

mod border;
mod face;
mod line;
mod measure;
mod morphology;
mod named;
mod otsu;
mod regions;
mod tally;
mod window;

pub use face::{modules, of_skimage};
