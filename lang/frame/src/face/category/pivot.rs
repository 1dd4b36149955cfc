//! `pivot_table` of a lazy frame: a column for each category, so that it is known beforehand which columns there are.

use arrow::array::Array;
use datafusion::logical_expr::{lit, when};
use rdk_runtime::{Context, Result, Value, bail};

use super::super::aggregate::Reduction;
use super::super::groupby::{GroupBy, Wanted};
use crate::category;
use crate::cell;
use crate::errors::fusion;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::plan::{Shape, View};

/// The only label of a parameter.
fn only<'a>(view: &View, labels: &'a Option<Labels>, name: &str) -> Result<&'a Label> {
    match labels.as_ref().map(|labels| &labels.labels[..]) {
        Some([label]) if view.find(label).is_some() => Ok(label),
        _ => bail!("'{name}' must be the name of an existing column"; hint: "one column, which the frame has"),
    }
}

/// `df.pivot_table(…)` of a lazy frame.
pub fn table(
    context: &Context,
    view: &View,
    values: &Option<Labels>,
    index: &Option<Labels>,
    columns: &Option<Labels>,
    how: &Value,
) -> Result<Value> {
    let index = only(view, index, "index")?;
    let across = view.column(only(view, columns, "columns")?)?;
    let of = view.type_of(&across.expr)?;
    if !category::is(&of) {
        bail!("'columns' must be category dtype"; hint: "`df.categorize(columns=[…])` makes categories of it");
    }
    let Some(known) = category::categories(&of) else {
        bail!("'columns' must have known categories"; hint: "`df.categorize(columns=[…])` finds them");
    };
    let chosen = match values {
        Some(values) => values.labels.clone(),
        None => bail!("'values' must refer to an existing column or columns"),
    };
    let reduction = match how.as_str() {
        Some("mean") => Reduction::Mean,
        Some("sum") => Reduction::Sum,
        Some("count") => Reduction::Count,
        Some("min") => Reduction::Min,
        Some("max") => Reduction::Max,
        Some("std") => Reduction::Std(1),
        _ => bail!("aggfunc must be either 'mean', 'sum', 'count', 'min', 'max' or 'std', got {}", what(how)),
    };
    let single = values.as_ref().is_some_and(|values| !values.several);
    let code = category::codes_of(across.expr.clone());
    let mut wanted = Vec::new();
    for label in &chosen {
        let value = view.column(label)?.expr.clone();
        for at in 0..known.values.len() {
            let nothing = datafusion::common::ScalarValue::try_from(&view.type_of(&value)?).map_err(fusion)?;
            let of_category =
                when(code.clone().eq(lit(at as i32)), value.clone()).otherwise(lit(nothing)).map_err(fusion)?;
            let name = cell::value(&known.values, at);
            let name = Label::of(&name).unwrap_or_else(|| Label::text(name.text()));
            let label = if single { name } else { Label::Levels(vec![label.clone(), name]) };
            wanted.push(Wanted {
                label: Some(label),
                expr: of_category,
                reduction,
                needs: super::super::aggregate::Needs::Nothing,
            });
        }
    }
    let key = view.column(index)?.clone();
    let grouped = GroupBy {
        view: View { shape: Shape::Frame, ..view.clone() },
        keys: vec![key],
        series: false,
        chosen: true,
        sort: true,
        dropna: true,
        as_index: true,
        group_keys: true,
        keys_in_list: false,
        observed: true,
    };
    Ok(Frame::lazy(View { name: "pivot-table".into(), ..grouped.aggregated(context, wanted, false, "pivot-table")? }))
}
