//! Frames made from values: `pd.DataFrame`, `pd.Series`, `dd.from_pandas`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins, error};

use super::align;
use super::divide::Length;
use super::nested;
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{COUNTED, Named, Rows, Shape, View, hidden_name};

/// A frame in memory of these columns; `index` is counted if it is not given.
pub fn frame_of(
    columns: Vec<(Label, ArrayRef)>,
    index: Option<(Option<Label>, ArrayRef)>,
    n_rows: usize,
) -> Result<View> {
    let (index_label, counted, index) = match index {
        Some((label, index)) => (label, false, index),
        None => (None, true, Arc::new(Int64Array::from_iter_values(0..n_rows as i64)) as ArrayRef),
    };
    if index.len() != n_rows {
        bail!("Length of values ({n_rows}) does not match length of index ({})", index.len());
    }
    let mut names = vec![COUNTED.to_string()];
    let mut fields = vec![Field::new(COUNTED, index.data_type().clone(), true)];
    let mut arrays = vec![index];
    let mut named = Vec::new();
    for (label, column) in columns {
        if column.len() != n_rows {
            bail!("All arrays must be of the same length");
        }
        if named.iter().any(|named: &Named| named.label.as_ref() == Some(&label)) {
            bail!("there are two columns {}", label.quoted(); hint: "each column has a label of its own");
        }
        let name = hidden_name(&label, &names);
        fields.push(Field::new(&name, column.data_type().clone(), true));
        named.push(Named { label: Some(label), expr: Rows::column(&name) });
        names.push(name);
        arrays.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(n_rows));
    let batch =
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).map_err(arrow_error)?;
    Ok(View {
        rows: Rows::given(batch, counted)?,
        index: vec![Named { label: index_label, expr: Rows::column(COUNTED) }],
        columns: named,
        across: Vec::new(),
        shape: Shape::Frame,
        eager: true,
        name: "frame".into(),
    })
}

/// A series in memory.
pub fn series_of(label: Option<Label>, values: ArrayRef, index: Option<(Option<Label>, ArrayRef)>) -> Result<View> {
    let n = values.len();
    let mut view = frame_of(vec![(Label::text("0"), values)], index, n)?;
    view.columns[0].label = label;
    view.shape = Shape::Series;
    Ok(view)
}

/// What `index=` gives, as labels of rows.
fn index_of(context: &Context, index: &Option<Value>) -> Result<Option<(Option<Label>, ArrayRef)>> {
    let Some(index) = index else { return Ok(None) };
    if let Some(frame) = index.get::<Frame>() {
        let view = frame.view();
        let batch = lower::in_memory(&lower::compute_now(context, &view)?)?;
        let column = batch.columns().last().cloned();
        return Ok(column.map(|column| (view.label().clone(), column)));
    }
    match cell::column_of(index, "of the index")? {
        Some(column) => Ok(Some((None, column))),
        None => bail!(TypeError: "expected labels for `index`, got {}", what(index)),
    }
}

