//! Numbers as text: `np.loadtxt`, `np.genfromtxt`, `np.savetxt`.

use std::path::Path;

use rdk_array::{Chunk, DType, Element, with_dtype};
use rdk_runtime::{Result, Value, bail, error};

use crate::fault;

/// How numbers stand in a text.
pub struct Format {
    /// What stands between them; any space if there is nothing.
    pub delimiter: Option<String>,
    /// What begins a comment.
    pub comments: Option<String>,
    /// How many lines to pass over.
    pub skip: usize,
    /// How many lines to pass over at the end.
    pub skip_end: usize,
    /// How many rows at most.
    pub rows: Option<usize>,
    /// Which columns.
    pub columns: Option<Vec<i64>>,
    /// What a field that is empty or not a number becomes; an error if there is nothing.
    pub missing: Option<f64>,
    /// What fields may be in the place of a missing number.
    pub dtype: DType,
}

/// The lines of a file, unpacked if it ends in `.gz`.
pub fn lines(path: &Path) -> Result<Vec<String>> {
    let bytes = std::fs::read(path).map_err(|error| fault::system(&error, path))?;
    let bytes = match path.extension().is_some_and(|ending| ending == "gz") {
        true => {
            let mut out = Vec::new();
            let read = std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut out);
            read.map_err(|error| fault::damaged(path, format!("it cannot be unpacked ({error})")))?;
            out
        }
        false => bytes,
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => error.into_bytes().iter().map(|&byte| char::from(byte)).collect(),
    };
    Ok(text.lines().map(str::to_string).collect())
}

/// The numbers in these lines: rows and columns.
pub fn parse(lines: &[String], format: &Format, name: &str) -> Result<Chunk> {
    let end = lines.len().saturating_sub(format.skip_end);
    let lines = lines.get(format.skip..end).unwrap_or_default();
    let mut numbers: Vec<Field> = Vec::new();
    let (mut width, mut n_rows) = (None, 0);
    for (at, line) in lines.iter().enumerate() {
        if format.rows.is_some_and(|rows| n_rows >= rows) {
            break;
        }
        let line = match &format.comments {
            Some(comments) if !comments.is_empty() => line.split(comments.as_str()).next().unwrap_or(""),
            _ => line,
        };
        if line.trim().is_empty() {
            continue;
        }
        let fields: Vec<&str> = match &format.delimiter {
            Some(delimiter) => line.split(delimiter.as_str()).map(str::trim).collect(),
            None => line.split_whitespace().collect(),
        };
        let chosen: Vec<&str> = match &format.columns {
            Some(columns) => {
                let field = |&column: &i64| {
                    let place = if column < 0 { column + fields.len() as i64 } else { column };
                    usize::try_from(place).ok().and_then(|place| fields.get(place).copied())
                };
                let found: Option<Vec<&str>> = columns.iter().map(field).collect();
                found.ok_or_else(|| {
                    error!(
                        "invalid column index in row {} of {name} with {} columns",
                        at + 1 + format.skip,
                        fields.len()
                    )
                })?
            }
            None => fields,
        };
        match width {
            None => width = Some(chosen.len()),
            Some(width) if width != chosen.len() => bail!(
                "the number of columns changed from {width} to {} at row {}; use `usecols` to select a subset and avoid this error",
                chosen.len(),
                at + 1 + format.skip
            ),
            Some(_) => {}
        }
        for (column, field) in chosen.iter().enumerate() {
            match (number(field, format.dtype), format.missing) {
                (Some(number), _) => numbers.push(number),
                (None, Some(missing)) => numbers.push(Field::Float(missing)),
                (None, None) => bail!(
                    "could not convert string {} to {} at row {n_rows}, column {}",
                    Value::str(field).repr(), format.dtype, column + 1;
                    hint: "line {} of {name}", at + 1 + format.skip
                ),
            }
        }
        n_rows += 1;
    }
    let shape = [n_rows, width.unwrap_or(0)];
    Ok(with_dtype!(format.dtype, T => Chunk::from_vec(&shape, numbers.into_iter().map(|number| match number {
        Field::Float(value) => value.cast::<T>(),
        Field::Int(value) => value.cast::<T>(),
        Field::Complex(value) => value.cast::<T>(),
    }).collect())))
}

enum Field {
    Float(f64),
    Int(i64),
    Complex(num_complex::Complex64),
}

fn number(text: &str, dtype: DType) -> Option<Field> {
    let text = text.trim_matches('"');
    if dtype.is_integer()
        && let Some((low, high)) = dtype.integer_range()
    {
        // The upper half of `uint64` goes by way of negative numbers.
        let fits = text.parse::<i128>().ok().filter(|number| (low..=high).contains(number));
        return fits.map(|number| Field::Int(number as i64));
    }
    if dtype.is_complex()
        && let Ok(number) = text.trim_matches(['(', ')']).parse::<num_complex::Complex64>()
    {
        return Some(Field::Complex(number));
    }
    match text {
        "True" if dtype == DType::Bool => Some(Field::Int(1)),
        "False" if dtype == DType::Bool => Some(Field::Int(0)),
        _ => text.parse::<f64>().ok().map(Field::Float),
    }
}
