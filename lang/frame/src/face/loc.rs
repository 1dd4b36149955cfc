//! Rows by label (`df.loc[…]`), and what `loc` and `iloc` are.

use std::any::Any;
use std::sync::LazyLock;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, lit};
use rdk_runtime::{
    Class, ClassRef, Context, FromValue, Kind, Object, Result, Slice, Value, bail, builtins, error, operators,
};

use super::assigned::assign;
use super::iloc::{by_position, row_at};
use super::items;
use super::nearby::{check_within, filtered};
use super::selection::{is_condition, is_function, rows_of_labels, settled};
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
            true => positioned(context, &self.frame, &view, index),
            false => by_label(context, &self.frame, &view, index),
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
        Some(self.rows(context, index))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        let frame = self.frame.get::<Frame>()?;
        Some(assign(context, frame, index, &value, self.by_position))
    }
}

/// `df.loc[rows]` or `df.loc[rows, columns]`
fn by_label(context: &Context, frame: &Value, view: &View, index: &Value) -> Result<Value> {
    if let Value::Tuple(parts) = index
        && view.shape == Shape::Frame
        && let [rows, columns] = &parts[..]
        && !is_key(view, columns)
    {
        let chosen = chosen_columns(view, &settled(context, frame, columns)?)?;
        let rows = match settled(context, frame, rows)? {
            Value::Tuple(labels) if view.index.len() == 1 => Value::list(labels.iter().cloned()),
            rows => rows,
        };
        return rows_by_label(context, &chosen, &rows);
    }
    rows_by_label(context, view, &settled(context, frame, index)?)
}

/// `df.iloc[rows]` or `df.iloc[rows, columns]`
fn positioned(context: &Context, frame: &Value, view: &View, index: &Value) -> Result<Value> {
    let one = |part: &Value| -> Result<Value> {
        Ok(match settled(context, frame, part)? {
            mask if is_condition(&mask) => {
                let mask = View::from_value(&mask).map(|mask| items::values(context, &mask)).transpose()?;
                Value::list(mask.unwrap_or_default())
            }
            other => other,
        })
    };
    let index = match index {
        Value::Tuple(parts) if parts.len() == 2 => Value::tuple([one(&parts[0])?, one(&parts[1])?]),
        other => one(other)?,
    };
    by_position(context, view, &index)
}

/// Is the second part of an index a label of the second level, and not of a column?
pub fn is_key(view: &View, columns: &Value) -> bool {
    let is_column = matches!(columns, Value::Slice(_) | Value::List(_))
        || is_function(columns)
        || columns.get::<Frame>().is_some()
        || Label::of(columns).is_some_and(|label| view.find(&label).is_some());
    view.index.len() > 1 && !is_column
}

