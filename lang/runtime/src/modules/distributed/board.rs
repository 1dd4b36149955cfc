//! What the futures of a session share: tasks by key, clients and clusters, published data, locks and queues by name.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Weak};

use indexmap::IndexMap;
use parking_lot::Mutex;
use rdk_graph::{Engine, Payload, Token};
use rustc_hash::FxHashMap;

use super::client::Connection;
use super::cluster::Cluster;
use super::work::{Order, Stage, Work};
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::object::Object;
use crate::payload::Plain;
use crate::value::{Name, Value};

/// What the futures of a session share.
pub struct Board {
    /// What runs the tasks.
    pub engine: Arc<Engine>,
    /// Tasks that somebody holds.
    works: Mutex<FxHashMap<Token, Weak<Work>>>,
    /// Tasks that are to be done though nobody holds them.
    kept: Mutex<FxHashMap<Token, Arc<Work>>>,
    /// The newest last.
    pub(super) clients: Mutex<Vec<Weak<Connection>>>,
    pub(super) clusters: Mutex<Vec<Weak<Cluster>>>,
    /// The budget without a cluster's say.
    pub(super) memory: u64,
    pub(super) datasets: Mutex<IndexMap<Name, Value>>,
    /// Locks, queues and the like: kind and name.
    pub(super) named: Mutex<FxHashMap<(&'static str, Name), Value>>,
    count: AtomicU64,
}

/// The module in which each session has its own.
const MODULE: &str = "distributed";
const ENTRY: &str = "_board";

impl Board {
    /// The one of this session.
    pub fn of(context: &Context) -> Arc<Board> {
        let known = || context.shared.library.module(MODULE)?.get(ENTRY)?.get::<Held>().map(|held| held.0.clone());
        if let Some(board) = known() {
            return board;
        }
        static MAKING: Mutex<()> = Mutex::new(());
        let _making = MAKING.lock();
        if let Some(board) = known() {
            return board;
        }
        let engine = context.shared.engine.clone();
        let board = Arc::new(Board {
            memory: engine.memory(),
            engine,
            works: Mutex::default(),
            kept: Mutex::default(),
            clients: Mutex::default(),
            clusters: Mutex::default(),
            datasets: Mutex::default(),
            named: Mutex::default(),
            count: AtomicU64::new(0),
        });
        if let Some(module) = context.shared.library.module(MODULE) {
            module.set(ENTRY, Value::object(Held(board.clone())));
        }
        board
    }

    /// A number that no other call gives.
    pub(super) fn number(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The task with this token, or a new one that is started.
    pub(super) fn submit(
        self: &Arc<Self>,
        client: u64,
        name: Name,
        token: Token,
        text: Name,
        order: Order,
    ) -> Arc<Work> {
        self.find_or(token, || Work::new(self, client, name, token, text, Stage::Waiting(1)), |work| work.start(order))
    }

    /// The task with this token, or a new one that is over.
    pub(super) fn place(
        self: &Arc<Self>,
        client: u64,
        name: Name,
        token: Token,
        text: Name,
        value: Value,
    ) -> Arc<Work> {
        let payload = Payload::new(Plain(value));
        let bytes = payload.0.n_bytes() as u64;
        self.find_or(token, || Work::new(self, client, name, token, text, Stage::Finished(payload, bytes)), |_| {})
    }

    /// The task with this token; a new one if there is none, or if it was cancelled.
    pub(super) fn find_or(
        &self,
        token: Token,
        make: impl FnOnce() -> Work,
        begin: impl FnOnce(&Arc<Work>),
    ) -> Arc<Work> {
        // Whatever is dropped here goes after the lock: a task that goes takes the lock, too.
        let known = self.works.lock().get(&token).and_then(Weak::upgrade);
        if let Some(work) = known.filter(|work| !work.is_cancelled()) {
            return work;
        }
        let work = Arc::new(make());
        self.works.lock().insert(token, Arc::downgrade(&work));
        begin(&work);
        work
    }

    /// All tasks that somebody holds.
    pub(super) fn works(&self) -> Vec<Arc<Work>> {
        let works: Vec<Weak<Work>> = self.works.lock().values().cloned().collect();
        works.iter().filter_map(Weak::upgrade).collect()
    }

    /// It is to be done though nobody holds it.
    pub(super) fn keep(&self, work: &Arc<Work>) {
        self.kept.lock().insert(work.token, work.clone());
        if work.is_over() {
            self.forget(work);
        }
    }

    /// It is over: nobody needs to hold it.
    pub(super) fn forget(&self, work: &Arc<Work>) {
        let kept = self.kept.lock().remove(&work.token);
        drop(kept);
    }

    /// Nobody holds it any more.
    pub(super) fn remove(&self, token: Token) {
        let mut works = self.works.lock();
        if works.get(&token).is_some_and(|work| work.strong_count() == 0) {
            works.remove(&token);
        }
    }

    /// The newest client that is open.
    pub(super) fn client(&self) -> Option<Arc<Connection>> {
        let clients = self.clients.lock().clone();
        clients.iter().rev().filter_map(Weak::upgrade).find(|client| !client.is_closed())
    }

    /// Sets the engine as the newest cluster has it.
    pub(super) fn apply(&self) {
        let clusters = self.clusters.lock().clone();
        let newest = clusters.iter().rev().filter_map(Weak::upgrade).find(|cluster| !cluster.is_closed());
        let limit = newest.as_ref().and_then(|cluster| cluster.limit());
        let memory = newest.as_ref().and_then(|cluster| cluster.memory_limit()).unwrap_or(self.memory);
        self.engine.limit_errands(limit);
        self.engine.limit_places(limit);
        if self.engine.memory() != memory {
            self.engine.set_memory(memory);
        }
    }
}

/// The board as a value of its module.
struct Held(Arc<Board>);

impl Object for Held {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> =
            LazyLock::new(|| Arc::new(Class::new("Scheduler", "distributed", "What the futures of a session share.")));
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<Scheduler of this session>".into()
    }
}
