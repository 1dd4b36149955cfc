//! Questions of a front end about a text: what could stand here, what is this, is it complete?
//!
//! A position in the protocol is a number of characters, one in the language a number of bytes.

use rdk::syntax::{Completeness, is_complete, object_at};
use rdk::{Session, complete, help};
use serde_json::{Value, json};

use crate::wire::Request;

/// The content of `complete_reply`.
pub fn completion(session: &Session, request: &Request) -> Value {
    let code = request.text("code");
    let cursor = byte_at(code, request.number("cursor_pos"));
    let found = complete::complete(session.context(), code, cursor);
    let (start, end) = (characters_to(code, found.start), characters_to(code, cursor));
    let matches: Vec<&str> = found.items.iter().map(|item| item.text.as_str()).collect();
    let typed = |item: &complete::Completion| json!({"start": start, "end": end, "text": item.text, "type": item.kind.name(), "signature": item.doc});
    json!({
        "status": "ok",
        "matches": matches,
        "cursor_start": start,
        "cursor_end": end,
        "metadata": {"_jupyter_types_experimental": found.items.iter().map(typed).collect::<Vec<_>>()},
    })
}

/// The content of `inspect_reply`.
pub fn inspection(session: &Session, request: &Request) -> Value {
    let code = request.text("code");
    let detail = request.number("detail_level").unwrap_or(0) > 0;
    let object = object_at(code, byte_at(code, request.number("cursor_pos")));
    let text = object.and_then(|object| help::of_text(session.context(), &object.text, detail).ok());
    match text {
        Some(text) => json!({"status": "ok", "found": true, "data": {"text/plain": text}, "metadata": {}}),
        None => json!({"status": "ok", "found": false, "data": {}, "metadata": {}}),
    }
}

/// The content of `is_complete_reply`.
pub fn completeness(request: &Request) -> Value {
    match is_complete(request.text("code")) {
        Completeness::Complete => json!({"status": "complete"}),
        Completeness::Incomplete { indent } => json!({"status": "incomplete", "indent": " ".repeat(indent)}),
        Completeness::Invalid => json!({"status": "invalid"}),
    }
}

fn byte_at(text: &str, characters: Option<i64>) -> usize {
    let characters = characters.and_then(|at| usize::try_from(at).ok());
    characters.and_then(|at| text.char_indices().nth(at)).map_or(text.len(), |(byte, _)| byte)
}

fn characters_to(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count()
}
