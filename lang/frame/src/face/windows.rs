//! Windows that move along the rows: `rolling(7)`, `rolling("7D")`, `expanding()`; and what they are reduced to.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, Float64Array};
use arrow::datatypes::DataType;
use rdk_runtime::{
    Args, Class, ClassRef, Context, FromValue, Keywords, Name, Object, Result, Value, bail, builtins, error,
};

use super::running::{along, replaced};
use super::{align, items, statistics, wholes};
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};
use crate::steps::{Along, Moving};

/// How far a window reaches.
#[derive(Clone, Copy, PartialEq)]
pub enum Reach {
    /// So many rows.
    Rows(usize),
    /// So many microseconds, by the times of the index.
    Time(i64),
}

/// As many rows as `expanding()` reaches back.
const ALL: usize = u32::MAX as usize;

/// `series.rolling(7)`
#[derive(Clone)]
pub struct Windows {
    view: View,
    /// As the user wrote it.
    window: Value,
    reach: Reach,
    least: Option<usize>,
    center: bool,
    /// Which ends belong to it: "right", "left", "both" or "neither".
    closed: Option<String>,
}

static WINDOWS: LazyLock<ClassRef> = LazyLock::new(|| {
    let doc = "Windows of rows that move along, to be reduced.";
    ClassRef::new(Class::new("Rolling", "pandas.api.typing", doc).methods(crate::place::noted(of_windows::builtins())))
});

/// `view.rolling(window)`
pub fn rolling(view: View, window: Value, least: Option<usize>, center: bool, closed: Option<String>) -> Result<Value> {
    if let Some(closed) = closed.as_deref().filter(|closed| !matches!(*closed, "right" | "left" | "both" | "neither")) {
        bail!("closed must be 'right', 'left', 'both' or 'neither', got {closed:?}");
    }
    let reach = match &window {
        Value::Int(rows) => match usize::try_from(*rows).ok().filter(|&rows| rows > 0) {
            Some(rows) => Reach::Rows(rows),
            None => bail!("window must be an integer 0 or greater"; hint: "1 row or more"),
        },
        other => {
            let micros = match other.as_str() {
                Some(text) => super::frequency::Frequency::read(text)?.fixed(),
                None => crate::timedelta::micros_of(other),
            };
            let of_index = view.type_of(&view.index[0].expr)?;
            match micros {
                Some(micros) if micros > 0 && matches!(of_index, DataType::Timestamp(..)) => Reach::Time(micros),
                Some(_) => bail!(
                    "window must be an integer 0 or greater";
                    hint: "a window of time such as \"7D\" needs times as the index: `df.set_index(\"when\")`"
                ),
                None => bail!(
                    "passed window {} is not compatible with a datetimelike index", other.text();
                    hint: "a number of rows, or a span of a fixed length such as \"7D\" or \"12h\""
                ),
            }
        }
    };
    if let (Some(least), Reach::Rows(rows)) = (least, reach)
        && least > rows
    {
        bail!("min_periods {least} must be <= window {rows}");
    }
    Ok(Value::object(Windows { view, window, reach, least, center, closed }))
}

/// `view.expanding()`
pub fn expanding(view: View, least: usize) -> Value {
    let window = Value::Int(ALL as i64);
    Value::object(Windows { view, window, reach: Reach::Rows(ALL), least: Some(least), center: false, closed: None })
}

