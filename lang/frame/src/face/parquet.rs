//! Frames from Parquet files: `read_parquet`, with `filters=`, and folders such as `k=a/` as columns.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use datafusion::logical_expr::{Expr, lit};
use rdk_graph::Tokenizer;
use rdk_runtime::{Context, FromValue, Name, Result, Value, bail};
use rdk_syntax::tree::CompareOp;

use super::read::{paths, whole};
use super::{frame_methods, operators, shared};
use crate::batches::Batches;
use crate::category;
use crate::cell;
use crate::csv;
use crate::files::{ParquetPiece, ParquetScan, Place, categories_of_files, footer, index_names};
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{COUNTED, Leaf, Named, Rows, Shape, Source, View, hidden_name};

/// What a value without one is called as a folder.
pub const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// What is asked of the files besides columns and filters.
#[derive(Default)]
struct Asked {
    /// `index=`: `Some(vec![])` stands for False, no index.
    index: Option<Vec<Label>>,
    /// Are divisions worked out?
    divisions: bool,
}

fn asked(keywords: Vec<(Name, Value)>, lazily: bool) -> Result<Asked> {
    let mut asked = Asked::default();
    for (name, value) in keywords {
        match (&*name, &value) {
            (_, Value::None) => {}
            ("index", Value::Bool(false)) if lazily => asked.index = Some(Vec::new()),
            ("index", labels) if lazily => asked.index = Some(shared::labels_of(labels)?),
            ("calculate_divisions", flag) if lazily => asked.divisions = bool::from_value(flag).unwrap_or(false),
            ("dtype_backend", _) => {
                bail!(NotImplementedError: "`dtype_backend` is not supported"; hint: "`astype` gives columns other types")
            }
            (
                "engine"
                | "storage_options"
                | "use_nullable_dtypes"
                | "filesystem"
                | "memory_map"
                | "split_row_groups"
                | "ignore_metadata_file"
                | "metadata_task_size"
                | "blocksize"
                | "aggregate_files"
                | "parquet_file_extension"
                | "to_pandas_kwargs",
                _,
            ) => {}
            (other, _) => bail!(TypeError: "read_parquet() got an unexpected keyword argument '{other}'"),
        }
    }
    Ok(asked)
}

/// `dd.read_parquet`
pub fn lazy(
    context: &Context,
    path: &Value,
    columns: Option<Value>,
    filters: Option<Value>,
    keywords: Vec<(Name, Value)>,
) -> Result<Value> {
    let asked = asked(keywords, true)?;
    let mut view = view(context, path, filters.as_ref(), asked.index.as_deref())?;
    if asked.divisions {
        view = divided(context, &view)?;
    }
    let Some(columns) = columns else { return Ok(Frame::lazy(view)) };
    let single = columns.items().is_none();
    view = super::items::columns(&view, &shared::labels_of(&columns)?)?;
    Ok(Frame::lazy(if single { View { shape: Shape::Series, ..view } } else { view }))
}

/// `pd.read_parquet`
pub fn eager(
    context: &Context,
    path: &Value,
    columns: Option<Value>,
    filters: Option<Value>,
    keywords: Vec<(Name, Value)>,
) -> Result<Value> {
    asked(keywords, false)?;
    let mut view = view(context, path, filters.as_ref(), None)?;
    if let Some(columns) = columns {
        view = super::items::columns(&view, &shared::labels_of(&columns)?)?;
    }
    Ok(Frame::eager(if view.rows.counted { whole(context, &view)? } else { lower::compute_now(context, &view)? }))
}

/// The files, and for each what its folders say, by the names in `folders`.
struct Found {
    files: Vec<(String, Vec<Option<String>>)>,
    folders: Vec<String>,
}

/// The Parquet files of a path: itself, those of its pattern, or those in the folder and its `k=a` folders.
fn found(path: &Value) -> Result<Found> {
    let mut found = Found { files: Vec::new(), folders: Vec::new() };
    for path in paths(path)? {
        if std::path::Path::new(&path).is_dir() {
            let before = found.files.len();
            walk(std::path::Path::new(&path), &mut Vec::new(), &mut found)?;
            if found.files.len() == before {
                bail!(FileNotFoundError: "there are no Parquet files in '{path}'");
            }
        } else {
            let mut files = csv::paths(&[path])?;
            files.sort_by_key(|name| natural(name));
            found.files.extend(files.into_iter().map(|file| (file, Vec::new())));
        }
    }
    Ok(found)
}