fn data_frame(
    context: &Context,
    data: Option<Value>,
    index: Option<Value>,
    columns: Option<Value>,
    dtype: Option<Value>,
) -> Result<Value> {
    if let Some(levels) = nested::levels(index.as_ref())? {
        if let Some(whole) = data.as_ref().filter(|data| data.get::<Frame>().is_some() && nested::has_labels(data)) {
            let whole = Frame::eager(nested::reordered(context, whole, &levels)?);
            return data_frame(context, Some(whole), None, columns, dtype);
        }
        let data = nested::plain_columns(context, data, &levels)?;
        let rows = nested::counted(context, &levels)?;
        return nested::under(context, data_frame(context, data, Some(rows), columns, dtype)?, &levels);
    }
    if let Some(nested) = &data
        && let Some((data, labels)) = nested::columns(context, nested, index.as_ref(), columns.as_ref())?
    {
        return data_frame(context, Some(data), index.or(labels), columns, dtype);
    }
    let index = index_of(context, &index)?;
    let wanted = match &columns {
        None => None,
        Some(columns) => match Labels::from_value(columns) {
            Some(labels) if labels.several => Some(labels.labels),
            _ => match columns.items() {
                Some(items) => items.iter().map(Label::of).collect::<Option<Vec<_>>>(),
                None => bail!(TypeError: "expected a list of labels for `columns`, got {}", what(columns)),
            },
        },
    };
    let mut view = match &data {
        None => {
            let n = index.as_ref().map_or(0, |(_, index)| index.len());
            let empty: ArrayRef = arrow::array::new_null_array(&DataType::Float64, n);
            let columns = wanted.clone().unwrap_or_default().into_iter().map(|label| (label, empty.clone()));
            frame_of(columns.collect(), index, n)?
        }
        Some(Value::Dict(dict)) => {
            let pairs: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            of_columns(context, pairs, index)?
        }
        Some(other) if other.get::<Frame>().is_some() => {
            let view = View::from_value(other).ok_or_else(|| error!(TypeError: "expected a frame"))?;
            let label = view.label().clone().unwrap_or(Label::Number(0));
            match view.shape {
                Shape::Frame => view,
                _ => {
                    let expr = view.expr().clone();
                    view.with_columns(vec![Named { label: Some(label), expr }], Shape::Frame, "frame")
                }
            }
        }
        Some(other) => of_rows(other, index, wanted.as_deref())?,
    };
    if let Some(wanted) = &wanted {
        view = reordered(&view, wanted)?;
    }
    if let Some(dtype) = &dtype {
        let as_wanted = |expr: &datafusion::logical_expr::Expr| {
            let of = view.type_of(expr)?;
            Ok(super::shared::as_wanted(expr.clone(), &of, &super::category::wanted_for(dtype, &of)?))
        };
        view = super::operators::each(&view, as_wanted, "astype")?;
        return Frame::answer_now(context, view);
    }
    Ok(Frame::eager(view))
}

/// These columns in this order; those that are not there have nothing in them.
fn reordered(view: &View, wanted: &[Label]) -> Result<View> {
    let column = |label: &Label| match view.find(label) {
        Some(named) => named.clone(),
        None => Named {
            label: Some(label.clone()),
            expr: datafusion::logical_expr::lit(datafusion::common::ScalarValue::Float64(None)),
        },
    };
    Ok(view.with_columns(wanted.iter().map(column).collect(), Shape::Frame, "frame"))
}

/// Series that belong to different rows, all over the same ones: those of `index`, or in order all that any of them has.
fn over_common_rows(
    context: &Context,
    pairs: Vec<(Value, Value)>,
    index: Option<&ArrayRef>,
) -> Result<Vec<(Value, Value)>> {
    let series = |value: &Value| {
        View::from_value(value).filter(|view| view.eager && view.shape == Shape::Series && view.index.len() == 1)
    };
    let of_rows = |view: &View| Ok(lower::in_memory(&lower::compute_now(context, view)?)?.column(0).clone());
    let labels: Vec<ArrayRef> =
        pairs.iter().filter_map(|(_, value)| series(value)).map(|view| of_rows(&view)).collect::<Result<_>>()?;
    let Some(first) = labels.first() else { return Ok(pairs) };
    let wanted = match index {
        Some(index) => index.clone(),
        None if labels.iter().all(|other| other == first) => return Ok(pairs),
        None => {
            let all: Vec<&dyn arrow::array::Array> = labels.iter().map(|labels| labels.as_ref()).collect();
            let all = arrow::compute::concat(&all)
                .map_err(|error| error!(TypeError: "labels of different types: {error}"))?;
            arrow::compute::sort(&all, None).map_err(|error| error!(TypeError: "labels that have no order: {error}"))?
        }
    };
    let mut rows: Vec<Value> = (0..wanted.len()).map(|row| cell::value(&wanted, row)).collect();
    if index.is_none() {
        rows.dedup_by(|a, b| a.repr() == b.repr());
    }
    let rows = Value::list(rows);
    let moved = |(label, value): (Value, Value)| match series(&value) {
        Some(view) => {
            let view = super::axis_labels::reindex_rows(context, &view, &rows, None)?;
            Ok((label, Frame::eager(lower::compute_now(context, &view)?)))
        }
        None => Ok((label, value)),
    };
    pairs.into_iter().map(moved).collect()
}

