//! Starts a kernel, and ends it.

use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use jupyter_protocol::ConnectionInfo;
use jupyter_zmq_client as zmq;
use rdk::graph::{Cancel, Engine};
use rdk::{Options, Session};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

use crate::history::History;
use crate::iopub::{self, Queue};
use crate::output::Notebook;
use crate::progress::Live;
use crate::serve::Server;
use crate::stdin::Stdin;
use crate::wire::{Incoming, Request};
use crate::{control, heartbeat, parent};

/// Stack of the thread that runs the language; it takes more when that is used up.
const STACK: usize = 16 * 1024 * 1024;
/// How long a last message is on its way to whom it is for.
const FAREWELL: Duration = Duration::from_millis(100);
/// How long a cell that runs has to stop when the kernel ends.
const STOPPING: Duration = Duration::from_secs(2);

/// Why a kernel did not start.
#[derive(Debug)]
pub struct Failed(String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A kernel that is ready to be started.
pub struct Kernel {
    info: ConnectionInfo,
    options: Options,
}

impl Kernel {
    /// With the sockets that a connection file names.
    pub fn new(connection_file: &Path, options: Options) -> Result<Kernel, Failed> {
        let path = connection_file.display();
        let text = std::fs::read_to_string(connection_file)
            .map_err(|error| Failed(format!("the connection file `{path}` cannot be read: {error}")))?;
        let info: ConnectionInfo = serde_json::from_str(&text)
            .map_err(|error| Failed(format!("`{path}` is not a connection file: {error}")))?;
        if !info.key.is_empty() && info.signature_scheme != "hmac-sha256" {
            return Err(Failed(format!("messages signed by `{}` are not known", info.signature_scheme)));
        }
        Ok(Kernel { info, options })
    }

    /// Runs until somebody asks it to end. `ready` is given the way to stop what runs: for signals.
    pub fn run(self, ready: impl FnOnce(Cancel)) -> Result<(), Failed> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Failed(format!("no threads for the sockets: {error}")))?;
        let id = format!("{}", std::process::id());
        let info = &self.info;
        // Who connects to one socket may look for the others at once: what is said is heard first.
        let sockets = runtime.block_on(async {
            let iopub = zmq::create_kernel_iopub_xpub_connection(info, &id).await?;
            let stdin = zmq::create_kernel_stdin_connection(info, &id).await?;
            let control = zmq::create_kernel_control_connection(info, &id).await?;
            let shell = zmq::create_kernel_shell_connection(info, &id).await?;
            zmq::Result::Ok((iopub, stdin, control, shell))
        });
        let (iopub, stdin, control, shell) = sockets.map_err(|error| Failed(no_socket(&error)))?;
        start_heartbeat(info.clone())?;

        let queue = Queue::new();
        let end = Arc::new(Notify::new());
        let notebook = Notebook::new(queue.clone(), Stdin::new(stdin, runtime.handle().clone()));
        let (shell, incoming) = shell.split();
        let (sender, requests) = channel();
        let server =
            Starting { options: self.options, notebook, queue: queue.clone(), requests, shell, end: end.clone() };
        let (cancel, engine, over) = server.start(&runtime)?;
        ready(cancel.clone());

        let live = engine;
        runtime.spawn(iopub::publish(iopub, queue.clone()));
        runtime.spawn(live.watch());
        runtime.spawn(control::listen(control, queue.clone(), cancel.clone(), end.clone()));
        runtime.spawn(listen(incoming, sender));
        let ending = end.clone();
        runtime.spawn(async move { parent::watch(&ending).await });

        runtime.block_on(end.notified());
        cancel.request();
        std::thread::sleep(FAREWELL);
        // Without its sockets the thread of the language ends, too, as soon as what runs has stopped.
        runtime.shutdown_timeout(FAREWELL);
        let _ = over.recv_timeout(STOPPING);
        Ok(())
    }
}

fn no_socket(error: &dyn fmt::Display) -> String {
    format!("a socket of the connection file cannot be opened: {error}")
}

/// All that the thread of the language takes along.
struct Starting {
    options: Options,
    notebook: Arc<Notebook>,
    queue: Arc<Queue>,
    requests: Receiver<Request>,
    shell: zmq::RouterSendConnection,
    end: Arc<Notify>,
}

impl Starting {
    /// Starts the thread. It hands back how to stop what runs, where to look how far that is, and tells when it is over.
    fn start(self, runtime: &Runtime) -> Result<(Cancel, Arc<Live>, Receiver<()>), Failed> {
        let runtime = runtime.handle().clone();
        let (ready, is_ready) = channel::<(Cancel, Arc<Live>)>();
        let (over, is_over) = channel::<()>();
        let work = move || {
            let session = Session::new(self.notebook.clone(), &self.options);
            let engine: Arc<Engine> = session.engine();
            let live = Live::new(self.queue.clone(), engine);
            self.notebook.heed(session.cancel());
            // The other end waits for it.
            let _ = ready.send((session.cancel(), live.clone()));
            let server = Server {
                session,
                notebook: self.notebook,
                queue: self.queue,
                live,
                history: History::open(),
                requests: self.requests,
                waiting: VecDeque::new(),
                controls: Vec::new(),
                shell: self.shell,
                runtime,
                end: self.end,
            };
            server.serve();
            // The other end may have given up.
            let _ = over.send(());
        };
        let started = std::thread::Builder::new().name("rdk".into()).stack_size(STACK).spawn(work);
        started.map_err(|error| Failed(format!("no thread for the language: {error}")))?;
        let (cancel, live) = is_ready.recv().map_err(|_| Failed("the session could not be made".into()))?;
        Ok((cancel, live, is_over))
    }
}

async fn listen(mut incoming: Incoming, to: Sender<Request>) {
    while let Some(request) = Request::next(&mut incoming).await {
        if to.send(request).is_err() {
            return;
        }
    }
}

/// On a thread with a runtime of its own.
fn start_heartbeat(info: ConnectionInfo) -> Result<(), Failed> {
    let (sender, receiver) = channel();
    let work = move || {
        let runtime = match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return drop(sender.send(Err(Failed(error.to_string())))),
        };
        runtime.block_on(async {
            match zmq::create_kernel_heartbeat_connection(&info).await {
                Ok(connection) => {
                    let _ = sender.send(Ok(()));
                    heartbeat::beat(connection).await;
                }
                Err(error) => drop(sender.send(Err(Failed(no_socket(&error))))),
            }
        });
    };
    let started = std::thread::Builder::new().name("heartbeat".into()).spawn(work);
    started.map_err(|error| Failed(format!("no thread for the heartbeat: {error}")))?;
    receiver.recv().unwrap_or_else(|_| Err(Failed("the heartbeat did not start".into())))
}
