//! `read_json`: a frame of a file, a lazy frame of several.

use std::io::Read;
use std::sync::Arc;

use rdk_runtime::{Args, Context, HashKey, Keywords, Name, Result, Value, bail, builtins, error};

use super::converted::Types;
use super::{Orient, encoding_of, function, refuse};
use crate::csv::Encoding;
use crate::frame::what;
use crate::plan::Shape;

/// What `read_json` is told.
struct Asked {
    orient: Option<String>,
    /// Is it a series?
    series: bool,
    lines: bool,
    nrows: Option<usize>,
    encoding: Encoding,
    /// Is the file packed by gzip? What its name says, if nothing is said.
    packed: Option<bool>,
    types: Types,
}

/// The text of a file, or what a thing that can be read gives.
fn text_of(context: &Context, source: &Value, asked: &Asked) -> Result<String> {
    let paths = super::super::read::paths(source).ok().filter(|paths| paths.len() == 1);
    if let Some(path) = paths.map(|mut paths| paths.remove(0)) {
        let failed = |problem: std::io::Error| match problem.kind() {
            std::io::ErrorKind::NotFound => error!(FileNotFoundError: "[Errno 2] No such file or directory: '{path}'"),
            _ => error!(OSError: "'{path}': {problem}"),
        };
        let mut bytes = std::fs::read(&path).map_err(failed)?;
        if asked.packed.unwrap_or(path.ends_with(".gz")) {
            if !bytes.starts_with(&[0x1f, 0x8b]) {
                bail!(OSError: "'{path}' is not packed by gzip"; hint: "`compression=None` reads plain text");
            }
            let mut plain = Vec::new();
            flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain).map_err(failed)?;
            bytes = plain;
        }
        return match asked.encoding {
            Encoding::Latin1 => Ok(bytes.into_iter().map(char::from).collect()),
            Encoding::Utf8 => String::from_utf8(bytes).map_err(|_| {
                error!("'{path}' is not written in UTF-8").hint(
                    "`encoding=\"latin-1\"` reads other letters; files packed other than by gzip are unpacked first",
                )
            }),
        };
    }
    let Some(read) = rdk_runtime::operators::find(context, source, "read")? else {
        bail!(TypeError: "expected the name of a file, or an open one, got {}", what(source));
    };
    let read = context.call(&read, Args::none())?;
    match read.as_str() {
        Some(text) => Ok(text.to_string()),
        None => bail!(TypeError: "expected a file of text, got one of {}", what(&read)),
    }
}

fn read(context: &Context, source: &Value, asked: &Asked) -> Result<Value> {
    let text = text_of(context, source, asked)?;
    let loads = function(context, "json", "loads")?;
    let load = |text: &str| {
        context.call(&loads, Args::one(Value::str(text))).map_err(|problem| {
            error!("Expected object or value: {}", problem.0.message)
                .hint("`lines=True` reads files with an object in each line")
        })
    };
    let data = if asked.lines {
        // A list of lines has neither labels nor members.
        if matches!(asked.orient.as_deref(), Some("index" | "split")) {
            bail!("'lines' keyword only valid when 'orient' is records");
        }
        let lines = text.lines().filter(|line| !line.trim().is_empty()).take(asked.nrows.unwrap_or(usize::MAX));
        Value::list(lines.map(load).collect::<Result<Vec<_>>>()?)
    } else if asked.nrows.is_some() {
        bail!("nrows can only be passed if lines=True")
    } else {
        load(&text)?
    };
    let orient = match asked.orient.as_deref() {
        Some(name) => Orient::of(name)?,
        None if matches!(data, Value::List(_)) => Orient::Records,
        None if asked.series => Orient::Index,
        None => Orient::Columns,
    };
    let made = if asked.series { series(context, data, orient)? } else { frame(context, data, orient)? };
    asked.types.converted(context, made, orient == Orient::Split)
}

