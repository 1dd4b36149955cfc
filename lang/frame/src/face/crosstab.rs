//! `crosstab`: how often values come together, or what they come to; and totals beside a table.

use arrow::array::ArrayRef;
use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};
use rdk_syntax::tree::BinaryOp;
use rustc_hash::FxHashMap;

use super::group_values::joined;
use super::groups::beside;
use super::known_names::call;
use super::reshape::{Laid, Order, all_rows, label_of, rows_of, spread};
use super::{create, items};
use crate::category::Interval;
use crate::cell;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower::Gather;
use crate::plan::{Shape, View};

/// What `crosstab` is told besides the keys.
struct Asked {
    values: Option<Value>,
    how: Option<Value>,
    dropna: bool,
}

/// The keys of one side: a series, an array, or a list of these.
fn keys_of(value: &Value) -> Vec<Value> {
    match value {
        Value::List(list)
            if list.snapshot().iter().any(|item| item.get::<Frame>().is_some() || item.items().is_some()) =>
        {
            list.snapshot()
        }
        one => vec![one.clone()],
    }
}

fn names_of(given: Option<Value>, keys: &[Value], prefix: &str) -> Result<Vec<Option<Label>>> {
    if let Some(given) = given.and_then(|given| given.items()) {
        if given.len() != keys.len() {
            bail!(AssertionError: "arrays and names must have the same length");
        }
        return Ok(given.iter().map(Label::of).collect());
    }
    let name = |(at, key): (usize, &Value)| {
        let own = View::from_value(key).and_then(|view| view.label().clone());
        own.or_else(|| Some(Label::text(format!("{prefix}_{at}"))))
    };
    Ok(keys.iter().enumerate().map(name).collect())
}

/// Rows of keys and values in groups by some of the keys, reduced.
fn reduced(context: &Context, frame: &Value, keys: &[String], asked: &Asked) -> Result<View> {
    let by = Value::list(keys.iter().map(Value::str));
    let grouped = call(context, frame, "groupby", vec![by], vec![("dropna", Value::Bool(asked.dropna))])?;
    let made = match &asked.how {
        None => call(context, &grouped, "size", vec![], vec![])?,
        Some(how) => {
            let values = rdk_runtime::operators::item(context, &grouped, &Value::str("values"))?;
            call(context, &values, "agg", vec![how.clone()], vec![])?
        }
    };
    match View::from_value(&made) {
        Some(view) => Ok(view),
        None => bail!(TypeError: "expected a reduction, got {}", what(&made)),
    }
}

/// A table with a column and a row of totals behind it.
pub struct Totals {
    /// Of each row.
    pub right: ArrayRef,
    /// Of each column.
    pub below: Vec<Value>,
    /// Of all.
    pub corner: Value,
    /// What both are called.
    pub name: String,
    /// What the label of the new column stands under.
    pub under: Option<Label>,
}

impl Totals {
    /// The table with them.
    pub fn put(self, context: &Context, table: &View) -> Result<View> {
        let batch = rows_of(context, table)?;
        let n_index = table.index.len();
        let n = batch.num_rows();
        let levels = |n: usize| -> Label {
            match n {
                0 | 1 => Label::text(self.name.clone()),
                n => Label::Levels(
                    std::iter::once(Label::text(self.name.clone())).chain((1..n).map(|_| Label::text(""))).collect(),
                ),
            }
        };
        let mut arrays = Vec::new();
        for (at, column) in batch.columns()[..n_index].iter().enumerate() {
            let label = Value::str(if at == 0 { self.name.as_str() } else { "" });
            // A text has no place among intervals: all labels are texts then.
            let of_row = |row: usize| match cell::value(column, row) {
                interval if interval.get::<Interval>().is_some() => Value::str(interval.text()),
                other => other,
            };
            let all: Vec<Value> = (0..n).map(of_row).chain([label]).collect();
            arrays.push(cell::column(&all, "of labels")?);
        }
        let one = |value: &Value| cell::column(std::slice::from_ref(value), "of totals");
        for (column, total) in batch.columns()[n_index..].iter().zip(&self.below) {
            arrays.push(joined(vec![column.clone(), one(total)?])?);
        }
        arrays.push(joined(vec![self.right.clone(), one(&self.corner)?])?);
        let depth = match table.columns.first().and_then(|named| named.label.as_ref()) {
            Some(Label::Levels(levels)) => levels.len(),
            _ => 1,
        };
        let mut columns: Vec<Option<Label>> = table.columns.iter().map(|named| named.label.clone()).collect();
        columns.push(Some(match (&self.under, levels(depth.saturating_sub(1).max(1))) {
            (None, _) => levels(depth),
            (Some(under), Label::Levels(below)) => Label::Levels(std::iter::once(under.clone()).chain(below).collect()),
            (Some(under), below) => Label::Levels(vec![under.clone(), below]),
        }));
        let index = table.index.iter().map(|named| named.label.clone()).collect();
        Gather { index, columns, across: table.across.clone(), shape: Shape::Frame, counted: false }
            .of_batch(&beside(arrays, n + 1)?)
    }
}

