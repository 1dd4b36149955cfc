//! Arrays in order: sorting, the largest few, quantiles, what is unique, where something would stand.

mod digits;
mod key;
mod leading;
mod lexsort;
mod lookup;
mod outermost;
mod passes;
mod quantile;
mod rows;
mod runs;
mod sort;
mod spread;
mod unique;
mod word;

pub use key::Ordered;
pub use lexsort::lexsort;
pub use lookup::{Side, direction};
pub use quantile::Method;
pub(crate) use rows::elements;
pub use unique::{Distinct, DistinctLazily};
