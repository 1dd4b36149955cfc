//! Partitions of lazy frames: one by one, as delayed values, in another number, through a function.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::ScalarValue;
use rdk_graph::Tokenizer;
use rdk_runtime::{Args, Class, ClassRef, Context, FromValue, Lazy, Object, Result, Value, bail, error};

use super::items;
use super::over::{over_step, step_schema};
use crate::batches::Batches;
use crate::cell;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Leaf, Named, Rows, Shape, Source, View, Wiring};
use crate::steps::{Bounds, Key, Order, Sample, Take, Weigh, Whole};

/// `df.partitions`: some of them by number.
pub struct Partitions(View);

static CLASS: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("IndexCallable", "dask.utils", "Partitions by number.")));

impl Partitions {
    /// Those of this frame.
    pub fn of(view: View) -> Value {
        Value::object(Partitions(view))
    }
}

impl Object for Partitions {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<partitions: {}>", self.0.rows.n_partitions)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(pick(context, &self.0, index))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.0.rows.n_partitions))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        let (view, mut at) = (self.0.clone(), 0);
        Some(Ok(Value::iter("generator", move |context| {
            let next = (at < view.rows.n_partitions).then(|| picked(context, &view, &[at]).map(Frame::lazy));
            at += 1;
            next
        })))
    }
}

/// Some partitions by number, as a lazy frame.
pub fn pick(context: &Context, view: &View, index: &Value) -> Result<Value> {
    let n = view.rows.n_partitions;
    let chosen: Vec<usize> = match index {
        Value::Slice(slice) => {
            let (start, stop, step) = rdk_runtime::operators::indices(slice, n)?;
            let mut chosen = Vec::new();
            let mut at = start;
            while (step > 0 && at < stop) || (step < 0 && at > stop) {
                chosen.push(at as usize);
                at += step;
            }
            chosen
        }
        Value::List(list) => {
            let items = list.snapshot();
            let places = items.iter().map(|item| rdk_runtime::operators::position(item, n, "partition"));
            places.collect::<Result<_>>()?
        }
        one => vec![rdk_runtime::operators::position(one, n, "partition")?],
    };
    Ok(Frame::lazy(picked(context, view, &chosen)?))
}

/// These partitions.
pub fn picked(context: &Context, view: &View, chosen: &[usize]) -> Result<View> {
    let wiring = Wiring::Pick(chosen.iter().map(|&partition| vec![(0, partition)]).collect());
    let divisions = view.rows.divisions.as_ref().filter(|_| chosen.windows(2).all(|pair| pair[1] == pair[0] + 1));
    let divisions = divisions.zip(chosen.first()).map(|(all, &first)| all[first..=first + chosen.len()].to_vec());
    regrouped(context, view, "partitions", wiring, chosen.len(), divisions)
}

fn regrouped(
    context: &Context,
    view: &View,
    name: &str,
    wiring: Wiring,
    n: usize,
    divisions: Option<Vec<ScalarValue>>,
) -> Result<View> {
    let work = Whole::at(Take::Head(i64::MAX), context.place());
    let rows = Rows::step(name, work, vec![view.clone()], wiring, n, step_schema(view)?)?.divided(divisions);
    Ok(View { name: name.into(), ..over_step(view, &rows) })
}

/// The same partitions as results of a step, so that nothing stands above them but columns.
pub fn as_step(context: &Context, view: &View) -> Result<View> {
    let n = view.rows.n_partitions;
    let step = regrouped(context, view, &view.name, Wiring::Each, n, view.rows.divisions.clone())?;
    Ok(View { name: view.name.clone(), ..step })
}

/// One delayed value for each partition.
pub fn to_delayed(context: &Context, view: &View) -> Result<Value> {
    let delayed = delayed(context)?;
    let mut all = Vec::with_capacity(view.rows.n_partitions);
    for at in 0..view.rows.n_partitions {
        let one = Frame::lazy(picked(context, view, &[at])?);
        all.push(context.call(&delayed, Args::one(one))?);
    }
    Ok(Value::list(all))
}

fn delayed(context: &Context) -> Result<Value> {
    let found = context.shared.library.import("dask")?.get("delayed");
    found.ok_or_else(|| error!(RuntimeError: "delayed calls are not at hand here"))
}

