//! `series.resample("D").mean()`: rows in spans of the calendar, by their index.
//!
//! A span is a group: the name of the span in which a time lies is an expression. Spans without rows are put in at the end.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, RecordBatch, TimestampMicrosecondArray, UInt64Array};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use rdk_runtime::{Class, ClassRef, Context, FromValue, Keywords, Object, Result, Value, bail, builtins};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::dates::micros;
use super::frequency::{DAY, Frequency, Sides, Unit};
use super::groupby::GroupBy;
use super::items;
use super::over::{over_step, step_schema};
use crate::batches::{Batches, arrow_error};
use crate::frame::{Frame, Labels, what};
use crate::functions::Elementwise;
use crate::label::Label;
use crate::lower;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Whole, Work};

/// All spans from the first to the last, in order; those without rows with nothing in them, or with 0.
#[derive(Debug, Serialize, Deserialize)]
pub struct AllSpans {
    freq: String,
    /// Which columns have 0 where there are no rows.
    zeros: Vec<bool>,
}

impl Work for AllSpans {
    const KIND: &'static str = "frame.all_spans";

    fn name(&self) -> &str {
        "resample"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let freq = Frequency::read(&self.freq)?;
        let labels = micros(batch.column(0))?;
        let mut found: FxHashMap<i64, u64> = FxHashMap::default();
        for row in (0..labels.len()).filter(|&row| !labels.is_null(row)) {
            found.insert(labels.value(row), row as u64);
        }
        let (mut spans, mut places) = (Vec::new(), Vec::new());
        if let (Some(&first), Some(&last)) = (found.keys().min(), found.keys().max()) {
            let mut span = first;
            while span <= last {
                spans.push(span);
                places.push(found.get(&span).copied());
                span = freq.next(span);
            }
        }
        let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from(spans));
        let places = UInt64Array::from(places);
        let mut arrays = vec![cast(&times, batch.column(0).data_type()).map_err(arrow_error)?];
        for (column, &zero) in batch.columns()[1..].iter().zip(&self.zeros) {
            let taken = take(column, &places, None).map_err(arrow_error)?;
            arrays.push(match zero && taken.null_count() > 0 {
                true => {
                    let present = arrow::compute::is_not_null(&taken).map_err(arrow_error)?;
                    let zero = cast(&arrow::array::Int64Array::new_scalar(0).into_inner(), taken.data_type());
                    let zero = arrow::array::Scalar::new(zero.map_err(arrow_error)?);
                    arrow::compute::kernels::zip::zip(&present, &taken, &zero).map_err(arrow_error)?
                }
                false => taken,
            });
        }
        let schema = batch.schema();
        let fields = schema.fields().iter().zip(&arrays);
        let fields: Vec<Field> =
            fields.map(|(field, array)| Field::new(field.name(), array.data_type().clone(), true)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(arrow_error)
    }
}

/// Rows in spans of the calendar.
#[derive(Clone)]
pub struct Resampler {
    groups: GroupBy,
    freq: String,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let doc = "Rows in spans of the calendar, to be reduced.";
    ClassRef::new(Class::new("Resampler", "pandas.api.typing", doc).methods(crate::place::noted(of_spans::builtins())))
});

impl Object for Resampler {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<Resampler [freq={}]>", self.freq)
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        let label = Label::text(name);
        self.groups.view.find(&label)?;
        Some(self.choose(&[label], false))
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        let sizes = self.reduce(context, "size", rdk_runtime::Args::none());
        Some(
            sizes
                .and_then(|sizes| View::from_value(&sizes).map_or(Ok(0), |view| super::object::n_rows(context, &view))),
        )
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(match Labels::from_value(index) {
            Some(labels) => self.choose(&labels.labels, labels.several),
            None => Err(rdk_runtime::error!(TypeError: "expected a label or a list of labels, got {}", what(index))),
        })
    }
}

impl FromValue for Resampler {
    fn expected() -> &'static str {
        "rows in spans"
    }

    fn from_value(value: &Value) -> Option<Resampler> {
        value.get::<Resampler>().cloned()
    }
}

impl Resampler {
    fn choose(&self, labels: &[Label], several: bool) -> Result<Value> {
        let view = items::columns(&self.groups.view, labels)?;
        let groups = GroupBy { view, series: !several, chosen: true, ..self.groups.clone() };
        Ok(Value::object(Resampler { groups, ..self.clone() }))
    }

