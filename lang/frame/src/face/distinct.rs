//! Rows that are equal in some columns, once: `drop_duplicates`.

use rdk_runtime::{Context, Result, Value, bail};

use super::items;
use super::over::{over_step, step_schema};
use crate::frame::Frame;
use crate::plan::{Rows, Shape, View, Wiring};
use crate::steps::Whole;

/// Without rows that are equal in these columns; with `keep=False` without all of those.
pub fn distinct_or_none(context: &Context, view: &View, columns: Vec<usize>, keep: &Value) -> Result<Value> {
    if let Value::Str(keep) = keep {
        return distinct(context, view, columns, keep);
    }
    if !view.eager {
        let n = view.index.len();
        let mut args = match view.shape {
            Shape::Frame => {
                let labels = view.labels();
                vec![Value::list(columns.iter().map(|at| labels[at - n].to_value()))]
            }
            _ => Vec::new(),
        };
        args.push(keep.clone());
        return super::wholes::in_one(context, view, "drop_duplicates", args, vec![]);
    }
    let repeated = super::choice::duplicated(context, view, &columns, keep)?;
    let once = rdk_runtime::operators::unary(context, rdk_syntax::tree::UnaryOp::Invert, &repeated)?;
    items::item(context, view, &once)
}

/// Without rows that are equal in these columns.
pub fn distinct(context: &Context, view: &View, columns: Vec<usize>, keep: &str) -> Result<Value> {
    let last = match keep {
        "first" => false,
        "last" => true,
        other => bail!(NotImplementedError: "`keep` is \"first\" or \"last\", got {other:?}"),
    };
    let work = |columns| crate::steps::Distinct { columns, last };
    let schema = step_schema(view)?;
    let n = view.rows.n_partitions;
    let parts = Whole::at(work(columns.clone()), context.place());
    let rows = Rows::step("drop-duplicates-part", parts, vec![view.clone()], Wiring::Each, n, schema.clone())?;
    let mut part = over_step(view, &rows);
    // A few neighbours at a time, so that no task sees all rows unless all of them are different.
    while part.rows.n_partitions > NEIGHBOURS {
        let n = part.rows.n_partitions;
        let groups = (0..n.div_ceil(NEIGHBOURS)).map(|group| {
            let members = group * NEIGHBOURS..((group + 1) * NEIGHBOURS).min(n);
            members.map(|partition| (0, partition)).collect()
        });
        let wiring = Wiring::Pick(groups.collect());
        let work = Whole::at(work(columns.clone()), context.place());
        let rows =
            Rows::step("drop-duplicates-part", work, vec![part], wiring, n.div_ceil(NEIGHBOURS), schema.clone())?;
        part = over_step(view, &rows);
    }
    let rows =
        Rows::step("drop-duplicates", Whole::at(work(columns), context.place()), vec![part], Wiring::All, 1, schema)?;
    Frame::answer(context, over_step(view, &rows))
}

/// So many partitions become one in each step of a tree.
pub const NEIGHBOURS: usize = 8;
