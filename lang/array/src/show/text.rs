//! The text of an eager array, as NumPy 2 prints it.

use super::options::PrintOptions;
use super::words::{Number, words};

/// `repr(x)`: `array([[1., 2.], [3., 4.]], dtype=float32)`. `element` gives the element of a number in C order.
pub fn repr(shape: &[usize], dtype: &str, element: &dyn Fn(usize) -> Number, options: &PrintOptions) -> String {
    const PREFIX: &str = "array(";
    let size: usize = shape.iter().product();
    let body = elements(shape, element, options, ", ", PREFIX.len(), 1);
    let mut extras = Vec::new();
    if size == 0 && shape != [0] || size > options.threshold {
        extras.push(format!("shape={}", shape_text(shape)));
    }
    if size == 0 || !matches!(dtype, "bool" | "int64" | "float64" | "complex128") {
        extras.push(format!("dtype={dtype}"));
    }
    if extras.is_empty() {
        return format!("{PREFIX}{body})");
    }
    let extras = extras.join(", ") + ")";
    let text = format!("{PREFIX}{body},");
    let last_line = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
    let spacer = if last_line + extras.len() + 1 > options.line_width {
        format!("\n{:width$}", "", width = PREFIX.len())
    } else {
        " ".into()
    };
    text + &spacer + &extras
}

/// `str(x)`, what `print` shows: `[[1. 2.] [3. 4.]]`.
pub fn str(shape: &[usize], element: &dyn Fn(usize) -> Number, options: &PrintOptions) -> String {
    between(shape, element, options, " ", (0, 0))
}

/// The same with another text between elements, and so many characters of its first line taken by what stands before and after.
pub fn between(
    shape: &[usize],
    element: &dyn Fn(usize) -> Number,
    options: &PrintOptions,
    separator: &str,
    (prefix, suffix): (usize, usize),
) -> String {
    if shape.is_empty() {
        return super::scalar::str(element(0));
    }
    elements(shape, element, options, separator, prefix, suffix)
}

/// A shape as Python writes a tuple.
pub fn shape_text(shape: &[usize]) -> String {
    match shape {
        [only] => format!("({only},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The brackets and what is in them. `prefix` characters stand before, `suffix` after.
pub fn elements(
    shape: &[usize],
    element: &dyn Fn(usize) -> Number,
    options: &PrintOptions,
    separator: &str,
    prefix: usize,
    suffix: usize,
) -> String {
    let numbers = seen(shape, options, element);
    let words = words(&numbers, shape.is_empty(), options);
    in_rows(shape, words, options, separator, prefix, suffix)
}

/// The same of words that are there already, each as wide as it is.
pub fn words_in_rows(
    shape: &[usize],
    word: &dyn Fn(usize) -> String,
    options: &PrintOptions,
    separator: &str,
    prefix: usize,
    suffix: usize,
) -> String {
    in_rows(shape, seen(shape, options, word), options, separator, prefix, suffix)
}

fn in_rows(
    shape: &[usize],
    words: Vec<String>,
    options: &PrintOptions,
    separator: &str,
    prefix: usize,
    suffix: usize,
) -> String {
    if shape.contains(&0) {
        return "[]".into();
    }
    let mut layout = Layout { shape, edge: edge(shape, options), separator, words: words.into_iter() };
    layout.rows(prefix + 1, options.line_width.saturating_sub(suffix))
}

/// How many elements of an axis are shown at either end, if not all are.
fn edge(shape: &[usize], options: &PrintOptions) -> Option<usize> {
    (shape.iter().product::<usize>() > options.threshold).then_some(options.edge_items)
}

/// What will be seen of all elements.
fn seen<T>(shape: &[usize], options: &PrintOptions, element: &dyn Fn(usize) -> T) -> Vec<T> {
    let mut all = Vec::new();
    if !shape.contains(&0) {
        gather(shape, 0, edge(shape, options), element, &mut all);
    }
    all
}

/// The elements that will be seen, in order.
fn gather<T>(shape: &[usize], base: usize, edge: Option<usize>, element: &dyn Fn(usize) -> T, to: &mut Vec<T>) {
    let Some((&length, rest)) = shape.split_first() else {
        to.push(element(base));
        return;
    };
    let stride: usize = rest.iter().product();
    let gap = gap(length, edge);
    for at in (0..length).filter(|at| !gap.contains(at)) {
        gather(rest, base + at * stride, edge, element, to);
    }
}

/// Which elements of an axis are left out.
fn gap(length: usize, edge: Option<usize>) -> std::ops::Range<usize> {
    match edge {
        Some(edge) if 2 * edge < length => edge..length - edge,
        _ => 0..0,
    }
}

struct Layout<'a> {
    shape: &'a [usize],
    edge: Option<usize>,
    separator: &'a str,
    words: std::vec::IntoIter<String>,
}

impl Layout<'_> {
    /// The rest of the shape, with brackets; lines after the first are indented.
    fn rows(&mut self, indent: usize, width: usize) -> String {
        let Some((&length, rest)) = self.shape.split_first() else {
            return self.words.next().unwrap_or_default();
        };
        let gap = gap(length, self.edge);
        if rest.is_empty() {
            return self.line(length, gap, indent, width);
        }
        let mut text = String::from("[");
        let break_line = format!("{}{}{:indent$}", self.separator.trim_end(), "\n".repeat(rest.len()), "");
        for at in 0..length {
            if at > 0 && (at == gap.start || !gap.contains(&at)) {
                text.push_str(&break_line);
            }
            if at == gap.start && !gap.is_empty() {
                text.push_str("...");
            } else if !gap.contains(&at) {
                let whole = std::mem::replace(&mut self.shape, rest);
                text.push_str(&self.rows(indent + 1, width.saturating_sub(1)));
                self.shape = whole;
            }
            // An edge of no elements begins with the gap: nothing is to be written for the rest of it.
            if gap.contains(&at) && at == gap.start && gap.end >= length {
                break;
            }
        }
        text + "]"
    }

    /// The innermost axis: words in lines that are full.
    fn line(&mut self, length: usize, gap: std::ops::Range<usize>, indent: usize, width: usize) -> String {
        let width = width.saturating_sub(1);
        let mut text = String::new();
        let mut line = " ".repeat(indent);
        for at in (0..length).filter(|at| *at == gap.start || !gap.contains(at)) {
            let omitted = !gap.is_empty() && at == gap.start;
            let word = if omitted { "...".into() } else { self.words.next().unwrap_or_default() };
            if line.chars().count() + word.chars().count() > width && line.len() > indent {
                text.push_str(line.trim_end());
                text.push('\n');
                line = " ".repeat(indent);
            }
            line.push_str(&word);
            let last = at + 1 == length || (omitted && gap.end >= length);
            if !last {
                line.push_str(self.separator);
            }
        }
        text += &line;
        format!("[{}]", &text[indent..])
    }
}
