//! The kernel's pulse: whatever comes is sent back.

use std::time::Duration;

use jupyter_zmq_client::KernelHeartbeatConnection;
use zeromq::{SocketRecv, SocketSend};

/// Sends back what comes, for ever.
pub async fn beat(mut connection: KernelHeartbeatConnection) {
    loop {
        match connection.socket.recv().await {
            // Who asked may be gone by now.
            Ok(beat) => drop(connection.socket.send(beat).await),
            // A peer that left, or something that is no heartbeat.
            Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}
