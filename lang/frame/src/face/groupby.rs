//! `df.groupby("name").amount.mean()`: groups are rows whose keys are equal.
//!
//! A groupby is an aggregation of DataFusion's: part of it in each partition, the rest over the parts (see `lower`). Its groups come
//! in the order in which they first appear; `sort=True`, as in pandas by default, orders them by their keys in one more step.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use datafusion::logical_expr::{Expr, LogicalPlanBuilder};
use rdk_graph::Tokenizer;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, error};

use super::aggregate::{Needs, Reduction, is_wanted, say_left_out};
use super::aggregation::Aggregation;
use super::category::observed;
use super::grouped::Specified;
use super::sorted_rows::ordered;
use crate::category;
use crate::dtype;
use crate::errors::fusion;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::plan::{Named, Rows, Shape, View};
use crate::steps::Key;

/// Rows in groups.
#[derive(Clone)]
pub struct GroupBy {
    /// The rows; its columns are those to be reduced.
    pub view: View,
    /// What the groups are made by.
    pub keys: Vec<Named>,
    /// Are the results columns of a frame, or one series?
    pub series: bool,
    /// Have columns been chosen?
    pub chosen: bool,
    /// Are groups in the order of their keys?
    pub sort: bool,
    /// Are rows left out whose key is missing?
    pub dropna: bool,
    /// Are keys the index of the result?
    pub as_index: bool,
    /// Do keys stand before the labels of what `apply` gives?
    pub group_keys: bool,
    /// Were the keys given as a list?
    pub keys_in_list: bool,
    /// Are there groups only of categories that some row has?
    pub observed: bool,
}

static CLASSES: LazyLock<[ClassRef; 2]> = LazyLock::new(|| {
    let class = |name, module| {
        let doc = "Rows in groups, to be reduced.";
        ClassRef::new(
            Class::new(name, module, doc)
                .methods(crate::place::noted(methods_of_groups()))
                .properties(super::group_methods::attributes::builtins()),
        )
    };
    [class("DataFrameGroupBy", "pandas.api.typing"), class("GroupBy", "dask.dataframe.dask_expr")]
});

fn methods_of_groups() -> Vec<rdk_runtime::Builtin> {
    let mut all = of_groups::builtins();
    all.extend(super::group_methods::builtins());
    all
}

impl Object for GroupBy {
    fn class(&self) -> ClassRef {
        CLASSES[usize::from(!self.view.eager)].clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let keys: Vec<String> = self.keys.iter().filter_map(|key| key.label.as_ref()).map(Label::quoted).collect();
        format!("<{} by {}>", self.class().name, keys.join(", "))
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        let label = Label::text(name);
        self.view.find(&label).is_some().then(|| self.choose(&[label], false))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        Some(self.walk(context))
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        Some(self.n_groups(context))
    }

    fn attribute_names(&self) -> Vec<String> {
        self.view.labels().iter().map(Label::to_string).collect()
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(match Labels::from_value(index) {
            Some(labels) => self.choose(&labels.labels, labels.several),
            None => Err(error!(TypeError: "expected a label or a list of labels, got {}", what(index))),
        })
    }
}

impl FromValue for GroupBy {
    fn expected() -> &'static str {
        "rows in groups"
    }

    fn from_value(value: &Value) -> Option<GroupBy> {
        value.get::<GroupBy>().cloned()
    }
}

/// How an aggregated column is made.
pub struct Wanted {
    /// What it is called.
    pub label: Option<Label>,
    /// Of what it is made.
    pub expr: Expr,
    /// How.
    pub reduction: Reduction,
    /// Of how many values.
    pub needs: Needs,
}

impl GroupBy {
    fn choose(&self, labels: &[Label], several: bool) -> Result<Value> {
        let missing: Vec<&Label> = labels.iter().filter(|label| self.view.find(label).is_none()).collect();
        if let [label, ..] = missing[..] {
            let error = self.view.no_column(label);
            return Err(error!(KeyError: "Column not found: {}", label).hint(error.0.hints.join("; ")));
        }
        let columns = labels.iter().map(|label| self.view.column(label).cloned()).collect::<Result<Vec<_>>>()?;
        let view = self.view.with_columns(columns, Shape::Frame, "getitem");
        Ok(Value::object(GroupBy { view, series: !several, chosen: true, ..self.clone() }))
    }