/// An error if totals are called like a key of the table, whose columns have so many levels of keys.
pub fn check_name(context: &Context, table: &View, across: usize, name: &str) -> Result<()> {
    let batch = rows_of(context, table)?;
    let has_name = |column: &ArrayRef| (0..batch.num_rows()).any(|row| cell::value(column, row).as_str() == Some(name));
    let own = Label::text(name);
    let among_keys = |label: &Label| label.levels().iter().rev().take(across).any(|level| *level == own);
    if batch.columns()[..table.index.len()].iter().any(has_name) || table.labels().iter().any(among_keys) {
        bail!("Conflicting name \"{name}\" in margins"; hint: "`margins_name=` calls the totals something else");
    }
    Ok(())
}

/// The values of reduced groups in the order of the rows of a table.
fn by_label(context: &Context, totals: &View, wanted: &[Value]) -> Result<Vec<Value>> {
    let values = items::values(context, totals)?;
    let found = super::selection::found_labels(context, totals, wanted)?;
    Ok(found
        .iter()
        .map(|rows| rows.first().map_or(Value::Float(f64::NAN), |&row| values[row as usize].clone()))
        .collect())
}

/// Where no rows are left out the groups of a side are laid out as the table is: as many values as it has.
fn as_laid_out(context: &Context, totals: &View, n: usize, all: Option<Order>) -> Result<Option<Vec<Value>>> {
    let Some(order) = all else { return Ok(None) };
    let values = items::values(context, &all_rows(context, totals, order, None)?)?;
    Ok((values.len() == n).then_some(values))
}

/// The totals of the rows of a table, which have these labels.
pub fn right_of(context: &Context, totals: &View, rows: &[Value], all: Option<Order>) -> Result<Vec<Value>> {
    match as_laid_out(context, totals, rows.len(), all)? {
        Some(values) => Ok(values),
        None => by_label(context, totals, rows),
    }
}

/// The totals of the columns of a table, which have these labels: they are made of keys as those of the table are,
/// whose labels have several levels or one.
pub fn below_of(
    context: &Context,
    totals: &View,
    columns: &[Label],
    several: bool,
    all: Option<Order>,
) -> Result<Vec<Value>> {
    if let Some(values) = as_laid_out(context, totals, columns.len(), all)? {
        return Ok(values);
    }
    let batch = rows_of(context, totals)?;
    let keys = &batch.columns()[..totals.index.len()];
    let mut known: FxHashMap<Label, Value> = FxHashMap::default();
    for (row, value) in items::values(context, totals)?.into_iter().enumerate() {
        let label = match keys {
            [key] => label_of(key, row, several),
            keys => Label::Levels(keys.iter().map(|key| label_of(key, row, several)).collect()),
        };
        known.insert(label, value);
    }
    Ok(columns.iter().map(|label| known.get(label).cloned().unwrap_or(Value::Float(f64::NAN))).collect())
}

/// `normalize=`: parts of all, of each row, or of each column.
fn normalized(context: &Context, table: &Value, how: &Value) -> Result<Value> {
    let divide = |total: Value, axis: i64| call(context, table, "div", vec![total], vec![("axis", Value::Int(axis))]);
    match how {
        Value::Bool(false) => Ok(table.clone()),
        how if matches!(how, Value::Int(0)) || how.as_str() == Some("index") => {
            divide(call(context, table, "sum", vec![], vec![("axis", Value::Int(1))])?, 0)
        }
        how if matches!(how, Value::Int(1)) || how.as_str() == Some("columns") => {
            divide(call(context, table, "sum", vec![], vec![])?, 1)
        }
        how if matches!(how, Value::Bool(true)) || how.as_str() == Some("all") => {
            let sums = call(context, table, "sum", vec![], vec![])?;
            let total = call(context, &sums, "sum", vec![], vec![])?;
            rdk_runtime::operators::binary(context, BinaryOp::Div, table, &total)
        }
        other => bail!("Not a valid normalize argument: {}", other.text(); hint: "True, \"index\" or \"columns\""),
    }
}