/// A dict from label to a list, array, series or single value.
fn of_columns(context: &Context, pairs: Vec<(Value, Value)>, index: Option<(Option<Label>, ArrayRef)>) -> Result<View> {
    let pairs = over_common_rows(context, pairs, index.as_ref().map(|(_, labels)| labels))?;
    let mut columns: Vec<(Label, Option<ArrayRef>, Value)> = Vec::new();
    let mut from_series = None;
    for (key, value) in pairs {
        let Some(label) = Label::of(&key) else { bail!(TypeError: "expected a label, got {}", what(&key)) };
        // Labels are a list of values: only a series brings the rows that it belongs to.
        if let Some(index) = View::from_value(&value).filter(|view| view.shape == Shape::Index) {
            let batch = lower::in_memory(&lower::compute_now(context, &index)?)?;
            columns.push((label, batch.columns().last().cloned(), value));
            continue;
        }
        if value.get::<Frame>().is_some() {
            from_series.get_or_insert_with(|| value.clone());
            columns.push((label, None, value));
            continue;
        }
        let column = cell::column_of(&value, &label.quoted())?;
        if column.is_none() && cell::literal(&value).is_none() {
            bail!(TypeError: "expected a list for column {}, got {}", label.quoted(), what(&value));
        }
        columns.push((label, column, value));
    }
    let length = columns.iter().find_map(|(_, column, _)| column.as_ref().map(|column| column.len()));
    if let (Some(series), None) = (&from_series, &index) {
        // The rows are those of the series.
        let first = View::from_value(series).ok_or_else(|| error!(TypeError: "expected a series"))?;
        let mut view = View { columns: Vec::new(), shape: Shape::Frame, ..first };
        for (label, column, value) in columns {
            match column {
                Some(column) => {
                    let (over, expr) = align::beside(context, &view, column)?;
                    view = over;
                    view.columns.push(Named { label: Some(label), expr });
                }
                None if view.columns.is_empty() => {
                    let series = View::from_value(&value).map(|series| series.expr().clone());
                    match series {
                        Some(expr) => view.columns.push(Named { label: Some(label), expr }),
                        None => view = super::items::with_column(context, &view, &label, &value)?,
                    }
                }
                None => view = super::items::with_column(context, &view, &label, &value)?,
            }
        }
        return Ok(View { eager: true, name: "frame".into(), ..lower::compute_now(context, &view)? });
    }
    let n = match (&index, length) {
        (_, Some(n)) => n,
        (Some((_, index)), None) => index.len(),
        (None, None) if columns.is_empty() => 0,
        (None, None) => bail!("If using all scalar values, you must pass an index"),
    };
    let mut made = Vec::new();
    for (label, column, value) in columns {
        let column = match column {
            Some(column) => column,
            None => match View::from_value(&value) {
                Some(series) => {
                    let batch = lower::in_memory(&lower::compute_now(context, &series)?)?;
                    batch
                        .columns()
                        .last()
                        .cloned()
                        .unwrap_or_else(|| arrow::array::new_null_array(&DataType::Float64, n))
                }
                None => cell::column(&vec![value; n], &label.quoted())?,
            },
        };
        made.push((label, column));
    }
    frame_of(made, index, n)
}

