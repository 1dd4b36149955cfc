//! Where rows come from.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result as FusionResult;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use rdk_graph::{Operation, Payload, Token};
use rdk_runtime::Lazy;
use rdk_syntax::Place;

use super::View;
use crate::lower::LeafExec;

/// A leaf of a plan: rows that DataFusion sees as a table.
#[derive(Debug)]
pub struct Leaf {
    /// What tasks that read it are called: `read-csv`.
    pub name: Arc<str>,
    /// Equal for equal rows.
    pub token: Token,
    /// Its columns; those of the index are among them.
    pub schema: SchemaRef,
    /// How many partitions.
    pub n_partitions: usize,
    /// Where they come from.
    pub source: Source,
}

/// Where the rows of a leaf come from.
pub enum Source {
    /// Rows in memory, a partition each.
    Given(Vec<RecordBatch>),
    /// Read by the task that needs them.
    Scan(Arc<dyn crate::lower::Scan>),
    /// Results of tasks that have run.
    Persisted(Vec<Payload>),
    /// Made by an operation of ours out of other frames.
    Step(Step),
    /// Delayed calls, each of which gives a frame.
    Delayed(Vec<Arc<dyn Lazy>>),
}

/// An operation that makes partitions out of the partitions of other frames.
#[derive(Debug)]
pub struct Step {
    /// What it does.
    pub operation: Arc<dyn Operation>,
    /// What goes in.
    pub inputs: Vec<View>,
    /// Which partitions go in where.
    pub wiring: Wiring,
}

/// Which partitions of the inputs a partition of the result is made of.
#[derive(Debug, Clone)]
pub enum Wiring {
    /// Partition `i` of each input; an input of a single partition goes into all.
    Each,
    /// There is one partition: it is made of everything in order.
    All,
    /// For each partition of the result the inputs and partitions that go in, in order.
    Pick(Vec<Vec<(usize, usize)>>),
    /// Each partition of each input is split into piles by its own operation; the operation gets pile `i` of all of them.
    Shuffle(Vec<Arc<dyn Operation>>),
    /// The rows of the only input go into piles by an order. The first operation samples each of its partitions, the second makes
    /// bounds of all samples, the third splits a partition by them; the operation of the step gets pile `i` of all of them.
    Range([Arc<dyn Operation>; 3]),
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self {
            Source::Given(_) => "given",
            Source::Scan(_) => "scan",
            Source::Persisted(_) => "persisted",
            Source::Step(_) => "step",
            Source::Delayed(_) => "delayed",
        };
        f.write_str(name)
    }
}

/// A leaf as DataFusion's planner knows it.
#[derive(Debug)]
pub struct Table {
    /// The leaf.
    pub leaf: Arc<Leaf>,
    /// Where in the user's text it is asked for.
    pub place: Option<Place>,
}

#[async_trait]
impl TableProvider for Table {
    fn schema(&self) -> SchemaRef {
        self.leaf.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> FusionResult<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(LeafExec::new(self.leaf.clone(), projection.cloned(), limit, self.place.clone())?))
    }
}

/// The leaf behind a table of DataFusion's.
pub fn table_leaf(provider: &dyn TableProvider) -> Option<Arc<Leaf>> {
    let any: &dyn std::any::Any = provider;
    any.downcast_ref::<Table>().map(|table| table.leaf.clone())
}
