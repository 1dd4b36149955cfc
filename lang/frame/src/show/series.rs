//! A series as text.

use super::cells::{cells, flush_right, width_of};
use super::index::categories_line;
use super::labels::row_labels;
use super::objects::escaped;
use super::rows::kept_rows;
use super::values::{Labels, SeriesView};

/// The series as pandas prints it.
pub fn series_text(series: &SeriesView) -> String {
    let kept = kept_rows(series.n_rows);
    let footer = footer(series, kept.is_some());
    if series.n_rows == 0 {
        return format!("Series([], {footer})");
    }
    let values = match kept {
        Some(kept) => cells(&series.values.ends(kept, kept)),
        None => cells(&series.values),
    };
    let labels = row_labels(&series.labels, series.n_rows, kept);
    let (head, lines) = lines(&series.labels.names(), &labels, values, kept);
    let head = head.map(|head| head + "\n").unwrap_or_default();
    format!("{head}{}\n{footer}", lines.join("\n"))
}

/// What stands above the values, if levels have names, and a line a row.
pub(super) fn lines(
    names: &[Option<String>],
    labels: &[Vec<String>],
    values: Vec<String>,
    gap: Option<usize>,
) -> (Option<String>, Vec<String>) {
    let n_levels = names.len().max(1);
    let has_names = names.iter().any(Option::is_some);
    let name = |level: usize| names.get(level).cloned().flatten().map_or_else(String::new, |name| escaped(&name));
    // Outer labels that repeat are left out.
    let mut texts: Vec<Vec<String>> = vec![(0..n_levels).map(name).collect()];
    for (row, label) in labels.iter().enumerate() {
        let before = row.checked_sub(1).and_then(|row| labels.get(row));
        let mut is_same = true;
        let shown = label.iter().enumerate().map(|(level, text)| {
            is_same &= level + 1 < n_levels && before.and_then(|before| before.get(level)) == Some(text);
            if is_same { String::new() } else { text.clone() }
        });
        texts.push(shown.collect());
    }
    let widths: Vec<usize> = (0..n_levels)
        .map(|level| texts.iter().filter_map(|text| text.get(level)).map(|text| width_of(text)).max().unwrap_or(0))
        .collect();
    let joined = |text: &Vec<String>| {
        let mut line = String::new();
        for (level, text) in text.iter().enumerate() {
            line.push_str(text);
            let gap = if level + 1 < n_levels { 2 } else { 0 };
            line.push_str(&" ".repeat(widths[level] - width_of(text) + gap));
        }
        line
    };
    let mut left: Vec<String> = texts.iter().map(joined).collect();
    let mut values = flush_right(values);
    let head = left.remove(0);
    let head = if n_levels == 1 { name(0) } else { head };
    if let Some(gap) = gap.filter(|gap| (1..=values.len()).contains(gap)) {
        let width = width_of(&values[gap - 1]);
        values.insert(gap, centered(if width > 3 { "..." } else { ".." }, width));
        left.insert(gap.min(left.len()), String::new());
    }
    // The name counts only among several levels.
    let width = match n_levels {
        1 => labels.iter().filter_map(|label| label.first()).map(|text| width_of(text)).max().unwrap_or(0),
        _ => widths.iter().sum::<usize>() + 2 * (n_levels - 1),
    };
    let line = |(label, value): (&String, &String)| {
        let label = if n_levels == 1 { label.trim_end() } else { label };
        format!("{label}{}   {value}", " ".repeat(width.saturating_sub(width_of(label))))
    };
    (has_names.then_some(head), left.iter().zip(&values).map(line).collect())
}

fn centered(text: &str, width: usize) -> String {
    let margin = width.saturating_sub(text.len());
    let left = margin / 2 + (margin & width & 1);
    format!("{}{text}{}", " ".repeat(left), " ".repeat(margin - left))
}

fn footer(series: &SeriesView, is_cut: bool) -> String {
    let mut parts = Vec::new();
    if let Labels::Levels { frequency: Some(frequency), .. } = &series.labels {
        parts.push(format!("Freq: {frequency}"));
    }
    parts.extend(series.name.iter().map(|name| format!("Name: {}", escaped(name))));
    if is_cut {
        parts.push(format!("Length: {}", series.n_rows));
    }
    parts.push(format!("dtype: {}", series.values.dtype));
    let footer = parts.join(", ");
    match categories_line(&series.values) {
        Some(categories) => format!("{footer}\n{categories}"),
        None => footer,
    }
}
