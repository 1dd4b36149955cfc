//! Lazy frames whose partitions are delayed values.

use super::map_partitions::meta_view;
use super::over::{over_step, step_schema};
use super::partitions::delayed;
use super::repartition::divisions_of;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{Leaf, Rows, Shape, Source, View};
use datafusion::common::ScalarValue;
use rdk_graph::Tokenizer;
use rdk_runtime::{Args, Context, FromValue, Lazy, Result, Value, bail, error};
use std::sync::Arc;

/// A lazy frame of delayed values, each of which gives a partition.
pub fn of_delayed(values: &[Value], meta: &View, name: &str, divisions: Option<Vec<ScalarValue>>) -> Result<View> {
    let mut lazies: Vec<Arc<dyn Lazy>> = Vec::with_capacity(values.len());
    let mut token = Tokenizer::new("from-delayed");
    for value in values {
        match value {
            Value::Lazy(lazy) => {
                token = token.bytes(lazy.key().as_bytes());
                lazies.push(lazy.clone());
            }
            other => bail!(TypeError: "Expected Delayed object, got {}", what(other)),
        }
    }
    let leaf = Leaf {
        name: name.into(),
        token: token.finish(),
        schema: step_schema(meta)?,
        n_partitions: lazies.len(),
        source: Source::Delayed(lazies),
    };
    let rows = Rows::of_leaf(leaf, None, meta.rows.counted)?.divided(divisions);
    Ok(View { eager: false, name: name.into(), ..over_step(meta, &rows) })
}

/// `dd.from_delayed(values)`
pub fn from_delayed(context: &Context, values: &Value, meta: Option<Value>, divisions: Option<Value>) -> Result<Value> {
    let values = match values.items() {
        Some(values) => values,
        None => vec![values.clone()],
    };
    let Some(first) = values.first() else { bail!(TypeError: "Must supply at least one delayed object") };
    if let Some(other) = values.iter().find(|value| !matches!(value, Value::Lazy(_))) {
        bail!(TypeError: "Expected Delayed object, got {}", what(other); hint: "`delayed(f)(…)` makes one");
    }
    let said = meta.is_some();
    let meta = match meta {
        Some(meta) => {
            let empty = super::create::frame_of(Vec::new(), None, 0)?;
            meta_view(context, &meta, &empty)?
        }
        None => {
            let first = rdk_runtime::compute::compute_one(context, first)?;
            match View::from_value(&first) {
                Some(view) => view,
                None => bail!(TypeError: "expected a delayed DataFrame or Series, got {}", what(&first)),
            }
        }
    };
    let mut values = values;
    if said {
        // The columns of each part are looked at before its rows are taken.
        let check = checks::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no check"))?;
        let check = context.call(&delayed(context)?, Args::one(Value::Builtin(Arc::new(check))))?;
        let labels = match meta.shape {
            Shape::Frame => Value::list(meta.labels().iter().map(Label::to_value)),
            _ => Value::None,
        };
        for value in &mut values {
            *value = context.call(&check, Args::of([value.clone(), labels.clone()]))?;
        }
    }
    let known = match divisions.filter(|divisions| divisions.as_str().is_none()) {
        None => None,
        Some(divisions) => {
            let n = divisions.items().map_or(0, |labels| labels.len());
            if n != values.len() + 1 {
                bail!("divisions should be a tuple of len(dfs) + 1: {} parts and {n} divisions", values.len());
            }
            Some(divisions_of(&meta, &divisions)?)
        }
    };
    let meta = match known {
        Some(_) => View { rows: meta.rows.uncounted(), ..meta },
        None => meta,
    };
    Ok(Frame::lazy(of_delayed(&values, &meta, "from-delayed", known)?))
}

/// What goes along with the parts of `from_delayed(meta=…)`.
pub mod checks {
    use super::*;

    rdk_runtime::builtins! {
        /// The part, if its columns are those of `meta`.
        fn checked(/** What a delayed value gave. */ part: Value, /** The labels of `meta`; nothing for a series. */ labels: Value) -> Result<Value> {
            let Some(view) = part.get::<Frame>().map(Frame::view) else { return Ok(part) };
            let found = if view.shape == Shape::Frame { Value::list(view.labels().iter().map(Label::to_value)) } else { Value::None };
            let same = match (found.items(), labels.items()) {
                (Some(found), Some(wanted)) => {
                    found.len() == wanted.len() && found.iter().zip(&wanted).all(|(a, b)| Label::of(a) == Label::of(b))
                }
                (found, wanted) => found.is_none() && wanted.is_none(),
            };
            if !same {
                bail!(
                    "Metadata mismatch found in `from_delayed`: a part has the columns {}, `meta` has {}", found.repr(), labels.repr();
                    hint: "`meta=` is a frame like the parts: it names their columns in order"
                );
            }
            Ok(part)
        }
    }
}
