//! What is done to each group beyond a reduction: `first`, `transform`, `apply`, `cumsum`, `value_counts`…
//!
//! pandas' groups are at hand in memory. Of Dask's all rows come together in one partition first, later, and the same is done there.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, UInt64Array};
use arrow::compute::take;
use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, bail, builtins, error};

use super::aggregate::Reduction;
use super::group_values::{extreme, idx, joined, lists, product, sem, unified};
use super::groupby::{GroupBy, Wanted, ordered, ordered_apart};
use super::groups::{Groups, beside};
use super::over::{over_step, step_schema};
use super::{align, items, partitions, wholes};
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Along, FromPiles, Key, SplitByHash, Stack, Take, Whole};

/// A column of the result of `agg`, before it is known how it is made.
pub struct Specified {
    /// What it is called.
    pub label: Option<Label>,
    /// Of what it is made.
    pub source: Named,
    /// How: a name or a function.
    pub how: Value,
}

/// Methods that give a row for each group: groups can be looked at apart, and their rows brought in order.
const A_ROW_EACH: [&str; 9] = ["first", "last", "idxmax", "idxmin", "prod", "sem", "skew", "quantile", "median"];

impl GroupBy {
    /// The same groups with all rows in one partition, and a method called on them there.
    pub fn lazily(
        &self,
        context: &Context,
        method: &str,
        args: Vec<Value>,
        options: Vec<(Name, Value)>,
    ) -> Result<Value> {
        // Rows keep their keys, reductions do not.
        let values: Vec<Named> = match method {
            "head" | "tail" | "nth" | "filter" => self.view.columns.clone(),
            _ => self.values().into_iter().cloned().collect(),
        };
        let columns = self.keys.iter().cloned().chain(values).collect();
        let wide = self.view.with_columns(columns, Shape::Frame, "groupby");
        let apart = self.sort && self.as_index && wide.rows.n_partitions > 1;
        if apart && (A_ROW_EACH.contains(&method) || method == "apply") {
            let shuffled = self.by_key(context, &wide)?;
            let made = self.in_partitions(context, &shuffled, method, args.clone(), options.clone())?;
            let made = View::from_value(&made).ok_or_else(|| error!(RuntimeError: "internal error: no frame"))?;
            let labelled = self.keys.iter().zip(&made.index).filter(|(key, level)| key.label == level.label).count();
            // What has no keys as labels stands in the order of the rows, which is lost here.
            if labelled == self.keys.len() {
                let keys = (0..self.keys.len()).map(|column| Key { column, descending: false, missing_first: false });
                return Ok(Frame::lazy(ordered_apart(context, &made, keys.collect(), "groupby-sort")?));
            }
        }
        self.in_partitions(context, &wholes::one_partition(context, &wide)?, method, args, options)
    }

    /// A method called on the groups of each partition.
    fn in_partitions(
        &self,
        context: &Context,
        wide: &View,
        method: &str,
        args: Vec<Value>,
        options: Vec<(Name, Value)>,
    ) -> Result<Value> {
        let wide = View { rows: wide.rows.uncounted(), ..wide.clone() };
        let facts = [self.series, self.sort, self.dropna, self.as_index].map(Value::Bool);
        let mut all = vec![Value::str(method), Value::Int(self.keys.len() as i64), Value::tuple(facts)];
        all.push(Value::tuple(args));
        let builtin = hidden::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
        partitions::map_partitions(context, &wide, &Value::Builtin(Arc::new(builtin)), all, options)
    }

    /// The rows of each group in one partition, by a hash of their keys, which are the first columns.
    fn by_key(&self, context: &Context, wide: &View) -> Result<View> {
        let n = wide.rows.n_partitions;
        let split = Arc::new(SplitByHash { skip: wide.index.len(), n_keys: self.keys.len(), n });
        let stack = Arc::new(FromPiles { then: Whole::at(Stack, context.place()) });
        let schema = step_schema(wide)?;
        let rows = Rows::step("shuffle", stack, vec![wide.clone()], Wiring::Shuffle(vec![split]), n, schema)?;
        Ok(over_step(wide, &rows))
    }

    fn finished(&self, context: &Context, view: View) -> Result<Value> {
        match self.as_index {
            true => Ok(Frame::eager(view)),
            false => super::frame_methods::reset_index(context, &view, false),
        }
    }

