//! A summary in every form that a front end could want to show.

use crate::text::{TextOptions, draw_folded};
use crate::{Media, MediaData, Summary, html, svg};

/// The media types of a summary with their data, plain text first and then the richest first.
pub fn bundle(summary: &Summary, text: &TextOptions) -> Vec<(String, MediaData)> {
    let mut forms = vec![("text/plain".to_string(), MediaData::Text(draw_folded(summary, text)))];
    let mut add = |media_type: &str, data: String| forms.push((media_type.to_string(), MediaData::Text(data)));
    match summary {
        Summary::Text(_) => {}
        Summary::Card(_) | Summary::Table(_) => {
            if let Some(page) = html::draw(summary) {
                add("text/html", page);
            }
        }
        Summary::Graph(diagram) => {
            let drawing = svg::diagram_svg(diagram);
            add("text/html", html::framed(&drawing));
            add("image/svg+xml", drawing);
        }
        Summary::Media(Media { forms: own, .. }) => {
            let others = own.iter().filter(|(media_type, _)| media_type != "text/plain");
            forms.extend(others.cloned());
        }
    }
    forms
}
