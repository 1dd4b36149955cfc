//! Rows in order, in partitions.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::catalog::default_table_source::DefaultTableSource;
use datafusion::common::{Column, DFSchemaRef, ScalarValue};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use rdk_graph::{Operation, Token, Tokenizer};
use rdk_runtime::Result;
use rdk_syntax::Place;

use super::leaf::Table;
use super::{Leaf, Named, Source, Step, View, Wiring};
use crate::errors::fusion;
use crate::label::Label;
use crate::place::here;

/// Rows in order, in partitions.
#[derive(Clone, Debug)]
pub struct Rows {
    /// What they are, as DataFusion sees it. Columns have unique names that users do not see.
    pub plan: LogicalPlan,
    /// How many partitions.
    pub n_partitions: usize,
    /// The smallest value of the index in each partition, and the largest of the last one; `None`: not known.
    pub divisions: Option<Vec<ScalarValue>>,
    /// Equal for equal rows.
    pub token: Token,
    /// The rows that these are a part of; all columns of those are columns here.
    pub parent: Option<Arc<Rows>>,
    /// Are these all the rows of the parent, with more columns?
    pub all_of_parent: bool,
    /// Is the index the number of the row, counted anew in each partition?
    pub counted: bool,
    /// How many rows, where that is known.
    pub n_rows: Option<usize>,
    /// The leaf, if these are its rows as they are.
    pub leaf: Option<Arc<Leaf>>,
    /// What the step that made them is called.
    pub name: Arc<str>,
    /// How many steps lead here.
    pub n_steps: usize,
    /// Where in the user's text they are asked for.
    pub place: Option<Place>,
}

/// The index column of rows that are only counted.
pub const COUNTED: &str = "__index__";

impl Rows {
    /// The rows of a leaf.
    pub fn of_leaf(leaf: Leaf, n_rows: Option<usize>, counted: bool) -> Result<Arc<Rows>> {
        let leaf = Arc::new(leaf);
        let source = Arc::new(DefaultTableSource::new(Arc::new(Table { leaf: leaf.clone(), place: here() })));
        let plan = LogicalPlanBuilder::scan("rows", source, None).and_then(LogicalPlanBuilder::build);
        let n_steps = match &leaf.source {
            Source::Step(step) => 1 + step.inputs.iter().map(|view| view.rows.n_steps).sum::<usize>(),
            Source::Given(_) | Source::Scan(_) | Source::Persisted(_) | Source::Delayed(_) => 1,
        };
        Ok(Arc::new(Rows {
            plan: plan.map_err(fusion)?,
            n_partitions: leaf.n_partitions,
            divisions: None,
            token: leaf.token,
            parent: None,
            all_of_parent: false,
            counted,
            n_rows,
            name: leaf.name.clone(),
            leaf: Some(leaf),
            n_steps,
            place: here(),
        }))
    }

    /// Rows in memory, in one partition.
    pub fn given(batch: RecordBatch, counted: bool) -> Result<Arc<Rows>> {
        let n_rows = batch.num_rows();
        let leaf = Leaf {
            name: "frame".into(),
            token: Token::fresh(),
            schema: batch.schema(),
            n_partitions: 1,
            source: Source::Given(vec![batch]),
        };
        Rows::of_leaf(leaf, Some(n_rows), counted)
    }

    /// Rows in memory with all columns of other rows in memory, and more.
    pub fn given_beside(batch: RecordBatch, parent: &Arc<Rows>) -> Result<Arc<Rows>> {
        let mut rows = Arc::unwrap_or_clone(Rows::given(batch, parent.counted)?);
        rows.parent = Some(parent.clone());
        rows.all_of_parent = true;
        rows.divisions = parent.divisions.clone();
        Ok(Arc::new(rows))
    }

    /// What an operation makes of other frames.
    pub fn step(
        name: &str,
        operation: Arc<dyn Operation>,
        inputs: Vec<View>,
        wiring: Wiring,
        n_partitions: usize,
        schema: arrow::datatypes::SchemaRef,
    ) -> Result<Arc<Rows>> {
        let (kind, bytes) = operation.encode();
        let mut token = Tokenizer::new(kind).bytes(&bytes).bytes(format!("{wiring:?}").as_bytes());
        for input in &inputs {
            token = token.token(input.token());
        }
        let leaf = Leaf {
            name: name.into(),
            token: token.number(n_partitions as u64).finish(),
            schema,
            n_partitions,
            source: Source::Step(Step { operation, inputs, wiring }),
        };
        Rows::of_leaf(leaf, None, false)
    }

    /// The columns.
    pub fn schema(&self) -> &DFSchemaRef {
        self.plan.schema()
    }