    /// A column of the result for each column of values.
    fn each(&self, context: &Context, one: impl Fn(&Groups, usize) -> Result<ArrayRef>) -> Result<Value> {
        let groups = Groups::of(context, self)?;
        let columns = (0..groups.values.len()).map(|at| Ok((groups.values[at].label.clone(), one(&groups, at)?)));
        let view = groups.result(columns.collect::<Result<Vec<_>>>()?, self.series)?;
        self.finished(context, view)
    }

    /// Values beside the rows, for each column of values.
    fn along_rows(
        &self,
        context: &Context,
        name: &str,
        one: impl Fn(&Groups, usize) -> Result<ArrayRef>,
    ) -> Result<Value> {
        let groups = Groups::of(context, self)?;
        let mut over = match &self.view.rows.leaf {
            Some(_) => self.view.clone(),
            None => lower::compute_now(context, &self.view)?,
        };
        let mut columns = Vec::new();
        for at in 0..groups.values.len() {
            let (beside, expr) = align::beside(context, &over, one(&groups, at)?)?;
            over = beside;
            columns.push(Named { label: groups.values[at].label.clone(), expr });
        }
        let shape = if self.series { Shape::Series } else { Shape::Frame };
        Ok(Frame::eager(over.with_columns(columns, shape, name)))
    }

    fn check_numbers(&self, name: &str) -> Result<()> {
        for named in self.values() {
            let of = self.view.type_of(&named.expr)?;
            if !crate::dtype::is_number(&of) {
                let label = named.label.as_ref().map_or(String::new(), Label::quoted);
                bail!(
                    TypeError: "agg function failed [how->{name},dtype->{}]", crate::dtype::name(&of, true);
                    hint: "column {label} holds no numbers; choose columns as in `groupby(…)[[\"x\", \"y\"]]`"
                );
            }
        }
        Ok(())
    }

