//! `LocalCluster`: the engine of this process, with as many workers and as much memory as was asked for.
//!
//! There is one engine. A cluster says how much of it is used: `n_workers` times `threads_per_worker` tasks at once, and
//! `memory_limit` for each worker. The newest cluster that is open decides.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_summary::{Card, Summary};

use super::board::Board;
use crate::builtin::nearest;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::{Error, Result};
use crate::modules::dask::utils::{format_bytes, parse_bytes};
use crate::object::Object;
use crate::types::types;
use crate::value::{Dict, HashKey, Value};
use crate::{Keywords, bail, builtins, error};

/// The address of the engine: nothing listens there.
pub const ADDRESS: &str = "inproc://rdk";
/// What stands where Dask has the address of its dashboard.
pub const DASHBOARD: &str = "none: progress() and performance_report() show what runs";

/// The engine of this process, as much of it as was asked for.
pub struct Cluster {
    board: Arc<Board>,
    name: String,
    state: Mutex<State>,
}

struct State {
    n_workers: usize,
    threads_per_worker: usize,
    /// The number of tasks at once was asked for.
    limited: bool,
    /// Bytes for each worker, if that was asked for.
    memory: Option<u64>,
    closed: bool,
}

/// What a cluster is made with.
#[derive(Default)]
pub struct Wishes {
    /// How many workers.
    pub n_workers: Option<usize>,
    /// How many threads each of them has.
    pub threads_per_worker: Option<usize>,
    /// Bytes for each of them.
    pub memory_limit: Value,
    /// What it is called.
    pub name: Option<String>,
}

/// Options of Dask's clusters that change nothing here.
const KNOWN: &[&str] = &[
    "allowed_failures",
    "blocked_handlers",
    "connection_limit",
    "dashboard_address",
    "death_timeout",
    "deserializers",
    "diagnostics_port",
    "direct_to_workers",
    "env",
    "extensions",
    "heartbeat_interval",
    "host",
    "interface",
    "ip",
    "local_directory",
    "loop",
    "name",
    "nanny",
    "nthreads",
    "preload",
    "preload_nanny",
    "processes",
    "protocol",
    "resources",
    "scheduler_file",
    "scheduler_kwargs",
    "scheduler_port",
    "scheduler_sync_interval",
    "security",
    "serializers",
    "service_kwargs",
    "services",
    "set_as_default",
    "silence_logs",
    "start",
    "timeout",
    "worker_class",
    "worker_dashboard_address",
    "worker_kwargs",
];

/// Options that mean nothing here are accepted; a misspelt one is not passed over.
pub fn check_options(function: &str, kwargs: &Keywords) -> Result<()> {
    for (name, value) in &kwargs.0 {
        if &**name == "asynchronous" {
            if matches!(value, Value::Bool(true)) {
                bail!(NotImplementedError: "`asynchronous=True` needs `await`, which rdk does not have"; hint: "leave it out: `submit`, `map` and `compute` come back at once as it is");
            }
        } else if !KNOWN.contains(&&**name) {
            let error = error!(TypeError: "{function}() got an unexpected keyword argument `{name}`");
            let names = ["n_workers", "threads_per_worker", "memory_limit"].iter().chain(KNOWN).copied();
            return Err(match nearest(name, names) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error
                    .hint("`n_workers`, `threads_per_worker` and `memory_limit` say how much of this machine is used"),
            });
        }
    }
    Ok(())
}

impl Cluster {
    /// A cluster that decides from now on.
    pub fn new(board: &Arc<Board>, wishes: Wishes) -> Result<Arc<Cluster>> {
        let cores = board.engine.threads();
        let limited = wishes.n_workers.is_some() || wishes.threads_per_worker.is_some();
        let (n_workers, threads_per_worker) = match (wishes.n_workers, wishes.threads_per_worker) {
            (None, None) => (1, cores),
            (Some(n), None) => (n, (cores / n.max(1)).max(1)),
            (None, Some(threads)) => ((cores / threads.max(1)).max(1), threads),
            (Some(n), Some(threads)) => (n, threads),
        };
        let state = State {
            n_workers: n_workers.min(100_000),
            threads_per_worker: threads_per_worker.clamp(1, 100_000),
            limited,
            memory: memory(&wishes.memory_limit)?,
            closed: false,
        };
        let name = wishes.name.unwrap_or_else(|| format!("rdk-{}", board.number()));
        let cluster = Arc::new(Cluster { board: board.clone(), name, state: Mutex::new(state) });
        board.clusters.lock().push(Arc::downgrade(&cluster));
        board.apply();
        Ok(cluster)
    }

    /// How many tasks run at once, if that was asked for.
    pub(super) fn limit(&self) -> Option<usize> {
        let state = self.state.lock();
        state.limited.then_some((state.n_workers * state.threads_per_worker).max(1))
    }

