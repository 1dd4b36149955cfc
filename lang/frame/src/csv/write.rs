//! A batch as CSV text, as `to_csv` of pandas writes it.

use arrow::array::{
    Array, AsArray, BooleanArray, Date32Array, Date64Array, DurationMicrosecondArray, DurationMillisecondArray,
    DurationNanosecondArray, DurationSecondArray, RecordBatch, StringViewArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float32Type, Float64Type, Int64Type, TimeUnit, UInt64Type};
use rdk_runtime::show::number;
use rdk_runtime::{Result, bail, error};
use serde::{Deserialize, Serialize};

use super::date::{self, DateFormat, Moment};

/// How CSV text is written. The defaults are those of pandas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WriteOptions {
    /// Between two fields.
    pub separator: u8,
    /// Is a line with the names of the columns written first?
    pub header: bool,
    /// Stands for what is missing.
    pub na_rep: String,
    /// How floats are written: `%.2f`.
    pub float_format: Option<String>,
    /// How dates are written, in the notation of `strftime`.
    pub date_format: Option<String>,
    /// Which fields have quotes.
    pub quoting: Quoting,
    /// The quote.
    pub quote: u8,
    /// Stands before bytes that would mean something; without it quotes are doubled.
    pub escape: Option<u8>,
    /// Ends a line.
    pub line_end: String,
    /// Before the fraction.
    pub decimal: char,
}

impl Default for WriteOptions {
    fn default() -> WriteOptions {
        WriteOptions {
            separator: b',',
            header: true,
            na_rep: String::new(),
            float_format: None,
            date_format: None,
            quoting: Quoting::Minimal,
            quote: b'"',
            escape: None,
            line_end: "\n".to_string(),
            decimal: '.',
        }
    }
}

/// Which fields have quotes, by the names of Python's module `csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quoting {
    /// Those that need them.
    Minimal,
    /// All.
    All,
    /// All that are no numbers.
    NonNumeric,
    /// None; what would need them is escaped.
    None,
}

/// A column as text, and whether its fields are numbers.
struct Texts {
    texts: StringViewArray,
    numeric: bool,
}

/// Writes a batch. Index columns are its first ones; one without a name has the name "".
pub fn write_csv(batch: &RecordBatch, options: &WriteOptions) -> Result<Vec<u8>> {
    let columns = batch.columns().iter().map(|column| texts(column, options)).collect::<Result<Vec<_>>>()?;
    let mut out = Vec::with_capacity(batch.num_rows() * columns.len() * 8);
    let alone = columns.len() == 1;
    if options.header && !columns.is_empty() {
        for (at, field) in batch.schema_ref().fields().iter().enumerate() {
            separate(&mut out, at, options);
            write_field(&mut out, field.name(), false, alone, options)?;
        }
        out.extend_from_slice(options.line_end.as_bytes());
    }
    for row in 0..batch.num_rows() {
        for (at, column) in columns.iter().enumerate() {
            separate(&mut out, at, options);
            let missing = column.texts.is_null(row);
            let text = if missing { options.na_rep.as_str() } else { column.texts.value(row) };
            write_field(&mut out, text, column.numeric && !missing, alone, options)?;
        }
        out.extend_from_slice(options.line_end.as_bytes());
    }
    Ok(out)
}

fn separate(out: &mut Vec<u8>, at: usize, options: &WriteOptions) {
    if at > 0 {
        out.push(options.separator);
    }
}

