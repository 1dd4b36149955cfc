//! Columns as other types, and columns made of nothing: `to_datetime`, `to_numeric`, `date_range`; values replaced.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, cast, lit, when};
use rdk_runtime::modules::calendar;
use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins, error};

use super::frequency::Frequency;
use super::{create, operators};
use crate::cell::{self, text};
use crate::errors::fusion;
use crate::frame::{Frame, what};
use crate::functions::Elementwise;
use crate::label::Label;
use crate::plan::{Shape, View};
use crate::timestamp::{Timestamp, micros_of};

/// Microseconds since 1970 of a text, by a form if there is one.
fn read(text: &str, form: &str) -> Option<i64> {
    if form.is_empty() || form == "ISO8601" || form == "mixed" {
        return Timestamp::read(text).map(|time| time.0);
    }
    let moment = calendar::parse(text.trim(), form).ok()?;
    Some(moment.seconds() * 1_000_000 + i64::from(moment.micro))
}

/// How many microseconds a unit has.
fn unit_size(unit: &str) -> Result<f64> {
    Ok(match unit {
        "D" => 86_400e6,
        "h" => 3600e6,
        "m" | "min" => 60e6,
        "s" => 1e6,
        "ms" => 1e3,
        "us" => 1.0,
        "ns" => 1e-3,
        other => bail!("cannot cast unit {other}"; hint: "`D`, `h`, `m`, `s`, `ms`, `us` and `ns` are known"),
    })
}

fn times_of(view: &View, form: Option<String>, errors: &str, unit: Option<String>) -> Result<Expr> {
    let of = view.type_of(view.expr())?;
    let expr = view.expr().clone();
    match of {
        DataType::Timestamp(..) => Ok(expr),
        DataType::Date32 => Ok(cast(expr, DataType::Timestamp(TimeUnit::Microsecond, None))),
        of if of.is_numeric() => {
            let size = unit_size(unit.as_deref().unwrap_or("ns"))?;
            let micros = cast(expr, DataType::Float64) * lit(size);
            Ok(cast(cast(micros, DataType::Int64), DataType::Timestamp(TimeUnit::Microsecond, None)))
        }
        of if cell::is_text(&of) => {
            let parameters = vec![form.unwrap_or_default(), errors.to_string()];
            let read = Elementwise {
                name: "to_datetime".into(),
                gives: DataType::Timestamp(TimeUnit::Microsecond, None),
                parameters,
                apply: |column, parameters| {
                    let (form, strict) = (parameters[0].as_str(), parameters[1] != "coerce");
                    let one = |row| -> Result<Option<i64>> {
                        let Some(text) = text(column, row) else { return Ok(None) };
                        match read(text, form) {
                            Some(micros) => Ok(Some(micros)),
                            None if text.trim().is_empty() || matches!(text, "NaT" | "nan" | "NaN") => Ok(None),
                            None if strict && form.is_empty() => {
                                bail!("could not read {text:?} as a time"; hint: "`format=\"%d.%m.%Y\"` says how it is written; `errors=\"coerce\"` leaves it out")
                            }
                            None if strict => {
                                bail!("time data \"{text}\" doesn't match format \"{form}\""; hint: "`errors=\"coerce\"` leaves such values out")
                            }
                            None => Ok(None),
                        }
                    };
                    Ok(Arc::new((0..column.len()).map(one).collect::<Result<TimestampMicrosecondArray>>()?))
                },
            };
            Ok(read.call(expr))
        }
        of => bail!(TypeError: "{} is not convertible to datetime", crate::dtype::name(&of, view.eager)),
    }
}

