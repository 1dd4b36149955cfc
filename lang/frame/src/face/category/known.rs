//! Categories of lazy columns that are found by looking at the values: `as_known`, `categorize`.

use arrow::array::ArrayRef;
use datafusion::logical_expr::Expr;
use rdk_runtime::{Context, Result, Value, bail};

use super::super::distinct::distinct;
use super::super::{items, shared};
use crate::category::{self, Kind};
use crate::frame::{Frame, Labels};
use crate::lower;
use crate::plan::View;

/// The different values of a series, computed now.
pub fn different(context: &Context, view: &View) -> Result<ArrayRef> {
    let n = view.index.len();
    let made = distinct(context, view, vec![n], "first")?;
    let Some(frame) = made.get::<Frame>() else { bail!(RuntimeError: "internal error: no series") };
    let computed = lower::compute_now(context, &frame.view())?;
    let batch = lower::in_memory(&computed)?;
    let column = batch.column(n);
    let there = arrow::compute::is_not_null(column).map_err(crate::batches::arrow_error)?;
    arrow::compute::filter(column, &there).map_err(crate::batches::arrow_error)
}

/// The values of an expression as known categories: of those that occur, sorted.
fn found(context: &Context, view: &View, expr: &Expr) -> Result<Expr> {
    let of = view.type_of(expr)?;
    if let Some(Kind::Known(_)) = category::kind(&of) {
        return Ok(expr.clone());
    }
    let series = view.series(None, category::values_of(expr.clone(), &of), "categories");
    let values = category::sorted_values(&different(context, &series)?)?;
    Ok(category::to(expr.clone(), &category::known(&values, category::is_ordered(&of))?))
}

/// `series.cat.as_known()`
pub fn as_known(context: &Context, view: &View) -> Result<Value> {
    let expr = found(context, view, view.expr())?;
    Ok(items::as_value(view.series(view.label().clone(), expr, "as-known")))
}

/// `series.cat.as_unknown()`
pub fn as_unknown(context: &Context, view: &View) -> Result<Value> {
    let of = view.type_of(view.expr())?;
    let wanted = category::unknown(&category::value_type(&of), category::is_ordered(&of));
    let expr = category::to(view.expr().clone(), &wanted);
    Frame::answer(context, view.series(view.label().clone(), expr, "as-unknown"))
}

/// `df.categorize(columns)`
pub fn categorize(context: &Context, view: &View, columns: Option<Value>, index: bool) -> Result<Value> {
    let labels: Option<Labels> = match &columns {
        Some(columns) => Some(Labels { labels: shared::labels_of(columns)?, several: true }),
        None => None,
    };
    if let Some(labels) = &labels {
        for label in &labels.labels {
            view.column(label)?;
        }
    }
    let mut made = view.clone();
    for named in &mut made.columns {
        let of = view.type_of(&named.expr)?;
        let wanted = match &labels {
            Some(labels) => named.label.as_ref().is_some_and(|label| labels.labels.contains(label)),
            // Texts, and categories that are not known.
            None => crate::cell::is_text(&of) || category::is_unknown(&of),
        };
        if wanted {
            named.expr = found(context, view, &named.expr)?;
        }
    }
    if index {
        for named in &mut made.index {
            if category::is_unknown(&view.type_of(&named.expr)?) {
                named.expr = found(context, view, &named.expr)?;
            }
        }
    }
    made.name = "categorize".into();
    Ok(items::as_value(made))
}

/// What a function gave for an example, with categories as known only if another example gives the same.
pub fn trusted(context: &Context, given: &View, again: impl Fn() -> Result<Value>) -> Result<View> {
    if !given.schema()?.fields().iter().any(|field| category::is(field.data_type())) {
        return Ok(given.clone());
    }
    let mut made = lower::compute_now(context, given)?;
    let other = again().ok().and_then(|other| other.get::<Frame>().map(Frame::view));
    let others = match &other {
        Some(other) => other.index.iter().chain(&other.columns).map(|named| other.type_of(&named.expr)).collect(),
        None => Ok(Vec::new()),
    };
    let others = others.unwrap_or_default();
    let view = made.clone();
    for (at, named) in made.index.iter_mut().chain(&mut made.columns).enumerate() {
        let of = view.type_of(&named.expr)?;
        if category::is(&of) && others.get(at) != Some(&of) {
            let wanted = category::unknown(&category::value_type(&of), category::is_ordered(&of));
            named.expr = category::to(named.expr.clone(), &wanted);
        }
    }
    Ok(made)
}

/// Methods of lazy frames.
pub mod of_lazy {
    use rdk_runtime::builtins;

    use super::*;

    builtins! {
        /// With known categories for some columns: the values are looked at now.
        ///
        /// ```rdk
        /// df = dd.from_pandas(pd.DataFrame({"k": ["b", "a", "b"]}), npartitions=2)
        /// df.categorize(columns=["k"]).k.cat.categories.tolist()
        /// #> ['a', 'b']
        /// ```
        fn categorize[context](
            /// The frame.
            this: View,
            /// The columns; those of texts and of categories that are not known if it is left out.
            columns: Option<Value>,
            /// The index too?
            index: Option<bool>,
            /// Has no effect.
            split_every: Option<Value>,
        ) -> Result<Value> { let _ = split_every; categorize(context, &this, columns, index.unwrap_or(true)) }
    }
}
