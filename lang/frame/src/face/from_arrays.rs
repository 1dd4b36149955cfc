//! Lazy frames from arrays and functions: `dd.from_array`, `dd.from_dask_array`, `dd.from_map`.

use std::sync::Arc;

use arrow::array::new_empty_array;
use datafusion::common::ScalarValue;
use rdk_array::Array;
use rdk_array::eager::NdArray;
use rdk_runtime::{Args, Context, FromValue, Keywords, Name, Range, Rest, Result, Slice, Value, bail, builtins, error};

use super::from_delayed;
use super::{classes, create};
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::plan::{Shape, View};

/// The labels of columns: those that are given, or numbers.
fn labels(columns: Option<Labels>, width: usize) -> Result<Vec<Label>> {
    let Some(columns) = columns else { return Ok((0..width as i64).map(Label::Number).collect()) };
    if columns.labels.len() != width {
        bail!(
            "Columns must be the same length as array width\n  columns: {}\n  width:   {width}",
            columns.labels.len()
        );
    }
    Ok(columns.labels)
}

/// A partition for each chunk along the rows: later, each makes a frame of its part of the array.
fn of_lazy_array(context: &Context, array: &Array, columns: Option<Labels>) -> Result<Value> {
    let shape = array.shape();
    let of = crate::dtype::read(&Value::str(array.dtype().name()))?;
    let (shape_of, meta) = match shape.len() {
        1 => {
            let label = columns.and_then(|columns| columns.labels.into_iter().next());
            (Shape::Series, create::series_of(label, new_empty_array(&of), None)?)
        }
        2 => {
            let labels = labels(columns, shape[1])?;
            let columns = labels.into_iter().map(|label| (label, new_empty_array(&of))).collect();
            (Shape::Frame, create::frame_of(columns, None, 0)?)
        }
        n => bail!("from_array does not input more than 2D array, got array with shape of {n} dimensions"),
    };
    let delayed = context.shared.library.import("dask")?.get("delayed");
    let delayed = delayed.ok_or_else(|| error!(RuntimeError: "delayed calls are not at hand here"))?;
    let make = context.call(&delayed, Args::one(Value::Class(classes::class(shape_of, true))))?;
    let whole = Value::lazy(array.clone());
    let chunks = rdk_runtime::operators::attribute(context, &whole, "chunks")?;
    let lengths = chunks.items().and_then(|chunks| chunks.first().and_then(Value::items)).unwrap_or_default();
    let names = Value::list(meta.labels().iter().map(Label::to_value));
    let (mut values, mut divisions, mut start) = (Vec::new(), Vec::new(), 0);
    for length in lengths.iter().filter_map(i64::from_value).filter(|&length| length > 0) {
        let stop = start + length;
        let rows = Slice { start: Value::Int(start), stop: Value::Int(stop), step: Value::None };
        let part = rdk_runtime::operators::item(context, &whole, &Value::Slice(Arc::new(rows)))?;
        let index = Value::Range(Arc::new(Range { start, stop, step: 1 }));
        let mut call = Args::of([part, index]);
        match shape_of {
            Shape::Frame => call.keywords.push((Name::from("columns"), names.clone())),
            _ => call.keywords.push((Name::from("name"), Label::value_of(meta.label()))),
        }
        values.push(context.call(&make, call)?);
        divisions.push(ScalarValue::Int64(Some(start)));
        start = stop;
    }
    divisions.push(ScalarValue::Int64(Some((start - 1).max(0))));
    let meta = View { rows: meta.rows.uncounted(), ..meta };
    Ok(Frame::lazy(from_delayed::of_delayed(&values, &meta, "from-dask-array", Some(divisions))?))
}

fn of_array(context: &Context, x: &Value, chunksize: usize, columns: Option<Value>) -> Result<Value> {
    let labels = columns.as_ref().and_then(Labels::from_value);
    if let Value::Lazy(lazy) = x
        && let Some(array) = lazy.as_any().downcast_ref::<Array>()
    {
        return of_lazy_array(context, array, labels);
    }
    let Some(array) = x.get::<NdArray>() else { bail!(TypeError: "expected an array, got {}", what(x)) };
    let shape = match array.shape().len() {
        1 => Shape::Series,
        2 => Shape::Frame,
        n => bail!("from_array does not input more than 2D array, got array with shape of {n} dimensions"),
    };
    let mut call = Args::one(x.clone());
    match (shape, columns) {
        (Shape::Frame, Some(columns)) => call.keywords.push((Name::from("columns"), columns)),
        (_, Some(name)) => call.keywords.push((Name::from("name"), name)),
        (_, None) => {}
    }
    let made = context.call(&Value::Class(classes::class(shape, true)), call)?;
    let from_pandas = create::builtins().into_iter().find(|builtin| builtin.name == "from_pandas");
    let from_pandas = from_pandas.ok_or_else(|| error!(RuntimeError: "internal error: no `from_pandas`"))?;
    let mut call = Args::one(made);
    call.keywords.push((Name::from("chunksize"), Value::Int(chunksize as i64)));
    context.call(&Value::Builtin(Arc::new(from_pandas)), call)
}

