//! What users call: the modules `pandas` and `dask.dataframe`, and the methods of frames.
//!
//! Every method is written once, on [`View`](crate::plan::View). Its answer is lazy if it is Dask's, and computed if it is pandas'
//! ([`Frame::answer`](crate::Frame::answer)).

mod accessor;
mod aggregate;
mod align;
mod arithmetic;
mod arrays;
mod calls;
mod choice;
mod classes;
mod columns;
mod conversions;
mod create;
mod datasets;
mod dates;
mod dates_more;
mod describe;
mod dtypes;
mod explain;
mod frame_methods;
mod frequency;
mod groupby;
mod grouped;
mod groups;
mod index_methods;
mod items;
mod lazy_arrays;
mod loc;
mod merge;
mod modules;
mod moments;
mod object;
mod operators;
mod over;
mod partitions;
mod patterns;
mod plot;
mod plot_ticks;
mod properties;
mod read;
mod reductions;
mod resample;
mod reshape;
mod row;
mod running;
mod series_methods;
mod shared;
mod showing;
mod statistics;
mod strings;
mod texts;
mod travel;
mod ufuncs;
mod wholes;
mod write;

pub use modules::{decode, modules};
pub use partitions::as_step;
