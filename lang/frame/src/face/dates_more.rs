//! `series.dt.…` beyond the parts: rounded times, names, questions about the calendar, and spans of time.

use std::sync::{Arc, LazyLock};

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringViewArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use rdk_runtime::modules::calendar::{Moment, days_in_month};
use rdk_runtime::{Class, ClassRef, Context, Result, Value, bail, builtins};

use super::accessor::Accessor;
use super::dates::{micros, moment, numbers, part};
use super::frequency::{DAY, Frequency, is_month_end};
use crate::batches::arrow_error;
use crate::frame::Frame;
use crate::functions::{ElementFunction, Elementwise};
use crate::label::Label;
use crate::plan::{Named, Shape};

static SPANS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("TimedeltaProperties", "pandas", "Parts of the spans of time of a series.");
    ClassRef::new(class.properties(of_spans::builtins()).methods(of_spans::methods::builtins()))
});

/// The class of `series.dt` for spans of time.
pub fn spans() -> ClassRef {
    SPANS.clone()
}

fn flag(context: &Context, this: &Accessor, name: &str, apply: ElementFunction) -> Result<Value> {
    this.each(context, Elementwise { name: name.into(), gives: DataType::Boolean, apply, parameters: vec![] })
}

/// `True` or `False` for each time; false for what is missing.
fn flags(column: &ArrayRef, one: impl Fn(&Moment) -> bool) -> Result<ArrayRef> {
    let flag = |micros: Option<i64>| Some(micros.is_some_and(|micros| one(&moment(micros))));
    Ok(Arc::new(micros(column)?.iter().map(flag).collect::<BooleanArray>()))
}

/// Each time at another time.
fn moved(column: &ArrayRef, one: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    let times: TimestampMicrosecondArray = micros(column)?.iter().map(|micros| micros.map(&one)).collect();
    cast(&times, column.data_type()).map_err(arrow_error)
}

/// `floor`, `ceil`, `round`
fn rounded(context: &Context, this: &Accessor, freq: &str, name: &str, apply: ElementFunction) -> Result<Value> {
    let Some(size) = Frequency::read(freq)?.fixed() else {
        bail!("<{freq}> is a non-fixed frequency"; hint: "a fixed one, such as \"D\", \"h\" or \"15min\"");
    };
    let gives = this.view.type_of(this.view.expr())?;
    this.each(context, Elementwise { name: name.into(), gives, apply, parameters: vec![size.to_string()] })
}

fn size(parameters: &[String]) -> i64 {
    parameters[0].parse().unwrap_or(1)
}

builtins! {
    /// The day of the week: Monday is 0.
    fn day_of_week[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "dayofweek", |column, _| numbers(column, |moment| moment.weekday().into())) }
    /// The day of the year.
    fn day_of_year[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "dayofyear", |column, _| numbers(column, |moment| moment.day_of_year().into())) }
    /// The microsecond.
    fn microsecond[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "microsecond", |column, _| numbers(column, |moment| moment.micro.into())) }
    /// The nanosecond.
    fn nanosecond[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "nanosecond", |column, _| numbers(column, |_| 0)) }
    /// How many days the month has.
    fn days_in_month[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "days_in_month", |column, _| numbers(column, |moment| days_in_month(moment.year, moment.month).into())) }
    /// How many days the month has.
    fn daysinmonth[context](/** The times. */ this: Accessor) -> Result<Value> { part(context, &this, "days_in_month", |column, _| numbers(column, |moment| days_in_month(moment.year, moment.month).into())) }
    /// Is it the first day of a month?
    fn is_month_start[context](/** The times. */ this: Accessor) -> Result<Value> { flag(context, &this, "is_month_start", |column, _| flags(column, |moment| moment.day == 1)) }
    /// Is it the last day of a month?
    fn is_month_end[context](/** The times. */ this: Accessor) -> Result<Value> { flag(context, &this, "is_month_end", |column, _| flags(column, |moment| is_month_end(moment.year, moment.month, moment.day))) }
    /// Is it the first day of a quarter?
    fn is_quarter_start[context](/** The times. */ this: Accessor) -> Result<Value> { flag(context, &this, "is_quarter_start", |column, _| flags(column, |moment| moment.day == 1 && moment.month % 3 == 1)) }
    /// Is it the last day of a quarter?
    fn is_quarter_end[context](/** The times. */ this: Accessor) -> Result<Value> { flag(context, &this, "is_quarter_end", |column, _| flags(column, |moment| moment.month % 3 == 0 && is_month_end(moment.year, moment.month, moment.day))) }
    /// Is it the first day of a year?
    fn is_year_start[context](/** The times. */ this: Accessor) -> Result<Value> { flag(context, &this, "is_year_start", |column, _| flags(column, |moment| moment.day == 1 && moment.month == 1)) }
    /// Is it the last day of a year?
    fn is_year_end[context](/** The times. */ this: Accessor) -> Result<Value> { flag(context, &this, "is_year_end", |column, _| flags(column, |moment| moment.day == 31 && moment.month == 12)) }
    /// Has the year a leap day?
    fn is_leap_year[context](/** The times. */ this: Accessor) -> Result<Value> { flag(context, &this, "is_leap_year", |column, _| flags(column, |moment| days_in_month(moment.year, 2) == 29)) }
    /// The times of day without the date.
    fn time[context](/** The times. */ this: Accessor) -> Result<Value> {
        this.each(context, Elementwise { name: "time".into(), gives: DataType::Time64(TimeUnit::Microsecond), parameters: vec![], apply: |column, _| {
            let time = |micros: Option<i64>| micros.map(|micros| micros.rem_euclid(DAY));
            Ok(Arc::new(micros(column)?.iter().map(time).collect::<arrow::array::Time64MicrosecondArray>()))
        } })
    }

    /// The dates without the time of day.
    fn date[context](/** The times. */ this: Accessor) -> Result<Value> {
        this.each(context, Elementwise { name: "date".into(), gives: DataType::Date32, parameters: vec![], apply: |column, _| {
            let day = |micros: Option<i64>| micros.map(|micros| micros.div_euclid(DAY) as i32);
            Ok(Arc::new(micros(column)?.iter().map(day).collect::<Date32Array>()))
        } })
    }
}