fn to_datetime(
    context: &Context,
    arg: &Value,
    form: Option<String>,
    errors: &str,
    unit: Option<String>,
) -> Result<Value> {
    if let Some(view) = View::from_value(arg) {
        if view.shape == Shape::Frame {
            return of_parts(context, &view);
        }
        let expr = times_of(&view, form, errors, unit)?;
        let label = view.label().clone();
        let shape = view.shape;
        let mut made = view.series(label, expr, "to-datetime");
        if shape == Shape::Index {
            made.shape = Shape::Index;
            made.index = vec![made.columns[0].clone()];
        }
        return Frame::answer_now(context, made);
    }
    if let Value::Str(text) = arg {
        return match read(text, form.as_deref().unwrap_or_default()) {
            Some(micros) => Ok(Value::object(Timestamp(micros))),
            None if errors == "coerce" => Ok(Value::object(Timestamp::NOT)),
            None => bail!("could not read {text:?} as a time"; hint: "`format=\"%d.%m.%Y\"` says how it is written"),
        };
    }
    if let Some(micros) = micros_of(arg) {
        return Ok(Value::object(Timestamp(micros)));
    }
    if let (Some(number), Some(unit)) = (arg.as_f64(), &unit) {
        return Ok(Value::object(Timestamp((number * unit_size(unit)?) as i64)));
    }
    match cell::column_of(arg, "of times")? {
        Some(column) => {
            let series = create::series_of(None, column, None)?;
            let expr = times_of(&series, form, errors, unit)?;
            let made = crate::lower::in_memory(&series.series(None, expr, "to-datetime"))?;
            Ok(Frame::eager(create::index_view(None, made.column(1).clone())?))
        }
        None => bail!(TypeError: "expected a series, a text or a list of texts, got {}", what(arg)),
    }
}

/// Times from columns `year`, `month`, `day`.
fn of_parts(context: &Context, view: &View) -> Result<Value> {
    let part = |name: &str| view.column(&Label::text(name)).map(|named| named.expr.clone());
    let (year, month, day) = (part("year")?, part("month")?, part("day")?);
    let number = |expr: Expr| cast(expr, DataType::Int64);
    // The parts in one number, which one function takes apart.
    let packed = number(year) * lit(10_000i64) + number(month) * lit(100i64) + number(day);
    let time = Elementwise {
        name: "to_datetime".into(),
        gives: DataType::Timestamp(TimeUnit::Microsecond, None),
        parameters: vec![],
        apply: |column, _| {
            let numbers = arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(column);
            let one = |packed: Option<i64>| -> Result<Option<i64>> {
                let Some(packed) = packed else { return Ok(None) };
                let (year, month, day) =
                    (packed.div_euclid(10_000), packed.rem_euclid(10_000) / 100, packed.rem_euclid(100));
                if !(1..=12).contains(&month) || day < 1 || day > calendar::days_in_month(year, month as u8).into() {
                    bail!("cannot assemble the datetimes: day is out of range for month");
                }
                Ok(Some(calendar::days_from_date(year, month as u8, day as u8) * super::frequency::DAY))
            };
            Ok(Arc::new(numbers.iter().map(one).collect::<Result<TimestampMicrosecondArray>>()?))
        },
    };
    Frame::answer_now(context, view.series(None, time.call(packed), "to-datetime"))
}

/// Texts as numbers.
fn numbers(column: &ArrayRef, strict: bool) -> Result<ArrayRef> {
    let mut floats = Vec::with_capacity(column.len());
    let mut whole = true;
    for row in 0..column.len() {
        let Some(text) = text(column, row) else {
            floats.push(None);
            whole = false;
            continue;
        };
        let trimmed = text.trim();
        whole &= trimmed.parse::<i64>().is_ok();
        match trimmed.parse::<f64>() {
            Ok(number) => floats.push(Some(number).filter(|number| !number.is_nan())),
            Err(_) if strict => {
                bail!("Unable to parse string \"{text}\" at position {row}"; hint: "`errors=\"coerce\"` leaves such values out")
            }
            Err(_) => floats.push(None),
        }
    }
    if whole {
        let number = |row| text(column, row).and_then(|text| text.trim().parse::<i64>().ok());
        return Ok(Arc::new((0..column.len()).map(number).collect::<Int64Array>()));
    }
    Ok(Arc::new(Float64Array::from(floats)))
}

fn to_numeric(context: &Context, arg: &Value, errors: &str) -> Result<Value> {
    let strict = match errors {
        "raise" => true,
        "coerce" => false,
        _ => bail!("invalid error value specified"; hint: "\"raise\" or \"coerce\""),
    };
    if let Some(view) = View::from_value(arg) {
        if !cell::is_text(&view.type_of(view.expr())?) {
            return Ok(arg.clone());
        }
        if view.eager {
            let made = super::running::replaced(context, &view, "to-numeric", |column| numbers(column, strict))?;
            return Ok(Frame::eager(made));
        }
        let read = Elementwise {
            name: "to_numeric".into(),
            gives: DataType::Float64,
            parameters: vec![errors.to_string()],
            apply: |column, parameters| {
                let made = numbers(column, parameters[0] != "coerce")?;
                arrow::compute::cast(&made, &DataType::Float64).map_err(crate::batches::arrow_error)
            },
        };
        let expr = read.call(view.expr().clone());
        return Ok(Frame::lazy(view.series(view.label().clone(), expr, "to-numeric")));
    }
    if let Value::Str(text) = arg {
        let text = text.trim();
        return match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(number), _) => Ok(Value::Int(number)),
            (_, Ok(number)) => Ok(Value::Float(number)),
            _ if !strict => Ok(Value::Float(f64::NAN)),
            _ => bail!("Unable to parse string \"{text}\""),
        };
    }
    match cell::column_of(arg, "of numbers")? {
        Some(column) => {
            let column = if cell::is_text(column.data_type()) { numbers(&column, strict)? } else { column };
            super::arrays::values(context, &create::series_of(None, column, None)?)
        }
        None => Ok(arg.clone()),
    }
}

