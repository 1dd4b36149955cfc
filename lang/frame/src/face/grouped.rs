//! What is done to each group beyond a reduction: `first`, `transform`, `apply`, `cumsum`, `value_counts`…
//!
//! pandas' groups are at hand in memory. Of Dask's all rows come together in one partition first, later, and the same is done there.

mod called;
mod lazily;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, UInt64Array};
use arrow::compute::take;
use rdk_runtime::{Args, Context, FromValue, Name, Result, Value, bail, builtins, error};

use self::lazily::named_of;
use super::aggregate::{Needs, Reduction};
use super::group_values::{extreme, extreme_of, idx, joined, lists, needed, needs_of, product, sem, unified};
use super::groupby::{GroupBy, Wanted};
use super::groups::{Groups, beside};
use super::over::{over_step, step_schema};
use super::sorted_rows::{ordered, ordered_apart};
use super::{align, items, wholes};
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Along, Fill, FromPiles, Key, SplitByHash, Stack, Take, Whole};

/// A column of the result of `agg`, before it is known how it is made.
pub struct Specified {
    /// What it is called.
    pub label: Option<Label>,
    /// Of what it is made.
    pub source: Named,
    /// How: a name or a function.
    pub how: Value,
}

impl GroupBy {
    fn finished(&self, context: &Context, view: View, fill: Fill) -> Result<Value> {
        let view = match self.observed {
            true => view,
            false => {
                let fills = vec![fill; view.columns.len()];
                let view = super::category::observed::with_unobserved(context, view, fills)?;
                let keys = (0..view.index.len()).map(|column| Key { column, descending: false, missing_first: false });
                let view =
                    if self.sort { ordered(context, &view, keys.collect(), None, "groupby-sort")? } else { view };
                lower::compute_now(context, &view)?
            }
        };
        match self.as_index {
            true => Ok(Frame::eager(view)),
            false => super::frame_methods::reset_index(context, &view, false),
        }
    }

    /// A column of the result for each column of values.
    fn each(&self, context: &Context, one: impl Fn(&Groups, usize) -> Result<ArrayRef>) -> Result<Value> {
        self.each_or(context, Fill::Nothing, one)
    }

    /// The same, with something else for groups without rows.
    fn each_or(
        &self,
        context: &Context,
        fill: Fill,
        one: impl Fn(&Groups, usize) -> Result<ArrayRef>,
    ) -> Result<Value> {
        let groups = Groups::of(context, self)?;
        let columns = (0..groups.values.len()).map(|at| Ok((groups.values[at].label.clone(), one(&groups, at)?)));
        let view = groups.result(columns.collect::<Result<Vec<_>>>()?, self.series)?;
        self.finished(context, view, fill)
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
                | "windows"
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
            "first" | "last" => {
                let needs = needs_of(args);
                self.each(context, |groups, at| {
                    needed(groups, at, needs, extreme_of(groups, at, method == "last", needs)?)
                })
            }
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
            "prod" | "sem" => {
                let needs = needs_of(args);
                let one = if method == "prod" { product } else { sem };
                let fill = match (method, needs) {
                    ("prod", Needs::Nothing | Needs::All) => Fill::One,
                    _ => Fill::Nothing,
                };
                self.each_or(context, fill, |groups, at| needed(groups, at, needs, one(groups, at)?))
            }
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
                let between = super::statistics::Between::of(args.get(1).and_then(Value::as_str))?;
                self.each(context, |groups, at| {
                    let made = groups.numbers(at, |values| super::statistics::quantile_by(values, q, between))?;
                    match between.is_a_value() {
                        true => arrow::compute::cast(&made, groups.column(at).data_type()).map_err(arrow_error),
                        false => Ok(made),
                    }
                })
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
                    let mut known = rustc_hash::FxHashSet::default();
                    for &row in rows {
                        let value = cell::value(column, row as usize);
                        if known.insert(rdk_runtime::HashKey::new(value.clone())?) {
                            seen.push(value);
                        }
                    }
                    Ok(Value::list(seen))
                };
                let lists = cell::column(&groups.rows.iter().map(one).collect::<Result<Vec<_>>>()?, "of lists")?;
                // Arrays of texts, where a missing one is `nan`.
                if *lists.data_type() == cell::lists_type() {
                    return arrow::compute::cast(&lists, &cell::arrays_type()).map_err(arrow_error);
                }
                Ok(lists)
            }),
            "nlargest" | "nsmallest" => self.apply(context, &Value::str(method), args),
            "windows" => super::group_windows::reduced(context, self, args),
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
        self.finished(context, view, Fill::Nothing)
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
                let wanted = vec![Wanted { label: label.clone(), expr: source.expr, reduction, needs: Needs::Nothing }];
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
        self.finished(context, view, Fill::Nothing)
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
        let (expr, reduction) = (datafusion::logical_expr::lit(1i64), Reduction::Size);
        let wanted = vec![Wanted { label, expr, reduction, needs: Needs::Nothing }];
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
const SERIES_METHODS: [&str; 5] = ["quantile", "mode", "skew", "kurt", "nlargest"];
