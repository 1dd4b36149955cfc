//! The modules: which names `numpy` and `dask.array` have.

use std::sync::Arc;

use rdk_runtime::class::entries;
use rdk_runtime::{Builtin, Module, Value};

use super::makers::Maker;
use super::operand::make_lazy;
use super::{
    arrange, binary, bits, blocks, change, choose, create, domain, elements, fourier, grids, gufunc, histograms,
    inside, join, kinds, layout, lazy_object, limits, linalg, masked, memory, moment, more, nan_reductions, normality,
    ordering, overlap, own_reduction, pad, places, polynomial, products, random, reductions, regroup, running, scans,
    sets, settings, sliding, spaced, statistics, stats, store, testing, ufunc, unary, walk, windows, words,
};
use crate::dtype::DType;
use crate::eager::{self, object, travel, types};
use crate::place;
use crate::scalar::Scalar;

/// The modules of this room.
pub fn modules() -> Vec<Arc<Module>> {
    travel::register();
    random::register();
    masked::object::register();
    let mut modules = vec![
        Module::new("numpy", "Numbers in rows and columns, in memory.", numpy),
        Module::new("numpy.random", "Random numbers.", random::numpy_module),
        Module::new("dask.array", "Numbers in chunks, computed when asked for, by NumPy's names.", dask),
        Module::new("dask.array.random", "Random chunked arrays.", random::dask_module),
        Module::new("dask.array.stats", "Tests of samples.", tests_of_samples),
        Module::new("dask.array.overlap", "Chunks that overlap.", overlapping),
    ];
    modules.extend(linalg::modules());
    modules.extend(fourier::modules());
    modules.extend(masked::modules());
    modules.extend(sliding::modules());
    modules.extend(polynomial::modules());
    modules.extend(testing::modules());
    modules.extend(domain::modules());
    modules.extend(inside::modules());
    modules.push(Module::new("numpy.exceptions", "What NumPy raises.", exceptions));
    modules
}