/// The same rows in another number of partitions.
pub fn repartition(
    context: &Context,
    view: &View,
    divisions: Option<Value>,
    npartitions: Option<usize>,
    size: Option<Value>,
    force: bool,
) -> Result<Value> {
    let said = [divisions.is_some(), npartitions.is_some(), size.is_some()].into_iter().filter(|said| *said).count();
    if said != 1 {
        bail!(
            "Please provide exactly one of ``npartitions=``, ``freq=``, ``divisions=``, ``partition_size=`` keyword arguments"
        );
    }
    if let Some(divisions) = divisions {
        return Ok(Frame::lazy(redivided(context, view, &divisions, force)?));
    }
    if let Some(size) = size {
        return Ok(Frame::lazy(resized(context, view, &size)?));
    }
    let n = view.rows.n_partitions;
    match npartitions {
        None => bail!("Please provide exactly one of ``npartitions=``, ``divisions=``, ``partition_size=``"),
        Some(0) => bail!("`npartitions` is 1 or more"),
        Some(wanted) if wanted == n => Ok(Frame::lazy(view.clone())),
        Some(wanted) if wanted < n => {
            let first = |at: usize| at * n / wanted;
            let picks = (0..wanted).map(|at| (first(at)..first(at + 1)).map(|partition| (0, partition)).collect());
            let known = view.rows.divisions.as_ref();
            let known =
                known.map(|all| (0..=wanted).map(|at| all[if at == wanted { n } else { first(at) }].clone()).collect());
            Ok(Frame::lazy(regrouped(context, view, "repartition", Wiring::Pick(picks.collect()), wanted, known)?))
        }
        Some(wanted) => {
            // Each partition is cut into pieces.
            let pieces: Vec<usize> = (0..n).map(|at| (at + 1) * wanted / n - at * wanted / n).collect();
            let mut parts = Vec::new();
            let schema = step_schema(view)?;
            for (at, &count) in pieces.iter().enumerate() {
                for piece in 0..count {
                    parts.push((at, piece, count));
                }
            }
            let wiring = Wiring::Pick(parts.iter().map(|&(at, _, _)| vec![(0, at)]).collect());
            let pieces = parts.iter().map(|&(_, piece, count)| (piece as u32, count as u32)).collect();
            let work = std::sync::Arc::new(crate::steps::Pieces { pieces });
            let rows = Rows::step("repartition", work, vec![view.clone()], wiring, wanted, schema)?;
            Ok(Frame::lazy(over_step(view, &rows)))
        }
    }
}

/// Labels that a user gives as divisions, in the type of the index.
fn divisions_of(view: &View, divisions: &Value) -> Result<Vec<ScalarValue>> {
    let of = view.type_of(&view.index[0].expr)?;
    let labels = divisions.items().unwrap_or_default();
    if labels.len() < 2 {
        bail!("`divisions` are labels, one more than there are partitions");
    }
    let column = cell::column(&labels, "of divisions")?;
    let column = arrow::compute::cast(&column, &of).map_err(crate::batches::arrow_error)?;
    if column.null_count() > 0 {
        bail!(
            TypeError: "`divisions` are labels of the index, which are {}, got {}",
            crate::dtype::name(&of, view.eager), divisions.repr()
        );
    }
    let scalar = |at| ScalarValue::try_from_array(&column, at).map_err(crate::errors::fusion);
    let known = (0..column.len()).map(scalar).collect::<Result<Vec<_>>>()?;
    // The last partition may hold one label only.
    let n = known.len();
    let rising = known.windows(2).enumerate().all(|(at, pair)| pair[0] < pair[1] || at + 2 == n && pair[0] == pair[1]);
    if !rising {
        bail!("New division must be sorted"; hint: "labels from the smallest to the largest, each once");
    }
    Ok(known)
}

