//! Values one after the other between brackets, wrapped to the line: what an index shows of itself.

use super::cells::width_of;

/// How long a line is.
pub(super) const WIDTH: usize = 80;
/// A longer sequence shows only its ends,
pub(super) const MOST_ITEMS: usize = 100;
/// so many values of each.
pub(super) const END_ITEMS: usize = 10;

/// Values in lines of 80 columns behind the name of what holds them and its opening bracket.
///
/// `texts` are all values, or the first and the last ten of a longer sequence. The answer ends with the comma or the line end
/// before what follows.
pub(super) fn wrapped(name: &str, texts: &[String], is_cut: bool, is_justified: bool, line_each: bool) -> String {
    let behind_name = format!("\n{}", " ".repeat(name.len() + 1));
    let inside = format!("{behind_name} ");
    if texts.is_empty() {
        return "[], ".to_string();
    }
    if let ([only], false) = (texts, line_each) {
        return format!("[{only}], ");
    }
    let separator = if line_each { format!(",\n {}", " ".repeat(name.len())) } else { ",".to_string() };
    let texts = match is_justified && !line_each {
        true => justified(texts, is_cut),
        false => texts.to_vec(),
    };
    let (head, tail) = if is_cut { texts.split_at(texts.len() / 2) } else { texts.split_at(0) };
    let mut all = String::new();
    let mut line = inside.clone();
    let extend = |all: &mut String, line: &mut String, word: &str, width: usize| {
        // The line end before a line counts, once there is something on it.
        let taken = width_of(line.trim_end()) + usize::from(!line.trim_end().is_empty());
        if taken + width_of(word.trim_end()) >= width {
            all.push_str(line.trim_end());
            line.clone_from(&inside);
        }
        line.push_str(word);
    };
    for text in head {
        extend(&mut all, &mut line, &format!("{text}{separator} "), WIDTH);
    }
    if is_cut {
        all = all + line.trim_end() + &inside + "...";
        line.clone_from(&inside);
    }
    if let Some((last, before)) = tail.split_last() {
        for text in before {
            extend(&mut all, &mut line, &format!("{text}{separator} "), WIDTH);
        }
        extend(&mut all, &mut line, last, WIDTH - 2);
    }
    all = all + &line + "],";
    let is_long = all.chars().count() > WIDTH || line_each;
    all.push_str(if is_long { &behind_name } else { " " });
    format!("[{}", all.get(inside.len()..).unwrap_or_default())
}

/// Values that fill several lines stand below each other.
fn justified(texts: &[String], is_cut: bool) -> Vec<String> {
    let fits = |texts: &[String]| texts.iter().map(|text| text.chars().count() + 2).sum::<usize>() < WIDTH + 2;
    let (head, tail) = if is_cut { texts.split_at(texts.len() / 2) } else { texts.split_at(0) };
    if !is_cut && fits(head) && fits(tail) {
        return texts.to_vec();
    }
    let width = texts.iter().map(|text| width_of(text)).max().unwrap_or(0);
    texts.iter().map(|text| format!("{}{text}", " ".repeat(width - width_of(text)))).collect()
}
