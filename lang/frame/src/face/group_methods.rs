//! The methods of groups: what is done to each group beyond a reduction.

use rdk_runtime::{Args, Context, FromValue, Keywords, Name, Result, Value, bail, builtins};

use super::aggregate::{Needs, Reduction};
use super::groupby::GroupBy;
use super::items;
use super::map_partitions;
use crate::frame::Frame;
use crate::plan::{Named, Shape, View};

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
                let wanted = map_partitions::meta_view(context, &meta[0].1, &view)?;
                let of = wanted.type_of(wanted.expr())?;
                let expr = datafusion::logical_expr::cast(view.expr().clone(), of);
                Ok(Frame::lazy(view.series(wanted.label().clone(), expr, method)))
            }
            _ => Ok(found),
        };
    }
    let like = View { index: this.keys.clone(), ..this.view.clone() };
    let meta_of_keys = Frame::eager(map_partitions::meta_view(context, &meta[0].1, &like)?);
    this.lazily(context, method, args, vec![(Name::from("meta"), meta_of_keys)])
}

/// `min_count=` and `skipna=` as arguments that travel.
fn needs(method: &str, options: Vec<(Name, Value)>) -> Result<Vec<Value>> {
    Ok(match super::groupby::group_options(method, options)?.0 {
        Needs::Nothing => vec![],
        Needs::All => vec![Value::Int(0), Value::Bool(false)],
        Needs::AtLeast(least) => vec![Value::Int(least)],
    })
}

/// A method of series for the values of each group.
fn each_by(context: &Context, this: &GroupBy, method: &str) -> Result<Value> {
    let numbers = |named: &&Named| this.view.type_of(&named.expr).is_ok_and(|of| crate::dtype::is_number(&of));
    let columns = this.values().into_iter().filter(numbers).cloned().collect();
    let view = this.view.with_columns(columns, Shape::Frame, "getitem");
    GroupBy { view, chosen: true, ..this.clone() }.agg(context, Some(Value::str(method)), vec![])
}

builtins! {
    /// The first values of each group that are there.
    fn first[context](/** The groups. */ this: GroupBy, /** More: `min_count`, `skipna`. */ options: Keywords) -> Result<Value> { this.simple(context, "first", &needs("first", options.0)?) }

    /// The last values of each group that are there.
    fn last[context](/** The groups. */ this: GroupBy, /** More: `min_count`, `skipna`. */ options: Keywords) -> Result<Value> { this.simple(context, "last", &needs("last", options.0)?) }

    /// How lopsided the values of each group are.
    fn skew[context](/** The groups. */ this: GroupBy) -> Result<Value> { each_by(context, &this, "skew") }

    /// How heavy the tails of the values of each group are.
    fn kurt[context](/** The groups. */ this: GroupBy) -> Result<Value> { each_by(context, &this, "kurt") }

    /// The first, the largest, the smallest and the last value of each group.
    ///
    /// ```rdk
    /// pd.Series([3, 9, 1], index=["a", "a", "a"]).groupby(level=0).ohlc().columns.tolist()
    /// #> ['open', 'high', 'low', 'close']
    /// ```
    fn ohlc[context](/** The groups. */ this: GroupBy) -> Result<Value> {
        if !this.series {
            bail!(NotImplementedError: "`ohlc` of several columns"; hint: "`groupby(…).x.ohlc()` takes one");
        }
        let how = Value::list(["first", "max", "min", "last"].map(Value::str));
        let made = this.agg(context, Some(how), vec![])?;
        let Some(frame) = made.get::<Frame>() else { return Ok(made) };
        let mut view = frame.view();
        for (named, label) in view.columns.iter_mut().zip(["open", "high", "low", "close"]) {
            named.label = Some(crate::label::Label::text(label));
        }
        Ok(items::as_value(view))
    }

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
    fn prod[context](/** The groups. */ this: GroupBy, /** More: `min_count`, `skipna`. */ options: Keywords) -> Result<Value> { this.simple(context, "prod", &needs("prod", options.0)?) }

    /// The standard errors of the means of each group.
    fn sem[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "sem", &[]) }

    /// The values below which a part of each group lies.
    fn quantile[context](/** The groups. */ this: GroupBy, /** Which part, from 0 to 1, or a list. */ q: Value = 0.5, /** Between two values: "linear", "lower", "higher", "nearest" or "midpoint". */ interpolation: String = "linear") -> Result<Value> { this.simple(context, "quantile", &[q, Value::str(interpolation)]) }

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

    /// With the next value of the group that is there, where something is missing.
    fn bfill[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "bfill", &[]) }

    /// By which part the values differ from those of so many rows before in each group.
    fn pct_change[context](/** The groups. */ this: GroupBy, /** How many rows. */ periods: i64 = 1) -> Result<Value> {
        let columns: Vec<Named> = this.values().into_iter().cloned().collect();
        let shape = if this.series { Shape::Series } else { Shape::Frame };
        let values = items::as_value(this.view.with_columns(columns, shape, "pct-change"));
        let before = this.simple(context, "shift", &[Value::Int(periods)])?;
        let parts = rdk_runtime::operators::binary(context, rdk_syntax::tree::BinaryOp::Div, &values, &before)?;
        rdk_runtime::operators::binary(context, rdk_syntax::tree::BinaryOp::Sub, &parts, &Value::Int(1))
    }

    /// The different values of each group, as lists.
    fn unique[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.simple(context, "unique", &[]) }

    /// The largest values of each group.
    fn nlargest[context](/** The groups. */ this: GroupBy, /** How many. */ n: i64 = 5) -> Result<Value> { this.simple(context, "nlargest", &[Value::Int(n)]) }

    /// The smallest values of each group.
    fn nsmallest[context](/** The groups. */ this: GroupBy, /** How many. */ n: i64 = 5) -> Result<Value> { this.simple(context, "nsmallest", &[Value::Int(n)]) }

    /// Windows of so many rows that move along in each group, to be reduced.
    fn rolling(/** The groups. */ this: GroupBy, /** How many rows. */ window: i64, /** How many values there have to be. */ min_periods: Option<usize>) -> Result<Value> { super::group_windows::windows(this, window, min_periods) }

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
    fn any[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.reduce(context, Reduction::Any, None, Needs::Nothing) }

    /// Are all values of each group true?
    fn all[context](/** The groups. */ this: GroupBy) -> Result<Value> { this.reduce(context, Reduction::All, None, Needs::Nothing) }

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
