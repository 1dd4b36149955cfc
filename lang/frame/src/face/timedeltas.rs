//! `pd.to_timedelta`: spans of time from texts and numbers.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, DurationMicrosecondArray};
use arrow::datatypes::{DataType, TimeUnit};
use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::create;
use crate::cell::{self, text};
use crate::frame::{Frame, what};
use crate::functions::{ElementFunction, Elementwise};
use crate::plan::View;
use crate::timedelta::{self, Timedelta};

/// The spans of a column of texts or numbers.
fn spans(column: &ArrayRef, parameters: &[String]) -> Result<ArrayRef> {
    let (unit, strict) = (parameters[0].as_str(), parameters[1] != "coerce");
    if cell::is_text(column.data_type()) {
        let one = |row| match text(column, row).map(|text| (text, timedelta::read(text))) {
            Some((_, Some(micros))) => Ok(Some(micros)),
            Some((text, None)) if strict && !matches!(text, "" | "NaT" | "nan") => {
                bail!("could not read {text:?} as a span of time"; hint: "write it as `1 days 12:00:00`; `errors=\"coerce\"` leaves it out")
            }
            _ => Ok(None),
        };
        return Ok(Arc::new((0..column.len()).map(one).collect::<Result<DurationMicrosecondArray>>()?));
    }
    let size = timedelta::unit_size(unit).unwrap_or(1e-3);
    let floats = super::statistics::floats(column)?;
    let one = |number: Option<f64>| number.map(|number| (number * size).round() as i64);
    Ok(Arc::new(floats.iter().map(one).collect::<DurationMicrosecondArray>()))
}

fn to_timedelta(context: &Context, arg: &Value, unit: Option<String>, errors: String) -> Result<Value> {
    if let Some(unit) = &unit
        && timedelta::unit_size(unit).is_none()
    {
        bail!("invalid unit abbreviation: {unit}"; hint: "`W`, `D`, `h`, `min`, `s`, `ms`, `us` and `ns` are known");
    }
    let parameters = vec![unit.clone().unwrap_or_else(|| "ns".into()), errors.clone()];
    if let Some(view) = View::from_value(arg) {
        let of = view.type_of(view.expr())?;
        if matches!(of, DataType::Duration(_)) {
            return Ok(arg.clone());
        }
        if !of.is_numeric() && !cell::is_text(&of) {
            bail!(TypeError: "dtype {} cannot be converted to timedelta64", crate::dtype::name(&of, view.eager));
        }
        let apply: ElementFunction = spans;
        let gives = DataType::Duration(TimeUnit::Microsecond);
        let read = Elementwise { name: "to_timedelta".into(), gives, parameters, apply };
        let made = view.series(view.label().clone(), read.call(view.expr().clone()), "to-timedelta");
        return Frame::answer_now(context, made);
    }
    if arg.items().is_some() || arg.get::<rdk_array::eager::NdArray>().is_some() {
        let Some(column) = cell::column_of(arg, "of spans")? else { bail!(TypeError: "expected spans of time") };
        let column = match column.data_type() {
            DataType::Duration(_) => column,
            _ => spans(&column, &parameters)?,
        };
        return Ok(Frame::eager(create::index_view(None, column)?));
    }
    match timedelta::of(arg, unit.as_deref()) {
        Ok(micros) => Ok(Value::object(Timedelta(micros))),
        Err(_) if errors == "coerce" => Ok(Value::object(crate::timestamp::Timestamp::NOT)),
        Err(_) if arg.is_none() => Ok(Value::object(crate::timestamp::Timestamp::NOT)),
        Err(error) if arg.as_str().is_some() || arg.as_f64().is_some() => Err(error),
        Err(_) => bail!(TypeError: "expected a series, a text, a number or a list, got {}", what(arg)),
    }
}

builtins! {
    /// Spans of time from texts, or from numbers of a unit.
    ///
    /// ```rdk
    /// pd.to_timedelta("90min").total_seconds()
    /// #> 5400.0
    /// ```
    fn to_timedelta[context](/** A series, a text, a number, a list. */ arg: Value, /** What numbers count: "D", "h", "min", "s", "ms", "us", "ns". */ unit: Option<String>, /** "coerce": what cannot be read is missing. */ errors: String = "raise") -> Result<Value> { to_timedelta(context, &arg, unit, errors) }
}
