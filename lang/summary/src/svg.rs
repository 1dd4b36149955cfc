//! Drawings for a page: task graphs, and the boxes of a chunked array, as SVG.
//!
//! Colours follow the page: dark lines on a light one, light lines on a dark one. Nothing is fetched, and no script runs.

use std::fmt::Write;

mod graph;
mod grid;
mod letters;

pub use graph::diagram_svg;
pub use grid::grid_svg;

/// Text as it may stand between tags and in attributes. Characters that XML does not have are left out.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' | '\r' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}

/// The whole document: its size, a title for those who cannot see it, a style under a class of its own, and what is drawn.
///
/// Styles of a page's drawings all reach each other, so every rule names the class.
fn document(class: &str, width: f64, height: f64, title: &str, style: &str, body: &str) -> String {
    let (width, height) = (width.ceil().max(1.0), height.ceil().max(1.0));
    let mut text = String::with_capacity(body.len() + style.len() + 300);
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="{class}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">"#
    );
    let _ = writeln!(text, "<title>{}</title>", escaped(title));
    let _ = writeln!(text, "<style>{style}</style>");
    text.push_str(body);
    text.push_str("</svg>\n");
    text
}

/// A coordinate with one digit behind the point, without a needless `.0`.
fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 { "0".to_string() } else { format!("{rounded}") }
}
