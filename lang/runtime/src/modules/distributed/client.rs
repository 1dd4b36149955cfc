//! `Client`: the door to the engine. Its methods are spread over the files beside this one.

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use rdk_summary::{Card, Summary};

use super::board::Board;
use super::cluster::{ADDRESS, Cluster, DASHBOARD, LocalCluster, Wishes, check_options};
use super::{collections, datasets, facts, submit};
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::{Error, Kind, Result};
use crate::modules::warnings::warn;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{Keywords, bail, builtins};

/// What a client holds.
pub struct Connection {
    /// Its number.
    pub number: u64,
    pub(super) board: Arc<Board>,
    pub(super) cluster: Arc<Cluster>,
    /// It made the cluster, and closes it.
    owner: bool,
    closed: AtomicBool,
}

impl Connection {
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Stops what it has submitted and is not done.
    fn cancel_all(&self) {
        for work in self.board.works() {
            if work.client == self.number && !work.is_over() {
                work.cancel();
            }
        }
    }

    fn close(&self) {
        if self.closed.swap(true, Ordering::Relaxed) {
            return;
        }
        self.cancel_all();
        if self.owner {
            self.cluster.close();
        }
    }
}

/// A client as a value.
#[derive(Clone)]
pub struct Client(pub Arc<Connection>);

/// A client that has not been closed.
pub struct Open(pub Arc<Connection>);

impl FromValue for Client {
    fn expected() -> &'static str {
        "a Client"
    }

    fn from_value(value: &Value) -> Option<Client> {
        value.get::<Client>().cloned()
    }
}

impl FromValue for Open {
    fn expected() -> &'static str {
        "a Client"
    }

    fn from_value(value: &Value) -> Option<Open> {
        value.get::<Client>().filter(|client| !client.0.is_closed()).map(|client| Open(client.0.clone()))
    }

    fn try_from_value(value: &Value) -> Result<Open> {
        match Open::from_value(value) {
            Some(open) => Ok(open),
            None if value.get::<Client>().is_some() => {
                bail!(ClosedClientError: "this client is closed"; hint: "`client = Client()` opens a new one")
            }
            None => bail!(TypeError: "expected a Client, got {}", crate::convert::describe(value)),
        }
    }
}

/// The class of clients.
pub fn client_class() -> &'static ClassRef {
    static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
        let class = Class::new("Client", "distributed.client", "The door to what runs tasks: submit, map, gather.");
        let construct = construct::builtins().pop().expect("one is declared");
        let class = class.base(types().object.clone()).construct(construct);
        let class = class.methods(submit::builtins()).methods(collections::builtins());
        let class = class.methods(methods::builtins()).methods(datasets::builtins()).methods(facts::builtins());
        Arc::new(class.properties(properties::builtins()))
    });
    &CLASS
}

/// A new client, of this cluster or of one of its own.
pub fn connect(context: &Context, cluster: Option<Arc<Cluster>>, wishes: Option<Wishes>) -> Result<Value> {
    let board = Board::of(context);
    let owner = cluster.is_none();
    let cluster = match cluster {
        Some(cluster) => cluster,
        None => Cluster::new(&board, wishes.unwrap_or_default())?,
    };
    let number = board.number();
    let connection =
        Arc::new(Connection { number, board: board.clone(), cluster, owner, closed: AtomicBool::new(false) });
    let mut clients = board.clients.lock();
    clients.retain(|client| client.strong_count() > 0);
    clients.push(Arc::downgrade(&connection));
    drop(clients);
    Ok(Value::object(Client(connection)))
}

/// The newest client that is open; `None` if there is none.
pub fn open_client(board: &Board) -> Value {
    board.client().map_or(Value::None, |connection| Value::object(Client(connection)))
}

mod construct {
    use super::*;

    builtins! {
        /// The door to what runs tasks: `submit`, `map`, `gather`. Uses all cores unless it is told otherwise.
        ///
        /// ```rdk
        /// from dask.distributed import Client
        /// client = Client()
        /// futures = client.map(abs, [-1, -2, 3])
        /// client.gather(futures)
        /// #> [1, 2, 3]
        /// ```
        fn Client[context](
            /// A `LocalCluster`. An address is accepted with a warning: the work is done here.
            address: Option<Value>,
            /// How many workers: with `threads_per_worker` how many tasks run at once.
            n_workers: Option<usize>,
            /// How many threads each worker has; by default all cores are shared out.
            threads_per_worker: Option<usize>,
            /// Whether workers are processes: accepted, they are threads.
            processes: Option<bool>,
            /// Memory for each worker, such as `2GB`.
            memory_limit: Value = "auto",
            /// What it is called.
            name: Option<String>,
            /// `dashboard_address`, `local_directory` and the like: accepted, and without effect here.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = processes;
            check_options("Client", &kwargs)?;
            let wishes = Wishes { n_workers, threads_per_worker, memory_limit, name };
            client(context, address, wishes, &kwargs)
        }
    }
}

