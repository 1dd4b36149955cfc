//! Rows by label (`df.loc[…]`) and by position (`df.iloc[…]`).

use arrow::datatypes::DataType;
use std::any::Any;
use std::sync::LazyLock;

use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::{Expr, lit};
use rdk_runtime::{
    Class, ClassRef, Context, FromValue, Kind, Object, Result, Slice, Value, bail, builtins, error, operators,
};

use super::items;
use crate::cell;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};
use crate::steps::Take;

/// `df.loc` or `df.iloc`.
#[derive(Clone)]
pub struct Locator {
    /// The frame, so that `df.loc[…] = …` changes it.
    frame: Value,
    by_position: bool,
}

static CLASSES: LazyLock<[ClassRef; 2]> = LazyLock::new(|| {
    [
        ClassRef::new(Class::new("_LocIndexer", "pandas", "Rows and columns by label.")),
        ClassRef::new(Class::new("_iLocIndexer", "pandas", "Rows and columns by position.")),
    ]
});

impl Locator {
    /// The `loc` or `iloc` of a frame.
    pub fn of(frame: Value, by_position: bool) -> Value {
        Value::object(Locator { frame, by_position })
    }

    /// What it gives for an index.
    pub fn rows(&self, context: &Context, index: &Value) -> Result<Value> {
        let Some(view) = View::from_value(&self.frame) else { bail!(TypeError: "expected a frame") };
        match self.by_position {
            true => by_position(context, &view, index),
            false => by_label(context, &view, index),
        }
    }
}

impl Object for Locator {
    fn class(&self) -> ClassRef {
        CLASSES[usize::from(self.by_position)].clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<{}>", self.class().name)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        let view = View::from_value(&self.frame)?;
        Some(match self.by_position {
            true => by_position(context, &view, index),
            false => by_label(context, &view, index),
        })
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        let frame = self.frame.get::<Frame>()?;
        Some(assign(context, frame, index, &value, self.by_position))
    }
}

/// `df.loc[rows]` or `df.loc[rows, columns]`
fn by_label(context: &Context, view: &View, index: &Value) -> Result<Value> {
    if let Value::Tuple(parts) = index
        && view.shape == Shape::Frame
        && let [rows, columns] = &parts[..]
        && !is_key(view, columns)
    {
        let chosen = chosen_columns(view, columns)?;
        return rows_by_label(context, &chosen, rows);
    }
    rows_by_label(context, view, index)
}

/// Is the second part of an index a label of the second level, and not of a column?
fn is_key(view: &View, columns: &Value) -> bool {
    let is_column = matches!(columns, Value::Slice(_) | Value::List(_))
        || columns.get::<Frame>().is_some()
        || Label::of(columns).is_some_and(|label| view.find(&label).is_some());
    view.index.len() > 1 && !is_column
}

/// The columns that the second part of an index means.
fn chosen_columns(view: &View, columns: &Value) -> Result<View> {
    if is_mask(columns) {
        let mask = cell::column_of(columns, "of the mask")?;
        let wanted: Vec<bool> = mask.map_or_else(Vec::new, |mask| {
            (0..mask.len()).map(|at| matches!(cell::value(&mask, at), Value::Bool(true))).collect()
        });
        if wanted.len() != view.columns.len() {
            bail!(IndexError: "Boolean index has wrong length: {} instead of {}", wanted.len(), view.columns.len());
        }
        let columns = view.columns.iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(named, _)| named.clone());
        return Ok(view.with_columns(columns.collect(), Shape::Frame, "loc"));
    }
    if let Value::Slice(slice) = columns {
        let labels = view.labels();
        let find = |bound: &Value, default: usize| -> Result<usize> {
            if bound.is_none() {
                return Ok(default);
            }
            let Some(label) = Label::of(bound) else { bail!(TypeError: "expected a label, got {}", what(bound)) };
            labels.iter().position(|other| *other == label).ok_or_else(|| view.no_column(&label))
        };
        let (start, stop) = (find(&slice.start, 0)?, find(&slice.stop, labels.len().saturating_sub(1))?);
        let columns = view.columns.iter().skip(start).take((stop + 1).saturating_sub(start)).cloned().collect();
        return Ok(view.with_columns(columns, Shape::Frame, "loc"));
    }
    let Some(labels) = Labels::from_value(columns) else {
        bail!(TypeError: "expected a label or a list of labels, got {}", what(columns));
    };
    if labels.several {
        return items::columns(view, &labels.labels);
    }
    if view.find(&labels.labels[0]).is_none()
        && let Some(below) = super::levels::below(view, &labels.labels[0])
    {
        return Ok(below);
    }
    let named = view.column(&labels.labels[0])?;
    Ok(view.series(named.label.clone(), named.expr.clone(), "loc"))
}

