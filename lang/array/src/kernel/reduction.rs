//! Reductions: what comes out of them, and what their partial results are.

use serde::{Deserialize, Serialize};

use crate::dtype::{DType, NumberKind};

/// What a run over axes is reduced to. The `nan` versions leave NaN out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Reduction {
    Sum,
    Prod,
    Min,
    Max,
    Any,
    All,
    /// How many are not zero.
    Count,
    ArgMin,
    ArgMax,
    Mean,
    /// `ddof` is taken from the count.
    Var {
        ddof: i64,
    },
    Std {
        ddof: i64,
    },
    NanSum,
    NanProd,
    NanMin,
    NanMax,
    NanArgMin,
    NanArgMax,
    NanMean,
    NanVar {
        ddof: i64,
    },
    NanStd {
        ddof: i64,
    },
}

impl Reduction {
    /// NumPy's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Reduction::Sum => "sum",
            Reduction::Prod => "prod",
            Reduction::Min => "min",
            Reduction::Max => "max",
            Reduction::Any => "any",
            Reduction::All => "all",
            Reduction::Count => "count_nonzero",
            Reduction::ArgMin => "argmin",
            Reduction::ArgMax => "argmax",
            Reduction::Mean => "mean",
            Reduction::Var { .. } => "var",
            Reduction::Std { .. } => "std",
            Reduction::NanSum => "nansum",
            Reduction::NanProd => "nanprod",
            Reduction::NanMin => "nanmin",
            Reduction::NanMax => "nanmax",
            Reduction::NanArgMin => "nanargmin",
            Reduction::NanArgMax => "nanargmax",
            Reduction::NanMean => "nanmean",
            Reduction::NanVar { .. } => "nanvar",
            Reduction::NanStd { .. } => "nanstd",
        }
    }

    /// The type of the result for elements of this type.
    pub fn result(self, dtype: DType) -> DType {
        match self {
            Reduction::Sum | Reduction::Prod | Reduction::NanSum | Reduction::NanProd => match dtype.kind() {
                NumberKind::Bool | NumberKind::Signed => DType::I64,
                NumberKind::Unsigned => DType::U64,
                NumberKind::Float | NumberKind::Complex => dtype,
            },
            Reduction::Min | Reduction::Max | Reduction::NanMin | Reduction::NanMax => dtype,
            Reduction::Any | Reduction::All => DType::Bool,
            Reduction::Count | Reduction::ArgMin | Reduction::ArgMax | Reduction::NanArgMin | Reduction::NanArgMax => {
                DType::I64
            }
            Reduction::Mean | Reduction::NanMean => match dtype.kind() {
                NumberKind::Float | NumberKind::Complex => dtype,
                NumberKind::Bool | NumberKind::Signed | NumberKind::Unsigned => DType::F64,
            },
            Reduction::Var { .. } | Reduction::Std { .. } | Reduction::NanVar { .. } | Reduction::NanStd { .. } => {
                match dtype.kind() {
                    NumberKind::Float | NumberKind::Complex => dtype.real(),
                    NumberKind::Bool | NumberKind::Signed | NumberKind::Unsigned => DType::F64,
                }
            }
        }
    }

    /// The types of its partial results for elements of this type.
    pub fn parts(self, dtype: DType) -> Vec<DType> {
        // Sums of the narrow floating types are kept in the wide ones until the end.
        let wide = |dtype: DType| match dtype.kind() {
            NumberKind::Complex => DType::C128,
            _ => DType::F64,
        };
        match self {
            Reduction::Sum | Reduction::Prod | Reduction::NanSum | Reduction::NanProd => match dtype.kind() {
                NumberKind::Float | NumberKind::Complex => vec![wide(dtype)],
                _ => vec![self.result(dtype)],
            },
            Reduction::Min | Reduction::Max | Reduction::NanMin | Reduction::NanMax => vec![dtype],
            Reduction::Any | Reduction::All => vec![DType::Bool],
            Reduction::Count => vec![DType::I64],
            Reduction::ArgMin | Reduction::ArgMax | Reduction::NanArgMin | Reduction::NanArgMax => {
                vec![dtype, DType::I64]
            }
            Reduction::Mean => vec![wide(dtype)],
            Reduction::NanMean => vec![wide(dtype), DType::I64],
            Reduction::Var { .. } | Reduction::Std { .. } | Reduction::NanVar { .. } | Reduction::NanStd { .. } => {
                vec![DType::I64, wide(dtype), DType::F64]
            }
        }
    }

    /// Is its result one of the elements, or the place of one?
    pub fn keeps_element(self) -> bool {
        self.needs_elements()
    }

    /// Does it need mean and squared distances?
    pub fn has_moments(self) -> bool {
        matches!(
            self,
            Reduction::Var { .. } | Reduction::Std { .. } | Reduction::NanVar { .. } | Reduction::NanStd { .. }
        )
    }

    /// The same for a type that has no NaN.
    pub fn without_nan(self, dtype: DType) -> Reduction {
        if dtype.is_float() || dtype.is_complex() {
            return self;
        }
        match self {
            Reduction::NanSum => Reduction::Sum,
            Reduction::NanProd => Reduction::Prod,
            Reduction::NanMin => Reduction::Min,
            Reduction::NanMax => Reduction::Max,
            Reduction::NanArgMin => Reduction::ArgMin,
            Reduction::NanArgMax => Reduction::ArgMax,
            other => other,
        }
    }

    /// Does it say where an element is?
    pub fn is_where(self) -> bool {
        matches!(self, Reduction::ArgMin | Reduction::ArgMax | Reduction::NanArgMin | Reduction::NanArgMax)
    }

    /// Does it need at least one element for each result?
    pub fn needs_elements(self) -> bool {
        matches!(
            self,
            Reduction::Min
                | Reduction::Max
                | Reduction::NanMin
                | Reduction::NanMax
                | Reduction::ArgMin
                | Reduction::ArgMax
                | Reduction::NanArgMin
                | Reduction::NanArgMax
        )
    }
}
