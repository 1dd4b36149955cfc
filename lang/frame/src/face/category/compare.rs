//! Comparisons with categories: equal values are equal; less and more go by the order of the categories, where that means something.

use arrow::array::ArrayRef;
use datafusion::logical_expr::{Expr, lit};
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
                None => bail!(TypeError: "Invalid comparison between dtype=category and {}", dtype::name(own, true); hint: "only with one of the categories"),
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

/// A value that is put among categories: one of them, or missing.
pub fn put(literal: &Expr, of: &arrow::datatypes::DataType) -> Result<Expr> {
    if let Expr::Literal(value, _) = literal
        && value.is_null()
    {
        return Ok(lit(datafusion::common::ScalarValue::try_from(of).map_err(crate::errors::fusion)?));
    }
    match (code_of(literal, of)?, literal) {
        (Some(code), _) => Ok(category::of_codes(lit(code), of)),
        (None, Expr::Literal(value, _)) => bail!(
            TypeError: "Cannot setitem on a Categorical with a new category ({value}), set the categories first";
            hint: "`.cat.add_categories([…])` adds one"
        ),
        (None, other) => Ok(category::to(other.clone(), of)),
    }
}