/// `x.loc[index]`
pub fn rows_by_label(context: &Context, view: &View, index: &Value) -> Result<Value> {
    if index.get::<Frame>().is_some() || is_mask(index) {
        return items::item(context, &View { shape: view.shape, ..view.clone() }, index);
    }
    let plain = &with_plain_labels(view)?;
    if let Value::Slice(slice) = index {
        if slice.start.is_none() && slice.stop.is_none() {
            return Ok(items::as_value(view.clone()));
        }
        if !slice.step.is_none() {
            bail!(NotImplementedError: "labels are not taken in steps");
        }
        if let Some(rows) = rows_between(context, view, &slice.start, &slice.stop)? {
            return items::rows_at(context, view, Take::Rows(rows));
        }
        if is_in_no_order(view)? {
            let builtin = hidden::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
            let bounds = vec![slice.start.clone(), slice.stop.clone()];
            return super::partitions::map_partitions(context, view, &Value::Builtin(builtin.into()), bounds, vec![]);
        }
        let mut conditions = Vec::new();
        let label = plain.index[0].expr.clone();
        if !slice.start.is_none() {
            conditions.push(label.clone().gt_eq(literal(plain, &slice.start, false)?));
        }
        if !slice.stop.is_none() {
            conditions.push(match upper(plain, &slice.stop)? {
                (bound, true) => label.lt_eq(bound),
                (bound, false) => label.lt(bound),
            });
        }
        let condition = conditions.into_iter().reduce(Expr::and).unwrap_or_else(|| lit(true));
        return filtered(context, view, condition);
    }
    if let Value::List(list) = index {
        let mut wanted = Vec::new();
        for item in list.snapshot() {
            wanted.push(literal(plain, &item, false)?);
        }
        if !view.eager {
            let expr = plain.index[0].expr.clone();
            return filtered(context, view, expr.in_list(wanted, false));
        }
        // In the order of the list.
        let mut rows = Vec::new();
        for item in list.snapshot() {
            let found = places(context, view, &item)?;
            if found.is_empty() {
                bail!(KeyError: "'[{}] not in index'", item.repr());
            }
            rows.extend(found);
        }
        return items::rows_at(context, view, Take::Rows(rows));
    }
    if !view.eager {
        let condition = match index {
            Value::Tuple(parts) if view.index.len() > 1 => {
                let pairs = parts.iter().zip(&plain.index);
                let pairs = pairs.map(|(part, named)| Ok(named.expr.clone().eq(literal(plain, part, false)?)));
                pairs.collect::<Result<Vec<_>>>()?.into_iter().reduce(Expr::and).unwrap_or_else(|| lit(true))
            }
            Value::Str(_) if is_time(view) => return time_range(context, view, index),
            _ => plain.index[0].expr.clone().eq(literal(plain, index, false)?),
        };
        return filtered(context, view, condition);
    }
    if let Value::Str(_) = index
        && is_time(view)
    {
        return time_range(context, view, index);
    }
    match view.shape {
        Shape::Series => of_series(context, view, index),
        _ => {
            let found = places(context, view, index)?;
            match found[..] {
                [] => Err(error!(KeyError: "{}", index.repr())),
                [row] if view.index.len() <= 1 || matches!(index, Value::Tuple(_)) => {
                    row_at(context, view, row as usize)
                }
                _ if view.index.len() > 1 && !matches!(index, Value::Tuple(_)) => {
                    // The level that is the same in all rows goes.
                    let mut below = view.clone();
                    below.index.remove(0);
                    items::rows_at(context, &below, Take::Rows(found))
                }
                _ => items::rows_at(context, view, Take::Rows(found)),
            }
        }
    }
}

/// Is it a single lazy partition of texts as labels, of which nothing is known? What `describe` gives is.
fn is_in_no_order(view: &View) -> Result<bool> {
    let is_one = !view.eager && view.rows.n_partitions == 1 && view.index.len() == 1 && view.rows.divisions.is_none();
    Ok(is_one && cell::is_text(&view.type_of(&view.index[0].expr)?))
}

/// What is done when the labels of a partition are there.
mod hidden {
    use super::*;

