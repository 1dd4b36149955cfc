//! `describe` and `quantile`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::{Context, Result, Value, bail};

use super::aggregate::Reduction;
use super::create;
use super::reductions::reduced;
use crate::cell;
use crate::dtype;
use crate::frame::Frame;
use crate::label::Label;
use crate::lower;
use crate::plan::{COUNTED, Named, Rows, Shape, View, Wiring};
use crate::steps::{
    Blend, Bounds, Described, FromPiles, Key, Pick, Quantiles, Sample, SplitByBounds, Tally, Total, Whole, pick_schema,
    tally_schema, total_schema,
};

/// Quantiles of all columns: a row for each.
pub fn quantiles(context: &Context, view: &View, parts: Vec<f64>) -> Result<View> {
    let n = parts.len();
    let fields = (0..view.columns.len()).map(|at| Field::new(format!("q{at}"), DataType::Float64, true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let rows = if view.rows.n_partitions > 1 {
        let picked =
            view.columns.iter().map(|named| picked(context, view, named, &parts)).collect::<Result<Vec<_>>>()?;
        let pieces = picked.iter().map(|view| view.rows.n_partitions).collect();
        let work = Whole::at(Blend { n_parts: n, pieces }, context.place());
        Rows::step("quantile", work, picked, Wiring::All, 1, schema)?
    } else {
        let work = Whole::at(Quantiles { parts, skip: view.index.len() }, context.place());
        Rows::step("quantile", work, vec![view.clone()], Wiring::All, 1, schema)?
    };
    let column =
        |(at, named): (usize, &Named)| Named { label: named.label.clone(), expr: Rows::column(&format!("q{at}")) };
    let columns = view.columns.iter().enumerate().map(column).collect();
    let index = vec![Named { label: None, expr: datafusion::logical_expr::lit(0i64) }];
    let shape = if n == 1 && view.shape == Shape::Series { Shape::Scalar } else { view.shape };
    Ok(View { rows, index, columns, shape, name: "quantile".into(), ..view.clone() })
}

/// Those of the values of a column between which quantiles lie: see [`Tally`].
fn picked(context: &Context, view: &View, named: &Named, parts: &[f64]) -> Result<View> {
    let n = view.rows.n_partitions;
    let place = || context.place();
    let series = View { index: Vec::new(), columns: vec![named.clone()], shape: Shape::Scalar, ..view.clone() };
    let over = |rows: &Arc<Rows>| {
        let fields = rows.schema().fields();
        let columns = fields.iter().map(|field| Named { label: None, expr: Rows::column(field.name()) });
        View { rows: rows.clone(), index: Vec::new(), columns: columns.collect(), shape: Shape::Scalar, ..view.clone() }
    };
    let tally = Whole::at(Tally { column: 0, tallied: false }, place());
    let tallies = over(&Rows::step("tally", tally, vec![series], Wiring::Each, n, tally_schema())?);
    let merge = Arc::new(FromPiles { then: Whole::at(Tally { column: 0, tallied: true }, place()) });
    let wiring = Wiring::Range([
        Whole::at(Sample { column: 0 }, place()),
        Whole::at(Bounds { n, ends: false, descending: false }, place()),
        Arc::new(SplitByBounds { key: Key { column: 0, descending: false, missing_first: false }, n }),
    ]);
    let piles = over(&Rows::step("tally-merge", merge, vec![tallies], wiring, n, tally_schema())?);
    let totals = Whole::at(Total, place());
    let totals = over(&Rows::step("total", totals, vec![piles.clone()], Wiring::Each, n, total_schema())?);
    let inputs = |at: usize| std::iter::once((0, at)).chain((0..n).map(|other| (1, other))).collect();
    let wiring = Wiring::Pick((0..n).map(inputs).collect());
    let work = Arc::new(Pick { parts: parts.to_vec() });
    Ok(over(&Rows::step("quantile-part", work, vec![piles, totals], wiring, n, pick_schema())?))
}

/// `series.quantile(q)`
pub fn quantile(context: &Context, view: &View, part: f64) -> Result<Value> {
    if !(0.0..=1.0).contains(&part) {
        bail!("percentiles should all be in the interval [0, 1]");
    }
    if !dtype::is_number(&view.type_of(view.expr())?) {
        bail!(TypeError: "dtype 'str' does not support operation 'quantile'");
    }
    Frame::answer(context, quantiles(context, view, vec![part])?)
}

/// `describe(…)`: with options, or with columns of times, column by column.
pub fn describe_with(
    context: &Context,
    view: &View,
    percentiles: Option<Vec<f64>>,
    include: Option<Value>,
    exclude: Option<Value>,
) -> Result<Value> {
    let plain = percentiles.is_none() && include.is_none() && exclude.is_none();
    match plain && !super::describe_all::has_times(view)? {
        true => describe(context, view),
        false => super::describe_all::describe(context, view, percentiles, include, exclude),
    }
}

/// `describe()`: computed if the frame is, lazy otherwise.
fn describe(context: &Context, view: &View) -> Result<Value> {
    let numbers: Vec<Named> = {
        let mut numbers = Vec::new();
        for named in &view.columns {
            let of = view.type_of(&named.expr)?;
            if of.is_numeric() {
                numbers.push(named.clone());
            }
        }
        numbers
    };
    if numbers.is_empty() {
        return texts(context, view);
    }
    if !view.eager {
        return lazily(context, view, &numbers);
    }
    let chosen = View { columns: numbers.clone(), ..view.clone() };
    let wanted = |reduction| numbers.iter().map(move |named| (named.label.clone(), named.expr.clone(), reduction));
    let all = [Reduction::Count, Reduction::Mean, Reduction::Std(1), Reduction::Min, Reduction::Max];
    let row = reduced(&chosen, all.into_iter().flat_map(wanted).collect(), "describe")?;
    let row = lower::in_memory(&lower::compute_now(context, &row)?)?;
    let quartiles = quantiles(context, &View { shape: Shape::Frame, ..chosen }, vec![0.25, 0.5, 0.75])?;
    let quartiles = lower::in_memory(&lower::compute_now(context, &quartiles)?)?;
    let n = numbers.len();
    let skip = quartiles.num_columns() - n;
    let columns = numbers.iter().enumerate().map(|(at, named)| {
        let of = |which: usize| cell::value(row.column(which * n + at), 0).as_f64();
        let quartile = |which: usize| cell::value(quartiles.column(skip + at), which).as_f64();
        let column = [of(0), of(1), of(2), of(3), quartile(0), quartile(1), quartile(2), of(4)];
        let column = column.into_iter().map(|number| number.filter(|number| !number.is_nan()));
        let column: ArrayRef = Arc::new(column.collect::<Float64Array>());
        (named.label.clone().unwrap_or(Label::Number(0)), column)
    });
    let labels = ["count", "mean", "std", "min", "25%", "50%", "75%", "max"].map(Value::str);
    let columns: Vec<(Label, ArrayRef)> = columns.collect();
    let index = Some((None, cell::column(&labels, "of labels")?));
    let mut made = create::frame_of(columns, index, 8)?;
    if view.shape == Shape::Series {
        made.shape = Shape::Series;
        made.columns[0].label = view.label().clone();
    }
    Ok(Frame::eager(made))
}

/// The same of a lazy frame: reductions and quantiles, which become one table.
fn lazily(context: &Context, view: &View, numbers: &[Named]) -> Result<Value> {
    let chosen = View { columns: numbers.to_vec(), shape: Shape::Frame, ..view.clone() };
    let wanted = |reduction| numbers.iter().map(move |named| (named.label.clone(), named.expr.clone(), reduction));
    let all = [Reduction::Count, Reduction::Mean, Reduction::Std(1), Reduction::Min, Reduction::Max];
    let row = reduced(&chosen, all.into_iter().flat_map(wanted).collect(), "describe-part")?;
    let quartiles = quantiles(context, &chosen, vec![0.25, 0.5, 0.75])?;
    let mut fields = vec![Field::new(COUNTED, DataType::Utf8View, true)];
    let mut columns = Vec::new();
    for (at, named) in numbers.iter().enumerate() {
        let name = format!("d{at}");
        fields.push(Field::new(&name, DataType::Float64, true));
        columns.push(Named { label: named.label.clone(), expr: Rows::column(&name) });
    }
    let work = Whole::at(Described { n: numbers.len() }, context.place());
    let rows = Rows::step("describe", work, vec![row, quartiles], Wiring::Each, 1, Arc::new(Schema::new(fields)))?;
    let index = vec![Named { label: None, expr: Rows::column(COUNTED) }];
    Ok(Frame::lazy(View { rows, index, columns, eager: false, name: "describe".into(), ..view.clone() }))
}

/// Of columns of texts: how many, how many different, the most frequent.
fn texts(context: &Context, view: &View) -> Result<Value> {
    if !view.eager {
        bail!(NotImplementedError: "columns of texts are described in memory"; hint: "`value_counts()` works on lazy series");
    }
    let mut columns = Vec::new();
    for named in &view.columns {
        let series = view.series(named.label.clone(), named.expr.clone(), "describe");
        let of = view.type_of(&named.expr)?;
        let counts = match crate::category::categories(&of) {
            Some(_) => super::category::counted(context, &series, true, false, true)?,
            None => super::sorted_rows::counts(&series, true)?,
        };
        let counts = lower::in_memory(&lower::compute_now(context, &counts)?)?;
        let mut total = 0;
        let mut top: Option<(i64, usize)> = None;
        let mut different = 0;
        for row in 0..counts.num_rows() {
            if let Value::Int(count) = cell::value(counts.column(1), row) {
                total += count;
                different += i64::from(count > 0);
                if top.is_none_or(|(most, _)| count > most) {
                    top = Some((count, row));
                }
            }
        }
        let most = top.map_or(Value::None, |(_, row)| cell::value(counts.column(0), row));
        let frequency = top.map_or(Value::None, |(count, _)| Value::Int(count));
        let cells = [Value::Int(total), Value::Int(different), most, frequency];
        columns.push((named.label.clone().unwrap_or(Label::Number(0)), crate::objects::of_values(&cells)?));
    }
    let labels = ["count", "unique", "top", "freq"].map(Value::str);
    let mut made = create::frame_of(columns, Some((None, cell::column(&labels, "of labels")?)), 4)?;
    if view.shape == Shape::Series {
        made.shape = Shape::Series;
        made.columns[0].label = view.label().clone();
    }
    Ok(Frame::eager(made))
}
