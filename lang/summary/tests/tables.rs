//! What tables look like in a terminal, to the letter; the drawings are those of pandas and Dask.

use rdk_summary::text::{TextOptions, draw, draw_folded};
use rdk_summary::{Summary, Table, TableColumn, TableRow};

/// A table in a few words: lines of cells between `|`, the first of them the labels of the columns, levels between `/`.
fn table(text: &str) -> Table {
    let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().to_string()).collect() };
    let levels = |text: &String| -> Vec<String> { text.split('/').map(str::to_string).collect() };
    let mut lines = text.trim().lines().map(cells);
    let columns = lines.next().unwrap_or_default();
    let columns = columns[1..].iter().map(|label| TableColumn { label: levels(label), is_numeric: label.len() < 6 });
    let columns: Vec<TableColumn> = columns.collect();
    let rows: Vec<TableRow> = lines
        .map(|cells| TableRow {
            label: levels(&cells[0]),
            cells: cells[1..]
                .iter()
                .map(|cell| if cell.starts_with('-') { cell.clone() } else { format!(" {cell}") })
                .collect(),
        })
        .collect();
    Table { size: Some((rows.len(), columns.len())), columns, rows, ..Table::default() }
}

fn check(table: &Table, width: usize, expected: &str) {
    let options = TextOptions { width, ..TextOptions::default() };
    let drawn = draw(&Summary::Table(table.clone()), &options);
    let expected = expected.trim_start_matches('\n');
    assert!(drawn == expected, "drawn:\n{drawn}\nexpected:\n{expected}");
}

#[test]
fn cells_are_flush_right_and_labels_flush_left() {
    let mut small = table("| a | b |\n x | 1.0 | 日本 |\n long | -2.5 | a |");
    small.columns.truncate(2);
    small.size = Some((2, 2));
    check(
        &small,
        80,
        "
        a     b
x     1.0  日本
long -2.5     a",
    );
    small.label_names = vec![Some("key".to_string())];
    check(&small, 80, &["        a     b", "key            ", "x     1.0  日本", "long -2.5     a"].join("\n"));
    let ascii = draw(&Summary::Table(small), &TextOptions { unicode: false, ..TextOptions::default() });
    assert!(ascii.contains("x     1.0  ????"), "{ascii}");
}

#[test]
fn rows_that_are_missing_are_dots_and_a_size() {
    let mut long = table("| a | name__ \n 0 | 1 | Mary \n 99 | 2 | Anna");
    long.row_gap = Some(1);
    long.size = Some((100, 2));
    check(
        &long,
        80,
        "
    a name__
0   1   Mary
.. ..    ...
99  2   Anna

[100 rows x 2 columns]",
    );
}

#[test]
fn outer_labels_are_not_repeated() {
    let levels = table("| x/mean | x/sum | y/sum \n a/1 | 1 | 2 | 3 \n a/2 | 4 | 5 | 6 \n b/1 | 7 | 8 | 9");
    check(
        &levels,
        80,
        "
       x       y
    mean sum sum
a 1    1   2   3
  2    4   5   6
b 1    7   8   9",
    );
}

#[test]
fn what_is_too_wide_is_cut_or_folded() {
    let wide = table("| a | b | c | d | e | f \n 0 | 1000 | 2000 | 3000 | 4000 | 5000 | 6000");
    check(&wide, 80, "\n      a     b     c     d     e     f\n0  1000  2000  3000  4000  5000  6000");
    check(&wide, 30, "\n      a  ...     f\n0  1000  ...  6000\n\n[1 rows x 6 columns]");
    let folded = draw_folded(&Summary::Table(wide.clone()), &TextOptions { width: 30, ..TextOptions::default() });
    let expected =
        ["      a     b     c     d  \\", "0  1000  2000  3000  4000   ", "", "      e     f  ", "0  5000  6000  "];
    assert!(folded == expected.join("\n"), "drawn:\n{folded}");
    // Where no size is known, nothing is cut.
    check(
        &Table { size: None, ..wide },
        30,
        "\n      a     b     c     d     e     f\n0  1000  2000  3000  4000  5000  6000",
    );
}

#[test]
fn a_structure_has_a_title_and_a_name() {
    let mut structure = table("| a \n  | int64 \n  | ...");
    structure.columns[0].is_numeric = false;
    structure.title = Some("Dask DataFrame Structure:".to_string());
    structure.label_names = vec![Some("npartitions=1".to_string())];
    structure.footer = Some("Dask Name: read_csv, 1 expression".to_string());
    structure.size = None;
    check(
        &structure,
        80,
        &[
            "Dask DataFrame Structure:",
            "                   a",
            "npartitions=1       ",
            "               int64",
            "                 ...",
            "Dask Name: read_csv, 1 expression",
        ]
        .join("\n"),
    );
}

#[test]
fn without_cells_the_labels_are_said() {
    check(&table("| a | b"), 80, "Empty DataFrame\nColumns: [a, b]\nIndex: []");
    check(&Table { size: Some((0, 0)), ..Table::default() }, 80, "Empty DataFrame\nColumns: []\nIndex: []");
}
