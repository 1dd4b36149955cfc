//! Lines from the person at the front end.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use jupyter_protocol::JupyterMessage;
use jupyter_zmq_client::{KernelStdinConnection, RouterSendConnection};
use parking_lot::Mutex;
use rdk::graph::Cancel;
use serde_json::json;
use tokio::runtime::Handle;

use crate::wire::{Incoming, Request, child};

/// Asks for lines.
pub struct Stdin {
    sender: Mutex<RouterSendConnection>,
    answers: Mutex<Receiver<Request>>,
    runtime: Handle,
}

impl Stdin {
    /// Over this socket.
    pub fn new(connection: KernelStdinConnection, runtime: Handle) -> Arc<Stdin> {
        let (sender, receiver) = connection.split();
        let (to, answers) = channel();
        runtime.spawn(listen(receiver, to));
        Arc::new(Stdin { sender: Mutex::new(sender), answers: Mutex::new(answers), runtime })
    }

    /// A line from who sent that message; none if it is not to be waited for any longer.
    pub fn ask(&self, prompt: &str, parent: &JupyterMessage, cancel: &Cancel) -> Option<String> {
        let answers = self.answers.lock();
        // An answer to an earlier question came too late.
        while answers.try_recv().is_ok() {}
        let question = child("input_request", json!({"prompt": prompt, "password": false}), Some(parent));
        self.runtime.block_on(self.sender.lock().send(question)).ok()?;
        loop {
            match answers.recv_timeout(Duration::from_millis(10)) {
                Ok(answer) if answer.kind() == "input_reply" => return Some(answer.text("value").to_string()),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) if !cancel.requested() => {}
                Err(_) => return None,
            }
        }
    }
}

async fn listen(mut incoming: Incoming, to: Sender<Request>) {
    while let Some(answer) = Request::next(&mut incoming).await {
        if to.send(answer).is_err() {
            return;
        }
    }
}
