//! Frames from files: `read_csv`. How Parquet is read stands in `parquet.rs`.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use rdk_graph::Tokenizer;
use rdk_runtime::{Context, FromValue, Keywords, Result, Value, bail, builtins};

use super::create;
use crate::batches::Batches;
use crate::category;
use crate::csv::{self, BadLines, Compression, Dtypes, Encoding, Header, NaValues, Options, Pick, Separator, SkipRows};
use crate::files::CsvScan;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{COUNTED, Leaf, Named, Rows, Shape, Source, View, hidden_name};

/// Where a file is: a text, a path, or a list of these.
pub fn paths(value: &Value) -> Result<Vec<String>> {
    let one = |value: &Value| match value {
        Value::Str(text) => Ok(text.to_string()),
        Value::Object(_) if value.class().module.starts_with("pathlib") => Ok(value.text()),
        other => bail!(TypeError: "expected a path, got {}", what(other)),
    };
    let list = match value.items() {
        Some(items) => items.iter().map(one).collect::<Result<Vec<_>>>()?,
        None => vec![one(value)?],
    };
    for path in &list {
        if let Some((scheme, _)) = path.split_once("://")
            && scheme != "file"
        {
            bail!(NotImplementedError: "`{scheme}://` is not read"; hint: "download it first: `urllib.request.urlretrieve(url, \"file.csv\")`");
        }
    }
    Ok(list.into_iter().map(|path| path.strip_prefix("file://").map(String::from).unwrap_or(path)).collect())
}

fn pick(value: &Value) -> Result<Pick> {
    match value {
        Value::Str(name) => Ok(Pick::Name(name.to_string())),
        Value::Int(at) if *at >= 0 => Ok(Pick::Position(*at as usize)),
        other => bail!(TypeError: "expected a column's name or position, got {}", what(other)),
    }
}

fn picks(value: &Value) -> Result<Vec<Pick>> {
    match value.items() {
        Some(items) => items.iter().map(pick).collect(),
        None => bail!(TypeError: "expected a list of columns, got {}", what(value)),
    }
}

fn texts(value: &Value) -> Result<Vec<String>> {
    match value {
        Value::Str(text) => Ok(vec![text.to_string()]),
        other => match other.items() {
            Some(items) => Ok(items.iter().map(Value::text).collect()),
            None => Ok(vec![other.text()]),
        },
    }
}

fn pairs(value: &Value) -> Option<Vec<(Value, Value)>> {
    let Value::Dict(dict) = value else { return None };
    Some(dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect())
}

/// The name of a type for a file: `int64`, from a text, a class or `np.int64`.
fn type_name(value: &Value) -> Result<String> {
    let name = match value {
        Value::Str(text) => text.to_string(),
        Value::Class(class) => class.name.to_string(),
        other => other.text(),
    };
    crate::dtype::check_plain(&name)?;
    Ok(name)
}

fn byte(name: &str, value: &Value) -> Result<Option<u8>> {
    match value {
        Value::None => Ok(None),
        Value::Str(text) if text.len() == 1 => Ok(text.bytes().next()),
        other => bail!(TypeError: "`{name}` is a single letter, got {}", what(other)),
    }
}

/// What a caller says besides: which of it is about the file, the rest.
struct Asked {
    options: Options,
    index: Option<Value>,
    blocksize: Option<Value>,
    /// Columns whose categories are given; all, where no column is named.
    categories: Vec<(Option<Pick>, DataType)>,
}

