//! Frames as arrays, dicts and tuples.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use rdk_array::Chunk;
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, Result, Value, bail};

use super::items;
use crate::batches::arrow_error;
use crate::cell;
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};
use crate::steps::Work;

/// The values as an array: of a frame with an axis for rows and one for columns. Texts come as a list.
pub fn values(context: &Context, view: &View) -> Result<Value> {
    if !view.eager {
        return super::lazy_arrays::array(context, view, None);
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n_index = if view.shape == Shape::Scalar { 0 } else { view.index.len() };
    let columns = &batch.columns()[n_index..];
    let types: Vec<DataType> = columns.iter().map(|column| column.data_type().clone()).collect();
    if let ([column], true) = (columns, view.shape != Shape::Frame && crate::category::is(&types[0])) {
        return Ok(super::Categorical::of(crate::category::with_known(column)?));
    }
    if types.iter().any(|of| !crate::dtype::is_number(of)) {
        let row = |row: usize| match view.shape {
            Shape::Frame => Value::list(columns.iter().map(|column| cell::value(column, row))),
            _ => cell::value(&columns[0], row),
        };
        return Ok(Value::list((0..batch.num_rows()).map(row)));
    }
    let shape: Vec<usize> = match view.shape {
        Shape::Frame => vec![batch.num_rows(), columns.len()],
        _ => vec![batch.num_rows()],
    };
    let refs: Vec<&ArrayRef> = columns.iter().collect();
    Ok(Value::object(NdArray::new(chunk(&refs, &shape)?)))
}

/// The same of a frame in memory that holds nothing but numbers, for NumPy's functions; `None`: it does not.
pub fn held(view: &View) -> Option<Result<Value>> {
    let types = view.types().ok()?;
    if !view.eager || view.shape == Shape::Scalar || types.iter().any(|of| !crate::dtype::is_number(of)) {
        return None;
    }
    let array = || -> Result<Value> {
        let batch = lower::in_memory(view)?;
        let columns: Vec<&ArrayRef> = batch.columns()[view.index.len()..].iter().collect();
        let shape = match view.shape {
            Shape::Frame => vec![batch.num_rows(), columns.len()],
            Shape::Series | Shape::Index | Shape::Scalar => vec![batch.num_rows()],
        };
        Ok(Value::object(NdArray::new(chunk(&columns, &shape)?)))
    };
    Some(array())
}

/// Columns of numbers beside each other as a chunk.
pub fn chunk(columns: &[&ArrayRef], shape: &[usize]) -> Result<Chunk> {
    let types: Vec<DataType> = columns.iter().map(|column| column.data_type().clone()).collect();
    let missing = columns.iter().any(|column| column.null_count() > 0);
    let n = columns.first().map_or(0, |column| column.len());
    let all = |of: &DataType| !types.is_empty() && types.iter().all(|other| other == of);
    if all(&DataType::Boolean) && !missing {
        let mut flags = Vec::with_capacity(n * columns.len());
        for row in 0..n {
            flags.extend(columns.iter().map(|column| column.as_boolean().value(row)));
        }
        return Ok(Chunk::from_vec(shape, flags));
    }
    if types.iter().all(|of| of.is_integer() || *of == DataType::Boolean) && !missing && !types.is_empty() {
        let columns = columns.iter().map(|column| cast(column, &DataType::Int64).map_err(arrow_error));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let columns: Vec<&[i64]> =
            columns.iter().map(|column| column.as_primitive::<Int64Type>().values().as_ref()).collect();
        let mut numbers = Vec::with_capacity(n * columns.len());
        for row in 0..n {
            numbers.extend(columns.iter().map(|column| column[row]));
        }
        let whole = Chunk::from_vec(shape, numbers);
        let name = crate::dtype::name(&types[0], true);
        return Ok(match rdk_array::DType::from_name(name) {
            Ok(dtype) if types.iter().all(|of| *of == types[0]) => whole.cast(dtype),
            _ => whole,
        });
    }
    let floats = columns.iter().map(|column| cast(column, &DataType::Float64).map_err(arrow_error));
    let floats = floats.collect::<Result<Vec<_>>>()?;
    let floats: Vec<_> = floats.iter().map(|column| column.as_primitive::<Float64Type>()).collect();
    let mut numbers = Vec::with_capacity(n * floats.len());
    for row in 0..n {
        numbers.extend(floats.iter().map(|column| if column.is_null(row) { f64::NAN } else { column.value(row) }));
    }
    Ok(Chunk::from_vec(shape, numbers))
}

/// A dict of a frame.
pub fn to_dict(context: &Context, view: &View, orient: &str) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n = view.index.len();
    let labels = view.labels();
    let column = |at: usize| batch.column(n + at);
    let rows = 0..batch.num_rows();
    match orient {
        "records" => {
            let record =
                |row| dict_of((0..labels.len()).map(|at| (labels[at].to_value(), cell::value(column(at), row))));
            Ok(Value::list(rows.map(record).collect::<Result<Vec<_>>>()?))
        }
        "list" => dict_of(
            (0..labels.len())
                .map(|at| (labels[at].to_value(), Value::list(rows.clone().map(|row| cell::value(column(at), row))))),
        ),
        "dict" => {
            let inner = |at: usize| {
                let pairs = rows.clone().map(|row| (items::index_value(&batch, n, row), cell::value(column(at), row)));
                Ok((labels[at].to_value(), dict_of(pairs)?))
            };
            dict_of((0..labels.len()).map(inner).collect::<Result<Vec<_>>>()?.into_iter())
        }
        other => bail!("orient '{other}' not understood"; hint: "\"dict\", \"list\" and \"records\" are known"),
    }
}

