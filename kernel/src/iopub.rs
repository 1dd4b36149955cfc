//! What everybody sees: one queue, written to the socket by one task.
//!
//! Whatever is said goes in at one end, in the order in which it happens. Text of a stream is joined to the text before it for as long as
//! that has not been sent, which is for at most [`HOLD`] or [`PIECE`] bytes: twenty thousand `print`s are a few hundred messages.
//!
//! The socket (XPUB) waits for the slowest who watches. One that has not taken anything for [`PATIENCE`] is cut off, so that a
//! window which somebody forgot cannot stop the work of the others; its end reconnects by itself.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use jupyter_protocol::JupyterMessage;
use jupyter_zmq_client::{KernelIoPubXPubConnection, SubscriptionEvent};
use parking_lot::{Condvar, Mutex};
use rdk::Stream;
use serde_json::{Value, json};
use tokio::sync::Notify;
use zeromq::{Socket, SocketEvent};

use crate::wire::public;

/// How long text of a stream waits for more of it.
const HOLD: Duration = Duration::from_millis(20);
/// Bytes of text that are sent without waiting for more.
const PIECE: usize = 64 * 1024;
/// Bytes of text and messages that may wait; who has more to say waits, too.
const ROOM: usize = 8 * 1024 * 1024;
const MESSAGES: usize = 4096;
/// How long one who watches may take nothing, and how long that is waited for when it is not sure who it is.
const PATIENCE: Duration = Duration::from_secs(5);
const PROBE: Duration = Duration::from_millis(200);
/// How long a flush is waited for: longer than it takes to cut off one who does not listen.
const FLUSH: Duration = Duration::from_secs(15);

/// The message that another one belongs to.
pub type Parent = Option<Arc<JupyterMessage>>;

/// What is to be sent, oldest first.
pub struct Queue {
    state: Mutex<State>,
    /// There is something to send.
    wake: Notify,
    /// There is room again.
    room: Condvar,
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    /// Bytes of text in it.
    bytes: usize,
}

enum Item {
    Message(Box<JupyterMessage>),
    Text { parent: Parent, stream: Stream, text: String, since: Instant },
    Flush(SyncSender<()>),
}

impl Queue {
    /// Empty.
    pub fn new() -> Arc<Queue> {
        Arc::new(Queue { state: Mutex::default(), wake: Notify::new(), room: Condvar::new() })
    }

    /// Says something.
    pub fn say(&self, kind: &str, content: Value, parent: Option<&JupyterMessage>) {
        self.say_message(public(kind, content, parent));
    }

    /// Says what has been put together already.
    pub fn say_message(&self, message: JupyterMessage) {
        self.state.lock().items.push_back(Item::Message(Box::new(message)));
        self.wake.notify_one();
    }

    /// Whether the kernel is busy with a message.
    pub fn status(&self, state: &str, parent: Option<&JupyterMessage>) {
        self.say("status", json!({"execution_state": state}), parent);
    }

    /// Waits while too much is waiting to be sent, unless `hurry` says that it is no use.
    pub fn wait_for_room(&self, hurry: impl Fn() -> bool) {
        let mut state = self.state.lock();
        while (state.bytes > ROOM || state.items.len() > MESSAGES) && !hurry() {
            self.room.wait_for(&mut state, Duration::from_millis(50));
        }
    }

    /// Prints.
    pub fn print(&self, stream: Stream, text: &str, parent: &Parent) {
        let mut state = self.state.lock();
        state.bytes += text.len();
        if let Some(Item::Text { parent: before, stream: to, text: waiting, .. }) = state.items.back_mut()
            && *to == stream
            && waiting.len() < PIECE
            && same(before, parent)
        {
            waiting.push_str(text);
            if waiting.len() >= PIECE {
                self.wake.notify_one();
            }
            return;
        }
        let since = Instant::now();
        state.items.push_back(Item::Text { parent: parent.clone(), stream, text: text.to_string(), since });
        self.wake.notify_one();
    }

    /// Waits until all that has been said is with the socket.
    pub fn flush(&self) {
        let (sender, receiver) = sync_channel(1);
        self.state.lock().items.push_back(Item::Flush(sender));
        self.wake.notify_one();
        // Nothing more can be done for somebody who does not listen for so long.
        let _ = receiver.recv_timeout(FLUSH);
    }

