//! Rows under heads, drawn for a page as in a pandas notebook.

use std::fmt::Write;

use crate::Table;
use crate::html::TABLE_STYLE;
use crate::spans::{DOTS, spans, with_gap};
use crate::svg::escaped;
use crate::table_text::{NOTEBOOK_COLUMNS, shown_cell};

/// Cells keep their blanks; outer labels stand at the top of their group, and over its left column.
const STYLE: &str = "\
.rdk-show .rdk-table td,.rdk-show .rdk-table th{white-space:pre}\
.rdk-show .rdk-table tbody th{vertical-align:top}\
.rdk-show .rdk-table thead th[colspan]{text-align:left}";

/// Which columns are drawn: some from the left, perhaps dots, and the rest from the right.
struct Shown {
    columns: Vec<usize>,
    gap: Option<usize>,
}

/// The table as HTML.
pub(crate) fn draw(table: &Table) -> String {
    let mut page = format!("<div class=\"rdk-show\">\n<style>{TABLE_STYLE}{STYLE}</style>\n");
    if let Some(title) = &table.title {
        let _ = writeln!(page, "<div><strong>{}</strong></div>", escaped(title));
    }
    let n_labels = table.rows.iter().map(|row| row.label.len()).max().unwrap_or(1).max(table.label_names.len()).max(1);
    let shown = shown(table);
    page.push_str("<table class=\"dataframe rdk-table\">\n<thead>\n");
    draw_column_labels(&mut page, table, &shown, n_labels);
    if table.label_names.iter().any(Option::is_some) {
        page.push_str("<tr>");
        for level in 0..n_labels {
            cell(&mut page, "th", name(&table.label_names, level), (1, 1));
        }
        for _ in 0..shown.columns.len() + usize::from(shown.gap.is_some()) {
            cell(&mut page, "th", "", (1, 1));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</thead>\n<tbody>\n");
    draw_rows(&mut page, table, &shown, n_labels);
    page.push_str("</tbody>\n</table>\n");
    if let Some((n_rows, n_columns)) = table.size.filter(|_| shown.gap.is_some() || table.row_gap.is_some()) {
        let _ = writeln!(page, "<p>{n_rows} rows × {n_columns} columns</p>");
    }
    if let Some(footer) = &table.footer {
        let _ = writeln!(page, "<div>{}</div>", escaped(footer));
    }
    page.push_str("</div>\n");
    page
}

fn shown(table: &Table) -> Shown {
    let n = table.columns.len();
    if table.size.is_some() && n > NOTEBOOK_COLUMNS {
        let each = NOTEBOOK_COLUMNS / 2;
        return Shown { columns: (0..each).chain(n - each..n).collect(), gap: Some(each) };
    }
    Shown { columns: (0..n).collect(), gap: table.column_gap.map(|gap| gap.min(n)) }
}

fn name(names: &[Option<String>], level: usize) -> &str {
    names.get(level).and_then(Option::as_deref).unwrap_or_default()
}

/// One cell that reaches over so many rows and columns.
fn cell(page: &mut String, tag: &str, text: &str, (n_rows, n_columns): (usize, usize)) {
    let _ = write!(page, "<{tag}");
    if n_rows > 1 {
        let _ = write!(page, " rowspan=\"{n_rows}\"");
    }
    if n_columns > 1 {
        let _ = write!(page, " colspan=\"{n_columns}\"");
    }
    let _ = write!(page, ">{}</{tag}>", escaped(text.trim()));
}

fn draw_column_labels(page: &mut String, table: &Table, shown: &Shown, n_labels: usize) {
    let n_levels = table.columns.iter().map(|column| column.label.len()).max().unwrap_or(1).max(1);
    let labels: Vec<&[String]> = shown.columns.iter().map(|&at| &table.columns[at].label[..]).collect();
    let labels = with_gap(&labels, shown.gap, n_levels);
    let spans = spans(&labels);
    for level in 0..n_levels {
        page.push_str("<tr>");
        for _ in 1..n_labels {
            cell(page, "th", "", (1, 1));
        }
        cell(page, "th", name(&table.column_names, level), (1, 1));
        for (label, spans) in labels.iter().zip(&spans).filter(|(_, spans)| spans[level] > 0) {
            cell(page, "th", &label[level], (1, spans[level]));
        }
        page.push_str("</tr>\n");
    }
}

fn draw_rows(page: &mut String, table: &Table, shown: &Shown, n_labels: usize) {
    let rows: Vec<&[String]> = table.rows.iter().map(|row| &row.label[..]).collect();
    let gap = table.row_gap.map(|gap| gap.min(rows.len()));
    let labels = with_gap(&rows, gap, n_labels);
    let spans = spans(&labels);
    for (line, (label, spans)) in labels.iter().zip(&spans).enumerate() {
        page.push_str("<tr>");
        for (text, &span) in label.iter().zip(spans).filter(|(_, span)| **span > 0) {
            cell(page, "th", text, (span, 1));
        }
        let row = match gap {
            Some(gap) if line == gap => None,
            Some(gap) if line > gap => table.rows.get(line - 1),
            Some(_) | None => table.rows.get(line),
        };
        for (place, &at) in shown.columns.iter().enumerate() {
            if shown.gap == Some(place) {
                cell(page, "td", DOTS, (1, 1));
            }
            let text = row.map_or(DOTS, |row| row.cells.get(at).map_or("", String::as_str));
            cell(page, "td", &shown_cell(text), (1, 1));
        }
        if shown.gap == Some(shown.columns.len()) {
            cell(page, "td", DOTS, (1, 1));
        }
        page.push_str("</tr>\n");
    }
}
