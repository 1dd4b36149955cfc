//! `pd.cut` and `pd.qcut`: numbers put into bins, which are categories.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::logical_expr::{Expr, cast as cast_expr};
use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::super::create;
use super::edges::{Edges, TIME, around, spaced};
use crate::batches::arrow_error;
use crate::category;
use crate::cell;
use crate::frame::{Frame, what};
use crate::functions::{ElementFunction, Elementwise};
use crate::lower;
use crate::plan::{Shape, View};

/// How bins are made and called.
struct Asked {
    right: bool,
    labels: Option<Value>,
    retbins: bool,
    precision: i32,
    include_lowest: bool,
    drop: bool,
    ordered: bool,
}

fn drops(duplicates: &str) -> Result<bool> {
    match duplicates {
        "raise" => Ok(false),
        "drop" => Ok(true),
        _ => bail!("invalid value for 'duplicates' parameter, valid options are: raise, drop"),
    }
}

/// What is to be cut, as a series; does the answer have its labels?
fn series(x: &Value) -> Result<(View, bool)> {
    if let Some(view) = View::from_value(x) {
        if view.shape == Shape::Frame {
            bail!("Input array must be 1 dimensional");
        }
        return Ok((view, true));
    }
    match cell::column_of(x, "of values")? {
        Some(column) => Ok((create::series_of(None, column, None)?, false)),
        None => bail!("Input array must be 1 dimensional"; hint: "a series, a list or an array, got {}", what(x)),
    }
}

