//! Rows under heads, drawn for a terminal to the letter as pandas prints them.
//!
//! ```text
//!        a    b      row labels flush left, cells flush right, a place for the sign before numbers;
//! x    1.0  foo      too wide for the line: the columns in the middle give way to `...`,
//! yy  -2.5  bar      or, in a notebook, the table goes on below
//! ```

use crate::canvas::{one_line, plain_text, width_of};
use crate::spans::{DOTS, spans, with_gap};
use crate::text::TextOptions;
use crate::{Table, TableColumn};

/// What happens to a table that is wider than the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wide {
    /// Columns in its middle are left out, as at a prompt.
    Cut,
    /// It goes on below, as in a notebook.
    Fold,
}

/// A longer cell or row label is cut.
const CELL_WIDTH: usize = 50;
/// A notebook shows no more columns.
pub(crate) const NOTEBOOK_COLUMNS: usize = 20;

/// The table as text, without a line end behind it.
pub(crate) fn draw(table: &Table, options: &TextOptions, wide: Wide) -> String {
    let mut text: Vec<String> = table.title.iter().map(|title| one_line(title)).collect();
    if table.rows.is_empty() || table.columns.is_empty() {
        text.push(empty(table));
    } else {
        let (body, is_cut) = body(table, options, wide);
        text.push(body);
        if let Some((n_rows, n_columns)) = table.size.filter(|_| is_cut || table.row_gap.is_some()) {
            text.push(format!("\n[{n_rows} rows x {n_columns} columns]"));
        }
    }
    text.extend(table.footer.iter().map(|footer| one_line(footer)));
    let text = text.join("\n");
    if options.unicode { text } else { plain_text(&text) }
}

/// A table without cells says what its labels are.
fn empty(table: &Table) -> String {
    let columns: Vec<&[String]> = table.columns.iter().map(|column| &column.label[..]).collect();
    let rows: Vec<&[String]> = table.rows.iter().map(|row| &row.label[..]).collect();
    let (columns, rows) = (listed(&columns, table.column_gap), listed(&rows, table.row_gap));
    match table.title {
        Some(_) => format!("Columns: {columns}\nDivisions: {rows}"),
        None => format!("Empty DataFrame\nColumns: {columns}\nIndex: {rows}"),
    }
}

fn listed(labels: &[&[String]], gap: Option<usize>) -> String {
    let label = |label: &&[String]| match label {
        [only] => one_line(only),
        levels => format!("({})", levels.iter().map(|level| one_line(level)).collect::<Vec<_>>().join(", ")),
    };
    let mut texts: Vec<String> = labels.iter().map(label).collect();
    if let Some(gap) = gap {
        texts.insert(gap.min(texts.len()), DOTS.to_string());
    }
    format!("[{}]", texts.join(", "))
}

/// Texts below each other, all of the same number of lines.
type Strip = Vec<String>;

/// The lines under the title, and whether columns are missing in them.
fn body(table: &Table, options: &TextOptions, wide: Wide) -> (String, bool) {
    let n_column_levels = table.columns.iter().map(|column| column.label.len()).max().unwrap_or(1).max(1);
    let labels = label_strip(table, n_column_levels);
    let labels_width = widest(&labels);
    let mut strips: Vec<Strip> = column_strips(table, n_column_levels);
    let hidden = table.column_gap.map(|gap| gap.min(strips.len()));
    match (wide, table.size) {
        (_, None) => (adjoined(std::iter::once(&labels).chain(&with_dots(&strips, hidden, hidden))), hidden.is_some()),
        (Wide::Fold, Some(_)) => {
            let (left, right) = match hidden {
                _ if strips.len() > NOTEBOOK_COLUMNS => {
                    (Some(NOTEBOOK_COLUMNS / 2), Some(strips.len() - NOTEBOOK_COLUMNS / 2))
                }
                gap => (gap, gap),
            };
            strips = with_dots(&strips, left, right);
            (folded(&labels, &strips, options.width.saturating_sub(labels_width + 1)), left.is_some())
        }
        (Wide::Cut, Some(_)) => {
            let cut = fitted(labels_width, &strips, options.width, hidden.is_some());
            let (left, right) = match cut {
                Some(each) => (Some(each), Some(strips.len() - each)),
                None => (hidden, hidden),
            };
            strips = with_dots(&strips, left, right);
            (adjoined(std::iter::once(&labels).chain(&strips)), left.is_some())
        }
    }
}