    builtins! {
        /// The rows from a label to another; none if one of them is not there, as Dask has it.
        fn between[context](/** The rows. */ this: View, /** The first label. */ start: Value, /** The last one. */ stop: Value) -> Result<Value> {
            match rows_between(context, &this, &start, &stop) {
                Err(error) if error.0.kind == Kind::KeyError => items::rows_at(context, &this, Take::Rows(Vec::new())),
                Err(error) => Err(error),
                Ok(Some(rows)) => items::rows_at(context, &this, Take::Rows(rows)),
                Ok(None) => rows_by_label(context, &this, &Value::Slice(std::sync::Arc::new(Slice { start, stop, step: Value::None }))),
            }
        }
    }
}

/// The rows from a label to another as they stand, if the labels in memory have no order.
fn rows_between(context: &Context, view: &View, start: &Value, stop: &Value) -> Result<Option<Vec<u64>>> {
    if !view.eager || view.index.len() > 1 || is_time(view) {
        return Ok(None);
    }
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let batch = lower::in_memory(&lower::compute_now(context, &index)?)?;
    if super::create::is_ordered(batch.column(0))? {
        return Ok(None);
    }
    let find = |label: &Value| -> Result<Vec<u64>> {
        let found = places(context, view, label)?;
        if found.is_empty() { Err(error!(KeyError: "{}", label.repr())) } else { Ok(found) }
    };
    let n = batch.num_rows() as u64;
    let first = if start.is_none() { 0 } else { find(start)?[0] };
    let last = if stop.is_none() { n } else { find(stop)?.last().map_or(n, |last| last + 1) };
    Ok(Some((first..last).collect()))
}

fn is_mask(index: &Value) -> bool {
    match index {
        Value::List(list) => {
            let items = list.0.lock();
            !items.is_empty() && items.iter().all(|item| matches!(item, Value::Bool(_)))
        }
        other => other.get::<rdk_array::eager::NdArray>().is_some_and(|array| array.dtype() == rdk_array::DType::Bool),
    }
}

/// The same with the values of labels that are categories: labels are given as values.
fn with_plain_labels(view: &View) -> Result<View> {
    let mut plain = view.clone();
    for named in &mut plain.index {
        let of = view.type_of(&named.expr)?;
        named.expr = crate::category::values_of(named.expr.clone(), &of);
    }
    Ok(plain)
}

fn is_time(view: &View) -> bool {
    view.type_of(&view.index[0].expr).is_ok_and(|of| matches!(of, arrow::datatypes::DataType::Timestamp(..)))
}

/// `loc["2000-01"]`: all times of that month.
fn time_range(context: &Context, view: &View, text: &Value) -> Result<Value> {
    let label = view.index[0].expr.clone();
    let (bound, inclusive) = upper(view, text)?;
    let condition = label.clone().gt_eq(literal(view, text, false)?);
    let end = if inclusive { label.lt_eq(bound) } else { label.lt(bound) };
    filtered(context, view, condition.and(end))
}

fn filtered(context: &Context, view: &View, condition: Expr) -> Result<Value> {
    let (view, condition, divisions) = near(context, view, condition)?;
    let rows = view.rows.filtered(condition)?.divided(divisions);
    Frame::answer(context, View { name: "loc".into(), ..view.over(&rows) })
}

