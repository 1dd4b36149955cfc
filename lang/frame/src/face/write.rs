//! Frames as files: `to_csv`, `to_parquet`. Each partition is written by a task, to a temporary name first.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, bail, builtins, error};

use super::target::{self, Target, check_folder};
use crate::batches::arrow_error;
use crate::csv::{Encoding, Quoting, WriteOptions, write_csv};
use crate::files::written;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};

/// What `to_csv` is told.
struct CsvAsked {
    options: WriteOptions,
    index: bool,
    single: bool,
    compute: bool,
    columns: Option<Vec<Label>>,
    /// What columns are called in the file.
    names: Option<Vec<String>>,
    /// What the levels of the index are called in the file.
    index_names: Option<Vec<String>>,
    mode: Mode,
    /// Is it packed by gzip? What the name of the file says, if nothing is said.
    packed: Option<bool>,
    encoding: Encoding,
    /// What partitions are called, by their number.
    name_function: Option<Value>,
    /// Has only the first partition a line with names?
    first_header: Option<bool>,
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Replace,
    Append,
    Refuse,
}

fn csv_asked(keywords: &[(Name, Value)]) -> Result<CsvAsked> {
    let mut asked = CsvAsked {
        options: WriteOptions::default(),
        index: true,
        single: false,
        compute: true,
        columns: None,
        names: None,
        index_names: None,
        mode: Mode::Replace,
        packed: None,
        encoding: Encoding::Utf8,
        name_function: None,
        first_header: None,
    };
    for (name, value) in keywords {
        let flag = || {
            bool::from_value(value).ok_or_else(|| error!(TypeError: "`{name}` is True or False, got {}", what(value)))
        };
        let letter = || match value.as_str().filter(|text| text.len() == 1) {
            Some(text) => Ok(text.as_bytes()[0]),
            None => Err(error!(TypeError: "\"{name}\" must be a 1-character string")),
        };
        let options = &mut asked.options;
        match &**name {
            "columns" | "header" | "name_function" | "index_label" | "escapechar" | "encoding" if value.is_none() => {}
            "index" => asked.index = flag()?,
            "single_file" => asked.single = flag()?,
            "compute" => asked.compute = flag()?,
            "header" => match value.items() {
                Some(names) if value.as_str().is_none() => asked.names = Some(names.iter().map(Value::text).collect()),
                _ => options.header = flag()?,
            },
            "sep" => match value.as_str() {
                Some(text) if text.len() == 1 => options.separator = text.as_bytes()[0],
                _ => bail!(TypeError: "\"delimiter\" must be a 1-character string"),
            },
            "na_rep" => options.na_rep = value.text(),
            "float_format" => options.float_format = value.as_str().map(String::from),
            "date_format" => options.date_format = value.as_str().map(String::from),
            "lineterminator" => options.line_end = value.text(),
            "quotechar" => options.quote = letter()?,
            "escapechar" => options.escape = Some(letter()?),
            "decimal" => options.decimal = letter()? as char,
            "quoting" => {
                options.quoting = match value {
                    Value::Int(0) => Quoting::Minimal,
                    Value::Int(1) => Quoting::All,
                    Value::Int(2) => Quoting::NonNumeric,
                    Value::Int(3) => Quoting::None,
                    Value::Int(_) => bail!(TypeError: "bad \"quoting\" value"; hint: "0 to 3, as in the module `csv`"),
                    other => bail!(TypeError: "\"quoting\" must be an integer, got {}", what(other)),
                }
            }
            "columns" => asked.columns = Some(super::shared::labels_of(value)?),
            "index_label" => {
                asked.index_names = match value.items().filter(|_| value.as_str().is_none()) {
                    Some(names) => Some(names.iter().map(Value::text).collect()),
                    None if matches!(value, Value::Bool(false)) => Some(Vec::new()),
                    None => Some(vec![value.text()]),
                }
            }
            "mode" => {
                asked.mode = match value.as_str() {
                    Some("w" | "wt" | "wb") => Mode::Replace,
                    Some("a" | "at" | "ab") => Mode::Append,
                    Some("x" | "xt" | "xb") => Mode::Refuse,
                    _ => {
                        bail!("invalid mode: {}", value.repr(); hint: "\"w\" writes a file anew, \"a\" adds to it, \"x\" refuses one that is there")
                    }
                }
            }
            "compression" => asked.packed = packing(value)?,
            "encoding" => {
                asked.encoding = match Encoding::named(&value.text()) {
                    Some(encoding) => encoding,
                    None => bail!(LookupError: "unknown encoding: {}", value.text()),
                }
            }
            "name_function" => asked.name_function = Some(value.clone()),
            "header_first_partition_only" => asked.first_header = if value.is_none() { None } else { Some(flag()?) },
            "storage_options" | "errors" | "chunksize" | "doublequote" | "compute_kwargs" | "scheduler" => {}
            other => bail!(TypeError: "to_csv() got an unexpected keyword argument '{other}'"),
        }
    }
    Ok(asked)
}

