//! Brings two frames over the same rows, so that expressions of both can be combined.
//!
//! Frames of the same rows need nothing. A single value goes beside every row. Rows in memory that differ are aligned by
//! their labels, as pandas does; partitions that differ are cut at the same labels, or taken to stand for the same rows, as Dask does.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, Schema};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};
use rdk_runtime::{Context, Result, bail};

use super::repartition::cut_at;
use crate::batches::arrow_error;
use crate::errors::fusion;
use crate::lower;
use crate::plan::{Leaf, Named, Rows, Shape, Source, View, Wiring};
use crate::steps::{Align, Join, Whole};

/// Both over the same rows.
pub fn together(context: &Context, left: &View, right: &View) -> Result<(View, View)> {
    if left.rows.same_rows(&right.rows) {
        return Ok((left.clone(), right.over(&left.rows)));
    }
    if right.rows.same_rows(&left.rows) {
        return Ok((left.over(&right.rows), right.clone()));
    }
    if right.shape == Shape::Scalar {
        let (rows, expr) = with_scalar(&left.rows, right)?;
        let lazy = View { eager: false, ..left.over(&rows) };
        return Ok((lazy, right.over(&rows).with_columns(vec![expr], Shape::Scalar, &right.name)));
    }
    if left.shape == Shape::Scalar {
        let (rows, expr) = with_scalar(&right.rows, left)?;
        let index = right.index.clone();
        let scalar = View { index, ..left.over(&rows) }.with_columns(vec![expr], Shape::Scalar, &left.name);
        return Ok((scalar, View { eager: false, ..right.over(&rows) }));
    }
    aligned(context, left, right, Join::Outer)
}

/// The same rows with a single value beside each of them.
fn with_scalar(rows: &Arc<Rows>, scalar: &View) -> Result<(Arc<Rows>, Named)> {
    let token = scalar.token();
    let name = format!("__scalar_{token}");
    let plan = LogicalPlanBuilder::from(scalar.rows.plan.clone())
        .project(vec![scalar.expr().clone().alias(&name)])
        .and_then(|plan| plan.alias("single"))
        .and_then(LogicalPlanBuilder::build)
        .map_err(fusion)?;
    let rows = match rows.schema().has_column_with_unqualified_name(&name) {
        true => rows.clone(),
        false => rows.beside(&plan, token)?,
    };
    Ok((rows, Named { label: scalar.label().clone(), expr: Rows::column(&name) }))
}

/// Both over new rows: those of the one beside those of the other that have the same label.
pub fn aligned(context: &Context, left: &View, right: &View, join: Join) -> Result<(View, View)> {
    if left.eager && right.eager {
        let (left, right) = (lower::compute_now(context, left)?, lower::compute_now(context, right)?);
        return combined(context, &left, &right, join);
    }
    if !(left.eager || right.eager) {
        let (left, right) = cut_alike(left, right)?;
        return combined(context, &left, &right, join);
    }
    let (a, b) = (left.rows.n_partitions, right.rows.n_partitions);
    // Rows in memory beside several partitions: each takes of them those of its own labels.
    if left.eager && b > 1 {
        let (right, left) = combined(context, right, left, Join::Left)?;
        return Ok((left, right));
    }
    let join = if right.eager && a > 1 { Join::Left } else { join };
    combined(context, left, right, join)
}

/// Both cut at the same labels, if these are known; otherwise partitions that are as many stand for the same rows.
fn cut_alike(left: &View, right: &View) -> Result<(View, View)> {
    let (a, b) = (left.rows.n_partitions, right.rows.n_partitions);
    match (&left.rows.divisions, &right.rows.divisions) {
        (Some(old), Some(other)) if old != other && (a, b) != (1, 1) => {
            let mut all: Vec<ScalarValue> = old.iter().chain(other).cloned().collect();
            all.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
            all.dedup();
            if all.len() == 1 {
                all.push(all[0].clone());
            }
            Ok((cut_at(left, old, all.clone())?, cut_at(right, other, all)?))
        }
        (None, _) | (_, None) if a != b => bail!(
            "Not all divisions are known, can't align partitions. Please use `set_index` to set the index.";
            hint: "there are {a} and {b} partitions: `repartition(npartitions=…)` gives both the same number"
        ),
        _ => Ok((left.clone(), right.clone())),
    }
}

