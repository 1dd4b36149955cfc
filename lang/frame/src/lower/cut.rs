//! Cuts a physical plan at its exchanges into stages, and adds their tasks.

use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::CrossJoinExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, displayable};
use rdk_graph::{Cost, Key, Operation, Task, TaskId, Token, Tokenizer};
use rdk_runtime::object::Lowering;
use rdk_runtime::{Result, bail};
use rdk_syntax::Place;

use super::build::{Note, leaf_tasks, shared_columns};
use super::leaf::{InputExec, LeafExec, Takes};
use super::stage::{Slot, Stage};
use super::tree::{self, Called};
use crate::errors::fusion;
use crate::plan::Source;

/// A row for each group is taken to be no larger than this, all groups together.
pub(super) const AGGREGATED: u64 = 1 << 20;
/// One row is taken to be no larger than this.
const ROW: u64 = 1 << 10;
/// Bytes of text become about so many bytes of columns.
const PARSED: u64 = 2;

/// A stage in the making.
#[derive(Default)]
struct Cutting {
    /// For each slot the tasks whose results go in, and which of them go into which partition.
    slots: Vec<(Vec<TaskId>, Takes)>,
    /// How many columns the partitions of the leaf met last have.
    width: usize,
    /// Which part of the bytes of the partitions that it takes itself it reads: not all columns.
    share: Option<f64>,
    /// What is read by the stage itself, in bytes, by partition.
    scans: Vec<Arc<crate::plan::Leaf>>,
    /// At most so many bytes come out, if it gives a few rows for many.
    at_most: Option<u64>,
    /// Does it only read a file that several others use?
    alone: bool,
}

/// Adds the tasks of a physical plan: one for each of its partitions, in order.
pub fn stage_tasks(
    plan: &Arc<dyn ExecutionPlan>,
    name: &Arc<str>,
    place: &Option<Place>,
    lowering: &mut Lowering,
) -> Result<Vec<TaskId>> {
    tasks_of(plan, name, place, lowering, Cutting::default())
}

/// Adds the tasks that only read a leaf.
fn reading_tasks(
    plan: &Arc<dyn ExecutionPlan>,
    name: &Arc<str>,
    place: &Option<Place>,
    lowering: &mut Lowering,
) -> Result<Vec<TaskId>> {
    tasks_of(plan, name, place, lowering, Cutting { alone: true, ..Cutting::default() })
}

fn tasks_of(
    plan: &Arc<dyn ExecutionPlan>,
    name: &Arc<str>,
    place: &Option<Place>,
    lowering: &mut Lowering,
    mut cutting: Cutting,
) -> Result<Vec<TaskId>> {
    let n = plan.output_partitioning().partition_count();
    let plan = cut(plan, name, place, &mut cutting, lowering)?;
    // Nothing is left to do: the tasks below are the result.
    if let Some(input) = only_named(&plan)
        && input.takes == Takes::Own
        && input.projection.iter().copied().eq(0..cutting.width)
        && let [(tasks, _)] = &cutting.slots[..]
    {
        return Ok(tasks.clone());
    }
    let inputs = cutting.slots.iter().flat_map(|(tasks, _)| tasks);
    let token = stage_token("stage", &plan, inputs, lowering);
    let slots = cutting.slots.iter().map(|(tasks, takes)| match takes {
        Takes::Own => Slot(1),
        Takes::All | Takes::Each | Takes::Pile => Slot(tasks.len()),
    });
    let operation: Arc<dyn Operation> =
        Arc::new(Stage { name: name.clone(), plan: plan.clone(), slots: slots.collect(), place: place.clone() });
    if lowering.is_for_looks() {
        let text = displayable(&*plan).indent(false).to_string();
        lowering.note::<Note>().texts.push((name.clone(), text));
    }
    let mut result = Vec::with_capacity(n);
    for partition in 0..n {
        lowering.check()?;
        let mut inputs = smallvec::SmallVec::new();
        for (tasks, takes) in &cutting.slots {
            match takes {
                Takes::Own => match tasks.get(partition) {
                    Some(&task) => inputs.push(task),
                    None => bail!(RuntimeError: "internal error: `{name}` has no input for partition {partition}"),
                },
                Takes::All | Takes::Each | Takes::Pile => inputs.extend(tasks.iter().copied()),
            }
        }
        let below: u64 = inputs.iter().map(|input: &TaskId| lowering.graph.tasks()[input.0 as usize].cost.output).sum();
        let below = (below as f64 * cutting.share.unwrap_or(1.0)) as u64;
        let read = cutting.scans.iter().map(|leaf| match &leaf.source {
            Source::Scan(scan) => scan.n_bytes(partition) * PARSED,
            Source::Given(_) | Source::Persisted(_) | Source::Step(_) | Source::Delayed(_) => 0,
        });
        let read: u64 = read.sum();
        lowering.note::<Note>().n_bytes_read += read / PARSED;
        let output = (below + read).min(cutting.at_most.unwrap_or(u64::MAX));
        let cost = Cost { output, working: if cutting.at_most.is_some() { read } else { read / 2 } };
        let key = Key { name: name.clone(), token, index: [partition as u32].into_iter().collect() };
        result.push(lowering.graph.add(Task { key, operation: operation.clone(), inputs, cost }));
    }
    Ok(result)
}

