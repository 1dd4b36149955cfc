//! Reductions of numbers that DataFusion lacks: `prod`, `sem`, `skew`; and questions about all values.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array};
use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::{choice, create, statistics, wholes};
use crate::cell;
use crate::frame::Frame;
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};

/// A number of the values of each column that are there.
pub fn reduce(context: &Context, view: &View, name: &str, one: fn(&[f64]) -> Option<f64>) -> Result<Value> {
    check_numbers(view, name)?;
    if !view.eager {
        return match view.shape {
            Shape::Frame => wholes::in_one(context, view, name, vec![], vec![]),
            _ => choice::single(context, view, name, vec![]),
        };
    }
    of_rows(context, view, name, one)
}

/// A number that is fitted to few values in memory, as pandas does, and left as it is in lazy frames, as Dask does, if `bias` does not
/// say it.
pub fn reduce_by(
    context: &Context,
    view: &View,
    name: &str,
    bias: Option<bool>,
    fitted: fn(&[f64]) -> Option<f64>,
    plain: fn(&[f64]) -> Option<f64>,
) -> Result<Value> {
    check_numbers(view, name)?;
    let bias = bias.unwrap_or(!view.eager);
    if view.eager {
        return of_rows(context, view, name, if bias { plain } else { fitted });
    }
    match view.shape {
        Shape::Frame => wholes::in_one(context, view, name, vec![], vec![("bias".into(), Value::Bool(bias))]),
        _ => choice::single(context, view, name, vec![Value::Bool(bias)]),
    }
}

fn check_numbers(view: &View, name: &str) -> Result<()> {
    for named in &view.columns {
        let of = view.type_of(&named.expr)?;
        if !crate::dtype::is_number(&of) {
            bail!(
                TypeError: "dtype '{}' does not support operation '{name}'", crate::dtype::name(&of, view.eager);
                hint: "choose the columns of numbers first: `df[[\"x\", \"y\"]]`"
            );
        }
    }
    Ok(())
}

/// The number of each column in memory.
fn of_rows(context: &Context, view: &View, name: &str, one: fn(&[f64]) -> Option<f64>) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let columns = &batch.columns()[view.index.len()..];
    let number = |column: &ArrayRef| -> Result<Option<f64>> {
        Ok(one(&statistics::floats(column)?.iter().flatten().collect::<Vec<f64>>()))
    };
    let numbers = columns.iter().map(number).collect::<Result<Vec<_>>>()?;
    let whole = name == "prod" && columns.iter().all(|column| !column.data_type().is_floating());
    if view.shape != Shape::Frame {
        return Ok(match (numbers[0], whole) {
            (Some(number), true) => Value::Int(number as i64),
            (number, _) => Value::Float(number.unwrap_or(f64::NAN)),
        });
    }
    let values: ArrayRef = match whole {
        true => Arc::new(numbers.iter().map(|number| number.map(|number| number as i64)).collect::<Int64Array>()),
        false => Arc::new(numbers.into_iter().collect::<Float64Array>()),
    };
    let labels: Vec<Value> = view.labels().iter().map(Label::to_value).collect();
    Ok(Frame::eager(create::series_of(None, values, Some((None, cell::column(&labels, "of labels")?)))?))
}

fn sem(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    crate::steps::Moving::Std.of(&mut values.to_vec()).map(|deviation| deviation / n.sqrt())
}

fn product(context: &Context, this: View, axis: &Option<Value>) -> Result<Value> {
    if this.shape == Shape::Frame && super::axis_labels::of_columns(axis)? {
        return super::across::reduce(context, &this, super::aggregate::Reduction::Product, None);
    }
    reduce(context, &this, "prod", |values| Some(values.iter().product()))
}

builtins! {
    /// The product.
    fn prod[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>) -> Result<Value> { product(context, this, &axis) }

    /// The product; another name of `prod`.
    fn product[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>) -> Result<Value> { product(context, this, &axis) }

    /// The standard error of the mean.
    fn sem[context](/** The frame or series. */ this: View) -> Result<Value> { reduce(context, &this, "sem", sem) }

    /// How lopsided the values lie around their mean.
    fn skew[context](/** The frame or series. */ this: View, /** Is it left as it is, rather than fitted to few values? If it is left out: in lazy frames, as Dask has it. */ bias: Option<bool>) -> Result<Value> { reduce_by(context, &this, "skew", bias, statistics::skew, statistics::plain_skew) }
}

/// Attributes of series.
pub mod of_series {
    use super::*;

    fn column(context: &Context, view: &View) -> Result<ArrayRef> {
        if !view.eager {
            bail!(NotImplementedError: "this needs all values"; hint: "`.compute()` gives them");
        }
        let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
        Ok(batch.column(view.index.len()).clone())
    }

    /// Do neighbours stand in such an order?
    fn ordered(column: &ArrayRef, descending: bool) -> Result<bool> {
        let floats = statistics::rank(column, "dense", descending)?;
        let floats = statistics::floats(&floats)?;
        Ok(floats.null_count() == 0 && (1..floats.len()).all(|at| floats.value(at - 1) <= floats.value(at)))
    }

    builtins! {
        /// Does no value occur twice?
        fn is_unique[context](/** The series. */ this: View) -> Result<bool> {
            let ranks = statistics::floats(&statistics::rank(&column(context, &this)?, "max", false)?)?;
            let mut places: Vec<f64> = ranks.iter().flatten().collect();
            let n = places.len();
            places.sort_by(f64::total_cmp);
            places.dedup();
            Ok(places.len() == n && ranks.null_count() <= 1)
        }

        /// Is no value less than the one before?
        fn is_monotonic_increasing[context](/** The series. */ this: View) -> Result<bool> { ordered(&column(context, &this)?, false) }

        /// Is no value more than the one before?
        fn is_monotonic_decreasing[context](/** The series. */ this: View) -> Result<bool> { ordered(&column(context, &this)?, true) }

        /// Is something missing?
        fn hasnans[context](/** The series. */ this: View) -> Result<bool> { Ok(column(context, &this)?.null_count() > 0) }
    }
}
