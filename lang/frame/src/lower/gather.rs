//! The partitions of a frame become one frame in memory, or a plain value.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::payload::Plain;
use rdk_runtime::{Result, Value};
use serde::{Deserialize, Serialize};

use crate::batches::Batches;
use crate::category;
use crate::frame::Frame;
use crate::label::Label;
use crate::plan::{COUNTED, Named, Rows, Shape, View};

/// What is known of a frame besides its rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gather {
    /// Names of the levels of the index.
    pub index: Vec<Option<Label>>,
    /// Labels of the columns.
    pub columns: Vec<Option<Label>>,
    /// What those are called.
    pub across: Vec<Option<Label>>,
    /// What it is.
    pub shape: Shape,
    /// Is the index only counted, and the rows of one partition?
    pub counted: bool,
}

impl Gather {
    /// For the partitions of this view.
    pub fn of(view: &View) -> Gather {
        let labels = |named: &[Named]| named.iter().map(|named| named.label.clone()).collect();
        Gather {
            index: labels(&view.index),
            columns: labels(&view.columns),
            across: view.across.clone(),
            shape: view.shape,
            counted: view.rows.counted && view.rows.n_partitions == 1,
        }
    }

    /// The frame in memory that these partitions make up.
    pub fn view(&self, parts: &[Payload]) -> Result<View> {
        let parts = parts.iter().map(Batches::of).collect::<Result<Vec<_>>>()?;
        self.of_batch(&together(&parts)?)
    }

    /// The frame in memory that has these rows: columns of the index first.
    pub fn of_batch(&self, batch: &RecordBatch) -> Result<View> {
        let mut names: Vec<String> = Vec::new();
        let n_index = match self.shape {
            Shape::Scalar => 0,
            Shape::Frame | Shape::Series | Shape::Index => self.index.len(),
        };
        for at in 0..n_index {
            names.push(if at == 0 { COUNTED.to_string() } else { format!("{COUNTED}{at}") });
        }
        for label in &self.columns {
            let label = label.clone().unwrap_or(Label::text("0"));
            names.push(crate::plan::hidden_name(&label, &names));
        }
        let column = |(at, column): (usize, &ArrayRef)| match at < n_index {
            _ if category::is_unknown(column.data_type()) => category::with_known(column),
            true => Ok(column.clone()),
            false => floats_where_missing(column),
        };
        let columns = batch.columns().iter().enumerate().map(column);
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let fields = names.iter().zip(&columns);
        let fields: Vec<_> =
            fields.map(|(name, column)| arrow::datatypes::Field::new(name, column.data_type().clone(), true)).collect();
        let schema = Arc::new(arrow::datatypes::Schema::new(fields));
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch =
            RecordBatch::try_new_with_options(schema, columns, &options).map_err(crate::batches::arrow_error)?;
        let rows = Rows::given(batch, self.counted)?;
        let named = |(label, name): (&Option<Label>, &String)| Named { label: label.clone(), expr: Rows::column(name) };
        Ok(View {
            rows,
            index: self.index.iter().zip(&names[..n_index]).map(named).collect(),
            columns: self.columns.iter().zip(&names[n_index..]).map(named).collect(),
            across: self.across.clone(),
            shape: self.shape,
            eager: true,
            name: "frame".into(),
        })
    }
}

/// The rows of partitions in one batch, with categories that are known.
pub fn together(parts: &[&Batches]) -> Result<RecordBatch> {
    let has_unknown = |part: &Batches| part.schema.fields().iter().any(|field| category::is_unknown(field.data_type()));
    if !parts.first().is_some_and(|part| has_unknown(part)) {
        return Batches::together(parts.iter().copied());
    }
    let wholes = parts.iter().map(|part| part.whole()).collect::<Result<Vec<_>>>()?;
    let mut columns = Vec::new();
    for at in 0..wholes[0].num_columns() {
        let pieces: Vec<ArrayRef> = wholes.iter().map(|whole| whole.column(at).clone()).collect();
        let pieces = category::gathered(&pieces)?;
        let pieces: Vec<&dyn Array> = pieces.iter().map(|piece| &**piece).collect();
        columns.push(arrow::compute::concat(&pieces).map_err(crate::batches::arrow_error)?);
    }
    let fields = wholes[0].schema_ref().fields().iter().zip(&columns);
    let fields =
        fields.map(|(field, column)| arrow::datatypes::Field::new(field.name(), column.data_type().clone(), true));
    let schema = Arc::new(arrow::datatypes::Schema::new(fields.collect::<Vec<_>>()));
    RecordBatch::try_new(schema, columns).map_err(crate::batches::arrow_error)
}

impl Operation for Gather {
    fn name(&self) -> &str {
        "gather"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let failure = |error| Failure::Error(Box::new(error));
        let view = self.view(call.inputs).map_err(failure)?;
        Ok(Payload::new(Plain(value(view).map_err(failure)?)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.gather", postcard::to_stdvec(self).unwrap_or_default())
    }
}

/// Whole numbers of which some are missing are floats, as in pandas.
pub fn floats_where_missing(column: &ArrayRef) -> Result<ArrayRef> {
    match column.data_type().is_integer() && column.null_count() > 0 {
        true => arrow::compute::cast(column, &arrow::datatypes::DataType::Float64).map_err(crate::batches::arrow_error),
        false => Ok(column.clone()),
    }
}

/// A computed view as a value: a frame, or a plain value.
pub fn value(view: View) -> Result<Value> {
    if view.shape != Shape::Scalar {
        return Ok(Frame::eager(view));
    }
    let batch = super::now::in_memory(&view)?;
    Ok(match batch.num_rows() {
        0 => Value::None,
        _ => crate::cell::value(batch.column(0), 0),
    })
}
