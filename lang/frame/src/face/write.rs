//! Frames as files: `to_csv`, `to_parquet`. Each partition is written by a task, to a temporary name first.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, bail, builtins, error};

use crate::batches::arrow_error;
use crate::csv::{Quoting, WriteOptions, write_csv};
use crate::files::written;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower;
use crate::plan::View;

/// What `to_csv` is told.
fn options(keywords: &[(Name, Value)]) -> Result<(WriteOptions, bool, bool, bool)> {
    let mut options = WriteOptions::default();
    let (mut index, mut single, mut compute) = (true, false, true);
    for (name, value) in keywords {
        let flag = || {
            bool::from_value(value).ok_or_else(|| error!(TypeError: "`{name}` is True or False, got {}", what(value)))
        };
        match &**name {
            "index" => index = flag()?,
            "single_file" => single = flag()?,
            "compute" => compute = flag()?,
            "header" => options.header = flag()?,
            "sep" => match value.as_str() {
                Some(text) if text.len() == 1 => options.separator = text.as_bytes()[0],
                _ => bail!(TypeError: "\"delimiter\" must be a 1-character string"),
            },
            "na_rep" => options.na_rep = value.text(),
            "float_format" => options.float_format = value.as_str().map(String::from),
            "date_format" => options.date_format = value.as_str().map(String::from),
            "lineterminator" => options.line_end = value.text(),
            "quoting" => {
                options.quoting = match value {
                    Value::Int(1) => Quoting::All,
                    Value::Int(2) => Quoting::NonNumeric,
                    Value::Int(3) => Quoting::None,
                    _ => Quoting::Minimal,
                }
            }
            "mode"
            | "encoding"
            | "storage_options"
            | "compression"
            | "name_function"
            | "columns"
            | "header_first_partition_only" => {}
            other => bail!(TypeError: "to_csv() got an unexpected keyword argument '{other}'"),
        }
    }
    Ok((options, index, single, compute))
}

/// The rows in memory with the names that files have for columns; the index first, if it is wanted.
fn named(view: &View, index: bool) -> Result<RecordBatch> {
    let batch = lower::in_memory(view)?;
    let n = view.index.len();
    let mut names: Vec<String> =
        view.index.iter().map(|named| named.label.as_ref().map(Label::to_string).unwrap_or_default()).collect();
    names.extend(view.columns.iter().map(|named| named.label.as_ref().map_or("0".to_string(), Label::to_string)));
    let from = if index { 0 } else { n };
    let fields = names[from..].iter().zip(&batch.columns()[from..]);
    let fields: Vec<Field> = fields.map(|(name, column)| Field::new(name, column.data_type().clone(), true)).collect();
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), batch.columns()[from..].to_vec(), &options)
        .map_err(arrow_error)
}

fn put(path: &str, bytes: &[u8]) -> Result<()> {
    let failed = |error: std::io::Error| error!(OSError: "'{path}' could not be written: {error}");
    let temporary = format!("{path}.part");
    std::fs::write(&temporary, bytes).map_err(failed)?;
    std::fs::rename(&temporary, path).map_err(failed)
}

/// `df.to_csv(path)`
pub fn to_csv(context: &Context, view: &View, filename: Option<Value>, keywords: Vec<(Name, Value)>) -> Result<Value> {
    let (options, index, single, compute) = options(&keywords)?;
    if view.eager {
        let bytes = write_csv(&named(&lower::compute_now(context, view)?, index)?, &options)?;
        return match filename {
            None => Ok(Value::str(String::from_utf8_lossy(&bytes))),
            Some(path) => put(&path.text(), &bytes).map(|()| Value::None),
        };
    }
    let Some(path) = filename.map(|path| path.text()) else {
        bail!(TypeError: "to_csv() of a lazy frame needs a path")
    };
    if single && !compute {
        let mut keywords = keywords;
        keywords.retain(|(name, _)| !["single_file", "compute"].contains(&&**name));
        return Ok(Value::list([whole_later(context, view, "to_csv", Value::str(path), keywords)?]));
    }
    if single {
        let computed = lower::compute_now(context, view)?;
        put(&path, &write_csv(&named(&computed, index)?, &options)?)?;
        return Ok(Value::list([Value::str(path)]));
    }
    let pattern = if path.contains('*') { path } else { format!("{}/*.part", path.trim_end_matches('/')) };
    if let Some(folder) = std::path::Path::new(&pattern).parent()
        && !folder.as_os_str().is_empty()
    {
        std::fs::create_dir_all(folder)
            .map_err(|error| error!(OSError: "'{}' could not be made: {error}", folder.display()))?;
    }
    each_partition(context, view, "to_csv", &pattern, keywords, compute)
}

