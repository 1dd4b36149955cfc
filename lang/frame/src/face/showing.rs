//! What frames show of themselves: what is in memory as pandas prints it, what is lazy as Dask does.

use arrow::array::RecordBatch;
use rdk_runtime::Result;
use rdk_summary::Summary;

use crate::dtype;
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};
use crate::show::{self, Column, FrameView, Labels, Level, SeriesView, Values};

/// As the value of a cell.
pub fn summary(view: &View) -> Summary {
    match table(view) {
        Some(Ok(table)) => Summary::Table(table),
        Some(Err(error)) => Summary::Text(format!("<DataFrame that could not be computed: {error}>")),
        None => Summary::Text(text(view)),
    }
}

/// As text: `repr`.
pub fn text(view: &View) -> String {
    match table(view) {
        Some(Ok(table)) => {
            return rdk_summary::text::draw(&Summary::Table(table), &rdk_summary::text::TextOptions::default());
        }
        Some(Err(error)) => return format!("<DataFrame that could not be computed: {error}>"),
        None => {}
    }
    if view.eager {
        return in_memory(view).unwrap_or_else(|error| format!("<Series that could not be computed: {error}>"));
    }
    let name = dtype_name(view);
    let rows = &view.rows;
    match view.shape {
        Shape::Scalar => format!("<dask_expr.expr.Scalar: expr={}, dtype={name}>", view.name),
        Shape::Index => format!("<dask_expr.expr.Index: expr={}, dtype={name}>", view.name),
        Shape::Frame | Shape::Series => {
            let divisions = divisions(view);
            show::series_structure(name, rows.n_partitions, divisions.as_ref(), &view.name, rows.n_steps)
        }
    }
}

fn dtype_name(view: &View) -> &'static str {
    view.type_of(view.expr()).map_or("object", |of| lazy_name(&of))
}

/// What Dask calls a type where it shows a frame: of categories it says whether they are known.
fn lazy_name(of: &arrow::datatypes::DataType) -> &'static str {
    match crate::category::is(of) {
        true if crate::category::is_unknown(of) => "category[unknown]",
        true => "category[known]",
        false => dtype::name(of, false),
    }
}

/// Frames as tables; `None` for what is no frame.
fn table(view: &View) -> Option<Result<rdk_summary::Table>> {
    if view.shape != Shape::Frame {
        return None;
    }
    if view.eager {
        return Some(frame_view(view).map(|frame| show::table(&frame)));
    }
    Some(structure(view))
}

fn structure(view: &View) -> Result<rdk_summary::Table> {
    let names = view.types()?.into_iter().map(|of| lazy_name(&of).to_string());
    let columns: Vec<(Vec<String>, String)> = view.labels().iter().map(Label::texts).zip(names).collect();
    let divisions = divisions(view);
    Ok(show::frame_structure(&columns, view.rows.n_partitions, divisions.as_ref(), &view.name, view.rows.n_steps))
}

fn divisions(view: &View) -> Option<Values> {
    let divisions = view.rows.divisions.clone()?;
    let array = datafusion::common::ScalarValue::iter_to_array(divisions).ok()?;
    Some(Values::new(dtype::name(array.data_type(), true), array))
}

/// The rows in memory as those who print them want them.
pub fn frame_view(view: &View) -> Result<FrameView> {
    let batch = lower::in_memory(view)?;
    let n_index = view.index.len();
    let labels_of_columns = view.labels();
    let n_levels = labels_of_columns.iter().map(|label| label.levels().len()).max().unwrap_or(0);
    let plain = |level: usize| {
        let all =
            |is: fn(&Label) -> bool| labels_of_columns.iter().all(|label| label.levels().get(level).is_some_and(is));
        all(|label| matches!(label, Label::Number(_))) || all(|label| matches!(label, Label::Flag(_)))
    };
    let plain_labels = (0..n_levels).map(plain).collect();
    let columns = labels_of_columns.into_iter().zip(&batch.columns()[n_index..]);
    let columns = columns.map(|(label, column)| {
        let column = lower::floats_where_missing(column)?;
        Ok(Column { label: label.texts(), values: values(&column) })
    });
    let columns = columns.collect::<Result<Vec<_>>>()?.into_iter();
    Ok(FrameView {
        columns: columns.collect(),
        column_names: view.across.iter().map(|name| name.as_ref().map(Label::to_string)).collect(),
        plain_labels,
        labels: labels(view, &batch),
        n_rows: batch.num_rows(),
    })
}

/// A column for those who print it.
pub fn values(column: &arrow::array::ArrayRef) -> Values {
    let of = column.data_type();
    if crate::objects::is(of) {
        return Values::objects(crate::objects::cells(column));
    }
    if crate::objects::is(&crate::category::value_type(of))
        && let Ok(plain) = crate::category::plain(column)
    {
        return Values { dtype: "category".to_string(), ..Values::objects(crate::objects::cells(&plain)) };
    }
    let shown = crate::category::dictionary(column).unwrap_or_else(|_| column.clone());
    let is_ordered = crate::category::categories(of).is_some_and(|categories| categories.ordered);
    Values { is_ordered, ..Values::new(dtype::name(of, true), shown) }
}

/// The labels of rows in memory.
fn labels(view: &View, batch: &RecordBatch) -> Labels {
    if view.rows.counted && view.index.len() == 1 {
        let mut labels = Labels::counted(batch.num_rows());
        if let Labels::Range { name, .. } = &mut labels {
            *name = view.index[0].label.as_ref().map(Label::to_string);
        }
        return labels;
    }
    let levels = view.index.iter().zip(batch.columns()).map(|(named, column)| Level {
        name: named.label.as_ref().map(Label::to_string),
        values: values(&lower::floats_where_missing(column).unwrap_or_else(|_| column.clone())),
    });
    Labels::Levels { levels: levels.collect(), frequency: None }
}

/// A series or index in memory.
fn in_memory(view: &View) -> Result<String> {
    let batch = lower::in_memory(view)?;
    let labels = labels(view, &batch);
    if view.shape == Shape::Index {
        return Ok(show::index_text(&labels));
    }
    let column = &lower::floats_where_missing(batch.column(view.index.len()))?;
    // The types of columns are no texts, but look like them.
    let values = if &*view.name == "dtypes" { Values::new("object", column.clone()) } else { values(column) };
    Ok(show::series_text(&SeriesView {
        name: view.label().as_ref().map(Label::to_string),
        values,
        labels,
        n_rows: batch.num_rows(),
    }))
}