/// A list of dicts, of lists, or of values; an array.
fn of_rows(data: &Value, index: Option<(Option<Label>, ArrayRef)>, wanted: Option<&[Label]>) -> Result<View> {
    let items = match data.get::<rdk_array::eager::NdArray>() {
        Some(array) => array.to_list().items().unwrap_or_default(),
        None => match data {
            Value::Range(range) => (0..range.len()).map(|at| Value::Int(range.at(at))).collect(),
            other => match other.items() {
                Some(items) => items,
                None => {
                    bail!(TypeError: "expected a dict or a list of rows, got {}", what(data); hint: "`pd.DataFrame({{\"x\": [1, 2]}})`")
                }
            },
        },
    };
    let n = items.len();
    if items.first().is_some_and(|item| matches!(item, Value::Dict(_))) {
        let mut labels: Vec<Label> = Vec::new();
        let mut rows: Vec<Vec<(Label, Value)>> = Vec::new();
        for item in &items {
            let Value::Dict(dict) = item else { bail!(TypeError: "expected a dict for each row, got {}", what(item)) };
            let mut row = Vec::new();
            for (key, value) in dict.0.lock().iter() {
                let Some(label) = Label::of(key.value()) else {
                    bail!(TypeError: "expected a label, got {}", what(key.value()))
                };
                if !labels.contains(&label) {
                    labels.push(label.clone());
                }
                row.push((label, value.clone()));
            }
            rows.push(row);
        }
        let mut columns = Vec::new();
        for label in labels {
            let cell = |row: &Vec<(Label, Value)>| {
                row.iter().find(|(other, _)| *other == label).map_or(Value::None, |(_, value)| value.clone())
            };
            let values: Vec<Value> = rows.iter().map(cell).collect();
            columns.push((label.clone(), cell::column(&values, &label.quoted())?));
        }
        return frame_of(columns, index, n);
    }
    let rows: Vec<Vec<Value>> = items.iter().map(|item| item.items().unwrap_or_else(|| vec![item.clone()])).collect();
    let width = rows
        .iter()
        .map(Vec::len)
        .max()
        .unwrap_or(0)
        .max(wanted.map_or(0, |wanted| if n == 0 { wanted.len() } else { 0 }));
    if let Some(wanted) = wanted
        && wanted.len() != width
    {
        bail!("{} columns passed, passed data had {width} columns", wanted.len());
    }
    let mut columns = Vec::new();
    for at in 0..width {
        let label = wanted.map_or(Label::Number(at as i64), |wanted| wanted[at].clone());
        let values: Vec<Value> = rows.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect();
        let column = cell::column(&values, &label.quoted())?;
        columns.push((label, column));
    }
    frame_of(columns, index, n)
}

fn series(
    context: &Context,
    data: Option<Value>,
    index: Option<Value>,
    dtype: Option<Value>,
    name: Option<Value>,
) -> Result<Value> {
    if let Some(levels) = nested::levels(index.as_ref())? {
        if data.as_ref().is_some_and(nested::has_labels) {
            let whole = series(context, data, None, dtype, name)?;
            return Ok(Frame::eager(nested::reordered(context, &whole, &levels)?));
        }
        let rows = nested::counted(context, &levels)?;
        return nested::under(context, series(context, data, Some(rows), dtype, name)?, &levels);
    }
    let labels = index;
    let index = index_of(context, &labels)?;
    let label = match &name {
        None => None,
        Some(name) => Some(Label::of(name).ok_or_else(|| error!(TypeError: "expected a name, got {}", what(name)))?),
    };
    let view = match &data {
        None => series_of(
            label,
            arrow::array::new_null_array(&DataType::Float64, index.as_ref().map_or(0, |(_, i)| i.len())),
            index,
        )?,
        Some(Value::Dict(dict)) => {
            let (keys, values): (Vec<Value>, Vec<Value>) =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).unzip();
            if let (Some(levels), None) = (nested::levels(Some(&Value::list(keys.iter().cloned())))?, &labels) {
                let values = series(context, Some(Value::list(values)), None, dtype, name)?;
                return nested::under(context, values, &levels);
            }
            let whole =
                series_of(label, cell::column(&values, "of values")?, Some((None, cell::column(&keys, "of labels")?)))?;
            match &labels {
                Some(labels) => super::axis_labels::reindex_rows(context, &whole, labels, None)?,
                None => whole,
            }
        }
        Some(data) => match View::from_value(data) {
            Some(view) if view.shape == Shape::Index => {
                // Labels become values: the rows are counted, or have labels of their own.
                let label = label.or_else(|| view.label().clone());
                let batch = lower::in_memory(&lower::compute_now(context, &view)?)?;
                match batch.columns().last() {
                    Some(column) => series_of(label, column.clone(), index)?,
                    None => bail!("an index without labels"),
                }
            }
            Some(view) => {
                let label = label.or_else(|| view.label().clone());
                let expr = view.expr().clone();
                let whole = View { eager: true, ..view.series(label, expr, "series") };
                match &labels {
                    Some(labels) => super::axis_labels::reindex_rows(context, &whole, labels, None)?,
                    None => whole,
                }
            }
            None => match cell::column_of(data, "of values")? {
                Some(column) => series_of(label, column, index)?,
                None => {
                    let n = index.as_ref().map_or(1, |(_, index)| index.len());
                    series_of(label, cell::column(&vec![data.clone(); n], "of values")?, index)?
                }
            },
        },
    };
    match &dtype {
        None => Ok(Frame::eager(view)),
        Some(dtype) => {
            let of = view.type_of(view.expr())?;
            let expr = super::shared::as_wanted(view.expr().clone(), &of, &super::category::wanted_for(dtype, &of)?);
            let label = view.label().clone();
            Frame::answer_now(context, view.series(label, expr, "astype"))
        }
    }
}