impl CsvAsked {
    /// Rows in memory as the bytes of a file.
    fn bytes(&self, view: &View) -> Result<Vec<u8>> {
        let mut batch = named(view, self.index)?;
        let n_index = if self.index { view.index.len() } else { 0 };
        let mut names: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
        if let Some(wanted) = &self.names {
            if wanted.len() != view.columns.len() {
                bail!("Writing {} cols but got {} aliases", view.columns.len(), wanted.len());
            }
            names.splice(n_index.., wanted.iter().cloned());
        }
        if let Some(wanted) = self.index_names.as_ref().filter(|_| self.index) {
            for (at, name) in names[..n_index].iter_mut().enumerate() {
                *name = wanted.get(at).cloned().unwrap_or_default();
            }
        }
        if self.names.is_some() || self.index_names.is_some() {
            let old = batch.schema();
            let fields = names.iter().zip(old.fields());
            let fields: Vec<Field> =
                fields.map(|(name, old)| Field::new(name, old.data_type().clone(), true)).collect();
            let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let schema = Arc::new(Schema::new(fields));
            batch =
                RecordBatch::try_new_with_options(schema, batch.columns().to_vec(), &options).map_err(arrow_error)?;
        }
        write_csv(&batch, &self.options)
    }

    /// Puts them into a file, packed and encoded as it is wanted.
    fn put(&self, path: &str, text: Vec<u8>) -> Result<()> {
        let failed = |error: std::io::Error| error!(OSError: "'{path}' could not be written: {error}");
        let bytes = packed(path, encoded(text, self.encoding)?, self.packed)?;
        check_folder(path)?;
        match self.mode {
            Mode::Refuse if std::path::Path::new(path).exists() => {
                bail!(FileExistsError: "[Errno 17] File exists: '{path}'")
            }
            Mode::Append => {
                use std::io::Write;
                let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
                file.and_then(|mut file| file.write_all(&bytes)).map_err(failed)
            }
            Mode::Replace | Mode::Refuse => target::put(path, &bytes),
        }
    }
}

/// `compression=`: is a file packed by gzip? `None`: as its name says.
pub fn packing(value: &Value) -> Result<Option<bool>> {
    let method = match value {
        Value::Dict(dict) => {
            let dict = dict.0.lock();
            dict.iter().find(|(key, _)| key.value().as_str() == Some("method")).map(|(_, value)| value.clone())
        }
        Value::None => return Ok(Some(false)),
        other => Some(other.clone()),
    };
    Ok(match method.as_ref().and_then(Value::as_str) {
        Some("infer") => None,
        Some("gzip" | "gz") => Some(true),
        Some(other @ ("bz2" | "zip" | "xz" | "zstd" | "tar")) => {
            bail!(NotImplementedError: "files are not packed by {other}"; hint: "`compression=\"gzip\"` is supported")
        }
        _ => bail!("Unrecognized compression type: {}", value.text(); hint: "\"gzip\" is known, and None"),
    })
}