/// A dict of these keys and values.
pub fn dict_of(pairs: impl Iterator<Item = (Value, Value)>) -> Result<Value> {
    let dict = rdk_runtime::Dict::default();
    for (key, value) in pairs {
        let key = rdk_runtime::HashKey::new(key)?;
        dict.0.lock().insert(key, value);
    }
    Ok(Value::Dict(std::sync::Arc::new(dict)))
}

/// A dict of a series.
pub fn series_dict(context: &Context, view: &View) -> Result<Value> {
    dict_of(labelled(context, view)?.into_iter())
}

/// Walks the labels and values of a series.
pub fn series_items(context: &Context, view: &View) -> Result<Value> {
    let mut pairs = labelled(context, view)?.into_iter();
    Ok(Value::iter("zip", move |_| pairs.next().map(|(label, value)| Ok(Value::tuple([label, value])))))
}

fn labelled(context: &Context, view: &View) -> Result<Vec<(Value, Value)>> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n = view.index.len();
    let pair = |row| (items::index_value(&batch, n, row), cell::value(batch.column(n), row));
    Ok((0..batch.num_rows()).map(pair).collect())
}

/// Walks the rows of a frame as series.
pub fn iterrows(context: &Context, view: &View) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let view = view.clone();
    let mut row = 0;
    Ok(Value::iter("generator", move |_| {
        if row >= batch.num_rows() {
            return None;
        }
        let made = row_of(&view, &batch, row);
        row += 1;
        Some(made.map(|(label, series)| Value::tuple([label, series])))
    }))
}

/// A row of a frame: its label, and a series of its cells.
pub fn row_of(view: &View, batch: &arrow::array::RecordBatch, row: usize) -> Result<(Value, Value)> {
    let n = view.index.len();
    let label = items::index_value(batch, n, row);
    let mut columns = batch.columns().to_vec();
    for column in &mut columns[n..] {
        *column = crate::category::plain(column)?;
    }
    let batch = &super::groups::beside(columns, batch.num_rows())?;
    let cells = &batch.columns()[n..];
    let texts = cells.iter().filter(|cell| cell::is_text(cell.data_type())).count();
    let others = cells.iter().filter(|cell| !crate::dtype::is_number(cell.data_type())).count();
    if texts != cells.len() && others > 0 {
        let cells = cells.iter().map(|cell| cell.slice(row, 1)).collect();
        let row = super::row::Row { name: label.clone(), labels: view.labels(), cells };
        return Ok((label, Value::object(row)));
    }
    let work = crate::steps::Transpose { name: "row".into(), labels: view.labels() };
    let cells = batch.slice(row, 1).project(&(n..batch.num_columns()).collect::<Vec<_>>()).map_err(arrow_error)?;
    let cells = work.work(&[&crate::batches::Batches::one(cells)])?;
    let columns = vec![Label::of(&label)];
    let gather = lower::Gather { index: vec![None], columns, shape: Shape::Series, counted: false, across: Vec::new() };
    Ok((label, crate::frame::Frame::eager(gather.of_batch(&cells)?)))
}

/// Walks the rows of a frame as tuples.
pub fn itertuples(context: &Context, view: &View, index: bool, name: Option<String>) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n = view.index.len();
    let mut fields: Vec<Value> = if index { vec![Value::str("Index")] } else { Vec::new() };
    fields.extend(view.labels().iter().map(|label| Value::str(label.to_string())));
    let Some(name) = name else {
        let mut row = 0;
        return Ok(Value::iter("zip", move |_| {
            let cells = (row < batch.num_rows()).then(|| {
                let label = index.then(|| items::index_value(&batch, n, row));
                label
                    .into_iter()
                    .chain(batch.columns()[n..].iter().map(|column| cell::value(column, row)))
                    .collect::<Vec<_>>()
            });
            row += 1;
            cells.map(|cells| Ok(Value::tuple(cells)))
        }));
    };
    let make = match context.shared.library.import("collections")?.get("namedtuple") {
        Some(function) => {
            let name = Value::str(name);
            context.call(&function, rdk_runtime::Args::of([name, Value::list(fields)]))?
        }
        None => bail!(RuntimeError: "named tuples are not at hand here"),
    };
    let mut row = 0;
    Ok(Value::iter("generator", move |context| {
        if row >= batch.num_rows() {
            return None;
        }
        let mut cells = if index { vec![items::index_value(&batch, n, row)] } else { Vec::new() };
        cells.extend(batch.columns()[n..].iter().map(|column| cell::value(column, row)));
        row += 1;
        Some(context.call(&make, rdk_runtime::Args::of(cells)))
    }))
}