fn write_field(out: &mut Vec<u8>, text: &str, numeric: bool, alone: bool, options: &WriteOptions) -> Result<()> {
    let special = |byte: u8| {
        byte == options.separator
            || byte == options.quote
            || byte == b'\n'
            || byte == b'\r'
            || Some(byte) == options.escape
            || options.line_end.as_bytes().contains(&byte)
    };
    let quoted = match options.quoting {
        Quoting::All => true,
        Quoting::NonNumeric => !numeric,
        Quoting::Minimal => text.bytes().any(special) || alone && text.is_empty(),
        Quoting::None => false,
    };
    if !quoted && options.quoting != Quoting::None {
        out.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    if quoted {
        out.push(options.quote);
    }
    for byte in text.bytes() {
        if quoted && byte == options.quote {
            out.push(options.escape.unwrap_or(options.quote));
        } else if special(byte) && (!quoted || Some(byte) == options.escape) {
            match options.escape {
                Some(escape) => out.push(escape),
                None => {
                    bail!("need to escape, but no escapechar set"; hint: "`escapechar=\"\\\\\"`, or another `quoting`")
                }
            }
        }
        out.push(byte);
    }
    if quoted {
        out.push(options.quote);
    }
    Ok(())
}

/// Every field as text; what is missing stays missing.
fn texts(column: &dyn Array, options: &WriteOptions) -> Result<Texts> {
    if crate::category::is(column.data_type()) {
        let values = crate::category::plain(&arrow::array::make_array(column.to_data()))?;
        return texts(&values, options);
    }
    let numeric = |texts: StringViewArray| Ok(Texts { texts, numeric: true });
    let other = |texts: StringViewArray| Ok(Texts { texts, numeric: false });
    let converted = |to: &DataType| {
        cast(column, to)
            .map_err(|error| error!("cannot write a column of type {} as text: {error}", column.data_type()))
    };
    match column.data_type() {
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => {
            let array = converted(&DataType::Int64)?;
            numeric(array.as_primitive::<Int64Type>().iter().map(|number| Some(number?.to_string())).collect())
        }
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => {
            let array = converted(&DataType::UInt64)?;
            numeric(array.as_primitive::<UInt64Type>().iter().map(|number| Some(number?.to_string())).collect())
        }
        DataType::Float64 => {
            let values = column.as_primitive::<Float64Type>();
            let texts = values.iter().map(|value| {
                value.filter(|value| !value.is_nan()).map(|value| float(value, None, options)).transpose()
            });
            numeric(texts.collect::<Result<_>>()?)
        }
        DataType::Float32 => {
            let values = column.as_primitive::<Float32Type>();
            let texts = values.iter().map(|value| {
                value.filter(|value| !value.is_nan()).map(|value| float(value as f64, Some(value), options)).transpose()
            });
            numeric(texts.collect::<Result<_>>()?)
        }
        DataType::Boolean => {
            let values: &BooleanArray = column.as_boolean();
            numeric(values.iter().map(|value| value.map(|value| if value { "True" } else { "False" })).collect())
        }
        DataType::Timestamp(unit, zone) => other(moments(column, *unit, zone.as_deref(), options)?),
        DataType::Date32 | DataType::Date64 => other(moments(column, TimeUnit::Second, None, options)?),
        DataType::Duration(_) => other(durations(column)?),
        of if crate::category::is_interval(of).is_some() => {
            other((0..column.len()).map(|row| crate::category::interval::text(column, row)).collect())
        }
        DataType::Null => other(std::iter::repeat_n(None::<&str>, column.len()).collect()),
        _ => {
            let array = converted(&DataType::Utf8View)?;
            other(array.as_string_view().clone())
        }
    }
}

fn float(value: f64, narrow: Option<f32>, options: &WriteOptions) -> Result<String> {
    let text = match (&options.float_format, narrow) {
        (Some(format), _) => formatted(format, value)?,
        // The shortest digits of the narrow number, in NumPy's form.
        (None, Some(narrow)) if narrow.is_finite() => {
            let text = format!("{narrow:e}");
            let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
            let power: i32 = power.parse().unwrap_or(0);
            let sign = if power < 0 { '-' } else { '+' };
            if (6..16).contains(&power) {
                format!("{digits}e{sign}{:02}", power.abs())
            } else {
                number::float(text.parse().unwrap_or(value))
            }
        }
        (None, _) => number::float(value),
    };
    Ok(if options.decimal == '.' { text } else { text.replace('.', &options.decimal.to_string()) })
}

/// A float by `%.2f` or `{:.2f}`.
fn formatted(format: &str, value: f64) -> Result<String> {
    use rdk_runtime::Value;
    if let Some((before, rest)) = format.split_once("{:")
        && let Some((spec, after)) = rest.split_once('}')
    {
        return Ok(format!("{before}{}{after}", rdk_runtime::show::format_value(&Value::Float(value), spec)?));
    }
    rdk_runtime::show::percent::percent(format, &Value::Float(value))
}

/// Seconds and nanoseconds since 1970 of each row.
fn counts(column: &dyn Array, unit: TimeUnit) -> Vec<Option<(i64, u32)>> {
    let split = |value: i64, per_second: i64| {
        (value.div_euclid(per_second), (value.rem_euclid(per_second) * (1_000_000_000 / per_second)) as u32)
    };
    let any = column.as_any();
    if let Some(days) = any.downcast_ref::<Date32Array>() {
        return days.iter().map(|day| Some((day? as i64 * 86_400, 0))).collect();
    }
    if let Some(days) = any.downcast_ref::<Date64Array>() {
        return days.iter().map(|milliseconds| Some(split(milliseconds?, 1000))).collect();
    }
    let values: Vec<Option<i64>> = match unit {
        TimeUnit::Second => any.downcast_ref::<TimestampSecondArray>().map(|array| array.iter().collect()),
        TimeUnit::Millisecond => any.downcast_ref::<TimestampMillisecondArray>().map(|array| array.iter().collect()),
        TimeUnit::Microsecond => any.downcast_ref::<TimestampMicrosecondArray>().map(|array| array.iter().collect()),
        TimeUnit::Nanosecond => any.downcast_ref::<TimestampNanosecondArray>().map(|array| array.iter().collect()),
    }
    .unwrap_or_default();
    let per_second = per_second(unit);
    values.into_iter().map(|value| Some(split(value?, per_second))).collect()
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// Dates alone if all are at midnight, otherwise with times and as many digits as the finest needs.
fn moments(column: &dyn Array, unit: TimeUnit, zone: Option<&str>, options: &WriteOptions) -> Result<StringViewArray> {
    let ahead = match zone {
        None | Some("UTC" | "Z") => 0,
        Some(zone) => date::zone_minutes(zone).unwrap_or(0),
    };
    let counts: Vec<Option<(i64, u32)>> = counts(column, unit)
        .into_iter()
        .map(|count| count.map(|(seconds, below)| (seconds + ahead as i64 * 60, below)))
        .collect();
    if let Some(format) = &options.date_format {
        let format = DateFormat::new(format)?;
        let moment = |(seconds, nanosecond)| Moment { seconds, nanosecond, zone: zone.map(|_| ahead), fine: false };
        return Ok(counts.into_iter().map(|count| count.map(|count| format.write(&moment(count)))).collect());
    }
    let midnight =
        zone.is_none() && counts.iter().flatten().all(|(seconds, below)| seconds % 86_400 == 0 && *below == 0);
    let all = |divisor: u32| counts.iter().flatten().all(|(_, below)| below % divisor == 0);
    let n_digits = if all(1_000_000_000) {
        0
    } else if all(1_000_000) {
        3
    } else if all(1_000) {
        6
    } else {
        9
    };
    let suffix = zone.map_or(String::new(), |_| {
        let sign = if ahead < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", ahead.abs() / 60, ahead.abs() % 60)
    });
    Ok(counts
        .iter()
        .map(|count| {
            let (seconds, below) = (*count)?;
            let (year, month, day) = date::calendar(seconds.div_euclid(86_400));
            let mut text = format!("{year:04}-{month:02}-{day:02}");
            if !midnight {
                let clock = seconds.rem_euclid(86_400);
                text += &format!(" {:02}:{:02}:{:02}", clock / 3600, clock / 60 % 60, clock % 60);
                if n_digits > 0 {
                    text += &format!(".{:0width$}", below / 10_u32.pow(9 - n_digits), width = n_digits as usize);
                }
                text += &suffix;
            }
            Some(text)
        })
        .collect())
}

/// `0 days 01:00:00`
fn durations(column: &dyn Array) -> Result<StringViewArray> {
    let any = column.as_any();
    let values: Vec<Option<i64>> = if let Some(array) = any.downcast_ref::<DurationSecondArray>() {
        array.iter().map(|value| value?.checked_mul(1_000_000_000)).collect()
    } else if let Some(array) = any.downcast_ref::<DurationMillisecondArray>() {
        array.iter().map(|value| value?.checked_mul(1_000_000)).collect()
    } else if let Some(array) = any.downcast_ref::<DurationMicrosecondArray>() {
        array.iter().map(|value| value?.checked_mul(1_000)).collect()
    } else if let Some(array) = any.downcast_ref::<DurationNanosecondArray>() {
        array.iter().collect()
    } else {
        bail!("cannot write a column of type {} as text", column.data_type());
    };
    let show = |value: i64| {
        let below = value.rem_euclid(1_000_000_000);
        let seconds = value.div_euclid(1_000_000_000);
        let (days, clock) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let plus = if days < 0 { "+" } else { "" };
        let mut text = format!("{days} days {plus}{:02}:{:02}:{:02}", clock / 3600, clock / 60 % 60, clock % 60);
        if below != 0 {
            text += &if below % 1000 == 0 { format!(".{:06}", below / 1000) } else { format!(".{below:09}") };
        }
        text
    };
    Ok(values.into_iter().map(|value| value.map(show)).collect())
}
