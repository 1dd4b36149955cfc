//! Adds the tasks that make arrays to a graph.

use std::sync::Arc;

use rdk_graph::{Cost, Graph, Index, Key, Operation, Payload, Task, TaskId, Token, Tokenizer};
use rdk_runtime::object::Lowering;
use rdk_runtime::{Lazy, Result, bail};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::fused::{Fused, LoopEnd, Noticed};
use super::fusion::{Aim, Fusion};
use super::loops::{Feed, tasks};
use super::shapes::{FromValue, Reshaped};
use super::view::{View, nth, number};
use crate::array::{Array, Plan};
use crate::chunks::{Chunks, MAX_CHUNKS};
use crate::kernel::{Leaf, Program};
use crate::shape;
use crate::{Chunk, DType, show};

/// A loop over more elements than this would not come to an end.
const MAX_ELEMENTS: u128 = 1 << 50;
/// A chunk of more bytes than this is on no machine.
const MAX_BYTES: u128 = 1 << 46;

/// What arrays remember while a graph is made.
#[derive(Default)]
pub struct Note {
    /// What has been announced.
    pub(super) roots: Vec<Array>,
    /// What has been decided about it.
    pub(super) fusion: Option<Fusion>,
    /// What has tasks already.
    pub(super) built: FxHashMap<Token, Built>,
    /// What loops notice while it runs, and whether anybody will be told.
    pub(super) noticed: Noticed,
    pub(super) is_heard: bool,
    /// Is the graph there to be looked at?
    pub(super) for_looks: bool,
    /// Bytes that may be held while it runs.
    pub(super) memory: u64,
    /// Are tasks being added? Then a delayed call may ask for an array in the midst of it.
    is_making: bool,
}

/// An array whose chunks are results of tasks.
#[derive(Clone)]
pub(super) struct Built {
    /// One for each chunk, in C order.
    pub(super) tasks: Arc<[TaskId]>,
    /// How loops that read it find it cut.
    pub(super) grid: Chunks,
}

/// Says that this array will be asked for.
pub fn announce(array: &Array, lowering: &mut Lowering) -> Result<()> {
    let note = lowering.note::<Note>();
    if note.roots.iter().any(|root| root.token() == array.token()) {
        return Ok(());
    }
    note.roots.push(array.clone());
    note.fusion = None;
    for lazy in delayed(array) {
        lazy.announce(lowering)?;
    }
    Ok(())
}

/// The delayed calls that an array is made of.
fn delayed(array: &Array) -> Vec<Arc<dyn Lazy>> {
    let lazy = |array: &Array| match &array.node().plan {
        Plan::Delayed(lazy) => Some(lazy.clone()),
        _ => None,
    };
    array.walk().iter().filter_map(lazy).collect()
}

/// Adds the tasks that make an array, one for each chunk in C order.
pub fn lower(array: &Array, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
    array.walk().iter().try_for_each(|array| shape::check_empty(array.shape(), array.dtype().size()))?;
    announce(array, lowering)?;
    let (for_looks, memory) = (lowering.is_for_looks(), lowering.memory());
    let note = lowering.note::<Note>();
    (note.for_looks, note.memory) = (for_looks, memory);
    if note.is_making {
        // A delayed call reads this array, and the array that is being made reads the call.
        if !note.built.contains_key(&array.token()) {
            make(std::slice::from_ref(array), lowering)?;
        }
    } else if note.fusion.is_none() {
        note.is_making = true;
        let roots = note.roots.clone();
        let made = make(&roots, lowering);
        lowering.note::<Note>().is_making = false;
        made?;
    }
    let note = lowering.note::<Note>();
    let built = note.built.get(&array.token()).cloned();
    let Some(built) = built else { bail!(RuntimeError: "`{}` was not lowered", array.layer()) };
    if built.grid == *array.chunks() {
        return Ok(built.tasks.to_vec());
    }
    if let (Plan::Contract(_), Some(panels)) = (&array.node().plan, super::contract::by_chunk(&built, array.chunks())) {
        return Ok(panels);
    }
    // An array in memory is read as a whole by loops; as a result it is cut.
    let mut note = std::mem::take(lowering.note::<Note>());
    let tasks = note.pieces(array, &mut lowering.graph);
    *lowering.note::<Note>() = note;
    tasks
}

