//! Adds the tasks that make frames to a graph.

use std::sync::Arc;

use datafusion::physical_plan::ExecutionPlan;
use rdk_graph::{Cost, Index, Key, Operation, Payload, Task, TaskId, Token, Tokenizer};
use rdk_runtime::object::Lowering;
use rdk_runtime::{Result, bail};
use rdk_syntax::Place;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::{LeafExec, cut, session};
use crate::batches::Batches;
use crate::plan::{Leaf, Source, Step, View, Wiring};
use crate::steps::Shelved;

/// What frames remember while a graph is made.
#[derive(Default)]
pub struct Note {
    /// Views and leaves that have tasks already.
    built: FxHashMap<Token, Vec<TaskId>>,
    /// What has been announced.
    roots: Vec<View>,
    /// The plans of views.
    plans: FxHashMap<Token, Arc<dyn ExecutionPlan>>,
    /// Files that several of the announced views read, with the columns that any of them needs: they are read once.
    shared: Option<FxHashMap<Token, Vec<usize>>>,
    /// How many bytes the tasks so far read from files.
    pub n_bytes_read: u64,
    /// The text of each plan whose tasks have been added, with what its tasks are called.
    pub texts: Vec<(Arc<str>, String)>,
}

/// Says that this frame will be asked for.
pub fn announce(view: &View, lowering: &mut Lowering) -> Result<()> {
    let mut delayed = Vec::new();
    view.each_leaf(&mut |leaf| {
        if let Source::Delayed(lazies) = &leaf.source {
            delayed.extend(lazies.iter().cloned());
        }
    });
    let note = lowering.note::<Note>();
    note.roots.push(view.clone());
    note.shared = None;
    delayed.iter().try_for_each(|lazy| lazy.announce(lowering))
}

/// The physical plan of a view.
fn planned(view: &View, lowering: &mut Lowering) -> Result<Arc<dyn ExecutionPlan>> {
    let token = view.token();
    if let Some(plan) = lowering.note::<Note>().plans.get(&token) {
        return Ok(plan.clone());
    }
    let plan = session::physical(&session::optimised(&view.plan()?)?)?;
    lowering.note::<Note>().plans.insert(token, plan.clone());
    Ok(plan)
}

/// Finds out which files several of the announced views read.
fn share(lowering: &mut Lowering) -> Result<()> {
    if lowering.note::<Note>().shared.is_some() {
        return Ok(());
    }
    let roots = lowering.note::<Note>().roots.clone();
    let mut seen: FxHashMap<Token, (usize, Vec<usize>)> = FxHashMap::default();
    if roots.len() > 1 {
        let mut known = rustc_hash::FxHashSet::default();
        for root in roots {
            if known.insert(root.token()) {
                let plan = planned(&root, lowering)?;
                read_by(&plan, &mut seen);
            }
        }
    }
    let several = seen.into_iter().filter(|(_, (count, _))| *count > 1);
    let shared = several.map(|(token, (_, mut columns))| {
        columns.sort_unstable();
        columns.dedup();
        (token, columns)
    });
    let shared = shared.collect();
    lowering.note::<Note>().shared = Some(shared);
    Ok(())
}

/// Counts the leaves that a plan reads, with the columns.
fn read_by(plan: &Arc<dyn ExecutionPlan>, seen: &mut FxHashMap<Token, (usize, Vec<usize>)>) {
    if let Some(leaf) = plan.downcast_ref::<LeafExec>()
        && let Source::Scan(_) = &leaf.leaf.source
    {
        let entry = seen.entry(leaf.leaf.token).or_default();
        entry.0 += 1;
        entry.1.extend(&leaf.projection);
    }
    for child in plan.children() {
        read_by(child, seen);
    }
}

/// The columns of a leaf that are read once for all, if they are.
pub(super) fn shared_columns(leaf: &Leaf, lowering: &mut Lowering) -> Option<Vec<usize>> {
    lowering.note::<Note>().shared.as_ref()?.get(&leaf.token).cloned()
}

/// Adds the tasks that make a frame, one for each partition in order.
pub fn lower(view: &View, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
    let token = view.token();
    if let Some(tasks) = lowering.note::<Note>().built.get(&token) {
        return Ok(tasks.clone());
    }
    share(lowering)?;
    let plan = planned(view, lowering)?;
    let tasks = cut::stage_tasks(&plan, &view.name, &view.rows.place, lowering)?;
    lowering.note::<Note>().built.insert(token, tasks.clone());
    Ok(tasks)
}