/// The same rows cut at other labels.
fn redivided(context: &Context, view: &View, divisions: &Value, force: bool) -> Result<View> {
    let Some(old) = &view.rows.divisions else {
        bail!(
            "Not all divisions are known, can't align partitions. Please use `set_index` to set the index.";
            hint: "`repartition(npartitions=…)` works without divisions"
        );
    };
    let new = divisions_of(view, divisions)?;
    let (first, last) = (&old[0], &old[old.len() - 1]);
    let (low, high) = (&new[0], &new[new.len() - 1]);
    if !force && low != first {
        bail!("left side of the new division must be equal to the left side of the old one: {first} != {low}"; hint: "`force=True` takes in more");
    }
    if !force && high != last {
        bail!("right side of the new division must be equal to the right side of the old one: {last} != {high}"; hint: "`force=True` takes in more");
    }
    if low > first || high < last {
        bail!("the new divisions leave out rows of the old ones, from {first} to {last}");
    }
    let n = new.len() - 1;
    let overlap = |at: usize, partition: usize| {
        let (start, end) = (&old[partition], &old[partition + 1]);
        let begins = *start < new[at + 1] || at + 1 == n && *start <= new[at + 1];
        begins && *end >= new[at]
    };
    let inputs = |at: usize| {
        let mut all: Vec<(usize, usize)> =
            (0..old.len() - 1).filter(|&partition| overlap(at, partition)).map(|partition| (0, partition)).collect();
        if all.is_empty() {
            // No rows, but columns.
            all.push((0, 0));
        }
        all
    };
    let wiring = Wiring::Pick((0..n).map(inputs).collect());
    let labels = ScalarValue::iter_to_array(new.iter().cloned()).map_err(crate::errors::fusion)?;
    let work = Arc::new(crate::steps::Between { divisions: labels });
    let rows = Rows::step("repartition", work, vec![view.clone()], wiring, n, step_schema(view)?)?;
    let _ = context;
    Ok(View { name: "repartition".into(), ..over_step(view, &rows.divided(Some(new))) })
}

/// How large each partition is, counted now.
pub fn measured(context: &Context, view: &View, measure: Weigh) -> Result<Vec<u64>> {
    let schema = Arc::new(Schema::new(vec![Field::new("measure", DataType::Int64, true)]));
    let weigh = Whole::at(measure, context.place());
    let rows = Rows::step("weigh", weigh, vec![view.clone()], Wiring::Each, view.rows.n_partitions, schema)?;
    let measures = View {
        rows,
        index: Vec::new(),
        columns: vec![Named { label: None, expr: Rows::column("measure") }],
        shape: Shape::Scalar,
        ..view.clone()
    };
    let of = |part: &rdk_graph::Payload| match cell::value(Batches::of(part)?.whole()?.column(0), 0) {
        Value::Int(measure) => Ok(measure.max(0) as u64),
        _ => Ok(0),
    };
    lower::run(context, &measures)?.iter().map(of).collect()
}

/// The same rows in partitions of about so many bytes, which are counted now.
fn resized(context: &Context, view: &View, size: &Value) -> Result<View> {
    let wanted = match size {
        Value::Str(text) => rdk_array::chunks::parse_bytes(text)?,
        other => other.as_f64().filter(|bytes| *bytes >= 1.0).map_or(0, |bytes| bytes as u64),
    };
    if wanted == 0 {
        bail!("`partition_size` is a number of bytes such as 100e6 or \"100MB\", got {}", what(size));
    }
    let mut pieces: Vec<(usize, u32, u32, u64)> = Vec::new();
    for (at, bytes) in measured(context, view, Weigh::Bytes)?.into_iter().enumerate() {
        let count = bytes.div_ceil(wanted).max(1);
        pieces.extend((0..count).map(|piece| (at, piece as u32, count as u32, bytes / count)));
    }
    let wiring = Wiring::Pick(pieces.iter().map(|&(at, ..)| vec![(0, at)]).collect());
    let cuts = pieces.iter().map(|&(_, piece, of, _)| (piece, of)).collect();
    let work = Arc::new(crate::steps::Pieces { pieces: cuts });
    let rows = Rows::step("repartition", work, vec![view.clone()], wiring, pieces.len(), step_schema(view)?)?;
    let cut = over_step(view, &rows);
    // Small neighbours become one again.
    let mut groups: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut held = 0;
    for (at, &(.., bytes)) in pieces.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if held + bytes <= wanted => {
                group.push((0, at));
                held += bytes;
            }
            _ => {
                groups.push(vec![(0, at)]);
                held = bytes;
            }
        }
    }
    let n = groups.len();
    regrouped(context, &cut, "repartition", Wiring::Pick(groups), n, None)
}