    /// The columns to be reduced: those that are not keys.
    pub fn values(&self) -> Vec<&Named> {
        let is_key = |named: &Named| {
            !self.chosen && self.keys.iter().any(|key| key.label == named.label && key.expr == named.expr)
        };
        self.view.columns.iter().filter(|named| !is_key(named)).collect()
    }

    /// One reduction of all columns.
    pub fn reduce(
        &self,
        context: &Context,
        reduction: Reduction,
        numeric_only: Option<bool>,
        needs: Needs,
    ) -> Result<Value> {
        if reduction == Reduction::Size {
            let expr = datafusion::logical_expr::lit(1i64);
            let label = match (self.series, self.as_index) {
                (_, false) => Some(Label::text("size")),
                (true, true) => self.view.columns.first().and_then(|named| named.label.clone()),
                (false, true) => None,
            };
            let wanted = vec![Wanted { label, expr, reduction, needs }];
            return self.answer(context, wanted, true, "size");
        }
        let mut wanted = Vec::new();
        let mut left_out = Vec::new();
        for named in self.values() {
            let of = self.view.type_of(&named.expr)?;
            let numeric_only = if self.chosen { numeric_only.or(Some(false)) } else { numeric_only };
            if !is_wanted(reduction, &of, numeric_only) {
                if numeric_only.is_none() {
                    left_out.push(named.label.as_ref().map_or(String::new(), Label::to_string));
                }
                continue;
            }
            if !reduction.takes(&of) {
                let label = named.label.as_ref().map_or(String::new(), Label::quoted);
                bail!(
                    TypeError: "agg function failed [how->{},dtype->{}]", reduction.name(), dtype::name(&of, true);
                    hint: "column {label} holds no numbers; choose columns as in `groupby(…)[[\"x\", \"y\"]]`, or say `numeric_only=True`"
                );
            }
            wanted.push(Wanted { label: named.label.clone(), expr: named.expr.clone(), reduction, needs });
        }
        say_left_out(context, reduction, &left_out);
        let apart = !self.view.eager && self.view.rows.n_partitions > 1 && self.sort && self.as_index;
        if reduction == Reduction::Median && apart && !wanted.is_empty() && needs == Needs::Nothing {
            let column = |wanted: Wanted| Named { label: wanted.label, expr: wanted.expr };
            let columns = wanted.into_iter().map(column).collect();
            let view = self.view.with_columns(columns, Shape::Frame, "getitem");
            return GroupBy { view, chosen: true, ..self.clone() }.lazily(context, "median", vec![], vec![]);
        }
        self.answer(context, wanted, self.series, reduction.name())
    }

    /// The same by what the user says besides.
    fn reduce_as(
        &self,
        context: &Context,
        reduction: Reduction,
        numeric_only: Option<bool>,
        method: &str,
        options: Vec<(rdk_runtime::Name, Value)>,
    ) -> Result<Value> {
        let (needs, parts) = group_options(method, options)?;
        let needs = if matches!(reduction, Reduction::Count | Reduction::Size | Reduction::Unique) {
            Needs::Nothing
        } else {
            needs
        };
        let made = self.reduce(context, reduction, numeric_only, needs)?;
        match View::from_value(&made).filter(|view| !view.eager && parts > 1) {
            Some(view) => super::repartition::repartition(context, &view, None, Some(parts), None, false),
            None => Ok(made),
        }
    }

    /// The result with a row for each group.
    fn answer(&self, context: &Context, wanted: Vec<Wanted>, series: bool, name: &str) -> Result<Value> {
        let view = self.aggregated(context, wanted, series, name)?;
        if self.as_index {
            return Frame::answer(context, view);
        }
        super::frame_methods::reset_index(context, &view, false)
    }