/// Adds the tasks of everything that these arrays are made of, if it has none yet.
fn make(roots: &[Array], lowering: &mut Lowering) -> Result<()> {
    let note = lowering.note::<Note>();
    let is_built = |token| note.built.contains_key(&token);
    let aim = Aim { for_looks: note.for_looks, memory: note.memory };
    let fusion = Fusion::decide(roots, is_built, aim);
    let waiting: Vec<Array> =
        fusion.order.iter().filter(|array| fusion.stored.contains(&array.token())).cloned().collect();
    // Delayed calls first: what they are made of may be arrays again, which add to the same note.
    for array in &waiting {
        if let Plan::Delayed(lazy) = &array.node().plan
            && !lowering.note::<Note>().built.contains_key(&array.token())
        {
            let built = from_delayed(array, &**lazy, lowering)?;
            lowering.note::<Note>().built.insert(array.token(), built);
        }
    }
    let mut note = std::mem::take(lowering.note::<Note>());
    note.fusion = Some(fusion);
    let mut done = Ok(());
    for array in &waiting {
        done = lowering.check().and_then(|()| note.build(std::slice::from_ref(array), &mut lowering.graph));
        if done.is_err() {
            break;
        }
    }
    *lowering.note::<Note>() = note;
    done
}

/// What a delayed call gives, as the one chunk of an array.
fn from_delayed(array: &Array, lazy: &dyn Lazy, lowering: &mut Lowering) -> Result<Built> {
    let node = array.node();
    let inputs = lazy.lower(lowering)?.into();
    let cost = Cost { output: bytes(&node.shape, node.dtype), working: 0 };
    let token = Tokenizer::new("gather").token(node.token).finish();
    let value = lowering.graph.add(Task { key: Key::single("gather", token), operation: lazy.gather(), inputs, cost });
    let operation: Arc<dyn Operation> =
        Arc::new(FromValue { shape: node.shape.clone(), dtype: node.dtype, place: node.place.clone() });
    let key = Key { name: node.name.clone(), token: node.token, index: first(node.shape.len()) };
    let inputs = [value].into_iter().collect();
    let task = lowering.graph.add(Task { key, operation, inputs, cost });
    Ok(Built { tasks: [task].into(), grid: node.chunks.clone() })
}

impl Note {
    /// Adds the tasks of all these; inputs stand before who needs them.
    fn build(&mut self, arrays: &[Array], graph: &mut Graph) -> Result<()> {
        for array in arrays {
            if self.built.contains_key(&array.token()) {
                continue;
            }
            // Each loop that reads it makes its own.
            if self.fusion.as_ref().is_some_and(|fusion| fusion.again.contains(&array.token())) {
                continue;
            }
            let node = array.node();
            check_grid(&node.chunks, node.dtype)?;
            let built = match &node.plan {
                Plan::Given(chunk) => given(array, chunk, graph),
                Plan::Persisted(payloads) => persisted(array, payloads, graph),
                Plan::Reduce(fold) => self.reduced(array, fold, graph)?,
                Plan::Reshape => self.reshaped(array, graph)?,
                Plan::Concatenate(axis) => self.concatenated(array, *axis, graph)?,
                Plan::Contract(contraction) => self.contracted(array, contraction, graph)?,
                Plan::Step(step) if super::tally::counted(&**step, self.for_looks) > 0 => {
                    self.tallied(array, step, graph)?
                }
                Plan::Step(step) => self.stepped(array, step, node.token, graph)?,
                // Built before all others.
                Plan::Delayed(_) => continue,
                Plan::Source(_)
                | Plan::Elementwise(_)
                | Plan::Cast
                | Plan::Slice(_)
                | Plan::Look(_)
                | Plan::Transpose(_)
                | Plan::BroadcastTo
                | Plan::Rechunk => self.stored(array, graph)?,
            };
            self.built.insert(array.token(), built);
        }
        Ok(())
    }

    /// The tasks of an array by its own chunks.
    pub(super) fn pieces(&mut self, array: &Array, graph: &mut Graph) -> Result<Vec<TaskId>> {
        let built = self.built[&array.token()].clone();
        if built.grid == *array.chunks() {
            return Ok(built.tasks.to_vec());
        }
        let program = Program {
            leaves: vec![Leaf::Chunk(array.dtype())],
            steps: Vec::new(),
            result: crate::kernel::Register::Leaf(0),
        };
        let loops = array.chunks().clone();
        let mut feed = Feed::new(array, View::identity(array.shape()), &loops, built, self.memory)?;
        let name = match array.node().plan {
            Plan::Given(_) => array.layer().clone(),
            _ => Arc::from("rechunk-merge"),
        };
        let fused = Fused {
            name,
            program,
            loops: loops.clone(),
            leaves: vec![feed.seen()],
            end: LoopEnd::Store,
            place: array.node().place.clone(),
            places: Vec::new(),
            noticed: self.noticed.clone(),
        };
        let token = Tokenizer::new("pieces").token(array.token()).finish();
        let counts = loops.counts();
        let prepared = (0..counts.iter().product()).map(|n| {
            let index = nth(&counts, n);
            let inputs = [feed.task(&loops, &index, graph)].into_iter().collect();
            (index, inputs, 0)
        });
        let prepared = prepared.collect();
        Ok(tasks(vec![fused], token, prepared, array.dtype(), graph))
    }

