//! What the texts and numbers of a file mean: JSON knows neither times nor whole numbers, and names of members are always texts.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use rdk_runtime::{Args, Context, Result, Value, bail};

use super::function;
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};

/// Which types are found out.
pub struct Types {
    /// Do texts that are all numbers become numbers, and floats that are all whole whole numbers?
    numbers: bool,
    /// The types that the user wants, afterwards.
    wanted: Option<Value>,
    /// Do labels become numbers and times?
    axes: bool,
    /// Do columns become times whose names say so?
    usual_dates: bool,
    /// Columns that become times.
    dates: Vec<Label>,
    /// Do the values of a series become times?
    any_dates: bool,
}

impl Types {
    /// As the user says it.
    pub fn of(dtype: Option<Value>, axes: bool, dates: Option<Value>, usual_dates: bool) -> Result<Types> {
        let (any_dates, dates) = match &dates {
            None | Some(Value::Bool(true)) => (true, Vec::new()),
            Some(Value::Bool(false)) => (false, Vec::new()),
            Some(list) => match list.items().map(|items| items.iter().map(Label::of).collect::<Option<Vec<_>>>()) {
                Some(Some(labels)) => (true, labels),
                _ => {
                    bail!(TypeError: "expected True, False or a list of columns for `convert_dates`, got {}", what(list))
                }
            },
        };
        let (numbers, wanted) = match dtype {
            None | Some(Value::Bool(true)) => (true, None),
            Some(Value::Bool(false)) => (false, None),
            wanted => (true, wanted),
        };
        Ok(Types { numbers, wanted, axes, usual_dates, dates, any_dates })
    }

    /// A frame or series in memory with the types that its cells and labels mean. Labels of rows that lie
    /// beside the values, and not as names of members, have types already.
    pub fn converted(&self, context: &Context, made: Value, split: bool) -> Result<Value> {
        let Some(view) = made.get::<Frame>().map(Frame::view) else { return Ok(made) };
        let view = lower::compute_now(context, &view)?;
        let batch = lower::in_memory(&view)?;
        let index = match view.rows.counted {
            true => None,
            false => {
                let labels = batch.column(0);
                let labels = if self.axes { self.axis(context, labels, split)? } else { labels.clone() };
                Some((view.index[0].label.clone(), labels))
            }
        };
        let mut columns = Vec::new();
        for (named, column) in view.columns.iter().zip(&batch.columns()[view.index.len()..]) {
            columns.push(self.column(context, named.label.as_ref(), column, view.shape)?);
        }
        if view.shape != Shape::Frame {
            let series = super::super::create::series_of(view.label().clone(), columns.remove(0), index)?;
            return self.as_wanted(context, Frame::eager(series), &[]);
        }
        let labels = view.labels();
        let labels = if self.axes { as_numbers(labels)? } else { labels };
        let columns = labels.iter().cloned().zip(columns).collect();
        let frame = super::super::create::frame_of(columns, index, batch.num_rows())?;
        self.as_wanted(context, Frame::eager(frame), &labels)
    }

    fn column(&self, context: &Context, label: Option<&Label>, column: &ArrayRef, shape: Shape) -> Result<ArrayRef> {
        let by_name =
            || label.is_some_and(|label| self.dates.contains(label) || (self.usual_dates && means_times(label)));
        if self.any_dates
            && (shape != Shape::Frame || by_name())
            && let Some(times) = times(context, column)?
        {
            return Ok(times);
        }
        if self.numbers && !self.is_wanted(label) { numbers(column) } else { Ok(column.clone()) }
    }

    fn axis(&self, context: &Context, labels: &ArrayRef, split: bool) -> Result<ArrayRef> {
        match times(context, labels)? {
            Some(times) => Ok(times),
            None if split => Ok(labels.clone()),
            None => numbers(labels),
        }
    }

    /// Does the user say the type of this column?
    fn is_wanted(&self, label: Option<&Label>) -> bool {
        match &self.wanted {
            Some(Value::Dict(dict)) => dict
                .0
                .lock()
                .iter()
                .any(|(key, _)| label.is_some_and(|label| Label::of(key.value()).as_ref() == Some(label))),
            wanted => wanted.is_some(),
        }
    }

    /// With the types that the user wants; what does not fit stays as it is. A series has no labels.
    fn as_wanted(&self, context: &Context, made: Value, labels: &[Label]) -> Result<Value> {
        let Some(wanted) = &self.wanted else { return Ok(made) };
        let fitting = |made: Value, wanted: Value| {
            super::super::known_names::call(context, &made, "astype", vec![wanted], vec![]).unwrap_or(made)
        };
        let pairs: Vec<(Value, Value)> = match wanted {
            Value::Dict(dict) => {
                let there = |key: &Value| Label::of(key).is_some_and(|label| labels.contains(&label));
                let dict = dict.0.lock();
                let there = dict.iter().filter(|(key, _)| there(key.value()));
                there.map(|(key, of)| (key.value().clone(), of.clone())).collect()
            }
            other if labels.is_empty() => return Ok(fitting(made, other.clone())),
            other => labels.iter().map(|label| (label.to_value(), other.clone())).collect(),
        };
        let mut made = made;
        for pair in pairs {
            made = fitting(made, super::super::arrays::dict_of(std::iter::once(pair))?);
        }
        Ok(made)
    }
}