impl Object for Windows {
    fn class(&self) -> ClassRef {
        WINDOWS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let least = match self.reach {
            Reach::Rows(ALL) => return format!("Expanding [min_periods={},method=single]", self.least()),
            Reach::Rows(_) => self.least,
            Reach::Time(_) => Some(self.least()),
        };
        let least = least.map(|least| format!("min_periods={least},")).unwrap_or_default();
        let closed = self.closed.as_ref().map(|closed| format!("closed={closed},")).unwrap_or_default();
        let center = if self.center { "True" } else { "False" };
        format!("Rolling [window={},{least}center={center},{closed}method=single]", self.window.text())
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        let label = Label::text(name);
        let named = (self.view.shape == Shape::Frame).then(|| self.view.find(&label))??.clone();
        let view = self.view.series(named.label, named.expr, "getitem");
        Some(Ok(Value::object(Windows { view, ..self.clone() })))
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        let Some(labels) = Labels::from_value(index) else {
            return Some(Err(error!(TypeError: "expected a label, got {}", what(index))));
        };
        Some(items::columns(&self.view, &labels.labels).map(|columns| {
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
    fn least(&self) -> usize {
        self.least.unwrap_or(match self.reach {
            Reach::Rows(rows) => rows,
            Reach::Time(_) => 1,
        })
    }

    /// An error if some column holds no numbers.
    fn check_numbers(&self) -> Result<()> {
        let at = self.view.types()?.iter().position(|of| !crate::dtype::is_number(of));
        if let (Shape::Frame, Some(at)) = (self.view.shape, at) {
            let label = self.view.labels()[at].quoted();
            bail!(TypeError: "column {label} holds no numbers"; hint: "choose the columns of numbers first: `df[[\"x\", \"y\"]].rolling(…)`");
        }
        Ok(())
    }

    fn reduce(&self, context: &Context, how: Moving, name: &str) -> Result<Value> {
        self.check_numbers()?;
        let (Reach::Rows(window), None | Some("right")) = (self.reach, self.closed.as_deref()) else {
            return self.each(context, name, vec![], |values| how.of(values));
        };
        let mut view = self.view.clone();
        if !view.eager && self.center {
            view = wholes::one_partition(context, &view)?;
            view.rows = view.rows.uncounted();
        }
        along(context, &view, Along::Rolling { window, least: self.least(), how, center: self.center })
    }

    /// What a function of the values of a window makes of each; of a lazy frame when its rows have come together.
    fn each(
        &self,
        context: &Context,
        name: &str,
        args: Vec<Value>,
        mut one: impl FnMut(&mut Vec<f64>) -> Option<f64>,
    ) -> Result<Value> {
        self.check_numbers()?;
        if !self.view.eager {
            return self.later(context, name, args);
        }
        let bounds = self.bounds(context)?;
        let least = self.least();
        let mut made = |column: &ArrayRef| -> Result<ArrayRef> {
            let column = finite(column)?;
            let mut values = Vec::new();
            let mut of = |&(start, end): &(usize, usize)| {
                values.clear();
                values.extend((start..end).filter(|&at| !column.is_null(at)).map(|at| column.value(at)));
                (values.len() >= least).then(|| one(&mut values)).flatten()
            };
            let made: Vec<Option<f64>> = bounds.iter().map(&mut of).collect();
            Ok(Arc::new(made.into_iter().map(|x| x.filter(|x| !x.is_nan())).collect::<Float64Array>()))
        };
        let cell = std::cell::RefCell::new(&mut made);
        let replaced = replaced(context, &self.view, "rolling", |column| (cell.borrow_mut())(column))?;
        Ok(Frame::eager(replaced))
    }

    fn later(&self, context: &Context, name: &str, args: Vec<Value>) -> Result<Value> {
        let one = wholes::one_partition(context, &self.view)?;
        let one = View { rows: one.rows.uncounted(), ..one };
        let builtin = hidden::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
        let least = self.least.map_or(Value::None, |least| Value::Int(least as i64));
        let closed = self.closed.clone().map_or(Value::None, Value::str);
        let all =
            vec![self.window.clone(), least, Value::Bool(self.center), closed, Value::str(name), Value::tuple(args)];
        super::map_partitions::map_partitions(context, &one, &Value::Builtin(Arc::new(builtin)), all, vec![])
    }

    /// From which row to which the window of each row goes.
    fn bounds(&self, context: &Context) -> Result<Vec<(usize, usize)>> {
        let closed = self.closed.as_deref().unwrap_or("right");
        let (left, right) = (matches!(closed, "left" | "both"), matches!(closed, "right" | "both"));
        let index = View { columns: vec![self.view.index[0].clone()], shape: Shape::Index, ..self.view.clone() };
        let batch = lower::in_memory(&lower::compute_now(context, &index)?)?;
        let n = batch.num_rows();
        match self.reach {
            Reach::Rows(window) => {
                let ahead = if self.center { window.saturating_sub(1) / 2 } else { 0 };
                let bound = |row: usize| {
                    let end = row + usize::from(right) + ahead;
                    let start = (row + 1 + ahead).saturating_sub(window + usize::from(left));
                    (start.min(n), end.min(n).max(start.min(n)))
                };
                Ok((0..n).map(bound).collect())
            }
            Reach::Time(span) => {
                let times = super::dates::micros(batch.column(0))?;
                if times.null_count() > 0 {
                    bail!("index values must not have NaT");
                }
                let mut times: Vec<i64> = times.values().to_vec();
                if times.first() > times.last() {
                    // The latest first: windows reach back to later times.
                    times.iter_mut().for_each(|time| *time = -*time);
                }
                if times.windows(2).any(|pair| pair[0] > pair[1]) {
                    bail!("index values must be monotonic"; hint: "`sort_index()` brings rows in the order of their times");
                }
                let bound = |row: usize| {
                    let (low, high) = match self.center {
                        true => (times[row] - span / 2, times[row] + span - span / 2),
                        false => (times[row] - span, times[row]),
                    };
                    let start = times.partition_point(|&time| if left { time < low } else { time <= low });
                    let end = times.partition_point(|&time| if right { time <= high } else { time < high });
                    let end = if self.center { end } else { end.min(row + usize::from(right)) };
                    (start, end.max(start))
                };
                Ok((0..n).map(bound).collect())
            }
        }
    }

    /// A function of the user's with the values of each window.
    fn apply(
        &self,
        context: &Context,
        func: &Value,
        raw: bool,
        more: Vec<Value>,
        named: Vec<(Name, Value)>,
    ) -> Result<Value> {
        self.check_numbers()?;
        let (bounds, least) = (self.bounds(context)?, self.least());
        let mut whole = self.view.clone();
        let mut columns = Vec::new();
        for column in &self.view.columns {
            let series = self.view.series(column.label.clone(), column.expr.clone(), "getitem");
            let batch = lower::in_memory(&lower::compute_now(context, &series)?)?;
            let values = finite(&batch.columns()[batch.num_columns() - 1])?;
            // What functions of windows are given.
            let (over, expr) = align::beside(context, &series, Arc::new(values.clone()))?;
            let series = over.series(column.label.clone(), expr, "getitem");
            let mut made: Vec<Option<f64>> = Vec::with_capacity(bounds.len());
            for &(start, end) in &bounds {
                context.check()?;
                if (start..end).filter(|&at| !values.is_null(at)).count() < least {
                    made.push(None);
                    continue;
                }
                let floats = Arc::new(values.slice(start, end - start)) as ArrayRef;
                let part = match raw {
                    true => {
                        Value::object(rdk_array::eager::NdArray::new(super::arrays::chunk(&[&floats], &[end - start])?))
                    }
                    false => {
                        let rows = crate::steps::Take::Slice(start as i64, end as i64, 1);
                        items::rows_at(context, &series, rows)?
                    }
                };
                let mut call = Args::of(std::iter::once(part).chain(more.iter().cloned()));
                call.keywords = named.clone();
                let answer = context.call(func, call)?;
                match answer.as_f64() {
                    Some(number) => made.push(Some(number).filter(|number| !number.is_nan())),
                    None => bail!(TypeError: "the function of a window gives a number, got {}", what(&answer)),
                }
            }
            let (over, expr) = align::beside(context, &whole, Arc::new(made.into_iter().collect::<Float64Array>()))?;
            whole = over;
            columns.push(crate::plan::Named { label: column.label.clone(), expr });
        }
        Ok(Frame::eager(View { columns, name: "rolling".into(), ..whole }))
    }

    /// How the values of each window vary together with those of another series.
    fn together(&self, context: &Context, other: &View, correlation: bool) -> Result<Value> {
        if self.view.shape == Shape::Frame || !self.view.eager || !other.eager {
            bail!(NotImplementedError: "windows of two series in memory vary together"; hint: "`df.x.rolling(7).corr(df.y)` of a computed frame");
        }
        let (view, other) = align::together(context, &self.view, other)?;
        let both = lower::in_memory(&lower::compute_now(
            context,
            &View {
                columns: view.columns.iter().chain(&other.columns).cloned().collect(),
                shape: Shape::Frame,
                ..view.clone()
            },
        )?)?;
        let n = view.index.len();
        let (a, b) = (finite(both.column(n))?, finite(both.column(n + 1))?);
        let windows = Windows { view: view.clone(), ..self.clone() };
        let least = self.least();
        let one = |&(start, end): &(usize, usize)| {
            let (a, b) = (a.slice(start, end - start), b.slice(start, end - start));
            let pairs = (0..a.len()).filter(|&at| !a.is_null(at) && !b.is_null(at)).count();
            (pairs >= least).then(|| statistics::together(&a, &b, correlation)).flatten().filter(|x| x.is_finite())
        };
        let made: Float64Array = windows.bounds(context)?.iter().map(one).collect();
        let label = if view.label() == other.label() { view.label().clone() } else { None };
        let (view, expr) = align::beside(context, &view, Arc::new(made))?;
        Ok(Frame::eager(view.series(label, expr, "rolling")))
    }

    /// Several reductions at once: by name, or functions.
    fn agg(&self, context: &Context, func: &Value) -> Result<Value> {
        let this = Value::object(self.clone());
        let one = |this: &Value, how: &Value| match how {
            Value::Str(name) => context.call(&rdk_runtime::operators::attribute(context, this, name)?, Args::none()),
            Value::Builtin(builtin) => {
                context.call(&rdk_runtime::operators::attribute(context, this, builtin.name)?, Args::none())
            }
            func => context.call(&rdk_runtime::operators::attribute(context, this, "apply")?, Args::one(func.clone())),
        };
        let mut parts: Vec<(Label, Value)> = Vec::new();
        let of = |named: &crate::plan::Named| {
            let view = self.view.series(named.label.clone(), named.expr.clone(), "getitem");
            Value::object(Windows { view, ..self.clone() })
        };
        match func {
            Value::List(list) => {
                for named in &self.view.columns {
                    for how in list.snapshot() {
                        let name = Label::text(super::agg::name_of(&how));
                        let label = match (self.view.shape, &named.label) {
                            (Shape::Frame, Some(label)) => Label::Levels(vec![label.clone(), name]),
                            _ => name,
                        };
                        parts.push((label, one(&of(named), &how)?));
                    }
                }
            }
            Value::Dict(dict) => {
                let pairs: Vec<(Value, Value)> =
                    dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
                for (key, how) in pairs {
                    let Some(label) = Label::of(&key) else { bail!(TypeError: "expected a label, got {}", what(&key)) };
                    let named = self.view.column(&label)?;
                    parts.push((label.clone(), one(&of(named), &how)?));
                }
            }
            single => return one(&this, single),
        }
        let mut whole: Option<View> = None;
        for (label, part) in parts {
            let Some(part) = View::from_value(&part) else {
                bail!(TypeError: "expected a reduction, got {}", what(func))
            };
            let part = part.series(Some(label), part.expr().clone(), "agg");
            whole = Some(match whole {
                None => View { shape: Shape::Frame, ..part },
                Some(whole) => {
                    let (mut whole, part) = align::together(context, &whole, &part)?;
                    whole.columns.extend(part.columns);
                    whole
                }
            });
        }
        match whole {
            Some(whole) => Frame::answer(context, whole),
            None => bail!("no results"),
        }
    }
}

/// A column as floats; what is infinite is missing, as in all windows of pandas.
pub fn finite(column: &ArrayRef) -> Result<Float64Array> {
    let floats = statistics::floats(column)?;
    match floats.values().iter().all(|x| x.is_finite()) {
        true => Ok(floats),
        false => Ok(floats.iter().map(|x| x.filter(|x| x.is_finite())).collect()),
    }
}

/// The kurtosis of a sample, 0 for a normal distribution; `None` of less than four values, and of equal ones.
fn kurtosis(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    if values.len() < 4 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n;
    let second = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    let fourth = values.iter().map(|x| (x - mean).powi(4)).sum::<f64>();
    if second == 0.0 || values.iter().all(|x| *x == values[0]) {
        return None;
    }
    let adjusted = 3.0 * (n - 1.0).powi(2) / ((n - 2.0) * (n - 3.0));
    Some(n * (n + 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0)) * fourth / second.powi(2) - adjusted)
}

mod hidden {
    use super::*;

    builtins! {
        /// A method of windows, when rows have come together.
        fn windowed[context](/** The rows. */ this: View, /** The window. */ window: Value, /** How many values there have to be. */ least: Value, /** Does it lie around its row? */ center: bool, /** Which ends belong to it. */ closed: Value, /** The method. */ method: String, /** What it is called with. */ args: Value) -> Result<Value> {
            let least = match least { Value::Int(least) => usize::try_from(least).ok(), _ => None };
            let windows = rolling(this, window, least, center, closed.as_str().map(str::to_string))?;
            let method = rdk_runtime::operators::attribute(context, &windows, &method)?;
            context.call(&method, Args::of(args.items().unwrap_or_default()))
        }
    }
}

mod of_windows {
    use super::*;

    builtins! {
        /// The sum of each window.
        fn sum[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Sum, "sum") }

        /// The mean of each window.
        fn mean[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Mean, "mean") }

        /// How many values each window has.
        fn count[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Count, "count") }

        /// The smallest value of each window.
        fn min[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Min, "min") }

