//! Along the rows: `cumsum`, `shift`, `diff`, `ffill`, and moving windows: `rolling(7).mean()`.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{Field, Schema};
use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::over::{over_step, step_schema};
use super::{align, wholes};
use crate::frame::Frame;
use crate::lower;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Along, Before, Running, SoFar, Whole};

/// The same rows with each column replaced, worked out at once.
pub fn replaced(
    context: &Context,
    view: &View,
    name: &str,
    one: impl Fn(&ArrayRef) -> Result<ArrayRef>,
) -> Result<View> {
    let mut over = match &view.rows.leaf {
        Some(_) => view.clone(),
        None => lower::compute_now(context, view)?,
    };
    let batch = lower::in_memory(&lower::compute_now(context, &over)?)?;
    let mut columns = Vec::new();
    for (at, named) in view.columns.iter().enumerate() {
        let (beside, expr) = align::beside(context, &over, one(batch.column(view.index.len() + at))?)?;
        over = beside;
        columns.push(Named { label: named.label.clone(), expr });
    }
    Ok(over.with_columns(columns, view.shape, name))
}

/// Does something along the rows of all partitions.
pub fn along(context: &Context, view: &View, along: Along) -> Result<Value> {
    let mut types = Vec::new();
    for (named, of) in view.columns.iter().zip(view.types()?) {
        match along.gives(&of) {
            Some(gives) => types.push(gives),
            None => {
                let label = named.label.as_ref().map_or(String::new(), |label| format!(" {}", label.quoted()));
                bail!(
                    TypeError: "'{}' is not supported for column{label} of {}", along.name(), crate::dtype::name(&of, view.eager);
                    hint: "choose the columns of numbers first: `df[[\"x\", \"y\"]]`"
                );
            }
        }
    }
    if view.eager {
        return Ok(Frame::eager(replaced(context, view, along.name(), |column| along.apply(column))?));
    }
    let n = view.rows.n_partitions;
    let n_index = view.index.len();
    let schema = step_schema(view)?;
    let fields = schema.fields().iter().enumerate().map(|(at, field)| match at.checked_sub(n_index) {
        Some(at) => Field::new(field.name(), types[at].clone(), true),
        None => (**field).clone(),
    });
    let made = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let totals = match along.reach() {
        None => made.clone(),
        Some(_) => schema,
    };
    let name = along.name();
    let place = context.place();
    let before = Before { along, n_index };
    let part = format!("{name}-part");
    let rows = Rows::step(&part, Whole::at(before, place.clone()), vec![view.clone()], Wiring::Each, n, totals)?;
    let parts = over_step(view, &rows);
    let picks = (0..n).map(|at| match along.reach() {
        Some(reach) if reach < 0 => std::iter::once((0, at)).chain((at + 1..n).map(|later| (1, later))).collect(),
        _ => (0..at).map(|earlier| (1, earlier)).chain(std::iter::once((0, at))).collect(),
    });
    let work = Whole::at(Running { along, n_index }, place);
    let rows = Rows::step(name, work, vec![view.clone(), parts], Wiring::Pick(picks.collect()), n, made)?;
    let rows = rows.divided(view.rows.divisions.clone());
    Ok(Frame::lazy(View { name: name.into(), ..over_step(view, &rows) }))
}

