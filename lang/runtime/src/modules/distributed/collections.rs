//! `client.compute` and `client.persist`: lazy values of any kind, as futures.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rdk_graph::{Cancel, Engine, Failure, Graph, Later, Payload, RunError, TaskId, Token, Tokenizer};
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

    /// Begins the work of lazy values and gives them back at once, still lazy.
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
        let _ = kwargs;
        match &collections {
            Value::List(list) => persist(context, &this.0, &list.snapshot()).map(Value::list),
            Value::Tuple(items) => persist(context, &this.0, items).map(Value::tuple),
            other => Ok(persist(context, &this.0, std::slice::from_ref(other))?.pop().unwrap_or_default()),
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

/// The same lazy values, whose results are under way.
fn persist(context: &Context, client: &Arc<Connection>, values: &[Value]) -> Result<Vec<Value>> {
    let (mut lowering, tasks) = compute::lower_for(context, values)?;
    let lazies = || values.iter().filter_map(|value| if let Value::Lazy(lazy) = value { Some(lazy) } else { None });
    if lazies().zip(&tasks).any(|(lazy, tasks)| !lazy.takes_later(tasks.len())) {
        return compute::persist(context, values);
    }
    let engine = client.board.engine.clone();
    let hold = Arc::new(RunHold { engine: engine.clone(), run: Default::default() });
    let outputs: Vec<TaskId> = tasks.iter().flatten().copied().collect();
    let laters: Vec<Later> = outputs.iter().map(|_| Later::new(hold.clone())).collect();
    let setters: Vec<_> = laters.iter().map(Later::setter).collect();
    let texts = std::mem::take(&mut lowering.note::<KeyOf>().texts);
    let run = engine.submit_then(&lowering.graph, &outputs, &Cancel::new(), move |result| match result {
        Ok(payloads) => setters.iter().zip(payloads).for_each(|(set, payload)| set(Ok(payload))),
        Err(error) => {
            let error = error_of_run(error, &texts);
            for set in &setters {
                let error = error.clone();
                set(Err(Arc::new(move || Failure::Error(Box::new(error.clone())))));
            }
        }
    });
    let _ = hold.run.set(run);
    let mut results = laters.into_iter().map(Payload::new);
    let mut tasks = tasks.iter();
    let persisted = values.iter().map(|value| match value {
        Value::Lazy(lazy) => {
            let n = tasks.next().map_or(0, Vec::len);
            lazy.persisted(results.by_ref().take(n).collect())
        }
        other => Ok(other.clone()),
    });
    persisted.collect()
}

/// Results under way that persisted lazy values in there hold.
pub fn awaited(context: &Context, value: &Value) -> Result<Vec<Later>> {
    let mut lazies = Vec::new();
    find_lazies(context, value, &mut lazies)?;
    Ok(compute::lower(&lazies)?.0.graph.awaited())
}

fn find_lazies(context: &Context, value: &Value, lazies: &mut Vec<Value>) -> Result<()> {
    context.nested(|| {
        match value {
            Value::Lazy(_) => lazies.push(value.clone()),
            Value::List(_) | Value::Tuple(_) => {
                for item in value.items().unwrap_or_default() {
                    find_lazies(context, &item, lazies)?;
                }
            }
            _ => {}
        }
        Ok(())
    })
}

/// Waits until all have come, or until then; have they?
pub fn wait_for(context: &Context, laters: &[Later], until: Option<Instant>) -> Result<bool> {
    const POLL: Duration = Duration::from_millis(10);
    rdk_graph::waiting(|| {
        for later in laters {
            while !later.wait_until(Instant::now() + POLL) {
                context.check()?;
                if until.is_some_and(|until| until <= Instant::now()) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    })
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
                Failure::Cancelled => work.settle(Stage::Cancelled),
                _ => work.settle(Stage::Failed(error_of_run(error, &job.texts))),
            }
        }
    }
}