    /// Bytes for all workers together, if that was asked for; never more than nine tenths of the machine.
    pub(super) fn memory_limit(&self) -> Option<u64> {
        let state = self.state.lock();
        let most = (rdk_graph::budget::usable() / 10 * 9).max(self.board.memory);
        Some(state.memory?.saturating_mul(state.n_workers.max(1) as u64).min(most))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.lock().closed
    }

    /// It does not decide any more.
    pub fn close(&self) {
        self.state.lock().closed = true;
        self.board.apply();
    }

    /// Another number of workers.
    pub fn scale(&self, n: usize) {
        {
            let mut state = self.state.lock();
            state.n_workers = n.min(100_000);
            state.limited = true;
        }
        self.board.apply();
    }

    /// How many workers there are, and how many threads all of them have.
    pub fn size(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.n_workers, state.n_workers * state.threads_per_worker)
    }

    /// Threads of each worker.
    pub fn threads_per_worker(&self) -> usize {
        self.state.lock().threads_per_worker
    }

    /// Bytes for all workers together.
    pub fn memory(&self) -> u64 {
        self.memory_limit().unwrap_or(self.board.memory)
    }

    /// The same as text.
    pub fn memory_text(&self) -> String {
        format_bytes(&Value::from(self.memory())).unwrap_or_default()
    }

    /// The names of the workers.
    pub fn addresses(&self) -> Vec<String> {
        match self.size().0 {
            1 => vec![ADDRESS.to_string()],
            n => (0..n).map(|at| format!("{ADDRESS}/{at}")).collect(),
        }
    }

    /// Where it is, for a card.
    pub fn whereabouts(&self) -> Vec<(String, Vec<String>)> {
        vec![fact("Scheduler", format!("{ADDRESS} (this process)")), fact("Dashboard", DASHBOARD.into())]
    }

    /// How much of the machine is used, for a card.
    pub fn extent(&self) -> Vec<(String, Vec<String>)> {
        let (workers, threads) = self.size();
        vec![
            fact("Workers", workers.to_string()),
            fact("Threads", threads.to_string()),
            fact("Memory", self.memory_text()),
        ]
    }
}

fn fact(label: &str, text: String) -> (String, Vec<String>) {
    (label.to_string(), vec![text])
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.board.apply();
    }
}

/// Bytes for each worker: a number, a text such as `2GB`, a part of the machine's memory; nothing for `auto`.
fn memory(limit: &Value) -> Result<Option<u64>> {
    match limit {
        Value::None | Value::Int(0) => Ok(None),
        Value::Str(text) if matches!(&**text, "auto" | "") => Ok(None),
        Value::Float(part) if *part > 0.0 && *part <= 1.0 => {
            Ok(Some((rdk_graph::budget::usable() as f64 * part) as u64))
        }
        other => {
            let bytes = u64::from_value(&parse_bytes(other)?);
            match bytes {
                Some(bytes) if bytes >= 1 << 20 => Ok(Some(bytes)),
                _ => {
                    bail!("cannot work with a `memory_limit` of {}", other.text(); hint: "bytes for each worker, such as `2GB`")
                }
            }
        }
    }
}

/// The class of clusters.
pub fn cluster_class() -> &'static ClassRef {
    static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
        let class = Class::new("LocalCluster", "distributed.deploy.local", "The cores of this machine as a cluster.");
        let construct = construct::builtins().pop().expect("one is declared");
        let class = class.base(types().object.clone()).construct(construct);
        Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
    });
    &CLASS
}

/// A cluster as a value.
#[derive(Clone)]
pub struct LocalCluster(pub Arc<Cluster>);

impl FromValue for LocalCluster {
    fn expected() -> &'static str {
        "a LocalCluster"
    }

    fn from_value(value: &Value) -> Option<LocalCluster> {
        value.get::<LocalCluster>().cloned()
    }
}

mod construct {
    use super::*;

