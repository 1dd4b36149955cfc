//! Widgets: what the page and the session tell each other about them, over comms.
//!
//! A comm is a widget's line to the page; both ends know it by the widget's name. A page that comes later asks over a line of its own
//! (`jupyter.widget.control`) for the state of all.

use rdk::Said;
use serde_json::{Map, Value, json};

use crate::serve::Server;
use crate::wire::Request;

/// What widgets are spoken in.
const PROTOCOL: &str = "2.1.0";
const WIDGET: &str = "jupyter.widget";
const CONTROL: &str = "jupyter.widget.control";

/// The messages that tell the page of it. `parent` is the message that is being handled: what belongs to that goes where the page is
/// told to put it.
pub fn messages(said: Said<'_>, parent: &str) -> Vec<(&'static str, Value, Value)> {
    let update = |id: &str, state: Value| ("comm_msg", told(id, "update", state), json!({}));
    match said {
        Said::Open { id, state } => {
            let data = json!({"state": state, "buffer_paths": []});
            let open = json!({"comm_id": id, "target_name": WIDGET, "data": data});
            vec![("comm_open", open, json!({"version": PROTOCOL}))]
        }
        Said::Update { id, state } => vec![update(id, state.clone())],
        Said::Close { id } => vec![("comm_close", json!({"comm_id": id, "data": {}}), json!({}))],
        Said::Capture { id } => vec![update(id, json!({"msg_id": parent}))],
        Said::Release { id } => vec![update(id, json!({"msg_id": ""}))],
    }
}

fn told(id: &str, method: &str, state: Value) -> Value {
    json!({"comm_id": id, "data": {"method": method, "state": state, "buffer_paths": []}})
}

/// Does one state say something of each trait that the other one does?
fn covers(newer: &Value, older: &Value) -> bool {
    older.as_object().is_some_and(|older| older.keys().all(|name| newer.get(name).is_some()))
}

impl Server {
    /// The lines that are open.
    pub fn comms(&self, request: &Request) -> Value {
        let wanted = request.text("target_name");
        let mut comms = Map::new();
        if wanted.is_empty() || wanted == WIDGET {
            for (id, _) in self.session.widgets() {
                comms.insert(id, json!({"target_name": WIDGET}));
            }
        }
        json!({"status": "ok", "comms": comms})
    }

    /// A page opens a line.
    pub fn comm_open(&mut self, request: &Request) {
        let id = request.text("comm_id").to_string();
        if request.text("target_name") == CONTROL {
            self.controls.push(id);
            return;
        }
        self.queue.say("comm_close", json!({"comm_id": id, "data": {}}), Some(&request.message));
    }

    /// A page has closed a line.
    pub fn comm_close(&mut self, request: &Request) {
        let id = request.text("comm_id");
        self.controls.retain(|control| control != id);
        self.session.forget_widget(id);
    }

    /// A page says something.
    pub fn comm_message(&mut self, request: &Request) {
        let id = request.text("comm_id").to_string();
        let data = request.get("data").cloned().unwrap_or_default();
        if self.controls.contains(&id) {
            if data["method"] == "request_states" {
                self.tell_states(&id, request);
            }
            return;
        }
        if data["method"] == "request_state" {
            if let Some((_, state)) = self.session.widgets().into_iter().find(|(other, _)| *other == id) {
                self.queue.say("comm_msg", told(&id, "update", state), Some(&request.message));
            }
            return;
        }
        if data["method"] == "update" {
            if self.is_overtaken(&id, &data["state"]) {
                return;
            }
            // Other pages that show it move along.
            self.queue.say("comm_msg", told(&id, "echo_update", data["state"].clone()), Some(&request.message));
        }
        self.notebook.turn_to(std::sync::Arc::new(request.message.clone()), false);
        if let Err(error) = self.session.hear_widget(&id, &data) {
            self.queue.say("error", crate::execute::error_content(&error), Some(&request.message));
        }
    }

    /// The state of every widget, for a page that has just come.
    fn tell_states(&self, control: &str, request: &Request) {
        let part = |state: &Value, name: &str| state[name].clone();
        let states: Map<String, Value> = self
            .session
            .widgets()
            .into_iter()
            .map(|(id, state)| {
                let model = json!({
                    "model_name": part(&state, "_model_name"),
                    "model_module": part(&state, "_model_module"),
                    "model_module_version": part(&state, "_model_module_version"),
                    "state": state,
                });
                (id, model)
            })
            .collect();
        let data = json!({"method": "update_states", "states": states, "buffer_paths": []});
        self.queue.say("comm_msg", json!({"comm_id": control, "data": data}), Some(&request.message));
    }

    /// Does a newer message of the same widget wait that says all of this anew? While something is dragged only the last place counts.
    /// A cell in between sees what was said before it.
    fn is_overtaken(&mut self, id: &str, state: &Value) -> bool {
        self.waiting.extend(self.requests.try_iter());
        let newer = |request: &Request| {
            request.kind() == "comm_msg"
                && request.text("comm_id") == id
                && request.get("data").is_some_and(|data| data["method"] == "update" && covers(&data["state"], state))
        };
        self.waiting.iter().take_while(|request| request.kind() != "execute_request").any(newer)
    }
}
