//! The partitions of a lazy frame in which labels can lie, by its divisions.

use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::Expr;
use rdk_runtime::{Context, Result, Value, bail};

use crate::frame::Frame;
use crate::plan::View;

/// The rows whose labels fulfil a condition.
pub fn filtered(context: &Context, view: &View, condition: Expr) -> Result<Value> {
    let (view, condition, divisions) = near(context, view, condition)?;
    let rows = view.rows.filtered(condition)?.divided(divisions);
    Frame::answer(context, View { name: "loc".into(), ..view.over(&rows) })
}

/// The partitions of a lazy frame in which labels can lie that fulfil a condition, by its divisions; and the condition for them.
pub fn near(context: &Context, view: &View, condition: Expr) -> Result<(View, Expr, Option<Vec<ScalarValue>>)> {
    let Some(divisions) = view.rows.divisions.as_ref().filter(|_| !view.eager && view.index.len() == 1) else {
        return Ok((view.clone(), condition, view.rows.divisions.clone()));
    };
    let (mut low, mut high) = (None, None);
    let label = &view.index[0].expr;
    limits(&condition, label, &mut low, &mut high);
    let comparable =
        |bound: &Option<ScalarValue>| bound.as_ref().is_none_or(|bound| bound.data_type() == divisions[0].data_type());
    if !comparable(&low) || !comparable(&high) {
        return Ok((view.clone(), condition, Some(divisions.clone())));
    }
    let n = divisions.len() - 1;
    let last = |at: usize| at + 1 == n;
    let inside = |at: &usize| {
        let above = low.as_ref().is_none_or(|low| *low < divisions[at + 1] || last(*at) && *low <= divisions[at + 1]);
        above && high.as_ref().is_none_or(|high| *high >= divisions[*at])
    };
    let chosen: Vec<usize> = (0..n).filter(inside).collect();
    if chosen.is_empty() {
        return Ok((view.clone(), condition, None));
    }
    let mut cut = divisions[chosen[0]..=chosen[0] + chosen.len()].to_vec();
    let end = cut.len() - 1;
    cut[0] = low.filter(|low| *low > cut[0]).unwrap_or_else(|| cut[0].clone());
    cut[end] = high.filter(|high| *high < cut[end]).unwrap_or_else(|| cut[end].clone());
    if chosen.len() == n {
        return Ok((view.clone(), condition, Some(cut)));
    }
    let picked = super::partitions::picked(context, view, &chosen)?;
    let moved = condition.transform(|expr| match expr == *label {
        true => Ok(Transformed::yes(picked.index[0].expr.clone())),
        false => Ok(Transformed::no(expr)),
    });
    let condition = moved.map_err(crate::errors::fusion)?.data;
    Ok((picked, condition, Some(cut)))
}

/// The least and the greatest label that a condition allows.
pub fn limits(condition: &Expr, label: &Expr, low: &mut Option<ScalarValue>, high: &mut Option<ScalarValue>) {
    use datafusion::logical_expr::Operator;
    let Expr::BinaryExpr(binary) = condition else { return };
    if binary.op == Operator::And {
        limits(&binary.left, label, low, high);
        limits(&binary.right, label, low, high);
        return;
    }
    let Expr::Literal(bound, _) = &*binary.right else { return };
    if *binary.left != *label || bound.is_null() {
        return;
    }
    if matches!(binary.op, Operator::Eq | Operator::GtEq | Operator::Gt) {
        *low = Some(bound.clone());
    }
    if matches!(binary.op, Operator::Eq | Operator::LtEq | Operator::Lt) {
        *high = Some(bound.clone());
    }
}

/// An error if a label lies outside of the known divisions.
pub fn check_within(view: &View, label: &Expr, index: &Value) -> Result<()> {
    let (Some(divisions), Expr::Literal(label, _)) = (&view.rows.divisions, label) else { return Ok(()) };
    let outside =
        divisions.first().is_some_and(|first| label < first) || divisions.last().is_some_and(|last| label > last);
    if outside && divisions[0].data_type() == label.data_type() {
        bail!(
            KeyError: "the label [{}] is not in the index", index.text();
            hint: "labels go from {} to {}", divisions[0], divisions[divisions.len() - 1]
        );
    }
    Ok(())
}