    builtins! {
        /// The cores of this machine as a cluster: nothing is started, the engine is this process.
        ///
        /// ```rdk
        /// from dask.distributed import Client, LocalCluster
        /// cluster = LocalCluster(n_workers=2, threads_per_worker=1)
        /// client = Client(cluster)
        /// client.submit(abs, -3).result()
        /// #> 3
        /// ```
        fn LocalCluster[context](
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
            check_options("LocalCluster", &kwargs)?;
            let wishes = Wishes { n_workers, threads_per_worker, memory_limit, name };
            Ok(Value::object(LocalCluster(Cluster::new(&Board::of(context), wishes)?)))
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// Sets the number of workers.
        fn scale(
            this: LocalCluster,
            /// How many workers.
            n: Option<usize>,
            /// `cores`, `memory`, `jobs`: accepted, not used.
            kwargs: Keywords,
        ) -> () {
            let jobs = kwargs.0.iter().find(|(name, _)| &**name == "jobs").and_then(|(_, value)| usize::from_value(value));
            if let Some(n) = n.or(jobs) {
                this.0.scale(n);
            }
        }

        /// Lets the number of workers follow the work: the most that is allowed is used at once.
        fn adapt(
            this: LocalCluster,
            /// The fewest workers.
            minimum: Option<usize>,
            /// The most workers.
            maximum: Option<usize>,
            /// `interval`, `target_duration` and the like: accepted, not used.
            kwargs: Keywords,
        ) -> Value {
            let _ = kwargs;
            let now = this.0.size().0;
            let n = now.max(minimum.unwrap_or(1)).min(maximum.unwrap_or(usize::MAX));
            this.0.scale(maximum.unwrap_or(n).min(now.max(n).max(this.0.board.engine.threads())).max(1));
            Value::None
        }

        /// Gives the engine back as it was.
        fn close(
            this: LocalCluster,
            /// How long to wait; not used.
            timeout: Option<Value>,
        ) -> () { let _ = timeout; this.0.close(); }

        /// A client of this cluster.
        fn get_client[context](this: LocalCluster) -> Result<Value> {
            super::super::client::connect(context, Some(this.0), None)
        }

        /// Waits for workers: they are there.
        fn wait_for_workers(
            this: LocalCluster,
            /// How many.
            n_workers: Option<usize>,
            /// How long; not used.
            timeout: Option<Value>,
        ) -> () { let _ = (this, n_workers, timeout); }

        /// What a job of `dask_jobqueue` is made of: there are none.
        fn job_script(this: LocalCluster) -> Result<Value> {
            let _ = this;
            bail!(NotImplementedError: "there is no job script: nothing is submitted, the work is done on this machine"; hint: "`cluster.scale(n)` says how many workers there are here");
        }

        /// What workers have logged: nothing, what tasks print is shown at once.
        fn get_logs(
            this: LocalCluster,
            /// `cluster`, `scheduler`, `workers`: accepted, not used.
            kwargs: Keywords,
        ) -> Value { let _ = (this, kwargs); Value::dict::<&str>([]) }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// What it is called.
        fn name(this: LocalCluster) -> String { this.0.name.clone() }

        /// `running` or `closed`
        fn status(this: LocalCluster) -> &'static str { if this.0.is_closed() { "closed" } else { "running" } }

        /// Where Dask has its web page: there is none here, the text says what shows the same.
        fn dashboard_link(this: LocalCluster) -> String { let _ = this; DASHBOARD.into() }

        /// The name of the engine.
        fn scheduler_address(this: LocalCluster) -> String { let _ = this; ADDRESS.into() }

        /// The engine, as the cluster knows it.
        fn scheduler(this: LocalCluster) -> Value { Value::object(this) }

        /// The name of the engine.
        fn address(this: LocalCluster) -> String { let _ = this; ADDRESS.into() }

        /// What is known of the engine and its workers.
        fn scheduler_info(this: LocalCluster) -> Value { info(&this.0) }

        /// The workers with their threads.
        fn workers(this: LocalCluster) -> Value {
            let threads = this.0.threads_per_worker();
            let name = |at: usize| HashKey::new(Value::from(at)).ok();
            let workers = (0..this.0.size().0).filter_map(|at| Some((name(at)?, Value::str(format!("<Worker {at}, threads: {threads}>")))));
            Value::Dict(Arc::new(Dict(Mutex::new(workers.collect()))))
        }
    }
}

/// What `scheduler_info` says.
pub fn info(cluster: &Cluster) -> Value {
    let (n, _) = cluster.size();
    let threads = cluster.threads_per_worker();
    let worker = |(at, address): (usize, String)| {
        let facts = Value::dict([
            ("type", Value::str("Worker")),
            ("id", Value::from(at)),
            ("host", Value::str("rdk")),
            ("name", Value::from(at)),
            ("nthreads", Value::from(threads)),
            ("memory_limit", Value::from(cluster.memory() / n.max(1) as u64)),
            ("status", Value::str("running")),
        ]);
        (address, facts)
    };
    let workers = Value::dict(cluster.addresses().into_iter().enumerate().map(worker));
    Value::dict([
        ("type", Value::str("Scheduler")),
        ("id", Value::str(&cluster.name)),
        ("address", Value::str(ADDRESS)),
        ("services", Value::dict::<&str>([])),
        ("workers", workers),
    ])
}

impl Object for LocalCluster {
    fn class(&self) -> ClassRef {
        cluster_class().clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (workers, threads) = self.0.size();
        let memory = self.0.memory_text();
        format!("LocalCluster({}, '{ADDRESS}', workers={workers}, threads={threads}, memory={memory})", self.0.name)
    }

    fn summary(&self) -> Summary {
        let mut rows = self.0.whereabouts();
        rows.extend(self.0.extent());
        if self.0.is_closed() {
            rows.push(fact("Status", "closed".into()));
        }
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
        bail!(TypeError: "a cluster cannot be sent to another process"; hint: "send values, not the cluster")
    }
}
