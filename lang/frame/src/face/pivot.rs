//! Tables of reductions: `pivot_table`, and `pivot`, which reduces nothing.

use super::frame_methods::places;
use super::items;
use super::known_names::call;
use super::reshape::{Laid, Order, all_rows, rows_of, spread};
use crate::frame::{Frame, Labels};
use crate::label::Label;
use crate::plan::{Named, View};
use arrow::array::ArrayRef;
use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, bail};

/// What `pivot_table` is told.
#[derive(Default)]
pub struct Pivot {
    /// The columns to be reduced.
    pub values: Option<Labels>,
    /// The columns whose values make rows.
    pub index: Option<Labels>,
    /// The columns whose values make columns.
    pub columns: Option<Labels>,
    /// The reduction, or a list of them.
    pub how: Value,
    /// What stands where there is nothing.
    pub fill: Option<Value>,
    /// Are groups left out of which nothing is there, and rows whose keys are missing?
    pub dropna: bool,
    /// Are keys in order?
    pub sort: bool,
    /// What totals are called, if there are some.
    pub margins: Option<String>,
    /// Are there groups of categories that no row has?
    pub unobserved: bool,
}

/// `pivot_table`
pub fn pivot_table(context: &Context, view: &View, asked: &Pivot) -> Result<Value> {
    if !view.eager {
        if asked.margins.is_some() || asked.fill.is_some() || asked.unobserved {
            bail!(TypeError: "pivot_table() of a lazy frame takes `index`, `columns`, `values` and `aggfunc`"; hint: "`.fillna(…)` puts something where nothing is");
        }
        return super::category::pivot::table(context, view, &asked.values, &asked.index, &asked.columns, &asked.how);
    }
    if let Value::List(hows) = &asked.how {
        return tables_beside(context, view, asked, &hows.snapshot());
    }
    let of = |labels: &Option<Labels>| labels.as_ref().map(|labels| labels.labels.clone()).unwrap_or_default();
    let (rows, across) = (of(&asked.index), of(&asked.columns));
    let keys: Vec<Label> = rows.iter().chain(&across).cloned().collect();
    if keys.is_empty() {
        bail!("No group keys passed!"; hint: "`index=` or `columns=` names columns to group by");
    }
    let chosen = match &asked.values {
        Some(values) => values.labels.clone(),
        None => view.labels().into_iter().filter(|label| !keys.contains(label)).collect(),
    };
    let list = |labels: &[Label]| Value::list(labels.iter().map(Label::to_value));
    let frame = items::as_value(view.clone());
    let mut by = Args::one(list(&keys));
    by.keywords.push((Name::from("sort"), Value::Bool(asked.sort)));
    by.keywords.push((Name::from("dropna"), Value::Bool(asked.dropna)));
    by.keywords.push((Name::from("observed"), Value::Bool(!asked.unobserved)));
    let grouped = context.call(&rdk_runtime::operators::attribute(context, &frame, "groupby")?, by)?;
    // How many rows there are is not a matter of columns.
    let counted = asked.values.is_none() && asked.how.as_str() == Some("size");
    let made = if counted {
        call(context, &grouped, "size", vec![], vec![])?
    } else {
        let grouped = rdk_runtime::operators::item(context, &grouped, &list(&chosen))?;
        let made = call(context, &grouped, "agg", vec![asked.how.clone()], vec![])?;
        if asked.dropna { call(context, &made, "dropna", vec![Value::str("all")], vec![])? } else { made }
    };
    let Some(mut made) = View::from_value(&made) else { return Ok(made) };
    if asked.sort {
        made.columns.sort_by(|a, b| a.label.cmp(&b.label));
    }
    let order = if asked.sort { Order::MissingLast } else { Order::Found };
    if rows.is_empty() && asked.margins.is_some() || counted && asked.margins.is_some() {
        let without = if counted { "values" } else { "index" };
        bail!(TypeError: "`margins` of a table without `{without}`"; hint: "`df.agg(…)` gives the totals");
    }
    if across.is_empty() || rows.is_empty() {
        if !asked.dropna {
            made = all_rows(context, &made, order, asked.fill.as_ref())?;
        }
        if let Some(name) = &asked.margins {
            made = super::margins::with_margins(context, view, made, [&rows, &across], asked, name)?;
        }
        let table = match &asked.fill {
            Some(fill) => call(context, &Frame::eager(made), "fillna", vec![fill.clone()], vec![])?,
            None => Frame::eager(made),
        };
        return if rows.is_empty() && !counted {
            call(context, &table, "transpose", vec![], vec![])
        } else {
            Ok(table)
        };
    }
    let batch = rows_of(context, &made)?;
    let (n, all) = (rows.len(), keys.len());
    let single = counted || asked.values.as_ref().is_some_and(|values| !values.several);
    let label = |named: &Named| if single { None } else { named.label.clone() };
    let columns = made.columns.iter().enumerate().map(|(at, named)| (label(named), batch.column(all + at).clone()));
    let columns = columns.collect();
    let keys = batch.columns();
    let (down, beside) = made.index.split_at(n);
    let laid = Laid { order, all: !asked.dropna };
    let mut table = spread(down, &keys[..n], beside, &keys[n..all], columns, asked.fill.as_ref(), laid)?;
    if let Some(name) = &asked.margins {
        table = super::margins::with_margins(context, view, table, [&rows, &across], asked, name)?;
    }
    Ok(Frame::eager(table))
}

