//! Messages as they come and go.
//!
//! The protocol's crate has a type for each kind of message, and refuses a message whose content lacks a field, before anybody could
//! answer it. Clients do leave fields out. So what comes is read here, field by field, with defaults; the crate's envelope
//! (identities, header, signature) is used as it is.

use jupyter_protocol::{Header, JupyterMessage, JupyterMessageContent, UnknownMessage};
use jupyter_zmq_client::{Connection, RawMessage, RouterRecvConnection};
use serde_json::{Map, Value, json};
use zeromq::SocketRecv;

/// The version of the protocol that is spoken.
pub const PROTOCOL: &str = "5.4";

/// A request, with what its content says.
#[derive(Clone)]
pub struct Request {
    /// The envelope; its content is not looked at.
    pub message: JupyterMessage,
    content: Map<String, Value>,
}

impl Request {
    /// The next request of a socket. What is no message is left out: a wrong signature, short frames, no JSON.
    pub async fn next<S: SocketRecv>(connection: &mut Connection<S>) -> Option<Request> {
        loop {
            let Ok(frames) = connection.socket.recv().await else {
                // A peer that left, or frames that are none; if the socket itself is gone, the kernel is about to end.
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                continue;
            };
            match RawMessage::from_multipart(frames, &connection.mac).ok().and_then(Request::parse) {
                Some(request) => return Some(request),
                None => continue,
            }
        }
    }

    fn parse(raw: RawMessage) -> Option<Request> {
        let object = |at: usize| match serde_json::from_slice(raw.jparts.get(at)?) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        };
        let mut header = object(0)?;
        let kind = header.get("msg_type")?.as_str()?.to_string();
        for name in ["msg_id", "username", "session", "version"] {
            if !header.get(name).is_some_and(Value::is_string) {
                header.insert(name.to_string(), json!(""));
            }
        }
        let header: Header = serde_json::from_value(Value::Object(header)).ok()?;
        let content = object(3).unwrap_or_default();
        let metadata = Value::Object(object(2).unwrap_or_default());
        let unread = UnknownMessage { msg_type: kind, content: json!({}) };
        let message = JupyterMessage {
            zmq_identities: raw.zmq_identities,
            header,
            parent_header: None,
            metadata,
            content: JupyterMessageContent::UnknownMessage(unread),
            buffers: Vec::new(),
            channel: None,
        };
        Some(Request { message, content })
    }

    /// `execute_request`
    pub fn kind(&self) -> &str {
        &self.message.header.msg_type
    }

    /// A field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.content.get(name).filter(|value| !value.is_null())
    }

    /// A field that holds text.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// A field that holds a yes or no.
    pub fn flag(&self, name: &str, default: bool) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or(default)
    }

    /// A field that holds a whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    /// The answer to it: `execute_reply`, for the one who asked.
    pub fn reply(&self, content: Value) -> JupyterMessage {
        let kind = self.kind().strip_suffix("_request").unwrap_or(self.kind());
        child(&format!("{kind}_reply"), content, Some(&self.message))
    }
}

/// A message that belongs to another one, for the one who sent that.
pub fn child(kind: &str, content: Value, parent: Option<&JupyterMessage>) -> JupyterMessage {
    let content = UnknownMessage { msg_type: kind.to_string(), content };
    let mut message = JupyterMessage::new(JupyterMessageContent::UnknownMessage(content), parent);
    message.header.username = parent.map_or_else(|| "rdk".to_string(), |parent| parent.header.username.clone());
    message.header.version = PROTOCOL.to_string();
    message
}

/// A message for everybody who watches: its topic stands where others have the one to send it to.
pub fn public(kind: &str, content: Value, parent: Option<&JupyterMessage>) -> JupyterMessage {
    let mut message = child(kind, content, parent);
    message.zmq_identities = vec![format!("kernel.{kind}").into_bytes().into()];
    message
}

/// Where requests of the shell come in.
pub type Incoming = RouterRecvConnection;