/// The partitions of a lazy frame in which labels can lie that fulfil a condition, by its divisions; and the condition for them.
fn near(context: &Context, view: &View, condition: Expr) -> Result<(View, Expr, Option<Vec<ScalarValue>>)> {
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
fn limits(condition: &Expr, label: &Expr, low: &mut Option<ScalarValue>, high: &mut Option<ScalarValue>) {
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

/// A label as an expression of the type of the index.
fn literal(view: &View, label: &Value, _upper: bool) -> Result<Expr> {
    let Some(literal) = cell::literal(label) else {
        bail!(TypeError: "expected a label, got {}", what(label));
    };
    let of = view.type_of(&view.index[0].expr)?;
    let is_text = matches!(label, Value::Str(_));
    if is_text != cell::is_text(&of) && !matches!(of, arrow::datatypes::DataType::Timestamp(..)) {
        bail!(KeyError: "{}", label.repr(); hint: "labels of the index are of type {}", crate::dtype::name(&of, view.eager));
    }
    super::operators::fitted(literal, &view.index[0].expr, view)
}

/// The upper end of a range of labels, and whether it belongs to it. `"2000-01"` as an end is the whole month.
fn upper(view: &View, label: &Value) -> Result<(Expr, bool)> {
    if let Value::Str(text) = label
        && is_time(view)
        && let Some(end) = crate::timestamp::end_of(text)
    {
        return Ok((lit(datafusion::common::ScalarValue::TimestampMicrosecond(Some(end), None)), false));
    }
    Ok((literal(view, label, true)?, true))
}

/// The places of the rows with this label.
fn places(context: &Context, view: &View, label: &Value) -> Result<Vec<u64>> {
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let batch = lower::in_memory(&lower::compute_now(context, &index)?)?;
    let n = view.index.len();
    let mut found = Vec::new();
    for row in 0..batch.num_rows() {
        let whole = items::index_value(&batch, n, row);
        let first = || cell::value(batch.column(0), row);
        let same = match label {
            Value::Tuple(_) => operators::equal(context, &whole, label)?,
            _ if n > 1 => operators::equal(context, &first(), label)?,
            _ => operators::equal(context, &whole, label)?,
        };
        if same {
            found.push(row as u64);
        }
    }
    Ok(found)
}

/// `series[label]`
pub fn of_series(context: &Context, view: &View, index: &Value) -> Result<Value> {
    if !view.eager {
        return rows_by_label(context, view, index);
    }
    if let Value::List(_) = index {
        return rows_by_label(context, view, index);
    }
    if let Value::Str(text) = index
        && is_time(view)
        && !is_one_time(context, view, text)?
    {
        return time_range(context, view, index);
    }
    let found = places(context, view, &as_time(view, index))?;
    if view.index.len() > 1 && !found.is_empty() && !matches!(index, Value::Tuple(_)) {
        return items::rows_at(context, &super::levels::without_row_level(view, &Value::Int(0))?, Take::Rows(found));
    }
    match found[..] {
        [] => Err(error!(KeyError: "{}", index.repr())),
        [row] => {
            let values = items::values(context, view)?;
            Ok(values.into_iter().nth(row as usize).unwrap_or_default())
        }
        _ => items::rows_at(context, view, Take::Rows(found)),
    }
}

/// A text as the time that it is a label of.
fn as_time(view: &View, label: &Value) -> Value {
    match label {
        Value::Str(text) if is_time(view) => {
            crate::timestamp::Timestamp::read(text).map_or_else(|| label.clone(), Value::object)
        }
        other => other.clone(),
    }
}

/// Does a text mean a single time, and not all of a day or month? It does if the labels are no finer than it is.
fn is_one_time(context: &Context, view: &View, text: &str) -> Result<bool> {
    const DAY: i64 = 86_400_000_000;
    if text.len() < "2000-01-31".len() {
        return Ok(false);
    }
    if text.len() > "2000-01-31".len() {
        return Ok(!places(context, view, &as_time(view, &Value::str(text)))?.is_empty());
    }
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let batch = lower::in_memory(&lower::compute_now(context, &index)?)?;
    let micros = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Int64);
    let micros = micros.map_err(crate::batches::arrow_error)?;
    let whole_days = |row| matches!(cell::value(&micros, row), Value::Int(micros) if micros % DAY == 0);
    Ok((0..batch.num_rows()).all(whole_days))
}

/// One row as a series with the labels of the columns.
pub fn row_at(context: &Context, view: &View, row: usize) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n = view.index.len();
    if view.shape == Shape::Series {
        return Ok(cell::value(batch.column(n), row));
    }
    Ok(super::arrays::row_of(view, &batch, row)?.1)
}