    /// The same as a view.
    pub fn aggregated(&self, context: &Context, wanted: Vec<Wanted>, series: bool, name: &str) -> Result<View> {
        let rows = &self.view.rows;
        let mut plan = LogicalPlanBuilder::from(rows.plan.clone());
        let (mut groups, mut types) = (Vec::new(), Vec::new());
        for (at, key) in self.keys.iter().enumerate() {
            let of = self.view.type_of(&key.expr)?;
            let grouped = category::grouped(key.expr.clone(), &of);
            if self.dropna {
                plan = plan.filter(grouped.clone().is_not_null()).map_err(fusion)?;
            }
            groups.push(grouped.alias(format!("k{at}")));
            types.push(of);
        }
        let mut aggregates = Vec::new();
        let mut columns = Vec::new();
        let fill = |wanted: &Wanted| match wanted.needs {
            Needs::AtLeast(_) => crate::steps::Fill::Nothing,
            Needs::Nothing | Needs::All => observed::fill(wanted.reduction),
        };
        let fills = wanted.iter().map(fill).collect();
        for (at, Wanted { label, expr, reduction, needs }) in wanted.into_iter().enumerate() {
            let of = self.view.type_of(&expr)?;
            let counted = needs.count(&expr)?;
            let (aggregate, after) = reduction.aggregate(expr, &of)?;
            let (field, count) = (format!("a{at}"), format!("n{at}"));
            aggregates.push(aggregate.alias(&field));
            aggregates.extend(counted.map(|counted| counted.alias(&count)));
            let expr = needs.apply(Rows::column(&count), after.apply(Rows::column(&field)))?;
            columns.push(Named { label, expr });
        }
        let plan = plan.aggregate(groups, aggregates).and_then(LogicalPlanBuilder::build).map_err(fusion)?;
        let text = plan.display_indent().to_string();
        let mut grouped = Arc::unwrap_or_clone(Rows::single(plan, name, rows.n_steps + 1));
        grouped.token = Tokenizer::new("groupby").token(rows.token).bytes(text.as_bytes()).finish();
        let column = |at: usize| category::ungrouped(Rows::column(&format!("k{at}")), &types[at]);
        let key = |(at, key): (usize, &Named)| Named { label: key.label.clone(), expr: column(at) };
        let view = View {
            rows: Arc::new(grouped),
            index: self.keys.iter().enumerate().map(key).collect(),
            columns,
            across: if series { Vec::new() } else { self.view.across.clone() },
            shape: if series { Shape::Series } else { Shape::Frame },
            eager: self.view.eager,
            name: format!("groupby-{name}").into(),
        };
        let view = if self.observed { view } else { observed::with_unobserved(context, view, fills)? };
        if !self.sort {
            return Ok(view);
        }
        let keys = (0..self.keys.len()).map(|column| Key { column, descending: false, missing_first: false });
        ordered(context, &view, keys.collect(), None, "groupby-sort")
    }

    /// Several reductions, by column: `agg({"x": ["sum", "mean"]})`.
    pub fn agg(&self, context: &Context, func: Option<Value>, named: Vec<(rdk_runtime::Name, Value)>) -> Result<Value> {
        let (wanted, series) = self.specified(&func, &named)?;
        if wanted.iter().any(|wanted| wanted.how.get::<Aggregation>().is_some()) {
            return self.agg_own(context, wanted, series);
        }
        let known = |how: &Value| {
            Reduction::of(how).is_ok_and(|(found, _)| !matches!(found, Reduction::Product | Reduction::Sem))
        };
        if !wanted.iter().all(|wanted| known(&wanted.how)) {
            return match self.view.eager {
                true => self.agg_any(context, wanted, series),
                false => self.agg_later(context, func, named),
            };
        }
        let reduced = |Specified { label, source, how }: Specified| {
            Ok(Wanted { label, expr: source.expr, reduction: Reduction::of(&how)?.0, needs: Needs::Nothing })
        };
        let wanted = wanted.into_iter().map(reduced).collect::<Result<Vec<_>>>()?;
        self.answer(context, wanted, series, "agg")
    }

