//! `np.linalg` and `da.linalg`: what is done with matrices. Both are lazy for lazy arrays; `da.linalg` makes its first argument one.

mod dask;
mod decompose;
mod norm;
mod solve;

use rdk_runtime::modules::named_tuple::NamedTuple;
use rdk_runtime::{Builtin, Context, Kind, Module, Result, Value, class};

use super::masked;
use super::operand::{Operand, answer, make_lazy};
use crate::array::Array;
use crate::place;
use crate::plan::linear::{self, Work, Worked};

/// `numpy.linalg`
pub fn numpy_module() -> Vec<(&'static str, Value)> {
    let mut builtins = shared();
    builtins.extend(decompose::builtins());
    builtins.extend(solve::functions::builtins());
    let mut entries = class::entries(place::noted(masked::minding(builtins)));
    entries.push(("LinAlgError", Value::Class(rdk_runtime::types::exception(Kind::LinAlgError).clone())));
    entries
}

/// `dask.array.linalg`
pub fn dask_module() -> Vec<(&'static str, Value)> {
    let mut builtins = shared();
    builtins
        .extend(decompose::builtins().into_iter().filter(|builtin| !matches!(builtin.name, "qr" | "svd" | "cholesky")));
    builtins.extend(dask::builtins());
    let builtins = builtins.into_iter().map(|builtin| builtin.lent(make_lazy)).collect();
    class::entries(place::noted(masked::minding(builtins)))
}

fn shared() -> Vec<Builtin> {
    let mut builtins = norm::builtins();
    builtins.extend(solve::builtins());
    let products = super::products::builtins().into_iter();
    let lent = ["cross", "vecdot"];
    builtins.extend(products.filter(|builtin| lent.contains(&builtin.name)));
    builtins.extend(super::products::stacks::builtins());
    let layout = super::layout::builtins().into_iter();
    builtins.extend(layout.filter(|builtin| ["matmul", "tensordot", "outer"].contains(&builtin.name)));
    builtins
}

/// The modules, by the names that they are imported by.
pub fn modules() -> Vec<std::sync::Arc<Module>> {
    vec![
        Module::new("numpy.linalg", "Linear algebra.", numpy_module),
        Module::new("dask.array.linalg", "Linear algebra of chunked arrays.", dask_module),
    ]
}

/// What was made of one matrix.
fn of_one(context: &Context, name: &str, work: Work, a: &Operand) -> Result<Worked> {
    linear::worked(name, work, &[a.array()?])?.now(context, a.is_lazy())
}

/// Its only result.
fn only(context: &Context, name: &str, work: Work, a: &Operand) -> Result<Value> {
    answer(context, linear::only(name, work, &[a.array()?])?, a.is_lazy())
}

/// Several results: a tuple, with names where they are NumPy's.
fn several(context: &Context, name: &str, fields: &[&str], arrays: &[Array], lazy: bool) -> Result<Value> {
    let values = arrays.iter().map(|array| answer(context, array.clone(), lazy)).collect::<Result<Vec<_>>>()?;
    Ok(if lazy { Value::tuple(values) } else { NamedTuple::new(name, fields, values) })
}
