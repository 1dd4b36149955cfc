//! What must be heard while the language is busy: interrupt and shutdown.

use std::sync::Arc;

use jupyter_zmq_client::KernelControlConnection;
use rdk::graph::Cancel;
use serde_json::json;
use tokio::sync::Notify;

use crate::info::kernel_info;
use crate::iopub::Queue;
use crate::wire::Request;

/// Answers requests of the control socket, for ever.
pub async fn listen(mut connection: KernelControlConnection, queue: Arc<Queue>, cancel: Cancel, end: Arc<Notify>) {
    while let Some(request) = Request::next(&mut connection).await {
        let content = match request.kind() {
            "interrupt_request" => {
                cancel.request();
                json!({"status": "ok"})
            }
            "shutdown_request" => {
                let content = json!({"status": "ok", "restart": request.flag("restart", false)});
                queue.say("shutdown_reply", content.clone(), Some(&request.message));
                content
            }
            "kernel_info_request" => kernel_info(),
            kind if kind.ends_with("_request") => {
                json!({"status": "error", "ename": "NotImplementedError", "evalue": format!("there is no `{kind}` here"), "traceback": []})
            }
            _ => continue,
        };
        let is_quiet = matches!(request.kind(), "interrupt_request" | "shutdown_request");
        if !is_quiet {
            queue.status("busy", Some(&request.message));
        }
        // Who asked may be gone by now.
        let _ = connection.send(request.reply(content)).await;
        if !is_quiet {
            queue.status("idle", Some(&request.message));
        }
        if request.kind() == "shutdown_request" {
            end.notify_one();
        }
    }
}