    /// A method of the groups, and then all spans.
    fn reduce(&self, context: &Context, method: &str, args: rdk_runtime::Args) -> Result<Value> {
        let groups = Value::object(self.groups.clone());
        let function = rdk_runtime::operators::attribute(context, &groups, method)?;
        let how = args.positional.first().cloned();
        let made = context.call(&function, args)?;
        let Some(view) = View::from_value(&made) else { return Ok(made) };
        let zero = |name: &str| matches!(name, "sum" | "count" | "size" | "nunique");
        let zeros = view.columns.iter().map(|named| match (&named.label, method) {
            (Some(Label::Levels(levels)), "agg") => levels.last().is_some_and(|last| zero(&last.to_string())),
            (Some(label), "agg") => match &how {
                Some(Value::Str(how)) => zero(how),
                Some(Value::Dict(dict)) => {
                    let dict = dict.0.lock();
                    let found = dict.iter().find(|(key, _)| Label::of(key.value()).as_ref() == Some(label));
                    found.is_some_and(|(_, how)| how.as_str().is_some_and(zero))
                }
                _ => zero(&label.to_string()),
            },
            _ => zero(method),
        });
        let work = AllSpans { freq: self.freq.clone(), zeros: zeros.collect() };
        let schema = step_schema(&view)?;
        let rows =
            Rows::step("resample", Whole::at(work, context.place()), vec![view.clone()], Wiring::All, 1, schema)?;
        Frame::answer(context, over_step(&view, &rows))
    }
}

impl Resampler {
    /// The rows at the beginnings of all spans: those there (`asfreq`), the last before, the next or the nearest.
    fn upsampled(&self, context: &Context, method: &str, limit: Option<usize>, fill: Option<&Value>) -> Result<Value> {
        let view = &self.groups.view;
        if !view.eager {
            bail!(NotImplementedError: "`{method}` of the spans of a lazy frame"; hint: "`.compute()` first");
        }
        let spans = self.reduce(context, "size", rdk_runtime::Args::none())?;
        let Some(spans) = View::from_value(&spans) else { return Ok(spans) };
        let spans = lower::in_memory(&lower::compute_now(context, &spans)?)?;
        let labels = micros(spans.column(0))?;
        let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
        let times = micros(batch.column(0))?;
        let times: &[i64] = times.values();
        if times.windows(2).any(|pair| pair[0] >= pair[1]) {
            bail!("cannot reindex on an axis with duplicate labels"; hint: "times that rise from row to row: `sort_index()`, and a reduction such as `mean()` where there are several");
        }
        let mut repeated = (None, 0);
        let place = |label: i64| -> Option<u64> {
            let next = times.partition_point(|&time| time < label);
            let exact = times.get(next).is_some_and(|&time| time == label);
            let before = if exact { Some(next) } else { next.checked_sub(1) };
            let after = Some(next).filter(|&next| next < times.len());
            let found = match method {
                "ffill" => before,
                "bfill" => after,
                "nearest" => match (before, after) {
                    (Some(before), Some(after)) if label - times[before] < times[after] - label => Some(before),
                    (before, after) => after.or(before),
                },
                _ => after.filter(|_| exact),
            };
            repeated = (found, if found == repeated.0 && !exact { repeated.1 + 1 } else { usize::from(!exact) });
            found.filter(|_| limit.is_none_or(|limit| repeated.1 <= limit)).map(|row| row as u64)
        };
        let places: UInt64Array = labels.iter().flatten().map(place).collect();
        let mut arrays = vec![spans.column(0).clone()];
        for column in &batch.columns()[view.index.len()..] {
            arrays.push(match fill {
                Some(fill) if places.null_count() > 0 => super::axis_labels::filled(column, &places, fill)?,
                _ => take(column, &places, None).map_err(arrow_error)?,
            });
        }
        let columns = view.columns.iter().map(|named| named.label.clone()).collect();
        let shape = if self.groups.series { Shape::Series } else { Shape::Frame };
        let index = vec![view.index[0].label.clone()];
        let gather = lower::Gather { index, columns, shape, counted: false, across: Vec::new() };
        Ok(Frame::eager(gather.of_batch(&super::groups::beside(arrays, places.len())?)?))
    }
}