/// The functions behind the classes.
pub mod constructors {
    use super::*;

    builtins! {
        /// Columns with labels, in memory.
        ///
        /// ```rdk
        /// df = pd.DataFrame({"name": ["Ann", "Bob"], "age": [31, 25]})
        /// df.age.mean()
        /// #> 28.0
        /// ```
        fn DataFrame[context](
            /// A dict from label to column, a list of dicts, a list of rows, an array.
            data: Option<Value>,
            /// Labels of the rows; counted if left out.
            index: Option<Value>,
            /// Labels of the columns; with a dict those to take.
            columns: Option<Value>,
            /// The type of all columns.
            dtype: Option<Value>,
            /// Has no effect.
            copy: Option<bool>,
        ) -> Result<Value> { let _ = copy; data_frame(context, data, index, columns, dtype) }

        /// One column with a label for each row, in memory.
        ///
        /// ```rdk
        /// pd.Series([1, 2, 4], index=["a", "b", "c"])["c"]
        /// #> 4
        /// ```
        fn Series[context](
            /// A list, an array, a dict, a single value.
            data: Option<Value>,
            /// Labels of the rows; counted if left out.
            index: Option<Value>,
            /// The type.
            dtype: Option<Value>,
            /// What it is called.
            name: Option<Value>,
            /// Has no effect.
            copy: Option<bool>,
        ) -> Result<Value> { let _ = copy; series(context, data, index, dtype, name) }

        /// Labels of rows, in memory.
        fn Index(
            /// The labels.
            data: Value,
            /// What it is called.
            name: Option<Value>,
        ) -> Result<Value> {
            let Some(column) = cell::column_of(&data, "of labels")? else { bail!(TypeError: "expected labels, got {}", what(&data)) };
            Ok(Frame::eager(index_view(name.as_ref().and_then(Label::of), column)?))
        }
    }
}

/// An index in memory.
pub fn index_view(label: Option<Label>, column: ArrayRef) -> Result<View> {
    let n = column.len();
    let view = frame_of(Vec::new(), Some((label, column)), n)?;
    Ok(View { columns: view.index.clone(), shape: Shape::Index, ..view })
}

builtins! {
    /// A lazy frame of a frame in memory, cut into partitions of equal length.
    ///
    /// ```rdk
    /// df = pd.DataFrame({"x": [1, 2, 3, 4]})
    /// dd.from_pandas(df, npartitions=2).x.sum().compute()
    /// #> 10
    /// ```
    fn from_pandas[context](
        /// A frame or series in memory.
        data: View,
        /// How many partitions.
        npartitions: Option<usize>,
        /// How many rows each has, instead.
        chunksize: Option<usize>,
        /// Are rows brought in the order of the index first?
        sort: bool = true,
    ) -> Result<Value> { from_pandas(context, data, npartitions, chunksize, sort) }
}

