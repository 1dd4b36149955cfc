//! Views over rows that a step of ours makes out of the partitions of another view.

use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use rdk_runtime::Result;

use crate::label::Label;
use crate::plan::{COUNTED, Named, Rows, Shape, View, hidden_name};

/// The hidden columns of rows that have the same columns as the partitions of a view: index, then columns.
pub fn step_schema(view: &View) -> Result<SchemaRef> {
    let schema = view.schema()?;
    let names = step_names(view);
    let fields =
        names.iter().zip(schema.fields()).map(|(name, field)| Field::new(name, field.data_type().clone(), true));
    Ok(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
}

/// Names for them.
pub fn step_names(view: &View) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if view.shape != Shape::Scalar {
        for at in 0..view.index.len() {
            names.push(if at == 0 { COUNTED.to_string() } else { format!("{COUNTED}{at}") });
        }
    }
    for label in view.labels() {
        names.push(hidden_name(&label, &names));
    }
    names
}

/// The same labels over rows with such columns.
pub fn over_step(view: &View, rows: &Arc<Rows>) -> View {
    let names = step_names(view);
    let n_index = names.len() - view.columns.len();
    let named = |(named, name): (&Named, &String)| Named { label: named.label.clone(), expr: Rows::column(name) };
    View {
        rows: rows.clone(),
        index: view.index.iter().zip(&names[..n_index]).map(named).collect(),
        columns: view.columns.iter().zip(&names[n_index..]).map(named).collect(),
        ..view.clone()
    }
}

/// A series over rows whose columns are an index and values.
pub fn series_over(rows: &Arc<Rows>, index: Option<Label>, label: Option<Label>, view: &View, name: &str) -> View {
    let column = |label, name: &str| Named { label, expr: Rows::column(name) };
    let fields = rows.schema().fields();
    View {
        rows: rows.clone(),
        index: vec![column(index, fields[0].name())],
        columns: vec![column(label, fields[1].name())],
        across: Vec::new(),
        shape: Shape::Series,
        eager: view.eager,
        name: name.into(),
    }
}