    fn reshaped(&mut self, array: &Array, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let below = self.pieces(&node.inputs[0], graph)?;
        let operation: Arc<dyn Operation> = Arc::new(Reshaped { chunks: node.chunks.clone() });
        let counts = node.chunks.counts();
        let task = |(n, input): (usize, TaskId)| {
            let index = nth(&counts, n);
            // The memory is shared with the input wherever it can be.
            let cost = Cost { output: bytes(&node.chunks.chunk_shape(&index), node.dtype), working: 0 };
            let key = Key { name: node.name.clone(), token: node.token, index };
            graph.add(Task { key, operation: operation.clone(), inputs: [input].into_iter().collect(), cost })
        };
        let tasks: Vec<TaskId> = below.into_iter().enumerate().map(task).collect();
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }

    /// Chunks of the parts are chunks of the whole.
    fn concatenated(&mut self, array: &Array, axis: usize, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let counts = node.chunks.counts();
        let mut tasks = vec![None; counts.iter().product()];
        let mut offset = 0;
        for input in &node.inputs {
            let own = input.numblocks();
            for (n, task) in self.pieces(input, graph)?.into_iter().enumerate() {
                let mut index = nth(&own, n);
                index[axis] += offset;
                tasks[number(&counts, &index)] = Some(task);
            }
            offset += own[axis] as u32;
        }
        let tasks: Option<Vec<TaskId>> = tasks.into_iter().collect();
        let Some(tasks) = tasks else { bail!(RuntimeError: "the parts of `{}` do not fill it", node.name) };
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }
}

/// An array in memory is one chunk for whoever reads it, however it is said to be cut.
fn given(array: &Array, chunk: &Chunk, graph: &mut Graph) -> Built {
    let node = array.node();
    let key = Key { name: node.name.clone(), token: node.token, index: first(node.shape.len()) };
    let task = graph.add_ready(key, Payload::new(chunk.clone()));
    Built { tasks: [task].into(), grid: Chunks::single(&node.shape) }
}

fn persisted(array: &Array, payloads: &[Payload], graph: &mut Graph) -> Built {
    let node = array.node();
    let counts = node.chunks.counts();
    let ready = |(n, payload): (usize, &Payload)| {
        let key = Key { name: node.name.clone(), token: node.token, index: nth(&counts, n) };
        graph.add_ready(key, payload.clone())
    };
    let tasks: Vec<TaskId> = payloads.iter().enumerate().map(ready).collect();
    Built { tasks: tasks.into(), grid: node.chunks.clone() }
}

/// The index of the first chunk.
pub(super) fn first(n_axes: usize) -> Index {
    SmallVec::from_elem(0, n_axes)
}

/// Bytes of so many elements; capped rather than wrapped.
pub(super) fn bytes(shape: &[usize], dtype: DType) -> u64 {
    shape::size(shape).saturating_mul(dtype.size() as u128).min(u64::MAX.into()) as u64
}

/// Refuses grids that no machine can work through, with a word on what to do.
pub(super) fn check_count(chunks: &Chunks) -> Result<()> {
    let n_chunks = chunks.count();
    let largest = chunks.largest();
    if n_chunks > MAX_CHUNKS as u128 {
        bail!(
            MemoryError: "an array of {n_chunks} chunks is too many to compute";
            hint: "larger chunks make fewer of them: the largest here is {}; `chunks=\"auto\"` finds a good size", shape::show(&largest)
        );
    }
    let n_elements = shape::size(&largest);
    if n_elements > MAX_ELEMENTS {
        bail!(MemoryError: "a chunk of {n_elements} elements is too many to compute"; hint: "`chunks=\"auto\"` finds a good size");
    }
    Ok(())
}

/// The same for grids whose chunks are stored.
pub(super) fn check_grid(chunks: &Chunks, dtype: DType) -> Result<()> {
    check_count(chunks)?;
    let largest = chunks.largest();
    let n_bytes = shape::size(&largest).saturating_mul(dtype.size() as u128);
    if n_bytes > MAX_BYTES {
        bail!(
            MemoryError: "unable to allocate {} for a chunk of shape {} and data type {dtype}",
            show::bytes::format_bytes(n_bytes), shape::show(&largest);
            hint: "smaller chunks take less: `chunks=\"auto\"` finds a good size"
        );
    }
    Ok(())
}