        /// The largest value of each window.
        fn max[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Max, "max") }

        /// The standard deviation of each window.
        fn std[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Std, "std") }

        /// The variance of each window.
        fn var[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Var, "var") }

        /// The middle value of each window.
        fn median[context](/** The windows. */ this: Windows) -> Result<Value> { this.reduce(context, Moving::Median, "median") }

        /// How far the means of each window may be off: its standard deviation by the root of how many values it has.
        fn sem[context](/** The windows. */ this: Windows) -> Result<Value> {
            this.each(context, "sem", vec![], |values| { let n = values.len() as f64; Moving::Std.of(values).map(|std| std / n.sqrt()) })
        }

        /// How lopsided the values of each window are.
        fn skew[context](/** The windows. */ this: Windows) -> Result<Value> { this.each(context, "skew", vec![], |values| statistics::skew(values)) }

        /// How heavy the tails of the values of each window are.
        fn kurt[context](/** The windows. */ this: Windows) -> Result<Value> { this.each(context, "kurt", vec![], |values| kurtosis(values)) }

        /// The value below which a part of each window lies.
        ///
        /// ```rdk
        /// pd.Series([1, 5, 2, 8]).rolling(3).quantile(0.5).tolist()
        /// #> [nan, nan, 2.0, 5.0]
        /// ```
        fn quantile[context](/** The windows. */ this: Windows, /** Which part, from 0 to 1. */ q: f64, /** Between two values: "linear", "lower", "higher", "nearest" or "midpoint". */ interpolation: Option<String>) -> Result<Value> {
            if !(0.0..=1.0).contains(&q) {
                bail!("quantile value {q} not in [0, 1]");
            }
            let between = statistics::Between::of(interpolation.as_deref())?;
            let args = std::iter::once(Value::Float(q)).chain(interpolation.map(Value::str)).collect();
            this.each(context, "quantile", args, |values| statistics::quantile_by(values, q, between))
        }

        /// Calls a function with the values of each window.
        ///
        /// ```rdk
        /// pd.Series([1, 5, 2]).rolling(2).apply(lambda w: w.max() - w.min()).tolist()
        /// #> [nan, 4.0, 3.0]
        /// ```
        fn apply[context](/** The windows. */ this: Windows, /** The function: it gives a number. */ func: Value, /** Is it given an array, and not a series? */ raw: bool = false, /** Has no effect. */ engine: Option<Value>, /** Has no effect. */ engine_kwargs: Option<Value>, /** What else it is called with. */ args: Option<Value>, /** The same by name. */ kwargs: Option<Value>) -> Result<Value> {
            let _ = (engine, engine_kwargs);
            if !this.view.eager {
                let of = |given: Option<Value>| given.unwrap_or_default();
                return this.later(context, "apply", vec![func, Value::Bool(raw), Value::None, Value::None, of(args), of(kwargs)]);
            }
            let named = match kwargs {
                Some(Value::Dict(dict)) => dict.0.lock().iter().map(|(key, value)| (Name::from(key.value().text().as_str()), value.clone())).collect(),
                _ => Vec::new(),
            };
            this.apply(context, &func, raw, args.and_then(|args| args.items()).unwrap_or_default(), named)
        }

        /// How the values of each window vary together with those of another series, from -1 to 1.
        fn corr[context](/** The windows. */ this: Windows, /** The other series. */ other: View, /** Have no effect. */ options: Keywords) -> Result<Value> { let _ = options; this.together(context, &other, true) }

        /// How the values of each window vary together with those of another series.
        fn cov[context](/** The windows. */ this: Windows, /** The other series. */ other: View, /** Have no effect. */ options: Keywords) -> Result<Value> { let _ = options; this.together(context, &other, false) }

        /// Several reductions at once.
        fn agg[context](/** The windows. */ this: Windows, /** A name, a function, a list of these, or a dict from column to these. */ func: Value) -> Result<Value> { this.agg(context, &func) }

        /// Several reductions at once; another name of `agg`.
        fn aggregate[context](/** The windows. */ this: Windows, /** A name, a function, a list of these, or a dict from column to these. */ func: Value) -> Result<Value> { this.agg(context, &func) }
    }
}
