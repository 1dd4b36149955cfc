//! Places and neighbours of values: `argmax`, `argsort`, `searchsorted`, `factorize`, `interpolate`; and numbers of two series.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, UInt64Array};
use arrow::compute::cast;
use arrow::datatypes::Float64Type;
use rdk_runtime::{Args, Context, Result, Value, bail, builtins};

use super::{axis_labels, create, items, running, statistics, wholes};
use crate::cell;
use crate::frame::Frame;
use crate::lower;
use crate::plan::{Shape, View};

/// The values of a series in memory.
fn column(context: &Context, view: &View, name: &str) -> Result<ArrayRef> {
    if !view.eager {
        bail!(NotImplementedError: "`{name}` needs all values"; hint: "`.compute()` gives them");
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    Ok(batch.column(view.index.len()).clone())
}

fn place(context: &Context, view: &View, largest: bool) -> Result<Value> {
    let name = if largest { "argmax" } else { "argmin" };
    let column = column(context, view, name)?;
    match statistics::place(&column, 0..column.len() as u64, largest) {
        Some(place) => Ok(Value::Int(place as i64)),
        None => bail!("attempt to get {name} of an empty sequence"),
    }
}

/// The rows in the order of the values; what is missing comes last.
fn order(column: &ArrayRef) -> Result<Vec<usize>> {
    let options = arrow::compute::SortOptions { descending: false, nulls_first: false };
    let field = arrow::row::SortField::new_with_options(column.data_type().clone(), options);
    let converter = arrow::row::RowConverter::new(vec![field]).map_err(crate::batches::arrow_error)?;
    let rows = converter.convert_columns(&[crate::batches::as_key(column)]).map_err(crate::batches::arrow_error)?;
    let mut order: Vec<usize> = (0..column.len()).collect();
    order.sort_by(|&a, &b| rows.row(a).cmp(&rows.row(b)));
    Ok(order)
}

/// Where values would go so that the order stays.
fn searched(context: &Context, view: &View, value: &Value, side: &str) -> Result<Value> {
    let after = match side {
        "left" => false,
        "right" => true,
        other => bail!("side must be 'left' or 'right', got {other:?}"),
    };
    let values = items::values(context, view)?;
    let one = |wanted: &Value| -> Result<Value> {
        let (mut low, mut high) = (0, values.len());
        while low < high {
            let middle = (low + high) / 2;
            let before = match after {
                true => !rdk_runtime::operators::less(context, wanted, &values[middle])?,
                false => rdk_runtime::operators::less(context, &values[middle], wanted)?,
            };
            if before { low = middle + 1 } else { high = middle }
        }
        Ok(Value::Int(low as i64))
    };
    match value.items() {
        Some(wanted) => {
            let places = wanted.iter().map(one).collect::<Result<Vec<_>>>()?;
            super::arrays::values(context, &create::series_of(None, cell::column(&places, "of places")?, None)?)
        }
        None => one(value),
    }
}

/// A number for each different value, and those values.
fn factorized(context: &Context, view: &View, sort: bool) -> Result<Value> {
    let column = column(context, view, "factorize")?;
    let converter = arrow::row::RowConverter::new(vec![arrow::row::SortField::new(column.data_type().clone())]);
    let converter = converter.map_err(crate::batches::arrow_error)?;
    let rows = converter.convert_columns(&[crate::batches::as_key(&column)]).map_err(crate::batches::arrow_error)?;
    let mut firsts: Vec<usize> = Vec::new();
    let mut known: rustc_hash::FxHashMap<&[u8], usize> = rustc_hash::FxHashMap::default();
    let mut codes: Vec<i64> = Vec::with_capacity(column.len());
    for row in 0..column.len() {
        if column.is_null(row) {
            codes.push(-1);
            continue;
        }
        let code = *known.entry(rows.row(row).data()).or_insert_with(|| {
            firsts.push(row);
            firsts.len() - 1
        });
        codes.push(code as i64);
    }
    if sort {
        let mut order: Vec<usize> = (0..firsts.len()).collect();
        order.sort_by(|&a, &b| rows.row(firsts[a]).cmp(&rows.row(firsts[b])));
        let mut place = vec![0i64; order.len()];
        order.iter().enumerate().for_each(|(at, &old)| place[old] = at as i64);
        codes.iter_mut().filter(|code| **code >= 0).for_each(|code| *code = place[*code as usize]);
        firsts = order.into_iter().map(|old| firsts[old]).collect();
    }
    let places: UInt64Array = firsts.iter().map(|&row| Some(row as u64)).collect();
    let uniques = arrow::compute::take(&column, &places, None).map_err(crate::batches::arrow_error)?;
    let codes: ArrayRef = Arc::new(Int64Array::from(codes));
    let codes = super::arrays::values(context, &create::series_of(None, codes, None)?)?;
    Ok(Value::tuple([codes, Frame::eager(create::index_view(None, uniques)?)]))
}

/// Values between two that are there, on a line between them; after the last one the last one.
fn interpolated(column: &ArrayRef) -> Result<ArrayRef> {
    if !column.data_type().is_floating() {
        return Ok(column.clone());
    }
    let floats = statistics::floats(column)?;
    let there: Vec<usize> = (0..floats.len()).filter(|&row| !floats.is_null(row)).collect();
    let value = |row: usize| {
        let next = there.partition_point(|&known| known < row);
        match (next.checked_sub(1).map(|before| there[before]), there.get(next)) {
            (_, Some(&known)) if known == row => Some(floats.value(row)),
            (Some(before), Some(&after)) => {
                let (a, b) = (floats.value(before), floats.value(after));
                Some(a + (b - a) * (row - before) as f64 / (after - before) as f64)
            }
            (Some(before), None) => Some(floats.value(before)),
            (None, _) => None,
        }
    };
    let made: Float64Array = (0..floats.len()).map(value).collect();
    cast(&made, column.data_type()).map_err(crate::batches::arrow_error)
}

/// The label of the first or last row in which something is there.
fn valid(context: &Context, view: &View, last: bool) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n = view.index.len();
    let there = |row: &usize| batch.columns()[n..].iter().any(|column| !column.is_null(*row));
    let mut rows = 0..batch.num_rows();
    let found = if last { rows.rev().find(there) } else { rows.find(there) };
    Ok(found.map_or(Value::None, |row| items::index_value(&batch, n, row)))
}