fn walk(folder: &std::path::Path, inside: &mut Vec<(String, Option<String>)>, found: &mut Found) -> Result<()> {
    let failed = |error: std::io::Error| rdk_runtime::error!(OSError: "{error}: '{}'", folder.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort_by_key(|name| natural(name));
    for name in names {
        let path = folder.join(&name);
        if path.is_dir() {
            let Some((key, value)) = name.split_once('=') else { continue };
            inside.push((key.to_string(), (value != NO_VALUE).then(|| unquoted(value))));
            walk(&path, inside, found)?;
            inside.pop();
        } else if [".parquet", ".parq", ".pq"].iter().any(|end| name.ends_with(end)) && !name.starts_with(['_', '.']) {
            let (keys, values): (Vec<String>, Vec<Option<String>>) = inside.iter().cloned().unzip();
            if found.files.is_empty() {
                found.folders = keys;
            } else if found.folders != keys {
                bail!("'{}' does not lie in folders of {:?} as other files do", path.display(), found.folders);
            }
            found.files.push((path.to_string_lossy().into_owned(), values));
        }
    }
    Ok(())
}

/// A value as the name of a folder has it.
pub fn quoted(value: &str) -> String {
    value.replace('%', "%25").replace('/', "%2F")
}

fn unquoted(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |at: usize| after.get(at).and_then(|&digit| (digit as char).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The files as a view, with those rows for which the filters hold.
fn view(context: &Context, path: &Value, filters: Option<&Value>, index: Option<&[Label]>) -> Result<View> {
    let filters = filters.map(read_filters).transpose()?.unwrap_or_default();
    let Found { mut files, folders } = found(path)?;
    let Some((first, _)) = files.first() else { bail!(FileNotFoundError: "there are no files") };
    let (schema, noted) = footer(first)?;
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let categories = categories_of_files(&paths)?;
    let types: Vec<DataType> =
        (0..folders.len()).map(|at| folder_type(files.iter().map(|(_, values)| &values[at]))).collect();
    if !filters.is_empty() {
        let mut kept = Vec::new();
        for (file, values) in files.drain(..) {
            if may_hold(context, &filters, &folders, &types, &values)? {
                kept.push((file, values));
            }
        }
        files = kept;
    }
    let noted = noted.as_deref().map(index_names).unwrap_or_default();
    let noted: Vec<Label> = noted.iter().filter(|name| schema.index_of(name).is_ok()).map(Label::text).collect();
    let wanted = index.map_or(noted, <[Label]>::to_vec);
    let mut named: Vec<Named> = Vec::new();
    let (mut names, mut fields, mut places) = (vec![COUNTED.to_string()], Vec::new(), vec![Place::Row]);
    fields.push(Field::new(COUNTED, DataType::Int64, true));
    let of_files =
        schema.fields().iter().enumerate().map(|(at, field)| (field.name(), field.data_type(), Place::File(at)));
    let of_folders = folders.iter().zip(&types).enumerate().map(|(at, (name, of))| (name, of, Place::Folder(at)));
    for (name, of, place) in of_files.chain(of_folders) {
        let label = Label::text(name);
        let hidden = hidden_name(&label, &names);
        fields.push(Field::new(&hidden, of.clone(), true));
        let of = categories.iter().find(|(column, _)| column == name && matches!(place, Place::File(_)));
        let expr = Rows::column(&hidden);
        let expr = of.map_or_else(|| expr.clone(), |(_, of)| category::all_of(expr.clone(), of));
        named.push(Named { label: Some(label), expr });
        names.push(hidden);
        places.push(place);
    }
    let mut levels = Vec::new();
    for label in &wanted {
        let Some(at) = named.iter().position(|named| named.label.as_ref() == Some(label)) else {
            bail!("index column {} is not among the columns of the files", label.quoted());
        };
        let Named { label, expr } = named.remove(at);
        let unnamed = |label: &Label| {
            let text = label.to_string();
            text.starts_with("__index_level_") || text == "__null_dask_index__"
        };
        levels.push(Named { label: label.filter(|label| !unnamed(label)), expr });
    }
    if index.is_some() {
        // What the files have for an index is no column that a user has made.
        let own = |named: &Named| named.label.as_ref().is_none_or(|label| !label.to_string().starts_with("__"));
        named.retain(own);
    }
    let counted = levels.is_empty();
    if counted {
        levels = Rows::counted_index();
    }
    let piece = |(path, folders): (String, Vec<Option<String>>)| {
        let n_bytes = std::fs::metadata(&path).map_or(0, |facts| facts.len());
        ParquetPiece { path, groups: None, n_bytes, folders }
    };
    let pieces: Vec<ParquetPiece> = files.into_iter().map(piece).collect();
    let schema = Arc::new(Schema::new(fields));
    let mut token = Tokenizer::new("read-parquet");
    for piece in &pieces {
        let changed = std::fs::metadata(&piece.path).and_then(|facts| facts.modified()).ok();
        let changed = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        token = token.bytes(piece.path.as_bytes()).number(changed.map_or(0, |time| time.as_nanos() as u64));
    }
    let source = match pieces.is_empty() {
        true => Source::Given(vec![arrow::array::RecordBatch::new_empty(schema.clone())]),
        false => Source::Scan(Arc::new(ParquetScan { pieces: pieces.clone(), places, schema: schema.clone() })),
    };
    let leaf =
        Leaf { name: "read-parquet".into(), token: token.finish(), schema, n_partitions: pieces.len().max(1), source };
    let view = View {
        rows: Rows::of_leaf(leaf, None, counted)?,
        index: levels,
        columns: named,
        across: Vec::new(),
        shape: Shape::Frame,
        eager: false,
        name: "read-parquet".into(),
    };
    if filters.is_empty() {
        return Ok(view);
    }
    let over = view.over(&view.rows.filtered(condition(&filters, &view)?)?);
    if counted { frame_methods::recounted(context, &over, true) } else { Ok(over) }
}

/// The type of what folders say: whole numbers, or texts.
fn folder_type<'a>(values: impl Iterator<Item = &'a Option<String>>) -> DataType {
    let mut values = values.flatten().peekable();
    let whole = values.peek().is_some() && values.all(|value| value.parse::<i64>().is_ok());
    if whole { DataType::Int64 } else { DataType::Utf8View }
}

/// A condition of `filters=`.
struct Filter {
    column: Label,
    how: How,
    value: Value,
}

enum How {
    Compare(CompareOp),
    In,
    NotIn,
    Is,
    IsNot,
}

/// `[[(column, op, value), …], …]`: one of the lists holds where all of its conditions do.
fn read_filters(filters: &Value) -> Result<Vec<Vec<Filter>>> {
    let refused = |what: &Value| {
        rdk_runtime::error!("a filter is a column, an operator and a value, got {}", crate::frame::what(what))
            .hint("`filters=[(\"x\", \">\", 5), (\"k\", \"in\", [\"a\", \"b\"])]`")
    };
    let filter = |value: &Value| -> Result<Filter> {
        let parts = value.items().filter(|_| matches!(value, Value::Tuple(_) | Value::List(_)));
        let Some([column, how, wanted]) = parts.as_deref() else { return Err(refused(value)) };
        let (Some(column), Some(name)) = (Label::of(column), how.as_str()) else { return Err(refused(value)) };
        let how = match name {
            "=" | "==" => How::Compare(CompareOp::Eq),
            "!=" => How::Compare(CompareOp::NotEq),
            "<" => How::Compare(CompareOp::Less),
            "<=" => How::Compare(CompareOp::LessEq),
            ">" => How::Compare(CompareOp::Greater),
            ">=" => How::Compare(CompareOp::GreaterEq),
            "in" => How::In,
            "not in" => How::NotIn,
            "is" => How::Is,
            "is not" => How::IsNot,
            _ => bail!(
                "\"{}\" is not a valid operator in predicates", value.repr();
                hint: "`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`, `is` and `is not` are"
            ),
        };
        if matches!(how, How::In | How::NotIn) && (wanted.items().is_none() || wanted.as_str().is_some()) {
            bail!(TypeError: "Value of 'in' must be a list, a set or a tuple, got {}", what(wanted));
        }
        Ok(Filter { column, how, value: wanted.clone() })
    };
    let Some(items) = filters.items().filter(|_| filters.as_str().is_none()) else { return Err(refused(filters)) };
    let nested = |item: &Value| {
        matches!(item, Value::List(_))
            && item
                .items()
                .is_some_and(|inner| inner.iter().all(|part| matches!(part, Value::Tuple(_) | Value::List(_))))
    };
    if items.is_empty() {
        return Ok(Vec::new());
    }
    if items.iter().all(nested) {
        let all = |item: &Value| item.items().unwrap_or_default().iter().map(filter).collect();
        return items.iter().map(all).collect();
    }
    Ok(vec![items.iter().map(filter).collect::<Result<_>>()?])
}

/// The filters as a condition over rows.
fn condition(filters: &[Vec<Filter>], view: &View) -> Result<Expr> {
    let one = |filter: &Filter| -> Result<Expr> {
        let index = || view.index.iter().find(|named| named.label.as_ref() == Some(&filter.column));
        let Some(named) = view.find(&filter.column).or_else(index) else {
            let error = view.no_column(&filter.column);
            return Err(
                rdk_runtime::error!("No match for FieldRef.Name({})", filter.column).hint(error.0.hints.join("; "))
            );
        };
        let expr = named.expr.clone();
        Ok(match filter.how {
            How::Compare(op) => {
                let Some(literal) = cell::literal(&filter.value) else {
                    bail!(TypeError: "expected a value in a filter, got {}", what(&filter.value))
                };
                // In files a comparison with nothing does not hold, not even `!=`.
                let right = operators::fitted(literal, &expr, view)?;
                operators::comparison(op, expr.clone(), right, view)?.and(expr.is_not_null())
            }
            How::In => shared::among(&expr, &filter.value.items().unwrap_or_default(), view)?,
            How::NotIn => Expr::Not(Box::new(shared::among(&expr, &filter.value.items().unwrap_or_default(), view)?)),
            How::Is => expr.is_null(),
            How::IsNot => expr.is_not_null(),
        })
    };
    let mut any: Option<Expr> = None;
    for all in filters {
        let mut holds: Option<Expr> = None;
        for filter in all {
            let next = one(filter)?;
            holds = Some(match holds {
                Some(holds) => holds.and(next),
                None => next,
            });
        }
        let holds = holds.unwrap_or_else(|| lit(true));
        any = Some(match any {
            Some(any) => any.or(holds),
            None => holds,
        });
    }
    Ok(any.unwrap_or_else(|| lit(true)))
}

/// May the filters hold in a file of these folders? What is not about folders is left to its rows.
fn may_hold(
    context: &Context,
    filters: &[Vec<Filter>],
    folders: &[String],
    types: &[DataType],
    values: &[Option<String>],
) -> Result<bool> {
    let holds = |filter: &Filter| -> Result<bool> {
        let Some(at) = folders.iter().position(|name| Label::text(name) == filter.column) else { return Ok(true) };
        let there = values[at].as_ref().map(|text| match (&types[at], text.parse()) {
            (DataType::Int64, Ok(number)) => Value::Int(number),
            _ => Value::str(text),
        });
        Ok(match (&filter.how, there) {
            (How::Is, there) => there.is_none(),
            (How::IsNot, there) => there.is_some(),
            (How::Compare(_) | How::In, None) => false,
            (How::NotIn, None) => true,
            (How::Compare(op), Some(value)) => {
                let compared = rdk_runtime::operators::compare(context, *op, &value, &filter.value)?;
                rdk_runtime::operators::truth(context, &compared)?
            }
            (How::In, Some(value)) => rdk_runtime::operators::contains(context, &filter.value, &value)?,
            (How::NotIn, Some(value)) => !rdk_runtime::operators::contains(context, &filter.value, &value)?,
        })
    };
    for all in filters {
        let mut hold = true;
        for filter in all {
            hold = hold && holds(filter)?;
        }
        if hold {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The same with divisions, from the smallest and largest label of each file; if they are not in order there are none.
fn divided(context: &Context, view: &View) -> Result<View> {
    use datafusion::common::ScalarValue;
    if view.rows.counted || view.index.len() != 1 {
        return Ok(view.clone());
    }
    let labels = View { columns: view.index.clone(), shape: Shape::Series, ..view.clone() };
    let parts = lower::run(context, &labels)?;
    let mut divisions: Vec<ScalarValue> = Vec::new();
    let mut last: Option<ScalarValue> = None;
    for part in &parts {
        let batch = Batches::of(part)?.whole()?;
        let column = arrow::compute::sort(batch.column(0), None).map_err(crate::batches::arrow_error)?;
        if arrow::array::Array::null_count(&column) > 0 || arrow::array::Array::is_empty(&column) {
            return Ok(view.clone());
        }
        let at = |row: usize| ScalarValue::try_from_array(&column, row).map_err(crate::errors::fusion);
        let (low, high) = (at(0)?, at(arrow::array::Array::len(&column) - 1)?);
        if last.as_ref().is_some_and(|last| *last >= low) {
            return Ok(view.clone());
        }
        divisions.push(low);
        last = Some(high);
    }
    divisions.extend(last);
    let rows = view.rows.clone().divided(Some(divisions));
    Ok(View { rows, ..view.clone() })
}

/// `part.10` comes after `part.9`.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(digits);
        let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
        let (number, after) = after.split_at(end);
        parts.push((text.to_string(), number.parse().unwrap_or(0)));
        rest = after;
    }
    parts
}