/// Calls a function with each partition.
pub fn map_partitions(
    context: &Context,
    view: &View,
    func: &Value,
    args: Vec<Value>,
    options: Vec<(rdk_runtime::Name, Value)>,
) -> Result<Value> {
    let mut meta = None;
    let mut keywords = Vec::new();
    for (name, value) in options {
        match &*name {
            "meta" => meta = Some(value),
            "enforce_metadata" | "transform_divisions" | "align_dataframes" | "clear_divisions" => {}
            _ => keywords.push((name, value)),
        }
    }
    // Other lazy frames go along partition by partition.
    let beside = |value: &Value| {
        value.get::<Frame>().map(Frame::view).filter(|other| !other.eager && other.shape != Shape::Scalar)
    };
    let others: Vec<View> = args.iter().chain(keywords.iter().map(|(_, value)| value)).filter_map(beside).collect();
    let (view, others) = together(context, view, others)?;
    let view = &view;
    let n = others.iter().map(|other| other.rows.n_partitions).fold(view.rows.n_partitions, usize::max);
    let call = |frame: Value, part: &dyn Fn(&View) -> Result<Value>| -> Result<Args> {
        let mut left = others.iter();
        let mut one = |value: &Value| match (beside(value).is_some(), left.len()) {
            (true, 1..) => left.next().map_or_else(|| Ok(value.clone()), part),
            _ => Ok(value.clone()),
        };
        let mut positional = vec![frame];
        for value in &args {
            positional.push(one(value)?);
        }
        let mut call = Args::of(positional);
        for (name, value) in &keywords {
            call.keywords.push((name.clone(), one(value)?));
        }
        Ok(call)
    };
    let meta = match meta {
        Some(meta) => meta_view(context, &meta, view)?,
        None => {
            let try_on = |number: i64| {
                let example = |view: &View| example(view, number);
                context.call(func, call(example(view)?, &example)?)
            };
            let given = try_on(0).map_err(|error| {
                error.hint("the function was tried on a small example; `meta=` says what it gives, and it is not tried")
            })?;
            match given.get::<Frame>() {
                Some(frame) => {
                    let again = || try_on(1);
                    super::category::known::trusted(context, &frame.view(), again)?
                }
                None => super::create::series_of(None, cell::column(&[given], "of results")?, None)?,
            }
        }
    };
    let delayed = delayed(context)?;
    let lazy = context.call(&delayed, Args::one(func.clone()))?;
    let mut values = Vec::with_capacity(n);
    for at in 0..n {
        // One of a single partition goes along with all.
        let part = |of: &View| Ok(Frame::lazy(picked(context, of, &[if of.rows.n_partitions == 1 { 0 } else { at }])?));
        values.push(context.call(&lazy, call(part(view)?, &part)?)?);
    }
    let name = match func {
        Value::Function(function) => function.def.name.to_string(),
        Value::Builtin(builtin) => builtin.name.to_string(),
        _ => "map-partitions".into(),
    };
    let keeps_rows = view.rows.divisions.clone().filter(|_| meta.index.len() == view.index.len());
    Ok(Frame::lazy(of_delayed(&values, &meta, &name, keeps_rows)?))
}

/// Frames whose partitions go along with each other: cut at the same labels, if they are known.
fn together(context: &Context, view: &View, others: Vec<View>) -> Result<(View, Vec<View>)> {
    let several = |view: &&View| view.rows.n_partitions > 1;
    let cut: Vec<&View> = std::iter::once(view).chain(&others).filter(several).collect();
    let known: Vec<&Vec<ScalarValue>> = cut.iter().filter_map(|view| view.rows.divisions.as_ref()).collect();
    if known.len() == cut.len() && known.windows(2).any(|pair| pair[0] != pair[1]) {
        let mut all: Vec<ScalarValue> = known.into_iter().flatten().cloned().collect();
        all.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        all.dedup();
        let labels = ScalarValue::iter_to_array(all).map_err(crate::errors::fusion)?;
        let divisions = Value::list((0..labels.len()).map(|at| cell::value(&labels, at)));
        let recut = |view: &View| match view.rows.n_partitions {
            1 => Ok(view.clone()),
            _ => redivided(context, view, &divisions, true),
        };
        return Ok((recut(view)?, others.iter().map(recut).collect::<Result<_>>()?));
    }
    let n = cut.iter().map(|view| view.rows.n_partitions).max().unwrap_or(1);
    if let Some(odd) = cut.iter().find(|view| view.rows.n_partitions != n) {
        bail!(
            "Not all partitions can be aligned: there are {n} and {} of them", odd.rows.n_partitions;
            hint: "`repartition(npartitions=…)` gives both the same number"
        );
    }
    Ok((view.clone(), others))
}