/// The tasks of a leaf whose rows other tasks make, one for each partition.
pub(super) fn leaf_tasks(leaf: &Arc<Leaf>, place: &Option<Place>, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
    if let Some(tasks) = lowering.note::<Note>().built.get(&leaf.token) {
        return Ok(tasks.clone());
    }
    let tasks = match &leaf.source {
        Source::Given(batches) => {
            let payloads = batches.iter().map(|batch| Payload::new(Batches::one(batch.clone())));
            ready(leaf, payloads.collect(), lowering)
        }
        Source::Persisted(payloads) => ready(leaf, payloads.clone(), lowering),
        Source::Step(step) => step_tasks(leaf, step, lowering)?,
        Source::Delayed(lazies) => {
            let mut tasks = Vec::with_capacity(lazies.len());
            for lazy in lazies {
                tasks.push(rdk_runtime::delayed::add_gathered(&**lazy, lowering)?);
            }
            let operation: Arc<dyn Operation> =
                Arc::new(crate::steps::FromValue { schema: leaf.schema.clone(), place: place.clone() });
            let n = tasks.len();
            let inputs = tasks.into_iter().map(|task| [task].into_iter().collect::<SmallVec<[TaskId; 4]>>());
            let inputs: Vec<_> = inputs.collect();
            (0..n).map(|at| add(leaf, &operation, at, inputs[at].clone(), lowering)).collect()
        }
        Source::Scan(_) => bail!(RuntimeError: "internal error: `{}` is read by the task that needs it", leaf.name),
    };
    lowering.note::<Note>().built.insert(leaf.token, tasks.clone());
    Ok(tasks)
}

fn ready(leaf: &Leaf, payloads: Vec<Payload>, lowering: &mut Lowering) -> Vec<TaskId> {
    let task = |(at, payload): (usize, Payload)| lowering.graph.add_ready(key(leaf, at), payload);
    payloads.into_iter().enumerate().map(task).collect()
}

fn step_tasks(leaf: &Leaf, step: &Step, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
    let mut inputs = Vec::with_capacity(step.inputs.len());
    for view in &step.inputs {
        inputs.push(lower(view, lowering)?);
    }
    let mut tasks = Vec::with_capacity(leaf.n_partitions);
    match &step.wiring {
        Wiring::Each => {
            for at in 0..leaf.n_partitions {
                let own = inputs.iter().map(|tasks| if tasks.len() == 1 { tasks[0] } else { tasks[at] });
                let own = own.collect();
                tasks.push(add(leaf, &step.operation, at, own, lowering));
            }
        }
        Wiring::All => {
            let all = inputs.iter().flatten().copied().collect();
            tasks.push(add(leaf, &step.operation, 0, all, lowering));
        }
        Wiring::Pick(picks) => {
            for (at, pick) in picks.iter().enumerate() {
                let own = pick.iter().map(|&(input, partition)| inputs[input][partition]).collect();
                tasks.push(add(leaf, &step.operation, at, own, lowering));
            }
        }
        Wiring::Shuffle(splits) => {
            let aside = Aside::of(inputs.iter().flatten(), lowering);
            // An operation with several inputs counts the piles that it gets of each.
            let neighbours = if inputs.len() == 1 { aside.neighbours() } else { 1 };
            let mut piles: SmallVec<[TaskId; 4]> = SmallVec::new();
            for ((input, split), own) in splits.iter().enumerate().zip(&inputs) {
                let part = part_of(leaf, "split", input as u64);
                for (at, group) in own.chunks(neighbours).enumerate() {
                    piles.push(aside.split(split, part, at, group.iter().copied().collect(), lowering));
                }
            }
            tasks.extend(from_piles(leaf, &step.operation, &piles, aside.total, lowering));
        }
        Wiring::Range([sample, bounds, split]) => {
            let own: Vec<TaskId> = inputs.iter().flatten().copied().collect();
            let aside = Aside::of(&own, lowering);
            let part = part_of(leaf, "sample", 0);
            let each = own.iter().enumerate();
            let samples = each.map(|(at, &task)| few(sample, part, at, [task].into_iter().collect(), lowering));
            let samples = samples.collect();
            let found = few(bounds, part_of(leaf, "bounds", 0), 0, samples, lowering);
            let part = part_of(leaf, "split", 0);
            let groups = own.chunks(aside.neighbours()).enumerate();
            let piles = groups.map(|(at, group)| {
                let inputs = group.iter().copied().chain([found]).collect();
                aside.split(split, part, at, inputs, lowering)
            });
            let piles = piles.collect();
            tasks.extend(from_piles(leaf, &step.operation, &piles, aside.total, lowering));
        }
    }
    Ok(tasks)
}

/// The token of tasks that help to make a leaf.
fn part_of(leaf: &Leaf, what: &str, number: u64) -> Token {
    Tokenizer::new(what).token(leaf.token).number(number).finish()
}

