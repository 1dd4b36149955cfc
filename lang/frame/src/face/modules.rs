//! The modules: which names `pandas` and `dask.dataframe` have.

use std::sync::{Arc, Once};

use rdk_runtime::class::entries;
use rdk_runtime::{Builtin, Module, Value, builtins};

use super::from_delayed;
use super::{
    aggregation, asof, category, classes, concat, conversions, create, crosstab, datasets, from_arrays, hdf,
    index_sets, json, known_names, learn, merge, options, positions, read, resample, reshape, timedeltas, travel,
    write,
};
use crate::place::noted;
use crate::plan::Shape;
use crate::timedelta;
use crate::timestamp::{self, Timestamp};

/// The modules of this room.
pub fn modules() -> Vec<Arc<Module>> {
    travel::register();
    static ONCE: Once = Once::new();
    ONCE.call_once(|| rdk_array::face::more::add_methods("dask.array", from_arrays::methods::builtins));
    let mut all = vec![
        Module::new("pandas", "Tables of columns with labels, in memory.", pandas),
        Module::new("dask.dataframe", "Tables in partitions, computed when asked for, by pandas' names.", dask),
        Module::new("dask.datasets", "Made-up data to try things on.", || entries(noted(datasets::builtins()))),
    ];
    all.extend(learn::modules());
    all
}

/// The operation of this kind with these parameters, if it is one of those that methods make.
pub fn decode(kind: &str, bytes: &[u8]) -> rdk_runtime::Result<Option<Arc<dyn rdk_graph::Operation>>> {
    use crate::steps::Work;
    Ok(Some(match kind {
        merge::MergePiles::KIND => crate::lower::whole::<merge::MergePiles>(bytes)?,
        resample::AllSpans::KIND => crate::lower::whole::<resample::AllSpans>(bytes)?,
        "frame.values" => super::lazy_arrays::decode(bytes)?,
        _ => return Ok(None),
    }))
}

type Entries = Vec<(&'static str, Value)>;

fn pandas() -> Entries {
    let mut names: Entries = vec![
        ("DataFrame", Value::Class(classes::class(Shape::Frame, true))),
        ("Series", Value::Class(classes::class(Shape::Series, true))),
        ("Index", Value::Class(classes::class(Shape::Index, true))),
        ("Timestamp", Value::Class(timestamp::class())),
        ("Timedelta", Value::Class(timedelta::class())),
        ("Categorical", Value::Class(category::categorical_class())),
        ("CategoricalDtype", Value::Class(category::dtype_class())),
        ("MultiIndex", Value::Class(index_sets::several::class())),
        ("Interval", Value::Class(crate::category::interval::class())),
        ("NA", Value::None),
        ("NaT", Value::object(Timestamp::NOT)),
        ("options", options::value()),
        ("__version__", Value::str("3.1.1")),
    ];
    names.extend(entries(noted(both::builtins())));
    names.extend(entries(noted(merge::builtins())));
    names.extend(entries(noted(concat::builtins())));
    names.extend(entries(noted(json::builtins())));
    names.extend(entries(noted(crosstab::builtins())));
    names.extend(entries(noted(asof::builtins())));
    names.extend(entries(noted(known_names::functions::builtins())));
    names.extend(entries(noted(read::eager::builtins())));
    names.extend(entries(noted(hdf::builtins())));
    names.extend(entries(noted(reshape::functions::builtins())));
    names.extend(entries(noted(reshape::functions::of_pandas::builtins())));
    names.extend(entries(noted(conversions::builtins())));
    names.extend(entries(noted(conversions::of_pandas::builtins())));
    names.extend(entries(noted(category::cut::builtins())));
    names.extend(entries(noted(category::functions::builtins())));
    names.extend(entries(noted(timedeltas::builtins())));
    names.extend(entries(options::builtins()));
    names.extend(entries(noted(positions::of_pandas::builtins())));
    names
}

fn dask() -> Entries {
    let mut names: Entries = vec![
        ("DataFrame", Value::Class(classes::class(Shape::Frame, false))),
        ("Series", Value::Class(classes::class(Shape::Series, false))),
        ("Index", Value::Class(classes::class(Shape::Index, false))),
        ("Aggregation", Value::Class(aggregation::class())),
    ];
    names.extend(entries(noted(lazy())));
    // Where Dask had them for long.
    let reshape = Module::new("dask.dataframe.reshape", "Frames turned into other forms.", || {
        entries(noted(reshape::functions::builtins()))
    });
    names.push(("reshape", Value::Module(reshape)));
    names
}

fn lazy() -> Vec<Builtin> {
    let mut all = create::builtins();
    all.extend(only_lazy::builtins());
    all.extend(merge::builtins());
    all.extend(concat::builtins());
    all.extend(json::lazy::builtins());
    all.extend(known_names::lazy::builtins());
    all.extend(rdk_runtime::delayed::functions());
    all.extend(read::builtins());
    all.extend(write::builtins());
    all.extend(hdf::lazy::builtins());
    all.extend(reshape::functions::builtins());
    all.extend(conversions::builtins());
    all.extend(timedeltas::builtins());
    all.extend(from_arrays::builtins());
    all
}

mod both {
    use super::*;
    use crate::frame::Frame;
    use rdk_runtime::Result;

    builtins! {
        /// `True` where something is missing.
        fn isna[context](/** A frame, a series, a value. */ obj: Value) -> Result<Value> { missing(context, &obj, true) }

        /// `True` where something is missing; another name of `isna`.
        fn isnull[context](/** A frame, a series, a value. */ obj: Value) -> Result<Value> { missing(context, &obj, true) }

        /// `True` where something is there.
        fn notna[context](/** A frame, a series, a value. */ obj: Value) -> Result<Value> { missing(context, &obj, false) }
    }

    fn missing(context: &rdk_runtime::Context, value: &Value, wanted: bool) -> Result<Value> {
        if value.get::<Frame>().is_some() {
            let method = rdk_runtime::operators::attribute(context, value, if wanted { "isna" } else { "notna" })?;
            return context.call(&method, rdk_runtime::Args::none());
        }
        let is_missing = match value {
            Value::None => true,
            Value::Float(number) => number.is_nan(),
            other => other.get::<Timestamp>().is_some_and(|time| time.is_not()),
        };
        Ok(Value::Bool(is_missing == wanted))
    }
}

mod only_lazy {
    use rdk_runtime::{Keywords, Result};

    use super::*;

    builtins! {
        /// A lazy frame of delayed values: each gives a partition.
        fn from_delayed[context](
            /// Delayed values, each of which gives a DataFrame or Series.
            dfs: Value,
            /// A frame like those that they give; the first is computed if it is left out.
            meta: Option<Value>,
            /// Where partitions begin, and where the last one ends, by label of the index.
            divisions: Option<Value>,
            /// Have no effect: `prefix`, `verify_meta`.
            options: Keywords,
        ) -> Result<Value> { let _ = options; from_delayed::from_delayed(context, &dfs, meta, divisions) }
    }
}
