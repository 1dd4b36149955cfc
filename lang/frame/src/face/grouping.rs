//! What groups are made by: labels, series, functions, levels of the index.

use super::groupby::GroupBy;
use super::{align, items};
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{Named, Shape, View};
use rdk_runtime::{Context, FromValue, Result, Value, bail, error};

/// `df.groupby(by)`
pub fn group(
    context: &Context,
    this: View,
    by: &Value,
    [sort, dropna, as_index, group_keys, observed]: [bool; 5],
) -> Result<Value> {
    let series = this.shape == Shape::Series;
    let mut view = View { shape: Shape::Frame, ..this.clone() };
    let mut keys = Vec::new();
    let parts = match by {
        Value::List(list) => list.snapshot(),
        other => vec![other.clone()],
    };
    for part in &parts {
        if let Some(other) = part.get::<Frame>() {
            let other = other.view();
            let label = other.label().clone();
            let (over, expr) = items::over_rows_of(context, &view, &other)?;
            view = over;
            keys.push(Named { label, expr });
            continue;
        }
        let Some(label) = Label::of(part) else {
            if matches!(part, Value::Function(_) | Value::Builtin(_) | Value::Dict(_)) {
                let index = view.index[0].clone();
                let labels = items::as_value(view.series(None, index.expr, "index"));
                let map = rdk_runtime::operators::attribute(context, &labels, "map")?;
                let made = context.call(&map, rdk_runtime::Args::one(part.clone()))?;
                if let Some(made) = View::from_value(&made) {
                    let (over, expr) = items::over_rows_of(context, &view, &made)?;
                    view = over;
                    keys.push(Named { label: None, expr });
                }
                continue;
            }
            if let Some(column) = crate::cell::column_of(part, "of keys")? {
                let (over, expr) = align::beside(context, &view, column)?;
                view = over;
                keys.push(Named { label: None, expr });
                continue;
            }
            bail!(TypeError: "groupby takes labels or series, got {}", what(part); hint: "`df.groupby(df.x.map(f))` groups by what a function gives");
        };
        let by_index = || view.index.iter().find(|named| named.label.as_ref() == Some(&label)).cloned();
        match (!series).then(|| view.find(&label).cloned()).flatten().or_else(by_index) {
            Some(named) => keys.push(named),
            None => return Err(view.no_column(&label)),
        }
    }
    if keys.is_empty() {
        bail!("No group keys passed!");
    }
    if view.eager {
        floats_where_missing(context, &view, &mut keys)?;
    }
    let keys_in_list = matches!(by, Value::List(_));
    Ok(Value::object(GroupBy {
        view,
        keys,
        series,
        chosen: series,
        sort,
        dropna,
        as_index,
        group_keys,
        keys_in_list,
        observed,
    }))
}

/// Levels of the index as series to group by.
pub fn levels(view: &View, level: &Value) -> Result<Value> {
    let one = |level: &Value| {
        let place = match Label::of(level) {
            Some(Label::Number(number)) => {
                let n = view.index.len() as i64;
                usize::try_from(if number < 0 { number + n } else { number }).ok().filter(|&at| at < view.index.len())
            }
            label => view.index.iter().position(|named| named.label == label),
        };
        let Some(place) = place else {
            return Err(error!(KeyError: "Level {} not found", level.text())
                .hint(format!("the index has {} levels", view.index.len())));
        };
        let named = &view.index[place];
        Ok(items::as_value(view.series(named.label.clone(), named.expr.clone(), "level")))
    };
    match level {
        Value::List(list) => Ok(Value::list(list.snapshot().iter().map(one).collect::<Result<Vec<_>>>()?)),
        level => one(level),
    }
}

/// Whole numbers of which some are missing are floats in pandas, and so are the keys that they make.
pub fn floats_where_missing(context: &Context, view: &View, keys: &mut [Named]) -> Result<()> {
    use arrow::array::Array;
    for key in keys {
        if !view.type_of(&key.expr)?.is_integer() {
            continue;
        }
        let column = view.series(None, key.expr.clone(), "key");
        let batch = crate::lower::in_memory(&crate::lower::compute_now(context, &column)?)?;
        if batch.column(view.index.len()).null_count() > 0 {
            key.expr = datafusion::logical_expr::cast(key.expr.clone(), arrow::datatypes::DataType::Float64);
        }
    }
    Ok(())
}

/// The method that makes groups.
pub mod methods {
    use rdk_runtime::builtins;

    use super::*;

    builtins! {
        /// Rows in groups: those whose keys are equal.
        ///
        /// ```rdk
        /// df = pd.DataFrame({"name": ["a", "b", "a"], "x": [1, 2, 3]})
        /// df.groupby("name").x.sum().tolist()
        /// #> [4, 2]
        /// ```
        fn groupby[context](
            /// The frame or series.
            this: View,
            /// A column's label, a series, a function of the labels of rows, a dict from these, or a list.
            by: Option<Value>,
            /// Are groups in the order of their keys, and not in that in which they appear?
            sort: bool = true,
            /// Are rows left out whose key is missing?
            dropna: bool = true,
            /// Are keys the index of the result, and not columns?
            as_index: bool = true,
            /// Are there groups only of categories that some row has, and not of all?
            observed: bool = true,
            /// Do the keys stand before the labels of what `apply` gives?
            group_keys: bool = true,
            /// By a level of the index instead: its number or name, or a list.
            level: Option<Value>,
        ) -> Result<Value> {
            let by = match (by, level) {
                (Some(by), _) => by,
                (None, Some(level)) => levels(&this, &level)?,
                (None, None) => bail!(TypeError: "You have to supply one of 'by' and 'level'"),
            };
            group(context, this, &by, [sort, dropna, as_index, group_keys, observed])
        }
    }
}
