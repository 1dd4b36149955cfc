//! Masked arrays: `numpy.ma` and `dask.array.ma`. Elements that are masked take no part.
//!
//! A masked array is two arrays of one shape, its elements and its mask ([`pair::Pair`]), and what is done with it is done with the two:
//!
//! ```text
//! data  ─┬─ where(mask, 0, data) ── sum ──► elements of the sum
//! mask  ─┴─ all ──────────────────────────► its mask
//! ```
//!
//! So plans, fused kernels and chunks know nothing of masks. [`object::Masked`] holds both in memory, [`lazy::LazyMasked`] as plans.

mod arithmetic;
pub(super) mod calls;
mod create;
mod functions;
pub mod lazy;
mod members;
pub mod object;
mod of_numpy;
pub mod pair;
mod reduce;
mod show;
mod whole;

use std::sync::Arc;

use rdk_runtime::{Builtin, FromValue, Module, Result, Value};

pub use of_numpy::holds_mask;
pub(super) use of_numpy::{holds_masked, minding, outer, unmasked_part, whole};
pub(super) use reduce::{reduce, running, spread};

use super::modules::{Entries, placed};
use super::operand::Operand;
use super::{binary, elements, reductions, scans, ufunc, unary};
use crate::chunk::Chunk;
use crate::eager;
use crate::scalar::Scalar;

/// `numpy.ma` and `dask.array.ma`.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("numpy.ma", "Arrays of which some elements are masked: they take no part.", numpy),
        Module::new("dask.array.ma", "Chunked arrays of which some elements are masked.", dask),
    ]
}

/// Names for what has a name already.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("amax", "max"),
    ("amin", "min"),
    ("round", "around"),
    ("round_", "around"),
    ("alltrue", "all"),
    ("sometrue", "any"),
    ("product", "prod"),
    ("in1d", "isin"),
    ("outerproduct", "outer"),
    ("anomalies", "anom"),
    ("row_stack", "vstack"),
    ("innerproduct", "inner"),
];

/// Functions of `numpy` that go with masked arrays as they are.
const LENT: [&str; 3] = ["apply_along_axis", "ediff1d", "hsplit"];

fn numpy() -> Entries {
    let class = || Value::Class(object::class());
    let mut names = vec![
        ("masked", object::constant()),
        ("masked_singleton", object::constant()),
        ("nomask", eager::number(Scalar::Bool(false))),
        ("MaskedArray", class()),
        ("masked_array", class()),
        ("MaskType", Value::Class(eager::types::class(crate::DType::Bool))),
        ("MaskError", Value::Class(rdk_runtime::types::exception(rdk_runtime::Kind::MaskError).clone())),
    ];
    let elementwise = unary::builtins().into_iter().chain(binary::builtins());
    let elementwise = elementwise.map(|builtin| builtin.having(ufunc::attribute));
    let whole = reductions::builtins().into_iter().chain(scans::builtins());
    let rounding = elements::builtins().into_iter().filter(|builtin| matches!(builtin.name, "around" | "round"));
    names.extend(placed(of_masked(elementwise.chain(whole).chain(rounding).collect())));
    names.extend(placed(create::builtins()));
    names.extend(placed(create::numpy::builtins()));
    names.extend(placed(functions::builtins()));
    names.extend(placed(functions::numpy::builtins()));
    names.extend(placed(whole::builtins()));
    names.extend(placed(whole::alike::builtins()));
    names.extend(super::modules::numpy().into_iter().filter(|(name, _)| LENT.contains(name)));
    for (other, name) in OTHER_NAMES {
        let same = names.iter().find(|(own, _)| own == name).map(|(_, function)| function.clone());
        names.extend(same.map(|function| (*other, function)));
    }
    names
}

fn dask() -> Entries {
    let mut names = placed(lazily(create::builtins()));
    names.extend(placed(lazily(create::dask::builtins())));
    names.extend(placed(lazily(functions::builtins())));
    names
}

/// The same functions, of something that is made a masked array.
fn of_masked(builtins: Vec<Builtin>) -> Vec<Builtin> {
    builtins.into_iter().map(|builtin| builtin.lent(make_masked)).collect()
}

fn lazily(builtins: Vec<Builtin>) -> Vec<Builtin> {
    builtins.into_iter().map(|builtin| builtin.lent(make_lazy)).collect()
}

fn make_masked(value: Value) -> Result<Value> {
    match pair::Given::of(&value) {
        Some(_) => Ok(value),
        None => match Operand::try_from_value(&value)? {
            Operand::Lazy(_) => Ok(value),
            plain => Ok(object::whole(chunk_of(&plain)?, None, None)),
        },
    }
}

/// What is masked becomes lazy with its mask; everything else as it always does.
pub(super) fn make_lazy(value: Value) -> Result<Value> {
    match pair::Given::of(&value) {
        // The same thing, where it is lazy: its fill value may be set.
        Some(given) if given.is_lazy() => Ok(value),
        Some(given) => Ok(pair::lazy_value(given.pair()?)),
        None => super::operand::make_lazy(value),
    }
}

fn chunk_of(operand: &Operand) -> Result<Chunk> {
    match operand {
        Operand::Eager(chunk) => Ok(chunk.clone()),
        Operand::Number(value) => eager::nested::chunk(value, None),
        Operand::Lazy(_) => {
            rdk_runtime::bail!(TypeError: "expected an array in memory, got a lazy one"; hint: "`x.compute()` makes it one")
        }
    }
}
