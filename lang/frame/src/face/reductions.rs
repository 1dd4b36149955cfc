//! Many rows become one: `sum`, `mean`, `count`… of frames and series.

use std::sync::Arc;

use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit};
use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::aggregate::{Needs, Reduction, is_wanted, say_left_out};
use super::over::series_over;
use crate::errors::fusion;
use crate::frame::Frame;
use crate::label::Label;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Transpose, Whole};

/// One row with a column for each of these, over all rows of a view.
pub fn reduced(view: &View, wanted: Vec<(Option<Label>, Expr, Reduction)>, name: &str) -> Result<View> {
    reduced_of(view, wanted, Needs::Nothing, name)
}

/// The same of columns that need so many values.
fn reduced_of(view: &View, wanted: Vec<(Option<Label>, Expr, Reduction)>, needs: Needs, name: &str) -> Result<View> {
    let mut aggregates = Vec::new();
    let mut after = Vec::new();
    for (at, (label, expr, reduction)) in wanted.into_iter().enumerate() {
        let of = view.type_of(&expr)?;
        let counted = needs.count(&expr)?;
        let (aggregate, then) = reduction.aggregate(expr, &of)?;
        let (field, count) = (format!("a{at}"), format!("n{at}"));
        aggregates.push(aggregate.alias(&field));
        aggregates.extend(counted.map(|counted| counted.alias(&count)));
        let expr = needs.apply(Rows::column(&count), then.apply(Rows::column(&field)))?;
        after.push(Named { label, expr });
    }
    let none: Vec<Expr> = Vec::new();
    let plan = LogicalPlanBuilder::from(view.rows.plan.clone())
        .aggregate(none, aggregates)
        .and_then(LogicalPlanBuilder::build)
        .map_err(fusion)?;
    let text = plan.display_indent().to_string();
    let mut rows = Arc::unwrap_or_clone(Rows::single(plan, name, view.rows.n_steps + 1));
    rows.token = rdk_graph::Tokenizer::new("reduce").token(view.rows.token).bytes(text.as_bytes()).finish();
    rows.n_rows = Some(1);
    Ok(View {
        rows: Arc::new(rows),
        index: Vec::new(),
        columns: after,
        across: Vec::new(),
        shape: Shape::Scalar,
        eager: view.eager,
        name: name.into(),
    })
}

/// The number of rows, as a single value.
pub fn count_rows(view: &View) -> Result<View> {
    reduced(view, vec![(None, lit(1i64), Reduction::Size)], "len")
}

/// A reduction of a frame (a series by column) or of a series (a single value).
pub fn reduce(
    context: &Context,
    view: &View,
    reduction: Reduction,
    numeric_only: Option<bool>,
    needs: Needs,
) -> Result<Value> {
    let name = reduction.name();
    if view.shape != Shape::Frame {
        let wanted = vec![(view.label().clone(), view.expr().clone(), reduction)];
        return Frame::answer(context, reduced_of(view, wanted, needs, name)?);
    }
    let mut wanted = Vec::new();
    let mut labels = Vec::new();
    let mut left_out = Vec::new();
    for named in &view.columns {
        if !is_wanted(reduction, &view.type_of(&named.expr)?, numeric_only) {
            if numeric_only.is_none() {
                left_out.push(named.label.as_ref().map_or(String::new(), Label::to_string));
            }
            continue;
        }
        labels.push(named.label.clone().unwrap_or(Label::Number(0)));
        wanted.push((named.label.clone(), named.expr.clone(), reduction));
    }
    say_left_out(context, reduction, &left_out);
    let row = reduced_of(view, wanted, needs, name)?;
    Frame::answer(context, transposed(context, &row, labels, name)?)
}

/// The cells of a single row as a series.
pub fn transposed(context: &Context, row: &View, labels: Vec<Label>, name: &str) -> Result<View> {
    let schema = Arc::new(Transpose::schema(&labels, &row.types()?));
    let work = Transpose { name: name.to_string(), labels };
    let rows = Rows::step(name, Whole::at(work, context.place()), vec![row.clone()], Wiring::All, 1, schema)?;
    Ok(series_over(&rows, None, None, row, name))
}

/// `axis=`: down the rows, or along them.
fn check_axis(axis: &Option<Value>) -> Result<bool> {
    match axis {
        None => Ok(false),
        Some(Value::Int(0)) => Ok(false),
        Some(Value::Int(1)) => Ok(true),
        Some(Value::Str(text)) if &**text == "index" || &**text == "rows" => Ok(false),
        Some(Value::Str(text)) if &**text == "columns" => Ok(true),
        Some(other) => bail!("No axis named {}", other.text()),
    }
}