/// A table for each of several reductions, beside each other under their names.
pub fn tables_beside(context: &Context, view: &View, asked: &Pivot, hows: &[Value]) -> Result<Value> {
    let copy = |labels: &Option<Labels>| {
        labels.as_ref().map(|labels| Labels { labels: labels.labels.clone(), several: labels.several })
    };
    let keys: Vec<&Label> =
        [&asked.index, &asked.columns].into_iter().flatten().flat_map(|keys| &keys.labels).collect();
    let rest = || view.labels().into_iter().filter(|label| !keys.contains(&label)).collect();
    let values = copy(&asked.values).unwrap_or_else(|| Labels { labels: rest(), several: true });
    let mut whole: Option<View> = None;
    for how in hows {
        let one = Pivot {
            values: Some(Labels { labels: values.labels.clone(), several: values.several }),
            index: copy(&asked.index),
            columns: copy(&asked.columns),
            how: how.clone(),
            fill: asked.fill.clone(),
            margins: asked.margins.clone(),
            ..*asked
        };
        let made = pivot_table(context, view, &one)?;
        let Some(mut table) = View::from_value(&made) else { return Ok(made) };
        let name = Label::text(super::agg::name_of(how));
        for named in &mut table.columns {
            let below = match named.label.clone() {
                Some(Label::Levels(levels)) => levels,
                Some(label) => vec![label],
                None => Vec::new(),
            };
            named.label = Some(Label::Levels(std::iter::once(name.clone()).chain(below).collect()));
        }
        if asked.columns.is_some() {
            table.across.insert(0, None);
        }
        whole = Some(match whole {
            None => table,
            Some(whole) => {
                let (mut whole, table) = super::align::together(context, &whole, &table)?;
                whole.columns.extend(table.columns);
                whole
            }
        });
    }
    match whole {
        Some(whole) => Frame::answer(context, whole),
        None => bail!("No objects to concatenate"),
    }
}

/// `pivot`: a cell for each pair of keys.
pub fn pivot(
    context: &Context,
    view: &View,
    columns: &Labels,
    index: Option<Labels>,
    values: Option<Labels>,
) -> Result<Value> {
    if !view.eager {
        bail!(NotImplementedError: "`pivot` of a lazy frame"; hint: "`.compute()` first");
    }
    let across = places(view, &columns.labels)?;
    let n = view.index.len();
    let down = match &index {
        Some(index) => places(view, &index.labels)?,
        None => (0..n).collect(),
    };
    let chosen = match &values {
        Some(values) => places(view, &values.labels)?,
        None => (n..n + view.columns.len()).filter(|at| !across.contains(at) && !down.contains(at)).collect(),
    };
    let batch = rows_of(context, view)?;
    let labels = view.labels();
    let single = values.as_ref().is_some_and(|values| !values.several);
    let named = |at: &usize| match at.checked_sub(n) {
        Some(at) => view.columns[at].clone(),
        None => view.index[*at].clone(),
    };
    let rows: Vec<Named> = down.iter().map(named).collect();
    let column = |at: &usize| batch.column(*at).clone();
    let values = chosen.iter().map(|at| ((!single).then(|| labels[at - n].clone()), column(at))).collect();
    let down: Vec<ArrayRef> = down.iter().map(column).collect();
    let names: Vec<Named> = across.iter().map(named).collect();
    let across: Vec<ArrayRef> = across.iter().map(column).collect();
    Ok(Frame::eager(spread(
        &rows,
        &down,
        &names,
        &across,
        values,
        None,
        Laid { order: Order::MissingFirst, all: false },
    )?))
}