/// Names that pandas takes for those of times.
fn means_times(label: &Label) -> bool {
    let Label::Text(name) = label else { return false };
    let name = name.to_lowercase();
    name.ends_with("_at")
        || name.ends_with("_time")
        || name == "modified"
        || name == "date"
        || name.starts_with("timestamp")
}

/// A text as a float, with everything around it that Python allows.
fn as_float(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// The texts of a column.
fn texts(column: &ArrayRef) -> Option<Vec<Option<String>>> {
    if !cell::is_text(column.data_type()) {
        return None;
    }
    Some((0..column.len()).map(|row| (!column.is_null(row)).then(|| cell::value(column, row).text())).collect())
}

/// Texts that are all numbers as numbers, floats that are all whole as whole numbers.
fn numbers(column: &ArrayRef) -> Result<ArrayRef> {
    let floats = match texts(column) {
        Some(texts) => {
            // Whole numbers have more digits than floats.
            let whole: Option<Vec<i64>> = texts.iter().map(|text| text.as_ref()?.trim().parse().ok()).collect();
            if let Some(whole) = whole.filter(|whole| !whole.is_empty()) {
                return Ok(Arc::new(Int64Array::from(whole)));
            }
            let floats: Option<Vec<Option<f64>>> =
                texts.iter().map(|text| text.as_ref().map_or(Some(None), |text| as_float(text).map(Some))).collect();
            match floats {
                Some(floats) => Float64Array::from_iter(floats),
                None => return Ok(column.clone()),
            }
        }
        None if column.data_type().is_floating() => {
            cast(column, &DataType::Float64).map_err(arrow_error)?.as_primitive::<Float64Type>().clone()
        }
        None => return Ok(column.clone()),
    };
    let whole = |x: &f64| x.fract() == 0.0 && x.abs() < i64::MAX as f64;
    if !floats.is_empty() && floats.null_count() == 0 && floats.values().iter().all(whole) {
        return Ok(Arc::new(floats.values().iter().map(|x| *x as i64).collect::<Int64Array>()));
    }
    Ok(Arc::new(floats))
}

/// Labels that are all numbers in texts as numbers.
fn as_numbers(labels: Vec<Label>) -> Result<Vec<Label>> {
    if labels.is_empty() || !labels.iter().all(|label| matches!(label, Label::Text(_))) {
        return Ok(labels);
    }
    let column = cell::column(&labels.iter().map(Label::to_value).collect::<Vec<_>>(), "of labels")?;
    let made = numbers(&column)?;
    let made: Option<Vec<Label>> = (0..made.len()).map(|at| Label::of(&cell::value(&made, at))).collect();
    Ok(made.unwrap_or(labels))
}

/// Numbers since 1970, or texts that are all times, as times; `None`: they are none.
fn times(context: &Context, column: &ArrayRef) -> Result<Option<ArrayRef>> {
    if column.is_empty() || column.null_count() == column.len() {
        return Ok(None);
    }
    let of = column.data_type();
    if of.is_floating() {
        let floats = cast(column, &DataType::Float64).map_err(arrow_error)?;
        return Ok(since_1970(floats.as_primitive::<Float64Type>().iter()));
    }
    if of.is_integer() {
        let ints = cast(column, &DataType::Int64).map_err(arrow_error)?;
        return Ok(since_1970(ints.as_primitive::<Int64Type>().iter().map(|x| Some(x? as f64))));
    }
    let Some(texts) = texts(column) else { return Ok(None) };
    let ints: Option<Vec<i64>> = texts.iter().map(|text| text.as_ref()?.trim().parse().ok()).collect();
    if let Some(ints) = ints {
        return Ok(since_1970(ints.into_iter().map(|x| Some(x as f64))));
    }
    if texts.iter().flatten().any(|text| as_float(text).is_some()) {
        return Ok(None);
    }
    let series = Frame::eager(super::super::create::series_of(None, column.clone(), None)?);
    let to_datetime = function(context, "pandas", "to_datetime")?;
    let Ok(read) = context.call(&to_datetime, Args::one(series)) else { return Ok(None) };
    let Some(view) = read.get::<Frame>().map(Frame::view) else { return Ok(None) };
    let batch = lower::in_memory(&lower::compute_now(context, &View { shape: Shape::Series, ..view })?)?;
    let column = batch.column(batch.num_columns() - 1).clone();
    Ok(matches!(column.data_type(), DataType::Timestamp(..)).then_some(column))
}

/// Numbers as times: seconds since 1970, or the longest part of them with which all lie between 1677 and 2262.
/// What lies in the first year is a plain number.
fn since_1970(numbers: impl Iterator<Item = Option<f64>>) -> Option<ArrayRef> {
    const FIRST_YEAR: f64 = 31_536_000.0;
    let numbers: Vec<Option<f64>> = numbers.map(|x| x.filter(|x| !x.is_nan())).collect();
    let there = || numbers.iter().flatten();
    if there().any(|x| *x <= FIRST_YEAR) {
        return None;
    }
    let fits = |unit: &f64| there().all(|x| x * unit * 1000.0 < i64::MAX as f64);
    let unit = [1e6, 1e3, 1.0, 1e-3].into_iter().find(fits)?;
    let micros = numbers.iter().map(|x| Some((x.as_ref()? * unit).round() as i64));
    Some(Arc::new(micros.collect::<TimestampMicrosecondArray>()))
}