/// `meta=`: a frame or series, `("name", "dtype")`, a dict or list of pairs from column to type.
pub fn meta_view(context: &Context, meta: &Value, like: &View) -> Result<View> {
    if let Some(frame) = meta.get::<Frame>() {
        return if frame.view().eager { lower::compute_now(context, &frame.view()) } else { Ok(frame.view()) };
    }
    let empty = |of: &Value| -> Result<ArrayRef> { Ok(arrow::array::new_empty_array(&crate::dtype::read(of)?)) };
    let index = |like: &View| -> Result<(Option<Label>, ArrayRef)> {
        let of = like.type_of(&like.index[0].expr)?;
        Ok((like.index[0].label.clone(), arrow::array::new_empty_array(&of)))
    };
    let pairs: Vec<(Value, Value)> = match meta {
        Value::Dict(dict) => dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect(),
        Value::Tuple(pair) if pair.len() == 2 => {
            return super::create::series_of(Label::of(&pair[0]), empty(&pair[1])?, Some(index(like)?));
        }
        Value::List(list) => {
            let pairs = list.snapshot();
            let pair = |pair: &Value| match pair.items().as_deref() {
                Some([key, value]) => Ok((key.clone(), value.clone())),
                _ => bail!(TypeError: "`meta` is a list of pairs `(label, dtype)`"),
            };
            pairs.iter().map(pair).collect::<Result<_>>()?
        }
        one => return super::create::series_of(like.label().clone(), empty(one)?, Some(index(like)?)),
    };
    let column = |(key, value): &(Value, Value)| match Label::of(key) {
        Some(label) => Ok((label, empty(value)?)),
        None => bail!(TypeError: "expected a label, got {}", what(key)),
    };
    super::create::frame_of(pairs.iter().map(column).collect::<Result<_>>()?, Some(index(like)?), 0)
}

/// Two rows of the same columns in memory, for a function to be tried on; of another number with other values.
pub fn example(view: &View, number: i64) -> Result<Value> {
    let schema = view.schema()?;
    let column = |of: &DataType| -> Result<ArrayRef> {
        use crate::category;
        if let Some(known) = category::categories(of) {
            let last = (known.values.len() as i32 - 1).min(1);
            return category::from_codes(
                [0, last].map(|code| (code <= last).then_some(code)).into_iter().collect(),
                of,
            );
        }
        let plain = category::value_type(of);
        let values: Vec<Value> = match &plain {
            of if cell::is_text(of) => match number {
                0 => vec![Value::str("a"), Value::str("b")],
                _ => vec![Value::str("c"), Value::str("d")],
            },
            DataType::Boolean => vec![Value::Bool(true), Value::Bool(false)],
            DataType::Timestamp(..) => {
                vec![
                    Value::object(crate::timestamp::Timestamp(number * 500_000_000_000)),
                    Value::object(crate::timestamp::Timestamp(86_400_000_000)),
                ]
            }
            _ => vec![Value::Int(1 + number), Value::Int(2 + 3 * number)],
        };
        category::convert(&cell::column(&values, "of the example")?, of)
    };
    let columns = schema.fields().iter().map(|field| column(field.data_type())).collect::<Result<Vec<_>>>()?;
    let batch = arrow::array::RecordBatch::try_new(schema, columns).map_err(crate::batches::arrow_error)?;
    Ok(Frame::eager(lower::Gather::of(view).of_batch(&batch)?))
}

