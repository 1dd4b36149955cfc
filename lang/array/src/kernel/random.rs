//! Random numbers, each a function of seed and element number.

use serde::{Deserialize, Serialize};

use crate::dtype::DType;

/// How random numbers are spread.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub enum Distribution {
    /// float64, evenly in `[low, high)`.
    Uniform {
        /// The smallest.
        low: f64,
        /// Above the largest.
        high: f64,
    },
    /// float64, the bell curve.
    Normal {
        /// Where its middle is.
        mean: f64,
        /// How wide it is.
        deviation: f64,
    },
    /// Integers, evenly from `low` up to and with `last`.
    Integers {
        /// The smallest.
        low: i64,
        /// The largest, as wide as `uint64` needs; read as `uint64` if that is the type.
        last: i64,
        /// An integer type or `bool`.
        dtype: DType,
    },
    /// float64, waiting times of this mean.
    Exponential {
        /// Their mean.
        scale: f64,
    },
}

impl Distribution {
    /// The type of its numbers.
    pub fn dtype(&self) -> DType {
        match self {
            Distribution::Uniform { .. } | Distribution::Normal { .. } | Distribution::Exponential { .. } => DType::F64,
            Distribution::Integers { dtype, .. } => *dtype,
        }
    }
}
