//! Rows under heads, drawn for a terminal as pandas prints them: every column flush right, two blanks between.

use crate::Table;
use crate::canvas::width_of;
use crate::text::TextOptions;

/// The table as text, without a line end behind it.
pub fn draw(table: &Table, _: &TextOptions) -> String {
    let n_levels = table.rows.iter().map(|row| row.label.len()).max().unwrap_or(1).max(1);
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut head = vec![String::new(); n_levels];
    head.extend(table.columns.iter().map(|column| column.label.join(" ")));
    lines.push(head);
    if table.label_names.iter().any(Option::is_some) {
        let names = (0..n_levels).map(|level| table.label_names.get(level).cloned().flatten().unwrap_or_default());
        lines.push(names.chain(table.columns.iter().map(|_| String::new())).collect());
    }
    for row in &table.rows {
        let labels = (0..n_levels).map(|level| row.label.get(level).cloned().unwrap_or_default());
        lines.push(labels.chain(row.cells.iter().cloned()).collect());
    }
    let n_columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|cell| width_of(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..n_columns).map(width).collect();
    let mut text: Vec<String> = table.title.iter().cloned().collect();
    for line in &lines {
        let mut drawn = String::new();
        for (at, cell) in line.iter().enumerate() {
            let pad = " ".repeat(widths[at] - width_of(cell));
            let gap = if at == 0 { "" } else { "  " };
            drawn += &if at < n_levels { format!("{gap}{cell}{pad}") } else { format!("{gap}{pad}{cell}") };
        }
        text.push(drawn.trim_end().to_string());
    }
    text.extend(table.footer.iter().flat_map(|footer| [String::new(), footer.clone()]));
    text.join("\n")
}
