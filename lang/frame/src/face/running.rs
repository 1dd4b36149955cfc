//! Along the rows: `cumsum`, `shift`, `diff`, `ffill`, and moving windows: `rolling(7).mean()`.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins};

use super::over::{over_step, step_schema};
use super::{align, wholes};
use crate::frame::{Frame, Labels, what};
use crate::lower;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Along, Before, Moving, Running, SoFar, Whole};

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
        /// How many rows.
        window: Value,
        /// How many values there have to be; all of the window if it is left out.
        min_periods: Option<usize>,
        /// Does the window lie around its row, and not before it?
        center: bool = false,
    ) -> Result<Value> {
        let Value::Int(rows) = window else {
            bail!(NotImplementedError: "a window has a number of rows, got {}", what(&window); hint: "`resample(\"D\")` makes spans of time");
        };
        let Some(window) = usize::try_from(rows).ok().filter(|&rows| rows > 0) else { bail!("window must be an integer 0 or greater"; hint: "1 row or more") };
        Ok(Value::object(Windows { view: this, window, least: min_periods, center }))
    }

    /// Windows from the first row to each row: `expanding().mean()`.
    fn expanding(/** The frame or series. */ this: View, /** How many values there have to be. */ min_periods: usize = 1) -> Result<Value> {
        Ok(Value::object(Windows { view: this, window: u32::MAX as usize, least: Some(min_periods), center: false }))
    }
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

/// `series.rolling(7)`
#[derive(Clone)]
pub struct Windows {
    view: View,
    window: usize,
    least: Option<usize>,
    center: bool,
}

static WINDOWS: LazyLock<ClassRef> = LazyLock::new(|| {
    let doc = "Windows of rows that move along, to be reduced.";
    ClassRef::new(Class::new("Rolling", "pandas.api.typing", doc).methods(crate::place::noted(of_windows::builtins())))
});

impl Object for Windows {
    fn class(&self) -> ClassRef {
        WINDOWS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("Rolling [window={},center={}]", self.window, if self.center { "True" } else { "False" })
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        let label = crate::label::Label::text(name);
        let named = (self.view.shape == Shape::Frame).then(|| self.view.find(&label))??.clone();
        let view = self.view.series(named.label, named.expr, "getitem");
        Some(Ok(Value::object(Windows { view, ..self.clone() })))
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        let Some(labels) = Labels::from_value(index) else {
            return Some(Err(rdk_runtime::error!(TypeError: "expected a label, got {}", what(index))));
        };
        Some(super::items::columns(&self.view, &labels.labels).map(|columns| {
            let view = match labels.several {
                true => columns,
                false => View { shape: Shape::Series, ..columns },
            };
            Value::object(Windows { view, ..self.clone() })
        }))
    }
}

impl FromValue for Windows {
    fn expected() -> &'static str {
        "windows of rows"
    }

    fn from_value(value: &Value) -> Option<Windows> {
        value.get::<Windows>().cloned()
    }
}

impl Windows {
    fn reduce(&self, context: &Context, how: Moving) -> Result<Value> {
        let least = self.least.unwrap_or(self.window);
        let (window, center) = (self.window, self.center);
        let numbers = |of: &DataType| crate::dtype::is_number(of);
        let mut view = self.view.clone();
        if let (Shape::Frame, Some(at)) = (view.shape, view.types()?.iter().position(|of| !numbers(of))) {
            let label = view.labels()[at].quoted();
            bail!(TypeError: "column {label} holds no numbers"; hint: "choose the columns of numbers first: `df[[\"x\", \"y\"]].rolling(…)`");
        }
        if !view.eager && center {
            view = wholes::one_partition(context, &view)?;
            view.rows = view.rows.uncounted();
        }
        along(context, &view, Along::Rolling { window, least, how, center })
    }
}

mod of_windows {
    use super::*;

    builtins! {
        /// The sum of each window.
        fn sum[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Sum) }

        /// The mean of each window.
        fn mean[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Mean) }

        /// How many values each window has.
        fn count[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Count) }

        /// The smallest value of each window.
        fn min[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Min) }

        /// The largest value of each window.
        fn max[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Max) }

        /// The standard deviation of each window.
        fn std[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Std) }

        /// The variance of each window.
        fn var[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Var) }

        /// The middle value of each window.
        fn median[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Median) }
    }
}
