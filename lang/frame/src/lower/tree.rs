//! Partial results of groups that are merged a few at a time, so that no task holds those of all partitions.

use std::sync::Arc;

use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use rdk_graph::{Cost, Key, Operation, Task, TaskId, Token};
use rdk_runtime::Result;
use rdk_runtime::object::Lowering;
use rdk_syntax::Place;

use super::cut::{AGGREGATED, stage_token, with_children};
use super::groups::{Condense, Cutting, InOrder, LastOfPile};
use super::leaf::{InputExec, Takes};
use super::stage::{Slot, Stage};
use crate::errors::fusion;

/// So many results are merged by one task. Dask merges 8; these are merged in one pass over a hash table, so that more is cheaper.
const NEIGHBOURS: usize = 16;
/// More piles than this are not made of groups.
const MOST_PILES: u64 = 128;

/// What the tasks are called, and where in the user's text they come from.
pub struct Called<'a> {
    /// The name.
    pub name: &'a Arc<str>,
    /// The place.
    pub place: &'a Option<Place>,
}

impl Called<'_> {
    /// A stage whose inputs go to one slot.
    fn stage(&self, name: Arc<str>, plan: &Arc<dyn ExecutionPlan>, n_inputs: usize) -> Arc<dyn Operation> {
        Arc::new(Stage { name, plan: plan.clone(), slots: vec![Slot(n_inputs)], place: self.place.clone() })
    }

    fn merge(&self) -> Arc<str> {
        format!("{}-merge", self.name).into()
    }
}

/// Merges neighbours of these partial results until few enough for one task are left; they keep their order.
pub fn merged(
    last: &AggregateExec,
    mut tasks: Vec<TaskId>,
    called: &Called<'_>,
    lowering: &mut Lowering,
) -> Result<Vec<TaskId>> {
    if tasks.len() <= NEIGHBOURS {
        return Ok(tasks);
    }
    let plan = merging(last)?;
    while tasks.len() > NEIGHBOURS {
        let token = stage_token("merge", &plan, &tasks, lowering);
        tasks = level(&tasks, NEIGHBOURS, token, called, lowering, |n| called.stage(called.merge(), &plan, n))?;
    }
    Ok(tasks)
}

/// The plan that makes one partial result of several.
fn merging(last: &AggregateExec) -> Result<Arc<dyn ExecutionPlan>> {
    let functions = last.aggr_expr().to_vec();
    let filters = vec![None; functions.len()];
    let (groups, known) = (last.group_expr().clone(), last.input_schema());
    let mode = AggregateMode::PartialReduce;
    let plan = AggregateExec::try_new(mode, groups, functions, filters, partials(last), known);
    Ok(Arc::new(plan.map_err(fusion)?))
}

/// The partial results that a task gets.
fn partials(last: &AggregateExec) -> Arc<dyn ExecutionPlan> {
    let schema = last.input().schema();
    let all = (0..schema.fields().len()).collect();
    Arc::new(InputExec::new(0, Takes::All, all, schema, 1))
}

/// One level of a tree: a task for so many neighbours each, by the operation for that many.
fn level(
    tasks: &[TaskId],
    neighbours: usize,
    token: Token,
    called: &Called<'_>,
    lowering: &mut Lowering,
    operation: impl Fn(usize) -> Arc<dyn Operation>,
) -> Result<Vec<TaskId>> {
    let mut above = Vec::with_capacity(tasks.len().div_ceil(neighbours));
    for (at, group) in tasks.chunks(neighbours).enumerate() {
        lowering.check()?;
        let costs = group.iter().map(|task| lowering.graph.tasks()[task.0 as usize].cost.output);
        // As large as the largest if all have the same groups, as all together if none has.
        let (largest, total) = costs.fold((0, 0), |(largest, total), cost: u64| (cost.max(largest), total + cost));
        let cost = Cost { output: largest, working: total.min(2 * largest) };
        // The plan has one partition: the first number is that of the partition.
        let key = Key { name: called.merge(), token, index: [0, at as u32].into_iter().collect() };
        let inputs = group.iter().copied().collect();
        above.push(lowering.graph.add(Task { key, operation: operation(group.len()), inputs, cost }));
    }
    Ok(above)
}

/// The task that makes the groups of all partial results, pile by pile, where they might not be in memory together; `None` where they are.
pub fn in_piles(
    last: &Arc<dyn ExecutionPlan>,
    mut tasks: Vec<TaskId>,
    called: &Called<'_>,
    lowering: &mut Lowering,
) -> Result<Option<TaskId>> {
    let Some(aggregate) = last.downcast_ref::<AggregateExec>() else { return Ok(None) };
    let n_keys = aggregate.group_expr().expr().len();
    // Every group may be one of its own: then as much comes out as goes in.
    let bytes = tasks.iter().map(|task| {
        let task = &lowering.graph.tasks()[task.0 as usize];
        let below: u64 = task.inputs.iter().map(|input| lowering.graph.tasks()[input.0 as usize].cost.output).sum();
        below + task.cost.working
    });
    let (largest, total) = bytes.fold((0, 0u64), |(largest, total), bytes| (bytes.max(largest), total + bytes));
    let memory = lowering.memory();
    let is_much = total > memory / 4 && tasks.len() > NEIGHBOURS;
    if !is_much || n_keys == 0 || !aggregate.group_expr().is_single() || lowering.is_for_looks() {
        return Ok(None);
    }
    let most = memory / 32;
    let n_piles = (total / most.max(1)).clamp(2, MOST_PILES);
    let cutting = Cutting { n_keys, n_piles: n_piles as usize };
    let plan = merging(aggregate)?;
    let mut neighbours = (memory / 16 / largest.max(1)).clamp(1, NEIGHBOURS as u64) as usize;
    while tasks.len() > NEIGHBOURS {
        let token = stage_token("condense", &plan, &tasks, lowering);
        let merge = called.stage(called.merge(), &plan, 1);
        let operation = Arc::new(Condense { merge, cutting, most });
        tasks = level(&tasks, neighbours, token, called, lowering, |_| operation.clone())?;
        neighbours = NEIGHBOURS;
    }
    let plan = with_children(last, vec![partials(aggregate)])?;
    let token = stage_token("pile", &plan, &tasks, lowering);
    let operation = Arc::new(LastOfPile { last: called.stage(called.name.clone(), &plan, 1), cutting });
    let cost = Cost { output: AGGREGATED.min(memory / 8 / n_piles), working: memory / 8 };
    let mut piles = smallvec::SmallVec::new();
    for at in 0..n_piles as u32 {
        let key = Key { name: called.name.clone(), token, index: [at].into_iter().collect() };
        let inputs = tasks.iter().copied().collect();
        piles.push(lowering.graph.add(Task { key, operation: operation.clone(), inputs, cost }));
    }
    let token = stage_token("piles", &plan, &tasks, lowering);
    let key = Key { name: called.name.clone(), token, index: [0].into_iter().collect() };
    let operation = Arc::new(InOrder { name: called.name.to_string() });
    let cost = Cost { output: AGGREGATED.min(memory / 8), working: memory / 4 };
    Ok(Some(lowering.graph.add(Task { key, operation, inputs: piles, cost })))
}