fn from_pandas(
    context: &Context,
    data: View,
    npartitions: Option<usize>,
    chunksize: Option<usize>,
    mut sort: bool,
) -> Result<Value> {
    if !data.eager {
        bail!(TypeError: "Input must be a pandas DataFrame or Series."; hint: "it is lazy already");
    }
    let mut data = lower::compute_now(context, &data)?;
    let batch = {
        let batch = lower::in_memory(&data)?;
        let ordered = data.rows.counted || is_ordered(batch.column(0))?;
        // Rows that are in order anyway have divisions, whatever is said.
        let in_order = !sort || ordered;
        sort = sort || ordered;
        if in_order {
            batch
        } else {
            let keys = vec![crate::steps::Key { column: 0, descending: false, missing_first: false }];
            data = super::sorted_rows::ordered(context, &data, keys, None, "sort-index")?;
            lower::in_memory(&lower::compute_now(context, &data)?)?
        }
    };
    let n = batch.num_rows();
    let mut batches = Vec::new();
    let mut divisions = Vec::new();
    if n == 0 {
        batches.push(batch.clone());
    }
    let begins = match (npartitions, chunksize) {
        (Some(0), _) | (_, Some(0)) => bail!("`npartitions` and `chunksize` are 1 or more"),
        _ if n == 0 => Vec::new(),
        (Some(parts), _) if sort => super::divide::beginnings(batch.column(0), Length::Parts(parts))?,
        (None, Some(size)) if sort => super::divide::beginnings(batch.column(0), Length::Rows(size))?,
        (parts, size) => {
            let size = size.unwrap_or(n.div_ceil(parts.unwrap_or(1)));
            (0..n).step_by(size.max(1)).collect()
        }
    };
    for (place, &begin) in begins.iter().enumerate() {
        let end = begins.get(place + 1).copied().unwrap_or(n);
        divisions.push(
            datafusion::common::ScalarValue::try_from_array(batch.column(0), begin).map_err(crate::errors::fusion)?,
        );
        batches.push(batch.slice(begin, end - begin));
    }
    if n > 0 {
        divisions.push(
            datafusion::common::ScalarValue::try_from_array(batch.column(0), n - 1).map_err(crate::errors::fusion)?,
        );
    }
    let names = super::over::step_names(&data);
    let fields = names.iter().zip(batch.columns());
    let fields: Vec<Field> = fields.map(|(name, column)| Field::new(name, column.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let batches = batches.into_iter().map(|batch| {
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(schema.clone(), batch.columns().to_vec(), &options).map_err(arrow_error)
    });
    let batches = batches.collect::<Result<Vec<_>>>()?;
    let leaf = crate::plan::Leaf {
        name: "from-pandas".into(),
        token: rdk_graph::Token::fresh(),
        schema,
        n_partitions: batches.len(),
        source: crate::plan::Source::Given(batches),
    };
    let known = sort && n > 0;
    let rows = Rows::of_leaf(leaf, Some(n), false)?.divided(known.then_some(divisions));
    let view = super::over::over_step(&data, &rows);
    Ok(Frame::lazy(View { name: "from-pandas".into(), ..view }))
}

/// Are the values of a column in order?
pub fn is_ordered(column: &ArrayRef) -> Result<bool> {
    let converter = arrow::row::RowConverter::new(vec![arrow::row::SortField::new(column.data_type().clone())]);
    let converter = converter.map_err(arrow_error)?;
    let rows = converter.convert_columns(&[crate::batches::as_key(column)]).map_err(arrow_error)?;
    Ok((1..rows.num_rows()).all(|at| rows.row(at - 1) <= rows.row(at)))
}
