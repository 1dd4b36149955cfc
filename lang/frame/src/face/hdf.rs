//! Frames in HDF5 files: `to_hdf` and `read_hdf`.
//!
//! A frame is a group with a dataset for each column, which `h5py` reads, too. What is no number is text there, with a second
//! dataset that says where something is missing. pandas' own layout is that of PyTables, with pickles of Python in it.
//! Files are those of `h5py`, asked for by its name: another room has them.

use std::sync::Arc;

use parking_lot::Mutex;
use rdk_runtime::evaluate::collect;
use rdk_runtime::operators::{self, attribute, contains};
use rdk_runtime::{Args, Context, Dict, FromValue, HashKey, Keywords, Name, Result, Value, bail, builtins, error};

use super::write::{Naming, each_partition, one_of, whole_later};
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};

/// What says in the file that a group is a frame in this layout.
const LAYOUT: (&str, &str) = ("layout", "columns");

/// Options of pandas' and Dask's that change nothing in this layout.
const KNOWN: &[&str] = &[
    "complevel",
    "complib",
    "format",
    "index",
    "min_itemsize",
    "nan_rep",
    "dropna",
    "data_columns",
    "errors",
    "encoding",
    "scheduler",
    "lock",
    "mode",
];

fn call(context: &Context, value: &Value, method: &str, arguments: impl IntoIterator<Item = Value>) -> Result<Value> {
    context.call(&attribute(context, value, method)?, Args::of(arguments))
}

fn of_module(context: &Context, module: &str, name: &str) -> Result<Value> {
    let found = context.shared.library.import(module)?.get(name);
    found.ok_or_else(|| error!(RuntimeError: "`{module}.{name}` is not at hand here"))
}

/// Does something with an open file; it is closed in any case, and what went wrong first is said.
fn with_file<T>(context: &Context, path: &Value, mode: &str, work: impl FnOnce(&Value) -> Result<T>) -> Result<T> {
    let file =
        context.call(&of_module(context, "h5py", "File")?, Args::of([Value::str(path.text()), Value::str(mode)]))?;
    let done = work(&file);
    let closed = call(context, &file, "close", []);
    let done = done?;
    closed.map(|_| done)
}

/// `df.to_hdf(path, key)`
pub fn to_hdf(context: &Context, view: &View, path: &Value, key: &str, options: Vec<(Name, Value)>) -> Result<Value> {
    let (mut mode, mut compute) = ("a".to_string(), true);
    for (name, value) in &options {
        match &**name {
            "mode" => mode = value.text(),
            "compute" if !view.eager => match bool::from_value(value) {
                Some(flag) => compute = flag,
                None => bail!(TypeError: "`compute` is True or False, got {}", what(value)),
            },
            "append" if bool::from_value(value) == Some(false) => {}
            "append" => {
                bail!(NotImplementedError: "to_hdf() writes a whole frame: it cannot append to one"; hint: "`pd.concat` puts frames together first")
            }
            other if KNOWN.contains(&other) => {}
            other => bail!(TypeError: "to_hdf() got an unexpected keyword argument '{other}'"),
        }
    }
    if !["a", "w", "r+"].contains(&mode.as_str()) {
        bail!("mode {mode} is not allowed while performing a write"; hint: "`a` adds to the file, `w` begins it anew");
    }
    let keywords = || vec![("key".into(), Value::str(key)), ("mode".into(), Value::str(&mode))];
    if !view.eager && path.text().contains('*') {
        let naming = Naming { pattern: path.text(), name: None, padded: true, first: 0 };
        let written = each_partition(context, view, "to_hdf", &naming, |_| keywords(), compute)?;
        return if compute { Ok(written) } else { one_of(context, written) };
    }
    if !compute {
        return whole_later(context, view, "to_hdf", path.clone(), keywords());
    }
    // All that may be refused is refused before the file is touched.
    let whole = prepared(context, &lower::compute_now(context, view)?)?;
    with_file(context, path, &mode, |file| {
        let name = Value::str(key);
        if contains(context, file, &name)? {
            operators::delete_item(context, file, &name)?;
        }
        put(context, &call(context, file, "create_group", [name])?, whole)
    })?;
    Ok(Value::None)
}

