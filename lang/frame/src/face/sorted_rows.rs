//! Rows in an order, and counts of values.

use super::over::{over_step, step_schema};
use crate::category;
use crate::errors::fusion;
use crate::label::Label;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Bounds, FromPiles, Key, Order, Sample, SplitByBounds, Whole};
use datafusion::logical_expr::LogicalPlanBuilder;
use rdk_graph::Tokenizer;
use rdk_runtime::{Context, Result};
use std::sync::Arc;

/// The rows of a view in the order of some columns of its partitions, in one partition.
pub fn ordered(context: &Context, view: &View, keys: Vec<Key>, limit: Option<usize>, name: &str) -> Result<View> {
    let work = Order { name: name.to_string(), keys, limit, drop_missing: false };
    let schema = step_schema(view)?;
    let rows = Rows::step(name, Whole::at(work, context.place()), vec![view.clone()], Wiring::All, 1, schema)?;
    Ok(over_step(view, &rows))
}

/// The same in as many partitions as before: rows go to the partition where they belong, and are ordered there.
pub fn ordered_apart(context: &Context, view: &View, keys: Vec<Key>, name: &str) -> Result<View> {
    let n = view.rows.n_partitions;
    let Some(key) = keys.first().cloned().filter(|_| n > 1 && !view.eager) else {
        return ordered(context, view, keys, None, name);
    };
    let order = Order { name: name.to_string(), keys, limit: None, drop_missing: false };
    let merge = Arc::new(FromPiles { then: Whole::at(order, context.place()) });
    let wiring = Wiring::Range([
        Whole::at(Sample { column: key.column }, context.place()),
        Whole::at(Bounds { n, ends: false, descending: key.descending }, context.place()),
        Arc::new(SplitByBounds { key, n }),
    ]);
    let rows = Rows::step(name, merge, vec![view.clone()], wiring, n, step_schema(view)?)?;
    Ok(View { name: name.into(), ..over_step(view, &rows) })
}

/// How many rows there are of each value of a series, in the order in which they first appear.
pub fn counts(series: &View, dropna: bool) -> Result<View> {
    let mut plan = LogicalPlanBuilder::from(series.rows.plan.clone());
    let of = series.type_of(series.expr())?;
    let grouped = category::grouped(series.expr().clone(), &of);
    if dropna {
        plan = plan.filter(grouped.clone().is_not_null()).map_err(fusion)?;
    }
    let count = datafusion::functions_aggregate::expr_fn::count(datafusion::logical_expr::lit(1i64));
    let plan = plan
        .aggregate(vec![grouped.alias("k0")], vec![count.alias("a0")])
        .and_then(LogicalPlanBuilder::build)
        .map_err(fusion)?;
    let text = plan.display_indent().to_string();
    let mut rows = Arc::unwrap_or_clone(Rows::single(plan, "value-counts", series.rows.n_steps + 1));
    rows.token = Tokenizer::new("counts").token(series.rows.token).bytes(text.as_bytes()).finish();
    Ok(View {
        rows: Arc::new(rows),
        index: vec![Named { label: series.label().clone(), expr: category::ungrouped(Rows::column("k0"), &of) }],
        columns: vec![Named { label: Some(Label::text("count")), expr: Rows::column("a0") }],
        across: Vec::new(),
        shape: Shape::Series,
        eager: series.eager,
        name: "value-counts".into(),
    })
}