fn kurt(context: &Context, view: &View, bias: Option<bool>, skipna: bool) -> Result<Value> {
    let needs = super::aggregate::Needs::of(skipna, 0);
    super::moments::reduce_by(context, view, "kurt", bias, needs, [heaviness, plain_heaviness])
}

/// The sum, with what each addition has rounded off added at the end: fourth powers differ by many orders.
fn exact_sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0f64, 0f64);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    if lost.is_finite() { sum + lost } else { sum }
}

/// Sums of the second and fourth powers of the distances from the mean.
fn second_and_fourth(values: &[f64]) -> (f64, f64) {
    let mean = exact_sum(values.iter().copied()) / values.len() as f64;
    let squares = || values.iter().map(move |value| (value - mean) * (value - mean));
    (exact_sum(squares()), exact_sum(squares().map(|square| square * square)))
}

/// The fourth moment by the square of the second one, less that of a normal distribution.
fn plain_heaviness(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let (second, fourth) = second_and_fourth(values);
    (second != 0.0).then(|| fourth / n / (second / n).powi(2) - 3.0)
}

fn heaviness(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    if n < 4.0 {
        return None;
    }
    let (second, fourth) = second_and_fourth(values);
    if second == 0.0 {
        return None;
    }
    let spread = n * (n + 1.0) * (n - 1.0) * fourth / ((n - 2.0) * (n - 3.0) * second * second);
    Some(spread - 3.0 * (n - 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0)))
}