    /// A method without anything to it, by name.
    pub fn simple(&self, context: &Context, method: &str, args: &[Value]) -> Result<Value> {
        if !matches!(
            method,
            "first"
                | "last"
                | "head"
                | "tail"
                | "shift"
                | "idxmax"
                | "idxmin"
                | "nth"
                | "cumcount"
                | "ngroup"
                | "ffill"
                | "bfill"
                | "unique"
                | "nlargest"
                | "nsmallest"
                | "rank"
                | "apply"
                | "transform"
                | "agg"
                | "filter"
        ) {
            self.check_numbers(method)?;
        }
        if !self.view.eager {
            return self.lazily(context, method, args.to_vec(), vec![]);
        }
        let number = |at: usize, default: i64| match args.get(at) {
            Some(Value::Int(number)) => *number,
            _ => default,
        };
        match method {
            "first" | "last" => self.each(context, |groups, at| extreme(groups, at, method == "last")),
            "nth" => {
                let n = number(0, 0);
                self.rows(context, |rows| {
                    let at = if n < 0 { rows.len() as i64 + n } else { n };
                    usize::try_from(at).ok().and_then(|at| rows.get(at).copied()).into_iter().collect()
                })
            }
            "head" => {
                let n = number(0, 5);
                self.rows(context, |rows| {
                    let n = if n < 0 {
                        rows.len().saturating_sub(n.unsigned_abs() as usize)
                    } else {
                        rows.len().min(n as usize)
                    };
                    rows[..n].to_vec()
                })
            }
            "tail" => {
                let n = number(0, 5);
                self.rows(context, |rows| {
                    let n = if n < 0 {
                        rows.len().saturating_sub(n.unsigned_abs() as usize)
                    } else {
                        rows.len().min(n as usize)
                    };
                    rows[rows.len() - n..].to_vec()
                })
            }
            "idxmax" | "idxmin" => self.each(context, |groups, at| idx(groups, at, method == "idxmax")),
            "prod" => self.each(context, product),
            "sem" => self.each(context, sem),
            "median" => {
                self.each(context, |groups, at| groups.numbers(at, |values| super::statistics::quantile(values, 0.5)))
            }
            "skew" => self.each(context, |groups, at| groups.numbers(at, |values| super::statistics::skew(values))),
            "quantile" => {
                if let Some(Value::List(_)) = args.first() {
                    return self.apply(context, &Value::str("quantile"), args);
                }
                let q = args.first().and_then(Value::as_f64).unwrap_or(0.5);
                if !(0.0..=1.0).contains(&q) {
                    bail!("percentiles should all be in the interval [0, 1]");
                }
                self.each(context, |groups, at| groups.numbers(at, |values| super::statistics::quantile(values, q)))
            }
            "describe" => self.describe(context),
            "cumsum" => self.running(context, Along::Sum),
            "cumprod" => self.running(context, Along::Product),
            "cummax" => self.running(context, Along::Max),
            "cummin" => self.running(context, Along::Min),
            "ffill" => self.running(context, Along::Fill),
            "shift" => self.running(context, Along::Shift(number(0, 1))),
            "diff" => self.running(context, Along::Diff(number(0, 1))),
            "rank" => {
                let how = args.first().map_or("average".to_string(), Value::text);
                let descending = matches!(args.get(1), Some(Value::Bool(false)));
                self.along_rows(context, "rank", |groups, at| {
                    let piece = |group| super::statistics::rank(&groups.piece(at, group)?, &how, descending);
                    groups.scattered(&(0..groups.rows.len()).map(piece).collect::<Result<Vec<_>>>()?)
                })
            }
            "cumcount" | "ngroup" => {
                let counted = method == "cumcount";
                let groups = Groups::of(context, self)?;
                let mut numbers: Vec<Option<i64>> = vec![None; groups.batch.num_rows()];
                for (group, rows) in groups.rows.iter().enumerate() {
                    for (at, &row) in rows.iter().enumerate() {
                        numbers[row as usize] = Some(if counted { at } else { group } as i64);
                    }
                }
                let (over, expr) = align::beside(context, &self.view, Arc::new(Int64Array::from(numbers)))?;
                Ok(Frame::eager(over.series(None, expr, method)))
            }
            "bfill" => self.along_rows(context, "bfill", |groups, at| {
                let turned = |column: &ArrayRef| {
                    let back: UInt64Array = (0..column.len() as u64).rev().collect();
                    take(column, &back, None).map_err(arrow_error)
                };
                let piece = |group| turned(&Along::Fill.apply(&turned(&groups.piece(at, group)?)?)?);
                groups.scattered(&(0..groups.rows.len()).map(piece).collect::<Result<Vec<_>>>()?)
            }),
            "unique" => self.each(context, |groups, at| {
                let column = groups.column(at);
                let one = |rows: &Vec<u64>| -> Result<Value> {
                    let mut seen: Vec<Value> = Vec::new();
                    #[allow(clippy::mutable_key_type, reason = "a key is a copy that nobody else changes")]
                    let mut known = rustc_hash::FxHashSet::default();
                    for &row in rows {
                        let value = cell::value(column, row as usize);
                        if known.insert(rdk_runtime::HashKey::new(value.clone())?) {
                            seen.push(value);
                        }
                    }
                    Ok(Value::list(seen))
                };
                cell::column(&groups.rows.iter().map(one).collect::<Result<Vec<_>>>()?, "of lists")
            }),
            "nlargest" | "nsmallest" => self.apply(context, &Value::str(method), args),
            "apply" => self.apply(context, &args[0], &args[1..]),
            "transform" => self.transform(context, &args[0], &args[1..]),
            "filter" => self.filter(context, &args[0]),
            "agg" => self.agg(context, args.first().cloned().filter(|func| !func.is_none()), named_of(args.get(1))),
            other => bail!(RuntimeError: "internal error: no method `{other}` of groups"),
        }
    }

    /// Count, mean, deviation and quantiles of each group.
    fn describe(&self, context: &Context) -> Result<Value> {
        type Number = fn(&mut Vec<f64>) -> Option<f64>;
        let numbers: [(&str, Number); 8] = [
            ("count", |values| Some(values.len() as f64)),
            ("mean", |values| crate::steps::Moving::Mean.of(values)),
            ("std", |values| crate::steps::Moving::Std.of(values)),
            ("min", |values| super::statistics::quantile(values, 0.0)),
            ("25%", |values| super::statistics::quantile(values, 0.25)),
            ("50%", |values| super::statistics::quantile(values, 0.5)),
            ("75%", |values| super::statistics::quantile(values, 0.75)),
            ("max", |values| super::statistics::quantile(values, 1.0)),
        ];
        let groups = Groups::of(context, self)?;
        let mut columns = Vec::new();
        for (at, named) in groups.values.iter().enumerate() {
            for (name, number) in numbers {
                let label = match (self.series, &named.label) {
                    (false, Some(label)) => Label::Levels(vec![label.clone(), Label::text(name)]),
                    _ => Label::text(name),
                };
                columns.push((Some(label), groups.numbers(at, number)?));
            }
        }
        let view = groups.result(columns, false)?;
        self.finished(context, view)
    }

