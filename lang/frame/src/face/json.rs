//! Frames as JSON: `read_json`, `to_json`.

use std::sync::Arc;

use arrow::array::Array;
use arrow::datatypes::DataType;
use rdk_runtime::{Args, Context, HashKey, Keywords, Name, Result, Value, bail, builtins, error};

use super::classes;
use crate::cell;
use crate::frame::{Frame, what};
use crate::lower;
use crate::plan::{Shape, View};
use crate::timestamp::Timestamp;

/// How the cells of a frame lie in the text.
#[derive(Clone, Copy, PartialEq)]
enum Orient {
    Columns,
    Records,
    Index,
    Split,
    Values,
}

impl Orient {
    fn of(name: &str) -> Result<Orient> {
        Ok(match name {
            "columns" => Orient::Columns,
            "records" => Orient::Records,
            "index" => Orient::Index,
            "split" => Orient::Split,
            "values" => Orient::Values,
            other => bail!(
                "Invalid value '{other}' for option 'orient'";
                hint: "\"columns\", \"records\", \"index\", \"split\" or \"values\""
            ),
        })
    }
}

/// An error for keywords that pandas has and rdk has not.
fn refuse(function: &str, options: &[(Name, Value)], harmless: &[&str]) -> Result<()> {
    match options.iter().find(|(name, value)| !harmless.contains(&&**name) && !value.is_none()) {
        Some((name, _)) => bail!(TypeError: "{function}() does not support the keyword argument '{name}'"),
        None => Ok(()),
    }
}

fn function(context: &Context, module: &str, name: &str) -> Result<Value> {
    let found = context.shared.library.import(module)?.get(name);
    found.ok_or_else(|| error!(RuntimeError: "`{module}.{name}` is not at hand here"))
}