/// A lazy frame of delayed values, each of which gives a partition.
pub fn of_delayed(values: &[Value], meta: &View, name: &str, divisions: Option<Vec<ScalarValue>>) -> Result<View> {
    let mut lazies: Vec<Arc<dyn Lazy>> = Vec::with_capacity(values.len());
    let mut token = Tokenizer::new("from-delayed");
    for value in values {
        match value {
            Value::Lazy(lazy) => {
                token = token.bytes(lazy.key().as_bytes());
                lazies.push(lazy.clone());
            }
            other => bail!(TypeError: "Expected Delayed object, got {}", what(other)),
        }
    }
    let leaf = Leaf {
        name: name.into(),
        token: token.finish(),
        schema: step_schema(meta)?,
        n_partitions: lazies.len(),
        source: Source::Delayed(lazies),
    };
    let rows = Rows::of_leaf(leaf, None, meta.rows.counted)?.divided(divisions);
    Ok(View { eager: false, name: name.into(), ..over_step(meta, &rows) })
}

/// `dd.from_delayed(values)`
pub fn from_delayed(context: &Context, values: &Value, meta: Option<Value>, divisions: Option<Value>) -> Result<Value> {
    let values = match values.items() {
        Some(values) => values,
        None => vec![values.clone()],
    };
    let Some(first) = values.first() else { bail!(TypeError: "Must supply at least one delayed object") };
    if let Some(other) = values.iter().find(|value| !matches!(value, Value::Lazy(_))) {
        bail!(TypeError: "Expected Delayed object, got {}", what(other); hint: "`delayed(f)(…)` makes one");
    }
    let said = meta.is_some();
    let meta = match meta {
        Some(meta) => {
            let empty = super::create::frame_of(Vec::new(), None, 0)?;
            meta_view(context, &meta, &empty)?
        }
        None => {
            let first = rdk_runtime::compute::compute_one(context, first)?;
            match View::from_value(&first) {
                Some(view) => view,
                None => bail!(TypeError: "expected a delayed DataFrame or Series, got {}", what(&first)),
            }
        }
    };
    let mut values = values;
    if said {
        // The columns of each part are looked at before its rows are taken.
        let check = checks::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no check"))?;
        let check = context.call(&delayed(context)?, Args::one(Value::Builtin(Arc::new(check))))?;
        let labels = match meta.shape {
            Shape::Frame => Value::list(meta.labels().iter().map(Label::to_value)),
            _ => Value::None,
        };
        for value in &mut values {
            *value = context.call(&check, Args::of([value.clone(), labels.clone()]))?;
        }
    }
    let known = match divisions.filter(|divisions| divisions.as_str().is_none()) {
        None => None,
        Some(divisions) => {
            let n = divisions.items().map_or(0, |labels| labels.len());
            if n != values.len() + 1 {
                bail!("divisions should be a tuple of len(dfs) + 1: {} parts and {n} divisions", values.len());
            }
            Some(divisions_of(&meta, &divisions)?)
        }
    };
    let meta = match known {
        Some(_) => View { rows: meta.rows.uncounted(), ..meta },
        None => meta,
    };
    Ok(Frame::lazy(of_delayed(&values, &meta, "from-delayed", known)?))
}

/// What goes along with the parts of `from_delayed(meta=…)`.
mod checks {
    use super::*;

    rdk_runtime::builtins! {
        /// The part, if its columns are those of `meta`.
        fn checked(/** What a delayed value gave. */ part: Value, /** The labels of `meta`; nothing for a series. */ labels: Value) -> Result<Value> {
            let Some(view) = part.get::<Frame>().map(Frame::view) else { return Ok(part) };
            let found = if view.shape == Shape::Frame { Value::list(view.labels().iter().map(Label::to_value)) } else { Value::None };
            let same = match (found.items(), labels.items()) {
                (Some(found), Some(wanted)) => {
                    found.len() == wanted.len() && found.iter().zip(&wanted).all(|(a, b)| Label::of(a) == Label::of(b))
                }
                (found, wanted) => found.is_none() && wanted.is_none(),
            };
            if !same {
                bail!(
                    "Metadata mismatch found in `from_delayed`: a part has the columns {}, `meta` has {}", found.repr(), labels.repr();
                    hint: "`meta=` is a frame like the parts: it names their columns in order"
                );
            }
            Ok(part)
        }
    }
}