    fn running(&self, context: &Context, along: Along) -> Result<Value> {
        self.along_rows(context, along.name(), |groups, at| {
            let piece = |group| along.apply(&groups.piece(at, group)?);
            groups.scattered(&(0..groups.rows.len()).map(piece).collect::<Result<Vec<_>>>()?)
        })
    }

    /// Some rows of each group, in the order in which they were.
    fn rows(&self, context: &Context, one: impl Fn(&[u64]) -> Vec<u64>) -> Result<Value> {
        let groups = Groups::of(context, self)?;
        let mut rows: Vec<u64> = groups.rows.iter().flat_map(|rows| one(rows)).collect();
        rows.sort_unstable();
        let view = match self.series {
            true => View { shape: Shape::Series, ..self.view.clone() },
            false => self.view.clone(),
        };
        items::rows_at(context, &view, Take::Rows(rows))
    }

    fn filter(&self, context: &Context, func: &Value) -> Result<Value> {
        let groups = Groups::of(context, self)?;
        let mut rows = Vec::new();
        for group in 0..groups.rows.len() {
            let answer = context.call(func, Args::one(Frame::eager(groups.group(group)?)))?;
            if rdk_runtime::operators::truth(context, &answer)? {
                rows.extend(groups.rows[group].iter().copied());
            }
        }
        rows.sort_unstable();
        items::rows_at(context, &self.view, Take::Rows(rows))
    }

    /// A function of each group, whose result stands beside each of its rows.
    fn transform(&self, context: &Context, func: &Value, more: &[Value]) -> Result<Value> {
        if let Value::Str(name) = func
            && matches!(&**name, "cumsum" | "cumprod" | "cummax" | "cummin" | "ffill" | "shift" | "diff" | "rank")
        {
            return self.simple(context, name, more);
        }
        if let Ok((reduction, _)) = Reduction::of(func) {
            let groups = Groups::of(context, self)?;
            let mut wanted = Vec::new();
            for named in self.values() {
                wanted.push(Wanted { label: named.label.clone(), expr: named.expr.clone(), reduction });
            }
            let batch = self.unsorted(context, wanted)?;
            let place_of = |at: usize| groups.appearance[at] as u64;
            return self.along_rows(context, "transform", |groups, at| {
                let column = batch.column(groups.n_keys + at);
                let mut places: Vec<Option<u64>> = vec![None; groups.batch.num_rows()];
                for (group, rows) in groups.rows.iter().enumerate() {
                    rows.iter().for_each(|&row| places[row as usize] = Some(place_of(group)));
                }
                take(column, &UInt64Array::from(places), None).map_err(arrow_error)
            });
        }
        self.along_rows(context, "transform", |groups, at| {
            let mut pieces = Vec::new();
            for group in 0..groups.rows.len() {
                context.check()?;
                let n = groups.rows[group].len();
                let answer = self.called(context, func, groups.group_column(group, at)?, more)?;
                pieces.push(match answer.get::<Frame>() {
                    Some(frame) => {
                        let batch = lower::in_memory(&lower::compute_now(context, &frame.view())?)?;
                        match batch.columns().last() {
                            Some(column) if column.len() == n => column.clone(),
                            _ => {
                                bail!("the function of `transform` gives a value, or as many as there are in the group")
                            }
                        }
                    }
                    None => match cell::column_of(&answer, "of results")? {
                        Some(column) if column.len() == n => column,
                        Some(_) => {
                            bail!("the function of `transform` gives a value, or as many as there are in the group")
                        }
                        None => cell::column(&vec![answer; n], "of results")?,
                    },
                });
            }
            groups.scattered(&unified(pieces)?)
        })
    }