/// `closed=`, `label=`: which end of the spans; what the frequency has itself, if nothing is said.
fn side(name: &str, value: &Option<Value>, default: bool) -> Result<bool> {
    match value.as_ref().map(|value| (value, value.as_str())) {
        None => Ok(default),
        Some((_, Some("left"))) => Ok(false),
        Some((_, Some("right"))) => Ok(true),
        Some((other, _)) => bail!("Unsupported value {} for `{name}`", other.repr(); hint: "\"left\" or \"right\""),
    }
}

fn resample(
    context: &Context,
    view: View,
    rule: String,
    on: Option<Value>,
    closed: &Option<Value>,
    label: &Option<Value>,
) -> Result<Value> {
    let freq = Frequency::read(&rule)?;
    let sides = Sides {
        closed_right: side("closed", closed, freq.by_end())?,
        label_right: side("label", label, freq.by_end())?,
    };
    if freq.n > 1 && freq.unit == Unit::Business {
        bail!(NotImplementedError: "spans of {rule}"; hint: "\"B\" makes spans of one day of work each");
    }
    let key = match &on {
        None => view.index[0].clone(),
        Some(on) => match Label::of(on) {
            Some(label) => view.column(&label)?.clone(),
            None => bail!(TypeError: "expected a label, got {}", what(on)),
        },
    };
    let of = view.type_of(&key.expr)?;
    if !matches!(of, DataType::Timestamp(..)) {
        bail!(
            TypeError: "Only valid with DatetimeIndex, TimedeltaIndex or PeriodIndex, but got an index of {}", crate::dtype::name(&of, view.eager);
            hint: "`df.set_index(\"time\")` makes times the index, `on=\"time\"` takes a column; `pd.to_datetime` makes times of texts"
        );
    }
    // Spans that do not divide a day are counted from the first day, and several months together from the first time.
    let counted = freq.fixed().map_or(freq.n > 1, |size| DAY % size != 0);
    let origin = match freq.fixed() {
        _ if counted => {
            if !view.eager {
                bail!(NotImplementedError: "spans of {rule} of a lazy frame"; hint: "spans that divide a day, such as \"1D\", \"6h\", or of the calendar: \"W\", \"MS\"");
            }
            let times = View { columns: vec![key.clone()], shape: Shape::Frame, ..view.clone() };
            let batch = lower::in_memory(&lower::compute_now(context, &times)?)?;
            let first = batch.columns().last().map(micros).transpose()?.and_then(|times| times.iter().flatten().min());
            let first = first.unwrap_or(0);
            if freq.fixed().is_some() { first.div_euclid(DAY) * DAY } else { first }
        }
        _ => 0,
    };
    let span = Elementwise {
        name: "span".into(),
        gives: DataType::Timestamp(TimeUnit::Microsecond, None),
        parameters: vec![
            rule.clone(),
            origin.to_string(),
            sides.closed_right.to_string(),
            sides.label_right.to_string(),
        ],
        apply: |column, parameters| {
            let freq = Frequency::read(&parameters[0])?;
            let origin: i64 = parameters[1].parse().unwrap_or(0);
            let sides = Sides { closed_right: parameters[2] == "true", label_right: parameters[3] == "true" };
            let bin = |micros: Option<i64>| micros.map(|micros| freq.span(micros, origin, sides));
            Ok(Arc::new(micros(column)?.iter().map(bin).collect::<TimestampMicrosecondArray>()))
        },
    };
    let keys = vec![Named { label: key.label.clone(), expr: span.call(key.expr.clone()) }];
    let series = view.shape == Shape::Series;
    let columns = view.columns.iter().filter(|named| on.is_none() || named.label != key.label).cloned().collect();
    let view = view.with_columns(columns, Shape::Frame, "resample");
    let groups = GroupBy {
        view,
        keys,
        series,
        chosen: true,
        sort: true,
        dropna: true,
        as_index: true,
        group_keys: true,
        keys_in_list: false,
        observed: true,
    };
    Ok(Value::object(Resampler { groups, freq: rule }))
}

builtins! {
    /// Rows in spans of the calendar, by their index: `resample("D").mean()`.
    ///
    /// ```rdk
    /// s = pd.Series([1, 2, 4], index=pd.to_datetime(["2020-01-01 10:00", "2020-01-01 12:00", "2020-01-03"]))
    /// s.resample("D").sum().tolist()
    /// #> [3, 0, 4]
    /// ```
    fn resample[context](/** The frame or series; its index are times. */ this: View, /** How long a span is: "D", "6h", "15min", "W", "MS". */ rule: String, /** A column of times instead of the index. */ on: Option<Value>, /** Which end belongs to a span: "left" or "right". */ closed: Option<Value>, /** Which end names it. */ label: Option<Value>) -> Result<Value> { resample(context, this, rule, on, &closed, &label) }
}

