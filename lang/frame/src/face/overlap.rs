//! Functions of partitions that see more than their rows: `map_overlap`, `reduction`; and rows that go to partitions by a hash: `shuffle`.

use std::sync::Arc;

use rdk_runtime::{Args, Context, FromValue, Keywords, Name, Rest, Result, Value, bail, builtins, error};

use super::over::{over_step, step_schema};
use super::partitions::{delayed, picked};
use super::{from_delayed, items, map_partitions, wholes};
use crate::frame::{Frame, Labels, what};
use crate::plan::{Rows, Shape, View, Wiring};
use crate::steps::{FromPiles, SplitByHash, Stack, Take, Whole};

mod hidden {
    use super::*;

    builtins! {
        /// A function of the rows of a partition with those around them, without what it gives for these.
        fn overlapped[context](/** The rows. */ this: View, /** Those before. */ before: Value, /** Those after. */ after: Value, /** How many there have to be before and after. */ wanted: Value, /** The function. */ func: Value, /** What else it is called with. */ args: Value, /** The same by name. */ named: Value) -> Result<Value> {
            let around = |part: &Value| View::from_value(part);
            let wanted: Vec<usize> = wanted.items().unwrap_or_default().iter().filter_map(Value::as_f64).map(|n| n as usize).collect();
            let (before, after) = (around(&before), around(&after));
            let rows = |part: &Option<View>| part.as_ref().map_or(Ok(0), |part| super::super::object::n_rows(context, part));
            let (first, last) = (rows(&before)?, rows(&after)?);
            if before.is_some() && first < wanted[0] || after.is_some() && last < wanted[1] {
                bail!(
                    NotImplementedError: "Partition size is less than overlapping window size. Try using ``df.repartition`` to increase the partition size.";
                    hint: "{} rows before and {} after are needed", wanted[0], wanted[1]
                );
            }
            let n = super::super::object::n_rows(context, &this)?;
            let parts = before.into_iter().chain([this]).chain(after).map(Frame::eager);
            let whole = super::super::concat::below(context, &parts.collect::<Vec<_>>())?;
            let mut call = Args::of(std::iter::once(whole).chain(args.items().unwrap_or_default()));
            for pair in named.items().unwrap_or_default() {
                if let Some([name, value]) = pair.items().as_deref() {
                    call.keywords.push((Name::from(name.text().as_str()), value.clone()));
                }
            }
            let made = context.call(&func, call)?;
            match View::from_value(&made) {
                Some(made) if super::super::object::n_rows(context, &made)? == first + n + last => {
                    items::rows_at(context, &made, Take::Slice(first as i64, (first + n) as i64, 1))
                }
                _ => Ok(made),
            }
        }

        /// What a function gives for a partition, as a row of a frame or a value of a series.
        fn chunk[context](/** The rows. */ this: Value, /** The function. */ func: Value, /** By name. */ named: Value) -> Result<Value> {
            let mut call = Args::one(this);
            for pair in named.items().unwrap_or_default() {
                if let Some([name, value]) = pair.items().as_deref() {
                    call.keywords.push((Name::from(name.text().as_str()), value.clone()));
                }
            }
            let made = context.call(&func, call)?;
            match View::from_value(&made) {
                Some(view) if view.shape == Shape::Series => {
                    let frame = context.call(&rdk_runtime::operators::attribute(context, &made, "to_frame")?, Args::none())?;
                    rdk_runtime::operators::attribute(context, &frame, "T")
                }
                Some(_) => Ok(made),
                None => Ok(Frame::eager(super::super::create::series_of(None, crate::cell::column(&[made], "of results")?, None)?)),
            }
        }
    }
}

fn builtin(name: &str) -> Result<Value> {
    let found = hidden::builtins().into_iter().find(|found| found.name == name);
    found.map(|found| Value::Builtin(Arc::new(found))).ok_or_else(|| error!(RuntimeError: "internal error: no method"))
}

fn pairs(named: Vec<(Name, Value)>) -> Value {
    Value::tuple(named.into_iter().map(|(name, value)| Value::tuple([Value::str(&*name), value])).collect::<Vec<_>>())
}

fn overlap(
    context: &Context,
    view: &View,
    func: &Value,
    [before, after]: [usize; 2],
    args: Vec<Value>,
    mut named: Vec<(Name, Value)>,
) -> Result<Value> {
    let meta = named.iter().position(|(name, _)| &**name == "meta").map(|at| named.remove(at).1);
    named.retain(|(name, _)| !matches!(&**name, "enforce_metadata" | "transform_divisions" | "align_dataframes"));
    let meta = match meta {
        Some(meta) => map_partitions::meta_view(context, &meta, view)?,
        None => {
            let mut call = Args::of(std::iter::once(map_partitions::example(view, 0)?).chain(args.iter().cloned()));
            call.keywords = named.clone();
            let made = context.call(func, call).map_err(|error| {
                error.hint("the function was tried on a small example; `meta=` says what it gives, and it is not tried")
            })?;
            match View::from_value(&made) {
                Some(made) => made,
                None => bail!(TypeError: "the function gives a frame or a series, got {}", what(&made)),
            }
        }
    };
    let call = context.call(&delayed(context)?, Args::one(builtin("overlapped")?))?;
    let wanted = Value::tuple([before, after].map(|n| Value::Int(n as i64)));
    let named = pairs(named);
    let n = view.rows.n_partitions;
    let neighbour = |at: Option<usize>, take: Take| -> Result<Value> {
        let Some(at) = at else { return Ok(Value::None) };
        let part = picked(context, view, &[at])?;
        Ok(Frame::lazy(items::taken(context, &part, take, Wiring::All)?))
    };
    let mut parts = Vec::with_capacity(n);
    for at in 0..n {
        let first = neighbour(at.checked_sub(1).filter(|_| before > 0), Take::Tail(before as i64))?;
        let last = neighbour(Some(at + 1).filter(|&at| after > 0 && at < n), Take::Head(after as i64))?;
        let part = Frame::lazy(picked(context, view, &[at])?);
        let all = [part, first, last, wanted.clone(), func.clone(), Value::tuple(args.clone()), named.clone()];
        parts.push(context.call(&call, Args::of(all))?);
    }
    let known = view.rows.divisions.clone().filter(|_| meta.index.len() == view.index.len());
    Ok(Frame::lazy(from_delayed::of_delayed(&parts, &meta, "map-overlap", known)?))
}

