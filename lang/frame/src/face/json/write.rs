//! `to_json`: a frame as text, or a file for each partition.

use std::sync::Arc;

use rdk_runtime::{Args, Context, Keywords, Result, Value, bail, builtins, error};

use super::super::target::{self, Target};
use super::cells::Cells;
use super::{Orient, encoding_of, function, refuse};
use crate::csv::Encoding;
use crate::frame::Frame;
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};

/// How a frame is written.
struct Style {
    orient: Orient,
    lines: bool,
    index: bool,
    cells: Cells,
    encoding: Encoding,
    /// Is a file packed by gzip? What its name says, if nothing is said.
    packed: Option<bool>,
}

impl Style {
    /// For a task that is sent to another process.
    fn to_value(&self) -> Value {
        let flags = [self.lines, self.index, self.cells.iso, self.cells.ascii, self.encoding == Encoding::Latin1];
        let packed = self.packed.map_or(Value::None, Value::Bool);
        let first = [Value::str(self.orient.name()), Value::Int(self.cells.digits as i64), packed];
        Value::tuple(first.into_iter().chain(flags.map(Value::Bool)).collect::<Vec<_>>())
    }

    fn of_value(value: &Value) -> Result<Style> {
        let facts = value.items().unwrap_or_default();
        let [orient, digits, packed, flags @ ..] = &facts[..] else { bail!("internal error: no style") };
        let flag = |at: usize| matches!(flags.get(at), Some(Value::Bool(true)));
        let digits = if let Value::Int(digits) = digits { *digits as usize } else { 10 };
        Ok(Style {
            orient: Orient::of(orient.as_str().unwrap_or("records"))?,
            lines: flag(0),
            index: flag(1),
            cells: Cells { iso: flag(2), ascii: flag(3), digits },
            encoding: if flag(4) { Encoding::Latin1 } else { Encoding::Utf8 },
            packed: if let Value::Bool(packed) = packed { Some(*packed) } else { None },
        })
    }
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
            /// Where: a path or an open file, a path with a `*` for the number of the partition of a lazy one; a text
            /// is given if it is left out.
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
            /// How many digits floats have after the point, at most; up to 15.
            double_precision: i64 = 10,
            /// Is every letter beyond ASCII written by its number?
            force_ascii: bool = true,
            /// "gzip", `None`, or "infer": as the name of the file says.
            compression: Value = "infer",
            /// Of the files of a lazy frame: "utf-8" or "latin-1".
            encoding: Option<String>,
            /// More names that are refused, unless they say what is so anyway.
            options: Keywords,
        ) -> Result<Value> {
            refuse("to_json", &options.0, &[("mode", "w"), ("errors", "strict"), ("date_unit", "ms"), ("indent", "0")])?;
            if this.eager && encoding.is_some() {
                bail!(TypeError: "to_json() got an unexpected keyword argument 'encoding'"; hint: "files are UTF-8");
            }
            let Some(digits) = usize::try_from(double_precision).ok().filter(|digits| *digits <= 15) else {
                bail!("Invalid value '{double_precision}' for option 'double_precision', max is '15'");
            };
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
            let given = orient.is_some();
            let orient = Orient::of(orient.as_deref().unwrap_or(usual))?;
            let lines = lines.unwrap_or(!this.eager && orient == Orient::Records);
            if lines && orient != Orient::Records {
                bail!("'lines' keyword only valid when 'orient' is records");
            }
            if index == Some(true) && matches!(orient, Orient::Records | Orient::Values) {
                bail!("'index=True' is only valid when 'orient' is 'split', 'table', 'index', or 'columns'.");
            }
            if index == Some(false) && given && matches!(orient, Orient::Index | Orient::Columns) {
                bail!("'index=False' is only valid when 'orient' is 'split', 'table', 'records', or 'values'.");
            }
            let cells = Cells { iso, digits, ascii: force_ascii };
            let (encoding, packed) = (encoding_of(encoding.as_deref())?, super::super::super::write::packing(&compression)?);
            let style = Style { orient, lines, index: index.unwrap_or(true), cells, encoding, packed };
            match (this.eager, path_or_buf) {
                (true, None) => Ok(Value::str(text(context, &this, &style)?)),
                (true, Some(given)) => {
                    let text = text(context, &this, &style)?.into_bytes();
                    Target::of(context, &given)?.write(context, text, |path, text| write(path, text, &style))?;
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
            let style = Style::of_value(&style)?;
            if let Some(folder) = std::path::Path::new(&path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(|problem| error!(OSError: "'{}' could not be made: {problem}", folder.display()))?;
            }
            write(&path, text(context, &part, &style)?.into_bytes(), &style)?;
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
    let style = style.to_value();
    let builtin = hidden::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no function"))?;
    let delayed = function(context, "dask", "delayed")?;
    let writer = context.call(&delayed, Args::one(Value::Builtin(Arc::new(builtin))))?;
    let one = |at: usize| {
        let part = Frame::lazy(super::super::partitions::picked(context, view, &[at])?);
        context.call(&writer, Args::of([part, Value::str(path_of(at)), style.clone()]))
    };
    let parts = (0..n).map(one).collect::<Result<Vec<_>>>()?;
    if !compute {
        return Ok(Value::list(parts));
    }
    let done = context.call(&function(context, "dask", "compute")?, Args::of(parts))?;
    Ok(Value::list(done.items().unwrap_or_default()))
}

/// Packed and encoded as it is wanted.
fn write(path: &str, text: Vec<u8>, style: &Style) -> Result<()> {
    let bytes = super::super::write::encoded(text, style.encoding)?;
    let bytes = super::super::write::packed(path, bytes, style.packed)?;
    target::check_folder(path)?;
    target::put(path, &bytes)
}

fn text(context: &Context, view: &View, style: &Style) -> Result<String> {
    let view = lower::compute_now(context, &super::super::loc::with_plain_labels(view)?)?;
    let batch = lower::in_memory(&view)?;
    let n_index = view.index.len();
    let cells = &style.cells;
    let labels: Vec<String> = view.labels().iter().map(|label| cells.key(&label.to_value())).collect();
    let cell_of = |at: usize, row: usize| cells.cell(batch.column(n_index + at), row);
    let rows = 0..batch.num_rows();
    let row_label = |row: usize| super::super::items::index_value(&batch, n_index, row);
    let is_frame = view.shape == Shape::Frame;
    if style.orient == Orient::Index || style.orient == Orient::Columns && is_frame {
        let mut seen = rustc_hash::FxHashSet::default();
        if !rows.clone().all(|row| seen.insert(row_label(row).repr())) {
            bail!("{} index must be unique for orient='{}'", if is_frame { "DataFrame" } else { "Series" }, if style.orient == Orient::Index { "index" } else { "columns" }; hint: "`orient=\"records\"` leaves it out");
        }
    }
    let object = |row: usize| -> Result<String> {
        let cells = (0..labels.len()).map(|at| Ok(format!("{}:{}", labels[at], cell_of(at, row)?)));
        Ok(format!("{{{}}}", cells.collect::<Result<Vec<_>>>()?.join(",")))
    };
    let list = |row: usize| -> Result<String> {
        let cells = (0..labels.len()).map(|at| cell_of(at, row)).collect::<Result<Vec<_>>>()?;
        Ok(if is_frame { format!("[{}]", cells.join(",")) } else { cells.join(",") })
    };
    let joined = |parts: Vec<String>| parts.join(",");
    let each = |one: &dyn Fn(usize) -> Result<String>| rows.clone().map(one).collect::<Result<Vec<_>>>();
    Ok(match style.orient {
        Orient::Records if style.lines => {
            let lines = if is_frame { each(&object)? } else { each(&list)? };
            lines.into_iter().map(|line| line + "\n").collect()
        }
        Orient::Records if is_frame => format!("[{}]", joined(each(&object)?)),
        Orient::Records | Orient::Values => format!("[{}]", joined(each(&list)?)),
        Orient::Index | Orient::Columns if !is_frame => {
            let pair = |row: usize| Ok(format!("{}:{}", cells.key(&row_label(row)), cell_of(0, row)?));
            format!("{{{}}}", joined(each(&pair)?))
        }
        Orient::Index => {
            let pair = |row: usize| Ok(format!("{}:{}", cells.key(&row_label(row)), object(row)?));
            format!("{{{}}}", joined(each(&pair)?))
        }
        Orient::Columns => {
            let column = |at: usize| -> Result<String> {
                let pair = |row: usize| Ok(format!("{}:{}", cells.key(&row_label(row)), cell_of(at, row)?));
                Ok(format!("{}:{{{}}}", labels[at], joined(each(&pair)?)))
            };
            format!("{{{}}}", joined((0..labels.len()).map(column).collect::<Result<Vec<_>>>()?))
        }
        Orient::Split => {
            let levels = |row: usize| -> Result<String> {
                let levels = batch.columns()[..n_index].iter().map(|level| cells.cell(level, row));
                let levels = levels.collect::<Result<Vec<_>>>()?;
                Ok(if n_index == 1 { levels.concat() } else { format!("[{}]", levels.join(",")) })
            };
            let index = each(&levels)?;
            let index = if style.index { format!("\"index\":[{}],", joined(index)) } else { String::new() };
            let head = match is_frame {
                true => {
                    let labels = view.labels().iter().map(|label| cells.value(&label.to_value())).collect();
                    format!("\"columns\":[{}]", joined(labels))
                }
                false => format!(
                    "\"name\":{}",
                    view.label().as_ref().map_or("null".into(), |label| cells.value(&Label::to_value(label)))
                ),
            };
            format!("{{{head},{index}\"data\":[{}]}}", joined(each(&list)?))
        }
    })
}
