//! The thread of the language: shell requests, one after the other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use jupyter_zmq_client::RouterSendConnection;
use rdk::Session;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::history::History;
use crate::iopub::Queue;
use crate::output::Notebook;
use crate::progress::Live;
use crate::wire::Request;
use crate::{ask, info};

/// For how long requests that were sent together with one that failed may still be on their way.
const TOGETHER: Duration = Duration::from_millis(10);

/// A session with all that it answers through.
pub struct Server {
    /// The session.
    pub session: Session,
    /// Where its cells show things.
    pub notebook: Arc<Notebook>,
    /// Where everything is said.
    pub queue: Arc<Queue>,
    /// Live progress.
    pub live: Arc<Live>,
    /// What was typed.
    pub history: History,
    /// Where requests come from.
    pub requests: Receiver<Request>,
    /// Requests that have come in already.
    pub waiting: VecDeque<Request>,
    /// Where replies go.
    pub shell: RouterSendConnection,
    /// Sends them.
    pub runtime: Handle,
    /// The lines over which pages ask for the state of all widgets.
    pub controls: Vec<String>,
    /// Told when the kernel is to end.
    pub end: Arc<Notify>,
}

impl Server {
    /// Until nobody can ask any more.
    pub fn serve(mut self) {
        while let Some(request) = self.waiting.pop_front().or_else(|| self.requests.recv().ok()) {
            self.handle(&request);
        }
    }

    fn handle(&mut self, request: &Request) {
        self.queue.status("busy", Some(&request.message));
        if let Some(content) = self.answer(request) {
            self.reply(request, content);
        }
        self.queue.status("idle", Some(&request.message));
    }

    fn answer(&mut self, request: &Request) -> Option<Value> {
        Some(match request.kind() {
            "execute_request" => self.execute(request),
            "complete_request" => ask::completion(&self.session, request),
            "inspect_request" => ask::inspection(&self.session, request),
            "is_complete_request" => ask::completeness(request),
            "history_request" => self.history.answer(request),
            "kernel_info_request" => info::kernel_info(),
            "comm_info_request" => self.comms(request),
            "comm_open" => {
                self.comm_open(request);
                return None;
            }
            "comm_close" => {
                self.comm_close(request);
                return None;
            }
            "comm_msg" => {
                self.comm_message(request);
                return None;
            }
            "shutdown_request" => {
                self.end.notify_one();
                json!({"status": "ok", "restart": request.flag("restart", false)})
            }
            _ => return None,
        })
    }

    /// All that was said before arrives before.
    fn reply(&mut self, request: &Request, content: Value) {
        let failed = request.kind() == "execute_request" && content["status"] == "error";
        self.queue.flush();
        let abort = failed && request.flag("stop_on_error", true);
        if abort {
            self.collect();
        }
        let started = serde_json::to_value(request.message.header.date).unwrap_or_default();
        let mut message = request.reply(content);
        if request.kind() == "execute_request" {
            message.metadata = json!({"started": started, "dependencies_met": true});
        }
        self.send(message);
        if abort {
            self.queue.status("idle", Some(&request.message));
            self.abort();
        }
    }

    fn send(&mut self, message: jupyter_protocol::JupyterMessage) {
        // Who asked may be gone by now.
        let _ = self.runtime.block_on(self.shell.send(message));
    }

    /// Fetches what was sent together with the request that failed. Its reply has not been sent yet: nobody who waits for that can
    /// have sent anything.
    fn collect(&mut self) {
        while let Ok(request) = self.requests.recv_timeout(TOGETHER) {
            self.waiting.push_back(request);
        }
    }

    /// Cells that were sent together with one that failed do not run.
    fn abort(&mut self) {
        for request in std::mem::take(&mut self.waiting) {
            match request.kind() {
                "execute_request" => {
                    self.queue.status("busy", Some(&request.message));
                    let number = self.session.number();
                    self.send(request.reply(json!({"status": "aborted", "execution_count": number})));
                    self.queue.status("idle", Some(&request.message));
                }
                _ => self.waiting.push_back(request),
            }
        }
    }
}