builtins! {
    /// Calls a function with each partition and some rows of its neighbours.
    ///
    /// ```rdk
    /// d = dd.from_pandas(pd.DataFrame({"x": [1, 2, 4, 8]}), npartitions=2)
    /// d.map_overlap(lambda part: part.diff(), 1, 0).compute().x.tolist()
    /// #> [nan, 1.0, 2.0, 4.0]
    /// ```
    fn map_overlap[context](
        /// The frame or series.
        this: View,
        /// The function: it gives as many rows as it is given.
        func: Value,
        /// How many rows before the partition go along.
        before: usize,
        /// How many rows after it.
        after: usize,
        /// What else it is called with, and `meta=`.
        args: Rest,
        /// By name.
        options: Keywords,
    ) -> Result<Value> { overlap(context, &this, &func, [before, after], args.0, options.0) }

    /// Calls a function with each partition, and another with what they give below each other.
    ///
    /// ```rdk
    /// d = dd.from_pandas(pd.Series([1, 2, 4, 8]), npartitions=2)
    /// d.reduction(lambda part: part.sum(), lambda sums: sums.max()).compute()
    /// #> 12
    /// ```
    fn reduction[context](
        /// The frame or series.
        this: View,
        /// The function of a partition: it gives a value or a series.
        chunk: Value,
        /// The function of a series of these values, or of a frame with a row for each of these series; `chunk` if it is left out.
        aggregate: Option<Value>,
        /// Has no effect.
        combine: Option<Value>,
        /// Has no effect: what comes of it is found out.
        meta: Option<Value>,
        /// More that `chunk` is called with, by name.
        chunk_kwargs: Option<Value>,
        /// More that `aggregate` is called with, by name.
        aggregate_kwargs: Option<Value>,
        /// Have no effect: `split_every`, `token`.
        options: Keywords,
    ) -> Result<Value> {
        let _ = (combine, meta, options);
        let aggregate = aggregate.unwrap_or_else(|| chunk.clone());
        let chunk_named = named_of(chunk_kwargs)?;
        let parts = map_partitions::map_partitions(context, &this, &builtin("chunk")?, vec![chunk, pairs(chunk_named)], vec![])?;
        let Some(parts) = View::from_value(&parts) else { bail!(RuntimeError: "internal error: no frame") };
        let one = wholes::one_partition(context, &View { rows: parts.rows.uncounted(), ..parts })?;
        let made = map_partitions::map_partitions(context, &one, &aggregate, vec![], named_of(aggregate_kwargs)?)?;
        let tried = context.call(&aggregate, Args::one(map_partitions::example(&one, 0)?))?;
        match View::from_value(&made) {
            Some(view) if View::from_value(&tried).is_none() => {
                Ok(Frame::lazy(View { shape: Shape::Scalar, index: Vec::new(), name: "reduction".into(), ..view }))
            }
            _ => Ok(made),
        }
    }

    /// The same rows in other partitions: those with equal values of some columns come together.
    fn shuffle[context](
        /// The frame.
        this: View,
        /// The columns; the index if it is left out.
        on: Option<Labels>,
        /// In how many partitions; as many as before if it is left out.
        npartitions: Option<usize>,
        /// Has no effect.
        ignore_index: bool = false,
        /// Have no effect: `shuffle_method`, `max_branch`, `force`.
        options: Keywords,
    ) -> Result<Value> {
        let _ = (ignore_index, options);
        let n = npartitions.unwrap_or(this.rows.n_partitions).max(1);
        let keys = match &on {
            Some(on) => on.labels.iter().map(|label| this.column(label).cloned()).collect::<Result<Vec<_>>>()?,
            None => this.index.clone(),
        };
        let n_keys = keys.len();
        let wide = View { columns: keys.into_iter().chain(this.columns.iter().cloned()).collect(), shape: Shape::Frame, ..this.clone() };
        let split = Arc::new(SplitByHash { skip: wide.index.len(), n_keys, n });
        let stack = Arc::new(FromPiles { then: Whole::at(Stack, context.place()) });
        let rows = Rows::step("shuffle", stack, vec![wide.clone()], Wiring::Shuffle(vec![split]), n, step_schema(&wide)?)?;
        let mut made = over_step(&wide, &rows);
        made.columns.drain(..n_keys);
        Ok(Frame::lazy(View { shape: this.shape, name: "shuffle".into(), ..made }))
    }
}

fn named_of(given: Option<Value>) -> Result<Vec<(Name, Value)>> {
    match given {
        None => Ok(Vec::new()),
        Some(Value::Dict(dict)) => Ok(dict
            .0
            .lock()
            .iter()
            .map(|(key, value)| (Name::from(key.value().text().as_str()), value.clone()))
            .collect()),
        Some(other) => bail!(TypeError: "expected a dict of arguments by name, got {}", what(&other)),
    }
}