    /// Which columns `agg` makes of which; is the result a series?
    fn specified(&self, func: &Option<Value>, named: &[(rdk_runtime::Name, Value)]) -> Result<(Vec<Specified>, bool)> {
        let mut wanted = Vec::new();
        if !named.is_empty() {
            for (name, pair) in named {
                let (label, how) = match pair.items().as_deref() {
                    Some([column, how]) => (Label::of(column), how.clone()),
                    _ if self.series => (self.view.columns[0].label.clone(), pair.clone()),
                    _ => bail!(TypeError: "`{name}` is a pair: `{name}=(\"column\", \"mean\")`"),
                };
                let Some(label) = label else { bail!(TypeError: "`{name}` names a column first") };
                let source = self.view.column(&label)?.clone();
                wanted.push(Specified { label: Some(Label::text(&**name)), source, how });
            }
            return Ok((wanted, false));
        }
        let Some(func) = func else { bail!(TypeError: "Must provide 'func' or tuples of 'column, aggfunc'") };
        if let Value::Dict(dict) = func {
            let pairs: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            let several = pairs.iter().any(|(_, value)| value.items().is_some());
            for (key, value) in pairs {
                let Some(label) = Label::of(&key) else { bail!(TypeError: "expected a label, got {}", what(&key)) };
                let source = match self.view.find(&label) {
                    Some(named) => named.clone(),
                    None => {
                        let hints = self.view.no_column(&label).0.hints.join("; ");
                        return Err(error!(KeyError: "Column(s) [{}] do not exist", label.quoted()).hint(hints));
                    }
                };
                for how in value.items().unwrap_or_else(|| vec![value.clone()]) {
                    let label = match several {
                        true => Label::Levels(vec![label.clone(), Label::text(name_of(&how))]),
                        false => label.clone(),
                    };
                    wanted.push(Specified { label: Some(label), source: source.clone(), how });
                }
            }
            return Ok((wanted, false));
        }
        let list = func.items();
        for source in self.values() {
            for how in list.clone().unwrap_or_else(|| vec![func.clone()]) {
                let label = match (&list, self.series, &source.label) {
                    (None, _, label) => label.clone(),
                    (Some(_), false, Some(label)) => {
                        Some(Label::Levels(vec![label.clone(), Label::text(name_of(&how))]))
                    }
                    (Some(_), ..) => Some(Label::text(name_of(&how))),
                };
                wanted.push(Specified { label, source: source.clone(), how });
            }
        }
        Ok((wanted, list.is_none() && self.series))
    }
}

/// What a reduction is called as a column.
fn name_of(how: &Value) -> String {
    match how {
        Value::Str(name) => name.to_string(),
        Value::Builtin(builtin) => builtin.name.to_string(),
        Value::Class(class) => class.name.to_string(),
        Value::Function(function) => function.def.name.to_string(),
        other => match other.get::<Aggregation>() {
            Some(own) => own.name.clone(),
            None => other.text(),
        },
    }
}

/// `skipna=`, `min_count=`: of how many values something comes; `split_out=`: in how many partitions.
pub fn group_options(method: &str, options: Vec<(rdk_runtime::Name, Value)>) -> Result<(Needs, usize)> {
    let (mut skipna, mut min_count, mut parts) = (true, 0, 1);
    for (name, value) in options {
        match (&*name, &value) {
            ("skipna", Value::Bool(flag)) => skipna = *flag,
            ("min_count", Value::Int(count)) => min_count = *count,
            ("split_out", Value::Int(count)) if *count > 0 => parts = *count as usize,
            ("split_out", Value::None | Value::Bool(_)) => {}
            ("split_every" | "shuffle_method" | "engine" | "engine_kwargs" | "observed" | "numeric_only", _) => {}
            ("skipna" | "min_count" | "split_out", other) => {
                bail!(TypeError: "{method}(): `{name}` cannot be {}", what(other))
            }
            (other, _) => bail!(TypeError: "{method}() got an unexpected keyword argument '{other}'"),
        }
    }
    Ok((Needs::of(skipna, min_count), parts))
}

