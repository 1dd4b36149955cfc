//! A frame as a value: a view behind a lock, since `df["x"] = …` changes what the name stands for.

use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::Expr;
use parking_lot::RwLock;
use rdk_runtime::convert::describe;
use rdk_runtime::{Context, FromValue, Result, Value};

use crate::lower;
use crate::plan::{Shape, Source, View};

/// A frame, series, index or single value of a frame; lazy (Dask's) or computed (pandas').
#[derive(Debug)]
pub struct Frame(RwLock<Arc<View>>);

impl Frame {
    /// What it is now.
    pub fn view(&self) -> View {
        (**self.0.read()).clone()
    }

    /// Makes it something else.
    pub fn replace(&self, view: View) {
        *self.0.write() = Arc::new(view);
    }

    /// Work that has not been done.
    pub fn lazy(view: View) -> Value {
        Value::lazy(Frame(RwLock::new(Arc::new(View { eager: false, ..view }))))
    }

    /// Rows in memory.
    pub fn eager(view: View) -> Value {
        Value::object(Frame(RwLock::new(Arc::new(View { eager: true, ..view }))))
    }

    /// What a method answers: lazy views as they are; what is pandas' is computed where rows have changed.
    pub fn answer(context: &Context, view: View) -> Result<Value> {
        let view = shallow(context, view)?;
        if !view.eager {
            return Ok(Frame::lazy(view));
        }
        if view.is_in_memory() && view.shape != Shape::Scalar {
            return Ok(Frame::eager(settled(context, view)?));
        }
        lower::value(lower::compute_now(context, &view)?)
    }

    /// The same, computed in any case if it is pandas': what may fail fails now.
    pub fn answer_now(context: &Context, view: View) -> Result<Value> {
        if !view.eager {
            return Ok(Frame::lazy(view));
        }
        lower::value(lower::compute_now(context, &view)?)
    }
}

/// The same view of rows in memory, where whole numbers of which some are missing are floats, as in pandas.
///
/// Whether some are missing shows when they are worked out: that is done where it is not plain from what they are made of.
pub fn settled(context: &Context, view: View) -> Result<View> {
    if !view.eager || !view.is_in_memory() {
        return Ok(view);
    }
    let mut settled = view.clone();
    for (at, named) in view.columns.iter().enumerate() {
        let plain = matches!(named.expr, Expr::Column(_)) || !view.type_of(&named.expr)?.is_integer();
        if plain || is_whole(&named.expr, &view) {
            continue;
        }
        let column = view.series(None, named.expr.clone(), "settled");
        let batch = lower::in_memory(&lower::compute_now(context, &column)?)?;
        let made = batch.column(view.index.len());
        if made.data_type().is_floating() {
            let (over, expr) = crate::face::beside(context, &settled, made.clone())?;
            settled = over;
            settled.columns[at].expr = expr;
        }
    }
    Ok(settled)
}

/// Is nothing missing in what this gives, since nothing is missing in what it is made of?
fn is_whole(expr: &Expr, view: &View) -> bool {
    let mut whole = true;
    let looked = expr.apply(|part| {
        whole &= match part {
            Expr::Column(column) => view.rows.is_there(&column.name),
            Expr::Literal(value, _) => !value.is_null(),
            Expr::Alias(_) | Expr::BinaryExpr(_) | Expr::Cast(_) | Expr::Negative(_) | Expr::Not(_) => true,
            Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::IsTrue(_) | Expr::IsNotFalse(_) => true,
            Expr::Case(case) => case.else_expr.is_some(),
            _ => false,
        };
        Ok(if whole { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    looked.is_ok() && whole
}

/// An expression of more levels than this is worked out by a step of its own.
const DEEPEST: usize = 100;

/// The same view without very deep expressions: `x = x + 1`, a thousand times.
fn shallow(context: &Context, view: View) -> Result<View> {
    if view.columns.iter().all(|named| depth(&named.expr, 0) <= DEEPEST) {
        return Ok(view);
    }
    match view.eager {
        true => lower::compute_now(context, &view),
        false => crate::face::as_step(context, &view),
    }
}

fn depth(expr: &Expr, above: usize) -> usize {
    let mut deepest = above + 1;
    if above > DEEPEST {
        return deepest;
    }
    let looked = expr.apply_children(|child| {
        deepest = deepest.max(depth(child, above + 1));
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(looked.is_ok(), "looking cannot fail");
    deepest
}

impl View {
    /// Are its rows in memory, so that only expressions are left to be worked out?
    pub fn is_in_memory(&self) -> bool {
        let mut rows = &self.rows;
        loop {
            match (&rows.leaf, &rows.parent) {
                (Some(leaf), _) => return matches!(leaf.source, Source::Given(_)),
                (None, Some(parent)) if rows.all_of_parent => rows = parent,
                (None, _) => return false,
            }
        }
    }
}

/// A frame as an argument or receiver: a copy of what it is now.
impl FromValue for View {
    fn expected() -> &'static str {
        "a frame or a series"
    }

    fn from_value(value: &Value) -> Option<View> {
        value.get::<Frame>().map(Frame::view)
    }
}

/// A frame with columns beside each other.
pub struct FrameArg(pub View);

impl FromValue for FrameArg {
    fn expected() -> &'static str {
        "a DataFrame"
    }

    fn from_value(value: &Value) -> Option<FrameArg> {
        View::from_value(value).filter(|view| view.shape == Shape::Frame).map(FrameArg)
    }
}

/// One label or several.
pub struct Labels {
    /// The labels.
    pub labels: Vec<crate::label::Label>,
    /// Was it a list?
    pub several: bool,
}

impl FromValue for Labels {
    fn expected() -> &'static str {
        "a label or a list of labels"
    }

    fn from_value(value: &Value) -> Option<Labels> {
        use crate::label::Label;
        if let Value::List(list) = value {
            let labels = list.snapshot().iter().map(Label::of).collect::<Option<Vec<_>>>()?;
            return Some(Labels { labels, several: true });
        }
        if let Some(view) = View::from_value(value) {
            // `df[df.columns]`
            return crate::lower::in_memory(&view).ok().and_then(|batch| {
                let column = batch.columns().last()?;
                let n = if view.shape == Shape::Index { view.index.len() } else { 1 };
                let label = |row| match n {
                    1 => crate::cell::value(column, row),
                    _ => crate::face::index_value(&batch, n, row),
                };
                let labels = (0..batch.num_rows()).map(|row| Label::of(&label(row)));
                Some(Labels { labels: labels.collect::<Option<Vec<_>>>()?, several: true })
            });
        }
        Some(Labels { labels: vec![Label::of(value)?], several: false })
    }
}

/// A value for a message.
pub fn what(value: &Value) -> String {
    describe(value).into_owned()
}
