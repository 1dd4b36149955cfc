//! `series.dt.…`: parts of times.

use std::sync::{Arc, LazyLock};

use arrow::array::Int32Array;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use rdk_runtime::modules::calendar::Moment;
use rdk_runtime::{Class, ClassRef, Context, Result, Value, bail, builtins};

use super::accessor::Accessor;
use crate::batches::arrow_error;
use crate::functions::{ElementFunction, Elementwise};
use crate::place::noted;
use crate::plan::View;

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("DatetimeProperties", "pandas", "Parts of the times of a series.");
    let mut properties = builtins();
    properties.extend(super::dates_more::builtins());
    let mut all = methods::builtins();
    all.extend(super::dates_more::methods::builtins());
    ClassRef::new(class.properties(noted(properties)).methods(noted(all)))
});

/// `series.dt`
pub fn accessor(view: View) -> Result<Value> {
    let of = view.type_of(view.expr())?;
    if crate::category::is(&of) {
        let values = crate::category::values_of(view.expr().clone(), &of);
        return accessor(View {
            columns: vec![crate::plan::Named { label: view.label().clone(), expr: values }],
            ..view
        });
    }
    if matches!(of, DataType::Duration(_)) {
        return Ok(Value::object(Accessor { view, class: super::dates_more::spans() }));
    }
    if !matches!(of, DataType::Timestamp(..)) {
        bail!(AttributeError: "Can only use .dt accessor with datetimelike values"; hint: "`pd.to_datetime(series)` makes times of texts");
    }
    Ok(Value::object(Accessor { view, class: CLASS.clone() }))
}

/// A number of each time.
pub fn numbers(column: &arrow::array::ArrayRef, one: impl Fn(&Moment) -> i64) -> Result<arrow::array::ArrayRef> {
    let micros = micros(column)?;
    let number = |micros: Option<i64>| micros.map(|micros| one(&moment(micros)) as i32);
    Ok(Arc::new(micros.iter().map(number).collect::<Int32Array>()))
}

/// Microseconds since 1970.
pub fn micros(column: &arrow::array::ArrayRef) -> Result<arrow::array::Int64Array> {
    let micros = cast(column, &DataType::Timestamp(TimeUnit::Microsecond, None)).map_err(arrow_error)?;
    let numbers = cast(&micros, &DataType::Int64).map_err(arrow_error)?;
    Ok(arrow::array::AsArray::as_primitive::<Int64Type>(&numbers).clone())
}

/// As a calendar has it.
pub fn moment(micros: i64) -> Moment {
    let mut moment = Moment::of(micros.div_euclid(1_000_000), 0);
    moment.micro = micros.rem_euclid(1_000_000) as u32;
    moment
}

/// A number of each time, by name.
pub fn part(context: &Context, this: &Accessor, name: &str, apply: ElementFunction) -> Result<Value> {
    this.each(context, Elementwise { name: name.into(), gives: DataType::Int32, apply, parameters: vec![] })
}

builtins! {
    /// Times as spans of the calendar: rdk has none.
    fn to_period(/** The times. */ this: Accessor, /** Has no effect. */ freq: Option<String>) -> Result<Value> {
        let _ = (this, freq);
        Err(super::known_names::no_periods())
    }

    /// The year.
    fn year[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "year", |column, _| numbers(column, |moment| moment.year)) }
    /// The month, 1 to 12.
    fn month[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "month", |column, _| numbers(column, |moment| moment.month.into())) }
    /// The day of the month.
    fn day[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "day", |column, _| numbers(column, |moment| moment.day.into())) }
    /// The hour.
    fn hour[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "hour", |column, _| numbers(column, |moment| moment.hour.into())) }
    /// The minute.
    fn minute[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "minute", |column, _| numbers(column, |moment| moment.minute.into())) }
    /// The second.
    fn second[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "second", |column, _| numbers(column, |moment| moment.second.into())) }
    /// The day of the week: Monday is 0.
    fn dayofweek[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "dayofweek", |column, _| numbers(column, |moment| moment.weekday().into())) }
    /// The day of the week: Monday is 0.
    fn weekday[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "dayofweek", |column, _| numbers(column, |moment| moment.weekday().into())) }
    /// The day of the year.
    fn dayofyear[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "dayofyear", |column, _| numbers(column, |moment| moment.day_of_year().into())) }
    /// The quarter, 1 to 4.
    fn quarter[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "quarter", |column, _| numbers(column, |moment| i64::from((moment.month - 1) / 3 + 1))) }
}

/// Functions of times.
pub mod methods {
    use arrow::array::StringViewArray;

    use super::*;

    builtins! {
        /// As text in a form: `%Y-%m`.
        fn strftime[context](/** The times. */ this: Accessor, /** The form. */ date_format: String) -> Result<Value> {
            this.each(context, Elementwise { name: "strftime".into(), gives: DataType::Utf8View, parameters: vec![date_format], apply: |column, form| {
                let text = |micros: Option<i64>| micros.map(|micros| rdk_runtime::modules::calendar::format(&moment(micros), &form[0]));
                Ok(Arc::new(micros(column)?.iter().map(text).collect::<StringViewArray>()))
            } })
        }

        /// The name of the day.
        fn day_name[context](/** The times. */ this: Accessor) -> Result<Value> {
            this.each(context, Elementwise { name: "day_name".into(), gives: DataType::Utf8View, parameters: vec![], apply: |column, _| {
                const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
                let name = |micros: Option<i64>| micros.map(|micros| NAMES[usize::from(moment(micros).weekday()) % 7]);
                Ok(Arc::new(micros(column)?.iter().map(name).collect::<StringViewArray>()))
            } })
        }
    }
}
