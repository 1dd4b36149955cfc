//! A summary as a bundle of media types: what goes into a notebook.

use rdk::summary::text::{TextOptions, draw};
use rdk::summary::{MediaData, Summary};
use serde_json::{Map, Value, json};

/// What a summary looks like in each media type.
pub fn bundle(summary: &Summary) -> Value {
    let mut bundle = Map::new();
    bundle.insert("text/plain".to_string(), json!(text(summary)));
    if let Summary::Media(media) = summary {
        for (kind, data) in &media.forms {
            bundle.insert(kind.clone(), encoded(kind, data));
        }
    }
    Value::Object(bundle)
}

/// What a terminal would show of it.
pub fn text(summary: &Summary) -> String {
    draw(summary, &TextOptions::default()).trim_end_matches('\n').to_string()
}

fn encoded(kind: &str, data: &MediaData) -> Value {
    match data {
        // JSON goes in as it is, not as a text.
        MediaData::Text(text) if kind.ends_with("json") => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        MediaData::Text(text) => json!(text),
        MediaData::Bytes(bytes) => json!(data_encoding::BASE64.encode(bytes)),
    }
}