/// The rows of a frame, in one of the ways in which they lie.
fn frame(context: &Context, data: Value, orient: Orient) -> Result<Value> {
    match (orient, &data) {
        (Orient::Records | Orient::Values | Orient::Columns, Value::List(_)) | (Orient::Columns, Value::Dict(_)) => {
            make(context, Shape::Frame, data, vec![])
        }
        (Orient::Index, Value::Dict(dict)) => {
            let pairs: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            let (labels, rows): (Vec<Value>, Vec<Value>) = pairs.into_iter().unzip();
            make(context, Shape::Frame, Value::list(rows), vec![("index", Some(Value::list(labels)))])
        }
        (Orient::Split, Value::Dict(_)) => {
            check_members(&data, ["columns", "index", "data"])?;
            // Labels of several levels are lists in the file.
            let label = |label: &Value| {
                if let Value::List(list) = label { Value::tuple(list.snapshot()) } else { label.clone() }
            };
            let columns = member(&data, "columns")?.and_then(|columns| columns.items());
            let columns = columns.map(|columns| Value::list(columns.iter().map(label)));
            let more = vec![("index", labels(&data)?), ("columns", columns)];
            make(context, Shape::Frame, rows(&data)?, more)
        }
        _ => Err(other_way(&data)),
    }
}

/// The values of a series.
fn series(context: &Context, data: Value, orient: Orient) -> Result<Value> {
    match (orient, &data) {
        (Orient::Records | Orient::Values | Orient::Columns, Value::List(_))
        | (Orient::Index | Orient::Columns, Value::Dict(_)) => make(context, Shape::Series, data, vec![]),
        (Orient::Split, Value::Dict(_)) => {
            check_members(&data, ["name", "index", "data"])?;
            let more = vec![("index", labels(&data)?), ("name", member(&data, "name")?)];
            make(context, Shape::Series, rows(&data)?, more)
        }
        _ => Err(other_way(&data)),
    }
}

fn other_way(data: &Value) -> rdk_runtime::Error {
    error!("the file holds {}, which does not lie in this way", what(data))
        .hint("`orient=` says how: \"records\", \"columns\", \"index\", \"split\", \"values\"")
}

/// Are there only members that `to_json(orient="split")` writes?
fn check_members(data: &Value, known: [&str; 3]) -> Result<()> {
    let Value::Dict(dict) = data else { return Ok(()) };
    let names: Vec<String> = dict.0.lock().iter().map(|(key, _)| key.value().text()).collect();
    let mut other: Vec<String> = names.into_iter().filter(|name| !known.contains(&name.as_str())).collect();
    if !other.is_empty() {
        other.sort();
        bail!("JSON data had unexpected key(s): {}", other.join(", "); hint: "`orient=\"split\"` has {}", known.map(|name| format!("\"{name}\"")).join(", "));
    }
    Ok(())
}

fn member(data: &Value, name: &str) -> Result<Option<Value>> {
    let Value::Dict(dict) = data else { return Ok(None) };
    Ok(dict.0.lock().get(&HashKey::new(Value::str(name))?).cloned())
}

fn rows(data: &Value) -> Result<Value> {
    match member(data, "data")? {
        Some(rows) => Ok(rows),
        None => bail!("expected \"data\" in the object, as `to_json(orient=\"split\")` writes it"),
    }
}

fn labels(data: &Value) -> Result<Option<Value>> {
    let labels = member(data, "index")?;
    let several = |labels: &Value| {
        labels.items().is_some_and(|labels| labels.iter().any(|label| matches!(label, Value::List(_))))
    };
    if labels.as_ref().is_some_and(several) {
        bail!(
            NotImplementedError: "initializing a Series from a MultiIndex is not supported";
            hint: "`reset_index()` before writing makes columns of the levels, `set_index([…])` levels of them again"
        );
    }
    Ok(labels)
}

/// `pd.DataFrame(data, …)`, `pd.Series(data, …)`
fn make(context: &Context, shape: Shape, data: Value, more: Vec<(&str, Option<Value>)>) -> Result<Value> {
    let mut call = Args::one(data);
    call.keywords.extend(more.into_iter().filter_map(|(name, value)| Some((Name::from(name), value?))));
    context.call(&Value::Class(super::super::classes::class(shape, true)), call)
}