mod of_spans {
    use rdk_runtime::Args;

    use super::*;

    builtins! {
        /// The sums of each span.
        fn sum[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "sum", Args::none()) }

        /// The means of each span.
        fn mean[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "mean", Args::none()) }

        /// How many values each span has.
        fn count[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "count", Args::none()) }

        /// How many rows each span has.
        fn size[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "size", Args::none()) }

        /// The smallest values of each span.
        fn min[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "min", Args::none()) }

        /// The largest values of each span.
        fn max[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "max", Args::none()) }

        /// The standard deviations of each span.
        fn std[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "std", Args::none()) }

        /// The variances of each span.
        fn var[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "var", Args::none()) }

        /// The middle values of each span.
        fn median[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "median", Args::none()) }

        /// How many different values each span has.
        fn nunique[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "nunique", Args::none()) }

        /// The first values of each span.
        fn first[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "first", Args::none()) }

        /// The last values of each span.
        fn last[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "last", Args::none()) }

        /// The products of each span.
        fn prod[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "prod", Args::none()) }

        /// How far the means of each span may be off.
        fn sem[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "sem", Args::none()) }

        /// The value below which a part of each span lies.
        fn quantile[context](/** The spans. */ this: Resampler, /** Which part. */ q: f64 = 0.5) -> Result<Value> { this.reduce(context, "quantile", Args::one(Value::Float(q))) }

        /// The first, the largest, the smallest and the last value of each span.
        fn ohlc[context](/** The spans. */ this: Resampler) -> Result<Value> { this.reduce(context, "ohlc", Args::none()) }

        /// The rows at the beginnings of the spans; where there is none it is missing.
        fn asfreq[context](/** The spans. */ this: Resampler, /** What stands where there is no row. */ fill_value: Option<Value>) -> Result<Value> {
            this.upsampled(context, "asfreq", None, fill_value.as_ref())
        }

        /// At the beginning of each span the last row before it.
        ///
        /// ```rdk
        /// times = pd.to_datetime(["2020-01-01", "2020-01-03"])
        /// pd.Series([1, 3], index=times).resample("D").ffill().tolist()
        /// #> [1, 1, 3]
        /// ```
        fn ffill[context](/** The spans. */ this: Resampler, /** At most so many times the same row. */ limit: Option<usize>) -> Result<Value> { this.upsampled(context, "ffill", limit, None) }

        /// At the beginning of each span the next row.
        fn bfill[context](/** The spans. */ this: Resampler) -> Result<Value> { this.upsampled(context, "bfill", None, None) }

        /// At the beginning of each span the nearest row.
        fn nearest[context](/** The spans. */ this: Resampler) -> Result<Value> { this.upsampled(context, "nearest", None, None) }

        /// The rows at the beginnings of the spans, and what lies between them on a straight line.
        fn interpolate[context](/** The spans. */ this: Resampler) -> Result<Value> {
            let made = this.upsampled(context, "asfreq", None, None)?;
            super::super::known_names::call(context, &made, "interpolate", vec![], vec![])
        }

        /// Calls a function with the spans.
        fn pipe[context](/** The spans. */ this: Value, /** The function. */ func: Value) -> Result<Value> { context.call(&func, Args::one(this)) }

        /// Several reductions at once; another name of `agg`.
        fn aggregate[context](/** The spans. */ this: Resampler, /** A reduction's name, a list of names, or a dict from column to these. */ func: Value) -> Result<Value> { this.reduce(context, "agg", Args::one(func)) }

        /// Several reductions at once.
        fn agg[context](/** The spans. */ this: Resampler, /** A reduction's name, a list of names, or a dict from column to these. */ func: Value) -> Result<Value> { this.reduce(context, "agg", Args::one(func)) }

        /// Calls a function with each span.
        fn apply[context](/** The spans. */ this: Resampler, /** The function. */ func: Value, /** Has no effect. */ options: Keywords) -> Result<Value> { let _ = options; this.reduce(context, "apply", Args::one(func)) }
    }
}