/// What is written into a file of this name: packed if it is wanted, or its name says so.
pub fn packed(path: &str, bytes: Vec<u8>, wanted: Option<bool>) -> Result<Vec<u8>> {
    if wanted.unwrap_or(path.ends_with(".gz")) {
        use std::io::Write;
        let failed = |error: std::io::Error| error!(OSError: "'{path}' could not be packed: {error}");
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(&bytes).map_err(failed)?;
        return packer.finish().map_err(failed);
    }
    if wanted.is_none()
        && let Some(end) = [".bz2", ".zip", ".xz", ".zst", ".tar"].iter().find(|end| path.ends_with(*end))
    {
        bail!(NotImplementedError: "files are not packed as {end}"; hint: "\".gz\" is supported; `compression=None` writes plain text");
    }
    Ok(bytes)
}

/// Text in another encoding than UTF-8.
pub fn encoded(text: Vec<u8>, encoding: Encoding) -> Result<Vec<u8>> {
    match encoding {
        Encoding::Utf8 => Ok(text),
        Encoding::Latin1 => {
            let narrow = |letter: char| {
                u8::try_from(letter as u32).map_err(|_| {
                error!(UnicodeEncodeError: "'latin-1' codec can't encode character {letter:?}: ordinal not in range(256)")
            })
            };
            String::from_utf8_lossy(&text).chars().map(narrow).collect()
        }
    }
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

/// `df.to_csv(path)`
pub fn to_csv(context: &Context, view: &View, filename: Option<Value>, keywords: Vec<(Name, Value)>) -> Result<Value> {
    let asked = csv_asked(&keywords)?;
    let chosen = match &asked.columns {
        Some(labels) if view.shape == Shape::Frame => super::items::columns(view, labels)?,
        _ => view.clone(),
    };
    let view = &chosen;
    if view.eager {
        let bytes = asked.bytes(&lower::compute_now(context, view)?)?;
        return match filename {
            None => Ok(Value::str(String::from_utf8_lossy(&bytes))),
            Some(given) => {
                Target::of(context, &given)?.write(context, bytes, |path, text| asked.put(path, text))?;
                Ok(Value::None)
            }
        };
    }
    let Some(path) = filename.map(|path| path.text()) else {
        bail!(TypeError: "to_csv() of a lazy frame needs a path")
    };
    let own = ["single_file", "compute", "name_function", "columns", "header_first_partition_only"];
    let keywords: Vec<(Name, Value)> = keywords.into_iter().filter(|(name, _)| !own.contains(&&**name)).collect();
    if asked.single {
        if asked.first_header == Some(false) {
            bail!("header_first_partition_only cannot be False in the single file mode.");
        }
        if !asked.compute {
            return Ok(Value::list([whole_later(context, view, "to_csv", Value::str(path), keywords)?]));
        }
        let computed = lower::compute_now(context, view)?;
        asked.put(&path, asked.bytes(&computed)?)?;
        return Ok(Value::list([Value::str(path)]));
    }
    let pattern = if path.contains('*') { path } else { format!("{}/*.part", path.trim_end_matches('/')) };
    if let Some(folder) = std::path::Path::new(&pattern).parent()
        && !folder.as_os_str().is_empty()
    {
        make_folder(&folder.to_string_lossy())?;
    }
    let naming = Naming { pattern, name: asked.name_function, padded: true, first: 0 };
    let first_header = asked.first_header == Some(true);
    let keywords = |at: usize| {
        let mut keywords = keywords.clone();
        if first_header && at > 0 {
            keywords.retain(|(name, _)| &**name != "header");
            keywords.push((Name::from("header"), Value::Bool(false)));
        }
        keywords
    };
    each_partition(context, view, "to_csv", &naming, keywords, asked.compute)
}

/// What the files of partitions are called.
pub struct Naming {
    /// The path, with a `*` for the partition.
    pub pattern: String,
    /// Gives a text for the number of a partition.
    pub name: Option<Value>,
    /// Have all numbers as many digits?
    pub padded: bool,
    /// The number of the first one.
    pub first: usize,
}

/// Calls pandas' method with each partition, in tasks.
pub(super) fn each_partition(
    context: &Context,
    view: &View,
    method: &str,
    naming: &Naming,
    keywords: impl Fn(usize) -> Vec<(Name, Value)>,
    compute: bool,
) -> Result<Value> {
    let lazy = delayed_method(context, view, method)?;
    let n = view.rows.n_partitions;
    let width = if naming.padded { n.saturating_sub(1).to_string().len() } else { 0 };
    let (mut calls, mut names) = (Vec::new(), Vec::new());
    for at in 0..n {
        let number = naming.first + at;
        let own = match &naming.name {
            None => format!("{number:0width$}"),
            Some(function) => match context.call(function, rdk_runtime::Args::one(Value::Int(number as i64)))? {
                Value::Str(text) => text.to_string(),
                other => bail!(TypeError: "`name_function` gives a text, got {}", what(&other)),
            },
        };
        let name = naming.pattern.replace('*', &own);
        if names.iter().any(|other: &Value| other.as_str() == Some(&name)) {
            bail!("two partitions would be written to '{name}'"; hint: "`name_function` gives each number another text");
        }
        let part = Frame::lazy(super::partitions::picked(context, view, &[at])?);
        let args = Args { positional: [part, Value::str(&name)].into_iter().collect(), keywords: keywords(at) };
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

/// What `to_parquet` is told.
struct ParquetOptions {
    /// Is the index written? What is not counted, if nothing is said.
    index: Option<bool>,
    compression: String,
    compute: bool,
    /// Columns that become folders.
    folders: Vec<Label>,
    /// Is the path that of a file within those folders (Dask's partitions), and not the folder that they lie in?
    is_file: bool,
    /// What files are called, by the number of the partition.
    name_function: Option<Value>,
    /// Are the files added to those that are there?
    append: bool,
}

/// One more than the largest number of a part in a folder and in the `k=a` folders in it.
fn next_part(folder: &std::path::Path) -> usize {
    let mut next = 0;
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix("part.").and_then(|rest| rest.strip_suffix(".parquet"));
        let found = match number.and_then(|number| number.parse::<usize>().ok()) {
            Some(number) => number + 1,
            None if name.contains('=') => next_part(&entry.path()),
            None => 0,
        };
        next = next.max(found);
    }
    next
}

fn parquet_options(keywords: Vec<(Name, Value)>, lazily: bool) -> Result<ParquetOptions> {
    let mut options = ParquetOptions {
        index: None,
        compression: "snappy".to_string(),
        compute: true,
        folders: Vec::new(),
        is_file: false,
        name_function: None,
        append: false,
    };
    for (name, value) in keywords {
        match &*name {
            "index" | "write_index" => options.index = bool::from_value(&value),
            "compression" => options.compression = if value.is_none() { "none".into() } else { value.text() },
            "compute" => options.compute = bool::from_value(&value).unwrap_or(true),
            "partition_on" | "partition_cols" if !value.is_none() => {
                options.folders = super::shared::labels_of(&value)?;
                options.is_file = !lazily && &*name == "partition_on";
            }
            "name_function" => options.name_function = Some(value).filter(|value| !value.is_none()),
            "append" if lazily => options.append = bool::from_value(&value).unwrap_or(false),
            "append"
            | "partition_on"
            | "partition_cols"
            | "engine"
            | "overwrite"
            | "write_metadata_file"
            | "schema"
            | "storage_options"
            | "compute_kwargs"
            | "ignore_divisions"
            | "custom_metadata"
            | "object_encoding"
            | "filesystem" => {}
            other => bail!(TypeError: "to_parquet() got an unexpected keyword argument '{other}'"),
        }
    }
    Ok(options)
}

fn make_folder(path: &str) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|error| error!(OSError: "'{path}' could not be made: {error}"))
}

