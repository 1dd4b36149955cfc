//! A block as an arrow batch.

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use rdk_graph::Crew;
use rdk_runtime::{Error, Kind, Result, error};

use super::build::{Builder, Misfit, hint};
use super::column::{Column, Content, schema};
use super::cut::line_start;
use super::discover::Layout;
use super::input::Block;
use super::lines::{Lines, PIECE};

/// What a block holds.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its rows.
    pub batch: RecordBatch,
    /// Lines that were left out, if the user wants to know.
    pub warnings: Vec<String>,
}

/// Reads the rows of a block, at most `limit` of them.
///
/// `projection` has the indices of the wanted columns in the order wanted; the fields of all others are passed over unread.
pub fn read_block(block: &Block, layout: &Layout, projection: Option<&[usize]>, limit: Option<usize>) -> Result<Table> {
    let Layout { options, columns, n_fields } = layout;
    let all: Vec<usize> = (0..columns.len()).collect();
    let wanted: Vec<&Column> = projection.unwrap_or(&all).iter().map(|index| &columns[*index]).collect();
    let mut builders = wanted.iter().map(|column| Builder::new(column, options)).collect::<Result<Vec<_>>>()?;
    let limit = match (limit, options.nrows) {
        (Some(limit), Some(n_rows)) => limit.min(n_rows),
        (limit, n_rows) => limit.or(n_rows).unwrap_or(usize::MAX),
    };
    // A few rows do not need a whole piece.
    let size = if limit < 1000 { PIECE / 8 } else { PIECE };
    let mut lines = Lines::open(block, options, *n_fields, size)?;
    let mut n_rows = 0;
    while n_rows < limit && lines.advance()? {
        lines.truncate(limit - n_rows);
        // Of several misfits the one that stands first in the file is told.
        let mut misfits: Vec<(Misfit, &Column)> = Vec::new();
        for (builder, column) in builders.iter_mut().zip(&wanted) {
            misfits.extend(builder.take(&lines).err().map(|misfit| (misfit, *column)));
        }
        if let Some((misfit, column)) = misfits.iter().min_by_key(|(misfit, _)| misfit.line) {
            return Err(explain(misfit, &lines, block, column));
        }
        n_rows += lines.n_lines();
    }
    let arrays = builders.into_iter().map(Builder::finish).collect::<Result<Vec<_>>>()?;
    let fields: Vec<Column> = wanted.into_iter().cloned().collect();
    let shape = RecordBatchOptions::new().with_row_count(Some(n_rows));
    let batch = RecordBatch::try_new_with_options(Arc::new(schema(&fields)), arrays, &shape)
        .map_err(|error| error!("cannot put the columns of '{}' together: {error}", block.path))?;
    Ok(Table { batch, warnings: std::mem::take(&mut lines.warnings) })
}

/// From so many bytes on a part of a block is worth being handed to another worker.
const PART: u64 = 1 << 20;

/// Reads the rows of a block in parts, one after the other in the file, that idle workers help to read.
pub fn read_parts(
    block: &Block,
    layout: &Layout,
    projection: Option<&[usize]>,
    limit: Option<usize>,
    crew: Crew<'_>,
) -> Result<Vec<Table>> {
    let whole = || Ok(vec![read_block(block, layout, projection, limit)?]);
    let column = |at: &usize| &layout.columns[*at].content;
    let all: Vec<usize> = (0..layout.columns.len()).collect();
    // Categories are those of a partition.
    let categories = projection.unwrap_or(&all).iter().any(|at| matches!(column(at), Content::Category));
    let simple = !block.packed && block.skip.is_empty() && limit.or(layout.options.nrows).is_none() && !categories;
    // Twice as many as hands, because one may come late.
    let n_parts = if simple { (block.n_bytes() / PART).min(2 * crew.size() as u64) } else { 1 };
    if n_parts < 2 || crew.size() < 2 {
        return whole();
    }
    let mut parts: Vec<Block> = Vec::new();
    let mut start = block.start;
    for part in 1..=n_parts {
        let cut = block.start + (block.end - block.start) / n_parts * part;
        let end = match part == n_parts {
            true => block.end,
            false => line_start(block, cut, start, layout.n_fields, &layout.options)?,
        };
        if end > start {
            parts.push(Block { start, end, ..block.clone() });
        }
        start = end;
    }
    let tables = crew.map(parts, |part| read_block(&part, layout, projection, None));
    let tables = tables.map_err(|_| Error::new(Kind::KeyboardInterrupt, ""))?;
    // A part with an error may have been cut where no line begins. Read as a whole the block says what it is.
    match tables.into_iter().collect::<Result<Vec<_>>>() {
        Ok(tables) => Ok(tables),
        Err(_) => whole(),
    }
}

fn explain(misfit: &Misfit, lines: &Lines, block: &Block, column: &Column) -> Error {
    let line = match lines.number(misfit.line) {
        Ok(line) => line,
        Err(error) => return error,
    };
    let (path, name, dtype) = (&block.path, &column.name, &column.dtype);
    if misfit.undecodable {
        return error!(UnicodeDecodeError: "column '{name}' in line {line} of '{path}' is not UTF-8: {:?}", misfit.value.as_deref().unwrap_or("");
            hint: "`encoding=\"latin-1\"` reads one letter from each byte");
    }
    let value = match misfit.value.as_deref() {
        None | Some("") => "nothing".to_string(),
        Some(value) => format!("{:?}", value.chars().take(80).collect::<String>()),
    };
    let error = error!(ValueError: "column '{name}' in line {line} of '{path}': expected {dtype}, got {value}");
    error.hint(hint(column, misfit.value.as_deref()))
}