/// A time that a user gives.
pub fn time(value: &Value) -> Result<i64> {
    let found = match value {
        Value::Str(text) => Timestamp::read(text).map(|time| time.0),
        other => micros_of(other),
    };
    found.ok_or_else(|| error!("could not read {} as a time", what(value)).hint("write it as `2020-01-31 12:00:00`"))
}

/// The times of `date_range`.
pub fn range(start: Option<i64>, end: Option<i64>, periods: Option<usize>, freq: Frequency) -> Result<Vec<i64>> {
    const MOST: usize = 100_000_000;
    let mut times = Vec::new();
    match (start, end, periods) {
        (Some(start), Some(end), None) => {
            let mut time = freq.first(start);
            while time <= end {
                times.push(time);
                time = freq.next(time);
                if times.len() > MOST {
                    bail!("more than {MOST} times from start to end"; hint: "a longer `freq`");
                }
            }
        }
        (Some(start), None, Some(periods)) => {
            let mut time = freq.first(start);
            for _ in 0..periods {
                times.push(time);
                time = freq.next(time);
            }
        }
        (None, Some(end), Some(periods)) => {
            let Some(size) = freq.fixed() else {
                bail!(NotImplementedError: "`end` and `periods` with spans that are not always as long"; hint: "give `start` instead of `end`");
            };
            times.extend((0..periods as i64).rev().map(|back| end - back * size));
        }
        _ => bail!(
            "Of the four parameters: start, end, periods, and freq, exactly three must be specified";
            hint: "`pd.date_range(\"2020-01-01\", periods=3)`"
        ),
    }
    Ok(times)
}

/// Values in place of others.
fn replace(context: &Context, view: &View, old: &Value, new: Option<Value>, regex: bool) -> Result<Value> {
    if regex {
        bail!(NotImplementedError: "patterns in `replace`"; hint: "`series.str.replace(pattern, text, regex=True)`");
    }
    // For one column, or for all: what is replaced, and by what.
    type Pairs = Vec<(Value, Value)>;
    let mut per_column: Vec<(Option<Label>, Pairs)> = Vec::new();
    match (old, new) {
        (Value::Dict(dict), None) => {
            let pairs: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            let mut plain = Vec::new();
            for (key, value) in pairs {
                match &value {
                    Value::Dict(inner) => {
                        let inner =
                            inner.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
                        per_column.push((Label::of(&key), inner));
                    }
                    _ => plain.push((key, value)),
                }
            }
            per_column.push((None, plain));
        }
        (old, new) => {
            let new = new.unwrap_or_default();
            let olds = old.items().unwrap_or_else(|| vec![old.clone()]);
            let news = match new.items() {
                Some(news) if news.len() == olds.len() => news,
                Some(news) => {
                    bail!("Replacement lists must match in length. Expecting {} got {}", olds.len(), news.len())
                }
                None => vec![new; olds.len()],
            };
            per_column.push((None, olds.into_iter().zip(news).collect()));
        }
    }
    let mut made = view.clone();
    for named in &mut made.columns {
        let original = named.expr.clone();
        let of = view.type_of(&original)?;
        if crate::category::is(&of) {
            bail!(NotImplementedError: "`replace` of categories"; hint: "`.cat.rename_categories({{old: new}})` does it");
        }
        let mut cases: Vec<(Expr, ScalarValue)> = Vec::new();
        for (old, new) in
            per_column.iter().filter(|(label, _)| label.is_none() || *label == named.label).flat_map(|(_, pairs)| pairs)
        {
            let (Some(old), Some(new)) = (cell::literal(old), cell::literal(new)) else {
                bail!(TypeError: "`replace` takes plain values");
            };
            let is_text = matches!(old, ScalarValue::Utf8View(_));
            let missing = matches!(old, ScalarValue::Null | ScalarValue::Float64(None));
            if missing {
                cases.push((original.clone().is_null(), new));
            } else if is_text == cell::is_text(&of)
                && matches!(old, ScalarValue::Boolean(_)) == (of == DataType::Boolean)
            {
                let right = operators::fitted(old, &original, view)?;
                cases.push((
                    operators::comparison(rdk_syntax::tree::CompareOp::Eq, original.clone(), right, view)?,
                    new,
                ));
            }
        }
        if cases.is_empty() {
            continue;
        }
        let wider =
            of.is_integer() && cases.iter().any(|(_, new)| matches!(new, ScalarValue::Float64(_) | ScalarValue::Null));
        let base = if wider { cast(original.clone(), DataType::Float64) } else { original.clone() };
        let base_type = if wider { DataType::Float64 } else { of.clone() };
        let mut expr = base;
        for (condition, new) in cases.into_iter().rev() {
            let is_text = matches!(new, ScalarValue::Utf8View(_));
            if is_text != cell::is_text(&of) && !matches!(new, ScalarValue::Null | ScalarValue::Float64(None)) {
                bail!(NotImplementedError: "texts and numbers in one column"; hint: "`series.map({{…}})` makes a column of the new values alone");
            }
            let new = if matches!(new, ScalarValue::Null | ScalarValue::Float64(None)) {
                lit(ScalarValue::try_from(&base_type).map_err(fusion)?)
            } else {
                cast(lit(new), base_type.clone())
            };
            expr = when(condition, new).otherwise(expr).map_err(fusion)?;
        }
        named.expr = expr;
    }
    made.name = "replace".into();
    Frame::answer(context, made)
}

