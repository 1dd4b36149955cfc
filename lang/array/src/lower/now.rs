//! Arrays that are computed at once: what NumPy's functions do.

use std::sync::Arc;

use rdk_graph::{Call, Crew, Failure, Graph, Payload, RunError, TaskId};
use rdk_runtime::compute::not_put_aside;
use rdk_runtime::object::Lowering;
use rdk_runtime::{Context, Error, Kind, Result, bail};

use super::build;
use super::direct::{self, InMemory, Watched};
use super::folded::Folded;
use super::fused::failure;
use super::gather::Assemble;
use crate::array::{Array, Func};
use crate::kernel::Watch;
use crate::kernel::faults::forget_finite;
use crate::place::Office;
use crate::space::Space;
use crate::{Chunk, DType};

/// Work on fewer elements than this is done where it is asked for: handing it out would take longer.
const SMALL: u128 = 1 << 16;
/// And of no more tasks than this.
const FEW: usize = 64;
/// Results of fewer bytes than this have room anywhere.
const LARGE: u128 = 1 << 20;

impl Array {
    /// Its elements, now.
    pub fn compute_now(&self, context: &Context) -> Result<Chunk> {
        self.compute_at(&Office::of(context))
    }

    /// The same with what NumPy would have warned of at each of its steps.
    pub(crate) fn compute_watched(&self, context: &Context) -> Result<Watched> {
        forget_finite();
        let engine = &context.shared.engine;
        if self.nbytes() <= u128::from(engine.memory())
            && rdk_graph::budget::is_usable(self.nbytes())
            && let Some(made) = self.directly_looking(Watch::Faults, direct::crew_of(context), &context.cancel)
        {
            return made.map_err(error);
        }
        Ok((self.compute_now(context)?, Vec::new()))
    }

    /// The same without a context.
    pub(crate) fn compute_at(&self, office: &Office) -> Result<Chunk> {
        if self.is_sized() && !rdk_graph::budget::is_usable(self.nbytes()) {
            bail!(
                MemoryError: "Unable to allocate {} for an array with shape {} and data type {}",
                crate::show::format_bytes(self.nbytes()), crate::shape::show(self.shape()), self.dtype();
                hint: "a lazy array needs no memory until it is computed: `da.` in place of `np.`"
            );
        }
        let (engine, cancel) = (office.engine(), &office.cancel);
        forget_finite();
        // What is above the budget is refused in the usual way, which says so.
        if self.nbytes() <= u128::from(engine.memory())
            && let Some(made) = self.directly(engine.crew_of(office.hands(), cancel), cancel)
        {
            return made.map_err(error);
        }
        let made = self.by_tasks(office);
        // A task that ran on this thread may have made arrays of its own, which are gone.
        forget_finite();
        made
    }

    fn by_tasks(&self, office: &Office) -> Result<Chunk> {
        let (engine, cancel) = (office.engine(), &office.cancel);
        let mut lowering = Lowering::within(engine.memory()).until(cancel.clone());
        let outputs = build::lower(self, &mut lowering)?;
        let small = self.walk().iter().all(|array| array.size() <= SMALL) && lowering.graph.tasks().len() <= FEW;
        let assemble = Assemble { grid: self.chunks().clone(), dtype: self.dtype() };
        if small {
            let mut results = run_here(&lowering.graph, &outputs, cancel).map_err(error)?;
            return assemble.assemble(&mut results, Crew::alone(cancel)).map_err(error);
        }
        let hands = office.hands();
        let space =
            Space::of(self.chunks(), self.dtype()).filter(|space| space.n_chunks() == outputs.len()).map(Arc::new);
        let results = match &space {
            Some(space) => engine.run_into(hands, &lowering.graph, &outputs, cancel, space.clone()),
            None => engine.run_by(hands, &lowering.graph, &outputs, cancel),
        };
        let mut results = results.map_err(|failed| run_error(failed, &lowering.graph))?;
        if let Some(space) = space {
            results = match space.whole(results) {
                Ok(whole) => return Ok(whole),
                Err(results) => results,
            };
        }
        assemble.assemble(&mut results, engine.crew_of(hands, cancel)).map_err(error)
    }
}