    /// A function of a group: a callable, or a method by name.
    fn called(&self, context: &Context, func: &Value, group: View, more: &[Value]) -> Result<Value> {
        let group = Frame::eager(group);
        match func {
            Value::Str(name) => {
                let method = rdk_runtime::operators::attribute(context, &group, name)?;
                context.call(&method, Args::of(more.iter().cloned()))
            }
            func => context.call(func, Args::of(std::iter::once(group).chain(more.iter().cloned()))),
        }
    }

    fn apply(&self, context: &Context, func: &Value, more: &[Value]) -> Result<Value> {
        self.apply_each(context, &|group| self.called(context, func, group, more))
    }

    /// What is made of each group, put together.
    pub fn apply_each(&self, context: &Context, one: &dyn Fn(View) -> Result<Value>) -> Result<Value> {
        let groups = Groups::of(context, self)?;
        let mut results = Vec::new();
        for group in 0..groups.rows.len() {
            context.check()?;
            results.push(one(groups.group(group)?)?);
        }
        let views: Option<Vec<View>> = results.iter().map(View::from_value).collect();
        let Some(views) = views else {
            let label = if self.series { self.view.label().clone() } else { None };
            let view = groups.result(vec![(label, cell::column(&results, "of results")?)], true)?;
            return self.finished(context, view);
        };
        let Some(first) = views.first().cloned() else {
            return self.finished(context, groups.result(vec![], false)?);
        };
        let batches = views.iter().map(|view| lower::in_memory(&lower::compute_now(context, view)?));
        let batches = batches.collect::<Result<Vec<_>>>()?;
        let n_index = first.index.len();
        let same_index = first.shape == Shape::Series
            && !self.series
            && batches
                .iter()
                .all(|batch| batch.columns()[..n_index].iter().zip(batches[0].columns()).all(|(a, b)| a == b));
        if same_index && n_index == 1 {
            // Rows side by side: a column for each label.
            let mut columns = Vec::new();
            for row in 0..batches[0].num_rows() {
                let label = Label::of(&cell::value(batches[0].column(0), row));
                let cells = batches.iter().map(|batch| batch.column(n_index).slice(row, 1)).collect();
                columns.push((label, joined(cells)?));
            }
            return self.finished(context, groups.result(columns, false)?);
        }
        // Below each other: the keys stand before the index.
        let mut numbers = Vec::new();
        for (group, batch) in batches.iter().enumerate() {
            numbers.extend(std::iter::repeat_n(group as u64, batch.num_rows()));
        }
        let n = numbers.len();
        let numbers = UInt64Array::from(numbers);
        let mut arrays = Vec::new();
        let mut index = Vec::new();
        if self.as_index && self.group_keys {
            for key in groups.key_columns()? {
                arrays.push(take(&key, &numbers, None).map_err(arrow_error)?);
            }
            index.extend(groups.keys.iter().cloned());
        }
        index.extend(first.index.iter().map(|named| named.label.clone()));
        for at in 0..batches[0].num_columns() {
            let pieces = batches.iter().map(|batch| match batch.columns().get(at) {
                Some(column) => Ok(column.clone()),
                None => bail!("the function of `apply` gives frames of other columns for other groups"),
            });
            arrays.push(joined(pieces.collect::<Result<Vec<_>>>()?)?);
        }
        let columns = first.columns.iter().map(|named| named.label.clone()).collect();
        let gather = Gather { index, columns, shape: first.shape, counted: false };
        Ok(Frame::eager(gather.of_batch(&beside(arrays, n)?)?))
    }

    /// The rows of an aggregation in memory, in the order in which the groups appear.
    fn unsorted(&self, context: &Context, wanted: Vec<Wanted>) -> Result<arrow::array::RecordBatch> {
        let unsorted = GroupBy { sort: false, ..self.clone() };
        let view = unsorted.aggregated(context, wanted, false, "agg")?;
        lower::in_memory(&lower::compute_now(context, &view)?)
    }

