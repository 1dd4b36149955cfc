//! Rows and columns by what is in them, and numbers about all rows: `duplicated`, `idxmax`, `mode`, `select_dtypes`, `rank`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, SortField};
use rdk_runtime::{Args, Context, Result, Value, bail, builtins};
use rustc_hash::FxHashMap;

use super::agg::agg_along;
use super::chance::{random_split, sample};
use super::groups::beside;
use super::memory::memory_usage;
use super::single::single;
use super::varying::{matrix, with_other};
use super::{align, create, items, running, statistics, wholes};
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::{Frame, Labels};
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Shape, View};

/// Which rows are there already.
pub fn duplicated(context: &Context, view: &View, places: &[usize], keep: &Value) -> Result<Value> {
    if !view.eager {
        bail!(NotImplementedError: "`duplicated` needs all rows"; hint: "`drop_duplicates()` works on lazy frames");
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let columns: Vec<ArrayRef> = places.iter().map(|&at| crate::batches::as_key(batch.column(at))).collect();
    let fields = columns.iter().map(|column| SortField::new(column.data_type().clone())).collect();
    let converter = RowConverter::new(fields).map_err(arrow_error)?;
    let encoded = converter.convert_columns(&columns).map_err(arrow_error)?;
    let n = batch.num_rows();
    let mut seen: FxHashMap<&[u8], usize> = FxHashMap::default();
    let mut flags = vec![false; n];
    match keep {
        Value::Bool(false) => {
            (0..n).for_each(|row| *seen.entry(encoded.row(row).data()).or_default() += 1);
            (0..n).for_each(|row| flags[row] = seen.get(encoded.row(row).data()).is_some_and(|&count| count > 1));
        }
        Value::Str(keep) if &**keep == "first" => {
            (0..n).for_each(|row| flags[row] = seen.insert(encoded.row(row).data(), row).is_some());
        }
        Value::Str(keep) if &**keep == "last" => {
            (0..n).rev().for_each(|row| flags[row] = seen.insert(encoded.row(row).data(), row).is_some());
        }
        _ => bail!("keep must be either \"first\", \"last\" or False"),
    }
    drop(seen);
    let (over, expr) = align::beside(context, view, Arc::new(BooleanArray::from(flags)))?;
    let label = if view.shape == Shape::Series { view.label().clone() } else { None };
    Ok(Frame::eager(over.series(label, expr, "duplicated")))
}

/// The labels of the largest or smallest values.
fn idx(context: &Context, view: &View, largest: bool) -> Result<Value> {
    let name = if largest { "idxmax" } else { "idxmin" };
    if !view.eager {
        return match view.shape {
            Shape::Frame => wholes::in_one(context, view, name, vec![], vec![]),
            _ => single(context, view, name, vec![]),
        };
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n_index = view.index.len();
    let rows = batch.num_rows() as u64;
    let place = |at: usize| statistics::place(batch.column(n_index + at), 0..rows, largest);
    if view.shape != Shape::Frame {
        return match place(0) {
            Some(row) => Ok(items::index_value(&batch, n_index, row as usize)),
            None => bail!("attempt to get arg{} of an empty sequence", if largest { "max" } else { "min" }),
        };
    }
    for named in &view.columns {
        if !crate::dtype::is_number(&view.type_of(&named.expr)?)
            && !matches!(view.type_of(&named.expr)?, DataType::Timestamp(..))
        {
            let label = named.label.as_ref().map_or(String::new(), Label::quoted);
            bail!(TypeError: "reduction operation 'arg{}' not allowed for this dtype", if largest { "max" } else { "min" }; hint: "column {label} holds no numbers; choose columns as in `df[[\"x\", \"y\"]]`");
        }
    }
    let places: UInt64Array = (0..view.columns.len()).map(place).collect();
    let labels = take(batch.column(0), &places, None).map_err(arrow_error)?;
    by_column(view, labels)
}

fn idx_along(context: &Context, view: &View, largest: bool, axis: &Option<Value>) -> Result<Value> {
    match view.shape == Shape::Frame && super::axis_labels::of_columns(axis)? {
        true => super::across::idx(context, view, largest),
        false => idx(context, view, largest),
    }
}

/// A series with a value for each column.
fn by_column(view: &View, values: ArrayRef) -> Result<Value> {
    let labels: Vec<Value> = view.labels().iter().map(Label::to_value).collect();
    Ok(Frame::eager(create::series_of(None, values, Some((None, cell::column(&labels, "of labels")?)))?))
}

/// The most frequent values, in order.
fn mode(context: &Context, view: &View) -> Result<Value> {
    if !view.eager {
        return wholes::in_one(context, view, "mode", vec![], vec![]);
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let mut columns = Vec::new();
    let mut longest = 0;
    for at in 0..view.columns.len() {
        let column = batch.column(view.index.len() + at);
        let converter = RowConverter::new(vec![SortField::new(column.data_type().clone())]).map_err(arrow_error)?;
        let encoded = converter.convert_columns(&[crate::batches::as_key(column)]).map_err(arrow_error)?;
        let mut counts: FxHashMap<&[u8], (u64, usize)> = FxHashMap::default();
        for row in (0..column.len()).filter(|&row| !column.is_null(row)) {
            counts.entry(encoded.row(row).data()).or_insert((row as u64, 0)).1 += 1;
        }
        let most = counts.values().map(|(_, count)| *count).max().unwrap_or(0);
        let mut rows: Vec<u64> = counts.values().filter(|(_, count)| *count == most).map(|(row, _)| *row).collect();
        rows.sort_by(|&a, &b| encoded.row(a as usize).cmp(&encoded.row(b as usize)));
        longest = longest.max(rows.len());
        columns.push((column.clone(), rows));
    }
    let whole = columns.iter().map(|(column, rows)| {
        let places: UInt64Array = (0..longest).map(|at| rows.get(at).copied()).collect();
        let made = take(column, &places, None).map_err(arrow_error)?;
        // A number with nothing beside it is a float, as pandas has it.
        match made.null_count() > 0 && made.data_type().is_integer() {
            true => arrow::compute::cast(&made, &DataType::Float64).map_err(arrow_error),
            false => Ok(made),
        }
    });
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(Int64Array::from_iter_values(0..longest as i64))];
    arrays.extend(whole.collect::<Result<Vec<_>>>()?);
    let columns = view.columns.iter().map(|named| named.label.clone()).collect();
    let gather = Gather { index: vec![None], columns, shape: view.shape, counted: true, across: Vec::new() };
    Ok(Frame::eager(gather.of_batch(&beside(arrays, longest)?)?))
}

/// Columns by the names of their types.
fn select_dtypes(view: &View, include: Option<Value>, exclude: Option<Value>) -> Result<Value> {
    if include.is_none() && exclude.is_none() {
        bail!("at least one of include or exclude must be nonempty");
    }
    let names = |value: &Option<Value>| -> Vec<String> {
        let one = |value: &Value| match value {
            Value::Str(text) => text.to_string(),
            Value::Class(class) => class.name.to_string(),
            Value::Builtin(builtin) => builtin.name.to_string(),
            other => other.text(),
        };
        match value {
            None => Vec::new(),
            Some(Value::List(list)) => list.snapshot().iter().map(one).collect(),
            Some(value) => value.items().map_or_else(|| vec![one(value)], |items| items.iter().map(one).collect()),
        }
    };
    let (include, exclude) = (names(&include), names(&exclude));
    let fits = |of: &DataType, name: &String| match name.as_str() {
        "number" => of.is_numeric(),
        "integer" => of.is_integer(),
        "floating" => of.is_floating(),
        "datetime" | "datetime64" => matches!(of, DataType::Timestamp(..)),
        "timedelta" | "timedelta64" => matches!(of, DataType::Duration(_)),
        "object" | "O" | "str" | "string" => cell::is_text(of),
        "int" => *of == DataType::Int64,
        "float" => *of == DataType::Float64,
        name => crate::dtype::name(of, view.eager) == name,
    };
    let mut columns = Vec::new();
    for named in &view.columns {
        let of = view.type_of(&named.expr)?;
        let wanted = include.is_empty() || include.iter().any(|name| fits(&of, name));
        if wanted && !exclude.iter().any(|name| fits(&of, name)) {
            columns.push(named.clone());
        }
    }
    Ok(items::as_value(view.with_columns(columns, Shape::Frame, "select-dtypes")))
}

/// How values are ranked.
struct Rank {
    method: String,
    numeric_only: bool,
    na_option: String,
    ascending: bool,
    pct: bool,
}

fn rank(context: &Context, view: View, axis: Option<Value>, asked: Rank) -> Result<Value> {
    let mut view = view;
    if asked.numeric_only {
        let types = view.types()?;
        let mut types = types.iter();
        view.columns.retain(|_| types.next().is_some_and(crate::dtype::is_number));
    }
    if view.shape == Shape::Frame && super::axis_labels::of_columns(&axis)? {
        let turned = rdk_runtime::operators::attribute(context, &items::as_value(view), "T")?;
        let Some(turned) = <View as rdk_runtime::FromValue>::from_value(&turned) else { return Ok(turned) };
        let made = rank(context, turned, None, asked)?;
        return rdk_runtime::operators::attribute(context, &made, "T");
    }
    let missing_first = match asked.na_option.as_str() {
        "keep" => None,
        "top" => Some(true),
        "bottom" => Some(false),
        _ => bail!("na_option must be one of 'keep', 'top', or 'bottom'"),
    };
    let ranks = running::replaced(context, &view, "rank", |column| {
        let filled = match missing_first {
            Some(first) if crate::dtype::is_number(column.data_type()) => {
                // A value before or behind all others stands for what is missing.
                let edge = if first == asked.ascending { f64::NEG_INFINITY } else { f64::INFINITY };
                let floats: ArrayRef = Arc::new(
                    statistics::floats(column)?
                        .iter()
                        .map(|x| Some(x.unwrap_or(edge)))
                        .collect::<arrow::array::Float64Array>(),
                );
                floats
            }
            Some(_) if column.null_count() > 0 => {
                bail!(TypeError: "`na_option` of columns that hold no numbers"; hint: "\"keep\" leaves out what is missing")
            }
            _ => column.clone(),
        };
        let ranks = statistics::rank(&filled, &asked.method, !asked.ascending)?;
        if !asked.pct {
            return Ok(ranks);
        }
        let floats = statistics::floats(&ranks)?;
        let n = match asked.method.as_str() {
            "dense" => floats.iter().flatten().fold(0.0, f64::max),
            _ => (floats.len() - floats.null_count()) as f64,
        };
        Ok(Arc::new(floats.iter().map(|rank| rank.map(|rank| rank / n)).collect::<arrow::array::Float64Array>())
            as ArrayRef)
    })?;
    Ok(Frame::eager(ranks))
}

builtins! {
    /// Some rows, chosen at random.
    fn sample[context](/** The frame or series. */ this: View, /** How many rows. */ n: Option<usize>, /** Or which part of all rows. */ frac: Option<f64>, /** May a row be taken twice? */ replace: bool = false, /** Where random numbers begin; the same gives the same rows. */ random_state: Option<Value>) -> Result<Value> { sample(context, &this, n, frac, replace, random_state) }

    /// The label of the largest value; of a frame for each column.
    fn idxmax[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>) -> Result<Value> { idx_along(context, &this, true, &axis) }

    /// The label of the smallest value; of a frame for each column.
    fn idxmin[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>) -> Result<Value> { idx_along(context, &this, false, &axis) }

    /// The most frequent values, in order.
    fn mode[context](/** The frame or series. */ this: View) -> Result<Value> { mode(context, &this) }

    /// How many bytes the values take; of a frame for each column.
    fn memory_usage[context](/** The frame or series. */ this: View, /** Is the index counted too? */ index: bool = true, /** Has no effect: texts are counted always. */ deep: bool = false) -> Result<Value> { let _ = deep; memory_usage(context, &this, index) }

    /// Calls a function with the frame or series.
    fn pipe[context](/** The frame or series. */ this: Value, /** The function. */ func: Value, /** What else it is called with. */ args: rdk_runtime::Rest, /** By name. */ options: rdk_runtime::Keywords) -> Result<Value> {
        let mut call = Args::of(std::iter::once(this).chain(args.0));
        call.keywords = options.0;
        context.call(&func, call)
    }

    /// Several reductions at once.
    ///
    /// ```rdk
    /// pd.Series([1, 2, 4]).agg(["min", "max"]).tolist()
    /// #> [1, 4]
    /// ```
    fn agg[context](/** The frame or series. */ this: Value, /** A name, a list of names, or a dict from column to these. */ func: Value, /** 0: of each column; 1: of each row. */ axis: Option<Value>) -> Result<Value> { agg_along(context, &this, &func, &axis) }

    /// Several reductions at once; another name of `agg`.
    fn aggregate[context](/** The frame or series. */ this: Value, /** A name, a list of names, or a dict from column to these. */ func: Value, /** 0: of each column; 1: of each row. */ axis: Option<Value>) -> Result<Value> { agg_along(context, &this, &func, &axis) }

    /// The places of the values in their order, from 1.
    fn rank[context](/** The frame or series. */ this: View, /** 1: within each row. */ axis: Option<Value>, /** "average", "min", "max", "first" or "dense". */ method: String = "average", /** Only columns of numbers? */ numeric_only: bool = false, /** What is missing: "keep", or "top" or "bottom" with a place of its own. */ na_option: String = "keep", /** Smallest first? */ ascending: bool = true, /** As parts of the number of values? */ pct: bool = false) -> Result<Value> {
        if !this.eager {
            bail!(NotImplementedError: "`rank` needs all rows"; hint: "`.compute()` gives them");
        }
        rank(context, this, axis, Rank { method, numeric_only, na_option, ascending, pct })
    }
}

/// Methods of frames alone.
pub mod of_frame {
    use super::*;

    builtins! {
        /// How columns vary together, from -1 to 1.
        fn corr[context](/** The frame. */ this: View, /** Only "pearson" is supported. */ method: String = "pearson", /** How many pairs of values there have to be. */ min_periods: usize = 1, /** Only columns of numbers? */ numeric_only: bool = false) -> Result<Value> {
            if method != "pearson" {
                bail!(NotImplementedError: "correlation by {method:?}"; hint: "`df.rank().corr()` is Spearman's");
            }
            matrix(context, &this, true, numeric_only, min_periods)
        }

        /// How columns vary together.
        fn cov[context](/** The frame. */ this: View, /** How many pairs of values there have to be. */ min_periods: usize = 1, /** Only columns of numbers? */ numeric_only: bool = false) -> Result<Value> { matrix(context, &this, false, numeric_only, min_periods) }

        /// `True` for rows that are there already.
        fn duplicated[context](/** The frame. */ this: View, /** Only these columns are looked at. */ subset: Option<Labels>, /** Which one is not marked: "first", "last" or False. */ keep: Value = "first") -> Result<Value> {
            let places = match &subset {
                None => (0..this.columns.len()).map(|at| this.index.len() + at).collect(),
                Some(subset) if subset.labels.is_empty() => bail!("not enough values to unpack: `subset` names no column"),
                Some(subset) => super::super::frame_methods::places(&this, &subset.labels)?,
            };
            duplicated(context, &this, &places, &keep)
        }

        /// The columns of some types.
        fn select_dtypes(/** The frame. */ this: View, /** Types to take, such as "number". */ include: Option<Value>, /** Types to leave out. */ exclude: Option<Value>) -> Result<Value> { select_dtypes(&this, include, exclude) }

        /// The rows parted at random.
        fn random_split[context](/** The frame. */ this: View, /** How large the parts are: [0.8, 0.2]. */ frac: Value, /** Where random numbers begin. */ random_state: Option<Value>, /** Has no effect. */ shuffle: Option<bool>) -> Result<Value> { let _ = shuffle; random_split(context, &this, &frac, random_state) }
    }
}

/// Methods of series alone.
pub mod of_series {
    use super::*;

    builtins! {
        /// How it varies together with another series, from -1 to 1.
        fn corr[context](/** The series. */ this: View, /** The other one. */ other: View) -> Result<Value> { with_other(context, &this, &other, true) }

        /// How it varies together with another series.
        fn cov[context](/** The series. */ this: View, /** The other one. */ other: View) -> Result<Value> { with_other(context, &this, &other, false) }

        /// `True` for values that are there already.
        fn duplicated[context](/** The series. */ this: View, /** Which one is not marked: "first", "last" or False. */ keep: Value = "first") -> Result<Value> { duplicated(context, &this, &[this.index.len()], &keep) }
    }
}