fn asked(keywords: Vec<(rdk_runtime::Name, Value)>, lazy: bool) -> Result<Asked> {
    let mut options = Options::default();
    let (mut index, mut blocksize) = (None, None);
    let mut categories = Vec::new();
    for (name, value) in keywords {
        if value.is_none() && !matches!(&*name, "blocksize" | "header" | "compression") {
            continue;
        }
        let flag = || match bool::from_value(&value) {
            Some(flag) => Ok(flag),
            None => bail!(TypeError: "`{name}` is True or False, got {}", what(&value)),
        };
        match &*name {
            "sep" | "delimiter" => {
                options.separator = match value.as_str() {
                    Some(r"\s+" | r"\s*") => Separator::Whitespace,
                    Some(text) if text.len() == 1 => Separator::Byte(text.as_bytes()[0]),
                    _ => bail!("`{name}` is a single letter, or `\\s+` for blanks, got {}", what(&value)),
                }
            }
            "delim_whitespace" => {
                if flag()? {
                    options.separator = Separator::Whitespace;
                }
            }
            "header" => {
                options.header = match &value {
                    Value::None => Header::None,
                    Value::Int(row) if *row >= 0 => Header::Row(*row as usize),
                    Value::Str(text) if &**text == "infer" => Header::Infer,
                    other => bail!("`header` is the number of a line, \"infer\" or None, got {}", what(other)),
                }
            }
            "names" => options.names = Some(texts(&value)?),
            "usecols" => options.usecols = Some(picks(&value)?),
            "dtype" => {
                let given = pairs(&value).unwrap_or_else(|| vec![(Value::None, value.clone())]);
                for (key, value) in given {
                    if let Some(dtype) = value.get::<super::CategoricalDtype>() {
                        let column = if key.is_none() { None } else { Some(pick(&key)?) };
                        categories.push((column, dtype.of.clone()));
                    }
                }
                options.dtype = match pairs(&value) {
                    Some(pairs) => Dtypes::Each(
                        pairs.iter().map(|(key, value)| Ok((pick(key)?, type_name(value)?))).collect::<Result<_>>()?,
                    ),
                    None => Dtypes::All(type_name(&value)?),
                }
            }
            "parse_dates" => match &value {
                Value::Bool(_) => {}
                // Dask's courses join columns: `{"Date": [0, 1, 2]}`.
                Value::Dict(_) => {
                    bail!(NotImplementedError: "columns are not joined to a date"; hint: "read them as they are, and join them as text")
                }
                other => options.parse_dates = picks(other)?,
            },
            "date_format" => options.date_format = value.as_str().map(String::from),
            "dayfirst" => options.dayfirst = flag()?,
            "na_values" => {
                options.na_values = match pairs(&value) {
                    Some(pairs) => NaValues::Each(
                        pairs.iter().map(|(key, value)| Ok((pick(key)?, texts(value)?))).collect::<Result<_>>()?,
                    ),
                    None => NaValues::All(texts(&value)?),
                }
            }
            "keep_default_na" => options.keep_default_na = flag()?,
            "na_filter" => options.na_filter = flag()?,
            "skiprows" => {
                options.skiprows = match &value {
                    Value::Int(count) if *count >= 0 => SkipRows::Count(*count as usize),
                    other => match Vec::<usize>::from_value(other) {
                        Some(lines) => SkipRows::Lines(lines),
                        None => bail!(TypeError: "`skiprows` is a number or a list of numbers, got {}", what(other)),
                    },
                }
            }
            "nrows" if !lazy => options.nrows = usize::from_value(&value),
            "nrows" => bail!(
                "The 'nrows' keyword is not supported by `dd.read_csv`. To achieve the same behavior, it's recommended to use `dd.read_csv(...).head(n=nrows)`"
            ),
            "comment" => options.comment = byte(&name, &value)?,
            "thousands" => options.thousands = byte(&name, &value)?,
            "decimal" => options.decimal = byte(&name, &value)?.unwrap_or(b'.'),
            "quotechar" => options.quote = byte(&name, &value)?,
            "escapechar" => options.escape = byte(&name, &value)?,
            "doublequote" => options.doublequote = flag()?,
            "skipinitialspace" => options.skipinitialspace = flag()?,
            "skip_blank_lines" => options.skip_blank_lines = flag()?,
            "true_values" => options.true_values = texts(&value)?,
            "false_values" => options.false_values = texts(&value)?,
            "encoding" => {
                options.encoding = match Encoding::named(&value.text()) {
                    Some(encoding) => encoding,
                    None => bail!(LookupError: "unknown encoding: {}", value.text()),
                }
            }
            "assume_missing" => options.assume_missing = flag()?,
            "compression" => {
                options.compression = match value.as_str() {
                    Some("infer") => Compression::Infer,
                    Some("gzip" | "gz") => Compression::Gzip,
                    None if value.is_none() => Compression::None,
                    _ => bail!("compression {} is not known", value.text(); hint: "\"gzip\" is"),
                }
            }
            "on_bad_lines" => {
                options.on_bad_lines = match value.as_str() {
                    Some("error") => BadLines::Error,
                    Some("warn") => BadLines::Warn,
                    Some("skip") => BadLines::Skip,
                    _ => bail!("`on_bad_lines` is \"error\", \"warn\" or \"skip\", got {}", what(&value)),
                }
            }
            "index_col" if lazy => bail!(
                "Keywords 'index' and 'index_col' not supported, except for 'index_col=False'. Use dd.read_csv(...).set_index('my-index') instead"
            ),
            "index_col" => index = Some(value).filter(|value| !matches!(value, Value::Bool(false))),
            "blocksize" => blocksize = Some(value),
            "dtype_backend" => {
                bail!(NotImplementedError: "`dtype_backend` is not supported"; hint: "`astype` gives columns other types")
            }
            "engine"
            | "low_memory"
            | "memory_map"
            | "sample"
            | "sample_rows"
            | "storage_options"
            | "lineterminator"
            | "cache_dates"
            | "infer_datetime_format"
            | "enforce" => {}
            other => {
                let known = [
                    "sep",
                    "header",
                    "names",
                    "usecols",
                    "dtype",
                    "parse_dates",
                    "na_values",
                    "skiprows",
                    "nrows",
                    "blocksize",
                    "index_col",
                    "encoding",
                    "comment",
                    "thousands",
                    "decimal",
                    "assume_missing",
                ];
                let error = rdk_runtime::error!(TypeError: "read_csv() got an unexpected keyword argument '{other}'");
                return Err(match rdk_runtime::builtin::nearest(other, known) {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error.hint("the usual keywords of pandas are known"),
                });
            }
        }
    }
    Ok(Asked { options, index, blocksize, categories })
}

