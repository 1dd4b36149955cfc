//! What is done to each group beyond a reduction: `first`, `transform`, `apply`, `cumsum`, `value_counts`…
//!
//! pandas' groups are at hand in memory. Of Dask's all rows come together in one partition first, later, and the same is done there.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, UInt64Array};
use arrow::compute::{cast, concat, take};
use arrow::datatypes::DataType;
use rdk_runtime::{Args, Context, FromValue, Keywords, Name, Result, Value, bail, builtins, error};

use super::aggregate::Reduction;
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
        let columns = self.keys.iter().cloned().chain(self.values().into_iter().cloned()).collect();
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
    fn simple(&self, context: &Context, method: &str, args: &[Value]) -> Result<Value> {
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
        let groups = Groups::of(context, self)?;
        let mut results = Vec::new();
        for group in 0..groups.rows.len() {
            context.check()?;
            results.push(self.called(context, func, groups.group(group)?, more)?);
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

    fn value_counts(&self, context: &Context, sort: bool, ascending: bool, normalize: bool) -> Result<Value> {
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

    fn get_group(&self, context: &Context, key: &Value) -> Result<Value> {
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
    fn dict(&self, context: &Context, positions: bool) -> Result<Value> {
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

/// The first or last value of each group that is there.
fn extreme(groups: &Groups, at: usize, last: bool) -> Result<ArrayRef> {
    let column = groups.column(at);
    groups.picked(column, |rows| {
        let there = |row: &&u64| !column.is_null(**row as usize);
        if last { rows.iter().rev().find(there).copied() } else { rows.iter().find(there).copied() }
    })
}

/// The label of the largest or smallest value of each group.
fn idx(groups: &Groups, at: usize, largest: bool) -> Result<ArrayRef> {
    let column = groups.column(at);
    groups.picked(groups.batch.column(0), |rows| super::statistics::place(column, rows.iter().copied(), largest))
}

fn product(groups: &Groups, at: usize) -> Result<ArrayRef> {
    let whole = !groups.column(at).data_type().is_floating();
    let made = groups.numbers(at, |values| Some(values.iter().product()))?;
    if whole { cast(&made, &DataType::Int64).map_err(arrow_error) } else { Ok(made) }
}

fn sem(groups: &Groups, at: usize) -> Result<ArrayRef> {
    groups.numbers(at, |values| {
        let n = values.len() as f64;
        crate::steps::Moving::Std.of(values).map(|deviation| deviation / n.sqrt())
    })
}

fn lists(groups: &Groups, at: usize) -> Result<ArrayRef> {
    let column = groups.column(at);
    let list = |rows: &Vec<u64>| Value::list(rows.iter().map(|&row| cell::value(column, row as usize)));
    cell::column(&groups.rows.iter().map(list).collect::<Vec<_>>(), "of lists")
}

/// Pieces in one type.
fn unified(pieces: Vec<ArrayRef>) -> Result<Vec<ArrayRef>> {
    let types: Vec<DataType> = pieces.iter().map(|piece| piece.data_type().clone()).collect();
    let wanted = crate::steps::common(&types);
    pieces.iter().map(|piece| cast(piece, &wanted).map_err(arrow_error)).collect()
}

/// Pieces below each other.
pub fn joined(pieces: Vec<ArrayRef>) -> Result<ArrayRef> {
    let pieces = unified(pieces)?;
    let pieces: Vec<&dyn Array> = pieces.iter().map(|piece| &**piece).collect();
    match pieces.is_empty() {
        true => Ok(Arc::new(Float64Array::from(Vec::<f64>::new()))),
        false => concat(&pieces).map_err(arrow_error),
    }
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

/// `meta=` and the rest of the keywords of `apply`.
fn with_meta(
    context: &Context,
    this: &GroupBy,
    method: &str,
    func: Value,
    more: Vec<Value>,
    options: Vec<(Name, Value)>,
) -> Result<Value> {
    let meta: Vec<(Name, Value)> = options.iter().filter(|(name, _)| &**name == "meta").cloned().collect();
    if let Some((name, _)) = options.iter().find(|(name, _)| !matches!(&**name, "meta" | "include_groups")) {
        bail!(TypeError: "{method}() got an unexpected keyword argument '{name}'"; hint: "a `lambda` hands it on to the function");
    }
    let args: Vec<Value> = std::iter::once(func).chain(more).collect();
    if this.view.eager {
        return this.simple(context, method, &args);
    }
    // `("name", "dtype")` does not say which index the result has: an example does, or else it is that of the keys.
    let pair = meta.first().is_some_and(|(_, meta)| matches!(meta, Value::Tuple(_)));
    if !(pair && method == "apply") {
        return this.lazily(context, method, args, meta);
    }
    if let Ok(found) = this.lazily(context, method, args.clone(), vec![]) {
        return match View::from_value(&found) {
            Some(view) if view.shape == Shape::Series => {
                let wanted = partitions::meta_view(context, &meta[0].1, &view)?;
                let of = wanted.type_of(wanted.expr())?;
                let expr = datafusion::logical_expr::cast(view.expr().clone(), of);
                Ok(Frame::lazy(view.series(wanted.label().clone(), expr, method)))
            }
            _ => Ok(found),
        };
    }
    let like = View { index: this.keys.clone(), ..this.view.clone() };
    let meta_of_keys = Frame::eager(partitions::meta_view(context, &meta[0].1, &like)?);
    this.lazily(context, method, args, vec![(Name::from("meta"), meta_of_keys)])
}

builtins! {
    /// The first values of each group that are there.
    fn first[context](/** The groups. */ this: GroupBy, /** Has no effect. */ options: Keywords) -> Result<Value> { let _ = options; this.simple(context, "first", &[]) }

    /// The last values of each group that are there.
    fn last[context](/** The groups. */ this: GroupBy, /** Has no effect. */ options: Keywords) -> Result<Value> { let _ = options; this.simple(context, "last", &[]) }

    /// The rows of this number in each group.
    fn nth[context](/** The groups. */ this: GroupBy, /** Which one. */ n: i64) -> Result<Value> { this.simple(context, "nth", &[Value::Int(n)]) }

    /// The first rows of each group.
    fn head[context](/** The groups. */ this: GroupBy, /** How many. */ n: i64 = 5) -> Result<Value> { this.simple(context, "head", &[Value::Int(n)]) }

    /// The last rows of each group.
    fn tail[context](/** The groups. */ this: GroupBy, /** How many. */ n: i64 = 5) -> Result<Value> { this.simple(context, "tail", &[Value::Int(n)]) }

    /// The labels of the largest values of each group.
    fn idxmax[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "idxmax", &[]) }

    /// The labels of the smallest values of each group.
    fn idxmin[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "idxmin", &[]) }

    /// The products of each group.
    fn prod[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "prod", &[]) }

    /// The standard errors of the means of each group.
    fn sem[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "sem", &[]) }

    /// The values below which a part of each group lies.
    fn quantile[context](/** The groups. */ this: GroupBy, /** Which part, from 0 to 1. */ q: f64 = 0.5) -> Result<Value> { this.simple(context, "quantile", &[Value::Float(q)]) }

    /// Count, mean, deviation and quantiles of each group.
    fn describe[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "describe", &[]) }

    /// The sums so far in each group.
    fn cumsum[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "cumsum", &[]) }

    /// The products so far in each group.
    fn cumprod[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "cumprod", &[]) }

    /// The largest values so far in each group.
    fn cummax[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "cummax", &[]) }

    /// The smallest values so far in each group.
    fn cummin[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "cummin", &[]) }

    /// How many rows of its group come before each row.
    fn cumcount[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "cumcount", &[]) }

    /// The number of each row's group.
    fn ngroup[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "ngroup", &[]) }

    /// The values of so many rows before in each group.
    fn shift[context](/** The groups. */ this: GroupBy, /** How many rows. */ periods: i64 = 1) -> Result<Value> { this.simple(context, "shift", &[Value::Int(periods)]) }

    /// The differences to the values of so many rows before in each group.
    fn diff[context](/** The groups. */ this: GroupBy, /** How many rows. */ periods: i64 = 1) -> Result<Value> { this.simple(context, "diff", &[Value::Int(periods)]) }

    /// With the last value of the group that is there, where something is missing.
    fn ffill[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "ffill", &[]) }

    /// The places of the values in the order of each group.
    fn rank[context](/** The groups. */ this: GroupBy, /** "average", "min", "max", "first" or "dense". */ method: String = "average", /** Smallest first? */ ascending: bool = true) -> Result<Value> { this.simple(context, "rank", &[Value::str(method), Value::Bool(ascending)]) }

    /// A function of each group, whose result stands beside each of its rows.
    ///
    /// ```rdk
    /// df = pd.DataFrame({"name": ["a", "b", "a"], "x": [1, 2, 3]})
    /// df.groupby("name").x.transform("mean").tolist()
    /// #> [2.0, 2.0, 2.0]
    /// ```
    fn transform[context](/** The groups. */ this: GroupBy, /** A name or a function of a series. */ func: Value, /** What else it is called with. */ args: rdk_runtime::Rest, /** `meta=`: what it gives, for lazy frames. */ options: Keywords) -> Result<Value> { with_meta(context, &this, "transform", func, args.0, options.0) }

    /// Calls a function with each group.
    ///
    /// ```rdk
    /// df = pd.DataFrame({"name": ["a", "b", "a"], "x": [1, 2, 3]})
    /// df.groupby("name").apply(lambda g: g.x.max() - g.x.min()).tolist()
    /// #> [2, 0]
    /// ```
    fn apply[context](/** The groups. */ this: GroupBy, /** The function. */ func: Value, /** What else it is called with. */ args: rdk_runtime::Rest, /** `meta=`: what it gives, for lazy frames. */ options: Keywords) -> Result<Value> { with_meta(context, &this, "apply", func, args.0, options.0) }

    /// The rows of those groups for which a function is true.
    fn filter[context](/** The groups. */ this: GroupBy, /** The function of a group. */ func: Value) -> Result<Value> { this.simple(context, "filter", &[func]) }

    /// How often each value occurs in each group.
    fn value_counts[context](/** The groups. */ this: GroupBy, /** As parts; not supported. */ normalize: bool = false, /** The most frequent first? */ sort: bool = true, /** The least frequent first? */ ascending: bool = false) -> Result<Value> { this.value_counts(context, sort, ascending, normalize) }

    /// The rows of one group.
    fn get_group[context](/** The groups. */ this: GroupBy, /** Its key. */ name: Value) -> Result<Value> { this.get_group(context, &name) }

    /// Is any value of each group true?
    fn any[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.reduce(context, Reduction::Any, None) }

    /// Are all values of each group true?
    fn all[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.reduce(context, Reduction::All, None) }

    /// Calls a function with the groups.
    fn pipe[context](/** The groups. */ this: Value, /** The function. */ func: Value, /** What else it is called with. */ args: rdk_runtime::Rest) -> Result<Value> { context.call(&func, Args::of(std::iter::once(this).chain(args.0))) }
}

/// Attributes of groups.
pub mod attributes {
    use super::*;

    builtins! {
        /// How many groups.
        fn ngroups[context](/** The groups. */ this: GroupBy) -> Result<usize> { this.n_groups(context) }

        /// A dict from key to the labels of its rows.
        fn groups[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.dict(context, false) }

        /// A dict from key to the numbers of its rows.
        fn indices[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.dict(context, true) }
    }
}