fn of_lazy(
    context: &Context,
    x: &Value,
    columns: Option<Value>,
    index: Option<Value>,
    meta: Option<Value>,
) -> Result<Value> {
    let _ = meta;
    if index.is_some() {
        bail!(NotImplementedError: "`index` of a frame made from an array"; hint: "`set_index` makes one of a column");
    }
    of_array(context, x, 50_000, columns)
}

builtins! {
    /// A lazy frame of an array, cut into partitions of so many rows.
    ///
    /// ```rdk
    /// dd.from_array(np.arange(6), chunksize=3).sum().compute()
    /// #> 15
    /// ```
    fn from_array[context](/** An array of one axis or two; of a lazy one each chunk is a partition. */ arr: Value, /** How many rows each partition has. */ chunksize: usize = 50000, /** Labels of the columns; of one axis the name. */ columns: Option<Value>, /** Has no effect. */ meta: Option<Value>) -> Result<Value> { let _ = meta; of_array(context, &arr, chunksize, columns) }

    /// A lazy frame of a lazy array: a partition for each chunk.
    fn from_dask_array[context](/** A lazy array of one axis or two. */ x: Value, /** Labels of the columns; of one axis the name. */ columns: Option<Value>, /** Labels of the rows; not supported. */ index: Option<Value>, /** Has no effect. */ meta: Option<Value>) -> Result<Value> { of_lazy(context, &x, columns, index, meta) }

    /// A lazy frame of a function: each value gives a partition.
    ///
    /// ```rdk
    /// dd.from_map(lambda n: pd.DataFrame({"x": [n, n + 1]}), [0, 10]).x.sum().compute()
    /// #> 22
    /// ```
    fn from_map[context](/** The function: it gives a frame. */ func: Value, /** Lists of values that it is called with. */ iterables: Rest, /** `args`, `meta`, and by name what it is called with besides. */ options: Keywords) -> Result<Value> {
        let (mut meta, mut more, mut keywords) = (None, Vec::new(), Vec::new());
        for (name, value) in options.0 {
            match &*name {
                "meta" => meta = Some(value),
                "args" => more = value.items().unwrap_or_default(),
                "divisions" | "label" | "token" | "enforce_metadata" => {}
                _ => keywords.push((name, value)),
            }
        }
        let columns = iterables.0.iter().map(|values| rdk_runtime::iterate(context, values)?.rest(context)).collect::<Result<Vec<_>>>()?;
        let Some(n) = columns.iter().map(Vec::len).min().filter(|&n| n > 0) else {
            bail!("`from_map` requires at least one Iterable input"; hint: "a list of values, for each of which the function gives a partition");
        };
        if columns.iter().any(|values| values.len() != n) {
            bail!("All `iterables` must have the same length");
        }
        let delayed = context.shared.library.import("dask")?.get("delayed").ok_or_else(|| error!(RuntimeError: "delayed calls are not at hand here"))?;
        let make = context.call(&delayed, Args::one(func))?;
        let mut values = Vec::with_capacity(n);
        for at in 0..n {
            let mut call = Args::of(columns.iter().map(|values| values[at].clone()).chain(more.iter().cloned()));
            call.keywords = keywords.clone();
            values.push(context.call(&make, call)?);
        }
        from_delayed::from_delayed(context, &Value::list(values), meta, None)
    }
}

/// Methods of lazy arrays.
pub mod methods {
    use super::*;

    builtins! {
        /// A lazy frame of the array: a partition for each chunk; of one axis a series.
        ///
        /// ```rdk
        /// da.ones((4, 2), chunks=(2, 2)).to_dask_dataframe(columns=["a", "b"]).a.sum().compute()
        /// #> 4.0
        /// ```
        fn to_dask_dataframe[context](/** The array. */ this: Value, /** Labels of the columns; of one axis the name. */ columns: Option<Value>, /** Labels of the rows; not supported. */ index: Option<Value>, /** Has no effect. */ meta: Option<Value>) -> Result<Value> { of_lazy(context, &this, columns, index, meta) }
    }
}
