//! Functions of `numpy` for numbers that stand in texts.

use rdk_array::eager::{DTypeArg, NdArray};
use rdk_array::{Chunk, DType, SliceInfoElem};
use rdk_runtime::builtins::path::PathArg;
use rdk_runtime::operators;
use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins, error};
use rdk_syntax::tree::BinaryOp;

use super::text;
use crate::fault;
use crate::hdf5::create::chunk;
use crate::whole::replace;

builtins! {
    /// Numbers from a file of text: rows and columns.
    fn loadtxt[context](
        /// The file's path, or a list of lines.
        fname: Value,
        /// The type of the numbers.
        dtype: Option<DTypeArg>,
        /// What begins a comment.
        comments: Option<String> = "#",
        /// What stands between the numbers; spaces if left out.
        delimiter: Option<String>,
        /// Functions that make numbers of the texts of columns, by the columns' numbers; or one for all.
        converters: Option<Value>,
        /// How many lines to pass over.
        skiprows: usize = 0,
        /// Which columns.
        usecols: Option<Columns>,
        /// Columns instead of rows?
        unpack: bool = false,
        /// At least so many axes.
        ndmin: usize = 0,
        /// Accepted, not used.
        encoding: Option<String>,
        /// How many rows at most.
        max_rows: Option<usize>,
        /// What stands round texts that hold a delimiter.
        quotechar: Option<String>,
        /// Ones in the place of all but the elements: accepted, not used.
        like: Option<Value>,
    ) -> Result<Value> {
        let _ = (encoding, quotechar, like);
        let (lines, name) = lines(&fname)?;
        let lines = converted(context, lines, converters.as_ref(), delimiter.as_deref(), comments.as_deref(), skiprows)?;
        let format = text::Format {
            delimiter, comments, skip: skiprows, skip_end: 0, rows: max_rows, columns: usecols.map(|columns| columns.0),
            missing: None, dtype: dtype.map_or(DType::F64, |dtype| dtype.0),
        };
        shaped(text::parse(&lines, &format, &name)?, unpack, ndmin)
    }

    /// Numbers from a file of text in which some may be missing.
    fn genfromtxt[context](
        /// The file's path, or a list of lines.
        fname: Value,
        /// The type of the numbers.
        dtype: Option<DTypeArg>,
        /// What begins a comment.
        comments: Option<String> = "#",
        /// What stands between the numbers; spaces if left out.
        delimiter: Option<String>,
        /// How many lines to pass over.
        skip_header: usize = 0,
        /// How many lines to pass over at the end.
        skip_footer: usize = 0,
        /// What missing numbers become; `nan` if left out, -1 for integers.
        filling_values: Option<f64>,
        /// Which columns.
        usecols: Option<Columns>,
        /// Columns instead of rows?
        unpack: bool = false,
        /// At least so many axes.
        ndmin: usize = 0,
        /// How many rows at most.
        max_rows: Option<usize>,
        /// Accepted, not used.
        encoding: Option<String>,
        /// Functions that make numbers of the texts of columns, by the columns' numbers.
        converters: Option<Value>,
        /// Texts that stand for missing numbers: what is not a number is missing in any case.
        missing_values: Option<Value>,
        /// Accepted: a line of another length is an error.
        invalid_raise: bool = true,
        /// Accepted, not used.
        autostrip: bool = false,
        /// Names of columns are not supported.
        names: Option<Value>,
    ) -> Result<Value> {
        let _ = (encoding, missing_values, invalid_raise, autostrip);
        if names.as_ref().is_some_and(|names| !matches!(names, Value::Bool(false))) {
            bail!(NotImplementedError: "arrays of records are not there"; hint: "`pd.read_csv(path)` has columns with names");
        }
        let (lines, name) = lines(&fname)?;
        let lines = converted(context, lines, converters.as_ref(), delimiter.as_deref(), comments.as_deref(), skip_header)?;
        let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
        let missing = filling_values.unwrap_or(if dtype.is_integer() { -1.0 } else { f64::NAN });
        let format = text::Format {
            delimiter, comments, skip: skip_header, skip_end: skip_footer, rows: max_rows, columns: usecols.map(|columns| columns.0),
            missing: Some(missing), dtype,
        };
        shaped(text::parse(&lines, &format, &name)?, unpack, ndmin)
    }

    /// Writes numbers as text: a row a line.
    fn savetxt[context](
        /// The file's path.
        fname: PathArg,
        /// One or two axes of numbers.
        X: Value,
        /// How a number is written, as after `%`; one for all, or one for each column.
        fmt: Value = "%.18e",
        /// What stands between the numbers.
        delimiter: String = " ",
        /// How lines end.
        newline: String = "\n",
        /// A first line.
        header: String = "",
        /// A last line.
        footer: String = "",
        /// What first and last line begin with.
        comments: String = "# ",
        /// Accepted, not used.
        encoding: Option<String>,
    ) -> Result<()> {
        let _ = encoding;
        let chunk = chunk(context, &X)?;
        let mut text = String::new();
        let framed = |line: &str| format!("{comments}{}{newline}", line.replace('\n', &format!("\n{comments}")));
        if !header.is_empty() { text += &framed(&header); }
        text += &rows(context, &chunk, &fmt, &delimiter, &newline)?;
        if !footer.is_empty() { text += &framed(&footer); }
        let bytes = if fname.0.extension().is_some_and(|ending| ending == "gz") { packed(text.as_bytes()) } else { text.into_bytes() };
        replace(&fname.0, |part| std::fs::write(part, &bytes).map_err(|error| fault::system(&error, &fname.0)))
    }
}