    /// A column by its hidden name.
    pub fn column(name: &str) -> Expr {
        Expr::Column(Column::new_unqualified(name))
    }

    /// Those of these rows for which the condition holds.
    pub fn filtered(self: &Arc<Rows>, condition: Expr) -> Result<Arc<Rows>> {
        let token = Tokenizer::new("filter").token(self.token).bytes(condition.to_string().as_bytes()).finish();
        let plan = LogicalPlanBuilder::from(self.plan.clone()).filter(condition).and_then(LogicalPlanBuilder::build);
        Ok(Arc::new(Rows {
            plan: plan.map_err(fusion)?,
            n_partitions: self.n_partitions,
            divisions: self.divisions.clone(),
            token,
            parent: Some(self.clone()),
            all_of_parent: false,
            counted: false,
            n_rows: None,
            leaf: None,
            name: "getitem".into(),
            n_steps: self.n_steps + 1,
            place: here(),
        }))
    }

    /// The same rows with the only row of `other` beside each of them. Its columns must have names of their own.
    pub fn beside(self: &Arc<Rows>, other: &LogicalPlan, token: Token) -> Result<Arc<Rows>> {
        let plan =
            LogicalPlanBuilder::from(other.clone()).cross_join(self.plan.clone()).and_then(LogicalPlanBuilder::build);
        Ok(Arc::new(Rows {
            plan: plan.map_err(fusion)?,
            n_partitions: self.n_partitions,
            divisions: self.divisions.clone(),
            token: Tokenizer::new("beside").token(self.token).token(token).finish(),
            parent: Some(self.clone()),
            all_of_parent: true,
            counted: self.counted,
            n_rows: self.n_rows,
            leaf: None,
            name: self.name.clone(),
            n_steps: self.n_steps + 1,
            place: here(),
        }))
    }

    /// Rows that a plan makes in one partition.
    pub fn single(plan: LogicalPlan, name: &str, n_steps: usize) -> Arc<Rows> {
        Arc::new(Rows {
            token: Token::fresh(),
            plan,
            n_partitions: 1,
            divisions: None,
            parent: None,
            all_of_parent: false,
            counted: false,
            n_rows: None,
            leaf: None,
            name: name.into(),
            n_steps,
            place: here(),
        })
    }

    /// The same rows, known to be divided so.
    pub fn divided(self: Arc<Rows>, divisions: Option<Vec<ScalarValue>>) -> Arc<Rows> {
        let mut rows = Arc::unwrap_or_clone(self);
        rows.divisions = divisions;
        Arc::new(rows)
    }

    /// The same rows with another index than their number.
    pub fn uncounted(self: &Arc<Rows>) -> Arc<Rows> {
        if !self.counted && self.divisions.is_none() {
            return self.clone();
        }
        Arc::new(Rows { counted: false, divisions: None, ..(**self).clone() })
    }

    /// Do these come from `other` by filters and added columns, so that expressions over it hold here?
    pub fn comes_from(&self, other: &Rows) -> bool {
        let mut rows = self;
        loop {
            if rows.token == other.token {
                return true;
            }
            match &rows.parent {
                Some(parent) => rows = parent,
                None => return false,
            }
        }
    }

    /// Are these the same rows as those of `other`, perhaps with more columns?
    pub fn same_rows(&self, other: &Rows) -> bool {
        let mut rows = self;
        loop {
            if rows.token == other.token {
                return true;
            }
            match &rows.parent {
                Some(parent) if rows.all_of_parent => rows = parent,
                _ => return false,
            }
        }
    }

    /// Is nothing missing in this column of rows in memory?
    pub fn is_there(&self, name: &str) -> bool {
        use arrow::array::Array;
        let mut rows = self;
        loop {
            if let Some(Leaf { source: Source::Given(batches), .. }) = rows.leaf.as_deref()
                && let Some(first) = batches.first()
                && first.schema().index_of(name).is_ok()
            {
                let there =
                    |batch: &RecordBatch| batch.column_by_name(name).is_some_and(|column| column.null_count() == 0);
                return batches.iter().all(there);
            }
            match &rows.parent {
                Some(parent) if rows.all_of_parent => rows = parent,
                _ => return false,
            }
        }
    }

    /// The index of rows that are only counted.
    pub fn counted_index() -> Vec<Named> {
        vec![Named { label: None, expr: Rows::column(COUNTED) }]
    }
}

/// A name for a hidden column that is not taken yet: the label's own text where possible.
pub fn hidden_name(label: &Label, taken: &[String]) -> String {
    let text = label.to_string();
    let mut name = text.clone();
    let mut n = 1;
    while taken.contains(&name) || name == COUNTED {
        name = format!("{text}__{n}");
        n += 1;
    }
    name
}