/// The same options without columns of categories, whose values are read as those of any column; and which these are: `None`, all.
fn without_categories(options: &Options) -> (Options, Option<Vec<Pick>>) {
    let is_category = |dtype: &String| dtype == "category";
    match &options.dtype {
        Dtypes::All(dtype) if is_category(dtype) => (Options { dtype: Dtypes::Infer, ..options.clone() }, None),
        Dtypes::Each(each) => {
            let (categories, others): (Vec<_>, Vec<_>) =
                each.iter().cloned().partition(|(_, dtype)| is_category(dtype));
            let picks = categories.into_iter().map(|(pick, _)| pick).collect();
            (Options { dtype: Dtypes::Each(others), ..options.clone() }, Some(picks))
        }
        Dtypes::All(_) | Dtypes::Infer => (options.clone(), Some(Vec::new())),
    }
}

/// The rows of CSV files as a view, a partition for each block.
fn csv_view(paths: &[String], blocksize: Option<u64>, options: &Options) -> Result<View> {
    let (options, categories) = without_categories(options);
    let source = csv::discover(&csv::paths(paths)?, blocksize, &options)?;
    let mut names = vec![COUNTED.to_string()];
    let mut fields = vec![Field::new(COUNTED, DataType::Int64, false)];
    let mut columns = Vec::new();
    for column in &source.layout.columns {
        let label = Label::text(&column.name);
        let name = hidden_name(&label, &names);
        fields.push(Field::new(&name, column.content.arrow(), true));
        let mut expr = Rows::column(&name);
        if categories.as_ref().is_none_or(|picks| picks.iter().any(|pick| pick.is(&column.name, column.position))) {
            expr = category::to(expr, &category::unknown(&column.content.arrow(), false));
        }
        columns.push(Named { label: Some(label), expr });
        names.push(name);
    }
    let mut token = Tokenizer::new("read-csv").data(&source.layout).data(&source.blocks);
    for path in paths {
        // The same file at another time is another file.
        if let Ok(facts) = std::fs::metadata(path) {
            let changed = facts.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            token = token.number(facts.len()).number(changed.map_or(0, |time| time.as_nanos() as u64));
        }
    }
    let schema = Arc::new(Schema::new(fields));
    let n_partitions = source.blocks.len();
    let scan = CsvScan { layout: source.layout, blocks: source.blocks, schema: schema.clone() };
    let leaf = Leaf {
        name: "read-csv".into(),
        token: token.finish(),
        schema,
        n_partitions,
        source: Source::Scan(Arc::new(scan)),
    };
    Ok(View {
        rows: Rows::of_leaf(leaf, None, true)?,
        index: Rows::counted_index(),
        columns,
        across: Vec::new(),
        shape: Shape::Frame,
        eager: false,
        name: "read-csv".into(),
    })
}