/// The row labels with their names above and the names of the column levels above these.
fn label_strip(table: &Table, n_column_levels: usize) -> Strip {
    let has_names = table.label_names.iter().any(Option::is_some);
    let n_levels = table.rows.iter().map(|row| row.label.len()).max().unwrap_or(1).max(table.label_names.len()).max(1);
    let rows: Vec<&[String]> = table.rows.iter().map(|row| &row.label[..]).collect();
    let labels = with_gap(&rows, None, n_levels);
    let spans = spans(&labels);
    let mut levels: Vec<Strip> = Vec::with_capacity(n_levels);
    for level in 0..n_levels {
        let mut strip: Strip = Vec::new();
        if has_names {
            strip.push(name(&table.label_names, level));
        }
        let shown = labels.iter().zip(&spans);
        strip.extend(
            shown.map(|(label, spans)| if spans[level] == 0 { String::new() } else { one_line(&label[level]) }),
        );
        let width = cut(&mut strip, 0);
        strip.iter_mut().for_each(|text| pad_right(text, width));
        levels.push(strip);
    }
    let mut strip: Strip = (0..n_column_levels).map(|level| name(&table.column_names, level)).collect();
    strip.extend(adjoined(&levels).split('\n').map(str::to_string));
    if let Some(gap) = table.row_gap {
        let width = strip.last().map_or(0, |last| width_of(last));
        let mut dots = dots(width, false).to_string();
        pad_right(&mut dots, width);
        let head = n_column_levels + usize::from(has_names);
        strip.insert((head + gap).min(strip.len()), dots);
    }
    strip
}

fn name(names: &[Option<String>], level: usize) -> String {
    names.get(level).cloned().flatten().map_or_else(String::new, |name| one_line(&name))
}

fn dots(width: usize, always: bool) -> &'static str {
    if width > 3 || always { DOTS } else { ".." }
}

/// Each column with its labels above its cells, all flush right.
fn column_strips(table: &Table, n_levels: usize) -> Vec<Strip> {
    let has_names = table.label_names.iter().any(Option::is_some);
    let columns: Vec<&[String]> = table.columns.iter().map(|column| &column.label[..]).collect();
    let labels = with_gap(&columns, None, n_levels);
    let spans = spans(&labels);
    let strip = |(at, column): (usize, &TableColumn)| {
        let mut head: Strip = Vec::with_capacity(n_levels + 1);
        for level in 0..n_levels {
            let blank = if n_levels == 1 && column.is_numeric { " " } else { "" };
            let is_drawn = spans[at][level] > 0;
            head.push(if is_drawn { format!("{blank}{}", one_line(&labels[at][level])) } else { String::new() });
        }
        if has_names {
            head.push(String::new());
        }
        let cell = |row: &crate::TableRow| row.cells.get(at).map_or_else(String::new, |cell| one_line(cell));
        let mut cells: Strip = table.rows.iter().map(cell).collect();
        let head_width = widest(&head);
        let width = cut(&mut cells, head_width);
        cells.iter_mut().for_each(|text| pad_left(text, width));
        if let Some(gap) = table.row_gap {
            let mut dots = dots(width, false).to_string();
            pad_left(&mut dots, width);
            cells.insert(gap.min(cells.len()), dots);
        }
        let width = width.max(head_width);
        head.iter_mut().for_each(|text| pad_left(text, width));
        head.extend(cells);
        head
    };
    table.columns.iter().enumerate().map(strip).collect()
}

/// Cuts texts that are too long. Answers how wide all of them are to be, at least `least` where that is allowed.
fn cut(texts: &mut [String], least: usize) -> usize {
    let width = texts.iter().map(|text| width_of(text)).max().unwrap_or(0).max(least).min(CELL_WIDTH);
    texts.iter_mut().for_each(|text| *text = at_most(text, width));
    width
}

/// A cell as it is shown where there is no line to fit into.
pub(crate) fn shown_cell(text: &str) -> String {
    at_most(text, CELL_WIDTH)
}

