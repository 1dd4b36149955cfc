//! Labels of rows as texts, one for each level.

use super::cells::{cells, times, zone};
use super::moments;
use super::values::{Data, Labels, Level, Values};

/// For each row one text a level; of a long frame only those that are shown.
pub(super) fn row_labels(labels: &Labels, n_rows: usize, kept: Option<usize>) -> Vec<Vec<String>> {
    match labels {
        Labels::Range { start, step, .. } => {
            let number = |row: usize| vec![(i128::from(*start) + row as i128 * i128::from(*step)).to_string()];
            match kept {
                Some(kept) => (0..kept).chain(n_rows - kept..n_rows).map(number).collect(),
                None => (0..n_rows).map(number).collect(),
            }
        }
        Labels::Levels { levels, .. } => {
            let text = if levels.len() == 1 { texts } else { level_texts };
            let shown = |level: &Level| match kept {
                Some(kept) => text(&level.values.ends(kept, kept)),
                None => text(&level.values),
            };
            let levels: Vec<Vec<String>> = levels.iter().map(shown).collect();
            let n_rows = levels.first().map_or(0, Vec::len);
            let level_of =
                |row: usize| levels.iter().map(|level| level.get(row).cloned().unwrap_or_default()).collect();
            (0..n_rows).map(level_of).collect()
        }
    }
}

/// The values of a level as labels: cells without the blank that all of them begin with.
pub(super) fn texts(values: &Values) -> Vec<String> {
    if let Data::Array(array) = &values.data
        && let Some(times) = times(array)
        && zone(array.data_type()).is_none()
        && matches!(array.data_type(), arrow::datatypes::DataType::Timestamp(..))
    {
        return moments::moments(&times, None);
    }
    let mut texts = cells(values);
    if values.dtype.starts_with("float") {
        // A missing number stands where the digits of the others do.
        texts.iter_mut().filter(|text| *text == "NaN").for_each(|text| text.insert(0, ' '));
    }
    let blanks = |text: &String| text.chars().take_while(|letter| letter.is_whitespace()).count();
    let n_blanks = texts.iter().map(blanks).min().unwrap_or(0);
    for text in &mut texts {
        *text = text.chars().skip(n_blanks).collect();
    }
    texts
}

/// The same for one of several levels, which write down missing values in their own way.
fn level_texts(values: &Values) -> Vec<String> {
    let mut texts = texts(values);
    let missing = match &values.dtype[..] {
        "str" | "category" => "nan",
        "object" => "NaN",
        _ => return texts,
    };
    if let Data::Array(array) = &values.data {
        texts
            .iter_mut()
            .enumerate()
            .filter(|(at, _)| array.is_null(*at))
            .for_each(|(_, text)| *text = missing.to_string());
    }
    texts
}