builtins! {
    /// A frame or series of a JSON file.
    ///
    /// Columns and labels of texts that are all numbers become numbers. Columns become times if their names say so:
    /// "date", "modified", "timestamp…", "…_at", "…_time".
    fn read_json[context](
        /// The name of the file, or an open one.
        path_or_buf: Value,
        /// How cells lie in it: "records", "columns", "index", "split" or "values"; found out if it is left out.
        orient: Option<String>,
        /// Is there an object in each line?
        lines: bool = false,
        /// Only so many lines.
        nrows: Option<usize>,
        /// What is read: "frame" or "series".
        typ: String = "frame",
        /// The type of columns, or a dict of them; False: texts stay texts.
        dtype: Option<Value>,
        /// Do labels that are all numbers or times become so?
        convert_axes: bool = true,
        /// Do columns become times? Or a list of those that do.
        convert_dates: Option<Value>,
        /// Are columns whose names mean times among them?
        keep_default_dates: bool = true,
        /// "utf-8" or "latin-1".
        encoding: Option<String>,
        /// "gzip", `None`, or "infer": as the name of the file says.
        compression: Value = "infer",
        /// More names that are refused, unless they say what is so anyway.
        options: Keywords,
    ) -> Result<Value> {
        refuse("read_json", &options.0, &[("encoding_errors", "strict"), ("precise_float", "False"), ("precise_float", "True"), ("engine", "ujson")])?;
        let series = match typ.as_str() {
            "frame" => false,
            "series" => true,
            other => bail!("typ='{other}' must be 'frame' or 'series'."),
        };
        let types = Types::of(dtype, convert_axes, convert_dates, keep_default_dates)?;
        let (encoding, packed) = (encoding_of(encoding.as_deref())?, super::super::write::packing(&compression)?);
        read(context, &path_or_buf, &Asked { orient, series, lines, nrows, encoding, packed, types })
    }
}

/// Functions of `dask.dataframe`.
pub mod lazy {
    use super::*;

    /// What each file is read with.
    const EACH: [&str; 5] = ["dtype", "convert_axes", "convert_dates", "keep_default_dates", "precise_float"];

    builtins! {
        /// A lazy frame of JSON files: a partition for each.
        fn read_json[context](
            /// A file, a pattern such as "data/*.json", or a list of files.
            url_path: Value,
            /// How cells lie in them.
            orient: String = "records",
            /// Is there an object in each line? So it is if `orient` is "records".
            lines: Option<bool>,
            /// A frame like the partitions; the first file is read if it is left out.
            meta: Option<Value>,
            /// "utf-8" or "latin-1".
            encoding: String = "utf-8",
            /// "gzip", `None`, or "infer": as the names of the files say.
            compression: Value = "infer",
            /// What `pd.read_json` is told besides: `dtype`, `convert_dates`, …
            options: Keywords,
        ) -> Result<Value> {
            let (each, rest): (Vec<_>, Vec<_>) = options.0.into_iter().partition(|(name, _)| EACH.contains(&&**name));
            let rest: Vec<_> = rest.into_iter().filter(|(name, _)| &**name != "sample").collect();
            refuse("read_json", &rest, &[("errors", "strict"), ("engine", "ujson"), ("include_path_column", "False")])?;
            let paths = crate::csv::paths(&super::super::super::read::paths(&url_path)?)?;
            let lines = lines.unwrap_or(orient == "records");
            let builtin = super::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no function"))?;
            let delayed = function(context, "dask", "delayed")?;
            let reader = context.call(&delayed, Args::one(Value::Builtin(Arc::new(builtin))))?;
            let one = |path: &String| {
                let mut call = Args::one(Value::str(path));
                let own = [("orient", Value::str(&orient)), ("lines", Value::Bool(lines)), ("encoding", Value::str(&encoding)), ("compression", compression.clone())];
                call.keywords.extend(own.map(|(name, value)| (Name::from(name), value)));
                call.keywords.extend(each.iter().cloned());
                context.call(&reader, call)
            };
            let parts = paths.iter().map(one).collect::<Result<Vec<_>>>()?;
            super::super::super::from_delayed::from_delayed(context, &Value::list(parts), meta, None)
        }
    }
}