/// `df.iloc[rows]` or `df.iloc[rows, columns]`
fn by_position(context: &Context, view: &View, index: &Value) -> Result<Value> {
    let (rows, columns) = match index {
        Value::Tuple(parts) if parts.len() == 2 => (parts[0].clone(), Some(parts[1].clone())),
        other => (other.clone(), None),
    };
    let mut view = view.clone();
    if let Some(columns) = columns {
        view.check_frame("`iloc` with two positions")?;
        let n = view.columns.len();
        match &columns {
            Value::Slice(slice) => {
                let (start, stop, step) = operators::indices(slice, n)?;
                let mut chosen = Vec::new();
                let mut at = start;
                while (step > 0 && at < stop) || (step < 0 && at > stop) {
                    chosen.push(view.columns[at as usize].clone());
                    at += step;
                }
                view.columns = chosen;
            }
            Value::List(list) => {
                let places = list.snapshot();
                let places = places.iter().map(|place| operators::position(place, n, "column"));
                view.columns = places.map(|place| Ok(view.columns[place?].clone())).collect::<Result<_>>()?;
            }
            one => {
                let named = view.columns[operators::position(one, n, "column")?].clone();
                view = view.series(named.label, named.expr, "iloc");
            }
        }
    }
    if let Value::Slice(slice) = &rows {
        if slice.start.is_none() && slice.stop.is_none() && slice.step.is_none() {
            return Ok(items::as_value(view));
        }
        return items::row_slice(context, &view, slice);
    }
    if !view.eager {
        bail!(NotImplementedError: "'DataFrame.iloc' only supports selecting columns. It must be used like 'df.iloc[:, column_indexer]'.");
    }
    if is_mask(&rows) {
        return items::item(context, &view, &rows);
    }
    let n = super::object::n_rows(context, &view)?;
    if let Value::List(list) = &rows {
        let places = list.snapshot();
        let places = places.iter().map(|place| Ok(operators::position(place, n, "row")? as u64));
        return items::rows_at(context, &view, Take::Rows(places.collect::<Result<_>>()?));
    }
    let Some(at) = i64::from_value(&rows) else { bail!(TypeError: "expected a position, got {}", what(&rows)) };
    if !(-(n as i64)..n as i64).contains(&at) {
        bail!(IndexError: "single positional indexer is out-of-bounds"; hint: "there are {n} rows");
    }
    row_at(context, &view, if at < 0 { (at + n as i64) as usize } else { at as usize })
}

/// `df.loc[mask, "x"] = value`
fn assign(context: &Context, frame: &Frame, index: &Value, value: &Value, by_position: bool) -> Result<()> {
    let view = frame.view();
    let Value::Tuple(parts) = index else {
        bail!(NotImplementedError: "whole rows are not assigned"; hint: "`df.loc[rows, \"column\"] = value` assigns to a column");
    };
    let [rows, columns] = &parts[..] else { bail!("Too many indexers") };
    if !view.eager && (by_position || rows.get::<Frame>().is_none()) {
        bail!(NotImplementedError: "rows of a lazy frame are assigned to by a mask"; hint: "`df.loc[df.x > 0, \"column\"] = value`");
    }
    if by_position {
        return assign_by_position(context, frame, &view, rows, columns, value);
    }
    let Some(labels) = Labels::from_value(columns) else {
        bail!(TypeError: "expected a column's label, got {}", what(columns));
    };
    let (view, condition) = match rows.get::<Frame>() {
        Some(mask) => items::over_rows_of(context, &view, &mask.view())?,
        None => {
            let plain = with_plain_labels(&view)?;
            let expr = plain.index[0].expr.clone();
            let condition = match rows {
                Value::List(list) => {
                    let wanted = list.snapshot();
                    let wanted = wanted.iter().map(|item| literal(&plain, item, false)).collect::<Result<Vec<_>>>()?;
                    expr.in_list(wanted, false)
                }
                Value::Slice(slice) if slice.start.is_none() && slice.stop.is_none() => lit(true),
                one => expr.eq(literal(&plain, one, false)?),
            };
            (view, condition)
        }
    };
    let mut view = view;
    for label in &labels.labels {
        let (over, new) = items::value_over(context, &view, value)?;
        view = over;
        let old = match view.find(label) {
            Some(named) => named.expr.clone(),
            None => lit(datafusion::common::ScalarValue::Null),
        };
        let expr = either(condition.clone(), new, old, &view)?;
        match view.columns.iter().position(|named| named.label.as_ref() == Some(label)) {
            Some(at) => view.columns[at].expr = expr,
            None => view.columns.push(crate::plan::Named { label: Some(label.clone()), expr }),
        }
    }
    frame.replace(crate::frame::settled(context, view)?);
    Ok(())
}

/// `df.iloc[rows, columns] = value`, `df.iat[row, column] = value`
fn assign_by_position(
    context: &Context,
    frame: &Frame,
    view: &View,
    rows: &Value,
    columns: &Value,
    value: &Value,
) -> Result<()> {
    let n = super::object::n_rows(context, view)?;
    let mut chosen = vec![false; n];
    for place in positions(rows, n, "row")? {
        chosen[place] = true;
    }
    let mask: arrow::array::ArrayRef = std::sync::Arc::new(arrow::array::BooleanArray::from(chosen));
    let places = positions(columns, view.columns.len(), "column")?;
    let (mut view, condition) = super::align::beside(context, view, mask)?;
    for place in places {
        let (over, new) = items::value_over(context, &view, value)?;
        view = over;
        let old = view.columns[place].expr.clone();
        view.columns[place].expr = either(condition.clone(), new, old, &view)?;
    }
    frame.replace(crate::frame::settled(context, view)?);
    Ok(())
}