/// The categories of columns for which they are given.
fn with_categories(mut view: View, given: &[(Option<Pick>, DataType)]) -> Result<View> {
    for at in 0..view.columns.len() {
        let named = &view.columns[at];
        let name = named.label.as_ref().map_or(String::new(), Label::to_string);
        let wanted = given.iter().find(|(pick, _)| pick.as_ref().is_none_or(|pick| pick.is(&name, at)));
        let Some((_, wanted)) = wanted else { continue };
        let of = view.type_of(&named.expr)?;
        let wanted = match category::is_unknown(wanted) {
            true => category::unknown(&category::value_type(&of), category::is_ordered(wanted)),
            false => wanted.clone(),
        };
        view.columns[at].expr = category::to(view.columns[at].expr.clone(), &wanted);
    }
    Ok(view)
}

fn automatic(context: &Context) -> u64 {
    csv::automatic_blocksize(context.shared.engine.memory(), context.shared.engine.threads())
}

/// `dd.read_csv`
fn lazy_csv(context: &Context, urlpath: &Value, keywords: Vec<(rdk_runtime::Name, Value)>) -> Result<Value> {
    let asked = asked(keywords, true)?;
    let blocksize = match &asked.blocksize {
        None => Some(automatic(context)),
        Some(Value::None) => None,
        Some(Value::Str(text)) if &**text == "default" => Some(automatic(context)),
        Some(Value::Str(text)) => Some(rdk_array::chunks::parse_bytes(text)?),
        Some(other) => match other.as_f64() {
            Some(bytes) if bytes >= 1.0 => Some(bytes as u64),
            _ => bail!("`blocksize` is a number of bytes such as 25e6 or \"25MB\", got {}", what(other)),
        },
    };
    let view = csv_view(&paths(urlpath)?, blocksize, &asked.options)?;
    Ok(Frame::lazy(with_categories(view, &asked.categories)?))
}