/// The text of a file, or what a thing that can be read gives.
fn text_of(context: &Context, source: &Value) -> Result<String> {
    if let Some(path) =
        super::read::paths(source).ok().filter(|paths| paths.len() == 1).map(|mut paths| paths.remove(0))
    {
        let bytes = std::fs::read(&path).map_err(|problem| match problem.kind() {
            std::io::ErrorKind::NotFound => error!(FileNotFoundError: "[Errno 2] No such file or directory: '{path}'"),
            _ => error!(OSError: "'{path}': {problem}"),
        })?;
        let Ok(text) = String::from_utf8(bytes) else {
            bail!("'{path}' is not written in UTF-8"; hint: "packed files are unpacked first");
        };
        return Ok(text);
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

fn read(context: &Context, source: &Value, orient: Option<&str>, lines: bool, nrows: Option<usize>) -> Result<Value> {
    let text = text_of(context, source)?;
    let loads = function(context, "json", "loads")?;
    let load = |text: &str| {
        context.call(&loads, Args::one(Value::str(text))).map_err(|problem| {
            error!("Expected object or value: {}", problem.0.message)
                .hint("`lines=True` reads files with an object in each line")
        })
    };
    if lines {
        if orient.is_some_and(|orient| orient != "records") {
            bail!("'lines' keyword only valid when 'orient' is records");
        }
        let lines = text.lines().filter(|line| !line.trim().is_empty()).take(nrows.unwrap_or(usize::MAX));
        let rows = lines.map(load).collect::<Result<Vec<_>>>()?;
        return frame(context, Value::list(rows), None, None);
    }
    if nrows.is_some() {
        bail!("nrows can only be passed if lines=True");
    }
    let data = load(&text)?;
    let orient = match orient {
        Some(name) => Orient::of(name)?,
        None if matches!(data, Value::List(_)) => Orient::Records,
        None => Orient::Columns,
    };
    match (orient, &data) {
        (Orient::Records | Orient::Values, Value::List(_)) => frame(context, data, None, None),
        (Orient::Columns, Value::List(_)) => frame(context, data, None, None),
        (Orient::Columns, Value::Dict(_)) => {
            let made = frame(context, data, None, None)?;
            with_plain_index(context, made)
        }
        (Orient::Index, Value::Dict(dict)) => {
            let pairs: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            let (labels, rows): (Vec<Value>, Vec<Value>) = pairs.into_iter().unzip();
            frame(context, Value::list(rows), Some(Value::list(labels.iter().map(plain_label))), None)
        }
        (Orient::Split, Value::Dict(dict)) => {
            let get = |name: &str| -> Result<Option<Value>> {
                Ok(dict.0.lock().get(&HashKey::new(Value::str(name))?).cloned())
            };
            let Some(rows) = get("data")? else {
                bail!("expected \"data\" in the object, as `to_json(orient=\"split\")` writes it")
            };
            frame(context, rows, get("index")?, get("columns")?)
        }
        _ => {
            bail!("the file holds {}, which does not lie in this way", what(&data); hint: "`orient=` says how: \"records\", \"columns\", \"index\", \"split\", \"values\"")
        }
    }
}

/// `pd.DataFrame(data, index=…, columns=…)`
fn frame(context: &Context, data: Value, index: Option<Value>, columns: Option<Value>) -> Result<Value> {
    let mut call = Args::one(data);
    call.keywords.extend(index.map(|index| (Name::from("index"), index)));
    call.keywords.extend(columns.map(|columns| (Name::from("columns"), columns)));
    context.call(&Value::Class(classes::class(Shape::Frame, true)), call)
}

/// The labels of a JSON object are texts: numbers among them become numbers again.
fn plain_label(label: &Value) -> Value {
    label.as_str().and_then(|text| text.parse::<i64>().ok()).map_or_else(|| label.clone(), Value::Int)
}

fn with_plain_index(context: &Context, made: Value) -> Result<Value> {
    let Some(frame) = made.get::<Frame>() else { return Ok(made) };
    let view = frame.view();
    if !cell::is_text(&view.type_of(&view.index[0].expr)?) {
        return Ok(made);
    }
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let labels: Vec<Value> = super::items::values(context, &index)?.iter().map(plain_label).collect();
    if labels.iter().all(|label| matches!(label, Value::Int(_))) {
        super::items::set_index(context, frame, &Value::list(labels))?;
    }
    Ok(made)
}

builtins! {
    /// A frame of a JSON file.
    ///
    /// Times stay texts or numbers: `pd.to_datetime` reads them.
    fn read_json[context](
        /// The name of the file, or an open one.
        path_or_buf: Value,
        /// How cells lie in it: "records", "columns", "index", "split" or "values"; found out if it is left out.
        orient: Option<String>,
        /// Is there an object in each line?
        lines: bool = false,
        /// Only so many lines.
        nrows: Option<usize>,
        /// Have no effect: `typ="frame"`, `encoding="utf-8"`, `convert_dates=False`, `convert_axes`, `precise_float`.
        options: Keywords,
    ) -> Result<Value> {
        refuse("read_json", &options.0, &["typ", "encoding", "convert_dates", "convert_axes", "precise_float", "compression"])?;
        read(context, &path_or_buf, orient.as_deref(), lines, nrows)
    }
}

/// Functions of `dask.dataframe`.
pub mod lazy {
    use super::*;

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
            /// Has no effect: `encoding="utf-8"`, `storage_options`, `compression="infer"`.
            options: Keywords,
        ) -> Result<Value> {
            refuse("read_json", &options.0, &["encoding", "storage_options", "compression", "errors", "engine"])?;
            let paths = super::super::read::paths(&url_path)?;
            let lines = lines.unwrap_or(orient == "records");
            let builtin = super::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no function"))?;
            let delayed = function(context, "dask", "delayed")?;
            let reader = context.call(&delayed, Args::one(Value::Builtin(Arc::new(builtin))))?;
            let one = |path: &String| {
                let mut call = Args::one(Value::str(path));
                call.keywords.push((Name::from("orient"), Value::str(&orient)));
                call.keywords.push((Name::from("lines"), Value::Bool(lines)));
                context.call(&reader, call)
            };
            let parts = paths.iter().map(one).collect::<Result<Vec<_>>>()?;
            super::super::from_delayed::from_delayed(context, &Value::list(parts), meta, None)
        }
    }
}

/// How a frame is written.
struct Style {
    orient: Orient,
    lines: bool,
    iso: bool,
    index: bool,
}

/// Methods of frames and series.
pub mod methods {
    use super::*;

    builtins! {
        /// The frame as JSON: a text, or a file; of a lazy frame a file for each partition.
        ///
        /// ```rdk
        /// pd.DataFrame({"x": [1, 2]}).to_json(orient="records")
        /// #> '[{"x":1},{"x":2}]'
        /// ```
        fn to_json[context](
            /// The frame or series.
            this: View,
            /// Where: with a `*` for the number of the partition of a lazy one; a text is given if it is left out.
            path_or_buf: Option<Value>,
            /// How cells lie: "columns", "records", "index", "split" or "values".
            orient: Option<String>,
            /// An object in each line? Only for "records".
            lines: Option<bool>,
            /// Times as "epoch" (milliseconds) or "iso".
            date_format: Option<String>,
            /// Are the labels of rows written, where `orient` is "split"?
            index: Option<bool>,
            /// Of a lazy frame: is it written now?
            compute: bool = true,
            /// Has no effect: `force_ascii`, `double_precision`, `encoding`.
            options: Keywords,
        ) -> Result<Value> {
            refuse("to_json", &options.0, &["force_ascii", "double_precision", "encoding", "storage_options", "compression"])?;
            let iso = match date_format.as_deref() {
                None | Some("epoch") => false,
                Some("iso") => true,
                Some(other) => bail!("'{other}' is not a valid value for 'date_format'"),
            };
            let usual = match (this.eager, this.shape) {
                (false, _) => "records",
                (true, Shape::Frame) => "columns",
                (true, _) => "index",
            };
            let orient = Orient::of(orient.as_deref().unwrap_or(usual))?;
            let lines = lines.unwrap_or(!this.eager && orient == Orient::Records);
            if lines && orient != Orient::Records {
                bail!("'lines' keyword only valid when 'orient' is records");
            }
            let style = Style { orient, lines, iso, index: index.unwrap_or(true) };
            match (this.eager, path_or_buf) {
                (true, None) => Ok(Value::str(text(context, &this, &style)?)),
                (true, Some(path)) => {
                    write(&path.text(), &text(context, &this, &style)?)?;
                    Ok(Value::None)
                }
                (false, None) => bail!(TypeError: "to_json() missing 1 required positional argument: 'url_path'"),
                (false, Some(path)) => partitions(context, &this, &path.text(), &style, compute),
            }
        }
    }
}