builtins! {
    /// With values on a line between those that are there, where something is missing.
    ///
    /// ```rdk
    /// pd.Series([1.0, None, 3.0]).interpolate().tolist()
    /// #> [1.0, 2.0, 3.0]
    /// ```
    fn interpolate[context](/** The frame or series. */ this: View, /** Only "linear" is supported. */ method: String = "linear") -> Result<Value> {
        if method != "linear" {
            bail!(NotImplementedError: "values between others by {method:?}"; hint: "only \"linear\" is supported");
        }
        match this.eager {
            true => Ok(Frame::eager(running::replaced(context, &this, "interpolate", interpolated)?)),
            false => wholes::in_one(context, &this, "interpolate", vec![], vec![]),
        }
    }

    /// The label of the first row in which something is there.
    fn first_valid_index[context](/** The frame or series. */ this: View) -> Result<Value> { valid(context, &this, false) }

    /// The label of the last row in which something is there.
    fn last_valid_index[context](/** The frame or series. */ this: View) -> Result<Value> { valid(context, &this, true) }

    /// How heavy the ends of the values are, beside those of a normal distribution.
    fn kurt[context](/** The frame or series. */ this: View, /** Is it left as it is, rather than fitted to few values? If it is left out: in lazy frames, as Dask has it. */ bias: Option<bool>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true) -> Result<Value> { kurt(context, &this, bias, skipna) }

    /// How heavy the ends of the values are; another name of `kurt`.
    fn kurtosis[context](/** The frame or series. */ this: View, /** Is it left as it is, rather than fitted to few values? If it is left out: in lazy frames, as Dask has it. */ bias: Option<bool>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true) -> Result<Value> { kurt(context, &this, bias, skipna) }
}

/// Methods of series alone.
pub mod of_series {
    use super::*;

    builtins! {
        /// The place of the largest value; the first of several.
        fn argmax[context](/** The series. */ this: View) -> Result<Value> { place(context, &this, true) }

        /// The place of the smallest value; the first of several.
        fn argmin[context](/** The series. */ this: View) -> Result<Value> { place(context, &this, false) }

        /// The places of the rows in the order of the values.
        fn argsort[context](/** The series. */ this: View) -> Result<Value> {
            let places = order(&column(context, &this, "argsort")?)?;
            let places: ArrayRef = Arc::new(places.into_iter().map(|place| Some(place as i64)).collect::<Int64Array>());
            let (over, expr) = super::super::align::beside(context, &this, places)?;
            Ok(Frame::eager(over.series(this.label().clone(), expr, "argsort")))
        }

        /// Where a value, or each of a list, goes among values that are in order.
        fn searchsorted[context](/** The series. */ this: View, /** The value, or a list. */ value: Value, /** "left": before equal values; "right": after them. */ side: String = "left") -> Result<Value> { searched(context, &this, &value, &side) }

        /// A number for each different value, and the different values.
        fn factorize[context](/** The series. */ this: View, /** Are the values in order? */ sort: bool = false) -> Result<Value> { factorized(context, &this, sort) }

        /// The values several times each.
        fn repeat[context](/** The series. */ this: View, /** How many times. */ repeats: usize) -> Result<Value> { axis_labels::repeated(context, &this, repeats) }

        /// The sum of the products with another series.
        fn dot[context](/** The series. */ this: Value, /** The other one. */ other: Value) -> Result<Value> {
            let products = rdk_runtime::operators::binary(context, rdk_syntax::tree::BinaryOp::Mul, &this, &other)?;
            let sum = rdk_runtime::operators::attribute(context, &products, "sum")?;
            context.call(&sum, Args::none())
        }

        /// How the series varies together with itself, so many rows later.
        fn autocorr[context](/** The series. */ this: View, /** How many rows. */ lag: i64 = 1) -> Result<Value> {
            let floats = statistics::floats(&column(context, &this, "autocorr")?)?;
            let shifted = arrow::compute::kernels::window::shift(&floats, lag).map_err(crate::batches::arrow_error)?;
            Ok(Value::Float(statistics::together(&floats, shifted.as_primitive::<Float64Type>(), true).unwrap_or(f64::NAN)))
        }
    }
}

/// Functions of pandas alone.
pub mod of_pandas {
    use super::*;

    builtins! {
        /// A number for each different value, and the different values.
        fn factorize[context](/** A series or a list. */ values: Value, /** Are the values in order? */ sort: bool = false) -> Result<Value> {
            let view = match <View as rdk_runtime::FromValue>::from_value(&values) {
                Some(view) if view.shape != Shape::Frame => view,
                _ => match cell::column_of(&values, "of values")? {
                    Some(column) => create::series_of(None, column, None)?,
                    None => bail!(TypeError: "expected a series or a list, got {}", crate::frame::what(&values)),
                },
            };
            factorized(context, &view, sort)
        }
    }
}
