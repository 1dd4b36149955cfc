//! A function that is called with each partition of a lazy frame.

use super::from_delayed::of_delayed;
use super::partitions::{delayed, picked};
use super::repartition::redivided;
use crate::cell;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};
use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use rdk_runtime::{Args, Context, Result, Value, bail};

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
pub fn together(context: &Context, view: &View, others: Vec<View>) -> Result<(View, Vec<View>)> {
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

/// The same columns in memory, without rows.
pub fn without_rows(view: &View) -> Result<Value> {
    let empty = arrow::array::RecordBatch::new_empty(view.schema()?);
    Ok(Frame::eager(lower::Gather::of(view).of_batch(&empty)?))
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
