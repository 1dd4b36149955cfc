//! Who does the tasks of a computation: all workers, or the thread that waits for it, one task after the other.
//!
//! `x.compute(scheduler="synchronous")` asks for the second for itself, `dask.config.set(scheduler="synchronous")` for whatever computes
//! from then on: `len(df)`, `df.set_index(…)`, `float(x)`. It is decided here and nowhere else: who has a graph to run asks
//! [`Context::hands`], or [`Shared::hands`] where no context is at hand.

use std::sync::Arc;

use rdk_graph::{Collect, Crew, Graph, Hands, Payload, RunError, TaskId};

use crate::builtin::Keywords;
use crate::context::{Context, Shared};
use crate::error::Result;
use crate::modules::dask::config::setting;
use crate::value::Value;

const SCHEDULERS: &[&str] =
    &["distributed", "multiprocessing", "processes", "single-threaded", "sync", "synchronous", "threading", "threads"];

/// Those that do one task after the other.
const ALONE: &[&str] = &["single-threaded", "sync", "synchronous"];

/// What `compute` and `persist` take in Dask: its own keywords, those of its schedulers and those of a client.
const KEYWORDS: &[&str] = &[
    "actors",
    "allow_other_workers",
    "asynchronous",
    "cache",
    "callbacks",
    "chunksize",
    "dumps",
    "fifo_timeout",
    "func_dumps",
    "func_loads",
    "get",
    "loads",
    "num_workers",
    "optimizations",
    "optimize_graph",
    "pool",
    "priority",
    "raise_exception",
    "rerun_exceptions_locally",
    "resources",
    "retries",
    "scheduler",
    "sync",
    "traverse",
    "workers",
];

/// Keywords and schedulers that Dask has are accepted; a misspelt one is not passed over.
fn check_keywords(function: &str, kwargs: &Keywords) -> Result<()> {
    for (name, value) in &kwargs.0 {
        if !KEYWORDS.contains(&&**name) {
            let error =
                crate::error!(TypeError: "{function}() got an unexpected keyword argument `{name}`").about(name);
            return Err(match crate::builtin::nearest(name, KEYWORDS.iter().copied()) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("`scheduler`, `num_workers`, `optimize_graph` and `traverse` are the usual ones"),
            });
        }
        if let ("scheduler" | "get", Value::Str(scheduler)) = (&**name, value)
            && !SCHEDULERS.contains(&&**scheduler)
        {
            let error = crate::error!("Expected one of [{}]", SCHEDULERS.join(", ")).about(name);
            return Err(match crate::builtin::nearest(scheduler, SCHEDULERS.iter().copied()) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            });
        }
    }
    Ok(())
}

/// Does the work as the keywords ask for it, or else the settings.
pub(super) fn scheduled<T>(
    context: &Context,
    function: &str,
    kwargs: &Keywords,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    check_keywords(function, kwargs)?;
    let asked = |names: &[&str]| {
        let given = kwargs.0.iter().find(|(name, value)| names.contains(&&**name) && !value.is_none());
        given.map(|(_, value)| value.clone())
    };
    let hands = decided(&context.shared, asked(&["scheduler", "get"]), asked(&["num_workers"]));
    let before = context.hands.replace(Some(hands));
    let result = work();
    context.hands.set(before);
    result
}

/// What is not asked for is as the settings have it.
fn decided(shared: &Shared, scheduler: Option<Value>, workers: Option<Value>) -> Hands {
    let scheduler = scheduler.or_else(|| setting(shared, "scheduler"));
    let workers = workers.or_else(|| setting(shared, "num_workers"));
    match (scheduler, workers) {
        (Some(Value::Str(name)), _) if ALONE.contains(&&*name) => Hands::One,
        (_, Some(Value::Int(1))) => Hands::One,
        _ => Hands::All,
    }
}

impl Shared {
    /// Who does the tasks of what is computed without being asked for by `compute`.
    pub fn hands(&self) -> Hands {
        decided(self, None, None)
    }
}

impl Context {
    /// Who does the tasks of what is computed now.
    pub fn hands(&self) -> Hands {
        self.hands.get().unwrap_or_else(|| self.shared.hands())
    }

    /// The same if it was asked for; else the settings say it.
    pub fn hands_asked(&self) -> Option<Hands> {
        self.hands.get()
    }

    /// Runs what the outputs need, by the hands that were asked for; gives their results in order.
    pub fn run(&self, graph: &Graph, outputs: &[TaskId]) -> std::result::Result<Vec<Payload>, RunError> {
        self.shared.engine.run_by(self.hands(), graph, outputs, &self.cancel)
    }

    /// The same; results are taken as they come.
    pub fn run_into(
        &self,
        graph: &Graph,
        outputs: &[TaskId],
        by: Arc<dyn Collect>,
    ) -> std::result::Result<Vec<Payload>, RunError> {
        self.shared.engine.run_into(self.hands(), graph, outputs, &self.cancel, by)
    }

    /// Who helps with work that is done here and now.
    pub fn crew(&self) -> Crew<'_> {
        self.shared.engine.crew_of(self.hands(), &self.cancel)
    }
}
