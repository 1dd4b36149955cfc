//! Comparisons with categories: equal values are equal; less and more go by the order of the categories, where that means something.

use arrow::array::ArrayRef;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, lit, when};
use rdk_runtime::{Result, bail};
use rdk_syntax::tree::CompareOp;

use super::super::operators;
use crate::category::{self, Kind};
use crate::dtype;
use crate::plan::View;

/// A comparison of which one side at least has categories.
pub fn comparison(op: CompareOp, left: Expr, right: Expr, view: &View) -> Result<Expr> {
    let (a, b) = (view.type_of(&left)?, view.type_of(&right)?);
    let values = |expr: &Expr, of| category::values_of(expr.clone(), of);
    if category::is(&a) && category::is(&b) {
        let same = match (category::categories(&a), category::categories(&b)) {
            (Some(_), Some(_)) if a == b => true,
            (Some(x), Some(y)) if !x.ordered && !y.ordered => {
                category::sorted_values(&x.values)? == category::sorted_values(&y.values)?
            }
            (Some(_), Some(_)) => false,
            _ => true,
        };
        if !same {
            bail!(TypeError: "Categoricals can only be compared if 'categories' are the same."; hint: "`.astype(str)` compares them as texts");
        }
    }
    if matches!(op, CompareOp::Eq | CompareOp::NotEq) {
        for (side, literal, of) in [(&left, &right, &a), (&right, &left, &b)] {
            if let (Expr::Literal(value, _), Some(_)) = (literal, category::categories(of)) {
                let code = if value.is_null() { None } else { code_of(literal, of)? };
                return match code {
                    Some(code) => operators::comparison(op, category::codes_of(side.clone()), lit(code), view),
                    None => Ok(lit(op == CompareOp::NotEq)),
                };
            }
        }
        return operators::comparison(op, values(&left, &a), values(&right, &b), view);
    }
    let of = if category::is(&a) { &a } else { &b };
    if !category::is_ordered(of) {
        bail!(TypeError: "Unordered Categoricals can only compare equality or not"; hint: "`.cat.as_ordered()` says that their order means something");
    }
    let Some(Kind::Known(_)) = category::kind(of) else {
        bail!(NotImplementedError: "categories that are not known have no order"; hint: "`.cat.as_known()` finds them");
    };
    let codes = |expr: Expr, own: &arrow::datatypes::DataType| -> Result<Expr> {
        match own == of {
            true => Ok(category::codes_of(expr)),
            false => match code_of(&expr, of)? {
                Some(code) => Ok(lit(code)),
                None => {
                    bail!(TypeError: "Invalid comparison between dtype=category and {}", dtype::name(own, true); hint: "only with one of the categories")
                }
            },
        }
    };
    operators::comparison(op, codes(left, &a)?, codes(right, &b)?, view)
}

/// The number of the category that a literal is.
fn code_of(literal: &Expr, of: &arrow::datatypes::DataType) -> Result<Option<i32>> {
    let column: Option<ArrayRef> = match literal {
        Expr::Literal(value, _) => value.to_array().ok(),
        _ => None,
    };
    match (&column, category::categories(of)) {
        (Some(column), Some(known)) => Ok(category::lookup(column, &known.values)?.iter().next().flatten()),
        _ => Ok(None),
    }
}

/// Categories where a condition holds, or does not, and other ones elsewhere.
pub fn chosen(view: &View, own: Expr, condition: Expr, other: Expr, when_true: bool) -> Result<Expr> {
    let of = view.type_of(&own)?;
    let (own, other) = match category::categories(&of) {
        Some(_) => (category::codes_of(own), code_put(&other, &of)?),
        None => {
            let values = category::value_type(&of);
            (category::values_of(own, &of), crate::functions::as_type(other, &values))
        }
    };
    let condition = Expr::IsTrue(Box::new(condition));
    let (first, second) = if when_true { (own, other) } else { (other, own) };
    let chosen = when(condition, first).otherwise(second).map_err(crate::errors::fusion)?;
    Ok(category::ungrouped(chosen, &of))
}

/// The number of the category that is put somewhere: of one that is known, or missing.
fn code_put(other: &Expr, of: &arrow::datatypes::DataType) -> Result<Expr> {
    let Expr::Literal(value, _) = other else { return Ok(category::codes_of(category::to(other.clone(), of))) };
    if value.is_null() {
        return Ok(lit(ScalarValue::Int32(None)));
    }
    match code_of(other, of)? {
        Some(code) => Ok(lit(code)),
        None => bail!(
            TypeError: "Cannot setitem on a Categorical with a new category ({value}), set the categories first";
            hint: "`.cat.add_categories([…])` adds one"
        ),
    }
}