/// Functions of times.
pub mod methods {
    use super::*;

    builtins! {
        /// The name of the month.
        fn month_name[context](/** The times. */ this: Accessor) -> Result<Value> {
            this.each(context, Elementwise { name: "month_name".into(), gives: DataType::Utf8View, parameters: vec![], apply: |column, _| {
                let name = |micros: Option<i64>| micros.map(|micros| rdk_runtime::modules::calendar::format(&moment(micros), "%B"));
                Ok(Arc::new(micros(column)?.iter().map(name).collect::<StringViewArray>()))
            } })
        }

        /// The beginning of the day.
        fn normalize[context](/** The times. */ this: Accessor) -> Result<Value> { rounded(context, &this, "D", "normalize", |column, _| moved(column, |micros| micros.div_euclid(DAY) * DAY)) }

        /// Down to whole spans: `"h"`, `"15min"`.
        fn floor[context](/** The times. */ this: Accessor, /** The span. */ freq: String) -> Result<Value> { rounded(context, &this, &freq, "floor", |column, parameters| { let size = size(parameters); moved(column, |micros| micros.div_euclid(size) * size) }) }

        /// Up to whole spans: `"h"`, `"15min"`.
        fn ceil[context](/** The times. */ this: Accessor, /** The span. */ freq: String) -> Result<Value> { rounded(context, &this, &freq, "ceil", |column, parameters| { let size = size(parameters); moved(column, |micros| -(-micros).div_euclid(size) * size) }) }

        /// To the nearest whole spans; halves to the even side.
        fn round[context](/** The times. */ this: Accessor, /** The span. */ freq: String) -> Result<Value> {
            rounded(context, &this, &freq, "round", |column, parameters| {
                let size = size(parameters);
                moved(column, |micros| {
                    let (down, rest) = (micros.div_euclid(size), micros.rem_euclid(size));
                    let up = 2 * rest > size || 2 * rest == size && down % 2 != 0;
                    (down + i64::from(up)) * size
                })
            })
        }

        /// Year, week and day of the calendar of ISO 8601.
        fn isocalendar[context](/** The times. */ this: Accessor) -> Result<Value> {
            let column = |(label, apply): (&str, ElementFunction)| {
                let part = Elementwise { name: format!("iso_{label}"), gives: DataType::UInt32, apply, parameters: vec![] };
                Named { label: Some(Label::text(label)), expr: part.call(this.view.expr().clone()) }
            };
            let parts: [(&str, ElementFunction); 3] = [
                ("year", |column, _| cast(&numbers(column, |moment| moment.iso_week().0)?, &DataType::UInt32).map_err(arrow_error)),
                ("week", |column, _| cast(&numbers(column, |moment| moment.iso_week().1)?, &DataType::UInt32).map_err(arrow_error)),
                ("day", |column, _| cast(&numbers(column, |moment| moment.iso_week().2.into())?, &DataType::UInt32).map_err(arrow_error)),
            ];
            let columns = parts.into_iter().map(column).collect();
            Frame::answer(context, this.view.with_columns(columns, Shape::Frame, "isocalendar"))
        }
    }
}

/// Microseconds of spans of time.
fn lengths(column: &ArrayRef) -> Result<Int64Array> {
    let micros = cast(column, &DataType::Duration(TimeUnit::Microsecond)).map_err(arrow_error)?;
    let numbers = cast(&micros, &DataType::Int64).map_err(arrow_error)?;
    Ok(arrow::array::AsArray::as_primitive::<Int64Type>(&numbers).clone())
}

mod of_spans {
    use super::*;

    builtins! {
        /// Whole days.
        fn days[context](/** The spans. */ this: Accessor) -> Result<Value> { this.each(context, Elementwise { name: "days".into(), gives: DataType::Int64, parameters: vec![], apply: |column, _| Ok(Arc::new(lengths(column)?.unary::<_, Int64Type>(|micros| micros.div_euclid(DAY)))) }) }
        /// Whole seconds beyond the days.
        fn seconds[context](/** The spans. */ this: Accessor) -> Result<Value> { this.each(context, Elementwise { name: "seconds".into(), gives: DataType::Int64, parameters: vec![], apply: |column, _| Ok(Arc::new(lengths(column)?.unary::<_, Int64Type>(|micros| micros.rem_euclid(DAY) / 1_000_000))) }) }
        /// Microseconds beyond the seconds.
        fn microseconds[context](/** The spans. */ this: Accessor) -> Result<Value> { this.each(context, Elementwise { name: "microseconds".into(), gives: DataType::Int64, parameters: vec![], apply: |column, _| Ok(Arc::new(lengths(column)?.unary::<_, Int64Type>(|micros| micros.rem_euclid(1_000_000)))) }) }
    }

    pub mod methods {
        use super::*;

        builtins! {
            /// All of each span, in seconds.
            fn total_seconds[context](/** The spans. */ this: Accessor) -> Result<Value> {
                this.each(context, Elementwise { name: "total_seconds".into(), gives: DataType::Float64, parameters: vec![], apply: |column, _| {
                    let seconds = |micros: Option<i64>| micros.map(|micros| micros as f64 / 1e6);
                    Ok(Arc::new(lengths(column)?.iter().map(seconds).collect::<Float64Array>()))
                } })
            }
        }
    }
}
