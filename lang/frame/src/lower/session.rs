//! DataFusion's planner with the settings that keep Dask's order. Made when a frame is first lowered, not at the start.

use std::sync::{Arc, LazyLock};

use datafusion::execution::TaskContext;
use datafusion::execution::context::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use rdk_runtime::Result;

use crate::errors::fusion;

/// A planner's state. The width only matters to repartitioning, which is off.
static STATE: LazyLock<SessionState> = LazyLock::new(|| SessionStateBuilder::new().with_config(config()).build());

fn config() -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(1)
        .with_round_robin_repartition(false)
        .with_repartition_aggregations(false)
        .with_repartition_joins(false)
        .with_repartition_sorts(false)
        .with_repartition_windows(false)
        .with_repartition_file_scans(false)
        .with_information_schema(false);
    let options = config.options_mut();
    // A partition is a task, perhaps in another process: nothing may be shared between partitions while they run.
    options.execution.enable_file_stream_work_stealing = false;
    options.optimizer.enable_dynamic_filter_pushdown = false;
    // Rows that go through unaggregated would be right too, but a stage's result is expected to be small.
    options.execution.skip_partial_aggregation_probe_ratio_threshold = 1.0;
    config
}

/// The plan as the optimiser leaves it.
pub fn optimised(plan: &LogicalPlan) -> Result<LogicalPlan> {
    STATE.optimize(plan).map_err(fusion)
}

/// The physical plan of an optimised one.
pub fn physical(plan: &LogicalPlan) -> Result<Arc<dyn ExecutionPlan>> {
    let planning = STATE.query_planner().create_physical_plan(plan, &*STATE);
    futures::executor::block_on(planning).map_err(fusion)
}

/// What a task runs in, without anything in it yet.
pub fn task_config() -> SessionConfig {
    STATE.config().clone()
}

/// What a task runs in.
pub fn task_context(config: SessionConfig) -> Arc<TaskContext> {
    Arc::new(TaskContext::new(
        None,
        String::new(),
        config,
        Default::default(),
        Default::default(),
        Default::default(),
        Default::default(),
        STATE.runtime_env().clone(),
    ))
}
