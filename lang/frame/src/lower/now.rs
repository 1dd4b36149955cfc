//! Frames that are computed at once: what pandas does.

use arrow::array::RecordBatch;
use rdk_graph::{Call, Cancel, Crew, Failure, Graph, Payload, RunError, TaskId};
use rdk_runtime::compute::not_put_aside;
use rdk_runtime::object::Lowering;
use rdk_runtime::{Context, Error, Kind, Result, error};

use super::{Gather, build};
use crate::batches::Batches;
use crate::plan::{Source, View};

/// Work on fewer bytes than this is done where it is asked for: handing it out would take longer.
const SMALL: u64 = 8 << 20;

/// The same view with its rows in memory, in one partition; `view.eager` is set.
pub fn compute_now(context: &Context, view: &View) -> Result<View> {
    Gather::of(view).view(&run(context, view)?)
}

/// The partitions of a view.
pub fn run(context: &Context, view: &View) -> Result<Vec<Payload>> {
    let mut lowering = Lowering::within(context.shared.engine.memory()).until(context.cancel.clone());
    build::announce(view, &mut lowering)?;
    let outputs = build::lower(view, &mut lowering)?;
    let work: u64 = lowering.graph.tasks().iter().map(|task| task.cost.working + task.cost.output).sum();
    // Who follows what lazy frames compute hears of small work, too.
    let is_followed = !view.eager && context.shared.engine.is_followed();
    if work <= SMALL && !is_followed && !has_delayed(view) {
        return run_here(&lowering.graph, &outputs, &context.cancel).map_err(|error| known(failure(error), view));
    }
    let result = context.run(&lowering.graph, &outputs);
    result.map_err(|error: RunError| known(failure(error.failure), view))
}

fn has_delayed(view: &View) -> bool {
    let mut found = false;
    view.each_leaf(&mut |leaf| found |= matches!(leaf.source, Source::Delayed(_) | Source::Scan(_)));
    found
}

/// The rows of a view that is in memory, in one batch.
pub fn in_memory(view: &View) -> Result<RecordBatch> {
    // Columns of rows in memory, nothing to be worked out: the usual case when something is shown.
    if let Some(leaf) = &view.rows.leaf
        && let Source::Given(batches) = &leaf.source
        && let [batch] = &batches[..]
    {
        let at = |expr: &datafusion::logical_expr::Expr| match expr {
            datafusion::logical_expr::Expr::Column(column) => batch.schema().index_of(&column.name).ok(),
            _ => None,
        };
        if let Some(places) = view.exprs().into_iter().map(at).collect::<Option<Vec<_>>>() {
            return batch.project(&places).map_err(crate::batches::arrow_error);
        }
    }
    here(view)
}

/// The rows of a view, made on this thread, in one batch.
pub fn here(view: &View) -> Result<RecordBatch> {
    let mut lowering = Lowering::default();
    let outputs = build::lower(view, &mut lowering)?;
    let parts = run_here(&lowering.graph, &outputs, &Cancel::new()).map_err(failure)?;
    Batches::together(parts.iter().map(Batches::of).collect::<Result<Vec<_>>>()?)
}

/// Runs a graph on this thread, task after task.
fn run_here(graph: &Graph, outputs: &[TaskId], cancel: &Cancel) -> std::result::Result<Vec<Payload>, Failure> {
    // How many still wait for the result of each task; a result goes when nobody does.
    let mut users = vec![0usize; graph.tasks().len()];
    for output in outputs {
        users[output.0 as usize] += 1;
    }
    for at in (0..users.len()).rev() {
        if users[at] > 0 {
            for input in &graph.tasks()[at].inputs {
                users[input.0 as usize] += 1;
            }
        }
    }
    let mut results: Vec<Option<Payload>> = vec![None; graph.tasks().len()];
    for (at, task) in graph.tasks().iter().enumerate() {
        if users[at] == 0 {
            continue;
        }
        if let Some(payload) = graph.ready(TaskId(at as u32)) {
            results[at] = Some(payload.clone());
            continue;
        }
        if cancel.requested() {
            return Err(Failure::Cancelled);
        }
        let mut inputs = Vec::with_capacity(task.inputs.len());
        for input in &task.inputs {
            let input = input.0 as usize;
            users[input] -= 1;
            inputs.extend(if users[input] == 0 { results[input].take() } else { results[input].clone() });
        }
        let mut call =
            Call { index: &task.key.index, inputs: &mut inputs, crew: Crew::alone(cancel), cancel, into: None };
        results[at] = Some(task.operation.run(&mut call)?);
    }
    Ok(outputs.iter().filter_map(|output| results[output.0 as usize].clone()).collect())
}

/// The error without the partition in which it happened, if the frame is one in memory: its user knows of none.
fn known(mut error: Error, view: &View) -> Error {
    if view.eager {
        error.0.task = None;
    }
    error
}

/// What went wrong.
fn failure(failure: Failure) -> Error {
    match failure {
        Failure::Cancelled => Error::new(Kind::KeyboardInterrupt, ""),
        Failure::Error(error) => match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(_) => error!(RuntimeError: "a task failed with an error of another kind"),
        },
        Failure::Panic(_) => error!(SystemError: "{failure}"),
        Failure::Memory { .. } => error!(MemoryError: "{failure}"),
        Failure::Storage(_) => not_put_aside(failure),
    }
}
