//! Modules inside `dask.array` that users import from: `from dask.array.core import normalize_chunks`.
//!
//! Nothing stands in them that does not stand in `dask.array`, but for a few functions of `core`.

use std::sync::Arc;

use rdk_runtime::{Kind, Module, Value};

use super::modules::{Entries, dask, placed};
use super::{regroup, testing};

const CORE: &[&str] = &[
    "Array",
    "asanyarray",
    "asarray",
    "block",
    "blockwise",
    "broadcast_arrays",
    "broadcast_to",
    "concatenate",
    "from_array",
    "from_delayed",
    "from_npy_stack",
    "from_zarr",
    "map_blocks",
    "stack",
    "store",
    "to_hdf5",
    "to_npy_stack",
    "to_zarr",
    "unify_chunks",
];

const ROUTINES: &[&str] = &[
    "Array",
    "allclose",
    "append",
    "apply_along_axis",
    "apply_over_axes",
    "argwhere",
    "around",
    "array",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "average",
    "bincount",
    "choose",
    "compress",
    "corrcoef",
    "count_nonzero",
    "cov",
    "delete",
    "diff",
    "digitize",
    "dot",
    "dstack",
    "ediff1d",
    "expand_dims",
    "extract",
    "flatnonzero",
    "flip",
    "fliplr",
    "flipud",
    "gradient",
    "histogram",
    "histogram2d",
    "histogramdd",
    "hstack",
    "insert",
    "isclose",
    "iscomplexobj",
    "isin",
    "isnull",
    "matmul",
    "ndim",
    "nonzero",
    "notnull",
    "outer",
    "piecewise",
    "ptp",
    "ravel",
    "result_type",
    "roll",
    "rot90",
    "round",
    "searchsorted",
    "select",
    "shape",
    "squeeze",
    "swapaxes",
    "take",
    "tensordot",
    "transpose",
    "tril",
    "tril_indices",
    "tril_indices_from",
    "triu",
    "triu_indices",
    "triu_indices_from",
    "union1d",
    "unique",
    "unravel_index",
    "vdot",
    "vstack",
    "where",
];

const CREATION: &[&str] = &[
    "arange",
    "diag",
    "diagonal",
    "empty",
    "empty_like",
    "eye",
    "fromfunction",
    "full",
    "full_like",
    "indices",
    "linspace",
    "meshgrid",
    "ones",
    "ones_like",
    "pad",
    "repeat",
    "tile",
    "tri",
    "zeros",
    "zeros_like",
];

const REDUCTIONS: &[&str] = &[
    "all",
    "any",
    "argmax",
    "argmin",
    "argtopk",
    "cumprod",
    "cumsum",
    "max",
    "mean",
    "median",
    "min",
    "moment",
    "nanargmax",
    "nanargmin",
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanprod",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
    "prod",
    "quantile",
    "reduction",
    "std",
    "sum",
    "topk",
    "trace",
    "var",
];

const UFUNC: &[&str] = &[
    "abs",
    "absolute",
    "add",
    "angle",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "cbrt",
    "ceil",
    "clip",
    "conj",
    "copysign",
    "cos",
    "cosh",
    "deg2rad",
    "degrees",
    "divide",
    "divmod",
    "equal",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "fix",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "frompyfunc",
    "greater",
    "greater_equal",
    "hypot",
    "i0",
    "imag",
    "invert",
    "iscomplex",
    "isfinite",
    "isinf",
    "isnan",
    "isreal",
    "ldexp",
    "left_shift",
    "less",
    "less_equal",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "mod",
    "modf",
    "multiply",
    "nan_to_num",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "power",
    "rad2deg",
    "radians",
    "real",
    "reciprocal",
    "remainder",
    "right_shift",
    "rint",
    "sign",
    "signbit",
    "sin",
    "sinc",
    "sinh",
    "spacing",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "true_divide",
    "trunc",
];

/// Those that are attributes of `dask.array` come first; the others share their name with a function.
const ATTRIBUTES: usize = 7;

/// `dask.array.core` and the like.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("dask.array.core", "What arrays are made of.", || {
            let mut names = chosen(CORE);
            names.extend(placed(regroup::core::builtins()));
            names.push(warning());
            names
        }),
        Module::new("dask.array.routines", "Functions of whole arrays.", || chosen(ROUTINES)),
        Module::new("dask.array.creation", "Arrays made from nothing.", || chosen(CREATION)),
        Module::new("dask.array.reductions", "Functions that make few elements of many.", || chosen(REDUCTIONS)),
        Module::new("dask.array.ufunc", "Functions of elements.", || chosen(UFUNC)),
        Module::new("dask.array.utils", "Help with tests.", || {
            let mut names = testing::of_dask();
            names.extend(chosen(&["allclose"]));
            names
        }),
        Module::new("dask.array.wrap", "Arrays of one value.", || {
            chosen(&["empty", "full", "full_like", "ones", "zeros"])
        }),
        Module::new("dask.array.rechunk", "Other chunks.", || chosen(&["rechunk"])),
        Module::new("dask.array.reshape", "Other shapes.", || chosen(&["reshape", "reshape_blockwise"])),
        Module::new("dask.array.percentile", "Percentiles.", || chosen(&["percentile", "nanpercentile"])),
        Module::new("dask.array.gufunc", "Functions of parts of arrays.", || {
            chosen(&["apply_gufunc", "as_gufunc", "gufunc"])
        }),
        Module::new("dask.array.blockwise", "Functions of chunks.", || chosen(&["blockwise"])),
    ]
}

/// Those of them that are attributes of `dask.array`, and what else stands beside.
pub fn attributes() -> Entries {
    let modules = modules().into_iter().take(ATTRIBUTES);
    let last = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
    modules.map(|module| (last(module.name), Value::Module(module))).chain([warning()]).collect()
}

fn warning() -> (&'static str, Value) {
    let kind = Kind::PerformanceWarning;
    (kind.name(), Value::Class(rdk_runtime::types::exception(kind).clone()))
}

fn chosen(names: &[&str]) -> Entries {
    dask().into_iter().filter(|(name, _)| names.contains(name)).collect()
}