/// Equal for the same plan over the same tasks.
pub fn stage_token<'a>(
    kind: &'static str,
    plan: &Arc<dyn ExecutionPlan>,
    inputs: impl IntoIterator<Item = &'a TaskId>,
    lowering: &Lowering,
) -> Token {
    let mut token = Tokenizer::new(kind).bytes(displayable(&**plan).indent(true).to_string().as_bytes());
    for input in inputs {
        let key = &lowering.graph.tasks()[input.0 as usize].key;
        token = token.token(key.token);
        for &at in &key.index {
            token = token.number(at.into());
        }
    }
    token.finish()
}

/// The input of a plan that does nothing but give its columns other names: those count by their places.
fn only_named(plan: &Arc<dyn ExecutionPlan>) -> Option<&InputExec> {
    if let Some(input) = plan.downcast_ref::<InputExec>() {
        return Some(input);
    }
    if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        let below = plan.children()[0];
        let straight =
            projection.expr().iter().enumerate().all(|(at, projected)| {
                projected.expr.downcast_ref::<Column>().is_some_and(|column| column.index() == at)
            });
        let all = projection.expr().len() == below.schema().fields().len();
        return if straight && all { only_named(below) } else { None };
    }
    plan.is::<CooperativeExec>().then(|| only_named(plan.children()[0])).flatten()
}

