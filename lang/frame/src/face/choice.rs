//! Rows and columns by what is in them, and numbers about all rows: `sample`, `duplicated`, `idxmax`, `mode`, `corr`, `agg`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, StringViewArray, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, SortField};
use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, bail, builtins, error};
use rustc_hash::FxHashMap;

use super::aggregate::Reduction;
use super::groups::beside;
use super::reductions::{reduced, transposed};
use super::{align, create, items, partitions, running, statistics, wholes};
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Named, Shape, View};
use crate::steps::Take;

/// A method of pandas on all rows of a lazy frame that gives a single value.
pub fn single(context: &Context, view: &View, method: &str, args: Vec<Value>) -> Result<Value> {
    single_with(context, view, method, args, vec![])
}

/// The same with arguments by name.
pub fn single_with(
    context: &Context,
    view: &View,
    method: &str,
    args: Vec<Value>,
    options: Vec<(&str, Value)>,
) -> Result<Value> {
    let options = options.into_iter().map(|(name, value)| Value::tuple([Value::str(name), value]));
    let options = Value::tuple(options.collect::<Vec<_>>());
    later(context, view, "single", method, vec![Value::str(method), Value::tuple(args), options])
}

fn later(context: &Context, view: &View, builtin: &str, method: &str, all: Vec<Value>) -> Result<Value> {
    let builtin = hidden::builtins().into_iter().find(|found| found.name == builtin);
    let builtin = builtin.ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
    single_of(context, view, builtin, method, all)
}

/// What a function gives for all rows of a lazy frame: a series of a single value, which is taken out of it.
pub fn single_of(
    context: &Context,
    view: &View,
    builtin: rdk_runtime::Builtin,
    method: &str,
    all: Vec<Value>,
) -> Result<Value> {
    let one = wholes::one_partition(context, view)?;
    let made = partitions::map_partitions(context, &one, &Value::Builtin(Arc::new(builtin)), all, vec![])?;
    match View::from_value(&made) {
        Some(view) => Ok(Frame::lazy(View { shape: Shape::Scalar, index: Vec::new(), name: method.into(), ..view })),
        None => Ok(made),
    }
}

mod hidden {
    use super::*;

    builtins! {
        /// What a method gives, as a series of one value.
        fn single[context](/** The frame or series. */ this: Value, /** The method. */ method: String, /** What it is called with. */ args: Value, /** By name: pairs. */ options: Value) -> Result<Value> {
            let method = rdk_runtime::operators::attribute(context, &this, &method)?;
            let mut call = Args::of(args.items().unwrap_or_default());
            for pair in options.items().unwrap_or_default() {
                if let Some([name, value]) = pair.items().as_deref() {
                    call.keywords.push((Name::from(name.text().as_str()), value.clone()));
                }
            }
            let value = context.call(&method, call)?;
            Ok(Frame::eager(create::series_of(None, cell::column(&[value], "of results")?, None)?))
        }

        /// How two columns vary together, as a series of one value.
        fn pair[context](/** Both. */ this: View, /** Is it the correlation? */ correlation: bool) -> Result<Value> { Ok(Frame::eager(create::series_of(None, cell::column(&[columns_together(context, &this, correlation)?], "of results")?, None)?)) }

        /// One of several parts of the rows, chosen at random.
        fn part[context](/** The rows. */ this: View, /** How large the parts are. */ parts: Value, /** Which one. */ at: usize, /** Where random numbers begin. */ seed: i64) -> Result<Value> {
            let bounds: Vec<f64> = parts.items().unwrap_or_default().iter().filter_map(Value::as_f64).collect();
            let (low, high) = (bounds[..at].iter().sum::<f64>(), bounds[..=at].iter().sum::<f64>());
            let mut random = Random::new(seed as u64);
            let n = super::super::object::n_rows(context, &this)?;
            let rows = (0..n as u64).filter(|_| { let number = random.unit(); number >= low && number < high });
            items::rows_at(context, &this, Take::Rows(rows.collect()))
        }
    }
}