/// Columns by number.
pub struct Columns(Vec<i64>);

impl FromValue for Columns {
    fn expected() -> &'static str {
        "a column's number or several"
    }

    fn from_value(value: &Value) -> Option<Columns> {
        i64::from_value(value).map(|column| vec![column]).or_else(|| Vec::from_value(value)).map(Columns)
    }
}

fn lines(source: &Value) -> Result<(Vec<String>, String)> {
    if let Some(items) = source.items() {
        let lines = items.iter().map(String::try_from_value).collect::<Result<Vec<_>>>()?;
        return Ok((lines, "the list".to_string()));
    }
    let path = PathArg::try_from_value(source)?.0;
    Ok((text::lines(&path)?, format!("'{}'", fault::named(&path))))
}

/// Bytes as gzip packs them.
fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("bytes in memory can be written")
}

/// The lines with what functions of the user's make of their columns.
fn converted(
    context: &Context,
    lines: Vec<String>,
    functions: Option<&Value>,
    delimiter: Option<&str>,
    comments: Option<&str>,
    skip: usize,
) -> Result<Vec<String>> {
    let Some(functions) = functions else { return Ok(lines) };
    let by_column: Option<Vec<(i64, Value)>> = match functions {
        Value::Dict(dict) => {
            let pairs: Vec<_> = dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            Some(pairs.into_iter().map(|(key, value)| Ok((i64::try_from_value(&key)?, value))).collect::<Result<_>>()?)
        }
        _ => None,
    };
    let function = |column: usize, n: usize| match &by_column {
        Some(all) => all
            .iter()
            .find(|(at, _)| column as i64 == if *at < 0 { at + n as i64 } else { *at })
            .map(|(_, function)| function),
        None => Some(functions),
    };
    let one = |(at, line): (usize, String)| -> Result<String> {
        let text = comments
            .filter(|comments| !comments.is_empty())
            .map_or(line.as_str(), |comments| line.split(comments).next().unwrap_or(""));
        if at < skip || text.trim().is_empty() {
            return Ok(line);
        }
        let fields: Vec<&str> = match delimiter {
            Some(delimiter) => text.split(delimiter).map(str::trim).collect(),
            None => text.split_whitespace().collect(),
        };
        let n = fields.len();
        let fields = fields.into_iter().enumerate().map(|(column, field)| match function(column, n) {
            Some(function) => Ok(context.call(function, rdk_runtime::Args::one(Value::str(field)))?.text()),
            None => Ok(field.to_string()),
        });
        Ok(fields.collect::<Result<Vec<_>>>()?.join(delimiter.unwrap_or(" ")))
    };
    lines.into_iter().enumerate().map(one).collect()
}

/// Axes of length 1 go, as far as `ndmin` allows.
fn shaped(chunk: Chunk, unpack: bool, ndmin: usize) -> Result<Value> {
    let mut shape = chunk.shape().to_vec();
    if chunk.is_empty() {
        shape = vec![0];
    }
    if ndmin < 2 {
        shape.retain(|&length| length != 1);
    }
    if ndmin == 1 && shape.is_empty() {
        shape = vec![1];
    }
    let array = NdArray::new(chunk.reshape(&shape));
    let turned = unpack && shape.len() == 2;
    Ok(NdArray::or_number(if turned { array.transpose(&[1, 0]) } else { array }))
}

/// Numbers as lines of text.
pub fn rows(context: &Context, chunk: &Chunk, format: &Value, delimiter: &str, newline: &str) -> Result<String> {
    let chunk = match chunk.ndim() {
        0 => chunk.reshape(&[1, 1]),
        1 => chunk.insert_axis(1),
        2 => chunk.clone(),
        n => bail!("Expected 1D or 2D array, got {n}D array instead"),
    };
    let width = chunk.shape()[1];
    let formats = match format.items() {
        Some(items) => items.iter().map(String::try_from_value).collect::<Result<Vec<_>>>()?,
        None => vec![String::try_from_value(format)?],
    };
    let line = match formats.as_slice() {
        [one] if one.matches('%').count() <= 1 => vec![one.clone(); width].join(delimiter),
        [one] => one.clone(),
        several if several.len() == width => several.join(delimiter),
        several => bail!("fmt has wrong number of % formats:  {}", several.join(delimiter)),
    };
    let mut text = String::new();
    let line = Value::from(line);
    for row in 0..chunk.shape()[0] {
        if row % 4096 == 0 {
            context.check()?;
        }
        let part =
            chunk.slice(&[SliceInfoElem::Index(row as isize), SliceInfoElem::Slice { start: 0, end: None, step: 1 }]);
        let numbers = Value::tuple(part.scalars().map(|number| number.to_value()));
        let written = operators::binary(context, BinaryOp::Mod, &line, &numbers)
            .map_err(|_| error!(TypeError: "Mismatch between array dtype ('{}') and format specifier ({})", chunk.dtype(), line.repr()))?;
        text += written.as_str().unwrap_or_default();
        text += newline;
    }
    Ok(text)
}
