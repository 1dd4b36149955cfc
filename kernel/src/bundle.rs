//! A summary as a bundle of media types: what goes into a notebook.

use rdk::summary::text::TextOptions;
use rdk::summary::{MediaData, Summary, bundle};
use serde_json::{Map, Value, json};

/// What a summary looks like in each media type.
pub fn bundle(summary: &Summary) -> Value {
    let forms = bundle::bundle(summary, &TextOptions::default());
    Value::Object(forms.iter().map(|(kind, data)| (kind.clone(), encoded(kind, data))).collect::<Map<_, _>>())
}

/// What a terminal would show of it.
pub fn text(summary: &Summary) -> String {
    bundle(summary)["text/plain"].as_str().unwrap_or("").to_string()
}

fn encoded(kind: &str, data: &MediaData) -> Value {
    match data {
        // JSON goes in as it is, not as a text.
        MediaData::Text(text) if kind.ends_with("json") => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        MediaData::Text(text) if kind == "text/plain" => json!(text.trim_end_matches('\n')),
        MediaData::Text(text) => json!(text),
        MediaData::Bytes(bytes) => json!(data_encoding::BASE64.encode(bytes)),
    }
}
