//! A frame as a table.

use rdk_summary::{Table, TableColumn, TableRow};

use super::cells::cells;
use super::labels::row_labels;
use super::rows::kept_rows;
use super::values::{Column, FrameView};

/// Of a frame with more columns, only so many at either end are shown, however wide the place.
const MOST_COLUMNS: usize = 100;

/// The frame as a table: all of its columns, if there are not very many, and its first and last rows.
pub fn table(frame: &FrameView) -> Table {
    let kept = kept_rows(frame.n_rows);
    let n_columns = frame.columns.len();
    let column_gap = (n_columns > 2 * MOST_COLUMNS).then_some(MOST_COLUMNS);
    let shown: Vec<&Column> = match column_gap {
        Some(gap) => frame.columns[..gap].iter().chain(&frame.columns[n_columns - gap..]).collect(),
        None => frame.columns.iter().collect(),
    };
    let columns: Vec<Vec<String>> = shown
        .iter()
        .map(|column| match kept {
            Some(kept) => cells(&column.values.ends(kept, kept)),
            None => cells(&column.values),
        })
        .collect();
    let labels = row_labels(&frame.labels, frame.n_rows, kept);
    let row = |(at, label): (usize, Vec<String>)| TableRow {
        label,
        cells: columns.iter().map(|column| column.get(at).cloned().unwrap_or_default()).collect(),
    };
    let width = |(level, plain): (usize, &bool)| match *plain && frame.n_rows > 0 {
        true => shown.iter().filter_map(|column| column.label.get(level)).map(String::len).max().unwrap_or(0),
        false => 0,
    };
    let widths: Vec<usize> = frame.plain_labels.iter().enumerate().map(width).collect();
    let head = |column: &&Column| {
        let filled = |(level, text): (usize, &String)| {
            let width = widths.get(level).copied().unwrap_or(0);
            format!("{text:<width$}")
        };
        TableColumn {
            label: column.label.iter().enumerate().map(filled).collect(),
            is_numeric: column.values.is_numeric(),
        }
    };
    Table {
        title: None,
        label_names: frame.labels.names(),
        column_names: frame.column_names.clone(),
        columns: shown.iter().map(head).collect(),
        rows: labels.into_iter().enumerate().map(row).collect(),
        row_gap: kept,
        column_gap,
        size: Some((frame.n_rows, n_columns)),
        footer: None,
    }
}
