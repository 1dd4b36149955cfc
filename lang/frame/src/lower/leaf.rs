//! The ends of a stage's plan: rows that are read there, and rows that other tasks made.

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::Statistics;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result as FusionResult};
use datafusion::execution::TaskContext;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, SendableRecordBatchStream,
};
use rdk_graph::Payload;
use rdk_runtime::Result;
use rdk_syntax::Place;
use serde::{Deserialize, Serialize};

use crate::batches::{Batches, Piles};
use crate::errors::carried;
use crate::place::placed;
use crate::plan::{Leaf, Source};

/// A way to read partitions that the task which needs them goes itself.
pub trait Scan: fmt::Debug + Send + Sync {
    /// The kind by which another process finds the code, and the parameters as bytes.
    fn encode(&self) -> (&'static str, Vec<u8>);

    /// The rows of a partition, these columns of them, at least the first `limit` rows.
    fn read(
        &self,
        partition: usize,
        projection: &[usize],
        limit: Option<usize>,
    ) -> Result<Box<dyn Iterator<Item = Result<RecordBatch>> + Send>>;

    /// How many bytes are read for a partition.
    fn n_bytes(&self, partition: usize) -> u64;
}

/// Rows of a leaf. Where other tasks make them it is replaced by an [`InputExec`] before it runs.
#[derive(Debug, Clone)]
pub struct LeafExec {
    /// The leaf.
    pub leaf: Arc<Leaf>,
    /// Which of its columns, in which order.
    pub projection: Vec<usize>,
    /// How many rows are needed at most.
    pub limit: Option<usize>,
    /// Where in the user's text the leaf is asked for.
    pub place: Option<Place>,
    properties: Arc<PlanProperties>,
}

impl LeafExec {
    /// These columns of a leaf; all if nothing is said.
    pub fn new(
        leaf: Arc<Leaf>,
        projection: Option<Vec<usize>>,
        limit: Option<usize>,
        place: Option<Place>,
    ) -> FusionResult<LeafExec> {
        let projection = projection.unwrap_or_else(|| (0..leaf.schema.fields().len()).collect());
        let schema = Arc::new(leaf.schema.project(&projection)?);
        let properties = properties(schema, leaf.n_partitions);
        Ok(LeafExec { leaf, projection, limit, place, properties })
    }
}

fn properties(schema: SchemaRef, n_partitions: usize) -> Arc<PlanProperties> {
    Arc::new(PlanProperties::new(
        EquivalenceProperties::new(schema),
        Partitioning::UnknownPartitioning(n_partitions),
        EmissionType::Incremental,
        Boundedness::Bounded,
    ))
}

impl DisplayAs for LeafExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.properties.eq_properties.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "Leaf: {}-{} [{}]", self.leaf.name, self.leaf.token, names.join(", "))?;
        match self.limit {
            Some(limit) => write!(f, " limit={limit}"),
            None => Ok(()),
        }
    }
}

impl ExecutionPlan for LeafExec {
    fn name(&self) -> &str {
        "LeafExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> FusionResult<TreeNodeRecursion>,
    ) -> FusionResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> FusionResult<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> FusionResult<SendableRecordBatchStream> {
        let Source::Scan(scan) = &self.leaf.source else {
            return Err(DataFusionError::Internal(format!(
                "`{}` is not read by the task that needs it",
                self.leaf.name
            )));
        };
        let place = self.place.clone();
        let failure = move |error| carried(placed(error, &place));
        let batches = scan.read(partition, &self.projection, self.limit).map_err(&failure)?;
        let batches = batches.map(move |batch| batch.map_err(&failure));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), futures::stream::iter(batches))))
    }

    fn partition_statistics(&self, _: Option<usize>) -> FusionResult<Arc<Statistics>> {
        Ok(Arc::new(Statistics::new_unknown(&self.schema())))
    }
}

/// Which of the partitions that other tasks made go into a partition here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Takes {
    /// The one of the same number.
    Own,
    /// All of them, in order, as one.
    All,
    /// Each as a partition of its own, all in one task.
    Each,
    /// The pile of the same number from each of them.
    Pile,
}

/// Rows that other tasks made.
#[derive(Debug)]
pub struct InputExec {
    /// Which of the task's inputs.
    pub slot: usize,
    /// Which partitions.
    pub takes: Takes,
    /// Which of their columns.
    pub projection: Vec<usize>,
    properties: Arc<PlanProperties>,
}

/// The inputs of a task, by slot: what [`InputExec`] finds in the task's context.
pub struct Inputs(pub Vec<Vec<Payload>>);

impl InputExec {
    /// These partitions, with this schema after the projection.
    pub fn new(slot: usize, takes: Takes, projection: Vec<usize>, schema: SchemaRef, n_partitions: usize) -> InputExec {
        InputExec { slot, takes, projection, properties: properties(schema, n_partitions) }
    }
}

impl DisplayAs for InputExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Input: {} {:?} {:?}", self.slot, self.takes, self.projection)
    }
}

impl ExecutionPlan for InputExec {
    fn name(&self) -> &str {
        "InputExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> FusionResult<TreeNodeRecursion>,
    ) -> FusionResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> FusionResult<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> FusionResult<SendableRecordBatchStream> {
        let missing = || DataFusionError::Internal("a task lacks an input".into());
        let inputs = context.session_config().get_extension::<Inputs>().ok_or_else(missing)?;
        let payloads = inputs.0.get(self.slot).ok_or_else(missing)?;
        let mut batches = Vec::new();
        match self.takes {
            // The task was given the one of its own number only.
            Takes::Own | Takes::All => {
                for payload in payloads {
                    batches.extend(Batches::of(payload).map_err(carried)?.batches.iter().cloned());
                }
            }
            Takes::Each => {
                let payload = payloads.get(partition).ok_or_else(missing)?;
                batches.extend(Batches::of(payload).map_err(carried)?.batches.iter().cloned());
            }
            Takes::Pile => {
                for payload in payloads {
                    let pile = payload.get::<Piles>().and_then(|piles| piles.0.get(partition)).ok_or_else(missing)?;
                    batches.extend(pile.batches.iter().cloned());
                }
            }
        }
        // The names inside are those of the task that made the rows; here they go by those of the plan.
        let schema = self.schema();
        let projection = self.projection.clone();
        let projected = batches.into_iter().map({
            let schema = schema.clone();
            move |batch: RecordBatch| {
                let columns = projection.iter().map(|&at| batch.column(at).clone()).collect();
                let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
                Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
            }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, futures::stream::iter(projected))))
    }

    fn partition_statistics(&self, _: Option<usize>) -> FusionResult<Arc<Statistics>> {
        Ok(Arc::new(Statistics::new_unknown(&self.schema())))
    }
}
