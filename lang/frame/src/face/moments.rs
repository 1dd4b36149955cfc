//! Reductions of numbers that DataFusion lacks: `prod`, `sem`, `skew`; and questions about all values.

use arrow::array::{Array, ArrayRef};
use rdk_runtime::{Context, Name, Result, Value, bail, builtins};

use super::aggregate::Needs;
use super::single;
use super::{create, statistics, wholes};
use crate::cell;
use crate::frame::Frame;
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View};

/// A number of several values, if there is one.
pub type OfValues = fn(&[f64]) -> Option<f64>;

/// A number of the values of each column that are there.
pub fn reduce(context: &Context, view: &View, name: &str, one: OfValues, needs: Needs) -> Result<Value> {
    check_numbers(view, name)?;
    match view.eager {
        true => of_rows(context, view, name, one, needs),
        false => later(context, view, name, options_of(needs)),
    }
}

/// A number that is fitted to few values in memory, as pandas does, and left as it is in lazy frames, as Dask does, if `bias` does not
/// say it.
pub fn reduce_by(
    context: &Context,
    view: &View,
    name: &str,
    bias: Option<bool>,
    needs: Needs,
    [fitted, plain]: [OfValues; 2],
) -> Result<Value> {
    check_numbers(view, name)?;
    let bias = bias.unwrap_or(!view.eager);
    if view.eager {
        return of_rows(context, view, name, if bias { plain } else { fitted }, needs);
    }
    let mut options = options_of(needs);
    options.push(("bias", Value::Bool(bias)));
    later(context, view, name, options)
}

/// The same method with all rows of a lazy frame.
fn later(context: &Context, view: &View, name: &str, options: Vec<(&str, Value)>) -> Result<Value> {
    match view.shape {
        Shape::Frame => {
            let options = options.into_iter().map(|(name, value)| (Name::from(name), value));
            wholes::in_one(context, view, name, vec![], options.collect())
        }
        _ => single::single_with(context, view, name, vec![], options),
    }
}

fn options_of(needs: Needs) -> Vec<(&'static str, Value)> {
    match needs {
        Needs::Nothing => vec![],
        Needs::All => vec![("skipna", Value::Bool(false))],
        Needs::AtLeast(least) => vec![("min_count", Value::Int(least))],
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
fn of_rows(context: &Context, view: &View, name: &str, one: OfValues, needs: Needs) -> Result<Value> {
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let columns = &batch.columns()[view.index.len()..];
    let number = |column: &ArrayRef| -> Result<Value> {
        let lacking = match needs {
            Needs::Nothing => false,
            Needs::All => column.null_count() > 0,
            Needs::AtLeast(least) => ((column.len() - column.null_count()) as i64) < least,
        };
        if lacking {
            return Ok(Value::Float(f64::NAN));
        }
        if name == "prod" && !column.data_type().is_floating() {
            // As whole numbers of 64 bits, which begin anew where they end.
            let product = statistics::ints(column)?.iter().flatten().fold(1, i64::wrapping_mul);
            return Ok(Value::Int(product));
        }
        let number = one(&statistics::floats(column)?.iter().flatten().collect::<Vec<f64>>());
        Ok(Value::Float(number.unwrap_or(f64::NAN)))
    };
    let numbers = columns.iter().map(number).collect::<Result<Vec<_>>>()?;
    if view.shape != Shape::Frame {
        return Ok(numbers[0].clone());
    }
    let values = cell::column(&numbers, "of numbers")?;
    let labels: Vec<Value> = view.labels().iter().map(Label::to_value).collect();
    Ok(Frame::eager(create::series_of(None, values, Some((None, cell::column(&labels, "of labels")?)))?))
}

fn sem(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    crate::steps::Moving::Std.of(&mut values.to_vec()).map(|deviation| deviation / n.sqrt())
}

fn product(context: &Context, this: View, axis: &Option<Value>, needs: Needs) -> Result<Value> {
    if this.shape == Shape::Frame && super::axis_labels::of_columns(axis)? {
        return super::across::reduce(context, &this, super::aggregate::Reduction::Product, None, needs);
    }
    reduce(context, &this, "prod", |values| Some(values.iter().product()), needs)
}

builtins! {
    /// The product.
    fn prod[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true, /** How many values there have to be. */ min_count: i64 = 0) -> Result<Value> { product(context, this, &axis, Needs::of(skipna, min_count)) }

    /// The product; another name of `prod`.
    fn product[context](/** The frame or series. */ this: View, /** 0: of each column; 1: of each row. */ axis: Option<Value>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true, /** How many values there have to be. */ min_count: i64 = 0) -> Result<Value> { product(context, this, &axis, Needs::of(skipna, min_count)) }

    /// The standard error of the mean.
    fn sem[context](/** The frame or series. */ this: View, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true) -> Result<Value> { reduce(context, &this, "sem", sem, Needs::of(skipna, 0)) }

    /// How lopsided the values lie around their mean.
    fn skew[context](/** The frame or series. */ this: View, /** Is it left as it is, rather than fitted to few values? If it is left out: in lazy frames, as Dask has it. */ bias: Option<bool>, /** Is what is missing left out? Else nothing comes of it. */ skipna: bool = true) -> Result<Value> { reduce_by(context, &this, "skew", bias, Needs::of(skipna, 0), [statistics::skew, statistics::plain_skew]) }
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