fn along(
    context: &Context,
    this: View,
    reduction: Reduction,
    axis: Option<Value>,
    numeric_only: Option<bool>,
    needs: Needs,
) -> Result<Value> {
    if check_axis(&axis)? && this.shape == Shape::Frame {
        return super::across::reduce(context, &this, reduction, numeric_only, needs);
    }
    reduce(context, &this, reduction, numeric_only, needs)
}

builtins! {
    /// The sum; what is missing counts as nothing.
    fn sum[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true, /** Only columns of numbers? */ numeric_only: Option<bool>, /** How many values there have to be. */ min_count: i64 = 0, /** Has no effect. */ split_every: Option<Value>) -> Result<Value> { let _ = split_every; along(context, this, Reduction::Sum, axis, numeric_only, Needs::of(skipna, min_count)) }

    /// The mean of what is there.
    fn mean[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true, /** Only columns of numbers? */ numeric_only: Option<bool>, /** Has no effect. */ split_every: Option<Value>) -> Result<Value> { let _ = split_every; along(context, this, Reduction::Mean, axis, numeric_only, Needs::of(skipna, 0)) }

    /// The smallest value.
    fn min[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true, /** Only columns of numbers? */ numeric_only: Option<bool>, /** Has no effect. */ split_every: Option<Value>) -> Result<Value> { let _ = split_every; along(context, this, Reduction::Min, axis, numeric_only, Needs::of(skipna, 0)) }

    /// The largest value.
    fn max[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true, /** Only columns of numbers? */ numeric_only: Option<bool>, /** Has no effect. */ split_every: Option<Value>) -> Result<Value> { let _ = split_every; along(context, this, Reduction::Max, axis, numeric_only, Needs::of(skipna, 0)) }

    /// How many values are there, without what is missing.
    fn count[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Only columns of numbers? */ numeric_only: Option<bool>, /** Has no effect. */ split_every: Option<Value>) -> Result<Value> { let _ = split_every; along(context, this, Reduction::Count, axis, numeric_only, Needs::Nothing) }

    /// The standard deviation.
    fn std[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true, /** 1: of a sample; 0: of all there are. */ ddof: i64 = 1, /** Only columns of numbers? */ numeric_only: Option<bool>, /** Has no effect. */ split_every: Option<Value>) -> Result<Value> { let _ = split_every; along(context, this, Reduction::Std(freedom(ddof)?), axis, numeric_only, Needs::of(skipna, 0)) }

    /// The variance.
    fn var[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true, /** 1: of a sample; 0: of all there are. */ ddof: i64 = 1, /** Only columns of numbers? */ numeric_only: Option<bool>, /** Has no effect. */ split_every: Option<Value>) -> Result<Value> { let _ = split_every; along(context, this, Reduction::Var(freedom(ddof)?), axis, numeric_only, Needs::of(skipna, 0)) }

    /// How many different values, without what is missing.
    fn nunique[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Only that is supported. */ dropna: bool = true) -> Result<Value> {
        if !dropna {
            bail!(NotImplementedError: "what is missing is not counted as a value"; hint: "`df.x.isna().any()` says whether something is");
        }
        along(context, this, Reduction::Unique, axis, None, Needs::Nothing)
    }

    /// The middle value.
    fn median[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true, /** Only columns of numbers? */ numeric_only: Option<bool>) -> Result<Value> { along(context, this, Reduction::Median, axis, numeric_only, Needs::of(skipna, 0)) }

    /// Is any value true?
    fn any[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else it is true, as `bool(nan)` is. */ skipna: bool = true) -> Result<Value> { along(context, truths(this, skipna)?, Reduction::Any, axis, None, Needs::Nothing) }

    /// Are all values true?
    fn all[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else it is true, as `bool(nan)` is. */ skipna: bool = true) -> Result<Value> { along(context, truths(this, skipna)?, Reduction::All, axis, None, Needs::Nothing) }
}

/// Numbers as what is true of them, where what is missing is true.
fn truths(view: View, skipna: bool) -> Result<View> {
    use arrow::datatypes::DataType;
    if skipna {
        return Ok(view);
    }
    let truth = |expr: &Expr| {
        let number = crate::dtype::is_number(&view.type_of(expr)?);
        let truth = datafusion::logical_expr::cast(expr.clone(), DataType::Boolean);
        Ok(if number { Expr::IsNotFalse(Box::new(truth)) } else { expr.clone() })
    };
    super::operators::each(&view, truth, &view.name.clone())
}

fn freedom(ddof: i64) -> Result<u8> {
    match ddof {
        0 | 1 => Ok(ddof as u8),
        other => bail!(NotImplementedError: "`ddof` is 0 or 1, got {other}"),
    }
}
