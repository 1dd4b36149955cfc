//! Labelled expressions over rows.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder};
use rdk_graph::{Token, Tokenizer};
use rdk_runtime::{Result, bail, error};
use serde::{Deserialize, Serialize};

use super::Rows;
use crate::errors::fusion;
use crate::label::Label;

/// An expression over the columns of rows, with its label.
#[derive(Clone, Debug)]
pub struct Named {
    /// `None` for an index or series without a name.
    pub label: Option<Label>,
    /// What it is.
    pub expr: Expr,
}

/// What a view is to its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// Columns beside each other.
    Frame,
    /// One column.
    Series,
    /// The labels of the rows.
    Index,
    /// One number.
    Scalar,
}

/// Labelled expressions over rows: a frame, a series, an index or a single value.
#[derive(Clone, Debug)]
pub struct View {
    /// The rows.
    pub rows: Arc<Rows>,
    /// What they are called, one level or several; for an index it is the same as the columns.
    pub index: Vec<Named>,
    /// The columns; one for anything but a frame.
    pub columns: Vec<Named>,
    /// What the labels of the columns are called, a name a level; empty if they have none. After `pivot_table` it is the key that was spread.
    pub across: Vec<Option<Label>>,
    /// What it is.
    pub shape: Shape,
    /// Has it been computed: is it pandas'?
    pub eager: bool,
    /// What its last step is called.
    pub name: Arc<str>,
}

impl View {
    /// The same with other columns.
    pub fn with_columns(&self, columns: Vec<Named>, shape: Shape, name: &str) -> View {
        let across = if shape == Shape::Frame { self.across.clone() } else { Vec::new() };
        View { columns, across, shape, name: name.into(), ..self.clone() }
    }

    /// A series of the same rows.
    pub fn series(&self, label: Option<Label>, expr: Expr, name: &str) -> View {
        self.with_columns(vec![Named { label, expr }], Shape::Series, name)
    }

    /// The only expression of anything but a frame.
    pub fn expr(&self) -> &Expr {
        &self.columns[0].expr
    }

    /// The name of a series.
    pub fn label(&self) -> &Option<Label> {
        &self.columns[0].label
    }

    /// The type of an expression over the rows.
    pub fn type_of(&self, expr: &Expr) -> Result<DataType> {
        expr.get_type(self.rows.schema().as_ref()).map_err(fusion)
    }

    /// The types of the columns.
    pub fn types(&self) -> Result<Vec<DataType>> {
        self.columns.iter().map(|column| self.type_of(&column.expr)).collect()
    }

    /// The labels of the columns.
    pub fn labels(&self) -> Vec<Label> {
        self.columns.iter().map(|column| column.label.clone().unwrap_or(Label::Number(0))).collect()
    }

    /// The column of this label.
    pub fn find(&self, label: &Label) -> Option<&Named> {
        self.columns.iter().find(|column| column.label.as_ref() == Some(label))
    }

    /// The column of this label, or pandas' error.
    pub fn column(&self, label: &Label) -> Result<&Named> {
        self.find(label).ok_or_else(|| self.no_column(label))
    }

    /// The error for a column that is not there.
    pub fn no_column(&self, label: &Label) -> rdk_runtime::Error {
        let names: Vec<String> = self.labels().iter().map(Label::to_string).collect();
        let error = error!(KeyError: "{}", label.quoted());
        match rdk_runtime::builtin::nearest(&label.to_string(), names.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None if names.is_empty() => error.hint("there are no columns"),
            None => {
                let shown: Vec<String> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
                let more = if names.len() > 12 { ", …" } else { "" };
                error.hint(format!("the columns are {}{more}", shown.join(", ")))
            }
        }
    }

    /// Equal for equal work.
    pub fn token(&self) -> Token {
        let mut token = Tokenizer::new("view").token(self.rows.token);
        for named in self.index.iter().chain(&self.columns) {
            token = token.bytes(named.expr.to_string().as_bytes());
        }
        token.finish()
    }

    /// The hidden names that the columns of its partitions have: of the index, then of the columns.
    pub fn field_names(&self) -> Vec<String> {
        let index = (0..self.index.len()).map(|at| format!("i{at}"));
        let columns = (0..self.columns.len()).map(|at| format!("c{at}"));
        match self.shape {
            Shape::Scalar => columns.collect(),
            Shape::Frame | Shape::Series | Shape::Index => index.chain(columns).collect(),
        }
    }

    /// What its partitions consist of: expressions of the index, then of the columns.
    pub fn exprs(&self) -> Vec<&Expr> {
        let index = match self.shape {
            Shape::Scalar => &[][..],
            Shape::Frame | Shape::Series | Shape::Index => &self.index[..],
        };
        index.iter().chain(&self.columns).map(|named| &named.expr).collect()
    }

    /// The columns of its partitions.
    pub fn schema(&self) -> Result<SchemaRef> {
        let types = self.exprs().into_iter().map(|expr| self.type_of(expr)).collect::<Result<Vec<_>>>()?;
        let fields = self.field_names().into_iter().zip(types).map(|(name, of)| Field::new(name, of, true));
        Ok(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
    }

    /// As a plan whose result is its partitions.
    pub fn plan(&self) -> Result<LogicalPlan> {
        let exprs = self.exprs().into_iter().zip(self.field_names()).map(|(expr, name)| expr.clone().alias(name));
        let plan = LogicalPlanBuilder::from(self.rows.plan.clone()).project(exprs.collect::<Vec<_>>());
        plan.and_then(LogicalPlanBuilder::build).map_err(fusion)
    }

    /// The same view over rows that come from its own by a filter or added columns.
    pub fn over(&self, rows: &Arc<Rows>) -> View {
        View { rows: rows.clone(), ..self.clone() }
    }

    /// An error unless it has columns beside each other.
    pub fn check_frame(&self, what: &str) -> Result<()> {
        if self.shape != Shape::Frame {
            bail!(TypeError: "{what} needs a DataFrame, got a Series");
        }
        Ok(())
    }
}
