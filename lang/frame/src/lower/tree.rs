//! Partial results of groups that are merged a few at a time, so that no task holds those of all partitions.

use std::sync::Arc;

use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use rdk_graph::{Cost, Key, Operation, Task, TaskId};
use rdk_runtime::Result;
use rdk_runtime::object::Lowering;
use rdk_syntax::Place;

use super::cut::stage_token;
use super::leaf::{InputExec, Takes};
use super::stage::{Slot, Stage};
use crate::errors::fusion;

/// So many results are merged by one task. Dask merges 8; these are merged in one pass over a hash table, so that more is cheaper.
const NEIGHBOURS: usize = 16;

/// Merges neighbours of these partial results until few enough for one task are left; they keep their order.
pub fn merged(
    last: &AggregateExec,
    mut tasks: Vec<TaskId>,
    name: &Arc<str>,
    place: &Option<Place>,
    lowering: &mut Lowering,
) -> Result<Vec<TaskId>> {
    if tasks.len() <= NEIGHBOURS {
        return Ok(tasks);
    }
    let schema = last.input().schema();
    let all = (0..schema.fields().len()).collect();
    let input: Arc<dyn ExecutionPlan> = Arc::new(InputExec::new(0, Takes::All, all, schema, 1));
    let functions = last.aggr_expr().to_vec();
    let filters = vec![None; functions.len()];
    let (groups, known) = (last.group_expr().clone(), last.input_schema());
    let plan = AggregateExec::try_new(AggregateMode::PartialReduce, groups, functions, filters, input, known);
    let plan: Arc<dyn ExecutionPlan> = Arc::new(plan.map_err(fusion)?);
    let name: Arc<str> = format!("{name}-merge").into();
    while tasks.len() > NEIGHBOURS {
        lowering.check()?;
        let token = stage_token("merge", &plan, &tasks, lowering);
        let groups = tasks.chunks(NEIGHBOURS).enumerate().map(|(at, group)| {
            let slots = vec![Slot(group.len())];
            let stage = Stage { name: name.clone(), plan: plan.clone(), slots, place: place.clone() };
            let operation: Arc<dyn Operation> = Arc::new(stage);
            let costs = group.iter().map(|task| lowering.graph.tasks()[task.0 as usize].cost.output);
            // As large as the largest if all have the same groups, as all together if none has.
            let (largest, total) = costs.fold((0, 0), |(largest, total), cost: u64| (cost.max(largest), total + cost));
            let cost = Cost { output: largest, working: total.min(2 * largest) };
            // The plan has one partition: the first number is that of the partition.
            let key = Key { name: name.clone(), token, index: [0, at as u32].into_iter().collect() };
            lowering.graph.add(Task { key, operation, inputs: group.iter().copied().collect(), cost })
        });
        tasks = groups.collect();
    }
    Ok(tasks)
}