pub(super) type Entries = Vec<(&'static str, Value)>;

/// Functions as entries; each notes where it is called.
pub(super) fn placed(builtins: Vec<Builtin>) -> Entries {
    entries(place::noted(builtins))
}

/// Functions of arrays as entries: they mind masks.
fn minding(builtins: Vec<Builtin>) -> Entries {
    placed(masked::minding(builtins))
}

pub(super) fn numpy() -> Entries {
    let mut names = constants();
    names.extend(number_types());
    names.extend(types::missing::of_text());
    names.push(("ndarray", Value::Class(object::class())));
    names.push(("random", Value::Module(Module::new("numpy.random", "Random numbers.", random::numpy_module))));
    names.push(("linalg", Value::Module(linalg::modules()[0].clone())));
    names.push(("fft", Value::Module(fourier::modules()[0].clone())));
    names.push(("ma", Value::Module(masked::modules()[0].clone())));
    names.push(("lib", Value::Module(sliding::modules()[0].clone())));
    names.extend(minding(products::builtins()));
    names.extend(minding(polynomial::functions()));
    names.push(("polynomial", Value::Module(polynomial::modules()[0].clone())));
    names.push(("poly1d", Value::Class(polynomial::class())));
    names.extend(limits::classes());
    names.extend(minding(create::numpy::builtins()));
    names.extend(minding(grids::numpy::builtins()));
    names.extend(placed(spaced::builtins()));
    names.extend(placed(windows::builtins()));
    names.extend(placed(words::builtins()));
    names.extend(placed(change::builtins()));
    names.extend(Maker::all());
    names.extend(minding(elementwise()));
    names.extend(minding(whole()));
    names.extend(minding(settings::builtins()));
    names.extend(minding(statistics::numpy::builtins()));
    names.extend(minding(gufunc::builtins()));
    names.extend(minding(gufunc::numpy::builtins()));
    names.extend(minding(only_numpy()));
    names.extend(kinds::constants());
    names.extend(walk::classes());
    names.push(("testing", Value::Module(testing::modules()[0].clone())));
    names.push(("emath", Value::Module(domain::modules()[0].clone())));
    names.push(("exceptions", Value::Module(Module::new("numpy.exceptions", "What NumPy raises.", exceptions))));
    let same = names.iter().find(|(name, _)| *name == "vstack").map(|(_, function)| function.clone());
    names.extend(same.map(|function| ("row_stack", function)));
    names.extend(more::names("numpy"));
    names
}

pub(super) fn dask() -> Entries {
    let mut names = constants();
    names.extend(number_types());
    names.push(("Array", Value::Class(lazy_object::class())));
    let random = Module::new("dask.array.random", "Random chunked arrays.", random::dask_module);
    names.push(("random", Value::Module(random)));
    names.push(("linalg", Value::Module(linalg::modules()[1].clone())));
    names.push(("fft", Value::Module(fourier::modules()[1].clone())));
    names.push(("ma", Value::Module(masked::modules()[1].clone())));
    names.push(("lib", Value::Module(sliding::modules()[2].clone())));
    names.extend(minding(products::dask()));
    names.extend(minding(elementwise()));
    names.extend(minding(lazily(whole())));
    let settings = ["shape", "ndim", "result_type"];
    names
        .extend(minding(settings::builtins().into_iter().filter(|builtin| settings.contains(&builtin.name)).collect()));
    names.extend(minding(lazily(choose::dask::builtins())));
    names.extend(minding(create::dask::builtins()));
    names.extend(placed(create::dask::any::builtins()));
    names.extend(minding(lazily(statistics::dask::builtins())));
    names.extend(placed(lazily(ordering::dask::builtins())));
    names.extend(placed(moment::builtins()));
    names.extend(placed(grids::dask::builtins()));
    names.extend(placed(store::functions::builtins()));
    names.extend(placed(blocks::builtins()));
    names.extend(placed(blocks::functions::builtins()));
    names.extend(placed(own_reduction::builtins()));
    names.extend(placed(overlap::builtins()));
    names.extend(minding(gufunc::builtins()));
    names.extend(placed(gufunc::dask::builtins()));
    names
        .extend(placed(gufunc::numpy::builtins().into_iter().filter(|builtin| builtin.name == "frompyfunc").collect()));
    names.extend(placed(regroup::builtins()));
    names.extend(placed(regroup::functions::builtins()));
    names.extend(testing::of_dask());
    names.extend(inside::attributes());
    names.push(("stats", Value::Module(Module::new("dask.array.stats", "Tests of samples.", tests_of_samples))));
    names.push(("overlap", Value::Module(Module::new("dask.array.overlap", "Chunks that overlap.", overlapping))));
    names.extend(more::names("dask.array"));
    names
}

/// Functions that `dask.array` does not have by name; they take lazy arrays as others do.
fn only_numpy() -> Vec<Builtin> {
    let mut builtins = memory::builtins();
    builtins.extend(bits::builtins());
    builtins.extend(kinds::builtins());
    builtins.extend(running::builtins());
    builtins.extend(places::builtins());
    builtins.extend(sets::numpy::builtins());
    builtins.extend(ordering::numpy::builtins());
    builtins.extend(products::numpy::builtins());
    builtins
}

/// `numpy.exceptions`
fn exceptions() -> Entries {
    use rdk_runtime::Kind;
    [Kind::AxisError, Kind::RankWarning, Kind::ComplexWarning, Kind::VisibleDeprecationWarning]
        .map(|kind| (kind.name(), Value::Class(rdk_runtime::types::exception(kind).clone())))
        .to_vec()
}

fn tests_of_samples() -> Entries {
    let mut names = placed(stats::builtins());
    names.extend(placed(normality::builtins()));
    names
}

fn overlapping() -> Entries {
    let mut names = placed(overlap::builtins());
    names.extend(placed(overlap::functions::builtins()));
    names.extend(placed(overlap::borders::builtins()));
    names.extend(sliding::dask());
    names
}

/// Functions of elements at the same place.
fn elementwise() -> Vec<Builtin> {
    let mut builtins = unary::builtins();
    builtins.extend(binary::builtins());
    let mut builtins: Vec<Builtin> = builtins.into_iter().map(|builtin| builtin.having(ufunc::attribute)).collect();
    builtins.extend(elements::builtins());
    builtins
}

/// Functions of whole arrays.
fn whole() -> Vec<Builtin> {
    let mut builtins = reductions::builtins();
    builtins.extend(nan_reductions::builtins());
    builtins.extend(layout::builtins());
    builtins.extend(join::builtins());
    builtins.extend(scans::builtins());
    builtins.extend(scans::functions::builtins());
    builtins.extend(ordering::builtins());
    builtins.extend(ordering::functions::builtins());
    builtins.extend(sets::builtins());
    builtins.extend(statistics::builtins());
    builtins.extend(histograms::builtins());
    builtins.extend(arrange::builtins());
    builtins.extend(choose::builtins());
    builtins.extend(grids::builtins());
    builtins.extend(pad::builtins());
    builtins
}

/// The same functions, of something that is made lazy.
fn lazily(builtins: Vec<Builtin>) -> Vec<Builtin> {
    builtins.into_iter().map(|builtin| builtin.lent(make_lazy)).collect()
}

fn constants() -> Entries {
    vec![
        ("pi", Value::Float(std::f64::consts::PI)),
        ("e", Value::Float(std::f64::consts::E)),
        ("euler_gamma", Value::Float(0.577_215_664_901_532_9)),
        ("inf", Value::Float(f64::INFINITY)),
        ("nan", Value::Float(f64::NAN)),
        ("newaxis", Value::None),
        ("little_endian", Value::Bool(true)),
        ("True_", eager::number(Scalar::Bool(true))),
        ("False_", eager::number(Scalar::Bool(false))),
    ]
}

/// `np.float64` and the like, with their other names.
fn number_types() -> Entries {
    let mut names: Entries =
        DType::ALL.iter().map(|&dtype| (dtype.name(), Value::Class(types::class(dtype)))).collect();
    let aliases = [
        ("bool_", DType::Bool),
        ("int_", DType::I64),
        ("intp", DType::I64),
        ("intc", DType::I32),
        ("byte", DType::I8),
        ("short", DType::I16),
        ("longlong", DType::I64),
        ("long", DType::I64),
        ("ulong", DType::U64),
        ("ulonglong", DType::U64),
        ("uintp", DType::U64),
        ("uint", DType::U64),
        ("ubyte", DType::U8),
        ("ushort", DType::U16),
        ("uintc", DType::U32),
        ("single", DType::F32),
        ("double", DType::F64),
        ("csingle", DType::C64),
        ("cdouble", DType::C128),
    ];
    names.extend(aliases.map(|(name, dtype)| (name, Value::Class(types::class(dtype)))));
    names.extend(types::families().iter().map(|class| (class.name, Value::Class(class.clone()))));
    names.extend(entries(types::missing::builtins()));
    names.push(("dtype", Value::Class(types::dtype_class())));
    names
}
