//! Runs a cell.

use std::sync::Arc;

use rdk::report::{Look, draw};
use rdk::{Error, Kind};
use serde_json::{Map, Value, json};

use crate::bundle::{bundle, text};
use crate::serve::Server;
use crate::wire::Request;

/// How many characters a report may be wide.
const WIDTH: usize = 100;

impl Server {
    /// Runs a cell; gives the content of `execute_reply`.
    pub fn execute(&mut self, request: &Request) -> Value {
        let code = request.text("code");
        let silent = request.flag("silent", false);
        let keep = !silent && request.flag("store_history", true);
        let parent = Arc::new(request.message.clone());
        let number = self.session.number();
        if !silent {
            self.queue.say("execute_input", json!({"code": code, "execution_count": number}), Some(&parent));
        }
        if matches!(code.trim(), "exit" | "quit" | "exit()" | "quit()") {
            let payload = json!([{"source": "ask_exit", "keepkernel": false}]);
            return ok(number, payload, json!({}));
        }
        self.notebook.turn_to(parent.clone(), request.flag("allow_stdin", true));
        if !silent {
            self.live.begin(parent.clone());
        }
        let reply = if keep { self.session.execute(code) } else { self.session.execute_aside(code) };
        self.live.end(reply.error.is_none());
        if keep {
            self.history.keep(number, code, reply.value.as_ref().map(text));
        }
        // Figures are shown below the value, and after an error too.
        let pictures = if silent { Vec::new() } else { reply.pictures };
        let show_pictures = || {
            for picture in &pictures {
                let content = json!({"data": bundle(picture), "metadata": {}, "transient": {}});
                self.queue.say("display_data", content, Some(&parent));
            }
        };
        if let Some(error) = &reply.error {
            show_pictures();
            let content = error_content(error);
            self.queue.say("error", content.clone(), Some(&parent));
            return failed(number, content);
        }
        if let Some(summary) = reply.value.filter(|_| !silent) {
            let content = json!({"execution_count": number, "data": bundle(&summary), "metadata": {}, "transient": {}});
            self.queue.say("execute_result", content, Some(&parent));
        }
        show_pictures();
        let expressions = self.expressions(request);
        ok(number, self.payload(), expressions)
    }

    /// What is to be read beside the notebook, and what is to stand in the cell.
    fn payload(&self) -> Value {
        let pages = self.notebook.take_pages();
        let mut payload = Vec::new();
        if !pages.is_empty() {
            payload.push(json!({"source": "page", "data": {"text/plain": pages.join("\n")}, "start": 0}));
        }
        if let Some(text) = self.session.take_next_input() {
            payload.push(json!({"source": "set_next_input", "text": text, "replace": true}));
        }
        Value::Array(payload)
    }

    /// Values of expressions that the front end wants to know when the cell is done.
    fn expressions(&self, request: &Request) -> Value {
        let asked = request.get("user_expressions").and_then(Value::as_object);
        let answer = |text: &str| match self.session.look_at(text) {
            Ok(summary) => json!({"status": "ok", "data": bundle(&summary), "metadata": {}}),
            Err(error) => with_status("error", error_content(&error)),
        };
        let mut answers = Map::new();
        for (name, expression) in asked.into_iter().flatten() {
            answers.insert(name.clone(), answer(expression.as_str().unwrap_or("")));
        }
        Value::Object(answers)
    }
}

fn ok(number: usize, payload: Value, expressions: Value) -> Value {
    json!({"status": "ok", "execution_count": number, "payload": payload, "user_expressions": expressions})
}

fn failed(number: usize, error: Value) -> Value {
    let mut content = with_status("error", error);
    content["execution_count"] = json!(number);
    content["payload"] = json!([]);
    content["user_expressions"] = json!({});
    content
}

fn with_status(status: &str, mut content: Value) -> Value {
    content["status"] = json!(status);
    content
}

/// An error with its report, in colours.
pub fn error_content(error: &Error) -> Value {
    let report = draw(error, Look { color: true, width: WIDTH });
    let mut lines: Vec<String> = report.lines().map(str::to_string).collect();
    if error.0.kind == Kind::SystemExit {
        lines.push("`exit` alone in a cell ends the kernel".to_string());
    }
    json!({"ename": error.0.kind.name(), "evalue": error.0.message, "traceback": lines})
}