/// `df.to_parquet(path)`
pub fn to_parquet(context: &Context, view: &View, path: &Value, keywords: Vec<(Name, Value)>) -> Result<Value> {
    view.check_frame("to_parquet()")?;
    let options = parquet_options(keywords, !view.eager)?;
    let path = path.text();
    if let Some(label) = options.folders.iter().find(|label| view.find(label).is_none()) {
        let labels: Vec<String> = view.labels().iter().map(Label::quoted).collect();
        bail!(
            "Partitioning on non-existent column. partition_on=[{}] .columns=[{}]",
            label.quoted(),
            labels.join(", ")
        );
    }
    if !view.eager {
        make_folder(&path)?;
        let keep = options.index.unwrap_or(true);
        let mut keywords = vec![
            (Name::from("index"), Value::Bool(keep)),
            (Name::from("compression"), Value::str(options.compression)),
        ];
        if !options.folders.is_empty() {
            let folders = options.folders.iter().map(Label::to_value);
            keywords.push((Name::from("partition_on"), Value::list(folders)));
        }
        let (name, folder) = (options.name_function, path.trim_end_matches('/'));
        let first = if options.append { next_part(std::path::Path::new(folder)) } else { 0 };
        let pattern = if name.is_some() { format!("{folder}/*") } else { format!("{folder}/part.*.parquet") };
        let naming = Naming { pattern, name, padded: false, first };
        let written = each_partition(context, view, "to_parquet", &naming, |_| keywords.clone(), options.compute)?;
        return if options.compute { Ok(Value::None) } else { one_of(context, written) };
    }
    let view = lower::compute_now(context, view)?;
    let keep = options.index.unwrap_or(!view.rows.counted);
    if options.folders.is_empty() {
        return parquet_file(&view, &path, keep, &options.compression).map(|()| Value::None);
    }
    let (folder, file) = match (options.is_file, path.rsplit_once('/')) {
        (true, Some((folder, file))) => (folder.to_string(), file.to_string()),
        (true, None) => (".".to_string(), path),
        (false, _) => (path.trim_end_matches('/').to_string(), "part.0.parquet".to_string()),
    };
    if options.folders.len() == view.columns.len() {
        bail!("No data left to save outside partition columns");
    }
    let keys = options.folders.iter().map(|label| view.column(label).cloned()).collect::<Result<Vec<_>>>()?;
    let grouped = super::groupby::GroupBy {
        view: view.clone(),
        keys,
        series: false,
        chosen: false,
        sort: true,
        dropna: false,
        as_index: true,
        group_keys: true,
        keys_in_list: true,
        observed: true,
    };
    let groups = super::groups::Groups::of(context, &grouped)?;
    for group in 0..groups.rows.len() {
        let values = groups.key(group, true).items().unwrap_or_default();
        let mut inside = folder.clone();
        for (label, value) in options.folders.iter().zip(&values) {
            let missing = crate::cell::literal(value).is_none_or(|value| value.is_null());
            let value = if missing { super::parquet::NO_VALUE.into() } else { super::parquet::quoted(&value.text()) };
            inside = format!("{inside}/{label}={value}");
        }
        make_folder(&inside)?;
        parquet_file(&groups.group(group)?, &format!("{inside}/{file}"), keep, &options.compression)?;
    }
    Ok(Value::None)
}

/// Rows in memory as one file.
fn parquet_file(view: &View, path: &str, keep: bool, compression: &str) -> Result<()> {
    let mut batch = named(view, keep)?;
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
    written(path, &batch, &names, compression)
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