builtins! {
    /// The sums so far.
    ///
    /// ```rdk
    /// pd.Series([1, 2, 3]).cumsum().tolist()
    /// #> [1, 3, 6]
    /// ```
    fn cumsum[context](/** The frame or series. */ this: View, /** 0: down the rows; 1: along them. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes after it. */ skipna: bool = true) -> Result<Value> { total(context, &this, SoFar::Sum, &axis, skipna) }

    /// The products so far.
    fn cumprod[context](/** The frame or series. */ this: View, /** 0: down the rows; 1: along them. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes after it. */ skipna: bool = true) -> Result<Value> { total(context, &this, SoFar::Product, &axis, skipna) }

    /// The largest values so far.
    fn cummax[context](/** The frame or series. */ this: View, /** 0: down the rows; 1: along them. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes after it. */ skipna: bool = true) -> Result<Value> { total(context, &this, SoFar::Max, &axis, skipna) }

    /// The smallest values so far.
    fn cummin[context](/** The frame or series. */ this: View, /** 0: down the rows; 1: along them. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes after it. */ skipna: bool = true) -> Result<Value> { total(context, &this, SoFar::Min, &axis, skipna) }

    /// The values of so many rows before.
    ///
    /// ```rdk
    /// pd.Series([1.0, 2.0, 3.0]).shift(1, fill_value=0.0).tolist()
    /// #> [0.0, 1.0, 2.0]
    /// ```
    fn shift[context](/** The frame or series. */ this: View, /** How many rows; after, with a negative number. */ periods: i64 = 1, /** What stands where there is no row. */ fill_value: Option<Value>) -> Result<Value> { shifted(context, &this, periods, fill_value) }

    /// The differences to the values of so many rows before.
    fn diff[context](/** The frame or series. */ this: View, /** How many rows; after, with a negative number. */ periods: i64 = 1, /** 0: between rows; 1: between columns. */ axis: Option<Value>) -> Result<Value> {
        if this.shape == Shape::Frame && super::axis_labels::of_columns(&axis)? {
            return super::running_across::differences(context, &this, periods);
        }
        along(context, &this, Along::Diff(periods))
    }

    /// By which part the values differ from those of so many rows before.
    fn pct_change[context](/** The frame or series. */ this: View, /** How many rows. */ periods: i64 = 1) -> Result<Value> {
        let before = along(context, &this, Along::Shift(periods))?;
        let this = super::items::as_value(this);
        let parts = rdk_runtime::operators::binary(context, rdk_syntax::tree::BinaryOp::Div, &this, &before)?;
        rdk_runtime::operators::binary(context, rdk_syntax::tree::BinaryOp::Sub, &parts, &Value::Int(1))
    }

    /// With the last value that is there, where something is missing.
    fn ffill[context](/** The frame or series. */ this: View) -> Result<Value> { along(context, &this, Along::Fill) }

    /// With the next value that is there, where something is missing.
    fn bfill[context](/** The frame or series. */ this: View) -> Result<Value> {
        if !this.eager {
            return wholes::in_one(context, &this, "bfill", vec![], vec![]);
        }
        let filled = replaced(context, &this, "bfill", |column| {
            let back: arrow::array::UInt64Array = (0..column.len() as u64).rev().collect();
            let turned = |column: &ArrayRef| arrow::compute::take(column, &back, None).map_err(crate::batches::arrow_error);
            turned(&Along::Fill.apply(&turned(column)?)?)
        })?;
        Ok(Frame::eager(filled))
    }

    /// Windows of so many rows that move along: `rolling(7).mean()`.
    ///
    /// ```rdk
    /// pd.Series([1, 2, 4]).rolling(2).sum().tolist()
    /// #> [nan, 3.0, 6.0]
    /// ```
    fn rolling(
        /// The frame or series.
        this: View,
        /// How many rows, or how much time: "7D".
        window: Value,
        /// How many values there have to be; if it is left out all of the window, or one in a span of time.
        min_periods: Option<usize>,
        /// Does the window lie around its row, and not before it?
        center: bool = false,
        /// Windows whose values have weights: not supported.
        win_type: Option<Value>,
        /// Which ends belong to a window: "right", "left", "both" or "neither".
        closed: Option<String>,
    ) -> Result<Value> {
        if win_type.is_some() {
            bail!(NotImplementedError: "windows whose values have weights"; hint: "`rolling(n).apply(lambda w: …, raw=True)` weighs them by hand");
        }
        super::windows::rolling(this, window, min_periods, center, closed)
    }

    /// Windows from the first row to each row: `expanding().mean()`.
    fn expanding(/** The frame or series. */ this: View, /** How many values there have to be. */ min_periods: usize = 1) -> Value { super::windows::expanding(this, min_periods) }
}

/// `cumsum` and the like.
fn total(context: &Context, view: &View, total: SoFar, axis: &Option<Value>, skipna: bool) -> Result<Value> {
    if view.shape == Shape::Frame && super::axis_labels::of_columns(axis)? {
        return super::running_across::totals(context, view, total, skipna);
    }
    along(context, view, if skipna { total.lenient() } else { Along::Strict(total) })
}

fn shifted(context: &Context, view: &View, periods: i64, fill: Option<Value>) -> Result<Value> {
    let made = along(context, view, Along::Shift(periods))?;
    let Some(fill) = fill else { return Ok(made) };
    if !view.eager {
        bail!(NotImplementedError: "`fill_value` of a lazy shift"; hint: "`.shift(…).fillna(value)` puts something there");
    }
    let Some(made) = View::from_value(&made) else { return Ok(made) };
    let missing = crate::cell::column(&[fill], "of values")?;
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let at = std::cell::Cell::new(view.index.len());
    let filled = replaced(context, &made, "shift", |column| {
        let original = batch.column(at.get());
        at.set(at.get() + 1);
        let n = column.len();
        let count = n.min(periods.unsigned_abs() as usize);
        let edge = if periods >= 0 { 0..count } else { n - count..n };
        let cells = (0..n).map(|row| match edge.contains(&row) {
            true => crate::cell::value(&missing, 0),
            false => crate::cell::value(original, (row as i64 - periods) as usize),
        });
        crate::cell::column(&cells.collect::<Vec<_>>(), "of values")
    })?;
    Ok(Frame::eager(filled))
}
