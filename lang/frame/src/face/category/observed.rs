//! `groupby(…, observed=False)`: groups of categories that no row has.

use rdk_runtime::{Context, Result};

use super::super::aggregate::Reduction;
use super::super::over::{over_step, step_schema};
use crate::category;
use crate::plan::{Rows, View, Wiring};
use crate::steps::{Fill, Observed, Whole};

/// What a reduction of no rows gives.
pub fn fill(reduction: Reduction) -> Fill {
    match reduction {
        Reduction::Sum | Reduction::Count | Reduction::Size | Reduction::Unique | Reduction::Any => Fill::Zero,
        Reduction::Product | Reduction::All => Fill::One,
        Reduction::Mean
        | Reduction::Min
        | Reduction::Max
        | Reduction::Std(_)
        | Reduction::Var(_)
        | Reduction::Sem
        | Reduction::Median => Fill::Nothing,
    }
}

/// A result with a row for each group, and rows for the groups that are not there behind them; the index are the keys.
pub fn with_unobserved(context: &Context, view: View, fills: Vec<Fill>) -> Result<View> {
    let mut has_categories = false;
    for key in &view.index {
        has_categories |= category::categories(&view.type_of(&key.expr)?).is_some();
    }
    if !has_categories {
        return Ok(view);
    }
    let work = Observed { n_keys: view.index.len(), fills };
    let schema = step_schema(&view)?;
    let rows =
        Rows::step("groupby-unobserved", Whole::at(work, context.place()), vec![view.clone()], Wiring::All, 1, schema)?;
    Ok(View { name: view.name.clone(), ..over_step(&view, &rows) })
}
