//! What is said between the widgets of a session and the page that shows them.

use std::sync::Arc;

use indexmap::IndexMap;
use parking_lot::Mutex;
use serde_json::Value as Json;

use super::widget::Widget;
use crate::context::Context;
use crate::error::Result;

/// Something that the page is told.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// There is a new widget.
    Open {
        /// The name that it is known by.
        id: &'a str,
        /// All of its traits, and what draws it.
        state: &'a Json,
    },
    /// Some of its traits are now these.
    Update {
        /// Of which widget.
        id: &'a str,
        /// The traits.
        state: &'a Json,
    },
    /// It is gone.
    Close {
        /// Which widget.
        id: &'a str,
    },
    /// What is printed and shown from now on belongs into this widget, below what stands in it.
    Capture {
        /// Which widget.
        id: &'a str,
    },
    /// That was all for it.
    Release {
        /// Which widget.
        id: &'a str,
    },
}

/// The widgets of a session, in the order in which they were made.
#[derive(Default)]
pub struct Page {
    widgets: Mutex<IndexMap<String, Widget>>,
}

impl Page {
    /// A new widget. Where there is no page nobody could ask for it.
    pub fn open(&self, context: &Context, widget: &Widget) {
        let state = widget.page_state(None);
        if context.shared.output.widget(Said::Open { id: &widget.0.id, state: &state }) {
            self.widgets.lock().insert(widget.0.id.clone(), widget.clone());
        }
    }

    /// It is gone.
    pub fn close(&self, context: &Context, widget: &Widget) {
        self.widgets.lock().shift_remove(&widget.0.id);
        context.shared.output.widget(Said::Close { id: &widget.0.id });
    }

    fn find(&self, id: &str) -> Option<Widget> {
        self.widgets.lock().get(id).cloned()
    }
}

/// All widgets with what the page has to know of them.
pub fn all(context: &Context) -> Vec<(String, Json)> {
    let page: Arc<Page> = context.shared.note();
    let widgets: Vec<Widget> = page.widgets.lock().values().cloned().collect();
    widgets.iter().map(|widget| (widget.0.id.clone(), widget.page_state(None))).collect()
}

/// The page says that a widget was moved, typed into or pressed.
///
/// # Errors
/// What the functions raise that are told of it.
pub fn hear(context: &Context, id: &str, data: &Json) -> Result<()> {
    let page: Arc<Page> = context.shared.note();
    let Some(widget) = page.find(id) else { return Ok(()) };
    match (data["method"].as_str(), &data["state"]) {
        (Some("update"), Json::Object(state)) => widget.hear(context, state),
        (Some("custom"), _) if data["content"]["event"] == "click" => widget.pressed(context),
        _ => Ok(()),
    }
}

/// The page has taken a widget away.
pub fn forget(context: &Context, id: &str) {
    let page: Arc<Page> = context.shared.note();
    page.widgets.lock().shift_remove(id);
}
