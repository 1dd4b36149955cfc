//! What a lazy frame or series shows of itself: its partitions and dtypes, and no data.

use rdk_summary::{Table, TableColumn, TableRow};

use super::labels::texts;
use super::series::lines;
use super::values::Values;

/// More partitions are cut to two at either end.
const MOST_ROWS: usize = 5;
const KEPT_ROWS: usize = 2;

/// A lazy frame: the labels of its columns with their dtypes, where its partitions begin, if that is known, and the last
/// operation with the number of expressions that lead to it.
pub fn frame_structure(
    columns: &[(Vec<String>, String)],
    n_partitions: usize,
    divisions: Option<&Values>,
    name: &str,
    n_expressions: usize,
) -> Table {
    let (labels, gap) = labels(n_partitions, divisions);
    let row = |(at, label): (usize, String)| TableRow {
        label: vec![label],
        cells: columns.iter().map(|(_, dtype)| format!(" {}", if at == 0 { dtype } else { "..." })).collect(),
    };
    let empty = if columns.is_empty() { "Empty " } else { "" };
    Table {
        title: Some(format!("{empty}Dask DataFrame Structure:")),
        label_names: vec![Some(format!("npartitions={n_partitions}"))],
        column_names: Vec::new(),
        columns: columns.iter().map(|(label, _)| TableColumn { label: label.clone(), is_numeric: false }).collect(),
        rows: labels.into_iter().enumerate().map(row).collect(),
        row_gap: gap,
        column_gap: None,
        size: None,
        footer: Some(footer(name, n_expressions)),
    }
}

/// A lazy series, in the same manner.
pub fn series_structure(
    dtype: &str,
    n_partitions: usize,
    divisions: Option<&Values>,
    name: &str,
    n_expressions: usize,
) -> String {
    let (labels, gap) = labels(n_partitions, divisions);
    let values = (0..labels.len()).map(|at| format!(" {}", if at == 0 { dtype } else { "..." })).collect();
    let labels: Vec<Vec<String>> = labels.into_iter().map(|label| vec![label]).collect();
    let (head, lines) = lines(&[Some(format!("npartitions={n_partitions}"))], &labels, values, gap);
    let head = head.unwrap_or_default();
    format!("Dask Series Structure:\n{head}\n{}\n{}", lines.join("\n"), footer(name, n_expressions))
}

fn footer(name: &str, n_expressions: usize) -> String {
    format!("Dask Name: {name}, {n_expressions} expression{}", if n_expressions == 1 { "" } else { "s" })
}

/// Where the partitions begin and the last one ends, cut if they are many.
fn labels(n_partitions: usize, divisions: Option<&Values>) -> (Vec<String>, Option<usize>) {
    let n_rows = n_partitions + 1;
    let gap = (n_rows > MOST_ROWS).then_some(KEPT_ROWS);
    let texts = match (divisions, gap) {
        (Some(divisions), Some(kept)) => texts(&divisions.ends(kept, kept)),
        (Some(divisions), None) => texts(divisions),
        (None, gap) => vec![String::new(); gap.map_or(n_rows, |kept| 2 * kept)],
    };
    (texts, gap)
}