/// A frame as it stands in a file.
struct Prepared {
    /// What is noted of the group.
    notes: Vec<(&'static str, Value)>,
    columns: Vec<Column>,
}

struct Column {
    label: Value,
    dtype: String,
    data: Value,
    /// Where something is missing, if it is.
    missing: Option<Value>,
}

/// The columns, and before them what the index is made of.
fn prepared(context: &Context, view: &View) -> Result<Prepared> {
    let mut notes = Vec::new();
    let mut frame = Frame::eager(view.clone());
    if view.shape != Shape::Frame {
        notes.push(("shape", Value::str("series")));
        let named = view.columns.first().is_some_and(|column| column.label.is_some());
        notes.push(("named", Value::Bool(named)));
        frame = call(context, &frame, "to_frame", [])?;
    }
    if !view.rows.counted {
        let named: Vec<&str> =
            view.index.iter().map(|level| if level.label.is_some() { "named" } else { "" }).collect();
        notes.push(("levels", Value::str(named.join(","))));
        frame = call(context, &frame, "reset_index", [])?;
    }
    let labels = View::from_value(&frame).map(|view| view.labels()).unwrap_or_default();
    let columns = labels.iter().map(|label| prepared_column(context, &frame, label)).collect::<Result<Vec<_>>>()?;
    Ok(Prepared { notes, columns })
}

fn prepared_column(context: &Context, frame: &Value, label: &Label) -> Result<Column> {
    let name = label.to_value();
    if !matches!(name, Value::Str(_) | Value::Int(_)) {
        bail!(NotImplementedError: "to_hdf() writes columns whose labels are texts or whole numbers, not {label}"; hint: "`to_parquet` writes them");
    }
    let column = operators::item(context, frame, &name)?;
    let dtype = attribute(context, &column, "dtype")?.text();
    let plain = ["int", "uint", "float", "bool"].iter().any(|kind| dtype.starts_with(kind));
    if plain {
        let data = call(context, &column, "to_numpy", [])?;
        return Ok(Column { label: name, dtype, data, missing: None });
    }
    let (texts, missing) = texts(context, &column, &dtype, label)?;
    let missing = match missing.contains(&true) {
        true => {
            let mask = Value::list(missing.into_iter().map(Value::Bool));
            Some(context.call(&of_module(context, "numpy", "array")?, Args::one(mask))?)
        }
        false => None,
    };
    Ok(Column { label: name, dtype, data: Value::list(texts), missing })
}

/// Writes it into a group.
fn put(context: &Context, group: &Value, whole: Prepared) -> Result<()> {
    let note = |node: &Value, name: &str, value: Value| {
        operators::set_item(context, &attribute(context, node, "attrs")?, &Value::str(name), value)
    };
    let dataset = |name: String, data: Value| {
        call(context, group, "create_dataset", [Value::str(name), Value::None, Value::None, data])
    };
    for (name, value) in whole.notes {
        note(group, name, value)?;
    }
    for (at, column) in whole.columns.into_iter().enumerate() {
        if let Some(missing) = column.missing {
            dataset(format!("column{at}_missing"), missing)?;
        }
        let written = dataset(format!("column{at}"), column.data)?;
        note(&written, "name", column.label)?;
        note(&written, "dtype", Value::str(column.dtype))?;
    }
    // Last: a frame that could not be written whole is none.
    note(group, LAYOUT.0, Value::str(LAYOUT.1))
}

/// The values as text, and where something is missing.
fn texts(context: &Context, column: &Value, dtype: &str, label: &Label) -> Result<(Vec<Value>, Vec<bool>)> {
    let refused = || error!(NotImplementedError: "to_hdf() cannot write column `{label}` of type {dtype}"; hint: "`to_parquet` writes it; or make it text: `.astype(str)`");
    let known = ["str", "string", "object"].contains(&dtype) || dtype.starts_with("datetime64[");
    if !known || dtype.contains(", ") {
        return Err(refused());
    }
    let missing = collect(context, &call(context, column, "isna", [])?)?;
    let missing: Vec<bool> = missing.iter().map(|missing| bool::from_value(missing) == Some(true)).collect();
    let values = collect(context, column)?;
    let text = |(value, missing): (&Value, &bool)| match value {
        _ if *missing => Ok(Value::str("")),
        Value::Str(_) => Ok(value.clone()),
        _ if dtype.starts_with("datetime64[") => Ok(Value::str(value.text())),
        _ => Err(refused()),
    };
    let texts = values.iter().zip(&missing).map(text).collect::<Result<Vec<_>>>()?;
    Ok((texts, missing))
}

/// `pd.read_hdf(path, key)`
pub fn read_hdf(context: &Context, path: &Value, key: Option<&str>, columns: Option<Value>) -> Result<Value> {
    let frame = with_file(context, path, "r", |file| {
        let group = match key {
            Some(key) if contains(context, file, &Value::str(key))? => {
                operators::item(context, file, &Value::str(key))?
            }
            Some(key) => bail!(KeyError: "No object named {key} in the file"),
            None => only(context, file.clone())?,
        };
        get(context, &group, path)
    })?;
    match columns {
        Some(wanted) => operators::item(context, &frame, &wanted),
        None => Ok(frame),
    }
}

fn noted(context: &Context, node: &Value, name: &str) -> Result<Option<Value>> {
    let attributes = attribute(context, node, "attrs")?;
    let name = Value::str(name);
    let there = contains(context, &attributes, &name)?;
    there.then(|| operators::item(context, &attributes, &name)).transpose()
}

/// The only frame in a file.
fn only(context: &Context, file: Value) -> Result<Value> {
    let mut group = file;
    loop {
        if noted(context, &group, LAYOUT.0)?.is_some() || noted(context, &group, "pandas_type")?.is_some() {
            return Ok(group);
        }
        let members = collect(context, &group)?;
        match &members[..] {
            [member] => group = operators::item(context, &group, member)?,
            [] => {
                bail!("Dataset(s) incompatible with Pandas data types, not table, or no datasets found in HDF5 file.")
            }
            _ => {
                bail!("key must be provided when HDF5 file contains multiple datasets."; hint: "`h5py.File(path)` shows what is in it")
            }
        }
        if attribute(context, &group, "keys").is_err() {
            bail!("Dataset(s) incompatible with Pandas data types, not table, or no datasets found in HDF5 file."; hint: "`h5py.File(path)[name]` reads an array");
        }
    }
}

fn get(context: &Context, group: &Value, path: &Value) -> Result<Value> {
    match noted(context, group, LAYOUT.0)? {
        Some(layout) if layout.text() == LAYOUT.1 => {}
        _ => {
            bail!(NotImplementedError: "what is in '{}' is no frame that rdk has written", path.text(); hint: "pandas writes PyTables' layout; `df.to_parquet(…)` there is read here by `pd.read_parquet`")
        }
    }
    let (mut found, mut labels) = (Vec::new(), Vec::new());
    loop {
        let name = Value::str(format!("column{}", labels.len()));
        if !contains(context, group, &name)? {
            break;
        }
        let (label, values) = get_column(context, group, &name)?;
        found.push((HashKey::new(label.clone())?, values));
        labels.push(label);
    }
    let columns = Value::Dict(Arc::new(Dict(Mutex::new(found.into_iter().collect()))));
    let mut frame = context.call(&of_module(context, "pandas", "DataFrame")?, Args::one(columns))?;
    if let Some(levels) = noted(context, group, "levels")? {
        let named: Vec<bool> = levels.text().split(',').map(|level| !level.is_empty()).collect();
        let Some(keys) = labels.get(..named.len()) else { bail!("the group in the file lacks columns of its index") };
        frame = call(context, &frame, "set_index", [Value::list(keys.iter().cloned())])?;
        if !named.iter().all(|&named| named) {
            let names: Vec<Value> = named
                .iter()
                .zip(&labels)
                .map(|(&named, label)| if named { label.clone() } else { Value::None })
                .collect();
            let names = if names.len() == 1 { Value::None } else { Value::list(names) };
            frame = call(context, &frame, "rename_axis", [names])?;
        }
    }
    if noted(context, group, "shape")?.is_none() {
        return Ok(frame);
    }
    let Some(label) = labels.last() else { bail!("'{}' holds a series without values", path.text()) };
    let series = operators::item(context, &frame, label)?;
    let is_named = noted(context, group, "named")?.and_then(|named| i64::from_value(&named)) == Some(1);
    if is_named { Ok(series) } else { call(context, &series, "rename", [Value::None]) }
}

/// The label of a column, and its values as a series.
fn get_column(context: &Context, group: &Value, name: &Value) -> Result<(Value, Value)> {
    let dataset = operators::item(context, group, name)?;
    let label = match noted(context, &dataset, "name")? {
        Some(Value::Str(text)) => Value::Str(text),
        Some(number) => Value::from(i64::from_value(&number).unwrap_or_default()),
        None => name.clone(),
    };
    let dtype = noted(context, &dataset, "dtype")?.map(|dtype| dtype.text()).unwrap_or_default();
    let whole = Value::tuple([]);
    let series = |values: Value| context.call(&of_module(context, "pandas", "Series")?, Args::one(values));
    if ["int", "uint", "float", "bool"].iter().any(|kind| dtype.starts_with(kind)) {
        return Ok((label, series(operators::item(context, &dataset, &whole)?)?));
    }
    let mut values: Vec<Value> = Vec::new();
    if i64::from_value(&attribute(context, &dataset, "size")?) != Some(0) {
        let texts = call(context, &dataset, "asstr", [])?;
        values = collect(context, &operators::item(context, &texts, &whole)?)?;
    }
    let missing = Value::str(format!("{}_missing", name.text()));
    if contains(context, group, &missing)? {
        let mask = operators::item(context, &operators::item(context, group, &missing)?, &whole)?;
        for (value, missing) in values.iter_mut().zip(collect(context, &mask)?) {
            if bool::from_value(&missing) == Some(true) {
                *value = Value::None;
            }
        }
    }
    let column = series(Value::list(values))?;
    Ok((label, call(context, &column, "astype", [Value::str(dtype)])?))
}

builtins! {
    /// A frame in memory of what `to_hdf` has written into an HDF5 file.
    fn read_hdf[context](
        /// The path.
        path_or_buf: Value,
        /// The group; it may be left out where there is only one frame.
        key: Option<String>,
        /// Only reading: "r".
        mode: String = "r",
        /// The columns to take.
        columns: Option<Value>,
        /// Has no effect.
        options: Keywords,
    ) -> Result<Value> { let _ = (mode, options); read_hdf(context, &path_or_buf, key.as_deref(), columns) }
}

/// The same in Dask.
pub mod lazy {
    use super::*;

    builtins! {
        /// A lazy frame of HDF5 files that `to_hdf` has written, a partition for each.
        fn read_hdf[context](
            /// A path, or a pattern with `*`.
            pattern: Value,
            /// The group.
            key: String,
            /// Has no effect.
            options: Keywords,
        ) -> Result<Value> {
            let _ = options;
            let paths = context.call(&of_module(context, "glob", "glob")?, Args::one(pattern.clone()));
            let mut paths = collect(context, &paths?)?;
            if paths.is_empty() {
                bail!(OSError: "File(s) not found: {}", pattern.text());
            }
            paths.sort_by_key(Value::text);
            let read = context.call(&of_module(context, "dask", "delayed")?, Args::one(of_module(context, "pandas", "read_hdf")?))?;
            let parts = paths.into_iter().map(|path| context.call(&read, Args::of([path, Value::str(&key)])));
            super::super::from_delayed::from_delayed(context, &Value::list(parts.collect::<Result<Vec<_>>>()?), None, None)
        }
    }
}