/// Random numbers of one seed: the generator SplitMix64.
pub struct Random(u64);

impl Random {
    /// Begins with a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A float from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A seed: as it is given, or one that is new each time.
pub fn seed(given: &Option<Value>) -> i64 {
    match given {
        Some(Value::Int(seed)) => *seed,
        _ => {
            let bytes = format!("{:?}", rdk_graph::Token::fresh());
            bytes.bytes().fold(7i64, |seed, byte| seed.wrapping_mul(1_000_003).wrapping_add(byte.into()))
        }
    }
}

fn sample(
    context: &Context,
    view: &View,
    n: Option<usize>,
    frac: Option<f64>,
    replace: bool,
    state: Option<Value>,
) -> Result<Value> {
    if !view.eager {
        let Some(frac) = frac else {
            bail!("frac must not be None"; hint: "`sample(frac=0.1)` takes a tenth of the rows of each partition");
        };
        let options = vec![
            (Name::from("frac"), Value::Float(frac)),
            (Name::from("replace"), Value::Bool(replace)),
            (Name::from("random_state"), Value::Int(seed(&state))),
        ];
        return wholes::in_each(context, view, "sample", vec![], options);
    }
    let total = super::object::n_rows(context, view)?;
    let count = match (n, frac) {
        (Some(_), Some(_)) => bail!("Please enter a value for `frac` OR `n`, not both"),
        (Some(n), None) => n,
        (None, Some(frac)) if frac >= 0.0 => (frac * total as f64).round_ties_even() as usize,
        (None, Some(_)) => bail!("A negative number of rows requested. Please provide `frac` >= 0"),
        (None, None) => 1,
    };
    if count > total && !replace {
        bail!("Cannot take a larger sample than population when 'replace=False'");
    }
    let mut random = Random::new(seed(&state) as u64);
    let rows: Vec<u64> = match replace {
        true if total == 0 => Vec::new(),
        true => (0..count).map(|_| random.next() % total as u64).collect(),
        false => {
            let mut rows: Vec<u64> = (0..total as u64).collect();
            for at in 0..count {
                let other = at + (random.next() % (total - at) as u64) as usize;
                rows.swap(at, other);
            }
            rows.truncate(count);
            rows
        }
    };
    items::rows_at(context, view, Take::Rows(rows))
}

fn random_split(context: &Context, view: &View, parts: &Value, state: Option<Value>) -> Result<Value> {
    let Some(fractions) = <Vec<f64> as FromValue>::from_value(parts) else {
        bail!(TypeError: "expected a list of parts such as [0.8, 0.2], got {}", what(parts));
    };
    if (fractions.iter().sum::<f64>() - 1.0).abs() > 1e-9 {
        bail!("frac should sum to 1");
    }
    let seed = seed(&state);
    let builtin = hidden::builtins().into_iter().find(|builtin| builtin.name == "part");
    let builtin = Value::Builtin(Arc::new(builtin.ok_or_else(|| error!(RuntimeError: "internal error: no method"))?));
    let meta = vec![(
        Name::from("meta"),
        items::as_value(lower::Gather::of(view).of_batch(&arrow::array::RecordBatch::new_empty(view.schema()?))?),
    )];
    let one = |at: usize| {
        let args = vec![parts.clone(), Value::Int(at as i64), Value::Int(seed)];
        partitions::map_partitions(context, view, &builtin, args, meta.clone())
    };
    Ok(Value::list((0..fractions.len()).map(one).collect::<Result<Vec<_>>>()?))
}

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

/// `df.corr()`, `df.cov()`
fn matrix(context: &Context, view: &View, correlation: bool, numeric_only: bool, least: usize) -> Result<Value> {
    let name = if correlation { "corr" } else { "cov" };
    let mut columns = Vec::new();
    for named in &view.columns {
        let of = view.type_of(&named.expr)?;
        if !numeric_only || crate::dtype::is_number(&of) {
            if !crate::dtype::is_number(&of) {
                let label = named.label.as_ref().map_or(String::new(), Label::quoted);
                bail!("could not convert column {label} of texts to float"; hint: "`numeric_only=True` leaves such columns out");
            }
            columns.push(named.clone());
        }
    }
    let view = view.with_columns(columns, Shape::Frame, name);
    if !view.eager {
        let options = vec![(Name::from("min_periods"), Value::Int(least as i64))];
        return wholes::in_one(context, &view, name, vec![], options);
    }
    let batch = lower::in_memory(&lower::compute_now(context, &view)?)?;
    let floats = batch.columns()[view.index.len()..].iter().map(statistics::floats).collect::<Result<Vec<_>>>()?;
    let column = |b: &Float64Array| -> ArrayRef {
        let enough = |a: &Float64Array| a.iter().zip(b).filter(|(a, b)| a.is_some() && b.is_some()).count() >= least;
        let pair = |a: &Float64Array| if enough(a) { statistics::together(a, b, correlation) } else { None };
        Arc::new(floats.iter().map(pair).collect::<Float64Array>())
    };
    let labels = view.labels();
    let index = cell::column(&labels.iter().map(Label::to_value).collect::<Vec<_>>(), "of labels")?;
    let columns = labels.into_iter().zip(floats.iter().map(column)).collect();
    Ok(Frame::eager(create::frame_of(columns, Some((None, index)), floats.len())?))
}

fn with_other(context: &Context, view: &View, other: &View, correlation: bool) -> Result<Value> {
    let (over, right) = items::over_rows_of(context, view, other)?;
    let columns = vec![
        Named { label: Some(Label::Number(0)), expr: over.expr().clone() },
        Named { label: Some(Label::Number(1)), expr: right },
    ];
    let both = over.with_columns(columns, Shape::Frame, "corr");
    if !both.eager {
        return later(context, &both, "pair", if correlation { "corr" } else { "cov" }, vec![Value::Bool(correlation)]);
    }
    columns_together(context, &both, correlation)
}

fn columns_together(context: &Context, view: &View, correlation: bool) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n = view.index.len();
    let (a, b) = (statistics::floats(batch.column(n))?, statistics::floats(batch.column(n + 1))?);
    let made = if correlation { statistics::correlation(&a, &b) } else { statistics::together(&a, &b, false) };
    Ok(Value::Float(made.unwrap_or(f64::NAN)))
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

/// How many bytes a column takes.
fn bytes(column: &ArrayRef) -> i64 {
    if let Some(known) = crate::category::categories(column.data_type()) {
        let width = match known.values.len() {
            n if n < 1 << 7 => 1,
            n if n < 1 << 15 => 2,
            _ => 4,
        };
        return (width * column.len()) as i64 + bytes(&known.values);
    }
    match column.data_type() {
        of if cell::is_text(of) => {
            let texts: usize = (0..column.len()).filter_map(|row| cell::text(column, row)).map(str::len).sum();
            (texts + 8 * (column.len() + 1)) as i64
        }
        DataType::Boolean => column.len() as i64,
        of => (of.primitive_width().unwrap_or(8) * column.len()) as i64,
    }
}

fn memory_usage(context: &Context, view: &View, index: bool) -> Result<Value> {
    if !view.eager {
        let options = vec![(Name::from("index"), Value::Bool(index))];
        let parts = wholes::in_each(context, view, "memory_usage", vec![], options)?;
        let Some(parts) = View::from_value(&parts) else { return Ok(parts) };
        return match view.shape {
            Shape::Frame => {
                let keys = parts.index.clone();
                let grouped = super::groupby::GroupBy {
                    keys,
                    series: true,
                    chosen: true,
                    sort: false,
                    dropna: false,
                    as_index: true,
                    group_keys: true,
                    keys_in_list: false,
                    observed: true,
                    view: parts,
                };
                grouped.reduce(context, Reduction::Sum, None, super::aggregate::Needs::Nothing)
            }
            _ => Frame::answer(
                context,
                reduced(&parts, vec![(None, parts.expr().clone(), Reduction::Sum)], "memory-usage")?,
            ),
        };
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n_index = view.index.len();
    let of_index = match view.rows.counted {
        true => 132,
        false => batch.columns()[..n_index].iter().map(bytes).sum(),
    };
    let columns: Vec<i64> = batch.columns()[n_index..].iter().map(bytes).collect();
    if view.shape != Shape::Frame {
        return Ok(Value::Int(columns.iter().sum::<i64>() + if index { of_index } else { 0 }));
    }
    let mut labels: Vec<String> = if index { vec!["Index".into()] } else { Vec::new() };
    labels.extend(view.labels().iter().map(Label::to_string));
    let mut numbers: Vec<i64> = if index { vec![of_index] } else { Vec::new() };
    numbers.extend(columns);
    let labels: ArrayRef = Arc::new(StringViewArray::from_iter_values(labels));
    Ok(Frame::eager(create::series_of(None, Arc::new(Int64Array::from(numbers)), Some((None, labels)))?))
}

/// A reduction of a series, by name or function.
fn one_of(context: &Context, series: &Value, how: &Value) -> Result<Value> {
    match how {
        Value::Str(name) => {
            let method = rdk_runtime::operators::attribute(context, series, name)?;
            context.call(&method, Args::none())
        }
        Value::Builtin(builtin) if Reduction::named(builtin.name).is_some() => {
            let method = rdk_runtime::operators::attribute(context, series, builtin.name)?;
            context.call(&method, Args::none())
        }
        func => context.call(func, Args::one(series.clone())),
    }
}

fn name_of(how: &Value) -> String {
    match how {
        Value::Builtin(builtin) => builtin.name.to_string(),
        Value::Function(function) => function.def.name.to_string(),
        other => other.text(),
    }
}

/// `df.agg(…, axis=1)`: of each row; else of each column.
fn agg_along(context: &Context, this: &Value, func: &Value, axis: &Option<Value>) -> Result<Value> {
    let of_rows =
        View::from_value(this).is_some_and(|view| view.shape == Shape::Frame) && super::axis_labels::of_columns(axis)?;
    if !of_rows {
        return agg(context, this, func);
    }
    let one = |how: &Value| {
        let (method, args) = match how {
            Value::Str(name) => (name.to_string(), Args::none()),
            Value::Builtin(builtin) if Reduction::named(builtin.name).is_some() => {
                (builtin.name.to_string(), Args::none())
            }
            Value::Dict(_) => {
                bail!(NotImplementedError: "`agg` of rows by their labels"; hint: "`df.T.agg(…)` has rows as columns")
            }
            function => ("apply".to_string(), Args::one(function.clone())),
        };
        let mut call = args;
        call.keywords.push((Name::from("axis"), Value::Int(1)));
        context.call(&rdk_runtime::operators::attribute(context, this, &method)?, call)
    };
    let Some(hows) = func.items().filter(|_| matches!(func, Value::List(_) | Value::Tuple(_))) else {
        return one(func);
    };
    let mut whole: Option<View> = None;
    for how in &hows {
        let Some(made) = View::from_value(&one(how)?) else {
            bail!(TypeError: "{} gives no value for each row", what(how))
        };
        let made = made.series(Some(Label::text(name_of(how))), made.expr().clone(), "agg");
        whole = Some(match whole {
            None => View { shape: Shape::Frame, ..made },
            Some(whole) => {
                let (mut whole, made) = align::together(context, &whole, &made)?;
                whole.columns.extend(made.columns);
                whole
            }
        });
    }
    match whole {
        Some(whole) => Frame::answer(context, View { name: "agg".into(), ..whole }),
        None => bail!("no results"),
    }
}

/// `df.agg(…)`, `series.agg(…)`
fn agg(context: &Context, this: &Value, func: &Value) -> Result<Value> {
    let Some(view) = View::from_value(this) else {
        bail!(TypeError: "expected a frame or a series, got {}", what(this))
    };
    let pairs: Option<Vec<(Value, Value)>> = match func {
        Value::Dict(dict) => {
            Some(dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect())
        }
        _ => None,
    };
    if pairs.is_none() && func.items().is_none() {
        if view.shape == Shape::Frame && !matches!(func, Value::Str(_) | Value::Builtin(_)) {
            let method = rdk_runtime::operators::attribute(context, this, "apply")?;
            return context.call(&method, Args::one(func.clone()));
        }
        return one_of(context, this, func);
    }
    if let Some(pairs) = &pairs
        && view.shape == Shape::Frame
        && pairs.iter().all(|(_, how)| how.items().is_none() && Reduction::of(how).is_ok())
    {
        let mut wanted = Vec::new();
        let mut labels = Vec::new();
        for (key, how) in pairs {
            let Some(label) = Label::of(key) else { bail!(TypeError: "expected a label, got {}", what(key)) };
            wanted.push((Some(label.clone()), view.column(&label)?.expr.clone(), Reduction::of(how)?.0));
            labels.push(label);
        }
        let row = reduced(&view, wanted, "agg")?;
        return Frame::answer(context, transposed(context, &row, labels, "agg")?);
    }
    if !view.eager {
        return wholes::in_one(context, &view, "agg", vec![func.clone()], vec![]);
    }
    if view.shape != Shape::Frame {
        let hows: Vec<(String, Value)> = match pairs {
            Some(pairs) => pairs.into_iter().map(|(key, how)| (key.text(), how)).collect(),
            None => func.items().unwrap_or_default().into_iter().map(|how| (name_of(&how), how)).collect(),
        };
        let values = hows.iter().map(|(_, how)| one_of(context, this, how)).collect::<Result<Vec<_>>>()?;
        let names: ArrayRef = Arc::new(StringViewArray::from_iter_values(hows.iter().map(|(name, _)| name)));
        let series =
            create::series_of(view.label().clone(), cell::column(&values, "of results")?, Some((None, names)))?;
        return Ok(Frame::eager(series));
    }
    let pairs: Vec<(Label, Vec<Value>)> = match pairs {
        Some(pairs) => pairs
            .iter()
            .map(|(key, how)| match Label::of(key) {
                Some(label) => Ok((label, how.items().unwrap_or_else(|| vec![how.clone()]))),
                None => bail!(TypeError: "expected a label, got {}", what(key)),
            })
            .collect::<Result<_>>()?,
        None => view.labels().into_iter().map(|label| (label, func.items().unwrap_or_default())).collect(),
    };
    let mut names: Vec<String> = Vec::new();
    for how in pairs.iter().flat_map(|(_, hows)| hows) {
        let name = name_of(how);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut columns = Vec::new();
    for (label, hows) in pairs {
        let series = items::column(&view, &label)?;
        let mut cells = vec![Value::None; names.len()];
        for how in &hows {
            let at = names.iter().position(|name| *name == name_of(how)).unwrap_or(0);
            cells[at] = one_of(context, &series, how)?;
        }
        columns.push((label, cell::column(&cells, "of results")?));
    }
    let n = names.len();
    let index: ArrayRef = Arc::new(StringViewArray::from_iter_values(names));
    Ok(Frame::eager(create::frame_of(columns, Some((None, index)), n)?))
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
    fn rank[context](/** The frame or series. */ this: View, /** "average", "min", "max", "first" or "dense". */ method: String = "average", /** Smallest first? */ ascending: bool = true) -> Result<Value> {
        if !this.eager {
            bail!(NotImplementedError: "`rank` needs all rows"; hint: "`.compute()` gives them");
        }
        let ranks = running::replaced(context, &this, "rank", |column| statistics::rank(column, &method, !ascending))?;
        Ok(Frame::eager(ranks))
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