/// The columns that the second part of an index means.
pub fn chosen_columns(view: &View, columns: &Value) -> Result<View> {
    if is_mask(columns) || is_condition(columns) {
        let mask = match View::from_value(columns) {
            Some(mask) => lower::in_memory(&mask)?.columns().last().cloned(),
            None => cell::column_of(columns, "of the mask")?,
        };
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
        let last = labels.len().saturating_sub(1);
        let step = if slice.step.is_none() { Some(1) } else { i64::from_value(&slice.step) };
        let columns: Vec<_> = match step {
            Some(0) => bail!("slice step cannot be zero"),
            Some(step) if step > 0 => {
                let (start, stop) = (find(&slice.start, 0)?, find(&slice.stop, last)?);
                let columns = view.columns.iter().skip(start).take((stop + 1).saturating_sub(start));
                columns.step_by(step as usize).cloned().collect()
            }
            Some(step) => {
                let (start, stop) = (find(&slice.start, last)?, find(&slice.stop, 0)?);
                let columns = view.columns.iter().skip(stop).take((start + 1).saturating_sub(stop)).rev();
                columns.step_by(step.unsigned_abs() as usize).cloned().collect()
            }
            None => bail!(TypeError: "slice indices must be integers, got {}", what(&slice.step)),
        };
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
        if !slice.step.is_none() {
            return in_steps(context, view, slice);
        }
        if slice.start.is_none() && slice.stop.is_none() {
            return Ok(items::as_value(view.clone()));
        }
        if let Some(rows) = rows_between(context, view, &slice.start, &slice.stop)? {
            return items::rows_at(context, view, Take::Rows(rows));
        }
        if is_in_no_order(view)? {
            let builtin = hidden::builtins()
                .into_iter()
                .find(|builtin| builtin.name == "between")
                .ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
            let bounds = vec![slice.start.clone(), slice.stop.clone()];
            return super::map_partitions::map_partitions(
                context,
                view,
                &Value::Builtin(builtin.into()),
                bounds,
                vec![],
            );
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
        let labels = list.snapshot();
        if !view.eager {
            let wanted = labels.iter().map(|item| literal(plain, item, false)).collect::<Result<Vec<_>>>()?;
            return listed(context, view, plain, &labels, wanted);
        }
        // In the order of the list.
        return items::rows_at(context, view, Take::Rows(rows_of_labels(context, plain, &labels)?));
    }
    if !view.eager {
        let condition = match index {
            Value::Tuple(parts) if view.index.len() > 1 => {
                let pairs = parts.iter().zip(&plain.index);
                let pairs = pairs.map(|(part, named)| Ok(named.expr.clone().eq(literal(plain, part, false)?)));
                pairs.collect::<Result<Vec<_>>>()?.into_iter().reduce(Expr::and).unwrap_or_else(|| lit(true))
            }
            Value::Str(_) if is_time(view) => return time_range(context, view, index),
            _ => {
                let label = literal(plain, index, false)?;
                check_within(view, &label, index)?;
                plain.index[0].expr.clone().eq(label)
            }
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

/// Rows from a label to another, of which only every second, third… is wanted, or backwards.
fn in_steps(context: &Context, view: &View, slice: &Slice) -> Result<Value> {
    let Some(step) = i64::from_value(&slice.step) else {
        bail!(TypeError: "slice indices must be integers, got {}", what(&slice.step));
    };
    let (start, stop) = match step < 0 {
        true => (slice.stop.clone(), slice.start.clone()),
        false => (slice.start.clone(), slice.stop.clone()),
    };
    let rows = Slice { start, stop, step: Value::None };
    let rows = rows_by_label(context, view, &Value::Slice(std::sync::Arc::new(rows)))?;
    let Some(rows) = View::from_value(&rows) else { return Ok(rows) };
    items::row_slice(context, &rows, &Slice { start: Value::None, stop: Value::None, step: Value::Int(step) })
}

/// The rows of these labels: with known divisions in each partition those that lie there, in order, and an error later for what is
/// not there; else whatever is found.
fn listed(context: &Context, view: &View, plain: &View, labels: &[Value], wanted: Vec<Expr>) -> Result<Value> {
    let expr = plain.index[0].expr.clone();
    let scalars: Option<Vec<ScalarValue>> = wanted
        .iter()
        .map(|expr| match expr {
            Expr::Literal(label, _) => Some(label.clone()),
            _ => None,
        })
        .collect();
    let (Some(divisions), Some(scalars)) = (&view.rows.divisions, scalars) else {
        return filtered(context, view, expr.in_list(wanted, false));
    };
    if labels.is_empty() || scalars.iter().any(|label| label.data_type() != divisions[0].data_type()) {
        return filtered(context, view, expr.in_list(wanted, false));
    }
    let n = divisions.len() - 1;
    let mut parts: Vec<Vec<(&ScalarValue, Value)>> = vec![Vec::new(); n];
    for (label, value) in scalars.iter().zip(labels) {
        let at = divisions.iter().take_while(|division| *division <= label).count().saturating_sub(1).min(n - 1);
        parts[at].push((label, value.clone()));
    }
    let builtin = hidden::builtins().into_iter().find(|builtin| builtin.name == "among");
    let builtin = builtin.ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
    let builtin = Value::Builtin(builtin.into());
    let empty = lower::Gather::of(view).of_batch(&arrow::array::RecordBatch::new_empty(view.schema()?))?;
    let meta = vec![(rdk_runtime::Name::from("meta"), Frame::eager(empty))];
    let mut made = Vec::new();
    for (at, mut part) in parts.into_iter().enumerate().filter(|(_, part)| !part.is_empty()) {
        part.sort_by(|a, b| a.0.partial_cmp(b.0).unwrap_or(std::cmp::Ordering::Equal));
        let one = super::partitions::picked(context, view, &[at])?;
        let labels = Value::list(part.into_iter().map(|(_, label)| label));
        made.push(super::map_partitions::map_partitions(context, &one, &builtin, vec![labels], meta.clone())?);
    }
    match made.len() {
        1 => Ok(made.remove(0)),
        _ => super::concat::below(context, &made),
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
        /// The rows of these labels.
        fn among[context](/** The rows. */ this: View, /** The labels. */ labels: Value) -> Result<Value> { rows_by_label(context, &this, &labels) }

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
        if found.is_empty() {
            return Err(error!(KeyError: "{}", label.repr()));
        }
        Ok(found)
    };
    let once = |label: &Value, side: &str| -> Result<Vec<u64>> {
        let found = find(label)?;
        if found.windows(2).any(|pair| pair[1] != pair[0] + 1) {
            bail!(
                KeyError: "Cannot get {side} slice bound for non-unique label: {}", label.repr();
                hint: "`sort_index()` brings equal labels together"
            );
        }
        Ok(found)
    };
    let n = batch.num_rows() as u64;
    let first = if start.is_none() { 0 } else { once(start, "left")?[0] };
    let last = if stop.is_none() { n } else { once(stop, "right")?.last().map_or(n, |last| last + 1) };
    Ok(Some((first..last).collect()))
}

pub fn is_mask(index: &Value) -> bool {
    match index {
        Value::List(list) => {
            let items = list.0.lock();
            !items.is_empty() && items.iter().all(|item| matches!(item, Value::Bool(_)))
        }
        other => other.get::<rdk_array::eager::NdArray>().is_some_and(|array| array.dtype() == rdk_array::DType::Bool),
    }
}

/// The same with the values of labels that are categories: labels are given as values.
pub fn with_plain_labels(view: &View) -> Result<View> {
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

/// A label as an expression of the type of the index.
pub fn literal(view: &View, label: &Value, _upper: bool) -> Result<Expr> {
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
pub fn as_time(view: &View, label: &Value) -> Value {
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