/// The numbers of a series in memory that are there, sorted; times as microseconds.
fn sorted(context: &Context, view: &View, what: &str) -> Result<(Vec<f64>, bool)> {
    if !view.eager {
        bail!(
            NotImplementedError: "{what} of a lazy series"; hint: "give the ends of the bins: `pd.cut(series, [0, 10, 20])`; or `series.compute()` first"
        );
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let Some(column) = batch.columns().last() else { bail!("there are no values to cut") };
    let is_time = matches!(column.data_type(), DataType::Timestamp(..));
    if !is_time && !crate::dtype::is_number(column.data_type()) {
        bail!(TypeError: "only numbers and times are put into bins, got {}", crate::dtype::name(column.data_type(), true));
    }
    let numbers = numbers(column)?;
    let mut there: Vec<f64> = numbers.iter().flatten().copied().filter(|number| !number.is_nan()).collect();
    there.sort_by(f64::total_cmp);
    Ok((there, is_time))
}

fn numbers(column: &ArrayRef) -> Result<Vec<Option<f64>>> {
    let column = match column.data_type() {
        DataType::Timestamp(..) => {
            let whole = cast(column, &TIME).and_then(|times| cast(&times, &DataType::Int64)).map_err(arrow_error)?;
            return Ok(whole
                .as_primitive::<Int64Type>()
                .iter()
                .map(|micros| micros.map(|micros| micros as f64))
                .collect());
        }
        _ => cast(column, &DataType::Float64).map_err(arrow_error)?,
    };
    Ok(column.as_primitive::<Float64Type>().iter().collect())
}

/// The number of the bin that each value is in; missing for what is in none.
fn places(expr: Expr, edges: &Edges, right: bool, include_lowest: bool) -> Expr {
    let apply: ElementFunction = |column, parameters| {
        let (right, lowest) = (parameters[0] == "right", parameters[1] == "lowest");
        let edges: Vec<f64> = parameters[2].split(' ').filter_map(|edge| edge.parse().ok()).collect();
        let one = |number: Option<f64>| {
            let number = number.filter(|number| !number.is_nan())?;
            let mut place = match right {
                true => edges.partition_point(|&edge| edge < number),
                false => edges.partition_point(|&edge| edge <= number),
            };
            if lowest && edges.first() == Some(&number) {
                place = 1;
            }
            (place > 0 && place < edges.len()).then(|| place as i32 - 1)
        };
        Ok(Arc::new(numbers(column)?.into_iter().map(one).collect::<Int32Array>()))
    };
    let edges: Vec<String> = edges.numbers().iter().map(f64::to_string).collect();
    let side = if right { "right" } else { "left" };
    let lowest = if include_lowest { "lowest" } else { "" };
    let parameters = vec![side.to_string(), lowest.to_string(), edges.join(" ")];
    Elementwise { name: "cut".into(), gives: DataType::Int32, apply, parameters }.call(expr)
}

fn bins(context: &Context, view: &View, bins: &Value, right: bool) -> Result<Edges> {
    if let Value::Int(n) = bins {
        let (there, is_time) = sorted(context, view, "a number of bins")?;
        if *n < 1 {
            bail!("`bins` should be a positive integer.");
        }
        let (Some(low), Some(high)) = (there.first(), there.last()) else { bail!("Cannot cut empty array") };
        if !low.is_finite() || !high.is_finite() {
            bail!("cannot specify integer `bins` when input data contains infinity");
        }
        let edges = around(*low, *high, *n as usize, right);
        return Ok(match is_time {
            true => Edges::Times(edges.into_iter().map(|edge| edge as i64).collect()),
            false => Edges::Floats(edges),
        });
    }
    let column = match View::from_value(bins) {
        Some(view) => lower::in_memory(&lower::compute_now(context, &view)?)?.columns().last().cloned(),
        None => cell::column_of(bins, "of bins")?,
    };
    match column {
        Some(column) => Edges::of(&column),
        None => bail!(TypeError: "`bins` is a number of bins or a list of their ends, got {}", what(bins)),
    }
}

/// The values in their bins.
fn cut(context: &Context, view: &View, labelled: bool, edges: Edges, asked: &Asked) -> Result<Value> {
    let of = view.type_of(view.expr())?;
    let fits = match &edges {
        Edges::Times(_) => matches!(of, DataType::Timestamp(..)),
        Edges::Whole(_) | Edges::Floats(_) => crate::dtype::is_number(&of),
    };
    if !fits {
        bail!(TypeError: "values of type {} do not fit into these bins", crate::dtype::name(&of, view.eager));
    }
    let edges = edges.checked(asked.drop)?;
    let n = edges.len().saturating_sub(1);
    let place = places(view.expr().clone(), &edges, asked.right, asked.include_lowest);
    let expr = match &asked.labels {
        Some(Value::Bool(false)) => cast_expr(place, DataType::Int64),
        None => {
            let intervals = edges.intervals(asked.right, asked.include_lowest, asked.precision)?;
            category::of_codes(place, &category::known(&intervals, asked.ordered)?)
        }
        Some(labels) => {
            let Some(labels) = cell::column_of(labels, "of labels")? else {
                bail!("Bin labels must either be False, None or passed in as a list-like argument");
            };
            if labels.len() != n {
                bail!("Bin labels must be one fewer than the number of bin edges"; hint: "{} labels are given for {n} bins", labels.len());
            }
            let labels = category::plain(&labels)?;
            let different = category::sorted_values(&labels)?;
            match different.len() == n {
                true => category::of_codes(place, &category::known(&labels, asked.ordered)?),
                false if asked.ordered => {
                    bail!("Labels must be unique if ordered=True; pass ordered=False for duplicate labels")
                }
                false => {
                    // Bins of the same label are one category.
                    let numbers = category::lookup(&labels, &different)?;
                    let numbers: Vec<String> = numbers.iter().map(|number| number.unwrap_or(0).to_string()).collect();
                    let apply: ElementFunction = |column, parameters| {
                        let of: Vec<i32> = parameters[0].split(' ').filter_map(|number| number.parse().ok()).collect();
                        let places = column.as_primitive::<arrow::datatypes::Int32Type>();
                        Ok(Arc::new(
                            places.iter().map(|place| of.get(place? as usize).copied()).collect::<Int32Array>(),
                        ))
                    };
                    let parameters = vec![numbers.join(" ")];
                    let gives = DataType::Int32;
                    let place = Elementwise { name: "labelled_bins".into(), gives, apply, parameters }.call(place);
                    category::of_codes(place, &category::known(&different, false)?)
                }
            }
        }
    };
    let made =
        Frame::answer_now(context, View { shape: Shape::Series, ..view.series(view.label().clone(), expr, "cut") })?;
    let made = match View::from_value(&made) {
        Some(series) if !labelled => super::super::arrays::values(context, &series)?,
        _ => made,
    };
    if !asked.retbins {
        return Ok(made);
    }
    let edges = super::super::arrays::values(context, &create::series_of(None, edges.column()?, None)?)?;
    Ok(Value::tuple([made, edges]))
}

/// The ends of bins with equally many values.
fn quantile_edges(context: &Context, view: &View, q: &Value) -> Result<Edges> {
    let parts: Vec<f64> = match q {
        Value::Int(n) if *n > 0 => spaced(0.0, 1.0, *n as usize + 1),
        other => match <Vec<f64> as FromValue>::from_value(other) {
            Some(parts) => parts,
            None => bail!(TypeError: "`q` is a number of bins or a list of quantiles, got {}", what(other)),
        },
    };
    if parts.iter().any(|part| !(0.0..=1.0).contains(part)) {
        bail!("percentiles should all be in the interval [0, 1]");
    }
    let (mut there, is_time) = sorted(context, view, "`qcut`")?;
    if there.is_empty() {
        bail!("Cannot cut empty array");
    }
    let edges = parts.iter().map(|&part| super::super::statistics::quantile(&mut there, part).unwrap_or(f64::NAN));
    Ok(match is_time {
        true => Edges::Times(edges.map(|edge| edge as i64).collect()),
        false => Edges::Floats(edges.collect()),
    })
}

builtins! {
    /// Numbers put into bins, which are categories.
    ///
    /// ```rdk
    /// pd.cut(pd.Series([1, 7, 5]), [0, 5, 10]).astype(str).tolist()
    /// #> ['(0, 5]', '(5, 10]', '(0, 5]']
    /// ```
    fn cut[context](
        /// A series, a list or an array; of a lazy series only with the ends of bins.
        x: Value,
        /// The ends of bins in order, or how many bins of equal width.
        bins: Value,
        /// Does the right end of a bin belong to it, and not the left one?
        right: bool = true,
        /// What the bins are called; False: only their numbers.
        labels: Option<Value>,
        /// Are the ends of the bins given too?
        retbins: bool = false,
        /// How many digits the ends have in labels.
        precision: i64 = 3,
        /// Does the first bin hold its left end too?
        include_lowest: bool = false,
        /// "drop": ends that are there twice are taken once.
        duplicates: String = "raise",
        /// Does the order of the bins mean something?
        ordered: bool = true,
    ) -> Result<Value> {
        let (view, labelled) = series(&x)?;
        let edges = super::cut::bins(context, &view, &bins, right)?;
        let asked = Asked { right, labels, retbins, precision: precision as i32, include_lowest, drop: drops(&duplicates)?, ordered };
        super::cut::cut(context, &view, labelled, edges, &asked)
    }

    /// Numbers put into bins with equally many of them.
    ///
    /// ```rdk
    /// pd.qcut(pd.Series([1, 2, 3, 100]), 2, labels=["low", "high"]).tolist()
    /// #> ['low', 'low', 'high', 'high']
    /// ```
    fn qcut[context](
        /// A series, a list or an array.
        x: Value,
        /// How many bins, or the quantiles between them: [0, 0.25, 1].
        q: Value,
        /// What the bins are called; False: only their numbers.
        labels: Option<Value>,
        /// Are the ends of the bins given too?
        retbins: bool = false,
        /// How many digits the ends have in labels.
        precision: i64 = 3,
        /// "drop": ends that are there twice are taken once.
        duplicates: String = "raise",
    ) -> Result<Value> {
        let (view, labelled) = series(&x)?;
        let edges = quantile_edges(context, &view, &q)?;
        let asked = Asked { right: true, labels, retbins, precision: precision as i32, include_lowest: true, drop: drops(&duplicates)?, ordered: true };
        super::cut::cut(context, &view, labelled, edges, &asked)
    }
}