fn client(context: &Context, address: Option<Value>, wishes: Wishes, kwargs: &Keywords) -> Result<Value> {
    let file = kwargs.0.iter().find(|(name, value)| &**name == "scheduler_file" && !value.is_none());
    let remote = match (&address, file) {
        (Some(value), _) if value.get::<LocalCluster>().is_some() => {
            let cluster = value.get::<LocalCluster>().map(|cluster| cluster.0.clone());
            if cluster.as_ref().is_some_and(|cluster| cluster.is_closed()) {
                bail!(RuntimeError: "this cluster is closed"; hint: "`LocalCluster()` makes a new one");
            }
            return connect(context, cluster, None);
        }
        (Some(Value::Str(text)), _) => Some(text.to_string()).filter(|text| text != ADDRESS),
        (Some(other), _) => {
            bail!(TypeError: "Scheduler address must be a string or a Cluster instance, got {}", crate::convert::describe(other); hint: "`Client()` uses all cores of this machine")
        }
        (None, Some((_, file))) => Some(file.text()),
        (None, None) => None,
    };
    if let Some(address) = remote {
        let text =
            format!("rdk does not reach clusters yet: nothing is sent to {address}, the work is done on this machine");
        warn(context, Kind::UserWarning, &text)?;
    }
    connect(context, None, Some(wishes))
}

mod methods {
    use super::*;

    builtins! {
        /// Closes it: what it has submitted and is not done yet is cancelled.
        fn close(
            this: Client,
            /// How long to wait; not used.
            timeout: Option<Value>,
        ) -> () { let _ = timeout; this.0.close(); }

        /// Closes it, and the cluster with it.
        fn shutdown(this: Client) -> () { this.0.close(); this.0.cluster.close(); }

        /// Cancels what is not done, and goes on with an empty engine.
        fn restart(
            this: Open,
            /// `timeout`, `wait_for_workers` and the like: accepted, not used.
            kwargs: Keywords,
        ) -> () {
            let _ = kwargs;
            this.0.board.works().iter().for_each(|work| work.cancel());
            this.0.board.engine.forget();
        }

        /// Waits for workers: they are there.
        fn wait_for_workers(
            this: Open,
            /// How many.
            n_workers: Option<usize>,
            /// How long; not used.
            timeout: Option<Value>,
        ) -> () { let _ = (this, n_workers, timeout); }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The cluster that it belongs to.
        fn cluster(this: Client) -> Value { Value::object(LocalCluster(this.0.cluster.clone())) }

        /// The engine, as the cluster knows it.
        fn scheduler(this: Client) -> Value { Value::object(LocalCluster(this.0.cluster.clone())) }

        /// Where Dask has its web page: there is none here, the text says what shows the same.
        fn dashboard_link(this: Client) -> String { let _ = this; DASHBOARD.into() }

        /// What it is called.
        fn id(this: Client) -> String { format!("Client-{}", this.0.number) }

        /// What it is called.
        fn name(this: Client) -> String { format!("Client-{}", this.0.number) }

        /// `running` or `closed`
        fn status(this: Client) -> &'static str { if this.0.is_closed() { "closed" } else { "running" } }

        /// Always `False`: there is no `await`.
        fn asynchronous(this: Client) -> bool { let _ = this; false }

        /// Futures by key.
        fn futures(this: Client) -> Value {
            let own = this.0.board.works().into_iter().filter(|work| work.client == this.0.number);
            Value::dict(own.map(|work| (work.text.clone(), super::super::future::Future::value(work))))
        }
    }
}

impl Object for Client {
    fn class(&self) -> ClassRef {
        client_class().clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        if self.0.is_closed() {
            return "<Client: No scheduler connected>".into();
        }
        let (workers, threads) = self.0.cluster.size();
        format!("<Client: '{ADDRESS}' processes={workers} threads={threads}, memory={}>", self.0.cluster.memory_text())
    }

    fn summary(&self) -> Summary {
        if self.0.is_closed() {
            return Summary::Text(self.repr());
        }
        let mut rows = self.0.cluster.whereabouts();
        // A row without a fact is the head of what follows.
        rows.push(("Cluster".into(), Vec::new()));
        rows.extend(self.0.cluster.extent());
        Summary::Card(Card { title: self.repr(), rows, ..Card::default() })
    }

    fn enter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, _: &Context, _: Option<&Error>) -> Result<bool> {
        self.0.close();
        Ok(false)
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        bail!(TypeError: "a client cannot be sent to another process"; hint: "`get_client()` inside the task gives one")
    }
}
