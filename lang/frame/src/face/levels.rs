//! Columns with labels of several levels, as `agg` with lists makes them: `df["x"]` is all that stands below `"x"`.

use rdk_runtime::{Args, Context, Result, Value, bail};

use crate::cell;
use crate::frame::Frame;
use crate::label::Label;
use crate::plan::{Named, Shape, View};

/// What is left of a label below another one: `"sum"` of `("x", "sum")` below `"x"`.
fn rest<'a>(label: &'a Option<Label>, above: &Label) -> Option<&'a [Label]> {
    let Some(Label::Levels(levels)) = label else { return None };
    match above {
        Label::Levels(above) => levels.strip_prefix(&above[..]),
        Label::Text(_) | Label::Number(_) | Label::Flag(_) => levels.strip_prefix(std::slice::from_ref(above)),
    }
}

fn of_levels(levels: &[Label]) -> Label {
    match levels {
        [one] => one.clone(),
        several => Label::Levels(several.to_vec()),
    }
}

/// All columns whose labels begin with this one.
pub fn beginning(view: &View, label: &Label) -> Vec<Named> {
    view.columns.iter().filter(|named| rest(&named.label, label).is_some()).cloned().collect()
}

/// What stands below a label: a frame whose labels have the levels that are left; a series, if those are empty.
pub fn below(view: &View, label: &Label) -> Option<View> {
    let mut columns = Vec::new();
    for named in &view.columns {
        if let Some(left) = rest(&named.label, label).filter(|left| !left.is_empty()) {
            columns.push(Named { label: Some(of_levels(left)), expr: named.expr.clone() });
        }
    }
    let is_empty = |label: &Label| match label {
        Label::Text(text) => text.is_empty(),
        Label::Number(_) | Label::Flag(_) => false,
        Label::Levels(levels) => levels.iter().all(|level| *level == Label::text("")),
    };
    match &columns[..] {
        [] => None,
        [one] if one.label.as_ref().is_some_and(is_empty) => {
            Some(view.series(Some(label.clone()), one.expr.clone(), "getitem"))
        }
        _ => {
            let mut made = view.with_columns(columns, Shape::Frame, "getitem");
            let n = if let Label::Levels(levels) = label { levels.len() } else { 1 };
            made.across = made.across.into_iter().skip(n).collect();
            Some(made)
        }
    }
}

/// How many levels the labels of the columns have.
pub fn depth(view: &View) -> usize {
    let levels = |named: &Named| match &named.label {
        Some(Label::Levels(levels)) => levels.len(),
        _ => 1,
    };
    view.columns.iter().map(levels).max().unwrap_or(1)
}

/// The place of a level, by its number or its name.
pub fn place(level: &Value, names: &[Option<Label>]) -> Result<usize> {
    let n = names.len();
    if let Some(label) = Label::of(level) {
        if let Some(at) = names.iter().position(|name| name.as_ref() == Some(&label)) {
            return Ok(at);
        }
        if let Label::Number(number) = label {
            let at = if number < 0 { number + n as i64 } else { number };
            if let Ok(at) = usize::try_from(at)
                && at < n
            {
                return Ok(at);
            }
            bail!(IndexError: "Too many levels: Index has only {n} levels, not {}", number + 1);
        }
    }
    bail!(KeyError: "Level {} not found", level.text(); hint: "the index has {n} levels")
}

/// Columns without one level of their labels.
pub fn without_column_level(view: &View, level: &Value) -> Result<View> {
    let n = depth(view);
    let at = place(level, &vec![None; n])?;
    if n < 2 {
        bail!("Cannot remove 1 levels from an index with 1 levels: at least one level must be left.");
    }
    let mut made = view.clone();
    if at < made.across.len() {
        made.across.remove(at);
    }
    for named in &mut made.columns {
        if let Some(Label::Levels(levels)) = &mut named.label
            && at < levels.len()
        {
            levels.remove(at);
            named.label = Some(of_levels(levels));
        }
    }
    Ok(made)
}

/// Rows without one level of their labels.
pub fn without_row_level(view: &View, level: &Value) -> Result<View> {
    let names: Vec<Option<Label>> = view.index.iter().map(|named| named.label.clone()).collect();
    let at = place(level, &names)?;
    if names.len() < 2 {
        bail!("Cannot remove 1 levels from an index with 1 levels: at least one level must be left.");
    }
    let mut index = view.index.clone();
    index.remove(at);
    let columns = if view.shape == Shape::Index { vec![index[0].clone()] } else { view.columns.clone() };
    Ok(View { rows: view.rows.uncounted(), index, columns, ..view.clone() })
}

/// What a function gives for each label of several levels, as an index.
pub fn mapped(context: &Context, view: &View, function: &Value) -> Result<Value> {
    let mut labels = Vec::new();
    for label in super::items::values(context, view)? {
        labels.push(context.call(function, Args::one(label))?);
    }
    if matches!(labels.first(), Some(Value::Tuple(_))) {
        return super::dtypes::label_index(&labels, &[]);
    }
    Ok(Frame::eager(super::create::index_view(None, cell::column(&labels, "of labels")?)?))
}