/// Whether the rows of a shuffle go to disk on their way.
struct Aside {
    /// Bytes of all rows.
    total: u64,
    /// Bytes of the largest partition.
    largest: u64,
    /// Bytes that may be held.
    memory: u64,
}

impl Aside {
    fn of<'a>(tasks: impl IntoIterator<Item = &'a TaskId>, lowering: &Lowering) -> Aside {
        let sizes = tasks.into_iter().map(|task| lowering.graph.tasks()[task.0 as usize].cost.output);
        let (total, largest) = sizes.fold((0, 0), |(total, largest), size| (total + size, size.max(largest)));
        Aside { total, largest, memory: lowering.memory() }
    }

    /// Would they take the memory?
    fn is_needed(&self) -> bool {
        self.total > self.memory / 4
    }

    /// So many partitions are split by one task: the larger its piles, the fewer have to be read.
    fn neighbours(&self) -> usize {
        if self.is_needed() { (self.memory / 16 / self.largest.max(1)).clamp(1, 64) as usize } else { 1 }
    }

    /// A task that splits rows.
    fn split(
        &self,
        operation: &Arc<dyn Operation>,
        token: Token,
        at: usize,
        inputs: SmallVec<[TaskId; 4]>,
        lowering: &mut Lowering,
    ) -> TaskId {
        let below: u64 = inputs.iter().map(|input| lowering.graph.tasks()[input.0 as usize].cost.output).sum();
        let key = Key { name: operation.name().into(), token, index: index(at) };
        let (operation, cost): (Arc<dyn Operation>, Cost) = match self.is_needed() {
            true => (Arc::new(Shelved { split: operation.clone() }), Cost { output: 1 << 13, working: 2 * below }),
            false => (operation.clone(), Cost { output: below, working: below }),
        };
        lowering.graph.add(Task { key, operation, inputs, cost })
    }
}

/// A task that helps to make a leaf, and gives a few values.
fn few(
    operation: &Arc<dyn Operation>,
    token: Token,
    at: usize,
    inputs: SmallVec<[TaskId; 4]>,
    lowering: &mut Lowering,
) -> TaskId {
    let key = Key { name: operation.name().into(), token, index: index(at) };
    let few = operation.gives().unwrap_or(1 << 16);
    let cost = Cost { output: few, working: few };
    lowering.graph.add(Task { key, operation: operation.clone(), inputs, cost })
}

/// The tasks of a leaf, each of which takes the pile of its number from all of these.
fn from_piles(
    leaf: &Leaf,
    operation: &Arc<dyn Operation>,
    piles: &SmallVec<[TaskId; 4]>,
    total: u64,
    lowering: &mut Lowering,
) -> Vec<TaskId> {
    let output = total / leaf.n_partitions.max(1) as u64;
    let cost = Cost { output, working: output };
    let task = |at| Task { key: key(leaf, at), operation: operation.clone(), inputs: piles.clone(), cost };
    (0..leaf.n_partitions).map(|at| lowering.graph.add(task(at))).collect()
}

fn add(
    leaf: &Leaf,
    operation: &Arc<dyn Operation>,
    at: usize,
    inputs: SmallVec<[TaskId; 4]>,
    lowering: &mut Lowering,
) -> TaskId {
    let below: u64 = inputs.iter().map(|input| lowering.graph.tasks()[input.0 as usize].cost.output).sum();
    let cost = Cost { output: operation.gives().unwrap_or(below), working: below };
    lowering.graph.add(Task { key: key(leaf, at), operation: operation.clone(), inputs, cost })
}

fn key(leaf: &Leaf, at: usize) -> Key {
    Key { name: leaf.name.clone(), token: leaf.token, index: index(at) }
}

fn index(at: usize) -> Index {
    [at as u32].into_iter().collect()
}

impl View {
    /// Calls this with each leaf of the plan, those of the inputs of steps among them.
    pub fn each_leaf(&self, look: &mut dyn FnMut(&Arc<Leaf>)) {
        use datafusion::catalog::default_table_source::source_as_provider;
        use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
        use datafusion::logical_expr::LogicalPlan;
        let mut leaves = Vec::new();
        let walked = self.rows.plan.apply(|node| {
            if let LogicalPlan::TableScan(scan) = node
                && let Ok(provider) = source_as_provider(&scan.source)
                && let Some(table) = crate::plan::table_leaf(&*provider)
            {
                leaves.push(table);
            }
            Ok(TreeNodeRecursion::Continue)
        });
        debug_assert!(walked.is_ok(), "looking cannot fail");
        for leaf in leaves {
            look(&leaf);
            if let Source::Step(step) = &leaf.source {
                for input in &step.inputs {
                    input.each_leaf(look);
                }
            }
        }
    }
}