mod hidden {
    use super::*;

    builtins! {
        /// Writes a partition; gives the name of the file.
        fn written[context](/** The rows. */ part: View, /** The file. */ path: String, /** How. */ style: Value) -> Result<Value> {
            let facts = style.items().unwrap_or_default();
            let fact = |at: usize| matches!(facts.get(at), Some(Value::Bool(true)));
            let orient = Orient::of(facts.first().and_then(Value::as_str).unwrap_or("records"))?;
            write(&path, &text(context, &part, &Style { orient, lines: fact(1), iso: fact(2), index: fact(3) })?)?;
            Ok(Value::str(path))
        }
    }
}

/// A file for each partition.
fn partitions(context: &Context, view: &View, path: &str, style: &Style, compute: bool) -> Result<Value> {
    let n = view.rows.n_partitions;
    let width = n.saturating_sub(1).to_string().len();
    let path_of = |at: usize| match path.contains('*') {
        true => path.replacen('*', &format!("{at:0width$}"), 1),
        false => format!("{}/{at:0width$}.part", path.trim_end_matches('/')),
    };
    let orient = match style.orient {
        Orient::Columns => "columns",
        Orient::Records => "records",
        Orient::Index => "index",
        Orient::Split => "split",
        Orient::Values => "values",
    };
    let facts = [style.lines, style.iso, style.index].map(Value::Bool);
    let style = Value::tuple(std::iter::once(Value::str(orient)).chain(facts).collect::<Vec<_>>());
    let builtin = hidden::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no function"))?;
    let delayed = function(context, "dask", "delayed")?;
    let writer = context.call(&delayed, Args::one(Value::Builtin(Arc::new(builtin))))?;
    let one = |at: usize| {
        let part = Frame::lazy(super::partitions::picked(context, view, &[at])?);
        context.call(&writer, Args::of([part, Value::str(path_of(at)), style.clone()]))
    };
    let parts = (0..n).map(one).collect::<Result<Vec<_>>>()?;
    if !compute {
        return Ok(Value::list(parts));
    }
    let done = context.call(&function(context, "dask", "compute")?, Args::of(parts))?;
    Ok(Value::list(done.items().unwrap_or_default()))
}

/// To another name first, so that nobody sees half a file.
fn write(path: &str, text: &str) -> Result<()> {
    let problem = |problem: std::io::Error| error!(OSError: "'{path}': {problem}");
    if let Some(folder) = std::path::Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(problem)?;
    }
    let part = format!("{path}.part-{}", std::process::id());
    std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path)).map_err(problem)
}