/// `pd.read_csv`
fn eager_csv(context: &Context, path: &Value, keywords: Vec<(rdk_runtime::Name, Value)>) -> Result<Value> {
    let asked = asked(keywords, false)?;
    let list = paths(path)?;
    if list.is_empty() {
        bail!("there is no path to read"; hint: "`pd.read_csv(\"file.csv\")`");
    }
    if let [_, _, ..] = list[..] {
        bail!("pd.read_csv reads one file"; hint: "`dd.read_csv` reads many");
    }
    if !std::path::Path::new(&list[0]).exists() {
        bail!(FileNotFoundError: "[Errno 2] No such file or directory: '{}'", list[0]);
    }
    let blocksize = Some(automatic(context).min(16 << 20));
    let read = |options: &Options| -> Result<View> {
        let view = with_categories(csv_view(&list, blocksize, options)?, &asked.categories)?;
        whole(context, &view)
    };
    // Types come from the heads of blocks; where that was not enough, from everything.
    let mut view = match read(&asked.options) {
        Err(error) if error.0.message.contains("expected ") => {
            read(&Options { sample_rows: None, ..asked.options.clone() })?
        }
        other => other?,
    };
    if let Some(index) = &asked.index {
        let one = |value: &Value| match value {
            Value::Int(at) => match view.columns.get(*at as usize).and_then(|named| named.label.clone()) {
                Some(label) => Ok(label),
                None => bail!(IndexError: "list index out of range"),
            },
            other => match Label::of(other) {
                Some(label) => Ok(label),
                None => bail!(TypeError: "expected a column's name or position, got {}", what(other)),
            },
        };
        let labels = match index.items() {
            Some(items) => items.iter().map(one).collect::<Result<Vec<_>>>()?,
            None => vec![one(index)?],
        };
        let levels = labels.iter().map(|label| view.column(label).cloned()).collect::<Result<Vec<_>>>()?;
        view.columns.retain(|named| named.label.as_ref().is_none_or(|label| !labels.contains(label)));
        view.index = levels;
        for named in &mut view.index {
            // An index without a name, as `to_csv` writes it.
            if matches!(&named.label, Some(Label::Text(text)) if text.starts_with("Unnamed: ")) {
                named.label = None;
            }
        }
        view.rows = view.rows.uncounted();
    }
    Ok(Frame::eager(view))
}

/// All partitions of a lazy frame in memory, with rows counted through.
pub fn whole(context: &Context, view: &View) -> Result<View> {
    let narrow = View { index: vec![Named { label: None, expr: datafusion::logical_expr::lit(0i64) }], ..view.clone() };
    let parts = lower::run(context, &narrow)?;
    let parts = parts.iter().map(Batches::of).collect::<Result<Vec<_>>>()?;
    let batch = lower::together(&parts)?;
    let columns = view.labels().into_iter().zip(batch.columns()[1..].iter().cloned());
    create::frame_of(columns.collect(), None, batch.num_rows())
}

builtins! {
    /// A lazy frame of CSV files, a partition for each block.
    fn read_csv[context](
        /// A path, a list of paths, or a pattern such as "data/*.csv".
        urlpath: Value,
        /// More, as in pandas: `blocksize`, `dtype`, `usecols`, `parse_dates`, `names`, `sep`, `assume_missing`, `na_values`.
        options: Keywords,
    ) -> Result<Value> { lazy_csv(context, &urlpath, options.0) }

    /// A lazy frame of Parquet files, a partition for each.
    fn read_parquet[context](
        /// A path, a list of paths, a folder, or a pattern.
        path: Value,
        /// The columns to read; a single label gives a series.
        columns: Option<Value>,
        /// Which rows: `[("x", ">", 5), ("k", "in", ["a", "b"])]`; a list of such lists: where any of them holds.
        filters: Option<Value>,
        /// More: `index`: the column or columns that are the index, or False; `calculate_divisions`.
        options: Keywords,
    ) -> Result<Value> { super::parquet::lazy(context, &path, columns, filters, options.0) }
}

/// The same in pandas.
pub mod eager {
    use super::*;

    builtins! {
        /// A frame in memory of a CSV file.
        fn read_csv[context](
            /// The path.
            filepath_or_buffer: Value,
            /// More: `sep`, `header`, `names`, `usecols`, `dtype`, `parse_dates`, `index_col`, `nrows`, `na_values`.
            options: Keywords,
        ) -> Result<Value> { eager_csv(context, &filepath_or_buffer, options.0) }

        /// A frame in memory of a Parquet file.
        fn read_parquet[context](
            /// The path.
            path: Value,
            /// The columns to read.
            columns: Option<Value>,
            /// Which rows: `[("x", ">", 5), ("k", "in", ["a", "b"])]`; a list of such lists: where any of them holds.
            filters: Option<Value>,
            /// Have no effect: `engine` and the like.
            options: Keywords,
        ) -> Result<Value> { super::super::parquet::eager(context, &path, columns, filters, options.0) }
    }
}
