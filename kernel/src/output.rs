//! Where a session shows things: in the notebook, below the cell that runs.

use std::sync::{Arc, OnceLock};

use jupyter_protocol::JupyterMessage;
use parking_lot::Mutex;
use rdk::graph::Cancel;
use rdk::summary::Summary;
use rdk::{Error, Output, Said, Stream};
use serde_json::{Value, json};

use crate::bundle::bundle;
use crate::comms;
use crate::execute::error_content;
use crate::iopub::{Parent, Queue};
use crate::stdin::Stdin;
use crate::wire::public;

/// The notebook, as far as the cells of a session see it.
pub struct Notebook {
    queue: Arc<Queue>,
    stdin: Arc<Stdin>,
    cancel: OnceLock<Cancel>,
    turn: Mutex<Turn>,
}

/// Whose turn it is. What goes on after a cell is done shows its output there, too.
#[derive(Default)]
struct Turn {
    parent: Parent,
    can_ask: bool,
    pages: Vec<String>,
}

impl Notebook {
    /// Over this queue.
    pub fn new(queue: Arc<Queue>, stdin: Arc<Stdin>) -> Arc<Notebook> {
        Arc::new(Notebook { queue, stdin, cancel: OnceLock::new(), turn: Mutex::default() })
    }

    /// Stops waiting when this is set.
    pub fn heed(&self, cancel: Cancel) {
        // There is one session, so it is set once.
        let _ = self.cancel.set(cancel);
    }

    /// From now on all output belongs to this request.
    pub fn turn_to(&self, parent: Arc<JupyterMessage>, can_ask: bool) {
        *self.turn.lock() = Turn { parent: Some(parent), can_ask, pages: Vec::new() };
    }

    /// What was to be read beside the work, once.
    pub fn take_pages(&self) -> Vec<String> {
        std::mem::take(&mut self.turn.lock().pages)
    }

    fn parent(&self) -> Parent {
        self.turn.lock().parent.clone()
    }

    fn stopping(&self) -> bool {
        self.cancel.get().is_some_and(Cancel::requested)
    }

    fn say(&self, kind: &str, content: Value) {
        self.queue.wait_for_room(|| self.stopping());
        self.queue.say(kind, content, self.parent().as_deref());
    }
}

/// The content of a message that shows a summary.
pub fn shown(summary: &Summary, id: Option<&str>) -> Value {
    let transient = id.map_or_else(|| json!({}), |id| json!({"display_id": id}));
    json!({"data": bundle(summary), "metadata": {}, "transient": transient})
}

impl Output for Notebook {
    fn write(&self, stream: Stream, text: &str) {
        if !text.is_empty() {
            self.queue.wait_for_room(|| self.stopping());
            self.queue.print(stream, text, &self.parent());
        }
    }

    fn display(&self, summary: &Summary) {
        self.say("display_data", shown(summary, None));
    }

    fn display_as(&self, summary: &Summary, id: &str) {
        self.say("display_data", shown(summary, Some(id)));
    }

    fn update(&self, summary: &Summary, id: &str) {
        self.say("update_display_data", shown(summary, Some(id)));
    }

    fn updates(&self) -> bool {
        true
    }

    fn clear(&self, wait: bool) {
        self.say("clear_output", json!({"wait": wait}));
    }

    fn widget(&self, said: Said<'_>) -> bool {
        let parent = self.parent();
        let id = parent.as_ref().map_or("", |parent| parent.header.msg_id.as_str());
        for (kind, content, metadata) in comms::messages(said, id) {
            let mut message = public(kind, content, parent.as_deref());
            message.metadata = metadata;
            self.queue.say_message(message);
        }
        true
    }

    fn has_page(&self) -> bool {
        true
    }

    fn report(&self, error: &Error) {
        self.say("error", error_content(error));
    }

    fn page(&self, text: &str) {
        self.turn.lock().pages.push(text.to_string());
    }

    fn read_line(&self, prompt: &str) -> Option<String> {
        let parent = self.parent()?;
        // What was printed before stands above the question.
        self.queue.flush();
        self.stdin.ask(prompt, &parent, self.cancel.get()?)
    }

    fn can_ask(&self) -> bool {
        self.turn.lock().can_ask
    }
}