builtins! {
    /// How often values come together: a row and a column for each; or a reduction of other values.
    ///
    /// ```rdk
    /// df = pd.DataFrame({"k": ["a", "b", "a"], "m": ["u", "u", "v"]})
    /// pd.crosstab(df.k, df.m).u.tolist()
    /// #> [1, 1]
    /// ```
    fn crosstab[context](
        /// A series whose values make rows, or a list of them.
        index: Value,
        /// Another one, whose values make columns.
        columns: Value,
        /// What is reduced, by `aggfunc`.
        values: Option<Value>,
        /// What rows are called.
        rownames: Option<Value>,
        /// What columns are called.
        colnames: Option<Value>,
        /// The reduction of `values`.
        aggfunc: Option<Value>,
        /// Are there totals of each row and column?
        margins: bool = false,
        /// What they are called.
        margins_name: String = "All",
        /// Are rows left out whose key is missing?
        dropna: bool = true,
        /// As parts: `True` of all, "index" of each row, "columns" of each column.
        normalize: Option<Value>,
    ) -> Result<Value> {
        if values.is_some() != aggfunc.is_some() {
            bail!("{}", if values.is_some() { "values cannot be used without an aggfunc." } else { "aggfunc cannot be used without values." });
        }
        let normalize = normalize.unwrap_or(Value::Bool(false));
        let parts = !matches!(normalize, Value::Bool(false));
        if parts && margins {
            bail!(TypeError: "crosstab() takes `normalize` or `margins`, not both"; hint: "parts of the counts without totals come from `normalize=` alone");
        }
        let (rows, across) = (keys_of(&index), keys_of(&columns));
        let (down_names, across_names) = (names_of(rownames, &rows, "row")?, names_of(colnames, &across, "col")?);
        let names: Vec<String> = (0..rows.len()).map(|at| format!("r{at}")).chain((0..across.len()).map(|at| format!("c{at}"))).collect();
        let asked = Asked { values, how: aggfunc, dropna };
        let frame = together(context, &rows, &across, &names, &asked)?;
        let made = reduced(context, &frame, &names, &asked)?;
        let batch = rows_of(context, &made)?;
        let (n, all) = (rows.len(), names.len());
        let fill = asked.how.is_none().then_some(Value::Int(0));
        let values = vec![(None, batch.column(all).clone())];
        let keys = batch.columns();
        let mut table = spread(&made.index[..n], &keys[..n], &made.index[n..], &keys[n..all], values, fill.as_ref(), Laid { order: Order::MissingLast, all: !dropna })?;
        for (named, label) in table.index.iter_mut().zip(&down_names) {
            named.label = label.clone();
        }
        table.across = across_names;
        if margins {
            table = with_margins(context, &frame, table, &names, n, &asked, margins_name)?;
        }
        normalized(context, &Frame::eager(table), &normalize)
    }
}

/// The keys and values beside each other.
fn together(context: &Context, rows: &[Value], across: &[Value], names: &[String], asked: &Asked) -> Result<Value> {
    let first = match rows.iter().chain(across).find_map(View::from_value) {
        Some(view) => view.with_columns(Vec::new(), Shape::Frame, "crosstab"),
        None => create::frame_of(Vec::new(), None, 0)?,
    };
    let mut frame = first;
    for (key, name) in rows.iter().chain(across).zip(names) {
        frame = items::with_column(context, &frame, &Label::text(name.clone()), key)?;
    }
    if let Some(values) = &asked.values {
        frame = items::with_column(context, &frame, &Label::text("values"), values)?;
    }
    Ok(items::as_value(frame))
}

fn with_margins(
    context: &Context,
    frame: &Value,
    table: View,
    names: &[String],
    n: usize,
    asked: &Asked,
    name: String,
) -> Result<View> {
    check_name(context, &table, names.len() - n, &name)?;
    // What has no cell in the table is not counted beside it either.
    let frame = &if asked.dropna { call(context, frame, "dropna", vec![], vec![])? } else { frame.clone() };
    let right = reduced(context, frame, &names[..n], asked)?;
    let below = reduced(context, frame, &names[n..], asked)?;
    let index = View { columns: vec![table.index[0].clone()], shape: Shape::Index, ..table.clone() };
    let all = (!asked.dropna).then_some(Order::MissingLast);
    let right = right_of(context, &right, &items::values(context, &index)?, all)?;
    let below = below_of(context, &below, &table.labels(), names.len() - n > 1, all)?;
    let corner = match &asked.how {
        None => Value::Int(View::from_value(frame).map_or(Ok(0), |view| super::object::n_rows(context, &view))? as i64),
        Some(how) => {
            let values = rdk_runtime::operators::item(context, frame, &Value::str("values"))?;
            call(context, &values, "agg", vec![how.clone()], vec![])?
        }
    };
    Totals { right: cell::column(&right, "of totals")?, below, corner, name, under: None }.put(context, &table)
}