/// With a column as the index.
pub fn set_index(
    context: &Context,
    view: &View,
    keys: &[Label],
    drop: bool,
    sorted: bool,
    npartitions: Option<Value>,
    divisions: Option<Value>,
) -> Result<Value> {
    let n = match &npartitions {
        None => view.rows.n_partitions,
        Some(Value::Str(text)) if &**text == "auto" => view.rows.n_partitions,
        Some(Value::Int(n)) if *n > 0 => *n as usize,
        Some(other) => {
            bail!(TypeError: "`npartitions` is a number of partitions, 1 or more, or \"auto\", got {}", what(other))
        }
    };
    if keys.is_empty() {
        if !view.eager {
            bail!(NotImplementedError: "Dask dataframe does not yet support multi-indexes, and an index needs a column"; hint: "`set_index(\"x\")` names one");
        }
        bail!("Must pass non-zero number of levels/codes"; hint: "`set_index(\"x\")` names a column");
    }
    let index = keys.iter().map(|label| view.column(label).cloned()).collect::<Result<Vec<Named>>>()?;
    let columns =
        view.columns.iter().filter(|named| !drop || !named.label.as_ref().is_some_and(|label| keys.contains(label)));
    let view = View {
        rows: view.rows.uncounted(),
        index,
        columns: columns.cloned().collect(),
        name: "set-index".into(),
        ..view.clone()
    };
    if view.eager || sorted {
        return Ok(items::as_value(view));
    }
    if view.index.len() > 1 {
        bail!(NotImplementedError: "a lazy frame has an index of one level"; hint: "`set_index` takes one label");
    }
    if let Some(divisions) = divisions {
        let known = divisions_of(&view, &divisions)?;
        return Ok(Frame::lazy(shuffled(context, &view, known)?));
    }
    Ok(Frame::lazy(sorted_by_index(context, &view, n)?))
}

/// Labels of the index that cut its rows into parts of about the same length, computed from samples of each partition.
fn sampled_divisions(context: &Context, view: &View, n: usize) -> Result<Vec<ScalarValue>> {
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let of = view.type_of(&view.index[0].expr)?;
    let schema = Arc::new(Schema::new(vec![Field::new("value", of, true)]));
    let sample = Whole::at(Sample { column: 0 }, context.place());
    let parts = view.rows.n_partitions;
    let rows = Rows::step("sample", sample, vec![index], Wiring::Each, parts, schema.clone())?;
    let values = |rows: &Arc<Rows>| View {
        rows: rows.clone(),
        index: Vec::new(),
        columns: vec![Named { label: None, expr: Rows::column("value") }],
        shape: Shape::Scalar,
        ..view.clone()
    };
    let bounds = Whole::at(Bounds { n, ends: true, descending: false }, context.place());
    let rows = Rows::step("divisions", bounds, vec![values(&rows)], Wiring::All, 1, schema)?;
    let parts = lower::run(context, &values(&rows))?;
    let found = Batches::together(parts.iter().map(Batches::of).collect::<Result<Vec<_>>>()?)?;
    let column = found.column(0);
    let scalar = |at| ScalarValue::try_from_array(column, at).map_err(crate::errors::fusion);
    (0..column.len()).map(scalar).collect()
}

/// The rows of a lazy frame in the order of its index, with known divisions: computed, since the cuts depend on the labels.
fn sorted_by_index(context: &Context, view: &View, n: usize) -> Result<View> {
    let divisions = sampled_divisions(context, view, n)?;
    if divisions.is_empty() {
        return Ok(view.clone());
    }
    shuffled(context, view, divisions)
}

/// The rows of a lazy frame in the order of its index, cut at these labels.
fn shuffled(context: &Context, view: &View, divisions: Vec<ScalarValue>) -> Result<View> {
    let n = divisions.len() - 1;
    let bounds = divisions[1..n].iter().map(|bound| bound.to_array().map_err(crate::errors::fusion));
    let bounds = bounds.collect::<Result<Vec<_>>>()?;
    let split = Arc::new(crate::steps::SplitByRange { bounds });
    let sort = Whole::at(
        Order {
            name: "set-index".into(),
            keys: vec![Key { column: 0, descending: false, missing_first: false }],
            limit: None,
            drop_missing: false,
        },
        context.place(),
    );
    let merge = Arc::new(crate::steps::FromPiles { then: sort });
    let wiring = Wiring::Shuffle(vec![split]);
    let rows =
        Rows::step("set-index", merge, vec![view.clone()], wiring, n, step_schema(view)?)?.divided(Some(divisions));
    Ok(View { name: "set-index".into(), ..over_step(view, &rows) })
}
