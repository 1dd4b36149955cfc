//! Totals beside and below a pivot table.

use rdk_runtime::{Context, FromValue, HashKey, Result, Value, bail};

use super::crosstab::{Totals, below_of, check_name, right_of};
use super::groups::beside;
use super::items;
use super::known_names::call;
use super::pivot::Pivot;
use super::reshape::{Order, rows_of};
use crate::cell;
use crate::frame::what;
use crate::label::Label;
use crate::lower::Gather;
use crate::plan::{Shape, View};

/// What totals are made of.
struct Margins<'a> {
    context: &'a Context,
    /// The rows that are counted.
    frame: Value,
    asked: &'a Pivot,
    /// What totals are called.
    name: &'a str,
    /// How the table is laid out, if no rows are left out.
    all: Option<Order>,
}

/// A pivot table with its totals: groups of the frame by the rows of the table and by its columns, and of all.
pub fn with_margins(
    context: &Context,
    frame: &View,
    table: View,
    [rows, across]: [&[Label]; 2],
    asked: &Pivot,
    name: &str,
) -> Result<View> {
    check_name(context, &table, across.len(), name)?;
    let order = if asked.sort { Order::MissingLast } else { Order::Found };
    let all = (!asked.dropna).then_some(order);
    let frame = if asked.dropna { whole_rows(frame, rows, across, asked)? } else { frame.clone() };
    let margins = Margins { context, frame: items::as_value(frame), asked, name, all };
    if across.is_empty() {
        return margins.below(&table);
    }
    if asked.values.as_ref().is_some_and(|values| !values.several) {
        let value = asked.values.iter().flat_map(|values| values.labels.first()).next();
        return margins.around(&table, rows, across, value, None);
    }
    margins.of_each(&table, rows, across)
}

/// The rows in which nothing is missing of all that is asked for: others have no cell in the table.
fn whole_rows(frame: &View, rows: &[Label], across: &[Label], asked: &Pivot) -> Result<View> {
    let values = asked.values.as_ref().map_or_else(|| frame.labels(), |values| values.labels.clone());
    let mut there = datafusion::logical_expr::lit(true);
    for label in rows.iter().chain(across).chain(&values) {
        let level = || frame.index.iter().find(|named| named.label.as_ref() == Some(label));
        if let Some(named) = frame.find(label).or_else(level) {
            there = there.and(named.expr.clone().is_not_null());
        }
    }
    Ok(frame.over(&frame.rows.filtered(there)?))
}

impl Margins<'_> {
    /// The reduction of a column.
    fn how(&self, value: &Label) -> Result<Value> {
        let how = match &self.asked.how {
            Value::Dict(dict) => dict.0.lock().get(&HashKey::new(value.to_value())?).cloned().unwrap_or_default(),
            how => how.clone(),
        };
        match how {
            Value::List(_) => bail!(
                TypeError: "`margins` of several reductions of one column";
                hint: "`aggfunc=[…]` makes a table with totals for each of them"
            ),
            how => Ok(how),
        }
    }

    /// All values of a column, reduced.
    fn corner(&self, value: &Label) -> Result<Value> {
        let values = rdk_runtime::operators::item(self.context, &self.frame, &value.to_value())?;
        call(self.context, &values, "agg", vec![self.how(value)?], vec![])
    }

    /// A column in groups by these keys.
    fn groups(&self, keys: &[Label], value: &Label) -> Result<View> {
        let by = Value::list(keys.iter().map(Label::to_value));
        let told = vec![("dropna", Value::Bool(self.asked.dropna)), ("sort", Value::Bool(self.asked.sort))];
        let grouped = call(self.context, &self.frame, "groupby", vec![by], told)?;
        let values = rdk_runtime::operators::item(self.context, &grouped, &value.to_value())?;
        let made = call(self.context, &values, "agg", vec![self.how(value)?], vec![])?;
        View::from_value(&made).map_or_else(|| bail!(TypeError: "expected a reduction, got {}", what(&made)), Ok)
    }

    /// A row of totals below a table without columns.
    fn below(&self, table: &View) -> Result<View> {
        let below = table.labels().iter().map(|value| self.corner(value)).collect::<Result<Vec<_>>>()?;
        let n = super::object::n_rows(self.context, table)?;
        let right = cell::column(&vec![Value::Int(0); n], "of totals")?;
        let mut made = Totals { right, below, corner: Value::Int(0), name: self.name.into(), under: None }
            .put(self.context, table)?;
        made.columns.pop();
        Ok(made)
    }

    /// A column and a row of totals of one column of the frame.
    fn around(
        &self,
        table: &View,
        rows: &[Label],
        across: &[Label],
        value: Option<&Label>,
        under: Option<Label>,
    ) -> Result<View> {
        let Some(value) = value else { bail!(TypeError: "`margins` of a table without values") };
        let index = View { columns: vec![table.index[0].clone()], shape: Shape::Index, ..table.clone() };
        let wanted = items::values(self.context, &index)?;
        let right = right_of(self.context, &self.groups(rows, value)?, &wanted, self.all)?;
        let plain = |label: Label| match label {
            Label::Levels(levels) if under.is_some() && levels.len() == 2 => levels[1].clone(),
            Label::Levels(levels) if under.is_some() => Label::Levels(levels[1..].to_vec()),
            label => label,
        };
        let labels: Vec<Label> = table.labels().into_iter().map(plain).collect();
        let several = under.is_some() || across.len() > 1;
        let below = below_of(self.context, &self.groups(across, value)?, &labels, several, self.all)?;
        let (right, corner) = (cell::column(&right, "of totals")?, self.corner(value)?);
        Totals { right, below, corner, name: self.name.into(), under }.put(self.context, table)
    }

    /// The same of each column that the table is about, beside each other.
    fn of_each(&self, table: &View, rows: &[Label], across: &[Label]) -> Result<View> {
        let first = |label: &Label| match label {
            Label::Levels(levels) => levels.first().cloned(),
            label => Some(label.clone()),
        };
        let mut values: Vec<Label> = table.labels().iter().filter_map(first).collect();
        values.dedup();
        let (mut arrays, mut columns, mut length) = (Vec::new(), Vec::new(), 0);
        for value in values {
            let own = |label: &Label| first(label).as_ref() == Some(&value);
            let part = table.columns.iter().filter(|named| named.label.as_ref().is_some_and(own)).cloned().collect();
            let part = table.with_columns(part, Shape::Frame, "pivot");
            let made = self.around(&part, rows, across, Some(&value), Some(value.clone()))?;
            let batch = rows_of(self.context, &made)?;
            let from = if arrays.is_empty() { 0 } else { made.index.len() };
            arrays.extend(batch.columns()[from..].iter().cloned());
            columns.extend(made.columns.iter().map(|named| named.label.clone()));
            length = batch.num_rows();
        }
        let index = table.index.iter().map(|named| named.label.clone()).collect();
        Gather { index, columns, across: table.across.clone(), shape: Shape::Frame, counted: false }
            .of_batch(&beside(arrays, length)?)
    }
}
