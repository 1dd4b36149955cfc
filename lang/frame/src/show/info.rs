//! `df.info()`: columns with their dtypes and how many values are there.

use std::collections::BTreeMap;

use super::cells::width_of;
use super::index::{class_name, item_texts};
use super::labels::texts;
use super::objects::escaped;
use super::values::{FrameView, Labels, Values};

/// More columns are only counted.
const MOST_COLUMNS: usize = 100;
/// In a frame with more rows the values that are there are not counted.
const MOST_ROWS: usize = 1_690_785;

/// What `info()` prints, with a line end behind it. `memory` is how many bytes the frame takes, and whether it may be more.
pub fn info(frame: &FrameView, memory: Option<(u64, bool)>) -> String {
    let mut lines = vec!["<class 'pandas.DataFrame'>".to_string(), labels_line(&frame.labels, frame.n_rows)];
    let n_columns = frame.columns.len();
    if n_columns == 0 {
        lines.push("Empty DataFrame\n".to_string());
        return lines.join("\n") + "\n";
    }
    let names: Vec<String> = frame.columns.iter().map(|column| column_name(&column.label)).collect();
    if n_columns > MOST_COLUMNS {
        lines.push(format!("Columns: {n_columns} entries, {} to {}", names[0], names[n_columns - 1]));
    } else {
        lines.push(format!("Data columns (total {n_columns} columns):"));
        lines.extend(column_lines(frame, &names));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    frame.columns.iter().for_each(|column| *counts.entry(&column.values.dtype).or_default() += 1);
    let counts: Vec<String> = counts.iter().map(|(dtype, count)| format!("{dtype}({count})")).collect();
    lines.push(format!("dtypes: {}", counts.join(", ")));
    lines.extend(memory.map(|(bytes, is_more)| format!("memory usage: {}", memory_text(bytes, is_more))));
    lines.join("\n") + "\n"
}

fn column_name(label: &[String]) -> String {
    match label {
        [only] => escaped(only),
        levels => format!("({})", levels.join(", ")),
    }
}

fn column_lines(frame: &FrameView, names: &[String]) -> Vec<String> {
    let mut columns: Vec<Vec<String>> = vec![
        (0..names.len()).map(|number| format!(" {number}")).collect(),
        names.to_vec(),
        frame.columns.iter().map(|column| format!("{} non-null", column.values.n_present())).collect(),
        frame.columns.iter().map(|column| column.values.dtype.clone()).collect(),
    ];
    let mut heads = vec![" # ", "Column", "Non-Null Count", "Dtype"];
    if frame.n_rows > MOST_ROWS {
        columns.remove(2);
        heads.remove(2);
    }
    for (column, head) in columns.iter_mut().zip(heads) {
        column.insert(0, head.to_string());
        column.insert(1, "-".repeat(head.len()));
        let width = column.iter().map(|text| width_of(text)).max().unwrap_or(0);
        column.iter_mut().for_each(|text| text.push_str(&" ".repeat(width - width_of(text))));
    }
    let line = |at: usize| columns.iter().map(|column| column[at].clone()).collect::<Vec<_>>().join("  ");
    (0..names.len() + 2).map(line).collect()
}

fn labels_line(labels: &Labels, n_rows: usize) -> String {
    let (class, ends) = match labels {
        Labels::Range { start, step, .. } => {
            let last = i128::from(*start) + (n_rows as i128 - 1) * i128::from(*step);
            ("RangeIndex", (n_rows > 0).then(|| (start.to_string(), last.to_string())))
        }
        Labels::Levels { levels, .. } => {
            let (class, text): (_, fn(&Values) -> Vec<String>) = match &levels[..] {
                [level] => (class_name(&level.values), |values| texts(&values.ends(1, 1))),
                _ => ("MultiIndex", |values| item_texts(values, Some(1))),
            };
            let shown: Vec<Vec<String>> = levels.iter().map(|level| text(&level.values)).collect();
            let label = |at: fn(&Vec<String>) -> Option<&String>| -> String {
                let items: Vec<String> = shown.iter().filter_map(at).map(|text| text.trim().to_string()).collect();
                column_name(&items)
            };
            (class, (n_rows > 0).then(|| (label(|texts| texts.first()), label(|texts| texts.last()))))
        }
    };
    let ends = ends.map_or(String::new(), |(first, last)| format!(", {first} to {last}"));
    format!("{class}: {n_rows} entries{ends}")
}

fn memory_text(bytes: u64, is_more: bool) -> String {
    let mut size = bytes as f64;
    let more = if is_more { "+" } else { "" };
    for unit in ["bytes", "KB", "MB", "GB", "TB"] {
        if size < 1024.0 {
            return format!("{size:.1}{more} {unit}");
        }
        size /= 1024.0;
    }
    format!("{size:.1}{more} PB")
}