/// Methods of frames and series.
pub mod methods {
    use super::*;

    builtins! {
        /// Values in place of others.
        ///
        /// ```rdk
        /// pd.Series([1, 2, 3]).replace({1: 10, 3: 30}).tolist()
        /// #> [10, 2, 30]
        /// ```
        fn replace[context](/** The frame or series. */ this: View, /** A value, a list, a dict from old to new, or of a frame a dict from column to such a dict. */ to_replace: Value, /** What by: a value or a list. */ value: Option<Value>, /** Patterns are not supported. */ regex: bool = false, /** Is the frame itself changed? */ inplace: bool = false) -> Result<Value> { let _ = inplace; replace(context, &this, &to_replace, value, regex) }
    }
}

builtins! {
    /// Times from texts, numbers or columns `year`, `month`, `day`.
    ///
    /// ```rdk
    /// pd.to_datetime("2020-01-31").month
    /// #> 1
    /// ```
    fn to_datetime[context](/** A series, a text, a list of texts, a frame. */ arg: Value, /** "coerce": what cannot be read is missing. */ errors: String = "raise", /** How it is written: "%d.%m.%Y". */ format: Option<String>, /** Of numbers: what they count since 1970, such as "s". */ unit: Option<String>, /** Has no effect. */ utc: Option<bool>) -> Result<Value> { let _ = utc; to_datetime(context, &arg, format, &errors, unit) }

    /// Numbers from texts.
    fn to_numeric[context](/** A series, a text or a list. */ arg: Value, /** "coerce": what is no number is missing. */ errors: String = "raise", /** Has no effect. */ downcast: Option<String>) -> Result<Value> { let _ = downcast; to_numeric(context, &arg, &errors) }
}

/// Functions of pandas alone.
pub mod of_pandas {
    use super::*;

    builtins! {
        /// Times at equal distances, as an index.
        ///
        /// ```rdk
        /// len(pd.date_range("2020-01-01", "2020-01-31"))
        /// #> 31
        /// ```
        fn date_range(/** The first time. */ start: Option<Value>, /** The last one. */ end: Option<Value>, /** How many. */ periods: Option<usize>, /** How far apart: "D", "h", "15min", "ME". */ freq: String = "D", /** What the index is called. */ name: Option<Value>) -> Result<Value> {
            let (start, end) = (start.as_ref().map(time).transpose()?, end.as_ref().map(time).transpose()?);
            let times = range(start, end, periods, Frequency::read(&freq)?)?;
            let column: ArrayRef = Arc::new(TimestampMicrosecondArray::from(times));
            Ok(Frame::eager(create::index_view(name.as_ref().and_then(Label::of), column)?))
        }
    }
}
