//! `compute` and `persist`: lazy values of all rooms become one graph, which runs once.

use std::ops::Range;
use std::sync::Arc;

use rdk_graph::{Call, Collect, Failure, Graph, Payload, RunError, TaskId, budget};
use rustc_hash::FxHashMap;

use crate::context::{Context, interrupted};
use crate::delayed::{self, Delayed};
use crate::error::{Error, Kind, Result, TaskNote};
use crate::object::{Gathering, Lazy, Lowering};
use crate::payload::Plain;
use crate::value::Value;
use crate::{bail, error};

/// What work is planned for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Machine {
    /// How many tasks run at once.
    pub threads: usize,
    /// How many bytes they may hold.
    pub memory: u64,
}

impl Machine {
    /// The one that `explain(memory="2GiB", threads=4)` asks for; what it leaves out is this session's.
    ///
    /// # Errors
    /// ValueError for a text that is no number of bytes, and for no threads.
    pub fn asked(context: &Context, memory: Option<String>, threads: Option<i64>) -> Result<Machine> {
        let engine = &context.shared.engine;
        let memory = match memory {
            Some(text) => budget::parse(&text).map_err(|problem| error!("{problem}"))?,
            None => engine.memory(),
        };
        let threads = match threads {
            Some(n) if n < 1 => bail!("expected at least one thread, got {n}"),
            Some(n) => n as usize,
            None => engine.threads(),
        };
        Ok(Machine { threads, memory })
    }
}

/// The concrete values of lazy ones, in order; other values are given back as they are.
pub fn compute(context: &Context, values: &[Value]) -> Result<Vec<Value>> {
    let (results, spaces) = run(context, values, |lazy, n_results| lazy.space(n_results))?;
    let mut results = results.into_iter().zip(spaces);
    let mut answers = Vec::with_capacity(values.len());
    for value in values {
        answers.push(match value {
            Value::Lazy(lazy) => {
                let (payloads, space) = results.next().unwrap_or_default();
                let value = match space {
                    Some(space) => space.value(payloads),
                    None => Err(payloads),
                };
                value.or_else(|payloads| gathered(context, &**lazy, payloads))?
            }
            other => other.clone(),
        });
    }
    Ok(answers)
}

/// The concrete value of a lazy one.
pub fn compute_one(context: &Context, value: &Value) -> Result<Value> {
    let mut answers = compute(context, std::slice::from_ref(value))?;
    Ok(answers.pop().unwrap_or_default())
}

/// The same lazy values with their work done, in order; other values are given back as they are.
pub fn persist(context: &Context, values: &[Value]) -> Result<Vec<Value>> {
    let mut results = run(context, values, |_, _| None)?.0.into_iter();
    let persisted = values.iter().map(|value| match value {
        Value::Lazy(lazy) => lazy.persisted(results.next().unwrap_or_default()),
        other => Ok(other.clone()),
    });
    persisted.collect()
}

/// The same lazy value with its work done.
pub fn persist_one(context: &Context, value: &Value) -> Result<Value> {
    let mut answers = persist(context, std::slice::from_ref(value))?;
    Ok(answers.pop().unwrap_or_default())
}

/// All tasks of these lazy values in one graph, and for each value the tasks that it consists of.
pub fn lower(values: &[Value]) -> Result<(Lowering, Vec<Vec<TaskId>>)> {
    lower_into(Lowering::default(), values)
}

/// The same for the engine of a context, until somebody wants it to stop.
pub fn lower_for(context: &Context, values: &[Value]) -> Result<(Lowering, Vec<Vec<TaskId>>)> {
    context.shared.put_aside_as_set()?;
    lower_into(Lowering::within(context.shared.engine.memory()).until(context.cancel.clone()), values)
}

/// The same for drawings and listings: nothing is fused.
pub fn lower_for_looks(values: &[Value]) -> Result<(Lowering, Vec<Vec<TaskId>>)> {
    lower_into(Lowering::for_looks(), values)
}

fn lower_into(mut lowering: Lowering, values: &[Value]) -> Result<(Lowering, Vec<Vec<TaskId>>)> {
    let lazies = || values.iter().filter_map(Value::as_lazy);
    for lazy in lazies() {
        lazy.announce(&mut lowering)?;
    }
    let tasks = lazies().map(|lazy| lazy.lower(&mut lowering)).collect::<Result<Vec<_>>>()?;
    Ok((lowering, tasks))
}

/// Where the results of each lazy value are gathered while they are made.
type Spaces = Vec<Option<Arc<dyn Gathering>>>;

/// The same for all results of a run.
struct Gatherings(Vec<(Range<usize>, Arc<dyn Gathering>)>);

impl Gatherings {
    fn find(&self, output: usize) -> Option<(usize, &dyn Gathering)> {
        let at = self.0.partition_point(|(range, _)| range.end <= output);
        let (range, space) = self.0.get(at).filter(|(range, _)| range.contains(&output))?;
        Some((output - range.start, &**space))
    }
}

impl Collect for Gatherings {
    fn place(&self, output: usize) -> Option<Payload> {
        let (output, space) = self.find(output)?;
        space.place(output)
    }

    fn take(&self, output: usize, result: Payload) -> std::result::Result<Payload, Failure> {
        match self.find(output) {
            Some((output, space)) => space.take(output, result),
            None => Ok(result),
        }
    }
}