    /// `agg` with functions that are no reductions of DataFusion's among them.
    pub fn agg_any(&self, context: &Context, wanted: Vec<Specified>, series: bool) -> Result<Value> {
        let columns = wanted.iter().map(|wanted| wanted.source.clone()).collect();
        let view = self.view.with_columns(columns, Shape::Frame, "agg");
        let grouped = GroupBy { view, chosen: true, series: false, ..self.clone() };
        let groups = Groups::of(context, &grouped)?;
        let mut columns = Vec::new();
        for (at, Specified { label, source, how }) in wanted.into_iter().enumerate() {
            if let Ok((reduction, _)) = Reduction::of(&how)
                && !matches!(reduction, Reduction::Product | Reduction::Sem)
            {
                let wanted = vec![Wanted { label: label.clone(), expr: source.expr, reduction }];
                let batch = grouped.unsorted(context, wanted)?;
                let places: UInt64Array = groups.appearance.iter().map(|&place| place as u64).collect();
                columns.push((label, take(batch.column(groups.n_keys), &places, None).map_err(arrow_error)?));
                continue;
            }
            let column = match how.as_str() {
                Some("first") => extreme(&groups, at, false)?,
                Some("last") => extreme(&groups, at, true)?,
                Some("idxmax") => idx(&groups, at, true)?,
                Some("idxmin") => idx(&groups, at, false)?,
                Some("prod" | "product") => product(&groups, at)?,
                Some("sem") => sem(&groups, at)?,
                Some("list") => lists(&groups, at)?,
                None if matches!(&how, Value::Class(class) if class.name == "list") => lists(&groups, at)?,
                Some(name) if !SERIES_METHODS.contains(&name) => {
                    return Err(Reduction::of(&how)
                        .err()
                        .unwrap_or_else(|| error!(AttributeError: "no reduction '{name}'")));
                }
                _ => {
                    let mut results = Vec::new();
                    for group in 0..groups.rows.len() {
                        context.check()?;
                        results.push(self.called(context, &how, groups.group_column(group, at)?, &[])?);
                    }
                    cell::column(&results, "of results")?
                }
            };
            columns.push((label, column));
        }
        let view = groups.result(columns, series)?;
        self.finished(context, view)
    }

    /// The same, later: functions travel with it.
    pub fn agg_later(&self, context: &Context, func: Option<Value>, named: Vec<(Name, Value)>) -> Result<Value> {
        let named = named.into_iter().map(|(name, value)| Value::tuple([Value::str(&*name), value]));
        self.lazily(context, "agg", vec![func.unwrap_or_default(), Value::tuple(named)], vec![])
    }

    pub fn value_counts(&self, context: &Context, sort: bool, ascending: bool, normalize: bool) -> Result<Value> {
        if normalize {
            bail!(NotImplementedError: "`normalize` of counts in groups"; hint: "`counts / counts.groupby(level).sum()` does it by hand");
        }
        let mut keys = self.keys.clone();
        keys.extend(self.values().into_iter().cloned());
        let label = Some(Label::text("count"));
        let all = GroupBy { keys, sort: false, ..self.clone() };
        let wanted = vec![Wanted { label, expr: datafusion::logical_expr::lit(1i64), reduction: Reduction::Size }];
        let counts = all.aggregated(context, wanted, true, "value-counts")?;
        let n = all.keys.len();
        let mut order: Vec<Key> = Vec::new();
        if self.sort {
            order.extend((0..self.keys.len()).map(|column| Key { column, descending: false, missing_first: false }));
        }
        if sort {
            order.push(Key { column: n, descending: !ascending, missing_first: false });
        }
        let counts = if order.is_empty() { counts } else { ordered(context, &counts, order, None, "value-counts")? };
        Frame::answer(context, counts)
    }

    /// The groups one after another, each with its key.
    pub fn walk(&self, context: &Context) -> Result<Value> {
        if !self.view.eager {
            bail!(NotImplementedError: "Iteration of DataFrameGroupBy objects requires computing the groups"; hint: "`df.compute().groupby(…)` has them in memory");
        }
        let whole = self.with_keys_among_values();
        let groups = Groups::of(context, &whole)?;
        let several = self.keys_in_list;
        let mut at = 0;
        Ok(Value::iter("generator", move |_| {
            let group = at;
            at += 1;
            (group < groups.rows.len())
                .then(|| Ok(Value::tuple([groups.key(group, several), Frame::eager(groups.group(group)?)])))
        }))
    }

    /// The same with all columns of the frame as values.
    fn with_keys_among_values(&self) -> GroupBy {
        GroupBy { chosen: true, ..self.clone() }
    }