/// One function of elements of what lies in memory, at once; `None`: its plan says why not, or is carried out in pieces.
pub(crate) fn elements(context: &Context, func: Func, operands: &[InMemory<'_>]) -> Option<Result<Chunk>> {
    Some(direct::elements(context, func, operands)?.map_err(error))
}

/// A reduction of what lies in memory, at once; `None` as above.
pub(crate) fn reduced(context: &Context, folded: &Folded<'_>) -> Option<Result<Chunk>> {
    let (engine, cancel) = (&context.shared.engine, &context.cancel);
    let bytes = folded.bytes();
    let fits = bytes < LARGE || bytes <= u128::from(engine.memory()) && rdk_graph::budget::is_usable(bytes);
    if !folded.is_usual() || !fits {
        return None;
    }
    forget_finite();
    // Who is to work is a question to the settings, which takes longer than work on few elements.
    let crew = if folded.is_small() { Crew::alone(cancel) } else { direct::crew_of(context) };
    let made = folded.done(crew, cancel);
    Some(made.map_err(|stop| error(failure(stop, crate::place::here().as_ref()))))
}

/// The elements of what lies in memory as another type, at once, or a copy of them; `None`: as [`elements`].
pub(crate) fn cast(context: &Context, chunk: &Chunk, dtype: DType) -> Option<Result<Chunk>> {
    Some(direct::cast(context, chunk, dtype)?.map_err(error))
}

/// Arrays of fewer bytes than this are copied without further ado.
const SOON_COPIED: usize = 1 << 17;

/// A copy in C order of what lies in memory.
pub(crate) fn copied(chunk: &Chunk) -> Result<Chunk> {
    match chunk.n_bytes() {
        0..SOON_COPIED if chunk.is_contiguous() => Ok(chunk.copy()),
        0..SOON_COPIED => Ok(chunk.contiguous()),
        _ => direct::copied(chunk).map_err(error),
    }
}

/// Runs a graph on this thread, task after task.
pub fn run_here(
    graph: &Graph,
    outputs: &[TaskId],
    cancel: &rdk_graph::Cancel,
) -> std::result::Result<Vec<Payload>, Failure> {
    let mut results: Vec<Payload> = Vec::with_capacity(graph.tasks().len());
    for (at, task) in graph.tasks().iter().enumerate() {
        if let Some(payload) = graph.ready(TaskId(at as u32)) {
            results.push(payload.clone());
            continue;
        }
        if cancel.requested() {
            return Err(Failure::Cancelled);
        }
        let mut inputs: Vec<Payload> = task.inputs.iter().map(|input| results[input.0 as usize].clone()).collect();
        let mut call =
            Call { index: &task.key.index, inputs: &mut inputs, crew: Crew::alone(cancel), cancel, into: None };
        results.push(task.operation.run(&mut call)?);
    }
    Ok(outputs.iter().map(|output| results[output.0 as usize].clone()).collect())
}

/// What went wrong, without the chunk in which it did: an eager array has no chunks that its user knows of.
fn error(failure: Failure) -> Error {
    match failure {
        Failure::Cancelled => Error::new(Kind::KeyboardInterrupt, ""),
        Failure::Error(error) => match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(_) => Error::new(Kind::RuntimeError, "a task failed with an error of another kind"),
        },
        Failure::Panic(_) => Error::new(Kind::SystemError, failure.to_string()),
        Failure::Memory { .. } => Error::new(Kind::MemoryError, failure.to_string()),
        Failure::Storage(_) => not_put_aside(failure),
    }
}

fn run_error(failed: RunError, graph: &Graph) -> Error {
    let advice = match (&failed.failure, failed.task) {
        (Failure::Memory { needed, allowed }, Some(task)) => {
            graph.tasks()[task.0 as usize].operation.advice(&failed.index, *needed, *allowed)
        }
        _ => None,
    };
    match advice {
        Some(advice) => error(failed.failure).hint(advice),
        None => error(failed.failure),
    }
}