/// A position, a list of them or a slice, as places.
fn positions(index: &Value, n: usize, what: &str) -> Result<Vec<usize>> {
    match index {
        Value::Slice(slice) => {
            let (start, stop, step) = operators::indices(slice, n)?;
            let (mut places, mut at) = (Vec::new(), start);
            while (step > 0 && at < stop) || (step < 0 && at > stop) {
                places.push(at as usize);
                at += step;
            }
            Ok(places)
        }
        Value::List(list) => list.snapshot().iter().map(|place| operators::position(place, n, what)).collect(),
        one => Ok(vec![operators::position(one, n, what)?]),
    }
}

/// `series[label] = value`
pub fn assign_series(context: &Context, frame: &Frame, index: &Value, value: &Value) -> Result<()> {
    let view = frame.view();
    if let Some(longer) = with_row(context, &view, index, value)? {
        frame.replace(longer);
        return Ok(());
    }
    let condition = match index.get::<Frame>() {
        Some(mask) => items::over_rows_of(context, &view, &mask.view())?,
        None => {
            let plain = with_plain_labels(&view)?;
            (view.clone(), plain.index[0].expr.clone().eq(literal(&plain, index, false)?))
        }
    };
    let (view, condition) = condition;
    let (mut view, new) = items::value_over(context, &view, value)?;
    view.columns[0].expr = either(condition, new, view.expr().clone(), &view)?;
    frame.replace(crate::frame::settled(context, view)?);
    Ok(())
}

/// The series with one more row, if the label is a single one that is not there.
fn with_row(context: &Context, view: &View, label: &Value, value: &Value) -> Result<Option<View>> {
    let single = |value: &Value| crate::cell::literal(value).is_some_and(|literal| !literal.is_null());
    if !single(label) || crate::cell::literal(value).is_none() || view.index.len() != 1 {
        return Ok(None);
    }
    let mut plain = with_plain_labels(view)?;
    if items::has_row(context, &plain, label)? {
        return Ok(None);
    }
    // A row more makes categories values like others.
    let of = view.type_of(view.expr())?;
    plain.columns[0].expr = crate::category::values_of(view.expr().clone(), &of);
    let batch = crate::lower::in_memory(&crate::lower::compute_now(context, &plain)?)?;
    let joined = |column: &arrow::array::ArrayRef, value: &Value| {
        let new = crate::cell::column(std::slice::from_ref(value), "of values")?;
        super::group_values::joined(vec![column.clone(), new])
    };
    let (labels, values) = (joined(batch.column(0), label)?, joined(batch.column(1), value)?);
    let index = Some((view.index[0].label.clone(), labels));
    Ok(Some(super::create::series_of(view.label().clone(), values, index)?))
}

/// The new value where a condition holds, the old one elsewhere, in the type that both have in common;
/// among categories the new one is one of them.
pub fn either(condition: Expr, new: Expr, old: Expr, view: &View) -> Result<Expr> {
    let (a, b) = (view.type_of(&new)?, view.type_of(&old)?);
    if crate::category::is(&b) {
        return super::category::compare::chosen(view, old, condition, new, false);
    }
    let number = |of: &DataType| of.is_integer() || of.is_floating();
    let (new, old) = match (&a, &b) {
        (a, b) if a == b => (new, old),
        (DataType::Null, _) => (datafusion::logical_expr::cast(new, b.clone()), old),
        (_, DataType::Null) => (new, datafusion::logical_expr::cast(old, a.clone())),
        // A number that fits keeps the type of the column.
        (DataType::Int64, DataType::Float32) => (datafusion::logical_expr::cast(new, b.clone()), old),
        (DataType::Int64, b) if b.is_integer() && matches!(new, Expr::Literal(..)) => {
            (datafusion::logical_expr::cast(new, b.clone()), old)
        }
        (a, b) if number(a) && number(b) => {
            let wanted = if a.is_floating() || b.is_floating() { DataType::Float64 } else { DataType::Int64 };
            let as_wanted = |expr| datafusion::logical_expr::cast(expr, wanted.clone());
            (as_wanted(new), as_wanted(old))
        }
        _ => (new, old),
    };
    datafusion::logical_expr::when(condition, new).otherwise(old).map_err(crate::errors::fusion)
}