fn at_most(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_string();
    }
    let mut left = width.saturating_sub(DOTS.len());
    let kept = text.chars().take_while(|letter| {
        let needed = width_of(letter.encode_utf8(&mut [0; 4]));
        let fits = needed <= left;
        left = left.saturating_sub(needed);
        fits
    });
    kept.chain(DOTS.chars()).collect()
}

/// The strips with one of dots in place of those from `left` to `right`.
fn with_dots(strips: &[Strip], left: Option<usize>, right: Option<usize>) -> Vec<Strip> {
    let (Some(left), Some(right)) = (left, right) else { return strips.to_vec() };
    let n_lines = strips.first().map_or(0, Vec::len);
    let dots = vec![format!(" {DOTS}"); n_lines];
    strips[..left].iter().cloned().chain([dots]).chain(strips[right..].iter().cloned()).collect()
}

/// How many columns are left on each side of the dots when the table is cut to the line; none if it fits.
///
/// Columns are taken from the middle, wherever these are wide or not, and the row labels count as one of them.
fn fitted(labels_width: usize, strips: &[Strip], width: usize, is_cut: bool) -> Option<usize> {
    let mut widths: Vec<usize> = std::iter::once(labels_width).chain(strips.iter().map(widest)).collect();
    let total: usize = widths.iter().sum::<usize>() + widths.len() - 1;
    let dots = DOTS.len() + 2;
    let total = if is_cut { total + dots } else { total };
    if total < width {
        return None;
    }
    let mut excess = (total - width + 1 + if is_cut { 0 } else { dots }) as i64;
    while excess > 0 && widths.len() > 1 {
        let half = widths.len() / 2;
        // A half is rounded to the even neighbour.
        let middle = if widths.len() % 2 == 1 && half % 2 == 1 { half + 1 } else { half };
        excess -= widths.remove(middle.min(widths.len() - 1)) as i64 + 1;
    }
    let n_left = (widths.len() - 1).max(2);
    (n_left < strips.len()).then_some(n_left / 2)
}

/// The columns in blocks of at most `width`, each with the row labels, one below the other.
fn folded(labels: &Strip, strips: &[Strip], width: usize) -> String {
    let mut ends = Vec::new();
    let mut used = 0;
    for (at, strip) in strips.iter().enumerate() {
        let own = widest(strip) + 1;
        used += own;
        let behind = if at + 1 == strips.len() { 1 } else { 2 };
        if used + behind > width && at > 0 {
            ends.push(at);
            used = own;
        }
    }
    ends.push(strips.len());
    let n_lines = labels.len();
    let mut blocks = Vec::with_capacity(ends.len());
    let mut start = 0;
    for (block, &end) in ends.iter().enumerate() {
        let mut last: Option<Strip> = None;
        if ends.len() > 1 {
            last = Some(match block + 1 < ends.len() {
                true => {
                    std::iter::once(" \\").chain(std::iter::repeat_n("  ", n_lines - 1)).map(String::from).collect()
                }
                false => vec![" ".to_string(); n_lines],
            });
        }
        blocks.push(adjoined(std::iter::once(labels).chain(&strips[start..end]).chain(&last)));
        start = end;
    }
    blocks.join("\n\n")
}

/// Strips side by side with a blank between.
fn adjoined<'a>(strips: impl IntoIterator<Item = &'a Strip>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (at, strip) in strips.into_iter().enumerate() {
        let width = widest(strip);
        lines.resize(lines.len().max(strip.len()), String::new());
        for (line, text) in lines.iter_mut().zip(strip) {
            if at > 0 {
                line.push(' ');
            }
            let mut text = text.clone();
            pad_right(&mut text, width);
            line.push_str(&text);
        }
    }
    lines.join("\n")
}

fn widest(strip: &Strip) -> usize {
    strip.iter().map(|text| width_of(text)).max().unwrap_or(0)
}

fn pad_left(text: &mut String, width: usize) {
    text.insert_str(0, &" ".repeat(width.saturating_sub(width_of(text))));
}

fn pad_right(text: &mut String, width: usize) {
    text.push_str(&" ".repeat(width.saturating_sub(width_of(text))));
}
