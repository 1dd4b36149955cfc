//! Elements that are made, not read: each from its place in the whole array, so that neither slicing nor chunking changes them.

use serde::{Deserialize, Serialize};

use crate::dtype::DType;
use crate::kernel::random::Distribution;
use crate::scalar::Scalar;

/// What makes elements.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Source {
    /// One value everywhere.
    Full(Scalar),
    /// `start`, `start + step`, …; both have the type of the elements.
    Arange {
        /// The first element.
        start: Scalar,
        /// From one to the next.
        step: Scalar,
    },
    /// `count` numbers from `start` to `stop`, evenly spaced.
    Linspace {
        /// The first element.
        start: f64,
        /// The last one, or the one after it.
        stop: f64,
        /// How many.
        count: u64,
        /// Is `stop` the last one?
        endpoint: bool,
        /// What they are cast to.
        dtype: DType,
    },
    /// 1 where column minus row is `k`, else 0; of two dimensions.
    Eye {
        /// Which diagonal.
        k: i64,
        /// The type of the elements.
        dtype: DType,
    },
    /// 1 where column minus row is at most `k`, else 0; of two dimensions.
    Tri {
        /// The last diagonal that is filled.
        k: i64,
        /// The type of the elements.
        dtype: DType,
    },
    /// The position along this axis.
    Position {
        /// Which axis.
        axis: u8,
        /// The type of the elements.
        dtype: DType,
    },
    /// Random numbers.
    Random {
        /// Which stream.
        seed: u64,
        /// How they are spread.
        distribution: Distribution,
    },
}

impl Source {
    /// The type of its elements.
    pub fn dtype(&self) -> DType {
        match self {
            Source::Full(value) | Source::Arange { start: value, .. } => value.dtype(),
            Source::Linspace { dtype, .. }
            | Source::Eye { dtype, .. }
            | Source::Tri { dtype, .. }
            | Source::Position { dtype, .. } => *dtype,
            Source::Random { distribution, .. } => distribution.dtype(),
        }
    }
}