fn combined(context: &Context, left: &View, right: &View, join: Join) -> Result<(View, View)> {
    let n_index = left.index.len();
    if right.index.len() != n_index {
        bail!(NotImplementedError: "indexes of {n_index} and of {} levels are not aligned", right.index.len());
    }
    let mut fields: Vec<Field> = Vec::new();
    for (at, named) in left.index.iter().enumerate() {
        fields.push(Field::new(format!("__index__{at}"), left.type_of(&named.expr)?, true));
    }
    for (at, of) in left.types()?.into_iter().enumerate() {
        fields.push(Field::new(format!("l{at}"), of, true));
    }
    for (at, of) in right.types()?.into_iter().enumerate() {
        fields.push(Field::new(format!("r{at}"), of, true));
    }
    let schema = Arc::new(Schema::new(fields));
    let n = left.rows.n_partitions.max(right.rows.n_partitions);
    let work = Align { n_index, join };
    let inputs = vec![left.clone(), right.clone()];
    let rows = Rows::step("align", Whole::at(work, context.place()), inputs, Wiring::Each, n, schema)?;
    let known = left.rows.divisions.clone().filter(|known| !left.eager && Some(known) == right.rows.divisions.as_ref());
    let rows = if known.is_some() { rows.divided(known) } else { rows };
    let eager = left.eager && right.eager;
    let name = |label: &Option<_>, name: String| Named { label: Option::clone(label), expr: Rows::column(&name) };
    let index: Vec<Named> =
        left.index.iter().enumerate().map(|(at, named)| name(&named.label, format!("__index__{at}"))).collect();
    let side = |view: &View, letter: char| {
        let columns = view.columns.iter().enumerate();
        let columns = columns.map(|(at, named)| name(&named.label, format!("{letter}{at}"))).collect();
        View { rows: rows.clone(), index: index.clone(), columns, eager, ..view.clone() }
    };
    let (mut a, mut b) = (side(left, 'l'), side(right, 'r'));
    if eager {
        // Computed once, so that both sides are over the same rows in memory.
        let both =
            View { columns: a.columns.iter().chain(&b.columns).cloned().collect(), shape: Shape::Frame, ..a.clone() };
        let computed = lower::compute_now(context, &both)?;
        let (first, second) = computed.columns.split_at(a.columns.len());
        let relabel = |view: &mut View, columns: &[Named]| {
            view.rows = computed.rows.clone();
            view.index = computed.index.clone();
            for (column, new) in view.columns.iter_mut().zip(columns) {
                column.expr = new.expr.clone();
            }
        };
        relabel(&mut a, first);
        relabel(&mut b, second);
    }
    Ok((a, b))
}

/// Over the same rows in memory with one more column, and that column.
pub fn beside(context: &Context, view: &View, column: ArrayRef) -> Result<(View, Expr)> {
    if !view.eager {
        bail!(
            NotImplementedError: "a list or array is not put beside a lazy frame";
            hint: "`dd.from_pandas(pd.Series(values), npartitions=…)` makes a series of it"
        );
    }
    let view = match &view.rows.leaf {
        Some(_) => view.clone(),
        None => lower::compute_now(context, view)?,
    };
    let Some(Leaf { source: Source::Given(batches), .. }) = view.rows.leaf.as_deref() else {
        bail!(RuntimeError: "internal error: rows are not in memory");
    };
    let batch = &batches[0];
    if batch.num_rows() != column.len() && batch.num_columns() > 0 {
        bail!("Length of values ({}) does not match length of index ({})", column.len(), batch.num_rows());
    }
    let column = lower::floats_where_missing(&column)?;
    let name = format!("__column_{}", batch.num_columns());
    let mut fields: Vec<Arc<Field>> = batch.schema().fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new(&name, column.data_type().clone(), true)));
    let mut columns = batch.columns().to_vec();
    columns.push(column);
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)?;
    let rows = Rows::given_beside(batch, &view.rows)?;
    Ok((view.over(&rows), Rows::column(&name)))
}