/// Calls pandas' method with each partition, in tasks.
pub(super) fn each_partition(
    context: &Context,
    view: &View,
    method: &str,
    pattern: &str,
    keywords: Vec<(Name, Value)>,
    compute: bool,
) -> Result<Value> {
    let lazy = delayed_method(context, view, method)?;
    let n = view.rows.n_partitions;
    let width = n.saturating_sub(1).to_string().len();
    let own = [
        "single_file",
        "compute",
        "overwrite",
        "engine",
        "write_index",
        "write_metadata_file",
        "name_function",
        "schema",
    ];
    let keywords: Vec<(Name, Value)> = keywords.into_iter().filter(|(name, _)| !own.contains(&&**name)).collect();
    let (mut calls, mut names) = (Vec::new(), Vec::new());
    for at in 0..n {
        let name = pattern.replace('*', &format!("{at:0width$}"));
        let part = Frame::lazy(super::partitions::picked(context, view, &[at])?);
        let args = Args { positional: [part, Value::str(&name)].into_iter().collect(), keywords: keywords.clone() };
        calls.push(context.call(&lazy, args)?);
        names.push(Value::str(name));
    }
    if !compute {
        return Ok(Value::list(calls));
    }
    rdk_runtime::compute(context, &calls)?;
    Ok(Value::list(names))
}

/// The same call with the whole frame, which goes into one file: to be made when somebody computes it.
pub(super) fn whole_later(
    context: &Context,
    view: &View,
    method: &str,
    path: Value,
    keywords: Vec<(Name, Value)>,
) -> Result<Value> {
    let whole = Frame::lazy(view.clone());
    let args = Args { positional: [whole, path].into_iter().collect(), keywords };
    context.call(&delayed_method(context, view, method)?, args)
}

/// pandas' method as a delayed function.
fn delayed_method(context: &Context, view: &View, method: &str) -> Result<Value> {
    let class = super::classes::class(view.shape, true);
    let Some(builtin) = class.method(method) else { bail!(RuntimeError: "internal error: no method `{method}`") };
    context.call(&delayed(context)?, Args::one(Value::Builtin(builtin.clone())))
}

fn delayed(context: &Context) -> Result<Value> {
    let found = context.shared.library.import("dask")?.get("delayed");
    found.ok_or_else(|| error!(RuntimeError: "delayed calls are not at hand here"))
}

/// Several delayed calls as one lazy value.
pub(super) fn one_of(context: &Context, calls: Value) -> Result<Value> {
    context.call(&delayed(context)?, Args::one(calls))
}

/// `df.to_parquet(path)`
pub fn to_parquet(context: &Context, view: &View, path: &Value, keywords: Vec<(Name, Value)>) -> Result<Value> {
    view.check_frame("to_parquet()")?;
    let (mut index, mut compression) = (None, "snappy".to_string());
    let mut rest = Vec::new();
    let mut compute = true;
    for (name, value) in keywords {
        match &*name {
            "index" | "write_index" => index = bool::from_value(&value),
            "compression" => compression = if value.is_none() { "none".into() } else { value.text() },
            "compute" => compute = bool::from_value(&value).unwrap_or(true),
            _ => rest.push((name, value)),
        }
    }
    let path = path.text();
    if !view.eager {
        std::fs::create_dir_all(&path).map_err(|error| error!(OSError: "'{path}' could not be made: {error}"))?;
        let keep = index.unwrap_or(true);
        let keywords =
            vec![(Name::from("index"), Value::Bool(keep)), (Name::from("compression"), Value::str(compression))];
        let pattern = format!("{}/part.*.parquet", path.trim_end_matches('/'));
        let written = each_partition(context, view, "to_parquet", &pattern, keywords, compute)?;
        return if compute { Ok(Value::None) } else { one_of(context, written) };
    }
    let view = lower::compute_now(context, view)?;
    let keep = index.unwrap_or(!view.rows.counted);
    let mut batch = named(&view, keep)?;
    let mut names = Vec::new();
    if keep {
        // An index without a name is called so.
        let old = batch.schema();
        let fields = old.fields().iter().enumerate().map(|(at, field)| {
            let unnamed = at < view.index.len() && field.name().is_empty();
            let name = if unnamed { format!("__index_level_{at}__") } else { field.name().clone() };
            Field::new(name, field.data_type().clone(), true)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        names = schema.fields()[..view.index.len()].iter().map(|field| field.name().clone()).collect();
        batch = RecordBatch::try_new(schema, batch.columns().to_vec()).map_err(arrow_error)?;
    }
    written(&path, &batch, &names, &compression)?;
    Ok(Value::None)
}

builtins! {
    /// Writes CSV files: one, or one for each partition.
    fn to_csv[context](
        /// The frame.
        df: View,
        /// Where: with a `*` for the number of the partition.
        filename: Option<Value>,
        /// More: `index`, `sep`, `header`, `na_rep`, `single_file`.
        options: rdk_runtime::Keywords,
    ) -> Result<Value> { super::write::to_csv(context, &df, filename, options.0) }

    /// Writes Parquet files: one for each partition.
    fn to_parquet[context](
        /// The frame.
        df: View,
        /// The folder.
        path: Value,
        /// More: `index`, `compression`.
        options: rdk_runtime::Keywords,
    ) -> Result<Value> { super::write::to_parquet(context, &df, &path, options.0) }

    /// Writes an HDF5 file; with a `*` in its name one for each partition.
    fn to_hdf[context](
        /// The frame.
        df: View,
        /// Where.
        path: Value,
        /// The group that it becomes.
        key: String,
        /// More: `mode`.
        options: rdk_runtime::Keywords,
    ) -> Result<Value> { super::hdf::to_hdf(context, &df, &path, &key, options.0) }
}