fn text(context: &Context, view: &View, style: &Style) -> Result<String> {
    let view = lower::compute_now(context, &super::loc::with_plain_labels(view)?)?;
    let batch = lower::in_memory(&view)?;
    let n_index = view.index.len();
    let labels: Vec<String> = view.labels().iter().map(|label| key(&label.to_value(), style)).collect();
    let cell_of = |at: usize, row: usize| json(&batch.column(n_index + at).clone(), row, style);
    let rows = 0..batch.num_rows();
    let row_label = |row: usize| super::items::index_value(&batch, n_index, row);
    if style.orient == Orient::Index || style.orient == Orient::Columns {
        let mut seen = rustc_hash::FxHashSet::default();
        if !rows.clone().all(|row| seen.insert(row_label(row).repr())) {
            bail!("DataFrame index must be unique for orient='{}'", if style.orient == Orient::Index { "index" } else { "columns" }; hint: "`orient=\"records\"` leaves it out");
        }
    }
    let object = |row: usize| -> Result<String> {
        let cells = (0..labels.len()).map(|at| Ok(format!("{}:{}", labels[at], cell_of(at, row)?)));
        Ok(format!("{{{}}}", cells.collect::<Result<Vec<_>>>()?.join(",")))
    };
    let list = |row: usize| -> Result<String> {
        let cells = (0..labels.len()).map(|at| cell_of(at, row)).collect::<Result<Vec<_>>>()?;
        Ok(if view.shape == Shape::Frame { format!("[{}]", cells.join(",")) } else { cells.join(",") })
    };
    let joined = |parts: Vec<String>| parts.join(",");
    let each = |one: &dyn Fn(usize) -> Result<String>| rows.clone().map(one).collect::<Result<Vec<_>>>();
    Ok(match style.orient {
        Orient::Records if style.lines => each(&object)?.into_iter().map(|line| line + "\n").collect(),
        Orient::Records if view.shape == Shape::Frame => format!("[{}]", joined(each(&object)?)),
        Orient::Records | Orient::Values => format!("[{}]", joined(each(&list)?)),
        Orient::Index if view.shape != Shape::Frame => {
            let pair = |row: usize| Ok(format!("{}:{}", key(&row_label(row), style), cell_of(0, row)?));
            format!("{{{}}}", joined(each(&pair)?))
        }
        Orient::Index => {
            let pair = |row: usize| Ok(format!("{}:{}", key(&row_label(row), style), object(row)?));
            format!("{{{}}}", joined(each(&pair)?))
        }
        Orient::Columns => {
            let column = |at: usize| -> Result<String> {
                let pair = |row: usize| Ok(format!("{}:{}", key(&row_label(row), style), cell_of(at, row)?));
                Ok(format!("{}:{{{}}}", labels[at], joined(each(&pair)?)))
            };
            format!("{{{}}}", joined((0..labels.len()).map(column).collect::<Result<Vec<_>>>()?))
        }
        Orient::Split => {
            let index = rows.clone().map(|row| json(batch.column(0), row, style)).collect::<Result<Vec<_>>>()?;
            let index = if style.index { format!("\"index\":[{}],", joined(index)) } else { String::new() };
            let head = match view.shape {
                Shape::Frame => format!("\"columns\":[{}]", labels.join(",")),
                _ => format!(
                    "\"name\":{}",
                    view.label().as_ref().map_or("null".into(), |label| quoted(&label.to_string()))
                ),
            };
            format!("{{{head},{index}\"data\":[{}]}}", joined(each(&list)?))
        }
    })
}

/// A label as the name of a member.
fn key(label: &Value, style: &Style) -> String {
    match label.get::<Timestamp>() {
        Some(time) if style.iso => quoted(&iso(time.0)),
        Some(time) => quoted(&(time.0.div_euclid(1000)).to_string()),
        None => quoted(&label.text()),
    }
}

fn iso(micros: i64) -> String {
    let moment = super::dates::moment(micros);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.micro / 1000
    )
}

/// A cell as JSON.
fn json(column: &arrow::array::ArrayRef, row: usize, style: &Style) -> Result<String> {
    if column.is_null(row) {
        return Ok("null".into());
    }
    let column = &crate::category::plain(column)?;
    if let DataType::Duration(_) = column.data_type() {
        let micros = crate::timedelta::micros_of(&cell::value(column, row)).unwrap_or(0);
        return Ok((micros / 1000).to_string());
    }
    Ok(of_value(&cell::value(column, row), style))
}

fn of_value(value: &Value, style: &Style) -> String {
    match value {
        Value::None => "null".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(_) | Value::BigInt(_) => value.text(),
        Value::Float(number) if !number.is_finite() => "null".into(),
        Value::Float(number) => {
            // Ten digits after the point, as pandas has it.
            let rounded = (number * 1e10).round() / 1e10;
            let number = if rounded.is_finite() { rounded } else { *number };
            Value::Float(number).text()
        }
        Value::List(_) | Value::Tuple(_) => {
            let items: Vec<String> =
                value.items().unwrap_or_default().iter().map(|item| of_value(item, style)).collect();
            format!("[{}]", items.join(","))
        }
        other => match other.get::<Timestamp>() {
            Some(time) if time.is_not() => "null".into(),
            Some(time) if style.iso => quoted(&iso(time.0)),
            Some(time) => time.0.div_euclid(1000).to_string(),
            None => quoted(&other.text()),
        },
    }
}

/// A text between quotes, ASCII only, as pandas writes it.
fn quoted(text: &str) -> String {
    let mut made = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => made.push_str("\\\""),
            '\\' => made.push_str("\\\\"),
            '/' => made.push_str("\\/"),
            '\n' => made.push_str("\\n"),
            '\r' => made.push_str("\\r"),
            '\t' => made.push_str("\\t"),
            ' '..='~' => made.push(letter),
            _ => {
                let mut units = [0u16; 2];
                for unit in letter.encode_utf16(&mut units) {
                    made.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    made.push('"');
    made
}