fn cut(
    plan: &Arc<dyn ExecutionPlan>,
    name: &Arc<str>,
    place: &Option<Place>,
    cutting: &mut Cutting,
    lowering: &mut Lowering,
) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = plan.schema();
    let all = (0..schema.fields().len()).collect::<Vec<_>>();
    if let Some(leaf) = plan.downcast_ref::<LeafExec>() {
        if let Source::Scan(_) = &leaf.leaf.source {
            if !cutting.alone
                && let Some(columns) = shared_columns(&leaf.leaf, lowering)
            {
                // Several frames of the same compute read this file: it is read once, by tasks of its own.
                let whole = LeafExec::new(leaf.leaf.clone(), Some(columns.clone()), None, leaf.place.clone())
                    .map_err(fusion)?;
                let whole: Arc<dyn ExecutionPlan> = Arc::new(whole);
                let tasks = reading_tasks(&whole, &leaf.leaf.name, place, lowering)?;
                let n = tasks.len();
                cutting.width = columns.len();
                let projection = leaf.projection.iter().filter_map(|at| columns.iter().position(|column| column == at));
                let projection = projection.collect();
                let slot = cutting.slot(tasks, Takes::Own);
                return Ok(Arc::new(InputExec::new(slot, Takes::Own, projection, schema, n)));
            }
            cutting.scans.push(leaf.leaf.clone());
            return Ok(plan.clone());
        }
        let tasks = leaf_tasks(&leaf.leaf, &leaf.place, lowering)?;
        let n = tasks.len();
        if cutting.slots.is_empty() {
            cutting.share = Some(bytes_of(&schema) / bytes_of(&leaf.leaf.schema).max(1.0));
        }
        cutting.width = leaf.leaf.schema.fields().len();
        let slot = cutting.slot(tasks, Takes::Own);
        return Ok(Arc::new(InputExec::new(slot, Takes::Own, leaf.projection.clone(), schema, n)));
    }
    if plan.is::<CoalescePartitionsExec>() {
        let child = plan.children()[0];
        let part: Arc<str> = format!("{name}-part").into();
        let tasks = stage_tasks(child, &part, place, lowering)?;
        let slot = cutting.slot(tasks, Takes::All);
        return Ok(Arc::new(InputExec::new(slot, Takes::All, all, schema, 1)));
    }
    if plan.is::<SortPreservingMergeExec>() {
        let child = plan.children()[0];
        let part: Arc<str> = format!("{name}-part").into();
        let tasks = stage_tasks(child, &part, place, lowering)?;
        let n = tasks.len();
        let slot = cutting.slot(tasks, Takes::Each);
        let input: Arc<dyn ExecutionPlan> = Arc::new(InputExec::new(slot, Takes::Each, all, schema, n));
        return with_children(plan, vec![input]);
    }
    if plan.is::<CrossJoinExec>() {
        // The left side is the one row that goes beside all others: every task needs the whole of it.
        let (left, right) = (plan.children()[0], plan.children()[1]);
        let schema = left.schema();
        let all = (0..schema.fields().len()).collect::<Vec<_>>();
        let tasks = stage_tasks(left, name, place, lowering)?;
        let slot = cutting.slot(tasks, Takes::All);
        let left: Arc<dyn ExecutionPlan> = Arc::new(InputExec::new(slot, Takes::All, all, schema, 1));
        let right = cut(right, name, place, cutting, lowering)?;
        return with_children(plan, vec![left, right]);
    }
    if let Some(aggregate) = plan.downcast_ref::<AggregateExec>() {
        cutting.at_most = Some(if aggregate.group_expr().is_empty() { ROW } else { AGGREGATED });
        if *aggregate.mode() == AggregateMode::Final && aggregate.input().is::<CoalescePartitionsExec>() {
            let part: Arc<str> = format!("{name}-part").into();
            let tasks = stage_tasks(aggregate.input().children()[0], &part, place, lowering)?;
            let called = Called { name, place };
            if let Some(task) = tree::in_piles(plan, tasks.clone(), &called, lowering)? {
                let slot = cutting.slot(vec![task], Takes::All);
                return Ok(Arc::new(InputExec::new(slot, Takes::All, all, schema, 1)));
            }
            let tasks = tree::merged(aggregate, tasks, &called, lowering)?;
            let schema = aggregate.input().schema();
            let all = (0..schema.fields().len()).collect();
            let slot = cutting.slot(tasks, Takes::All);
            return with_children(plan, vec![Arc::new(InputExec::new(slot, Takes::All, all, schema, 1))]);
        }
    }
    let children = plan.children();
    if children.is_empty() {
        return Ok(plan.clone());
    }
    let children = children.into_iter().map(|child| cut(child, name, place, cutting, lowering));
    let children = children.collect::<Result<Vec<_>>>()?;
    with_children(plan, children)
}

/// About how many bytes a row of these columns has.
fn bytes_of(schema: &Schema) -> f64 {
    const TEXT: usize = 24;
    schema.fields().iter().map(|field| field.data_type().primitive_width().unwrap_or(TEXT)).sum::<usize>() as f64
}

impl Cutting {
    fn slot(&mut self, tasks: Vec<TaskId>, takes: Takes) -> usize {
        if !self.slots.is_empty() {
            self.share = None;
        }
        self.slots.push((tasks, takes));
        self.slots.len() - 1
    }
}

/// The plan with other inputs.
pub(super) fn with_children(
    plan: &Arc<dyn ExecutionPlan>,
    children: Vec<Arc<dyn ExecutionPlan>>,
) -> Result<Arc<dyn ExecutionPlan>> {
    use datafusion::physical_plan::{ChildrenPropertiesMode, ReplaceChildrenOptions};
    let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
    plan.clone().replace_children(children, options).map_err(fusion)
}