    async fn next(&self) -> Item {
        loop {
            let hold = {
                let mut state = self.state.lock();
                let alone = state.items.len() == 1;
                match state.items.front() {
                    None => None,
                    Some(Item::Text { text, since, .. }) if alone && text.len() < PIECE && since.elapsed() < HOLD => {
                        Some(HOLD.saturating_sub(since.elapsed()))
                    }
                    Some(_) => {
                        let item = state.items.pop_front().expect("it was there a line ago");
                        if let Item::Text { text, .. } = &item {
                            state.bytes -= text.len();
                        }
                        self.room.notify_all();
                        return item;
                    }
                }
            };
            match hold {
                None => self.wake.notified().await,
                // Woken early or not, it looks again.
                Some(hold) => drop(tokio::time::timeout(hold, self.wake.notified()).await),
            }
        }
    }
}

fn same(a: &Parent, b: &Parent) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// Sends what is in the queue, for ever.
pub async fn publish(connection: KernelIoPubXPubConnection, queue: Arc<Queue>) {
    let mut publisher = Publisher::new(connection);
    let mut begun = false;
    loop {
        tokio::select! {
            // Who comes hears all from then on.
            biased;
            event = publisher.connection.recv_subscription() => match event {
                Ok(SubscriptionEvent::Subscribe(topic)) => {
                    publisher.send(public("iopub_welcome", json!({"subscription": topic}), None)).await;
                    if !std::mem::replace(&mut begun, true) {
                        publisher.send(public("status", json!({"execution_state": "starting"}), None)).await;
                    }
                }
                Ok(SubscriptionEvent::Unsubscribe(_)) => {}
                // Somebody left in the middle of a message.
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            },
            item = queue.next() => match item {
                Item::Message(message) => publisher.send(*message).await,
                Item::Text { parent, stream, text, .. } => {
                    let name = match stream {
                        Stream::Out => "stdout",
                        Stream::Err => "stderr",
                    };
                    publisher.send(public("stream", json!({"name": name, "text": text}), parent.as_deref())).await;
                }
                // Whoever waits for it may have given up.
                Item::Flush(done) => drop(done.try_send(())),
            },
        }
    }
}

/// A name that no message has had.
fn fresh_id() -> String {
    public("status", json!({}), None).header.msg_id
}

/// The socket, with those who are connected to it.
struct Publisher {
    connection: KernelIoPubXPubConnection,
    events: Box<dyn FnMut() -> Option<SocketEvent> + Send>,
    /// When each of those who are connected came.
    peers: HashMap<zeromq::util::PeerIdentity, Instant>,
}

impl Publisher {
    fn new(mut connection: KernelIoPubXPubConnection) -> Publisher {
        let mut monitor = connection.socket.monitor();
        let events = Box::new(move || monitor.try_recv().ok());
        Publisher { connection, events, peers: HashMap::new() }
    }

    async fn send(&mut self, message: JupyterMessage) {
        while let Some(event) = (self.events)() {
            match event {
                SocketEvent::Accepted(_, peer) => drop(self.peers.insert(peer, Instant::now())),
                SocketEvent::Disconnected(peer) => drop(self.peers.remove(&peer)),
                _ => {}
            }
        }
        // An error means that somebody left: there is nothing to mend.
        if tokio::time::timeout(PATIENCE, self.connection.send(message.clone())).await.is_err() {
            self.cut_off_who_does_not_listen().await;
            // It is not known who has got it already. Twice is better than never, but a client refuses a signature that it has seen.
            let mut again = message;
            again.header.msg_id = fresh_id();
            let _ = tokio::time::timeout(PROBE, self.connection.send(again)).await;
        }
    }

    /// One after the other, oldest first, until something gets through again. It is not known who it is; whoever is cut off
    /// without need comes back by itself.
    async fn cut_off_who_does_not_listen(&mut self) {
        let mut peers: Vec<_> = self.peers.drain().collect();
        peers.sort_by_key(|(_, since)| *since);
        for (at, (peer, _)) in peers.iter().enumerate() {
            self.connection.socket.backend().peer_disconnected(peer);
            let probe = public("status", json!({"execution_state": "busy"}), None);
            if tokio::time::timeout(PROBE, self.connection.send(probe)).await.is_ok() {
                self.peers.extend(peers.drain(at + 1..));
                return;
            }
        }
    }
}