/// By how much less than the number of values deviations are divided.
fn freedom(ddof: i64) -> Result<u8> {
    match ddof {
        0 | 1 => Ok(ddof as u8),
        _ => bail!(NotImplementedError: "`ddof={ddof}` is not supported for groups"; hint: "0 and 1 are"),
    }
}

mod of_groups {
    use rdk_runtime::{Keywords, builtins};

    use super::*;

    builtins! {
        /// The sums of each group.
        fn sum[context](/** The groups. */ this: GroupBy, /** Only columns of numbers? */ numeric_only: Option<bool>, /** More: `skipna`, `min_count`, `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Sum, numeric_only, "sum", options.0) }

        /// The means of each group.
        fn mean[context](/** The groups. */ this: GroupBy, /** Only columns of numbers? */ numeric_only: Option<bool>, /** More: `skipna`, `min_count`, `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Mean, numeric_only, "mean", options.0) }

        /// How many values each group has, without what is missing.
        fn count[context](/** The groups. */ this: GroupBy, /** More: `skipna`, `min_count`, `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Count, None, "count", options.0) }

        /// How many rows each group has.
        fn size[context](/** The groups. */ this: GroupBy, /** More: `skipna`, `min_count`, `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Size, None, "size", options.0) }

        /// The smallest values of each group.
        fn min[context](/** The groups. */ this: GroupBy, /** Only columns of numbers? */ numeric_only: Option<bool>, /** More: `skipna`, `min_count`, `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Min, numeric_only, "min", options.0) }

        /// The largest values of each group.
        fn max[context](/** The groups. */ this: GroupBy, /** Only columns of numbers? */ numeric_only: Option<bool>, /** More: `skipna`, `min_count`, `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Max, numeric_only, "max", options.0) }

        /// The standard deviations of each group.
        fn std[context](/** The groups. */ this: GroupBy, /** 1: of a sample; 0: of all there are. */ ddof: i64 = 1, /** Only columns of numbers? */ numeric_only: Option<bool>, /** More: `skipna`, `min_count`, `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Std(freedom(ddof)?), numeric_only, "std", options.0) }

        /// The variances of each group.
        fn var[context](/** The groups. */ this: GroupBy, /** 1: of a sample; 0: of all there are. */ ddof: i64 = 1, /** Only columns of numbers? */ numeric_only: Option<bool>, /** More: `skipna`, `min_count`, `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Var(freedom(ddof)?), numeric_only, "var", options.0) }

        /// How many different values each group has.
        fn nunique[context](/** The groups. */ this: GroupBy, /** More: `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Unique, None, "nunique", options.0) }

        /// The middle values of each group.
        fn median[context](/** The groups. */ this: GroupBy, /** Only columns of numbers? */ numeric_only: Option<bool>, /** More: `skipna`, `split_out`. */ options: Keywords) -> Result<Value> { this.reduce_as(context, Reduction::Median, numeric_only, "median", options.0) }

        /// Several reductions at once.
        ///
        /// ```rdk
        /// df = pd.DataFrame({"name": ["a", "b", "a"], "x": [1, 2, 3]})
        /// df.groupby("name").x.agg(["min", "max"]).columns.tolist()
        /// #> ['min', 'max']
        /// ```
        fn agg[context](/** The groups. */ this: GroupBy, /** A reduction's name, a list of names, or a dict from column to these. */ func: Option<Value>, /** A column of the result each: `total=("x", "sum")`. */ named: Keywords) -> Result<Value> { this.agg(context, func, named.0) }

        /// Several reductions at once; another name of `agg`.
        fn aggregate[context](/** The groups. */ this: GroupBy, /** A reduction's name, a list of names, or a dict from column to these. */ func: Option<Value>, /** A column of the result each: `total=("x", "sum")`. */ named: Keywords) -> Result<Value> { this.agg(context, func, named.0) }
    }
}