    /// How many groups.
    pub fn n_groups(&self, context: &Context) -> Result<usize> {
        if !self.view.eager {
            bail!(NotImplementedError: "groups of a lazy frame are not counted"; hint: "`len(df.groupby(…).size())` computes them");
        }
        Ok(Groups::of(context, self)?.rows.len())
    }

    pub fn get_group(&self, context: &Context, key: &Value) -> Result<Value> {
        let mut view = self.view.clone();
        if self.series {
            view.shape = Shape::Series;
        }
        let parts = match (self.keys.len(), key) {
            (1, Value::Tuple(parts)) if parts.len() == 1 => parts.to_vec(),
            (1, key) => vec![key.clone()],
            (_, key) => key.items().unwrap_or_default(),
        };
        if parts.len() != self.keys.len() {
            bail!("a group of {} keys is named by a tuple of them, got {}", self.keys.len(), what(key));
        }
        let mut condition: Option<datafusion::logical_expr::Expr> = None;
        for (named, part) in self.keys.iter().zip(&parts) {
            let Some(literal) = cell::literal(part) else { bail!(TypeError: "expected a key, got {}", what(part)) };
            let right = super::operators::fitted(literal, &named.expr, &view)?;
            let equal =
                super::operators::comparison(rdk_syntax::tree::CompareOp::Eq, named.expr.clone(), right, &view)?;
            condition = Some(match condition {
                Some(condition) => condition.and(equal),
                None => equal,
            });
        }
        let Some(condition) = condition else { bail!("No group keys passed!") };
        let rows = view.rows.filtered(condition)?;
        let found = Frame::answer(context, view.over(&rows))?;
        if view.eager
            && let Some(found) = View::from_value(&found)
            && super::object::n_rows(context, &found)? == 0
        {
            bail!(KeyError: "{}", key.text(); hint: "`list(df.groupby(…).groups)` shows the keys");
        }
        Ok(found)
    }

    /// A dict from key to the labels of its rows.
    pub fn dict(&self, context: &Context, positions: bool) -> Result<Value> {
        let groups = Groups::of(context, self)?;
        let dict = rdk_runtime::Dict::default();
        for (group, rows) in groups.rows.iter().enumerate() {
            let labels = rows.iter().map(|&row| match positions {
                true => Value::Int(row as i64),
                false => items::index_value(&groups.batch, groups.n_index, row as usize),
            });
            let key = rdk_runtime::HashKey::new(groups.key(group, false))?;
            dict.0.lock().insert(key, Value::list(labels));
        }
        Ok(Value::Dict(Arc::new(dict)))
    }
}

/// Methods of series that `agg` takes by name.
const SERIES_METHODS: [&str; 4] = ["quantile", "mode", "skew", "nlargest"];

/// Keywords that travelled as pairs.
fn named_of(pairs: Option<&Value>) -> Vec<(Name, Value)> {
    let pairs = pairs.and_then(Value::items).unwrap_or_default();
    let pair = |pair: Value| match pair.items().as_deref() {
        Some([name, value]) => Some((Name::from(name.text().as_str()), value.clone())),
        _ => None,
    };
    pairs.into_iter().filter_map(pair).collect()
}

/// What a lazy groupby calls on its rows when they have come together.
mod hidden {
    use super::*;

    builtins! {
        /// A method of groups, on rows whose first columns are the keys.
        fn grouped[context](/** The rows. */ this: View, /** The method. */ method: String, /** How many columns are keys. */ n_keys: usize, /** Facts about the groups. */ facts: Value, /** What it is called with. */ args: Value) -> Result<Value> {
            let facts: Vec<bool> = facts.items().unwrap_or_default().iter().map(|fact| matches!(fact, Value::Bool(true))).collect();
            let [series, sort, dropna, as_index] = facts[..] else { bail!(RuntimeError: "internal error: no facts about groups") };
            let keys = this.columns[..n_keys].to_vec();
            let view = this.with_columns(this.columns[n_keys..].to_vec(), Shape::Frame, "groupby");
            let group = GroupBy { view, keys, series, chosen: true, sort, dropna, as_index, group_keys: true, keys_in_list: false };
            group.simple(context, &method, &args.items().unwrap_or_default())
        }
    }
}