/// Runs all; gives for each lazy value the results that it consists of, and the space that it was given for them.
fn run(
    context: &Context,
    values: &[Value],
    space: impl Fn(&dyn Lazy, usize) -> Option<Arc<dyn Gathering>>,
) -> Result<(Vec<Vec<Payload>>, Spaces)> {
    let lazies = || values.iter().filter_map(Value::as_lazy);
    if lazies().next().is_none() {
        return Ok(Default::default());
    }
    context.check()?;
    let (lowering, tasks) = lower_for(context, values)?;
    let outputs: Vec<TaskId> = tasks.iter().flatten().copied().collect();
    let spaces: Spaces = lazies().zip(&tasks).map(|(lazy, tasks)| space(lazy, tasks.len())).collect();
    let mut end = 0;
    let ranged = tasks.iter().zip(&spaces).filter_map(|(tasks, space)| {
        let start = end;
        end += tasks.len();
        Some((start..end, space.clone()?))
    });
    let gatherings = Gatherings(ranged.collect());
    let ran = match gatherings.0.is_empty() {
        true => context.run(&lowering.graph, &outputs),
        false => context.run_into(&lowering.graph, &outputs, Arc::new(gatherings)),
    };
    let mut results = match ran {
        Ok(results) => results.into_iter(),
        Err(error) => return Err(error_of(error, lowering)),
    };
    lowering.has_run(context)?;
    Ok((tasks.iter().map(|tasks| results.by_ref().take(tasks.len()).collect()).collect(), spaces))
}

/// The value that the results of a lazy value make up.
fn gathered(context: &Context, lazy: &dyn Lazy, mut payloads: Vec<Payload>) -> Result<Value> {
    if lazy.as_any().is::<Delayed>()
        && let [payload] = payloads.as_slice()
    {
        return delayed::operation::value_of(payload);
    }
    let operation = lazy.gather();
    let mut call =
        Call { index: &[], inputs: &mut payloads, crew: context.crew(), cancel: &context.cancel, into: None };
    let payload = operation.run(&mut call).map_err(|failure| match failure {
        Failure::Error(error) => own_error(error),
        other => plain_failure(other, operation.name()),
    })?;
    match payload.get::<Plain>() {
        Some(plain) => Ok(plain.0.clone()),
        None => bail!(RuntimeError: "internal error: `{}` did not give a plain value", operation.name()),
    }
}

/// The error of a single task in the language's terms.
pub(crate) fn error_of_task(failure: Failure, operation: &str, key: &str) -> Error {
    let mut error = match failure {
        Failure::Error(error) => own_error(error),
        other => plain_failure(other, operation),
    };
    if error.0.kind != Kind::KeyboardInterrupt && error.0.task.is_none() {
        error.0.task =
            Some(TaskNote { operation: operation.into(), key: key.into(), chunk: Vec::new(), part: "chunk" });
    }
    error
}

/// The error of a run in the language's terms.
fn error_of(run: RunError, mut lowering: Lowering) -> Error {
    let advice = advice(&run, &lowering.graph);
    let mut error = error_of_run(run, &lowering.note::<delayed::KeyOf>().texts);
    if let Some(advice) = advice {
        error = error.hint(advice);
    }
    // The graph with all that its tasks hold may be large; it goes here, after the error has been made.
    drop::<Graph>(std::mem::take(&mut lowering.graph));
    error
}

/// The same; `texts` has the keys that the user knows in another form.
pub(crate) fn error_of_run(run: RunError, texts: &FxHashMap<TaskId, String>) -> Error {
    let note = run.task.map(|task| TaskNote {
        operation: run.operation.clone(),
        key: texts.get(&task).cloned().unwrap_or_else(|| run.key.clone()),
        chunk: run.index.to_vec(),
        part: "chunk",
    });
    let mut error = match run.failure {
        Failure::Error(error) => own_error(error),
        other => plain_failure(other, &run.operation),
    };
    if error.0.kind != Kind::KeyboardInterrupt && error.0.task.is_none() {
        error.0.task = note;
    }
    error
}

/// What the operation itself knows about how it could do with less memory.
fn advice(run: &RunError, graph: &Graph) -> Option<String> {
    let (Failure::Memory { needed, allowed }, Some(task)) = (&run.failure, run.task) else { return None };
    graph.tasks()[task.0 as usize].operation.advice(&run.index, *needed, *allowed)
}

/// The error that an operation of ours has put in.
fn own_error(error: Box<dyn std::any::Any + Send>) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(_) => error!(RuntimeError: "internal error: a task failed without saying how"),
    }
}

fn plain_failure(failure: Failure, operation: &str) -> Error {
    match failure {
        Failure::Cancelled => interrupted(),
        Failure::Error(error) => own_error(error),
        Failure::Panic(message) => {
            error!(RuntimeError: "internal error in `{operation}`: {message}"; hint: "this is a fault of rdk: please report it")
        }
        Failure::Memory { .. } => {
            error!(MemoryError: "`{operation}` {failure}"; hint: "smaller chunks need less; `RDK_MEMORY` sets the budget")
        }
        Failure::Storage(message) => not_put_aside(message),
    }
}

/// What finds no room in memory finds none on disk either, or cannot be read back from there.
pub fn not_put_aside(message: impl std::fmt::Display) -> Error {
    error!(
        OSError: "{message}";
        hint: "`dask.config.set(temporary_directory=…)` names another folder for it; with more memory it may not be needed"
    )
}
