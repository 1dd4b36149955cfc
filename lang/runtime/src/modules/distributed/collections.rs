//! `client.compute` and `client.persist`: lazy values of any kind, as futures.

use std::sync::{Arc, Weak};

use rdk_graph::{Cancel, Engine, Graph, Payload, RunError, TaskId, Token, Tokenizer};
use rustc_hash::FxHashMap;

use super::client::{Connection, Open};
use super::future::{Future, Patience, future_of, result_of};
use super::submit::key_text;
use super::work::{Stage, Work};
use crate::compute::{self, error_of_run};
use crate::context::Context;
use crate::delayed::{Delayed, KeyOf, add_gathered};
use crate::error::Result;
use crate::object::{Lazy, Lowering};
use crate::value::{Name, Value};
use crate::{Keywords, builtins};

builtins! {
    /// Begins to compute lazy values, and gives their futures at once.
    ///
    /// ```rdk
    /// import dask
    /// from dask.distributed import Client
    /// client = Client()
    /// client.compute(dask.delayed(abs)(-3)).result()
    /// #> 3
    /// ```
    fn compute[context](
        this: Open,
        /// A lazy value, or a list of them.
        collections: Value,
        /// Whether to wait, and to give the values themselves.
        sync: bool = false,
        /// `optimize_graph`, `workers`, `priority`, `retries` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> { let _ = kwargs; compute_all(context, &this.0, &collections, sync) }

    /// Does the work of lazy values, and gives them back with their work done.
    ///
    /// ```rdk
    /// import dask
    /// from dask.distributed import Client
    /// client = Client()
    /// client.persist(dask.delayed(abs)(-3)).compute()
    /// #> 3
    /// ```
    fn persist[context](
        this: Open,
        /// A lazy value, or a list of them.
        collections: Value,
        /// `optimize_graph`, `workers`, `priority` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = (this, kwargs);
        match &collections {
            Value::List(list) => compute::persist(context, &list.snapshot()).map(Value::list),
            Value::Tuple(items) => compute::persist(context, items).map(Value::tuple),
            other => compute::persist_one(context, other),
        }
    }
}

fn compute_all(context: &Context, client: &Arc<Connection>, collections: &Value, sync: bool) -> Result<Value> {
    let several = match collections {
        Value::List(list) => Some(list.snapshot()),
        Value::Tuple(items) => Some(items.to_vec()),
        Value::Set(set) => Some(set.items.lock().iter().map(|key| key.value().clone()).collect()),
        _ => None,
    };
    let values = several.as_deref().unwrap_or(std::slice::from_ref(collections));
    let mut futures = begin(client, values)?;
    if sync {
        for future in &mut futures {
            if let Some(work) = future_of(future) {
                *future = result_of(context, &work, &Patience(None))?;
            }
        }
    }
    Ok(match several {
        Some(_) => Value::list(futures),
        None => futures.pop().unwrap_or_default(),
    })
}

/// Begins to compute what is lazy among the values; the others stay as they are.
fn begin(client: &Arc<Connection>, values: &[Value]) -> Result<Vec<Value>> {
    let board = &client.board;
    let mut lowering = Lowering::default();
    for value in values {
        if let Value::Lazy(lazy) = value {
            lazy.announce(&mut lowering)?;
        }
    }
    let mut answers = Vec::with_capacity(values.len());
    let mut outputs = Vec::new();
    for value in values {
        let Value::Lazy(lazy) = value else {
            answers.push(value.clone());
            continue;
        };
        let task = add_gathered(&**lazy, &mut lowering)?;
        let (name, token, text) = name_of(&**lazy);
        let mut is_new = false;
        let make = || {
            is_new = true;
            Work::new(board, client.number, name, token, text, Stage::Running)
        };
        let work = board.find_or(token, make, |_| {});
        if is_new {
            outputs.push((task, Arc::downgrade(&work)));
        }
        answers.push(Future::value(work));
    }
    if !outputs.is_empty() {
        let texts = std::mem::take(&mut lowering.note::<KeyOf>().texts);
        let graph = Arc::new(std::mem::take(&mut lowering.graph));
        launch(board.engine.clone(), Arc::new(Job { graph, texts }), outputs);
    }
    Ok(answers)
}

fn name_of(lazy: &dyn Lazy) -> (Name, Token, Name) {
    let text = lazy.key();
    let token = Tokenizer::new("compute").bytes(text.as_bytes()).finish();
    match lazy.as_any().downcast_ref::<Delayed>() {
        Some(delayed) => (delayed.0.name.clone(), token, Name::from(text)),
        None => {
            let name = Name::from("finalize");
            let text = key_text(&name, token, true);
            (name, token, text)
        }
    }
}

/// A graph with the names of its tasks.
struct Job {
    graph: Arc<Graph>,
    texts: FxHashMap<TaskId, String>,
}

/// The tasks of a graph that futures stand for.
type Outputs = Vec<(TaskId, Weak<Work>)>;

/// A run that goes on for as long as somebody wants one of its results.
pub struct RunHold {
    engine: Arc<Engine>,
    run: std::sync::OnceLock<u64>,
}

impl Drop for RunHold {
    fn drop(&mut self) {
        if let Some(&run) = self.run.get() {
            self.engine.stop(run);
        }
    }
}

/// Runs the graph for these futures.
fn launch(engine: Arc<Engine>, job: Arc<Job>, outputs: Outputs) {
    let tasks: Vec<TaskId> = outputs.iter().map(|(task, _)| *task).collect();
    let hold = Arc::new(RunHold { engine: engine.clone(), run: Default::default() });
    for work in outputs.iter().filter_map(|(_, work)| work.upgrade()) {
        work.runs_in(hold.clone());
    }
    let (own_job, own_engine) = (job.clone(), engine.clone());
    let run = engine.submit_then(&job.graph, &tasks, &Cancel::new(), move |result| {
        arrived(own_engine, own_job, outputs, result);
    });
    // If all futures are gone by now, this is the last hold, and stops it.
    let _ = hold.run.set(run);
}

fn arrived(engine: Arc<Engine>, job: Arc<Job>, outputs: Outputs, result: std::result::Result<Vec<Payload>, RunError>) {
    match result {
        Ok(payloads) => {
            for ((_, work), payload) in outputs.iter().zip(payloads) {
                let Some(work) = work.upgrade() else { continue };
                let bytes = payload.0.n_bytes() as u64;
                work.settle(Stage::Finished(payload, bytes));
            }
        }
        // One of several failed: the others may still succeed; what is finished is remembered.
        Err(_) if outputs.len() > 1 => {
            for output in outputs {
                let wanted = output.1.upgrade().is_some_and(|work| !work.is_over());
                if wanted {
                    launch(engine.clone(), job.clone(), vec![output]);
                }
            }
        }
        Err(error) => {
            let Some(work) = outputs.first().and_then(|(_, work)| work.upgrade()) else { return };
            match &error.failure {
                rdk_graph::Failure::Cancelled => work.settle(Stage::Cancelled),
                _ => work.settle(Stage::Failed(error_of_run(error, &job.texts))),
            }
        }
    }
}
